"""Gold samples: drawn with known probabilities, coded blind, and what they say of the machines."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from studies import study as small_study

from cjmresearch import models, read, schema, text
from cjmresearch.errors import ModelError, SchemaError, StoreError
from cjmresearch.models.quality import calibration_error
from cjmresearch.models.shares import share
from cjmresearch.store import Project

PEOPLE = 12
SENTENCES = 30


@pytest.fixture
def big() -> schema.Study:
    """12 people x 30 sentences in two languages; the machine sees a pain in some of them."""
    rng = np.random.default_rng(3)
    talks, codings = {}, []
    for person in range(PEOPLE):
        source, russian = f"s{person}", person % 3 == 0
        talk = []
        for sentence in range(SENTENCES):
            words = "Фраза номер раз" if russian else "The sentence has number"
            said = f"{words} {person} and {sentence}."
            talk.append((f"P{person}", said))
            truth = rng.random() < 0.2
            if truth:
                codings.append({"source": source, "quote": said, "code": "pains:slow"})
            if rng.random() < (0.75 if truth else 0.1):
                codings.append(
                    {
                        "source": source, "quote": said, "code": "pains:slow", "coder": "rules:x-1",
                        "status": "suggested", "confidence": 0.6,
                    }
                )  # fmt: skip
        talks[source] = talk
    made = small_study(talks, codings)
    languages = ["ru" if i % 3 == 0 else "en" for i in range(PEOPLE)]
    return with_(made, sources=made.sources.assign(language=pd.Series(languages, dtype="str")))


def with_(study: schema.Study, **frames: pd.DataFrame) -> schema.Study:
    return schema.Study(**{**study.tables(), **frames})


def finished(sample: pd.DataFrame, *, schemes: tuple[str, ...] = ()) -> pd.DataFrame:
    """The rows with which a coder says that the sample is done, as the project writes them."""
    rows = sample.assign(
        sample_id="done-" + sample["sample_id"],
        design=[
            json.dumps({"kind": "finished", "sample": s, "coder": "anna", "schemes": schemes})
            for s in sample["sample_id"]
        ],
    )
    return schema.frame("samples", pd.concat([sample, rows], ignore_index=True))


@pytest.mark.parametrize("by", ["language", "source"])
def test_a_study_made_again_of_the_same_files_gives_the_same_sample(by: str) -> None:
    talk = [[("A", f"The sentence has number {i} of {j}.") for i in range(9)] for j in range(3)]
    said = []
    for names in (("s1", "s2", "s3"), ("z", "m", "a")):  # ids are random: their order is nothing
        made = small_study(dict(zip(names, talk, strict=True)), [])
        sample = models.gold_sample(made, 12, by=by, random_state=4)
        texts = made.current_texts
        said.append([texts[r.source_id][r.start : r.end] for r in sample.itertuples()])
    assert said[0] == said[1]


def test_every_stratum_has_its_probability(big: schema.Study) -> None:
    sample = models.gold_sample(big, 60, by=("language", "participant"))
    schema.check(sample, "samples")
    assert len(sample) == 60
    designs = pd.DataFrame([json.loads(d) for d in sample["design"]])
    assert (sample["probability"] == designs["drawn"] / designs["of"]).all()
    assert (designs["of"] == SENTENCES).all()
    assert (designs.groupby("stratum").size() == designs.groupby("stratum")["drawn"].first()).all()
    assert designs["stratum"].nunique() == PEOPLE
    assert not sample.duplicated(["source_id", "start"]).any()
    texts = big.current_texts
    for row in sample.itertuples():
        assert texts[row.source_id][row.start : row.end].endswith(".")


def test_the_same_seed_draws_the_same(big: schema.Study) -> None:
    first, again = (models.gold_sample(big, 20, random_state=5) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    other = models.gold_sample(big, 20, random_state=6)
    assert set(other["sample_id"]) != set(first["sample_id"])


def test_every_segment_is_as_likely_as_recorded(big: schema.Study) -> None:
    counts: dict[tuple[str, int], int] = {}
    recorded: dict[tuple[str, int], float] = {}
    for seed in range(60):
        sample = models.gold_sample(big, 72, tagged=0.5, random_state=seed)
        for row in sample.itertuples():
            counts[row.source_id, row.start] = counts.get((row.source_id, row.start), 0) + 1
            recorded[row.source_id, row.start] = row.probability
    drawn = pd.Series(counts) / 60
    error = (drawn - pd.Series(recorded)).to_numpy()
    spread = np.sqrt(pd.Series(recorded) * (1 - pd.Series(recorded)) / 60).to_numpy()
    assert np.abs(error / spread).max() < 5
    assert pd.Series(recorded).nunique() == 4, "two languages, with a tag and without"


def test_equal_allocation_gives_everybody_as_many(big: schema.Study) -> None:
    sample = models.gold_sample(big, PEOPLE * 5, by="participant", allocation="equal")
    assert (sample["source_id"].value_counts() == 5).all()


def test_strata_of_stages_come_from_codings_and_questions() -> None:
    made = small_study(
        {"s1": [("A", "we were looking around"), ("A", "then we did buy it")]},
        [{"source": "s1", "quote": "looking", "code": "trip:search"}],
    )
    sample = models.gold_sample(made, 2, by="stage")
    assert {json.loads(d)["stratum"] for d in sample["design"]} == {
        "stage=trip:search", "stage=unknown",
    }  # fmt: skip


def test_short_answers_and_interviewers_are_not_drawn() -> None:
    made = small_study(
        {"s1": [("I", "How did it go then?"), ("A", "Yes."), ("A", "It went so well.")]}, []
    )
    sample = models.gold_sample(made, 5)
    assert len(sample) == 1
    assert made.current_texts["s1"][sample["start"].iloc[0] :].startswith("It went")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"by": "mood"}, "no stratum 'mood'"),
        ({"n": 0}, "at least one"),
        ({"tagged": 1.0}, "between 0 and 1"),
        ({"allocation": "fair"}, "proportional or equal"),
        ({"tagged": 0.5, "codes": ["points"]}, "no segment has a suggestion"),
    ],
)
def test_wrong_requests_are_named(big: schema.Study, wrong: dict, says: str) -> None:
    n = wrong.pop("n", 10)
    with pytest.raises(ModelError, match=says):
        models.gold_sample(big, n, **wrong)


def truth_of(study: schema.Study) -> tuple[float, float]:
    """Precision and recall over all segments, by the plainest rule."""
    marks = {"human": set(), "suggested": set()}
    for row in study.codings.itertuples():
        marks[row.status].add((row.source_id, row.start))
    both = len(marks["human"] & marks["suggested"])
    return both / len(marks["suggested"]), both / len(marks["human"])


def test_a_sample_of_everything_gives_the_truth(big: schema.Study) -> None:
    sample = models.gold_sample(big, PEOPLE * SENTENCES)
    row = (
        models.quality(with_(big, samples=finished(sample))).codes.set_index("language").loc["all"]
    )
    precision, recall = truth_of(big)
    assert row["precision"] == pytest.approx(precision)
    assert row["recall"] == pytest.approx(recall)
    assert row["f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert row["precision_low"] < precision < row["precision_high"]
    assert (row["n_segments"], row["n_people"]) == (PEOPLE * SENTENCES, PEOPLE)
    assert not row["too_few"]


def test_probabilities_undo_the_tilt_towards_tagged_segments(big: schema.Study) -> None:
    """Without weights the recall of such a sample would be far too high."""
    found, bare = [], []
    for seed in range(30):
        sample = models.gold_sample(big, 180, tagged=0.4, random_state=seed)
        got = models.quality(with_(big, samples=finished(sample))).codes
        found.append(got.loc[got["language"] == "all", ["precision", "recall"]].iloc[0])
        starts = set(zip(sample["source_id"], sample["start"], strict=True))
        inside = [(r.source_id, r.start) in starts for r in big.codings.itertuples()]
        bare.append(truth_of(with_(big, codings=big.codings[inside].reset_index(drop=True)))[1])
    precision, recall = truth_of(big)
    mean = pd.DataFrame(found).mean()
    assert mean["precision"] == pytest.approx(precision, abs=0.02)
    assert mean["recall"] == pytest.approx(recall, abs=0.03)
    assert np.mean(bare) > recall + 0.07


def test_languages_are_measured_apart_and_together(big: schema.Study) -> None:
    sample = models.gold_sample(big, 90)
    got = models.quality(with_(big, samples=finished(sample)))
    rows = got.codes.set_index("language")
    assert list(rows.index) == ["all", "en", "ru"]
    assert rows.loc["all", "n_segments"] == rows.loc[["en", "ru"], "n_segments"].sum()
    assert rows.loc["ru", "too_few"]
    assert "people" in rows.loc["ru", "note"]
    assert "precision" in str(got)


def test_a_segment_counts_only_once_it_is_finished(big: schema.Study) -> None:
    sample = models.gold_sample(big, 90)
    some = finished(sample)
    some = some[~some["sample_id"].isin("done-" + sample["sample_id"][40:])].reset_index(drop=True)
    got = models.quality(with_(big, samples=some))
    assert got.waiting == 50
    assert got.codes.set_index("language").loc["all", "n_segments"] == 40
    with pytest.raises(SchemaError, match="none is finished"):
        models.quality(with_(big, samples=sample))


def test_a_coder_who_looked_for_other_schemes_says_nothing_of_this_one(big: schema.Study) -> None:
    sample = models.gold_sample(big, 30)
    elsewhere = finished(sample, schemes=("points",))
    row = models.quality(with_(big, samples=elsewhere)).codes.iloc[0]
    assert row["n_segments"] == 0
    assert np.isnan(row["precision"])
    right = finished(sample, schemes=("pains", "points"))
    assert models.quality(with_(big, samples=right)).codes.iloc[0]["n_segments"] == 30


def test_an_accepted_suggestion_is_no_gold(big: schema.Study) -> None:
    """Its coder had seen the machine's answer."""
    sample = models.gold_sample(big, PEOPLE * SENTENCES)
    suggested = big.codings[big.codings["status"] == "suggested"]
    accepted = suggested.assign(
        coding_id="a-" + suggested["coding_id"], coder="anna", status="accepted",
        suggestion_id=suggested["coding_id"],
    )  # fmt: skip
    codings = schema.frame("codings", pd.concat([big.codings, accepted], ignore_index=True))
    before = models.quality(with_(big, samples=finished(sample))).codes
    after = models.quality(with_(big, samples=finished(sample), codings=codings)).codes
    pd.testing.assert_frame_equal(before, after)


