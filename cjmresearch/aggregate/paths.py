"""Paths of people against the declared chain: what follows what, skips and loops."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import (
    check_level,
    heard_once,
    share_interval,
    unheard_bound,
)
from cjmresearch.errors import CjmError

START, END = "start", "end"
"""Stand before the first step of a path and after its last."""


def transitions(steps: pd.DataFrame, *, ends: bool = True, level: float = 0.95) -> pd.DataFrame:
    """Count what directly follows what, by steps and by people.

    A person who goes round a loop ten times is one person: shares are of people who were at the
    first place, and intervals are of these. `n_steps` is the directly-follows graph.

    Parameters
    ----------
    steps
        Frame of `visits`.
    ends
        Count the beginning and the end of each path as places `start` and `end`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [transitions]
        One row a pair of places, also pairs nobody went (but not a place to itself): from, to
        (str), n_steps, n_participants, of_participants (int64), share, low, high (of people:
        `share_interval`), highest (float: for pairs nobody went the exact one-sided bound, else
        `high`).
    """
    check_level(level)
    pairs = _pairs(steps, ends=ends)
    places = _places(steps)
    froms, tos = ([START] * ends + places), (places + [END] * ends)
    grid = pd.MultiIndex.from_product([froms, tos], names=["from", "to"])
    grid = grid[(grid.get_level_values(0) != grid.get_level_values(1))]
    grid = grid[~((grid.get_level_values(0) == START) & (grid.get_level_values(1) == END))]
    counts = pairs.groupby(["from", "to"]).agg(
        n_steps=("participant_id", "size"), n_participants=("participant_id", "nunique")
    )
    table = counts.reindex(grid, fill_value=0).reset_index()
    there = pairs.groupby("from")["participant_id"].nunique()
    table["of_participants"] = table["from"].map(there).fillna(0).astype("int64")
    return shares(table, level)


def _places(steps: pd.DataFrame) -> list[str]:
    if isinstance(steps["place"].dtype, pd.CategoricalDtype):
        return list(steps["place"].cat.categories)
    return sorted(steps["place"].unique())


def _pairs(steps: pd.DataFrame, *, ends: bool) -> pd.DataFrame:
    """Every step with the one that follows it, of the same person."""
    place = steps["place"].astype("str")
    after = place.groupby(steps["participant_id"]).shift(-1)
    pairs = pd.DataFrame({"participant_id": steps["participant_id"], "from": place, "to": after})
    if not ends:
        return pairs.dropna()
    pairs["to"] = after.fillna(END)
    first = steps["step"] == 0
    begins = pairs[first].assign(to=pairs["from"][first], **{"from": START})
    return pd.concat([begins, pairs], ignore_index=True)


def shares(table: pd.DataFrame, level: float) -> pd.DataFrame:
    """Add share, low, high and highest to counts of people; see `transitions`."""
    n, of = table["n_participants"].to_numpy(), table["of_participants"].to_numpy()
    with np.errstate(invalid="ignore"):
        table["share"] = np.where(of > 0, n / np.maximum(of, 1), np.nan)
    low, high = share_interval(n, of, level)
    table["low"], table["high"] = low, high
    table["highest"] = np.where((n == 0) & (of > 0), unheard_bound(np.maximum(of, 1), level), high)
    return table


def next_steps(steps: pd.DataFrame, place: str, *, level: float = 0.95) -> pd.DataFrame:
    """Say where people go after their first visit of a place; the shares sum to 1.

    Bounds are of the Dirichlet posterior with Jeffreys' prior of 1/2 on every place one could go
    (marginals are Beta), so what nobody did keeps a share, too.

    Returns
    -------
    DataFrame
        to (str, `end` for those who stopped), n_participants, of_participants (int64), share
        (posterior mean), low, high.
    """
    from scipy.special import betaincinv

    check_level(level)
    pairs = _pairs(steps, ends=True)
    here = pairs[pairs["from"] == place].drop_duplicates("participant_id")
    others = [p for p in _places(steps) if p != place]
    if len(others) == len(_places(steps)):
        raise CjmError(f"place {place!r}: no step is there; choose one of {', '.join(others)}")
    counts = here["to"].value_counts().reindex([*others, END], fill_value=0)
    alpha, total = counts.to_numpy() + 0.5, len(here) + 0.5 * len(counts)
    tail = (1 - level) / 2
    return pd.DataFrame(
        {
            "to": counts.index,
            "n_participants": counts.to_numpy(),
            "of_participants": len(here),
            "share": alpha / total,
            "low": betaincinv(alpha, total - alpha, tail),
            "high": betaincinv(alpha, total - alpha, 1 - tail),
        }
    )


def chain_links(
    steps: pd.DataFrame, chain: Sequence[str], *, expected: float = 0.2, level: float = 0.95
) -> pd.DataFrame:
    """Hold the declared chain against what people did, link by link.

    Parameters
    ----------
    steps
        Frame of `visits`.
    chain
        Places in the order that the team expects.
    expected
        Share of people who would have to make a link for its absence to mean something.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [links]
        One row a link: from, to, n_participants (who went from one straight to the other),
        of_participants (who were at the first; int64), share, low, high, highest, n_later (who came
        to the second only after other places), seen_chance (float: how probably a link that
        `expected` of these people make would have been seen at least once), verdict {seen, not
        seen, nobody there}.
    """
    check_level(level)
    unknown = [place for place in chain if place not in _places(steps)]
    if unknown or len(chain) < 2:
        raise CjmError(f"chain: {(unknown or ['one place'])[0]!r} is no place of the steps")
    pairs = pd.MultiIndex.from_arrays([list(chain[:-1]), list(chain[1:])], names=["from", "to"])
    direct = transitions(steps, ends=False, level=level).set_index(["from", "to"])
    links = direct.reindex(pairs).reset_index().drop(columns="n_steps")
    steps = steps.assign(place=steps["place"].astype("str"))
    first = steps.groupby(["place", "participant_id"])["step"].min()
    last = steps.groupby(["place", "participant_id"])["step"].max()
    links["of_participants"] = [_people_at(steps, place) for place in chain[:-1]]
    links = shares(links, level)
    links["n_later"] = [
        _came_later(first, last, pair) - int(n)
        for pair, n in zip(pairs, links["n_participants"], strict=True)
    ]
    of, n = links["of_participants"], links["n_participants"]
    links["seen_chance"] = [heard_once(expected, int(k)) for k in of]
    verdict = np.where(n > 0, "seen", np.where(of > 0, "not seen", "nobody there"))
    return links.assign(verdict=pd.array(list(verdict), dtype="str"))


def _people_at(steps: pd.DataFrame, place: str) -> int:
    return int(steps.loc[steps["place"] == place, "participant_id"].nunique())


def _came_later(first: pd.Series, last: pd.Series, pair: tuple[str, str]) -> int:
    """People who were at the second place at some time after they first were at the first."""
    begin = first.get(pair[0], pd.Series(dtype="int64"))
    end = last.get(pair[1], pd.Series(dtype="int64"))
    both = begin.index.intersection(end.index)
    return int((end[both] > begin[both]).sum())


def skips(
    steps: pd.DataFrame, chain: Sequence[str], *, expected: float = 0.05, level: float = 0.95
) -> pd.DataFrame:
    """Find where people jump over places of the declared chain, and whether too many do.

    Parameters
    ----------
    steps, chain
        As in `chain_links`.
    expected
        Share of people who may skip.
    level
        Coverage of the intervals; 1 minus the chance of a false flag of a jump.

    Returns
    -------
    DataFrame [skips]
        One row a jump that somebody made over places they had not been at before: from, to,
        skipped (tuple of slugs), n_participants, of_participants (who were at the first; int64),
        share, low, high, p (exact binomial: so many or more if `expected` skip; not corrected for
        the number of jumps), flagged (bool); most people first.
    """
    from scipy.stats import binom

    check_level(level)
    place = {slug: i for i, slug in enumerate(chain)}
    rows = []
    for person, path in steps.groupby("participant_id", sort=True):
        been: set[str] = set()
        known = [p for p in path["place"].astype("str") if p in place]
        for here, there in itertools.pairwise(known):
            been.add(here)
            over = tuple(p for p in chain[place[here] + 1 : place[there]] if p not in been)
            if over:
                rows.append((person, here, there, over))
    jumps = pd.DataFrame(rows, columns=["participant_id", "from", "to", "skipped"])
    table = jumps.groupby(["from", "to", "skipped"], as_index=False)["participant_id"].nunique()
    table = table.rename(columns={"participant_id": "n_participants"})
    named = steps.assign(place=steps["place"].astype("str"))
    table["of_participants"] = pd.Series(
        [_people_at(named, p) for p in table["from"]], dtype="int64"
    )
    table = shares(table, level).drop(columns="highest")
    n, of = table["n_participants"].to_numpy(), table["of_participants"].to_numpy()
    table["p"] = binom.sf(n - 1, of, expected)
    table["flagged"] = table["p"] <= 1 - level
    order = ["n_participants", "from", "to"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def loops(steps: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Count who comes back to a place after having left it.

    Returns
    -------
    DataFrame
        place, n_participants (who came back), of_participants (who were there; int64), share, low,
        high, highest, most (visits of one person, int64); in the order of places.
    """
    check_level(level)
    named = steps.assign(place=steps["place"].astype("str"))
    visits = named.groupby(["place", "participant_id"]).size()
    rows = []
    for place in _places(steps):
        counts = visits.get(place, pd.Series(dtype="int64"))
        rows.append(
            {
                "place": place,
                "n_participants": int((counts > 1).sum()),
                "of_participants": len(counts),
                "most": int(counts.max()) if len(counts) else 0,
            }
        )
    table = shares(pd.DataFrame(rows), level)
    return table[[*(c for c in table if c != "most"), "most"]]
