"""The emotion classifier: feelings and a valence for short Russian and English texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit, logit, softmax

from cjmresearch.errors import ModelError
from cjmresearch.models import artifact, polarity
from cjmresearch.models.encoder import Encoder, default_encoder
from cjmresearch.models.features import plain, tokens
from cjmresearch.models.schemes import UNMEASURED, Scheme, scheme

CHUNK = 2_000
"""Texts per step: bounds memory and paces a progress bar."""
SENTIMENTS = ("negative", "neutral", "positive")
VALENCE = "valence"
PHRASES_FILE = Path(__file__).with_name("data") / "phrases.tsv"
"""Phrases of clients, written for this package: the model learned from them, and shows them."""
FINE = "goemotions28"

_LETTER = re.compile(r"[^\W\d_]")
_LETTERS = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[а-яё]+", re.IGNORECASE)
PULL, PULL_TURNED = 0.7, 1.4
"""How far a sign moves the logits of the sentiment, a unit of `polarity.read`; and a turned one."""
TRUST_TURNED = 0.15
"""What is left of the learned logits where a rule has turned a word that the model misreads."""
UNDECIDED = np.array([0.05, 0.9, 0.05])
"""Sentiment of a text whose speaker gives no judgement of their own."""
VALENCE_EDGES = (-0.8, -0.5, -0.2, 0.2, 0.5, 0.8)
"""Between these the valence has its own interval of what people felt."""
KNOWN_SHARE = 0.4
"""A text with a smaller share of known words is out of the model's domain."""