@pytest.mark.parametrize("design", ["confidence", '{"kind": "confidence"}', "[1]"])
def test_gold_that_was_not_drawn_at_random_is_refused(big: schema.Study, design: str) -> None:
    sample = models.gold_sample(big, 30)
    chosen = schema.frame("samples", sample.assign(design=design))
    with pytest.raises(SchemaError, match="not drawn at random"):
        models.quality(with_(big, samples=chosen))


def test_altered_probabilities_and_no_sample_are_refused(big: schema.Study) -> None:
    with pytest.raises(SchemaError, match="no gold sample"):
        models.quality(big)
    sample = finished(models.gold_sample(big, 30))
    with pytest.raises(SchemaError, match="don't match the design"):
        models.quality(with_(big, samples=sample.assign(probability=0.5)))


def test_kinds_pool_codes_and_machines_can_be_chosen(big: schema.Study) -> None:
    sample = finished(models.gold_sample(big, 60))
    kinds = models.quality(with_(big, samples=sample), of="kind").codes
    assert set(kinds["code"]) == {"pain"}
    none = models.quality(with_(big, samples=sample), machine="model:").codes
    assert (none["n_machine"] == 0).all()
    assert none["precision"].isna().all()
    with pytest.raises(ModelError, match="no slug"):
        models.quality(with_(big, samples=sample), codes=["pains:never"])


