"""Personas that exist: features, distances, finding, stability, describing, drift."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch import personas, schema


def flags(values: np.ndarray) -> personas.Features:
    """Features of a matrix of people x flags."""
    values = np.asarray(values, float)
    people = pd.Index([f"p{i:04d}" for i in range(len(values))], name="participant_id")
    table = pd.DataFrame(values, people, [f"c{j}" for j in range(values.shape[1])])
    return personas.Features(table, pd.Series("flag", table.columns, dtype="str"))


def two_groups(n: int, *, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    first = (np.arange(n) % 2 == 0)[:, None]
    return rng.random((n, 10)) < np.where(first == (np.arange(10) < 5), 0.9, 0.1)


def test_two_planted_personas_are_found():
    found = personas.find(flags(two_groups(30)), replicates=99)
    assert (found.k, found.outcome) == (2, "found")
    assert found.p_value == 0.01
    schema.check(found.personas, "personas")
    schema.check(found.memberships, "memberships")
    assert found.stability["n_participants"].tolist() == [15, 15]
    assert found.stability["stable"].all()
    sums = found.memberships.groupby("participant_id")["probability"].sum()
    assert np.allclose(sums, 1)
    assert len(sums) == 30


def test_noise_has_no_personas_and_says_so():
    noise = np.random.default_rng(1).random((12, 10)) < 0.4
    found = personas.find(flags(noise), replicates=99)
    assert (found.k, found.outcome) == (0, "chance")
    assert found.personas.empty
    assert "не доказывает" in found.reason("ru")
    assert "does not prove" in found.reason("en")
