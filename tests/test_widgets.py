"""The explorer without a browser: what it shows and opens, and that it trusts no transcript."""

from __future__ import annotations

import re
import threading
from html.parser import HTMLParser

import pytest
import studies

from cjmresearch import journey, schema, widgets, workflow
from cjmresearch.errors import CjmError
from cjmresearch.report.words import soft
from cjmresearch.widgets import cards, grid
from cjmresearch.widgets.words import clock, counted, located, signed

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
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
        people={"C": {"consent": False}},
        personas=personas,
        memberships=members,
    )


@pytest.fixture
def explorer(study: schema.Study) -> widgets.JourneyExplorer:
    return widgets.JourneyExplorer(study, language="en")


def html(widget: object) -> str:
    """All HTML that the widget shows now."""
    parts = [widget.value] if type(widget).__name__ == "HTML" else []
    parts = [part for part in parts if not part.startswith("<style>")]
    for child in getattr(widget, "children", ()):
        parts.append(html(child))
    return "\n".join(parts)


def buttons(widget: object) -> dict[str, object]:
    """Buttons that are shown now, by their tooltip."""
    found = {}
    for child in getattr(widget, "children", ()):
        if type(child).__name__ == "Button":
            found[child.tooltip or child.description] = child
        found.update(buttons(child))
    return found


