"""How fast the coding workbench is in a real JupyterLab, beside a naive page and published peers.

    python benchmarks/workbench.py [--acts 40] [--runs 3] [--peers FOLDER] [--only NAME]

The material is made by a seed: a Russian transcript of 300,000 characters with emoji and 3,000
overlapping codings; the same widget at 50 turns; the same transcript in a naive page (the whole
DOM with all marks at once, the whole list of spans sent with every key). FOLDER holds peers from
PyPI: `pip install --target FOLDER --no-deps spanmark filelock ipyannotations ipyevents`; without it
they are left out. A peer that takes no overlaps is given the same codings, each cut off where the
next begins. Prints a Markdown table (milliseconds) and appends it with the load of the machine to
benchmarks/logs/workbench_speed.txt. --only NAME (more than once, if wanted) measures the things of
that name.

No wait is without an end: what needs longer than a minute is written as "more than 60 s", the acts
of one thing stop after a minute (their number is then in the row), and a page that answers nothing
for four minutes loses its browser.

cell to painted: running the cell to after the first frame that shows marked text. frame: between
animation frames while 240 px are scrolled in each (16.7 = full speed). key to paint: keydown (or
the mouse button let go, where a peer codes by that) to after the frame that shows the mark. key to
durable: to the page's word that it is on the disk; for a peer, to the last change of the file it
saves to (before its fsync, so rather too short).
"""

from __future__ import annotations

import argparse
import math
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from coder import CODES, make_project  # noqa: E402 - after its folder is known
from lab import Lab, chromium, notebook, running  # noqa: E402

from cjmresearch import codebooks, schema  # noqa: E402
from cjmresearch.store import Project  # noqa: E402

LOG = Path(__file__).parent / "logs" / "workbench_speed.txt"
WORDS = (
    *("мы", "долго", "ждали", "ответа", "менеджер", "обещал", "перезвонить", "договор", "цены"),
    *("согласовывали", "потом", "приехал", "инженер", "и", "всё", "заработало", "не", "сразу"),
    *(
        "Ну",
        "честно",
        "говоря",
        "было",
        "обидно",
        "😀",
        "👍🏽",
        "👨‍👩‍👧",
        "сайт",
        "нашли",
        "звонок",
    ),
)
FRAMES = 120
LONGEST = 60
"""Seconds: the longest wait for one thing, and for all acts of one arm together."""
STUCK = 240
"""Seconds after which a run that says nothing loses its browser."""

