"""Curves beside the curve: of those who stayed, of roles that weigh alike, and of one interview."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.curve import emotion_curve
from cjmresearch.aggregate.intervals import NO_SPREAD, check_level
from cjmresearch.aggregate.means import groups_of, unit_means
from cjmresearch.aggregate.overlap import Spans, overlaps
from cjmresearch.aggregate.placing import observations as observations_of
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study
from cjmresearch.wording import INTERVAL_FROM

ALL, COMPLETERS = "all", "completers"
ALONG = ("turn", "minute")


def completers_curve(
    observations: pd.DataFrame, *, stages: list[str] | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Draw the curve of everybody beside that of the people who spoke of every stage.

    Where unhappy people leave, the curve of everybody rises by their leaving alone; the completers
    are the same people at each stage, so what rises there is not that. They may be happier people
    throughout: neither curve alone is the truth.

    Parameters
    ----------
    observations
        Frame [observations].
    stages
        Stages that a completer must have felt something at; default is all that anybody did.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [curve]
        As of `emotion_curve`, with a column `people` {all, completers}; none complete is a curve
        of n = 0.
    """
    felt = observations[observations["valence"].notna() & observations["stage"].notna()]
    wanted = set(felt["stage"].unique() if stages is None else stages)
    unknown = wanted - set(observations["stage"].cat.categories)
    if unknown:
        raise CjmError(f"stages: {sorted(unknown)[0]!r} is no stage of the observations' model")
    there = felt[felt["stage"].isin(wanted)].groupby("participant_id")["stage"].nunique()
    stayed = observations["participant_id"].isin(there.index[there == len(wanted)])
    parts = [
        emotion_curve(rows, level=level).assign(people=name)
        for name, rows in ((ALL, observations), (COMPLETERS, observations[stayed]))
    ]
    both = pd.concat(parts, ignore_index=True)
    both.insert(0, "people", both.pop("people"))
    return both


def role_curve(
    observations: pd.DataFrame,
    roles: str | Mapping[str, Any] | pd.Series,
    *,
    level: float = 0.95,
) -> pd.DataFrame:
    """Average the curve over roles that weigh alike, however many people of each were heard.

    Six engineers and one director make an engineers' curve of a plain mean. Here the mean is
    computed within each role first, then over the roles that speak at the stage. Its error comes
    from residuals within roles, summed over the people of a firm (linearisation of a stratified,
    clustered mean: Sarndal, Swensson and Wretman 1992, ch. 5), with Satterthwaite's degrees of
    freedom (Biometrics Bulletin 2, 1946), no more than firms - 1.

    Parameters
    ----------
    observations
        Frame [observations].
    roles
        A column, or a mapping from participant_id to a role, e.g.
        `study.participants.set_index("participant_id")["buying_role"]`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [curve]
        One row a stage: stage, mean, low, high, band_low, band_high (NaN where a role has fewer
        than 2 people, or there are under 3 units), n_participants, n_units, n_roles (int64),
        fewest (people of the rarest role at the stage; int64), pooled (the mean of
        `emotion_curve`), level.
    """
    check_level(level)
    _, groups = groups_of(observations, roles)
    kept = (groups.codes >= 0) & observations["valence"].notna().to_numpy()
    kept &= observations["stage"].notna().to_numpy()
    rows = observations[kept]
    stages = observations["stage"].cat.categories
    alone = pd.Series(np.nan, rows.index, dtype="str")
    people = unit_means(rows.assign(org_id=alone), rows["stage"].cat.codes.to_numpy(np.int64))
    person = pd.Index(rows["participant_id"])
    known = rows.drop_duplicates("participant_id").set_index("participant_id")
    role_of = pd.Series(groups.codes[kept], index=person)[~person.duplicated()]
    firm = known["org_id"].where(known["org_id"].notna(), known.index.to_series())
    names = people.names[people.unit]
    told = pd.DataFrame(
        {
            "cell": people.cell,
            "value": people.mean,
            "role": role_of.reindex(names).to_numpy(),
            "firm": firm.reindex(names).to_numpy(),
        }
    )
    cells = [_role_mean(told[told["cell"] == i]) for i in range(len(stages))]
    curve = pd.DataFrame(cells)
    able = max(1, int(curve["df"].notna().sum()))
    for prefix, tail in (("", (1 - level) / 2), ("band_", (1 - level) / 2 / able)):
        half = _half(curve["df"].to_numpy(), curve["error"].to_numpy(), tail)
        curve[f"{prefix}low"], curve[f"{prefix}high"] = curve["mean"] - half, curve["mean"] + half
    curve["pooled"] = emotion_curve(rows)["mean"] if len(rows) else np.nan
    curve.insert(0, "stage", pd.Categorical(stages, stages, ordered=True))
    columns = ["stage", "mean", "low", "high", "band_low", "band_high", "n_participants"]
    return curve[[*columns, "n_units", "n_roles", "fewest", "pooled"]].assign(level=level)


def _half(df: np.ndarray, error: np.ndarray, tail: float) -> np.ndarray:
    from scipy.special import stdtrit

    return stdtrit(df, 1 - tail) * error


