"""Surveys: one file is one source, one respondent one speaker, one open answer one turn."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError
from cjmresearch.read import (
    choices,
    columnar,
    language,
    question_maps,
    questions,
    spss,
    survey_doubts,
)
from cjmresearch.read.answers import Columns
from cjmresearch.read.decode import load
from cjmresearch.read.exports import OTHER, Column
from cjmresearch.read.results import ReadReport

_SAMPLED = 2000
_LISTED = 12
_PLACES = ("stage", "touchpoint")


@dataclass(frozen=True, eq=False)
class Basis:
    """What the file holds, whatever is said about its questions; personal data are in it."""

    table: columnar.Table
    found: Mapping[str, questions.Kind]
    """What each question looks like, by its words."""
    id_column: str | None
    source_id: str
    question_ids: tuple[str, ...]
    given: Mapping[str, Mapping[str, Any]]
    """What a person said about questions, by their words."""


@dataclass(frozen=True, eq=False)
class Survey:
    """One survey: `source`, `questions`, `answers`, `participants`, `speakers`, `report`.

    `text` is the open answers, one after another on lines of their own; `turns` are their spans,
    by respondent and question; `answers` [answers] is one row a filled cell; `participants` and
    `speakers` are the respondents. They are made when first asked for, from `columns`, which holds
    the answers by column.
    """

    source: pd.DataFrame
    questions: pd.DataFrame
    report: ReadReport
    columns: Columns
    keys: tuple[str, ...]
    """Names of the columns in the file, in the order of `questions`: `Q5_3_TEXT` of Qualtrics."""
    _open: pd.DataFrame
    """Open answers in order: row, question, text, start, end."""
    basis: Basis = field(repr=False)
    """What the file holds; `with_questions` starts from it."""

    def __len__(self) -> int:
        """Count respondents."""
        return len(self.columns.people)

    @cached_property
    def participants(self) -> pd.DataFrame:
        """Respondents [participants]; a pseudonym is the id, without the name of the file."""
        people = self.columns.people
        names = people.str.removeprefix(_own_rows(self.report.path))
        frame = pd.DataFrame({"participant_id": people, "pseudonym": names, "traits": "{}"})
        return schema.frame("participants", frame)

    @cached_property
    def speakers(self) -> pd.DataFrame:
        """Respondents as speakers [speakers] of the survey."""
        people = self.columns.people
        frame = pd.DataFrame({"speaker": people, "participant_id": people})
        source_id = self.source["source_id"].iloc[0]
        return schema.frame(
            "speakers", frame.assign(source_id=source_id, role="participant", voice="customer")
        )

    @cached_property
    def text(self) -> str:
        """Open answers joined by line ends."""
        return "\n".join(self._open["text"])

    @cached_property
    def turns(self) -> pd.DataFrame:
        """Open answers as turns [turns] with their prompts."""
        return self.columns.turns(self._open, self.source["source_id"].iloc[0])

    @cached_property
    def answers(self) -> pd.DataFrame:
        """Filled cells [answers], by respondent, then by question; a zero is one, a blank isn't."""
        return self.columns.long()

    @property
    def row_prefix(self) -> str | None:
        """How ids begin that are row numbers of the file; None where the file has ids."""
        prefix = _own_rows(self.report.path)
        return prefix if self.columns.people.str.startswith(f"{prefix}row-").all() else None

    def with_row_prefix(self, prefix: str) -> Survey:
        """Let ids that are row numbers begin otherwise: row 2 of another file is another person."""
        people = prefix + self.columns.people.str.removeprefix(self.row_prefix or "")
        return replace(self, columns=replace(self.columns, people=people.astype("str")))

    def with_questions(self, questions: question_maps.Corrections | pd.DataFrame | Path) -> Survey:
        """Correct what questions ask: takes what `survey(questions=…)` takes; ids stay.

        What was said before stands where the new corrections say nothing.
        """
        return _corrected(self.report.path, self.basis, questions)


def survey(
    path: str | Path,
    *,
    id_column: str | None = None,
    questions: Mapping[str, Mapping[str, Any]] | pd.DataFrame | Path | None = None,
) -> Survey:
    """Read a table of answers, one row a respondent: CSV (comma, semicolon, tab, bar), .xlsx, .sav.

    Exports of Qualtrics, SurveyMonkey, Google Forms, Typeform and Yandex Forms are known by their
    header rows; the report says which it was, what was left out and why.

    Parameters
    ----------
    path
        The file.
    id_column
        Column whose values are the participants' ids, filled and unique. By default a column that
        is named and filled like one; without one, ids are `file:row-2`, `file:row-3` … as a
        spreadsheet numbers its rows.
    questions
        Corrections by the words of the question or by the column's name in the file, e.g.
        `{"Почему?": {"type": "open", "stage": "b2b8:use"}}`, where an unknown column is an error.
        Keys: type, metric, scale_min, scale_max, higher_is_better, stage, touchpoint, pii.
        Or an edited frame of questions, or the path of a map that `question_map` wrote; columns
        that are new or gone since are reported.

    Returns
    -------
    Survey
        Blank cells are no answers, zeros are. Option columns of one question are joined into one
        `multiple` question. Columns with personal data (names, e-mail, phone, IP) are listed among
        the questions with `pii` true, and left out of answers and turns unless `questions` says
        `{"pii": False}`.

    Raises
    ------
    UnknownFormat
        No table.
    ReadError
        A missing or damaged file, a row of another width than the header (with its line), an
        unknown column or key in `questions`, ids that are blank or doubled.
    """
    path = Path(path)
    data = load(path)
    table = spss.read(path, data) if spss.recognises(data) else columnar.read(path, data)
    table = choices.join(table)
    basis = Basis(
        table=table,
        found={c.text: _found(c, table.cells[c.text]) for c in table.columns},
        id_column=id_column,
        source_id=str(uuid.uuid4()),
        question_ids=tuple(str(uuid.uuid4()) for _ in table.columns),
        given={},
    )
    return _corrected(path, basis, questions)


