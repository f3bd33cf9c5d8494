"""How long the curve with its band takes, against a pandas groupby that gives the means alone.

    python benchmarks/curves.py [--rounds 5]

100,000 codings of 2,000 participants x 12 stages. The plain way is given the codings with their
stage and participant already merged in (`groupby` of groupby means, no counts, no interval); ours
starts from the study: whose words, which stage, which touchpoint, then curve and band. One table
row: medians of the rounds, taken in turns in one run, and their ratio.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from cjmresearch import aggregate, codebooks, schema

PEOPLE, STAGES, CODINGS, TURN = 2_000, 12, 100_000, 60


def study(seed: int = 0) -> schema.Study:
    """Make a study: everybody speaks in one source of their own, a turn a stage."""
    rng = np.random.default_rng(seed)
    codes = codebooks.load("dozortsev12", "feelings")
    stages = codes[codes["kind"] == "stage"].sort_values("position")["code_id"].to_numpy(object)
    feelings = codes[codes["kind"] == "emotion"]["code_id"].to_numpy(object)
    who = np.array([f"p{i:04}" for i in range(PEOPLE)], object)
    text = ("x" * (TURN - 1) + "\n") * STAGES
    person = np.repeat(np.arange(PEOPLE), STAGES)
    place = np.tile(np.arange(STAGES), PEOPLE)
    felt = CODINGS - len(person)
    at = rng.integers(0, PEOPLE * STAGES, felt)
    start = place[at] * TURN + rng.integers(0, TURN - 12, felt)
    turns = pd.DataFrame(
        {
            "turn_id": [f"t{i}" for i in range(len(person))],
            "source_id": who[person],
            "position": place,
            "speaker": who[person],
            "start": place * TURN,
            "end": place * TURN + TURN - 1,
        }
    )
    codings = pd.DataFrame(
        {
            "coding_id": [f"c{i}" for i in range(CODINGS)],
            "source_id": who[np.concatenate([person, person[at]])],
            "start": np.concatenate([place * TURN, start]),
            "end": np.concatenate([place * TURN + TURN - 1, start + 10]),
            "quote": ["x" * (TURN - 1)] * len(person) + ["x" * 10] * felt,
            "code_id": np.concatenate([stages[place], feelings[rng.integers(0, 11, felt)]]),
            "coder": "anna",
            "status": "human",
            "created_at": pd.Timestamp("2026-01-01", tz="UTC"),
        }
    )
    project = {
        "goal": "speed", "journey_model": "dozortsev12", "languages": "en",
        "emotion_scheme": "feelings", "settings": "{}", "schema_version": 1,
    }  # fmt: skip
    frames = {
        "project": [project],
        "participants": pd.DataFrame({"participant_id": who, "pseudonym": who, "traits": "{}"}),
        "sources": pd.DataFrame(
            {"source_id": who, "kind": "interview", "title": who, "revision": 1}
        ),
        "texts": pd.DataFrame({"source_id": who, "revision": 1, "text": text, "sha256": "-"}),
        "speakers": pd.DataFrame({"source_id": who, "speaker": who, "participant_id": who}).assign(
            role="participant", voice="customer"
        ),
        "turns": turns,
        "codings": codings,
    }
    built = {
        name: schema.frame(name, f if isinstance(f, list) else f.to_dict("records"))
        for name, f in frames.items()
    }
    return schema.Study(codes=codes, **built)


def merged(found: pd.DataFrame) -> pd.DataFrame:
    """Give the plain way all that it needs, ready made."""
    return found[["participant_id", "stage", "valence"]].copy()


def plain(rows: pd.DataFrame) -> pd.Series:
    """Average within participant and stage, then over participants: the means alone."""
    people = rows.groupby(["participant_id", "stage"], observed=True)["valence"].mean()
    return people.groupby("stage", observed=True).mean()


def median_ms(act: Callable[[], object], times: list[float]) -> None:
    """Time one call."""
    begin = time.perf_counter()
    act()
    times.append((time.perf_counter() - begin) * 1_000)


def main() -> None:
    """Print the row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    data = study()
    found = aggregate.observations(data)
    rows = merged(found)
    expected = plain(rows)
    got = aggregate.emotion_curve(found).set_index("stage")["mean"]
    assert np.allclose(got, expected.reindex(got.index), atol=1e-12)
    base, placing, curve = [], [], []
    for _ in range(rounds):
        median_ms(lambda: plain(rows), base)
        median_ms(lambda: aggregate.observations(data), placing)
        median_ms(lambda: aggregate.emotion_curve(found), curve)
    a, b, c = (float(np.median(t)) for t in (base, placing, curve))
    print("| codings | groupby, ms | observations, ms | curve and band, ms | ratio |")
    print("|---|---|---|---|---|")
    print(f"| {CODINGS:,} | {a:.0f} | {b:.0f} | {c:.0f} | {(b + c) / a:.1f} |")


if __name__ == "__main__":
    main()
