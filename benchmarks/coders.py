"""Two processes, four coders, one project: is every act there, in order, and none lost.

    python benchmarks/coders.py [--acts 2000] [--url postgresql://...]

Each process opens the project for itself and runs two coders in threads, who code, annotate,
recode, delete, undo and redo as fast as they can. Every act that came back is noted by its coder.
At the end the log has to hold exactly these acts, each coder's in the order in which they were
acknowledged, numbered without a gap; the tables have to be what the log says (`verify`); and a
third party that followed `changes` all the while has to have the same codings. Prints what was
found, how long it took and how long a coder waited; exits 1 where anything is missing.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from cjmresearch import Project, schema

SOURCE = "talk"
TEXT = "Мы ждали ответа 😀 и не нашли цен на сайте. " * 200
PROCESSES, CODERS = 2, 2
_NO_EVENT = "none"


def fill(project: Project) -> None:
    """Add the one talk that all code."""
    source = {"source_id": SOURCE, "kind": "interview", "title": SOURCE, "revision": 1}
    turn = {"turn_id": "t", "source_id": SOURCE, "position": 0, "speaker": "А", "start": 0}
    speaker = {"source_id": SOURCE, "speaker": "А", "role": "participant", "voice": "customer"}
    project.add(
        SimpleNamespace(
            source=schema.frame("sources", [source]),
            text=TEXT,
            turns=schema.frame("turns", [turn | {"end": len(TEXT)}]),
            speakers=schema.frame("speakers", [speaker]),
        )
    )


def work(place: str, process: int, acts: int) -> None:
    """Run the coders of one process; print a line for every act that was acknowledged."""
    done: list[dict[str, Any]] = []
    with Project.open(place) as project:
        threads = [
            threading.Thread(target=_code, args=(project, f"coder{process}{n}", acts, done))
            for n in range(CODERS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    for line in done:
        print(json.dumps(line))


def _code(project: Project, coder: str, acts: int, done: list[dict[str, Any]]) -> None:
    chance = random.Random(coder)
    own: list[str] = []
    for number in range(acts):
        begin = time.perf_counter()
        try:
            kind, coding = _act(project, coder, number, own, chance)
        except Exception as error:
            done.append({"coder": coder, "kind": "failed", "why": str(error)})
            continue
        milliseconds = (time.perf_counter() - begin) * 1_000
        done.append({"coder": coder, "kind": kind, "coding": coding, "ms": milliseconds})


def _act(
    project: Project, coder: str, number: int, own: list[str], chance: random.Random
) -> tuple[str, str | None]:
    """Do one act; returns the kind of its event and, where it made one, the coding."""
    kind = chance.choices(
        ["code", "annotate", "recode", "delete", "undo", "redo"], [60, 12, 8, 8, 7, 5]
    )[0]
    if kind in ("undo", "redo"):
        back = project.undo(coder) if kind == "undo" else project.redo(coder)
        own[:] = project.visible_codings(coder).query("coder == @coder")["coding_id"].tolist()
        return (kind if back else _NO_EVENT), None
    if kind == "code" or not own:
        start = 3 * number
        own.append(project.code(SOURCE, start, start + 8, "feelings:joy", coder=coder))
        return "code", own[-1]
    coding = chance.choice(own)
    if kind == "annotate":
        project.annotate(coding, coder=coder, memo=str(number))
    elif kind == "recode":
        code = project.frame("codings").set_index("coding_id").loc[coding, "code_id"]
        other = {"feelings:joy", "feelings:hope"} - {_slug(project, code)}
        project.recode(coding, other.pop(), coder=coder)
    else:
        project.delete_coding(coding, coder=coder)
        own.remove(coding)
    return kind, None


def _slug(project: Project, code: str) -> str:
    codes = project.frame("codes")
    return str(codes.loc[codes["code_id"] == code, "slug"].iloc[0])


class Follower(threading.Thread):
    """Keeps a copy of the codings up to date by `changes`, as another kernel's widget does."""

    def __init__(self, place: str) -> None:
        super().__init__()
        self.copy: dict[str, dict[str, Any]] = {}
        self._told_to_stop = threading.Event()
        self._place = place

    def run(self) -> None:
        """Follow until told to stop, and then once more."""
        seq, last = 0, False
        with Project.open(self._place) as project:
            while not last:
                last = self._told_to_stop.wait(0.05)
                seen = project.seq
                for change in project.changes(seq, tables=["codings"]):
                    if change["op"] == "put":
                        self.copy[change["row"]["coding_id"]] = change["row"]
                    else:
                        self.copy.pop(change["row"]["coding_id"], None)
                seq = seen

    def stop(self) -> None:
        """Catch up and end."""
        self._told_to_stop.set()
        self.join()


