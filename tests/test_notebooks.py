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
WARNING = {
    "00_quickstart",
    "04_journey",
    "05_curves",
    "06_personas",
    "07_report",
}  # those that fall back to suggestions
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
    known = {"01_read", "02_tag", "03_code", *WARNING}
    assert {p.stem for p in NOTEBOOKS} >= known


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


@pytest.fixture
def own(sample, tmp_path) -> Path:
    """Make a project that is unlike the sample: no personas, no roles, no firms; little coded."""
    from cjmresearch import Project, read, workflow

    path = tmp_path / "own.cjm"
    files = [sample / "ru_01_glavny_inzhener.txt", sample / "ru_03_direktor.md"]
    with Project.create(path, goal="Where do we lose them?", journey="b2b8") as project:
        project.add_all(workflow.read_files(files))
        study = project.study()
        coded = (sample / "codings.csv").read_text(encoding="utf-8").splitlines()
        anna = [line for line in coded if line.startswith(files[0].name) and ",anna," in line]
        few = tmp_path / "few.csv"
        few.write_text("\n".join([coded[0], *anna[:9]]) + "\n", encoding="utf-8")
        project.add_codings(read.codings(few, study), coder="me")
    return path


@pytest.fixture
def tagged(sample, tmp_path) -> Path:
    """Make a project in which only machines have suggested codes."""
    from cjmresearch import Project, workflow

    path = tmp_path / "tagged.cjm"
    with Project.create(path, goal="Why do they stay?") as project:
        project.add_all(workflow.read_files([sample / "en_02_procurement.txt"]))
        workflow.tag(project)
    return path


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # what a kernel client warns of is not ours
@pytest.mark.parametrize("kind", ["own", "tagged"])
def test_run_on_a_project_of_ones_own_and_leave_it_alone(kind, request, monkeypatch):
    import nbformat
    from nbclient import NotebookClient

    project = request.getfixturevalue(kind)
    before = {path.name: path.read_bytes() for path in project.parent.glob(f"{kind}.cjm*")}
    monkeypatch.setenv("CJM_PROJECT", str(project))
    for path in NOTEBOOKS:
        if "CJM_PROJECT" not in path.read_text(encoding="utf-8"):
            continue  # the project makes no difference to it
        notebook = nbformat.read(path, as_version=4)
        NotebookClient(notebook, timeout=120).execute(cwd=str(path.parent))
        if path.stem in WARNING:
            said = json.dumps([cell.get("outputs", []) for cell in notebook.cells])
            assert ("Warning: no person has coded" in said) == (kind == "tagged"), path.stem
    assert {p.name: p.read_bytes() for p in project.parent.glob(f"{kind}.cjm*")} == before
