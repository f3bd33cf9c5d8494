"""Train the shipped emotion model: `python scripts/train_emotion.py --data DIR`.

Writes `emotion-3.npz`, `.json` and `.md` into the package. Learns from GoEmotions, its Russian
machine translation, CEDR, BRIGHTER, XED and the phrases of the package only; see the card for
their licences. Folds are fixed: the same data and versions give the same bytes (one BLAS thread).
What takes long is kept in the folder of `--cache`, under the hash of what it was made of.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy: sums in another order are other bytes

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from emotion_card import write_card
from emotion_data import (
    brighter,
    cedr,
    cedr_lexicon,
    fold_of,
    goemotions,
    normalised,
    phrases,
    ru_goemotions,
    translations,
    xed,
)
from emotion_fit import Problem, Settings, fit, out_of_fold
from emotion_tune import Held, tune
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from cjmresearch.models import artifact, polarity
from cjmresearch.models.encoder import default_encoder
from cjmresearch.models.features import ANALYSERS, TextFeatures

VERSION = "emotion-3"
VOCABULARY = {"word": {"en": 18_000, "ru": 16_000}, "char": {"en": 16_000, "ru": 14_000}}
AGREEMENT = 3.0
"""How much the valence of a text and of its translation is drawn together, beside its labels."""
NATIVE = {"word": 20_000, "char": 60_000}
"""Terms of the native Russian sets, beside the common ones: only their own columns use them."""
TARGET = Path(__file__).parents[1] / "cjmresearch/models/data" / VERSION

EKMAN = ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")
CEDR6 = ("joy", "sadness", "surprise", "fear", "anger", "none")
BRIGHTER6 = ("anger", "disgust", "fear", "joy", "sadness", "surprise")
GROUP4 = ("positive", "negative", "ambiguous", "neutral")
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
    "negative": (1.0, 0.0, 0.0),
    "positive": (0.0, 0.0, 1.0),
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
    """Heads that learn together: labels, weight of each set for each head, settings, folds."""

    name: str
    heads: dict[str, tuple[str, ...]]
    sets: dict[str, dict[str, float]]
    settings: Settings
    folds: int = 3

    @property
    def columns(self) -> list[tuple[str, str]]:
        """List (head, label) of each column."""
        return [(head, label) for head, labels in self.heads.items() for label in labels]


def recipes(labels28: tuple[str, ...], common: np.ndarray, lists: np.ndarray) -> tuple[Recipe, ...]:
    """List what is fitted; chosen on the training and dev splits, see the card.

    `common` marks the terms that are not only of the native Russian sets; `lists`
    (terms, lists) those of `word_lists`.
    """
    goe = {"goemotions": 1.0, "ru_goemotions": 2.0}
    native = {"cedr": 0.3, "brighter_rus": 0.3}
    films = {"xed_en": 1.0, "xed_ru": 1.0}
    every = {"goemotions": 1.0, "ru_goemotions": 3.0, "cedr": 0.5, "brighter_rus": 1.0}
    every |= {"brighter_eng": 0.5, "xed_en": 0.5, "xed_ru": 0.5, "phrases": 6.0}
    return (
        Recipe(
            "goemotions",
            {"goemotions28": labels28, "ekman7": EKMAN, "group4": GROUP4},
            {"goemotions28": goe, "ekman7": goe | native, "group4": goe},
            Settings(c=1.0, steps=40, counts=True, known=common),
        ),
        Recipe(
            "cedr",
            {"cedr6": CEDR6},
            {"cedr6": {"cedr": 1.0, "brighter_rus": 0.5, "ru_goemotions": 0.25, "xed_ru": 0.25}},
            Settings(c=1.5, dense_scale=0.7, steps=60, counts=True, shared=lists, link="softmax"),
            folds=5,
        ),
        Recipe(
            "brighter",
            {"brighter6": BRIGHTER6},
            {"brighter6": {"cedr": 0.3, "brighter_rus": 1.0}},
            Settings(c=4.0, dense_scale=0.7, steps=90, counts=True, shared=lists),
            folds=5,
        ),
        Recipe("films", {"xed2": XED2}, {"xed2": films}, Settings(c=0.3, steps=40, known=common)),
        Recipe(
            "valence",
            {"valence": SENTIMENTS},
            {"valence": every},
            Settings(c=0.3, steps=40, link="softmax", known=common, agreement=AGREEMENT),
        ),
    )


def gather(data: Path) -> pd.DataFrame:
    """Collect the training rows: set, id, text, labels, norm, language, key.

    `key` groups what must not be split between folds: a text of GoEmotions and its translation,
    and the same text wherever it occurs.
    """
    rows = pd.concat(
        [
            goemotions(data, "train"),
            goemotions(data, "dev"),
            ru_goemotions(data),
            cedr(data),
            brighter(data, "rus", "train"),
            brighter(data, "rus", "dev"),
            brighter(data, "eng", "train"),
            brighter(data, "eng", "dev"),
            xed(data, "ru"),
            xed(data, "en"),
            phrases(),
        ],
        ignore_index=True,
    )
    rows["norm"] = rows["text"].map(normalised)
    rows = rows[rows["norm"] != ""]
    rows = rows[~rows.duplicated(["set", "norm"])].reset_index(drop=True)
    cyrillic = rows["text"].str.contains("[а-яА-Я]", regex=True)
    rows["language"] = np.where(cyrillic, "ru", "en")
    english = rows["set"] == "goemotions"
    first = dict(zip(rows.loc[english, "id"], rows.loc[english, "norm"], strict=True))
    rows["key"] = [
        first.get(text_id, norm) if kind == "ru_goemotions" else norm
        for kind, text_id, norm in zip(rows["set"], rows["id"], rows["norm"], strict=True)
    ]
    return rows


def vocabularies(rows: pd.DataFrame) -> tuple[tuple[TextFeatures, ...], np.ndarray]:
    """Choose the commonest terms of each language and of the native sets; mark the common ones."""
    rows = rows[rows["set"] != "phrases"]
    native = rows["set"].isin(["cedr", "brighter_rus"])
    blocks, common = [], []
    for kind, sizes in VOCABULARY.items():
        shared: set[str] = set()
        for language, size in sizes.items():
            shared |= commonest(kind, rows.loc[rows["language"] == language, "text"], 3, size)
        least = 2 if kind == "word" else 3
        terms = sorted(shared | commonest(kind, rows.loc[native, "text"], least, NATIVE[kind]))
        whole = TfidfVectorizer(analyzer=ANALYSERS[kind], vocabulary=terms)
        idf = whole.fit(rows["text"]).idf_.astype(np.float32)
        blocks.append(TextFeatures(kind, tuple(terms), idf.astype(np.float64)))
        common += [term in shared for term in terms]
    return tuple(blocks), np.array(common)


def word_lists(blocks: tuple[TextFeatures, ...], data: Path) -> np.ndarray:
    """Mark for each term the lists of CEDR's lexicon and of `polarity.yaml` that hold it.

    What stands under a negator is on lists of its own: «не радует» is no list of joy.
    """
    cedr_lists = cedr_lexicon(data).values()

    def held(word: str) -> list[bool]:
        signs = polarity.lists_of(word)
        return [word in words for words in cedr_lists] + [kind in signs for kind in polarity.SIGNED]

    size = len(held(""))
    rows = np.zeros((sum(map(len, blocks)), 2 * size), dtype=np.float32)
    for at, term in enumerate(blocks[0].terms):
        word = term.removeprefix("¬")
        if " " not in word:
            first = size * (word != term)
            rows[at, first : first + size] = held(word)
    return rows


def commonest(kind: str, texts: pd.Series, least: int, size: int) -> set[str]:
    """Give the terms that occur in most texts, at least in `least`."""
    part = TfidfVectorizer(analyzer=ANALYSERS[kind], min_df=least, max_features=size)
    return set(part.fit(texts).vocabulary_)


def kept(name: str, parts: list[object], cache: Path, make: Callable[[], np.ndarray]) -> np.ndarray:
    """Read what an earlier run made of the same `parts`, or make it and keep it in `cache`."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.tobytes() if isinstance(part, np.ndarray) else repr(part).encode()
        digest.update(content)
    path = cache / f"{name}-{digest.hexdigest()[:16]}.npy"
    if path.exists():
        return np.load(path)
    made = make()
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, made)
    return made


