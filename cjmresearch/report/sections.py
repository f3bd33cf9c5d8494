"""The parts of the report that open: curve, map, pains, touchpoints, personas."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
from markupsafe import Markup

from cjmresearch import aggregate, journey, personas
from cjmresearch.report.chart import FEW_PEOPLE, curve_chart
from cjmresearch.report.quotes import Evidence, Panel
from cjmresearch.report.words import Words
from cjmresearch.schema import Study
from cjmresearch.wording import INTERVAL_FROM

MOST_GROUPS = 8
"""Personas that the report shows at most; the largest."""

_INLINE = 2
"""Quotes that stand open under each pain."""

_LINES = 6
"""Lines of a persona's section that stand open."""

_ITEMS = 7
"""Items of a cell of the map that stand open; the rest unfold."""


@dataclass(frozen=True)
class Context:
    """What every section needs: the map and its numbers, the words, the panels of quotes."""

    study: Study
    map: journey.JourneyMap
    words: Words
    names: dict[str, str]
    evidence: Evidence
    include: str
    heard: pd.DataFrame
    """Participants of the coded sources: the whole of every count."""

    @property
    def observations(self) -> pd.DataFrame:
        """Frame [observations] behind all numbers."""
        return self.map.observations

    @property
    def n(self) -> int:
        """How many people could have spoken."""
        return len(self.heard)


def curve_section(context: Context) -> dict[str, Any]:
    """Make the emotion curve: frame, single people's means, geometry, a panel at each stage.

    Where people coded it, ranks and stars say what may be read out of it; both are None where it
    rests on suggestions, for they count how people differ and not how a machine errs.
    """
    curve = aggregate.drop_machine_intervals(context.map.curve)
    machine = bool((curve["machine_share"] > 0).any())
    observations = context.observations
    people = pd.DataFrame({"stage": [], "mean": []})
    if observations.loc[observations["valence"].notna(), "participant_id"].nunique() <= FEW_PEOPLE:
        people = _people(observations)
    chart = curve_chart(curve, people, context.names)
    ranks = None if machine else aggregate.stage_ranks(observations)
    stars = None if machine else aggregate.stage_stars(observations)
    _mark_ranks(chart, ranks, stars, context.words)
    for point in chart["points"]:
        if point["n"]:
            point["panel"] = context.evidence.panel(
                f"curve|{point['stage']}",
                context.map.rows(("curve", point["stage"])),
                title=context.words("layer_emotion"),
                place=point["name"],
            )
    return {
        "frame": curve,
        "people": people,
        "chart": chart,
        "machine": machine,
        "ranks": ranks,
        "stars": stars,
        "any": bool(curve["mean"].notna().any()),
        "alt": _curve_alt(chart, context.words),
    }


def _mark_ranks(
    chart: dict[str, Any], ranks: pd.DataFrame | None, stars: pd.DataFrame | None, words: Words
) -> None:
    """Tell each point which places its stage may have (1 is the lowest) and if it stands out."""
    places, starred = {}, set()
    if ranks is not None and stars is not None:
        able = ranks[ranks["n_units"] >= INTERVAL_FROM]
        places = {
            str(row["stage"]): words.places(row["rank_low"], row["rank_high"])
            for row in able.to_dict("records")
        }
        starred = set(stars.loc[stars["star"], "stage"])
    for point in chart["points"]:
        point["places"] = places.get(point["stage"], "")
        point["star"] = point["stage"] in starred


def _people(observations: pd.DataFrame) -> pd.DataFrame:
    """Mean valence of each person at each stage, by the rule of the curve."""
    if observations["valence"].notna().any():
        curves = aggregate.emotion_curve(observations, by="participant_id")
        return curves.loc[curves["mean"].notna(), ["stage", "mean", "participant_id"]]
    return pd.DataFrame({"stage": [], "mean": []})


def _curve_alt(chart: dict[str, Any], words: Words) -> str:
    said = [
        words("curve_alt_none", stage=p["name"])
        if p["y"] is None
        else words("curve_alt_point", stage=p["name"], mean=words.signed(p["mean"]), n=p["n"])
        for p in chart["points"]
    ]
    return words("curve_alt", points=" ".join(str(s) for s in said))


def map_section(context: Context) -> dict[str, Any]:
    """Make the grid layers x stages: each item with its count and its panel."""
    cells = context.map.cells
    stages = list(context.map.stages["stage"])
    layer_names = journey.LAYER_NAMES[context.words.language]
    by_place = dict(list(cells.groupby(["layer", "stage"], observed=True)))
    layers = []
    for layer in context.map.layers:
        row = [_items(context, layer, stage, by_place.get((layer, stage))) for stage in stages]
        layers.append({"id": layer, "name": layer_names[layer], "cells": row, "any": any(row)})
    outside = context.map.outside
    return {
        "cells": cells,
        "any": bool(len(cells) or context.map.curve["mean"].notna().any()),
        "stages": [{"id": s, "name": context.names[s]} for s in stages],
        "layers": layers,
        "open_items": _ITEMS,
        "outside": outside,
        "n_outside": int(outside["n_codings"].sum()),
        "n_codings": int(outside["of_codings"].sum()),
    }


