"""How long a journey takes: median over people, with those still underway as censored."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.personas.people import members, named
from cjmresearch.schema import Study

UNITS = ("days", "stages", "steps")
_OVER = ("loyal", "lost")
"""Outcomes of people whose path has come to its end."""


def journey_length(
    study: Study,
    *,
    persona: str | None = None,
    unit: str = "days",
    until: pd.Timestamp | None = None,
    level: float = 0.95,
) -> dict[str, Any]:
    """Compute the median length of a path, from its first step to its end.

    A path is over where the outcome is `loyal` or `lost`, or, where no outcome is known, at the
    last stage of the model. All others are underway: their length is censored, and the median is
    Kaplan and Meier's with its interval, as in `aggregate.time_in_stage`.

    Parameters
    ----------
    study
        Frozen frames of a project.
    persona
        Id or name; None is everybody.
    unit
        `days`, from the times in `visits` (log or by hand); `stages`, different ones on the path;
        `steps`, with returns. The latter two also from codings, in the order told.
    until
        When the material ends, for days; default is the latest time in it.
    level
        Coverage of the interval.

    Returns
    -------
    dict
        unit; median, low, high (float, NaN where the curve doesn't come down to a half);
        n_participants (whose length is known), n_ended, n_censored, of_participants.
    """
    if unit not in UNITS:
        raise CjmError(f"unit={unit!r}: choose one of {', '.join(UNITS)}")
    owner = None if persona is None else named(study, persona)
    people = members(study, owner)
    lengths = path_lengths(study, unit=unit, until=until)
    here = lengths[lengths["participant_id"].isin(people["participant_id"])]
    found = aggregate.median_time(
        here["length"].to_numpy(float), here["ended"].to_numpy(bool), level=level
    )
    return {"unit": unit, **found, "of_participants": len(people)}


def path_lengths(
    study: Study, *, unit: str = "days", until: pd.Timestamp | None = None
) -> pd.DataFrame:
    """List how long each person's path is: participant_id, length (float), ended (bool).

    Only people with a path; a path that is over and has one moment only has no length in days.
    """
    order = "happened" if unit == "days" else "told"
    steps = aggregate.visits(study, order=order)
    by_person = steps.groupby("participant_id")["place"]
    last_stage = steps["place"].cat.categories[-1:]
    outcome = study.participants.set_index("participant_id")["outcome"]
    at_the_end = (steps["place"].isin(last_stage)).groupby(steps["participant_id"]).any()
    known = outcome.reindex(at_the_end.index)
    ended = known.isin(_OVER) | (known.isna() & at_the_end)
    if unit == "days":
        length = _days(steps, ended, until)
    else:
        length = (by_person.nunique() if unit == "stages" else by_person.size()).astype(float)
    table = pd.DataFrame({"length": length, "ended": ended.reindex(length.index)})
    table = table.rename_axis("participant_id").reset_index()
    return table.astype({"participant_id": "str", "length": "float64", "ended": "bool"})


def _days(steps: pd.DataFrame, ended: pd.Series, until: pd.Timestamp | None) -> pd.Series:
    timed = steps[steps["begin"].notna()]
    if timed.empty:
        return pd.Series(dtype="float64")
    person = timed["participant_id"]
    first = timed["begin"].groupby(person).min()
    latest = timed[["begin", "end"]].max(axis=1).groupby(person).max()
    over = ended.reindex(first.index).to_numpy(bool)
    end_of_material = until if until is not None else latest.max()
    last = latest.where(over, end_of_material)
    days = (last - first).dt.total_seconds() / 86_400
    return days[~over | (days > 0)] if len(days) else days


def length_words(found: dict[str, Any], language: str = "ru") -> str:
    """Say a length: "42 дня (20–90), ещё в пути 2"; empty where nobody's is known."""
    if not found["n_participants"]:
        return ""
    units = _UNITS[language]
    median, low, high = (_number(found[k], language) for k in ("median", "low", "high"))
    if not np.isfinite(found["median"]):
        text = units["open"].format(unit=units[found["unit"]])
    else:
        text = f"{median} {units[found['unit']]}"
        upper = high if np.isfinite(found["high"]) else "…"
        if np.isfinite(found["low"]):
            text += f" ({low}–{upper})"
    underway = found["n_censored"]
    return f"{text}; {units['underway'].format(n=underway)}" if underway else text


def _number(value: float, language: str) -> str:
    text = f"{value:.0f}" if abs(value) >= 10 or float(value).is_integer() else f"{value:.1f}"
    return text.replace(".", ",") if language == "ru" else text


_UNITS = {
    "ru": {
        "days": "дн.", "stages": "этапов", "steps": "шагов",
        "open": "больше половины ещё в пути, медианы нет", "underway": "ещё в пути: {n}",
    },
    "en": {
        "days": "days", "stages": "stages", "steps": "steps",
        "open": "more than half still underway, no median", "underway": "still underway: {n}",
    },
}  # fmt: skip
