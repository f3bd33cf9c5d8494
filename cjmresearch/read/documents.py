"""What Word, OpenDocument, RTF and PDF share: paragraphs and rows of tables become lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read import container, labels, layouts, plain
from cjmresearch.read.cues import Cue, one_line, render
from cjmresearch.read.decode import tidy, whole, without_soft_hyphens
from cjmresearch.read.draft import Draft, Line

_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_TIME = re.compile(rf"\s*[\[({{<]?\s*({_CLOCK}(?:\s*[-–—>]+\s*{_CLOCK})?)\s*[\])}}>]?\s*$")
_NO_LABEL = re.compile(r"[:\[\]{}()<>\n]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HEADERS = labels.words(
    "time timecode timestamp время таймкод тайм-код speaker who name спикер говорящий кто имя "
    "участник text words utterance transcript текст реплика слова речь № # n"
)
_MOST = 0.8


@dataclass(frozen=True)
class Row:
    """One row of table number `table`; a cell is the text of its paragraphs."""

    table: int
    cells: tuple[str, ...]


Block = str | Row
"""A paragraph or a row of a table, in the order of the document."""


def xml(path: Path, name: str, data: bytes) -> Any:
    """Parse XML of strangers: without a document type, entities or depth beyond the parser's."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        return fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise ReadError(
            path, f"{name} is no clean XML ({container.brief(error)}); save it anew"
        ) from None


def draft(
    path: Path,
    blocks: Sequence[Block],
    given: Collection[str],
    *,
    format_: str,
    encoding: str,
    notes: Mapping[str, int] | None = None,
) -> Draft:
    """Make a draft of paragraphs and rows; `notes` counts what a reader left out, in words."""
    rows, speakers, remarks, left_out = _lines([_clean(b) for b in blocks])
    text, soft = without_soft_hyphens("\n".join(row.text for row in rows))
    if not text.strip():
        raise UnknownFormat(path, f"the {format_} document holds no text; export it again")
    result = plain.from_lines(
        path,
        text,
        _placed([r._replace(text=without_soft_hyphens(r.text)[0]) for r in rows]),
        given=[*given, *speakers],
        format_=format_,
        encoding=encoding,
        unit="paragraph",
    )
    if result.format.endswith(layouts.ARROWS):
        result = _cues_merged(result)
    left = [f"{n} {what}" for what, n in (notes or {}).items()] + list(soft)
    left += [f"{n} {what}" for what, n in left_out.items() if n]
    return replace(
        result,
        dropped=(*result.dropped, *left),
        warnings=(*result.warnings, *remarks),
    )


def _cues_merged(draft: Draft) -> Draft:
    """Join what one speaker says over several cues, as in captions; times stay with the cues."""
    said = [
        Cue(n, t.begin_s, t.end_s, one_line(draft.text[t.start : t.end]), t.speaker)
        for n, t in enumerate(draft.turns, start=1)
    ]
    merged = render(said, draft.format, draft.encoding)
    kept = replace(draft, format=merged.format, text=merged.text)
    return replace(kept, turns=merged.turns, spans=merged.spans)


def _clean(block: Block) -> Block:
    if isinstance(block, Row):
        return replace(block, cells=tuple(map(_clean_text, block.cells)))
    return _clean_text(block)


def _clean_text(text: str) -> str:
    return _CONTROL.sub(" ", tidy(whole(text)))


def _placed(rows: Sequence[Line]) -> list[Line]:
    result, start = [], 0
    for row in rows:
        result.append(row._replace(start=start))
        start += len(row.text) + 1
    return result


