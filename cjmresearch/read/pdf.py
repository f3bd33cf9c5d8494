"""PDF with a text layer: lines of pages; page numbers and line numbers are left out."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import container, plain
from cjmresearch.read.decode import tidy, whole, without_soft_hyphens
from cjmresearch.read.draft import Draft, Line

_MAX_PAGES = 2000
_MAX_BYTES = 200_000_000
_STUMBLES = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, NotImplementedError,
    OSError, RuntimeError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What pypdf raises on damaged files beside its own errors."""
_NUMBER = re.compile(r"\s*\d{1,4}\s*$")
_PAGE = re.compile(r"\s*(?:(?:page|стр\.?|страница)\s*)?\d{1,4}(?:\s*(?:/|of|из)\s*\d{1,4})?\s*$")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MIN_NUMBERS = 3


@dataclass
class _Left:
    """What stood on the pages and is no talk."""

    numbers: int = 0
    pages: int = 0


def recognises(data: bytes) -> bool:
    """Tell a file that begins as a PDF."""
    return data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"%PDF-")


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read the text layer; the locator counts pages. `ReadError` for pictures of pages."""
    pages = _pages(path, data)
    if not any(page.strip() for page in pages):
        raise ReadError(
            path,
            f"the PDF has {len(pages)} pages, but no text layer (pictures of pages?); "
            "run it through text recognition (OCR), or export the text",
        )
    left = _Left()
    rows: list[Line] = []
    start = soft = 0
    for number, page in enumerate(pages, start=1):
        for row in _kept(_CONTROL.sub(" ", tidy(whole(page))).split("\n"), left):
            text, remark = without_soft_hyphens(row)
            soft += len(row) - len(text) if remark else 0
            rows.append(Line(start, text, number))
            start += len(text) + 1
    text = "\n".join(row.text for row in rows)
    draft = plain.from_lines(
        path, text, rows, given=given, format_="PDF", encoding="pdf", unit="page"
    )
    dropped = [
        f"{n} {what}"
        for n, what in (
            (left.pages, "page numbers"),
            (left.numbers, "line numbers"),
            (soft, "soft hyphens within words"),
        )
        if n
    ]
    return replace(draft, dropped=(*draft.dropped, *dropped))


def _pages(path: Path, data: bytes) -> list[str]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    if len(data) > _MAX_BYTES:
        raise ReadError(path, f"the PDF is larger than {_MAX_BYTES:,} bytes; export the text")
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on damage say nothing new
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnknownFormat(path, "the PDF wants a password; save it without one")
        count = len(reader.pages)
        if count > _MAX_PAGES:
            raise ReadError(path, f"{count} pages (limit: {_MAX_PAGES}); split the file")
        return [page.extract_text() for page in reader.pages]
    except (PyPdfError, DependencyError, AssertionError, *_STUMBLES) as error:
        raise ReadError(
            path, f"the PDF is damaged ({container.brief(error)}); export it again"
        ) from None


def _kept(rows: Sequence[str], left: _Left) -> list[str]:
    """Lines of a page without its number and without the numbers of its lines.

    Tabs stand for blanks: some writers put one after each word.
    """
    filled = [i for i, row in enumerate(rows) if row.strip()]
    ends = {i for i in (*filled[:1], *filled[-1:]) if _PAGE.match(rows[i].casefold())}
    numbered: set[int] = set()
    run: list[int] = []
    for i in (*filled, None):
        follows = i is not None and _NUMBER.match(rows[i])
        if follows and i is not None and (not run or int(rows[i]) == int(rows[run[-1]]) + 1):
            run.append(i)
            continue
        numbered |= set(run) if len(run) >= _MIN_NUMBERS else set()
        run = [i] if follows and i is not None else []
    left.numbers += len(numbered)
    left.pages += len(ends - numbered)
    return [
        " ".join(row.split("\t")).strip(" ") if "\t" in row else row
        for i, row in enumerate(rows)
        if i not in numbered | ends
    ]
