from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
import studies
from hypothesis import given, settings
from test_aggregate import random_studies

from cjmresearch import aggregate, journey, schema
from cjmresearch.errors import CjmError

TALKS = {
    "s1": [("A", "search was slow, the site helped, why so dear? we asked. paid gladly")],
    "s2": [("B", "search was fun on the site. later nothing")],
    "s3": [("C", "silent")],
}
CODINGS = [
    {
        "source": "s1",
        "quote": "search was slow, the site helped, why so dear?",
        "code": "trip:search",
    },
    {"source": "s1", "quote": "we asked. paid gladly", "code": "trip:buy"},
    {"source": "s2", "quote": "search was fun on the site", "code": "trip:search"},
    {"source": "s1", "quote": "slow", "code": "pains:slow"},
    {"source": "s1", "quote": "the site helped", "code": "points:site"},
    {"source": "s1", "quote": "helped", "code": "feelings:joy"},
    {"source": "s1", "quote": "why so dear?", "code": "thoughts:why"},
    {"source": "s1", "quote": "asked", "code": "acts:ask"},
    {"source": "s1", "quote": "gladly", "code": "feelings:joy"},
    {"source": "s2", "quote": "fun", "code": "feelings:trust"},
    {"source": "s2", "quote": "the site", "code": "points:site"},
    {"source": "s2", "quote": "later nothing", "code": "feelings:anger"},
]
ITEMS = [
    {"stage": "trip:buy", "layer": "opportunities", "text": "Show prices"},
    {"stage": "trip:use", "layer": "opportunities", "text": "Guide", "map_type": "future"},
]


def talked(**more) -> schema.Study:
    return studies.study(TALKS, CODINGS, items=ITEMS, **more)


def cell(map_: journey.JourneyMap, layer: str, stage: str, code: str) -> pd.Series:
    cells = map_.cells
    found = cells[(cells["layer"] == layer) & (cells["stage"] == stage)]
    return found.set_index(found["code"].fillna(found["item_id"])).loc[code]


def test_six_layers_hold_what_was_coded():
    map_ = journey.build(talked())
    assert map_.layers == journey.LAYERS
    placed = map_.cells.groupby("layer")["code"].agg(lambda codes: set(codes.dropna())).to_dict()
    assert placed == {
        "touchpoints": {"points:site"},
        "actions": {"acts:ask"},
        "thoughts": {"thoughts:why"},
        "feelings": {"feelings:joy", "feelings:trust"},
        "barriers": {"pains:slow"},
        "opportunities": set(),
    }
    site = cell(map_, "touchpoints", "trip:search", "points:site")
    assert (site["n_participants"], site["n_codings"]) == (2, 3)
    assert site["valence"] == pytest.approx(0.8)
    assert site["n_felt"] == 1  # B spoke of the site, too, but said no feeling of it
    assert cell(map_, "barriers", "trip:search", "pains:slow")["n_felt"] == 0
    assert str(map_.cells["n_felt"].dtype) == "Int64"
    assert (site["name_ru"], site["name_en"]) == ("ру points:site", "en points:site")
    assert map_.n_participants == 2  # nobody has coded the talk of C
    assert list(map_.stages["stage"]) == list(studies.STAGES)


def test_people_of_one_firm_who_felt_are_counted_each():
    people = {name: {"org_id": "one firm"} for name in "AB"}
    both = [*CODINGS, {"source": "s2", "quote": "fun", "code": "feelings:joy"}]
    map_ = journey.build(studies.study(TALKS, both, people=people))
    joy = cell(map_, "feelings", "trip:search", "feelings:joy")
    assert (joy["n_participants"], joy["n_felt"]) == (2, 2)


def test_what_is_outside_the_model_stays_visible():
    map_ = journey.build(talked())
    assert map_.outside.set_index("kind").loc["emotion", "n_codings"] == 1
    assert list(map_.explain(("outside", "emotion"))["quote"]) == ["later nothing"]


def test_needs_make_a_layer_only_where_they_are_coded():
    assert "needs" not in journey.build(talked()).layers
    need = {"source": "s1", "quote": "slow", "code": "movers:need"}
    layers = journey.build(studies.study(TALKS, [*CODINGS, need])).layers
    assert layers.index("needs") == layers.index("feelings") + 1


def test_items_are_hypotheses():
    map_ = journey.build(talked())
    item = cell(map_, "opportunities", "trip:buy", "item-0")
    assert item["status"] == "hypothesis"
    assert item["name_en"] == "Show prices"
    assert pd.isna(item["n_participants"])
    assert map_.explain(("opportunities", "trip:buy", "item-0")).empty


def test_a_map_of_the_future_carries_no_count_and_no_interval():
    map_ = journey.build(talked(), map_type="future")
    assert list(map_.cells["name_ru"]) == ["Guide"]
    assert set(map_.cells["status"]) == {"hypothesis"}
    assert map_.cells[["n_participants", "n_codings", "valence", "n_felt"]].isna().all(axis=None)
    numbers = map_.curve.drop(columns=["stage", "level"])
    assert numbers.isna().all(axis=None)
    assert map_.n_participants is None


def test_blueprint_adds_the_backstage():
    assert journey.build(talked(), map_type="blueprint").layers[6:] == journey.BACKSTAGE


