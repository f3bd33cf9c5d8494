"""The map as a picture in a file."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path
from typing import Any

from cjmresearch import plot
from cjmresearch.journey import JourneyMap


def svg(map_: JourneyMap, *, language: str = "ru") -> str:
    """Draw a map as SVG; ids are its own, so that two pictures stand on one page."""
    drawn = io.StringIO()
    _save(map_, drawn, "svg", language)
    text = drawn.getvalue()
    mine = "m" + hashlib.sha256(text.encode()).hexdigest()[:10]
    text = re.sub(r'\bid="([^"]+)"', rf'id="{mine}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{mine}-\1)", text)
    return re.sub(r'href="#([^"]+)"', rf'href="#{mine}-\1"', text)


def png(map_: JourneyMap, path: Path, *, language: str = "ru") -> None:
    """Draw a map as PNG."""
    _save(map_, path, "png", language)


def _save(map_: JourneyMap, out: Any, kind: str, language: str) -> None:
    import matplotlib as mpl
    from matplotlib import pyplot

    axes = plot.grid(map_, language=language)
    figure = axes.get_figure()
    # A fixed salt and no date: the same map gives the same bytes.
    metadata = {"Date": None} if kind == "svg" else {"Software": None}
    try:
        with mpl.rc_context({"svg.hashsalt": "cjmresearch"}):
            figure.savefig(out, format=kind, metadata=metadata, facecolor=figure.get_facecolor())
    finally:
        pyplot.close(figure)
