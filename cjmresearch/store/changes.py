"""Changes of rows: apply them, describe them in an event, and turn them round.

A change is a JSON-ready dict:

    {"op": "insert", "table": t, "rows": [...]}              rows as they were written
    {"op": "insert", "table": t, "where": {...}, "count": n, "sha256": …}
                                                              bulk rows, found again by `where`
    {"op": "delete", "table": t, "rows": [...]}              rows as they were (and `where`, `count`
                                                              when they were bulk rows)
    {"op": "update", "table": t, "key": {...}, "before": {...}, "after": {...}}

Bulk rows (texts, turns, answers, a machine's suggestions) are not written a second time into the
event: the event that takes them back keeps them, so redo is exact.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store.database import fetch
from cjmresearch.store.tables import SQL_TABLES

Change = dict[str, Any]
Row = dict[str, Any]


def insert(table: str, rows: Sequence[Row], *, found_by: Sequence[str] = ()) -> list[Change]:
    """List changes that write rows; `found_by` names columns that tell bulk rows from others."""
    if not rows:
        return []
    if not found_by:
        return [{"op": "insert", "table": table, "rows": list(rows)}]
    where = {column: rows[0][column] for column in found_by}
    bulk = {"where": where, "count": len(rows), "sha256": digest(rows)}
    return [{"op": "insert", "table": table, "rows": list(rows), **bulk}]


def digest(rows: Sequence[Row]) -> str:
    """Hash rows regardless of their order, so that `verify` can tell whether they still stand."""
    lines = sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def update(table: str, before: Row, after: Row) -> list[Change]:
    """Change of one row; nothing where the two are equal."""
    changed = [c for c in after if before[c] != after[c]]
    if not changed:
        return []
    return [
        {
            "op": "update",
            "table": table,
            "key": _key(table, before),
            "before": {c: before[c] for c in changed},
            "after": {c: after[c] for c in changed},
        }
    ]


def delete(table: str, rows: Sequence[Row]) -> list[Change]:
    """Change that deletes rows."""
    return [{"op": "delete", "table": table, "rows": list(rows)}] if rows else []


def rewrite(table: str, before: Sequence[Row], after: Sequence[Row], *, where: Row) -> list[Change]:
    """List changes that write bulk rows anew; the event keeps them as they were."""
    if list(before) == list(after):
        return []
    old = {"where": where, "count": len(before), "sha256": digest(before)}
    gone = [{"op": "delete", "table": table, "rows": list(before), **old}]
    return (gone if before else []) + insert(table, after, found_by=list(where))


def apply(connection: sa.Connection, changes: Sequence[Change]) -> list[Change]:
    """Carry the changes out in order; return them as the event keeps them."""
    return [_apply_one(connection, change) for change in changes]


def _apply_one(connection: sa.Connection, change: Change) -> Change:
    table = SQL_TABLES[change["table"]]
    if change["op"] == "insert":
        connection.execute(sa.insert(table), change["rows"])
        return {k: v for k, v in change.items() if k != "rows"} if "where" in change else change
    if change["op"] == "delete":
        _delete(connection, change)
        return change
    _require(connection, change["table"], change["key"], change["before"])
    connection.execute(
        sa.update(table).where(*_match(change["table"], change["key"])).values(change["after"])
    )
    return change


def inverse(connection: sa.Connection, changes: Sequence[Change]) -> list[Change]:
    """List changes that take the given ones back, last first.

    `StoreError` where a row is no longer as the change left it.
    """
    return [_inverse_one(connection, change) for change in reversed(changes)]


def _inverse_one(connection: sa.Connection, change: Change) -> Change:
    table = change["table"]
    if change["op"] == "delete":
        if any(_is_key_alone(table, row) for row in change["rows"]):
            raise StoreError("what a machine said goes for good; let it run again")
        return {**change, "op": "insert"}
    if change["op"] == "update":
        return {
            "op": "update",
            "table": table,
            "key": change["key"],
            "before": change["after"],
            "after": change["before"],
        }
    if "where" not in change:
        return {"op": "delete", "table": table, "rows": change["rows"]}
    rows = fetch(connection, table, change["where"])
    bulk: Change = {n: change[n] for n in ("where", "count", "sha256") if n in change}
    if len(rows) != change["count"]:
        raise StoreError(
            f"{table}: {change['count']} rows were written and {len(rows)} are there now"
        )
    return {"op": "delete", "table": table, "rows": rows, **bulk}


def _is_key_alone(table: str, row: Row) -> bool:
    """Whether an event kept only which row it was; early releases merely had fewer columns."""
    known = schema.TABLES[table]
    return set(row) == set(known.key) != set(known.names)


def _delete(connection: sa.Connection, change: Change) -> None:
    name, table = change["table"], SQL_TABLES[change["table"]]
    if "where" in change:
        conditions = [table.c[c] == v for c, v in change["where"].items()]
        connection.execute(sa.delete(table).where(*conditions))
        return
    for row in change["rows"]:
        _require(connection, name, row, row)
        connection.execute(sa.delete(table).where(*_match(name, row)))


def refuse_orphans(connection: sa.Connection, changes: Sequence[Change]) -> None:
    """Raise `StoreError` where a deleted row is still referred to, naming by what."""
    back = {
        (c["table"], *_key(c["table"], row).values())
        for c in changes
        if c["op"] == "insert"
        for row in c["rows"]
    }
    for change in changes:
        if change["op"] != "delete":
            continue
        table = change["table"]
        gone = [r for r in change["rows"] if (table, *_key(table, r).values()) not in back]
        for child, column, parent_column in _CHILDREN.get(table, ()):
            values = [row[parent_column] for row in gone]
            reference = SQL_TABLES[child].c[column]
            count = sum(
                connection.execute(
                    sa.select(sa.func.count()).where(reference.in_(values[i : i + _CHUNK]))
                ).scalar_one()
                for i in range(0, len(values), _CHUNK)
            )
            if count:
                raise StoreError(f"{count} rows of {child} still refer to it ({column})")


_CHUNK = 500  # values in one IN (...)
_CHILDREN: dict[str, list[tuple[str, str, str]]] = {}
for _child in schema.BASE_TABLES:
    for _column in schema.TABLES[_child].columns:
        if _column.ref:
            _parent, _parent_column = _column.ref.split(".")
            _CHILDREN.setdefault(_parent, []).append((_child, _column.name, _parent_column))


def _key(table: str, row: Row) -> Row:
    if table == "project":
        return {}  # its one row is found without a key, which is the number of the format
    return {c: row[c] for c in schema.TABLES[table].key}


def _match(table: str, row: Row) -> list[sa.ColumnElement[bool]]:
    return [SQL_TABLES[table].c[c] == v for c, v in _key(table, row).items()]


def _require(connection: sa.Connection, table: str, key: Row, expected: Row) -> None:
    found = fetch(connection, table, _key(table, key))
    if not found:
        raise StoreError(f"{table}: {_spell(table, key)} is no longer there")
    changed = [c for c, v in expected.items() if found[0][c] != v]
    if changed:
        raise StoreError(f"{table}: {_spell(table, key)} was changed later ({', '.join(changed)})")


def _spell(table: str, row: Row) -> str:
    return " ".join(str(v) for v in _key(table, row).values()) or "its row"
