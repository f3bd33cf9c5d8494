"""The report as a Word document: real headings, native tables, links to a numbered index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cjmresearch.report.office import appendix, content, package
from cjmresearch.report.office.charts import curve_picture
from cjmresearch.report.office.content import curve_reading, loose_barriers, moments_intro
from cjmresearch.report.office.docx_blocks import Blocks, set_footer, set_header
from cjmresearch.report.office.docx_styles import BANNER, KICKER, QUOTE, prepare
from cjmresearch.report.office.phrases import phrase
from cjmresearch.report.office.rich import Line, Reading, Span, clean
from cjmresearch.report.quotes import CAP, IN_PANEL, Panel

_STAGES = 8
"""Stages that stand side by side on a landscape page."""

_ITEMS = 5
"""Items of a cell of the map in one row; the rest go on in the next, so that rows stay short."""

_PERSONA_LINES = 12
"""Lines of a section of a persona's card."""


def render(page: dict[str, Any], path: str | Path, *, template: str | Path | None = None) -> None:
    """Write the report as a Word document.

    Parameters
    ----------
    page
        The dict of `report.build.build`.
    path
        Where to write; folders are made.
    template
        A .docx of your own: its styles, margins, headers and footers are used and its text is left
        out. A `CjmError` names a style that it lacks.
    """
    reading = Reading(page)
    document = package.open_base(_open, template, suffix=".docx")
    prepare(document, {"ru": "ru-RU", "en": "en-GB"}[reading.words.language], template=template)
    blocks = Blocks(document)
    contents = _front(blocks, reading)
    for section in _order(page):
        _SECTIONS[section](blocks, reading)
    blocks.contents(contents)
    w = reading.words
    tag = f" · {reading.text(page['machine']['words'])}" if page["machine"]["n"] else ""
    first = document.sections[0]
    first.different_first_page_header_footer = True
    set_header(first, f"{clean(page['title'])}{tag}")
    set_footer(first, phrase(w, "page"), phrase(w, "page_of"))
    package.finish(document, page, path, title=clean(page["title"]))


def _open(path: str) -> Any:
    # Imported late: python-docx is needed only here.
    import docx

    document = docx.Document(path or None)
    body = document.element.body
    for child in list(body):
        if not child.tag.endswith("}sectPr"):
            body.remove(child)
    return document


def _order(page: dict[str, Any]) -> list[str]:
    """List the sections that have something to show, in the report's order."""
    return [section for section in page["shown"] if section in _SECTIONS]


def _front(blocks: Blocks, reading: Reading) -> Any:
    """Make the title page and the heading of the contents; give the place for its entries."""
    page, w = reading.page, reading.words
    blocks.paragraph([Span(f"{w('kicker')} · {clean(page['model'])}")], KICKER)
    blocks.paragraph([Span(clean(page["title"]))], "Title")
    facts = [
        (str(w("goal")), clean(page["goal"])),
        (phrase(w, "n"), w.whole(page["n"])),
        (phrase(w, "language"), phrase(w, "this_language")),
    ]
    for name, value in facts:
        blocks.paragraph([Span(name)], KICKER, keep=True)
        blocks.paragraph([Span(value)])
    questions = page.get("questions") or []
    if questions:
        blocks.paragraph([Span(str(w("questions")))], KICKER, keep=True)
        blocks.bullets([[Span(clean(question))] for question in questions])
    dates = [page["recorded"], page["as_of"] and w("state", date=page["as_of"])]
    blocks.paragraph([Span(" · ".join(reading.text(d) for d in dates if d))], KICKER)
    if page["machine"]["n"]:
        _machine_banner(blocks, reading)
    if page["notice"]:
        blocks.paragraph([Span(reading.text(page["notice"]))], BANNER)
    return blocks.paragraph([Span(str(w("contents")))], KICKER, keep=True)


def _machine_banner(blocks: Blocks, reading: Reading) -> None:
    w, machine = reading.words, reading.page["machine"]
    words = reading.text(machine["words"])
    counted = reading.text(w("machine_banner", n=w.whole(machine["n"]), of=w.whole(machine["of"])))
    blocks.paragraph([Span(f"{words[:1].upper()}{words[1:]}. ", bold=True), Span(counted)], BANNER)


def _findings(blocks: Blocks, reading: Reading) -> None:
    blocks.heading(str(reading.words("findings")), page=True)
    blocks.bullets([reading.sentence(s) for s in reading.page["findings"]], numbered=True)
    blocks.note(phrase(reading.words, "every_mark", cap=CAP))


