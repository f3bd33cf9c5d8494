"""Commands about codebooks."""

from __future__ import annotations

import argparse
from collections.abc import Callable

ENDINGS = (".codes.yaml", ".codes.yml", ".codes.csv")
"""Names of files that `export` writes the codebook into."""


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the commands about codebooks."""
    sub = command("codes", _codes, "Add the codes of a codebook file (.yaml, .csv) to a project")
    sub.add_argument("project")
    sub.add_argument("file")
    sub.add_argument(
        "--update", action="store_true", help="change codes that are there to what the file says"
    )


def _codes(arguments: argparse.Namespace) -> None:
    from cjmresearch import codebooks
    from cjmresearch.store import Project

    codes = codebooks.read(arguments.file)
    with Project.open(arguments.project) as project:
        added, changed = project.add_codes(codes, update=arguments.update)
    print(
        f"{added} codes added, {changed} changed, {len(codes) - added - changed} left as they were"
    )
