"""One joint L-BFGS logistic regression over all labels of a head, sparse terms next to embeddings.

The objective is scikit-learn's, C x weighted loss + half the squared weights with a free
intercept, for sigmoid columns or one softmax, and with targets that may be shares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit, log_softmax


@dataclass(frozen=True)
class Problem:
    """Rows that a head learns from: where they are, targets (n, k), weights (n,)."""

    at: np.ndarray
    target: np.ndarray
    weight: np.ndarray


def logits(terms: sparse.csr_matrix, dense: np.ndarray, solved: np.ndarray) -> np.ndarray:
    """Compute (n, k) logits; the last row of `solved` is the intercept."""
    split = terms.shape[1]
    return terms @ solved[:split] + dense @ solved[split:-1] + solved[-1]


def fit(
    terms: sparse.csr_matrix, dense: np.ndarray, task: Problem, settings: dict[str, Any]
) -> np.ndarray:
    """Solve for (terms + dense + 1, k) float32 weights."""
    x, z = terms[task.at], dense[task.at]
    x_transposed = x.T.tocsr()
    weight = task.weight[:, None]
    split, size, k = x.shape[1], x.shape[1] + z.shape[1] + 1, task.target.shape[1]
    total = float(task.weight.sum()) * settings["c"]

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        solved = flat.reshape(size, k).astype(np.float32)
        scores = logits(x, z, solved)
        loss, residual = _loss(scores, task.target, weight, settings["link"])
        gradient = np.empty((size, k))
        gradient[:split] = x_transposed @ residual
        gradient[split:-1] = z.T @ residual
        gradient[-1] = residual.sum(axis=0)
        gradient *= settings["c"]
        penalised = flat.reshape(size, k)[:-1]
        gradient[:-1] += penalised
        value = settings["c"] * loss + 0.5 * float((penalised**2).sum())
        return value / total, gradient.ravel() / total

    start = np.zeros((size, k))
    prior = np.clip((weight * task.target).sum(axis=0) / task.weight.sum(), 1e-6, 1 - 1e-6)
    start[-1] = np.log(prior / (1 - prior)) if settings["link"] == "sigmoid" else np.log(prior)
    options = {"maxiter": settings["steps"], "ftol": 1e-7, "gtol": 1e-6}
    result = minimize(objective, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    return result.x.reshape(size, k).astype(np.float32)


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
    settings: dict[str, Any],
) -> np.ndarray:
    """Give logits (n, k) of each row by a model that hasn't seen its text."""
    unseen = np.zeros(task.target.shape, dtype=np.float32)
    mine = folds[task.at]
    for fold in np.unique(mine):
        inside, outside = mine != fold, mine == fold
        part = Problem(task.at[inside], task.target[inside], task.weight[inside])
        solved = fit(terms, dense, part, settings)
        at = task.at[outside]
        unseen[outside] = logits(terms[at], dense[at], solved)
    return unseen
