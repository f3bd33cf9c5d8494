"""The page of a coded transcript: every word and coding stands on it, nothing runs, none leaks."""

from __future__ import annotations

import html as html_module
import random
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import study

from cjmresearch import codebooks, report
from cjmresearch.cli import main
from cjmresearch.errors import CjmError
from cjmresearch.palette import DARK, LIGHT, code_colours
from cjmresearch.report.transcript import LANES, transcript
from cjmresearch.schema import Study
from cjmresearch.store import Project

VOID = {"meta", "input", "br", "img", "hr", "link"}
TALK = [
    ("I", "Как вы выбирали?"),
    ("anya", "Сначала сайт 👨‍👩‍👧, потом звонок."),
    ("anya", "И всё."),
]
EVIL = (
    "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
    '<a href="javascript:window.evil=3">x</a> \x1b[31mred\x1b[0m \u202eevil\u202c & "quoted" \'s'
)


class Page(HTMLParser):
    """A parsed page: its tags, the texts of turns and what is never closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.html, self.tags, self.stack, self.errors = html, [], [], []
        self.turns: list[str] = []
        self.marked: dict[str, str] = {}
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        self.tags.append((tag, found))
        if tag not in VOID:
            self.stack.append((tag, found))
        if tag == "p" and found.get("class") == "text":
            self.turns.append("")

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack[-1][0] != tag:
            self.errors.append(tag)
        else:
            self.stack.pop()

    def handle_data(self, data: str) -> None:
        names = [tag for tag, _ in self.stack]
        if names and names[-1] in ("script", "style"):
            return
        self.words.append(data)
        if any(tag == "p" and a.get("class") == "text" for tag, a in self.stack):
            self.turns[-1] += data
            for tag, found in self.stack:
                for number in (found.get("data-n") or "").split() if tag == "mark" else ():
                    self.marked[number] = self.marked.get(number, "") + data

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def of(self, tag: str) -> list[dict[str, Any]]:
        return [found for name, found in self.tags if name == tag]


def page(given: Study, source: str = "S", **options: Any) -> Page:
    return Page(report.transcript_page(given, source, **options))


def coded(**more: Any) -> Study:
    codings = [
        {"source": "S", "quote": "сайт 👨‍👩‍👧", "code": "points:site", "memo": "Спросить ещё"},
        {"source": "S", "quote": "Сначала сайт", "code": "trip:search", "coder": "boris"},
        {"source": "S", "quote": "звонок", "code": "points:call", "coder": "model:points-1"}
        | {"status": "suggested", "confidence": 0.62, "memo": "звон\\w+"},
        {"source": "S", "quote": "И всё", "code": "feelings:anger", "status": "rejected"},
    ]
    return study({"S": TALK}, codings, **more)


# -- what stands on it -----------------------------------------------------------------------------


def test_every_turn_stands_word_for_word_with_who_says_it() -> None:
    shown = page(coded(), language="ru")
    assert shown.turns == [words for _, words in TALK]
    heads = re.findall(r"<h2><bdi>(.*?)</bdi>", shown.html)
    assert heads == ["I", "Person anya", "Person anya"]
    assert shown.errors == []
    assert shown.stack == []


def test_a_coding_is_drawn_under_its_own_words_and_named_in_the_margin() -> None:
    shown = page(coded(), language="ru")
    assert list(shown.marked.values()) == ["Сначала сайт", "сайт 👨‍👩‍👧", "звонок"]
    for chip in ("ру points:site", "ру trip:search", "Спросить ещё", "boris", "anna"):
        assert chip in shown.text
    assert "feelings:anger" not in shown.html
    for link in re.findall(r'<a class="p\d+" href="#(.*?)"', shown.html):
        assert f'id="{link}"' in shown.html


def test_what_a_machine_suggests_is_dashed_and_said_to_be_so() -> None:
    shown = page(coded(), language="en")
    assert "Dashed lines are suggestions of rules and models (1)." in shown.text
    assert re.search(r'class="chip s\d+ machine".*?machine</span>.*?62%', shown.html, re.DOTALL)
    assert len(re.findall(r"--g\d+: repeating-linear-gradient", shown.html)) == 1
    assert len(re.findall(r"--g\d+: linear-gradient", shown.html)) == 2
    people = study({"S": TALK}, [{"source": "S", "quote": "сайт", "code": "points:site"}])
    assert "Dashed lines are suggestions of rules" not in page(people, language="en").text


def test_a_decided_suggestion_is_shown_as_the_decision() -> None:
    quote = {"source": "S", "quote": "звонок", "code": "points:call"}
    codings = [
        {**quote, "id": "s", "status": "suggested", "coder": "model:x"},
        {**quote, "status": "accepted", "suggestion_id": "s"},
    ]
    shown = page(study({"S": TALK}, codings), language="en")
    assert "anna , accepted" in shown.text
    assert "model:x" not in shown.html


def test_only_one_coder_beside_the_machine() -> None:
    shown = page(coded(), language="en", coder="boris")
    assert "Only what boris coded is shown" in shown.text
    assert list(shown.marked.values()) == ["Сначала сайт", "звонок"]
    accepted = {"source": "S", "quote": "звонок", "code": "points:call"}
    codings = [
        {**accepted, "id": "s", "status": "suggested", "coder": "model:x"},
        {**accepted, "status": "accepted", "suggestion_id": "s"},
    ]
    blind = page(study({"S": TALK}, codings), language="en", coder="boris")
    assert "model:x" in blind.text
    assert "anna" not in blind.html


def test_counts_of_codes_and_coders() -> None:
    laid = transcript(coded(), "S", language="en")
    counts = {c["slug"]: (c["n_human"], c["n_machine"]) for c in laid["legend"].codes}
    assert counts == {"trip:search": (1, 0), "points:site": (1, 0), "points:call": (0, 1)}
    assert [(c["name"], c["n"]) for c in laid["legend"].coders] == [
        ("anna", 1), ("boris", 1), ("model:points-1", 1),
    ]  # fmt: skip
    spoken = sum(len(words) for who, words in TALK if who == "anya")
    assert laid["coded_share"] == pytest.approx(len("Сначала сайт 👨‍👩‍👧") / spoken)


def test_a_coding_over_several_turns_is_drawn_in_each_and_says_its_memo_once() -> None:
    text = "\n".join(words for _, words in TALK)
    start, end = text.index("потом"), text.index("всё") + 3
    codings = [
        {"source": "S", "start": start, "end": end, "code": "trip:search", "memo": "Дважды?"}
    ]
    shown = page(study({"S": TALK}, codings), language="en")
    assert shown.marked == {"1": "потом звонок.И всё"}
    assert shown.text.count("Дважды?") == 1
    assert shown.text.count("(continued)") == 1


def test_prompts_times_and_what_is_not_coded() -> None:
    built = study({"S": TALK}, [])
    turns = built.turns.assign(prompt="Что было?", begin_s=[5.0, 65.0, 3725.0])
    shown = page(Study(**built.tables() | {"turns": turns}), language="en")
    assert shown.text.count("Что было?") == 3
    for clock in ("0:05", "1:05", "1:02:05"):
        assert clock in shown.text
    assert "Nothing is coded here yet." in shown.text
    assert shown.of("input") == []


def test_russian_and_english_differ_in_every_fixed_word() -> None:
    russian, english = page(coded(), language="ru"), page(coded(), language="en")
    assert russian.of("html")[0]["lang"] == "ru"
    assert "Размеченная расшифровка" in russian.text
    assert "Coded transcript" in english.text
    assert not re.search("[а-яё]{4,} (код|реплик|машин)", english.text)
    assert page(coded()).of("html")[0]["lang"] == "ru"  # the project's first language


def test_errors_name_the_offender() -> None:
    with pytest.raises(CjmError, match="no source 'nowhere' in the study; it has S"):
        report.transcript_page(coded(), "nowhere")
    with pytest.raises(CjmError, match="'de'"):
        report.transcript_page(coded(), "S", language="de")


# -- overlaps --------------------------------------------------------------------------------------


def lanes_of(given: Study) -> dict[str, set[tuple[str, str]]]:
    """Lines drawn for each piece of text, by the text."""
    [chunk] = transcript(given, "S", language="en")["chunks"]
    return {p["text"]: set(p["lines"]) for turn in chunk for p in turn["pieces"]}


def test_overlaps_lie_on_lines_of_their_own() -> None:
    talk = {"S": [("p", "abcdef")]}
    spans = [(0, 4, "trip:search"), (2, 6, "trip:buy"), (4, 6, "trip:use")]
    codings = [{"source": "S", "start": s, "end": e, "code": c} for s, e, c in spans]
    assert lanes_of(study(talk, codings)) == {
        "ab": {("a", "g0")},
        "cd": {("a", "g0"), ("b", "g1")},
        "ef": {("a", "g2"), ("b", "g1")},
    }


def test_more_overlaps_than_lines_are_said() -> None:
    talk = {"S": [("p", "abc")]}
    codings = [
        {"source": "S", "start": 0, "end": 3, "code": "trip:search", "coder": f"c{n}"}
        for n in range(LANES + 2)
    ]
    lines = lanes_of(study(talk, codings))["abc"]
    assert len(lines) == LANES
    assert ("h", "more") in lines
    assert "More codes meet here" in page(study(talk, codings), language="en").text
    assert "More codes meet here" not in page(study(talk, codings[:LANES]), language="en").text


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text("aб 👨‍👩‍👧é\u0301\u202e<&", min_size=1, max_size=12), min_size=1, max_size=5),
    st.lists(st.tuples(st.integers(0, 80), st.integers(1, 40)), max_size=12),
)
def test_any_overlap_is_drawn_under_exactly_its_words(
    turns: list[str], spans: list[tuple[int, int]]
) -> None:
    text = "".join(t + "\n" for t in turns)
    inside = sorted({(s, min(s + n, len(text))) for s, n in spans if s < len(text)})
    codings = [{"source": "S", "start": s, "end": e, "code": "trip:search"} for s, e in inside]
    built = study({"S": [("p", t) for t in turns]}, codings)
    starts = list(built.turns["start"])
    drawn: dict[str, set[int]] = {}
    [chunk] = transcript(built, "S", language="en")["chunks"]
    for turn, at in zip(chunk, starts, strict=True):
        assert "".join(p["text"] for p in turn["pieces"]) == turns[turn["number"] - 1]
        for piece in turn["pieces"]:
            for number in piece["numbers"].split():
                drawn.setdefault(number, set()).update(range(at, at + len(piece["text"])))
            at += len(piece["text"])
    spoken = {i for t in built.turns.itertuples() for i in range(t.start, t.end)}
    ordered = sorted(inside, key=lambda span: (span[0], -span[1]))
    expected = [set(range(s, e)) & spoken for s, e in ordered]
    assert [drawn.get(str(n), set()) for n in range(1, len(ordered) + 1)] == expected


# -- safety ----------------------------------------------------------------------------------------


def hostile() -> Study:
    built = study(
        {"S": [("<b>I</b>", EVIL), ("p", EVIL)]},
        [
            {
                "source": "S",
                "start": 3,
                "end": 40,
                "code": "trip:search",
                "coder": EVIL,
                "memo": EVIL,
            }
        ],
        people={"p": {}},
    )
    tables = built.tables()
    tables["codes"] = built.codes.assign(
        name_ru=EVIL, name_en=EVIL, definition=EVIL, colour="red;} body{display:none"
    )
    tables["sources"] = built.sources.assign(title=EVIL, language='"><script>')
    tables["participants"] = built.participants.assign(pseudonym=EVIL)
    tables["project"] = built.project.assign(goal=EVIL)
    tables["turns"] = built.turns.assign(prompt=EVIL)
    return Study(**tables)


def test_hostile_content_is_text() -> None:
    shown = page(hostile(), language="en")
    assert len(shown.of("script")) == 1
    assert shown.of("img") == []
    assert all(a["href"].startswith("#") for a in shown.of("a"))
    assert not any(name.startswith("on") for _, found in shown.tags for name in found)
    assert "display:none" not in re.sub(r"<style>.*?</style>", "", shown.html, flags=re.DOTALL)
    assert "red;" not in "".join(re.findall(r"<style>.*?</style>", shown.html, re.DOTALL))
    assert "\x1b" not in shown.html
    assert "\u202e" not in shown.html
    as_text = EVIL.replace("\x1b", "\N{REPLACEMENT CHARACTER}").replace("\u202e", "[U+202E]")
    assert shown.turns == [as_text, as_text]
    assert shown.errors == []


def test_the_page_asks_for_nothing_and_runs_only_its_own_script() -> None:
    shown = page(hostile(), language="en")
    policy = next(m["content"] for m in shown.of("meta") if m.get("http-equiv"))
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-")
    assert shown.of("link") == []
    own = html_module.unescape(re.sub(r"<p class=\"text\".*?</p>", "", shown.html))
    assert not re.search(r"url\(|@import|https?://", own)


def test_words_of_who_refused_are_withheld_with_memos_on_them() -> None:
    talk = {"S": [("anya", "Тайна о директоре"), ("boris", "Открыто сказано")]}
    codings = [
        {"source": "S", "quote": "Тайна", "code": "trip:buy", "memo": "тайна же"},
        {"source": "S", "start": 6, "end": 25, "code": "trip:use", "memo": "о директоре"},
        {"source": "S", "quote": "сказано", "code": "trip:tell", "memo": "прямо"},
    ]
    built = study(talk, codings, people={"anya": {"consent": False}})
    turns = built.turns.assign(prompt=["Что за тайна?", "А у вас?"])
    shown = page(Study(**built.tables() | {"turns": turns}), language="en")
    assert shown.turns == ["Открыто сказано"]
    assert "директор" not in shown.html
    assert "айна" not in shown.html
    assert "[words withheld: no consent]" in shown.text
    assert "Turns withheld: 1" in shown.text
    assert "прямо" in shown.text
    assert "А у вас?" in shown.text
    assert shown.text.count("en trip:use") >= 2  # counted and shown beside both turns


# -- filters, size, colours ------------------------------------------------------------------------


def test_every_filter_has_its_rule() -> None:
    shown = page(coded(), language="en")
    boxes = [found["id"] for found in shown.of("input")]
    assert boxes == ["only", *(f"code-{n}" for n in range(3)), *(f"coder-{n}" for n in range(3))]
    for box in boxes:
        assert f":root:has(#{box}" in shown.html, box
    classes = {c for _, found in shown.tags for c in (found.get("class") or "").split()}
    for name in (c for c in classes if re.fullmatch(r"[spq]\d+", c)):
        assert f".{name} {{ display" in shown.html, name


def test_three_hundred_thousand_characters_and_three_thousand_codings_stay_small() -> None:
    chance = random.Random(5)
    words = ["договор", "согласовали", "не", "быстро", "😀", "менеджер", "и", "ждали", "цены"]
    talk, size = [], 0
    while size < 300_000:
        line = " ".join(chance.choices(words, k=40))
        talk.append(("p", line))
        size += len(line) + 1
    slugs = ["trip:search", "trip:buy", "feelings:joy", "pains:slow", "points:site"]
    codings = []
    for number in range(3000):
        start = chance.randrange(size - 400)
        codings.append(
            {"source": "S", "start": start, "end": start + chance.randrange(5, 300)}
            | {"code": chance.choice(slugs), "coder": f"c{number % 4}", "id": str(number)}
        )
    html = report.transcript_page(study({"S": talk}, codings), "S", language="ru")
    plain = sum(len(line.encode()) for _, line in talk)
    assert len(html.encode()) < plain + 3000 * 1000
    assert Page(html).turns == [line for _, line in talk]


def test_colours_are_seen_and_a_researchers_own_are_kept() -> None:
    shipped = codebooks.default("b2b8")
    rows = list(shipped[["slug", "kind", "colour"]].itertuples(index=False, name=None))
    own = [("own:a", "pain", "#A23B00"), ("own:b", "pain", "#FFFFFF"), ("own:c", "pain", "red;}")]
    colours = code_colours([*rows, *own])
    assert set(colours) == {slug for slug, _, _ in [*rows, *own]}
    for light, dark in colours.values():
        for shade, theme in ((light, LIGHT), (dark, DARK)):
            assert re.fullmatch("#[0-9A-F]{6}", shade)
            assert contrast(shade, theme.background) >= 3
    assert colours["own:a"][0] == "#A23B00"


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# -- the command -----------------------------------------------------------------------------------


def test_the_command_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "talk.txt").write_text(
        "[Аня] Как?\n[Борис] Долго ждали ответа.\n[Аня] Да.\n[Борис] Вот.\n", encoding="utf-8"
    )
    file = tmp_path / "p.cjm"
    Project.create(file, goal="Понять").close()
    assert main(["add", str(file), str(tmp_path / "talk.txt"), "--quiet"]) == 0
    out = tmp_path / "page.html"
    for name in ("talk", "talk.txt"):
        assert main(["page", str(file), name, str(out), "--lang", "ru"]) == 0
    assert "Долго ждали ответа." in Page(out.read_text(encoding="utf-8")).turns
    assert capsys.readouterr().out.endswith(f"{out.resolve().as_uri()}\n")
    assert main(["page", str(file), "other", str(out)]) == 2
    assert "no source 'other' in the project; it has talk" in capsys.readouterr().err
    assert main(["page", str(file), "talk", str(tmp_path / "page.pdf")]) == 2
    assert "ends in .html" in capsys.readouterr().err
