"""What sets personas apart: tested on what the division was made without, else only described."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import NO_SPREAD
from cjmresearch.aggregate.waves import holm
from cjmresearch.errors import CjmError
from cjmresearch.personas.distances import Encoded
from cjmresearch.personas.dividing import SMALLEST, divide, jaccards
from cjmresearch.personas.features import Features

_OWN = 0.5
"""Least probability of a member, and least overlap of a persona with its counterpart."""
_COLUMNS = {
    "persona_id": "str",
    "persona": "str",
    "feature": "str",
    "kind": "str",
    "value": "str",
    "inside": "float64",
    "outside": "float64",
    "difference": "float64",
    "n_participants": "int64",
    "of_participants": "int64",
    "held_out": "str",
    "overlap": "float64",
    "p": "float64",
    "p_adjusted": "float64",
    "verdict": "str",
}


def describe(
    features: Features,
    personas: pd.DataFrame,
    memberships: pd.DataFrame,
    *,
    given: bool | None = None,
    correction: str = "bh",
    level: float = 0.05,
    replicates: int = 1999,
    random_state: int = 0,
) -> pd.DataFrame:
    """Tell what sets personas apart, and what was shown to differ.

    Groups that were made by looking at a code differ in that code even in noise, so the same codes
    can't prove them. Each feature of a found division is therefore held out: people are divided
    again without it and without what is measured together with it (shares of one whole are scaled
    to the rest of it), the feature is compared over this division by permutation of people, and
    the largest difference over the personas and Holm's correction over the features keep the
    chance of any false "differs" within `level` (max-T: Westfall and Young, 1993; Holm, *Scand. J.
    Statistics* 6, 1979; the trap: Gao, Bien and Witten, *J. American Statistical Association* 119,
    2024). Everything else `describes`: it is true of these people and proves nothing.

    Parameters
    ----------
    features
        The features that the personas were found by, or others.
    personas, memberships
        Frames [personas] and [memberships], of `find`, `by_trait` or `by_hand`.
    given
        Whether the division was made before, and without looking at, these features: then they are
        compared as they are. Default: yes for origin `trait`, but for the trait itself; no for
        `manual` (whoever made the groups had read the same words, so nothing is tested).
    correction
        `bh`: among all that "differs", `level` is false in the mean (Benjamini and Hochberg, *J.
        Royal Statistical Society B* 57, 1995); where nothing differs, that is the chance of any.
        `holm`: `level` is the chance of any false one (Holm, *Scand. J. Statistics* 6, 1979).
    level
        Greatest false rate.
    replicates
        Permutations.
    random_state
        Seed.

    Returns
    -------
    DataFrame [description]
        One row a persona and feature, what differs first: persona_id, persona (name), feature,
        kind, value (of a category: the one most over-represented, else empty), inside, outside
        (means, or shares of a value, of members and of members of the other personas), difference,
        n_participants (int64: members who have it, of numbers and ordinals who are known),
        of_participants (int64: members who are known), held_out {feature, given, no}, overlap
        (Jaccard of the persona with its counterpart in the division without the feature), p (of
        the feature's personas together), p_adjusted (over all features), verdict {differs,
        describes}.
    """
    if correction not in _CORRECTIONS:
        raise CjmError(f"correction={correction!r}: choose one of {', '.join(_CORRECTIONS)}")
    if len(personas) < 2 or features.table.empty:
        return _frame([])
    member = members_of(memberships, list(personas["persona_id"])).reindex(features.table.index)
    member = member[member.fillna(False).any(axis=1)].astype(bool)
    known = replace(features, table=features.table.loc[member.index])
    tests = _Tests(known, member.to_numpy(), replicates, np.random.default_rng(random_state))
    how = _held_out(personas, given)
    rows: list[dict[str, Any]] = []
    for name in features.table.columns:
        same = how == "given" and _is_made_by(name, personas, known.table[name], member)
        basis = "no" if same else how
        p, overlap = tests.run(name, basis)
        for i, (id_, called) in enumerate(
            zip(personas["persona_id"], personas["name"], strict=True)
        ):
            line = _line(known.table[name], str(known.kinds[name]), member.to_numpy()[:, i])
            rows.append(
                {
                    "persona_id": id_, "persona": called, "feature": name,
                    "kind": known.kinds[name], **line, "held_out": basis,
                    "overlap": overlap[i], "p": p[i],
                }
            )  # fmt: skip
    return _judged(_frame(rows), correction, level)


def members_of(memberships: pd.DataFrame, personas: list[str] | None = None) -> pd.DataFrame:
    """Lay out who belongs to which persona: bool, people by personas; from a half on."""
    own = memberships[memberships["probability"] >= _OWN]
    table = pd.crosstab(own["participant_id"], own["persona_id"]) > 0
    return table if personas is None else table.reindex(columns=personas, fill_value=False)


def assigned(memberships: pd.DataFrame) -> pd.Series:
    """Give each person the persona that is most probable; who belongs to two alike has none."""
    own = memberships[memberships["probability"] >= _OWN]
    highest = own.groupby("participant_id")["probability"].transform("max")
    first = own[own["probability"] == highest]
    single = first[~first["participant_id"].duplicated(keep=False)]
    return single.set_index("participant_id")["persona_id"]


def _held_out(personas: pd.DataFrame, given: bool | None) -> str:
    origins = set(personas["origin"])
    if given is None:
        given = origins == {"trait"}
    if given:
        return "given"
    return "feature" if origins == {"cluster"} else "no"


def _is_made_by(name: str, personas: pd.DataFrame, values: pd.Series, member: pd.DataFrame) -> bool:
    """Tell whether the division is the feature itself: each persona a value of its own."""
    if set(personas["origin"]) != {"trait"}:
        return False
    inside = [set(values[member.iloc[:, i]].dropna()) for i in range(member.shape[1])]
    return all(len(v) <= 1 for v in inside) and len(set().union(*inside)) > 1


@dataclass
class _Tests:
    """Permutation tests of features over divisions made without them."""

    features: Features
    member: np.ndarray
    replicates: int
    rng: np.random.Generator

    def __post_init__(self) -> None:
        self._orders: dict[int, np.ndarray] = {}

    def run(self, name: str, basis: str) -> tuple[np.ndarray, np.ndarray]:
        """Give p of each persona, and the overlap with its counterpart."""
        groups = self.member.shape[1]
        nothing = np.full(groups, np.nan)
        if basis == "no":
            return nothing, nothing
        member, overlap = self.member, np.ones(groups)
        if basis == "feature":
            again = self._without(name)
            if again is None:
                return nothing, nothing
            member, overlap = again
        values = self.features.table[name]
        known = values.notna().to_numpy()
        levels = _numbers(values[known], str(self.features.kinds[name]))
        return _p_values(levels, member[known], self._order(int(known.sum()))), overlap

    def _without(self, name: str) -> tuple[np.ndarray, np.ndarray] | None:
        """Divide people again without a feature: members of each counterpart, and the overlap."""
        from scipy.optimize import linear_sum_assignment

        groups = self.member.shape[1]
        rest = without(self.features, name)
        if not rest.table.shape[1] or len(rest.table) < groups * SMALLEST:
            return None
        labels = divide(Encoded.of(rest), groups, rng=np.random.default_rng(0))
        ours = self.member.argmax(axis=1)
        alike = jaccards(ours, labels, groups=groups)
        mine, theirs = linear_sum_assignment(-alike)
        return (labels[:, None] == theirs[np.argsort(mine)][None]), alike[mine, theirs]

    def _order(self, n: int) -> np.ndarray:
        if n not in self._orders:
            drawn = np.argsort(self.rng.random((self.replicates, n)), axis=1)
            self._orders[n] = np.concatenate([np.arange(n)[None], drawn])
        return self._orders[n]


def without(features: Features, name: str) -> Features:
    """Leave out a feature and what is measured together with it.

    The other shares of its whole are scaled to what remains of the whole: a person who says one
    thing more says all others less.
    """
    names = list(features.table.columns)
    kept = [n for n in names if features.together[n] != features.together[name]]
    rest = features.only(kept)
    parts = [n for n in kept if features.whole[n] == features.whole[name]]
    if not parts:
        return rest
    gone = [n for n in names if n not in kept and features.whole[n] == features.whole[name]]
    left = 1 - features.table[gone].sum(axis=1)
    table = rest.table.copy()
    table[parts] = table[parts].div(left.where(left > 1e-9), axis=0)
    ranges = rest.ranges.copy()
    ranges[parts] = np.nan
    return replace(rest, table=table, ranges=ranges)


def _numbers(values: pd.Series, kind: str) -> np.ndarray:
    """Give values as columns whose means are compared; a category has a column a value."""
    if kind == "category":
        return pd.get_dummies(values).to_numpy(float)
    return values.to_numpy(float)[:, None]


def _p_values(levels: np.ndarray, member: np.ndarray, orders: np.ndarray) -> np.ndarray:
    """Compare members with others by permutation; the largest over the personas counts.

    The statistic is the square of Welch's t, which unequal spreads don't fool, summed over the
    values of a category. The first order is the one that was seen.
    """
    inside = member.sum(axis=0).astype(float)
    outside = len(member) - inside
    able = (inside >= SMALLEST) & (outside >= SMALLEST)
    if not able.any() or not len(levels):
        return np.full(member.shape[1], np.nan)
    square = np.zeros((len(orders), member.shape[1]))
    for column in levels.T:
        drawn = column[orders]
        first = _moments(drawn @ member.astype(float), drawn**2 @ member.astype(float), inside)
        others = (~member).astype(float)
        second = _moments(drawn @ others, drawn**2 @ others, outside)
        error = first[1] / np.maximum(inside, 1) + second[1] / np.maximum(outside, 1)
        square += (first[0] - second[0]) ** 2 / np.maximum(error, NO_SPREAD)
    largest = square[:, able].max(axis=1)
    seen = square[0] * (1 - 1e-9)
    return np.where(able, (largest[:, None] >= seen).mean(axis=0), np.nan)


def _moments(sums: np.ndarray, squares: np.ndarray, n: np.ndarray) -> tuple[Any, Any]:
    """Give mean and variance from the sums of values and of squares."""
    mean = sums / np.maximum(n, 1)
    return mean, np.maximum(squares - n * mean**2, 0.0) / np.maximum(n - 1, 1)


def _line(values: pd.Series, kind: str, member: np.ndarray) -> dict[str, Any]:
    """Count one feature of one persona's members and of the others."""
    inside, outside = values[member].dropna(), values[~member].dropna()
    if kind == "category":
        shares = pd.DataFrame(
            {"in": inside.value_counts(normalize=True), "out": outside.value_counts(normalize=True)}
        ).fillna(0.0)
        gap = (shares["in"] - shares["out"]).sort_index()
        value = str(gap.idxmax()) if len(gap) else ""
        means = [float((part == value).mean()) for part in (inside, outside)]
        n = int((inside == value).sum())
    else:
        value = ""
        means = [float(part.mean()) if len(part) else np.nan for part in (inside, outside)]
        n = int((inside > 0).sum()) if kind in ("share", "flag") else len(inside)
    return {
        "value": value,
        "inside": means[0],
        "outside": means[1],
        "difference": means[0] - means[1],
        "n_participants": n,
        "of_participants": len(inside),
    }


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name) for row in rows], dtype=dtype)
            for name, dtype in _COLUMNS.items()
        }
    )


