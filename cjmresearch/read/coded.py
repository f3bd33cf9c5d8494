"""A table of coded passages (file, turn, quote, code, coder) -> codings anchored in a study."""

from __future__ import annotations

import csv
import html
import io
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError
from cjmresearch.read.decode import decode, load
from cjmresearch.wording import WITHHELD

_NEEDED = ("quote", "code", "coder")
_KNOWN = (
    *(
        "file",
        *_NEEDED,
        "turn",
        "row",
        "occurrence",
        "status",
        "valence",
        "intensity",
        "confidence",
        "memo",
    ),
    *("start", "end"),
)
_OTHER_NAMES = {
    "file": (
        "document", "document name", "source", "filename", "file name", "file/case name",
        "interview", "transcript", "файл", "документ", "источник", "интервью",
    ),
    "quote": (
        "text", "segment", "coded segment", "coded text", "quotation", "quotation content",
        "excerpt", "passage", "content", "цитата", "фрагмент", "отрывок", "текст",
    ),
    "code": ("codes", "code name", "codename", "tag", "tags", "код", "коды", "тег", "теги"),
    "coder": (
        "coded by", "created by", "user", "author", "owner", "annotator", "кодировщик", "автор",
    ),
    "memo": ("comment", "comments", "note", "комментарий", "заметка"),
}  # fmt: skip
"""How other tools head the columns; ours come first."""
_PARTS = re.compile(r"\s*(?:\\|>|/|::)\s*")
_ROWS = re.compile(r"row (\d+)(?:-(\d+))?(?: |$)")
"""How the locator of a turn from a table begins."""
_MACHINES = ("model:", "rules:")


def codings(
    path: str | Path, study: schema.Study, *, unplaced: list[str] | None = None
) -> pd.DataFrame:
    """Read a coded CSV and find each passage in the study: a frame [codings].

    Columns: `quote` (the exact words but for blanks; empty = the whole turn), `code` (a slug of the
    study, a name of a code, or a path that ends in one; several are parted by `;`), `coder`; and,
    as far as they are there, `file` (title or file name of a source; without it the words are
    looked for in all), `turn` (from 1), `row` (of the table that the source was read from, as a
    spreadsheet numbers them), `occurrence` (which of several equal passages, from 1),
    `status`, `valence` (−1…1), `intensity` (1…3), `confidence`, `memo`; `start` and `end` place a
    quote that was withheld. Other tools' heads are known too, in any case: Document, Segment, Text,
    Quotation, Code, Tag, Coder, Created by, Comment, Цитата, Код, Кодировщик and more. The
    delimiter may be a comma, a semicolon or a tab, the encoding UTF-8 or Windows-1251, and numbers
    may have a decimal comma, as spreadsheets save them.

    What a machine has coded (`model:…`, `rules:…`) comes in as a suggestion, whatever the file
    says. Rows that can't be placed, or could be placed twice, are told in one `ReadError`, up to
    five; or, where a list is given as `unplaced`, put there as lines, and the others come in.
    """
    path = Path(path)
    places = _Places(study)
    rows, problems = [], []
    for line, record in _records(path):
        try:
            rows += places.codings(record)
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    if unplaced is not None:
        unplaced += problems
    elif problems:
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        raise ReadError(path, "; ".join(problems[:5]) + more)
    return schema.frame("codings", rows)


def _records(path: Path) -> list[tuple[int, dict[str, str]]]:
    text, _ = decode(path, load(path))
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = _names(next(reader, []))
        missing = [c for c in _NEEDED if c not in names]
        if missing:
            problem = f"no column {', '.join(missing)}; a coded CSV has {', '.join(_KNOWN)}"
            raise ReadError(path, problem, line=1)
        return [(reader.line_num, _record(names, row)) for row in reader if any(row)]
    except csv.Error as error:
        raise ReadError(path, f"not a CSV ({error})", line=reader.line_num) from None


def _names(header: list[str]) -> list[str]:
    """Our names of the columns; a column that another tool heads otherwise counts once."""
    heads = [" ".join(cell.split()).casefold() for cell in header]
    for ours, others in _OTHER_NAMES.items():
        other = next((name for name in others if name in heads), None)
        if ours not in heads and other is not None:
            heads[heads.index(other)] = ours
    return heads


