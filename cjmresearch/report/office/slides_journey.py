"""Slides of the emotion curve and the journey map."""

from __future__ import annotations

import math
from typing import Any

from cjmresearch.report.office import content
from cjmresearch.report.office.phrases import phrase
from cjmresearch.report.office.pptx_charts import curve_chart
from cjmresearch.report.office.pptx_deck import Deck
from cjmresearch.report.office.rich import Cell, Reading, Span, Table, clean, plain
from cjmresearch.report.office.slides_notes import evidence_of, first_sentence

_STAGES = 4
"""Stages that stand side by side on a slide of the whole map."""

_GLANCE = 9
"""Stages that the overview holds on one slide."""

_ITEMS = 3
"""Items of a cell; the rest are in the notes."""


def curve(deck: Deck, reading: Reading) -> None:
    """Make the slide of the curve: a native chart with n and intervals."""
    w, page, section = reading.words, reading.page, reading.page["curve"]
    if not section["any"]:
        absent = reading.text(section["absent"])
        slide, box = deck.slide(phrase(w, "curve_title_none"), [absent])
        deck.text(slide, [[Span(absent)]], box, largest=18)
        return
    points = section["chart"]["points"]
    notes = [reading.text(section["alt"]), *evidence_of(reading, (p.get("panel") for p in points))]
    slide, box = deck.slide(_curve_title(reading), notes)
    foot: Cell = [[Span(first_sentence(reading.text(page["findings"][0]))[1])]]
    reads = [Span(content.curve_reading(reading), tone="muted")]
    if section["machine"]:
        words = reading.text(page["machine"]["on_curve"])
        reads = [Span(f"{words[:1].upper()}{words[1:]}. ", tone="machine"), *reads]
    foot.append(reads)
    low_part = 78.0
    frame = section["frame"]
    curve_chart(
        slide,
        points,
        box.upper(box.height - low_part),
        intervals=list(zip(frame["low"], frame["high"], strict=True)),
        alt=reading.text(section["alt"]),
    )
    deck.text(slide, foot, box.below(box.height - low_part + 4), largest=12, least=9)


def _curve_title(reading: Reading) -> str:
    """Say with the curve what the first finding says, no more and no less certain."""
    said = first_sentence(reading.text(reading.page["findings"][0]))[0]
    return f"{reading.words('curve')}. {said}"


def journey_map(deck: Deck, reading: Reading) -> None:
    """Make the slides of the map: one at a glance, then a few stages at a time."""
    w, map_ = reading.words, reading.page["map"]
    if not map_["any"]:
        slide, box = deck.slide(str(w("map")), [])
        deck.text(slide, [[Span(reading.text(w("map_none")))]], box, largest=18)
        return
    stages = len(map_["stages"])
    for at in _ranges(stages, _GLANCE):
        table = _map(reading, at, items=1)
        notes = [phrase(w, "overview_note"), *_notes(reading, at)]
        if map_["n_outside"]:
            counts = {"n": w.whole(map_["n_outside"]), "of": w.whole(map_["n_codings"])}
            notes.insert(0, reading.text(w("outside_note", **counts)))
        foot = f"{phrase(w, 'overview_note')} {_unfilled(reading)}"
        title = phrase(w, "overview")
        if len(at) < stages:
            title = phrase(w, "overview_part", first=at.start + 1, last=at.stop, of=stages)
        deck.parts(title, table, notes, size=(9, 12), foot=foot)
    for at in _ranges(stages, _STAGES):
        places = {"first": at.start + 1, "last": at.stop, "of": stages}
        notes = [phrase(w, "map_items"), *_notes(reading, at)]
        table = _map(reading, at, items=_ITEMS)
        title = phrase(w, "map_title", **places)
        deck.parts(title, table, notes, size=(9.5, 12), foot=phrase(w, "map_items"))


def _unfilled(reading: Reading) -> str:
    """Name the layers of the map that nothing fills."""
    names = [layer["name"] for layer in reading.page["map"]["layers"] if not layer["any"]]
    said = f"{reading.words('not_filled')}: {', '.join(names)}."
    return said[:1].upper() + said[1:] if names else ""


def _ranges(n: int, most: int) -> list[range]:
    """Share n stages out evenly, `most` at a time at most."""
    size = math.ceil(n / math.ceil(n / most)) if n else 1
    return [range(at, min(at + size, n)) for at in range(0, n, size)]


def _map(reading: Reading, at: range, *, items: int) -> Table:
    """Make the table of some stages: the first items of each cell, of layers that hold any."""
    w, page = reading.words, reading.page
    points = page["curve"]["chart"]["points"]
    names = [clean(page["map"]["stages"][i]["name"]) for i in at]
    table = Table([str(w("layer")), *names], [0.85 if len(at) > _STAGES else 0.6] + [1.0] * len(at))
    mood = [content.map_mood(reading, points[i], refs=False) for i in at]
    table.rows.append([content.name_of(w("layer_emotion")), *mood])
    for layer in page["map"]["layers"]:
        if layer["any"]:
            cells = [_cell(reading, layer["cells"][i], items) for i in at]
            table.rows.append([content.name_of(layer["name"]), *cells])
    return table


def _cell(reading: Reading, given: list[dict[str, Any]], items: int) -> Cell:
    if not given:
        return [[Span("—", tone="muted")]]
    cell = [content.map_item(reading, item, refs=False) for item in given[:items]]
    left = len(given) - items
    if left > 0 and items > 1:
        cell.append([Span(phrase(reading.words, "more_see", n=left), tone="muted")])
    elif left > 0:
        cell.append([Span(reading.text(reading.words("more_items", n=left)), tone="muted")])
    return cell


def _notes(reading: Reading, at: range) -> list[str]:
    """List every item of some stages with its count and the numbers of its quotes."""
    lines = []
    for layer in reading.page["map"]["layers"]:
        for i in at:
            items = [plain(content.map_item(reading, item)) for item in layer["cells"][i]]
            if items:
                stage = clean(reading.page["map"]["stages"][i]["name"])
                lines.append(f"{layer['name']}, {stage}: {'; '.join(items)}")
    return lines
