"""Personas that exist: features, distances, finding, stability, describing, drift, charts."""

from __future__ import annotations

import dataclasses
import math
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import studies
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import same_color
from scipy import stats
from scipy.cluster.hierarchy import cut_tree, linkage
from scipy.spatial.distance import squareform
from sklearn.metrics import adjusted_rand_score, silhouette_score
from test_plot import assert_nothing_is_clipped, texts

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import statistics_personas as promises

from cjmresearch import palette, personas, plot, schema
from cjmresearch.errors import CjmError
from cjmresearch.personas import describing, dividing, finding
from cjmresearch.personas.distances import Encoded

FOUR = personas.Features(
    pd.DataFrame(
        {
            "share": [0.0, 0.5, 1.0, np.nan],
            "stars": [1.0, 5.0, 3.0, 2.0],
            "role": pd.Series(["buyer", "buyer", "boss", None], dtype="str").to_numpy(),
            "tick": [1.0, 0.0, np.nan, 1.0],
        },
        index=pd.Index(list("ABCD"), name="participant_id"),
    ).astype({"role": "str"}),
    pd.Series(
        {"share": "share", "stars": "ordinal", "role": "category", "tick": "flag"}, dtype="str"
    ),
)


# --- distances ---


def test_gower_distances_are_those_computed_by_hand():
    table = personas.distances(FOUR)
    assert table.loc["A", "B"] == pytest.approx((0.5 + 4 / 4 + 0 + 1) / 4)
    assert table.loc["A", "C"] == pytest.approx((1.0 + 2 / 4 + 1) / 3)  # C didn't answer the tick
    assert table.loc["B", "D"] == pytest.approx((3 / 4 + 1) / 2)
    assert table.loc["C", "D"] == pytest.approx(1 / 4)
    assert np.array_equal(table, table.T)
    assert (np.diag(table) == 0).all()


def test_weights_and_known_scales_count():
    twice = personas.distances(FOUR, weights={"role": 2, "stars": 0})
    assert twice.loc["A", "C"] == pytest.approx((1.0 + 2 * 1) / 3)
    assert math.isnan(twice.loc["C", "D"])  # only the stars are known of both
    wide = dataclasses.replace(FOUR, ranges=pd.Series({"stars": 10.0}))
    assert personas.distances(wide).loc["C", "D"] == pytest.approx(1 / 10)
    with pytest.raises(CjmError, match="weights: no feature 'x'"):
        personas.distances(FOUR, weights={"x": 1})
    with pytest.raises(CjmError, match="none may be negative"):
        personas.distances(FOUR, weights={"role": -1})


def gower_by_definition(features: personas.Features) -> np.ndarray:
    """Gower's formula, pair by pair and feature by feature."""
    table, n = features.table, len(features.table)
    result = np.full((n, n), np.nan)
    for i in range(n):
        for j in range(n):
            parts = []
            for name in table:
                a, b = table[name].iloc[i], table[name].iloc[j]
                if pd.isna(a) or pd.isna(b):
                    continue
                if features.kinds[name] == "category":
                    parts.append(float(a != b))
                else:
                    span = table[name].max() - table[name].min()
                    parts.append(abs(a - b) / span if span else 0.0)
            if parts:
                result[i, j] = np.mean(parts)
    return result


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 9), st.floats(0, 0.7))
def test_gower_is_its_definition_whatever_is_missing(seed, n, missing):
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "a": rng.normal(size=n),
            "b": rng.integers(1, 6, n).astype(float),
            "c": pd.Series(rng.choice(["x", "y", "z"], n), dtype="str"),
            "d": rng.integers(0, 2, n).astype(float),
        }
    )
    table = table.mask(rng.random(table.shape) < missing).astype({"c": "str"})
    kinds = pd.Series(["number", "ordinal", "category", "flag"], table.columns, dtype="str")
    features = personas.Features(table, kinds)
    got = personas.distances(features).to_numpy()
    assert np.allclose(got, gower_by_definition(features), equal_nan=True)