def _record(names: list[str], row: list[str]) -> dict[str, str]:
    return {name: cell for name, cell in zip(names, row, strict=False) if name}


class _Places:
    """Sources, turns and codes of a study, ready to be looked up by what a person writes."""

    def __init__(self, study: schema.Study) -> None:
        self._texts = study.current_texts.to_dict()
        self._sources: dict[str, str] = {}
        for row in study.sources.itertuples():
            for name in (row.file, row.title):
                self._sources.setdefault(str(name), row.source_id)
                self._sources.setdefault(Path(str(name)).stem, row.source_id)
        self._titles = dict(zip(study.sources["source_id"], study.sources["title"], strict=True))
        self._codes = _codes(study)
        self._turns = {
            (t.source_id, t.position): (t.start, t.end) for t in study.turns.itertuples()
        }
        self._rows = _rows_of(study.turns)
        self._now = datetime.now(UTC)

    def codings(self, record: Mapping[str, str]) -> list[dict[str, Any]]:
        """Rows of `codings` for a row of the file; `ValueError` says what can't be placed."""
        if not record.get("coder", "").strip():
            raise ValueError("the coder is empty; say who coded it")
        codes = self._code_ids(record.get("code", ""))
        record = {**record, "quote": self._as_read(record["quote"])}
        source_id, start, end = self._place(record)
        return [
            {
                "coding_id": str(uuid.uuid4()),
                "source_id": source_id,
                "start": start,
                "end": end,
                "quote": self._texts[source_id][start:end],
                "code_id": code_id,
                "coder": record["coder"].strip(),
                "status": _status(record),
                "confidence": _number(record, "confidence"),
                "valence": _number(record, "valence"),
                "intensity": _number(record, "intensity"),
                "memo": record.get("memo") or None,
                "created_at": self._now,
            }
            for code_id in codes
        ]

    def _as_read(self, quote: str) -> str:
        """Decode HTML entities, unless a source has the words as they are written."""
        decoded = html.unescape(quote)
        if decoded == quote or any(_flexible(quote).search(t) for t in self._texts.values()):
            return quote
        return decoded

    def _code_ids(self, written: str) -> list[str]:
        """Ids of the codes of a cell: one, or several between semicolons."""
        whole = self._code(written)
        parts = [part for part in written.split(";") if part.strip()]
        found = [whole] if whole else [self._code(part) for part in parts]
        lost = [part.strip() for part, code in zip(parts, found, strict=False) if code is None]
        if lost or not found:
            raise ValueError(
                f"no code {(lost or [written])[0]!r} in the project; give a slug or a name of its "
                "codebook"
            )
        return [code for code in found if code]

    def _code(self, written: str) -> str | None:
        name = written.strip().casefold()
        return self._codes.get(name) or self._codes.get(_PARTS.split(name)[-1])

    def _place(self, record: Mapping[str, str]) -> tuple[str, int, int]:
        """Source and span; without a file, of the only source that has the words."""
        if record.get("file", "").strip():
            source_id = self._source(record["file"].strip())
            return source_id, *self._span(source_id, record)
        if not record["quote"].strip():
            raise ValueError("neither a file nor words; give one of them")
        pattern = _flexible(record["quote"])
        holding = [s for s, text in self._texts.items() if pattern.search(text)]
        if len(holding) > 1:
            listed = ", ".join(repr(self._titles[s]) for s in holding[:3])
            raise ValueError(
                f"the words {record['quote'][:40]!r} stand in {len(holding)} sources ({listed}); "
                "give the file"
            )
        if not holding:
            raise ValueError(f"the words {record['quote'][:40]!r} are in no source of the project")
        return holding[0], *self._span(holding[0], record)

    def _source(self, name: str) -> str:
        found = self._sources.get(name) or self._sources.get(Path(name).stem)
        if found is None:
            raise ValueError(f"no source {name!r} in the project; add the file first")
        return found

    def _span(self, source_id: str, record: Mapping[str, str]) -> tuple[int, int]:
        title, text = self._titles[source_id], self._texts[source_id]
        low, high = 0, len(text)
        turn = _whole(record, "turn")
        if turn is not None:
            if (source_id, turn - 1) not in self._turns:
                raise ValueError(f"{title} has no turn {turn}")
            low, high = self._turns[source_id, turn - 1]
        row = _whole(record, "row") if source_id in self._rows else None
        if row is not None:
            low, high = self._row(source_id, row, record["quote"])
        quote = record["quote"]
        if not quote.strip():
            return low, high
        start, end = _whole(record, "start"), _whole(record, "end")
        if quote == WITHHELD and start is not None and end is not None:
            return start, end
        exact = re.compile(re.escape(quote))
        found = _all(exact, text[low:high]) or _all(_flexible(quote), text[low:high])
        which = _whole(record, "occurrence") or 0
        if not found or which > len(found):
            raise ValueError(f"the words {quote[:40]!r} are not in {title} there")
        if not which and len(found) > 1:
            raise ValueError(
                f"the words {quote[:40]!r} stand {len(found)} times in {title} there; "
                "give the turn, the row or the occurrence"
            )
        begin, stop = found[max(which, 1) - 1]
        return low + begin, low + stop

    def _row(self, source_id: str, row: int, quote: str) -> tuple[int, int]:
        """Span of the turns that hold a row; of its own words where they begin or end a turn."""
        spans = [span for span in self._rows[source_id] if span[0] <= row <= span[1]]
        if not spans:
            raise ValueError(f"{self._titles[source_id]} has no turn from row {row}")
        low, high = spans[0][2], spans[-1][3]
        first, last = spans[0][0], spans[-1][1]
        found = _all(_flexible(quote), self._texts[source_id][low:high]) if quote.strip() else []
        if first == last or len(found) < 2:
            return low, high
        if row == first and found[0][0] == 0:
            return low, low + found[0][1]
        if row == last and low + found[-1][1] == high:
            return low + found[-1][0], high
        if len(found) == last - first + 1:
            begin, end = found[row - first]
            return low + begin, low + end
        return low, high


