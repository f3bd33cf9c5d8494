"""What is told on the day itself, and what a day later: two quantities under one name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.waves import mean_difference
from cjmresearch.aggregate.within import unit_table
from cjmresearch.schema import Study

SAME_DAY_HOURS = 24.0
_COLUMNS = (
    *("what", "question_id", "stage", "n_fresh", "n_later", "n_both", "paired", "fresh", "later"),
    *("difference", "low", "high", "mixed"),
)


def mixed_lags(
    study: Study,
    *,
    observations: pd.DataFrame | None = None,
    fresh_hours: float = SAME_DAY_HOURS,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare what people say on the same day with what they say a day later.

    Euphoria or anger of the first hours is another quantity than the remembered experience; a score
    or a stage that mixes them says here which mean it takes from each. Where most of the people
    have told both, they are compared with themselves, else as two groups: `mean_difference`. An
    answer without a lag of its own has that of its survey. That the lags differ is not all that may
    differ between two groups of people.

    Parameters
    ----------
    study
        Frozen frames of a project.
    observations
        Frame [observations] of the study: adds the stages of the curve, by the lag of the source.
    fresh_hours
        Less than so many hours after the experience is fresh.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row a scale question with known lags, and a stage: what {rating, valence}, question_id,
        stage (slug), n_fresh, n_later (people; firms where several of one firm speak), n_both
        (int64), paired (bool), fresh, later (means), difference (later minus fresh), low, high,
        mixed (bool: both occur).
    """
    rows = list(_of_ratings(study, fresh_hours, level))
    if observations is not None:
        rows += _of_stages(study, observations, fresh_hours, level)
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    numbers = ("fresh", "later", "difference", "low", "high")
    return frame.astype(
        {
            **dict.fromkeys(("what", "question_id", "stage"), "str"),
            **dict.fromkeys(("n_fresh", "n_later", "n_both"), "int64"),
            **dict.fromkeys(numbers, "float64"),
            **dict.fromkeys(("paired", "mixed"), "bool"),
        }
    )


def answer_lags(study: Study) -> pd.Series:
    """Hours between experience and answer of each row of `answers`: its own, or its survey's."""
    surveys = study.questions.set_index("question_id")["survey_id"]
    whole = study.sources.set_index("source_id")["lag_hours"]
    of_survey = study.answers["question_id"].map(surveys).map(whole).astype("float64")
    return study.answers["lag_hours"].fillna(of_survey)


def _of_ratings(study: Study, fresh_hours: float, level: float) -> Iterator[dict[str, Any]]:
    answers = study.answers.assign(lag=answer_lags(study))
    known = answers[answers["value"].notna() & answers["lag"].notna()]
    stages = study.questions.set_index("question_id")["stage"]
    for question, group in known.groupby("question_id", sort=True):
        soon = group["lag"] < fresh_hours
        sides = [group[s].groupby("participant_id")["value"].mean() for s in (soon, ~soon)]
        place = {"what": "rating", "question_id": question, "stage": stages[question]}
        yield place | _compared(sides[0], sides[1], level)


def _of_stages(
    study: Study, observations: pd.DataFrame, fresh_hours: float, level: float
) -> Iterator[dict[str, Any]]:
    whole = study.sources.set_index("source_id")["lag_hours"]
    lag = observations["source_id"].map(whole).astype("float64")
    stages = observations["stage"].cat.categories
    tables = [
        unit_table(observations[side.to_numpy()]).reindex(columns=stages)
        for side in (lag < fresh_hours, lag >= fresh_hours)
    ]
    for stage in stages:
        fresh, later = (table[stage].dropna() for table in tables)
        if len(fresh) or len(later):
            place = {"what": "valence", "question_id": None, "stage": stage}
            yield place | _compared(fresh, later, level)


def _compared(fresh: pd.Series, later: pd.Series, level: float) -> dict[str, Any]:
    difference, low, high, paired = mean_difference(fresh, later, level=level)
    return {
        "n_fresh": len(fresh),
        "n_later": len(later),
        "n_both": len(fresh.index.intersection(later.index)),
        "paired": paired,
        "fresh": fresh.mean() if len(fresh) else np.nan,
        "later": later.mean() if len(later) else np.nan,
        "difference": difference,
        "low": low,
        "high": high,
        "mixed": bool(len(fresh) and len(later)),
    }
