"""Smaller systems of the method: procedure, resources, qualities, widgets, coming back."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
import studies
from scipy import stats
from test_places import said

from cjmresearch import aggregate, codebooks, journey, schema
from cjmresearch.errors import CjmError
from cjmresearch.text import segments, tag

SEARCH, BUY, USE, TELL = studies.STAGES
TALKS = {"S1": [("A", "I asked the site and was angry and slow")], "S2": [("B", "Nothing")]}


def states(study: schema.Study) -> dict[str, str]:
    return journey.procedure(study, language="en").set_index("step")["state"].to_dict()


def test_the_procedure_tells_its_state_from_the_project():
    empty = studies.study({"S": [("?", "words")]}, [])
    assert states(empty) == dict.fromkeys(journey.procedure(empty)["step"], "open") | {
        "goal": "done"
    }
    codings = [
        {"source": "S1", "quote": "asked", "code": "acts:ask"},
        {"source": "S1", "quote": "the site", "code": "points:site"},
        {"source": "S1", "quote": "angry", "code": "feelings:anger"},
    ]
    items = [
        {"stage": SEARCH, "layer": "tasks", "text": "Call back", "owner": "Ann"},
        {"stage": SEARCH, "layer": "resources_have", "text": "Phone"},
    ]
    begun = studies.study(TALKS, codings, items=items)
    assert states(begun) == {
        "goal": "done",
        "portraits": "open",
        "clients": "begun",
        "touchpoints": "done",
        "elements": "begun",
        "resources": "begun",
        "walk": "open",
        "changes": "begun",
    }
    more = [*codings, {"source": "S1", "quote": "slow", "code": "pains:slow"}]
    people = {p: {"outcome": "lost"} for p in "CDE"}
    talks = TALKS | {p: [(p, "words")] for p in people}
    items += [
        {"stage": SEARCH, "layer": "resources_need", "text": "A person"},
        {"stage": SEARCH, "layer": "opportunities", "text": "Answer sooner"},
        {"stage": SEARCH, "layer": "metrics", "text": "Hours to an answer"},
    ]
    links = [
        ("id-pains:slow", "removed_by", "item-3"),
        ("item-3", "done_by", "item-0"),
        ("item-0", "measured_by", "item-4"),
        ("item-4", "read_from", BUY),
    ]
    full = studies.study(
        talks,
        more,
        people=people,
        items=items,
        visits=[{"visit_id": "v", "participant_id": "A", "stage": BUY, "origin": "hand"}],
        personas=[{"persona_id": "p", "name": "P", "origin": "manual"}],
        memberships=[{"persona_id": "p", "participant_id": "A", "probability": 1.0}],
        links=[
            {"link_id": f"l{n}", "from_id": a, "relation": relation, "to_id": b}
            for n, (a, relation, b) in enumerate(links)
        ],
    )
    assert states(full) == dict.fromkeys(states(full), "done")
    assert journey.procedure(full)["remedy"].isna().all()
    full = dataclasses.replace(full, links=full.links.iloc[:0])
    row = journey.procedure(full, language="en").set_index("step").loc["changes"]
    assert row["state"] == "begun"
    assert row["finding"] == "Hanging loose: 4; tasks: 1, with an owner: 1."
    assert row["remedy"].startswith("Link barrier")
    assert journey.procedure(full)["name"][0] == "Цель"
    with pytest.raises(CjmError, match="language 'de'"):
        journey.procedure(full, language="de")


def test_needed_resources_are_held_against_those_there():
    items = [
        {"stage": SEARCH, "layer": "resources_have", "text": "A  chat"},
        {"stage": SEARCH, "layer": "resources_need", "text": "a chat"},
        {"stage": SEARCH, "layer": "resources_need", "text": "Editor"},
        {"stage": BUY, "layer": "resources_need", "text": "Bank"},
        {"stage": BUY, "layer": "resources_need", "text": "A chat"},
        {"layer": "resources_have", "text": "BANK"},
    ]
    table = journey.resources(studies.study(TALKS, [], items=items)).set_index("stage")
    assert table["missing"].to_dict()[SEARCH] == ("Editor",)
    assert table["missing"].to_dict()[BUY] == ("A chat",)
    assert list(table.index[:2]) == [SEARCH, BUY]


def test_five_qualities_are_praised_and_blamed_at_each_point():
    codes = codebooks.load("qualities")["slug"].str.removeprefix("qualities:").tolist()
    assert codes[:5] == ["easy", "convenient", "simple", "fast", "good"]
    assert codes[5:] == ["empathy", "seamless", "trust_source"]
    frame = said(
        ("A", "pains:fast", BUY, "points:site"),
        ("A", "pains:fast", BUY, "points:site"),
        ("B", "pains:fast", BUY, "points:site"),
        ("C", "pains:slow", BUY, "points:site"),
        ("C", "pains:fast", BUY, "points:call"),
    ).assign(valence=[0.5, 0.5, -0.5, np.nan, np.nan])
    frame["code"] = frame["code"].str.replace("pains:fast", "qualities:fast")
    table = aggregate.touchpoint_qualities(frame).set_index("touchpoint")
    row = table.loc["points:site"]
    assert row[["n_participants", "n_praise", "n_blame", "of_participants"]].tolist() == [
        2,
        1,
        1,
        3,
    ]
    low, high = aggregate.share_interval(np.array([1]), np.array([3]))
    assert (row["praise_low"], row["praise_high"]) == (low[0], high[0])
    assert len(row["coding_ids"]) == 3
    assert table.loc["points:call", ["n_praise", "n_blame", "praise"]].tolist() == [0, 0, 0]
    with pytest.raises(CjmError, match="no coding of qualities:"):
        aggregate.touchpoint_qualities(frame[frame["code"] == "pains:slow"])


def test_ten_widgets_of_a_site_are_heard():
    codes = codebooks.load("site_widgets")
    assert len(codes) == 10
    said_aloud = {
        "Мы прошли квиз": "quiz",
        "На сайте вылезло всплывающее окно": "popup",
        "Я заказал обратный звонок": "callback",
        "Колесо фортуны раздражает": "game",
        "There was a countdown all the time": "timer",
        "I used the live chat": "chat",
        "The multi-button was handy": "multibutton",
    }
    talks = {f"S{n}": [("A", words)] for n, words in enumerate(said_aloud)}
    found = tag(segments(studies.study(talks, [])), codes=codes)
    slugs = found["code_id"].map(dict(zip(codes["code_id"], codes["slug"], strict=True)))
    by_source = slugs.groupby(found["source_id"]).agg(set).to_dict()
    wanted = {f"S{n}": {f"site_widgets:{c}"} for n, c in enumerate(said_aloud.values())}
    assert by_source == wanted


def walked(*paths: list[tuple[str, int]]) -> pd.DataFrame:
    """Steps of people: places with the day that each began."""
    rows = [
        {
            "participant_id": f"p{person}",
            "place": place,
            "begin": pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=day),
            "end": pd.NaT,
        }
        for person, path in enumerate(paths)
        for place, day in path
    ]
    return pd.DataFrame(rows)


def test_coming_back_and_going_over_compete():
    steps = walked(
        [(SEARCH, 0), (BUY, 0), (USE, 5), (BUY, 10)],
        [(BUY, 0), (TELL, 20)],
        [(BUY, 0), (BUY, 40)],
        [(BUY, 0)],
        [(SEARCH, 3)],
    )
    until = pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=50)
    table = aggregate.next_purchase(
        steps, purchase={BUY}, switch={TELL}, edges=(30,), until=until
    ).set_index(["from_day", "outcome"])
    first = table.loc[(0.0, "repeat")]
    assert (first["n"], first["at_risk"], first["person_days"]) == (1, 4, 10 + 20 + 30 + 30)
    assert first["hazard"] == pytest.approx(30 / 90)
    exact = [stats.chi2.ppf(0.025, 2) / 2, stats.chi2.ppf(0.975, 4) / 2]
    assert (first["low"], first["high"]) == pytest.approx((exact[0] / 3, exact[1] / 3))
    # By hand: repeat 1/4 at day 10; switch 3/4 x 1/3 at day 20; repeat 1/2 x 1/2 at day 40.
    assert first["share"] == pytest.approx(1 / 4)
    assert table.loc[(0.0, "switch"), "share"] == pytest.approx(1 / 4)
    assert table.loc[(30.0, "repeat"), "share"] == pytest.approx(1 / 2)
    later = table.loc[(30.0, "switch")]
    assert (later["n"], later["person_days"], later["low"]) == (0, 10 + 20, 0)
    assert later["high"] == pytest.approx(stats.chi2.ppf(0.975, 2) / 2)
    with pytest.raises(CjmError, match="no timed visit is there"):
        aggregate.next_purchase(steps, purchase={"trip:none"})
    with pytest.raises(CjmError, match="give days above 0"):
        aggregate.next_purchase(steps, purchase={BUY}, edges=(0, 3))


def test_the_hazards_interval_covers_the_true_rate():
    rng = np.random.default_rng(4)
    true, kept, runs = 30 / 100, 0, 150
    for _ in range(runs):
        days = rng.exponential(100, 25)
        paths = [[(BUY, 0), (BUY, float(d))] if d < 90 else [(BUY, 0)] for d in days]
        until = pd.Timestamp("2026-01-01", tz="UTC") + pd.Timedelta(days=90)
        steps = walked(*paths)
        row = aggregate.next_purchase(steps, purchase={BUY}, edges=(90,), until=until).iloc[0]
        kept += row["low"] <= true <= row["high"]
    assert kept / runs > 0.95 - 2 * math.sqrt(0.05 * 0.95 / runs)


SCHEME = """
scheme: letters
kind: stage
name_ru: Схема сообщений
name_en: Message scheme
source: ours
codes:
  - {slug: hello, name_ru: Знакомство, name_en: Hello}
  - {slug: order, name_ru: Покупка, name_en: Order}
  - {slug: after, name_ru: После покупки, name_en: After}
  - {slug: groups, name_ru: Сегменты, name_en: Groups}
