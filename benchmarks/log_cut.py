"""The log of SQLite (WAL) cut at every byte of its last page: does the project still open.

    python benchmarks/log_cut.py [--stride 1]

A machine that loses its power may leave any beginning of what was being written. Acts are
acknowledged one after the other, and the length of the log is noted after each. Then the log is
cut at every byte of its last page, and at every 97th of the pages that the last act wrote before:
each copy has to open, to be sound for SQLite (`integrity_check`) and to hold every act that was
acknowledged before the place of the cut. Every 50th is held to the whole of `verify`. Prints what
was found; exits 1 where anything is missing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from coders import SOURCE, fill

from cjmresearch import Project

ACTS, PAGE = 12, 4096 + 24
OTHERS, VERIFIED = 97, 50


def acknowledged(folder: Path) -> list[tuple[str, int]]:
    """Do the acts; returns each coding and the length of the log when it was acknowledged."""
    path, log = folder / "study.cjm", folder / "study.cjm-wal"
    with Project.create(path, goal="cut") as project:
        fill(project)
    with Project.open(path) as project:  # closed above: its log is in the file now
        acts = [
            (project.code(SOURCE, 5 * n, 5 * n + 9, "feelings:joy", coder="anna"),
             log.stat().st_size)
            for n in range(ACTS)
        ]  # fmt: skip
        for end in ("", "-wal"):
            shutil.copy(f"{path}{end}", folder / f"kept{end}")
    return acts


def run(folder: Path, stride: int) -> tuple[list[str], dict[str, int]]:
    """Cut the last page at every `stride`-th byte; returns what is wrong, and figures."""
    acts = acknowledged(folder)
    log = (folder / "kept-wal").read_bytes()
    first, last = acts[-2][1], acts[-1][1]
    page = range(last - PAGE, last + 1)
    cuts = sorted({*range(first, last, OTHERS * stride), *page[::stride], page[0], last - 1, last})
    problems = []
    whole = 0
    for number, cut in enumerate(cuts):
        shutil.copy(folder / "kept", folder / "cut")
        (folder / "cut-wal").write_bytes(log[:cut])
        (folder / "cut-shm").unlink(missing_ok=True)
        with Project.open(folder / "cut") as project:
            there, damage = _look(project)
            found = project.verify() if number % VERIFIED == 0 or cut >= last - 1 else damage
        problems += [f"cut at {cut}: {line}" for line in found]
        lost = [coding for coding, length in acts if length <= cut and coding not in there]
        problems += [f"cut at {cut}: {coding} is lost" for coding in lost]
        whole += acts[-1][0] in there
    figures = {"acts": ACTS, "pages of the last act": (last - first) // PAGE, "cuts": len(cuts)}
    return problems, figures | {
        "cuts in the last page": len(page[::stride]),
        "with all acts": whole,
    }


def _look(project: Project) -> tuple[set[str], list[str]]:
    database = project._database
    with database.read() as connection:
        rows = connection.exec_driver_sql("SELECT coding_id FROM codings")
        return {row[0] for row in rows}, database.damage(connection)


def main() -> int:
    """Cut, and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stride", type=int, default=1)
    with tempfile.TemporaryDirectory() as folder:
        problems, figures = run(Path(folder), parser.parse_args().stride)
    for name, value in figures.items():
        print(f"{name:26} {value:8}")
    for problem in problems:
        print(f"WRONG: {problem}")
    print("every cut opens and holds what was acknowledged before it" if not problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
