"""A grid becomes columns: headers told from answers, rows that are no answers dropped."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cjmresearch.errors import ReadError
from cjmresearch.read import exports, tables
from cjmresearch.read.exports import Column, Export

_TESTS, _SPAM = 1 | 2, 8
_PREVIEW = re.compile(r"preview|test|предварительный просмотр|тест", re.IGNORECASE)
_SPAM_WORD = re.compile(r"spam|спам", re.IGNORECASE)
_EPOCH = dt.datetime(1899, 12, 30)
_SERIAL = (20_000, 80_000)
_UNFINISHED = ("0", "false", "ложь")


@dataclass(frozen=True, eq=False)
class Table:
    """Answers by column: `cells` is categorical (see `column_of`), columns as in `columns`."""

    format: str
    encoding: str
    columns: tuple[Column, ...]
    cells: pd.DataFrame
    row_numbers: np.ndarray
    """Number of each row in the file, as a spreadsheet shows it."""
    letters: tuple[str, ...]
    """Letter of each column in the file, as a spreadsheet shows it."""
    warnings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """Words of the questions, each once."""
        return tuple(self.cells.columns)


def read(path: Path, data: bytes) -> Table:
    """Read a grid and tell its headers, its columns and the rows that are no answers."""
    grid = tables.read(path, data)
    titles = exports.title_rows(grid.rows)
    export = exports.recognise(grid.rows[titles:])
    first = titles + export.header_rows
    if len(grid.numbers) <= first:
        raise ReadError(path, "a header, but no rows of answers; export it again")
    table = _without_blank_rows(_columns(path, grid, export, first))
    said = [f"title row: {_brief(row[0])}" for row in grid.rows[:titles]]
    headers = "1 header row" if export.header_rows == 1 else f"{export.header_rows} header rows"
    parts = [f"{export.service} in {grid.format}" if export.service else grid.format]
    parts += [headers] if export.service or export.header_rows > 1 else []
    table = replace(
        table,
        format=", ".join(parts),
        warnings=(*grid.warnings, *table.warnings),
        dropped=(*said, *grid.dropped, *table.dropped),
    )
    return _without_tests(path, _dated(table, export), export)


def _brief(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 60 else f"{line[:59]}…")


def _columns(path: Path, grid: tables.Grid, export: Export, first: int) -> Table:
    """Turn rows into columns; nameless columns without answers are left out."""
    width = max((i for i, c in enumerate(export.columns, 1) if c.text), default=0)
    if grid.encoding != "xlsx":
        width = len(export.columns)
    columns: Iterable[Iterable[str]]
    if grid.columns is not None:
        columns = (column[first:] for column in grid.columns)
    else:
        columns = zip(*same_width(path, grid, first=first, width=width), strict=True)
    blank_names, cells, kept, letters = 0, {}, [], []
    renamed: list[str] = []
    names: dict[str, int] = {}
    for index, (column, values) in enumerate(zip(export.columns, columns, strict=False)):
        filled = column_of(values)
        if not column.text and filled.isna().all():
            blank_names += 1
            continue
        text = _unique(column.text or f"column {index + 1}", names)
        renamed += [f"{letter(index)} {text!r}"] if column.text not in ("", text) else []
        cells[text] = filled
        kept.append(replace(column, text=text, key=column.key or text))
        letters.append(letter(index))
    dropped = (f"{blank_names} columns without a name and answers",) if blank_names else ()
    return Table(
        grid.format,
        grid.encoding,
        tuple(kept),
        pd.DataFrame(cells),
        np.array(grid.numbers[first:]),
        tuple(letters),
        warnings=(f"headers that stand twice got a number: {', '.join(renamed)}",) * bool(renamed),
        dropped=dropped,
    )


def _without_blank_rows(table: Table) -> Table:
    """Leave out rows without any answer, which a fast parser lets through."""
    filled = np.zeros(len(table.cells), dtype=bool)
    for name in table.header:
        filled |= table.cells[name].notna().to_numpy(dtype=bool)
    if filled.all():
        return table
    return replace(
        table,
        cells=table.cells[filled].reset_index(drop=True),
        row_numbers=table.row_numbers[filled],
        dropped=(*table.dropped, f"{int((~filled).sum())} rows without any answer"),
    )


def column_of(values: Iterable[str]) -> pd.Series:
    """Cells as a categorical of str, stripped, blanks missing.

    A long survey has few distinct answers a column: whatever is asked of a column is asked of them.
    """
    cells = values if isinstance(values, np.ndarray) else np.array([*values], dtype=object)
    codes, found = pd.factorize(cells)
    stripped = np.array([value.strip() for value in found], dtype=object)
    again, distinct = np.arange(len(found)), stripped
    if not (stripped == found).all():
        again, distinct = pd.factorize(stripped)
    blank = np.flatnonzero(distinct == "")
    if len(blank):
        distinct = np.delete(distinct, blank)
        again = np.where(again == blank[0], -1, again - (again > blank[0]))
    categories = pd.Index(distinct, dtype="str")
    return pd.Series(pd.Categorical.from_codes(again[codes], categories=categories))


def _unique(name: str, names: dict[str, int]) -> str:
    """Give a doubled name a number: (2), (3)."""
    unique, again = name, names.get(name, 1)
    while unique in names:
        again += 1
        unique = f"{name} ({again})"
    names[name] = again
    names.setdefault(unique, 1)
    return unique


def same_width(path: Path, grid: tables.Grid, *, first: int, width: int) -> list[list[str]]:
    """Check the width of rows; a workbook leaves blank cells at the end of a row unwritten."""
    rows = grid.rows[first:]
    if grid.encoding == "xlsx":
        longer = next((i for i, row in enumerate(rows) if len(row) > width), None)
        if longer is not None:
            raise ReadError(
                path,
                f"more cells than the header has ({width}); give every column a name",
                line=grid.numbers[first + longer],
            )
        return [row + [""] * (width - len(row)) for row in rows]
    wrong = next((i for i, row in enumerate(rows) if len(row) != width), None)
    if wrong is None:
        return rows
    smart = any(quote in cell for cell in rows[wrong] for quote in "“”„")
    raise ReadError(
        path,
        f"{len(rows[wrong])} cells, but the header has {width}; quote cells that hold the "
        "delimiter or a line end" + (" with \", for “ and ” don't quote" if smart else ""),
        line=grid.line_of(grid.numbers[first + wrong]),
    )


def letter(index: int) -> str:
    """Name a column as a spreadsheet does: A, B, … Z, AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _dated(table: Table, export: Export) -> Table:
    """Write Excel's serial dates of known columns as dates, and say so."""
    changed = []
    cells = table.cells
    dates = [c.text for c in table.columns if c.type == "date" and export.serial_dates]
    for name in dates:
        filled = cells[name].notna()
        value = pd.to_numeric(cells[name].astype("str"), errors="coerce")
        if not filled.any() or not value[filled].between(*_SERIAL).all():
            continue
        cells = cells.assign(**{name: column_of("" if pd.isna(v) else _serial(v) for v in value)})
        changed.append(name)
    note = (f"Excel serial numbers read as dates: {', '.join(changed)}",) if changed else ()
    return replace(table, cells=cells, warnings=(*table.warnings, *note))


