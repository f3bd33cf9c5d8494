"""The map of a survey's questions: written as YAML, corrected by hand, read with the next wave."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
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
COLUMN = "column"
"""Name of the column in the file, by which a question is known when its words have changed."""
_NUMBERS = ("scale_min", "scale_max")
_FLAGS = ("higher_is_better", "pii")
_SCALED = ("metric", *_NUMBERS, "higher_is_better")
_NUMBERING = re.compile(r"^(?:q|question|в|вопрос)?\s*№?\s*\d+\s*[a-zа-я]?\d*\s*[.):]\s+")
_HEAD = f"""\
# What each question asks. Correct it, keep it, and read the next wave with it:
#   read.survey("wave2.csv", questions=Path("this file"))
# type: {", ".join(schema.QUESTION_TYPES)}; metric: {", ".join(schema.METRICS)}
# stage and touchpoint: slugs of the project, e.g. b2b8:use, touchpoints:website
# pii: true leaves the column out; higher_is_better: false turns the scale round
# column: name in the file, by which the question is found when its words have changed
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

    if isinstance(survey, pd.DataFrame):
        entries = _fields(survey)
    else:
        entries = _fields(survey.questions)
        for text, column in zip(survey.questions["text"], survey.keys, strict=True):
            if column != text:
                entries[str(text)][COLUMN] = column
    return _HEAD + yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=96)


def _fields(asked: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Entries of a map; a scale says also what it lacks, so that the next wave lacks it too."""
    result = {}
    for row in schema.check(asked, "questions").to_dict("records"):
        blank = {name for name in FIELDS if pd.isna(row[name])}
        kept = [f for f in FIELDS if f not in blank or (row["type"] == "scale" and f in _SCALED)]
        result[str(row["text"])] = {
            name: None if name in blank else bool(row[name]) if name in _FLAGS else row[name]
            for name in kept
        }
    return result


def overrides(
    path: Path, table: Table, given: Corrections | pd.DataFrame | Path | None
) -> tuple[dict[str, Mapping[str, Any]], list[str]]:
    """Corrections by the words of the question, and what a map and the file don't share.

    In corrections given by hand an unknown column is an error. A map outlives its first wave: its
    questions are found by their words, by the name of their column, or by words that differ in
    case, punctuation or numbering only, wherever the columns stand.
    """
    if given is None:
        return {}, []
    wanted, where = _wanted(path, given)
    for name, fields in wanted.items():
        _check(where, name, fields)
    by_key = {column.key: column.text for column in table.columns}
    if isinstance(given, Mapping):
        for name in wanted:
            if name not in table.header and name not in by_key:
                columns = ", ".join(repr(c) for c in table.header)
                raise ReadError(path, f"no column {name!r} to correct; the file has {columns}")
        places = {name: name if name in table.header else by_key[name] for name in wanted}
        return {places[name]: _said(fields) for name, fields in wanted.items()}, []
    places = _places(wanted, table.header, by_key)
    found: dict[str, Mapping[str, Any]] = {t: _said(wanted[n]) for n, t in places.items()}
    return found, list(_remarks(wanted, table.header, places))


def _wanted(path: Path, given: Corrections | pd.DataFrame | Path) -> tuple[Corrections, Path]:
    """Entries, and the file to name where one is wrong."""
    if isinstance(given, pd.DataFrame):
        return _fields(given), path
    if isinstance(given, Mapping):
        return given, path
    return load_map(Path(given)), Path(given)


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != COLUMN}


def _places(
    wanted: Corrections, header: Sequence[str], by_key: Mapping[str, str]
) -> dict[str, str]:
    """Where the questions of a map are in a file: the surest way first, no column twice."""
    places = {name: name for name in wanted if name in header}
    for name, fields in wanted.items():
        text = by_key.get(str(fields.get(COLUMN, name)))
        if name not in places and text is not None and text not in places.values():
            places[name] = text
    for folded in (_folded, _unnumbered):
        rest = [name for name in wanted if name not in places]
        free = [text for text in header if text not in places.values()]
        there = _once(free, folded)
        places |= {
            name: there[words] for words, name in _once(rest, folded).items() if words in there
        }
    return places


def _once(names: Sequence[str], folded: Callable[[str], str]) -> dict[str, str]:
    """Names by their folded words, without those that two share or that have none."""
    counts = Counter(map(folded, names))
    return {folded(n): n for n in names if counts[folded(n)] == 1 and folded(n)}


def _folded(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold().replace("ё", "е")))


def _unnumbered(text: str) -> str:
    return _folded(_NUMBERING.sub("", text.strip().casefold()))


def _remarks(
    wanted: Corrections, header: Sequence[str], places: Mapping[str, str]
) -> Iterator[str]:
    """Say what a map and a file don't share, and what goes by other words."""
    new = [text for text in header if text not in places.values()]
    gone = [name for name in wanted if name not in places]
    for what, names in (
        ("new, not in the question map, told by their cells", new),
        ("in the question map, but not in this file", gone),
    ):
        if names:
            yield f"{what}: {', '.join(map(repr, names))}"
    renamed = [f"{name!r} is {text!r} here" for name, text in places.items() if name != text]
    if renamed:
        yield f"other words than in the question map: {'; '.join(renamed)}"


def load_map(path: Path) -> Corrections:
    """Read the file of a map; `ReadError` where it is none."""
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
        if key not in (*FIELDS, COLUMN):
            raise ReadError(path, f"{name!r}: no {key!r}; allowed: {', '.join(FIELDS)}")
        if value is None or key == COLUMN:
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
