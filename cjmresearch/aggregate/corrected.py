"""The curve of a machine's tags, corrected by a random gold sample of the same material."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.overlap import Spans, overlaps
from cjmresearch.aggregate.placing import participants_of, stage_of
from cjmresearch.errors import CjmError, UnequalErrorWarning
from cjmresearch.schema import Study, finished_for, gold_designs
from cjmresearch.wording import INTERVAL_FROM

_UNITS = ("participant_id", "unit", "stage", "machine", "gold", "weight")


def gold_units(
    study: Study, segments: pd.DataFrame, *, code: str | None = None, model: str | None = None
) -> pd.DataFrame:
    """Lay what machines said of every segment beside what people said of the sampled ones.

    Parameters
    ----------
    study
        Frozen frames of a project with a finished gold sample (`models.gold_sample`).
    segments
        Frame [segments] that the sample was drawn from: `text.segments(study)`.
    code
        A slug, scheme or kind, e.g. `pain`: values are 1 (it is coded) and 0. Without it values
        are valences of the segment's feelings, NaN where there is none.
    model
        Journey model (scheme of stage codes); default is the study's.

    Returns
    -------
    DataFrame [units]
        One row a segment of a known customer: source_id, start, end, participant_id, unit (the
        firm if known, else the person), language (str), stage (ordered Categorical), machine,
        gold (float, NaN where nothing is said), weight (float: 1 / probability; NaN where nobody
        has judged).

    Raises
    ------
    SchemaError
        No sample, none finished, or one that was not drawn at random.
    CjmError
        Segments that the sample was not drawn from; an unknown code.
    """
    wanted, schemes = _wanted(study, code)
    design = gold_designs(study.samples)
    people = participants_of(segments, study)
    rows = segments.iloc[people.coding].reset_index(drop=True)
    who = study.participants.iloc[people.person].reset_index(drop=True)
    firm = ("firm\n" + who["org_id"]).where(who["org_id"].notna(), who["participant_id"])
    units = pd.DataFrame(
        {
            "source_id": rows["source_id"],
            "start": rows["start"],
            "end": rows["end"],
            "participant_id": who["participant_id"],
            "unit": firm,
            "language": rows["language"],
            "stage": stage_of(rows, study, turn=people.turn, model=model),
            "machine": _values(rows, study, wanted, "suggested", valence=code is None),
            "gold": _values(rows, study, wanted, "human", valence=code is None),
        }
    )
    units["weight"] = _weights(units, design, schemes)
    return units.assign(gold=units["gold"].where(units["weight"].notna()))


def _wanted(study: Study, code: str | None) -> tuple[pd.DataFrame, set[str]]:
    codes = study.codes
    if code is None:
        chosen = codes[codes["valence"].notna()]
    else:
        chosen = codes[
            (codes["slug"] == code) | (codes["scheme"] == code) | (codes["kind"] == code)
        ]
    if chosen.empty:
        raise CjmError(f"code={code!r}: no slug, scheme or kind of the study; see study.codes")
    return chosen, set(chosen["scheme"])


def _values(
    rows: pd.DataFrame, study: Study, codes: pd.DataFrame, status: str, *, valence: bool
) -> np.ndarray:
    """Value of each segment by codings of one status: the mean valence, or whether any is there."""
    codings = study.codings[
        (study.codings["status"] == status) & study.codings["code_id"].isin(codes["code_id"])
    ]
    sources = pd.Index(study.sources["source_id"])
    at, coding, _ = overlaps(Spans.of(rows, sources), Spans.of(codings, sources))
    counts = np.bincount(at, minlength=len(rows))
    if not valence:
        return (counts > 0).astype(float)
    own = codings["valence"].where(
        codings["valence"].notna(),
        codings["code_id"].map(codes.set_index("code_id")["valence"]),
    )
    total = np.bincount(at, own.to_numpy(float)[coding], minlength=len(rows))
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / counts


def _weights(units: pd.DataFrame, design: pd.DataFrame, schemes: set[str]) -> pd.Series:
    """1 / probability among the finished segments of the stratum; NaN for those not judged."""
    done = design[finished_for(design["schemes"], schemes)]
    stratum = done.groupby(["batch", "stratum"])["of"].transform("size")
    batch = done.groupby("batch")["of"].transform("size") / max(len(done), 1)
    spans = ["source_id", "start", "end"]
    weight = done.assign(weight=done["of"] / stratum * batch).groupby(spans)["weight"].sum()
    found = weight.reindex(pd.MultiIndex.from_frame(units[spans])).to_numpy()
    if len(weight) and np.isnan(found).all():
        raise CjmError(
            "segments: none of them is in the gold sample; pass the segments that it was drawn "
            "from, text.segments(study)"
        )
    return pd.Series(found, index=units.index)


@dataclass(frozen=True)
class _Cell:
    """An estimate of a cell and how each unit moves it."""

    raw: float
    value: float
    influence: pd.Series
    """By unit: share of the error of the estimate; sums to 0."""
    counts: dict[str, int]

    def interval(self, level: float) -> tuple[float, float]:
        return _interval(self.value, self.influence, self.counts["n_gold_units"], level)


def _interval(value: float, influence: pd.Series, n: int, level: float) -> tuple[float, float]:
    from scipy.special import stdtrit

    if n < INTERVAL_FROM or np.isnan(value):
        return np.nan, np.nan
    error = float(np.sqrt((influence**2).sum() * n / (n - 1)))
    half = float(stdtrit(n - 1, 0.5 + level / 2)) * error
    return value - half, value + half


def _cell(units: pd.DataFrame) -> _Cell:
    """Estimate one cell: the machine's mean plus the mean of gold minus machine on the gold.

    Both the value (0 where nothing is said) and whether anything is said are corrected so; the
    estimate is their ratio. For values that are never missing the second is 1.
    """
    machine, gold = units["machine"].to_numpy(), units["gold"].to_numpy()
    judged = units["weight"].notna().to_numpy()
    weight = np.where(judged, units["weight"], 0.0)
    person, people = pd.factorize(units["participant_id"])
    n = len(people)
    size, mass = np.bincount(person, minlength=n), np.bincount(person, weight, minlength=n)
    raw, fix = [], []
    with np.errstate(invalid="ignore", divide="ignore"):
        for said, meant in (
            (np.nan_to_num(machine), np.nan_to_num(gold)),
            (1.0 * ~np.isnan(machine), 1.0 * ~np.isnan(gold)),
        ):
            raw.append(np.bincount(person, said, minlength=n) / size)
            error = np.where(judged, meant - said, 0.0) * weight
            fix.append(np.bincount(person, error, minlength=n) / mass)
    first = np.full(n, len(units))
    np.minimum.at(first, person, np.arange(len(units)))
    names = units["unit"].to_numpy()[first]
    means = _by_unit(np.array([*raw, *fix]), names)
    return _estimate(
        *means,
        {
            "n_participants": n,
            "n_gold_participants": int((mass > 0).sum()),
            "n_segments": len(units),
            "n_gold": int(judged.sum()),
        },
    )


def _by_unit(values: np.ndarray, names: np.ndarray) -> tuple[np.ndarray, pd.Index]:
    """Average people's values (rows) within units, each over those who have one."""
    unit, labels = pd.factorize(names)
    known = ~np.isnan(values)
    shape = (len(values), len(labels))
    total, count = np.zeros(shape), np.zeros(shape)
    for i, row in enumerate(values):
        total[i] = np.bincount(unit, np.where(known[i], row, 0.0), minlength=len(labels))
        count[i] = np.bincount(unit, known[i], minlength=len(labels))
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / count, pd.Index(labels)