def _serial(days: float) -> str:
    moment = _EPOCH + dt.timedelta(seconds=round(days * 86_400))
    return moment.isoformat(sep=" ")


def _without_tests(path: Path, table: Table, export: Export) -> Table:
    """Drop previews, tests and spam; count the unfinished, who stay."""
    warnings_ = list(table.warnings)
    kept = {column.key for column in table.columns}
    if export.finished is not None and export.finished in kept:
        done = _by_key(table, export.finished).str.casefold()
        unfinished = int(done.isin(_UNFINISHED).sum())
        if unfinished:
            warnings_.append(f"{unfinished} unfinished responses are kept")
    if export.status is None or export.status not in kept:
        return replace(table, warnings=tuple(warnings_))
    status = _by_key(table, export.status)
    number = pd.to_numeric(status, errors="coerce").fillna(0).astype("int64")
    words = status.fillna("")
    spam = ((number & _SPAM) > 0) | words.str.contains(_SPAM_WORD)
    test = (((number & _TESTS) > 0) | words.str.contains(_PREVIEW)) & ~spam
    keep = (~spam & ~test).to_numpy(dtype=bool)
    if not keep.any():
        raise ReadError(
            path, f"all {len(keep)} rows are previews, tests or spam; export the responses"
        )
    counts = (int(test.sum()), "previews and tests"), (int(spam.sum()), "responses marked as spam")
    numeric = status.dropna().str.fullmatch(r"\d+").all()
    if numeric:
        warnings_.append("answers are numbers of choices; export choice text to read their words")
    return replace(
        table,
        columns=tuple(replace(c, coded=True) for c in table.columns) if numeric else table.columns,
        cells=table.cells[keep].reset_index(drop=True),
        row_numbers=table.row_numbers[keep],
        warnings=tuple(warnings_),
        dropped=(*table.dropped, *(f"{n} {what}" for n, what in counts if n)),
    )


def _by_key(table: Table, key: str) -> pd.Series:
    return table.cells[next(c.text for c in table.columns if c.key == key)].astype("str")
