"""Two models beside each other: where the seller's step meets the client's stage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.schema import Study


def swimlanes(
    study: Study,
    other: str,
    *,
    model: str | None = None,
    include: str = "human",
    level: float = 0.95,
) -> pd.DataFrame:
    """Lay one model beside another by the passages that people coded in both.

    Nothing is matched by the models' words: a seller's step stands beside a client's stage where
    clients speak of both in one passage.

    Parameters
    ----------
    study
        Frozen frames of a project.
    other
        Scheme of the other lane, e.g. `sales5`, with codes in the study.
    model, include
        As in `aggregate.observations`: the client's lane.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row a pair of stages, in the order of both models: stage, other (ordered Categoricals),
        n_participants (who speak of both in one passage), of_participants (who speak of the stage;
        int64), share, low, high (`share_interval`), coding_ids (tuple).
    """
    mine = aggregate.observations(study, model=model, include=include)
    theirs = aggregate.observations(study, model=other, include=include)
    mine = mine[mine["stage"].notna()]
    pairs = mine[["coding_id", "participant_id", "stage"]].merge(
        theirs.loc[theirs["stage"].notna(), ["coding_id", "participant_id", "stage"]],
        on=["coding_id", "participant_id"],
        suffixes=("", "_other"),
    )
    grouped = pairs.groupby(["stage", "stage_other"], observed=False)
    n = grouped["participant_id"].nunique()
    table = n.rename("n_participants").reset_index().rename(columns={"stage_other": "other"})
    at = mine.groupby("stage", observed=False)["participant_id"].nunique()
    table["of_participants"] = table["stage"].map(at).astype("int64")
    counts, of = table["n_participants"].to_numpy("int64"), table["of_participants"].to_numpy()
    table["share"] = np.where(of > 0, counts / np.maximum(of, 1), np.nan)
    table["low"], table["high"] = aggregate.share_interval(counts, of, level)
    ids = {
        key: tuple(dict.fromkeys(rows))
        for key, rows in pairs.groupby(["stage", "stage_other"], observed=True)["coding_id"]
    }
    keys = zip(table["stage"], table["other"], strict=True)
    return table.assign(coding_ids=[ids.get(key, ()) for key in keys])
