"""The report's sections as rich tables, the same for the Word document and the deck."""

from __future__ import annotations

import math
from typing import Any

from cjmresearch.report.office.phrases import phrase
from cjmresearch.report.office.rich import Cell, Line, Reading, Span, Table, clean

HEAT = ("F3F7FA", "E2ECF2", "CDDEE8", "B4CEDC", "99BCCE", "7DA9C0")
"""Backgrounds of the heat table by step, pale enough for dark letters."""

CRITICAL = "FDF1DC"
"""Background of a candidate for a critical place."""

EMPTY: Cell = [[]]


def says(value: object) -> Cell:
    """Make a cell of one plain line; of nothing where it is empty."""
    text = clean(value)
    return [[Span(text)]] if text else [[]]


def name_of(value: object, *, sub: str = "") -> Cell:
    """Make a cell of a name in bold with a muted line under it."""
    return [[Span(clean(value), bold=True)], *([[Span(clean(sub), tone="muted")]] if sub else [])]


def curve_table(reading: Reading) -> Table:
    """List the numbers of the curve."""
    w = reading.words
    heads = ("stage", "mean", "interval", "band", "n_people", "n_mentions", "mixed", "machine_tag")
    table = Table([str(w(h)) for h in heads], [2.5, 1.6, 1.8, 1.8, 1.55, 1.75, 1.55, 1.25])
    curve = reading.page["curve"]
    ranked = any(point.get("places") for point in curve["chart"]["points"])
    if ranked:
        table.head.append(str(w("place_from_worst")))
        table.widths.append(1.25)
    table.numeric = frozenset(range(1, len(table.head)))
    for row, point in zip(curve["frame"].to_dict("records"), curve["chart"]["points"], strict=True):
        mean = [Span(w.signed(row["mean"]) if point["n"] else str(w("no_data")))]
        table.rows.append(
            [
                name_of(point["name"]),
                [mean + reading.refs(point.get("panel"))],
                says(w.span(row["low"], row["high"])),
                says(w.span(row["band_low"], row["band_high"])),
                says(w.whole(row["n_participants"])),
                says(w.whole(row["n_codings"])),
                says(_share(reading, row["mixed_share"])),
                says(_share(reading, row["machine_share"])),
                *([says(_place(reading, point))] if ranked else []),
            ]
        )
    return table


def _place(reading: Reading, point: dict[str, Any]) -> str:
    star = " ★" if point.get("star") else ""
    return f"{point.get('places') or reading.words('none_short')}{star}"


def _share(reading: Reading, share: float) -> str:
    w = reading.words
    return str(w("none_short")) if math.isnan(share) else w.percent(share)


def nobody(reading: Reading) -> str:
    """Say that nobody spoke of something, out of how many."""
    w, n = reading.words, reading.page["n"]
    return str(w("empty_cell", n=n) if n else w("no_data"))


def map_item(reading: Reading, item: dict[str, Any], *, refs: bool = True) -> Line:
    """Write an item of the map: its name, how many people, the mood, what a machine did."""
    w = reading.words
    line = [Span(reading.text(item["name"]))]
    if item["panel"] is None:
        return [*line, Span(f" [{w('hypothesis')}]", tone="muted", italic=True)]
    line.append(Span(f" {w.of(item['n'], reading.page['n'])}", bold=True))
    if item["mood"]:
        line += [Span(" "), *reading.mood(item["mood"]["mean"], n=item["mood"]["n"])]
    if item["status"] == "machine":
        line += reading.machine()
    return line + (reading.refs(item["panel"]) if refs else [])


def map_mood(reading: Reading, point: dict[str, Any], *, refs: bool = True) -> Cell:
    """Write the mood of a stage with its n; too few people get a hollow mark."""
    if not point["n"]:
        return [[Span(nobody(reading), tone="muted")]]
    tone = point["tone"] or "muted"
    line = reading.mood(point["mean"], hollow=point["hollow"], tone=tone) or [Span("")]
    line = [*line, Span(f" n\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}{point['n']}", tone="muted")]
    if point["machine"]:
        line += reading.machine()
    return [line + (reading.refs(point.get("panel")) if refs else [])]


