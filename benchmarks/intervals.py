"""Simulate what the corrected curve promises: `python benchmarks/intervals.py --studies 10000`.

F3 of the method: true rates .40 and .10 at two stages, a machine with sensitivity .75 and
specificity .90, 12 people with 25 utterances each over both stages, 10 of them judged by a person
(5 a stage, at random). The corrected difference must be .300 and its interval cover in .93 to .97;
the machine's own difference is .195 and an interval on it covers the truth half of the time.
`a stage` has 25 utterances and 10 judged ones at each of the stages.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from cjmresearch import aggregate

STAGES = ("b2b8:search", "b2b8:use")
RATES = (0.40, 0.10)
SENSITIVITY, SPECIFICITY = 0.75, 0.90
PEOPLE = 12
DESIGNS = {"a person": ((12, 13), 5), "a stage": ((25, 25), 10)}


def simulate(
    rng: np.random.Generator, *, design: str = "a person", spread: float = 0.0
) -> pd.DataFrame:
    """Make one study as [units]; `spread` is the sd of people's own rates around the true ones."""
    utterances, gold = DESIGNS[design]
    size = np.tile(utterances, PEOPLE)
    cell = np.repeat(np.arange(PEOPLE * len(STAGES)), size)
    n = len(cell)
    person, stage = np.divmod(cell, len(STAGES))
    own = np.clip(np.array(RATES)[stage] + spread * rng.standard_normal(PEOPLE)[person], 0, 1)
    truth = rng.random(n) < own
    machine = np.where(truth, rng.random(n) < SENSITIVITY, rng.random(n) > SPECIFICITY)
    order = np.lexsort((rng.random(n), cell))
    judged = np.zeros(n, bool)
    judged[order] = np.arange(n) - np.repeat(np.cumsum(size) - size, size) < gold
    who = np.char.add("p", person.astype(str))
    return pd.DataFrame(
        {
            "participant_id": who,
            "unit": who,
            "language": "en",
            "stage": pd.Categorical.from_codes(stage, list(STAGES), ordered=True),
            "machine": machine.astype(float),
            "gold": np.where(judged, truth.astype(float), np.nan),
            "weight": np.where(judged, size[cell] / gold, np.nan),
        }
    )


def naive_interval(units: pd.DataFrame) -> tuple[float, float, float]:
    """Give the machine's own difference with a paired t over people, as if it never erred."""
    from scipy.special import stdtrit

    cell = 2 * units["participant_id"].factorize()[0] + units["stage"].cat.codes
    totals = np.bincount(cell, units["machine"]) / np.bincount(cell)
    gaps = totals[::2] - totals[1::2]
    half = stdtrit(len(gaps) - 1, 0.975) * gaps.std(ddof=1) / np.sqrt(len(gaps))
    return gaps.mean(), gaps.mean() - half, gaps.mean() + half


def run(
    studies: int, *, seed: int = 0, design: str = "a person", spread: float = 0.0
) -> pd.DataFrame:
    """Simulate studies; mean estimate, coverage and width of raw and corrected."""
    rng = np.random.default_rng(seed)
    truth = RATES[0] - RATES[1]
    rows = []
    for _ in range(studies):
        units = simulate(rng, design=design, spread=spread)
        got = aggregate.corrected_difference(units, STAGES)
        raw, low, high = naive_interval(units)
        rows.append((got.value, got.low <= truth <= got.high, got.high - got.low, "corrected"))
        rows.append((raw, low <= truth <= high, high - low, "raw"))
    table = pd.DataFrame(rows, columns=["difference", "coverage", "width", "estimate"])
    return table.groupby("estimate").mean()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=10000)
    studies = parser.parse_args().studies
    for design, spread in (("a person", 0.0), ("a person", 0.05), ("a stage", 0.0)):
        begin = time.perf_counter()
        print(f"25 utterances {design}, people's rates differ with sd {spread}; {studies} studies")
        print(run(studies, design=design, spread=spread).round(4).to_string())
        print(f"{time.perf_counter() - begin:.0f} s\n")


if __name__ == "__main__":
    main()
