"""Whether personas come back when people are drawn anew, and who belongs to which how surely."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cjmresearch.personas.distances import Encoded
from cjmresearch.personas.dividing import MOST, divisions, jaccards, nearest_group

STABLE = 0.75
"""Mean Jaccard from which a persona is called stable (Hennig, 2007)."""
_DRAWS_OF_MANY = 100
"""Draws for the probabilities of more people than are drawn at once: each places all of them."""


def stability(
    values: Encoded, labels: Mapping[int, np.ndarray], *, replicates: int, rng: np.random.Generator
) -> dict[int, np.ndarray]:
    """Draw people with replacement, divide them again, and compare: mean Jaccard of each group.

    The mean over draws of a group's overlap with the most similar new group, over the people drawn
    (Hennig, *Computational Statistics & Data Analysis* 52, 2007, 258-271). A group of which nobody
    was drawn neither comes back in that draw nor fails to.

    Parameters
    ----------
    values
        Features of the people.
    labels
        Divisions, 0...k-1, by number of groups.
    replicates, rng
        Draws, and their source.
    """
    n = len(values.values)
    sums = {k: np.zeros(k) for k in labels}
    draws = {k: np.zeros(k) for k in labels}
    for _ in range(replicates):
        drawn = rng.integers(0, n, min(n, MOST))
        people, first = np.unique(drawn, return_index=True)
        able = [k for k in labels if k <= len(people)]
        if not able:
            continue
        again = divisions(values.rows(drawn).between(), able)
        for k in able:
            was = labels[k][people]
            seen = np.bincount(was, minlength=k) > 0
            sums[k] += seen * jaccards(was, again[k][first], groups=k).max(axis=1)
            draws[k] += seen
    return {k: sums[k] / np.maximum(draws[k], 1) for k in labels}


def probabilities(
    values: Encoded, labels: np.ndarray, *, replicates: int, rng: np.random.Generator
) -> np.ndarray:
    """Share of draws in which each person falls to each group: float, people x groups, sums to 1.

    New groups are paired with the old by the greatest overlap. Who wasn't drawn falls to the group
    whose members are nearest in the mean.

    Parameters
    ----------
    values
        Features of the people.
    labels
        Their division, 0...k-1.
    replicates, rng
        Draws, and their source.
    """
    from scipy.optimize import linear_sum_assignment

    n, groups = len(labels), int(labels.max()) + 1
    whole = values.between() if n <= MOST else None
    hits = np.zeros((n, groups))
    for _ in range(replicates if n <= MOST else min(replicates, _DRAWS_OF_MANY)):
        drawn = rng.integers(0, n, min(n, MOST))
        if len(np.unique(drawn)) < groups:
            continue
        between = values.between(values.rows(drawn)) if whole is None else whole[:, drawn]
        again = divisions(between[drawn], [groups])[groups]
        place = nearest_group(between, again, groups)
        place[drawn] = again
        mine, theirs = linear_sum_assignment(-jaccards(labels, place, groups=groups))
        as_ours = np.empty(groups, np.int64)
        as_ours[theirs] = mine
        hits[np.arange(n), as_ours[place]] += 1
    return hits / np.maximum(hits.sum(axis=1, keepdims=True), 1)