def sentiment_target(labels: tuple[str, ...]) -> tuple[float, float, float]:
    """Give shares of negative, neutral and positive for the labels of a text."""
    telling = [x for x in labels if x != "neutral"] or ["neutral"]
    shares = [SHARES[x] for x in telling]
    return tuple(float(x) for x in np.mean(shares, axis=0))


def embedded(rows: pd.DataFrame, cache: Path) -> np.ndarray:
    """Embed the texts, set by set."""
    encoder = default_encoder()
    parts = []
    for name, texts in rows.groupby("set", sort=False)["text"]:
        mine = texts.tolist()
        parts.append(kept(f"use-{name}", [mine], cache, lambda mine=mine: encoder.encode(mine)))
    return np.vstack(parts)


def problem(
    rows: pd.DataFrame, recipe: Recipe, other_names: dict[str, dict[str, tuple[str, ...]]]
) -> Problem:
    """Pick the rows of a recipe, with targets and weights of each column."""
    weight = np.column_stack(
        [rows["set"].map(recipe.sets[head]).fillna(0.0) for head, _ in recipe.columns]
    )
    if recipe.name == "valence":
        silent = {"surprise", "anticipation"}
        films = rows["set"].str.startswith("xed")
        unclear = rows["labels"].map(lambda found: bool(found) and set(found) <= silent)
        weight[films & unclear] = 0.0
    at = np.flatnonzero(weight.any(axis=1))
    chosen, weight = rows.iloc[at], weight[at]
    if recipe.name == "valence":
        target = np.array([sentiment_target(found) for found in chosen["labels"]])
    else:
        named = {head: named_labels(chosen, head, other_names) for head in recipe.heads}
        target = np.array(
            [[label in found for found in named[head]] for head, label in recipe.columns]
        ).T
        unsaid = np.array([label == "disgust" for _, label in recipe.columns])
        weight[np.ix_(chosen["set"] == "cedr", unsaid)] = 0.0
        if recipe.settings.link == "softmax":
            (labels,) = recipe.heads.values()
            foreign = ~all_among(next(iter(named.values())), labels)
            weight[foreign] = 0.0
            target = target / np.maximum(target.sum(axis=1, keepdims=True), 1)
    pairs = translations(rows)
    pairs = pairs[np.isin(pairs, at).all(axis=1)]
    return Problem(at, target.astype(np.float32), weight.astype(np.float32), pairs)


