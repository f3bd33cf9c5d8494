"""Where an editor's questions come from: a survey just read, or one that is in a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from cjmresearch import read
from cjmresearch.errors import CjmError
from cjmresearch.read import fitting, question_maps, questions
from cjmresearch.read.evidence import answers_evidence
from cjmresearch.read.surveys import Survey
from cjmresearch.store import Project
from cjmresearch.store.asking import CORRECTED

Fields = dict[str, Any]
ENDS = ("scale_min", "scale_max")
SCALED = (*ENDS, "higher_is_better", "metric")


class Asked(Protocol):
    """Questions with their evidence; what is changed goes through `apply`."""

    fixed: tuple[str, ...]
    """Fields that can't be changed."""

    def fields(self) -> dict[str, Fields]:
        """Fields of each question by question_id, None where nothing is known."""

    def evidence(self, language: str) -> pd.DataFrame:
        """One row a question, as `read.question_evidence` gives it."""

    def doubt(self, question_id: str, fields: Fields, language: str) -> str:
        """One line where the fields don't fit the answers; else empty."""

    def retyped(self, question_id: str, type_: str) -> Fields:
        """Fields of a question once it is of another type."""

    def apply(self, changed: Mapping[str, Fields]) -> None:
        """Take note of changed fields, by question_id."""


def fields_of(asked: pd.DataFrame) -> dict[str, Fields]:
    """Fields of a frame [questions] by question_id."""
    return {
        row["question_id"]: {
            name: None if pd.isna(row[name]) else row[name] for name in question_maps.FIELDS
        }
        for row in asked.to_dict("records")
    }


def _said(fields: Fields, original: Fields) -> Fields:
    """Fields that differ; of a scale all that belongs together."""
    retyped = fields["type"] != original["type"]
    rescaled = retyped or any(fields[name] != original[name] for name in ENDS)
    return {
        name: value
        for name, value in fields.items()
        if value != original[name] or (retyped and name in SCALED) or (rescaled and name in ENDS)
    }


class OfSurvey:
    """Questions of a survey that was read and is nowhere else yet."""

    fixed: tuple[str, ...] = ()

    def __init__(self, survey: Survey) -> None:
        self._before = survey
        self._names = dict(
            zip(survey.questions["question_id"], survey.basis.table.header, strict=True)
        )
        self._original = fields_of(survey.questions)
        self._changed: dict[str, Fields] = {}

    @property
    def survey(self) -> Survey:
        """The survey with the corrections; `ReadError` for one that can't be."""
        if not self._changed:
            return self._before
        return self._before.with_questions(
            {self._names[i]: fields for i, fields in self._changed.items()}
        )

    def fields(self) -> dict[str, Fields]:
        """Give the fields as read."""
        return {i: dict(fields) for i, fields in self._original.items()}

    def evidence(self, language: str) -> pd.DataFrame:
        """Give `read.question_evidence`."""
        return read.question_evidence(self._before, language=language)

    def doubt(self, question_id: str, fields: Fields, language: str) -> str:
        """Say where the fields don't fit the answers."""
        doubts = fitting.misfits(fields, fitting.tally(self._cells(question_id)))
        return doubts[0].say(language) if doubts else ""

    def retyped(self, question_id: str, type_: str) -> Fields:
        """Give the fields that another type brings."""
        name = self._names[question_id]
        kind = self._before.basis.found[name]
        if kind.type != type_:
            cells = self._cells(question_id).dropna()
            kind = questions.retyped(name, cells, type_=type_, pii=kind.pii)
        return {name: value for name, value in asdict(kind).items() if name != "pii"}

    def apply(self, changed: Mapping[str, Fields]) -> None:
        """Keep the corrections."""
        self._changed = {i: _said(fields, self._original[i]) for i, fields in changed.items()}

    def loaded(self, path: Path) -> tuple[dict[str, Fields], list[str]]:
        """Fields once a map is applied, and what the map and the survey don't share."""
        survey = self.survey
        _, remarks = question_maps.overrides(survey.report.path, survey.basis.table, path)
        return fields_of(survey.with_questions(path).questions), remarks

    def _cells(self, question_id: str) -> pd.Series:
        return self._before.basis.table.cells[self._names[question_id]]


class OfProject:
    """Questions of a survey in a project: each change is an act, written at once."""

    fixed: tuple[str, ...] = ("type", "pii")

    def __init__(self, project: Project, survey_id: str, *, coder: str) -> None:
        self._project, self._coder = project, coder
        asked = project.frame("questions")
        self._asked = asked[asked["survey_id"] == survey_id].reset_index(drop=True)
        if self._asked.empty:
            known = ", ".join(map(repr, dict.fromkeys(asked["survey_id"]))) or "none"
            raise CjmError(f"no survey {survey_id!r} in the project; it has {known}")
        answers = project.frame("answers")
        self._cells = {
            str(question): rows["text"].fillna(rows["value"].map("{:g}".format, na_action="ignore"))
            for question, rows in answers.groupby("question_id")
        }

    def fields(self) -> dict[str, Fields]:
        """Give the fields as the project has them."""
        return fields_of(self._asked)

    def evidence(self, language: str) -> pd.DataFrame:
        """Count and show the answers in the project."""
        return answers_evidence(self._asked, self._cells, language=language)

    def doubt(self, question_id: str, fields: Fields, language: str) -> str:
        """Say where the fields don't fit the answers."""
        cells = self._cells.get(question_id, pd.Series(dtype="str"))
        doubts = fitting.misfits(fields, fitting.tally(cells))
        return doubts[0].say(language) if doubts else ""

    def retyped(self, question_id: str, type_: str) -> Fields:
        """Refuse: a type decides what is read from the file."""
        raise CjmError(f"{type_}: the type can't change once the answers are in the project")

    def apply(self, changed: Mapping[str, Fields]) -> None:
        """Write the corrections into the project, as one act."""
        rows = [
            {"question_id": i, **{name: fields[name] for name in CORRECTED}}
            for i, fields in changed.items()
        ]
        if rows:
            self._project.correct_questions(pd.DataFrame(rows, dtype=object), coder=self._coder)
