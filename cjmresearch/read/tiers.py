"""Annotation tools with a tier a speaker: ELAN (.eaf) and Praat (.TextGrid)."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import documents
from cjmresearch.read.cues import Cue, one_line, render
from cjmresearch.read.decode import decode, opening
from cjmresearch.read.draft import Draft

_EAF = "ANNOTATION_DOCUMENT"
_TOKEN = re.compile(
    r'"((?:[^"]|"")*)"|(<exists>|<absent>)|(?<![\w\[.])(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?![\w\]])'
    r"|![^\n]*"
)
_HALF = 0.5


@dataclass(frozen=True)
class _Tiers:
    """What stands on the tiers of a file, in order of time, and remarks on it."""

    cues: list[Cue]
    encoding: str
    dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


# Praat


def recognises_grid(data: bytes) -> bool:
    """Tell a text file of Praat that says TextGrid, in the long or the short form."""
    head = opening(data)
    return "ooTextFile" in head and "TextGrid" in head


def read_grid(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read a .TextGrid: a tier is a speaker, an interval with words is a piece of talk."""
    return _draft(path, _grid(path, data), "Praat TextGrid", "interval")


def grid_cues(path: Path, data: bytes) -> list[Cue]:
    """Pieces with their times, to be merged with those of other files."""
    return _grid(path, data).cues


def _grid(path: Path, data: bytes) -> _Tiers:
    text, encoding = decode(path, data)
    tokens = _Tokens(path, text)
    tokens.expect("ooTextFile")
    tokens.expect("TextGrid")
    tokens.number(), tokens.number()
    if tokens.next() != "<exists>":
        raise UnknownFormat(path, "a TextGrid without tiers; export it with its intervals")
    cues: list[tuple[float, float, str, str]] = []
    points = 0
    for _ in range(tokens.count()):
        kind, name = tokens.string(), one_line(tokens.string())
        tokens.number(), tokens.number()
        for _ in range(tokens.count()):
            begin = tokens.number()
            end = tokens.number() if kind == "IntervalTier" else begin
            words = one_line(tokens.string())
            if begin < 0 and words:
                raise tokens.wrong(f"words at {begin} seconds, before the recording")
            if kind == "IntervalTier" and words:
                cues.append((begin, end, words, name))
            else:
                points += bool(words)
    dropped = (f"{points} points of point tiers",) if points else ()
    ordered = sorted(cues, key=lambda c: c[:2])
    numbered = [
        Cue(n, begin, max(begin, end), words, name.replace(":", " ").strip() or None)
        for n, (begin, end, words, name) in enumerate(ordered, start=1)
    ]
    return _Tiers(numbered, encoding, dropped)


class _Tokens:
    """Strings, numbers and flags of a Praat file; all other words are decoration."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self._text = path, text
        self._found = (m for m in _TOKEN.finditer(text) if m.lastindex)
        self._line = 1

    def next(self) -> str | float:
        """Give the next value; `ReadError` at the end of the file."""
        found = next(self._found, None)
        if found is None:
            raise self.wrong("the end of the file, where more was announced")
        self._line = found.start()
        if found.group(1) is not None:
            return found.group(1).replace('""', '"')
        return found.group(2) or float(found.group(3))

    def string(self) -> str:
        value = self.next()
        if not isinstance(value, str):
            raise self.wrong(f"{value} where words in quotes belong")
        return value

    def number(self) -> float:
        value = self.next()
        if not isinstance(value, float) or not math.isfinite(value):
            raise self.wrong(f"{str(value)[:40]!r} where a number belongs")
        return value

    def count(self) -> int:
        value = self.number()
        if value < 0 or value != int(value):
            raise self.wrong(f"{value} where a count belongs")
        return int(value)

    def expect(self, word: str) -> None:
        """Skip a fixed string of the head."""
        if self.string() != word:
            raise self.wrong(f"no {word!r} in the head")

    def wrong(self, what: str) -> ReadError:
        line = self._text.count("\n", 0, self._line) + 1
        return ReadError(self.path, f"{what}; save it from Praat again", line=line)


# ELAN


def recognises_eaf(data: bytes) -> bool:
    """Tell XML whose first element is that of ELAN."""
    return f"<{_EAF}" in opening(data, 4000)


def read_eaf(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read an .eaf: a tier with times is a speaker (its participant, else its name)."""
    return _draft(path, _eaf(path, data), "ELAN", "annotation")


def eaf_cues(path: Path, data: bytes) -> list[Cue]:
    """Pieces with their times, to be merged with those of other files."""
    return _eaf(path, data).cues


@dataclass(frozen=True)
class _Note:
    """One annotation: places in the time order, and words."""

    begin: int
    end: int
    words: str


@dataclass(frozen=True)
class _Tier:
    name: str
    parent: str | None
    speaker: str
    notes: tuple[_Note, ...]


