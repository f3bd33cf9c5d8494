"""Plain text and Markdown: heads of turns become spans and turns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from cjmresearch.errors import UnknownFormat
from cjmresearch.read import layouts
from cjmresearch.read.decode import decode, without_soft_hyphens
from cjmresearch.read.draft import Draft, Line, Span, Turn, lines, partition, seconds
from cjmresearch.read.layouts import Head

NOTE = "Note"
"""Label of whoever has written a text without speakers."""
_HEADING = re.compile(r"#{1,6}\s+\S")
_LONE_TIME = re.compile(
    r"\s*(?:\d{1,2}:\d{2}:\d{2}|[\[({]\s*\d{1,3}:\d{2}(?::\d{2})?\s*[\])}])\s*$"
)
"""A time between turns, as Meet writes it every five minutes."""
_FACT = re.compile(r"(?P<key>[\w -]{1,30}):\s*(?P<value>\S.*)$")
_Times = tuple[float | None, float | None]
_BACK = re.compile(
    r"\W{0,4}(?:about the authors?|об авторах?|related posts|похожие (?:статьи|записи)|комментарии|"
    r"leave a comment|поделиться|share this)\W{0,3}$",
    re.IGNORECASE,
)


def recognises(data: bytes) -> bool:
    """Anything may be text: decoding tells."""
    return bool(data)


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read .txt and .md; `UnknownFormat` where no layout of speakers is found."""
    text, encoding = decode(path, data)
    text, soft = without_soft_hyphens(text)
    is_markdown = path.suffix.lower() in {".md", ".markdown"}
    draft = from_lines(
        path,
        text,
        layouts.split_at_names(lines(text)),
        given=given,
        format_="Markdown" if is_markdown else "plain text",
        encoding=encoding,
        unit="line",
    )
    return replace(draft, dropped=(*draft.dropped, *soft))


def read_note(path: Path, data: bytes) -> Draft:
    """Read a text without speakers: every paragraph is a turn of its one author."""
    decoded, encoding = decode(path, data)
    text, soft = without_soft_hyphens(decoded)
    rows = lines(text)
    marks, turns, at = [], [], 0
    while at < len(rows):
        first = rows[at]
        if first.blank:
            at += 1
            continue
        while at < len(rows) and not rows[at].blank:
            at += 1
        start = first.start + len(first.text) - len(first.text.lstrip())
        end = rows[at - 1].start + len(rows[at - 1].text.rstrip())
        marks.append(Span(start, end, "turn", first.place))
        turns.append(Turn(NOTE, start, end, f"line {first.place}"))
    return Draft(
        "text without speakers, a paragraph a turn", encoding, text, tuple(turns),
        partition(text, marks), dropped=tuple(soft),
    )  # fmt: skip


def from_lines(
    path: Path,
    text: str,
    rows: Sequence[Line],
    *,
    given: Collection[str],
    format_: str,
    encoding: str,
    unit: str,
) -> Draft:
    """Find the turns of a text given as lines; `unit` is what `Line.place` counts."""
    matter = _front_matter(rows)
    body = rows[matter:]
    layout = layouts.find(body, given)
    if layout is None:
        raise UnknownFormat(
            path,
            f"no speakers found in {sum(not r.blank for r in rows)} "
            f"{'line' if unit == 'page' else unit}s of text; looked for "
            f"{layouts.LOOKED_FOR}; write one of them, name the labels with --participant LABEL=ID "
            "(in Python `participants`), or read a text without speakers with --kind note",
        )
    builder = _Builder(text, rows, unit)
    builder.read(
        matter, [_shift(head, matter) for head in layout.heads] if matter else layout.heads
    )
    return Draft(
        format=f"{format_}, {layout.name}",
        encoding=encoding,
        text=text,
        turns=tuple(builder.turns),
        spans=partition(text, builder.marks),
        facts=_facts(rows[:matter]),
        dropped=tuple(builder.dropped),
        warnings=(*layout.warnings, *builder.warnings),
    )


def _shift(head: Head, by: int) -> Head:
    return replace(head, index=head.index + by)


