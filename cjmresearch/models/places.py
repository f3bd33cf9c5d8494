"""The taggers for touchpoints and stages: lexicon, classifier and what was asked, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from scipy.special import expit, logit

from cjmresearch import codebooks
from cjmresearch.models.marks import STAGES, surest
from cjmresearch.models.tagger import TaggerModel, TagReading
from cjmresearch.models.tagging import MODEL, QUESTION, RULE, Batch, Found, Heard
from cjmresearch.text.taggers import ASKED_CONFIDENCE, memo_of

TOUCHPOINTS = "touchpoints"
USE = "c9"
"""Place of the use on the common spine: the model finds it in any talk of a product."""
AROUND = 2
"""Segments before and after that count as neighbours of a stage."""
SURE = 0.3
"""From this probability on a neighbour's stage counts."""
PULL = 0.5
"""What all neighbours together add to the logit of a stage, or take from it."""


@dataclass(frozen=True)
class Touchpoints:
    """Suggests `touchpoints:…`: on the words that name it, else on the segment that implies it.

    What a rule names is always suggested; where rules name any, the model adds no other.
    `slugs` are the codes that may be suggested.
    """

    model: TaggerModel
    slugs: frozenset[str]
    threshold: float | None = None

    coder = "model:touchpoints-1"

    def suggest(self, batch: Batch) -> Iterator[Found]:
        """Suggest touchpoints; the memo names the rule or the words, channel and ownership."""
        reading = batch.reading(self.model)
        about = {f"{TOUCHPOINTS}:{c.slug}": c for c in codebooks.book(TOUCHPOINTS).codes}
        known = self.slugs & about.keys()
        named = np.array([bool(known.intersection(m.found)) for m in reading.marks], bool)
        for j, label in enumerate(self.model.labels(TOUCHPOINTS)):
            slug = f"{TOUCHPOINTS}:{label}"
            if slug not in known:
                continue
            attributes = f"{about[slug].channel}, {about[slug].ownership}"
            probabilities = reading.heads[TOUCHPOINTS][:, j]
            added = (probabilities >= self._least(label)) & ~named & ~reading.unknown
            ruled = np.array([slug in marks.found for marks in reading.marks], dtype=bool)
            for at in np.flatnonzero(added | ruled):
                rule = reading.marks[at].found.get(slug)
                confidence = surest(rule, float(probabilities[at]))
                if self.threshold is None or confidence >= self.threshold:
                    why = self._why(reading, int(at), label)
                    span = (rule.start, rule.end) if rule else None
                    memo, by = f"{why}; {attributes}", RULE if rule else MODEL
                    yield Found(int(at), slug, confidence, memo, span=span, by=by)

    def _least(self, label: str) -> float:
        given = self.threshold
        return self.model.threshold(TOUCHPOINTS, label) if given is None else given

    def _why(self, reading: TagReading, at: int, label: str) -> str:
        if rule := reading.marks[at].found.get(f"{TOUCHPOINTS}:{label}"):
            return f"rule: {memo_of(rule.pattern, rule.doubts)}"
        words = ", ".join(self.model.telling(reading, at, (TOUCHPOINTS, label)))
        return f"words: {words or 'the whole sentence'}"

    def finish(self, found: list[Found], heard: Heard) -> list[Found]:
        """Leave out what the model alone names where the rules cover the source."""
        return [f for f in found if f.by != MODEL or not heard.covered[f.at]]


