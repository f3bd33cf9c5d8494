"""The report in a browser: nothing asks the network, runs, sticks out or can't be read by all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from talks import hostile_study

from cjmresearch import Project, report

AXE = Path(__file__).with_name("axe.min.js")
# Whatever ends to the right of the window, or holds words wider than itself, and does not scroll.
STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((e) => !e.closest(".scroll, svg, .hide, .skip, .panels, script, style"))
  .filter((e) => e.getClientRects().length && (e.getBoundingClientRect().right > innerWidth + 1
    || (e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1)))
  .map((e) => `${e.tagName}.${e.className} of ${e.closest("section")?.id}: ` +
    e.textContent.slice(0, 40))"""
WIDER_THAN_ITS_CELL = """() => [...document.querySelectorAll(".scroll td, .scroll th")]
  .filter((e) => e.scrollWidth > e.clientWidth + 2)
  .map((e) => `${e.closest("section").id}: ${e.textContent.trim().slice(0, 40)}`)"""
ALL: dict[str, Any] = {}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
VIOLATIONS = """async ([within, rules]) => {
  const found = await axe.run(within, {resultTypes: ["violations"], ...rules});
  const wrong = found.violations.map((v) => [v.id, v.help, v.nodes[0].html.slice(0, 200)]);
  return [wrong, found.passes.length];
}"""


class Pages:
    """Opens pages of a file, counting what they ask for and what they say."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser
        self.asked: list[str] = []
        self.said: list[str] = []

    def open(self, path: Path, *, width: int = 1400, theme: str = "light") -> Any:
        page = self.browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(path.as_uri())
        return page


@pytest.fixture(scope="module")
def browser(executable: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        try:
            yield made
        finally:
            made.close()


@pytest.fixture(scope="module")
def reports(sample_project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports of the sample and of hostile words, in both languages."""
    folder = tmp_path_factory.mktemp("reports")
    with Project.open(sample_project) as project:
        sample = project.study()
    asked = ["Where do clients lose trust, and why?"]
    made = {}
    for name, study in (("sample", sample), ("hostile", hostile_study())):
        for language in ("ru", "en"):
            path = folder / f"{name}-{language}.html"
            questions = asked if name == "sample" else None
            report.write(study, path, language=language, questions=questions)
            made[path.stem] = path
    return made


NAMES = ("sample-ru", "sample-en", "hostile-ru", "hostile-en")


@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_no_violation_in_light_or_dark(browser, reports, name):
    page = Pages(browser).open(reports[name])
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    # Rows of the index are all alike: a few stand for the rest, which would take a minute.
    page.evaluate(
        "document.querySelectorAll('.index tr:nth-child(n+9)').forEach((r) => r.remove())"
    )
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong, passed = page.evaluate(VIOLATIONS, ["body", ALL])
    assert wrong == []
    assert passed > 30
    # Of the rules only those of colour depend on the theme.
    page.emulate_media(color_scheme="dark")
    wrong, passed = page.evaluate(VIOLATIONS, ["body", COLOURS])
    assert wrong == []
    assert passed
    page.locator("main .open").first.click()
    wrong, _ = page.evaluate(VIOLATIONS, [".panel:popover-open", ALL])
    assert wrong == []
    page.close()


def test_axe_would_see_a_violation(browser, reports):
    page = Pages(browser).open(reports["hostile-en"])
    page.evaluate("document.querySelector('main h2').innerHTML += '<img src=\\'data:,\\'>'")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong, _ = page.evaluate(VIOLATIONS, ["main h2", ALL])
    assert [found[0] for found in wrong] == ["image-alt"]
    page.close()


@pytest.mark.parametrize("width", [1400, 390])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out_asks_the_network_or_runs(browser, reports, name, width):
    pages = Pages(browser)
    page = pages.open(reports[name], width=width)
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(STICKS_OUT) == []
    assert page.evaluate(WIDER_THAN_ITS_CELL) == []
    for link in page.locator("main .open").all()[:3]:
        link.click()
        panel = page.locator(".panel:popover-open")
        assert panel.evaluate("e => e.scrollWidth <= e.clientWidth")
        page.keyboard.press("Escape")
    assert pages.asked == [reports[name].as_uri()]
    assert pages.said == []
    assert page.evaluate("window.evil") is None
    page.close()


@pytest.mark.parametrize("name", ["sample-en", "hostile-ru"])
def test_print_has_running_heads_and_its_index_is_short(browser, reports, name, tmp_path):
    page = Pages(browser).open(reports[name])
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, print_background=True)
    title = " ".join(page.title().split())
    page.close()
    pages = [sheet.extract_text() for sheet in pypdf.PdfReader(tmp_path / "report.pdf").pages]
    assert all(f"{n} / {len(pages)}" in text for n, text in enumerate(pages, start=1))
    if name == "sample-en":
        assert len(pages) < 30
        assert all(title in " ".join(text.split()) for text in pages)
