"""Tables of answers as the files give them: CSV and Excel become a grid of text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import container
from cjmresearch.read.decode import decode, tidy

_DELIMITERS = ",;\t|"
_MAX_CELL = 10_000_000
_PROBED = 50
_LONG = 1_000_000
"""Characters from which a file is worth the fast way."""
_HEAD = 8
_PROBED_CHARACTERS = 2_000_000
_WORKBOOK = "xl/workbook.xml"
_QUOTE = ord('"')
_FORMULA = re.compile(rb"<f[ >]")


@dataclass(frozen=True)
class Grid:
    """Rows of text as the file holds them, headers and all; blank rows are left out.

    Of a long, well-formed file `rows` is the first rows only, and `columns` gives the rest.
    """

    format: str
    encoding: str
    rows: list[list[str]]
    numbers: list[int]
    """Number of each row in the file, from 1, as a spreadsheet shows it."""
    line_of: Callable[[int], int]
    """Line of the file on which a row of that number begins, for messages."""
    warnings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    columns: list[np.ndarray] | None = None
    """Cells by column, headers and all, as arrays of str."""


@dataclass(frozen=True)
class Format:
    """One format of tables: a probe by content and a reader."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path, bytes], Grid]


def read(path: Path, data: bytes) -> Grid:
    """Read a grid with the first format that recognises it."""
    for format_ in FORMATS:
        if format_.recognises(data):
            return format_.read(path, data)
    if container.is_zip(data):
        container.open_safely(path, data)
        raise UnknownFormat(path, "is a zip archive, but no Excel workbook; unpack it first")
    looked_for = ", ".join(f.name for f in FORMATS)
    raise UnknownFormat(path, f"no table recognised; looked for {looked_for}")


