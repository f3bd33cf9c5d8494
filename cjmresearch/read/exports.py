"""Survey services and their exports: which rows are headers, what a column is, what is no answer.

A new service is one function that looks at the first rows, in `SERVICES`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

_PROBED = 4
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"\s*:\s*"([^"]*)"', re.IGNORECASE)
_TAIL = re.compile(r"\s+-\s+Selected Choice\s*$", re.IGNORECASE)
OTHER = re.compile(r"(?:other|друго[ей]|иное|свой вариант)\b.{0,40}", re.IGNORECASE)
_RESPONSE = ("response", "open-ended response", "ответ", "развернутый ответ", "развёрнутый ответ")
_OPEN = _RESPONSE[1:2] + _RESPONSE[3:]

_QUALTRICS = {  # import id or name of the column -> type, personal data
    "startdate": ("date", False), "enddate": ("date", False), "recordeddate": ("date", False),
    "_recordid": ("id", False), "responseid": ("id", False), "responseset": ("closed", False),
    "status": ("closed", False), "progress": ("closed", False), "duration": ("closed", False),
    "finished": ("closed", False), "distributionchannel": ("closed", False),
    "userlanguage": ("closed", False), "ipaddress": ("closed", True),
    "recipientlastname": ("open", True), "recipientfirstname": ("open", True),
    "recipientemail": ("open", True), "emailaddress": ("open", True), "name": ("open", True),
    "locationlatitude": ("closed", True), "locationlongitude": ("closed", True),
    "locationaccuracy": ("closed", False),
}  # fmt: skip
_MONKEY = {
    "respondent id": ("id", False), "respondentid": ("id", False),
    "id респондента": ("id", False), "идентификатор респондента": ("id", False),
    "collector id": ("closed", False), "collectorid": ("closed", False),
    "collector": ("closed", False),
    "start date": ("date", False), "startdate": ("date", False), "end date": ("date", False),
    "enddate": ("date", False), "date created": ("date", False), "date modified": ("date", False),
    "дата начала": ("date", False), "дата окончания": ("date", False),
    "ip address": ("closed", True), "ip-адрес": ("closed", True),
    "email address": ("open", True), "email": ("open", True), "first name": ("open", True),
    "last name": ("open", True), "lastname": ("open", True), "firstname": ("open", True),
    "адрес электронной почты": ("open", True), "имя": ("open", True), "фамилия": ("open", True),
    "custom data 1": ("closed", False), "custom data": ("closed", False),
}  # fmt: skip
_RESPONDENT = tuple(name for name, (kind, _) in _MONKEY.items() if kind == "id")
_FORMS = {
    "timestamp": ("date", False), "отметка времени": ("date", False),
    "email address": ("open", True), "username": ("open", True),
    "адрес электронной почты": ("open", True), "имя пользователя": ("open", True),
}  # fmt: skip
_TYPEFORM = {
    "#": ("id", False), "network id": ("closed", True), "start date (utc)": ("date", False),
    "stage date (utc)": ("date", False), "submit date (utc)": ("date", False),
    "response type": ("closed", False), "tags": ("closed", False), "ending": ("closed", False),
}  # fmt: skip
_YANDEX = {"id": ("id", False), "время создания": ("date", False)}

Known = dict[str, tuple[str, bool]]


@dataclass(frozen=True)
class Column:
    """One column of a file: the words of its question, its name in the file, what is certain."""

    text: str
    key: str
    group: str = ""
    """Question that several columns share; empty for a column by itself."""
    option: str = ""
    """What the column of a shared question adds: an option, a row of a matrix."""
    type: str | None = None
    pii: bool = False
    scale: tuple[float, float] | None = None
    coded: bool = False
    """Numbers stand for words: a small whole number isn't yet a point of a scale."""


@dataclass(frozen=True)
class Export:
    """How one export is laid out: how many header rows, and its columns."""

    service: str
    header_rows: int
    columns: tuple[Column, ...]
    status: str | None = None
    """Key of the column that tells previews and spam."""
    finished: str | None = None
    serial_dates: bool = False
    """Dates may be Excel's serial numbers."""


def recognise(rows: Sequence[Sequence[str]]) -> Export:
    """Tell the service by the first rows; a plain table where none fits."""
    width = max(len(row) for row in rows[:_PROBED])
    head = [[_line(c) for c in row] + [""] * (width - len(row)) for row in rows[:_PROBED]]
    found = (service(head) for service in SERVICES)
    export = next((export for export in found if export is not None), _plain("", head, {}))
    own = max(len(row) for row in rows[: export.header_rows])
    return replace(export, columns=export.columns[:own])


def title_rows(rows: Sequence[Sequence[str]]) -> int:
    """Count rows above the header that hold a title alone."""
    count = 0
    while count < min(3, len(rows) - 2):
        here, after = (
            [cell.strip() for cell in row if cell.strip()] for row in rows[count : count + 2]
        )
        named = len(after) > 2 or (len(after) == 2 and len(rows[count]) == 1)
        if len(here) != 1 or not rows[count][0].strip() or not named:
            break
        if len(set(after)) < len(after) / 2 or any(re.fullmatch(r"[\d.,]+", c) for c in after):
            break
        count += 1
    return count


def _line(cell: str) -> str:
    return " ".join(cell.split())


