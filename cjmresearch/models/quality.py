"""How well the machines code this project: measured on its own gold sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from cjmresearch.errors import ModelError
from cjmresearch.models.gold import HasStudy, overlapping, study_of
from cjmresearch.models.shares import INTERVAL_FROM, share
from cjmresearch.schema import Study, finished_for, gold_designs

FEW_PEOPLE, FEW_SEGMENTS = 5, 10
ALL = "all"


@dataclass(frozen=True)
class Quality:
    """What `models.quality` found.

    Attributes
    ----------
    codes
        One row a code (or kind) and language: code, language, n_segments (judged), n_people,
        n_human, n_machine (segments with the code); precision, recall, f1, ece, each with _low
        and _high; too_few (bool), note.
    calibration
        One row a code, language and class of confidence: low, high (of the class), n_segments,
        n_people, confidence (mean), share (that people coded, too), share_low, share_high.
    waiting
        How many drawn segments nobody has finished: they are in no figure.
    level
        Coverage of the intervals.
    """

    codes: pd.DataFrame
    calibration: pd.DataFrame
    waiting: int
    level: float

    def __str__(self) -> str:
        lines = [
            f"{row.code} ({row.language}): precision {_said(row, 'precision')}, "
            f"recall {_said(row, 'recall')}; {row.n_segments} segments of {row.n_people} people"
            + (f"; {row.note}" if row.note else "")
            for row in self.codes.itertuples()
        ]
        left = f"{self.waiting} drawn segments wait for a coder" if self.waiting else ""
        return "\n".join([*lines, *([left] if left else [])])

    def table(self, names: Mapping[str, str] | None = None) -> pd.DataFrame:
        """Give `codes` for reading, one row a code and language; shares and intervals are text.

        `names` maps slugs to names, e.g. `study.names("en")`. Columns: code, language, sentences,
        people, people say yes, machine says yes, precision, recall, calibration error, beware.
        """
        rows = list(self.codes.itertuples())
        known = names or {}
        columns = {
            "code": [known.get(row.code, row.code) for row in rows],
            "language": [row.language for row in rows],
            "sentences": [row.n_segments for row in rows],
            "people": [row.n_people for row in rows],
            "people say yes": [row.n_human for row in rows],
            "machine says yes": [row.n_machine for row in rows],
            "precision": [_said(row, "precision") for row in rows],
            "recall": [_said(row, "recall") for row in rows],
            "calibration error": ["" if np.isnan(row.ece) else f"{row.ece:.2f}" for row in rows],
            "beware": ["too few" if row.too_few else "" for row in rows],
        }
        return pd.DataFrame(columns)


def _said(row: Any, name: str) -> str:
    value, low, high = (getattr(row, name + end) for end in ("", "_low", "_high"))
    if np.isnan(value):
        return "unknown"
    return f"{value:.2f}" + ("" if np.isnan(low) else f" [{low:.2f}, {high:.2f}]")


def quality(
    study: Study | HasStudy,
    *,
    codes: Sequence[str] = (),
    of: Literal["code", "kind"] = "code",
    machine: str | None = None,
    level: float = 0.95,
) -> Quality:
    """Measure precision, recall, F1 and calibration of the suggestions on the gold sample.

    A sampled segment counts once somebody has finished it (`project.finish_samples`) for the
    code's scheme: "yes" where a human coding of the code shares a character with it, whoever made
    it, else "no". Accepted suggestions are no gold, since their coder had seen the machine's
    answer. The machine says "yes" where any of its suggestions of the code does, decided or not.

    Every segment weighs 1 / probability, with the probability among the finished segments of its
    stratum; several samples are pooled by their sizes. Intervals take the participant as the unit:
    a share is a ratio of two weighted totals, its variance comes from the residuals summed by
    participant (linearisation; Sarndal, Swensson, Wretman, Model Assisted Survey Sampling, 1992,
    ch. 5), which gives an effective number of segments for Wilson's interval with Student's t
    (Korn and Graubard, Survey Methodology 24, 1998; Franco, Little, Louis, Slud, J. Survey Stat.
    Methodol. 7, 2019). Where all or none match, the number of people stands in for it.

    Parameters
    ----------
    study
        Frozen frames of a project, or the project.
    codes
        Slugs or schemes to measure; by default every code that a person or a machine used.
    of
        `code`, or `kind`: does the machine see a pain where people see a pain, of whatever type?
    machine
        Beginning of the coder to measure, e.g. `model:` or `rules:pains-1`; default is all.
    level
        Coverage of the intervals.

    Returns
    -------
    Quality
        Frames `codes` and `calibration`. Intervals are NaN under 3 people. `too_few`: under 5
        people or 10 segments behind the precision or the recall; `note` says which.

    Raises
    ------
    SchemaError
        No sample, no finished segment, or a sample that was not drawn at random with recorded
        probabilities: from passages chosen by hand or by confidence no rate can be computed.
    ModelError
        Codes that the project doesn't have.
    """
    if of not in ("code", "kind"):
        raise ModelError(f"of={of!r}: choose code or kind")
    frozen = study_of(study)
    drawn = _speakers_of(gold_designs(frozen.samples), frozen)
    marks = _marks(drawn, frozen, machine=machine)
    marks["label"] = marks["slug" if of == "code" else "kind"]
    languages = sorted(drawn["language"].unique())
    groups = [ALL, *languages] if len(languages) > 1 else [ALL]
    rows, tables = [], []
    for label in _wanted(marks, frozen, codes, of):
        judged = _judged(drawn, marks[marks["label"] == label], label)
        for language in groups:
            part = judged if language == ALL else judged[judged["language"] == language]
            name = {"code": label, "language": language}
            rows.append(name | _measured(part, level))
            tables.append(_calibrated(part, level).assign(**name))
    waiting = int(drawn["schemes"].isna().sum())
    names = ["code", "language"]
    calibration = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=names)
    order = [*names, *(c for c in calibration.columns if c not in names)]
    return Quality(pd.DataFrame(rows), calibration[order], waiting, level)


def _speakers_of(drawn: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the participant who says each drawn segment, and its language.

    Segments of nobody known are left out: whoever was erased, or is no participant any more.
    """
    speakers = study.speakers[["source_id", "speaker", "participant_id"]]
    turns = study.turns.merge(speakers, on=["source_id", "speaker"], how="left")
    turns = turns.sort_values(["source_id", "start"], ignore_index=True)
    at, sample = overlapping(turns, drawn)
    who = pd.Series(turns["participant_id"].to_numpy()[at], index=sample)
    spoken = study.sources.set_index("source_id")["language"]
    known = drawn.assign(
        person=who[~who.index.duplicated()].reindex(drawn.index),
        language=drawn["source_id"].map(spoken).fillna("unknown"),
    )
    return known[known["person"].notna()].reset_index(drop=True)