def _estimate(by_unit: np.ndarray, names: pd.Index, counts: dict[str, int]) -> _Cell:
    """Estimate from the units' means: value, presence, and the error of each on the gold."""
    n, judged = by_unit.shape[1], ~np.isnan(by_unit[2])
    counts |= {"n_units": n, "n_gold_units": int(judged.sum())}
    blank = np.full(2, np.nan)
    mean = by_unit[:2].mean(axis=1) if n else blank
    error = by_unit[2:, judged].mean(axis=1) if judged.any() else blank
    with np.errstate(invalid="ignore", divide="ignore"):
        raw = float(mean[0] / mean[1])
        there = mean[1] + error[1]
        value = float((mean[0] + error[0]) / there) if there > 0 else np.nan
    off, wrong = by_unit[:2].T - mean, np.where(judged, by_unit[2:], error[:, None]).T - error
    own = (off[:, 0] - value * off[:, 1]) / max(n, 1)
    fixed = (wrong[:, 0] - value * wrong[:, 1]) / max(int(judged.sum()), 1)
    return _Cell(raw, value, pd.Series((own + fixed) / there, index=names), counts)


def corrected_curve(
    units: pd.DataFrame, *, by: str | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Correct a machine's curve by the gold sample; raw and corrected side by side.

    The estimate is the machine's mean over all segments plus the mean of gold minus machine over
    the sampled ones (Angelopoulos, Bates, Fannjiang, Jordan, Zrnic, Science 382, 2023; the
    difference estimator of survey sampling), each within a participant first, then over people or
    firms. Valences are missing where nothing is felt, so value and presence are corrected apart
    and divided: a person weighs by how much of what they say at the stage carries a feeling.
    Intervals are Student's t on what each unit adds, over the units with gold; they hold the
    machine's error and people's differences. The machine's own mean gets none.

    Parameters
    ----------
    units
        Frame [units] of `gold_units`.
    by
        A column of units, e.g. `language`: a curve each.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [corrected curve]
        One row a stage (and group): [by], stage, raw (the machine's mean), mean (corrected; NaN
        without gold at the stage), low, high, band_low, band_high (NaN under 3 units with gold;
        the band is Bonferroni's), n_participants, n_gold_participants, n_units, n_gold_units,
        n_segments, n_gold (int64), level.

    Warns
    -----
    UnequalErrorWarning
        Languages are compared and one of them has no gold.
    """
    _check(units, by)
    if by == "language":
        _warn_without_gold(units)
    stages = units["stage"].cat.categories
    rows = []
    for name, group in [(None, units)] if by is None else list(units.groupby(by, observed=True)):
        cells = [(s, _cell(group[(group["stage"] == s).to_numpy()])) for s in stages]
        able = max(1, sum(not np.isnan(cell.interval(level)[0]) for _, cell in cells))
        for stage, cell in cells:
            row: dict[str, Any] = {} if by is None else {by: name}
            low, high = cell.interval(level)
            band_low, band_high = cell.interval(1 - (1 - level) / able)
            row |= {"stage": stage, "raw": cell.raw, "mean": cell.value, "low": low, "high": high}
            rows.append(row | {"band_low": band_low, "band_high": band_high} | cell.counts)
    curve = pd.DataFrame(rows)
    curve["stage"] = pd.Categorical(curve["stage"], stages, ordered=True)
    return curve.assign(level=level)


@dataclass(frozen=True)
class Difference:
    """A corrected difference of two cells with its interval, beside the machine's own."""

    raw: float
    value: float
    low: float
    high: float
    n_units: int
    n_gold_units: int


def corrected_difference(
    units: pd.DataFrame, cells: tuple[Any, Any], *, by: str = "stage", level: float = 0.95
) -> Difference:
    """Estimate the first cell minus the second, corrected by the gold sample.

    Parameters
    ----------
    units
        Frame [units] of `gold_units`.
    cells
        Two values of the column `by`: two stages, two languages.
    by
        A column of units.
    level
        Coverage of the interval.

    Returns
    -------
    Difference
        Value and interval: units that are in both cells are compared with themselves (a paired t
        where all are). The interval is NaN under 3 units with gold in either cell.

    Warns
    -----
    UnequalErrorWarning
        Languages are compared and one of them has no gold.
    """
    _check(units, by)
    missing = [c for c in cells if not (units[by] == c).any()]
    if missing:
        raise CjmError(f"cells: no unit has {by} {missing[0]!r}")
    if by == "language":
        _warn_without_gold(units[units[by].isin(cells)])
    first, second = (_cell(units[(units[by] == c).to_numpy()]) for c in cells)
    influence = first.influence.sub(second.influence, fill_value=0.0)
    value = first.value - second.value
    gold = min(first.counts["n_gold_units"], second.counts["n_gold_units"])
    low, high = _interval(value, influence, gold, level)
    return Difference(first.raw - second.raw, value, low, high, len(influence), gold)


def _check(units: pd.DataFrame, by: str | None) -> None:
    missing = [c for c in _UNITS if c not in units]
    if missing:
        raise CjmError(f"units: no column {missing[0]!r}; take the frame from aggregate.gold_units")
    if by is not None and by not in units:
        raise CjmError(f"by={by!r}: choose a column of units: {', '.join(units.columns)}")


def _warn_without_gold(units: pd.DataFrame) -> None:
    judged = units["weight"].notna().groupby(units["language"]).any()
    bare = list(judged.index[~judged])
    if bare and len(judged) > 1:
        warnings.warn(
            f"languages are compared and {', '.join(bare)} has no gold sample: a machine errs "
            "unequally in different languages; draw one with models.gold_sample(by='language')",
            UnequalErrorWarning,
            stacklevel=3,
        )
