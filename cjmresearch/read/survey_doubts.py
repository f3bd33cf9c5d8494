"""What a person should check in a survey: one line each, in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from cjmresearch.read import columnar, fitting, questions

_LISTED = 12


def misfits(
    table: columnar.Table,
    kinds: Mapping[str, questions.Kind],
    given: Mapping[str, Mapping[str, Any]],
) -> list[str]:
    """Say where a scale, or what a person said about a question, goes against its answers."""
    return [
        f"{name!r}: {misfit.say('en')}"
        for name in table.header
        if name in given or kinds[name].type == "scale"
        for misfit in fitting.misfits(asdict(kinds[name]), fitting.tally(table.cells[name]))
    ]


def guessed_ends(
    table: columnar.Table,
    kinds: Mapping[str, questions.Kind],
    given: Mapping[str, Mapping[str, Any]],
) -> list[str]:
    """Say which ends of scales neither the question nor any answer names."""
    guessed = []
    for column in table.columns:
        name, kind = column.text, kinds[column.text]
        said = "scale_max" in given.get(name, {}) or questions.states_range(name)
        if kind.type != "scale" or kind.scale_max is None or said or column.scale is not None:
            continue
        scores = [questions.number(answer) for answer in fitting.tally(table.cells[name])]
        numbers = [score for score in scores if score is not None]
        low, high = min(numbers, default=0.0), max(numbers, default=0.0)
        if numbers and high < kind.scale_max:
            ends = f"{kind.scale_min:g}–{kind.scale_max:g}"
            guessed.append(f"{name!r} {ends} (answers {low:g}–{high:g})")
    if not guessed:
        return []
    more = f" and {len(guessed) - _LISTED} more" if len(guessed) > _LISTED else ""
    return [
        f"ends of scales are guessed: {', '.join(guessed[:_LISTED])}{more}; correct scale_min and "
        "scale_max in the map (--questions)"
    ]


def contacts(table: columnar.Table, kinds: Mapping[str, questions.Kind]) -> list[str]:
    """Say which answers in words hold an e-mail or a phone number."""
    said = []
    for name, kind in kinds.items():
        if kind.pii or kind.type not in ("open", "closed"):
            continue
        cells = table.cells[name]
        held = set(questions.with_contacts(fitting.different(cells)))
        tally = fitting.tally(cells) if held else {}
        count = sum(tally.get(answer, 0) for answer in held)
        if count:
            said.append(
                f"{name!r}: {count} answers hold an e-mail or a phone number, and are kept; "
                "`pii: true` in the map (--questions) leaves them out, `pseudonymise` hides them"
            )
    return said