def _marks(drawn: pd.DataFrame, study: Study, *, machine: str | None) -> pd.DataFrame:
    """Pair drawn segments (`row`) with the codings that share a character with them."""
    codings = study.codings
    said = codings["status"] == "suggested"
    if machine is not None:
        said &= codings["coder"].str.startswith(machine)
    codings = codings[(codings["status"] == "human") | said].reset_index(drop=True)
    parts = []
    for _, batch in drawn.groupby("batch", sort=True):
        ordered = batch.sort_values(["source_id", "start"])
        at, coding = overlapping(ordered, codings)
        parts.append(codings.iloc[coding].assign(row=ordered.index.to_numpy()[at]))
    pairs = pd.concat(parts, ignore_index=True)
    codes = study.codes[["code_id", "slug", "kind", "scheme"]]
    pairs = pairs.merge(codes, on="code_id")
    return pairs[["row", "slug", "kind", "scheme", "status", "confidence"]]


def _wanted(marks: pd.DataFrame, study: Study, codes: Sequence[str], of: str) -> list[str]:
    """Labels to measure: those asked for, else those that somebody used."""
    if not codes:
        return sorted(marks["label"].unique())
    known = study.codes
    chosen = known["slug"].isin(codes) | known["scheme"].isin(codes) | known["kind"].isin(codes)
    missing = set(codes) - set(known["slug"]) - set(known["scheme"]) - set(known["kind"])
    if missing:
        raise ModelError(f"codes: {min(missing)!r} is no slug, scheme or kind of the project")
    return sorted(known.loc[chosen, "slug" if of == "code" else "kind"].unique())


