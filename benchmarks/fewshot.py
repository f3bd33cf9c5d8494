"""A researcher's own code from 10, 20, 50 and 100 labels, against the recipe of the prototype.

    python benchmarks/fewshot.py --data ../shared/data [--seeds 5] [--tune] [--out FILE]

With the reported codes and five seeds, the default, it writes `docs/fewshot.md`.

Protocol: 20 codes of five public sets, each with a one-line definition; a pool of at most 2,000
texts whose labels are hidden; the learner chooses what to have labelled; F1 of the code on texts
of groups that are not in the pool (at most 1,500); mean over codes and seeds. The Russian reviews
have 1,391 and 1,530 sentences outside of the held-out third: that is their pool.

Recipe of the prototype, on the same features: TF-IDF of lemmas and of pieces of words beside
embeddings times 5, logistic regression (C 4, balanced), threshold .5; the first five by likeness to
the definition, five by chance, then ten at a time by uncertainty.

A difference is the mean over codes and seeds of ours less the recipe's; its interval is a
bootstrap over codes (2,000 resamples), for seeds of one code are not independent. `--tune` runs the
codes that the constants were chosen on, with other seeds.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import hashlib
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import custom_codes
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score

from cjmresearch import __version__
from cjmresearch.models.pool import Features, Pool
from cjmresearch.models.suggester import Suggester

POINTS = (10, 20, 50, 100)
STEP = 5
POOL, HELD = 2_000, 1_500
TUNING_SEEDS = 11
SEEDS = 5
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/fewshot.md"
LEARNER = ("suggester", "linear", "fewshot", "pool", "features", "encoder")
"""Modules of `cjmresearch.models` that decide what the learner answers."""
HEAD = """# A researcher's own code from 10, 20, 50 and 100 labels

