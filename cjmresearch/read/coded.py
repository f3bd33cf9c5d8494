"""A table of coded passages (file, turn, quote, code, coder) -> codings anchored in a study."""

from __future__ import annotations

import csv
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

_NEEDED = ("file", "quote", "code", "coder")
_KNOWN = (
    *(*_NEEDED, "turn", "occurrence", "status", "valence", "intensity", "confidence", "memo"),
    *("start", "end"),
)
_MACHINES = ("model:", "rules:")


def codings(path: str | Path, study: schema.Study) -> pd.DataFrame:
    """Read a coded CSV and find each passage in the study: a frame [codings].

    Columns: `file` (title or file name of a source), `quote` (its exact words; empty = the whole
    turn), `code` (a slug of the study), `coder`; and, as far as they are there, `turn` (from 1),
    `occurrence` (which of several equal passages, from 1), `status`, `valence` (−1…1), `intensity`
    (1…3), `confidence`, `memo`; `start` and `end` place a quote that was withheld. The delimiter
    may be a comma, a semicolon or a tab, the encoding UTF-8 or Windows-1251, and numbers may have
    a decimal comma, as spreadsheets save them.

    What a machine has coded (`model:…`, `rules:…`) comes in as a suggestion, whatever the file
    says. Rows that can't be placed, or could be placed twice, are told in one `ReadError`, up to
    five.
    """
    path = Path(path)
    places = _Places(study)
    rows, problems = [], []
    for line, record in _records(path):
        try:
            rows.append(places.coding(record))
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    if problems:
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        raise ReadError(path, "; ".join(problems[:5]) + more)
    return schema.frame("codings", rows)


def _records(path: Path) -> list[tuple[int, dict[str, str]]]:
    text, _ = decode(path, load(path))
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [c for c in _NEEDED if c not in (reader.fieldnames or ())]
    if missing:
        problem = f"no column {', '.join(missing)}; a coded CSV has {', '.join(_KNOWN)}"
        raise ReadError(path, problem, line=1)
    try:
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise ReadError(path, f"not a CSV ({error})", line=reader.line_num) from None


class _Places:
    """Sources, turns and codes of a study, ready to be looked up by what a person writes."""

    def __init__(self, study: schema.Study) -> None:
        self._texts = study.current_texts.to_dict()
        self._sources: dict[str, str] = {}
        for row in study.sources.itertuples():
            for name in (row.file, row.title):
                self._sources.setdefault(str(name), row.source_id)
                self._sources.setdefault(Path(str(name)).stem, row.source_id)
        self._codes = dict(zip(study.codes["slug"], study.codes["code_id"], strict=True))
        self._turns = {
            (t.source_id, t.position): (t.start, t.end) for t in study.turns.itertuples()
        }
        self._now = datetime.now(UTC)

    def coding(self, record: Mapping[str, str]) -> dict[str, Any]:
        """One row of `codings`; `ValueError` says what can't be placed."""
        source_id = self._source(record["file"])
        start, end = self._span(source_id, record)
        if record["code"] not in self._codes:
            raise ValueError(f"no code {record['code']!r} in the project")
        if not record["coder"]:
            raise ValueError("the coder is empty; say who coded it")
        return {
            "coding_id": str(uuid.uuid4()),
            "source_id": source_id,
            "start": start,
            "end": end,
            "quote": self._texts[source_id][start:end],
            "code_id": self._codes[record["code"]],
            "coder": record["coder"],
            "status": _status(record),
            "confidence": _number(record, "confidence"),
            "valence": _number(record, "valence"),
            "intensity": _number(record, "intensity"),
            "memo": record.get("memo") or None,
            "created_at": self._now,
        }

    def _source(self, name: str) -> str:
        found = self._sources.get(name) or self._sources.get(Path(name).stem)
        if found is None:
            raise ValueError(f"no source {name!r} in the project; add the file first")
        return found

    def _span(self, source_id: str, record: Mapping[str, str]) -> tuple[int, int]:
        low, high = 0, len(self._texts[source_id])
        if record.get("turn"):
            position = int(record["turn"]) - 1
            if (source_id, position) not in self._turns:
                raise ValueError(f"{record['file']} has no turn {record['turn']}")
            low, high = self._turns[source_id, position]
        quote = record["quote"]
        if not quote:
            return low, high
        if quote == WITHHELD and record.get("start") and record.get("end"):
            return int(record["start"]), int(record["end"])
        text = self._texts[source_id]
        starts = [m.start() for m in re.finditer(f"(?={re.escape(quote)})", text[low:high])]
        starts = [low + s for s in starts if low + s + len(quote) <= high]
        which = int(record.get("occurrence") or 0)
        if not starts or which > len(starts):
            raise ValueError(f"the words {quote[:40]!r} are not in {record['file']} there")
        if not which and len(starts) > 1:
            raise ValueError(
                f"the words {quote[:40]!r} stand {len(starts)} times in {record['file']} there; "
                "give the turn or the occurrence"
            )
        start = starts[max(which, 1) - 1]
        return start, start + len(quote)


def _status(record: Mapping[str, str]) -> str:
    if record["coder"].startswith(_MACHINES):
        return "suggested"
    given = record.get("status") or "human"
    if given not in schema.STATUSES:
        raise ValueError(f"no status {given!r}; allowed: {', '.join(schema.STATUSES)}")
    return given


def _number(record: Mapping[str, str], column: str) -> float | None:
    given = record.get(column)
    return float(given.replace(",", ".")) if given else None
