"""Respondents who were interviewed too, joined by id; who has no counterpart is counted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cjmresearch.errors import CjmError

if TYPE_CHECKING:
    from cjmresearch.read.surveys import Survey

_LISTED = 5


@dataclass(frozen=True, eq=False)
class Match:
    """Who is in a survey and among the participants; `str()` is what a person reads.

    Attributes
    ----------
    frame
        One row a person: participant_id (str), in_survey, in_participants (bool), alike (str: ids
        of the other side that differ in case, blanks, punctuation or leading zeros only, joined by
        `, `; they are not taken for the same person).
    """

    frame: pd.DataFrame

    @property
    def both(self) -> list[str]:
        """Ids on both sides."""
        rows = self.frame["in_survey"] & self.frame["in_participants"]
        return self.frame.loc[rows, "participant_id"].tolist()

    @property
    def only_survey(self) -> list[str]:
        """Ids of the survey without a participant."""
        return self.frame.loc[~self.frame["in_participants"], "participant_id"].tolist()

    @property
    def only_participants(self) -> list[str]:
        """Participants who are not in the survey."""
        return self.frame.loc[~self.frame["in_survey"], "participant_id"].tolist()

    def __str__(self) -> str:
        rows = [
            f"{len(self.both)} in both",
            f"{len(self.only_survey)} in the survey only{_some(self.only_survey)}",
            f"{len(self.only_participants)} not in the survey{_some(self.only_participants)}",
        ]
        alike = self.frame[self.frame["alike"].notna() & self.frame["in_survey"]]
        pairs = zip(alike["participant_id"], alike["alike"], strict=True)
        rows += [f"check: {one!r} may be {other!r}" for one, other in pairs]
        return "\n".join(rows)


def match(survey: Survey | Iterable[str], participants: pd.DataFrame | Iterable[str]) -> Match:
    """Join respondents with people known from interviews by id, exactly; count the unmatched.

    Parameters
    ----------
    survey
        A survey, or its ids.
    participants
        A frame with `participant_id`, e.g. [participants] or [speakers], or ids.

    Returns
    -------
    Match
        One row a person in `.frame`, ids of the survey first, in order; ids that look alike are
        shown in `alike`, never joined.

    Raises
    ------
    CjmError
        Ids that are blank or, in the survey, doubled; a frame without `participant_id`.
    """
    here = _ids(getattr(survey, "participants", survey), "survey")
    there = list(dict.fromkeys(_ids(participants, "participants")))
    if len(set(here)) < len(here):
        twice = pd.Series(here)[pd.Series(here).duplicated()].iloc[0]
        raise CjmError(f"the id {twice!r} stands twice in the survey; one row a respondent")
    people = list(dict.fromkeys([*here, *there]))
    frame = pd.DataFrame({"participant_id": pd.Series(people, dtype="str")})
    frame["in_survey"] = frame["participant_id"].isin(here).astype("bool")
    frame["in_participants"] = frame["participant_id"].isin(there).astype("bool")
    frame["alike"] = _alike(frame)
    return Match(frame)


def _ids(given: pd.DataFrame | Iterable[str], side: str) -> list[str]:
    if isinstance(given, pd.DataFrame):
        if "participant_id" not in given.columns:
            raise CjmError(f"{side}: the frame has no column participant_id; rename its ids")
        given = given["participant_id"].dropna()  # a speaker who is nobody's participant
    ids = [str(i) if pd.notna(i) else "" for i in given]
    blank = next((at for at, id_ in enumerate(ids) if not id_.strip()), None)
    if blank is not None:
        raise CjmError(f"{side}: a blank id at position {blank}; fill it or leave the row out")
    return ids


def _alike(frame: pd.DataFrame) -> pd.Series:
    """Ids of the other side, itself unmatched, that differ in writing only."""
    lone = frame[frame["in_survey"] != frame["in_participants"]]
    writing = lone["participant_id"].map(_folded)
    found: list[str | None] = [None] * len(frame)
    for _, rows in lone.groupby(writing):
        if rows["in_survey"].nunique() == 2:
            for at, side in rows["in_survey"].items():
                others = rows.loc[rows["in_survey"] != side, "participant_id"]
                found[at] = ", ".join(others)
    return pd.Series(found, dtype="str")


def _folded(id_: str) -> str:
    letters = re.sub(r"[\W_]+", "", id_).casefold()
    return re.sub(r"(?<!\d)0+(?=\d)", "", letters)


def _some(ids: list[str]) -> str:
    if not ids:
        return ""
    more = ", …" if len(ids) > _LISTED else ""
    return f": {', '.join(ids[:_LISTED])}{more}"
