"""A project in a PostgreSQL database of its own.

Writers take one lock at the start of their transaction and read what the one before has
committed, so the numbers of events are one order and nothing is overwritten unseen. Readers see
one instant and wait for nobody.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from cjmresearch.errors import StoreError
from cjmresearch.store.database import BUSY_SECONDS, Database
from cjmresearch.store.tables import SQL_TABLES

_DRIVER = "postgresql+psycopg"
_LOCK = "SELECT pg_advisory_xact_lock(hashtext('cjmresearch'), hashtext(current_schema()))"
_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_REFUSE = """
CREATE OR REPLACE FUNCTION cjm_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'events %%', TG_ARGV[0] USING ERRCODE = 'integrity_constraint_violation';
END $$"""
_APPEND_ONLY = (
    "CREATE TRIGGER events_stay BEFORE DELETE OR TRUNCATE ON events "
    "EXECUTE FUNCTION cjm_refuse('are never deleted')",
    "CREATE TRIGGER events_hold BEFORE UPDATE ON events "
    "EXECUTE FUNCTION cjm_refuse('never change')",
)
_SETTINGS = (
    f"SET lock_timeout = '{BUSY_SECONDS}s'",
    "SET client_encoding = 'UTF8'",
    # What was acknowledged is on the disk, whatever the server's default.
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') = 'off'",
)


class PostgresDatabase(Database):
    """Connections to a server; one that was lost is made anew with the next act."""

    def __init__(self, url: sa.URL) -> None:
        self.address = spell(url)
        try:
            self.engine = sa.create_engine(url, pool_pre_ping=True)
        except ImportError:
            raise StoreError(
                f"{self.address}: a project in PostgreSQL needs psycopg; "
                "install it with pip install 'cjmresearch[postgres]'"
            ) from None
        self._listen()

    def _prepare(self, connection: Any, record: object) -> None:
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.commit()

    def _start(self, connection: sa.Connection, *, write: bool) -> None:
        connection.exec_driver_sql(_LOCK if write else _SNAPSHOT)

    def _let_events_change(self, connection: sa.Connection, *, let: bool) -> None:
        if let:
            for name in ("events_stay", "events_hold"):
                connection.exec_driver_sql(f"DROP TRIGGER {name} ON events")
            return
        for statement in (_REFUSE, *_APPEND_ONLY):
            connection.exec_driver_sql(statement)

    def shred(self) -> None:
        """Rewrite the tables; what the server's log and its backups hold is the server's."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for name in SQL_TABLES:
                connection.exec_driver_sql(f'VACUUM (FULL) "{name}"')

    def damage(self, connection: sa.Connection) -> list[str]:
        """Nothing: a server looks after its pages itself."""
        return []

    def holds_a_project(self) -> bool:
        """Tell whether the tables are there; `StoreError` where the server can't be reached."""
        try:
            with self.read() as connection:
                there = sa.inspect(connection).get_table_names()
                encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
        except sa.exc.DBAPIError as error:
            reason = " ".join(str(error.orig).split())
            raise StoreError(f"{self.address}: can't be opened: {reason}") from None
        if encoding != "UTF8":
            raise StoreError(
                f"{self.address}: the database is in {encoding}; make one with ENCODING 'UTF8'"
            )
        return "project" in there and "events" in there


def parse(given: str) -> sa.URL:
    """Read a URL; `StoreError` never repeats it, for it may hold a password."""
    try:
        url = sa.make_url(given)
    except (sa.exc.ArgumentError, ValueError):
        url = None
    if url is None or "@" in (url.host or "") or not url.database:
        raise StoreError(
            "this is no URL of a database; write postgresql://user@host/database, "
            "with %40 for @ and %2F for / in a password"
        )
    kind = url.drivername.split("+")[0]
    if kind not in ("postgresql", "postgres"):
        raise StoreError(
            f"{kind}: a project is kept in a file or in PostgreSQL; "
            "give a path, or postgresql://user@host/database"
        )
    secret = url.query.get("password")
    if isinstance(secret, str):
        url = url.difference_update_query(["password"]).set(password=secret)
    return url.set(drivername=_DRIVER)


def spell(url: sa.URL) -> str:
    """Write a URL for people: without a password and without options."""
    host = url.query.get("host")
    shown = url.set(drivername="postgresql", query={"host": host} if host else {})
    return sa.URL.create(
        "postgresql", shown.username, None, shown.host, shown.port, shown.database, shown.query
    ).render_as_string()


def make(url: sa.URL, fill: Callable[[sa.Connection], None]) -> None:
    """Make a project in a database that exists and holds none; all of it, or nothing."""
    database = PostgresDatabase(url)
    try:
        if database.holds_a_project():
            raise StoreError(
                f"{database.address}: holds a project already; open it, or use another"
            )
        database.create(fill)
    finally:
        database.close()


def connect(url: sa.URL) -> PostgresDatabase:
    """Open a database that holds a project; `StoreError` where it holds none."""
    database = PostgresDatabase(url)
    try:
        known = database.holds_a_project()
    except StoreError:
        database.close()
        raise
    if not known:
        database.close()
        raise StoreError(
            f"{database.address}: no project in this database; make it with `cjmresearch new`"
        )
    return database
