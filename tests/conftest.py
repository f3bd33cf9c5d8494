"""Fixtures that several test files share."""

from __future__ import annotations

import itertools
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import postgres
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
# How fast the machine is today is no property of the code.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")
DATA = Path(os.environ.get("CJM_SHARED_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data that is never copied into the project."""
    if not DATA.is_dir():
        pytest.skip(f"{REAL_DATA_ABSENT} ({DATA})")
    return DATA


@pytest.fixture(scope="session")
def seeds(shared_data: Path) -> Path:
    """Folder of the method's source documents."""
    return shared_data.parent / "seeds"


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the fictional study that ships with the package."""
    return ROOT / "data" / "sample"


REAL_DATA_ABSENT = "real data are not on this machine"
_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped, and why."""
    if report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        _skipped.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed one, unless the real data are truly absent."""
    unexcused = [s for s in _skipped if REAL_DATA_ABSENT not in s or DATA.is_dir()]
    if os.environ.get("CI") and unexcused and session.exitstatus == 0:
        for line in unexcused:
            sys.stderr.write(f"\nskipped in CI: {line}\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def close_figures():
    """No test leaves a figure open."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Path]:
    """Folder of a PostgreSQL server that lives as long as the tests."""
    if not postgres.installed():
        pytest.skip(postgres.ABSENT)
    with postgres.server() as folder:
        yield folder


@pytest.fixture
def database(postgres_server: Path) -> str:
    """URL of an empty PostgreSQL database."""
    name = f"study_{next(_databases)}"
    postgres.statement(postgres_server, f"CREATE DATABASE {name}")
    return postgres.url(postgres_server, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a new project may be made: a path, and a URL."""
    if request.param == "sqlite":
        return tmp_path / "study.cjm"
    return request.getfixturevalue("database")


_databases = itertools.count()
