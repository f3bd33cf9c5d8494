"""Intervals for few people: shares, means, and what nobody has shown yet."""

from __future__ import annotations

from typing import Any

import numpy as np

from cjmresearch.errors import CjmError
from cjmresearch.wording import INTERVAL_FROM

NO_SPREAD = 1e-12
"""Rounding leaves about 1e-16 where all units have one mean."""


def check_level(level: float) -> None:
    """Refuse a coverage that is no share, e.g. 95."""
    if not 0 < level < 1:
        raise CjmError(f"level={level}: give a number between 0 and 1, e.g. 0.95")


def wilson(count: np.ndarray, of: np.ndarray, level: float = 0.95) -> tuple[Any, Any]:
    """Compute Wilson's interval of a share, low and high, as in Brown, Cai and DasGupta (2001).

    The interval never collapses at 0 or at all; with n of a few people it is honestly wide.
    """
    from scipy.special import ndtri

    z = ndtri(0.5 + level / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = count / of
        middle = (share + z**2 / (2 * of)) / (1 + z**2 / of)
        half = z / (1 + z**2 / of) * np.sqrt(share * (1 - share) / of + z**2 / (4 * of**2))
    return np.maximum(middle - half, 0), np.minimum(middle + half, 1)


def jeffreys(count: np.ndarray, of: np.ndarray, level: float = 0.95) -> tuple[Any, Any]:
    """Compute the modified Jeffreys interval of a share (Brown, Cai and DasGupta 2001, 4.1.2).

    Quantiles of Beta(count + 1/2, of - count + 1/2); at 0 and at all the bounds are exact.
    """
    from scipy.special import betaincinv

    count, of = np.broadcast_arrays(np.asarray(count, float), np.asarray(of, float))
    tail = (1 - level) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        exact = tail ** (1 / of)
        low = betaincinv(count + 0.5, of - count + 0.5, tail)
        high = betaincinv(count + 0.5, of - count + 0.5, 1 - tail)
    low = np.where(count == 0, 0.0, np.where(count == of, exact, low))
    high = np.where(count == of, 1.0, np.where(count == 0, 1 - exact, high))
    return np.where(of > 0, low, 0.0), np.where(of > 0, high, 1.0)


def share_interval(count: np.ndarray, of: np.ndarray, level: float = 0.95) -> tuple[Any, Any]:
    """Compute Jeffreys' interval of a share, widened to Wilson's where that reaches farther.

    Each alone falls to .92 at some n (share .10, n of 8 to 100); together they cover in .938 or
    more at all of them. Nothing of nothing is 0 to 1.
    """
    one, other = jeffreys(count, of, level), wilson(np.asarray(count), np.asarray(of), level)
    return np.fmin(one[0], other[0]), np.fmax(one[1], other[1])


def unheard_bound(of: np.ndarray | int, level: float = 0.95) -> Any:
    """Tell how common a thing can be that none of `of` people named: one-sided and exact.

    (1 - share)^of = 1 - level (Clopper and Pearson, Biometrika 26, 1934): 0 of 8 allows .312.
    """
    of = np.asarray(of, float)
    with np.errstate(divide="ignore"):
        return 1 - (1 - level) ** (1 / of)


def heard_once(share: float, of: int) -> float:
    """Tell the chance that something so common is named by at least one of `of` people."""
    return float(1 - (1 - share) ** of)


def t_interval(
    mean: Any, sd: Any, n: Any, *, level: float | np.ndarray = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """Compute Student's t interval of means of n units; NaN under 3 units or without any spread."""
    from scipy.special import stdtrit

    mean, sd, n = (np.asarray(v, float) for v in (mean, sd, n))
    with np.errstate(invalid="ignore"):
        able = (n >= INTERVAL_FROM) & (sd > NO_SPREAD)
    tail = (1 - np.asarray(level)) / 2
    t = stdtrit(np.maximum(n - 1, 1), 1 - tail)
    half = np.where(able, t * np.where(able, sd, 0.0) / np.sqrt(np.maximum(n, 1)), np.nan)
    return mean - half, mean + half


def summary_of(values: np.ndarray, *, axis: int = 0) -> tuple[Any, Any, Any]:
    """Mean, standard deviation (n - 1) and count along an axis, leaving NaN out."""
    known = ~np.isnan(values)
    n = known.sum(axis=axis)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0.0).sum(axis=axis) / n
        off = np.where(known, values - np.expand_dims(mean, axis), 0.0)
        sd = np.where(n > 1, np.sqrt((off**2).sum(axis=axis) / (n - 1)), np.nan)
    return mean, sd, n
