"""What kind of question a column is: by its name and by its answers, vectorised over rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

_ID_NAME = re.compile(
    r"(?:#|№|id|ид|guid|uuid|case|код|номер|respondent|респондент|участник|participant|"
    r"(?:response|respondent|user|case|participant|record|client|customer|submission|network)"
    r"[ _]?(?:id|no|number|#)|(?:id|код|номер|№)[ _]?(?:респондента|участника|анкеты|клиента|"
    r"пользователя|ответа))",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?!(?:what|which|how|do|does|did|are|is|have|каки?|есть ли|мож)\w*\s).{0,30}"
    r"(?:e-?mail|почт[аыу]|phone|телефон|\bip\b|ip[ _-]?(?:address|адрес)).{0,20}",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"фио|фамилия|отчество|(?:дата|день) рождения|date of birth|birth[ _]?da(?:te|y)|"
    r"surname|(?:first|last|full|your|recipient)[ _]?(?:first|last)?[ _]?name",
    re.IGNORECASE,
)
_NAME_ALONE = re.compile(
    r"\W*(?:name|имя|ваше имя|как вас зовут|имя и фамилия|ф\.?\s?и\.?\s?о\.?|контакты|"
    r"адрес|address|telegram|телеграм)\W*",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\W*(?:(?:your |ваша )?(?:компания|организация|company|employer)(?: name)?|"
    r"название (?:компании|организации)|место работы)\W*",
    re.IGNORECASE,
)
_HINT = re.compile("[@0-9]")  # what every e-mail or phone number has, and most answers lack
_WITHIN = re.compile(
    r"[^\s@]+@[^\s@]+\.\w"
    r"|(?<![\w.])(?:\+\d{1,3}|8)[ (.-]*\d{3}[ ).-]*\d{3}[ .-]*\d{2}[ .-]*\d{2}(?!\d)"
)
"""An e-mail or a phone number within words."""
_PII_VALUE = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+|\+?\d[\d\s().-]{8,}\d|\d{1,3}(?:\.\d{1,3}){3}")
_DATE = re.compile(
    r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}/\d{1,2}/\d{1,2})"
    r"(?:[ T,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AP]M)?(?:Z| ?[A-Z]{3}|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)
_HARMLESS = re.compile(rf"{_DATE.pattern}|\d+[.,]\d+", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")
_LABELLED = re.compile(r"[(\[]?(-?\d{1,2})\s*[-–—:=.()\]]+\s*[^\W\d_].*", re.DOTALL)
_TOKEN_ID = re.compile(r"[A-Za-zА-Яа-яЁё]{0,6}[-_ ]?\d{1,12}|[0-9a-f-]{16,36}|R_\w+", re.IGNORECASE)
_QUANTITY = re.compile(
    r"возраст|\bage\b|age$|\bгод|\byears?\b|\bсколько|how (?:many|long|much)|стаж|количеств|число|"
    r"сотрудник|employees",
    re.IGNORECASE,
)
_ASKS_WORDS = re.compile(
    r"почему|расскажите|опишите|комментар|поясните|что (?:было|вам|именно|нам|мы|бы)|"
    r"\bwhy\b|describe|comment|explain|tell us|in your own words|what (?:could|would|should|did)",
    re.IGNORECASE,
)
_RECOMMEND = re.compile(r"порекоменд|рекоменд|recommend|\bnps\b", re.IGNORECASE)
_SATISFIED = re.compile(r"удовлетвор|довол|satisf|\bcsat\b", re.IGNORECASE)
_EFFORT = re.compile(r"усили|effort|\bces\b|легко|easy\b", re.IGNORECASE)
_HARD = re.compile(r"усили|effort", re.IGNORECASE)
_RANGE = re.compile(
    r"(?<!\d)(-?\d{1,2})\s*(?:-|–|—|\.\.|…|to|до|/)\s*(\d{1,2})(?!\d)"
    r"|(?<!\d)(-?\d{1,2})\s*[-–—=:(][^\d]{2,60}?(\d{1,2})\s*[-–—=:(]",
    re.IGNORECASE,
)
_END = re.compile(r"(?<!\d)(-?\d{1,2})\s*[-–—=:(]+\s*([^\d,;)]{2,60})")
_BAD = re.compile(
    r"ужас|плох|худ[шо]|\bне\b|совсем нет|никогда|сложно|трудно|нельзя|недовол|неудов|неудоб|"
    r"terribl|awful|\bbad|poor|worst|\bnot\b|never|hard\b|difficult|dissatisf|unlikely|disagree",
    re.IGNORECASE,
)
"""Words at the bad end of a scale."""
_USUAL_ENDS = (5, 7, 10)
_MOST = 0.9
_FEW = 20
_LABEL = 60
_OPTIONS = 12
_ENOUGH = 2000


@dataclass(frozen=True)
class Kind:
    """What a column asks: fields of the table `questions`."""

    type: str
    metric: str | None = None
    scale_min: float | None = None
    scale_max: float | None = None
    higher_is_better: bool | None = None
    pii: bool = False


def numbers(values: pd.Series) -> pd.Series:
    """Numbers of answers, float: decimal commas and `5 - очень доволен` count; else NaN.

    Taken of the distinct answers, which are few where the rows are many.
    """
    codes, found = pd.factorize(values)
    distinct = pd.Series(found, dtype="str")
    plain = distinct.where(distinct.str.fullmatch(_NUMBER)).str.replace(",", ".", regex=False)
    labelled = distinct.str.extract(f"^(?:{_LABELLED.pattern})$", flags=re.DOTALL)[0]
    value = pd.to_numeric(plain.fillna(labelled), errors="coerce").to_numpy(dtype="float64")
    return pd.Series(np.append(value, np.nan)[codes], index=values.index, dtype="float64")


def is_id_name(name: str) -> bool:
    """Tell a column name that promises an identifier."""
    return _ID_NAME.fullmatch(name.strip()) is not None


def states_range(name: str) -> bool:
    """Tell words that name the ends of a scale, or a metric that implies them."""
    return _stated_range(name) is not None or _RECOMMEND.search(name) is not None


def detect(name: str, values: pd.Series) -> Kind:
    """Tell the kind of a column from its name and its filled cells (str, no blanks)."""
    pii = _is_personal(name, values)
    if values.empty:
        return Kind("closed", pii=pii)
    if pii:
        return Kind("open", pii=True)
    some = _sample(values)
    if some.str.fullmatch(_DATE).mean() >= _MOST:
        return Kind("date")
    if _is_id(name, values):
        return Kind("id")
    if numbers(some).notna().mean() >= _MOST:
        value = numbers(values).dropna()
        kind = _numeric(name, value)
        # A stray `n/a` among scores is told beside the question, and doesn't hide the scale.
        if len(value) == len(values) or (
            kind.type == "scale" and len(value) >= _MOST * len(values)
        ):
            return kind
    return Kind(_words(name, some))


def retyped(name: str, values: pd.Series, *, type_: str, pii: bool) -> Kind:
    """Give the kind of a column (filled cells) that a person says is of another type.

    A scale gets the ends that its words or its numbers say, if any.
    """
    value = numbers(values).dropna() if type_ == "scale" else pd.Series(dtype="float64")
    if value.empty:
        return Kind(type_, pii=pii)
    stated = _stated_range(name)
    low, high = float(value.min()), float(value.max())
    if stated is None and (low < -5 or high > _USUAL_ENDS[-1]):
        return Kind(type_, pii=pii)
    bottom, top = stated or _guessed_range(name, low, high)
    metric, better = _metric(name, bottom, top)
    stated_better = _stated_direction(name, bottom, top)
    better = better if stated_better is None else stated_better
    return Kind(type_, metric, bottom, top, better, pii=pii)


def is_date(answer: str) -> bool:
    """Tell an answer that is a date, with or without a time."""
    return _DATE.fullmatch(answer) is not None


def number(answer: str) -> float | None:
    """Give the number of one answer as `numbers` reads it; None where it is none."""
    if _NUMBER.fullmatch(answer):
        return float(answer.replace(",", "."))
    labelled = _LABELLED.fullmatch(answer)
    return float(labelled.group(1)) if labelled else None


def with_contacts(answers: Sequence[str]) -> list[str]:
    """Give the answers with an e-mail or a phone number among their words."""
    joined = "\n".join(answers)
    if not any(sign in joined for sign in "@0123456789"):  # much faster than a pattern
        return []
    return [answer for answer in answers if _HINT.search(answer) and _WITHIN.search(answer)]


def _sample(values: pd.Series) -> pd.Series:
    """Take cells evenly: enough to tell a kind, and fast on long tables."""
    some = values.iloc[:: max(1, len(values) // _ENOUGH)]
    return pd.Series(np.asarray(some, dtype=object), index=some.index, dtype="str")


def _is_personal(name: str, values: pd.Series) -> bool:
    named = _CONTACT.fullmatch(name) or (_PERSON.search(name) and len(name) < _LABEL)
    if named and not _all_short_choice(values):
        return True
    if _NAME_ALONE.fullmatch(name):
        return True
    # Companies that recur are an answer; of which each respondent has another tell who that is.
    if _COMPANY.fullmatch(name) and values.nunique() > len(values) / 2:
        return True
    values = _sample(values)
    if is_id_name(name) and values.str.fullmatch(r"\d+").all():
        return False
    looks = values.str.fullmatch(_PII_VALUE) & ~values.str.fullmatch(_HARMLESS)
    return bool(len(values)) and float(looks.mean()) > 0.5


def _all_short_choice(values: pd.Series) -> bool:
    """Yes and no to `May we contact you by e-mail?` are no personal data."""
    return values.nunique() <= 3 < len(values) and values.str.len().max() <= 5


def _is_id(name: str, values: pd.Series) -> bool:
    if values.duplicated().any():
        return False
    values = _sample(values)
    tokens = bool(values.str.fullmatch(_TOKEN_ID).mean() >= _MOST)
    named = is_id_name(name) and not values.str.contains(r"\s").any()
    hashes = bool(values.str.fullmatch(r"[0-9a-fA-F-]{16,36}|R_\w{10,}").all())
    return (
        named
        or hashes
        or (tokens and bool(values.str.contains(r"[^\W\d]\D*\d").all()) and len(values) > 1)
    )


def _numeric(name: str, value: pd.Series) -> Kind:
    stated = _stated_range(name)
    if stated is not None and value.between(*stated).mean() >= _MOST:
        value = value[value.between(*stated)]
    whole = bool((value == value.round()).all())
    low, high = float(value.min()), float(value.max())
    inside = stated is None or (stated[0] <= low and high <= stated[1])
    if stated is None and (not whole or low < -5 or high > 10 or _QUANTITY.search(name)):
        return Kind("closed")
    if not inside or (stated is None and value.nunique() <= 2 and {low, high} <= {0.0, 1.0}):
        return Kind("closed")
    bottom, top = stated or _guessed_range(name, low, high)
    metric, better = _metric(name, bottom, top)
    stated_better = _stated_direction(name, bottom, top)
    return Kind("scale", metric, bottom, top, better if stated_better is None else stated_better)


def _stated_direction(name: str, bottom: float, top: float) -> bool | None:
    """Tell by the words at both ends, `1 — ужасно, 5 — отлично`; None where they don't tell."""
    ends = {float(m[1]): m[2] for m in _END.finditer(name)}
    low, high = ends.get(bottom, ""), ends.get(top, "")
    if _BAD.search(low) and not _BAD.search(high):
        return True
    if _BAD.search(high) and not _BAD.search(low):
        return False
    return None


