"""The shipped emotion model: loads offline, refuses damage, and says sensible things."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from cjmresearch import codebooks, models, schema
from cjmresearch.errors import ModelError
from cjmresearch.models import artifact, emotion, schemes
from cjmresearch.models.features import ANALYSERS, TextFeatures, char_terms, lemma, word_terms

SHIPPED = Path(models.__file__).with_name("data") / "emotion-1"
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
    copy = tmp_path / "emotion-1"
    content = bytearray(copy.with_suffix(".npz").read_bytes())
    content[1000] ^= 1
    copy.with_suffix(".npz").write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"emotion-1\.npz: SHA-256 .* damaged") as caught:
        emotion.load(copy)
    assert "\n" not in str(caught.value)


def test_missing_and_unreadable_files_are_named(tmp_path):
    with pytest.raises(ModelError, match=r"nothing\.json: no such model file"):
        emotion.load(tmp_path / "nothing")
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"bad\.json: not JSON"):
        emotion.load(tmp_path / "bad")


def test_shipped_files_are_small_and_hold_no_pickle():
    assert SHIPPED.with_suffix(".npz").stat().st_size < 4e6
    with np.load(SHIPPED.with_suffix(".npz"), allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)


@pytest.mark.parametrize(
    ("scheme", "size"), [("cx11", 11), ("goemotions28", 28), ("ekman7", 7), ("cedr5", 5)]
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


def test_order_and_batch_do_not_matter(model, monkeypatch):
    texts = [*PLEASANT, *UNPLEASANT, "", "Ага.", PLEASANT[0]]
    whole = model.predict_proba(texts)
    shuffled = np.random.default_rng(3).permutation(len(texts))
    again = model.predict_proba([texts[i] for i in shuffled])
    np.testing.assert_allclose(again, whole[shuffled], atol=1e-5)
    one_by_one = np.vstack([model.predict_proba([text]) for text in texts])
    np.testing.assert_allclose(one_by_one, whole, atol=1e-5)
    before = models.classify(texts)
    monkeypatch.setattr(emotion, "CHUNK", 4)
    after = models.classify(texts)
    np.testing.assert_allclose(after["valence"], before["valence"], atol=1e-5)
    assert after["labels"].tolist() == before["labels"].tolist()


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
    ],
)
def test_negation_turns_the_valence(model, text, sign):
    (valence,) = model.valence([text])
    assert sign * valence > 0, valence


def test_thoughts_and_barriers_of_the_method(model):
    """E2, E3 and E4: the sign of the valence; the two barriers it misses are in the card."""
    thoughts = {
        "Хм, интересно…": 1,
        "Ничего не понятно!": -1,
        "Кажется, это то, что нужно": 1,
        "А не слишком ли дорого?": -1,
        "Надеюсь, они не подведут со сроками": 1,
        "Почему так сложно дозвониться?": -1,
        "Ух ты, как удобно!": 1,
        "Наконец-то проблема решена!": 1,
    }
    wrong = [t for t, s in thoughts.items() if s * model.valence([t])[0] <= 0]
    assert wrong == []
    barriers = ["непонятная навигация", "нет цен в открытом доступе", "задержка поставки"]
    barriers += ["трудно дозвониться в сервис", "непонятная инструкция", "негативные отзывы"]
    assert (model.valence(barriers) < 0).all()


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
    assert list(result.columns) == ["text", "labels", "scores", "valence", "abstained"]
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
    feelings = codings[codings["coder"] == "model:emotion-1"]
    assert {text[a:b] for a, b in zip(feelings["start"], feelings["end"], strict=True)} == {
        "Меня он ужасно раздражает!",
        "Спасибо, всё отлично.",
    }
    assert (codings["quote"] == [text[a:b] for a, b in codings[["start", "end"]].to_numpy()]).all()
    assert set(codings["status"]) == {"suggested"}
    assert "model:emotion-1" in set(codings["coder"])
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
        platt=np.tile([1.0, 0.0], (2, 6, 1)),
        heads=heads,
    )
    meta = {"version": "toy-1", "thresholds": {"ekman7": {}}}
    first = artifact.save(weights, tmp_path / "toy", meta, bits=bits)
    assert artifact.save(weights, tmp_path / "toy", meta, bits=bits) == first
    model = emotion.load(tmp_path / "toy", scheme_name="ekman7", encoder=encoder)
    unseen = [*texts, "бесит все", "happy", "совсем другое"]
    wide = sparse.hstack([v.transform(unseen) for v in fitted] + [encoder.encode(unseen)])
    expected = np.column_stack([p.predict_proba(wide)[:, 1] for p in parts])
    np.testing.assert_allclose(model.predict_proba(unseen), expected, atol=tolerance)
    assert np.ptp(expected) > 0.5
