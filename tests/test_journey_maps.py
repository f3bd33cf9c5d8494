"""Models and the crosswalk, the evidence ledger, tables, the plan, the audit, and differences."""

from __future__ import annotations

import dataclasses
import re
from datetime import date

import numpy as np
import pandas as pd
import pytest
import studies
from hypothesis import given, settings
from test_aggregate import random_studies
from test_journey import CODINGS, TALKS, talked

from cjmresearch import aggregate, codebooks, journey, plot, schema, workflow
from cjmresearch.errors import CjmError

NINE = (
    "aida4",
    "b2b8",
    "dozortsev12",
    "dyachenko9",
    "eshop8",
    "linear5",
    "sales5",
    "shop6",
    "simple5",
)


@pytest.fixture(scope="module")
def sample_study(tmp_path_factory):
    with workflow.demo_project(tmp_path_factory.mktemp("s") / "s.cjm", language="en") as project:
        return project.study()


@pytest.fixture(scope="module")
def sample_map(sample_study):
    return journey.build(sample_study)


# -- F6: models ---------------------------------------------------------------------------------


def test_nine_models_with_names_in_both_languages():
    listed = journey.models()
    assert tuple(listed["scheme"]) == NINE
    sizes = dict(zip(listed["scheme"], listed["n_stages"], strict=True))
    assert sizes == dict(zip(NINE, (4, 8, 12, 9, 8, 5, 5, 6, 5), strict=True))
    for scheme in NINE:
        stages = journey.model(scheme).stages
        assert stages[["stage", "name_ru", "name_en"]].notna().all(axis=None)
        assert stages["stage"].is_unique


def test_graphs_have_a_default_order_with_skips_and_loops():
    edges = journey.model("dyachenko9").edges
    extra = edges[edges["kind"] != "next"]
    told = {(a.split(":")[1], b.split(":")[1], k) for a, b, k, _ in extra.itertuples(index=False)}
    assert told == {
        ("search", "purchase", "skip"),
        ("repeat", "no_need", "loop"),
        ("repeat", "awareness", "loop"),
        ("advocate", "acquaintance", "loop"),
        ("advocate", "purchase", "loop"),
    }
    edges = journey.model("dozortsev12").edges
    skip = edges[edges["kind"] == "skip"].iloc[0]
    assert (skip["source"], skip["target"]) == ("dozortsev12:repeat_deal", "dozortsev12:loyalty")
    assert (edges["kind"] == "next").sum() == 11


def test_to_the_common_spine_and_back_is_nothing_changed():
    for scheme in set(NINE) - {"sales5"}:
        there = journey.crosswalk(scheme, "canonical")
        back = journey.crosswalk("canonical", scheme).set_index("source")["target"]
        places = journey.model(scheme).stages["canonical"]
        only_weak = [all(place.endswith("*") for place in own) for own in places]
        assert list(there["approximate"]) == only_weak
        assert list(there["target"].map(back)) == list(there["source"])


def test_approximate_matches_say_so():
    walk = journey.crosswalk("b2b8", "shop6").set_index("source")
    assert walk.loc["b2b8:onboarding", "target"] == "shop6:purchase"
    assert walk.loc["b2b8:onboarding", "approximate"]
    assert not walk.loc["b2b8:use", "approximate"]
    assert pd.isna(walk.loc["b2b8:loyalty", "target"])


@pytest.mark.parametrize("target", [*NINE, "canonical"])
def test_counts_are_conserved_in_every_model(sample_study, sample_map, target):
    viewed = journey.build(sample_study, model=target)
    own = sample_map.observations
    assert set(viewed.observations["coding_id"]) == set(own["coding_id"])
    assert set(viewed.observations["participant_id"]) == set(own["participant_id"])
    weights = viewed.observations.groupby("coding_id")["weight"].sum()
    assert weights.to_numpy() == pytest.approx(1)
    inside = viewed.observations.loc[viewed.observations["stage"].notna(), "coding_id"].nunique()
    lost = viewed.outside.set_index("kind")
    for kind, n in own.groupby("kind")["coding_id"].nunique().items():
        placed = viewed.observations[viewed.observations["kind"] == kind]
        only_out = set(placed.loc[placed["stage"].isna(), "coding_id"])
        assert lost.loc[kind, "n_codings"] == len(only_out)
        assert lost.loc[kind, "of_codings"] == n
    assert inside + viewed.outside["n_codings"].sum() >= own["coding_id"].nunique()
    assert viewed.verify() == []
    if target == "sales5":
        assert inside == 0


