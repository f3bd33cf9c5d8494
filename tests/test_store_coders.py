"""Several coders in several processes: the small runs of what benchmarks/ runs in full."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import coders
import log_cut
import sequences

from cjmresearch import Project


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


def test_all_undone_and_all_redone_is_the_same_project(place: Path | str, tmp_path: Path) -> None:
    on_server = isinstance(place, str)
    places = [place] if on_server else [str(tmp_path / f"{n}.cjm") for n in range(9)]
    problems, done = sequences.run(places, 25, first_seed=100 if on_server else 0)
    assert problems == []
    assert len(done) > 12


def test_the_hash_is_of_what_is_said_and_not_of_how_it_came_to_be(tmp_path: Path, database: str):
    hashes = set()
    for place in (tmp_path / "a.cjm", database):
        with Project.create(place, goal="g") as project:
            coders.fill(project)
            first = project.hash()
            project.code("talk", 0, 2, "feelings:joy", coder="anna")
            assert project.hash() != first
            project.undo("anna")
            hashes |= {first, project.hash()}
    assert len(hashes) == 1
