"""The map: layers x stages, each mark with the quotes behind it; models, tables, audit, changes.

`build` computes a `JourneyMap`; `JourneyMap.explain` opens a number and `recompute` works it out
again; `Only` narrows a map to some people or codings. `models`, `model` and `crosswalk` are the
journey models: code once, view in any. `tables`, `five_questions`, `two_sided` and `grid` write the
map out; `plan` follows a barrier to what was done about it; `audit` looks for the classic errors;
`procedure` says which steps of the work are done; `diff` says what changed between two maps.
"""

from __future__ import annotations

from cjmresearch.journey.auditing import audit
from cjmresearch.journey.changes import diff
from cjmresearch.journey.explaining import recompute
from cjmresearch.journey.graphs import (
    CANONICAL,
    Model,
    crosswalk,
    model,
    model_of,
    models,
)
from cjmresearch.journey.hints import stage_hints
from cjmresearch.journey.lanes import swimlanes
from cjmresearch.journey.layers import (
    BACKSTAGE,
    FIVE_QUESTIONS,
    LAYER_NAMES,
    LAYER_OF_KIND,
    LAYERS,
    REQUIRED,
)
from cjmresearch.journey.ledger import orphans, plan
from cjmresearch.journey.mapping import JourneyMap, build, members_of
from cjmresearch.journey.narrowing import Only
from cjmresearch.journey.procedure import procedure, resources
from cjmresearch.journey.tables import five_questions, grid, metaphors, tables, two_sided

__all__ = [
    "BACKSTAGE",
    "CANONICAL",
    "FIVE_QUESTIONS",
    "LAYERS",
    "LAYER_NAMES",
    "LAYER_OF_KIND",
    "REQUIRED",
    "JourneyMap",
    "Model",
    "Only",
    "audit",
    "build",
    "crosswalk",
    "diff",
    "five_questions",
    "grid",
    "members_of",
    "metaphors",
    "model",
    "model_of",
    "models",
    "orphans",
    "plan",
    "procedure",
    "recompute",
    "resources",
    "stage_hints",
    "swimlanes",
    "tables",
    "two_sided",
]
