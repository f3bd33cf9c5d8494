"""The promises of F1 to F12 at fewer studies; all of them: benchmarks/statistics.py."""

from __future__ import annotations

import itertools
import math
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from test_aggregate import told

from cjmresearch import aggregate
from cjmresearch.aggregate import intervals, waves, within
from cjmresearch.aggregate.drivers import lmg
from cjmresearch.errors import CjmError

# By its path: Python has a module `statistics` of its own.
_spec = spec_from_file_location(
    "promises", Path(__file__).parents[1] / "benchmarks" / "statistics.py"
)
sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))  # what it imports itself
promises = sys.modules["promises"] = module_from_spec(_spec)
_spec.loader.exec_module(promises)

QUICK = {
    "share_coverage": 1,
    "nps_coverage": 40,
    "peaks": 300,
    "detectable": 60,
    "flagged_skips": 150,
}
SLOW = {
    "curve_coverage": 300,
    "false_stars": 400,
    "found_dips": 200,
    "rank_coverage": 400,
    "told_summary": 400,
    "agreement_coverage": 300,
    "opportunity": 240,
    "pain_rank_coverage": 150,
    "wave_errors": 300,
    "role_coverage": 400,
    "leavers": 200,
    "ledgers": 80,
    "models": 80,
    "files": 80,
}
EXACT = {"share_coverage", "ledgers", "models", "files"}
"""Not simulated: what must hold at any number of studies.  F3 is simulated by test_corrected."""
NOISE = 3.0
"""Standard errors that few studies may be off by."""


def keep(name: str, studies: int) -> None:
    """Judge each figure with room for the noise of few studies; the full run has none."""
    figures = list(promises.all_figures(studies)[name]())
    assert figures
    for figure in figures:
        room = 0.0 if name in EXACT else NOISE * math.sqrt(0.25 * 0.3 / studies)
        assert figure.low - room <= figure.value <= figure.high + room, figure.row()


