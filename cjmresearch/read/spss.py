"""SPSS files (.sav, .zsav): value labels become words or scales, user-missing values no answers."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.errors import ReadError
from cjmresearch.read import container
from cjmresearch.read.choices import SEPARATOR
from cjmresearch.read.columnar import Table, column_of, letter
from cjmresearch.read.decode import tidy
from cjmresearch.read.exports import Column
from cjmresearch.read.tables import as_text

_MAGIC = (b"$FL2", b"$FL3")
_WESTERN = re.compile(r"1252|8859-?1\b|latin|us-ascii", re.IGNORECASE)
_MOJIBAKE = re.compile(r"[À-ÿ¨¸]{3}")
_META = (
    "column_names", "column_names_to_labels", "variable_value_labels", "missing_ranges",
    "variable_measure", "mr_sets",
)  # fmt: skip
_POINTS = (3, 11)


def recognises(data: bytes) -> bool:
    """Tell an SPSS system file by its first bytes."""
    return data.startswith(_MAGIC)


def read(path: Path, data: bytes) -> Table:
    """Read variables as columns; their labels are the words of the questions."""
    frame, answered, meta, encoding = _apart(path)
    if not len(frame):
        raise ReadError(path, "variables, but no cases; export it again")
    labels = meta.variable_value_labels
    columns, cells, odd = [], {}, []
    for name in meta.column_names:
        words = " ".join(tidy(meta.column_names_to_labels.get(name) or name).split()) or name
        text = words if words not in cells else f"{words} ({name})"
        column, series, unlabelled = _column(
            answered[name],
            _valid(labels.get(name, {}), meta.missing_ranges.get(name, ())),
            meta.variable_measure.get(name, "unknown"),
        )
        columns.append(Column(text, name, scale=column))
        cells[text] = series
        odd += [name] if unlabelled else []
    letters = tuple(letter(i) for i in range(len(columns)))
    table = Table(
        "SPSS",
        encoding or "utf-8",
        tuple(columns),
        pd.DataFrame(cells),
        np.arange(1, len(frame) + 1),
        letters,
        _warnings(encoding, odd),
        _missing(frame, answered),
    )
    return _with_sets(table, answered, meta)


def _with_sets(table: Table, answered: pd.DataFrame, meta: Any) -> Table:
    """Join the variables of every multiple-response set into one question."""
    known = {name.casefold(): name for name in answered.columns}
    place = {column.key: at for at, column in enumerate(table.columns)}
    joined: dict[int, tuple[Column, pd.Series]] = {}
    gone: set[int] = set()
    names = set(table.header)
    for name, about in (meta.mr_sets or {}).items():
        inside = [known[v.casefold()] for v in about["variable_list"] if v.casefold() in known]
        if len(inside) < 2 or gone & {place[v] for v in inside}:
            continue
        at = min(place[v] for v in inside)
        words = " ".join(tidy(about["label"] or "").split()) or name
        text = words if words not in names else f"{words} ({name})"
        names.add(text)
        cells = _ticked(table, answered, [place[v] for v in inside], about["counted_value"])
        joined[at] = Column(text, name, type="multiple"), cells
        gone |= {place[v] for v in inside}
    if not joined:
        return table
    kept = [i for i in range(len(table.columns)) if i in joined or i not in gone]
    columns = [joined[i][0] if i in joined else table.columns[i] for i in kept]
    cells = {
        column.text: joined[i][1] if i in joined else table.cells[column.text]
        for i, column in zip(kept, columns, strict=True)
    }
    listed = ", ".join(repr(column.text) for column, _ in joined.values())
    said = f"{len(gone)} variables joined into {len(joined)} multiple-response sets: {listed}"
    return replace(
        table,
        columns=tuple(columns),
        cells=pd.DataFrame(cells),
        letters=tuple(table.letters[i] for i in kept),
        warnings=(*table.warnings, said),
    )


def _ticked(
    table: Table, answered: pd.DataFrame, places: Sequence[int], counted: object
) -> pd.Series:
    """Options that each case chose: variables with the counted value, or the words of values."""
    options = []
    for at in places:
        column = table.columns[at]
        if counted is None:
            options.append(table.cells[column.text].astype(object))
            continue
        same = answered[column.key].map(_text) == _text(counted)
        options.append(pd.Series([column.text if chosen else None for chosen in same]))
    rows = zip(*options, strict=True)
    return column_of(
        SEPARATOR.join(dict.fromkeys(str(o) for o in row if not pd.isna(o))) for row in rows
    )


_Both = tuple[pd.DataFrame, pd.DataFrame, SimpleNamespace, str | None]
"""With and without the values declared missing, what describes them, the encoding if corrected."""


def _apart(path: Path) -> _Both:
    """Read in a process of its own: the library in C may fall over a damaged file."""
    places = os.pathsep.join(map(os.path.abspath, sys.path))
    done = subprocess.run(  # noqa: S603 - our own interpreter and code; the path is an argument
        [sys.executable, "-c", "from cjmresearch.read import spss; spss.serve()", str(path)],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONPATH": places},
    )
    if done.returncode:
        raise ReadError(path, "the SPSS file is damaged (its reader fell over it); save it anew")
    both: _Both | str = pickle.loads(done.stdout)  # noqa: S301 - written by `serve`
    if isinstance(both, str):
        raise ReadError(path, both)
    return both


def serve() -> None:
    """Read the file that the command line names, and write what came of it to standard output."""
    path = Path(sys.argv[1])
    both: _Both | str
    try:
        frame, meta, encoding = _load(path)
        answered, _, _ = _load(path, user_missing=False, encoding=encoding)
        both = frame, answered, SimpleNamespace(**{n: getattr(meta, n) for n in _META}), encoding
    except ReadError as error:
        both = str(error).removeprefix(f"{path}: ")
    sys.stdout.buffer.write(pickle.dumps(both))


def _load(
    path: Path, *, user_missing: bool = True, encoding: str | None = None
) -> tuple[pd.DataFrame, Any, str | None]:
    """Read with the declared encoding, and with cp1251 where that makes words of gibberish."""
    try:
        import pyreadstat
    except ImportError:
        raise ReadError(
            path, "SPSS files need pyreadstat; install it: pip install 'cjmresearch[spss]'"
        ) from None

    def attempt(as_: str | None) -> tuple[pd.DataFrame, Any]:
        return pyreadstat.read_sav(str(path), encoding=as_, user_missing=user_missing)

    try:
        if encoding:
            return *attempt(encoding), encoding
        try:
            frame, meta = attempt(None)
        except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
            if "encod" not in str(error).lower() and "convert" not in str(error).lower():
                raise
            return *attempt("CP1251"), "cp1251"
        if _is_gibberish(meta):
            return *attempt("CP1251"), "cp1251"
        return frame, meta, None
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, *container.DAMAGED) as error:
        raise ReadError(
            path, f"the SPSS file is damaged ({container.brief(error)}); save it anew"
        ) from None


def _is_gibberish(meta: Any) -> bool:
    """Cyrillic that was read as Western European letters: `Ïîë`."""
    said = " ".join(
        [*(label or "" for label in meta.column_names_to_labels.values())]
        + [str(v) for labels in meta.variable_value_labels.values() for v in labels.values()]
    )
    western = meta.file_encoding is None or _WESTERN.search(meta.file_encoding)
    return bool(western) and len(_MOJIBAKE.findall(said)) > 0


def _valid(labels: Mapping[Any, str], missing: Iterable[Mapping[str, Any]]) -> dict[Any, str]:
    """Leave out labels of values that are declared missing."""
    ranges = [(gone["lo"], gone["hi"]) for gone in missing]

    def is_missing(code: object) -> bool:
        return any(isinstance(code, type(low)) and low <= code <= high for low, high in ranges)

    return {code: label for code, label in labels.items() if not is_missing(code)}


def _column(
    values: pd.Series, labels: Mapping[Any, str], measure: str
) -> tuple[tuple[float, float] | None, pd.Series, bool]:
    """Range of a scale or None, cells as text, whether some value of a labelled list has no label.

    Labelled numbers are words, unless they are points of a scale: the variable is ordinal or
    metric, and the labels are whole numbers in a row, or stand at the ends alone.
    """
    numeric = pd.api.types.is_numeric_dtype(values)
    scale = _scale(values, labels, measure) if numeric and labels else None
    words = {k: " ".join(tidy(str(v)).split()) for k, v in labels.items()}
    if scale is not None:
        words = {k: f"{_text(k)} - {v}" for k, v in words.items()}
    if labels:
        named = values.map(words)
        unlabelled = bool((named.isna() & values.notna() & (values != "")).any())
        written = named.where(named.notna(), values.map(_text))
        return scale, _as_cells(written), unlabelled and scale is None
    return None, _as_cells(values.map(_text)), False


def _scale(
    values: pd.Series, labels: Mapping[Any, str], measure: str
) -> tuple[float, float] | None:
    codes = sorted(float(code) for code in labels if isinstance(code, int | float))
    seen = values.dropna()
    if measure == "nominal" or len(codes) < 2 or seen.empty:
        return None
    low, high = codes[0], codes[-1]
    whole = all(code.is_integer() for code in codes) and bool((seen == seen.round()).all())
    points = high - low + 1
    inside = bool(seen.between(low, high).all()) and _POINTS[0] <= points <= _POINTS[1]
    ends_only = len(codes) < points
    named = all(str(label)[:1].isalpha() for label in labels.values())
    return (
        (low, high) if named and whole and inside and (ends_only or measure == "ordinal") else None
    )


def _text(value: object) -> str:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    return "" if pd.isna(value) else as_text(value)


def _as_cells(written: pd.Series) -> pd.Series:
    return column_of(written.astype(object).where(written.notna(), "").map(str))


def _missing(frame: pd.DataFrame, answered: pd.DataFrame) -> tuple[str, ...]:
    """Count the values that the file declares missing."""
    gone = (frame.notna() & answered.isna()).sum()
    gone = gone[gone > 0]
    if gone.empty:
        return ()
    names = ", ".join(f"{name} ({n})" for name, n in gone.items())
    return (f"{int(gone.sum())} values that the file declares missing: {names}",)


def _warnings(encoding: str | None, odd: list[str]) -> tuple[str, ...]:
    said = []
    if encoding:
        said.append("the file doesn't name its encoding truly; read as Windows-1251")
    if odd:
        said.append(
            f"values without a label among labelled ones, kept as numbers: {', '.join(odd)}"
        )
    return tuple(said)
