"""Which event may be taken back: undo and redo are read off the log, never kept beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from cjmresearch.store.tables import SQL_TABLES

_HISTORY = ("undo", "redo")
_IN_ONE_QUERY = 100


@dataclass(frozen=True)
class Act:
    """An event without its payload."""

    seq: int
    kind: str
    coder: str
    undoes: int | None


def next_undo(connection: sa.Connection, coder: str) -> Act | None:
    """Find the coder's last act that still stands."""
    for act in _standing(connection, coder):
        if act.kind not in _HISTORY:
            return act
    return None


def next_redo(connection: sa.Connection, coder: str) -> Act | None:
    """Find the coder's last standing undo, unless something new was done since."""
    for act in _standing(connection, coder):
        if act.kind != "redo":
            return act if act.kind == "undo" else None
    return None


def _standing(connection: sa.Connection, coder: str) -> Iterator[Act]:
    """Events of a coder that no later one took back, newest first.

    An undo is an event of the coder whose act it takes back, so one walk from the end sees it
    first.
    """
    cancelled: set[int] = set()
    for act in _events_of(connection, coder):
        if act.seq in cancelled:
            continue
        if act.undoes is not None:
            cancelled.add(act.undoes)
        yield act


_EVENTS = SQL_TABLES["events"]
_OLDER = (
    sa.select(_EVENTS.c.seq, _EVENTS.c.kind, _EVENTS.c.coder, _EVENTS.c.undoes)
    .where(_EVENTS.c.coder == sa.bindparam("coder"), _EVENTS.c.seq < sa.bindparam("before"))
    .order_by(_EVENTS.c.seq.desc())
    .limit(_IN_ONE_QUERY)
)


def _events_of(connection: sa.Connection, coder: str) -> Iterator[Act]:
    """Events of a coder, newest first, read as far as they are asked for."""
    before = 2**31 - 1
    while True:
        rows = connection.execute(_OLDER, {"coder": coder, "before": before}).all()
        yield from (Act(*row) for row in rows)
        if len(rows) < _IN_ONE_QUERY:
            return
        before = rows[-1].seq
