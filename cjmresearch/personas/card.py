"""One card of a persona by a template: every line with its people, its quotes, or as a guess."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch.codebooks import templates
from cjmresearch.codebooks.templates import CardField, CardSchema
from cjmresearch.errors import CjmError
from cjmresearch.personas import people as people_
from cjmresearch.personas.groups import plain
from cjmresearch.personas.length import journey_length, length_words
from cjmresearch.personas.lines import EVIDENCE, HIDDEN, Said, frame_of
from cjmresearch.schema import Study
from cjmresearch.wording import word

COLUMNS = (
    *("section", "section_ru", "section_en", "field", "value", "name_ru", "name_en"),
    *("n_participants", "of_participants", "coding_ids", "source", "status"),
    *("quote", "participant", "machine_share"),
)
_OTHER = ("other", "Прочее", "Other")
_FRAME = ("Кто это", "Who it is")
_HIDDEN = {
    "ru": "скрыто: меньше трёх человек с одним значением",
    "en": "hidden: fewer than three people share a value",
}
_MEDIAN = {"ru": "медиана {value}", "en": "median {value}"}


def card(
    study: Study,
    persona_id: str,
    *,
    template: str | Path | CardSchema = "persona7",
    include: str = "human",
    model: str | None = None,
    language: str = "ru",
) -> pd.DataFrame:
    """Fill in the card of a persona: what its people said, who they are, what was written.

    A value of a trait that fewer than three people share is hidden: it could point at one of
    them. Quotes of those who refused are withheld, people are called by their pseudonyms.

    Parameters
    ----------
    study
        Frozen frames of a project with personas and memberships.
    persona_id
        Id or name of a persona.
    template
        `persona7`, `portrait`, or the path of a `.yaml` file of your own (see
        `codebooks.templates`); it says which codes fill which field.
    include
        `human` or `suggested`, as in `aggregate.observations`.
    model
        Journey model; default is the study's.
    language
        Of the words in `value`, `ru` or `en`.

    Returns
    -------
    DataFrame
        One row a line, in the order of the template: section (slug, with section_ru, section_en),
        field (slug of the code, name of the trait, or field of the template), value (text; missing
        where the name of a code says it all), name_ru, name_en, n_participants (Int64, missing for
        what is written without codings, and where hidden), of_participants (Int64), coding_ids
        (tuple), source (kinds of sources, or what was given), status {evidence, hypothesis,
        hidden}, quote and participant (pseudonym; missing where withheld), machine_share (float).
        A field that nothing fills has no line.
    """
    word("of", language)
    schema = templates.load(template)
    if schema.of != "persona":
        raise CjmError(
            f"template {schema.template}: is of a {schema.of}; of a persona are persona7, portrait"
        )
    owner = people_.named(study, persona_id)
    said = Said.by(study, owner, include=include, model=model)
    table = people_.attributes(study).reindex(said.people["participant_id"])
    entries = said.entries(owner, schema.fields)
    rows: list[dict[str, Any]] = []
    for field in schema.fields:
        given = [row for row in entries if row["field"] == field.field]
        made = given + said.lines(field)
        made += _traits(field, schema.fields, table, language)
        made += _special(field, study, owner, language, filled=bool(given))
        rows += [row | _section(field) for row in made]
    known = {field.field for field in schema.fields}
    names = dict(zip(("section", "section_ru", "section_en"), _OTHER, strict=True))
    rows += [row | names for row in entries if row["field"] not in known]
    return frame_of(rows, COLUMNS)


def _section(field: CardField) -> dict[str, str]:
    if not field.section:
        section = (field.field, field.name_ru, field.name_en)
    else:
        section = (field.section, *_FRAME)
    return dict(zip(("section", "section_ru", "section_en"), section, strict=True))


def _special(
    field: CardField, study: Study, owner: str, language: str, *, filled: bool
) -> list[dict[str, Any]]:
    """Fill in what the project knows by itself: the name, and the length of the journey."""
    names = {"field": field.field, "name_ru": field.name_ru, "name_en": field.name_en}
    if field.field == "name" and not filled:
        name = study.personas.set_index("persona_id").loc[owner, "name"]
        return [{**names, "value": str(name), "status": EVIDENCE}]
    if field.field != "journey_length":
        return []
    for unit in ("days", "stages"):
        found = journey_length(study, persona=owner, unit=unit)
        if found["n_participants"]:
            counts = {k: found[k] for k in ("n_participants", "of_participants")}
            value = length_words(found, language)
            return [{**names, "value": value, "status": EVIDENCE, **counts}]
    return []


def _traits(
    field: CardField, fields: Sequence[CardField], table: pd.DataFrame, language: str
) -> list[dict[str, Any]]:
    """Say traits of the members; what fewer than three share is hidden, and the line says so."""
    claimed = {trait for other in fields for trait in other.traits}
    wanted = [trait for trait in field.traits if trait in table]
    if "*" in field.traits:
        wanted += [trait for trait in table if trait not in claimed and not _personal(trait)]
    found = []
    for trait in wanted:
        values = table[trait].dropna()
        if values.empty:
            continue
        own = "*" in field.traits
        name_ru, name_en = people_.NAMES.get(trait, (trait, trait))
        names = {
            "field": trait,
            "name_ru": name_ru if own else field.name_ru,
            "name_en": name_en if own else field.name_en,
            "of_participants": len(table),
        }
        found += [{**names, **line} for line in _values(values, language)]
    return found


def _personal(trait: str) -> bool:
    return trait in templates.personal_fields()


def _values(values: pd.Series, language: str) -> list[dict[str, Any]]:
    """Lines of one trait: numbers by their median, words by their counts."""
    numbers = pd.to_numeric(values, errors="coerce")
    if numbers.notna().all() and len(numbers) >= people_.LEAST_PEOPLE and numbers.nunique() > 1:
        median = f"{numbers.median():g}"
        median = median.replace(".", ",") if language == "ru" else median
        value = _MEDIAN[language].format(value=median)
        return [{"value": value, "n_participants": len(numbers), "status": EVIDENCE}]
    counts = values.map(plain).value_counts()
    shown = _enough(counts)
    lines: list[dict[str, Any]] = [
        {"value": str(value), "n_participants": int(n), "status": EVIDENCE}
        for value, n in shown.items()
    ]
    if len(shown) < len(counts):
        lines.append({"value": _HIDDEN[language], "n_participants": None, "status": HIDDEN})
    return lines


def _enough(counts: pd.Series) -> pd.Series:
    """Keep values that enough people share; those hidden together have to be enough, too.

    Else a subtraction would tell the hidden ones: of six people, four are loyal, so two are not.
    """
    shown = counts[counts >= people_.LEAST_PEOPLE]
    while len(shown) and 0 < counts.sum() - shown.sum() < people_.LEAST_PEOPLE:
        shown = shown.iloc[:-1]
    return shown