def test_divisions_and_silhouettes_are_those_of_the_libraries():
    rng = np.random.default_rng(4)
    distance = Encoded.of(promises.laid_out(rng.normal(size=(25, 6)), "number")).between()
    tree = linkage(np.sqrt(squareform(distance, checks=False)), "ward")
    got = dividing.divisions(distance, [2, 3, 5])
    for k, labels in got.items():
        assert adjusted_rand_score(labels, cut_tree(tree, k)[:, 0]) == 1
        assert sorted(set(labels)) == list(range(k))
        if np.bincount(labels).min() >= dividing.SMALLEST:
            expected = silhouette_score(distance, labels, metric="precomputed")
            assert dividing.silhouette(distance, labels) == pytest.approx(expected)
    assert math.isnan(dividing.silhouette(distance, np.r_[0, 0, np.ones(23, int)]))


# --- features ---

TALKS = {
    f"s{i}": [("I", "how was it, slow?"), (name, "slow dear glad angry site call")]
    for i, name in enumerate("ABCD")
} | {"s9": [("E", "our clients find it slow")], "s8": [("F", "nothing to say")]}
SAID = {
    "A": ["pains:slow", "pains:slow", "feelings:joy", "points:site"],
    "B": ["pains:slow", "pains:dear", "feelings:anger", "points:site"],
    "C": ["pains:slow", "feelings:anger", "feelings:joy", "points:call"],
    "D": ["pains:dear"],
}
WORDS = {
    "pains:slow": "slow", "pains:dear": "dear", "feelings:joy": "glad",
    "feelings:anger": "angry", "points:site": "site", "points:call": "call",
}  # fmt: skip
QUESTIONS = {
    "q-stars": {"type": "scale", "scale_min": 0.0, "scale_max": 10.0, "text": "How good?"},
    "q-size": {"type": "closed", "text": "Size?"},
    "q-tools": {"type": "multiple", "text": "Which tools?"},
    "q-why": {"type": "open", "text": "Why?"},
    "q-mail": {"type": "closed", "pii": True, "text": "Mail?"},
}


def interviews() -> schema.Study:
    codings = [
        {
            "source": f"s{i}", "code": code, "id": f"{name}-{j}",
            "start": 18 + TALKS["s0"][1][1].index(WORDS[code]),
            "end": 18 + TALKS["s0"][1][1].index(WORDS[code]) + len(WORDS[code]),
        }
        for i, name in enumerate("ABCD")
        for j, code in enumerate(SAID[name])
    ]  # fmt: skip
    codings += [
        {"source": f"s{i}", "code": "trip:use", "start": 18, "end": 48, "id": f"stage-{i}"}
        for i in range(3)
    ]
    codings.append({"source": "s9", "quote": "slow", "code": "pains:slow"})
    codings.append({"source": "s0", "start": 12, "end": 16, "code": "pains:slow"})  # asked
    given = {
        "q-size": dict.fromkeys("ABCD", "s"),
        "q-tools": {"A": "crm; excel", "B": "crm", "C": "crm", "D": "excel", "F": "excel"},
        "q-why": {"A": "because"},
        "q-mail": {"A": "a@b.c"},
    }
    answers: list[dict[str, object]] = [
        {"participant_id": person, "question_id": question, "text": text}
        for question, texts_ in given.items()
        for person, text in texts_.items()
    ]
    answers += [
        {"participant_id": person, "question_id": "q-stars", "value": value}
        for person, value in {"A": 1.0, "B": 3.0, "C": 5.0}.items()
    ]
    people = {
        "A": {"buying_role": "buyer", "traits": {"size": 1, "vip": True}},
        "B": {"buying_role": "buyer", "traits": {"size": 2, "vip": False}},
        "C": {"buying_role": "buyer", "traits": {"size": 2}},
        "D": {"buying_role": "boss"},
        "E": {"buying_role": "boss", "traits": {"vip": True}},
    }
    return studies.study(
        TALKS, codings, people=people, voices={"E": "employee"}, questions=QUESTIONS,
        answers=answers,
    )  # fmt: skip


def test_codes_are_shares_of_the_persons_own_codings():
    got = personas.features(interviews(), least=1, passages=1)
    shares = got.table["code:pains:slow"]
    assert shares.to_dict() == {"A": 0.5, "B": 0.25, "C": 0.25, "D": 0.0}
    few = personas.features(interviews(), least=1)  # D said one thing only
    assert few.table["code:pains:slow"].dropna().to_dict() == {"A": 0.5, "B": 0.25, "C": 0.25}
    assert "E" not in got.table.index  # an employee
    assert "F" not in got.table.index  # nothing is coded of F
    felt = got.table["felt:trip:use"]
    assert felt["A"] == pytest.approx(0.8)
    assert felt["C"] == pytest.approx(0.0)
    assert math.isnan(felt["D"])  # missing is missing, not neutral
    assert got.kinds[["code:pains:slow", "felt:trip:use"]].tolist() == ["share", "number"]
    assert got.names("en")["code:pains:slow"] == "share of “en pains:slow”"
    assert got.names("ru", short=True)["felt:trip:use"] == "ру trip:use"
    assert set(got.whole[got.kinds == "share"]) == {"codes"}
    assert got.together["code:feelings:joy"] == got.together["felt:trip:use"]


