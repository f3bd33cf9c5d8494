"""Why a question was taken for what it is: its answers, counted and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.read import fitting, questions

if TYPE_CHECKING:
    from cjmresearch.read.surveys import Survey

COLUMNS = {
    "question_id": "str",
    "question": "str",
    "column": "str",
    "group": "str",
    "type": "str",
    "detected": "str",
    "n_answers": "int64",
    "n_different": "int64",
    "why": "str",
    "examples": "str",
    "doubt": "str",
}
_SHOWN = 3
_LONGEST = 60
_NUMBERED = re.compile(r"\s*(\d+)\s*[a-zа-я]\d*\s*[.)]\s", re.IGNORECASE)
_WORDS = {
    "answers": {"en": "{n} answers", "ru": "ответов: {n}"},
    "different": {"en": "{n} different", "ru": "разных: {n}"},
    "numbers": {"en": "all numbers from {low} to {high}", "ru": "все — числа от {low} до {high}"},
    "dates": {"en": "all dates", "ru": "все — даты"},
    "long": {"en": "about {n} characters each", "ru": "в среднем {n} знаков"},
    "service": {"en": "as {service} exports it", "ru": "так выгружает {service}"},
    "hand": {"en": "set by hand", "ru": "задано вручную"},
    "personal": {"en": "looks like personal data", "ru": "похоже на персональные данные"},
    "nobody": {"en": "nobody answered", "ru": "никто не ответил"},
}


def question_evidence(survey: Survey, *, language: str = "en") -> pd.DataFrame:
    """Show on what the types of a survey's questions rest, and where a correction doesn't fit.

    Parameters
    ----------
    survey
        A survey as read.
    language
        Of `why` and `doubt`: `ru` or `en`.

    Returns
    -------
    DataFrame
        One row a question, in their order: question_id, question (its words), column (its name in
        the file), group (what several columns share: a matrix, parts a, b, c of one number; else
        missing), type, detected (the type without corrections), n_answers, n_different, why (in
        words), examples (the commonest answers, joined by ` | `; none of personal data), doubt
        (one line where type, scale or metric don't fit the answers; else missing).
    """
    if language not in ("ru", "en"):
        raise CjmError(f"language {language!r}: choose one of ru, en")
    groups = _groups(survey)
    table = survey.basis.table
    rows = []
    for at, asked in enumerate(survey.questions.to_dict("records")):
        cells = table.cells.iloc[:, at]
        found = survey.basis.found[table.header[at]]
        personal = bool(asked["pii"]) or found.pii
        filled = cells.dropna().astype("str")
        doubts = fitting.misfits(asked, cells)
        rows.append(
            {
                "question_id": asked["question_id"],
                "question": asked["text"],
                "column": survey.keys[at],
                "group": groups[at],
                "type": asked["type"],
                "detected": found.type,
                "n_answers": len(filled),
                "n_different": filled.nunique(),
                "why": " · ".join(_why(survey, at, filled, language=language)),
                "examples": None if personal else _examples(filled),
                "doubt": doubts[0].say(language) if doubts else None,
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _why(survey: Survey, at: int, filled: pd.Series, *, language: str) -> Iterator[str]:
    def say(what: str, **values: Any) -> str:
        return _WORDS[what][language].format(**values)

    name = survey.basis.table.header[at]
    column = survey.basis.table.columns[at]
    if "type" in survey.basis.given.get(name, {}):
        yield say("hand")
    elif survey.basis.found[name].pii:
        yield say("personal")
    elif column.type is not None and column.type != "multiple":
        yield say("service", service=survey.report.format.split(" in ")[0].split(",")[0])
    if filled.empty:
        yield say("nobody")
        return
    different = filled.nunique()
    yield say("answers", n=len(filled))
    if different < len(filled):
        yield say("different", n=different)
    score = questions.numbers(filled)
    if questions.is_date(filled).all():
        yield say("dates")
    elif score.notna().all():
        low, high = (fitting.plain_number(end, language) for end in (score.min(), score.max()))
        yield say("numbers", low=low, high=high)
    elif different > len(filled) / 2:
        yield say("long", n=round(float(filled.str.len().mean())))


def _examples(filled: pd.Series) -> str | None:
    """Give the commonest answers; of texts that are all different, the first ones."""
    counts = filled.value_counts(sort=False)
    common = counts.sort_values(ascending=False, kind="stable").index[:_SHOWN]
    lines = [" ".join(str(answer).split()) for answer in common]
    return " | ".join(s if len(s) <= _LONGEST else f"{s[: _LONGEST - 1]}…" for s in lines) or None


def _groups(survey: Survey) -> list[str | None]:
    """Words that neighbouring columns share: those of a matrix, or the number of their parts."""
    names = list(survey.basis.table.header)
    stems = [_stem(name) for name in names]
    for at, column in enumerate(survey.basis.table.columns):
        if column.group and names[at].startswith(column.group):
            stems[at] = column.group
    groups = _runs(stems)
    parts = [_NUMBERED.match(name) for name in names]
    numbers = [part.group(1) if part else None for part in parts]
    return [
        stem if stem else f"{number}." if number else None
        for stem, number in zip(groups, _runs(numbers), strict=True)
    ]


def _stem(name: str) -> str | None:
    return name.rsplit(" - ", 1)[0] if " - " in name else None


def _runs(stems: Sequence[str | None]) -> list[str | None]:
    """Keep the stems that two or more neighbours share."""
    kept: list[str | None] = []
    for stem, run in groupby(stems):
        count = len(list(run))
        kept += [stem if count > 1 else None] * count
    return kept
