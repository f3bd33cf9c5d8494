"""Surveys: one file is one source, one respondent one speaker, one open answer one turn."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError
from cjmresearch.read import language, questions, tables
from cjmresearch.read.decode import load
from cjmresearch.read.results import ReadReport

_OVERRIDES = (
    "type", "metric", "scale_min", "scale_max", "higher_is_better", "stage", "touchpoint", "pii",
)  # fmt: skip
_WORDS = ("open", "closed", "multiple", "date", "id")


@dataclass(frozen=True, eq=False)
class Survey:
    """One survey: `source`, `questions`, `answers`, `participants`, `speakers`, `report`.

    `text` is the open answers, one after another on lines of their own; `turns` are their spans,
    by respondent and question. Both are made when first asked for.
    """

    source: pd.DataFrame
    questions: pd.DataFrame
    answers: pd.DataFrame
    participants: pd.DataFrame
    speakers: pd.DataFrame
    report: ReadReport
    _open: pd.DataFrame
    """Open answers in order: participant_id, question_id, text, prompt, locator."""

    def __len__(self) -> int:
        """Count respondents."""
        return len(self.participants)

    @cached_property
    def text(self) -> str:
        """Open answers joined by line ends."""
        return "\n".join(self._open["text"])

    @cached_property
    def turns(self) -> pd.DataFrame:
        """Open answers as turns [turns] with their prompts."""
        if self._open.empty:
            return schema.empty("turns")
        length = self._open["text"].str.len().to_numpy(dtype="int64")
        end = np.cumsum(length + 1) - 1
        turns = self._open.assign(
            turn_id=[str(uuid.uuid4()) for _ in range(len(self._open))],
            source_id=self.source["source_id"].iloc[0],
            position=np.arange(len(self._open)),
            speaker=self._open["participant_id"],
            start=end - length,
            end=end,
        )
        return schema.frame("turns", turns.drop(columns=["participant_id", "text"]))


def survey(
    path: str | Path,
    *,
    id_column: str | None = None,
    questions: Mapping[str, Mapping[str, Any]] | None = None,
) -> Survey:
    """Read a table of answers, one row a respondent: .csv (comma, semicolon, tab, bar) or .xlsx.

    Parameters
    ----------
    path
        The file.
    id_column
        Column whose values are the participants' ids, filled and unique. By default a column that
        is named and filled like one; without one, ids are `file:row-2`, `file:row-3` … as a
        spreadsheet numbers its rows.
    questions
        Corrections by column name, e.g. `{"Почему?": {"type": "open", "stage": "b2b8:use"}}`.
        Keys: type, metric, scale_min, scale_max, higher_is_better, stage, touchpoint, pii.

    Returns
    -------
    Survey
        Blank cells are no answers, zeros are. Columns with personal data (names, e-mail, phone,
        IP) are listed among the questions with `pii` true, and left out of answers and turns
        unless `questions` says `{"pii": False}`.

    Raises
    ------
    UnknownFormat
        No table, or one with several header rows.
    ReadError
        A missing or damaged file, a row of another width than the header (with its line), an
        unknown column or key in `questions`, ids that are blank or doubled.
    """
    path = Path(path)
    table = tables.read(path, load(path))
    overrides = dict(questions or {})
    _check_overrides(path, table, overrides)
    cells = pd.DataFrame(table.rows, columns=list(table.header), dtype="str")
    cells = cells.mask(cells == "")
    kinds = {name: _kind(name, cells[name], overrides.get(name, {})) for name in table.header}
    column = _id_column(path, table, cells, kinds, id_column)
    return _survey(path, table, cells, kinds=kinds, column=column, overrides=overrides)


def _check_overrides(
    path: Path, table: tables.Table, overrides: Mapping[str, Mapping[str, Any]]
) -> None:
    allowed = {"type": schema.QUESTION_TYPES, "metric": schema.METRICS}
    for name, fields in overrides.items():
        if name not in table.header:
            columns = ", ".join(repr(c) for c in table.header)
            raise ReadError(path, f"no column {name!r} to correct; the file has {columns}")
        for key, value in fields.items():
            if key not in _OVERRIDES:
                raise ReadError(path, f"{name!r}: no {key!r}; allowed: {', '.join(_OVERRIDES)}")
            if key in allowed and value is not None and value not in allowed[key]:
                known = ", ".join(allowed[key])
                raise ReadError(path, f"{name!r}: no {key} {value!r}; allowed: {known}")


def _kind(name: str, column: pd.Series, override: Mapping[str, Any]) -> questions.Kind:
    found = questions.detect(name, column.dropna())
    given = {k: v for k, v in override.items() if k not in {"stage", "touchpoint"}}
    return questions.Kind(**{**asdict(found), **given})


def _id_column(
    path: Path,
    table: tables.Table,
    cells: pd.DataFrame,
    kinds: Mapping[str, questions.Kind],
    wanted: str | None,
) -> str | None:
    """Name the column of ids; a given one must be filled and unique."""
    if wanted is None:
        ids = [n for n in table.header if kinds[n].type == "id" and not kinds[n].pii]
        filled = [n for n in ids if cells[n].notna().all() and cells[n].is_unique]
        return next((n for n in filled if questions.is_id_name(n)), next(iter(filled), None))
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
    table: tables.Table,
    cells: pd.DataFrame,
    *,
    kinds: Mapping[str, questions.Kind],
    column: str | None,
    overrides: Mapping[str, Mapping[str, Any]],
) -> Survey:
    source_id = str(uuid.uuid4())
    people = (
        cells[column].reset_index(drop=True)
        if column
        else pd.Series([f"row-{n}" for n in table.row_numbers], dtype="str")
    )
    pseudonyms = people
    if not column:  # row 7 of another survey is another person
        people = path.stem + ":" + people
    asked = _questions(source_id, table.header, kinds, overrides)
    kept = [n for n in table.header if n != column and not kinds[n].pii]
    filled = _filled(table, cells, people, asked, kept)
    open_ = filled[filled["type"] == "open"].reset_index(drop=True)
    said = " ".join(open_["text"]) or " ".join(table.header)
    spoken, remark = language.detect(said)
    answers = filled[["participant_id", "question_id", "value", "text"]]
    counts = cells.notna().sum()
    source = {
        "source_id": source_id,
        "kind": "survey",
        "title": path.stem,
        "file": path.name,
        "language": spoken,
        "revision": 1,
    }
    return Survey(
        source=schema.frame("sources", [source]),
        questions=asked,
        answers=schema.frame("answers", answers),
        participants=schema.frame(
            "participants",
            pd.DataFrame({"participant_id": people, "pseudonym": pseudonyms, "traits": "{}"}),
        ),
        speakers=schema.frame(
            "speakers",
            pd.DataFrame({"speaker": people, "participant_id": people}).assign(
                source_id=source_id, role="participant", voice="customer"
            ),
        ),
        report=_report(
            path, table, asked, counts=counts, column=column, open_=open_, remark=remark,
            spoken=spoken,
        ),
        _open=open_[["participant_id", "question_id", "text", "prompt", "locator"]],
    )  # fmt: skip


def _questions(
    source_id: str,
    header: Sequence[str],
    kinds: Mapping[str, questions.Kind],
    overrides: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    rows = [
        {
            "question_id": str(uuid.uuid4()),
            "survey_id": source_id,
            "text": name,
            **asdict(kinds[name]),
            "stage": overrides.get(name, {}).get("stage"),
            "touchpoint": overrides.get(name, {}).get("touchpoint"),
        }
        for name in header
    ]
    return schema.frame("questions", rows)


def _filled(
    table: tables.Table,
    cells: pd.DataFrame,
    people: pd.Series,
    asked: pd.DataFrame,
    kept: Sequence[str],
) -> pd.DataFrame:
    """One row a filled cell of the kept columns, by respondent, then by question."""
    rows, columns = np.nonzero(cells[list(kept)].notna().to_numpy())
    about = asked.set_index("text").loc[list(kept)]
    letters = np.array([_letter(table.header.index(name)) for name in kept], dtype=object)
    values = np.column_stack([_values(cells[n], about.at[n, "type"]) for n in kept])
    words = cells[list(kept)].to_numpy(dtype=object)
    result = pd.DataFrame(
        {
            "participant_id": people.to_numpy(dtype=object)[rows],
            "question_id": about["question_id"].to_numpy(dtype=object)[columns],
            "type": about["type"].to_numpy(dtype=object)[columns],
            "prompt": about.index.to_numpy(dtype=object)[columns],
            "value": values[rows, columns].astype("float64"),
            "text": words[rows, columns],
        }
    )
    at = pd.Series(np.array(table.row_numbers)[rows]).astype("str")
    result["locator"] = "row " + at + " column " + pd.Series(letters[columns], dtype="str")
    plain = (result["type"] == "scale") & result["text"].astype("str").str.fullmatch(
        r"[-+]?\d+(?:[.,]\d+)?"
    )
    result["text"] = result["text"].mask(plain).astype("str")
    return result


def _values(column: pd.Series, type_: str) -> np.ndarray:
    """Numbers of a scale, and of a closed question that is answered in numbers only."""
    if type_ in _WORDS and type_ != "closed":
        return np.full(len(column), np.nan)
    value = questions.numbers(column)
    if type_ == "closed" and value.notna().sum() != column.notna().sum():
        return np.full(len(column), np.nan)
    return value.to_numpy()


def _letter(index: int) -> str:
    """Name a column as a spreadsheet does: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _report(
    path: Path,
    table: tables.Table,
    asked: pd.DataFrame,
    *,
    counts: pd.Series,
    column: str | None,
    open_: pd.DataFrame,
    remark: str | None,
    spoken: str | None,
) -> ReadReport:
    notes = asked[["text", "type", "metric", "pii"]].rename(columns={"text": "question"})
    notes["n_answers"] = counts.reindex(asked["text"]).to_numpy(dtype="int64")
    notes["pii"] = notes["pii"].astype("bool")
    personal = notes.loc[notes["pii"], "question"].tolist()
    empty = notes.loc[notes["n_answers"] == 0, "question"].tolist()
    dropped = [*table.dropped]
    if personal:
        dropped.append(
            f"personal data: {', '.join(personal)}; keep one with "
            f'questions={{"{personal[0]}": {{"pii": False}}}}'
        )
    warnings = [*table.warnings, *([remark] if remark else [])]
    if empty:
        warnings.append(f"nobody answered: {', '.join(empty)}")
    if column in personal:
        warnings.append(f"the ids come from {column!r}, which holds personal data")
    length = open_["text"].str.len()
    ends = (length + 1).cumsum() - 1
    kinds = notes["type"].value_counts().to_dict()
    what = ", ".join(f"{n} {kind}" for kind, n in kinds.items())
    ids = f"ids from {column!r}" if column else "ids from row numbers (row-2 …)"
    return ReadReport(
        path=path,
        format=table.format,
        encoding=table.encoding,
        language=spoken,
        speakers=notes,
        dropped=tuple(dropped),
        warnings=tuple(warnings),
        spans=_spans((ends - length).tolist(), ends.tolist(), open_["locator"].tolist()),
        summary=f"{len(table.rows)} respondents ({ids}), {len(asked)} questions: {what}",
    )


def _spans(starts: Sequence[int], ends: Sequence[int], locators: Sequence[str]) -> pd.DataFrame:
    """Give turns and the line ends between them: all of the text of a survey."""
    edges = [edge for pair in zip(starts, ends, strict=True) for edge in pair]
    rows = [int(locator.split()[1]) for locator in locators for _ in range(2)]
    return pd.DataFrame(
        {
            "start": pd.Series(edges[:-1], dtype="int64"),
            "end": pd.Series(edges[1:], dtype="int64"),
            "what": pd.Series(["turn", "blank"] * len(starts), dtype="str")[
                : max(0, len(edges) - 1)
            ],
            "line": pd.Series(rows[:-1], dtype="int64"),
        }
    )
