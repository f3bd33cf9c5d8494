"""Maps out of a project and back in: JSON, Mermaid, event logs, pictures; hostile files."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import re
from collections import Counter
from pathlib import Path

import defusedxml.ElementTree
import pandas as pd
import pytest
import studies
from hypothesis import given, settings
from hypothesis import strategies as st
from test_journey import CODINGS, ITEMS, TALKS, talked

from cjmresearch import Project, aggregate, cli, export, journey, workflow
from cjmresearch.errors import CjmError
from cjmresearch.export import mermaid

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def demo(tmp_path_factory) -> Project:
    with workflow.demo_project(tmp_path_factory.mktemp("demo") / "demo.cjm", language="en") as made:
        made.add_item("b2b8:search", "opportunities", "Prices: open, #1; 50 % off", coder="anna")
        yield made


# -- JSON ---------------------------------------------------------------------------------------


def test_the_published_schema_is_the_one_that_checks():
    published = (ROOT / "docs" / "cjm.schema.json").read_text(encoding="utf-8")
    inside = ROOT / "cjmresearch" / "export" / "cjm.schema.json"
    assert inside.read_text(encoding="utf-8") == published
    assert json.loads(published) == export.schema()


def test_a_map_file_holds_all_that_its_numbers_come_from(demo):
    map_ = journey.build(demo.study())
    document = export.loads(export.dumps(export.document(map_)))
    rows = pd.DataFrame(document["evidence"])
    assert len(document["cells"]) == len(map_.cells)
    for cell in document["cells"]:
        if cell["code"] is None:
            assert cell["status"] == "hypothesis"
            continue
        column = "touchpoint" if cell["layer"] == "touchpoints" else "code"
        mine = rows[(rows["stage"] == cell["stage"]) & (rows[column] == cell["code"])]
        assert sorted(set(mine["coding_id"])) == cell["evidence"]
        assert mine["participant"].nunique() == cell["n_participants"]
    for stage in document["stages"]:
        mine = rows[(rows["stage"] == stage["id"]) & rows["valence"].notna()]
        units = mine.assign(
            unit=mine["org_id"].fillna(mine["participant"]), felt=mine["weight"] * mine["valence"]
        )
        sums = units.groupby(["unit", "participant", "coder"])[["felt", "weight"]].sum()
        means = (sums["felt"] / sums["weight"]).groupby(["unit", "participant"]).mean()
        mean = means.groupby("unit").mean().mean()
        assert mean == pytest.approx(stage["emotion"]["mean"], abs=1e-12)


def test_words_of_people_who_refused_are_not_in_the_file(demo):
    study = demo.study()
    refused = study.participants.loc[study.participants["consent"].eq(False), "participant_id"]
    document = export.document(journey.build(study))
    theirs = [row for row in document["evidence"] if row["participant"] in set(refused)]
    assert theirs
    assert all(row["quote"] is None and row["withheld"] for row in theirs)
    assert all(row["quote"] for row in document["evidence"] if not row["withheld"])


def test_changing_one_quote_changes_one_line(demo):
    document = export.document(journey.build(demo.study()))
    before = export.dumps(document).split("\n")
    row = next(row for row in document["evidence"] if row["quote"])
    row["quote"] = "x" * len(row["quote"])
    after = export.dumps(document).split("\n")
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_a_future_map_file_holds_no_number_and_one_that_does_is_refused():
    document = export.document(journey.build(talked(), map_type="future"))
    assert document["n_participants"] is None
    assert document["evidence"] == []
    assert all(stage["emotion"] is None for stage in document["stages"])
    export.check(document)
    document["cells"][0]["n_participants"] = 3
    with pytest.raises(CjmError, match="cells/0/n_participants"):
        export.check(document)


HOSTILE = {
    "empty": "",
    "not json": "{",
    "another shape": "[]",
    "nan": '{"format": NaN}',
    "twice": '{"format": 1, "format": 2}',
    "deep": "[" * 100_000,
    "deep object": '{"a":' * 50_000,
    "wrong format": '{"format": "cjm.json", "version": 99}',
    "half a character": '{"title": "\\ud800"}',
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("ending", [".cjm.json", ".mmd"])
def test_a_hostile_file_gets_one_line(tmp_path, capsys, name, ending):
    path = tmp_path / f"map{ending}"
    path.write_text(HOSTILE[name], encoding="utf-8")
    with Project.create(tmp_path / "p.cjm", goal="See the map"):
        pass
    assert cli.main(["import", str(tmp_path / "p.cjm"), str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "Traceback" not in said.err
    assert f"map{ending}" in said.err


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["cells"][0].update(stage="nowhere"), "cells/0: no stage 'nowhere'"),
        (lambda d: d["stages"].append(d["stages"][0]), "the stage .* stands twice"),
        (lambda d: d["evidence"][0].update(end=10**6), "the quote has .* characters, its span"),
        (lambda d: d["cells"][0].update(status="sure"), "cells/0/status: .*sure.* enum"),
        (lambda d: d.update(surprise=1), "Additional properties are not allowed .*surprise"),
        (lambda d: d.pop("goal"), "'goal' is a required property"),
        (lambda d: d["evidence"][0].update(valence=2), "evidence/0/valence: 2 does not agree"),
    ],
)
def test_a_map_file_that_contradicts_itself_is_refused(change, message):
    document = export.document(journey.build(talked()))
    export.check(document)
    change(document)
    with pytest.raises(CjmError, match=message):
        export.check(document)


def test_random_bytes_are_refused_as_a_map(tmp_path):
    path = tmp_path / "map.cjm.json"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(CjmError, match="not UTF-8"):
        export.read_map(path)
    with pytest.raises(CjmError, match=r"not a map file; known: \.cjm\.json, \.mmd"):
        export.read_map(tmp_path / "map.docx")
    with pytest.raises(CjmError, match="can't be read"):
        export.read_map(tmp_path / "none.mmd")


# -- Mermaid ------------------------------------------------------------------------------------

words = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(":;#%,\n\r{}<>‹›∶；＃％， \t\u2028😀жЫ"),
    ),
    min_size=1,
    max_size=30,
) | st.sampled_from(
    [
        "journey",
        "Journey planning",
        "title x",
        "section: a",
        "accTitle",
        "%%{init: {}}%%",
        "‹title›",
    ]
)
valences = st.none() | st.floats(-1, 1, allow_nan=False)


BASE = export.document(journey.build(talked()))


@st.composite
def documents(draw):
    base = BASE
    language = draw(st.sampled_from(["ru", "en"]))
    stages = []
    for number in range(draw(st.integers(1, 4))):
        mean = draw(valences)
        emotion = {**base["stages"][0]["emotion"], "mean": mean, "low": None, "high": None}
        stage = {"id": f"s:{number}", "name_ru": draw(words), "name_en": draw(words)}
        stages.append(
            {**base["stages"][0], **stage, "emotion": draw(st.sampled_from([emotion, None]))}
        )
    cells = []
    for stage in stages:
        for _ in range(draw(st.integers(0, 3))):
            named = {"name_ru": draw(words), "name_en": draw(words), "valence": draw(valences)}
            who = draw(st.lists(words, max_size=2))
            status = draw(st.sampled_from(["evidence", "hypothesis", "machine"]))
            cell = {**base["cells"][0], **named, "actors": who, "status": status, "evidence": []}
            cells.append(
                {
                    **cell,
                    "stage": stage["id"],
                    "n_participants": draw(st.none() | st.integers(0, 9)),
                }
            )
    return {
        **base,
        "title": draw(words),
        "goal": draw(words),
        "language": language,
        "stages": stages,
        "cells": cells,
        "persona": draw(st.none() | words),
        "evidence": [],
        "samples": [],
        "sources": [],
        "items": [],
        "links": [],
    }


# The five rules of Mermaid's lexer for a journey (11.14), written again for this test.
TITLE = re.compile(r"title\s[^#\n;]+", re.IGNORECASE)
SECTION = re.compile(r"section\s[^#:\n;]+", re.IGNORECASE)
TASK = re.compile(r"([^#:\n;]+)(:[^#\n;]+)")
KEYWORD = re.compile(r"(journey\b|title\s|section\s|accTitle\s*:|accDescr\s*[:{])", re.IGNORECASE)


def lexed(text: str) -> list[tuple[str, str]]:
    """Read a journey as strictly as Mermaid does, and more strictly about scores."""
    found = []
    seen_journey = False
    for line in text.split("\n"):
        line = line.strip(" ")
        if line.startswith("%%"):
            assert not line.startswith("%%{")
            assert "%%{" not in line[2:]
            continue
        if not line:
            continue
        if not seen_journey:
            assert line == "journey"
            seen_journey = True
            continue
        if TITLE.fullmatch(line):
            found.append(("title", line))
        elif SECTION.fullmatch(line):
            found.append(("section", line))
        else:
            task = TASK.fullmatch(line)
            assert task, line
            assert not KEYWORD.match(line), line
            pieces = task[2][1:].split(":")
            assert len(pieces) <= 2, line
            assert re.fullmatch(r"\s*[1-5]", pieces[0]), line
            found.append(("task", task[1]))
    return found


@settings(max_examples=60, deadline=None)
@given(documents())
def test_a_map_goes_to_mermaid_and_back_whole(document):
    text = mermaid.dumps(document)
    export.check(document)
    back = mermaid.loads(text)
    assert back == document
    assert export.loads(export.dumps(back)) == document
    kinds = [kind for kind, _ in lexed(text)]
    moods = sum(bool(s["emotion"] and s["emotion"]["mean"] is not None) for s in document["stages"])
    assert kinds.count("section") == len(document["stages"])
    assert kinds.count("task") == len(document["cells"]) + moods


def test_the_sample_map_is_short_enough_for_mermaid(demo):
    for language in ("ru", "en"):
        text = mermaid.dumps(export.document(journey.build(demo.study()), language=language))
        assert len(text) < 50_000
        lexed(text)


def test_what_a_person_edits_in_the_diagram_wins():
    document = export.document(journey.build(talked()), language="en")
    text = mermaid.dumps(document)
    assert "en feelings∶joy: 5: Everybody" in text
    edited = text.replace("    en feelings∶joy: 5: Everybody", "    Delight: 1: Anna", 1)
    cell = next(c for c in mermaid.loads(edited)["cells"] if c["name_en"] == "Delight")
    assert (cell["code"], cell["actors"]) == ("feelings:joy", ["Anna"])
    assert (cell["valence"], cell["status"]) == (-1.0, "hypothesis")
    assert cell["n_participants"] is None


def test_anybodys_diagram_becomes_hypotheses():
    text = "journey\n  title My day\n  section Morning\n  Tea: 5: Me, Cat\n  Bus: 2: Me\n"
    document = mermaid.loads(text)
    assert document["title"] == "My day"
    assert [stage["name_en"] for stage in document["stages"]] == ["Morning"]
    told = [(c["name_en"], c["valence"], c["actors"], c["status"]) for c in document["cells"]]
    assert told == [
        ("Tea", 1.0, ["Me", "Cat"], "hypothesis"),
        ("Bus", -0.5, ["Me"], "hypothesis"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("flowchart LR\n A-->B", "line 1: a Mermaid journey begins with the word journey"),
        ("journey\n Tea: 5: Me", "line 2: a task stands before the first section"),
        ("journey\n section A\n Tea", "line 3: a task is `name: score: actors`"),
        ("journey\n section A\n Tea: 9", "line 3: the score 9 is not from 0 to 5"),
        ("journey\n %% cjm: {\n section A", "line 2: the cjm comment is not JSON"),
        ('journey\n %% cjm: {"cell": 3}\n', "line 2: the cjm comment is not what export writes"),
        ("journey\n title x", "a journey without a section"),
        ('journey\n %% cjm: {"stage": {}}\n section A', "lacks the name"),
    ],
)
def test_a_broken_diagram_names_its_line(text, message):
    with pytest.raises(CjmError, match=message):
        mermaid.loads(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | words.map(lambda w: f"journey\nsection {w}\n{w}: 3: {w}"))
def test_no_text_breaks_the_reader_otherwise_than_in_a_line(text):
    for reader in (mermaid.loads, export.loads):
        with contextlib.suppress(CjmError):  # any other error fails the test
            export.check(reader(text))


def test_faces_are_whole_numbers_and_neutral_where_nothing_is_sure():
    assert [mermaid.face(v) for v in (-1, -0.5, 0, 0.5, 1)] == [1, 2, 3, 4, 5]
    assert mermaid.face(None) == 3
    assert mermaid.face(0.8, -0.1, 1.7) == 3
    assert mermaid.face(0.8, 0.1, 1.5) == 5


# -- into a project -----------------------------------------------------------------------------


def test_a_map_comes_into_another_project_once(tmp_path, demo):
    path = export.write(demo.study(), tmp_path / "m.cjm.json", language="en")
    with Project.create(tmp_path / "p.cjm", goal="See the map here") as other:
        first = workflow.import_map(other, path)
        items = other.frame("items")
        assert "hypotheses here" in first
        assert "Prices: open, #1; 50 % off" in set(items["text"])
        map_ = journey.build(other.study())
        assert set(map_.cells["status"]) == {"hypothesis"}
        assert map_.cells["n_participants"].isna().all()
        workflow.import_map(other, path)
        assert len(other.frame("items")) == len(items)
        assert other.undo("import") == "map"
        assert len(other.frame("items")) == 0
        assert other.verify() == []


@pytest.mark.parametrize("ending", export.MAP_FORMATS)
def test_a_projects_own_map_adds_nothing_to_it(tmp_path, ending):
    with workflow.demo_project(tmp_path / "demo.cjm") as project:
        item = project.add_item("b2b8:use", "opportunities", "Видеоинструкции", coder="anna")
        project.link("barriers:unclear_manual", "removed_by", item, coder="anna")
        path = export.write(project.study(), tmp_path / f"m{ending}")
        before = [project.frame(name) for name in ("items", "links", "codes")]
        assert workflow.import_map(project, path) == "0 items, 0 links"
        for name, frame in zip(("items", "links", "codes"), before, strict=True):
            pd.testing.assert_frame_equal(project.frame(name), frame)


def test_a_foreign_diagram_brings_its_stages(tmp_path):
    path = tmp_path / "day.mmd"
    path.write_text("journey\ntitle Day\nsection Morning\nTea: 5: Me\n", encoding="utf-8")
    with Project.create(tmp_path / "p.cjm", goal="See the map here") as project:
        assert workflow.import_map(project, path) == (
            "1 items, 0 links; 1 new stages; 1 of the map's cells are hypotheses here"
        )
        shown = journey.build(project.study(), model="imported")
        assert list(shown.cells["name_en"]) == ["Tea"]
        assert list(shown.stages["name_en"]) == ["Morning"]


# -- event logs, feedback, tables, pictures -----------------------------------------------------


def test_an_event_log_has_a_trace_a_person_in_the_order_of_telling():
    text = export.eventlog.xes(journey.build(talked()), language="en")
    log = defusedxml.ElementTree.fromstring(text)
    space = {"x": "http://www.xes-standard.org/"}
    traces = {
        trace.find("x:string[@key='concept:name']", space).get("value"): [
            tuple(
                event.find(f"x:string[@key='{key}']", space).get("value")
                for key in ("cjm:stage", "cjm:time")
            )
            for event in trace.findall("x:event", space)
        ]
        for trace in log.findall("x:trace", space)
    }
    assert list(traces) == ["A", "B"]
    assert next(stage for stage, _ in traces["A"]) == "trip:search"
    assert {time for steps in traces.values() for _, time in steps} == {"told"}
    assert [stage for stage, _ in traces["A"]][-1] == "trip:buy"
    stamps = [d.get("value") for d in log.iterfind(".//x:event/x:date", space)]
    assert all(pd.notna(pd.to_datetime(stamps)))


def follows(text: str) -> Counter:
    """What directly follows what in a log, read as any reader of XES would; loops left out."""
    space = {"x": "http://www.xes-standard.org/"}
    graph: Counter = Counter()
    for trace in defusedxml.ElementTree.fromstring(text).findall("x:trace", space):
        events = [
            (
                pd.Timestamp(event.find("x:date[@key='time:timestamp']", space).get("value")),
                event.find("x:string[@key='concept:name']", space).get("value"),
            )
            for event in trace.findall("x:event", space)
        ]
        path = [name for _, name in sorted(events, key=lambda event: event[0])]
        graph.update(p for p in itertools.pairwise(["start", *path, "end"]) if p[0] != p[1])
    return graph


WALKS = st.lists(st.lists(st.sampled_from(studies.STAGES), min_size=1, max_size=6), max_size=5)


@given(WALKS)
@settings(max_examples=8)
def test_the_event_log_has_the_transitions_of_the_paths_also_of_people_only_it_knows(walks):
    visits = [
        {"visit_id": f"v{person}-{n}", "participant_id": f"p{person}", "stage": stage,
         "order_happened": n, "begin": f"2026-03-0{n + 1}T10:00:00Z", "origin": "log"}
        for person, walk in enumerate(walks)
        for n, stage in enumerate(walk)
    ]  # fmt: skip
    people = {f"p{person}": {} for person in range(len(walks))}
    study = studies.study({"S": [("p0", "hello")]}, [], people=people, visits=visits)
    table = aggregate.transitions(aggregate.visits(study, order="happened"))
    names = study.names("en") | {"start": "start", "end": "end"}
    steps = {
        (names[row["from"]], names[row["to"]]): row["n_steps"]
        for row in table.to_dict("records")
        if row["n_steps"]
    }
    assert dict(follows(export.eventlog.xes(journey.build(study), language="en"))) == steps


def test_what_was_told_has_the_transitions_of_the_paths_too(demo):
    study = demo.study()
    table = aggregate.transitions(aggregate.visits(study))
    names = study.names("en") | {"start": "start", "end": "end"}
    steps = {
        (names[row["from"]], names[row["to"]]): row["n_steps"]
        for row in table.to_dict("records")
        if row["n_steps"]
    }
    assert len(steps) > 10
    assert dict(follows(export.eventlog.xes(journey.build(study), language="en"))) == steps


def test_a_log_of_a_persona_or_a_wave_holds_only_its_people():
    a = {"persona_id": "a", "name": "A", "origin": "manual"}
    member = {"persona_id": "a", "participant_id": "L", "probability": 1.0}
    visits = [
        {"visit_id": f"v{who}", "participant_id": who, "stage": "trip:buy", "origin": "log",
         "begin": "2026-03-01T10:00:00Z"}
        for who in ("L", "M")
    ]  # fmt: skip
    study = talked(visits=visits, personas=[a], memberships=[member], people={"L": {}, "M": {}})
    waves = study.sources.assign(wave=[str(n) for n in range(len(study.sources))])
    study = dataclasses.replace(study, sources=waves)
    assert {"L", "M"} < set(export.steps(journey.build(study))["participant_id"])
    assert set(export.steps(journey.build(study, persona="A"))["participant_id"]) == {"L"}
    later = set(export.steps(journey.build(study, wave="0"))["participant_id"])
    assert not {"L", "M"} & later


def test_visits_of_a_log_come_first_and_keep_their_time():
    visits = [
        {"visit_id": "v1", "participant_id": "A", "stage": "trip:use", "order_happened": 2,
         "begin": "2026-03-02T10:00:00Z", "origin": "log"},
        {"visit_id": "v2", "participant_id": "A", "stage": "trip:buy", "order_happened": 1,
         "begin": "2026-03-01T10:00:00Z", "touchpoint": "points:site", "origin": "log"},
    ]  # fmt: skip
    map_ = journey.build(talked(visits=visits))
    steps = export.steps(map_)
    mine = steps[steps["participant_id"] == "A"]
    assert list(mine["stage"]) == ["trip:buy", "trip:use"]
    assert set(mine["time"]) == {"happened"}
    assert set(steps.loc[steps["participant_id"] == "B", "time"]) == {"told"}
    assert "2026-03-01T10:00:00.000+00:00" in export.eventlog.xes(map_)


def test_planned_journeys_hold_no_experience():
    now = export.eventlog.cjml(journey.build(talked()))
    then = export.eventlog.cjml(journey.build(talked(), map_type="future"))
    assert "<experience>" in now
    assert "<actualJourney" in now
    assert "experience" not in then
    assert "plannedJourney" in then
    for text in (now, then):
        defusedxml.ElementTree.fromstring(text)
    with pytest.raises(CjmError, match="nobody has walked it yet"):
        export.eventlog.xes(journey.build(talked(), map_type="future"))


def test_every_point_of_a_journey_says_who_to_whom_and_by_which_channel():
    for map_type in ("current", "future"):
        root = defusedxml.ElementTree.fromstring(
            export.eventlog.cjml(journey.build(talked(), map_type=map_type))
        )
        assert (root.tag, root.get("version")) == ("cjml", "2.0")
        for journey_ in root.iter(f"{'planned' if map_type == 'future' else 'actual'}Journey"):
            actors = {a.get("id"): a.get("type") for a in journey_.iter("actor")}
            assert set(actors.values()) == {"endUser", "serviceProvider"}
            points = [p for p in journey_ if p.tag in ("communicationPoint", "action")]
            assert points or map_type == "future"
            orders = [int(p.get("order")) for p in points]
            assert orders == sorted(orders)
            for point in points:
                wanted = {"name", "initiator"}
                if point.tag == "communicationPoint":
                    wanted |= {"receiver", "channel"}
                assert all(point.findtext(tag) for tag in wanted)
                ends = {point.findtext("initiator"), point.findtext("receiver")} - {None}
                assert ends <= set(actors)


def test_control_characters_do_not_break_xml():
    odd = studies.study(TALKS, CODINGS, items=ITEMS, people={"A": {"pseudonym": "A\x00<&>\x1f"}})
    for text in (export.eventlog.xes(journey.build(odd)), export.eventlog.cjml(journey.build(odd))):
        defusedxml.ElementTree.fromstring(text)


def test_feedback_rows_carry_their_scale_and_say_unassigned(demo):
    rows = export.voc(talked())
    assert list(rows.columns[:5]) == ["date", "score", "scale", "verbatim", "stage"]
    assert list(rows.loc[rows["verbatim"] == "later nothing", "stage"]) == ["Unassigned"]
    assert set(rows["scale"]) == {"-1..1"}
    scales = set(export.voc(demo.study())["scale"])
    assert "-1..1" in scales
    assert len(scales) > 1


def test_pictures_are_made_and_share_no_id(tmp_path, demo):
    study = demo.study()
    pictures = [
        export.write(study, tmp_path / f"{language}.svg", language=language)
        for language in ("ru", "en")
    ]
    texts = [path.read_text(encoding="utf-8") for path in pictures]
    ids = [set(re.findall(r'\bid="([^"]+)"', text)) for text in texts]
    assert len(ids[0]) > 10
    assert not ids[0] & ids[1]
    for text, own in zip(texts, ids, strict=True):
        used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
        assert used <= own
        defusedxml.ElementTree.fromstring(text)
    again = export.write(study, tmp_path / "again.svg", language="ru")
    assert again.read_bytes() == pictures[0].read_bytes()
    picture = export.write(study, tmp_path / "map.png")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_the_workbook_has_the_tables_of_the_method(tmp_path, demo):
    import openpyxl

    path = export.write(demo.study(), tmp_path / "all.xlsx", language="ru")
    book = openpyxl.load_workbook(path)
    assert {"T1", "T2", "T3", "T4", "T5", "map", "five_questions", "plan", "audit"} <= set(
        book.sheetnames
    )
    assert [cell.value for cell in book["T1"][1]] == ["Этап пути", "Цель", "Эмоции"]
    assert book["T5"].max_row == 9
    assert book["T5"].max_column == 7


def test_export_by_ending_on_the_command_line(tmp_path, demo, capsys):
    for ending in (".cjm.json", ".mmd", ".xes", ".cjml", ".voc.csv"):
        path = tmp_path / f"out{ending}"
        assert cli.main(["export", str(demo.path), str(path), "--model", "shop6"]) == 0
        assert path.stat().st_size > 500
    assert json.loads((tmp_path / "out.cjm.json").read_text(encoding="utf-8"))["model"] == "shop6"
    assert (
        cli.main(["export", str(demo.path), str(tmp_path / "x.xes"), "--map-type", "future"]) == 2
    )
    assert "nobody has walked it yet" in capsys.readouterr().err
