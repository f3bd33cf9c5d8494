"""The explorer's controls: whose journey, which model and layer, with machine tags or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import ipywidgets

from cjmresearch.errors import CjmError
from cjmresearch.widgets.view import Choice, View
from cjmresearch.widgets.words import say

EVERYBODY = "all"


class Controls:
    """The row of controls; `choice` is what they say."""

    def __init__(self, view: View, *, include: str) -> None:
        self._view = view
        language = view.language
        self._persona = ipywidgets.Dropdown(
            options=view.personas(), description=say("persona", language)
        )
        self._model = ipywidgets.Dropdown(options=view.models(), description=say("model", language))
        self._layer = ipywidgets.ToggleButtons(
            options=view.layers(), tooltips=[label for label, _ in view.layers()]
        )
        self._machine = ipywidgets.Checkbox(
            value=include == "suggested",
            description=say("machine", language),
            tooltip=say("machine_hint", language),
            indent=False,
        )
        self._first = ipywidgets.HBox([self._persona, self._model, self._machine])
        self._first.add_class("cjm-controls")
        self._layer.add_class("cjm-layers")
        self.box = ipywidgets.VBox([self._first, self._layer])
        self._listeners: list[Callable[[], None]] = []
        self._quiet = False
        for control in self._all():
            control.observe(self._tell, names="value")

    def _all(self) -> tuple[Any, ...]:
        return self._persona, self._model, self._layer, self._machine

    @property
    def choice(self) -> Choice:
        """What is set."""
        return Choice(
            persona=self._persona.value or None,
            model=self._model.value,
            layer=self._layer.value,
            include="suggested" if self._machine.value else "human",
        )

    def listen(self, listener: Callable[[], None]) -> None:
        """Call a function after every change."""
        self._listeners.append(listener)

    def add_button(self, label: str, act: Callable[[], None]) -> None:
        """Put one more button at the end of the row."""
        button = ipywidgets.Button(description=label, icon="refresh")
        button.add_class("cjm-quiet")
        button.on_click(lambda _: act())
        self._first.children = (*self._first.children, button)

    def choose(
        self, *, persona: str | None, model: str | None, layer: str | None, include: str | None
    ) -> None:
        """Set what is named; listeners are told once."""
        with self._one_change():
            if persona is not None:
                self._persona.value = self._persona_id(persona)
            if model is not None:
                self._model.value = _known("model", model, self._model.options)
            if layer is not None:
                self._layer.value = _known("layer", layer, self._layer.options)
            if include is not None:
                allowed = [("", "human"), ("", "suggested")]
                self._machine.value = _known("include", include, allowed) == "suggested"

    def renew(self, view: View) -> None:
        """Offer what a study that was read again has; keeps the choice where it still exists."""
        before = self.choice
        with self._one_change(tell=False):
            self._view = view
            for control, options, value in (
                (self._persona, view.personas(), before.persona or ""),
                (self._model, view.models(), before.model),
                (self._layer, view.layers(), before.layer),
            ):
                control.options = options
                with suppress(Exception):
                    control.value = value

    def _persona_id(self, persona: str) -> str:
        if persona == EVERYBODY:
            return ""
        personas = self._view.study.personas
        found = personas[(personas["name"] == persona) | (personas["persona_id"] == persona)]
        if found.empty:
            names = ", ".join([EVERYBODY, *personas["name"]])
            raise CjmError(f"persona {persona!r} is not in the study; it has: {names}")
        return str(found["persona_id"].iloc[0])

    @contextmanager
    def _one_change(self, *, tell: bool = True) -> Iterator[None]:
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False
            if tell:
                self._tell(None)

    def _tell(self, _change: Any) -> None:
        if not self._quiet:
            for listener in self._listeners:
                listener()


def _known(what: str, value: str, options: Any) -> str:
    values = [option[1] for option in options]
    if value not in values:
        raise CjmError(f"{what} {value!r}: choose one of {', '.join(map(str, values))}")
    return value
