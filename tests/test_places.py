"""Scores, places, touchpoints found, what was heard, and states."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math

import numpy as np
import pandas as pd
import pytest
import studies
from scipy import stats
from test_aggregate import told

from cjmresearch import aggregate, journey, schema
from cjmresearch.errors import CjmError

STAGES = list(studies.STAGES)
SEARCH, BUY, USE, TELL = STAGES


def said(*rows: tuple[str, str, str, str | None], kinds: dict[str, str] | None = None):
    """Observations of (participant, code, stage, touchpoint)."""
    frame = told({f"x{i}": [0.0] for i in range(len(rows))})
    frame["participant_id"] = [r[0] for r in rows]
    frame["code"] = [r[1] for r in rows]
    frame["stage"] = pd.Categorical([r[2] for r in rows], STAGES, ordered=True)
    frame["touchpoint"] = pd.Series([r[3] for r in rows], dtype="str")
    of = {"pains": "pain", "feelings": "emotion", "movers": "dream", "points": "touchpoint"}
    frame["kind"] = [(kinds or {}).get(r[1], of[r[1].split(":")[0]]) for r in rows]
    frame["intensity"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    frame["quote"] = "words"
    return frame.assign(touchpoint_machine=False, stage_machine=False)


# --- survey scores ------------------------------------------------------------------------------


def test_nps_equals_the_published_formula_and_half_widths():
    """Lewis and Sauro (measuringu.com, 2021): n + 3, 3/4 more promoters and detractors."""
    for up, down, n in ((4, 2, 8), (19, 9, 36), (0, 0, 3), (8, 0, 8)):
        score, low, high = aggregate.nps(up, down, n)
        p, d = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3)
        half = 1.959963984540054 * math.sqrt((p + d - (p - d) ** 2) / (n + 3))
        assert score == pytest.approx(100 * (up - down) / n, abs=1e-9)
        assert low == pytest.approx(max(-100, 100 * (p - d - half)), abs=1e-9)
        assert high == pytest.approx(min(100, 100 * (p - d + half)), abs=1e-9)
    _, low, high = aggregate.nps(4, 2, 8)
    assert (high - low) / 2 == pytest.approx(46, abs=2)


def test_nps_interval_covers_exactly():
    """All outcomes of 8 people, weighed by their chance: no simulation."""
    shares = (0.45, 0.30, 0.25)
    covered = plain = 0.0
    for up, mid in itertools.product(range(9), repeat=2):
        if up + mid <= 8:
            down = 8 - up - mid
            chance = stats.multinomial.pmf([up, mid, down], 8, shares)
            _, low, high = aggregate.nps(up, down, 8)
            covered += chance * (low <= 20 <= high)
            p, d = up / 8, down / 8
            half = 196 * math.sqrt((p + d - (p - d) ** 2) / 8)
            plain += chance * (abs(100 * (p - d) - 20) <= half)
    assert covered == pytest.approx(0.956, abs=0.006)
    assert plain < 0.91


def surveyed(values: dict[str, list[float]], **question) -> schema.Study:
    people = {f"P{i}": {} for i in range(max(len(v) for v in values.values()))}
    of = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}
    questions = {
        q: {
            "type": "scale",
            "metric": q,
            "scale_min": of[q][0],
            "scale_max": of[q][1],
            "stage": USE if q != "nps" else TELL,
            **question,
        }
        for q in values
    }
    answers = [
        {"participant_id": f"P{i}", "question_id": q, "value": v}
        for q, row in values.items()
        for i, v in enumerate(row)
    ]
    return studies.study(
        {"s": [("A", "x")]}, [], people=people, questions=questions, answers=answers
    )


def test_scores_keep_their_scales():
    study = surveyed({"nps": [10, 9, 7, 3], "csat": [5, 4, 2, 1, 5], "ces": [6, 5, 7, 2]})
    table = aggregate.survey_scores(aggregate.ratings(study), stages=STAGES).set_index("metric")
    assert table["unit"].to_dict() == {"csat": "percent", "ces": "points", "nps": "nps"}
    assert table.loc["nps", "score"] == 25
    assert table.loc["csat", "score"] == 60
    low, high = aggregate.wilson(np.array([3]), np.array([5]))
    assert table.loc["csat", ["low", "high"]].tolist() == pytest.approx(
        [100 * low[0], 100 * high[0]]
    )
    expected = stats.t.interval(0.95, 3, 5, stats.sem([6, 5, 7, 2]))
    assert table.loc["ces", ["low", "high"]].tolist() == pytest.approx(expected)
    assert table.loc["csat", "counts"] == {1.0: 1, 2.0: 1, 4.0: 1, 5.0: 2}
    assert list(table["stage"].cat.categories) == STAGES
    assert table["n"].to_dict() == {"csat": 5, "ces": 4, "nps": 4}


def test_scales_that_run_the_other_way_and_wrong_scales():
    study = surveyed({"csat": [1, 2, 5]}, higher_is_better=False)
    assert aggregate.survey_scores(aggregate.ratings(study))["score"].iloc[0] == pytest.approx(
        200 / 3
    )
    study = surveyed({"nps": [5, 4]}, scale_min=1, scale_max=5)
    with pytest.raises(CjmError, match="NPS needs a scale of 0 to 10, this one is of 1 to 5"):
        aggregate.survey_scores(aggregate.ratings(study))
    private = surveyed({"nps": [5, 4]}, pii=True)
    assert aggregate.ratings(private).empty
    assert aggregate.survey_scores(aggregate.ratings(private)).empty


def test_fresh_and_later_ratings_are_told_apart():
    study = surveyed({"csat": [5, 5, 4, 3, 3, 2]})
    answers = study.answers.assign(lag_hours=[0.5, 1, 2, 24, 30, 48])
    row = aggregate.mixed_lags(dataclasses.replace(study, answers=answers)).iloc[0]
    assert (row["n_fresh"], row["n_later"], row["mixed"]) == (3, 3, True)
    assert row["difference"] == pytest.approx(-2)
    expected = stats.ttest_ind([3, 3, 2], [5, 5, 4], equal_var=False).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
    assert aggregate.mixed_lags(study).empty
    later = answers.assign(lag_hours=[30.0] * 6)
    late = aggregate.mixed_lags(dataclasses.replace(study, answers=later)).iloc[0]
    assert (late["n_fresh"], late["mixed"]) == (0, False)
    of_survey = dataclasses.replace(study, sources=study.sources.assign(lag_hours=2.0))
    assert aggregate.mixed_lags(of_survey)["n_fresh"].tolist() == [6]


def test_a_curve_of_mixed_lags_is_told_by_stage_and_in_pairs():
    talks = {f"{lag}{p}": [(p, "good bad")] for lag in ("now", "next") for p in "ABCD"}
    codings = [
        row
        for number, source in enumerate(talks)
        for row in (
            {"source": source, "quote": "good bad", "code": "trip:buy"},
            {
                "source": source,
                "quote": "good",
                "code": "feelings:joy",
                "valence": (0.8 - number / 10) if source.startswith("now") else 0.1 * number - 0.6,
            },
        )
    ]
    base = studies.study(talks, codings)
    lags = [1.0 if s.startswith("now") else 30.0 for s in base.sources["source_id"]]
    base = dataclasses.replace(base, sources=base.sources.assign(lag_hours=lags))
    table = aggregate.mixed_lags(base, observations=aggregate.observations(base))
    row = table[table["what"] == "valence"].iloc[0]
    assert (row["stage"], row["n_fresh"], row["n_later"], row["n_both"]) == ("trip:buy", 4, 4, 4)
    assert row["paired"]
    fresh, later = [0.8, 0.7, 0.6, 0.5], [-0.2, -0.1, 0.0, 0.1]
    expected = stats.ttest_rel(later, fresh).confidence_interval()
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))
    audit = journey.audit(base, language="en").set_index("check").loc["memory"]
    assert audit["status"] == "warn"
    assert "mixed: en trip:buy. Compare" in audit["finding"]
    one_day = dataclasses.replace(base, sources=base.sources.assign(lag_hours=30.0))
    assert journey.audit(one_day).set_index("check").loc["memory", "status"] == "pass"


# --- places -------------------------------------------------------------------------------------


def test_one_talkative_person_makes_no_critical_place():
    loud = [("A", f"pains:{i}", BUY, "points:site") for i in range(10)]
    assert aggregate.critical_places(said(*loud)).empty
    same = [("A", "pains:0", BUY, "points:site"), ("B", "pains:0", BUY, "points:site")]
    assert aggregate.critical_places(said(*same)).empty
    two = aggregate.critical_places(said(*loud, ("B", "pains:0", BUY, "points:site")))
    assert two[["n_barriers", "n_participants", "n_codings"]].to_numpy().tolist() == [[10, 2, 11]]
    assert len(two["coding_ids"][0]) == 11


def test_moments_of_truth_are_a_set_with_reasons_and_quotes():
    frame = said(
        *[(p, f"pains:{i}", BUY, "points:site") for i, p in enumerate("ABC")],
        ("A", "feelings:joy", USE, "points:call"),
        ("B", "feelings:joy", USE, "points:call"),
        ("D", "feelings:joy", SEARCH, "points:call"),
    )
    frame.loc[3:4, "intensity"] = 3
    people = pd.DataFrame({"participant_id": list("ABCDE"), "outcome": [None, "lost"] + [None] * 3})
    named = list(frame["coding_id"][[3, 5]])
    table = aggregate.moments_of_truth(frame, participants=people, named=named)
    assert table[["stage", "touchpoint"]].to_numpy().tolist() == [
        [BUY, "points:site"],
        [USE, "points:call"],
    ]
    first, second = table.to_dict("records")
    assert first["reasons"] == ("critical_place", "lost")
    assert (first["n_participants"], first["of_participants"], first["n_lost"]) == (3, 5, 1)
    assert second["reasons"] == ("named", "strong")
    assert (second["n_named"], second["n_strong"]) == (1, 2)
    assert table["maybe_first"].all()  # three against two of five people can't be told apart
    assert set(second["coding_ids"]) == set(frame["coding_id"][[3, 4]])
    assert aggregate.moments_of_truth(frame.iloc[:0]).empty


def test_pain_ranks_are_sets():
    rows = [(f"p{i}", "pains:dear", BUY, None) for i in range(20)]
    rows += [(f"p{i}", "pains:slow", BUY, None) for i in range(3)]
    rows += [(f"p{i}", "pains:odd", BUY, None) for i in range(2)]
    ranking = aggregate.pain_ranking(said(*rows)).set_index("code")
    assert ranking[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 1], [2, 3], [2, 3]]
    groups = aggregate.pain_ranking(said(*rows), by={f"p{i}": i % 2 for i in range(20)})
    assert groups.groupby("group")["rank_low"].min().tolist() == [1, 1]


def test_unmet_needs_print_the_signed_gap_beside_the_clipped_score():
    rows = pd.DataFrame(
        [
            (f"p{i}", need, imp, sat)
            for i in range(8)
            for need, imp, sat in (("price", 9, 3 + i % 3), ("colour", 4 + i % 2, 7))
        ],
        columns=["participant_id", "need", "importance", "satisfaction"],
    )
    table = aggregate.unmet_needs(rows).set_index("need")
    gaps = 9 - np.array([3 + i % 3 for i in range(8)])
    expected = stats.t.interval(0.95, 7, gaps.mean(), stats.sem(gaps))
    assert table.loc["price", ["low", "high"]].tolist() == pytest.approx(expected)
    assert table.loc["colour", "gap"] == -2.5
    assert table.loc["colour", "score"] == table.loc["colour", "importance"] == 4.5
    assert table.loc["colour", "cross_fitted"] == pytest.approx(4.5)
    assert table["maybe_first"].to_dict() == {"price": True, "colour": False}
    tops = aggregate.unmet_needs(rows, top=7).set_index("need")
    assert tops.loc["price", ["importance", "satisfaction", "score"]].tolist() == [10, 0, 20]
    with pytest.raises(CjmError, match="needs the columns"):
        aggregate.unmet_needs(rows[["need"]])


# --- touchpoints found and unseen ---------------------------------------------------------------


def test_chao2_equals_vegans_specpool_on_barro_colorado():
    """R's vegan, specpool(BCI): 50 plots, 225 species, 21 in one and 19 in two of them."""
    counts = np.array([1] * 21 + [2] * 19 + [3] * 185)
    incidence = np.arange(50)[:, None] < counts
    got = aggregate.unseen(incidence)
    assert (got["seen"], got["once"], got["twice"]) == (225, 21, 19)
    assert got["estimate"] == pytest.approx(236.3732, abs=1e-4)
    assert got["sd"] == pytest.approx(6.54361, abs=1e-4)
    assert 225 < got["low"] < got["estimate"] < got["high"]
    assert not got["weak"]