NAIVE = '''
import anywidget, traitlets

class Naive(anywidget.AnyWidget):
    """All turns and all marks at once; every key sends the whole list of spans."""
    _esm = """
    function render({ model, el }) {
      const root = document.createElement("div");
      root.setAttribute("class", "naive");
      root.tabIndex = 0;
      root.style.cssText = "height:600px;overflow-y:auto;contain:strict";
      const text = [...model.get("text")];
      const places = model.get("turns").map(([start, end]) => {
        const turn = document.createElement("p");
        turn.dataset.start = start;
        root.append(turn);
        return { start, end, turn };
      });
      const paint = ({ start, end, turn }, spans) => {
        const here = spans.filter(([s, e]) => s < end && e > start);
        const cuts = [...new Set([start, end, ...here.flatMap(([s, e]) => [s, e])])]
          .filter((at) => at >= start && at <= end).sort((a, b) => a - b);
        turn.replaceChildren(...cuts.slice(0, -1).map((from, i) => {
          const words = text.slice(from, cuts[i + 1]).join("");
          if (!here.some(([s, e]) => s <= from && e > from)) return document.createTextNode(words);
          const mark = document.createElement("mark");
          mark.textContent = words;
          return mark;
        }));
      };
      for (const place of places) paint(place, model.get("spans"));
      root.select = (start, end) => { root.span = [start, end]; };
      root.addEventListener("keydown", (event) => {
        event.stopPropagation();
        const spans = [...model.get("spans"), [...root.span, event.key]];
        root.dataset.save = "unsaved";
        model.set("spans", spans);
        model.save_changes();
        for (const place of places) {
          if (root.span[0] < place.end && root.span[1] > place.start) paint(place, spans);
        }
      });
      model.on("change:saved", () => { root.dataset.save = "saved"; });
      root.dataset.save = "saved";
      el.append(root);
    }
    export default { render };
    """
    text = traitlets.Unicode().tag(sync=True)
    turns = traitlets.List().tag(sync=True)
    spans = traitlets.List().tag(sync=True)
    saved = traitlets.Int().tag(sync=True)

source = project.frame("sources")["source_id"].iloc[0]
turns = project.frame("turns").sort_values("position")
codings = project.frame("codings")
widget = Naive(
    text=project.frame("texts")["text"].iloc[0],
    turns=[[int(s), int(e)] for s, e in zip(turns["start"], turns["end"])],
    spans=[[int(s), int(e), "1"] for s, e in zip(codings["start"], codings["end"])],
)

def keep(change):
    start, end, _ = change["new"][-1]
    project.code(source, start, end, "barriers:contract", coder="anna")
    widget.saved = len(change["new"])

widget.observe(keep, "spans")
widget
'''
OPEN = "import cjmresearch as cjm\nproject = cjm.Project.open({path!r})"
OURS = 'cjm.widgets.CodingWidget(project, coder="anna", language="ru")'
APART = """
text = project.frame("texts")["text"].iloc[0]
codings = project.frame("codings").sort_values(["start", "end"])
ends = codings["end"].clip(upper=codings["start"].shift(-1, fill_value=len(text)))
spans = [(int(s), int(e), "A") for s, e in zip(codings["start"], ends) if e - s >= 3]
print(len(spans), "SPANS")
"""
WHOLE = """
text = project.frame("texts")["text"].iloc[0]
codings = project.frame("codings").drop_duplicates(["start", "end"])
spans = [(int(s), int(e), "A") for s, e in zip(codings["start"], codings["end"])]
print(len(spans), "SPANS")
"""
SPANMARK = """
from spanmark import AnnotationSession
marks = [{{"start": s, "end": e, "label": label}} for s, e, label in spans]
session = AnnotationSession(
    [{{"id": "one", "text": text, "suggestions": marks}}], labels=["A", "B"],
    output_path={out!r}, allow_overlaps={overlaps},
)
session.display()
"""
IPYANNOTATIONS = """
from ipyannotations.text import TextTagger
widget = TextTagger(classes=["A", "B"], text=text)
widget.data = spans  # given to the constructor, they are not shown
widget
"""

_TOOLS = """
window.cjmFrame = () => new Promise(shown => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => shown(performance.now());
    after.port2.postMessage(0);
}));
window.cjmTick = () => new Promise(done => setTimeout(done));
if (!window.cjmSet) {
    window.cjmSet = Element.prototype.setAttribute;
    Element.prototype.setAttribute = function (name, value) {
        if (name === 'class' && ['cjm-coding', 'naive'].includes(value)) {
            window.cjmBegan = performance.now();
        }
        return window.cjmSet.call(this, name, value);
    };
}
null;
"""


@dataclass(frozen=True)
class Arm:
    """One thing that is measured: its cell, and what to look at in the page."""

    name: str
    size: str
    cell: str
    ready: str
    """JavaScript: is marked text shown?"""
    scroller: str
    """Selector of what scrolls."""
    act: str | None = None
    """JavaScript function of (start, end, turn): selects and codes; gives the element to watch."""
    durable: str | None = None
    """JavaScript: is it on the disk? None: the file `out` is watched, if there is one."""
    out: Path | None = None
    """The file to which the codings are saved."""


def material(path: Path, *, characters: int, codings: int) -> None:
    """Make the project: turns of about 30 words, overlapping codings, all by one seed."""
    chance = random.Random(300_000)
    lines, size = [], 0
    while size < characters:
        line = " ".join(chance.choices(WORDS, k=chance.randrange(15, 46)))
        lines.append(line)
        size += len(line) + 1
    text = make_project(path, lines)
    with Project.open(path) as project:
        source = str(project.frame("sources")["source_id"].iloc[0])
        turns = project.frame("turns")
        rows = []
        for number in range(codings):
            turn = turns.iloc[chance.randrange(len(turns))]
            start = chance.randrange(turn["start"], turn["end"] - 20)
            end = min(start + chance.randrange(15, 160), turn["end"])
            rows.append(
                {"coding_id": f"seed-{number}", "source_id": source, "start": start, "end": end}
                | {"quote": text[start:end], "coder": "seed", "status": "human"}
                | {"code_id": codebooks.code_id(CODES[number % len(CODES)])}
                | {"created_at": "2026-11-20T10:00:00Z"}
            )
        project.add_codings(schema.frame("codings", pd.DataFrame(rows)), coder="seed")


