"""Train the shipped tagger: `python scripts/train_taggers.py --data DIR`.

Writes `tagger-1.npz`, `.json` and `.md` into the package. Learns from the clauses in
`tagger_phrases` (ours), from survey answers under CC0, MIT and Apache licences whose question says
what they are, and from calm texts of the sets that the emotion model learns from. No row of
`tests/gold` is learnt from. Seeds and folds are fixed: the same data give the same bytes.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy: sums in another order are other bytes

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import tagger_data as source
from emotion_data import fold_of
from emotion_fit import Problem, Settings, fit, out_of_fold
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from tagger_card import write_card
from tagger_metrics import figures

from cjmresearch import codebooks
from cjmresearch.models import artifact
from cjmresearch.models.encoder import default_encoder
from cjmresearch.models.features import TextFeatures, word_terms
from cjmresearch.models.marks import terms
from cjmresearch.models.tagger import MARKS, matrix
from cjmresearch.text import language_of

VERSION = "tagger-1"
FOLDS = 5
TALK = {"goemotions": 3_000, "cedr": 2_000, "brighter_rus": 800, "xed_ru": 800, "xed_en": 800}
TERMS = 7_000
"""Words and pairs kept of each language."""
MARK_WEIGHT = 0.5
ENCODER_SCALE = 0.5
HERE = Path(__file__).parents[1]
TARGET = HERE / "cjmresearch/models/data" / VERSION
GOLD = HERE / "tests/gold/segments.csv"


@dataclass(frozen=True)
class Recipe:
    """How one head learns: its column among the rows, labels, link, inverse regularisation."""

    name: str
    labels: tuple[str, ...]
    link: str
    c: float


RECIPES = (
    Recipe("pain", ("pain",), "sigmoid", 1.0),
    Recipe("wish", ("wish",), "sigmoid", 0.5),
    Recipe("dream", ("dream",), "sigmoid", 1.0),
    Recipe("barrier", source.BARRIERS, "softmax", 2.0),
    Recipe("severity", source.SEVERITIES, "softmax", 0.5),
    Recipe("touchpoints", source.TOUCHPOINTS, "sigmoid", 4.0),
    Recipe("stage", source.STAGES, "softmax", 4.0),
)

# What a question adds to the logits, and from which probability on a label is given: chosen on the
# open half of tests/gold and on the sample study; see the card.
ASKED = {
    "written": {
        "cues:trouble": {"pain.pain": 2.0, "touchpoints.product": 1.0, "stage.c9": 1.0},
        "cues:wish": {
            "wish.wish": 3.0,
            "pain.pain": -1.0,
            "touchpoints.product": 1.0,
            "stage.c9": 1.0,
        },
        "cues:delight": {"pain.pain": -1.0, "touchpoints.product": 1.0, "stage.c9": 1.0},
        "cues:product": {"touchpoints.product": 1.0, "stage.c9": 1.0},
        "stage": 6.0,
    },
    "spoken": {
        "cues:trouble": {"pain.pain": 0.5},
        "cues:wish": {"wish.wish": 0.5},
        "cues:delight": {},
        "cues:product": {"touchpoints.product": 0.5, "stage.c9": 0.5},
        "stage": 6.0,
    },
}
THRESHOLDS = {
    "pain": {"*": 0.6, "* ru": 0.4},
    "wish": {"*": 0.85, "* ru": 0.7},
    "dream": {"*": 0.5},
    "barrier": {"*": 0.6},
    "touchpoints": {"*": 0.9, "product": 0.5},
    "stage": {"*": 0.2},
}


def gather(data: Path, gold: Path) -> pd.DataFrame:
    """Collect the rows: what is known of each text, its language, weight and fold."""
    written = list(source.phrases())
    rows = [
        *written,
        *source.spoken(written, copies=2),
        *source.answers(data, source.gold_hashes(gold)),
        *source.talk(data, sizes=TALK),
    ]
    frame = pd.DataFrame(rows, columns=source.COLUMNS)
    frame = frame[~frame.duplicated(["set", "text"])].reset_index(drop=True)
    frame["language"] = frame["text"].map(language_of)
    frame["fold"] = frame["parent"].map(lambda parent: fold_of(parent, FOLDS))
    return frame


def vocabularies(rows: pd.DataFrame) -> tuple[TextFeatures, ...]:
    """Choose the commonest words and pairs of each language, and every mark."""
    chosen: set[str] = set()
    for language in artifact.LANGUAGES:
        part = TfidfVectorizer(analyzer=word_terms, min_df=2, max_features=TERMS)
        chosen.update(part.fit(rows.loc[rows["language"] == language, "text"]).vocabulary_)
    whole = TfidfVectorizer(analyzer=word_terms, vocabulary=sorted(chosen))
    idf = whole.fit(rows["text"]).idf_.astype(np.float32).astype(np.float64)
    found = {t for said, lang in zip(rows["text"], rows["language"], strict=True)
             for t in terms(said, lang)}  # fmt: skip
    marked = tuple(sorted(found))
    return (
        TextFeatures("word", tuple(sorted(chosen)), idf),
        TextFeatures(MARKS, marked, np.full(len(marked), MARK_WEIGHT)),
    )


def embed(texts: list[str], cache: Path) -> np.ndarray:
    """Embed the texts; those that an earlier run has met come from `cache`."""
    path = cache / "tagger-embeddings.npz"
    known: dict[str, np.ndarray] = {}
    if path.exists():
        with np.load(path, allow_pickle=False) as stored:
            known = dict(zip(stored["names"], stored["rows"], strict=True))
    names = [source.digest(said) for said in texts]
    new = {name: said for name, said in zip(names, texts, strict=True) if name not in known}
    if new:
        known.update(zip(new, default_encoder().encode(list(new.values())), strict=True))
        cache.mkdir(parents=True, exist_ok=True)
        np.savez(path, names=np.array(list(known)), rows=np.stack(list(known.values())))
    return np.stack([known[name] for name in names])


def problem(rows: pd.DataFrame, recipe: Recipe) -> Problem:
    """Pick the rows that say something to a head, with their targets and weights."""
    values = rows[recipe.name]
    at = np.flatnonzero(values.notna())
    told = values.iloc[at]
    if recipe.labels == (recipe.name,):
        target = told.to_numpy(dtype=np.float32)[:, None]
    elif recipe.name == "touchpoints":
        target = np.array([[label in found for label in recipe.labels] for found in told])
    else:
        target = told.to_numpy()[:, None] == np.array(recipe.labels, dtype=object)
    weight = rows["weight"].to_numpy()[at].astype(np.float32)
    columns = np.repeat(weight[:, None], target.shape[1], axis=1)
    return Problem(at, target.astype(np.float32), columns)


def calibration(unseen: np.ndarray, task: Problem, recipe: Recipe) -> np.ndarray:
    """Fit slope and intercept of each column on out-of-fold logits, both languages together."""
    platt = np.zeros((unseen.shape[1], 2))
    platt[:, 0] = 1.0
    if recipe.link == "softmax":

        def loss(slope: float) -> float:
            shares = log_softmax(unseen * slope, axis=1)
            return -float((task.weight * task.target * shares).sum())

        platt[:, 0] = float(minimize_scalar(loss, bounds=(0.3, 5), method="bounded").x)
    else:
        for j in range(unseen.shape[1]):
            model = LogisticRegression(C=10.0).fit(
                unseen[:, [j]], task.target[:, j] > 0, sample_weight=task.weight[:, j]
            )
            platt[j] = model.coef_[0, 0], model.intercept_[0]
    return np.repeat(platt[None], len(artifact.LANGUAGES), axis=0)


def spine() -> dict[str, str]:
    """Map the stages of b2b8 to their place on the common spine."""
    return {f"b2b8:{c.slug}": c.canonical[0] for c in codebooks.book("b2b8").codes}


def main() -> None:
    """Train, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with goemotions, cedr …")
    parser.add_argument("--gold", type=Path, default=GOLD, help="segments that aren't learnt from")
    parser.add_argument("--out", type=Path, default=TARGET, help="path of the files, no suffix")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "cjm-train", help="embeddings"
    )
    given = parser.parse_args()
    started = time.process_time()
    rows = gather(given.data, given.gold)
    blocks = vocabularies(rows)
    features = matrix(blocks, rows["text"].tolist())
    embedded = embed(rows["text"].tolist(), given.cache) * np.float32(ENCODER_SCALE)
    say(f"{len(rows)} rows, {features.shape[1]} terms", started)
    columns, biases, platt, heads, held = [], [], [], [], {}
    for recipe in RECIPES:
        task = problem(rows, recipe)
        settings = Settings(recipe.c, steps=120, link=recipe.link)
        folds = rows["fold"].to_numpy()[task.at]
        unseen = out_of_fold(features, embedded, task, folds, settings)
        final = fit(features, embedded, task, settings)
        first = sum(len(head.labels) for head in heads)
        heads.append(artifact.Head(recipe.name, recipe.labels, recipe.link, first))
        platt.append(calibration(unseen, task, recipe))
        held[recipe.name] = (task, unseen, platt[-1][0])
        columns.append(final[:-1])
        biases.append(final[-1])
        say(f"head {recipe.name}: {len(task.at)} rows", started)
    weights = artifact.Weights(
        blocks=blocks,
        encoder_scale=ENCODER_SCALE,
        coef=np.hstack(columns),
        bias=np.concatenate(biases),
        platt=np.concatenate(platt, axis=1),
        heads=tuple(heads),
    )
    meta = {
        "version": VERSION,
        "thresholds": THRESHOLDS,
        "asked": ASKED,
        "spine": spine(),
        "out_of_fold": figures(held, rows, heads),
        "training_rows": rows.groupby("set").size().to_dict(),
        "encoder": default_encoder().name,
    }
    digest = artifact.save(weights, given.out, meta)
    write_card(given.out)
    size = given.out.with_suffix(".npz").stat().st_size / 1e6
    say(f"{given.out}.npz {size:.2f} MB sha256 {digest}", started)


def say(line: str, started: float) -> None:
    """Print a line of progress with the CPU seconds so far."""
    sys.stdout.write(f"[{time.process_time() - started:6.0f} s] {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
