"""The explorer of personas, without a browser: acts, curves, words, looking, the report."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from cjmresearch import Project, read
from cjmresearch.errors import CjmError
from cjmresearch.widgets import PersonaExplorer, personas_words

EVIL = "<script>window.evil = 1</script>"
ANGRY, GLAD = "It was slow and it made me angry.", "It went well and I was glad."
PEOPLE = {name: ANGRY if name in "ABCD" else GLAD for name in "ABCDEFGH"}


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Make a study of eight people: four are angry, four are glad; A does not want to be quoted."""
    lines = [f"{name}: {words}" for name, words in PEOPLE.items()]
    (tmp_path / "talk.txt").write_text("\n".join(["I: How was it?", *lines]), encoding="utf-8")
    talk = read.transcript(tmp_path / "talk.txt", participants={n: n.lower() for n in PEOPLE})
    with Project.create(tmp_path / "p.cjm", goal=EVIL) as made:
        made.add(talk)
        source = made.frame("sources")["source_id"].iloc[0]
        text = made.study().current_texts[source]
        for number, (name, words) in enumerate(PEOPLE.items()):
            start = text.index(f"{name}: {words}") + 3
            end = start + len(words)
            feeling = "feelings:irritation" if words == ANGRY else "feelings:joy"
            stages = ("b2b8:search", "b2b8:purchase")
            for code in (feeling, "barriers:slow_reply", stages[number % 2], stages[0]):
                if code != "barriers:slow_reply" or words == ANGRY:
                    made.code(source, start, end, code, coder="anna")
        people = pd.DataFrame(
            {
                "participant_id": [n.lower() for n in PEOPLE],
                "pseudonym": [EVIL if n == "B" else f"Person {n}" for n in PEOPLE],
                "consent": pd.array([n != "A" for n in PEOPLE], dtype="boolean"),
                "buying_role": ["engineer"] * 3 + ["director"] * 2 + ["buyer"] * 3,
                "traits": [json.dumps({"car": n}) for n in PEOPLE],
            }
        )
        made.add_participants(people)
        yield made


class Page:
    """What the page hears and says."""

    def __init__(self, widget: PersonaExplorer) -> None:
        self.widget, self.heard = widget, []
        widget.send = lambda message, buffers=None: self.heard.append(message)

    def say(self, op: str, **values: Any) -> dict[str, Any]:
        """Send a message, and give the answer to it."""
        self.heard.clear()
        self.widget._received(None, {"op": op, "id": str(uuid.uuid4()), **values}, None)
        json.dumps(self.heard)  # nothing else can be sent to a page
        return self.heard[0]

    def views(self) -> dict[str, Any]:
        """Curves and cards that came with the last answer or after it."""
        came = {m["persona"]: m["view"] for m in self.heard if m["op"] == "view"}
        return {k: v for k, v in self.heard[0].get("views", {}).items() if v} | came


@pytest.fixture
def page(project: Project) -> Iterator[Page]:
    widget = PersonaExplorer(project, language="en", coder="anna")
    yield Page(widget)
    widget.close()


def at(view: dict[str, Any], stage: str = "b2b8:search") -> dict[str, Any]:
    return next(point for point in view["curve"] if point["stage"] == stage)


def test_a_page_is_told_all_it_needs_to_begin(page: Page, project: Project) -> None:
    angry = project.add_persona("Angry", coder="anna", members=["a", "b", "c", "d"])
    told = page.say("hello")
    assert told["op"] == "all"
    assert [one["name"] for one in told["personas"]] == ["Angry"]
    assert len(told["people"]) == 8
    assert all(one["heard"] for one in told["people"])
    assert told["history"] == ["persona", None]
    assert told["warning"] is None
    offered = {name: [o["value"] for o in options] for name, options in told["offered"].items()}
    assert offered["traits"] == ["buying_role", "language", "car"]
    assert offered["codes"] == ["emotion", "pain"]
    views = page.views()
    assert at(views[angry])["mean"] < 0 < at(views[""])["n"] == 8
    assert (at(views[angry])["n"], views[angry]["of"], views[angry]["few"]) == (4, 4, True)


def test_a_move_changes_both_curves_and_undo_brings_them_back(page: Page, project: Project) -> None:
    angry = project.add_persona("Angry", coder="anna", members=["a", "b", "c", "d"])
    glad = project.add_persona("Glad", coder="anna", members=["e", "f", "g"])
    page.say("hello")
    before = page.views()
    act = {"person": "d", "to": glad, "from": angry, "id": str(uuid.uuid4())}
    assert page.say("move", **act)["op"] == "ack"
    after = page.views()
    assert (at(after[angry])["n"], at(after[glad])["n"]) == (3, 4)
    assert at(after[glad])["mean"] < at(before[glad])["mean"]
    seq = project.seq
    page.say("move", **act)
    assert project.seq == seq
    assert page.say("undo")["history"] == ["persona", "person"]
    assert page.views() == {k: v for k, v in before.items() if k}
    page.say("redo")
    assert page.views() == {k: v for k, v in after.items() if k}


