"""Personas that were looked for: how stable they are, and who belongs to which how surely."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.palette import readable_on
from cjmresearch.personas import Found
from cjmresearch.personas.stability import STABLE
from cjmresearch.plot import canvas
from cjmresearch.wording import count_label, word

_NAMED = 40
"""More people than these are drawn without their names."""

_SAYS = {
    "ru": {
        "stable": "устойчива", "unstable": "неустойчива",
        "bars": "Полоса — насколько группа повторяется, если набирать людей заново (Жаккар, 1 — "
        "всегда та же); черта — порог {threshold}.",
        "trials": "Точка — насколько отделены группы при таком их числе (силуэт); полоса — что "
        "дают те же ответы, перемешанные между людьми (среднее ± 2 ст. отклонения).",
        "k": "сколько групп", "silhouette": "силуэт",
        "memberships": "Доля повторных наборов людей, в которых участник попал в персону. Кто "
        "близок к половине, тот между персонами.",
        "people": "{n} участников", "persona": "персона {name}",
    },
    "en": {
        "stable": "stable", "unstable": "unstable",
        "bars": "Bar: how far the group comes back when people are drawn anew (Jaccard, 1 is "
        "always the same); line: the threshold, {threshold}.",
        "trials": "Point: how well so many groups are separated (silhouette); band: what the same "
        "answers give when shuffled over people (mean ± 2 standard deviations).",
        "k": "number of groups", "silhouette": "silhouette",
        "memberships": "Share of new draws of people in which the participant fell to the "
        "persona. Who is near a half stands between personas.",
        "people": "{n} participants", "persona": "persona {name}",
    },
}  # fmt: skip


def found(
    found: Found,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw how stable the personas are; where there are none, the divisions against chance.

    Parameters
    ----------
    found
        What `personas.find` gives.
    ax
        Axes to draw on; default is a new figure.
    names
        Names of personas by id; default is those of `found.personas`.
    language
        `ru` or `en`.

    Returns
    -------
    Axes
    """
    word("of", language)
    if not found.k:
        return _against_chance(found, ax, language)
    theme, says = canvas.current_theme(), _SAYS[language]
    table = found.stability
    ax = canvas.prepare(ax, rows=len(table))
    labels = [
        f"{count_label(n, found.n_participants, language)} · {canvas.plain(jaccard, language, 2)}"
        f" · {says['stable' if stable else 'unstable']}"
        for n, jaccard, stable in zip(
            table["n_participants"], table["jaccard"], table["stable"], strict=True
        )
    ]
    widest = max(canvas.text_width(label, 7.5) for label in labels) + 12
    ax.set_xlim(0, 1 / max(1 - widest / canvas.width_of(ax, labels=0.28), 0.3))
    ax.set_ylim(len(table) - 0.4, -0.6)
    for y, (row, label) in enumerate(zip(table.itertuples(), labels, strict=True)):
        colour = theme.series[y % len(theme.series)]
        # An unstable persona is hollow: it must not look as solid as the others.
        fill = colour if row.stable else theme.background
        ax.barh(y, row.jaccard, 0.45, color=fill, edgecolor=colour, lw=1.2)
        ax.text(1.02, y, label, va="center", fontsize=7.5, color=theme.ink)
    ax.vlines([0, 1], *ax.get_ylim(), color=theme.grid, lw=0.8, zorder=0.5)
    ax.vlines(STABLE, *ax.get_ylim(), color=theme.ink, lw=1, ls=(0, (4, 3)))
    ticks = (0.0, STABLE, 1.0)
    ax.set_xticks(ticks, ["0", canvas.plain(STABLE, language, 2), "1"], size=7)
    wanted = _named(found.personas, names, language)
    fitted, size = canvas.fit(wanted, canvas.width_of(ax, labels=0.72))
    ax.set_yticks(range(len(table)), fitted, size=size, linespacing=1.1)
    bars = says["bars"].format(threshold=canvas.plain(STABLE, language, 2))
    canvas.caption(ax, [found.reason(language), bars], labels=0.33)
    return ax


def _named(personas: pd.DataFrame, names: Mapping[str, str] | None, language: str) -> list[str]:
    """Name personas; one that has but a number is called by the word before it."""
    called = [
        (names or {}).get(id_, name)
        for id_, name in zip(personas["persona_id"], personas["name"], strict=True)
    ]
    return [
        _SAYS[language]["persona"].format(name=name) if name.isdigit() else name for name in called
    ]