def _corrected(
    path: Path,
    basis: Basis,
    corrections: question_maps.Corrections | pd.DataFrame | Path | None,
) -> Survey:
    """Make a survey of what the file holds and what a person says about its questions."""
    table = basis.table
    new, remarks = question_maps.overrides(path, table, corrections)
    known = dict.fromkeys((*basis.given, *new))
    given = {name: {**basis.given.get(name, {}), **new.get(name, {})} for name in known}
    kinds = {
        name: _kind(kind, table.cells[name], name=name, given=given.get(name, {}))
        for name, kind in basis.found.items()
    }
    column = _id_column(path, table, kinds, basis.id_column)
    doubts = [*remarks, *_ambiguities(table, kinds), *survey_doubts.misfits(table, kinds, given)]
    doubts += [
        *survey_doubts.guessed_ends(table, kinds, given),
        *survey_doubts.contacts(table, kinds),
    ]
    return _survey(
        path,
        replace(basis, table=replace(table, warnings=(*table.warnings, *doubts)), given=given),
        kinds=kinds,
        column=column,
        bare=table,
    )


def _found(column: Column, cells: pd.Series) -> questions.Kind:
    """Put what the format knows over what the cells look like."""
    asks = column.option if OTHER.fullmatch(column.option) else column.text
    found = questions.detect(asks, cells.dropna())
    if column.pii:
        found = questions.Kind(column.type or "open", pii=True)
    elif column.scale is not None:
        low, high = column.scale
        found = replace(found, type="scale", scale_min=low, scale_max=high)
    elif column.type == "open":
        found = found if _is_more_than_words(found, cells) else questions.Kind("open")
    elif column.type is not None:
        found = questions.Kind(column.type)
    elif column.coded and found.type == "scale" and not questions.states_range(column.text):
        found = questions.Kind("closed")
    return found


def _kind(
    found: questions.Kind, cells: pd.Series, *, name: str, given: Mapping[str, Any]
) -> questions.Kind:
    """Put corrections over what was found; another type takes nothing of the old one along."""
    wanted = given.get("type") or found.type
    if wanted != found.type:
        found = questions.retyped(name, cells.dropna(), type_=wanted, pii=found.pii)
    fields = {k: v for k, v in given.items() if k not in _PLACES and (k, v) != ("type", None)}
    return questions.Kind(**{**asdict(found), **fields})


def _is_more_than_words(found: questions.Kind, cells: pd.Series) -> bool:
    """Tell personal data, dates and numbers that were typed into a field of text."""
    filled = cells.dropna()
    numeric = len(filled) > 0 and bool(questions.numbers(filled).notna().all())
    return found.pii or found.type in ("date", "scale") or numeric


def _ambiguities(table: columnar.Table, kinds: Mapping[str, questions.Kind]) -> list[str]:
    """Say where a comma may stand within an option or between two."""
    said = []
    for name in table.header:
        if kinds[name].type != "multiple":
            continue
        unclear = choices.ambiguous(table.cells[name].dropna())
        if unclear:
            examples = "; ".join(repr(option) for option in unclear[:3])
            said.append(f"{name!r}: one option with a comma, or two? {examples}")
    return said


def _id_column(
    path: Path,
    table: columnar.Table,
    kinds: Mapping[str, questions.Kind],
    wanted: str | None,
) -> str | None:
    """Name the column of ids; a given one must be filled and unique."""
    cells = table.cells
    if wanted is None:
        ids = [n for n in table.header if kinds[n].type == "id" and not kinds[n].pii]
        filled = [n for n in ids if cells[n].notna().all() and cells[n].is_unique]
        return next((n for n in filled if questions.is_id_name(n)), next(iter(filled), None))
    by_key = {column.key: column.text for column in table.columns}
    wanted = wanted if wanted in table.header else by_key.get(wanted, wanted)
    if wanted not in table.header:
        columns = ", ".join(repr(c) for c in table.header)
        raise ReadError(path, f"no column {wanted!r} for ids; the file has {columns}")
    for bad, what in (
        (cells[wanted].isna(), "is blank"),
        (cells[wanted].duplicated(), "stands twice"),
    ):
        if bad.any():
            row = int(bad.to_numpy().argmax())
            raise ReadError(
                path,
                f"row {table.row_numbers[row]}: the id in {wanted!r} {what}; one row a respondent, "
                "or leave `id_column` out",
            )
    return wanted


