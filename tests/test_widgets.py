"""The explorer without a browser: what it shows and opens, and that it trusts no transcript."""

from __future__ import annotations

import json
import re
import threading
import uuid
from pathlib import Path

import pandas as pd
import pytest
import studies

from cjmresearch import Project, journey, read, schema, widgets, workflow
from cjmresearch.errors import CjmError, StoreError
from cjmresearch.widgets import explorer_words, grid
from cjmresearch.widgets.words import clock, counted, located, signed

_PLACE = re.compile(r"\{\w+\}")
TALKS = {
    "s1": [
        ("I", "How did you buy it?"),
        ("A", "They were slow to answer and I was angry."),
        ("I", "And the site?"),
        ("A", "The site pleased me."),
    ],
    "s2": [("I", "How was it?"), ("B", "Slow answers again, but I trust them.")],
    "s3": [("I", "And you?"), ("C", "I waited. It was slow. I was angry too.")],
}
CODINGS = [
    {"source": "s1", "code": "trip:buy", "quote": "They were slow to answer and I was angry."},
    {"source": "s1", "code": "pains:slow", "quote": "slow to answer"},
    {"source": "s1", "code": "feelings:anger", "quote": "I was angry"},
    {"source": "s1", "code": "trip:search", "quote": "The site pleased me."},
    {"source": "s1", "code": "feelings:joy", "quote": "pleased me"},
    {"source": "s1", "code": "points:site", "quote": "The site"},
    {"source": "s2", "code": "trip:buy", "quote": "Slow answers again, but I trust them."},
    {"source": "s2", "code": "pains:slow", "quote": "Slow answers"},
    {"source": "s2", "code": "feelings:trust", "quote": "I trust them"},
    {"source": "s3", "code": "trip:buy", "quote": "I waited. It was slow. I was angry too."},
    {"source": "s3", "code": "pains:slow", "quote": "It was slow"},
    {
        "source": "s3",
        "code": "feelings:anger",
        "quote": "I was angry too",
        "coder": "model:x-1",
        "status": "suggested",
    },
]
SLOW = ("barriers", "trip:buy", "pains:slow")


@pytest.fixture
def study() -> schema.Study:
    personas = [{"persona_id": "p1", "name": "the patient", "origin": "manual"}]
    members = [{"persona_id": "p1", "participant_id": "B", "probability": 1.0}]
    return studies.study(
        TALKS,
        CODINGS,
        people={
            "A": {"buying_role": "buyer", "customer_segment": "retail"},
            "B": {"buying_role": "engineer"},
            "C": {"buying_role": "engineer", "consent": False},
        },
        personas=personas,
        memberships=members,
    )


@pytest.fixture
def explorer(study: schema.Study) -> widgets.JourneyExplorer:
    return widgets.JourneyExplorer(study, language="en")


class Page:
    """What a page of the explorer hears and says."""

    def __init__(self, explorer: widgets.JourneyExplorer) -> None:
        self.explorer = explorer
        self.heard: list[dict] = []
        explorer.send = lambda message, buffers=None: self.heard.append(
            json.loads(json.dumps(message, allow_nan=False))
        )

    def says(self, op: str, **values) -> dict:
        """Send a message and give the last answer to it."""
        self.explorer._handle_custom_msg({"op": op, "n": 1, **values}, [])
        return self.heard[-1]

    def acts(self, op: str, **values) -> dict:
        return self.says(op, id=str(uuid.uuid4()), **values)


def shown(explorer: widgets.JourneyExplorer) -> dict:
    """What a page that is loaded now is told, as JSON takes it."""
    return json.loads(json.dumps(explorer.get_state()["page"], allow_nan=False))


def cell(explorer: widgets.JourneyExplorer, *key: str, side: int = 0) -> dict:
    """The cell of a key as the page draws it."""
    rows = shown(explorer)["map"]["rows"]
    cells = [c for row in rows for c in row["cells"][side].values()]
    (found,) = [c for c in cells if c["key"] == list(key)]
    return found


