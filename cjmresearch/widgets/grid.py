"""The map as a table of cells to choose from; no widgets here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmresearch import journey
from cjmresearch.journey import JourneyMap
from cjmresearch.report.words import soft
from cjmresearch.widgets.words import say, signed
from cjmresearch.wording import INTERVAL_FROM, count_label, word

WHOLE_MAP = "map"
_LINES = 3
_STRONG, _FAINT = 0.5, 0.15
_THIRDS = (1 / 3, 2 / 3)


@dataclass(frozen=True)
class Cell:
    """One place that can be opened: what `JourneyMap.explain` takes, and how it looks."""

    key: tuple[str, ...]
    text: str
    hint: str
    tone: str
    machine: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the table; stages without a cell are empty."""

    label: str
    note: str
    cells: dict[str, Cell]


def rows(shown: JourneyMap, layer: str, language: str) -> list[Row]:
    """Rows of the table: a layer each for the whole map, else a code of the layer each."""
    if layer == WHOLE_MAP:
        return [_layer_row(shown, name, language) for name in shown.layers]
    return list(_code_rows(shown, layer, language))


def mood(shown: JourneyMap, language: str) -> Row:
    """Give the row of the curve's means: a cell a stage that has one."""
    cells = {}
    for stage in shown.curve.itertuples():
        if pd.isna(stage.mean):
            continue
        n = count_label(int(stage.n_participants), len(shown.participants), language)
        value = signed(stage.mean, language, 2)
        cells[str(stage.stage)] = Cell(
            key=("curve", str(stage.stage)),
            text=f"{value}\n{n}",
            hint=f"{say('mood', language)}: {value}, {n}",
            tone=_by_valence(stage.mean) if stage.n_participants >= INTERVAL_FROM else "plain",
            machine=bool(stage.machine_share > 0),
        )
    return Row(say("mood", language), say("mood_hint", language), cells)


def outside(shown: JourneyMap, language: str) -> list[Cell]:
    """List cells for what no stage of the model holds, one a kind of code."""
    found = []
    for kind in shown.outside.itertuples():
        if kind.n_codings:
            layer = kind_name(str(kind.kind), language)
            n = count_label(int(kind.n_codings), int(kind.of_codings), language)
            found.append(Cell(("outside", str(kind.kind)), f"{layer}: {n}", layer, "plain"))
    return found


def kind_name(kind: str, language: str) -> str:
    """Name of the layer that a kind of code belongs to."""
    return journey.LAYER_NAMES[language][journey.LAYER_OF_KIND[kind]]


def codes_of(shown: JourneyMap, key: tuple[str, ...], language: str) -> list[tuple[str, Cell]]:
    """List the codes within a cell of the whole map, each with its own cell."""
    if key[0] in ("curve", "outside") or len(key) != 2:
        return []
    here = shown.cells[(shown.cells["layer"] == key[0]) & (shown.cells["stage"] == key[1])]
    return [
        (f"{_people(row)}\N{NO-BREAK SPACE}· {name}", Cell((*key, _item(row)), name, name, "plain"))
        for row in here.itertuples()
        for name in [getattr(row, f"name_{language}")]
    ]


def _layer_row(shown: JourneyMap, layer: str, language: str) -> Row:
    inside = shown.cells[shown.cells["layer"] == layer]
    most = int(inside["n_participants"].fillna(0).max()) if len(inside) else 0
    cells = {}
    for stage, group in inside.groupby("stage", sort=False):
        names = group[f"name_{language}"]
        people = [_people(row) for row in group.itertuples()]
        listed = [f"{n}\N{NO-BREAK SPACE}· {name}" for name, n in zip(names, people, strict=True)]
        text = listed[:_LINES]
        if len(listed) > _LINES:
            text.append(say("more_codes", language, n=len(listed) - _LINES))
        top = int(group["n_participants"].fillna(0).iloc[0])
        cells[str(stage)] = Cell(
            key=(layer, str(stage)),
            text=soft("\n".join(text)),
            hint="; ".join(listed),
            tone=_by_count(top, most),
            machine=bool((group["status"] == "machine").all()),
        )
    return Row(journey.LAYER_NAMES[language][layer], "", cells)


def _code_rows(shown: JourneyMap, layer: str, language: str) -> Iterator[Row]:
    inside = shown.cells[shown.cells["layer"] == layer]
    most = int(inside["n_participants"].fillna(0).max()) if len(inside) else 0
    inside = inside.assign(item=inside["code"].fillna(inside["item_id"]))
    people = _people_by_code(shown, layer)
    order = inside.groupby("item", sort=False)["n_participants"].sum()
    ranked = sorted(order.index, key=lambda item: (-people.get(item, 0), -order[item], item))
    for item in ranked:
        group = inside[inside["item"] == item]
        name = group[f"name_{language}"].iloc[0]
        note = (
            count_label(people[item], len(shown.participants), language) if item in people else ""
        )
        cells = {row.stage: _cell(row, name, most, shown, language) for row in group.itertuples()}
        yield Row(name, note, cells)


def _cell(row: Any, name: str, most: int, shown: JourneyMap, language: str) -> Cell:
    if row.status == "hypothesis":
        text = word("hypothesis", language)
        return Cell((row.layer, row.stage, _item(row)), text, name, "plain")
    n = count_label(int(row.n_participants), len(shown.participants), language)
    felt = row.n_felt >= INTERVAL_FROM
    text = f"{n}\n{_mood(row, language)}" if felt else n
    return Cell(
        key=(row.layer, row.stage, _item(row)),
        text=text,
        hint=f"{name}: {text.replace(chr(10), ', ')}",
        tone=_by_valence(row.valence) if felt else _by_count(int(row.n_participants), most),
        machine=row.status == "machine",
    )


def _mood(row: Any, language: str) -> str:
    """Write a mean valence, with its own n where not all people of the cell said a feeling."""
    mean = signed(row.valence, language)
    own = "" if row.n_felt == row.n_participants else f" (n={row.n_felt})"
    return mean + own


def _people_by_code(shown: JourneyMap, layer: str) -> dict[str, int]:
    """Count the people who spoke of each code of a layer at any stage of the model."""
    placed = shown.observations[shown.observations["stage"].notna()]
    if layer == "touchpoints":
        code, kept = placed["touchpoint"], placed["touchpoint"].notna()
    else:
        code, kept = placed["code"], placed["kind"].map(journey.LAYER_OF_KIND) == layer
    people = placed[kept].groupby(code[kept])["participant_id"].nunique()
    return {str(slug): int(n) for slug, n in people.items()}


def _item(row: Any) -> str:
    return str(row.item_id if pd.isna(row.code) else row.code)


def _people(row: Any) -> str:
    return "?" if pd.isna(row.n_participants) else str(row.n_participants)


def _by_valence(value: float) -> str:
    if abs(value) < _FAINT:
        return "even"
    strength = "strong" if abs(value) >= _STRONG else "weak"
    return f"{'good' if value > 0 else 'bad'}-{strength}"


def _by_count(n: int, most: int) -> str:
    share = n / most if most else 0
    return f"count-{1 + sum(share > third for third in _THIRDS)}"
