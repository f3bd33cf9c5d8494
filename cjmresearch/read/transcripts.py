"""Transcripts: the first family that recognises a file's content reads it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import (
    captions,
    channels,
    container,
    corpus,
    dialogues,
    labels,
    language,
    noise,
    opendocument,
    pdf,
    plain,
    recognised,
    roles,
    rtf,
    tiers,
    word,
)
from cjmresearch.read.cues import Cue
from cjmresearch.read.decode import load
from cjmresearch.read.draft import Draft, Span, Turn
from cjmresearch.read.ids import random_ids
from cjmresearch.read.results import CUES, ReadReport, Transcript, doubts

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Family:
    """One family of formats: a probe by content and a reader."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path, bytes, Collection[str]], Draft]
    cues: Callable[[Path, bytes], list[Cue]] | None = None
    """Pieces with times, where files of this family can be merged."""
    read_all: Callable[[Path, bytes, Collection[str]], list[Draft]] | None = None
    """Every transcript of a file, where files of this family may hold several."""


FAMILIES: tuple[Family, ...] = (
    Family("Word (.docx)", word.recognises, word.read),
    Family("OpenDocument (.odt)", opendocument.recognises, opendocument.read),
    Family("rich text (.rtf)", rtf.recognises, rtf.read),
    Family("PDF with a text layer", pdf.recognises, pdf.read),
    Family("WebVTT (.vtt)", captions.recognises_vtt, captions.read_vtt),
    Family("SubRip (.srt)", captions.recognises_srt, captions.read_srt),
    Family("JSON of a speech recogniser", recognised.recognises, recognised.read, recognised.cues),
    Family("ELAN (.eaf)", tiers.recognises_eaf, tiers.read_eaf, tiers.eaf_cues),
    Family(
        "Praat (.TextGrid)",
        tiers.recognises_grid,
        tiers.read_grid,
        tiers.grid_cues,
    ),
    Family("XHTML of a speech corpus", corpus.recognises, corpus.read),
    Family(
        "CSV with a column of words and one of speakers or dialogues",
        dialogues.recognises,
        dialogues.read,
        read_all=dialogues.read_all,
    ),
    Family("text (.txt, .md)", plain.recognises, plain.read),
)
"""In the order they are asked; plain text recognises everything and comes last."""


def transcript(
    path: str | Path | Sequence[str | Path],
    *,
    participants: Mapping[str, str] | None = None,
    language: str | None = None,
    kind: str = "interview",
    voice: str = "customer",
) -> Transcript:
    """Read one transcript; its format is told by content and not by name.

    Documents: .txt, .md, .docx, .odt, .rtf, .pdf with a text layer. Captions: .vtt, .srt.
    JSON of Whisper, whisper.cpp, WhisperX, AssemblyAI, Deepgram, AWS Transcribe and Rev.ai.
    Annotations: ELAN .eaf, Praat .TextGrid, XHTML with `<speech role=…>`. A CSV with one dialogue;
    for several see `transcripts`.

    Parameters
    ----------
    path
        The file; or several files of one talk, one a channel (JSON, ELAN, Praat), which are
        merged by time.
    participants
        Participant ids by label, e.g. `{"Анна": "p01"}`. Labels named here count as speakers
        even where they stand once.
    language
        `ru` or `en`; by default the script of most letters.
    kind
        One of `schema.SOURCE_KINDS`. A `note` may be a text without speakers: one participant's
        words, a paragraph a turn.
    voice
        Whose voice the participants are: one of `schema.VOICES`.

    Returns
    -------
    Transcript
        Spans are code points into `.text` (LF, NFC, no soft hyphens), which for .txt and .md is
        the whole file and for other formats a rendition; `locator` leads back to the line,
        paragraph, page, cue, segment or annotation.
        Roles are inferred; `.report` gives the reason for each.

    Raises
    ------
    UnknownFormat
        No format or no layout of speakers was recognised; says what was looked for.
    ReadError
        The file is missing, empty, damaged, or in an unknown encoding; an unknown label, kind or
        voice; files that can't be merged.
    """
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(p) for p in path]
    if not paths:
        raise ReadError("(no file)", "an empty list of files; give at least one")
    _allowed(paths[0], "kind", kind, schema.SOURCE_KINDS)
    _allowed(paths[0], "voice", voice, schema.VOICES)
    given = {label: str(person) for label, person in (participants or {}).items()}
    draft = _merged(paths) if len(paths) > 1 else _draft(paths[0], load(paths[0]), given, kind=kind)
    result = _result(paths, draft, kind=kind, voice=voice, language_=language)
    return _with_people(result, given)


def transcripts(
    path: str | Path,
    *,
    speakers: Collection[str] = (),
    language: str | None = None,
    kind: str = "interview",
    voice: str = "customer",
) -> list[Transcript]:
    """Read every transcript of a file: a CSV may hold many dialogues, other files hold one.

    A CSV has one dialogue a row (a column such as `text` with `Name: words` within) or one
    utterance a row (columns such as `speaker` and `text`, perhaps times and ids of dialogues).
    The title of a source is the id of its dialogue. Labels in `speakers` count as speakers even
    where they stand once. Other parameters and errors as of `transcript`.
    """
    path = Path(path)
    _allowed(path, "kind", kind, schema.SOURCE_KINDS)
    _allowed(path, "voice", voice, schema.VOICES)
    data = load(path)
    family = next(f for f in FAMILIES if f.recognises(data))
    if family.read_all is None:
        drafts = [_draft(path, data, speakers, kind=kind)]
    else:
        drafts = family.read_all(path, data, speakers)
    return [_result([path], d, kind=kind, voice=voice, language_=language) for d in drafts]


