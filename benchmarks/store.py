"""How long one coding takes until it is on the disk, against a bare SQLite commit in the same run.

    python benchmarks/store.py [--acts 300]

Prints one table row: median and 95th percentile of `Project.code` in a study of 20,000 codings, the
same of one INSERT and COMMIT with the same safety (WAL, synchronous=FULL), and their ratio.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from cjmresearch import codebooks, schema, workflow

START, END = 200, 220


def timed(act: Callable[[int], object], acts: int) -> np.ndarray:
    """Take the milliseconds of each of `acts` calls."""
    times = []
    for number in range(acts):
        begin = time.perf_counter()
        act(number)
        times.append((time.perf_counter() - begin) * 1_000)
    return np.array(times)


def bare(folder: Path, acts: int) -> np.ndarray:
    """Time the floor: one row, one durable commit."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE codings (id TEXT PRIMARY KEY, quote TEXT)")

    def act(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO codings VALUES (?, ?)", (str(number), "x" * 20))
        connection.execute("COMMIT")

    return timed(act, acts)


def ours(folder: Path, acts: int) -> np.ndarray:
    """Time one coding in a study that holds 20,000 already."""
    with workflow.demo_project(folder / "study.cjm") as project:
        study = project.study()
        source_id, text = next(iter(study.current_texts.items()))
        spans = [(start, start + 5) for start in range(len(text) - 5)]
        rows = [
            {
                "coding_id": f"{coder}-{start}",
                "source_id": source_id,
                "start": start,
                "end": end,
                "quote": text[start:end],
                "code_id": codebooks.code_id("feelings:joy"),
                "coder": f"coder{coder}",
                "status": "human",
                "created_at": pd.Timestamp.now(tz="UTC"),
            }
            for coder in range(20_000 // len(spans) + 1)
            for start, end in spans
        ][:20_000]
        project.add_codings(schema.frame("codings", rows))
        return timed(
            lambda _: project.code(source_id, START, END, "feelings:joy", coder="anna"), acts
        )


def main() -> None:
    """Run both and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--acts", type=int, default=300)
    acts = parser.parse_args().acts
    with tempfile.TemporaryDirectory() as name:
        floor, coded = bare(Path(name), acts), ours(Path(name), acts)
    print("| act | median ms | p95 ms | times the floor |")
    print("|---|--:|--:|--:|")
    for label, times in (("bare commit", floor), ("Project.code", coded)):
        ratio = np.median(times) / np.median(floor)
        print(
            f"| {label} | {np.median(times):.1f} | {np.percentile(times, 95):.1f} | {ratio:.1f} |"
        )


if __name__ == "__main__":
    main()
