"""Cards by templates, with counts, hidden traits, lengths of journeys, roles, worth and choice."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import studies
from hypothesis import given
from hypothesis import strategies as st

from cjmresearch import codebooks, personas, plot, read, schema
from cjmresearch.codebooks import templates
from cjmresearch.errors import CjmError, CodebookError

TALKS = {
    "s1": [("A", "it was slow and dear. Who will answer me at night? I was angry, then glad")],
    "s2": [("B", "so slow, terribly slow it was. I want quiet nights")],
    "s3": [("C", "the site was a pleasure, really a great pleasure to use")],
    "s4": [("D", "a slow call it was")],
    "s5": [("E", "our clients find it slow")],
}
CODINGS = [
    {"source": "s1", "quote": "slow", "code": "pains:slow"},
    {"source": "s1", "quote": "dear", "code": "pains:dear"},
    {"source": "s1", "quote": "I was angry", "code": "feelings:anger"},
    {"source": "s1", "quote": "Who will answer me at night?", "code": "thoughts:why"},
    {"source": "s2", "quote": "terribly slow it was", "code": "pains:slow"},
    {"source": "s2", "quote": "I want quiet nights", "code": "movers:dream"},
    {"source": "s3", "quote": "great pleasure", "code": "feelings:joy"},
    {"source": "s3", "quote": "the site", "code": "points:site"},
    {"source": "s4", "quote": "slow call", "code": "pains:slow"},
    {"source": "s5", "quote": "slow", "code": "pains:slow"},
]
PEOPLE = {
    "A": {"buying_role": "engineer", "traits": {"age": 30, "tender": "yes"}},
    "B": {"buying_role": "engineer", "traits": {"age": "41", "tender": "yes"}},
    "C": {"buying_role": "buyer", "traits": {"age": 35, "tender": "yes"}},
    "D": {"buying_role": "engineer", "traits": {"tender": "no"}},
}
EVERYBODY = {"personas": [{"persona_id": "all", "name": "Everybody", "origin": "manual"}]}


def talked(*, people=None, fields=(), members="ABCD", **more) -> schema.Study:
    belongs = [{"persona_id": "all", "participant_id": m, "probability": 1.0} for m in members]
    given_people = {name: PEOPLE[name] | (people or {}).get(name, {}) for name in PEOPLE}
    return studies.study(
        TALKS, CODINGS, people=given_people, voices={"E": "employee"}, memberships=belongs,
        fields=list(fields), **EVERYBODY, **more,
    )  # fmt: skip


def written(field, value, **more):
    return {"owner_id": "all", "field": field, "value": value, **more}


def of(card: pd.DataFrame, section: str) -> dict[str, tuple[int, int]]:
    rows = card[(card["section"] == section) & card["n_participants"].notna()]
    counts = zip(rows["n_participants"], rows["of_participants"], strict=True)
    return dict(zip(rows["field"], [(int(n), int(m)) for n, m in counts], strict=True))


def test_the_seven_attributes_are_filled_by_kinds_of_codes():
    card = personas.card(talked(), "all")
    assert of(card, "problems") == {"pains:slow": (3, 4), "pains:dear": (1, 4)}
    assert of(card, "feelings") == {"feelings:anger": (1, 4), "feelings:joy": (1, 4)}
    assert of(card, "expectations") == {"movers:dream": (1, 4)}
    assert of(card, "thoughts") == of(card, "questions") == {"thoughts:why": (1, 4)}
    seven = {f.field for f in templates.load("persona7").fields if not f.section}
    assert seven == {
        "qualities", "motives", "expectations", "feelings", "thoughts", "problems", "questions",
    }  # fmt: skip
    slow = card[card["field"] == "pains:slow"].iloc[0]
    assert slow["coding_ids"] == ("c0", "c4", "c8")
    assert (slow["quote"], slow["participant"]) == ("terribly slow it was", "Person B")
    assert set(card["status"]) <= {"evidence", "hypothesis", "hidden"}
    assert card[card["field"] == "name"]["value"].tolist() == ["Everybody"]


def test_every_count_is_that_of_its_codings():
    study = talked()
    speaker = study.codings.set_index("coding_id")["source_id"]
    card = personas.card(study, "all")
    coded = card[card["coding_ids"].map(len) > 0]
    assert len(coded) >= 6
    for line in coded.itertuples():
        assert speaker[list(line.coding_ids)].nunique() == line.n_participants


def test_what_is_written_without_a_source_is_a_hypothesis():
    fields = [
        written("motives", "Quiet nights\nOne vendor"),
        written("expectations", "A bonus", source="CRM"),
        written("problems", "Nobody picks up", source="c0, c4"),
        written("own_field", "Something"),
    ]
    card = personas.card(talked(fields=fields), "all").set_index("value")
    assert card.loc["Quiet nights", "status"] == card.loc["One vendor", "status"] == "hypothesis"
    assert card.loc["A bonus", ["status", "source"]].tolist() == ["evidence", "CRM"]
    quoted = card.loc["Nobody picks up"]
    assert (quoted["status"], quoted["n_participants"]) == ("evidence", 2)
    assert quoted["coding_ids"] == ("c0", "c4")
    assert card.loc["Something", "section"] == "other"


def test_a_trait_that_fewer_than_three_share_is_hidden():
    card = personas.card(talked(), "all", language="en")
    who = card[card["section"] == "frame"]
    roles = who[who["field"] == "buying_role"]
    # Three engineers could be shown, but then the fourth would be told by subtraction.
    assert roles["status"].tolist() == ["hidden"]
    assert roles["n_participants"].isna().all()
    assert roles["value"].tolist() == ["hidden: fewer than three people share a value"]
    assert who[who["field"] == "age"]["value"].tolist() == ["median 35"]
    assert "buyer" not in " ".join(card["value"].dropna())


def test_values_that_enough_people_share_are_shown():
    alike = {name: {"buying_role": "engineer"} for name in "ABCD"}
    card = personas.card(talked(people=alike), "all")
    roles = card[card["field"] == "buying_role"]
    assert roles["value"].tolist() == ["engineer"]
    assert roles["n_participants"].tolist() == [4]
    two = personas.card(talked(members="AB", people=alike), "all")
    assert two[two["field"] == "buying_role"]["status"].tolist() == ["hidden"]
    assert two[two["field"] == "age"]["status"].tolist() == ["hidden"]


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=12))
def test_no_value_of_a_few_can_be_told_by_subtraction(values):
    from cjmresearch.personas.card import _enough

    counts = pd.Series(values).value_counts()
    shown = _enough(counts)
    hidden = counts.sum() - shown.sum()
    assert (shown >= 3).all()
    assert hidden == 0 or hidden >= 3 or shown.empty


def test_quotes_of_those_who_refused_stay_away_and_they_still_count():
    card = personas.card(talked(people={"B": {"consent": False}}), "all")
    slow = card[card["field"] == "pains:slow"].iloc[0]
    assert slow["n_participants"] == 3
    assert slow["participant"] != "Person B"
    dream = card[card["field"] == "movers:dream"].iloc[0]
    assert dream["n_participants"] == 1
    assert pd.isna(dream["quote"])
    assert pd.isna(dream["participant"])


def test_a_card_says_what_it_does_not_know():
    with pytest.raises(CjmError, match="no persona 'x' in the study; it has: Everybody"):
        personas.card(talked(), "x")
    with pytest.raises(CjmError, match="template retail: is of a participant"):
        personas.card(talked(), "all", template="retail")
    with pytest.raises(CjmError, match=r"no template 'x'; shipped: .*persona7"):
        personas.card(talked(), "all", template="x")
    with pytest.raises(CjmError, match="language 'de'"):
        personas.card(talked(), "all", language="de")


def test_the_portrait_takes_traits_by_its_names():
    card = personas.card(talked(), "all", template="portrait")
    assert card[card["name_ru"] == "Возраст"]["value"].tolist() == ["медиана 35"]
    assert "Template" not in " ".join(card["name_en"])
    names = {f.field for f in templates.load("portrait").fields}
    assert {"age", "profession", "city", "income", "check", "criteria", "novelty"} <= names


def test_the_mapping_of_kinds_is_edited_in_a_file(tmp_path: Path):
    path = personas.write_template("persona7", tmp_path / "own.yaml")
    text = path.read_text(encoding="utf-8")
    assert personas.template(path) == templates.load("persona7")
    path.write_text(text.replace("    - pain\n", "    - touchpoint\n", 1), encoding="utf-8")
    card = personas.card(talked(), "all", template=path)
    assert of(card, "problems") == {"points:site": (1, 4)}


# -- templates ---------------------------------------------------------------------------------


def test_every_template_has_its_place_in_the_sources_and_both_languages():
    assert set(templates.available()) >= {
        "persona7", "portrait", "retail", "company", "crm", "buying_centre",
        "empathy6", "star", "quadrant",
    }  # fmt: skip
    for name in templates.available():
        schema_ = templates.load(name)
        assert schema_.template == name
        assert "seed 00" in schema_.source
        for field in schema_.fields:
            assert "seed 00" in field.source, field.field
            assert field.name_en.isascii()
            assert not field.name_ru.isascii()


CARD = """
template: gym
of: participant
name_ru: Клиент
name_en: Client
fields:
  - {field: visits, name_ru: Визиты, name_en: Visits, type: number, required: true}
  - {field: state, name_ru: Статус, name_en: State, type: status, options: [new, old], default: new}
  - {field: since, name_ru: С какого дня, name_en: Since, type: date}
  - {field: note, name_ru: Заметка, name_en: Note, hint_ru: Что угодно, hint_en: Anything}