def map_tables(reading: Reading, *, stages_at_once: int, items_at_once: int) -> list[Table]:
    """Split the map over tables of a few stages; long layers go on in a further row."""
    page = reading.page
    stages = page["map"]["stages"]
    parts = math.ceil(len(stages) / stages_at_once)
    size = math.ceil(len(stages) / parts) if parts else 0
    return [
        _map_table(reading, range(at, min(at + size, len(stages))), items_at_once)
        for at in range(0, len(stages), size or 1)
    ]


def _map_table(reading: Reading, at: range, items_at_once: int) -> Table:
    w, page = reading.words, reading.page
    stages, points = page["map"]["stages"], page["curve"]["chart"]["points"]
    table = Table(
        [str(w("layer")), *(clean(stages[i]["name"]) for i in at)], [1.45] + [2.0] * len(at)
    )
    table.rows.append([name_of(w("layer_emotion")), *(map_mood(reading, points[i]) for i in at)])
    for layer in page["map"]["layers"]:
        cells = [layer["cells"][i] for i in at]
        rows = max(1, *(math.ceil(len(cell) / items_at_once) for cell in cells))
        for row in range(rows):
            more = phrase(w, "continued") if row else ""
            part = slice(row * items_at_once, (row + 1) * items_at_once)
            table.rows.append(
                [
                    name_of(layer["name"], sub=more),
                    *(_map_cell(reading, cell[part], row, layer["any"]) for cell in cells),
                ]
            )
    return table


def _map_cell(reading: Reading, items: list[dict[str, Any]], row: int, filled: bool) -> Cell:
    if items:
        return [map_item(reading, item) for item in items]
    if row:
        return [[]]
    said = nobody(reading)
    if not filled:
        said = f"{reading.words('not_filled')}: {said}"
    return [[Span(said, tone="muted")]]


def pains_table(reading: Reading) -> Table:
    """Rank the pains: people, mentions, the interval of the share, the stages."""
    w = reading.words
    heads = ["№", phrase(w, "pain"), *(str(w(h)) for h in ("n_people", "n_mentions"))]
    interval = reading.text(w("interval")).capitalize()
    table = Table([*heads, interval, str(w("stages_of"))], [0.8, 3.3, 1.7, 1.4, 1.5, 3.4])
    table.numeric = frozenset({0, 3})
    for pain in reading.page["pains"]["rows"]:
        name = [
            Span(clean(pain["name"]), bold=True),
            *(reading.machine() if pain["machine"] else []),
        ]
        count = [Span(w.of(pain["n_participants"], pain["of_participants"]), bold=True)]
        table.rows.append(
            [
                says(pain.get("places") or pain["rank"]),
                [name],
                [count + reading.refs(pain["panel"])],
                says(w.whole(pain["n_codings"])),
                says(share_interval(reading, pain)),
                says(", ".join(f"{name} ({w.whole(n)})" for name, n in pain["stages"])),
            ]
        )
    return table


def share_interval(reading: Reading, pain: dict[str, Any]) -> str:
    """Say the interval of a share in percent, from ten people on."""
    w = reading.words
    if pain["of_participants"] < 10:
        return str(w("none_short"))
    return f"{w.percent(pain['low'])} – {w.percent(pain['high'])}"


def opportunities_table(reading: Reading) -> Table:
    """List the opportunities: priority, barriers removed, people, who does what, the measure."""
    w = reading.words
    own = [str(w(key)) for key in ("priority", "opportunity", "removes")]
    heads = [*own, str(w("n_people")), str(w("doing")), str(w("measured_by"))]
    table = Table(heads, [1.3, 3.2, 2.6, 1.8, 2.4, 2.2])
    for row in reading.page["opportunities"]["rows"]:
        doing = [says(task)[0] for task in row.get("tasks") or ()]
        who = ", ".join(part for part in (said(row.get("owner")), said(row.get("status"))) if part)
        doing += [[Span(who, tone="muted")]] if who else []
        table.rows.append(
            [
                says(said(row.get("priority")) or w("none_short")),
                name_of(reading.text(row["name"]), sub=said(row.get("stage"))),
                _barriers(reading, row),
                _counted(reading, row),
                doing or _absent(reading, "nobody_does"),
                [reading.sentence(measure) for measure in row.get("measures") or ()]
                or _absent(reading, "no_metric"),
            ]
        )
    return table


