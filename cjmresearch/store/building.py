"""Write a whole project from tables: a fresh file whose log begins with these rows."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import Database, sqlite_path
from cjmresearch.store.project import Project

_GROUPED = {"texts": "source_id", "turns": "source_id", "answers": "question_id"}


def build(path_or_url: str | Path, tables: Mapping[str, Sequence[Row]], *, kind: str) -> Project:
    """Write plain rows by table into a new project file and open it; an existing one is refused.

    The log has two events: `create`, and one of the given kind that holds everything else.
    """
    path = sqlite_path(path_or_url)
    refuse_existing(path)
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        database = Database(draft)
        database.create()
        project = Project(database)
        first = ("project", "codes")
        project._act("create", "system", _inserts(tables, first))
        rest = [name for name in schema.BASE_TABLES if name not in (*first, "events")]
        project._act(kind, "import", _inserts(tables, rest))
        database.close()
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return Project.open(path)


def refuse_existing(path: Path) -> None:
    """Raise `StoreError` where a new file can't be put at the path."""
    if path.exists():
        raise StoreError(f"{path}: already exists; choose another name")
    if not path.parent.is_dir():
        raise StoreError(f"{path}: the folder {path.parent} does not exist; make it first")


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
