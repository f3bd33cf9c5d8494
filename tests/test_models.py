"""The shipped emotion model: loads offline, refuses damage, and says sensible things."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from cjmresearch import codebooks, models, schema
from cjmresearch.errors import ModelError
from cjmresearch.models import artifact, emotion, polarity, schemes
from cjmresearch.models.features import ANALYSERS, TextFeatures, char_terms, lemma, word_terms

SAME = 1e-6
"""The encoder rounds differently in other batches; nothing else may."""
SHIPPED = Path(models.__file__).with_name("data") / "emotion-3"
PLEASANT = [
    "Мне очень понравилось, всё отлично работает",
    "Спасибо, менеджер быстро помог",
    "Я в восторге от этого сервиса",
    "I love it, the support was great",
    "Thank you, that was really helpful",
]
UNPLEASANT = [
    "Ужасно, меня это просто бесит",
    "Мне не понравилось, как со мной разговаривали",
    "Я очень разочарован, деньги потрачены зря",
    "I hate how slow this is",
    "It was a terrible experience and I am disappointed",
]


class ToyEncoder:
    """Counts of five letters, scaled to length 1: an encoder that needs no weights."""

    name = "toy"
    size = 5

    def encode(self, texts):
        counts = np.array([[text.count(c) + 0.01 for c in "aeiou"] for text in texts])
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def model():
    return models.load("emotion")


def test_loading_and_predicting_opens_no_socket(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the model opened a socket")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    fresh = emotion.load(SHIPPED)
    assert fresh.predict_proba(["Всё хорошо"]).shape == (1, 11)


def test_damaged_file_is_refused_in_one_line(tmp_path):
    for suffix in (".npz", ".json"):
        shutil.copy(SHIPPED.with_suffix(suffix), tmp_path)
    copy = tmp_path / "emotion-3"
    content = bytearray(copy.with_suffix(".npz").read_bytes())
    content[1000] ^= 1
    copy.with_suffix(".npz").write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"emotion-3\.npz: SHA-256 .* damaged") as caught:
        emotion.load(copy)
    assert "\n" not in str(caught.value)


def test_missing_and_unreadable_files_are_named(tmp_path):
    with pytest.raises(ModelError, match=r"nothing\.json: no such model file"):
        emotion.load(tmp_path / "nothing")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"bad\.json: not JSON"):
        emotion.load(tmp_path / "bad")


def test_shipped_files_are_small_and_hold_no_pickle():
    assert (
        SHIPPED.with_suffix(".npz").stat().st_size + SHIPPED.with_suffix(".json").stat().st_size
        < 5e6
    )
    with np.load(SHIPPED.with_suffix(".npz"), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


@pytest.mark.parametrize(
    ("scheme", "size"),
    [
        *(("cx11", 11), ("goemotions28", 28), ("ekman7", 7), ("group4", 4)),
        *(("cedr5", 5), ("cedr6", 6), ("brighter6", 6)),
    ],
)
def test_probabilities_of_each_scheme(scheme, size):
    model = models.load("emotion", scheme=scheme)
    scores = model.predict_proba([*PLEASANT, *UNPLEASANT[:4], "Сколько можно ждать!"])
    assert scores.shape == (10, size) == (10, len(model.labels))
    assert scores.dtype == np.float64
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores.std(axis=0).min() > 0


def test_the_eleven_feelings_are_those_of_the_codebook(model):
    feelings = codebooks.load("feelings")
    assert {f"feelings:{label}" for label in model.labels} == set(feelings["slug"])
    signs = dict(zip(feelings["slug"], np.sign(feelings["valence"]), strict=True))
    assert all(signs[f"feelings:{x.name}"] == x.sign for x in model.scheme.labels)


def test_valence_separates_pleasant_from_unpleasant(model):
    valence = model.valence([*PLEASANT, *UNPLEASANT])
    assert valence.shape == (10,)
    assert (np.abs(valence) <= 1).all()
    assert (valence[:5] > 0.2).all()
    assert (valence[5:] < -0.2).all()


MIXED = [*PLEASANT, *UNPLEASANT, "", "Ага.", PLEASANT[0], "Не то чтобы плохо, но дорого."]


def test_order_and_batch_do_not_matter(model, monkeypatch):
    whole = model.predict_proba(MIXED)
    shuffled = np.random.default_rng(3).permutation(len(MIXED))
    again = model.predict_proba([MIXED[i] for i in shuffled])
    np.testing.assert_allclose(again, whole[shuffled], atol=SAME)
    one_by_one = np.vstack([model.predict_proba([text]) for text in MIXED])
    np.testing.assert_allclose(one_by_one, whole, atol=SAME)
    before = models.classify(MIXED)
    monkeypatch.setattr(emotion, "CHUNK", 4)
    after = models.classify(MIXED)
    for column in ("valence", "valence_low", "valence_high"):
        np.testing.assert_allclose(after[column], before[column], atol=SAME)
    assert after["labels"].tolist() == before["labels"].tolist()


def test_another_process_gives_the_same_answer():
    """Another seed of the hashes, another order: words and sets must not depend on them."""
    code = (
        "import json, sys\n"
        "from cjmresearch import models\n"
        "texts = json.loads(sys.stdin.read())[::-1]\n"
        "frame = models.classify(texts)\n"
        "print(json.dumps([frame['labels'].tolist(), frame['valence'].tolist()][0:2]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(MIXED),
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
    )
    labels, valence = json.loads(done.stdout)
    here = models.classify(MIXED)
    assert labels[::-1] == here["labels"].tolist()
    np.testing.assert_allclose(valence[::-1], here["valence"], atol=SAME)


def test_no_texts_give_empty_results(model):
    assert model.predict_proba([]).shape == (0, 11)
    assert model.valence([]).shape == (0,)
    assert model.predict([]) == []
    assert list(models.classify([]).columns) == list(models.classify(["a b"]).columns)


@pytest.mark.parametrize("text", ["", "   ", "…", "12 345", "\U0001f642", "-"])
def test_texts_without_words_abstain(text):
    (row,) = models.classify([text]).itertuples()
    assert row.abstained
    assert row.labels == []
    assert row.valence == 0
    assert models.load("emotion", scheme="goemotions28").predict([text]) == [[]]


@pytest.mark.parametrize("texts", ["одна строка", [None], [1.5], [float("nan")]])
def test_other_than_a_list_of_strings_is_refused(model, texts):
    with pytest.raises(ModelError, match="string"):
        model.predict_proba(texts)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("не понравилось", -1),
        ("понравилось", 1),
        ("не могу сказать, что неудобно", 1),
        ("не могу сказать, что понравилось", -1),
        ("ничего не понятно", -1),
        ("I didn't like it", -1),
        ("I can't say it was bad", 1),
        ("не то чтобы мне не понравилось", 1),
        ("никаких проблем с оплатой не было", 1),
        ("без предупреждения отключили", -1),
        ("not bad at all", 1),
        ("It never let me down", 1),
        ("It's anything but simple", -1),
        ("Nobody explained anything", -1),
        ("Не могу пожаловаться на качество", 1),
        ("I can't say anything bothered me", 1),
        ("Не проходит и недели, чтобы что-нибудь не сломалось", -1),
        ("There hasn't been a day when the courier was late", 1),
        ("У соседней компании поддержка отвечает быстрее", -1),
    ],
)
def test_negation_turns_the_valence(model, text, sign):
    (valence,) = model.valence([text])
    assert sign * valence > 0, valence


METHOD = {
    **dict.fromkeys(["заинтересованность", "надежда", "доверие", "уверенность"], 1),
    **dict.fromkeys(["удовлетворение", "радость"], 1),
    **dict.fromkeys(["растерянность", "сомнение", "раздражение", "нетерпение"], -1),
    "разочарование": -1,
    "Хм, интересно…": 1,
    "Ничего не понятно!": -1,
    "Кажется, это то, что нужно": 1,
    "А не слишком ли дорого?": -1,
    "Надеюсь, они не подведут со сроками": 1,
    "Почему так сложно дозвониться?": -1,
    "Ух ты, как удобно!": 1,
    "Наконец-то проблема решена!": 1,
    "непонятная навигация": -1,
    "нет цен в открытом доступе": -1,
    "долгий ответ на запрос": -1,
    "некомпетентный менеджер": -1,
    "сложное согласование договора": -1,
    "задержка поставки": -1,
    "ошибки при монтаже": -1,
    "трудно дозвониться в сервис": -1,
    "непонятная инструкция": -1,
}
"""E1, E2 and E3 of the source documents."""


def test_feelings_thoughts_and_barriers_of_the_method(model):
    assert len(METHOD) == 28
    valence = model.valence(list(METHOD))
    wrong = [t for (t, s), v in zip(METHOD.items(), valence, strict=True) if s * v <= 0]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "В отзывах пишут, что приложение ужасное.",
        "My manager says it's a great tool.",
        "Даже не знаю, нравится мне это или нет.",
        "Our previous supplier was awful.",
    ],
)
def test_what_is_nobodys_judgement_is_neutral(model, text):
    (valence,) = model.valence([text])
    assert abs(valence) < 0.05
    assert models.classify([text], task="sentiment")["labels"][0] == ["neutral"]


def test_a_rule_tells_which_words_it_used():
    found = polarity.read("Дизайн красивый, но пользоваться невозможно")
    parts = dict(found.words)
    assert found.score < 0 < parts["красивый"]
    assert parts["невозможно"] < 0
    assert polarity.read("Мы заказали в марте") == polarity.Finding()


def test_the_interval_holds_the_valence(model):
    frame = models.classify([*MIXED, "Hm", "Ну не знаю"])
    heard = frame[~frame["abstained"]]
    assert (heard["valence_low"] <= heard["valence"]).all()
    assert (heard["valence"] <= heard["valence_high"]).all()
    assert (heard["valence_high"] - heard["valence_low"]).nunique() > 2
    silent = frame[frame["abstained"]]
    assert (silent["valence_low"] == -1).all()
    assert (silent["valence_high"] == 1).all()


@pytest.mark.parametrize(
    "text", ["Die Lieferung kam leider viel zu spät an", "zxqv wrtk plmn", "この製品はとても良い"]
)
def test_another_language_abstains(text):
    assert models.classify([text])["abstained"][0]
    assert models.classify([text])["labels"][0] == []


def test_cedr_says_none_in_its_own_way():
    texts = ["Заседание назначено на 14 марта.", "Как же я рад, что ты приехал!"]
    five = models.classify(texts, scheme="cedr5")
    six = models.classify(texts, scheme="cedr6")
    assert five["labels"].tolist() == [[], ["joy"]]
    assert six["labels"].tolist() == [["none"], ["joy"]]
    assert set(six["scores"][0]) - set(five["scores"][0]) == {"none"}


OWN = """
name: mine
labels:
  trust:
    sign: 1
    from: {xed2.trust: 1.0}
    threshold: 0.9
    cues: {0.95: ['\\bположи(лся|лась) на них']}
  fury: {from: {goemotions28.anger: 1.0, goemotions28.annoyance: 1.0}, threshold: 0.3}
