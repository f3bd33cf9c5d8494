"""Transcripts: the first family that recognises a file's content reads it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import (
    captions,
    container,
    labels,
    language,
    noise,
    opendocument,
    pdf,
    plain,
    recognised,
    roles,
    rtf,
    word,
)
from cjmresearch.read.decode import load
from cjmresearch.read.draft import Draft
from cjmresearch.read.results import ReadReport, Transcript

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_GUESSED = ("label says so", "front matter", "interviewer is known")


@dataclass(frozen=True)
class Family:
    """One family of formats: a probe by content and a reader."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path, bytes, Collection[str]], Draft]


FAMILIES: tuple[Family, ...] = (
    Family("Word (.docx)", word.recognises, word.read),
    Family("OpenDocument (.odt)", opendocument.recognises, opendocument.read),
    Family("rich text (.rtf)", rtf.recognises, rtf.read),
    Family("PDF with a text layer", pdf.recognises, pdf.read),
    Family("WebVTT (.vtt)", captions.recognises_vtt, captions.read_vtt),
    Family("SubRip (.srt)", captions.recognises_srt, captions.read_srt),
    Family("JSON of a speech recogniser", recognised.recognises, recognised.read),
    Family("text (.txt, .md)", plain.recognises, plain.read),
)
"""In the order they are asked; plain text recognises everything and comes last."""


def transcript(
    path: str | Path,
    *,
    participants: Mapping[str, str] | None = None,
    language: str | None = None,
    kind: str = "interview",
    voice: str = "customer",
) -> Transcript:
    """Read a transcript: .txt, .md, .docx, .vtt or .srt, told by content and not by name.

    Parameters
    ----------
    path
        The file.
    participants
        Participant ids by label, e.g. `{"Анна": "p01"}`. Labels named here count as speakers
        even where they stand once.
    language
        `ru` or `en`; by default the script of most letters.
    kind
        One of `schema.SOURCE_KINDS`.
    voice
        Whose voice the participants are: one of `schema.VOICES`.

    Returns
    -------
    Transcript
        Spans are code points into `.text` (LF, NFC), which for .txt and .md is the whole file and
        for other formats a rendition; `locator` leads back to the line, paragraph or cue.
        Roles are inferred; `.report` gives the reason for each.

    Raises
    ------
    UnknownFormat
        No format or no layout of speakers was recognised; says what was looked for.
    ReadError
        The file is missing, empty, damaged, or in an unknown encoding; an unknown label, kind or
        voice.
    """
    path = Path(path)
    _allowed(path, "kind", kind, schema.SOURCE_KINDS)
    _allowed(path, "voice", voice, schema.VOICES)
    given = {label: str(person) for label, person in (participants or {}).items()}
    draft = _draft(path, load(path), given)
    result = _result(path, draft, kind=kind, voice=voice, language_=language)
    spelled = {labels.key(s): s for s in result.speakers["speaker"]}
    return result.with_participants({spelled.get(labels.key(g), g): p for g, p in given.items()})


def _allowed(path: Path, what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ReadError(path, f"no {what} {value!r}; allowed: {', '.join(allowed)}")


def _draft(path: Path, data: bytes, given: Collection[str]) -> Draft:
    office = (word.recognises, opendocument.recognises)
    if container.is_zip(data) and not any(recognises(data) for recognises in office):
        if container.has_member(data, "xl/workbook.xml"):
            raise UnknownFormat(path, "is an Excel workbook, no transcript; use read.survey")
        container.open_safely(path, data)
        raise UnknownFormat(path, "is a zip archive, but no Word document or .odt; unpack it first")
    for family in FAMILIES:
        if family.recognises(data):
            return family.read(path, data, given)
    looked_for = ", ".join(family.name for family in FAMILIES)
    raise UnknownFormat(path, f"no format recognised; looked for {looked_for}")


def _result(
    path: Path, draft: Draft, *, kind: str, voice: str, language_: str | None
) -> Transcript:
    source_id = str(uuid.uuid4())
    heard = roles.listen(draft)
    given = roles.infer(heard, draft.facts)
    words = " ".join(draft.text[t.start : t.end] for t in draft.turns)
    detected, remark = language.detect(words)
    spoken = language_ or detected
    notes = pd.DataFrame(
        {
            "speaker": pd.Series([v.label for v in heard], dtype="str"),
            "role": pd.Series([given[v.label].role for v in heard], dtype="str"),
            "participant_id": pd.Series([None] * len(heard), dtype="str"),
            "n_turns": [v.n_turns for v in heard],
            "n_words": [v.n_words for v in heard],
            "reason": pd.Series([given[v.label].reason for v in heard], dtype="str"),
        }
    )
    warnings = [*draft.warnings, *([remark] if remark else []), *_doubts(given)]
    marks = noise.find(draft)
    report = ReadReport(
        path=path,
        format=draft.format,
        encoding=draft.encoding,
        language=spoken,
        speakers=notes,
        dropped=draft.dropped,
        warnings=tuple(warnings),
        spans=pd.DataFrame(
            {
                "start": [s.start for s in draft.spans],
                "end": [s.end for s in draft.spans],
                "what": pd.Series([s.what for s in draft.spans], dtype="str"),
                "line": [s.line for s in draft.spans],
            }
        ),
        notes=(*draft.notes, *noise.remark(marks), *_no_break(draft.text)),
        noise=marks,
        summary=f"{len(draft.turns)} turns of {len(heard)} speakers, {len(draft.text)} characters",
    )
    source = {
        "source_id": source_id,
        "kind": kind,
        "title": draft.facts.get("title") or path.stem,
        "file": path.name,
        "recorded_on": _recorded_on(draft.facts),
        "language": spoken,
        "revision": 1,
    }
    speakers = notes[["speaker", "role", "participant_id"]].assign(source_id=source_id, voice=voice)
    return Transcript(
        source=schema.frame("sources", [source]),
        text=draft.text,
        turns=_turns(source_id, draft),
        speakers=schema.frame("speakers", speakers),
        report=report,
    )


def _turns(source_id: str, draft: Draft) -> pd.DataFrame:
    rows = [
        {
            "turn_id": str(uuid.uuid4()),
            "source_id": source_id,
            "position": position,
            "speaker": turn.speaker,
            "start": turn.start,
            "end": turn.end,
            "begin_s": turn.begin_s,
            "end_s": turn.end_s,
            "locator": turn.locator,
        }
        for position, turn in enumerate(draft.turns)
    ]
    return schema.frame("turns", rows)


def _no_break(text: str) -> tuple[str, ...]:
    count = sum(map(text.count, "\xa0\u202f"))
    return (f"{count} no-break spaces kept; a search for a plain blank misses them",) * bool(count)


def _recorded_on(facts: Mapping[str, str]) -> str | None:
    dates = (facts.get(k, "") for k in ("date", "recorded_on", "recorded", "дата"))
    return next((m.group() for d in dates if (m := _ISO_DATE.search(d))), None)


def _doubts(given: Mapping[str, roles.Role]) -> list[str]:
    guessed = [
        label for label, role in given.items() if not any(g in role.reason for g in _GUESSED)
    ]
    if not guessed:
        return []
    return [
        f"roles of {', '.join(guessed)} are guessed from the talk; "
        f'correct with transcript.with_roles({{"{guessed[0]}": "interviewer"}})'
    ]