def _role_mean(told: pd.DataFrame) -> dict[str, Any]:
    """Mean over roles of one stage, its error and degrees of freedom."""
    by_role = told.groupby("role")["value"]
    sizes, means = by_role.size(), by_role.mean()
    row: dict[str, Any] = {
        "mean": means.mean() if len(means) else np.nan,
        "n_participants": len(told),
        "n_units": told["firm"].nunique(),
        "n_roles": len(means),
        "fewest": int(sizes.min()) if len(sizes) else 0,
    }
    nothing = row | {"error": np.nan, "df": np.nan}
    if not len(means) or sizes.min() < 2 or row["n_units"] < INTERVAL_FROM:
        return nothing
    n = told["role"].map(sizes)
    residual = (told["value"] - told["role"].map(means)) * np.sqrt(n / (n - 1)) / n / len(means)
    variance = float((residual.groupby(told["firm"]).sum() ** 2).sum())
    parts = by_role.var() / sizes / len(means) ** 2
    if variance <= NO_SPREAD**2 or parts.sum() <= NO_SPREAD**2:
        return nothing
    freedom = parts.sum() ** 2 / (parts**2 / (sizes - 1)).sum()
    return row | {"error": variance**0.5, "df": min(freedom, row["n_units"] - 1)}


def interview_curve(
    study: Study,
    participant_id: str,
    *,
    along: str = "turn",
    model: str | None = None,
    include: str = "human",
) -> pd.DataFrame:
    """Follow one person's feelings along the interview itself, turn by turn.

    The order of telling is not the order of what happened, and other people's interviews have
    other turns: nothing here may be averaged over people, and nothing has an interval.

    Parameters
    ----------
    study
        Frozen frames of a project.
    participant_id
        Whose words.
    along
        `turn`, or `minute` of the recording where it has times.
    model, include
        As in `observations`.

    Returns
    -------
    DataFrame [interview]
        One row a turn (or minute) in which something is felt: source_id, turn or minute (int64),
        mean (of the codings' valences, coders averaged first; -1...1), n_codings (int64), stage
        (of most of them; NaN outside the model), machine_share, coding_ids (tuple).
    """
    if along not in ALONG:
        raise CjmError(f"along={along!r}: choose one of {', '.join(ALONG)}")
    if participant_id not in set(study.participants["participant_id"]):
        raise CjmError(f"participant {participant_id!r} is not in the study")
    found = observations_of(study, model=model, include=include)
    rows = found[(found["participant_id"] == participant_id) & found["valence"].notna()]
    rows = rows.reset_index(drop=True)
    sources = pd.Index(study.sources["source_id"])
    row, turn, shared = overlaps(Spans.of(rows, sources), Spans.of(study.turns, sources))
    order = np.lexsort((turn, -shared, row))
    best = pd.Series(turn[order], index=row[order])
    at = study.turns.iloc[best[~best.index.duplicated()].reindex(range(len(rows))).to_numpy()]
    place = at["position"] if along == "turn" else at["begin_s"] // 60
    if place.isna().all() and len(rows):
        raise CjmError("along='minute': the recording has no times; take along='turn'")
    rows = rows.assign(**{along: place.to_numpy(float)})
    return _along(rows.dropna(subset=along), along)


def _along(rows: pd.DataFrame, along: str) -> pd.DataFrame:
    columns = ["source_id", along]
    by_coder = rows.groupby([*columns, "coder"], sort=True)
    weighed = rows.assign(worth=rows["valence"] * rows["weight"]).groupby([*columns, "coder"])
    means = weighed["worth"].sum() / by_coder["weight"].sum()
    grouped = rows.groupby(columns, sort=True)
    curve = pd.DataFrame(
        {
            "mean": means.groupby(columns).mean(),
            "n_codings": grouped["coding_id"].nunique(),
            "stage": grouped["stage"].agg(_commonest),
            "machine_share": grouped["machine"].mean(),
            "coding_ids": grouped["coding_id"].agg(lambda ids: tuple(dict.fromkeys(ids))),
        }
    ).reset_index()
    stages = rows["stage"].cat.categories
    curve["stage"] = pd.Categorical(curve["stage"], stages, ordered=True)
    return curve.astype({along: "int64"})


def _commonest(stages: pd.Series) -> Any:
    counts = stages.value_counts()
    return counts.index[0] if len(counts) and counts.iloc[0] else None


def felt_by(observations: pd.DataFrame, along: str, *, level: float = 0.95) -> pd.DataFrame:
    """Average feelings along any column, e.g. the ownership of the touchpoint, as the curve does.

    Returns
    -------
    DataFrame
        [along], mean, low, high, band_low, band_high, n_participants, n_units, n_codings, sd,
        mixed_share, machine_share, level; see `emotion_curve`. `stage_stars(along=...)` tests it.
    """
    if along not in observations:
        raise CjmError(f"along={along!r}: choose a column of observations")
    as_stage = observations.assign(stage=pd.Categorical(observations[along], ordered=True))
    return emotion_curve(as_stage, level=level).rename(columns={"stage": along})