def curve_reading(reading: Reading) -> str:
    """Say how the curve is read; of intervals only where some are drawn."""
    drawn = reading.page["curve"]["frame"]["low"].notna().any()
    return phrase(reading.words, "curve_reading" if drawn else "curve_reading_bare")


def moments_intro(reading: Reading) -> str:
    """Say what the candidates are, and which of several may be the first."""
    w, section = reading.words, reading.page["moments"]
    said = [w("moments_intro")]
    if section["n_all"] > 1:
        said.append(w("moments_first", n=section["n_first"], of=section["n_all"]))
    return " ".join(reading.text(part) for part in said)


def loose_barriers(reading: Reading) -> str:
    """Name the barriers that no opportunity answers; empty where there are none."""
    section = reading.page["opportunities"]
    loose = section.get("loose") or []
    if not loose:
        return ""
    counted = reading.words("loose", n=len(loose), of=section["n_barriers"])
    return f"{reading.text(counted)} {clean('; '.join(loose))}."


def _barriers(reading: Reading, row: dict[str, Any]) -> Cell:
    lines = [
        [Span(reading.text(barrier["name"])), *reading.refs(barrier["panel"])]
        for barrier in row.get("barriers") or ()
    ]
    return lines or _absent(reading, "no_barrier")


def _absent(reading: Reading, key: str) -> Cell:
    return [[Span(str(reading.words(key)), tone="muted")]]


def moments_table(reading: Reading) -> Table:
    """List the candidates for moments of truth: where, how many people, and why."""
    w = reading.words
    heads = [str(w("place_of")), str(w("moment")), str(w("n_people")), str(w("why"))]
    table = Table(heads, [1, 3.6, 2, 5])
    for at, row in enumerate(reading.page["moments"]["rows"], start=1):
        table.rows.append(
            [
                says(said(row.get("priority")) or at),
                name_of(reading.text(row["name"]), sub=said(row.get("place"))),
                _counted(reading, row),
                [reading.sentence(row.get("reason") or "")],
            ]
        )
    return table


def said(value: object) -> str:
    """Give a value's words; nothing for what is missing."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return clean(f"{value:g}" if isinstance(value, float) else value)


def _counted(reading: Reading, row: dict[str, Any]) -> Cell:
    if row.get("panel") is None and not row.get("n"):
        return says(reading.words("none_short"))
    of = row.get("of") or reading.page["n"]
    return [[Span(reading.count(row["n"], of), bold=True), *reading.refs(row.get("panel"))]]


def touchpoints_table(reading: Reading) -> Table:
    """Make the heat table touchpoints x stages; candidates for critical places say so."""
    w, page = reading.words, reading.page
    stages = [clean(stage["name"]) for stage in page["map"]["stages"]]
    table = Table(
        [str(w("touchpoint")), *stages, str(w("any_stage"))], [1.6] + [1.3] * len(stages) + [1.2]
    )
    for at, row in enumerate(page["touchpoints"]["rows"]):
        cells: list[Cell] = [name_of(row["name"])]
        for column, cell in enumerate(row["cells"], start=1):
            cells.append(_heat(reading, cell))
            if cell:
                fill = CRITICAL if cell["critical"] else HEAT[cell["step"] - 1]
                table.fills[at, column] = fill
        total = [Span(w.of(row["n"], page["n"]), bold=True), *reading.refs(row["panel"])]
        table.rows.append([*cells, [total]])
    return table


def _heat(reading: Reading, cell: dict[str, Any] | None) -> Cell:
    if cell is None:
        return [[Span("·", tone="muted")]]
    lines: Cell = [[Span(reading.words.whole(cell["n"]), bold=True)]]
    if cell["mood"]:
        lines.append(reading.mood(cell["mood"]["mean"], n=cell["mood"]["n"]))
    if cell["critical"]:
        lines.append([Span(reading.text(cell["critical"]), tone="bad")])
    return lines


def persona_sections(reading: Reading, card: dict[str, Any], *, refs: bool = True) -> list[Any]:
    """List the sections of a persona's card: title and cell; quotes are left to the formats."""
    return [
        (reading.text(part["title"]), _persona_cell(reading, card, part, refs), part.get("panel"))
        for part in card["sections"]
    ]


