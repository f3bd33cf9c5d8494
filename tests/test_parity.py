"""Russian and English say the same: parallel sentences of customers get the same valence (F11)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cjmresearch import models

PAIRS = Path(__file__).parent / "data" / "parity" / "pairs.csv"


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    rows = pd.read_csv(PAIRS, dtype="str")
    for language in ("ru", "en"):
        got = models.classify(rows[language].tolist())
        rows[f"valence_{language}"] = got["valence"]
    return rows


def test_there_are_enough_pairs_and_none_twice(pairs: pd.DataFrame) -> None:
    assert len(pairs) >= 60
    assert pairs["ru"].str.contains("[а-яё]").all()
    assert not pairs["en"].str.contains("[а-яёА-ЯЁ]").any()
    assert pairs["ru"].is_unique
    assert pairs["en"].is_unique


def test_neither_language_is_told_as_the_sadder_one(pairs: pd.DataFrame) -> None:
    gap = pairs["valence_ru"] - pairs["valence_en"]
    assert abs(gap.mean()) <= 0.10


@pytest.mark.xfail(
    strict=True, reason="emotion-2: mean of |Δ| is .17; take this mark off when it is .10"
)
def test_pairs_differ_little_on_average(pairs: pd.DataFrame) -> None:
    gap = pairs["valence_ru"] - pairs["valence_en"]
    assert gap.abs().mean() <= 0.10


def test_neither_language_is_all_zeros(pairs: pd.DataFrame) -> None:
    for language in ("ru", "en"):
        valence = pairs[f"valence_{language}"]
        assert (valence.abs() > 0.1).mean() > 0.5
        assert (valence < 0).any()
        assert (valence > 0).any()
    assert np.corrcoef(pairs["valence_ru"], pairs["valence_en"])[0, 1] > 0.8
