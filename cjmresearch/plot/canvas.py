"""What every chart needs: a page with its theme, names in a language, labels that fit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import pandas as pd

from cjmresearch import palette
from cjmresearch.errors import CjmError
from cjmresearch.palette import Theme
from cjmresearch.wording import machine_note, word

SIZES = {"print": (16.0, 9.0), "screen": (26.0, 14.0)}
"""Width and height of a figure, cm. Letters keep their size in points."""

_VOWELS = set("аеёиоуыэюяaeiouy")

_page: ContextVar[tuple[Theme, tuple[float, float]]] = ContextVar(
    "page", default=(palette.LIGHT, SIZES["print"])
)


@contextmanager
def style(theme: str = "light", *, size: str = "print") -> Iterator[None]:
    """Draw on another page: `with plot.style("dark", size="screen"): plot.emotion_curve(curve)`.

    Parameters
    ----------
    theme
        `light` or `dark`.
    size
        `print` (16 x 9 cm) or `screen` (26 x 14 cm); of new figures only.
    """
    if size not in SIZES:
        raise CjmError(f"size={size!r}: choose one of {', '.join(SIZES)}")
    token = _page.set((palette.theme(theme), SIZES[size]))
    try:
        yield
    finally:
        _page.reset(token)


def current_theme() -> Theme:
    """Tell which theme charts are drawn in now."""
    return _page.get()[0]


def page_size() -> tuple[float, float]:
    """Tell the size that new figures have now: width and height, cm."""
    return _page.get()[1]


def prepare(ax: Any, *, rows: float = 0) -> Any:
    """Return the Axes to draw on, in the colours of the theme; a new figure where none is given.

    A chart of many rows, each 0.8 cm, makes its new figure as high as it needs.
    """
    theme, (width, height) = _page.get()
    if ax is None:
        import matplotlib.pyplot as plt

        figsize = (width / 2.54, max(height, 0.8 * rows + 3) / 2.54)
        figure, ax = plt.subplots(figsize=figsize, dpi=150, layout="constrained")
        figure.set_facecolor(theme.background)
    ax.set_facecolor(theme.background)
    ax.tick_params(length=0, labelsize=8, colors=theme.ink)
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax


def width_of(ax: Any, *, labels: float = 0.1) -> float:
    """Width of the Axes in points, before the layout is made final.

    Our own figures give the Axes all but the share of the width that the y labels take.
    """
    figure = ax.get_figure()
    alone = figure.get_layout_engine() is not None and len(figure.axes) == 1
    share = 1 - labels if alone else ax.get_position().width
    return float(share * figure.get_figwidth() * 72)


def names_of(
    slugs: Iterable[str], names: Mapping[str, str] | None, language: str
) -> dict[str, str]:
    """Name slugs by the mapping given, else by the shipped codebooks, else by themselves."""
    word("of", language)  # an unknown language fails here, before anything is drawn
    wanted = list(dict.fromkeys(slugs))
    if names is None:
        from cjmresearch import codebooks

        schemes = {slug.split(":")[0] for slug in wanted} & set(codebooks.available())
        if schemes:
            codes = codebooks.load(*sorted(schemes))
            names = dict(zip(codes["slug"], codes[f"name_{language}"], strict=True))
    return {slug: (names or {}).get(slug, slug) for slug in wanted}


def text_width(text: str, size: float) -> float:
    """Width of a line in points, in the font that matplotlib is set to."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    # The advance of the letters; the extents of their outlines take 20 ms a line.
    return float(
        text_to_path.get_text_width_height_descent(text, FontProperties(size=size), False)[0]
    )


def wrap(text: str, width: float, size: float) -> str:
    """Break a text into lines no wider than `width` points; a longer word is hyphenated."""
    lines = [""]
    for piece in re.findall(r"[^\s/]+/?|/", text):
        joint = "" if not lines[-1] or lines[-1].endswith("/") else " "
        if text_width(lines[-1] + joint + piece, size) <= width:
            lines[-1] += joint + piece
            continue
        if lines[-1]:
            lines.append("")
        while text_width(piece, size) > width and len(piece) > 3:
            cut = _fitting(piece, width, size)
            lines[-1] = piece[:cut] + "-"
            lines.append("")
            piece = piece[cut:]
        lines[-1] = piece
    return "\n".join(lines)