"""


def test_a_mapping_of_your_own(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(OWN, encoding="utf-8")
    mine = models.load("emotion").with_scheme(path)
    assert mine.labels == ("trust", "fury")
    texts = ["Я положился на них, и всё отлично", "This makes me so angry and annoyed!"]
    assert mine.predict(texts) == [["trust"], ["fury"]]
    assert models.classify(texts, scheme=path)["labels"].tolist() == [["trust"], ["fury"]]
    frame, _ = segments(("participant", texts[0]))
    given = models.tag(frame, model=mine)
    feelings = given[given["coder"] == f"model:{mine.version}"]
    assert set(feelings["code_id"]) == {codebooks.code_id("feelings:trust")}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("labels: {joy: {from: {goe.joi: 1}}}", r"label joy: the model has no 'goe\.joi'"),
        ("a: [", "not YAML"),
        ("version: 1", "no `labels`"),
    ],
)
def test_a_broken_mapping_is_named(tmp_path, content, message):
    path = tmp_path / "mine.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError, match=message):
        models.load("emotion", scheme=path)
    with pytest.raises(ModelError, match="no such file"):
        models.load("emotion", scheme=tmp_path / "nowhere.yaml")


def test_neighbours_are_phrases_of_the_package(model):
    near = model.neighbours("Курьер опоздал на три часа", top=5)
    assert list(near.columns) == ["phrase", "language", "valence", "similarity"]
    assert near["phrase"][0] == "Курьер опоздал на четыре часа"
    assert near["similarity"].is_monotonic_decreasing
    assert near["valence"][0] == -1
    assert set(near["language"]) == {"en", "ru"}


def test_cyrillic_reaches_both_blocks(model):
    for block in model.weights.blocks:
        assert block.transform(["Мне было очень неудобно"]).nnz > 0
    scores = model.predict_proba(["Меня бесит эта система", "Спасибо вам большое"])
    assert np.abs(scores[0] - scores[1]).max() > 0.3


def test_impatience_is_found_by_its_cue(model):
    assert "impatience" in model.predict(["Сколько можно ждать ответа?"])[0]
    assert "impatience" not in model.predict(["Ответили очень быстро, спасибо"])[0]


def test_classify_frame():
    texts = ["Спасибо, очень помогли!", "Это ужасно бесит", ""]
    result = models.classify(texts)
    assert result["text"].tolist() == texts
    measured = ["valence", "valence_low", "valence_high"]
    assert list(result.columns) == ["text", "labels", "scores", *measured, "abstained"]
    assert result["valence"].dtype == np.float64
    assert result["labels"][0][0] == "satisfaction"
    assert "irritation" in result["labels"][1]
    assert set(result["scores"][0]) == set(models.load("emotion").labels)
    sentiment = models.classify(texts, task="sentiment")
    assert sentiment["labels"].tolist() == [["positive"], ["negative"], []]
    assert sum(sentiment["scores"][0].values()) == pytest.approx(1)
    np.testing.assert_allclose(sentiment["valence"], result["valence"])


def test_unknown_names_list_the_known():
    with pytest.raises(ModelError, match=r"mood.*known: emotion, sentiment, pain, suggestion"):
        models.classify(["a"], task="mood")
    with pytest.raises(ModelError, match=r"plutchik.*known: cx11, goemotions28"):
        models.classify(["a"], scheme="plutchik")
    with pytest.raises(ModelError, match="no model 'mood'; known: emotion"):
        models.load("mood")


def segments(*rows):
    text = "\n".join(row[1] for row in rows)
    made = []
    for i, (role, said) in enumerate(rows):
        start = text.index(said)
        made.append(
            {
                "segment_id": f"00000000-0000-4000-8000-{i:012d}",
                "source_id": "10000000-0000-4000-8000-000000000000",
                "turn_id": f"20000000-0000-4000-8000-{i:012d}",
                "position": i,
                "start": start,
                "end": start + len(said),
                "text": said,
                "speaker": role,
                "role": role,
                "voice": "customer",
                "language": "ru",
            }
        )
    return schema.frame("segments", made), text


def test_tag_suggests_feelings_of_participants_only():
    frame, text = segments(
        ("interviewer", "Меня бесит этот сайт, вы согласны?"),
        ("participant", "Меня он ужасно раздражает!"),
        ("participant", "Спасибо, всё отлично."),
        ("other", "Я в восторге!"),
    )
    before = frame.copy()
    codings = models.tag(frame)
    pd.testing.assert_frame_equal(frame, before)
    schema.check(codings, "codings")
    feelings = codings[codings["coder"] == "model:emotion-3"]
    assert {text[a:b] for a, b in zip(feelings["start"], feelings["end"], strict=True)} == {
        "Меня он ужасно раздражает!",
        "Спасибо, всё отлично.",
    }
    assert (codings["quote"] == [text[a:b] for a, b in codings[["start", "end"]].to_numpy()]).all()
    assert set(codings["status"]) == {"suggested"}
    assert "model:emotion-3" in set(codings["coder"])
    irritation = codings[codings["code_id"] == codebooks.code_id("feelings:irritation")]
    assert (irritation["valence"] < -0.3).all()
    assert len(irritation) == 1
    again = models.tag(frame, model=models.load("emotion", scheme="ekman7"))
    assert again["coding_id"].tolist() == codings["coding_id"].tolist()


def test_tag_of_nothing_is_an_empty_table():
    assert models.tag(schema.empty("segments")).empty
    frame, _ = segments(("interviewer", "Что вас раздражает?"))
    assert models.tag(frame).empty
    schema.check(models.tag(frame), "codings")


def test_a_higher_threshold_suggests_less():
    frame, _ = segments(*[("participant", text) for text in [*PLEASANT, *UNPLEASANT]])
    counts = [len(models.tag(frame, threshold=t)) for t in (0.05, 0.5, 0.95)]
    assert counts[0] > counts[1] > counts[2]


def test_explain_points_at_the_words(model):
    shown = model.explain("Меня это ужасно раздражает")
    assert list(shown.columns) == ["feature", "kind", "weight"]
    assert shown["weight"].abs().is_monotonic_decreasing
    words = shown[shown["kind"] == "word"].set_index("feature")["weight"]
    assert words["раздражать"] < 0
    rules = model.explain("Не могу сказать, что удобно").set_index("kind")
    assert rules.loc["rule", "feature"] == "удобно"
    assert rules.loc["rule", "weight"] < 0
    joy = model.explain("so happy", label="goemotions28.joy")
    assert joy["weight"][0] > 0
    with pytest.raises(ModelError, match="no column 'joy'"):
        model.explain("so happy", label="joy")


def test_card_states_what_matters(model):
    for part in ("GoEmotions", "CEDR", "BRIGHTER", "XED", "CC BY 4.0", "interview"):
        assert part in model.card


def test_a_mapping_over_a_missing_column_is_named():
    broken = schemes.parse("mine", {"labels": {"joy": {"from": {"goe.joi": 1}}}}, {})
    with pytest.raises(ModelError, match=r"label joy: the model has no 'goe\.joi'"):
        broken.scores({"goe.joy": np.zeros(1)}, ["a"], np.zeros(1))


def test_analysers():
    assert lemma("понравилась") == "понравиться"
    assert lemma("website") == "website"
    terms = word_terms("Мне не очень понравилось, но удобно")
    assert {"не", "не очень", "¬понравиться", "удобно"} <= set(terms)
    assert "¬удобно" not in terms
    assert "¬удобно" not in word_terms("не понравилось, удобно")
    assert "¬like" in word_terms("I didn't like it")
    assert word_terms("Ёлка http://a.b/c @bob 17") == ["елка", "0", "елка 0"]
    assert char_terms("да") == [" д", "да", "а ", " да", "да ", " да "]


TOY = [
    ("спасибо большое все отлично", "joy"),
    ("очень рад что купил", "joy"),
    ("great service very happy", "joy"),
    ("ужасный сайт бесит", "anger"),
    ("не работает и бесит", "anger"),
    ("awful site I am angry", "anger"),
    ("привезли в среду", "neutral"),
    ("it came on Monday", "neutral"),
]


@pytest.mark.parametrize(("bits", "tolerance"), [(16, 1e-3), (8, 0.02)])
def test_saved_model_equals_the_scikit_learn_pipeline(tmp_path, bits, tolerance):
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    texts = [text for text, _ in TOY]
    encoder = ToyEncoder()
    fitted = [TfidfVectorizer(analyzer=f, sublinear_tf=True).fit(texts) for f in ANALYSERS.values()]
    wide = sparse.hstack([v.transform(texts) for v in fitted] + [encoder.encode(texts)])
    labels = ("joy", "anger", "neutral")
    parts = [
        LogisticRegression(C=10).fit(wide, [label == kind for _, kind in TOY]) for label in labels
    ]
    heads = (
        artifact.Head("ekman7", labels, "sigmoid", 0),
        artifact.Head("valence", emotion.SENTIMENTS, "softmax", 3),
    )
    coef = np.vstack([p.coef_ for p in parts] * 2).T
    weights = artifact.Weights(
        blocks=tuple(
            TextFeatures(kind, tuple(v.get_feature_names_out()), v.idf_)
            for kind, v in zip(ANALYSERS, fitted, strict=True)
        ),
        encoder_scale=1.0,
        coef=coef,
        bias=np.concatenate([p.intercept_ for p in parts] * 2),
        platt=np.tile([1.0, 0.0, 0.0], (2, 6, 1)),
        heads=heads,
    )
    ends = {code: [[-1.0, 1.0]] * 7 for code in artifact.LANGUAGES}
    meta = {"version": "toy-1", "thresholds": {"ekman7": {}}, "valence_bins": ends}
    first = artifact.save(weights, tmp_path / "toy", meta, bits=bits)
    assert artifact.save(weights, tmp_path / "toy", meta, bits=bits) == first
    model = emotion.load(tmp_path / "toy", scheme_name="ekman7", encoder=encoder)
    unseen = [*texts, "бесит все", "happy", "совсем другое"]
    wide = sparse.hstack([v.transform(unseen) for v in fitted] + [encoder.encode(unseen)])
    expected = np.column_stack([p.predict_proba(wide)[:, 1] for p in parts])
    np.testing.assert_allclose(model.predict_proba(unseen), expected, atol=tolerance)
    assert np.ptp(expected) > 0.5
