from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import studies
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjmresearch import aggregate
from cjmresearch.errors import CjmError

STAGES = list(studies.STAGES)
SEARCH, BUY, USE, TELL = STAGES


def steps_of(paths: dict[str, list[str]]) -> pd.DataFrame:
    rows = [
        (person, place, i, ()) for person, path in paths.items() for i, place in enumerate(path)
    ]
    steps = pd.DataFrame(rows, columns=["participant_id", "place", "step", "coding_ids"])
    steps["place"] = pd.Categorical(steps["place"], STAGES, ordered=True)
    return steps


# --- visits -------------------------------------------------------------------------------------


def test_steps_follow_the_text_and_neighbours_merge():
    study = studies.study(
        {"s": [("A", "first we looked, looked again"), ("B", "me too"), ("A", "bought. looked")]},
        [
            {"source": "s", "quote": "we looked", "code": SEARCH},
            {"source": "s", "quote": "looked again", "code": SEARCH},
            {"source": "s", "quote": "bought", "code": BUY},
            {"source": "s", "start": 45, "end": 50, "code": SEARCH},
            {"source": "s", "quote": "me too", "code": USE},
            {"source": "s", "quote": "we looked", "code": TELL, "coder": "boris"},
        ],
    )
    steps = aggregate.visits(study)
    a = steps[steps["participant_id"] == "A"]
    assert list(a["place"]) == [SEARCH, BUY, SEARCH]  # and not boris, who marked less
    assert list(a["step"]) == [0, 1, 2]
    assert a["coding_ids"].iloc[0] == ("c0", "c1")
    assert list(steps[steps["participant_id"] == "B"]["place"]) == [USE]
    assert list(a["place"].cat.categories) == STAGES
    points = aggregate.visits(study, along="touchpoint")
    assert points.empty
    with pytest.raises(CjmError, match="order='made up'"):
        aggregate.visits(study, order="made up")


def logged(*rows: tuple[str, str, int | None, str | None, str | None]) -> list[dict]:
    return [
        {
            "visit_id": f"v{i}",
            "participant_id": person,
            "stage": stage,
            "order_happened": order,
            "begin": begin,
            "end": end,
            "origin": "log",
        }
        for i, (person, stage, order, begin, end) in enumerate(rows)
    ]


def test_what_happened_is_another_order_than_what_was_told():
    study = studies.study(
        {"s": [("A", "we use it. before we bought. before that we looked")]},
        [
            {"source": "s", "quote": "we use", "code": USE},
            {"source": "s", "quote": "we bought", "code": BUY},
            {"source": "s", "quote": "we looked", "code": SEARCH},
        ],
        visits=logged(
            ("A", USE, 3, None, None), ("A", SEARCH, 1, None, None), ("A", BUY, 2, None, None)
        ),
    )
    told, happened = (aggregate.visits(study, order=o) for o in ("told", "happened"))
    assert list(told["place"]) == [USE, BUY, SEARCH]
    assert list(happened["place"]) == [SEARCH, BUY, USE]
    assert set(happened["origin"]) == {"log"}
    agreement = aggregate.order_agreement(told, happened)
    assert agreement.to_dict("records") == [{"participant_id": "A", "n_places": 3, "tau": -1.0}]


def test_times_order_visits_that_have_no_numbers():
    study = studies.study(
        {"s": [("A", "x")]},
        [],
        visits=logged(
            ("A", BUY, None, "2026-03-05T10:00:00Z", "2026-03-06T10:00:00Z"),
            ("A", SEARCH, None, "2026-03-01T10:00:00Z", None),
        ),
    )
    assert list(aggregate.visits(study, order="happened")["place"]) == [SEARCH, BUY]


# --- transitions --------------------------------------------------------------------------------

paths = st.dictionaries(
    st.sampled_from("ABCDEF"), st.lists(st.sampled_from(STAGES), min_size=1, max_size=6), min_size=1
)


