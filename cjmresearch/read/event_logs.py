"""Logs of a CRM or a site as visits: who did what, when, by which channel."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import CjmError, ReadError
from cjmresearch.read import columnar
from cjmresearch.read.decode import load

_SHOWN = 5
_DOTTED = r"\d{1,2}\.\d{1,2}\.\d{4}.*"


@dataclass(frozen=True, eq=False)
class EventLog:
    """A log as visits; `str()` is what a person reads.

    Attributes
    ----------
    visits : DataFrame [visits], origin `log`, by person and time
    unplaced : activity, touch, n_events (int64): events that are no stage and no touchpoint, and
        are left out; most first
    unlinked : cases that belong to nobody in `ids`, in order
    n_timeless : events whose time can't be read, left out
    n_events : rows of the log
    """

    visits: pd.DataFrame
    unplaced: pd.DataFrame
    unlinked: tuple[str, ...]
    n_timeless: int
    n_events: int

    def __str__(self) -> str:
        people = self.visits["participant_id"].nunique()
        rows = [f"{len(self.visits)} visits of {people} people, from {self.n_events} events"]
        if len(self.unplaced):
            named = ", ".join(
                f"{row.activity!r} ({row.n_events})"
                for row in self.unplaced.head(_SHOWN).itertuples()
            )
            total = int(self.unplaced["n_events"].sum())
            rows.append(f"{total} at no stage and no touchpoint: {named}")
        if self.unlinked:
            rows.append(f"{len(self.unlinked)} cases belong to nobody known")
        if self.n_timeless:
            rows.append(f"{self.n_timeless} without a time that can be read")
        return "\n".join(rows)


def event_log(
    log: pd.DataFrame | str | Path,
    *,
    columns: Mapping[str, str],
    stages: Mapping[str, str],
    touchpoints: Mapping[str, str] | None = None,
    ids: Mapping[str, str] | None = None,
) -> EventLog:
    """Read an event log as visits of participants; nothing is guessed, what is left out is told.

    Parameters
    ----------
    log
        A table with a row an event, or a file that `survey` could read (CSV, .xlsx, .sav).
    columns
        Which column is what: `case`, `activity` and `time` must be there; `touch` (a channel or
        place) and `end` may. E.g. `{"case": "deal_id", "activity": "status", "time": "at"}`.
    stages
        Activity -> slug of a stage.
    touchpoints
        What stands in `touch` (or, without that column, the activity) -> slug of a touchpoint.
    ids
        Case -> participant_id, e.g. `link_ids(...).ids`; cases that it lacks are left out and
        listed. Default takes the case for the participant's id.

    Returns
    -------
    EventLog
        The same event has the same `visit_id` each time it is read. A time without a zone is taken
        as UTC; a date with dots has its day first, one with slashes can't be read.
    """
    rows = _table(log, columns)
    case, activity = rows["case"], rows["activity"]
    touch = rows.get("touch", activity)
    who = case if ids is None else case.map({str(k): str(v) for k, v in ids.items()})
    stage = activity.map(dict(stages)).astype("str")
    point = touch.map(dict(touchpoints or {})).astype("str")
    begin = _times(rows["time"])
    placed = stage.notna() | point.notna()
    kept = placed & who.notna() & begin.notna()
    visits = pd.DataFrame(
        {
            "visit_id": _visit_ids(rows),
            "participant_id": who,
            "stage": stage,
            "touchpoint": point,
            "begin": begin,
            "end": _times(rows["end"]) if "end" in rows else pd.NaT,
            "origin": "log",
        }
    )[kept]
    visits = visits.sort_values(["participant_id", "begin"], kind="stable")
    order = visits.groupby("participant_id").cumcount() + 1
    lost = pd.DataFrame({"activity": activity, "touch": touch})[~placed]
    unplaced = lost.groupby(["activity", "touch"], dropna=False).size().reset_index(name="n_events")
    return EventLog(
        visits=schema.frame("visits", visits.assign(order_happened=order)),
        unplaced=unplaced.sort_values(
            ["n_events", "activity"], ascending=[False, True], ignore_index=True
        ),
        unlinked=tuple(dict.fromkeys(case[who.isna()])),
        n_timeless=int(begin.isna().sum()),
        n_events=len(rows),
    )


def _table(log: pd.DataFrame | str | Path, columns: Mapping[str, str]) -> pd.DataFrame:
    known = ("case", "activity", "time", "touch", "end")
    missing = [name for name in known[:3] if name not in columns]
    unknown = [name for name in columns if name not in known]
    if missing or unknown:
        wrong = f"{missing[0]!r} is missing" if missing else f"no {unknown[0]!r}"
        raise CjmError(f"columns: {wrong}; say which column is {', '.join(known)}")
    if isinstance(log, pd.DataFrame):
        frame, where = log, "the log"
    else:
        path = Path(log)
        frame, where = columnar.read(path, load(path)).cells, str(path)
    for column in columns.values():
        if column not in frame.columns:
            has = ", ".join(map(repr, frame.columns))
            if isinstance(log, pd.DataFrame):
                raise CjmError(f"{where}: no column {column!r}; it has {has}")
            raise ReadError(Path(where), f"no column {column!r}; it has {has}")
    taken = {name: frame[column].astype("str").str.strip() for name, column in columns.items()}
    rows = pd.DataFrame(taken).reset_index(drop=True)
    blank = rows["case"].isna() | rows["case"].eq("")
    if blank.any():
        at = int(blank.to_numpy().argmax())
        raise CjmError(f"{where}: row {at + 1} has no case; fill it or leave the row out")
    return rows


def _times(texts: pd.Series) -> pd.Series:
    """Read times as UTC; NaT for what is no time or doesn't say which number is the day."""
    iso = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
    dotted = texts.where(texts.str.fullmatch(_DOTTED).fillna(False).astype(bool))
    turned = dotted.str.replace(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})", r"\3-\2-\1", regex=True)
    parts = turned.str.replace(r"-(\d)(?=\D|$)", r"-0\1", regex=True)
    day_first = pd.to_datetime(parts, format="ISO8601", errors="coerce", utc=True)
    return iso.fillna(day_first)


def _visit_ids(rows: pd.DataFrame) -> list[str]:
    """Ids by what an event says; the same twice is told apart by its number."""
    words = rows.fillna("").agg("\x1f".join, axis=1)
    again = words.groupby(words).cumcount().astype("str")
    return [
        str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:visit:{said}\x1f{number}"))
        for said, number in zip(words, again, strict=True)
    ]