@dataclass(frozen=True)
class Stages:
    """Suggests the stage of a segment in each journey model that the project has.

    The question goes first, then cues in the words (as in `text.tag`); where rules name no stage,
    the model may add one. The neighbours in the interview only raise or lower the confidence, and
    the memo says so.
    """

    model: TaggerModel
    slugs: frozenset[str]
    threshold: float | None = None

    coder = "model:stages-1"

    def suggest(self, batch: Batch) -> Iterator[Found]:
        """Suggest the stages that rules name, else at most one a journey model, by segment."""
        reading = batch.reading(self.model)
        for journey in sorted({slug.split(":")[0] for slug in self.slugs}):
            places = {s: p for s, p in stages_of(journey).items() if s in self.slugs}
            if places:
                yield from self._of(places, rules_of(journey), reading)

    def _of(
        self, places: Mapping[str, tuple[str, ...]], rules: Mapping[str, str], reading: TagReading
    ) -> Iterator[Found]:
        least = self.model.threshold("stage", "*") if self.threshold is None else self.threshold
        scores = scores_of(self.model, reading, places)
        names = list(places)
        best = np.argmax([scores[name] for name in names], axis=0)
        for at, silent in enumerate(reading.unknown):
            ruled, by = _ruled(reading, at, rules)
            likeliest = names[best[at]]
            if not ruled and not silent and scores[likeliest][at] >= least:
                ruled, by = {likeliest: 0.0}, MODEL
            for slug in (s for s in places if s in ruled):
                confidence = max(ruled[slug], float(scores[slug][at]))
                if confidence >= (self.threshold or 0.0):
                    memo = self._memo(reading, at, places[slug])
                    yield Found(at, slug, confidence, memo, by=by)

    def finish(self, found: list[Found], heard: Heard) -> list[Found]:
        """Let neighbours in the same source raise or lower the confidence.

        Where the rules cover the source, the use that the model alone names is left out.
        """
        kept = [f for f in found if f.by != MODEL or not heard.covered[f.at] or not _in_use(f)]
        told = {(f.at, f.slug.split(":")[0]): f for f in kept}
        return [_among(f, told, heard.sources) for f in kept]

    def _memo(self, reading: TagReading, at: int, places: tuple[str, ...]) -> str:
        spine = self.model.meta["spine"]
        cues = [slug for slug, place in spine.items() if place in places]
        told = [f"asked: {p}" for s in cues if (p := reading.asked[at].pattern(s))]
        told += [f"rule: {p}" for s in cues if (p := reading.marks[at].pattern(s))]
        place = max(places, key=lambda p: reading.heads["stage"][at, self._column(p)])
        words = self.model.telling(reading, at, ("stage", place))
        told += [f"words: {', '.join(words)}"] if words else []
        return "; ".join(told) or "words: the whole sentence"

    def _column(self, place: str) -> int:
        return self.model.labels("stage").index(place)


@cache
def stages_of(journey: str) -> dict[str, tuple[str, ...]]:
    """Map the stages of a journey model to places on the common spine, each place used once.

    An exact place goes before an approximate one (`*`); the seller's model has no place there.
    """
    if journey not in codebooks.journeys():
        return {}
    codes = codebooks.book(journey).codes
    exact = {p for code in codes for p in code.canonical if not p.endswith("*")}
    taken: set[str] = set()
    places: dict[str, tuple[str, ...]] = {}
    for code in codes:
        mine = [p.rstrip("*") for p in code.canonical if p in exact or p.rstrip("*") not in exact]
        kept = tuple(p for p in mine if p not in taken)
        taken.update(kept)
        if kept:
            places[f"{journey}:{code.slug}"] = kept
    return places


@cache
def rules_of(journey: str) -> dict[str, str]:
    """Map the stages of a journey model to the stage of `b2b8` whose patterns are theirs."""
    own = {f"{journey}:{c.slug}": c.like for c in codebooks.book(journey).codes}
    lent = {slug: rule or slug for slug, rule in own.items()}
    return {slug: rule for slug, rule in lent.items() if rule.startswith(f"{STAGES}:")}


def _ruled(reading: TagReading, at: int, rules: Mapping[str, str]) -> tuple[dict[str, float], str]:
    """Name the stage that the question asks about, else those that cues name, and how sure."""
    cues = reading.marks[at].found
    named = {slug: surest(cues[rule], 0.0) for slug, rule in rules.items() if rule in cues}
    asked = [slug for slug, rule in rules.items() if rule in reading.asked[at].found]
    if len(asked) == 1:
        return {asked[0]: ASKED_CONFIDENCE}, RULE if named else QUESTION
    return named, RULE


def scores_of(
    model: TaggerModel, reading: TagReading, places: Mapping[str, tuple[str, ...]]
) -> dict[str, np.ndarray]:
    """Sum the probabilities of the places of each stage: (n,) by slug."""
    labels = model.labels("stage")
    columns = reading.heads["stage"]
    return {
        s: columns[:, [labels.index(p) for p in spots]].sum(axis=1) for s, spots in places.items()
    }


def _in_use(one: Found) -> bool:
    return USE in stages_of(one.slug.split(":")[0])[one.slug]


def _among(one: Found, told: Mapping[tuple[int, str], Found], sources: Sequence[str]) -> Found:
    journey = one.slug.split(":")[0]
    near = [
        told[at, journey]
        for at in range(one.at - AROUND, one.at + AROUND + 1)
        if at != one.at
        and (at, journey) in told
        and sources[at] == sources[one.at]
        and told[at, journey].confidence >= SURE
    ]
    if not near:
        return one
    agree = sum(other.slug == one.slug for other in near)
    pull = PULL * (2 * agree - len(near)) / len(near)
    moved = float(expit(logit(np.clip(one.confidence, 1e-6, 1 - 1e-6)) + pull))
    memo = f"{one.memo}; {agree} of {len(near)} neighbours say the same"
    return replace(one, confidence=moved, memo=memo)
