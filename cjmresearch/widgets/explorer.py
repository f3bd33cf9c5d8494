"""`JourneyExplorer`: the curve and the map of a study, each number open to the words behind it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import sqlalchemy as sa
import traitlets

from cjmresearch.errors import CjmError
from cjmresearch.journey import JourneyMap
from cjmresearch.schema import Study
from cjmresearch.store import Project
from cjmresearch.widgets import explorer_state as state
from cjmresearch.widgets import explorer_words
from cjmresearch.widgets.explorer_items import ItemActs, with_items
from cjmresearch.widgets.view import EVERYBODY, FILTERS, Choice, View, known

_STATIC = Path(__file__).parent / "static"
_SCRIPTS = (
    *("coding/dom.js", "coding/keys.js", "coding/outbox.js"),
    *(
        f"explorer/{name}.js"
        for name in ("session", "head", "curve", "map", "quotes", "plan", "changes", "main")
    ),
)
_STYLES = ("explorer/base.css", "explorer/map.css", "explorer/panes.css")
_CONTROLS = ("persona", "model", "layer", "include", *FILTERS)
Key = tuple[str, ...]


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


class JourneyExplorer(anywidget.AnyWidget):
    """Explore a study: choose whose journey, the model and the layer; open any cell to its words.

    Only what people coded or accepted is shown, unless machine tags are switched on; the explorer
    then says so on its face. A filter changes every count and its whole: `persona`, `role` (buying
    role) and `segment` choose people, and only they are the N of "n of N"; `wave` chooses sources,
    and N are the people who speak in them; `coder` chooses codings, and N are the people in the
    sources that this coder coded; `channel` chooses codings at touchpoints of a channel, and N
    stays everybody who could have spoken of it. Everything works by keyboard.

    Opportunities, tasks, their owners and status are edited in place where `project` is a
    `Project` and `coder` is given: each edit is on the disk before it is shown as saved, and can
    be undone.

    Parameters
    ----------
    project
        An open `Project` (then `refresh` reads it again) or a `Study`.
    coder
        Who edits items; without one, and on a `Study`, the explorer only reads.
    language
        `ru` or `en`.
    include
        `human`, or `suggested` to begin with machine tags switched on.
    """

    _esm = _joined(_SCRIPTS)
    _css = _joined(_STYLES)
    page = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        project: Project | Study,
        *,
        coder: str | None = None,
        language: str = "ru",
        include: str = "human",
    ) -> None:
        if include not in ("human", "suggested"):
            raise CjmError(f"include={include!r}: choose human or suggested")
        if coder is not None and not coder.strip():
            raise CjmError("coder: say who edits, as coder='anna'")
        # Handlers run in a thread of the kernel other than that of the cells.
        self._lock = threading.RLock()
        self._project = project if isinstance(project, Project) else None
        self._seq = self._project.seq if self._project else 0
        study = project if isinstance(project, Study) else project.study()
        self._view = View(study, language=language)
        self._choice = Choice(model=study.journey_model, include=include)
        self._open: Key | None = None
        self._side = 0
        self._behind = pd.DataFrame()
        self._shown = state.PAGE
        self._told = state.Told()
        self._acts: ItemActs | None = None
        if self._project is not None and coder is not None:
            self._acts = ItemActs(self._project, coder=coder, language=language)
        address = self._project.address if self._project else ""
        super().__init__(
            words=explorer_words.everything(language),
            settings={
                "language": language,
                "coder": coder or "",
                "edits": self._acts is not None,
                "reads": self._project is not None,
                "outbox": f"explorer|{address}|{coder or ''}",
            },
        )
        self.on_msg(self._received)

    # -- what it shows, for the next cell of a notebook -------------------------------------------

    @property
    def map(self) -> JourneyMap:
        """The map that is shown; of two that are compared, the first."""
        return self._view.map(self._choice)

    @property
    def quotes(self) -> pd.DataFrame:
        """All the evidence of the open cell: columns of `aggregate.evidence` and valence."""
        return self._view.evidence(self._behind) if len(self._behind) else self._behind

    @property
    def changes(self) -> pd.DataFrame:
        """What differs between the two maps that are compared, as `journey.diff` gives it."""
        return state.differences(self._view, self._choice)

    def choose(
        self,
        *,
        persona: str | None = None,
        model: str | None = None,
        layer: str | None = None,
        include: str | None = None,
        role: str | None = None,
        segment: str | None = None,
        channel: str | None = None,
        wave: str | None = None,
        coder: str | None = None,
    ) -> None:
        """Set the controls from code; what is not named stays, `"all"` takes a filter away."""
        given = {
            "persona": persona,
            "model": model,
            "layer": layer,
            "include": include,
            "role": role,
            "segment": segment,
            "channel": channel,
            "wave": wave,
            "coder": coder,
        }
        with self._lock:
            self._set({name: value for name, value in given.items() if value is not None})
            self._tell()

    def compare(self, *, persona: str | None = None, wave: str | None = None) -> None:
        """Put a second map beside the first: of another persona, or of another wave.

        `"all"` is everybody, or all waves; without either the second map goes. All other choices
        hold for both.
        """
        if persona is not None and wave is not None:
            raise CjmError("compare: give a persona or a wave, not both")
        against = None
        if persona is not None:
            against = ("persona", persona)
        elif wave is not None:
            against = ("wave", wave)
        with self._lock:
            self._set({"against": against})
            self._tell()

    def pick(self, cell: Key, *, second: bool = False) -> None:
        """Open a cell: what `JourneyMap.explain` takes, e.g. `("barriers", "b2b8:purchase")`.

        `second` opens it on the second of two maps that are compared.
        """
        with self._lock:
            self._pick(tuple(cell), int(second))
            self._tell()

    def refresh(self) -> None:
        """Read the project again; a study does not change."""
        if self._project is None:
            return
        with self._lock:
            self._seq = self._project.seq
            self._look(self._project.study())
            self._tell()

    def __repr__(self) -> str:
        choice = self._choice
        persona = self.map.persona or EVERYBODY
        filters = "".join(f"{f}={getattr(choice, f)!r}, " for f in FILTERS if getattr(choice, f))
        return (
            f"JourneyExplorer(persona={persona!r}, model={choice.model!r}, "
            f"layer={choice.layer!r}, include={choice.include!r}, {filters}"
            f"participants={len(self.map.participants)}, open={self._open!r})"
        )

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Give the state of the widget; a page that asks for it gets what is shown now."""
        found = super().get_state(key=key, drop_defaults=drop_defaults)
        if key is None and "page" in found:
            with self._lock:
                found["page"] = self._parts()
        return found

    # -- choices --------------------------------------------------------------------------------

    def _set(self, values: Mapping[str, Any]) -> None:
        """Take over choices, all or none; a cell that is open stays so where it still exists."""
        choice = replace(self._choice, **{n: self._known(n, v) for n, v in values.items()})
        self._view.maps(choice)
        self._choice = choice
        self._keep_open()

    def _known(self, name: str, value: Any) -> Any:
        if name == "against":
            return self._other(value)
        if name == "include":
            return known(name, value, [{"value": "human"}, {"value": "suggested"}])
        if name not in _CONTROLS:
            raise CjmError(f"no control {name[:40]!r}; it has {', '.join(_CONTROLS)}")
        if name == "persona":
            return self._persona(value)
        if name in FILTERS and value in ("", EVERYBODY):
            return None
        include = "suggested" if name == "coder" else self._choice.include
        return known(name, value, self._view.options(include)[name])

    def _other(self, value: Any) -> tuple[str, str] | None:
        if not value:
            return None
        what, name = value
        if known("compare", what, [{"value": "persona"}, {"value": "wave"}]) == "persona":
            return "persona", self._persona(name) or ""
        return "wave", self._known("wave", name) or ""

    def _persona(self, persona: str) -> str | None:
        if persona in ("", EVERYBODY):
            return None
        personas = self._view.study.personas
        found = personas[(personas["name"] == persona) | (personas["persona_id"] == persona)]
        if found.empty:
            names = ", ".join([EVERYBODY, *personas["name"]])
            raise CjmError(f"persona {persona!r} is not in the study; it has: {names}")
        return str(found["persona_id"].iloc[0])

    def _look(self, study: Study) -> None:
        """Show a study that was read again; a choice that it no longer offers is given up."""
        self._view = View(study, language=self._view.language)
        before = self._choice
        self._choice = Choice(model=study.journey_model, include=before.include)
        for name in (*_CONTROLS, "against"):
            value = getattr(before, name)
            try:
                self._choice = replace(self._choice, **{name: self._known(name, value or "")})
            except CjmError:
                continue
        self._keep_open()

    def _pick(self, key: Key, side: int) -> None:
        maps = self._view.maps(self._choice)
        if side >= len(maps):
            raise CjmError("there is no second map; compare first")
        self._behind = self._view.behind(maps[side], key)
        self._open, self._side, self._shown = key, side, state.PAGE

    def _keep_open(self) -> None:
        opened, side, shown = self._open, self._side, self._shown
        self._open, self._behind = None, pd.DataFrame()
        maps = self._view.maps(self._choice)
        layer = self._choice.layer
        if opened is None or side >= len(maps):
            return
        if layer not in ("map", opened[0]) and opened[0] not in ("curve", "outside"):
            return
        try:
            self._pick(opened, side)
        except CjmError:
            return  # the map of this choice has no such cell
        self._shown = shown

    # -- what the page is told --------------------------------------------------------------------

    def _parts(self) -> dict[str, Any]:
        view, choice = self._view, self._choice
        opened = None
        if self._open is not None:
            shown = view.maps(choice)[self._side]
            opened = state.panel(view, shown, (self._open, self._behind), most=self._shown)
            opened["side"] = self._side
        return {
            "controls": state.controls(view, choice),
            "head": state.head(view, choice),
            "map": state.table(view, choice),
            "changes": state.changes(view, choice),
            "plan": state.plan(view, choice),
            "panel": opened,
            "history": self._acts.history() if self._acts else [None, None],
        }

    def _tell(self, *, n: Any = None, everything: bool = False) -> None:
        """Send to all pages the parts that they do not have yet."""
        parts = self._parts()
        news = self._told.news(parts)
        self.send({"op": "parts", "n": n, "parts": parts if everything else news})

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Answer a message of the page; every one gets an answer, whatever is wrong with it."""
        if not isinstance(message, Mapping):
            return
        with self._lock:
            if self._acts is not None and message.get("op") in self._acts:
                self._edit(self._acts, message)
                return
            # Maps may take their time: the page is told that somebody is there.
            self.send({"op": "working", "n": message.get("n")})
            try:
                self._do(message)
            except Exception as error:  # the page has to learn of it
                self.send({"op": "refused", "n": message.get("n"), "reason": _line(error)})

    def _do(self, message: Mapping[str, Any]) -> None:
        op = message.get("op")
        everything = op == "hello"
        if op == "hello":
            self._catch_up()
        elif op == "refresh":
            self._catch_up(anyway=True)
        elif op == "choose":
            self._set(dict(message["values"]))
        elif op == "pick":
            self._pick(tuple(str(part) for part in message["key"]), int(message.get("side", 0)))
        elif op == "shut":
            self._open, self._behind = None, pd.DataFrame()
        elif op == "more":
            self._shown += state.PAGE
        else:
            raise CjmError(f"no act {str(op)[:40]!r}" if self._acts else self.words["read_only"])
        self._tell(n=message.get("n"), everything=everything)

    def _catch_up(self, *, anyway: bool = False) -> None:
        if self._project is not None and (anyway or self._project.seq != self._seq):
            self._seq = self._project.seq
            self._look(self._project.study())

    def _edit(self, acts: ItemActs, message: Mapping[str, Any]) -> None:
        """Do an act on the items: it is on the disk before it is answered, the map comes after."""
        reply = {"n": message.get("n"), "id": message.get("id")}
        try:
            acts.do(message)
        except CjmError as error:
            retry = isinstance(error.__cause__, sa.exc.OperationalError)
            self.send({"op": "refused", **reply, "reason": _line(error), "retry": retry})
            return
        except Exception as error:  # the page has to learn of it, and keeps the act
            self.send({"op": "refused", **reply, "reason": _line(error), "retry": True})
            return
        if self._project is not None:
            try:
                self._look(with_items(self._view.study, self._project))
            except CjmError:  # others changed more than items meanwhile
                self._catch_up(anyway=True)
        parts = self._told.news(self._parts())
        self.send({"op": "ack", **reply, "parts": parts})


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
