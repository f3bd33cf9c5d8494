"""All touchpoints: by which method each was found, how many nobody found, who used which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import (
    check_level,
    share_interval,
    summary_of,
    t_interval,
    unheard_bound,
)
from cjmresearch.aggregate.overlap import Spans, overlaps
from cjmresearch.aggregate.placing import live_codings
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study

METHODS = ("team", "own_walk", "customers", "data", "competitors")
"""Ways to find touchpoints: the team lists them, we walk the path, customers tell, logs, calls and
reviews show, competitors have them."""

_OF_KIND = {
    "interview": "customers",
    "focus_group": "customers",
    "survey": "customers",
    "review": "data",
    "call": "data",
    "observation": "own_walk",
    "note": "team",
}


def touchpoint_inventory(
    study: Study,
    *,
    listed: Mapping[str, Iterable[str]] | None = None,
    include: str = "human",
) -> pd.DataFrame:
    """Lay each touchpoint beside the methods that found it.

    Codings count by who speaks and in what: employees are the team; customers in interviews, focus
    groups and surveys are customers; reviews and calls are data; observations our own walk; notes
    the team's. Steps of the table `visits` with origin `log` are data.

    Parameters
    ----------
    study
        Frozen frames of a project.
    listed
        Method -> slugs or names found by it outside the material, e.g. what the team wrote down.
    include
        As in `observations`.

    Returns
    -------
    DataFrame [inventory]
        One row a touchpoint found by any method: touchpoint, a bool column a method (team,
        own_walk, customers, data, competitors), n_methods, n_participants (customers who spoke of
        it; int64), customers_only, team_only (bool).
    """
    unknown = set(listed or {}) - set(METHODS)
    if unknown:
        raise CjmError(f"listed: {sorted(unknown)[0]!r}; choose methods of {', '.join(METHODS)}")
    live = live_codings(study, include=include)
    live = live[live["kind"] == "touchpoint"].reset_index(drop=True)
    found = _spoken(live, study)
    logs = study.visits[(study.visits["origin"] == "log") & study.visits["touchpoint"].notna()]
    extra = [(slug, "data") for slug in logs["touchpoint"]]
    extra += [(slug, method) for method, slugs in (listed or {}).items() for slug in slugs]
    rows = pd.concat(
        [found[["touchpoint", "method"]], pd.DataFrame(extra, columns=["touchpoint", "method"])],
        ignore_index=True,
    )
    wide = pd.crosstab(rows["touchpoint"], rows["method"]).reindex(
        columns=list(METHODS), fill_value=0
    )
    table = (wide > 0).rename_axis(columns=None).reset_index()
    customers = found[found["method"] == "customers"]
    people = customers.groupby("touchpoint")["participant_id"].nunique()
    table["n_methods"] = table[list(METHODS)].sum(axis=1)
    table["n_participants"] = table["touchpoint"].map(people).fillna(0).astype("int64")
    alone = table["n_methods"] == 1
    return table.assign(
        customers_only=alone & table["customers"], team_only=alone & table["team"]
    ).sort_values(["n_methods", "touchpoint"], ascending=[False, True], ignore_index=True)


def _spoken(live: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Give touchpoint codings with the method that they stand for and the participant."""
    turns = study.turns.merge(study.speakers, on=["source_id", "speaker"])
    turns = turns[turns["role"] != "interviewer"].reset_index(drop=True)
    sources = pd.Index(study.sources["source_id"])
    coding, turn, shared = overlaps(Spans.of(live, sources), Spans.of(turns, sources))
    order = np.lexsort((turn, -shared, coding))
    first = ~pd.Series(coding[order]).duplicated().to_numpy()
    coding, turn = coding[order][first], turn[order][first]
    kind = live["source_id"].iloc[coding].map(study.sources.set_index("source_id")["kind"])
    said = turns.iloc[turn].reset_index(drop=True)
    method = kind.map(_OF_KIND).reset_index(drop=True)
    method = method.where(said["voice"] != "employee", "team")
    return pd.DataFrame(
        {
            "touchpoint": live["code"].iloc[coding].reset_index(drop=True),
            "method": method,
            "participant_id": said["participant_id"],
        }
    )[(said["voice"] != "expert").to_numpy()]


