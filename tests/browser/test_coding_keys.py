"""Keys at the workbench stay there, in any layout; what is not saved is never shown as saved."""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from coder import CODES, Coder, coding, make_project, saved, spans_of
from lab import PATIENCE, Lab
from playwright.sync_api import expect

from cjmresearch import report
from cjmresearch.store import Project

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

LINES = [f"Реплика {n}: мы долго ждали ответа 😀 и договор" for n in range(8)]
EVIL = (
    "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
    ' <a href="javascript:window.evil=3">сюда</a> \x1b[31mкрасно\x1b[0m'
)
RUSSIAN = {
    "KeyX": "ч", "KeyB": "и", "KeyA": "ф", "KeyD": "в", "KeyZ": "я", "KeyC": "с", "KeyV": "м",
    "KeyY": "н", "KeyM": "ь", "KeyO": "щ", "KeyJ": "о", "KeyK": "л", "KeyR": "к", "KeyH": "р",
    "KeyI": "ш", "KeyS": "ы", "KeyE": "у", "KeyF": "а", "KeyG": "п", "KeyL": "д", "KeyN": "т",
    "KeyP": "з", "KeyQ": "й", "KeyT": "е", "KeyU": "г", "KeyW": "ц",
}  # fmt: skip
NOTEBOOK = """() => {
    const cells = window.jupyterapp.shell.currentWidget.content.widgets;
    return cells.map(c => [c.model.type, c.model.sharedModel.source, c.model.executionCount]);
}"""


@pytest.fixture
def coder(lab: Lab, lab_root: Path, request: pytest.FixtureRequest) -> Iterator[Coder]:
    """Open the workbench on a small talk."""
    path = lab_root / f"{request.node.name.split('[')[0]}-{time.time_ns()}.cjm"
    make_project(path, LINES)
    with coding(lab, lab_root, path) as opened:
        yield opened


def spans(coder: Coder, count: int) -> list[tuple[int, int]]:
    return spans_of(coder.project, random.Random(3), count)


def press_key(coder: Coder, code: str, key: str, modifiers: int = 0) -> None:
    """Press a key of any layout: `code` says where it lies, `key` what it writes."""
    session = coder.page.context.new_cdp_session(coder.page)
    virtual = ord(code[-1]) if code.startswith(("Key", "Digit")) else 0
    common = {"code": code, "key": key, "modifiers": modifiers, "windowsVirtualKeyCode": virtual}
    text = {} if modifiers else {"text": key}
    session.send("Input.dispatchKeyEvent", {"type": "keyDown", **common, **text})
    session.send("Input.dispatchKeyEvent", {"type": "keyUp", **common})
    session.detach()


# -- keys ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["english", "russian"])
def test_keys_never_cut_add_or_run_a_cell(coder: Coder, layout: str) -> None:
    page = coder.page
    before = page.evaluate(NOTEBOOK)
    [span] = spans(coder, 1)
    for code, letter in RUSSIAN.items():
        key = letter if layout == "russian" else code[-1].lower()
        for _ in range(2):
            coder.select(span)
            press_key(coder, code, key)
    for key in (
        "Enter",
        "Shift+Enter",
        "Delete",
        "Backspace",
        "Home",
        "End",
        "0",
        "0",
        "/",
        "Space",
    ):
        coder.select(span)
        page.keyboard.press(key)
    coder.ask("root => root.querySelector('.cjm-find, input[type=search]').focus()")
    page.keyboard.type("xbadd")
    coder.settle()
    assert page.evaluate(NOTEBOOK) == before


def test_keys_of_running_do_not_run_the_cell_of_the_widget(coder: Coder) -> None:
    page = coder.page
    before = page.evaluate(NOTEBOOK)
    [span] = spans(coder, 1)
    for key in ("Shift+Enter", "Control+Enter", "Alt+Enter"):
        coder.select(span)
        page.keyboard.press(key)
    coder.code(span, CODES[0])
    coder.settle()
    assert page.evaluate(NOTEBOOK) == before


