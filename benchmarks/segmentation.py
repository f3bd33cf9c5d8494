"""Sentence F1 on the Universal Dependencies dev files: spans must agree in both ends.

python benchmarks/segmentation.py /path/to/shared/data/ud
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from cjmresearch.text.sentences import sentence_spans


def documents(path: Path) -> Iterator[tuple[str, set[tuple[int, int]]]]:
    """Give each document as (text, gold spans); paragraphs are lines."""
    text, gold = "", set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# newdoc") and text:
            yield text, gold
            text, gold = "", set()
        elif line.startswith("# newpar") and text:
            text = text.rstrip() + "\n"
        elif line.startswith("# text = "):
            sentence = line.removeprefix("# text = ").strip()
            gold.add((len(text), len(text) + len(sentence)))
            text += sentence + " "
    if text:
        yield text, gold


def score(path: Path, language: str) -> tuple[float, float, float]:
    """Give precision, recall and F1 of `sentence_spans` on one file."""
    hits = found = wanted = 0
    for text, gold in documents(path):
        spans = set(sentence_spans(text, language))
        hits, found, wanted = hits + len(spans & gold), found + len(spans), wanted + len(gold)
    precision, recall = hits / found, hits / wanted
    return precision, recall, 2 * precision * recall / (precision + recall)


def main(folder: str) -> None:
    """Print one line a file and rule set."""
    for name, rules in (
        ("ru_taiga-dev.conllu", "ru"),
        ("en_ewt-dev.conllu", "en"),
        ("en_ewt-dev.conllu", "ru"),
    ):
        precision, recall, f1 = score(Path(folder) / name, rules)
        print(f"{name:22} rules {rules}: P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}")


if __name__ == "__main__":
    main(sys.argv[1])
