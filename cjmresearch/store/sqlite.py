"""A project in one SQLite file."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from cjmresearch.errors import StoreError
from cjmresearch.store.database import BUSY_SECONDS, Database

_APPEND_ONLY = {
    "events_stay": "CREATE TRIGGER events_stay BEFORE DELETE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END",
    "events_hold": "CREATE TRIGGER events_hold BEFORE UPDATE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events never change'); END",
}


class SqliteFile(Database):
    """One file, in WAL with foreign keys on and synchronous=FULL."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.address = str(path)
        self.engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(path)),
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        self._listen()

    def _prepare(self, connection: sqlite3.Connection, record: object) -> None:
        connection.isolation_level = None  # transactions begin where we say, in `_start`
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}")

    def _start(self, connection: sa.Connection, *, write: bool) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    def _let_events_change(self, connection: sa.Connection, *, let: bool) -> None:
        for name, statement in _APPEND_ONLY.items():
            connection.exec_driver_sql(f"DROP TRIGGER {name}" if let else statement)

    def shred(self) -> None:
        """Rewrite the file so that no deleted content is left in free pages or in the log."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def damage(self, connection: sa.Connection) -> list[str]:
        """List what SQLite finds broken in the file."""
        rows = connection.exec_driver_sql("PRAGMA integrity_check")
        return [f"the file is damaged: {row[0]}" for row in rows if row[0] != "ok"]


def make(path: Path, fill: Callable[[sa.Connection], None]) -> None:
    """Make a project file; one that is there is refused.

    Made under another name first: a kill at any instant leaves a whole project or none.
    """
    refuse_existing(path)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        database = SqliteFile(draft)
        database.create(fill)
        database.close()
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)


def refuse_existing(path: Path) -> None:
    """Raise `StoreError` where a new file can't be put at the path."""
    if path.exists():
        raise StoreError(f"{path}: already exists; open it, or choose another name")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; make it first")


def connect(path: Path) -> SqliteFile:
    """Open a file that holds an SQLite database; `StoreError` where it is none."""
    if not path.is_file():
        raise StoreError(f"{path}: no such project; make it with `cjmresearch new`")
    with path.open("rb") as file:
        if file.read(16) != b"SQLite format 3\0":
            raise StoreError(f"{path}: not a cjmresearch project; give a file made by `new`")
    return SqliteFile(path)
