"""A log of a CRM becomes visits: nothing guessed, nothing lost without a word."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from cjmresearch import Project, aggregate, read
from cjmresearch.errors import CjmError, ReadError, StoreError

LOG = """deal;status;at;via
7;Запрос;05.03.2026 10:00;сайт
7;Оплата;2026-03-09T12:30:00+03:00;звонок
8;Запрос;2026-03-05;звонок
8;Скрыто;2026-03-06;почта
9;Запрос;03/05/2026;сайт
X;Запрос;2026-03-07;сайт
"""
COLUMNS = {"case": "deal", "activity": "status", "time": "at", "touch": "via"}
STAGES = {"Запрос": "b2b8:search", "Оплата": "b2b8:purchase"}
POINTS = {"сайт": "touchpoints:website", "звонок": "touchpoints:sales_manager"}
IDS = {"7": "anna", "8": "boris", "9": "cyril"}


@pytest.fixture
def path(tmp_path):
    (tmp_path / "crm.csv").write_text(LOG, encoding="utf-8")
    return tmp_path / "crm.csv"


def test_events_are_visits_of_people_in_their_order(path):
    log = read.event_log(path, columns=COLUMNS, stages=STAGES, touchpoints=POINTS, ids=IDS)
    got = log.visits[["participant_id", "stage", "touchpoint", "order_happened"]]
    assert got.to_numpy().tolist() == [
        ["anna", "b2b8:search", "touchpoints:website", 1],
        ["anna", "b2b8:purchase", "touchpoints:sales_manager", 2],
        ["boris", "b2b8:search", "touchpoints:sales_manager", 1],
    ]
    assert log.visits["begin"].astype(str).tolist() == [
        "2026-03-05 10:00:00+00:00",
        "2026-03-09 09:30:00+00:00",
        "2026-03-05 00:00:00+00:00",
    ]
    assert log.unlinked == ("X",)
    assert str(log).splitlines() == [
        "3 visits of 2 people, from 6 events",
        "1 at no stage and no touchpoint: 'Скрыто' (1)",
        "1 cases belong to nobody known",
        "1 without a time that can be read",  # 03/05: the third of May, or the fifth of March?
    ]
    again = read.event_log(path, columns=COLUMNS, stages=STAGES, touchpoints=POINTS, ids=IDS)
    assert log.visits["visit_id"].tolist() == again.visits["visit_id"].tolist()


def test_without_ids_a_case_is_a_participant():
    frame = pd.read_csv(io.StringIO(LOG), sep=";")
    log = read.event_log(frame, columns=COLUMNS, stages=STAGES)
    assert set(log.visits["participant_id"]) == {"7", "8", "X"}
    assert log.visits["touchpoint"].isna().all()
    assert log.unlinked == ()


def test_mistakes_are_named(path, tmp_path):
    with pytest.raises(CjmError, match="columns: 'time' is missing"):
        read.event_log(path, columns={"case": "deal", "activity": "status"}, stages=STAGES)
    with pytest.raises(CjmError, match="columns: no 'channel'"):
        read.event_log(path, columns={**COLUMNS, "channel": "via"}, stages=STAGES)
    with pytest.raises(ReadError, match=r"crm\.csv.*no column 'when'"):
        read.event_log(path, columns={**COLUMNS, "time": "when"}, stages=STAGES)
    blank = pd.DataFrame({"deal": ["1", " "], "status": "a", "at": "2026-01-01", "via": "b"})
    with pytest.raises(CjmError, match="row 2 has no case"):
        read.event_log(blank, columns=COLUMNS, stages=STAGES)


def test_a_log_goes_into_a_project_once_and_comes_out_by_undo(path, tmp_path):
    log = read.event_log(path, columns=COLUMNS, stages=STAGES, touchpoints=POINTS, ids=IDS)
    with Project.create(tmp_path / "p.cjm", goal="Find where people leave") as project:
        assert project.add_visits(log.visits, coder="anna") == (3, 2)
        assert project.add_visits(log.visits, coder="anna") == (0, 0)
        study = project.study()
        steps = aggregate.visits(study, order="happened")
        table = aggregate.transitions(steps, ends=False).set_index(["from", "to"])
        assert table.loc[("b2b8:search", "b2b8:purchase"), "n_participants"] == 1
        assert table.loc[("b2b8:search", "b2b8:purchase"), "of_participants"] == 1
        sample = aggregate.path_sample(study, unlinked=len(log.unlinked))
        assert sample["n"].tolist() == [0, 2, 0, 1]
        wrong = log.visits.assign(visit_id=["a", "b", "c"], stage="b2b8:nowhere")
        with pytest.raises(StoreError, match="stage 'b2b8:nowhere' is no stage"):
            project.add_visits(wrong, coder="anna")
        assert project.verify() == []
        while project.frame("visits").shape[0]:
            assert project.undo("anna") == "visits"
        assert project.frame("participants").empty
        assert project.verify() == []
