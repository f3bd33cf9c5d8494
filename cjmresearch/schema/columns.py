"""What a table is made of: columns with a kind, bounds, and the sets that values come from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["id", "str", "int", "float", "bool", "time", "json"]

_DTYPES: dict[str, str] = {
    "id": "str",
    "str": "str",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
    "time": "datetime64[us, UTC]",
    "json": "str",
}

ROLES = ("interviewer", "participant", "other")
VOICES = ("customer", "employee", "expert")
OUTCOMES = ("loyal", "active", "lost")
SOURCE_KINDS = ("interview", "focus_group", "survey", "review", "call", "observation", "note")
QUESTION_TYPES = ("id", "date", "closed", "scale", "multiple", "open")
METRICS = ("nps", "csat", "ces", "other")
CODE_KINDS = (
    "stage",
    "touchpoint",
    "emotion",
    "pain",
    "need",
    "dream",
    "action",
    "thought",
    "opportunity",
    "metaphor",
    "other",
)
NOTES = "memo"
"""Scheme of the codes that hold notes: they are no findings."""
STATUSES = ("human", "suggested", "accepted", "rejected")
CHANNELS = ("digital", "physical", "human")
OWNERSHIPS = ("owned", "earned", "paid", "partner")
MAP_TYPES = ("current", "day_in_life", "future", "blueprint")
PERSONA_ORIGINS = ("manual", "trait", "cluster")
BACKSTAGE = ("people", "policies", "technologies", "processes")
"""Lanes that a service blueprint adds behind the line of visibility."""
ITEM_LAYERS = (
    "goals",
    "touchpoints",
    "actions",
    "thoughts",
    "feelings",
    "metaphors",
    "needs",
    "barriers",
    "opportunities",
    "tasks",
    "metrics",
    "staff",
    *BACKSTAGE,
    "resources_have",
    "resources_need",
)
"""Layers that a person may put an item on."""
RELATIONS = {
    "rests_on": "an item -> a coding: the quote that makes it evidence",
    "removed_by": "a barrier (a code or an item) -> an opportunity",
    "done_by": "an opportunity -> a task of the team",
    "measured_by": "an opportunity or a task -> a metric",
    "read_from": "a metric -> a question of a survey, or a stage of the curve",
    "before": "a metric -> the wave before the change",
    "after": "a metric -> the wave after the change",
    "answered_by": "what a client does (a code or an item) -> what staff do",
}
"""Relations of links, from -> to."""


def source_parts(source: str | None) -> list[str]:
    """Split the source of a field into what may be coding_ids: parts between commas and spaces."""
    return re.split(r"[,;\s]+", source.strip()) if isinstance(source, str) else []


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether it may be missing, what it may hold, and what it means."""

    name: str
    kind: Kind
    doc: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    ref: str | None = None
    """Column of another table that a value must stand in, as `table.column`."""

    @property
    def dtype(self) -> str:
        """The pandas dtype: whole numbers that can't be missing are int64, else Int64."""
        return "int64" if self.kind == "int" and not self.nullable else _DTYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and the columns that identify a row."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def __getitem__(self, column: str) -> Column:
        return next(c for c in self.columns if c.name == column)

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [c.name for c in self.columns]


def id_(name: str, doc: str = "", *, ref: str | None = None, nullable: bool = False) -> Column:
    """Make a column of ids."""
    return Column(name, "id", doc, nullable, ref=ref)


def text(name: str, doc: str = "", *, null: bool = True, of: tuple[str, ...] = ()) -> Column:
    """Make a column of text, with the set of allowed words if there is one."""
    return Column(name, "str", doc, null, of)


def number(
    name: str,
    doc: str = "",
    *,
    null: bool = True,
    low: float | None = None,
    high: float | None = None,
) -> Column:
    """Make a column of floats within bounds."""
    return Column(name, "float", doc, null, low=low, high=high)


def whole(
    name: str,
    doc: str = "",
    *,
    null: bool = False,
    low: float | None = 0,
    high: float | None = None,
) -> Column:
    """Make a column of whole numbers within bounds."""
    return Column(name, "int", doc, null, low=low, high=high)