def test_unseen_of_nothing_twice_and_of_nothing():
    weak = aggregate.unseen(np.eye(4, dtype=bool))
    assert weak["estimate"] == pytest.approx(4 + 0.75 * 4 * 3 / 2)
    assert weak["weak"]
    every = aggregate.unseen(np.ones((6, 5), bool))
    assert (every["estimate"], every["low"], every["high"], every["coverage"]) == (5, 5, 5, 1)
    assert aggregate.unseen(np.zeros((6, 5), bool))["estimate"] == 0


def test_inventory_says_by_which_method_each_was_found():
    study = studies.study(
        {"s": [("A", "the site"), ("E", "we call")], "r": [("B", "a call came")]},
        [
            {"source": "s", "quote": "the site", "code": "points:site"},
            {"source": "s", "quote": "we call", "code": "points:call"},
            {"source": "r", "quote": "a call came", "code": "points:call"},
        ],
        voices={"E": "employee"},
        visits=[
            {"visit_id": "v", "participant_id": "A", "touchpoint": "points:site", "origin": "log"}
        ],
    )
    sources = study.sources.assign(kind=["interview", "review"])
    study = dataclasses.replace(study, sources=schema.frame("sources", sources.to_dict("records")))
    table = aggregate.touchpoint_inventory(study, listed={"team": ["kiosk"]}).set_index(
        "touchpoint"
    )
    methods = {t: {m for m in aggregate.inventory.METHODS if row[m]} for t, row in table.iterrows()}
    assert methods == {
        "points:call": {"team", "data"},
        "points:site": {"customers", "data"},
        "kiosk": {"team"},
    }
    assert table.loc["kiosk", "team_only"]
    assert table["n_participants"].to_dict() == {"points:call": 0, "points:site": 1, "kiosk": 0}
    with pytest.raises(CjmError, match="'guess'; choose methods"):
        aggregate.touchpoint_inventory(study, listed={"guess": []})


