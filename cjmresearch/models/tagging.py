"""Segments -> suggestions of all taggers, with one pass of the encoder over the texts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from cjmresearch import codebooks, schema
from cjmresearch.models.encoder import Encoder
from cjmresearch.models.tagger import Question, TaggerModel, TagReading

CHUNK = 2_000
"""Texts per step: bounds memory and paces a progress bar."""
WORDS_THAT_TELL = 3
"""Of shorter talk ("Okay.", «Да, да») rules alone judge; a written answer may be one word."""

COVERED, COVERED_FROM = 0.01, 10
"""A source is covered by the rules where they name a code in so many segments a word, and in so
many segments: there the model alone adds no touchpoint, barrier or `use`, because a coder who
works with the codebook finds hardly any beyond what rules name."""
RULE, QUESTION, MODEL = "rule", "question", "model"

Row = dict[str, Any]


@dataclass
class Once:
    """An encoder that embeds each text of a step once, whichever models ask for it."""

    encoder: Encoder
    _rows: dict[str, np.ndarray] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.name, self.size = self.encoder.name, self.encoder.size

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; those met since `forget` come from memory."""
        new = [text for text in dict.fromkeys(texts) if text not in self._rows]
        if new:
            self._rows.update(zip(new, self.encoder.encode(new), strict=True))
        found = [self._rows[text] for text in texts]
        return np.asarray(found, dtype=np.float32).reshape(len(found), self.size)

    def forget(self) -> None:
        """Drop what is remembered, so that memory stays flat."""
        self._rows.clear()


@dataclass(frozen=True)
class Batch:
    """What some segments of participants say, each with the question before it, if any."""

    texts: tuple[str, ...]
    questions: tuple[Question | None, ...]
    once: Once
    brief: np.ndarray
    """Whether a text is talk so short that only what a rule names is suggested, (n,)."""
    _readings: dict[int, TagReading] = field(default_factory=dict, repr=False)

    def shared(self, encoder: Encoder) -> Encoder:
        """Give the encoder that remembers, if it stands for this one."""
        return self.once if encoder is self.once.encoder else encoder

    def reading(self, model: TaggerModel) -> TagReading:
        """Let a tagger model read the texts, once for all that ask."""
        if id(model) not in self._readings:
            own = replace(model, encoder=self.shared(model.encoder))
            reading = own.read(self.texts, questions=self.questions)
            self._readings[id(model)] = replace(reading, unknown=reading.unknown | self.brief)
        return self._readings[id(model)]


@dataclass(frozen=True)
class Found:
    """A suggestion before it is a row: where in its segment, which code, how sure and why."""

    at: int
    """Number of the segment in its batch."""
    slug: str
    confidence: float
    memo: str = ""
    span: tuple[int, int] | None = None
    """Characters of the segment, half open; None is the whole of it."""
    valence: float | None = None
    intensity: int | None = None
    by: str = MODEL
    """What names it: RULE (in the words), QUESTION (what was asked) or MODEL (it alone)."""


@dataclass(frozen=True)
class Heard:
    """All segments that were tagged: the source of each, and whether the rules cover it."""

    sources: tuple[str, ...]
    covered: np.ndarray


class Tagger(Protocol):
    """Something that suggests codes: the coder's name, and suggestions for a batch."""

    @property
    def coder(self) -> str:
        """Name of the coder, e.g. `model:pains-1`."""

    def suggest(self, batch: Batch) -> Iterable[Found]:
        """Suggest codes for the segments of a batch."""

    def finish(self, found: list[Found], heard: Heard) -> list[Found]:
        """Look again at all suggestions for all segments; `at` counts from their first."""


