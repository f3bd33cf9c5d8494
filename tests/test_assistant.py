"""Suggestions that learn: what they promise, in the thread and in the project."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cjmresearch import Project, read
from cjmresearch.models import corpus, own
from cjmresearch.widgets.assistant import NAME, Assistant, assisting_reason

QUESTION = "Почему?"
LATE = [f"доставку ждали {n} дней, курьер опоздал" for n in range(2, 22)]
PRICE = [f"цена высокая, дорого на {n} процентов" for n in range(2, 22)]
KIND = [f"менеджер {n} вежливо всё объяснил, спасибо" for n in range(2, 22)]
SAID = [text for three in zip(LATE, PRICE, KIND, strict=True) for text in three]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with made(tmp_path, "p") as found:
        yield found


def made(folder: Path, name: str) -> Project:
    """Make a project of one survey, whose rows come in a fixed order."""
    frame = pd.DataFrame(
        {
            "ID": [f"R{i:02d}" for i in range(len(SAID))],
            "Порекомендуете нас? (0–10)": [i % 11 for i in range(len(SAID))],
            QUESTION: SAID,
        }
    )
    path = folder / f"{name}.csv"
    frame.to_csv(path, index=False)
    survey = read.survey(path)
    if (survey.questions["text"].eq(QUESTION) & survey.questions["type"].ne("open")).any():
        survey = survey.with_questions({QUESTION: {"type": "open"}})
    found = Project.create(folder / f"{name}.cjm", goal="почему уходят")
    found.add(survey)
    return found


def spans(project: Project, texts: list[str]) -> list[tuple[str, int, int]]:
    study = project.study()
    words = study.current_texts
    return [
        (str(turn.source_id), int(turn.start), int(turn.end))
        for turn in study.turns.itertuples()
        if words[turn.source_id][turn.start : turn.end] in texts
    ]


def coded(project: Project, coder: str = "anna") -> None:
    """Code some answers of each sort."""
    project.code_many(spans(project, LATE[:8]), "barriers:slow_reply", coder=coder)
    project.code_many(spans(project, PRICE[:8]), "barriers:no_prices", coder=coder)


def waiting(project: Project) -> pd.DataFrame:
    codings = project.frame("codings")
    done = set(codings["suggestion_id"].dropna())
    open_ = codings["status"].eq("suggested") & ~codings["coding_id"].isin(done)
    slugs = project.frame("codes").set_index("code_id")["slug"]
    found = codings[open_ & codings["coder"].str.startswith(NAME)]
    return found.assign(code=found["code_id"].map(slugs)).reset_index(drop=True)


def learned(project: Project, **more: Any) -> Assistant:
    assistant = Assistant(project, coder="anna", encoder=None, **more)
    assistant.learn(now=True)
    assert assistant.wait(120)
    return assistant


def test_it_suggests_what_is_like_what_was_coded(project: Project) -> None:
    coded(project)
    heard: list[list[str]] = []
    with learned(project, on_ready=heard.append) as assistant:
        found = waiting(project)
        late = found[found["code"] == "barriers:slow_reply"]
        assert len(late) >= 8
        assert set(late["quote"]) <= set(LATE[8:])
        assert set(found.loc[found["code"] == "barriers:no_prices", "quote"]) <= set(PRICE[8:])
        assert heard == [[found["source_id"].iloc[0]]]
        assert set(found["coder"]) == {"model:own-1"}
        assert assistant.notice == ""
        assert "слова: " in assistant.reason(late["coding_id"].iloc[0])
        assert assistant.reason("nothing") == ""
        progress = assistant.progress().set_index("code")
        assert progress.loc["barriers:slow_reply", "examples"] == 8
        assert progress.loc["barriers:slow_reply", "state"] == "учтено примеров: 8"
    assert project.verify() == []


def test_too_few_examples_are_said_and_suggest_nothing(project: Project) -> None:
    project.code_many(spans(project, LATE[:3]), "barriers:slow_reply", coder="anna")
    with learned(project, language="en") as assistant:
        assert waiting(project).empty
        assert assistant.progress()["state"].tolist() == ["too few: 3 of 5"]


def test_what_was_rejected_or_coded_never_comes_back_nor_what_overlaps_it(
    project: Project,
) -> None:
    coded(project)
    with learned(project) as assistant:
        first = waiting(project)
        rejected = first.iloc[0]
        project.decide(rejected["coding_id"], coder="boris", accept=False)
        other = first.iloc[1]
        middle = int(other["start"]) + 3  # a part of what is suggested is coded by somebody
        project.code(other["source_id"], middle, middle + 8, other["code_id"], coder="boris")
        for _ in range(2):
            assistant.learn(now=True)
            assert assistant.wait(120)
        again = waiting(project)
        assert set(again["coder"]) == {"model:own-3"}
        for gone in (rejected, other):
            same = again[again["code_id"] == gone["code_id"]]
            overlap = (same["start"] < gone["end"]) & (gone["start"] < same["end"])
            assert not overlap.any()


def test_what_was_decided_while_it_learned_is_not_written_again(project: Project) -> None:
    coded(project)
    with learned(project):
        found = waiting(project)
    fresh = project.frame("codings")
    fresh = fresh[fresh["coding_id"].isin(found["coding_id"])].reset_index(drop=True)
    rejected = fresh.iloc[0]
    project.decide(rejected["coding_id"], coder="boris", accept=False)
    coder, sources = project.suggest_anew(fresh, by=NAME)
    assert (coder, sources) == ("model:own-2", [rejected["source_id"]])
    again = waiting(project)
    assert len(again) == len(fresh) - 1
    same = (again["start"] == rejected["start"]) & (again["code_id"] == rejected["code_id"])
    assert not same.any()
    assert project.verify() == []


def test_undo_of_a_decision_brings_the_suggestion_back_and_redo_decides_again(
    project: Project,
) -> None:
    coded(project)
    with learned(project) as assistant:
        one = waiting(project).iloc[0]
        project.decide(one["coding_id"], coder="anna", accept=False)
        assert one["coding_id"] not in set(waiting(project)["coding_id"])
        assert project.undo("anna") == "decide"
        assistant.learn(now=True)
        assert assistant.wait(120)
        assert one["coding_id"] in set(waiting(project)["coding_id"])
        assert project.redo("anna") == "decide"
        assert project.verify() == []


def test_it_waits_for_a_batch(project: Project) -> None:
    coded(project)
    with Assistant(project, coder="anna", encoder=None, batch=5) as assistant:
        for _ in range(4):
            assistant.learn()
        assert assistant.wait(60)
        assert waiting(project).empty
        assistant.learn()
        assert assistant.wait(120)
        assert len(waiting(project))


def test_the_same_project_and_seed_give_the_same_suggestions(tmp_path: Path) -> None:
    told = []
    for name in ("a", "b"):
        with made(tmp_path, name) as project:
            coded(project)
            learned(project).close()
            found = waiting(project)[["code", "quote", "confidence", "memo"]]
            told.append(found.sort_values(["code", "quote"]).reset_index(drop=True))
    assert len(told[0])
    pd.testing.assert_frame_equal(told[0], told[1])


def test_in_blind_mode_nothing_is_learned_from_others(project: Project) -> None:
    coded(project, coder="boris")
    project.set_blind(True, coder="boris")
    with learned(project) as assistant:
        assert waiting(project).empty
        assert assistant.progress().empty


def test_a_person_codes_while_it_learns_and_nothing_is_lost(project: Project) -> None:
    coded(project)
    places = spans(project, KIND)
    with Assistant(project, coder="anna", encoder=None, batch=1) as assistant:

        def work(coder: str) -> None:
            for place in places:
                project.code(*place, "feelings:trust", coder=coder)
                assistant.learn()

        people = [threading.Thread(target=work, args=(name,)) for name in ("vera", "gleb")]
        for person in people:
            person.start()
        for person in people:
            person.join()
        assert assistant.wait(300)
        assert assistant.notice == ""
    codings = project.frame("codings")
    assert len(codings[codings["coder"].isin(["vera", "gleb"])]) == 2 * len(places)
    trust = waiting(project)
    assert "feelings:trust" not in set(trust["code"])  # all of them were coded meanwhile
    assert project.verify() == []


class Slow:
    """An encoder that waits to be told to go on."""

    name, size = "slow", 2

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def encode(self, texts: list[str]) -> np.ndarray:
        self.begun.set()
        self.go.wait(60)
        return np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (len(texts), 1))


def test_closing_in_the_middle_of_a_run_writes_nothing_more(project: Project) -> None:
    coded(project)
    slow = Slow()
    assistant = Assistant(project, coder="anna", encoder=slow)
    assistant.learn(now=True)
    assert slow.begun.wait(60)
    threading.Timer(0.2, slow.go.set).start()
    assistant.close()
    assert waiting(project).empty
    assert repr(assistant) == "Assistant('anna', closed)"
    assistant.learn(now=True)
    assert assistant.wait(1)
    assert waiting(project).empty


class Broken(Slow):
    def encode(self, texts: list[str]) -> np.ndarray:
        raise RuntimeError("the weights\nare damaged")


def test_what_goes_wrong_is_a_notice_and_learning_goes_on(project: Project) -> None:
    coded(project)
    heard: list[str] = []
    assistant = Assistant(
        project, coder="anna", encoder=Broken(), language="en", on_notice=heard.append
    )
    with assistant:
        for _ in range(2):
            assistant.learn(now=True)
            assert assistant.wait(60)
        assert heard == ["Suggestions have stopped: the weights are damaged"]
        assistant._encoder = None
        assistant.learn(now=True)
        assert assistant.wait(120)
        assert heard[1:] == [""]
        assert len(waiting(project))


def test_usefulness_believes_a_tagger_as_far_as_it_was_right(project: Project) -> None:
    coded(project)
    with learned(project):
        found = waiting(project)
    late = found[found["code"] == "barriers:slow_reply"].reset_index(drop=True)
    for coding_id in late["coding_id"].head(5):
        project.decide(coding_id, coder="anna", accept=False)
    ready = corpus(project, by="passage", encoder=None)
    left = waiting(project)
    useful = own.usefulness(left, ready)
    code = left.set_index("coding_id")["code"]
    before = own.usefulness(left)
    slow, prices = (code.index[code == f"barriers:{c}"] for c in ("slow_reply", "no_prices"))
    assert before[slow].mean() > useful[slow].mean()
    assert useful[slow].max() < useful[prices].min()
    assert own.usefulness(left.iloc[:0], ready).empty


def test_copies_of_an_answer_are_suggested_and_denied_together(tmp_path: Path) -> None:
    with made(tmp_path, "p") as project:
        ready = corpus(project, by="passage", encoder=None)
        copies = own.copies_of(ready.segments)
        assert len(np.unique(copies)) == len(SAID)
        doubled = pd.concat([ready.segments, ready.segments.assign(
            text=lambda f: "  " + f["text"].str.upper() + "!"
        )])  # fmt: skip
        both = own.copies_of(doubled)
        assert (both[: len(SAID)] == both[len(SAID) :]).all()


def test_reasons_are_said_in_the_language_of_the_reader() -> None:
    memo = "words: цена, дорого; like: «цена высокая»"
    assert assisting_reason(memo, "ru") == "слова: цена, дорого; похоже на: «цена высокая»"
    assert assisting_reason(memo, "en") == memo
