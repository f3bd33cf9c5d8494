"""What adding material means in rows: people, sources, texts, speakers, turns, answers."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from typing import Any, Protocol

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.asking import check_places
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch, plain_rows
from cjmresearch.store.lookup import text_of
from cjmresearch.store.tables import SQL_TABLES


class ReadResult(Protocol):
    """What the readers give: a source with its text, turns and speakers."""

    @property
    def source(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def turns(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def speakers(self) -> pd.DataFrame: ...  # noqa: D102


def sha256(text: str) -> str:
    """Hash of a text as the `texts` table keeps it."""
    return hashlib.sha256(text.encode()).hexdigest()


def changes_for(connection: sa.Connection, read: Any) -> list[Change]:
    """List the changes that add what a reader gave; refuses a text that is there already."""
    text = read.text
    check_text(text)
    _refuse_twin(connection, text, read.source)
    read = _apart(connection, read)
    source = plain_rows("sources", schema.frame("sources", read.source))
    source_id = source[0]["source_id"]
    speakers = plain_rows("speakers", schema.frame("speakers", read.speakers))
    new_people = _people(connection, read, speakers)
    revision = {
        "source_id": source_id,
        "revision": 1,
        "text": text,
        "sha256": sha256(text),
        "reason": "as read",
    }
    questions = _rows(read, "questions")
    codes = fetch(connection, "codes") if questions else []
    for question in questions:
        check_places(question, codes)
    answers = _rows(read, "answers")
    turns = plain_rows("turns", schema.frame("turns", read.turns))
    _check_turns(turns, len(text))
    return (
        changes.insert("participants", new_people)
        + changes.insert("sources", source)
        + changes.insert("texts", [revision], found_by=["source_id"])
        + changes.insert("questions", questions)
        + changes.insert("speakers", speakers, found_by=["source_id"])
        + changes.insert("turns", turns, found_by=["source_id"])
        + _answer_changes(answers)
    )


def _answer_changes(answers: list[Row]) -> list[Change]:
    """One change a question, so that undo finds the bulk rows again."""
    by_question: dict[str, list[Row]] = {}
    for row in answers:
        by_question.setdefault(row["question_id"], []).append(row)
    return [
        change
        for rows in by_question.values()
        for change in changes.insert("answers", rows, found_by=["question_id"])
    ]


def _rows(read: Any, name: str) -> list[Row]:
    frame = getattr(read, name, None)
    return [] if frame is None else plain_rows(name, schema.frame(name, frame))


def check_text(text: str) -> None:
    """Raise `StoreError` where a text is not as the project keeps texts."""
    if "\r" in text or text.startswith("﻿") or "\0" in text:
        raise StoreError("the text holds a carriage return, a BOM or a NUL; read the file again")
    if not unicodedata.is_normalized("NFC", text):
        raise StoreError("the text is not in Unicode form NFC; read the file again")


def _check_turns(turns: list[Row], length: int) -> None:
    beyond = [t for t in turns if t["end"] > length]
    if beyond:
        raise StoreError(f"turn {beyond[0]['position']} ends after the text ({length} characters)")


def _refuse_twin(connection: sa.Connection, text: str, source: pd.DataFrame) -> None:
    sources, texts = SQL_TABLES["sources"], SQL_TABLES["texts"]
    query = (
        sa.select(sources.c.title)
        .join(texts, texts.c.source_id == sources.c.source_id)
        .where(texts.c.sha256 == sha256(text))
    )
    known = connection.execute(query).scalar()
    if known is not None:
        given = source.get("file", source["title"]).fillna(source["title"]).iloc[0]
        raise StoreError(
            f"{given}: the same text is in the project already, as {known!r}; leave it out"
        )


def _apart(connection: sa.Connection, read: Any) -> Any:
    """Give row numbers of a file another beginning where a file of that name is there already."""
    prefix = getattr(read, "row_prefix", None)
    if prefix is None:
        return read
    spoken = SQL_TABLES["speakers"].c.participant_id
    query = sa.select(spoken).where(spoken.startswith(f"{prefix}row-", autoescape=True)).limit(1)
    if connection.execute(query).first() is None:
        return read
    source_id = str(read.source["source_id"].iloc[0])
    return read.with_row_prefix(f"{prefix.removesuffix(':')}-{source_id[:6]}:")


def _people(connection: sa.Connection, read: Any, speakers: list[Row]) -> list[Row]:
    """Make new participants; speakers in the participant role get one each (rows are filled in)."""
    known = set(
        connection.execute(sa.select(SQL_TABLES["participants"].c.participant_id)).scalars()
    )
    offered = {row["participant_id"]: row for row in _rows(read, "participants")}
    language = read.source["language"].iloc[0]
    new: list[Row] = []
    for speaker in speakers:
        if speaker["role"] != "participant":
            continue
        if speaker["participant_id"] is None:
            speaker["participant_id"] = _next_id(known)
        person = speaker["participant_id"]
        if person not in known:
            known.add(person)
            new.append(offered.pop(person, {}) or blank_person(person, language))
    new += [row for person, row in offered.items() if person not in known]
    for row in new:
        row["language"] = row["language"] or _given(language)
    return new


def blank_person(participant_id: str, language: Any = None) -> Row:
    """Row of a participant of whom only the id is known; the id is also the pseudonym."""
    row = dict.fromkeys(schema.TABLES["participants"].names)
    row |= {"participant_id": participant_id, "pseudonym": participant_id, "traits": "{}"}
    row["language"] = _given(language)
    return row


def _given(value: Any) -> str | None:
    """Text of a frame's cell; None where it is missing."""
    return value if isinstance(value, str) else None