def _rows_of(turns: pd.DataFrame) -> dict[str, list[tuple[int, int, int, int]]]:
    """First and last row, start and end of the turns that were read from rows, by source."""
    found: dict[str, list[tuple[int, int, int, int]]] = {}
    for turn in turns.sort_values(["source_id", "position"]).itertuples():
        if rows := _ROWS.match(str(turn.locator)):
            first = int(rows[1])
            span = (first, int(rows[2] or first), turn.start, turn.end)
            found.setdefault(turn.source_id, []).append(span)
    return found


def _codes(study: schema.Study) -> dict[str, str]:
    """Ids of codes by slug, and by name where only one code has it."""
    codes = study.codes
    ids: dict[str, set[str]] = {}
    for column in ("name_ru", "name_en"):
        for name, code_id in zip(codes[column], codes["code_id"], strict=True):
            ids.setdefault(str(name).casefold(), set()).add(code_id)
    by_name = {name: next(iter(found)) for name, found in ids.items() if len(found) == 1}
    slugs = (slug.casefold() for slug in codes["slug"])
    return {**by_name, **dict(zip(slugs, codes["code_id"], strict=True))}


def _flexible(quote: str) -> re.Pattern[str]:
    """Find words whatever blanks and line ends stand between them: tools rewrite those."""
    return re.compile(r"\s+".join(map(re.escape, quote.split())))


def _all(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Spans of all matches, overlapping ones as well."""
    found, at = [], 0
    while match := pattern.search(text, at):
        found.append(match.span())
        at = match.start() + 1
    return found


def _whole(record: Mapping[str, str], column: str) -> int | None:
    given = (record.get(column) or "").strip()
    if given and not given.isdecimal():
        raise ValueError(f"{column} is {given[:20]!r}; give a whole number")
    return int(given) if given else None


def _status(record: Mapping[str, str]) -> str:
    if record["coder"].strip().startswith(_MACHINES):
        return "suggested"
    given = record.get("status") or "human"
    if given not in schema.STATUSES:
        raise ValueError(f"no status {given!r}; allowed: {', '.join(schema.STATUSES)}")
    return given


def _number(record: Mapping[str, str], column: str) -> float | None:
    given = (record.get(column) or "").strip()
    try:
        return float(given.replace(",", ".")) if given else None
    except ValueError:
        raise ValueError(f"{column} is {given[:20]!r}; give a number") from None
