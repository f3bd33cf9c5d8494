"""`CodingWidget`: read a transcript, give passages codes, decide suggestions, lose nothing."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import sqlalchemy as sa
import traitlets

from cjmresearch.errors import CjmError
from cjmresearch.store import Project
from cjmresearch.widgets import coding_page, coding_words
from cjmresearch.widgets.coding_acts import Acts
from cjmresearch.widgets.coding_help import Helping
from cjmresearch.widgets.coding_state import State

ORDERS = ("reading", "useful")
THEMES = ("light", "dark")


class CodingWidget(anywidget.AnyWidget):
    """Code one source of a project, by mouse or by keyboard; every act is saved as it is done.

    What the page shows as coded is on the disk: an act is painted as waiting until the project
    has kept it, and stays on the page until then.

    Parameters
    ----------
    project
        The project; stays open as long as the widget is used.
    source
        Id, title or file name of a source; the first one if none is named.
    coder
        Who codes.
    language
        `ru` or `en`; that of the project if none is named.
    order
        Order in which suggestions come: `reading`, or `useful` first.
    theme
        `light` or `dark`; that of JupyterLab if none is named.
    assistant
        Let suggestions learn from what is coded, beside the work; the page has a switch for it.
    """

    _esm = coding_page.module()
    _css = coding_page.style()
    _help: Any = None
    page = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        project: Project,
        source: str | None = None,
        *,
        coder: str,
        language: str | None = None,
        order: str = "reading",
        theme: str | None = None,
        assistant: bool = False,
    ) -> None:
        # Handlers run in a thread of the kernel other than that of the cells.
        self._lock = threading.RLock()
        self._project = project
        language = language or project.frame("project")["languages"].iloc[0].split(",")[0]
        _require("language", language, coding_words.LANGUAGES)
        _require("order", order, ORDERS)
        if theme is not None:
            _require("theme", theme, THEMES)
        if not coder.strip():
            raise CjmError("coder: say who codes, as coder='anna'")
        self._state = State(project, source, coder=coder, language=language)
        self._acts = Acts(project, self._state.source_id, coder=coder, language=language)
        self._help = Helping(project, coder=coder, language=language, changed=self.refresh)
        settings = {
            "coder": coder,
            "language": language,
            "order": order,
            "theme": theme,
            "session": str(uuid.uuid4()),
            "project": project.address,
        }
        words = coding_words.all_of(language)
        super().__init__(words=words, settings=settings)
        self.on_msg(self._received)
        if assistant:
            self._help.switch(on=True)

    def __repr__(self) -> str:
        return f"CodingWidget({self._state.title!r}, coder={self._state.coder!r})"

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Give the state of the widget; a page that asks for it gets what the project holds now."""
        state = super().get_state(key=key, drop_defaults=drop_defaults)
        if key is None and "page" in state:
            with self._lock:
                state["page"] = self._page()
        return state

    def refresh(self) -> None:
        """Show what others have done in the project since."""
        with self._lock:
            told: dict[str, Any] = {"assisted": self._help.told()}
            if self._help.on:
                told["ranks"] = self._help.ranks(self._state.source_id)
            self.send({"op": "changes", **self._state.catch_up(), **told})

    def to_html(self, path: str | Path | None = None) -> str:
        """Give the coded transcript as one HTML file for people without Jupyter.

        Needs no network and no JavaScript; words of people who did not agree to be quoted are
        withheld. With `path` it is written there too. In blind mode it shows the coder's own work.
        """
        from cjmresearch import report

        state = self._state
        page = report.transcript_page(
            self._project.study(),
            state.source_id,
            language=state.language,
            coder=state.coder if self._project.blind else None,
        )
        if path is not None:
            Path(path).write_text(page, encoding="utf-8")
        return page

    def close(self) -> None:
        """Close the widget; the project stays open."""
        if self._help is not None:  # one that was refused when it was made is closed too
            self._help.close()
        super().close()

    def _page(self) -> dict[str, Any]:
        return {**self._state.page(), "assisted": self._help.told()}

    # -- messages -----------------------------------------------------------------------------

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Answer a message of the page; every act gets an answer, whatever is wrong with it."""
        if not isinstance(message, Mapping):
            return
        with self._lock:
            self.send(self._answer(message))

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        reply = {"n": message.get("n"), "id": message.get("id")}
        seen = message.get("seq")
        since = seen if isinstance(seen, int) and seen >= 0 else None
        op = message.get("op")
        try:
            if op == "hello":
                return {"op": "hello", **reply, **self._state.catch_up(since)}
            if op == "rank":
                return {"op": "ranks", "ranks": self._help.ranks(self._state.source_id)}
            if op == "assist":
                self._help.switch(message.get("on") is True)
                return {"op": "ack", **reply, "assisted": self._help.told()}
            if op not in self._acts:
                raise CjmError(f"no act {str(op)[:40]!r}")
            self._acts.do(message)
            self._help.noted(str(op))
            return {"op": "ack", **reply, **self._state.catch_up(since)}
        except CjmError as error:
            retry = isinstance(error.__cause__, sa.exc.OperationalError)
            return {"op": "refused", **reply, "reason": _line(error), "retry": retry}
        except Exception as error:  # the page has to learn of it, and keeps the act
            return {"op": "refused", **reply, "reason": _line(error), "retry": True}


def _require(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise CjmError(f"{name} {value!r}: choose one of {', '.join(allowed)}")


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
