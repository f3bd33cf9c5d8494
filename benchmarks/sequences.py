"""Random acts, all taken back and all done again by a fresh process: the same project.

    python benchmarks/sequences.py [--sequences 200] [--acts 30] [--first-seed 0]

Each sequence is two coders who do every kind of act there is on one project (code, recode, resize,
split, annotate, delete, decide; add, change, split, merge and delete codes; edit words, correct
speakers, place and dismiss what came loose; blind mode; undo and redo). What the project refuses
is no act. Then another process opens each project, takes all standing acts back, last first, and
does them again. The hash of the project has to be that of the beginning and then that of the end,
and the project has to be sound (`verify`) each time. Prints what was found and how often each act
was done; exits 1 where anything differs.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from cjmresearch import Project, codebooks, schema
from cjmresearch.errors import CjmError

SOURCE = "talk"
LINES = (
    "Мы ждали ответа неделю, ждали и ждали 😀.",
    "На сайте не было ни одной цены, и я позвонил.",
    "Менеджер ответил быстро, но цены он не знал.",
    "Потом мы нашли другой сайт и купили там.",
)
SPEAKERS = ("Павел", "Ольга")
CODES = ("feelings:joy", "feelings:doubt", "feelings:irritation", "touchpoints:website")
BATCH = 20
"""Projects that one fresh process takes back and does again."""


def fill(project: Project) -> None:
    """Add the talk, and what a machine suggests."""
    turns, at = [], 0
    for n, line in enumerate(LINES):
        turn = {"turn_id": f"t{n}", "source_id": SOURCE, "position": n, "start": at}
        turns.append({**turn, "end": at + len(line), "speaker": SPEAKERS[n % 2]})
        at += len(line) + 1
    source = {"source_id": SOURCE, "kind": "interview", "title": SOURCE, "revision": 1}
    speaker = {"source_id": SOURCE, "role": "participant", "voice": "customer"}
    text = "\n".join(LINES)
    project.add(
        SimpleNamespace(
            source=schema.frame("sources", [source]),
            text=text,
            turns=schema.frame("turns", turns),
            speakers=schema.frame("speakers", [{**speaker, "speaker": s} for s in SPEAKERS]),
        )
    )
    rows = [
        {"coding_id": f"s{m.start()}", "source_id": SOURCE, "start": m.start(), "end": m.end()}
        | {"quote": m.group(), "code_id": codebooks.code_id("touchpoints:website")}
        | {"coder": "rules:x-1", "status": "suggested", "created_at": "2026-01-01T00:00:00+00:00"}
        for m in re.finditer("сайт|позвонил|Менеджер", text)
    ]
    project.add_codings(schema.frame("codings", rows), coder="rules:x-1")


class Coder:
    """Somebody who does one random act after the other."""

    def __init__(self, project: Project, name: str, chance: random.Random) -> None:
        self._project, self._name, self._chance = project, name, chance
        self._acts: dict[str, Callable[[], object]] = {
            name.removeprefix("_do_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_do_")
        }

    def act(self) -> str | None:
        """Do one; returns what it was, None where the project refused or there was nothing."""
        kind = self._chance.choice(list(self._acts))
        before = self._project.seq
        try:
            self._acts[kind]()
        except (CjmError, IndexError):
            return None
        return kind if self._project.seq > before else None

    def _one(self, table: str, column: str, where: str = "") -> Any:
        frame = self._project.frame(table)
        return self._chance.choice(sorted((frame.query(where) if where else frame)[column]))

    def _coding(self) -> str:
        return str(self._one("codings", "coding_id", "status != 'suggested'"))

    def _own_code(self) -> str:
        return str(self._one("codes", "slug", "scheme == 'own'"))

    def _any_code(self) -> str:
        own = self._project.frame("codes").query("scheme == 'own'")["slug"].tolist()
        return self._chance.choice([*CODES, *sorted(own)])

    def _span(self) -> tuple[int, int]:
        text = self._project.study().current_texts[SOURCE]
        words = [m.span() for m in re.finditer(r"\w+", text)]
        first = self._chance.randrange(len(words))
        last = min(first + self._chance.randrange(3), len(words) - 1)
        return words[first][0], words[last][1]

    def _new(self) -> str:
        return f"own:{self._name}{self._project.seq}"

    def _do_code(self) -> None:
        self._project.code(SOURCE, *self._span(), self._any_code(), coder=self._name)

    _do_code_again = _do_code
    _do_code_more = _do_code

    def _do_recode(self) -> None:
        self._project.recode(self._coding(), self._any_code(), coder=self._name)

    def _do_resize(self) -> None:
        self._project.resize(self._coding(), *self._span(), coder=self._name)

    def _do_split(self) -> None:
        coding = self._coding()
        row = self._project.frame("codings").set_index("coding_id").loc[coding]
        at = self._chance.randrange(int(row["start"]), int(row["end"]) + 1)
        self._project.split_coding(coding, at, coder=self._name)

    def _do_annotate(self) -> None:
        note: dict[str, Any] = self._chance.choice(
            [{"memo": "!"}, {"memo": None}, {"valence": -0.5}, {"intensity": 2}]
        )
        self._project.annotate(self._coding(), coder=self._name, **note)

    def _do_delete(self) -> None:
        self._project.delete_coding(self._coding(), coder=self._name)

    def _do_delete_suggestion(self) -> None:
        suggestion = self._one("codings", "coding_id", "status == 'suggested'")
        self._project.delete_coding(suggestion, coder=self._name)

    def _do_decide(self) -> None:
        suggestion = self._one("codings", "coding_id", "status == 'suggested'")
        code = self._chance.choice([None, self._any_code()])
        accept = self._chance.random() < 0.6
        self._project.decide(suggestion, coder=self._name, accept=accept, code=code, seconds=1.5)

    def _do_add_code(self) -> None:
        kind = self._chance.choice(["emotion", "touchpoint"])
        self._project.add_code(self._new(), kind=kind, coder=self._name, examples="раз\nдва")

    def _do_change_code(self) -> None:
        fields = self._chance.choice(
            [{"name_ru": "Имя"}, {"colour": "#112233"}, {"include": "да"}, {"exclude": "нет"}]
        )
        self._project.change_code(self._any_code(), coder=self._name, **fields)

    def _do_move_code(self) -> None:
        parent = self._own_code()
        self._project.change_code(self._own_code(), coder=self._name, parent_id=parent)

    def _do_split_code(self) -> None:
        code = self._any_code()
        there = codebooks.code_id(code)
        coding = self._one("codings", "coding_id", f"code_id == '{there}'")
        self._project.split_code(code, self._new(), coding_ids=[coding], coder=self._name)

    def _do_merge(self) -> None:
        self._project.merge_codes(self._any_code(), self._any_code(), coder=self._name)

    def _do_delete_code(self) -> None:
        self._project.delete_code(self._own_code(), coder=self._name)

    def _do_edit_turn(self) -> None:
        turn = self._project.frame("turns").set_index("turn_id").loc[self._one("turns", "turn_id")]
        text = self._project.study().current_texts[SOURCE]
        words = text[int(turn["start"]) : int(turn["end"])].split(" ")
        at = self._chance.randrange(len(words))
        words[at : at + 1] = self._chance.choice([[], [words[at] + "а"], ["да", words[at]]])
        self._project.edit_turn(str(turn.name), " ".join(words), coder=self._name)

    def _do_edit_twice(self) -> None:
        """Correct a turn at both ends: what stands between may stay where it is, or move."""
        turn = self._project.frame("turns").set_index("turn_id").loc[self._one("turns", "turn_id")]
        text = self._project.study().current_texts[SOURCE]
        words = text[int(turn["start"]) : int(turn["end"])].split(" ")
        for at in (0, -1):
            words[at] = self._chance.choice(["Да" + words[at], "я" * len(words[at]), words[at][1:]])
        self._project.edit_turn(str(turn.name), " ".join(words), coder=self._name)

    def _do_replace_words(self) -> None:
        new = self._chance.choice(["", "слово", "два слова"])
        self._project.replace_words(SOURCE, *self._span(), words=new, coder=self._name)

    def _do_place(self) -> None:
        waiting = self._project.waiting()["coding_id"].tolist()
        self._project.place(self._chance.choice(waiting), *self._span(), coder=self._name)

    def _do_dismiss(self) -> None:
        waiting = self._project.waiting()["coding_id"].tolist()
        self._project.dismiss(self._chance.choice(waiting), coder=self._name)

    def _do_turn_speaker(self) -> None:
        turn, speaker = self._one("turns", "turn_id"), self._chance.choice(SPEAKERS)
        self._project.set_turn_speaker(turn, speaker, coder=self._name)

    def _do_speaker(self) -> None:
        role = self._chance.choice(["participant", "interviewer", "other"])
        speaker = self._chance.choice(SPEAKERS)
        self._project.set_speaker(SOURCE, speaker, role=role, coder=self._name)

    def _do_blind(self) -> None:
        self._project.set_blind(not self._project.blind, coder=self._name)

    def _do_undo(self) -> None:
        self._project.undo(self._name)

    _do_undo_again = _do_undo
    _do_undo_more = _do_undo

    def _do_redo(self) -> None:
        self._project.redo(self._name)

    _do_redo_again = _do_redo


def sequence(place: str, seed: int, acts: int) -> dict[str, Any]:
    """Do one sequence in a new project; returns its hashes and what was done."""
    chance, ids = random.Random(seed), random.Random(f"ids {seed}")
    done: Counter[str] = Counter()
    # Choices are made from rows in the order of their ids: a seed has to give the same ids.
    seeded = mock.patch("uuid.uuid4", side_effect=lambda: uuid.UUID(int=ids.getrandbits(128)))
    with seeded, Project.create(place, goal="there and back") as project:
        fill(project)
        first, begin = project.hash(), project.seq
        coders = [Coder(project, name, chance) for name in ("anna", "boris")]
        while sum(done.values()) < acts:
            kind = chance.choice(coders).act()
            done.update([kind] if kind else [])
        problems = project.verify()
        return {"place": place, "seed": seed, "first": first, "last": project.hash(),
                "begin": begin, "done": done, "problems": problems}  # fmt: skip


def there_and_back(place: str, begin: int) -> dict[str, Any]:
    """Take all standing acts back and do them again; returns the hashes, and what went wrong."""
    with Project.open(place) as project:
        events = project.frame("events")
        cancelled: set[int] = set()
        for seq, undoes in reversed(
            list(zip(events["seq"], events["undoes"].fillna(0), strict=True))
        ):
            if undoes and seq not in cancelled:
                cancelled.add(undoes)
        standing = [
            (event.coder, event.kind)
            for event in events.itertuples()
            if event.seq > begin
            and event.seq not in cancelled
            and event.kind not in ("undo", "redo")
        ]
        problems, hashes = [], []
        for coders, act in ((standing[::-1], project.undo), (standing, project.redo)):
            for coder, kind in coders:
                took = act(coder)
                if took != kind:
                    problems.append(f"{act.__name__} of {coder} took {took}, not {kind}")
            hashes.append(project.hash())
            problems += project.verify()
    return {"undone": hashes[0], "redone": hashes[1], "problems": problems, "acts": len(standing)}


def run(places: list[str], acts: int, *, first_seed: int = 0) -> tuple[list[str], Counter[str]]:
    """Run a sequence in each place; returns what is wrong, and how often each act was done."""
    problems: list[str] = []
    done: Counter[str] = Counter()
    for start in range(0, len(places), BATCH):
        batch = [
            sequence(place, first_seed + n, acts)
            for n, place in enumerate(places[start : start + BATCH], start)
        ]
        given = json.dumps([[s["place"], s["begin"]] for s in batch])
        fresh = subprocess.run(
            [sys.executable, __file__, "--again"], input=given, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
        if fresh.returncode:
            return [fresh.stderr], done
        for before, after in zip(batch, json.loads(fresh.stdout), strict=True):
            found = before["problems"] + after["problems"]
            if after["undone"] != before["first"]:
                found.append("all undone is not the beginning")
            if after["redone"] != before["last"]:
                found.append("all redone is not the end")
            problems += [f"sequence {before['seed']}: {problem}" for problem in found]
            done.update(before["done"])
            done["(standing at the end)"] += after["acts"]
    return problems, done


def main() -> int:
    """Run all sequences, or be the fresh process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--acts", type=int, default=30)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.again:
        print(json.dumps([there_and_back(*place) for place in json.load(sys.stdin)]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        places = [str(Path(folder) / f"{n}.cjm") for n in range(given.sequences)]
        problems, done = run(places, given.acts, first_seed=given.first_seed)
    print(f"{given.sequences} sequences of {given.acts} acts, from seed {given.first_seed}")
    for kind, count in done.most_common():
        print(f"  {kind:22} {count:6}")
    for problem in problems:
        print(f"  WRONG: {problem}")
    print("  all undone, all redone: the same hash each time" if not problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
