"""The map as a table of cells to choose from; no widgets here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmresearch import aggregate, journey
from cjmresearch.journey import JourneyMap
from cjmresearch.schema import ITEM_LAYERS
from cjmresearch.widgets.explorer_words import say
from cjmresearch.widgets.words import signed
from cjmresearch.wording import INTERVAL_FROM, count_label, word

WHOLE_MAP = "map"
_LINES = 3
_STRONG, _FAINT = 0.5, 0.15
_THIRDS = (1 / 3, 2 / 3)
Key = tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """One place that can be opened: what `JourneyMap.explain` takes, and how it looks.

    `lines` are pairs of a count of people (None for a hypothesis) and what they spoke of.
    """

    key: Key
    hint: str
    tone: str
    text: str = ""
    note: str = ""
    lines: tuple[tuple[int | None, str], ...] = ()
    machine: bool = False


@dataclass(frozen=True)
class Row:
    """One line of the table, by the layer or code it stands for; a stage may have no cell."""

    id: str
    layer: str
    label: str
    note: str
    cells: dict[str, Cell]


def rows(shown: JourneyMap, layer: str, language: str) -> list[Row]:
    """Rows of the table: a layer each for the whole map, else a code of the layer each."""
    if layer == WHOLE_MAP:
        return [_layer_row(shown, name, language) for name in shown.layers]
    return list(_code_rows(shown, layer, language))


def beside(tables: Sequence[Sequence[Row]]) -> list[tuple[Row, list[dict[str, Cell]]]]:
    """Put the rows of one or two maps beside each other: each row with its cells on each map."""
    firsts: dict[str, Row] = {}
    for table in tables:
        for row in table:
            firsts.setdefault(row.id, row)
    by_id = [{row.id: row.cells for row in table} for table in tables]
    return [(row, [cells.get(id_, {}) for cells in by_id]) for id_, row in firsts.items()]


def points(shown: JourneyMap, language: str) -> list[dict[str, Any]]:
    """Give the curve, a point a stage; where nobody said a feeling the numbers are None.

    A stage that rests on undecided suggestions, even in part, has no interval.
    """
    curve = aggregate.drop_machine_intervals(shown.curve)
    whole = len(shown.participants)
    found = []
    for stage in curve.itertuples():
        there = pd.notna(stage.mean)
        n = int(stage.n_participants) if there else 0
        bounds = {b: _number(getattr(stage, b)) for b in ("low", "high", "band_low", "band_high")}
        value = signed(stage.mean, language, 2) if there else ""
        found.append(
            {
                "stage": str(stage.stage),
                "mean": _number(stage.mean),
                **bounds,
                "n": n,
                "of": whole,
                "value": value,
                "words": _point_words(bounds, value, count_label(n, whole, language), language),
                "machine": bool(there and stage.machine_share > 0),
            }
        )
    return found


def _point_words(bounds: dict[str, float | None], value: str, n: str, language: str) -> str:
    if not value:
        return word("no_data", language)
    low, high = bounds["low"], bounds["high"]
    interval = ""
    if low is not None and high is not None:
        ends = (signed(low, language, 2), signed(high, language, 2))
        interval = ", " + say("interval", language, low=ends[0], high=ends[1])
    return f"{say('mood', language)}: {value}{interval}, {n}"


def outside(shown: JourneyMap, language: str) -> list[Cell]:
    """List cells for what no stage of the model holds, one a kind of code."""
    found = []
    for kind in shown.outside.itertuples():
        if kind.n_codings:
            layer = kind_name(str(kind.kind), language)
            n = count_label(int(kind.n_codings), int(kind.of_codings), language)
            hint = f"{say('outside', language)}, {layer}: {n}"
            found.append(Cell(("outside", str(kind.kind)), hint, "plain", layer, n))
    return found


def kind_name(kind: str, language: str) -> str:
    """Name of the layer that a kind of code belongs to."""
    return journey.LAYER_NAMES[language][journey.LAYER_OF_KIND[kind]]


def layer_name(layer: str, language: str) -> str:
    """Name of a layer; one that this version doesn't know has its id."""
    return journey.LAYER_NAMES[language].get(layer, layer)


