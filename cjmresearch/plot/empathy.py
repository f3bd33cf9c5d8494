"""Empathy maps as pictures: six blocks, a star of rays, or a quadrant, with the person inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.plot import canvas
from cjmresearch.wording import count_label, small_n_note, word

_SAYS = {
    "ru": {
        "more": "и ещё {k}",
        "everybody": "Все участники",
        "counts": "«3 из 8» — участники, в чьих словах это есть.",
        "hypothesis": "Пунктир — гипотеза: источника нет.",
        "ray": "Длина луча — доля участников, сказавших об этом хоть что-то.",
        "mixed": "Карта смешивает людей разных персон.",
    },
    "en": {
        "more": "and {k} more",
        "everybody": "Everybody",
        "counts": "“3 of 8”: people in whose words it is found.",
        "hypothesis": "Dashed: a hypothesis without a source.",
        "ray": "Length of a ray: share of people who said anything of it.",
        "mixed": "The map mixes people of several personas.",
    },
}
_LINE = 1.3
_SIZE, _TITLE = 7.0, 8.5
_PAD = 7.0
_GAP = 6.0
_MARGIN = 10.0
_CENTRE = 104.0
_STAR = 290.0
_WIDTH = {"print": 680.0, "screen": 840.0}
_ITALIC = 0.93
"""Slanted letters are wider than the upright ones that `wrap` measures."""
_QUOTE = 100
"""Letters of a quote that a panel has room for."""


@dataclass(frozen=True)
class _Line:
    """One line of a panel, wrapped, with what stands at its right."""

    text: str
    count: str
    guess: bool
    machine: bool = False

    @property
    def height(self) -> float:
        return (self.text.count("\n") + 1) * _SIZE * _LINE + (4.0 if self.guess else 2.0)


@dataclass(frozen=True)
class _Panel:
    """A block with its lines, as wide as it was made for."""

    title: str
    count: str
    colour: str
    lines: tuple[_Line, ...]
    quote: str
    more: str
    columns: int = 1

    @property
    def height(self) -> float:
        rows = [self.lines[i :: self.columns] for i in range(self.columns)]
        body = max((sum(line.height for line in column) for column in rows), default=0.0)
        body = max(body, _SIZE * _LINE)
        head = (self.title.count("\n") + 1) * _TITLE * _LINE + 4
        quote = (self.quote.count("\n") + 1) * _SIZE * _LINE + 4 if self.quote else 0.0
        return _PAD + head + body + quote + (_SIZE * _LINE if self.more else 0.0) + _PAD


def empathy_map(table: pd.DataFrame, *, ax: Any = None, language: str = "ru", most: int = 7) -> Any:
    """Draw an empathy map in the layout that it was made for, the person in the middle.

    Parameters
    ----------
    table
        Frame of `personas.empathy_map`.
    ax
        Axes to draw on; by default a new figure as high as the map needs.
    language
        `ru` or `en`.
    most
        Lines to show in a block, those of most people first; what is left out is counted.

    Returns
    -------
    Axes
    """
    needed = ("block", "block_ru", "name_ru", "code", "status", "quote", "of_participants")
    canvas.require(table, needed, "empathy_map", room="personas")
    word("of", language)
    blocks = table.attrs.get("blocks") or _blocks_of(table)
    draw = {"star": _star, "quadrant": _quadrant}.get(table.attrs.get("layout", "six"), _six)
    if draw is _six and len(blocks) != 6:
        draw = _star
    width = _WIDTH["print" if canvas.page_size()[0] < 20 else "screen"]
    if ax is not None:
        width = canvas.width_of(ax, labels=0)
    ax_height = None if ax is None else _height_of(ax)
    for lines in range(most, 0, -1):
        page = _Page(table, blocks, language, width, lines)
        height = draw(page, None) + page.foot
        if ax_height is None or height <= ax_height:
            break
    if ax is None:
        ax = _own_axes(width, height)
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    draw(page, ax)
    page.write_foot(ax, height)
    return ax


def _own_axes(width: float, height: float) -> Any:
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(width / 72, height / 72), dpi=150)
    figure.set_facecolor(canvas.current_theme().background)
    return figure.add_axes((0.0, 0.0, 1.0, 1.0))


def _height_of(ax: Any) -> float:
    return float(ax.get_position().height * ax.get_figure().get_figheight() * 72)


def _blocks_of(table: pd.DataFrame) -> tuple[tuple[str, str, str, int], ...]:
    named = table.drop_duplicates("block")[["block", "block_ru", "block_en"]]
    most = table.groupby("block")["n_participants"].max().fillna(0)
    return tuple((*row, int(most[row[0]])) for row in named.itertuples(index=False, name=None))


@dataclass(frozen=True)
class _Page:
    """What all layouts need: the frame, the language, the width, how many lines a block shows."""

    table: pd.DataFrame
    blocks: tuple[tuple[str, str, str, int], ...]
    language: str
    width: float
    most: int
    made: dict[tuple[int, float], _Panel] = field(default_factory=dict)

    @property
    def of(self) -> int:
        known = self.table["of_participants"].max()
        return int(self.table.attrs.get("n", 0 if pd.isna(known) else known))

    def colour(self, number: int) -> str:
        series = canvas.current_theme().series
        return series[number % len(series)]

    def panel(self, number: int, width: float, *, columns: int = 1) -> _Panel:
        """Wrap a block's lines for a width; each only once, for it takes time."""
        if (number, width) not in self.made:
            self.made[number, width] = self._panel(number, width, columns)
        return self.made[number, width]

    def _panel(self, number: int, width: float, columns: int) -> _Panel:
        slug, ru, en, n = self.blocks[number]
        rows = self.table[self.table["block"] == slug].to_dict("records")
        inner = (width - 2 * _PAD - (columns - 1) * 2 * _PAD) / columns
        shown = rows[: self.most * columns]
        lines = tuple(self._line(row, inner) for row in shown)
        left = len(rows) - len(shown)
        title = canvas.wrap(ru if self.language == "ru" else en, 0.88 * (width - 80), _TITLE)
        return _Panel(
            title=title,
            count=count_label(n, self.of, self.language) if n else "",
            colour=self.colour(number),
            lines=lines,
            quote=self._quote(rows, width),
            more=_SAYS[self.language]["more"].format(k=left) if left else "",
            columns=columns,
        )

    def _line(self, row: dict[str, Any], inner: float) -> _Line:
        guess = row["status"] == "hypothesis"
        if guess:
            count = word("hypothesis", self.language)
        elif pd.isna(row["n_participants"]):
            count = str(row["source"] or "")[:18]
        else:
            count = count_label(row["n_participants"], row["of_participants"], self.language)
        machine = row["machine_share"] > 0
        count = f"◇ {count}" if machine else count
        room = inner - canvas.text_width(count, _SIZE) - 12
        name = row[f"name_{self.language}"]
        return _Line(canvas.wrap(name, room, _SIZE), count, guess, machine)

    def _quote(self, rows: Sequence[dict[str, Any]], width: float) -> str:
        """One short quote of a block in the words of a person, with the pseudonym."""
        for row in rows:
            if isinstance(row["quote"], str) and 15 <= len(row["quote"]) <= _QUOTE:
                words = " ".join(row["quote"].split())
                marked = f"«{words}»" if self.language == "ru" else f"“{words}”"
                said = f"{marked} — {row['participant']}"
                return canvas.wrap(said, _ITALIC * (width - 2 * _PAD), _SIZE)
        return ""

    @cached_property
    def notes(self) -> str:
        says = _SAYS[self.language]
        parts = [says["counts"]]
        parts += [says["hypothesis"]] if (self.table["status"] == "hypothesis").any() else []
        parts += [says["ray"]] if self.table.attrs.get("layout") == "star" else []
        parts += [says["mixed"]] if self.table.attrs.get("persona") is None else []
        if (self.table["machine_share"] > 0).any():
            parts.append(f"◇ — {word('machine', self.language)}.")
        small = small_n_note(self.of, self.language)
        parts += [small[:1].upper() + small[1:] + "."] if small else []
        return canvas.wrap(" ".join(parts), self.width - 2 * _MARGIN, 6.5)

    @property
    def foot(self) -> float:
        return (self.notes.count("\n") + 1) * 6.5 * _LINE + _GAP + 2

    def write_foot(self, ax: Any, height: float) -> None:
        """Say under the map how to read it."""
        ax.text(
            _MARGIN, height - self.foot + _GAP / 2, self.notes, va="top", fontsize=6.5,
            color=canvas.current_theme().muted, linespacing=_LINE,
        )  # fmt: skip

    def person(self, ax: Any, x: float, y: float, *, beside: bool = False) -> None:
        """Draw the person: a head and shoulders in place of a photo, name, how many people."""
        from matplotlib.patches import Circle, Wedge

        theme = canvas.current_theme()
        ax.add_patch(Circle((x, y - 24), 9, facecolor=theme.muted, lw=0))
        # The y axis points down, so that the upper half of a circle is its lower one.
        ax.add_patch(Wedge((x, y + 4), 17, 180, 360, facecolor=theme.muted, lw=0))
        room = self.width / 2 if beside else _CENTRE - 8
        text = canvas.wrap(self.name, room, 8)
        x, y = (x + 28, y - 30) if beside else (x, y + 10)
        side = "left" if beside else "center"
        _words(ax, (x, y), text, size=8, ha=side, weight="bold")
        down = y + 4 + (text.count("\n") + 1) * 8 * _LINE
        _words(ax, (x, down), f"n = {self.of}", ha=side, color=theme.muted)

    @property
    def name(self) -> str:
        """What stands in the middle: the persona's name, or that it is everybody."""
        return str(self.table.attrs.get("persona") or _SAYS[self.language]["everybody"])

    @property
    def centre_height(self) -> float:
        lines = canvas.wrap(self.name, _CENTRE - 8, 8).count("\n") + 1
        return 50.0 + lines * 8 * _LINE + 20


