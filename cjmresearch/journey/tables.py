"""The map as tables: T1-T4 and the united T5, five questions, the two-sided chain, metaphors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.journey.layers import FIVE_QUESTIONS
from cjmresearch.journey.mapping import JourneyMap
from cjmresearch.wording import count_label, word

TITLES = {
    "ru": {
        "stage": "Этап пути",
        "goals": "Цель",
        "feelings": "Эмоции",
        "touchpoints": "Точки контакта",
        "tasks": "Задача маркетолога",
        "barriers": "Варианты барьеров",
        "removals": "Способы снятия барьеров",
    },
    "en": {
        "stage": "Stage",
        "goals": "Goal",
        "feelings": "Emotions",
        "touchpoints": "Touchpoints",
        "tasks": "Marketer's task",
        "barriers": "Barriers",
        "removals": "Ways to remove barriers",
    },
}
_TABLES = {
    "T1": ("goals", "feelings"),
    "T2": ("touchpoints", "tasks"),
    "T3": ("barriers",),
    "T4": ("removals",),
    "T5": ("goals", "feelings", "touchpoints", "tasks", "barriers", "removals"),
}
_CLIENT = ("actions", "thoughts", "barriers")


def tables(map_: JourneyMap, *, language: str = "ru", quotes: int = 1) -> dict[str, pd.DataFrame]:
    """Make the four tables of the method and the united one, a row a stage.

    T1 is stage, goal and emotions as quotes; T2 touchpoints and tasks; T3 barriers; T4 what
    removes them; T5 all of it joined. An empty cell stays empty. On a map of the future no count
    stands anywhere.

    Parameters
    ----------
    map_
        What `build` gives.
    language
        `ru` or `en`: headings and names of codes.
    quotes
        How many people's words stand in a cell of emotions, the strongest feeling first.

    Returns
    -------
    dict
        "T1" ... "T5" -> DataFrame of text with the headings of the method.
    """
    titles = _titles(language)
    columns = {
        "goals": _texts(map_, ("goals",), language),
        "feelings": _emotions(map_, quotes, language),
        "touchpoints": _texts(map_, ("touchpoints",), language),
        "tasks": _texts(map_, ("tasks",), language),
        "barriers": _texts(map_, ("barriers",), language),
        "removals": _removals(map_, language),
    }
    stages = list(map_.stages["stage"])
    names = list(map_.stages[f"name_{language}"])
    return {
        table: pd.DataFrame(
            {
                titles["stage"]: names,
                **{titles[c]: [columns[c].get(stage, "") for stage in stages] for c in wanted},
            },
            dtype="str",
        )
        for table, wanted in _TABLES.items()
    }


def five_questions(map_: JourneyMap, *, language: str = "ru") -> pd.DataFrame:
    """Answer the five questions of the current-state template for each stage: a row a stage."""
    columns = {_titles(language)["stage"]: list(map_.stages[f"name_{language}"])}
    for layers, ru, en in FIVE_QUESTIONS:
        texts = _texts(map_, layers, language)
        columns[ru if language == "ru" else en] = [
            texts.get(stage, "") for stage in map_.stages["stage"]
        ]
    return pd.DataFrame(columns, dtype="str")


def grid(map_: JourneyMap, *, language: str = "ru") -> pd.DataFrame:
    """Write out the map as it is drawn: one row an item, in the order of layers and stages.

    Returns
    -------
    DataFrame
        layer, stage, name, note (its count, "3 of 8", or the word hypothesis), status,
        n_participants (Int64), valence (float); a place without items has one row of status
        `empty`, with the name "no data" and the note "0 of n" on layers that quotes fill.
    """
    _titles(language)
    rows: list[dict[str, Any]] = []
    cells = dict(list(map_.cells.groupby(["layer", "stage"], sort=False)))
    for layer in map_.layers:
        for stage in map_.stages["stage"]:
            here = cells.get((layer, stage))
            if here is None:
                rows.append(_empty(map_, layer, stage, language))
                continue
            rows += [
                {
                    "layer": layer,
                    "stage": stage,
                    "name": getattr(row, f"name_{language}"),
                    "note": _note(map_, row, language),
                    "status": row.status,
                    "n_participants": row.n_participants,
                    "valence": row.valence,
                }
                for row in here.itertuples()
            ]
    columns = ["layer", "stage", "name", "note", "status", "n_participants", "valence"]
    frame = pd.DataFrame(rows, columns=columns)
    texts = dict.fromkeys(("name", "note"), "str")
    return frame.astype({"n_participants": "Int64", "valence": "float64", **texts})


def label(map_: JourneyMap, row: Any, language: str) -> str:
    """Say an item of the map with its count, or that it is a hypothesis."""
    name, note = str(getattr(row, f"name_{language}")), _note(map_, row, language)
    return f"{name} ({note})" if note else name


def _note(map_: JourneyMap, row: Any, language: str) -> str:
    if row.status == "hypothesis":
        return "" if map_.map_type == "future" else word("hypothesis", language)
    return count_label(int(row.n_participants), len(map_.participants), language)


def two_sided(map_: JourneyMap, *, language: str = "ru") -> pd.DataFrame:
    """Lay what clients do beside what staff do about it; gaps are where clients are lost.

    Client variants are the actions, thoughts and barriers of the map; a staff action is an item
    of the layer `staff`, linked by `answered_by` from the variant, at the same stage.

    Returns
    -------
    DataFrame
        stage, layer, code (slug or item_id), name, n_participants (Int64), response (str, NaN in a
        gap), gap (bool); gaps first, those that most people met at the top.
    """
    ids = map_.study.codes.set_index("slug")["code_id"].to_dict()
    staff = map_.cells[map_.cells["layer"] == "staff"].set_index("item_id")
    links = map_.study.links[map_.study.links["relation"] == "answered_by"]
    rows = []
    for cell in map_.cells[map_.cells["layer"].isin(_CLIENT)].itertuples():
        key = cell.item_id if pd.isna(cell.code) else cell.code
        answers = links.loc[links["from_id"] == ids.get(key, key), "to_id"]
        here = [a for a in answers if a in staff.index and staff.loc[a, "stage"] == cell.stage]
        response = "; ".join(str(staff.loc[a, f"name_{language}"]) for a in here) or None
        name = getattr(cell, f"name_{language}")
        rows.append((cell.stage, cell.layer, key, name, cell.n_participants, response))
    columns = ["stage", "layer", "code", "name", "n_participants", "response"]
    frame = pd.DataFrame(rows, columns=columns).astype(
        {"n_participants": "Int64", "response": "str"}
    )
    frame["gap"] = frame["response"].isna()
    people = frame["n_participants"].fillna(0).astype("int64")
    order = frame.assign(people=-people, closed=~frame["gap"]).sort_values(
        ["closed", "people", "stage", "code"]
    )
    return frame.loc[order.index].reset_index(drop=True)


def metaphors(map_: JourneyMap) -> pd.DataFrame:
    """List the metaphors that people used: stage, participant, quote, source.

    Code them with any code of kind `metaphor`; the words of people who refused are left out.
    """
    rows = map_.observations[map_.observations["kind"] == "metaphor"].drop_duplicates("coding_id")
    opened = aggregate.evidence(map_.study, rows["coding_id"])
    opened = opened.assign(stage=rows["stage"].astype("str").array)
    shown = opened[~opened["withheld"].astype(bool)]
    return shown[["stage", "participant", "quote", "source"]].reset_index(drop=True)


def _titles(language: str) -> dict[str, str]:
    if language not in TITLES:
        raise CjmError(f"language {language!r}: choose one of {', '.join(TITLES)}")
    return TITLES[language]


def _empty(map_: JourneyMap, layer: str, stage: str, language: str) -> dict[str, Any]:
    """Describe a place without items; only on layers that quotes fill is it a count of nobody."""
    observed = layer in ("touchpoints", *_CLIENT, "feelings") and map_.map_type != "future"
    counted = count_label(0, len(map_.participants), language)
    name, note = (word("no_data", language), counted) if observed else ("", "")
    return {"layer": layer, "stage": stage, "name": name, "note": note, "status": "empty"}


def _texts(map_: JourneyMap, layers: Iterable[str], language: str) -> dict[str, str]:
    cells = map_.cells[map_.cells["layer"].isin(list(layers))]
    return {
        str(stage): "; ".join(label(map_, row, language) for row in rows.itertuples())
        for stage, rows in cells.groupby("stage", sort=False)
    }


def _emotions(map_: JourneyMap, quotes: int, language: str) -> dict[str, str]:
    """Emotions of each stage: people's own words; items where nobody has said anything."""
    said = map_.observations[map_.observations["kind"] == "emotion"]
    said = said[said["stage"].notna()].drop_duplicates(["coding_id", "stage"])
    strength = said["valence"].abs().fillna(0) * said["intensity"].astype("float64").fillna(1)
    # Equal feelings in the order of the talk: ids are drawn anew whenever a file is read.
    order = ["stage", "strength", "start", "quote", "coding_id"]
    said = said.assign(strength=-strength).sort_values(order)
    return _texts(map_, ("feelings",), language) | dict(_words(map_, said, quotes))


