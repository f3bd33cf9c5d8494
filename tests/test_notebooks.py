"""Rules for the notebooks; that they run and still give the stored outputs is tested by nbval."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
MOST_CELLS = 25
VIEW = "application/vnd.jupyter.widget-view+json"
DEFINITION = re.compile(r"^\s*(def|class|async def)\s", re.MULTILINE)
PATH = re.compile(r"(?<![\w<])/(home|tmp|root|work|Users|var|usr)/|[A-Z]:\\\\")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SILENT = re.compile(r"^\s*(import|from) ")


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def code(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def shown(output: dict[str, Any]) -> str:
    """Give all text of an output; pictures say nothing."""
    data = {k: v for k, v in output.get("data", {}).items() if not k.startswith("image/")}
    return json.dumps([output.get("text", ""), data], ensure_ascii=False)


def test_there_are_notebooks():
    assert {p.stem for p in NOTEBOOKS} >= {"00_quickstart", "01_read", "04_journey", "05_curves"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestEach:
    def test_is_short_and_is_prose_with_calls(self, path):
        notebook = load(path)
        assert len(notebook["cells"]) <= MOST_CELLS
        assert notebook["cells"][0]["cell_type"] == "markdown"
        for cell in code(notebook):
            assert not DEFINITION.search("".join(cell["source"]))

    def test_needs_no_question_about_the_kernel(self, path):
        assert load(path)["metadata"]["kernelspec"]["name"] == "python3"

    def test_keeps_its_outputs_and_no_widget_state(self, path):
        notebook = load(path)
        assert "widgets" not in notebook["metadata"]
        for number, cell in enumerate(code(notebook), start=1):
            assert cell["execution_count"] == number
            if not SILENT.search("".join(cell["source"])):
                assert cell["outputs"], "".join(cell["source"])
            for output in cell["outputs"]:
                assert output["output_type"] != "error"
                assert output.get("name") != "stderr"
                assert VIEW not in output.get("data", {})

    def test_says_the_same_on_every_machine(self, path):
        for cell in code(load(path)):
            for text in ["".join(cell["source"]), *map(shown, cell["outputs"])]:
                assert not PATH.search(text), text[:300]
                assert not UUID.search(text), text[:300]

    def test_links_lead_somewhere(self, path):
        for cell in load(path)["cells"]:
            for target in re.findall(r"\]\((\w[^):]*\.ipynb)\)", "".join(cell["source"])):
                assert (path.parent / target).is_file(), target
