"""Colours of the page as CSS variables, light and dark: the shared palette and a few of its own."""

from __future__ import annotations

import re

from cjmresearch.palette import DARK, LIGHT, Theme

_OWN = {
    "light": {"accent": "#17506F", "warn": "#FDF1DC", "warn-line": "#C98A1B", "heat": "23 80 111"},
    "dark": {"accent": "#8CC4E0", "warn": "#33270F", "warn-line": "#D9A441", "heat": "104 170 205"},
}
"""Links, the machine's mark, and the red, green and blue that heat cells are mixed from."""


def variables(theme: Theme, name: str) -> dict[str, str]:
    """Give the variables of a theme; `bad` fills, `bad-ink` writes, for small orange is faint."""
    return {
        "paper": theme.background,
        "wash": theme.empty,
        "ink": theme.ink,
        "muted": theme.muted,
        "line": theme.grid,
        "good": theme.better,
        "bad": theme.worse,
        "bad-ink": theme.warning,
        **_OWN[name],
    }


def colours() -> str:
    """Write the variables; blue is pleasant and orange unpleasant, also for the colour-blind."""
    light, dark = _block(variables(LIGHT, "light")), _block(variables(DARK, "dark"))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )


def running_head(title: str, pages: str) -> str:
    """Write what stands on every printed page: the title above, the number of the page below.

    `pages` says "page {n} of {of}". Every character is escaped, so no title can end its string.
    """
    before, between, after = (_css(part) for part in re.split(r"\{n\}|\{of\}", pages))
    number = f"{before} counter(page) {between} counter(pages) {after}"
    style = "font: 7.5pt sans-serif; color: #5B6770;"
    head, foot = f"@top-left {{ content: {_css(title)}; {style} }}", f"content: {number}; {style}"
    return (
        f"@page {{ {head} @bottom-right {{ {foot} }} }}\n"
        "@page :first { @top-left { content: none } }\n"
    )


def _css(text: str) -> str:
    escaped = (c if c.isascii() and c.isalnum() else f"\\{ord(c):06X}" for c in text)
    return '"' + "".join(escaped) + '"'


def _block(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colours.items())
