"""Transcripts in tables (CSV): one dialogue a row, or one utterance a row."""

from __future__ import annotations

import csv
import html
import io
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import groupby, pairwise
from pathlib import Path

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import columnar, container, labels, plain, tables
from cjmresearch.read.cues import Cue, name_unknown, one_line, render
from cjmresearch.read.decode import opening, without_soft_hyphens
from cjmresearch.read.draft import Draft, lines, seconds

_COLUMNS = {
    "text": (
        "text", "utterance", "utterance_text", "words", "transcript", "content", "message",
        "текст", "реплика", "фраза", "высказывание", "слова",
    ),
    "speaker": (
        "speaker", "interlocutor", "speaker_name", "speaker name", "who", "role", "name",
        "спикер", "говорящий", "кто", "роль", "участник", "имя",
    ),
    "begin": (
        "timestamp", "start", "starttime", "start_time", "begin", "begin_s", "start_s", "time",
        "время", "начало", "таймкод",
    ),
    "end": ("end", "endtime", "end_time", "end_s", "stop", "конец"),
    "dialogue": (
        "transcript_id", "dialogue_id", "dialog_id", "conversation_id", "interview_id",
        "session_id", "dialogue", "interview", "диалог", "интервью", "номер интервью",
    ),
}  # fmt: skip
_LOOKED_FOR = "a column of words (text, utterance, words, текст, реплика …) and one of speakers"
_PROBE = 6000
_OPENER = 40
_MOST = 0.9


@dataclass(frozen=True)
class _Places:
    """Places of the columns that matter, None where there is none."""

    text: int
    speaker: int | None
    begin: int | None
    end: int | None
    dialogue: int | None


def recognises(data: bytes) -> bool:
    """Tell a CSV by its header: words beside speakers, or words beside ids of dialogues."""
    if container.is_zip(data):
        return False
    first = opening(data, _PROBE)
    cyrillic = data[:_PROBE].decode("cp1251", errors="ignore")
    for head in (first, cyrillic):
        for delimiter in ",;\t|":
            try:
                header = next(csv.reader(io.StringIO(head), delimiter=delimiter), [])
            except csv.Error:
                continue
            found = _places(header)
            told = found and (found.speaker is not None or found.dialogue is not None)
            if told or _is_whisper(header):
                return True
    return False


def is_talk(path: Path, data: bytes) -> tuple[str, str] | None:
    """Name the columns of speakers and words of a table whose few speakers alternate; else None.

    A survey may have a column of names and one of words, too: there every name stands once.
    """
    if not recognises(data) or container.is_zip(data):
        return None
    try:
        table = tables.read(path, data)
        places = _places(table.rows[0])
        if places is None or places.speaker is None:
            return None
        named = [_label(row[places.speaker]) for row in _body(path, table)]
    except ReadError:
        return None
    voices = [label for label in named if label]
    told = Counter(voices)
    if len(told) < 2 or sum(n for n in told.values() if n > 1) < _MOST * len(voices):
        return None
    # Speakers of one talk take turns; respondents sorted into groups don't.
    changes = sum(a != b for a, b in pairwise(voices))
    if len(told) > len(voices) / 3 or changes < 2 * (len(told) - 1):
        return None
    header = table.rows[0]
    return header[places.speaker].strip(), header[places.text].strip()


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read the only dialogue of a table; `ReadError` where there are several."""
    drafts = read_all(path, data, given)
    if len(drafts) > 1:
        raise ReadError(path, f"holds {len(drafts)} dialogues; read them with read.transcripts")
    return drafts[0]


def read_all(path: Path, data: bytes, given: Collection[str] = ()) -> list[Draft]:
    """Read every dialogue of a table, in the order of the file; titles are their ids."""
    table = tables.read(path, data)
    places = _places(table.rows[0])
    if places is None:
        raise UnknownFormat(path, f"a table, but no transcript; looked for {_LOOKED_FOR}")
    numbered = list(zip(table.numbers[1:], _body(path, table), strict=True))
    if _is_whisper(table.rows[0]):
        drafts = [_whisper(table, numbered)] if any(row[2].strip() for _, row in numbered) else []
    elif places.speaker is None:
        drafts = _rows(path, table, numbered, places, given)
    else:
        drafts = _utterances(path, table, numbered, places)
    if not drafts:
        raise ReadError(path, "no row of the table holds words; export it again")
    first = drafts[0]
    unread = [
        name.strip()
        for at, name in enumerate(table.rows[0])
        if name.strip() and at not in astuple(places)
    ]
    left = (f"columns that hold no talk: {', '.join(map(repr, unread))}",) if unread else ()
    shared = (*table.dropped, *first.dropped, *left), (*table.warnings, *first.warnings)
    return [replace(first, dropped=shared[0], warnings=shared[1]), *drafts[1:]]


def _body(path: Path, table: tables.Grid) -> list[list[str]]:
    """All rows below the header; of a long file the grid has them by column."""
    if table.columns is not None:
        return [list(map(str, row)) for row in zip(*(c[1:] for c in table.columns), strict=True)]
    return columnar.same_width(path, table, first=1, width=len(table.rows[0]))


def _places(header: Sequence[str]) -> _Places | None:
    names = [" ".join(cell.strip("\ufeff\"' ").casefold().split()) for cell in header]
    found: dict[str, int | None] = {}
    for what, known in _COLUMNS.items():
        found[what] = next((names.index(name) for name in known if name in names), None)
    text = found.pop("text")
    return None if text is None else _Places(text, **found)


def _rows(
    path: Path,
    table: tables.Grid,
    numbered: Sequence[tuple[int, list[str]]],
    places: _Places,
    given: Collection[str],
) -> list[Draft]:
    """One dialogue a row: the cell is a plain text with labels."""
    drafts = []
    given = [*given, *_openers(cells[places.text] for _, cells in numbered)]
    for number, cells in numbered:
        text, soft = without_soft_hyphens(cells[places.text])
        if not text.strip():
            continue
        try:
            draft = plain.from_lines(
                path,
                text,
                lines(text),
                given=given,
                format_=f"{table.format}, a dialogue a row",
                encoding=table.encoding,
                unit=f"row {number}, line",
            )
        except UnknownFormat:
            raise UnknownFormat(
                path,
                f"row {number}: no speakers in the cell {table.rows[0][places.text]!r}; looked for "
                f"a column of speakers, and within the cell for `Name: text`",
            ) from None
        title = cells[places.dialogue] if places.dialogue is not None else f"row {number}"
        drafts.append(
            replace(draft, facts=_titled(draft.facts, title), dropped=(*draft.dropped, *soft))
        )
    return drafts


def _openers(texts: Iterable[str]) -> list[str]:
    """Words for roles that begin a cell: speakers, though they stand once in it."""
    first = {labels.clean(text[:_OPENER].partition(":")[0]) for text in texts}
    return sorted(label for label in first if labels.is_known(label))


def _titled(facts: Mapping[str, str], title: str) -> dict[str, str]:
    return {**facts, "title": one_line(title)} if title.strip() else dict(facts)


def _is_whisper(header: Sequence[str]) -> bool:
    """Tell the table that Whisper writes: it tells no speakers."""
    return [cell.strip("\ufeff ").casefold() for cell in header] == ["start", "end", "text"]


def _whisper(table: tables.Grid, numbered: Sequence[tuple[int, list[str]]]) -> Draft:
    """Whisper's .tsv: whole numbers are milliseconds."""
    thousandths = all(cell.strip().isdecimal() for _, row in numbered for cell in row[:2])
    cues, _, _ = _cues(numbered, _Places(text=2, speaker=None, begin=0, end=1, dialogue=None))
    unit = 1000 if thousandths else 1
    known, remark = name_unknown(
        [replace(c, begin_s=_part(c.begin_s, unit), end_s=_part(c.end_s, unit)) for c in cues]
    )
    draft = render(known, "Whisper TSV", table.encoding, unit="row")
    note = ("whole numbers are read as milliseconds, as Whisper writes them",) * thousandths
    return replace(draft, warnings=(*draft.warnings, *remark), notes=(*draft.notes, *note))