def test_tables_do_not_depend_on_ids_that_are_drawn_anew(sample_study, sample_map):
    ids = sample_study.codings["coding_id"]
    turned = dict(zip(ids, ids.str[::-1], strict=True))
    columns = ["coding_id", "suggestion_id"]
    codings = sample_study.codings.assign(
        **{c: sample_study.codings[c].map(turned).astype("str") for c in columns}
    )
    renamed = journey.build(dataclasses.replace(sample_study, codings=codings))
    before = journey.tables(sample_map, language="en", quotes=2)
    after = journey.tables(renamed, language="en", quotes=2)
    assert all(before[name].equals(after[name]) for name in before)


def test_merged_stages_are_computed_from_passages_not_from_means(sample_study, sample_map):
    viewed = journey.build(sample_study, model="shop6")
    both = sample_map.observations[
        sample_map.observations["stage"].isin(["b2b8:purchase", "b2b8:onboarding"])
    ]
    again = journey.recompute(both)
    merged = viewed.curve.set_index("stage").loc["shop6:purchase"]
    assert merged["mean"] == pytest.approx(again["mean"], abs=1e-12)
    assert merged["n_codings"] == again["n_felt_codings"]
    old = sample_map.curve.set_index("stage")["mean"]
    assert merged["mean"] != pytest.approx(old[["b2b8:purchase", "b2b8:onboarding"]].mean())
    assert list(viewed.stages.loc[viewed.stages["approximate"], "stage"]) == ["shop6:purchase"]


@settings(max_examples=15, deadline=None)
@given(random_studies())
def test_a_map_in_another_model_loses_nobody(study):
    walk = pd.DataFrame(
        {"source": studies.STAGES, "target": ["x:a", "x:a", None, "x:b"], "approximate": False}
    )
    stages = pd.DataFrame(
        {"stage": ["x:a", "x:b"], "name_ru": "", "name_en": "", "position": [1, 2]}
    )
    stages = stages.assign(goal_ru=None, goal_en=None)
    own = journey.Model("x", "", "", stages, journey.model("aida4").edges.iloc[:0])
    plain, viewed = journey.build(study), journey.build(study, model=own, crosswalk=walk)
    assert set(viewed.observations["coding_id"]) == set(plain.observations["coding_id"])
    total = viewed.observations.groupby("coding_id")["weight"].sum()
    assert total.to_numpy() == pytest.approx(1)
    keys = viewed.observations[["coding_id", "stage", "touchpoint"]].astype("str").fillna("")
    assert not keys.duplicated().any()
    assert viewed.verify() == []


def test_a_model_of_your_own_from_a_file(tmp_path, sample_study):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "scheme: mine\nkind: stage\nname_ru: Мой\nname_en: Mine\nsource: me\ncodes:\n"
        "  - {slug: before, name_ru: До, name_en: Before, canonical: [c1, c4*]}\n"
        "  - {slug: after, name_ru: После, name_en: After, canonical: [c9]}\n"
        "edges:\n  - {from: after, to: before, note: again}\n",
        encoding="utf-8",
    )
    mine = journey.model(path)
    assert list(mine.edges["kind"]) == ["next", "loop"]
    map_ = journey.build(sample_study, model=mine)
    assert list(map_.stages["name_en"]) == ["Before", "After"]
    assert list(map_.stages["approximate"]) == [True, False]
    assert map_.outside["n_codings"].sum() > 0
    assert map_.verify() == []
    with pytest.raises(CjmError, match="holds no stages"):
        journey.model("feelings")
    with pytest.raises(CjmError, match="no journey model 'nine'"):
        journey.build(sample_study, model="nine")


def test_a_wrong_crosswalk_is_refused(sample_study):
    walk = journey.crosswalk("b2b8", "shop6")
    with pytest.raises(CjmError, match="no stage 'shop6:nowhere'"):
        journey.build(
            sample_study, model="shop6", crosswalk=walk.replace("shop6:use", "shop6:nowhere")
        )
    with pytest.raises(CjmError, match="'b2b8:awareness' stands twice"):
        journey.build(sample_study, model="shop6", crosswalk=pd.concat([walk, walk.head(1)]))


# -- F1: the evidence ledger --------------------------------------------------------------------


