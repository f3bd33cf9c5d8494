"""Word documents (.docx): paragraphs as lines, tracked insertions kept, deletions left out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError
from cjmresearch.read import container, documents
from cjmresearch.read.documents import Block, Row
from cjmresearch.read.draft import Draft

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DOCUMENT = "word/document.xml"
_LEFT_OUT = {
    _FALLBACK: "",
    f"{_W}del": "tracked deletions",
    f"{_W}moveFrom": "tracked deletions",
    f"{_W}footnoteReference": "footnotes",
    f"{_W}endnoteReference": "endnotes",
    f"{_W}commentReference": "comments",
    f"{_W}drawing": "pictures or text boxes",
    f"{_W}pict": "pictures or text boxes",
    f"{_W}instrText": "",
}
_INSERTED = {f"{_W}ins", f"{_W}moveTo"}
_INSERTIONS = "tracked insertions"
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
    f"{_W}softHyphen": "\xad",
}
_PROPERTIES = {f"{_W}pPr", f"{_W}rPr"}


def recognises(data: bytes) -> bool:
    """Tell a zip archive with a Word document in it."""
    return container.is_zip(data) and container.has_member(data, _DOCUMENT)


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read a .docx: the text is its paragraphs, one a line; the locator counts paragraphs.

    A row of a table with a column of speakers is one paragraph, `[time] Name: words`.
    """
    with container.open_safely(path, data) as archive:
        root = documents.xml(path, _DOCUMENT, container.member(path, archive, _DOCUMENT))
    reader = _Reader()
    try:
        blocks = list(reader.blocks(root))
    except RecursionError:
        raise ReadError(path, f"{_DOCUMENT} is nested too deeply; save it anew") from None
    kept = reader.counts.pop(_INSERTIONS, 0)
    draft = documents.draft(
        path, blocks, given, format_="Word", encoding="docx", notes=reader.counts
    )
    notes = (f"{kept} {_INSERTIONS} count as text",) if kept else ()
    return replace(draft, notes=(*draft.notes, *notes))


class _Reader:
    """Walks a document and counts what it leaves out."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.tables = 0

    def blocks(self, element: Any) -> Iterator[Block]:
        """Paragraphs and rows in the order of the document, those of controls included."""
        for child in element:
            if child.tag == f"{_W}p":
                yield "".join(self.texts(child))
            elif child.tag == f"{_W}tbl":
                yield from self.table(child)
            elif child.tag in _LEFT_OUT:
                self.count(_LEFT_OUT[child.tag])
            else:
                yield from self.blocks(child)

    def table(self, element: Any) -> Iterator[Row]:
        """Rows of a table; a table within a cell is the cell's text."""
        self.tables += 1
        number = self.tables
        for row in _within(element, f"{_W}tr"):
            cells = [
                "\n".join(
                    b if isinstance(b, str) else "\n".join(b.cells) for b in self.blocks(cell)
                )
                for cell in _within(row, f"{_W}tc")
            ]
            if cells:
                yield Row(number, tuple(cells))

    def texts(self, element: Any) -> Iterator[str]:
        """Give the characters of a paragraph; count what is left out."""
        for child in element:
            if child.tag in _LEFT_OUT:
                self.count(_LEFT_OUT[child.tag])
            elif child.tag == f"{_W}t":
                yield child.text or ""
            elif child.tag in _CHARACTERS:
                yield _CHARACTERS[child.tag]
            elif child.tag not in _PROPERTIES:
                self.count(_INSERTIONS if child.tag in _INSERTED else "")
                yield from self.texts(child)

    def count(self, what: str) -> None:
        """Add one to what is left out, if it has a name."""
        if what:
            self.counts[what] = self.counts.get(what, 0) + 1


def _within(element: Any, tag: str) -> Iterator[Any]:
    """Give the nearest descendants of a tag, also those inside controls."""
    for child in element:
        if child.tag == tag:
            yield child
        else:
            yield from _within(child, tag)
