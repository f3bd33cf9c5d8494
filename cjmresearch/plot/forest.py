"""Points with their intervals, one a line: the form of most comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.plot import canvas


@dataclass(frozen=True)
class Line:
    """A label, a point, its interval (NaN for none), and what is written beside it."""

    label: str
    value: float
    low: float
    high: float
    text: str
    strong: bool = True
    """Drawn in the colour of the series; otherwise muted."""
    ghost: float = float("nan")
    """A second, hollow point: the same, estimated in another way."""


def forest(
    lines: Sequence[Line],
    *,
    ax: Any,
    language: str,
    span: tuple[float, float],
    ticks: Iterable[tuple[float, str]],
    zero: float | None = None,
    notes: Iterable[str] = (),
    links: bool = True,
) -> Any:
    """Draw lines from top to bottom; intervals end at the span, as scales do.

    Parameters
    ----------
    lines
        What to draw, in order.
    ax, language
        As in `emotion_curve`.
    span
        Ends of the scale.
    ticks
        Places and labels of ticks.
    zero
        Where to draw a reference line.
    notes
        Sentences under the chart.
    links
        Draw intervals as bars; otherwise thin lines between end marks.
    """
    width = canvas.page_size()[0] / 2.54 * 72 * 0.28
    if ax is not None:
        width = canvas.width_of(ax, labels=0.72)
    labels, size = canvas.fit([line.label for line in lines], width)
    places, bottom = _places(labels, lines)
    ax = canvas.prepare(ax, rows=bottom + 0.5)
    if not lines:
        return canvas.nothing(ax, language)
    theme = canvas.current_theme()
    low, high = span
    widest = max(canvas.text_width(part, 7.5) for line in lines for part in line.text.split("\n"))
    room = min((widest + 16) / canvas.width_of(ax, labels=0.28), 0.55)
    pad = 0.02 * (high - low)
    ax.set_xlim(low - pad, low + (high - low + pad) / (1 - room))
    ax.set_ylim(bottom + 0.1, -0.6)
    marks = list(ticks)
    ax.set_xticks([m for m, _ in marks], [text for _, text in marks], size=7, color=theme.muted)
    ax.vlines([m for m, _ in marks], -0.6, bottom + 0.1, color=theme.grid, lw=0.7, zorder=0.5)
    if zero is not None:
        ax.vlines(zero, -0.6, bottom + 0.1, color=theme.muted, lw=1.1, zorder=0.6)
    ax.set_yticks(places, labels, size=size, linespacing=1.1)
    for y, line in zip(places, lines, strict=True):
        _draw(ax, y, line, (low, high), links=links)
        ax.text(
            high + 2 * pad, y, line.text, va="center", fontsize=7.5, color=theme.ink,
            linespacing=1.1,
        )  # fmt: skip
    canvas.caption(ax, notes, labels=0.33)
    return ax


def _places(labels: Sequence[str], lines: Sequence[Line]) -> tuple[list[float], float]:
    """Give each line its height: a row of two lines of text is 1, higher ones take more room."""
    places, bottom = [], -0.5
    for label, line in zip(labels, lines, strict=True):
        text = 1 + max(label.count("\n"), line.text.count("\n"))
        height = max(1.0, 0.47 * text)
        places.append(bottom + height / 2)
        bottom += height
    return places, bottom


def _draw(ax: Any, y: float, line: Line, span: tuple[float, float], *, links: bool) -> None:
    theme = canvas.current_theme()
    colour = theme.series[0] if line.strong else theme.muted
    known = not (np.isnan(line.low) or np.isnan(line.high))
    if known:
        low, high = np.clip([line.low, line.high], *span)
        width, alpha = (3.4, 0.45) if links else (1.2, 1.0)
        ax.hlines(y, low, high, color=colour, lw=width, alpha=alpha, zorder=2)
    if not np.isnan(line.ghost):
        ax.plot(
            np.clip(line.ghost, *span), y, marker="D", ms=4.5, mfc=theme.background,
            mec=theme.muted, mew=1.2, ls="none", zorder=2.5,
        )  # fmt: skip
    if not np.isnan(line.value):
        face = colour if known else theme.background
        ax.plot(
            np.clip(line.value, *span), y, marker="o", ms=6, mfc=face, mec=colour, mew=1.5,
            ls="none", zorder=3,
        )  # fmt: skip


RANKS = {
    "ru": ("место {low}–{high}", "место {low}"),
    "en": ("rank {low}–{high}", "rank {low}"),
}


def signed_ticks(values: Iterable[float], language: str) -> list[tuple[float, str]]:
    """Label ticks of a scale with two directions."""
    return [(v, canvas.number(v, language)) for v in values]


def share_ticks(language: str) -> list[tuple[float, str]]:
    """Label ticks of a share."""
    return [(v, canvas.percent(v, language)) for v in (0.0, 0.25, 0.5, 0.75, 1.0)]


def reach(frame: pd.DataFrame, columns: list[str], least: float) -> float:
    """Half-width of a symmetric axis that holds all that is drawn, in tenths."""
    largest = np.nanmax(np.abs(frame[columns].to_numpy(float)), initial=least)
    return float(np.ceil(largest * 10) / 10)


def rank_text(row: Mapping[str, Any], language: str) -> str:
    """Say the ranks that a thing could have."""
    several, one = RANKS[language]
    says = one if row["rank_low"] == row["rank_high"] else several
    return says.format(low=int(row["rank_low"]), high=int(row["rank_high"]))
