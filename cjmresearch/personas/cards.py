"""Cards of personas: every line says on how many of how many people it stands."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.personas.groups import plain
from cjmresearch.schema import Study

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
        for value, n in values.dropna().map(plain).value_counts().items():
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
