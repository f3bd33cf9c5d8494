"""OpenDocument text (.odt): paragraphs and tables; tracked deletions and comments left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import container, documents
from cjmresearch.read.documents import Block, Row
from cjmresearch.read.draft import Draft

_SPACE = "{urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _OFFICE = (f"{_SPACE}{n}:1.0}}" for n in ("text", "table", "office"))
_CONTENT = "content.xml"
_PARAGRAPHS = {f"{_TEXT}p", f"{_TEXT}h"}
_LEFT_OUT = {
    f"{_TEXT}note": "footnotes or endnotes",
    f"{_OFFICE}annotation": "comments",
    f"{_OFFICE}annotation-end": "",
    f"{_SPACE}drawing:1.0}}frame": "pictures or text boxes",
    f"{_TEXT}sequence-decls": "",
    f"{_TEXT}soft-page-break": "",
    f"{_TEXT}table-of-content": "tables of contents",
}
_MAX_BLANKS = 1000
_MAX_REPEATS = 100
"""A sheet may say that a cell recurs a million times; no talk does."""


def recognises(data: bytes) -> bool:
    """Tell a zip archive with the content of an OpenDocument file."""
    return container.is_zip(data) and container.has_member(data, _CONTENT)


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read an .odt like a .docx: paragraphs, rows of tables, soft line ends."""
    with container.open_safely(path, data) as archive:
        root = documents.xml(path, _CONTENT, container.member(path, archive, _CONTENT))
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise UnknownFormat(path, "is an OpenDocument file, but no text document (.odt)")
    reader = _Reader()
    try:
        blocks = list(reader.blocks(body))
    except RecursionError:
        raise ReadError(path, f"{_CONTENT} is nested too deeply; save it anew") from None
    draft = documents.draft(
        path, blocks, given, format_="OpenDocument", encoding="odt", notes=reader.counts
    )
    kept = (f"{reader.inserted} tracked insertions count as text",) if reader.inserted else ()
    return replace(draft, notes=(*draft.notes, *kept))


class _Reader:
    """Walks a document and counts what it leaves out."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.inserted = self.tables = 0

    def blocks(self, element: Any) -> Iterator[Block]:
        """Paragraphs and rows in the order of the document."""
        for child in element:
            if child.tag in _PARAGRAPHS:
                yield "".join(self.texts(child))
            elif child.tag == f"{_TABLE}table":
                yield from self.table(child)
            elif child.tag == f"{_TEXT}tracked-changes":
                self.changes(child)
            elif child.tag in _LEFT_OUT:
                self.count(_LEFT_OUT[child.tag])
            else:
                yield from self.blocks(child)

    def changes(self, element: Any) -> None:
        """Count the list of changes: it holds the deleted words, the text the inserted ones."""
        for _ in element.iter(f"{_TEXT}deletion"):
            self.count("tracked deletions")
        self.inserted += sum(1 for _ in element.iter(f"{_TEXT}insertion"))

    def table(self, element: Any) -> Iterator[Row]:
        """Rows of a table; covered cells count, so that columns stay in line."""
        self.tables += 1
        number = self.tables
        for row in _rows(element):
            cells: list[str] = []
            for cell in row:
                if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                    texts = (
                        b if isinstance(b, str) else "\n".join(b.cells) for b in self.blocks(cell)
                    )
                    again = _number(cell.get(f"{_TABLE}number-columns-repeated"), _MAX_REPEATS)
                    cells += ["\n".join(texts)] * again
            if any(cells):
                yield Row(number, tuple(cells))

    def texts(self, element: Any) -> Iterator[str]:
        """Give the characters of a paragraph; blanks in a row are one, as the format says."""
        yield _blanks(element.text)
        for child in element:
            if child.tag in _LEFT_OUT:
                self.count(_LEFT_OUT[child.tag])
            elif child.tag == f"{_TEXT}s":
                yield " " * _number(child.get(f"{_TEXT}c"), _MAX_BLANKS)
            elif child.tag == f"{_TEXT}tab":
                yield "\t"
            elif child.tag == f"{_TEXT}line-break":
                yield "\n"
            else:
                yield from self.texts(child)
            yield _blanks(child.tail)

    def count(self, what: str) -> None:
        """Add one to what is left out, if it has a name."""
        if what:
            self.counts[what] = self.counts.get(what, 0) + 1


def _rows(element: Any) -> Iterator[Any]:
    """Rows of a table, also those of its header and groups."""
    for child in element:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in (f"{_TABLE}table-header-rows", f"{_TABLE}table-rows"):
            yield from _rows(child)


def _blanks(text: str | None) -> str:
    if not text:
        return ""
    inner = " ".join(text.replace("\n", " ").replace("\t", " ").split(" "))
    while "  " in inner:
        inner = inner.replace("  ", " ")
    return inner


def _number(value: str | None, most: int) -> int:
    return min(int(value), most) if value and value.isascii() and value.isdigit() else 1
