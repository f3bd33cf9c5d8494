"""Sample, questionnaires, method, codebook and the index of evidence as rich tables."""

from __future__ import annotations

import math
from typing import Any

from cjmresearch.report.office.content import name_of, says
from cjmresearch.report.office.phrases import phrase
from cjmresearch.report.office.rich import Cell, Line, Reading, Span, Table, clean
from cjmresearch.report.quotes import index_limit, plain_rows
from cjmresearch.report.render import clock, shorten, tongue

OUTCOMES = {"fail": "F8DDCB", "warn": "FDF1DC", "pass": "E2ECF2"}
"""Background of the outcome of a check."""


def agreement_table(reading: Reading) -> Table:
    """List who coded how much, for the agreement of coders."""
    w = reading.words
    heads = [str(w("coder")), *(str(w(k)) for k in ("coder_kind", "n_codings", "n_sources"))]
    table = Table(heads, [3, 1.6, 1.3, 1.3], numeric=frozenset({2, 3}))
    for row in reading.page["agreement"]["rows"]:
        kind = w("machine_kind") if row["machine"] else w("human")
        counts = (w.whole(int(row[key])) for key in ("codings", "sources"))
        table.rows.append([says(row["coder"]), says(kind), *(says(n) for n in counts)])
    return table


def survey_table(reading: Reading) -> Table:
    """List the scores of questionnaires with the spread of the answers in words."""
    w = reading.words
    rows = reading.page["survey"]["rows"]
    staged = any(row["stage"] for row in rows)
    heads = ["question", *(["stage"] if staged else []), "scale", "n_answers", "mean"]
    table = Table(
        [str(w(h)) for h in (*heads, "distribution")],
        [4.2, *([2.0] if staged else []), 1.3, 1.3, 1.2, 3.2],
    )
    first = 2 if staged else 1
    table.numeric = frozenset({first + 1, first + 2})
    for row in rows:
        scale = says(row["scale"])
        if row["lower_is_better"]:
            scale.append([Span(str(w("lower_better")), tone="muted")])
        bars = row["bars"]["bars"] if row["bars"] else []
        table.rows.append(
            [
                name_of(row["text"], sub=reading.text(row["nps"])),
                *([says(row["stage"])] if staged else []),
                scale,
                says(w.whole(row["n"])),
                says(row["mean"]),
                says("; ".join(f"{bar['value']}: {bar['n']}" for bar in bars)),
            ]
        )
    return table


def sample_table(reading: Reading) -> Table:
    """Break the sample down by every trait, and the codings by coder."""
    w, sample = reading.words, reading.page["sample"]
    table = Table([phrase(w, "trait"), phrase(w, "value"), str(w("n_people"))], [2, 3, 1.2])
    table.numeric = frozenset({2})
    for part in sample["breakdowns"]:
        for at, (value, n) in enumerate(part["rows"]):
            title = name_of(reading.text(part["title"])) if at == 0 else [[]]
            table.rows.append([title, says(value), says(w.whole(n))])
    return table


def coders_table(reading: Reading) -> Table:
    """List who coded how much."""
    w = reading.words
    heads = [reading.text(w("by_coder")), "", reading.text(w("n_mentions"))]
    table = Table(heads, [3, 1.2, 1.2], numeric=frozenset({2}))
    for row in reading.page["sample"]["coders"].to_dict("records"):
        kind = w("machine_kind") if row["machine"] else w("human")
        table.rows.append([says(row["coder"]), says(kind), says(w.whole(row["n_codings"]))])
    return table


def audit_table(reading: Reading) -> Table:
    """List the checks of the map."""
    w = reading.words
    table = Table(
        [str(w(h)) for h in ("audit_status", "audit_check", "audit_finding")], [1.2, 2.6, 6]
    )
    for at, row in enumerate(reading.page["audit"].to_dict("records")):
        sub = str(w("audit_error")) if row["group"] == "error" else ""
        table.fills[at, 0] = OUTCOMES.get(row["status"], "FFFFFF")
        table.rows.append(
            [
                name_of(w.of_value(row["status"])),
                name_of(row["name"], sub=sub),
                says(row["finding"]),
            ]
        )
    return table


def outside_table(reading: Reading) -> Table:
    """Count what lies outside the stages of the model, by kind of code."""
    w = reading.words
    table = Table([str(w(h)) for h in ("kind", "outside_of", "n_people")], [3, 2, 2])
    table.numeric = frozenset({1, 2})
    for row in reading.page["map"]["outside"].to_dict("records"):
        table.rows.append(
            [
                says(w.of_value(row["kind"], "kind_")),
                says(w.of(row["n_codings"], row["of_codings"])),
                says(w.whole(row["n_participants"])),
            ]
        )
    return table