"""


def own(tmp_path: Path, text: str = CARD) -> Path:
    path = tmp_path / "gym.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_card_of_ones_own_checks_types_and_defaults(tmp_path: Path):
    card = personas.template(own(tmp_path))
    values = card.validate({"visits": "1 234,5", "since": "2026-11-22"})
    assert values == {"visits": 1234.5, "state": "new", "since": "2026-11-22", "note": None}
    with pytest.raises(CodebookError) as caught:
        card.validate({"state": "gone", "since": "22.11.2026", "colour": "red"})
    for words in ("visits is required", "'gone', allowed: new, old", "YYYY-MM-DD", "colour is no"):
        assert words in str(caught.value)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("type: number", "type: tel", r"field 1 \(visits\): type is 'tel', allowed: text, number"),
        ("options: [new, old], ", "", r"field 2 \(state\): a status needs options"),
        ("default: new", "default: odd", r"default is 'odd', allowed"),
        ("field: note", "field: since", r"field 'since' stands twice"),
        ("of: participant", "of: planet", r"of is 'planet', allowed: persona"),
        ("hint_ru: Что", "hnt_ru: Что", r"unknown 'hnt_ru'"),
        ("required: true", "required: perhaps", r"required must be true or false"),
        ("template: gym", "", r"template is missing"),
        ("field: visits", "field: Визиты", r"small latin letters"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(tmp_path: Path, before, after, message):
    assert before in CARD
    with pytest.raises(CodebookError, match=message):
        personas.template(own(tmp_path, CARD.replace(before, after, 1)))


def test_a_card_has_at_most_fifty_fields(tmp_path: Path):
    rows = "".join(f"  - {{field: f{n}, name_ru: П, name_en: F}}\n" for n in range(51))
    text = CARD.split("fields:")[0] + "fields:\n" + rows
    with pytest.raises(CodebookError, match="51 fields; a card has at most 50"):
        personas.template(own(tmp_path, text))
    assert len(personas.template(own(tmp_path, text.replace("  - {field: f50", "# "))).fields) == 50


def test_broken_files_are_refused_in_a_line(tmp_path: Path):
    with pytest.raises(CodebookError, match="not YAML"):
        personas.template(own(tmp_path, "fields: ["))
    with pytest.raises(CodebookError, match="can't be read"):
        personas.template(tmp_path / "absent.yaml")
    with pytest.raises(CodebookError, match="the file must be fields"):
        personas.template(own(tmp_path, "- 1\n"))


def test_the_company_card_asks_for_no_bank_details():
    assert [f.field for f in templates.load("company").fields] == ["org_id", "size", "industry"]
    assert "Реквизиты не собираем" in templates.load("company").note_ru


# -- records -----------------------------------------------------------------------------------


def test_a_record_hides_what_is_personal_and_checks_types():
    fields = [
        {"owner_id": "A", "field": "name", "value": "Ann", "wave": "1"},
        {"owner_id": "A", "field": "income", "value": "much", "source": "CRM"},
    ]
    study = talked(fields=fields, people={"A": {"consent": True}})
    card = personas.record(study, "A").set_index("field")
    assert card.loc["name", "status"] == "hidden"
    assert pd.isna(card.loc["name", "value"])
    assert card.loc["consent", "value"] == "yes"
    assert card.loc["income", "problem"] == "is 'much', not a number"
    assert card.loc["gender", "status"] == "missing"
    shown = personas.record(study, "A", personal=True).set_index("field")
    assert shown.loc["name", ["value", "wave", "status"]].tolist() == ["Ann", "1", "hypothesis"]
    first = templates.load("retail")
    assert [f.field for f in first.fields if f.first_wave] == [
        "name", "gender", "birth_date", "contact", "consent",
    ]  # fmt: skip
    with pytest.raises(CjmError, match="no participant 'nobody'"):
        personas.record(study, "nobody")


def test_a_firm_has_a_record_too():
    fields = [{"owner_id": "F1", "field": "industry", "value": "cold", "source": "site"}]
    study = talked(fields=fields, people={"A": {"org_id": "F1"}})
    card = personas.record(study, "F1", template="company").set_index("field")["value"]
    assert (card["org_id"], card["industry"]) == ("F1", "cold")


# -- CRM ---------------------------------------------------------------------------------------

CRM = (
    "Фамилия;Имя;Пол;Телефон;Рекламный источник;Менеджер;Теги;Приведи друга;Паспорт;Код;Погода\n"
    "Орлова;Анна;ж;9161234567;Друзья;Лев;йога, утро;;4509;K1;ясно\n"
    "Гусев;Пётр;м;+7 916 765-43-21;Друзья;Лев;йога;Анна Орлова;;K2;\n"
    "Сова;Ия;ж;9160000000;VK;;бокс;Никто;;K3;\n"
)


def crm(tmp_path: Path, **more) -> read.Crm:
    path = tmp_path / "crm.csv"
    path.write_text(CRM, encoding="utf-8")
    return read.crm(path, **more)


def test_a_crm_gives_people_segments_and_recommendations_but_no_names(tmp_path: Path):
    found = crm(tmp_path)
    assert found.participants["participant_id"].tolist() == ["K1", "K2", "K3"]
    assert found.participants["pseudonym"].tolist() == ["Клиент 1", "Клиент 2", "Клиент 3"]
    assert found.participants["customer_segment"].tolist() == ["йога", "йога", "бокс"]
    traits = json.loads(found.participants["traits"].iloc[0])
    assert traits == {"gender": "ж", "ad_source": "Друзья", "tags": ["йога", "утро"]}
    assert found.fields[["owner_id", "field", "value"]].to_numpy().tolist() == [
        ["K2", "referred_by", "K1"]
    ]
    everything = found.participants.to_csv() + found.fields.to_csv()
    for personal in ("Орлова", "Анна", "916", "4509", "Лев"):
        assert personal not in everything
    assert found.left_out == ("Фамилия", "Имя", "Телефон", "Менеджер", "Паспорт", "Погода")
    problems = found.problems.set_index("participant_id")[["field", "problem"]]
    assert problems.loc["K2"].tolist() == [
        "phone",
        "has 11 digits or a prefix; the form wants 10 digits",
    ]
    assert problems.loc["K3"].tolist() == ["manager", "is required and missing"]


def test_personal_fields_come_only_when_asked_for(tmp_path: Path):
    found = crm(tmp_path, personal=True)
    assert "Орлова" in set(found.fields["value"])
    assert set(found.fields["source"]) == {"CRM"}
    assert found.left_out == ("Погода",)
    named = crm(tmp_path, columns={"Погода": "city"})
    assert json.loads(named.participants["traits"].iloc[0])["city"] == "ясно"
    with pytest.raises(CjmError, match="no column 'Цвет'"):
        crm(tmp_path, columns={"Цвет": "city"})
    path = tmp_path / "other.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(CjmError, match="no column is a field of the form"):
        read.crm(path)


def test_recommendations_are_a_graph():
    fields = [
        {"owner_id": "B", "field": "referred_by", "value": "A", "source": "CRM"},
        {"owner_id": "C", "field": "referred_by", "value": "A", "source": "CRM"},
        {"owner_id": "D", "field": "referred_by", "value": "a stranger"},
    ]
    graph = personas.advocacy(talked(fields=fields))
    assert graph[["from_id", "to_id", "n_brought"]].to_numpy().tolist() == [
        ["A", "B", 2], ["A", "C", 2],
    ]  # fmt: skip


# -- length ------------------------------------------------------------------------------------


def visits(spans: dict[str, tuple[int, int]]) -> list[dict[str, object]]:
    day = pd.Timestamp("2026-01-01", tz="UTC")
    rows = []
    for person, (first, last) in spans.items():
        for number, (when, stage) in enumerate(((first, "search"), (last, "buy"))):
            moment = day + pd.Timedelta(days=when)
            rows.append(
                {"visit_id": f"{person}{number}", "participant_id": person, "begin": moment,
                 "stage": f"trip:{stage}", "origin": "log"}
            )  # fmt: skip
    return rows


def test_the_length_of_a_journey_is_kaplan_and_meiers_median():
    outcomes = {"A": "loyal", "B": "lost", "C": "active", "D": "loyal"}
    study = talked(
        people={name: {"outcome": outcome} for name, outcome in outcomes.items()},
        visits=visits({"A": (0, 10), "B": (5, 25), "C": (0, 15), "D": (0, 40)}),
    )
    found = personas.journey_length(study, persona="all")
    # By hand: 10 and 20 days end, C is still underway after 40 days, D ends after 40:
    # S(10) = 3/4, S(20) = 1/2, so the median is 20 days.
    assert found["median"] == 20
    assert (found["n_ended"], found["n_censored"], found["of_participants"]) == (3, 1, 4)
    from scipy.stats import CensoredData, ecdf

    curve = ecdf(CensoredData(uncensored=[10, 20, 40], right=[40])).sf
    bounds = curve.confidence_interval(method="log-log")
    expected = curve.quantiles[np.flatnonzero(bounds.low.probabilities <= 0.5)[0]]
    assert found["low"] == expected
    assert personas.length_words(found, "en").startswith("20 days (")
    assert personas.length_words(found, "en").endswith("still underway: 1")
    card = personas.card(study, "all")
    row = card[card["field"] == "journey_length"].iloc[0]
    assert row["value"].startswith("20 дн. (")
    assert (row["n_participants"], row["of_participants"]) == (4, 4)


def test_those_still_underway_do_not_shorten_the_journey():
    spans = visits({"A": (0, 10), "B": (0, 12), "C": (0, 3), "D": (0, 4)})
    ended = {"A": "loyal", "B": "loyal"}
    underway = {name: {"outcome": ended.get(name, "active")} for name in "ABCD"}
    study = talked(people=underway, visits=spans)
    assert personas.journey_length(study)["median"] == 12
    everybody = talked(people={name: {"outcome": "loyal"} for name in "ABCD"}, visits=spans)
    assert personas.journey_length(everybody)["median"] == 4


def test_a_path_without_times_is_counted_in_stages():
    stages = [
        {"source": "s1", "quote": "slow and dear", "code": "trip:search"},
        {"source": "s1", "quote": "I was angry", "code": "trip:buy"},
        {"source": "s2", "quote": "terribly slow", "code": "trip:search"},
    ]
    study = studies.study(TALKS, [*CODINGS, *stages], people=PEOPLE, voices={"E": "employee"})
    found = personas.journey_length(study, unit="stages")
    assert (found["n_participants"], found["n_ended"]) == (2, 0)
    assert personas.length_words(found, "en").startswith("more than half still underway")
    assert personas.path_lengths(study, unit="stages")["length"].tolist() == [2.0, 1.0]
    assert personas.journey_length(study)["n_participants"] == 0
    assert personas.length_words(personas.journey_length(study)) == ""
    with pytest.raises(CjmError, match="unit='years': choose one of days, stages, steps"):
        personas.journey_length(study, unit="years")


# -- roles -------------------------------------------------------------------------------------


def firm_study() -> schema.Study:
    """Seven people of four firms: engineers talk of slowness, the buyers of one firm don't."""
    slow = {"A": "F1", "B": "F1", "C": "F2", "F": "F3"}
    quiet = {"D": "F2", "G": "F4", "H": "F4"}
    talks = {f"s{n}": [(who, "it was slow and dear")] for n, who in enumerate({**slow, **quiet})}
    codings = [
        {"source": f"s{n}", "quote": "slow" if who in slow else "dear",
         "code": "pains:slow" if who in slow else "pains:dear"}
        for n, who in enumerate({**slow, **quiet})
    ]  # fmt: skip
    people = {
        who: {"org_id": firm, "buying_role": "engineer" if who in "ABCFD" else "buyer"}
        for who, firm in {**slow, **quiet}.items()
    }
    return studies.study(talks, codings, people=people)