@dataclass(frozen=True)
class Reading:
    """What the model makes of some texts, before any scheme.

    `columns` maps `HEAD.LABEL` to calibrated probabilities (n,); `sentiment` is (n, 3) in the
    order of `SENTIMENTS`; `valence` (n,) lies in [-1, 1], `interval` (n, 2) around it holds what
    people felt in four of five texts of the training sets; `abstained` (n,) marks texts out of
    domain (no letters, another language): their numbers are what it says of silence.
    """

    texts: tuple[str, ...]
    languages: np.ndarray
    columns: dict[str, np.ndarray]
    sentiment: np.ndarray
    valence: np.ndarray
    interval: np.ndarray
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
        """Name and version, as in the coder `model:emotion-3`."""
        return str(self.meta["version"])

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of the scheme, in the order of the columns of `predict_proba`."""
        return tuple(label.name for label in self.scheme.labels)

    def __repr__(self) -> str:
        """Stay short: the fields hold megabytes."""
        return f"EmotionModel({self.version}, scheme={self.scheme.name}, {len(self.labels)} labels)"

    def with_scheme(self, name: str | Path) -> EmotionModel:
        """Give the same model with the labels of another scheme: a name, or a file of your own."""
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
        languages = np.array([_language(text) for text in given], dtype=np.int64)
        features = [block.transform(given) for block in self.weights.blocks]
        values = self._calibrated(self._logits(given, features), languages)
        columns = {
            f"{head.name}.{label}": values[:, head.first + i]
            for head in self.weights.heads
            for i, label in enumerate(head.labels)
        }
        findings = [polarity.read(text) for text in given]
        sentiment = composed(values[:, self.weights.head(VALENCE).columns], findings)
        valence = sentiment[:, 2] - sentiment[:, 0]
        return Reading(
            texts=given,
            languages=languages,
            columns=columns,
            sentiment=sentiment,
            valence=valence,
            interval=self._interval(valence, languages),
            abstained=np.array([self._foreign(text) for text in given], dtype=bool),
        )

    def scores(self, reading: Reading) -> np.ndarray:
        """Score a reading in the scheme of this model, as `predict_proba` does."""
        lowered = [plain(text) for text in reading.texts]
        return self.scheme.scores(reading.columns, lowered, reading.valence)

    def thresholds(self) -> np.ndarray:
        """Give the smallest score at which a label is given: (2 languages, n_labels)."""
        usual = self.meta["thresholds"].get("cx11" if self.scheme.own else self.scheme.name, {})
        return np.array(
            [
                [
                    usual[code].get(x.name, UNMEASURED) if x.threshold is None else x.threshold
                    for x in self.scheme.labels
                ]
                for code in artifact.LANGUAGES
            ]
        )

    def choose(
        self, scores: np.ndarray, reading: Reading, *, threshold: float | None = None
    ) -> list[list[str]]:
        """Turn scores into lists of labels; one `threshold` for all replaces the learned ones."""
        marks = np.zeros(scores.shape, dtype=bool)
        for i, code in enumerate(artifact.LANGUAGES):
            mine = reading.languages == i
            least = (
                self.thresholds()[i] if threshold is None else np.full(scores.shape[1], threshold)
            )
            table, silence = {}, None
            if self.scheme.silence:
                table = self.meta["thresholds"][self.scheme.name][code]
                silence = reading.columns[f"{self.scheme.head}.{self.scheme.silence}"][mine]
            marks[mine] = self.scheme.decide(scores[mine], least, silence=silence, table=table)
        order = np.argsort(-scores, axis=1, kind="stable")
        return [
            [] if silent else [self.labels[i] for i in ranks if given[i]]
            for ranks, given, silent in zip(order, marks, reading.abstained, strict=True)
        ]

    def explain(self, text: str, *, label: str | None = None, top: int = 20) -> pd.DataFrame:
        """List what pulled one text towards a column, the strongest first.

        `label` is a `HEAD.LABEL` such as `goemotions28.joy`; without one the valence is
        explained. Columns: feature (a lemma, a pair, `¬lemma` under negation, a piece of a word,
        or the sentence as a whole), kind {word, char, sentence, rule}, weight (its part of the
        logit; a rule's is the sign of a word or phrase as negation and "but" leave it, and "↔" is
        what a "but" makes of words without a sign of their own).
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
        if label is None:
            finding = polarity.read(checked)
            pull = 2 * (PULL_TURNED if finding.turned else PULL)
            rows += [(word, "rule", pull * part) for word, part in finding.words]
        frame = pd.DataFrame(rows, columns=["feature", "kind", "weight"])
        order = frame["weight"].abs().sort_values(ascending=False, kind="stable").index
        return frame.loc[order].head(top).reset_index(drop=True)

    def neighbours(self, text: str, *, top: int = 3) -> pd.DataFrame:
        """List the phrases of the package that mean most nearly the same as a text.

        The model has learned from them that such a thing is pleasant or not. Columns: phrase,
        language, valence {-1, 0, 1}, similarity (cosine of the embeddings, the highest first).
        """
        (checked,) = _checked([text])
        phrases = _phrases()
        similarity = (
            self.encoder.encode(phrases["phrase"].tolist()) @ self.encoder.encode([checked])[0]
        )
        shown = phrases.assign(similarity=similarity.astype(float))
        shown = shown.sort_values("similarity", ascending=False, kind="stable")
        return shown.head(top).reset_index(drop=True)

    def _direction(self, label: str | None) -> np.ndarray:
        if label is None:
            columns = self.weights.coef[:, self.weights.head(VALENCE).columns]
            return columns[:, 2] - columns[:, 0]
        names = [f"{h.name}.{x}" for h in self.weights.heads for x in h.labels]
        if label not in names:
            raise ModelError(f"no column {label!r}; known: {', '.join(names)}")
        return self.weights.coef[:, names.index(label)]

    def _logits(self, texts: Sequence[str], features: list[sparse.csr_matrix]) -> np.ndarray:
        terms = sparse.hstack(features, format="csr")
        split = terms.shape[1]
        embeddings = self.encoder.encode(texts) * self.weights.encoder_scale
        logits = terms @ self.weights.coef[:split] + embeddings @ self.weights.coef[split:]
        return (logits + self.weights.bias).astype(np.float64)

    def _calibrated(self, logits: np.ndarray, languages: np.ndarray) -> np.ndarray:
        platt = self.weights.platt[languages].astype(np.float64)
        scaled = logits * platt[..., 0] + platt[..., 1]
        values = np.empty_like(scaled)
        fine: dict[str, np.ndarray] = {}
        for head in self.weights.heads:
            mine = scaled[:, head.columns]
            if head.mix:
                parts = [mixed_logit(np.column_stack([fine[x] for x in mix])) for mix in head.mix]
                mine = mine + np.column_stack(parts) * platt[:, head.columns, 2]
            values[:, head.columns] = linked(mine, head.link)
            if head.name == FINE:
                fine = {x: values[:, head.first + i] for i, x in enumerate(head.labels)}
        return values

    def _interval(self, valence: np.ndarray, languages: np.ndarray) -> np.ndarray:
        table = np.array([self.meta["valence_bins"][code] for code in artifact.LANGUAGES])
        ends = table[languages, np.digitize(valence, VALENCE_EDGES)].reshape(len(valence), 2)
        return np.column_stack([np.minimum(ends[:, 0], valence), np.maximum(ends[:, 1], valence)])

    def _foreign(self, text: str) -> bool:
        """Say whether a text is out of domain: no letters, or hardly a word that is known."""
        if not _LETTER.search(text):
            return True
        words = [word for word in tokens(text) if word[0].isalpha()]
        known = sum(word in self.weights.blocks[0] or polarity.knows(word) for word in words)
        return known < KNOWN_SHARE * len(words)


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


