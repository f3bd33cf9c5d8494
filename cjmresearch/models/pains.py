"""The tagger for pains, needs and dreams: the type of barrier, how severe, and why it says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from cjmresearch import codebooks
from cjmresearch.models.artifact import LANGUAGES
from cjmresearch.models.marks import own, surest
from cjmresearch.models.tagger import OTHER, TaggerModel, TagReading
from cjmresearch.models.tagging import MODEL, QUESTION, RULE, Batch, Found, Heard
from cjmresearch.text.taggers import memo_of

SCHEMES = ("barriers", "shop_barriers")
WISHES = {"wish": "movers:need", "dream": "movers:dream"}
OPEN_CLASSES = ("barriers:other", "shop_barriers:other", "movers:pain")
"""Where a pain of no listed type goes: the first of these that the project has."""
HINTED = 0.2
"""A pain that a rule of a barrier names which the project lacks: from this probability on."""
OWN_WORDS = 3
"""With fewer words of one's own, beside what is told of others, a text tells no pain."""


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
        for at in suffered(self.model, reading, slugs=self.slugs, threshold=self.threshold):
            yield from self._pains(reading, at)
        table = {x: thresholds(self.model, x, self.threshold) for x in LANGUAGES}
        for at in np.flatnonzero(~reading.unknown).tolist():
            least = table[reading.language(at)]
            for head, slug in WISHES.items():
                probability = float(reading.column(head)[at])
                if slug in self.slugs and probability >= least[head]:
                    memo = _why(self.model, reading, int(at), (head, head))
                    yield Found(int(at), slug, probability, memo)

    def finish(self, found: list[Found], heard: Heard) -> list[Found]:
        """Leave out the pains that the model alone names where the rules cover the source."""
        return [
            f
            for f in found
            if f.by != MODEL or f.slug in WISHES.values() or not heard.covered[f.at]
        ]

    def _pains(self, reading: TagReading, at: int) -> Iterator[Found]:
        pain = judge(self.model, reading, at, slugs=self.slugs)
        words = _why(self.model, reading, at, ("pain", "pain"))
        for slug, share in pain.types:
            rule = reading.marks[at].found.get(slug)
            confidence = surest(rule, pain.probability)
            if confidence < (self.threshold or 0.0):
                continue
            question = reading.questions[at]
            written = question is not None and question.written
            asked = written and "cues:trouble" in reading.asked[at].found
            told = [f"{slug.split(':')[1]} {share:.2f}, severity {pain.severity}"]
            told += [f"rule: {memo_of(rule.pattern, rule.doubts)}"] if rule else []
            yield Found(
                at,
                slug,
                confidence,
                "; ".join([*told, words] if words else told),
                span=(rule.start, rule.end) if rule else None,
                intensity=pain.severity,
                by=RULE if rule else QUESTION if asked else MODEL,
            )


def thresholds(model: TaggerModel, language: str, given: float | None = None) -> dict[str, float]:
    """Give the smallest probability of each yes-or-no head; `given` replaces the learned ones."""
    heads = ("pain", *WISHES)
    return {h: model.threshold(h, h, language) if given is None else given for h in heads}


def suffered(
    model: TaggerModel,
    reading: TagReading,
    *,
    slugs: frozenset[str] | None = None,
    threshold: float | None = None,
) -> list[int]:
    """List the rows that tell a pain of the speaker's own, among the barriers in `slugs`.

    A pain is what a rule of a barrier names, or what is likely enough, also without what is told
    of other companies or people, or only supposed.
    """
    found, likely = [], []
    least = {x: thresholds(model, x, threshold)["pain"] for x in LANGUAGES}
    for at, score in enumerate(reading.column("pain")):
        barriers = [s for s in reading.marks[at].found if "barriers:" in s]
        enough = least[reading.language(at)]
        if any(slugs is None or slug in slugs for slug in barriers):
            found.append(at)
        elif score >= (min(enough, HINTED) if barriers else enough) and not reading.unknown[at]:
            likely.append(at)
    return sorted(found + _owned(model, reading, likely, least))


def _owned(
    model: TaggerModel, reading: TagReading, likely: Sequence[int], least: Mapping[str, float]
) -> list[int]:
    """Leave the rows that are still likely in the speaker's own words."""
    rest = {at: own(reading.texts[at], reading.language(at)) for at in likely}
    cut = [at for at, said in rest.items() if said != reading.texts[at]]
    enough = [at for at in cut if len(rest[at].split()) >= OWN_WORDS]
    again = model.read(
        [rest[at] for at in enough], questions=[reading.questions[at] for at in enough]
    )
    scores = again.column("pain")
    kept = {at for at, p in zip(enough, scores, strict=True) if p >= least[reading.language(at)]}
    return [at for at in likely if at in kept or at not in cut]


def judge(
    model: TaggerModel, reading: TagReading, at: int, *, slugs: frozenset[str] | None = None
) -> Pain:
    """Say of which type and how severe a pain is, among the barriers in `slugs` (None: all).

    The types are those whose rules fired; without any the likeliest, and the open class where
    that isn't likely enough.
    """
    named = _named(model.labels("barrier"), slugs)
    shares = reading.heads["barrier"][at, list(named)]
    shares = shares / shares.sum()
    ranked = sorted(zip(named.values(), map(float, shares), strict=True), key=lambda t: -t[1])
    best, share = ranked[0]
    opened = next(iter(s for s in named.values() if s.endswith(f":{OTHER}")), best)
    if share < model.threshold("barrier", "*"):
        best, share = opened, dict(ranked).get(opened, share)
    ruled = [(slug, p) for slug, p in ranked if slug in reading.marks[at].found]
    types = ruled or [(best, share)]
    severity = 1 + int(reading.heads["severity"][at].argmax())
    return Pain(float(reading.column("pain")[at]), tuple(types), severity)


@cache
def _named(labels: tuple[str, ...], slugs: frozenset[str] | None) -> dict[int, str]:
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