def _next_id(known: Iterable[str]) -> str:
    taken = set(known)
    number = 1
    while f"P{number:02d}" in taken:
        number += 1
    return f"P{number:02d}"


def speaker_changes(
    connection: sa.Connection,
    source_id: str,
    speaker: str,
    *,
    role: str | None,
    participant: str | None,
    voice: str | None,
) -> list[Change]:
    """List the changes that correct a speaker, with a new participant where one is needed."""
    rows = fetch(connection, "speakers", {"source_id": source_id})
    before = next((row for row in rows if row["speaker"] == speaker), None)
    if before is None:
        labels = ", ".join(sorted(row["speaker"] for row in rows)) or "none"
        raise StoreError(f"no speaker {speaker!r} in the source; it has {labels}")
    after = dict(before)
    after["role"] = role or before["role"]
    after["voice"] = voice or before["voice"]
    new: list[Row] = []
    if after["role"] == "participant":
        known = {row["participant_id"] for row in fetch(connection, "participants")}
        after["participant_id"] = participant or before["participant_id"] or _next_id(known)
        if after["participant_id"] not in known:
            language = fetch(connection, "sources", {"source_id": source_id})[0]["language"]
            new = [blank_person(after["participant_id"], language)]
    else:
        after["participant_id"] = None
    schema.frame("speakers", pd.DataFrame([after]))
    return changes.insert("participants", new) + changes.update("speakers", before, after)


def new_codings(connection: sa.Connection, rows: list[Row]) -> list[Row]:
    """Codings that are not there yet; refuses a quote that is not the text of its span."""
    new: list[Row] = []
    by_source: dict[str, list[Row]] = {}
    for row in rows:
        by_source.setdefault(row["source_id"], []).append(row)
    for source_id, group in by_source.items():
        text = text_of(connection, source_id)
        seen = {_identity(row) for row in fetch(connection, "codings", {"source_id": source_id})}
        for row in group:
            if row["quote"] != text[row["start"] : row["end"]] or row["start"] == row["end"]:
                span = f"{row['start']}–{row['end']}"
                raise StoreError(f"the quote {row['quote'][:40]!r} is not the text at {span}")
            if _identity(row) not in seen:
                seen.add(_identity(row))
                new.append(row)
    return new


_CODINGS = SQL_TABLES["codings"]
_TWIN = sa.select(_CODINGS).where(
    *(
        _CODINGS.c[column] == sa.bindparam(column)
        for column in ("source_id", "start", "end", "code_id", "coder", "status")
    )
)


def twin(connection: sa.Connection, row: Row) -> str | None:
    """Find the id of the same coding by the same coder; refuses one that says something else."""
    same = connection.execute(_TWIN, row).mappings().first()
    if same is None:
        return None
    if any(same[c] != row[c] for c in ("valence", "intensity", "memo")):
        raise StoreError(
            f"{row['coder']} has given this code to these words already; delete or undo that first"
        )
    return str(same["coding_id"])


def _identity(row: Row) -> tuple[Any, ...]:
    return tuple(row[c] for c in ("start", "end", "code_id", "coder", "status", "suggestion_id"))
