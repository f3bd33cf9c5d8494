"""One module and one style sheet for the page, joined of the files in static/coding."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static" / "coding"
_MODULES = (
    "dom", "text", "outbox", "session", "marks", "transcript", "selection", "codebook", "codeform",
    "here", "quotes", "find", "walk", "status", "tip", "keys", "commands", "main",
)  # fmt: skip
_STYLES = ("base", "transcript", "panels")


@cache
def module() -> str:
    """Join the scripts in the order in which one needs another; anywidget takes one module."""
    return _joined(_MODULES, "js")


@cache
def style() -> str:
    """Join the style sheets."""
    return _joined(_STYLES, "css")


def _joined(names: Iterable[str], ending: str) -> str:
    return "\n".join((_FOLDER / f"{name}.{ending}").read_text(encoding="utf-8") for name in names)