def clustered(rng: np.random.Generator, people: int, rows: int) -> tuple[np.ndarray, ...]:
    """Marks of people who differ: beta-distributed shares with intra-person correlation 0.1."""
    own = rng.beta(0.7 * 9, 0.3 * 9, people)
    person = np.repeat(np.arange(people), rows)
    hit = rng.random(len(person)) < own[person]
    weight = rng.choice([1.0, 3.0], len(person))
    return hit * weight, weight, person


@pytest.mark.parametrize("people", [8, 20])
def test_intervals_of_shares_cover(people: int) -> None:
    rng = np.random.default_rng(11)
    covered = widths = naive = 0.0
    for _ in range(600):
        part, whole, person = clustered(rng, people, 12)
        got = share(part, whole, person, level=0.95)
        covered += got.low <= 0.7 <= got.high
        alone = share(part, whole, np.arange(len(part)), level=0.95)
        naive += alone.low <= 0.7 <= alone.high
        widths += got.high - got.low
    assert 0.92 <= covered / 600 <= 0.98
    assert naive / 600 < 0.88, "rows taken for people would promise too much"
    assert widths / 600 < 0.5


def test_shares_at_the_edge_and_of_few_people() -> None:
    person = np.repeat(np.arange(6), 5)
    all_of_them = share(np.ones(30), np.ones(30), person, level=0.95)
    assert (all_of_them.value, all_of_them.high) == (1, 1)
    assert all_of_them.low < 0.62, "six people, not thirty rows"
    two = share(np.ones(4), np.ones(4), np.array([0, 0, 1, 1]), level=0.95)
    assert np.isnan(two.low)
    assert np.isnan(share(np.zeros(3), np.zeros(3), np.arange(3), level=0.95).value)


