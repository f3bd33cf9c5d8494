"""Cells of the map: what codings fill, what people put there, what the model itself says."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch.aggregate.means import unit_means
from cjmresearch.journey.layers import LAYER_OF_KIND
from cjmresearch.schema import Study

COLUMNS = (
    *("layer", "stage", "code", "item_id", "name_ru", "name_en"),
    *("n_participants", "n_codings", "valence", "n_felt", "status", "touches"),
)
COUNTS = ["n_participants", "n_units", "n_codings"]


def in_layer(observations: pd.DataFrame, layer: str) -> pd.Series:
    """Mark observations that a layer counts."""
    if layer == "touchpoints":
        return observations["touchpoint"].notna()
    return observations["kind"].map(LAYER_OF_KIND) == layer


def code_in_layer(observations: pd.DataFrame, layer: str) -> pd.Series:
    """Code that an observation counts for: whatever is said about a touchpoint belongs to it."""
    return observations["touchpoint" if layer == "touchpoints" else "code"]


def of_codings(observations: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Compute the cells that people and machines have coded."""
    placed = observations[observations["stage"].notna()]
    parts = []
    for layer in dict.fromkeys(LAYER_OF_KIND.values()):
        rows = placed[in_layer(placed, layer)]
        by_machine = rows["machine"] | rows["stage_machine"]
        if layer == "touchpoints":
            by_machine |= rows["touchpoint_machine"]
        code = code_in_layer(rows, layer)
        parts.append(rows.assign(layer=layer, code=code, by_machine=by_machine))
    rows = pd.concat(parts, ignore_index=True)
    rows["touches"] = rows["touchpoint"].notna()
    grouped = rows.groupby(["layer", "stage", "code"], observed=True, sort=True)
    cells = grouped.agg(
        n_participants=("participant_id", "nunique"),
        n_codings=("coding_id", "nunique"),
        all_machine=("by_machine", "all"),
        touches=("touches", "any"),
    ).reset_index()
    felt = rows["valence"].notna().to_numpy()
    means = unit_means(rows[felt], grouped.ngroup().to_numpy()[felt]).summary(len(cells))
    return cells.drop(columns="all_machine").assign(
        stage=cells["stage"].astype("str"),
        item_id=pd.Series(np.nan, index=cells.index, dtype="str"),
        name_ru=cells["code"].map(study.names("ru")).astype("str"),
        name_en=cells["code"].map(study.names("en")).astype("str"),
        n_participants=cells["n_participants"].astype("Int64"),
        n_codings=cells["n_codings"].astype("Int64"),
        valence=means["mean"],
        n_felt=means["n_participants"].astype("Int64"),
        status=np.where(cells["all_machine"], "machine", "evidence"),
        touches=cells["touches"].astype("boolean"),
    )


def of_items(
    items: pd.DataFrame, evidence: pd.DataFrame, observations: pd.DataFrame
) -> pd.DataFrame:
    """Turn what people put on the map into cells.

    An item that rests on quotes of this map's people has their count; any other is a hypothesis.

    Parameters
    ----------
    items
        Rows of [items] at stages of this map.
    evidence
        item_id, coding_id: what items rest on.
    observations
        Frame [observations] of this map.
    """
    items = items.reset_index(drop=True)
    rows = evidence.merge(observations, on="coding_id")
    by_item = rows.assign(touches=rows["touchpoint"].notna()).groupby("item_id")
    counts = by_item.agg(
        n_participants=("participant_id", "nunique"),
        n_codings=("coding_id", "nunique"),
        machine=("machine", "all"),
        touches=("touches", "any"),
    ).reindex(items["item_id"])
    proven = counts["n_codings"].notna().to_numpy()
    by_machine = counts["machine"].eq(True).to_numpy()
    return pd.DataFrame(
        {
            "layer": items["layer"],
            "stage": items["stage"],
            "code": pd.Series(np.nan, index=items.index, dtype="str"),
            "item_id": items["item_id"],
            "name_ru": items["text"],
            "name_en": items["text"],
            "n_participants": counts["n_participants"].astype("Int64").array,
            "n_codings": counts["n_codings"].astype("Int64").array,
            "valence": pd.Series(np.nan, index=items.index, dtype="float64"),
            "n_felt": pd.array(np.where(proven, 0, -1), dtype="Int64"),
            "status": np.select([~proven, by_machine], ["hypothesis", "machine"], "evidence"),
            "touches": counts["touches"].astype("boolean").array,
        }
    ).assign(n_felt=lambda cells: cells["n_felt"].where(cells["n_felt"] >= 0))


def of_goals(stages: pd.DataFrame, *, but_at: set[str]) -> pd.DataFrame:
    """Make the goals that the model gives its stages: hypotheses until people say them.

    `but_at` are stages where people have put a goal of their own.
    """
    given = stages[stages["goal_ru"].notna() & ~stages["stage"].isin(but_at)]
    items = pd.DataFrame(
        {"item_id": "goal:" + given["stage"], "layer": "goals", "stage": given["stage"]},
        dtype="str",
    ).assign(text=given["goal_ru"])
    nothing = pd.DataFrame({"item_id": [], "coding_id": []}, dtype="str")
    none = pd.DataFrame(
        {c: [] for c in ("coding_id", "participant_id", "touchpoint", "machine")}, dtype="str"
    )
    cells = of_items(items, nothing, none)
    return cells.assign(name_en=given["goal_en"].to_numpy()).astype({"name_en": "str"})


def ordered(cells: pd.DataFrame, layers: tuple[str, ...], stages: list[str]) -> pd.DataFrame:
    """Sort cells by layer, stage, people and mentions."""
    by_layer = cells["layer"].map({layer: i for i, layer in enumerate(layers)})
    by_stage = cells["stage"].map({stage: i for i, stage in enumerate(stages)})
    order = pd.DataFrame(
        {
            "layer": by_layer,
            "stage": by_stage,
            "people": -cells["n_participants"].fillna(0).astype("int64"),
            "codings": -cells["n_codings"].fillna(0).astype("int64"),
            "name": cells["code"].fillna(cells["item_id"]),
        }
    ).sort_values(["layer", "stage", "people", "codings", "name"])
    return cells.loc[order.index, list(COLUMNS)].reset_index(drop=True)
