"""Suggestions beside the workbench: whether they learn, and which of them is the most useful."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cjmresearch.store import Project
from cjmresearch.widgets.assistant import Assistant

LEARNED_FROM = frozenset({"code", "recode", "resize", "split", "delete", "decide", "undo", "redo"})
"""Acts after which there is something new to learn."""


class Helping:
    """An assistant that is on or off; off, it still knows how to rank what others suggest."""

    def __init__(
        self, project: Project, *, coder: str, language: str, changed: Callable[[], None]
    ) -> None:
        self._project = project
        self._coder = coder
        self.on = False
        self._assistant = Assistant(
            project,
            coder=coder,
            language=language,
            on_ready=lambda _sources: changed(),
            on_notice=lambda _line: changed(),
        )

    def switch(self, on: bool) -> None:
        """Begin to learn, at once; or stop."""
        self.on = on
        if on:
            self._assistant.learn(now=True)

    def noted(self, op: str) -> None:
        """Take note of an act."""
        if self.on and op in LEARNED_FROM:
            self._assistant.learn()

    def told(self) -> dict[str, Any]:
        """Tell the page how it stands."""
        return {"on": self.on, "notice": self._assistant.notice if self.on else ""}

    def ranks(self, source_id: str) -> dict[str, int]:
        """Rank the suggestions of a source, the most useful first."""
        codings = self._project.visible_codings(self._coder)
        waiting = codings[(codings["source_id"] == source_id) & (codings["status"] == "suggested")]
        useful = self._assistant.order(waiting.reset_index(drop=True))
        ordered = useful.sort_values(ascending=False, kind="stable").index
        return {str(coding_id): rank for rank, coding_id in enumerate(ordered)}

    def close(self) -> None:
        """Stop for good."""
        self._assistant.close()
