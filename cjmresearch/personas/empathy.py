"""Empathy maps: what a persona hears, sees, thinks, says, where it hurts, what it values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch.codebooks import templates
from cjmresearch.codebooks.templates import CardField, CardSchema, Rule
from cjmresearch.errors import CjmError
from cjmresearch.personas import people as people_
from cjmresearch.personas.lines import Said, frame_of
from cjmresearch.schema import Study

LAYOUTS = {"six": "empathy6", "star": "star", "quadrant": "quadrant"}
"""Layouts of `empathy_map`, with their templates."""
LEAST_RAYS = 6
COLUMNS = (
    *("block", "block_ru", "block_en", "name_ru", "name_en", "code", "value"),
    *("n_participants", "of_participants", "coding_ids", "quote", "participant"),
    *("source", "status", "machine_share"),
)


def empathy_map(
    study: Study,
    *,
    persona: str | None = None,
    layout: str = "six",
    rays: Mapping[str, Any] | Sequence[str] | None = None,
    include: str = "human",
    template: str | Path | CardSchema | None = None,
) -> pd.DataFrame:
    """Sort what people said into the blocks of an empathy map, by the kinds of their codes.

    Parameters
    ----------
    study
        Frozen frames of a project.
    persona
        Id or name of a persona; None is everybody (the method wants one target group).
    layout
        `six` blocks of Osterwalder, `star` of six rays or more, `quadrant`: four blocks put
        together from the six by the table in its template.
    rays
        Of a star: names of rays of the template `star`, and rays of your own as a mapping from
        name to what fills it: a code, scheme or kind of codes, or a list of these.
    include
        `human` or `suggested`, as in `aggregate.observations`.
    template
        A template of your own instead of the layout's: the path of a `.yaml` file.

    Returns
    -------
    DataFrame
        One row a line: block (slug, with block_ru, block_en), name_ru, name_en, code (missing for
        what was written), value (what was written), n_participants, of_participants (Int64),
        coding_ids (tuple), quote, participant (pseudonym; missing where withheld), source, status
        {evidence, hypothesis}, machine_share. Blocks in order, each by people; what is written on
        the persona's card in a field named like a block comes first. A block without anything has
        no line. `attrs` has layout, blocks (all, in order: slug, name_ru, name_en, n people who
        said anything of it), n (people of the persona) and persona (name).
    """
    schema = _schema(layout, template)
    blocks = _chosen(schema, rays, study) if layout == "star" else list(schema.fields)
    if rays is not None and layout != "star":
        raise CjmError(f"rays: a map of layout {layout!r} has none; take layout='star'")
    owner = None if persona is None else people_.named(study, persona)
    said = Said.by(study, owner, include=include)
    parts = {field.field: field for field in templates.load("empathy6").fields}
    rows: list[dict[str, Any]] = []
    shown: list[tuple[str, str, str, int]] = []
    for block in blocks:
        merged = [parts[name] for name in block.merges] if block.merges else [block]
        fields = [block, *(part for part in merged if part.field != block.field)]
        names = {"block": block.field, "block_ru": block.name_ru, "block_en": block.name_en}
        own = {field.field for field in fields}
        entries = [row for row in said.entries(owner, fields) if row["field"] in own]
        rows += [
            {**row, "name_ru": row["value"], "name_en": row["value"], **names} for row in entries
        ]
        lines = _united(said, merged)
        rows += [row | names for row in lines]
        ids = {id_ for row in (*entries, *lines) for id_ in row["coding_ids"]}
        heard = said.rows.loc[said.rows["coding_id"].isin(ids), "participant_id"].nunique()
        shown.append((block.field, block.name_ru, block.name_en, int(heard)))
    table = frame_of(rows, COLUMNS)
    table.attrs = {
        "layout": layout,
        "blocks": tuple(shown),
        "n": said.of,
        "persona": None if owner is None else _name(study, owner),
    }
    return table


def _name(study: Study, persona_id: str) -> str:
    return str(study.personas.set_index("persona_id").loc[persona_id, "name"])


def _united(said: Said, merged: Sequence[CardField]) -> list[dict[str, Any]]:
    """Lines of several fields together; a code that fills two of them stands once."""
    rules = tuple(dict.fromkeys(rule for field in merged for rule in field.rules))
    first = merged[0]
    return said.lines(CardField(first.field, first.name_ru, first.name_en, rules=rules))


def _schema(layout: str, template: str | Path | CardSchema | None) -> CardSchema:
    if layout not in LAYOUTS:
        raise CjmError(f"layout={layout!r}: choose one of {', '.join(LAYOUTS)}")
    schema = templates.load(LAYOUTS[layout] if template is None else template)
    if schema.of != "map":
        raise CjmError(f"template {schema.template}: is of a {schema.of}, not of a map")
    known = {field.field for field in templates.load("empathy6").fields}
    for field in schema.fields:
        unknown = [name for name in field.merges if name not in known]
        if unknown:
            raise CjmError(
                f"template {schema.template}: {field.field} merges {unknown[0]!r}; "
                f"the blocks are {', '.join(known)}"
            )
    return schema


def _chosen(
    schema: CardSchema, rays: Mapping[str, Any] | Sequence[str] | None, study: Study
) -> list[CardField]:
    """Give the rays of a star: those of the template, chosen ones, and ones of one's own."""
    if rays is None:
        chosen = list(schema.fields)
    elif isinstance(rays, Mapping):
        chosen = [CardField(n, n, n, rules=_rules(n, filled, study)) for n, filled in rays.items()]
    else:
        chosen = [schema[name] for name in dict.fromkeys(rays)]
    if len(chosen) < LEAST_RAYS:
        raise CjmError(f"rays: {len(chosen)} given; a star has at least {LEAST_RAYS}")
    return chosen


def _rules(name: str, filled: Any, study: Study) -> tuple[Rule, ...]:
    given = [filled] if isinstance(filled, str) else list(filled)
    rules = []
    for one in given:
        if (study.codes["slug"] == one).any():
            rules.append(Rule(codes=(one,)))
        elif (study.codes["scheme"] == one).any():
            rules.append(Rule(schemes=(one,)))
        elif (study.codes["kind"] == one).any():
            rules.append(Rule(kinds=(one,)))
        else:
            raise CjmError(
                f"rays: {name} is filled by {one!r}, no code, scheme or kind of the study"
            )
    return tuple(rules)
