"""Survey scores on the axis of stages, with the intervals that few answers deserve."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level, summary_of, t_interval, wilson
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study

PROMOTERS_FROM, DETRACTORS_TO = 9, 6


def nps(
    promoters: np.ndarray, detractors: np.ndarray, of: np.ndarray, *, level: float = 0.95
) -> tuple[Any, Any, Any]:
    """Compute a Net Promoter Score with its adjusted-Wald interval: score, low, high (-100...100).

    The interval adds 3 to n and 3/4 each to promoters and detractors (Rocks, *The American
    Statistician* 70, 2016, after Goodman; Lewis and Sauro, measuringu.com, 2021). It has its middle
    at the adjusted score, nearer to 0; bounds are cut at -100 and 100.
    """
    from scipy.special import ndtri

    promoters, detractors, of = (np.asarray(v, float) for v in (promoters, detractors, of))
    with np.errstate(invalid="ignore", divide="ignore"):
        score = 100 * (promoters - detractors) / of
    up, down = (promoters + 0.75) / (of + 3), (detractors + 0.75) / (of + 3)
    half = ndtri(0.5 + level / 2) * np.sqrt((up + down - (up - down) ** 2) / (of + 3))
    low, high = 100 * (up - down - half), 100 * (up - down + half)
    known = of > 0
    return (
        score,
        np.where(known, np.maximum(low, -100), np.nan),
        np.where(known, np.minimum(high, 100), np.nan),
    )


def ratings(study: Study, *, wave: str | None = None) -> pd.DataFrame:
    """List the numbers that people gave on scales, one a person and question.

    Parameters
    ----------
    study
        Frozen frames of a project.
    wave
        One round of the study; None takes all, averaged within a person.

    Returns
    -------
    DataFrame [ratings]
        participant_id, org_id, question_id, question (its words), metric {nps, csat, ces, other},
        stage, touchpoint (slugs or NaN), scale_min, scale_max, higher_is_better (boolean), value.
        Questions stand as they were asked.
    """
    answers = study.answers[study.answers["value"].notna()]
    if wave is not None:
        answers = answers[answers["wave"] == wave]
    keys = ["participant_id", "question_id"]
    values = answers.groupby(keys, sort=True)["value"].mean().reset_index()
    questions = study.questions[~study.questions["pii"].fillna(False).astype(bool)]
    questions = questions[questions["type"] == "scale"].rename(columns={"text": "question"})
    columns = ["question_id", "question", "metric", "stage", "touchpoint", "scale_min", "scale_max"]
    rows = questions[[*columns, "higher_is_better"]].merge(values, on="question_id")
    rows = rows.merge(study.participants[["participant_id", "org_id"]], on="participant_id")
    return rows[["participant_id", "org_id", *columns, "higher_is_better", "value"]]


def survey_scores(
    ratings: pd.DataFrame, *, stages: pd.Index | list[str] | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Score each question on its own scale: NPS, share of the satisfied, or mean ease.

    Questions of unlike scales are never averaged. NPS needs 0...10; its mean stands beside, since
    the score throws most of the answers away. CSAT is the share of the two best points with
    Wilson's interval; CES and the rest are means. A mean has Student's t interval.

    Parameters
    ----------
    ratings
        Frame of `ratings`.
    stages
        Slugs of the model in order; default is the stages there are.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [scores]
        One row a question, by stage, else as they come: stage (ordered Categorical, NaN for none),
        touchpoint, question_id, question, metric, n (int64), score (NPS -100...100; CSAT 0...100;
        else the mean), low, high,
        unit {nps, percent, points}, mean, mean_low, mean_high, scale_min, scale_max,
        higher_is_better, counts (dict: point -> people).
    """
    check_level(level)
    keys = ["question_id"]
    rows = [_score(group, level) for _, group in ratings.groupby(keys, sort=False) if len(group)]
    columns = [
        *("stage", "touchpoint", "question_id", "question", "metric", "n", "score", "low", "high"),
        *("unit", "mean", "mean_low", "mean_high", "scale_min", "scale_max", "higher_is_better"),
        "counts",
    ]
    table = pd.DataFrame(rows, columns=columns)
    known = list(stages) if stages is not None else sorted(table["stage"].dropna().unique())
    table["stage"] = pd.Categorical(table["stage"], known, ordered=True)
    return table.sort_values("stage", ignore_index=True, kind="stable")


def _score(group: pd.DataFrame, level: float) -> dict[str, Any]:
    first = group.iloc[0].to_dict()
    value = group["value"].to_numpy(float)
    metric, top = first["metric"], first["scale_max"]
    mean, sd, n = summary_of(value)
    mean_low, mean_high = t_interval(mean, sd, n, level=level)
    row = {c: first[c] for c in ("stage", "touchpoint", "question_id", "question", "metric")}
    row |= {"n": int(n), "mean": float(mean), "mean_low": float(mean_low)}
    row |= {"mean_high": float(mean_high), "scale_min": first["scale_min"], "scale_max": top}
    row |= {"higher_is_better": first["higher_is_better"]}
    row["counts"] = {
        float(k): int(v) for k, v in group["value"].value_counts().sort_index().items()
    }
    score, low, high, unit = float(mean), float(mean_low), float(mean_high), "points"
    if metric == "nps":
        _ten_points(first)
        score, low, high = (
            float(v)
            for v in nps(
                (value >= PROMOTERS_FROM).sum(), (value <= DETRACTORS_TO).sum(), n, level=level
            )
        )
        unit = "nps"
    elif metric == "csat" and not np.isnan(top):
        best = _best_points(value, first)
        bounds = wilson(np.array([best]), np.array([n]), level)
        score, low, high = (100 * best / n, *(float(100 * b[0]) for b in bounds))
        unit = "percent"
    return row | {"score": score, "low": low, "high": high, "unit": unit}


def _ten_points(question: dict[str, Any]) -> None:
    if (question["scale_min"], question["scale_max"]) != (0, 10):
        raise CjmError(
            f"question {question['question_id']!r}: NPS needs a scale of 0 to 10, this one is of "
            f"{question['scale_min']:g} to {question['scale_max']:g}; set its metric to csat or "
            "other"
        )


def _best_points(value: np.ndarray, question: dict[str, Any]) -> int:
    """Count answers on the two best points; on a scale that runs the other way, the two lowest."""
    better = question["higher_is_better"]
    if better is not pd.NA and better is not None and not bool(better):
        return int((value <= question["scale_min"] + 1).sum())
    return int((value >= question["scale_max"] - 1).sum())
