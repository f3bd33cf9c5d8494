"""Others at work on the same project: what has changed, who may see it, what is done but once."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_store import TEXT, code_words, reading, snapshot, suggestion

from cjmresearch import Project, codebooks, report, schema
from cjmresearch.errors import SchemaError, StoreError

SOURCE = "source-беседа"


@pytest.fixture
def project(place: Path | str):
    with Project.create(place, goal="понять, где теряют доверие") as project:
        project.add(reading())
        yield project


def suggest(project: Project, *words: str, coder: str = "rules:touchpoints-1") -> list[str]:
    rows = [suggestion(w, coder=coder) for w in words]
    project.add_codings(schema.frame("codings", rows), coder=coder)
    return [row["coding_id"] for row in rows]


def shown(project: Project, coder: str) -> set[str]:
    return set(project.visible_codings(coder)["coding_id"])


def test_rows_are_those_of_the_frame_where_columns_have_the_values(project: Project) -> None:
    suggest(project, "сайте", "цен")
    codings = project.frame("codings")
    one = codings["coding_id"].iloc[0]
    assert [row["coding_id"] for row in project.rows("codings")] == list(codings["coding_id"])
    assert [row["quote"] for row in project.rows("codings", coding_id=one)] == [
        codings["quote"].iloc[0]
    ]
    assert project.rows("codings", source_id="none") == []
    with pytest.raises(StoreError, match="no table 'coding'"):
        project.rows("coding")
    with pytest.raises(StoreError, match="codings has no column 'source'"):
        project.rows("codings", source="x")


def test_what_another_erased_is_not_coded_from_memory(project: Project, place: Path | str) -> None:
    at = TEXT.index("цен нет")
    with Project.open(place) as other:
        (before,) = project.code_many([(SOURCE, at, at + 3)], "feelings:joy", coder="anna")
        assert project.rows("codings", coding_id=before)[0]["quote"] == "цен"
        speaker = other.rows("speakers", source_id=SOURCE, speaker="Павел")[0]
        other.forget(speaker["participant_id"])
    (after,) = project.code_many([(SOURCE, at, at + 7)], "feelings:joy", coder="anna")
    assert "цен" not in project.rows("codings", coding_id=after)[0]["quote"]
    assert project.verify() == []


def test_the_questions_of_the_study_are_kept_and_taken_back(project: Project) -> None:
    project.set_study_questions(["Где теряют\nдоверие?", "Why?"], coder="anna")
    page = report.build(project.study(), language="en")
    assert list(page["questions"]) == ["Где теряют доверие?", "Why?"]
    assert not project.blind
    with pytest.raises(StoreError, match="is empty"):
        project.set_study_questions([" "], coder="anna")
    assert project.undo("anna") == "study_questions"
    assert list(report.build(project.study(), language="en")["questions"]) == []


# -- what has changed -----------------------------------------------------------------------------


def test_changes_bring_a_copy_up_to_date(project: Project) -> None:
    copy = {n: {} for n in schema.BASE_TABLES if n != "events"}
    seq = 0
    rng = random.Random(5)
    for step in range(40):
        an_act(project, rng, step)
        if rng.random() < 0.5:
            seen = project.seq
            for change in project.changes(seq):
                key = tuple(change["row"][c] for c in schema.TABLES[change["table"]].key)
                if change["op"] == "put":
                    copy[change["table"]][key] = change["row"]
                else:
                    copy[change["table"]].pop(key, None)
                assert change["seq"] > seq
            seq = seen
            for name, rows in copy.items():
                frame = schema.frame(name, list(rows.values())) if rows else schema.empty(name)
                there = project.frame(name)
                key = list(schema.TABLES[name].key)
                pd.testing.assert_frame_equal(
                    frame.sort_values(key, ignore_index=True),
                    there.sort_values(key, ignore_index=True),
                )
    assert project.changes(project.seq) == []


def an_act(project: Project, rng: random.Random, step: int) -> None:
    codings = project.frame("codings")
    own = codings[codings["status"] == "human"]["coding_id"].tolist()
    acts = {
        "code": lambda: code_words(project, rng.choice(["цен", "мне", "звонили"])),
        "run": lambda: suggest(project, "сайте", coder=f"rules:{step}-1"),
        "edit": lambda: project.edit_turn(
            f"{SOURCE}-1", rng.choice(["Ну, на сайте 😀 цен нет.", "Ну, цен нет."]), coder="anna"
        ),
        "new": lambda: project.add_code(f"own:{step}", kind="pain", coder="anna"),
        "blind": lambda: project.set_blind(not project.blind, coder="anna"),
        "undo": lambda: project.undo("anna"),
        "redo": lambda: project.redo("anna"),
    }
    if own:
        acts["delete"] = lambda: project.delete_coding(rng.choice(own), coder="anna")
        acts["note"] = lambda: project.annotate(rng.choice(own), coder="anna", memo=str(step))
    try:
        acts[rng.choice(list(acts))]()
    except (StoreError, ValueError):  # a text without the words, an undo that others stand on
        return


def test_changes_say_which_event_and_only_what_is_asked_for(project: Project) -> None:
    seq = project.seq
    first = code_words(project, "цен нет")
    gone = code_words(project, "звонили")
    project.delete_coding(gone, coder="anna")
    project.add_code("own:wait", kind="pain", coder="anna")
    assert project.seq == seq + 4
    found = project.changes(seq, tables=["codings"])
    assert [(c["seq"], c["op"], c["row"]["coding_id"]) for c in found] == [
        (seq + 1, "put", first),
        (seq + 3, "delete", gone),
    ]
    assert found[0]["row"]["quote"] == "цен нет"
    assert [c["table"] for c in project.changes(seq + 3)] == ["codes"]


def test_an_erased_person_asks_to_read_everything_anew(project: Project) -> None:
    seq = project.seq
    project.forget("P01")
    assert [c["op"] for c in project.changes(seq)] == ["reload"]


# -- who may see it -------------------------------------------------------------------------------


def test_blind_mode_hides_the_work_of_others_and_nothing_else(
    project: Project, place: Path | str
) -> None:
    (machine,) = suggest(project, "сайте")
    seq = project.seq
    anna, boris = code_words(project, "цен нет"), code_words(project, "звонили", coder="boris")
    decision = project.decide(machine, coder="boris", accept=True)
    assert not project.blind
    assert shown(project, "anna") == {machine, anna, boris, decision}
    project.set_blind(True, coder="lead")
    assert project.blind
    assert shown(project, "anna") == {machine, anna}
    assert shown(project, "boris") == {machine, boris, decision}
    seen = [c["row"]["coding_id"] for c in project.changes(seq, coder="anna", tables=["codings"])]
    assert seen == [anna]
    assert len(project.changes(seq, tables=["codings"])) == 3
    assert len(project.study().codings) == 4
    assert project.verify() == []
    assert project.undo("lead") == "blind"
    assert not project.blind
    assert shown(project, "anna") == {machine, anna, boris, decision}
    with Project.open(place) as again:
        assert again.redo("lead") == "blind"
    assert project.blind
    assert project.verify() == []


# -- done but once --------------------------------------------------------------------------------


def test_a_coding_with_an_id_of_the_callers_is_made_once(project: Project) -> None:
    start = TEXT.index("цен нет")

    def send(coder: str = "anna", code: str = "feelings:joy") -> str:
        return project.code(SOURCE, start, start + 7, code, coder=coder, coding_id="own-id")

    assert send() == "own-id"
    seq = project.seq
    assert send() == "own-id"
    project.recode("own-id", "feelings:doubt", coder="anna")
    assert send() == "own-id"
    assert project.seq == seq + 1
    assert project.frame("codings")["code_id"].tolist() == [codebooks.code_id("feelings:doubt")]
    project.delete_coding("own-id", coder="anna")
    assert send() == "own-id"
    assert project.frame("codings").empty
    project.undo("anna")
    with pytest.raises(StoreError, match="is anna's"):
        send(coder="boris")
    assert project.verify() == []


def test_any_act_that_is_sent_twice_is_done_once(project: Project, place: Path | str) -> None:
    code_words(project, "цен нет")
    code_words(project, "звонили")
    assert project.once("act-1", lambda: project.undo("anna")) == "code"
    assert project.once("act-1", lambda: project.undo("anna")) is None
    assert len(project.frame("codings")) == 1
    with Project.open(place) as again:
        assert again.once("act-1", lambda: again.undo("anna")) is None
        assert again.once("act-2", lambda: again.redo("anna")) == "code"
    assert len(project.frame("codings")) == 2
    with pytest.raises(StoreError, match="nothing has the id"):
        project.once("act-3", lambda: project.delete_coding("none", coder="anna"))
    assert project.once("act-3", lambda: code_words(project, "А мне")) is not None
    clients = project.frame("events")["client"]
    assert clients.dropna().tolist() == ["act-1", "act-2", "act-3"]
    code_words(project, "Ну")
    assert pd.isna(project.frame("events")["client"].iloc[-1])


# -- what can be taken back -----------------------------------------------------------------------


def test_history_names_what_undo_and_redo_would_take(project: Project, place: Path | str) -> None:
    assert project.history("anna") == (None, None)
    coding = code_words(project, "цен нет")
    project.annotate(coding, coder="anna", memo="!")
    assert project.history("anna") == ("annotate", None)
    assert project.history("import") == ("add", None)
    project.undo("anna")
    assert project.history("anna") == ("code", "annotate")
    project.undo("anna")
    with Project.open(place) as again:
        assert again.history("anna") == (None, "code")
        again.redo("anna")
    assert project.history("anna") == ("code", "annotate")
    code_words(project, "звонили")
    assert project.history("anna") == ("code", None)


# -- suggestions decided --------------------------------------------------------------------------


def test_decisions_say_what_the_help_was_worth(project: Project) -> None:
    first, second = suggest(project, "сайте", "звонили, звонили")
    (third,) = suggest(project, "мне", coder="model:own-1")
    project.decide(first, coder="anna", accept=True, seconds=1.5)
    project.decide(second, coder="anna", accept=True, code="touchpoints:portal", seconds=4)
    project.decide(second, coder="boris", accept=False)
    decisions = project.decisions()
    assert decisions["suggestion_id"].tolist() == [first, second, second]
    assert decisions["given"].tolist()[:2] == ["touchpoints:website", "touchpoints:portal"]
    assert decisions["seconds"].fillna(-1).tolist() == [1.5, 4, -1]
    assert decisions["run"].notna().all()
    rate = project.acceptance().set_index("tagger")
    counts = ["suggested", "decided", "accepted", "as_other", "rejected"]
    assert rate.loc["rules:touchpoints-1", counts].tolist() == [2, 3, 1, 1, 1]
    assert rate.loc["rules:touchpoints-1", "rate"] == pytest.approx(1 / 3)
    assert rate.loc["model:own-1", counts].tolist() == [1, 0, 0, 0, 0]
    assert pd.isna(rate.loc["model:own-1", "rate"])
    project.undo("boris")
    project.undo("anna")
    assert project.decisions()["status"].tolist() == ["accepted"]
    project.redo("anna")
    assert project.decisions()["seconds"].tolist() == [1.5, 4]
    with pytest.raises(StoreError, match="seconds"):
        project.decide(third, coder="anna", accept=True, seconds=-1)


# -- splitting a code -----------------------------------------------------------------------------


def test_a_code_is_split_in_one_act(project: Project) -> None:
    project.add_code("own:wait", kind="pain", coder="anna", colour="#112233", valence=-0.5)
    stays, goes = (
        code_words(project, "цен нет", "own:wait"),
        code_words(project, "А мне", "own:wait"),
    )
    other = code_words(project, "Ну", "feelings:joy")
    (machine,) = suggest(project, "сайте")
    before = snapshot(project)
    project.split_code("own:wait", "own:queue", coding_ids=[goes], coder="anna", name_ru="Очередь")
    codes = project.frame("codes").set_index("slug")
    assert codes.loc["own:queue", ["kind", "name_ru", "colour", "valence"]].tolist() == [
        "pain", "Очередь", "#112233", -0.5
    ]  # fmt: skip
    codings = project.frame("codings").set_index("coding_id")["code_id"]
    assert codings[goes] == codes.loc["own:queue", "code_id"]
    assert codings[stays] == codes.loc["own:wait", "code_id"]
    assert project.verify() == []
    for ids, problem in (([other], "another code"), ([], "none"), ([machine], "decide it")):
        with pytest.raises(StoreError, match=problem):
            project.split_code("own:wait", "own:third", coding_ids=ids, coder="anna")
    with pytest.raises(StoreError, match="already"):
        project.split_code("own:wait", "own:queue", coding_ids=[stays], coder="anna")
    assert project.undo("anna") == "split_code"
    assert snapshot(project) == before
    project.redo("anna")
    assert project.verify() == []


# -- one row without a frame ----------------------------------------------------------------------

_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 5), st.floats(-2, 4), st.text(max_size=3),
    st.just(float("inf")),
    st.sampled_from(["human", "suggested", "2026-01-01T00:00:00+00:00", float("nan")]),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(schema.TABLES["codings"].names), _VALUES, max_size=4))
def test_a_row_is_held_to_what_a_frame_is_held_to(changed: dict) -> None:
    start = {
        "coding_id": "c1", "source_id": "s1", "start": 0, "end": 4, "quote": "цена",
        "code_id": "k1", "coder": "anna", "status": "human",
        "created_at": "2026-01-01T00:00:00.000000+00:00",
    }  # fmt: skip
    given_row = start | changed
    try:
        row = schema.row("codings", given_row)
    except SchemaError:
        return
    frame = schema.frame("codings", [given_row])
    again = schema.frame("codings", [row])
    pd.testing.assert_frame_equal(frame, again)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"intensity": 9}, "intensity is 9, above 3"),
        ({"valence": -3}, "valence is -3.0, below -1"),
        ({"status": "liked"}, "allowed: human"),
        ({"start": 5}, "before its start"),
        ({"start": 1.5}, "not int64"),
        ({"quote": None}, "quote is missing"),
        ({"colour": "red"}, "unknown column 'colour'"),
        ({"created_at": "yesterday"}, "created_at"),
    ],
)
def test_what_a_frame_refuses_a_row_refuses(changed: dict, problem: str) -> None:
    row = {
        "coding_id": "c1", "source_id": "s1", "start": 0, "end": 4, "quote": "цена",
        "code_id": "k1", "coder": "anna", "status": "human", "created_at": "2026-01-01T00:00:00",
    }  # fmt: skip
    assert schema.row("codings", row)["created_at"] == "2026-01-01T00:00:00.000000+00:00"
    with pytest.raises(SchemaError, match=problem):
        schema.row("codings", row | changed)
    if changed != {"start": 1.5}:  # a frame cuts it off
        with pytest.raises(SchemaError):
            schema.frame("codings", [row | changed])