def test_the_work_of_others_is_shown_after_a_refresh(page: Page, project: Project) -> None:
    page.say("hello")
    with Project.open(project.path) as other:
        persona = other.add_persona("Theirs", coder="boris", members=["a", "e", "f"])
        coding = other.frame("codings")
        glad = coding.loc[coding["quote"] == GLAD, "coding_id"].iloc[0]
        other.delete_coding(glad, coder="boris")
    page.heard.clear()
    page.widget.refresh()
    assert [one["name"] for one in page.heard[0]["personas"]] == ["Theirs"]
    page.say("hello")
    assert persona in page.views()


def test_personas_are_made_named_merged_split_and_deleted(page: Page, project: Project) -> None:
    page.say("add", name="One", members=["a", "b", "c"])
    page.say("add", name="Two", members=["e"])
    one, two = project.frame("personas")["persona_id"]
    page.say("split", persona=one, members=["c"], name="Three")
    page.say("merge", personas=[one, two], name="Both")
    page.say("rename", persona=one, name="Some\nbody")
    told = page.say("move", person="b", **{"from": one})
    members = {p["name"]: {m["id"] for m in p["members"]} for p in told["personas"]}
    assert members == {"Some body": {"a", "e"}, "Three": {"c"}}
    page.say("delete", persona=one)
    assert project.frame("personas")["name"].tolist() == ["Three"]
    for _ in range(7):
        page.say("undo")
    assert project.frame("personas").empty
    assert project.verify() == []


def test_words_open_by_point_and_by_line_and_consent_is_respected(
    page: Page, project: Project
) -> None:
    angry = project.add_persona("Angry", coder="anna", members=["a", "b", "c", "d"])
    page.say("hello")
    sections = {s["section"]: s for s in page.views()[angry]["sections"]}
    assert sections["pains"]["lines"][0]["n"] == 4
    told = page.say("open", persona=angry, key="code:barriers:slow_reply", first=0)
    assert (told["people"], told["of"]) == (4, 4)
    shut = [quote for quote in told["quotes"] if quote["withheld"]]
    assert [quote["participant"] for quote in shut] == ["Person A"]
    assert {quote["quote"] for quote in told["quotes"]} == {"", ANGRY}
    assert all(quote["before"] == quote["prompt"] == "" for quote in shut)
    assert len(page.widget.quotes) == 4
    told = page.say("open", persona=angry, key="stage:b2b8:search", first=0)
    assert told["title"] == project.study().names("en")["b2b8:search"]
    assert told["of"] == 4
    assert page.say("open", persona="gone", key="code:x", first=0)["op"] == "refused"
    assert page.say("open", persona=angry, key="file:/etc", first=0)["op"] == "refused"


def test_values_of_traits_that_could_point_at_a_person_are_hidden(
    page: Page, project: Project
) -> None:
    mixed = project.add_persona("Mixed", coder="anna", members=["a", "b", "c", "d", "e"])
    page.say("hello")
    (who,) = [s for s in page.views()[mixed]["sections"] if s["section"] == "who"]
    assert [(line["name"], line["n"]) for line in who["lines"]] == [
        ("Role: engineer", 3),
        ("Language: English", 5),
    ]
    assert who["hidden"] == 6  # two directors, five cars
    page.say("move", person="c", **{"from": mixed})
    (who,) = [s for s in page.views()[mixed]["sections"] if s["section"] == "who"]
    assert [line["name"] for line in who["lines"]] == ["Language: English"]
    assert who["hidden"] == 6


def look(page: Page, **wanted: Any) -> dict[str, Any]:
    page.say("look", **{"codes": [], "stages": False, "traits": [], "questions": [], **wanted})
    assert page.widget.wait(60)
    page.say("hello")
    return dict(page.heard[0]["look"])


def say_more(project: Project) -> None:
    """Code words of each answer, too: shares of fewer than three passages are missing."""
    for row in project.rows("codings"):
        code = project.rows("codes", code_id=row["code_id"])[0]
        if code["kind"] in ("emotion", "pain"):
            for start, end in ((row["start"], row["start"] + 6), (row["end"] - 6, row["end"])):
                project.code(row["source_id"], start, end, code["slug"], coder="anna")


