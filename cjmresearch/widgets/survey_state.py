"""The answers to one question as the page shows them, kept in step with the project."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.store import Project
from cjmresearch.text import folded
from cjmresearch.text.sentences import trim

Row = dict[str, Any]
MINE = ("human", "accepted")
UNSURE = 0.5


@dataclass(frozen=True)
class Answers:
    """Answers of one question; an answer is a span of a source, a row all answers that are alike.

    `source`, `start`, `end`, `person`, `row`, `said` have one entry an answer, `texts` one a row.
    """

    question: str
    survey: list[str]
    source: np.ndarray
    start: np.ndarray
    end: np.ndarray
    person: np.ndarray
    row: np.ndarray
    said: list[str]
    texts: list[str]
    shown: np.ndarray
    """The answer of each row whose spelling is shown."""

    @cached_property
    def version(self) -> str:
        """Tell these rows from others: acts on row numbers mean nothing elsewhere."""
        return hashlib.sha256("\0".join(self.texts).encode()).hexdigest()[:16]

    @cached_property
    def counts(self) -> np.ndarray:
        """Answers of each row."""
        return np.bincount(self.row, minlength=len(self.texts))

    @cached_property
    def _places(self) -> dict[str, np.ndarray]:
        """Answers of each source, in the order of its text."""
        places = pd.Series(self.source, dtype=object).groupby(self.source).indices
        return {
            source: at[np.argsort(self.start[at], kind="stable")] for source, at in places.items()
        }

    @cached_property
    def _of_row(self) -> tuple[np.ndarray, np.ndarray]:
        """Answers in the order of their rows, and where each row begins."""
        return np.argsort(self.row, kind="stable"), np.cumsum(self.counts) - self.counts

    def of_rows(self, rows: Iterable[int]) -> np.ndarray:
        """Numbers of the answers in some rows, in the order of the file."""
        order, begins = self._of_row
        parts = [order[begins[row] : begins[row] + self.counts[row]] for row in rows]
        return np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *parts]))

    def holding(self, codings: Sequence[Row]) -> np.ndarray:
        """Find the answer in which each coding begins; -1 for other places."""
        found = np.full(len(codings), -1)
        by_source: dict[str, list[int]] = defaultdict(list)
        for i, coding in enumerate(codings):
            by_source[coding["source_id"]].append(i)
        for source, mine in by_source.items():
            at = self._places.get(source)
            if at is None:
                continue
            begins = np.array([codings[i]["start"] for i in mine], dtype=np.int64)
            last = np.searchsorted(self.start[at], begins, side="right") - 1
            inside = (last >= 0) & (begins < self.end[at[np.maximum(last, 0)]])
            found[np.array(mine, dtype=np.int64)[inside]] = at[last[inside]]
        return found


def answers(project: Project, question: str) -> Answers:
    """Read the answers to an open question, by its id or its words."""
    asked = project.frame("questions")
    found = asked[(asked["question_id"] == question) | (asked["text"] == question)]
    turns = project.frame("turns")
    turns = turns[turns["question_id"].isin(found["question_id"])]
    if turns.empty:
        answered = project.frame("turns")["question_id"].dropna().unique()
        open_ = asked.loc[asked["question_id"].isin(answered), "text"].drop_duplicates()
        known = ", ".join(f"{text!r}" for text in open_) or "none"
        raise CjmError(f"no answers to a question {question!r}; open questions: {known}")
    turns = turns.sort_values(["source_id", "position"], kind="stable").reset_index(drop=True)
    texts = _texts(project, turns["source_id"].unique())
    spans = [
        trim(texts[source], start, end)
        for source, start, end in zip(turns["source_id"], turns["start"], turns["end"], strict=True)
    ]
    start, end = (np.array(side, dtype=np.int64) for side in zip(*spans, strict=True))
    said = [texts[source][a:b] for source, a, b in zip(turns["source_id"], start, end, strict=True)]
    row, shown = _rows([folded(text) for text in said])
    people = turns[["source_id", "speaker"]].merge(
        project.frame("speakers")[["source_id", "speaker", "participant_id"]], how="left"
    )
    person = people["participant_id"].fillna(people["source_id"] + "/" + people["speaker"])
    return Answers(
        question=str(found["text"].iloc[0]),
        survey=[str(id_) for id_ in found["question_id"]],
        source=turns["source_id"].to_numpy(dtype=object),
        start=start,
        end=end,
        person=pd.factorize(person)[0],
        row=row,
        said=said,
        texts=[said[at] for at in shown],
        shown=shown,
    )


def _texts(project: Project, sources: Iterable[str]) -> dict[str, str]:
    revisions = project.frame("sources")[["source_id", "revision"]]
    current = project.frame("texts").merge(revisions)
    wanted = current[current["source_id"].isin(list(sources))]
    return dict(zip(wanted["source_id"], wanted["text"], strict=True))


def _rows(keys: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Give the row of each answer, and the first answer of each row."""
    row, distinct = pd.factorize(np.array(keys, dtype=object))
    first = np.full(len(distinct), -1)
    first[row[::-1]] = np.arange(len(row))[::-1]
    return row, first


