"""Corpora of speech in (X)HTML: `<speech role="…">` around the words of a turn."""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from pathlib import Path

from cjmresearch.errors import UnknownFormat
from cjmresearch.read.cues import Cue, name_unknown, one_line, render
from cjmresearch.read.decode import decode, opening
from cjmresearch.read.draft import Draft

_SPEECH = re.compile(r"<speech\s[^<>]*\brole\s*=", re.IGNORECASE)
_PROBE = 20_000
_TOKEN = re.compile(r"<(/?)([A-Za-z]{1,20})\b([^<>]*)>|<[!?/][^<>]*>|([^<]+|<)")
"""Tags, declarations, words; a lone `<` is a word. Linear, which `html.parser` is not."""
_ROLE = re.compile(r"\brole\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_NOTE = re.compile(r"\bclass\s*=\s*[\"']?note\b", re.IGNORECASE)
_BEFORE_MARK = re.compile(r"\s+(?=[,.;:!?…»)])")


def recognises(data: bytes) -> bool:
    """Tell a file with `<speech role=` near its beginning."""
    return _SPEECH.search(opening(data, _PROBE)) is not None


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read the speeches; the grammar of their words is left out, notes become `[note]`."""
    text, encoding = decode(path, data)
    cues = [cue for cue in _Speeches().read(text) if cue.words]
    if not cues:
        raise UnknownFormat(path, "speeches without words; looked for text within `<speech role=`")
    named, remark = name_unknown(cues)
    draft = render(named, "XHTML of a speech corpus", encoding, unit="passage")
    return Draft(**{**vars(draft), "warnings": (*draft.warnings, *remark)})


class _Speeches:
    """Collects the words of every speech."""

    def __init__(self) -> None:
        self._cues: list[Cue] = []
        self._parts: list[str] | None = None
        self._speaker: str | None = None
        self._note = False

    def read(self, text: str) -> list[Cue]:
        """Read all speeches, also a last one that is cut off."""
        for token in _TOKEN.finditer(text):
            closing, tag, attributes, words = token.groups()
            if words is not None:
                self._say(words)
            elif tag and tag.casefold() == "speech":
                self._finish()
                if not closing:
                    self._open(attributes)
            elif tag and tag.casefold() == "span" and self._parts is not None:
                self._span(attributes, closing=bool(closing))
        self._finish()
        return self._cues

    def _open(self, attributes: str) -> None:
        found = _ROLE.search(attributes)
        label = (found.group(1) or found.group(2) or "") if found else ""
        self._speaker = one_line(html.unescape(label).replace(":", " ")) or None
        self._parts = []

    def _span(self, attributes: str, *, closing: bool) -> None:
        if self._note:  # some notes are closed by a second opening tag
            self._note = False
            self._say("] ")
        elif not closing and _NOTE.search(attributes):
            self._say(" [")
            self._note = True

    def _say(self, words: str) -> None:
        if self._parts is not None:
            self._parts.append(words.strip() if self._note else words)

    def _finish(self) -> None:
        if self._note:
            self._span("", closing=True)
        if self._parts is not None:
            words = _BEFORE_MARK.sub("", one_line(html.unescape("".join(self._parts))))
            self._cues.append(Cue(len(self._cues) + 1, None, None, words, self._speaker))
        self._parts = None
