"""People's paths as rows: what event logs and CJML are written from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.journey import JourneyMap, members_of

COLUMNS = (
    *("participant_id", "order", "stage", "touchpoint", "channel", "ownership"),
    *("begin", "end", "time", "valence", "source_id", "start"),
)


def steps(map_: JourneyMap) -> pd.DataFrame:
    """List the steps of each person, in order.

    Visits are taken where a person has any; else the passages of the map, in the order in which
    they were told, which need not be the order in which things happened. People whom only a log
    knows are there, too, unless the map is of a persona or a wave that they are not of.

    Returns
    -------
    DataFrame
        participant_id, order (from 1), stage, touchpoint (slugs or NaN), channel, ownership (of
        the touchpoint), begin, end (UTC or NaT), time {happened, told}, valence (mean of the
        step's feelings or NaN), source_id, start (where a told step begins, NA for a visit).
    """
    visits = map_.study.visits
    visits = visits[visits["participant_id"].isin(_walkers(map_))]
    told = map_.observations[
        map_.observations["stage"].notna()
        & ~map_.observations["participant_id"].isin(visits["participant_id"])
    ]
    rows = pd.concat([_of_visits(visits), _of_telling(map_, told)], ignore_index=True)
    codes = map_.study.codes.set_index("slug")
    rows["channel"] = rows["touchpoint"].map(codes["channel"])
    rows["ownership"] = rows["touchpoint"].map(codes["ownership"])
    rows["order"] = rows.groupby("participant_id").cumcount() + 1
    return rows[list(COLUMNS)].sort_values(["participant_id", "order"], ignore_index=True)


def _walkers(map_: JourneyMap) -> set[str]:
    """Participants of the map, and those of its persona (or of all) who are in the log alone."""
    study, people = map_.study, set(map_.participants["participant_id"])
    coded = aggregate.interviewed(study, codings=aggregate.live_codings(study))
    heard = set(coded["participant_id"])
    if map_.persona is not None:
        return people | (members_of(study, map_.persona)[1] - heard)
    whole = heard <= people  # else it is of a wave, which a log doesn't tell
    return people | (set(study.visits["participant_id"]) - heard if whole else set())


def _of_visits(visits: pd.DataFrame) -> pd.DataFrame:
    happened = visits["order_happened"].notna() | visits["begin"].notna()
    ordered = visits.assign(time=np.where(happened, "happened", "told")).sort_values(
        ["participant_id", "begin", "order_happened", "order_told"], kind="stable"
    )
    columns = ["participant_id", "stage", "touchpoint", "begin", "end", "time"]
    return ordered[columns].assign(
        valence=np.nan, source_id=None, start=pd.Series(pd.NA, ordered.index, dtype="Int64")
    )


def _of_telling(map_: JourneyMap, told: pd.DataFrame) -> pd.DataFrame:
    """Give the stages that `aggregate.visits` finds, each with the touchpoints spoken of there.

    Neighbouring passages at one stage and touchpoint are one step.
    """
    walk = _marks(map_, told)
    at = ["participant_id", "source_id", "stage"]
    spoken = told.assign(stage=told["stage"].astype("str"))
    pairs = spoken.merge(walk, on=at, suffixes=("", "_mark"))
    inside = (pairs["start"] < pairs["end_mark"]) & (pairs["end"] > pairs["start_mark"])
    pairs = pairs[inside].drop_duplicates(["coding_id", "touchpoint", *at])
    silent = walk[~walk["step"].isin(pairs["step"])].drop_duplicates("step")
    columns = [*at, "step", "start", "end", "touchpoint", "valence"]
    quiet = silent.assign(touchpoint=pd.Series(None, silent.index, "str"), valence=np.nan)
    ordered = pd.concat([pairs[columns], quiet[columns]]).sort_values(
        ["participant_id", "step", "start", "end"], kind="stable"
    )
    place = ordered[["step", "touchpoint"]].astype("str").fillna("")
    number = (place != place.shift()).any(axis=1).cumsum()
    rows = ordered.groupby(number).agg(
        participant_id=("participant_id", "first"),
        stage=("stage", "first"),
        touchpoint=("touchpoint", "first"),
        valence=("valence", "mean"),
        source_id=("source_id", "first"),
        start=("start", "first"),
    )
    times = pd.Series(pd.NaT, rows.index, dtype="datetime64[us, UTC]")
    return rows.assign(begin=times, end=times, time="told", start=rows["start"].astype("Int64"))


def _marks(map_: JourneyMap, told: pd.DataFrame) -> pd.DataFrame:
    """List the passages that mark the stages of paths: participant, step, source, stage, span."""
    walk = map_.crosswalk
    model = map_.model if walk is None else str(walk["source"].iloc[0]).split(":")[0]
    include = "suggested" if told["machine"].any() else "human"
    path = aggregate.visits(map_.study, model=model, include=include)
    stage = path["place"].astype("str")
    if walk is not None:
        stage = stage.map(walk.set_index("source")["target"])
    path = path.assign(stage=stage, step=np.arange(len(path)))
    marks = path[stage.notna()].explode("coding_ids").dropna(subset=["coding_ids"])
    marks["coding_ids"] = marks["coding_ids"].astype("str")  # of no rows, too
    spans = map_.study.codings[["coding_id", "source_id", "start", "end"]]
    marks = marks.drop(columns=["source_id", "begin", "end"]).merge(
        spans, left_on="coding_ids", right_on="coding_id"
    )
    mine = marks["participant_id"].isin(told["participant_id"])
    marks = marks[mine & marks["source_id"].isin(told["source_id"])]
    return marks[["participant_id", "step", "source_id", "stage", "start", "end"]]
