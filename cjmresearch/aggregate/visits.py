"""The steps of people's paths: from codings, a log, or by hand; as told or as they happened."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch.aggregate.placing import live_codings, participants_of
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study

ORDERS = ("told", "happened")
AXES = ("stage", "touchpoint")


def visits(
    study: Study,
    *,
    along: str = "stage",
    order: str = "told",
    model: str | None = None,
    include: str = "human",
) -> pd.DataFrame:
    """List the steps of each person's path, in the order told or in the order they happened.

    As told, steps are a source's stage codings (or touchpoint codings) in the order of the text;
    neighbouring codings of one place are one step. Where several coders marked a person's path in
    a source, the one who marked most of it counts: two hands interleaved would make loops that
    nobody went through. The table `visits` (a log, or by hand) adds its steps by `order_told`; as
    happened, only it counts, by `order_happened` or else by `begin`.

    Parameters
    ----------
    study
        Frozen frames of a project.
    along
        `stage` or `touchpoint`.
    order
        `told` or `happened`.
    model, include
        As in `observations`.

    Returns
    -------
    DataFrame [steps]
        participant_id, source_id (NaN for the table's), place (slug; for stages an ordered
        Categorical of the model's), step (int64, from 0 within the person), begin, end (times or
        NaT), origin {coding, log, hand, ...}, coding_ids (tuple).
    """
    for name, value, allowed in (("along", along, AXES), ("order", order, ORDERS)):
        if value not in allowed:
            raise CjmError(f"{name}={value!r}: choose one of {', '.join(allowed)}")
    slugs = list(study.stages(model)["slug"])
    parts = [_of_table(study, along, order)]
    if order == "told":
        parts.insert(0, _of_codings(study, along, include))
    steps = pd.concat([p for p in parts if len(p)] or parts[:1], ignore_index=True)
    if along == "stage":
        steps = steps[steps["place"].isin(slugs)]
    steps = steps.sort_values(["participant_id", "at"], kind="stable")
    steps = _merged(steps.reset_index(drop=True))
    if along == "stage":
        steps["place"] = pd.Categorical(steps["place"], slugs, ordered=True)
    return steps


def _of_codings(study: Study, along: str, include: str) -> pd.DataFrame:
    live = live_codings(study, include=include)
    live = live[live["kind"] == along].reset_index(drop=True)
    people = participants_of(live, study)
    rows = live.iloc[people.coding].reset_index(drop=True)
    who = study.participants["participant_id"].to_numpy()[people.person]
    rows = rows.assign(participant_id=who, length=rows["end"] - rows["start"])
    keys = ["participant_id", "source_id", "coder"]
    marked = rows.groupby(keys, as_index=False)["length"].sum()
    marked = marked.sort_values(["length", "coder"], ascending=[False, True])
    chosen = marked.drop_duplicates(keys[:2])
    rows = rows.merge(chosen[keys], on=keys)
    source = pd.Index(study.sources["source_id"]).get_indexer(rows["source_id"])
    length = 1 + (int(rows["end"].max()) if len(rows) else 0)
    return pd.DataFrame(
        {
            "participant_id": rows["participant_id"],
            "source_id": rows["source_id"],
            "place": rows["code"],
            "at": source.astype(float) * length + rows["start"],
            "begin": pd.Series(pd.NaT, rows.index, dtype="datetime64[us, UTC]"),
            "end": pd.Series(pd.NaT, rows.index, dtype="datetime64[us, UTC]"),
            "origin": pd.Series("coding", rows.index, dtype="str"),
            "coding_ids": [(i,) for i in rows["coding_id"]],
        }
    )


def _of_table(study: Study, along: str, order: str) -> pd.DataFrame:
    rows = study.visits[study.visits[along].notna()].reset_index(drop=True)
    at = rows[f"order_{order}"].astype("Float64").astype(float)
    if order == "happened":
        by_time = rows["begin"].astype("int64").astype(float).where(rows["begin"].notna())
        timed = at.groupby(rows["participant_id"]).transform(lambda known: known.isna().any())
        at = by_time.where(timed.astype(bool), at) if len(rows) else at
    known = at.notna()
    table = pd.DataFrame(
        {
            "participant_id": rows["participant_id"],
            "source_id": pd.Series(np.nan, rows.index, dtype="str"),
            "place": rows[along],
            "at": at,
            "begin": rows["begin"],
            "end": rows["end"],
            "origin": rows["origin"],
            "coding_ids": [()] * len(rows),
        }
    )
    return table[known]


def _merged(steps: pd.DataFrame) -> pd.DataFrame:
    """Make neighbouring steps at one place one step, and number them within the person."""
    same = (steps["place"] == steps["place"].shift()) & (
        steps["participant_id"] == steps["participant_id"].shift()
    )
    run = (~same).cumsum().to_numpy() - 1 if len(steps) else np.empty(0, int)
    by_run = steps.groupby(run)
    merged = by_run.agg(
        participant_id=("participant_id", "first"),
        source_id=("source_id", "first"),
        place=("place", "first"),
        begin=("begin", "min"),
        end=("end", "last"),
        origin=("origin", "first"),
    ).reset_index(drop=True)
    merged["coding_ids"] = list(by_run["coding_ids"].agg(lambda ids: tuple(sum(ids, ()))))
    merged.insert(3, "step", merged.groupby("participant_id").cumcount().astype("int64"))
    return merged


def order_agreement(told: pd.DataFrame, happened: pd.DataFrame) -> pd.DataFrame:
    """Compare the order of telling with the order of what happened, person by person.

    Parameters
    ----------
    told, happened
        Frames of `visits(order="told")` and `visits(order="happened")`.

    Returns
    -------
    DataFrame
        One row a participant with two places or more in both: participant_id, n_places (int64),
        tau (Kendall's, of the first visits; 1 told in order, -1 told backwards).
    """
    first = [
        frame.drop_duplicates(["participant_id", "place"]).assign(place=frame["place"].astype(str))
        for frame in (told, happened)
    ]
    both = first[0].merge(first[1], on=["participant_id", "place"])
    rows = []
    for person, pair in both.groupby("participant_id", sort=True):
        x, y = pair["step_x"].to_numpy(), pair["step_y"].to_numpy()
        if len(x) > 1:
            i, j = np.triu_indices(len(x), 1)
            tau = np.mean(np.sign(x[i] - x[j]) * np.sign(y[i] - y[j]))
            rows.append({"participant_id": person, "n_places": len(x), "tau": float(tau)})
    return pd.DataFrame(rows, columns=["participant_id", "n_places", "tau"])


def first_touch(
    steps: pd.DataFrame, *, kind: dict[str, str] | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Count at which touchpoint, or by which channel, people's paths begin.

    Parameters
    ----------
    steps
        Frame of `visits(along="touchpoint")`.
    kind
        Slug -> channel or ownership, to count these instead.
    level
        Coverage of the share's interval.

    Returns
    -------
    DataFrame
        place, n_participants, of_participants (int64), share, low, high (see `share_interval`);
        most people first.
    """
    from cjmresearch.aggregate.intervals import check_level, share_interval

    check_level(level)
    first = steps[steps["step"] == 0]
    place = first["place"].astype("str")
    counts = (place if kind is None else place.map(kind)).value_counts(sort=False).sort_index()
    table = pd.DataFrame(
        {"place": counts.index, "n_participants": counts.to_numpy(), "of_participants": len(first)}
    )
    low, high = share_interval(table["n_participants"], table["of_participants"], level)
    table["share"] = table["n_participants"] / table["of_participants"]
    table["low"], table["high"] = low, high
    return table.sort_values(["n_participants", "place"], ascending=[False, True]).reset_index(
        drop=True
    )
