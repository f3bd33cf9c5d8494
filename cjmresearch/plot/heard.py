"""What was heard: saturation, kinds of source, one interview, how warm people are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.palette import readable_on, valence_colour
from cjmresearch.plot import canvas
from cjmresearch.wording import word

_SAYS = {
    "ru": {
        "people": "людей", "codes": "разных болей",
        "saturation": "Линия — сколько разных болей назвали бы k человек в любом порядке, полоса — "
        "интервал. Справа — сколько их всего, не меньше (Chao2), с интервалом: {estimate} "
        "({low}–{high}). Следующий человек добавит около {new}.",
        "weak": "Мало людей или ничто не названо дважды: оценка лишь намёк.",
        "triangulation": "Сколько людей (источников) этого рода назвали боль, из скольких. "
        "Сотрудники и эксперты — отдельно: их слова не входят в число клиентов.",
        "interview": "{unit} разговора",
        "turn": "реплика", "minute": "минута", "passages": "Отрывков: {n}.",
        "along": "Один человек, порядок рассказа. Это не порядок событий, и усреднять такие линии "
        "по людям нельзя; интервала нет.",
        "temperature": "Сколько людей на этапе без признаков готовности, с одним из признаков, с "
        "решающим. Одного признака достаточно, поэтому часть тёплых — ложные; откройте цитаты.",
        "cold": "холодный", "warm": "тёплый", "hot": "горячий",
        "interview_kind": "интервью", "focus_group": "фокус-группа", "survey": "опрос",
        "review": "отзывы", "call": "звонки", "observation": "наблюдение", "note": "заметки",
        "employees": "сотрудники", "experts": "эксперты",
    },
    "en": {
        "people": "people", "codes": "different pains",
        "saturation": "Line: how many different pains k people would name, in any order; band: "
        "interval. At the right: how many there are at least (Chao2), with its interval: "
        "{estimate} ({low}–{high}). The next person would add about {new}.",
        "weak": "Few people, or nothing named twice: the estimate is no more than a hint.",
        "triangulation": "How many people (sources) of this kind named the pain, of how many. "
        "Employees and experts stand apart: their words are in no count of customers.",
        "interview": "{unit} of the conversation",
        "turn": "turn", "minute": "minute", "passages": "Passages: {n}.",
        "along": "One person, in the order of telling. It is not the order of events, and such "
        "lines may not be averaged over people; no interval.",
        "temperature": "How many people at the stage show no sign of readiness, any sign, a "
        "decisive one. One sign is enough, so some of the warm are false: open the quotes.",
        "cold": "cold", "warm": "warm", "hot": "hot",
        "interview_kind": "interview", "focus_group": "focus group", "survey": "survey",
        "review": "reviews", "call": "calls", "observation": "observation", "note": "notes",
        "employees": "employees", "experts": "experts",
    },
}  # fmt: skip


def saturation(table: pd.DataFrame, *, ax: Any = None, language: str = "ru") -> Any:
    """Draw how many different codes more people would have named, and how many there may be.

    Parameters
    ----------
    table
        Frame of `aggregate.saturation`.
    ax, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("n_participants", "codes", "low", "high", "estimate"), "saturation")
    word("of", language)
    theme, says = canvas.current_theme(), _SAYS[language]
    ax = canvas.prepare(ax)
    if table.empty or not table["codes"].max():
        return canvas.nothing(ax, language)
    last = table.iloc[-1]
    k = table["n_participants"].to_numpy()
    ax.fill_between(k, table["low"], table["high"], color=theme.series[0], alpha=0.2, lw=0)
    ax.plot(k, table["codes"], color=theme.series[0], lw=1.8, marker="o", ms=3.5)
    right = k.max() + max(1.0, 0.06 * k.max())
    ax.vlines(right, last["estimate_low"], last["estimate_high"], color=theme.ink, lw=1.2)
    ax.plot(right, last["estimate"], marker="D", ms=6, color=theme.ink, ls="none")
    top = max(table["high"].max(), min(last["estimate_high"], 3 * last["codes"]))
    ax.set_ylim(0, 1.08 * top)
    step = max(1, int(np.ceil(top / 6)))
    ax.set_yticks(range(0, int(top) + 1, step))
    ax.set_xlim(0.5, right + 0.5)
    steps = sorted({1, *np.linspace(1, k.max(), min(8, len(k))).round().astype(int)})
    ax.set_xticks(steps, [str(s) for s in steps], size=7)
    ax.set_ylabel(says["codes"], fontsize=7.5, color=theme.ink)
    ax.grid(axis="y", color=theme.grid, lw=0.7)
    ax.set_axisbelow(True)
    numbers = {
        "estimate": canvas.plain(last["estimate"], language, 0),
        "low": canvas.plain(last["estimate_low"], language, 0),
        "high": canvas.plain(last["estimate_high"], language, 0),
        "new": canvas.plain(last["new"], language, 1),
    }
    weak = says["weak"] if k.max() < 5 else ""
    canvas.caption(ax, [f"x: {says['people']}.", says["saturation"].format(**numbers), weak])
    return ax


