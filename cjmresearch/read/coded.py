"""A table of coded passages (file, turn, quote, code, coder) -> codings anchored in a study."""

from __future__ import annotations

import csv
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError

_NEEDED = ("file", "quote", "code", "coder")
_KNOWN = (*_NEEDED, "turn", "occurrence", "valence", "intensity", "memo")


def codings(path: str | Path, study: schema.Study) -> pd.DataFrame:
    """Read a coded CSV (UTF-8) and find each passage in the study: a frame [codings].

    Columns: `file` (title or file name of a source), `quote` (its exact words; empty = the whole
    turn), `code` (a slug of the study), `coder`; and, as far as they are there, `turn` (from 1),
    `occurrence` (which of several equal passages, from 1), `valence` (−1…1), `intensity` (1…3),
    `memo`. Every row that can't be placed is one line of the `ReadError`, up to five.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [c for c in _NEEDED if c not in (reader.fieldnames or ())]
            if missing:
                raise ReadError(
                    path,
                    f"no column {', '.join(missing)}; a coded CSV has {', '.join(_KNOWN)}",
                    line=1,
                )
            records = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError as error:
        raise ReadError(path, f"not UTF-8 ({error.reason}); save it as UTF-8") from None
    except FileNotFoundError:
        raise ReadError(path, "no such file") from None
    places = _Places(study)
    rows, problems = [], []
    for line, record in records:
        try:
            rows.append(places.coding(record))
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    if problems:
        more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
        raise ReadError(path, "; ".join(problems[:5]) + more)
    return schema.frame("codings", rows)


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
        return {
            "coding_id": str(uuid.uuid4()),
            "source_id": source_id,
            "start": start,
            "end": end,
            "quote": self._texts[source_id][start:end],
            "code_id": self._codes[record["code"]],
            "coder": record["coder"],
            "status": "human",
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
        start = low - 1
        for _ in range(int(record.get("occurrence") or 1)):
            start = self._texts[source_id].find(quote, start + 1, high)
            if start < 0:
                raise ValueError(f"the words {quote[:40]!r} are not in {record['file']} there")
        return start, start + len(quote)


def _number(record: Mapping[str, str], column: str) -> float | None:
    given = record.get(column)
    return float(given) if given else None