def _eaf(path: Path, data: bytes) -> _Tiers:
    root = documents.xml(path, "the ELAN file", data)
    if root.tag != _EAF:
        raise UnknownFormat(path, f"XML of {root.tag[:40]!r}, not of ELAN")
    slots: dict[str, int] = {}
    times: list[float | None] = []
    for slot in root.iter("TIME_SLOT"):
        slots[slot.get("TIME_SLOT_ID", "")] = len(times)
        times.append(_milliseconds(path, slot.get("TIME_VALUE")))
    tiers = list(_eaf_tiers(path, root, slots))
    chosen = [_spoken(tier, tiers) for tier in tiers if tier.parent is None]
    rest = [t for t in tiers if t.name not in {c.name for c in chosen} and t.notes]
    notes = sorted(
        ((note, tier.speaker) for tier in chosen for note in tier.notes if note.words),
        key=lambda pair: (_order(pair[0].begin, times), pair[0].begin, pair[0].end),
    )
    cues = [
        Cue(n, *_span(times[note.begin], times[note.end]), note.words, speaker)
        for n, (note, speaker) in enumerate(notes, start=1)
    ]
    missing = sum(c.begin_s is None or c.end_s is None for c in cues)
    warnings = [f"{missing} annotations hang on time slots without a time"] if missing else []
    people = [t.speaker for t in chosen if t.notes]
    doubled = sorted({p for p in people if people.count(p) > 1})
    warnings += [f"several tiers of {p} were read as talk; check them" for p in doubled]
    dropped = tuple(
        f"tier {t.name!r} ({len(t.notes)} annotations that hang on {t.parent!r})" for t in rest
    )
    return _Tiers(cues, "utf-8", dropped, tuple(warnings))


def _span(begin: float | None, end: float | None) -> tuple[float | None, float | None]:
    return begin, (None if begin is not None and end is not None and end < begin else end)


def _order(place: int, times: Sequence[float | None]) -> float:
    """Time of a slot, or of the nearest slot before it that has one: slots are in order."""
    return next((t for t in reversed(times[: place + 1]) if t is not None), 0.0)


def _milliseconds(path: Path, value: str | None) -> float | None:
    if value is None:
        return None
    if not re.fullmatch(r"\d{1,12}", value, re.ASCII):
        raise ReadError(path, f"TIME_VALUE {value[:40]!r} is no count of milliseconds")
    return int(value) / 1000


def _eaf_tiers(path: Path, root: Any, slots: dict[str, int]) -> Iterator[_Tier]:
    """Tiers with the places of their annotations; those that refer get the places referred to."""
    alignable: dict[str, tuple[int, int]] = {}
    refers: dict[str, str] = {}
    for note in root.iter("ALIGNABLE_ANNOTATION"):
        places = [slots.get(note.get(f"TIME_SLOT_REF{n}", "")) for n in (1, 2)]
        if places[0] is None or places[1] is None:
            raise ReadError(path, f"annotation {note.get('ANNOTATION_ID')!r} has no such time slot")
        alignable[note.get("ANNOTATION_ID", "")] = (places[0], places[1])
    for note in root.iter("REF_ANNOTATION"):
        refers[note.get("ANNOTATION_ID", "")] = note.get("ANNOTATION_REF", "")
    for tier in root.iter("TIER"):
        name = one_line(tier.get("TIER_ID", "")) or "tier"
        label = one_line(tier.get("PARTICIPANT", "")).replace(":", " ").strip()
        notes = []
        for note in (*tier.iter("ALIGNABLE_ANNOTATION"), *tier.iter("REF_ANNOTATION")):
            place = alignable.get(_root_of(note.get("ANNOTATION_ID", ""), refers))
            if place is None:
                raise ReadError(
                    path, f"annotation {note.get('ANNOTATION_ID')!r} refers to none with a time"
                )
            words = one_line(note.findtext("ANNOTATION_VALUE") or "")
            notes.append(_Note(*place, words))
        speaker = label or name.replace(":", " ").strip() or "tier"
        yield _Tier(tier.get("TIER_ID", ""), tier.get("PARENT_REF"), speaker, tuple(notes))


def _root_of(note: str, refers: dict[str, str]) -> str:
    seen = set()
    while note in refers and note not in seen:
        seen.add(note)
        note = refers[note]
    return note


def _spoken(tier: _Tier, tiers: Sequence[_Tier]) -> _Tier:
    """Give the tier itself, or the first below it with words where its own are mostly blank."""
    if sum(bool(n.words) for n in tier.notes) >= _HALF * max(1, len(tier.notes)):
        return tier
    below = (t for t in tiers if t.parent == tier.name and any(n.words for n in t.notes))
    found = next(below, tier)
    return replace(found, speaker=tier.speaker) if found.speaker == found.name else found


def _draft(path: Path, tiers: _Tiers, format_: str, unit: str) -> Draft:
    if not any(c.words for c in tiers.cues):
        raise UnknownFormat(path, f"a {format_} file without words on its tiers; looked for labels")
    draft = render(tiers.cues, format_, tiers.encoding, unit=unit)
    return replace(
        draft,
        dropped=(*tiers.dropped, *draft.dropped),
        warnings=(*draft.warnings, *tiers.warnings),
    )
