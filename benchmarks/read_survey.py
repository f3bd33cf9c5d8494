"""How long a big survey takes to be read, against `pandas.read_csv` of the same file.

    python benchmarks/read_survey.py [--rows 100000] [--columns 40] [--repeat 3]

Prints the best of the repeats, taken in turns in one process: `pandas.read_csv`, `read.survey`
(answers by column, questions with their types, report), then the same with `answers` (one row a
filled cell), `turns`, `text`, `participants` and `speakers`, which are made when first asked for.
Seconds are of the processor, which others on the machine disturb less than the clock; all three run
on one core. Goal: reading takes at most 4 times pandas.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cjmresearch import read

WORDS = ("долго", "ждали", "ответа", "менеджер", "быстро", "помог", "цена", "сайт", "удобно")
ROLES = ("инженер", "директор", "закупщик", "технолог")
TOOLS = ("сайт", "телефон", "почта", "чат")


def write(path: Path, rows: int, columns: int) -> None:
    """Write a survey: an id, a date, scales, closed and multiple questions, every tenth open."""
    rng = random.Random(20)
    makers = [_maker(rng, place) for place in range(columns - 2)]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["ID", "Дата", *(name for name, _ in makers)])
        for number in range(rows):
            day = f"{number % 28 + 1:02d}.05.2026 10:{number % 60:02d}"
            out.writerow([f"R{number}", day, *(make() for _, make in makers)])


def _maker(rng: random.Random, place: int) -> tuple[str, Callable[[], str]]:
    """Give a column: its name and a function that answers."""

    def blank(answer: Callable[[], str]) -> Callable[[], str]:
        return lambda: "" if rng.random() < 0.2 else answer()

    if place % 10 == 0:
        return f"Почему? ({place})", blank(lambda: " ".join(rng.choices(WORDS, k=9)))
    if place % 10 == 1:
        return f"Чем пользуетесь? ({place})", blank(
            lambda: ", ".join(sorted(rng.sample(TOOLS, rng.randint(1, 3))))
        )
    if place % 10 < 5:
        return f"Роль {place}", blank(lambda: rng.choice(ROLES))
    return f"Оценка {place} (0-10)", blank(lambda: str(rng.randint(0, 10)))


def timed(act: Callable[[], object]) -> float:
    """Take the processor's seconds of one call."""
    begin = time.process_time()
    act()
    return time.process_time() - begin


def whole(path: Path) -> None:
    """Read a survey and all that is made lazily."""
    survey = read.survey(path)
    _ = survey.answers, survey.turns, survey.text, survey.participants, survey.speakers


def main() -> None:
    """Print one table of seconds and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=40)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "survey.csv"
        write(path, options.rows, options.columns)
        acts: dict[str, Callable[[], object]] = {
            "pandas.read_csv": lambda: pd.read_csv(path),
            "read.survey": lambda: read.survey(path),
            "read.survey and all lazy frames": lambda: whole(path),
        }
        times: dict[str, list[float]] = {name: [] for name in acts}
        for _ in range(options.repeat):
            for name, act in acts.items():
                times[name].append(timed(act))
        size = path.stat().st_size / 1e6
    print(f"{options.rows:,} rows x {options.columns} columns, {size:.0f} MB, best of repeats")
    floor = min(times["pandas.read_csv"])
    for name, seconds in times.items():
        print(f"| {name:35} | {min(seconds):6.2f} s | {min(seconds) / floor:4.1f} x |")


if __name__ == "__main__":
    main()
