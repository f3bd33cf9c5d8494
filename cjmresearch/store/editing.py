"""Edit a transcript after coding: a new revision, and every span moved with its words.

Codings whose place is not certain leave the codings and wait on a list for a person. The list is
read off the log: what an edit took away and nobody has placed, dismissed or undone since.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.adding import check_text, sha256
from cjmresearch.store.anchors import Edit, Moves, hull
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch
from cjmresearch.store.lookup import one
from cjmresearch.store.tables import SQL_TABLES

Where = tuple[tuple[str, Any], ...]


def current_text(connection: sa.Connection, source_id: str) -> tuple[Row, Row]:
    """Give the source and the current revision of its text."""
    source = one(connection, "sources", source_id)
    where = {"source_id": source_id, "revision": source["revision"]}
    return source, fetch(connection, "texts", where)[0]


def turn_in_text(connection: sa.Connection, turn_id: str) -> tuple[Row, str]:
    """Give a turn and the whole text that it stands in."""
    turn = one(connection, "turns", turn_id)
    return turn, current_text(connection, turn["source_id"])[1]["text"]


def turn_at(connection: sa.Connection, source_id: str, span: tuple[int, int]) -> Row:
    """Give the turn that holds a span; refuses one that lies across turns or outside them."""
    for turn in fetch(connection, "turns", {"source_id": source_id}):
        if turn["start"] <= span[0] and span[1] <= turn["end"]:
            return turn
    one(connection, "sources", source_id)
    raise StoreError(f"span {span[0]}–{span[1]} is not inside one turn; edit one turn at a time")


def edit_changes(
    connection: sa.Connection, turn: Row, moves: Moves, *, reason: str
) -> tuple[list[Change], list[Row]]:
    """List the changes of editing one turn, and the codings that have to be placed by a person.

    The moves are those of the whole text of the source.
    """
    source, _ = current_text(connection, turn["source_id"])
    after = moves.after
    check_text(after)
    _refuse_an_empty_turn(turn, moves.edits)
    revision = {
        "source_id": source["source_id"],
        "revision": source["revision"] + 1,
        "text": after,
        "sha256": sha256(after),
        "reason": reason,
    }
    moved = _Moved(moves)
    kept, waiting = moved.codings(fetch(connection, "codings", {"source_id": source["source_id"]}))
    return [
        *changes.insert("texts", [revision], found_by=["source_id", "revision"]),
        *changes.update("sources", source, {**source, "revision": revision["revision"]}),
        *_rewritten_turns(connection, turn, moved),
        *rewritten_codings(connection, kept, waiting),
        *_moved_samples(connection, source["source_id"], moves.edits),
    ], waiting


def _refuse_an_empty_turn(turn: Row, edits: Sequence[Edit]) -> None:
    outside = [e for e in edits if e.start < turn["start"] or e.end > turn["end"]]
    if outside:
        raise StoreError(
            f"the edit at {outside[0].start}–{outside[0].end} is not inside the turn "
            f"({turn['start']}–{turn['end']}); edit one turn at a time"
        )
    if turn["end"] - turn["start"] + sum(e.growth for e in edits) == 0:
        raise StoreError("nothing would be left of the turn; leave at least a word of it")


class _Moved:
    """Rows as they stand after the edits."""

    def __init__(self, moves: Moves) -> None:
        self._moves = moves

    def codings(self, rows: Sequence[Row]) -> tuple[list[tuple[Row, Row]], list[Row]]:
        """Give pairs of a coding before and after, and those without a certain place."""
        kept, waiting = [], []
        for row in rows:
            span = self._moves.place((row["start"], row["end"]))
            if span is None:
                waiting.append(row)
                continue
            quote = self._moves.after[span[0] : span[1]]
            kept.append((row, {**row, "start": span[0], "end": span[1], "quote": quote}))
        # A decision stands on its suggestion: where one of the two waits, both do.
        gone = {row["coding_id"] for row in waiting}
        bound = [
            row
            for row, _ in kept
            if row["suggestion_id"] in gone
            or row["coding_id"] in {waiter["suggestion_id"] for waiter in waiting}
        ]
        left = {row["coding_id"] for row in bound}
        return [pair for pair in kept if pair[0]["coding_id"] not in left], waiting + bound

    def turn(self, row: Row, edited: str) -> Row:
        """Give a turn after the edits; words put at the ends of the edited turn belong to it."""
        growth = sum(edit.growth for edit in self._moves.edits)
        if row["turn_id"] == edited:
            return {**row, "end": row["end"] + growth}
        if row["start"] >= self._moves.edits[-1].end:
            return {**row, "start": row["start"] + growth, "end": row["end"] + growth}
        return row


def _rewritten_turns(connection: sa.Connection, turn: Row, moved: _Moved) -> list[Change]:
    where = {"source_id": turn["source_id"]}
    rows = fetch(connection, "turns", where)
    after = [moved.turn(row, turn["turn_id"]) for row in rows]
    return changes.rewrite("turns", rows, after, where=where)


def speaker_of_turn(connection: sa.Connection, turn_id: str, speaker: str) -> list[Change]:
    """List the changes that give one turn to another speaker of its source."""
    turn = one(connection, "turns", turn_id)
    where = {"source_id": turn["source_id"]}
    labels = sorted(row["speaker"] for row in fetch(connection, "speakers", where))
    if speaker not in labels:
        raise StoreError(f"no speaker {speaker!r} in the source; it has {', '.join(labels)}")
    rows = fetch(connection, "turns", where)
    after = [{**r, "speaker": speaker} if r["turn_id"] == turn_id else r for r in rows]
    return changes.rewrite("turns", rows, after, where=where)


def rewritten_codings(
    connection: sa.Connection, kept: Sequence[tuple[Row, Row]], waiting: Sequence[Row]
) -> list[Change]:
    """Rows that the log keeps are updated; what it knows only in bulk is written anew."""
    finders = _finders(connection, [*waiting, *(row for row, _ in kept)])
    bulk = {
        row["coding_id"]: next((w for w in finders if all(row[c] == v for c, v in w)), None)
        for row in [*waiting, *(row for row, _ in kept)]
    }
    after = {row["coding_id"]: new for row, new in kept}
    changed = [*waiting, *(row for row, new in kept if row != new)]
    found: list[Change] = []
    for where in {w for row in changed if (w := bulk[row["coding_id"]])}:
        rows = fetch(connection, "codings", dict(where))
        gone = {row["coding_id"] for row in waiting}
        left = [after.get(r["coding_id"], r) for r in rows if r["coding_id"] not in gone]
        found += changes.rewrite("codings", rows, left, where=dict(where))
    own = [row for row in changed if bulk[row["coding_id"]] is None]
    found += changes.delete("codings", [r for r in own if r["coding_id"] not in after])
    for row in own:
        if row["coding_id"] in after:
            found += changes.update("codings", row, after[row["coding_id"]])
    return found


def placed_coding(connection: sa.Connection, row: Row) -> list[Change]:
    """List the changes that put a coding in; what a machine said goes back to its run."""
    for where in _finders(connection, [row]):
        if all(row[c] == v for c, v in where):
            rows = fetch(connection, "codings", dict(where))
            return changes.rewrite("codings", rows, [*rows, row], where=dict(where))
    return changes.insert("codings", [row])


def _finders(connection: sa.Connection, rows: Sequence[Row]) -> list[Where]:
    """Tell how the log finds the rows again that it has not kept itself: a machine's runs."""
    events = SQL_TABLES["events"]
    found: dict[Where, None] = {}
    for run in sorted({r["run_id"] for r in rows if r["status"] == "suggested" and r["run_id"]}):
        query = sa.select(events.c.payload).where(
            events.c.kind == "codings",
            events.c.payload.contains(f'"run_id": "{run}"', autoescape=True),
        )
        for payload in connection.execute(query).scalars():
            for change in json.loads(payload)["changes"]:
                if change.get("where", {}).get("run_id") == run:
                    found[tuple(sorted(change["where"].items()))] = None
    return list(found)


