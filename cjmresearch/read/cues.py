"""Words between two times: what captions, recognisers and annotation tools give, as a draft."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cjmresearch.read.decode import SOFT, tidy, whole
from cjmresearch.read.draft import Draft, Piece, Span, Turn, partition

UNKNOWN = "Unknown"
"""Label of words whose speaker the file does not tell."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Cue:
    """Words between two times; `speaker` is what the cue itself tells, `file` who told it."""

    number: int
    begin_s: float | None
    end_s: float | None
    words: str
    speaker: str | None = None
    file: str = ""


def one_line(words: str) -> str:
    """Make words fit for a text of one line a turn: whole characters, NFC, single blanks."""
    return " ".join(tidy(_CONTROL.sub(" ", whole(words))).split())


def name_unknown(cues: Sequence[Cue]) -> tuple[list[Cue], tuple[str, ...]]:
    """Label the cues that tell no speaker as `UNKNOWN`, and a remark on how many they are."""
    lost = [c for c in cues if not c.speaker]
    named = [c if c.speaker else _labelled(c, UNKNOWN) for c in cues]
    if not lost:
        return named, ()
    whom = "nothing" if len(lost) == len(cues) else f"{len(lost)} of {len(cues)} pieces do not"
    tell = "tells" if len(lost) == len(cues) else "tell"
    return named, (
        f"{whom} {tell} who speaks: label «{UNKNOWN}»; tell the speakers apart before the export, "
        f'or say who it is with --role "{UNKNOWN}=participant" '
        f'(in Python transcript.with_roles({{"{UNKNOWN}": "participant"}}))',
    )


def _labelled(cue: Cue, label: str) -> Cue:
    return Cue(cue.number, cue.begin_s, cue.end_s, cue.words, label, cue.file)


def render(cues: Sequence[Cue], format_: str, encoding: str, *, unit: str = "cue") -> Draft:
    """One line a turn, `Name: words`; words before the first name stand above.

    Cues of one speaker in a row are one turn. `UNKNOWN` may be several people, and a lone
    speaker's turns end where the cues do: both keep their cues apart, but for captions.
    """
    parts: list[str] = []
    marks: list[Span] = []
    turns: list[Turn] = []
    offset, early = 0, 0
    soft = sum(cue.words.count(SOFT) for cue in cues)
    for number, run in enumerate(_runs(cues, apart=_apart(cues, unit)), start=1):
        label = f"{run[0].speaker}: " if run[0].speaker else ""
        words = " ".join(cue.words for cue in run).replace(SOFT, "")
        start = offset + len(label)
        if run[0].speaker:
            marks.append(Span(offset, start, "label", number))
            turns.append(_turn(run, start, start + len(words), unit))
        else:
            early += len(run)
        what = "turn" if run[0].speaker else "front_matter"
        marks.append(Span(start, start + len(words), what, number))
        parts.append(label + words)
        offset = start + len(words) + 1
    text = "\n".join(parts)
    dropped = [f"{early} {unit}s before the first name"] if early else []
    dropped += [f"{soft} soft hyphens within words"] if soft else []
    return Draft(
        f"{format_}, {unit}s", encoding, text, tuple(turns), partition(text, marks),
        dropped=tuple(dropped),
    )  # fmt: skip


def _apart(cues: Sequence[Cue], unit: str) -> frozenset[str | None]:
    speakers = {cue.speaker for cue in cues}
    return frozenset(speakers if len(speakers) == 1 and unit != "cue" else {UNKNOWN})


def _turn(run: Sequence[Cue], start: int, end: int, unit: str) -> Turn:
    first, last = run[0].number, run[-1].number
    locator = f"{unit} {first}" if first == last else f"{unit} {first}-{last}"
    begins = [cue.begin_s for cue in run if cue.begin_s is not None]
    ends = [cue.end_s for cue in run if cue.end_s is not None]
    begin_s, end_s = min(begins, default=None), max(ends, default=None)
    if begin_s is not None and end_s is not None and end_s < begin_s:
        end_s = None
    place = f"{run[0].file} {locator}".lstrip()
    pieces = tuple(_pieces(run, start, unit))
    return Turn(run[0].speaker or "", start, end, place, begin_s, end_s, pieces)


def _pieces(run: Sequence[Cue], start: int, unit: str) -> Iterator[Piece]:
    """Where each cue of a turn stands in the text, and when it is heard."""
    for cue in run:
        end = start + len(cue.words.replace(SOFT, ""))
        place = f"{cue.file} {unit} {cue.number}".lstrip()
        turned = cue.begin_s is not None and cue.end_s is not None and cue.end_s < cue.begin_s
        yield Piece(start, end, cue.begin_s, None if turned else cue.end_s, place)
        start = end + 1


def _runs(cues: Sequence[Cue], *, apart: frozenset[str | None]) -> Iterator[list[Cue]]:
    run: list[Cue] = []
    for cue in cues:
        if not cue.words.replace(SOFT, "").strip():
            continue
        if run and (cue.speaker != run[-1].speaker or cue.speaker in apart):
            yield run
            run = []
        run.append(cue)
    if run:
        yield run
