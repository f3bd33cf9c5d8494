"""A text as words with lemmas and the marks between them: what patterns are matched on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cjmresearch.text.lemmas import lemmatiser

SENTENCE = "."
CLAUSE = ","
_PIECES = re.compile(
    r"(?P<word>[^\W_]+(?:\u0301[^\W_]*)*(?:['’][^\W_]+)*)"
    r"|(?P<sentence>[.!?…]+(?=\s|$|[\"'»”)])|\n)"
    r"|(?P<clause>[,;:(]|(?<=\s)[-–—](?=\s)|[«»\"“”])"
)
_CLITICS = {"s", "re", "ve", "ll", "d", "m"}
_STEMS = {"ca": "can", "wo": "will", "sha": "shall", "ai": "be"}


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a mark (`mark` is then "." between sentences, "," between clauses)."""

    start: int
    end: int
    lower: str
    keys: frozenset[str]
    mark: str = ""


class WordReader:
    """Splits texts of one language into words; every word form is analysed once."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._lemma: Callable[[str], str] = lemmatiser(language)
        self._keys: dict[str, frozenset[str]] = {}
        self._last: tuple[str, list[Word]] = ("", [])

    def meant(self, word: str) -> frozenset[str]:
        """Give what a word of a pattern stands for.

        A Russian word stands for its lemma, in whatever form it is written; an English one for
        the words whose lemma it is, because "packaging" must not mean every "package".
        """
        return frozenset((word,) if self._language == "en" else (self._lemma(word), word))

    def read(self, text: str, lemmas: Mapping[int, str] | None = None) -> list[Word]:
        """Split a text; `lemmas` of another pipeline, by the start of the word, are added."""
        if lemmas is None and text == self._last[0]:
            return self._last[1]
        words = self._split(text, lemmas or {})
        if lemmas is None:
            self._last = (text, words)
        return words

    def _split(self, text: str, lemmas: Mapping[int, str]) -> list[Word]:
        words = []
        for match in _PIECES.finditer(text):
            start, end = match.span()
            if match.lastgroup == "word":
                for lower in _parts(plain(match.group())):
                    keys = self._named(lower)
                    if start in lemmas:
                        keys |= {plain(lemmas[start])}
                    words.append(Word(start, end, lower, keys))
            else:
                mark = SENTENCE if match.lastgroup == "sentence" else CLAUSE
                words.append(Word(start, end, match.group(), frozenset(), mark))
        return words

    def _named(self, lower: str) -> frozenset[str]:
        """Give everything that a pattern may call a word: its form, its lemma, `=its form`."""
        if lower not in self._keys:
            self._keys[lower] = frozenset((self._lemma(lower), lower, f"={lower}"))
        return self._keys[lower]


def word_set(words: str) -> frozenset[str]:
    """Make a set of words from a text."""
    return frozenset(words.split())


def plain(word: str) -> str:
    """Lower case, ё as е, one apostrophe, no stress mark."""
    return word.lower().replace("ё", "е").replace("’", "'").replace("\u0301", "")


def _parts(word: str) -> Iterator[str]:
    """`didn't` is two words, did + not; `'s` and its kind say nothing here."""
    if word.endswith("n't"):
        stem = word[:-3]
        yield _STEMS.get(stem, stem)
        yield "not"
    elif "'" in word:
        pieces = word.split("'")
        yield from (p for i, p in enumerate(pieces) if p and (i == 0 or p not in _CLITICS))
    elif word == "cannot":
        yield from ("can", "not")
    else:
        yield word
