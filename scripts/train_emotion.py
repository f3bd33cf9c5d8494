"""Train the shipped emotion model: `python scripts/train_emotion.py --data DIR`.

Writes `emotion-1.npz`, `.json` and `.md` into the package. Learns from GoEmotions, its Russian
machine translation (two thirds), CEDR, BRIGHTER and XED only; see the card for their licences.
Seeds and folds are fixed: the same data and versions give the same bytes (one BLAS thread).
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy: sums in another order are other bytes

import argparse
import hashlib
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from emotion_card import write_card
from emotion_data import brighter, cedr, fold_of, goemotions, normalised, ru_goemotions, xed
from emotion_fit import Problem, fit, out_of_fold
from emotion_tune import calibration, oof_figures, scheme_thresholds
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from cjmresearch.models import artifact
from cjmresearch.models.encoder import default_encoder
from cjmresearch.models.features import ANALYSERS, TextFeatures

VERSION = "emotion-1"
FOLDS = 3
HELD_OUT = 3  # every third translated row is kept for measuring
VOCABULARY = {"word": {"en": 16_000, "ru": 14_000}, "char": {"en": 14_000, "ru": 12_000}}
TARGET = Path(__file__).parents[1] / "cjmresearch/models/data" / VERSION

EKMAN = ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")
CEDR5 = ("joy", "sadness", "surprise", "fear", "anger")
XED2 = ("anticipation", "trust")
SENTIMENTS = ("negative", "neutral", "positive")

POSITIVE = (
    *("admiration", "amusement", "approval", "caring", "desire", "excitement", "gratitude", "joy"),
    *("love", "optimism", "pride", "relief", "trust"),
)
NEGATIVE = (
    *("anger", "annoyance", "disappointment", "disapproval", "disgust", "embarrassment", "fear"),
    *("grief", "nervousness", "remorse", "sadness"),
)
SHARES = {
    **dict.fromkeys(NEGATIVE, (1.0, 0.0, 0.0)),
    **dict.fromkeys(POSITIVE, (0.0, 0.0, 1.0)),
    "confusion": (0.4, 0.6, 0.0),
    "curiosity": (0.0, 0.7, 0.3),
    "surprise": (0.1, 0.7, 0.2),
    "realization": (0.1, 0.8, 0.1),
    "anticipation": (0.1, 0.6, 0.3),
    "neutral": (0.0, 1.0, 0.0),
}


@dataclass(frozen=True)
class Recipe:
    """How one head learns: weight of each set, inverse regularisation, scale of the embedding."""

    name: str
    labels: tuple[str, ...]
    link: str
    sets: dict[str, float]
    c: float
    encoder_scale: float
    steps: int


def recipes(labels28: tuple[str, ...]) -> tuple[Recipe, ...]:
    """List the heads of the model; chosen on the training and dev splits, see the card."""
    goe = {"goemotions": 1.0, "ru_goemotions": 2.0}
    native = {"cedr": 1.0, "brighter_rus": 0.5, "goemotions": 0.1, "ru_goemotions": 0.3}
    films = {"xed_en": 1.0, "xed_ru": 1.0}
    every = {
        "goemotions": 1.0,
        "ru_goemotions": 3.0,
        "cedr": 0.5,
        "brighter_rus": 1.0,
        "brighter_eng": 0.5,
        "xed_en": 0.5,
        "xed_ru": 0.5,
    }
    return (
        Recipe("goemotions28", labels28, "sigmoid", goe, 1.0, 1.0, 100),
        Recipe("ekman7", EKMAN, "sigmoid", goe, 1.0, 1.0, 80),
        Recipe("cedr5", CEDR5, "sigmoid", native, 4.0, 1.0, 80),
        Recipe("xed2", XED2, "sigmoid", films, 0.3, 1.0, 60),
        Recipe("valence", SENTIMENTS, "softmax", every, 0.3, 1.0, 60),
    )


def gather(data: Path) -> pd.DataFrame:
    """Collect the training rows: set, id, text, labels, norm, language, fold.

    Leaves out what is held out for measuring, and every text that occurs there.
    """
    translated = ru_goemotions(data)
    held = translated["id"].map(lambda text_id: fold_of(text_id, HELD_OUT) == 0)
    measured = [goemotions(data, "dev"), translated[held]]
    measured += [brighter(data, language, "dev") for language in ("rus", "eng")]
    seen = set(pd.concat(measured)["text"].map(normalised))
    rows = pd.concat(
        [
            goemotions(data, "train"),
            translated[~held],
            cedr(data),
            brighter(data, "rus", "train"),
            brighter(data, "eng", "train"),
            xed(data, "ru"),
            xed(data, "en"),
        ],
        ignore_index=True,
    )
    rows["norm"] = rows["text"].map(normalised)
    rows = rows[(rows["norm"] != "") & ~rows["norm"].isin(seen)]
    rows = rows[~rows.duplicated(["set", "norm"])].reset_index(drop=True)
    cyrillic = rows["text"].str.contains("[а-яА-Я]", regex=True)
    rows["language"] = np.where(cyrillic, "ru", "en")
    rows["fold"] = rows["norm"].map(lambda text: fold_of(text, FOLDS))
    return rows


def vocabularies(rows: pd.DataFrame) -> tuple[TextFeatures, ...]:
    """Choose the commonest terms of each language, and weigh them over both."""
    blocks = []
    for kind, sizes in VOCABULARY.items():
        terms: set[str] = set()
        for language, size in sizes.items():
            part = TfidfVectorizer(analyzer=ANALYSERS[kind], min_df=3, max_features=size)
            terms.update(part.fit(rows.loc[rows["language"] == language, "text"]).vocabulary_)
        whole = TfidfVectorizer(analyzer=ANALYSERS[kind], vocabulary=sorted(terms))
        idf = whole.fit(rows["text"]).idf_.astype(np.float32)
        blocks.append(TextFeatures(kind, tuple(sorted(terms)), idf.astype(np.float64)))
    return tuple(blocks)


def embed(texts: list[str], cache: Path) -> np.ndarray:
    """Embed the texts, or read what an earlier run of this script kept in `cache`."""
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
    path = cache / f"use-{digest}.npy"
    if path.exists():
        return np.load(path)
    embedded = default_encoder().encode(texts)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, embedded)
    return embedded


def sentiment_target(labels: tuple[str, ...]) -> tuple[float, float, float]:
    """Give shares of negative, neutral and positive for the labels of a text."""
    telling = [x for x in labels if x != "neutral"] or ["neutral"]
    shares = [SHARES[x] for x in telling]
    return tuple(float(x) for x in np.mean(shares, axis=0))


def problem(rows: pd.DataFrame, recipe: Recipe, ekman: dict[str, tuple[str, ...]]) -> Problem:
    """Pick the rows of a head, with their targets and weights."""
    weight = rows["set"].map(recipe.sets).fillna(0.0).to_numpy()
    if recipe.name == "valence":
        silent = {"surprise", "anticipation"}
        films = rows["set"].str.startswith("xed")
        unclear = rows["labels"].map(lambda found: bool(found) and set(found) <= silent)
        weight = np.where(films & unclear, 0.0, weight)
    at = np.flatnonzero(weight > 0)
    chosen = rows.iloc[at]
    if recipe.name == "valence":
        target = np.array([sentiment_target(found) for found in chosen["labels"]])
    else:
        named = [
            ekman.get(row_id, ()) if recipe.name == "ekman7" else found
            for row_id, found in zip(chosen["id"], chosen["labels"], strict=True)
        ]
        target = np.array([[label in found for label in recipe.labels] for found in named])
    return Problem(at, target.astype(np.float32), weight[at].astype(np.float32))


def ekman_labels(data: Path) -> dict[str, tuple[str, ...]]:
    """Map the ids of GoEmotions, train and dev, to labels of the Ekman taxonomy."""
    parts = [goemotions(data, part, "ekman") for part in ("train", "dev")]
    table = pd.concat(parts)
    return dict(zip(table["id"], table["labels"], strict=True))


def main() -> None:
    """Train, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with goemotions, cedr …")
    parser.add_argument("--out", type=Path, default=TARGET, help="path of the files, no suffix")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "cjm-train", help="embeddings"
    )
    parser.add_argument("--without-encoder", action="store_true", help="the rival: TF-IDF alone")
    given = parser.parse_args()
    started = time.process_time()
    rows = gather(given.data)
    blocks = vocabularies(rows)
    texts = rows["text"].tolist()
    features = sparse.hstack([block.transform(texts) for block in blocks], format="csr")
    embedded = embed(texts, given.cache)
    if given.without_encoder:
        embedded = np.zeros_like(embedded)
    say(f"{len(rows)} rows, {features.shape[1]} terms", started)

    labels28 = tuple(
        (given.data / "goemotions/original/labels.txt").read_text(encoding="utf-8").split()
    )
    ekman = ekman_labels(given.data)
    columns, biases, platt, heads, held = [], [], [], [], {}
    for recipe in recipes(labels28):
        task = problem(rows, recipe, ekman)
        dense = embedded * np.float32(recipe.encoder_scale)
        settings = {"c": recipe.c, "steps": recipe.steps, "link": recipe.link}
        unseen = out_of_fold(features, dense, task, rows["fold"].to_numpy(), settings)
        final = fit(features, dense, task, settings)
        final[features.shape[1] : -1] *= recipe.encoder_scale
        home = calibration(unseen, task, rows, recipe)
        held[recipe.name] = (task, home.probabilities)
        heads.append(
            artifact.Head(recipe.name, recipe.labels, recipe.link, sum(map(len_of, heads)))
        )
        columns.append(final[:-1])
        biases.append(final[-1])
        platt.append(home.platt)
        say(f"head {recipe.name}: {len(task.at)} rows", started)

    weights = artifact.Weights(
        blocks=blocks,
        encoder_scale=1.0,
        coef=np.hstack(columns),
        bias=np.concatenate(biases),
        platt=np.concatenate(platt, axis=1),
        heads=tuple(heads),
    )
    thresholds = scheme_thresholds(held, rows, heads)
    figures = oof_figures(held, rows, heads, thresholds)
    meta = {
        "version": VERSION,
        "thresholds": thresholds,
        "out_of_fold": figures,
        "training_rows": rows.groupby("set").size().to_dict(),
        "encoder": default_encoder().name,
    }
    digest = artifact.save(weights, given.out, meta)
    write_card(given.out)
    size = given.out.with_suffix(".npz").stat().st_size / 1e6
    say(f"{given.out}.npz {size:.2f} MB sha256 {digest}", started)


def len_of(head: artifact.Head) -> int:
    """Count the columns of a head."""
    return len(head.labels)


def say(text: str, started: float) -> None:
    """Print a line of progress with the CPU seconds so far."""
    sys.stdout.write(f"[{time.process_time() - started:6.0f} s] {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
