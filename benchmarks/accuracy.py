"""Measure every shipped classifier: `python benchmarks/accuracy.py --data DIR`.

Writes `docs/models.md`, and the tables of the model cards. Each part is a module beside this one
with `sections(data)`, which gives its markdown and may write a card; to add one, name it in PARTS.
"""

from __future__ import annotations

import os

os.environ["OMP_NUM_THREADS"] = "1"  # before numpy

import argparse
import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(Path(__file__).parent), str(ROOT / "scripts")]

PARTS = ("accuracy_emotion",)
HEAD = """\
# How good the shipped models are

Written by `benchmarks/accuracy.py`; don't edit. Intervals are 95 % bootstrap percentiles over \
texts. Public sets stay outside the repository; their test splits were not at hand."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/models.md")
    given = parser.parse_args()
    sections = [HEAD]
    for part in PARTS:
        sections += importlib.import_module(part).sections(given.data)
    text = "\n\n".join(sections) + "\n"
    given.out.write_text(text, encoding="utf-8", newline="\n")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
