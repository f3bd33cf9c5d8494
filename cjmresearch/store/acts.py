"""What every act on a project does: its changes and their event in one transaction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from cjmresearch.store import changes
from cjmresearch.store.changes import Change
from cjmresearch.store.database import SQL_TABLES, Database
from cjmresearch.store.lookup import now


class Acts:
    """A project's database, and how an act is recorded in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @staticmethod
    def _new_id() -> str:
        return str(uuid.uuid4())

    def _act(self, kind: str, coder: str, change_list: Sequence[Change]) -> None:
        with self._database.write() as connection:
            self._record(connection, kind, coder, change_list)

    def _record(
        self,
        connection: sa.Connection,
        kind: str,
        coder: str,
        change_list: Sequence[Change],
        *,
        undoes: int | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """Carry out the changes and append their event, within the caller's transaction.

        `more` is what the event says besides its changes.
        """
        if not change_list and not more and undoes is None:
            return
        kept = changes.apply(connection, change_list)
        changes.refuse_orphans(connection, change_list)
        payload = {"changes": kept, **(more or {})}
        self._append(connection, kind, coder, payload, undoes=undoes)

    @staticmethod
    def _append(
        connection: sa.Connection,
        kind: str,
        coder: str,
        payload: Mapping[str, Any],
        *,
        undoes: int | None = None,
    ) -> None:
        events = SQL_TABLES["events"]
        last = connection.execute(sa.select(sa.func.max(events.c.seq))).scalar()
        connection.execute(
            sa.insert(events).values(
                seq=(last or 0) + 1,
                at=now(),
                coder=coder,
                kind=kind,
                payload=json.dumps(payload, ensure_ascii=False),
                undoes=undoes,
            )
        )
