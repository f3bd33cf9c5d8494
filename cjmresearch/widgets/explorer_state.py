"""What the page of the explorer is told, part by part: only parts that changed are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from cjmresearch import journey
from cjmresearch.journey import JourneyMap
from cjmresearch.widgets import explorer_items, grid
from cjmresearch.widgets.explorer_words import say
from cjmresearch.widgets.grid import Cell
from cjmresearch.widgets.view import CONTEXT, FILTERS, Choice, View
from cjmresearch.widgets.words import clock, counted, located, signed
from cjmresearch.wording import machine_note, small_n_note

PAGE = 12
_TOLD_APART = ("up", "down", "more", "fewer")


def controls(view: View, choice: Choice) -> dict[str, Any]:
    """Give the controls: what each offers, and what is set."""
    offered = view.options(choice.include)
    personas = [("persona", option) for option in offered["persona"]]
    against = [*personas, *(("wave", option) for option in offered["wave"])]
    return {
        **offered,
        "against": [option | {"value": [what, option["value"]]} for what, option in against],
        "set": asdict(choice) | {"against": list(choice.against) if choice.against else None},
    }


def head(view: View, choice: Choice) -> dict[str, Any]:
    """Say what the map rests on: people, codings, machines; one entry a side."""
    language = view.language
    sides = []
    for side, shown in zip(_sides(choice), view.maps(choice), strict=True):
        people = len(shown.participants)
        by_machine, codings = view.machine_codings(shown)
        note = machine_note(by_machine / codings, language) if by_machine else ""
        banner = say("banner", language, note=_upper(note), n=by_machine, of=codings)
        sides.append(
            {
                "name": view.label(side),
                "counts": f"{counted(people, 'participants', language)}, "
                f"{counted(codings, 'codings', language)}",
                "small": _upper(small_n_note(people, language)),
                "machine": banner if note else "",
            }
        )
    narrowed = any(getattr(choice, name) for name in (*FILTERS, "persona"))
    return {"goal": view.study.goal, "sides": sides, "narrowed": narrowed}


def table(view: View, choice: Choice) -> dict[str, Any]:
    """Give the map: stages, a curve a side, rows with the cells of each side, what is outside."""
    language = view.language
    maps = view.maps(choice)
    stages = maps[0].stages
    tables = [grid.rows(shown, choice.layer, language) for shown in maps]
    return {
        "stages": [
            {
                "id": str(row.stage),
                "name": getattr(row, f"name_{language}"),
                "weak": row.approximate,
            }
            for row in stages.itertuples()
        ],
        "curves": [grid.points(shown, language) for shown in maps],
        "rows": [
            {
                "id": row.id,
                "label": row.label,
                "note": row.note,
                "layer": row.layer,
                "items": grid.is_for_items(row.layer) and choice.layer == grid.WHOLE_MAP,
                "cells": [{s: _cell(cell) for s, cell in side.items()} for side in cells],
            }
            for row, cells in grid.beside(tables)
        ],
        "outside": [[_cell(cell) for cell in grid.outside(shown, language)] for shown in maps],
        "corner": say("counts", language, n=" / ".join(str(len(m.participants)) for m in maps)),
        "nobody": not any(len(shown.observations) for shown in maps),
    }


def _cell(cell: Cell) -> dict[str, Any]:
    told = asdict(cell)
    return {name: value for name, value in told.items() if value not in ("", (), False)}


def _sides(choice: Choice) -> list[Choice]:
    return [side for side in (choice, choice.other) if side is not None]


def plan(view: View, choice: Choice) -> dict[str, Any]:
    """Give the items of the map and what they may be linked with."""
    return explorer_items.plan(view.map(choice), view.language)


def differences(view: View, choice: Choice) -> pd.DataFrame:
    """Say what differs between the two maps of a choice (`journey.diff`); empty for one map."""
    maps = view.maps(choice)
    if len(maps) < 2:
        return pd.DataFrame()
    return journey.diff(maps[0], maps[1], language=view.language)


def changes(view: View, choice: Choice) -> dict[str, Any] | None:
    """Give the differences in words, with the cells to open; what is told apart first."""
    if choice.against is None:
        return None
    found = differences(view, choice)
    found["sure"] = found["change"].isin(_TOLD_APART) | (found["low"] > 0) | (found["high"] < 0)
    order = pd.DataFrame(
        {
            "sure": ~found["sure"],
            "what": found["what"] != "curve",
            "size": -found["difference"].abs().where(found["what"] != "curve", 0).fillna(0),
        }
    ).sort_values(["sure", "what", "size"], kind="stable")
    rows = []
    for row in found.loc[order.index].itertuples():
        key = [row.layer, row.stage] if row.layer == "curve" else [row.layer, row.stage, row.code]
        rows.append(
            {
                "words": row.words,
                "sure": bool(row.sure),
                "keys": [key if _is_on(shown, key) else None for shown in view.maps(choice)],
            }
        )
    return {"rows": rows}


def _is_on(shown: JourneyMap, key: list[str]) -> bool:
    if key[0] == "curve":
        point = shown.curve[shown.curve["stage"] == key[1]]
        return bool(point["mean"].notna().any())
    cells = shown.cells
    own = cells["code"].fillna(cells["item_id"])
    return bool(((cells["layer"] == key[0]) & (cells["stage"] == key[1]) & (own == key[2])).any())


# -- the words behind a cell --------------------------------------------------------------------


def panel(
    view: View, shown: JourneyMap, opened: tuple[grid.Key, pd.DataFrame], *, most: int
) -> dict[str, Any]:
    """Give the words behind the open cell, numbered, `most` of them; those refused withheld."""
    key, behind = opened
    language = view.language
    some = behind.iloc[:most].reset_index(drop=True)
    evidence = view.evidence(some).to_dict("records") if len(some) else []
    rows = some.to_dict("records")
    names = view.names | shown.names(language)
    place, what = _titles(shown, key, language)
    people = behind["participant_id"].nunique()
    counts = f"{counted(people, 'participants', language)} {say('of', language)} "
    counts += f"{len(shown.participants)}, {counted(len(behind), 'mentions', language)}"
    return {
        "key": list(key),
        "place": place,
        "what": what,
        "counts": counts,
        "codes": [
            {"key": list(own), "n": n, "name": name}
            for own, n, name in grid.codes_of(shown, key[:2], language)
        ],
        "quotes": [
            _quote(i, row | words, names, language)
            for i, (row, words) in enumerate(zip(rows, evidence, strict=True), 1)
        ],
        "of": len(behind),
        "can_add": grid.can_hold_items(key[0]),
    }


def _titles(shown: JourneyMap, key: grid.Key, language: str) -> tuple[str, str]:
    names = shown.names(language)
    if key[0] == "outside":
        return say("outside", language), grid.kind_name(key[1], language)
    if key[0] == "curve":
        return names[key[1]], say("mood", language)
    layer = grid.layer_name(key[0], language)
    if len(key) == 2:
        return names[key[1]], layer
    own = shown.cells["code"].fillna(shown.cells["item_id"])
    titles = dict(zip(own, shown.cells[f"name_{language}"], strict=True))
    return names[key[1]], f"{layer}: {titles.get(key[2], key[2])}"


def _quote(
    number: int, row: Mapping[str, Any], names: Mapping[str, str], language: str
) -> dict[str, Any]:
    machine = row["status"] == "suggested"
    proposed = row["model_version"] if pd.notna(row["model_version"]) else None
    told = {
        "n": number,
        "coding": row["coding_id"],
        "participant": _or(row["participant"], "—"),
        "place": _place(row, language),
        "code": names.get(row["code"], row["code"]),
        "valence": signed(row["valence"], language) if pd.notna(row["valence"]) else "",
        "coder": row["coder"],
        "coded": f"{row['created_at']:%Y-%m-%d %H:%M}" if pd.notna(row["created_at"]) else "",
        "machine": machine,
        "proposed": proposed if proposed and not machine else "",
        "confidence": _confidence(row["confidence"], language) if machine else "",
        "withheld": bool(row["withheld"]),
    }
    if told["withheld"]:
        return told
    return told | {
        "asked": _or(row["prompt"], ""),
        "before": _context(row["before"], before=True),
        "quote": str(row["quote"]),
        "after": _context(row["after"], before=False),
    }


def _confidence(value: Any, language: str) -> str:
    if pd.isna(value):
        return ""
    text = f"{float(value):.2f}"
    return text.replace(".", ",") if language == "ru" else text


def _context(words: Any, *, before: bool) -> str:
    """Give the surroundings of a quote; where they were cut, from or to a whole word."""
    shown = str(words) if pd.notna(words) else ""
    if len(shown) >= CONTEXT:
        head, _, tail = shown.partition(" ") if before else shown.rpartition(" ")
        shown = f"…{tail}" if before else f"{head}…"
    return shown


def _place(row: Mapping[str, Any], language: str) -> str:
    parts = [_or(row["source"], "")]
    if pd.notna(row["position"]):
        parts.append(say("turn", language, n=int(row["position"]) + 1))
    if pd.notna(row["begin_s"]):
        parts.append(clock(float(row["begin_s"])))
    elif pd.notna(row["locator"]):
        parts.append(located(str(row["locator"]), language))
    return " · ".join(part for part in parts if part)


def _or(value: Any, other: str) -> str:
    return other if pd.isna(value) else str(value)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


class Told:
    """What the page holds, so that only what differs is sent."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def news(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        """Give the parts that the page does not have, and take it that it gets them."""
        written = {name: json.dumps(part, sort_keys=True) for name, part in parts.items()}
        new = {name: parts[name] for name, text in written.items() if self._kept.get(name) != text}
        self._kept |= written
        return new
