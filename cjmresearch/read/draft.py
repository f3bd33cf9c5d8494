"""What a family of formats hands back before it becomes frames: text, turns, and every span."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

SPAN_KINDS = ("turn", "label", "time", "front_matter", "back_matter", "heading", "blank")

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,3}))?")


@dataclass(frozen=True)
class Line:
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


@dataclass(frozen=True)
class Span:
    """A piece of the text; all pieces together are the text, in order, without a gap."""

    start: int
    end: int
    what: str
    line: int


@dataclass(frozen=True)
class Turn:
    """Words of one speaker, without the label."""

    speaker: str
    start: int
    end: int
    locator: str
    begin_s: float | None = None
    end_s: float | None = None


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
    result, start = [], 0
    for number, part in enumerate(text.split("\n"), start=1):
        result.append(Line(start, part, number))
        start += len(part) + 1
    return result


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