def test_pains_by_role_are_counted_by_people_and_clustered_by_firm():
    table = personas.role_pains(firm_study())
    assert list(table["role"].cat.categories) == ["engineer", "buyer", "all"]
    slow = table[table["code"] == "pains:slow"].set_index("role")
    assert slow.loc["engineer", ["n_participants", "of_participants"]].tolist() == [4, 5]
    assert slow.loc["engineer", ["n_firms", "of_firms"]].tolist() == [3, 3]
    assert slow.loc["buyer", "n_participants"] == 0
    assert np.isnan(slow.loc["buyer", "low"])  # one firm
    assert slow.loc["all", "share"] == pytest.approx(4 / 7)
    assert len(slow.loc["all", "coding_ids"]) == 4
    assert slow.loc["engineer", "role_ru"] == "Главный инженер"


def test_the_interval_is_that_of_the_clustered_sandwich():
    from cjmresearch import aggregate

    y = np.array([1, 1, 1, 1, 0, 0, 0], float)
    firms = np.array([0, 0, 1, 2, 1, 3, 3])
    ones = np.ones((7, 1))  # a mean is a regression on a constant
    bread = np.linalg.inv(ones.T @ ones)
    errors = y - y.mean()
    scores = np.array([ones[firms == g].T @ errors[firms == g] for g in range(4)])
    meat = sum(np.outer(score, score) for score in scores)
    variance = float((bread @ meat @ bread)[0, 0]) * 4 / 3
    share = y.mean()
    effective = share * (1 - share) / variance
    assert effective < 5  # the firms agree within themselves
    low, high = aggregate.share_interval(np.array(share * effective), np.array(effective))
    table = personas.role_pains(firm_study())
    row = table[(table["code"] == "pains:slow") & (table["role"] == "all")].iloc[0]
    assert (row["low"], row["high"]) == pytest.approx((float(low), float(high)))


