"""Write a whole project from tables: a fresh file whose log begins with these rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.store import changes, places
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.project import Project

_GROUPED = {"texts": "source_id", "turns": "source_id", "answers": "question_id"}


def build(path_or_url: str | Path, tables: Mapping[str, Sequence[Row]], *, kind: str) -> Project:
    """Write plain rows by table into a new project and open it; one that is there is refused.

    The log has two events: `create`, and one of the given kind that holds everything else.
    """

    def fill(connection: sa.Connection) -> None:
        first = ("project", "codes")
        rest = [name for name in schema.BASE_TABLES if name not in (*first, "events")]
        Project._record(connection, "create", "system", _inserts(tables, first))
        Project._record(connection, kind, "import", _inserts(tables, rest))

    places.make(path_or_url, fill)
    return Project.open(path_or_url)


def _inserts(tables: Mapping[str, Sequence[Row]], names: Sequence[str]) -> list[Change]:
    found: list[Change] = []
    for name in names:
        rows = list(tables.get(name, ()))
        column = _GROUPED.get(name)
        if column is None:
            found += changes.insert(name, rows)
            continue
        groups: dict[object, list[Row]] = {}
        for row in rows:
            groups.setdefault(row[column], []).append(row)
        for group in groups.values():
            found += changes.insert(name, group, found_by=[column])
    return found