def by_hand(rows: pd.DataFrame) -> float:
    """Mean by the rule of the curve, in plain Python."""
    people: dict[tuple, dict[str, list]] = {}
    for row in rows[rows["valence"].notna()].itertuples():
        firm = row.org_id if isinstance(row.org_id, str) else ("person", row.participant_id)
        told = people.setdefault((firm, row.participant_id), {}).setdefault(row.coder, [])
        told.append((row.weight, row.valence))
    firms: dict = {}
    for (firm, _), coders in people.items():
        means = [sum(w * v for w, v in t) / sum(w for w, _ in t) for t in coders.values()]
        firms.setdefault(firm, []).append(sum(means) / len(means))
    means = [sum(m) / len(m) for m in firms.values()]
    return sum(means) / len(means) if means else float("nan")


def test_every_number_of_the_sample_map_is_recomputed_from_its_ledger(sample_study, sample_map):
    texts = sample_study.current_texts
    assert len(sample_map.cells) > 100
    for cell in sample_map.cells.itertuples():
        rows = sample_map.explain((cell.layer, cell.stage, cell.code))
        assert rows["participant_id"].nunique() == cell.n_participants
        assert rows["coding_id"].nunique() == cell.n_codings
        mean = by_hand(rows)
        assert (np.isnan(mean) and np.isnan(cell.valence)) or abs(mean - cell.valence) < 1e-12
    for point in sample_map.curve.itertuples():
        rows = sample_map.explain(("curve", point.stage))
        assert abs(by_hand(rows) - point.mean) < 1e-12
        again = journey.recompute(rows)
        for name in ("mean", "low", "high", "sd"):
            assert abs(again[name] - getattr(point, name)) < 1e-12
        for row in rows.itertuples():
            assert texts[row.source_id][row.start : row.end] == row.quote
        told = ["participant", "source", "start", "end", "quote", "coder", "created_at"]
        assert rows[told].notna().all(axis=None)
    assert sample_map.verify() == []


def test_the_ledger_names_the_machine_and_its_run():
    machine = {"coder": "model:emotion-2", "run_id": "run-7", "confidence": 0.7}
    machine["status"] = "suggested"
    codings = [
        *CODINGS,
        {"source": "s1", "quote": "paid", "code": "feelings:doubt", "id": "m"}
        | machine,
        {"source": "s2", "quote": "fun", "code": "feelings:joy", "id": "n"}
        | machine,
        {"source": "s2", "quote": "fun", "code": "feelings:joy", "status": "accepted",
         "suggestion_id": "n", "confidence": 0.7, "coder": "boris"},
    ]  # fmt: skip
    map_ = journey.build(studies.study(TALKS, codings), include="suggested")
    rows = map_.explain(("feelings", "trip:buy", "feelings:doubt"))
    assert list(rows["model_version"]) == ["model:emotion-2"]
    assert list(rows["run_id"]) == ["run-7"]
    accepted = map_.explain(("feelings", "trip:search", "feelings:joy"))
    accepted = accepted[accepted["coder"] == "boris"]
    assert list(accepted["model_version"]) == ["model:emotion-2"]
    assert list(accepted["run_id"]) == ["run-7"]
    human = map_.explain(("feelings", "trip:buy", "feelings:joy"))
    assert human[["model_version", "run_id"]].isna().all(axis=None)


def test_a_changed_character_is_found_by_map_and_audit():
    study = talked()
    texts = study.texts.copy()
    texts["text"] = texts["text"].str.replace("slow", "sloW")
    changed = dataclasses.replace(study, texts=texts)
    assert journey.build(study).verify() == []
    problems = journey.build(changed).verify()
    assert len(problems) == 1
    assert "is not the quote (coding c3)" in problems[0]
    found = journey.audit(changed, language="en").set_index("check")
    assert found.loc["data", "status"] == found.loc["recompute", "status"] == "fail"
    assert "coding c3" in found.loc["data", "finding"]


def test_a_wrong_number_is_found():
    map_ = journey.build(talked())
    for column, value in (("n_participants", 9), ("valence", 0.25), ("status", "hypothesis")):
        cells = map_.cells.copy()
        cells.loc[0, column] = value
        assert len(dataclasses.replace(map_, cells=cells).verify()) == 1
    curve = map_.curve.copy()
    curve.loc[0, "mean"] += 1e-9
    assert "curve / trip:search: mean" in dataclasses.replace(map_, curve=curve).verify()[0]


