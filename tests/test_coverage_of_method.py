"""The checklist of the method names tests that exist, and leaves no row without a word."""

from __future__ import annotations

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
TEXT = (TESTS.parent / "docs" / "method-coverage.md").read_text(encoding="utf-8")
ROWS = [
    [part.strip() for part in line.strip("|").split("|")]
    for line in TEXT.splitlines()
    if line.startswith("|") and not line.startswith(("| ID", "|---"))
]


def functions_of(name: str) -> set[str]:
    tree = ast.parse((TESTS / name).read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_row_of_the_checklist_stands_once():
    ids = [row[0] for row in ROWS if row[0] != "–"]
    wanted = {"J": 9, "P": 12, "A": 15, "D": 10, "M": 20}
    expected = [f"{letter}{n}" for letter, most in wanted.items() for n in range(1, most + 1)]
    expected += [f"T{n}" for n in range(12)] + [f"E{n}" for n in range(1, 10)]
    assert sorted(ids) == sorted(expected)


def test_every_row_says_what_holds_it_or_why_not():
    for identity, _, status, words in ROWS:
        named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", words)
        assert status in ("works", "in part", "left out"), identity
        reason = re.sub(r"`[^`]*`|[,;\s]", "", words)
        assert (status == "left out") != bool(named), identity
        assert (status == "works") != bool(reason), identity


def test_every_named_test_exists():
    named = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", TEXT))
    assert len(named) > 40
    missing = sorted(f"{file}::{test}" for file, test in named if test not in functions_of(file))
    assert missing == []
