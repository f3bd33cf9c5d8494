"""The tagger: pains, wishes, dreams, barriers, severity, touchpoints and stages of short texts.

One logistic regression over lemmas, marks of rules (`cjmresearch.models.marks`) and sentence
embeddings; what was asked just before shifts it by amounts that stand in the model's JSON.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.special import expit, softmax

from cjmresearch.errors import ModelError
from cjmresearch.models import artifact
from cjmresearch.models.encoder import Encoder, default_encoder
from cjmresearch.models.features import TextFeatures
from cjmresearch.models.marks import Marks, asked, marks, terms
from cjmresearch.text import language_of

MARKS = "mark"
OTHER = "other"
_TELLING = 4
"""Shorter words (I, the, на) aren't named as the reason of a suggestion."""
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked before a text; `written` is true in a survey, whose answers may be bare."""

    text: str
    written: bool = False


@dataclass(frozen=True)
class TagReading:
    """What the model makes of some texts.

    `heads` maps the name of a head to calibrated probabilities, one row a text, one column a label;
    `marks` and `asked` are what the rules found in each text and in its question; `unknown` (n,)
    marks texts without letters or without anything that the model knows.
    """

    texts: tuple[str, ...]
    questions: tuple[Question | None, ...]
    languages: np.ndarray
    heads: Mapping[str, np.ndarray]
    marks: tuple[Marks, ...]
    asked: tuple[Marks, ...]
    unknown: np.ndarray
    features: sparse.csr_matrix = field(repr=False)

    def language(self, at: int) -> str:
        """Name the language of a text, `ru` or `en`."""
        return artifact.LANGUAGES[int(self.languages[at])]

    def column(self, head: str) -> np.ndarray:
        """Give the one column of a yes-or-no head, (n,)."""
        return self.heads[head][:, 0]


@dataclass(frozen=True)
class TaggerModel:
    """A trained tagger; it learns nothing and needs no network."""

    weights: artifact.Weights
    meta: dict[str, Any]
    encoder: Encoder
    card: str = ""

    @property
    def version(self) -> str:
        """Name and version, e.g. `tagger-1`."""
        return str(self.meta["version"])

    def __repr__(self) -> str:
        """Stay short: the fields hold megabytes."""
        return f"TaggerModel({self.version}, {len(self.weights.heads)} heads)"

    def labels(self, head: str) -> tuple[str, ...]:
        """Give the labels of a head, in the order of its columns."""
        return self.weights.head(head).labels

    def read(
        self, texts: Sequence[str], *, questions: Sequence[Question | None] | None = None
    ) -> TagReading:
        """Compute all that the model has to say about the texts; `questions` stand beside them."""
        given = checked(texts)
        before = tuple(questions) if questions is not None else (None,) * len(given)
        spoken = [language_of(text) for text in given]
        found = tuple(marks(t, lang) for t, lang in zip(given, spoken, strict=True))
        answers = tuple(asked(q.text, language_of(q.text)) if q else Marks() for q in before)
        features = matrix(self.weights.blocks, given)
        languages = np.array([artifact.LANGUAGES.index(lang) for lang in spoken], dtype=np.int64)
        logits = self._logits(given, features, languages)
        for row, question, answer in zip(logits, before, answers, strict=True):
            if question:
                self._shift(row, answer, question.written)
        lettered = np.fromiter((bool(_LETTER.search(text)) for text in given), bool, len(given))
        return TagReading(
            texts=given,
            questions=before,
            languages=languages,
            heads={head.name: _link(head, logits) for head in self.weights.heads},
            marks=found,
            asked=answers,
            unknown=~(lettered & (np.diff(features.indptr) > 0)),
            features=features,
        )

    def threshold(self, head: str, label: str, language: str = "en") -> float:
        """Give the smallest probability at which a label is given in `ru` or `en`."""
        table = self.meta["thresholds"][head]
        keys = (f"{label} {language}", label, f"* {language}", "*")
        return float(next(table[key] for key in keys if key in table))

    def telling(self, reading: TagReading, row: int, column: tuple[str, str]) -> list[str]:
        """Name up to three words of a text that pulled it most towards `(head, label)`."""
        head = self.weights.head(column[0])
        at = head.first + head.labels.index(column[1])
        words = self.weights.blocks[0].terms
        part = slice(reading.features.indptr[row], reading.features.indptr[row + 1])
        columns, values = reading.features.indices[part], reading.features.data[part]
        pulls = np.where(columns < len(words), values * self.weights.coef[columns, at], 0.0)
        strongest = [words[columns[i]] for i in np.argsort(-pulls, kind="stable") if pulls[i] > 0]
        return [word for word in strongest if len(word) >= _TELLING][:3]

    def _logits(
        self, texts: Sequence[str], features: sparse.csr_matrix, languages: np.ndarray
    ) -> np.ndarray:
        split = features.shape[1]
        embeddings = self.encoder.encode(texts) * self.weights.encoder_scale
        logits = features @ self.weights.coef[:split] + embeddings @ self.weights.coef[split:]
        platt = self.weights.platt[languages].astype(np.float64)
        return (logits + self.weights.bias).astype(np.float64) * platt[..., 0] + platt[..., 1]

    def _shift(self, row: np.ndarray, answer: Marks, written: bool) -> None:
        """Add to the logits what the question makes likelier."""
        table = self.meta["asked"]["written" if written else "spoken"]
        for slug in answer.found:
            places = table.get(slug) or {}
            if not slug.startswith("cues:"):
                places = {f"stage.{self.meta['spine'][slug]}": table["stage"]}
            for place, amount in places.items():
                name, _, label = place.partition(".")
                head = self.weights.head(name)
                row[head.first + head.labels.index(label)] += amount


def load(path: Path, *, encoder: Encoder | None = None) -> TaggerModel:
    """Read a model from `path`.npz, .json and .md; `ModelError` where a file is damaged."""
    weights, meta = artifact.read(path)
    card = path.with_suffix(".md")
    return TaggerModel(
        weights=weights,
        meta=meta,
        encoder=encoder or default_encoder(),
        card=card.read_text(encoding="utf-8") if card.exists() else "",
    )


def checked(texts: Sequence[str]) -> tuple[str, ...]:
    """Give the texts as a tuple; `ModelError` where one is no string."""
    if isinstance(texts, str):
        raise ModelError(f"texts is one string, {texts[:30]!r}; give a list of texts")
    given = tuple(texts)
    for i, text in enumerate(given):
        if not isinstance(text, str):
            raise ModelError(f"text {i} is {text!r}, not a string; use '' for a missing answer")
    return given


def _link(head: artifact.Head, logits: np.ndarray) -> np.ndarray:
    part = logits[:, head.columns]
    return np.asarray(expit(part) if head.link == "sigmoid" else softmax(part, axis=1))


def matrix(blocks: Sequence[TextFeatures], texts: Sequence[str]) -> sparse.csr_matrix:
    """Lay out words and marks of texts side by side."""
    parts = [mark_matrix(b, texts) if b.kind == MARKS else b.transform(texts) for b in blocks]
    return sparse.hstack(parts, format="csr")


def mark_matrix(block: TextFeatures, texts: Sequence[str]) -> sparse.csr_matrix:
    """Lay out the marks of texts: one row a text, a column a mark, `block.idf` where it stands."""
    index = {term: i for i, term in enumerate(block.terms)}
    rows = [
        sorted({index[term] for term in terms(text, language_of(text)) if term in index})
        for text in texts
    ]
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.fromiter((at for row in rows for at in row), np.int32, int(starts[-1]))
    shape = (len(rows), len(block.terms))
    return sparse.csr_matrix((block.idf[columns], columns, starts), shape, dtype=np.float32)