Written by `python benchmarks/fewshot.py`; don't edit. {codes} codes of five public sets, each with
a definition of one line; a pool of at most {pool:,} texts whose labels are hidden; the learner
chooses what to have labelled; F1 and average precision (ap) of the code on at most {held:,} texts
of groups that are not in the pool. Means over codes and {seeds} seeds. *recipe* is the prototype's,
on the same features: TF-IDF of lemmas and of pieces of words beside embeddings, logistic
regression, first asked by likeness to the definition and by chance, then by uncertainty.
*difference* is *Suggester* less *recipe*; in brackets 95 % by a bootstrap over codes, for seeds of
one code are not independent. No constant was chosen on these codes (`--tune` runs the others).
"""


class Recipe:
    """The prototype's recipe behind the same two calls."""

    name = "recipe"
    step = 10

    def __init__(self, pool: Pool, definition: str, seed: int) -> None:
        self._design = _design(pool.features)
        self._random = np.random.default_rng(seed)
        like = pool.features.meanings @ pool.transform([definition]).meanings[0]
        self._liked = np.argsort(-like, kind="stable")
        self._model: Any = None
        self._only = False

    def next(self, marks: np.ndarray, n: int) -> np.ndarray:
        """Choose what to label next."""
        open_ = np.flatnonzero(marks < 0)
        if len(open_) == len(marks):
            first = self._liked[: n // 2]
            rest = np.setdiff1d(open_, first)
            return np.concatenate([first, self._random.choice(rest, n - len(first), False)])
        if self._model is None:
            return self._random.choice(open_, n, replace=False)
        unsure = np.abs(self._model.predict_proba(self._design[open_])[:, 1] - 0.5)
        return open_[np.argsort(unsure, kind="stable")[:n]]

    def fit(self, marks: np.ndarray) -> None:
        """Learn from the labels so far."""
        known = np.flatnonzero(marks >= 0)
        self._only = bool(marks[known].all())
        if len(set(marks[known])) == 2:
            model = LogisticRegression(C=4, class_weight="balanced", max_iter=300)
            self._model = model.fit(self._design[known], marks[known])

    def predict(self, features: Features) -> tuple[np.ndarray, np.ndarray]:
        """Say which of the texts have the code, and how likely each is."""
        if self._model is None:
            return np.full(len(features), self._only), np.zeros(len(features))
        chances = self._model.predict_proba(_design(features))[:, 1]
        return chances > 0.5, chances


class Ours:
    """`models.Suggester` behind the same two calls."""

    name = "Suggester"
    step = STEP

    def __init__(self, pool: Pool, definition: str, seed: int) -> None:
        self._pool = pool
        self._suggester = Suggester(definition, random_state=seed).fit(pool)

    def next(self, marks: np.ndarray, n: int) -> np.ndarray:
        """Choose what to label next."""
        return self._suggester.next(n)

    def fit(self, marks: np.ndarray) -> None:
        """Learn from the labels so far."""
        self._suggester.fit(self._pool, marks)

    def predict(self, features: Features) -> tuple[np.ndarray, np.ndarray]:
        """Say which of the texts have the code, and how likely each is."""
        chances = self._suggester.predict_proba(features)[:, 1]
        return self._suggester.predict(features) == 1, chances


def _design(features: Features) -> sparse.csr_matrix:
    dense = sparse.csr_matrix(features.meanings * 5)
    return sparse.hstack([features.words, features.chars, dense], format="csr")


def rounds(
    learner: Recipe | Ours, truth: np.ndarray, held: tuple[Features, np.ndarray]
) -> Iterator[tuple[int, float, float]]:
    """Let the learner ask, answer it, and measure it on the way: labels, F1, average precision."""
    marks = np.full(len(truth), -1)
    while (labelled := int((marks >= 0).sum())) < POINTS[-1]:
        n = min(10 if not labelled else learner.step, POINTS[-1] - labelled)
        asked = learner.next(marks, n)
        marks[asked] = truth[asked]
        learner.fit(marks)
        if labelled + n in POINTS:
            said, chances = learner.predict(held[0])
            f1 = f1_score(held[1], said, zero_division=0)
            yield labelled + n, f1, average_precision_score(held[1], chances)


def measure(
    data: Path, codes: Sequence[tuple[str, str, str]], seeds: Sequence[int], *, recipe: bool = True
) -> pd.DataFrame:
    """Run all codes and seeds: set, code, seed, learner, labels, f1, ap."""
    found = []
    for name in dict.fromkeys(code[0] for code in codes):
        coded, held = custom_codes.halves(data, name)
        memory = custom_codes.Memory()
        for seed in seeds:
            random = np.random.default_rng(seed)
            at = np.sort(random.permutation(len(coded))[:POOL])
            asked = coded.iloc[at]
            pool = Pool(asked["text"].tolist(), groups=asked["group"], through=memory)
            tested = held.iloc[np.sort(np.random.default_rng(7).permutation(len(held))[:HELD])]
            features = pool.transform(tested["text"].tolist())
            for _, label, definition in (code for code in codes if code[0] == name):
                truth = np.array([label in x for x in asked["labels"]]).astype(int)
                marks = np.array([label in x for x in tested["labels"]])
                for kind in (Recipe, Ours) if recipe else (Ours,):
                    learner = kind(pool, definition, seed)
                    for labels, f1, ap in rounds(learner, truth, (features, marks)):
                        found.append((name, label, seed, kind.name, labels, f1, ap))
    columns = ["set", "code", "seed", "learner", "labels", "f1", "ap"]
    return pd.DataFrame(found, columns=columns)


def interval(differences: pd.Series) -> tuple[float, float]:
    """Bootstrap the mean of differences over codes: 2.5 and 97.5 per cent."""
    by_code = differences.groupby(["set", "code"]).mean().to_numpy()
    random = np.random.default_rng(0)
    means = by_code[random.integers(len(by_code), size=(2_000, len(by_code)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def table(results: pd.DataFrame, measured: str) -> str:
    """Write means by learner and their difference, as Markdown."""
    keys = ["set", "code", "seed", "labels"]
    wide = results.pivot(index=keys, columns="learner", values=measured)
    lines = _head(measured)
    means = wide.groupby("labels").mean()
    for learner in wide.columns:
        lines.append(f"| {learner} | " + " | ".join(f"{x:.3f}" for x in means[learner]) + " |")
    if len(wide.columns) == 2:
        more = wide["Suggester"] - wide["recipe"]
        cells = []
        for labels in POINTS:
            there = more.xs(labels, level="labels")
            low, high = interval(there)
            cells.append(f"{there.mean():+.3f} [{low:+.3f}, {high:+.3f}]")
        lines.append("| difference | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _head(first: str) -> list[str]:
    return [f"| {first} | " + " | ".join(map(str, POINTS)) + " |", "|---|" + "---|" * len(POINTS)]


def by_set(results: pd.DataFrame) -> str:
    """Write the F1 of each set, recipe / ours, as Markdown."""
    wide = results.pivot_table(index="set", columns=["labels", "learner"], values="f1", sort=False)
    lines = _head("set")
    for name, row in wide.iterrows():
        pairs = [row[labels].sort_index()[::-1] for labels in POINTS]
        cells = [" / ".join(f"{x:.2f}" for x in pair) for pair in pairs]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def by_code(results: pd.DataFrame) -> str:
    """Write the F1 of each code, recipe / ours, as Markdown."""
    means = results.groupby(["set", "code", "labels", "learner"], sort=False)["f1"].mean()
    wide = means.unstack("learner")
    lines = _head("code")
    for (name, code), rows in wide.groupby(["set", "code"], sort=False):
        pairs = [rows.loc[(name, code, labels)] for labels in POINTS]
        cells = " | ".join(f"{x['recipe']:.2f} / {x['Suggester']:.2f}" for x in pairs)
        lines.append(f"| {name}: {code} | {cells} |")
    return "\n".join(lines)


def learner_digest() -> str:
    """Give the first 12 hex digits of the SHA-256 of the modules that were measured."""
    folder = ROOT / "cjmresearch/models"
    digest = hashlib.sha256()
    for name in LEARNER:
        digest.update((folder / f"{name}.py").read_bytes())
    return digest.hexdigest()[:12]


def write_page(results: pd.DataFrame, seconds: float) -> None:
    """Write the tables as `docs/fewshot.md`."""
    seeds = results["seed"].nunique()
    codes = len(results[["set", "code"]].drop_duplicates())
    measured = (
        f"Measured: cjmresearch {__version__}, learner {learner_digest()} (SHA-256 of its modules "
        f"{', '.join(LEARNER)});\n{seconds / 60:.0f} minutes of one core."
    )
    parts = [
        HEAD.format(codes=codes, seeds=seeds, pool=POOL, held=HELD).rstrip(),
        measured,
        table(results, "f1"),
        table(results, "ap"),
        "F1 by set, recipe / Suggester:",
        by_set(results),
        "F1 by code, recipe / Suggester:",
        by_code(results),
    ]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")


def main() -> None:
    """Run the protocol and print its tables; the whole of it writes the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=FutureWarning)
    codes = custom_codes.TUNED if options.tune else custom_codes.REPORTED
    first = TUNING_SEEDS if options.tune else 0
    results = measure(options.data, codes, range(first, first + options.seeds))
    if options.seeds == SEEDS and not options.tune:
        write_page(results, time.process_time())
    if options.out:
        results.to_csv(options.out, index=False)
    print(table(results, "f1"), table(results, "ap"), by_set(results), sep="\n\n")


if __name__ == "__main__":
    main()
