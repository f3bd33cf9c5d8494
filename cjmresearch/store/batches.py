"""Acts on many codings at once: one transaction and one event, so that one undo takes all back."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from cjmresearch import codebooks, schema
from cjmresearch.errors import StoreError
from cjmresearch.store import changes, editing
from cjmresearch.store.acts import Acts
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch, plain_rows
from cjmresearch.store.lookup import code_id, now, one, text_of
from cjmresearch.store.tables import SQL_TABLES

_CHUNK = 500  # values in one IN (...)
_BLANK = dict.fromkeys(schema.TABLES["codings"].names)
Span = tuple[str, int, int]
"""Source and the code points from start to end."""


class Batches(Acts):
    """What is done to many passages in one act; a part of `Project`."""

    def code_many(
        self,
        spans: Iterable[Span],
        code: str,
        *,
        coder: str,
        accepting: Iterable[str] = (),
        new: Mapping[str, Any] | None = None,
    ) -> list[str]:
        """Give passages a code, all or none; returns one coding_id a passage, in their order.

        `spans` are (source_id, start, end). What the coder has given this code already is left as
        it is and its id is returned, so that an act that is repeated is done once. `accepting` are
        suggestions of the code that are accepted by it in the same act. `new` are columns of
        [codes] (at least `kind`): a code of this slug is made in the same act if there is none.
        """
        wanted = [(source, int(start), int(end)) for source, start, end in spans]
        with self._database.write() as connection:
            change_list = _new_code(connection, code, new) if new else []
            code_ = (
                change_list[0]["rows"][0]["code_id"] if change_list else code_id(connection, code)
            )
            known = _given(connection, wanted, code_, coder)
            rows = [
                row
                for row in _decisions(connection, accepting, coder, accept=True)
                if row["code_id"] == code_
            ]
            known |= {
                (row["source_id"], row["start"], row["end"]): row["coding_id"] for row in rows
            }
            for source, text, group in _by_text(connection, wanted):
                for start, end in group:
                    if (source, start, end) not in known:
                        row = _coding((source, start, end), text[start:end], code_, coder)
                        known[source, start, end] = row["coding_id"]
                        rows.append(row)
            change_list += changes.insert("codings", rows)
            self._record(connection, "code", coder, change_list)
        return [known[span] for span in wanted]

    def decide_many(
        self, coding_ids: Iterable[str], *, coder: str, accept: bool, code: str | None = None
    ) -> list[str]:
        """Accept suggestions, also as another code, or reject them, all or none.

        Returns the ids of the new decisions; what the coder has decided already stays as it was.
        """
        with self._database.write() as connection:
            rows = _decisions(connection, coding_ids, coder, accept=accept)
            if code is not None:
                other = code_id(connection, code)
                rows = [{**row, "code_id": other} for row in rows]
            self._record(connection, "decide", coder, changes.insert("codings", rows))
        return [row["coding_id"] for row in rows]

    def delete_many(self, coding_ids: Iterable[str], *, coder: str) -> int:
        """Delete codings of people, all or none; returns how many were there."""
        with self._database.write() as connection:
            rows = _rows(connection, "coding_id", list(dict.fromkeys(coding_ids)))
            suggested = [row["coding_id"] for row in rows if row["status"] == "suggested"]
            if suggested:
                raise StoreError(f"coding {suggested[0]} is a suggestion; reject it instead")
            self._record(connection, "delete", coder, changes.delete("codings", rows))
        return len(rows)

    def annotate_many(self, coding_ids: Iterable[str], memo: str | None, *, coder: str) -> int:
        """Write one memo on codings of people, or take it away; returns how many changed."""
        with self._database.write() as connection:
            rows = _rows(connection, "coding_id", list(dict.fromkeys(coding_ids)))
            change_list = [
                change
                for row in rows
                if row["status"] != "suggested"
                for change in changes.update("codings", row, {**row, "memo": memo})
            ]
            self._record(connection, "annotate", coder, change_list)
        return len(change_list)

    def suggest_anew(self, codings: pd.DataFrame, *, by: str) -> tuple[str, list[str]]:
        """Put a machine's fresh suggestions [codings] in the place of its undecided ones.

        They get the coder `<by>-<k>`, where k counts the runs. Left out is a passage that overlaps
        one to which anybody gave, or denied, the same code, or one that waits as a suggestion of
        another machine. Suggestions that somebody decided stay, also where the decision was undone.
        Returns the coder and the sources in which something changed.
        """
        rows = plain_rows("codings", schema.frame("codings", codings))
        with self._database.write() as connection:
            coder = f"{by}-{_runs(connection, by) + 1}"
            standing = _beside(connection, by)
            gone = [row for row in _undecided(connection, by) if row["coding_id"] not in standing]
            left = {row["coding_id"] for row in gone}
            taken = _taken(connection, left, {row["code_id"] for row in rows})
            new = [row for row in rows if not _overlaps(row, taken)]
            run = str(uuid.uuid4())
            for row in new:
                row |= {"coder": coder, "run_id": run, "coding_id": _suggestion_id(row, coder)}
            change_list = editing.rewritten_codings(connection, [], gone)
            sources = sorted({row["source_id"] for row in new})
            for source in sources:
                group = [row for row in new if row["source_id"] == source]
                change_list += changes.insert("codings", group, found_by=["run_id", "source_id"])
            if change_list:
                changes.apply(connection, change_list)
                changes.refuse_orphans(connection, change_list)
                self._append(
                    connection, "codings", coder, {"changes": [_light(c) for c in change_list]}
                )
        return coder, sorted({*sources, *(row["source_id"] for row in gone)})


def _light(change: Change) -> Change:
    """Spare the log what a machine can say again: of rows that go, it keeps the keys."""
    if change["op"] == "insert":
        return {name: value for name, value in change.items() if name != "rows"}
    return {**change, "rows": [{"coding_id": row["coding_id"]} for row in change["rows"]]}


def _coding(span: Span, quote: str, code: str, coder: str) -> Row:
    given = {"source_id": span[0], "start": span[1], "end": span[2], "quote": quote}
    made = {"coding_id": str(uuid.uuid4()), "code_id": code, "coder": coder, "created_at": now()}
    return {**_BLANK, **given, **made, "status": "human"}


def _new_code(connection: sa.Connection, slug: str, fields: Mapping[str, Any]) -> list[Change]:
    """Change that makes a code; none where its slug is there already."""
    if fetch(connection, "codes", {"slug": slug}):
        return []
    scheme, _, name = slug.partition(":")
    if not name:
        raise StoreError(f"code {slug!r} lacks its scheme; write scheme:name, as own:{slug}")
    names = {"name_ru": name, "name_en": name, "scheme": scheme, "slug": slug}
    row = {**names, **fields, "code_id": codebooks.code_id(slug)}
    return changes.insert("codes", plain_rows("codes", schema.frame("codes", [row])))


def _decisions(
    connection: sa.Connection, coding_ids: Iterable[str], coder: str, *, accept: bool
) -> list[Row]:
    """Rows that decide suggestions, but for those that the coder has decided already."""
    ids = list(dict.fromkeys(coding_ids))
    found = {row["coding_id"]: row for row in _rows(connection, "coding_id", ids)}
    decided = {
        row["suggestion_id"]
        for row in _rows(connection, "suggestion_id", ids)
        if row["coder"] == coder
    }
    rows = []
    for id_ in ids:
        suggestion = found.get(id_) or one(connection, "codings", id_)
        if suggestion["status"] != "suggested":
            raise StoreError(f"coding {id_} is {suggestion['status']}, not suggested")
        if id_ not in decided:
            rows.append(_decision(suggestion, coder, accept=accept))
    return rows


def _decision(suggestion: Row, coder: str, *, accept: bool) -> Row:
    return {
        **suggestion,
        "coding_id": str(uuid.uuid4()),
        "coder": coder,
        "status": "accepted" if accept else "rejected",
        "suggestion_id": suggestion["coding_id"],
        "run_id": None,
        "created_at": now(),
    }


def _suggestion_id(row: Row, coder: str) -> str:
    key = f"{row['source_id']}|{row['start']}|{row['end']}|{row['code_id']}|{coder}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:{key}"))


def _given(
    connection: sa.Connection, spans: Sequence[Span], code: str, coder: str
) -> dict[Span, str]:
    """Codings of one coder with one code: id by span; of a few spans, those alone are read."""
    table = SQL_TABLES["codings"]
    query = sa.select(table.c.source_id, table.c.start, table.c.end, table.c.coding_id).where(
        table.c.code_id == code,
        table.c.coder == coder,
        table.c.status.in_(["human", "accepted"]),
        table.c.source_id.in_(sorted({source for source, _, _ in spans})),
    )
    if len(spans) <= _CHUNK:
        query = query.where(table.c.start.in_({start for _, start, _ in spans}))
    return {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}


def _by_text(
    connection: sa.Connection, spans: Sequence[Span]
) -> Iterator[tuple[str, str, list[tuple[int, int]]]]:
    """Group spans by source, with its current text; refuses one that is not inside the text."""
    grouped: dict[str, list[tuple[int, int]]] = {}
    for source, start, end in spans:
        grouped.setdefault(source, []).append((start, end))
    for source, group in grouped.items():
        text = text_of(connection, source)
        for start, end in group:
            if not 0 <= start < end <= len(text):
                raise StoreError(f"span {start}–{end} is not inside the text (0–{len(text)})")
        yield source, text, group


def _rows(connection: sa.Connection, column: str, values: Sequence[str]) -> list[Row]:
    table = SQL_TABLES["codings"]
    found: list[Row] = []
    for at in range(0, len(values), _CHUNK):
        query = sa.select(table).where(table.c[column].in_(values[at : at + _CHUNK]))
        found += [dict(row._mapping) for row in connection.execute(query)]
    return found


def _runs(connection: sa.Connection, by: str) -> int:
    coders = SQL_TABLES["events"].c.coder
    query = sa.select(coders).where(coders.startswith(f"{by}-", autoescape=True)).distinct()
    numbers = [re.fullmatch(r"\d+", name[len(by) + 1 :]) for name in connection.scalars(query)]
    return max((int(number[0]) for number in numbers if number), default=0)


def _undecided(connection: sa.Connection, by: str) -> list[Row]:
    table = SQL_TABLES["codings"]
    decided = sa.select(table.c.suggestion_id).where(table.c.suggestion_id.is_not(None))
    query = sa.select(table).where(
        table.c.status == "suggested",
        table.c.coder.startswith(f"{by}-", autoescape=True),
        table.c.coding_id.not_in(decided),
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _beside(connection: sa.Connection, by: str) -> set[str]:
    """Find the suggestions on which an undone decision stood: redo needs them."""
    events = SQL_TABLES["events"]
    query = sa.select(events.c.payload).where(
        events.c.kind == "undo",
        events.c.coder.not_like(f"{by}-%"),
        events.c.payload.contains('"suggestion_id": "'),
    )
    found = set()
    for payload in connection.scalars(query):
        for change in json.loads(payload)["changes"]:
            found |= {row.get("suggestion_id") for row in change.get("rows", ())}
    return {id_ for id_ in found if id_}


def _taken(
    connection: sa.Connection, left: set[str], codes: set[str]
) -> dict[tuple[str, str], np.ndarray]:
    """Passages by source and code that are coded, rejected, or suggested by another machine."""
    table = SQL_TABLES["codings"]
    columns = (table.c.coding_id, table.c.source_id, table.c.code_id, table.c.start, table.c.end)
    query = sa.select(*columns).where(table.c.code_id.in_(sorted(codes)))
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for id_, source, code, start, end in connection.execute(query):
        if id_ not in left:
            found.setdefault((source, code), []).append((start, end))
    return {key: np.array(spans) for key, spans in found.items()}


def _overlaps(row: Row, taken: Mapping[tuple[str, str], np.ndarray]) -> bool:
    spans = taken.get((row["source_id"], row["code_id"]))
    if spans is None:
        return False
    return bool(((spans[:, 0] < row["end"]) & (row["start"] < spans[:, 1])).any())
