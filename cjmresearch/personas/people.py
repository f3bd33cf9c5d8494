"""Who is behind a card: members of a persona, their traits, and what is written on cards."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.codebooks import templates
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study, source_parts

LEAST_PEOPLE = 3
"""A value of a trait that fewer people share is not shown: it could point at one of them."""

_COLUMNS = ("buying_role", "customer_segment", "outcome", "language")
NAMES = {
    "buying_role": ("Роль", "Role"),
    "customer_segment": ("Сегмент", "Segment"),
    "outcome": ("Исход", "Outcome"),
    "language": ("Язык", "Language"),
    "decision_style": ("Стиль решения", "Decision style"),
}
"""Names of traits that are no field of a template."""


def named(study: Study, persona: str) -> str:
    """Give the persona_id for an id or a name; `CjmError` lists the known ones."""
    table = study.personas
    found = table.loc[(table["persona_id"] == persona) | (table["name"] == persona), "persona_id"]
    if found.empty:
        known = ", ".join(table["name"]) or "none; make some with personas.by_trait"
        raise CjmError(f"no persona {persona!r} in the study; it has: {known}")
    return str(found.iloc[0])


def members(study: Study, persona: str | None, *, include: str = "human") -> pd.DataFrame:
    """List the people of a persona who speak in a coded source; None is everybody.

    A member has a probability of a half or more.

    Returns
    -------
    DataFrame
        Rows of `participants`.
    """
    heard = aggregate.interviewed(study, codings=aggregate.live_codings(study, include=include))
    if persona is None:
        return heard
    belongs = study.memberships[
        (study.memberships["persona_id"] == named(study, persona))
        & (study.memberships["probability"] >= 0.5)
    ]["participant_id"]
    return heard[heard["participant_id"].isin(belongs)].reset_index(drop=True)


def attributes(study: Study) -> pd.DataFrame:
    """Give all that is known of each participant in one row: columns, traits, fields of the card.

    Returns
    -------
    DataFrame
        Indexed by participant_id; a column a trait (object, missing is None). What stands on the
        card of a person is taken before the trait of the same name.
    """
    people = study.participants.set_index("participant_id")
    rows: dict[str, dict[str, Any]] = {
        str(id_): {c: row[c] for c in _COLUMNS if isinstance(row[c], str)}
        for id_, row in zip(people.index, people.to_dict("records"), strict=True)
    }
    for id_, traits in people["traits"].dropna().items():
        rows[str(id_)] |= {k: v for k, v in json.loads(traits).items() if v not in (None, "")}
    for field in study.fields.itertuples():
        if field.owner_id in rows:
            rows[field.owner_id][field.field] = field.value
    columns = list(dict.fromkeys(name for row in rows.values() for name in row))
    values = [[row.get(name) for name in columns] for row in rows.values()]
    return pd.DataFrame(values, index=list(rows), columns=columns, dtype=object)


def written(study: Study, owner_id: str) -> pd.DataFrame:
    """List what is written on a card, one row an entry: field, value, source, coding_ids, wave.

    The coding_ids are those of the source that the study has; without them and without words the
    entry is a hypothesis (`source` missing).
    """
    known = set(study.codings["coding_id"])
    rows = [
        {
            "field": field.field,
            "value": line.strip(),
            "source": field.source,
            "coding_ids": tuple(part for part in source_parts(field.source) if part in known),
            "wave": field.wave,
        }
        for field in study.fields[study.fields["owner_id"] == owner_id].itertuples()
        for line in str(field.value).split("\n")
        if line.strip()
    ]
    table = pd.DataFrame(rows, columns=["field", "value", "source", "coding_ids", "wave"])
    return table.astype({"field": "str", "value": "str", "source": "str", "wave": "str"})


def all_written(study: Study) -> pd.DataFrame:
    """List all that is written on cards, for handing out: what is personal stays away.

    Returns
    -------
    DataFrame
        owner (name of the persona, pseudonym of the participant, or org_id), field, value, source,
        wave. Names, phones and what else tells who a participant is are left out.
    """
    names = dict(zip(study.personas["persona_id"], study.personas["name"], strict=True))
    of_people = ~study.fields["owner_id"].isin(list(names))
    personal = of_people & study.fields["field"].isin(list(templates.personal_fields()))
    people = study.participants
    names |= dict(zip(people["participant_id"], people["pseudonym"], strict=True))
    shown = study.fields[~personal].reset_index(drop=True)
    owner = shown["owner_id"].map(names).fillna(shown["owner_id"]).astype("str")
    return shown.assign(owner_id=owner).rename(columns={"owner_id": "owner"})
