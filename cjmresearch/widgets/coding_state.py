"""What one coder sees of one source: the page's data, and what has changed since it was read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from cjmresearch.errors import CjmError
from cjmresearch.store import Project
from cjmresearch.widgets.assistant import assisting_reason

Row = dict[str, Any]
_CODING = ("start", "end", "coder", "status", "confidence", "memo")
_CODE = (
    "slug", "scheme", "kind", "name_ru", "name_en", "definition", "include", "exclude", "colour",
    "key", "position",
)  # fmt: skip
_MATERIAL = {"texts", "turns", "speakers"}
_SHOWN = {*_MATERIAL, "codes", "codings", "project"}
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)


class State:
    """One source of a project as a coder sees it; nothing is kept but the last event seen."""

    def __init__(self, project: Project, source: str | None, *, coder: str, language: str) -> None:
        self.project = project
        self.coder = coder
        self.language = language
        self.source_id, self.title = self._source(source)
        self.seq = 0

    def _source(self, given: str | None) -> tuple[str, str]:
        sources = self.project.rows("sources")
        if not sources:
            raise CjmError("the project has no sources; add a transcript first")
        for source in sources:
            names = (source["source_id"], source["title"], source["file"])
            if given is None or given in names:
                return names[:2]
        known = ", ".join(repr(source["title"]) for source in sources[:8])
        raise CjmError(f"no source {given!r} in the project; it has {known}")

    # -- all of it ----------------------------------------------------------------------------

    def page(self) -> dict[str, Any]:
        """Read everything the page shows, and remember up to which event that is."""
        self.seq = self.project.seq
        codings = self.project.visible_rows(self.coder, source_id=self.source_id)
        return {
            "source": self._material(),
            "codes": [self._code(row) for row in self.project.rows("codes")],
            "codings": [self._coding(row) for row in codings],
            "seq": self.seq,
            "history": self.history(),
            "blind": self.project.blind,
        }

    def history(self) -> list[str | None]:
        """Name what undo and redo would take."""
        return list(self.project.history(self.coder))

    def _material(self) -> dict[str, Any]:
        own = {"source_id": self.source_id}
        sources = {row["source_id"]: row for row in self.project.rows("sources")}
        source = sources[self.source_id]
        (text,) = self.project.rows("texts", **own, revision=source["revision"])
        turns = sorted(self.project.rows("turns", **own), key=itemgetter("position"))
        speakers = self.project.rows("speakers", **own)
        number = {row["speaker"]: i for i, row in enumerate(speakers)}
        return {
            "id": self.source_id,
            "title": source["title"],
            "text": text["text"],
            "speakers": [[row["speaker"], row["role"]] for row in speakers],
            "turns": [
                [
                    turn["position"],
                    turn["start"],
                    turn["end"],
                    number.get(turn["speaker"], -1),
                    turn["begin_s"],
                    turn["prompt"],
                ]
                for turn in turns
            ],
            "sources": [[s, row["title"]] for s, row in sources.items()],
        }

    # -- what has changed ---------------------------------------------------------------------

    def catch_up(self, since: int | None = None) -> dict[str, Any]:
        """Read what changed after an event, the last one seen if none is given.

        `page` is there, in the place of `changes`, where the text itself or who may see what
        has changed.
        """
        since = self.seq if since is None or since > self.seq else since
        told = {"since": since, "history": self.history()}
        self.seq = self.project.seq
        found = self.project.changes(since, coder=self.coder, tables=_SHOWN)
        if any(self._is_material(change) for change in found):
            return {**told, "page": self.page(), "seq": self.seq}
        changes = [small for change in found if (small := self._small(change))]
        return {**told, "changes": changes, "seq": self.seq}

    def _is_material(self, change: Mapping[str, Any]) -> bool:
        table, row = change["table"], change["row"]
        if change["op"] == "reload" or table == "project":
            return True
        return table in _MATERIAL and row.get("source_id", self.source_id) == self.source_id

    def _small(self, change: Mapping[str, Any]) -> Row | None:
        table, op, row = change["table"], change["op"], change["row"]
        if table == "codes":
            small = self._code(row) if op == "put" else {"id": row["code_id"]}
        elif row.get("source_id", self.source_id) != self.source_id:
            return None
        else:
            small = self._coding(row) if op == "put" else {"id": row["coding_id"]}
        return {"table": table, "op": op, "row": small}

    def _code(self, row: Mapping[str, Any]) -> Row:
        small = {name: row[name] for name in _CODE}
        small["about"] = in_language(row["definition"], self.language)
        return {"id": row["code_id"], "parent": row["parent_id"], **small}

    def _coding(self, row: Mapping[str, Any]) -> Row:
        small = {name: row[name] for name in _CODING}
        if row["status"] == "suggested" and row["memo"]:
            small["memo"] = assisting_reason(row["memo"], self.language)
        small |= {"id": row["coding_id"], "code": row["code_id"], "of": row["suggestion_id"]}
        return small


def in_language(definition: str | None, language: str) -> str:
    """Give the part of a shipped definition, "ru / en", in a language; any other as it is."""
    parts = (definition or "").split(" / ")
    if len(parts) == 2 and _CYRILLIC.search(parts[0]) and not _CYRILLIC.search(parts[1]):
        return parts[language == "en"]
    return definition or ""
