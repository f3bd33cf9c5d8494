"""A person at the coding workbench in a real JupyterLab: opens it, selects, codes, waits for acks.

Waits are for the widget's own word (`cjm.state()`), never for seconds.
"""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lab import Lab, notebook

from cjmresearch import read
from cjmresearch.store import Project

WHO = "anna"
CODES = tuple(
    f"barriers:{name}"
    for name in (
        "slow_reply",
        "no_prices",
        "contract",
        "navigation",
        "late_delivery",
        "unclear_manual",
    )
)
SHOWN = "document.querySelector('.cjm-coding:not([data-old])')"
Span = tuple[int, int]
Coding = tuple[int, int, str]

_CELL = """import os
import cjmresearch as cjm
with open({pid!r}, "w") as file:
    file.write(str(os.getpid()))
project = cjm.Project.open({path!r})
widget = cjm.widgets.CodingWidget(project, coder={who!r}, language="en")
widget"""


def talk(lines: Sequence[str]) -> str:
    """Write a transcript of two people, with the line ends of Windows."""
    return "".join(f"[{'Аня' if i % 2 else 'Ия'}] {line}\r\n" for i, line in enumerate(lines))


def make_project(path: Path, lines: Sequence[str]) -> str:
    """Make a project of one transcript; gives its text as the project keeps it."""
    file = path.with_suffix(".txt")
    file.write_bytes(talk(lines).encode())
    with Project.create(path, goal="Понять") as project:
        project.add(read.transcript(file))
        return str(project.frame("texts")["text"].iloc[0])


def words_of(lines: Sequence[str]) -> list[str]:
    """Words of all lines, to build spans of."""
    return [word for line in lines for word in line.split()]


def spans_of(path: Path, chance: random.Random, count: int) -> list[Span]:
    """Choose spans at random, each within one turn and neither empty nor only spaces."""
    with Project.open(path) as project:
        turns = project.frame("turns")
        text = str(project.frame("texts")["text"].iloc[0])
    found: list[Span] = []
    while len(found) < count:
        turn = turns.iloc[chance.randrange(len(turns))]
        start = chance.randrange(turn["start"], turn["end"])
        end = chance.randrange(start + 1, turn["end"] + 1)
        if text[start:end] == text[start:end].strip() and (start, end) not in found:
            found.append((start, end))
    return found


def saved(path: Path, *, status: str = "human") -> set[Coding]:
    """List what the project holds: (start, end, slug); a coding that stands twice is an error."""
    with Project.open(path) as project:
        assert project.verify() == []
        codings, codes = project.frame("codings"), project.frame("codes")
    slugs = codes.set_index("code_id")["slug"]
    rows = codings[codings["status"] == status]
    found = list(zip(rows["start"], rows["end"], rows["code_id"].map(slugs), strict=True))
    assert len(found) == len(set(found)), "a coding stands twice"
    return {(int(start), int(end), str(slug)) for start, end, slug in found}