@given(paths)
def test_steps_equal_the_directly_follows_graph(drawn):
    clean = {
        p: [s for i, s in enumerate(path) if i == 0 or path[i - 1] != s]
        for p, path in drawn.items()
    }
    graph = Counter(
        pair
        for path in clean.values()
        for pair in zip(["start", *path], [*path, "end"], strict=True)
    )
    people = Counter(
        pair
        for path in clean.values()
        for pair in set(zip(["start", *path], [*path, "end"], strict=True))
    )
    table = aggregate.transitions(steps_of(clean)).set_index(["from", "to"])
    assert {k: n for k, n in table["n_steps"].items() if n} == dict(graph)
    assert {k: n for k, n in table["n_participants"].items() if n} == dict(people)
    there = {s: sum(s in path for path in clean.values()) for s in STAGES}
    for place, of in there.items():
        assert set(table.loc[place, "of_participants"]) == {of}


def test_nobody_went_there_has_a_bound():
    steps = steps_of({f"p{i}": [SEARCH, BUY] for i in range(8)})
    table = aggregate.transitions(steps).set_index(["from", "to"])
    row = table.loc[(SEARCH, USE)]
    assert (row["n_participants"], row["of_participants"], row["share"]) == (0, 8, 0.0)
    assert row["highest"] == pytest.approx(0.3123, abs=1e-4)
    sure = table.loc[(SEARCH, BUY)]
    assert sure["share"] == 1
    assert sure["low"] < 0.75
    nobody = table.loc[(USE, TELL)]
    assert math.isnan(nobody["share"])
    assert (nobody["low"], nobody["high"]) == (0, 1)


def test_next_steps_are_a_dirichlet_with_jeffreys_prior():
    steps = steps_of({"A": [SEARCH, BUY], "B": [SEARCH, BUY, SEARCH, USE], "C": [SEARCH]})
    table = aggregate.next_steps(steps, SEARCH).set_index("to")
    assert table["n_participants"].to_dict() == {BUY: 2, USE: 0, TELL: 0, "end": 1}
    assert table["share"].sum() == pytest.approx(1)
    draws = np.random.default_rng(0).dirichlet([2.5, 0.5, 0.5, 1.5], 200_000)
    expected = np.percentile(draws, [2.5, 97.5], axis=0)
    assert pytest.approx(expected, abs=0.01) == table[["low", "high"]].to_numpy().T
    with pytest.raises(CjmError, match="place 'nowhere'"):
        aggregate.next_steps(steps, "nowhere")


def test_the_declared_chain_is_held_against_what_people_did():
    steps = steps_of(
        {"A": [SEARCH, BUY, USE], "B": [SEARCH, USE, BUY], "C": [SEARCH, BUY], "D": [SEARCH]}
    )
    links = aggregate.chain_links(steps, [SEARCH, BUY, USE, TELL])
    assert links["n_participants"].tolist() == [2, 1, 0]
    assert links["of_participants"].tolist() == [4, 3, 2]
    assert links["n_later"].tolist() == [1, 0, 0]
    assert links["verdict"].tolist() == ["seen", "seen", "not seen"]
    assert links["seen_chance"].tolist() == pytest.approx([1 - 0.8**4, 1 - 0.8**3, 1 - 0.8**2])
    with pytest.raises(CjmError, match="'nowhere' is no place"):
        aggregate.chain_links(steps, [SEARCH, "nowhere"])


def test_skips_are_jumps_over_places_not_yet_seen():
    steps = steps_of(
        {
            **{f"p{i}": [SEARCH, USE, TELL] for i in range(4)},
            "back": [SEARCH, BUY, SEARCH, USE],
            "all": STAGES,
        }
    )
    table = aggregate.skips(steps, STAGES)
    assert table[["from", "to", "skipped", "n_participants"]].to_numpy().tolist() == [
        [SEARCH, USE, (BUY,), 4]
    ]
    expected = stats.binomtest(4, 6, 0.05, alternative="greater").pvalue
    assert table["p"].iloc[0] == pytest.approx(expected)
    assert table["flagged"].all()
    none = aggregate.skips(steps_of({"A": STAGES}), STAGES)
    assert none.empty


def test_loops_count_people_who_come_back():
    steps = steps_of({"A": [SEARCH, BUY, SEARCH, BUY, SEARCH], "B": [SEARCH, BUY]})
    table = aggregate.loops(steps).set_index("place")
    assert table.loc[SEARCH, ["n_participants", "of_participants", "most"]].tolist() == [1, 2, 3]
    assert table.loc[TELL, "of_participants"] == 0


# --- the funnel ---------------------------------------------------------------------------------