def point(explorer: widgets.JourneyExplorer, stage: str, side: int = 0) -> dict:
    return next(p for p in shown(explorer)["map"]["curves"][side] if p["stage"] == stage)


# -- what is shown ------------------------------------------------------------------------------


def test_shows_the_numbers_of_the_map(explorer, study):
    found = cell(explorer, "barriers", "trip:buy")
    expected = journey.build(study)
    slow = expected.cells[expected.cells["code"] == "pains:slow"].iloc[0]
    assert (
        found["lines"] == [[int(slow["n_participants"]), "en pains:slow"]] == [[3, "en pains:slow"]]
    )
    assert found["hint"] == "en trip:buy, Barriers and pains: en pains:slow, 3"
    buy = expected.curve.set_index("stage").loc["trip:buy"]
    drawn = point(explorer, "trip:buy")
    assert (drawn["mean"], drawn["n"], drawn["of"]) == (buy["mean"], 2, 3)
    assert (drawn["value"], drawn["words"]) == ("−0.10", "Mood: −0.10, 2 of 3")
    assert point(explorer, "trip:use") | {"stage": ""} == {
        "stage": "", "mean": None, "low": None, "high": None, "band_low": None, "band_high": None,
        "n": 0, "of": 3, "value": "", "words": "no data", "machine": False,
    }  # fmt: skip


def test_says_on_how_many_people_it_rests(explorer):
    (side,) = shown(explorer)["head"]["sides"]
    assert side["counts"] == "3 participants, 7 codings"
    assert side["small"] == "Few people: 3; read them as voices, not as a share"
    assert side["machine"] == ""


def test_a_layer_shows_its_codes_with_people_of_people(explorer):
    explorer.choose(layer="barriers")
    assert cell(explorer, *SLOW)["text"] == "3 of 3"
    (row,) = shown(explorer)["map"]["rows"]
    assert (row["label"], row["note"]) == ("en pains:slow", "3 of 3")


def test_a_mean_feeling_shows_from_three_people_with_its_own_n():
    def cell_of(feelings):
        talks = {name: [(name, "the site was fine")] for name in "ABCD"}
        spans = [
            {"source": name, "quote": "the site was fine", "code": code}
            for name in talks
            for code in ("trip:search", "points:site")
        ]
        felt = [{"source": n, "quote": "fine", "code": "feelings:joy"} for n in talks][:feelings]
        built = journey.build(studies.study(talks, spans + felt))
        [row] = grid.rows(built, "touchpoints", "en")
        return row.cells["trip:search"], grid.points(built, "en")[0]

    [two, mood_of_two] = cell_of(2)
    assert (two.text, two.note) == ("4 of 4", "")
    assert two.tone.startswith("count")
    assert (mood_of_two["value"], mood_of_two["n"], mood_of_two["of"]) == ("+0.80", 2, 4)
    [three, mood_of_three] = cell_of(3)
    assert (three.text, three.note) == ("4 of 4", "+0.8 (n=3)")
    assert (three.tone, mood_of_three["n"]) == ("good-strong", 3)
    assert cell_of(4)[0].note == "+0.8"


def test_an_interval_shows_from_three_people_and_never_for_machines():
    talks = {name: [(name, "all of it was fine")] for name in "ABCD"}
    stage = [{"source": n, "quote": "all of it was fine", "code": "trip:use"} for n in talks]
    felt = [
        {"source": n, "quote": "fine", "code": "feelings:joy", "valence": v}
        for n, v in zip("ABCD", (0.1, 0.5, 0.6, 0.9), strict=True)
    ]
    by_people = grid.points(journey.build(studies.study(talks, stage + felt)), "en")[2]
    assert by_people["band_low"] <= by_people["low"] < by_people["mean"] < by_people["high"]
    machine = felt[3] | {"coder": "model:x-1", "status": "suggested"}
    study = studies.study(talks, [*stage, *felt[:3], machine])
    by_machine = grid.points(journey.build(study, include="suggested"), "en")[2]
    assert by_machine["machine"]
    assert by_machine["low"] is by_machine["band_high"] is None