def _survey(
    path: Path,
    basis: Basis,
    *,
    kinds: Mapping[str, questions.Kind],
    column: str | None,
    bare: columnar.Table,
) -> Survey:
    table, source_id = basis.table, basis.source_id
    people = (
        table.cells[column].astype("str")
        if column
        else pd.Series([f"row-{n}" for n in table.row_numbers.tolist()], dtype="str")
    )
    if not column:  # row 7 of another survey is another person
        people = _own_rows(path) + people
    asked = _questions(basis, kinds)
    columns = _kept(table, asked, people, column)
    open_ = columns.open()
    spoken, remark = language.detect(_said(open_, table.header))
    remark = None if open_.empty else remark  # names of columns are nobody's words
    source = {
        "source_id": source_id,
        "kind": "survey",
        "title": path.stem,
        "file": path.name,
        "language": spoken,
        "revision": 1,
    }
    report = _report(path, table, asked, column=column, language=(spoken, remark))
    return Survey(
        source=schema.frame("sources", [source]),
        questions=asked,
        report=replace(report, spans=columns.spans(open_)),
        columns=columns,
        keys=tuple(c.key for c in table.columns),
        _open=open_,
        basis=replace(basis, table=bare),
    )


def _own_rows(path: str | Path) -> str:
    """Say how ids begin that are row numbers of this file."""
    return f"{Path(path).stem}:"


def _kept(
    table: columnar.Table, asked: pd.DataFrame, people: pd.Series, column: str | None
) -> Columns:
    """Leave out the ids and personal data."""
    places = [
        i
        for i, (name, pii) in enumerate(zip(asked["text"], asked["pii"], strict=True))
        if name != column and not pii
    ]
    return Columns(
        table.cells.iloc[:, places],
        asked.iloc[places].reset_index(drop=True),
        people,
        table.row_numbers,
        tuple(table.letters[i] for i in places),
    )


def _said(open_: pd.DataFrame, header: Sequence[str]) -> str:
    """Open answers, evenly taken: enough to tell the language."""
    return " ".join(open_["text"].iloc[:: max(1, len(open_) // _SAMPLED)]) or " ".join(header)


def _questions(basis: Basis, kinds: Mapping[str, questions.Kind]) -> pd.DataFrame:
    rows = [
        {
            "question_id": question_id,
            "survey_id": basis.source_id,
            "text": name,
            **asdict(kinds[name]),
            **{place: basis.given.get(name, {}).get(place) for place in _PLACES},
        }
        for question_id, name in zip(basis.question_ids, basis.table.header, strict=True)
    ]
    return schema.frame("questions", rows)


def _unfit_ids(table: columnar.Table) -> list[str]:
    """Say why a column that is named like an id gives none."""
    said = []
    for column in table.columns:
        cells = table.cells[column.text]
        blank, again = int(cells.isna().sum()), int(cells.dropna().duplicated().sum())
        if questions.is_id_name(column.text) and (blank or again):
            what = f"{blank} blank, {again} repeated"
            said.append(f"{column.text!r} is named like an id, but can't be one: {what}")
    return said


def _report(
    path: Path,
    table: columnar.Table,
    asked: pd.DataFrame,
    *,
    column: str | None,
    language: tuple[str | None, str | None],
) -> ReadReport:
    notes = asked[["text", "type", "metric", "pii"]].rename(columns={"text": "question"})
    notes["n_answers"] = table.cells.notna().sum().to_numpy(dtype="int64")
    notes["pii"] = notes["pii"].astype("bool")
    personal = notes.loc[notes["pii"], "question"].tolist()
    empty = notes.loc[notes["n_answers"] == 0, "question"].tolist()
    dropped = [*table.dropped]
    if personal:
        dropped.append(
            f"personal data: {', '.join(personal)}; keep one with "
            f"`pii: false` in the map (--questions), in Python "
            f'questions={{"{personal[0]}": {{"pii": False}}}}'
        )
    warnings = [*table.warnings, *([language[1]] if language[1] else [])]
    warnings += _unfit_ids(table) if column is None else []
    if empty:
        more = f" and {len(empty) - _LISTED} more" if len(empty) > _LISTED else ""
        warnings.append(f"nobody answered: {', '.join(empty[:_LISTED])}{more}")
    if column in personal:
        warnings.append(f"the ids come from {column!r}, which holds personal data")
    kinds = notes["type"].value_counts().to_dict()
    what = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    ids = (
        f"ids from {column!r}" if column else f"ids from row numbers (row-{table.row_numbers[0]} …)"
    )
    return ReadReport(
        path=path,
        format=table.format,
        encoding=table.encoding,
        language=language[0],
        speakers=notes,
        dropped=tuple(dropped),
        warnings=tuple(warnings),
        spans=pd.DataFrame(),
        summary=f"{len(table.cells)} respondents ({ids}), {len(asked)} questions: {what}",
    )
