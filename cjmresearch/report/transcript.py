"""A coded transcript as a page for colleagues without Jupyter: what stands in it, and where."""

from __future__ import annotations

import bisect
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.palette import code_colours
from cjmresearch.report.method import in_language
from cjmresearch.report.quotes import plain_rows
from cjmresearch.report.words import LANGUAGES, Words
from cjmresearch.schema import Study

LANES = 8
"""Lines that can be drawn under one line of text; what lies deeper shares the last."""

CHUNK = 50
"""Turns that a browser lays out together."""


@dataclass(eq=False)
class Mark:
    """A coding as it is drawn: its number on the page, its span, the classes of its filters."""

    number: int
    start: int
    end: int
    row: dict[str, Any]
    code: int
    coder: int
    pair: int
    target: str = ""
    """Id of the piece of text where it begins; empty until that is drawn."""
    withheld: bool = False
    """Does it touch words of somebody who refused consent? Then its memo is not shown either."""


@dataclass(eq=False)
class Legend:
    """The codes, coders and pairs of both on the page, numbered as the style sheet knows them."""

    codes: list[dict[str, Any]] = field(default_factory=list)
    coders: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)
    filters: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    """Code and coders of chips: a chip is hidden when its code is, or all of its coders are."""


def transcript(
    study: Study, source_id: str, *, language: str | None = None, coder: str | None = None
) -> dict[str, Any]:
    """Lay out a coded transcript; parameters as in `report.transcript_page`.

    Returns
    -------
    dict
        title, goal, facts, chunks of turns (who, role, time, prompt, pieces of text with the
        lines under them, chips), legend, counts, words.
    """
    known = set(study.sources["source_id"])
    if source_id not in known:
        raise CjmError(f"no source {source_id!r} in the study; it has {', '.join(sorted(known))}")
    words = Words(language or _language_of(study))
    if coder is not None:
        own = study.codings["coder"].eq(coder) | study.codings["status"].eq("suggested")
        kept = study.codings[own]
        orphan = ~kept["suggestion_id"].isin(kept["coding_id"])
        kept = kept.assign(suggestion_id=kept["suggestion_id"].mask(orphan))
        study = replace(study, codings=kept.reset_index(drop=True))
    live = aggregate.live_codings(study, include="suggested")
    live = live[live["source_id"] == source_id].sort_values(
        ["start", "end", "coding_id"], ascending=[True, False, True], kind="stable"
    )
    legend, marks = _marks(study, live, words)
    turns = _turns(study, source_id)
    text = study.current_texts[source_id]
    source = plain_rows(study.sources[study.sources["source_id"] == source_id])[0]
    drawn = _drawn(turns, marks, text)
    _group(drawn, legend)
    return {
        "title": source["title"],
        "kind": words.of_value(source["kind"], "source_"),
        "goal": study.goal,
        "recorded": source["recorded_on"],
        "language_of_text": source["language"],
        "legend": legend,
        "kinds": _by_kind(legend.codes),
        "chunks": [drawn[at : at + CHUNK] for at in range(0, len(drawn), CHUNK)],
        "n_turns": len(turns),
        "n_human": sum(not mark.row["machine"] for mark in marks),
        "n_machine": sum(mark.row["machine"] for mark in marks),
        "coded_share": _coded_share(turns, marks),
        "n_withheld": sum(turn["withheld"] for turn in turns),
        "as_of": None if live.empty else words.day(live["created_at"].max().date()),
        "only": coder,
        "words": words,
    }


def _language_of(study: Study) -> str:
    spoken = [part.strip() for part in str(study.project["languages"].iloc[0]).split(",")]
    return next((name for name in spoken if name in LANGUAGES), LANGUAGES[0])