def _judged(table: pd.DataFrame, correction: str, level: float) -> pd.DataFrame:
    """Adjust over features the least p of each, and its other personas' p by the same factor."""
    least = table.groupby("feature", sort=False)["p"].min()
    adjusted = pd.Series(_CORRECTIONS[correction](least.to_numpy()), least.index)
    factor = (adjusted / least).reindex(table["feature"]).to_numpy()
    p = np.minimum(table["p"].to_numpy() * factor, 1.0)
    own = table["overlap"].to_numpy() >= _OWN
    verdict = np.where((p <= level) & own, "differs", "describes")
    table = table.assign(p_adjusted=p, verdict=pd.array(list(verdict), dtype="str"))
    order = table.assign(
        place=pd.factorize(table["persona_id"])[0],
        shown=table["verdict"] != "differs",
        size=-table["difference"].abs(),
    ).sort_values(["place", "shown", "p_adjusted", "size"], kind="stable")
    return table.loc[order.index].reset_index(drop=True)


def _false_discovery(p: np.ndarray) -> np.ndarray:
    from scipy.stats import false_discovery_control

    known = ~np.isnan(p)
    adjusted = np.full(len(p), np.nan)
    adjusted[known] = false_discovery_control(p[known]) if known.any() else p[known]
    return adjusted


