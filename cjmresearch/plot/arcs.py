"""What follows what as arcs: stages on a line, steps forward above it and steps back below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cjmresearch.aggregate.paths import END, START
from cjmresearch.plot import canvas
from cjmresearch.wording import count_label

_SAYS = {
    "ru": {
        "how": "Дуга — сколько людей из бывших на этапе пошли сразу туда: вверху вперёд, внизу "
        "назад; толщина — число людей. n — сколько людей были на этапе, ▸ — начали с него, ■ — "
        "на нём остановились.",
        "few": "Без подписи — дуги одного человека.",
    },
    "en": {
        "how": "Arc: how many of those at the stage went straight there, forward above, back "
        "below; the wider the more people. n: people at the stage; ▸ began there, ■ stopped "
        "there.",
        "few": "Without a label: arcs of one person.",
    },
}
_MANY = 12
"""With more arcs than this, those of one person go without a label."""


def arcs(
    table: pd.DataFrame,
    *,
    ax: Any,
    names: Mapping[str, str] | None,
    language: str,
    said: Sequence[str] = (),
) -> Any:
    """Draw transitions as arcs; see `plot.transitions`. `said` are more lines below."""
    ends = {START, END}
    places = [p for p in dict.fromkeys([*table["from"], *table["to"]]) if p not in ends]
    named = canvas.names_of(places, names, language)
    ax = canvas.prepare(ax)
    if not table["n_participants"].sum():
        return canvas.nothing(ax, language)
    at = {place: x for x, place in enumerate(places)}
    gone = table[table["from"].isin(at) & table["to"].isin(at) & (table["n_participants"] > 0)]
    many = len(gone) > _MANY
    most = int(gone["n_participants"].max()) if len(gone) else 1
    distance = gone["to"].map(at) - gone["from"].map(at)
    forward, back = max(distance.max(), 1), max(-distance.min(), 1)
    ax.set_xlim(-0.55, len(places) - 0.45)
    ax.set_ylim(-back - 1.4, forward + 0.9)
    ax.set_yticks([])
    _nodes(ax, table, at, language)
    for row in gone.to_dict("records"):
        _arc(ax, (at[row["from"]], at[row["to"]]), row, (most, many), language)
    width = canvas.width_of(ax) / len(places) - 4
    labels, size = canvas.fit([named[place] for place in places], width)
    ax.set_xticks(range(len(places)), labels, size=size, linespacing=1.15)
    says = _SAYS[language]
    single = many and (gone["n_participants"] == 1).any()
    canvas.caption(ax, [says["how"], says["few"] if single else "", *said])
    return ax


def _nodes(ax: Any, table: pd.DataFrame, at: Mapping[str, int], language: str) -> None:
    theme = canvas.current_theme()
    there = table.drop_duplicates("from").set_index("from")["of_participants"]
    counts = table.set_index(["from", "to"])["n_participants"]
    bottom = ax.get_ylim()[0]
    for place, x in at.items():
        ax.plot(x, 0, "o", ms=7, mfc=theme.background, mec=theme.ink, mew=1.2, zorder=4)
        parts = [f"n={int(there.get(place, 0))}"]
        for mark, pair in (("▸", (START, place)), ("■", (place, END))):
            n = int(counts.get(pair, 0))
            parts += [f"{mark}{n}"] * (n > 0)
        ax.text(
            x, bottom + 0.35, " ".join(parts), ha="center", va="center", fontsize=7,
            color=theme.ink,
        )  # fmt: skip


def _arc(
    ax: Any,
    pair: tuple[int, int],
    row: Mapping[str, Any],
    shown: tuple[int, bool],
    language: str,
) -> None:
    from matplotlib.patches import Arc

    theme = canvas.current_theme()
    here, there = pair
    most, many = shown
    forward = there > here
    n = int(row["n_participants"])
    distance = abs(there - here)
    colour = theme.series[0] if forward else theme.series[1]
    angles = (0, 180) if forward else (180, 360)
    arc = Arc(
        ((here + there) / 2, 0), distance, 2 * distance, theta1=angles[0], theta2=angles[1],
        color=colour, lw=0.8 + 4.2 * n / most, alpha=0.35 + 0.5 * n / most, zorder=2,
    )  # fmt: skip
    ax.add_patch(arc)
    if many and n == 1:
        return
    ax.text(
        (here + there) / 2, (distance + 0.28) * (1 if forward else -1),
        count_label(n, int(row["of_participants"]), language), ha="center", va="center",
        fontsize=6.5, color=colour, zorder=5,
        bbox={"facecolor": theme.background, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
    )  # fmt: skip
