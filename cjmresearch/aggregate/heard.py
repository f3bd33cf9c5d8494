"""What was heard, from whom, and what may not have been: coverage, saturation, kinds of source."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level, share_interval, unheard_bound
from cjmresearch.aggregate.inventory import people_by_code, unseen
from cjmresearch.aggregate.overlap import Spans, overlaps
from cjmresearch.aggregate.placing import live_codings
from cjmresearch.schema import Study

EMPLOYEES, EXPERTS = "employees", "experts"


def coverage(
    observations: pd.DataFrame, *, participants: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count each person's codings at each stage by kind: the holes show who wasn't asked what.

    Returns
    -------
    DataFrame
        One row a participant x stage x kind, zeros too: participant_id, stage (ordered
        Categorical), kind, n_codings (int64). Kinds are those that occur.
    """
    everybody = (observations if participants is None else participants)["participant_id"]
    stages = observations["stage"].cat.categories
    grid = pd.MultiIndex.from_product(
        [sorted(set(everybody)), stages, sorted(observations["kind"].unique())],
        names=["participant_id", "stage", "kind"],
    )
    keys = ["participant_id", "stage", "kind"]
    placed = observations[observations["stage"].notna()].astype({"stage": "str"})
    counts = placed.groupby(keys)["coding_id"].nunique()
    table = counts.reindex(grid, fill_value=0).rename("n_codings").reset_index()
    table["stage"] = pd.Categorical(table["stage"], stages, ordered=True)
    return table


