"""The map: layers x stages, each mark with the quotes behind it; models, tables, audit, changes.

`build` computes a `JourneyMap`; `JourneyMap.explain` opens a number and `recompute` works it out
again. `models`, `model` and `crosswalk` are the journey models: code once, view in any.
"""

from __future__ import annotations

from cjmresearch.journey.explaining import recompute
from cjmresearch.journey.graphs import Model, crosswalk, model, model_of, models
from cjmresearch.journey.layers import (
    BACKSTAGE,
    FIVE_QUESTIONS,
    LAYER_NAMES,
    LAYER_OF_KIND,
    LAYERS,
    REQUIRED,
)
from cjmresearch.journey.mapping import JourneyMap, build, members_of

__all__ = [
    "BACKSTAGE",
    "FIVE_QUESTIONS",
    "LAYERS",
    "LAYER_NAMES",
    "LAYER_OF_KIND",
    "REQUIRED",
    "JourneyMap",
    "Model",
    "build",
    "crosswalk",
    "members_of",
    "model",
    "model_of",
    "models",
    "recompute",
]
