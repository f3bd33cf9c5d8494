"""Lemmas without a model: cached first parse for Russian, lower-cased lookup for English."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from functools import cache

_LATIN = re.compile(r"[a-z0-9'’.-]+", re.ASCII)
# Where the lookup table is wrong for talk: found on the UD English dev file and in interviews.
_ENGLISH_EXCEPTIONS = {
    "as": "as",
    "us": "us",
    "best": "good",
    "better": "good",
    "worse": "bad",
    "worst": "bad",
    "more": "more",
    "most": "most",
    "less": "less",
    "does": "do",
    "did": "do",
    "thanks": "thanks",
    "left": "leave",
    "found": "find",
    "ground": "ground",
    "founded": "found",
    "an": "a",
    "meeting": "meeting",
    "building": "building",
    "training": "training",
    "engineering": "engineering",
    "packaging": "packaging",
    "fitter": "fitter",
    "fitters": "fitter",
    "mechanics": "mechanics",
    "data": "data",
    "media": "media",
    "rang": "ring",
    "people": "people",
    "well": "well",
    "first": "first",
    "second": "second",
    "third": "third",
    "could": "could",
}


@cache
def lemmatiser(language: str) -> Callable[[str], str]:
    """Give a cached function from a word to its lemma, lower case and ё as е."""
    return _english() if language == "en" else _russian()


def _russian() -> Callable[[str], str]:
    import pymorphy3

    morph = pymorphy3.MorphAnalyzer()

    @cache
    def lemma(word: str) -> str:
        lower = word.lower()
        if _LATIN.fullmatch(lower):
            return lower
        return str(morph.parse(lower)[0].normal_form).replace("ё", "е")

    return lemma


def _english() -> Callable[[str], str]:
    table = {**_english_table(), **_ENGLISH_EXCEPTIONS}

    @cache
    def lemma(word: str) -> str:
        lower = word.lower()
        return str(table.get(lower, lower))

    return lemma


def _english_table() -> dict[str, str]:
    """Read the lookup table that spacy-lookups-data registers, lower case first."""
    from importlib import resources

    path = resources.files("spacy_lookups_data") / "data" / "en_lemma_lookup.json.gz"
    with resources.as_file(path) as file, gzip.open(file, "rt", encoding="utf-8") as stream:
        table: dict[str, str] = json.load(stream)
    cased = {k.lower(): v.lower() for k, v in table.items()}
    return cased | {k: v.lower() for k, v in table.items() if k.islower()}
