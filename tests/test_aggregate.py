from __future__ import annotations

import dataclasses
import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest
import studies
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cjmresearch import aggregate, schema
from cjmresearch.errors import CjmError

TALK = {
    "s1": [
        ("I", "How did you search?"),
        ("A", "Searching was slow but the site was lovely, then I called."),
        ("B", "I agree, and paying was simple."),
    ]
}


def rows_of(observations: pd.DataFrame, coding_id: str) -> pd.DataFrame:
    return observations[observations["coding_id"] == coding_id]


def one(observations: pd.DataFrame, coding_id: str) -> pd.Series:
    rows = rows_of(observations, coding_id)
    assert len(rows) == 1
    return rows.iloc[0]


# --- participants -------------------------------------------------------------------------------


def test_speaker_of_most_characters_is_the_participant():
    study = studies.study(
        TALK,
        [
            {"source": "s1", "quote": "I called.\nI agree, and paying was", "code": "feelings:joy"},
            {"source": "s1", "quote": "lovely, then I called.\nI ", "code": "feelings:joy"},
        ],
    )
    found = aggregate.observations(study)
    assert list(found["participant_id"]) == ["B", "A"]


def test_majority_is_summed_over_turns():
    study = studies.study(
        {"s": [("A", "aaaaaa"), ("B", "bbbbbbbb"), ("A", "cccccc")]},
        [{"source": "s", "start": 0, "end": 22, "code": "feelings:joy"}],
    )
    assert one(aggregate.observations(study), "c0")["participant_id"] == "A"


def test_interviewer_employee_and_expert_are_left_out():
    talk = {"s": [("I", "nice day"), ("E", "we are great"), ("X", "they are"), ("C", "not really")]}
    quotes = ["nice day", "we are great", "they are", "not really"]
    study = studies.study(
        talk,
        [{"source": "s", "quote": q, "code": "feelings:joy"} for q in quotes],
        voices={"E": "employee", "X": "expert"},
    )
    found = aggregate.observations(study)
    assert list(found["participant_id"]) == ["C"]


def test_words_of_an_employee_never_fall_to_the_customer_beside_them():
    study = studies.study(
        {"s": [("E", "we are really great"), ("C", "no")]},
        [{"source": "s", "quote": "we are really great\nno", "code": "feelings:joy"}],
        voices={"E": "employee"},
    )
    assert aggregate.observations(study).empty


def test_unknown_speaker_is_left_out():
    study = studies.study(
        {"s": [("?", "somebody said this"), ("A", "ok")]},
        [{"source": "s", "quote": "somebody said this\nok", "code": "feelings:joy"}],
    )
    assert aggregate.observations(study).empty


def test_interviewer_does_not_compete():
    study = studies.study(
        {"s": [("I", "a very long question of the interviewer"), ("A", "yes")]},
        [{"source": "s", "start": 0, "end": 43, "code": "feelings:joy"}],
    )
    assert one(aggregate.observations(study), "c0")["participant_id"] == "A"


# --- stages and touchpoints ---------------------------------------------------------------------


def test_stage_weights_are_shares_of_overlap():
    study = studies.study(
        {"s": [("A", "0123456789abcdefghij")]},
        [
            {"source": "s", "start": 0, "end": 13, "code": "trip:search"},
            {"source": "s", "start": 13, "end": 20, "code": "trip:buy"},
            {"source": "s", "start": 10, "end": 20, "code": "feelings:joy"},
        ],
    )
    found = aggregate.observations(study)
    assert dict(zip(found["stage"], found["weight"], strict=True)) == pytest.approx(
        {"trip:search": 0.3, "trip:buy": 0.7}
    )
    assert set(found["stage_from"]) == {"coding"}


def test_own_stage_first_then_other_peoples_then_suggested():
    joy = {"source": "s", "start": 0, "end": 10, "code": "feelings:joy", "id": "joy"}
    own = {"source": "s", "start": 9, "end": 10, "code": "trip:search"}
    other = {"source": "s", "start": 0, "end": 10, "code": "trip:buy", "coder": "boris"}
    machine = other | {"code": "trip:use", "coder": "rules:stages-1", "status": "suggested"}
    talk = {"s": [("A", "0123456789")]}

    def stage(*codings, include="suggested"):
        found = aggregate.observations(studies.study(talk, [joy, *codings]), include=include)
        row = one(found, "joy")
        return row["stage"], row["stage_machine"]

    assert stage(own, other, machine) == ("trip:search", False)
    assert stage(other, machine) == ("trip:buy", False)
    assert stage(machine) == ("trip:use", True)
    assert stage(machine, include="human")[0] is np.nan


