"""Measure the shipped taggers zero-shot: `python benchmarks/taggers.py --data DIR`.

Sets that no shipped model may learn from: complaints in tweets, suggestions in forum posts,
Russian reviews of restaurants and cars (a sentence with a negative aspect and no positive one),
Russian drug reviews (a sentence that tells of an adverse reaction). For each: precision, recall
and F1 at the shipped threshold with the 95 % interval over texts, average precision, F1 of the
rules alone, and F1 of "every text is one". `--write` puts the table into the model card.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"

import argparse
import csv
import json
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from tagger_card import write_card  # noqa: E402

from cjmresearch import models  # noqa: E402
from cjmresearch.models.marks import marks  # noqa: E402
from cjmresearch.text import language_of, sentence_spans  # noqa: E402

DRAWS = 1000
CARD = ROOT / "cjmresearch/models/data/tagger-1"


def complaints(data: Path) -> Iterator[tuple[str, bool]]:
    """Read tweets to companies and whether they complain."""
    path = data / "complaints_preotiuc/complaints.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield row[1], row[2] == "1"


def suggestions(data: Path) -> Iterator[tuple[str, bool]]:
    """Read the labelled trial sentences of the forum and whether they suggest something."""
    path = data / "suggestion_mining_semeval2019/SubtaskA_Trial_Test_Labeled.csv"
    with path.open(encoding="latin-1", newline="") as file:
        for row in list(csv.reader(file))[1:]:
            yield row[1], row[2] == "1"


def reviews(name: str) -> Callable[[Path], Iterator[tuple[str, bool]]]:
    """Give a reader of review sentences whose aspects are all negative, or all positive."""

    def read(data: Path) -> Iterator[tuple[str, bool]]:
        path = data / f"sentirueval2015_absa/SentiRuEval_{name}_markup_train.xml"
        for review in ElementTree.parse(path).getroot():
            said = review.findtext("text") or ""
            aspects = [(int(a.get("from", 0)), a.get("sentiment")) for a in review.iter("aspect")]
            for start, end in sentence_spans(said, "ru"):
                felt = {tone for at, tone in aspects if start <= at < end}
                if felt & {"negative", "positive"} and not {"negative", "positive"} <= felt:
                    yield said[start:end], "negative" in felt

    return read


def drugs(data: Path) -> Iterator[tuple[str, bool]]:
    """Read sentences of drug reviews and whether they tell of an adverse reaction."""
    path = data / "rudrec/rudrec_annotated.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield row["text"].strip(), any(e["entity_type"] == "ADR" for e in row["entities"])


SETS: dict[str, tuple[str, Callable[[Path], Iterator[tuple[str, bool]]]]] = {
    "complaints (tweets, en)": ("pain", complaints),
    "negative aspects (restaurants, ru)": ("pain", reviews("rest")),
    "negative aspects (cars, ru)": ("pain", reviews("car")),
    "adverse reactions (drugs, ru)": ("pain", drugs),
    "suggestions (forum, en)": ("suggestion", suggestions),
}
RULES = {"pain": "barriers:", "suggestion": "cues:wish"}


def f1(truth: np.ndarray, given: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Compute F1 of each draw; a draw is a row of weights."""
    hits = draws @ (truth & given).astype(float)
    return 2 * hits / np.maximum(draws @ truth.astype(float) + draws @ given.astype(float), 1e-9)


def measure(name: str, data: Path) -> dict[str, object]:
    """Score one set."""
    task, read = SETS[name]
    rows = pd.DataFrame(list(read(data)), columns=["text", "truth"])
    truth = rows["truth"].to_numpy(dtype=bool)
    found = models.classify(rows["text"].tolist(), task=task)
    score = np.array([s[task] for s in found["scores"]])
    given = found["labels"].map(bool).to_numpy()
    ruled = np.array([_ruled(said, RULES[task]) for said in rows["text"]])
    every = np.ones(len(rows))[None]
    rng = np.random.default_rng(0)
    draws = rng.multinomial(len(rows), np.full(len(rows), 1 / len(rows)), size=DRAWS)
    low, high = np.quantile(f1(truth, given, draws), [0.025, 0.975])
    apart = np.quantile(f1(truth, given, draws) - f1(truth, ruled, draws), [0.025, 0.975])
    return {
        "set": name,
        "n": len(rows),
        "positive": int(truth.sum()),
        "precision": round(float(truth[given].mean()), 3),
        "recall": round(float(given[truth].mean()), 3),
        "F1": f"{float(f1(truth, given, every)[0]):.3f} [{low:.3f}, {high:.3f}]",
        "average precision": round(float(average_precision_score(truth, score)), 3),
        "F1 of the rules": round(float(f1(truth, ruled, every)[0]), 3),
        "F1 − rules": f"[{apart[0]:+.3f}, {apart[1]:+.3f}]",
        "F1 if all": round(float(f1(truth, np.ones_like(truth), every)[0]), 3),
    }


def _ruled(said: str, beginning: str) -> bool:
    found = marks(said, language_of(said)).found
    return any(slug.startswith(beginning) or beginning in slug for slug in found)


def main() -> None:
    """Score all sets and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--write", action="store_true", help="put the table into the card")
    given = parser.parse_args()
    table = [measure(name, given.data) for name in SETS]
    head = list(table[0])
    print("| " + " | ".join(head) + " |", "|" + "---|" * len(head), sep="\n")
    for row in table:
        print("| " + " | ".join(str(row[c]) for c in head) + " |")
    if given.write:
        path = CARD.with_suffix(".json")
        meta = json.loads(path.read_text(encoding="utf-8")) | {"zero_shot": table}
        text = json.dumps(meta, ensure_ascii=False, indent=1, sort_keys=True)
        path.write_text(text + "\n", encoding="utf-8", newline="\n")
        write_card(CARD)


if __name__ == "__main__":
    main()
