"""Rows of two tables that are one person, and what stays unmatched beside a path."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from studies import study

from cjmresearch import aggregate, plot, read, schema
from cjmresearch.errors import CjmError

CRM = pd.DataFrame(
    [
        ("c1", "Anna@Example.com ", "+7 (912) 000-11-22", "Петров Семён"),
        ("c2", None, "8 912 000 33 44", "Орлова Ирина Львовна"),
        ("c3", "boss@firm.ru", None, "Иван"),
        ("c4", "x@y.ru", "123", "Кузнецов Олег"),
        ("c5", None, None, "Зимин Павел"),
        ("c6", "nobody@nowhere.org", None, None),
    ],
    columns=["participant_id", "email", "phone", "name"],
)
SITE = pd.DataFrame(
    [
        ("s1", "anna@example.com", "89120001122", "Семен Петров"),
        ("s2", None, "+79120003344", "Ирина Соколова"),
        ("s3", None, None, "И. Иван"),
        ("s4", "other@y.ru", None, "Олег Кузнецов"),
        ("s5", None, None, "павел ЗИМИН"),
        ("s7", "", "", ""),
    ],
    columns=["participant_id", "email", "phone", "name"],
)


def test_confidence_says_what_agrees_and_what_differs():
    linked = read.link_ids(CRM, SITE)
    got = linked.links.set_index("a")
    assert got["b"].to_dict() == {"c1": "s1", "c2": "s2", "c5": "s5"}
    assert got["confidence"].to_dict() == {"c1": "high", "c2": "medium", "c5": "medium"}
    assert got.loc["c1", "agree"] == ("email", "phone", "name")
    assert (got.loc["c2", "agree"], got.loc["c2", "differ"]) == (("phone",), ("name",))
    assert linked.only_a == ("c3", "c4", "c6")
    assert linked.only_b == ("s3", "s4", "s7")
    doubtful = linked.doubtful.set_index("a")
    assert doubtful["b"].to_dict() == {"c3": "s3", "c4": "s4"}
    assert doubtful.loc["c4", "differ"] == ("email",)  # two people may share a name
    assert str(linked).splitlines() == [
        "3 linked (1 high, 2 medium)",
        "3 of 6 in the first table only: c3, c4, c6",
        "3 of 6 in the second table only: s3, s4, s7",
        "2 doubtful pairs, not linked: see .doubtful",
    ]
    assert linked.ids == {"c1": "s1", "c2": "s2", "c5": "s5"}
    loose = read.link_ids(CRM, SITE, at_least="low")
    assert loose.ids == linked.ids | {"c3": "s3", "c4": "s4"}
    assert read.link_ids(CRM, SITE, at_least="high").ids == {"c1": "s1"}


def test_two_equally_good_partners_are_none():
    twins = pd.DataFrame({"participant_id": ["t1", "t2"], "phone": ["89120003344", "79120003344"]})
    linked = read.link_ids(CRM, twins, on=["phone"])
    assert linked.links.empty
    assert linked.doubtful["b"].tolist() == ["t1", "t2"]
    better = twins.assign(name=["Орлова Ирина Львовна", "Кто-то Другой"])
    assert read.link_ids(CRM, better, on=["phone", "name"]).ids == {"c2": "t1"}


def test_columns_may_have_names_of_their_own_and_mistakes_are_named():
    other = SITE.rename(columns={"participant_id": "client", "email": "E-mail"})
    on = {"email": ("email", "E-mail")}
    assert read.link_ids(CRM, other, on=on, ids=("participant_id", "client")).ids == {"c1": "s1"}
    for wrong, says in (
        ({"on": ["tel"]}, "compare some of email, phone, name"),
        ({"on": {"email": ("email", "mail")}}, "b: no column 'mail'; the table has"),
        ({"at_least": "sure"}, "choose one of low, medium, high"),
    ):
        with pytest.raises(CjmError, match=says):
            read.link_ids(CRM, SITE, **wrong)
    with pytest.raises(CjmError, match="a: the id 'c1' stands twice"):
        read.link_ids(pd.concat([CRM, CRM]), SITE)
    with pytest.raises(CjmError, match="b: a blank id"):
        read.link_ids(CRM, SITE.assign(participant_id=None))


CELLS = st.lists(
    st.tuples(
        st.sampled_from(["a@x.ru", "b@x.ru", "", None]),
        st.sampled_from(["+7 900 000-00-01", "89000000001", "89000000002", "1", None]),
        st.sampled_from(["Анна Ким", "А. Ким", "Ким", "Пётр Ким", None]),
    ),
    max_size=6,
)


@given(CELLS, CELLS)
@settings(max_examples=40)
def test_links_are_one_to_one_and_the_same_from_either_side(left, right):
    sides = [
        pd.DataFrame(rows, columns=["email", "phone", "name"], dtype="str").assign(
            participant_id=[f"{side}{n}" for n in range(len(rows))]
        )
        for side, rows in (("a", left), ("b", right))
    ]
    linked, back = read.link_ids(*sides), read.link_ids(*sides[::-1])
    assert linked.ids == {one: other for other, one in back.ids.items()}
    assert linked.links["b"].is_unique
    assert len(linked.only_a) + len(linked.links) == len(left)
    assert len(linked.only_b) + len(linked.links) == len(right)


def logged():
    base = study({"S1": [("p1", "good")], "S2": [("p2", "good")]}, [], people={"p3": {}})
    rows = [
        {
            "visit_id": f"v{n}",
            "participant_id": who,
            "stage": "trip:buy",
            "order_happened": n,
            "origin": origin,
        }
        for n, (who, origin) in enumerate([("p1", "log"), ("p3", "log"), ("p2", "hand")])
    ]
    return dataclasses.replace(base, visits=schema.frame("visits", rows))


def test_unmatched_people_are_counted_and_stand_beside_the_path():
    base = logged()
    sample = aggregate.path_sample(base, unlinked=4)
    assert dict(zip(sample["group"], sample["n"], strict=True)) == {
        "joined": 1,
        "log_only": 1,
        "words_only": 1,
        "unlinked": 4,
    }
    assert sample["of"].eq(7).all()
    assert sample.loc[3, "share"] == pytest.approx(4 / 7)
    assert sample.loc[3, "low"] < 4 / 7 < sample.loc[3, "high"]
    says = aggregate.path_sample_in_words(sample, language="en")
    assert says == (
        "Log and words are known of 1 of 7; only the log: 1, only words: 1, cases of the log "
        "without a person: 4."
    )
    steps = aggregate.visits(base, order="happened")
    for table, draw in (
        (aggregate.transitions(steps), plot.transitions),
        (aggregate.funnel(steps), plot.funnel),
    ):
        ax = draw(table, sample=sample, language="en")
        written = " ".join(t.get_text().replace("\n", " ") for t in ax.texts)
        written += ax.get_xlabel().replace("\n", " ")
        assert "cases of the log without a person: 4" in written
    with pytest.raises(CjmError, match="unlinked=-1"):
        aggregate.path_sample(base, unlinked=-1)
    with pytest.raises(CjmError, match="language 'de'"):
        aggregate.path_sample_in_words(sample, language="de")
