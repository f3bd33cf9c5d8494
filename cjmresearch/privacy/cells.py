"""Which cells of a project hold words of people, and which texts they belong with."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cjmresearch import codebooks, schema
from cjmresearch.privacy.names import words

Row = dict[str, Any]
Tables = Mapping[str, Sequence[Row]]

_TEXT_COLUMNS = {
    "project": ("goal",),
    "participants": ("pseudonym", "buying_role", "customer_segment"),
    "texts": ("text", "reason"),
    "turns": ("prompt", "locator"),
    "questions": ("text",),
    "answers": ("text",),
    "codes": ("name_ru", "name_en", "definition", "include", "exclude", "examples"),
    "codings": ("memo",),
    "visits": ("origin",),
    "items": ("text", "owner"),
    "personas": ("name",),
    "fields": ("value", "source"),
}
_JSON_COLUMNS = {"project": "settings", "participants": "traits", "samples": "design"}
PERSONAL_TRAITS = re.compile(
    r"name|surname|e-?mail|phone|address|login|имя|фамилия|отчество|фио|почта|телефон|адрес|логин",
    re.IGNORECASE,
)
_ROLE_WORDS = frozenset(
    words(
        "interviewer moderator host researcher facilitator assistant int mod interviewee "
        "participant respondent guest customer client user resp responder informant observer "
        "notetaker translator operator speaker unknown voice question answer q a i p r leader "
        "manager интервьюер модератор ведущий ведущая исследователь инт мод респондент "
        "респондентка респ участник участница информант клиент клиентка покупатель покупательница "
        "пользователь гость эксперт наблюдатель переводчик оператор спикер говорящий неизвестный "
        "голос собеседник вопрос ответ и в р о "
        "mother father mum dad son daughter husband wife brother sister grandmother grandfather "
        "мама мать папа отец сын дочь дочка муж жена брат сестра бабушка дедушка ребёнок"
    )
)


@dataclass(frozen=True)
class Cell:
    """One string of a table: where it stands, and the source that it belongs with ('' = none)."""

    table: str
    key: tuple[Any, ...]
    column: str
    value: str
    group: str


def key_of(table: str, row: Row) -> tuple[Any, ...]:
    """Values of the table's key."""
    return tuple(row[column] for column in schema.TABLES[table].key)


def cells(tables: Tables) -> Iterator[Cell]:
    """Give every cell of free words; codes as shipped are nobody's words and left out."""
    shipped = set(codebooks.default()["code_id"])
    for table, columns in _TEXT_COLUMNS.items():
        for row in tables[table]:
            if table == "codes" and row["code_id"] in shipped:
                continue
            group = str(row.get("source_id") or row.get("survey_id") or "")
            for column in columns:
                if row[column]:
                    yield Cell(table, key_of(table, row), column, row[column], group)


def json_cells(tables: Tables) -> Iterator[Cell]:
    """Give every cell that holds a JSON object."""
    for table, column in _JSON_COLUMNS.items():
        for row in tables[table]:
            if row[column] and row[column] != "{}":
                yield Cell(table, key_of(table, row), column, row[column], "")


def coder_of(design: Any) -> list[str]:
    """Give the coder that the design of a sample names, in a list; an empty one without."""
    coder = design.get("coder") if isinstance(design, dict) else None
    return [coder] if isinstance(coder, str) else []


def leaves(value: Any) -> Iterator[str]:
    """Give all strings within a JSON value, keys left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)


def with_leaves(value: Any, new: Mapping[str, str], hidden: str) -> Any:
    """Put other strings in; values under a key such as `name` are hidden whole."""
    if isinstance(value, str):
        return new.get(value, value)
    if isinstance(value, list):
        return [with_leaves(item, new, hidden) for item in value]
    if isinstance(value, dict):
        return {
            key: hidden
            if isinstance(item, str | int | float) and PERSONAL_TRAITS.fullmatch(key)
            else with_leaves(item, new, hidden)
            for key, item in value.items()
        }
    return value


def decoded(cell: Cell) -> Any:
    """Decode a JSON cell; None where it is not JSON."""
    try:
        return json.loads(cell.value)
    except ValueError:
        return None


def is_role(label: str) -> bool:
    """Tell whether a speaker's label is a role or a number, not a name: «Респ. 1», SPEAKER_00."""
    words = re.findall(r"[^\W\d_]+", label)
    return all(w.casefold() in _ROLE_WORDS or len(w) == 1 for w in words)


def is_id(value: str) -> bool:
    """Tell whether an id is a number with few letters, so that it tells nobody's name."""
    return bool(re.fullmatch(r"[A-Za-zА-Яа-я]{0,4}[-_ ]?\d{1,6}", value)) or bool(
        re.fullmatch(r"[0-9a-f]{8}-[0-9a-f-]{27}|R_\w{10,20}", value)
    )
