"""Cut pieces out of a text, put others in, and move every span along."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

Edit = tuple[int, int, str]
"""Start and end of the piece that goes (code points, half open), and what comes instead."""


def rewrite(text: str, edits: Sequence[Edit]) -> str:
    """Carry out sorted edits that do not overlap."""
    pieces, at = [], 0
    for start, end, new in edits:
        pieces += [text[at:start], new]
        at = end
    return "".join([*pieces, text[at:]])


def inverse(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """Edits that bring the text back, in the offsets of the rewritten one."""
    back, shift = [], 0
    for start, end, new in edits:
        back.append((start + shift, start + shift + len(new), text[start:end]))
        shift += len(new) - (end - start)
    return back


class Mover:
    """Where a span of the old text lies in the rewritten one.

    A span that begins or ends within a piece that goes takes in all of what comes instead.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._starts = [edit[0] for edit in edits]
        self._shifts = [0]
        for start, end, new in edits:
            self._shifts.append(self._shifts[-1] + len(new) - (end - start))

    def move(self, start: int, end: int) -> tuple[int, int]:
        """Move one span."""
        if start == end:
            place = self._place(start, after=False)
            return place, place
        return self._place(start, after=False), self._place(end, after=True)

    def _place(self, position: int, *, after: bool) -> int:
        i = bisect_right(self._starts, position) - 1
        if i < 0:
            return position
        start, end, new = self._edits[i]
        if position >= end:
            return position + self._shifts[i + 1]
        if position == start:
            return position + self._shifts[i]
        return start + self._shifts[i] + (len(new) if after else 0)
