"""Answers by column, and made of them when asked for: one row a filled cell, one an open answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cjmresearch import schema
from cjmresearch.read import questions
from cjmresearch.read.ids import random_ids

_NUMBER = r"[-+]?\d+(?:[.,]\d+)?"
_WORDS = ("open", "multiple", "date", "id")


@dataclass(frozen=True, eq=False)
class Columns:
    """Answers of a survey by column, personal data left out.

    `cells` is categorical of str, NaN for blanks, one row a respondent as in `people`, one column a
    question as in `asked` [questions]; `rows` and `letters` say where they stand in the file.
    """

    cells: pd.DataFrame
    asked: pd.DataFrame
    people: pd.Series
    rows: np.ndarray
    letters: tuple[str, ...]

    def long(self) -> pd.DataFrame:
        """One row a filled cell [answers], by respondent, then by question."""
        values = np.full(self.cells.shape, np.nan)
        words = np.full(self.cells.shape, -1, dtype="int64")
        pool: list[pd.Index] = []
        known = 0
        for at, kind in enumerate(self.asked["type"]):
            column = self.cells.iloc[:, at]
            values[:, at] = _values(column, kind)
            codes = column.cat.codes.to_numpy()
            written = codes >= 0
            if kind == "scale":
                written &= ~_is_plain(column)
            words[written, at] = codes[written].astype("int64") + known
            pool.append(column.cat.categories)
            known += len(column.cat.categories)
        filled = self.cells.notna().to_numpy(dtype=bool)
        row, column_at = np.nonzero(filled)
        if not len(row):
            return schema.empty("answers")
        texts = pd.Series(np.concatenate([*map(np.asarray, pool)]), dtype="str").array
        given = {
            "participant_id": self.people.array.take(row),
            "question_id": self.asked["question_id"].array.take(column_at),
            "value": values[filled],
            "text": texts.take(words[filled], allow_fill=True),
        }
        blank = schema.empty("answers")
        return pd.DataFrame(
            {c: given[c] if c in given else blank[c].reindex(range(len(row))) for c in blank}
        )

    def open(self) -> pd.DataFrame:
        """Open answers in order: row (position), question (position), text, start, end."""
        places = np.flatnonzero((self.asked["type"] == "open").to_numpy())
        cells = self.cells.iloc[:, places].to_numpy(dtype=object)
        filled = self.cells.iloc[:, places].notna().to_numpy(dtype=bool)
        row, at = np.nonzero(filled)
        text = cells[filled]
        length = np.fromiter(map(len, text), dtype="int64", count=len(text))
        end = np.cumsum(length + 1) - 1
        return pd.DataFrame(
            {
                "row": row,
                "question": places[at],
                "text": pd.Series(text, dtype="str"),
                "start": end - length,
                "end": end,
            }
        )

    def turns(self, open_: pd.DataFrame, source_id: str) -> pd.DataFrame:
        """Open answers as turns [turns]: the respondent speaks, the question is the prompt."""
        if open_.empty:
            return schema.empty("turns")
        row, at = open_["row"].to_numpy(), open_["question"].to_numpy()
        about = self.asked.iloc[at]
        numbers = self.rows[row].tolist()
        letters = np.array(self.letters, dtype=object)[at].tolist()
        where = [f"row {n} column {c}" for n, c in zip(numbers, letters, strict=True)]
        return schema.frame(
            "turns",
            pd.DataFrame(
                {
                    "turn_id": random_ids(len(open_)),
                    "source_id": source_id,
                    "position": np.arange(len(open_)),
                    "speaker": self.people.to_numpy(dtype=object)[row],
                    "start": open_["start"],
                    "end": open_["end"],
                    "question_id": about["question_id"].to_numpy(dtype=object),
                    "prompt": about["text"].to_numpy(dtype=object),
                    "locator": where,
                }
            ),
        )

    def spans(self, open_: pd.DataFrame) -> pd.DataFrame:
        """Give turns and the line ends between them: all of the text of a survey."""
        edges = open_[["start", "end"]].to_numpy().ravel()
        what = np.tile(np.array(["turn", "blank"], dtype=object), len(open_))
        lines = np.repeat(self.rows[open_["row"].to_numpy()], 2)
        return pd.DataFrame(
            {
                "start": pd.Series(edges[:-1], dtype="int64"),
                "end": pd.Series(edges[1:], dtype="int64"),
                "what": pd.Series(what[:-1], dtype="str"),
                "line": pd.Series(lines[:-1], dtype="int64"),
            }
        )


def _is_plain(column: pd.Series) -> np.ndarray:
    """Tell cells that are a number and no more."""
    codes, distinct = pd.factorize(column)
    plain = pd.Series(distinct, dtype="str").str.fullmatch(_NUMBER).to_numpy(dtype=bool)
    return np.append(plain, False)[codes]


def _values(column: pd.Series, kind: str) -> np.ndarray:
    """Numbers of a scale, and of a closed question that is answered in numbers only."""
    if kind in _WORDS:
        return np.full(len(column), np.nan)
    value = questions.numbers(column)
    if kind == "closed" and value.notna().sum() != column.notna().sum():
        return np.full(len(column), np.nan)
    return value.to_numpy()
