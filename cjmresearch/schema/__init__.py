"""The data contract: every table between two stages, its columns, types, units and relations.

`TABLES` is the one description that the store, the readers, the tests and `docs/data-format.md`
are made from. Spans are Python `str` indices (code points), half open, into the current revision
of the source's text.
"""

from __future__ import annotations

from cjmresearch.schema.columns import (
    BACKSTAGE,
    CHANNELS,
    CODE_KINDS,
    ITEM_LAYERS,
    MAP_TYPES,
    METRICS,
    NOTES,
    OUTCOMES,
    OWNERSHIPS,
    PERSONA_ORIGINS,
    QUESTION_TYPES,
    RELATIONS,
    ROLES,
    SOURCE_KINDS,
    STATUSES,
    VOICES,
    Column,
    Table,
    source_parts,
)
from cjmresearch.schema.designs import finished_for, gold_designs
from cjmresearch.schema.frames import check, check_relations, empty, frame, table
from cjmresearch.schema.rows import row
from cjmresearch.schema.study import Study
from cjmresearch.schema.tables import BASE_TABLES, TABLES

__all__ = [
    "BACKSTAGE",
    "BASE_TABLES",
    "CHANNELS",
    "CODE_KINDS",
    "ITEM_LAYERS",
    "MAP_TYPES",
    "METRICS",
    "NOTES",
    "OUTCOMES",
    "OWNERSHIPS",
    "PERSONA_ORIGINS",
    "QUESTION_TYPES",
    "RELATIONS",
    "ROLES",
    "SOURCE_KINDS",
    "STATUSES",
    "TABLES",
    "VOICES",
    "Column",
    "Study",
    "Table",
    "check",
    "check_relations",
    "empty",
    "finished_for",
    "frame",
    "gold_designs",
    "row",
    "source_parts",
    "table",
]
