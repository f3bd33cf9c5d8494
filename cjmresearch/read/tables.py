"""Tables of answers as the files give them: CSV and Excel become headers and rows of text."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import container
from cjmresearch.read.decode import decode, tidy

_DELIMITERS = ",;\t|"
_MAX_CELL = 10_000_000
_PROBED = 50
_WORKBOOK = "xl/workbook.xml"
_FORMULA = re.compile(rb"<f[ >]")
_SECOND_HEADER = ("importid", "open-ended response", "responseid", "responseset")


@dataclass(frozen=True)
class Table:
    """A table of text: one header row, rows as wide as it, blank cells as empty strings."""

    format: str
    encoding: str
    header: tuple[str, ...]
    rows: list[list[str]]
    row_numbers: list[int]
    """Number of each row in the file, the header being 1, as a spreadsheet shows it."""
    warnings: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Format:
    """One format of tables: a probe by content and a reader."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path, bytes], Table]


def read(path: Path, data: bytes) -> Table:
    """Read a table with the first format that recognises it."""
    for format_ in FORMATS:
        if format_.recognises(data):
            return _checked(path, format_.read(path, data))
    if container.is_zip(data):
        container.open_safely(path, data)
        raise UnknownFormat(path, "is a zip archive, but no Excel workbook; unpack it first")
    looked_for = ", ".join(f.name for f in FORMATS)
    raise UnknownFormat(path, f"no table recognised; looked for {looked_for}")


def _checked(path: Path, table: Table) -> Table:
    if not table.rows:
        raise ReadError(path, "a header, but no rows of answers; export it again")
    second = " ".join(cell.casefold() for row in table.rows[:2] for cell in row)
    if any(sign in second for sign in _SECOND_HEADER):
        raise UnknownFormat(
            path,
            "an export with two or three header rows (Qualtrics, SurveyMonkey); delete all header "
            "rows but the one with the questions",
            line=2,
        )
    return table


def _read_csv(path: Path, data: bytes) -> Table:
    text, encoding = decode(path, data)
    delimiter = _delimiter(text)
    csv.field_size_limit(_MAX_CELL)
    rows, numbers, header, blank = [], [], None, 0
    for number, (line, cells) in enumerate(_records(path, text, delimiter), start=1):
        if header is None:
            header = _header(path, cells)
        elif any(cells):
            rows.append(_same_width(path, cells, len(header), line))
            numbers.append(number)
        else:
            blank += len(cells) > 0
    if header is None:
        raise ReadError(path, "the file holds blank lines only; export it again")
    name = {"\t": "tab", ";": "semicolon", ",": "comma", "|": "bar"}[delimiter]
    dropped = (f"{blank} rows without any answer",) if blank else ()
    return Table(f"CSV ({name})", encoding, header, rows, numbers, dropped=dropped)


def _records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Give records with the line on which they begin."""
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            yield line, [cell.strip() for cell in cells]
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReadError(
            path,
            f'broken quotes ({error}); quote cells as "..." and double the quotes within',
            line=line,
        ) from None


def _same_width(path: Path, cells: list[str], width: int, line: int) -> list[str]:
    if len(cells) != width:
        raise ReadError(
            path,
            f"{len(cells)} cells, but the header has {width}; quote cells that hold the delimiter "
            "or a line end",
            line=line,
        )
    return cells


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the first records into the most cells of one width."""

    def fit(delimiter: str) -> tuple[float, int]:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        try:
            widths = [len(row) for row, _ in zip(reader, range(_PROBED), strict=False) if row]
        except csv.Error:
            return 0.0, 0
        if not widths or widths[0] < 2:
            return 0.0, 0
        return widths.count(widths[0]) / len(widths), widths[0]

    best = max(_DELIMITERS, key=lambda d: (fit(d)[0] > 0.5, fit(d)[1], fit(d)[0]))
    return best if fit(best)[1] else ","


def _read_xlsx(path: Path, data: bytes) -> Table:
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
    header = _header(path, _trimmed(cells[0][1]))
    rows = [(number, _fit(path, row, len(header), number)) for number, row in cells[1:]]
    return Table(
        f"Excel, sheet {title!r}",
        "xlsx",
        header,
        [row for _, row in rows],
        [number for number, _ in rows],
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
    written = ((n, [_as_text(value) for value in row]) for n, row in enumerate(rows, start=1))
    return [(number, row) for number, row in written if any(row)]


def _trimmed(cells: list[str]) -> list[str]:
    """Cut blank cells off the end."""
    return cells[: max((i for i, cell in enumerate(cells, 1) if cell), default=0)]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return tidy(str(value)).strip()


def _fit(path: Path, row: list[str], width: int, number: int) -> list[str]:
    if any(row[width:]):
        raise ReadError(
            path, f"more cells than the header has ({width}); give every column a name", line=number
        )
    return row[:width] + [""] * (width - len(row))


def _header(path: Path, cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns: blank ones are numbered, doubled ones get (2), (3)."""
    last = max((i for i, cell in enumerate(cells) if cell.strip()), default=-1)
    if last < 0:
        raise ReadError(path, "the header row is empty; name the columns", line=1)
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = base = " ".join(cell.split()) or f"column {number}"
        again = 2
        while name in names:
            name, again = f"{base} ({again})", again + 1
        names.append(name)
    return tuple(names)


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