def test_funnel_without_anybody_underway_is_plain_shares():
    steps = steps_of({"A": STAGES, "B": [SEARCH, BUY], "C": [SEARCH], "D": [SEARCH, USE]})
    table = aggregate.funnel(steps)
    assert table["reached"].tolist() == [1.0, 0.75, 0.5, 0.25]
    assert table["n_stopped"].tolist() == [1, 1, 1, 0]
    low, high = aggregate.share_interval(np.array([4, 3, 2, 1]), np.full(4, 4))
    assert table["low"].tolist() == pytest.approx(list(low))
    assert table["high"].tolist() == pytest.approx(list(high))
    assert math.isnan(table["stopped"].iloc[3])


def test_funnel_with_people_underway_is_kaplan_meier():
    farthest = [0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 2, 0]
    underway = [2, 4, 11]
    steps = steps_of({f"p{i}": STAGES[: n + 1] for i, n in enumerate(farthest)})
    table = aggregate.funnel(steps, underway=[f"p{i}" for i in underway])
    # To stop at a stage is to stop after it; who is underway is last seen before.
    ended = np.array([i not in underway and n < 3 for i, n in enumerate(farthest)])
    at = np.array(farthest) + 0.5 * ended
    survival = stats.ecdf(stats.CensoredData(uncensored=at[ended], right=at[~ended])).sf
    with pytest.warns(RuntimeWarning):  # before anybody has stopped there are no bounds
        bounds = survival.confidence_interval(method="log-log")
    after = [0.5, 1.5, 2.5]
    assert table["reached"].tolist()[1:] == pytest.approx(survival.evaluate(after))
    assert table["low"].tolist()[1:] == pytest.approx(bounds.low.evaluate(after))
    assert table["high"].tolist()[1:] == pytest.approx(bounds.high.evaluate(after))
    assert table["n_underway"].tolist() == [1, 2, 0, 0]


def test_feelings_stand_beside_the_funnel():
    curve = pd.DataFrame(
        {"stage": STAGES, "mean": [0.1, 0.2, -0.3, np.nan], "low": np.nan, "high": np.nan}
    ).assign(n_participants=[3, 4, 5, 0])
    table = aggregate.funnel(steps_of({"A": STAGES}), curve=curve)
    assert table["felt"].tolist()[:3] == [0.1, 0.2, -0.3]
    assert table["n_felt"].tolist() == [3, 4, 5, 0]
    with pytest.raises(CjmError, match="a funnel needs stages"):
        aggregate.funnel(steps_of({"A": STAGES}).astype({"place": "str"}))


# --- whole paths --------------------------------------------------------------------------------


def test_variants_say_how_many_and_what_they_are_worth():
    steps = steps_of({"A": [SEARCH, BUY], "B": [SEARCH, BUY], "C": [BUY], "D": [SEARCH, BUY]})
    table = aggregate.variants(steps, value={"A": 100, "B": 300, "D": 200, "C": 50})
    assert table["path"].tolist() == [(SEARCH, BUY), (BUY,)]
    assert table["n_participants"].tolist() == [3, 1]
    expected = stats.t.interval(0.95, 2, 200, stats.sem([100, 300, 200]))
    assert (table["value_low"][0], table["value_high"][0]) == pytest.approx(expected)
    assert math.isnan(table["value_low"][1])


def g_of(corner: int, margins: tuple[np.ndarray, np.ndarray]) -> float:
    """Likelihood-ratio statistic of the two-by-two table with this corner."""
    (a, b), (c, _) = margins
    table = np.array([[corner, a - corner], [c - corner, b - c + corner]])
    expected = np.outer(*margins) / table.sum()
    known = table > 0
    return float(2 * (table[known] * np.log(table[known] / expected[known])).sum())


def test_order_test_equals_the_g_test_and_finds_memory():
    rng = np.random.default_rng(0)
    remembered = {}
    for i in range(60):
        first = STAGES[i % 2]
        remembered[f"p{i}"] = [first, USE, SEARCH if first == BUY else BUY]
    got = aggregate.order_test(steps_of(remembered), replicates=499)
    assert got["p"] < 0.01
    mixed = {f"p{i}": [STAGES[i % 2], USE, STAGES[rng.integers(2)]] for i in range(60)}
    got = aggregate.order_test(steps_of(mixed), replicates=999)
    rows = pd.DataFrame(mixed.values())
    table = pd.crosstab(rows[0], rows[2]).to_numpy()
    expected = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    assert got["statistic"] == pytest.approx(expected.statistic)
    assert got["df"] == expected.dof
    margins = table.sum(axis=1), table.sum(axis=0)
    possible = stats.hypergeom(60, margins[1][0], margins[0][0])
    exact = sum(
        possible.pmf(k)
        for k in range(61)
        if possible.pmf(k) > 0 and g_of(k, margins) >= expected.statistic - 1e-9
    )
    assert got["p"] == pytest.approx(exact, abs=0.05)
    assert math.isnan(aggregate.order_test(steps_of({"A": [SEARCH, BUY]}))["p"])


