"""People's paths as rows: what event logs and CJML are written from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch.journey import JourneyMap

COLUMNS = (
    *("participant_id", "order", "stage", "touchpoint", "channel", "ownership"),
    *("begin", "end", "time", "valence", "source_id", "start"),
)


def steps(map_: JourneyMap) -> pd.DataFrame:
    """List the steps of each person, in order.

    Visits are taken where a person has any; else the passages of the map, in the order in which
    they were told, which need not be the order in which things happened.

    Returns
    -------
    DataFrame
        participant_id, order (from 1), stage, touchpoint (slugs or NaN), channel, ownership (of
        the touchpoint), begin, end (UTC or NaT), time {happened, told}, valence (mean of the
        step's feelings or NaN), source_id, start (where a told step begins, NA for a visit).
    """
    visits = map_.study.visits
    people = set(map_.participants["participant_id"])
    visits = visits[visits["participant_id"].isin(people)]
    told = map_.observations[
        map_.observations["stage"].notna()
        & ~map_.observations["participant_id"].isin(visits["participant_id"])
    ]
    rows = pd.concat([_of_visits(visits), _of_telling(told)], ignore_index=True)
    codes = map_.study.codes.set_index("slug")
    rows["channel"] = rows["touchpoint"].map(codes["channel"])
    rows["ownership"] = rows["touchpoint"].map(codes["ownership"])
    rows["order"] = rows.groupby("participant_id").cumcount() + 1
    return rows[list(COLUMNS)].sort_values(["participant_id", "order"], ignore_index=True)


def _of_visits(visits: pd.DataFrame) -> pd.DataFrame:
    happened = visits["order_happened"].notna() | visits["begin"].notna()
    ordered = visits.assign(time=np.where(happened, "happened", "told")).sort_values(
        ["participant_id", "begin", "order_happened", "order_told"], kind="stable"
    )
    columns = ["participant_id", "stage", "touchpoint", "begin", "end", "time"]
    return ordered[columns].assign(
        valence=np.nan, source_id=None, start=pd.Series(pd.NA, ordered.index, dtype="Int64")
    )


def _of_telling(told: pd.DataFrame) -> pd.DataFrame:
    """Merge passages at one stage and touchpoint that follow each other into one step."""
    ordered = told.sort_values(["participant_id", "source_id", "start", "end"], kind="stable")
    place = ordered[["participant_id", "source_id", "stage", "touchpoint"]].astype("str").fillna("")
    number = (place != place.shift()).any(axis=1).cumsum()
    grouped = ordered.groupby(number)
    rows = grouped.agg(
        participant_id=("participant_id", "first"),
        stage=("stage", "first"),
        touchpoint=("touchpoint", "first"),
        valence=("valence", "mean"),
        source_id=("source_id", "first"),
        start=("start", "first"),
    )
    times = pd.Series(pd.NaT, rows.index, dtype="datetime64[us, UTC]")
    return rows.assign(
        stage=rows["stage"].astype("str"),
        begin=times,
        end=times,
        time="told",
        start=rows["start"].astype("Int64"),
    )
