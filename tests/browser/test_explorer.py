"""The explorer in a real JupyterLab: change the view, open a cell, read the words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import PATIENCE, Lab, notebook
from playwright.sync_api import expect

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = (
    "import os\n"
    "import cjmresearch as cjm\n"
    "project = cjm.Project.open(os.environ['CJM_PROJECT'])\n"
    "explorer = cjm.widgets.JourneyExplorer(project, language='en')\n"
    "explorer",
)


@pytest.fixture
def page(lab: Lab, lab_root: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Give a notebook with the explorer, run to its end."""
    name = f"{request.node.name}.ipynb"
    (lab_root / name).write_text(notebook(CELLS))
    with lab.opened(name) as opened:
        lab.run_all()
        opened.locator(".cjm-grid svg").wait_for()
        yield opened
        assert lab.errors() == []


def choose(page: Any, control: str, label: str) -> None:
    page.get_by_label(control).select_option(label=label)


def test_read_the_words_behind_a_cell(page: Any, lab: Lab, tmp_path: Path) -> None:
    page.get_by_role("button", name="Barriers and pains", exact=True).click()
    cell = page.get_by_role("button", name=re.compile(r"^\d+ of \d+$")).first
    cell.wait_for()
    people = cell.inner_text().split(" of ")[0]
    cell.click()
    page.locator(".cjm-card").first.wait_for()
    expect(page.locator(".cjm-count").first).to_have_text(re.compile(rf"^{people} participant"))
    assert page.locator(".cjm-card mark").first.inner_text().strip()
    assert page.locator(".cjm-card header b").first.inner_text().strip()
    expect(page.locator(".cjm-cell.cjm-open")).to_have_count(1)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.theme(theme)
        ink = page.locator(".cjm-card mark").first.evaluate("e => getComputedStyle(e).color")
        dark = theme.endswith("Dark")
        assert (int(re.findall(r"\d+", ink)[0]) > 128) is dark
        picture = tmp_path / f"explorer-{'dark' if dark else 'light'}.png"
        page.screenshot(path=picture)
        assert picture.stat().st_size > 20_000


def test_persona_and_model_change_the_map(page: Any) -> None:
    before = page.locator(".cjm-grid svg").inner_html()
    choose(page, "Whose journey", "Those who work with the machines (6)")
    page.wait_for_function(
        "old => document.querySelector('.cjm-grid svg').innerHTML !== old", arg=before
    )
    page.get_by_text("of 6 participants spoke of it").wait_for()
    expect(page.locator(".cjm-stage")).to_have_count(8)
    choose(page, "Journey model", "AIDA, 4 stages")
    page.wait_for_function("() => document.querySelectorAll('.cjm-stage').length === 4")
    outside = page.locator(".cjm-outside .cjm-cell", has_text="Barriers and pains")
    outside.click()
    page.locator(".cjm-heading", has_text="Outside the model").wait_for()
    page.locator(".cjm-card mark").first.wait_for()


def test_machine_tags_say_so(page: Any) -> None:
    assert page.locator(".cjm-banner").count() == 0
    page.get_by_label("With machine tags").check()
    page.locator(".cjm-banner").wait_for()
    expect(page.locator(".cjm-banner")).to_contain_text("machine-tagged, uncorrected")
    page.get_by_label("With machine tags").uncheck()
    page.wait_for_function("() => document.querySelectorAll('.cjm-banner').length === 0")


def test_a_cell_opens_by_keyboard(page: Any) -> None:
    page.locator(".cjm-cell").first.focus()
    page.keyboard.press("Tab")
    chosen = page.evaluate("() => document.activeElement.title")
    page.keyboard.press("Space")
    page.locator(".cjm-card").first.wait_for()
    expect(page.locator(".cjm-cell.cjm-open").first).to_have_attribute("title", chosen)


def test_shows_more_quotes_on_demand(page: Any) -> None:
    page.locator(".cjm-cell", has_text=" of ").first.click()
    page.locator(".cjm-card").first.wait_for()
    first = page.locator(".cjm-card").count()
    page.get_by_role("button", name=re.compile("Show more")).click()
    page.wait_for_function("n => document.querySelectorAll('.cjm-card').length > n", arg=first)
