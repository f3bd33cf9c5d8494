"""Erase a person: words, quotes, answers, and what the events keep of them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cjmresearch.errors import StoreError
from cjmresearch.schema import source_parts
from cjmresearch.store import embeddings
from cjmresearch.store.adding import sha256
from cjmresearch.store.changes import digest
from cjmresearch.store.database import fetch
from cjmresearch.store.tables import SQL_TABLES

MASK = "█"


def forget(connection: sa.Connection, participant_id: str) -> int:
    """Erase the person within the caller's transaction; returns how many codings went."""
    if not fetch(connection, "participants", {"participant_id": participant_id}):
        raise StoreError(f"no participant {participant_id!r} in the project")
    spoken = fetch(connection, "speakers", {"participant_id": participant_id})
    gone, masked, gone_codings = set(), set(), set()
    for source_id in {row["source_id"] for row in spoken}:
        labels = {row["speaker"] for row in spoken if row["source_id"] == source_id}
        if _others(connection, source_id, participant_id):
            masked.add(source_id)
            gone_codings |= _mask(connection, source_id, labels)
        else:
            gone.add(source_id)
            codings = fetch(connection, "codings", {"source_id": source_id})
            gone_codings |= {row["coding_id"] for row in codings}
    _delete(connection, "codings", "coding_id", gone_codings)
    for source_id in gone:
        _delete_source(connection, source_id)
    written = _written(connection, _owners(connection, participant_id), gone_codings)
    for owner_id, field in written:
        table = SQL_TABLES["fields"]
        cell = (table.c.owner_id == owner_id, table.c.field == field)
        connection.execute(sa.delete(table).where(*cell))
    for table_name in ("answers", "visits", "memberships", "participants"):
        _delete(connection, table_name, "participant_id", {participant_id})
    kept = {row["coding_id"] for row in fetch(connection, "codings")}
    _scrub_events(connection, _Traces(participant_id, gone, masked, kept, written))
    embeddings.clear(connection)
    return len(gone_codings)


@dataclass(frozen=True)
class _Traces:
    """What tells that a row in the log is about the person."""

    participant_id: str
    gone: set[str]
    """Sources that only the person spoke in."""
    masked: set[str]
    """Sources that others spoke in too."""
    kept: set[str]
    """Codings that stay; a coding of a masked source that is not among them may quote anybody."""
    written: set[tuple[str, str]]
    """Fields of cards, by owner and field, that are about the person or quote them."""

    def in_row(self, table: str, row: dict[str, Any]) -> bool:
        """Tell whether a row is about the person."""
        source = row.get("source_id") or row.get("survey_id")
        if row.get("participant_id") == self.participant_id or source in self.gone:
            return True
        if table == "fields" and (row.get("owner_id"), row.get("field")) in self.written:
            return True
        if table == "codings" and "coding_id" in row and row["coding_id"] not in self.kept:
            return source is None or source in self.masked
        return table in ("texts", "speakers", "turns") and source in self.masked


def _owners(connection: sa.Connection, participant_id: str) -> set[str]:
    """Owners of cards that go with the person: the person, and a firm of which nobody is left."""
    (person,) = fetch(connection, "participants", {"participant_id": participant_id})
    firm = person["org_id"]
    colleagues = fetch(connection, "participants", {"org_id": firm}) if firm else []
    return {participant_id, *([firm] if len(colleagues) == 1 else [])}


def _written(
    connection: sa.Connection, owners: set[str], codings: set[str]
) -> set[tuple[str, str]]:
    """Fields of the owners, and those that ever rested on one of the codings."""
    rows = fetch(connection, "fields")
    for event in fetch(connection, "events"):
        for change in json.loads(event["payload"])["changes"]:
            if change["table"] == "fields":
                key = change.get("key", {})
                rows += change.get("rows", [])
                rows += [{**key, **change[w]} for w in ("before", "after") if w in change]
    return {
        (row["owner_id"], row["field"])
        for row in rows
        if row["owner_id"] in owners or codings & set(source_parts(row.get("source")))
    }


def _others(connection: sa.Connection, source_id: str, participant_id: str) -> bool:
    speakers = fetch(connection, "speakers", {"source_id": source_id})
    return any(
        row["role"] == "participant" and row["participant_id"] != participant_id for row in speakers
    )


