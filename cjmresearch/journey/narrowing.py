"""Some of the people and some of the codings: what a map is narrowed to, and its whole with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.schema import Study


@dataclass(frozen=True)
class Only:
    """What a map is narrowed to; None does not narrow.

    `role` and `segment` choose people: only they are in the counts and in the whole, the N of "n of
    N". `coder` chooses codings: what this coder coded, at the stages that anybody marked; the whole
    is those who speak in the sources that the coder coded. `channel` chooses codings too, those at
    touchpoints of this channel; the whole stays everybody who could have spoken of it.

    Attributes
    ----------
    role, segment : a `buying_role` and a `customer_segment` of the participants
    coder : as the codings name it
    channel : one of `schema.CHANNELS`
    """

    role: str | None = None
    segment: str | None = None
    coder: str | None = None
    channel: str | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) is not None for f in fields(self))

    def codings(self, live: pd.DataFrame) -> pd.DataFrame:
        """Keep the codings, or observations, of the coder."""
        if self.coder is None:
            return live
        return live[live["coder"] == self.coder]

    def people(self, participants: pd.DataFrame) -> pd.DataFrame:
        """Keep the rows of people who are of the role and the segment."""
        for column, value in (("buying_role", self.role), ("customer_segment", self.segment)):
            if value is not None:
                participants = participants[participants[column] == value]
        return participants

    def observations(self, observations: pd.DataFrame, study: Study) -> pd.DataFrame:
        """Keep the observations of these people, by this coder, at touchpoints of this channel."""
        kept = self.codings(observations)
        if self.role is not None or self.segment is not None:
            people = self.people(study.participants)["participant_id"]
            kept = kept[kept["participant_id"].isin(people)]
        if self.channel is not None:
            touched = study.codes.loc[study.codes["channel"] == self.channel, "slug"]
            kept = kept[kept["touchpoint"].isin(touched)]
        return kept

    def check(self, study: Study) -> None:
        """Refuse, as a `CjmError`, what the study does not have."""
        known: dict[str, Iterable[str]] = {
            "role": study.participants["buying_role"],
            "segment": study.participants["customer_segment"],
            "coder": study.codings["coder"],
            "channel": study.codes["channel"],
        }
        for name, values in known.items():
            value, there = getattr(self, name), sorted(set(pd.Series(values).dropna()))
            if value is not None and value not in there:
                has = ", ".join(there) or "none"
                raise CjmError(f"{name} {value!r} is not in the study; it has: {has}")
