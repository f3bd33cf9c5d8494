"""How far people come along the stages, with what they feel there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level, share_interval
from cjmresearch.errors import CjmError


def funnel(
    steps: pd.DataFrame,
    *,
    curve: pd.DataFrame | None = None,
    underway: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Count who came how far, and who stopped where; the feelings stand beside.

    A person reached a stage who was at it or at a later one. Those still underway leave the count
    at their farthest stage without having stopped there, so that `reached` is Kaplan and Meier's
    product over stages (JASA 53, 1958) and equals the plain share where nobody is underway.

    Parameters
    ----------
    steps
        Frame of `visits` along stages.
    curve
        Frame [curve]: its mean, low, high and n_participants are laid beside as `felt`, `felt_low`,
        `felt_high`, `n_felt`.
    underway
        participant_ids whose path has not ended, e.g. those with outcome `active`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [funnel]
        One row a stage: stage, at_risk (came here and could go on or stop; int64), n_stopped,
        n_underway (farthest stage is here; int64), reached (share of all who started), low, high
        (without anybody underway `share_interval`; else by Greenwood on the log-log scale),
        stopped (share of those at risk), stopped_low, stopped_high (NaN at the last stage, where
        the path is over); and the feelings.
    """
    check_level(level)
    if not isinstance(steps["place"].dtype, pd.CategoricalDtype):
        raise CjmError("steps: a funnel needs stages in order; take visits(along='stage')")
    stages = steps["place"].cat.categories
    farthest = steps["place"].cat.codes.groupby(steps["participant_id"]).max()
    open_path = farthest.index.isin(list(underway)) & (farthest < len(stages) - 1).to_numpy()
    ended = np.bincount(farthest[~open_path], minlength=len(stages))
    censored = np.bincount(farthest[open_path], minlength=len(stages))
    came = (ended + censored)[::-1].cumsum()[::-1]
    at_risk = came - censored
    stopped = np.where(np.arange(len(stages)) < len(stages) - 1, ended, 0)
    reached, low, high = _survival(came, at_risk, stopped, level)
    share_low, share_high = share_interval(stopped, at_risk, level)
    on_the_way = (np.arange(len(stages)) < len(stages) - 1) & (at_risk > 0)
    table = pd.DataFrame(
        {
            "stage": pd.Categorical(stages, stages, ordered=True),
            "at_risk": at_risk,
            "n_stopped": stopped,
            "n_underway": censored,
            "reached": reached,
            "low": low,
            "high": high,
            "stopped": np.where(on_the_way, stopped / np.maximum(at_risk, 1), np.nan),
            "stopped_low": np.where(on_the_way, share_low, np.nan),
            "stopped_high": np.where(on_the_way, share_high, np.nan),
        }
    )
    return table if curve is None else _with_feelings(table, curve)


def _survival(
    came: np.ndarray, at_risk: np.ndarray, stopped: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from scipy.special import ndtri

    with np.errstate(invalid="ignore", divide="ignore"):
        step = np.where(at_risk > 0, 1 - stopped / np.maximum(at_risk, 1), 1.0)
        reached = np.concatenate([[1.0], np.cumprod(step)[:-1]])
        if (came == at_risk).all():  # nobody is underway
            return reached, *share_interval(came, came[:1].repeat(len(came)), level)
        term = np.where(at_risk > stopped, stopped / (at_risk * (at_risk - stopped)), 0.0)
        error = np.sqrt(np.concatenate([[0.0], np.cumsum(term)[:-1]])) / np.log(reached)
        half = ndtri(0.5 + level / 2) * error
        low, high = reached ** np.exp(-half), reached ** np.exp(half)
    sure = (reached <= 0) | (reached >= 1)
    plain = share_interval(reached * came[0], np.full(len(came), came[0]), level)
    return reached, np.where(sure, plain[0], low), np.where(sure, plain[1], high)


def _with_feelings(table: pd.DataFrame, curve: pd.DataFrame) -> pd.DataFrame:
    felt = curve.set_index(curve["stage"].astype("str")).reindex(table["stage"].astype("str"))
    named = {"mean": "felt", "low": "felt_low", "high": "felt_high", "n_participants": "n_felt"}
    for column, name in named.items():
        table[name] = felt[column].to_numpy()
    return table
