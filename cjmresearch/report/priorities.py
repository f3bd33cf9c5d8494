"""What to do first: opportunities by the people behind their barriers, and moments of truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from cjmresearch import aggregate, journey
from cjmresearch.aggregate.within import share_ranks
from cjmresearch.report.sections import Context

MOST_MOMENTS = 12
"""Moments of truth that the report shows; all stand in the frame."""


def opportunities_section(context: Context) -> dict[str, Any]:
    """List the opportunities: whom each would help, who does it, what is still without one.

    Returns
    -------
    dict
        frame (name, stage, n_participants, of_participants, rank, rank_low, rank_high, owner,
        status; an opportunity that removes no barrier has no rank), rows (name, stage, n, of,
        priority, owner, status, panel, barriers, tasks, measures), loose (names of barriers that
        nothing removes), n_barriers.
    """
    language, include = context.words.language, context.include
    plan = journey.plan(context.study, language=language, include=include)
    found = [_removing(context, item, plan) for item in _opportunity_items(context)]
    found += [_proposed(context, code, rows) for code, rows in _coded(context)]
    ranked = [opportunity for opportunity in found if opportunity.rows is not None]
    ranks = _ranks(context, [o.rows["participant_id"] for o in ranked if o.rows is not None])
    places = iter(ranks.to_dict("records"))
    rows = [
        _opportunity_row(context, o, next(places) if o.rows is not None else None) for o in found
    ]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"] or 0, row["name"]))
    loose = journey.orphans(context.study, language=language, include=include)
    pains = context.observations.loc[context.observations["kind"] == "pain", "code"]
    return {
        "frame": _frame(rows),
        "rows": rows,
        "loose": list(loose.loc[loose["what"] == "barrier", "text"]),
        "n_barriers": int(pains.nunique()),
    }


@dataclass
class _Opportunity:
    """One opportunity: an item that people put on the map, or a code they gave to words."""

    key: str
    name: str
    stages: list[str]
    rows: pd.DataFrame | None
    """Observations that speak for it; None where it is linked to nothing that was said."""
    barriers: list[dict[str, Any]]
    owner: str | None = None
    status: str | None = None
    chain: pd.DataFrame | None = None


def _opportunity_items(context: Context) -> Iterable[dict[str, Any]]:
    items = context.study.items
    shown = items[(items["layer"] == "opportunities") & (items["map_type"] != "future")]
    return shown.to_dict("records")


def _removing(context: Context, item: dict[str, Any], plan: pd.DataFrame) -> _Opportunity:
    """Follow an opportunity back to the barriers that it removes, and to who spoke of them."""
    links = context.study.links
    ids = links.loc[
        (links["relation"] == "removed_by") & (links["to_id"] == item["item_id"]), "from_id"
    ]
    codes = context.study.codes.set_index("code_id")["slug"]
    slugs = [codes[i] for i in ids if i in codes.index]
    behind = context.observations[context.observations["code"].isin(slugs)]
    written = context.study.items.set_index("item_id")["text"]
    named = [{"name": written[i], "panel": None} for i in ids if i in written.index]
    barriers = [
        {"name": context.names[s], "panel": context.evidence.panels.get(f"pain|{s}")} for s in slugs
    ]
    return _Opportunity(
        key=item["item_id"],
        name=item["text"],
        stages=[context.names.get(item["stage"], item["stage"])],
        rows=behind if slugs else None,
        barriers=barriers + named,
        owner=_text(item["owner"]),
        status=_text(item["status"]),
        chain=plan[plan["opportunity"] == item["text"]],
    )


def _coded(context: Context) -> Iterable[tuple[str, pd.DataFrame]]:
    ideas = context.observations[context.observations["kind"] == "opportunity"]
    return ((str(code), rows) for code, rows in ideas.groupby("code", sort=True))


def _proposed(context: Context, code: str, rows: pd.DataFrame) -> _Opportunity:
    stages = rows["stage"].dropna()
    return _Opportunity(
        key=code,
        name=context.names[code],
        stages=[context.names[s] for s in stages.cat.remove_unused_categories().cat.categories],
        rows=rows,
        barriers=[],
    )


def _ranks(context: Context, people: list[pd.Series]) -> pd.DataFrame:
    """Rank by people, as sets: with few of them the first is rarely one opportunity alone."""
    everybody = context.heard["participant_id"]
    named = np.column_stack(
        [everybody.isin(spoke).to_numpy(bool) for spoke in people] or [np.empty((0,), bool)]
    )
    return share_ranks(named) if people else pd.DataFrame()


def _opportunity_row(
    context: Context, found: _Opportunity, place: dict[str, Any] | None
) -> dict[str, Any]:
    words, rows, chain = context.words, found.rows, found.chain
    panel = None
    if rows is not None and len(rows):
        panel = context.evidence.panel(f"opportunity|{found.key}", rows, title=found.name)
    return {
        "name": found.name,
        "stage": ", ".join(found.stages),
        "n": 0 if rows is None else int(rows["participant_id"].nunique()),
        "of": context.n,
        "rank": place["rank"] if place else None,
        "rank_low": place["rank_low"] if place else None,
        "rank_high": place["rank_high"] if place else None,
        "priority": words.places(place["rank_low"], place["rank_high"]) if place else "",
        "owner": found.owner,
        "status": found.status,
        "barriers": found.barriers,
        "tasks": [] if chain is None else list(dict.fromkeys(chain["task"].dropna())),
        "measures": [] if chain is None else _measures(context, chain),
        "panel": panel,
    }


def _measures(context: Context, chain: pd.DataFrame) -> list[Markup]:
    """Say each metric once, with what it was before and after where waves are linked."""
    words, said = context.words, {}
    for row in chain[chain["metric"].notna()].to_dict("records"):
        if pd.isna(row["before"]) or pd.isna(row["after"]):
            said[row["metric"]] = words("measure_named", metric=row["metric"])
            continue
        said[row["metric"]] = words(
            "measure_moved",
            metric=row["metric"],
            before=words.decimal(row["before"]),
            after=words.decimal(row["after"]),
            n_before=words.whole(row["n_before"]),
            n_after=words.whole(row["n_after"]),
        )
    return list(said.values())


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    texts = ("name", "stage", "owner", "status")
    frame = pd.DataFrame(
        {
            "n_participants": [row["n"] for row in rows],
            "of_participants": [row["of"] for row in rows],
            **{key: [row[key] for row in rows] for key in ("rank", "rank_low", "rank_high")},
        },
        dtype="Int64",
    )
    for at, text in enumerate(texts):
        where = at if at < 2 else len(frame.columns)
        frame.insert(where, text, pd.Series([row[text] for row in rows], dtype="str"))
    return frame


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def moments_section(context: Context) -> dict[str, Any]:
    """List candidates for moments of truth with their reasons; the first is a set, too.

    Returns
    -------
    dict
        frame (of `aggregate.moments_of_truth`), rows (name of the touchpoint, place: the stage,
        reason, n, of, priority, maybe_first, panel), n_all, n_first (how many may be the first).
    """
    words = context.words
    frame = aggregate.moments_of_truth(context.observations, participants=context.heard)
    behind = context.observations.drop_duplicates("coding_id").set_index("coding_id", drop=False)
    rows = []
    for row in frame.head(MOST_MOMENTS).to_dict("records"):
        name, place = context.names[row["touchpoint"]], context.names[row["stage"]]
        panel = context.evidence.panel(
            f"moment|{row['stage']}|{row['touchpoint']}",
            behind.loc[list(row["coding_ids"])].reset_index(drop=True),
            title=name,
            place=place,
        )
        reasons = [
            words(f"moment_{reason}", n=words.plural("people", row[f"n_{reason}"]))
            for reason in row["reasons"]
        ]
        rows.append(
            {
                "name": name,
                "place": place,
                "reason": Markup("; ").join(reasons),
                "n": row["n_participants"],
                "of": row["of_participants"],
                "priority": words.places(row["rank_low"], row["rank_high"]),
                "maybe_first": row["maybe_first"],
                "panel": panel,
            }
        )
    n_first = int(frame["maybe_first"].sum())
    return {"frame": frame, "rows": rows, "n_all": len(frame), "n_first": n_first}
