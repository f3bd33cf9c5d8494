"""The editors in a real JupyterLab: correct by mouse and by keyboard, save, trust no file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import PATIENCE, Lab, notebook
from playwright.sync_api import Locator, expect

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<script>window.evil = 1</script><img src=x onerror='window.evil = 2'>"
CELLS = (
    "import pandas as pd\n"
    "import cjmresearch as cjm\n"
    "rows = [[f'A{i}', i % 11, f'слово {i} о том, как всё было', 'x' * i] for i in range(30)]\n"
    f"head = ['ID', 'Порекомендуете нас? (0–10)', 'Почему?', {EVIL!r}]\n"
    "frame = pd.DataFrame(rows, columns=head)\n"
    "for part in ('скорость', 'цена', 'вежливость'):\n"
    "    frame['Оцените от 1 до 5 - ' + part] = [i % 5 + 1 for i in range(30)]\n"
    "frame.to_csv('survey.csv', index=False)\n"
    "editor = cjm.widgets.QuestionEditor(cjm.read.survey('survey.csv'), language='en')\n"
    "editor",
    "open('talk.txt', 'w', encoding='utf-8').write("
    "'— Как вы выбирали?\\n— Спросил у коллег, потом поехал смотреть.\\n'"
    "'— А трудно было?\\n— Договор. Долго согласовывали.\\n')\n"
    "speakers = cjm.widgets.SpeakerEditor(cjm.read.transcript('talk.txt'))\n"
    "speakers",
)
CHECK = (
    "questions = editor.survey.questions.set_index('text')\n"
    "print('TYPE', questions.loc['Почему?', 'type'], questions.loc['Почему?', 'stage'])\n"
    "print('ENDS', questions['scale_max'].dropna().tolist())\n"
    "print('ROLES', *speakers.transcript.speakers['role'])"
)


@pytest.fixture
def page(lab: Lab, lab_root: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Give a notebook with both editors, run to its end."""
    name = f"{request.node.name}.ipynb"
    (lab_root / name).write_text(notebook([*CELLS, CHECK]), encoding="utf-8")
    with lab.opened(name) as opened:
        lab.run_all()
        opened.locator(".cjm-questions tbody tr").first.wait_for()
        opened.locator(".cjm-speakers tbody tr").first.wait_for()
        yield opened
        assert lab.errors() == []


def line(page: Any, question: str) -> Locator:
    return page.locator(".cjm-questions tbody tr", has=page.get_by_text(question, exact=True))


def choose(control: Locator, value: str) -> None:
    """Choose in a list, whose options come when it gets the focus."""
    control.focus()
    control.select_option(value)


