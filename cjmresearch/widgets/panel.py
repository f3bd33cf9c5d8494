"""The words behind the open cell, with buttons for its codes and for more quotes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets

from cjmresearch.widgets import cards
from cjmresearch.widgets.grid import Cell
from cjmresearch.widgets.words import say


class Panel:
    """Heading, codes to narrow to, quotes, and a button for the next page."""

    def __init__(
        self,
        language: str,
        *,
        on_code: Callable[[tuple[str, ...]], None],
        on_more: Callable[[], None],
    ) -> None:
        self._language = language
        self._on_code = on_code
        self._heading = ipywidgets.HTML()
        self._codes = ipywidgets.ToggleButtons(options=[("", None)])
        self._codes.add_class("cjm-codes")
        self._quotes = ipywidgets.HTML()
        self._more = ipywidgets.Button()
        self._more.add_class("cjm-quiet")
        self._more.on_click(lambda _: on_more())
        self._filling = False
        self._codes.observe(self._code_chosen, names="value")
        self.box = ipywidgets.VBox()
        self.box.add_class("cjm-panel")
        self.rest()

    def rest(self) -> None:
        """Say how to begin; nothing is open."""
        self._heading.value = cards.text(say("pick", self._language), "note")
        self.box.children = (self._heading,)

    def show(
        self,
        heading: str,
        quotes: str,
        *,
        codes: Sequence[tuple[str, Cell]],
        key: tuple[str, ...],
        shown: int,
        of: int,
    ) -> None:
        """Show a cell: its codes if it has several, a page of quotes, and the way to the rest."""
        self._heading.value = heading
        self._quotes.value = quotes
        self._offer(codes, key)
        self._more.description = (
            f"{say('more', self._language)} ({say('shown', self._language, n=shown, of=of)})"
        )
        children: list[Any] = [self._heading]
        children += [self._codes] if len(codes) > 1 else []
        children += [self._quotes]
        children += [self._more] if shown < of else []
        self.box.children = tuple(children)

    def _offer(self, codes: Sequence[tuple[str, Cell]], key: tuple[str, ...]) -> None:
        options = [(say("all_codes", self._language), key[:2])]
        options += [(label, cell.key) for label, cell in codes]
        self._filling = True
        try:
            if tuple(self._codes.options) != tuple(options):
                self._codes.options = options
            if key in [value for _, value in options]:
                self._codes.value = key
        finally:
            self._filling = False

    def _code_chosen(self, change: dict[str, Any]) -> None:
        if not self._filling and change["new"]:
            self._on_code(change["new"])
