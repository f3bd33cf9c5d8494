"""The corrected curve: what a machine says, with its error taken out by gold."""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies import MODEL, STAGES
from studies import study as small_study

from cjmresearch import aggregate, models, schema, text
from cjmresearch.errors import CjmError, SchemaError, UnequalErrorWarning

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import intervals as simulation

# -- the promise of F3, simulated (all of it: benchmarks/intervals.py) ---------------------------


def test_the_corrected_difference_covers_and_the_raw_one_does_not() -> None:
    """True .400 and .100, sensitivity .75, specificity .90, 12 people, 25 utterances, 10 gold."""
    got = simulation.run(1000, seed=8)
    assert got.loc["corrected", "difference"] == pytest.approx(0.300, abs=0.01)
    assert 0.93 <= got.loc["corrected", "coverage"] <= 0.97
    assert got.loc["raw", "difference"] == pytest.approx(0.196, abs=0.01)
    assert got.loc["raw", "coverage"] < 0.60


def test_the_corrected_curve_covers_at_each_stage() -> None:
    rng = np.random.default_rng(9)
    rates, inside = np.array(simulation.RATES), np.zeros(2)
    values = []
    for _ in range(150):
        curve = aggregate.corrected_curve(simulation.simulate(rng))
        values.append(curve["mean"])
        inside += curve["low"].le(rates) & curve["high"].ge(rates)
        assert (curve["band_low"] < curve["low"]).all()
    assert np.mean(values, axis=0) == pytest.approx(rates, abs=0.01)
    assert (inside / 150 > 0.89).all()


# -- exact cases ---------------------------------------------------------------------------------


def units(rows: list[tuple], stages: tuple[str, ...] = ("x", "y")) -> pd.DataFrame:
    """Rows of participant, stage, machine, gold (None: not judged)."""
    who, stage, machine, gold = zip(*rows, strict=True)
    judged = np.array([g is not None for g in gold])
    return pd.DataFrame(
        {
            "participant_id": who,
            "unit": who,
            "language": "en",
            "stage": pd.Categorical(stage, list(stages), ordered=True),
            "machine": np.array(machine, float),
            "gold": np.array([np.nan if g is None else g for g in gold], float),
            "weight": np.where(judged, 2.0, np.nan),
        }
    )


def four_people() -> pd.DataFrame:
    rng = np.random.default_rng(1)
    rows = []
    for person in "ABCD":
        for stage in "xy":
            for i in range(8):
                rows.append(
                    (person, stage, rng.integers(0, 2), rng.integers(0, 2) if i < 4 else None)
                )
    return units(rows)


def test_with_gold_for_all_it_is_the_t_interval_of_peoples_estimates() -> None:
    from scipy import stats

    frame = four_people()
    curve = aggregate.corrected_curve(frame).set_index("stage").loc["x"]
    x = frame[frame["stage"] == "x"]
    own = (
        x.groupby("participant_id")["machine"].mean()
        + (x["gold"] - x["machine"]).groupby(x["participant_id"]).mean()
    )
    low, high = stats.t.interval(0.95, 3, own.mean(), stats.sem(own))
    assert curve["mean"] == pytest.approx(own.mean())
    assert (curve["low"], curve["high"]) == (pytest.approx(low), pytest.approx(high))
    assert curve["raw"] == pytest.approx(x.groupby("participant_id")["machine"].mean().mean())
    assert (curve["n_participants"], curve["n_segments"], curve["n_gold"]) == (4, 32, 16)


def test_the_difference_of_stages_is_paired() -> None:
    from scipy import stats

    frame = four_people()
    own = {}
    for stage in "xy":
        part = frame[frame["stage"] == stage]
        by = part["participant_id"]
        error = (part["gold"] - part["machine"]).groupby(by).mean()
        own[stage] = part.groupby("participant_id")["machine"].mean() + error
    low, high = stats.t.interval(
        0.95, 3, (own["x"] - own["y"]).mean(), stats.sem(own["x"] - own["y"])
    )
    got = aggregate.corrected_difference(frame, ("x", "y"))
    assert (got.low, got.high) == (pytest.approx(low), pytest.approx(high))
    assert got.value == pytest.approx((own["x"] - own["y"]).mean())


def test_a_machine_that_never_errs_is_left_as_it_is() -> None:
    frame = four_people()
    frame["gold"] = frame["machine"].where(frame["weight"].notna())
    curve = aggregate.corrected_curve(frame)
    assert curve["mean"].to_numpy() == pytest.approx(curve["raw"].to_numpy())


