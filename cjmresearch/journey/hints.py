"""Which stages a touchpoint speaks for: a hint to the coder, never a code."""

from __future__ import annotations

import pandas as pd

from cjmresearch.journey.graphs import CANONICAL, crosswalk, model_of
from cjmresearch.schema import Study

USUAL_PLACES: dict[str, tuple[str, ...]] = {
    "search_engine": ("c1", "c4"),
    "social": ("c1",),
    "website": ("c4", "c5"),
    "print": ("c4",),
    "exhibition": ("c4",),
    "webinar": ("c4",),
    "seminar": ("c4",),
    "call_centre": ("c4",),
    "configurator": ("c5",),
    "office": ("c5",),
    "sales_manager": ("c5", "c7", "c13"),
    "installer": ("c8",),
    "engineer": ("c8",),
    "support": ("c8", "c9"),
    "product": ("c9",),
    "portal": ("c9",),
    "email": ("c13",),
}
"""Places on the spine by touchpoint (seed 000:80-89, our reading of its examples)."""


def stage_hints(
    study: Study, observations: pd.DataFrame, *, model: str | None = None
) -> pd.DataFrame:
    """Say which stages the touchpoint of a passage speaks for, and how often people saw it so.

    A hint writes nothing and enters no chart. Where people coded a stage all the same, the hint is
    right or overruled: the share of overruled ones tells what it is worth in this study.

    Parameters
    ----------
    study
        Frozen frames of a project.
    observations
        Frame [observations] of the study, in the same model.
    model
        Scheme of the stages; default is the study's.

    Returns
    -------
    DataFrame
        One row a coding and touchpoint that has a hint: coding_id, participant_id, touchpoint,
        stage (coded, or NaN), hints (tuple of slugs, in order), overruled (boolean; NA where no
        stage is coded). Touchpoints of one's own have none.
    """
    walk = crosswalk(CANONICAL, model_of(study, model))
    places = walk["source"].str.removeprefix(f"{CANONICAL}:")
    stages = dict(zip(places, walk["target"], strict=True))
    rows = observations[observations["touchpoint"].notna()]
    rows = rows.assign(stage=rows["stage"].astype("str"))
    rows = rows.drop_duplicates(["coding_id", "touchpoint", "stage"])
    hints = [
        tuple(
            dict.fromkeys(
                stages[place]
                for place in USUAL_PLACES.get(point.split(":")[-1], ())
                if isinstance(stages[place], str)
            )
        )
        for point in rows["touchpoint"]
    ]
    coded = rows["stage"].notna().to_numpy()
    wrong = [stage not in hint for stage, hint in zip(rows["stage"], hints, strict=True)]
    overruled = pd.array([w if c else pd.NA for w, c in zip(wrong, coded, strict=True)], "boolean")
    table = rows[["coding_id", "participant_id", "touchpoint", "stage"]].assign(
        hints=hints, overruled=overruled
    )
    return table[[bool(hint) for hint in hints]].reset_index(drop=True)
