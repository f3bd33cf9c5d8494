"""The preview as a table for a spreadsheet: a person says yes or no, or writes something else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch.errors import CjmError, ReadError
from cjmresearch.privacy import cells as cells_
from cjmresearch.privacy.planning import COLUMNS, preview, spell, tables_of
from cjmresearch.store import Project

CONTEXT = 30
"""Characters of context that the list shows on each side."""
_PLACE = ["table", "row", "column", "start", "end"]
_SHOWN = ["replace", "text", "replacement", "kind", "certainty", "source", "place", "context"]
_ANSWERS = {"yes": True, "да": True, "": True, "no": False, "нет": False}
_CERTAIN, _LIKELY = 0.85, 0.7
_FORMULA = re.compile(r"'?(?=[=+\-@\t\r])")


def write_list(project: Project, path: str | Path) -> pd.DataFrame:
    """Write every replacement that `pseudonymise` would make as a CSV to be read and corrected.

    Returns
    -------
    DataFrame
        One row a finding, as written: replace (yes; write no to keep what stands there), text,
        replacement (write another), kind, certainty (certain, likely or doubtful), source (title),
        place (turn from 1 and its locator, or table and column), context (30 characters on each
        side, the finding in brackets), and where it stands: table, row, column, start, end.
    """
    path = Path(path)
    if path.exists():
        raise CjmError(f"{path}: already exists; a list that was corrected is never written over")
    if not path.parent.is_dir():
        raise CjmError(f"{path}: the folder {path.parent} does not exist; make it first")
    found = preview(project)
    tables = tables_of(project)
    rows = {(t, spell(cells_.key_of(t, row))): row for t in tables for row in tables[t]}
    about = [_about(row, rows.get((row.table, row.row)), tables) for row in found.itertuples()]
    certainty = found["confidence"].map(
        lambda c: "certain" if c >= _CERTAIN else "likely" if c >= _LIKELY else "doubtful"
    )
    shown = pd.DataFrame(about, columns=["source", "place", "context"], dtype="str")
    listed = found.assign(replace="yes", certainty=certainty, **dict(shown.items()))
    listed = listed[[*_SHOWN, *_PLACE]]
    guarded = listed.copy()
    for column in (*_SHOWN, "row"):
        guarded[column] = guarded[column].map(lambda v: f"'{v}" if _formula(v) else v)
    path.touch(mode=0o600)  # it holds originals, as the key does
    guarded.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    return listed


def read_list(project: Project, path: str | Path) -> pd.DataFrame:
    """Read a list back: the replacements for `pseudonymise`.

    A line with `no` keeps what stands there; a line that was taken out is replaced as previewed,
    so that nothing is let through by mistake. A new line with only `text` and `replacement` (and
    nothing in `table`) replaces these words everywhere that nothing else is replaced.

    Returns
    -------
    DataFrame
        The columns of `preview`. `ReadError` names the line of an answer that is neither yes nor
        no, of an empty replacement, and of a place that is not in the project's preview.
    """
    path = Path(path)
    found = preview(project)
    index = {_identity(row): i for i, row in enumerate(found.to_dict("records"))}
    new = found["replacement"].tolist()
    keep: set[int] = set()
    own: dict[str, str] = {}
    for number, line in _lines(path):
        answer = line["replace"].strip().casefold()
        if answer not in _ANSWERS:
            raise ReadError(path, f"replace is {answer!r}; write yes or no", line=number)
        if _ANSWERS[answer] and not line["replacement"]:
            raise ReadError(path, "nothing in replacement; give at least a letter", line=number)
        if not line["table"] and line["text"]:
            if _ANSWERS[answer]:
                own[line["text"]] = line["replacement"]
            continue
        at = index.get(_identity(line))
        if at is None:
            raise ReadError(path, "not a place of this project; make the list anew", line=number)
        if _ANSWERS[answer]:
            new[at] = line["replacement"]
        else:
            keep.add(at)
    listed = found.assign(replacement=pd.Series(new, dtype="str"))
    more = pd.DataFrame(_own_rows(project, own, found), columns=list(COLUMNS)).astype(COLUMNS)
    kept = listed.drop(index=sorted(keep))
    return pd.concat([kept, more], ignore_index=True) if len(more) else kept


def _about(found: Any, row: cells_.Row | None, tables: cells_.Tables) -> tuple[str, str, str]:
    """Title of the source, the place in it, and the words around."""
    row = row or {}
    source = str(row.get("source_id") or row.get("survey_id") or "")
    titles = {r["source_id"]: r["title"] for r in tables["sources"]}
    place = f"{found.table}, {found.column}"
    if found.table == "texts":
        revisions = {r["source_id"]: r["revision"] for r in tables["sources"]}
        old = row["revision"] != revisions[source]
        place = f"revision {row['revision']}" if old else _turn(source, found.start, tables)
    elif "locator" in row:
        place = " ".join(filter(None, [f"turn {row['position'] + 1}", row["locator"], place]))
    words = str(row.get(found.column) or found.text)
    before = words[max(0, found.start - CONTEXT) : found.start]
    context = f"{before}[{found.text}]{words[found.end : found.end + CONTEXT]}"
    return str(titles.get(source, "")), place, " ".join(context.split())


def _turn(source: str, at: int, tables: cells_.Tables) -> str:
    """Name the turn that holds a place of a text, or that comes next: its label stands before."""
    turns = [t for t in tables["turns"] if t["source_id"] == source and t["end"] > at]
    if not turns:
        return "after the last turn"
    turn = min(turns, key=lambda t: t["start"])
    return " ".join(filter(None, [f"turn {turn['position'] + 1}", turn["locator"]]))


def _lines(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CjmError(f"{path}: no such list; write one with --preview {path}") from None
    except UnicodeDecodeError:
        raise ReadError(path, "not UTF-8; save the list as CSV UTF-8") from None
    head = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    missing = [c for c in ("replace", "text", "replacement", *_PLACE) if c not in head]
    if missing:
        raise ReadError(path, f"no column {missing[0]!r}; start from the list of --preview")
    for line in reader:
        plain = {k: _FORMULA.sub("", v or "", count=1) if k else "" for k, v in line.items()}
        yield reader.line_num, plain


def _formula(value: Any) -> bool:
    return isinstance(value, str) and value[:1] in "=+-@\t\r" and bool(value)


def _identity(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(row[column]).strip() for column in _PLACE)


def _own_rows(
    project: Project, own: dict[str, str], found: pd.DataFrame
) -> Iterator[tuple[object, ...]]:
    """Give the places of words that a person has added, where nothing is replaced yet."""
    taken: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for row in found.itertuples():
        taken.setdefault((row.table, row.row, row.column), []).append((row.start, row.end))
    for cell in cells_.cells(tables_of(project)) if own else ():
        place = (cell.table, spell(cell.key), cell.column)
        spans = taken.setdefault(place, [])
        for words in sorted(own, key=len, reverse=True):
            for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", cell.value):
                start, end = match.span()
                if not any(start < stop and begin < end for begin, stop in spans):
                    spans.append((start, end))
                    key = f"own:{words.casefold()}"
                    yield (*place, start, end, words, own[words], "own", key, 1.0)