@pytest.mark.parametrize("name", QUICK)
def test_promises_that_are_quick(name):
    keep(name, QUICK[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_promises_that_take_their_time(name):
    keep(name, SLOW[name])


# --- intervals ----------------------------------------------------------------------------------


def test_jeffreys_is_the_beta_quantile_with_exact_ends():
    n = np.arange(9)
    low, high = intervals.jeffreys(n, np.full(9, 8))
    inner = slice(1, 8)
    assert low[inner] == pytest.approx(stats.beta.ppf(0.025, n + 0.5, 8 - n + 0.5)[inner])
    assert high[inner] == pytest.approx(stats.beta.ppf(0.975, n + 0.5, 8 - n + 0.5)[inner])
    assert (low[0], high[8]) == (0.0, 1.0)
    exact = stats.binomtest(0, 8).proportion_ci(method="exact")
    assert high[0] == pytest.approx(exact.high)
    assert low[8] == pytest.approx(1 - exact.high)
    assert [float(v[0]) for v in intervals.jeffreys(np.array([0]), np.array([0]))] == [0.0, 1.0]


def test_share_interval_is_the_wider_of_two():
    n, of = np.arange(13), np.full(13, 12)
    low, high = aggregate.share_interval(n, of)
    for one in (intervals.jeffreys(n, of), aggregate.wilson(n, of)):
        assert (low <= one[0] + 1e-12).all()
        assert (high >= one[1] - 1e-12).all()
    assert np.isfinite(aggregate.share_interval(np.array([0]), np.array([0]))).all()


def test_nobody_of_eight_allows_31_percent():
    assert aggregate.unheard_bound(8) == pytest.approx(0.3123, abs=1e-4)
    exact = stats.binomtest(0, 8, alternative="less").proportion_ci(0.95, method="exact")
    assert aggregate.unheard_bound(8) == pytest.approx(exact.high)
    assert aggregate.heard_once(0.20, 8) == pytest.approx(0.832, abs=1e-3)


def test_t_interval_equals_scipys():
    values = np.array([0.1, -0.4, 0.9, 0.3])
    low, high = intervals.t_interval(*intervals.summary_of(values))
    expected = stats.t.interval(0.95, 3, values.mean(), stats.sem(values))
    assert (low, high) == pytest.approx(expected)
    assert np.isnan(intervals.t_interval(*intervals.summary_of(values[:2]))).all()


# --- is there a dip -----------------------------------------------------------------------------


def stages_of(values: np.ndarray) -> pd.DataFrame:
    return promises.observed(np.asarray(values, float)[:, :, None])


def test_two_stages_are_the_paired_permutation_test():
    rng = np.random.default_rng(4)
    values = rng.normal(0, 1, (7, 2)) + np.array([0, 0.9])
    gaps = values[:, 0] - values[:, 1]
    # 2 ** 7 sign patterns, all of them
    signs = np.array(list(itertools.product([-1, 1], repeat=7)))
    drawn = stats.ttest_1samp(signs * gaps, 0, axis=1).statistic
    exact = np.mean(np.abs(drawn) >= abs(stats.ttest_1samp(gaps, 0).statistic) - 1e-9)
    t, p = within.max_t(values, replicates=20_000)
    assert t[0] == pytest.approx(stats.ttest_1samp(gaps, 0).statistic)
    assert p.min() == pytest.approx(exact, abs=0.01)


def test_all_permutations_of_three_stages_with_one_missing():
    values = np.array([[0.1, 0.9, 0.5], [0.0, 0.7, np.nan], [0.3, 0.8, 0.6], [-0.2, 0.4, 0.1]])
    orders = []
    for row in values:
        known = np.flatnonzero(~np.isnan(row))
        each = []
        for order in itertools.permutations(known):
            turned = row.copy()
            turned[known] = row[list(order)]
            each.append(turned)
        orders.append(each)
    everything = np.array([np.array(rows) for rows in itertools.product(*orders)])
    largest = np.nanmax(-within._t_of(everything), axis=1)
    t, p = within.max_t(values, replicates=40_000)
    for stage in range(3):
        assert p[stage] == pytest.approx(np.mean(largest >= -t[stage] - 1e-9), abs=0.01)


def test_permutation_keeps_missing_places_and_all_values():
    rng = np.random.default_rng(0)
    values = rng.normal(0, 1, (6, 5))
    values[rng.random((6, 5)) < 0.3] = np.nan
    drawn = within._permuted(values, 50, rng)
    assert (np.isnan(drawn) == np.isnan(values)).all()
    assert np.allclose(np.sort(drawn, axis=2), np.sort(values, axis=1), equal_nan=True)
    assert not np.allclose(drawn[0], drawn[1], equal_nan=True)


def test_a_deep_dip_is_starred_and_nothing_else():
    rng = np.random.default_rng(2)
    values = 0.1 * rng.normal(0, 1, (10, 5))
    values[:, 3] -= 0.6
    values[0, 1] = np.nan
    stars = aggregate.stage_stars(stages_of(values)).set_index("stage")
    assert stars["star"].to_dict() == {f"m:{i}": i == 3 for i in range(5)}
    assert stars.loc["m:3", "high"] < 0
    assert stars.loc["m:3", "difference"] < stars.loc["m:3", "shrunken"] < 0
    assert stars["n_units"].tolist() == [10, 9, 10, 10, 10]
    others = np.nanmean(np.delete(values[1], 3))
    assert within._contrasts(values)[1, 3] == pytest.approx(values[1, 3] - others)
    high = aggregate.stage_stars(stages_of(-values), side="high")
    assert high["star"].tolist() == stars["star"].tolist()
    both = aggregate.stage_stars(stages_of(values), side="both")
    assert both.set_index("stage").loc["m:3", "star"]
    with pytest.raises(CjmError, match="side='down': choose one of low, high, both"):
        aggregate.stage_stars(stages_of(values), side="down")


def test_two_people_get_no_star_and_no_p():
    stars = aggregate.stage_stars(stages_of([[0.1, -0.9, 0.3], [0.2, -0.8, 0.1]]))
    assert stars["p"].isna().all()
    assert not stars["star"].any()
    empty = aggregate.stage_stars(stages_of([[0.1, -0.9]]).iloc[:0])
    assert len(empty) == 2


def test_what_a_star_could_find_is_the_noncentral_t():
    rng = np.random.default_rng(8)
    stars = aggregate.stage_stars(stages_of(rng.normal(0, 1, (9, 4))))
    row = stars.iloc[0]
    contrasts = within._contrasts(aggregate.unit_table(stages_of(np.zeros((1, 1)))).to_numpy())
    assert np.isnan(contrasts).all()  # a single stage has no others
    sd = (row["high"] - row["low"]) / 2 * 3 / stats.t.ppf(1 - 0.05 / 8, 8)
    effect = row["detectable"] / sd * 3
    assert stats.nct.sf(stats.t.ppf(1 - 0.05 / 4, 8), 8, effect) == pytest.approx(0.8, abs=1e-3)


def test_ranks_separate_only_what_pairs_show():
    rng = np.random.default_rng(3)
    values = 0.05 * rng.normal(0, 1, (8, 4)) + [0.0, 0.0, 0.6, -0.7]
    ranks = aggregate.stage_ranks(stages_of(values)).set_index("stage")
    assert ranks["maybe_lowest"].tolist() == [False, False, False, True]
    assert ranks[["rank_low", "rank_high"]].to_numpy().tolist() == [[2, 3], [2, 3], [4, 4], [1, 1]]
    p = stats.ttest_rel(values[:, 0], values[:, 3]).pvalue
    assert p < 0.05 / 6
    few = aggregate.stage_ranks(stages_of(values[:2]))
    assert few["rank_low"].tolist() == [1] * 4
    assert few["rank_high"].tolist() == [4] * 4


def test_pairs_of_ranks_are_paired_t_tests_by_bonferroni():
    rng = np.random.default_rng(12)
    values = rng.normal(0, 0.5, (9, 5)) + np.linspace(-0.6, 0.6, 5)
    sets = within.rank_sets(values)
    for k in range(5):
        tests = [stats.ttest_rel(values[:, k], values[:, j]) for j in range(5) if j != k]
        lower = sum(t.pvalue < 0.05 / 10 and t.statistic > 0 for t in tests)
        higher = sum(t.pvalue < 0.05 / 10 and t.statistic < 0 for t in tests)
        assert (sets["rank_low"][k], sets["rank_high"][k]) == (1 + lower, 5 - higher)


def test_pairs_of_pains_are_mcnemars_by_bonferroni():
    rng = np.random.default_rng(6)
    named = rng.random((30, 4)) < [0.9, 0.5, 0.45, 0.1]
    sets = within.share_ranks(named)
    for k in range(4):
        above = below = 0
        for j in set(range(4)) - {k}:
            mine, theirs = (named[:, k] & ~named[:, j]).sum(), (named[:, j] & ~named[:, k]).sum()
            p = stats.binomtest(int(mine), int(mine + theirs)).pvalue
            above += p <= 0.05 / 6 and theirs > mine
            below += p <= 0.05 / 6 and mine > theirs
        assert (sets["rank_low"][k], sets["rank_high"][k]) == (1 + above, 4 - below)
    assert sets["rank"][0] == 1


# --- waves --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "other"), [(5, None), (12, None), (40, None), (8, 12)])
def test_detectable_difference_has_the_power_it_says(n, other):
    size = waves.detectable_difference(2.0, n, other=other, power=0.8) / 2.0
    df = n - 1 if other is None else n + other - 2
    effect = size / math.sqrt(1 / n + (0 if other is None else 1 / other))
    critical = stats.t.ppf(0.975, df)
    power = stats.nct.sf(critical, df, effect) + np.nan_to_num(stats.nct.cdf(-critical, df, effect))
    assert power == pytest.approx(0.8, abs=1e-6)
    assert math.isnan(waves.detectable_difference(1.0, 2))


def test_detectable_difference_equals_cohens_table():
    """Cohen 1988, table 2.4.1: d = .50 needs 64 a group for a power of .80, two-sided .05."""
    assert waves.detectable_difference(1.0, 64, other=64) == pytest.approx(0.5, abs=0.005)
    assert waves.detectable_difference(1.0, 26, other=26) == pytest.approx(0.8, abs=0.01)


def test_holm_equals_by_hand():
    p = np.array([0.01, np.nan, 0.04, 0.03])
    assert waves.holm(p) == pytest.approx([0.03, np.nan, 0.06, 0.06], nan_ok=True)


def test_welch_equals_scipys():
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 1, 7), rng.normal(0.4, 2, 11)
    expected = stats.ttest_ind(y, x, equal_var=False).confidence_interval()
    got = aggregate.mean_difference(pd.Series(x, [f"x{i}" for i in range(7)]), pd.Series(y))
    assert got[1:] == (pytest.approx(expected.low), pytest.approx(expected.high), False)


def test_pairs_are_compared_where_most_are_the_same():
    rng = np.random.default_rng(2)
    x = pd.Series(rng.normal(0, 1, 8))
    y = x + rng.normal(0.3, 0.1, 8)
    some = y.iloc[:5]
    expected = stats.ttest_rel(some, x.iloc[:5]).confidence_interval()
    got = aggregate.mean_difference(x, some)
    assert got == (pytest.approx((some - x.iloc[:5]).mean()), *map(pytest.approx, expected), True)
    strangers = y.set_axis([0, 1, 2, *"abcde"])  # three of eight were heard before
    expected = stats.ttest_ind(strangers, x, equal_var=False).confidence_interval()
    assert aggregate.mean_difference(x, strangers)[1:] == (*map(pytest.approx, expected), False)
    assert np.isnan(aggregate.mean_difference(x, y[:2])[1])
    assert np.isnan(aggregate.mean_difference(x, y[:0])[0])


def test_a_difference_of_shares_is_newcombes():
    # Newcombe (1998), table II: 56/70 and 48/80 by method 10, .0524 to .3339.
    difference, low, high = aggregate.share_difference((48, 56), (80, 70))
    assert (difference, low, high) == (
        pytest.approx(0.2),
        pytest.approx(0.0524, abs=5e-5),
        pytest.approx(0.3339, abs=5e-5),
    )
    assert np.isnan(aggregate.share_difference((1, 1), (2, 9))[1])
    assert np.isnan(aggregate.share_difference((0, 1), (0, 9))[0])


def two_waves(before: np.ndarray, after: np.ndarray, *, same: bool) -> pd.DataFrame:
    frame = stages_of(np.vstack([before, after]))
    number = frame["participant_id"].astype(int)
    if same:
        frame["participant_id"] = (number % len(before)).astype("str")
    return frame.assign(wave=np.where(number < len(before), "1", "2"))


def test_the_same_people_are_compared_with_themselves():
    rng = np.random.default_rng(5)
    before = rng.normal(0, 0.5, (9, 2))
    after = before + np.array([0.4, 0.0]) + rng.normal(0, 0.1, (9, 2))
    got = aggregate.wave_change(two_waves(before, after, same=True), "wave").set_index("stage")
    assert got["paired"].all()
    expected = stats.ttest_rel(after[:, 0], before[:, 0]).confidence_interval()
    assert tuple(got.loc["m:0", ["low", "high"]]) == pytest.approx((expected.low, expected.high))
    assert got["verdict"].tolist() == ["changed", "unchanged"]
    others = aggregate.wave_change(two_waves(before, after, same=False), "wave")
    assert not others["paired"].any()
    welch = stats.ttest_ind(after[:, 0], before[:, 0], equal_var=False).confidence_interval()
    assert tuple(others.loc[0, ["low", "high"]]) == pytest.approx((welch.low, welch.high))


def test_no_evidence_of_change_is_not_evidence_of_none():
    rng = np.random.default_rng(11)
    before, after = rng.normal(0, 0.6, (6, 1)), rng.normal(0.1, 0.6, (6, 1))
    frame = two_waves(before, after, same=False)
    row = aggregate.wave_change(frame, "wave", margin=0.2).iloc[0]
    assert row["verdict"] == "no change shown"
    wide = aggregate.wave_change(frame, "wave", margin=3.0).iloc[0]
    assert wide["verdict"] == "unchanged"
    few = aggregate.wave_change(two_waves(before[:2], after, same=False), "wave").iloc[0]
    assert few["verdict"] == "too few"
    with pytest.raises(CjmError, match="give the earlier and the later"):
        aggregate.wave_change(frame, "wave", waves=("1", "3"))


def test_people_of_two_waves_are_permuted_as_scipy_does():
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 1, 5), rng.normal(1, 2, 6)
    exact = stats.permutation_test(
        (y, x),
        lambda a, b, axis: stats.ttest_ind(a, b, equal_var=False, axis=axis).statistic,
        vectorized=True,
        n_resamples=np.inf,
    )
    assert waves._shuffle(x, y, 20_000, rng) == pytest.approx(exact.pvalue, abs=0.01)


