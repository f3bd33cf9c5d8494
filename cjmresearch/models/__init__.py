"""Shipped classifiers that suggest feelings and a valence: offline, Russian and English.

    models.load("emotion")          the model itself, shaped like a scikit-learn classifier
    models.classify(texts)          texts -> a frame of labels, scores and valence
    models.tag(segments)            segments -> suggested codings [codings]

A suggestion is not a finding: it gets into a chart only when a person accepts it or asks for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from cjmresearch import codebooks, schema
from cjmresearch.errors import ModelError
from cjmresearch.models import emotion
from cjmresearch.models.emotion import EmotionModel
from cjmresearch.models.schemes import SCHEMES

__all__ = ["MODELS", "SCHEMES", "TASKS", "EmotionModel", "classify", "load", "tag"]

MODELS = {"emotion": "emotion-2"}
TASKS = ("emotion", "sentiment")

_FOLDER = Path(__file__).with_name("data")
_CLEAR = 0.2
"""From this distance from 0 a valence is clear enough to veto a feeling of the other sign."""


def load(name: str = "emotion", *, scheme: str | Path = "cx11") -> EmotionModel:
    """Load a shipped model, once a process.

    `scheme` is one of `SCHEMES`, or the path of a YAML file with a mapping of your own; the model
    card is in `.card`. `ModelError` where the name is
    unknown or a file doesn't match its hash.
    """
    if name not in MODELS:
        raise ModelError(f"no model {name!r}; known: {', '.join(MODELS)}")
    return _shipped(name).with_scheme(scheme)


@cache
def _shipped(name: str) -> EmotionModel:
    return emotion.load(_FOLDER / MODELS[name])


def classify(
    texts: Sequence[str],
    *,
    task: str = "emotion",
    scheme: str | Path = "cx11",
    progress: bool = False,
) -> pd.DataFrame:
    """Label texts: one row a text, in their order.

    Columns: text; labels (a list, the likeliest first, may be empty); scores (a dict of label to
    float between 0 and 1); valence (float64, -1 to 1); valence_low, valence_high (float64: in four
    of five texts of the training sets what people felt lies between them; less surely elsewhere,
    see the card); abstained (bool: no letters, or hardly a word that the model knows: its labels
    are left empty, its valence is 0 and may be anything). `task` is `emotion` or
    `sentiment` (then the labels are negative, neutral, positive, and `scheme` is not used).
    """
    if task not in TASKS:
        raise ModelError(f"no task {task!r}; known: {', '.join(TASKS)}")
    model = load("emotion", scheme=scheme)
    given = list(texts) if not isinstance(texts, str) else texts
    parts = [_classified(model, given[at], task) for at in _steps(len(given), progress)]
    return pd.concat(parts or [_classified(model, [], task)], ignore_index=True)


def _classified(model: EmotionModel, texts: Sequence[str], task: str) -> pd.DataFrame:
    reading = model.read(texts)
    if task == "sentiment":
        names: tuple[str, ...] = emotion.SENTIMENTS
        scores = reading.sentiment
        best = [[names[i]] for i in scores.argmax(axis=1)]
        labels = [[] if no else x for x, no in zip(best, reading.abstained, strict=True)]
    else:
        names, scores = model.labels, model.scores(reading)
        labels = model.choose(scores, reading)
    return pd.DataFrame(
        {
            "text": pd.Series(reading.texts, dtype="str"),
            "labels": pd.Series(labels, dtype=object),
            "scores": pd.Series(
                [dict(zip(names, map(float, row), strict=True)) for row in scores], dtype=object
            ),
            "valence": np.where(reading.abstained, 0.0, reading.valence),
            "valence_low": np.where(reading.abstained, -1.0, reading.interval[:, 0]),
            "valence_high": np.where(reading.abstained, 1.0, reading.interval[:, 1]),
            "abstained": reading.abstained,
        }
    )


_WORDS_THAT_TELL = 3


def tag(
    segments: pd.DataFrame,
    *,
    model: EmotionModel | None = None,
    threshold: float | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Suggest feelings for what the participants say: [segments] -> [codings].

    One row a feeling and segment: code `feelings:<label>`, coder `model:emotion-2`, status
    suggested, confidence (the score), valence (of the segment, which overrides the code's).
    A feeling whose own valence contradicts a clear valence of the segment is not suggested.
    Segments of one or two words ("Okay.", «Да, да») get none: in talk they are politeness. The
    same segments give the same coding_id. `threshold` replaces the learned ones. A `model` with a
    mapping of your own (`load(scheme="mine.yaml")`) suggests its labels.
    """
    model = model or load("emotion")
    if not model.scheme.own:
        model = model.with_scheme("cx11")
    said_enough = segments["text"].str.split().str.len() >= _WORDS_THAT_TELL
    spoken = segments[(segments["role"] == "participant") & said_enough]
    rows: list[dict[str, object]] = []
    for at in _steps(len(spoken), progress):
        rows += _suggestions(model, spoken.iloc[at], threshold)
    if not rows:
        return schema.empty("codings")
    now = pd.Timestamp.now(tz="UTC")
    return schema.frame("codings", pd.DataFrame(rows).assign(status="suggested", created_at=now))


def _suggestions(
    model: EmotionModel, segments: pd.DataFrame, threshold: float | None
) -> list[dict[str, object]]:
    reading = model.read(segments["text"].tolist())
    scores = model.scores(reading)
    chosen = model.choose(scores, reading, threshold=threshold)
    signs = {label.name: label.sign for label in model.scheme.labels}
    coder = f"model:{model.version}"
    rows: list[dict[str, object]] = []
    for i, segment in enumerate(segments.itertuples(index=False)):
        valence = float(reading.valence[i])
        for label in chosen[i]:
            if abs(valence) >= _CLEAR and signs[label] * valence < 0:
                continue
            slug = f"feelings:{label}"
            key = f"{segment.source_id}|{segment.start}|{segment.end}|{slug}|{coder}"
            rows.append(
                {
                    "coding_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:{key}")),
                    "source_id": segment.source_id,
                    "start": segment.start,
                    "end": segment.end,
                    "quote": segment.text,
                    "code_id": codebooks.code_id(slug),
                    "coder": coder,
                    "confidence": float(scores[i, model.labels.index(label)]),
                    "valence": valence,
                }
            )
    return rows


def _steps(length: int, progress: bool) -> Iterable[slice]:
    steps = list(emotion.chunks(length))
    if not progress:
        return steps
    from tqdm.auto import tqdm

    return tqdm(steps, desc="emotion", unit_scale=emotion.CHUNK, unit=" texts")
