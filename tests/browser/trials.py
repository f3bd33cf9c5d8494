"""Trials of the workbench that a seed decides: offsets, sequences of acts, kills.

The tests run a few, `benchmarks/workbench_full.py` runs all; each raises where it fails.
"""

from __future__ import annotations

import hashlib
import random
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coder import CODES, Coder, Coding, Span, coding, make_project, saved, shown, spans_of
from lab import Lab

from cjmresearch.store import Project

PIECES = (
    *("слово", "Ещё", "й", "word", "\u0438\u0306", "и\u0301", "e\u0301\u0323", "n\u0303", "ё"),
    *(
        "😀",
        "👨‍👩‍👧",
        "🏳️‍🌈",
        "👍🏽",
        "🇷🇺",
        "𝒳",
        "𐍈",
        "𠀀",
        "עברית",
        "—",
        "«да»",
        "a\u200bb",
        "\u00a0",
    ),
    *(" ", " ", " ", ", ", ". ", "? "),
)


def tricky_lines(chance: random.Random, count: int = 40) -> list[str]:
    """Write turns of emoji, astral letters, joiners, combining marks and decomposed letters."""
    made = []
    for number in range(count):
        line = "".join(chance.choices(PIECES, k=chance.randrange(3, 40))).strip()
        made.append(f"{number} {line}".strip() + " конец")
    return made


# -- offsets ---------------------------------------------------------------------------------------

_SELECT = """(root, [first, from, last, to]) => {
    const place = (position, unit) => {
        const text = root.querySelector(`[data-turn="${position}"] .cjm-text`);
        const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
        let node = walker.nextNode();
        while (node.length < unit) { unit -= node.length; node = walker.nextNode(); }
        return [node, unit];
    };
    root.querySelector('.cjm-transcript').focus({preventScroll: true});
    document.getSelection().setBaseAndExtent(...place(first, from), ...place(last, to));
    document.dispatchEvent(new Event('selectionchange'));
    return [root.cjm.selection(), document.getSelection().getRangeAt(0).toString()];
}"""
_PAINTED = """(root, id) => {
    const marks = [...root.querySelectorAll('mark.cjm-mark')];
    return marks.filter(m => m.dataset.codings.split(' ').includes(id))
        .map(m => m.textContent).join('');
}"""


def units(text: str) -> int:
    """Count the UTF-16 units of a text, as a browser does."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def offset_trial(lab: Lab, root: Path, *, seed: int, cases: int) -> int:
    """Select by the browser's own selection, code, reload: the quote is the same everywhere."""
    chance = random.Random(seed)
    path = root / f"offsets-{seed}.cjm"
    text = make_project(path, tricky_lines(chance))
    with Project.open(path) as project:
        turns = project.frame("turns").sort_values("position")
    ends = list(zip(turns["position"], turns["start"], turns["end"], strict=True))
    expected: set[Coding] = set()
    with coding(lab, root, path) as coder:
        while len(expected) < cases:
            (p1, s1, e1), (p2, s2, e2) = _two_turns(chance, ends)
            start, end = chance.randrange(s1, e1), chance.randrange(s2 + 1, e2 + 1)
            if start >= end or text[start:end] != text[start:end].strip():
                continue
            place = [p1, units(text[s1:start]), p2, units(text[s2:end])]
            selected, in_browser = coder.ask(_SELECT, [int(n) for n in place])
            wanted = {"start": start, "end": end, "quote": text[start:end]}
            assert selected == wanted, shown([seed, place, selected, wanted])
            if p1 == p2:
                assert in_browser == text[start:end], shown([seed, place, in_browser])
            slug = CODES[len(expected) % len(CODES)]
            coder.ask("(root, slug) => root.querySelector(`[data-code='${slug}']`).click()", slug)
            expected.add((start, end, slug))
        coder.settle()
        assert saved(path) == expected
        coder.reload()
        kept = coder.codings()
        assert set(kept) == expected, shown(set(kept) ^ expected)
        _check_painted(coder, kept, text, ends)
    return len(expected)


def _two_turns(chance: random.Random, ends: list[Any]) -> tuple[Any, Any]:
    first = chance.randrange(len(ends))
    last = min(first + chance.choice((0, 0, 0, 1, 2)), len(ends) - 1)
    return ends[first], ends[last]


def _check_painted(coder: Coder, kept: dict[Coding, str], text: str, ends: list[Any]) -> None:
    for (start, end, _), number in kept.items():
        coder.ask("(root, [s, e]) => root.cjm.select(s, e)", [start, end])
        wanted = "".join(text[max(start, s) : min(end, e)] for _, s, e in ends if s < end)
        assert coder.ask(_PAINTED, number) == wanted, shown([start, end, wanted])


# -- sequences of acts -----------------------------------------------------------------------------


@dataclass
class Model:
    """What a person expects of the workbench: the codings and codes, and the way back."""

    codes: frozenset[str] = frozenset(CODES)
    codings: frozenset[Coding] = frozenset()
    past: list[tuple[frozenset[str], frozenset[Coding]]] = field(default_factory=list)
    future: list[tuple[frozenset[str], frozenset[Coding]]] = field(default_factory=list)

    def _go(self, codes: frozenset[str], codings: frozenset[Coding]) -> str:
        if (codes, codings) != (self.codes, self.codings):
            self.past.append((self.codes, self.codings))
            self.future.clear()
            self.codes, self.codings = codes, codings
        return "ack"

    def code(self, new: Coding) -> str:
        return self._go(self.codes, self.codings | {new})

    def replace(self, old: Coding, new: Coding) -> str:
        return self._go(self.codes, self.codings - {old} | {new})

    def resize(self, old: Coding, new: Coding) -> str:
        if new != old and new in self.codings:
            return "refused"
        return self.replace(old, new)

    def delete(self, old: Coding) -> str:
        return self._go(self.codes, self.codings - {old})

    def merge(self, code: str, into: str) -> str:
        moved = frozenset((s, e, into if c == code else c) for s, e, c in self.codings)
        return self._go(self.codes - {code}, moved)

    def undo(self) -> None:
        if self.past:
            self.future.append((self.codes, self.codings))
            self.codes, self.codings = self.past.pop()

    def redo(self) -> None:
        if self.future:
            self.past.append((self.codes, self.codings))
            self.codes, self.codings = self.future.pop()


