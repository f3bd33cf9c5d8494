"""Cards of single people and firms, and the graph of who recommended us to whom."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch.codebooks import templates
from cjmresearch.codebooks.templates import CardField, CardSchema
from cjmresearch.errors import CjmError
from cjmresearch.personas.people import attributes, written
from cjmresearch.schema import Study

REFERRED_BY = "referred_by"


def record(
    study: Study,
    owner_id: str,
    *,
    template: str | Path | CardSchema = "retail",
    personal: bool = False,
) -> pd.DataFrame:
    """Give the card of one participant or firm, as far as it is filled in.

    Parameters
    ----------
    study
        Frozen frames of a project.
    owner_id
        A participant_id, or an org_id (template `company`).
    template
        A template of a participant or a company, shipped or from a `.yaml` file of your own.
    personal
        Show names, phones and what else tells who somebody is; else they are hidden.

    Returns
    -------
    DataFrame
        One row a field of the template: field, name_ru, name_en, type, value (text; missing where
        empty), source, wave, required, first_wave (bool), status {evidence, hypothesis, hidden,
        missing}, problem (what is wrong with the value; empty is good).
    """
    schema = templates.load(template)
    people, firms = study.participants["participant_id"], study.participants["org_id"].dropna()
    if schema.of not in ("participant", "company"):
        raise CjmError(f"template {schema.template}: is of a {schema.of}; use card or empathy_map")
    if owner_id not in set(people if schema.of == "participant" else firms):
        raise CjmError(f"no {schema.of} {owner_id!r} in the study")
    entries = written(study, owner_id).drop_duplicates("field").set_index("field")
    traits = _traits(study, owner_id, schema)
    rows = []
    for field in schema.fields:
        row = _row(field, entries, traits)
        if field.personal and not personal and row["status"] != "missing":
            row |= {"value": None, "status": "hidden", "problem": ""}
        rows.append(row)
    texts = ["field", "name_ru", "name_en", "type", "value", "source", "wave"]
    table = pd.DataFrame(rows, columns=[*texts, "required", "first_wave", "status", "problem"])
    return table.astype(dict.fromkeys([*texts, "status", "problem"], "str"))


def _traits(study: Study, owner_id: str, schema: CardSchema) -> dict[str, str]:
    if schema.of == "company":
        return {"org_id": owner_id}
    known = {str(k): v for k, v in attributes(study).loc[owner_id].dropna().items()}
    person = study.participants.set_index("participant_id").loc[owner_id]
    if not pd.isna(person["consent"]):
        known["consent"] = "yes" if person["consent"] else "no"
    return {
        name: ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in known.items()
    }


def _row(field: CardField, entries: pd.DataFrame, traits: dict[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "field": field.field,
        "name_ru": field.name_ru,
        "name_en": field.name_en,
        "type": field.type,
        "required": field.required,
        "first_wave": field.first_wave,
    }
    if field.field in entries.index:
        entry = entries.loc[field.field]
        known = isinstance(entry["source"], str)
        row |= {"value": entry["value"], "source": entry["source"], "wave": entry["wave"]}
        row["status"] = "evidence" if known else "hypothesis"
    elif field.field in traits:
        row |= {"value": traits[field.field], "status": "evidence"}
    else:
        row |= {"value": field.default, "status": "missing"}
    return row | {"problem": field.check(row["value"])[1]}


def advocacy(study: Study) -> pd.DataFrame:
    """List who recommended us to whom, from the field `referred_by` of people's cards.

    Returns
    -------
    DataFrame
        One row an edge: from_id (who recommended), to_id (who came), source, n_brought (int64, how
        many that person has brought in all). A name that is no participant makes no edge.
    """
    known = set(study.participants["participant_id"])
    edges = study.fields[
        (study.fields["field"] == REFERRED_BY)
        & study.fields["value"].isin(known)
        & study.fields["owner_id"].isin(known)
    ]
    table = edges.rename(columns={"value": "from_id", "owner_id": "to_id"})
    table = table[["from_id", "to_id", "source"]].reset_index(drop=True)
    table["n_brought"] = table["from_id"].map(table["from_id"].value_counts()).astype("int64")
    return table