# --- times --------------------------------------------------------------------------------------


def test_median_time_equals_scipys_curve():
    rng = np.random.default_rng(3)
    days, ended = rng.exponential(10, 30).round(2), rng.random(30) < 0.7
    got = aggregate.median_time(days, ended)
    sample = stats.CensoredData(uncensored=days[ended], right=days[~ended])
    survival = stats.ecdf(sample).sf
    half = survival.quantiles[survival.probabilities <= 0.5].min()
    assert got["median"] == half
    assert got["low"] <= got["median"] <= got["high"]
    assert (got["n_ended"], got["n_censored"]) == (ended.sum(), (~ended).sum())
    assert math.isnan(aggregate.median_time(days, np.zeros(30, bool))["median"])


def test_time_in_stage_ends_where_the_next_begins():
    study = studies.study(
        {"s": [("A", "x")]},
        [],
        people={"B": {}},
        visits=logged(
            ("A", SEARCH, None, "2026-03-01T00:00:00Z", None),
            ("A", BUY, None, "2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z"),
            ("B", SEARCH, None, "2026-03-02T00:00:00Z", None),
            ("A", SEARCH, None, "2026-03-11T00:00:00Z", None),
        ),
    )
    steps = aggregate.visits(study, order="happened")
    table = aggregate.time_in_stage(steps).set_index("stage")
    assert table.loc[SEARCH, "median"] == 4
    assert table.loc[SEARCH, ["n_participants", "n_ended", "n_censored"]].tolist() == [2, 1, 1]
    assert table.loc[BUY, "median"] == 1
    again = aggregate.return_time(steps).set_index("stage")
    assert again.loc[SEARCH, "median"] == 10
    told = aggregate.visits(study, order="told")
    with pytest.raises(CjmError, match="no visit has a time"):
        aggregate.time_in_stage(told)


def test_coverage_of_the_median_of_censored_times():
    rng = np.random.default_rng(5)
    truth = 10 * math.log(2)
    hits = []
    for _ in range(200):
        days = rng.exponential(10, 25)
        limit = rng.uniform(5, 40, 25)
        got = aggregate.median_time(np.minimum(days, limit), days <= limit)
        high = got["high"] if not math.isnan(got["high"]) else math.inf
        hits.append(got["low"] <= truth <= high)
    assert 0.90 <= np.mean(hits) <= 1.0


# --- touchpoints along the path -----------------------------------------------------------------


def test_first_touch_and_channel_switches():
    study = studies.study(
        {
            "s": [("A", "saw the site, then called, site again")],
            "t": [("B", "called them first, slow, then the site")],
        },
        [
            {"source": "s", "quote": "the site", "code": "points:site"},
            {"source": "s", "quote": "called", "code": "points:call"},
            {"source": "s", "quote": "site again", "code": "points:site"},
            {"source": "t", "quote": "called them first, slow", "code": "points:call"},
            {"source": "t", "quote": "the site", "code": "points:site"},
            {"source": "t", "quote": "the site", "code": "pains:slow"},
        ],
    )
    steps = aggregate.visits(study, along="touchpoint")
    first = aggregate.first_touch(steps)
    assert first[["place", "n_participants", "of_participants"]].to_numpy().tolist() == [
        ["points:call", 1, 2],
        ["points:site", 1, 2],
    ]
    channels = {"points:site": "digital", "points:call": "human"}
    assert set(aggregate.first_touch(steps, kind=channels)["place"]) == {"digital", "human"}
    found = aggregate.observations(study)
    table = aggregate.channel_switches(steps, channels, pains=found).set_index(["from", "to"])
    row = table.loc[("human", "digital")]
    assert (row["n_switches"], row["n_participants"], row["n_pained"]) == (2, 2, 1)
    assert table.loc[("digital", "human"), "n_pained"] == 0
