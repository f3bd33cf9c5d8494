"""Geometry of the emotion curve for the template's SVG: where every mark stands."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pandas as pd

from cjmresearch.wording import INTERVAL_FROM

LEFT, RIGHT, TOP, HEIGHT = 64.0, 24.0, 34.0, 300.0
COLUMN = 132.0
"""Width of one stage; a name of 18 characters fits on one line."""

FEW_PEOPLE = 40
"""Up to this many people, each is drawn as a faint dot."""

_LINE = 17
"""Characters of a stage's name on one line."""


def curve_chart(curve: pd.DataFrame, people: pd.DataFrame, names: dict[str, str]) -> dict[str, Any]:
    """Place the marks of a curve.

    Parameters
    ----------
    curve
        Frame [curve].
    people
        stage, mean of single participants; drawn as faint dots.
    names
        Stage slug -> readable name.

    Returns
    -------
    dict
        width, height, grid (y and value), points (x, y, low, high, hollow, machine, tone, n, mean,
        name and its lines), segments (between neighbours that both have data; `dashed` where one
        is hollow), dots.
    """
    columns = {slug: LEFT + COLUMN * (i + 0.5) for i, slug in enumerate(curve["stage"])}
    points = [_point(row, columns, names) for row in curve.to_dict("records")]
    width = LEFT + COLUMN * len(points) + RIGHT
    return {
        "width": width,
        "height": TOP + HEIGHT + 92,
        "left": LEFT,
        "right": width - RIGHT,
        "top": TOP,
        "bottom": TOP + HEIGHT,
        "column": COLUMN,
        "grid": [{"value": v, "y": _y(v)} for v in (1, 0.5, 0, -0.5, -1)],
        "points": points,
        "segments": _segments(points),
        "dots": _dots(people, columns),
    }


def _y(value: float) -> float:
    """Height of a valence; an interval may reach beyond the scale, its mark may not."""
    return round(TOP + HEIGHT * (1 - max(-1.0, min(1.0, value))) / 2, 1)


def _point(row: dict[str, Any], columns: dict[str, float], names: dict[str, str]) -> dict[str, Any]:
    here = not math.isnan(row["mean"])
    interval = here and not math.isnan(row["low"])
    return {
        "stage": str(row["stage"]),
        "x": columns[row["stage"]],
        "y": _y(row["mean"]) if here else None,
        "low": _y(row["low"]) if interval else None,
        "high": _y(row["high"]) if interval else None,
        "hollow": row["n_participants"] < INTERVAL_FROM,
        "tone": _tone(row),
        "machine": bool(here and row["machine_share"] > 0),
        "mean": row["mean"],
        "n": int(row["n_participants"]),
        "name": names[row["stage"]],
        "lines": _lines(names[row["stage"]]),
    }


def _tone(row: dict[str, Any]) -> str:
    """Say good or bad only where the interval leaves out zero; a missing one says nothing."""
    if row["low"] > 0:
        return "good"
    return "bad" if row["high"] < 0 else ""


def _segments(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Join neighbours that both have data: a stage without data is a gap, not a bridge."""
    pairs = itertools.pairwise(points)
    return [
        {"from": a, "to": b, "dashed": a["hollow"] or b["hollow"]}
        for a, b in pairs
        if a["y"] is not None and b["y"] is not None
    ]


def _dots(people: pd.DataFrame, columns: dict[str, float]) -> list[dict[str, float]]:
    """Place single people's means; those of one stage and height stand side by side."""
    dots = []
    taken: dict[tuple[str, int], int] = {}
    for stage, mean in zip(people["stage"], people["mean"], strict=True):
        y = _y(mean)
        place = (stage, round(y / 7))
        taken[place] = taken.get(place, 0) + 1
        dots.append({"x": columns[stage] + 14 + 7.5 * (taken[place] - 1), "y": y})
    return dots


def _lines(name: str) -> list[str]:
    """Break a name into lines of a column's width, three at most."""
    lines: list[str] = []
    for part in name.split():
        if lines and len(lines[-1]) + 1 + len(part) <= _LINE:
            lines[-1] += f" {part}"
        else:
            lines.append(part)
    lines = [line if len(line) <= _LINE + 3 else f"{line[: _LINE + 2]}…" for line in lines]
    return lines if len(lines) <= 3 else [*lines[:2], f"{lines[2]}…"]
