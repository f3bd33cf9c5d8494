"""Means in which the person is the unit: within person and coder, over coders, over people."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.overlap import Ints
from cjmresearch.errors import CjmError, UnequalErrorWarning


@dataclass(frozen=True)
class Units:
    """Means of the units (a person, or a firm of which several were interviewed) in cells."""

    cell: Ints
    mean: np.ndarray
    people_cell: Ints
    """Cell of each participant's mean, for counting people."""
    unit: Ints
    """Number of the unit of each mean, in `names`."""
    names: pd.Index
    """The firm's org_id if it is known, else the participant_id."""

    def summary(self, cells: int) -> pd.DataFrame:
        """Summarise cells: mean, sd (over units), n_participants, n_units; one row a cell."""
        n = np.bincount(self.cell, minlength=cells)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = np.bincount(self.cell, self.mean, minlength=cells) / n
            squares = (self.mean - mean[self.cell]) ** 2
            sd = np.sqrt(np.bincount(self.cell, squares, minlength=cells) / (n - 1))
        return pd.DataFrame(
            {
                "mean": mean,
                "sd": np.where(n > 1, sd, np.nan),
                "n_participants": np.bincount(self.people_cell, minlength=cells),
                "n_units": n,
            }
        )


def unit_means(observations: pd.DataFrame, cell: Ints) -> Units:
    """Average valences in cells: participant x coder (by weight), coders, participants, firms.

    Parameters
    ----------
    observations
        Frame [observations] in which every row has a valence.
    cell
        Number of the cell of each row, from 0.
    """
    person, people = numbered(observations["participant_id"])
    coder, coders = numbered(observations["coder"])
    weight = observations["weight"].to_numpy()
    key = (cell * max(len(people), 1) + person) * max(len(coders), 1) + coder
    row, keys = pd.factorize(key)
    mean = np.bincount(row, weight * observations["valence"].to_numpy()) / np.bincount(row, weight)
    people_key, mean = _average(keys // max(len(coders), 1), mean)
    people_cell, person_of = np.divmod(people_key, max(len(people), 1))
    unit, names = _units_of(observations, person, len(people))
    unit_key, mean = _average(people_cell * (1 + len(people)) + unit[person_of], mean)
    unit_cell, unit_of = np.divmod(unit_key, 1 + len(people))
    return Units(unit_cell, mean, people_cell, unit_of, names)


def numbered(values: pd.Series) -> tuple[Ints, np.ndarray]:
    """Give each value a number from 0 in order of appearance, missing ones -1; and the values."""
    # The same strings as objects: pandas needs half the time for them.
    plain = values.to_numpy(object) if values.dtype == "str" else values.to_numpy()
    return pd.factorize(plain)


def _average(key: Ints, values: np.ndarray) -> tuple[Ints, np.ndarray]:
    row, keys = pd.factorize(key)
    return keys, np.bincount(row, values) / np.bincount(row)


def _units_of(observations: pd.DataFrame, person: Ints, people: int) -> tuple[Ints, pd.Index]:
    """Give each participant the number of its unit: the firm if known, else its own; and names."""
    first = np.zeros(people, np.int64)
    first[person[::-1]] = np.arange(len(person))[::-1]
    org = observations["org_id"].iloc[first]
    firm = ("firm\n" + org).where(org.notna(), observations["participant_id"].iloc[first])
    number, names = pd.factorize(firm)
    return number, pd.Index(names).str.removeprefix("firm\n")


def by_machine(observations: pd.DataFrame, *, touchpoint: bool = False) -> np.ndarray:
    """Mark what rests on an undecided suggestion: the coding, its stage, its touchpoint if asked.

    Columns of places may be absent in frames that were not made by `observations`.
    """
    marks = ["machine", "stage_machine"] + ["touchpoint_machine"] * touchpoint
    marks = [mark for mark in marks if mark in observations]
    return observations[marks].to_numpy(bool).any(axis=1)


def warn_of_languages(observations: pd.DataFrame, name: str, groups: pd.Categorical) -> None:
    """Warn where groups are languages and machine tags are compared: their errors are unequal.

    A grouping that is one-to-one with language (by country, by market) is one, whatever its name.
    """
    if name == "participant_id" or "language" not in observations:
        return
    machine = by_machine(observations) & (groups.codes >= 0)
    pairs = pd.DataFrame(
        {"group": groups.codes[machine], "language": observations["language"].to_numpy()[machine]}
    )
    pairs = pairs.dropna().drop_duplicates()
    if len(pairs) > 1 and not (pairs["group"].duplicated() | pairs["language"].duplicated()).any():
        warnings.warn(
            f"{name} compares languages ({', '.join(sorted(pairs['language']))}) on machine tags: "
            "the machine errs unequally in them and the difference may be its own; draw gold in "
            "each (models.gold_sample by language) and take aggregate.corrected_curve, or drop "
            "machine tags with include='human'",
            UnequalErrorWarning,
            stacklevel=3,
        )


def groups_of(
    observations: pd.DataFrame, by: str | Mapping[str, Any] | pd.Series
) -> tuple[str, pd.Categorical]:
    """Name and values of a grouping: a column, or a mapping from participant_id to a group."""
    if isinstance(by, str):
        if by not in observations.columns or by in ("stage", "valence", "weight"):
            usable = [c for c in observations.columns if c not in ("stage", "valence", "weight")]
            raise CjmError(f"by={by!r}: choose a column of observations: {', '.join(usable)}")
        name, values = by, observations[by]
    else:
        name = str(getattr(by, "name", None) or "group")
        values = observations["participant_id"].map(dict(by.items()))
        if values.isna().all() and len(values):
            raise CjmError("by: no participant of the observations has a group in the mapping")
    if isinstance(values.dtype, pd.CategoricalDtype):
        return name, pd.Categorical(values).remove_unused_categories()
    return name, pd.Categorical(values)
