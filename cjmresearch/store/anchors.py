"""Where old spans stand in an edited text, wherever that is certain.

An edit replaces `before[start:end]` by new words. A span outside an edit moves; a span that holds
the whole edit keeps it inside; everything else a person has to place. Where the edits were found
by comparing two texts, a repeated word leaves open which of its twins was meant: such an edit
is as wide as it may slide, and a span that ends within it is not certain.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

ISLAND = 12
"""Fewer equal characters than this between two changes say nothing: the two are one change."""
ALIKE = 0.6
"""A span that was edited is the same one if its words are at least this similar to the old."""

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Edit:
    """`before[start:end]` became `words`.

    It may as well have happened anywhere from `low` to `high`. A span that begins where the edit
    begins holds it for certain only if `tail`, one that ends where it ends only if `head`: then
    the rest of the same word is left, so the word was corrected and not another put in its place.
    """

    start: int
    end: int
    words: str
    low: int
    high: int
    head: bool
    tail: bool

    @classmethod
    def exact(cls, start: int, end: int, words: str) -> Edit:
        """Make an edit whose place is known, because a person pointed at it."""
        return cls(start, end, words, start, end, head=True, tail=True)

    def moved(self, by: int) -> Edit:
        """Give the same edit in the offsets of a longer text."""
        return replace(
            self,
            start=self.start + by,
            end=self.end + by,
            low=self.low + by,
            high=self.high + by,
        )

    @property
    def growth(self) -> int:
        """How many characters the text gains."""
        return len(self.words) - (self.end - self.start)


def compare(before: str, after: str) -> list[Edit]:
    """List the edits that turn one text into the other, in order, as read from the left."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    old_at, new_at = _offsets(old), _offsets(new)
    edits: list[Edit] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        edit = _narrowed(before, after, (old_at[i1], old_at[i2], new_at[j1], new_at[j2]))
        if (i2 - i1, j2 - j1) != (1, 1):  # more than a word became another
            edit = replace(edit, head=False, tail=False)
        if edits and edit.low - edits[-1].high < ISLAND:
            edits[-1] = _joined(before, edits[-1], edit)
        else:
            edits.append(edit)
    return edits


def compare_backwards(before: str, after: str) -> list[Edit]:
    """List the edits in order, as read from the right: others where words repeat."""
    length = len(before)
    return [
        Edit(
            length - edit.end,
            length - edit.start,
            edit.words[::-1],
            length - edit.high,
            length - edit.low,
            head=edit.tail,
            tail=edit.head,
        )
        for edit in reversed(compare(before[::-1], after[::-1]))
    ]


def _offsets(tokens: Sequence[str]) -> list[int]:
    offsets = [0]
    for token in tokens:
        offsets.append(offsets[-1] + len(token))
    return offsets


def _narrowed(before: str, after: str, span: tuple[int, int, int, int]) -> Edit:
    """Leave out the characters that both sides begin or end with, and see how far it slides."""
    a0, a1, b0, b1 = span
    while a0 < a1 and b0 < b1 and before[a0] == after[b0]:
        a0, b0 = a0 + 1, b0 + 1
    while a0 < a1 and b0 < b1 and before[a1 - 1] == after[b1 - 1]:
        a1, b1 = a1 - 1, b1 - 1
    low, high = a0, a1
    if a0 == a1 or b0 == b1:
        low, high = _slide(before, (a0, a1), before[a0:a1] or after[b0:b1])
    stays = (low, high) == (a0, a1)
    head, tail = stays and a0 > span[0], stays and a1 < span[1]
    return Edit(a0, a1, after[b0:b1], low, high, head=head, tail=tail)


def _slide(text: str, span: tuple[int, int], moved: str) -> tuple[int, int]:
    """Give the extremes of where the same words may have been put in, or left out."""
    low, high = span
    left = right = moved
    while low > 0 and text[low - 1] == left[-1]:
        left = left[-1] + left[:-1]
        low -= 1
    while high < len(text) and text[high] == right[0]:
        right = right[1:] + right[0]
        high += 1
    return low, high


