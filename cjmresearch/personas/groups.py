"""Personas that people make: by a trait, or by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.schema import Study, empty, frame

TRAITS = ("buying_role", "customer_segment", "outcome", "language", "org_id")
"""Columns of participants that may divide people; any key of their `traits` may, too."""


def by_trait(study: Study, trait: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a persona of each value of a trait; people without a value belong to none.

    Parameters
    ----------
    study
        Frozen frames of a project.
    trait
        A column of participants (see `TRAITS`) or a key of their `traits`.

    Returns
    -------
    personas : DataFrame [personas], origin `trait`, in order of the values
    memberships : DataFrame [memberships], probability 1

    The ids are made from the trait and the value, so that the same division gives the same ids.
    """
    people = study.participants
    free = people["traits"].map(json.loads, na_action="ignore")
    keys = sorted({key for traits in free.dropna() for key in traits})
    if trait in TRAITS:
        values = people[trait]
    elif trait in keys:
        values = free.map(lambda traits: traits.get(trait), na_action="ignore")
    else:
        available = [c for c in TRAITS if people[c].notna().any()] + keys
        raise CjmError(
            f"trait {trait!r} is not in the study; it has: {', '.join(available) or 'none'}"
        )
    known = values.notna()
    if not known.any():
        raise CjmError(f"trait {trait!r}: no participant has a value; fill it in or take another")
    groups = people["participant_id"][known].groupby(values[known].map(plain)).agg(list)
    return _personas({str(name): ids for name, ids in groups.items()}, "trait", trait)


def by_hand(study: Study, groups: Mapping[str, Sequence[str]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make personas of named lists of participant ids; a person may belong to several.

    Returns
    -------
    personas : DataFrame [personas], origin `manual`, in the order given
    memberships : DataFrame [memberships], probability 1
    """
    known = set(study.participants["participant_id"])
    for name, ids in groups.items():
        unknown = [id_ for id_ in ids if id_ not in known]
        if unknown:
            raise CjmError(
                f"persona {name!r}: participant {unknown[0]!r} is not in the study; "
                "take ids from study.participants"
            )
        if not ids or not name.strip():
            raise CjmError(f"persona {name!r}: needs a name and at least one participant")
    return _personas({name: list(dict.fromkeys(ids)) for name, ids in groups.items()}, "manual", "")


def plain(value: Any) -> str:
    """Write a trait's value as people read it: lists joined, whole numbers without a point."""
    if isinstance(value, list):
        return ", ".join(map(plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _personas(
    groups: Mapping[str, list[str]], origin: str, trait: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    ids = {
        name: str(uuid5(NAMESPACE_URL, f"cjmresearch:persona:{origin}:{trait}:{name}"))
        for name in groups
    }
    rows = [{"persona_id": ids[name], "name": name, "origin": origin} for name in groups]
    members = [
        {"persona_id": ids[name], "participant_id": participant, "probability": 1.0}
        for name, participants in groups.items()
        for participant in participants
    ]
    if not rows:
        return empty("personas"), empty("memberships")
    return frame("personas", rows), frame("memberships", members)