def _words(map_: JourneyMap, said: pd.DataFrame, quotes: int) -> Iterator[tuple[str, str]]:
    opened = aggregate.evidence(map_.study, said["coding_id"])
    opened = opened.assign(stage=said["stage"].astype("str").array)
    shown = opened[~opened["withheld"].astype(bool)].drop_duplicates(["stage", "participant"])
    for stage, rows in shown.groupby("stage", sort=False):
        yield str(stage), " ".join(f"«{quote}»" for quote in rows["quote"].iloc[:quotes])


def _removals(map_: JourneyMap, language: str) -> dict[str, str]:
    """Opportunities of each stage with the barriers they remove; one that removes none says so."""
    names = map_.names(language)
    slugs = map_.study.codes.set_index("code_id")["slug"].to_dict()
    texts = map_.study.items.set_index("item_id")["text"].to_dict()
    links = map_.study.links[map_.study.links["relation"] == "removed_by"]
    removes: dict[str, list[str]] = {}
    for link in links.itertuples():
        name = names.get(slugs.get(link.from_id, ""), texts.get(link.from_id, ""))
        removes.setdefault(str(link.to_id), []).append(str(name))
    cells = map_.cells[map_.cells["layer"] == "opportunities"]
    return {
        str(stage): "; ".join(
            f"{getattr(row, f'name_{language}')} → {', '.join(removes[row.item_id])}"
            if row.item_id in removes
            else str(getattr(row, f"name_{language}"))
            for row in rows.itertuples()
        )
        for stage, rows in cells.groupby("stage", sort=False)
    }