# -- the words behind a cell --------------------------------------------------------------------


def test_a_click_opens_the_words_behind_a_cell(explorer):
    page = Page(explorer)
    panel = page.says("pick", key=list(SLOW), side=0)["parts"]["panel"]
    first = panel["quotes"][0]
    assert (first["n"], first["quote"], first["asked"]) == (
        1,
        "slow to answer",
        "How did you buy it?",
    )
    assert (first["participant"], first["place"]) == ("Person A", "Talk s1 · turn 2")
    assert (first["coder"], first["coded"]) == ("anna", "2026-01-01 00:00")
    assert panel["counts"] == "3 participants of 3, 3 mentions"
    assert (panel["place"], panel["what"]) == ("en trip:buy", "Barriers and pains: en pains:slow")
    assert [q["n"] for q in panel["quotes"]] == [1, 2, 3]
    assert list(explorer.quotes["code"]) == ["pains:slow"] * 3
    assert page.says("shut")["parts"] == {"panel": None}
    assert explorer.quotes.empty


def test_words_without_consent_are_counted_and_withheld(explorer):
    explorer.pick(SLOW)
    withheld = [q for q in shown(explorer)["panel"]["quotes"] if q["withheld"]]
    assert [q["participant"] for q in withheld] == ["Person C"]
    assert not {"quote", "before", "after", "asked"} & set(withheld[0])
    state = json.dumps(explorer.get_state()["page"])
    assert "It was slow" not in state
    assert "And you?" not in state
    assert explorer.quotes["withheld"].sum() == 1


def test_machine_tags_are_off_at_first_and_said_when_on(explorer):
    assert "model:x-1" not in json.dumps(shown(explorer))
    explorer.choose(include="suggested")
    banner = shown(explorer)["head"]["sides"][0]["machine"]
    assert banner.startswith(
        "Partly machine-tagged, uncorrected: rules and models suggested 1 of 8"
    )
    explorer.pick(("curve", "trip:buy"))
    marked = [q["machine"] for q in shown(explorer)["panel"]["quotes"]]
    assert (marked.count(True), len(marked)) == (1, 3)
    assert point(explorer, "trip:buy")["machine"]
    explorer.choose(include="human")
    assert "model:x-1" not in json.dumps(shown(explorer))


def test_more_quotes_come_in_pages():
    lines = [("A", f"slow number {i}") for i in range(30)]
    codings = [{"source": "s", "start": 0, "end": 440, "code": "trip:buy"}] + [
        {"source": "s", "quote": f"slow number {i}", "code": "pains:slow"} for i in range(30)
    ]
    explorer = widgets.JourneyExplorer(studies.study({"s": lines}, codings), language="en")
    page = Page(explorer)
    panel = page.says("pick", key=list(SLOW))["parts"]["panel"]
    assert (len(panel["quotes"]), panel["of"]) == (12, 30)
    panel = page.says("more")["parts"]["panel"]
    assert [q["n"] for q in panel["quotes"]] == list(range(1, 25))


def test_codes_narrow_a_cell_of_the_whole_map(explorer):
    explorer.pick(("feelings", "trip:buy"))
    assert len(explorer.quotes) == 2
    codes = shown(explorer)["panel"]["codes"]
    assert [(c["n"], c["name"]) for c in codes] == [
        (1, "en feelings:anger"),
        (1, "en feelings:trust"),
    ]
    explorer.pick(tuple(codes[1]["key"]))
    assert list(explorer.quotes["code"]) == ["feelings:trust"]


# -- choices ------------------------------------------------------------------------------------


