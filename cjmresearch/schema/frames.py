"""Frames against the contract: build, cast and check them; list all problems at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from cjmresearch.errors import SchemaError
from cjmresearch.schema.columns import Column, Table
from cjmresearch.schema.tables import TABLES


def table(name: str) -> Table:
    """Describe one table; `SchemaError` names the known ones."""
    if name not in TABLES:
        raise SchemaError(name, [f"no such table; known: {', '.join(TABLES)}"])
    return TABLES[name]


def empty(name: str) -> pd.DataFrame:
    """Make a frame of a table with its columns and dtypes and no rows."""
    return pd.DataFrame({c.name: pd.Series([], dtype=c.dtype) for c in table(name).columns})


def frame(name: str, rows: Iterable[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Make a checked frame of rows: nullable columns that are absent are filled, dtypes are set.

    Columns that the table doesn't have are an error, as is everything that `check` finds.
    """
    spec = table(name)
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    if given.empty and not len(given.columns):
        return empty(name)
    unknown = [c for c in given.columns if c not in spec.names]
    missing = [c.name for c in spec.columns if c.name not in given.columns and not c.nullable]
    problems = [f"unknown column {c!r}" for c in unknown]
    problems += [f"missing column {c!r}" for c in missing]
    if problems:
        raise SchemaError(name, problems)
    result = pd.DataFrame(index=pd.RangeIndex(len(given)))
    for column in spec.columns:
        result[column.name], trouble = _cast(column, given.get(column.name), len(given))
        problems += trouble
    if problems:
        raise SchemaError(name, problems)
    return check(result, name)


def _cast(column: Column, values: pd.Series | None, length: int) -> tuple[pd.Series, list[str]]:
    if values is None:
        return pd.Series([None] * length, dtype=column.dtype), []
    values = values.reset_index(drop=True)
    if column.kind == "json":
        values = values.map(
            lambda v: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)
        )
    if column.dtype == "int64" and values.isna().any():
        return values, [f"{column.name}: row {_first(values.isna())} is missing"]
    try:
        if column.kind == "time":
            return pd.to_datetime(values, utc=True).astype(column.dtype), []
        if column.dtype == "str":
            return values.astype(object).where(values.notna(), None).astype("str"), []
        return values.astype(column.dtype), []
    except (TypeError, ValueError) as error:
        return values, [f"{column.name}: not {column.dtype} ({error})"]


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the frame unchanged if it obeys the table's contract.

    `SchemaError` lists every problem at once: missing or unknown columns, wrong dtypes, missing
    values, values out of their range or set, doubled keys, spans that end before they start.
    Relations between tables are checked by `check_relations`.
    """
    spec = table(name)
    problems = [f"missing column {c!r}" for c in spec.names if c not in frame.columns]
    problems += [f"unknown column {c!r}" for c in frame.columns if c not in spec.names]
    for column in spec.columns:
        if column.name in frame.columns:
            problems += _column_problems(column, frame[column.name])
    if not problems:
        problems += _row_problems(spec, frame)
    if problems:
        raise SchemaError(name, problems)
    return frame


def _first(mask: pd.Series) -> int:
    return int(mask.to_numpy(dtype=bool, na_value=False).argmax())


def _column_problems(column: Column, values: pd.Series) -> list[str]:
    if str(values.dtype) != column.dtype:
        return [f"{column.name}: dtype {values.dtype}, expected {column.dtype}"]
    absent = values.isna()
    problems = []
    if absent.any() and not column.nullable:
        problems.append(f"{column.name}: row {_first(absent)} is missing")
    if column.allowed:
        bad = ~values.isin(column.allowed) & ~absent
        if bad.any():
            row = _first(bad)
            allowed = ", ".join(column.allowed)
            problems.append(f"{column.name}: row {row} is {values.iloc[row]!r}, allowed: {allowed}")
    for bound, beyond in ((column.low, "lt"), (column.high, "gt")):
        if bound is not None:
            bad = getattr(values, beyond)(bound).fillna(False)
            if bad.any():
                row = _first(bad)
                word = "below" if beyond == "lt" else "above"
                problems.append(f"{column.name}: row {row} is {values.iloc[row]}, {word} {bound:g}")
    return problems


def _row_problems(spec: Table, frame: pd.DataFrame) -> list[str]:
    problems = []
    doubled = frame.duplicated(list(spec.key))
    if doubled.any():
        key = ", ".join(str(frame[k].iloc[_first(doubled)]) for k in spec.key)
        problems.append(f"{', '.join(spec.key)}: {key} stands twice (row {_first(doubled)})")
    if {"start", "end"} <= set(spec.names):
        backward = frame["end"] < frame["start"]
        if backward.any():
            row = _first(backward)
            problems.append(f"end: row {row} ends at {frame['end'].iloc[row]} before its start")
    return problems


def check_relations(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """List problems between tables: ids that refer to nothing. An empty list is good."""
    problems = []
    for name, frame_ in frames.items():
        for column in table(name).columns:
            if column.ref is None or column.name not in frame_.columns:
                continue
            target, target_column = column.ref.split(".")
            if target not in frames:
                continue
            values = frame_[column.name].dropna()
            orphans = values[~values.isin(frames[target][target_column])]
            if len(orphans):
                problems.append(
                    f"{name}.{column.name}: {orphans.iloc[0]!r} is not in {column.ref}"
                    + (f" (and {len(orphans) - 1} more)" if len(orphans) > 1 else "")
                )
    return problems
