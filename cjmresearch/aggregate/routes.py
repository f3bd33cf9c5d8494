"""Whole paths: which there are, what each is worth, and whether steps remember."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level, summary_of, t_interval
from cjmresearch.aggregate.paths import shares


def variants(
    steps: pd.DataFrame,
    *,
    value: Mapping[str, float] | pd.Series | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count the ways people went, whole path by whole path, and what each is worth.

    Parameters
    ----------
    steps
        Frame of `visits`.
    value
        A number by participant_id, e.g. what they spend in a year.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        path (tuple of slugs), length, n_participants, of_participants (int64), share, low, high;
        with `value` also n_valued (int64), value (mean), value_low, value_high (Student's t; NaN
        under 3 people). Most people first, then the shortest.
    """
    check_level(level)
    named = steps.assign(place=steps["place"].astype("str"))
    paths = named.groupby("participant_id", sort=True)["place"].agg(tuple)
    table = paths.value_counts(sort=False).rename_axis("path").rename("n_participants")
    table = table.reset_index().assign(of_participants=len(paths))
    table.insert(1, "length", [len(path) for path in table["path"]])
    table = shares(table, level).drop(columns="highest")
    if value is not None:
        worth = pd.Series(paths.index, index=paths.index).map(dict(value.items())).astype(float)
        stats = [summary_of(worth[paths == path].to_numpy()) for path in table["path"]]
        mean, sd, n = (np.array(column, float) for column in zip(*stats, strict=True))
        low, high = t_interval(mean, sd, n, level=level)
        table = table.assign(n_valued=n.astype("int64"), value=mean, value_low=low, value_high=high)
    order = {"n_participants": False, "length": True, "path": True}
    return table.sort_values(list(order), ascending=list(order.values()), ignore_index=True)


def order_test(steps: pd.DataFrame, *, replicates: int = 4999, seed: int = 0) -> dict[str, Any]:
    """Ask whether the next step depends on the step before, too (second order against first).

    The likelihood-ratio statistic of three steps in a row (Anderson and Goodman, Annals of
    Mathematical Statistics 28, 1957), with a permutation p value, since few journeys are far from
    its chi-square: what follows is shuffled among visits of the same middle place. Triples of one
    person are taken for independent.

    Returns
    -------
    dict
        statistic, df (of the chi-square), p, n_triples, n_participants. p is NaN where no middle
        place was come to from two places and left for two.
    """
    place = steps["place"].astype("str")
    person = steps["participant_id"]
    triples = pd.DataFrame(
        {
            "before": place.groupby(person).shift(1),
            "middle": place,
            "after": place.groupby(person).shift(-1),
            "person": person,
        }
    ).dropna()
    rng = np.random.default_rng(seed)
    parts, df = [], 0
    for _, group in triples.groupby("middle"):
        x, y = pd.factorize(group["before"])[0], pd.factorize(group["after"])[0]
        df += int(x.max() * y.max())
        if x.max() and y.max():
            parts.append((x, y))
    result = {"n_triples": len(triples), "n_participants": int(triples["person"].nunique())}
    if not parts:
        return {"statistic": 0.0, "df": df, "p": np.nan, **result}
    seen = sum(_likelihood_ratio(x, y) for x, y in parts)
    drawn = [
        sum(_likelihood_ratio(x, rng.permutation(y)) for x, y in parts) for _ in range(replicates)
    ]
    p = (1 + np.sum(np.array(drawn) >= seen - 1e-9)) / (1 + replicates)
    return {"statistic": float(seen), "df": df, "p": float(p), **result}


def _likelihood_ratio(x: np.ndarray, y: np.ndarray) -> float:
    width = y.max() + 1
    table = np.bincount(x * width + y, minlength=(x.max() + 1) * width).reshape(-1, width)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    known = table > 0
    return float(2 * (table[known] * np.log(table[known] / expected[known])).sum())