def test_a_persona_changes_all_numbers(explorer):
    explorer.choose(persona="the patient", layer="barriers")
    assert cell(explorer, *SLOW)["text"] == "1 of 1"
    assert repr(explorer).startswith("JourneyExplorer(persona='the patient', model='trip'")
    explorer.choose(persona="all")
    assert cell(explorer, *SLOW)["text"] == "3 of 3"


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"role": "engineer"}, "2 of 2"),
        ({"segment": "retail"}, "1 of 1"),
        ({"role": "engineer", "segment": "retail"}, None),
    ],
)
def test_people_who_are_filtered_out_are_in_no_count(explorer, filters, expected):
    explorer.choose(layer="barriers", **filters)
    if expected is None:
        assert shown(explorer)["map"]["nobody"]
        assert shown(explorer)["head"]["sides"][0]["counts"] == "0 participants, 0 codings"
    else:
        assert cell(explorer, *SLOW)["text"] == expected
        assert f"participants={expected[-1]}" in repr(explorer)
    assert explorer.map.verify() == []
    assert shown(explorer)["head"]["narrowed"]


def test_a_wave_chooses_sources_and_a_coder_codings_and_both_their_people(study):
    sources = study.sources.assign(wave=["first", "second", "second"])
    codings = study.codings.assign(coder=study.codings["coder"].where(
        study.codings["source_id"] != "s2", "boris"))  # fmt: skip
    tables = study.tables() | {"sources": sources, "codings": codings}
    explorer = widgets.JourneyExplorer(schema.Study(**tables), language="en")
    controls = shown(explorer)["controls"]
    assert [(o["value"], o["n"]) for o in controls["wave"]] == [("first", 1), ("second", 2)]
    assert [(o["value"], o["n"]) for o in controls["coder"]] == [("anna", 8), ("boris", 3)]
    explorer.choose(layer="barriers", wave="second")
    assert cell(explorer, *SLOW)["text"] == "2 of 2"
    explorer.choose(wave="all", coder="boris")
    assert cell(explorer, *SLOW)["text"] == "1 of 1"
    explorer.pick(SLOW)
    assert set(explorer.quotes["coder"]) == {"boris"}
    assert explorer.map.verify() == []


def test_a_channel_chooses_what_was_said_of_its_touchpoints_and_the_whole_stays(study):
    channel = study.codes["slug"].map({"points:site": "digital"})
    codes = study.codes.assign(channel=channel.astype("str"))
    explorer = widgets.JourneyExplorer(
        schema.Study(**study.tables() | {"codes": codes}), language="en"
    )
    explorer.choose(channel="digital")
    assert len(explorer.map.participants) == 3
    assert set(explorer.map.observations["touchpoint"]) == {"points:site"}
    assert cell(explorer, "touchpoints", "trip:search")["lines"] == [[1, "en points:site"]]
    assert point(explorer, "trip:buy")["mean"] is None
    with pytest.raises(CjmError, match="digital"):
        explorer.choose(channel="human")


def test_another_model_shows_what_it_has_no_place_for(explorer):
    explorer.choose(model="other")
    (outside,) = shown(explorer)["map"]["outside"]
    assert [(c["text"], c["note"]) for c in outside if c["key"][1] == "pain"] == [
        ("Barriers and pains", "3 of 3")
    ]
    explorer.pick(("outside", "pain"))
    assert shown(explorer)["panel"]["counts"] == "3 participants of 3, 3 mentions"
    assert all(p["mean"] is None for p in shown(explorer)["map"]["curves"][0])


