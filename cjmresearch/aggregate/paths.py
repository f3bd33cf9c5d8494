"""Paths of people against the declared chain: what follows what, skips, loops, losses, variants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import (
    check_level,
    heard_once,
    share_interval,
    summary_of,
    t_interval,
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
    return _shares(table, level)


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


def _shares(table: pd.DataFrame, level: float) -> pd.DataFrame:
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
    links = _shares(links, level)
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
        for here, there in zip(known, known[1:], strict=False):
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
    table = _shares(table, level).drop(columns="highest")
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
    table = _shares(pd.DataFrame(rows), level)
    return table[[*(c for c in table if c != "most"), "most"]]


def funnel(
    steps: pd.DataFrame,
    *,
    curve: pd.DataFrame | None = None,
    underway: Sequence[str] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Count who came how far, and who stopped where; the feelings stand beside.

    A person reached a stage who was at it or at a later one. Those still underway leave the count
    at their farthest stage without having stopped there, so that `reached` is Kaplan and Meier's
    product over stages (JASA 53, 1958) and equals the plain share where nobody is underway.

    Parameters
    ----------
    steps
        Frame of `visits` along stages.
    curve
        Frame [curve]: its mean, low, high and n_participants are laid beside as `felt`, `felt_low`,
        `felt_high`, `n_felt`.
    underway
        participant_ids whose path has not ended, e.g. those with outcome `active`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [funnel]
        One row a stage: stage, at_risk (came here and could go on or stop; int64), n_stopped,
        n_underway (farthest stage is here; int64), reached (share of all who started), low, high
        (without anybody underway `share_interval`; else by Greenwood on the log-log scale),
        stopped (share of those at risk), stopped_low, stopped_high (NaN at the last stage, where
        the path is over); and the feelings.
    """
    check_level(level)
    if not isinstance(steps["place"].dtype, pd.CategoricalDtype):
        raise CjmError("steps: a funnel needs stages in order; take visits(along='stage')")
    stages = steps["place"].cat.categories
    farthest = steps["place"].cat.codes.groupby(steps["participant_id"]).max()
    open_path = farthest.index.isin(list(underway)) & (farthest < len(stages) - 1).to_numpy()
    ended = np.bincount(farthest[~open_path], minlength=len(stages))
    censored = np.bincount(farthest[open_path], minlength=len(stages))
    came = (ended + censored)[::-1].cumsum()[::-1]
    at_risk = came - censored
    stopped = np.where(np.arange(len(stages)) < len(stages) - 1, ended, 0)
    reached, low, high = _survival(came, at_risk, stopped, level)
    share_low, share_high = share_interval(stopped, at_risk, level)
    on_the_way = (np.arange(len(stages)) < len(stages) - 1) & (at_risk > 0)
    table = pd.DataFrame(
        {
            "stage": pd.Categorical(stages, stages, ordered=True),
            "at_risk": at_risk,
            "n_stopped": stopped,
            "n_underway": censored,
            "reached": reached,
            "low": low,
            "high": high,
            "stopped": np.where(on_the_way, stopped / np.maximum(at_risk, 1), np.nan),
            "stopped_low": np.where(on_the_way, share_low, np.nan),
            "stopped_high": np.where(on_the_way, share_high, np.nan),
        }
    )
    return table if curve is None else _with_feelings(table, curve)