def _part(value: float | None, unit: int) -> float | None:
    return None if value is None else value / unit


def _utterances(
    path: Path,
    table: tables.Grid,
    numbered: Sequence[tuple[int, list[str]]],
    places: _Places,
) -> list[Draft]:
    """One utterance a row: rows of one speaker in a row are one turn."""
    where = places.dialogue

    def dialogue(row: tuple[int, list[str]]) -> str:
        return row[1][where] if where is not None else ""

    groups: dict[str, list[tuple[int, list[str]]]] = {}
    for title, run in groupby(numbered, key=dialogue):
        groups.setdefault(title, []).extend(run)
    drafts = []
    for title, rows in groups.items():
        cues, silent, nameless = _cues(rows, places)
        if not any(c.speaker for c in cues):
            continue
        draft = render(cues, f"{table.format}, an utterance a", table.encoding, unit="row")
        draft = replace(draft, format=f"{table.format}, an utterance a row")
        dropped = (f"{silent} rows without words",) if silent else ()
        unsure = f"{len(nameless)} rows name no speaker and were given to the one before them"
        warnings = (f"{unsure} (first: row {nameless[0]})",) if nameless else ()
        drafts.append(
            replace(
                draft,
                facts=_titled({}, title),
                dropped=(*draft.dropped, *dropped),
                warnings=(*draft.warnings, *warnings),
            )
        )
    return drafts


def _cues(
    rows: Sequence[tuple[int, list[str]]], places: _Places
) -> tuple[list[Cue], int, list[int]]:
    """Cues of rows, the number of rows without words, and the rows without a speaker."""
    cues: list[Cue] = []
    silent, nameless, speaker = 0, [], None
    for number, cells in rows:
        words = one_line(html.unescape(cells[places.text]))
        label = _label(cells[places.speaker]) if places.speaker is not None else ""
        if not words:
            silent += 1
            continue
        if not label and speaker is not None:
            nameless.append(number)
        speaker = label or speaker
        begin, end = _time(cells, places.begin), _time(cells, places.end)
        if begin is not None and end is not None and end < begin:
            end = None
        cues.append(Cue(number, begin, end, words, speaker))
    return cues, silent, nameless


def _label(cell: str) -> str:
    return labels.clean(one_line(html.unescape(cell)).rstrip(": ").replace(":", " "))


def _time(cells: Sequence[str], place: int | None) -> float | None:
    """Seconds of a clock time, or of a plain number."""
    cell = cells[place].strip() if place is not None else ""
    clock = seconds(cell)
    if clock is not None or not cell:
        return clock
    number = cell.replace(",", ".", 1)
    return float(number) if number.replace(".", "", 1).isdecimal() and len(number) < 12 else None
