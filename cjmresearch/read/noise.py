"""Marks of transcribers that are no words: laughter, pauses, what nobody could make out."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

from cjmresearch.read.draft import Draft

_BRACKETED = (
    r"неразборчив\w*|нрзб\.?|неслышно|не слышно|шум|смех|смеётся|смеется|смеются|пауза|вздох\w*|"
    r"вздыхает|кашель|кашляет|плачет|молчит|молчание|музыка|перебива\w+|одновременно|"
    r"говорят одновременно|грустно|иронично|обрыв записи|"
    r"inaudible|unintelligible|indistinct|crosstalk|overtalk|laugh\w*|chuckl\w*|sigh\w*|pause|"
    r"silence|noise|background noise|music|cough\w*|cry\w*|applause|unin/?|unsure|blank_audio"
)
_MARK = re.compile(
    rf"[\[(<{{#*]\s*(?:{_BRACKETED})(?:[ ,]+[\d:.]+)?\s*[\])>}}#*]|(?<!\w)НРЗБ\b\.?",
    re.IGNORECASE,
)
_SHOWN = 8


def find(draft: Draft) -> pd.DataFrame:
    """Find the marks within turns: start, end, mark."""
    found = [
        (turn.start + m.start(), turn.start + m.end(), m.group())
        for turn in draft.turns
        for m in _MARK.finditer(draft.text[turn.start : turn.end])
    ]
    return pd.DataFrame(
        {
            "start": pd.Series([a for a, _, _ in found], dtype="int64"),
            "end": pd.Series([b for _, b, _ in found], dtype="int64"),
            "mark": pd.Series([mark for _, _, mark in found], dtype="str"),
        }
    )


def remark(marks: pd.DataFrame) -> tuple[str, ...]:
    """Say which marks stand in the words, and how often."""
    counts = Counter(mark.casefold() for mark in marks["mark"])
    if not counts:
        return ()
    shown = ", ".join(f"{mark} {n}" for mark, n in counts.most_common(_SHOWN))
    more = f" and {len(counts) - _SHOWN} others" if len(counts) > _SHOWN else ""
    return (f"marks of noise kept in the words: {shown}{more}",)