def _fitting(piece: str, width: float, size: float) -> int:
    """Count the letters that fit before a hyphen, at the end of a syllable if one fits."""
    cuts = [n for n in range(2, len(piece) - 2) if text_width(piece[:n] + "-", size) <= width]
    return max((n for n in cuts if _syllable_ends(piece.lower(), n)), default=max(cuts, default=2))


def _syllable_ends(piece: str, cut: int) -> bool:
    """Tell whether a hyphen may stand here: a vowel on both sides, at о-та or ос-та."""
    left, right = piece[:cut], piece[cut:]
    if not (set(left) & _VOWELS and set(right) & _VOWELS) or right[0] in _VOWELS | set("ьъй"):
        return False
    closed = left[-1] not in _VOWELS
    starts = right[1] in _VOWELS | set("ьр") or right[:2] == "ст"
    return starts and (not closed or left[-2] in _VOWELS or left[-1] in "ьй")


def fit(labels: Sequence[str], width: float, *, largest: float = 8.0) -> tuple[list[str], float]:
    """Wrap labels to a width; letters shrink down to 6 points before a word is hyphenated."""
    words = [piece for label in labels for piece in re.findall(r"[^\s/]+/?", label)]
    size = largest
    while size > 6 and any(text_width(piece, size) > width for piece in words):
        size -= 0.5
    return [wrap(label, width, size) for label in labels], size


def caption(ax: Any, sentences: Iterable[str], *, labels: float = 0.1) -> None:
    """Say under the chart how it is to be read."""
    text = " ".join(sentence for sentence in sentences if sentence)
    ax.set_xlabel(
        wrap(text, 0.95 * width_of(ax, labels=labels), 6.5),  # hinting widens letters
        loc="left",
        fontsize=6.5,
        color=current_theme().muted,
        labelpad=7,
        linespacing=1.35,
    )


def machine_warning(ax: Any, frame: pd.DataFrame, language: str) -> None:
    """Say above the chart that it rests on suggestions which nobody has checked."""
    if "machine_share" in frame and frame["machine_share"].max() > 0:
        ax.set_title(
            machine_note(1 if frame["machine_share"].min() == 1 else 0.5, language),
            loc="left", fontsize=7.5, weight="bold", color=current_theme().warning,
        )  # fmt: skip


def number(value: float, language: str, digits: int = 1) -> str:
    """Write a signed number with the language's decimal mark and a real minus."""
    text = f"{value:+.{digits}f}"
    if float(text) == 0:
        return "0"
    text = text.replace("-", "\N{MINUS SIGN}")
    return text.replace(".", ",") if language == "ru" else text


def require(
    frame: pd.DataFrame, columns: Iterable[str], source: str, *, room: str = "aggregate"
) -> None:
    """Refuse a frame that lacks columns, naming the function of the room that makes it."""
    missing = [column for column in columns if column not in frame]
    if missing:
        raise CjmError(f"frame: no column {missing[0]!r}; take it from {room}.{source}")


def nothing(ax: Any, language: str) -> Any:
    """Say in the middle of empty Axes that there are no data."""
    ax.set_xticks([])
    ax.set_yticks([])
    colour = current_theme().muted
    words = word("no_data", language)
    ax.text(0.5, 0.5, words, ha="center", va="center", color=colour, transform=ax.transAxes)
    return ax


def plain(value: float, language: str, digits: int = 0) -> str:
    """Write a number without a sign of its own, with the language's decimal mark."""
    text = f"{value:.{digits}f}".replace("-", "\N{MINUS SIGN}")
    return text.replace(".", ",") if language == "ru" else text


def percent(share: float, language: str) -> str:
    """Write a share in percent, e.g. "31 %" or "31%"."""
    return f"{100 * share:.0f}" + ("\N{NO-BREAK SPACE}%" if language == "ru" else "%")


def group_column(frame: pd.DataFrame, own: Iterable[str]) -> str | None:
    """Find the column of groups: the one that the computed frame doesn't have by itself."""
    extra = [column for column in frame.columns if column not in set(own)]
    if len(extra) > 1:
        raise CjmError(f"columns {', '.join(extra)}: a chart shows one grouping; drop the others")
    return extra[0] if extra else None
