"""Blocks of the Word document: paragraphs, headings, native tables, links, pictures, sections."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Pt

from cjmresearch.report.office.appendix import bookmark
from cjmresearch.report.office.docx_styles import ACCENT, NOTE, TABLE, TONES
from cjmresearch.report.office.rich import Cell, Line, Span, Table, plain, right_to_left
from cjmresearch.report.words import soft

_NARROW = 2.4
"""Relative width of a column, against the mean, from which long words need no soft hyphens."""

_HEAD_FILL = "E9EFF3"
_RULE = "C9D3DA"


def run_xml(span: Span, *, size: float | None = None, hyphenate: bool = False) -> str:
    """Write a span as a run; one that leads to a quote is a link inside the document."""
    text = soft(span.text) if hyphenate else span.text
    properties = "".join(
        (
            "<w:b/>" if span.bold else "",
            "<w:i/>" if span.italic else "",
            f'<w:color w:val="{TONES[span.tone]}"/>' if span.tone else "",
            f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>' if size else "",
            "<w:rtl/>" if right_to_left(text) else "",
            _language(span.language, text),
        )
    )
    body = f'<w:t xml:space="preserve">{escape(text)}</w:t>'
    run = f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{body}</w:r>"
    if span.evidence is None:
        return run
    anchor = bookmark(span.evidence)
    return f'<w:hyperlink w:anchor="{anchor}" w:history="1">{run}</w:hyperlink>'


def _language(language: str, text: str) -> str:
    if not language:
        return ""
    kind = "bidi" if right_to_left(text) else "val"
    return f"<w:lang w:{kind}={quoteattr(language)}/>"


def line_xml(
    line: Line,
    *,
    style: str = "",
    size: float | None = None,
    right: bool = False,
    hyphenate: bool = False,
    keep: bool = False,
) -> str:
    """Write a line as a paragraph; `style` is the id of its style."""
    properties = "".join(
        (
            f"<w:pStyle w:val={quoteattr(style)}/>" if style else "",
            "<w:keepNext/>" if keep else "",
            "<w:bidi/>" if right_to_left(plain(line)) else "",
            '<w:jc w:val="right"/>' if right else "",
        )
    )
    runs = "".join(run_xml(span, size=size, hyphenate=hyphenate) for span in line)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{runs}</w:p>"


class Blocks:
    """Appends blocks to a document, in order."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.headings: list[tuple[str, int, str]] = []
        """Text, level and place of every heading so far."""
        self._ids = {style.name: style.style_id for style in document.styles}
        self._bookmarks = 0
        self._body = document.element.body

    def style_id(self, name: str) -> str:
        """Give the id of a style by its name; of Normal where the base lacks it."""
        return self._ids.get(name, "")

    def _append(self, xml: str) -> Any:
        """Append an element before the properties of the last section."""
        element = parse_xml(xml)
        self._body.get_or_add_sectPr().addprevious(element)
        return element

    def paragraph(self, line: Line, style: str = "", *, keep: bool = False) -> Any:
        """Append a paragraph in a style."""
        return self._append(_rooted(line_xml(line, style=self.style_id(style), keep=keep)))

    def note(self, text: str) -> None:
        """Append a muted remark; nothing for an empty one."""
        if text.strip():
            self.paragraph([Span(text)], NOTE)

    def bullets(self, lines: list[Line], *, numbered: bool = False) -> None:
        """Append a list by the base's own list style, or with marks where it has none."""
        name = "List Number" if numbered else "List Bullet"
        for at, line in enumerate(lines, start=1):
            mark = [] if name in self._ids else [Span(f"{at}. " if numbered else "• ")]
            self.paragraph(mark + line, name)

    def heading(self, text: str, level: int = 1, *, page: bool = False) -> None:
        """Append a heading that the navigation and the table of contents know."""
        place = f"_Toc{len(self.headings) + 1:06}"
        element = self.paragraph([Span(text)], f"Heading {level}")
        self._mark(element, place)
        if page:
            self._property(element, "w:pageBreakBefore")
        self.headings.append((text, level, place))

    def _mark(self, element: Any, name: str) -> None:
        """Wrap the words of a paragraph into a bookmark."""
        self._bookmarks += 1
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self._bookmarks))
        start.set(qn("w:name"), name)
        at = 1 if element.find(qn("w:pPr")) is not None else 0
        element.insert(at, start)
        element.append(end)

    def _property(self, element: Any, name: str) -> None:
        element.get_or_add_pPr()._insert_pageBreakBefore(OxmlElement(name))

    def turn(self, *, landscape: bool) -> None:
        """Go on in a new section of the other orientation."""
        # A section in which nothing stands is turned as it is: it would be an empty page.
        last = self._body.get_or_add_sectPr().getprevious()
        empty = last is not None and bool(last.findall(f"{qn('w:pPr')}/{qn('w:sectPr')}"))
        section = (
            self.document.sections[-1] if empty else self.document.add_section(WD_SECTION.NEW_PAGE)
        )
        long, short = (
            max(section.page_width, section.page_height),
            min(section.page_width, section.page_height),
        )
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = (long, short) if landscape else (short, long)
        section.different_first_page_header_footer = False

    @property
    def room(self) -> int:
        """Width between the margins, in EMU."""
        section = self.document.sections[-1]
        return int(section.page_width - section.left_margin - section.right_margin)

    def picture(self, png: bytes, *, alt: str) -> None:
        """Append a picture as wide as the page, with words for those who can't see it."""
        paragraph = self.document.add_paragraph()
        shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Emu(self.room))
        shape._inline.docPr.set("descr", alt)
        shape._inline.docPr.set("name", f"picture {shape._inline.docPr.get('id')}")

    def table(self, table: Table, *, size: float = 8.5, title: str = "") -> None:
        """Append a native table: its head repeats on each page, no row breaks across pages."""
        total = sum(table.widths)
        widths = [int(self.room / 635 * part / total) for part in table.widths]
        parts = [_table_properties(title), "<w:tblGrid>"]
        parts += [f'<w:gridCol w:w="{wide}"/>' for wide in widths]
        parts.append("</w:tblGrid>")
        if any(table.head):
            parts.append(self._head(table, widths, size))
        mean = total / len(table.widths)
        narrow = [part < _NARROW * mean for part in table.widths]
        for at, row in enumerate(table.rows):
            parts.append("<w:tr><w:trPr><w:cantSplit/></w:trPr>")
            for column, cell in enumerate(row):
                fill = table.fills.get((at, column), "")
                parts.append(_cell_open(widths[column], fill))
                if column == 0 and table.bookmarks:
                    parts.append(self._bookmarked(cell, table.bookmarks[at], size))
                else:
                    parts.append(
                        self._cell(cell, size, column in table.numeric, hyphenate=narrow[column])
                    )
                parts.append("</w:tc>")
            parts.append("</w:tr>")
        self._append(_rooted(f"<w:tbl>{''.join(parts)}</w:tbl>", "w:tbl"))
        self.paragraph([], TABLE)

    def _head(self, table: Table, widths: list[int], size: float) -> str:
        cells = []
        for column, (name, wide) in enumerate(zip(table.head, widths, strict=True)):
            line = [Span(name, bold=True, tone="head")]
            right = column in table.numeric
            cells.append(
                _cell_open(wide, _HEAD_FILL)
                + self._cell([line], size, right, hyphenate=True)
                + "</w:tc>"
            )
        return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"

    def _cell(self, cell: Cell, size: float, right: bool, *, hyphenate: bool) -> str:
        style = self.style_id(TABLE)
        return "".join(
            line_xml(line, style=style, size=size, right=right, hyphenate=hyphenate)
            for line in cell or [[]]
        )

    def _bookmarked(self, cell: Cell, name: str, size: float) -> str:
        self._bookmarks += 1
        style = self.style_id(TABLE)
        runs = "".join(run_xml(span, size=size) for line in cell for span in line)
        return (
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="right"/></w:pPr>'
            f'<w:bookmarkStart w:id="{self._bookmarks}" w:name="{name}"/>{runs}'
            f'<w:bookmarkEnd w:id="{self._bookmarks}"/></w:p>'
        )

    def contents(self, place: Any, *, deepest: int = 2) -> None:
        """Put the table of contents after a paragraph: a field that Word can renew by itself."""
        entries = [entry for entry in self.headings if entry[1] <= deepest]
        for at, (text, level, anchor) in reversed(list(enumerate(entries))):
            first, last = at == 0, at == len(entries) - 1
            style = self.style_id(f"toc {level}")
            xml = (
                f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style}"/>'
                f"</w:pPr>{_field_start(deepest) if first else ''}"
                f'<w:hyperlink w:anchor="{anchor}" w:history="1">'
                f"{run_xml(Span(text))}</w:hyperlink>"
                f"{_FIELD_END if last else ''}</w:p>"
            )
            place.addnext(parse_xml(xml))


_FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _field_start(deepest: int) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText xml:space="preserve">'
        f' TOC \\o "1-{deepest}" \\h \\z \\u </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def field_xml(code: str) -> str:
    """Write a simple field such as PAGE or NUMPAGES."""
    return f'<w:fldSimple w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _rooted(xml: str, tag: str = "w:p") -> str:
    return xml.replace(f"<{tag}>", f"<{tag} {nsdecls('w')}>", 1)


def _table_properties(title: str) -> str:
    rule = f'w:val="single" w:sz="4" w:space="0" w:color="{_RULE}"'
    strong = f'w:val="single" w:sz="8" w:space="0" w:color="{ACCENT}"'
    caption = f"<w:tblCaption w:val={quoteattr(title)}/>" if title else ""
    return (
        '<w:tblPr><w:tblW w:w="5000" w:type="pct"/>'
        f"<w:tblBorders><w:top {strong}/><w:bottom {rule}/><w:insideH {rule}/></w:tblBorders>"
        '<w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:top w:w="50" w:type="dxa"/><w:left w:w="70" w:type="dxa"/>'
        '<w:bottom w:w="50" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1"/>{caption}</w:tblPr>'
    )


def _cell_open(wide: int, fill: str) -> str:
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{fill}"/>' if fill else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{wide}" w:type="dxa"/>{shade}</w:tcPr>'


