"""Which stage scores go with an overall score, with how unsure that is."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level
from cjmresearch.errors import CjmError

PEOPLE_A_DRIVER = 10
MOST = 10
NEARLY_CONSTANT = 0.25
"""Share of the median spread under which a driver's importance may be hidden by lack of spread."""


def drivers(
    table: pd.DataFrame,
    outcome: str,
    *,
    level: float = 0.95,
    replicates: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Share out the explained variance of an overall score among the scores of stages.

    Stage scores go together, so a coefficient says little of any one. Each driver's share is its
    gain in R2 averaged over all orders of entering (LMG: Lindeman, Merenda and Gold 1980; it is
    the Shapley value; Gromping, *J. Statistical Software* 17, 2006). Bounds are percentiles of a
    bootstrap over people. It is association: what goes with the overall score, not what makes it.

    Parameters
    ----------
    table
        A row a person, a column a score; people with any missing are left out.
    outcome
        Column of the overall score; all others are drivers.
    level
        Coverage of the bounds.
    replicates, seed
        Bootstrap samples, and the seed of the draw.

    Returns
    -------
    DataFrame [drivers]
        driver, share (of the outcome's variance; they sum to R2), low, high, correlation, rank,
        rank_low, rank_high (of bootstrap samples: the middle `level` of them), n (int64), sd,
        hardly_varies (bool: its importance can't be seen here, e.g. safety that everybody has).

    Raises
    ------
    CjmError
        Fewer than 10 people a driver, more than 10 drivers, or an outcome that doesn't vary.
    """
    check_level(level)
    if outcome not in table:
        raise CjmError(f"outcome={outcome!r}: choose a column of the table: {', '.join(table)}")
    known = table.dropna()
    names = [c for c in table if c != outcome]
    _check(known, outcome, names)
    x, y = known[names].to_numpy(float), known[outcome].to_numpy(float)
    share = lmg(x, y)
    rng = np.random.default_rng(seed)
    drawn = np.array([lmg(x[i], y[i]) for i in rng.integers(0, len(y), (replicates, len(y)))])
    tails = [100 * (1 - level) / 2, 100 * (1 + level) / 2]
    low, high = np.nanpercentile(drawn, tails, axis=0)
    ranks = (-drawn).argsort(axis=1).argsort(axis=1) + 1
    rank_low, rank_high = np.percentile(ranks, tails, axis=0, method="nearest")
    sd = x.std(axis=0, ddof=1)
    result = pd.DataFrame(
        {
            "driver": names,
            "share": share,
            "low": low,
            "high": high,
            "correlation": [_correlation(x[:, i], y) for i in range(len(names))],
            "rank": (-share).argsort().argsort() + 1,
            "rank_low": rank_low,
            "rank_high": rank_high,
            "n": len(y),
            "sd": sd,
            "hardly_varies": sd < NEARLY_CONSTANT * np.median(sd),
        }
    )
    return result.sort_values("rank", ignore_index=True)


def _check(known: pd.DataFrame, outcome: str, names: list[str]) -> None:
    if not names or len(names) > MOST:
        raise CjmError(f"drivers: {len(names)} given; choose 1 to {MOST} of them")
    needed = PEOPLE_A_DRIVER * len(names)
    if len(known) < needed:
        raise CjmError(
            f"drivers: {len(known)} people answered everything, and {len(names)} drivers need "
            f"{needed}; choose fewer drivers or ask more people"
        )
    if known[outcome].nunique() < 2:
        raise CjmError(f"outcome={outcome!r}: everybody gave the same; nothing can be shared out")


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def lmg(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Share R2 among columns: the gain of each, averaged over all orders of entering."""
    k = x.shape[1]
    centred = np.column_stack([x, y]) - np.append(x.mean(axis=0), y.mean())
    products = centred.T @ centred
    total = products[k, k]
    if total <= 0:
        return np.full(k, np.nan)
    explained = np.zeros(1 << k)
    for size in range(1, k + 1):
        for chosen in itertools.combinations(range(k), size):
            inner, cross = products[np.ix_(chosen, chosen)], products[list(chosen), k]
            beta = np.linalg.lstsq(inner, cross, rcond=1e-10)[0]
            explained[sum(1 << i for i in chosen)] = cross @ beta / total
    shares = np.zeros(k)
    for subset in range(1 << k):
        size = subset.bit_count()
        for i in range(k):
            if not subset >> i & 1:
                weight = math.factorial(size) * math.factorial(k - size - 1) / math.factorial(k)
                shares[i] += weight * (explained[subset | 1 << i] - explained[subset])
    return shares
