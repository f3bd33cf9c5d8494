"""Which event may be taken back: undo and redo are read off the log, never kept beside it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from cjmresearch.store.database import SQL_TABLES

_HISTORY = ("undo", "redo")


def next_undo(connection: sa.Connection, coder: str) -> dict[str, Any] | None:
    """Find the coder's last act that still stands (seq, kind, coder, undoes)."""
    cancelled = _cancelled(connection)
    for event in _events_of(connection, coder):
        if event["kind"] not in _HISTORY and event["seq"] not in cancelled:
            return event
    return None


def next_redo(connection: sa.Connection, coder: str) -> dict[str, Any] | None:
    """Find the coder's last standing undo, unless something new was done since."""
    cancelled = _cancelled(connection)
    for event in _events_of(connection, coder):
        if event["kind"] == "redo" or event["seq"] in cancelled:
            continue
        return event if event["kind"] == "undo" else None
    return None


def _events_of(connection: sa.Connection, coder: str) -> list[dict[str, Any]]:
    """Events of a coder without their payloads, newest first."""
    events = SQL_TABLES["events"]
    query = (
        sa.select(events.c.seq, events.c.kind, events.c.coder, events.c.undoes)
        .where(events.c.coder == coder)
        .order_by(events.c.seq.desc())
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _cancelled(connection: sa.Connection) -> set[int]:
    """Sequence numbers of events that a later, still standing event took back."""
    events = SQL_TABLES["events"]
    query = (
        sa.select(events.c.seq, events.c.undoes)
        .where(events.c.undoes.is_not(None))
        .order_by(events.c.seq.desc())
    )
    cancelled: set[int] = set()
    for seq, undoes in connection.execute(query):
        if seq not in cancelled:
            cancelled.add(undoes)
    return cancelled
