"""How much suggestions that learn help: the sample study coded again, its coder as the oracle.

    python benchmarks/assistant.py [--decisions 300] [--batch 20] [--seed-sources 3]

The first interviews are coded by hand. Then only suggestions are decided: accepted where the
coder of the sample gave the code to half of the passage, else rejected. Rows compare the shipped
taggers alone with those that the assistant adds, each decided in the order of the text and by
usefulness. Recall: of the codings in the rest of the material, as passage and code.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from cjmresearch import Project, workflow
from cjmresearch.models import own
from cjmresearch.models.corpus import Corpus, corpus
from cjmresearch.models.suggesting import marks
from cjmresearch.schema import Study
from cjmresearch.widgets.assistant import Assistant

CODER = "anna"
MILESTONES = (50, 100, 200, 300, 400)
GOALS = (0.1, 0.2, 0.3, 0.4)
Pair = tuple[int, str]
"""Row of a passage, and the id of a code."""


@dataclass(frozen=True)
class Task:
    """What there is to find: pairs in those rows of the passages that nobody has read yet."""

    ready: Corpus
    rest: np.ndarray
    truth: set[Pair]


def prepared(path: Path, sources: int) -> tuple[Project, Task]:
    """Make the project with the first sources coded, and what there is to find in the others."""
    with workflow.demo_project(path.with_name("whole.cjm"), language="en") as whole:
        study = whole.study()
        ready = corpus(whole, by="passage")
    oracle = study.codings[study.codings["coder"] == CODER].reset_index(drop=True)
    titles = study.sources.set_index("source_id")["title"]
    first = set(titles.head(sources))
    known = replace(ready, study=replace(study, codings=oracle))
    rest = np.flatnonzero(~ready.segments["source_id"].map(titles).isin(first))
    task = Task(ready, rest, pairs(known, rest))
    project = workflow.demo_project(path, language="en")
    codings = project.frame("codings")
    own_titles = project.frame("sources").set_index("source_id")["title"]
    seed = codings["source_id"].map(own_titles).isin(first) & codings["coder"].eq(CODER)
    for coding_id in codings.loc[~seed, "coding_id"]:
        project.delete_coding(coding_id, coder="benchmark")
    return project, task


def pairs(known: Corpus, rest: np.ndarray) -> set[Pair]:
    """List what the oracle coded in the rows that are left."""
    codes = known.study.codings["code_id"].unique()
    return {
        (int(row), str(code))
        for code in codes
        for row in np.intersect1d(np.flatnonzero(marks(known, code) == 1), rest)
    }


def located(project: Project, ready: Corpus) -> Study:
    """Say where the suggestions of this project stand in the passages of the whole one."""
    study = project.study()
    titles = ready.study.sources.set_index("title")["source_id"]
    mapped = study.sources.set_index("source_id")["title"].map(titles)
    codings = study.codings.assign(source_id=study.codings["source_id"].map(mapped))
    return replace(ready.study, codings=codings)


def decided(
    project: Project, assistant: Assistant, task: Task, by: str
) -> Iterator[tuple[bool, Pair]]:
    """Decide suggestion after suggestion: whether each was right, and what it was about."""
    while True:
        codings = located(project, task.ready).codings
        done = set(codings["suggestion_id"].dropna())
        suggested = codings["status"].eq("suggested") & ~codings["coding_id"].isin(done)
        waiting = codings[suggested].reset_index(drop=True)
        rows = own.places(waiting, task.ready.segments)
        there = np.isin(rows, task.rest)
        waiting, rows = waiting[there].reset_index(drop=True), rows[there]
        key = [*zip(rows.tolist(), waiting["code_id"], strict=True)]
        rank = rows if by == "reading" else -assistant.order(_here(project, waiting)).to_numpy()
        order = np.argsort(rank, kind="stable")
        if not len(order):
            return
        for at in order[: assistant.batch]:
            right = key[at] in task.truth
            project.decide(waiting["coding_id"].iloc[at], coder=CODER, accept=right)
            yield right, key[at]
        assistant.learn(assistant.batch)
        assistant.wait(600)


def _here(project: Project, waiting: pd.DataFrame) -> pd.DataFrame:
    codings = project.frame("codings").set_index("coding_id", drop=False)
    return codings.loc[waiting["coding_id"]].reset_index(drop=True)


class _Resting(Assistant):
    """Orders suggestions but makes none: the taggers alone."""

    def learn(self, acts: int = 1, *, now: bool = False) -> None:
        """Do nothing."""


def main() -> None:
    """Run all four and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--decisions", type=int, default=300)
    parser.add_argument("--batch", type=int, default=20)
    parser.add_argument("--seed-sources", type=int, default=3)
    given = parser.parse_args()
    marks_ = [n for n in MILESTONES if n <= given.decisions]
    print(f"| suggestions, order | {' | '.join(f'right of {n}' for n in marks_)} |", end="")
    print(f" {' | '.join(f'decisions to recall {g:.0%}' for g in GOALS)} | s a run |", flush=True)
    for learns in (False, True):
        for by in ("reading", "useful"):
            with tempfile.TemporaryDirectory() as name:
                row = measured(Path(name) / "study.cjm", learns, by, given)
                print(row, flush=True)


def measured(path: Path, learns: bool, by: str, given: argparse.Namespace) -> str:
    """Decide as many as asked for; one row of the table."""
    project, task = prepared(path, given.seed_sources)
    workflow.tag(project)
    kind = Assistant if learns else _Resting
    assistant = kind(project, coder=CODER, batch=given.batch)
    begin = time.perf_counter()
    assistant.learn(now=True)
    assistant.wait(600)
    if not learns:
        assistant._known = None
    right, found, shares = [], set(), []
    for good, pair in decided(project, assistant, task, by):
        right.append(good)
        found |= {pair} if good else set()
        shares.append(len(found) / len(task.truth))
        if len(right) >= given.decisions:
            break
    runs = max(1, len(right) // given.batch)
    seconds = (time.perf_counter() - begin) / runs
    assistant.close()
    project.close()
    rates = [f"{np.mean(right[:n]):.0%}" for n in MILESTONES if n <= given.decisions]
    reached = [next((i for i, s in enumerate(shares, 1) if s >= g), None) for g in GOALS]
    shown = [str(n) if n else "–" for n in reached]
    name = ("taggers and own" if learns else "taggers alone") + f", {by}"
    return f"| {name} | {' | '.join(rates)} | {' | '.join(shown)} | {seconds:.1f} |"


if __name__ == "__main__":
    main()
