"""How long the curve with its band takes, against a pandas groupby that gives the means alone.

    python benchmarks/curves.py [--rounds 9]

100,000 codings of 2,000 participants x 12 stages. Two floors, each the means alone, without
weights, firms, second coders, touchpoints, counts or intervals:

- from the codings, as a project keeps them: a coding knows neither who said it nor its stage, so
  the plain way merges with turns, speakers and stage codings before it groups. `observations` and
  `emotion_curve` together are held against this;
- from placed rows, where participant and stage already stand beside each valence: the groupby
  alone. `emotion_curve` is held against this, on observations that are ready.

Each step is also told against the other floor. Medians of rounds taken in turns in one run.
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


def merged(data: schema.Study) -> pd.DataFrame:
    """Place the codings by merges, as one would by hand: participant_id, stage, valence."""
    codings = data.codings[data.codings["status"].isin(["human", "accepted"])]
    codings = codings.merge(
        data.codes[["code_id", "slug", "kind", "valence"]], on="code_id", suffixes=("_own", "")
    )
    codings["valence"] = codings["valence_own"].fillna(codings["valence"])
    turns = data.turns.merge(data.speakers, on=["source_id", "speaker"])
    turns = turns[["source_id", "start", "end", "participant_id"]]
    felt = codings[codings["kind"] == "emotion"]
    stages = codings.loc[codings["kind"] == "stage", ["source_id", "start", "end", "slug"]]
    rows = felt[["source_id", "start", "end", "valence"]]
    for other in (turns, stages.rename(columns={"slug": "stage"})):
        rows = rows.merge(other, on="source_id", suffixes=("", "_other"))
        rows = rows[(rows["start"] < rows["end_other"]) & (rows["start_other"] < rows["end"])]
        rows = rows.drop(columns=["start_other", "end_other"])
    return rows[["participant_id", "stage", "valence"]]


def plain(rows: pd.DataFrame) -> pd.Series:
    """Average within participant and stage, then over participants: the means alone."""
    people = rows.groupby(["participant_id", "stage"], observed=True)["valence"].mean()
    return people.groupby("stage", observed=True).mean()


def timed(act: Callable[[], object], times: list[float]) -> None:
    """Time one call."""
    begin = time.perf_counter()
    act()
    times.append((time.perf_counter() - begin) * 1_000)


def main() -> None:
    """Print the row."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    data = study()
    found = aggregate.observations(data)
    rows = found[["participant_id", "stage", "valence"]].copy()
    got = aggregate.emotion_curve(found).set_index("stage")["mean"]
    for means in (plain(rows), plain(merged(data))):
        assert np.allclose(got, means.reindex(got.index), atol=1e-12)
    given: list[float] = []
    by_hand: list[float] = []
    placing: list[float] = []
    curve: list[float] = []
    for _ in range(rounds):
        timed(lambda: plain(rows), given)
        timed(lambda: plain(merged(data)), by_hand)
        timed(lambda: aggregate.observations(data), placing)
        timed(lambda: aggregate.emotion_curve(found), curve)
    a, b, c, d = (float(np.median(t)) for t in (given, by_hand, placing, curve))
    print("| way | ms | of the plain way from codings | of the groupby on placed rows |")
    print("|---|---|---|---|")
    for name, ms in (
        ("plain, from placed rows: groupby", a),
        ("plain, from codings: merges and groupby", b),
        ("emotion_curve with band, from observations", d),
        ("observations, from codings", c),
        ("observations and emotion_curve with band, from codings", c + d),
    ):
        print(f"| {name} | {ms:.0f} | {ms / b:.2f} | {ms / a:.1f} |")


if __name__ == "__main__":
    main()