def _against_chance(found: Found, ax: Any, language: str) -> Any:
    theme, says = canvas.current_theme(), _SAYS[language]
    ax = canvas.prepare(ax)
    trials = found.trials.dropna(subset="silhouette")
    if trials.empty:
        canvas.nothing(ax, language)
        canvas.caption(ax, [found.reason(language)])
        return ax
    k = trials["k"].to_numpy(float)
    low, high = (trials["null_mean"] + s * 2 * trials["null_sd"] for s in (-1, 1))
    ax.bar(k, high - low, 0.5, low, color=theme.series[0], alpha=0.2, lw=0)
    ax.hlines(trials["null_mean"], k - 0.25, k + 0.25, color=theme.series[0], lw=1)
    ax.plot(k, trials["silhouette"], ls="none", marker="o", ms=6, color=theme.ink)
    ax.set_xlim(k.min() - 0.8, k.max() + 0.8)
    ax.set_ylim(
        min(0.0, float(low.min())), 1.1 * max(float(high.max()), trials["silhouette"].max())
    )
    ax.set_xticks(k, [str(int(i)) for i in k], size=7)
    ticks = [t for t in np.arange(0, 1.01, 0.1) if t <= ax.get_ylim()[1]]
    ax.set_yticks(ticks, [canvas.plain(t, language, 1) for t in ticks], size=7)
    ax.set_ylabel(says["silhouette"], fontsize=7.5, color=theme.ink)
    ax.grid(axis="y", color=theme.grid, lw=0.7)
    ax.set_axisbelow(True)
    canvas.caption(ax, [f"x: {says['k']}.", says["trials"], found.reason(language)])
    return ax


def memberships(
    memberships: pd.DataFrame,
    personas: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw how surely each person belongs to which persona.

    Parameters
    ----------
    memberships, personas
        Frames [memberships] and [personas].
    ax
        Axes to draw on; default is a new figure.
    names
        Names of people and of personas by id, e.g. pseudonyms; default is the participant_id and
        the persona's name.
    language
        `ru` or `en`.

    Returns
    -------
    Axes
    """
    canvas.require(memberships, ("persona_id", "participant_id", "probability"), "memberships")
    word("of", language)
    theme, says = canvas.current_theme(), _SAYS[language]
    ids = list(personas["persona_id"])
    table = memberships.pivot_table(
        index="participant_id", columns="persona_id", values="probability", fill_value=0.0
    ).reindex(columns=ids, fill_value=0.0)
    if table.empty:
        return canvas.nothing(canvas.prepare(ax), language)
    table = table.iloc[np.lexsort([-table.max(axis=1), table.to_numpy().argmax(axis=1)])]
    few = len(table) <= _NAMED
    ax = canvas.prepare(ax, rows=0.6 * len(table) if few else 12)
    left = np.zeros(len(table))
    called = _named(personas, names, language)
    for i, (id_, name) in enumerate(zip(ids, called, strict=True)):
        share = table[id_].to_numpy()
        colour = theme.series[i % len(theme.series)]
        bars = ax.barh(
            range(len(table)), share, 0.78 if few else 1.0, left, color=colour,
            edgecolor=theme.background, lw=0.8 if few else 0, label=name,
        )  # fmt: skip
        if few:
            labels = [canvas.percent(s, language) if s >= 0.15 else "" for s in share]
            ax.bar_label(bars, labels, label_type="center", size=6.5, color=readable_on(colour))
        left += share
    ax.set_xlim(0, max(1.0, left.max()))
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_xticks([])
    people = [(names or {}).get(person, person) for person in table.index] if few else []
    ax.set_yticks(range(len(people)), people, size=7)
    if not few:
        ax.set_ylabel(says["people"].format(n=len(table)), fontsize=7.5, color=theme.ink)
    wrapped = [canvas.wrap(name, 0.4 * canvas.width_of(ax, labels=0.2), 7) for name in called]
    legend = ax.legend(
        *(ax.get_legend_handles_labels()[0], wrapped), loc="lower left", bbox_to_anchor=(0, 1),
        ncols=min(2, len(ids)), fontsize=7, frameon=False, borderaxespad=0.2, handlelength=1,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_color(theme.ink)
    canvas.caption(ax, [says["memberships"]], labels=0.2)
    return ax
