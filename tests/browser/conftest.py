"""One JupyterLab and one page for all browser tests of a session."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from lab import Lab, chromium, running


def _missing(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; CI has to run the browser tests")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def executable() -> str:
    """Find Chromium, and see that playwright is there to drive it, before anything is made."""
    found = chromium()
    if found is None:
        _missing("no Chromium on this machine (apt-get install chromium)")
    if importlib.util.find_spec("playwright") is None:
        _missing("playwright is not installed (pip install 'cjmresearch[test]')")
    return found


@pytest.fixture(scope="session")
def lab_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder that JupyterLab shows; tests write their notebooks into it."""
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="session")
def sample_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Project file of the sample study, with suggestions and a second journey model."""
    from cjmresearch import codebooks, workflow

    path = tmp_path_factory.mktemp("project") / "sample.cjm"
    with workflow.demo_project(path, language="en") as project:
        project.add_codes(codebooks.load("aida4"))
        workflow.tag(project)
    return path


@pytest.fixture(scope="session")
def lab(
    executable: str, lab_root: Path, sample_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Lab]:
    """Give a page of a JupyterLab of its own."""
    from playwright.sync_api import sync_playwright

    own = tmp_path_factory.mktemp("jupyter")
    environment = {"CJM_PROJECT": str(sample_project)}
    with running(lab_root, own, environment) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--force-color-profile=srgb"]
        )
        try:
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            yield Lab(page, url)
        finally:
            browser.close()