def unheard(
    observations: pd.DataFrame,
    codes: Iterable[str],
    *,
    participants: pd.DataFrame | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Say of each code how common it may be, also where nobody named it: "0 of 8: up to 31 %".

    Parameters
    ----------
    observations
        Frame [observations].
    codes
        Slugs, e.g. all pains of the codebook.
    participants
        Everybody who could have spoken; default is everybody in the observations.
    level
        Coverage; for codes that nobody named, of the one-sided exact bound.

    Returns
    -------
    DataFrame
        code, n_participants, of_participants (int64), share, low, high, highest (the bound where
        nobody named it, else `high`); most people first, then by slug.
    """
    check_level(level)
    everybody = (observations if participants is None else participants)["participant_id"]
    of = int(everybody.nunique())
    named = observations.groupby("code")["participant_id"].nunique()
    slugs = list(dict.fromkeys(codes))
    n = named.reindex(slugs).fillna(0).to_numpy("int64")
    low, high = share_interval(n, np.full(len(n), of), level)
    table = pd.DataFrame(
        {
            "code": pd.Series(slugs, dtype="str"),
            "n_participants": n,
            "of_participants": of,
            "share": n / max(of, 1),
            "low": low,
            "high": high,
            "highest": np.where(n == 0, unheard_bound(of, level) if of else 1.0, high),
        }
    )
    order = ["n_participants", "code"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def saturation(
    observations: pd.DataFrame,
    *,
    kind: str = "pain",
    participants: pd.DataFrame | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Draw how many different pains the first k people would have named, in any order of people.

    The expected curve is exact, over all orders (rarefaction by samples), with the standard error
    of Colwell, Mao and Chang (Ecology 85, 2004), which allows for what nobody named (`unseen`). A
    curve that has flattened says that people like these have little new to tell, not that others
    would not.

    Parameters
    ----------
    observations
        Frame [observations].
    kind
        Kind of the codes, e.g. pain, need; `touchpoint` counts touchpoints spoken about.
    participants
        Everybody who could have spoken; default is everybody in the observations.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [saturation]
        One row a number of people: n_participants (int64, from 1), codes (expected number), low,
        high (normal, cut at 0), new (codes that the next person is expected to add; at the last
        row Good and Turing's estimate: named once / people), estimate, estimate_low,
        estimate_high (of all codes there are: Chao2), coverage (of meetings; see `unseen`).
    """
    from scipy.special import ndtri

    check_level(level)
    wide = people_by_code(observations, kind=kind, participants=participants)
    counts, n = wide.sum().to_numpy(), len(wide)
    total = unseen(wide, level=level)
    z = ndtri(0.5 + level / 2)
    k = np.arange(1, n + 1)
    missed = _missed(counts, k, n)
    codes = (1 - missed).sum(axis=1)
    variance = ((1 - missed) ** 2).sum(axis=1) - codes**2 / max(total["estimate"], 1e-9)
    half = z * np.sqrt(np.maximum(variance, 0.0))
    once = total["once"] / n if n else np.nan
    return pd.DataFrame(
        {
            "n_participants": k,
            "codes": codes,
            "low": np.maximum(codes - half, 0.0),
            "high": codes + half,
            "new": np.append(np.diff(codes), once) if n else codes,
            "estimate": total["estimate"],
            "estimate_low": total["low"],
            "estimate_high": total["high"],
            "coverage": total["coverage"],
        }
    )


def _missed(counts: np.ndarray, k: np.ndarray, n: int) -> np.ndarray:
    """Chance that k of n people hold none of those who name each thing; a row a k."""
    from scipy.special import gammaln

    rest = n - counts[None, :] - k[:, None]
    safe = np.maximum(rest, 0)
    log = gammaln(n - counts[None, :] + 1) - gammaln(safe + 1)
    log = log + gammaln(n - k[:, None] + 1) - gammaln(n + 1)
    return np.where(rest >= 0, np.exp(log), 0.0)


def triangulation(study: Study, *, kind: str = "pain", include: str = "human") -> pd.DataFrame:
    """Lay each pain beside the kinds of source that speak of it; employees stand apart.

    Sources differ in who speaks, when and to whom, so a pain that several kinds of them show is
    less likely one method's own. What employees and experts say of customers is hearsay: it has
    columns of its own, and is in no count of customers.

    Parameters
    ----------
    study
        Frozen frames of a project.
    kind
        Kind of the codes.
    include
        As in `observations`.

    Returns
    -------
    DataFrame [triangulation]
        One row a code x kind of source in which somebody could have named it: code, source_kind
        (of the study's sources; `employees`, `experts`), n_participants, of_participants,
        n_sources, n_codings (int64), share, low, high, n_kinds (kinds of source in which customers
        name it). Of people without an id, sources are counted.
    """
    live = live_codings(study, include=include)
    live = live[live["kind"] == kind].reset_index(drop=True)
    turns = study.turns.merge(study.speakers, on=["source_id", "speaker"])
    turns = turns[turns["role"] != "interviewer"].reset_index(drop=True)
    turns["source_kind"] = turns["source_id"].map(study.sources.set_index("source_id")["kind"])
    for voice, name in (("employee", EMPLOYEES), ("expert", EXPERTS)):
        turns["source_kind"] = turns["source_kind"].where(turns["voice"] != voice, name)
    turns["who"] = turns["participant_id"].where(
        turns["participant_id"].notna(), turns["source_id"] + "\n" + turns["speaker"]
    )
    whole = turns.groupby("source_kind")["who"].nunique()
    sources = pd.Index(study.sources["source_id"])
    coding, turn, shared = overlaps(Spans.of(live, sources), Spans.of(turns, sources))
    order = np.lexsort((turn, -shared, coding))
    first = ~pd.Series(coding[order]).duplicated().to_numpy()
    said = turns.iloc[turn[order][first]].reset_index(drop=True)
    said["code"] = live["code"].iloc[coding[order][first]].to_numpy()
    said["coding_id"] = live["coding_id"].iloc[coding[order][first]].to_numpy()
    grid = pd.MultiIndex.from_product(
        [sorted(said["code"].unique()), list(whole.index)], names=["code", "source_kind"]
    )
    table = said.groupby(["code", "source_kind"]).agg(
        n_participants=("who", "nunique"),
        n_sources=("source_id", "nunique"),
        n_codings=("coding_id", "nunique"),
    )
    table = table.reindex(grid, fill_value=0).reset_index()
    table.insert(3, "of_participants", table["source_kind"].map(whole).astype("int64"))
    table["share"] = table["n_participants"] / table["of_participants"]
    low, high = share_interval(table["n_participants"], table["of_participants"])
    table["low"], table["high"] = low, high
    ours = (table["n_participants"] > 0) & ~table["source_kind"].isin([EMPLOYEES, EXPERTS])
    table["n_kinds"] = ours.groupby(table["code"]).transform("sum").astype("int64")
    return table
