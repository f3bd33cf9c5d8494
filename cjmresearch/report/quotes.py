"""Panels of quotes: what opens behind a number, and the numbered index of all that is shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.schema import Study

CAP = 5
"""Quotes that one place shows at most."""

IN_PANEL = 420
"""Characters of a quote that a panel shows; the index shows more."""

IN_INDEX = 1600
"""Characters of a quote that the index shows at most."""

_INDEX_BUDGET = 1_500_000
"""Characters that all quotes of the index may take together; a page must open in a browser."""

_IN_INDEX_LEAST = 300

_CONTEXT = 90
"""Characters of the surroundings that the index shows on each side."""

_COMFORTABLE = (25, 260)
"""Length of a quote that reads well by itself."""


@dataclass
class Panel:
    """What opens behind one number: its quotes, and how many there are in all."""

    id: str
    title: str
    place: str
    n_participants: int
    n_codings: int
    chosen: list[str]
    withheld_people: int = 0
    quotes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Title with its place, as the index names it."""
        return f"{self.title}, {self.place}" if self.place else self.title


class Evidence:
    """Collects panels while the report is built; `close` opens the words and numbers them.

    A panel shows up to `cap` quotes, one a person first: people's codings before machines',
    readable lengths before extremes, strong feelings before weak ones. Words of people who refused
    consent are never chosen.
    """

    def __init__(self, study: Study, observations: pd.DataFrame, *, cap: int = CAP) -> None:
        self.panels: dict[str, Panel] = {}
        self.cap = cap
        self._study = study
        self._order = _preference(observations, study)
        self._refused = set(
            study.participants.loc[
                study.participants["consent"].eq(False).fillna(False).astype(bool),
                "participant_id",
            ]
        )

    def panel(self, key: str, rows: pd.DataFrame, *, title: str, place: str = "") -> Panel:
        """Make the panel of a number from the observations behind it, or give it if it is there."""
        if key in self.panels:
            return self.panels[key]
        codings = rows.drop_duplicates("coding_id")
        refused = codings["participant_id"].isin(self._refused)
        panel = Panel(
            id=f"p-{len(self.panels) + 1}",
            title=title,
            place=place,
            n_participants=int(codings["participant_id"].nunique()),
            n_codings=len(codings),
            chosen=self._choose(codings[~refused]),
            withheld_people=int(codings.loc[refused, "participant_id"].nunique()),
        )
        self.panels[key] = panel
        return panel

    def _choose(self, codings: pd.DataFrame) -> list[str]:
        order = self._order.reindex(codings["coding_id"]).to_numpy()
        # Two codes on the same words are one quote, and the same words twice tell nothing new.
        ranked = codings[["coding_id", "participant_id", "source_id", "start", "end"]].iloc[
            np.argsort(order, kind="stable")
        ]
        ranked = ranked.drop_duplicates(["source_id", "start", "end"])
        turn = ranked.groupby("participant_id", sort=False).cumcount().to_numpy()
        chosen = ranked["coding_id"].iloc[np.argsort(turn, kind="stable")[: self.cap]]
        return list(chosen)

    def close(self, language_of: pd.Series) -> pd.DataFrame:
        """Open every chosen coding once, number it in order of first use, fill the panels.

        `language_of` is the language of quotes by coding_id. Returns the index: the frame of
        `aggregate.evidence` with number, language, start, end, shown_in (ids of panels).
        """
        shown_in: dict[str, list[str]] = {}
        for panel in self.panels.values():
            for coding in panel.chosen:
                shown_in.setdefault(coding, []).append(panel.id)
        index = aggregate.evidence(self._study, shown_in, context=_CONTEXT).reset_index(drop=True)
        spans = self._study.codings.set_index("coding_id")[["start", "end"]]
        index = index.join(spans, on="coding_id")
        index["shown_in"] = index["coding_id"].map(shown_in)
        index["language"] = index["coding_id"].map(language_of)
        index = index[~index["withheld"].astype(bool)].reset_index(drop=True)
        index.insert(0, "number", np.arange(1, len(index) + 1))
        entries = {str(row["coding_id"]): row for row in plain_rows(index)}
        for panel in self.panels.values():
            panel.quotes = [entries[c] for c in panel.chosen if c in entries]
        return index


def index_limit(n_quotes: int) -> int:
    """Give the characters that each of so many quotes may take in the index."""
    return max(_IN_INDEX_LEAST, min(IN_INDEX, _INDEX_BUDGET // max(n_quotes, 1)))


def _preference(observations: pd.DataFrame, study: Study) -> pd.Series:
    """Rank codings by how well they show: position in the order of preference by coding_id."""
    codings = observations.drop_duplicates("coding_id").reset_index(drop=True)
    length = codings["quote"].str.len()
    keys = pd.DataFrame(
        {
            "machine": codings["machine"].astype(int),
            "awkward": (~length.between(*_COMFORTABLE)).astype(int),
            "weak": -codings["valence"].abs().fillna(0.5)
            * codings["intensity"].astype("float64").fillna(2),
            "long": (length - 110).abs(),
            "source": codings["source_id"].map(
                pd.Series(np.arange(len(study.sources)), index=study.sources["source_id"])
            ),
            "start": codings["start"],
        }
    )
    order = keys.sort_values(list(keys.columns), kind="stable").index
    rank = pd.Series(np.arange(len(order)), index=order).sort_index()
    return pd.Series(rank.to_numpy(), index=codings["coding_id"])


def plain_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain dicts in which what is missing is None."""
    return frame.astype(object).where(frame.notna(), None).to_dict("records")
