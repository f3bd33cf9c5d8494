"""Colours of the page as CSS variables, light and dark."""

from __future__ import annotations

_LIGHT = {
    "paper": "#ffffff",
    "wash": "#f5f4f0",
    "ink": "#18212d",
    "muted": "#56606d",
    "line": "#d9dce1",
    "accent": "#17506f",
    "good": "#00629b",
    "bad": "#b0440c",
    "warn": "#fdf1dc",
    "warn-line": "#c98a1b",
    "heat": "23 80 111",
}
_DARK = {
    "paper": "#14181e",
    "wash": "#1c222a",
    "ink": "#e8eaed",
    "muted": "#a3adb9",
    "line": "#343c47",
    "accent": "#8cc4e0",
    "good": "#6fbdec",
    "bad": "#f5995f",
    "warn": "#33270f",
    "warn-line": "#d9a441",
    "heat": "104 170 205",
}


def colours() -> str:
    """Write the variables; blue is pleasant and orange unpleasant, also for the colour-blind."""
    dark = _block(_DARK)
    return (
        f":root {{ color-scheme: light dark; {_block(_LIGHT)} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )


def _block(colours: dict[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in colours.items())