def _front_matter(rows: Sequence[Line]) -> int:
    """Index of the first line after YAML front matter, 0 without one."""
    if not rows or rows[0].text.rstrip() != "---":
        return 0
    closing = (i for i, row in enumerate(rows[1:], 1) if row.text.rstrip() in {"---", "..."})
    return next(closing, -1) + 1


def _facts(rows: Sequence[Line]) -> dict[str, str]:
    """Top-level `key: value` lines of the front matter; deeper YAML is of no use here."""
    found = (_FACT.match(row.text) for row in rows)
    return {m["key"].strip().casefold(): m["value"].strip().strip("'\"") for m in found if m}


def _between(row: str) -> str | None:
    """Tell a line between turns that nobody said: a heading, a time by itself."""
    if row.startswith("#"):
        return "heading" if _HEADING.match(row) else None
    return "time" if ":" in row and _LONE_TIME.match(row) else None


class _Builder:
    """Marks every piece of a text as turn, label, time, heading or front matter."""

    def __init__(self, text: str, rows: Sequence[Line], unit: str) -> None:
        self.text, self.rows, self.unit = text, rows, unit
        self._starts = [row.start for row in rows]
        self.marks: list[Span] = []
        self.turns: list[Turn] = []
        self.warnings: list[str] = []
        self.dropped: list[str] = []
        self._clock: float | None = None
        """Time that stands by itself above the turn to come."""

    def read(self, matter: int, heads: Sequence[Head]) -> None:
        if matter:
            end = self.rows[matter - 1].end
            self.marks.append(Span(0, end, "front_matter", self.rows[0].place))
            self.dropped.append("front matter (YAML)")
        first, back = heads[0].index, self._back(heads[-1].index)
        self._outside(matter, first, "front_matter")
        speaker = ""
        for number, head in enumerate(heads):
            following = heads[number + 1].index if number + 1 < len(heads) else back
            speaker = head.label or speaker
            self._turn(head, following, speaker)
        self._outside(back, len(self.rows), "back_matter")

    def _back(self, last: int) -> int:
        """Index of the line where the page around the talk begins again."""
        rows = range(last + 1, len(self.rows))
        return next((i for i in rows if _BACK.match(self.rows[i].text)), len(self.rows))

    def _outside(self, begin: int, end: int, what: str) -> None:
        filled = [r for r in self.rows[begin:end] if not r.blank]
        words = 0
        for row in filled:
            between = _between(row.text)
            words += 0 if between else len(row.text.split())
            self.marks.append(Span(row.start, row.end, between or what, row.place))
            self._clock = seconds(row.text) if between == "time" else self._clock
        if words:
            where = "before the first" if what == "front_matter" else "after the last"
            self.dropped.append(
                f"{words} words {where} turn ({self.unit}s {filled[0].place}-{filled[-1].place})"
            )

    def _turn(self, head: Head, following: int, speaker: str) -> None:
        place = self.rows[head.index].place
        for a, b, what in head.pieces:
            self.marks.append(Span(a, b, what, place))
        start, times, said = head.pieces[-1][1], (head.begin_s, head.end_s), False
        for row in self.rows[head.index + 1 : following]:
            between = _between(row.text)
            if between:
                said |= self._words(start, row.start, speaker, (None, None) if said else times)
                self.marks.append(Span(row.start, row.end, between, row.place))
                start = row.end
                self._clock = seconds(row.text) if between == "time" else self._clock
        end = self.rows[following].start if following < len(self.rows) else len(self.text)
        said |= self._words(start, end, speaker, (None, None) if said else times)
        if not said:
            self.warnings.append(f"{self.unit} {place}: «{speaker}» with no words; no turn")

    def _words(self, start: int, end: int, speaker: str, times: _Times) -> bool:
        words = self.text[start:end]
        inner = words.strip()
        if not inner:
            return False
        if times[0] is None:
            times = (self._clock, None)
        self._clock = None
        start += len(words) - len(words.lstrip())
        place = self._place(start)
        self.marks.append(Span(start, start + len(inner), "turn", place))
        self.turns.append(Turn(speaker, start, start + len(inner), f"{self.unit} {place}", *times))
        return True

    def _place(self, offset: int) -> int:
        """Line or paragraph of the file that holds a character."""
        return self.rows[bisect_right(self._starts, offset) - 1].place
