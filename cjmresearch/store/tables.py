"""The tables of a project in SQL, made from the data contract."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from cjmresearch import schema

SCHEMA_VERSION = 3

_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "id": sa.Text,
    "str": sa.Text,
    "json": sa.Text,
    "time": sa.Text,
    "int": sa.Integer,
    "float": sa.Float,
    "bool": sa.Boolean,
}
_LED_BY = {("codings", "source_id")}
"""References that begin an index of several columns and need none of their own."""


def _column(column: schema.Column, table: schema.Table) -> sa.Column[Any]:
    # Deferred, so that rows that refer to one another may be written in any order.
    refs = [sa.ForeignKey(column.ref, deferrable=True, initially="DEFERRED")] if column.ref else []
    return sa.Column(
        column.name,
        _TYPES[column.kind],
        *refs,
        primary_key=column.name in table.key,
        nullable=column.nullable,
        index=column.ref is not None
        and column.name not in table.key
        and (table.name, column.name) not in _LED_BY,
        autoincrement=False,
    )


METADATA = sa.MetaData()
SQL_TABLES: dict[str, sa.Table] = {
    name: sa.Table(
        name,
        METADATA,
        *(_column(c, schema.TABLES[name]) for c in schema.TABLES[name].columns),
    )
    for name in schema.BASE_TABLES
}


def _index(table: str, name: str, *columns: str, present: str = "", unique: bool = False) -> None:
    """Add an index to a table; `present` leaves out the rows in which that column is missing."""
    target = SQL_TABLES[table]
    where = target.c[present].is_not(None) if present else None
    sa.Index(
        f"ix_{table}_{name}",
        *(target.c[column] for column in columns),
        unique=unique,
        sqlite_where=where,
        postgresql_where=where,
    )


_index("codings", "place", "source_id", "start", "end")
_index("events", "coder", "coder", "seq", "kind", "undoes")
_index("events", "undoes", "undoes", "seq", present="undoes")
_index("events", "client", "client", present="client", unique=True)

WRITTEN: sa.ColumnClause[int] = sa.literal_column("written", sa.BigInteger)
"""Order in which rows were written; SQLite keeps that by itself."""


def _in_postgresql(table: sa.Table, **_: object) -> None:
    """Give a table what PostgreSQL needs beside its columns.

    Statistics hold words out of the rows and outlive them, also when a person is erased.
    """
    statements = [
        f'ALTER TABLE "{table.name}" ADD COLUMN written BIGINT GENERATED ALWAYS AS IDENTITY'
    ]
    statements += [
        f'ALTER TABLE "{table.name}" ALTER COLUMN "{column.name}" SET STATISTICS 0'
        for column in table.columns
        if isinstance(column.type, sa.Text) and not column.foreign_keys
    ]
    for statement in statements:
        made = sa.DDL(statement).execute_if(dialect="postgresql")
        sa.event.listen(table, "after_create", made)


for _table in SQL_TABLES.values():
    _in_postgresql(_table)