@pytest.mark.parametrize(("undo", "redo"), [("z", "y"), ("я", "н")])
def test_undo_and_redo_with_both_layouts(coder: Coder, undo: str, redo: str) -> None:
    first, second = spans(coder, 2)
    coder.code(first, CODES[0])
    coder.code(second, CODES[1])
    coder.settle()
    coder.select(first)
    press_key(coder, "KeyZ", undo, modifiers=2)
    coder.settle()
    assert set(coder.codings()) == {(*first, CODES[0])}
    press_key(coder, "KeyY", redo, modifiers=2)
    coder.settle()
    assert set(coder.codings()) == {(*first, CODES[0]), (*second, CODES[1])}
    press_key(coder, "KeyZ", undo, modifiers=2)
    coder.settle()
    press_key(coder, "KeyZ", undo.upper(), modifiers=2 | 8)
    coder.settle()
    assert saved(coder.project) == {(*first, CODES[0]), (*second, CODES[1])}


def test_a_code_by_its_key_and_ctrl_s_still_saves_the_notebook(coder: Coder) -> None:
    [span] = spans(coder, 1)
    coder.select(span)
    coder.page.keyboard.press("2")
    coder.settle()
    assert saved(coder.project) == {(*span, "b2b8:search")}
    coder.page.evaluate(
        "() => { window.jupyterapp.shell.currentWidget.context.model.dirty = true; }"
    )
    coder.select(span)
    coder.page.keyboard.press("Control+s")
    coder.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")


def test_it_works_while_a_cell_runs(coder: Coder, lab_root: Path) -> None:
    page = coder.page
    gate = lab_root / f"gate-{time.time_ns()}"
    source = f"import os, time\nwhile not os.path.exists({str(gate)!r}):\n    time.sleep(0.01)"
    page.evaluate(
        """source => {
            const panel = window.jupyterapp.shell.currentWidget;
            panel.content.activeCellIndex = 0;
            window.jupyterapp.commands.execute('notebook:insert-cell-below').then(() => {
                panel.content.activeCell.model.sharedModel.setSource(source);
                window.jupyterapp.commands.execute('notebook:run-cell');
            });
        }""",
        source,
    )
    page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget.context.sessionContext
            .session.kernel.status === 'busy'"""
    )
    try:
        first, second = spans(coder, 2)
        coder.code(first, CODES[0])
        coder.code(second, CODES[0])
        coder.settle()
        assert len(saved(coder.project)) == 2
    finally:
        gate.touch()
    page.wait_for_function(
        """() => window.jupyterapp.shell.currentWidget.context.sessionContext
            .session.kernel.status === 'idle'"""
    )


# -- what is not saved -----------------------------------------------------------------------------


def painted(coder: Coder) -> dict[str, int]:
    """Count the passages that are painted as coded and as on their way."""
    script = "(root, name) => root.querySelectorAll(`mark.${name}`).length"
    return {name: coder.ask(script, name) for name in ("cjm-coded", "cjm-pending")}


def loud(coder: Coder) -> str:
    """Wait until the widget says that it can't save; what it says."""
    coder.until("root => ['offline', 'failed'].includes(root.cjm.state().save)")
    words = coder.page.locator(".cjm-coding:not([data-old]) [data-save]").first
    expect(words).to_be_visible()
    return words.inner_text()


def test_after_a_kernel_restart_nothing_unsaved_is_painted_as_coded(coder: Coder) -> None:
    first, second = spans(coder, 2)
    coder.code(first, CODES[0])
    coder.settle()
    coder.restart_only()
    coder.code(second, CODES[1])
    assert "1" in loud(coder)
    state = coder.state()
    assert state["pending"] == 1
    assert set(coder.codings()) == {(*first, CODES[0])} == saved(coder.project)
    assert painted(coder)["cjm-pending"] >= 1
    coder.run()
    coder.settle()
    both = {(*first, CODES[0]), (*second, CODES[1])}
    assert set(coder.codings()) == both == saved(coder.project)
    assert painted(coder)["cjm-pending"] == 0


