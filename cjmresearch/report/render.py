"""From the built report to one page that asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
import math
import re
import traceback
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateSyntaxError,
)
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from cjmresearch.errors import CjmError
from cjmresearch.report.quotes import CAP, IN_PANEL, index_limit, plain_rows
from cjmresearch.report.theme import colours, running_head
from cjmresearch.report.words import soft

_FOLDER = Path(__file__).with_name("templates")
_GUIDE = "docs/report-templates.md"
_BRAND = "brand.css"
_READS = frozenset({"to_dict", "columns", "index", "empty", "shape", "size", "tolist", "items"})
"""What a template may take of a frame."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_OVERRIDE = re.compile("[\u202d\u202e]")
_LANGUAGE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def render(built: dict[str, Any], *, template: str | Path | None = None) -> str:
    """Fill the template. All text of the study is escaped; only our own script may run.

    `template` is a folder whose files stand in for ours of the same name. They run in a sandbox:
    whoever wrote them can lay out the page, and neither read files nor run a script in it.
    """
    script = (_FOLDER / "report.js").read_text(encoding="utf-8")
    folder = None if template is None else _own_folder(template)
    try:
        page = (
            _environment(folder)
            .get_template("report.html")
            .render(
                **built,
                css=Markup(_styles(built, folder)),  # noqa: S704
                script=Markup(script),  # noqa: S704
                script_hash=_hash(script),
                language=built["words"].language,
                cap=CAP,
                in_panel=IN_PANEL,
                in_index=index_limit(len(built["evidence"])),
                opened_panels=set(),
                entries=plain_rows(built["evidence"]),
                places={panel.id: panel.label for panel in built["panels"].values()},
            )
        )
    except (
        TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        if folder is None:
            raise
        raise CjmError(f"template {folder}: {_where(error)}{error}; see {_GUIDE}") from error
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", page)


def render_transcript(laid_out: dict[str, Any]) -> str:
    """Fill the template of a coded transcript, as strict as the report's."""
    script = (_FOLDER / "transcript.js").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("transcript.html")
        .render(
            **laid_out,
            css=Markup(colours() + (_FOLDER / "transcript.css").read_text(encoding="utf-8")),  # noqa: S704
            script=Markup(script),  # noqa: S704
            script_hash=_hash(script),
            language=laid_out["words"].language,
        )
    )
    return _OVERRIDE.sub(_seen, _CONTROL.sub("\N{REPLACEMENT CHARACTER}", page))


def _seen(override: re.Match[str]) -> str:
    """Show an override of the writing direction instead of obeying it: it hides what is said."""
    return f"[U+{ord(override[0]):04X}]"


def _own_folder(template: str | Path) -> Path:
    """Check a user's folder of templates: there, and without a name that nothing would read."""
    folder = Path(template)
    if not folder.is_dir():
        raise CjmError(f"template {folder}: give a folder of templates; see {_GUIDE}")
    ours = {path.name for path in _FOLDER.iterdir() if path.suffix in (".html", ".css")}
    found = {path.name for path in folder.iterdir() if path.suffix in (".html", ".css")}
    if not found & (ours | {_BRAND}):
        known = ", ".join(sorted({_BRAND, "report.css"} | {n for n in ours if ".html" in n}))
        raise CjmError(f"template {folder}: holds none of {known}; see {_GUIDE}")
    return folder


def _styles(built: dict[str, Any], folder: Path | None) -> str:
    """Give the style sheet, ours or the user's, and then what the user adds to it."""
    head = running_head(
        shorten(_printable(built["title"]), 110), built["words"].template("page_of")
    )
    names = [(_FOLDER, "report.css")]
    if folder is not None:
        own = folder / "report.css"
        names = [(folder if own.is_file() else _FOLDER, "report.css"), (folder, _BRAND)]
    found = [where / name for where, name in names if (where / name).is_file()]
    # A sheet can't close its element, and the page's policy lets it load nothing.
    sheets = [colours(), head, *(path.read_text(encoding="utf-8") for path in found)]
    return "\n".join(sheets).replace("</", "<\\/")


def _printable(title: str) -> str:
    return "".join(c for c in title if c.isprintable())


def _where(error: Exception) -> str:
    """Name the file and line of a user's template that an error comes from."""
    frames = traceback.extract_tb(error.__traceback__)
    at = [f"{Path(f.filename).name} line {f.lineno}: " for f in frames if ".html" in f.filename]
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name} line {error.lineno}: "
    return at[-1] if at else ""


class _Sandbox(SandboxedEnvironment):
    """Jinja2's sandbox, and of a frame only what reads it: frames can write files."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Say whether a template may take an attribute of an object."""
        if isinstance(obj, pd.DataFrame | pd.Series | pd.Index):
            return attr in _READS
        return super().is_safe_attribute(obj, attr, value)


@cache
def _environment(folder: Path | None = None) -> Environment:
    ours = FileSystemLoader(_FOLDER)
    own = [] if folder is None else [FileSystemLoader(folder)]
    environment = _Sandbox(
        loader=ChoiceLoader([*own, ours, PrefixLoader({"ours": ours})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"shorten": shorten, "tongue": tongue, "clock": clock, "soft": soft}
    environment.tests["nan"] = lambda value: value is None or math.isnan(value)
    return environment


def _hash(script: str) -> str:
    """Hash of the script for the page's policy: a script that is not ours does not run."""
    digest = hashlib.sha256(script.encode()).digest()
    return base64.b64encode(digest).decode()


def shorten(text: str, limit: int) -> str:
    """Cut a text at a word near the limit; not inside a character with its accents or joiners."""
    if len(text) <= limit:
        return text
    cut = text.rfind(" ", limit - 60, limit)
    return text[: cut if cut > 0 else limit].rstrip() + "…"


def tongue(language: object) -> str:
    """Give a language code that may stand in a lang attribute, or nothing."""
    text = str(language)
    return text if _LANGUAGE.fullmatch(text) and text != "nan" else ""


def clock(seconds: float) -> str:
    """Write seconds of a recording as 1:02:05 or 2:05."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