ACTS = ("code",) * 8 + ("recode",) * 3 + ("resize",) * 3 + ("delete",) * 2 + ("merge",)
ACTS += ("undo",) * 5 + ("redo",) * 3


def sequence_trial(lab: Lab, root: Path, *, seed: int, length: int = 24) -> int:
    """Do random acts and compare with the model after each; then undo all and redo all."""
    chance = random.Random(seed)
    path = root / f"acts-{seed}.cjm"
    make_project(path, tricky_lines(chance, 12))
    spans = spans_of(path, chance, 10)
    model = Model()
    plan = [chance.choice(ACTS) for _ in range(length)]
    plan.insert(chance.randrange(length), "restart")
    plan.insert(chance.randrange(length), "reload")
    with coding(lab, root, path) as coder:
        for number, op in enumerate(plan):
            _do(coder, model, op, (chance, spans))
            state = set(coder.codings())
            assert state == model.codings, shown([seed, number, op, state ^ model.codings])
        coder.settle()
    assert saved(path) == model.codings
    _there_and_back(path)
    return len(plan)


def _do(coder: Coder, model: Model, op: str, given: tuple[random.Random, list[Span]]) -> None:
    chance, spans = given
    if op in ("undo", "redo"):
        coder.press(
            "Control+z" if op == "undo" else chance.choice(["Control+y", "Control+Shift+z"])
        )
        getattr(model, op)()
    elif op in ("restart", "reload"):
        getattr(coder, op)()
    elif op == "merge":
        code, into = chance.sample(sorted(model.codes), 2) if len(model.codes) > 2 else (None, None)
        if code and into:
            assert coder.act("merge_codes", code=code, into=into) == model.merge(code, into)
    elif op == "code" or not model.codings:
        new = (*chance.choice(spans), chance.choice(sorted(model.codes)))
        coder.code(new[:2], new[2])
        model.code(new)
    else:
        _change(coder, model, op, given)
    coder.settle()


def _change(coder: Coder, model: Model, op: str, given: tuple[random.Random, list[Span]]) -> None:
    chance, spans = given
    old = chance.choice(sorted(model.codings))
    coding_id = coder.codings()[old]
    if op == "delete":
        assert coder.act("delete", coding=coding_id) == model.delete(old)
    elif op == "recode":
        slug = chance.choice(sorted(model.codes))
        answer = coder.act("recode", coding=coding_id, code=slug)
        assert answer == model.replace(old, (*old[:2], slug))
    else:
        start, end = chance.choice(spans)
        answer = coder.act("resize", coding=coding_id, start=start, end=end)
        assert answer == model.resize(old, (start, end, old[2])), shown([old, start, end])


def _there_and_back(path: Path) -> None:
    """Undo everything and redo everything, as a fresh kernel would: the project is the same."""
    with Project.open(path) as project:
        before = _hash(project)
        undone = 0
        while project.undo("anna"):
            undone += 1
        assert not len(project.frame("codings"))
        for _ in range(undone):
            assert project.redo("anna")
        assert _hash(project) == before
        assert project.verify() == []


def _hash(project: Project) -> str:
    frames = (project.frame("codings").sort_values("coding_id"), project.frame("codes"))
    written = "".join(f.sort_values(f.columns[0]).to_csv(index=False) for f in frames)
    return hashlib.sha256(written.encode()).hexdigest()


# -- kills -----------------------------------------------------------------------------------------

_CODE_ALL = """(root, [spans, slugs]) => {
    window.cjmDone = (async () => {
        for (const [number, [start, end]] of spans.entries()) {
            root.cjm.select(start, end);
            root.querySelector(`[data-code='${slugs[number % slugs.length]}']`).click();
            await new Promise(done => setTimeout(done));
        }
    })();
}"""


def kill_trial(lab: Lab, root: Path, *, seed: int, kills: int, acts: int = 16) -> int:
    """Kill the kernel while the person codes: what was acknowledged is there, the rest follows."""
    chance = random.Random(seed)
    path = root / f"kills-{seed}.cjm"
    make_project(path, tricky_lines(chance, 60))
    left = spans_of(path, chance, kills * acts)
    expected: set[Coding] = set()
    acknowledged = 0
    with coding(lab, root, path) as coder:
        for _ in range(kills):
            spans, left = left[:acts], left[acts:]
            before = len(coder.codings())
            coder.ask(_CODE_ALL, [[list(span) for span in spans], list(CODES)])
            coder.until(
                "(root, n) => root.cjm.state().codings.length >= n",
                before + chance.randrange(acts // 2),
            )
            time.sleep(chance.random() * 0.05)  # not a wait: the instant of the kill is random
            coder.kill()
            coder.page.evaluate("() => window.cjmDone")
            told = set(coder.codings())
            lost = told - saved(path)
            assert not lost, shown([seed, "acknowledged and lost", lost])
            acknowledged += len(told)
            expected |= {(*span, CODES[n % len(CODES)]) for n, span in enumerate(spans)}
            coder.run()
            coder.settle()
            kept = saved(path)
            assert kept == expected, shown([seed, "not saved once", kept ^ expected])
            assert set(coder.codings()) == expected
    return acknowledged
