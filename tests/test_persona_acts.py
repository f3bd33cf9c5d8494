"""Personas made, moved, merged and split by hand: acts with events, undo and redo."""

from __future__ import annotations

import random
import uuid
from pathlib import Path

import pandas as pd
import pytest

from cjmresearch import Project, schema
from cjmresearch.errors import StoreError

PEOPLE = tuple("abcdefgh")


@pytest.fixture
def project(place: Path | str):
    with Project.create(place, goal="Who are they?") as made:
        made.add_participants(pd.DataFrame({"participant_id": list(PEOPLE)}))
        yield made


def personas(project: Project) -> dict[str, dict[str, float]]:
    """Members with their probabilities, by the name of the persona."""
    study = project.study()
    return {
        row.name: {
            m.participant_id: m.probability
            for m in study.memberships.itertuples()
            if m.persona_id == row.persona_id
        }
        for row in study.personas.itertuples(index=False)
    }


def origins(project: Project) -> dict[str, str]:
    frame = project.frame("personas")
    return dict(zip(frame["name"], frame["origin"], strict=True))


def found() -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a search gives: two personas, memberships that add up to 1."""
    groups = schema.frame(
        "personas",
        [
            {"persona_id": "f1", "name": "Found 1", "origin": "cluster"},
            {"persona_id": "f2", "name": "Found 2", "origin": "cluster"},
        ],
    )
    surely = {"a": 0.9, "b": 0.75, "c": 0.2}
    rows = [
        {"persona_id": id_, "participant_id": person, "probability": p}
        for person, first in surely.items()
        for id_, p in (("f1", first), ("f2", round(1 - first, 2)))
    ]
    return groups, schema.frame("memberships", rows)


def test_a_persona_is_there_taken_back_and_there_again(project: Project) -> None:
    before = project.hash()
    id_ = project.add_persona("  The\nEngineers ", coder="anna", members=["a", "b", "a"])
    assert personas(project) == {"The Engineers": {"a": 1.0, "b": 1.0}}
    project.rename_persona(id_, "Engineers", coder="anna")
    assert list(personas(project)) == ["Engineers"]
    after = project.hash()
    assert [project.undo("anna"), project.undo("anna")] == ["persona_name", "persona"]
    assert project.hash() == before
    assert [project.redo("anna"), project.redo("anna")] == ["persona", "persona_name"]
    assert project.hash() == after
    assert project.verify() == []


def test_acts_survive_a_restart(place: Path | str) -> None:
    with Project.create(place, goal="g") as made:
        made.add_participants(pd.DataFrame({"participant_id": ["a"]}))
        id_ = made.add_persona("One", coder="anna")
        made.move_person("a", id_, coder="anna")
        state = made.hash()
    with Project.open(place) as again:
        assert again.hash() == state
        assert again.undo("anna") == "person"
        assert personas(again) == {"One": {}}


def test_a_person_is_moved_put_in_a_second_persona_and_taken_out(project: Project) -> None:
    one = project.add_persona("One", coder="anna", members=["a", "b"])
    two = project.add_persona("Two", coder="anna", members=["c"])
    three = project.add_persona("Three", coder="anna", members=["a"])
    project.move_person("a", two, coder="anna", from_persona=one, probability=0.7)
    assert personas(project) == {"One": {"b": 1}, "Two": {"c": 1, "a": 0.7}, "Three": {"a": 1}}
    project.move_person("a", two, coder="anna")
    assert personas(project) == {"One": {"b": 1}, "Two": {"c": 1, "a": 1}, "Three": {}}
    project.move_person("a", three, coder="anna", from_persona=two)
    project.move_person("c", None, coder="anna")
    project.move_person("b", None, coder="anna", from_persona=one)
    assert personas(project) == {"One": {}, "Two": {}, "Three": {"a": 1}}
    for _ in range(5):
        assert project.undo("anna") == "person"
    assert personas(project) == {"One": {"a": 1, "b": 1}, "Two": {"c": 1}, "Three": {"a": 1}}


def test_a_move_that_changes_nothing_is_no_act(project: Project) -> None:
    one = project.add_persona("One", coder="anna", members=["a"], origin="trait")
    seq = project.seq
    project.move_person("a", one, coder="anna")
    project.move_person("b", None, coder="anna")
    assert project.seq == seq
    assert origins(project) == {"One": "trait"}


def test_a_decision_ends_the_guesses_and_the_persona_is_by_hand(project: Project) -> None:
    assert project.adopt_personas(*found(), coder="anna") == ["f1", "f2"]
    project.rename_persona("f1", "Careful", coder="anna")
    assert origins(project) == {"Careful": "cluster", "Found 2": "cluster"}
    project.move_person("b", "f2", coder="anna", from_persona="f1")
    project.move_person("c", None, coder="anna", from_persona="f2")
    assert personas(project) == {"Careful": {"a": 0.9}, "Found 2": {"a": 0.1, "b": 1.0}}
    assert set(origins(project).values()) == {"manual"}
    assert [project.undo("anna"), project.undo("anna")] == ["person", "person"]
    assert set(origins(project).values()) == {"cluster"}
    assert personas(project)["Careful"] == {"a": 0.9, "b": 0.75, "c": 0.2}


def test_merging_keeps_the_first_id_and_adds_the_probabilities(project: Project) -> None:
    project.adopt_personas(*found(), coder="anna")
    other = project.add_persona("Other", coder="anna", members=["a", "h"])
    before = project.hash()
    assert project.merge_personas(["f2", "f1", other], coder="anna", name="Found 1") == "f2"
    assert personas(project) == {"Found 1": {"a": 1.0, "b": 1.0, "c": 1.0, "h": 1.0}}
    assert project.frame("personas")["persona_id"].tolist() == ["f2"]
    assert origins(project) == {"Found 1": "manual"}
    assert project.undo("anna") == "persona_merge"
    assert project.hash() == before
    assert project.verify() == []


def test_splitting_takes_some_and_leaves_some(project: Project) -> None:
    project.adopt_personas(*found(), coder="anna")
    new = project.split_persona("f1", ["b"], coder="anna", name="Sceptics")
    assert personas(project)["Sceptics"] == {"b": 0.75}
    assert personas(project)["Found 1"] == {"a": 0.9, "c": 0.2}
    assert origins(project) == {"Found 1": "manual", "Found 2": "cluster", "Sceptics": "manual"}
    for members, message in (
        (["a", "c"], "'Found 1': 2 of 2 would go; some go, some stay"),
        ([], "0 of 2 would go"),
        (["b"], "participant 'b' isn't in 'Found 1'"),
    ):
        with pytest.raises(StoreError, match=message):
            project.split_persona("f1", members, coder="anna", name="x")
    project.delete_persona(new, coder="anna")
    assert project.undo("anna") == "persona_delete"
    assert personas(project)["Sceptics"] == {"b": 0.75}


def test_wrong_acts_are_refused_in_a_line_and_change_nothing(project: Project) -> None:
    one = project.add_persona("One", coder="anna", members=["a"])
    two = project.add_persona("Two", coder="anna")
    before, seq = project.hash(), project.seq
    groups, memberships = found()
    stray = memberships.replace({"persona_id": {"f2": "elsewhere"}})
    unknown = memberships.assign(participant_id=[f"x{i}" for i in range(len(memberships))])
    for act, message in (
        (lambda: project.add_persona(" ", coder="anna"), "needs a name"),
        (lambda: project.add_persona("one", coder="anna"), "a persona 'one' already"),
        (lambda: project.add_persona("x", coder="anna", origin="guess"), "choose one of manual"),
        (lambda: project.add_persona("x", coder="anna", members=["z"]), "no participant 'z'"),
        (lambda: project.rename_persona(one, "TWO", coder="anna"), "'TWO' already"),
        (lambda: project.rename_persona("gone", "x", coder="anna"), "it has One "),
        (lambda: project.delete_persona("gone", coder="anna"), "no persona 'gone'"),
        (lambda: project.move_person("z", one, coder="anna"), "no participant 'z'"),
        (lambda: project.move_person("a", "gone", coder="anna"), "no persona 'gone'"),
        (lambda: project.move_person("a", one, coder="anna", from_persona=two), "isn't in 'Two'"),
        (lambda: project.move_person("a", one, coder="anna", probability=0), "above 0"),
        (lambda: project.move_person("a", one, coder="anna", probability=1.1), "at most 1"),
        (lambda: project.move_person("a", one, coder="anna", probability=float("nan")), "above 0"),
        (lambda: project.merge_personas([one, one], coder="anna", name="x"), "two personas"),
        (lambda: project.merge_personas([one, "gone"], coder="anna", name="x"), "no persona"),
        (
            lambda: project.adopt_personas(groups.assign(name="One"), memberships, coder="anna"),
            "'One' already",
        ),
        (
            lambda: project.adopt_personas(groups.assign(name="Same"), memberships, coder="anna"),
            "'Same' already",
        ),
        (
            lambda: project.adopt_personas(
                groups.assign(persona_id=[one, two]), memberships, coder="anna"
            ),
            "is in the project already",
        ),
        (lambda: project.adopt_personas(groups, stray, coder="anna"), "no persona among these"),
        (lambda: project.adopt_personas(groups, unknown, coder="anna"), "no participant 'x0'"),
    ):
        with pytest.raises(StoreError, match=message) as caught:
            act()
        assert "\n" not in str(caught.value)
    assert (project.hash(), project.seq) == (before, seq)


def test_an_act_sent_twice_is_done_once_also_after_it_was_taken_back(project: Project) -> None:
    one, client = project.add_persona("One", coder="anna"), str(uuid.uuid4())
    act = lambda: project.move_person("a", one, coder="anna")  # noqa: E731
    project.once(client, act)
    seq = project.seq
    project.once(client, act)
    assert project.seq == seq
    project.undo("anna")
    project.once(client, act)
    assert personas(project) == {"One": {}}


def test_nobody_takes_a_persona_from_under_the_work_of_another(project: Project) -> None:
    one = project.add_persona("One", coder="anna", members=["a"])
    project.move_person("b", one, coder="boris")
    with pytest.raises(StoreError, match="can't be taken back"):
        project.undo("anna")
    project.undo("boris")
    assert project.undo("anna") == "persona"
    assert project.verify() == []


def test_an_erased_person_leaves_personas_and_their_events(project: Project) -> None:
    one = project.add_persona("One", coder="anna", members=["a", "b"])
    project.move_person("a", one, coder="anna", probability=0.6)
    project.split_persona(one, ["a"], coder="anna", name="Two")
    project.forget("a")
    assert personas(project) == {"One": {"b": 1.0}, "Two": {}}
    assert not project.frame("events")["payload"].str.contains('"participant_id": "a"').any()
    assert project.verify() == []


def random_act(project: Project, chance: random.Random, number: int) -> None:
    """Do one act that the state allows."""
    there = personas(project)
    ids = dict(zip(there, project.frame("personas")["persona_id"], strict=True))
    names = list(there)
    kinds = ["add", "move", "move", "out", "rename", "delete", "merge", "split", "adopt"]
    kind = chance.choice(kinds) if names else "add"
    name = f"P{number}"
    if kind == "merge" and len(names) > 1:
        some = chance.sample(names, chance.randint(2, min(3, len(names))))
        project.merge_personas([ids[n] for n in some], coder="anna", name=name)
        return
    chosen = chance.choice(names) if names else ""
    members = list(there.get(chosen, ()))
    if kind == "move":
        sure = chance.choice([0.3, 0.5, 1.0])
        project.move_person(chance.choice(PEOPLE), ids[chosen], coder="anna", probability=sure)
    elif kind == "out" and members:
        person = chance.choice(members)
        project.move_person(person, None, coder="anna", from_persona=ids[chosen])
    elif kind == "rename":
        project.rename_persona(ids[chosen], name, coder="anna")
    elif kind == "delete":
        project.delete_persona(ids[chosen], coder="anna")
    elif kind == "split" and len(members) > 1:
        some = chance.sample(members, chance.randint(1, len(members) - 1))
        project.split_persona(ids[chosen], some, coder="anna", name=name)
    elif kind == "adopt" and not {"f1", "f2"} & set(ids.values()):
        groups, memberships = found()
        groups["name"] = [f"{name}-1", f"{name}-2"]
        project.adopt_personas(groups, memberships, coder="anna")
    else:
        some = chance.sample(PEOPLE, chance.randint(0, 4))
        project.add_persona(name, coder="anna", members=some)


@pytest.mark.parametrize("seed", range(3))
def test_random_acts_undone_and_redone_end_where_they_were(project: Project, seed: int) -> None:
    chance = random.Random(seed)
    states = [project.hash()]
    for number in range(16):
        random_act(project, chance, number)
        if project.hash() != states[-1]:
            states.append(project.hash())
    assert project.verify() == []
    assert len(states) > 8
    for state in reversed(states[:-1]):
        assert project.undo("anna")
        assert project.hash() == state
    project.undo("anna")
    for state in states[1:]:
        assert project.redo("anna")
        assert project.hash() == state
    assert project.redo("anna") is None
    assert project.verify() == []