def arms(root: Path, big: Path, small: Path, peers: Path | None) -> Iterator[tuple[Arm, Path]]:
    """List what is measured, each with a project of its own."""
    ours = {
        "cell": OURS,
        "ready": "!!document.querySelector('.cjm-coding mark')",
        "scroller": ".cjm-transcript",
        "act": """(start, end, turn) => {
            const root = document.querySelector('.cjm-coding');
            root.cjm.select(start, end);
            const watched = root.querySelector(`[data-turn="${turn}"] .cjm-text`);
            const key = { key: '1', code: 'Digit1', bubbles: true, cancelable: true };
            return [watched, () => root.querySelector('.cjm-transcript')
                .dispatchEvent(new KeyboardEvent('keydown', key))];
        }""",
        "durable": """(() => { const s = document.querySelector('.cjm-coding').cjm.state();
            return !s.pending && s.save === 'saved'; })()""",
    }
    yield Arm("cjmresearch", "300k characters, 3,000 codings", **ours), big
    yield Arm("cjmresearch", "50 turns, 30 codings", **ours), small
    naive = {
        "cell": NAIVE,
        "ready": "!!document.querySelector('.naive mark')",
        "scroller": ".naive",
        "act": """(start, end, turn) => {
            const root = document.querySelector('.naive');
            root.select(start, end);
            return [root.children[turn], () => root.dispatchEvent(
                new KeyboardEvent('keydown', { key: '1', bubbles: true }))];
        }""",
        "durable": "document.querySelector('.naive').dataset.save === 'saved'",
    }
    yield Arm("naive page", "300k characters, 3,000 codings", **naive), big
    yield Arm("naive page", "50 turns, 30 codings", **naive), small
    if peers is None:
        return
    yield from ((arm, big) for arm in _peers(root))


def _peers(root: Path) -> Iterator[Arm]:
    """List the published peers; they code when the mouse button is let go."""
    act = """async (start, end, turn) => {
        const layer = document.querySelector('%s');
        const select = () => {
            const places = document.createTreeWalker(layer, NodeFilter.SHOW_TEXT);
            let node = places.nextNode();
            while (node && (node.length <= 30 || node.parentNode !== layer)) {
                node = places.nextNode();
            }
            const from = %s;
            document.getSelection().setBaseAndExtent(node, from, node, from + 10);
        };
        // A peer paints once more when the kernel answers; that takes a selection away.
        let last = performance.now();
        const seen = new MutationObserver(() => { last = performance.now(); });
        seen.observe(layer, { childList: true, subtree: true });
        const began = last;
        while (performance.now() - Math.max(last, began) < 1500) await window.cjmTick();
        seen.disconnect();
        select();
        return [%s, () => {
            if (document.getSelection().isCollapsed) select();
            layer.dispatchEvent(new MouseEvent('mouseup', { bubbles: true }));
        }];
    }"""
    for overlaps, name in ((False, "spanmark"), (True, "spanmark, overlaps allowed")):
        file = root / f"spanmark-{overlaps}.jsonl"
        yield Arm(
            name,
            "300k characters",
            (WHOLE if overlaps else APART) + SPANMARK.format(out=str(file), overlaps=overlaps),
            f"!!document.querySelector('{'.so-rail-seg' if overlaps else '.so-textlayer mark'}')",
            ".so-text",
            act
            % (
                ".so-textlayer",
                "start" if overlaps else "5",
                "document.querySelector('.so-rail-layer')" if overlaps else "layer",
            ),
            out=file.with_name(f".{file.name}.spanmark-autosave"),
        )
    yield Arm(
        "ipyannotations",
        "300k characters",
        APART + IPYANNOTATIONS,
        "!!document.querySelector('.entity-tagger mark')",
        ".jp-WindowedPanel-outer",
        act % (".entity-tagger", "5", "layer"),
    )