def all_among(named: list[tuple[str, ...]], labels: tuple[str, ...]) -> np.ndarray:
    """Mark the rows all of whose labels are among `labels`: only these can share out 1."""
    return np.array([set(found) <= set(labels) for found in named], dtype=bool)


def named_labels(
    rows: pd.DataFrame, head: str, other_names: dict[str, dict[str, tuple[str, ...]]]
) -> list[tuple[str, ...]]:
    """Give the labels of the rows in the words of a head."""
    empty = {"cedr6": ("none",), "ekman7": ("neutral",)}.get(head, ())
    renamed = other_names.get("ekman7" if head == "cedr6" else head, {})
    found = [
        (renamed[row_id] if kind.endswith("goemotions") and renamed else labels) or empty
        for kind, row_id, labels in zip(rows["set"], rows["id"], rows["labels"], strict=True)
    ]
    if head == "cedr6":
        found = [tuple("none" if x == "neutral" else x for x in labels) for labels in found]
    return found


def taxonomies(data: Path) -> dict[str, dict[str, tuple[str, ...]]]:
    """Map the ids of GoEmotions, train and dev, to labels of its two smaller taxonomies."""
    found = {}
    for head, taxonomy in (("ekman7", "ekman"), ("group4", "group")):
        table = pd.concat([goemotions(data, part, taxonomy) for part in ("train", "dev")])
        found[head] = dict(zip(table["id"], table["labels"], strict=True))
    return found


