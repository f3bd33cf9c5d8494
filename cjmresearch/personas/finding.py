"""Do personas exist? Divisions against chance, how many, how stable; none is an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import NAMESPACE_URL, uuid5

import numpy as np
import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.personas.distances import Encoded
from cjmresearch.personas.dividing import SMALLEST, divide, divisions, drawn_people, silhouette
from cjmresearch.personas.features import Features
from cjmresearch.personas.stability import STABLE, probabilities, stability
from cjmresearch.personas.words import reason_for
from cjmresearch.schema import empty, frame

PEOPLE_FROM = 6
"""Under so many people nothing is looked for."""
_HALF = 0.5


@dataclass(frozen=True)
class Found:
    """What was found, also if it is nothing.

    `k` personas (0: none) among `n_participants` people by `n_features` features. `p_value`: the
    chance that the best division of as many people without personas, over all sizes tried, looks
    as good; NaN where nothing could be tried. `outcome` says in a word why: found, few_people,
    few_features, alike, chance, unstable. `level`: greatest p_value of a claim. `left_out`: ids of
    people with half or more of the features missing.

    `trials` has a row a number of personas: k, smallest (people in the smallest group),
    silhouette, null_mean, null_sd, z, p (adjusted for all sizes), n_stable (Int64, missing where p
    is above the level), chosen (bool). `personas` [personas] with origin `cluster` and
    `memberships` [memberships] are as the contract says; a person's probabilities sum to 1.
    `stability`: persona_id, n_participants (whose most probable persona it is), jaccard, stable.
    """

    k: int
    p_value: float
    outcome: str
    n_participants: int
    n_features: int
    level: float
    left_out: tuple[str, ...]
    trials: pd.DataFrame
    personas: pd.DataFrame
    memberships: pd.DataFrame
    stability: pd.DataFrame

    def reason(self, language: str = "ru") -> str:
        """Say in one sentence what was found or why nothing was, in `ru` or `en`."""
        return reason_for(self, language)


def find(
    features: Features,
    *,
    sizes: Iterable[int] = range(2, 7),
    replicates: int = 299,
    level: float = 0.05,
    random_state: int = 0,
) -> Found:
    """Look for personas, and say if there are none.

    People are divided by Gower's distances with Ward's criterion. Each division's silhouette is
    compared with divisions of the same people after each feature was permuted over them, so that
    features don't go together; what is missing stays missing. Silhouettes are standardised by
    number of personas, and the greatest over all numbers gives the p value (max-T: Westfall and
    Young, *Resampling-Based Multiple Testing*, 1993): the search over numbers is paid for. A
    number can be taken if its adjusted p is within `level` and its personas come back when people
    are drawn anew (`stability`): all of them, or, if there is no such number, at least two. Of
    these the smallest is taken that leaves nothing to explain: after features were permuted within
    its personas, larger numbers look as good (the same max-T test). So many personas are shown at
    least; few people show few.

    The test shows that features go together beyond chance and that the same groups return. It
    can't tell groups from a gradient which was cut: read the profiles.

    Parameters
    ----------
    features
        As made by `features`.
    sizes
        Numbers of personas to try; those that would leave fewer than 3 people a persona are not.
    replicates
        Permutations; as many draws for the stability.
    level
        Greatest chance of a claim where there are no personas.
    random_state
        Seed; the same seed gives the same answer.

    Returns
    -------
    Found
        With k = 0 under 6 people or 2 features.
    """
    wanted = sorted({int(k) for k in sizes})
    if not wanted or wanted[0] < 2:
        raise CjmError(f"sizes={wanted}: give numbers of personas from 2 on")
    if replicates < 19:
        raise CjmError(f"replicates={replicates}: take 19 or more; fewer can't show anything")
    features, left_out = _placeable(features)
    blank = _Blank(features, level, left_out)
    n = len(features.table)
    able = [k for k in wanted if k * SMALLEST <= n]
    if n < PEOPLE_FROM or not able:
        return blank.none("few_people")
    if features.table.shape[1] < 2:
        return blank.none("few_features")
    rng = np.random.default_rng(random_state)
    values = Encoded.of(features)
    sample = drawn_people(n, rng)
    trials = _trials(values.rows(sample), able, replicates=replicates, rng=rng)
    if trials["silhouette"].isna().all():
        return blank.none("alike", trials)
    if not (trials["p"] <= level).any():
        return blank.none("chance", trials)
    labels = {
        int(k): divide(values, int(k), rng=rng, sample=sample)
        for k in trials.loc[trials["p"] <= level, "k"]
    }
    jaccard = stability(values, labels, replicates=replicates, rng=rng)
    for k, each in jaccard.items():
        trials.loc[trials["k"] == k, "n_stable"] = int((each >= STABLE).sum())
    usable = _usable(trials)
    if not usable:
        return blank.none("unstable", trials)
    chosen = _fewest(values.rows(sample), usable, replicates=replicates, rng=rng, level=level)
    trials["chosen"] = trials["k"] == chosen
    sure = probabilities(values, labels[chosen], replicates=replicates, rng=rng)
    return blank.found(trials, labels[chosen], jaccard[chosen], sure)


def _placeable(features: Features) -> tuple[Features, tuple[str, ...]]:
    """Leave out people of whom half or more is missing: any two who stay share a feature."""
    enough = features.table.notna().mean(axis=1) > _HALF
    left = tuple(map(str, features.table.index[~enough]))
    return replace(features, table=features.table[enough]), left


def _trials(
    values: Encoded, sizes: list[int], *, replicates: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Compare the silhouettes of all sizes with those of permuted features."""
    labels = divisions(values.between(), sizes)
    drawn = _silhouettes(values, sizes, replicates=replicates, rng=rng)
    mean, sd, z = _standardised(drawn)
    largest = z.max(axis=1)
    p = [(largest >= seen - 1e-9).mean() if np.isfinite(seen) else np.nan for seen in z[0]]
    return pd.DataFrame(
        {
            "k": pd.Series(sizes, dtype="int64"),
            "smallest": pd.Series([np.bincount(labels[k]).min() for k in sizes], dtype="int64"),
            "silhouette": drawn[0],
            "null_mean": mean,
            "null_sd": sd,
            "z": np.where(np.isfinite(z[0]), z[0], np.nan),
            "p": p,
            "n_stable": pd.Series([None] * len(sizes), dtype="Int64"),
            "chosen": False,
        }
    )