def test_roles_may_weigh_alike():
    table = personas.role_pains(firm_study(), equal_roles=True)
    row = table[(table["code"] == "pains:slow") & (table["role"] == "all")].iloc[0]
    assert row["share"] == pytest.approx((4 / 5 + 0 / 2) / 2)
    assert row["low"] < row["share"] < row["high"]
    assert row["n_participants"] == 4
    none = dataclasses.replace(
        firm_study(), participants=firm_study().participants.assign(buying_role=pd.NA).astype(
            {"buying_role": "str"}
        ),
    )  # fmt: skip
    with pytest.raises(CjmError, match="buying_role; fill it in"):
        personas.role_pains(none)


def test_the_five_roles_and_what_is_said_to_hurt_them():
    assert [personas.role_name(r) for r in ("engineer", "снабженец", "director")] == [
        "Главный инженер", "Снабженец", "Директор",
    ]  # fmt: skip
    assert personas.role_name("жрец") == "жрец"
    assert personas.expected_pains()["engineer"] == ("простои", "аварии", "бюджет")
    assert personas.expected_pains("en")["director"] == ("profit", "strategy", "risks")
    assert len(templates.load("buying_centre").fields) == 5


@pytest.mark.parametrize("language", ["ru", "en"])
def test_roles_are_drawn_with_counts(language):
    table = personas.role_pains(firm_study(), equal_roles=True)
    axes = plot.role_pains(table, language=language)
    said = [text.get_text() for text in axes.texts]
    assert "4/5" in said
    assert "0/2" in said
    assert not any("%" in text for text in said)  # no percentage under ten people
    note = axes.get_xlabel().replace("\n", " ")
    assert ("каждая роль весит одинаково" if language == "ru" else "each role weighs alike") in note
    assert [t.get_text() for t in axes.get_xticklabels()][-1].replace("\n", " ") == (
        "Все роли" if language == "ru" else "All roles"
    )