@settings(max_examples=20, deadline=None)
@given(random_studies())
def test_no_cell_without_rows_is_solid(study):
    map_ = journey.build(study)
    for cell in map_.cells.itertuples():
        key = cell.item_id if pd.isna(cell.code) else cell.code
        assert map_.rows((cell.layer, cell.stage, key)).empty == (cell.status == "hypothesis")


# -- the map and its types ----------------------------------------------------------------------


def test_goals_come_from_the_model_until_people_say_them():
    codes = codebooks.load("eshop8")
    study = dataclasses.replace(
        talked(), codes=pd.concat([studies.codes_frame(), codes], ignore_index=True)
    )
    goals = journey.build(study, model="eshop8").cells
    goals = goals[goals["layer"] == "goals"]
    assert len(goals) == 8
    assert set(goals["status"]) == {"hypothesis"}
    assert goals["n_participants"].isna().all()
    own = {"stage": "eshop8:need", "layer": "goals", "text": "Eat better", "item_id": "g"}
    items = schema.frame("items", [{**own, "map_type": "current"}])
    cells = journey.build(dataclasses.replace(study, items=items), model="eshop8").cells
    assert list(cells.loc[cells["stage"] == "eshop8:need", "name_en"]) == ["Eat better"]


def test_a_blueprint_has_its_lanes_and_the_line_of_visibility():
    items = [
        {"stage": "trip:buy", "layer": "staff", "text": "Calls back", "map_type": "blueprint"},
        {"stage": "trip:buy", "layer": "policies", "text": "In an hour", "map_type": "blueprint"},
    ]
    map_ = journey.build(studies.study(TALKS, CODINGS, items=items), map_type="blueprint")
    assert map_.line_of_visibility == "people"
    assert map_.layers.index("staff") < map_.layers.index("people")
    assert journey.build(talked()).line_of_visibility is None
    ax = plot.grid(map_, language="en")
    assert any(line.get_gid() == "visibility" for line in ax.lines)


def test_a_day_in_the_life_keeps_what_does_not_touch_the_company():
    cells = journey.build(talked(), map_type="day_in_life").cells.set_index("code")
    assert bool(cells.loc["thoughts:why", "touches"]) is False
    assert bool(cells.loc["points:site", "touches"]) is True


def test_one_wave_alone():
    study = talked()
    sources = study.sources.assign(wave=pd.Series(["1", "2", None], dtype="str"))
    study = dataclasses.replace(study, sources=sources)
    map_ = journey.build(study, wave="2")
    assert (
        set(map_.observations["participant_id"])
        == set(map_.participants["participant_id"])
        == {"B"}
    )
    with pytest.raises(CjmError, match="wave '3' is not in the study; its sources have 1, 2"):
        journey.build(study, wave="3")


# -- tables -------------------------------------------------------------------------------------

CHAIN = [
    {"item_id": "o1", "stage": "trip:search", "layer": "opportunities", "text": "Cache the site"},
    {"item_id": "o2", "stage": "trip:search", "layer": "opportunities", "text": "Paint it blue"},
    {"item_id": "t1", "stage": "trip:search", "layer": "tasks", "text": "Buy a server",
     "owner": "Ira", "status": "done"},
    {"item_id": "m1", "stage": "trip:search", "layer": "metrics", "text": "Mood of search"},
    {"item_id": "s1", "stage": "trip:search", "layer": "staff", "text": "Says sorry"},
]  # fmt: skip
LINKS = [
    {"link_id": "1", "from_id": "id-pains:slow", "relation": "removed_by", "to_id": "o1"},
    {"link_id": "2", "from_id": "o1", "relation": "done_by", "to_id": "t1"},
    {"link_id": "3", "from_id": "t1", "relation": "measured_by", "to_id": "m1"},
    {"link_id": "4", "from_id": "m1", "relation": "read_from", "to_id": "trip:search"},
    {"link_id": "5", "from_id": "m1", "relation": "before", "to_id": "spring"},
    {"link_id": "6", "from_id": "m1", "relation": "after", "to_id": "autumn"},
    {"link_id": "7", "from_id": "id-pains:slow", "relation": "answered_by", "to_id": "s1"},
]


def chained() -> schema.Study:
    study = studies.study(TALKS, CODINGS, items=CHAIN, links=LINKS)
    waves = pd.Series(["spring", "autumn", None], dtype="str")
    return dataclasses.replace(study, sources=study.sources.assign(wave=waves))