def _read_csv(path: Path, data: bytes) -> Grid:
    text, encoding = decode(path, data)
    delimiter = _delimiter(text)
    name = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}[delimiter]
    csv.field_size_limit(_MAX_CELL)
    columns = _fast(text, delimiter) if len(text) > _LONG else None
    if columns is not None and any(column[0].strip() for column in columns):
        head = [[str(column[i]) for column in columns] for i in range(_HEAD)]
        numbers = list(range(1, len(columns[0]) + 1))
        return Grid(
            f"CSV ({name})", encoding, head, numbers, lambda number: number, columns=columns
        )
    try:
        records = list(csv.reader(io.StringIO(text), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ReadError(
            path,
            f'broken quotes ({error}); quote cells as "..." and double the quotes within',
            line=list(_lines(text, delimiter))[-1],
        ) from None
    rows, numbers, blank = [], [], 0
    for number, cells in enumerate(records, start=1):
        if any(cells) and any(map(str.strip, cells)):
            rows.append(cells)
            numbers.append(number)
        else:
            blank += len(cells) > 0 and len(rows) > 0
    if not rows and not any(map(len, records)):
        raise ReadError(path, "the file holds blank lines only; export it again")
    if not rows or (records[0] and numbers[0] != 1):
        raise ReadError(path, "the header row is empty; name the columns", line=1)

    def line_of(number: int) -> int:
        return next(line for n, line in enumerate(_lines(text, delimiter), 1) if n == number)

    dropped = (f"{blank} rows without any answer",) if blank else ()
    return Grid(f"CSV ({name})", encoding, rows, numbers, line_of, dropped=dropped)


def _fast(text: str, delimiter: str) -> list[np.ndarray] | None:
    """Parse a long file that is beyond doubt well formed; None sends it the careful way.

    Beyond doubt: every quote opens or closes a whole cell, no row is longer than the first (the
    parser would stop), and there are as many delimiters as rows of that width need, so that none is
    shorter.
    """
    data = text.encode("utf-8")
    delimiters = _unquoted_delimiters(data, delimiter.encode())
    if delimiters is None:
        return None
    try:
        frame = pd.read_csv(
            io.BytesIO(data), sep=delimiter, header=None, dtype=object, na_filter=False,
            skip_blank_lines=False,
        )  # fmt: skip
    except (pd.errors.ParserError, ValueError):
        return None
    if delimiters != len(frame) * (len(frame.columns) - 1) or len(frame) <= _HEAD:
        return None
    return [frame[name].to_numpy(dtype=object) for name in frame.columns]


def _unquoted_delimiters(data: bytes, delimiter: bytes) -> int | None:
    """Count delimiters outside quotes; None where a quote stands within a cell or stays open."""
    letters = np.frombuffer(data, dtype="uint8")
    quotes = np.flatnonzero(letters == _QUOTE)
    if len(quotes) % 2:
        return None
    edges = np.zeros(256, dtype=bool)
    edges[[*delimiter, *b"\n", _QUOTE]] = True  # two quotes in a row are one within a cell
    opening, closing = quotes[0::2], quotes[1::2]
    whole = edges[letters[opening[opening > 0] - 1]].all()
    whole &= edges[letters[closing[closing < len(data) - 1] + 1]].all()
    if not whole:
        return None
    if not len(quotes):
        return data.count(delimiter)
    delimiters = np.flatnonzero(letters == delimiter[0])
    return int((np.searchsorted(quotes, delimiters) % 2 == 0).sum())


def _lines(text: str, delimiter: str) -> Iterator[int]:
    """Give the line on which each record begins, up to the first broken one."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for _ in reader:
            yield line
            line = reader.line_num + 1
    except csv.Error:
        yield line


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the first records into the most cells of one width.

    The first record sets the width; where it is a title alone, the commonest width does.
    """
    head = text[:_PROBED_CHARACTERS]

    def fit(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(head), delimiter=delimiter)
        try:
            widths = [len(row) for row, _ in zip(reader, range(_PROBED), strict=False) if row]
        except csv.Error:
            return 0.0, 0
        width = widths[0] if widths else 0
        if width == 1:
            width = Counter(widths).most_common(1)[0][0]
        return (widths.count(width) / len(widths), width) if width > 1 else (0.0, 0)

    best = max(_DELIMITERS, key=lambda d: (fit(d)[0] > 0.5, fit(d)[1], fit(d)[0]))
    return best if fit(best)[1] else ","


def _read_xlsx(path: Path, data: bytes) -> Grid:
    with container.open_safely(path, data) as archive:
        formulas = sum(
            len(_FORMULA.findall(container.member(path, archive, name)))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/sheet")
        )
    sheets = _sheets(path, data)
    filled = [(title, cells) for title, cells in sheets if cells]
    if not filled:
        raise ReadError(path, "the workbook is empty; export it again")
    title, cells = filled[0]
    return Grid(
        f"Excel, sheet {title!r}",
        "xlsx",
        [_trimmed(row) for _, row in cells],
        [number for number, _ in cells],
        lambda number: number,
        (f"{formulas} formulas: their last saved values were read",) if formulas else (),
        tuple(f"sheet {other!r}: only the first sheet is read" for other, _ in filled[1:]),
    )


def _sheets(path: Path, data: bytes) -> list[tuple[str, list[tuple[int, list[str]]]]]:
    """Rows of every sheet by its title; whatever openpyxl stumbles over is a damaged file."""
    from defusedxml import DefusedXmlException
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    stumbles = (ArithmeticError, AttributeError, SyntaxError, TypeError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on styles and validations, which hold no answers
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            sheets = [(sheet.title, _cells(sheet)) for sheet in book.worksheets]
            book.close()
    except (*container.DAMAGED, *stumbles, InvalidFileException, DefusedXmlException) as error:
        raise ReadError(
            path, f"the workbook is damaged ({container.brief(error)}); save it anew"
        ) from None
    return sheets


def _cells(sheet: Any) -> list[tuple[int, list[str]]]:
    """Give rows that hold anything, with their numbers; a sheet's stated size may lie."""
    sheet.reset_dimensions()
    rows: Iterable[Sequence[object]] = sheet.iter_rows(values_only=True)
    written = ((n, [as_text(value) for value in row]) for n, row in enumerate(rows, start=1))
    return [(number, row) for number, row in written if any(row)]


def _trimmed(cells: list[str]) -> list[str]:
    """Cut blank cells off the end."""
    return cells[: max((i for i, cell in enumerate(cells, 1) if cell), default=0)]


def as_text(value: object) -> str:
    """Write a value as a person would type it: whole numbers without a point, times in ISO."""
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return tidy(str(value)).strip()


def _is_text(data: bytes) -> bool:
    return not container.is_zip(data)


FORMATS: tuple[Format, ...] = (
    Format(
        "Excel (.xlsx)",
        lambda data: container.is_zip(data) and container.has_member(data, _WORKBOOK),
        _read_xlsx,
    ),
    Format("CSV with , ; tab or |", _is_text, _read_csv),
)
"""In the order they are asked; text recognises everything but archives and comes last."""