def set_footer(section: Any, page: str, of: str) -> None:
    """Write the page's number, unless the base's footer has something of its own."""
    footer = section.footer
    if _filled(footer):
        return
    paragraph = footer.paragraphs[0]
    number = Pt(8)
    xml = (
        f'<w:p {nsdecls("w")}><w:r><w:t xml:space="preserve">{escape(page)} </w:t></w:r>'
        f'{field_xml("PAGE")}<w:r><w:t xml:space="preserve"> {escape(of)} </w:t></w:r>'
        f"{field_xml('NUMPAGES')}</w:p>"
    )
    for child in list(parse_xml(xml)):
        paragraph._p.append(child)
    _quiet(paragraph, number)


def set_header(section: Any, text: str) -> None:
    """Name the study on every page, unless the base's header has something of its own."""
    if _filled(section.header):
        return
    paragraph = section.header.paragraphs[0]
    paragraph.add_run(text)
    _quiet(paragraph, Pt(8))


def _quiet(paragraph: Any, size: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import RGBColor

    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for run in paragraph._p.iter(qn("w:r")):
        properties = run.get_or_add_rPr()
        properties.get_or_add_sz().val = size
        properties.get_or_add_color().val = RGBColor.from_string(TONES["muted"])


def _filled(part: Any) -> bool:
    """Say whether a header or footer of the base holds words, fields or pictures."""
    if part.is_linked_to_previous:
        return False
    return any(
        element.tag in (qn("w:t"), qn("w:drawing"), qn("w:instrText"), qn("w:fldSimple"))
        for element in part._element.iter()
    )
