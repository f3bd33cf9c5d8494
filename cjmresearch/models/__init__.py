"""Shipped classifiers that suggest feelings and a valence: offline, Russian and English.

    models.load("emotion")          the model itself, shaped like a scikit-learn classifier
    models.classify(texts)          texts -> a frame of labels, scores and valence
    models.tag(segments)            segments -> suggested codings [codings]
    models.gold_sample(project, n)  a random sample for a person to code blind [samples]
    models.quality(project)         precision, recall and calibration on that sample
    models.suggest(project, code)   any code of the project, learned from what people coded
    models.search(project, query)   what participants say about something, in either language
    models.themes(project)          groups of what they say, as suggestions for a codebook

A suggestion is not a finding: it gets into a chart only when a person accepts it or asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cjmresearch import codebooks
from cjmresearch.errors import ModelError
from cjmresearch.models import emotion
from cjmresearch.models.corpus import corpus
from cjmresearch.models.emotion import EmotionModel
from cjmresearch.models.encoder import default_encoder, encoder
from cjmresearch.models.gold import gold_sample
from cjmresearch.models.pool import Pool
from cjmresearch.models.quality import Quality, quality
from cjmresearch.models.schemes import SCHEMES
from cjmresearch.models.search import search
from cjmresearch.models.themes import themes

if TYPE_CHECKING:
    from cjmresearch.models.suggester import Suggester
    from cjmresearch.models.suggesting import suggest
    from cjmresearch.models.tagger import TaggerModel
    from cjmresearch.models.tagging import Tagger

__all__ = [
    "MODELS",
    "SCHEMES",
    "TASKS",
    "EmotionModel",
    "Pool",
    "Quality",
    "Suggester",
    "classify",
    "corpus",
    "encoder",
    "gold_sample",
    "load",
    "load_tagger",
    "quality",
    "search",
    "suggest",
    "tag",
    "taggers",
    "themes",
    "without_tagger",
]
_WITH_SKLEARN = {"Suggester": "suggester", "suggest": "suggesting"}


def __getattr__(name: str) -> Any:
    if name in _WITH_SKLEARN:
        return getattr(import_module(f"{__name__}.{_WITH_SKLEARN[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


MODELS = {"emotion": "emotion-3"}
TAGGER = "tagger-1"
TASKS = ("emotion", "sentiment", "pain", "suggestion")

_FOLDER = Path(__file__).with_name("data")


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


@cache
def load_tagger() -> TaggerModel:
    """Load the shipped tagger of pains, touchpoints and stages, once a process.

    `ModelError` where a file doesn't match its hash.
    """
    from cjmresearch.models import tagger

    return tagger.load(_FOLDER / TAGGER)


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
    are left empty, its valence is 0 and may be anything). `task` is `emotion`, `sentiment`
    (labels negative, neutral, positive), `pain` (label pain; also the columns type, the slug of a
    barrier, and severity, 1 to 3, both missing where there is no pain) or `suggestion` (a need, a
    wish or a proposal). `scheme` is used for `emotion` alone.
    """
    if task not in TASKS:
        raise ModelError(f"no task {task!r}; known: {', '.join(TASKS)}")
    model = load("emotion", scheme=scheme)
    given = list(texts) if not isinstance(texts, str) else texts
    parts = [_classified(model, given[at], task) for at in _steps(len(given), progress)]
    return pd.concat(parts or [_classified(model, given[:0], task)], ignore_index=True)


def _classified(model: EmotionModel, texts: Sequence[str], task: str) -> pd.DataFrame:
    if task in ("pain", "suggestion"):
        from cjmresearch.models.judging import classified

        return classified(load_tagger(), texts, task=task, emotion=model)
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


def tag(
    segments: pd.DataFrame,
    *,
    codes: pd.DataFrame | None = None,
    model: EmotionModel | None = None,
    threshold: float | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Suggest feelings, pains, touchpoints and stages: [segments] -> [codings].

    Only what participants say is tagged, and the encoder reads it once for all. Coders are
    `model:emotion-3`, `model:pains-1` (also needs and dreams), `model:touchpoints-1` and
    `model:stages-1`, and `rules:...` for codes that no model knows; status suggested; confidence
    is the score, or that of the rule where it is higher; `memo` names the rule, the words or the
    question that a suggestion comes from. What a rule finds (as in `text.tag`) is always
    suggested, once a code and segment; where the rules cover a source (see
    `cjmresearch.models.tagging.COVERED`) the model alone adds no touchpoint, barrier or use.
    Feelings carry the valence of the segment, pains an intensity of 1 to 3. Talk of one or two
    words ("Okay.", «Да, да») gets only what a rule names; in a written answer one word may tell.
    The same segments give the same coding_id, however the work is cut between sources.

    Parameters
    ----------
    segments
        Frame [segments]. The question before a turn (its prompt, or the interviewer's turn) is
        taken from the same frame.
    codes
        Frame [codes]: only its codes are suggested. Default is `codebooks.default()`.
    model
        Another emotion model, e.g. one with a mapping of your own: `load(scheme="mine.yaml")`.
    threshold
        One threshold for all, in place of the learned ones.
    progress
        Show a progress bar.
    """
    from cjmresearch import text
    from cjmresearch.models.tagging import suggestions

    known = codebooks.default() if codes is None else codes
    chosen = taggers(known, model=model, threshold=threshold)
    found = suggestions(segments, chosen, encoder=default_encoder(), progress=progress)
    found = found[found["code_id"].isin(known["code_id"])]
    rest = without_tagger(known)
    ruled = rest[rest["slug"].isin(_with_patterns())]
    if len(ruled):
        found = pd.concat([found, text.tag(segments, codes=ruled)])
    return found.reset_index(drop=True)


@cache
def _with_patterns() -> frozenset[str]:
    return frozenset(codebooks.patterns()["slug"])


def without_tagger(codes: pd.DataFrame) -> pd.DataFrame:
    """Give the codes [codes] that no tagger knows: those are for the rules alone."""
    from cjmresearch.models import pains, places

    journeys = codes.loc[codes["kind"] == "stage", "scheme"].unique()
    staged = {slug for journey in journeys for slug in places.stages_of(journey)}
    known = codes["scheme"].isin([*pains.SCHEMES, places.TOUCHPOINTS]) | codes["slug"].isin(staged)
    return codes[~known].reset_index(drop=True)


def taggers(
    codes: pd.DataFrame, *, model: EmotionModel | None = None, threshold: float | None = None
) -> list[Tagger]:
    """Give the taggers that `tag` runs for these codes [codes], in order."""
    from cjmresearch.models.feelings import Feelings
    from cjmresearch.models.pains import Pains
    from cjmresearch.models.places import Stages, Touchpoints

    slugs = frozenset(codes["slug"])
    stages = frozenset(codes.loc[codes["kind"] == "stage", "slug"])
    tagger_model = load_tagger()
    feelings = model or load("emotion")
    if not feelings.scheme.own:
        feelings = feelings.with_scheme("cx11")
    return [
        Touchpoints(tagger_model, slugs, threshold),
        Pains(tagger_model, slugs, threshold),
        Stages(tagger_model, stages, threshold),
        Feelings(feelings, threshold),
    ]


def _steps(length: int, progress: bool) -> Iterable[slice]:
    steps = list(emotion.chunks(length))
    if not progress:
        return steps
    from tqdm.auto import tqdm

    return tqdm(steps, desc="classify", unit_scale=emotion.CHUNK, unit=" texts")
