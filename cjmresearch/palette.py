"""Colours that plots, the report and the widgets share: safe for colour-blind eyes and for print.

The series are Okabe and Ito's (2008), lightened where the background is dark. Meaning is never left
to colour alone: groups differ by marker, valence by sign and side.
"""

from __future__ import annotations

import colorsys
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cjmresearch.errors import CjmError


@dataclass(frozen=True)
class Theme:
    """Colours of a page, as #rrggbb."""

    background: str
    ink: str
    muted: str
    grid: str
    empty: str
    """Fill of a place without data."""
    warning: str
    """Words that must not be overlooked, e.g. that a machine's tags are unchecked."""
    series: tuple[str, ...]
    worse: str
    neutral: str
    better: str


LIGHT = Theme(
    background="#FFFFFF",
    ink="#1F2933",
    muted="#5B6770",
    grid="#DDE2E6",
    empty="#F1F3F5",
    warning="#A23B00",
    series=("#0072B2", "#D55E00", "#009E73", "#AA4499", "#8A6D00", "#3A3A3A"),
    worse="#D55E00",
    neutral="#F4F1EC",
    better="#0072B2",
)

DARK = Theme(
    background="#15191E",
    ink="#E8ECEF",
    muted="#A3AFB8",
    grid="#333B43",
    empty="#20262C",
    warning="#FFB066",
    series=("#56B4E9", "#E69F00", "#2FC79B", "#E08CC0", "#F0E442", "#D0D4D8"),
    worse="#E08A3C",
    neutral="#2A3138",
    better="#56B4E9",
)

THEMES = {"light": LIGHT, "dark": DARK}

PALETTE = LIGHT.series
"""Colours of groups, in order."""

LAYERS = {
    "goals": "#3A3A3A",
    "touchpoints": "#0072B2",
    "actions": "#5B6770",
    "thoughts": "#8A6D00",
    "feelings": "#AA4499",
    "metaphors": "#AA4499",
    "needs": "#56B4E9",
    "barriers": "#D55E00",
    "opportunities": "#009E73",
    "tasks": "#009E73",
    "metrics": "#0072B2",
    "staff": "#5B6770",
    "people": "#8A6D00",
    "policies": "#8A6D00",
    "technologies": "#8A6D00",
    "processes": "#8A6D00",
    "resources_have": "#3A3A3A",
    "resources_need": "#3A3A3A",
    "other": "#3A3A3A",
}
"""A colour for each layer of the map."""


def theme(name: str) -> Theme:
    """Find a theme by name, `light` or `dark`."""
    if name not in THEMES:
        raise CjmError(f"theme {name!r}: choose one of {', '.join(THEMES)}")
    return THEMES[name]


def valence_colour(valence: float, theme: Theme = LIGHT) -> str:
    """Mix the colour of a mean valence, from `worse` over `neutral` to `better`."""
    share = min(max(valence, -1.0), 1.0)
    end = theme.better if share > 0 else theme.worse
    mixed = (
        round(a + (b - a) * abs(share)) for a, b in zip(_rgb(theme.neutral), _rgb(end), strict=True)
    )
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def readable_on(colour: str) -> str:
    """Choose black or white ink, whichever contrasts more with a background (WCAG luminance)."""
    luminance = _luminance(colour)
    return "#FFFFFF" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "#000000"


def _luminance(colour: str) -> float:
    channels = (c / 255 for c in _rgb(colour))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


_HUES = {
    "stage": 212,
    "touchpoint": 178,
    "emotion": 322,
    "pain": 18,
    "need": 140,
    "dream": 272,
    "action": 240,
    "thought": 46,
    "opportunity": 96,
    "metaphor": 296,
    "other": 0,
}
"""Where the codes of a kind lie on the circle of hues, in degrees."""

_SPREAD = (0, 14, -14, 7, -7, 20, -20)
_HEX = re.compile("#[0-9A-Fa-f]{6}")
_SEEN = 3.0
"""Least contrast of a line with its background (WCAG 2.2, 1.4.11)."""


def code_colours(codes: Iterable[tuple[str, str, object]]) -> dict[str, tuple[str, str]]:
    """Give every code a colour for the light and one for the dark theme.

    Parameters
    ----------
    codes
        (slug, kind, colour) of each code, in the order of the codebook. A colour `#rrggbb` is
        kept, but for as much as it takes to be seen on its background; anything else is none.

    Returns
    -------
    dict
        Slug -> (light, dark). Codes of one kind have neighbouring hues.
    """
    count: dict[str, int] = {}
    chosen = {}
    for slug, kind, colour in codes:
        place = count[kind] = count.get(kind, -1) + 1
        if isinstance(colour, str) and _HEX.fullmatch(colour):
            given = colorsys.rgb_to_hls(*(channel / 255 for channel in _rgb(colour)))
        else:
            hue = (_HUES.get(kind, 0) + _SPREAD[place % len(_SPREAD)]) % 360 / 360
            given = (hue, 0.42 + 0.08 * (place // len(_SPREAD) % 2), 0.15 if kind == "other" else 1)
        chosen[slug] = _seen(given, LIGHT, -0.02), _seen(given, DARK, 0.02)
    return chosen


def _seen(colour: tuple[float, float, float], theme: Theme, step: float) -> str:
    """Darken or lighten (hue, lightness, saturation) until it is seen on the background."""
    hue, lightness, saturation = colour
    ground = _luminance(theme.background)
    while True:
        shade = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
        levels = sorted((_luminance(shade) + 0.05, ground + 0.05))
        if levels[1] / levels[0] >= _SEEN:
            return shade
        lightness = min(max(lightness + step, 0.0), 1.0)


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in channels)