def _survival(
    came: np.ndarray, at_risk: np.ndarray, stopped: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    from scipy.special import ndtri

    with np.errstate(invalid="ignore", divide="ignore"):
        step = np.where(at_risk > 0, 1 - stopped / np.maximum(at_risk, 1), 1.0)
        reached = np.concatenate([[1.0], np.cumprod(step)[:-1]])
        if (came == at_risk).all():  # nobody is underway
            return reached, *share_interval(came, came[:1].repeat(len(came)), level)
        term = np.where(at_risk > stopped, stopped / (at_risk * (at_risk - stopped)), 0.0)
        error = np.sqrt(np.concatenate([[0.0], np.cumsum(term)[:-1]])) / np.log(reached)
        half = ndtri(0.5 + level / 2) * error
        low, high = reached ** np.exp(-half), reached ** np.exp(half)
    sure = (reached <= 0) | (reached >= 1)
    plain = share_interval(reached * came[0], np.full(len(came), came[0]), level)
    return reached, np.where(sure, plain[0], low), np.where(sure, plain[1], high)


def _with_feelings(table: pd.DataFrame, curve: pd.DataFrame) -> pd.DataFrame:
    felt = curve.set_index(curve["stage"].astype("str")).reindex(table["stage"].astype("str"))
    named = {"mean": "felt", "low": "felt_low", "high": "felt_high", "n_participants": "n_felt"}
    for column, name in named.items():
        table[name] = felt[column].to_numpy()
    return table


def variants(
    steps: pd.DataFrame,
    *,
    value: Mapping[str, float] | pd.Series | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count the ways people went, whole path by whole path, and what each is worth.

    Parameters
    ----------
    steps
        Frame of `visits`.
    value
        A number by participant_id, e.g. what they spend in a year.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        path (tuple of slugs), length, n_participants, of_participants (int64), share, low, high;
        with `value` also n_valued (int64), value (mean), value_low, value_high (Student's t; NaN
        under 3 people). Most people first, then the shortest.
    """
    check_level(level)
    named = steps.assign(place=steps["place"].astype("str"))
    paths = named.groupby("participant_id", sort=True)["place"].agg(tuple)
    table = paths.value_counts(sort=False).rename_axis("path").rename("n_participants")
    table = table.reset_index().assign(of_participants=len(paths))
    table.insert(1, "length", [len(path) for path in table["path"]])
    table = _shares(table, level).drop(columns="highest")
    if value is not None:
        worth = pd.Series(paths.index, index=paths.index).map(dict(value.items())).astype(float)
        stats = [summary_of(worth[paths == path].to_numpy()) for path in table["path"]]
        mean, sd, n = (np.array(column, float) for column in zip(*stats, strict=True))
        low, high = t_interval(mean, sd, n, level=level)
        table = table.assign(n_valued=n.astype("int64"), value=mean, value_low=low, value_high=high)
    order = {"n_participants": False, "length": True, "path": True}
    return table.sort_values(list(order), ascending=list(order.values()), ignore_index=True)


def order_test(steps: pd.DataFrame, *, replicates: int = 4999, seed: int = 0) -> dict[str, Any]:
    """Ask whether the next step depends on the step before, too (second order against first).

    The likelihood-ratio statistic of three steps in a row (Anderson and Goodman, Annals of
    Mathematical Statistics 28, 1957), with a permutation p value, since few journeys are far from
    its chi-square: what follows is shuffled among visits of the same middle place. Triples of one
    person are taken for independent.

    Returns
    -------
    dict
        statistic, df (of the chi-square), p, n_triples, n_participants. p is NaN where no middle
        place was come to from two places and left for two.
    """
    place = steps["place"].astype("str")
    person = steps["participant_id"]
    triples = pd.DataFrame(
        {
            "before": place.groupby(person).shift(1),
            "middle": place,
            "after": place.groupby(person).shift(-1),
            "person": person,
        }
    ).dropna()
    rng = np.random.default_rng(seed)
    parts, df = [], 0
    for _, group in triples.groupby("middle"):
        x, y = pd.factorize(group["before"])[0], pd.factorize(group["after"])[0]
        df += int(x.max() * y.max())
        if x.max() and y.max():
            parts.append((x, y))
    result = {"n_triples": len(triples), "n_participants": int(triples["person"].nunique())}
    if not parts:
        return {"statistic": 0.0, "df": df, "p": np.nan, **result}
    seen = sum(_likelihood_ratio(x, y) for x, y in parts)
    drawn = [
        sum(_likelihood_ratio(x, rng.permutation(y)) for x, y in parts) for _ in range(replicates)
    ]
    p = (1 + np.sum(np.array(drawn) >= seen - 1e-9)) / (1 + replicates)
    return {"statistic": float(seen), "df": df, "p": float(p), **result}


def _likelihood_ratio(x: np.ndarray, y: np.ndarray) -> float:
    width = y.max() + 1
    table = np.bincount(x * width + y, minlength=(x.max() + 1) * width).reshape(-1, width)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    known = table > 0
    return float(2 * (table[known] * np.log(table[known] / expected[known])).sum())
