"""Who comes back, who goes over to another, and when: hazards from paths with times."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import pairwise

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level
from cjmresearch.errors import CjmError

OUTCOMES = ("repeat", "switch")


def next_purchase(
    steps: pd.DataFrame,
    *,
    purchase: Collection[str],
    switch: Collection[str] = (),
    edges: Collection[float] = (30.0, 90.0, 180.0, 365.0),
    until: pd.Timestamp | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate how fast people buy again or go over to another, by the time since their purchase.

    Each person is followed from the first purchase to what comes first: a repeat, a switch, or the
    end of the material (censored). Within an interval of time the hazard is events over
    person-days; its bounds are exact for a Poisson count (Garwood, *Biometrika* 28, 1936). The
    share is Aalen and Johansen's cumulative incidence: a person who has switched can't repeat
    first, so one minus a Kaplan-Meier curve of either alone would say too much.

    Parameters
    ----------
    steps
        Frame of `visits(order="happened")` with times.
    purchase
        Places that are a purchase.
    switch
        Places that are going over to another, e.g. the curiosity of a 12-stage model.
    edges
        Days at which the intervals end; the last one is open.
    until
        When the material ends; default is the latest time in it.
    level
        Coverage of the hazards' intervals.

    Returns
    -------
    DataFrame
        One row an interval and outcome {repeat, switch}: from_day, to_day, outcome, at_risk (people
        at its beginning), n (events; int64), person_days, hazard (a 30 days), low, high, share (of
        people, up to its end).
    """
    check_level(level)
    bounds = [0.0, *sorted(float(e) for e in edges), np.inf]
    if len(set(bounds)) < len(bounds) or bounds[1] <= 0:
        raise CjmError(f"edges={tuple(edges)}: give days above 0, each once")
    spans = _spans(steps, set(purchase), set(switch), until)
    days, what = spans["days"].to_numpy(float), spans["outcome"].to_numpy(object)
    incidence = _incidence(days, what)
    rows = []
    for low, high in pairwise(bounds):
        here = (days > low) & (days <= high) if low else days <= high
        exposed = float(np.clip(days, low, high).sum() - low * len(days))
        for outcome in OUTCOMES:
            n = int((here & (what == outcome)).sum())
            rows.append(
                {
                    "from_day": low,
                    "to_day": high,
                    "outcome": outcome,
                    "at_risk": int((days > low).sum() if low else len(days)),
                    "n": n,
                    "person_days": exposed,
                    **_rate(n, exposed, level),
                    "share": incidence(outcome, high),
                }
            )
    return pd.DataFrame(rows).astype({"outcome": "str", "at_risk": "int64", "n": "int64"})


def _spans(
    steps: pd.DataFrame, purchase: set[str], switch: set[str], until: pd.Timestamp | None
) -> pd.DataFrame:
    """Days from the first purchase to what came first, a row a buyer."""
    timed = steps[steps["begin"].notna()]
    places = timed["place"].astype("str")
    if not places.isin(purchase).any():
        raise CjmError(f"purchase={sorted(purchase)}: no timed visit is there")
    last = until if until is not None else timed[["begin", "end"]].max().max()
    rows = []
    for person, path in timed.assign(place=places).groupby("participant_id", sort=True):
        path = path.sort_values("begin", kind="stable")
        bought = path["place"].isin(purchase).to_numpy()
        if not bought.any():
            continue
        first = int(bought.argmax())
        later = path.iloc[first + 1 :]
        ends = later[later["place"].isin(purchase | switch)].head(1)
        at = ends["begin"].iloc[0] if len(ends) else last
        outcome = None
        if len(ends):
            outcome = "switch" if ends["place"].iloc[0] in switch else "repeat"
        days = (at - path["begin"].iloc[first]).total_seconds() / 86_400
        rows.append((person, max(days, 0.0), outcome))
    return pd.DataFrame(rows, columns=["participant_id", "days", "outcome"])


def _rate(n: int, person_days: float, level: float) -> dict[str, float]:
    from scipy.stats import chi2

    if not person_days > 0:
        return dict.fromkeys(("hazard", "low", "high"), np.nan)
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * n) / 2 if n else 0.0
    high = chi2.ppf(1 - tail, 2 * n + 2) / 2
    each = 30.0 / person_days
    return {"hazard": n * each, "low": float(low * each), "high": float(high * each)}


def _incidence(days: np.ndarray, what: np.ndarray) -> Callable[[str, float], float]:
    """Give Aalen and Johansen's share of people with an outcome by a day."""
    times = np.unique(days[pd.notna(what)])
    at_risk = np.array([(days >= t).sum() for t in times])
    counts = {o: np.array([((days == t) & (what == o)).sum() for t in times]) for o in OUTCOMES}
    ended = sum(counts.values()) if len(times) else np.empty(0)
    before = np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)[:-1]]) if len(times) else ended

    def by(outcome: str, day: float) -> float:
        return float((before * counts[outcome] / at_risk)[times <= day].sum()) if len(times) else 0

    return by
