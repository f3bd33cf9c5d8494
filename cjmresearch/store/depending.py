"""What later acts have built on an act: while they stand, it can't be taken back.

Equal values are not enough to tell. Where two later acts have changed a cell there and back, the
row reads as the act left it; taken back under them, those two could never be taken back again.
So the log is asked which rows, cells and spans the acts since have touched. Then all that stands
can always be taken back, last act first, whoever did it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store.changes import Change, Row, digest
from cjmresearch.store.database import fetch
from cjmresearch.store.tables import SQL_TABLES

Payload = dict[str, Any]
Span = tuple[str | None, int | None, int | None]

OF_EDITS = ("source_id", "still", "from", "until", "growth", "behind")
"""What the event of an edit says besides its changes, so that it can be taken back."""
_SPANNED = ("codings", "samples")
_ALL = "*"


def standing_since(connection: sa.Connection, seq: int) -> list[Payload]:
    """Payloads of the events after one, without the pairs that took each other back."""
    events = SQL_TABLES["events"]
    query = sa.select(events.c.seq, events.c.undoes, events.c.payload).where(events.c.seq > seq)
    cancelled: set[int] = set()
    found = []
    for event in connection.execute(query.order_by(events.c.seq.desc())):
        if event.seq in cancelled:
            continue
        if event.undoes is not None and event.undoes > seq:
            cancelled.add(event.undoes)
            continue
        found.append(json.loads(event.payload))
    return found


def refuse_shifts(
    connection: sa.Connection, reverse: Sequence[Change], edit: Payload, *, since: Iterable[Payload]
) -> None:
    """Raise `StoreError` where codings would shift if an edit were taken back.

    Every coding that the edit moved or changed is named in its changes; any other has to stand,
    and to have stood since, where the edit left words and offsets as they were.
    """
    others = _not_named(connection, reverse, edit["source_id"])
    if "behind" in edit:  # written by the first releases: a digest of the codings not named
        behind = [row for row in others if row["end"] > edit["from"]]
        spans = [{c: row[c] for c in ("coding_id", "start", "end")} for row in behind]
        shifted = digest(spans) != edit["behind"]
    else:
        shifted = any(_shifts(edit, _span(row)) for row in others)
    later = [change for payload in since for change in payload["changes"]]
    if shifted or any(_shifts(edit, span) for span in _spans(connection, later)):
        raise StoreError("the edited text has been coded since")


def refuse_misplaced(
    connection: sa.Connection, reverse: Sequence[Change], since: Iterable[Payload]
) -> None:
    """Raise `StoreError` where a span would come back to a place that edits moved meanwhile.

    The offsets are compared and not the words: an equal word may stand at the old offset.
    """
    edits = [payload for payload in since if is_edit(payload)]
    if edits and any(_shifts(edit, span) for span in _spans(connection, reverse) for edit in edits):
        raise StoreError("the text has been edited since")


def refuse_dependents(reverse: Sequence[Change], since: Iterable[Payload]) -> None:
    """Raise `StoreError` where later acts touched, or refer to, what would be changed."""
    mine = _Touched(reverse)
    for payload in since:
        table = mine.meets(_Touched(payload["changes"]))
        if table:
            raise StoreError(f"{table}: changed later, by acts that still stand")


def is_edit(payload: Payload) -> bool:
    """Tell whether an event changed the words of a text."""
    return "growth" in payload or "still" in payload or "behind" in payload


def _shifts(edit: Payload, span: Span) -> bool:
    """Tell whether a span lies where an edit changed words or offsets."""
    source, start, end = span
    if source is not None and source != edit["source_id"]:
        return False
    if start is None or end is None:
        return True
    return not any(low <= start and (high is None or end <= high) for low, high in _still(edit))


def _still(edit: Payload) -> list[tuple[int, int | None]]:
    """Stretches in which the edit left words and offsets alone; the last may have no end."""
    if "still" in edit:
        return [(low, high) for low, high in edit["still"]]
    whole = edit.get("growth", 1) == 0  # earlier releases wrote down only the outer bounds
    return [(0, edit["from"]), *([(edit["until"], None)] if whole else [])]


def _span(row: Row) -> Span:
    return row.get("source_id"), row.get("start"), row.get("end")


def _spans(connection: sa.Connection, changes: Sequence[Change]) -> Iterator[Span]:
    """Where codings and samples are put or taken from; None for what the log doesn't know.

    An update says only what it changed: the rest is the row's, or, where it is gone by now, that
    of each change that it came or went by.
    """
    spanned = [change for change in changes if change["table"] in _SPANNED]
    come_or_gone: dict[tuple[Any, ...], list[Row]] = {}
    for change in spanned:
        for row in change.get("rows", ()):
            come_or_gone.setdefault((change["table"], *_key(change["table"], row)), []).append(row)
            yield _span(row)
    for change in spanned:
        if change["op"] == "update" and {"start", "end"} & change["after"].keys():
            table, key = change["table"], change["key"]
            known = come_or_gone.get((table, *_key(table, key)), [{}])
            for row in fetch(connection, table, key) or known:
                yield _span({**row, **change["before"]})
                yield _span({**row, **change["after"]})


def _not_named(connection: sa.Connection, changed: Sequence[Change], source_id: str) -> list[Row]:
    named = {
        row["coding_id"]
        for change in changed
        if change["table"] == "codings"
        for row in change.get("rows", [change["key"]] if "key" in change else [])
    }
    rows = fetch(connection, "codings", {"source_id": source_id})
    return [row for row in rows if row["coding_id"] not in named]


class _Touched:
    """Rows and cells that changes write, which rows come or go, and which are referred to."""

    def __init__(self, changes: Sequence[Change]) -> None:
        self._cells: dict[tuple[Any, ...], set[str]] = {}
        self._come_or_go: set[tuple[Any, ...]] = set()
        self._referred: set[tuple[Any, ...]] = set()
        rewritten = _rewritten(changes)
        for change in changes:
            table = change["table"]
            bulk = (table, *sorted(change.get("where", {}).items()))
            if "where" in change:
                self._cells[bulk] = {_ALL}
            for row in change.get("rows", ()):
                self._cells[table, *_key(table, row)] = {_ALL}
                self._refer(table, row)
                if bulk not in rewritten:
                    self._come_or_go |= {(table, c, row.get(c)) for c in _REFERRED.get(table, ())}
            if change["op"] == "update":
                cells = self._cells.setdefault((table, *_key(table, change["key"])), set())
                cells.update(change["after"])
                self._refer(table, change["before"])
                self._refer(table, change["after"])

    def _refer(self, table: str, row: Row) -> None:
        for column, parent, parent_column in _REFERS.get(table, ()):
            if row.get(column) is not None:
                self._referred.add((parent, parent_column, row[column]))

    def meets(self, other: _Touched) -> str | None:
        """Give the table in which the two are not independent."""
        for row in self._cells.keys() & other._cells.keys():
            one, two = self._cells[row], other._cells[row]
            if _ALL in one or _ALL in two or one & two:
                return str(row[0])
        bound = (self._referred & other._come_or_go) | (self._come_or_go & other._referred)
        return str(min(bound, key=str)[0]) if bound else None


def _rewritten(changes: Iterable[Change]) -> set[tuple[Any, ...]]:
    """Bulk rows that are taken away and put back in one act."""
    ops: dict[tuple[Any, ...], set[str]] = {}
    for change in changes:
        if "where" in change:
            bulk = (change["table"], *sorted(change["where"].items()))
            ops.setdefault(bulk, set()).add(change["op"])
    return {bulk for bulk, both in ops.items() if len(both) > 1}


def _key(table: str, row: Row) -> tuple[Any, ...]:
    return () if table == "project" else tuple(row.get(c) for c in schema.TABLES[table].key)


_REFERS: dict[str, list[tuple[str, str, str]]] = {}
_REFERRED: dict[str, set[str]] = {}
for _table in schema.BASE_TABLES:
    for _column in schema.TABLES[_table].columns:
        if _column.ref:
            _parent, _parent_column = _column.ref.split(".")
            _REFERS.setdefault(_table, []).append((_column.name, _parent, _parent_column))
            _REFERRED.setdefault(_parent, set()).add(_parent_column)