def test_a_shipped_model_shows_what_was_coded_in_another(tmp_path):
    with workflow.demo_project(tmp_path / "demo.cjm", language="en") as project:
        explorer = widgets.JourneyExplorer(project.study(), language="en")
    labels = {o["value"]: o["label"] for o in shown(explorer)["controls"]["model"]}
    assert labels["b2b8"] == "B2B journey, 8 stages"
    assert labels["shop6"].startswith("≈ ")
    assert "sales5" not in labels  # no stage of it is a client's
    explorer.choose(model="shop6")
    assert ("Purchase", True) in [(s["name"], s["weak"]) for s in shown(explorer)["map"]["stages"]]
    explorer.pick(("curve", "shop6:purchase"))
    assert shown(explorer)["panel"]["place"] == "Purchase"
    assert set(explorer.quotes["coding_id"]) == set(
        explorer.map.rows(("curve", "shop6:purchase"))["coding_id"]
    )


def test_an_open_curve_stays_open_when_the_layer_changes(explorer):
    explorer.pick(("curve", "trip:buy"))
    explorer.choose(layer="feelings")
    assert "open=('curve', 'trip:buy')" in repr(explorer)
    explorer.pick(("feelings", "trip:buy", "feelings:anger"))
    explorer.choose(layer="barriers")
    assert "open=None" in repr(explorer)
    assert shown(explorer)["panel"] is None


# -- two maps side by side ----------------------------------------------------------------------


def test_two_maps_stand_side_by_side_with_what_differs_in_words(explorer):
    explorer.choose(layer="barriers")
    explorer.compare(persona="the patient")
    assert cell(explorer, *SLOW)["text"] == "3 of 3"
    assert cell(explorer, *SLOW, side=1)["text"] == "1 of 1"
    assert [s["name"] for s in shown(explorer)["head"]["sides"]] == [
        "All participants",
        "the patient",
    ]
    rows = shown(explorer)["changes"]["rows"]
    frame = explorer.changes
    assert sorted(row["words"] for row in rows) == sorted(frame["words"])
    gone = next(row for row in rows if "en trip:search: mood" in row["words"])
    assert gone["keys"] == [["curve", "trip:search"], None]
    explorer.pick(("curve", "trip:buy"), second=True)
    assert list(explorer.quotes["participant"]) == ["Person B"]
    assert shown(explorer)["panel"]["side"] == 1
    explorer.compare()
    assert "open=None" in repr(explorer)
    assert (shown(explorer)["changes"], explorer.changes.empty) == (None, True)


def test_waves_are_compared_by_the_difference_of_their_maps(study):
    sources = study.sources.assign(wave=["first", "second", "second"])
    both = schema.Study(**study.tables() | {"sources": sources})
    explorer = widgets.JourneyExplorer(both, language="ru")
    explorer.choose(wave="first")
    explorer.compare(wave="second")
    expected = journey.diff(
        journey.build(both, wave="first"), journey.build(both, wave="second"), language="ru"
    )
    assert list(explorer.changes["words"]) == list(expected["words"])
    assert [s["name"] for s in shown(explorer)["head"]["sides"]] == [
        "Все участники · first",
        "Все участники · second",
    ]
    with pytest.raises(CjmError, match="not both"):
        explorer.compare(wave="first", persona="all")
    with pytest.raises(CjmError, match="first, second"):
        explorer.compare(wave="third")


# -- what the page is told ----------------------------------------------------------------------


def test_only_parts_that_changed_are_sent(explorer):
    page = Page(explorer)
    everything = page.says("hello")["parts"]
    assert everything == shown(explorer)
    changed = page.says("choose", values={"layer": "barriers"})["parts"]
    assert set(changed) == {"controls", "map"}
    assert page.says("choose", values={"layer": "barriers"})["parts"] == {}
    assert set(page.says("pick", key=list(SLOW))["parts"]) == {"panel"}
    assert page.heard[-2] == {"op": "working", "n": 1}


