"""Projects of earlier releases: given the tables, columns and indexes that they lack."""

from __future__ import annotations

import sqlalchemy as sa

from cjmresearch.store.acts import Acts
from cjmresearch.store.database import Database
from cjmresearch.store.tables import METADATA, SCHEMA_VERSION, SQL_TABLES

_NO_LONGER = ("ix_codings_source_id",)


def version_of(connection: sa.Connection) -> int:
    """Tell the format that a project is written in."""
    return int(connection.execute(sa.select(SQL_TABLES["project"].c.schema_version)).scalar_one())


def migrate(database: Database) -> None:
    """Bring an earlier format up to this one: all of it or, where something fails, nothing.

    What is new is always a table, an index or a column that may be missing, so that every row,
    hash and event stays as it was.
    """
    with database.write() as connection:
        before = version_of(connection)
        if before >= SCHEMA_VERSION:  # another process was faster
            return
        METADATA.create_all(connection)
        there = sa.inspect(connection)
        for table in SQL_TABLES.values():
            known = {column["name"] for column in there.get_columns(table.name)}
            for column in table.columns:
                if column.name not in known:
                    _add_column(connection, column)
        for name in _NO_LONGER:
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
        for table in SQL_TABLES.values():
            for index in table.indexes:
                index.create(connection, checkfirst=True)
        connection.execute(sa.update(SQL_TABLES["project"]).values(schema_version=SCHEMA_VERSION))
        formats = {"from": before, "to": SCHEMA_VERSION}
        Acts._append(connection, "migrate", "system", {"changes": [], **formats})


def _add_column(connection: sa.Connection, column: sa.Column[object]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    kind = column.type.compile(connection.dialect)
    connection.exec_driver_sql(
        f"ALTER TABLE {quote(column.table.name)} ADD COLUMN {quote(column.name)} {kind}"
    )
