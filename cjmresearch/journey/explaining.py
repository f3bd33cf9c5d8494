"""The evidence ledger: rows behind a number, and the number worked out from them once more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.schema import Study
from cjmresearch.wording import INTERVAL_FROM

LEDGER = ("participant", "source", "created_at", "model_version", "run_id", "confidence")
"""What `explain` adds to observations: who, where, when, and which machine in which run."""

_NO_SPREAD = 1e-12


def in_full(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the `LEDGER` columns to observations; index and order stay.

    `model_version` is the machine that proposed the coding, also where a person accepted it.
    """
    codings = study.codings.set_index("coding_id")
    mine = codings.reindex(rows["coding_id"])
    suggested = mine["status"] == "suggested"
    people = study.participants.set_index("participant_id")["pseudonym"]
    titles = study.sources.set_index("source_id")["title"]

    def of_machine(column: str) -> pd.Series:
        accepted = mine["suggestion_id"].map(codings[column]).astype("str")
        return accepted.where(~suggested, mine[column])

    return rows.assign(
        participant=rows["participant_id"].map(people),
        source=rows["source_id"].map(titles),
        created_at=mine["created_at"].array,
        model_version=of_machine("coder").array,
        run_id=of_machine("run_id").array,
        confidence=mine["confidence"].array,
    )


def recompute(rows: pd.DataFrame, *, level: float = 0.95) -> dict[str, Any]:
    """Work a number out again from its rows, step by step, as a reader would.

    Valences are averaged within participant and coder by weight, over coders, over participants,
    and over the people of a firm; the interval is Student's t on these means.

    Parameters
    ----------
    rows
        What `JourneyMap.explain` gives for one cell or point.
    level
        Coverage of the interval.

    Returns
    -------
    dict
        n_participants, n_codings, n_felt, n_felt_codings (int); mean, low, high, sd (float).
    """
    felt = rows[rows["valence"].notna()]
    by_unit = unit_means(felt)
    low, high, sd = _interval(by_unit.to_numpy(float), level)
    return {
        "n_participants": int(rows["participant_id"].nunique()),
        "n_codings": int(rows["coding_id"].nunique()),
        "n_felt": int(felt["participant_id"].nunique()),
        "n_felt_codings": int(felt["coding_id"].nunique()),
        "mean": float(by_unit.mean()) if len(by_unit) else float("nan"),
        "low": low,
        "high": high,
        "sd": sd,
    }


def unit_means(rows: pd.DataFrame) -> pd.Series:
    """Average valences step by step: one mean a unit (a person, or a firm of several), by name."""
    felt = rows[rows["valence"].notna()]
    unit = felt["org_id"].where(felt["org_id"].notna(), "person " + felt["participant_id"])
    steps = felt.assign(unit=unit, weighed=felt["weight"] * felt["valence"])
    sums = steps.groupby(["unit", "participant_id", "coder"])[["weighed", "weight"]].sum()
    by_coder = sums["weighed"] / sums["weight"]
    return by_coder.groupby(["unit", "participant_id"]).mean().groupby("unit").mean()


def _interval(means: np.ndarray, level: float) -> tuple[float, float, float]:
    from scipy.special import stdtrit

    n = len(means)
    if n < 2:
        return float("nan"), float("nan"), float("nan")
    sd = float(np.sqrt(((means - means.mean()) ** 2).sum() / (n - 1)))
    if n < INTERVAL_FROM or sd <= _NO_SPREAD:
        return float("nan"), float("nan"), sd
    half = stdtrit(n - 1, 0.5 + level / 2) * sd / np.sqrt(n)
    return float(means.mean() - half), float(means.mean() + half), sd


def differs(shown: Any, again: Any) -> bool:
    """Tell whether two numbers are further apart than 1e-12, or only one of them is missing."""
    if pd.isna(shown) or pd.isna(again):
        return bool(pd.isna(shown) != pd.isna(again))
    return abs(float(shown) - float(again)) > 1e-12