def _plain(service: str, head: Sequence[Sequence[str]], known: Known) -> Export:
    columns = []
    for name in head[0]:
        kind, pii = known.get(name.casefold(), (None, False))
        columns.append(Column(name, name, type=kind, pii=pii))
    return Export(service, 1, tuple(columns))


def _qualtrics(head: Sequence[Sequence[str]]) -> Export | None:
    """Ids, words, `{"ImportId": …}`; a hand may have deleted one of the first two."""
    at = next(
        (
            i
            for i, row in enumerate(head)
            if sum(_IMPORT_ID.match(cell) is not None for cell in row) > len(row) / 3
        ),
        None,
    )
    if at is None or at == 0:
        return None
    ids = [_import_id(cell) for cell in head[at]]
    return _qualtrics_columns("Qualtrics", at + 1, (head[0], head[at - 1], ids))


def _import_id(cell: str) -> str:
    try:
        found = json.loads(cell)
        return str(found["ImportId"] if isinstance(found, dict) else "")
    except (ValueError, KeyError, RecursionError):
        match = _IMPORT_ID.match(cell)
        return match.group(1) if match else ""


def _legacy_qualtrics(head: Sequence[Sequence[str]]) -> Export | None:
    """Two rows: V1 … V10 and Q1 …, then words, of which `ResponseID` is the first."""
    if len(head) < 2 or "ResponseID" not in head[1] or "ResponseID" in head[0]:
        return None
    return _qualtrics_columns("Qualtrics, legacy", 2, (head[0], head[1], head[1]))


def _qualtrics_columns(
    service: str, rows: int, head: tuple[Sequence[str], Sequence[str], Sequence[str]]
) -> Export:
    keys, texts, ids = head
    words = dict(zip(keys, (_TAIL.sub("", text) for text in texts), strict=True))
    columns: list[Column] = []
    places: dict[str, str] = {}
    for key, text, import_id in zip(keys, texts, ids, strict=True):
        name = import_id.casefold()
        known = name if name in _QUALTRICS else key.casefold().split(" (")[0]
        kind, pii = _QUALTRICS.get(known, (None, False))
        places.setdefault(known, key)
        parent, stem = words.get(key.split("_")[0], ""), re.fullmatch(r"(.+?)_\d+", key)
        label = _TAIL.sub("", text) or key
        option = ""
        if key.endswith("_TEXT"):
            kind = kind or "open"
            label = label if label.startswith(parent) else f"{parent} - {label}"
        elif import_id.endswith("_TEXT"):
            kind = kind or "open"
        elif stem and kind is None and " - " in text:
            option = text.rsplit(" - ", 1)[1]
        group = _TAIL.sub("", text.rsplit(" - ", 1)[0]) if option else ""
        columns.append(Column(label, key, group, option, type=kind, pii=pii))
    return Export(service, rows, tuple(columns), places.get("status"), places.get("finished"))


def _survey_monkey(head: Sequence[Sequence[str]]) -> Export | None:
    """Questions, then options; the first row is blank or repeated over columns of one question."""
    if len(head) < 2:
        return None
    first, second = [[cell.casefold() for cell in row] for row in head[:2]]
    ids = [i for i, name in enumerate(first) if name in _RESPONDENT]
    if any(second[i] not in ("", first[i]) for i in ids):
        return None
    if not ids and not (set(second) & set(_RESPONSE)):
        return None
    columns: list[Column] = []
    question = ""
    for top, below in zip(head[0], head[1], strict=True):
        question = top or question
        columns.append(_monkey_column(question, below))
    shared = [
        replace(c, group="") if len(columns_) == 1 else c
        for _, run in groupby(columns, key=lambda c: (c.group, c.key == c.group))
        for columns_ in [list(run)]
        for c in columns_
    ]
    return Export("SurveyMonkey", 2, tuple(shared), serial_dates=True)


def _monkey_column(question: str, below: str) -> Column:
    kind, pii = _MONKEY.get(question.casefold(), (None, False))
    if kind and below.casefold() in ("", question.casefold()):
        return Column(question, question, type=kind, pii=pii)
    if below in ("", question) or below.casefold() in _RESPONSE:
        open_ = "open" if below.casefold() in _OPEN else None
        return Column(question, question, type=open_)
    both = f"{question} - {below}"
    open_ = "open" if OTHER.fullmatch(below) else None
    return Column(both, both, question, below, type=open_)


def _google_forms(head: Sequence[Sequence[str]]) -> Export | None:
    if head[0][0].casefold() not in ("timestamp", "отметка времени"):
        return None
    return _plain("Google Forms", head, _FORMS)


def _typeform(head: Sequence[Sequence[str]]) -> Export | None:
    names = {name.casefold() for name in head[0]}
    if head[0][0] != "#" or not names & {"network id", "submit date (utc)"}:
        return None
    return _plain("Typeform", head, _TYPEFORM)


def _yandex_forms(head: Sequence[Sequence[str]]) -> Export | None:
    if not set(_YANDEX) <= {name.casefold() for name in head[0][:3]}:
        return None
    return _plain("Yandex Forms", head, _YANDEX)


SERVICES: tuple[Callable[[Sequence[Sequence[str]]], Export | None], ...] = (
    _qualtrics, _legacy_qualtrics, _survey_monkey, _google_forms, _typeform, _yandex_forms,
)  # fmt: skip
"""In the order they are asked."""
