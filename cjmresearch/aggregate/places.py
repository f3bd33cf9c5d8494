"""Where to look first: critical places, candidates for moments of truth, unmet needs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import (
    check_level,
    share_interval,
    summary_of,
    t_interval,
)
from cjmresearch.aggregate.means import by_machine
from cjmresearch.aggregate.within import rank_sets, share_ranks
from cjmresearch.errors import CjmError

REASONS = ("critical_place", "named", "lost", "strong")
_PLACE = ["stage", "touchpoint"]
_STRONG = 3


def critical_places(
    observations: pd.DataFrame, *, min_barriers: int = 2, min_people: int = 2
) -> pd.DataFrame:
    """Find where several barriers meet: two or more, from two or more people, at one touchpoint.

    A rule for where to look first, not a test. One person who names ten barriers makes no place.

    Parameters
    ----------
    observations
        Frame [observations].
    min_barriers, min_people
        Different pains, and different participants, that make a place critical.

    Returns
    -------
    DataFrame
        stage (ordered Categorical), touchpoint, n_barriers, n_participants, n_codings (int64),
        machine_share, codes, coding_ids (tuples); most people first, then most barriers.
    """
    pains = observations[observations["kind"] == "pain"]
    pains = pains[pains["stage"].notna() & pains["touchpoint"].notna()]
    pains = pains.assign(by_machine=by_machine(pains, touchpoint=True))
    places = pains.groupby(_PLACE, observed=True).agg(
        n_barriers=("code", "nunique"),
        n_participants=("participant_id", "nunique"),
        n_codings=("coding_id", "nunique"),
        machine_share=("by_machine", "mean"),
        codes=("code", _unique),
        coding_ids=("coding_id", _unique),
    )
    enough = (places["n_barriers"] >= min_barriers) & (places["n_participants"] >= min_people)
    return (
        places[enough]
        .reset_index()
        .sort_values(
            ["n_participants", "n_barriers", *_PLACE],
            ascending=[False, False, True, True],
            ignore_index=True,
        )
    )


def _unique(values: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def moments_of_truth(
    observations: pd.DataFrame,
    *,
    participants: pd.DataFrame | None = None,
    named: Iterable[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """List candidates for moments of truth, each with its reasons, people and quotes; as a set.

    A place (stage x touchpoint) is a candidate where at least two people give a reason: it is a
    critical place; they name it when asked for the most important, worst or best-remembered moment
    (`named`); people who were lost speak of a pain there; they feel something there of the highest
    intensity. Ranks are sets (see `share_ranks`): with ten people the first is the right one in
    half of all studies, so choose among all that may be first, by reading their quotes.

    Parameters
    ----------
    observations
        Frame [observations].
    participants
        The whole, rows of `participants`; with `outcome` the reason `lost` is looked for. Default
        is everybody in the observations.
    named
        coding_ids of answers to the critical-incident questions.
    level
        Coverage of intervals, and of all ranks together.

    Returns
    -------
    DataFrame
        stage, touchpoint, n_participants (who give any reason), of_participants (int64), share,
        low, high, rank, rank_low, rank_high (int64), maybe_first (bool), reasons (tuple of
        critical_place, named, lost, strong), n_critical_place, n_named, n_lost, n_strong (people;
        int64), coding_ids (tuple).
    """
    check_level(level)
    everybody = observations if participants is None else participants
    people = pd.Index(everybody["participant_id"].unique())
    placed = observations[observations["stage"].notna() & observations["touchpoint"].notna()]
    evidence = pd.concat(
        [
            rows[[*_PLACE, "participant_id", "coding_id"]].assign(reason=reason)
            for reason, rows in _reasons(placed, participants, set(named)).items()
        ],
        ignore_index=True,
    )
    counts = evidence.groupby(_PLACE, observed=True)["participant_id"].nunique()
    kept = evidence.set_index(_PLACE).index.isin(counts.index[counts >= 2])
    evidence = evidence[kept & evidence["participant_id"].isin(people).to_numpy()]
    places = evidence[_PLACE].drop_duplicates().sort_values(_PLACE).reset_index(drop=True)
    given = np.zeros((len(people), len(places)), bool)
    number = pd.MultiIndex.from_frame(places.astype("str")).get_indexer(
        pd.MultiIndex.from_frame(evidence[_PLACE].astype("str"))
    )
    given[people.get_indexer(evidence["participant_id"]), number] = True
    table = places.assign(n_participants=given.sum(axis=0), of_participants=len(people))
    table["share"] = table["n_participants"] / len(people) if len(people) else np.nan
    table["low"], table["high"] = share_interval(
        table["n_participants"], table["of_participants"], level
    )
    table = pd.concat([table, share_ranks(given, level=level)], axis=1)
    for reason in REASONS:
        of_reason = (evidence["reason"] == reason).to_numpy()
        pairs = pd.DataFrame(
            {"at": number[of_reason], "who": evidence["participant_id"][of_reason]}
        )
        table[f"n_{reason}"] = np.bincount(pairs.drop_duplicates()["at"], minlength=len(places))
    table.insert(10, "reasons", [_reasons_of(row) for row in table.to_dict("records")])
    by_place = evidence.groupby(number)["coding_id"].agg(_unique)
    table["coding_ids"] = list(by_place.reindex(range(len(places))))
    return table.sort_values(["rank", *_PLACE], ignore_index=True)


def _reasons_of(row: dict[str, int]) -> tuple[str, ...]:
    return tuple(reason for reason in REASONS if row[f"n_{reason}"])


def _reasons(
    placed: pd.DataFrame, participants: pd.DataFrame | None, named: set[str]
) -> dict[str, pd.DataFrame]:
    """Rows of observations that speak for each reason."""
    pains = placed[placed["kind"] == "pain"]
    critical = critical_places(placed)
    at = pd.MultiIndex.from_frame(critical[_PLACE].astype("str"))
    in_critical = pd.MultiIndex.from_frame(pains[_PLACE].astype("str")).isin(at)
    lost: set[str] = set()
    if participants is not None and "outcome" in participants:
        lost = set(participants.loc[participants["outcome"] == "lost", "participant_id"])
    strong = placed["intensity"].fillna(0) >= _STRONG
    return {
        "critical_place": pains[in_critical],
        "named": placed[placed["coding_id"].isin(named)],
        "lost": pains[pains["participant_id"].isin(lost)],
        "strong": placed[strong.to_numpy(bool) & placed["valence"].notna().to_numpy()],
    }


def unmet_needs(
    table: pd.DataFrame,
    *,
    top: float | None = None,
    level: float = 0.95,
    replicates: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Score needs by importance and satisfaction of the same people; the first is a set of needs.

    Ulwick's score is importance + max(importance - satisfaction, 0) (*What Customers Want*, 2005),
    of mean ratings, or with `top` of the share of people who gave that point or a higher one, times
    10, as he has it. Cutting at 0 inflates it: a need whose gap is 0 gains .8 or more of 10 points
    with ten people and shares. The signed gap with its
    interval stands beside it always, and a cross-fitted score, where one half of the people decides
    whether there is a gap and the other half how large (it understates real gaps with few people).

    Parameters
    ----------
    table
        participant_id, need, importance, satisfaction (both on one scale, say 0...10).
    level
        Coverage of intervals, and of all ranks together.
    top
        The lowest point that counts as high, e.g. 4 of 5; None takes the ratings as they are.
    replicates, seed
        Splits of the people into halves, and the seed of the draw.

    Returns
    -------
    DataFrame
        need, n_participants (with both; int64), importance, satisfaction (means), gap (signed),
        low, high (Student's t, paired), score, cross_fitted, rank, rank_low, rank_high (int64, 1 is
        the widest gap), maybe_first (bool); in order of rank.
    """
    check_level(level)
    needed = {"participant_id", "need", "importance", "satisfaction"}
    if not needed <= set(table):
        raise CjmError(f"table: needs the columns {', '.join(sorted(needed))}")
    rows = table.dropna(subset=["importance", "satisfaction"])
    if top is not None:
        rated = ["importance", "satisfaction"]
        rows = rows.assign(**{c: 10.0 * (rows[c] >= top) for c in rated})
    rows = rows.assign(gap=rows["importance"] - rows["satisfaction"])
    wide = rows.pivot_table(index="participant_id", columns="need", values="gap", sort=True)
    gaps = wide.to_numpy(float)
    mean, sd, n = summary_of(gaps)
    low, high = t_interval(mean, sd, n, level=level)
    by_need = rows.groupby("need")[["importance", "satisfaction"]].mean().reindex(wide.columns)
    importance = by_need["importance"].to_numpy()
    ranks = rank_sets(-gaps, level=level)
    result = pd.DataFrame(
        {
            "need": wide.columns,
            "n_participants": n,
            "importance": importance,
            "satisfaction": by_need["satisfaction"].to_numpy(),
            "gap": mean,
            "low": low,
            "high": high,
            "score": importance + np.maximum(mean, 0),
            "cross_fitted": importance + _cross_fitted(gaps, replicates, seed),
        }
    )
    result = result.join(ranks[["rank", "rank_low", "rank_high"]])
    return result.assign(maybe_first=ranks["maybe_lowest"]).sort_values(
        ["rank", "need"], ignore_index=True
    )


def _cross_fitted(gaps: np.ndarray, replicates: int, seed: int) -> np.ndarray:
    """Mean gap of one half of the people where the other half's is over 0, over random halves."""
    rng = np.random.default_rng(seed)
    total = np.zeros(gaps.shape[1])
    for _ in range(replicates):
        order = rng.permutation(len(gaps))
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        one, other = (np.nan_to_num(summary_of(gaps[half])[0]) for half in halves)
        total += (np.where(one > 0, other, 0.0) + np.where(other > 0, one, 0.0)) / 2
    return total / replicates