def test_calibration_error_of_known_confidences() -> None:
    told = pd.DataFrame(
        {
            "confidence": [0.95] * 20 + [0.55] * 20,
            "human": [True] * 19 + [False] + [True] * 1 + [False] * 19,
            "weight": 1.0,
            "person": [str(i % 10) for i in range(40)],
        }
    )
    value, low, high = calibration_error(told, 0.95)
    assert value == pytest.approx(0.25), "classes .95 vs .95 and .55 vs .05"
    assert low < value < high


def test_calibration_table(big: schema.Study) -> None:
    sample = finished(models.gold_sample(big, PEOPLE * SENTENCES))
    got = models.quality(with_(big, samples=sample))
    row = got.calibration.set_index("language").loc["all"]
    assert (row["low"], row["high"], row["confidence"]) == (0.6, 0.7, pytest.approx(0.6))
    assert row["share"] == pytest.approx(truth_of(big)[0])
    ece = got.codes.set_index("language").loc["all", "ece"]
    assert ece == pytest.approx(abs(0.6 - truth_of(big)[0]))


# -- in a project -------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Project:
    lines = []
    for i in range(20):
        lines += [f"Interviewer: What about the order number {i}?"]
        lines += [f"Anna: We waited for the reply number {i}. The site was fine that day."]
    (tmp_path / "anna.txt").write_text("\n".join(lines), encoding="utf-8")
    with Project.create(tmp_path / "p.cjm", goal="find pains") as made:
        made.add(read.transcript(tmp_path / "anna.txt"))
        yield made


def test_a_project_keeps_a_sample_and_takes_it_back(project: Project) -> None:
    sample = models.gold_sample(project, 10)
    assert project.add_samples(sample, coder="lead") == 10
    assert project.add_samples(sample, coder="lead") == 0
    pd.testing.assert_frame_equal(project.frame("samples"), sample)
    assert project.finish_samples(sample["sample_id"], coder="anna") == 10
    assert project.finish_samples(sample["sample_id"], coder="anna") == 0
    assert len(project.study().samples) == 20
    assert project.verify() == []
    assert project.undo("anna") == "finish"
    assert len(project.frame("samples")) == 10
    assert project.redo("anna") == "finish"
    assert len(project.frame("samples")) == 20
    project.undo("anna")
    assert project.undo("lead") == "samples"
    assert project.frame("samples").empty
    assert project.verify() == []