def _draw(ax: Any, panel: _Panel, box: tuple[float, float, float, float], language: str) -> None:
    """Draw a panel into a box: x, y (upper left corner), width, height."""
    from matplotlib.patches import Rectangle

    theme = canvas.current_theme()
    x, y, width, height = box
    ax.add_patch(Rectangle((x, y), width, height, facecolor=theme.empty, lw=0))
    ax.add_patch(Rectangle((x, y), 3, height, facecolor=panel.colour, lw=0))
    at = y + _PAD
    _words(ax, (x + _PAD + 2, at), panel.title, size=_TITLE, weight="bold")
    _words(ax, (x + width - _PAD, at + 1.5), panel.count, ha="right", color=theme.muted)
    at += (panel.title.count("\n") + 1) * _TITLE * _LINE + 4
    if not panel.lines:
        none = word("no_data", language)
        _words(ax, (x + _PAD + 2, at), none, color=theme.muted, style="italic")
        return
    inner = (width - 2 * _PAD - (panel.columns - 1) * 2 * _PAD) / panel.columns
    deepest = at
    for number in range(panel.columns):
        left, down = x + _PAD + number * (inner + 2 * _PAD), at
        for line in panel.lines[number :: panel.columns]:
            _write(ax, line, (left, down, inner))
            down += line.height
        deepest = max(deepest, down)
    if panel.more:
        _words(ax, (x + _PAD + 2, deepest), panel.more, color=theme.muted)
        deepest += _SIZE * _LINE
    if panel.quote:
        _words(ax, (x + _PAD + 2, deepest + 3), panel.quote, style="italic")


