"""The explorer in a real JupyterLab: open a point, filter, compare, edit items, lose nothing."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from lab import PATIENCE, Lab, notebook
from playwright.sync_api import expect

from cjmresearch import Project, read

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
CELL = (
    "import cjmresearch as cjm\n"
    "project = cjm.Project.open({path!r})\n"
    "explorer = cjm.widgets.JourneyExplorer(project, coder='anna', language='en')\n"
    "explorer"
)
KEPT = "() => { const s = document.querySelector('.cjm-explorer').cjm.state(); return s.save === 'saved' && !s.pending; }"  # noqa: E501


@pytest.fixture
def project(sample_project: Path, tmp_path: Path) -> Path:
    """Give a project file of the test's own."""
    return Path(shutil.copy(sample_project, tmp_path / "own.cjm"))


@contextmanager
def opened(lab: Lab, root: Path, project: Path, name: str) -> Iterator[Any]:
    (root / name).write_text(notebook([CELL.format(path=str(project))]), encoding="utf-8")
    with lab.opened(name) as page:
        lab.run_all()
        page.locator(".cjm-drawing .cjm-point").first.wait_for()
        yield page
        assert lab.errors() == []


@pytest.fixture
def page(lab: Lab, lab_root: Path, project: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Give a notebook with the explorer, run to its end."""
    with opened(lab, lab_root, project, f"{request.node.name}.ipynb") as found:
        yield found


def choose(page: Any, control: str, **option: Any) -> None:
    page.locator(f"[data-control={control}]").select_option(**option)


def saved(page: Any) -> None:
    """Wait until every edit is on the disk."""
    page.wait_for_function(KEPT)


def items(path: Path) -> list[tuple[str, str, str | None]]:
    with Project.open(path) as project:
        assert project.verify() == []
        found = project.frame("items")
    found = found.astype(object).where(found.notna(), None)
    return list(found[["stage", "text", "owner"]].itertuples(index=False, name=None))


def content(path: Path) -> str:
    with Project.open(path) as project:
        return project.hash()


def cells(page: Any) -> int:
    return int(page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length"))


def test_a_point_opens_its_quotes_and_the_model_changes(
    page: Any, lab: Lab, tmp_path: Path
) -> None:
    point = page.locator(".cjm-drawing .cjm-point[data-stage='b2b8:purchase']")
    n = page.locator(".cjm-value", has_text="n =").nth(3).locator("small").inner_text()
    point.click()
    expect(page.locator(".cjm-heading h4")).to_contain_text("Decision and purchase · Mood")
    people = n.removeprefix("n = ")
    expect(page.locator(".cjm-counts")).to_have_text(
        re.compile(rf"^{people} participants? of 12, \d+ mentions$")
    )
    assert page.locator(".cjm-card mark").first.inner_text().strip()
    expect(page.locator(".cjm-card .cjm-number").first).to_have_text("1")
    expect(page.locator(".cjm-cell.cjm-open")).to_have_count(1)
    first = page.locator(".cjm-card").count()
    page.get_by_role("button", name=re.compile("Show more")).click()
    page.wait_for_function("n => document.querySelectorAll('.cjm-card').length > n", arg=first)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        lab.theme(theme)
        ink = page.locator(".cjm-card mark").first.evaluate("e => getComputedStyle(e).color")
        assert (int(re.findall(r"\d+", ink)[0]) > 128) is theme.endswith("Dark")
        page.screenshot(path=tmp_path / f"{theme}.png")
    choose(page, "model", value="aida4")
    expect(page.locator(".cjm-stage")).to_have_count(4)
    page.locator(".cjm-outside .cjm-cell", has_text="Barriers and pains").click()
    expect(page.locator(".cjm-heading h4")).to_contain_text("Outside the model")
    page.locator(".cjm-card mark").first.wait_for()


def test_filters_change_every_n_and_two_maps_stand_side_by_side(page: Any) -> None:
    choose(page, "role", value="engineer")
    expect(page.locator(".cjm-side .cjm-n")).to_have_text(re.compile("^3 participants"))
    expect(page.locator(".cjm-small")).to_contain_text("Few people: 3")
    people = [
        int(n.removeprefix("n = ")) for n in page.locator(".cjm-value small").all_inner_texts()
    ]
    assert max(people) <= 3
    page.locator("[data-layer=barriers]").click()
    expect(page.locator(".cjm-text").first).to_have_text(re.compile(r"^\d of 3$"))
    page.locator(".cjm-clear").click()
    expect(page.locator(".cjm-side .cjm-n")).to_have_text(re.compile("^12 participants"))
    assert page.locator(".cjm-machine-note").count() == 0
    page.locator("[data-control=include]").check()
    expect(page.locator(".cjm-machine-note")).to_contain_text("machine-tagged, uncorrected")
    page.locator("[data-control=include]").uncheck()
    expect(page.locator(".cjm-machine-note")).to_have_count(0)
    choose(page, "persona", label="Those who work with the machines (6)")
    choose(page, "against", label="Those who pay and sign (6)")
    expect(page.locator(".cjm-side")).to_have_count(2)
    expect(page.locator(".cjm-values")).to_have_count(2)
    page.locator(".cjm-changes details").evaluate("e => { e.open = true; }")
    told = page.locator(".cjm-changes li", has_text="Decision and purchase: mood")
    told.locator(".cjm-mark-1").click()
    expect(page.locator(".cjm-heading")).to_contain_text("Those who pay and sign")


def test_an_opportunity_is_edited_saved_undone_and_survives_a_reload(
    page: Any, lab: Lab, project: Path, request: pytest.FixtureRequest
) -> None:
    before, notebook_cells = content(project), cells(page)
    page.get_by_role("button", name="Add to Opportunities for improvement, Decision and").click()
    expect(page.locator(".cjm-new .cjm-text:visible")).to_be_focused()
    page.keyboard.type("Answer sooner, add b and x")
    page.keyboard.press("Enter")
    expect(page.locator(".cjm-item[data-item]:visible")).to_have_count(1)
    saved(page)
    assert items(project) == [("b2b8:purchase", "Answer sooner, add b and x", None)]
    page.locator(".cjm-item[data-item]:visible .cjm-owner").fill("Sales")
    page.keyboard.press("Tab")
    saved(page)
    assert items(project) == [("b2b8:purchase", "Answer sooner, add b and x", "Sales")]
    page.locator(".cjm-item[data-item]:visible .cjm-link-to").select_option("barriers:slow_reply")
    expect(page.locator(".cjm-links:visible .cjm-tag")).to_contain_text("Slow reply")
    saved(page)
    lab.reload(f"{request.node.name}.ipynb")
    page.locator("[data-tab=plan]").click()
    expect(page.locator(".cjm-plan .cjm-item[data-item] .cjm-owner")).to_have_value("Sales")
    expect(page.locator(".cjm-undo")).to_have_attribute("title", "Undo: link")
    page.locator(".cjm-undo").click()
    expect(page.locator(".cjm-undo")).to_have_attribute("title", "Undo: change of an item")
    page.locator(".cjm-value").first.focus()
    page.keyboard.press("Control+z")
    expect(page.locator(".cjm-plan .cjm-item[data-item] .cjm-owner")).to_have_value("")
    page.keyboard.press("Control+z")
    expect(page.locator(".cjm-item[data-item]")).to_have_count(0)
    saved(page)
    assert content(project) == before
    page.locator(".cjm-value").first.focus()
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".cjm-plan .cjm-item[data-item]")).to_have_count(1)
    saved(page)
    assert cells(page) == notebook_cells


def test_keys_move_over_the_map_and_never_reach_the_notebook(page: Any) -> None:
    before = cells(page)
    page.locator(".cjm-value").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".cjm-list:focus")).to_have_attribute(
        "title", re.compile("^Search for solutions, Touchpoints: ")
    )
    assert page.locator(".cjm-map [tabindex='0']").count() == 1
    page.keyboard.press("Enter")
    expect(page.locator(".cjm-heading h4")).to_contain_text("Search for solutions · Touchpoints")
    expect(page.locator(".cjm-list.cjm-open:focus")).to_have_count(1)
    for key in ("a", "b", "x", "d", "d", "m", "z", "Shift+m", "Control+Enter"):
        page.keyboard.press(key)
    page.keyboard.press("Escape")
    expect(page.locator(".cjm-card")).to_have_count(0)
    assert cells(page) == before


def test_a_lost_kernel_is_said_loudly_and_what_was_typed_is_kept(
    page: Any, lab: Lab, project: Path
) -> None:
    page.evaluate(
        """async () => {
            const { sessionContext } = window.jupyterapp.shell.currentWidget.context;
            await sessionContext.session.kernel.restart();
        }"""
    )
    expect(page.locator(".cjm-alarm")).to_contain_text("disconnected from its Python kernel")
    page.locator("[data-tab=plan]").click()
    page.locator(".cjm-plan .cjm-new .cjm-text").fill("Kept while nobody listens")
    page.keyboard.press("Enter")
    expect(page.locator(".cjm-coming:visible")).to_contain_text("Kept while nobody listens")
    expect(page.locator(".cjm-alarm")).to_contain_text("Unsaved edits (1)")
    assert items(project) == []
    lab.run_all()
    page.wait_for_function(KEPT)
    assert items(project) == [("b2b8:awareness", "Kept while nobody listens", None)]


def test_hostile_words_are_shown_as_text(
    lab: Lab, lab_root: Path, project: Path, tmp_path: Path
) -> None:
    talk = f"Ia: How, {EVIL}?\nAl: Yes.\nIa: And then?\nAl: Before {EVIL} after\n"
    (tmp_path / "talk.txt").write_text(talk, encoding="utf-8")
    with Project.open(project) as own:
        source = own.add(read.transcript(tmp_path / "talk.txt", participants={"Al": EVIL}))
        turn = own.frame("turns").query("source_id == @source").iloc[-1]
        for code in ("b2b8:purchase", "feelings:irritation"):
            own.code(source, int(turn["start"]), int(turn["end"]), code, coder=EVIL)
        own.add_item("b2b8:purchase", "opportunities", EVIL, coder="anna", owner=EVIL)
    with opened(lab, lab_root, project, "hostile.ipynb") as page:
        choose(page, "coder", value=EVIL)
        expect(page.locator(".cjm-side .cjm-n")).to_have_text("1 participant, 1 coding")
        page.locator(".cjm-value").first.click()
        expect(page.locator(".cjm-card mark")).to_have_text(f"Before {EVIL} after")
        page.locator("[data-tab=plan]").click()
        expect(page.locator(".cjm-plan .cjm-item[data-item] .cjm-text")).to_have_value(EVIL)
        assert page.evaluate("() => window.evil") is None
        assert page.locator(".cjm-explorer :is(script, img)").count() == 0
