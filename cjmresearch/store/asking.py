"""What a project knows of its surveys' questions: corrected, and remembered for the next wave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.acts import Acts
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch, fetch_frame, plain_rows

CORRECTED = (
    "metric", "scale_min", "scale_max", "higher_is_better", "stage", "touchpoint",
)  # fmt: skip
"""Fields that can be corrected once the answers are in the project."""
_READ = ("type", "pii", "text", "survey_id")


class Asking(Acts):
    """What a project does with the questions of its surveys; a part of `Project`."""

    def question_map(self) -> pd.DataFrame:
        """Give what the surveys so far ask [questions], the newest of each, to read the next wave.

        `read.survey("wave2.csv", questions=project.question_map())`.
        """
        with self._database.read() as connection:
            asked = fetch_frame(connection, "questions")
        return asked.drop_duplicates("text", keep="last", ignore_index=True)

    def correct_questions(self, questions: pd.DataFrame, *, coder: str = "import") -> int:
        """Correct metric, scale, direction, stage and touchpoint of questions by `question_id`.

        Columns that are missing stay as they are. Type and personal data decide what is read from
        the file, so `StoreError` where they differ. Returns how many questions changed.
        """
        with self._database.write() as connection:
            change_list = _corrections(connection, questions)
            self._record(connection, "questions", coder, change_list)
        return len(change_list)

    def set_study_questions(self, questions: Iterable[str], *, coder: str) -> None:
        """Keep the questions that the study is to answer; reports name them under the goal.

        They take the place of those kept before; none takes them away.
        """
        asked = [" ".join(question.split()) for question in questions]
        if not all(asked):
            raise StoreError("a question of the study is empty; write it out or leave it away")
        self._set("study_questions", coder, questions=asked)


def _corrections(connection: sa.Connection, questions: pd.DataFrame) -> list[Change]:
    """List the changes that give questions their new fields; refuses what only a file can tell."""
    if "question_id" not in questions.columns:
        raise StoreError('no column question_id; start from project.frame("questions")')
    known = {row["question_id"]: row for row in fetch(connection, "questions")}
    given = [c for c in questions.columns if c in (*CORRECTED, *_READ)]
    unknown = [i for i in questions["question_id"] if i not in known]
    if unknown:
        raise StoreError(f'no question {unknown[0]!r}; start from project.frame("questions")')
    full = pd.DataFrame([known[i] for i in questions["question_id"]]).assign(
        **{c: questions[c].to_numpy(dtype=object) for c in given}
    )
    codes = fetch(connection, "codes")
    found: list[Change] = []
    for after in plain_rows("questions", schema.frame("questions", full)):
        before = known[after["question_id"]]
        _check(before, after, codes)
        if after != before:
            found += changes.update("questions", before, after)
    return found


def check_places(question: Row, codes: list[Row]) -> None:
    """Raise `StoreError` where a question's stage or touchpoint is none of the project's codes."""
    for place in ("stage", "touchpoint"):
        known = [row["slug"] for row in codes if row["kind"] == place]
        if question[place] is not None and question[place] not in known:
            raise StoreError(
                f"{question['text'][:60]!r}: no {place} {question[place]!r} in the project; "
                f"it has {', '.join(known) or 'none'}"
            )


def _check(before: dict[str, Any], after: dict[str, Any], codes: list[Row]) -> None:
    named = repr(before["text"][:60])
    fixed = next((c for c in _READ if after[c] != before[c]), None)
    if fixed is not None:
        raise StoreError(
            f"{named}: {fixed} can't change once the answers are in the project; read the file "
            "again with the correction, and add it to a new project"
        )
    check_places(after, codes)
    low, high = after["scale_min"], after["scale_max"]
    if low is not None and high is not None and low >= high:
        raise StoreError(f"{named}: the scale runs from {low} to {high}; turn it round")
