"""Text to sparse features: lemmas in ones and twos, and pieces of words, weighted by TF-IDF.

The two analysers are plain functions, so that scikit-learn's `TfidfVectorizer(analyzer=...)`
learns exactly the features that `TextFeatures` computes later without scikit-learn. They are
frozen together with the weights: a change here needs a newly trained model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from scipy import sparse

CHAR_RANGE = (2, 5)
CACHED_WORDS = 2**15
"""Words whose lemmas and columns are kept: words repeat, and to analyse one costs the most."""
RECENT = 4096
"""Texts whose words are kept: several models read the same ones."""
NEGATION_REACH = 3
"""How many words after a negator carry its mark."""
OPENING = 3
"""The longest run of words at the start of a sentence that is a feature."""

_NOISE = re.compile(r"https?://\S+|@\w+|\[(?:name|person|religion|organization|location)\]")
_DIGITS = re.compile(r"\d+")
_CONTRACTION = re.compile(r"n't\b")
_TOKEN = re.compile(
    r"[^\W_]+|[!?]+|[)(]{2,}|[:;=]-?[)(D]|\.{3}|[,.;]|[\U0001F300-\U0001FAFF\u2600-\u27BF]"
)
_CYRILLIC = re.compile(r"[а-я]")
_NEGATORS = frozenset(
    {"не", "ни", "нет", "без", "not", "no", "never", "cannot", "without", "nothing"}
)
_SENTENCE_ENDS = frozenset("!?.;")
_STOPS = frozenset({",", ".", ";", "...", "но", "but", "а", "зато"})


def plain(text: str) -> str:
    """Lower the case, with `е` for `ё` and one kind of apostrophe."""
    return text.lower().replace("ё", "е").replace("’", "'")


@lru_cache(maxsize=RECENT)
def clean(text: str) -> str:
    """Give `plain` text without links, mentions, masked names; digits as 0, `n't` as `not`."""
    lowered = _NOISE.sub(" ", plain(text))
    return _CONTRACTION.sub(" not", _DIGITS.sub("0", lowered))


@cache
def _analyser() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=CACHED_WORDS)
def lemma(word: str) -> str:
    """Give the likeliest normal form of a lower-case Russian word; other words stay as they are."""
    if not _CYRILLIC.search(word):
        return word
    return _analyser().parse(word)[0].normal_form.replace("ё", "е")


def tokens(text: str) -> list[str]:
    """List the lemmas of a text, marks and emoticons among them."""
    return list(_tokens(text))


@lru_cache(maxsize=RECENT)
def _tokens(text: str) -> tuple[str, ...]:
    return tuple(map(lemma, _TOKEN.findall(clean(text))))


def word_terms(text: str) -> list[str]:
    """List lemmas, pairs of neighbours, and `¬lemma` for the words that a negator reaches."""
    return list(_word_terms(text))


@lru_cache(maxsize=RECENT)
def _word_terms(text: str) -> tuple[str, ...]:
    lemmas = _tokens(text)
    terms = [word for word in lemmas if word not in _STOPS or word in {"...", "но", "but", "а"}]
    pairs = [f"{left} {right}" for left, right in pairwise(terms)]
    return (*terms, *pairs, *_negated(lemmas))


def opening_terms(text: str) -> list[str]:
    """List the first lemma, the first two and three of each sentence, marked with `^`.

    What a sentence does often shows in how it begins: an imperative, a modal, a question word.
    """
    sentences: list[list[str]] = [[]]
    for token in _TOKEN.findall(clean(text)):
        if token[0] in _SENTENCE_ENDS:
            sentences.append([])
        elif token[0].isalnum():
            sentences[-1].append(lemma(token))
    return [
        "^" + " ".join(words[:size])
        for words in sentences
        for size in range(1, min(OPENING, len(words)) + 1)
    ]


def _negated(lemmas: Sequence[str]) -> list[str]:
    marked: list[str] = []
    reach = 0
    for word in lemmas:
        if word in _NEGATORS:
            reach = NEGATION_REACH
        elif word in _STOPS:
            reach = 0
        elif reach:
            marked.append(f"¬{word}")
            reach -= 1
    return marked


def char_terms(text: str) -> list[str]:
    """List pieces of 2 to 5 characters of each space-separated word, with the spaces around it."""
    return [piece for word in clean(text).split() for piece in _pieces(word)]


@lru_cache(maxsize=RECENT)
def _pieces(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    low, high = CHAR_RANGE
    return tuple(
        padded[start : start + size]
        for size in range(low, min(high, len(padded)) + 1)
        for start in range(len(padded) - size + 1)
    )


ANALYSERS: dict[str, Callable[[str], list[str]]] = {"word": word_terms, "char": char_terms}


@dataclass(frozen=True)
class TextFeatures:
    """One TF-IDF block: a vocabulary with its inverse document frequencies.

    `transform` gives what `TfidfVectorizer(analyzer=ANALYSERS[kind], sublinear_tf=True)` gives:
    1 + ln(count) times idf, each row scaled to length 1 (one without known terms stays zero).
    """

    kind: str
    terms: tuple[str, ...]
    idf: np.ndarray
    _index: dict[str, int] = field(init=False, repr=False, compare=False)
    _pieces: _Pieces = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {term: i for i, term in enumerate(self.terms)})
        object.__setattr__(self, "_pieces", _Pieces(self._index))

    def __len__(self) -> int:
        return len(self.terms)

    def __contains__(self, term: object) -> bool:
        return term in self._index

    def transform(self, texts: Iterable[str]) -> sparse.csr_matrix:
        """Give a sparse float32 matrix, one row a text, `len(self)` columns."""
        where, starts = self._columns(texts)
        number = len(starts) - 1
        shape = (number, len(self.terms))
        matrix = sparse.csr_matrix((np.ones(len(where)), where, starts), shape=shape)
        matrix.sum_duplicates()
        matrix.data = (1 + np.log(matrix.data)) * self.idf[matrix.indices]
        rows = np.repeat(np.arange(number), np.diff(matrix.indptr))
        squares = np.bincount(rows, weights=matrix.data**2, minlength=number)
        lengths = np.sqrt(squares)
        scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
        matrix.data *= scale[rows]
        return matrix.astype(np.float32)

    def _columns(self, texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        """List the columns of the terms of all texts, and where each text begins in the list.

        A term that is in a text twice is there twice.
        """
        sizes = [0]
        if self.kind == "char":
            pieces = [np.zeros(0, dtype=np.int32)]
            for text in texts:
                words = list(map(self._pieces.__getitem__, clean(text).split()))
                pieces += words
                sizes.append(sum(map(len, words)))
            return np.concatenate(pieces), np.cumsum(sizes)
        columns: list[int] = []
        for text in texts:
            known = map(self._index.get, ANALYSERS[self.kind](text))
            columns += [at for at in known if at is not None]
            sizes.append(len(columns))
        return np.asarray(columns, dtype=np.int32), np.asarray(sizes)


class _Pieces(dict[str, np.ndarray]):
    """The columns of the pieces of a word, looked up once a word."""

    def __init__(self, index: Mapping[str, int]) -> None:
        self._index = index

    def __missing__(self, word: str) -> np.ndarray:
        if len(self) >= CACHED_WORDS:
            self.clear()
        known = [at for at in map(self._index.get, _pieces(word)) if at is not None]
        self[word] = columns = np.asarray(known, dtype=np.int32)
        return columns