class Tags(HTMLParser):
    """Collects the elements and attributes that a browser would make of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)


def test_shows_the_numbers_of_the_map(explorer, study):
    shown = buttons(explorer)
    expected = journey.build(study).cells
    slow = expected[expected["code"] == "pains:slow"].iloc[0]
    assert slow["n_participants"] == 3
    assert shown["3\xa0· en pains:slow"].description == "3\xa0· en pains:slow"
    assert "mood: −0.10, 2 of 3".lower() in {hint.lower() for hint in shown}


def test_a_layer_shows_its_codes_with_people_of_people(explorer):
    explorer.choose(layer="barriers")
    assert buttons(explorer)["en pains:slow: 3 of 3"].description == "3 of 3"


def test_a_mean_feeling_shows_from_three_people_with_its_own_n():
    def cell_of(feelings):
        talks = {name: [(name, "the site was fine")] for name in "ABCD"}
        spans = [
            {"source": name, "quote": "the site was fine", "code": code}
            for name in talks
            for code in ("trip:search", "points:site")
        ]
        felt = [{"source": n, "quote": "fine", "code": "feelings:joy"} for n in talks][:feelings]
        shown = journey.build(studies.study(talks, spans + felt))
        [row] = grid.rows(shown, "touchpoints", "en")
        return row.cells["trip:search"], grid.mood(shown, "en").cells

    [two, mood_of_two] = cell_of(2)
    assert two.text == "4 of 4"
    assert two.tone.startswith("count")
    assert (mood_of_two["trip:search"].text, mood_of_two["trip:search"].tone) == (
        "+0.80\n2 of 4",
        "plain",
    )
    [three, mood_of_three] = cell_of(3)
    assert three.text == "4 of 4\n+0.8 (n=3)"
    assert (three.tone, mood_of_three["trip:search"].tone) == ("good-strong", "good-strong")
    assert cell_of(4)[0].text == "4 of 4\n+0.8"


def test_a_click_opens_the_words_behind_a_cell(explorer):
    explorer.choose(layer="barriers")
    buttons(explorer)["en pains:slow: 3 of 3"].click()
    page = html(explorer)
    assert "<mark>slow to answer</mark>" in page
    assert "How did you buy it?" in page
    assert "Person A" in page
    assert "Talk s1 · turn 2" in page
    assert "3 participants, 3 mentions" in page
    assert list(explorer.quotes["code"]) == ["pains:slow"] * 3
    assert "cjm-open" in buttons(explorer)["en pains:slow: 3 of 3"]._dom_classes


def test_words_without_consent_are_counted_and_withheld(explorer):
    explorer.pick(SLOW)
    page = html(explorer)
    assert "Words withheld" in page
    assert "It was slow" not in page
    assert "And you?" not in page
    assert explorer.quotes["withheld"].sum() == 1


def test_machine_tags_are_off_at_first_and_said_when_on(explorer):
    assert "machine" not in html(explorer)
    explorer.choose(include="suggested")
    page = html(explorer)
    assert "Partly machine-tagged, uncorrected: rules and models suggested 1 of 8" in page
    explorer.pick(("curve", "trip:buy"))
    assert "machine, unchecked" in html(explorer)
    explorer.choose(include="human")
    assert "machine" not in html(explorer)


def test_a_persona_changes_all_numbers(explorer):
    explorer.choose(persona="the patient", layer="barriers")
    assert "en pains:slow: 1 of 1" in buttons(explorer)
    assert repr(explorer).startswith("JourneyExplorer(persona='the patient', model='trip'")
    explorer.choose(persona="all")
    assert "en pains:slow: 3 of 3" in buttons(explorer)


def test_another_model_shows_what_it_has_no_place_for(explorer):
    explorer.choose(model="other")
    assert "Outside the model" in html(explorer)
    outside = [
        w for w in buttons(explorer).values() if w.description == "Barriers and pains: 3 of 3"
    ]
    outside[0].click()
    assert "3 participants, 3 mentions" in html(explorer)
    assert "No feelings are coded" in html(explorer)


def test_a_shipped_model_shows_what_was_coded_in_another(tmp_path):
    with workflow.demo_project(tmp_path / "demo.cjm", language="en") as project:
        explorer = widgets.JourneyExplorer(project.study(), language="en")
    labels = {value: label for label, value in explorer._view.models()}
    assert labels["b2b8"] == "B2B journey, 8 stages"
    assert labels["shop6"].startswith("≈ ")
    assert "sales5" not in labels  # no stage of it is a client's
    explorer.choose(model="shop6")
    assert "≈ Purchase" in html(explorer)
    explorer.pick(("curve", "shop6:purchase"))
    assert "Purchase" in html(explorer)
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
    assert "<mark>" not in html(explorer)


def test_codes_narrow_a_cell_of_the_whole_map(explorer):
    explorer.pick(("feelings", "trip:buy"))
    assert len(explorer.quotes) == 2
    toggles = [w for w in explorer._panel.box.children if type(w).__name__ == "ToggleButtons"]
    (codes,) = toggles
    assert [label for label, _ in codes.options] == [
        "All",
        "1\xa0· en feelings:anger",
        "1\xa0· en feelings:trust",
    ]
    codes.value = ("feelings", "trip:buy", "feelings:trust")
    assert list(explorer.quotes["code"]) == ["feelings:trust"]


def test_nothing_of_a_study_becomes_markup():
    talks = {"s1": [("I", EVIL), ("A", f"before {EVIL} slow {EVIL} after")]}
    codings = [
        {"source": "s1", "code": "trip:buy", "start": 0, "end": len(EVIL) * 3},
        {"source": "s1", "code": "pains:slow", "quote": f"{EVIL} slow", "coder": EVIL},
        {"source": "s1", "code": "feelings:anger", "quote": "slow", "coder": "model:" + EVIL,
         "status": "suggested"},
    ]  # fmt: skip
    study = studies.study(talks, codings, personas=[{"persona_id": "p", "name": EVIL,
                          "origin": "manual"}])  # fmt: skip
    for table, column in (("project", "goal"), ("participants", "pseudonym"), ("sources", "title"),
                          ("codes", "name_en"), ("turns", "locator")):  # fmt: skip
        getattr(study, table)[column] = EVIL
    explorer = widgets.JourneyExplorer(study, language="en", include="suggested")
    explorer.pick(("curve", "trip:buy"))
    for layer in ("map", "barriers", "feelings"):
        explorer.choose(layer=layer)
        page = html(explorer)
        tags = Tags()
        tags.feed(page)
        assert not {"script", "img"} & tags.tags
        assert not [name for name in tags.attributes if name.startswith("on")]
        assert "alert(1)" in page


def test_unchanged_maps_are_not_computed_again(explorer, monkeypatch):
    calls = []
    build = journey.build
    monkeypatch.setattr(journey, "build", lambda *a, **k: calls.append(k) or build(*a, **k))
    explorer.choose(layer="feelings")
    explorer.pick(("feelings", "trip:buy", "feelings:anger"))
    assert calls == []
    explorer.choose(include="suggested")
    explorer.choose(include="human")
    assert len(calls) == 1


def test_buttons_are_used_again(explorer):
    made = len(explorer._table._buttons.made)
    for layer in ("feelings", "map", "barriers", "map"):
        explorer.choose(layer=layer)
    assert len(explorer._table._buttons.made) <= made + 4


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


def test_pyplot_stays_out(explorer):
    import matplotlib

    explorer.choose(persona="the patient")
    assert "matplotlib.pyplot" not in dir(matplotlib) or not matplotlib.pyplot.get_fignums()


def test_a_project_is_read_again(tmp_path, sample):
    from cjmresearch import Project, read

    with Project.create(tmp_path / "x.cjm", goal="why they leave") as project:
        source = project.add(read.transcript(sample / "en_04_finance.txt"))
        explorer = widgets.JourneyExplorer(project, language="en")
        turn = project.frame("turns").iloc[1]
        for code in ("b2b8:purchase", "feelings:irritation"):
            project.code(source, int(turn["start"]), int(turn["end"]), code, coder="anna")
        explorer.pick(("curve", "b2b8:purchase"))
        assert explorer.quotes.empty
        buttons(explorer)["Reload from the project"].click()
        explorer.pick(("curve", "b2b8:purchase"))
        assert len(explorer.quotes) == 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"persona": "nobody"}, "the patient"),
        ({"model": "b2b8"}, "trip"),
        ({"layer": "colours"}, "feelings"),
        ({"include": "all"}, "suggested"),
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


def test_words_in_both_languages():
    forms = [counted(n, "participants", "ru") for n in (1, 3, 11, 12, 21, 25)]
    assert forms == ["1 участник", "3 участника", "11 участников", "12 участников",
                     "21 участник", "25 участников"]  # fmt: skip
    assert counted(1, "mentions", "en") == "1 mention"
    assert signed(-0.44, "ru") == "−0,4"
    assert signed(-0.04, "en") == "0.0"
    assert (clock(7), clock(3725)) == ("0:07", "1:02:05")
    assert located("line 12", "ru") == "строка 12"


def test_long_words_may_break():
    assert soft("Заинтересованность") == "Заинте\xadре\xadсо\xadванность"
    assert soft("Доверие") == "Доверие"


def test_context_is_cut_at_a_word():
    row = {"quote": "q", "before": "x" * 200 + " end", "after": "", "prompt": None, "code": "c"}
    row |= dict.fromkeys(("participant", "source", "position", "locator", "begin_s", "coder"))
    import pandas as pd

    frame = pd.DataFrame([row | {"status": "human", "withheld": False, "valence": None}])
    shown = cards.quotes(frame, {}, "en")
    assert re.search(r"<span>…end</span><mark>q</mark>", shown)