@pytest.mark.parametrize(
    "message",
    [
        {"op": "choose", "values": {"persona": "nobody"}},
        {"op": "choose", "values": {"colour": "red"}},
        {"op": "choose", "values": {"against": ["colour", "red"]}},
        {"op": "choose"},
        {"op": "pick", "key": ["barriers", "nowhere"]},
        {"op": "pick", "key": ["curve", "trip:buy"], "side": 1},
        {"op": "add", "id": "1", "stage": "trip:buy", "layer": "tasks", "text": "x"},
        {"op": None},
    ],
)
def test_a_wrong_message_is_refused_and_changes_nothing(explorer, message):
    page = Page(explorer)
    before = shown(explorer)
    answer = page.says(**message)
    assert (answer["op"], bool(answer["reason"])) == ("refused", True)
    assert shown(explorer) == before


def test_unchanged_maps_are_not_computed_again(explorer, monkeypatch):
    calls = []
    build = journey.build
    monkeypatch.setattr(journey, "build", lambda *a, **k: calls.append(k) or build(*a, **k))
    shown(explorer)
    calls.clear()
    explorer.choose(layer="feelings")
    explorer.pick(("feelings", "trip:buy", "feelings:anger"))
    assert calls == []
    explorer.choose(include="suggested")
    explorer.choose(include="human")
    assert len(calls) == 1


def test_handlers_may_run_in_other_threads(explorer):
    failures = []

    def work(layer: str) -> None:
        try:
            for include in ("suggested", "human"):
                explorer.choose(layer=layer, include=include)
                explorer.pick(("curve", "trip:buy"))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(x,)) for x in ("map", "feelings", "barriers")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert "open=('curve', 'trip:buy')" in repr(explorer)


def test_the_page_never_writes_markup():
    """What is told to the page is plain text, so no script of it may make elements of text."""
    folder = Path(widgets.__file__).parent / "static" / "explorer"
    for script in folder.glob("*.js"):
        words = script.read_text(encoding="utf-8")
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser"):
            assert way not in words, script.name


def test_every_phrase_of_the_page_is_there_in_both_languages():
    russian, english = (explorer_words.everything(x) for x in ("ru", "en"))
    assert set(russian) == set(english)
    assert [key for key in russian if not (russian[key] and english[key])] == []
    for key in russian:
        places = [sorted(set(_PLACE.findall(words[key]))) for words in (russian, english)]
        assert places[0] == places[1], key


# -- editing ------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path, sample):
    with Project.create(tmp_path / "x.cjm", goal="why they leave") as made:
        made.add(read.transcript(sample / "en_04_finance.txt"))
        source = made.frame("sources")["source_id"].iloc[0]
        turn = made.frame("turns").iloc[1]
        for code in ("b2b8:purchase", "feelings:irritation", "barriers:slow_reply"):
            made.code(source, int(turn["start"]), int(turn["end"]), code, coder="anna")
        yield made


@pytest.fixture
def page(project) -> Page:
    return Page(widgets.JourneyExplorer(project, coder="anna", language="en"))


def item_of(project) -> dict:
    (row,) = project.frame("items").to_dict("records")
    return row


PLACE = {"stage": "b2b8:purchase", "layer": "opportunities"}


