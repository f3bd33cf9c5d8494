"""F1 with bootstrap intervals, calibration error, rank agreement."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

RESAMPLES = 500


def f1_table(truth: np.ndarray, given: np.ndarray, weight: np.ndarray | None = None) -> np.ndarray:
    """Compute F1 of each column; with `weight` (resamples, n) one row a resample."""
    w = np.ones((1, len(truth))) if weight is None else weight
    t, g = truth.astype(float), given.astype(float)
    hits, total = w @ (t * g), w @ t + w @ g
    return np.divide(2 * hits, total, out=np.zeros_like(hits), where=total > 0)


def f1_summary(truth: np.ndarray, given: np.ndarray) -> dict[str, float]:
    """Give macro F1 with its 95 % percentile interval over texts, and micro F1."""
    draws = np.random.default_rng(0).multinomial(
        len(truth), np.full(len(truth), 1 / len(truth)), size=RESAMPLES
    )
    macro = f1_table(truth, given, draws).mean(axis=1)
    low, high = np.quantile(macro, [0.025, 0.975])
    hits, total = (truth & given).sum(), truth.sum() + given.sum()
    return {
        "n": len(truth),
        "macro_f1": round(float(f1_table(truth, given).mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "micro_f1": round(float(2 * hits / max(total, 1)), 4),
    }


def auc(positive: np.ndarray, score: np.ndarray) -> float:
    """Give the share of (positive, other) pairs in which the positive scores higher."""
    ranks = rankdata(score)
    n = int(positive.sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(score) - n)))


def auc_interval(positive: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """Give the 95 % percentile interval of `auc` over texts."""
    rng = np.random.default_rng(0)
    draws = []
    for _ in range(RESAMPLES):
        at = rng.integers(0, len(score), len(score))
        if 0 < positive[at].sum() < len(at):
            draws.append(auc(positive[at], score[at]))
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(low), float(high)


def calibration_error(truth: np.ndarray, probability: np.ndarray, bins: int = 15) -> float:
    """Give the expected calibration error, averaged over columns (equal-width bins)."""
    errors = []
    for t, p in zip(truth.T, probability.T, strict=True):
        where = np.minimum((p * bins).astype(int), bins - 1)
        sizes = np.bincount(where, minlength=bins)
        gap = np.bincount(where, p, bins) - np.bincount(where, t, bins)
        errors.append(np.abs(gap[sizes > 0]).sum() / len(p))
    return float(np.mean(errors))