def test_four_tables_and_the_united_one():
    tables = journey.tables(journey.build(chained()), language="en")
    assert list(tables) == ["T1", "T2", "T3", "T4", "T5"]
    assert list(tables["T1"].columns) == ["Stage", "Goal", "Emotions"]
    assert list(tables["T5"].columns) == [
        *("Stage", "Goal", "Emotions", "Touchpoints", "Marketer's task", "Barriers"),
        "Ways to remove barriers",
    ]
    first = tables["T5"].iloc[0]
    assert first["Emotions"] == "«helped»"  # a verbatim quote, of the strongest feeling
    assert first["Touchpoints"] == "en points:site (2 of 2)"
    assert first["Marketer's task"] == "Buy a server (hypothesis)"
    assert first["Barriers"] == "en pains:slow (1 of 2)"
    assert first["Ways to remove barriers"] == "Cache the site → en pains:slow; Paint it blue"
    last = tables["T5"].iloc[3]
    assert set(last.iloc[1:]) == {""}
    ru = journey.tables(journey.build(chained()), language="ru")
    assert list(ru["T2"].columns) == ["Этап пути", "Точки контакта", "Задача маркетолога"]


def test_tables_quote_nobody_who_refused():
    people = {"A": {"consent": False}}
    study = studies.study(TALKS, CODINGS, people=people)
    tables = journey.tables(journey.build(study), language="en", quotes=5)
    assert tables["T1"]["Emotions"].iloc[0] == "«fun»"
    assert "gladly" not in " ".join(tables["T1"]["Emotions"])


def test_the_ideal_path_has_no_count_in_any_table():
    items = [
        {"stage": "trip:buy", "layer": layer, "text": f"ideal {layer}", "map_type": "future"}
        for layer in ("goals", "feelings", "touchpoints", "tasks", "barriers", "opportunities")
    ]
    map_ = journey.build(studies.study(TALKS, CODINGS, items=items), map_type="future")
    table = journey.tables(map_, language="en")["T5"]
    assert list(table.iloc[1])[1:] == [
        *("ideal goals", "ideal feelings", "ideal touchpoints", "ideal tasks", "ideal barriers"),
        "ideal opportunities",
    ]
    grid = journey.grid(map_, language="en")
    assert (grid["note"] == "").all()
    ax = plot.grid(map_, language="en")
    assert not any(re.search(r"\d of \d|n =", t.get_text()) for t in ax.texts)


def test_five_questions_of_each_stage():
    answers = journey.five_questions(journey.build(chained()), language="en")
    assert answers.shape == (4, 6)
    assert answers["What do they do?"].iloc[1] == "en acts:ask (1 of 2)"
    assert answers["How and why will we change it?"].iloc[0] == "Buy a server (hypothesis)"


def test_empty_cells_say_no_data_of_n():
    grid = journey.grid(journey.build(talked()), language="ru")
    empty = grid[(grid["layer"] == "barriers") & (grid["stage"] == "trip:buy")].iloc[0]
    assert (empty["name"], empty["note"], empty["status"]) == ("нет данных", "0 из 2", "empty")


def test_gaps_of_the_two_sided_chain_stand_first():
    chain = journey.two_sided(journey.build(chained()), language="en")
    slow = chain[chain["code"] == "pains:slow"].iloc[0]
    assert slow["response"] == "Says sorry"
    assert not slow["gap"]
    assert list(chain["gap"]) == [True, True, False]
    assert set(chain.loc[chain["gap"], "code"]) == {"acts:ask", "thoughts:why"}


def test_metaphors_are_noted_with_their_words():
    codes = studies.codes_frame()
    more = schema.frame(
        "codes",
        [{"code_id": "id-own:metaphor", "slug": "own:metaphor", "scheme": "own",
          "kind": "metaphor", "name_ru": "метафора", "name_en": "metaphor"}],
    )  # fmt: skip
    study = studies.study(TALKS, CODINGS)
    coding = study.codings.iloc[[3]].assign(coding_id="m", code_id="id-own:metaphor")
    study = dataclasses.replace(
        study,
        codes=pd.concat([codes, more], ignore_index=True),
        codings=pd.concat([study.codings, coding], ignore_index=True),
    )
    noted = journey.metaphors(journey.build(study))
    assert noted.to_dict("records") == [
        {"stage": "trip:search", "participant": "Person A", "quote": "slow", "source": "Talk s1"}
    ]
    assert "metaphors" in journey.build(study).layers