# -- worth and choice --------------------------------------------------------------------------


def test_lifetime_value_is_the_one_of_the_source():
    assert personas.lifetime_value(10, 6, 3.5) == 210
    with pytest.raises(CjmError, match="per_year=-1: give a number of 0 or more"):
        personas.lifetime_value(10, -1, 3.5)
    with pytest.raises(CjmError, match="check=nan"):
        personas.lifetime_value(10, 1, float("nan"))


def two_personas(**more) -> schema.Study:
    study = talked(**more)
    made = personas.by_hand(study, {"Many": ["A", "B", "D"], "One": ["C"]})
    return dataclasses.replace(study, personas=made[0], memberships=made[1])


def test_personas_are_ordered_by_share_and_weighed_by_worth():
    study = two_personas()
    table = personas.shares(study, worth={"A": 1.0, "B": 3.0, "C": 18.0}).set_index("persona")
    assert list(table.index) == ["Many", "One"]
    assert table.loc["Many", ["n_participants", "of_participants"]].tolist() == [3, 4]
    assert table.loc["Many", "low"] < 0.75 < table.loc["Many", "high"]
    assert table.loc["Many", ["n_known", "worth"]].tolist() == [2, 2.0]
    assert table.loc["One", "worth_share"] == pytest.approx(18 / 24)
    assert personas.shares(study, worth="age").set_index("persona").loc["One", "worth"] == 35
    with pytest.raises(CjmError, match=r"trait 'gold' is not in the study; it has: .*age"):
        personas.shares(study, worth="gold")


