"""Does what is said of a question fit its answers? One line for each doubt, in two languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.read import questions

_MOST = 0.9
_ENDS = {"nps": (0.0, 10.0)}
_WORDS = {
    "no_ends": {
        "en": "a scale needs both ends: give the lowest and the highest score",
        "ru": "у шкалы должны быть оба конца: укажите низший и высший балл",
    },
    "turned": {
        "en": "the scale runs from {low} to {high}; the lowest score comes first",
        "ru": "шкала идёт от {low} до {high}; сначала низший балл",
    },
    "no_numbers": {
        "en": "a scale, but {n} of {of} answers are numbers, e.g. {example}; "
        "leave it closed, or put scores for the words in the file",
        "ru": "шкала, но чисел среди ответов {n} из {of}; например, {example}; оставьте вопрос "
        "закрытым или замените слова баллами в файле",
    },
    "words": {
        "en": "{n} of {of} answers are no number, and count in no score: {example}",
        "ru": "не числа и в оценку не входят: {n} из {of}; например, {example}",
    },
    "outside": {
        "en": "{n} of {of} scores lie outside {low} to {high}, e.g. {example}",
        "ru": "вне шкалы от {low} до {high}: {n} из {of}; например, {example}",
    },
    "metric": {
        "en": "{metric} is a metric of a scale, and this question is {type}",
        "ru": "{metric} считают по шкале, а тип этого вопроса — {type}",
    },
    "ends": {
        "en": "a scale from {low} to {high}, and the question is {type}",
        "ru": "шкала от {low} до {high}, а тип вопроса — {type}",
    },
    "metric_ends": {
        "en": "{metric} is asked from {need_low} to {need_high}, this scale runs {low} to {high}",
        "ru": "{metric} спрашивают от {need_low} до {need_high}, а эта шкала от {low} до {high}",
    },
    "no_dates": {
        "en": "a date, but {n} of {of} answers are dates, e.g. {example}",
        "ru": "дата, но дат среди ответов {n} из {of}; например, {example}",
    },
}
TYPES = {
    "id": {"en": "id", "ru": "номер"},
    "date": {"en": "date", "ru": "дата"},
    "closed": {"en": "closed", "ru": "закрытый"},
    "scale": {"en": "scale", "ru": "шкала"},
    "multiple": {"en": "multiple choice", "ru": "несколько ответов"},
    "open": {"en": "open", "ru": "открытый"},
}
"""Names of the types of questions."""


@dataclass(frozen=True)
class Misfit:
    """One doubt; `say` puts it into words."""

    what: str
    values: Mapping[str, Any]

    def say(self, language: str) -> str:
        """Say the doubt in one line, in `ru` or `en`."""
        shown = {k: _shown(k, v, language) for k, v in self.values.items()}
        return _WORDS[self.what][language].format(**shown)


def tally(cells: pd.Series) -> dict[str, int]:
    """Count how often each answer stands in cells (str, or categorical of str); blanks are none.

    Whatever is asked of a column is asked of its different answers, which are few.
    """
    if not isinstance(cells.dtype, pd.CategoricalDtype):
        return dict(Counter(cells.dropna().tolist()))
    codes = cells.cat.codes.to_numpy()
    counts = np.bincount(codes[codes >= 0], minlength=len(cells.cat.categories)).tolist()
    different = cells.cat.categories.tolist()  # a list: pandas' own iteration is ten times slower
    return {answer: n for answer, n in zip(different, counts, strict=True) if n}


def different(cells: pd.Series) -> list[str]:
    """List the different answers of a column, some of which may be nobody's any more."""
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return list(cells.cat.categories.tolist())
    return list(cells.dropna().unique().tolist())


def misfits(question: Mapping[str, Any], answers: Mapping[str, int]) -> list[Misfit]:
    """Doubts about a question with these answers, the gravest first.

    Parameters
    ----------
    question
        Fields of the table `questions`: type, metric, scale_min, scale_max.
    answers
        How often each answer stands there: `tally` of its cells.
    """
    known = {k: None if _is_missing(v) else v for k, v in question.items()}
    if known.get("pii"):
        return []
    if known["type"] not in ("scale", "date"):
        return list(_of_words(known))
    of_answers = list(_of_answers(known, answers))
    no_numbers = [m for m in of_answers if m.what == "no_numbers"]
    return [*no_numbers, *_of_words(known), *(m for m in of_answers if m not in no_numbers)]


def _of_words(known: Mapping[str, Any]) -> Iterator[Misfit]:
    low, high, metric = known.get("scale_min"), known.get("scale_max"), known.get("metric")
    ends = {"low": low, "high": high}
    if known["type"] != "scale":
        if metric:
            yield Misfit("metric", {"metric": metric, "type": known["type"]})
        elif low is not None or high is not None:
            yield Misfit("ends", {**ends, "type": known["type"]})
        return
    if low is None or high is None:
        yield Misfit("no_ends", {})
    elif low >= high:
        yield Misfit("turned", ends)
    elif metric in _ENDS and (low, high) != _ENDS[metric]:
        need = {"need_low": _ENDS[metric][0], "need_high": _ENDS[metric][1]}
        yield Misfit("metric_ends", {"metric": metric, **need, **ends})


def _of_answers(known: Mapping[str, Any], answers: Mapping[str, int]) -> Iterator[Misfit]:
    of = sum(answers.values())
    if not of:
        return
    if known["type"] == "date":
        no_dates = [answer for answer in answers if not questions.is_date(answer)]
        n = of - sum(answers[answer] for answer in no_dates)
        if n / of < _MOST:
            yield Misfit("no_dates", {"n": n, "of": of, "example": no_dates[0]})
        return
    scores = {answer: questions.number(answer) for answer in answers}
    words = [answer for answer, score in scores.items() if score is None]
    n = of - sum(answers[answer] for answer in words)
    if n / of < _MOST:
        yield Misfit("no_numbers", {"n": n, "of": of, "example": words[0]})
        return
    if words:
        yield Misfit("words", {"n": of - n, "of": of, "example": words[0]})
    low, high = known.get("scale_min"), known.get("scale_max")
    beyond = [
        answer
        for answer, score in scores.items()
        if score is not None
        and ((low is not None and score < low) or (high is not None and score > high))
    ]
    if beyond:
        count = sum(answers[answer] for answer in beyond)
        values = {"low": low, "high": high, "example": beyond[0]}
        yield Misfit("outside", {"n": count, "of": of, **values})


def _shown(name: str, value: Any, language: str) -> str:
    if name == "type":
        return TYPES[value][language]
    if name == "metric":
        return str(value).upper()
    if name == "example":
        line = " ".join(str(value).split())
        return f"«{line[:40]}…»" if len(line) > 40 else f"«{line}»"
    return "?" if value is None else plain_number(value, language)


def plain_number(value: float, language: str) -> str:
    """Write a number without needless zeros, with a comma in Russian."""
    return f"{value:g}".replace(".", "," if language == "ru" else ".")


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))