def test_what_is_found_is_accepted_with_its_probabilities(page: Page, project: Project) -> None:
    say_more(project)
    page.widget.refresh()
    told = look(page, codes=["emotion", "pain"], stages=True)
    assert (told["state"], told["k"]) == ("done", 2)
    assert [one["n"] for one in told["personas"]] == [4, 4]
    assert all(one["stable"] and one["jaccard"] >= 0.75 for one in told["personas"])
    assert told["reason"] == page.widget.found.reason("en")
    assert len(told["people"]) == 8
    apart = [{one["name"]: one["more"] for one in p["apart"]} for p in told["personas"]]
    assert all(apart)
    assert apart[0] == {name: not more for name, more in apart[1].items()}
    assert len({one["name"] for one in told["personas"]}) == 2
    project.add_persona("Mine", coder="anna", members=["a"])
    assert "different names" in page.say("adopt", names=["x", "x"], instead=False)["reason"]
    told = page.say("adopt", names=["First", "Second"], instead=False)
    assert [p["origin"] for p in told["personas"]] == ["manual", "cluster", "cluster"]
    assert len(project.frame("memberships")) == 1 + len(page.widget.found.memberships)
    page.say("undo")
    told = page.say("adopt", names=["First", "Second"], instead=True)
    assert [p["name"] for p in told["personas"]] == ["First", "Second"]


def test_no_personas_is_an_answer_with_its_reason(page: Page) -> None:
    told = look(page, traits=["buying_role"])
    assert (told["k"], told["personas"]) == (0, [])
    assert "features" in told["reason"]
    assert "nothing was found" in page.say("adopt", names=[], instead=False)["reason"]
    assert look(page, traits=["no such trait"])["state"] == "failed"


def test_a_study_is_read_and_looked_into_but_not_changed(project: Project) -> None:
    project.add_persona("Angry", coder="anna", members=["a", "b"])
    seq = project.seq
    page = Page(PersonaExplorer(project.study(), language="ru"))
    assert page.say("hello")["history"] == [None, None]
    assert not page.widget.settings["editable"]
    assert look(page, codes=["emotion"], stages=True)["state"] == "done"
    for op in ("add", "move", "undo", "adopt"):
        told = page.say(op, name="x", person="a", names=["a", "b"], instead=True)
        assert (told["op"], told["retry"]) == ("refused", False)
    assert project.seq == seq
    assert repr(page.widget) == "PersonaExplorer(personas=1, participants=8, include='human')"


def test_the_report_is_written_and_its_path_told(page: Page, tmp_path: Path) -> None:
    told = page.say("report", folder=str(tmp_path / "out"), format="html")
    assert told["op"] == "report"
    assert Path(told["path"]).stat().st_size > 1000
    assert EVIL not in Path(told["path"]).read_text(encoding="utf-8")
    (tmp_path / "file").write_text("")
    told = page.say("report", folder=str(tmp_path / "file"), format="html")
    assert (told["op"], told["asked"]) == ("refused", "report")
    assert page.say("report", folder="x", format="exe")["op"] == "refused"


@pytest.mark.parametrize(
    "message",
    [
        {"op": "format_disk"},
        {"op": "add"},
        {"op": "add", "name": "  "},
        {"op": "add", "name": ["x"]},
        {"op": "add", "name": "x", "members": "abc"},
        {"op": "add", "name": "x", "id": "1; drop table"},
        {"op": "move", "person": {"a": 1}},
        {"op": "open", "persona": "", "key": "code:x", "first": -1},
        {"op": "look", "codes": 3},
        {"op": "include", "machine": "yes"},
        {},
    ],
)
def test_wrong_messages_are_refused_in_a_line(page: Page, project: Project, message: dict) -> None:
    seq = project.seq
    told = page.say(**{"op": "", **message})
    assert told["op"] == "refused"
    assert "\n" not in told["reason"]
    assert project.seq == seq


def test_machine_tags_are_said_to_be_a_machines(page: Page, project: Project) -> None:
    human = project.frame("codings").iloc[:1]
    project.add_codings(
        human.assign(
            coding_id=[str(uuid.uuid4())],
            coder="rules:test",
            status="suggested",
            code_id=project.frame("codes").set_index("slug").at["feelings:doubt", "code_id"],
        )
    )
    assert page.say("hello")["warning"] is None
    told = page.say("include", machine=True)
    assert told["machine"]
    assert told["warning"]["n"] == 1
    assert "machine" in told["warning"]["note"].casefold()


def test_wrong_arguments_are_refused(project: Project) -> None:
    for wrong in ({"language": "de"}, {"include": "all"}, {"coder": " "}):
        with pytest.raises(CjmError):
            PersonaExplorer(project, **wrong)


def test_both_languages_say_the_same_with_the_same_values() -> None:
    ru, en = (personas_words.everything(language) for language in ("ru", "en"))
    assert ru.keys() == en.keys()
    for key, words in ru.items():
        assert set(re.findall(r"{\w+}", words)) == set(re.findall(r"{\w+}", en[key])), key


def test_the_page_says_only_what_there_are_words_for() -> None:
    words = personas_words.everything("en")
    script = str(PersonaExplorer._esm)
    said = set(
        re.findall(r"""(?:session\.)?say\("(\w+)\"""", script.split("// The state of one")[1])
    )
    assert said - {"help"} <= words.keys()
    assert "innerHTML" not in script