edges:
  - {from: hello, to: after, note: opened three letters}
  - {from: hello, to: groups, note: not opened for three months}
"""


def test_a_message_scheme_with_branches_is_a_map_of_the_future(tmp_path):
    path = tmp_path / "letters.yaml"
    path.write_text(SCHEME, encoding="utf-8")
    items = [
        {"stage": "letters:hello", "layer": "tasks", "text": "Tell of us", "map_type": "future"},
        {"stage": "letters:groups", "layer": "tasks", "text": "Remind", "map_type": "future"},
    ]
    study = studies.study(TALKS, [], items=items)
    codes = pd.concat([study.codes, codebooks.load(path)], ignore_index=True)
    study = dataclasses.replace(study, codes=codes)
    shown = journey.build(study, model=journey.model(path), map_type="future")
    branches = shown.edges[shown.edges["kind"] == "skip"]
    assert branches[["target", "note"]].to_numpy().tolist() == [
        ["letters:after", "opened three letters"],
        ["letters:groups", "not opened for three months"],
    ]
    assert shown.cells["name_en"].tolist() == ["Tell of us", "Remind"]
    assert shown.cells["n_participants"].isna().all()
    assert shown.n_participants is None


def test_touchpoints_off_the_site_and_four_owners():
    off = codebooks.load("offsite_touchpoints").set_index("slug")
    assert off["ownership"].tolist() == ["earned", "paid", "owned", "earned"]
    talks = {
        "S0": [("A", "Прочитал отзывы о них")],
        "S1": [("A", "They sent me a newsletter")],
        "S2": [("A", "Увидел рекламу в интернете")],
        "S3": [("A", "I follow them on LinkedIn")],
        "S4": [("A", "Попросили оставить отзыв")],
    }
    codes = off.reset_index()
    found = tag(segments(studies.study(talks, [])), codes=codes)
    slugs = found["code_id"].map(dict(zip(codes["code_id"], codes["slug"], strict=True)))
    heard = slugs.str.split(":").str[1].groupby(found["source_id"]).agg(set).to_dict()
    assert heard == {"S0": {"reviews"}, "S1": {"newsletter"}, "S2": {"paid_ads"}, "S3": {"social"}}
    owners = codebooks.load("touchpoints", "shop_touchpoints", "offsite_touchpoints")["ownership"]
    assert set(owners) == set(schema.OWNERSHIPS)


def test_a_touchpoint_hints_at_stages_and_may_be_overruled():
    study = studies.study(TALKS, [])
    codes = pd.concat([study.codes, codebooks.load("b2b8", "touchpoints")], ignore_index=True)
    study = dataclasses.replace(study, codes=codes)
    frame = said(
        ("A", "pains:slow", BUY, "touchpoints:website"),
        ("B", "pains:slow", BUY, "touchpoints:website"),
        ("C", "pains:slow", BUY, "touchpoints:installer"),
        ("D", "pains:slow", BUY, "points:own"),
    )
    stages = list(codebooks.load("b2b8")["slug"])
    coded = ["b2b8:search", "b2b8:use", None, "b2b8:use"]
    frame["stage"] = pd.Categorical(coded, stages, ordered=True)
    table = journey.stage_hints(study, frame, model="b2b8").set_index("participant_id")
    assert table["hints"].to_dict() == {
        "A": ("b2b8:search", "b2b8:evaluation"),
        "B": ("b2b8:search", "b2b8:evaluation"),
        "C": ("b2b8:onboarding",),
    }
    assert table["overruled"].tolist() == [False, True, pd.NA]
    shipped = set(codebooks.load("touchpoints")["slug"].str.split(":").str[1])
    assert set(journey.hints.USUAL_PLACES) <= shipped


def test_two_models_stand_side_by_side_by_what_people_say():
    talks = {p: [(p, "They asked what I need. They sold it.")] for p in "AB"}
    codings = [
        {"source": "A", "quote": "They asked what I need", "code": SEARCH},
        {"source": "A", "quote": "They asked", "code": "other:start"},
        {"source": "A", "quote": "They asked", "code": "feelings:joy"},
        {"source": "A", "quote": "They sold it", "code": BUY},  # and no seller's step there
        {"source": "A", "quote": "sold", "code": "feelings:doubt"},
        {"source": "B", "quote": "They asked what I need", "code": SEARCH},
        {"source": "B", "quote": "They asked", "code": "feelings:joy"},
    ]
    lanes = journey.swimlanes(studies.study(talks, codings), "other")
    assert lanes["stage"].astype(str).tolist() == list(studies.STAGES)
    row = lanes.iloc[0]
    assert (row["other"], row["n_participants"], row["of_participants"]) == ("other:start", 1, 2)
    assert row["low"] < row["share"] == 0.5 < row["high"]
    assert row["coding_ids"] == ("c2",)
    assert lanes["n_participants"].tolist() == [1, 0, 0, 0]