def _marks(study: Study, live: pd.DataFrame, words: Words) -> tuple[Legend, list[Mark]]:
    """Give numbers to the codings and to what the page filters them by."""
    rows = plain_rows(live)
    legend = Legend()
    counts = Counter((row["code"], row["machine"]) for row in rows)
    used = study.codes[study.codes["slug"].isin(live["code"])]
    everything = study.codes[["slug", "kind", "colour"]].itertuples(index=False, name=None)
    colours = code_colours(everything)
    for number, code in enumerate(plain_rows(used)):
        legend.codes.append(
            {
                "number": number,
                "slug": code["slug"],
                "kind": code["kind"],
                "name": code[f"name_{words.language}"],
                "definition": in_language(code["definition"], words.language),
                "colours": colours[code["slug"]],
                "n_human": counts[code["slug"], False],
                "n_machine": counts[code["slug"], True],
            }
        )
    numbers = {code["slug"]: code["number"] for code in legend.codes}
    by_coder = Counter((row["coder"], row["machine"]) for row in rows)
    for number, ((who, machine), n) in enumerate(sorted(by_coder.items(), key=_people_first)):
        legend.coders.append({"number": number, "name": who, "machine": machine, "n": n})
    coders = {(c["name"], c["machine"]): c["number"] for c in legend.coders}
    pairs: dict[tuple[int, int], int] = {}
    marks = []
    for number, row in enumerate(rows, start=1):
        of = numbers[row["code"]], coders[row["coder"], row["machine"]]
        pair = pairs.setdefault(of, len(pairs))
        marks.append(Mark(number, row["start"], row["end"], row, *of, pair))
    legend.pairs = [
        {"number": n, "code": code, "coder": who, "machine": legend.coders[who]["machine"]}
        for (code, who), n in pairs.items()
    ]
    return legend, marks


def _people_first(item: tuple[tuple[str, bool], int]) -> tuple[bool, str]:
    (name, machine), _ = item
    return machine, name


def _turns(study: Study, source_id: str) -> list[dict[str, Any]]:
    """List the turns of a source in order, with who speaks and whether that may be shown."""
    turns = study.turns[study.turns["source_id"] == source_id].merge(
        study.speakers, on=["source_id", "speaker"], how="left"
    )
    people = study.participants.set_index("participant_id")
    who = turns["participant_id"]
    refused = who.map(people["consent"].eq(False).fillna(False).astype(bool))
    turns = turns.assign(
        who=who.map(people["pseudonym"]).where(who.notna(), turns["speaker"]),
        withheld=refused.fillna(False).astype(bool),
    )
    return plain_rows(turns.sort_values(["start", "position"], kind="stable"))


def _drawn(turns: list[dict[str, Any]], marks: list[Mark], text: str) -> list[dict[str, Any]]:
    """Draw every turn with the marks that touch it."""
    touching: list[list[Mark]] = [[] for _ in turns]
    starts, ends = [t["start"] for t in turns], [t["end"] for t in turns]
    for mark in marks:
        first = bisect.bisect_right(ends, mark.start)
        for turn in range(first, bisect.bisect_left(starts, mark.end)):
            touching[turn].append(mark)
            mark.withheld |= turns[turn]["withheld"]
    return [_turn(turn, here, text) for turn, here in zip(turns, touching, strict=True)]


def _turn(turn: dict[str, Any], marks: list[Mark], text: str) -> dict[str, Any]:
    low, high = turn["start"], turn["end"]
    lanes = _lanes(marks, low, high)
    again = {mark.number for mark in marks if mark.target}
    if turn["withheld"]:
        pieces: list[dict[str, Any]] = []
        for mark in marks:
            mark.target = mark.target or f"t{turn['position']}"
    else:
        pieces = list(_pieces(marks, lanes, text[low:high], low, f"s{turn['position']}"))
    return {
        "number": turn["position"] + 1,
        "who": turn["who"],
        "role": turn["role"] or "other",
        "time": turn["begin_s"],
        "locator": turn["locator"],
        "prompt": None if turn["withheld"] else turn["prompt"],
        "withheld": turn["withheld"],
        "lanes": min(1 + max(lanes.values(), default=-1), LANES),
        "crowded": max(lanes.values(), default=0) >= LANES,
        "pieces": pieces,
        "marks": marks,
        "again": again,
        "pairs": sorted({mark.pair for mark in marks}),
    }


