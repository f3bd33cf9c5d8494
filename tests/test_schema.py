"""The data contract: what a frame may hold, and all problems told at once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cjmresearch import schema
from cjmresearch.errors import SchemaError


def coding(**changes):
    row = {
        "coding_id": "c1",
        "source_id": "s1",
        "start": 0,
        "end": 4,
        "quote": "цена",
        "code_id": "k1",
        "coder": "anna",
        "status": "human",
        "created_at": pd.Timestamp("2026-01-01", tz="UTC"),
    }
    return row | changes


@pytest.mark.parametrize("name", schema.TABLES)
def test_an_empty_frame_of_every_table_is_valid(name: str) -> None:
    frame = schema.empty(name)
    assert schema.check(frame, name) is frame
    assert list(frame.columns) == schema.table(name).names


def test_frame_fills_what_may_be_missing_and_sets_dtypes() -> None:
    frame = schema.frame("codings", [coding()])
    assert str(frame["start"].dtype) == "int64"
    assert str(frame["intensity"].dtype) == "Int64"
    assert str(frame["created_at"].dtype) == "datetime64[us, UTC]"
    assert frame[["memo", "valence"]].isna().all(axis=None)


def test_json_columns_are_written_as_json() -> None:
    row = {"participant_id": "p", "pseudonym": "П", "traits": {"опыт": "5 лет"}}
    assert schema.frame("participants", [row])["traits"].iloc[0] == '{"опыт": "5 лет"}'


def test_all_problems_are_told_at_once() -> None:
    bad = coding(start=-1, end=-2, status="liked", confidence=1.5, valence=-3, quote=None)
    with pytest.raises(SchemaError) as caught:
        schema.frame("codings", [coding(), bad])
    text = str(caught.value)
    for part in (
        "table codings",
        "row 1 is 'liked', allowed: human, suggested, accepted, rejected",
        "confidence: row 1 is 1.5, above 1",
        "valence: row 1 is -3.0, below -1",
        "quote: row 1 is missing",
        "start: row 1 is -1, below 0",
    ):
        assert part in text
    assert len(caught.value.problems) == 6


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([coding(), coding()], "c1 stands twice"),
        ([coding(start=5, end=4)], "ends at 4 before its start"),
        ([coding(mood="good")], "unknown column 'mood'"),
        ([{"coding_id": "c1"}], "missing column 'source_id'"),
        ([coding(start="first")], "start: not int64"),
        ([coding(start=None)], "start: row 0 is missing"),
    ],
)
def test_frame_refuses(rows: list[dict], problem: str) -> None:
    with pytest.raises(SchemaError, match=problem):
        schema.frame("codings", rows)


def test_check_refuses_a_wrong_dtype() -> None:
    frame = schema.frame("codings", [coding()])
    with pytest.raises(SchemaError, match="start: dtype float64, expected int64"):
        schema.check(frame.assign(start=frame["start"].astype(float)), "codings")


def test_unknown_table_names_the_known_ones() -> None:
    with pytest.raises(SchemaError, match="known: project, participants"):
        schema.empty("people")


def test_frame_does_not_change_what_it_was_given() -> None:
    given = pd.DataFrame([coding()])
    before = given.copy(deep=True)
    schema.frame("codings", given)
    pd.testing.assert_frame_equal(given, before)


def test_relations_find_ids_that_refer_to_nothing() -> None:
    codings = schema.frame("codings", [coding(), coding(coding_id="c2", suggestion_id="c9")])
    problems = schema.check_relations({"codings": codings, "sources": schema.empty("sources")})
    assert problems == [
        "codings.source_id: 's1' is not in sources.source_id (and 1 more)",
        "codings.suggestion_id: 'c9' is not in codings.coding_id",
    ]


def test_every_reference_points_to_a_column_that_is() -> None:
    refs = [(t, c.ref) for t in schema.TABLES.values() for c in t.columns if c.ref]
    assert len(refs) > 15
    for _, ref in refs:
        target, column = ref.split(".")
        assert column in schema.TABLES[target].names


def test_the_page_on_the_data_format_is_true() -> None:
    from cjmresearch.schema.describe import describe

    page = Path(__file__).parents[1] / "docs" / "data-format.md"
    assert page.read_text(encoding="utf-8") == describe(), (
        "write it anew: python -m cjmresearch.schema.describe > docs/data-format.md"
    )
