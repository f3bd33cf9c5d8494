"""A project on a PostgreSQL server: what only a server has, and what nobody may read."""

from __future__ import annotations

import threading
import traceback
from pathlib import Path

import psycopg
import pytest
from test_store import code_words, reading

from cjmresearch import Project
from cjmresearch.cli import main
from cjmresearch.errors import StoreError

SECRET = "tr0ub4dor"


def test_a_database_holds_one_project(database: str) -> None:
    with pytest.raises(StoreError, match="no project in this database"):
        Project.open(database)
    Project.create(database, goal="g").close()
    with pytest.raises(StoreError, match="holds a project already"):
        Project.create(database, goal="g")
    with Project.open(database) as project:
        assert project.verify() == []
        with pytest.raises(StoreError, match="is no file"):
            _ = project.path


def test_a_database_in_another_encoding_is_refused(database: str, postgres_server: Path) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(StoreError, match="LATIN1"):
        Project.create(f"postgresql://cjm@/latin?host={postgres_server}", goal="g")


def test_a_project_that_was_not_finished_leaves_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Project, "_append", fail)
        with pytest.raises(KeyboardInterrupt):
            Project.create(database, goal="g")
    Project.create(database, goal="g").close()


@pytest.mark.parametrize(
    "given",
    [
        f"postgresql://anna:{SECRET}@localhost:1/x",
        f"postgresql://anna:{SECRET}@/x?host=/nowhere",
        f"postgresql://anna@/x?host=/nowhere&password={SECRET}",
        f"postgresql://anna:{SECRET}@localhost/",
        f"postgresql://anna:a@{SECRET}@localhost/x",
        f"postgresql://anna:{SECRET}@localhost:{SECRET}/x",
        f"mysql://anna:{SECRET}@localhost/x",
        f"postgresql:/anna:{SECRET}@://localhost/x",
    ],
)
def test_a_password_is_never_shown(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    for act in (Project.open, lambda url: Project.create(url, goal="g")):
        with pytest.raises(StoreError) as caught:
            act(given)
        assert SECRET not in "".join(traceback.format_exception(caught.value))
    for command in (["new", given, "--goal", "g"], ["verify", given], ["lab", given]):
        assert main(command) == 2
    shown = capsys.readouterr()
    assert SECRET not in shown.out + shown.err
    assert shown.err.count("\n") == 3


def test_a_project_does_not_tell_its_password(database: str) -> None:
    given = database.replace("cjm@", f"cjm:{SECRET}@")
    with Project.create(given, goal="g") as project:
        assert SECRET not in repr(project) + project.address
        with pytest.raises(StoreError) as caught:
            project.code("none", 0, 1, "feelings:joy", coder="a\0b")
        assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_lost_connection_is_made_anew(database: str) -> None:
    with Project.create(database, goal="g") as project:
        project.add(reading())
        first = code_words(project, "цен нет")
        with psycopg.connect(database, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        second = code_words(project, "звонили")
        assert set(project.frame("codings")["coding_id"]) == {first, second}


def test_a_reader_waits_for_nobody_and_a_writer_for_the_one_before(database: str) -> None:
    with Project.create(database, goal="g") as project, Project.open(database) as second:
        project.add(reading())
        done: list[str] = []
        with project._database.write():
            other = threading.Thread(
                target=lambda: done.append(code_words(second, "звонили", coder="boris"))
            )
            other.start()
            assert second.frame("codings").empty
            other.join(timeout=0.3)
            assert done == []
        other.join(timeout=30)
        assert project.frame("codings")["coding_id"].tolist() == done


def test_the_command_line_takes_a_url(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    interview = tmp_path / "talk.txt"
    talk = "Аня: Как нашли нас?\nПавел: На сайте.\nАня: И как?\nПавел: На сайте цен нет.\n"
    interview.write_text(talk, encoding="utf-8")
    assert main(["new", database, "--goal", "g"]) == 0
    assert main(["add", database, str(interview), "--role", "Аня=interviewer"]) == 0
    assert main(["tag", database, "--quiet", "--lang", "en"]) == 0
    assert "model:touchpoints" in capsys.readouterr().out
    assert main(["verify", database]) == 0
    with Project.open(database) as project:
        assert (project.frame("codings")["status"] == "suggested").any()
        assert project.undo("anna") is None
    out = tmp_path / "report"
    assert main(["report", database, "--out", str(out), "--include", "suggested"]) == 0
    assert (out / "report.html").stat().st_size > 1000
    assert main(["export", database, str(tmp_path / "x.csv"), "--include", "suggested"]) == 0