def test_useless_features_are_dropped_and_listed():
    got = personas.features(
        interviews(), questions=True, traits=["size", "vip", "buying_role"], passages=1
    )
    assert set(got.table) == {
        "code:pains:slow", "question:q-stars", "felt:trip:use", "trait:buying_role", "trait:size",
    }  # fmt: skip
    assert "E" not in got.table.index  # an employee isn't a customer, whatever traits are known
    reasons = got.dropped.set_index("feature")
    assert reasons.loc["code:pains:dear", "reason"] == "named by fewer than 3 people"
    assert reasons.loc["code:pains:dear", "n_participants"] == 2
    assert reasons.loc["question:q-size", "reason"] == "the same for everybody"
    assert reasons.loc["question:q-why", "reason"].startswith("a question of type open")
    assert reasons.loc["question:q-mail", "reason"] == "holds personal data"
    assert reasons.loc["trait:vip", "reason"] == "known of fewer than 3 people"
    assert "fewer than 3 people differ" in reasons.loc["question:q-tools=crm", "reason"]


def test_questions_of_each_type_have_their_kind():
    got = personas.features(
        interviews(), codes=False, stages=False, questions=["q-stars", "Which tools?"], least=1
    )
    assert got.kinds.to_dict() == {
        "question:q-stars": "ordinal",
        "question:q-tools=crm": "flag",
        "question:q-tools=excel": "flag",
    }
    assert got.ranges["question:q-stars"] == 10  # the scale, not what was seen
    assert got.table["question:q-tools=excel"].to_dict() == {
        "A": 1, "B": 0, "C": 0, "D": 1, "F": 1,
    }  # fmt: skip
    assert math.isnan(got.table.loc["D", "question:q-stars"])
    assert len(set(got.together[["question:q-tools=crm", "question:q-tools=excel"]])) == 1


def test_codes_may_be_chosen_and_unknown_names_are_refused():
    study = interviews()
    some = personas.features(study, codes=["pain", "points:site"], stages=False, least=1)
    assert set(some.table) == {"code:pains:slow", "code:pains:dear", "code:points:site"}
    assert some.table.loc["A", "code:pains:slow"] == 0.5  # still of all that A said
    with pytest.raises(CjmError, match="codes: 'nope' is no code, scheme or kind"):
        personas.features(study, codes=["nope"])
    with pytest.raises(CjmError, match="trait 'nope' is not in the study"):
        personas.features(study, traits=["nope"])
    with pytest.raises(CjmError, match="question 'nope' is not in the study"):
        personas.features(study, questions=["nope"])
    assert list(some.only(["code:points:site"]).kinds) == ["share"]
    with pytest.raises(CjmError, match="no feature 'x'"):
        some.only(["x"])


def test_the_person_is_the_unit():
    table = FOUR.table.iloc[[0, 0, 1]]
    with pytest.raises(CjmError, match="a person stands twice"):
        personas.Features(table, FOUR.kinds)
    with pytest.raises(CjmError, match="kinds: give each column"):
        personas.Features(FOUR.table, FOUR.kinds.replace("flag", "bool"))


# --- finding ---


def two_groups(n: int, *, seed: int = 0) -> personas.Features:
    values, _ = promises.planted(np.random.default_rng(seed), n)
    return promises.laid_out(values)


def test_two_planted_personas_are_found():
    found = personas.find(two_groups(30), replicates=99)
    assert (found.k, found.outcome) == (2, "found")
    assert found.p_value == 0.01
    schema.check(found.personas, "personas")
    schema.check(found.memberships, "memberships")
    assert set(found.personas["origin"]) == {"cluster"}
    assert promises.overlap_with(found, np.arange(30) % 2) > 0.9
    assert found.stability["n_participants"].sum() == 30
    assert found.stability["stable"].all()
    assert found.trials.loc[found.trials["chosen"], "k"].tolist() == [2]
    sums = found.memberships.groupby("participant_id")["probability"].sum()
    assert np.allclose(sums, 1)
    assert len(sums) == 30
    again = personas.find(two_groups(30), replicates=99)
    pd.testing.assert_frame_equal(found.memberships, again.memberships)


