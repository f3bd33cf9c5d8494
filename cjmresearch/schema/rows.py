"""One row against the contract, without a frame: what an act on one coding can afford."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from numbers import Integral, Real
from typing import Any

from cjmresearch.errors import SchemaError
from cjmresearch.schema.columns import Column
from cjmresearch.schema.frames import table


def row(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Check one row of a table and give it as plain str, int, float, bool or None.

    The rules are those of `frame` and `check`; numbers are taken as they are meant, so that half
    of a whole number is refused. `SchemaError` lists every problem at once. Times are ISO 8601
    in UTC with microseconds, as the store keeps them.
    """
    spec = table(name)
    problems = [f"unknown column {c!r}" for c in values if c not in spec.names]
    found: dict[str, Any] = {}
    for column in spec.columns:
        if column.name not in values and not column.nullable:
            problems.append(f"missing column {column.name!r}")
            continue
        try:
            found[column.name] = _CAST[column.kind](values.get(column.name))
        except (TypeError, ValueError):
            problems.append(f"{column.name}: {values[column.name]!r} is not {column.dtype}")
            continue
        problems += _problems(column, found[column.name])
    if not problems and {"start", "end"} <= set(spec.names) and found["end"] < found["start"]:
        problems.append(f"end: {found['end']} is before its start")
    if problems:
        raise SchemaError(name, problems)
    return found


def _problems(column: Column, value: Any) -> list[str]:
    if value is None:
        return [] if column.nullable else [f"{column.name} is missing"]
    if column.allowed and value not in column.allowed:
        return [f"{column.name} is {value!r}, allowed: {', '.join(column.allowed)}"]
    if column.low is not None and value < column.low:
        return [f"{column.name} is {value}, below {column.low:g}"]
    if column.high is not None and value > column.high:
        return [f"{column.name} is {value}, above {column.high:g}"]
    return []


def _missing(value: Any) -> bool:
    return value is None or (not isinstance(value, str) and value != value)  # NaN and NaT


def _text(value: Any) -> str | None:
    return None if _missing(value) else str(value)


def _json(value: Any) -> str | None:
    if _missing(value):
        return None
    return str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _whole(value: Any) -> int | None:
    if _missing(value):
        return None
    if isinstance(value, Integral) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise ValueError


def _number(value: Any) -> float | None:
    if _missing(value):
        return None
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError
    return float(value)


def _truth(value: Any) -> bool | None:
    if _missing(value):
        return None
    if value not in (True, False):
        raise ValueError
    return bool(value)


def _time(value: Any) -> str | None:
    if _missing(value):
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(moment, datetime):
        raise TypeError
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


_CAST: dict[str, Callable[[Any], Any]] = {
    "id": _text,
    "str": _text,
    "json": _json,
    "int": _whole,
    "float": _number,
    "bool": _truth,
    "time": _time,
}