def _items(
    context: Context, layer: str, stage: str, rows: pd.DataFrame | None
) -> list[dict[str, Any]]:
    if rows is None:
        return []
    return [_item(context, layer, stage, row) for row in rows.to_dict("records")]


def _item(context: Context, layer: str, stage: str, row: dict[str, Any]) -> dict[str, Any]:
    name = row[f"name_{context.words.language}"]
    if row["status"] == "hypothesis":
        return {"name": name, "status": "hypothesis", "panel": None}
    key = row["item_id"] if pd.isna(row["code"]) else row["code"]
    return {
        "name": name,
        "n": int(row["n_participants"]),
        "mood": _mood(row["valence"], int(row["n_felt"]), int(row["n_participants"])),
        "status": row["status"],
        "panel": context.evidence.panel(
            f"{layer}|{stage}|{key}",
            context.map.rows((layer, stage, key)),
            title=name,
            place=context.names[stage],
        ),
    }


def _mood(mean: float, n_felt: int, n: int) -> dict[str, Any] | None:
    """Give a mean feeling with its own n where it is not the cell's; None of too few people."""
    if n_felt < INTERVAL_FROM:
        return None
    return {"mean": mean, "n": None if n_felt == n else n_felt}


def pains_section(context: Context, pains: pd.DataFrame) -> list[dict[str, Any]]:
    """List pains in the order of the ranking, each with its panel and the stages it stands at."""
    observations = context.observations
    rows = []
    for pain in pains.to_dict("records"):
        behind = observations[observations["code"] == pain["code"]]
        at = behind[behind["stage"].notna()].groupby("stage", observed=True)["participant_id"]
        counts = at.nunique().sort_values(ascending=False, kind="stable")
        panel = context.evidence.panel(
            f"pain|{pain['code']}", behind, title=context.names[pain["code"]]
        )
        stages = [(context.names[s], int(n)) for s, n in counts.items()]
        rows.append(
            pain
            | {"name": context.names[pain["code"]], "panel": panel, "stages": stages}
            | {"inline": _INLINE, "machine": bool(behind["machine"].all())}
            | {"places": context.words.places(pain["rank_low"], pain["rank_high"])}
        )
    return rows


def touchpoints_by_people(observations: pd.DataFrame) -> pd.DataFrame:
    """Count people by touchpoint over all stages, and outside them; most people first."""
    rows = observations[observations["touchpoint"].notna()]
    counts = rows.groupby("touchpoint")["participant_id"].nunique().rename("n_participants")
    return counts.reset_index().sort_values(
        ["n_participants", "touchpoint"], ascending=[False, True], ignore_index=True
    )


def touchpoints_section(context: Context, totals: pd.DataFrame) -> dict[str, Any]:
    """Make the heat table stage x touchpoint; its cells open the same panels as the map's."""
    matrix = aggregate.touchpoint_matrix(context.observations)
    critical = aggregate.critical_places(context.observations)
    marked = {(r["stage"], r["touchpoint"]): r for r in critical.to_dict("records")}
    cells = {(r["stage"], r["touchpoint"]): r for r in matrix.to_dict("records")}
    rows = []
    for total in totals.to_dict("records"):
        touchpoint = total["touchpoint"]
        everywhere = context.observations[context.observations["touchpoint"] == touchpoint]
        name = context.names[touchpoint]
        panel = context.evidence.panel(f"touchpoint|{touchpoint}", everywhere, title=name)
        row = [
            _heat(context, cells.get((stage, touchpoint)), marked.get((stage, touchpoint)))
            for stage in context.map.stages["stage"]
        ]
        rows.append({"name": name, "n": total["n_participants"], "panel": panel, "cells": row})
    return {"frame": matrix, "critical": critical, "rows": rows}


def _heat(
    context: Context, cell: dict[str, Any] | None, critical: dict[str, Any] | None
) -> dict[str, Any] | None:
    if cell is None:
        return None
    key = f"touchpoints|{cell['stage']}|{cell['touchpoint']}"
    share = cell["n_participants"] / max(context.n, 1)
    return {
        "n": cell["n_participants"],
        "mood": _mood(cell["mean"], cell["n_felt"], cell["n_participants"]),
        "step": min(6, 1 + int(share * 7)),
        "critical": critical and _mark(context.words, critical),
        "panel": context.evidence.panels[key],
    }


def _mark(words: Words, place: dict[str, Any]) -> Markup:
    return words(
        "critical_mark",
        barriers=words.plural("barriers", place["n_barriers"]),
        people=words.plural("people", place["n_participants"]),
    )


def persona_groups(context: Context) -> tuple[Study | None, bool]:
    """Give a study with personas, its own or one a buying role, and say whether they are roles."""
    study = context.study
    if not study.personas.empty:
        return study, False
    if context.heard["buying_role"].isna().all():
        return None, False
    groups, memberships = personas.by_trait(study, "buying_role")
    return replace(study, personas=groups, memberships=memberships), True


