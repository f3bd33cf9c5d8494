"""Rich text that both formats draw: spans with a tone and the number of the quote they lead to."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

from cjmresearch.report.quotes import Panel
from cjmresearch.report.render import shorten, tongue
from cjmresearch.report.words import Words

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_OVERRIDE = re.compile("[\u202d\u202e]")
_EMBEDDING = re.compile("[\u202a-\u202c\u2066-\u2069]")
_SPACES = re.compile(r"[\r\n\t\u2028\u2029]+")
_SHOWN = 0.05
"""A mean smaller than this shows as zero with one decimal: no sign."""


@dataclass(frozen=True)
class Span:
    """A piece of text in one look."""

    text: str
    bold: bool = False
    italic: bool = False
    tone: str = ""
    """`good`, `bad`, `muted`, `machine` or nothing."""
    evidence: int | None = None
    """Number of the quote that it leads to."""
    language: str = ""


Line = list[Span]
Cell = list[Line]


@dataclass
class Table:
    """A table for either format: relative widths, heads, rows of cells."""

    head: list[str]
    widths: list[float]
    rows: list[list[Cell]] = field(default_factory=list)
    numeric: frozenset[int] = frozenset()
    """Columns that are set flush right."""
    fills: dict[tuple[int, int], str] = field(default_factory=dict)
    """Background by (row, column), as RRGGBB."""
    bookmarks: list[str] = field(default_factory=list)
    """Name of the place that each row is, where rows are led to."""


def clean(text: object) -> str:
    """Make a text fit for XML and for eyes.

    What XML forbids becomes a visible replacement character, an override of the writing direction
    is shown as its code and not obeyed, embeddings that could leak into the next words are dropped,
    and line breaks become spaces.
    """
    seen = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", str(text))
    seen = _OVERRIDE.sub(lambda mark: f"[U+{ord(mark[0]):04X}]", seen)
    return _SPACES.sub(" ", _EMBEDDING.sub("", seen))


def right_to_left(text: str) -> bool:
    """Say whether the first letter with a direction is written from right to left."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def plain(line: Line) -> str:
    """Join the words of a line."""
    return "".join(span.text for span in line)


class _Links(HTMLParser):
    """Splits our own markup into pieces of text with the panel that each opens."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str | None]] = []
        self._panel: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._panel = (dict(attrs).get("href") or "").removeprefix("#")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._panel = None

    def handle_data(self, data: str) -> None:
        self.pieces.append((data, self._panel))


class Reading:
    """Reads the dict of a report: its words, and how its values become rich text."""

    def __init__(self, page: dict[str, Any]) -> None:
        self.page = page
        self.words: Words = page["words"]
        self.panels = {panel.id: panel for panel in page["panels"].values()}

    def text(self, value: object) -> str:
        """Give the plain words of a value; of our own markup without its tags."""
        return "".join(text for text, _ in self._pieces(value))

    def _pieces(self, value: object) -> list[tuple[str, str | None]]:
        if not isinstance(value, Markup):
            return [(clean(value), None)]
        links = _Links()
        links.feed(str(value))
        links.close()
        return [(clean(text), panel) for text, panel in links.pieces]

    def sentence(self, value: object) -> Line:
        """Turn a sentence with links to panels into spans followed by the numbers of quotes."""
        line: Line = []
        for text, panel in self._pieces(value):
            line.append(Span(text, bold=panel is not None))
            if panel in self.panels:
                line += self.refs(self.panels[panel])
        return line

    def panels_of(self, value: object) -> list[Panel]:
        """List the panels that a sentence opens, each once, in order."""
        ids = dict.fromkeys(panel for _, panel in self._pieces(value))
        return [self.panels[id_] for id_ in ids if id_ in self.panels]

    def refs(self, panel: Panel | None) -> Line:
        """Give the numbers of a panel's quotes: " № 1, 4"."""
        if panel is None or not panel.quotes:
            return []
        line = [Span(" №\N{NO-BREAK SPACE}", tone="link")]
        for at, quote in enumerate(panel.quotes):
            if at:
                line.append(Span(", ", tone="link"))
            line.append(Span(str(quote["number"]), tone="link", evidence=int(quote["number"])))
        return line

    def mood(
        self,
        mean: float,
        *,
        n: int | None = None,
        hollow: bool = False,
        tone: str | None = None,
    ) -> Line:
        """Write a mean feeling with its mark and, where given, its n and what its interval says."""
        if mean is None or math.isnan(mean):
            return []
        if tone is None:
            tone = "good" if mean >= _SHOWN else "bad" if mean <= -_SHOWN else "muted"
        mark = "◇" if hollow else {"good": "▲", "bad": "▼"}.get(tone, "◆")
        counted = "" if n is None else f"\N{NO-BREAK SPACE}(n={n})"
        said = f"{mark}\N{NO-BREAK SPACE}{self.words.signed(mean, 1)}{counted}"
        return [Span(said, tone=tone)]

    def machine(self) -> Line:
        """Tag what a machine suggested and nobody checked."""
        return [Span(f" [{self.words('machine_tag')}]", tone="machine")]

    def count(self, n: int, of: int) -> str:
        """Say a count with its whole: 5 из 12."""
        return self.words.of(n, of)

    def quote(self, entry: dict[str, Any], limit: int) -> Line:
        """Write a quote, shortened, without its speaker."""
        language = tongue(entry["language"])
        return [Span(shorten(clean(entry["quote"]), limit), language=language)]

    def speaker(self, entry: dict[str, Any]) -> Line:
        """Say who said a quote, with its number and whether a machine chose it."""
        who = clean(entry["participant"] or self.words("unknown_person"))
        number = int(entry["number"])
        line = [
            Span(f"{who}, ", tone="muted"),
            Span(f"№\N{NO-BREAK SPACE}{number}", tone="link", evidence=number),
        ]
        return line + (self.machine() if entry["status"] == "suggested" else [])

    def quoted(self, entry: dict[str, Any], limit: int) -> Line:
        """Write a quote with its marks and its speaker."""
        [span] = self.quote(entry, limit)
        marked = replace(span, text=self.text(self.words("quoted", name=span.text)))
        return [marked, Span(" — ", tone="muted"), *self.speaker(entry)]

    def withheld(self, panel: Panel) -> str:
        """Say how many more people spoke whose words may not be shown; empty for none."""
        if not panel.withheld_people:
            return ""
        people = self.words.plural("people", panel.withheld_people)
        return self.text(
            self.words("withheld_people", people=people, withheld=self.words("withheld"))
        )


def bold(line: Line) -> Line:
    """Give a line in bold."""
    return [replace(span, bold=True) for span in line]
