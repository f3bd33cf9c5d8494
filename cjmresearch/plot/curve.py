"""The emotion curve, with n at every stage and no more certainty than there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate import drop_machine_intervals
from cjmresearch.errors import CjmError
from cjmresearch.plot import canvas
from cjmresearch.wording import machine_note, word

MARKERS = ("o", "s", "D", "^", "v", "P")

_COLUMNS = (
    *("stage", "mean", "low", "high", "band_low", "band_high", "n_participants", "n_units"),
    *("n_codings", "sd", "mixed_share", "machine_share", "level"),
    *("raw", "n_gold_participants", "n_gold_units", "n_segments", "n_gold"),
)
_ROW = 0.17  # height of a row of n, in units of valence
_CLEAR = 3  # with more lines than this, marks and bars give way to the lines
_SAYS = {
    "ru": {
        "axis": "← {worse}          {better} →",
        "what": "Среднее по участникам, от −1 до +1; n — число участников.",
        "firms": "Участники одной фирмы считаются как одно целое.",
        "both": "Толстая черта — {level}-процентный интервал для этапа, тонкая — для всей кривой.",
        "one": "Черта — {level}-процентный интервал для этапа.",
        "hollow": "Полый знак: интервала нет (менее 3 независимых участников или нет разброса).",
        "machine": "Там, где размечала машина, интервала нет: её ошибка не измерена.",
        "raw": "Скорректировано по случайной выборке ({n} отрывков); точками — как считает машина.",
        "all": "все",
        "completers": "прошли всё",
        "leavers": "Если недовольные уходят, кривая всех растёт от одного этого.",
        "roles": "Роли весят поровну, сколько бы людей ни было в каждой; точками — простое среднее "
        "по людям.",
        "thin_role": "Полый знак: в одной из ролей меньше двух человек.",
        "mixed": "Отрывки с противоположными чувствами: {shares}.",
    },
    "en": {
        "axis": "← {worse}          {better} →",
        "what": "Mean over participants, −1 to +1; n is the number of participants.",
        "firms": "Participants of one firm count as one unit.",
        "both": "Thick bar: {level}% interval of the stage; thin bar: of the whole curve.",
        "one": "Bar: {level}% interval of the stage.",
        "hollow": "Hollow marker: no interval (under 3 independent participants, or no spread).",
        "machine": "No interval where a machine has tagged: its error is not measured.",
        "raw": "Corrected by a random sample ({n} passages); dotted: as the machine has it.",
        "all": "all",
        "completers": "went all the way",
        "leavers": "Where the unhappy leave, the curve of all rises by that alone.",
        "roles": "Roles weigh alike, however many people each has; dotted: plain mean over people.",
        "thin_role": "Hollow marker: a role with fewer than two people.",
        "mixed": "Passages with opposite feelings: {shares}.",
    },
}


def emotion_curve(
    curve: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw an emotion curve, or one line a group, as `aggregate.emotion_curve` gives it.

    Straight segments join neighbouring stages with data; nothing is smoothed or bridged. A stage
    with nobody is a gap that says so. Markers without an interval are hollow; undecided suggestions
    get none. Of a corrected curve the machine's own means are a dotted line.

    Parameters
    ----------
    curve
        DataFrame [curve], or of `aggregate.corrected_curve`; a further column holds groups.
    ax
        Axes to draw on; a new figure of the size of `style` if None. Closing it is up to you.
    names
        Slug -> label of stages; default is the shipped codebooks'.
    language
        `ru` or `en`.

    Returns
    -------
    Axes
    """
    if curve.empty or not {"stage", "mean", "low", "n_participants"} <= set(curve.columns):
        raise CjmError(
            "curve: needs rows with stage, mean, low, high and n_participants; "
            "take it from aggregate.emotion_curve"
        )
    curve = drop_machine_intervals(curve)
    group = canvas.group_column(curve, _COLUMNS)
    lines = [(None, curve)] if group is None else list(curve.groupby(group, sort=False))
    stages = list(dict.fromkeys(curve["stage"]))
    named = canvas.names_of(stages, names, language)
    ax = canvas.prepare(ax)
    _axes(ax, stages, lines, language)
    room = _room_for_names(ax, lines, len(stages))
    ax.set_xlim(-0.55, len(stages) - 0.45 + room)
    _stage_labels(ax, [named[stage] for stage in stages], room)
    _gaps(ax, curve, stages, language)
    for index, (_, line) in enumerate(lines):
        _draw_line(ax, line.set_index("stage").reindex(stages), (index, len(lines)), language)
    _name_lines(ax, lines, stages)
    _notes(ax, curve, named, lines, language)
    return ax


