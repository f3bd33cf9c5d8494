"""Fixtures that several test files share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data that is never copied into the project."""
    folder = Path(os.environ.get("CJM_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"real data are not on this machine ({folder})")
    return folder


@pytest.fixture(scope="session")
def seeds(shared_data: Path) -> Path:
    """Folder of the method's source documents."""
    return shared_data.parent / "seeds"


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the fictional study that ships with the package."""
    return ROOT / "data" / "sample"


@pytest.fixture(autouse=True)
def close_figures():
    """No test leaves a figure open."""
    yield
    import sys

    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
