"""Pieces of HTML for the explorer. Whatever comes from a study is escaped: it is not ours."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch.report.words import soft
from cjmresearch.widgets.words import clock, counted, located, say, signed

CONTEXT = 160
"""Characters that are shown on each side of a quote."""

_CSS = Path(__file__).parent / "static" / "explorer.css"


def style() -> str:
    """Give the style sheet of the explorer as an element."""
    return f"<style>{_CSS.read_text(encoding='utf-8')}</style>"


def text(words: str, name: str) -> str:
    """Put plain words into an element of the class `cjm-<name>`."""
    return f'<div class="cjm-{name}">{escape(words)}</div>'


def label(words: str, note: str, name: str) -> str:
    """Put a label with a smaller note under it; its long words may break."""
    small = f"<small>{escape(note)}</small>" if note else ""
    return f'<div class="cjm-{name}"><span>{escape(soft(words))}</span>{small}</div>'


def heading(where: str, what: str, *, people: int, mentions: int, language: str) -> str:
    """Say which cell is open, and how many people and passages stand behind it."""
    counts = f"{counted(people, 'participants', language)}, "
    counts += counted(mentions, "mentions", language)
    return (
        f'<div class="cjm-heading" role="status"><h4>{escape(where)}'
        f'<span class="cjm-what">{escape(what)}</span></h4>'
        f'<span class="cjm-count">{escape(counts)}</span></div>'
    )


def quotes(evidence: pd.DataFrame, names: Mapping[str, str], language: str) -> str:
    """Lay out rows of `aggregate.evidence`, one card a passage."""
    cards = [_card(row, names, language) for row in evidence.to_dict("records")]
    return f'<div class="cjm-quotes">{"".join(cards)}</div>'


def _card(row: Mapping[str, Any], names: Mapping[str, str], language: str) -> str:
    shut = bool(row["withheld"])
    asked = ""
    if pd.notna(row["prompt"]) and not shut:
        question = escape(say("question", language))
        asked = f'<p class="cjm-asked"><b>{question}:</b> {escape(str(row["prompt"]))}</p>'
    passage = (
        f'<p class="cjm-shut">{escape(say("withheld", language))}</p>'
        if shut
        else f"<blockquote>{_context(row['before'], before=True)}<mark>{escape(str(row['quote']))}"
        f"</mark>{_context(row['after'], before=False)}</blockquote>"
    )
    return (
        f'<article class="cjm-card"><header><b>{escape(_or(row["participant"], "—"))}</b>'
        f"<span>{escape(_place(row, language))}</span></header>"
        f"{asked}{passage}<footer>{_chips(row, names, language)}</footer></article>"
    )


def _context(words: Any, *, before: bool) -> str:
    """Give the surroundings of a quote; where they were cut, from or to a whole word."""
    shown = str(words) if pd.notna(words) else ""
    if len(shown) >= CONTEXT:
        head, _, tail = shown.partition(" ") if before else shown.rpartition(" ")
        shown = f"…{tail}" if before else f"{head}…"
    return f"<span>{escape(shown)}</span>" if shown else ""


def _place(row: Mapping[str, Any], language: str) -> str:
    parts = [_or(row["source"], "")]
    if pd.notna(row["position"]):
        parts.append(say("turn", language, n=int(row["position"]) + 1))
    if pd.notna(row["begin_s"]):
        parts.append(clock(float(row["begin_s"])))
    elif pd.notna(row["locator"]):
        parts.append(located(str(row["locator"]), language))
    return " · ".join(part for part in parts if part)


def _chips(row: Mapping[str, Any], names: Mapping[str, str], language: str) -> str:
    name = names.get(row["code"], row["code"])
    valence = row["valence"]
    felt = f" {signed(valence, language)}" if pd.notna(valence) else ""
    chips = f'<span class="cjm-chip">{escape(name + felt)}</span>'
    if row["status"] == "suggested":
        chips += f'<span class="cjm-chip cjm-machine">{escape(say("unchecked", language))}</span>'
    return chips + f"<span>{escape(_or(row['coder'], ''))}</span>"


def _or(value: Any, other: str) -> str:
    return other if pd.isna(value) else str(value)