_CORRECTIONS = {"bh": _false_discovery, "holm": holm}


def compare(
    a_memberships: pd.DataFrame,
    b_memberships: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    replicates: int = 1999,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare two divisions of the same people, e.g. found ones with those made by hand.

    Parameters
    ----------
    a_memberships, b_memberships
        Frames [memberships]. A person counts once in each division, with the most probable persona
        of a half or more; who has none in either, or two alike, is left out.
    names
        Names of personas by id.
    replicates, random_state
        Permutations of people, and their seed.

    Returns
    -------
    DataFrame [comparison]
        One row a pair of personas: persona_a, persona_b (ids), name_a, name_b, n_participants (in
        both), of_a, of_b (int64), jaccard; and of the whole: adjusted_rand (Hubert and Arabie, *J.
        Classification* 2, 1985: 1 is the same division, 0 what chance gives), p (share of
        permutations of people that agree as well), n_common, n_left_out (int64).
    """
    if replicates < 1:
        raise CjmError(f"replicates={replicates}: take 1 or more")
    a, b = assigned(a_memberships), assigned(b_memberships)
    common = a.index.intersection(b.index)
    everybody = set(a_memberships["participant_id"]) | set(b_memberships["participant_id"])
    table = pd.crosstab(a[common], b[common])
    rand, p = _agreement(a[common], b[common], replicates, random_state)
    named = dict(names or {})
    rows = [
        {
            "persona_a": i, "persona_b": j, "name_a": named.get(i, i), "name_b": named.get(j, j),
            "n_participants": table.loc[i, j], "of_a": table.loc[i].sum(), "of_b": table[j].sum(),
        }
        for i in dict.fromkeys(a[common])
        for j in dict.fromkeys(b[common])
    ]  # fmt: skip
    text = ("persona_a", "persona_b", "name_a", "name_b")
    count = ("n_participants", "of_a", "of_b")
    pairs = pd.DataFrame(
        {c: pd.Series([r[c] for r in rows], dtype="str") for c in text}
        | {c: pd.Series([r[c] for r in rows], dtype="int64") for c in count}
    )
    either = pairs["of_a"] + pairs["of_b"] - pairs["n_participants"]
    return pairs.assign(
        jaccard=pairs["n_participants"] / either,
        adjusted_rand=rand,
        p=p,
        n_common=len(common),
        n_left_out=len(everybody) - len(common),
    )


def _agreement(a: pd.Series, b: pd.Series, replicates: int, seed: int) -> tuple[float, float]:
    """Compute the adjusted Rand index, and how often permuted people agree as well."""
    from sklearn.metrics import adjusted_rand_score

    if len(a) < 2:
        return float("nan"), float("nan")
    first, second = pd.factorize(a)[0], pd.factorize(b)[0]
    rand = float(adjusted_rand_score(first, second))
    groups = int(second.max()) + 1
    rng = np.random.default_rng(seed)

    def pairs_kept(labels: np.ndarray) -> int:
        # With both sizes of groups fixed, the index grows with the pairs that stay together.
        return int((np.bincount(first * groups + labels) ** 2).sum())

    seen = pairs_kept(second)
    as_well = sum(pairs_kept(rng.permutation(second)) >= seen for _ in range(replicates))
    return rand, (1 + as_well) / (1 + replicates)
