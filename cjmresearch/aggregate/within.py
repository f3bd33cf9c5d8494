"""Comparisons within people: is there a dip at all, and which stages could be the worst one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import NO_SPREAD, check_level, summary_of, t_interval
from cjmresearch.aggregate.means import unit_means
from cjmresearch.errors import CjmError
from cjmresearch.wording import INTERVAL_FROM

SIDES = ("low", "high", "both")
_CHUNK = 4_000_000
"""Numbers that are permuted at once."""


def unit_table(observations: pd.DataFrame, *, along: str = "stage") -> pd.DataFrame:
    """Lay what each unit felt side by side: a row a unit, a column a stage.

    Means by the rule of `emotion_curve`: within person and coder, over coders, over the people of
    a firm.

    Parameters
    ----------
    observations
        Frame [observations].
    along
        Column whose values become columns: `stage`, `touchpoint`, or one of your own, such as the
        channel or ownership of the touchpoint. A Categorical gives all its values, in order.

    Returns
    -------
    DataFrame
        float, -1...1, NaN where the unit said nothing; index `unit` (org_id or participant_id).
    """
    if along not in observations:
        raise CjmError(f"along={along!r}: choose a column of observations, e.g. stage, touchpoint")
    places = pd.Categorical(observations[along])
    kept = (places.codes >= 0) & observations["valence"].notna().to_numpy()
    means = unit_means(observations[kept], places.codes[kept].astype(np.int64))
    table = np.full((len(means.names), len(places.categories)), np.nan)
    table[means.unit, means.cell] = means.mean
    return pd.DataFrame(
        table, pd.Index(means.names, name="unit"), pd.Index(places.categories, name=along)
    )


def stage_stars(
    observations: pd.DataFrame,
    *,
    along: str = "stage",
    side: str = "low",
    level: float = 0.95,
    replicates: int = 4999,
    seed: int = 0,
) -> pd.DataFrame:
    """Ask whether any stage differs from the rest at all, before one is starred as the pain.

    Each unit's stage is compared with the mean of its own other stages. Values are permuted within
    the unit over the stages that it spoke of, so missing stages stay missing; the largest t over
    all stages gives the p value of each (max-T: Westfall and Young, *Resampling-Based Multiple
    Testing*, 1993), which holds for the whole family. It supposes that without a dip a unit's
    stages are exchangeable. A star is worth what the `detectable` column says: with few people a
    true dip is mostly missed.

    Parameters
    ----------
    observations
        Frame [observations].
    along
        As in `unit_table`.
    side
        `low` looks for dips, `high` for peaks, `both` for either.
    level
        1 minus the chance that any star is false.
    replicates, seed
        Permutations drawn, and the seed of the draw.

    Returns
    -------
    DataFrame [stars]
        One row a stage: [along], n_units (with the stage and another), mean (of all units there),
        difference (stage minus the unit's others), low, high (Student's t, simultaneous by
        Bonferroni), shrunken (the difference drawn to 0 by how much of the stages' variation is
        noise: the lowest of several is lower than its truth), t, p (of the family), star (bool),
        detectable (float: a true difference that would be starred in 80 % of such studies), level.
    """
    check_level(level)
    if side not in SIDES:
        raise CjmError(f"side={side!r}: choose one of {', '.join(SIDES)}")
    table = unit_table(observations, along=along)
    values = table.to_numpy()
    mean, sd, n = summary_of(_contrasts(values))
    able = max(1, int((n >= INTERVAL_FROM).sum()))
    t, p = max_t(values, side=side, replicates=replicates, seed=seed)
    family = 1 - (1 - level) / able
    low, high = t_interval(mean, sd, n, level=family)
    stars = pd.DataFrame(
        {
            along: pd.Categorical(table.columns, table.columns, ordered=True),
            "n_units": n,
            "mean": summary_of(values)[0],
            "difference": mean,
            "low": low,
            "high": high,
            "shrunken": _shrunken(mean, sd, n),
            "t": t,
            "p": p,
            "star": p <= 1 - level,
            "detectable": [
                _starred_difference(s, int(k), family, one_sided=side != "both")
                for s, k in zip(sd, n, strict=True)
            ],
        }
    )
    return stars.assign(level=level)


def _contrasts(values: np.ndarray) -> np.ndarray:
    """Each value minus the mean of the others of its row; NaN where there are no others."""
    known = ~np.isnan(values)
    others = known.sum(axis=-1, keepdims=True) - 1
    total = np.where(known, values, 0.0).sum(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(others > 0, values - (total - values) / others, np.nan)


def _t_of(values: np.ndarray) -> np.ndarray:
    """Statistic t of each column's contrasts; the last two axes are units and stages."""
    contrasts = _contrasts(values)
    mean, sd, n = summary_of(contrasts, axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        t = mean / (np.fmax(sd, NO_SPREAD) / np.sqrt(n))
    return np.where(n >= INTERVAL_FROM, t, np.nan)


def max_t(
    values: np.ndarray, *, side: str = "low", replicates: int = 4999, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Test columns against each other within rows by permutation: t and family-wise p of each.

    NaN where fewer than 3 rows have the column and another. The observed order counts as one of
    the permutations (Phipson and Smyth, 2010), so that p is never 0.
    """
    sign = {"low": -1.0, "high": 1.0, "both": 0.0}[side]
    t = _t_of(values)
    observed = np.abs(t) if sign == 0 else sign * t
    if np.isnan(t).all():
        return t, t
    rng = np.random.default_rng(seed)
    exceed = np.ones(len(t))
    step = max(1, min(replicates, _CHUNK // values.size))
    for begin in range(0, replicates, step):
        drawn = _t_of(_permuted(values, min(step, replicates - begin), rng))
        largest = np.nanmax(np.abs(drawn) if sign == 0 else sign * drawn, axis=1)
        exceed += (largest[:, None] >= observed - 1e-9).sum(axis=0)
    return t, np.where(np.isnan(t), np.nan, exceed / (1 + replicates))


def _permuted(values: np.ndarray, times: int, rng: np.random.Generator) -> np.ndarray:
    """Shuffle each row's known values over its known places."""
    known = ~np.isnan(values)
    places = np.argsort(~known, axis=1, kind="stable")
    packed = np.take_along_axis(values, places, axis=1)
    keys = rng.random((times, *values.shape))
    keys[:, np.isnan(packed)] = 2.0
    shuffled = np.take_along_axis(packed[None], np.argsort(keys, axis=2), axis=2)
    back = np.argsort(places, axis=1)
    return np.take_along_axis(shuffled, np.broadcast_to(back, shuffled.shape), axis=2)


def _shrunken(mean: np.ndarray, sd: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Draw differences to 0 by the share of noise (DerSimonian and Laird 1986, moment estimate)."""
    able = (n >= INTERVAL_FROM) & (np.nan_to_num(sd) > NO_SPREAD)
    if able.sum() < 3:
        return np.where(able, mean, np.nan)
    variance = np.where(able, sd**2 / np.maximum(n, 1), 1.0)
    weight = np.where(able, 1 / variance, 0.0)
    spread = (weight * np.nan_to_num(mean) ** 2).sum() - (able.sum() - 1)
    between = max(0.0, spread / (weight.sum() - (weight**2).sum() / weight.sum()))
    return np.where(able, mean * between / (between + variance), np.nan)


def _starred_difference(sd: float, n: int, family: float, *, one_sided: bool) -> float:
    from cjmresearch.aggregate.waves import detectable_difference

    if n < INTERVAL_FROM or not sd > NO_SPREAD:
        return float("nan")
    # A one-sided test at alpha is the two-sided one at 2 alpha.
    level = 1 - 2 * (1 - family) if one_sided else family
    return detectable_difference(sd, n, level=level)


def stage_ranks(
    observations: pd.DataFrame, *, along: str = "stage", level: float = 0.95
) -> pd.DataFrame:
    """Say which ranks each stage could have: with few people the worst is a set, not a stage.

    Every two stages are compared over the units that spoke of both (paired t, Bonferroni over all
    pairs). A stage ranks below those shown to be lower and above those shown to be higher (the
    confidence sets of Mogstad, Romano, Shaikh and Wilhelm, *Review of Economic Studies* 91, 2024).
    All sets together hold the true ranks with at least the stated probability.

    Parameters
    ----------
    observations
        Frame [observations].
    along
        As in `unit_table`.
    level
        Coverage of all sets together.

    Returns
    -------
    DataFrame [ranks]
        One row a stage somebody felt something at: [along], mean, n_units, rank (int64, 1 is the
        lowest mean), rank_low, rank_high (int64), maybe_lowest, maybe_highest (bool: it can't be
        told apart from the lowest, the highest), level.
    """
    check_level(level)
    table = unit_table(observations, along=along)
    table = table.loc[:, table.notna().any()]
    ranks = rank_sets(table.to_numpy(), level=level)
    ranks.insert(0, along, pd.Categorical(table.columns, table.columns, ordered=True))
    return ranks.assign(level=level)


def rank_sets(values: np.ndarray, *, level: float = 0.95) -> pd.DataFrame:
    """Rank columns by their means, with sets of ranks from paired t tests of all pairs."""
    columns = values.shape[1]
    pairs = columns * (columns - 1) / 2
    below = np.zeros((columns, columns), bool)
    for j in range(columns):
        low, _ = t_interval(*summary_of(values - values[:, [j]]), level=_each(level, pairs))
        below[j] = low > 0  # j is lower than these
    mean, _, n = summary_of(values)
    return _ranked(mean, below).assign(mean=mean, n_units=n)[
        ["mean", "n_units", "rank", "rank_low", "rank_high", "maybe_lowest", "maybe_highest"]
    ]


def _each(level: float, tests: float) -> float:
    return 1 - (1 - level) / max(1.0, tests)


def _ranked(score: np.ndarray, below: np.ndarray) -> pd.DataFrame:
    """Ranks of scores, lowest first, where `below[i, j]` says that i was shown to be under j."""
    lower, higher = below.sum(axis=0), below.sum(axis=1)
    return pd.DataFrame(
        {
            "rank": pd.Series(score).rank(method="min").astype("int64"),
            "rank_low": 1 + lower,
            "rank_high": len(score) - higher,
            "maybe_lowest": lower == 0,
            "maybe_highest": higher == 0,
        }
    )


def share_ranks(named: np.ndarray, *, level: float = 0.95) -> pd.DataFrame:
    """Rank things by how many people name them, with sets of ranks; 1 is named by most.

    Every two are compared over the people who name one and not the other (exact binomial test of
    the discordant: McNemar, Psychometrika 12, 1947), Bonferroni over all pairs.

    Parameters
    ----------
    named
        bool, a row a person, a column a thing.
    level
        Coverage of all sets together.

    Returns
    -------
    DataFrame
        rank, rank_low, rank_high (int64), maybe_first (bool); in the order of the columns.
    """
    from scipy.special import bdtr

    both = named.T.astype(np.int64) @ named.astype(np.int64)
    counts = np.diag(both)
    only = counts[:, None] - both  # [i, j]: people who name i and not j
    discordant = only + only.T
    with np.errstate(invalid="ignore"):
        tail = bdtr(only.T.astype(float), discordant, 0.5)  # as few or fewer for j
    pairs = len(counts) * (len(counts) - 1) / 2
    more = (2 * tail <= 1 - _each(level, pairs)) & (discordant > 0)
    ranks = _ranked(-counts.astype(float), more)
    renamed: dict[str, Any] = {"maybe_lowest": "maybe_first"}
    return ranks.rename(columns=renamed).drop(columns="maybe_highest")
