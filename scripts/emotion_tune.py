"""Platt scaling and thresholds of the emotion model, all on out-of-fold predictions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from emotion_fit import Problem
from emotion_metrics import auc, calibration_error, f1_summary, f1_table
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, softmax
from sklearn.linear_model import LogisticRegression

from cjmresearch.models.artifact import LANGUAGES, Head
from cjmresearch.models.features import plain
from cjmresearch.models.schemes import SCHEMES, Scheme, scheme

HOME = {"cedr5": {"cedr"}}
"""Sets a head is calibrated on, where these are not all that it learns from."""
ENOUGH_FOR_PLATT = 60
ENOUGH_FOR_THRESHOLD = 100
GRID = np.arange(0.08, 0.561, 0.01)
NO_EXAMPLES = 0.5
"""Threshold of labels that no training set marks: only a cue or a strong mixture reaches it."""
UNMARKED = frozenset({"trust", "impatience", "confidence"})
COUNTS_AS = 0.5
"""A source label of at least this weight counts as an example of the mapped label."""

Held = dict[str, tuple[Problem, np.ndarray]]


@dataclass(frozen=True)
class Calibrated:
    """Slopes and intercepts (language, column, 2), and the calibrated out-of-fold values."""

    platt: np.ndarray
    probabilities: np.ndarray


def calibration(unseen: np.ndarray, task: Problem, rows: pd.DataFrame, recipe: Any) -> Calibrated:
    """Fit the scaling of a head on out-of-fold logits, each language on its own where it can."""
    language = rows["language"].to_numpy()[task.at]
    home = rows["set"].isin(HOME.get(recipe.name, set(recipe.sets))).to_numpy()[task.at]
    platt = np.zeros((len(LANGUAGES), unseen.shape[1], 2))
    values = np.zeros_like(unseen, dtype=np.float64)
    for i, name in enumerate(LANGUAGES):
        mine = home & (language == name)
        if recipe.link == "softmax":
            platt[i, :, 0] = _temperature(unseen[mine], task.target[mine], task.weight[mine])
        else:
            for j in range(unseen.shape[1]):
                some = mine if task.target[mine, j].sum() >= ENOUGH_FOR_PLATT else home
                platt[i, j] = _platt(unseen[some, j], task.target[some, j])
        scaled = unseen * platt[i, :, 0] + platt[i, :, 1]
        link = expit if recipe.link == "sigmoid" else _softmax
        values[language == name] = link(scaled[language == name])
    return Calibrated(platt, values)


def _softmax(logits: np.ndarray) -> np.ndarray:
    return softmax(logits, axis=1)


def _platt(logit: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    model = LogisticRegression(C=1e4, tol=1e-8).fit(logit[:, None], truth > 0)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def _temperature(logit: np.ndarray, target: np.ndarray, weight: np.ndarray) -> float:
    def loss(slope: float) -> float:
        return -float((weight[:, None] * target * log_softmax(logit * slope, axis=1)).sum())

    return float(minimize_scalar(loss, bounds=(0.3, 5), method="bounded").x)


def best_threshold(truth: np.ndarray, score: np.ndarray) -> float:
    """Give the threshold of the grid with the highest F1, smoothed over its neighbours."""
    given = score[:, None] >= GRID
    f1 = f1_table(np.repeat(truth[:, None] > 0, len(GRID), axis=1), given)[0]
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return round(float(GRID[smooth.argmax()]), 2)


def oof_scores(
    name: str, held: Held, rows: pd.DataFrame, heads: list[Head]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, Scheme]:
    """Give row numbers, truth and out-of-fold scores of a scheme on its home sets."""
    shown = scheme(name, {head.name: head.labels for head in heads})
    task, values = held[shown.head or "goemotions28"]
    sets = rows["set"].to_numpy()[task.at]
    mine = np.isin(sets, list(HOME.get(name, {"goemotions", "ru_goemotions"})))
    at = task.at[mine]
    if shown.head:
        return at, task.target[mine] > 0, values[mine], shown
    columns = {f"{h.name}.{x}": np.zeros(len(at)) for h in heads for x in h.labels}
    labels = next(h.labels for h in heads if h.name == "goemotions28")
    columns |= {f"goemotions28.{x}": values[mine, i] for i, x in enumerate(labels)}
    valence_task, sentiment = held["valence"]
    place = np.full(len(rows), -1)
    place[valence_task.at] = np.arange(len(valence_task.at))
    valence = (sentiment[:, 2] - sentiment[:, 0])[place[at]]
    texts = [plain(text) for text in rows["text"].to_numpy()[at]]
    truth = mapped_truth(shown, task.target[mine] > 0, labels)
    return at, truth, shown.scores(columns, texts, valence), shown


def mapped_truth(shown: Scheme, marks: np.ndarray, labels: tuple[str, ...]) -> np.ndarray:
    """Mark a mapped label where a source label of weight `COUNTS_AS` or more is marked."""
    result = np.zeros((len(marks), len(shown.labels)), dtype=bool)
    for j, label in enumerate(shown.labels):
        for source, weight in label.sources.items():
            head, _, name = source.partition(".")
            if head == "goemotions28" and weight >= COUNTS_AS:
                result[:, j] |= marks[:, labels.index(name)]
    return result


def scheme_thresholds(
    held: Held, rows: pd.DataFrame, heads: list[Head]
) -> dict[str, dict[str, dict[str, float]]]:
    """Choose thresholds: scheme -> language -> label."""
    table: dict[str, dict[str, dict[str, float]]] = {}
    for name in SCHEMES:
        at, truth, scores, shown = oof_scores(name, held, rows, heads)
        language = rows["language"].to_numpy()[at]
        table[name] = {}
        for code in LANGUAGES:
            mine = language == code
            table[name][code] = {}
            for j, label in enumerate(shown.labels):
                some = mine if truth[mine, j].sum() >= ENOUGH_FOR_THRESHOLD else mine | True
                blind = name == "cx11" and label.name in UNMARKED
                least = NO_EXAMPLES if blind else best_threshold(truth[some, j], scores[some, j])
                table[name][code][label.name] = least
    return table


def oof_figures(
    held: Held, rows: pd.DataFrame, heads: list[Head], thresholds: dict[str, Any]
) -> dict[str, Any]:
    """Measure the schemes and the valence out of fold, by language."""
    figures: dict[str, Any] = {}
    for name in SCHEMES:
        at, truth, scores, shown = oof_scores(name, held, rows, heads)
        language = rows["language"].to_numpy()[at]
        for code in sorted(set(language)):
            mine = language == code
            least = np.array([thresholds[name][code][x.name] for x in shown.labels])
            given = scores[mine] >= least
            marked = truth[mine].any(axis=0)
            plain_f1 = f1_summary(truth[mine][:, marked], given[:, marked])
            silent = ~given.any(axis=1)
            given[silent, scores[mine][silent].argmax(axis=1)] = True
            filled = f1_summary(truth[mine][:, marked], given[:, marked])
            figures[f"{name} {code}"] = plain_f1 | {
                "macro_f1_if_best": filled["macro_f1"],
                "micro_f1_if_best": filled["micro_f1"],
                "ece": round(calibration_error(truth[mine][:, marked], scores[mine][:, marked]), 4),
            }
    return figures | _valence_figures(held, rows)


def _valence_figures(held: Held, rows: pd.DataFrame) -> dict[str, Any]:
    task, sentiment = held["valence"]
    sets = rows["set"].to_numpy()[task.at]
    figures = {}
    for name in sorted(set(sets)):
        mine = sets == name
        truth = task.target[mine].argmax(axis=1)
        given = sentiment[mine].argmax(axis=1)
        polar = truth != 1
        valence = (sentiment[:, 2] - sentiment[:, 0])[mine]
        figures[f"valence {name}"] = f1_summary(
            truth[:, None] == np.arange(3), given[:, None] == np.arange(3)
        ) | {"auc": round(auc(truth[polar] == 2, valence[polar]), 4)}
    return figures
