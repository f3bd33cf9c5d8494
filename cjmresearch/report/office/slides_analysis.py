"""Slides of pains, opportunities, moments, touchpoints, personas, empathy maps and surveys."""

from __future__ import annotations

from typing import Any

from cjmresearch.report.office import appendix, content
from cjmresearch.report.office.phrases import phrase
from cjmresearch.report.office.pptx_charts import curve_chart
from cjmresearch.report.office.pptx_deck import Box, Deck, column_widths, split
from cjmresearch.report.office.rich import Cell, Line, Reading, Span, Table, clean, plain
from cjmresearch.report.office.slides_notes import evidence_of

_SLIDES = 2
"""Slides that a table takes at most; what is left is in the report."""

_LINES = 4
"""Lines of a section of a persona or a block of an empathy map."""


def pains(deck: Deck, reading: Reading) -> None:
    """Make the slides of pains, ranked by people."""
    w, rows = reading.words, reading.page["pains"]["rows"]
    if not rows:
        slide, box = deck.slide(str(w("pains")), [])
        deck.text(slide, [[Span(reading.text(w("no_pain_rows")))]], box, largest=18)
        return
    notes = [phrase(w, "pains_intro"), *evidence_of(reading, (row["panel"] for row in rows))]
    _ranked(deck, _pains_title(reading), content.pains_table(reading), notes)


def _pains_title(reading: Reading) -> str:
    """Name what most people say; ties are named together."""
    w, rows = reading.words, reading.page["pains"]["rows"]
    most = rows[0]["n_participants"]
    top = [row for row in rows if row["n_participants"] == most]
    count = w.of(most, rows[0]["of_participants"])
    if len(top) == 1:
        return phrase(w, "pain_title", name=clean(top[0]["name"]), n=count)
    if len(top) > 3:
        return str(w("pains"))
    names = ", ".join(clean(row["name"]) for row in top)
    return phrase(w, "pains_title_tied", names=names, n=count)


def _ranked(deck: Deck, title: str, table: Table, notes: list[str], *, foot: str = "") -> None:
    """Place a table on two slides at most; what does not fit is said to stand in the report."""
    deck.parts(title, table, notes, size=(10, 13), most=_SLIDES, foot=foot)


def opportunities(deck: Deck, reading: Reading) -> None:
    """Make the slides of opportunities with their priorities."""
    w, rows = reading.words, reading.page["opportunities"]["rows"]
    loose = content.loose_barriers(reading)
    if not rows:
        lines = [[Span(reading.text(w("no_opportunities")))], [Span(loose, tone="muted")]]
        slide, box = deck.slide(str(w("opportunities")), [loose])
        deck.text(slide, lines, box, largest=18)
        return
    notes = [reading.text(w("opportunities_intro")), loose]
    notes += evidence_of(reading, (row.get("panel") for row in rows))
    title = phrase(w, "opportunities_title", n=len(rows))
    foot = reading.text(w("opportunities_intro"))
    _ranked(deck, title, content.opportunities_table(reading), notes, foot=foot)


def moments(deck: Deck, reading: Reading) -> None:
    """Make the slides of the candidates for moments of truth."""
    w, section = reading.words, reading.page["moments"]
    if not section["rows"]:
        slide, box = deck.slide(str(w("moments")), [])
        deck.text(slide, [[Span(reading.text(w("no_moments")))]], box, largest=18)
        return
    foot = content.moments_intro(reading)
    notes = [foot, *evidence_of(reading, (row.get("panel") for row in section["rows"]))]
    title = phrase(w, "moments_title", n=section["n_all"])
    _ranked(deck, title, content.moments_table(reading), notes, foot=foot)


def touchpoints(deck: Deck, reading: Reading) -> None:
    """Make the slide of touchpoints by stage."""
    w, rows = reading.words, reading.page["touchpoints"]["rows"]
    if not rows:
        return
    table = content.touchpoints_table(reading)
    for row in table.rows:
        for cell in row:
            cell[:] = [[span for span in line if not _is_ref(span)] for line in cell]
    notes = [reading.text(w("touchpoints_intro"))]
    notes += evidence_of(reading, (row["panel"] for row in rows), quotes=False)
    deck.parts(str(w("touchpoints")), table, notes, size=(8.5, 11), most=_SLIDES)


def _is_ref(span: Span) -> bool:
    return span.tone == "link"


def personas(deck: Deck, reading: Reading) -> None:
    """Make one slide a persona."""
    w, section = reading.words, reading.page["personas"]
    if not section["cards"]:
        slide, box = deck.slide(str(w("personas")), [])
        deck.text(slide, [[Span(reading.text(w("no_personas")))]], box, largest=18)
    for card in section["cards"]:
        _persona(deck, reading, card, by_role=section["by_role"])


