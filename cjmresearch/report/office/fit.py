"""How much room a text takes, estimated so that nothing overflows its box.

Widths are those of matplotlib's DejaVu Sans, scaled to Arial's; heights are lines of 1.2 em.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from cjmresearch.report.office.rich import Line, plain

LEADING = 1.2
"""Height of a line in units of the letters' size."""

_REGULAR, _BOLD = 0.93, 0.98
"""Width of Arial over DejaVu Sans, measured on Russian and English (0.87-0.90 and 0.91-0.95), with
a reserve of five percent."""

_SAMPLE = 100
_WORDS = re.compile(r"\S+|\s+")


@cache
def _font() -> Any:
    # Imported late: only rendering needs the fonts.
    import matplotlib
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"))
    font.set_size(_SAMPLE, 72)
    return font


@cache
def _advance(character: str) -> float:
    """Width of a character in units of the letters' size."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0.0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.4
    # A letter that the font lacks has the width of its box for such.
    glyph = _font().get_char_index(ord(character))
    return _font().load_glyph(glyph).linearHoriAdvance / 65536 / _SAMPLE


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of a text on one line, in points."""
    return sum(_advance(c) for c in text) * size * (_BOLD if bold else _REGULAR)


def count_lines(text: str, size: float, room: float, *, bold: bool = False) -> int:
    """Count the lines that a text takes in a column `room` points wide; long words break."""
    lines, used = 1, 0.0
    for word in _WORDS.findall(text.replace("\N{NO-BREAK SPACE}", "_")):
        wide = width(word, size, bold=bold)
        if word.isspace() or used + wide <= room:
            used += wide
        else:
            lines += used > 0
            # A word wider than the column breaks between letters, with some loss on each line.
            whole = int(wide // max(room - size, size)) if wide > room else 0
            lines += whole
            used = wide - whole * max(room - size, size)
    return lines


def height(cell: list[Line], size: float, room: float) -> float:
    """Estimate the height of paragraphs in a column, in points."""
    return sum(
        count_lines(plain(line), size, room, bold=all(s.bold for s in line)) for line in cell
    ) * (size * LEADING)


def shorten_to(text: str, size: float, room: float, *, lines: int, end: str = "…") -> str:
    """Cut a text at a word so that it takes at most so many lines, its ending included."""
    if count_lines(text, size, room) <= lines:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if count_lines(text[:middle] + end, size, room) <= lines:
            low = middle
        else:
            high = middle - 1
    cut = text.rfind(" ", max(low - 40, 0), low) if low < len(text) else low
    return text[: cut if cut > 0 else low].rstrip(" ,;:.") + end