class Bench:
    """A JupyterLab in which arms are measured one after another."""

    def __init__(self, lab: Lab, root: Path) -> None:
        self.lab, self.root = lab, root

    @contextmanager
    def shown(self, arm: Arm, project: Path, number: int) -> Iterator[dict[str, float]]:
        """Run the cell of an arm; gives the milliseconds until it was painted."""
        copy = self.root / f"arm-{number}.cjm"
        copy.write_bytes(project.read_bytes())
        for left in self.root.glob("*spanmark*") if arm.out else ():
            left.unlink()
        name = f"arm-{number}.ipynb"
        cells = [OPEN.format(path=str(copy)), arm.cell]
        (self.root / name).write_text(notebook(cells), encoding="utf-8")
        with self.lab.opened(name) as page:
            page.evaluate(_TOOLS)
            page.evaluate(
                """async () => {
                    const panel = window.jupyterapp.shell.currentWidget.content;
                    panel.activeCellIndex = 0;
                    await window.jupyterapp.commands.execute('notebook:run-cell');
                    panel.activeCellIndex = 1;
                }"""
            )
            painted = page.evaluate(
                f"""async () => {{
                    const began = performance.now();
                    window.cjmBegan = null;
                    window.jupyterapp.commands.execute('notebook:run-cell');
                    let now = began;
                    const failed = () => window.jupyterapp.shell.currentWidget.content.widgets
                        .some(c => c.model.outputs?.toJSON().some(o => o.output_type === 'error'));
                    while (!({arm.ready}) && now - began < {LONGEST * 1000} && !failed()) {{
                        now = await window.cjmFrame();
                    }}
                    now = await window.cjmFrame();
                    const render = window.cjmBegan ? now - window.cjmBegan : NaN;
                    return {{cell: now - began, render, shown: {arm.ready}}};
                }}"""
            )
            if self.lab.errors():
                raise RuntimeError(f"{arm.name}: {self.lab.errors()}")
            yield painted if painted["shown"] else {"cell": math.inf, "render": math.nan}

    def spans(self) -> str:
        """Say how many codings a peer was given: its cell prints it."""
        said = self.lab.page.evaluate(
            """() => JSON.stringify(window.jupyterapp.shell.currentWidget.content.widgets
                .flatMap(c => c.model.outputs?.toJSON() ?? [])
                .filter(o => o.output_type === 'stream'))"""
        )
        found = re.search(r"(\d+) SPANS", said)
        return f", {int(found[1]):,} codings" if found else ""

    def frames(self, arm: Arm) -> list[float]:
        """Scroll 240 px in each of some frames; the times between them."""
        return self.lab.page.evaluate(
            """async ([selector, frames]) => {
                const box = document.querySelector(selector);
                const seen = [];
                let last = await new Promise(requestAnimationFrame);
                for (let n = 0; n < frames; n += 1) {
                    box.scrollTop += 240;
                    const now = await new Promise(requestAnimationFrame);
                    seen.push(now - last);
                    last = now;
                }
                box.scrollTop = 0;
                await window.cjmFrame();
                return seen;
            }""",
            [arm.scroller, FRAMES],
        )

    def acts(self, arm: Arm, project: Path, count: int) -> tuple[list[float], list[float]]:
        """Code some passages: key to paint and key to durable of each."""
        with Project.open(project) as opened:
            turns = opened.frame("turns").sort_values("position")
        chance = random.Random(7)
        paint, durable = [], []
        until = time.monotonic() + LONGEST
        for number in range(count):
            if time.monotonic() > until:
                break
            turn = turns.iloc[number % 30]
            start = chance.randrange(turn["start"], turn["end"] - 30)
            size = arm.out.stat().st_size if arm.out and arm.out.exists() else 0
            result = self.lab.page.evaluate(
                f"""async ([start, end, turn]) => {{
                    const [watched, press] = await ({arm.act})(start, end, turn);
                    await window.cjmFrame();
                    const before = watched.innerHTML;
                    let touched = false;
                    new MutationObserver(() => {{ touched = true; }}).observe(
                        watched, {{ childList: true, characterData: true, subtree: true }});
                    const clock = Date.now();
                    const began = performance.now();
                    const late = () => performance.now() - began > {LONGEST * 1000};
                    press();
                    const kept = (async () => {{
                        while (!({arm.durable or "true"}) && !late()) await window.cjmTick();
                        return performance.now() - began;
                    }})();
                    let now, same;
                    do {{
                        now = await window.cjmFrame();
                        same = !touched || watched.innerHTML === before;
                        touched = false;
                    }} while (same && !late());
                    return [now - began, await kept, clock];
                }}""",
                [int(start), int(start + chance.randrange(8, 30)), int(turn["position"])],
            )
            paint.append(result[0])
            if arm.out:
                durable.append(_file_changed(arm.out, size, result[2]))
            elif arm.durable:
                durable.append(result[1])
        return paint, durable


