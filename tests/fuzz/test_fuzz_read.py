"""Damaged files end in frames or in one line; `benchmarks/fuzz_read.py` tries many more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutants import KINDS, goldens, mutant, outcome

ROOT = Path(__file__).parents[2]
SAMPLE = [
    ROOT / "data" / "sample" / name
    for name in ("ru_04_tehnolog.docx", "ru_06_nachalnik_sklada.srt", "ru_07_zakupki.txt")
]
FILES = [
    *((kind, path) for kind in KINDS for path in goldens(kind)),
    *(("transcripts", path) for path in SAMPLE),
]
NAMES = [f"{kind}-{path.name}" for kind, path in FILES]


def test_every_golden_is_tried() -> None:
    assert len(FILES) > 120
    assert {path.suffix for _, path in FILES} >= {
        ".csv", ".docx", ".eaf", ".json", ".md", ".odt", ".pdf", ".rtf", ".sav", ".srt",
        ".TextGrid", ".tsv", ".txt", ".vtt", ".xhtml", ".xlsx",
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "path"), FILES, ids=NAMES)
def test_damaged_files_are_read_or_refused(kind: str, path: Path, tmp_path: Path) -> None:
    """Four of each, the same in every run; one goes to the reader of the other kind."""
    content = path.read_bytes()
    for seed in range(4):
        rng = random.Random(f"{path.name} {seed}")
        other = rng.choice(FILES)[1].read_bytes()
        damaged = tmp_path / "damaged"
        damaged.write_bytes(mutant(content, other, rng))
        reader = kind if seed else KINDS[1 - KINDS.index(kind)]
        assert outcome(reader, damaged) in ("frames", "refused")


@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=9)),
        min_size=1,
        max_size=5,
    )
)
@pytest.mark.parametrize(("kind", "path"), FILES, ids=NAMES)
def test_files_with_pieces_replaced_are_read_or_refused(
    kind: str, path: Path, tmp_path: Path, cuts: list[tuple[float, int, bytes]]
) -> None:
    content = bytearray(path.read_bytes())
    for place, length, piece in cuts:
        at = int(place * len(content))
        content[at : at + length] = piece
    damaged = tmp_path / "damaged"
    damaged.write_bytes(content)
    assert outcome(kind, damaged) in ("frames", "refused")
