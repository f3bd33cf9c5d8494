"""Word documents (.docx): paragraphs as lines, tracked insertions kept, deletions left out."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import container, plain
from cjmresearch.read.decode import tidy
from cjmresearch.read.draft import Draft, Line

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
    """Read a .docx: the text is its paragraphs, one a line; the locator counts paragraphs."""
    with container.open_safely(path, data) as archive:
        paragraphs, left_out, in_tables = _paragraphs(path, archive)
    rows, start = [], 0
    for number, paragraph in enumerate(paragraphs, start=1):
        for part in paragraph.split("\n"):
            rows.append(Line(start, part, number))
            start += len(part) + 1
    text = "\n".join(row.text for row in rows)
    if not text.strip():
        raise UnknownFormat(path, "the Word document holds no text; export it again")
    draft = plain.from_lines(
        path, text, rows, given=given, format_="Word", encoding="docx", unit="paragraph"
    )
    warnings = (f"{in_tables} paragraphs stand in tables; check their order",) if in_tables else ()
    return Draft(
        **{
            **vars(draft),
            "dropped": (*draft.dropped, *(f"{n} {what}" for what, n in left_out.items())),
            "warnings": (*draft.warnings, *warnings),
        }
    )


def _paragraphs(path: Path, archive: zipfile.ZipFile) -> tuple[list[str], dict[str, int], int]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    xml = container.member(path, archive, _DOCUMENT)
    try:
        root = fromstring(xml, forbid_dtd=True)
    except (ParseError, DefusedXmlException) as error:
        raise ReadError(
            path, f"{_DOCUMENT} is no clean XML ({container.brief(error)}); save it anew"
        ) from None
    left_out: dict[str, int] = {}
    try:
        paragraphs = [tidy("".join(_texts(p, left_out))) for p in _blocks(root, left_out)]
        tables = root.iter(f"{_W}tbl")
        in_tables = sum(1 for table in tables for _ in _blocks(table, {}))
    except RecursionError:
        raise ReadError(path, f"{_DOCUMENT} is nested too deeply; save it anew") from None
    return paragraphs, left_out, in_tables


def _blocks(element: Any, left_out: dict[str, int]) -> Iterator[Any]:
    """Paragraphs in the order of the document, those of tables and controls included."""
    for child in element:
        if child.tag == f"{_W}p":
            yield child
        elif child.tag in _LEFT_OUT:
            _count(child.tag, left_out)
        else:
            yield from _blocks(child, left_out)


def _count(tag: str, left_out: dict[str, int]) -> None:
    what = _LEFT_OUT[tag]
    if what:
        left_out[what] = left_out.get(what, 0) + 1


def _texts(element: Any, left_out: dict[str, int]) -> Iterator[str]:
    """Give the characters of a paragraph; count what is left out."""
    for child in element:
        if child.tag in _LEFT_OUT:
            _count(child.tag, left_out)
        elif child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag not in _PROPERTIES:
            yield from _texts(child, left_out)