def _words(
    ax: Any, place: tuple[float, float], text: str, *, size: float = _SIZE, **more: Any
) -> None:
    """Write lines below a place, each by its baseline, so that neighbours stand level."""
    look = {"color": canvas.current_theme().ink, "va": "baseline", "parse_math": False} | more
    for number, line in enumerate(text.split("\n")):
        down = place[1] + (0.85 + number * _LINE) * size
        ax.text(place[0], down, line, fontsize=size, **look)


def _write(ax: Any, line: _Line, place: tuple[float, float, float]) -> None:
    from matplotlib.patches import Rectangle

    theme = canvas.current_theme()
    left, down, inner = place
    if line.guess:
        ax.add_patch(
            Rectangle((left - 1, down - 1), inner + 2, line.height - 1, facecolor="none",
                      edgecolor=theme.muted, lw=0.7, ls=(0, (3, 2)))
        )  # fmt: skip
    _words(ax, (left + 2, down + 1), line.text)
    colour = theme.warning if line.machine else theme.muted
    _words(ax, (left + inner - 2, down + 1), line.count, ha="right", color=colour)


def _six(page: _Page, ax: Any) -> float:
    """Lay out Osterwalder's six blocks round the person; gives the height. `ax` None measures."""
    whole = page.width - 2 * _MARGIN
    side = (whole - _CENTRE - 2 * _GAP) / 2
    half = (whole - _GAP) / 2
    hears, sees, thinks, says, pains, values = range(6)
    top, bottom = page.panel(thinks, whole, columns=2), page.panel(says, whole, columns=2)
    left, right = page.panel(hears, side), page.panel(sees, side)
    low = page.panel(pains, half), page.panel(values, half)
    middle = max(left.height, right.height, page.centre_height)
    last = max(panel.height for panel in low)
    rows = [_MARGIN]
    for height in (top.height, middle, bottom.height, last):
        rows.append(rows[-1] + height + _GAP)
    if ax is not None:
        language = page.language
        _draw(ax, top, (_MARGIN, rows[0], whole, top.height), language)
        _draw(ax, left, (_MARGIN, rows[1], side, middle), language)
        page.person(ax, page.width / 2, rows[1] + middle / 2 - (page.centre_height - 70) / 2)
        _draw(ax, right, (page.width - _MARGIN - side, rows[1], side, middle), language)
        _draw(ax, bottom, (_MARGIN, rows[2], whole, bottom.height), language)
        _draw(ax, low[0], (_MARGIN, rows[3], half, last), language)
        _draw(ax, low[1], (page.width - _MARGIN - half, rows[3], half, last), language)
    return rows[-1]