class Coder:
    """One notebook with one workbench."""

    def __init__(self, lab: Lab, name: str, project: Path, pid: Path) -> None:
        self.lab, self.page, self.name = lab, lab.page, name
        self.project = project
        self._pid = pid

    # -- what the widget says -----------------------------------------------------------------

    def ask(self, script: str, argument: Any = None) -> Any:
        """Run `script`, a function of (root, argument), in the page."""
        return self.page.evaluate(f"argument => ({script})({SHOWN}, argument)", argument)

    def until(self, script: str, argument: Any = None) -> None:
        """Wait until `script`, a function of (root, argument), is true."""
        self.page.wait_for_function(
            f"given => {{ const root = {SHOWN}; return root?.cjm && ({script})(root, given); }}",
            arg=argument,
        )

    def state(self) -> dict[str, Any]:
        """Ask for the state: codings that are kept, how many acts are pending, `save`."""
        return dict(self.ask("root => root.cjm.state()"))

    def settle(self) -> dict[str, Any]:
        """Wait until everything that was done is saved."""
        self.until(
            "root => { const s = root.cjm.state(); return !s.pending && s.save === 'saved'; }"
        )
        return self.state()

    def codings(self) -> dict[Coding, str]:
        """Own codings that the widget shows as kept: (start, end, slug) -> id."""
        own = [c for c in self.state()["codings"] if c["coder"] == WHO and c["status"] == "human"]
        return {(c["start"], c["end"], c["code"]): c["id"] for c in own}

    # -- what the person does -----------------------------------------------------------------

    def select(self, span: Span) -> dict[str, Any]:
        """Select a span; gives the selection as the widget understands it."""
        script = (
            "(root, [start, end]) => { root.cjm.select(start, end); return root.cjm.selection(); }"
        )
        return dict(self.ask(script, list(span)))

    def code(self, span: Span, slug: str) -> None:
        """Select a span and click a code."""
        self.select(span)
        self.ask("(root, slug) => root.querySelector(`[data-code='${slug}']`).click()", slug)

    def act(self, op: str, **values: Any) -> str:
        """Do an act that has no short way by key, and wait for its answer: ack or refused."""
        answer = self.ask("(root, [op, values]) => root.cjm.act(op, values)", [op, values])
        return str(answer["op"])

    def press(self, keys: str) -> None:
        """Press a key in the transcript."""
        self.ask("root => root.querySelector('[tabindex=\"0\"].cjm-transcript').focus()")
        self.page.keyboard.press(keys)

    # -- what befalls it ----------------------------------------------------------------------

    def run(self) -> None:
        """Run the cells and wait for the widget; an older one is left behind."""
        self.page.evaluate(
            "() => document.querySelectorAll('.cjm-coding').forEach(r => { r.dataset.old = 1; })"
        )
        self.lab.run_all()
        self.until("root => true")

    def restart(self) -> None:
        """Restart the kernel and run the cells again."""
        self.restart_only()
        self.run()

    def restart_only(self) -> None:
        """Restart the kernel; the widget that is shown has lost its other half."""
        self.page.evaluate(
            """async () => {
                const { sessionContext } = window.jupyterapp.shell.currentWidget.context;
                await sessionContext.session.kernel.restart();
            }"""
        )
        self._idle()

    def reload(self) -> None:
        """Load the page anew; the kernel and the widget's other half live on."""
        self.lab.reload(self.name)
        self.until("root => true")

    def kill(self) -> None:
        """Kill the kernel as a power cut would, and wait until the page has noticed."""
        self.page.evaluate(
            """() => {
                const { sessionContext } = window.jupyterapp.shell.currentWidget.context;
                const gone = ['autorestarting', 'restarting', 'dead'];
                window.cjmDied = new Promise(noticed => {
                    sessionContext.session.kernel.statusChanged.connect((_, status) => {
                        if (gone.includes(status)) noticed(status);
                    });
                });
            }"""
        )
        os.kill(int(self._pid.read_text()), signal.SIGKILL)
        self.page.evaluate("() => window.cjmDied")
        self._idle()

    def _idle(self) -> None:
        self.page.wait_for_function(
            """() => {
                document.querySelector('.jp-Dialog .jp-mod-accept')?.click();
                const { sessionContext } = window.jupyterapp.shell.currentWidget.context;
                return sessionContext.session?.kernel?.status === 'idle';
            }"""
        )


@contextmanager
def coding(lab: Lab, root: Path, project: Path) -> Iterator[Coder]:
    """Open a workbench on a project in a notebook of its own."""
    name = f"{project.stem}.ipynb"
    pid = root / f"{project.stem}.pid"
    cell = _CELL.format(pid=str(pid), path=str(project), who=WHO)
    (root / name).write_text(notebook([cell]), encoding="utf-8")
    with lab.opened(name):
        coder = Coder(lab, name, project, pid)
        coder.run()
        # What an earlier test left waiting in this page's storage is not this one's.
        assert coder.settle()["pending"] == 0
        yield coder


def shown(value: Any) -> str:
    """Write what a trial did, for the message of a failure."""
    return json.dumps(value, ensure_ascii=False, default=list)
