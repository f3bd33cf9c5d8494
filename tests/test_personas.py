from __future__ import annotations

import dataclasses

import pytest
import studies

from cjmresearch import personas, schema
from cjmresearch.errors import CjmError

TALKS = {
    "s1": [("A", "it was slow and dear. I was angry, then glad")],
    "s2": [("B", "so slow, terribly slow it was")],
    "s3": [("C", "the site was a pleasure, really a great pleasure to use")],
    "s4": [("E", "our clients find it slow")],
}
CODINGS = [
    {"source": "s1", "quote": "slow", "code": "pains:slow"},
    {"source": "s1", "quote": "dear", "code": "pains:dear"},
    {"source": "s1", "quote": "I was angry", "code": "feelings:anger"},
    {"source": "s1", "quote": "glad", "code": "feelings:joy"},
    {"source": "s2", "quote": "slow", "code": "pains:slow"},
    {"source": "s2", "quote": "terribly slow it was", "code": "pains:slow"},
    {"source": "s3", "quote": "great pleasure", "code": "feelings:joy"},
    {"source": "s3", "quote": "really a great pleasure to use", "code": "feelings:joy"},
    {"source": "s3", "quote": "the site", "code": "points:site"},
    {"source": "s4", "quote": "slow", "code": "pains:slow"},
]
PEOPLE = {
    "A": {"buying_role": "engineer", "traits": {"size": 12, "tools": ["crm", "excel"]}},
    "B": {"buying_role": "engineer"},
    "C": {"buying_role": "buyer", "traits": {"size": 12.0}},
    "Z": {},
}


def talked(**more) -> schema.Study:
    people = {**PEOPLE, **more.pop("people", {})}
    return studies.study(TALKS, CODINGS, people=people, voices={"E": "employee"}, **more)


def with_personas(study: schema.Study, made) -> schema.Study:
    return dataclasses.replace(study, personas=made[0], memberships=made[1])


def test_trait_divides_people_and_leaves_the_unknown_out():
    made, members = personas.by_trait(talked(), "buying_role")
    assert made["name"].tolist() == ["buyer", "engineer"]
    assert set(made["origin"]) == {"trait"}
    assert members["participant_id"].tolist() == ["C", "A", "B"]
    assert set(members["probability"]) == {1.0}
    schema.check(made, "personas")
    schema.check(members, "memberships")


def test_free_traits_work_and_ids_are_stable():
    made, members = personas.by_trait(talked(), "size")
    assert made["name"].tolist() == ["12"]
    assert sorted(members["participant_id"]) == ["A", "C"]
    again, _ = personas.by_trait(talked(), "size")
    assert made["persona_id"].tolist() == again["persona_id"].tolist()
    assert personas.by_trait(talked(), "tools")[0]["name"].tolist() == ["crm, excel"]


def test_unknown_and_empty_traits_are_named():
    with pytest.raises(CjmError, match="trait 'age' is not in the study; it has: buying_role, siz"):
        personas.by_trait(talked(), "age")
    with pytest.raises(CjmError, match="trait 'outcome': no participant has a value"):
        personas.by_trait(talked(), "outcome")


def test_by_hand_checks_its_people():
    made, members = personas.by_hand(talked(), {"Hunter": ["A", "C", "A"], "Loner": ["A"]})
    assert made["name"].tolist() == ["Hunter", "Loner"]
    assert members["participant_id"].tolist() == ["A", "C", "A"]
    with pytest.raises(CjmError, match="persona 'X': participant 'nobody' is not in the study"):
        personas.by_hand(talked(), {"X": ["nobody"]})
    with pytest.raises(CjmError, match="at least one participant"):
        personas.by_hand(talked(), {"X": []})
    assert personas.by_hand(talked(), {})[0].empty


def test_cards_count_people_and_give_their_codings():
    study = talked()
    card = personas.cards(with_personas(study, personas.by_trait(study, "buying_role")))
    lines = card[card["persona"] == "engineer"].set_index(["section", "code"])
    slow = lines.loc[("pains", "pains:slow")]
    assert (slow["n_participants"], slow["of_participants"]) == (2, 2)
    assert slow["coding_ids"] == ("c0", "c4", "c5")
    assert slow["name_ru"] == "ру pains:slow"
    dear = lines.loc[("pains", "pains:dear")]
    assert (dear["n_participants"], dear["of_participants"]) == (1, 2)
    assert lines.loc[("who", "buying_role=engineer"), "n_participants"] == 2
    pains = lines.loc["pains"]
    assert list(pains.index) == ["pains:slow", "pains:dear"]
    sections = list(dict.fromkeys(card.loc[card["persona"] == "engineer", "section"]))
    assert sections == [s for s in personas.SECTIONS if s in sections]


def test_every_line_is_recomputed_from_its_codings():
    study = talked()
    card = personas.cards(with_personas(study, personas.by_hand(study, {"all": list("ABCZ")})))
    source = study.codings.set_index("coding_id")["source_id"]
    assert set(card["of_participants"]) == {3}  # Z never spoke, the employee is no customer
    for line in card[~card["section"].isin(["who", "quotes"])].itertuples():
        assert source[list(line.coding_ids)].nunique() == line.n_participants


def test_quotes_are_one_a_person_telling_and_long():
    study = talked()
    card = personas.cards(with_personas(study, personas.by_hand(study, {"all": list("ABC")})))
    quotes = card[card["section"] == "quotes"].set_index("participant")["quote"].to_dict()
    assert quotes == {
        "Person A": "slow",
        "Person B": "terribly slow it was",
        "Person C": "really a great pleasure to use",
    }


def test_quotes_of_those_who_refused_are_not_shown():
    study = talked(people={"B": {**PEOPLE["B"], "consent": False}})
    card = personas.cards(with_personas(study, personas.by_hand(study, {"all": list("ABC")})))
    quotes = card[card["section"] == "quotes"]
    assert set(quotes["participant"]) == {"Person A", "Person C"}
    slow = card[(card["section"] == "pains") & (card["code"] == "pains:slow")].iloc[0]
    assert slow["n_participants"] == 2  # the person still counts


def test_a_study_without_personas_has_no_cards():
    card = personas.cards(talked())
    assert card.empty
    assert "of_participants" in card


def test_improbable_members_stay_out_of_the_card():
    study = talked()
    made, members = personas.by_hand(study, {"all": list("ABC")})
    members = members.assign(probability=[1.0, 0.3, 0.5])
    card = personas.cards(with_personas(study, (made, members)))
    assert set(card["of_participants"]) == {2}
