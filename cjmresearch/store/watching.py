"""What others did meanwhile, what each coder may see of it, and what can be taken back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.store import changes
from cjmresearch.store.acts import Acts, last_seq
from cjmresearch.store.changes import Row
from cjmresearch.store.database import fetch
from cjmresearch.store.history import next_redo, next_undo
from cjmresearch.store.lookup import one
from cjmresearch.store.tables import SQL_TABLES

_IN_ONE_QUERY = 400
_Key = tuple[str, tuple[Any, ...]]


class Watching(Acts):
    """What a widget asks to show a project that others work on too; a part of `Project`."""

    @property
    def seq(self) -> int:
        """Number of the last event: where `changes` starts from the next time."""
        with self._database.read() as connection:
            return last_seq(connection)

    def changes(
        self, since: int, *, coder: str | None = None, tables: Collection[str] | None = None
    ) -> list[dict[str, Any]]:
        """List the rows that the events after `since` have touched, as they stand now.

        Each is `{"seq": …, "table": …, "op": "put" | "delete", "row": {…}}`: `put` gives the whole
        row, whether it is new or changed, `delete` the columns of its key; `seq` is the last event
        that touched it, and they come in that order. A row that came and went is a `delete`. One
        with op `reload` says that a person was erased: read everything anew. Read `seq` first and
        `changes` then: what comes twice says the same.

        `tables` gives only these; `coder` leaves out what that coder may not see in blind mode.
        """
        with self._database.read() as connection:
            found = list(_changed(connection, since, tables))
            if coder is None or not _is_blind(connection):
                return found
        return [c for c in found if c["table"] != "codings" or _is_seen(c, coder)]

    def history(self, coder: str) -> tuple[str | None, str | None]:
        """Name the acts (kinds of events) that `undo` and `redo` of a coder would take next."""
        with self._database.read() as connection:
            back, forth = next_undo(connection, coder), next_redo(connection, coder)
            again = one(connection, "events", forth.undoes) if forth and forth.undoes else None
        return back.kind if back else None, again["kind"] if again else None

    @property
    def blind(self) -> bool:
        """Whether coders are shown only their own codings and those of machines."""
        with self._database.read() as connection:
            return _is_blind(connection)

    def set_blind(self, on: bool, *, coder: str) -> None:
        """Hide the codings of others from each coder, or show them again: an act like others.

        Only what `visible_codings` and `changes` give is hidden; analysis and agreement take
        everything, and so does `frame`.
        """
        self._set("blind", coder, blind=bool(on))

    def visible_codings(self, coder: str) -> pd.DataFrame:
        """Give what a coder may see [codings]: one's own, machines' suggestions, others' too.

        In blind mode the codings and decisions of others are left out.
        """
        rows = self.visible_rows(coder)
        return schema.frame("codings", rows) if rows else schema.empty("codings")

    def visible_rows(self, coder: str, **where: Any) -> list[Row]:
        """Give what `visible_codings` gives as `rows` does, where columns have the values given."""
        with self._database.read() as connection:
            rows, blind = fetch(connection, "codings", where), _is_blind(connection)
        if not blind:
            return rows
        return [row for row in rows if row["coder"] == coder or row["status"] == "suggested"]


def _is_blind(connection: sa.Connection) -> bool:
    settings = connection.execute(sa.select(SQL_TABLES["project"].c.settings)).scalar_one()
    return bool(json.loads(settings).get("blind"))


def _is_seen(change: dict[str, Any], coder: str) -> bool:
    row = change["row"]
    return change["op"] == "delete" or row["coder"] == coder or row["status"] == "suggested"


def _changed(
    connection: sa.Connection, since: int, tables: Collection[str] | None
) -> Iterator[dict[str, Any]]:
    events = SQL_TABLES["events"]
    query = sa.select(events.c.seq, events.c.kind, events.c.payload).where(events.c.seq > since)
    touched: dict[_Key, int] = {}
    for seq, kind, payload in connection.execute(query.order_by(events.c.seq)).all():
        if kind == "forget":
            yield {"seq": seq, "table": "", "op": "reload", "row": {}}
        for change in json.loads(payload)["changes"]:
            if tables is None or change["table"] in tables:
                for key in _keys(connection, change):
                    touched.pop(key, None)  # so that the order is that of the last touch
                    touched[key] = seq
    there = _rows(connection, touched)
    for (table, key), seq in touched.items():
        row = there.get((table, key))
        gone = dict(zip(schema.TABLES[table].key, key, strict=True))
        yield {
            "seq": seq,
            "table": table,
            "op": "put" if row else "delete",
            "row": row or gone,
        }


def _keys(connection: sa.Connection, change: changes.Change) -> Iterator[_Key]:
    """Keys of the rows that a change has touched; bulk rows are found again by where they are."""
    table = change["table"]
    if change["op"] == "update":
        rows = [change["key"]] if change["key"] else fetch(connection, table)
    elif "rows" in change:
        rows = change["rows"]
    else:
        rows = fetch(connection, table, change["where"])
    for row in rows:
        yield _key(table, row)


def _key(table: str, row: Row) -> _Key:
    return table, tuple(row[c] for c in schema.TABLES[table].key)


def _rows(connection: sa.Connection, wanted: Collection[_Key]) -> dict[_Key, Row]:
    found: dict[_Key, Row] = {}
    for name in {table for table, _ in wanted}:
        table = SQL_TABLES[name]
        columns = sa.tuple_(*(table.c[c] for c in schema.TABLES[name].key))
        keys = [key for other, key in wanted if other == name]
        for start in range(0, len(keys), _IN_ONE_QUERY):
            query = sa.select(table).where(columns.in_(keys[start : start + _IN_ONE_QUERY]))
            for line in connection.execute(query):
                row = dict(line._mapping)
                found[_key(name, row)] = row
    return found
