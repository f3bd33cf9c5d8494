"""The database under a project: one transaction an act, whatever keeps the tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store.tables import METADATA, SQL_TABLES, WRITTEN

BUSY_SECONDS = 30
"""How long an act waits for those of others before it gives up."""


class Database(ABC):
    """Connections to the tables of one project.

    SQLAlchemy's pool hands each connection to one thread at a time, so widget handlers, which
    Jupyter runs in threads of their own, may write while a cell reads. Writers stand in line, so
    that the numbers of events are one order that all agree on.
    """

    engine: sa.Engine
    address: str
    """What messages call the project: its file, or its URL without a password."""

    def _listen(self) -> None:
        sa.event.listen(self.engine, "connect", self._prepare)
        sa.event.listen(self.engine, "begin", self._begin)

    @abstractmethod
    def _prepare(self, connection: Any, record: object) -> None:
        """Set a new connection up."""

    @abstractmethod
    def _start(self, connection: sa.Connection, *, write: bool) -> None:
        """Begin a transaction: a snapshot, or alone among the writers."""

    @abstractmethod
    def _let_events_change(self, connection: sa.Connection, *, let: bool) -> None:
        """Lift what keeps the log append-only, or put it back."""

    @abstractmethod
    def shred(self) -> None:
        """Rewrite the tables so that no deleted content is left in free space."""

    @abstractmethod
    def damage(self, connection: sa.Connection) -> list[str]:
        """List what the database itself finds broken."""

    def _begin(self, connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("isolation_level") != "AUTOCOMMIT":
            self._start(connection, write=options.get("cjm_write", False))

    def create(self, fill: Callable[[sa.Connection], None]) -> None:
        """Make all tables and let `fill` write the first rows: all of it, or nothing."""
        with self.write() as connection:
            METADATA.create_all(connection)
            self._let_events_change(connection, let=False)
            fill(connection)

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
            raise StoreError(f"{self.address}: not saved: {error.orig}") from error

    @contextmanager
    def rewrite_history(self) -> Iterator[sa.Connection]:
        """Open a write in which events may change: for erasing a person, and nothing else."""
        with self.write() as connection:
            self._let_events_change(connection, let=True)
            yield connection
            self._let_events_change(connection, let=False)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def fetch(
    connection: sa.Connection, name: str, where: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Rows of a table whose columns equal those of `where`, as plain dicts."""
    table = SQL_TABLES[name]
    query = sa.select(table)
    for column, value in (where or {}).items():
        query = query.where(table.c[column] == value)
    if connection.dialect.name == "postgresql":  # SQLite gives rows as they were written
        query = query.order_by(WRITTEN)
    found = connection.execute(query)
    names = tuple(found.keys())
    return [dict(zip(names, row, strict=True)) for row in found]


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
    found = []
    for table in SQL_TABLES.values():
        for reference in table.foreign_keys:
            child, parent = reference.parent, reference.column
            above = parent.table.alias()
            query = (
                sa.select(sa.func.count())
                .select_from(table.outerjoin(above, child == above.c[parent.name]))
                .where(child.is_not(None), above.c[parent.name].is_(None))
            )
            count = connection.execute(query).scalar_one()
            if count:
                found.append(f"{table.name} ({count} rows) -> {parent.table.name}")
    return sorted(found)