def test_an_item_is_added_changed_linked_and_all_of_it_taken_back(page, project):
    before = project.hash()
    answer = page.acts("add", **PLACE, text="  Answer sooner ", owner="", status="idea")
    assert answer["op"] == "ack"
    told = answer["parts"]["plan"]["items"][0]
    told = [told[field] for field in ("text", "owner", "status", "n")]
    assert told == ["Answer sooner", "", "idea", None]
    row = item_of(project)
    assert (row["text"], row["status"], row["map_type"]) == ("Answer sooner", "idea", "current")
    assert pd.isna(row["owner"])
    item = row["item_id"]
    page.acts("change", item=item, field="owner", value="Sales")
    page.acts("link", **{"from": "barriers:slow_reply"}, relation="removed_by", to=item)
    coding = project.frame("codings")["coding_id"].iloc[2]
    answer = page.acts("link", **{"from": item}, relation="rests_on", to=coding)
    told = answer["parts"]["plan"]["items"][0]
    assert (told["owner"], told["n"], told["of"], told["quotes"]) == ("Sales", 1, 1, 1)
    assert [(link["name"], link["from"]) for link in told["links"]] == [
        ("Slow reply", "barriers:slow_reply")
    ]
    assert shown(page.explorer)["history"] == ["link", None]
    assert cell(page.explorer, "opportunities", "b2b8:purchase")["lines"] == [[1, "Answer sooner"]]
    page.explorer.pick(("opportunities", "b2b8:purchase"))
    assert list(page.explorer.quotes["coding_id"]) == [coding]
    for kind in ("link", "item_change", "item", None):
        assert page.acts("undo")["op"] == "ack"
        assert shown(page.explorer)["history"][0] == kind
    assert project.hash() == before
    assert project.verify() == []
    page.acts("redo")
    assert shown(page.explorer)["history"] == ["item", "item_change"]
    assert item_of(project)["text"] == "Answer sooner"


def test_an_item_that_rests_on_words_of_others_is_no_hypothesis_on_a_narrowed_map(study):
    slow = study.codings.loc[study.codings["code_id"] == "id-pains:slow", "coding_id"].iloc[0]
    items = [
        {"item_id": name, "stage": "trip:buy", "layer": "opportunities", "text": name}
        for name in ("proven", "guess")
    ]
    link = {"link_id": "l", "from_id": "proven", "relation": "rests_on", "to_id": slow}
    tables = {
        "items": schema.frame("items", [item | {"map_type": "current"} for item in items]),
        "links": schema.frame("links", [link]),
    }
    full = schema.Study(**study.tables() | tables)
    explorer = widgets.JourneyExplorer(full, language="en")
    for persona, n in (("all", 1), ("the patient", 0)):
        explorer.choose(persona=persona)
        lines = cell(explorer, "opportunities", "trip:buy")["lines"]
        assert sorted(lines, key=str) == sorted([[n, "proven"], [None, "guess"]], key=str)
        told = {item["id"]: item["n"] for item in shown(explorer)["plan"]["items"]}
        assert told == {"proven": n, "guess": None}


def test_an_item_is_deleted_with_its_links(page, project):
    page.acts("add", **PLACE, text="Answer sooner")
    item = item_of(project)["item_id"]
    page.acts("link", **{"from": "barriers:slow_reply"}, relation="removed_by", to=item)
    answer = page.acts("delete", item=item)
    assert answer["parts"]["plan"]["items"] == []
    assert len(project.frame("items")) == len(project.frame("links")) == 0
    page.acts("undo")
    assert len(project.frame("links")) == 1


def test_an_edit_that_is_sent_twice_is_done_once(page, project):
    message = {"id": "same", **PLACE, "text": "Answer sooner"}
    assert [page.says("add", **message)["op"] for _ in range(2)] == ["ack", "ack"]
    assert len(project.frame("items")) == 1


@pytest.mark.parametrize(
    ("op", "values", "reason"),
    [
        ("add", {**PLACE, "text": "   "}, "needs words"),
        ("add", {**PLACE, "layer": "colours", "text": "x"}, "no layer 'colours'"),
        ("add", {**PLACE, "stage": "nowhere", "text": "x"}, "no stage 'nowhere'"),
        ("change", {"item": "none", "field": "text", "value": "x"}, "none"),
        ("change", {"item": "none", "field": "map_type", "value": "x"}, "map_type"),
        ("link", {"from": "nothing", "relation": "removed_by", "to": "none"}, "nothing"),
        ("undo", {}, "not done here"),
    ],
)
def test_what_the_project_refuses_is_said_and_not_tried_again(page, project, op, values, reason):
    before = project.hash()
    answer = page.acts(op, **values)
    assert (answer["op"], answer["retry"]) == ("refused", False)
    assert reason in answer["reason"]
    assert project.hash() == before


