"""One module and one style sheet for the page, joined of the files in static/coding."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "static" / "coding"
_MODULES = (
    "dom",
    "text",
    "outbox",
    "session",
    "marks",
    "transcript",
    "selection",
    "codebook",
    "keys",
    "status",
    "main",
)
_STYLES = ("base", "transcript", "panels")


@cache
def module() -> str:
    """Join the scripts in the order in which one needs another; anywidget takes one module."""
    return _joined(f"{name}.js" for name in _MODULES)


@cache
def style() -> str:
    """Join the style sheets."""
    return _joined(f"{name}.css" for name in _STYLES)


def _joined(names: object) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)  # type: ignore[attr-defined]
