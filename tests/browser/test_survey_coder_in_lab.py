"""The coder of survey answers in a real JupyterLab: many at once, by key in any layout, safely."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import PATIENCE, Lab, notebook
from playwright.sync_api import expect

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
CELLS = (
    "import pathlib\n"
    "import pandas as pd\n"
    "import cjmresearch as cjm\n"
    "said = ['Долго ждали доставку'] * 3 + ['долго ждали доставку!'] * 2\n"
    f"said += ['Хамили 😤 но привезли', {EVIL!r}, 'Цена высокая']\n"
    "said += [f'ответ номер {i} о том, как всё было {i % 7}' for i in range(400)]\n"
    "frame = pd.DataFrame({'ID': [f'R{i}' for i in range(len(said))],\n"
    "    'Порекомендуете нас? (0–10)': [i % 11 for i in range(len(said))], 'Почему?': said})\n"
    "frame.to_csv('asked.csv', index=False)\n"
    "pathlib.Path(NAME).unlink(missing_ok=True)\n"
    "project = cjm.Project.create(NAME, goal='why they leave')\n"
    "project.add(cjm.read.survey('asked.csv'))\n"
    "coder = cjm.widgets.SurveyCoder(project, 'Почему?', coder='anna', language='en',\n"
    "    suggest=False, encoder=None)\n"
    "coder",
    "",
)
CHECK = (
    "codings = project.frame('codings')\n"
    "print('CODED', len(codings), sorted(set(codings['quote'])), project.verify())"
)


@pytest.fixture
def page(lab: Lab, lab_root: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Give a notebook with the coder, run to its end, with the groups there."""
    name = f"{request.node.name}.ipynb"
    cells = [CELLS[0].replace("NAME", repr(f"{request.node.name}.cjm")), CHECK]
    (lab_root / name).write_text(notebook(cells), encoding="utf-8")
    with lab.opened(name) as opened:
        lab.run_all()
        opened.locator(".cjm-answer").first.wait_for()
        opened.wait_for_function("() => document.querySelector('.cjm-survey').cjm.state().grouped")
        opened.locator(".cjm-by-order").select_option("frequent")
        opened.locator(".cjm-answers").focus()
        yield opened
        assert lab.errors() == []


def state(page: Any) -> dict[str, Any]:
    """Wait until all is saved, and give what the page holds."""
    page.wait_for_function(
        "() => document.querySelector('.cjm-survey').cjm.state().save === 'saved'"
    )
    found: dict[str, Any] = page.evaluate("() => document.querySelector('.cjm-survey').cjm.state()")
    return found


def marks(page: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mark in state(page)["marks"]:
        found.setdefault(mark["text"], []).append(mark["code"])
    return found


def printed(page: Any) -> str:
    """Run the last cell again and give what it prints."""
    return str(
        page.evaluate(
            """async () => {
                const shown = window.jupyterapp.shell.currentWidget;
                shown.content.activeCellIndex = shown.content.widgets.length - 1;
                await window.jupyterapp.commands.execute('notebook:run-cell');
                const { outputs } = shown.content.widgets.at(-1).model;
                return outputs.toJSON().map(o => o.text).join('');
            }"""
        )
    )


def press_as_russian(page: Any, code: str, key: str) -> None:
    """Press a key as a Russian layout sends it."""
    page.evaluate(
        """([code, key]) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
            { code, key, bubbles: true, cancelable: true, composed: true }))""",
        [code, key],
    )


def cells(page: Any) -> int:
    return int(page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length"))


def test_many_answers_and_their_copies_are_coded_by_one_key(page: Any) -> None:
    expect(page.locator(".cjm-answer").first.locator(".cjm-copies")).to_have_text("×5")
    page.keyboard.press("Space")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(".cjm-meant")).to_have_text("Selected: 2, answers: 6")
    page.keyboard.press("q")
    expect(page.locator(".cjm-answer .cjm-chip:not(.cjm-pending)")).to_have_count(2)
    assert set(marks(page)) == {"Долго ждали доставку", "Хамили 😤 но привезли"}
    assert printed(page).startswith(
        "CODED 6 ['Долго ждали доставку', 'Хамили 😤 но привезли', 'долго ждали доставку!'] []"
    )
    page.locator(".cjm-answers").focus()
    page.keyboard.press("Control+z")
    expect(page.locator(".cjm-answer .cjm-chip")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    expect(page.locator(".cjm-answer .cjm-chip")).to_have_count(2)


def test_keys_of_a_russian_layout_code_and_undo_and_never_reach_the_notebook(page: Any) -> None:
    before = cells(page)
    press_as_russian(page, "KeyQ", "й")
    expect(page.locator(".cjm-answer .cjm-chip:not(.cjm-pending)")).to_have_count(1)
    for code, key in (("KeyX", "ч"), ("KeyA", "ф"), ("KeyB", "и"), ("KeyD", "в"), ("KeyD", "в")):
        press_as_russian(page, code, key)
    for key in ("x", "a", "b", "d", "d", "Enter", "Escape"):
        page.keyboard.press(key)
    page.locator(".cjm-answers").focus()
    assert cells(page) == before
    page.evaluate(
        """() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown',
            { code: 'KeyZ', key: 'я', ctrlKey: true, bubbles: true, cancelable: true }))"""
    )
    state(page)
    assert cells(page) == before
    expect(page.locator(".cjm-redo")).to_be_enabled()


def test_a_code_is_made_by_typing_its_name_and_filters_follow(page: Any) -> None:
    page.keyboard.press("Enter")
    page.keyboard.type("долгая доставка 🚚")
    page.keyboard.press("Enter")
    expect(page.locator(".cjm-chip-name").first).to_have_text("долгая доставка 🚚")
    assert marks(page) == {"Долго ждали доставку": ["own:долгая_доставка"]}
    assert printed(page).startswith("CODED 5")
    page.locator(".cjm-by-show").select_option("uncoded")
    expect(page.locator(".cjm-meant")).to_have_text(
        "Shown: 403, answers: 403".replace("Shown", "Rows")
    )
    page.locator(".cjm-find").fill("ВЫСОКАЯ")
    expect(page.locator(".cjm-answer")).to_have_count(1)


def test_words_of_an_answer_are_coded_as_a_part_of_it(page: Any) -> None:
    page.evaluate(
        """() => {
            const words = [...document.querySelectorAll('.cjm-words')]
                .find(one => one.textContent.includes('Хамили'));
            const at = words.textContent.indexOf('привезли');
            const range = document.createRange();
            range.setStart(words.firstChild, at);
            range.setEnd(words.firstChild, at + 8);
            const chosen = window.getSelection();
            chosen.removeAllRanges();
            chosen.addRange(range);
        }"""
    )
    page.keyboard.press("w")
    expect(page.locator(".cjm-part")).to_have_text("привезли")
    assert printed(page).startswith("CODED 1 ['привезли'] []")


def test_hostile_answers_are_shown_as_text(page: Any) -> None:
    page.locator(".cjm-find").fill("script")
    expect(page.locator(".cjm-answer")).to_have_count(1)
    expect(page.locator(".cjm-answer .cjm-words")).to_have_text(EVIL)
    page.locator(".cjm-answer").click()
    page.keyboard.press("Shift+I")
    expect(page.locator(".cjm-find-code")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".cjm-answer .cjm-chip")).to_have_count(1)
    assert page.evaluate("() => window.evil") is None
    assert page.locator(".cjm-survey script, .cjm-survey img").count() == 0
