"""How far apart people are, by features of mixed kinds (Gower)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.personas.features import Features


def distances(features: Features, *, weights: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Compute Gower's distance of every two people: 0 for alike in all, 1 for unlike in all.

    The weighted mean over the features that are known of both (Gower, *Biometrics* 27, 1971,
    857-871): for numbers, shares, ordinals and flags the difference divided by the range, for
    categories 0 or 1. The range is the length of the scale where it is known, else what was seen.

    Parameters
    ----------
    features
        As made by `features`.
    weights
        Weight of features by name, 1 where none is given; 0 leaves one out.

    Returns
    -------
    DataFrame
        float64, 0...1, square: rows and columns are participant_id. NaN where two people have no
        known feature in common.
    """
    people = features.table.index
    values = Encoded.of(features, weights=weights)
    return pd.DataFrame(values.between(), people, people)


@dataclass(frozen=True)
class Encoded:
    """Features as numbers whose absolute differences add up to Gower's numerator.

    `values`: people x columns, 0 where missing; a category takes a column a value, each a half.
    `known`: people x features; `weight` of each feature; `feature` of each column.
    """

    values: np.ndarray
    known: np.ndarray
    weight: np.ndarray
    feature: np.ndarray

    @classmethod
    def of(cls, features: Features, *, weights: Mapping[str, float] | None = None) -> Encoded:
        """Encode features; missing values are marked, never filled in."""
        names = list(features.table.columns)
        unknown = [name for name in weights or () if name not in names]
        if unknown:
            raise CjmError(f"weights: no feature {unknown[0]!r}; there are {', '.join(names[:8])}")
        weight = np.array([float((weights or {}).get(name, 1.0)) for name in names])
        if (weight < 0).any():
            raise CjmError("weights: none may be negative")
        columns, feature = [], []
        for i, name in enumerate(names):
            block = _block(features.table[name], features.kinds[name], features.ranges[name])
            columns.append(weight[i] * block)
            feature += [i] * block.shape[1]
        n = len(features.table)
        values = np.concatenate(columns, axis=1) if columns else np.empty((n, 0))
        known = features.table.notna().to_numpy(bool)
        return cls(np.ascontiguousarray(values), known, weight, np.array(feature, np.int64))

    def rows(self, which: np.ndarray) -> Encoded:
        """Take these people, in this order."""
        return replace(self, values=self.values[which], known=self.known[which])

    def without(self, left_out: np.ndarray) -> Encoded:
        """Leave features out, given as a bool of each."""
        kept = ~left_out
        number = np.cumsum(kept) - 1
        columns = kept[self.feature]
        return Encoded(
            np.ascontiguousarray(self.values[:, columns]),
            self.known[:, kept],
            self.weight[kept],
            number[self.feature[columns]],
        )

    def between(self, other: Encoded | None = None) -> np.ndarray:
        """Compute distances of all people to all people of another (default: the same) frame."""
        from scipy.spatial.distance import cdist

        other = self if other is None else other
        if not len(self.weight):
            return np.full((len(self.values), len(other.values)), np.nan)
        total = cdist(self.values, other.values, "cityblock")
        if self.known.all() and other.known.all():
            return total / self.weight.sum()
        # A missing value counts as 0, which adds the other's value; take that off again.
        total -= (~self.known[:, self.feature]).astype(float) @ other.values.T
        total -= self.values @ (~other.known[:, self.feature]).astype(float).T
        shared = (self.known * self.weight) @ other.known.T.astype(float)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(shared > 0, np.maximum(total, 0.0) / shared, np.nan)

    def shuffled(self, rng: np.random.Generator, groups: np.ndarray | None = None) -> Encoded:
        """Permute each feature over the people of whom it is known; what is missing stays.

        With `groups`, labels of a division, over the people of each group.
        """
        values = self.values.copy()
        alike = [np.ones(len(values), bool)]
        if groups is not None:
            alike = [groups == g for g in np.unique(groups)]
        for i in range(len(self.weight)):
            columns = np.flatnonzero(self.feature == i)
            for group in alike:
                rows = np.flatnonzero(self.known[:, i] & group)
                drawn = rng.permutation(rows)
                values[rows[:, None], columns] = self.values[drawn[:, None], columns]
        return replace(self, values=values)


def _block(values: pd.Series, kind: str, span: float) -> np.ndarray:
    """Scale one feature to 0...1; categories become columns of 0 and a half."""
    if kind == "category":
        levels = pd.Categorical(values)
        block = np.zeros((len(values), max(1, len(levels.categories))))
        rows = np.flatnonzero(levels.codes >= 0)
        block[rows, levels.codes[rows]] = 0.5
        return block
    numbers = values.to_numpy(float)
    lowest = np.nanmin(numbers) if (~np.isnan(numbers)).any() else 0.0
    scaled = (numbers - lowest) / span if span > 0 else np.zeros(len(numbers))
    return np.nan_to_num(scaled)[:, None]