def test_three_personas_are_told_from_two():
    values, group = promises.planted(np.random.default_rng(2), 36, groups=3, codes=12)
    found = personas.find(promises.laid_out(values), replicates=99)
    assert found.k == 3
    assert promises.overlap_with(found, group) > 0.9


def test_the_fewest_personas_are_taken_that_leave_nothing_to_explain():
    rng = np.random.default_rng(11)
    place = np.array([[0.0] * 6, [6.0] * 3 + [0.0] * 3, [6.0] * 3 + [2.5] * 3])
    three = rng.normal(0, 0.5, (36, 6)) + np.repeat(place, 12, axis=0)
    found = personas.find(promises.laid_out(three, "number"), sizes=[2, 3], replicates=99)
    assert found.trials["n_stable"].tolist() == [2, 3]  # the two pairs of groups are stable, too
    assert found.k == 3
    two = rng.normal(0, 0.5, (36, 6)) + np.repeat(place[:2], 18, axis=0)
    values = Encoded.of(promises.laid_out(two, "number"))
    fewest = finding._fewest(values, [2, 3], replicates=99, rng=rng, level=0.05)
    assert fewest == 2


def test_permuted_features_keep_their_values_and_what_is_missing():
    table = FOUR.table.iloc[[0, 1, 2, 3] * 3].reset_index(drop=True)
    values = Encoded.of(dataclasses.replace(FOUR, table=table))
    groups = np.repeat([0, 1, 1], 4)
    for labels in (None, groups):
        drawn = values.shuffled(np.random.default_rng(1), labels)
        assert np.array_equal(drawn.known, values.known)
        missing = ~values.known[:, values.feature]
        assert (drawn.values[missing] == 0).all()
        assert np.array_equal(np.sort(drawn.values, axis=0), np.sort(values.values, axis=0))
        assert not np.array_equal(drawn.values, values.values)
    within = values.shuffled(np.random.default_rng(1), groups).values
    assert np.array_equal(np.sort(within[:4], axis=0), np.sort(values.values[:4], axis=0))


def test_noise_has_no_personas_and_says_so():
    noise = promises.named(np.random.default_rng(1), 12)
    found = personas.find(promises.laid_out(noise), replicates=99)
    assert (found.k, found.outcome) == (0, "chance")
    assert found.personas.empty
    assert found.memberships.empty
    assert found.stability.empty
    assert found.trials["n_stable"].isna().all()
    assert "не доказывает" in found.reason("ru")
    assert "12 people, 10 features" in found.reason("en")
    with pytest.raises(CjmError, match="language 'de'"):
        found.reason("de")


def test_groups_that_do_not_come_back_are_no_personas():
    rng = np.random.default_rng(3)
    line = rng.normal(size=(40, 1))  # one gradient, of which any cut is as good as another
    values = line + rng.normal(0, 1.0, (40, 5))
    found = personas.find(promises.laid_out(values, "number"), sizes=[4, 5], replicates=99)
    assert (found.k, found.outcome) == (0, "unstable")
    assert found.p_value <= 0.05
    assert "не повторяются" in found.reason("ru")


def test_small_studies_are_told_what_they_lack():
    few = personas.find(two_groups(5))
    assert (few.k, few.outcome) == (0, "few_people")
    assert math.isnan(few.p_value)
    assert "не меньше 6" in few.reason("ru")
    one = personas.find(two_groups(20).only(["c0"]))
    assert one.outcome == "few_features"
    assert "1 features" in one.reason("en")
    twelve = personas.find(two_groups(12), replicates=49)
    assert "меньше 10 человек в 2 из 2" in twelve.reason("ru")
    assert "a lead, not a claim" in twelve.reason("en")
    thirty = personas.find(two_groups(30), replicates=49)
    assert "lead" not in thirty.reason("en")


def test_a_few_outliers_are_no_persona():
    values = np.zeros((20, 6))
    values[:2] = 1.0
    values[2:, 0] = np.arange(18) / 18
    found = personas.find(promises.laid_out(values, "number"), sizes=[2], replicates=49)
    assert (found.k, found.outcome) == (0, "alike")


