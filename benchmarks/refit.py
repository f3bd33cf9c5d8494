"""Time of a refit and of a search at 10,000 segments, in processor time of one core.

    python benchmarks/refit.py

Texts are made up of 3,000 words and embeddings are random, 512 columns as the encoder's: neither
changes how much there is to compute. The least of five times, as other work disturbs.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import studies  # noqa: E402

from cjmresearch import models  # noqa: E402
from cjmresearch.models.corpus import corpus  # noqa: E402
from cjmresearch.models.suggester import Suggester  # noqa: E402

SEGMENTS, LABELS, PEOPLE = 10_000, 100, 50


class RandomEncoder:
    """Directions by chance, as wide as those of the default encoder."""

    name, size, version = "random", 512, "1"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Give one row of length 1 a text."""
        rows = np.random.default_rng(len(texts)).normal(size=(len(texts), self.size))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def least(run: Callable[[], object], times: int = 5) -> float:
    """Give the processor time of the quickest run, in seconds."""
    spent = []
    for _ in range(times):
        begin = time.process_time()
        run()
        spent.append(time.process_time() - begin)
    return min(spent)


def made_up(random: np.random.Generator, n: int) -> list[str]:
    """Make words of 4 to 9 letters; not of digits, which all count as one."""
    letters = np.array(list("оеаинтсрвлкмдпу"))
    return ["".join(random.choice(letters, random.integers(4, 10))) for _ in range(n)]


def main() -> None:
    """Print one line for each."""
    random = np.random.default_rng(0)
    words = made_up(random, 3_000)
    said = [" ".join(random.choice(words, 12)) + "." for _ in range(SEGMENTS)]
    talks = {f"S{i}": [("P", text) for text in said[i::PEOPLE]] for i in range(PEOPLE)}
    begin = time.process_time()
    ready = corpus(studies.study(talks, []), encoder=RandomEncoder())
    print(f"{len(ready.pool):,} segments made ready: {time.process_time() - begin:.1f} s")
    marks = np.full(len(ready.pool), -1)
    marks[:LABELS] = np.arange(LABELS) % 2
    learner = Suggester(" ".join(words[:2])).fit(ready.pool, marks)
    refit = least(lambda: learner.fit(ready.pool, marks))
    print(f"refit on {LABELS} labels, all segments scored: {refit * 1_000:.0f} ms")
    models.search(ready, words[0])
    found = least(lambda: models.search(ready, " ".join(words[2:4])))
    print(f"search: {found * 1_000:.0f} ms")


if __name__ == "__main__":
    main()
