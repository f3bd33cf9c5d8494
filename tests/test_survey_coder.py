"""The coder of survey answers, without a browser: rows, acts, what the page is told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjmresearch import Project, read
from cjmresearch.errors import CjmError
from cjmresearch.models import grouping
from cjmresearch.text import folded
from cjmresearch.widgets import SurveyCoder
from cjmresearch.widgets.survey_state import Marks, answers

QUESTION = "Почему?"
SAID = [
    "Долго ждали доставку",
    "долго ждали  доставку.",
    "Нет",
    "нет!",
    "НЕТ",
    "Менеджер хамил 😤, но привёз всё вовремя",
    "<script>window.evil = 1</script>",
    "Цена высокая",
]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    frame = pd.DataFrame(
        {
            "ID": [f"R{i:02d}" for i in range(len(SAID))],
            "Порекомендуете нас? (0–10)": [i % 11 for i in range(len(SAID))],
            QUESTION: SAID,
        }
    )
    path = tmp_path / "survey.csv"
    frame.to_csv(path, index=False)
    survey = read.survey(path)
    asked = survey.questions.loc[survey.questions["text"] == QUESTION, "type"]
    if asked.iloc[0] != "open":
        survey = survey.with_questions({QUESTION: {"type": "open"}})
    with Project.create(tmp_path / "p.cjm", goal="почему уходят") as made:
        made.add(survey)
        yield made


class Page:
    """What the page hears and says."""

    def __init__(self, widget: SurveyCoder) -> None:
        self.widget = widget
        self.heard: list[dict[str, Any]] = []
        self.buffers: list[Any] = []
        widget.send = self._hear  # type: ignore[method-assign]

    def _hear(self, message: dict[str, Any], buffers: Any = None) -> None:
        self.heard.append(json.loads(json.dumps(message)))
        self.buffers.append(buffers)

    def says(self, op: str, **values: Any) -> dict[str, Any]:
        message = {"op": op, "id": str(uuid.uuid4()), "n": 1, **values}
        if "rows" in values:
            message["version"] = self.widget._answers.version
        self.widget._handle_custom_msg(message, [])
        return self.heard[-1]

    def all(self) -> dict[str, Any]:
        self.widget._handle_custom_msg({"op": "hello"}, [])
        return dict(json.loads(bytes(self.buffers[-1][0])))


@pytest.fixture
def page(project: Project) -> Iterator[Page]:
    widget = SurveyCoder(
        project, QUESTION, coder="anna", language="ru", suggest=False, encoder=None
    )
    assert widget.wait()
    yield Page(widget)
    widget.close()


def rows_of(project: Project, coder: str = "anna") -> list[tuple[str, str, str]]:
    codings = project.frame("codings")
    own = codings[codings["coder"] == coder]
    slugs = project.frame("codes").set_index("code_id")["slug"]
    return sorted(zip(own["quote"], own["code_id"].map(slugs), own["status"], strict=True))


def code_id(project: Project, slug: str) -> str:
    return str(project.frame("codes").set_index("slug").loc[slug, "code_id"])


def test_copies_are_one_row_and_each_is_coded_for_its_own_respondent(
    project: Project, page: Page
) -> None:
    everything = page.all()
    assert everything["texts"] == [SAID[0], SAID[2], SAID[5], SAID[6], SAID[7]]
    assert everything["counts"] == [2, 3, 1, 1, 1]
    code = code_id(project, "barriers:slow_reply")
    answer = page.says("code", rows=[0, 1], code=code)
    assert answer["op"] == "ack"
    assert answer["progress"] == {"coded": 5, "of": 8, "people": 5}
    assert [mark["n"] for marks in answer["marks"].values() for mark in marks] == [2, 3]
    quotes = [quote for quote, _, _ in rows_of(project)]
    assert sorted(quotes) == sorted([SAID[0], "долго ждали  доставку.", "Нет", "нет!", "НЕТ"])
    assert project.verify() == []


def test_many_at_once_are_one_act_that_one_undo_takes_back(project: Project, page: Page) -> None:
    before = project.seq
    page.says("code", rows=[0, 1, 2], code=code_id(project, "feelings:irritation"))
    assert project.seq == before + 1
    answer = page.says("undo")
    assert rows_of(project) == []
    assert answer["history"] == [None, "code"]
    assert {row for row, marks in answer["marks"].items() if not marks} == {"0", "1", "2"}
    page.says("redo")
    assert len(rows_of(project)) == 6


def test_an_act_that_is_sent_twice_is_done_once(project: Project, page: Page) -> None:
    message = {
        "op": "code",
        "id": "same",
        "n": 1,
        "rows": [0],
        "version": page.widget._answers.version,
        "code": code_id(project, "feelings:joy"),
    }
    page.widget._handle_custom_msg(message, [])
    page.says("undo")
    page.widget._handle_custom_msg(message, [])
    assert page.heard[-1]["op"] == "ack"
    assert rows_of(project) == []


def test_a_code_is_taken_off_all_copies(project: Project, page: Page) -> None:
    code = code_id(project, "feelings:joy")
    page.says("code", rows=[1, 2], code=code)
    answer = page.says("uncode", rows=[1], code=code)
    assert answer["marks"] == {"1": []}
    assert [quote for quote, _, _ in rows_of(project)] == [SAID[5]]


def test_a_new_code_and_its_codings_are_one_act(project: Project, page: Page) -> None:
    before = project.seq
    answer = page.says("code", rows=[4], name="Дорого, «кусается»", kind="pain", colour="#0072B2")
    assert project.seq == before + 1
    assert any(code["slug"] == "own:дорого_кусается" for code in answer["codes"])
    assert rows_of(project) == [("Цена высокая", "own:дорого_кусается", "human")]
    page.says("undo")
    assert "own:дорого_кусается" not in set(project.frame("codes")["slug"])
    refused = page.says("code", rows=[4], name="!!!", kind="pain")
    assert refused["op"] == "refused"
    assert not refused["retry"]


def test_words_within_an_answer_are_coded_and_shown_as_a_part(project: Project, page: Page) -> None:
    text = SAID[5]
    start = text.index("привёз")
    answer = page.says(
        "code", rows=[2], code=code_id(project, "feelings:joy"), part=[start, start + 6]
    )
    (mark,) = answer["marks"]["2"]
    assert (mark["part"], mark["spans"], mark.get("n")) == (1, [[start, start + 6]], None)
    assert rows_of(project) == [("привёз", "feelings:joy", "human")]
    refused = page.says("code", rows=[2], code=code_id(project, "feelings:joy"), part=[3, 999])
    assert refused["op"] == "refused"


def suggested(project: Project, texts: list[str], slug: str, confidence: float) -> None:
    given_ = answers(project, QUESTION)
    rows = [
        {
            "coding_id": str(uuid.uuid4()),
            "source_id": given_.source[at],
            "start": given_.start[at],
            "end": given_.end[at],
            "quote": said,
            "code_id": code_id(project, slug),
            "coder": "model:test",
            "status": "suggested",
            "confidence": confidence,
            "created_at": pd.Timestamp.now(tz="UTC"),
        }
        for at, said in enumerate(given_.said)
        if folded(said) in {folded(text) for text in texts}
    ]
    project.add_codings(pd.DataFrame(rows), coder="model:test")


def test_suggestions_are_accepted_and_rejected_by_row_and_many_at_once(
    project: Project, page: Page
) -> None:
    suggested(project, ["нет", SAID[0]], "feelings:doubt", 0.4)
    suggested(project, [SAID[0]], "barriers:slow_reply", 0.9)
    page.widget.refresh()
    news = page.heard[-1]
    assert news["op"] == "changes"
    assert {row: {m["p"] for m in marks} for row, marks in news["marks"].items()} == {
        "0": {0.4, 0.9},
        "1": {0.4},
    }
    assert set(news["useful"]) == {0, 1}
    before = project.seq
    page.says("accept", rows=[0, 1])  # the likeliest of each row
    assert project.seq == before + 1
    assert {(slug, status) for _, slug, status in rows_of(project)} == {
        ("barriers:slow_reply", "accepted"),
        ("feelings:doubt", "accepted"),
    }
    answer = page.says("reject", rows=[0])
    assert [mark["code"] for mark in answer["marks"]["0"]] == [
        code_id(project, "barriers:slow_reply")
    ]
    statuses = [status for _, slug, status in rows_of(project) if slug == "feelings:doubt"]
    assert sorted(statuses) == ["accepted"] * 3 + ["rejected"] * 2


def test_coding_what_is_suggested_accepts_it(project: Project, page: Page) -> None:
    suggested(project, ["Нет"], "feelings:doubt", 0.4)
    page.widget.refresh()
    answer = page.says("code", rows=[1], code=code_id(project, "feelings:doubt"))
    assert [status for _, _, status in rows_of(project)] == ["accepted"] * 3
    assert answer["marks"]["1"][0]["n"] == 3
    assert "s" not in answer["marks"]["1"][0]


def test_a_memo_is_written_on_own_codings_alone(project: Project, page: Page) -> None:
    refused = page.says("memo", rows=[0], text="важно")
    assert (refused["op"], refused["retry"]) == ("refused", False)
    page.says("code", rows=[0], code=code_id(project, "feelings:joy"))
    answer = page.says("memo", rows=[0], text="важно")
    assert answer["marks"]["0"][0]["memo"] == "важно"
    assert set(project.frame("codings")["memo"]) == {"важно"}


def test_others_are_shown_but_not_in_blind_mode(project: Project, page: Page) -> None:
    given_ = answers(project, QUESTION)
    span = (str(given_.source[0]), int(given_.start[0]), int(given_.end[0]))
    project.code(*span, "feelings:joy", coder="boris")
    page.widget.refresh()
    assert page.heard[-1]["marks"]["0"][0]["others"] == {"boris": 1}
    assert page.heard[-1]["progress"]["coded"] == 0
    project.set_blind(True, coder="anna")
    assert Marks(project, given_, coder="anna").rows() == {}


def test_an_edited_answer_is_read_again(project: Project, page: Page) -> None:
    version = page.all()["version"]
    turn = project.frame("turns").iloc[-1]
    project.edit_turn(turn["turn_id"], "Цена кусается", coder="anna")
    page.widget.refresh()
    assert page.heard[-1]["reload"] is True
    again = page.all()
    assert again["texts"][-1] == "Цена кусается"
    assert again["version"] != version
    refused = page.says("code", rows=[0], code="feelings:joy", id="x")
    assert refused["op"] == "ack"  # the page has the new version by now
    stale = {"op": "code", "id": "y", "n": 2, "rows": [0], "version": version, "code": "x"}
    page.widget._handle_custom_msg(stale, [])
    assert (page.heard[-1]["op"], page.heard[-1]["retry"]) == ("refused", False)


def test_what_is_wrong_is_refused_and_nothing_is_written(project: Project, page: Page) -> None:
    for act in (
        {"op": "explode"},
        {"op": "code", "rows": [], "code": "feelings:joy"},
        {"op": "code", "rows": [99], "code": "feelings:joy"},
        {"op": "code", "rows": [0], "code": "feelings:nonsense"},
    ):
        op = act.pop("op")
        assert page.says(str(op), **act)["op"] == "refused"
    assert rows_of(project) == []
    with pytest.raises(CjmError, match="open questions: 'Почему"):
        SurveyCoder(project, "Что?", coder="anna", language="ru")
    with pytest.raises(CjmError, match="language 'de'"):
        SurveyCoder(project, QUESTION, coder="anna", language="de")
    with pytest.raises(CjmError, match="say who codes"):
        SurveyCoder(project, QUESTION, coder=" ")


def test_the_page_hears_of_groups_and_a_new_page_gets_them_at_once(page: Page) -> None:
    groups = page.all()["groups"]
    assert len(groups["of"]) == 5
    assert groups["by_words"] is True
    assert repr(page.widget).startswith("SurveyCoder('Почему?'")


def test_groups_put_like_answers_together_and_the_same_ones_again() -> None:
    late = [f"доставку ждали {n} дней, курьер опоздал" for n in range(20)]
    price = [f"цена высокая, дорого, на {n} процентов" for n in range(30)]
    help_ = [f"поддержка не отвечает на звонки {n} раз" for n in range(10)]
    texts = late + price + help_
    found = grouping.similar(texts, encoder=None)
    again = grouping.similar(texts, encoder=None)
    assert np.array_equal(found.group, again.group)
    assert found.by_words
    kinds = np.repeat([0, 1, 2], [20, 30, 10])
    for group in np.unique(found.group):
        assert len(np.unique(kinds[found.group == group])) == 1
    assert all(set(label.split(", ")) for label in found.labels)
    sizes = np.bincount(found.group)
    assert (np.diff(sizes) <= 0).all()
    assert grouping.similar([], encoder=None).labels == ()
    assert len(grouping.similar(["да"], encoder=None).labels) == 1


@given(st.text(max_size=30))
def test_copies_are_spelled_alike(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    if folded(text).strip(" .!?…,;:"):
        assert folded(f"  {text} . ") == folded(text)
    assert folded("Ёлка\u0438\u0306!") == folded("ёлкай")