def _lines(blocks: Sequence[Block]) -> tuple[list[Line], set[str], list[str], dict[str, int]]:
    """Lines numbered by block, speakers of tables, remarks, what of tables is left out."""
    result: list[Line] = []
    speakers: set[str] = set()
    loose = headers = counted = number = 0
    for table, group in groupby(blocks, key=lambda b: b.table if isinstance(b, Row) else -1):
        members = list(group)
        talk = _Talk.of([b.cells for b in members if isinstance(b, Row)]) if table >= 0 else None
        for at, block in enumerate(members):
            number += 1
            if talk is not None and at < talk.first:
                headers += 1
                continue
            counted += talk is not None and talk.count is not None
            text = talk.line(block.cells) if talk and isinstance(block, Row) else None
            if isinstance(block, Row) and text is None:
                filled = [c for c in block.cells if c.strip()]
                loose += sum(c.count("\n") + 1 for c in filled)
                text = "\n".join(filled)
            result += [Line(0, part, number) for part in (text or str(block)).split("\n")]
        speakers |= talk.speakers if talk else set()
    remark = [f"{loose} paragraphs stand in tables; check their order"] if loose else []
    left_out = {"header rows of tables": headers, "numbers of rows of tables": counted}
    return result, speakers, remark, left_out


@dataclass(frozen=True)
class _Talk:
    """A table of turns: which column tells the time, who speaks, and the words."""

    time: int | None
    speaker: int
    words: int
    count: int | None
    """Column that numbers the rows."""
    first: int
    speakers: frozenset[str]

    @classmethod
    def of(cls, rows: Sequence[tuple[str, ...]]) -> _Talk | None:
        """Find the columns by what stands in them; None where the table is no talk."""
        width = max(map(len, rows))
        first = int(_is_header(rows[0]))
        body = [r for r in rows[first:] if len(r) == width]
        if not 2 <= width <= 5 or len(body) < 2 or len(body) < _MOST * (len(rows) - first):
            return None
        columns = [[r[i].strip() for r in body] for i in range(width)]
        time = next((i for i, c in enumerate(columns) if _share(c, _is_time) >= _MOST), None)
        rest = [i for i in range(width) if i != time]
        words = max(rest, key=lambda i: sum(map(len, columns[i])))
        named = [i for i in rest if i != words and _is_speakers(columns[i])]
        if not named:
            return None
        speakers = frozenset(_label(c) for c in columns[named[0]] if _label(c))
        count = next((i for i in rest if _counts(columns[i])), None)
        return cls(time, named[0], words, count, first, speakers)

    def line(self, cells: tuple[str, ...]) -> str | None:
        """Write a row as a turn of plain text; None where it has other cells."""
        if self.words >= len(cells) or self.speaker >= len(cells):
            return None
        label, words = _label(cells[self.speaker]), cells[self.words].strip()
        found = _TIME.match(cells[self.time]) if self.time is not None else None
        time = f"[{found.group(1)}] " if found and label else ""
        rest = [
            c.strip()
            for i, c in enumerate(cells)
            if i not in (self.time, self.speaker, self.words, self.count) and c.strip()
        ]
        if rest:
            words = f"{words} ({'; '.join(rest)})"
        return f"{time}{label}: {words}" if label else words


def _counts(column: Sequence[str]) -> bool:
    numbers = [c.rstrip(".") for c in column]
    return all(n.isdecimal() and len(n) < 6 for n in numbers) and [*map(int, numbers)] == list(
        range(int(numbers[0]), int(numbers[0]) + len(numbers))
    )


def _is_header(cells: Sequence[str]) -> bool:
    filled = [c.strip().casefold().rstrip(":") for c in cells if c.strip()]
    return bool(filled) and all(c.split()[0] in _HEADERS for c in filled) and len(filled) > 1


def _is_time(cell: str) -> bool:
    return _TIME.match(cell) is not None


def _share(column: Sequence[str], test: Any) -> float:
    filled = [c for c in column if c]
    return sum(map(test, filled)) / len(filled) if filled else 0.0


def _is_speakers(column: Sequence[str]) -> bool:
    """Names that recur, or words for roles."""
    written = [_label(c) for c in column if c]
    counts = Counter(labels.key(w) for w in written)
    good = sum(labels.is_known(w) or labels.is_name_like(w) for w in written)
    told = any(labels.is_known(w) for w in written)
    return bool(written) and good >= _MOST * len(written) and (told or max(counts.values()) > 1)


def _label(cell: str) -> str:
    return labels.clean(_NO_LABEL.sub(" ", cell))
