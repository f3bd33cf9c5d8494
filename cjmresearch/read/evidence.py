"""Why a question was taken for what it is: its answers, counted and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
    "hand": {"en": "set by hand or by a map", "ru": "задано вручную или картой"},
    "personal": {"en": "looks like personal data", "ru": "похоже на персональные данные"},
    "cells": {"en": "", "ru": ""},
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
    _check(language)
    basis = survey.basis
    asked = survey.questions.assign(column=survey.keys, group=_groups(survey))
    rows = []
    for at, question in enumerate(asked.to_dict("records")):
        name = basis.table.header[at]
        found = basis.found[name]
        said = _said(survey, name, at)
        why = _WORDS[said][language].format(service=survey.report.format.split(" in ")[0])
        cells = basis.table.cells.iloc[:, at]
        known = {"detected": found.type, "first": why if said != "cells" else ""}
        rows.append(_row({**question, "hidden": found.pii}, cells, known, language=language))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def answers_evidence(
    asked: pd.DataFrame, cells: Mapping[str, pd.Series], *, language: str = "en"
) -> pd.DataFrame:
    """Show the same of questions [questions] whose answers, by question_id, are in a project."""
    _check(language)
    groups = _runs([_stem(name) for name in asked["text"]])
    nobody = pd.Series(dtype="str")
    rows = [
        _row(
            {**question, "column": question["text"], "group": group, "hidden": False},
            cells.get(question["question_id"], nobody),
            {"detected": question["type"], "first": ""},
            language=language,
        )
        for question, group in zip(asked.to_dict("records"), groups, strict=True)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _check(language: str) -> None:
    if language not in ("ru", "en"):
        raise CjmError(f"language {language!r}: choose one of ru, en")


def _said(survey: Survey, name: str, at: int) -> str:
    """Tell who says the type, before the cells do."""
    column = survey.basis.table.columns[at]
    if "type" in survey.basis.given.get(name, {}):
        return "hand"
    if survey.basis.found[name].pii:
        return "personal"
    return "service" if column.type is not None and column.type != "multiple" else "cells"


def _row(
    question: Mapping[str, Any], cells: pd.Series, known: Mapping[str, str], *, language: str
) -> dict[str, Any]:
    answers = fitting.tally(cells)
    doubts = fitting.misfits(question, answers)
    personal = bool(question["pii"]) or question["hidden"]
    why = [known["first"], *_of_answers(question["type"], answers, language)]
    return {
        "question_id": question["question_id"],
        "question": question["text"],
        "column": question["column"],
        "group": question["group"],
        "type": question["type"],
        "detected": known["detected"],
        "n_answers": sum(answers.values()),
        "n_different": len(answers),
        "why": " · ".join(filter(None, why)),
        "examples": None if personal else _examples(answers),
        "doubt": doubts[0].say(language) if doubts else None,
    }


def _of_answers(type_: str, answers: Mapping[str, int], language: str) -> Iterator[str]:
    """Say what the answers look like, from how often each stands there."""

    def say(what: str, **values: Any) -> str:
        return _WORDS[what][language].format(**values)

    total = sum(answers.values())
    if not total:
        yield say("nobody")
        return
    yield say("answers", n=total)
    if len(answers) < total:
        yield say("different", n=len(answers))
    scores = _scores(answers) if type_ != "id" else []
    if all(map(questions.is_date, answers)):
        yield say("dates")
    elif scores:
        low, high = (fitting.plain_number(end, language) for end in (min(scores), max(scores)))
        yield say("numbers", low=low, high=high)
    elif len(answers) > total / 2:
        characters = sum(len(answer) * n for answer, n in answers.items()) / total
        yield say("long", n=round(characters))


def _scores(answers: Mapping[str, int]) -> list[float]:
    """Give the numbers of answers that are all numbers; else none."""
    scores = []
    for answer in answers:
        score = questions.number(answer)
        if score is None:
            return []
        scores.append(score)
    return scores


def _examples(answers: Mapping[str, int]) -> str | None:
    """Give the commonest answers; of texts that are all different, the first ones."""
    common = sorted(answers, key=lambda answer: -answers[answer])[:_SHOWN]
    lines = [" ".join(answer.split()) for answer in common]
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