# -- the plan: barrier -> opportunity -> task -> metric -> waves ----------------------------------


def test_the_plan_follows_a_barrier_to_its_waves():
    plan = journey.plan(chained(), language="en")
    row = plan.iloc[0]
    assert (row["barrier"], row["n_participants"]) == ("en pains:slow", 1)
    assert (row["opportunity"], row["task"]) == ("Cache the site", "Buy a server")
    assert (row["owner"], row["status"], row["metric"]) == ("Ira", "done", "Mood of search")
    assert (row["wave_before"], row["n_before"]) == ("spring", 1)
    assert (row["wave_after"], row["n_after"]) == ("autumn", 1)
    assert (row["before"], row["after"]) == pytest.approx((0.8, 0.6))
    assert len(plan) == 1


def test_orphans_are_listed_exactly():
    loose = journey.orphans(chained(), language="en")
    assert loose.to_dict("records") == [
        {"what": "opportunity", "id": "o2", "text": "Paint it blue"}
    ]
    answered = chained().links[chained().links["relation"] == "answered_by"]
    only = dataclasses.replace(chained(), links=answered.reset_index(drop=True))
    assert "pains:slow" in set(journey.orphans(only)["id"])  # an apology removes no barrier
    without = dataclasses.replace(chained(), links=schema.empty("links"))
    assert set(zip(*journey.orphans(without)[["what", "id"]].T.to_numpy(), strict=True)) == {
        ("barrier", "pains:slow"),
        ("opportunity", "o1"),
        ("opportunity", "o2"),
        ("task", "t1"),
        ("metric", "m1"),
    }


def test_a_metric_read_from_a_survey_is_a_mean_over_people():
    questions = {"q": {"type": "scale", "scale_min": 0.0, "scale_max": 10.0}}
    answers = [
        {"participant_id": who, "question_id": "q", "wave": "spring", "value": value}
        for who, value in (("A", 2.0), ("B", 6.0))
    ]
    links = [{**link, "to_id": "q"} if link["relation"] == "read_from" else link for link in LINKS]
    study = studies.study(
        TALKS, CODINGS, items=CHAIN, links=links, questions=questions, answers=answers
    )
    row = journey.plan(study).iloc[0]
    assert (row["before"], row["n_before"]) == (4.0, 2)
    assert (pd.isna(row["after"]), row["n_after"]) == (True, 0)


# -- the audit ----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_audit_begins_with_the_four_classic_errors(sample_study, sample_map, language):
    found = journey.audit(
        sample_study, map_=sample_map, language=language, today=date(2026, 11, 22)
    )
    assert list(found["check"][:4]) == ["goal", "data", "persona", "openness"]
    assert list(found["group"][:5]) == ["error"] * 4 + ["guard"]
    assert set(found["status"]) <= {"pass", "warn", "fail"}
    status = found.set_index("check")["status"]
    assert (status["goal"], status["data"], status["persona"]) == ("pass", "pass", "warn")
    assert status["recompute"] == status["future"] == "pass"
    assert not found["finding"].str.contains(r"[{}]").any()
    cyrillic = found["finding"].str.contains("[а-яё]", regex=True)
    assert cyrillic.all() if language == "ru" else not cyrillic.any()


def audited(study: schema.Study, **more) -> pd.Series:
    return journey.audit(study, language="en", **more).set_index("check")["status"]


