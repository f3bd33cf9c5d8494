"""What the workbench needs of a project beside its acts: what changed, and what can be undone."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from cjmresearch.store import Project
from cjmresearch.store.database import SQL_TABLES, fetch
from cjmresearch.store.history import next_redo, next_undo

Row = dict[str, Any]


def last_event(project: Project) -> int:
    """Tell the number of the last event."""
    with project._database.read() as connection:
        return connection.execute(sa.select(sa.func.max(SQL_TABLES["events"].c.seq))).scalar() or 0


def changes(project: Project, since: int) -> tuple[int, list[Row]]:
    """List what changed after an event, and tell the number of the last one."""
    events = SQL_TABLES["events"]
    query = sa.select(events.c.seq, events.c.payload).where(events.c.seq > since)
    found: list[Row] = []
    with project._database.read() as connection:
        for seq, payload in connection.execute(query.order_by(events.c.seq)):
            since = seq
            for change in json.loads(payload)["changes"]:
                found += _flat(connection, change)
    return since, found


def _flat(connection: sa.Connection, change: Row) -> list[Row]:
    table, op = change["table"], change["op"]
    if op == "update":
        return [{"table": table, "op": op, "row": {**change["key"], **change["after"]}}]
    rows = change.get("rows")
    if rows is None:
        rows = fetch(connection, table, change["where"])
    return [{"table": table, "op": op, "row": row} for row in rows]


def history(project: Project, coder: str) -> tuple[str | None, str | None]:
    """Name the acts that the coder's undo and redo would take."""
    with project._database.read() as connection:
        undo, redo = next_undo(connection, coder), next_redo(connection, coder)
        again = fetch(connection, "events", {"seq": redo["undoes"]})[0] if redo else None
    return undo and undo["kind"], again and again["kind"]


def codings(project: Project, source_id: str) -> list[Row]:
    """List the codings of a source."""
    with project._database.read() as connection:
        return fetch(connection, "codings", {"source_id": source_id})