def run(place: str, acts: int) -> tuple[list[str], dict[str, float]]:
    """Let all work on a new project; returns what is wrong, and figures."""
    with Project.create(place, goal="all at once") as project:
        fill(project)
        before = project.seq
    follower = Follower(place)
    follower.start()
    begin = time.perf_counter()
    each = str(acts // PROCESSES // CODERS)
    command = [sys.executable, "-P", __file__, "--worker", place, "--each", each]
    workers = [
        subprocess.Popen([*command, "--process", str(n)], stdout=subprocess.PIPE, text=True)
        for n in range(PROCESSES)
    ]
    told = [json.loads(line) for w in workers for line in w.communicate()[0].splitlines()]
    seconds = time.perf_counter() - begin
    follower.stop()
    with Project.open(place) as project:
        problems = _problems(project, told, before, follower.copy)
        kinds = Counter(act["kind"] for act in told)
        length = project.seq - before
    times = np.array([act["ms"] for act in told if "ms" in act])
    if len(told) != acts:
        problems.append(f"{acts} acts were to be done, {len(told)} came back")
    figures = {
        "acts": len(told), "events": length, "seconds": seconds, "failed": kinds["failed"],
        "median_ms": float(np.median(times)), "p95_ms": float(np.percentile(times, 95)),
        "longest_ms": float(times.max()), **{f"of_{k}": v for k, v in sorted(kinds.items())},
    }  # fmt: skip
    return problems, figures


def _problems(
    project: Project, told: list[dict[str, Any]], before: int, copy: dict[str, dict[str, Any]]
) -> list[str]:
    problems = [f"failed: {act['why']}" for act in told if act["kind"] == "failed"]
    events = project.frame("events")
    if events["seq"].tolist() != list(range(1, len(events) + 1)):
        problems.append("the numbers of the events have gaps or stand twice")
    new = events[events["seq"] > before]
    for coder in sorted({act["coder"] for act in told}):
        acknowledged = [
            (act["kind"], act["coding"])
            for act in told
            if act["coder"] == coder and act["kind"] not in (_NO_EVENT, "failed")
        ]
        logged = [(event.kind, _made(event)) for event in new[new["coder"] == coder].itertuples()]
        if acknowledged != logged:
            problems.append(f"{coder}: {len(acknowledged)} acts, {len(logged)} events, not alike")
    there = project.frame("codings")
    if set(there["coding_id"]) != set(copy) or any(
        copy[row.coding_id]["memo"] != (None if row.memo != row.memo else row.memo)
        for row in there.itertuples()
        if row.coding_id in copy
    ):
        problems.append("who followed the changes has other codings")
    return problems + project.verify()


def _made(event: Any) -> str | None:
    if event.kind != "code":
        return None
    return str(json.loads(event.payload)["changes"][0]["rows"][0]["coding_id"])


def main() -> int:
    """Run the coders, or be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--acts", type=int, default=2_000)
    parser.add_argument("--url")
    for internal in ("--worker", "--each", "--process"):
        parser.add_argument(internal, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        work(given.worker, int(given.process), int(given.each))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        problems, figures = run(given.url or str(Path(folder) / "study.cjm"), given.acts)
    where = "PostgreSQL" if given.url else "SQLite"
    print(f"{where}, {PROCESSES} processes, {PROCESSES * CODERS} coders")
    for name, value in figures.items():
        print(f"  {name:14} {value:10.1f}".replace(".0", "  "))
    for problem in problems:
        print(f"  WRONG: {problem}")
    print("  all there, in order, none lost" if not problems else f"  {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