def test_touching_spans_do_not_overlap_and_neighbours_are_not_inherited():
    study = studies.study(
        {"s": [("A", "0123456789"), ("A", "more words")]},
        [
            {"source": "s", "start": 0, "end": 5, "code": "trip:search"},
            {"source": "s", "start": 5, "end": 8, "code": "feelings:joy"},
            {"source": "s", "quote": "more", "code": "feelings:joy"},
        ],
    )
    found = aggregate.observations(study)
    assert found["stage"].isna().all()
    assert set(found["stage_from"]) == {"none"}
    lost = aggregate.outside(found).set_index("kind").loc["emotion"]
    assert (lost["n_codings"], lost["n_participants"], lost["of_codings"]) == (2, 1, 2)


def test_question_gives_stage_and_touchpoint_only_where_no_coding_does():
    study = studies.study(
        {"s": [("A", "first answer"), ("A", "second answer"), ("A", "third answer")]},
        [
            {"source": "s", "quote": "first", "code": "feelings:joy"},
            {"source": "s", "quote": "second answer", "code": "trip:use"},
            {"source": "s", "quote": "second", "code": "feelings:joy"},
            {"source": "s", "quote": "third", "code": "feelings:joy"},
        ],
        questions={
            "q": {"stage": "trip:buy", "touchpoint": "points:site"},
            "elsewhere": {"stage": "other:start"},
        },
        asked={("s", 0): "q", ("s", 1): "q", ("s", 2): "elsewhere"},
    )
    found = aggregate.observations(study)
    assert found["stage"].astype(object).where(found["stage"].notna(), None).tolist() == [
        "trip:buy",
        "trip:use",
        None,
    ]
    assert list(found["stage_from"]) == ["question", "coding", "none"]
    assert list(found["touchpoint"].fillna("-")) == ["points:site", "points:site", "-"]


def test_weights_of_stage_and_touchpoint_multiply():
    study = studies.study(
        {"s": [("A", "0123456789abcdefghij")]},
        [
            {"source": "s", "start": 0, "end": 5, "code": "trip:search"},
            {"source": "s", "start": 5, "end": 20, "code": "trip:buy"},
            {"source": "s", "start": 0, "end": 10, "code": "points:site"},
            {"source": "s", "start": 10, "end": 20, "code": "points:call"},
            {"source": "s", "start": 0, "end": 20, "code": "feelings:joy", "id": "joy"},
        ],
    )
    found = rows_of(aggregate.observations(study), "joy")
    weights = found.set_index(["stage", "touchpoint"])["weight"].to_dict()
    assert weights == pytest.approx(
        {
            ("trip:search", "points:site"): 0.125,
            ("trip:search", "points:call"): 0.125,
            ("trip:buy", "points:site"): 0.375,
            ("trip:buy", "points:call"): 0.375,
        }
    )


def test_touchpoint_coding_is_its_own_touchpoint():
    study = studies.study(
        TALK,
        [
            {"source": "s1", "quote": "the site was lovely", "code": "points:site"},
            {"source": "s1", "quote": "site", "code": "points:call"},
        ],
    )
    assert list(aggregate.observations(study)["touchpoint"]) == ["points:site", "points:call"]


def test_other_models_stages_do_not_count():
    study = studies.study(
        TALK,
        [
            {"source": "s1", "quote": "the site was lovely", "code": "other:start"},
            {"source": "s1", "quote": "lovely", "code": "feelings:joy"},
        ],
    )
    assert aggregate.observations(study)["stage"].isna().all()
    other = aggregate.observations(study, model="other")
    assert list(other["stage"]) == ["other:start"]
    with pytest.raises(CjmError, match=r"no journey model 'nowhere'.*trip"):
        aggregate.observations(study, model="nowhere")


# --- decisions ----------------------------------------------------------------------------------


def test_decisions_replace_suggestions():
    lovely = {"source": "s1", "quote": "lovely", "code": "feelings:joy"}
    machine = {**lovely, "coder": "model:emotion-2", "status": "suggested"}
    study = studies.study(
        TALK,
        [
            {**machine, "id": "open"},
            {**machine, "id": "yes"},
            {**machine, "id": "no"},
            {**lovely, "id": "a", "status": "accepted", "suggestion_id": "yes"},
            {**lovely, "id": "b", "status": "accepted", "suggestion_id": "yes", "coder": "boris"},
            {**lovely, "id": "r", "status": "rejected", "suggestion_id": "no"},
        ],
    )
    assert set(aggregate.observations(study)["coding_id"]) == {"a", "b"}
    found = aggregate.observations(study, include="suggested")
    assert set(found["coding_id"]) == {"open", "a", "b"}
    assert list(rows_of(found, "open")["machine"]) == [True]
    with pytest.raises(CjmError, match="include='all': choose one of human, suggested"):
        aggregate.observations(study, include="all")


