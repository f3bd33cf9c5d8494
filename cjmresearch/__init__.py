"""From interviews and survey answers to journey maps whose every mark can be opened.

The flow, one module a stage; every arrow is a pandas DataFrame that `schema.check` accepts:

    read        files -> sources, texts, turns, questions, answers
    text        turns -> segments; rules suggest touchpoints, pains and stages
    models      classifiers suggest emotions with a valence
    Project     keeps base tables and every event (SQLite or PostgreSQL); undo and redo
    aggregate   codings -> observations -> emotion curve, pain ranking, touchpoint matrix
    journey     the map: layers x stages, each cell with its evidence
    personas    groups of participants, by a trait or by hand
    guides      question banks: what to ask, and who was asked and has answered
    privacy     names out of a project and back in; looks for names in what is handed out
    plot        draws what aggregate, journey and personas compute, under the same names
    report      one self-contained page for the stakeholder
    widgets     explorers in a notebook

Importing the package is light: pandas, spaCy, scikit-learn and matplotlib load on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from cjmresearch.errors import (
    CjmError,
    CodebookError,
    ModelError,
    ReadError,
    SchemaError,
    StoreError,
    UnequalErrorWarning,
    UnknownFormat,
)

if TYPE_CHECKING:
    from cjmresearch import (
        aggregate,
        codebooks,
        export,
        guides,
        journey,
        models,
        personas,
        plot,
        privacy,
        read,
        report,
        schema,
        text,
        widgets,
    )
    from cjmresearch.schema import Study
    from cjmresearch.store import Project

__version__ = "0.1.0"

_OBJECTS = {"Project": "cjmresearch.store", "Study": "cjmresearch.schema"}

__all__ = [
    "CjmError",
    "CodebookError",
    "ModelError",
    "Project",
    "ReadError",
    "SchemaError",
    "StoreError",
    "Study",
    "UnequalErrorWarning",
    "UnknownFormat",
    "__version__",
    "aggregate",
    "codebooks",
    "export",
    "guides",
    "journey",
    "models",
    "personas",
    "plot",
    "privacy",
    "read",
    "report",
    "schema",
    "text",
    "widgets",
]


def __getattr__(name: str) -> Any:
    if name in _OBJECTS:
        return getattr(importlib.import_module(_OBJECTS[name]), name)
    if name in __all__:
        return importlib.import_module(f"cjmresearch.{name}")
    raise AttributeError(f"module 'cjmresearch' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
