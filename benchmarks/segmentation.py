"""Sentence F1 and lemma accuracy on the Universal Dependencies dev files.

python benchmarks/segmentation.py /path/to/shared/data/ud

A sentence counts where both its ends agree. The Russian file has parts of different kinds: `uch`
and `xud` are prose with full stops, `instagram` is typed without them, `poetry` runs over its lines
(reported, not aimed at). Lemmas are counted over all gold tokens: *strict* is the gold string,
*folded* ignores case and takes ё for е.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from cjmresearch.text.lemmas import lemmatiser
from cjmresearch.text.sentences import sentence_spans

FILES = {"ru": "ru_taiga-dev.conllu", "en": "en_ewt-dev.conllu"}
Document = tuple[str, str, set[tuple[int, int]]]


def documents(path: Path) -> Iterator[Document]:
    """Give each document as (part, text, gold spans); paragraphs are lines.

    The part is the beginning of its sentence ids, up to a hyphen or a digit.
    """
    part, text, gold = "", "", set()
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# newdoc") and text:
            yield part, text, gold
            text, gold = "", set()
        elif line.startswith("# newpar") and text:
            text = text.rstrip() + "\n"
        elif line.startswith("# sent_id = "):
            part = re.split(r"[-\d_]", line.removeprefix("# sent_id = "))[0]
        elif line.startswith("# text = "):
            sentence = line.removeprefix("# text = ").strip()
            gold.add((len(text), len(text) + len(sentence)))
            text += sentence + " "
    if text:
        yield part, text, gold


def sentence_scores(path: Path, language: str) -> dict[str, tuple[float, float, float]]:
    """Give precision, recall and F1 of `sentence_spans` by part, and for uch and xud together."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for part, text, gold in documents(path):
        spans = set(sentence_spans(text, language))
        parts = [part, "all"] + (["uch+xud"] if part in ("uch", "xud") else [])
        for name in parts:
            for at, number in enumerate((len(spans & gold), len(spans), len(gold))):
                counts[name][at] += number
    return {name: _f1(*numbers) for name, numbers in counts.items()}


def _f1(hits: int, found: int, wanted: int) -> tuple[float, float, float]:
    precision, recall = hits / found, hits / wanted
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def tokens(path: Path) -> Iterator[tuple[str, str]]:
    """Give form and lemma of every syntactic word."""
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split("\t")
        if len(cells) == 10 and cells[0].isdigit():
            yield cells[1], cells[2]


def lemma_scores(path: Path, language: str) -> tuple[float, float, int]:
    """Give the share of right lemmas, strict and folded, and how many tokens there are."""
    lemma = lemmatiser(language)
    strict = folded = number = 0
    for form, gold in tokens(path):
        found = lemma(form)
        number += 1
        strict += found == gold
        folded += _folded(found) == _folded(gold)
    return strict / number, folded / number, number


def _folded(lemma: str) -> str:
    return lemma.lower().replace("ё", "е")


def main(folder: str) -> None:
    """Print a line for each part of each file."""
    for language, name in FILES.items():
        path = Path(folder) / name
        for part, (precision, recall, f1) in sentence_scores(path, language).items():
            print(f"{name:20} sentences {part:10} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}")
        strict, folded, number = lemma_scores(path, language)
        print(f"{name:20} lemmas of {number} tokens: strict {strict:.4f}  folded {folded:.4f}")


if __name__ == "__main__":
    main(sys.argv[1])