def mixes(data: Path, labels28: tuple[str, ...]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Say which of the 28 labels make up each label of the smaller taxonomies, by the data."""
    fine = goemotions(data, "train")
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for head, taxonomy in (("ekman7", "ekman"), ("group4", "group")):
        coarse = goemotions(data, "train", taxonomy)
        single = {
            (one[0], other[0])
            for one, other in zip(fine["labels"], coarse["labels"], strict=True)
            if len(one) == 1
        }
        found[head] = {}
        for label, whole in sorted(single, key=lambda pair: labels28.index(pair[0])):
            found[head][whole] = (*found[head].get(whole, ()), label)
    return found


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder with goemotions, cedr …")
    parser.add_argument("--out", type=Path, default=TARGET, help="path of the files, no suffix")
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "cjm-train", help="scratch"
    )
    parser.add_argument("--without-encoder", action="store_true", help="the rival: TF-IDF alone")
    parser.add_argument("--permute", action="store_true", help="shuffle the labels: a check")
    return parser.parse_args()


def main() -> None:
    """Train, calibrate, write."""
    given = arguments()
    started = time.process_time()
    rows = gather(given.data)
    blocks, common = vocabularies(rows)
    texts = rows["text"].tolist()
    features = sparse.hstack([block.transform(texts) for block in blocks], format="csr")
    dense = embedded(rows, given.cache)
    if given.without_encoder:
        dense = np.zeros_like(dense)
    say(f"{len(rows)} rows, {features.shape[1]} terms, {common.sum()} common", started)

    labels28 = tuple(
        (given.data / "goemotions/original/labels.txt").read_text(encoding="utf-8").split()
    )
    other_names, mixed = taxonomies(given.data), mixes(given.data, labels28)
    columns, heads, held = [], [], {}
    for recipe in recipes(labels28, common, word_lists(blocks, given.data)):
        task = problem(rows, recipe, other_names)
        if given.permute:
            order = np.random.default_rng(0).permutation(len(task.at))
            task = Problem(task.at, task.target[order], task.weight, task.pairs)
        folds = (
            rows["key"].iloc[task.at].map(lambda key, n=recipe.folds: fold_of(key, n)).to_numpy()
        )
        inputs = [
            *(recipe.settings, recipe.folds, given.without_encoder, task.at, task.target),
            *(task.weight, folds, features[task.at].data, features[task.at].indices),
            *([task.pairs, AGREEMENT] if recipe.settings.agreement else []),
        ]
        if recipe.settings.shared is not None:
            inputs.append(recipe.settings.shared)
        unseen = kept(
            f"oof-{recipe.name}",
            inputs,
            given.cache,
            lambda t=task, f=folds, s=recipe.settings: out_of_fold(features, dense, t, f, s),
        )
        say(f"{recipe.name}: {len(task.at)} rows out of fold", started)
        solved = kept(
            f"fit-{recipe.name}",
            inputs,
            given.cache,
            lambda t=task, s=recipe.settings: fit(features, dense, t, s),
        )
        columns.append(solved)
        first = 0
        for name, labels in recipe.heads.items():
            mix = tuple(mixed.get(name, {}).get(label, ()) for label in labels)
            at_column = sum(len(head.labels) for head in heads)
            heads.append(
                artifact.Head(
                    name, labels, recipe.settings.link, at_column, mix if any(mix) else ()
                )
            )
            mine = slice(first, first + len(labels))
            parts = (x[:, mine] for x in (task.target, task.weight, unseen))
            held[name] = Held(labels, task.at, *parts)
            first += len(labels)
        say(f"{recipe.name}: fitted", started)

    tuned = tune(held, rows, heads)
    weights = artifact.Weights(
        blocks=blocks,
        encoder_scale=1.0,
        coef=np.hstack([solved[:-1] for solved in columns]),
        bias=np.concatenate([solved[-1] for solved in columns]),
        platt=tuned.platt,
        heads=tuple(heads),
    )
    meta = {
        "version": VERSION,
        "thresholds": tuned.thresholds,
        "valence_bins": tuned.valence_bins,
        "out_of_fold": tuned.figures,
        "training_rows": rows.groupby("set").size().to_dict(),
        "encoder": default_encoder().name,
    }
    digest = artifact.save(weights, given.out, meta)
    write_card(given.out)
    size = given.out.with_suffix(".npz").stat().st_size / 1e6
    say(f"{given.out}.npz {size:.2f} MB sha256 {digest}", started)


def say(text: str, started: float) -> None:
    """Print a line of progress with the CPU seconds so far."""
    sys.stdout.write(f"[{time.process_time() - started:6.0f} s] {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
