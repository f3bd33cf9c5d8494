"""Where people stand: how warm they are, what moves them, and acts at the wrong time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level, share_interval
from cjmresearch.aggregate.overlap import Spans, overlaps
from cjmresearch.aggregate.placing import live_codings
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study

STATES = ("cold", "warm", "hot")


def signs_of_readiness(
    observations: pd.DataFrame, signs: Mapping[str, str], *, hot: Iterable[str] = ()
) -> pd.DataFrame:
    """Tell how warm each person is at each stage, by which signs, with the codings that show them.

    Any one sign makes a person warm (the rule of the method); a sign among `hot` makes them hot.
    Many signs make false alarms: if each of four is wrongly seen in one person of ten, 34 % of the
    cold look warm (`false_warm`). So every state comes with its signs and quotes.

    Parameters
    ----------
    observations
        Frame [observations].
    signs
        Slug of a code -> sign, e.g. agrees, sees_benefit, asks_details, agrees_to_buy.
    hot
        Signs that make a person hot, e.g. agrees_to_buy.

    Returns
    -------
    DataFrame [readiness]
        One row a participant x stage at which they said anything: participant_id, stage, state
        (ordered Categorical cold, warm, hot), signs, coding_ids (tuples; empty for the cold).
    """
    if not signs:
        raise CjmError("signs: give at least one code with its sign")
    placed = observations[observations["stage"].notna()]
    keys = ["participant_id", "stage"]
    everybody = placed[keys].drop_duplicates()
    shown = placed[placed["code"].isin(list(signs))]
    shown = shown.assign(sign=shown["code"].map(dict(signs)))
    fired = shown.groupby(keys, observed=True).agg(
        signs=("sign", _unique), coding_ids=("coding_id", _unique)
    )
    table = everybody.merge(fired.reset_index(), on=keys, how="left").sort_values(keys)
    for column in ("signs", "coding_ids"):
        table[column] = [v if isinstance(v, tuple) else () for v in table[column]]
    warmest = set(hot)
    state = ["hot" if warmest & set(s) else "warm" if s else "cold" for s in table["signs"]]
    table.insert(2, "state", pd.Categorical(state, STATES, ordered=True))
    return table.reset_index(drop=True)


def _unique(values: pd.Series) -> tuple[str, ...]:
    return tuple(sorted(set(values)))


def temperature(readiness: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Count the cold, the warm and the hot at each stage, with intervals; no score, no mean.

    Parameters
    ----------
    readiness
        Frame of `signs_of_readiness`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [temperature]
        One row a stage x state: stage, state, n_participants, of_participants (who said anything
        at the stage; int64), share, low, high.
    """
    check_level(level)
    counts = readiness.groupby(["stage", "state"], observed=False).size()
    table = counts.rename("n_participants").reset_index()
    of = table.groupby("stage", observed=False)["n_participants"].transform("sum")
    table["of_participants"] = of
    table["share"] = table["n_participants"] / of.where(of > 0)
    low, high = share_interval(table["n_participants"], of, level)
    table["low"], table["high"] = low, high
    return table


def false_warm(rate: float, signs: int) -> float:
    """Tell which share of the cold looks warm where each sign is wrongly seen at this rate."""
    return 1 - (1 - rate) ** signs


def movers(
    observations: pd.DataFrame, *, participants: pd.DataFrame | None = None, level: float = 0.95
) -> pd.DataFrame:
    """Count who is moved by pain, by a dream, by both or by neither: two codes, not one scale.

    Returns
    -------
    DataFrame
        mover {both, pain, dream, neither}, n_participants, of_participants (int64), share, low,
        high.
    """
    check_level(level)
    everybody = set((observations if participants is None else participants)["participant_id"])
    pain, dream = (
        set(observations.loc[observations["kind"] == kind, "participant_id"]) & everybody
        for kind in ("pain", "dream")
    )
    groups = {
        "both": pain & dream,
        "pain": pain - dream,
        "dream": dream - pain,
        "neither": everybody - pain - dream,
    }
    n = np.array([len(group) for group in groups.values()])
    of = np.full(4, len(everybody))
    low, high = share_interval(n, of, level)
    return pd.DataFrame(
        {
            "mover": list(groups),
            "n_participants": n,
            "of_participants": of,
            "share": n / np.maximum(of, 1),
            "low": low,
            "high": high,
        }
    )


def mistimed(observations: pd.DataFrame, allowed: Mapping[str, Iterable[str]]) -> pd.DataFrame:
    """List acts that come at a stage where they don't fit, with the words.

    Parameters
    ----------
    observations
        Frame [observations].
    allowed
        Slug of a code -> slugs of the stages where it fits; e.g. competitors named from the
        comparison on.

    Returns
    -------
    DataFrame
        code, stage (where it came), participant_id, coding_id, quote; in order of code, stage.
    """
    stages = set(observations["stage"].cat.categories)
    fits = {code: set(where) for code, where in allowed.items()}
    unknown = sorted(set().union(*fits.values()) - stages) if fits else []
    if unknown:
        raise CjmError(f"allowed: {unknown[0]!r} is no stage of the model")
    rows = observations[observations["stage"].notna() & observations["code"].isin(list(fits))]
    wrong = [
        stage not in fits[code] for code, stage in zip(rows["code"], rows["stage"], strict=True)
    ]
    columns = ["code", "stage", "participant_id", "coding_id", "quote"]
    return rows[np.array(wrong, bool)][columns].sort_values(
        ["code", "stage", "coding_id"], ignore_index=True
    )


def stage_confusion(study: Study, *, model: str | None = None) -> pd.DataFrame:
    """Count where suggested stages meet the stages that people coded, suggestion by suggestion.

    Parameters
    ----------
    study
        Frozen frames of a project.
    model
        Journey model; default is the study's.

    Returns
    -------
    DataFrame
        suggested, coded (slugs; `none` where no person coded a stage there), n (int64,
        suggestions; one that meets several stages counts for the one that shares most characters).
        A decision made while looking at the suggestion is not independent of it and doesn't count.
    """
    stages = list(study.stages(model)["slug"])
    codes = study.codes.set_index("code_id")["slug"]
    codings = study.codings.assign(code=study.codings["code_id"].map(codes))
    codings = codings[codings["code"].isin(stages)]
    suggested = codings[codings["status"] == "suggested"].reset_index(drop=True)
    own = live_codings(study)
    people = own[own["code"].isin(stages) & (own["status"] == "human")].reset_index(drop=True)
    sources = pd.Index(study.sources["source_id"])
    left, right, shared = overlaps(Spans.of(suggested, sources), Spans.of(people, sources))
    pairs = pd.DataFrame({"at": left, "code": people["code"].iloc[right].to_numpy(), "n": shared})
    most = pairs.groupby(["at", "code"], as_index=False)["n"].sum()
    most = most.sort_values(["at", "n", "code"], ascending=[True, False, True])
    coded = most.drop_duplicates("at").set_index("at")["code"].reindex(range(len(suggested)))
    table = pd.DataFrame({"suggested": suggested["code"], "coded": coded.fillna("none")})
    return table.groupby(["suggested", "coded"]).size().rename("n").reset_index()