def test_machine_cells_are_marked():
    by_machine = {"coder": "model:emotion-2", "status": "suggested"}
    codings = [*CODINGS, {"source": "s1", "quote": "paid", "code": "feelings:doubt", **by_machine}]
    study = studies.study(TALKS, codings)
    assert "machine" not in set(journey.build(study).cells["status"])
    map_ = journey.build(study, include="suggested")
    assert cell(map_, "feelings", "trip:buy", "feelings:doubt")["status"] == "machine"
    assert cell(map_, "feelings", "trip:buy", "feelings:joy")["status"] == "evidence"


def test_a_touchpoint_that_only_a_machine_saw_is_a_machines_cell():
    machine = {"coder": "rules:touchpoints-1", "status": "suggested", "code": "points:call"}
    codings = [*CODINGS, {"source": "s1", "quote": "gladly", **machine}]
    map_ = journey.build(studies.study(TALKS, codings), include="suggested")
    assert cell(map_, "touchpoints", "trip:buy", "points:call")["status"] == "machine"
    assert cell(map_, "touchpoints", "trip:buy", "points:call")["n_codings"] == 2
    assert cell(map_, "touchpoints", "trip:search", "points:site")["status"] == "evidence"


def test_unknown_cells_are_named_with_what_exists():
    map_ = journey.build(talked())
    with pytest.raises(CjmError, match=r"layer 'pains' is not on the map; it has: touchpoints, "):
        map_.explain(("pains", "trip:buy"))
    with pytest.raises(CjmError, match=r"stage 'b2b8:use' is not on the map; it has: trip:search"):
        map_.explain(("feelings", "b2b8:use"))
    with pytest.raises(CjmError, match=r"code 'feelings:anger'.*it has: feelings:joy"):
        map_.explain(("feelings", "trip:buy", "feelings:anger"))
    with pytest.raises(CjmError, match=r"give \(layer, stage\)"):
        map_.explain(("curve",))
    with pytest.raises(CjmError, match="kind 'metaphor' is not on the map"):
        map_.explain(("outside", "metaphor"))
    assert map_.explain(("feelings", "trip:tell")).empty


def test_wrong_map_type_and_persona_are_named():
    with pytest.raises(CjmError, match="map_type='ideal': choose one of current"):
        journey.build(talked(), map_type="ideal")
    with pytest.raises(CjmError, match="persona 'Anna' is not in the study; it has: none yet"):
        journey.build(talked(), persona="Anna")


def test_map_of_a_persona_is_made_of_its_members_alone():
    study = talked(
        personas=[{"persona_id": "p1", "name": "Hunter", "origin": "manual"}],
        memberships=[
            {"persona_id": "p1", "participant_id": "A", "probability": 1.0},
            {"persona_id": "p1", "participant_id": "B", "probability": 0.4},
        ],
    )
    for name in ("Hunter", "p1"):
        map_ = journey.build(study, persona=name)
        assert map_.persona == "Hunter"
        assert set(map_.observations["participant_id"]) == {"A"}
        assert map_.n_participants == 1


def recompute(rows: pd.DataFrame) -> pd.Series:
    return aggregate.emotion_curve(rows).set_index("stage")["mean"].dropna()


@settings(max_examples=30, deadline=None)
@given(random_studies())
def test_every_number_is_recomputed_from_its_explanation(study):
    map_ = journey.build(study)
    for row in map_.cells.itertuples():
        rows = map_.explain((row.layer, row.stage, row.code))
        assert rows["participant_id"].nunique() == row.n_participants > 0
        assert rows["coding_id"].nunique() == row.n_codings
        mean = recompute(rows)
        assert (mean.empty and pd.isna(row.valence)) or abs(
            mean.loc[row.stage] - row.valence
        ) < 1e-12
        assert rows.loc[rows["valence"].notna(), "participant_id"].nunique() == row.n_felt
        whole = map_.explain((row.layer, row.stage))
        assert set(rows.index) <= set(whole.index)
    for point in map_.curve.itertuples():
        rows = map_.explain(("curve", point.stage))
        again = aggregate.emotion_curve(rows).set_index("stage").loc[point.stage]
        for name in ("mean", "low", "high", "sd", "mixed_share"):
            assert again[name] == pytest.approx(getattr(point, name), abs=1e-12, nan_ok=True)
        for name in ("n_participants", "n_units", "n_codings"):
            assert again[name] == getattr(point, name)
        texts = study.current_texts
        for quoted in rows.itertuples():
            assert texts[quoted.source_id][quoted.start : quoted.end] == quoted.quote


def test_deleting_a_participant_changes_exactly_the_cells_they_used():
    study = talked()
    sources = study.sources["source_id"] != "s2"
    keep = {
        name: getattr(study, name)[getattr(study, name)["source_id"] != "s2"].reset_index(drop=True)
        for name in ("texts", "speakers", "turns", "codings")
    }
    rest = dataclasses.replace(
        study,
        sources=study.sources[sources].reset_index(drop=True),
        participants=study.participants[study.participants["participant_id"] != "B"].reset_index(
            drop=True
        ),
        **keep,
    )
    before, after = (counts_of(journey.build(some)) for some in (study, rest))
    changed = {key for key in before if before[key] != after.get(key)}
    assert changed == {
        ("feelings", "trip:search", "feelings:trust"),
        ("touchpoints", "trip:search", "points:site"),
    }
    assert set(after) < set(before)


def counts_of(map_: journey.JourneyMap) -> dict:
    cells = map_.cells[map_.cells["code"].notna()]
    return {(c.layer, c.stage, c.code): (c.n_participants, c.n_codings) for c in cells.itertuples()}
