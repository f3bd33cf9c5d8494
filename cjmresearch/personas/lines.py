"""Lines of cards and maps: which codings fill a field, by how many people, in whose words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.codebooks.templates import CardField
from cjmresearch.personas.people import members, written
from cjmresearch.schema import Study

EVIDENCE, HYPOTHESIS, HIDDEN = "evidence", "hypothesis", "hidden"
STATUSES = (EVIDENCE, HYPOTHESIS, HIDDEN)
_BEST_LENGTH = 140
"""Letters of a quote that can be read at a glance; of longer ones the shortest is taken."""


@dataclass(frozen=True)
class Said:
    """What the members of a persona said: each coding once, with what may be shown of it."""

    study: Study
    people: pd.DataFrame
    rows: pd.DataFrame
    """Columns of observations, one row a coding, plus shown (bool: the quote may be shown)."""

    @classmethod
    def by(
        cls, study: Study, persona: str | None, *, include: str = "human", model: str | None = None
    ) -> Said:
        """Collect what the members of a persona said; None is everybody."""
        people = members(study, persona, include=include)
        rows = aggregate.observations(study, model=model, include=include)
        rows = rows[rows["participant_id"].isin(people["participant_id"])]
        rows = rows.drop_duplicates("coding_id").reset_index(drop=True)
        opened = aggregate.evidence(study, rows["coding_id"], context=0)
        return cls(study, people, rows.assign(shown=~opened["withheld"].to_numpy()))

    @property
    def of(self) -> int:
        """How many people the persona has."""
        return len(self.people)

    def lines(self, field: CardField) -> list[dict[str, Any]]:
        """Give a line a code that fills the field: most people first, then most passages."""
        codes, rows = self.study.codes, self.rows
        plain = codes.loc[field.of_codes(codes), "slug"]
        asked = codes.loc[field.of_codes(codes, asked=True), "slug"]
        taken = rows["code"].isin(plain)
        taken |= rows["code"].isin(asked) & rows["quote"].str.contains("?", regex=False)
        ru, en = self.study.names("ru"), self.study.names("en")
        found = [
            {
                "field": code,
                "code": code,
                "name_ru": ru[str(code)],
                "name_en": en[str(code)],
                "status": EVIDENCE,
                "machine_share": float(group["machine"].mean()),
                **self.counted(group),
            }
            for code, group in rows[taken].groupby("code", sort=True)
        ]
        return sorted(found, key=lambda r: (-r["n_participants"], -len(r["coding_ids"]), r["code"]))

    def counted(self, rows: pd.DataFrame) -> dict[str, Any]:
        """Count the people behind passages, with one quote that may be shown."""
        best = _best(rows)
        pseudonyms = self.people.set_index("participant_id")["pseudonym"]
        kinds = self.study.sources.set_index("source_id")["kind"]
        return {
            "n_participants": rows["participant_id"].nunique(),
            "of_participants": self.of,
            "coding_ids": tuple(rows["coding_id"]),
            "source": ", ".join(sorted(set(rows["source_id"].map(kinds)))),
            "quote": None if best is None else best["quote"],
            "participant": None if best is None else pseudonyms[best["participant_id"]],
        }

    def entries(self, owner_id: str | None, fields: Sequence[CardField]) -> list[dict[str, Any]]:
        """Give what people wrote in fields: with a source it is evidence, else a hypothesis."""
        if owner_id is None:
            return []
        by_name = {field.field: field for field in fields}
        found = []
        for entry in written(self.study, owner_id).to_dict("records"):
            field = by_name.get(entry["field"])
            row: dict[str, Any] = {
                "field": entry["field"],
                "value": entry["value"],
                "name_ru": field.name_ru if field else entry["field"],
                "name_en": field.name_en if field else entry["field"],
                "coding_ids": entry["coding_ids"],
                "of_participants": self.of,
            }
            behind = self.rows[self.rows["coding_id"].isin(entry["coding_ids"])]
            row |= self.counted(behind) if len(behind) else {}
            sourced = isinstance(entry["source"], str)
            source = None if len(behind) or not sourced else entry["source"]
            row["source"] = row.get("source") or source
            row["status"] = EVIDENCE if sourced else HYPOTHESIS
            found.append(row)
        return found


def _best(rows: pd.DataFrame) -> dict[str, Any] | None:
    """Pick a quote: hand-coded before machine-tagged, the longest that reads at a glance."""
    shown = rows[rows["shown"]]
    if shown.empty:
        return None
    length = shown["quote"].str.len()
    ranked = shown.assign(too_long=length > _BEST_LENGTH, reach=(length - _BEST_LENGTH).abs())
    order = ["machine", "too_long", "reach", "coding_id"]
    return dict(ranked.sort_values(order).iloc[0])


TEXTS = ("section", "field", "code", "value", "name_ru", "name_en", "source", "status")
WORDS = ("quote", "participant")


def frame_of(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Make a frame of lines with the columns wanted and their dtypes."""
    table = pd.DataFrame(index=pd.RangeIndex(len(rows)))
    for name in columns:
        values = [row.get(name) for row in rows]
        if name in ("n_participants", "of_participants"):
            table[name] = pd.array(values, dtype="Int64")
        elif name == "coding_ids":
            table[name] = pd.Series([v or () for v in values], dtype=object, index=table.index)
        elif name == "machine_share":
            table[name] = pd.Series([v or 0.0 for v in values], dtype="float64", index=table.index)
        else:
            table[name] = pd.Series(values, dtype="str", index=table.index)
    return table
