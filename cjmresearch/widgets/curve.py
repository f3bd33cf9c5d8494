"""The emotion curve as SVG that stands in a page: over the columns of the grid, in its colours."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from cjmresearch import palette, plot

_LOCK = threading.Lock()  # matplotlib's caches are not made for several threads
_COLUMN, _HEIGHT = 1.15, 2.2  # inches
_COLOURS = ("ink", "muted", "grid", "empty", "background", "warning")


def svg(curve: pd.DataFrame, *, names: Mapping[str, str], language: str) -> str:
    """Draw a curve to the full width of its stages, with how to read it under it, as HTML.

    Colours become the style sheet's, so that the drawing follows the theme of the page. Empty
    where no stage has a mean.
    """
    if curve["mean"].isna().all():
        return ""
    with _LOCK, plot.style("light"):
        from matplotlib.figure import Figure

        figure = Figure(figsize=(_COLUMN * len(curve), _HEIGHT))
        ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        plot.emotion_curve(curve, ax=ax, names=names, language=language)
        caption = " ".join(ax.get_xlabel().split())
        _fill_the_frame(ax, len(curve))
        drawn = io.StringIO()
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    return f'{_for_a_page(drawn.getvalue())}<div class="cjm-caption">{escape(caption)}</div>'


def _fill_the_frame(ax: Any, stages: int) -> None:
    """Leave names of stages and counts to the grid, whose columns the drawing stands over."""
    ax.set_xlim(-0.5, stages - 0.5)
    ax.set_ylim(-1.12, max(1.3, ax.get_ylim()[1]))
    ax.tick_params(axis="y", pad=-2)
    for label in ax.get_yticklabels():
        label.set(va="bottom", ha="left")
    ax.set(xticks=[], xlabel="", ylabel="")


def _for_a_page(drawn: str) -> str:
    drawn = re.sub(r"<!--.*?-->|<metadata>.*?</metadata>", "", drawn, flags=re.DOTALL)
    drawn = drawn[drawn.index("<svg") :]
    for name in _COLOURS:
        drawn = _recolour(drawn, getattr(palette.LIGHT, name), name)
    drawn = _recolour(drawn, palette.LIGHT.series[0], "line")
    head, rest = drawn.split(">", 1)
    head = re.sub(r' (width|height)="[^"]*"', "", head)
    head = head.replace("<svg", '<svg role="img" aria-hidden="true"', 1)
    return f"{head}>{rest}"


def _recolour(drawn: str, colour: str, name: str) -> str:
    return re.sub(re.escape(colour), f"var(--cjm-{name})", drawn, flags=re.IGNORECASE)
