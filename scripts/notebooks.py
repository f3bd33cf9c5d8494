"""Run the notebooks and store their outputs, as the tests expect them: no widget state, no view.

    python scripts/notebooks.py [NOTEBOOK...]

A stored widget view without its state is an error message until the cell is run; what is kept is
the widget's plain text.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "notebooks"
VIEW = "application/vnd.jupyter.widget-view+json"


def store(path: Path) -> None:
    """Run one notebook in place."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, store_widget_state=False)
    client.execute(cwd=str(path.parent))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(VIEW, None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for name in map(Path, sys.argv[1:] or sorted(FOLDER.glob("*.ipynb"))):
        begun = time.monotonic()
        store(name)
        print(f"{name.name}: {time.monotonic() - begun:.0f} s")
