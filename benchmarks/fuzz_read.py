"""Twenty thousand damaged files, each read or refused in one line, in 10 s and 1 GB.

    python benchmarks/fuzz_read.py [--transcripts 13000] [--surveys 7000] [--seed 0] [--keep FOLDER]

Every input is a golden file of `tests/data` with bytes flipped, cut, moved, repeated or replaced by
hostile pieces, spliced with another golden, or damaged within its archive; one in ten goes to the
reader of the other kind. The same seed makes the same files. Prints a table of what came of them,
and the faults: anything that is neither frames nor a `ReadError`, or takes too long or too much.
`--keep` saves the faulty inputs. Ends with 1 where there is a fault.
"""

from __future__ import annotations

import argparse
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "fuzz"))
from mutants import KINDS, goldens, mutant, outcome

SECONDS, MEGABYTES = 10.0, 1000.0
OTHER_READER = 0.1


class SlowError(Exception):
    """An input took many times longer than it may."""


def _stop(*_: object) -> None:
    raise SlowError


def main() -> int:
    """Try all inputs; print what came of them."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--transcripts", type=int, default=13_000)
    parser.add_argument("--surveys", type=int, default=7_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    signal.signal(signal.SIGALRM, _stop)
    counts: Counter[tuple[str, str]] = Counter()
    faults: list[str] = []
    slowest = (0.0, "")
    with tempfile.TemporaryDirectory() as folder:
        for kind, name, number, content in inputs(options):
            path = Path(folder) / "file"
            path.write_bytes(content)
            took, fault = attempt(kind, path, counts)
            slowest = max(slowest, (took, f"{name} {number}"))
            if (number + 1) % 1000 == 0:
                print(f"{name} {number}: {len(faults)} faults so far", flush=True)
            if fault:
                faults.append(f"{name} {number} as {kind}: {fault}")
                print(faults[-1], flush=True)
                if options.keep:
                    options.keep.mkdir(exist_ok=True)
                    (options.keep / f"{number}-{kind}-{name}").write_bytes(content)
    summary(counts, faults, slowest)
    return bool(faults)


def inputs(options: argparse.Namespace):
    """Give kind of reader, name of the golden, number and damaged content."""
    files = {kind: [(p.name, p.read_bytes()) for p in goldens(kind)] for kind in KINDS}
    every = [content for kind in KINDS for _, content in files[kind]]
    for kind in KINDS:
        for number in range(getattr(options, kind)):
            rng = random.Random(f"{options.seed} {kind} {number}")
            name, content = files[kind][number % len(files[kind])]
            damaged = mutant(content, rng.choice(every), rng)
            other = rng.random() < OTHER_READER
            yield (KINDS[1 - KINDS.index(kind)] if other else kind), name, number, damaged


def attempt(kind: str, path: Path, counts: Counter[tuple[str, str]]) -> tuple[float, str]:
    """Read one input; seconds of the processor, and what is wrong with it if anything."""
    begin, fault = time.process_time(), ""
    signal.alarm(int(6 * SECONDS))
    try:
        counts[kind, outcome(kind, path)] += 1
    except Exception as error:
        fault = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        counts[kind, "fault"] += 1
    finally:
        signal.alarm(0)
    took = time.process_time() - begin
    if not fault and took > SECONDS:
        fault = f"took {took:.1f} s"
    if not fault and peak() > MEGABYTES:
        fault = f"the process has needed {peak():.0f} MB"
    return took, fault


def peak() -> float:
    """Most memory that the process, or one that it started, has had, in MB."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(w).ru_maxrss for w in who) / 1000


def summary(
    counts: Counter[tuple[str, str]], faults: list[str], slowest: tuple[float, str]
) -> None:
    """Print the table."""
    print("| reader | inputs | frames | refused in one line | faults |")
    print("|---|---:|---:|---:|---:|")
    for kind in KINDS:
        row = [counts[kind, what] for what in ("frames", "refused", "fault")]
        print(f"| {kind} | {sum(row):,} | {row[0]:,} | {row[1]:,} | {row[2]:,} |")
    print(
        f"slowest: {slowest[0]:.2f} s of the processor ({slowest[1]}); most memory {peak():.0f} MB"
    )
    print(f"{len(faults)} faults in {sum(counts.values()):,} inputs")


if __name__ == "__main__":
    sys.exit(main())
