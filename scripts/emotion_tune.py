"""Calibration, thresholds and intervals of the emotion model, all on out-of-fold predictions.

Every threshold and every figure is cross-fitted: what is measured on one half of the texts was
chosen on the other. The shipped thresholds are then chosen on all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from emotion_data import fold_of
from emotion_metrics import auc, calibration_error, f1_summary, f1_table
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from cjmresearch.models import polarity
from cjmresearch.models.artifact import LANGUAGES, Head
from cjmresearch.models.emotion import VALENCE_EDGES, composed, linked, mixed_logit
from cjmresearch.models.features import plain
from cjmresearch.models.schemes import SCHEMES, Scheme, scheme

HOME = {
    "cedr6": {"cedr"},
    "cedr5": {"cedr"},
    "brighter6": {"brighter_rus"},
    "ekman7": {"goemotions", "ru_goemotions", "cedr", "brighter_rus"},
    "cx11": {"goemotions", "ru_goemotions"},
}
"""Sets a head or scheme is calibrated on, where these are not all that it learns from."""
ENOUGH_FOR_PLATT = 60
ENOUGH_FOR_THRESHOLD = 100
GRID = np.arange(0.06, 0.701, 0.01)
NONE_GRID = np.arange(0.3, 1.01, 0.05)
NO_EXAMPLES = 0.5
"""Threshold of labels that no training set marks: only a cue or a strong mixture reaches it."""
UNMARKED = frozenset({"trust", "impatience", "confidence"})
COUNTS_AS = 0.5
"""A source label of at least this weight counts as an example of the mapped label."""
LEVEL = 0.85
"""Share of the training texts whose valence the interval holds: so that it does for .80 of speech,
which is unlike them (chosen with the survey and the sample interviews in view)."""


@dataclass
class Held:
    """A head out of fold: labels, row numbers, targets, weights and logits of its columns."""

    labels: tuple[str, ...]
    at: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    unseen: np.ndarray
    values: np.ndarray = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True)
class Tuned:
    """What is written beside the weights."""

    platt: np.ndarray
    thresholds: dict[str, Any]
    valence_bins: dict[str, Any]
    figures: dict[str, Any]


def tune(held: dict[str, Held], rows: pd.DataFrame, heads: list[Head]) -> Tuned:
    """Calibrate every head, choose thresholds for every scheme, measure."""
    platt = np.concatenate([calibrate(head, held, rows) for head in heads], axis=1)
    scored = {name: Scored.of(name, held, rows, heads) for name in SCHEMES}
    thresholds = {name: choose_thresholds(found) for name, found in scored.items()}
    figures = {}
    for found in scored.values():
        figures |= scheme_figures(found)
    valence = Valence.of(held["valence"], rows)
    return Tuned(platt, thresholds, valence.bins(), figures | valence.figures())


def calibrate(head: Head, held: dict[str, Held], rows: pd.DataFrame) -> np.ndarray:
    """Fit the scaling of a head, each language on its own where it can; sets `values`.

    (language, column, 3). The values are cross-fitted over two halves of the texts.
    """
    mine = held[head.name]
    language = rows["language"].to_numpy()[mine.at]
    home = rows["set"].isin(HOME.get(head.name, set(rows["set"]))).to_numpy()[mine.at]
    half = rows["key"].iloc[mine.at].map(lambda key: fold_of(key + "|", 2)).to_numpy()
    mixes = _mixes(head, held)
    mine.values = np.zeros_like(mine.unseen, dtype=np.float64)
    platt = np.zeros((len(LANGUAGES), len(head.labels), 3))
    for i, name in enumerate(LANGUAGES):
        spoken = language == name
        platt[i] = _fitted(head, mine, mixes, home, spoken)
        for k in (0, 1):
            other = _fitted(head, mine, mixes, home & (half != k), spoken)
            here = spoken & (half == k)
            logit = mine.unseen * other[:, 0] + other[:, 1] + mixes * other[:, 2]
            mine.values[here] = linked(logit, head.link)[here]
    return platt


def _mixes(head: Head, held: dict[str, Held]) -> np.ndarray:
    """Give the logit of any of the labels that make up each label; 0 where a row has none."""
    mine, fine = held[head.name], held["goemotions28"]
    mixes = np.zeros(mine.unseen.shape)
    if head.mix:
        for j, labels in enumerate(head.mix):
            mixes[:, j] = mixed_logit(fine.values[:, [fine.labels.index(x) for x in labels]])
    return mixes


def _fitted(
    head: Head, mine: Held, mixes: np.ndarray, home: np.ndarray, spoken: np.ndarray
) -> np.ndarray:
    platt = np.zeros((len(head.labels), 3))
    own = home & spoken if (home & spoken).any() else home
    if head.link == "softmax":
        platt[:, 0] = _temperature(mine.unseen[own], mine.target[own], mine.weight[own])
        return platt
    for j in range(len(head.labels)):
        some = own if mine.target[own, j].sum() >= ENOUGH_FOR_PLATT else home
        some = some & (mine.weight[:, j] > 0)
        inputs = mine.unseen[some, j][:, None]
        if head.mix:
            inputs = np.column_stack([inputs, mixes[some, j]])
        model = LogisticRegression(C=1e3, tol=1e-8).fit(inputs, mine.target[some, j] > 0)
        platt[j] = [model.coef_[0, 0], model.intercept_[0], *model.coef_[0, 1:], 0.0][:3]
    return platt


def _temperature(logit: np.ndarray, target: np.ndarray, weight: np.ndarray) -> float:
    def loss(slope: float) -> float:
        return -float((weight * target * log_softmax(logit * slope, axis=1)).sum())

    return float(minimize_scalar(loss, bounds=(0.3, 5), method="bounded").x)


@dataclass(frozen=True)
class Scored:
    """A scheme out of fold on its home sets: truth and scores (n, labels), both halves marked."""

    shown: Scheme
    truth: np.ndarray
    scores: np.ndarray
    language: np.ndarray
    sets: np.ndarray
    half: np.ndarray
    silence: np.ndarray | None
    """Probability of none of the labels, for a scheme that has a label for it."""

    @classmethod
    def of(cls, name: str, held: dict[str, Held], rows: pd.DataFrame, heads: list[Head]) -> Scored:
        """Collect a scheme."""
        shown = scheme(name, {head.name: head.labels for head in heads})
        mine = held[shown.head or "goemotions28"]
        sets = rows["set"].to_numpy()[mine.at]
        here = np.isin(sets, list(HOME.get(name, {"goemotions", "ru_goemotions"})))
        at = mine.at[here]
        silence = None
        if shown.head:
            labels = next(head.labels for head in heads if head.name == shown.head)
            columns = [labels.index(label.name) for label in shown.labels]
            truth, scores = mine.target[here][:, columns] > 0, mine.values[here][:, columns]
            if shown.silence:
                silence = mine.values[here][:, labels.index(shown.silence)]
        else:
            truth, scores = _mapped(shown, here, held, rows, heads)
        half = rows["key"].iloc[at].map(lambda key: fold_of(key + "|", 2)).to_numpy()
        language = rows["language"].to_numpy()[at]
        return cls(shown, truth, scores, language, sets[here], half, silence)

    def part(self, chosen: np.ndarray) -> Scored:
        """Give some of the rows."""
        silence = None if self.silence is None else self.silence[chosen]
        return Scored(
            self.shown,
            *(x[chosen] for x in (self.truth, self.scores, self.language, self.sets, self.half)),
            silence,
        )

    def given(self, thresholds: dict[str, dict[str, float]]) -> np.ndarray:
        """Decide as the shipped model does."""
        marks = np.zeros_like(self.truth)
        for code, table in thresholds.items():
            mine = self.language == code
            least = np.array([table[x.name] for x in self.shown.labels])
            silence = None if self.silence is None else self.silence[mine]
            marks[mine] = self.shown.decide(self.scores[mine], least, silence=silence, table=table)
        return marks


def _mapped(
    shown: Scheme, here: np.ndarray, held: dict[str, Held], rows: pd.DataFrame, heads: list[Head]
) -> tuple[np.ndarray, np.ndarray]:
    """Give truth and scores of a scheme that is made of several labels."""
    mine = held["goemotions28"]
    at = mine.at[here]
    columns = {f"{h.name}.{x}": np.zeros(len(at)) for h in heads for x in h.labels}
    labels = next(h.labels for h in heads if h.name == "goemotions28")
    columns |= {f"goemotions28.{x}": mine.values[here][:, i] for i, x in enumerate(labels)}
    valence = held["valence"]
    place = np.full(len(rows), -1)
    place[valence.at] = np.arange(len(valence.at))
    feeling = (valence.values[:, 2] - valence.values[:, 0])[place[at]]
    texts = [plain(text) for text in rows["text"].to_numpy()[at]]
    marks = mine.target[here] > 0
    truth = np.zeros((len(at), len(shown.labels)), dtype=bool)
    for j, label in enumerate(shown.labels):
        for source, weight in label.sources.items():
            head, _, name = source.partition(".")
            if head == "goemotions28" and weight >= COUNTS_AS:
                truth[:, j] |= marks[:, labels.index(name)]
    return truth, shown.scores(columns, texts, feeling)


def best_threshold(truth: np.ndarray, score: np.ndarray) -> float:
    """Give the threshold of the grid with the highest F1, smoothed over its neighbours."""
    marks = score[:, None] >= GRID
    f1 = f1_table(np.repeat(truth[:, None] > 0, len(GRID), axis=1), marks)[0]
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return round(float(GRID[smooth.argmax()]), 2)


def choose_thresholds(found: Scored) -> dict[str, dict[str, float]]:
    """Choose thresholds: language -> label; `_silent` and `_said` where silence has a score."""
    table: dict[str, dict[str, float]] = {}
    for code in LANGUAGES:
        mine = found.language == code
        table[code] = {}
        for j, label in enumerate(found.shown.labels):
            some = mine if found.truth[mine, j].sum() >= ENOUGH_FOR_THRESHOLD else mine | True
            blind = found.shown.name == "cx11" and label.name in UNMARKED
            least = (
                NO_EXAMPLES
                if blind
                else best_threshold(found.truth[some, j], found.scores[some, j])
            )
            table[code][label.name] = least
        if found.silence is not None:
            table[code] |= _silence(found, table[code])
    return table


def _silence(found: Scored, least: dict[str, float]) -> dict[str, float]:
    """Choose above which probability of none nothing is said, and below which something is."""
    levels = np.array([least[x.name] for x in found.shown.labels])
    says = found.shown.says_silence
    truth = found.truth if says else np.column_stack([found.truth, ~found.truth.any(axis=1)])
    best, chosen = -1.0, {}
    for silent in NONE_GRID:
        for said in np.arange(0.0, min(silent, 0.61), 0.05):
            table = {"_silent": float(round(silent, 2)), "_said": float(round(said, 2))}
            marks = found.shown.decide(found.scores, levels, silence=found.silence, table=table)
            marks = marks if says else np.column_stack([marks, ~marks.any(axis=1)])
            value = float(f1_table(truth, marks).mean())
            if value > best:
                best, chosen = value, table
    return chosen


def scheme_figures(found: Scored) -> dict[str, Any]:
    """Measure a scheme, thresholds of one half on the other, by language and set."""
    marks = np.zeros_like(found.truth)
    for k in (0, 1):
        chosen = choose_thresholds(found.part(found.half != k))
        marks[found.half == k] = found.part(found.half == k).given(chosen)
    figures = {}
    for name in sorted(set(found.sets)):
        mine = found.sets == name
        truth, given, scores = found.truth[mine], marks[mine], found.scores[mine]
        labelled = truth.any(axis=0)
        truth, given, scores = truth[:, labelled], given[:, labelled], scores[:, labelled]
        error = round(calibration_error(truth, scores), 4)
        if found.silence is not None and not found.shown.says_silence:
            truth = np.column_stack([truth, ~truth.any(axis=1)])
            given = np.column_stack([given, ~given.any(axis=1)])
        figures[f"{found.shown.name} {name}"] = f1_summary(truth, given) | {
            "labels": truth.shape[1],
            "ece": error,
        }
    return figures


@dataclass(frozen=True)
class Valence:
    """Valence out of fold with the rules applied: what was felt (-1 to 1) and what is said."""

    truth: np.ndarray
    valence: np.ndarray
    given: np.ndarray
    felt: np.ndarray
    language: np.ndarray
    sets: np.ndarray
    half: np.ndarray

    @classmethod
    def of(cls, held: Held, rows: pd.DataFrame) -> Valence:
        """Apply the rules to the out-of-fold sentiment."""
        texts = rows["text"].to_numpy()[held.at]
        sentiment = composed(held.values, [polarity.read(text) for text in texts])
        return cls(
            truth=held.target.argmax(axis=1),
            valence=sentiment[:, 2] - sentiment[:, 0],
            given=sentiment.argmax(axis=1),
            felt=held.target[:, 2] - held.target[:, 0],
            language=rows["language"].to_numpy()[held.at],
            sets=rows["set"].to_numpy()[held.at],
            half=rows["key"].iloc[held.at].map(lambda key: fold_of(key + "|", 2)).to_numpy(),
        )

    def bins(self, chosen: np.ndarray | None = None) -> dict[str, list[list[float]]]:
        """Give for each language and bin of the valence the ends of the interval of `felt`.

        Each set counts the same, so that none decides alone how wide it is.
        """
        some = np.ones(len(self.felt), bool) if chosen is None else chosen
        share = 1 / pd.Series(self.sets).map(pd.Series(self.sets[some]).value_counts()).to_numpy()
        bins = np.digitize(self.valence, VALENCE_EDGES)
        table: dict[str, list[list[float]]] = {}
        for code in LANGUAGES:
            table[code] = []
            for i in range(len(VALENCE_EDGES) + 1):
                mine = some & (self.language == code) & (bins == i)
                ends = _shortest(self.felt[mine], share[mine])
                table[code].append([round(x, 3) for x in ends])
        return table

    def figures(self) -> dict[str, Any]:
        """Measure by set: macro F1 of three, rank of the sign, coverage and width of intervals."""
        low, high = np.zeros(len(self.felt)), np.zeros(len(self.felt))
        bins = np.digitize(self.valence, VALENCE_EDGES)
        for k in (0, 1):
            table = self.bins(self.half != k)
            for code in LANGUAGES:
                mine = (self.half == k) & (self.language == code)
                ends = np.array(table[code])[bins[mine]]
                low[mine] = np.minimum(ends[:, 0], self.valence[mine])
                high[mine] = np.maximum(ends[:, 1], self.valence[mine])
        found = {}
        for name in sorted(set(self.sets)):
            mine = self.sets == name
            polar = self.truth[mine] != 1
            inside = (low[mine] <= self.felt[mine]) & (self.felt[mine] <= high[mine])
            found[f"valence {name}"] = f1_summary(
                self.truth[mine][:, None] == np.arange(3), self.given[mine][:, None] == np.arange(3)
            ) | {
                "labels": 3,
                "auc": round(auc(self.truth[mine][polar] == 2, self.valence[mine][polar]), 4),
                "inside": round(float(inside.mean()), 3),
                "width": round(float((high - low)[mine].mean()), 3),
            }
        return found


def _shortest(felt: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Give the shortest interval that holds `LEVEL` of the weight."""
    if len(felt) == 0:
        return -1.0, 1.0
    values = np.unique(felt)
    mass = np.array([weight[felt == value].sum() for value in values]) / weight.sum()
    reached = np.concatenate([[0.0], np.cumsum(mass)])
    ends = [
        (values[j] - values[i], -(reached[j + 1] - reached[i]), values[i], values[j])
        for i in range(len(values))
        for j in range(i, len(values))
        if reached[j + 1] - reached[i] >= LEVEL - 1e-9
    ]
    low, high = min(ends)[2:]
    return float(low), float(high)
