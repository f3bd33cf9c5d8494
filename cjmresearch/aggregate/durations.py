"""How long people stay at a stage, and until when they come back; open ends are open ends."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level
from cjmresearch.errors import CjmError


def time_in_stage(
    steps: pd.DataFrame, *, until: pd.Timestamp | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Estimate how long people stay at each stage, from visits with times.

    A visit ends at its `end`, else where the next one begins. One that has neither is censored at
    `until`: the person was still there. The first visit of each person counts. Medians are Kaplan
    and Meier's with the bounds of Brookmeyer and Crowley (Biometrics 38, 1982) on the log-log
    scale.

    Parameters
    ----------
    steps
        Frame of `visits(order="happened")` with times.
    until
        When the material ends; default is the latest time in it.
    level
        Coverage of the median's interval.

    Returns
    -------
    DataFrame
        One row a stage: stage, median, low, high (days; NaN where it isn't reached),
        n_participants, n_ended, n_censored (int64).
    """
    timed = steps[steps["begin"].notna()]
    if timed.empty:
        raise CjmError("steps: no visit has a time; take visits(study, order='happened') of a log")
    last = until if until is not None else timed[["begin", "end"]].max().max()
    after = timed["begin"].groupby(timed["participant_id"]).shift(-1)
    end = timed["end"].where(timed["end"].notna(), after)
    spans = pd.DataFrame(
        {
            "stage": timed["place"],
            "participant_id": timed["participant_id"],
            "days": (end.fillna(last) - timed["begin"]).dt.total_seconds() / 86_400,
            "ended": end.notna(),
        }
    )
    return _medians(spans.drop_duplicates(["participant_id", "stage"]), level)


def return_time(
    steps: pd.DataFrame, *, until: pd.Timestamp | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Estimate after how long people come back to each stage, from visits with times.

    From the first visit's begin to the second's; who didn't come back is censored at `until`.

    Returns
    -------
    DataFrame
        As of `time_in_stage`.
    """
    timed = steps[steps["begin"].notna()]
    if timed.empty:
        raise CjmError("steps: no visit has a time; take visits(study, order='happened') of a log")
    last = until if until is not None else timed[["begin", "end"]].max().max()
    keys = [timed["participant_id"], timed["place"]]
    again = timed.groupby(keys, observed=True)["begin"].shift(-1)
    spans = pd.DataFrame(
        {
            "stage": timed["place"],
            "participant_id": timed["participant_id"],
            "days": (again.fillna(last) - timed["begin"]).dt.total_seconds() / 86_400,
            "ended": again.notna(),
        }
    )
    return _medians(spans.drop_duplicates(["participant_id", "stage"]), level)


def _medians(spans: pd.DataFrame, level: float) -> pd.DataFrame:
    check_level(level)
    if isinstance(spans["stage"].dtype, pd.CategoricalDtype):
        stages = list(spans["stage"].cat.categories)
    else:
        stages = sorted(spans["stage"].unique())
    rows = []
    for stage in stages:
        here = spans[spans["stage"] == stage]
        row: dict[str, Any] = {"stage": stage}
        row |= median_time(here["days"].to_numpy(float), here["ended"].to_numpy(bool), level=level)
        rows.append(row)
    table = pd.DataFrame(rows)
    table["stage"] = pd.Categorical(table["stage"], stages, ordered=True)
    return table


def median_time(days: np.ndarray, ended: np.ndarray, *, level: float = 0.95) -> dict[str, Any]:
    """Compute a median with its interval of times that are partly censored.

    Returns
    -------
    dict
        median, low, high (NaN where the curve doesn't come down to a half), n_participants,
        n_ended, n_censored.
    """
    counts = {
        "n_participants": len(days),
        "n_ended": int(ended.sum()),
        "n_censored": int((~ended).sum()),
    }
    if not ended.any():
        return {"median": np.nan, "low": np.nan, "high": np.nan, **counts}
    from scipy.stats import CensoredData, ecdf

    survival = ecdf(CensoredData(uncensored=days[ended], right=days[~ended])).sf
    with warnings.catch_warnings():  # bounds are undefined at 0 and 1; that is dealt with below
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = survival.confidence_interval(level, method="log-log")
    times = survival.quantiles

    def first_at_half(curve: np.ndarray) -> float:
        under = np.flatnonzero(np.nan_to_num(curve, nan=1.0) <= 0.5 + 1e-12)
        return float(times[under[0]]) if len(under) else np.nan

    return {
        "median": first_at_half(survival.probabilities),
        "low": first_at_half(
            np.where(
                np.isnan(bounds.low.probabilities), survival.probabilities, bounds.low.probabilities
            )
        ),
        "high": first_at_half(bounds.high.probabilities),
        **counts,
    }
