"""Shares of weighted totals with intervals in which the participant is the unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

INTERVAL_FROM = 3
"""Under this many people no interval is given."""


@dataclass(frozen=True)
class Share:
    """A share with its interval, and what it rests on."""

    value: float
    low: float
    high: float
    people: int
    rows: int


def share(part: np.ndarray, whole: np.ndarray, person: np.ndarray, *, level: float) -> Share:
    """Estimate sum(part) / sum(whole) of weighted rows, 0 to 1, with people as clusters.

    The variance is that of a ratio, from residuals summed by person; it gives an effective number
    of rows for Wilson's interval with Student's t for the normal. Where the share is 0 or 1 the
    residuals are all zero, and the number of people is taken instead.
    """
    part, whole = np.asarray(part, float), np.asarray(whole, float)
    counted = whole > 0
    rows = int(counted.sum())
    if not rows:
        return Share(np.nan, np.nan, np.nan, 0, 0)
    codes, people = pd.factorize(np.asarray(person)[counted])
    value = float(part.sum() / whole.sum())
    if len(people) < INTERVAL_FROM:
        return Share(value, np.nan, np.nan, len(people), rows)
    residual = np.bincount(codes, (part - value * whole)[counted])
    n = len(people)
    variance = n / (n - 1) * float((residual**2).sum()) / float(whole.sum()) ** 2
    spread = value * (1 - value)
    effective = min(spread / variance, rows) if variance > 1e-15 and spread > 1e-12 else n
    low, high = _wilson(value, effective, n - 1, level)
    return Share(value, low, high, n, rows)


def _wilson(value: float, n: float, freedom: int, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    t = float(stdtrit(freedom, 0.5 + level / 2))
    middle = (value + t**2 / (2 * n)) / (1 + t**2 / n)
    half = t / (1 + t**2 / n) * np.sqrt(value * (1 - value) / n + t**2 / (4 * n**2))
    return float(max(middle - half, 0)), float(min(middle + half, 1))
