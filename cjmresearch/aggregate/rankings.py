"""Pains counted by people, touchpoints by stage, and what the model has no place for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cjmresearch.aggregate.intervals import wilson
from cjmresearch.aggregate.means import by_machine, groups_of, unit_means, warn_of_languages
from cjmresearch.aggregate.within import share_ranks
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study


def interviewed(study: Study, *, codings: pd.DataFrame | None = None) -> pd.DataFrame:
    """List the participants who speak as customers: the whole of every "n of N".

    Parameters
    ----------
    study
        Frozen frames of a project.
    codings
        E.g. `live_codings(study)`: only people in sources that these touch. A questionnaire that
        nobody has coded yet must not thin out the counts of the interviews.

    Returns
    -------
    DataFrame
        Rows of `participants`, whether or not their own words were coded.
    """
    speakers = study.speakers
    voices = (speakers["role"] == "participant") & (speakers["voice"] == "customer")
    turns = study.turns[["source_id", "speaker"]].drop_duplicates()
    if codings is not None:
        turns = turns[turns["source_id"].isin(codings["source_id"])]
    spoke = speakers[voices].merge(turns, on=["source_id", "speaker"])
    heard = study.participants["participant_id"].isin(spoke["participant_id"])
    return study.participants[heard].reset_index(drop=True)


def pain_ranking(
    observations: pd.DataFrame,
    *,
    by: str | Mapping[str, Any] | pd.Series | None = None,
    participants: pd.DataFrame | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Rank pains by how many people speak of them, then by mentions; one voice counts once.

    Parameters
    ----------
    observations
        Frame [observations].
    by
        A column of observations, or a mapping from participant_id to a group: a ranking each.
    participants
        Everybody who could have spoken, e.g. `interviewed(study, codings=live_codings(study))`;
        default is everybody in the observations. Must hold participant_id, and the column `by` if
        that is a person's trait.
    level
        Coverage of Wilson's interval of the share.

    Returns
    -------
    DataFrame
        [by], code, n_participants, of_participants (int64), share, low, high (float, 0...1),
        n_codings, rank (int64; ties share the better rank), machine_share (of codings, that are
        undecided suggestions), rank_low, rank_high (int64: the ranks by people that the pain could
        have, see `share_ranks`). Only pains that somebody speaks of.

    Warns
    -----
    UnequalErrorWarning
        Groups are languages and rest on undecided suggestions.
    """
    everybody = observations if participants is None else participants
    if "participant_id" not in everybody:
        raise CjmError("participants: needs a column participant_id; take interviewed(study)")
    of_by = by
    if isinstance(by, str) and by not in everybody:
        everybody = observations
    keys = ["code"]
    pains = observations[observations["kind"] == "pain"]
    if by is not None:
        name, groups = groups_of(observations, by)
        warn_of_languages(observations, name, groups)
        keys = [name, "code"]
        pains = observations.assign(**{name: groups})[observations["kind"] == "pain"]
        name, of_groups = groups_of(everybody, of_by)
        whole = everybody.assign(**{name: of_groups}).groupby(name, observed=True)
        people = whole["participant_id"].nunique()
    once = pains.drop_duplicates("coding_id")
    counts = once.groupby(keys, observed=True, sort=True)
    ranking = counts.agg(
        n_participants=("participant_id", "nunique"),
        n_codings=("coding_id", "size"),
        machine_share=("machine", "mean"),
    ).reset_index()
    if by is None:
        ranking["of_participants"] = everybody["participant_id"].nunique()
    else:
        ranking[name] = ranking[name].astype(groups.categories.dtype)
        ranking["of_participants"] = ranking[name].map(people).astype("int64")
    n, of = ranking["n_participants"].to_numpy(), ranking["of_participants"].to_numpy()
    ranking["share"] = n / of
    ranking["low"], ranking["high"] = wilson(n, of, level)
    order = -(ranking["n_participants"] * (1 + ranking["n_codings"].max()) + ranking["n_codings"])
    if by is None:
        ranking["rank"] = order.rank(method="min").astype("int64")
    else:
        ranking["rank"] = order.groupby(ranking[name]).rank(method="min").astype("int64")
    ranking = _rank_bounds(ranking, once, keys, level)
    columns = [*keys, "n_participants", "of_participants", "share", "low", "high", "n_codings"]
    return ranking.sort_values([*keys[:-1], "rank", "code"], ignore_index=True)[
        [*columns, "rank", "machine_share", "rank_low", "rank_high"]
    ]


def _rank_bounds(
    ranking: pd.DataFrame, once: pd.DataFrame, keys: list[str], level: float
) -> pd.DataFrame:
    """Add the sets of ranks, of each group alone."""
    bounds = pd.DataFrame(1, ranking.index, ["rank_low", "rank_high"], dtype="int64")
    groups = [(None, once)] if len(keys) == 1 else once.groupby(keys[0], observed=True)
    for name, rows in groups:
        here = ranking.index if name is None else ranking.index[ranking[keys[0]] == name]
        named = pd.crosstab(rows["participant_id"], rows["code"]).reindex(
            columns=ranking.loc[here, "code"], fill_value=0
        )
        sets = share_ranks(named.to_numpy() > 0, level=level).set_index(here)
        bounds.loc[here] = sets[["rank_low", "rank_high"]]
    return ranking.join(bounds)


def touchpoint_matrix(observations: pd.DataFrame) -> pd.DataFrame:
    """Count people and average valence where a stage meets a touchpoint.

    Returns
    -------
    DataFrame
        stage (ordered Categorical), touchpoint (slug), n_participants, n_codings (int64), mean
        (of people's mean valences by the rule of `emotion_curve`; NaN without an emotion), n_felt
        (int64, people behind the mean: often fewer than n_participants), machine_share (of
        codings, that rest on undecided suggestions). Only pairs spoken of.
    """
    rows = observations[observations["stage"].notna() & observations["touchpoint"].notna()]
    rows = rows.assign(by_machine=by_machine(rows, touchpoint=True))
    grouped = rows.groupby(["stage", "touchpoint"], observed=True, sort=True)
    matrix = grouped.agg(
        n_participants=("participant_id", "nunique"),
        n_codings=("coding_id", "nunique"),
        machine_share=("by_machine", "mean"),
    ).reset_index()
    felt = rows["valence"].notna().to_numpy()
    cell = grouped.ngroup().to_numpy()[felt]
    means = unit_means(rows[felt], cell).summary(len(matrix))
    matrix.insert(4, "mean", means["mean"])
    matrix.insert(5, "n_felt", means["n_participants"])
    return matrix


def outside(observations: pd.DataFrame) -> pd.DataFrame:
    """Count what no stage of the model holds, so that nothing is lost in silence.

    Returns
    -------
    DataFrame
        kind, n_codings, n_participants outside the model, of_codings (all of the kind); int64.
    """
    totals = observations.groupby("kind")["coding_id"].nunique().rename("of_codings")
    lost = observations[observations["stage"].isna()].groupby("kind")
    counts = lost.agg(
        n_codings=("coding_id", "nunique"), n_participants=("participant_id", "nunique")
    )
    table = counts.join(totals, how="right").fillna(0).astype("int64")
    return table.reset_index()
