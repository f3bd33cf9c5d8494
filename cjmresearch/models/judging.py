"""Texts by themselves -> a frame of pains or of suggestions, for `models.classify`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.models.emotion import EmotionModel
from cjmresearch.models.pains import judge, suffered, thresholds
from cjmresearch.models.tagger import TaggerModel, TagReading
from cjmresearch.models.tagging import Once

HEADS = {"pain": "pain", "suggestion": "wish"}


def classified(
    model: TaggerModel, texts: Sequence[str], *, task: str, emotion: EmotionModel
) -> pd.DataFrame:
    """Judge texts for `task` {pain, suggestion}; the columns are those of `models.classify`."""
    once = Once(model.encoder)
    shared = once if emotion.encoder is model.encoder else emotion.encoder
    reading = replace(model, encoder=once).read(texts)
    feeling = replace(emotion, encoder=shared).read(texts)
    head = HEADS[task]
    scores = np.where(reading.unknown, 0.0, reading.column(head))
    least = [thresholds(model, reading.language(at))[head] for at in range(len(scores))]
    given = scores >= np.array(least)
    if task == "pain":
        given = np.isin(np.arange(len(scores)), suffered(model, reading))
    frame = pd.DataFrame(
        {
            "text": pd.Series(reading.texts, dtype="str"),
            "labels": pd.Series([[task] if yes else [] for yes in given], dtype=object),
            "scores": pd.Series([{task: float(score)} for score in scores], dtype=object),
            "valence": np.where(feeling.abstained, 0.0, feeling.valence),
            "abstained": reading.unknown,
        }
    )
    return frame if task == "suggestion" else frame.assign(**_kinds(model, reading, given))


def _kinds(model: TaggerModel, reading: TagReading, given: np.ndarray) -> dict[str, Any]:
    types: list[str | None] = [None] * len(given)
    severities: list[int | None] = [None] * len(given)
    for at in np.flatnonzero(given):
        pain = judge(model, reading, int(at))
        types[at], severities[at] = pain.types[0][0], pain.severity
    return {
        "type": pd.Series(types, dtype=object),
        "severity": pd.Series(severities, dtype=object),
    }