def triangulation(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    top: int = 15,
) -> Any:
    """Draw which kinds of source speak of which pain; employees and experts to the right.

    Parameters
    ----------
    table
        Frame of `aggregate.triangulation`.
    ax, names, language
        As in `emotion_curve`.
    top
        How many pains to show, those of most kinds and people first.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("code", "source_kind", "n_participants", "n_kinds"), "triangulation")
    says = _SAYS.get(language, {})
    sums = table.groupby("code").agg(kinds=("n_kinds", "max"), people=("n_participants", "sum"))
    codes = list(sums.sort_values(["kinds", "people"], ascending=False).index[:top])
    named = canvas.names_of(codes, names, language)
    apart = ("employees", "experts")
    kinds = sorted(set(table["source_kind"]), key=lambda kind: (kind in apart, kind))
    ax = canvas.prepare(ax, rows=len(codes))
    if not codes:
        return canvas.nothing(ax, language)
    ax.set_xlim(-0.5, len(kinds) - 0.5)
    ax.set_ylim(len(codes) - 0.5, -0.5)
    labels = [says.get("interview_kind" if k == "interview" else k, k) for k in kinds]
    wide = canvas.width_of(ax, labels=0.27) / len(kinds)
    labels, size = canvas.fit(labels, wide - 4, largest=7.5)
    ax.set_xticks(range(len(kinds)), labels, size=size, linespacing=1.1)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    labels, size = canvas.fit([named[c] for c in codes], canvas.width_of(ax, labels=0.77))
    ax.set_yticks(range(len(codes)), labels, size=size, linespacing=1.05)
    shown = table[table["code"].isin(codes)]
    for row in shown.to_dict("records"):
        place = (kinds.index(row["source_kind"]), codes.index(row["code"]))
        _count(ax, place, row, hearsay=row["source_kind"] in apart)
    canvas.caption(ax, [says["triangulation"]], labels=0.29)
    return ax


def _count(ax: Any, place: tuple[int, int], row: Mapping[str, Any], *, hearsay: bool) -> None:
    from matplotlib.patches import Rectangle

    theme = canvas.current_theme()
    x, y = place
    n, of = int(row["n_participants"]), int(row["of_participants"])
    share = n / of if of else 0.0
    colour = valence_colour(-(0.15 + 0.85 * share), theme) if n and not hearsay else theme.empty
    edge: dict[str, Any] = {"edgecolor": theme.muted, "hatch": "///"} if hearsay and n else {}
    ax.add_patch(
        Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, lw=0, zorder=1.5, **edge)
    )
    ink = readable_on(colour) if n and not hearsay else theme.ink if n else theme.muted
    box = {"facecolor": theme.background, "edgecolor": "none", "pad": 1.5} if edge else None
    ax.text(x, y, f"{n}/{of}", ha="center", va="center", fontsize=8, color=ink, zorder=3, bbox=box)


def interview_curve(
    curve: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw what one person felt along their interview; points joined, nothing smoothed.

    Above stand the stages that they spoke of, where there is room for their names.

    Parameters
    ----------
    curve
        Frame of `aggregate.interview_curve`; sources follow each other.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(curve, ("source_id", "mean", "n_codings"), "interview_curve")
    word("of", language)
    theme, says = canvas.current_theme(), _SAYS[language]
    ax = canvas.prepare(ax)
    if curve.empty:
        return canvas.nothing(ax, language)
    along = "turn" if "turn" in curve else "minute"
    begin = 0.0
    marks: dict[float, str] = {}
    for _, part in curve.groupby("source_id", sort=False):
        x = begin + part[along].to_numpy(float)
        marks |= {v: str(int(v - begin)) for v in _ticks(x)}
        ax.plot(x, part["mean"], color=theme.series[0], lw=1.2, marker="o", ms=4.5, zorder=2)
        if "stage" in curve:
            _stages_above(ax, x, part["stage"], canvas.names_of(curve["stage"].dropna(), names,
                                                                language))  # fmt: skip
        begin = float(x.max()) + 3
    ax.set_ylim(-1.1, 1.1 if "stage" not in curve else 1.45)
    ax.set_xticks(list(marks), list(marks.values()), size=7)
    ticks = (-1, -0.5, 0, 0.5, 1)
    ax.set_yticks(ticks, [canvas.number(t, language) for t in ticks], size=7, color=theme.muted)
    ax.axhline(0, color=theme.muted, lw=0.9, zorder=0.6)
    ax.grid(axis="y", color=theme.grid, lw=0.7)
    ax.set_ylabel(f"{word('worse', language)}  ↔  {word('better', language)}", fontsize=7.5,
                  color=theme.ink)  # fmt: skip
    unit = says["interview"].format(unit=says[along])
    canvas.caption(ax, [f"x: {unit}.", says["along"],
                      says["passages"].format(n=int(curve["n_codings"].sum()))])  # fmt: skip
    canvas.machine_warning(ax, curve, language)
    return ax


def _ticks(x: np.ndarray) -> list[float]:
    """Choose up to eight of the places, the first and the last among them."""
    return sorted({float(v) for v in x[np.linspace(0, len(x) - 1, min(8, len(x))).astype(int)]})


def _stages_above(ax: Any, x: np.ndarray, stages: pd.Series, named: Mapping[str, str]) -> None:
    """Mark runs of one stage by a bracket above the curve, named where the name fits."""
    theme = canvas.current_theme()
    place = stages.astype("str").where(stages.notna(), "").to_numpy(object)
    starts = np.flatnonzero(np.concatenate([[True], place[1:] != place[:-1]]))
    point = canvas.width_of(ax) / max(float(x.max() - x.min()), 1.0)
    for first, after in zip(starts, [*starts[1:], len(x)], strict=True):
        if not place[first]:
            continue
        left, right = x[first] - 0.4, x[after - 1] + 0.4
        ax.hlines(1.12, left, right, color=theme.muted, lw=2.2, zorder=1)
        room = point * (right - left)
        if room < 26:
            continue
        text = canvas.wrap(named[place[first]], room, 6)
        if text.count("\n") < 3 and "-\n" not in text:
            ax.text(
                (left + right) / 2, 1.16, text, ha="center", va="bottom", fontsize=6,
                color=theme.muted, linespacing=1.05,
            )  # fmt: skip


def temperature(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw how many people are cold, warm and hot at each stage: counts, never a mean.

    Parameters
    ----------
    table
        Frame of `aggregate.temperature`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("stage", "state", "n_participants", "of_participants"), "temperature")
    theme = canvas.current_theme()
    stages = list(table["stage"].cat.categories)
    named = canvas.names_of(stages, names, language)
    says = _SAYS[language]
    ax = canvas.prepare(ax)
    if not table["n_participants"].sum():
        return canvas.nothing(ax, language)
    colours = {"cold": theme.better, "warm": theme.neutral, "hot": theme.worse}
    hatches = {"cold": "", "warm": "", "hot": "//"}
    bottom = np.zeros(len(stages))
    for state in table["state"].cat.categories:
        rows = table[table["state"] == state].set_index("stage").reindex(stages)
        n = rows["n_participants"].fillna(0).to_numpy(float)
        ax.bar(
            range(len(stages)), n, 0.66, bottom, color=colours[state], hatch=hatches[state],
            edgecolor=theme.muted, lw=0.6, label=says[state],
        )  # fmt: skip
        for x, (height, base) in enumerate(zip(n, bottom, strict=True)):
            if height:
                box = {"facecolor": theme.background, "edgecolor": "none", "pad": 1.2}
                ax.text(x, base + height / 2, f"{int(height)}", ha="center", va="center",
                        fontsize=7.5, color=theme.ink, bbox=box)  # fmt: skip
        bottom += n
    for x, of in enumerate(bottom):
        ax.text(x, of + 0.02 * bottom.max(), f"n={int(of)}", ha="center", va="bottom",
                fontsize=7, color=theme.muted)  # fmt: skip
    ax.set_ylim(0, 1.3 * bottom.max())
    ax.set_yticks([])
    ax.set_xlim(-0.55, len(stages) - 0.45)
    labels, size = canvas.fit([named[s] for s in stages], canvas.width_of(ax) / len(stages) - 4)
    ax.set_xticks(range(len(stages)), labels, size=size, linespacing=1.15)
    legend = ax.legend(loc="upper right", ncols=3, fontsize=7.5, frameon=False)
    for text in legend.get_texts():
        text.set_color(theme.ink)
    canvas.caption(ax, [says["temperature"]])
    return ax
