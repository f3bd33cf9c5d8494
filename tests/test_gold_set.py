"""The gold set on real speech: its files hold no text, and its measures are what they claim."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "tests" / "gold"
sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "scripts")]

import gold  # noqa: E402
import gold_labels  # noqa: E402

SHAPES = {
    "id": r"g[0-9a-f]{10}",
    "file": r"[\w &./-]+\.(txt|csv|pdf|vtt|md|xhtml)",
    "item": r"|work_\d+|[\w-]{1,40}",
    "start": r"\d+",
    "end": r"\d+",
    "hash": r"[0-9a-f]{64}",
    "language": "ru|en",
    "family": r"\w{3,25}",
    "person": r"p[0-9a-f]{10}",
    "half": "open|locked",
    "probability": r"0\.\d+|1\.0",
    "stratum_size": r"\d+",
    "note": r"|line breaks are blanks",
}


def frame(name: str) -> pd.DataFrame:
    return pd.read_csv(GOLD / name, dtype="str", keep_default_na=False)


def test_segments_hold_no_text() -> None:
    segments = frame("segments.csv")
    assert list(segments.columns) == list(SHAPES)
    for column, shape in SHAPES.items():
        assert segments[column].str.fullmatch(shape).all(), column
    assert len(segments) >= 400
    assert segments["id"].is_unique


def test_labels_are_words_of_the_codebooks_and_nothing_else() -> None:
    labels = frame("labels.csv")
    assert list(labels["id"]) == list(frame("segments.csv")["id"])
    points, stages = gold_labels.slugs("touchpoints"), gold_labels.slugs("b2b8")
    allowed = {
        "pain": {"0", "1"},
        "suggestion": {"0", "1"},
        "pain_type": {"", "other", *gold_labels.slugs("barriers")},
        "valence": set(gold_labels.VALENCES),
        "touchpoints": {"", *points},
        "stage": {"none", *stages},
    }
    assert list(labels.columns) == ["id", *(f"{k}_{w}" for k in gold_labels.LABELS for w in "ab")]
    for name, values in allowed.items():
        for who in "ab":
            said = {one for cell in labels[f"{name}_{who}"] for one in cell.split(";")}
            assert said <= values, (name, who)
    kept = frame("lexicon-1.csv")
    assert list(kept.columns) == ["id", "pain", "suggestion", "touchpoints", "stage"]
    assert {one for c in kept["touchpoints"] for one in c.split(";")} <= {"", *points}
    assert {one for c in kept["stage"] for one in c.split(";")} <= {"", *stages}


def test_halves_and_probabilities_are_those_of_the_design() -> None:
    segments = gold.gold("all")
    for _, family in segments.groupby("family"):
        assert family["stratum_size"].nunique() == 1
        size = family["stratum_size"].iloc[0]
        assert family["probability"].to_numpy() == pytest.approx(len(family) / size)
        halves = family["half"].value_counts()
        assert abs(halves["open"] - halves["locked"]) <= 1


def test_segments_are_where_they_were_labelled(shared_data: Path) -> None:
    """Reads every file; a changed reader or changed data are told at once."""
    segments = gold.gold("all")
    files = gold.originals(shared_data, segments)
    words = gold.texts_of(segments, files)
    assert (words.str.split().str.len() >= 3).all()
    moved = segments.assign(start=segments["start"] + 1)
    with pytest.raises(SystemExit, match="aren't where they were labelled"):
        gold.texts_of(moved, files)
    text_of_repository = (GOLD / "segments.csv").read_text() + (GOLD / "labels.csv").read_text()
    assert not any(said in text_of_repository for said in words)


def test_kappa_equals_scikit_learns() -> None:
    from sklearn.metrics import cohen_kappa_score

    rng = np.random.default_rng(0)
    for kinds in (2, 3, 9):
        first = rng.integers(0, kinds, 200)
        second = np.where(rng.random(200) < 0.6, first, rng.integers(0, kinds, 200))
        table = np.zeros((kinds, kinds))
        np.add.at(table, (first, second), 1)
        expected = cohen_kappa_score(first, second)
        assert gold.cohen_kappa(table) == pytest.approx(expected, abs=1e-12)


def test_alpha_equals_krippendorffs_own_examples() -> None:
    """Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), examples A and B."""
    for first, second, alpha in (
        ("0100000010", "1110010000", 0.095),
        ("aabbdcccedda", "babbbccceddd", 0.692),
    ):
        kinds = sorted(set(first + second))
        table = np.zeros((len(kinds), len(kinds)))
        for a, b in zip(first, second, strict=True):
            table[kinds.index(a), kinds.index(b)] += 1
        assert gold.krippendorff_alpha(table) == pytest.approx(alpha, abs=5e-4)


def test_scores_of_known_answers() -> None:
    counted = gold.counts([{"a"}, {"a", "b"}, set(), set()], [{"a"}, {"b", "c"}, {"a"}, set()])
    assert counted.tolist() == [[1, 0, 0], [1, 1, 1], [0, 0, 1], [0, 0, 0]]
    assert gold.scores(counted.sum(axis=0)) == pytest.approx([2 / 3, 1 / 2, 4 / 7])


def small_frame(seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 120
    truth = (rng.random(n) < 0.4).astype(int)
    b = np.where(rng.random(n) < 0.95, truth, 1 - truth)
    return pd.DataFrame(
        {
            "pain_a": truth, "pain_b": b, "language": np.where(np.arange(n) % 4, "en", "ru"),
            "person": [f"p{i % 30}" for i in range(n)], "probability": 0.1,
        }
    )  # fmt: skip


def test_a_better_tagger_is_told_from_the_lexicon() -> None:
    rng = np.random.default_rng(2)
    frame = small_frame()
    truth = frame["pain_a"].to_numpy()
    weak = pd.DataFrame({"pain": truth * (rng.random(len(truth)) < 0.2)})
    good = pd.DataFrame({"pain": np.where(rng.random(len(truth)) < 0.9, truth, 1 - truth)})
    rows = pd.DataFrame(gold.compare(frame, {"lexicon": weak, "shipped": good}, "pain"))
    gap = rows[(rows["part"] == "all") & (rows["tagger"] == "shipped − lexicon")].iloc[0]
    assert gap["f1_low"] > 0.2
    assert gap["f1_low"] < gap["f1"] < gap["f1_high"]
    same = pd.DataFrame(gold.compare(frame, {"lexicon": weak, "shipped": weak}, "pain"))
    none = same[same["tagger"] == "shipped − lexicon"].iloc[0]
    assert (none["f1"], none["f1_low"], none["f1_high"]) == (0, 0, 0)
    agreed = int((frame["pain_a"] == frame["pain_b"]).sum())
    assert rows["n"].iloc[0] == agreed < len(frame)


def test_agreement_by_chance_is_none() -> None:
    rng = np.random.default_rng(4)
    values = rng.integers(0, 2, (2, 400))
    got = gold._agreed(values[0], values[1], np.arange(400) % 50, 2)
    assert got["kappa_low"] < 0 < got["kappa_high"]
    full = gold._agreed(values[0], values[0], np.arange(400) % 50, 2)
    assert (full["kappa"], full["alpha"]) == (1, 1)


def test_area_under_the_curve_equals_scikit_learns() -> None:
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(5)
    yes = rng.random(150) < 0.3
    score = np.round(rng.normal(yes, 1), 1)
    draws = gold.draws_of(150).astype(float)
    value, low, high = gold.auc(score, yes, draws)
    assert value == pytest.approx(roc_auc_score(yes, score))
    assert low < value < high


def test_the_page_says_who_labelled() -> None:
    written = (ROOT / "docs" / "gold.md").read_text(encoding="utf-8")
    assert "not made by human coders" in written
    assert re.search(r"scores the \*\*(open|locked)\*\* half", written)