def test_same_people_have_the_p_of_the_paired_t_by_holm():
    rng = np.random.default_rng(7)
    before = rng.normal(0, 0.5, (6, 3))
    after = before + np.array([0.3, 0.1, -0.2]) + rng.normal(0, 0.2, (6, 3))
    got = aggregate.wave_change(two_waves(before, after, same=True), "wave")
    expected = stats.ttest_rel(after, before).pvalue
    assert got["p"].tolist() == pytest.approx(waves.holm(expected))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_change_is_said_without_a_cause(language):
    rng = np.random.default_rng(5)
    before = rng.normal(0, 0.5, (9, 3))
    after = before + np.array([0.4, 0.0, -0.5]) + rng.normal(0, 0.1, (9, 3))
    change = aggregate.wave_change(two_waves(before, after, same=True), "wave")
    said = aggregate.change_in_words(change, names={"m:0": "A"}, language=language)
    words = {"ru": ("лучше", "меньше 0,20", "хуже"), "en": ("better", "smaller than 0.20", "worse")}
    assert all(w in s for w, s in zip(words[language], said, strict=True)), said
    assert "9" in said[0]
    assert "A" in said[0]
    with pytest.raises(CjmError, match="language 'de'"):
        aggregate.change_in_words(change, language="de")


# --- beside the curve ---------------------------------------------------------------------------


