"""The map as a Mermaid `journey`, and back: faces for the eye, exact values in the comments.

Mermaid takes whole scores of 1 to 5 only, and gives `:`, `;`, `#`, `%` and line ends a meaning of
its own (read in the lexer of 11.14). So a task shows a face, its label is spelt with look-alikes,
and a comment before it holds the exact cell. What a person edits in the visible text wins over the
comment. Evidence is not written: Mermaid refuses a text of more than 50,000 characters.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from cjmresearch.errors import CjmError
from cjmresearch.export.document import EVERYBODY, VERSION, Document, check

MARK = "%% cjm: "
NEUTRAL = 3
_HEADER = "%% Faces are rounded to 1-5; 3 also stands where no feeling or no clear sign was found."
_MOOD = {"ru": "Настроение", "en": "Mood"}
_LOOKALIKE = {":": "∶", ";": "；", "#": "＃", "%": "％"}
_BACK = {there: here for here, there in _LOOKALIKE.items()}
_BLANKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_KEYWORD = re.compile(r"(journey|title|section|accTitle|accDescr)", re.IGNORECASE)
_TASK = re.compile(r"([^:]+):\s*(-?\d+(?:\.\d+)?)\s*(?::([^:]*))?")
_DROPPED = ("evidence", "samples", "sources")
_EMPTY: dict[str, Any] = dict.fromkeys(
    ("code", "item_id", "n_participants", "n_codings", "valence", "n_felt", "touches")
)
_USUAL = {**_EMPTY, "status": "evidence"}


def face(mean: float | None, low: float | None = None, high: float | None = None) -> int:
    """Round a valence of -1...1 to 1...5; 3 where it is unknown or its interval covers 0."""
    if mean is None or (low is not None and high is not None and low <= 0 <= high):
        return NEUTRAL
    return min(max(math.floor(3.5 + 2 * mean), 1), 5)


def label(text: str) -> str:
    """Spell a text so that Mermaid shows it and its lexer takes it for one label."""
    spelt = text.replace("\n", "<br>")
    for here, there in _LOOKALIKE.items():
        spelt = spelt.replace(here, there)
    spelt = _BLANKS.sub(" ", spelt).strip() or "·"
    return f"‹{spelt}›" if _KEYWORD.match(spelt) else spelt


def dumps(document: Document) -> str:
    """Write a document as a Mermaid journey; all but the evidence comes back by `loads`."""
    language = document["language"]
    cells: dict[str, list[Any]] = {}
    for cell in document["cells"]:
        cells.setdefault(cell["stage"], []).append(cell)
    rest = {k: v for k, v in document.items() if k not in ("stages", "cells", *_DROPPED)}
    lines = [_HEADER, _comment(map=rest), "journey", f"  title {label(document['title'])}"]
    for stage in document["stages"]:
        lines += [f"  {_comment(stage=stage)}", f"  section {label(stage[f'name_{language}'])}"]
        emotion = stage["emotion"]
        if emotion and emotion["mean"] is not None:
            score = face(emotion["mean"], emotion["low"], emotion["high"])
            who = label(document["persona"] or EVERYBODY[language])
            lines += [f"    {_comment(mood=score)}"]
            lines += [f"    {_MOOD[language]}: {score}: {_actor(who)}"]
        for cell in cells.get(stage["id"], ()):
            lines += _task(cell, language)
    return "\n".join(lines) + "\n"


def _task(cell: dict[str, Any], language: str) -> list[str]:
    """Write a cell; its comment leaves out what the visible line says, and what is usual."""
    name, actors = cell[f"name_{language}"], [_actor(label(who)) for who in cell["actors"]]
    seen = {f"name_{language}": unlabel(label(name)), "actors": [unlabel(who) for who in actors]}
    kept = {
        key: value
        for key, value in cell.items()
        if key not in ("stage", "evidence") and value != {**_USUAL, **seen}.get(key, ...)
    }
    task = f"{label(name)}: {face(cell['valence'])}"
    return [
        f"    {_comment(cell=kept)}",
        f"    {task}: {', '.join(actors)}" if actors else f"    {task}",
    ]


def _actor(name: str) -> str:
    return name.replace(",", "，")


def _comment(**content: Any) -> str:
    # %%{ would begin a directive, wherever it stands.
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return MARK + text.replace("%", "\\u0025")


def loads(text: str, *, name: str = "map") -> Document:
    """Read a Mermaid journey: one that `dumps` wrote, edited or not, or anybody's.

    Without comments, sections become stages and tasks become hypotheses of the layer `actions`.
    A line that is none of a journey is a `CjmError` with its number.
    """
    reader = _Reader(name)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        reader.take(line.strip(" \t\r"), number)
    return reader.document()


class _Reader:
    """Walks over the lines; a comment waits for the visible line after it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.begun = False
        self.title: str | None = None
        self.map: dict[str, Any] = {}
        self.stages: list[dict[str, Any]] = []
        self.cells: list[dict[str, Any]] = []
        self.waiting: dict[str, Any] = {}

    def problem(self, number: int, words: str) -> CjmError:
        return CjmError(f"{self.name}, line {number}: {words}")

    def take(self, line: str, number: int) -> None:
        if line.startswith(MARK):
            self._comment(line, number)
        elif not line.strip() or line.startswith(("%%", "#", "accTitle", "accDescr")):
            return
        elif not self.begun:
            if line.split()[0].lower() != "journey":
                raise self.problem(number, "a Mermaid journey begins with the word journey")
            self.begun = True
        elif line.lower().startswith("title "):
            self.title = line[6:].strip()
        elif line.lower().startswith("section "):
            self._section(line[8:].strip(), number)
        else:
            self._task(line, number)

    @property
    def language(self) -> str:
        return "ru" if self.map.get("language") == "ru" else "en"

    def _comment(self, line: str, number: int) -> None:
        try:
            content = json.loads(line[len(MARK) :])
        except (ValueError, RecursionError):
            raise self.problem(number, "the cjm comment is not JSON; delete it or undo") from None
        if not isinstance(content, dict) or not all(
            isinstance(content.get(key, {}), dict) for key in ("map", "stage", "cell")
        ):
            raise self.problem(number, "the cjm comment is not what export writes")
        self.map |= content.pop("map", {})
        self.waiting = content

    def _take_waiting(self, key: str) -> Any:
        waiting, self.waiting = self.waiting, {}
        return waiting.get(key)

    def _section(self, shown: str, number: int) -> None:
        stage = self._take_waiting("stage")
        if stage is None:
            place = len(self.stages) + 1
            stage = {
                "id": f"imported:stage_{place}",
                "position": place,
                "approximate": False,
                **dict.fromkeys(("goal_ru", "goal_en", "emotion")),
                **dict.fromkeys(("name_ru", "name_en"), unlabel(shown)),
            }
        self.stages.append(self._named(stage, shown, number))

    def _named(self, thing: dict[str, Any], shown: str, number: int) -> dict[str, Any]:
        """Let the visible label win over the name in the comment."""
        exact = thing.get(f"name_{self.language}")
        if not isinstance(exact, str):
            raise self.problem(number, "the cjm comment before it lacks the name")
        if label(exact) == shown:
            return thing
        return {**thing, **dict.fromkeys(("name_ru", "name_en"), unlabel(shown))}

    def _task(self, line: str, number: int) -> None:
        found = _TASK.fullmatch(line)
        if found is None:
            raise self.problem(number, "a task is `name: score: actors`, with a score of 0 to 5")
        if not self.stages:
            raise self.problem(number, "a task stands before the first section")
        shown, score = found[1].strip(), float(found[2])
        if not 0 <= score <= 5:
            raise self.problem(number, f"the score {found[2]} is not from 0 to 5")
        if "mood" in self.waiting:
            self._mood(self._take_waiting("mood"), score)
            return
        actors = [part.strip() for part in (found[3] or "").split(",") if part.strip()]
        cell = self._take_waiting("cell")
        if cell is None:
            cell = {
                "layer": "actions",
                "status": "hypothesis",
                "valence": _valence(score),
                "actors": [unlabel(actor) for actor in actors],
                **dict.fromkeys(("name_ru", "name_en"), unlabel(shown)),
            }
        else:
            seen = {f"name_{self.language}": unlabel(shown), "actors": list(map(unlabel, actors))}
            cell = {**_USUAL, **seen, **cell}
            cell = self._edited(self._named(cell, shown, number), score, actors)
        self.cells.append({**_EMPTY, **cell, "stage": self.stages[-1].get("id"), "evidence": []})

    def _mood(self, written: Any, score: float) -> None:
        if score != written:
            point = self.stages[-1].get("emotion") or {}
            edited = dict.fromkeys(point) | {"mean": _valence(score)}
            self.stages[-1] = {**self.stages[-1], "emotion": edited}

    def _edited(self, cell: dict[str, Any], score: float, actors: list[str]) -> dict[str, Any]:
        """Take over what a person has changed: a new score rests on no quote any more."""
        exact = cell.get("actors")
        exact = exact if isinstance(exact, list) else []
        spelt = [_actor(label(str(name))) for name in exact]
        if spelt != actors:
            cell = {**cell, "actors": [unlabel(actor) for actor in actors]}
        valence = cell.get("valence")
        if score != face(valence if isinstance(valence, int | float) else None):
            counts = dict.fromkeys(("n_participants", "n_codings", "n_felt"))
            cell = {**cell, **counts, "valence": _valence(score), "status": "hypothesis"}
        return cell

    def document(self) -> Document:
        if not self.begun:
            raise self.problem(1, "a Mermaid journey begins with the word journey")
        if not self.stages:
            raise self.problem(1, "a journey without a section has no stages")
        title = self.map.get("title")
        if not isinstance(title, str) or (self.title is not None and label(title) != self.title):
            title = unlabel(self.title or "")
        found = {
            "format": "cjm.json",
            "version": VERSION,
            "goal": "",
            "language": self.language,
            "map_type": "current",
            "model": "imported",
            "persona": None,
            "n_participants": None,
            "crosswalk": None,
            "layers": list(dict.fromkeys(cell.get("layer") for cell in self.cells)) or ["actions"],
            **{part: [] for part in ("edges", "items", "links", "outside", *_DROPPED)},
            **self.map,
            "title": title,
            "stages": self.stages,
            "cells": self.cells,
        }
        check(found, name=self.name)
        return found


def unlabel(shown: str) -> str:
    """Spell a label as text again: look-alikes become what they stand for."""
    inner = shown[1:-1]
    if shown.startswith("‹") and shown.endswith("›") and _KEYWORD.match(inner):
        shown = inner
    for there, here in _BACK.items():
        shown = shown.replace(there, here)
    return shown.replace("<br>", "\n")


def _valence(score: float) -> float:
    return min(max((score - 3) / 2, -1.0), 1.0)
