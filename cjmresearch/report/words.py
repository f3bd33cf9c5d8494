"""The fixed words of the report in two languages, and how numbers are written in each."""

from __future__ import annotations

import math
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from cjmresearch.errors import CjmError

LANGUAGES = ("ru", "en")
_LONG_WORD = re.compile(r"[^\W\d_]{12,}")
_VOWEL = "[аеёиоуыэюяaeiouy]"
_SYLLABLES = re.compile(f"(?<=..{_VOWEL})(?=[^\\Wаеёиоуыэюяaeiouyйьъ]{_VOWEL}.)", re.IGNORECASE)
_SMALL = 0.0095
"""Shares under this would be written as 0 or 1 percent."""
_UNITS = re.compile(r"\b(line|row|column|paragraph|cue|page|segment|piece|passage)\b(?= )")
_FILE = Path(__file__).with_name("words.yaml")


@cache
def dictionary() -> dict[str, dict[str, str | list[str]]]:
    """Give all fixed words: key -> language -> phrase, or its plural forms."""
    # Yes and no are words here, not booleans, so the plainest loader reads the file.
    return yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506


def soft(text: str) -> str:
    """Let long words break between syllables: they are wider than a column."""
    return _LONG_WORD.sub(lambda word: _SYLLABLES.sub("\N{SOFT HYPHEN}", word[0]), text)


class Words:
    """The words of one language; `words("key", n=3)` fills a phrase, escaping what it is given."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise CjmError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
        self.language = language

    def __call__(self, key: str, **values: Any) -> Markup:
        """Say a phrase."""
        phrase = dictionary()[key][self.language]
        if not isinstance(phrase, str):
            raise KeyError(f"{key} has plural forms; use plural()")
        return Markup(phrase).format(**values) if values else Markup(phrase)  # noqa: S704

    def template(self, key: str) -> str:
        """Give a phrase with its places still open."""
        return str(dictionary()[key][self.language])

    def known(self, key: str) -> bool:
        """Say whether there is a phrase of this key."""
        return key in dictionary()

    def of_value(self, value: Any, prefix: str = "value_") -> str:
        """Name a value of the data (a role, an outcome); what the dictionary lacks stays itself."""
        text = str(value)
        return str(self(prefix + text)) if self.known(prefix + text) else text

    def form(self, key: str, n: int) -> str:
        """Choose the form of a counted noun: участник, участника, участников."""
        forms = dictionary()[key][self.language]
        if self.language == "en":
            return forms[0 if n == 1 else 1]
        if n % 10 == 1 and n % 100 != 11:
            return forms[0]
        return forms[1 if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else 2]

    def plural(self, key: str, n: int) -> str:
        """Say a count with its noun: 3 участника."""
        return f"{self.whole(n)}\N{NO-BREAK SPACE}{self.form(key, n)}"

    def whole(self, n: int) -> str:
        """Write a whole number: 17 404 or 17,404."""
        separator = "\N{NO-BREAK SPACE}" if self.language == "ru" else ","
        return f"{n:,}".replace(",", separator) if abs(n) >= 10_000 else str(n)

    def of(self, n: int, whole: int) -> str:
        """Say a count with its whole: 5 из 12."""
        return str(self("of", n=self.whole(n), of=self.whole(whole))).replace(
            " ", "\N{NO-BREAK SPACE}"
        )

    def decimal(self, value: float, digits: int = 2) -> str:
        """Write a number with its sign's proper minus; a dash where it is missing."""
        if value is None or math.isnan(value):
            return str(self("none_short"))
        text = f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "\N{MINUS SIGN}")
        return text.replace(".", ",") if self.language == "ru" else text

    def number(self, value: float) -> str:
        """Write a number with no more digits than it has: 6, 6,5."""
        text = f"{value:g}".replace("-", "\N{MINUS SIGN}")
        return text.replace(".", ",") if self.language == "ru" else text

    def signed(self, value: float, digits: int = 2) -> str:
        """Write a number with plus or minus."""
        text = self.decimal(value, digits)
        return f"+{text}" if value > 0 and round(value, digits) > 0 else text

    def span(self, low: float, high: float) -> str:
        """Write an interval: −0,61…−0,12; a dash where there is none."""
        if math.isnan(low) or math.isnan(high):
            return str(self("none_short"))
        return f"{self.signed(low)} … {self.signed(high)}".replace(" ", "\N{NO-BREAK SPACE}")

    def places(self, low: int, high: int) -> str:
        """Say which places something may have: 1, or 1–4 where they cannot be told apart."""
        return str(low) if low == high else f"{low}–{high}"

    def percent(self, share: float) -> str:
        """Write a share in percent; a small one that is not nothing keeps a decimal."""
        space = "\N{NO-BREAK SPACE}" if self.language == "ru" else ""
        if 0 < share < _SMALL:
            return f"{self.decimal(max(100 * share, 0.1), 1)}{space}%"
        return f"{100 * share:.0f}{space}%"

    def located(self, locator: str) -> str:
        """Say where in a file a turn stands, as the readers note it: line 12, row 3 column B."""
        return _UNITS.sub(lambda unit: str(self(f"at_{unit[0]}")), locator)

    def day(self, when: date) -> str:
        """Write a date: 22.11.2026 or 2026-11-22."""
        return when.strftime("%d.%m.%Y" if self.language == "ru" else "%Y-%m-%d")

    def series(self, parts: list[Any]) -> Markup:
        """Join with commas and a last "and"; escapes what is not markup."""
        if len(parts) < 2:
            return Markup("").join(parts)
        head = Markup(", ").join(parts[:-1])
        return Markup("{} {} {}").format(head, self("and"), parts[-1])
