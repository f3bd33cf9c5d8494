"""The tagger for pains, needs and dreams: the type of barrier, how severe, and why it says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cjmresearch import codebooks
from cjmresearch.models.artifact import LANGUAGES
from cjmresearch.models.tagger import OTHER, TaggerModel, TagReading
from cjmresearch.models.tagging import Batch, Found

SCHEMES = ("barriers", "shop_barriers")
WISHES = {"wish": "movers:need", "dream": "movers:dream"}
OPEN_CLASSES = ("barriers:other", "shop_barriers:other", "movers:pain")
"""Where a pain of no listed type goes: the first of these that the project has."""
RULED = 0.2
"""A pain that a rule of a barrier names is suggested from this probability on."""
BESIDE = 0.15
"""A type whose own rule fired stands beside the likeliest one from this share on."""


@dataclass(frozen=True)
class Pain:
    """What makes a text a pain: probability, types (the likeliest first), severity 1 to 3."""

    probability: float
    types: tuple[tuple[str, float], ...]
    severity: int


@dataclass(frozen=True)
class Pains:
    """Suggests barriers (`barriers:…`, `shop_barriers:…`), `movers:need` and `movers:dream`.

    `slugs` are the codes that may be suggested. The memo names the rule or the words that fired.
    """

    model: TaggerModel
    slugs: frozenset[str]
    threshold: float | None = None

    coder = "model:pains-1"

    def suggest(self, batch: Batch) -> Iterator[Found]:
        """Suggest pains, needs and dreams."""
        reading = batch.reading(self.model)
        table = {x: thresholds(self.model, x, self.threshold) for x in LANGUAGES}
        for at in np.flatnonzero(~reading.unknown):
            least = table[reading.language(int(at))]
            ruled = any("barriers:" in slug for slug in reading.marks[at].found)
            if reading.column("pain")[at] >= (
                min(least["pain"], RULED) if ruled else least["pain"]
            ):
                yield from self._pains(reading, int(at))
            for head, slug in WISHES.items():
                probability = float(reading.column(head)[at])
                if slug in self.slugs and probability >= least[head]:
                    memo = _why(self.model, reading, int(at), (head, head))
                    yield Found(int(at), slug, probability, memo)

    def finish(self, found: list[Found], segments: pd.DataFrame) -> list[Found]:
        """Leave the suggestions as they are."""
        return found

    def _pains(self, reading: TagReading, at: int) -> Iterator[Found]:
        pain = judge(self.model, reading, at, slugs=self.slugs)
        words = _why(self.model, reading, at, ("pain", "pain"))
        for slug, share in pain.types:
            rule = reading.marks[at].found.get(slug)
            told = [f"{slug.split(':')[1]} {share:.2f}, severity {pain.severity}"]
            told += [f"rule: {rule.pattern}"] if rule else []
            yield Found(
                at,
                slug,
                pain.probability,
                "; ".join([*told, words] if words else told),
                span=(rule.start, rule.end) if rule else None,
                intensity=pain.severity,
            )


def thresholds(model: TaggerModel, language: str, given: float | None = None) -> dict[str, float]:
    """Give the smallest probability of each yes-or-no head; `given` replaces the learned ones."""
    heads = ("pain", *WISHES)
    return {h: model.threshold(h, h, language) if given is None else given for h in heads}


def judge(
    model: TaggerModel, reading: TagReading, at: int, *, slugs: frozenset[str] | None = None
) -> Pain:
    """Say of which type and how severe a pain is, among the barriers in `slugs` (None: all).

    A type that isn't likely enough is the open class; a type whose own rule fired may stand
    beside the likeliest.
    """
    named = _named(model.labels("barrier"), slugs)
    shares = reading.heads["barrier"][at, list(named)]
    shares = shares / shares.sum()
    ranked = sorted(zip(named.values(), map(float, shares), strict=True), key=lambda t: -t[1])
    best, share = ranked[0]
    opened = next(iter(s for s in named.values() if s.endswith(f":{OTHER}")), best)
    if share < model.threshold("barrier", "*"):
        best, share = opened, dict(ranked).get(opened, share)
    ruled = [
        (slug, p)
        for slug, p in ranked
        if slug != best and p >= BESIDE and slug in reading.marks[at].found
    ]
    types = ruled if ruled and best.endswith(f":{OTHER}") else [(best, share), *ruled]
    severity = 1 + int(reading.heads["severity"][at].argmax())
    return Pain(float(reading.column("pain")[at]), tuple(types), severity)


def _named(labels: Sequence[str], slugs: frozenset[str] | None) -> dict[int, str]:
    """Map columns of the barrier head to the slugs that the project has for them."""
    owners = {c.slug: s for s in SCHEMES for c in codebooks.book(s).codes if c.slug != OTHER}
    named = {}
    for i, label in enumerate(labels):
        places = OPEN_CLASSES if label == OTHER else (f"{owners[label]}:{label}",)
        slug = next((place for place in places if slugs is None or place in slugs), None)
        if slug:
            named[i] = slug
    return named


def _why(model: TaggerModel, reading: TagReading, at: int, column: tuple[str, str]) -> str:
    """Say in words what was asked and which words pulled most."""
    parts = [
        f"asked: {hit.pattern}" for slug, hit in reading.asked[at].found.items() if _asks(slug)
    ]
    if words := model.telling(reading, at, column):
        parts.append(f"words: {', '.join(words)}")
    return "; ".join(parts)


def _asks(slug: str) -> bool:
    return slug in ("cues:trouble", "cues:wish", "cues:delight")