def test_completers_are_the_same_people_at_each_stage():
    values = np.array([[0.5, 0.6, 0.7], [-0.5, np.nan, np.nan], [0.1, 0.2, np.nan], [0.3] * 3])
    both = aggregate.completers_curve(stages_of(values)).set_index(["people", "stage"])
    assert both.loc["completers", "n_participants"].tolist() == [2, 2, 2]
    assert both.loc["completers", "mean"].tolist() == pytest.approx([0.4, 0.45, 0.5])
    assert both.loc["all", "n_participants"].tolist() == [4, 3, 2]
    early = aggregate.completers_curve(stages_of(values), stages=["m:0", "m:1"])
    assert early[early["people"] == "completers"]["n_participants"].tolist() == [3, 3, 2]
    with pytest.raises(CjmError, match="'m:9' is no stage"):
        aggregate.completers_curve(stages_of(values), stages=["m:9"])


def test_roles_weigh_alike_whatever_their_numbers():
    frame = told({f"e{i}": [v] for i, v in enumerate([0.8, 0.6, 0.7, 0.9, 0.5, 0.7])})
    frame = pd.concat([frame, told({"d0": [-0.5], "d1": [-0.3]})], ignore_index=True)
    roles = {p: "engineer" if p[0] == "e" else "director" for p in frame["participant_id"]}
    row = aggregate.role_curve(frame, roles).iloc[0]
    assert row["mean"] == pytest.approx((0.7 - 0.4) / 2)
    assert row["pooled"] == pytest.approx((6 * 0.7 - 0.8) / 8)
    assert (row["n_roles"], row["fewest"], row["n_participants"]) == (2, 2, 8)
    e, d = np.array([0.8, 0.6, 0.7, 0.9, 0.5, 0.7]), np.array([-0.5, -0.3])
    parts = np.array([e.var(ddof=1) / 6, d.var(ddof=1) / 2]) / 4
    df = parts.sum() ** 2 / (parts**2 / [5, 1]).sum()
    half = stats.t.ppf(0.975, df) * math.sqrt(parts.sum())
    assert (row["low"], row["high"]) == pytest.approx((0.15 - half, 0.15 + half))
    alone = aggregate.role_curve(frame[frame["participant_id"] != "d1"], roles).iloc[0]
    assert math.isnan(alone["low"])


