"""What every act on a project does: its changes and their event in one transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

import sqlalchemy as sa

from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.changes import Change
from cjmresearch.store.database import Database, fetch
from cjmresearch.store.lookup import now
from cjmresearch.store.tables import SQL_TABLES

Result = TypeVar("Result")
_client: ContextVar[str | None] = ContextVar("client", default=None)
"""Under which id of the asker the next event is kept."""


class Acts:
    """A project's database, and how an act is recorded in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def once(self, client: str, act: Callable[[], Result]) -> Result | None:
        """Do an act unless it was done before under this id; None where it was.

        `client` is an id of the caller's own, such as a page gives to each act that it sends: sent
        again after a lost connection, it is done once, also if it was taken back since.
        `project.once(client, lambda: project.undo("anna"))`.
        """
        if self._done(client):
            return None
        token = _client.set(client)
        try:
            return act()
        except StoreError:
            if self._done(client):  # the same act came in twice at the same time
                return None
            raise
        finally:
            _client.reset(token)

    def _done(self, client: str) -> bool:
        with self._database.read() as connection:
            return done(connection, client)

    @staticmethod
    def _new_id() -> str:
        return str(uuid.uuid4())

    def _act(self, kind: str, coder: str, change_list: Sequence[Change]) -> None:
        with self._database.write() as connection:
            self._record(connection, kind, coder, change_list)

    def _set(self, kind: str, coder: str, **settings: Any) -> None:
        """Change settings of the project; those that are not named stay."""
        with self._database.write() as connection:
            (row,) = fetch(connection, "project")
            now_set = json.loads(row["settings"] or "{}") | settings
            after = {**row, "settings": json.dumps(now_set, ensure_ascii=False)}
            self._record(connection, kind, coder, changes.update("project", row, after))

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
        """Carry out the changes and append their event, within the caller's transaction.

        `more` is what the event says besides its changes; `client` the asker's own id of the act.
        """
        if not change_list and not more and undoes is None:
            return
        kept = changes.apply(connection, change_list)
        changes.refuse_orphans(connection, change_list)
        payload = {"changes": kept, **(more or {})}
        cls._append(connection, kind, coder, payload, undoes=undoes, client=client)

    @staticmethod
    def _append(
        connection: sa.Connection,
        kind: str,
        coder: str,
        payload: Mapping[str, Any],
        *,
        undoes: int | None = None,
        client: str | None = None,
    ) -> None:
        event = {
            "seq": last_seq(connection) + 1,
            "at": now(),
            "coder": coder,
            "kind": kind,
            "payload": json.dumps(payload, ensure_ascii=False),
            "undoes": undoes,
            "client": _client.get() or client,
        }
        connection.execute(_APPEND, event)
        _client.set(None)  # an act of several events keeps its id with the first


_EVENTS = SQL_TABLES["events"]
_APPEND = sa.insert(_EVENTS)
_LAST = sa.select(sa.func.max(_EVENTS.c.seq))
_DONE = sa.select(_EVENTS.c.seq).where(_EVENTS.c.client == sa.bindparam("client"))


def last_seq(connection: sa.Connection) -> int:
    """Give the number of the last event; 0 in a project that is just being made."""
    return connection.execute(_LAST).scalar() or 0


def done(connection: sa.Connection, client: str) -> bool:
    """Tell whether the log has an act under this id of the asker."""
    return connection.execute(_DONE, {"client": client}).first() is not None
