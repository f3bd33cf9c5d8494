"""Where turns begin in a plain text: one finder a layout, the best of them wins.

A finder takes the lines of a text and gives the heads of turns that it sees; it never touches
the words. A new layout is one more finder in `FINDERS`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cjmresearch.read import labels
from cjmresearch.read.draft import Line, seconds

_CLOCK = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?"
_BRACKETED = rf"[\[({{<]\s*{_CLOCK}(?:\s*[-–—>]+\s*{_CLOCK})?\s*[\])}}>]"
_LEAD = re.compile(rf"\s*(?P<time>{_BRACKETED}|{_CLOCK})(?=\s)\s*[-–—]?\s*")
_COLON = re.compile(
    r"\s{0,8}(?P<label>[*_]{0,3}[^:\[\]{}()<>\n]{0,60}(?:\([^:()\n]{1,30}\)\s{0,3})?)"
    rf"(?P<time>{_BRACKETED})?\s{{0,3}}[*_]{{0,3}}:[*_]{{0,3}}"
)
_TIMED = re.compile(rf"\s*(?P<label>\S.{{0,50}}?)\s{{1,8}}(?P<time>{_BRACKETED}|{_CLOCK})\s*$")
_SQUARE = re.compile(r"\s*\[(?P<label>[^\[\]:]{1,40})\](?=\s+\S)")
_IN_BRACKETS = re.compile(r"\[(?P<name>[^\[\]:]{1,40})\]$")
_DASH = re.compile(r"\s*(?P<dash>[—–-])\s+(?=\S)")
_LONG = 60
_SENTENCE_END = re.compile(r"[.,;:!?…]$")
_MARKER = re.compile(
    r"\W{0,6}(?:транскрибация|транскрипт|расшифровка|стенограмма|transcript|transcription)\b"
    r"[^.!?]{0,40}:?\W{0,3}$",
    re.IGNORECASE,
)

LOOKED_FOR = (
    "`Name: text`, `Name:` or a name alone on its line with the text below, `Name  0:00`, "
    "`Name (00:00:00):`, `[name] text`, `@name text`, `0:00 TAB name TAB text`, turns that begin "
    "with `— `"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a turn: who, when, which characters are no words."""

    index: int
    label: str | None
    """None where the speaker of the turn before goes on."""
    pieces: tuple[tuple[int, int, str], ...]
    begin_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True)
class Layout:
    """The heads that one finder saw, and what a person should know about them."""

    name: str
    heads: tuple[Head, ...]
    warnings: tuple[str, ...] = ()


_INTRODUCTION = 2000
_PARAGRAPHS = 6
"""Names alone on their lines are headings where more paragraphs than that follow each."""
_MOSTLY = 0.8
_MUCH = 0.2
"""A less trusted layout has to cover that much more of the text."""

Finder = Callable[[Sequence[Line], Collection[str]], Layout]


def find(lines: Sequence[Line], given: Collection[str] = ()) -> Layout | None:
    """Choose the layout whose turns cover most of the text; finders come in order of trust.

    `given` are labels that the caller vouches for. None where no layout has two turns.
    """
    best, best_cover = None, 0.0
    end = lines[-1].end if lines else 0
    marker = max((i for i, line in enumerate(lines) if _MARKER.match(line.text)), default=None)
    for finder in FINDERS:
        layout = finder(lines, given)
        layout = replace(layout, heads=_after_marker(marker, layout.heads))
        if not _convincing(layout, given) or _is_quoted(lines, layout.heads):
            continue
        cover = 1 - lines[layout.heads[0].index].start / max(end, 1)
        if cover > best_cover + _MUCH:
            best, best_cover = layout, cover
        if best_cover > 1 - _MUCH:
            break
    return best


def _convincing(layout: Layout, given: Collection[str]) -> bool:
    speakers = {labels.key(h.label) for h in layout.heads if h.label}
    vouched = not speakers.isdisjoint(labels.key(g) for g in given)
    told = any(labels.is_known(s) for s in speakers)
    return len(layout.heads) > 1 and (len(speakers) > 1 or told or vouched)


def _is_quoted(lines: Sequence[Line], heads: Sequence[Head]) -> bool:
    """Tell an article that quotes a few turns from a transcript."""
    first, last = lines[heads[0].index].start, lines[heads[-1].index].start
    whole = max(lines[-1].end, 1)
    late = first > max(_INTRODUCTION, 0.15 * whole)
    return len(heads) < 12 and late and last - first < 0.3 * whole