def test_people_of_one_firm_move_together_in_the_roles_error():
    frame = told({f"p{i}": [v] for i, v in enumerate([0.8, 0.1, -0.4, 0.7, 0.2, -0.6])})
    roles = {f"p{i}": "ab"[i // 3] for i in range(6)}
    apart = aggregate.role_curve(frame, roles).iloc[0]
    frame["org_id"] = [f"f{i % 3}" for i in range(6)]
    together = aggregate.role_curve(frame, roles).iloc[0]
    assert together["n_units"] == 3
    values = np.array([[0.8, 0.1, -0.4], [0.7, 0.2, -0.6]])
    off = (values - values.mean(axis=1, keepdims=True)) * math.sqrt(3 / 2) / 3 / 2
    error = math.sqrt((off.sum(axis=0) ** 2).sum())  # a firm is a column: its people add up
    reach = stats.t.ppf(0.975, 2) * error
    assert (together["high"] - together["low"]) / 2 == pytest.approx(reach)
    assert together["high"] - together["low"] > apart["high"] - apart["low"]


# --- peak, end and mean -------------------------------------------------------------------------


def test_the_peak_of_a_budget_equals_all_samples():
    values = [0.9, -0.2, 0.5, -0.8, 0.1]
    found = aggregate.experiences(told({"A": values}), budget=3).iloc[0]
    picks = [max(c, key=abs) for c in itertools.combinations(values, 3)]
    lows = [min(c) for c in itertools.combinations(values, 3)]
    assert found["peak"] == pytest.approx(np.mean(picks))
    assert found["lowest"] == pytest.approx(np.mean(lows))
    two = aggregate.experiences(told({"A": [0.5, -0.5]}), budget=2).iloc[0]
    assert two["peak"] == pytest.approx(0)  # equally strong: neither is the peak
    assert math.isnan(aggregate.experiences(told({"A": values[:2]})).iloc[0]["peak"])


def test_the_end_is_the_last_stage_a_person_felt_something_at():
    frame = pd.concat(
        [told({"A": [0.5], "B": [0.1]}), told({"A": [-0.7, -0.3]}).assign(stage="m:2")],
        ignore_index=True,
    )
    frame["coding_id"] = frame.index.astype("str")
    frame["start"] = 10 * frame.index
    frame["end"] = frame["start"] + 5
    frame["stage"] = pd.Categorical(frame["stage"], ["m:1", "m:2"], ordered=True)
    found = aggregate.experiences(frame, budget=1).set_index("participant_id")
    assert found["end"].to_dict() == pytest.approx({"A": -0.5, "B": 0.1})
    table = aggregate.peak_end(pd.concat([frame, told({"C": [0.4]})]), budget=1)
    assert table["summary"].tolist() == ["mean", "peak", "lowest", "end"]
    assert table.set_index("summary").loc["end", "mean"] == pytest.approx((-0.5 + 0.1 + 0.4) / 3)


def test_leave_one_out_equals_leaving_one_out():
    rng = np.random.default_rng(3)
    people = pd.DataFrame(rng.normal(0, 1, (25, 3)), columns=["mean", "peak", "end"])
    people.insert(0, "participant_id", [f"p{i}" for i in range(25)])
    rating = 5 + 2 * people["end"] + rng.normal(0, 0.3, 25)
    table = aggregate.which_summary(
        people, dict(zip(people["participant_id"], rating, strict=True))
    )
    errors = []
    for i in range(25):
        rest = people.drop(index=i)
        slope, intercept = np.polyfit(rest["end"], rating.drop(index=i), 1)
        errors.append(rating[i] - intercept - slope * people["end"][i])
    by_name = table.set_index("summary")
    assert by_name.loc["end", "error"] == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert by_name.loc[["end", "peak_end"], "best"].any()
    assert by_name["told_apart"].sum() == 1
    few = aggregate.which_summary(
        people[:12], dict(zip(people["participant_id"], rating, strict=True))
    )
    assert not few["told_apart"].any()


def test_rho_equals_scipys_and_scales_are_mapped():
    rng = np.random.default_rng(7)
    said = rng.uniform(-1, 1, 12)
    people = pd.DataFrame({"participant_id": [f"p{i}" for i in range(12)], "mean": said})
    rating = {f"p{i}": round(5 + 4 * v + rng.normal(0, 1)) for i, v in enumerate(said)}
    got = aggregate.rated_alike(people, rating, scale=(0, 10))
    assert got["rho"] == pytest.approx(stats.spearmanr(said, list(rating.values())).statistic)
    gaps = np.array(list(rating.values())) / 5 - 1 - said
    assert got["difference"] == pytest.approx(gaps.mean())
    expected = stats.t.interval(0.95, 11, gaps.mean(), stats.sem(gaps))
    assert (got["low"], got["high"]) == pytest.approx(expected)
    half = 1.959964 * math.sqrt((1 + got["rho"] ** 2 / 2) / 9)
    assert math.atanh(got["rho_high"]) - math.atanh(got["rho"]) == pytest.approx(half, abs=1e-5)
    with pytest.raises(CjmError, match="scale="):
        aggregate.rated_alike(people, rating, scale=(10, 0))


# --- drivers ------------------------------------------------------------------------------------


def r_squared(x: np.ndarray, y: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(y)), x])
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return 1 - left.var() / y.var()


