"""One joint L-BFGS logistic regression over labels that share rows, terms next to embeddings.

The objective is scikit-learn's, C x weighted loss + half the squared weights with a free
intercept, for sigmoid columns or one softmax, with targets that may be shares and a weight for
each row and column. With `counts` the weights of a term are penalised less the more its counts
tell the label (the log-count ratio of NB-SVM, Wang and Manning 2012). With `pairs` the logits of
two texts that say the same in two languages are drawn together: C x agreement / 2 x their squared
distance is added.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit, log_softmax

CLIP = 4.0


@dataclass(frozen=True)
class Problem:
    """Rows that columns learn from: where they are, targets (n, k), weights (n, k).

    `pairs` (n, 2) are numbers of rows that say the same in two languages.
    """

    at: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    pairs: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))

    def part(self, chosen: np.ndarray) -> Problem:
        """Give the problem over some of its rows, and the pairs that are wholly among them."""
        at = self.at[chosen]
        pairs = self.pairs[np.isin(self.pairs, at).all(axis=1)]
        return Problem(at, self.target[chosen], self.weight[chosen], pairs)


@dataclass(frozen=True)
class Settings:
    """Inverse penalty, scale of the embedding, steps of the solver, link, log-count ratios or not.

    `known` marks the terms that may be used (None = all). `shared` (terms, lists) holds terms that
    learn together besides each on its own, as the words of a lexicon do. `agreement` says how much
    a pair weighs.
    """

    c: float
    dense_scale: float = 1.0
    steps: int = 60
    link: str = "sigmoid"
    counts: bool = False
    known: np.ndarray | None = None
    shared: np.ndarray | None = field(default=None, repr=False)
    agreement: float = field(default=0.0, repr=False)


def logits(terms: sparse.csr_matrix, dense: np.ndarray, solved: np.ndarray) -> np.ndarray:
    """Compute (n, k) logits; the last row of `solved` is the intercept."""
    split = terms.shape[1]
    return terms @ solved[:split] + dense @ solved[split:-1] + solved[-1]


def fit(
    terms: sparse.csr_matrix, dense: np.ndarray, task: Problem, settings: Settings
) -> np.ndarray:
    """Solve for (terms + dense + 1, k) float32 weights; 0 for terms that may not be used."""
    if settings.shared is not None:
        lists = settings.shared.shape[1]
        together = np.asarray(terms @ settings.shared, dtype=np.float32)
        alone = replace(settings, shared=None)
        solved = fit(terms, np.hstack([together, dense]), task, alone)
        at = terms.shape[1]
        solved[:at] += settings.shared @ solved[at : at + lists]
        return np.delete(solved, slice(at, at + lists), axis=0)
    if settings.known is None:
        return _solved(terms, dense, task, settings)
    solved = _solved(terms[:, settings.known], dense, task, settings)
    whole = np.zeros((terms.shape[1] + dense.shape[1] + 1, solved.shape[1]), dtype=np.float32)
    used = int(settings.known.sum())
    whole[: terms.shape[1]][settings.known] = solved[:used]
    whole[terms.shape[1] :] = solved[used:]
    return whole


def _solved(
    terms: sparse.csr_matrix, dense: np.ndarray, task: Problem, settings: Settings
) -> np.ndarray:
    x, z = terms[task.at], dense[task.at]
    x_transposed = x.T.tocsr()
    weight = task.weight
    split, size, k = x.shape[1], x.shape[1] + z.shape[1] + 1, task.target.shape[1]
    total = float(weight.sum(dtype=np.float64)) / k * settings.c
    scale = _scales(x_transposed, task, settings, (size, k))
    apart = _Apart.of(terms, dense, task, settings)

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        solved = flat.reshape(size, k).astype(np.float32) * scale
        scores = logits(x, z, solved)
        loss, residual = _loss(scores, task.target, weight, settings.link)
        gradient = np.empty((size, k))
        gradient[:split] = x_transposed @ residual
        gradient[split:-1] = z.T @ residual
        gradient[-1] = residual.sum(axis=0)
        if apart:
            loss += apart.add(solved, gradient)
        gradient *= settings.c * scale
        penalised = flat.reshape(size, k)[:-1]
        gradient[:-1] += penalised
        value = settings.c * loss + 0.5 * float((penalised**2).sum())
        return value / total, gradient.ravel() / total

    start = np.zeros((size, k))
    prior = (weight * task.target).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-6)
    prior = np.clip(prior, 1e-6, 1 - 1e-6)
    start[-1] = np.log(prior / (1 - prior)) if settings.link == "sigmoid" else np.log(prior)
    options = {"maxiter": settings.steps, "ftol": 1e-7, "gtol": 1e-6}
    result = minimize(objective, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    return result.x.reshape(size, k).astype(np.float32) * scale


@dataclass(frozen=True)
class _Apart:
    """How far the logits of two texts stand apart that say the same; one row a pair."""

    terms: sparse.csr_matrix
    dense: np.ndarray
    transposed: sparse.csr_matrix
    agreement: float

    @classmethod
    def of(
        cls, terms: sparse.csr_matrix, dense: np.ndarray, task: Problem, settings: Settings
    ) -> _Apart | None:
        if not settings.agreement or not len(task.pairs):
            return None
        one, other = task.pairs.T
        apart = (terms[one] - terms[other]).tocsr()
        return cls(apart, dense[one] - dense[other], apart.T.tocsr(), settings.agreement)

    def add(self, solved: np.ndarray, gradient: np.ndarray) -> float:
        """Give the cost of `solved`, and add its gradient; a shift of all logits costs nothing."""
        split = self.terms.shape[1]
        distance = self.terms @ solved[:split] + self.dense @ solved[split:-1]
        distance -= distance.mean(axis=1, keepdims=True)
        gradient[:split] += self.agreement * (self.transposed @ distance)
        gradient[split:-1] += self.agreement * (self.dense.T @ distance)
        return self.agreement / 2 * float((distance**2).sum(dtype=np.float64))


def _scales(
    x_transposed: sparse.csr_matrix, task: Problem, settings: Settings, shape: tuple[int, int]
) -> np.ndarray:
    split = x_transposed.shape[0]
    scale = np.ones(shape, dtype=np.float32)
    scale[split:-1] = settings.dense_scale
    if settings.counts:
        present = (x_transposed > 0).astype(np.float32)
        with_label = 1 + present @ (task.weight * task.target)
        without = 1 + present @ (task.weight * (1 - task.target))
        ratio = with_label / with_label.sum(axis=0) * without.sum(axis=0) / without
        scale[:split] = np.abs(np.clip(np.log(ratio), -CLIP, CLIP))
    return scale


def _loss(
    scores: np.ndarray, target: np.ndarray, weight: np.ndarray, link: str
) -> tuple[float, np.ndarray]:
    if link == "sigmoid":
        loss = weight * (np.logaddexp(0, scores) - target * scores)
        return float(loss.sum(dtype=np.float64)), weight * (expit(scores) - target)
    shares = log_softmax(scores, axis=1)
    loss = -weight * target * shares
    return float(loss.sum(dtype=np.float64)), weight * (np.exp(shares) - target)


def out_of_fold(
    terms: sparse.csr_matrix,
    dense: np.ndarray,
    task: Problem,
    folds: np.ndarray,
    settings: Settings,
) -> np.ndarray:
    """Give logits (n, k) of each row by a model that has not seen its text."""
    unseen = np.zeros(task.target.shape, dtype=np.float32)
    for fold in np.unique(folds):
        outside = folds == fold
        solved = fit(terms, dense, task.part(~outside), settings)
        at = task.at[outside]
        unseen[outside] = logits(terms[at], dense[at], solved)
    return unseen
