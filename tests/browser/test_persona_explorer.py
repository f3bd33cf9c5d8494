"""The explorer of personas in JupyterLab: move a person, see the curve, undo, read, export."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import PATIENCE, Lab, notebook
from playwright.sync_api import Locator, expect

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<img src=x onerror='window.evil = 1'>"
CELLS = (
    "import os, shutil\n"
    "import cjmresearch as cjm\n"
    "shutil.copy(os.environ['CJM_PROJECT'], 'NAME.cjm')\n"
    "project = cjm.Project.open('NAME.cjm')\n"
    f"project.add_persona({EVIL!r}, coder='boris')\n"
    "explorer = cjm.widgets.PersonaExplorer(project, language='en', coder='anna')\n"
    "explorer",
)
MOVED = "Сергей"


@pytest.fixture(scope="module")
def page(lab: Lab, lab_root: Path) -> Iterator[Any]:
    """Give a notebook with the explorer, run to its end, with every curve drawn."""
    (lab_root / "personas.ipynb").write_text(
        notebook([cell.replace("NAME", "personas") for cell in CELLS]), encoding="utf-8"
    )
    with lab.opened("personas.ipynb") as opened:
        lab.run_all()
        opened.locator(".cjm-point").first.wait_for()
        settled(opened)
        yield opened
        assert lab.errors() == []


def settled(page: Any) -> list[dict[str, Any]]:
    """Wait until all is saved and every curve is counted, and give what the page holds."""
    page.wait_for_function(
        """() => {
            const state = document.querySelector('.cjm-personas').cjm.state();
            return state.save === 'saved' && state.personas.every(one => one.curve);
        }"""
    )
    found: list[dict[str, Any]] = page.evaluate(
        "() => document.querySelector('.cjm-personas').cjm.state().personas"
    )
    return found


def column(page: Any, number: int) -> Locator:
    """Give the column of a persona; 0 is everybody who is in none."""
    return page.locator(".cjm-persona").nth(number)


def counts(page: Any, number: int) -> list[str]:
    """How many people stand under each point of a drawn curve."""
    return column(page, number).locator(".cjm-n").all_text_contents()


def heights(page: Any, number: int) -> list[str]:
    """Where the points of a drawn curve are."""
    drawn: list[str] = (
        column(page, number)
        .locator(".cjm-point circle")
        .evaluate_all("all => all.map(one => one.getAttribute('cy'))")
    )
    return drawn


def test_a_person_is_dragged_the_curve_follows_and_undo_brings_it_back(page: Any) -> None:
    before = settled(page)
    shown = [(counts(page, n), heights(page, n)) for n in (1, 2)]
    assert set(shown[0][0]) == {"6"}
    chip = column(page, 1).locator(".cjm-person", has_text=MOVED)
    chip.drag_to(column(page, 2).locator(".cjm-head"))
    expect(column(page, 2).locator(".cjm-person", has_text=MOVED)).to_have_count(1)
    after = settled(page)
    assert [len(one["members"]) for one in after[:2]] == [5, 7]
    assert max(map(int, counts(page, 1))) == 5
    assert max(map(int, counts(page, 2))) == 7
    assert heights(page, 1) != shown[0][1]
    assert heights(page, 2) != shown[1][1]
    page.locator(".cjm-undo").click()
    expect(column(page, 1).locator(".cjm-person", has_text=MOVED)).to_have_count(1)
    assert settled(page) == before
    assert [(counts(page, n), heights(page, n)) for n in (1, 2)] == shown


def test_a_person_is_moved_by_keyboard_and_the_notebook_hears_nothing(page: Any) -> None:
    before = settled(page)
    column(page, 2).locator(".cjm-person").first.focus()
    page.keyboard.press("ArrowDown")
    name = page.evaluate("() => document.activeElement.firstChild.textContent")
    page.keyboard.press("1")
    expect(column(page, 1).locator(".cjm-person", has_text=name)).to_be_focused()
    settled(page)
    page.keyboard.press("Enter")
    expect(page.locator(".cjm-move [role=menuitem]").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(column(page, 1).locator(".cjm-person", has_text=name)).to_be_focused()
    for key in ("d", "d", "x", "a"):
        page.keyboard.press(key)
    page.keyboard.press("Control+z")
    expect(column(page, 2).locator(".cjm-person", has_text=name)).to_have_count(1)
    assert settled(page) == before
    assert page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length") == 1


def test_a_line_of_a_card_and_a_point_of_a_curve_open_their_words(page: Any) -> None:
    line = column(page, 1).locator("[data-section=pains] button.cjm-line-of-card").first
    people = line.locator(".cjm-count").inner_text().split(" of ")[0]
    line.click()
    expect(page.locator(".cjm-quotes .cjm-count").first).to_have_text(
        re.compile(rf"^{people} people")
    )
    assert page.locator(".cjm-quotes mark").first.inner_text().strip()
    page.keyboard.press("Escape")
    expect(page.locator(".cjm-quotes")).to_be_hidden()
    expect(line).to_be_focused()
    point = column(page, 1).get_by_role("button", name=re.compile("interval")).first
    point.focus()
    page.keyboard.press("Enter")
    page.locator(".cjm-quotes mark").first.wait_for()
    page.keyboard.press("Escape")


def test_personas_are_looked_for_accepted_and_taken_back(page: Any) -> None:
    page.locator(".cjm-look > summary").click()
    page.locator(".cjm-search").click()
    expect(page.locator(".cjm-reason")).to_contain_text("p = ")
    expect(page.locator(".cjm-found tbody tr")).to_have_count(2)
    expect(page.locator(".cjm-found .cjm-tag").first).to_have_text("stable")
    page.locator(".cjm-found input").first.fill("The careful")
    page.locator(".cjm-adopt").click()
    expect(column(page, 4).locator("h4")).to_have_text("The careful")
    settled(page)
    page.locator(".cjm-undo").click()
    expect(page.locator(".cjm-persona")).to_have_count(4)
    page.locator(".cjm-look > summary").click()


def test_the_report_is_exported_and_hostile_names_are_text(page: Any, lab_root: Path) -> None:
    expect(column(page, 3).locator("h4")).to_have_text(EVIL)
    page.locator(".cjm-report").click()
    page.locator(".cjm-folder").fill("told/report")
    page.locator(".cjm-writing .cjm-main").click()
    expect(page.locator(".cjm-written")).to_contain_text(re.compile(r"Report written: .*\.html"))
    path = Path(page.locator(".cjm-written").inner_text().split(": ", 1)[1])
    assert path == lab_root / "told" / "report" / "report.html"
    written = path.read_text(encoding="utf-8")
    assert "Those who work with the machines" in written
    assert EVIL not in written
    assert page.evaluate("() => window.evil") is None
    assert page.locator(".cjm-personas :is(img, script)").count() == 0
