"""Lemmas without a model: cached first parse for Russian, lower-cased lookup for English."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from cjmresearch.text.speech import word_set

# Latin letters, figures, hashtags and names of accounts stay as they are.
_AS_WRITTEN = re.compile(r"[a-z0-9'’.-]+|[#@].+", re.ASCII)
_MOST_WORDS = 2**15
_LIKELY = 0.1
# Where the first parse of a word alone is not its usual reading in talk.
_RUSSIAN_EXCEPTIONS = {
    form: lemma
    for lemma, forms in {
        "он": "нем",
        "быть": "есть",
        "весь": "все всё всем всеми",
        "этот": "этого этом",
        "это": "это",
        "то": "то",
        "что": "чем",
        "ничто": "ничего",
        "какой": "какой какая какое какие каких каким какими каком какую",
        "во": "во",
        "со": "со",
        "об": "об",
        "ко": "ко",
        "чтобы": "чтоб",
        "больше": "больше",
        "меньше": "меньше",
        "дальше": "дальше",
        "позднее": "позднее",
        "хорошо": "лучше",
        "зима": "зимой",
        "весна": "весной",
        "осень": "осенью",
        "ночь": "ночью",
        "утро": "утром",
        "вечер": "вечером",
        "пора": "порой",
        "дома": "дома",
        "ладно": "ладно",
        "значить": "значит",
        "должен": "должен должна должно должны",
        "рад": "рад рада рады",
        "деньги": "деньги денег деньгам деньгами деньгах",
        "родной": "родной родная родное родные родного родному родным родном родных родную",
        "большой": "большой большая большое большие большого больших большим",
        "данный": "данный данная данное данные данного данных данной данному данном",
        "прийти": "пришли",
        "ехать": "еду едем",
        "здравствовать": "здравствуйте здравствуй",
    }.items()
    for form in forms.split()
}
# Where the lookup table is wrong for talk.
_ENGLISH_EXCEPTIONS = {
    form: lemma
    for lemma, forms in {
        "i": "me",
        "we": "us",
        "they": "them",
        "he": "him",
        "you": "u",
        "be": "'re 'm am",
        "will": "'ll wo",
        "'s": "'s ’s",
        "can": "ca",
        "not": "n't n’t nt",
        "might": "might",
        "good": "best better",
        "bad": "worse worst",
        "do": "does did",
        "a": "an",
        "leave": "left",
        "find": "found",
        "found": "founded",
        "ring": "rang",
        "fitter": "fitters",
        "etc.": "etc",
        "p.m.": "pm",
        "so": "soo sooo soooo sooooo",
        "please": "pls plz",
        "because": "cuz coz b/c",
        "google": "googling googled",
    }.items()
    for form in forms.split()
} | {
    # Words that are usually nouns, adjectives or particles, not forms of a verb.
    word: word
    for word in word_set(
        "as more most less least ground meeting building training engineering packaging fitter "
        "mechanics data media people well first second third fourth fifth could thanks regards "
        "hi ok bit matter number crew wedding housing painting understanding clothing clothes "
        "troops amazing interested interesting hidden united involved complicated concerned "
        "boring annoying confusing exciting disappointing frustrating tired bored worried excited "
        "pricing billing onboarding shipping booking parking banking marketing advertising "
        "feeling meaning evening morning warning spelling writing trading tutoring dealing "
        "striking satisfying loving willing specialized impressed pleased blessed "
        "further supplies news goods premises species series lens"
    )
}


@cache
def lemmatiser(language: str) -> Callable[[str], str]:
    """Give a cached function from a word to its lemma, lower case and ё as е."""
    return _english() if language == "en" else _russian()


@cache
def _morph() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


def noun_forms(lemma: str) -> frozenset[str]:
    """Give the forms of a Russian noun that may well be its own; none for another word."""
    morph = _morph()
    noun = next((p for p in morph.parse(lemma) if "NOUN" in p.tag and _is(p, lemma)), None)
    if noun is None or noun.score < _LIKELY:
        return frozenset()
    forms = {str(form.word) for form in noun.lexeme}
    return frozenset(f.replace("ё", "е") for f in forms if _may_be(f, lemma))


def _may_be(form: str, lemma: str) -> bool:
    morph = _morph()
    return not morph.word_is_known(form) or any(
        p.score >= _LIKELY and _is(p, lemma) for p in morph.parse(form) if "NOUN" in p.tag
    )


def _is(parse: Any, lemma: str) -> bool:
    return str(parse.normal_form).replace("ё", "е") == lemma


def plural(word: str) -> str:
    """Give the regular plural of an English noun."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def _russian() -> Callable[[str], str]:
    morph = _morph()

    @lru_cache(_MOST_WORDS)
    def lemma(word: str) -> str:
        lower = word.lower()
        known = _RUSSIAN_EXCEPTIONS.get(lower)
        if known or _AS_WRITTEN.fullmatch(lower):
            return known or lower
        lower = lower.rstrip(".") or lower  # initials, «г.», «т.»
        return _russian_lemma(morph.parse(lower)[0]).replace("ё", "е")

    return lemma


def _russian_lemma(parse: Any) -> str:
    """Give the normal form, of a woman's patronymic or surname in her own gender."""
    if "femn" in parse.tag and ("Patr" in parse.tag or "Surn" in parse.tag):
        hers = parse.inflect({"nomn", "sing", "femn"})
        if hers is not None:
            return str(hers.word)
    return str(parse.normal_form)


def _english() -> Callable[[str], str]:
    table = {**_english_table(), **_ENGLISH_EXCEPTIONS}

    @lru_cache(_MOST_WORDS)
    def lemma(word: str) -> str:
        lower = word.lower()
        return lower if word == "US" else str(table.get(lower, lower))

    return lemma


def _english_table() -> dict[str, str]:
    """Read the lookup table that spacy-lookups-data registers, lower case first."""
    from importlib import resources

    path = resources.files("spacy_lookups_data") / "data" / "en_lemma_lookup.json.gz"
    with resources.as_file(path) as file, gzip.open(file, "rt", encoding="utf-8") as stream:
        table: dict[str, str] = json.load(stream)
    cased = {k.lower(): v.lower() for k, v in table.items()}
    return cased | {k: v.lower() for k, v in table.items() if k.islower()}