def personas_section(context: Context) -> dict[str, Any]:
    """Make the cards: the project's personas, or else groups by buying role, saying so."""
    study, by_role = persona_groups(context)
    if study is None:
        return {"cards": [], "by_role": False, "of": 0, "frame": None}
    lines = personas.cards(study, include=context.include)
    sizes = lines.groupby("persona_id", sort=False)["of_participants"].max()
    largest = set(sizes.sort_values(ascending=False, kind="stable").index[:MOST_GROUPS])
    cards = [
        _card(context, rows) | {"curve": _group_curve(context, study, str(persona))}
        for persona, rows in lines.groupby("persona_id", sort=False)
        if persona in largest
    ]
    return {"cards": cards, "by_role": by_role, "of": len(sizes), "frame": lines}


def _card(context: Context, lines: pd.DataFrame) -> dict[str, Any]:
    first = lines.iloc[0]
    sections = [
        _card_section(context, str(section), rows)
        for section, rows in lines.groupby("section", sort=False)
    ]
    return {
        "name": context.words.of_value(first["persona"]),
        "n": int(first["of_participants"]),
        "sections": sections,
        "open_lines": _LINES,
    }


def _group_curve(context: Context, study: Study, persona: str) -> dict[str, Any] | None:
    """Make the small curve of a group, each point with its panel; None where nobody felt."""
    own = journey.build(study, persona=persona, model=context.map.model, include=context.include)
    if own.curve["mean"].isna().all():
        return None
    chart = curve_chart(own.curve, pd.DataFrame({"stage": [], "mean": []}), context.names)
    for number, point in enumerate(chart["points"], start=1):
        point["number"] = number
        if point["n"]:
            point["panel"] = context.evidence.panel(
                f"curve|{persona}|{point['stage']}",
                own.rows(("curve", point["stage"])),
                title=context.words("layer_emotion"),
                place=f"{context.words.of_value(own.persona or persona)}: {point['name']}",
            )
    return chart


def _card_section(context: Context, section: str, rows: pd.DataFrame) -> dict[str, Any]:
    title = context.words.of_value(section, "card_")
    if section == "quotes":
        ids = [coding for ids in rows["coding_ids"] for coding in ids]
        panel = _persona_panel(context, rows.iloc[0].to_dict() | {"coding_ids": ids}, title)
        return {"title": title, "panel": panel, "inline": _INLINE, "lines": []}
    if section == "who":
        return {"title": title, "panel": None, "lines": [], "traits": _traits(context, rows)}
    lines = [_line(context, line) for line in rows.to_dict("records")]
    return {"title": title, "panel": None, "lines": lines}


def _traits(context: Context, rows: pd.DataFrame) -> list[dict[str, Any]]:
    """List the traits of a group: one line a trait, its values with how many have each.

    Where everybody has a value of their own the counts would only be noise. Several numbers are
    said by their range and median.
    """
    lines: dict[str, dict[str, Any]] = {}
    for row in rows.to_dict("records"):
        trait, _, value = row["code"].partition("=")
        name = row[f"name_{context.words.language}"].removesuffix(value).rstrip(": ")
        line = lines.setdefault(trait, {"name": name, "values": [], "counted": False, "range": ""})
        value = context.words.of_value(value) if trait in personas.TRAITS else value
        line["values"].append((value, int(row["n_participants"])))
        line["counted"] |= row["n_participants"] > 1
    for trait, line in lines.items():
        if trait not in personas.TRAITS and len(line["values"]) > 1:
            line["range"] = _range(line["values"], context.words)
    return list(lines.values())


def _range(values: list[tuple[str, int]], words: Words) -> str:
    """Say the range and the median of a trait's numbers; nothing where one is no number."""
    try:
        numbers = pd.Series([float(value) for value, _ in values]).repeat([n for _, n in values])
    except ValueError:
        return ""
    if not numbers.map(math.isfinite).all():
        return ""
    least, middle, most = (words.number(numbers.quantile(share)) for share in (0, 0.5, 1))
    people = words.plural("people", len(numbers))
    return words("trait_range", least=least, most=most, median=middle, people=people)


def _line(context: Context, line: dict[str, Any]) -> dict[str, Any]:
    name = line[f"name_{context.words.language}"]
    return {
        "name": name,
        "n": int(line["n_participants"]),
        "of": int(line["of_participants"]),
        "panel": _persona_panel(context, line, name),
    }


def _persona_panel(context: Context, line: dict[str, Any], name: str) -> Panel | None:
    ids = line["coding_ids"]
    if not len(ids):
        return None
    rows = context.observations[context.observations["coding_id"].isin(ids)]
    persona = context.words.of_value(line["persona"])
    key = f"persona|{line['persona_id']}|{line['section']}|{line['code']}"
    return context.evidence.panel(key, rows, title=name, place=persona)