def _persona_cell(reading: Reading, card: dict[str, Any], part: dict[str, Any], refs: bool) -> Cell:
    w = reading.words
    if part.get("panel"):
        return []
    if "traits" in part:
        return [_trait(reading, trait, card["n"]) for trait in part["traits"]]
    return [
        [Span(reading.text(line["name"])), Span(f" {w.of(line['n'], line['of'])}", bold=True)]
        + (reading.refs(line["panel"]) if refs else [])
        for line in part["lines"]
    ]


def _trait(reading: Reading, trait: dict[str, Any], n: int) -> Line:
    line = [Span(f"{clean(trait['name'])}: ", tone="muted")]
    if trait["range"]:
        return [*line, Span(reading.text(trait["range"]))]
    counted = trait["counted"]
    values = [
        clean(value) + (f"\N{NO-BREAK SPACE}— {reading.words.of(k, n)}" if counted else "")
        for value, k in trait["values"]
    ]
    return [*line, Span(("; " if counted else ", ").join(values))]


def group_moods(reading: Reading, card: dict[str, Any]) -> Table | None:
    """List a group's mood by stage, with n; None where the group has no curve."""
    points = (card["curve"] or {}).get("points", [])
    points = [p for p in points if p["n"]]
    if not points:
        return None
    table = Table([clean(p["name"]) for p in points], [1.0] * len(points))
    table.rows.append([map_mood(reading, point) for point in points])
    return table


def empathy_block(
    reading: Reading, card: dict[str, Any], block: dict[str, Any], *, refs: bool, most: int = 99
) -> Cell:
    """Write a block of an empathy map: its title with its people, its lines, what is left out."""
    w = reading.words
    title = [Span(reading.text(block["title"]), bold=True, tone="head")]
    if not block["lines"]:
        return [title, [Span(str(w("nobody_said")), tone="muted")]]
    title.append(Span(f" {w.of(block['n'], card['n'])}", tone="muted"))
    lines = [_empathy_line(reading, line, refs) for line in block["lines"][:most]]
    left = block["more"] + len(block["lines"]) - len(lines)
    if left > 0:
        lines.append([Span(reading.text(w("more_items", n=left)), tone="muted")])
    return [title, *lines]


def _empathy_line(reading: Reading, line: dict[str, Any], refs: bool) -> Line:
    spans = [Span("• "), Span(reading.text(line["name"]))]
    if line["panel"] is not None:
        spans.append(Span(f" {reading.count(line['n'], line['of'])}", bold=True))
        return spans + (reading.refs(line["panel"]) if refs else [])
    if line["mark"]:
        spans.append(Span(f" [{reading.text(line['mark'])}]", tone="muted", italic=True))
    return spans


def empathy_table(reading: Reading, card: dict[str, Any]) -> Table:
    """Lay the blocks of an empathy map out in two columns."""
    cells = [empathy_block(reading, card, block, refs=True) for block in card["blocks"]]
    table = Table([], [1, 1])
    for pair in _pairs(cells):
        table.rows.append([*pair, *(EMPTY,) * (2 - len(pair))])
    return table


def _pairs(cells: list[Cell]) -> list[list[Cell]]:
    return [cells[at : at + 2] for at in range(0, len(cells), 2)]
