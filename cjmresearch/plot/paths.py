"""Paths as people went them: what follows what, and how far they came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.joined import path_sample_in_words
from cjmresearch.aggregate.paths import END, START
from cjmresearch.errors import CjmError
from cjmresearch.palette import readable_on, valence_colour
from cjmresearch.plot import canvas
from cjmresearch.plot.arcs import arcs
from cjmresearch.wording import INTERVAL_FROM, PERCENT_FROM, count_label

_SAYS = {
    "ru": {
        START: "начало", END: "конец",
        "matrix": "Строка — откуда, столбец — куда: сколько людей из бывших там пошли сразу туда, "
        "и интервал доли. Пусто — никто; под чертой сказано, сколько их ещё может быть.",
        "none": "Никто из {of}: до {share}.",
        "funnel": "Полоса — доля дошедших, черта — интервал; ↓ — остановились здесь из тех, кто "
        "мог идти дальше; … — ещё в пути. Ниже — чувства на этапе: среднее и n (без цвета — меньше "
        "трёх).",
    },
    "en": {
        START: "start", END: "end",
        "matrix": "Row: from; column: to. How many of those who were there went straight on, and "
        "the interval of the share. Empty: nobody; how many there may still be is said below.",
        "none": "Nobody of {of}: up to {share}.",
        "funnel": "Bar: share who came this far, line: interval; ↓ stopped here, of those who "
        "could go on; … still on the way. Below: feelings at the stage, mean "
        "and n (no colour: under "
        "three).",
    },
}  # fmt: skip


def transitions(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    form: str = "matrix",
    sample: pd.DataFrame | None = None,
) -> Any:
    """Draw what people did next, as a matrix of counts with intervals or as arcs between stages.

    Parameters
    ----------
    table
        Frame of `aggregate.transitions`.
    ax, names, language
        As in `emotion_curve`.
    form
        `matrix` shows every count with its interval and what nobody did; `arcs` the shape of the
        paths: forward above the line, back below it, the wider the more people.
    sample
        Frame of `aggregate.path_sample`: whose path is joined to their words is said below.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("from", "to", "n_participants", "highest"), "transitions")
    if form not in ("matrix", "arcs"):
        raise CjmError(f"form={form!r}: choose matrix or arcs")
    if form == "arcs":
        return arcs(table, ax=ax, names=names, language=language, said=_joined(sample, language))
    froms, tos = (list(dict.fromkeys(table[c])) for c in ("from", "to"))
    places = [p for p in dict.fromkeys([*froms, *tos]) if p not in (START, END)]
    says = _SAYS.get(language, {})
    named = canvas.names_of(places, names, language) | {k: says[k] for k in (START, END)}
    ax = canvas.prepare(ax, rows=1.2 * len(froms))
    if not table["n_participants"].sum():
        return canvas.nothing(ax, language)
    ax.set_xlim(-0.5, len(tos) - 0.5)
    ax.set_ylim(len(froms) - 0.5, -0.5)
    wide = canvas.width_of(ax, labels=0.25) / len(tos)
    labels, size = canvas.fit([named[t] for t in tos], wide - 4, largest=7.5)
    ax.set_xticks(range(len(tos)), labels, size=size, linespacing=1.1)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    labels, size = canvas.fit([named[f] for f in froms], canvas.width_of(ax, labels=0.79))
    ax.set_yticks(range(len(froms)), labels, size=size, linespacing=1.05)
    for row in table.to_dict("records"):
        _step(ax, (tos.index(row["to"]), froms.index(row["from"])), row, language)
    canvas.caption(
        ax, [says["matrix"], *_bounds(table, language), *_joined(sample, language)], labels=0.27
    )
    return ax


def _joined(sample: pd.DataFrame | None, language: str) -> list[str]:
    return [] if sample is None else [path_sample_in_words(sample, language=language)]


def _bounds(table: pd.DataFrame, language: str) -> list[str]:
    """Say what zeros allow, once for each size of the whole."""
    zero = table[(table["n_participants"] == 0) & (table["of_participants"] > 0)]
    bounds = zero.groupby("of_participants")["highest"].max()
    return [
        _SAYS[language]["none"].format(of=of, share=canvas.percent(share, language))
        for of, share in bounds.items()
    ]


