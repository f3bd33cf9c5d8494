"""The emotion curve: mean valence at each stage, with honest intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import NO_SPREAD, check_level, t_interval
from cjmresearch.aggregate.means import (
    by_machine,
    groups_of,
    numbered,
    unit_means,
    warn_of_languages,
)
from cjmresearch.aggregate.overlap import Ints
from cjmresearch.errors import CjmError
from cjmresearch.wording import INTERVAL_FROM

_NEEDED = {
    *("coding_id", "source_id", "participant_id", "org_id", "coder", "machine", "stage_machine"),
    *("stage", "weight", "valence", "start", "end"),
}


def emotion_curve(
    observations: pd.DataFrame,
    *,
    by: str | Mapping[str, Any] | pd.Series | None = None,
    include: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Average valence by stage; the person is the unit, not the utterance.

    Valences are averaged within participant x stage x coder (by weight), then over coders, then
    within a firm of which several people were interviewed, then over these units. Intervals are
    Student's t on the units' means; the band widens them by Bonferroni so that the whole curve is
    covered at once. No emotion at a stage is missing, never neutral.

    Parameters
    ----------
    observations
        Frame [observations].
    by
        A column of observations, or a mapping from participant_id to a group: a curve each. People
        without a group are left out.
    include
        `human` drops what rests on undecided suggestions; None and `suggested` take all rows.
    level
        Coverage of the intervals, between 0 and 1.

    Returns
    -------
    DataFrame [curve]
        One row a stage of the model (and group), also where nothing was said: [by], stage (ordered
        Categorical), mean, low, high, band_low, band_high (float, -1...1, unclipped; intervals are
        NaN under 3 units, or where all units agree exactly and t would claim certainty),
        n_participants, n_units, n_codings (int64), sd (of the units' means), mixed_share (of
        passages, that hold opposite emotions), machine_share (of codings, that rest on undecided
        suggestions), level.

    Warns
    -----
    UnequalErrorWarning
        Groups are languages and rest on undecided suggestions: see `corrected_curve`.
    """
    check_level(level)
    stages = _stages_of(observations)
    placed = observations["valence"].notna().to_numpy() & (observations["stage"].cat.codes >= 0)
    kept = _included(observations, include) & placed.to_numpy()
    names: list[Any] = [None]
    if by is not None:
        group_name, groups = groups_of(observations, by)
        kept &= groups.codes >= 0
        if include != "human":
            warn_of_languages(observations, group_name, groups)
        names = list(groups.categories)
    rows = observations[[c for c in observations if c in _NEEDED]][kept]
    rows = rows.assign(coder=numbered(rows["coder"])[0])
    cell = rows["stage"].cat.codes.to_numpy(np.int64)
    if by is not None:
        cell = cell + groups.codes[kept].astype(np.int64) * len(stages)
    cells = len(names) * len(stages)
    curve = unit_means(rows, cell).summary(cells)
    curve = pd.concat([curve, _counts(rows, cell, cells)], axis=1)
    curve = _intervals(curve, np.repeat(np.arange(len(names)), len(stages)), level)
    curve.insert(0, "stage", pd.Categorical(list(stages) * len(names), stages, ordered=True))
    if by is not None:
        curve.insert(0, group_name, np.repeat(np.array(names, dtype=object), len(stages)))
        curve[group_name] = curve[group_name].infer_objects()
    return curve


def drop_machine_intervals(curve: pd.DataFrame) -> pd.DataFrame:
    """Blank the intervals of a curve where it rests on undecided suggestions, even in part.

    They count how people differ and not how the machine errs, so they would promise too much:
    simulated, an interval of 95 % covered the truth half of the time. `corrected_curve` has
    intervals that hold both.
    """
    if "machine_share" not in curve:
        return curve
    bounds = [c for c in ("low", "high", "band_low", "band_high") if c in curve]
    machine = curve["machine_share"] > 0
    return curve.assign(**{c: curve[c].mask(machine) for c in bounds})


def _stages_of(observations: pd.DataFrame) -> pd.Index:
    if "stage" not in observations or not isinstance(
        observations["stage"].dtype, pd.CategoricalDtype
    ):
        raise CjmError(
            "observations: column stage must be an ordered Categorical of the model's stages; "
            "take the frame from aggregate.observations"
        )
    return observations["stage"].cat.categories


def _included(observations: pd.DataFrame, include: str | None) -> np.ndarray:
    if include not in (None, "human", "suggested"):
        raise CjmError(f"include={include!r}: choose human, suggested or None")
    if include == "human":
        return ~by_machine(observations)
    return np.ones(len(observations), bool)


def _counts(rows: pd.DataFrame, cell: Ints, cells: int) -> pd.DataFrame:
    first = ~_repeated(rows["coding_id"], cell)
    n_codings = np.bincount(cell[first], minlength=cells)
    machine = np.bincount(cell[first], by_machine(rows)[first], minlength=cells)
    passages, mixed = _passages(rows[first], cell[first], cells)
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                "n_codings": n_codings,
                "mixed_share": mixed / passages,
                "machine_share": machine / n_codings,
            }
        )


def _repeated(coding_ids: pd.Series, cell: Ints) -> np.ndarray:
    """Mark rows of a coding that has a row in the cell already, for another touchpoint."""
    if len(set(coding_ids.to_numpy())) == len(coding_ids):  # five times faster than the search
        return np.zeros(len(coding_ids), bool)
    coding, codings = pd.factorize(coding_ids)
    return pd.Series(cell * len(codings) + coding).duplicated().to_numpy()


def _passages(rows: pd.DataFrame, cell: Ints, cells: int) -> tuple[Ints, Ints]:
    """Count passages and mixed ones: codings of one coder that overlap are one passage."""
    if not len(rows):
        return np.zeros(cells, int), np.zeros(cells, int)
    source = numbered(rows["source_id"])[0]
    coder = rows["coder"].to_numpy()
    start, end = rows["start"].to_numpy(), rows["end"].to_numpy()
    run = ((source * (1 + coder.max()) + coder) * cells + cell) * (1 + end.max())
    order = np.argsort(run + start)
    begin, stop = (run + start)[order], np.maximum.accumulate((run + end)[order])
    passage = np.cumsum(np.concatenate([[0], begin[1:] >= stop[:-1]])).astype(np.int64)
    valence = rows["valence"].to_numpy()[order]
    mixed = (np.bincount(passage, valence > 0) > 0) & (np.bincount(passage, valence < 0) > 0)
    cell_of = np.zeros(len(mixed), np.int64)
    cell_of[passage] = cell[order]
    return (
        np.bincount(cell_of, minlength=cells),
        np.bincount(cell_of, mixed, minlength=cells).astype(np.int64),
    )


def _intervals(curve: pd.DataFrame, group: Ints, level: float) -> pd.DataFrame:
    n = curve["n_units"].to_numpy()
    able = (n >= INTERVAL_FROM) & (curve["sd"] > NO_SPREAD).to_numpy()
    stages = np.maximum(np.bincount(group, able), 1)[group]
    result = curve[["mean"]].copy()
    for prefix, covered in (("", level), ("band_", 1 - (1 - level) / stages)):
        result[f"{prefix}low"], result[f"{prefix}high"] = t_interval(
            curve["mean"], curve["sd"], n, level=covered
        )
    rest = ["n_participants", "n_units", "n_codings", "sd", "mixed_share", "machine_share"]
    return pd.concat([result, curve[rest]], axis=1).assign(level=level)
