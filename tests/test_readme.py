"""What the README shows is true: its Python runs, its links lead somewhere, its commands exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from cjmresearch import cli, workflow

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [text for tag, text in found if tag == language]


def test_two_set_up_commands() -> None:
    commands = [b.strip() for b in blocks("") if "python3 -m venv" in b]
    assert len(commands) == 2
    assert commands[0].endswith("cjmresearch demo")
    assert commands[1].endswith("pytest")


def test_the_python_runs(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cjm-demo").mkdir()
    workflow.demo_project("cjm-demo/sample.cjm").close()
    names: dict[str, object] = {}
    for code in blocks("python"):
        exec(code, names)
    assert len(names["quotes"]) > 3
    assert names["ax"].get_lines()
    names["project"].close()


def test_commands_exist_with_these_options() -> None:
    parser = cli._parser()
    lines = [
        line.split("#")[0].strip()
        for block in blocks("")
        for line in block.splitlines()
        if line.startswith("cjmresearch ")
    ]
    assert len(lines) > 6
    for line in lines:
        parser.parse_args(shlex.split(line)[1:])


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)", text)
    assert links
    for link in links:
        assert (ROOT / link).exists(), link