def _judged(drawn: pd.DataFrame, marks: pd.DataFrame, label: str) -> pd.DataFrame:
    """Segments that were finished for the label's schemes: human, machine, confidence, weight."""
    schemes = set(marks["scheme"]) or {label.split(":")[0]}
    done = finished_for(drawn["schemes"], schemes)
    human = marks.loc[marks["status"] == "human", "row"]
    suggested = marks[marks["status"] == "suggested"]
    sure = suggested.groupby("row")["confidence"].max()
    judged = drawn[done]
    judged = judged.assign(
        human=judged.index.isin(human),
        machine=judged.index.isin(suggested["row"]),
        confidence=sure.reindex(judged.index),
    )
    stratum = judged.groupby(["batch", "stratum"])["of"].transform("size")
    batch = judged.groupby("batch")["of"].transform("size") / len(judged)
    return judged.assign(weight=judged["of"] / stratum * batch)


def _measured(judged: pd.DataFrame, level: float) -> dict[str, Any]:
    human, machine = judged["human"].to_numpy(), judged["machine"].to_numpy()
    who, weight = judged["person"].to_numpy(), judged["weight"].to_numpy()
    both = human & machine
    found: dict[str, Any] = {
        "n_segments": len(judged),
        "n_people": judged["person"].nunique(),
        "n_human": int(human.sum()),
        "n_machine": int(machine.sum()),
    }
    parts = {
        "precision": (1.0 * both, 1.0 * machine),
        "recall": (1.0 * both, 1.0 * human),
        "f1": (2.0 * both, 1.0 * human + machine),
    }
    said = []
    for name, (part, whole) in parts.items():
        got = share(part * weight, whole * weight, who, level=level)
        found |= {name: got.value, f"{name}_low": got.low, f"{name}_high": got.high}
        if name != "f1" and (got.people < FEW_PEOPLE or got.rows < FEW_SEGMENTS):
            said.append(f"{name} rests on {got.rows} segments of {got.people} people")
    told = judged[judged["machine"] & judged["confidence"].notna()]
    error = calibration_error(told, level) if len(told) >= FEW_SEGMENTS else (np.nan,) * 3
    found |= dict(zip(("ece", "ece_low", "ece_high"), error, strict=True))
    return found | {"too_few": bool(said), "note": ("too few: " if said else "") + "; ".join(said)}


_BINS = 10


def _classes(told: pd.DataFrame) -> np.ndarray:
    return np.minimum((told["confidence"].to_numpy() * _BINS).astype(int), _BINS - 1)


def _calibrated(judged: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the confidence of suggestions with how often people agree, by class."""
    told = judged[judged["machine"] & judged["confidence"].notna()]
    rows = []
    for number, part in told.groupby(_classes(told)):
        weight = part["weight"].to_numpy()
        got = share(part["human"] * weight, weight, part["person"].to_numpy(), level=level)
        rows.append(
            {
                "low": number / _BINS,
                "high": (number + 1) / _BINS,
                "n_segments": len(part),
                "n_people": got.people,
                "confidence": np.average(part["confidence"], weights=weight),
                "share": got.value,
                "share_low": got.low,
                "share_high": got.high,
            }
        )
    columns = ["low", "high", "n_segments", "n_people", "confidence", "share", "share_low"]
    return pd.DataFrame(rows, columns=[*columns, "share_high"])


def calibration_error(told: pd.DataFrame, level: float) -> tuple[float, float, float]:
    """Compute the expected calibration error of suggestions, with a bootstrap over people.

    Columns confidence, human, weight, person. Percentiles of 500 draws of people; with few
    segments the error itself is too high rather than too low, since chance is an error, too.
    """
    person, people = pd.factorize(told["person"])
    weight = told["weight"].to_numpy()
    gap = weight * (told["confidence"].to_numpy() - told["human"].to_numpy(float))
    cell = person * _BINS + _classes(told)
    gaps = np.bincount(cell, gap, minlength=len(people) * _BINS).reshape(-1, _BINS)
    totals = np.bincount(person, weight, minlength=len(people))
    value = float(np.abs(gaps.sum(axis=0)).sum() / totals.sum())
    if len(people) < INTERVAL_FROM:
        return value, np.nan, np.nan
    draws = np.random.default_rng(0).multinomial(
        len(people), np.full(len(people), 1 / len(people)), size=500
    )
    errors = np.abs(draws @ gaps).sum(axis=1) / (draws @ totals)
    low, high = np.quantile(errors, [(1 - level) / 2, (1 + level) / 2])
    return value, float(low), float(high)
