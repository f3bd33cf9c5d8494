"""Items and links of a map: acts with events and undo."""

from __future__ import annotations

import pandas as pd
import pytest

from cjmresearch import Project, journey, read, schema
from cjmresearch.errors import StoreError

TALK = "I: How was it?\nA: The reply took a week. I was angry.\nB: We waited, too.\n"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    talk = read.transcript(tmp_path / "talk.txt", participants={"A": "a", "B": "b"})
    with Project.create(tmp_path / "p.cjm", goal="Find the pain") as made:
        made.add(talk)
        yield made


def coded(project: Project, words: str, code: str, coder: str = "anna") -> str:
    source = project.frame("sources")["source_id"].iloc[0]
    text = project.study().current_texts[source]
    start = text.index(words)
    return project.code(source, start, start + len(words), code, coder=coder)


def items(project: Project) -> list[tuple]:
    frame = project.frame("items")
    return list(frame[["stage", "layer", "text"]].itertuples(index=False, name=None))


def test_an_item_is_there_taken_back_and_there_again(project):
    item = project.add_item("b2b8:search", "opportunities", "Answer within an hour", coder="anna")
    assert items(project) == [("b2b8:search", "opportunities", "Answer within an hour")]
    project.change_item(item, coder="anna", owner="Sales", status="planned")
    row = project.frame("items").iloc[0]
    assert (row["owner"], row["status"], row["map_type"]) == ("Sales", "planned", "current")
    assert project.undo("anna") == "item_change"
    assert project.frame("items")["owner"].isna().all()
    assert project.undo("anna") == "item"
    assert items(project) == []
    assert [project.redo("anna"), project.redo("anna")] == ["item", "item_change"]
    assert project.frame("items").iloc[0]["owner"] == "Sales"
    assert project.verify() == []


def test_links_go_along_when_codes_are_merged(project):
    project.add_code("own:wait", kind="pain", coder="anna")
    idea = project.add_item("b2b8:search", "opportunities", "Answer sooner", coder="anna")
    other = project.add_item("b2b8:search", "opportunities", "Say when", coder="anna")
    gone = coded(project, "The reply took a week", "own:wait")
    kept = coded(project, "The reply took a week", "barriers:slow_reply")
    moved = coded(project, "We waited", "own:wait")
    project.link("own:wait", "removed_by", idea, coder="anna")
    project.link("barriers:slow_reply", "removed_by", idea, coder="anna")  # so already
    project.link("own:wait", "removed_by", other, coder="anna")
    for coding in (gone, kept, moved):
        project.link(idea, "rests_on", coding, coder="anna")
    before = {name: project.frame(name) for name in ("links", "codings", "codes")}
    assert project.merge_codes("own:wait", "barriers:slow_reply", coder="anna") == 2
    slugs = project.frame("codes").set_index("code_id")["slug"].to_dict()
    links = project.frame("links")
    ends = links[["from_id", "relation", "to_id"]].replace(slugs)
    assert sorted(ends.itertuples(index=False, name=None)) == sorted(
        [
            ("barriers:slow_reply", "removed_by", idea),
            ("barriers:slow_reply", "removed_by", other),
            (idea, "rests_on", kept),
            (idea, "rests_on", moved),
        ]
    )
    assert journey.orphans(project.study()).query("what == 'barrier'").empty
    assert project.verify() == []
    assert project.undo("anna") == "merge"
    for name, frame in before.items():
        key = schema.TABLES[name].key[0]
        now = project.frame(name).sort_values(key, ignore_index=True)
        pd.testing.assert_frame_equal(now, frame.sort_values(key, ignore_index=True))
    assert project.redo("anna") == "merge"
    assert len(project.frame("links")) == 4
    assert project.verify() == []


def test_items_go_along_when_stages_are_merged(project):
    item = project.add_item("b2b8:search", "opportunities", "Answer sooner", coder="anna")
    project.merge_codes("b2b8:search", "b2b8:evaluation", coder="anna")
    stages = project.frame("items").set_index("item_id")["stage"]
    assert stages[item] == "b2b8:evaluation"
    assert project.undo("anna") == "merge"
    assert project.frame("items")["stage"].tolist() == ["b2b8:search"]
    assert project.verify() == []


def test_an_item_goes_with_its_links_and_comes_back_with_them(project):
    idea = project.add_item("b2b8:search", "opportunities", "Answer sooner", coder="anna")
    project.link("barriers:slow_reply", "removed_by", idea, coder="anna")
    coding = coded(project, "The reply took a week", "barriers:slow_reply")
    project.link(idea, "rests_on", coding, coder="anna")
    project.delete_item(idea, coder="anna")
    assert len(project.frame("links")) == len(project.frame("items")) == 0
    assert project.undo("anna") == "item_delete"
    assert set(project.frame("links")["relation"]) == {"removed_by", "rests_on"}
    assert project.verify() == []


