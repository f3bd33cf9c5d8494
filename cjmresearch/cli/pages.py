"""The command that writes a coded transcript as a page for people without Jupyter."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cjmresearch.errors import CjmError

if TYPE_CHECKING:
    import pandas as pd

_LISTED = 12
"""Titles that an error names at most."""


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the command `page`."""
    sub = command("page", _page, "Write a coded transcript as one HTML page, to be sent or printed")
    sub.add_argument("project")
    sub.add_argument("source", help="title, file or id of the transcript")
    sub.add_argument("file", metavar="FILE.html")
    sub.add_argument("--coder", help="only what this coder made, beside a machine's suggestions")


def _page(arguments: argparse.Namespace) -> None:
    from cjmresearch import report
    from cjmresearch.store import Project

    path = Path(arguments.file)
    if path.suffix.lower() not in (".html", ".htm"):
        raise CjmError(f"{path}: the page is HTML; choose a name that ends in .html")
    with Project.open(arguments.project) as project:
        study = project.study()
    source_id = _find(study.sources, arguments.source)
    page = report.transcript_page(study, source_id, language=arguments.lang, coder=arguments.coder)
    path.write_text(page, encoding="utf-8", newline="\n")
    print(path.resolve().as_uri())


def _find(sources: pd.DataFrame, wanted: str) -> str:
    """Find a source by its id, title or file; of two of one name none is guessed."""
    for column in ("source_id", "title", "file"):
        found = sources.loc[sources[column] == wanted, "source_id"]
        if len(found) > 1:
            ids = ", ".join(found)
            raise CjmError(f"{wanted!r}: {len(found)} sources are called so; give an id of {ids}")
        if len(found):
            return str(found.iloc[0])
    titles = sources["title"].tolist()
    more = f" and {len(titles) - _LISTED} more" if len(titles) > _LISTED else ""
    raise CjmError(
        f"no source {wanted!r} in the project; it has {', '.join(titles[:_LISTED])}{more}"
    )