def test_people_of_whom_little_is_known_are_left_out():
    features = two_groups(30)
    table = features.table.copy()
    table.iloc[0, :5] = np.nan
    table.iloc[1, :4] = np.nan
    found = personas.find(dataclasses.replace(features, table=table), replicates=49)
    assert found.left_out == ("p0000",)
    assert "участников 29 (ещё 1 не взяты" in found.reason("ru")
    assert "29 people (1 more left out" in found.reason("en")
    assert found.n_participants == 29
    assert "p0001" in set(found.memberships["participant_id"])


def test_what_is_missing_makes_no_personas():
    rng = np.random.default_rng(8)
    claims = 0
    for study in range(20):
        values = rng.normal(size=(24, 9))
        values[:12, :4] = np.nan  # half of the people were asked other questions
        values[12:, 5:] = np.nan
        found = personas.find(
            promises.laid_out(values, "number"), replicates=49, random_state=study
        )
        claims += found.k > 0
    assert claims <= 3


def test_many_people_are_all_placed():
    values, group = promises.planted(np.random.default_rng(5), 700)
    found = personas.find(promises.laid_out(values), sizes=[2, 3], replicates=19)
    assert found.k == 2
    assert promises.overlap_with(found, group) > 0.9
    assert found.memberships["participant_id"].nunique() == 700


def test_find_refuses_what_it_cannot_do():
    with pytest.raises(CjmError, match="from 2 on"):
        personas.find(FOUR, sizes=[1, 2])
    with pytest.raises(CjmError, match="take 19 or more"):
        personas.find(FOUR, replicates=5)


# --- describing ---


def test_a_code_is_tested_on_a_division_made_without_it():
    values, _ = promises.planted(np.random.default_rng(6), 24)
    noise = np.random.default_rng(7).random((24, 3)) < 0.4
    features = promises.laid_out(np.concatenate([values, noise], axis=1))
    found = personas.find(features, sizes=[2], replicates=49)
    table = personas.describe(features, found.personas, found.memberships)
    assert set(table["held_out"]) == {"feature"}
    assert len(table) == 2 * 13
    differs = set(table.loc[table["verdict"] == "differs", "feature"])
    assert len(differs & {f"c{j}" for j in range(10)}) >= 7
    assert not differs & {"c10", "c11", "c12"}
    line = table.iloc[0]
    own = found.memberships.query("persona_id == @line.persona_id and probability >= .5")
    members = features.table.loc[own["participant_id"], line["feature"]]
    assert line["n_participants"] == members.sum()
    assert line["of_participants"] == len(members)
    assert line["inside"] == pytest.approx(members.mean())
    others = features.table.drop(own["participant_id"])[line["feature"]]
    assert line["difference"] == pytest.approx(members.mean() - others.mean())


def test_the_rest_of_a_whole_is_scaled_when_a_share_is_held_out():
    table = pd.DataFrame({"a": [0.5, 1.0, 0.0], "b": [0.25, 0.0, 0.4], "n": [1.0, 2.0, 3.0]})
    kinds = pd.Series(["share", "share", "number"], table.columns, dtype="str")
    whole = pd.Series(["codes", "codes", None], table.columns, dtype="str")
    rest = describing.without(personas.Features(table, kinds, whole=whole), "a")
    assert list(rest.table) == ["b", "n"]
    assert rest.table["b"].iloc[[0, 2]].tolist() == [0.5, 0.4]
    assert math.isnan(rest.table["b"].iloc[1])  # nothing is left of the whole
    assert rest.ranges["b"] == pytest.approx(0.1)
    both = pd.Series({"a": "feelings", "n": "feelings", "b": "b"}, dtype="str")
    apart = personas.Features(table, kinds, whole=whole, together=both)
    assert list(describing.without(apart, "a").table) == ["b"]