def _sample(blocks: Blocks, reading: Reading) -> None:
    w, sample = reading.words, reading.page["sample"]
    blocks.heading(str(w("sample")))
    figures: list[Line] = [[Span(clean(n), bold=True), Span(f" {clean(name)}")]
                           for n, name in sample["figures"]]  # fmt: skip
    blocks.bullets(figures)
    blocks.table(appendix.sample_table(reading), size=8, title=str(w("sample")))
    if sample["codings"]:
        blocks.table(appendix.coders_table(reading), title=str(w("by_coder")))
    notes = [reading.text(sample["machine_note"]), reading.text(sample["uncoded"])]
    notes += [str(w("consent_note"))] if sample["refused"] else []
    notes += [str(w("firm_note"))] if sample["shared_firm"] else []
    blocks.note(" ".join(note for note in notes if note))


def _curve(blocks: Blocks, reading: Reading) -> None:
    w, curve, page = reading.words, reading.page["curve"], reading.page
    blocks.heading(str(w("curve")), page=True)
    if not curve["any"]:
        blocks.paragraph([Span(reading.text(curve["absent"]))])
        return
    blocks.paragraph([Span(curve_reading(reading))])
    if curve["machine"]:
        note = [*reading.machine(), Span(f" {reading.text(page['machine']['on_curve'])}")]
        blocks.paragraph(note, keep=True)
    blocks.picture(curve_picture(page), alt=reading.text(curve["alt"]))
    blocks.heading(str(w("curve_table")), 2)
    blocks.table(content.curve_table(reading), size=7.5, title=str(w("curve_table")))


def _map(blocks: Blocks, reading: Reading) -> None:
    w, map_ = reading.words, reading.page["map"]
    blocks.turn(landscape=True)
    blocks.heading(str(w("map")))
    if not map_["any"]:
        blocks.paragraph([Span(reading.text(w("map_none")))])
    else:
        blocks.paragraph([Span(phrase(w, "map_intro"))])
        tables = content.map_tables(reading, stages_at_once=_STAGES, items_at_once=_ITEMS)
        for table in tables:
            if len(tables) > 1:
                ends = {"first": table.head[1], "last": table.head[-1]}
                blocks.heading(phrase(w, "stages_part", **ends), 2)
            blocks.table(table, size=7, title=str(w("map")))
    if map_["n_outside"]:
        counts = {"n": w.whole(map_["n_outside"]), "of": w.whole(map_["n_codings"])}
        blocks.note(reading.text(w("outside_note", **counts)))
    blocks.turn(landscape=False)


def _touchpoints(blocks: Blocks, reading: Reading) -> None:
    w = reading.words
    rows = reading.page["touchpoints"]["rows"]
    if rows:
        blocks.turn(landscape=True)
    blocks.heading(str(w("touchpoints")))
    if not rows:
        blocks.paragraph([Span(reading.text(w("no_touchpoints")))])
        return
    blocks.paragraph([Span(reading.text(w("touchpoints_intro")))], keep=True)
    blocks.table(content.touchpoints_table(reading), size=7.5, title=str(w("touchpoints")))
    blocks.turn(landscape=False)


def _pains(blocks: Blocks, reading: Reading) -> None:
    w, rows = reading.words, reading.page["pains"]["rows"]
    blocks.heading(str(w("pains")))
    if not rows:
        blocks.paragraph([Span(reading.text(w("no_pain_rows")))])
        return
    intro = phrase(w, "pains_intro")
    if any(pain["machine"] for pain in rows):
        intro = f"{intro} {w('pains_machine')}"
    blocks.paragraph([Span(intro)], keep=True)
    blocks.table(content.pains_table(reading), title=str(w("pains")))
    for pain in rows:
        count = w.of(pain["n_participants"], pain["of_participants"])
        blocks.heading(f"{pain['rank']}. {clean(pain['name'])} — {count}", 3)
        _quotes(blocks, reading, pain["panel"], pain["inline"])


def _quotes(blocks: Blocks, reading: Reading, panel: Panel, most: int) -> None:
    """Write the first quotes of a panel, and how many people's are withheld."""
    for entry in panel.quotes[:most]:
        quote = [*reading.quote(entry, IN_PANEL), Span(" — ", tone="muted")]
        blocks.paragraph(quote + reading.speaker(entry), QUOTE)
    blocks.note(reading.withheld(panel))


def _opportunities(blocks: Blocks, reading: Reading) -> None:
    w, section = reading.words, reading.page["opportunities"]
    blocks.heading(str(w("opportunities")))
    if section["rows"]:
        blocks.paragraph([Span(reading.text(w("opportunities_intro")))], keep=True)
        blocks.table(content.opportunities_table(reading), title=str(w("opportunities")))
    else:
        blocks.paragraph([Span(reading.text(w("no_opportunities")))])
    blocks.note(loose_barriers(reading))


def _moments(blocks: Blocks, reading: Reading) -> None:
    w, section = reading.words, reading.page["moments"]
    blocks.heading(str(w("moments")))
    if not section["rows"]:
        blocks.paragraph([Span(reading.text(w("no_moments")))])
        return
    blocks.paragraph([Span(moments_intro(reading))], keep=True)
    blocks.table(content.moments_table(reading), title=str(w("moments")))
    left = section["n_all"] - len(section["rows"])
    if left > 0:
        blocks.note(reading.text(w("more_places", n=left)))