def test_a_dead_kernel_is_loud_and_the_work_outlives_a_reload(coder: Coder) -> None:
    first, second = spans(coder, 2)
    coder.code(first, CODES[0])
    coder.settle()
    coder.kill()
    coder.code(second, CODES[1])
    loud(coder)
    coder.lab.reload(coder.name)
    coder.run()
    coder.settle()
    assert saved(coder.project) == {(*first, CODES[0]), (*second, CODES[1])}


def test_a_project_that_can_not_be_written_is_loud_and_saved_later(coder: Coder) -> None:
    first, second = spans(coder, 2)
    coder.code(first, CODES[0])
    coder.settle()
    other = sqlite3.connect(coder.project, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        coder.code(second, CODES[1])
        loud(coder)
        assert set(coder.codings()) == {(*first, CODES[0])}
        assert coder.state()["pending"] == 1
    finally:
        other.execute("ROLLBACK")
        other.close()
    coder.settle()
    assert saved(coder.project) == {(*first, CODES[0]), (*second, CODES[1])}


def test_an_undo_whose_answer_was_lost_is_not_done_twice(coder: Coder) -> None:
    three = spans(coder, 3)
    for span in three:
        coder.code(span, CODES[0])
    coder.settle()
    # The answer is lost as it is with a killed kernel: the page never hears of what was done.
    coder.page.evaluate(
        """() => { window.cjmUndo = null; const kept = Storage.prototype.removeItem;
            Storage.prototype.removeItem = function (key) {
                if (!key.startsWith('cjm-outbox')) kept.call(this, key);
            }; }"""
    )
    coder.press("Control+z")
    coder.settle()
    expected = {(*span, CODES[0]) for span in three[:2]}
    assert saved(coder.project) == expected
    coder.reload()
    coder.settle()
    assert saved(coder.project) == expected
    assert set(coder.codings()) == expected


# -- strangers' words ------------------------------------------------------------------------------


def test_a_hostile_transcript_is_text_in_widget_page_and_report(
    lab: Lab, lab_root: Path, tmp_path: Path
) -> None:
    path = lab_root / "hostile.cjm"
    text = make_project(path, [EVIL, f"да {EVIL}", *LINES])
    with Project.open(path) as project:
        project.add_code("own:evil", kind="pain", coder="import", name_en=EVIL, definition=EVIL)
        source = str(project.frame("sources")["source_id"].iloc[0])
        start = text.index("<script>")
        project.code(source, start, start + 60, "own:evil", coder="anna", memo=EVIL)
        people = project.frame("participants").assign(consent=True, pseudonym=EVIL)
        project.add_participants(people[["participant_id", "consent", "pseudonym"]])
    with coding(lab, lab_root, path) as coder:
        harmless(coder.page, ".cjm-coding")
        coder.select((start, start + 60))
        coder.press("Tab")
        harmless(coder.page, ".cjm-coding")
    with Project.open(path) as project:
        study = project.study()
    pages = [tmp_path / "page.html"]
    pages[0].write_text(report.transcript_page(study, source, language="en"), encoding="utf-8")
    pages += report.write(study, tmp_path / "report", language="en")
    for file in pages:
        view = lab.page.context.browser.new_page()
        view.goto(file.as_uri())
        harmless(view, "body")
        view.close()


def harmless(page: Any, root: str) -> None:
    """See that the words stand as text in an element and that nothing of them came alive."""
    words = page.locator(root).first.inner_text()
    assert "<script>window.evil = 1</script>" in words.replace("\u00ad", "")
    assert page.evaluate("() => window.evil") is None
    assert page.locator(f"{root} img").count() == 0
    assert page.locator(f"{root} a[href^='javascript']").count() == 0
