"""Several coders in several processes: the small runs of what benchmarks/ runs in full."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import coders
import log_cut


def test_four_coders_in_two_processes_lose_nothing(place: Path | str) -> None:
    problems, figures = coders.run(str(place), 120)
    assert problems == []
    assert figures["acts"] == 120
    assert figures["of_code"] > 50


def test_a_log_that_was_cut_opens_and_holds_what_was_acknowledged(tmp_path: Path) -> None:
    problems, figures = log_cut.run(tmp_path, stride=211)
    assert problems == []
    assert figures["cuts in the last page"] >= 19
    assert 0 < figures["with all acts"] < figures["cuts"]