def unseen(incidence: pd.DataFrame | np.ndarray, *, level: float = 0.95) -> dict[str, Any]:
    """Estimate how many things no sample has met, from how many were met once and twice (Chao2).

    Chao (Biometrics 43, 1987) with the factor (n - 1) / n for few samples; its variance and the
    log-normal interval of Colwell et al. (J. Plant Ecology 5, 2012), which never falls under what
    was seen. It is a lower bound of the number: things that nobody could have met (no sample of
    their kind) stay unseen by it. With fewer than 5 samples, or where nothing was met twice, the
    figure is a hint.

    Parameters
    ----------
    incidence
        bool, a row a sample (a person, a method), a column a thing.
    level
        Coverage of the interval.

    Returns
    -------
    dict
        seen, samples, once, twice (int), estimate, low, high (of all there are), sd, unseen
        (estimate minus seen), coverage (share of meetings that fall on things seen: Chao and Jost,
        Ecology 93, 2012), weak (bool: a hint only).
    """
    from scipy.special import ndtri

    check_level(level)
    counts = np.asarray(incidence, bool).sum(axis=0)
    n, seen = len(incidence), int((counts > 0).sum())
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    result = {"seen": seen, "samples": n, "once": once, "twice": twice}
    a = (n - 1) / n if n else 0.0
    if twice:
        ratio = once / twice
        more = a * once**2 / (2 * twice)
        variance = twice * (a / 2 * ratio**2 + a**2 * ratio**3 + a**2 / 4 * ratio**4)
    else:  # the bias-corrected form, which needs nothing met twice
        more = a * once * (once - 1) / 2
        total = seen + more
        variance = a * once * (once - 1) / 2 + a**2 * once * (2 * once - 1) ** 2 / 4
        variance -= a**2 * once**4 / (4 * total) if total else 0.0
    low, high = float(seen), float(seen)
    if more > 0 and variance > 0:
        z = ndtri(0.5 + level / 2)
        factor = np.exp(z * np.sqrt(np.log(1 + variance / more**2)))
        low, high = seen + more / factor, seen + more * factor
    meetings = int(counts.sum())
    alone = (n - 1) * (once if twice else max(once - 1, 0))
    head = alone / (alone + 2 * max(twice, 1)) if alone else 0.0
    return {
        **result,
        "estimate": seen + more,
        "low": float(low),
        "high": float(high),
        "sd": float(np.sqrt(max(variance, 0.0))),
        "unseen": more,
        "coverage": 1 - once / meetings * head if meetings else float("nan"),
        "weak": n < 5 or twice == 0,
    }


