"""JSON of speech recognisers: Whisper, whisper.cpp, WhisperX, AssemblyAI, Deepgram, AWS, Rev.ai.

Told apart by the keys that each of them writes; a new one is one more entry in `SERVICES`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read.cues import Cue, name_unknown, one_line, render
from cjmresearch.read.decode import decode, opening
from cjmresearch.read.draft import Draft

_OBJECT = re.compile(r"[\ufeff\s]*\{\s*\"")
_SENTENCE_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class _Service:
    """One recogniser: keys that lead to its words, and a reader of them."""

    name: str
    key: tuple[str, ...]
    cues: Callable[[_Node], Iterator[Cue]]


def recognises(data: bytes) -> bool:
    """Tell a file that begins as a JSON object; `{00:00:01}` is a time of a plain text."""
    return _OBJECT.match(opening(data)) is not None


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read the JSON of a recogniser; words of one speaker in a row are one turn."""
    cues, name, encoding = _all(path, data)
    return _draft(cues, name, encoding)


def cues(path: Path, data: bytes) -> list[Cue]:
    """Pieces with their times, to be merged with those of other files."""
    return _all(path, data)[0]


def _draft(cues: Sequence[Cue], name: str, encoding: str) -> Draft:
    named, remark = name_unknown(cues)
    sane = [c if not _turned(c) else replace(c, end_s=None) for c in named]
    turned = sum(map(_turned, named))
    late = (f"{turned} pieces end before they begin: their ends were left out",) if turned else ()
    draft = render(sane, f"{name} JSON", encoding, unit="segment")
    return replace(draft, warnings=(*remark, *late))


def _turned(cue: Cue) -> bool:
    return cue.begin_s is not None and cue.end_s is not None and cue.end_s < cue.begin_s


def _all(path: Path, data: bytes) -> tuple[list[Cue], str, str]:
    text, encoding = decode(path, data)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise ReadError(
            path, f"broken JSON ({error.msg}); export the file again", line=error.lineno
        ) from None
    except (RecursionError, ValueError):
        raise ReadError(path, "JSON nested too deeply or with endless numbers") from None
    root = _Node(path, content)
    service = next((s for s in SERVICES if root.has(s.key)), None)
    if service is None:
        known = ", ".join(f"{s.name} (`{'.'.join(s.key)}`)" for s in SERVICES)
        raise UnknownFormat(path, f"JSON, but of no recogniser known here; looked for {known}")
    found = [c for c in service.cues(root) if c.words]
    if not found:
        raise UnknownFormat(path, f"{service.name} JSON without any words; export it again")
    name = service.name
    if name == "Whisper" and any(c.speaker for c in found):
        name = "WhisperX"
    return found, name, encoding


class _Node:
    """A value in a JSON file that knows its place, so that a wrong one is named."""

    def __init__(self, path: Path, value: Any, place: str = "") -> None:
        self.path, self.value, self.place = path, value, place

    def has(self, keys: Sequence[str]) -> bool:
        """Tell whether the keys lead to a list or an object."""
        value = self.value
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return isinstance(value, list | dict)

    def get(self, *keys: str) -> _Node:
        """Follow keys; what isn't there is a node of None."""
        node = self
        for key in keys:
            if node.value is not None and not isinstance(node.value, dict):
                raise node.wrong("an object")
            inner = (node.value or {}).get(key)
            node = _Node(self.path, inner, f"{node.place}.{key}".lstrip("."))
        return node

    def __iter__(self) -> Iterator[_Node]:
        if self.value is not None and not isinstance(self.value, list):
            raise self.wrong("a list")
        for n, value in enumerate(self.value or ()):
            yield _Node(self.path, value, f"{self.place}[{n}]")

    def text(self) -> str:
        if self.value is not None and not isinstance(self.value, str):
            raise self.wrong("text")
        return one_line(self.value or "")

    def seconds(self, unit: float = 1.0) -> float | None:
        """Read a number, also one in quotes; `unit` is how many make a second. None if absent."""
        if self.value is None:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            raise self.wrong("a time")
        try:
            value = float(self.value) / unit
        except (ValueError, OverflowError):
            raise self.wrong("a time") from None
        if not math.isfinite(value) or value < 0:
            raise self.wrong("a time")
        return value

    def speaker(self) -> str | None:
        """Label of a speaker; a bare number or letter is given the word Speaker."""
        if self.value is None or self.value in ("", "?"):
            return None
        if isinstance(self.value, dict | list | bool | float):
            raise self.wrong("a speaker")
        label = one_line(str(self.value).replace(":", " "))
        bare = label.isdigit() or len(label) == 1
        return (f"Speaker {label}" if bare else label) or None

    def wrong(self, what: str) -> ReadError:
        shown = json.dumps(self.value, ensure_ascii=False, default=str)[:40]
        return ReadError(self.path, f"{self.place or 'the file'} is {shown}, not {what}")


@dataclass(frozen=True)
class _Word:
    """One word or mark as a recogniser gives it."""

    text: str
    begin_s: float | None
    end_s: float | None
    speaker: str | None
    joined: bool = False
    """Follows the word before without a blank."""


def _sentences(words: Iterable[_Word]) -> Iterator[Cue]:
    """Group words by speaker and sentence."""
    number = 0
    for speaker, run in groupby(words, key=lambda w: w.speaker):
        group: list[_Word] = []
        for word in run:
            if group and not word.joined and group[-1].text.endswith(_SENTENCE_ENDS):
                number += 1
                yield _sentence(number, group, speaker)
                group = []
            group.append(word)
        number += 1
        yield _sentence(number, group, speaker)