def run_last(page: Any) -> str:
    """Run the last cell again and give what it prints."""
    page.evaluate(
        """async () => {
            const shown = window.jupyterapp.shell.currentWidget;
            const panel = shown.content;
            panel.activeCellIndex = panel.widgets.length - 1;
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    return page.evaluate(
        """() => {
            const cells = window.jupyterapp.shell.currentWidget.content.widgets;
            const last = cells[cells.length - 1];
            return last.model.outputs.toJSON().map(o => [].concat(o.text).join('')).join('');
        }"""
    )


def test_a_type_and_a_stage_are_corrected_and_saved(
    page: Any, lab: Lab, lab_root: Path, tmp_path: Path
) -> None:
    why = line(page, "Почему?")
    choose(why.get_by_label("Type: "), "scale")
    expect(why.locator(".cjm-problem")).to_contain_text("a scale, but 0 of 30 answers are numbers")
    expect(page.locator(".cjm-questions .cjm-status")).to_have_text("1 corrected · 1 to check")
    page.get_by_role("button", name="To check 1").click()
    expect(page.locator(".cjm-questions tbody tr:visible")).to_have_count(1)
    for theme in ("Dark", "Light"):
        lab.theme(f"JupyterLab {theme}")
        problem = why.locator(".cjm-problem")
        bright = "([, ]*)".join([r"rgb\((2\d\d)", r"(\d+)", r"(\d+)\)"])
        wanted = re.compile(bright if theme == "Dark" else r"rgb\(1\d\d, .*")
        expect(problem).to_have_css("color", wanted)
        page.screenshot(path=tmp_path / f"editor-{theme}.png")
        assert (tmp_path / f"editor-{theme}.png").stat().st_size > 20_000
    choose(why.get_by_label("Type: "), "closed")
    expect(why.locator(".cjm-problem")).to_have_text("")
    choose(why.get_by_label("Stage: "), "b2b8:use")
    expect(page.locator(".cjm-questions .cjm-status")).to_have_text("1 corrected")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".cjm-questions .cjm-status")).to_contain_text("Saved as survey.map.yaml")
    saved = (lab_root / "survey.map.yaml").read_text(encoding="utf-8")
    assert "stage: b2b8:use" in saved
    assert "TYPE closed b2b8:use" in run_last(page)


def test_a_group_is_one_line_that_opens_and_changes_all(page: Any, lab: Lab) -> None:
    table = page.locator(".cjm-questions")
    expect(table.locator("tbody tr:visible")).to_have_count(5)
    fold = table.locator(".cjm-fold")
    expect(fold).to_have_attribute("aria-expanded", "false")
    group = table.locator("tr.cjm-group")
    top = group.locator("[data-field=scale_max]")
    top.fill("7")
    top.press("Enter")
    expect(table.locator(".cjm-status")).to_have_text("3 corrected")
    fold.click()
    expect(table.locator("tbody tr:visible")).to_have_count(8)
    expect(line(page, "цена").locator("[data-field=scale_max]")).to_have_value("7")
    line(page, "цена").get_by_role("button", name="Take back").click()
    expect(top).to_have_attribute("placeholder", "…")
    expect(table.locator(".cjm-status")).to_have_text("2 corrected")
    assert "ENDS [10.0, 7.0, 5.0, 7.0]" in run_last(page)


def test_search_finds_questions_also_within_a_group(page: Any) -> None:
    table = page.locator(".cjm-questions")
    table.locator(".cjm-search").fill("вежл")
    expect(table.locator("tbody tr:visible")).to_have_count(1)
    expect(table.locator("tbody tr:visible .cjm-title")).to_contain_text("вежливость")
    table.locator(".cjm-search").fill("такого нет")
    expect(table.locator(".cjm-nothing")).to_be_visible()
    table.locator(".cjm-search").fill("")
    expect(table.locator("tbody tr:visible")).to_have_count(5)


def test_a_hostile_question_is_shown_as_text(page: Any) -> None:
    expect(page.locator(".cjm-questions .cjm-title span", has_text="<script>")).to_have_text(EVIL)
    expect(page.locator(".cjm-questions img")).to_have_count(0)
    assert page.evaluate("() => window.evil") is None


def test_keys_stay_in_the_table_and_shortcuts_go_to_lab(page: Any) -> None:
    cells = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    before = page.evaluate(cells)
    why = line(page, "Почему?")
    chip = page.locator(".cjm-questions .cjm-tags button").first
    for control in (chip, why.get_by_label("Leave out"), why.get_by_label("Type: ")):
        control.focus()
        for key in ("b", "a", "x", "d", "d", "z"):
            page.keyboard.press(key)
    search = page.locator(".cjm-questions .cjm-search")
    search.focus()
    page.keyboard.type("xbad")
    expect(search).to_have_value("xbad")
    assert page.evaluate(cells) == before
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")


def test_a_question_is_corrected_by_keyboard_alone(page: Any) -> None:
    page.locator(".cjm-questions .cjm-search").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        label = page.evaluate("() => document.activeElement.getAttribute('aria-label')") or ""
        if label == "Type: Почему?":
            break
    assert label == "Type: Почему?"
    page.keyboard.type("clo")
    page.keyboard.press("Tab")
    expect(page.locator(".cjm-questions .cjm-status")).to_have_text("1 corrected")
    expect(line(page, "Почему?").get_by_label("Type: ")).to_have_value("closed")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(line(page, "Почему?").get_by_label("Leave out")).to_be_checked()


def test_the_table_comes_back_after_it_was_closed_and_shown_again(page: Any) -> None:
    choose(line(page, "Почему?").get_by_label("Type: "), "multiple")
    expect(page.locator(".cjm-questions .cjm-status")).to_contain_text("1 corrected")
    page.evaluate(
        """async () => {
            const panel = window.jupyterapp.shell.currentWidget.content;
            const cell = panel.widgets[panel.widgets.length - 1];
            cell.model.sharedModel.setSource('editor');
            panel.activeCellIndex = panel.widgets.length - 1;
            await window.jupyterapp.commands.execute('notebook:run-cell');
        }"""
    )
    expect(page.locator(".cjm-questions")).to_have_count(2)
    second = page.locator(".cjm-questions").nth(1)
    expect(second.get_by_label("Type: Почему?")).to_have_value("multiple")


def test_a_speaker_is_corrected(page: Any, lab: Lab) -> None:
    table = page.locator(".cjm-speakers")
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(table.get_by_label("Участник: —1")).to_have_count(0)
    choose(table.get_by_label("Роль: —1"), "participant")
    expect(table.get_by_label("Участник: —1")).to_have_count(1)
    table.get_by_label("Участник: —1").fill("P07")
    table.get_by_label("Участник: —1").press("Enter")
    expect(table.locator(".cjm-status")).to_have_text("исправлено: 1")
    assert "ROLES participant participant" in run_last(page)


def test_two_hundred_questions_are_painted_in_a_second(lab: Lab, lab_root: Path) -> None:
    cell = (
        "import pandas as pd, cjmresearch as cjm\n"
        "head = ['ID', *(f'Вопрос {n}: что вы думаете об этом?' for n in range(220))]\n"
        "rows = [[f'A{i}', *[f'ответ {(i * n) % 7}' for n in range(220)]] for i in range(40)]\n"
        "pd.DataFrame(rows, columns=head).to_csv('wide.csv', index=False)\n"
        "survey = cjm.read.survey('wide.csv')\n"
        "cjm.widgets.QuestionEditor(survey)"
    )
    (lab_root / "wide.ipynb").write_text(notebook([cell]), encoding="utf-8")
    with lab.opened("wide.ipynb") as page:
        lab.run_all()
        expect(page.locator(".cjm-questions tbody tr")).to_have_count(221)
        painted = page.evaluate(
            """async () => {
                const module = document.querySelector('.cjm-questions');
                const rows = [...module.querySelectorAll('tbody tr')];
                const search = module.querySelector('.cjm-search');
                const began = performance.now();
                search.value = 'вопрос 21';
                search.dispatchEvent(new Event('input'));
                await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
                return {found: rows.filter(r => !r.hidden).length, ms: performance.now() - began};
            }"""
        )
        assert painted["found"] == 11, json.dumps(painted)
        assert painted["ms"] < 1000
