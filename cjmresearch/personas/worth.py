"""What a client is worth over the years, and how large personas are by people and by worth."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.personas.people import attributes, members
from cjmresearch.schema import Study


def lifetime_value(years: float, per_year: float, check: float) -> float:
    """Compute the lifetime value of a client: years x purchases a year x average purchase.

    10 years, 6 purchases of 3.5 thousand are 210 thousand (the source rounds to "about 200").
    Neither margin nor discounting is in it: it is turnover, not profit.
    """
    given = {"years": years, "per_year": per_year, "check": check}
    for name, value in given.items():
        if not math.isfinite(value) or value < 0:
            raise CjmError(f"{name}={value}: give a number of 0 or more")
    return years * per_year * check


def shares(
    study: Study,
    *,
    worth: str | Mapping[str, float] | None = None,
    include: str = "human",
    level: float = 0.95,
) -> pd.DataFrame:
    """Tell how large each persona is among the people heard, the largest first.

    The share is one of the sample: of the market only if the people were drawn from it.

    Parameters
    ----------
    study
        Frozen frames of a project with personas and memberships.
    worth
        A trait (or field of the card) that holds what a participant is worth, or a mapping from
        participant_id, e.g. of `lifetime_value`.
    include
        As in `aggregate.observations`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        persona_id, persona, n_participants, of_participants (int64), share, low, high; and with
        `worth`: n_known (int64, whose worth is known), worth (mean of these), worth_share (share
        of n_participants x worth in the sum over personas; NaN where nobody's is known).
    """
    heard = members(study, None, include=include)
    rows = []
    values = None if worth is None else _values(study, worth)
    for persona_id, name in zip(study.personas["persona_id"], study.personas["name"], strict=True):
        people = members(study, persona_id, include=include)["participant_id"]
        row = {"persona_id": persona_id, "persona": name, "n_participants": len(people)}
        if values is not None:
            own = values.reindex(people).dropna()
            row |= {"n_known": len(own), "worth": float(own.mean()) if len(own) else np.nan}
        rows.append(row)
    columns = ["persona_id", "persona", "n_participants"]
    columns += [] if values is None else ["n_known", "worth"]
    table = pd.DataFrame(rows, columns=columns).astype({"persona_id": "str", "persona": "str"})
    table.insert(3, "of_participants", len(heard))
    n, of = (table[c].to_numpy(float) for c in ("n_participants", "of_participants"))
    low, high = aggregate.share_interval(n, of, level)
    for number, (name, column) in enumerate(
        (("share", n / np.maximum(of, 1)), ("low", low), ("high", high))
    ):
        table.insert(4 + number, name, column)
    if values is not None:
        total = table["n_participants"] * table["worth"]
        table["worth_share"] = total / total.sum()
    return table.sort_values(
        ["n_participants", "persona"], ascending=[False, True], kind="stable", ignore_index=True
    )


def _values(study: Study, worth: str | Mapping[str, float]) -> pd.Series:
    if not isinstance(worth, str):
        return pd.Series(dict(worth), dtype="float64")
    table = attributes(study)
    if worth not in table:
        known = ", ".join(table.columns) or "none"
        raise CjmError(f"trait {worth!r} is not in the study; it has: {known}")
    return pd.to_numeric(table[worth], errors="coerce").astype("float64")
