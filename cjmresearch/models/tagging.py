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
"""Shorter talk ("Okay.", «Да, да») is politeness; a written answer may be one word."""

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
    _readings: dict[int, TagReading] = field(default_factory=dict, repr=False)

    def shared(self, encoder: Encoder) -> Encoder:
        """Give the encoder that remembers, if it stands for this one."""
        return self.once if encoder is self.once.encoder else encoder

    def reading(self, model: TaggerModel) -> TagReading:
        """Let a tagger model read the texts, once for all that ask."""
        if id(model) not in self._readings:
            own = replace(model, encoder=self.shared(model.encoder))
            self._readings[id(model)] = own.read(self.texts, questions=self.questions)
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


class Tagger(Protocol):
    """Something that suggests codes: the coder's name, and suggestions for a batch."""

    @property
    def coder(self) -> str:
        """Name of the coder, e.g. `model:pains-1`."""

    def suggest(self, batch: Batch) -> Iterable[Found]:
        """Suggest codes for the segments of a batch."""

    def finish(self, found: list[Found], segments: pd.DataFrame) -> list[Found]:
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
    once = Once(encoder)
    found: dict[str, list[Found]] = {tagger.coder: [] for tagger in taggers}
    for step in _steps(len(spoken), progress):
        once.forget()
        batch = Batch(tuple(texts[step]), tuple(questions[step]), once)
        for tagger in taggers:
            found[tagger.coder] += [_moved(f, step.start) for f in tagger.suggest(batch)]
    rows = [
        row
        for tagger in taggers
        for row in _rows(tagger.coder, tagger.finish(found[tagger.coder], spoken), spoken)
    ]
    if not rows:
        return schema.empty("codings")
    now = pd.Timestamp.now(tz="UTC")
    made = pd.DataFrame(rows).drop_duplicates("coding_id")
    return schema.frame("codings", made.assign(status="suggested", created_at=now))


def _spoken(segments: pd.DataFrame) -> tuple[pd.DataFrame, list[Question | None]]:
    """Pick what participants say and may mean something, with the question before it."""
    said = segments[segments["role"] == "participant"]
    if said.empty:
        return said, []
    asked = _questions(segments)
    before = [asked.get(turn) for turn in said["turn_id"]]
    written = np.array([bool(question and question.written) for question in before])
    kept = written | (said["text"].str.split().str.len() >= WORDS_THAT_TELL).to_numpy()
    return said[kept], [question for question, keep in zip(before, kept, strict=True) if keep]


def _questions(segments: pd.DataFrame) -> dict[str, Question]:
    """Give each turn its question: the prompt, or the interviewer's turn just before."""
    turns = (
        segments.sort_values(["source_id", "position"])
        .groupby("turn_id", sort=False)
        .agg(
            source_id=("source_id", "first"),
            role=("role", "first"),
            prompt=("prompt", "first"),
            text=("text", " ".join),
        )
    )
    before = turns.groupby("source_id")[["role", "text"]].shift()
    asked = before["text"].where(before["role"] == "interviewer").dropna()
    found = {turn: Question(str(text)) for turn, text in asked.items()}
    prompts = turns["prompt"].dropna()
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
