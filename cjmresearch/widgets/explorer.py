"""`JourneyExplorer`: the curve and the map of a study, each number open to the words behind it."""

from __future__ import annotations

import threading

import ipywidgets
import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.journey import JourneyMap
from cjmresearch.schema import Study
from cjmresearch.store import Project
from cjmresearch.widgets import cards, grid
from cjmresearch.widgets.controls import Controls
from cjmresearch.widgets.panel import Panel
from cjmresearch.widgets.table import Table
from cjmresearch.widgets.view import Choice, View
from cjmresearch.widgets.words import say
from cjmresearch.wording import machine_note, small_n_note

_PAGE = 12


class JourneyExplorer(ipywidgets.VBox):
    """Explore a study: choose whose journey, the model and the layer; open any cell to its words.

    Only what people coded or accepted is shown, unless machine tags are switched on; the explorer
    then says so on its face. Everything works by keyboard: cells are buttons.

    Parameters
    ----------
    project
        An open `Project` (then `refresh` reads it again) or a `Study`.
    language
        `ru` or `en`.
    include
        `human`, or `suggested` to begin with machine tags switched on.
    """

    def __init__(
        self, project: Project | Study, *, language: str = "ru", include: str = "human"
    ) -> None:
        if include not in ("human", "suggested"):
            raise CjmError(f"include={include!r}: choose human or suggested")
        self._project = project if isinstance(project, Project) else None
        study = project if isinstance(project, Study) else project.study()
        # Handlers run in a thread of the kernel other than that of the cells.
        self._lock = threading.RLock()
        self._view = View(study, language=language)
        self._language = language
        self._open: tuple[str, ...] | None = None
        self._behind = pd.DataFrame()
        self._shown = 0
        self._controls = Controls(self._view, include=include)
        self._table = Table(language, on_cell=self.pick)
        self._panel = Panel(language, on_code=self.pick, on_more=self._show_more)
        self._banner = ipywidgets.HTML()
        children = [
            ipywidgets.HTML(cards.style()),
            ipywidgets.HTML(cards.text(study.goal, "goal")),
            self._controls.box,
            self._banner,
            self._table.box,
            self._panel.box,
        ]
        super().__init__(children=children)
        self.add_class("cjm-explorer")
        self._controls.listen(self._changed)
        if self._project is not None:
            self._controls.add_button(say("refresh", language), self.refresh)
        self._draw()

    # -- what it shows, for the next cell of a notebook -------------------------------------------

    @property
    def map(self) -> JourneyMap:
        """The map that is shown."""
        return self._view.map(self._controls.choice)

    @property
    def quotes(self) -> pd.DataFrame:
        """All the evidence of the open cell: columns of `aggregate.evidence` and valence."""
        return self._view.evidence(self._behind) if len(self._behind) else self._behind

    def choose(
        self,
        *,
        persona: str | None = None,
        model: str | None = None,
        layer: str | None = None,
        include: str | None = None,
    ) -> None:
        """Set the controls from code; what is not named stays. `persona="all"` is everybody."""
        with self._lock:
            self._controls.choose(persona=persona, model=model, layer=layer, include=include)

    def pick(self, cell: tuple[str, ...]) -> None:
        """Open a cell: what `JourneyMap.explain` takes, e.g. `("barriers", "b2b8:purchase")`."""
        with self._lock:
            self._behind = self._view.behind(self._controls.choice, tuple(cell))
            self._open = tuple(cell)
            self._shown = _PAGE
            self._table.mark(self._open)
            self._draw_panel()

    def refresh(self) -> None:
        """Read the project again; a study does not change."""
        if self._project is None:
            return
        with self._lock:
            self._view = View(self._project.study(), language=self._language)
            self._controls.renew(self._view)
            self._draw()

    def __repr__(self) -> str:
        choice = self._controls.choice
        shown = self.map
        persona = shown.persona or "all"
        return (
            f"JourneyExplorer(persona={persona!r}, model={choice.model!r}, "
            f"layer={choice.layer!r}, include={choice.include!r}, "
            f"participants={len(shown.participants)}, open={self._open!r})"
        )

    # -- drawing --------------------------------------------------------------------------------

    def _changed(self) -> None:
        with self._lock:
            self._draw()

    def _draw(self) -> None:
        choice = self._controls.choice
        shown = self._view.map(choice)
        self._banner.value = self._warnings(choice, shown)
        self._table.show(shown, choice.layer, self._view.curve(choice))
        still_there = self._open is not None and self._table.has(self._open)
        if still_there and self._open is not None:
            self.pick(self._open)
            return
        self._open, self._behind = None, pd.DataFrame()
        self._table.mark(None)
        self._panel.rest()

    def _warnings(self, choice: Choice, shown: JourneyMap) -> str:
        parts = []
        by_machine, of = self._view.machine_codings(choice)
        if by_machine:
            note = machine_note(by_machine / of, self._language)
            note = note[:1].upper() + note[1:]
            words = say("banner", self._language, note=note, n=by_machine, of=of)
            parts.append(cards.text(words, "banner"))
        few = small_n_note(len(shown.participants), self._language)
        if few:
            parts.append(cards.text(few[:1].upper() + few[1:], "note"))
        return "".join(parts)

    def _draw_panel(self) -> None:
        if self._open is None:
            return
        language = self._language
        page = self._view.evidence(self._behind.iloc[: self._shown].reset_index(drop=True))
        people = self._behind["participant_id"].nunique()
        where, what = self._titles(self._open)
        self._panel.show(
            cards.heading(
                where, what, people=people, mentions=len(self._behind), language=language
            ),
            cards.quotes(page, self._view.names, language)
            if len(page)
            else cards.text(say("nothing", language), "note"),
            codes=grid.codes_of(self.map, self._open[:2], language),
            key=self._open,
            shown=len(page),
            of=len(self._behind),
        )

    def _titles(self, cell: tuple[str, ...]) -> tuple[str, str]:
        names = self.map.names(self._language)
        layers = {layer: name for name, layer in self._view.layers()}
        if cell[0] == "outside":
            return say("outside", self._language), grid.kind_name(cell[1], self._language)
        where = names[cell[1]]
        if cell[0] == "curve":
            return where, say("mood", self._language)
        item = cell[2] if len(cell) == 3 else None
        return where, names.get(item, "") if item else layers.get(cell[0], cell[0])

    def _show_more(self) -> None:
        with self._lock:
            self._shown += _PAGE
            self._draw_panel()