def test_valences_are_a_mean_over_what_is_felt_not_over_all_words() -> None:
    """The machine sees joy twice where there is none once: its 0.8 is told from silence."""
    rows = []
    for person in "ABC":
        rows += [(person, "x", 0.8, 0.8), (person, "x", 0.8, np.nan), (person, "x", np.nan, -0.4)]
        rows += [(person, "x", np.nan, np.nan)]
    frame = units(rows)
    frame["weight"] = 1.0
    curve = aggregate.corrected_curve(frame).set_index("stage")
    assert curve.loc["x", "raw"] == pytest.approx(0.8)
    assert curve.loc["x", "mean"] == pytest.approx((0.8 - 0.4) / 2)
    assert np.isnan(curve.loc["y", "mean"])


def test_no_gold_no_corrected_value_and_few_people_no_interval() -> None:
    frame = four_people()
    bare = frame.assign(weight=np.nan, gold=np.nan)
    curve = aggregate.corrected_curve(bare)
    assert curve["raw"].notna().all()
    assert curve[["mean", "low", "high"]].isna().all(axis=None)
    two = frame[frame["participant_id"].isin(["A", "B"])]
    curve = aggregate.corrected_curve(two)
    assert curve["mean"].notna().all()
    assert curve["low"].isna().all()


def test_people_without_gold_still_count_in_the_machines_mean() -> None:
    frame = four_people()
    lost = frame["participant_id"] == "D"
    frame.loc[lost, ["gold", "weight"]] = np.nan
    curve = aggregate.corrected_curve(frame).set_index("stage").loc["x"]
    assert (curve["n_participants"], curve["n_gold_participants"]) == (4, 3)
    x = frame[frame["stage"] == "x"]
    error = (x["gold"] - x["machine"]).groupby(x["participant_id"]).mean()
    expected = x.groupby("participant_id")["machine"].mean().mean() + error.mean()
    assert curve["mean"] == pytest.approx(expected)


def test_a_firm_is_one_unit() -> None:
    frame = four_people()
    frame["unit"] = frame["participant_id"].map({"A": "firm", "B": "firm", "C": "C", "D": "D"})
    curve = aggregate.corrected_curve(frame).iloc[0]
    assert (curve["n_participants"], curve["n_units"]) == (4, 3)


def test_wrong_frames_and_cells_are_named() -> None:
    with pytest.raises(CjmError, match="no column 'participant_id'"):
        aggregate.corrected_curve(pd.DataFrame({"stage": []}))
    with pytest.raises(CjmError, match="by='mood'"):
        aggregate.corrected_curve(four_people(), by="mood")
    with pytest.raises(CjmError, match="no unit has stage 'z'"):
        aggregate.corrected_difference(four_people(), ("x", "z"))


# -- from a study --------------------------------------------------------------------------------


@pytest.fixture
def tagged() -> schema.Study:
    talks, codings = {}, []
    rng = np.random.default_rng(5)
    for person in range(6):
        source, talk = f"s{person}", []
        for i in range(16):
            said = f"This is what {person} said as number {i}."
            talk.append((f"P{person}", said))
            stage = STAGES[i % 2]
            codings.append({"source": source, "quote": said, "code": stage})
            for coder, status in (("anna", "human"), ("model:x-1", "suggested")):
                if rng.random() < 0.6:
                    code = "feelings:joy" if rng.random() < 0.5 else "feelings:anger"
                    codings.append(
                        {"source": source, "quote": said, "code": code, "coder": coder,
                         "status": status}
                    )  # fmt: skip
        talks[source] = talk
    return small_study(talks, codings)


def with_sample(study: schema.Study, n: int) -> schema.Study:
    sample = models.gold_sample(study, n, by=("participant", "stage"), allocation="equal")
    done = sample.assign(
        sample_id="done-" + sample["sample_id"],
        design=[
            json.dumps({"kind": "finished", "sample": s, "coder": "anna", "schemes": []})
            for s in sample["sample_id"]
        ],
    )
    rows = schema.frame("samples", pd.concat([sample, done], ignore_index=True))
    return schema.Study(**{**study.tables(), "samples": rows})


def test_units_hold_what_machine_and_people_said(tagged: schema.Study) -> None:
    study = with_sample(tagged, 48)
    got = aggregate.gold_units(study, text.segments(study), code="emotion")
    assert len(got) == 96
    assert got["weight"].notna().sum() == 48
    assert (got["weight"].dropna() == 2).all(), "4 of 8 of each participant and stage"
    assert got["gold"].isna().equals(got["weight"].isna())
    assert list(got["stage"].cat.categories) == list(STAGES)
    human = study.codings[(study.codings["status"] == "human")]
    felt = human[~human["code_id"].str.startswith(f"id-{MODEL}")]
    judged = got[got["weight"].notna()]
    there = set(zip(felt["source_id"], felt["start"], strict=True))
    expected = [float((r.source_id, r.start) in there) for r in judged.itertuples()]
    assert judged["gold"].tolist() == expected