def _after_marker(marker: int | None, heads: tuple[Head, ...]) -> tuple[Head, ...]:
    """Leave out heads above a line such as `Транскрибация выпуска:`: they are an introduction."""
    if marker is None:
        return heads
    inner = [h for h in heads if h.index > marker]
    return tuple(inner) if len(inner) > 1 and 2 * len(inner) > len(heads) else heads


# Name: text


def _colon_heads(lines: Sequence[Line]) -> Iterator[tuple[Head, str]]:
    for index, line in enumerate(lines):
        lead = _LEAD.match(line.text)
        begin = lead.end() if lead else 0
        found = _COLON.match(line.text, begin) if ":" in line.text else None
        if found is None or not _may_follow(line.text[found.end() :]):
            continue
        label = labels.clean(found["label"])
        time = found["time"] or (lead["time"] if lead else None)
        if not label and not (found["time"] and not lead):
            continue
        cut = found.start("time") if found["time"] else found.end()
        at, end = line.start, found.end()
        pieces: tuple[tuple[int, int, str], ...] = ((at, at + begin, "time"),) if lead else ()
        pieces += ((at + begin, at + cut, "label"),) if cut > begin else ()
        pieces += ((at + cut, at + end, "time"),) if end > cut else ()
        yield (
            Head(index, label or None, pieces, seconds(time) if time else None),
            line.text[end:].strip(),
        )


def _named(head: Head, chosen: Mapping[str, str]) -> Head:
    """Spell a label as it is most often written."""
    label = chosen[labels.key(head.label)] if head.label else None
    return head if label == head.label else replace(head, label=label)


def _may_follow(rest: str) -> bool:
    """Refuse the colon of an address (`//` follows) and of `17:30` (digits follow)."""
    return not rest or not (rest[0].isdigit() or rest[0] in "/\\:=)")


