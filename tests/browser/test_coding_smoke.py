"""The coding workbench in a real JupyterLab: the shortest way through it, and its conversion."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import PATIENCE, Lab, notebook
from playwright.sync_api import expect

from cjmresearch import Project, read
from cjmresearch.widgets import coding_page

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<img src=x onerror='window.evil = 1'><script>window.evil = 2</script>"
TALK = f"""Интервьюер: Как вы выбирали? {EVIL}
Ирина: Долго 😀 сравнивали. Сайт помог, а потом спросили коллег.
Интервьюер: А что мешало?
Ирина: Договор согласовывали месяц.
"""
ROOT = "document.querySelector('.cjm-coding')"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    (tmp_path / "talk.txt").write_text(TALK, encoding="utf-8")
    path = tmp_path / "study.cjm"
    with Project.create(path, goal="learn") as project:
        project.add(read.transcript(tmp_path / "talk.txt"))
    return path


@pytest.fixture
def page(lab: Lab, lab_root: Path, study: Path) -> Iterator[Any]:
    cell = (
        "import cjmresearch as cjm\n"
        f"project = cjm.Project.open({str(study)!r})\n"
        "widget = cjm.widgets.CodingWidget(project, coder='anna', language='en')\n"
        "widget"
    )
    (lab_root / "coding.ipynb").write_text(notebook([cell]), encoding="utf-8")
    with lab.opened("coding.ipynb") as opened:
        lab.run_all()
        opened.locator(".cjm-coding .cjm-text").first.wait_for()
        yield opened
        assert lab.errors() == []


def saved(page: Any, count: int) -> None:
    """Wait until all is acknowledged and so many codings are there."""
    page.wait_for_function(
        f"n => {{ const s = {ROOT}.cjm.state();"
        " return s.save === 'saved' && s.codings.length === n; }",
        arg=count,
    )


def select(page: Any, words: str) -> None:
    start = page.evaluate(
        "w => { for (const t of document.querySelectorAll('.cjm-text')) {"
        " const at = t.textContent.indexOf(w); if (at < 0) continue;"
        " return Number(t.dataset.start) + [...t.textContent.slice(0, at)].length; } }",
        words,
    )
    page.evaluate(f"([a, b]) => {ROOT}.cjm.select(a, b)", [start, start + len(words)])


def quotes(study: Path) -> list[str]:
    with Project.open(study) as project:
        return sorted(project.frame("codings")["quote"])


def test_select_code_take_back_and_go_on_after_a_restart(page: Any, lab: Lab, study: Path) -> None:
    select(page, "😀 сравнивали")
    assert page.evaluate(f"() => {ROOT}.cjm.selection().quote") == "😀 сравнивали"
    page.keyboard.press("z")
    saved(page, 1)
    assert quotes(study) == ["😀 сравнивали"]
    expect(page.locator(".cjm-mark.cjm-coded")).to_have_text("😀 сравнивали")
    select(page, "Договор")
    # With a Russian layout the key of "c" writes "с".
    page.evaluate(
        "() => document.querySelector('.cjm-transcript').dispatchEvent(new KeyboardEvent("
        "'keydown', {key: 'с', code: 'KeyC', bubbles: true, composed: true}))"
    )
    saved(page, 2)
    page.keyboard.press("Control+z")
    saved(page, 1)
    page.keyboard.press("Control+Shift+Z")
    saved(page, 2)
    cells = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    for key in ("x", "b", "d", "d", "a"):
        page.keyboard.press(key)
    assert page.evaluate(cells) == 1
    assert page.evaluate("() => window.evil") is None
    expect(page.locator(".cjm-text").first).to_contain_text(EVIL)

    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.context.sessionContext"
        ".session.kernel.restart()"
    )
    expect(page.locator(".cjm-save")).to_have_attribute("data-save", "offline")
    expect(page.locator(".cjm-banner")).to_be_visible()
    select(page, "месяц")
    page.keyboard.press("z")
    expect(page.locator(".cjm-mark.cjm-pending")).to_have_text("месяц")
    assert "месяц" not in quotes(study)
    lab.run_all()
    page.locator(".cjm-mark.cjm-coded").first.wait_for()
    page.wait_for_function(f"() => {ROOT}.cjm.state().save === 'saved'")
    expect(page.locator(".cjm-mark.cjm-pending")).to_have_count(0)
    assert "месяц" in quotes(study)


def test_the_script_converts_ten_thousand_spans_as_python_does(lab: Lab) -> None:
    pieces = [
        "й",
        "и\u0306",
        "e\u0301",
        "😀",
        "👨‍👩‍👧",
        "𝒳",
        "🇷🇺",
        "\n",
        " ",
        "слово",
        "a",
        "\u200d",
        "𐍈",
    ]
    chance = random.Random(20261122)
    cases = []
    for _ in range(10_000):
        text = "".join(chance.choices(pieces, k=chance.randrange(1, 24)))
        start, end = sorted(chance.choices(range(len(text) + 1), k=2))
        cut = chance.randrange(len(text) + 1)
        cases.append([text, cut, start, end])
    folder = Path(coding_page.__file__).parent / "static" / "coding"
    script = (folder / "text.js").read_text(encoding="utf-8")
    blank = lab.page.context.browser.new_page()
    try:
        found = blank.evaluate(
            "([script, cases]) => { const make = new Function(script + '; return Source;');"
            " const Source = make(); return cases.map(([text, cut, start, end]) => {"
            "  const length = [...text].length;"
            "  const turns = [[0, 0, cut, 0, null, null], [1, cut, length, 0, null, null]];"
            "  const source = new Source({text, turns, speakers: []});"
            "  const inside = t => Math.min(Math.max(start, t.start), t.end);"
            "  const back = source.turns.map(t => t.point(t.unit(inside(t))));"
            "  return [source.slice(start, end), source.turns.map(t => t.text), back]; }); }",
            [script, cases],
        )
    finally:
        blank.close()
    for (text, cut, start, end), (quote, turns, back) in zip(cases, found, strict=True):
        assert quote == text[start:end]
        assert turns == [text[:cut], text[cut:]]
        assert back == [min(start, cut), max(start, cut)]