def completers_curve(
    curve: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw the curve of everybody and that of the people who spoke of every stage.

    Parameters
    ----------
    curve
        Frame of `aggregate.completers_curve`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(curve, ("people", "stage", "mean"), "completers_curve")
    word("of", language)
    says = {name: _SAYS[language][name] for name in ("all", "completers")}
    named = curve.assign(people=curve["people"].map(says))
    ax = emotion_curve(named, ax=ax, names=names, language=language)
    said = ax.get_xlabel().replace("\n", " ")
    canvas.caption(ax, [said, _SAYS[language]["leavers"]])
    return ax


def role_curve(
    curve: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw the curve in which roles weigh alike; dotted: the plain mean over people.

    Parameters
    ----------
    curve
        Frame of `aggregate.role_curve`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(curve, ("stage", "mean", "pooled", "n_roles"), "role_curve")
    plain = curve.drop(columns=["n_roles", "fewest"]).rename(columns={"pooled": "raw"})
    ax = emotion_curve(plain, ax=ax, names=names, language=language)
    says = _SAYS[language]
    known = curve["low"].notna().any()
    level = f"{100 * curve['level'].iloc[0]:g}"
    both = says["both"].format(level=level) if known else ""
    canvas.caption(ax, [says["roles"], both, says["thin_role"]])
    return ax


def _axes(ax: Any, stages: Sequence[str], lines: Sequence[Any], language: str) -> None:
    theme = canvas.current_theme()
    machine = "machine_share" in lines[0][1] and any(
        line["machine_share"].max() > 0 for _, line in lines
    )
    ax.set_ylim(-1.1 - _ROW * (len(lines) + 0.3), 1.28 if machine else 1.08)
    ticks = (-1, -0.5, 0, 0.5, 1)
    ax.set_yticks(ticks, [canvas.number(t, language) for t in ticks], color=theme.muted, size=7)
    ax.hlines(ticks, -0.55, len(stages) - 0.45, color=theme.grid, lw=0.7, zorder=0.5)
    ax.hlines(0, -0.55, len(stages) - 0.45, color=theme.muted, lw=0.9, zorder=0.6)
    says = _SAYS[language]["axis"]
    ax.set_ylabel(
        says.format(worse=word("worse", language), better=word("better", language)),
        y=(1.0 - ax.get_ylim()[0] - 1.0) / (ax.get_ylim()[1] - ax.get_ylim()[0]),
        fontsize=7.5,
        color=theme.ink,
    )


def _room_for_names(ax: Any, lines: Sequence[Any], stages: int) -> float:
    """Room to the right for the names of groups, in stages."""
    if lines[0][0] is None:
        return 0.0
    widest = max(canvas.text_width(str(name), 7.5) for name, _ in lines) + 12
    share = min(widest / canvas.width_of(ax), 0.4)
    return share * stages / (1 - share)


def _stage_labels(ax: Any, labels: list[str], room: float) -> None:
    width = canvas.width_of(ax) / (len(labels) + room) - 4
    wrapped, size = canvas.fit(labels, width)
    ax.set_xticks(range(len(labels)), wrapped, size=size, linespacing=1.15)


def _gaps(ax: Any, curve: pd.DataFrame, stages: Sequence[str], language: str) -> None:
    theme = canvas.current_theme()
    there = curve["mean"].notna() | curve.get("raw", curve["mean"]).notna()
    spoken = curve[there]["stage"].unique()
    for x, stage in enumerate(stages):
        if stage not in spoken:
            ax.fill_between([x - 0.4, x + 0.4], -1, 1, color=theme.empty, lw=0, zorder=0.8)
            ax.text(
                x, 0, word("no_data", language), rotation=90, ha="center", va="center",
                fontsize=7.5, color=theme.muted, zorder=3,
                bbox={"facecolor": theme.empty, "edgecolor": "none", "pad": 1.5},
            )  # fmt: skip


def _draw_line(ax: Any, line: pd.DataFrame, place: tuple[int, int], language: str) -> None:
    index, of = place
    theme = canvas.current_theme()
    colour = theme.series[index % len(theme.series)]
    x = np.arange(len(line)) + (index - (of - 1) / 2) * min(0.12, 0.5 / of)
    mean = line["mean"].to_numpy(float)
    machine = line["machine_share"].max() > 0 if "machine_share" in line else False
    ax.plot(x, mean, color=colour, lw=1.6, ls=(0, (4, 2)) if machine else "-", zorder=2)
    if "raw" in line:
        ax.plot(x, line["raw"].to_numpy(float), color=theme.muted, lw=1.2, ls=":", zorder=1.9)
    if of == 1:
        _bars(ax, x, line[["band_low", "band_high"]], {"color": colour, "lw": 1.0, "zorder": 2.2})
    width, alpha = (3.6, 0.45) if of == 1 else (1.4, 0.7 if of <= _CLEAR else 0.35)
    _bars(
        ax,
        x,
        line[["low", "high"]],
        {"color": colour, "lw": width, "alpha": alpha, "zorder": 2.1},
    )
    sure = line["low"].notna().to_numpy()
    size = 6 if of <= _CLEAR else 4.5
    for chosen, face in ((sure, colour), (~sure & ~np.isnan(mean), theme.background)):
        ax.plot(
            x[chosen], mean[chosen], MARKERS[index % len(MARKERS)], ms=size, mfc=face, mec=colour,
            mew=1.5, ls="none", zorder=3,
        )  # fmt: skip
    if of == 1:
        _values(ax, x, mean, language)
    counts = line["n_participants"]
    for column, n in enumerate(counts):
        if not pd.isna(n):
            ax.text(
                column, -1.1 - _ROW * (index + 0.6), f"n={int(n)}", ha="center", va="center",
                fontsize=7, color=theme.muted if of == 1 else colour,
            )  # fmt: skip


def _values(ax: Any, x: np.ndarray, mean: np.ndarray, language: str) -> None:
    """Print each mean beside its marker, on the side that the line leaves free."""
    for place in np.flatnonzero(~np.isnan(mean)):
        after = mean[place + 1] if place + 1 < len(mean) else np.nan
        below = after > mean[place]
        ax.annotate(
            canvas.number(mean[place], language, 2), (x[place], mean[place]),
            (6, -4 if below else 4), textcoords="offset points", fontsize=6.5,
            va="top" if below else "bottom", color=canvas.current_theme().ink, zorder=4,
        )  # fmt: skip


def _bars(ax: Any, x: np.ndarray, bounds: pd.DataFrame, look: dict[str, Any]) -> None:
    known = bounds.notna().all(axis=1).to_numpy()
    low, high = bounds.to_numpy(float)[known].clip(-1, 1).T  # valence ends at -1 and 1
    ax.vlines(x[known], low, high, **look)


def _name_lines(ax: Any, lines: Sequence[Any], stages: Sequence[str]) -> None:
    """Name each line at its last point, moved apart where names would touch, and its row of n."""
    if lines[0][0] is None:
        return
    theme = canvas.current_theme()
    last = {}
    for index, (_, line) in enumerate(lines):
        means = line.set_index("stage")["mean"].reindex(stages).dropna()
        if len(means):
            last[index] = float(means.iloc[-1])
    heights: dict[int, float] = {}
    for index in sorted(last, key=lambda index: last[index]):
        lowest = max(heights.values(), default=-9.0) + 0.15
        heights[index] = max(last[index], lowest)
    excess = max(max(heights.values(), default=0.0) - 1, 0)
    right = len(stages) - 0.42
    for index, (name, _) in enumerate(lines):
        look = {"color": theme.series[index % len(theme.series)], "va": "center"}
        if index in heights:
            ax.text(right, heights[index] - excess, name, fontsize=7.5, weight="bold", **look)
        ax.text(right, -1.1 - _ROW * (index + 0.6), name, fontsize=7, **look)


def _notes(
    ax: Any, curve: pd.DataFrame, named: Mapping[str, str], lines: Sequence[Any], language: str
) -> None:
    theme, says = canvas.current_theme(), _SAYS[language]
    if "machine_share" in curve and curve["machine_share"].max() > 0:
        all_of_it = curve["machine_share"].min() == 1
        ax.text(
            -0.45, 1.18, machine_note(1 if all_of_it else 0.5, language), va="center",
            fontsize=7.5, weight="bold", color=theme.warning, zorder=4,
        )  # fmt: skip
    if curve["n_participants"].isna().all():
        return
    level = f"{100 * curve['level'].iloc[0]:g}" if "level" in curve else "95"
    known = curve["low"].notna()
    machine = curve.get("machine_share", pd.Series(0.0, index=curve.index)) > 0
    firms = "n_units" in curve and (curve["n_units"] < curve["n_participants"]).any()
    sentences = [
        says["what"],
        says["firms"] if firms else "",
        says["both" if len(lines) == 1 else "one"].format(level=level) if known.any() else "",
        says["hollow"] if (~known & curve["mean"].notna() & ~machine).any() else "",
        says["machine"] if machine.any() else "",
        says["raw"].format(n=int(curve["n_gold"].sum())) if "n_gold" in curve else "",
    ]
    if len(lines) == 1 and "mixed_share" in curve:
        percent = "\N{NO-BREAK SPACE}%" if language == "ru" else "%"
        mixed = curve[curve["mixed_share"] > 0]
        shares = ", ".join(
            f"{named[stage]} {100 * share:.0f}{percent}"
            for stage, share in zip(mixed["stage"], mixed["mixed_share"], strict=True)
        )
        sentences.append(says["mixed"].format(shares=shares) if shares else "")
    canvas.caption(ax, sentences)