def people_by_code(
    observations: pd.DataFrame, *, kind: str, participants: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Mark who speaks of what: bool, a row a participant, a column a code (or touchpoint).

    People of `participants` who speak of none are rows of False; `unseen` takes the frame.
    """
    rows = observations[observations["kind"] == kind]
    code = "code"
    if kind == "touchpoint":
        rows, code = observations[observations["touchpoint"].notna()], "touchpoint"
    everybody = (observations if participants is None else participants)["participant_id"]
    wide = pd.crosstab(rows["participant_id"], rows[code]) > 0
    return wide.reindex(index=sorted(set(everybody)), fill_value=False)


def expected_used(
    observations: pd.DataFrame,
    expected: Iterable[str],
    *,
    participants: pd.DataFrame | None = None,
    level: float = 0.95,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hold the touchpoints that we expect people to use against those they speak of.

    Fewer than expected may mean that people leave early, more that the way is too complicated.

    Parameters
    ----------
    observations
        Frame [observations].
    expected
        Slugs.
    participants
        Everybody who could have spoken; default is everybody in the observations.
    level
        Coverage of the intervals.

    Returns
    -------
    touchpoints : touchpoint, expected (bool), n_participants, of_participants (int64), share, low,
        high, highest (exact one-sided bound where nobody used it, else `high`); the expected
        first, then those nobody expected, most people first.
    people : summary {used, difference}: mean over participants (used minus expected), low, high
        (Student's t), n (int64), smallest, largest.
    """
    check_level(level)
    wide = people_by_code(observations, kind="touchpoint", participants=participants)
    wanted = list(dict.fromkeys(expected))
    names = [*wanted, *(c for c in wide.columns if c not in wanted)]
    counts = wide.reindex(columns=names, fill_value=False).sum()
    of = len(wide)
    low, high = share_interval(counts.to_numpy(), np.full(len(names), of), level)
    bound = unheard_bound(max(of, 1), level)
    table = pd.DataFrame(
        {
            "touchpoint": names,
            "expected": [name in wanted for name in names],
            "n_participants": counts.to_numpy("int64"),
            "of_participants": of,
            "share": counts.to_numpy() / max(of, 1),
            "low": low,
            "high": high,
            "highest": np.where(counts == 0, bound, high),
        }
    )
    used = wide.sum(axis=1).to_numpy(float)
    rows = []
    for summary, values in (("used", used), ("difference", used - len(wanted))):
        mean, sd, n = summary_of(values)
        ends = t_interval(mean, sd, n, level=level)
        rows.append(
            {
                "summary": summary,
                "mean": float(mean),
                "low": float(ends[0]),
                "high": float(ends[1]),
                "n": int(n),
                "smallest": values.min() if len(values) else np.nan,
                "largest": values.max() if len(values) else np.nan,
            }
        )
    order = ["expected", "n_participants", "touchpoint"]
    table = table.sort_values(order, ascending=[False, False, True], ignore_index=True)
    return table, pd.DataFrame(rows)


def channel_switches(
    steps: pd.DataFrame,
    channels: Mapping[str, str],
    *,
    pains: pd.DataFrame | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count changes of channel along people's paths, and how many people were hurt by them.

    Parameters
    ----------
    steps
        Frame of `visits(along="touchpoint")`.
    channels
        Slug of a touchpoint -> channel; steps of others are passed over.
    pains
        Frame [observations]: a person's pain at the touchpoint arrived at marks the switch.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame [switches]
        One row a change that somebody made: from, to (channels), n_switches, n_participants,
        n_pained (people with a pain where they arrived; int64), share (pained of those who
        switched), low, high.
    """
    check_level(level)
    known = steps.assign(place=steps["place"].astype("str"))
    known = known.assign(channel=known["place"].map(dict(channels))).dropna(subset="channel")
    known["from"] = known.groupby("participant_id")["channel"].shift()
    moved = known[known["from"].notna() & (known["from"] != known["channel"])]
    hurt: set[tuple[str, str]] = set()
    if pains is not None:
        rows = pains[(pains["kind"] == "pain") & pains["touchpoint"].notna()]
        hurt = set(zip(rows["participant_id"], rows["touchpoint"], strict=True))
    keys = zip(moved["participant_id"], moved["place"], strict=True)
    moved = moved.assign(to=moved["channel"], hurt=[key in hurt for key in keys])
    grouped = moved.groupby(["from", "to"])
    table = grouped.agg(
        n_switches=("place", "size"), n_participants=("participant_id", "nunique")
    ).reset_index()
    pained = moved[moved["hurt"]].groupby(["from", "to"])["participant_id"].nunique()
    found = pd.MultiIndex.from_frame(table[["from", "to"]])
    table["n_pained"] = pained.reindex(found).fillna(0).to_numpy("int64")
    table["share"] = table["n_pained"] / table["n_participants"]
    table["low"], table["high"] = share_interval(table["n_pained"], table["n_participants"], level)
    order = ["n_participants", "from", "to"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)