def _moved_samples(
    connection: sa.Connection, source_id: str, edits: Sequence[Edit]
) -> list[Change]:
    found: list[Change] = []
    for row in fetch(connection, "samples", {"source_id": source_id}):
        start, end = hull((row["start"], row["end"]), edits)
        found += changes.update("samples", row, {**row, "start": start, "end": end})
    return found


def waiting(connection: sa.Connection) -> list[Row]:
    """Codings that edits have taken away and that nobody has placed or dismissed, oldest first.

    Their span and quote are those of the text before the edit.
    """
    there = set(connection.execute(sa.select(SQL_TABLES["codings"].c.coding_id)).scalars())
    found: dict[str, Row] = {}
    for payload in _standing(connection):
        taken = set(payload.get("waiting", ()))
        for change in payload["changes"]:
            if (change["op"], change["table"]) == ("delete", "codings"):
                rows = change["rows"]
                found |= {r["coding_id"]: r for r in rows if r["coding_id"] in taken}
        for coding_id in payload.get("dismissed", ()):
            found.pop(coding_id, None)
    return [row for row in found.values() if row["coding_id"] not in there]


def _standing(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    """Payloads of the edits and dismissals that nobody has taken back, in order."""
    events = SQL_TABLES["events"]
    query = sa.select(events.c.seq, events.c.undoes).where(events.c.undoes.is_not(None))
    undone: set[int] = set()
    for seq, undoes in connection.execute(query.order_by(events.c.seq.desc())):
        if seq not in undone:
            undone.add(undoes)
    kept = sa.select(events.c.seq, events.c.payload).where(events.c.kind.in_(["edit", "dismiss"]))
    for seq, payload in connection.execute(kept.order_by(events.c.seq)):
        if seq not in undone:
            yield json.loads(payload)
