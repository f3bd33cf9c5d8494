"""Does the project still say what it said? Every hash, span, quote, relation and event."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import SchemaError
from cjmresearch.store.adding import sha256
from cjmresearch.store.changes import digest
from cjmresearch.store.database import Database, broken_references, fetch, fetch_frame

Key = tuple[str, tuple[Any, ...]]


def problems(database: Database, connection: sa.Connection) -> list[str]:
    """One line for everything that is wrong; an empty list is good."""
    damage = database.damage(connection)
    if damage:
        return damage
    return [
        *_contract(connection),
        *(f"rows that refer to nothing: {line}" for line in broken_references(connection)),
        *_fields(connection),
        *_texts(connection),
        *_events(connection),
    ]


def _contract(connection: sa.Connection) -> list[str]:
    found = []
    for name in schema.BASE_TABLES:
        try:
            fetch_frame(connection, name)
        except SchemaError as error:
            found.append(str(error))
    return found


def _fields(connection: sa.Connection) -> list[str]:
    """Fields of cards whose owner is no longer there; the database can't watch over them."""
    owners = {row["persona_id"] for row in fetch(connection, "personas")}
    for row in fetch(connection, "participants"):
        owners |= {row["participant_id"], row["org_id"]}
    return [
        f"fields: {row['field']!r} belongs to {row['owner_id']!r}, who is not in the project"
        for row in fetch(connection, "fields")
        if row["owner_id"] not in owners
    ]


def _texts(connection: sa.Connection) -> list[str]:
    found = []
    current: dict[str, str] = {}
    titles = {row["source_id"]: row for row in fetch(connection, "sources")}
    for row in fetch(connection, "texts"):
        title = titles[row["source_id"]]["title"]
        if sha256(row["text"]) != row["sha256"]:
            found.append(f"{title}: revision {row['revision']} of the text was changed")
        if row["revision"] == titles[row["source_id"]]["revision"]:
            current[row["source_id"]] = row["text"]
    for source_id, source in titles.items():
        if source_id not in current:
            found.append(f"{source['title']}: revision {source['revision']} of the text is missing")
    for row in fetch(connection, "turns"):
        if row["end"] > len(current.get(row["source_id"], "")):
            title = titles[row["source_id"]]["title"]
            found.append(f"{title}: turn {row['position']} ends after the text")
    for row in fetch(connection, "codings"):
        if current.get(row["source_id"], "")[row["start"] : row["end"]] != row["quote"]:
            title = titles[row["source_id"]]["title"]
            found.append(
                f"{title}: the text at {row['start']}–{row['end']} is not the quote "
                f"{row['quote'][:60]!r} (coding {row['coding_id']})"
            )
    return found


def _events(connection: sa.Connection) -> list[str]:
    """Replay the log: rows that it keeps whole have to be in the tables as it says."""
    found: list[str] = []
    expected: dict[Key, dict[str, Any] | None] = {}
    bulk: dict[str, dict[str, Any]] = {}
    for number, event in enumerate(sorted(fetch(connection, "events"), key=_seq), start=1):
        if event["seq"] != number:
            return [*found, f"event {number} is missing from the log"]
        try:
            payload = json.loads(event["payload"])
            for change in payload["changes"]:
                _replay(expected, bulk, change)
        except (ValueError, KeyError, TypeError) as error:
            found.append(f"event {number} can't be read ({error!r})")
    found += _bulk(connection, bulk)
    actual = {name: _by_key(connection, name) for name in {table for table, _ in expected}}
    for (table, key), row in expected.items():
        there = actual[table].get(key)
        if row is None and there is not None:
            found.append(f"{table}: {_spell(key)} is there, though an event deleted it")
        if row is not None and there is None:
            found.append(f"{table}: {_spell(key)} is missing, though an event wrote it")
        if row is not None and there is not None:
            changed = [c for c in row if there[c] != row[c] and c != _FORMAT]
            if changed:
                found.append(f"{table}: {_spell(key)} was changed outside ({', '.join(changed)})")
    return found


def _seq(event: dict[str, Any]) -> int:
    return int(event["seq"])


_FORMAT = "schema_version"
"""A newer release raises it when it opens the project; that is no act on the material."""
_NEVER_UPDATED = ("codings", "turns", "answers")


def _bulk(connection: sa.Connection, standing: dict[str, dict[str, Any]]) -> list[str]:
    """Bulk rows: of them the log has kept only how to find them, how many, and their hash."""
    found = []
    for change in standing.values():
        rows = fetch(connection, change["table"], change["where"])
        if len(rows) != change["count"]:
            found.append(
                f"{change['table']}: {change['count']} rows were written at once, "
                f"{len(rows)} are there ({_spell(tuple(change['where'].values()))})"
            )
        elif "sha256" in change and digest(rows) != change["sha256"]:  # at first none was kept
            where = _spell(tuple(change["where"].values()))
            found.append(f"{change['table']}: rows written at once were changed outside ({where})")
    return found


def _replay(
    expected: dict[Key, dict[str, Any] | None],
    bulk: dict[str, dict[str, Any]],
    change: dict[str, Any],
) -> None:
    table = change["table"]
    if "where" in change:
        for row in change.get("rows", ()):
            expected.pop(_key(table, row), None)
        name = json.dumps([table, change["where"]], sort_keys=True)
        if change["op"] == "delete":
            bulk.pop(name, None)
        elif table in _NEVER_UPDATED:
            bulk[name] = change
        return
    for row in change.get("rows", ()):
        expected[_key(table, row)] = dict(row) if change["op"] == "insert" else None
    if change["op"] == "update":
        row = expected.get(_key(table, change["key"]))
        expected[_key(table, change["key"])] = {
            **(row or change["key"]),
            **change["after"],
        }


def _key(table: str, row: dict[str, Any]) -> Key:
    if table == "project":
        return table, ()
    return table, tuple(row[c] for c in schema.TABLES[table].key)


def _by_key(connection: sa.Connection, table: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {_key(table, row)[1]: row for row in fetch(connection, table)}


def _spell(key: tuple[Any, ...]) -> str:
    return " ".join(str(v) for v in key)
