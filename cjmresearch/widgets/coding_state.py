"""What one coder sees of one source: the page's data, and what has changed since it was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.store import Project
from cjmresearch.widgets import coding_store

Row = dict[str, Any]
_CODING = ("start", "end", "coder", "status", "confidence", "valence", "intensity", "memo")
_CODE = ("slug", "scheme", "kind", "name_ru", "name_en", "colour", "key", "position", "valence")
_MATERIAL = {"texts", "turns", "speakers"}
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


class State:
    """One source of a project as a coder sees it; nothing is kept but the last event seen."""

    def __init__(self, project: Project, source: str | None, *, coder: str, language: str) -> None:
        self.project = project
        self.coder = coder
        self.language = language
        self.source_id = self._source(source)
        self.seq = 0

    def _source(self, given: str | None) -> str:
        sources = self.project.frame("sources")
        if sources.empty:
            raise CjmError("the project has no sources; add a transcript first")
        if given is None:
            return str(sources["source_id"].iloc[0])
        for column in ("source_id", "title", "file"):
            found = sources.loc[sources[column] == given, "source_id"]
            if len(found):
                return str(found.iloc[0])
        known = ", ".join(map(repr, sources["title"].head(8)))
        raise CjmError(f"no source {given!r} in the project; it has {known}")

    # -- all of it ----------------------------------------------------------------------------

    def page(self) -> dict[str, Any]:
        """Read everything the page shows, and remember up to which event that is."""
        self.seq = coding_store.last_event(self.project)
        return {
            "source": self._material(),
            "codes": [self._code(row) for row in _plain(self.project.frame("codes"))],
            "codings": [
                _coding(row)
                for row in coding_store.codings(self.project, self.source_id)
                if self._seen(row)
            ],
            "seq": self.seq,
            "history": self.history(),
        }

    def history(self) -> list[str | None]:
        """Name what undo and redo would take."""
        return list(coding_store.history(self.project, self.coder))

    def _material(self) -> dict[str, Any]:
        project = self.project
        sources = project.frame("sources").set_index("source_id", drop=False)
        source = sources.loc[self.source_id]
        texts = project.frame("texts")
        current = (texts["source_id"] == self.source_id) & (texts["revision"] == source["revision"])
        turns = project.frame("turns")
        turns = turns[turns["source_id"] == self.source_id].sort_values("position")
        speakers = project.frame("speakers")
        speakers = speakers[speakers["source_id"] == self.source_id]
        number = {label: i for i, label in enumerate(speakers["speaker"])}
        return {
            "id": self.source_id,
            "title": source["title"],
            "text": texts.loc[current, "text"].iloc[0],
            "speakers": [[s.speaker, s.role] for s in speakers.itertuples()],
            "turns": [
                [
                    turn["position"],
                    turn["start"],
                    turn["end"],
                    number.get(turn["speaker"], -1),
                    turn["begin_s"],
                    turn["prompt"],
                ]
                for turn in _plain(turns)
            ],
            "sources": [[s, t] for s, t in zip(sources.index, sources["title"], strict=True)],
        }

    # -- what has changed ---------------------------------------------------------------------

    def catch_up(self) -> dict[str, Any]:
        """Read what changed since the last look; `page` is there where the text itself did."""
        self.seq, found = coding_store.changes(self.project, self.seq)
        if any(self._is_material(change) for change in found):
            return {"page": self.page(), "seq": self.seq, "history": self.history()}
        changes = [small for change in found if (small := self._small(change))]
        return {"changes": changes, "seq": self.seq, "history": self.history()}

    def _is_material(self, change: Mapping[str, Any]) -> bool:
        return (
            change["table"] in _MATERIAL and change["row"].get("source_id") == self.source_id
        ) or change["table"] == "turns"

    def _small(self, change: Mapping[str, Any]) -> Row | None:
        table, row = change["table"], change["row"]
        if table == "codes":
            return {"table": table, "op": change["op"], "row": self._code(row)}
        if table == "codings" and self._seen(row):
            return {"table": table, "op": change["op"], "row": _coding(row)}
        return None

    def _seen(self, row: Mapping[str, Any]) -> bool:
        return row.get("source_id", self.source_id) == self.source_id

    def _code(self, row: Mapping[str, Any]) -> Row:
        small = {name: row[name] for name in _CODE if name in row}
        if "parent_id" in row:
            small["parent"] = row["parent_id"]
        if "definition" in row:
            small["definition"] = row["definition"]
            small["about"] = in_language(row["definition"], self.language)
        return {"id": row["code_id"], **small}


def _coding(row: Mapping[str, Any]) -> Row:
    small = {name: row[name] for name in _CODING if name in row}
    for name, given in (("code", "code_id"), ("of", "suggestion_id"), ("at", "created_at")):
        if given in row:
            small[name] = row[given]
    return {"id": row["coding_id"], **small}


def in_language(definition: str | None, language: str) -> str:
    """Give the part of a shipped definition, "ru / en", in a language; any other as it is."""
    parts = (definition or "").split(" / ")
    if len(parts) == 2 and _CYRILLIC.search(parts[0]) and not _CYRILLIC.search(parts[1]):
        return parts[language == "en"]
    return definition or ""


def _plain(frame: pd.DataFrame) -> Iterable[Row]:
    """Rows as JSON takes them: missing values are None."""
    cells = frame.astype(object).where(frame.notna(), None)
    return (dict(zip(cells.columns, row, strict=True)) for row in cells.itertuples(index=False))