def test_each_error_turns_the_audit():
    assert audited(talked())["data"] == "warn"  # two people
    nobody = audited(studies.study(TALKS, []))
    assert nobody["data"] == "fail"
    short = dataclasses.replace(talked(), project=talked().project.assign(goal="Map"))
    assert audited(short)["goal"] == "warn"
    assert audited(talked())["goal"] == "pass"
    assert audited(talked())["coders"] == "warn"
    both = [*CODINGS, {"source": "s2", "quote": "fun", "code": "feelings:joy", "coder": "boris"}]
    assert audited(studies.study(TALKS, both))["coders"] == "pass"
    lost = studies.study(TALKS, CODINGS, people={"A": {"outcome": "lost"}})
    assert (audited(lost)["lost"], audited(talked())["lost"]) == ("pass", "warn")
    finding = journey.audit(talked(), language="en").set_index("check")["finding"]
    assert finding["lost"].startswith("Nobody's outcome is recorded")
    firm = studies.study(TALKS, CODINGS, people={n: {"org_id": "F"} for n in "AB"})
    assert (audited(firm)["firms"], audited(talked())["firms"]) == ("warn", "pass")
    machine = [{**c, "coder": "model:x", "status": "suggested"} for c in CODINGS]
    tagged = studies.study(TALKS, machine)
    assert audited(tagged, map_=journey.build(tagged, include="suggested"))["machine"] == "fail"
    assert (audited(chained())["orphans"], audited(talked())["orphans"]) == ("warn", "warn")
    assert audited(chained())["openness"] == "warn"
    staffed = studies.study(
        {**TALKS, "s4": [("W", "we know")]}, CODINGS, items=CHAIN, voices={"W": "employee"}
    )
    assert audited(staffed)["openness"] == "pass"
    persona = [{"persona_id": "p", "name": "Hunter", "origin": "manual"}]
    member = [{"persona_id": "p", "participant_id": "A", "probability": 1.0}]
    study = talked(personas=persona, memberships=member)
    assert audited(study, map_=journey.build(study, persona="Hunter"))["persona"] == "pass"


def test_a_map_grows_stale_after_a_quarter():
    study = talked()
    dated = dataclasses.replace(
        study, sources=study.sources.assign(recorded_on=pd.Series(["2026-01-01"] * 3, dtype="str"))
    )
    assert audited(dated, today=date(2026, 4, 3))["age"] == "pass"  # 92 days
    assert audited(dated, today=date(2026, 4, 4))["age"] == "warn"  # 93
    assert audited(study, today=date(2026, 4, 4))["age"] == "warn"  # no dates
    assert "age" not in audited(dated).index


def test_the_same_goal_at_neighbours_is_a_warning():
    items = [
        {"stage": stage, "layer": "goals", "text": "Save money"}
        for stage in ("trip:search", "trip:buy")
    ]
    assert audited(studies.study(TALKS, CODINGS, items=items))["goals"] == "warn"
    items[1]["text"] = "Be sure"
    assert audited(studies.study(TALKS, CODINGS, items=items))["goals"] == "pass"


# -- differences --------------------------------------------------------------------------------


def test_two_personas_differ_in_words_with_n_and_interval(sample_study):
    maps = [journey.build(sample_study, persona=name) for name in sample_study.personas["name"]]
    found = journey.diff(*maps, language="en")
    curve = found[found["what"] == "curve"].set_index("stage")
    assert len(curve) == 8
    row = curve.loc["b2b8:evaluation"]
    assert (row["n_before"], row["n_after"], row["change"]) == (6, 6, "down")
    assert row["low"] < row["difference"] < row["high"] < 0
    assert row["words"].startswith(
        "Evaluation of options: mood +0.68 → −0.12 (n = 6 and 6), −0.80 ["
    )
    means = [m.curve.set_index("stage").loc["b2b8:evaluation"] for m in maps]
    assert row["difference"] == pytest.approx(means[1]["mean"] - means[0]["mean"])
    from scipy import stats

    units = [
        journey.mapping.explaining.unit_means(m.explain(("curve", "b2b8:evaluation"))) for m in maps
    ]
    welch = stats.ttest_ind(units[1], units[0], equal_var=False)
    interval = welch.confidence_interval(1 - 0.05 / 8)
    assert (row["low"], row["high"]) == pytest.approx((interval.low, interval.high))
    cells = found[found["what"] == "cell"]
    assert {"6 of 6", "0 of 6"} <= set(" ".join(cells["words"]).replace(",", " → ").split(" → "))
    assert (cells["low"] <= cells["difference"]).all()
    assert (cells["difference"] <= cells["high"]).all()


def test_a_map_does_not_differ_from_itself(sample_map):
    found = journey.diff(sample_map, sample_map)
    assert set(found["what"]) == {"curve"}
    assert set(found["change"]) == {"too_few"}  # paired differences are all nought
    assert (found["difference"] == 0).all()


