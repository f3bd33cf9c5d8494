"""Suggestions decided by people: each a row, its time in the event, and the rate of success."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch.errors import StoreError
from cjmresearch.store import changes
from cjmresearch.store.acts import Acts
from cjmresearch.store.database import fetch
from cjmresearch.store.lookup import code_id, now, one
from cjmresearch.store.tables import SQL_TABLES

_DECISIONS = {
    "suggestion_id": "str", "tagger": "str", "code": "str", "given": "str", "coder": "str",
    "run": "str", "status": "str", "seconds": "float64", "at": "datetime64[us, UTC]",
}  # fmt: skip


class Deciding(Acts):
    """What a project does with suggestions of machines; a part of `Project`."""

    def decide(
        self,
        coding_id: str,
        *,
        coder: str,
        accept: bool,
        code: str | None = None,
        seconds: float | None = None,
    ) -> str:
        """Accept a suggestion, also as another code, or reject it; returns the decision's id.

        The suggestion itself stays as it is; each coder decides once (`undo` to think again).
        `seconds` is the time that the decision took, where the caller has measured it.
        """
        if seconds is not None and not 0 <= seconds < float("inf"):
            raise StoreError(f"a decision can't take {seconds} seconds; give a time from 0")
        with self._database.write() as connection:
            suggestion = one(connection, "codings", coding_id)
            if suggestion["status"] != "suggested":
                raise StoreError(f"coding {coding_id} is {suggestion['status']}, not suggested")
            decided = fetch(connection, "codings", {"suggestion_id": coding_id, "coder": coder})
            if decided:
                raise StoreError(f"{coder} has {decided[0]['status']} this suggestion already")
            row = {
                **suggestion,
                "coding_id": self._new_id(),
                "coder": coder,
                "status": "accepted" if accept else "rejected",
                "suggestion_id": coding_id,
                "run_id": None,
                "created_at": now(),
            }
            if code is not None:
                row["code_id"] = code_id(connection, code)
            more = {} if seconds is None else {"seconds": float(seconds)}
            self._record(connection, "decide", coder, changes.insert("codings", [row]), more=more)
        return str(row["coding_id"])

    def decisions(self) -> pd.DataFrame:
        """Give every decision that stands, oldest first, so that the help can be measured.

        Columns: suggestion_id, tagger (the coder that suggested), code (slug suggested), given
        (slug decided on; that of the suggestion where it was rejected), coder (who decided), run,
        status {accepted, rejected}, seconds (float, missing where nobody measured), at (UTC).
        """
        with self._database.read() as connection:
            rows = _decided(connection)
            seconds = _seconds(connection)
        for row in rows:
            row["seconds"] = seconds.get(row.pop("coding_id"))
        frame = pd.DataFrame(rows, columns=list(_DECISIONS))
        frame["at"] = pd.to_datetime(frame["at"], utc=True)
        return frame.astype(_DECISIONS)

    def acceptance(self) -> pd.DataFrame:
        """Count by tagger what people made of its suggestions: one row a tagger, by name.

        Columns: tagger, suggested, decided, accepted (as suggested), as_other (accepted as
        another code), rejected, rate (accepted / decided, missing where nothing was decided),
        seconds (median of a decision). One decision is one coder's: with several coders there may
        be more decisions than suggestions.
        """
        decided = self.decisions()
        with self._database.read() as connection:
            codings = SQL_TABLES["codings"]
            query = sa.select(codings.c.coder, sa.func.count()).where(
                codings.c.status == "suggested"
            )
            found = connection.execute(query.group_by(codings.c.coder))
            suggested = {tagger: int(count) for tagger, count in found}
        rows = []
        for tagger in sorted(suggested):
            own = decided[decided["tagger"] == tagger]
            taken = own[own["status"] == "accepted"]
            accepted = int((taken["code"] == taken["given"]).sum())
            rows.append(
                {
                    "tagger": tagger,
                    "suggested": suggested[tagger],
                    "decided": len(own),
                    "accepted": accepted,
                    "as_other": len(taken) - accepted,
                    "rejected": len(own) - len(taken),
                    "rate": accepted / len(own) if len(own) else None,
                    "seconds": own["seconds"].median(),
                }
            )
        counts = ["suggested", "decided", "accepted", "as_other", "rejected"]
        frame = pd.DataFrame(rows, columns=["tagger", *counts, "rate", "seconds"])
        types = {"tagger": "str", **dict.fromkeys(counts, "int64")}
        return frame.astype({**types, "rate": "float64", "seconds": "float64"})


def _decided(connection: sa.Connection) -> list[dict[str, Any]]:
    codings, codes = SQL_TABLES["codings"], SQL_TABLES["codes"]
    before, named, given = codings.alias(), codes.alias(), codes.alias()
    query = (
        sa.select(
            codings.c.coding_id,
            codings.c.suggestion_id,
            before.c.coder.label("tagger"),
            named.c.slug.label("code"),
            given.c.slug.label("given"),
            codings.c.coder,
            before.c.run_id.label("run"),
            codings.c.status,
            codings.c.created_at.label("at"),
        )
        .join(before, codings.c.suggestion_id == before.c.coding_id)
        .join(named, named.c.code_id == before.c.code_id)
        .join(given, given.c.code_id == codings.c.code_id)
        .order_by(codings.c.created_at, codings.c.coding_id)
    )
    return [dict(row._mapping) for row in connection.execute(query)]


def _seconds(connection: sa.Connection) -> dict[str, float]:
    """How long each decision took, by its coding_id, from the events."""
    events = SQL_TABLES["events"]
    found: dict[str, float] = {}
    for payload in connection.execute(
        sa.select(events.c.payload).where(events.c.kind == "decide")
    ).scalars():
        event = json.loads(payload)
        if "seconds" in event:
            rows = (row for change in event["changes"] for row in change.get("rows", ()))
            found |= {row["coding_id"]: event["seconds"] for row in rows}
    return found