def by_role(n: int, shift: float) -> tuple[personas.Features, pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(9)
    role = np.where(np.arange(n) < n // 2, "buyer", "boss")
    numbers = rng.normal(size=(n, 3)) + shift * (role == "boss")[:, None] * [1, 0, 0]
    features = promises.laid_out(numbers, "number")
    table = features.table.assign(role=pd.array(list(role), dtype="str"))
    kinds = pd.concat([features.kinds, pd.Series({"role": "category"}, dtype="str")])
    made = schema.frame(
        "personas",
        [{"persona_id": r, "name": r, "origin": "trait"} for r in ("boss", "buyer")],
    )
    members = schema.frame(
        "memberships",
        [
            {"persona_id": r, "participant_id": p, "probability": 1.0}
            for r, p in zip(role, table.index, strict=True)
        ],
    )
    return personas.Features(table, kinds), made, members


def test_a_division_by_trait_is_tested_as_it_is_but_for_the_trait():
    features, made, members = by_role(20, 1.2)
    table = personas.describe(features, made, members)
    rows = table[table["persona"] == "boss"].set_index("feature")
    assert rows.loc["c0", "verdict"] == "differs"
    assert set(rows.loc[["c0", "c1", "c2"], "held_out"]) == {"given"}
    assert rows.loc["role", "held_out"] == "no"
    assert rows.loc["role", "verdict"] == "describes"
    assert rows.loc["role", "value"] == "boss"
    assert math.isnan(rows.loc["role", "p"])
    inside = features.table["c1"].iloc[10:].to_numpy()
    outside = features.table["c1"].iloc[:10].to_numpy()
    oracle = stats.permutation_test(
        (inside, outside),
        lambda x, y, axis: stats.ttest_ind(x, y, equal_var=False, axis=axis).statistic,
        vectorized=True, n_resamples=20_000, rng=np.random.default_rng(1),
    )  # fmt: skip
    assert rows.loc["c1", "p"] == pytest.approx(oracle.pvalue, abs=0.03)
    least = rows["p"].dropna()
    adjusted = stats.false_discovery_control(least)
    assert rows.loc[least.index, "p_adjusted"].to_numpy() == pytest.approx(adjusted)


def test_groups_made_by_hand_are_only_described():
    features, made, members = by_role(20, 3.0)
    made = made.assign(origin=pd.array(["manual"] * 2, dtype="str"))
    table = personas.describe(features, made, members)
    assert set(table["verdict"]) == {"describes"}
    assert table["p"].isna().all()
    told = personas.describe(features, made, members, given=True, correction="holm")
    assert set(told.loc[told["verdict"] == "differs", "feature"]) == {"c0", "role"}
    with pytest.raises(CjmError, match="correction='x'"):
        personas.describe(features, made, members, correction="x")


def test_nothing_found_is_nothing_described():
    found = personas.find(two_groups(5))
    table = personas.describe(two_groups(5), found.personas, found.memberships)
    assert table.empty
    assert "verdict" in table


def test_names_come_from_what_was_shown_to_differ():
    features = two_groups(30)
    found = personas.find(features, sizes=[2], replicates=49)
    described = personas.describe(features, found.personas, found.memberships)
    names = {f"c{j}": f"code {j}" for j in range(10)}
    called = personas.named(found.personas, described, names=names, language="en")
    schema.check(called, "personas")
    first = described[described["persona_id"] == called["persona_id"].iloc[0]]
    more = first.query("verdict == 'differs' and difference > 0")["feature"].map(names)
    assert called["name"].iloc[0] == ", ".join(more.head(2))
    nothing = described.assign(verdict="describes")
    assert personas.named(found.personas, nothing)["name"].tolist() == ["группа 1", "группа 2"]
    number = described.assign(kind="ordinal", verdict="differs").head(1)
    assert personas.named(found.personas, number, most=1)["name"].iloc[0].split(":")[0] in (
        "выше", "ниже",
    )  # fmt: skip
    with pytest.raises(CjmError, match="language 'de'"):
        personas.named(found.personas, described, language="de")


# --- comparing ---


def belonging(labels: dict[str, str]) -> pd.DataFrame:
    return schema.frame(
        "memberships",
        [
            {"persona_id": q, "participant_id": p, "probability": 1.0}
            for p, g in labels.items()
            for q in g.split("+")
        ],
    )


def test_two_divisions_compare_as_the_library_says():
    rng = np.random.default_rng(10)
    people = [f"p{i:02d}" for i in range(24)]
    a = {p: f"a{rng.integers(3)}" for p in people}
    b = {p: f"b{v[1]}" if rng.random() < 0.7 else f"b{rng.integers(3)}" for p, v in a.items()}
    table = personas.compare(belonging(a), belonging(b), names={"a0": "Zero"})
    rand = adjusted_rand_score(list(a.values()), list(b.values()))
    assert table["adjusted_rand"].iloc[0] == pytest.approx(rand)
    assert table["p"].iloc[0] <= 0.01
    assert "Zero" in set(table["name_a"])
    row = table.query("persona_a == 'a1' and persona_b == 'b1'").iloc[0]
    inside, other = ({p for p in people if d[p] == k} for d, k in ((a, "a1"), (b, "b1")))
    assert row["n_participants"] == len(inside & other)
    assert row["jaccard"] == pytest.approx(len(inside & other) / len(inside | other))
    assert table["n_participants"].sum() == 24
    unlike = {p: f"b{rng.integers(3)}" for p in people}
    assert personas.compare(belonging(a), belonging(unlike))["p"].iloc[0] > 0.05


def test_people_of_no_or_of_two_personas_are_left_out_of_a_comparison():
    a = {"A": "x", "B": "x", "C": "y", "D": "y", "E": "x+y"}
    b = {"A": "u", "B": "u", "C": "v", "E": "v", "Z": "v"}
    table = personas.compare(belonging(a), belonging(b))
    assert table["n_common"].iloc[0] == 3
    assert table["n_left_out"].iloc[0] == 3
    assert table["adjusted_rand"].iloc[0] == 1


# --- drift ---


def waves(*, change: bool, n: int = 8, twice: bool = True) -> schema.Study:
    talks, codings = {}, []
    for wave in (1, 2):
        for i in range(n):
            person = f"p{i:02d}" if twice or wave == 1 else f"q{i:02d}"
            source = f"{wave}-{i}"
            talks[source] = [(person, "slow dear glad angry")]
            codes = ["pains:slow", "feelings:joy" if i % 2 else "pains:dear"]
            if change and wave == 2:
                codes[0] = "feelings:anger"
            codings += [{"source": source, "code": c, "quote": WORDS[c]} for c in codes]
    study = studies.study(talks, codings)
    wave_of = study.sources["source_id"].str[0]
    sources = study.sources.assign(
        wave="wave " + wave_of, recorded_on=("202" + wave_of.replace("2", "3") + "-05-01")
    )
    study = dataclasses.replace(study, sources=sources.astype({"wave": "str"}))
    made, members = personas.by_hand(study, {"all": list(study.participants["participant_id"])})
    return dataclasses.replace(study, personas=made, memberships=members)


@pytest.mark.parametrize("twice", [True, False])
def test_a_profile_that_changed_is_seen_and_one_that_did_not_is_not(twice):
    changed = personas.drift(waves(change=True, twice=twice)).iloc[0]
    assert changed["verdict"] == "changed"
    assert changed["feature"] in ("code:pains:slow", "code:feelings:anger")
    assert abs(changed["change"]) == pytest.approx(0.5)
    assert changed["p_profile"] < 0.015  # of 8 people, paired: 2 of 256
    assert (changed["n_before"], changed["of_before"]) == (8, 8)
    same = personas.drift(waves(change=False, twice=twice)).iloc[0]
    assert same["verdict"] == "no change shown"


def test_a_share_that_changed_is_seen():
    study = waves(change=False, n=12, twice=False)
    early = [f"p{i:02d}" for i in range(11)]
    groups = {"old": [*early, "q00"], "new": ["p11", *(f"q{i:02d}" for i in range(1, 12))]}
    made, members = personas.by_hand(study, groups)
    table = personas.drift(dataclasses.replace(study, personas=made, memberships=members))
    old = table[table["persona"] == "old"].iloc[0]
    assert old["share_before"] == pytest.approx(11 / 12)
    assert old["share_after"] == pytest.approx(1 / 12)
    assert old["p_share"] == pytest.approx(2 * stats.fisher_exact([[11, 1], [1, 11]]).pvalue)
    assert old["verdict"] == "changed"
    assert math.isnan(old["p_profile"])  # one member is left
    words = personas.drift_in_words(table, language="en")
    assert words[0].startswith("“old”: changed between waves wave 1 and wave 2; share: 11 of 12")


def test_old_personas_are_to_be_refreshed():
    study = waves(change=False)
    table = personas.drift(study, on="2026-11-22")
    assert table["last_heard"].tolist() == ["2023-05-01"]
    assert table["age_days"].tolist() == [1301]
    assert table["refresh"].tolist() == [True]
    assert "пора обновить" in personas.drift_in_words(table)[0]
    fresh = personas.drift(study, on="2023-06-01")
    assert fresh["refresh"].tolist() == [False]
    assert personas.drift(study)["refresh"].isna().all()
    with pytest.raises(CjmError, match="give dates as 2026"):
        personas.drift(study, on="today")


def test_one_wave_or_unknown_waves_are_said_to_be():
    study = waves(change=False)
    one = dataclasses.replace(study, sources=study.sources.assign(wave="wave 1"))
    table = personas.drift(one)
    assert table["verdict"].tolist() == ["one wave"]
    assert "nothing to compare with" in personas.drift_in_words(table, language="en")[0]
    with pytest.raises(CjmError, match="give the earlier and the later"):
        personas.drift(study, waves=("wave 1", "wave 3"))


# --- charts ---


@pytest.fixture(autouse=True)
def _closed():
    yield
    plt.close("all")


def test_stability_is_drawn_with_its_people_and_threshold():
    found = personas.find(two_groups(12), replicates=49)
    shaky = found.stability.assign(stable=[True, False], jaccard=[0.9, 0.6])
    ax = plot.found(dataclasses.replace(found, stability=shaky), language="ru")
    assert [bar.get_width() for bar in ax.patches] == [0.9, 0.6]
    ground = palette.LIGHT.background
    hollow = [same_color(bar.get_facecolor(), ground) for bar in ax.patches]
    assert hollow == [False, True]
    many, few = found.stability["n_participants"]
    assert f"{many} из 12 · 0,90 · устойчива" in texts(ax)
    assert f"{few} из 12 · 0,60 · неустойчива" in texts(ax)
    assert [t.get_text() for t in ax.get_yticklabels()] == ["персона 1", "персона 2"]
    assert "зацепка" in ax.get_xlabel().replace("\n", " ")
    assert_nothing_is_clipped(ax)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_personas_are_drawn_against_chance(language):
    noise = promises.named(np.random.default_rng(1), 30)
    found = personas.find(promises.laid_out(noise), replicates=49)
    assert found.k == 0
    with plot.style("dark"):
        ax = plot.found(found, language=language)
    points = ax.lines[0].get_ydata()
    known = found.trials.dropna(subset="silhouette")
    assert np.allclose(points, known["silhouette"])
    assert np.allclose([bar.get_height() for bar in ax.patches], 4 * known["null_sd"])
    caption = ax.get_xlabel().replace("\n", " ")
    assert found.reason(language) in caption
    assert_nothing_is_clipped(ax)


def test_where_nothing_was_tried_the_reason_stands():
    found = personas.find(two_groups(5))
    ax = plot.found(found, language="en")
    assert "no data" in texts(ax)
    assert "at least 6" in ax.get_xlabel()


def test_memberships_are_strips_that_sum_to_one():
    found = personas.find(two_groups(12), replicates=49)
    ax = plot.memberships(found.memberships, found.personas, names={"p0000": "Anna"}, language="en")
    widths = np.array([bar.get_width() for bar in ax.patches]).reshape(2, 12)
    assert np.allclose(widths.sum(axis=0), 1)
    assert "Anna" in [t.get_text() for t in ax.get_yticklabels()]
    assert [t.get_text() for t in ax.get_legend().get_texts()] == ["persona 1", "persona 2"]
    assert_nothing_is_clipped(ax)
    nobody = plot.memberships(found.memberships.head(0), found.personas, language="en")
    assert "no data" in texts(nobody)


def test_many_people_are_drawn_without_names():
    found = personas.find(two_groups(60), replicates=49)
    ax = plot.memberships(found.memberships, found.personas)
    assert ax.get_ylabel() == "60 участников"
    assert not ax.get_yticklabels()


# --- the promise, at fewer studies ---

STUDIES = {
    "personas_from_noise": 10,
    "planted_personas": 8,
    "false_differences": 6,
    "true_differences": 8,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_the_promise_of_personas_is_kept(name):
    """With room for the noise of few studies; all of them: benchmarks/statistics_personas.py."""
    figures = list(promises.all_figures(STUDIES[name])[name]())
    assert figures
    for figure in figures:
        room = 3 * math.sqrt(0.25 * 0.2 / STUDIES[name])
        assert figure.low - room <= figure.value <= figure.high + room, figure.row()