def test_expected_and_used_touchpoints():
    frame = said(
        ("A", "pains:slow", BUY, "points:site"),
        ("A", "pains:slow", BUY, "points:call"),
        ("B", "pains:slow", BUY, "points:site"),
    )
    people = pd.DataFrame({"participant_id": list("ABC")})
    table, used = aggregate.expected_used(frame, ["points:site", "kiosk"], participants=people)
    assert table["touchpoint"].tolist() == ["points:site", "kiosk", "points:call"]
    assert table["expected"].tolist() == [True, True, False]
    assert table["n_participants"].tolist() == [2, 0, 1]
    assert table["highest"][1] == pytest.approx(1 - 0.05 ** (1 / 3))
    assert used.set_index("summary")["mean"].to_dict() == {"used": 1.0, "difference": -1.0}


# --- what was heard -----------------------------------------------------------------------------


def test_saturation_equals_all_orders_of_people():
    rows = [
        ("A", "pains:a"),
        ("A", "pains:b"),
        ("B", "pains:b"),
        ("C", "pains:c"),
        ("D", "pains:b"),
    ]
    frame = said(*[(p, c, BUY, None) for p, c in rows])
    people = pd.DataFrame({"participant_id": list("ABCDE")})
    table = aggregate.saturation(frame, participants=people)
    named = {p: {c for q, c in rows if q == p} for p in "ABCDE"}
    for k in range(1, 6):
        picks = [
            len(set().union(*(named[p] for p in c))) for c in itertools.combinations("ABCDE", k)
        ]
        assert table["codes"][k - 1] == pytest.approx(np.mean(picks))
    assert table["new"].tolist()[:-1] == pytest.approx(np.diff(table["codes"]))
    assert table["new"].iloc[-1] == pytest.approx(2 / 5)
    assert (table["low"] <= table["codes"]).all()
    assert (
        table["estimate"].iloc[0]
        == aggregate.unseen(aggregate.people_by_code(frame, kind="pain", participants=people))[
            "estimate"
        ]
    )