def codes_of(shown: JourneyMap, key: Key, language: str) -> list[tuple[Key, int | None, str]]:
    """List the codes within a cell of the whole map: key of its own, people, name."""
    if key[0] in ("curve", "outside") or len(key) != 2:
        return []
    here = shown.cells[(shown.cells["layer"] == key[0]) & (shown.cells["stage"] == key[1])]
    return [
        ((*key, _item(row)), _people(row, shown), getattr(row, f"name_{language}"))
        for row in here.itertuples()
    ]


def _layer_row(shown: JourneyMap, layer: str, language: str) -> Row:
    inside = shown.cells[shown.cells["layer"] == layer]
    most = int(inside["n_participants"].fillna(0).max()) if len(inside) else 0
    name = layer_name(layer, language)
    titles = shown.names(language)
    cells = {}
    for stage, group in inside.groupby("stage", sort=False):
        names = list(group[f"name_{language}"])
        people = [_people(row, shown) for row in group.itertuples()]
        lines = tuple(zip(people, names, strict=True))
        hypothesis = word("hypothesis", language)
        spoken = "; ".join(f"{w}, {hypothesis if n is None else n}" for n, w in lines)
        top = next((n for n in people if n is not None), None)
        more = len(lines) - _LINES
        cells[str(stage)] = Cell(
            key=(layer, str(stage)),
            hint=f"{titles[str(stage)]}, {name}: {spoken}",
            tone="hypothesis" if top is None else _by_count(top, most),
            note=say("more_codes", language, n=more) if more > 0 else "",
            lines=lines[:_LINES],
            machine=bool((group["status"] == "machine").all()),
        )
    return Row(layer, layer, name, "", cells)


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
        yield Row(str(item), layer, name, note, cells)


def _cell(row: Any, name: str, most: int, shown: JourneyMap, language: str) -> Cell:
    key = (row.layer, row.stage, _item(row))
    where = f"{shown.names(language)[row.stage]}, {name}"
    if row.status == "hypothesis":
        people = _people(row, shown)
        whole = len(shown.participants)
        none = word("hypothesis", language)
        text = none if people is None else count_label(people, whole, language)
        return Cell(key, f"{where}: {text}", "hypothesis" if people is None else "plain", text)
    n = count_label(int(row.n_participants), len(shown.participants), language)
    felt = row.n_felt >= INTERVAL_FROM
    mood = _mood(row, language) if felt else ""
    return Cell(
        key=key,
        hint=f"{where}: {', '.join(part for part in (n, mood) if part)}",
        tone=_by_valence(row.valence) if felt else _by_count(int(row.n_participants), most),
        text=n,
        note=mood,
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


def can_hold_items(layer: str) -> bool:
    """Tell whether people may put items on a layer."""
    return layer in ITEM_LAYERS


def is_for_items(layer: str) -> bool:
    """Tell whether a layer is what people put there, rather than what is coded."""
    return layer == "opportunities" or layer not in journey.LAYER_OF_KIND.values()


def _item(row: Any) -> str:
    return str(row.item_id if pd.isna(row.code) else row.code)


def _people(row: Any, shown: JourneyMap) -> int | None:
    """People of the map who spoke of it; None for a hypothesis, which rests on nobody's words."""
    if pd.isna(row.n_participants):
        return 0 if row.item_id in set(shown.evidence["item_id"]) else None
    return int(row.n_participants)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)


def _by_valence(value: float) -> str:
    if abs(value) < _FAINT:
        return "even"
    strength = "strong" if abs(value) >= _STRONG else "weak"
    return f"{'good' if value > 0 else 'bad'}-{strength}"


def _by_count(n: int, most: int) -> str:
    share = n / most if most else 0
    return f"count-{1 + sum(share > third for third in _THIRDS)}"