class Marks:
    """Codings on the answers, by row; told to the page as what is to be drawn.

    Holds nothing that the project doesn't: `catch_up` reads what has changed since.
    """

    def __init__(self, project: Project, given: Answers, *, coder: str) -> None:
        self.answers = given
        self.coder = coder
        self._project = project
        self._codings: dict[str, Row] = {}
        self._answer_of: dict[str, int] = {}
        self._by_row: dict[int, set[str]] = defaultdict(set)
        self._coded: Counter[int] = Counter()
        self._decided: dict[str, str] = {}
        self._decisions: dict[str, str] = {}
        self.seq = project.seq
        sources = set(given.source)
        self._put([row for row in project.visible_rows(coder) if row["source_id"] in sources])

    def catch_up(self) -> tuple[set[int], set[str]]:
        """Take in what was done since: the rows that changed, and the tables."""
        seq = self._project.seq
        changed = self._project.changes(self.seq, coder=self.coder)
        self.seq = seq
        touched: set[int] = set()
        fresh: list[Row] = []
        for change in changed:
            if change["table"] == "codings":
                touched |= self._drop(change["row"]["coding_id"])
                fresh += [change["row"]] if change["op"] == "put" else []
        touched |= self._put(fresh)
        return touched, {change["table"] or "all" for change in changed}

    def _put(self, rows: Sequence[Row]) -> set[int]:
        places = self.answers.holding(rows) if rows else ()
        touched = set()
        for coding, at in zip(rows, places, strict=True):
            if at < 0:
                continue
            id_, row = coding["coding_id"], int(self.answers.row[at])
            self._codings[id_], self._answer_of[id_] = coding, int(at)
            self._by_row[row].add(id_)
            touched.add(row)
            if self._is_mine(coding):
                self._coded[int(at)] += 1
            if coding["suggestion_id"] and coding["coder"] == self.coder:
                self._decided[coding["suggestion_id"]] = id_
                self._decisions[id_] = coding["suggestion_id"]
        return touched

    def _drop(self, id_: str) -> set[int]:
        if id_ not in self._codings:
            return set()
        coding, at = self._codings.pop(id_), self._answer_of.pop(id_)
        row = int(self.answers.row[at])
        if self._is_mine(coding):
            self._coded[at] -= 1
            if not self._coded[at]:
                del self._coded[at]
        self._by_row[row].discard(id_)
        suggestion = self._decisions.pop(id_, None)
        if suggestion is not None and self._decided.get(suggestion) == id_:
            del self._decided[suggestion]
        return {row}

    # -- what acts need -----------------------------------------------------------------------

    def open_suggestions(self, rows: Iterable[int], code: str, *, whole: bool = False) -> list[str]:
        """Suggestions of a code on rows that this coder hasn't decided; `whole` answers alone."""
        return sorted(
            id_
            for row in rows
            for id_ in self._by_row.get(row, ())
            if self._codings[id_]["code_id"] == code
            and self._is_open(id_)
            and (not whole or self._is_whole(id_))
        )

    def best_suggestions(self, rows: Iterable[int]) -> list[str]:
        """Undecided suggestions of the code that is the likeliest on each row."""
        found: list[str] = []
        for row in rows:
            asked = [mark for mark in self.drawn(row) if "s" in mark]
            if asked:
                best = max(asked, key=lambda mark: UNSURE if mark["p"] is None else mark["p"])
                found += self.open_suggestions([row], best["code"])
        return found

    def own(self, rows: Iterable[int], code: str | None = None) -> list[str]:
        """Codings of this coder on rows."""
        return sorted(
            id_
            for row in rows
            for id_ in self._by_row.get(row, ())
            if self._is_mine(self._codings[id_])
            and (code is None or self._codings[id_]["code_id"] == code)
        )

    def waiting(self) -> pd.DataFrame:
        """Undecided suggestions: coding_id, code_id, coder, source_id, start, end, confidence."""
        columns = ["coding_id", "code_id", "coder", "source_id", "start", "end", "confidence"]
        rows = [
            {c: self._codings[i][c] for c in columns} for i in self._codings if self._is_open(i)
        ]
        return pd.DataFrame(rows, columns=columns).astype({"confidence": "float64"})

    def row_of(self, coding_id: str) -> int:
        """Row of a coding."""
        return int(self.answers.row[self._answer_of[coding_id]])

    def _is_mine(self, coding: Row) -> bool:
        return coding["coder"] == self.coder and coding["status"] in MINE

    def _is_whole(self, id_: str) -> bool:
        coding, at = self._codings[id_], self._answer_of[id_]
        start, end = self.answers.start[at], self.answers.end[at]
        return bool(coding["start"] <= start and coding["end"] >= end)

    def _is_open(self, id_: str) -> bool:
        coding = self._codings[id_]
        if coding["status"] != "suggested" or id_ in self._decided:
            return False
        row = self.row_of(id_)
        return not any(
            self._is_mine(self._codings[other])
            and self._codings[other]["code_id"] == coding["code_id"]
            and self._answer_of[other] == self._answer_of[id_]
            for other in self._by_row[row]
        )

    # -- what the page draws --------------------------------------------------------------------

    def drawn(self, row: int) -> list[dict[str, Any]]:
        """Give the marks of a row, one a code: who gave it to how many answers, what is suggested.

        `n` answers as a whole by this coder, `part` spans within answers, `others` coders by
        number of answers, `p` the highest confidence of `s` suggestions, `why`, `memo`, and
        `spans` of parts in the spelling that is shown.
        """
        found: dict[str, dict[str, Any]] = {}
        for id_ in sorted(self._by_row.get(row, ())):
            coding = self._codings[id_]
            mark = found.setdefault(
                coding["code_id"],
                {"code": coding["code_id"], "whole": set(), "parts": [], "others": Counter(),
                 "asked": [], "memo": ""},
            )  # fmt: skip
            if coding["status"] == "suggested":
                if self._is_open(id_):
                    mark["asked"].append(coding)
            elif self._is_mine(coding):
                self._own_mark(mark, coding, self._answer_of[id_])
            elif coding["status"] in MINE:
                mark["others"][coding["coder"]] += 1
        return [mark for mark in map(self._told, found.values()) if mark]

    def _own_mark(self, mark: dict[str, Any], coding: Row, at: int) -> None:
        reason = self._codings.get(coding["suggestion_id"] or "", {}).get("memo")
        if coding["memo"] and coding["memo"] != reason:
            mark["memo"] = coding["memo"]
        if self._is_whole(coding["coding_id"]):
            mark["whole"].add(at)
            return
        start = int(self.answers.start[at])
        shown = at == self.answers.shown[self.answers.row[at]]
        mark["parts"].append([coding["start"] - start, coding["end"] - start] if shown else [])

    def _told(self, mark: dict[str, Any]) -> dict[str, Any] | None:
        asked = mark["asked"]
        sure = [coding["confidence"] for coding in asked if coding["confidence"] is not None]
        told: dict[str, Any] = {"code": mark["code"]}
        if mark["whole"]:
            told["n"] = len(mark["whole"])
        if mark["parts"]:
            told |= {"part": len(mark["parts"]), "spans": [s for s in mark["parts"] if s]}
        if mark["others"]:
            told["others"] = dict(mark["others"])
        if asked:
            told |= {"s": len(asked), "p": max(sure) if sure else None}
            told["why"] = next((coding["memo"] for coding in asked if coding["memo"]), "")
        if mark["memo"]:
            told["memo"] = mark["memo"]
        return told if len(told) > 1 else None

    def rows(self) -> dict[int, list[dict[str, Any]]]:
        """All rows that have marks."""
        drawn = {row: self.drawn(row) for row in sorted(self._by_row)}
        return {row: marks for row, marks in drawn.items() if marks}

    def progress(self) -> dict[str, int]:
        """Answers that this coder has coded, of how many, and the people behind them."""
        coded = np.fromiter(self._coded, dtype=np.int64)
        people = np.unique(self.answers.person[coded])
        return {"coded": len(coded), "of": len(self.answers.row), "people": len(people)}
