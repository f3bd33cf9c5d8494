"""The emotion classifier: feelings and a valence for short Russian and English texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit, softmax

from cjmresearch.errors import ModelError
from cjmresearch.models import artifact
from cjmresearch.models.encoder import Encoder, default_encoder
from cjmresearch.models.features import plain
from cjmresearch.models.schemes import Scheme, scheme

CHUNK = 2_000
"""Texts per step: bounds memory and paces a progress bar."""
SENTIMENTS = ("negative", "neutral", "positive")
VALENCE = "valence"

_LETTER = re.compile(r"[^\W\d_]")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_UNDERSTATEMENT = re.compile(
    r"^\s*(?:я\s+)?(?:бы\s+)?(?:не\s+(?:могу|стал[аи]?\s+бы|буду|бы)\s+(?:сказать|утверждать|говорить)"
    r"|не\s+ска(?:жу|зал[аи]?\s+бы)|нельзя\s+сказать)\s*,?\s*(?:что|чтобы|будто)\s+"
    r"|^\s*(?:i\s+)?(?:can(?:no|['’])t|could\s?n['’]t|would\s?n['’]t|would\s+not)\s+say\s+(?:that\s+)?",
    re.IGNORECASE,
)
UNDERSTATED = -0.5
"""What is left of the valence of X in "I can't say that X" (our rule, not learned)."""


@dataclass(frozen=True)
class Reading:
    """What the model makes of some texts, before any scheme.

    `columns` maps `HEAD.LABEL` to calibrated probabilities (n,); `sentiment` is (n, 3) in the
    order of `SENTIMENTS`; `valence` (n,) lies in [-1, 1]; `abstained` (n,) marks texts without a
    single term that the model knows: their numbers are what it says of silence.
    """

    texts: tuple[str, ...]
    languages: np.ndarray
    columns: dict[str, np.ndarray]
    sentiment: np.ndarray
    valence: np.ndarray
    abstained: np.ndarray


@dataclass(frozen=True)
class EmotionModel:
    """A trained classifier; it learns nothing and needs no network.

    Follows scikit-learn where that makes sense: `predict_proba`, `predict`, one row a text. The
    scheme decides which labels there are; `with_scheme` changes it.
    """

    weights: artifact.Weights
    meta: dict[str, Any]
    scheme: Scheme
    encoder: Encoder
    card: str = ""

    @property
    def version(self) -> str:
        """Name and version, as in the coder `model:emotion-1`."""
        return str(self.meta["version"])

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the scheme, in the order of the columns of `predict_proba`."""
        return tuple(label.name for label in self.scheme.labels)

    def __repr__(self) -> str:
        """Stay short: the fields hold megabytes."""
        return f"EmotionModel({self.version}, scheme={self.scheme.name}, {len(self.labels)} labels)"

    def with_scheme(self, name: str) -> EmotionModel:
        """Give the same model with the labels of another scheme."""
        heads = {head.name: head.labels for head in self.weights.heads}
        return replace(self, scheme=scheme(name, heads))

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Score texts: (n_texts, n_labels), float64, each label on its own between 0 and 1.

        For the schemes that show a head these are calibrated probabilities; for `cx11` they are
        combined from several by the mapping (see `cjmresearch.models.schemes`).
        """
        return self.scores(self.read(texts))

    def predict(self, texts: Sequence[str]) -> list[list[str]]:
        """Give the labels that reach their thresholds, the likeliest first."""
        reading = self.read(texts)
        return self.choose(self.scores(reading), reading)

    def valence(self, texts: Sequence[str]) -> np.ndarray:
        """Place texts between -1 (unpleasant) and 1 (pleasant): P(positive) - P(negative)."""
        return self.read(texts).valence

    def read(self, texts: Sequence[str]) -> Reading:
        """Compute all that the model has to say about the texts, once."""
        given = _checked(texts)
        cores = [_UNDERSTATEMENT.sub("", text) or text for text in given]
        languages = np.array([_language(text) for text in given], dtype=np.int64)
        logits, known = self._logits(cores)
        values = self._calibrated(logits, languages)
        columns = {
            f"{head.name}.{label}": values[:, head.first + i]
            for head in self.weights.heads
            for i, label in enumerate(head.labels)
        }
        sentiment = values[:, self.weights.head(VALENCE).columns]
        turned = np.array([core != text for core, text in zip(cores, given, strict=True)], bool)
        sentiment = np.where(turned[:, None], _understated(sentiment), sentiment)
        return Reading(
            texts=given,
            languages=languages,
            columns=columns,
            sentiment=sentiment,
            valence=sentiment[:, 2] - sentiment[:, 0],
            abstained=~known,
        )

    def scores(self, reading: Reading) -> np.ndarray:
        """Score a reading in the scheme of this model, as `predict_proba` does."""
        lowered = [plain(text) for text in reading.texts]
        return self.scheme.scores(reading.columns, lowered, reading.valence)

    def thresholds(self) -> np.ndarray:
        """Give the smallest score at which a label is given: (2 languages, n_labels)."""
        table = self.meta["thresholds"][self.scheme.name]
        return np.array([[table[lang][x] for x in self.labels] for lang in artifact.LANGUAGES])

    def choose(
        self, scores: np.ndarray, reading: Reading, *, threshold: float | None = None
    ) -> list[list[str]]:
        """Turn scores into lists of labels; one `threshold` for all replaces the learned ones."""
        least = self.thresholds()[reading.languages] if threshold is None else threshold
        given = scores >= least
        chosen = []
        for row, marks, silent in zip(scores, given, reading.abstained, strict=True):
            order = [i for i in np.argsort(-row, kind="stable") if marks[i]]
            if not order and self.scheme.otherwise == "best":
                order = [int(np.argmax(row))]
            chosen.append([] if silent else [self.labels[i] for i in order])
        return chosen

    def explain(self, text: str, *, label: str | None = None, top: int = 20) -> pd.DataFrame:
        """List what pulled one text towards a column, the strongest first.

        `label` is a `HEAD.LABEL` such as `goemotions28.joy`; without one the valence is
        explained. Columns: feature (a lemma, a pair, `¬lemma` under negation, a piece of a word,
        or the sentence as a whole), kind {word, char, sentence}, weight (its part of the logit).
        """
        (checked,) = _checked([text])
        direction = self._direction(label)
        rows = []
        first = 0
        for block in self.weights.blocks:
            row = block.transform([checked])
            for at, value in zip(row.indices, row.data, strict=True):
                weight = float(value) * float(direction[first + at])
                rows.append((block.terms[at], block.kind, weight))
            first += len(block)
        embedding = self.encoder.encode([checked])[0] * self.weights.encoder_scale
        rows.append((checked, "sentence", float(embedding @ direction[first:])))
        frame = pd.DataFrame(rows, columns=["feature", "kind", "weight"])
        order = frame["weight"].abs().sort_values(ascending=False, kind="stable").index
        return frame.loc[order].head(top).reset_index(drop=True)

    def _direction(self, label: str | None) -> np.ndarray:
        if label is None:
            columns = self.weights.coef[:, self.weights.head(VALENCE).columns]
            return columns[:, 2] - columns[:, 0]
        names = [f"{h.name}.{x}" for h in self.weights.heads for x in h.labels]
        if label not in names:
            raise ModelError(f"no column {label!r}; known: {', '.join(names)}")
        return self.weights.coef[:, names.index(label)]

    def _logits(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        features = sparse.hstack([b.transform(texts) for b in self.weights.blocks], format="csr")
        split = features.shape[1]
        embeddings = self.encoder.encode(texts) * self.weights.encoder_scale
        logits = features @ self.weights.coef[:split] + embeddings @ self.weights.coef[split:]
        lettered = np.fromiter((bool(_LETTER.search(text)) for text in texts), bool, len(texts))
        known = (np.diff(features.indptr) > 0) & lettered
        return (logits + self.weights.bias).astype(np.float64), known

    def _calibrated(self, logits: np.ndarray, languages: np.ndarray) -> np.ndarray:
        platt = self.weights.platt[languages].astype(np.float64)
        logits = logits * platt[..., 0] + platt[..., 1]
        values = np.empty_like(logits)
        for head in self.weights.heads:
            link = expit if head.link == "sigmoid" else _softmax
            values[:, head.columns] = link(logits[:, head.columns])
        return values


def load(path: Path, *, scheme_name: str = "cx11", encoder: Encoder | None = None) -> EmotionModel:
    """Read a model from `path`.npz, .json and .md; `ModelError` where a file is damaged."""
    weights, meta = artifact.read(path)
    card = path.with_suffix(".md")
    heads = {head.name: head.labels for head in weights.heads}
    return EmotionModel(
        weights=weights,
        meta=meta,
        scheme=scheme(scheme_name, heads),
        encoder=encoder or default_encoder(),
        card=card.read_text(encoding="utf-8") if card.exists() else "",
    )


def chunks(length: int) -> Iterator[slice]:
    """Cut a range into steps of `CHUNK`."""
    return (slice(start, start + CHUNK) for start in range(0, length, CHUNK))


def _softmax(logits: np.ndarray) -> np.ndarray:
    return softmax(logits, axis=1)


def _checked(texts: Sequence[str]) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise ModelError(f"texts is one string, {texts[:30]!r}; give a list of texts")
    given = tuple(texts)
    for i, text in enumerate(given):
        if not isinstance(text, str):
            raise ModelError(f"text {i} is {text!r}, not a string; use '' for a missing answer")
    return given


def _language(text: str) -> int:
    letters = len(_LETTER.findall(text))
    return int(letters > 0 and 2 * len(_CYRILLIC.findall(text)) >= letters)


def _understated(sentiment: np.ndarray) -> np.ndarray:
    """Mirror the sentiment and give half of it to neutral."""
    turned = -UNDERSTATED * sentiment[:, ::-1]
    turned[:, 1] = 1 - turned[:, 0] - turned[:, 2]
    return turned
