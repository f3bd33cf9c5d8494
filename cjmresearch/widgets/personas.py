"""`PersonaExplorer`: look for personas, make and change them, and read what they rest on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import pandas as pd
import sqlalchemy as sa
import traitlets

from cjmresearch import report
from cjmresearch.errors import CjmError
from cjmresearch.personas import Found
from cjmresearch.schema import Study
from cjmresearch.store import Project
from cjmresearch.widgets import personas_words
from cjmresearch.widgets.coding_acts import Given
from cjmresearch.widgets.personas_search import Search, Wanted
from cjmresearch.widgets.personas_state import EVERYBODY, PAGE, Shown
from cjmresearch.widgets.words import LANGUAGES

_STATIC = Path(__file__).parent / "static"
_SCRIPTS = (
    *("coding/dom.js", "coding/keys.js", "coding/outbox.js"),
    *(f"personas/{n}.js" for n in ("session", "curve", "card", "quotes", "board", "look", "main")),
)
_TABLES = {"personas", "memberships"}
_LONGEST_ID = 200


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


class PersonaExplorer(anywidget.AnyWidget):
    """Look for personas, accept or refuse what is found, make your own, and compare them.

    Each persona stands in a column with its curve, its members and its card; every point of a
    curve and every line of a card opens the words behind it. Moving a person is an act of the
    project: kept at once, undone and redone. On a `Study` everything can be read and looked for,
    and nothing changed.

    Parameters
    ----------
    project
        An open `Project`, or a `Study`.
    language
        `ru` or `en`.
    include
        `human`, or `suggested` to begin with machine tags switched on.
    coder
        Who decides: the acts are this person's, and so is undo.
    """

    _esm = _joined(_SCRIPTS)
    _css = _joined(("personas.css",))
    words = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        project: Project | Study,
        *,
        language: str = "ru",
        include: str = "human",
        coder: str = "researcher",
    ) -> None:
        if language not in LANGUAGES:
            raise CjmError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
        if include not in ("human", "suggested"):
            raise CjmError(f"include={include!r}: choose human or suggested")
        if not coder.strip():
            raise CjmError("coder: say who decides, as coder='anna'")
        # Handlers run in a thread of the kernel other than that of the cells.
        self._lock = threading.RLock()
        self._project = project if isinstance(project, Project) else None
        self._coder, self._include, self._language = coder, include, language
        self._seq = self._project.seq if self._project else 0
        study = project if isinstance(project, Study) else project.study()
        self._shown = Shown(study, language=language)
        self._found: Found | None = None
        self._told: dict[str, Any] | None = None
        self._open = pd.DataFrame()
        self._search = Search(self._heard)
        address = self._project.address if self._project else ""
        super().__init__(
            words=personas_words.everything(language),
            settings={
                "language": language,
                "editable": self._project is not None,
                "formats": list(report.FORMATS),
                "outbox": f"personas|{address}|{coder}",
            },
        )
        self.on_msg(self._received)

    def __repr__(self) -> str:
        study = self._shown.study
        return (
            f"PersonaExplorer(personas={len(study.personas)}, "
            f"participants={len(study.participants)}, include={self._include!r})"
        )

    # -- what it shows, for the next cell of a notebook -------------------------------------------

    @property
    def found(self) -> Found | None:
        """What the last search found; None before one has ended."""
        return self._found

    @property
    def quotes(self) -> pd.DataFrame:
        """Observations behind the point or the line that is open; empty where none is."""
        return self._open

    def refresh(self) -> None:
        """Show what others have done in the project since; a study does not change."""
        with self._lock:
            self._catch_up()
            self.send({"op": "all", **self._everything()})

    def wait(self, seconds: float = 60) -> bool:
        """Wait until a search has ended; False where it takes longer."""
        return self._search.wait(seconds)

    def close(self) -> None:
        """Stop what runs in the background and leave the page."""
        if "_search" in self.__dict__:  # not where the arguments were refused
            self._search.stop()
        super().close()

    # -- messages -------------------------------------------------------------------------------

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Answer a message of the page; every one gets an answer, whatever is wrong with it."""
        if not isinstance(message, Mapping):
            return
        with self._lock:
            self.send(self._answer(message))
            self._send_views()

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        reply = {"n": message.get("n"), "id": message.get("id")}
        asks: dict[str, Callable[[Given], dict[str, Any]]] = {
            "hello": self._hello,
            "include": self._switch,
            "open": self._opened,
            "look": self._look,
            "stop": self._stop,
            "report": self._report,
        }
        op = str(message.get("op"))
        try:
            given = Given(message)
            if op in asks:
                return {**asks[op](given), **reply}
            self._act(op, given)
            return {"op": "ack", **reply, **self._board()}
        except CjmError as error:
            retry = isinstance(error.__cause__, sa.exc.OperationalError)
            return {"op": "refused", "asked": op, **reply, "reason": _line(error), "retry": retry}
        except Exception as error:  # the page has to learn of it, and keeps the act
            again = op not in asks
            return {"op": "refused", "asked": op, **reply, "reason": _line(error), "retry": again}

    def _send_views(self) -> None:
        """Send curves and cards that the page lacks, each as soon as it is computed."""
        for persona in (EVERYBODY, *self._shown.study.personas["persona_id"]):
            if self._shown.known(persona, self._include) is None:
                view = self._shown.view(persona, self._include)
                self.send({"op": "view", "persona": persona, "view": view})

    # -- acts -----------------------------------------------------------------------------------

    def _act(self, op: str, given: Given) -> None:
        if self._project is None:
            raise CjmError("a study is read only; open its project to change personas")
        project, coder, client = self._project, self._coder, given.id("id")
        acts: dict[str, Callable[[], object]] = {
            "add": lambda: project.add_persona(
                given.line("name"), coder=coder, members=_ids(given, "members")
            ),
            "rename": lambda: project.rename_persona(
                _id(given, "persona"), given.line("name"), coder=coder
            ),
            "delete": lambda: project.delete_persona(_id(given, "persona"), coder=coder),
            "move": lambda: project.move_person(
                _id(given, "person"),
                _id(given, "to") if "to" in given else None,
                coder=coder,
                from_persona=_id(given, "from") if "from" in given else None,
            ),
            "merge": lambda: project.merge_personas(
                _ids(given, "personas"), coder=coder, name=given.line("name")
            ),
            "split": lambda: project.split_persona(
                _id(given, "persona"), _ids(given, "members"), coder=coder, name=given.line("name")
            ),
            "adopt": lambda: self._adopt(project, given),
            "undo": lambda: project.undo(coder),
            "redo": lambda: project.redo(coder),
        }
        if op not in acts:
            raise CjmError(f"no act {op[:40]!r}; known: {', '.join(acts)}")
        project.once(client, acts[op])
        self._catch_up()

    def _adopt(self, project: Project, given: Given) -> None:
        """Take what was found into the project, beside the personas it has or in their place."""
        if self._found is None or not self._found.k:
            raise CjmError("nothing was found to take into the project; look first")
        names = [Given({"name": name}).line("name") for name in given.items("names")]
        if len(names) != self._found.k or len(set(names)) < len(names):
            raise CjmError(f"names: give {self._found.k} different names")
        groups = self._found.personas.assign(name=pd.Series(names, dtype="str"))
        keep = project.adopt_personas if not given.flag("instead") else project.save_personas
        keep(groups, self._found.memberships, coder=self._coder)

    def _catch_up(self) -> None:
        """Read what has changed since; curves stay where only personas have."""
        if self._project is None:
            return
        changed = self._project.changes(self._seq)
        if not changed:
            return
        self._seq = changed[-1]["seq"]
        if {change["table"] for change in changed} <= _TABLES:
            self._shown.regroup(self._project.frame("personas"), self._project.frame("memberships"))
        else:
            self._shown = Shown(self._project.study(), language=self._language)

    # -- what the page asks -----------------------------------------------------------------------

    def _hello(self, _: Given) -> dict[str, Any]:
        self._catch_up()
        return {"op": "all", **self._everything()}

    def _switch(self, given: Given) -> dict[str, Any]:
        self._include = "suggested" if given.flag("machine") else "human"
        return {"op": "all", **self._everything()}

    def _opened(self, given: Given) -> dict[str, Any]:
        persona = given.text("persona", longest=_LONGEST_ID)
        key = given.line("key", longest=_LONGEST_ID)
        first = given.offset("first")
        self._open = self._shown.behind(persona, key, self._include)
        return {
            "op": "quotes",
            "persona": persona,
            "key": key,
            "title": self._shown.title(key),
            "first": first,
            "of": len(self._open),
            "people": int(self._open["participant_id"].nunique()),
            "quotes": self._shown.quotes(self._open.iloc[first : first + PAGE]),
        }

    def _look(self, given: Given) -> dict[str, Any]:
        wanted = Wanted(
            codes=given.items("codes"),
            stages=given.flag("stages"),
            traits=given.items("traits"),
            questions=given.items("questions"),
            k=given.offset("k") if "k" in given else None,
        )
        self._found = None
        study = self._shown.study
        self._search.start(study, wanted, include=self._include, language=self._language)
        return {"op": "look", "state": "gathering"}

    def _stop(self, _: Given) -> dict[str, Any]:
        self._search.stop()
        self._told = None
        return {"op": "look", "state": "idle"}

    def _heard(self, told: dict[str, Any], found: Found | None) -> None:
        """Pass on what a search tells, from its own thread."""
        with self._lock:
            if found is not None:
                self._found = found
            self._told = told
            self.send({"op": "look", **told})

    def _report(self, given: Given) -> dict[str, Any]:
        folder = Path(given.line("folder", longest=1000)).expanduser()
        wanted = given.line("format", longest=10)
        if wanted not in report.FORMATS:
            raise CjmError(f"report format {wanted!r}: choose one of {', '.join(report.FORMATS)}")
        files = report.write(
            self._shown.study,
            folder / f"report.{wanted}",
            include=self._include,
            language=self._language,
        )
        return {"op": "report", "path": ", ".join(str(path.resolve()) for path in files)}

    # -- what the page is told --------------------------------------------------------------------

    def _everything(self) -> dict[str, Any]:
        """All that a page needs to begin, also one that is loaded anew."""
        include = self._include
        return {
            "goal": self._shown.study.goal,
            "people": self._shown.people(include),
            "stages": self._shown.stages(),
            "offered": self._shown.offered(include),
            "warning": self._shown.warning(include),
            "machine": include == "suggested",
            "look": self._told,
            **self._board(everybody=True),
        }

    def _board(self, *, everybody: bool = False) -> dict[str, Any]:
        listed = self._shown.personas()
        wanted = [one["id"] for one in listed] + [EVERYBODY] * everybody
        views = {id_: self._shown.known(id_, self._include) for id_ in wanted}
        undo, redo = self._project.history(self._coder) if self._project else (None, None)
        return {"personas": listed, "views": views, "history": [undo, redo]}


def _id(given: Given, name: str) -> str:
    return given.line(name, longest=_LONGEST_ID)


def _ids(given: Given, name: str) -> list[str]:
    return [Given({name: one}).line(name, longest=_LONGEST_ID) for one in given.items(name)]


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