def _persona(deck: Deck, reading: Reading, card: dict[str, Any], *, by_role: bool) -> None:
    w = reading.words
    people = w.plural("people", card["n"])
    sections = content.persona_sections(reading, card)
    title = phrase(w, "persona_title", name=clean(card["name"]), n=people)
    slide, box = deck.slide(title, _persona_notes(reading, card, by_role))
    left, right = box.columns(0.58, 0.42, gap=26)
    table = Table([], [1, 4.2])
    for name, cell, panel in content.persona_sections(reading, card, refs=False):
        if panel is None and cell:
            table.rows.append([content.name_of(name), _compact(reading, cell)])
    if table.rows:
        size = deck.table_size(table, left, (9, 12))
        deck.table(slide, _one_part(deck, table, left, size), left, size=size)
    used = 0.0
    points = (card["curve"] or {}).get("points", [])
    if points:
        used = right.height * 0.48
        alt = f"{w('curve')}: {clean(card['name'])}"
        curve_chart(slide, points, right.upper(used), alt=alt, size=9, numbered=True)
        stages = " · ".join(f"{point['number']} {clean(point['name'])}" for point in points)
        box = right.below(used).upper(34)
        deck.text(slide, [[Span(stages, tone="muted")]], box, largest=9, least=7)
        used += 36
    lines: Cell = []
    if card["n"] < 3:
        lines.append([Span(reading.text(w("small_group")), tone="machine")])
    for name, _, panel in sections:
        if panel is not None:
            lines.append([Span(name, bold=True, tone="head")])
            for entry in panel.quotes[:2]:
                lines.append(reading.quoted(entry, 200))
            if panel.withheld_people:
                lines.append([Span(reading.withheld(panel), tone="muted")])
    if lines:
        deck.text(slide, lines, right.below(used + 8), largest=13, least=9)


def _persona_notes(reading: Reading, card: dict[str, Any], by_role: bool) -> list[str]:
    w = reading.words
    notes = [reading.text(w("by_role_note"))] if by_role else []
    notes.append(reading.text(w("describes")))
    for part in card["sections"]:
        panels = [part.get("panel"), *(line["panel"] for line in part["lines"])]
        notes += evidence_of(reading, panels, quotes=part.get("panel") is not None)
    return notes


def _compact(reading: Reading, cell: Cell) -> Cell:
    """Put the first lines of a section one after another."""
    line: Line = []
    for at, item in enumerate(cell[:_LINES]):
        line += [Span("; ")] * (at > 0) + item
    left = len(cell) - _LINES
    if left > 0:
        line.append(Span(f"; {phrase(reading.words, 'more_see', n=left)}", tone="muted"))
    return [line]


def _one_part(deck: Deck, table: Table, box: Box, size: float) -> Table:
    """Shorten the cells of a table until it fits one slide."""
    widths = column_widths(table, box.width)
    room = box.height / max(len(table.rows), 1) - 8
    if len(split(table, box, size, cut=deck.cut)) > 1:
        table.rows = [
            [
                deck.cut(cell, size, room=(wide - 8, room))
                for cell, wide in zip(row, widths, strict=True)
            ]
            for row in table.rows
        ]
    return split(table, box, size, cut=deck.cut)[0]


def empathy(deck: Deck, reading: Reading) -> None:
    """Make one slide an empathy map: its blocks three in a row."""
    w = reading.words
    for card in reading.page["empathy"]["cards"]:
        people = w.plural("people", card["n"])
        title = phrase(w, "empathy_title", name=reading.text(card["name"]), n=people)
        panels = [line["panel"] for block in card["blocks"] for line in block["lines"]]
        slide, box = deck.slide(title, evidence_of(reading, panels, quotes=False))
        blocks = [
            content.empathy_block(reading, card, block, refs=False, most=_LINES + 2)
            for block in card["blocks"]
        ]
        across = 3 if len(blocks) > 4 else 2
        table = Table([], [1.0] * across)
        for at in range(0, len(blocks), across):
            row = blocks[at : at + across]
            table.rows.append([*row, *(content.EMPTY,) * (across - len(row))])
        size = deck.table_size(table, box, (9, 14))
        deck.table(slide, _one_part(deck, table, box, size), box, size=size)


def survey(deck: Deck, reading: Reading) -> None:
    """Make the slides of the questionnaires' scores."""
    notes = [reading.text(reading.words("survey_intro"))]
    notes += [plain(row[0][0]) for row in appendix.survey_table(reading).rows]
    title = str(reading.words("survey"))
    _ranked(deck, title, appendix.survey_table(reading), notes)
