"""The project file: durable acts, undo and redo, verification, erasing a person."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import psycopg
import pytest
import sqlalchemy as sa

from cjmresearch import Project, codebooks, schema
from cjmresearch.errors import SchemaError, StoreError

TEXT = "Аня: Как нашли нас?\nПавел: Ну, на сайте 😀 цен нет.\nОльга: А мне звонили, звонили."


def reading(text: str = TEXT, title: str = "беседа", people: tuple[str, ...] = ("Павел", "Ольга")):
    """What a reader gives for a text of `Name: words` lines."""
    source_id = f"source-{title}"
    turns, offset = [], 0
    for position, line in enumerate(text.split("\n")):
        label, words = line.split(": ", 1)
        start = offset + len(label) + 2
        turns.append(
            {
                "turn_id": f"{source_id}-{position}",
                "source_id": source_id,
                "position": position,
                "speaker": label,
                "start": start,
                "end": start + len(words),
                "locator": f"line {position + 1}",
            }
        )
        offset += len(line) + 1
    speakers = [
        {
            "source_id": source_id,
            "speaker": label,
            "role": "participant" if label in people else "interviewer",
            "voice": "customer",
        }
        for label in dict.fromkeys(t["speaker"] for t in turns)
    ]
    source = {"source_id": source_id, "kind": "interview", "title": title, "revision": 1}
    return SimpleNamespace(
        source=schema.frame("sources", [source | {"language": "ru"}]),
        text=text,
        turns=schema.frame("turns", turns),
        speakers=schema.frame("speakers", speakers),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "study.cjm"


@pytest.fixture
def project(place: Path | str):
    with Project.create(place, goal="понять, где теряют доверие") as project:
        project.add(reading())
        yield project


def code_words(project: Project, words: str, code: str = "feelings:irritation", coder="anna"):
    start = TEXT.index(words)
    return project.code("source-беседа", start, start + len(words), code, coder=coder)


def snapshot(project: Project) -> dict[str, list[tuple]]:
    """All rows of all tables but the log, order aside."""
    return {
        name: sorted(map(repr, project.frame(name).itertuples(index=False)))
        for name in schema.BASE_TABLES
        if name != "events"
    }


def suggestion(words: str, code: str = "touchpoints:website", coder: str = "rules:touchpoints-1"):
    start = TEXT.index(words)
    return {
        "coding_id": f"suggested-{words}-{code}",
        "source_id": "source-беседа",
        "start": start,
        "end": start + len(words),
        "quote": words,
        "code_id": codebooks.code_id(code),
        "coder": coder,
        "status": "suggested",
        "confidence": 0.9,
        "created_at": pd.Timestamp("2026-01-01", tz="UTC"),
    }


def test_create_makes_a_project_with_the_shipped_codes(project: Project) -> None:
    study = project.study()
    assert study.goal == "понять, где теряют доверие"
    assert list(study.stages()["slug"])[:2] == ["b2b8:awareness", "b2b8:search"]
    assert {"touchpoint", "emotion", "pain", "stage"} <= set(study.codes["kind"])
    assert project.verify() == []


def test_create_needs_a_goal_a_folder_and_a_new_name(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="goal"):
        Project.create(path, goal="  ")
    with pytest.raises(StoreError, match="folder"):
        Project.create(tmp_path / "nowhere" / "x.cjm", goal="g")
    Project.create(path, goal="g").close()
    with pytest.raises(StoreError, match="already exists"):
        Project.create(path, goal="g")
    assert [p.name for p in tmp_path.iterdir()] == ["study.cjm"]


def test_open_refuses_what_is_no_project(tmp_path: Path, path: Path) -> None:
    with pytest.raises(StoreError, match="no such project"):
        Project.open(path)
    path.write_bytes(b"hello")
    with pytest.raises(StoreError, match="not a cjmresearch project"):
        Project.open(path)
    path.unlink()
    sa.create_engine(f"sqlite:///{path}").connect().exec_driver_sql("create table t (a)")
    with pytest.raises(StoreError, match="not a cjmresearch project"):
        Project.open(path)


def test_open_refuses_a_newer_format(place: Path | str) -> None:
    Project.create(place, goal="g").close()
    tamper(place, "update project set schema_version = 99")
    with pytest.raises(StoreError, match="newer"):
        Project.open(place)


def test_add_gives_every_participant_a_row(project: Project) -> None:
    speakers = project.frame("speakers").set_index("speaker")["participant_id"]
    assert list(project.frame("participants")["participant_id"]) == ["P01", "P02"]
    assert speakers["Павел"] == "P01"
    assert pd.isna(speakers["Аня"])


def test_add_refuses_the_same_text_twice(project: Project) -> None:
    with pytest.raises(StoreError, match="already, as 'беседа'"):
        project.add(reading(title="другая"))


def test_add_refuses_text_that_is_not_clean(project: Project) -> None:
    for text, word in (("Павел: а\r", "carriage"), ("Павел: и\u0306", "NFC"), ("П: \0", "NUL")):
        with pytest.raises(StoreError, match=word):
            project.add(reading(text, title="грязь"))
    assert len(project.frame("sources")) == 1


def test_code_keeps_the_words_of_the_span(project: Project) -> None:
    coding_id = code_words(project, "сайте 😀 цен")
    row = project.frame("codings").iloc[0]
    assert (row["coding_id"], row["quote"]) == (coding_id, "сайте 😀 цен")
    assert project.verify() == []


def test_the_same_coding_again_is_the_one_that_is_there(project: Project) -> None:
    first = code_words(project, "цен нет")
    assert code_words(project, "цен нет") == first
    assert code_words(project, "цен нет", coder="boris") != first
    assert len(project.frame("codings")) == 2
    start = TEXT.index("цен нет")
    with pytest.raises(StoreError, match="already"):
        project.code(
            "source-беседа", start, start + 7, "feelings:irritation", coder="anna", valence=-1
        )


def test_people_are_added_and_updated_by_the_columns_given(project: Project) -> None:
    project.add_participants(pd.DataFrame({"participant_id": ["P01"], "buying_role": ["buyer"]}))
    project.add_participants(
        pd.DataFrame({"participant_id": ["P01", "R9"], "org_id": ["F1", "F2"]})
    )
    people = project.frame("participants").set_index("participant_id")
    assert list(people.loc["P01", ["pseudonym", "buying_role", "org_id"]]) == ["P01", "buyer", "F1"]
    assert list(people.loc["R9", ["pseudonym", "traits"]]) == ["R9", "{}"]
    project.undo("import")
    assert "R9" not in set(project.frame("participants")["participant_id"])


def test_code_refuses_what_is_not_there(project: Project) -> None:
    before = snapshot(project)
    for start, end in ((0, 0), (5, 2), (0, 10_000), (-3, 2)):
        with pytest.raises(StoreError, match="not inside the text"):
            project.code("source-беседа", start, end, "feelings:joy", coder="anna")
    with pytest.raises(StoreError, match="feelings:interest"):
        project.code("source-беседа", 0, 3, "feelings:rage", coder="anna")
    with pytest.raises(StoreError, match="no source"):
        project.code("nothing", 0, 3, "feelings:joy", coder="anna")
    with pytest.raises(SchemaError, match="intensity"):
        project.code("source-беседа", 0, 3, "feelings:joy", coder="anna", intensity=9)
    assert snapshot(project) == before


def test_undo_and_redo_go_back_and_forth_across_a_restart(place: Path | str) -> None:
    with Project.create(place, goal="g") as project:
        states = [snapshot(project)]
        project.add(reading(), coder="anna")
        states.append(snapshot(project))
        code_words(project, "цен нет")
        states.append(snapshot(project))
        code_words(project, "звонили", coder="boris")
        boris = project.frame("codings").iloc[1]
        project.undo("boris")
        assert snapshot(project) == states[2]
        project.redo("boris")
        assert project.frame("codings").iloc[1].equals(boris)
        project.undo("boris")
    with Project.open(place) as project:
        assert project.undo("anna") == "code"
        assert snapshot(project) == states[1]
        assert project.undo("anna") == "add"
        assert snapshot(project) == states[0]
        assert project.undo("anna") is None
    with Project.open(place) as project:
        assert project.redo("anna") == "add"
        assert project.redo("anna") == "code"
        assert snapshot(project) == states[2]
        assert project.redo("anna") is None
        assert project.verify() == []


def test_a_new_act_ends_what_could_be_redone(project: Project) -> None:
    code_words(project, "цен нет")
    project.undo("anna")
    code_words(project, "звонили")
    assert project.redo("anna") is None


def test_undo_refuses_where_later_work_depends_on_it(project: Project) -> None:
    code_words(project, "цен нет")
    before = snapshot(project)
    with pytest.raises(StoreError, match="codings still refer"):
        project.undo("import")
    assert snapshot(project) == before
    project.set_speaker("source-беседа", "Ольга", role="other", coder="boris")
    project.set_speaker("source-беседа", "Ольга", role="participant", coder="anna")
    with pytest.raises(StoreError, match="changed later"):
        project.undo("boris")


def test_random_acts_undone_and_redone_end_where_they_were(place: Path | str) -> None:
    rng = random.Random(7)
    with Project.create(place, goal="g") as project:
        project.add(reading())
        states = [snapshot(project)]
        for _ in range(25):
            words = rng.choice(["цен нет", "звонили", "сайте 😀", "А мне"])
            codings = project.frame("codings")
            if len(codings) and rng.random() < 0.3:
                project.delete_coding(codings["coding_id"].iloc[-1], coder="anna")
            else:
                code_words(project, words, code=rng.choice(["feelings:joy", "feelings:doubt"]))
            if snapshot(project) != states[-1]:  # the same coding again is no act
                states.append(snapshot(project))
        assert len(states) > 12
        for state in reversed(states[:-1]):
            assert project.undo("anna")
            assert snapshot(project) == state
        for state in states[1:]:
            assert project.redo("anna")
            assert snapshot(project) == state
        assert project.verify() == []


def test_a_decision_leaves_the_suggestion_as_it_was(project: Project) -> None:
    rows = schema.frame("codings", [suggestion("на сайте"), suggestion("звонили, звонили")])
    assert project.add_codings(rows, coder="rules:touchpoints-1") == 2
    assert project.add_codings(rows, coder="rules:touchpoints-1") == 0
    first = rows["coding_id"].iloc[0]
    project.decide(first, coder="anna", accept=True, code="touchpoints:portal")
    project.decide(first, coder="boris", accept=False)
    codings = project.frame("codings").set_index("coding_id")
    assert list(codings["status"]) == ["suggested", "suggested", "accepted", "rejected"]
    assert codings.loc[first, "code_id"] == codebooks.code_id("touchpoints:website")
    assert codings["code_id"].iloc[2] == codebooks.code_id("touchpoints:portal")
    with pytest.raises(StoreError, match="already"):
        project.decide(first, coder="anna", accept=False)
    with pytest.raises(StoreError, match="still refer"):
        project.undo("rules:touchpoints-1")
    project.undo("anna")
    project.undo("boris")
    assert project.undo("rules:touchpoints-1") == "codings"
    assert project.frame("codings").empty
    project.redo("rules:touchpoints-1")
    assert len(project.frame("codings")) == 2
    assert project.verify() == []


def test_a_wrong_quote_is_refused(project: Project) -> None:
    wrong = suggestion("на сайте") | {"quote": "на сайтах"}
    with pytest.raises(StoreError, match="not the text"):
        project.add_codings(schema.frame("codings", [wrong]), coder="x")
    assert project.frame("codings").empty


def test_speakers_can_be_corrected(project: Project) -> None:
    project.set_speaker("source-беседа", "Аня", role="participant")
    project.set_speaker("source-беседа", "Павел", role="interviewer")
    project.set_speaker("source-беседа", "Ольга", participant="R02", voice="expert")
    speakers = project.frame("speakers").set_index("speaker")
    assert speakers.loc["Аня", "participant_id"] == "P03"
    assert pd.isna(speakers.loc["Павел", "participant_id"])
    assert list(speakers.loc["Ольга", ["participant_id", "voice"]]) == ["R02", "expert"]
    with pytest.raises(StoreError, match="Аня, Ольга, Павел"):
        project.set_speaker("source-беседа", "Пётр", role="other")
    with pytest.raises(SchemaError, match="role"):
        project.set_speaker("source-беседа", "Ольга", role="guest")


def tamper(place: Path | str, statement: str) -> None:
    """Change a project behind its back, as the owner of the database may."""
    if isinstance(place, str):
        statement = statement.replace("drop trigger", "alter table events disable trigger")
        with psycopg.connect(place) as connection:
            if "events" not in statement:
                connection.execute("set session_replication_role = replica")  # no foreign keys
            connection.execute(statement)
        return
    engine = sa.create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("update texts set text = replace(text, 'цен нет', 'цен нот')", "not the quote"),
        ("update texts set text = replace(text, 'Аня', 'Оля')", "was changed"),
        ("update codings set quote = 'цена'", "not the quote"),
        ('update codings set start = start + 1, "end" = "end" + 1', "not the quote"),
        ("update codings set memo = 'added'", "changed outside"),
        ("delete from codings", "missing"),
        ("update codings set code_id = 'none'", "refer to nothing"),
        ("update codings set status = 'liked'", "allowed"),
        ("update codings set coder = 'boris' where status = 'human'", "changed outside"),
        ("update codings set coder = 'anna' where status = 'suggested'", "changed outside"),
        ("delete from codings where status = 'suggested'", "2 rows were written at once, 0"),
        ("update turns set speaker = 'Аня' where position = 1", "changed outside"),
        ('update turns set "end" = 9999 where position = 0', "ends after the text"),
        ("update sources set revision = 2", "is missing"),
        (
            "drop trigger events_stay; delete from events where seq = 2",
            "event 2 is missing",
        ),
        ("drop trigger events_hold; update events set payload = '{'", "can't be read"),
    ],
)
def test_verify_finds_what_was_tampered_with(place: Path | str, statement: str, found: str) -> None:
    with Project.create(place, goal="g") as project:
        project.add(reading())
        code_words(project, "цен нет")
        rows = [suggestion("на сайте"), suggestion("звонили, звонили")]
        project.add_codings(schema.frame("codings", rows), coder="rules:touchpoints-1")
        assert project.verify() == []
    for part in statement.split("; "):
        tamper(place, part)
    with Project.open(place) as project:
        assert any(found in line for line in project.verify()), project.verify()


@pytest.mark.parametrize("statement", ["delete from events", "update events set kind = 'x'"])
def test_events_can_only_be_appended(place: Path | str, statement: str) -> None:
    Project.create(place, goal="g").close()
    with pytest.raises((sa.exc.IntegrityError, psycopg.IntegrityError), match="events"):
        tamper(place, statement)


def on_disk(request: pytest.FixtureRequest, place: Path | str) -> str:
    """All that the files of the tables hold."""
    files = [place]
    if isinstance(place, str):
        folder = request.getfixturevalue("postgres_server")
        with psycopg.connect(place, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            (oid,) = connection.execute(
                "select oid from pg_database where datname = current_database()"
            ).fetchone()
        files = [f for f in (folder / "data" / "base" / str(oid)).iterdir() if f.is_file()]
    return "".join(Path(file).read_bytes().decode("utf-8", "replace") for file in files)


def test_forget_leaves_no_trace_of_one_of_several(
    request: pytest.FixtureRequest, place: Path | str
) -> None:
    with Project.create(place, goal="g") as project:
        project.add(reading())
        code_words(project, "цен нет")
        kept = code_words(project, "звонили, звонили")
        project.delete_coding(code_words(project, "сайте 😀 цен"), coder="anna")
        assert project.forget("P01") == 1
        assert list(project.frame("codings")["coding_id"]) == [kept]
        text = project.study().current_texts.iloc[0]
        assert len(text) == len(TEXT)
        assert project.verify() == []
        with pytest.raises(StoreError, match="erased"):
            project.undo("anna")
    raw = on_disk(request, place)
    assert "сайте 😀" not in raw
    assert "цен нет" not in raw
    assert "Павел" not in raw
    assert "звонили" in raw


def test_forget_erases_a_source_of_one(request: pytest.FixtureRequest, place: Path | str) -> None:
    with Project.create(place, goal="g") as project:
        project.add(reading("Аня: Ну?\nПавел: Тайна моя.", title="тет", people=("Павел",)))
        project.add(reading())
        project.undo("nobody")
        project.forget("P01")
        assert list(project.frame("sources")["title"]) == ["беседа"]
        assert project.verify() == []
        with pytest.raises(StoreError, match="no participant"):
            project.forget("P01")
    assert "Тайна" not in on_disk(request, place)


def test_several_threads_write_at_once(project: Project) -> None:
    failures = []

    def work(coder: str) -> None:
        try:
            for length in range(1, 16):
                project.code("source-беседа", 20, 20 + length, "feelings:joy", coder=coder)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(f"coder{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(project.frame("codings")) == 60
    assert project.verify() == []


def test_two_projects_on_one_file_see_each_other(project: Project, place: Path | str) -> None:
    with Project.open(place) as second:
        code_words(second, "цен нет", coder="boris")
        assert len(project.frame("codings")) == 1
        code_words(project, "звонили")
        assert len(second.frame("codings")) == 2


WRITER = """
import sys
from cjmresearch import Project
project = Project.open(sys.argv[1])
n = int(sys.argv[2])
while True:
    coding = project.code("source-беседа", 26, 40, "feelings:joy", coder=f"anna{n}")
    sys.stdout.write(coding + "\\n")
    sys.stdout.flush()
    n += 1
"""


def test_a_kill_at_any_instant_loses_nothing_acknowledged(path: Path) -> None:
    with Project.create(path, goal="g") as project:
        project.add(reading())
    rng = random.Random(11)
    acknowledged: set[str] = set()
    kills = int(os.environ.get("CJM_KILLS", "6"))
    for _ in range(kills):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(len(acknowledged))],
            stdout=subprocess.PIPE,
            text=True,
        ) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline().strip()
            time.sleep(rng.uniform(0, 0.15))
            writer.send_signal(signal.SIGKILL)
            acknowledged |= {first, *writer.stdout.read().split("\n")[:-1]}
        with Project.open(path) as project:
            assert acknowledged <= set(project.frame("codings")["coding_id"])
            assert project.verify() == []
    assert len(acknowledged) >= kills


def test_bad_input_leaves_the_file_as_it_was(path: Path) -> None:
    with Project.create(path, goal="g") as project:
        project.add(reading())
    before = path.read_bytes()
    with Project.open(path) as again, pytest.raises(StoreError):
        again.add(reading(title="again"))
    assert path.read_bytes() == before
