"""What people write on cards: fields of a persona, a participant or a firm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.acts import Acts
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch
from cjmresearch.store.tables import SQL_TABLES

_OWNERS = {
    "personas": "persona_id",
    "participants": "participant_id",
}


class FieldActs(Acts):
    """Acts on the fields of cards: each is an event, and `undo` takes it back."""

    def set_field(
        self,
        owner_id: str,
        field: str,
        value: str,
        *,
        coder: str,
        source: str | None = None,
        wave: str | None = None,
    ) -> None:
        """Write a field of a card; what stood there is written over, and `undo` brings it back.

        Parameters
        ----------
        owner_id
            A persona_id, a participant_id or an org_id of the project.
        field
            Slug of a field of a template, or a name of your own.
        value
            What stands there; several lines are several entries.
        coder
            Who writes it.
        source
            Where it comes from: coding_ids (divided by commas or spaces), or words such as `CRM`.
            Without a source it is a hypothesis, and every card says so.
        wave
            In which round of the study it was asked.
        """
        row = _checked({"owner_id": owner_id, "field": field, "value": value,
                        "source": source, "wave": wave})  # fmt: skip
        with self._database.write() as connection:
            _refuse_stranger(connection, owner_id)
            self._write_fields(connection, [row], coder)

    def set_fields(self, rows: Sequence[Mapping[str, Any]], *, coder: str = "import") -> int:
        """Write several fields in one act: all of them or, where one is refused, none.

        `rows` are dicts of owner_id, field, value and, where known, source and wave. Returns how
        many changed.
        """
        checked = [_checked(row) for row in rows]
        with self._database.write() as connection:
            for owner_id in dict.fromkeys(row["owner_id"] for row in checked):
                _refuse_stranger(connection, owner_id)
            return self._write_fields(connection, checked, coder)

    def clear_field(self, owner_id: str, field: str, *, coder: str) -> None:
        """Empty a field of a card; the event keeps it, so `undo` brings it back."""
        with self._database.write() as connection:
            found = fetch(connection, "fields", {"owner_id": owner_id, "field": field})
            if not found:
                known = [
                    row["field"] for row in fetch(connection, "fields", {"owner_id": owner_id})
                ]
                raise StoreError(
                    f"no field {field!r} is filled in for {owner_id!r}; "
                    f"filled in: {', '.join(known) or 'none'}"
                )
            self._record(connection, "field_clear", coder, changes.delete("fields", found))

    @classmethod
    def _write_fields(cls, connection: sa.Connection, rows: Iterable[Row], coder: str) -> int:
        there = {(row["owner_id"], row["field"]): row for row in fetch(connection, "fields")}
        change_list: list[Change] = []
        for row in rows:
            before = there.get((row["owner_id"], row["field"]))
            change_list += (
                changes.update("fields", before, row) if before else changes.insert("fields", [row])
            )
            there[row["owner_id"], row["field"]] = row
        cls._record(connection, "field", coder, change_list)
        return len(change_list)

    @classmethod
    def _record(
        cls,
        connection: sa.Connection,
        kind: str,
        coder: str,
        change_list: Sequence[Change],
        *,
        undoes: int | None = None,
        more: Mapping[str, Any] | None = None,
        client: str | None = None,
    ) -> None:
        """Record an act as all others are; the fields of an owner who goes go in the same act.

        `fields` names owners of several tables, so the database can't watch over it. What takes an
        act back takes nothing else along: it is refused.
        """
        orphans = _fields_of(connection, _leaving(change_list), besides=change_list)
        if orphans and undoes is not None:
            raise StoreError(f"{len(orphans)} fields of its card are filled in; clear them first")
        super()._record(
            connection,
            kind,
            coder,
            [*changes.delete("fields", orphans), *change_list],
            undoes=undoes,
            more=more,
            client=client,
        )


def _checked(row: Mapping[str, Any]) -> Row:
    for name in ("field", "value"):
        if not str(row.get(name) or "").strip():
            raise StoreError(f"a field of a card needs a {name}; clear_field empties one")
    full = schema.row("fields", row)
    source = (full["source"] or "").strip()
    return {**full, "value": full["value"].strip(), "source": source or None}


def _refuse_stranger(connection: sa.Connection, owner_id: str) -> None:
    for table, column in (*_OWNERS.items(), ("participants", "org_id")):
        if fetch(connection, table, {column: owner_id}):
            return
    raise StoreError(
        f"no persona, participant or firm {owner_id!r} in the project; save it before its card"
    )


def _leaving(change_list: Sequence[Change]) -> set[str]:
    """Ids of personas and participants that the changes take away for good."""
    gone: set[str] = set()
    for change in change_list:
        column = _OWNERS.get(change["table"])
        if column and "rows" in change:
            ids = {row[column] for row in change["rows"]}
            gone = gone - ids if change["op"] == "insert" else gone | ids
    return gone


def _fields_of(
    connection: sa.Connection, owners: set[str], *, besides: Sequence[Change]
) -> list[Row]:
    """Fields of owners, without those that the changes delete by themselves."""
    if not owners:
        return []
    deleted = {
        (row["owner_id"], row["field"])
        for change in besides
        if change["table"] == "fields" and change["op"] == "delete"
        for row in change["rows"]
    }
    fields = SQL_TABLES["fields"]
    query = sa.select(fields).where(fields.c.owner_id.in_(sorted(owners)))
    rows = [dict(row._mapping) for row in connection.execute(query)]
    return [row for row in rows if (row["owner_id"], row["field"]) not in deleted]