def test_a_project_refuses_samples_that_cannot_be(project: Project) -> None:
    sample = models.gold_sample(project, 4)
    with pytest.raises(StoreError, match="not inside the text"):
        project.add_samples(sample.assign(end=10**6))
    assert project.frame("samples").empty
    project.add_samples(sample)
    with pytest.raises(StoreError, match="no sample 'x'"):
        project.finish_samples(["x"], coder="anna")
    with pytest.raises(StoreError, match="no scheme 'moods'"):
        project.finish_samples(sample["sample_id"], coder="anna", schemes=["moods"])
    project.finish_samples(sample["sample_id"][:1], coder="anna")
    done = set(project.frame("samples")["sample_id"]) - set(sample["sample_id"])
    with pytest.raises(StoreError, match="give a drawn one"):
        project.finish_samples(done, coder="anna")


def test_an_erased_person_is_in_no_figure(tmp_path: Path) -> None:
    lines = [f"{who}: This is sentence number {i}." for i in range(6) for who in ("Anna", "Oleg")]
    (tmp_path / "both.txt").write_text("\n".join(lines), encoding="utf-8")
    people = {"Anna": "anna", "Oleg": "oleg"}
    with Project.create(tmp_path / "p.cjm", goal="find pains") as made:
        got = read.transcript(tmp_path / "both.txt", participants=people)
        made.add(got.with_roles(dict.fromkeys(people, "participant")))
        sample = models.gold_sample(made, 12, by="participant")
        made.add_samples(sample)
        made.finish_samples(sample["sample_id"], coder="lead")
        for row in sample.itertuples():
            made.code(row.source_id, row.start, row.end, "barriers:contract", coder="lead")
        before = models.quality(made).codes.iloc[0]
        assert (before["n_segments"], before["n_people"], before["n_human"]) == (12, 2, 12)
        assert not sample["design"].str.contains("anna|oleg").any()
        made.forget("anna")
        after = models.quality(made).codes.iloc[0]
        assert (after["n_segments"], after["n_people"], after["n_human"]) == (6, 1, 6)


def test_quality_of_a_project_from_tagging_to_the_table(project: Project) -> None:
    rules = text.tag(text.segments(project.study()))
    known = set(project.frame("codes")["code_id"])
    project.add_codings(rules[rules["code_id"].isin(known)], coder="rules")
    sample = models.gold_sample(project, 12)
    project.add_samples(sample)
    words = project.study().current_texts.iloc[0]
    for row in sample.itertuples():
        if "waited" in words[row.start : row.end]:
            project.code(row.source_id, row.start, row.end, "barriers:slow_reply", coder="anna")
    project.finish_samples(sample["sample_id"], coder="anna")
    got = models.quality(project, codes=["barriers"]).codes.set_index("code")
    row = got.loc["barriers:slow_reply"]
    assert row["n_segments"] == 12
    assert row["n_people"] == 1
    assert row["n_human"] == sum("waited" in words[r.start : r.end] for r in sample.itertuples())
    assert row["too_few"]
    assert np.isnan(row["precision_low"]), "one person gives no interval"


def test_the_table_for_reading_says_shares_with_intervals_and_where_too_few(
    big: schema.Study,
) -> None:
    sample = models.gold_sample(big, 200, by="participant")
    found = models.quality(with_(big, samples=finished(sample)))
    table = found.table({"pains:slow": "Slow"})
    row = found.codes.iloc[0]
    assert table["code"].iloc[0] == "Slow"
    text = f"{row.precision:.2f} [{row.precision_low:.2f}, {row.precision_high:.2f}]"
    assert table["precision"].iloc[0] == text
    assert (table["beware"] == "too few").tolist() == found.codes["too_few"].tolist()
    assert table["people say yes"].tolist() == found.codes["n_human"].tolist()
    assert "pains:slow" in found.table()["code"].tolist()
