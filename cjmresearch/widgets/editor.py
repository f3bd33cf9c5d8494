"""The table in which a person corrects what was read; what the rows mean is told by a subclass."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cjmresearch.errors import CjmError

_STATIC = Path(__file__).parent / "static"


class Editor(anywidget.AnyWidget):
    """Rows with controls; an edit arrives as a message and comes back as rows and a status.

    A subclass gives `columns` and `words` when it is made, and `_set`, `_reset` and `_drawn`.
    """

    _esm = _STATIC / "editor.js"
    _css = _STATIC / "editor.css"
    columns: Any = traitlets.List().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    status = traitlets.Dict({"text": "", "tone": "calm"}).tag(sync=True)
    path = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        # Handlers run in a thread of the kernel other than that of the cells.
        self._lock = threading.RLock()
        self.on_msg(self._received)

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Do what the page asks; what is wrong with it is told on the page."""
        try:
            with self._lock:
                self._act(message)
        except (CjmError, OSError) as error:
            self.status = {"text": " ".join(str(error).split()), "tone": "wrong"}
            self._draw()

    def _act(self, message: Mapping[str, Any]) -> None:
        op = message.get("op")
        if op == "set":
            self._set(message["ids"], message["field"], message["value"])
        elif op == "reset":
            self._reset(message["ids"])
        self._say(self._summary())
        self._draw()

    def _say(self, text: str) -> None:
        self.status = {"text": text, "tone": "calm"}

    def _draw(self) -> None:
        self.rows = self._drawn()

    def _set(self, ids: Sequence[str], field: str, value: Any) -> None:
        raise NotImplementedError

    def _reset(self, ids: Sequence[str]) -> None:
        raise NotImplementedError

    def _drawn(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def _summary(self) -> str:
        raise NotImplementedError


def column(name: str, label: str, *fields: dict[str, Any], hint: str = "") -> dict[str, Any]:
    """Describe one column of the table: its head and the controls in each cell."""
    return {"name": name, "label": label, "hint": hint, "fields": list(fields)}


def choice(
    field: str, label: str, options: Sequence[tuple[str, str]], *, blank: str | None = None
) -> dict[str, Any]:
    """Describe a list to choose from: pairs of value and name; `blank` names no choice."""
    given = [["", blank]] if blank is not None else []
    return {
        "kind": "select",
        "field": field,
        "label": label,
        "options": [*given, *([value, name] for value, name in options)],
    }
