"""One self-contained page for the stakeholder, in Russian or English, that asks for no network.

`build` computes everything that the page shows; `write` puts it into a file. A number that is a
link opens a few of the quotes that it was counted from, says of how many, and every quote has its
address in the source; the export holds all of them. `transcript_page` is one coded transcript.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cjmresearch.errors import CjmError
from cjmresearch.report.build import build
from cjmresearch.report.transcript import transcript
from cjmresearch.schema import Study

__all__ = ["FORMATS", "build", "transcript_page", "write"]

FORMATS = ("html",)
"""Formats that a report can be written in."""


def write(
    study: Study,
    out: str | Path,
    *,
    formats: Sequence[str] = ("html",),
    include: str = "human",
    language: str = "ru",
) -> list[Path]:
    """Write the report of a study.

    Parameters
    ----------
    study
        Frozen frames of a project, from `project.study()`.
    out
        A folder (made if it is not there; the file is `report.html`), or a path ending in `.html`.
    formats
        Any of `FORMATS`.
    include
        `human`, or `suggested` to add what machines suggested and nobody decided.
    language
        `ru` or `en`: the words of the page; quotes keep their own language.

    Returns
    -------
    list
        The files written.
    """
    chosen = (formats,) if isinstance(formats, str) else tuple(formats)
    unknown = [name for name in chosen if name not in FORMATS]
    if unknown or not chosen:
        offender = repr(unknown[0]) if unknown else "empty"
        raise CjmError(f"report format {offender}: this version writes {', '.join(FORMATS)}")
    # Imported late: building a report's numbers needs no template engine.
    from cjmresearch.report.render import render

    page = render(build(study, include=include, language=language))
    path = Path(out)
    if path.suffix.lower() not in (".html", ".htm"):
        path = path / "report.html"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8", newline="\n")
    except OSError as error:
        raise CjmError(
            f"{path}: can't be written ({error.strerror}); choose another --out"
        ) from None
    return [path]


def transcript_page(
    study: Study, source_id: str, *, language: str | None = None, coder: str | None = None
) -> str:
    """Make one self-contained HTML page of a coded transcript, for people without Jupyter.

    It asks for no network and works without JavaScript: speakers, times and prompts, every
    coding as a line under its words and a chip beside them, the codes with their counts, memos,
    filters by code and coder. What a machine suggests and nobody decided is dashed and said to be
    a machine's. Words of people who refused consent are withheld, and memos on them.

    Parameters
    ----------
    study
        Frozen frames of a project, from `project.study()`.
    source_id
        The transcript or survey to show; an unknown one is a `CjmError`.
    language
        `ru` or `en`: the words of the page; None takes the project's first language.
    coder
        Show only what this coder made, beside what machines suggest; None shows all coders.

    Returns
    -------
    str
        The page.
    """
    # Imported late: laying out a page needs no template engine.
    from cjmresearch.report.render import render_transcript

    return render_transcript(transcript(study, source_id, language=language, coder=coder))
