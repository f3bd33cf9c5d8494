"""Simulate the promise of F5, personas: `python benchmarks/statistics_personas.py [--studies 200]`.

Each function gives figures with the threshold they must keep; the rows stand in docs/statistics.md,
and `tests/test_personas_found.py` runs the same functions with fewer studies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from figures import Figure, Figures, print_table

from cjmresearch import personas, schema
from cjmresearch.personas.describing import assigned
from cjmresearch.personas.distances import Encoded
from cjmresearch.personas.dividing import divide

SEED = 20261122
CODES = 10
REPLICATES = 99
Draw = Callable[[np.random.Generator, int], np.ndarray]


def laid_out(values: np.ndarray, kind: str = "flag") -> personas.Features:
    """Make features of a matrix of people x codes; shares are parts of one whole."""
    people = pd.Index([f"p{i:04d}" for i in range(len(values))], name="participant_id")
    table = pd.DataFrame(np.asarray(values, float), people)
    table.columns = [f"c{j}" for j in table.columns]
    kinds = pd.Series(kind, table.columns, dtype="str")
    whole = pd.Series("codes" if kind == "share" else np.nan, table.columns, dtype="str")
    return personas.Features(table, kinds, whole=whole)


def named(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw who names which code, without personas: each code by 4 of 10 people."""
    return rng.random((n, CODES)) < 0.4


