"""Fields of a card: types, hints, defaults, and the rules by which codings fill them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

import pandas as pd

from cjmresearch.errors import CodebookError
from cjmresearch.schema import CHANNELS, CODE_KINDS, OWNERSHIPS

TYPES = ("text", "number", "status", "date", "choice")
OWNERS = ("persona", "participant", "company", "map")
MOST_FIELDS = 50
"""As in the constructor of the source (A14, seed 002:782–801)."""
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_NONE = "none"
"""Stands in a rule for a touchpoint without a channel or an owner."""


@dataclass(frozen=True)
class Rule:
    """Which codings fill a field: all that is given has to hold, of each list any."""

    kinds: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    """Slugs of codes that the rule leaves out."""
    asks: bool = False
    """Only passages with a question mark: what the client asks."""

    def of_codes(self, codes: pd.DataFrame) -> pd.Series:
        """Tell which codes [codes] the rule takes (bool, by row)."""
        taken = pd.Series(True, codes.index)
        for column, wanted in (
            ("kind", self.kinds),
            ("scheme", self.schemes),
            ("slug", self.codes),
            ("channel", self.channels),
            ("ownership", self.ownerships),
        ):
            if wanted:
                taken &= codes[column].fillna(_NONE).isin(wanted)
        return taken & ~codes["slug"].isin(self.besides)


@dataclass(frozen=True)
class CardField:
    """One field of a card."""

    field: str
    name_ru: str
    name_en: str
    section: str = ""
    source: str = ""
    type: str = "text"
    hint_ru: str = ""
    hint_en: str = ""
    options: tuple[str, ...] = ()
    default: str | float | None = None
    required: bool = False
    first_wave: bool = False
    """Asked when the card is filled in for the first time."""
    personal: bool = False
    """Tells who somebody is: never shown, hidden when a project is pseudonymised."""
    traits: tuple[str, ...] = ()
    """Traits of participants that fill it; `*` is all that no other field takes."""
    rules: tuple[Rule, ...] = ()
    merges: tuple[str, ...] = ()
    """Fields of another template that it is put together from."""
    headers: tuple[str, ...] = ()
    """Column headers of an export that hold it."""

    def name(self, language: str) -> str:
        """Give its name in `ru` or `en`."""
        return self.name_ru if language == "ru" else self.name_en

    def of_codes(self, codes: pd.DataFrame, *, asked: bool = False) -> pd.Series:
        """Tell which codes [codes] any of its rules takes; `asked` are those of questions."""
        taken = pd.Series(False, codes.index)
        for rule in self.rules:
            if rule.asks == asked:
                taken |= rule.of_codes(codes)
        return taken

    def check(self, value: Any) -> tuple[str | float | None, str]:
        """Cast a value to the type of the field; an empty problem is good."""
        if value is None or (isinstance(value, float) and math.isnan(value)) or value == "":
            missing = self.required and self.default is None
            return self.default, "is required and missing" if missing else ""
        words = str(value).strip()
        if self.type == "number":
            return _number(words)
        if self.type == "date":
            return _date(words)
        if self.type in ("status", "choice") and words not in self.options:
            return None, f"is {words!r}, allowed: {', '.join(self.options)}"
        return words, ""


def _number(words: str) -> tuple[float | None, str]:
    try:
        found = float(words.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace(",", "."))
    except ValueError:
        found = math.nan
    return (found, "") if math.isfinite(found) else (None, f"is {words!r}, not a number")


def _date(words: str) -> tuple[str | None, str]:
    try:
        return date.fromisoformat(words).isoformat(), ""
    except ValueError:
        return None, f"is {words!r}, not a date; write YYYY-MM-DD"


@dataclass(frozen=True)
class CardSchema:
    """A card: its fields in order, and where the system comes from."""

    template: str
    name_ru: str
    name_en: str
    fields: tuple[CardField, ...]
    of: str = "persona"
    source: str = ""
    note_ru: str = ""
    note_en: str = ""

    def name(self, language: str) -> str:
        """Give its name in `ru` or `en`."""
        return self.name_ru if language == "ru" else self.name_en

    def __getitem__(self, name: str) -> CardField:
        for one in self.fields:
            if one.field == name:
                return one
        known = ", ".join(f.field for f in self.fields)
        raise CodebookError(f"template {self.template}: no field {name!r}; it has {known}")

    def validate(self, values: Mapping[str, Any]) -> dict[str, str | float | None]:
        """Check a filled-in card; gives every field with its value, default or None.

        Numbers become float, dates ISO text. `CodebookError` lists every problem at once: unknown
        fields, missing required ones, values of another type or not among the options.
        """
        known = {one.field for one in self.fields}
        problems = [f"{name} is no field of it" for name in values if name not in known]
        found = {}
        for one in self.fields:
            found[one.field], problem = one.check(values.get(one.field))
            problems += [f"{one.field} {problem}"] if problem else []
        if problems:
            raise CodebookError(f"card {self.template}: {'; '.join(problems)}")
        return found

    def plain(self) -> dict[str, Any]:
        """Give it as its file has it, without what is empty."""
        head = {k: v for k, v in asdict(self).items() if v and k != "fields"}
        return {**head, "fields": [_plain_field(one) for one in self.fields]}


def _plain_field(one: CardField) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in fields(CardField):
        value = getattr(one, part.name)
        if value == part.default or value == ():
            continue
        if part.name == "rules":
            value = [
                {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(rule).items() if v}
                for rule in value
            ]
        found[part.name] = list(value) if isinstance(value, tuple) else value
    return found


@dataclass
class _Reading:
    """A file being read: what is wrong with it, by place."""

    problems: list[str] = field(default_factory=list)

    def take(self, given: Any, place: str, kind: type) -> dict[str, Any]:
        """Keep the known keys of a mapping, each of the type that the class says."""
        if not isinstance(given, Mapping):
            self.problems.append(f"{place} must be fields `name: value`")
            return {}
        allowed = {f.name: str(f.type) for f in fields(kind)}
        found = {}
        for key, value in given.items():
            if key not in allowed:
                self.problems.append(f"{place}: unknown {key!r}; allowed: {', '.join(allowed)}")
            elif value is not None and key not in ("rules", "fields"):
                found[key] = self._cast(value, allowed[key], f"{place}: {key}")
            elif value is not None:
                found[key] = value
        return found

    def _cast(self, value: Any, wanted: str, place: str) -> Any:
        if wanted.startswith("tuple"):
            if not isinstance(value, list):
                self.problems.append(f"{place} must be a list")
                return ()
            return tuple(map(str, value))
        if wanted == "bool":
            if not isinstance(value, bool):
                self.problems.append(f"{place} must be true or false")
            return value
        if wanted == "str":
            if isinstance(value, list | dict) or not str(value).strip():
                self.problems.append(f"{place} must be a text")
            return str(value)
        return value

    def among(self, values: tuple[str, ...], allowed: tuple[str, ...], place: str) -> None:
        for value in values:
            if value not in allowed:
                self.problems.append(f"{place} is {value!r}, allowed: {', '.join(allowed)}")


def made(given: Any, path: str) -> CardSchema:
    """Make a template of what a file holds; `CodebookError` lists every problem."""
    reading = _Reading()
    head = reading.take(given, "the file", CardSchema)
    rows = head.pop("fields", None)
    if not isinstance(rows, list) or not rows:
        reading.problems.append("fields must be a list of at least one field")
        rows = []
    if len(rows) > MOST_FIELDS:
        reading.problems.append(f"{len(rows)} fields; a card has at most {MOST_FIELDS}")
    for name in ("template", "name_ru", "name_en"):
        if name not in head:
            reading.problems.append(f"{name} is missing")
    reading.among((head.get("of", "persona"),), OWNERS, "of")
    found = [_field(reading, row, number) for number, row in enumerate(rows, start=1)]
    names = [one.field for one in found]
    reading.problems += [
        f"field {n!r} stands twice" for n in sorted({*names}) if names.count(n) > 1
    ]
    if reading.problems:
        raise CodebookError(f"{path}: {'; '.join(reading.problems)}")
    return CardSchema(fields=tuple(found), **head)


def _field(reading: _Reading, given: Any, number: int) -> CardField:
    name = given.get("field", "?") if isinstance(given, Mapping) else "?"
    place = f"field {number} ({name})"
    row = reading.take(given, place, CardField)
    for wanted in ("field", "name_ru", "name_en"):
        if wanted not in row:
            reading.problems.append(f"{place}: {wanted} is missing")
            row[wanted] = "?"
    if row["field"] != "?" and not _SLUG.fullmatch(row["field"]):
        reading.problems.append(f"{place}: field must be small latin letters, digits and _")
    rules = row.pop("rules", [])
    if not isinstance(rules, list):
        reading.problems.append(f"{place}: rules must be a list")
        rules = []
    row["rules"] = tuple(
        _rule(reading, rule, f"{place}, rule {i}") for i, rule in enumerate(rules, 1)
    )
    made_field = CardField(**row)
    reading.among((made_field.type,), TYPES, f"{place}: type")
    if made_field.type in ("status", "choice") and not made_field.options:
        reading.problems.append(f"{place}: a {made_field.type} needs options")
    if made_field.default is not None and made_field.type in TYPES:
        problem = made_field.check(made_field.default)[1]
        reading.problems += [f"{place}: default {problem}"] if problem else []
    return made_field


def _rule(reading: _Reading, given: Any, place: str) -> Rule:
    rule = Rule(**reading.take(given, place, Rule))
    reading.among(rule.kinds, CODE_KINDS, f"{place}: kinds")
    reading.among(rule.channels, (*CHANNELS, _NONE), f"{place}: channels")
    reading.among(rule.ownerships, (*OWNERSHIPS, _NONE), f"{place}: ownerships")
    if rule == Rule(asks=rule.asks, besides=rule.besides):
        reading.problems.append(f"{place} takes everything; name kinds, schemes or codes")
    return rule
