"""The marked mentions of tests/data/privacy, split into an open and a locked half."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "privacy"
SEED = 20261122
_MARK = re.compile(r"\[([POTEADL])\|([^\]]*)\]")
_KINDS = {
    "P": "person",
    "O": "organisation",
    "T": "phone",
    "E": "email",
    "A": "address",
    "D": "document",
    "L": "link",
}

Spans = set[tuple[int, int, str]]


def lines() -> list[tuple[str, Spans]]:
    """Every line as its text and the spans that are marked in it."""
    found = []
    for path in sorted(FOLDER.glob("*.txt")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text, spans, at = "", set(), 0
            for mark in _MARK.finditer(line):
                text += line[at : mark.start()]
                spans.add((len(text), len(text) + len(mark[2]), _KINDS[mark[1]]))
                text, at = text + mark[2], mark.end()
            found.append((text + line[at:], spans))
    return found


def halves() -> tuple[list[tuple[str, Spans]], list[tuple[str, Spans]]]:
    """The open half and the locked half of the lines."""
    shuffled = lines()
    random.Random(SEED).shuffle(shuffled)
    middle = len(shuffled) // 2
    return shuffled[:middle], shuffled[middle:]


def score(half: list[tuple[str, Spans]]) -> tuple[float, float, Counter]:
    """Recall and precision of `privacy.find`; a hit has the very span and kind of the mark."""
    from cjmresearch import privacy

    found = privacy.find([text for text, _ in half])
    given: list[Spans] = [set() for _ in half]
    for row in found.itertuples():
        given[int(row.source_id)].add((row.start, row.end, row.kind))
    marked = sum(len(spans) for _, spans in half)
    hits = sum(len(spans & g) for (_, spans), g in zip(half, given, strict=True))
    wrong: Counter = Counter()
    for (text, spans), g in zip(half, given, strict=True):
        wrong.update(("missed", k, text[a:b], text) for a, b, k in spans - g)
        wrong.update(("extra", k, text[a:b], text) for a, b, k in g - spans)
    return hits / marked, hits / max(sum(map(len, given)), 1), wrong
