"""The report for the stakeholder, in Russian or English: a page, a document or slides, no network.

`build` computes everything that the page shows; `write` puts it into a file. A number that is a
link opens a few of the quotes that it was counted from, says of how many, and every quote has its
address in the source; the export holds all of them. `transcript_page` is one coded transcript.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from cjmresearch.errors import CjmError
from cjmresearch.report.build import STEPS, build
from cjmresearch.report.transcript import transcript
from cjmresearch.schema import Study

__all__ = ["FORMATS", "STEPS", "build", "transcript_page", "write"]

FORMATS = ("html", "docx", "pptx")
"""Formats that a report can be written in."""

_ENGINES = {"docx": "word", "pptx": "slides"}
_ENDINGS = {".html": "html", ".htm": "html", ".docx": "docx", ".pptx": "pptx"}


class HasStudy(Protocol):
    """Anything that gives a study, such as a `Project`."""

    def study(self) -> Study:
        """Give the frozen frames."""
        ...


def write(
    study: Study | HasStudy,
    out: str | Path,
    *,
    format: str | Sequence[str] | None = None,  # noqa: A002
    include: str = "human",
    language: str = "ru",
    questions: Sequence[str] | None = None,
    template: str | Path | Sequence[str | Path] | None = None,
    step: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write the report of a study.

    Parameters
    ----------
    study
        A project, or its frozen frames from `project.study()`.
    out
        A path ending in `.html`, `.docx` or `.pptx`; or a folder, made if it is not there, for
        files called `report`.
    format
        Any of `FORMATS`, one or several; None takes it from the ending of `out`, and HTML in a
        folder.
    include
        `human`, or `suggested` to add what machines suggested and nobody decided.
    language
        `ru` or `en`: the words of the report; quotes keep their own language.
    questions
        Questions that the study is to answer, named under its goal; None takes the project's.
    template
        Your own layout: a folder of templates for HTML (see docs/report-templates.md), a `.docx`
        or `.pptx` as the base of that format; one, or one for each.
    step
        Is told the name of each step as it begins: those of `STEPS`, then a format's.

    Returns
    -------
    list
        The files written, in the order of the formats.
    """
    path = Path(out)
    chosen = _formats(path, format)
    templates = _templates(template, chosen)
    frames = study if isinstance(study, Study) else study.study()
    page = build(frames, include=include, language=language, questions=questions, step=step)
    paths = []
    for name in chosen:
        step(name)
        target = path if path.suffix.lower() in _ENDINGS else path / f"report.{name}"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(name, page, target, template=templates.get(name))
        except OSError as error:
            raise CjmError(
                f"{target}: can't be written ({error.strerror}); choose another --out"
            ) from None
        paths.append(target)
    return paths


def _formats(path: Path, given: str | Sequence[str] | None) -> tuple[str, ...]:
    ending = _ENDINGS.get(path.suffix.lower())
    if given is None:
        return (ending or "html",)
    chosen = tuple(dict.fromkeys((given,) if isinstance(given, str) else given))
    unknown = [name for name in chosen if name not in FORMATS]
    if unknown or not chosen:
        offender = repr(unknown[0]) if unknown else "empty"
        raise CjmError(f"report format {offender}: choose among {', '.join(FORMATS)}")
    if ending and chosen != (ending,):
        raise CjmError(f"{path} can't hold {', '.join(chosen)}: give a folder for several formats")
    return chosen


def _templates(
    given: str | Path | Sequence[str | Path] | None, chosen: tuple[str, ...]
) -> dict[str, Path]:
    """Tell which template is whose: a folder is HTML's, a file that of its ending."""
    several = [] if given is None else [given] if isinstance(given, str | Path) else list(given)
    found = {}
    for path in map(Path, several):
        name = _ENDINGS.get(path.suffix.lower(), "html")
        if not path.exists() or (name == "html") != path.is_dir():
            raise CjmError(
                f"template {path}: give a folder for HTML, a .docx or a .pptx that exist"
            )
        if name not in chosen:
            raise CjmError(
                f"template {path}: is for {name}, and only {', '.join(chosen)} is written"
            )
        found[name] = path
    return found


def _write(name: str, page: dict[str, Any], path: Path, *, template: Path | None) -> None:
    # Imported late: each format has an engine of its own, and needs only that.
    if name == "html":
        from cjmresearch.report.render import render

        path.write_text(render(page, template=template), encoding="utf-8", newline="\n")
        return
    module = importlib.import_module(f"cjmresearch.report.{_ENGINES[name]}")
    module.render(page, path, template=template)


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
