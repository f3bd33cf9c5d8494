"""Personas: groups of real participants, made by hand or by a trait, and cards of what they say.

Every line of a card says how many of how many people it stands on, and with which codings.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study, empty, frame

TRAITS = ("buying_role", "customer_segment", "outcome", "language", "org_id")
"""Columns of participants that may divide people; any key of their `traits` may, too."""

SECTIONS = {
    "who": (),
    "thoughts": ("thought",),
    "feelings": ("emotion",),
    "actions": ("action",),
    "pains": ("pain",),
    "needs": ("need",),
    "dreams": ("dream",),
    "touchpoints": ("touchpoint",),
    "quotes": (),
}
"""Sections of a card in order, with the kinds of codes that fill them."""

_WHO = {
    "buying_role": ("Роль", "Role"),
    "customer_segment": ("Сегмент", "Segment"),
    "outcome": ("Исход", "Outcome"),
    "language": ("Язык", "Language"),
}

_TELLING = {"pain": 0, "need": 1, "dream": 1, "emotion": 2, "metaphor": 2}
"""Kinds that make the best quotes, the best first; all others come after them."""


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
    groups = people["participant_id"][known].groupby(values[known].map(_plain)).agg(list)
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


def cards(study: Study, *, include: str = "human", model: str | None = None) -> pd.DataFrame:
    """Describe the study's personas by what their members say, each line with its people.

    A member is a participant with a probability of a half or more who speaks in a coded source.
    The lines describe a group; they don't prove that groups differ.

    Parameters
    ----------
    study
        Frozen frames of a project with personas and memberships.
    include
        `human` or `suggested`, as in `aggregate.observations`.
    model
        Journey model; default is the study's.

    Returns
    -------
    DataFrame
        persona_id, persona, section (see `SECTIONS`), code (slug; of who: trait=value), name_ru,
        name_en, n_participants, of_participants (int64), coding_ids (tuple), quote and participant
        (pseudonym) in the section quotes. Within a section by people, then by mentions. One quote
        a participant at most, none of those who refused.
    """
    observations = aggregate.observations(study, model=model, include=include)
    live = aggregate.live_codings(study, include=include)
    asked = set(aggregate.interviewed(study, codings=live)["participant_id"])
    parts = []
    for persona_id, name in zip(study.personas["persona_id"], study.personas["name"], strict=True):
        members = study.memberships[
            (study.memberships["persona_id"] == persona_id)
            & (study.memberships["probability"] >= 0.5)
            & study.memberships["participant_id"].isin(asked)
        ]["participant_id"]
        people = study.participants[study.participants["participant_id"].isin(members)]
        said = observations[observations["participant_id"].isin(members)]
        lines = [_who(people), _lines(said, study), _quotes(said, people, study)]
        card = pd.concat(lines, ignore_index=True)
        card.insert(0, "persona_id", persona_id)
        card.insert(1, "persona", name)
        parts.append(card.assign(of_participants=len(people)))
    table = pd.concat(parts, ignore_index=True) if parts else _card([])
    columns = ["persona_id", "persona", "section", "code", "name_ru", "name_en", "n_participants"]
    columns += ["of_participants", "coding_ids", "quote", "participant"]
    return table.reindex(columns=columns)


def _plain(value: Any) -> str:
    """Write a trait's value as people read it: lists joined, whole numbers without a point."""
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
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


def _card(rows: list[dict[str, Any]]) -> pd.DataFrame:
    lines = pd.DataFrame(
        {
            name: pd.Series([row.get(name) for row in rows], dtype="str")
            for name in ("section", "code", "name_ru", "name_en", "quote", "participant")
        }
    )
    lines["n_participants"] = pd.Series([row["n_participants"] for row in rows], dtype="int64")
    lines["coding_ids"] = pd.Series([row["coding_ids"] for row in rows], dtype=object)
    return lines


def _who(people: pd.DataFrame) -> pd.DataFrame:
    """Count the traits of the members; a trait that nobody has makes no line."""
    rows = []
    columns = {name: people[name] for name in _WHO}
    free = people["traits"].map(json.loads, na_action="ignore")
    for key in sorted({key for traits in free.dropna() for key in traits}):
        columns[key] = free.map(lambda traits, key=key: traits.get(key), na_action="ignore")
    for trait, values in columns.items():
        name_ru, name_en = _WHO.get(trait, (trait, trait))
        for value, n in values.dropna().map(_plain).value_counts().items():
            rows.append(
                {
                    "section": "who",
                    "code": f"{trait}={value}",
                    "name_ru": f"{name_ru}: {value}",
                    "name_en": f"{name_en}: {value}",
                    "n_participants": n,
                    "coding_ids": (),
                }
            )
    return _card(rows)


def _lines(said: pd.DataFrame, study: Study) -> pd.DataFrame:
    ru, en = study.names("ru"), study.names("en")
    once = said.drop_duplicates(["coding_id", "code"])
    counts = (
        once.groupby(["kind", "code"])
        .agg(n_participants=("participant_id", "nunique"), coding_ids=("coding_id", tuple))
        .reset_index()
    )
    counts["n_codings"] = counts["coding_ids"].map(len)
    counts = counts.sort_values(
        ["n_participants", "n_codings", "code"], ascending=[False, False, True]
    )
    rows = [
        {
            "section": section,
            "code": line.code,
            "name_ru": ru[line.code],
            "name_en": en[line.code],
            "n_participants": line.n_participants,
            "coding_ids": line.coding_ids,
        }
        for section, kinds in SECTIONS.items()
        for line in counts[counts["kind"].isin(kinds)].itertuples()
    ]
    return _card(rows)


def _quotes(said: pd.DataFrame, people: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Pick a quote a person: hand-coded before machine-tagged, pain before feeling, longest."""
    pseudonyms = people.set_index("participant_id")["pseudonym"]
    usable = said.drop_duplicates("coding_id")
    opened = aggregate.evidence(study, usable["coding_id"], context=0)
    usable = usable[~opened["withheld"].to_numpy()]
    best = (
        usable.assign(
            telling=usable["kind"].map(_TELLING).fillna(3), length=-usable["quote"].str.len()
        )
        .sort_values(["machine", "telling", "length", "coding_id"])
        .drop_duplicates("participant_id")
    )
    people_of_code = said.groupby("code")["participant_id"].nunique()
    ru, en = study.names("ru"), study.names("en")
    rows = [
        {
            "section": "quotes",
            "code": row.code,
            "name_ru": ru[row.code],
            "name_en": en[row.code],
            "n_participants": people_of_code[row.code],
            "coding_ids": (row.coding_id,),
            "quote": row.quote,
            "participant": pseudonyms[row.participant_id],
        }
        for row in best.itertuples()
    ]
    return _card(rows)
