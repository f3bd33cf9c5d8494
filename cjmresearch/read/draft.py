"""What a family of formats hands back before it becomes frames: text, turns, and every span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

SPAN_KINDS = ("turn", "label", "time", "front_matter", "back_matter", "heading", "blank")

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?")


class Line(NamedTuple):
    """One line of a text; `place` leads back to the file (line or paragraph number)."""

    start: int
    text: str
    place: int

    @property
    def end(self) -> int:
        """One past the last character, without the line end."""
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        """Nothing but white space."""
        return not self.text.strip()


class Span(NamedTuple):
    """A piece of the text; all pieces together are the text, in order, without a gap."""

    start: int
    end: int
    what: str
    line: int


class Piece(NamedTuple):
    """Words between two times within a turn: one cue, segment, annotation or row."""

    start: int
    end: int
    begin_s: float | None
    end_s: float | None
    locator: str


class Turn(NamedTuple):
    """Words of one speaker, without the label."""

    speaker: str
    start: int
    end: int
    locator: str
    begin_s: float | None = None
    end_s: float | None = None
    pieces: tuple[Piece, ...] = ()
    """What the file gives times for, where that is less than a turn."""


@dataclass(frozen=True)
class Draft:
    """A transcript as its family read it."""

    format: str
    encoding: str
    text: str
    turns: tuple[Turn, ...]
    spans: tuple[Span, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the front matter says, e.g. guest or date."""
    dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    """What a person should know and need not check."""


def lines(text: str) -> list[Line]:
    """Cut a text at LF, numbering lines from 1."""
    parts = text.split("\n")
    starts = accumulate((len(part) + 1 for part in parts), initial=0)
    return list(map(Line, starts, parts, range(1, len(parts) + 1)))


def seconds(clock: str) -> float | None:
    """Read the first clock time in a text: H:MM:SS, M:SS, with . or , before milliseconds."""
    found = _CLOCK.search(clock)
    if found is None:
        return None
    hours, minutes, secs, fraction = found.groups()
    value = int(hours or 0) * 3600 + int(minutes) * 60 + int(secs)
    return value + (float(f"0.{fraction}") if fraction else 0.0)


def partition(
    text: str, marks: Iterable[Span], line_of: Mapping[int, int] | None = None
) -> tuple[Span, ...]:
    """Fill the gaps between marks with `blank` spans, so that the spans are the whole text."""
    spans: list[Span] = []
    position, line = 0, 1
    for mark in sorted(marks, key=lambda m: m.start):
        if mark.start > position:
            spans.append(Span(position, mark.start, "blank", line))
        if mark.end > mark.start:
            spans.append(mark)
        position, line = mark.end, mark.line
    if position < len(text):
        spans.append(Span(position, len(text), "blank", line))
    return tuple(spans)
