"""Clients out of a CRM's form: people, segments and who brought whom, without what is personal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from cjmresearch.codebooks import templates
from cjmresearch.codebooks.templates import CardSchema
from cjmresearch.errors import ReadError
from cjmresearch.read import tables
from cjmresearch.read.decode import load
from cjmresearch.schema import frame

REFERRED_BY = "referred_by"
_SOURCE = "CRM"
_TAGS = re.compile(r"\s*[,;|]\s*")
_KEPT = ("gender", "ad_source", "tags", "city")


@dataclass(frozen=True)
class Crm:
    """What a CRM knows of its clients, ready for `add_participants` and `set_fields`."""

    participants: pd.DataFrame
    """Frame [participants]; the first tag is the segment, the rest of the form are traits."""
    fields: pd.DataFrame
    """Frame [fields]: who brought whom (`referred_by`), and personal fields if asked for."""
    problems: pd.DataFrame
    """participant_id, field, problem: what the form requires and the row lacks."""
    left_out: tuple[str, ...]
    """Columns that were not taken: personal ones, and those that no field of the form is."""


def crm(
    path: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    personal: bool = False,
    template: str | Path | CardSchema = "crm",
) -> Crm:
    """Read the clients of a CRM from its CSV or XLSX export.

    Names, phones, passports and what else tells who somebody is are checked and then left out;
    people get numbers as names. An id of the CRM becomes a participant_id of ours.

    Parameters
    ----------
    path
        The export; its first row holds the headers.
    columns
        Which field of the template a header is, where the name of the column doesn't tell.
    personal
        Keep what is personal, too, as fields of each person's card (hidden again by
        `privacy.pseudonymise`).
    template
        The form: the shipped one has surname, name, gender, phone (10 digits, no prefix), source
        of advertising and manager as required, as in the CRM of the method's source.
    """
    path = Path(path)
    schema = templates.load(template)
    headers, cells = _grid(path)
    found = _columns(headers, schema, columns or {}, path)
    places = {field: headers.index(header) for header, field in found.items()}
    rows = [
        {field: row[place].strip() for field, place in places.items() if row[place : place + 1]}
        for row in cells
    ]
    rows = [{field: value for field, value in row.items() if value} for row in rows]
    ids = _ids(rows)
    problems = [
        {"participant_id": id_, "field": name, "problem": problem}
        for id_, row in zip(ids, rows, strict=True)
        for name, problem in _problems(row, schema)
    ]
    return Crm(
        participants=_people(ids, rows),
        fields=_fields(ids, rows, schema, personal=personal),
        problems=pd.DataFrame(
            problems, columns=["participant_id", "field", "problem"], dtype="str"
        ),
        left_out=_left_out(headers, found, schema, personal=personal),
    )


def _grid(path: Path) -> tuple[list[str], list[list[str]]]:
    grid = tables.read(path, load(path))
    if grid.columns is not None:
        return [str(column[0]) for column in grid.columns], [
            list(map(str, row))
            for row in zip(*(column[1:] for column in grid.columns), strict=True)
        ]
    return [header.strip() for header in grid.rows[0]], grid.rows[1:]


def _columns(
    headers: list[str], schema: CardSchema, given: Mapping[str, str], path: Path
) -> dict[str, str]:
    """Which column is which field, by the headers that the template lists."""
    unknown = [header for header in given if header not in headers]
    if unknown:
        raise ReadError(path, f"no column {unknown[0]!r}; it has: {', '.join(headers)}")
    for field in given.values():
        schema[field]
    by_header = {
        header.casefold(): field.field
        for field in schema.fields
        for header in (*field.headers, field.name_ru, field.name_en, field.field)
    }
    found: dict[str, str] = {}
    for header in headers:
        name = given.get(header) or by_header.get(header.strip().casefold())
        if name and name not in found.values():
            found[header] = name
    if not found:
        raise ReadError(
            path, "no column is a field of the form; say which is which with columns={...}"
        )
    return found


def _ids(rows: list[dict[str, str]]) -> list[str]:
    ids = [row.get("client_id") or f"K{number:03d}" for number, row in enumerate(rows, start=1)]
    seen: dict[str, int] = {}
    for number, id_ in enumerate(ids):
        seen[id_] = seen.get(id_, 0) + 1
        if seen[id_] > 1:
            ids[number] = f"{id_}-{seen[id_]}"
    return ids


def _problems(row: Mapping[str, str], schema: CardSchema) -> list[tuple[str, str]]:
    found = []
    for field in schema.fields:
        _, problem = field.check(row.get(field.field))
        if problem:
            found.append((field.field, problem))
    phone = row.get("phone", "")
    if phone and not re.fullmatch(r"\d{10}", phone):
        digits = len(re.sub(r"\D", "", phone))
        found.append(("phone", f"has {digits} digits or a prefix; the form wants 10 digits"))
    return found


def _people(ids: list[str], rows: list[dict[str, str]]) -> pd.DataFrame:
    people = []
    for number, (id_, row) in enumerate(zip(ids, rows, strict=True), start=1):
        tags = [tag for tag in _TAGS.split(row.get("tags", "")) if tag]
        traits = {key: row[key] for key in _KEPT if key in row and key != "tags"}
        if tags:
            traits["tags"] = tags  # type: ignore[assignment]
        people.append(
            {
                "participant_id": id_,
                "pseudonym": f"Клиент {number}" if _is_russian(rows) else f"Client {number}",
                "customer_segment": tags[0] if tags else None,
                "traits": traits,
            }
        )
    return frame("participants", people)


def _is_russian(rows: list[dict[str, str]]) -> bool:
    return bool(re.search("[А-Яа-яЁё]", " ".join(" ".join(row.values()) for row in rows[:50])))


def _fields(
    ids: list[str], rows: list[dict[str, str]], schema: CardSchema, *, personal: bool
) -> pd.DataFrame:
    """Who brought whom, told by ids; and the personal fields of the form if they are wanted."""
    by_name: dict[str, list[str]] = {}
    for id_, row in zip(ids, rows, strict=True):
        names = {
            id_, row.get("client_id", ""), row.get("phone", ""),
            f"{row.get('surname', '')} {row.get('name', '')}".strip(),
            f"{row.get('name', '')} {row.get('surname', '')}".strip(),
        }  # fmt: skip
        for name in names - {""}:
            by_name.setdefault(name.casefold(), []).append(id_)
    found = []
    for id_, row in zip(ids, rows, strict=True):
        friends = by_name.get(row.get(REFERRED_BY, "").casefold(), [])
        if len(friends) == 1 and friends[0] != id_:
            found.append({"owner_id": id_, "field": REFERRED_BY, "value": friends[0]})
        if personal:
            found += [
                {"owner_id": id_, "field": field.field, "value": row[field.field]}
                for field in schema.fields
                if field.personal and field.field in row
            ]
    return frame("fields", [{**row, "source": _SOURCE} for row in found])


def _left_out(
    headers: list[str], found: Mapping[str, str], schema: CardSchema, *, personal: bool
) -> tuple[str, ...]:
    taken = {header for header, name in found.items() if personal or not schema[name].personal}
    return tuple(header for header in headers if header not in taken)
