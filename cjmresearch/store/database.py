"""The database under a project: tables from the data contract, one transaction an act."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError

SCHEMA_VERSION = 2
BUSY_SECONDS = 30

_TYPES: dict[str, type[sa.types.TypeEngine[Any]]] = {
    "id": sa.Text,
    "str": sa.Text,
    "json": sa.Text,
    "time": sa.Text,
    "int": sa.Integer,
    "float": sa.Float,
    "bool": sa.Boolean,
}
_APPEND_ONLY = {
    "events_stay": "CREATE TRIGGER events_stay BEFORE DELETE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
    "events_hold": "CREATE TRIGGER events_hold BEFORE UPDATE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events never change'); END",
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


class Database:
    """Connections to one SQLite file, in WAL with foreign keys on and synchronous=FULL.

    SQLAlchemy's pool hands each connection to one thread at a time, so widget handlers, which
    Jupyter runs in threads of their own, may write while a cell reads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)),
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        sa.event.listen(self.engine, "connect", _prepare)
        sa.event.listen(self.engine, "begin", _begin)

    def create(self) -> None:
        """Make all tables and the triggers that keep events append-only."""
        with self.write() as connection:
            METADATA.create_all(connection)
            for statement in _APPEND_ONLY.values():
                connection.exec_driver_sql(statement)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One consistent snapshot."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is on the disk when the block ends, or none of it.

        The write lock is taken at the start, so that what the block reads stays true.
        """
        try:
            with (
                self.engine.connect().execution_options(cjm_write=True) as connection,
                connection.begin(),
            ):
                yield connection
        except sa.exc.DBAPIError as error:
            raise StoreError(f"{self.path}: not saved: {error.orig}") from error

    @contextmanager
    def rewrite_history(self) -> Iterator[sa.Connection]:
        """Open a write in which events may change: for erasing a person, and nothing else."""
        with self.write() as connection:
            for name in _APPEND_ONLY:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            yield connection
            for statement in _APPEND_ONLY.values():
                connection.exec_driver_sql(statement)

    def shred(self) -> None:
        """Rewrite the file so that no deleted content is left in free pages or in the log."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close all connections; the log is folded into the file."""
        self.engine.dispose()


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, in `_begin`
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("cjm_write") else "BEGIN")


def fetch(
    connection: sa.Connection, name: str, where: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of a table whose columns equal those of `where`, as plain dicts."""
    table = SQL_TABLES[name]
    query = sa.select(table)
    for column, value in (where or {}).items():
        query = query.where(table.c[column] == value)
    return [dict(row._mapping) for row in connection.execute(query)]


def fetch_frame(
    connection: sa.Connection, name: str, where: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Rows of a table as a checked frame, in the order in which they were written."""
    rows = fetch(connection, name, where)
    return schema.frame(name, rows) if rows else schema.empty(name)


def plain_rows(name: str, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a checked frame as the database takes them: str, int, float, bool or None."""
    spec = schema.table(name)
    columns = {c.name: _plain_column(frame[c.name], c.kind) for c in spec.columns}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _plain_column(values: pd.Series, kind: str) -> list[Any]:
    if kind == "time":
        values = values.map(lambda t: t.isoformat(timespec="microseconds"), na_action="ignore")
    present = values.notna().tolist()
    return [v if there else None for v, there in zip(values.astype(object), present, strict=True)]


def broken_references(connection: sa.Connection) -> list[str]:
    """Which tables hold rows that refer to nothing, e.g. `codings (12 rows) -> sources`."""
    found: dict[tuple[str, str], int] = {}
    for table, _rowid, parent, _key in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        found[table, parent] = found.get((table, parent), 0) + 1
    return [f"{table} ({n} rows) -> {parent}" for (table, parent), n in sorted(found.items())]


def sqlite_path(path_or_url: str | Path) -> Path:
    """Path of the SQLite file; other databases are refused with the remedy."""
    given = str(path_or_url)
    if given.startswith("sqlite:///"):
        return Path(given.removeprefix("sqlite:///"))
    if "://" in given:
        raise StoreError(f"{given}: this version keeps projects in SQLite files; give a file path")
    return Path(given)
