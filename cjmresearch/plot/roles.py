"""Roles of the buying centre against pains: how many people of each, in a table of squares."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cjmresearch.palette import readable_on, valence_colour
from cjmresearch.plot import canvas
from cjmresearch.wording import INTERVAL_FROM, PERCENT_FROM, word

_SAYS = {
    "ru": "Сколько людей этой роли назвали боль, из скольких; тон — доля, без цвета — меньше трёх "
    "фирм. Мелко — интервал 95\N{NO-BREAK SPACE}% от десяти человек; люди одной фирмы не считаются "
    "независимыми. «Все роли»: {how}.",
    "en": "How many people of the role named the pain, of how many; tone: the share, no colour "
    "under three firms. Small: 95% interval from ten people on; people of one firm are not taken "
    "as independent. “All roles”: {how}.",
}
_HOW = {
    True: ("каждая роль весит одинаково", "each role weighs alike"),
    False: ("каждый человек весит одинаково", "each person weighs alike"),
}


def role_pains(table: pd.DataFrame, *, ax: Any = None, language: str = "ru", top: int = 12) -> Any:
    """Draw which role speaks of which pain, as `personas.role_pains` gives it.

    Parameters
    ----------
    table
        Frame of `personas.role_pains`.
    ax, language
        As in `emotion_curve`.
    top
        How many pains to show, those of most people first.

    Returns
    -------
    Axes
    """
    needed = ("role", "role_ru", "code", "n_participants", "of_participants", "share", "low")
    canvas.require(table, needed, "role_pains", room="personas")
    word("of", language)
    codes = list(dict.fromkeys(table["code"]))[:top]
    roles = [role for role in table["role"].cat.categories if (table["role"] == role).any()]
    ax = canvas.prepare(ax, rows=len(codes))
    if not codes:
        return canvas.nothing(ax, language)
    ax.set_xlim(-0.5, len(roles) - 0.5)
    ax.set_ylim(len(codes) - 0.5, -0.5)
    named = table.drop_duplicates("role").set_index("role")[f"role_{language}"]
    labels = [named[role] for role in roles]
    wide = canvas.width_of(ax, labels=0.27) / len(roles)
    labels, size = canvas.fit(labels, wide - 4, largest=7.5)
    ax.set_xticks(range(len(roles)), labels, size=size, linespacing=1.1)
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    pains = table.drop_duplicates("code").set_index("code")[f"name_{language}"]
    labels, size = canvas.fit([pains[code] for code in codes], canvas.width_of(ax, labels=0.77))
    ax.set_yticks(range(len(codes)), labels, size=size, linespacing=1.05)
    for row in table[table["code"].isin(codes)].to_dict("records"):
        _cell(ax, (roles.index(row["role"]), codes.index(row["code"])), row, language)
    if len(roles) > 1:
        ax.axvline(len(roles) - 1.5, color=canvas.current_theme().muted, lw=0.8)
    how = _HOW[bool(table.attrs.get("equal_roles"))][language == "en"]
    canvas.caption(ax, [_SAYS[language].format(how=how)], labels=0.29)
    return ax


def _cell(ax: Any, place: tuple[int, int], row: dict[str, Any], language: str) -> None:
    from matplotlib.patches import Rectangle

    theme = canvas.current_theme()
    x, y = place
    n, share = int(row["n_participants"]), float(row["share"])
    enough = row["of_firms"] >= INTERVAL_FROM
    colour = valence_colour(-(0.15 + 0.85 * share), theme) if n and enough else theme.empty
    ax.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, lw=0, zorder=1.5))
    ink = readable_on(colour) if n and enough else theme.ink if n else theme.muted
    bounds = row["of_participants"] >= PERCENT_FROM and pd.notna(row["low"])
    ax.text(x, y - 0.12 * bounds, f"{n}/{int(row['of_participants'])}", ha="center", va="center",
            fontsize=8, color=ink, zorder=3)  # fmt: skip
    if bounds:
        low, high = (canvas.percent(row[c], language) for c in ("low", "high"))
        low = low.rstrip("%\N{NO-BREAK SPACE}")
        ax.text(x, y + 0.24, f"{low}–{high}", ha="center", va="center", fontsize=6, color=ink,
                zorder=3)  # fmt: skip
