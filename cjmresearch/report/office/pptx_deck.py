"""The deck: slides with real titles, text and native tables that fit, notes, slide numbers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from cjmresearch.report.office import fit
from cjmresearch.report.office.docx_styles import TONES
from cjmresearch.report.office.pptx_look import layouts, title_size
from cjmresearch.report.office.rich import Cell, Line, Span, Table, plain, right_to_left

GAP = 3.0
"""Space after a paragraph, points."""

_PAD = 4.0
"""Space between a table's cell and its words, points."""

_LEAST_TITLE = 16.0
_LONG_WORD = 24
"""A longer word may break anywhere: it is no word of a language."""

_HEAD_FILL, _RULE = "E9EFF3", "C9D3DA"
_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_FOOTER_ROOM = 36.0
_FOOT = 32.0
"""Room for a remark under a table."""

_SLIDE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide"


@dataclass(frozen=True)
class Box:
    """A rectangle on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    def columns(self, *shares: float, gap: float = 18.0) -> list[Box]:
        """Split into columns of these shares of the width."""
        room = self.width - gap * (len(shares) - 1)
        boxes, left = [], self.left
        for share in shares:
            boxes.append(Box(left, self.top, room * share, self.height))
            left += room * share + gap
        return boxes

    def below(self, used: float) -> Box:
        """Give what is left under the first `used` points."""
        return Box(self.left, self.top + used, self.width, self.height - used)

    def upper(self, height: float) -> Box:
        """Give the first so many points."""
        return replace(self, height=height)


class Deck:
    """Adds slides to a presentation."""

    def __init__(
        self, presentation: Any, *, language: str, footer: str, template: str | Path | None
    ) -> None:
        self.presentation = presentation
        self.language = language
        self.more = "…"
        """How a text that was cut goes on."""
        self.rows_left: Callable[[int], str] = str
        """How to say that so many rows of a table are left out."""
        self.cited: dict[int, None] = {}
        """Numbers of quotes that stand on slides, in order."""
        self._links: list[tuple[Any, Any, int]] = []
        self._footer = footer
        self._opening, self._plain = layouts(presentation, template=template)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a slide, points."""
        return self.presentation.slide_width / 12700, self.presentation.slide_height / 12700

    def opening(self, title: str, lines: Cell) -> Any:
        """Make the title slide."""
        slide = self.presentation.slides.add_slide(self._opening)
        self._title(slide, title, self._opening)
        subtitle = next(p for p in slide.placeholders if p.placeholder_format.type == 4)
        room = Box(0, 0, subtitle.width / 12700, subtitle.height / 12700)
        self._write(subtitle.text_frame, lines, room, (9, 18), 8)
        return slide

    def slide(self, title: str, notes: list[str]) -> tuple[Any, Box]:
        """Make a slide with a title and notes; give it with the room under its title."""
        slide = self.presentation.slides.add_slide(self._plain)
        self._title(slide, title, self._plain)
        self._furniture(slide)
        slide.notes_slide.notes_text_frame.text = "\n".join(notes)
        holder = slide.shapes.title
        left, top, wide, high = (
            x / 12700 for x in (holder.left, holder.top, holder.width, holder.height)
        )
        top += high + 12
        return slide, Box(left, top, wide, self.size[1] - top - _FOOTER_ROOM)

    def _title(self, slide: Any, title: str, layout: Any) -> None:
        """Write a title in the layout's letters, smaller where it would not fit."""
        holder = slide.shapes.title
        wide, high = holder.width / 12700 - 4, holder.height / 12700
        given = size = title_size(layout)
        while size > _LEAST_TITLE and not _title_fits(title, size, wide, high):
            size -= 2
        if not _title_fits(title, size, wide, high):
            most = max(1, int(high // (size * fit.LEADING)))
            title = fit.shorten_to(title, size * 1.06, wide, lines=most)
        frame = holder.text_frame
        self._line(frame.paragraphs[0], [Span(title)], None if size == given else size)

    def _furniture(self, slide: Any) -> None:
        """Put the slide's number and the study's name where the layout has them."""
        kinds = set()
        for holder in self._plain.placeholders:
            kind = holder._element.ph.get("type")
            if kind not in ("sldNum", "ftr"):
                continue
            kinds.add(kind)
            made = copy.deepcopy(holder._element)
            made.nvSpPr.cNvPr.set("id", str(max(s.shape_id for s in slide.shapes) + 1))
            slide.shapes._spTree.append(made)
            if kind == "ftr":
                frame = slide.shapes[-1].text_frame
                room = holder.width / 12700
                frame.text = fit.shorten_to(self._footer, 10, room, lines=1)
        if "sldNum" not in kinds:
            self._number(slide)

    def _number(self, slide: Any) -> None:
        wide, high = self.size
        frame = self._frame(slide, Box(wide - 100, high - 30, 70, 18))
        frame.paragraphs[0].alignment = PP_ALIGN.RIGHT
        frame.paragraphs[0]._p.append(
            parse_xml(
                f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" '
                f'type="slidenum"><a:rPr lang="{self.language}" sz="900"/><a:t>‹#›</a:t></a:fld>'
            )
        )

    def _frame(self, slide: Any, box: Box) -> Any:
        shape = slide.shapes.add_textbox(Pt(box.left), Pt(box.top), Pt(box.width), Pt(box.height))
        frame = shape.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        return frame

    def text(
        self,
        slide: Any,
        lines: Cell,
        box: Box,
        *,
        largest: float = 16,
        least: float = 10,
        gap: float = GAP,
    ) -> None:
        """Write paragraphs as large as they fit; what is too long even so is cut and says so."""
        self._write(self._frame(slide, box), lines, box, (least, largest), gap)

    def _write(
        self, frame: Any, lines: Cell, box: Box, sizes: tuple[float, float], gap: float
    ) -> None:
        least, size = sizes
        while size > least and text_height(lines, size, box.width, gap=gap) > box.height:
            size -= 1
        shown = self.cut(lines, size, room=(box.width, box.height), gap=gap)
        for at, line in enumerate(shown):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            paragraph.space_after = Pt(gap)
            self._line(paragraph, line, size)

    def cut(self, lines: Cell, size: float, *, room: tuple[float, float], gap: float = GAP) -> Cell:
        """Leave out the last lines that don't fit a width and height, and say so.

        A single long one is shortened.
        """
        width, height = room
        if text_height(lines, size, width, gap=gap) <= height:
            return lines
        ending = [Span(self.more, tone="muted")]
        kept = list(lines)
        while len(kept) > 1 and text_height([*kept, ending], size, width, gap=gap) > height:
            kept.pop()
        if text_height([*kept, ending], size, width, gap=gap) <= height:
            return [*kept, ending]
        most = max(1, int((height - gap) // (size * fit.LEADING)))
        first = kept[0]
        bold = all(span.bold for span in first)
        # Bold letters are wider; a cut text is plain and keeps the look of its first span.
        letters = size * (1.06 if bold else 1)
        words = fit.shorten_to(plain(first), letters, width, lines=most, end=f" {self.more}")
        return [[replace(first[0], text=words, evidence=None)]]

    def _line(self, paragraph: Any, line: Line, size: float | None) -> None:
        """Write spans as runs with their look and language."""
        if right_to_left(plain(line)):
            paragraph._p.get_or_add_pPr().set("rtl", "1")
        for span in line:
            run = paragraph.add_run()
            run.text = span.text
            run._r.get_or_add_rPr().set("lang", span.language or self.language)
            if size is not None:
                run.font.size = Pt(size)
            if span.bold:
                run.font.bold = True
            if span.italic:
                run.font.italic = True
            if span.tone:
                run.font.color.rgb = RGBColor.from_string(TONES[span.tone])
            if span.evidence is not None:
                self.cited[span.evidence] = None
                self._links.append((run, paragraph.part, span.evidence))

    def table(self, slide: Any, table: Table, box: Box, *, size: float) -> None:
        """Place a native table with a head row; its rows are as high as their words need."""
        widths = column_widths(table, box.width)
        heads = 1 if any(table.head) else 0
        shape = slide.shapes.add_table(
            len(table.rows) + heads, len(widths),
            Pt(box.left), Pt(box.top), Pt(box.width), Pt(10),
        )  # fmt: skip
        made = shape.table
        properties = made._tbl.tblPr
        properties.find(qn("a:tableStyleId")).text = _NO_STYLE
        properties.set("bandRow", "0")
        properties.set("firstRow", str(heads))
        for column, wide in zip(made.columns, widths, strict=True):
            column.width = Pt(wide)
        if heads:
            head = [[[Span(name, bold=True, tone="head")]] for name in table.head]
            self._row(made, 0, head, table, size, fills=dict.fromkeys(range(len(head)), _HEAD_FILL))
            made.rows[0].height = Pt(row_height(head, widths, size))
        for at, row in enumerate(table.rows):
            fills = {c: colour for (r, c), colour in table.fills.items() if r == at}
            self._row(made, at + heads, row, table, size, fills=fills)
            made.rows[at + heads].height = Pt(row_height(row, widths, size))
        shape.height = sum(row.height for row in made.rows)

    def _row(
        self, made: Any, at: int, row: list[Cell], table: Table, size: float, *, fills: dict
    ) -> None:
        for column, content in enumerate(row):
            cell = made.cell(at, column)
            cell.margin_left = cell.margin_right = Pt(_PAD)
            cell.margin_top = cell.margin_bottom = Pt(_PAD / 2)
            cell.vertical_anchor = MSO_ANCHOR.TOP
            frame = cell.text_frame
            frame.word_wrap = True
            for number, line in enumerate(content or [[]]):
                paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
                if column in table.numeric:
                    paragraph.alignment = PP_ALIGN.RIGHT
                self._line(paragraph, line, size)
                if not line:
                    paragraph.font.size = Pt(size)
            _cell_look(cell, fills.get(column))

    def parts(
        self,
        title: str,
        table: Table,
        notes: list[str],
        *,
        size: tuple[float, float],
        most: int = 99,
        foot: str = "",
    ) -> list[tuple[Any, Table]]:
        """Spread a table over as many slides as it needs; give each with its rows.

        `size` is the least and the largest size of letters; the largest is taken that needs no
        more slides than the least. On `most` slides at most; the last says how many rows are left
        out. `foot` is a remark under each.
        """
        slide, box = self.slide(title, notes)
        room = box.upper(box.height - _FOOT)
        letters = self.table_size(table, room, size)
        parts = split(table, room, letters, cut=self.cut)
        left = sum(len(part.rows) for part in parts[most:])
        parts = parts[:most]
        placed = []
        for number, part in enumerate(parts):
            if number:
                slide, box = self.slide(f"{title} ({number + 1}/{len(parts)})", notes)
            self.table(slide, part, room, size=letters)
            said = [foot] if foot else []
            if left and number == len(parts) - 1:
                said.insert(0, f"{self.rows_left(left)}.")
            if said:
                remark = [[Span(" ".join(said), tone="muted")]]
                self.text(slide, remark, box.below(box.height - _FOOT + 4), largest=10, least=8)
            placed.append((slide, part))
        return placed

    def table_size(self, table: Table, box: Box, sizes: tuple[float, float]) -> float:
        """Find the largest letters in which a table takes no more slides than in the least.

        None of its words may break inside, but for very long ones.
        """
        least, size = sizes
        fewest = len(split(table, box, least, cut=self.cut))
        widest = _widest_words(table)
        widths = column_widths(table, box.width)
        while size > least and (
            any(
                0.95 * word * size > wide - 2 * _PAD
                for word, wide in zip(widest, widths, strict=True)
            )
            or len(split(table, box, size, cut=self.cut)) > fewest
        ):
            size -= 0.5
        return max(size, least)

    def link(self, places: dict[int, Any]) -> None:
        """Make the numbers of quotes lead to the slides that hold them."""
        for run, part, number in self._links:
            if number not in places:
                continue
            key = part.relate_to(places[number].part, _SLIDE)
            run._r.get_or_add_rPr().append(
                parse_xml(
                    f'<a:hlinkClick {nsdecls("a", "r")} r:id="{key}" '
                    'action="ppaction://hlinksldjump"/>'
                )
            )


def _title_fits(title: str, size: float, wide: float, high: float) -> bool:
    return fit.height([[Span(title, bold=True)]], size, wide) <= high


def text_height(lines: Cell, size: float, width: float, *, gap: float = GAP) -> float:
    """Estimate the height of paragraphs with the space after each."""
    return fit.height(lines, size, width) + gap * len(lines)


def column_widths(table: Table, width: float) -> list[float]:
    """Share a width out among the columns."""
    total = sum(table.widths)
    return [width * part / total for part in table.widths]


def row_height(row: list[Cell], widths: list[float], size: float) -> float:
    """Estimate the height of a row: that of its highest cell with its margins."""
    cells = zip(row, widths, strict=True)
    highest = max(fit.height(cell or [[]], size, wide - 2 * _PAD) for cell, wide in cells)
    return max(highest, size * fit.LEADING) + _PAD


def _widest_words(table: Table) -> list[float]:
    """Measure the widest word of each column, in units of the letters' size."""
    head = [[[Span(name, bold=True)]] for name in table.head] or [[] for _ in table.widths]
    columns = zip(head, *table.rows, strict=True) if table.rows else ((cell,) for cell in head)
    return [
        max(
            (
                fit.width(word, 1, bold=span.bold)
                for cell in cells
                for line in cell
                for span in line
                for word in span.text.split()
                if len(word) <= _LONG_WORD
            ),
            default=0.0,
        )
        for cells in columns
    ]


def split(table: Table, box: Box, size: float, *, cut: Any) -> list[Table]:
    """Split a table into parts that fit a box, each with the head; a row too high is cut."""
    widths = column_widths(table, box.width)
    head = [[[Span(name, bold=True)]] for name in table.head]
    room = box.height - (row_height(head, widths, size) if any(table.head) else 0)
    parts: list[Table] = []
    used = room + 1
    for at, row in enumerate(table.rows):
        high = row_height(row, widths, size)
        if high > room:
            row = [
                cut(cell, size, room=(wide - 2 * _PAD, room - _PAD))
                for cell, wide in zip(row, widths, strict=True)
            ]
            high = row_height(row, widths, size)
        if used + high > room:
            parts.append(Table(table.head, table.widths, numeric=table.numeric))
            used = 0
        part = parts[-1]
        for column in range(len(row)):
            if (at, column) in table.fills:
                part.fills[len(part.rows), column] = table.fills[at, column]
        part.rows.append(row)
        used += high
    return parts


def _cell_look(cell: Any, fill: str | None) -> None:
    """Give a cell its background and a thin rule below."""
    properties = cell._tc.get_or_add_tcPr()
    for side in ("lnL", "lnR", "lnT"):
        properties.append(parse_xml(f'<a:{side} {nsdecls("a")} w="0"><a:noFill/></a:{side}>'))
    properties.append(
        parse_xml(
            f'<a:lnB {nsdecls("a")} w="6350"><a:solidFill><a:srgbClr val="{_RULE}"/>'
            "</a:solidFill></a:lnB>"
        )
    )
    if fill:
        paint = f'<a:solidFill {nsdecls("a")}><a:srgbClr val="{fill}"/></a:solidFill>'
    else:
        paint = f"<a:noFill {nsdecls('a')}/>"
    properties.append(parse_xml(paint))
