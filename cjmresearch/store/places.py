"""Where a project is kept: a file by its path, a PostgreSQL database by its URL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from cjmresearch.errors import StoreError
from cjmresearch.store import postgres, sqlite
from cjmresearch.store.database import Database
from cjmresearch.store.migrating import migrate, version_of
from cjmresearch.store.tables import SCHEMA_VERSION


def place(path_or_url: str | Path) -> Path | sa.URL:
    """Tell a path from a URL; `sqlite:///` is the path behind it."""
    given = str(path_or_url)
    if given.startswith("sqlite:///"):
        return Path(given.removeprefix("sqlite:///"))
    return postgres.parse(given) if "://" in given else Path(given)


def make(path_or_url: str | Path, fill: Callable[[sa.Connection], None]) -> None:
    """Make the tables of a new project and let `fill` write its first rows, or nothing at all."""
    where = place(path_or_url)
    if isinstance(where, Path):
        sqlite.make(where, fill)
    else:
        postgres.make(where, fill)


def connect(path_or_url: str | Path) -> Database:
    """Open the database of a project, brought up to this format; `StoreError` where it can't be."""
    where = place(path_or_url)
    database: Database
    database = sqlite.connect(where) if isinstance(where, Path) else postgres.connect(where)
    try:
        _check(database)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: Database) -> None:
    try:
        with database.read() as connection:
            version = version_of(connection)
    except (sa.exc.DatabaseError, sa.exc.NoResultFound):
        raise StoreError(
            f"{database.address}: not a cjmresearch project; give one made by `new`"
        ) from None
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"{database.address}: was written by a newer cjmresearch (format {version}, this one "
            f"knows {SCHEMA_VERSION}); upgrade with pip install -U cjmresearch"
        )
    if version < SCHEMA_VERSION:
        migrate(database)