def _sentence(number: int, words: Sequence[_Word], speaker: str | None) -> Cue:
    text = "".join(w.text if w.joined else f" {w.text}" for w in words).strip()
    begin = next((w.begin_s for w in words if w.begin_s is not None), None)
    end = next((w.end_s for w in reversed(words) if w.end_s is not None), None)
    return Cue(number, begin, end, text, speaker)


def _whisper(root: _Node) -> Iterator[Cue]:
    for n, s in enumerate(root.get("segments"), start=1):
        begin, end = s.get("start").seconds(), s.get("end").seconds()
        yield Cue(n, begin, end, s.get("text").text(), s.get("speaker").speaker())


def _whisper_cpp(root: _Node) -> Iterator[Cue]:
    for n, s in enumerate(root.get("transcription"), start=1):
        begin, end = (s.get("offsets", key).seconds(1000) for key in ("from", "to"))
        yield Cue(n, begin, end, s.get("text").text(), s.get("speaker").speaker())


def _assembly(root: _Node) -> Iterator[Cue]:
    for n, u in enumerate(root.get("utterances"), start=1):
        begin, end = u.get("start").seconds(1000), u.get("end").seconds(1000)
        yield Cue(n, begin, end, u.get("text").text(), u.get("speaker").speaker())


def _assembly_words(root: _Node) -> Iterator[Cue]:
    yield from _sentences(
        _Word(
            w.get("text").text(),
            w.get("start").seconds(1000),
            w.get("end").seconds(1000),
            w.get("speaker").speaker(),
        )
        for w in root.get("words")
    )


def _deepgram(root: _Node) -> Iterator[Cue]:
    utterances = root.get("results", "utterances")
    if utterances.value:
        for n, u in enumerate(utterances, start=1):
            begin, end = u.get("start").seconds(), u.get("end").seconds()
            who = u.get("speaker") if u.get("speaker").value is not None else u.get("channel")
            yield Cue(n, begin, end, u.get("transcript").text(), who.speaker())
        return
    channels = list(root.get("results", "channels"))
    found = []
    for number, channel in enumerate(channels):
        best = next(iter(channel.get("alternatives")), None)
        lone = f"Channel {number}" if len(channels) > 1 else None
        found += list(_deepgram_channel(best, lone)) if best else []
    found.sort(key=lambda cue: cue.begin_s or 0.0)
    yield from (replace(cue, number=n) for n, cue in enumerate(found, start=1))


def _deepgram_channel(best: _Node, lone: str | None) -> Iterator[Cue]:
    """Paragraphs of one channel, else its words."""
    paragraphs = list(best.get("paragraphs", "paragraphs"))
    for p in paragraphs:
        words = " ".join(s.get("text").text() for s in p.get("sentences"))
        begin, end = p.get("start").seconds(), p.get("end").seconds()
        yield Cue(0, begin, end, words, lone or p.get("speaker").speaker())
    if not paragraphs:
        yield from _sentences(
            _Word(
                w.get("punctuated_word").text() or w.get("word").text(),
                w.get("start").seconds(),
                w.get("end").seconds(),
                lone or w.get("speaker").speaker(),
            )
            for w in best.get("words")
        )


def _amazon(root: _Node) -> Iterator[Cue]:
    """Words of AWS Transcribe; marks carry no time and belong to the word before."""
    results = root.get("results")
    who = {
        item.get("start_time").seconds(): item.get("speaker_label").speaker()
        for segment in results.get("speaker_labels", "segments")
        for item in segment.get("items")
    }
    for channel in results.get("channel_labels", "channels"):
        label = channel.get("channel_label").speaker()
        who |= {item.get("start_time").seconds(): label for item in channel.get("items")}
    words: list[_Word] = []
    for item in results.get("items"):
        best = next(iter(item.get("alternatives")), None)
        text = best.get("content").text() if best else ""
        begin, end = item.get("start_time").seconds(), item.get("end_time").seconds()
        mark = item.get("type").value == "punctuation"
        label = item.get("speaker_label").speaker() or who.get(begin)
        if mark and words:
            label = words[-1].speaker
        words.append(_Word(text, begin, end, label, joined=mark))
    yield from _sentences(w for w in words if w.text)


def _rev(root: _Node) -> Iterator[Cue]:
    for n, monologue in enumerate(root.get("monologues"), start=1):
        elements = list(monologue.get("elements"))
        raw = [e.get("value").value for e in elements]
        words = one_line("".join(v for v in raw if isinstance(v, str)))
        begins = [t for e in elements if (t := e.get("ts").seconds()) is not None]
        ends = [t for e in elements if (t := e.get("end_ts").seconds()) is not None]
        begin, end = min(begins, default=None), max(ends, default=None)
        yield Cue(n, begin, end, words, monologue.get("speaker").speaker())


SERVICES: tuple[_Service, ...] = (
    _Service("whisper.cpp", ("transcription",), _whisper_cpp),
    _Service("Rev.ai", ("monologues",), _rev),
    _Service("Deepgram", ("results", "channels"), _deepgram),
    _Service("AWS Transcribe", ("results", "items"), _amazon),
    _Service("AssemblyAI", ("utterances",), _assembly),
    _Service("Whisper", ("segments",), _whisper),
    _Service("AssemblyAI", ("words",), _assembly_words),
)
"""In the order they are asked: the plainest key comes last."""
