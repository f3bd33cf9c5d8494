"""Out-of-fold figures of the tagger on the clauses written for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from emotion_fit import Problem
from scipy.special import expit, softmax
from sklearn.metrics import average_precision_score, f1_score

from cjmresearch.models.artifact import Head

Held = dict[str, tuple[Problem, np.ndarray, np.ndarray]]


def figures(held: Held, rows: pd.DataFrame, heads: list[Head]) -> dict[str, Any]:
    """Measure each head on the hand-written clauses: F1 at .5 or accuracy, by language."""
    found: dict[str, Any] = {}
    for head in heads:
        task, unseen, platt = held[head.name]
        logits = unseen * platt[:, 0] + platt[:, 1]
        part = rows.iloc[task.at]
        for language in ("en", "ru"):
            mine = ((part["set"] == "phrases") & (part["language"] == language)).to_numpy()
            found[f"{head.name} {language}"] = _figures(head, logits[mine], task.target[mine] > 0)
    return found


def _figures(head: Head, logits: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    n = len(truth)
    if head.link == "softmax":
        right = softmax(logits, axis=1).argmax(axis=1) == truth.argmax(axis=1)
        return {"n": n, "accuracy": round(float(right.mean()), 3)}
    scores = expit(logits)
    return {
        "n": n,
        "positive": int(truth.sum()),
        "micro_f1": round(float(f1_score(truth, scores >= 0.5, average="micro")), 3),
        "average_precision": round(
            float(average_precision_score(truth, scores, average="micro")), 3
        ),
    }