def test_gold_for_everything_gives_the_human_curve(tagged: schema.Study) -> None:
    study = with_sample(tagged, 96)
    got = aggregate.gold_units(study, text.segments(study))
    curve = aggregate.corrected_curve(got).set_index("stage")
    human = got.assign(machine=got["gold"])
    alone = aggregate.corrected_curve(human).set_index("stage")
    assert curve["mean"].to_numpy()[:2] == pytest.approx(alone["raw"].to_numpy()[:2])
    assert not np.allclose(curve["raw"][:2], curve["mean"][:2])


def test_gold_chosen_by_confidence_is_refused(tagged: schema.Study) -> None:
    study = with_sample(tagged, 24)
    chosen = study.samples.assign(design='{"kind": "confidence"}')
    study = schema.Study(**{**study.tables(), "samples": schema.frame("samples", chosen)})
    with pytest.raises(SchemaError, match="not drawn at random"):
        aggregate.gold_units(study, text.segments(study))
    with pytest.raises(SchemaError, match="no gold sample"):
        aggregate.gold_units(tagged, text.segments(tagged))


def test_segments_of_another_cut_are_refused(tagged: schema.Study) -> None:
    study = with_sample(tagged, 24)
    shifted = text.segments(study)
    shifted = shifted.assign(start=shifted["start"] + 1)
    with pytest.raises(CjmError, match="drawn from"):
        aggregate.gold_units(study, shifted)


# -- languages -----------------------------------------------------------------------------------


def two_languages(*, machine: bool) -> pd.DataFrame:
    talks = {f"s{i}": [(f"P{i}", "we did buy it and it was good")] for i in range(6)}
    codings = []
    for source in talks:
        codings.append({"source": source, "quote": "buy", "code": "trip:buy"})
        row = {"source": source, "quote": "buy it", "code": "feelings:joy"}
        pain = {"source": source, "quote": "did", "code": "pains:slow"}
        status = {"coder": "model:x-1", "status": "suggested"} if machine else {}
        codings += [row | status, pain | status]
    study = small_study(talks, codings)
    languages = pd.Series(["ru", "ru", "ru", "en", "en", "en"], dtype="str")
    study = schema.Study(**{**study.tables(), "sources": study.sources.assign(language=languages)})
    return aggregate.observations(study, include="suggested")


@pytest.mark.parametrize("what", [aggregate.emotion_curve, aggregate.pain_ranking])
def test_comparing_languages_on_machine_tags_warns(what) -> None:
    rows = two_languages(machine=True)
    with pytest.warns(UnequalErrorWarning, match="en, ru"):
        what(rows, by="language")
    country = {f"P0{i + 1}": "RU" if i < 3 else "UK" for i in range(6)}
    country |= {f"P{i}": "RU" if i < 3 else "UK" for i in range(6)}
    with pytest.warns(UnequalErrorWarning):
        what(rows, by=country)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        what(rows)
        what(rows, by="participant_id")
        what(rows, by={p: str(i % 2) for i, p in enumerate(rows["participant_id"].unique())})
        what(two_languages(machine=False), by="language")
    if what is aggregate.emotion_curve:
        what(rows, by="language", include="human")


def test_languages_are_compared_where_both_have_gold() -> None:
    frame = pd.concat(
        [four_people(), four_people().assign(
            language="ru", participant_id=lambda d: d["participant_id"] + "2",
            unit=lambda d: d["unit"] + "2",
        )],
        ignore_index=True,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        curve = aggregate.corrected_curve(frame, by="language")
        got = aggregate.corrected_difference(frame, ("ru", "en"), by="language")
    assert list(curve["language"].unique()) == ["en", "ru"]
    assert got.value == pytest.approx(0)
    assert got.n_units == 8
    assert got.low < 0 < got.high
    bare = frame.copy()
    bare.loc[bare["language"] == "ru", ["gold", "weight"]] = np.nan
    with pytest.warns(UnequalErrorWarning, match="ru has no gold"):
        aggregate.corrected_curve(bare, by="language")
    with pytest.warns(UnequalErrorWarning, match="ru has no gold"):
        aggregate.corrected_difference(bare, ("ru", "en"), by="language")