def _stated_range(name: str) -> tuple[float, float] | None:
    for found in _RANGE.finditer(name):
        low, high = (float(g) for g in found.groups() if g is not None)
        if high - low >= 2 and high <= 10:
            return low, high
    return None


def _guessed_range(name: str, low: float, high: float) -> tuple[float, float]:
    if _RECOMMEND.search(name):
        return 0.0, 10.0
    top = next(float(end) for end in _USUAL_ENDS if high <= end)
    return min(low, 0.0 if top == 10 and low == 0 else 1.0), top


def _metric(name: str, low: float, high: float) -> tuple[str | None, bool | None]:
    if _RECOMMEND.search(name) and (low, high) == (0.0, 10.0):
        return "nps", True
    if _SATISFIED.search(name):
        return "csat", True
    if _EFFORT.search(name):
        return "ces", not _HARD.search(name)
    return None, None


def _words(name: str, values: pd.Series) -> str:
    """Tell open answers from choices: `multiple` where options recur within cells."""
    n, distinct = len(values), values.nunique()
    length = float(values.str.len().mean())
    if _is_multiple(values):
        return "multiple"
    if _ASKS_WORDS.search(name) and (length >= 12 or distinct > 0.5 * n):
        return "open"
    if n < _FEW:
        lines = values.str.contains("\n", regex=False).any()
        return "open" if length >= 25 or lines else "closed"
    if distinct > 0.3 * n or (length > 60 and distinct > _OPTIONS):
        return "open"
    return "closed"


def _is_multiple(values: pd.Series) -> bool:
    """Options joined by `;`, `, ` or `,` that recur much oftener than words of free answers do.

    A separator may stand within an option (`Yes, gladly`): then there are no more kinds of cells
    than of options, for nothing is combined.
    """
    for separator, least in (";", 2.0), (", ", 4.0), (",", 4.0):
        several = values.str.contains(separator, regex=False)
        if several.mean() < 0.1:
            continue
        options = values.str.split(separator, regex=False).explode().str.strip()
        options = options[options != ""]
        recurring = options.map(options.value_counts()) > 1
        if (
            len(options) >= least * options.nunique()
            and recurring.mean() >= 0.8
            and options.str.len().mean() < 45
            and values.nunique() > options.nunique()
        ):
            return True
    return False
