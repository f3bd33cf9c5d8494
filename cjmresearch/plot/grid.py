"""The map as a picture: stages across, layers down, the mood as a curve, every item in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmresearch import journey
from cjmresearch.errors import CjmError
from cjmresearch.journey import JourneyMap
from cjmresearch.palette import LAYERS as COLOURS
from cjmresearch.palette import valence_colour
from cjmresearch.plot import canvas
from cjmresearch.wording import INTERVAL_FROM, word

_SAYS = {
    "ru": {
        "mood": "Настроение",
        "line": "линия видимости: ниже — то, чего клиент не видит",
        "more": "и ещё {k}",
        "counts": "«3 из 8» — участники, чьи слова стоят за пунктом.",
        "hypothesis": "Штриховка — гипотеза: цитат за ней нет.",
        "machine": "◇ — разметила машина, никто не проверил.",
        "approximate": "≈ — этапы сопоставлены приблизительно.",
        "interval": "Отрезок у точки — 95%-й интервал; пустая точка — меньше трёх человек.",
        "future": "Карта будущего: всё на ней — замысел, без чисел.",
        "everybody": "все участники",
    },
    "en": {
        "mood": "Mood",
        "line": "line of visibility: what is below, the client doesn't see",
        "more": "and {k} more",
        "counts": "“3 of 8”: people whose words stand behind an item.",
        "hypothesis": "Hatched: a hypothesis, no quote behind it.",
        "machine": "◇: tagged by a machine, checked by nobody.",
        "approximate": "≈: stages matched approximately.",
        "interval": "Bars: 95% interval of the mean; hollow point: under three people.",
        "future": "A map of the future: all of it is intent, without numbers.",
        "everybody": "everybody",
    },
}
_COLUMN = {"print": 88.0, "screen": 118.0}
_LABELS = 96.0
_PAD = 5.0
_MOOD = 104.0
_LINE = 1.28
_BOLD = 0.88
"""Bold letters are wider than the regular ones that `wrap` measures."""
_SIZES = (7.0, 6.5, 6.0, 5.5, 5.0)


@dataclass(frozen=True)
class _Item:
    """One item of a cell: its wrapped words and how it looks."""

    text: str
    status: str

    @property
    def lines(self) -> int:
        return self.text.count("\n") + 1


@dataclass(frozen=True)
class _Layout:
    """Where everything goes, in points from the upper left corner."""

    map: JourneyMap
    language: str
    size: float
    column: float
    heads: list[str]
    lanes: list[tuple[str, str, list[list[_Item]]]]
    caption: str

    @property
    def width(self) -> float:
        return _LABELS + self.column * len(self.heads)

    @property
    def line(self) -> float:
        return self.size * _LINE

    @property
    def head(self) -> float:
        return self.line * max(text.count("\n") + 1 for text in self.heads) + 2 * _PAD

    @property
    def mood(self) -> float:
        return 0.0 if self.map.map_type == "future" else _MOOD

    def lane(self, number: int) -> float:
        _, label, cells = self.lanes[number]
        lines = [sum(item.lines + 0.45 for item in cell) for cell in cells]
        return self.line * max(*lines, label.count("\n") + 1.45, 1.45) + 2 * _PAD

    @property
    def height(self) -> float:
        lanes = sum(self.lane(number) for number in range(len(self.lanes)))
        return self.head + self.mood + lanes + self.line * (self.caption.count("\n") + 1) + 3 * _PAD


def grid(
    map_: JourneyMap, *, ax: Any = None, language: str = "ru", top: int = 6, title: bool = True
) -> Any:
    """Draw a map: what `journey.grid` writes out, with the curve above it.

    Parameters
    ----------
    map_
        What `journey.build` gives.
    ax
        Axes to draw on; letters shrink to 5 points to fit, and a place that is still too small is
        a `CjmError`. By default a figure of its own, as wide and high as the map needs.
    language
        `ru` or `en`.
    top
        Items of a cell that are shown, those of most people first; the rest are counted.
    title
        Put the goal of the study and the persona above the map.

    Returns
    -------
    Axes
    """
    if language not in _SAYS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_SAYS)}")
    if ax is None:
        width, _ = canvas.page_size()
        column = _COLUMN["screen" if width > canvas.SIZES["print"][0] else "print"]
        layout = _layout(map_, language, (column, _SIZES[0]), top)
        ax = _own_axes(layout)
    else:
        layout = _fitted(map_, language, top, ax)
        canvas.prepare(ax)
    ax.set_xlim(0, layout.width)
    ax.set_ylim(layout.height, 0)
    ax.set_axis_off()
    _draw(ax, layout)
    if title:
        everybody = "" if map_.map_type == "future" else _SAYS[language]["everybody"]
        parts = [map_.study.goal, map_.persona or everybody]
        text = canvas.wrap(" — ".join(filter(None, parts)), _BOLD * layout.width, 9)
        theme = canvas.current_theme()
        ax.set_title(text, loc="left", fontsize=9, weight="bold", color=theme.ink)
    return ax


def _own_axes(layout: _Layout) -> Any:
    import matplotlib.pyplot as plt

    theme = canvas.current_theme()
    margin = 10.0
    above = 34.0
    size = (layout.width + 2 * margin, layout.height + margin + above)
    figure = plt.figure(figsize=(size[0] / 72, size[1] / 72), dpi=150)
    figure.set_facecolor(theme.background)
    place = (
        margin / size[0],
        margin / size[1],
        layout.width / size[0],
        layout.height / size[1],
    )
    return figure.add_axes(place, facecolor=theme.background)


def _fitted(map_: JourneyMap, language: str, top: int, ax: Any) -> _Layout:
    box = ax.get_window_extent()
    scale = 72 / ax.get_figure().dpi
    width, height = box.width * scale, box.height * scale
    column = (width - _LABELS) / len(map_.stages)
    if column > 30:
        for size in _SIZES:
            layout = _layout(map_, language, (column, size), top)
            if layout.height <= height:
                return layout
    raise CjmError(
        f"the axes are {width:.0f} x {height:.0f} points, too small for this map; "
        "leave ax out, or show fewer items by top"
    )


def _layout(map_: JourneyMap, language: str, measure: tuple[float, float], top: int) -> _Layout:
    column, size = measure
    inside = 0.96 * (column - 2 * _PAD)  # hinting widens letters
    stages = map_.stages
    marks = ["≈ " if weak else "" for weak in stages["approximate"]]
    names = [m + n for m, n in zip(marks, stages[f"name_{language}"], strict=True)]
    shown = journey.grid(map_, language=language)
    places = dict(list(shown.groupby(["layer", "stage"], sort=False)))
    lanes = []
    for layer in map_.layers:
        cells = [
            list(_items(places[layer, stage], (inside, size), top, language))
            for stage in stages["stage"]
        ]
        label = canvas.wrap(
            journey.LAYER_NAMES[language].get(layer, layer), _BOLD * (_LABELS - 14), size
        )
        lanes.append((layer, label, cells))
    width = _LABELS + column * len(stages)
    return _Layout(
        map=map_,
        language=language,
        size=size,
        column=column,
        heads=[canvas.wrap(name, _BOLD * inside, size) for name in names],
        lanes=lanes,
        caption=canvas.wrap(_caption(map_, language), width - 2 * _PAD, size),
    )


def _items(
    rows: pd.DataFrame, measure: tuple[float, float], top: int, language: str
) -> Iterator[_Item]:
    inside, size = measure
    for row in rows.head(top).itertuples():
        mark = "◇ " if row.status == "machine" else ""
        if row.name:
            text = canvas.wrap(mark + row.name, inside, size)
            yield _Item(_with_note(text, row.note, inside, size), row.status)
    if len(rows) > top:
        more = _SAYS[language]["more"].format(k=len(rows) - top)
        yield _Item(canvas.wrap(more, inside, size), "more")


def _with_note(text: str, note: str, inside: float, size: float) -> str:
    """Put a count behind a wrapped name, whole: on the last line if it fits, else below."""
    if not note:
        return text
    last = text.rpartition("\n")[2]
    fits = canvas.text_width(f"{last} ({note})", size) <= inside
    return f"{text}{' ' if fits else chr(10)}({note})"


def _caption(map_: JourneyMap, language: str) -> str:
    says = _SAYS[language]
    statuses = set(map_.cells["status"])
    if map_.map_type == "future":
        return says["future"]
    parts = [says["counts"], says["interval"]]
    parts += [says[status] for status in ("hypothesis", "machine") if status in statuses]
    if map_.stages["approximate"].any():
        parts.append(says["approximate"])
    return " ".join(parts)


def _draw(ax: Any, layout: _Layout) -> None:
    theme = canvas.current_theme()
    for number, head in enumerate(layout.heads):
        x = _LABELS + layout.column * number
        _box(ax, (x, 0, layout.column, layout.head), theme.empty)
        _words(ax, (x + _PAD, _PAD), head, layout, weight="bold")
    for number in range(1, len(layout.heads)):
        x = _LABELS + layout.column * number
        bottom = layout.height - layout.line * (layout.caption.count("\n") + 1) - 3 * _PAD
        ax.plot([x, x], [layout.head, bottom], color=theme.grid, lw=0.4)
    y = layout.head
    if layout.mood:
        _mood(ax, layout, y)
        y += layout.mood
    for number, (layer, label, cells) in enumerate(layout.lanes):
        height = layout.lane(number)
        ax.plot([0, layout.width], [y, y], color=theme.grid, lw=0.7)
        _box(ax, (0, y + 3, 3, height - 6), COLOURS.get(layer, theme.muted))
        _words(ax, (9, y + _PAD), label, layout, weight="bold")
        for place, items in enumerate(cells):
            _cell(ax, (_LABELS + layout.column * place, y + _PAD), items, layout)
        if layer == layout.map.line_of_visibility:
            _line_of_visibility(ax, y, layout)
        y += height
    _words(ax, (_PAD, y + _PAD), layout.caption, layout, color=theme.muted)


def _cell(ax: Any, place: tuple[float, float], items: list[_Item], layout: _Layout) -> None:
    theme = canvas.current_theme()
    x, y = place
    for item in items:
        height = layout.line * item.lines
        if item.status == "hypothesis" and layout.map.map_type != "future":
            area = (x + 1.5, y - 0.18 * layout.line, layout.column - 3, height + 0.3 * layout.line)
            _box(ax, area, theme.background, edgecolor=theme.grid, hatch="////", lw=0.5)
        quiet = item.status in ("empty", "more")
        style = "italic" if item.status in ("hypothesis", "more") else "normal"
        colour = theme.muted if quiet else theme.ink
        _words(ax, (x + _PAD, y), item.text, layout, color=colour, style=style)
        y += height + 0.45 * layout.line


def _line_of_visibility(ax: Any, y: float, layout: _Layout) -> None:
    theme = canvas.current_theme()
    ax.plot([0, layout.width], [y, y], color=theme.ink, lw=1.1, ls=(0, (5, 3)), gid="visibility")
    ax.text(
        layout.width - 2,
        y - 1.5,
        _SAYS[layout.language]["line"],
        ha="right",
        va="bottom",
        fontsize=layout.size - 1,
        color=theme.ink,
        backgroundcolor=theme.background,
        bbox={"facecolor": theme.background, "edgecolor": "none", "pad": 1},
    )


def _mood(ax: Any, layout: _Layout, top: float) -> None:
    """Draw the curve lane: means with intervals and n, never joined over a stage without data."""
    theme = canvas.current_theme()
    middle, half = top + _MOOD / 2 - 6, _MOOD / 2 - 24
    label = canvas.wrap(_SAYS[layout.language]["mood"], _LABELS - 16, layout.size)
    _words(ax, (9, top + _PAD), label, layout, weight="bold")
    ax.plot([_LABELS, layout.width], [middle, middle], color=theme.grid, lw=0.8)
    for value, key in ((1, "better"), (-1, "worse")):
        ax.text(
            _LABELS - 4,
            middle - value * half,
            f"{canvas.number(value, layout.language, 0)} {word(key, layout.language)}",
            ha="right",
            va="center",
            fontsize=layout.size - 0.5,
            color=theme.muted,
        )
    before: tuple[float, float] | None = None
    for number, point in enumerate(layout.map.curve.itertuples()):
        x = _LABELS + layout.column * (number + 0.5)
        if pd.isna(point.mean):
            _note(ax, (x, middle), word("no_data", layout.language), layout)
            before = None
            continue
        y = middle - point.mean * half
        if before is not None:
            ax.plot([before[0], x], [before[1], y], color=theme.muted, lw=1.1, zorder=2)
        before = (x, y)
        _point(ax, (x, middle, half), point, layout)
        _note(ax, (x, top + _MOOD - 9), f"n = {int(point.n_participants)}", layout)


def _point(ax: Any, place: tuple[float, float, float], point: Any, layout: _Layout) -> None:
    theme = canvas.current_theme()
    x, middle, half = place
    y = middle - point.mean * half
    sure = point.n_units >= INTERVAL_FROM
    if pd.notna(point.low):
        low, high = (min(max(v, -1.15), 1.15) for v in (point.low, point.high))
        ends = [middle - high * half, middle - low * half]
        ax.plot([x, x], ends, color=theme.muted, lw=3.2, alpha=0.35, solid_capstyle="round")
    fill = valence_colour(point.mean, theme) if sure else theme.background
    ax.plot([x], [y], marker="o", ms=6.5, mfc=fill, mec=theme.ink, mew=0.9, zorder=3)
    ax.text(
        x + 5,
        y - 5,
        canvas.number(point.mean, layout.language, 2),
        va="bottom",
        fontsize=layout.size,
        color=theme.ink,
        weight="bold",
        zorder=4,
    )


def _note(ax: Any, place: tuple[float, float], text: str, layout: _Layout) -> None:
    colour = canvas.current_theme().muted
    ax.text(*place, text, ha="center", va="center", fontsize=layout.size - 0.5, color=colour)


def _words(ax: Any, place: tuple[float, float], text: str, layout: _Layout, **more: Any) -> None:
    more.setdefault("color", canvas.current_theme().ink)
    ax.text(
        *place, text, fontsize=layout.size, va="top", ha="left", linespacing=_LINE / 1.17, **more
    )


def _box(ax: Any, area: tuple[float, float, float, float], colour: str, **more: Any) -> None:
    from matplotlib.patches import Rectangle

    x, y, width, height = area
    more.setdefault("lw", 0)
    ax.add_patch(Rectangle((x, y), width, height, facecolor=colour, zorder=1, **more))