def with_choice(study: schema.Study) -> schema.Study:
    codes = pd.concat([study.codes, codebooks.load("choice", "styles")], ignore_index=True)
    source = study.codings[study.codings["coding_id"] == "c4"]
    extra = source.assign(coding_id="x1", code_id=codebooks.code_id("choice:ownership_risks"))
    return dataclasses.replace(
        study, codes=codes, codings=pd.concat([study.codings, extra], ignore_index=True)
    )


def test_aspects_of_choice_by_persona():
    study = with_choice(two_personas())
    table = personas.choice_aspects(study).set_index(["persona", "code"])
    assert len(table) == 8
    risks = table.loc[("Many", "choice:ownership_risks")]
    assert (risks["n_participants"], risks["of_participants"]) == (1, 3)
    assert risks["coding_ids"] == ("x1",)
    assert table.loc[("One", "choice:ownership_risks"), "n_participants"] == 0
    assert {c.slug for c in codebooks.book("choice").codes} == {
        "functional", "ownership_cost", "commerce", "ownership_risks",
    }  # fmt: skip
    with pytest.raises(CjmError, match=r"no codes of the scheme 'choice'; add them"):
        personas.choice_aspects(talked())
    everybody = personas.choice_aspects(with_choice(studies.study(TALKS, CODINGS)))
    assert len(everybody) == 4