def _quadrant(page: _Page, ax: Any) -> float:
    """Lay out blocks two in a row, the person on top; gives the height."""
    whole = page.width - 2 * _MARGIN
    half = (whole - _GAP) / 2
    panels = [page.panel(number, half) for number in range(len(page.blocks))]
    y = _MARGIN
    if ax is not None:
        page.person(ax, _MARGIN + 20, y + 36, beside=True)
    y += 46 + _GAP
    for first in range(0, len(panels), 2):
        pair = panels[first : first + 2]
        height = max(panel.height for panel in pair)
        if ax is not None:
            for number, panel in enumerate(pair):
                x = _MARGIN + number * (half + _GAP)
                _draw(ax, panel, (x, y, half, height), page.language)
        y += height + _GAP
    return y


def _star(page: _Page, ax: Any) -> float:
    """Lay out rays round the person, each with its list beside; gives the height.

    The rays go clockwise from the top: the first half's lists stand at the right, downwards, the
    others' at the left, upwards.
    """
    count = len(page.blocks)
    side = (page.width - 2 * _MARGIN - _STAR - 2 * _GAP) / 2
    panels = [page.panel(number, side) for number in range(count)]
    right = list(range((count + 1) // 2))
    left = list(range(count - 1, (count + 1) // 2 - 1, -1))
    heights = [sum(panels[n].height + _GAP for n in column) for column in (right, left)]
    height = max(*heights, _STAR + page.centre_height)
    if ax is None:
        return _MARGIN + height
    for column, x in ((right, page.width - _MARGIN - side), (left, _MARGIN)):
        spare = (height - sum(panels[n].height + _GAP for n in column)) / max(len(column), 1)
        y = _MARGIN
        for n in column:
            box = (x, y, side, panels[n].height + spare)
            _draw(ax, panels[n], box, page.language)
            y += panels[n].height + spare + _GAP
    _rays(ax, page, (page.width / 2, _MARGIN + height / 2))
    return _MARGIN + height


def _rays(ax: Any, page: _Page, middle: tuple[float, float]) -> None:
    from matplotlib.patches import Circle, Wedge

    theme = canvas.current_theme()
    count, (x, y) = len(page.blocks), middle
    inner, outer = 46.0, 98.0
    for share in (0.5, 1.0):
        ring = inner + share * (outer - inner)
        ax.add_patch(Circle(middle, ring, facecolor="none", edgecolor=theme.grid, lw=0.7))
    for number, (_, ru, en, n) in enumerate(page.blocks):
        turn = -90 + 360 * (number + 0.5) / count
        share = n / page.of if page.of else 0.0
        radius = inner + share * (outer - inner)
        wide = 360 / count - 3
        ax.add_patch(
            Wedge(middle, radius, turn - wide / 2, turn + wide / 2, width=radius - inner,
                  facecolor=page.colour(number), alpha=0.85, lw=0)
        )  # fmt: skip
        angle = np.deg2rad(turn)
        name = canvas.wrap(ru if page.language == "ru" else en, _STAR / 2 - outer - 2, 6.5)
        across = np.cos(angle)
        side = "center" if abs(across) < 0.3 else ("left" if across > 0 else "right")
        ax.text(
            x + (outer + 5) * across, y + (outer + 11) * np.sin(angle), name,
            ha=side, va="center", fontsize=6.5, weight="bold", color=theme.ink,
            linespacing=1.1, parse_math=False,
        )  # fmt: skip
    ax.set_aspect("equal")
    page.person(ax, x, y + 2)