def colon(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find `Name: text`, `Name:`, `Name (0:00):`, `[0:00] Name: text`, `**Name:** text`."""
    found = list(_colon_heads(lines))
    chosen = labels.accept((h.label for h, _ in found if h.label), given=given, units=_units(lines))
    block = _head_block(lines)
    heads = [
        _named(h, chosen)
        for h, _ in found
        if h.index >= block and (h.label is None or labels.key(h.label) in chosen)
    ]
    lone = _lone_values(found, heads)
    heads = [h for h in heads if h.index not in lone]
    places = [(lines[h.index].place, h.label) for h, _ in found if h.label]
    while heads and heads[0].label is None:
        heads.pop(0)
    return Layout("name and colon", tuple(heads), labels.doubt(places, chosen))


def _units(lines: Sequence[Line]) -> int:
    """Paragraphs of a text: blocks between blank lines, or lines where there are few blocks."""
    blank = [line.blank for line in lines]
    filled = blank.count(False)
    blocks = sum(above and not here for above, here in pairwise([True, *blank]))
    return min(filled, blocks) if blocks > 2 else filled


def _head_block(lines: Sequence[Line]) -> int:
    """Index of the first line after the head block (`Дата: …`, `Респондент: …`), else 0."""
    index = next((i for i, line in enumerate(lines) if not line.blank), len(lines))
    while index < len(lines) and lines[index].text.lstrip().startswith("#"):
        index = next((i for i in range(index + 1, len(lines)) if not lines[i].blank), len(lines))
    end = next((i for i in range(index, len(lines)) if lines[i].blank), len(lines))
    keys = [i for i in range(index, end) if labels.is_metadata(lines[i].text)]
    if not keys:
        return 0
    after = range(keys[-1] + 1, end)
    closed = end < len(lines) and all(_is_value(lines[i].text.partition(":")[2]) for i in after)
    return end if closed else keys[-1] + 1


def _is_value(words: str) -> bool:
    """Short words that end no sentence: the value of a head line."""
    return 0 < len(words.strip()) < 60 and not _SENTENCE_END.search(words.strip())


def _lone_values(found: Sequence[tuple[Head, str]], heads: Sequence[Head]) -> set[int]:
    """Lines such as `Респондент: Иван, 34` above the talk, where nobody of that label talks on."""
    counts = Counter(labels.key(h.label) for h in heads if h.label)
    talk = next((h.index for h in heads if h.label and counts[labels.key(h.label)] > 1), None)
    if talk is None:
        return set()
    return {h.index for h, rest in found if h.index < talk and _is_value(rest)}


# Name  0:00


def timed(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find Otter's and Teams' `Name  0:00`, or `0:00 Name`, alone on a line, the text below."""
    found = []
    for index, line in enumerate(lines):
        head = _timed_head(index, line)
        if head:
            found.append(head)
    chosen = labels.accept((h.label or "" for h in found), given=given, units=_units(lines) // 2)
    heads = tuple(_named(h, chosen) for h in found if labels.key(h.label or "") in chosen)
    return Layout("name and time", heads)


def _bracketed_head(
    index: int, line: Line, name: re.Match[str], found: re.Match[str]
) -> Head | None:
    """Zoom's `[Name] 0:00`: the brackets belong to the label."""
    cut = line.start + found.start("time")
    pieces = ((line.start, cut, "label"), (cut, line.end, "time"))
    return Head(index, labels.clean(name["name"]), pieces, seconds(found["time"]))


def _timed_head(index: int, line: Line) -> Head | None:
    found = _TIMED.match(line.text)
    if found:
        bracketed = _IN_BRACKETS.match(found["label"])
        if bracketed:
            return _bracketed_head(index, line, bracketed, found)
        cut, label, time = found.start("time"), found["label"], found["time"]
        pieces = ((line.start, line.start + cut, "label"), (line.start + cut, line.end, "time"))
        return Head(index, labels.clean(label), pieces, seconds(time))
    lead = _LEAD.match(line.text)
    label = line.text[lead.end() :].strip() if lead else ""
    if not lead or not label or not labels.is_name_like(label):
        return None
    cut = line.start + lead.end()
    pieces = ((line.start, cut, "time"), (cut, line.end, "label"))
    return Head(index, labels.clean(label), pieces, seconds(lead["time"]))


ARROWS = "times, name, text"
_TABBED = re.compile(
    rf"(?P<time>{_BRACKETED}|{_CLOCK})[ ]*\t(?P<label>[^\t]{{1,50}})\t(?=[^\t]*\S)"
    rf"|(?P<name>[^\t]{{1,50}})\t(?P<clock>{_BRACKETED}|{_CLOCK})[ ]*\t(?=[^\t]*\S)"
)


def tabbed(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find `0:00 TAB name TAB text` and `name TAB 0:00 TAB text`, as Zoom and Tolk write them."""
    found = [
        (i, m)
        for i, line in enumerate(lines)
        if "\t" in line.text and (m := _TABBED.match(line.text))
    ]
    written = [m["label"] or m["name"] for _, m in found]
    chosen = labels.accept(written, given=given, units=len(found))
    heads = []
    for (index, match), label in zip(found, written, strict=True):
        if labels.key(label) not in chosen:
            continue
        start, end = lines[index].start, lines[index].start + match.end()
        first = match.end("time") if match["time"] else match.end("name")
        kinds = ("time", "label") if match["time"] else ("label", "time")
        pieces = ((start, start + first, kinds[0]), (start + first, end, kinds[1]))
        time = seconds(match["time"] or match["clock"])
        heads.append(Head(index, chosen[labels.key(label)], pieces, time))
    return Layout("time, name and text between tabs", tuple(heads))


_ARROW = re.compile(
    r"\s*(\d{1,3}):(\d{1,2}):(\d{1,2}(?:[.,]\d{1,3})?)\s*-->\s*"
    r"(\d{1,3}):(\d{1,2}):(\d{1,2}(?:[.,]\d{1,3})?)\s*$"
)


def arrows(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find Teams' `0:0:1.0 --> 0:0:2.5` on a line, the name on the next, the text below."""
    wanted = {labels.key(g) for g in given}
    heads = []
    for index, (line, below) in enumerate(pairwise(lines)):
        found = _ARROW.match(line.text) if "-->" in line.text else None
        if not found:
            continue
        label = labels.clean(below.text)
        told = labels.is_known(label) or labels.key(label) in wanted
        if not told and not labels.is_name_like(label):
            continue
        hour, minute, second, hour_2, minute_2, second_2 = (
            float(part.replace(",", ".")) for part in found.groups()
        )
        pieces = ((line.start, line.end, "time"), (below.start, below.end, "label"))
        begin, end = hour * 3600 + minute * 60 + second, hour_2 * 3600 + minute_2 * 60 + second_2
        heads.append(Head(index, label, pieces, begin, end if end >= begin else None))
    return Layout(ARROWS, tuple(heads))


_AT = re.compile(r"\s*@(?P<label>[^\W_]\w{0,30})(?=\s)")


def at_names(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find `@name text //`, as corpora of speech write it; who is meant recurs."""
    found = [
        (i, m) for i, line in enumerate(lines) if "@" in line.text and (m := _AT.match(line.text))
    ]
    counts = Counter(labels.key(m["label"]) for _, m in found)
    heads = tuple(
        Head(i, labels.clean(m["label"]), ((lines[i].start, lines[i].start + m.end(), "label"),))
        for i, m in found
    )
    recurs = sum(1 for _, m in found if counts[labels.key(m["label"])] > 1)
    return Layout("@name", heads if recurs >= _MOSTLY * len(found) else ())


def split_at_names(lines: Sequence[Line]) -> list[Line]:
    """Cut lines before every `@name` of a talk written so, for several may stand on one line."""
    heads = sum("@" in line.text and _AT.match(line.text) is not None for line in lines)
    if 2 * heads < sum(not line.blank for line in lines):
        return list(lines)
    result = []
    for line in lines:
        cuts = [m.start() for m in re.finditer(r"(?<=\s)@(?=[^\W_])", line.text)]
        for begin, end in pairwise([0, *cuts, len(line.text)]):
            result.append(Line(line.start + begin, line.text[begin:end], line.place))
    return result


# — text, [name] text, a name alone on its line


def dashes(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find turns that begin with a dash and carry no names: two speakers in turn, `—1` and `—2`.

    The most frequent kind of dash counts. Lists are told from talk: their items begin with a
    small letter or end with a semicolon.
    """
    found = [(i, m) for i, line in enumerate(lines) if (m := _DASH.match(line.text))]
    if not found:
        return Layout("dashes", ())
    kind = Counter(m["dash"] for _, m in found).most_common(1)[0][0]
    marks = [(i, m) for i, m in found if m["dash"] == kind]
    talk = [
        lines[i].text[m.end()].isupper() and not lines[i].text.rstrip().endswith(";")
        for i, m in marks
    ]
    asks = any("?" in lines[i].text for i, _ in marks)
    if sum(talk) < max(4, 0.7 * len(marks)) or (kind == "-" and not asks):
        return Layout("dashes", ())
    heads = tuple(
        Head(i, f"—{n % 2 + 1}", ((lines[i].start, lines[i].start + m.end(), "label"),))
        for n, (i, m) in enumerate(marks)
    )
    return Layout("dashes", heads, (_ALTERNATION,))


_ALTERNATION = (
    "the turns carry no names: speakers —1 and —2 are proposed by turns; one turn too many or too "
    "few turns round all that follow, so check them and correct with "
    'transcript.with_speakers({position: "—2"}, onwards=True)'
)


def square(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find `[name] text`, where every name recurs and nearly every paragraph has one."""
    found = [(i, m) for i, line in enumerate(lines) if (m := _SQUARE.match(line.text))]
    counts = Counter(labels.key(m["label"]) for _, m in found)
    wanted = {labels.key(g) for g in given}
    marks = [(i, m) for i, m in found if counts[labels.key(m["label"])] > 1 or m["label"] in wanted]
    if len(marks) < 0.8 * _units(lines):
        return Layout("name in brackets", ())
    heads = tuple(
        Head(i, labels.clean(m["label"]), ((lines[i].start, lines[i].start + m.end(), "label"),))
        for i, m in marks
    )
    return Layout("name in brackets", heads)


def bare(lines: Sequence[Line], given: Collection[str] = ()) -> Layout:
    """Find names without a colon alone on their lines, the text below."""
    wanted = {labels.key(g) for g in given}
    filled = [i for i, line in enumerate(lines) if not line.blank]
    found = [
        i
        for i, below in pairwise(filled)
        if _is_bare_name(lines[i].text.strip(), wanted)
        and labels.key(lines[i].text) != labels.key(lines[below].text)
    ]
    counts = Counter(labels.key(lines[i].text) for i in found)
    heads = tuple(
        Head(i, labels.clean(lines[i].text), ((lines[i].start, lines[i].end, "label"),))
        for i in found
        if counts[labels.key(lines[i].text)] > 1 or labels.key(lines[i].text) in wanted
    )
    texts = len(filled) - len(found)
    told = any(labels.may_stand_once(h.label or "") for h in heads)
    dense = _PARAGRAPHS * len(heads) >= texts
    return Layout("name alone on its line", heads if told or dense else ())


def _is_bare_name(text: str, wanted: Collection[str]) -> bool:
    if len(text) > _LONG or _SENTENCE_END.search(text.rstrip("*_")):
        return False
    return labels.key(text) in wanted or labels.is_name_like(labels.clean(text))


FINDERS: tuple[Finder, ...] = (arrows, at_names, tabbed, colon, timed, dashes, square, bare)
