"""Fields of cards in the project: acts, undo, owners who go, erasing, pseudonyms, the log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from test_store import TEXT, code_words, reading

from cjmresearch import Project, export, personas, privacy, schema
from cjmresearch.errors import StoreError


@pytest.fixture
def project(tmp_path: Path):
    yield from made(tmp_path / "study.cjm")


@pytest.fixture
def anywhere(place: Path | str):
    """A project in a file, and one in PostgreSQL."""
    yield from made(place)


def made(place: Path | str):
    with Project.create(place, goal="понять, где теряют доверие") as project:
        project.add(reading())
        ids = project.frame("speakers")["participant_id"].dropna().tolist()
        project.save_personas(*personas.by_hand(project.study(), {"Охотник": ids}))
        yield project


def persona(project: Project) -> str:
    return str(project.frame("personas")["persona_id"].iloc[0])


def person(project: Project, label: str) -> str:
    speakers = project.frame("speakers").set_index("speaker")["participant_id"]
    return str(speakers[label])


def fields(project: Project) -> dict[str, tuple[str, object]]:
    rows = project.frame("fields").to_dict("records")
    return {row["field"]: (row["value"], row["source"]) for row in rows}


def test_a_field_is_set_changed_cleared_and_taken_back(anywhere: Project) -> None:
    project = anywhere
    empty = project.hash()
    owner = persona(project)
    project.set_field(owner, "motives", " Тишина ночью ", coder="anna")
    project.set_field(owner, "motives", "Тишина", coder="anna", source="CRM", wave="1")
    assert fields(project) == {"motives": ("Тишина", "CRM")}
    assert project.frame("fields")["wave"].tolist() == ["1"]
    full = project.hash()
    assert project.undo("anna") == "field"
    assert fields(project)["motives"][0] == "Тишина ночью"
    assert project.frame("fields")["source"].isna().all()
    assert project.undo("anna") == "field"
    assert project.frame("fields").empty
    assert project.hash() == empty
    assert project.redo("anna") == "field"
    assert project.redo("anna") == "field"
    assert project.hash() == full
    project.clear_field(owner, "motives", coder="anna")
    assert project.frame("fields").empty
    assert project.undo("anna") == "field_clear"
    assert project.hash() == full
    assert project.verify() == []


def test_the_same_words_again_are_no_act(project: Project) -> None:
    project.set_field(persona(project), "motives", "Тишина", coder="anna")
    events = len(project.frame("events"))
    project.set_field(persona(project), "motives", "Тишина", coder="anna")
    assert len(project.frame("events")) == events


def test_an_act_sent_twice_is_one(project: Project) -> None:
    owner = persona(project)
    for value in ("один", "два"):
        project.once("act-1", lambda v=value: project.set_field(owner, "a", v, coder="anna"))
    assert project.frame("fields")["value"].tolist() == ["один"]


def test_what_is_wrong_is_refused_in_a_line(project: Project) -> None:
    with pytest.raises(StoreError, match="no persona, participant or firm 'x' in the project"):
        project.set_field("x", "motives", "Тишина", coder="anna")
    with pytest.raises(StoreError, match="needs a value; clear_field empties one"):
        project.set_field(persona(project), "motives", "  ", coder="anna")
    with pytest.raises(
        StoreError, match=r"no field 'motives' is filled in for .*; filled in: none"
    ):
        project.clear_field(persona(project), "motives", coder="anna")
    rows = [
        {"owner_id": persona(project), "field": "a", "value": "1"},
        {"owner_id": "stranger", "field": "a", "value": "1"},
    ]
    with pytest.raises(StoreError, match="'stranger'"):
        project.set_fields(rows)
    assert project.frame("fields").empty


def test_many_fields_are_one_act(project: Project) -> None:
    owner = persona(project)
    project.set_field(owner, "a", "старое", coder="anna")
    rows = [{"owner_id": owner, "field": f, "value": f, "source": "CRM"} for f in ("a", "b")]
    assert project.set_fields(rows, coder="anna") == 2
    assert project.set_fields(rows, coder="anna") == 0
    assert fields(project) == {"a": ("a", "CRM"), "b": ("b", "CRM")}
    project.undo("anna")
    assert project.frame("fields")["value"].tolist() == ["старое"]


def test_fields_go_with_their_persona_and_come_back(project: Project) -> None:
    project.set_field(persona(project), "motives", "Тишина", coder="anna")
    before = project.hash()
    other = personas.by_hand(project.study(), {"Другой": [person(project, "Павел")]})
    project.save_personas(*other, coder="boris")
    assert project.frame("fields").empty
    assert project.verify() == []
    with pytest.raises(StoreError, match="can't be taken back"):
        project.undo("anna")
    project.undo("boris")
    assert project.hash() == before


def test_fields_stay_where_their_persona_is_saved_again(project: Project) -> None:
    project.set_field(persona(project), "motives", "Тишина", coder="anna")
    study = project.study()
    project.save_personas(study.personas, study.memberships, coder="boris")
    assert fields(project)["motives"][0] == "Тишина"


def test_a_persona_with_a_filled_in_card_is_not_undone_away(project: Project) -> None:
    project.set_field(persona(project), "motives", "Тишина", coder="anna")
    with pytest.raises(StoreError, match=r"1 fields of its card are filled in; clear them first"):
        project.undo("import")
    assert fields(project)["motives"][0] == "Тишина"


def test_verify_finds_a_field_that_was_changed_outside(tmp_path: Path) -> None:
    path = tmp_path / "study.cjm"
    with Project.create(path, goal="g") as project:
        project.add(reading())
        owner = person(project, "Павел")
        project.set_field(owner, "city", "Омск", coder="anna")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("update fields set value = 'Томск'")
        file.execute("insert into fields values ('nobody', 'city', 'x', null, null)")
    with Project.open(path) as project:
        found = "\n".join(project.verify())
    assert "'city' belongs to 'nobody', who is not in the project" in found
    assert "was changed outside (value)" in found


def test_erasing_a_person_erases_the_card_and_what_quotes_them(anywhere: Project) -> None:
    project = anywhere
    pavel, olga = person(project, "Павел"), person(project, "Ольга")
    coding = code_words(project, "цен нет")
    project.add_participants(
        schema.frame(
            "participants",
            [
                {"participant_id": pavel, "pseudonym": "П", "org_id": "F1", "traits": "{}"},
                {"participant_id": olga, "pseudonym": "О", "org_id": "F2", "traits": "{}"},
            ],
        )
    )
    project.set_field(pavel, "city", "Крыжополь", coder="anna")
    project.set_field("F1", "industry", "Свечной заводик", coder="anna")
    project.set_field("F2", "industry", "Склад", coder="anna")
    project.set_field(persona(project), "problems", "Цен-то нет", coder="anna", source=coding)
    project.set_field(persona(project), "questions", "А ночью?", coder="anna", source=coding)
    project.set_field(persona(project), "questions", "Кто ответит?", coder="anna", source="CRM")
    project.set_field(persona(project), "motives", "Тишина", coder="anna")
    project.forget(pavel)
    left = project.frame("fields").set_index("field")["value"].to_dict()
    assert left == {"industry": "Склад", "motives": "Тишина"}
    log = "\n".join(project.frame("events")["payload"])
    for words in ("Крыжополь", "Свечной", "Цен-то", "А ночью"):
        assert words not in log
    assert "Тишина" in log
    assert project.verify() == []


def test_pseudonyms_reach_the_cards_and_the_key_leads_back(tmp_path: Path) -> None:
    text = "Интервьюер: Кто вы?\nПавел Сидоров: Меня зовут Павел Сидоров, я из Омска, звоните."
    with Project.create(tmp_path / "a.cjm", goal="понять") as project:
        project.add(reading(text, people=("Павел Сидоров",)))
        people = schema.frame(
            "participants",
            [{"participant_id": "Иван Кузнецов", "pseudonym": "Иван", "traits": "{}"}],
        )
        project.add_participants(people)
        owner = person(project, "Павел Сидоров")
        project.set_field(owner, "phone", "9161234567", coder="anna", source="CRM")
        project.set_field(owner, "note", "Звонил Павел Сидоров", coder="anna")
        project.set_field(owner, "referred_by", "Иван Кузнецов", coder="anna")
        project.set_field("Иван Кузнецов", "note", "друг", coder="anna")
        ids = project.frame("participants")["participant_id"].tolist()
        project.save_personas(*personas.by_hand(project.study(), {"Все": ids}))
        project.set_field(persona(project), "name", "Смелый", coder="anna")
        before = project.hash()
        key = tmp_path / "key.json"
        with privacy.pseudonymise(project, tmp_path / "b.cjm", key_path=key) as hidden:
            assert hidden.verify() == []
            table = hidden.frame("fields").set_index(["owner_id", "field"])["value"]
            assert table[owner, "phone"] == "[скрыто]"
            assert "Сидоров" not in table[owner, "note"]
            friend = table[owner, "referred_by"]
            assert friend != "Иван Кузнецов"
            assert table[friend, "note"] == "друг"
            assert friend in set(hidden.frame("participants")["participant_id"])
            assert table[persona(hidden), "name"] == "Смелый"
            assert privacy.scan(tmp_path / "b.cjm", key).empty
            with privacy.restore(hidden, key, tmp_path / "c.cjm") as back:
                assert back.hash() == before


def test_a_project_without_cards_has_the_hash_of_earlier_releases(tmp_path: Path) -> None:
    with Project.create(tmp_path / "a.cjm", goal="g") as project:
        project.add(reading())
        owner = person(project, "Павел")
        before = project.hash()
        project.set_field(owner, "city", "Омск", coder="anna")
        assert project.hash() != before
    dump = Path(__file__).parent / "data" / "projects" / "third.sql"
    path = tmp_path / "third.cjm"
    with closing(sqlite3.connect(path)) as file:
        file.executescript(dump.read_text(encoding="utf-8"))
    with Project.open(path) as old:
        assert old.hash() == THIRD  # computed by the release that wrote the dump
        assert old.frame("fields").empty
        old.set_field("hunter", "motives", "Тишина", coder="anna")
        assert old.verify() == []


THIRD = "03e1dbeb61b29577da41da6b28cb0cc90220f037d9b253c6a807d0bc563926e4"


def test_a_study_carries_its_fields(project: Project) -> None:
    project.set_field(persona(project), "motives", "Тишина\nПорядок", coder="anna", source="CRM")
    entries = personas.written(project.study(), persona(project))
    assert entries["value"].tolist() == ["Тишина", "Порядок"]
    assert set(entries["source"]) == {"CRM"}
    assert TEXT in project.study().current_texts.tolist()


def test_the_workbook_has_what_is_written_but_nothing_personal(project: Project) -> None:
    assert "cards" not in export.tables(project.study())
    project.set_field(person(project, "Павел"), "phone", "9161234567", coder="anna")
    project.set_field(person(project, "Павел"), "city", "Омск", coder="anna", source="CRM")
    project.set_field(persona(project), "name", "Смелый", coder="anna")
    sheet = export.tables(project.study())["cards"]
    assert sheet[["owner", "field", "value"]].to_numpy().tolist() == [
        ["P01", "city", "Омск"],
        ["Охотник", "name", "Смелый"],
    ]