def _joined(before: str, left: Edit, right: Edit) -> Edit:
    """Make one edit of two with too little between them to be certain of."""
    words = left.words + before[left.end : right.start] + right.words
    low, high = min(left.low, right.low), max(left.high, right.high)
    return Edit(left.start, right.end, words, low, high, head=False, tail=False)


def apply(before: str, edits: Sequence[Edit]) -> str:
    """Carry out edits that are in order."""
    parts, at = [], 0
    for edit in edits:
        parts += [before[at : edit.start], edit.words]
        at = edit.end
    return "".join([*parts, before[at:]])


class Moves:
    """Where spans of a text stand after it was edited.

    `readings` are lists of edits that each lead to the new text: where they disagree about a
    span, it has no certain place.
    """

    def __init__(self, before: str, readings: Sequence[Sequence[Edit]]) -> None:
        self._before = before
        self._readings = readings
        self.edits = readings[0]
        self.after = apply(before, self.edits)

    @classmethod
    def compared(cls, before: str, after: str, *, shift: int = 0, whole: str = "") -> Moves:
        """Find the edits by comparing; the texts may be a piece, from `shift`, of a whole text."""
        readings = [compare(before, after), compare_backwards(before, after)]
        moved = [[edit.moved(shift) for edit in reading] for reading in readings]
        return cls(whole or before, moved)

    def place(self, span: tuple[int, int]) -> tuple[int, int] | None:
        """Give the span in the edited text; None where that is not certain."""
        first, *others = (self._place(span, edits) for edits in self._readings)
        if first is None or any(other != first for other in others):
            return None
        return self._with_whole_words(span, first)

    def still(self) -> list[list[int | None]]:
        """Stretches of which words and offsets stay as they are; the last may have no end."""
        found: list[list[int | None]] = []
        at = shift = 0
        for edit in self.edits:
            if shift == 0:
                found.append([at, edit.low])
            at, shift = edit.high, shift + edit.growth
        return found if shift else [*found, [at, None]]

    def _with_whole_words(self, old: tuple[int, int], new: tuple[int, int]) -> tuple[int, int]:
        """Take in letters that were put to the first or last word, where the old span was whole."""
        start, end = new
        if not _in_word(self._before, old[0]):
            while _in_word(self.after, start):
                start -= 1
        if not _in_word(self._before, old[1]):
            while _in_word(self.after, end):
                end += 1
        return start, end

    def _place(self, span: tuple[int, int], edits: Sequence[Edit]) -> tuple[int, int] | None:
        start, end = span
        shift = 0
        inside: list[Edit] = []
        for edit in edits:
            if edit.high <= start:
                shift += edit.growth
            elif edit.low < end:
                if not _inside(edit, span):
                    return None
                inside.append(edit.moved(-start))
        words = self._before[start:end]
        left = apply(words, inside)
        if inside and (not left.strip() or _likeness(words, left) < ALIKE):
            return None
        return start + shift, start + shift + len(left)


def _in_word(text: str, at: int) -> bool:
    """Tell whether a cut at an offset would go through a word."""
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _inside(edit: Edit, span: tuple[int, int]) -> bool:
    begins = span[0] < edit.low or (span[0] == edit.low and edit.tail)
    ends = edit.high < span[1] or (span[1] == edit.high and edit.head)
    return begins and ends


def _likeness(old: str, new: str) -> float:
    return SequenceMatcher(None, old, new, autojunk=False).ratio()


def hull(span: tuple[int, int], edits: Sequence[Edit]) -> tuple[int, int]:
    """Give the smallest span in the edited text that holds all that is left of the old one."""
    start, end = span
    low = high = 0
    for edit in edits:
        if edit.end <= start:
            low += edit.growth
        elif edit.start < start:
            low -= start - edit.start
        if edit.start < end:
            high += edit.growth
            if edit.end > end:
                high += edit.end - end
    return start + low, max(start + low, end + high)