def _delete(connection: sa.Connection, table: str, column: str, values: set[str]) -> None:
    target = SQL_TABLES[table]
    for value in values:
        connection.execute(sa.delete(target).where(target.c[column] == value))


def _delete_source(connection: sa.Connection, source_id: str) -> None:
    questions = {q["question_id"] for q in fetch(connection, "questions", {"survey_id": source_id})}
    _delete(connection, "answers", "question_id", questions)
    for table in ("samples", "turns", "speakers", "texts"):
        _delete(connection, table, "source_id", {source_id})
    _delete(connection, "questions", "survey_id", {source_id})
    _delete(connection, "sources", "source_id", {source_id})


def _mask(connection: sa.Connection, source_id: str, labels: set[str]) -> set[str]:
    """Blacken the person's turns and labels, keeping every offset; returns codings that went."""
    turns = sorted(fetch(connection, "turns", {"source_id": source_id}), key=lambda t: t["start"])
    spans, previous_end = [], 0
    for turn in turns:
        if turn["speaker"] in labels:
            spans.append((previous_end, turn["end"]))  # with the label that stands before the turn
        previous_end = turn["end"]
    _rewrite_texts(connection, source_id, spans, labels)
    _rename_labels(connection, source_id, labels)
    return {
        row["coding_id"]
        for row in fetch(connection, "codings", {"source_id": source_id})
        if any(row["start"] < end and start < row["end"] for start, end in spans)
    }


def _rewrite_texts(
    connection: sa.Connection, source_id: str, spans: list[tuple[int, int]], labels: set[str]
) -> None:
    table = SQL_TABLES["texts"]
    source = fetch(connection, "sources", {"source_id": source_id})[0]
    for row in fetch(connection, "texts", {"source_id": source_id}):
        if row["revision"] == source["revision"]:
            text = row["text"]
            for start, end in spans:
                text = text[:start] + re.sub(r"[^\n]", MASK, text[start:end]) + text[end:]
        else:
            text = ""  # spans of earlier revisions are not known: nothing of them is kept
        connection.execute(
            sa.update(table)
            .where(table.c.source_id == source_id, table.c.revision == row["revision"])
            .values(text=text, sha256=sha256(text), reason="a person was erased")
        )


def _rename_labels(connection: sa.Connection, source_id: str, labels: set[str]) -> None:
    speakers, turns = SQL_TABLES["speakers"], SQL_TABLES["turns"]
    for number, label in enumerate(sorted(labels), start=1):
        new = {"speaker": f"{MASK * 3}{number}"}
        for table, more in ((speakers, {"participant_id": None, "role": "other"}), (turns, {})):
            connection.execute(
                sa.update(table)
                .where(table.c.source_id == source_id, table.c.speaker == label)
                .values(**new, **more)
            )


def _scrub_events(connection: sa.Connection, traces: _Traces) -> None:
    events = SQL_TABLES["events"]
    for event in fetch(connection, "events"):
        before = json.loads(event["payload"])
        after = _scrub(before, traces)
        after["changes"] = [_recounted(connection, change) for change in after["changes"]]
        if after["changes"] != before["changes"]:
            connection.execute(
                sa.update(events)
                .where(events.c.seq == event["seq"])
                .values(payload=json.dumps({**after, "forgotten": True}, ensure_ascii=False))
            )


def _recounted(connection: sa.Connection, change: dict[str, Any]) -> dict[str, Any]:
    """Describe a machine's run by what is left of it."""
    if change["table"] != "codings" or "where" not in change or "rows" in change:
        return change
    rows = fetch(connection, "codings", change["where"])
    return {**change, "count": len(rows), "sha256": digest(rows)}


def _scrub(payload: dict[str, Any], traces: _Traces) -> dict[str, Any]:
    """Payload without the rows of the person."""
    kept = []
    for change in payload["changes"]:
        table = change["table"]
        if change["op"] == "update":
            rows = [change["key"], change["before"], change["after"]]
            if not any(traces.in_row(table, row) for row in rows):
                kept.append(change)
        elif "rows" in change:
            rows = [row for row in change["rows"] if not traces.in_row(table, row)]
            if rows:
                kept.append({**change, "rows": rows})
        elif not traces.in_row(table, change["where"]):
            kept.append(change)
    return {**payload, "changes": kept}