def shared_out(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw shares of 5 to 60 passages of each person; people vary, but there are no personas."""
    passages = rng.integers(5, 61, n)
    chances = rng.dirichlet(np.full(CODES, 5.0), size=n)
    return np.array([rng.multinomial(m, c) / m for m, c in zip(passages, chances, strict=True)])


def talkative(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw who names which code where some people name more of everything: a gradient."""
    return rng.random((n, CODES)) < 1 / (1 + np.exp(0.4 - rng.normal(size=(n, 1))))


def planted(
    rng: np.random.Generator, n: int, *, groups: int = 2, codes: int = CODES
) -> tuple[np.ndarray, np.ndarray]:
    """Draw personas that name each code with chances .85 and .15."""
    group = np.arange(n) % groups
    own = np.arange(codes)[None] % groups == group[:, None]
    return rng.random(own.shape) < np.where(own, 0.85, 0.15), group


def overlap_with(found: personas.Found, group: np.ndarray) -> float:
    """Compute the mean Jaccard of the true groups with the personas most like them."""
    of = assigned(found.memberships)
    number = of.index.str[1:].astype(int)
    sets = [set(number[of == persona]) for persona in found.personas["persona_id"]]
    true = [set(np.flatnonzero(group == g)) for g in np.unique(group)]
    return float(np.mean([max(len(t & s) / len(t | s) for s in sets) for t in true]))


def personas_from_noise(studies: int, *, sizes: tuple[int, ...] = (12, 30)) -> Figures:
    """F5: claims of personas where there are none."""
    cases: tuple[tuple[str, Draw, str, float], ...] = (
        ("codes named or not", named, "flag", 0.08),
        ("shares of codes", shared_out, "share", 0.08),
        ("a gradient: some name more of everything", talkative, "flag", np.inf),
    )
    for what, draw, kind, bound in cases:
        for n in sizes:
            rng = np.random.default_rng(SEED)
            claims, always = [], []
            for study in range(studies):
                features = laid_out(draw(rng, n), kind)
                found = personas.find(features, replicates=REPLICATES, random_state=study)
                claims.append(found.k > 0)
                always.append(found.trials["silhouette"].max() > 0)
            yield Figure(
                "F5", f"personas claimed in noise, {what}, n={n}", np.mean(claims), high=bound
            )
            if draw is named:
                yield Figure("F5", f"greatest silhouette over 0, n={n}", np.mean(always))


def planted_personas(studies: int) -> Figures:
    """F5: planted personas are found, as many as there are and whom they hold."""
    for groups, codes, n in ((2, CODES, 12), (2, CODES, 30), (3, 12, 30), (4, 16, 40)):
        rng = np.random.default_rng(SEED + 1)
        right, overlap, again = [], [], []
        for study in range(studies):
            values, group = planted(rng, n, groups=groups, codes=codes)
            found = personas.find(laid_out(values), replicates=REPLICATES, random_state=study)
            right.append(found.k == groups)
            again.append(found.k > 0 and found.stability["jaccard"].min() >= 0.75)
            overlap.append(found.k > 0 and overlap_with(found, group) >= 0.75)
        name, bound = f"{groups} personas planted, n={n}", 0.95 if groups == 2 else -np.inf
        yield Figure("F5", f"{name}: as many found", np.mean(right), bound)
        yield Figure("F5", f"{name}: Jaccard with the true ones ≥ .75", np.mean(overlap), bound)
        yield Figure("F5", f"{name}: all stable, bootstrap Jaccard ≥ .75", np.mean(again))


def divided(features: personas.Features, k: int = 2) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Divide people whether or not there is anything to find, as k-means does."""
    labels = divide(Encoded.of(features), k, rng=np.random.default_rng(0))
    made = [{"persona_id": f"g{i}", "name": str(i), "origin": "cluster"} for i in range(k)]
    members = [
        {"persona_id": f"g{label}", "participant_id": person, "probability": 1.0}
        for label, person in zip(labels, features.table.index, strict=True)
    ]
    return schema.frame("personas", made), schema.frame("memberships", members)


def false_differences(studies: int, *, sizes: tuple[int, ...] = (12, 24)) -> Figures:
    """F5: any code is said to distinguish two groups that were cut from noise."""
    cases: tuple[tuple[str, Draw, str], ...] = (
        ("codes named or not", named, "flag"),
        ("shares of codes", shared_out, "share"),
    )
    for what, draw, kind in cases:
        for n in sizes:
            rng = np.random.default_rng(SEED + 2)
            held_out, dipped = [], []
            for study in range(studies):
                features = laid_out(draw(rng, n), kind)
                made = divided(features)
                for given, hits in ((None, held_out), (True, dipped)):
                    table = personas.describe(
                        features, *made, given=given, replicates=499, random_state=study
                    )
                    hits.append((table["verdict"] == "differs").any())
            name = f"any “distinguishing” code in noise, {what}, n={n}"
            yield Figure("F5", f"{name}: held out", np.mean(held_out), high=0.05)
            yield Figure("F5", f"{name}: tested where it was found", np.mean(dipped))


def true_differences(studies: int) -> Figures:
    """F5: of 10 codes that distinguish and 5 that don't, which are said to."""
    for n in (12, 30):
        rng = np.random.default_rng(SEED + 3)
        true, false, share = [], [], []
        for study in range(studies):
            values, _ = planted(rng, n)
            values = np.concatenate([values, rng.random((n, 5)) < 0.4], axis=1)
            features = laid_out(values)
            table = personas.describe(
                features, *divided(features), replicates=999, random_state=study
            )
            differs = set(table.loc[table["verdict"] == "differs", "feature"])
            wrong = differs & {f"c{j}" for j in range(10, 15)}
            true.append((len(differs) - len(wrong)) / 10)
            false.append(len(wrong) / 5)
            share.append(len(wrong) / max(1, len(differs)))
        name = f"two personas, n={n}"
        yield Figure(
            "F5", f"{name}: a code that doesn't differ is said to", np.mean(false), high=0.05
        )
        yield Figure("F5", f"{name}: false among those said to differ", np.mean(share), high=0.05)
        yield Figure("F5", f"{name}: a code that differs is said to", np.mean(true))


def all_figures(studies: int) -> dict[str, Callable[[], Figures]]:
    """Name every simulation."""
    return {
        "personas_from_noise": lambda: personas_from_noise(studies),
        "planted_personas": lambda: planted_personas(studies),
        "false_differences": lambda: false_differences(2 * studies),
        "true_differences": lambda: true_differences(studies),
    }


if __name__ == "__main__":
    print_table(all_figures, about=__doc__.splitlines()[0], studies=200)
