"""Pains as bars of people, with the interval of the share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.plot import canvas
from cjmresearch.wording import share_label, small_n_note

_COLUMNS = (
    *("code", "n_participants", "of_participants", "share", "low", "high", "n_codings", "rank"),
    *("machine_share", "rank_low", "rank_high"),
)
_SAYS = {
    "ru": {
        "what": "Полоса — сколько участников говорят о боли; «×» — число упоминаний.",
        "line": "Черта — 95-процентный интервал доли (Уилсон).",
        "ranks": "Места — те, которые по этим людям исключить нельзя.",
        "rank": "место {low}–{high}",
        "one": "место {low}",
        "rest": "Не показано: {n}.",
        "none": "нет данных: болей не отмечено",
    },
    "en": {
        "what": "Bar: how many participants speak of the pain; “×” counts mentions.",
        "line": "Line: 95% interval of the share (Wilson).",
        "ranks": "Ranks: those that these people do not rule out.",
        "rank": "rank {low}–{high}",
        "one": "rank {low}",
        "rest": "Not shown: {n}.",
        "none": "no data: no pains were coded",
    },
}


def pain_ranking(
    ranking: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    top: int = 12,
) -> Any:
    """Draw pains by how many people speak of them, as `aggregate.pain_ranking` gives them.

    Parameters
    ----------
    ranking
        Frame of `aggregate.pain_ranking`; a further column holds groups.
    ax, names, language
        As in `emotion_curve`.
    top
        How many pains to show; the chart says how many it leaves out.

    Returns
    -------
    Axes
    """
    if not {"code", "n_participants", "of_participants", "low", "high"} <= set(ranking.columns):
        raise CjmError(
            "ranking: needs code, n_participants, of_participants, low and high; "
            "take it from aggregate.pain_ranking"
        )
    group = canvas.group_column(ranking, _COLUMNS)
    codes = _order(ranking)
    shown = codes[:top]
    groups = [None] if group is None else list(dict.fromkeys(ranking[group]))
    named = canvas.names_of(codes, names, language)
    ax = canvas.prepare(ax, rows=len(shown) * (1 + 0.45 * (len(groups) - 1)))
    if not shown:
        return _nothing(ax, language)
    of = int(ranking["of_participants"].max())
    ax.set_xlim(0, _whole_and_labels(ax, ranking, group, language))
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xticks([])
    labels, size = canvas.fit([named[code] for code in shown], canvas.width_of(ax, labels=0.72))
    ax.set_yticks(range(len(shown)), labels, size=size, linespacing=1.1)
    for index, name in enumerate(groups):
        rows = ranking if group is None else ranking[ranking[group] == name]
        _draw(ax, rows.set_index("code").reindex(shown), (index, len(groups), name), language)
    says = _SAYS[language]
    rest = says["rest"].format(n=len(codes) - len(shown)) if len(codes) > len(shown) else ""
    ranks = says["ranks"] if "rank_low" in ranking and group is None else ""
    canvas.caption(ax, [says["what"], says["line"], ranks, rest, _small(of, language)], labels=0.33)
    canvas.machine_warning(ax, ranking, language)
    return ax


def _order(ranking: pd.DataFrame) -> list[str]:
    """Order the codes by people and mentions over all groups."""
    sums = ranking.groupby("code")[["n_participants", "n_codings"]].sum().reset_index()
    order = sums.sort_values(["n_participants", "n_codings", "code"], ascending=[0, 0, 1])
    return list(order["code"])


def _draw(ax: Any, rows: pd.DataFrame, place: tuple[int, int, Any], language: str) -> None:
    theme = canvas.current_theme()
    index, of_groups, name = place
    colour = theme.series[1] if of_groups == 1 else theme.series[index % len(theme.series)]
    height = 0.62 if of_groups == 1 else 0.78 / of_groups
    for y, row in enumerate(rows.itertuples()):
        middle = y + (index - (of_groups - 1) / 2) * height
        if pd.isna(row.n_participants):
            continue
        share = row.n_participants / row.of_participants
        ax.barh(middle, share, height * 0.9, color=colour, alpha=0.85, lw=0)
        ax.hlines(middle, row.low, row.high, color=theme.ink, lw=1.1, zorder=3)
        label = _label(row, name, language)
        ax.text(
            1.02, middle, label, va="center", fontsize=7.5 if of_groups == 1 else 6.5,
            color=theme.ink if of_groups == 1 else colour,
        )  # fmt: skip
    ax.vlines([0, 1], *ax.get_ylim(), color=theme.grid, lw=0.8, zorder=0.5)


def _label(row: Any, name: Any, language: str) -> str:
    label = share_label(int(row.n_participants), int(row.of_participants), language)
    label += f" · ×{int(row.n_codings)}"
    if name is not None:
        return f"{label} · {name}"
    low, high = getattr(row, "rank_low", None), getattr(row, "rank_high", None)
    if low is None or high is None:
        return label
    says = _SAYS[language]["one" if low == high else "rank"]
    return label + " · " + says.format(low=int(low), high=int(high))


def _whole_and_labels(ax: Any, ranking: pd.DataFrame, group: str | None, language: str) -> float:
    """Right end of the axis, where the whole of a bar is 1 and the labels stand beyond it."""
    labels = [
        _label(row, None if group is None else row[group], language)
        for _, row in ranking.iterrows()
    ]
    widest = max(canvas.text_width(label, 7.5) for label in labels) + 12
    return 1 / max(1 - widest / canvas.width_of(ax, labels=0.28), 0.3)


def _small(of: int, language: str) -> str:
    note = small_n_note(of, language)
    return note[:1].upper() + note[1:] + "." if note else ""


def _nothing(ax: Any, language: str) -> Any:
    ax.set_xticks([])
    ax.set_yticks([])
    colour = canvas.current_theme().muted
    ax.text(0.5, 0.5, _SAYS[language]["none"], ha="center", color=colour, transform=ax.transAxes)
    return ax
