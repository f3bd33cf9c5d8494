"""Dividing people by their distances, and how well a division separates them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cjmresearch.personas.distances import Encoded

SMALLEST = 3
"""Fewer people than these are no persona: a cell of them could point at a person."""
MOST = 300
"""People whose division is made and tested at once; of more these are drawn, and all are placed."""


def divisions(distance: np.ndarray, sizes: Sequence[int]) -> dict[int, np.ndarray]:
    """Divide people into each number of groups: labels 0...k-1 by number.

    Ward's criterion on the root of the distance, which for Gower's is Euclidean where nothing is
    missing (Gower, 1971; Ward, *J. American Statistical Association* 58, 1963), by SciPy.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    tree = linkage(np.sqrt(squareform(distance, checks=False)), "ward")
    order, n = leaves_list(tree), len(distance)
    # Every node is a run of the leaves in their order; the last merged is taken apart first.
    starts = {2 * n - 2: 0}
    found = {}
    for k in range(2, max(sizes) + 1):
        node = max(starts)
        start = starts.pop(node)
        left, right = int(tree[node - n, 0]), int(tree[node - n, 1])
        length = 1 if left < n else int(tree[left - n, 3])
        starts |= {left: start, right: start + length}
        if k in sizes:
            labels = np.zeros(n, np.int64)
            labels[sorted(starts.values())[1:]] = 1
            found[k] = np.empty(n, np.int64)
            found[k][order] = labels.cumsum()
    return found


def drawn_people(n: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the people whose division is made, in their order; everybody if they aren't many."""
    return np.sort(rng.permutation(n)[:MOST])


def divide(
    values: Encoded, k: int, *, rng: np.random.Generator, sample: np.ndarray | None = None
) -> np.ndarray:
    """Divide the people of a sample, and place everybody else with the nearest group."""
    sample = drawn_people(len(values.values), rng) if sample is None else sample
    part = values.rows(sample)
    # Two people without a known feature in common are as far apart as people are in the mean.
    distance = part.between()
    labels = divisions(np.where(np.isnan(distance), np.nanmean(distance), distance), [k])[k]
    if len(sample) == len(values.values):
        return labels
    everybody = nearest_group(np.nan_to_num(values.between(part)), labels, k)
    everybody[sample] = labels
    return everybody


def silhouette(distance: np.ndarray, labels: np.ndarray) -> float:
    """Compute the mean silhouette of a division (Rousseeuw, *J. Comput. Appl. Math.* 20, 1987).

    NaN where a group has fewer people than a persona may have.
    """
    count = np.bincount(labels)
    if count.min() < SMALLEST:
        return float("nan")
    member = np.eye(len(count))[labels]
    to_group = distance @ member
    people = np.arange(len(labels))
    own = to_group[people, labels] / (count[labels] - 1)
    others = to_group / count
    others[people, labels] = np.inf
    nearest = others.min(axis=1)
    scale = np.maximum(own, nearest)
    return float(np.mean(np.divide(nearest - own, scale, out=np.zeros_like(own), where=scale > 0)))


def nearest_group(distance: np.ndarray, labels: np.ndarray, groups: int) -> np.ndarray:
    """Give each row the group whose members are nearest in the mean; columns are the members."""
    member = np.eye(groups)[labels]
    return (distance @ member / np.maximum(member.sum(axis=0), 1)).argmin(axis=1)


def jaccards(labels: np.ndarray, others: np.ndarray, *, groups: int) -> np.ndarray:
    """Compute the overlap of each group of one division with each of another, people alike."""
    a, b = np.eye(groups)[labels], np.eye(groups)[others]
    both = a.T @ b
    either = a.sum(axis=0)[:, None] + b.sum(axis=0)[None] - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)