@cache
def _phrases() -> pd.DataFrame:
    table = pd.read_csv(PHRASES_FILE, sep="\t")
    parts = [
        pd.DataFrame({"phrase": table[code], "language": code, "valence": table["valence"]})
        for code in artifact.LANGUAGES
    ]
    return pd.concat(parts, ignore_index=True)


def chunks(length: int) -> Iterator[slice]:
    """Cut a range into steps of `CHUNK`."""
    return (slice(start, start + CHUNK) for start in range(0, length, CHUNK))


def linked(logits: np.ndarray, link: str) -> np.ndarray:
    """Turn the logits of a head into probabilities: a sigmoid each, or one softmax."""
    return expit(logits) if link == "sigmoid" else softmax(logits, axis=1)


def mixed_logit(probabilities: np.ndarray) -> np.ndarray:
    """Give the logit of any of the columns holding, as if they were independent."""
    return logit(np.clip(1 - np.prod(1 - probabilities, axis=1), 1e-5, 1 - 1e-5))


def composed(sentiment: np.ndarray, findings: Sequence[polarity.Finding]) -> np.ndarray:
    """Move a learned sentiment (n, 3) by the composed signs of the words."""
    score = np.array([finding.score for finding in findings])
    turned = np.array([finding.turned and finding.score != 0 for finding in findings], dtype=bool)
    learned = np.log(np.clip(sentiment, 1e-6, 1.0)) * np.where(turned, TRUST_TURNED, 1.0)[:, None]
    pull = np.where(turned, PULL_TURNED, PULL) * score
    moved = softmax(learned + pull[:, None] * np.array([-1.0, 0.0, 1.0]), axis=1)
    moved[np.array([finding.neutral for finding in findings], dtype=bool)] = UNDECIDED
    return moved.reshape(sentiment.shape)


def _checked(texts: Sequence[str]) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise ModelError(f"texts is one string, {texts[:30]!r}; give a list of texts")
    given = tuple(texts)
    for i, text in enumerate(given):
        if not isinstance(text, str):
            raise ModelError(f"text {i} is {text!r}, not a string; use '' for a missing answer")
    return given


def _language(text: str) -> int:
    letters = sum(map(len, _LETTERS.findall(text)))
    return int(letters > 0 and 2 * sum(map(len, _CYRILLIC.findall(text))) >= letters)
