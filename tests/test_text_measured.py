"""What the text layer must reach on gold data and generated forms: floors below what was seen."""

import importlib.util
from pathlib import Path

import pytest
from inflections import english_forms, russian_forms

from cjmresearch.text.lemmas import lemmatiser
from cjmresearch.text.rules import reader, rules
from cjmresearch.text.sentences import sentence_spans

BENCHMARK = Path(__file__).parent.parent / "benchmarks" / "segmentation.py"


@pytest.fixture(scope="module")
def benchmark():
    spec = importlib.util.spec_from_file_location("segmentation", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_sentences_of_the_dev_files(benchmark, shared_data):
    """Seen: uch .925, xud .977, together .947; English .853."""
    russian = benchmark.sentence_scores(shared_data / "ud" / benchmark.FILES["ru"], "ru")
    f1 = {part: scores[2] for part, scores in russian.items()}
    assert f1["uch"] >= 0.92
    assert f1["xud"] >= 0.95
    assert f1["uch+xud"] >= 0.94
    english = benchmark.sentence_scores(shared_data / "ud" / benchmark.FILES["en"], "en")
    assert english["all"][2] >= 0.84


def test_lemmas_of_the_dev_files(benchmark, shared_data):
    """Seen, folded: ru .953 and en .977; strict: .931 and .881 (our lemmas are lower case)."""
    for language, (strict, folded) in {"ru": (0.92, 0.945), "en": (0.87, 0.97)}.items():
        path = shared_data / "ud" / benchmark.FILES[language]
        found = benchmark.lemma_scores(path, language)
        assert found[0] >= strict
        assert found[1] >= folded
        assert found[2] > 15_000


@pytest.mark.parametrize(
    ("words", "sentences"),
    [
        ("Спросил: — Где заказ? Молчат.", ["Спросил:", "— Где заказ?", "Молчат."]),
        ("Вздохнул. …На другой день", ["Вздохнул.", "…На другой день"]),
        ("Где договор? (...) Нашли.", ["Где договор? (...)", "Нашли."]),
        ("Цена: 5 000 руб. за штуку.", ["Цена: 5 000 руб. за штуку."]),
    ],
)
def test_direct_speech_pauses_and_cuts(words, sentences):
    assert [words[a:b] for a, b in sentence_spans(words, "ru")] == sentences


@pytest.mark.parametrize(
    ("language", "words", "lemmas"),
    [
        ("ru", "Ивановна денег г. А. #клиентыру пришли", "ивановна деньги г а #клиентыру прийти"),
        (
            "en",
            "me them US us 's n't training webinar pls",
            "i they us we 's not training webinar please",
        ),
    ],
)
def test_lemmas_that_the_tables_lack(language, words, lemmas):
    assert [lemmatiser(language)(word) for word in words.split()] == lemmas.split()


def shares(language, forms):
    """Give how many sentences there are, the share found, and the share with a wrong touchpoint."""
    known = rules(language, ("touchpoints", ("touchpoints",)))
    number = right = wrong = 0
    for sentence, form, slug in forms:
        at = sentence.index(form)
        found = known.find(reader(language).read(sentence))["touchpoints"]
        right += any(f.slug == slug and f.start < at + len(form) and f.end > at for f in found)
        wrong += any(f.slug != slug for f in found)
        number += 1
    return number, right / number, wrong / number


def test_every_case_and_number_of_the_russian_touchpoints_is_found():
    """Seen: .998 of 4,641 sentences, none with a wrong touchpoint."""
    number, right, wrong = shares("ru", russian_forms())
    assert number > 3_000
    assert right >= 0.996
    assert wrong <= 0.001


def test_every_form_of_the_english_touchpoints_is_found():
    """Seen: all of 1,206 sentences, none with a wrong touchpoint."""
    number, right, wrong = shares("en", english_forms())
    assert number > 1_000
    assert right >= 0.99
    assert wrong <= 0.001