def test_codes_that_nobody_named_have_a_bound():
    frame = said(*[(f"p{i}", "pains:dear", BUY, None) for i in range(8)])
    table = aggregate.unheard(frame, ["pains:slow", "pains:dear"]).set_index("code")
    assert table.loc["pains:slow", "highest"] == pytest.approx(0.3123, abs=1e-4)
    assert table.loc["pains:dear", "share"] == 1
    assert table.loc["pains:dear", "low"] < 0.7


def test_coverage_has_its_holes():
    frame = said(("A", "pains:slow", BUY, None), ("B", "feelings:joy", USE, None))
    table = aggregate.coverage(frame, participants=pd.DataFrame({"participant_id": list("ABC")}))
    assert len(table) == 3 * 4 * 2
    assert table["n_codings"].sum() == 2
    assert table[table["participant_id"] == "C"]["n_codings"].sum() == 0


def test_triangulation_keeps_employees_apart():
    study = studies.study(
        {"s": [("A", "slow"), ("E", "slow they say")], "r": [("B", "slow"), ("C", "fine")]},
        [
            {"source": "s", "start": 0, "end": 4, "code": "pains:slow"},
            {"source": "s", "quote": "slow they", "code": "pains:slow"},
            {"source": "r", "quote": "slow", "code": "pains:slow"},
        ],
        voices={"E": "employee"},
    )
    sources = study.sources.assign(kind=["interview", "review"])
    study = dataclasses.replace(study, sources=schema.frame("sources", sources.to_dict("records")))
    table = aggregate.triangulation(study).set_index("source_kind")
    assert table["n_participants"].to_dict() == {"employees": 1, "interview": 1, "review": 1}
    assert table["of_participants"].to_dict() == {"employees": 1, "interview": 1, "review": 2}
    assert set(table["n_kinds"]) == {2}


