"""Captions with times: WebVTT (Zoom `Name: text`, Teams `<v Name>`) and SubRip."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import labels
from cjmresearch.read.cues import Cue, render
from cjmresearch.read.decode import decode, tidy
from cjmresearch.read.draft import Draft, Line, lines, seconds

_TIMING = re.compile(r"\s*(?P<begin>[\d:.,]+)\s*-->\s*(?P<end>[\d:.,]+)(?:\s.*)?$")
_CLOCK = re.compile(r"(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}$")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+(?P<name>[^>]+)>")
_TAG = re.compile(
    r"</?(?:(?:c|i|b|u|v|ruby|rt)(?:\.[^<>\s]{0,80})?|(?:font|lang)\s[^<>]{0,80}|font|lang)>"
    r"|<\d{1,3}:[\d:.]+>",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\s*(?:>>|-)?\s*(?P<label>[^:<>]{1,60}?)\s*:(?:\s+|$)(?P<words>.*)$", re.DOTALL
)
_SRT_START = re.compile(rb"(?:\xef\xbb\xbf)?\s*\d+\s*\r?\n\s*\d{1,3}:\d{2}:\d{2}[.,]\d{1,3}\s*-->")
_MOST_NAMED = 0.8
"""From this share on every cue begins with its speaker, and a name may stand once."""
_SOME_NAMELESS = 0.3
"""Above this share, a name stands only where the speaker changes: nothing to doubt."""
_ASIDE = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")


def recognises_vtt(data: bytes) -> bool:
    """Tell a file that begins with WEBVTT."""
    return _head(data).lstrip().startswith("WEBVTT")


def recognises_srt(data: bytes) -> bool:
    """Tell a file that begins with a number and a line of two times."""
    return _SRT_START.match(_head(data).encode()) is not None


def _head(data: bytes) -> str:
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return data[:200].decode(encoding, errors="ignore")


def read_vtt(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read a .vtt; cues of one speaker in a row are one turn."""
    return _read(path, data, given, "WebVTT")


def read_srt(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read a .srt whose cues carry `Name: text`; cues of one speaker in a row are one turn."""
    return _read(path, data, given, "SubRip")


def _read(path: Path, data: bytes, given: Collection[str], format_: str) -> Draft:
    text, encoding = decode(path, data)
    blocks = list(_blocks(lines(text)))
    asides = sum(1 for block in blocks if _ASIDE.match(block[0].text))
    cues = list(_cues(path, blocks))
    named, nameless, lone = _name(cues, given)
    if not any(cue.speaker for cue in named):
        raise UnknownFormat(
            path,
            f"{len(cues)} cues, but none tells who speaks; looked for `Name: text` and "
            "`<v Name>`; add the names, or list their labels in `participants`",
        )
    draft = render(named, format_, encoding)
    unsure = 0 < len(nameless) < _SOME_NAMELESS * len(cues)
    warnings = (
        [
            f"{len(nameless)} cues carry no name and were given to the speaker before them "
            f"(first: cue {nameless[0]})"
        ]
        if unsure
        else []
    )
    dropped = (f"{asides} NOTE, STYLE or REGION blocks",) if asides else ()
    return Draft(
        **{**vars(draft), "warnings": (*warnings, *lone), "dropped": (*dropped, *draft.dropped)}
    )


def _blocks(rows: Sequence[Line]) -> Iterator[list[Line]]:
    block: list[Line] = []
    for row in (*rows, Line(0, "", 0)):
        if not row.blank:
            block.append(row)
        elif block:
            yield block
            block = []


def _cues(path: Path, blocks: Sequence[Sequence[Line]]) -> Iterator[Cue]:
    number = 0
    for block in blocks:
        at = next((i for i, row in enumerate(block[:2]) if "-->" in row.text), None)
        if at is None:
            if block[0].text.startswith("WEBVTT") or _ASIDE.match(block[0].text):
                continue
            raise ReadError(
                path,
                f"no times above the words {block[0].text[:40]!r}; a cue needs a line "
                "`00:00:01.000 --> 00:00:02.000`, and no blank line within",
                line=block[0].place,
            )
        number += 1
        begin, end = _times(path, block[at])
        for speaker, words in _voices("\n".join(row.text for row in block[at + 1 :])):
            yield Cue(number, begin, end, words, speaker)


def _times(path: Path, row: Line) -> tuple[float, float]:
    found = _TIMING.match(row.text)
    clocks = (found["begin"], found["end"]) if found else ()
    times = [seconds(c) if _CLOCK.match(c) else None for c in clocks]
    if len(times) != 2 or times[0] is None or times[1] is None or times[1] < times[0]:
        raise ReadError(
            path,
            f"{row.text.strip()[:60]!r} is no pair of times in order; expected "
            "`00:00:01.000 --> 00:00:02.000`",
            line=row.place,
        )
    return times[0], times[1]


def _voices(payload: str) -> Iterator[tuple[str | None, str]]:
    """Split a payload at its `<v Name>` tags; words without tags and entities, on one line."""
    pieces = _VOICE.split(payload)
    for speaker, words in zip([None, *pieces[1::2]], pieces[0::2], strict=True):
        plain = " ".join(tidy(html.unescape(_TAG.sub("", words))).split())
        if plain:
            yield (labels.clean(html.unescape(speaker)) if speaker else None), plain


def _name(
    cues: Sequence[Cue], given: Collection[str]
) -> tuple[list[Cue], list[int], tuple[str, ...]]:
    """Cues with their speakers, the numbers of those without a name, and a remark on lone names."""
    matches = [None if c.speaker else _NAMED.match(c.words) for c in cues]
    written = [m["label"] for m in matches if m]
    chosen = labels.accept(written, given=given)
    if sum(map(labels.is_name_like, written)) >= _MOST_NAMED * len(cues):
        chosen |= {labels.key(w): labels.clean(w) for w in written if labels.is_name_like(w)}
    named, nameless, speaker = [], [], None
    for cue, match in zip(cues, matches, strict=True):
        label, words = cue.speaker, cue.words
        if match and labels.key(match["label"]) in chosen:
            label, words = chosen[labels.key(match["label"])], match["words"]
        if label is None and speaker is not None:
            nameless.append(cue.number)
        speaker = label or speaker
        if words:
            named.append(Cue(cue.number, cue.begin_s, cue.end_s, words, speaker))
    places = [(c.number, m["label"]) for c, m in zip(cues, matches, strict=True) if m]
    return named, nameless, labels.doubt(places, chosen)