def _step(ax: Any, place: tuple[int, int], row: Mapping[str, Any], language: str) -> None:
    from matplotlib.patches import Rectangle

    theme = canvas.current_theme()
    x, y = place
    n, of = int(row["n_participants"]), int(row["of_participants"])
    colour = theme.empty if not n else valence_colour(0.15 + 0.85 * row["share"], theme)
    ax.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, lw=0, zorder=1.5))
    if not n:
        return
    ends = (row["low"], row["high"])
    interval = "–".join(f"{100 * end:.0f}" for end in ends) + canvas.percent(0, language)[1:]
    ink = readable_on(colour)
    ax.text(
        x, y - 0.14, count_label(n, of, language), ha="center", va="center", fontsize=7.5,
        weight="bold", color=ink, zorder=3,
    )  # fmt: skip
    ax.text(x, y + 0.2, interval, ha="center", va="center", fontsize=6.2, color=ink, zorder=3)


def funnel(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    sample: pd.DataFrame | None = None,
) -> Any:
    """Draw how far people came, with the lane of feelings beneath.

    Parameters
    ----------
    table
        Frame of `aggregate.funnel`; the lane needs its `curve`.
    ax, names, language
        As in `emotion_curve`.
    sample
        Frame of `aggregate.path_sample`: whose path is joined to their words is said below.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("stage", "reached", "at_risk", "n_stopped", "n_underway"), "funnel")
    theme = canvas.current_theme()
    stages = list(table["stage"])
    named = canvas.names_of(stages, names, language)
    ax = canvas.prepare(ax)
    came = int(table["at_risk"].iloc[0] + table["n_underway"].iloc[0]) if len(table) else 0
    if not came:
        return canvas.nothing(ax, language)
    lane = "felt" in table
    ax.set_ylim(-0.42 if lane else -0.18, 1.12)
    ax.set_xlim(-0.55, len(stages) - 0.45)
    ticks = (0.0, 0.5, 1.0)
    ax.set_yticks(ticks, [_tick(t, came, language) for t in ticks], size=7, color=theme.muted)
    ax.hlines(ticks, -0.55, len(stages) - 0.45, color=theme.grid, lw=0.7, zorder=0.5)
    width = canvas.width_of(ax) / len(stages) - 4
    labels, size = canvas.fit([named[s] for s in stages], width)
    ax.set_xticks(range(len(stages)), labels, size=size, linespacing=1.15)
    for x, row in enumerate(table.to_dict("records")):
        _reached(ax, x, row, language)
        if lane:
            _felt(ax, x, row, language)
    told = _SAYS[language]["funnel"] if lane else _without_lane(language)
    canvas.caption(ax, [told, *_joined(sample, language)])
    return ax


def _without_lane(language: str) -> str:
    return _SAYS[language]["funnel"].split(". ")[0] + "."


def _tick(share: float, of: int, language: str) -> str:
    if of < PERCENT_FROM:
        return canvas.plain(share * of, language, 0 if share * of % 1 == 0 else 1)
    return canvas.percent(share, language)


def _reached(ax: Any, x: int, row: Mapping[str, Any], language: str) -> None:
    theme = canvas.current_theme()
    ax.bar(x, row["reached"], 0.62, color=theme.series[0], alpha=0.75, lw=0, zorder=1)
    ax.vlines(x, row["low"], row["high"], color=theme.ink, lw=1.1, zorder=3)
    here = int(row["at_risk"] + row["n_underway"])
    stopped, underway = int(row["n_stopped"]), int(row["n_underway"])
    parts = [f"n={here}"] + [f"↓{stopped}"] * (stopped > 0) + [f"…{underway}"] * (underway > 0)
    ax.text(x, -0.07, "  ".join(parts), ha="center", va="center", fontsize=7, color=theme.ink)


def _felt(ax: Any, x: int, row: Mapping[str, Any], language: str) -> None:
    from matplotlib.patches import Rectangle

    theme = canvas.current_theme()
    n = 0 if pd.isna(row["n_felt"]) else int(row["n_felt"])
    sure = n >= INTERVAL_FROM and not np.isnan(row["felt"])
    colour = valence_colour(row["felt"], theme) if sure else theme.empty
    ax.add_patch(Rectangle((x - 0.45, -0.38), 0.9, 0.22, facecolor=colour, lw=0, zorder=1))
    text = f"{canvas.number(row['felt'], language)} · n={n}" if sure else f"n={n}"
    ax.text(
        x, -0.27, text, ha="center", va="center", fontsize=7, zorder=2,
        color=readable_on(colour) if sure else theme.muted,
    )  # fmt: skip
