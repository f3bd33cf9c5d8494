"""Learning a code from a handful of examples: the arithmetic, on plain arrays.

A Gaussian process with a logistic likelihood and Laplace's approximation (Rasmussen & Williams,
Gaussian Processes for Machine Learning, 2006, algorithm 3.1), which is logistic regression with a
ridge penalty written over examples in place of features: with few examples it solves in
milliseconds, and what it would say of an example that it had not seen comes without refitting.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve, solve_triangular
from scipy.optimize import minimize
from scipy.special import expit

_STEPS = 50
_CLOSE = 1e-4


@dataclass(frozen=True)
class Posterior:
    """What was learned: `dual` (n,) are weights of the examples, `latent` (n,) their log-odds.

    `left_out` (n,) are the log-odds of each example as learned without its whole group.
    """

    dual: np.ndarray
    latent: np.ndarray
    left_out: np.ndarray


def learn(
    gram: np.ndarray, marks: np.ndarray, *, prior: np.ndarray, groups: np.ndarray
) -> Posterior:
    """Learn from examples, both classes weighing the same in sum.

    Parameters
    ----------
    gram
        Likeness of each two examples (n, n), with the variance of the intercept added to it.
    marks
        Whether each is an example of the code (n,), bool.
    prior
        Log-odds before any example (n,).
    groups
        Number of the group of each (n,): a group is left out as a whole.
    """
    weights = balanced(marks)
    latent = prior.astype(np.float64)
    dual = np.zeros(len(marks))
    for _ in range(_STEPS):
        chance = expit(latent)
        curvature = np.maximum(weights * chance * (1 - chance), 1e-6)
        root = np.sqrt(curvature)
        factor = np.linalg.cholesky(np.eye(len(marks)) + root[:, None] * gram * root)
        pull = curvature * (latent - prior) + weights * (marks - chance)
        dual = pull - root * cho_solve((factor, True), root * (gram @ pull))
        before, latent = latent, gram @ dual + prior
        if np.abs(latent - before).max() < _CLOSE:
            break
    half = solve_triangular(factor, np.diag(root), lower=True)
    seen = latent + dual / curvature
    return Posterior(dual, latent, seen - _surprise(half.T @ half, dual, groups))


def _surprise(precision: np.ndarray, dual: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """How far each example stands from what the other groups say of it (5.12 there, by blocks)."""
    found = np.empty(len(dual))
    order = np.argsort(groups, kind="stable")
    for at in np.split(order, np.flatnonzero(np.diff(groups[order])) + 1):
        found[at] = np.linalg.solve(precision[np.ix_(at, at)], dual[at])
    return found


def balanced(marks: np.ndarray) -> np.ndarray:
    """Weigh examples so that both classes have the same sum, and all of them n."""
    yes = int(marks.sum())
    no = len(marks) - yes
    if not yes or not no:
        return np.ones(len(marks))
    return np.where(marks, len(marks) / (2 * yes), len(marks) / (2 * no))


def calibration(
    scores: np.ndarray, marks: np.ndarray, *, doubt: float = 1.0
) -> tuple[float, float]:
    """Find (slope, shift) that turn scores into log-odds, shrunk towards (1, 0) by `doubt`.

    Platt's scaling on scores of examples that were left out, with a prior, so that ten examples
    don't claim certainty.
    """
    sign = np.where(marks, 1.0, -1.0)

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        slope = np.exp(at[0])
        margin = (slope * scores + at[1]) * sign
        pull = -expit(-margin) * sign
        value = np.logaddexp(0, -margin).sum() + doubt * (at[0] ** 2 + at[1] ** 2 / 4) / 2
        slopes = [(pull * scores).sum() * slope + doubt * at[0], pull.sum() + doubt * at[1] / 4]
        return float(value), np.array(slopes)

    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B").x
    return float(np.exp(found[0])), float(found[1])


def best_cut(ranks: np.ndarray, expected: np.ndarray) -> float:
    """Give the rank from which on a "yes" makes the expected F1 highest.

    `expected` is the probability that the text has the code, 0 or 1 where that is known.
    """
    order = np.argsort(-ranks, kind="stable")
    gained = expected[order].astype(np.float64)
    f1 = 2 * np.cumsum(gained) / (np.arange(1, len(order) + 1) + gained.sum())
    last = int(f1.argmax())
    after = order[min(last + 1, len(order) - 1)]
    return float(ranks[order[last]] + ranks[after]) / 2


def spread_out(
    candidates: np.ndarray, meanings: np.ndarray, n: int, *, weight: float = 0.6
) -> np.ndarray:
    """Choose n of the candidates, the best first, that are unlike each other.

    `candidates` are row numbers, best first; `meanings` their rows, of length 1.
    """
    if len(candidates) <= n:
        return candidates
    late = np.arange(len(candidates)) / len(candidates)
    chosen = [0]
    nearest = meanings @ meanings[0]
    while len(chosen) < n:
        cost = late + weight * nearest
        cost[chosen] = np.inf
        chosen.append(int(cost.argmin()))
        nearest = np.maximum(nearest, meanings @ meanings[chosen[-1]])
    return candidates[chosen]