# --- states -------------------------------------------------------------------------------------

SIGNS = {"movers:asks": "asks_details", "movers:agrees": "agrees_to_buy"}


def test_any_sign_makes_warm_and_every_state_shows_its_signs():
    frame = said(
        ("A", "movers:asks", BUY, None),
        ("B", "pains:slow", BUY, None),
        ("C", "movers:agrees", BUY, None),
        ("C", "movers:asks", BUY, None),
    )
    states = aggregate.signs_of_readiness(frame, SIGNS, hot=["agrees_to_buy"])
    assert states["state"].tolist() == ["warm", "cold", "hot"]
    assert states["signs"].tolist() == [("asks_details",), (), ("agrees_to_buy", "asks_details")]
    assert len(states["coding_ids"][2]) == 2
    table = aggregate.temperature(states)
    buy = table[table["stage"] == BUY]
    assert buy["n_participants"].tolist() == [1, 1, 1]
    assert set(buy["of_participants"]) == {3}
    assert table[table["stage"] == USE]["share"].isna().all()
    assert aggregate.false_warm(0.1, 4) == pytest.approx(0.3439)


def test_movers_are_two_codes_not_one_scale():
    frame = said(
        ("A", "pains:slow", BUY, None),
        ("A", "movers:dream", BUY, None),
        ("B", "movers:dream", BUY, None),
        ("C", "feelings:joy", BUY, None),
    )
    table = aggregate.movers(frame).set_index("mover")
    assert table["n_participants"].to_dict() == {"both": 1, "pain": 0, "dream": 1, "neither": 1}