def _group(turns: list[dict[str, Any]], legend: Legend) -> None:
    """Put the marks of a turn into chips: one for a code of people, one for it of machines."""
    known: dict[tuple[int, tuple[int, ...]], int] = {}
    for turn in turns:
        chips: dict[tuple[int, bool], list[Mark]] = {}
        for mark in turn["marks"]:
            chips.setdefault((mark.code, mark.row["machine"]), []).append(mark)
        turn["groups"] = [
            {
                "code": legend.codes[code],
                "machine": machine,
                "marks": marks,
                "memos": [] if machine else [m for m in marks if _says(m, turn["again"])],
                "filter": known.setdefault(
                    (code, tuple(sorted({mark.coder for mark in marks}))), len(known)
                ),
            }
            for (code, machine), marks in chips.items()
        ]
    legend.filters = list(known)


def _says(mark: Mark, again: set[int]) -> bool:
    """Tell whether its memo stands here: once, with its first words, never with withheld ones."""
    return bool(mark.row["memo"]) and not mark.withheld and mark.number not in again


def _lanes(marks: Sequence[Mark], low: int, high: int) -> dict[int, int]:
    """Give each mark the first line below the text that is free where it lies."""
    free: list[int] = []
    lanes = {}
    for mark in marks:
        start, end = max(mark.start, low), min(mark.end, high)
        lane = next((i for i, until in enumerate(free) if until <= start), len(free))
        free[lane : lane + 1] = [end]
        lanes[mark.number] = lane
    return lanes


def _pieces(
    marks: Sequence[Mark], lanes: dict[int, int], text: str, shift: int, prefix: str
) -> Iterable[dict[str, Any]]:
    """Cut the text of a turn wherever a mark begins or ends."""
    size = len(text)
    spans = [(max(m.start - shift, 0), min(m.end - shift, size), m) for m in marks]
    cuts = sorted({0, size, *(at for start, end, _ in spans for at in (start, end))})
    waiting = sorted(spans, key=lambda span: span[0], reverse=True)
    open_: list[tuple[int, int, Mark]] = []
    for number, (start, end) in enumerate(pairwise(cuts)):
        open_ = [span for span in open_ if span[1] > start]
        while waiting and waiting[-1][0] <= start:
            open_.append(waiting.pop())
        here = [mark for _, _, mark in open_]
        piece = f"{prefix}-{number}" if here else ""
        for mark in here:
            mark.target = mark.target or piece
        yield {
            "id": piece if any(mark.target == piece for mark in here) else "",
            "text": text[start:end],
            "numbers": " ".join(str(mark.number) for mark in here),
            "lines": _lines(here, lanes),
        }


def _lines(marks: Iterable[Mark], lanes: dict[int, int]) -> list[tuple[str, str]]:
    """Say what to draw on each line: (lane's letter, name of a style), `more` where many meet."""
    drawn: dict[int, str] = {}
    for mark in marks:
        lane = min(lanes[mark.number], LANES - 1)
        drawn[lane] = "more" if lane in drawn else f"g{mark.pair}"
    return [(chr(ord("a") + lane), style) for lane, style in sorted(drawn.items())]


def _by_kind(codes: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    kinds: dict[str, list[dict[str, Any]]] = {}
    for code in codes:
        kinds.setdefault(code["kind"], []).append(code)
    return list(kinds.items())


def _coded_share(turns: list[dict[str, Any]], marks: list[Mark]) -> float | None:
    """Share of the characters of participants that people have coded; None without any."""
    spoken = [(t["start"], t["end"]) for t in turns if t["role"] == "participant"]
    whole = sum(end - start for start, end in spoken)
    if not whole:
        return None
    covered, reached = 0, 0
    own = [(mark.start, mark.end) for mark in marks if not mark.row["machine"]]
    union: list[tuple[int, int]] = []
    for start, end in own:
        if max(start, reached) < end:
            union.append((max(start, reached), end))
            reached = end
    ends = [end for _, end in spoken]
    for start, end in union:
        for low, high in spoken[bisect.bisect_right(ends, start) :]:
            if low >= end:
                break
            covered += min(end, high) - max(start, low)
    return covered / whole
