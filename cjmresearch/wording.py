"""Words for counts that the plots, the map, the cards and the report say in the same way."""

from __future__ import annotations

from cjmresearch.errors import CjmError

PERCENT_FROM = 10
"""Under this many people a share is said as a count: "3 of 8", never "38 %"."""

WITHHELD = "[no consent]"
"""Stands in an export where a quote would, of a participant who did not agree to be quoted."""

INTERVAL_FROM = 3
"""Under this many people (or firms) no interval is given."""

_WORDS = {
    "ru": {
        "of": "из",
        "no_data": "нет данных",
        "machine": "размечено машиной, не проверено и не скорректировано",
        "partly_machine": "частично размечено машиной, не проверено и не скорректировано",
        "better": "лучше",
        "worse": "хуже",
        "people": "участников",
        "hypothesis": "гипотеза",
        "outside": "вне модели",
        "small": "мало людей: {n}, читайте как отдельные голоса, не как долю",
    },
    "en": {
        "of": "of",
        "no_data": "no data",
        "machine": "machine-tagged, uncorrected",
        "partly_machine": "partly machine-tagged, uncorrected",
        "better": "better",
        "worse": "worse",
        "people": "people",
        "hypothesis": "hypothesis",
        "outside": "outside the model",
        "small": "few people: {n}; read them as voices, not as a share",
    },
}


def word(key: str, language: str = "ru") -> str:
    """Give a fixed phrase, e.g. `no_data`, `machine`, `better`, in `ru` or `en`."""
    if language not in _WORDS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_WORDS)}")
    return _WORDS[language][key]


def count_label(n: int, of: int, language: str = "ru") -> str:
    """Say a count with its whole: "3 из 8", "3 of 8"."""
    return f"{n} {word('of', language)} {of}"


def share_label(n: int, of: int, language: str = "ru") -> str:
    """Say a share: a count under 10 people, from there a percentage with its count."""
    counted = count_label(n, of, language)
    if of < PERCENT_FROM:
        return counted
    space = "\N{NO-BREAK SPACE}" if language == "ru" else ""
    return f"{100 * n / of:.0f}{space}% ({counted})"


def small_n_note(n: int, language: str = "ru") -> str:
    """Warn in words where fewer than 10 people stand behind a figure; otherwise empty."""
    return word("small", language).format(n=n) if n < PERCENT_FROM else ""


def machine_note(share: float, language: str = "ru") -> str:
    """Say how far a figure rests on suggestions that nobody has checked; empty for none."""
    if not share > 0:
        return ""
    return word("machine" if share >= 1 else "partly_machine", language)
