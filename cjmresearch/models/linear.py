"""One code as a weighted sum of the features of a text, and where those weights come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from cjmresearch.models.fewshot import calibration, learn
from cjmresearch.models.pool import Features, Pool

WORDS, CHARS, TOPICS, MEANINGS = 1.0, 1.0, 10.0, 25.0
"""How much each part counts in the likeness of two texts; chosen on codes of other sets than the
reported ones (`benchmarks/fewshot.py --tune`)."""
INTERCEPT_VARIANCE = 1_000.0
FEW = 2_000
"""Up to so many examples are solved over examples, more over features."""
MANY = 2.0, 1.0, 3.0, 0.6, 1.5
"""With so many examples words tell more, and how sentences begin can be learned as well: words,
chars, openings, topics, meanings. Chosen on the suggestions and English restaurants of
`benchmarks/native.py`, in other folds than the reported ones."""
FOLDS = 5
SPREADS = (0.03, 0.1, 0.3, 1.0)
ENOUGH = 200
"""From so many examples on the spread is chosen by what they say of each other; else it is 1."""
TRIED = 1_000
"""So many of them are asked at most."""


@dataclass(frozen=True)
class Linear:
    """Weights of each part of `Features`, and an intercept: log-odds."""

    intercept: float
    words: np.ndarray
    chars: np.ndarray
    openings: np.ndarray
    topics: np.ndarray
    meanings: np.ndarray

    def __call__(self, features: Features) -> np.ndarray:
        """Score texts: (n,), float64."""
        return (
            features.words @ self.words
            + features.chars @ self.chars
            + features.openings @ self.openings
            + features.topics @ self.topics
            + features.meanings @ self.meanings
            + self.intercept
        ).astype(np.float64)

    def __add__(self, other: Linear) -> Linear:
        return Linear(
            self.intercept + other.intercept,
            self.words + other.words,
            self.chars + other.chars,
            self.openings + other.openings,
            self.topics + other.topics,
            self.meanings + other.meanings,
        )

    def times(self, factor: float) -> Linear:
        """Multiply all weights by a number."""
        return Linear(
            self.intercept * factor,
            self.words * factor,
            self.chars * factor,
            self.openings * factor,
            self.topics * factor,
            self.meanings * factor,
        )


def by_definition(pool: Pool, definition: Sequence[str], *, lexical: float = 0.5) -> Linear:
    """Score texts by their likeness to a definition: mean 0 and deviation 1 over the pool.

    The cosine of the embeddings plus `lexical` times the overlap of words and of their pieces,
    each standardised over the pool. Without a definition, or in a pool where nothing is like it,
    all is zero.
    """
    given = pool.transform(definition)
    words, chars, openings, topics, meanings = (
        np.asarray(part.sum(axis=0), dtype=np.float32).ravel() for part in _parts(given)
    )
    meant = Linear(0.0, words * 0, chars * 0, openings * 0, topics * 0, meanings)
    said = Linear(0.0, words, chars, openings * 0, topics * 0, meanings * 0)
    both = _standard(meant, pool) + _standard(said, pool).times(lexical)
    return _standard(both, pool)


def _parts(features: Features) -> tuple[np.ndarray | sparse.csr_matrix, ...]:
    return features.words, features.chars, features.openings, features.topics, features.meanings


def _standard(linear: Linear, pool: Pool) -> Linear:
    scores = linear(pool.features)
    deviation = float(scores.std()) if len(scores) else 0.0
    if deviation < 1e-9:
        return linear.times(0.0)
    centred = linear.times(1 / deviation)
    shift = centred.intercept - float(scores.mean()) / deviation
    return replace(centred, intercept=shift)


def by_examples(
    pool: Pool, at: np.ndarray, marks: np.ndarray, *, prior: Linear, spread: float | None = None
) -> tuple[Linear, np.ndarray]:
    """Learn from examples of both classes: the weights, and log-odds left out by group (n,).

    Parameters
    ----------
    pool, at, marks
        The pool, which of its texts are examples, and whether each is one of the code.
    prior
        What is thought before any example.
    spread
        Variance of the weights, relative to `WORDS` and the others: less is more cautious. By
        default 1, and with many examples what predicts groups best that were left out.
    """
    if len(at) > FEW:
        return _over_features(pool, at, marks, spread or 1.0)
    if spread is None:
        spread = _best_spread(pool, at, marks, prior) if len(at) >= ENOUGH else 1.0
    rows = pool.features.rows(at)
    gram = spread * _likeness(rows) + INTERCEPT_VARIANCE
    found = learn(gram, marks, prior=prior(rows), groups=pool.groups[at])
    dual = found.dual.astype(np.float32) * spread
    learned = Linear(
        INTERCEPT_VARIANCE * float(found.dual.sum()),
        rows.words.T @ dual * WORDS,
        rows.chars.T @ dual * CHARS,
        np.zeros_like(prior.openings),
        rows.topics.T @ dual * TOPICS,
        rows.meanings.T @ dual * MEANINGS,
    )
    return prior + learned, found.left_out


def _likeness(rows: Features) -> np.ndarray:
    """Compare each two texts: (n, n), float64."""
    likeness = (
        WORDS * (rows.words @ rows.words.T).toarray()
        + CHARS * (rows.chars @ rows.chars.T).toarray()
        + TOPICS * rows.topics @ rows.topics.T
        + MEANINGS * rows.meanings @ rows.meanings.T
    )
    return likeness.astype(np.float64)


def _best_spread(pool: Pool, at: np.ndarray, marks: np.ndarray, prior: Linear) -> float:
    """Choose among `SPREADS` by the log-loss of calibrated odds left out by group."""
    tried = slice(None, None, -(-len(at) // TRIED))
    at, marks = at[tried], marks[tried]
    if marks.all() or not marks.any():
        return 1.0
    rows = pool.features.rows(at)
    likeness, before = _likeness(rows), prior(rows)
    losses = []
    for spread in SPREADS:
        gram = spread * likeness + INTERCEPT_VARIANCE
        odds = learn(gram, marks, prior=before, groups=pool.groups[at]).left_out
        slope, shift = calibration(odds, marks)
        margin = (slope * odds + shift) * np.where(marks, 1.0, -1.0)
        losses.append(float(np.logaddexp(0, -margin).sum()))
    return SPREADS[int(np.argmin(losses))]


def _over_features(
    pool: Pool, at: np.ndarray, marks: np.ndarray, spread: float
) -> tuple[Linear, np.ndarray]:
    """Learn from many examples: the same model without the definition, which they outweigh."""
    from sklearn.model_selection import GroupKFold

    rows = pool.features.rows(at)
    scaled = [part * scale**0.5 for part, scale in zip(_parts(rows), MANY, strict=True)]
    design = sparse.hstack([sparse.csr_matrix(part) for part in scaled], format="csr")
    left_out = np.empty(len(at))
    folds = GroupKFold(min(FOLDS, len(np.unique(pool.groups[at]))))
    for seen, unseen in folds.split(design, groups=pool.groups[at]):
        weights, intercept = _fitted(design[seen], marks[seen], spread)
        left_out[unseen] = design[unseen] @ weights + intercept
    weights, intercept = _fitted(design, marks, spread)
    edges = np.cumsum([part.shape[1] for part in scaled])[:-1]
    pieces = [
        (piece * scale**0.5).astype(np.float32)
        for piece, scale in zip(np.split(weights, edges), MANY, strict=True)
    ]
    return Linear(intercept, *pieces), left_out


def _fitted(
    design: sparse.csr_matrix, marks: np.ndarray, spread: float
) -> tuple[np.ndarray, float]:
    from sklearn.linear_model import LogisticRegression

    # Unlike with few examples, rare codes need no more weight here: the cut sees to them.
    model = LogisticRegression(C=spread, max_iter=500)
    model.fit(design, marks)
    return model.coef_[0], float(model.intercept_[0])
