"""Word documents (.docx): paragraphs as lines, tracked insertions kept, deletions left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError
from cjmresearch.read import container, documents, labels
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
_NO_WORDS = ("", ":", "(", "[", "{", *"0123456789")
"""What follows a bold name is a time, a colon or nothing: other layouts know those."""
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
        blocks, bold = _named(list(reader.blocks(root)))
    except RecursionError:
        raise ReadError(path, f"{_DOCUMENT} is nested too deeply; save it anew") from None
    kept = reader.counts.pop(_INSERTIONS, 0)
    draft = documents.draft(
        path, blocks, given, format_="Word", encoding="docx", notes=reader.counts
    )
    notes = [f"{kept} {_INSERTIONS} count as text"] if kept else []
    notes += [f"{bold} names in bold are read as labels"] if bold else []
    return replace(draft, notes=(*draft.notes, *notes))


class _Paragraph(str):
    """A paragraph that knows how long its bold beginning is."""

    bold: int

    def __new__(cls, text: str, bold: int) -> _Paragraph:
        """Words and the number of bold characters they begin with."""
        made = super().__new__(cls, text)
        made.bold = bold
        return made


def _bold_lead(paragraph: Any) -> int:
    """Count the characters of the bold runs that a paragraph begins with."""
    length = 0
    for child in paragraph:
        if child.tag in _PROPERTIES:
            continue
        bold = child.find(f"{_W}rPr/{_W}b") if child.tag == f"{_W}r" else None
        if bold is None or bold.get(f"{_W}val") in ("0", "false"):
            break
        length += sum(len(t.text or "") for t in child.iter(f"{_W}t"))
    return length


def _named(blocks: Sequence[Block]) -> tuple[list[Block], int]:
    """Put a colon after names in bold that have words behind them, if every name recurs."""
    leads = [
        b[: b.bold].strip()
        if isinstance(b, _Paragraph) and b[b.bold :].strip()[:1] not in _NO_WORDS
        else ""
        for b in blocks
    ]
    counts = Counter(labels.key(lead) for lead in leads if lead)
    names = {
        k
        for k, n in counts.items()
        if (labels.is_name_like(k.title()) or labels.is_known(k)) and n > 1
    }
    if len(names) < 2 or len(names) < len(counts):
        return list(blocks), 0
    named: list[Block] = [
        f"{lead}: {block[block.bold :].lstrip()}"
        if lead and isinstance(block, _Paragraph)
        else block
        for lead, block in zip(leads, blocks, strict=True)
    ]
    return named, sum(map(bool, leads))


class _Reader:
    """Walks a document and counts what it leaves out."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.tables = 0

    def blocks(self, element: Any) -> Iterator[Block]:
        """Paragraphs and rows in the order of the document, those of controls included."""
        for child in element:
            if child.tag == f"{_W}p":
                yield _Paragraph("".join(self.texts(child)), _bold_lead(child))
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
