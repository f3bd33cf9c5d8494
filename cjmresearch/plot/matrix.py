"""Stages x touchpoints: how many people, and how they felt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.palette import readable_on, valence_colour
from cjmresearch.plot import canvas
from cjmresearch.wording import INTERVAL_FROM, word

_SAYS = {
    "ru": "Крупно — число участников; мелко — среднее чувство от −1 (оранжевый) до +1 (синий) и n, "
    "если о чувствах говорили не все они; без цвета — о чувствах говорили меньше трёх человек; "
    "пусто — об этом не говорили.",
    "en": "Large: number of participants; small: mean feeling from −1 (orange) to +1 (blue), and n "
    "where not all of them spoke of feelings; no colour: fewer than three people did; "
    "empty: nobody spoke of it.",
}


def touchpoint_matrix(
    matrix: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    top: int = 20,
) -> Any:
    """Draw the touchpoints at each stage, as `aggregate.touchpoint_matrix` gives them.

    A cell shows how many people spoke of it, and their mean feeling only where three or more
    people said one, with their own n where it is not the cell's.

    Parameters
    ----------
    matrix
        Frame of `aggregate.touchpoint_matrix`.
    ax, names, language
        As in `emotion_curve`.
    top
        How many touchpoints to show, those of most people first.

    Returns
    -------
    Axes
    """
    if not {"stage", "touchpoint", "n_participants", "mean", "n_felt"} <= set(matrix.columns):
        raise CjmError(
            "matrix: needs stage, touchpoint, n_participants, mean and n_felt; "
            "take it from aggregate.touchpoint_matrix"
        )
    theme = canvas.current_theme()
    stages = list(matrix["stage"].cat.categories)
    people = matrix.groupby("touchpoint")["n_participants"].sum().reset_index()
    order = people.sort_values(["n_participants", "touchpoint"], ascending=[False, True])
    touchpoints = list(order["touchpoint"])[:top]
    named = canvas.names_of([*stages, *touchpoints], names, language)
    ax = canvas.prepare(ax, rows=len(touchpoints))
    ax.set_xlim(-0.5, len(stages) - 0.5)
    ax.set_ylim(max(len(touchpoints), 1) - 0.5, -0.5)
    wide = canvas.width_of(ax, labels=0.27) / len(stages)
    labels, size = canvas.fit([named[stage] for stage in stages], wide - 4, largest=7.5)
    ax.set_xticks(range(len(stages)), labels, size=size, linespacing=1.1)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    labels, size = canvas.fit([named[t] for t in touchpoints], canvas.width_of(ax, labels=0.77))
    ax.set_yticks(range(len(touchpoints)), labels, size=size, linespacing=1.05)
    for x in range(len(stages)):
        for y in range(len(touchpoints)):
            ax.add_patch(_square(x, y, theme.empty))
    places = {touchpoint: y for y, touchpoint in enumerate(touchpoints)}
    for row in matrix[matrix["touchpoint"].isin(touchpoints)].itertuples():
        _cell(ax, (stages.index(row.stage), places[row.touchpoint]), row, language)
    if not touchpoints:
        ax.text(
            (len(stages) - 1) / 2,
            0,
            word("no_data", language),
            ha="center",
            va="center",
            color=theme.muted,
        )
    canvas.caption(ax, [_SAYS[language]], labels=0.29)
    canvas.machine_warning(ax, matrix, language)
    return ax


def _square(x: int, y: int, colour: str, **more: Any) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, lw=0, **more)


def _cell(ax: Any, place: tuple[int, int], row: Any, language: str) -> None:
    theme = canvas.current_theme()
    x, y = place
    felt = row.n_felt >= INTERVAL_FROM
    colour = valence_colour(row.mean, theme) if felt else theme.grid
    ink = readable_on(colour)
    ax.add_patch(_square(x, y, colour, zorder=1.5))
    ax.text(
        x - 0.06 * felt,
        y,
        str(int(row.n_participants)),
        ha="right" if felt else "center",
        va="center",
        fontsize=8.5,
        weight="bold",
        color=ink,
    )
    if felt:
        mean = canvas.number(row.mean, language)
        if row.n_felt != row.n_participants:
            mean += f"\nn={int(row.n_felt)}"
        ax.text(x + 0.04, y, mean, va="center", fontsize=6.5, linespacing=1.05, color=ink)
