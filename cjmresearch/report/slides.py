"""The report as a deck: one message a slide, native charts and tables, quotes in the notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cjmresearch.report.office import appendix, content, package, pptx_look
from cjmresearch.report.office.phrases import phrase
from cjmresearch.report.office.pptx_deck import Deck, split, text_height
from cjmresearch.report.office.rich import Reading, Span, clean
from cjmresearch.report.office.slides_analysis import (
    empathy,
    moments,
    opportunities,
    pains,
    personas,
    survey,
    touchpoints,
)
from cjmresearch.report.office.slides_journey import curve, journey_map
from cjmresearch.report.office.slides_notes import evidence_of, first_sentence
from cjmresearch.report.quotes import IN_PANEL, plain_rows

_IN_FINDING = 3
"""Quotes that stand beside a finding."""

_IN_APPENDIX = 80
"""Quotes that the appendix holds at most."""


def render(page: dict[str, Any], path: str | Path, *, template: str | Path | None = None) -> None:
    """Write the report as a deck of slides.

    Parameters
    ----------
    page
        The dict of `report.build.build`.
    path
        Where to write; folders are made.
    template
        A .pptx of your own: its master, layouts and size are used and its slides are left out. A
        `CjmError` names a layout that it lacks.
    """
    reading = Reading(page)
    presentation = package.open_base(pptx_look.open_base, template, suffix=".pptx")
    deck = Deck(
        presentation,
        language={"ru": "ru-RU", "en": "en-GB"}[reading.words.language],
        footer=_footer(reading),
        template=template,
    )
    deck.more = phrase(reading.words, "see_report")
    deck.rows_left = lambda n: phrase(reading.words, "more_see", n=n)
    _opening(deck, reading)
    for section in _order(page):
        _SECTIONS[section](deck, reading)
    _appendix(deck, reading)
    package.finish(presentation, page, path, title=clean(page["title"]))


def _footer(reading: Reading) -> str:
    """Name the study on every slide, and say first what a machine did that nobody checked."""
    page = reading.page
    tag = f"{reading.text(page['machine']['words'])} · " if page["machine"]["n"] else ""
    return f"{tag}{clean(page['title'])}"


def _order(page: dict[str, Any]) -> list[str]:
    """List the sections that have something to show, in the order of a talk."""
    return [section for section in _SECTIONS if section in page["shown"]]


def _opening(deck: Deck, reading: Reading) -> None:
    page, w = reading.page, reading.words
    dates = [page["recorded"], page["as_of"] and w("state", date=page["as_of"])]
    lines = [
        [Span(f"{w('kicker')} · {clean(page['model'])}", tone="muted")],
        [Span(f"{w('goal')}: ", tone="muted"), Span(clean(page["goal"]))],
        [Span(" · ".join([w.plural("people", page["n"]), *(reading.text(d) for d in dates if d)]))],
    ]
    if page["machine"]["n"]:
        machine = page["machine"]
        counted = w("machine_banner", n=w.whole(machine["n"]), of=w.whole(machine["of"]))
        lines.append([Span(f"{reading.text(machine['words'])}. ", bold=True, tone="machine"),
                      Span(reading.text(counted), tone="machine")])  # fmt: skip
    if page["notice"]:
        lines.append([Span(reading.text(page["notice"]), tone="machine")])
    deck.opening(clean(page["title"]), lines)


def _sample(deck: Deck, reading: Reading) -> None:
    w, page, sample = reading.words, reading.page, reading.page["sample"]
    questions = [clean(question) for question in page.get("questions") or []]
    notes = [reading.text(sample["machine_note"]), reading.text(sample["uncoded"])]
    notes += [str(w("consent_note"))] if sample["refused"] else []
    notes += [str(w("firm_note"))] if sample["shared_firm"] else []
    notes = [note for note in notes if note]
    title = phrase(w, "sample_title", n=w.plural("people", page["n"]))
    goal = f"{w('goal')}: {clean(page['goal'])}"
    slide, box = deck.slide(title, [goal, *questions, *notes])
    left, right = box.columns(0.36, 0.64, gap=30)
    lines = [
        [Span(str(w("goal")), bold=True, tone="head")],
        [Span(clean(page["goal"]))],
        *([[Span(str(w("questions")), bold=True, tone="head")]] if questions else []),
        *([Span(f"• {question}")] for question in questions),
        *([Span(clean(n), bold=True), Span(f" {clean(name)}")] for n, name in sample["figures"]),
        *([Span(note, tone="muted")] for note in notes),
    ]
    deck.text(slide, lines, left, largest=14, least=9)
    table = appendix.sample_table(reading)
    size = deck.table_size(table, right, (8.5, 12))
    deck.table(slide, split(table, right, size, cut=deck.cut)[0], right, size=size)


def _findings(deck: Deck, reading: Reading) -> None:
    sentences = reading.page["findings"]
    for number, sentence in enumerate(sentences, start=1):
        _finding(deck, reading, sentence, (number, len(sentences)))


def _finding(deck: Deck, reading: Reading, sentence: Any, place: tuple[int, int]) -> None:
    """Make a slide of a finding: its first sentence as the title, the rest beside quotes."""
    w = reading.words
    said = reading.text(sentence)
    title, rest = first_sentence(said)
    panels = reading.panels_of(sentence)
    notes = [f"{phrase(w, 'notes_finding')}: {said}", *evidence_of(reading, panels)]
    slide, box = deck.slide(title, notes)
    left, right = box.columns(0.42, 0.58, gap=34)
    counted = phrase(w, "finding", k=place[0], of=place[1])
    lines = [[Span(counted, tone="muted")], *([[Span(rest)]] if rest else [])]
    refs = [
        [Span(clean(panel.label), bold=True), Span(f": {_people(reading, panel)}"),
         *reading.refs(panel)]
        for panel in panels[:6]
    ]  # fmt: skip
    deck.text(slide, lines + refs, left, largest=16, least=10, gap=8)
    quotes = _quotes(reading, panels)
    head = [[Span(phrase(w, "their_words"), bold=True, tone="head")]]
    none = [[Span(phrase(w, "no_quotes_here"), tone="muted")]]
    deck.text(slide, head + (quotes or none), right, largest=16, least=10, gap=10)


def _people(reading: Reading, panel: Any) -> str:
    w = reading.words
    people = w.plural("people", panel.n_participants)
    return f"{people}, {w.plural('mentions', panel.n_codings)}"


def _quotes(reading: Reading, panels: list[Any]) -> content.Cell:
    """Choose quotes for a slide: the first of each panel, then the second ones."""
    chosen: dict[int, dict[str, Any]] = {}
    for turn in range(_IN_FINDING):
        for panel in panels:
            if turn < len(panel.quotes) and len(chosen) < _IN_FINDING:
                entry = panel.quotes[turn]
                chosen.setdefault(int(entry["number"]), entry)
    lines: content.Cell = []
    for entry in chosen.values():
        lines.append(reading.quoted(entry, 260))
    return lines


def _method(deck: Deck, reading: Reading) -> None:
    """Say how the numbers were made: two columns of sentences, over as many slides as needed."""
    w, page = reading.words, reading.page
    sentences = [reading.text(sentence) for sentence in page["limits"]]
    if "agreement" in page["shown"]:
        agreement = page["agreement"]
        known = "" if agreement["measured"] else f"{w('not_measured')}. "
        sentences.append(f"{w('agreement')}: {known}{reading.text(agreement['words'])}")
    lines = [[Span(f"• {sentence}")] for sentence in sentences]
    while lines:
        slide, box = deck.slide(phrase(w, "method_title"), sentences)
        for column in box.columns(0.5, 0.5, gap=30):
            taken = _that_fit(lines, column)
            if taken:
                deck.text(slide, lines[:taken], column, largest=11, least=11)
            lines = lines[taken:]


def _audit(deck: Deck, reading: Reading) -> None:
    w = reading.words
    notes = [reading.text(w("audit_intro"))]
    deck.parts(str(w("audit")), appendix.audit_table(reading), notes, size=(8.5, 11), most=3)


def _that_fit(lines: content.Cell, box: Any) -> int:
    """Count the first lines that fit a column; at least one."""
    taken = min(1, len(lines))
    while taken < len(lines) and text_height(lines[: taken + 1], 11, box.width) <= box.height:
        taken += 1
    return taken


def _appendix(deck: Deck, reading: Reading) -> None:
    """List the quotes that stand on slides, and make their numbers lead here."""
    w = reading.words
    rows = {int(entry["number"]): entry for entry in plain_rows(reading.page["evidence"])}
    numbers = sorted(n for n in deck.cited if n in rows)[:_IN_APPENDIX]
    if not numbers:
        return
    table = content.Table(["№", str(w("quote")), str(w("whose"))], [0.5, 9, 4])
    table.numeric = frozenset({0})
    for number in numbers:
        table.rows.append(appendix.short_evidence_row(reading, rows[number], limit=IN_PANEL))
    places: dict[int, Any] = {}
    counted = phrase(w, "appendix_of", n=w.whole(len(numbers)), of=w.whole(len(rows)))
    for slide, part in deck.parts(phrase(w, "appendix"), table, [counted], size=(10, 10)):
        for row in part.rows:
            places[int(row[0][0][0].text)] = slide
    deck.link(places)


_SECTIONS = {
    "sample": _sample,
    "findings": _findings,
    "curve": curve,
    "map": journey_map,
    "pains": pains,
    "opportunities": opportunities,
    "moments": moments,
    "touchpoints": touchpoints,
    "personas": personas,
    "empathy": empathy,
    "survey": survey,
    "method": _method,
    "audit": _audit,
}