def codebook_table(reading: Reading) -> Table:
    """List the codes with their meaning and how often each was used."""
    w = reading.words
    heads = ("code", "kind", "definition", "valence", "human", "machine_kind")
    table = Table([str(w(h)) for h in heads], [3.4, 1.6, 5, 1.1, 1.1, 1.1])
    table.numeric = frozenset({3, 4, 5})
    for row in reading.page["codebook"].to_dict("records"):
        valence = row["valence"]
        missing = valence is None or math.isnan(valence)
        table.rows.append(
            [
                name_of(row["name"], sub=row["slug"]),
                says(w.of_value(row["kind"], "kind_")),
                says(row["definition"]),
                says("" if missing else w.signed(valence, 1)),
                says(w.whole(row["n_human"])),
                says(w.whole(row["n_machine"])),
            ]
        )
    return table


def bookmark(number: int) -> str:
    """Name the place of a quote in the index of evidence."""
    return f"quote_{number}"


def evidence_table(reading: Reading) -> Table:
    """List every quote with its address; each row is a place that numbers lead to."""
    w = reading.words
    table = Table(["№", *(str(w(h)) for h in ("quote", "whose", "where"))], [0.7, 6.2, 2.2, 2.9])
    table.numeric = frozenset({0})
    entries = plain_rows(reading.page["evidence"])
    limit = index_limit(len(entries))
    for entry in entries:
        table.bookmarks.append(bookmark(int(entry["number"])))
        table.rows.append(evidence_row(reading, entry, limit=limit))
    return table


def evidence_row(reading: Reading, entry: dict[str, Any], *, limit: int) -> list[Cell]:
    """Write a quote of the index: number, words, who said it, where it stands."""
    code = reading.page["names"].get(entry["code"], "")
    return [
        [[Span(str(int(entry["number"])), bold=True)]],
        _quoted(reading, entry, limit),
        name_of(entry["participant"] or reading.words("unknown_person"), sub=code),
        _address(reading, entry),
    ]


def short_evidence_row(reading: Reading, entry: dict[str, Any], *, limit: int) -> list[Cell]:
    """Write a quote for a slide: number, words, and in one column who said it and where."""
    who = clean(entry["participant"] or reading.words("unknown_person"))
    where = clean(entry["source"])
    if entry["position"] is not None:
        where += f", {reading.text(reading.words('turn', n=int(entry['position']) + 1))}"
    quote = reading.quote(entry, limit)
    quote += reading.machine() if entry["status"] == "suggested" else []
    return [[[Span(str(int(entry["number"])), bold=True)]], [quote], name_of(who, sub=where)]


def _quoted(reading: Reading, entry: dict[str, Any], limit: int) -> Cell:
    w, language = reading.words, tongue(entry["language"])
    cell: Cell = []
    if entry["prompt"]:
        asked = f"{w('asked')}: {shorten(clean(entry['prompt']), 240)}"
        cell.append([Span(asked, tone="muted", language=language)])
    quote: Line = []
    if entry["before"]:
        quote.append(Span(f"…{clean(entry['before'].lstrip())}", tone="muted", language=language))
    quote += [Span(span.text, bold=True, language=language) for span in reading.quote(entry, limit)]
    if entry["after"]:
        quote.append(Span(f"{clean(entry['after'].rstrip())}…", tone="muted", language=language))
    cell.append(quote)
    size = len(entry["quote"])
    if size > limit:
        cut = w("shortened", n=w.whole(limit), of=w.whole(size))
        cell.append([Span(reading.text(cut), tone="muted")])
    return cell


def _address(reading: Reading, entry: dict[str, Any]) -> Cell:
    w = reading.words
    parts = []
    if entry["position"] is not None:
        parts.append(reading.text(w("turn", n=int(entry["position"]) + 1)))
    if entry["locator"]:
        parts.append(reading.words.located(clean(entry["locator"])))
    if entry["begin_s"] is not None:
        parts.append(reading.text(w("second", time=clock(entry["begin_s"]))))
    parts.append(reading.text(w("offsets", start=int(entry["start"]), end=int(entry["end"]))))
    coder = reading.text(w("coded_by", coder=entry["coder"]))
    state = {"suggested": f": {w('machine')}", "accepted": f", {w('accepted')}"}
    return [
        [Span(clean(entry["source"]))],
        [Span(", ".join(parts), tone="muted")],
        [Span(coder + state.get(entry["status"], ""), tone="muted")],
    ]
