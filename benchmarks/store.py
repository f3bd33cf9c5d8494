"""How long an act takes until it is on the disk, against a bare commit in the same run.

    python benchmarks/store.py [--acts 300] [--url postgresql://...]

The study: one transcript of 300,000 characters, 20,000 codings of people, 3,000 suggestions. Every
act is a new one (the same coding again would be none), and after each comes one bare INSERT and
COMMIT with the same safety, so that a busy machine slows both. Prints a table: median and 95th
percentile in milliseconds, and the median in bare commits. With `--url` the project and the floor
are in that (empty) PostgreSQL database.
"""

from __future__ import annotations

import argparse
import itertools
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from cjmresearch import Project, codebooks, schema

SOURCE, LENGTH, CODINGS, SUGGESTIONS = "long", 300_000, 20_000, 3_000
SENTENCE = "Мы долго ждали ответа, а на сайте 😀 не было ни одной цены. "


def study(project: Project) -> list[str]:
    """Fill a project; returns the ids of the suggestions."""
    text = (SENTENCE * (LENGTH // len(SENTENCE) + 1))[:LENGTH]
    bounds = list(itertools.pairwise(range(0, LENGTH + 1, 500)))
    project.add(
        SimpleNamespace(
            source=schema.frame(
                "sources",
                [{"source_id": SOURCE, "kind": "interview", "title": "long", "revision": 1}],
            ),
            text=text,
            turns=schema.frame(
                "turns",
                [
                    {"turn_id": f"t{n}", "source_id": SOURCE, "position": n, "speaker": "А"}
                    | {"start": start, "end": end}
                    for n, (start, end) in enumerate(bounds)
                ],
            ),
            speakers=schema.frame(
                "speakers",
                [{"source_id": SOURCE, "speaker": "А", "role": "participant", "voice": "customer"}],
            ),
        )
    )
    row = {"source_id": SOURCE, "code_id": codebooks.code_id("feelings:joy")}
    row["created_at"] = pd.Timestamp("2026-01-01", tz="UTC")

    def rows(count: int, **more: str) -> list[dict[str, object]]:
        starts = range(0, count * 10, 10)
        return [
            {**row, **more, "coding_id": f"{more['coder']}-{s}", "start": s, "end": s + 9}
            | {"quote": text[s : s + 9]}
            for s in starts
        ]

    project.add_codings(schema.frame("codings", rows(CODINGS, coder="boris", status="human")))
    suggested = rows(SUGGESTIONS, coder="model:x-1", status="suggested")
    project.add_codings(schema.frame("codings", suggested), coder="model:x-1")
    return [str(r["coding_id"]) for r in suggested]


def interleaved(
    act: Callable[[int], object], floor: Callable[[], object], acts: int
) -> tuple[np.ndarray, np.ndarray]:
    """Take the milliseconds of each act, and of the bare commit after it."""
    times: list[list[float]] = [[], []]
    for number in range(acts):
        for which, call in enumerate((lambda n=number: act(n), floor)):
            begin = time.perf_counter()
            call()
            times[which].append((time.perf_counter() - begin) * 1_000)
    return np.array(times[0]), np.array(times[1])


@contextmanager
def sqlite_floor(folder: Path) -> Iterator[Callable[[], None]]:
    """One row, one durable commit, in SQLite."""
    connection = sqlite3.connect(folder / "floor.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE floor (quote TEXT)")

    def commit() -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO floor VALUES (?)", ("x" * 20,))
        connection.execute("COMMIT")

    yield commit
    connection.close()


@contextmanager
def postgres_floor(url: str) -> Iterator[Callable[[], None]]:
    """One row, one durable commit, in PostgreSQL."""
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE floor (quote TEXT)")
        connection.commit()

        def commit() -> None:
            connection.execute("INSERT INTO floor VALUES (%s)", ("x" * 20,))
            connection.commit()

        yield commit


def acts_of(project: Project, suggestions: list[str]) -> dict[str, Callable[[int], object]]:
    """Name the acts that are timed; each call of one is another act."""
    made: list[str] = []

    def code(number: int) -> None:
        start = 7 * number
        made.append(project.code(SOURCE, start, start + 20, "feelings:trust", coder="anna"))

    return {
        "code": code,
        "decide": lambda n: project.decide(suggestions[n], coder="anna", accept=True, seconds=1),
        "annotate": lambda n: project.annotate(made[n], coder="anna", memo="!"),
        "recode": lambda n: project.recode(made[n], "feelings:doubt", coder="anna"),
        "delete_coding": lambda n: project.delete_coding(made[n], coder="anna"),
        "undo": lambda _: project.undo("anna"),
        "redo": lambda _: project.redo("anna"),
        "history": lambda _: project.history("anna"),
        "changes of 10 acts": lambda _: project.changes(project.seq - 10),
    }


def main() -> None:
    """Run all acts and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--acts", type=int, default=300)
    parser.add_argument("--url")
    given = parser.parse_args()
    print("| act | median ms | p95 ms | bare commit ms | in bare commits |")
    print("|---|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        floors = postgres_floor(given.url) if given.url else sqlite_floor(folder)
        where = given.url or folder / "study.cjm"
        with Project.create(where, goal="speed") as project, floors as floor:
            for label, act in acts_of(project, study(project)).items():
                times, bare = interleaved(act, floor, given.acts)
                middle, low = np.median(times), np.median(bare)
                p95 = np.percentile(times, 95)
                print(f"| {label} | {middle:.1f} | {p95:.1f} | {low:.1f} | {middle / low:.2f} |")


if __name__ == "__main__":
    main()
