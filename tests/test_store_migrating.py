"""Projects of earlier releases still open, whole, and every act in them can be taken back.

The files in data/projects are dumps of projects made by those releases: `first` by the first that
kept projects at all, `second` by the one before codes had `include`, `exclude` and `examples`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from cjmresearch import Project, schema
from cjmresearch.errors import StoreError
from cjmresearch.store.tables import SCHEMA_VERSION, SQL_TABLES

DUMPS = sorted((Path(__file__).parent / "data" / "projects").glob("*.sql"))


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "old.cjm"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(request.param.read_text(encoding="utf-8"))
    return path


def rows_of(path: Path, table: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as file:
        return file.execute(f"select * from {table} order by 1").fetchall()


def test_an_early_project_opens_whole(old: Path) -> None:
    before = {name: rows_of(old, name) for name in ("codings", "turns", "texts", "events")}
    with Project.open(old) as project:
        assert project.verify() == []
        assert project.frame("project")["schema_version"].tolist() == [SCHEMA_VERSION]
        assert project.frame("events")["kind"].iloc[-1] == "migrate"
        assert project.frame("codes")["include"].isna().all()
        assert list(project.frame("sources").columns) == schema.TABLES["sources"].names
        first = project.hash()
    for name, rows in before.items():
        kept = [row[: len(rows[0])] for row in rows_of(old, name)]
        assert kept[: len(rows)] == rows
    with Project.open(old) as again:
        assert (again.frame("events")["kind"] == "migrate").sum() == 1
        assert again.hash() == first


def test_an_early_project_has_what_a_new_one_has(old: Path, tmp_path: Path) -> None:
    Project.create(tmp_path / "new.cjm", goal="g").close()
    Project.open(old).close()
    shapes = []
    for path in (old, tmp_path / "new.cjm"):
        engine = sa.create_engine(f"sqlite:///{path}")
        there = sa.inspect(engine)
        shapes.append(
            {
                name: (
                    {column["name"] for column in there.get_columns(name)},
                    {index["name"] for index in there.get_indexes(name)},
                )
                for name in SQL_TABLES
            }
        )
        engine.dispose()
    assert shapes[0] == shapes[1]


def test_acts_of_an_early_release_are_taken_back_and_done_again(old: Path) -> None:
    with Project.open(old) as project:
        last = project.hash()
        undone = []
        for coder in ("boris", "anna", "rules:x-1", "boris", "import"):
            while project.history(coder)[0] is not None:
                try:
                    undone.append((coder, project.undo(coder)))
                except StoreError:
                    break
            assert project.verify() == []
        assert project.frame("codings").empty
        assert project.frame("sources").empty
        for coder, kind in reversed(undone):
            assert project.redo(coder) == kind
        assert project.hash() == last
        assert project.verify() == []
        project.set_blind(True, coder="lead")
        start = int(project.frame("turns")["start"].iloc[0])
        project.code("talk", start, start + 3, "feelings:joy", coder="anna", coding_id="own")
        assert project.verify() == []


def test_a_project_of_an_early_release_can_forget(old: Path) -> None:
    with Project.open(old) as project:
        assert project.forget("P01") >= 1
        assert project.verify() == []
    assert "цен нет" not in old.read_bytes().decode("utf-8", "replace")