def test_lmg_is_the_mean_gain_over_all_orders():
    rng = np.random.default_rng(9)
    x = rng.normal(0, 1, (40, 3)) @ rng.normal(0, 1, (3, 3))
    y = x @ [1.0, 0.5, 0.0] + rng.normal(0, 1, 40)
    gains = np.zeros(3)
    for order in itertools.permutations(range(3)):
        for place, driver in enumerate(order):
            before = r_squared(x[:, list(order[:place])], y) if place else 0.0
            gains[driver] += (r_squared(x[:, list(order[: place + 1])], y) - before) / 6
    assert lmg(x, y) == pytest.approx(gains)
    assert lmg(x, y).sum() == pytest.approx(r_squared(x, y))


def test_drivers_refuse_too_few_people_and_say_what_hardly_varies():
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.normal(0, 1, (60, 3)), columns=["a", "b", "safe"])
    table["safe"] = 5 + 0.05 * table["safe"]
    table["all"] = table["a"] + 0.2 * rng.normal(0, 1, 60)
    got = aggregate.drivers(table, "all", replicates=99).set_index("driver")
    assert got.index[0] == "a"
    assert got["hardly_varies"].to_dict() == {"a": False, "b": False, "safe": True}
    assert got.loc["a", "low"] > got.loc["b", "high"]
    assert (got["rank_low"] <= got["rank"]).all()
    with pytest.raises(CjmError, match="25 people answered everything, and 3 drivers need 30"):
        aggregate.drivers(table[:25], "all")
    with pytest.raises(CjmError, match="outcome='nps'"):
        aggregate.drivers(table, "nps")
    with pytest.raises(CjmError, match="everybody gave the same"):
        aggregate.drivers(table.assign(all=1.0), "all")
