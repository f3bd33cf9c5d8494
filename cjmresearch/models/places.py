"""The taggers for touchpoints and stages: lexicon, classifier and what was asked, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from cjmresearch import codebooks
from cjmresearch.models.tagger import TaggerModel, TagReading
from cjmresearch.models.tagging import Batch, Found

TOUCHPOINTS = "touchpoints"
RULED = 0.05
"""A touchpoint that the lexicon names is suggested from this probability on."""
AROUND = 2
"""Segments before and after that count as neighbours of a stage."""
SURE = 0.3
"""From this probability on a neighbour's stage counts."""
PULL = 0.5
"""What all neighbours together add to the logit of a stage, or take from it."""


@dataclass(frozen=True)
class Touchpoints:
    """Suggests `touchpoints:…`: on the words that name it, else on the segment that implies it."""

    model: TaggerModel
    slugs: frozenset[str]
    threshold: float | None = None

    coder = "model:touchpoints-1"

    def suggest(self, batch: Batch) -> Iterator[Found]:
        """Suggest touchpoints; the memo names the rule or the words, channel and ownership."""
        reading = batch.reading(self.model)
        about = {f"{TOUCHPOINTS}:{c.slug}": c for c in codebooks.book(TOUCHPOINTS).codes}
        for j, label in enumerate(self.model.labels(TOUCHPOINTS)):
            slug = f"{TOUCHPOINTS}:{label}"
            if slug not in self.slugs:
                continue
            least = (
                self.model.threshold(TOUCHPOINTS, label)
                if self.threshold is None
                else self.threshold
            )
            attributes = f"{about[slug].channel}, {about[slug].ownership}"
            probabilities = np.where(reading.unknown, -1.0, reading.heads[TOUCHPOINTS][:, j])
            for at in np.flatnonzero(probabilities >= min(least, RULED)):
                rule = reading.marks[at].found.get(slug)
                if rule is None and probabilities[at] < least:
                    continue
                words = ", ".join(self.model.telling(reading, int(at), (TOUCHPOINTS, label)))
                why = f"rule: {rule.pattern}" if rule else f"words: {words or 'the whole sentence'}"
                span = (rule.start, rule.end) if rule else None
                yield Found(
                    int(at), slug, float(probabilities[at]), f"{why}; {attributes}", span=span
                )

    def finish(self, found: list[Found], segments: pd.DataFrame) -> list[Found]:
        """Leave the suggestions as they are."""
        return found


@dataclass(frozen=True)
class Stages:
    """Suggests the stage of a segment in each journey model that the project has.

    A suggestion comes from cues in the words and from the question; the neighbours in the
    interview only raise or lower its confidence, and the memo says so.
    """

    model: TaggerModel
    slugs: frozenset[str]
    threshold: float | None = None

    coder = "model:stages-1"

    def suggest(self, batch: Batch) -> Iterator[Found]:
        """Suggest at most one stage a journey model for each segment."""
        reading = batch.reading(self.model)
        least = self.model.threshold("stage", "*") if self.threshold is None else self.threshold
        for journey in sorted({slug.split(":")[0] for slug in self.slugs}):
            places = stages_of(journey)
            names = [slug for slug in places if slug in self.slugs]
            if not names:
                continue
            scores = scores_of(self.model, reading, places)
            for at in np.flatnonzero(~reading.unknown):
                row = [scores[slug][at] for slug in names]
                best = int(np.argmax(row))
                if row[best] >= least:
                    memo = self._memo(reading, int(at), places[names[best]])
                    yield Found(int(at), names[best], float(row[best]), memo)

    def finish(self, found: list[Found], segments: pd.DataFrame) -> list[Found]:
        """Let neighbours in the same source raise or lower the confidence."""
        told = {(f.at, f.slug.split(":")[0]): f for f in found}
        sources = segments["source_id"].tolist()
        return [_among(f, told, sources) for f in found]

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


def scores_of(
    model: TaggerModel, reading: TagReading, places: Mapping[str, tuple[str, ...]]
) -> dict[str, np.ndarray]:
    """Sum the probabilities of the places of each stage: (n,) by slug."""
    labels = model.labels("stage")
    columns = reading.heads["stage"]
    return {
        s: columns[:, [labels.index(p) for p in spots]].sum(axis=1) for s, spots in places.items()
    }


def _among(one: Found, told: Mapping[tuple[int, str], Found], sources: list[str]) -> Found:
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
