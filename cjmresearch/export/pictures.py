"""Maps and charts as pictures in files."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import Any

from cjmresearch import plot
from cjmresearch.errors import CjmError
from cjmresearch.journey import JourneyMap


def svg(map_: JourneyMap, *, language: str = "ru") -> str:
    """Draw a map as SVG; ids are its own, so that two pictures stand on one page."""
    return svg_of(plot.grid(map_, language=language))


def png(map_: JourneyMap, path: Path, *, language: str = "ru") -> None:
    """Draw a map as PNG."""
    _save(plot.grid(map_, language=language), path, "png")


def picture(axes: Any, path: str | Path) -> Path:
    """Write what `plot` has drawn to a file ending in `.svg` or `.png`, and close its figure.

    The same chart gives the same bytes.
    """
    path = Path(path)
    if path.suffix.lower() not in (".svg", ".png"):
        raise CjmError(f"{path}: a picture ends in .svg or .png")
    if not path.parent.is_dir():
        raise CjmError(f"{path}: the folder {path.parent} does not exist; make it first")
    if path.suffix.lower() == ".svg":
        path.write_text(svg_of(axes), encoding="utf-8", newline="\n")
    else:
        _save(axes, path, "png")
    return path


def svg_of(axes: Any) -> str:
    """Give a chart as SVG with ids of its own, and close its figure."""
    drawn = io.StringIO()
    _save(axes, drawn, "svg")
    text = drawn.getvalue()
    mine = "m" + hashlib.sha256(text.encode()).hexdigest()[:10]
    text = re.sub(r'\bid="([^"]+)"', rf'id="{mine}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{mine}-\1)", text)
    return re.sub(r'href="#([^"]+)"', rf'href="#{mine}-\1"', text)


def _save(axes: Any, out: Any, kind: str) -> None:
    import matplotlib as mpl
    from matplotlib import pyplot

    figure = axes.get_figure()
    # A fixed salt and no date: the same chart gives the same bytes.
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    try:
        with mpl.rc_context({"svg.hashsalt": "cjmresearch"}):
            figure.savefig(out, format=kind, metadata=metadata, facecolor=figure.get_facecolor())
    finally:
        pyplot.close(figure)