def test_the_same_people_are_compared_in_pairs():
    talks = {f"{w}{p}": [(p, "good bad")] for w in "xy" for p in "ABCD"}
    codings = []
    for wave in "xy":
        for number, person in enumerate("ABCD"):
            source = f"{wave}{person}"
            value = -0.5 + 0.3 * number + (0.4 + 0.01 * number if wave == "y" else 0)
            codings += [
                {"source": source, "quote": "good bad", "code": "trip:buy"},
                {"source": source, "quote": "good", "code": "feelings:joy", "valence": value},
            ]
    study = studies.study(talks, codings)
    waves = study.sources["source_id"].str[0]
    study = dataclasses.replace(study, sources=study.sources.assign(wave=waves))
    found = journey.diff(
        journey.build(study, wave="x"), journey.build(study, wave="y"), language="ru"
    )
    row = found[found["what"] == "curve"].iloc[0]
    assert row["difference"] == pytest.approx(0.415)
    assert row["change"] == "up"  # people differ by 0.9, their shifts by 0.03
    assert "лучше" in row["words"]
    assert (found["what"] != "cell").all()


def test_few_people_get_no_interval_and_future_maps_no_number():
    a = {"persona_id": "a", "name": "A", "origin": "manual"}
    b = {"persona_id": "b", "name": "B", "origin": "manual"}
    members = [
        {"persona_id": who.lower(), "participant_id": who, "probability": 1.0} for who in "AB"
    ]
    study = talked(personas=[a, b], memberships=members)
    found = journey.diff(journey.build(study, persona="A"), journey.build(study, persona="B"))
    assert found[["low", "high"]].isna().all(axis=None)
    future = journey.diff(
        journey.build(study, map_type="future"), journey.build(study), language="en"
    )
    assert set(future["what"]) == {"item"}
    assert future[["before", "after", "difference"]].isna().all(axis=None)
    with pytest.raises(CjmError, match="can't be compared"):
        journey.diff(journey.build(study), journey.build(study, model="canonical"))


# -- the picture --------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("size", ["print", "screen"])
def test_the_grid_shows_every_layer_and_clips_no_word(sample_map, language, size):
    with plot.style(size=size):
        ax = plot.grid(sample_map, language=language)
    figure = ax.get_figure()
    figure.canvas.draw()
    shown = [t.get_text().replace("\n", " ") for t in ax.texts]
    for layer in sample_map.layers:
        assert any(journey.LAYER_NAMES[language][layer] == text for text in shown)
    assert sum(text.startswith("n = ") for text in shown) == 8
    page = figure.bbox
    columns = (ax.get_xlim()[1] - 96) / 8
    for text in ax.texts:
        box = text.get_window_extent()
        assert page.x0 - 1 <= box.x0
        assert box.x1 <= page.x1 + 1
        assert page.y0 - 1 <= box.y0
        assert box.y1 <= page.y1 + 1
        x, y = text.get_position()
        in_cell = x > 96 and text.get_ha() == "left" and y > 140
        if in_cell:
            left, right = (ax.transData.inverted().transform((e, 0))[0] for e in (box.x0, box.x1))
            column = (left - 96) // columns
            assert right <= 96 + (column + 1) * columns + 1, text.get_text()


def test_hypotheses_are_hatched_and_facts_are_not():
    ax = plot.grid(journey.build(talked()), language="en")
    assert sum(bool(patch.get_hatch()) for patch in ax.patches) == 1
    assert any("a hypothesis, no quote" in t.get_text().replace("\n", " ") for t in ax.texts)


def test_a_curve_is_not_joined_over_a_stage_without_data():
    codings = [c for c in CODINGS if c.get("quote") != "gladly"]
    codings += [
        {"source": "s2", "quote": "later nothing", "code": "trip:use"},
    ]
    ax = plot.grid(journey.build(studies.study(TALKS, codings)), language="en")
    assert any(t.get_text() == "no data" for t in ax.texts)
    joined = [line for line in ax.lines if line.get_linewidth() == 1.1 and line.get_gid() is None]
    assert joined == []


def test_axes_that_are_too_small_are_refused():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots(figsize=(2, 2))
    with pytest.raises(CjmError, match="too small for this map"):
        plot.grid(journey.build(talked()), ax=ax)
    _, ax = plt.subplots(figsize=(14, 12))
    assert plot.grid(journey.build(talked()), ax=ax) is ax


def test_aggregate_and_map_agree_on_touchpoints(sample_map):
    matrix = aggregate.touchpoint_matrix(sample_map.observations)
    cells = sample_map.cells[sample_map.cells["layer"] == "touchpoints"]
    assert len(matrix) == len(cells)
    assert matrix["n_participants"].sum() == cells["n_participants"].sum()