def test_valence_of_the_coding_overrides_the_codes():
    study = studies.study(
        TALK,
        [
            {"source": "s1", "quote": "lovely", "code": "feelings:joy"},
            {"source": "s1", "quote": "lovely", "code": "feelings:joy", "valence": 0.0},
            {"source": "s1", "quote": "slow", "code": "pains:slow"},
            {"source": "s1", "quote": "slow", "code": "pains:slow", "valence": -0.5},
        ],
    )
    values = aggregate.observations(study)["valence"]
    assert values.fillna(9).tolist() == [0.8, 0.0, 9, -0.5]


def test_empty_study_gives_empty_frames_with_all_stages():
    found = aggregate.observations(studies.study(TALK, []))
    assert found.empty
    curve = aggregate.emotion_curve(found)
    assert list(curve["stage"]) == list(studies.STAGES)
    assert curve["mean"].isna().all()
    assert curve["n_participants"].sum() == 0
    assert aggregate.pain_ranking(found).empty
    assert aggregate.touchpoint_matrix(found).empty
    assert aggregate.outside(found).empty


# --- the rule against a naive oracle ------------------------------------------------------------

PEOPLE = {"A": {"org_id": "f1"}, "B": {"org_id": "f1"}, "C": {}, "D": {"org_id": "f2"}, "E": {}}
LENGTH = 12  # of a turn; with its line end 13
spans = st.tuples(st.integers(0, 50), st.integers(1, 25))


@st.composite
def random_studies(draw):
    talks = {
        source: [
            (draw(st.sampled_from(["I", "A", "B", "C", "D", "E", "W"])), "x" * LENGTH)
            for _ in range(6)
        ]
        for source in ("s1", "s2", "s3")
    }
    codings = []
    emotions = ["feelings:joy", "feelings:anger", "feelings:doubt", "pains:slow"]
    codes = [*studies.STAGES, *emotions, *emotions, "points:site", "points:call"]
    for _ in range(draw(st.integers(1, 30))):
        start, length = draw(spans)
        codings.append(
            {
                "source": draw(st.sampled_from(list(talks))),
                "start": start,
                "end": start + length,
                "code": draw(st.sampled_from(codes)),
                "coder": draw(st.sampled_from(["anna", "boris", "carl"])),
            }
        )
    return studies.study(talks, codings, people=PEOPLE, voices={"W": "employee"})


def naive_speakers(study: schema.Study) -> dict:
    """Who says each character, of those who take part."""
    said = {}
    speakers = study.speakers.set_index(["source_id", "speaker"])
    for turn in study.turns.to_dict("records"):
        who = speakers.loc[(turn["source_id"], turn["speaker"])]
        if who["role"] == "participant":
            for i in range(turn["start"], turn["end"]):
                said[turn["source_id"], i] = (who["participant_id"], who["voice"])
    return said


def naive_places(row: dict, codings: list[dict], kind: str) -> dict:
    if row["kind"] == kind == "touchpoint":
        return {row["slug"]: 1.0}
    near = [c for c in codings if c["kind"] == kind and c["chars"] & row["chars"]]
    near = [c for c in near if c["coder"] == row["coder"]] or near
    shared = defaultdict(int)
    for context in near:
        shared[context["slug"]] += len(context["chars"] & row["chars"])
    total = sum(shared.values())
    return {slug: n / total for slug, n in shared.items()} or {None: 1.0}


def naive_observations(study: schema.Study) -> list[tuple]:
    """Implement the rule character by character."""
    codes = study.codes.set_index("code_id")
    codings = study.codings.to_dict("records")
    for row in codings:
        row["slug"], row["kind"] = codes.loc[row["code_id"], ["slug", "kind"]]
        row["chars"] = {(row["source_id"], i) for i in range(row["start"], row["end"])}
    said = naive_speakers(study)
    result = []
    for row in (c for c in codings if c["kind"] != "stage"):
        covered = Counter(said[char] for char in sorted(row["chars"]) if char in said)
        participant, voice = next(iter(covered.most_common(1)), ((None, None), 0))[0]
        if voice != "customer":
            continue
        for stage, by_stage in naive_places(row, codings, "stage").items():
            for point, by_point in naive_places(row, codings, "touchpoint").items():
                weight = round(by_stage * by_point, 9)
                result.append((row["coding_id"], participant, stage, point, weight))
    return sorted(result, key=str)