def _personas(blocks: Blocks, reading: Reading) -> None:
    w, personas = reading.words, reading.page["personas"]
    blocks.heading(str(w("personas")))
    if not personas["cards"]:
        blocks.paragraph([Span(reading.text(w("no_personas")))])
        return
    notes = [phrase(w, "personas_intro"), reading.text(w("describes"))]
    if personas["by_role"]:
        notes.insert(0, reading.text(w("by_role_note")))
    if personas["of"] > len(personas["cards"]):
        notes.append(reading.text(w("more_groups", n=len(personas["cards"]), of=personas["of"])))
    blocks.paragraph([Span(" ".join(notes))])
    for card in personas["cards"]:
        _persona(blocks, reading, card)


def _persona(blocks: Blocks, reading: Reading, card: dict[str, Any]) -> None:
    w = reading.words
    blocks.heading(f"{clean(card['name'])} — {w.plural('people', card['n'])}", 2)
    if card["n"] < 3:
        blocks.note(reading.text(w("small_group")))
    moods = content.group_moods(reading, card)
    if moods is not None:
        blocks.table(moods, size=7, title=phrase(w, "mood_by_stage"))
    table = content.Table([], [1, 3.6])
    panels = []
    for title, cell, panel in content.persona_sections(reading, card):
        if panel is not None:
            panels.append((title, panel))
            continue
        shown = cell[:_PERSONA_LINES]
        if len(cell) > _PERSONA_LINES:
            more = w("more_items", n=len(cell) - _PERSONA_LINES)
            shown.append([Span(reading.text(more), tone="muted")])
        table.rows.append([content.name_of(title), shown])
    if table.rows:
        blocks.table(table, size=8.5, title=clean(card["name"]))
    for title, panel in panels:
        blocks.heading(title, 3)
        _quotes(blocks, reading, panel, 2)


def _empathy(blocks: Blocks, reading: Reading) -> None:
    w = reading.words
    blocks.heading(str(w("empathy")), page=True)
    blocks.paragraph([Span(reading.text(w("empathy_intro")))])
    for card in reading.page["empathy"]["cards"]:
        people = w.plural("people", card["n"])
        blocks.heading(f"{reading.text(card['name'])} — {people}", 2)
        blocks.table(content.empathy_table(reading, card), title=reading.text(card["name"]))


def _survey(blocks: Blocks, reading: Reading) -> None:
    w = reading.words
    blocks.heading(str(w("survey")))
    blocks.paragraph([Span(reading.text(w("survey_intro")))], keep=True)
    blocks.table(appendix.survey_table(reading), title=str(w("survey")))


def _method(blocks: Blocks, reading: Reading) -> None:
    blocks.heading(str(reading.words("method")), page=True)
    blocks.bullets([reading.sentence(sentence) for sentence in reading.page["limits"]])


def _agreement(blocks: Blocks, reading: Reading) -> None:
    w, agreement = reading.words, reading.page["agreement"]
    blocks.heading(str(w("agreement")))
    line = reading.sentence(agreement["words"])
    if not agreement["measured"]:
        line.insert(0, Span(f"{w('not_measured')}. ", bold=True))
    blocks.paragraph(line)
    if agreement["rows"]:
        blocks.table(appendix.agreement_table(reading), title=str(w("agreement")))


def _audit(blocks: Blocks, reading: Reading) -> None:
    w = reading.words
    blocks.heading(str(w("audit")))
    blocks.paragraph([Span(reading.text(w("audit_intro")))], keep=True)
    blocks.table(appendix.audit_table(reading), title=str(w("audit")))
    if reading.page["map"]["n_outside"]:
        blocks.heading(str(w("outside")), 2)
        blocks.table(appendix.outside_table(reading), title=str(w("outside")))


def _codebook(blocks: Blocks, reading: Reading) -> None:
    blocks.heading(str(reading.words("codebook")), page=True)
    title = str(reading.words("codebook"))
    blocks.table(appendix.codebook_table(reading), size=8, title=title)


def _evidence(blocks: Blocks, reading: Reading) -> None:
    blocks.heading(str(reading.words("evidence")), page=True)
    blocks.paragraph([Span(phrase(reading.words, "evidence_intro"))])
    title = str(reading.words("evidence"))
    blocks.table(appendix.evidence_table(reading), size=8, title=title)


_SECTIONS = {
    "findings": _findings,
    "sample": _sample,
    "curve": _curve,
    "map": _map,
    "pains": _pains,
    "opportunities": _opportunities,
    "moments": _moments,
    "touchpoints": _touchpoints,
    "personas": _personas,
    "empathy": _empathy,
    "survey": _survey,
    "method": _method,
    "agreement": _agreement,
    "audit": _audit,
    "codebook": _codebook,
    "evidence": _evidence,
}