def _file_changed(file: Path, size: int, began: float) -> float:
    """Milliseconds from an instant until a file was written, by the time of its last change."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if file.exists():
            now = file.stat()
            # The first write of a file may be a short head alone.
            if now.st_size != size and now.st_size > 1000:
                return max(0.0, now.st_mtime * 1000 - began)
        time.sleep(0.002)
    return math.inf


def p95(values: list[float]) -> float:
    """Give the 95th percentile."""
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def shown(*values: float) -> str:
    """Write milliseconds as a cell of the table; what took too long is said so."""
    return " / ".join(
        "–" if math.isnan(v) else f"more than {LONGEST} s" if v > LONGEST * 1000 else f"{v:.0f}"
        for v in values
    )


def middle_and_p95(values: list[float]) -> str:
    """Write the median and the 95th percentile."""
    return shown(float(np.median(values)), p95(values)) if values else "–"


@contextmanager
def stopped_when_stuck() -> Iterator[None]:
    """Kill the browsers of this process when a run takes too long: playwright would wait on."""

    def kill() -> None:
        for child in psutil.Process().children(recursive=True):
            if "chrom" in child.name():
                child.kill()

    timer = threading.Timer(STUCK, kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def measure(bench: Bench, arm: Arm, project: Path, wanted: argparse.Namespace) -> str:
    """Measure one arm and write its row of the table."""
    cell, render, frames, paint, durable = [], [], [], [], []
    size = arm.size
    load = os.getloadavg()[0]
    for run in range(wanted.runs):
        number = hash((arm.name, arm.size, run)) % 10**8
        with stopped_when_stuck(), bench.shown(arm, project, number) as painted:
            cell.append(painted["cell"])
            render.append(painted["render"])
            size = arm.size + bench.spans()
            if math.isinf(cell[-1]):
                break
            frames += bench.frames(arm)
            if arm.act and run == wanted.runs - 1:
                paint, durable = bench.acts(arm, project, wanted.acts)
    if 0 < len(paint) < wanted.acts:
        size += f" ({len(paint)} acts)"
    return (
        f"| {arm.name} | {size} | {shown(np.median(cell))} | {shown(np.median(render))} | "
        f"{middle_and_p95(frames)} | {middle_and_p95(paint)} | "
        f"{middle_and_p95(durable)} | {load:.1f} |"
    )


def main() -> None:
    """Measure all arms and write the table."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--acts", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--only", action="append", metavar="NAME")
    wanted = parser.parse_args()
    LOG.parent.mkdir(exist_ok=True)
    environment: dict[str, str] = {}
    if wanted.peers:
        path = [str(ROOT), str(wanted.peers.resolve())]
        environment["PYTHONPATH"] = os.pathsep.join(path)
        environment["JUPYTER_PATH"] = str(wanted.peers.resolve() / "share" / "jupyter")
    rows = [
        "| | material | cell to painted | of it the page | scroll frame p50 / p95 | "
        "key to paint p50 / p95 | key to durable p50 / p95 | load |",
        "|---|---|---|---|---|---|---|---|",
    ]
    earlier = LOG.read_text(encoding="utf-8").rstrip() + "\n\n" if LOG.exists() else ""
    head = (
        f"# {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, "
        f"medians of {wanted.runs} runs, {wanted.acts} acts, milliseconds\n"
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root, own = Path(folder) / "lab", Path(folder) / "own"
        root.mkdir()
        own.mkdir()
        big, small = root / "big.cjm", root / "small.cjm"
        material(big, characters=300_000, codings=3000)
        material(small, characters=9_500, codings=30)
        with running(root, own, environment) as url:
            for arm, project in arms(root, big, small, wanted.peers):
                if wanted.only and arm.name not in wanted.only:
                    continue
                browser = playwright.chromium.launch(
                    executable_path=chromium(), args=["--no-sandbox", "--force-color-profile=srgb"]
                )
                try:
                    page = browser.new_page(viewport={"width": 1400, "height": 1000})
                    rows.append(measure(Bench(Lab(page, url), root), arm, project, wanted))
                except Exception as error:  # a peer that fails is a result
                    said = " ".join(str(error).split())[:160]
                    stuck = "" if browser.is_connected() else f"stopped after {STUCK} s: "
                    rows.append(f"| {arm.name} | {arm.size} | failed: {stuck}{said} | | | | | |")
                finally:
                    browser.close()
                print(rows[-1], flush=True)
                LOG.write_text(earlier + head + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