@settings(max_examples=40, deadline=None)
@given(random_studies())
def test_observations_equal_the_naive_rule(study):
    found = aggregate.observations(study)
    columns = ["coding_id", "participant_id", "stage", "touchpoint", "weight"]
    plain = found[columns].astype(object).where(found[columns].notna(), None)
    plain["weight"] = found["weight"].round(9)
    assert sorted(plain.itertuples(index=False, name=None), key=str) == naive_observations(study)
    sums = found.groupby("coding_id")["weight"].sum()
    assert np.allclose(sums, 1, atol=1e-12)


def naive_curve(observations: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Average with dictionaries and scipy's t interval."""
    cells = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    firm = {}
    for row in observations.itertuples():
        if not (math.isnan(row.valence) or pd.isna(row.stage)):
            cells[row.stage][row.participant_id][row.coder].append((row.valence, row.weight))
            firm[row.participant_id] = row.participant_id if pd.isna(row.org_id) else row.org_id
    out = []
    stages = list(observations["stage"].cat.categories)
    units_by_stage = {}
    for stage in stages:
        firms = defaultdict(list)
        for person, coders in cells[stage].items():
            means = [
                np.average([v for v, _ in values], weights=[w for _, w in values])
                for values in coders.values()
            ]
            firms[firm[person]].append(np.mean(means))
        units_by_stage[stage] = [np.mean(values) for values in firms.values()]
    able = [s for s, u in units_by_stage.items() if len(u) >= 3 and np.std(u, ddof=1) > 1e-12]
    for stage in stages:
        units = units_by_stage[stage]
        interval = band = (np.nan, np.nan)
        if stage in able:
            t = {"df": len(units) - 1, "loc": np.mean(units), "scale": stats.sem(units)}
            interval = stats.t.interval(level, **t)
            band = stats.t.interval(1 - (1 - level) / len(able), **t)
        mean = np.mean(units) if units else np.nan
        out.append((stage, mean, *interval, *band, len(cells[stage]), len(units)))
    columns = ["stage", "mean", "low", "high", "band_low", "band_high"]
    return pd.DataFrame(out, columns=[*columns, "n_participants", "n_units"])


@settings(max_examples=40, deadline=None)
@given(random_studies(), st.sampled_from([0.8, 0.95]))
def test_curve_equals_the_naive_rule(study, level):
    found = aggregate.observations(study)
    curve = aggregate.emotion_curve(found, level=level)
    expected = naive_curve(found, level)
    pd.testing.assert_frame_equal(
        curve[expected.columns].astype({"stage": "str"}),
        expected.astype({"stage": "str"}),
        rtol=1e-9,
        atol=1e-12,
        check_dtype=False,
    )


def test_band_of_several_stages_equals_the_naive_rule():
    rng = np.random.default_rng(7)
    parts = [
        told({f"p{i}": list(rng.normal(0, 0.5, 3)) for i in range(n)}).assign(stage=f"m:{stage}")
        for stage, n in enumerate((6, 4, 3, 2, 9))
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["stage"] = pd.Categorical(frame["stage"], [f"m:{i}" for i in range(6)], ordered=True)
    curve, expected = aggregate.emotion_curve(frame), naive_curve(frame)
    columns = ["low", "high", "band_low", "band_high"]
    assert expected["band_low"].notna().sum() == 4
    pd.testing.assert_frame_equal(curve[columns], expected[columns], rtol=1e-9)


# --- the curve ----------------------------------------------------------------------------------


def told(values: dict[str, list[float]], **columns) -> pd.DataFrame:
    """Make observations of one stage: a list of valences for each participant."""
    rows = [
        {
            "coding_id": f"{person}{i}",
            "source_id": "s" + person,
            "participant_id": person,
            "org_id": np.nan,
            "coder": "anna",
            "machine": False,
            "kind": "emotion",
            "weight": 1.0,
            "valence": value,
            "stage": "m:1",
            "start": 10 * i,
            "end": 10 * i + 5,
        }
        for person, valences in values.items()
        for i, value in enumerate(valences)
    ]
    frame = pd.DataFrame(rows).assign(**columns)
    frame["org_id"] = frame["org_id"].astype("str")
    frame["stage"] = pd.Categorical(frame["stage"], ["m:1", "m:2"], ordered=True)
    return frame


def test_the_person_is_the_unit():
    curve = aggregate.emotion_curve(told({"A": [1.0] * 9, "B": [-1.0], "C": [0.0, 0.6]}))
    assert curve["mean"].iloc[0] == pytest.approx((1 - 1 + 0.3) / 3)
    assert curve["n_participants"].iloc[0] == 3
    assert curve["n_codings"].iloc[0] == 12


def test_copying_a_participants_codings_leaves_the_curve_unchanged():
    observations = told({"A": [0.9, 0.2], "B": [-1.0], "C": [0.3], "D": [-0.2]})
    extra = pd.concat([observations[observations["participant_id"] == "A"]] * 10)
    extra = extra.assign(coding_id=[f"copy{i}" for i in range(len(extra))])
    more = pd.concat([observations, extra], ignore_index=True)
    columns = ["mean", "low", "high", "band_low", "band_high", "sd", "n_participants", "n_units"]
    pd.testing.assert_frame_equal(
        aggregate.emotion_curve(more)[columns], aggregate.emotion_curve(observations)[columns]
    )


def test_two_coders_are_averaged_before_people():
    observations = told({"A": [1.0, 1.0, 1.0, -1.0], "B": [0.5]})
    observations.loc[3, "coder"] = "boris"
    assert aggregate.emotion_curve(observations)["mean"].iloc[0] == pytest.approx(0.25)


def test_a_firm_is_one_unit():
    observations = told({"A": [1.0], "B": [0.0], "C": [-1.0], "D": [0.2]})
    observations.loc[:1, "org_id"] = "firm"
    first = aggregate.emotion_curve(observations).iloc[0]
    assert first["mean"] == pytest.approx((0.5 - 1 + 0.2) / 3)
    assert (first["n_participants"], first["n_units"]) == (4, 3)
    three = aggregate.emotion_curve(observations[observations["participant_id"] != "D"]).iloc[0]
    assert three["n_units"] == 2
    assert math.isnan(three["low"])


def test_no_interval_under_three_people_or_without_spread():
    two = aggregate.emotion_curve(told({"A": [1.0], "B": [0.0]}))
    assert two[["low", "high", "band_low", "band_high"]].isna().all(axis=None)
    same = aggregate.emotion_curve(told({"A": [0.3], "B": [0.1, 0.5], "C": [0.3]}))
    assert same["sd"].iloc[0] == pytest.approx(0)
    assert math.isnan(same["low"].iloc[0])


def test_missing_emotion_is_not_neutral():
    curve = aggregate.emotion_curve(told({"A": [0.8], "B": [np.nan]}))
    assert curve["mean"].tolist()[0] == pytest.approx(0.8)
    assert curve["n_participants"].tolist() == [1, 0]
    assert math.isnan(curve["mean"].iloc[1])


def test_opposite_emotions_both_count_and_the_mixed_share_is_said():
    observations = told({"A": [0.8, -0.4, 0.6], "B": [0.5, -0.5]})
    observations.loc[1, ["start", "end"]] = [3, 8]  # overlaps the first of A
    first = aggregate.emotion_curve(observations).iloc[0]
    assert first["mean"] == pytest.approx(((0.8 - 0.4 + 0.6) / 3 + 0) / 2)
    assert first["mixed_share"] == pytest.approx(1 / 4)
    observations.loc[1, "coder"] = "boris"
    assert aggregate.emotion_curve(observations)["mixed_share"].iloc[0] == 0


def test_machine_share_and_include():
    observations = told({"A": [0.8, -0.4], "B": [0.5]}, stage_machine=False)
    observations.loc[1, "machine"] = True
    assert aggregate.emotion_curve(observations)["machine_share"].iloc[0] == pytest.approx(1 / 3)
    human = aggregate.emotion_curve(observations, include="human").iloc[0]
    assert (human["machine_share"], human["n_codings"]) == (0, 2)
    observations.loc[2, "stage_machine"] = True
    assert aggregate.emotion_curve(observations, include="human")["n_codings"].iloc[0] == 1


def test_curves_by_column_and_by_mapping():
    observations = told({"A": [1.0], "B": [0.0], "C": [-1.0]})
    groups = {"A": "x", "B": "x", "C": "y"}
    curve = aggregate.emotion_curve(observations, by=groups)
    assert curve["group"].tolist() == ["x", "x", "y", "y"]
    assert curve["mean"].tolist()[::2] == [0.5, -1.0]
    named = aggregate.emotion_curve(observations, by=pd.Series(groups, name="camp"))
    assert list(named.columns[:2]) == ["camp", "stage"]
    by_person = aggregate.emotion_curve(observations, by="participant_id")
    assert by_person["n_participants"].max() == 1
    partly = aggregate.emotion_curve(observations, by={"A": "x"})
    assert partly["n_participants"].sum() == 1
    with pytest.raises(CjmError, match="by='age': choose a column"):
        aggregate.emotion_curve(observations, by="age")
    with pytest.raises(CjmError, match="no participant"):
        aggregate.emotion_curve(observations, by={"Z": "x"})


def test_nothing_given_is_changed():
    study = studies.study(TALK, [{"source": "s1", "quote": "lovely", "code": "feelings:joy"}])
    observations = aggregate.observations(study)
    before = observations.copy(deep=True)
    for function in (
        aggregate.emotion_curve,
        aggregate.pain_ranking,
        aggregate.touchpoint_matrix,
        aggregate.outside,
    ):
        function(observations)
    pd.testing.assert_frame_equal(observations, before)


def test_wrong_level_and_include_are_named():
    observations = told({"A": [1.0]})
    with pytest.raises(CjmError, match="level=95"):
        aggregate.emotion_curve(observations, level=95)
    with pytest.raises(CjmError, match="include='machine'"):
        aggregate.emotion_curve(observations, include="machine")
    with pytest.raises(CjmError, match="stage must be an ordered Categorical"):
        aggregate.emotion_curve(observations.assign(stage="m:1"))


@settings(max_examples=25, deadline=None)
@given(random_studies(), st.sampled_from(list(PEOPLE)))
def test_deleting_a_participant_changes_exactly_the_stages_they_used(study, person):
    observations = aggregate.observations(study)
    felt = observations[observations["valence"].notna()]
    rest = observations[observations["participant_id"] != person]
    used = set(felt.loc[felt["participant_id"] == person, "stage"].dropna())
    before = aggregate.emotion_curve(observations).set_index("stage")
    after = aggregate.emotion_curve(rest).set_index("stage")
    changed = before["n_participants"] != after["n_participants"]
    assert set(changed.index[changed]) == used
    untouched = [s for s in before.index if s not in used]
    columns = ["mean", "low", "high", "sd", "n_units", "n_codings", "mixed_share"]
    pd.testing.assert_frame_equal(before.loc[untouched, columns], after.loc[untouched, columns])


@pytest.mark.parametrize("n", [5, 12])
def test_pointwise_and_whole_curve_coverage(n):
    """F2: people vary, utterances within a person correlate .45; 8 stages, about 6 a cell."""
    rng = np.random.default_rng(20261122)
    replicates, stages, each = 400, 8, 6
    hits, whole = [], []
    cells = pd.MultiIndex.from_product([range(n), range(stages), range(each)]).to_frame(index=False)
    base = pd.DataFrame(
        {
            "coding_id": [str(i) for i in cells.index],
            "source_id": cells[0].astype("str"),
            "participant_id": cells[0].astype("str"),
            "org_id": pd.Series(np.nan, cells.index, dtype="str"),
            "coder": "anna",
            "machine": False,
            "weight": 1.0,
            "start": 10 * cells.index,
            "end": 10 * cells.index + 5,
            "stage": pd.Categorical.from_codes(cells[1], [f"m:{i}" for i in range(stages)], True),
        }
    )
    for _ in range(replicates):
        person = rng.normal(0, np.sqrt(0.45), (n, stages, 1))
        values = person + rng.normal(0, np.sqrt(0.55), (n, stages, each))
        spoken = rng.random(values.shape) < 0.9  # talk is uneven; the person stays the unit
        frame = base.assign(valence=np.where(spoken, values, np.nan).ravel())
        curve = aggregate.emotion_curve(frame)
        hits.append((curve["low"] <= 0) & (curve["high"] >= 0))
        whole.append(((curve["band_low"] <= 0) & (curve["band_high"] >= 0)).all())
    assert 0.93 <= np.mean(hits) <= 0.97
    assert np.mean(whole) >= 0.93


# --- rankings -----------------------------------------------------------------------------------


def pains(rows: list[tuple[str, str]]) -> pd.DataFrame:
    observations = told({str(i): [0.0] for i in range(len(rows))})
    observations["participant_id"] = [person for person, _ in rows]
    observations["code"] = [code for _, code in rows]
    observations["kind"] = ["pain" if code.startswith("pains") else "emotion" for _, code in rows]
    return observations


def test_pains_are_ranked_by_people_then_mentions():
    loud = [("A", "pains:loud")] * 9
    rows = [*loud, ("A", "pains:dear"), ("B", "pains:dear"), ("C", "feelings:joy")]
    rows += [("B", "pains:late"), ("C", "pains:late"), ("C", "pains:dim"), ("C", "pains:odd")]
    ranking = aggregate.pain_ranking(pains(rows)).set_index("code")
    assert ranking["rank"].to_dict() == {
        "pains:dear": 1,
        "pains:late": 1,
        "pains:loud": 3,
        "pains:dim": 4,
        "pains:odd": 4,
    }
    assert ranking.loc["pains:loud", ["n_participants", "n_codings"]].tolist() == [1, 9]
    assert set(ranking["of_participants"]) == {3}


def test_wilson_interval_equals_scipys():
    for of in (1, 3, 8, 12, 40):
        for n in range(of + 1):
            low, high = aggregate.wilson(np.array([n]), np.array([of]))
            expected = stats.binomtest(n, of).proportion_ci(method="wilson")
            assert (low[0], high[0]) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_share_is_of_everybody_who_was_interviewed():
    study = studies.study(
        {"s1": [("A", "it was slow")], "s2": [("B", "fine"), ("E", "we know")]},
        [{"source": "s1", "quote": "slow", "code": "pains:slow"}],
        people={"Z": {}},
        voices={"E": "employee"},
    )
    asked = aggregate.interviewed(study)
    assert sorted(asked["participant_id"]) == ["A", "B"]
    ranking = aggregate.pain_ranking(aggregate.observations(study), participants=asked)
    assert ranking[["n_participants", "of_participants", "share"]].iloc[0].tolist() == [1, 2, 0.5]


def test_people_of_uncoded_sources_stay_out_of_the_whole():
    study = studies.study(
        {"s1": [("A", "it was slow"), ("B", "fine")], "s2": [("C", "not read by anybody yet")]},
        [{"source": "s1", "quote": "slow", "code": "pains:slow"}],
    )
    live = aggregate.live_codings(study)
    assert list(aggregate.interviewed(study, codings=live)["participant_id"]) == ["A", "B"]
    assert len(aggregate.interviewed(study)) == 3


def test_notes_of_a_coder_are_no_findings():
    study = studies.study(
        {"s1": [("A", "it was slow")]},
        [
            {"source": "s1", "quote": "slow", "code": "pains:slow"},
            {"source": "s1", "quote": "it was slow", "code": "acts:ask"},
        ],
    )
    assert len(aggregate.live_codings(study)) == 2
    notes = study.codes["scheme"].mask(study.codes["slug"] == "acts:ask", "memo")
    study = dataclasses.replace(study, codes=study.codes.assign(scheme=notes))
    assert aggregate.live_codings(study)["code"].tolist() == ["pains:slow"]


def test_pains_by_group_have_their_own_wholes():
    rows = [("A", "pains:dear"), ("B", "pains:dear"), ("C", "pains:dear"), ("D", "feelings:joy")]
    groups = {"A": "x", "B": "x", "C": "y", "D": "y"}
    ranking = aggregate.pain_ranking(pains(rows), by=groups).set_index("group")
    assert ranking["share"].to_dict() == {"x": 1.0, "y": 0.5}
    assert ranking["rank"].tolist() == [1, 1]


def test_touchpoint_matrix_counts_people_and_averages_their_feelings():
    study = studies.study(
        {
            "s1": [("A", "the site was lovely and I called them, and again the site was bad")],
            "s2": [("B", "the site was bad")],
        },
        [
            {"source": "s1", "start": 0, "end": 65, "code": "trip:search"},
            {"source": "s2", "start": 0, "end": 16, "code": "trip:search"},
            {"source": "s1", "quote": "the site was lovely", "code": "points:site"},
            {"source": "s1", "quote": "the site was bad", "code": "points:site"},
            {"source": "s1", "quote": "called", "code": "points:call"},
            {"source": "s2", "quote": "the site", "code": "points:site"},
            {"source": "s1", "quote": "lovely", "code": "feelings:joy"},
            {"source": "s1", "quote": "bad", "code": "feelings:anger"},
            {"source": "s2", "quote": "the site was bad", "code": "feelings:anger"},
        ],
    )
    matrix = aggregate.touchpoint_matrix(aggregate.observations(study))
    matrix = matrix.set_index("touchpoint")
    assert matrix.loc["points:site", ["n_participants", "n_codings"]].tolist() == [2, 6]
    assert matrix.loc["points:site", "mean"] == pytest.approx((0 - 0.8) / 2)
    assert math.isnan(matrix.loc["points:call", "mean"])
    assert matrix["n_felt"].to_dict() == {"points:call": 0, "points:site": 2}


def test_a_touchpoint_says_how_many_people_stand_behind_its_mean():
    talks = {name: [(name, "the site, lovely")] for name in "ABCD"}
    spans = {"trip:search": "the site, lovely", "points:site": "the site, lovely"}
    codings = [
        {"source": name, "quote": quote, "code": code}
        for name in talks
        for code, quote in spans.items()
    ]
    felt = [{"source": "A", "quote": "lovely", "code": "feelings:joy", "coder": c} for c in "xy"]
    people = {name: {"org_id": "one firm"} for name in "AB"}
    alone = aggregate.observations(studies.study(talks, codings + felt, people=people))
    [row] = aggregate.touchpoint_matrix(alone).to_dict("records")
    assert (row["n_participants"], row["n_felt"], row["mean"]) == (4, 1, pytest.approx(0.8))
    felt.append({"source": "B", "quote": "lovely", "code": "feelings:trust"})
    two = aggregate.observations(studies.study(talks, codings + felt, people=people))
    assert aggregate.touchpoint_matrix(two)["n_felt"].tolist() == [2]  # people, not firms


# --- evidence -----------------------------------------------------------------------------------


def test_evidence_opens_the_quote_with_its_surroundings():
    study = studies.study(
        TALK, [{"source": "s1", "quote": "the site was lovely", "code": "feelings:joy"}]
    )
    found = aggregate.evidence(study, ["c0"], context=10).iloc[0]
    assert found["quote"] == "the site was lovely"
    assert (found["before"], found["after"]) == (" slow but ", ", then I c")
    assert (found["participant"], found["position"], found["code"]) == (
        "Person A",
        1,
        "feelings:joy",
    )
    with pytest.raises(CjmError, match="coding 'nope' is not in the study"):
        aggregate.evidence(study, ["nope"])


def test_an_answer_to_a_survey_is_shown_without_its_neighbours():
    coded = [{"source": "s1", "quote": "the site was lovely", "code": "feelings:joy"}]
    study = studies.study(TALK, coded)
    study = dataclasses.replace(study, sources=study.sources.assign(kind="survey"))
    found = aggregate.evidence(study, ["c0"], context=500).iloc[0]
    turn = study.turns[study.turns["position"] == found["position"]].iloc[0]
    said = study.current_texts["s1"][turn["start"] : turn["end"]]
    assert found["before"] + found["quote"] + found["after"] == said
    assert "How did you search?" not in found["before"]


def test_evidence_withholds_the_words_of_those_who_refused():
    codings = [
        {"source": "s1", "quote": "lovely", "code": "feelings:joy"},
        {"source": "s1", "quote": "simple", "code": "feelings:joy"},
        {"source": "s1", "quote": "called.\nI agree", "code": "feelings:joy"},
    ]
    study = studies.study(TALK, codings, people={"B": {"consent": False}, "A": {"consent": True}})
    found = aggregate.evidence(study, ["c0", "c1", "c2"], context=500)
    assert found["withheld"].tolist() == [False, True, True]
    shown = " ".join(found[["quote", "before", "after"]].fillna("").to_numpy().ravel())
    assert "paying" not in shown
    assert "agree" not in shown
    assert "How did you search?" in shown


def test_every_coding_of_a_study_can_be_opened_in_its_order():
    study = studies.study(
        TALK,
        [
            {"source": "s1", "quote": "search?", "code": "feelings:doubt"},
            {"source": "s1", "quote": "slow", "code": "pains:slow"},
        ],
    )
    found = aggregate.evidence(study, ["c1", "c0"])
    assert found["coding_id"].tolist() == ["c1", "c0"]
    assert found["participant"].tolist() == ["Person A", "I"]


def test_observation_frame_does_not_depend_on_the_order_of_turns():
    study = studies.study(
        TALK,
        [
            {"source": "s1", "quote": "slow", "code": "pains:slow"},
            {"source": "s1", "quote": "paying", "code": "feelings:joy"},
        ],
    )
    turned = dataclasses.replace(study, turns=study.turns[::-1].reset_index(drop=True))
    pd.testing.assert_frame_equal(aggregate.observations(study), aggregate.observations(turned))
