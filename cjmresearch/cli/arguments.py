"""What all families of commands share: options, pairs of arguments, one line for what is wrong."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from cjmresearch.errors import CjmError


def one_line(text: object) -> str:
    """Put a text on one line."""
    return " ".join(str(text).split())


def pairs(given: Sequence[str], option: str) -> dict[str, str]:
    """Read `LABEL=VALUE`; the last `=` divides, for labels may hold one."""
    found = {}
    for text in given:
        label, separator, value = text.rpartition("=")
        if not (label and separator and value):
            raise CjmError(f"--{option} {text!r}: write it as LABEL=VALUE")
        found[label] = value
    return found


def include_option(sub: argparse.ArgumentParser) -> None:
    """Let a command count what nobody has checked."""
    sub.add_argument(
        "--include",
        choices=("human", "suggested"),
        default="human",
        help="suggested: with what machines suggest and nobody has checked",
    )