def talk_columns(path: str | Path) -> tuple[str, str] | None:
    """Name the columns of speakers and words where a table looks like talk; None for others."""
    return dialogues.is_talk(Path(path), load(Path(path)))


def _with_people(result: Transcript, given: Mapping[str, str]) -> Transcript:
    spelled = {labels.key(s): s for s in result.speakers["speaker"]}
    return result.with_participants({spelled.get(labels.key(g), g): p for g, p in given.items()})


def _merged(paths: Sequence[Path]) -> Draft:
    pieces = []
    for path in paths:
        data = load(path)
        family = next((f for f in FAMILIES if f.recognises(data)), FAMILIES[-1])
        if family.cues is None:
            able = ", ".join(f.name for f in FAMILIES if f.cues)
            raise ReadError(path, f"{family.name} can't be merged by time; these can: {able}")
        pieces.append(family.cues(path, data))
    draft = channels.merge(paths, pieces)
    return replace(draft, facts={"title": channels.common_title(paths)})


def _allowed(path: Path, what: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise ReadError(path, f"no {what} {value!r}; allowed: {', '.join(allowed)}")


def _draft(path: Path, data: bytes, given: Collection[str], *, kind: str) -> Draft:
    office = (word.recognises, opendocument.recognises)
    if container.is_zip(data) and not any(recognises(data) for recognises in office):
        if container.has_member(data, "xl/workbook.xml"):
            raise UnknownFormat(path, "is an Excel workbook, no transcript; use read.survey")
        container.open_safely(path, data)
        raise UnknownFormat(path, "is a zip archive, but no Word document or .odt; unpack it first")
    for family in FAMILIES:
        if not family.recognises(data):
            continue
        try:
            return family.read(path, data, given)
        except UnknownFormat:
            if kind != "note" or family.read is not plain.read:
                raise
            return plain.read_note(path, data)
    looked_for = ", ".join(family.name for family in FAMILIES)
    raise UnknownFormat(path, f"no format recognised; looked for {looked_for}")


def _result(
    paths: Sequence[Path], draft: Draft, *, kind: str, voice: str, language_: str | None
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
    warnings = [
        *draft.warnings,
        *([remark] if remark else []),
        *doubts({label: role.reason for label, role in given.items()}),
    ]
    marks = noise.find(draft)
    report = ReadReport(
        path=paths[0],
        format=draft.format,
        encoding=draft.encoding,
        language=spoken,
        speakers=notes,
        dropped=draft.dropped,
        warnings=tuple(warnings),
        spans=pd.DataFrame(_by_column(draft.spans, Span)).astype({"what": "str"}),
        notes=(*draft.notes, *noise.remark(marks), *_no_break(draft.text)),
        noise=marks,
        summary=f"{len(draft.turns)} turns of {len(heard)} speakers, {len(draft.text)} characters",
    )
    source = {
        "source_id": source_id,
        "kind": kind,
        "title": draft.facts.get("title") or paths[0].stem,
        "file": " + ".join(p.name for p in paths),
        "recorded_on": _recorded_on(draft.facts),
        "language": spoken,
        "revision": 1,
    }
    speakers = notes[["speaker", "role", "participant_id"]].assign(source_id=source_id, voice=voice)
    turns = _turns(source_id, draft)
    return Transcript(
        source=schema.frame("sources", [source]),
        text=draft.text,
        turns=turns,
        speakers=schema.frame("speakers", speakers),
        report=report,
        cues=_cues(draft, turns),
    )


def _turns(source_id: str, draft: Draft) -> pd.DataFrame:
    count = len(draft.turns)
    known = _by_column(draft.turns, Turn)
    del known["pieces"]
    given = {"turn_id": random_ids(count), "source_id": source_id, "position": range(count)}
    return schema.frame("turns", pd.DataFrame({**known, **given}))


def _cues(draft: Draft, turns: pd.DataFrame) -> pd.DataFrame:
    """One row a cue, with the turn that it went into."""
    ids = turns["turn_id"].tolist()
    rows = [(ids[at], at, *piece) for at, turn in enumerate(draft.turns) for piece in turn.pieces]
    return pd.DataFrame(rows, columns=list(CUES)).astype(CUES)


def _by_column(rows: Sequence[tuple[Any, ...]], kind: type[Span] | type[Turn]) -> dict[str, Any]:
    """Turn rows round; there may be hundreds of thousands."""
    return {name: [row[at] for row in rows] for at, name in enumerate(kind._fields)}


def _no_break(text: str) -> tuple[str, ...]:
    count = sum(map(text.count, "\xa0\u202f"))
    return (f"{count} no-break spaces kept; a search for a plain blank misses them",) * bool(count)


def _recorded_on(facts: Mapping[str, str]) -> str | None:
    dates = (facts.get(k, "") for k in ("date", "recorded_on", "recorded", "дата"))
    return next((m.group() for d in dates if (m := _ISO_DATE.search(d))), None)
