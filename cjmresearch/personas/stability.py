"""Whether personas come back when people are drawn anew, and who belongs to which how surely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cjmresearch.personas.distances import Encoded
from cjmresearch.personas.dividing import MOST, divisions, jaccards, nearest_group

STABLE = 0.75
"""Mean Jaccard from which a persona is called stable (Hennig, 2007)."""


@dataclass(frozen=True)
class Stability:
    """Jaccard of each group, and people x groups of probabilities."""

    jaccard: np.ndarray
    probability: np.ndarray


def stability(
    values: Encoded, labels: np.ndarray, *, replicates: int, rng: np.random.Generator
) -> Stability:
    """Draw people with replacement, divide them again, and compare.

    A group's Jaccard is the mean over draws of its overlap with the most similar group, over the
    people drawn (Hennig, *Computational Statistics & Data Analysis* 52, 2007, 258-271). A person's
    probability of a persona is the share of draws in which the person falls to the group that
    corresponds to it (the pairing of greatest overlap); who wasn't drawn falls to the group whose
    members are nearest in the mean.

    Parameters
    ----------
    values
        Features of the people.
    labels
        Their division, 0...k-1.
    replicates
        Draws.
    rng
        Source of the draws.
    """
    from scipy.optimize import linear_sum_assignment

    n, groups = len(labels), int(labels.max()) + 1
    whole = values.between() if n <= MOST else None
    overlap, hits, draws = np.zeros(groups), np.zeros((n, groups)), np.zeros(groups)
    for _ in range(replicates):
        drawn = rng.integers(0, n, min(n, MOST))
        if len(np.unique(drawn)) < groups:
            continue
        between = values.between(values.rows(drawn)) if whole is None else whole[:, drawn]
        again = divisions(between[drawn], [groups])[groups]
        place = nearest_group(between, again, groups)
        place[drawn] = again
        there = np.unique(drawn)
        # A group of which nobody was drawn can't come back in this draw, nor fail to.
        seen = np.bincount(labels[there], minlength=groups) > 0
        alike = jaccards(labels[there], place[there], groups=groups)
        overlap += np.where(seen, alike.max(axis=1), 0.0)
        draws += seen
        mine, theirs = linear_sum_assignment(-jaccards(labels, place, groups=groups))
        as_ours = np.empty(groups, np.int64)
        as_ours[theirs] = mine
        hits[np.arange(n), as_ours[place]] += 1
    total = np.maximum(hits.sum(axis=1, keepdims=True), 1)
    return Stability(overlap / np.maximum(draws, 1), hits / total)
