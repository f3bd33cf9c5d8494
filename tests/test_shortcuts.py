"""What makes tagging quick changes no answer: the quick look finds what the slow one finds."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from cjmresearch import models
from cjmresearch.models import features, phrases, polarity, schemes
from cjmresearch.text import words as words_module
from cjmresearch.text.rules import DEFAULT_SCHEMES, reader, rules
from cjmresearch.text.words import WordReader

PHRASES = Path(models.__file__).with_name("data") / "phrases.tsv"
SAID = [
    text
    for row in csv.DictReader(PHRASES.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    for text in (row["ru"], row["en"])
]
CUES = [pattern for label in models.load("emotion").scheme.labels for _, pattern in label.cues]


@pytest.mark.parametrize(
    ("pattern", "there"),
    [
        (r"\bнаде(юсь|емся)", "наде"),
        (r"\bhow (much )?long(er)? (do|does)\b", "how "),
        (r"\bколо?кол", "кол"),
        (r"ab+cd*e{2}f", "ab"),
        (r"sa[mn]e", "sa"),
        (r"a\.b\x41cd", "cd"),
        (r"(?<!not )\bconfident\b", "confident"),
        (r"yes|no", ""),
        (r"(?i)yes", ""),
    ],
)
def test_what_is_always_in_a_match(pattern, there):
    assert schemes.always_there(re.compile(pattern)) == there


@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=4))
def test_cues_are_found_wherever_they_stand(texts):
    text = features.plain(" ".join(texts))
    for pattern in CUES:
        found = pattern.search(text)
        assert found is None or schemes.always_there(pattern) in found[0]


@pytest.mark.parametrize(
    ("pattern", "begun"),
    [
        ("не без", {"не без"}),
        ("ca?n? not", {"ca not", "can no", "c not", "cn not"}),
        ("(мне|нам) (он)?", {"мне ", "мне он", "нам ", "нам он"}),
        (r"\bцен\w+ там", {"цен"}),
        ("(?<!ни )ни о чем", {"ни о ч"}),
        ("сказал[аи]?", {"сказал"}),
        ("ab|cd+e", {"ab", "cd"}),
        (r"\w+ing", {""}),
    ],
)
def test_how_a_pattern_may_begin(pattern, begun):
    assert {x[:6] for x in phrases.beginnings(pattern)} == {x[:6] for x in begun}


def test_every_phrase_begins_with_letters_that_are_known():
    listed = polarity._phrases()
    assert len(listed) > 100
    open_ones = [p for p in listed if not p.startswith(",") and "" in phrases.beginnings(p)]
    assert open_ones == []


@given(st.lists(st.sampled_from(" ".join(SAID).lower().split()), min_size=1, max_size=30))
def test_phrases_are_marked_as_without_the_quick_look(said):
    lexicon = polarity._lexicon()
    sentence = " ".join(said)
    slow_words: dict[str, str] = {}
    slow = lexicon.phrases.sub(lambda m: lexicon._mark(m, slow_words), sentence)
    quick_words: dict[str, str] = {}
    assert lexicon.mark(sentence, quick_words) == slow
    assert quick_words == slow_words


def test_words_that_tell_nothing_are_not_read_and_the_rest_is():
    assert polarity.read("Мы сидели на кухне, и за окном шёл дождь.") == polarity.Finding()
    assert polarity.read("Мы сидели на кухне, и было неудобно.").score < 0


def test_columns_are_those_of_scikit_learn():
    texts = [*SAID[:40], "", "12 12 12", "ёлка ёлка"]
    for kind in ("word", "char"):
        vectorizer = TfidfVectorizer(analyzer=features.ANALYSERS[kind], sublinear_tf=True)
        expected = vectorizer.fit_transform(texts)
        terms = tuple(vectorizer.get_feature_names_out())
        found = features.TextFeatures(kind, terms, vectorizer.idf_).transform(texts)
        np.testing.assert_allclose(found.toarray(), expected.toarray(), atol=1e-6)
        assert found.has_sorted_indices


@pytest.mark.parametrize("language", ["ru", "en"])
def test_one_pass_finds_what_each_task_finds_alone(language):
    together = rules(language, *DEFAULT_SCHEMES.items())
    number = 0
    for text in SAID:
        words = reader(language).read(text)
        found = together.find(words)
        for task, names in DEFAULT_SCHEMES.items():
            assert found[task] == rules(language, (task, names)).find(words)[task]
            number += len(found[task])
    assert number > 10


@pytest.mark.parametrize("most", [1, 3, 1_000])
def test_forgetting_words_changes_nothing(most, monkeypatch):
    texts = [
        "Так так, мы ну как бы не дождались ответа, и на сайте нет цен.",
        "Ответа ответа не было, а менеджер не перезвонил.",
    ]
    known = rules("ru", *DEFAULT_SCHEMES.items())
    expected = [known.find(reader("ru").read(text)) for text in texts]
    assert any(found["pains"] for found in expected)
    monkeypatch.setattr(words_module, "MOST_FORMS", most)
    for text, before in zip(texts, expected, strict=True):
        reader("ru")._forms.clear()
        reader("ru").read("другой текст")
        assert known.find(reader("ru").read(text)) == before
        skipped = [word.skip for word in reader("ru").read(text)]
        assert any(skipped)


def test_as_many_words_are_kept_as_were_allowed(monkeypatch):
    monkeypatch.setattr(words_module, "MOST_FORMS", 100)
    fresh = WordReader("en")
    chance = random.Random(0)
    for _ in range(50):
        said = " ".join(str(chance.randrange(10**9)) for _ in range(20))
        assert fresh.read(said).present == set()
    assert len(fresh._forms) <= 102
    assert len(fresh._forms._known) <= 102
    assert len(fresh.vocabulary) <= 102


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Я дальномером прошёл, придраться не к чему, даже обидно.", "придраться не к чему"),
        ("It came on time and without asking.", "on time"),
        ("Такое себе решение.", "такое себе"),
        ("Нет отдельного входа.", "∅ нет отдельного входа"),
    ],
)
def test_an_explanation_names_the_phrase_that_counted(text, phrase):
    shown = models.load("emotion").explain(text, top=500)
    ruled = shown.loc[shown["kind"] == "rule", "feature"].tolist()
    assert phrase in ruled
    assert not any("<" in feature or not feature.strip() for feature in shown["feature"])
