"""Corpora of speech in (X)HTML: `<speech role="…">` around the words of a turn."""

from __future__ import annotations

import re
from collections.abc import Collection
from html.parser import HTMLParser
from pathlib import Path

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read.cues import Cue, name_unknown, one_line, render
from cjmresearch.read.decode import decode, opening
from cjmresearch.read.draft import Draft

_SPEECH = re.compile(r"<speech\s[^<>]*\brole\s*=", re.IGNORECASE)
_PROBE = 20_000
_MAX_CHARACTERS = 20_000_000
_BEFORE_MARK = re.compile(r"\s+(?=[,.;:!?…»)])")


def recognises(data: bytes) -> bool:
    """Tell a file with `<speech role=` near its beginning."""
    return _SPEECH.search(opening(data, _PROBE)) is not None


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read the speeches; the grammar of their words is left out, notes become `[note]`."""
    text, encoding = decode(path, data)
    if len(text) > _MAX_CHARACTERS:
        raise ReadError(path, f"more than {_MAX_CHARACTERS:,} characters of markup; split the file")
    parser = _Speeches()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:
        raise ReadError(path, "broken markup declaration `<![`; save the file anew") from None
    if not any(cue.words for cue in parser.cues):
        raise UnknownFormat(path, "speeches without words; looked for text within `<speech role=`")
    named, remark = name_unknown([cue for cue in parser.cues if cue.words])
    draft = render(named, "XHTML of a speech corpus", encoding, unit="passage")
    return Draft(**{**vars(draft), "warnings": (*draft.warnings, *remark)})


class _Speeches(HTMLParser):
    """Collects the words of every speech."""

    def __init__(self) -> None:
        super().__init__()
        self.cues: list[Cue] = []
        self._parts: list[str] | None = None
        self._speaker: str | None = None
        self._note = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a speech, or a note within it."""
        if tag == "speech":
            self._finish()
            self._parts = []
            label = one_line(dict(attrs).get("role") or "")
            self._speaker = label.replace(":", " ").strip() or None
        elif tag == "span" and self._parts is not None:
            if self._note:  # some notes are closed by a second opening tag
                self.handle_endtag("span")
            elif dict(attrs).get("class") == "note":
                self._note = True
                self._parts.append(" [")

    def handle_endtag(self, tag: str) -> None:
        """Close a speech or a note."""
        if tag == "span" and self._note and self._parts is not None:
            self._note = False
            self._parts.append("] ")
        elif tag == "speech":
            self._finish()

    def handle_data(self, data: str) -> None:
        """Keep what stands within a speech."""
        if self._parts is not None:
            self._parts.append(data.strip() if self._note else data)

    def close(self) -> None:
        """Finish the last speech, also one that is cut off."""
        super().close()
        self._finish()

    def _finish(self) -> None:
        if self._note:
            self.handle_endtag("span")
        if self._parts is not None:
            words = _BEFORE_MARK.sub("", one_line("".join(self._parts)))
            self.cues.append(Cue(len(self.cues) + 1, None, None, words, self._speaker))
        self._parts = None
