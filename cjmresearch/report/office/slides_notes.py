"""Speaker notes: the numbers of the evidence and the quotes themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cjmresearch.report.office.phrases import phrase
from cjmresearch.report.office.rich import Reading, plain
from cjmresearch.report.quotes import IN_PANEL, Panel

_ENDS = re.compile(r"(?<=[.!?])\s+(?=[«“\"(]?[A-ZА-ЯЁ])")


def first_sentence(said: str) -> tuple[str, str]:
    """Part a finding into its first sentence and the rest."""
    first, *rest = _ENDS.split(said, maxsplit=1)
    return first, "".join(rest)


def evidence_of(
    reading: Reading, panels: Iterable[Panel | None], *, quotes: bool = True
) -> list[str]:
    """List what stands behind numbers: of each panel its counts, numbers and quotes."""
    lines = []
    for panel in panels:
        if panel is None:
            continue
        w = reading.words
        people = w.plural("people", panel.n_participants)
        counted = f"{people}, {w.plural('mentions', panel.n_codings)}"
        lines.append(f"{reading.text(panel.label)}: {counted}{_numbers(reading, panel)}")
        if quotes:
            lines += [
                f"№ {entry['number']}, {plain(reading.speaker(entry)[:1])}"
                f"«{plain(reading.quote(entry, IN_PANEL))}»"
                for entry in panel.quotes
            ]
        if panel.withheld_people:
            lines.append(reading.withheld(panel))
    return lines


def _numbers(reading: Reading, panel: Panel) -> str:
    if not panel.quotes:
        return ""
    numbers = ", ".join(str(entry["number"]) for entry in panel.quotes)
    return f". {phrase(reading.words, 'notes_numbers', numbers=numbers)}"