def test_styles_are_compared_by_the_length_of_their_paths():
    talks = {f"s{n}": [(f"P{n}", "one two three four")] for n in range(8)}
    codings = []
    for n in range(8):
        stages = ["search", "buy", "use", "tell"] if n < 4 else ["search"]
        words = ["one", "two", "three", "four"]
        codings += [
            {"source": f"s{n}", "quote": word, "code": f"trip:{stage}"}
            for word, stage in zip(words, stages, strict=False)
        ]
    styles = {f"P{n}": "rational" if n < 4 else "emotional" for n in range(8)}
    people = {
        who: {"outcome": "loyal", "traits": {"decision_style": style}}
        for who, style in styles.items()
    }
    table = personas.style_lengths(studies.study(talks, codings, people=people))
    assert table.set_index("style")["median"].to_dict() == {"emotional": 1.0, "rational": 4.0}
    # All 8! / (4! 4!) = 70 divisions are gone through; two of them are as uneven as this one.
    assert table["p_value"].tolist() == pytest.approx([2 / 70, 2 / 70])
    with pytest.raises(CjmError, match="trait 'decision_style' is not in the study"):
        personas.style_lengths(studies.study(talks, codings))
    lone = personas.style_lengths(
        studies.study(talks, codings, people=people), style={"P0": "a", "P1": "b", "P2": "b"}
    )
    assert lone["p_value"].isna().all()


def test_a_field_of_a_card_is_a_trait_of_the_person():
    fields = [{"owner_id": "A", "field": "decision_style", "value": "rational", "source": "c0"}]
    table = personas.attributes(talked(fields=fields))
    assert table.loc["A", "decision_style"] == "rational"
    assert table.loc["B", "decision_style"] is None or pd.isna(table.loc["B", "decision_style"])
    assert table.loc["A", "age"] == 30
