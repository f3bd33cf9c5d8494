"""The map of a survey's questions: written as YAML, corrected by hand, read with the next wave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError
from cjmresearch.read.columnar import Table
from cjmresearch.read.decode import load

if TYPE_CHECKING:
    from cjmresearch.read.surveys import Survey

FIELDS = (
    "type", "metric", "scale_min", "scale_max", "higher_is_better", "stage", "touchpoint", "pii",
)  # fmt: skip
_NUMBERS = ("scale_min", "scale_max")
_FLAGS = ("higher_is_better", "pii")
_HEAD = f"""\
# What each question asks. Correct it, keep it, and read the next wave with it:
#   read.survey("wave2.csv", questions=Path("this file"))
# type: {", ".join(schema.QUESTION_TYPES)}; metric: {", ".join(schema.METRICS)}
# stage and touchpoint: slugs of the project, e.g. b2b8:use, touchpoints:website
# pii: true leaves the column out; higher_is_better: false turns the scale round
"""

Corrections = Mapping[str, Mapping[str, Any]]


def question_map(survey: Survey | pd.DataFrame) -> str:
    """Write what each question asks as YAML text, to be edited and given to `survey(questions=…)`.

    Parameters
    ----------
    survey
        A survey, or its `questions` [questions], edited.

    Returns
    -------
    str
        One entry a question by its words: type, pii and whatever is known of metric, scale_min,
        scale_max, higher_is_better, stage, touchpoint.
    """
    import yaml

    asked = survey if isinstance(survey, pd.DataFrame) else survey.questions
    return _HEAD + yaml.safe_dump(_fields(asked), allow_unicode=True, sort_keys=False, width=96)


def _fields(asked: pd.DataFrame) -> dict[str, dict[str, Any]]:
    result = {}
    for row in schema.check(asked, "questions").to_dict("records"):
        known = {name: row[name] for name in FIELDS if not pd.isna(row[name])}
        result[str(row["text"])] = {
            name: bool(value) if name in _FLAGS else value for name, value in known.items()
        }
    return result


def overrides(
    path: Path, table: Table, given: Corrections | pd.DataFrame | Path | None
) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """Corrections by the words of the question, and what a map and the file don't share.

    In corrections given by hand an unknown column is an error; a map outlives its first wave.
    """
    if given is None:
        return {}, []
    remembered = not isinstance(given, Mapping)
    if isinstance(given, pd.DataFrame):
        wanted: Corrections = _fields(given)
        where = path
    elif isinstance(given, Mapping):
        wanted, where = given, path
    else:
        wanted, where = _load(Path(given)), Path(given)
    by_key = {column.key: column.text for column in table.columns}
    found: dict[str, Mapping[str, Any]] = {}
    gone = []
    for name, fields in wanted.items():
        _check(where, name, fields)
        text = name if name in table.header else by_key.get(name)
        if text is not None:
            found[text] = fields
        elif remembered:
            gone.append(name)
        else:
            columns = ", ".join(repr(c) for c in table.header)
            raise ReadError(path, f"no column {name!r} to correct; the file has {columns}")
    new = [name for name in table.header if name not in found] if remembered else []
    remarks = [
        f"{what}: {', '.join(map(repr, names))}"
        for what, names in (
            ("new, not in the question map, told by their cells", new),
            ("in the question map, but not in this file", gone),
        )
        if names
    ]
    return found, remarks


def _load(path: Path) -> Corrections:
    import yaml

    try:
        read = yaml.safe_load(load(path).decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ReadError(path, f"is no YAML ({' '.join(str(error).split())[:120]})") from None
    if not isinstance(read, dict) or not all(isinstance(f, dict) for f in read.values()):
        raise ReadError(path, "is no question map; write one with `read.question_map(survey)`")
    return {str(name): fields for name, fields in read.items()}


def _check(path: Path, name: str, fields: Mapping[str, Any]) -> None:
    allowed = {"type": schema.QUESTION_TYPES, "metric": schema.METRICS}
    for key, value in fields.items():
        if key not in FIELDS:
            raise ReadError(path, f"{name!r}: no {key!r}; allowed: {', '.join(FIELDS)}")
        if value is None:
            continue
        if key in allowed and value not in allowed[key]:
            known = ", ".join(allowed[key])
            raise ReadError(path, f"{name!r}: no {key} {value!r}; allowed: {known}")
        if key in _NUMBERS and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ReadError(path, f"{name!r}: {key} is {value!r}; give a number")
        if key in _FLAGS and not isinstance(value, bool):
            raise ReadError(path, f"{name!r}: {key} is {value!r}; give true or false")
        if key in ("stage", "touchpoint") and not isinstance(value, str):
            raise ReadError(path, f"{name!r}: {key} is {value!r}; give the slug of a code")
    low, high = fields.get("scale_min"), fields.get("scale_max")
    if low is not None and high is not None and low >= high:
        raise ReadError(path, f"{name!r}: the scale runs from {low} to {high}; turn it round")
