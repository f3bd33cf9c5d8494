"""The map as a grid of buttons under the curve; buttons are kept and filled anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ipywidgets

from cjmresearch.journey import JourneyMap
from cjmresearch.widgets import cards, grid
from cjmresearch.widgets.grid import Cell, Row
from cjmresearch.widgets.words import say

_BASE = ("cjm-cell",)
_OPEN = "cjm-open"


class Table:
    """Stage names, the curve, its means, and the rows of a layer; a button for each cell."""

    def __init__(self, language: str, *, on_cell: Callable[[tuple[str, ...]], None]) -> None:
        self._language = language
        self._on_cell = on_cell
        self._layout = ipywidgets.Layout(width="auto", height="auto")
        self._buttons = _Pool(self._new_button)
        self._texts = _Pool(lambda: ipywidgets.HTML(layout=self._layout))
        self._spans = _Pool(self._new_span)
        self._keys: dict[int, tuple[str, ...]] = {}
        self._grid = ipywidgets.GridBox()
        self._grid.add_class("cjm-grid")
        self._outside = ipywidgets.HBox()
        self._outside.add_class("cjm-outside")
        self.box = ipywidgets.VBox([self._grid, self._outside])
        self.box.add_class("cjm-map")

    def show(self, shown: JourneyMap, layer: str, curve: str) -> None:
        """Fill the grid with a map; only what differs is sent to the page."""
        for pool in (self._buttons, self._texts, self._spans):
            pool.rewind()
        self._keys.clear()
        language = self._language
        stages = list(shown.stages["stage"])
        weak = shown.stages["approximate"].map({True: "≈ ", False: ""})
        names = weak + shown.stages[f"name_{language}"]
        of = say("counts", language, n=len(shown.participants))
        children = [self._text(cards.label("", of, "corner"))]
        children += [self._text(cards.text(name, "stage")) for name in names]
        mood = grid.mood(shown, language)
        children.append(self._text(cards.label(mood.label, mood.note, "row")))
        children.append(self._span(curve or cards.text(say("no_curve", language), "empty")))
        children += self._row(Row("", "", mood.cells), stages, empty=say("no_data", language))
        for row in grid.rows(shown, layer, language):
            children += self._row(row, stages)
        columns = f"minmax(96px, 150px) repeat({len(stages)}, minmax(76px, 1fr))"
        self._grid.layout.grid_template_columns = columns
        self._grid.children = tuple(children)
        self._show_outside(shown)

    def has(self, key: tuple[str, ...]) -> bool:
        """Tell whether a cell, or the cell of its code, is in the grid."""
        keys = set(self._keys.values())
        return key in keys or (len(key) == 3 and key[:2] in keys)

    def mark(self, key: tuple[str, ...] | None) -> None:
        """Show which cell is open."""
        wanted = set(self._keys.values())
        target = key if key is None or key in wanted else key[:2]
        for index, own in self._keys.items():
            button = self._buttons.made[index]
            classes = tuple(c for c in button._dom_classes if c != _OPEN)
            button._dom_classes = (*classes, _OPEN) if own == target else classes

    def _row(self, row: Row, stages: Sequence[str], *, empty: str = "") -> Iterator[Any]:
        yield self._text(cards.label(row.label, row.note, "row"))
        if not row.cells and row.label:
            yield self._span(cards.text(say("not_coded", self._language), "empty"))
            return
        for stage in stages:
            cell = row.cells.get(stage)
            yield self._button(cell) if cell else self._text(cards.text(empty or "·", "empty"))

    def _show_outside(self, shown: JourneyMap) -> None:
        cells = grid.outside(shown, self._language)
        title = self._text(cards.text(say("outside", self._language), "outside-title"))
        self._outside.children = (title, *map(self._button, cells)) if cells else ()

    def _text(self, html: str) -> Any:
        return _fill(self._texts.take()[1], value=html)

    def _span(self, html: str) -> Any:
        return _fill(self._spans.take()[1], value=html)

    def _button(self, cell: Cell) -> Any:
        index, button = self._buttons.take()
        self._keys[index] = cell.key
        listed = len(cell.key) == 2 and cell.key[0] not in ("curve", "outside")
        marks = [f"cjm-{cell.tone}", *["cjm-machine"] * cell.machine, *["cjm-list"] * listed]
        classes = (*_BASE, *marks)
        return _fill(button, description=cell.text, tooltip=cell.hint, _dom_classes=classes)

    def _new_span(self) -> Any:
        span = ipywidgets.HTML(layout=self._layout)
        span.add_class("cjm-wide")
        return span

    def _new_button(self) -> Any:
        button = ipywidgets.Button(layout=self._layout)
        index = len(self._buttons.made)
        button.on_click(lambda _: self._on_cell(self._keys[index]))
        return button


class _Pool:
    """Widgets that are made once and used again; the page never meets one that is gone."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._next = 0
        self.made: list[Any] = []

    def rewind(self) -> None:
        self._next = 0

    def take(self) -> tuple[int, Any]:
        if self._next == len(self.made):
            self.made.append(self._make())
        self._next += 1
        return self._next - 1, self.made[self._next - 1]


def _fill(widget: Any, **values: Any) -> Any:
    with widget.hold_sync():
        for name, value in values.items():
            setattr(widget, name, value)
    return widget