def suggestions(
    segments: pd.DataFrame,
    taggers: Sequence[Tagger],
    *,
    encoder: Encoder,
    progress: bool = False,
) -> pd.DataFrame:
    """Run taggers over what participants say: [segments] -> [codings], status `suggested`.

    A coding's id is made of source, span, code and coder, so that a second run gives the same.
    The result doesn't depend on the steps; it depends on what stands around a segment in its
    source, so work that is spread over machines is to be cut between sources.
    """
    spoken, questions = _spoken(segments)
    texts = spoken["text"].tolist()
    brief = _brief(texts, questions)
    once = Once(encoder)
    found: dict[str, list[Found]] = {tagger.coder: [] for tagger in taggers}
    for step in _steps(len(spoken), progress):
        once.forget()
        batch = Batch(tuple(texts[step]), tuple(questions[step]), once, brief[step])
        for tagger in taggers:
            found[tagger.coder] += [_moved(f, step.start) for f in tagger.suggest(batch)]
    heard = _heard(spoken, [f for listed in found.values() for f in listed])
    rows = [
        row
        for tagger in taggers
        for row in _rows(tagger.coder, tagger.finish(found[tagger.coder], heard), spoken)
    ]
    if not rows:
        return schema.empty("codings")
    now = pd.Timestamp.now(tz="UTC")
    made = pd.DataFrame(rows).drop_duplicates("coding_id")
    return schema.frame("codings", made.assign(status="suggested", created_at=now))


def _spoken(segments: pd.DataFrame) -> tuple[pd.DataFrame, list[Question | None]]:
    """Pick what participants say, with the question before it."""
    said = segments[segments["role"] == "participant"]
    asked = _questions(segments) if len(said) else {}
    return said, [asked.get(turn) for turn in said["turn_id"]]


def _brief(texts: Sequence[str], questions: Sequence[Question | None]) -> np.ndarray:
    """Mark talk of one or two words; a written answer may be as short."""
    return np.array(
        [
            len(text.split()) < WORDS_THAT_TELL and not (question and question.written)
            for text, question in zip(texts, questions, strict=True)
        ],
        dtype=bool,
    )


def _heard(spoken: pd.DataFrame, found: Iterable[Found]) -> Heard:
    """Say which sources the rules cover."""
    named = np.zeros(len(spoken), dtype=np.int64)
    named[[one.at for one in found if one.by == RULE]] = 1
    words = spoken["text"].str.count(r"\S+")
    counts = pd.DataFrame({"source": spoken["source_id"], "named": named, "words": words})
    each = counts.groupby("source")[["named", "words"]].transform("sum")
    covered = (each["named"] >= COVERED_FROM) & (each["named"] >= COVERED * each["words"])
    return Heard(tuple(spoken["source_id"]), covered.to_numpy(dtype=bool))


def _questions(segments: pd.DataFrame) -> dict[str, Question]:
    """Give each turn its question: the prompt, or the interviewer's turn just before."""
    ordered = segments.sort_values(["source_id", "position"])
    turns = ordered.drop_duplicates("turn_id").set_index("turn_id")
    asks = ordered[ordered["turn_id"].map(turns["role"]) == "interviewer"]
    said = asks.groupby("turn_id", sort=False)["text"].agg(" ".join)
    before = turns.index.to_series().groupby(turns["source_id"]).shift()
    asked = before.map(said).dropna()
    found = {turn: Question(str(text)) for turn, text in asked.items()}
    prompts = ordered.dropna(subset="prompt").groupby("turn_id", sort=False)["prompt"].first()
    return found | {turn: Question(str(text), written=True) for turn, text in prompts.items()}


def _moved(found: Found, first: int) -> Found:
    return replace(found, at=found.at + first)


def _rows(coder: str, found: Iterable[Found], segments: pd.DataFrame) -> Iterator[Row]:
    table = segments[["source_id", "start", "end", "text"]]
    columns = {name: table[name].tolist() for name in table}
    for one in found:
        source, start = columns["source_id"][one.at], columns["start"][one.at]
        text = columns["text"][one.at]
        first, last = one.span or (0, len(text))
        key = f"{source}|{start + first}|{start + last}|{one.slug}|{coder}"
        yield {
            "coding_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:{key}")),
            "source_id": source,
            "start": start + first,
            "end": start + last,
            "quote": text[first:last],
            "code_id": codebooks.code_id(one.slug),
            "coder": coder,
            "confidence": one.confidence,
            "valence": one.valence,
            "intensity": one.intensity,
            "memo": one.memo or None,
        }


def _steps(length: int, progress: bool) -> Iterable[slice]:
    steps = [slice(start, start + CHUNK) for start in range(0, length, CHUNK)]
    if not progress:
        return steps
    from tqdm.auto import tqdm

    return tqdm(steps, desc="tagging", unit_scale=CHUNK, unit=" texts")
