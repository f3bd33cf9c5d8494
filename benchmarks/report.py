"""How long a report takes: a made-up study of 40 interviews and 2,000 survey answers.

    nice python benchmarks/report.py [--interviews 40] [--answers 2000] [--profile]

Prints the seconds of each step, by the clock and of the processor, and the load of the machine.
The words are drawn from a seed: this measures time and nothing else.
"""

from __future__ import annotations

import argparse
import cProfile
import hashlib
import itertools
import json
import os
import pstats
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from cjmresearch import codebooks, report
from cjmresearch.schema import Study, frame

TURNS, CODES_A_TURN = 40, 2
WORDS = ("договор", "сайт", "инженер", "звонок", "ответ", "цена", "срок", "ждали", "ясно", "помог")
QUESTIONS = 10


def synthetic(interviews: int, answers: int, seed: int = 0) -> Study:
    """Make the study: 40 turns an interview, half of them coded with a stage and two codes."""
    draw = random.Random(seed)
    codes = codebooks.default("b2b8")
    stages = list(codes.loc[codes["kind"] == "stage", "slug"])
    others = list(codes.loc[codes["kind"].isin(["touchpoint", "emotion", "pain", "need"]), "slug"])
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("participants", "sources", "texts", "speakers", "turns", "codings")
    }
    for i in range(interviews):
        _interview(rows, draw, i, (stages, others))
    respondents = -(-answers // QUESTIONS)
    rows["participants"] += [
        {"participant_id": f"S{i}", "pseudonym": f"S{i}", "language": "ru", "traits": "{}"}
        for i in range(respondents)
    ]
    questions = [
        {"question_id": f"q{k}", "survey_id": "I0", "text": f"Вопрос {k}?", "type": "scale"}
        | {"pii": False, "scale_min": 1, "scale_max": 10}
        for k in range(QUESTIONS)
    ]
    given = [
        {"participant_id": f"S{n // QUESTIONS}", "question_id": f"q{n % QUESTIONS}"}
        | {"value": float(draw.randint(1, 10))}
        for n in range(answers)
    ]
    project = {"goal": "Измерить время", "journey_model": "b2b8", "languages": "ru,en"}
    project |= {"emotion_scheme": "feelings", "settings": "{}", "schema_version": 1}
    return Study(
        project=frame("project", [project]),
        codes=codes,
        questions=frame("questions", questions),
        answers=frame("answers", given),
        **{name: frame(name, table) for name, table in rows.items()},
    )


def _interview(
    rows: dict[str, list[dict[str, Any]]],
    draw: random.Random,
    i: int,
    codes: tuple[list[str], list[str]],
) -> None:
    source, text = f"I{i}", ""
    for position in range(TURNS):
        said = " ".join(draw.choices(WORDS, k=draw.randint(10, 60)))
        start, end = len(text), len(text) + len(said)
        text += said + "\n"
        rows["turns"].append(
            {"turn_id": f"{source}-{position}", "source_id": source, "position": position}
            | {"speaker": "P", "start": start, "end": end}
        )
        chosen = [draw.choice(codes[0]), *draw.sample(codes[1], CODES_A_TURN)]
        rows["codings"] += [
            {"coding_id": f"{source}-{position}-{slug}", "source_id": source, "coder": "anna"}
            | {"start": start, "end": end, "quote": said, "code_id": codebooks.code_id(slug)}
            | {"status": "human", "created_at": "2026-11-20T10:00:00Z"}
            for slug in (chosen if position % 2 else [])
        ]
    digest = hashlib.sha256(text.encode()).hexdigest()
    person = {"participant_id": f"P{i}", "pseudonym": f"P{i}", "language": "ru", "consent": True}
    role = draw.choice(["engineer", "buyer", "director"])
    rows["participants"].append(person | {"buying_role": role, "traits": json.dumps({"k": i % 5})})
    rows["sources"].append(
        {"source_id": source, "kind": "interview", "title": source, "language": "ru", "revision": 1}
    )
    rows["texts"].append(
        {"source_id": source, "revision": 1, "text": text, "sha256": digest, "reason": "read"}
    )
    rows["speakers"].append(
        {"source_id": source, "speaker": "P", "participant_id": f"P{i}"}
        | {"role": "participant", "voice": "customer"}
    )


def main() -> None:
    """Make the study and its report, and print how long each step took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interviews", type=int, default=40)
    parser.add_argument("--answers", type=int, default=2000)
    parser.add_argument("--format", default="html")
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    study = synthetic(arguments.interviews, arguments.answers)
    print(f"{len(study.codings)} codings, {len(study.turns)} turns, {len(study.answers)} answers")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    told: list[tuple[str, float, float]] = []

    def step(name: str) -> None:
        told.append((name, time.perf_counter(), time.process_time()))

    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.profile:
            profile.enable()
        formats = arguments.format.split(",")
        paths = report.write(study, folder, format=formats, step=step)
        profile.disable()
        step("end")
        sizes = ", ".join(f"{Path(p).name} {Path(p).stat().st_size / 1e6:.1f} MB" for p in paths)
    for (name, wall, cpu), (_, wall_after, cpu_after) in itertools.pairwise(told):
        print(f"{name:10} {wall_after - wall:6.1f} s, processor {cpu_after - cpu:6.1f} s")
    wall, cpu = told[-1][1] - told[0][1], told[-1][2] - told[0][2]
    print(f"{'all':10} {wall:6.1f} s, processor {cpu:6.1f} s; {sizes}")
    if arguments.profile:
        pstats.Stats(profile, stream=sys.stdout).sort_stats("cumtime").print_stats(40)


if __name__ == "__main__":
    main()
