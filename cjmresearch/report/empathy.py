"""Empathy maps of the groups on the cards: the six blocks, each line with its people."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cjmresearch import personas
from cjmresearch.report.sections import MOST_GROUPS, Context, persona_groups

_LINES = 6
"""Lines of a block that the report shows."""


def empathy_section(context: Context) -> dict[str, Any]:
    """Make an empathy map of each group that has a card.

    Returns
    -------
    dict
        cards: name, n, blocks (title, n: people who said anything of it, more: lines left out,
        lines: name, n, of, panel, mark); a block that nobody filled has no lines, and a line that
        somebody wrote without a source is a hypothesis, said by its mark.
    """
    study, _ = persona_groups(context)
    if study is None:
        return {"cards": []}
    groups = study.personas
    frames = [
        (str(persona_id), personas.empathy_map(study, persona=persona_id, include=context.include))
        for persona_id in groups["persona_id"]
    ]
    frames.sort(key=lambda frame: -frame[1].attrs["n"])
    filled = [(persona_id, frame) for persona_id, frame in frames if len(frame)]
    return {"cards": [_card(context, *group) for group in filled[:MOST_GROUPS]]}


def _card(context: Context, persona_id: str, frame: pd.DataFrame) -> dict[str, Any]:
    name = context.words.of_value(frame.attrs["persona"])
    blocks = []
    for block, name_ru, name_en, n in frame.attrs["blocks"]:
        rows = frame[frame["block"] == block]
        lines = [
            _line(context, (persona_id, name, block), row)
            for row in rows.head(_LINES).to_dict("records")
        ]
        title = name_ru if context.words.language == "ru" else name_en
        blocks.append({"title": title, "n": n, "lines": lines, "more": max(len(rows) - _LINES, 0)})
    return {"name": name, "n": frame.attrs["n"], "blocks": blocks}


def _line(context: Context, at: tuple[str, str, str], row: dict[str, Any]) -> dict[str, Any]:
    persona_id, persona, block = at
    name, panel = row[f"name_{context.words.language}"], None
    ids = row["coding_ids"]
    if len(ids):
        behind = context.observations[context.observations["coding_id"].isin(ids)]
        key = f"empathy|{persona_id}|{block}|{row['code'] if pd.notna(row['code']) else name}"
        panel = context.evidence.panel(key, behind, title=name, place=persona)
    known = pd.notna(row["n_participants"])
    return {
        "name": name,
        "n": int(row["n_participants"]) if known else 0,
        "of": int(row["of_participants"]) if known else 0,
        "panel": panel,
        "mark": context.words("hypothesis") if row["status"] == "hypothesis" else "",
    }