def test_what_could_not_be_written_is_to_be_tried_again(page, project, monkeypatch):
    import sqlalchemy as sa

    def locked(*_args, **_more):
        raise StoreError("x.cjm is locked") from sa.exc.OperationalError("", {}, Exception())

    monkeypatch.setattr(project, "add_item", locked)
    answer = page.acts("add", **PLACE, text="Answer sooner")
    assert (answer["op"], answer["retry"], answer["reason"]) == ("refused", True, "x.cjm is locked")


def test_undo_leaves_alone_what_was_done_elsewhere(page, project):
    page.acts("add", **PLACE, text="Answer sooner")
    coding = project.frame("codings")["coding_id"].iloc[1]
    project.delete_coding(coding, coder="anna")
    assert page.says("hello")["parts"]["history"] == [None, None]
    assert page.acts("undo")["op"] == "refused"
    assert coding not in set(project.frame("codings")["coding_id"])


@pytest.mark.parametrize("coder", [None, "anna"])
def test_without_a_project_or_a_coder_it_only_reads(project, coder):
    what = project if coder is None else project.study()
    reader = Page(widgets.JourneyExplorer(what, coder=coder, language="en"))
    assert not reader.explorer.settings["edits"]
    answer = reader.acts("add", **PLACE, text="x")
    assert (answer["op"], answer["reason"]) == ("refused", "This explorer is read only")
    assert project.frame("items").empty


def test_a_project_is_read_again(project):
    explorer = widgets.JourneyExplorer(project, language="en")
    explorer.choose(layer="barriers")
    explorer.pick(("curve", "b2b8:purchase"))
    assert len(explorer.quotes) == 1
    source = project.frame("sources")["source_id"].iloc[0]
    turn = project.frame("turns").iloc[3]
    for code in ("b2b8:purchase", "feelings:joy"):
        project.code(source, int(turn["start"]), int(turn["end"]), code, coder="boris")
    assert len(explorer.quotes) == 1
    explorer.refresh()
    assert len(explorer.quotes) == 2
    assert "layer='barriers'" in repr(explorer)


def test_a_page_that_is_loaded_anew_sees_what_others_did_meanwhile(page, project):
    project.add_item("b2b8:purchase", "tasks", "Ask them", coder="boris")
    (item,) = page.says("hello")["parts"]["plan"]["items"]
    assert item["text"] == "Ask them"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"persona": "nobody"}, "the patient"),
        ({"model": "b2b8"}, "trip"),
        ({"layer": "colours"}, "feelings"),
        ({"include": "all"}, "suggested"),
        ({"role": "king"}, "buyer, engineer"),
        ({"wave": "2"}, "none"),
        ({"coder": "eve"}, "anna, model:x-1"),
    ],
)
def test_wrong_choices_name_the_right_ones(explorer, wrong, message):
    with pytest.raises(CjmError, match=message):
        explorer.choose(**wrong)
    assert "include='human'" in repr(explorer)


def test_wrong_arguments(study):
    with pytest.raises(CjmError, match="ru, en"):
        widgets.JourneyExplorer(study, language="fr")
    with pytest.raises(CjmError, match="human or suggested"):
        widgets.JourneyExplorer(study, include="all")
    with pytest.raises(CjmError, match="who edits"):
        widgets.JourneyExplorer(study, coder=" ")


def test_words_in_both_languages():
    forms = [counted(n, "participants", "ru") for n in (1, 3, 11, 12, 21, 25)]
    assert forms == ["1 участник", "3 участника", "11 участников", "12 участников",
                     "21 участник", "25 участников"]  # fmt: skip
    assert counted(1, "mentions", "en") == "1 mention"
    assert signed(-0.44, "ru") == "−0,4"
    assert signed(-0.04, "en") == "0.0"
    assert (clock(7), clock(3725)) == ("0:07", "1:02:05")
    assert located("line 12", "ru") == "строка 12"