def _silhouettes(
    values: Encoded,
    sizes: list[int],
    *,
    replicates: int,
    rng: np.random.Generator,
    groups: np.ndarray | None = None,
) -> np.ndarray:
    """Silhouette of each size, in the first row as seen, then after each permutation."""
    drawn = np.empty((replicates + 1, len(sizes)))
    for i in range(replicates + 1):
        distance = (values if i == 0 else values.shuffled(rng, groups)).between()
        labels = divisions(distance, sizes)
        drawn[i] = [silhouette(distance, labels[k]) for k in sizes]
    return drawn


def _standardised(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Standardise each size over the draws, what was seen among them so that all are alike."""
    known = ~np.isnan(drawn)
    count = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, drawn, 0.0)
    mean = filled.sum(axis=0) / count
    sd = np.sqrt(np.where(known, (drawn - mean) ** 2, 0.0).sum(axis=0) / count)
    able = known & (count > 0.1 * len(drawn)) & (sd > 0)
    z = np.where(able, (drawn - mean) / np.where(sd > 0, sd, 1.0), -np.inf)
    return mean, sd, z


def _usable(trials: pd.DataFrame) -> list[int]:
    """Sizes whose personas come back, all of them if there is such a size."""
    some = trials[trials["n_stable"].fillna(0) >= 2]
    whole = some[some["n_stable"] == some["k"]]
    return [int(k) for k in (some if whole.empty else whole)["k"]]


def _fewest(
    values: Encoded,
    sizes: list[int],
    *,
    replicates: int,
    rng: np.random.Generator,
    level: float,
) -> int:
    """Choose the smallest size within whose groups features no longer go together."""
    distance = values.between()
    for i, k in enumerate(sizes[:-1]):
        groups = divisions(distance, [k])[k]
        drawn = _silhouettes(values, sizes[i + 1 :], replicates=replicates, rng=rng, groups=groups)
        largest = _standardised(drawn)[2].max(axis=1)
        if (largest >= largest[0] - 1e-9).mean() > level:
            return k
    return sizes[-1]


@dataclass(frozen=True)
class _Blank:
    """What every answer holds."""

    features: Features
    level: float
    left_out: tuple[str, ...]

    def none(self, outcome: str, trials: pd.DataFrame | None = None) -> Found:
        """Answer that there are no personas."""
        nobody = pd.DataFrame(
            {
                "persona_id": pd.Series([], dtype="str"),
                "n_participants": pd.Series([], dtype="int64"),
                "jaccard": pd.Series([], dtype="float64"),
                "stable": pd.Series([], dtype="bool"),
            }
        )
        return self._answer(outcome, trials, empty("personas"), empty("memberships"), nobody)

    def found(
        self, trials: pd.DataFrame, labels: np.ndarray, jaccard: np.ndarray, sure: np.ndarray
    ) -> Found:
        """Answer with personas, the largest first."""
        people = self.features.table.index
        order = np.argsort(-np.bincount(labels), kind="stable")
        probability = sure[:, order]
        first = probability.argmax(axis=1)
        ids = []
        for group in order:
            members = ",".join(sorted(map(str, people[labels == group])))
            ids.append(str(uuid5(NAMESPACE_URL, f"cjmresearch:persona:cluster::{members}")))
        personas = frame(
            "personas",
            [
                {"persona_id": id_, "name": f"{i}", "origin": "cluster"}
                for i, id_ in enumerate(ids, 1)
            ],
        )
        person, group = np.nonzero(probability)
        memberships = pd.DataFrame(
            {
                "persona_id": pd.Series([ids[g] for g in group], dtype="str"),
                "participant_id": pd.Series(people[person].astype("str"), dtype="str"),
                "probability": probability[person, group],
            }
        )
        table = pd.DataFrame(
            {
                "persona_id": pd.Series(ids, dtype="str"),
                "n_participants": np.bincount(first, minlength=len(ids)).astype("int64"),
                "jaccard": jaccard[order],
                "stable": jaccard[order] >= STABLE,
            }
        )
        return self._answer("found", trials, personas, frame("memberships", memberships), table)

    def _answer(
        self,
        outcome: str,
        trials: pd.DataFrame | None,
        personas: pd.DataFrame,
        memberships: pd.DataFrame,
        table: pd.DataFrame,
    ) -> Found:
        columns = ["k", "smallest", "silhouette", "null_mean", "null_sd", "z", "p", "n_stable"]
        trials = pd.DataFrame(columns=[*columns, "chosen"]) if trials is None else trials
        p = trials["p"].min() if len(trials) else np.nan
        return Found(
            k=len(personas),
            p_value=float(p),
            outcome=outcome,
            n_participants=len(self.features.table),
            n_features=self.features.table.shape[1],
            level=self.level,
            left_out=self.left_out,
            trials=trials,
            personas=personas,
            memberships=memberships,
            stability=table,
        )
