"""A guide on its way out to a survey tool, and as the map with which its answers are read."""

from __future__ import annotations

import csv
import io
import uuid
from pathlib import Path

import pandas as pd

from cjmresearch import journey, schema
from cjmresearch.errors import CjmError
from cjmresearch.guides.loading import LANGUAGES, Guide

_TOOL_COLUMNS = ("number", "block", "question", "type", "scale_min", "scale_max", "column")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def check_language(language: str) -> str:
    """Refuse a language that no guide has."""
    if language not in LANGUAGES:
        raise CjmError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
    return language


def as_questions(
    guide: Guide, *, model: str | Path | journey.Model = "b2b8", language: str = "ru"
) -> pd.DataFrame:
    """Give a guide as the questions of a survey, with the stages of a journey model.

    `read.survey(path, questions=as_questions(guide, model=...))` reads a survey that was made of
    the guide: the guide says type, scale, metric, stage and touchpoint of each column. A column is
    found by the words of its question, whatever their case, punctuation or numbering.

    Parameters
    ----------
    guide
        What `load` gives.
    model
        Scheme of a journey model, a file of your own, or what `journey.model` gives. A question
        whose place the model doesn't have gets no stage.
    language
        `ru` or `en`: the words in which it was asked.

    Returns
    -------
    DataFrame [questions]
        One row a question, in order.
    """
    check_language(language)
    walk = journey.crosswalk(journey.CANONICAL, model)
    place = walk["source"].str.removeprefix(f"{journey.CANONICAL}:")
    stages = dict(zip(place, walk["target"], strict=True))
    asked = guide.questions
    survey = str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:guide:{guide.name}"))
    columns = ("type", "metric", "scale_min", "scale_max", "higher_is_better", "touchpoint")
    frame = asked[list(columns)].assign(
        question_id=[str(uuid.uuid5(uuid.UUID(survey), slug)) for slug in asked["question"]],
        survey_id=survey,
        text=asked[f"text_{language}"],
        stage=asked["place"].map(stages),
        pii=False,
    )
    return schema.frame("questions", frame)


def write(guide: Guide, path: str | Path, *, language: str = "ru") -> Path:
    """Write the questions for a survey tool: `.csv`, a row a question, or `.yaml`.

    The YAML is a map of questions, as `read.question_map` writes one, without stages: these depend
    on the journey model. `column` of the CSV is a short name for the tool's column.
    """
    path = Path(path)
    check_language(language)
    endings = {".csv": _csv, ".yaml": _yaml, ".yml": _yaml}
    if path.suffix.lower() not in endings:
        raise CjmError(f"{path}: can't write {path.suffix or 'that'}; known: {', '.join(endings)}")
    if not path.parent.is_dir():
        raise CjmError(f"{path}: the folder {path.parent} does not exist; make it first")
    path.write_text(endings[path.suffix.lower()](guide, language), encoding="utf-8", newline="")
    return path


def _csv(guide: Guide, language: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_TOOL_COLUMNS)
    names = guide.blocks.set_index("block")[f"name_{language}"]
    for number, row in enumerate(guide.questions.to_dict("records"), start=1):
        ends = [f"{row[end]:g}" if pd.notna(row[end]) else "" for end in ("scale_min", "scale_max")]
        words = [_guarded(text) for text in (names[row["block"]], row[f"text_{language}"])]
        writer.writerow([number, *words, row["type"], *ends, row["question"]])
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + out.getvalue()  # a spreadsheet needs the mark


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _yaml(guide: Guide, language: str) -> str:
    import yaml

    entries = {}
    for row in guide.questions.to_dict("records"):
        fields = ("type", "metric", "scale_min", "scale_max", "higher_is_better", "touchpoint")
        known = {name: row[name] for name in fields if pd.notna(row[name])}
        if "higher_is_better" in known:
            known["higher_is_better"] = bool(known["higher_is_better"])
        entries[row[f"text_{language}"]] = known | {"column": row["question"]}
    return yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=96)