def test_the_whole_chain_from_barrier_to_wave_can_be_linked(project):
    idea = project.add_item("b2b8:search", "opportunities", "Answer sooner", coder="anna")
    task = project.add_item("b2b8:search", "tasks", "Duty rota", coder="anna", owner="Oleg")
    metric = project.add_item("b2b8:search", "metrics", "Mood of the search", coder="anna")
    first = project.link("barriers:slow_reply", "removed_by", idea, coder="anna")
    assert project.link("barriers:slow_reply", "removed_by", idea, coder="boris") == first
    project.link(idea, "done_by", task, coder="anna")
    project.link(task, "measured_by", metric, coder="anna")
    project.link(metric, "read_from", "b2b8:search", coder="anna")
    project.link(metric, "before", "spring", coder="anna")
    after = project.link(metric, "after", "autumn", coder="anna")
    assert len(project.frame("links")) == 6
    project.unlink(after, coder="anna")
    assert len(project.frame("links")) == 5
    assert project.undo("anna") == "unlink"
    assert len(project.frame("links")) == 6


def test_nobody_can_take_an_item_from_under_a_link(project):
    idea = project.add_item("b2b8:search", "opportunities", "Answer sooner", coder="anna")
    link = project.link("barriers:slow_reply", "removed_by", idea, coder="boris")
    with pytest.raises(StoreError, match="can't be taken back: 1 links of a map still refer"):
        project.undo("anna")
    with pytest.raises(StoreError, match="1 links of a map still refer to it; unlink them first"):
        project.delete_code("barriers:slow_reply", coder="anna")
    project.unlink(link, coder="boris")
    assert project.undo("anna") == "item"
    project.delete_code("barriers:slow_reply", coder="anna")
    assert project.verify() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("b2b8:nowhere", "tasks", "x"), "no stage 'b2b8:nowhere'.*it has b2b8:awareness"),
        (("b2b8:search", "ideas", "x"), "no layer 'ideas'; choose one of goals"),
        (("b2b8:search", "tasks", " "), "an item needs words"),
    ],
)
def test_a_wrong_item_is_refused_in_a_line(project, arguments, message):
    with pytest.raises(StoreError, match=message):
        project.add_item(*arguments, coder="anna")
    assert items(project) == []


def test_wrong_links_are_refused_in_a_line(project):
    idea = project.add_item("b2b8:search", "opportunities", "Answer sooner", coder="anna")
    task = project.add_item("b2b8:search", "tasks", "Rota", coder="anna")
    for ends, message in (
        ((idea, "leads_to", task), "no relation 'leads_to'; choose one of rests_on"),
        ((idea, "done_by", idea), "to is on layer opportunities; it has to be on tasks"),
        ((idea, "rests_on", "nothing"), "'nothing' is no coding of the project"),
        (("nothing", "removed_by", idea), "'nothing' is no item or code of the project"),
        ((idea, "measured_by", task), "to is on layer tasks; it has to be on metrics"),
    ):
        with pytest.raises(StoreError, match=message):
            project.link(*ends, coder="anna")
    with pytest.raises(StoreError, match="has no colour to change; it has stage, layer, text"):
        project.change_item(idea, coder="anna", colour="red")
    with pytest.raises(StoreError, match="nothing has the id 'gone'"):
        project.add_item("b2b8:search", "tasks", "x", coder="anna", evidence=["gone"])
    assert len(project.frame("items")) == 2


def test_an_item_with_quotes_is_evidence_and_without_them_a_hypothesis(project):
    slow = coded(project, "The reply took a week", "barriers:slow_reply")
    waited = coded(project, "We waited", "barriers:slow_reply")
    proven = project.add_item(
        "b2b8:search", "opportunities", "Sooner", coder="anna", evidence=[slow, waited]
    )
    idea = project.add_item("b2b8:search", "opportunities", "Robot", coder="anna")
    map_ = journey.build(project.study())
    cells = map_.cells.set_index("item_id")
    assert cells.loc[proven, "status"] == "evidence"
    assert (cells.loc[proven, "n_participants"], cells.loc[proven, "n_codings"]) == (2, 2)
    assert cells.loc[idea, "status"] == "hypothesis"
    rows = map_.explain(("opportunities", "b2b8:search", proven))
    assert list(rows["quote"]) == ["The reply took a week", "We waited"]
    assert map_.explain(("opportunities", "b2b8:search", idea)).empty
    assert map_.verify() == []
    project.delete_coding(slow, coder="anna")
    project.delete_coding(waited, coder="anna")
    again = journey.build(project.study()).cells.set_index("item_id")
    assert again.loc[proven, "status"] == "hypothesis"


def test_a_future_map_shows_no_count_even_where_an_item_rests_on_quotes(project):
    slow = coded(project, "The reply took a week", "barriers:slow_reply")
    project.add_item(
        "b2b8:search", "actions", "Gets a reply", coder="anna", map_type="future", evidence=[slow]
    )
    map_ = journey.build(project.study(), map_type="future")
    assert map_.cells[["n_participants", "n_codings", "n_felt"]].isna().all(axis=None)
    assert set(map_.cells["status"]) == {"hypothesis"}


def test_every_relation_says_what_it_links():
    from cjmresearch.store.map_acts import _ENDS

    assert set(_ENDS) == set(schema.RELATIONS)
