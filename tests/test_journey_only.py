"""A map of some people or some codings: what is left out is in no count, and in no whole."""

from __future__ import annotations

import pandas as pd
import pytest
import studies

from cjmresearch import aggregate, journey, schema
from cjmresearch.errors import CjmError
from cjmresearch.journey import Only

PEOPLE = {
    "A": {"buying_role": "buyer", "customer_segment": "retail"},
    "B": {"buying_role": "engineer", "customer_segment": "retail"},
    "C": {"buying_role": "engineer"},
    "D": {"buying_role": "buyer"},
}
CODERS = {"A": "anna", "B": "anna", "C": "boris", "D": "boris"}


@pytest.fixture
def study() -> schema.Study:
    talks = {name: [(name, "the site was slow and dear")] for name in PEOPLE}
    codings = [
        {"source": name, "quote": words, "code": code, "coder": CODERS[name]}
        for name in PEOPLE
        for words, code in (
            ("the site was slow and dear", "trip:search"),
            ("site was slow", "feelings:anger" if name in "AB" else "feelings:joy"),
            ("slow", "pains:slow"),
            ("dear", "pains:dear"),
            ("site was slow", "points:site"),
        )
    ]
    built = studies.study(talks, codings, people=PEOPLE)
    channel = built.codes["slug"].map({"points:site": "digital"}).astype("str")
    return schema.Study(**built.tables() | {"codes": built.codes.assign(channel=channel)})


def counts(shown: journey.JourneyMap) -> dict[str, int]:
    barriers = shown.cells[shown.cells["layer"] == "barriers"]
    return dict(zip(barriers["code"], barriers["n_participants"], strict=True))


@pytest.mark.parametrize(
    ("only", "people", "mean"),
    [
        (Only(), "ABCD", 0.0),
        (Only(role="engineer"), "BC", 0.0),
        (Only(segment="retail"), "AB", -0.8),
        (Only(role="buyer", segment="retail"), "A", -0.8),
        (Only(coder="boris"), "CD", 0.8),
        (Only(coder="boris", role="buyer"), "D", 0.8),
    ],
)
def test_people_who_are_left_out_are_in_no_count_and_no_whole(study, only, people, mean):
    shown = journey.build(study, only=only)
    assert set(shown.participants["participant_id"]) == set(people)
    assert set(shown.observations["participant_id"]) == set(people)
    assert counts(shown) == {"pains:slow": len(people), "pains:dear": len(people)}
    point = shown.curve.set_index("stage").loc["trip:search"]
    assert (round(point["mean"], 12), point["n_participants"]) == (mean, len(people))
    assert shown.verify() == []
    assert (shown.only, bool(shown.only)) == (only, only != Only())


def test_the_numbers_are_those_of_a_study_of_these_people_alone(study):
    engineers = study.participants["buying_role"] == "engineer"
    own = aggregate.observations(study)
    own = own[own["participant_id"].isin(study.participants.loc[engineers, "participant_id"])]
    expected = aggregate.emotion_curve(own)
    pd.testing.assert_frame_equal(journey.build(study, only=Only(role="engineer")).curve, expected)


def test_a_channel_leaves_the_whole_and_takes_what_was_said_elsewhere(study):
    shown = journey.build(study, only=Only(channel="digital"))
    assert len(shown.participants) == 4
    assert counts(shown) == {"pains:slow": 4}
    assert shown.verify() == []


def test_a_coder_is_narrowed_after_stages_are_placed(study):
    """What one coder coded stands at a stage that another marked."""
    codings = study.codings.copy()
    stages = codings["code_id"] == "id-trip:search"
    codings["coder"] = codings["coder"].mask(stages, "eve")
    shown = journey.build(
        schema.Study(**study.tables() | {"codings": codings}), only=Only(coder="anna")
    )
    assert counts(shown) == {"pains:slow": 2, "pains:dear": 2}


def test_an_item_counts_the_people_of_the_map_who_said_it(study):
    item = {"stage": "trip:search", "layer": "opportunities", "text": "Faster", "item_id": "i"}
    slow = study.codings[study.codings["code_id"] == "id-pains:slow"]["coding_id"]
    links = [
        {"link_id": f"l{n}", "from_id": "i", "relation": "rests_on", "to_id": coding}
        for n, coding in enumerate(slow)
    ]
    tables = {
        "items": schema.frame("items", [item | {"map_type": "current"}]),
        "links": schema.frame("links", links),
    }
    full = schema.Study(**study.tables() | tables)
    cells = journey.build(full, only=Only(segment="retail")).cells
    assert list(cells.loc[cells["item_id"] == "i", "n_participants"]) == [2]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"role": "king"}, "buyer, engineer"),
        ({"segment": "x"}, "retail"),
        ({"coder": "eve"}, "anna, boris"),
        ({"channel": "human"}, "digital"),
    ],
)
def test_what_the_study_does_not_have_is_refused(study, wrong, message):
    with pytest.raises(CjmError, match=message):
        journey.build(study, only=Only(**wrong))