def test_mistimed_acts_are_listed_with_their_words():
    frame = said(
        ("A", "movers:rival", SEARCH, None),
        ("B", "movers:rival", USE, None),
        ("B", "pains:slow", SEARCH, None),
    )
    table = aggregate.mistimed(frame, {"movers:rival": [BUY, USE]})
    assert table[["participant_id", "stage", "quote"]].to_numpy().tolist() == [
        ["A", SEARCH, "words"]
    ]
    with pytest.raises(CjmError, match="'nowhere' is no stage"):
        aggregate.mistimed(frame, {"movers:rival": ["nowhere"]})


def test_suggested_stages_meet_the_coded_ones():
    machine = {"coder": "rules:stages-1", "status": "suggested"}
    study = studies.study(
        {"s": [("A", "looked and bought and used")]},
        [
            {"source": "s", "quote": "looked", "code": SEARCH, **machine},
            {"source": "s", "quote": "bought", "code": USE, **machine},
            {"source": "s", "quote": "used", "code": USE, **machine},
            {"source": "s", "quote": "looked and", "code": SEARCH},
            {"source": "s", "quote": "bought", "code": BUY},
        ],
    )
    table = aggregate.stage_confusion(study)
    assert table.to_numpy().tolist() == [[SEARCH, SEARCH, 1], [USE, "none", 1], [USE, BUY, 1]]


# --- one interview, and any column --------------------------------------------------------------


def test_one_interview_is_followed_turn_by_turn():
    study = studies.study(
        {"s": [("I", "well?"), ("A", "lovely at first"), ("B", "no"), ("A", "then awful, awful")]},
        [
            {"source": "s", "quote": "lovely", "code": "feelings:joy"},
            {"source": "s", "quote": "awful", "code": "feelings:anger"},
            {"source": "s", "quote": "awful, awful", "code": "feelings:doubt", "coder": "boris"},
            {"source": "s", "quote": "no", "code": "feelings:anger"},
        ],
    )
    curve = aggregate.interview_curve(study, "A")
    assert curve["turn"].tolist() == [1, 3]
    assert curve["mean"].tolist() == pytest.approx([0.8, (-0.8 - 0.3) / 2])
    assert curve["coding_ids"].tolist() == [("c0",), ("c1", "c2")]
    turns = study.turns.assign(begin_s=[0.0, 5.0, 50.0, 130.0])
    timed = dataclasses.replace(study, turns=turns)
    assert aggregate.interview_curve(timed, "A", along="minute")["minute"].tolist() == [0, 2]
    with pytest.raises(CjmError, match="the recording has no times"):
        aggregate.interview_curve(study, "A", along="minute")
    with pytest.raises(CjmError, match="participant 'Z'"):
        aggregate.interview_curve(study, "Z")


def test_feelings_along_any_column():
    frame = told({"A": [0.5], "B": [0.1], "C": [-0.2]}).assign(ownership="owned")
    more = told({"A": [-0.5], "B": [-0.4], "C": [-0.9]}).assign(ownership="paid")
    more["coding_id"] = "m" + more["coding_id"]
    both = pd.concat([frame, more], ignore_index=True)
    table = aggregate.felt_by(both, "ownership").set_index("ownership")
    assert table["mean"].to_dict() == pytest.approx({"owned": 0.4 / 3, "paid": -0.6})
    stars = aggregate.stage_stars(both, along="ownership")
    assert stars["ownership"].tolist() == ["owned", "paid"]
    assert json.dumps(stars["n_units"].tolist()) == "[3, 3]"
