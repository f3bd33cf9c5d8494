"""A simulated figure with its threshold, and the table of them that docs/statistics.md shows."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Figure:
    """One simulated figure and what it must keep."""

    promise: str
    what: str
    value: float
    low: float = -np.inf
    high: float = np.inf

    @property
    def kept(self) -> bool:
        """Whether the threshold holds."""
        return self.low <= self.value <= self.high

    def row(self) -> str:
        """Give a row of the table in docs/statistics.md."""
        bounds = [f"≥ {self.low:g}"] * (self.low > -np.inf) + [f"≤ {self.high:g}"] * (
            self.high < np.inf
        )
        wanted = ", ".join(bounds) or "–"
        kept = ("yes" if self.kept else "**no**") if bounds else ""
        return f"| {self.promise} | {self.what} | {wanted} | {self.value:.3f} | {kept} |"


Figures = Iterator[Figure]


def print_table(
    all_figures: Callable[[int], dict[str, Callable[[], Figures]]], *, about: str, studies: int
) -> None:
    """Print the figures that the command line asks for; `studies` unless it says how many."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--studies", type=int, default=studies)
    parser.add_argument("--only", nargs="*", default=[])
    wanted = parser.parse_args()
    begin = time.perf_counter()
    print("| promise | what | threshold | seen | kept |\n|---|---|---|---|---|")
    for name, figures in all_figures(wanted.studies).items():
        if not wanted.only or name in wanted.only:
            for figure in figures():
                print(figure.row(), flush=True)
    print(f"\n{wanted.studies} studies; {time.perf_counter() - begin:.0f} s")
