"""From the built report to one page that asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
import math
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cjmresearch.report.quotes import CAP, IN_PANEL, index_limit, plain_rows
from cjmresearch.report.theme import colours
from cjmresearch.report.words import soft

_FOLDER = Path(__file__).with_name("templates")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_OVERRIDE = re.compile("[\u202d\u202e]")
_LANGUAGE = re.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def render(built: dict[str, Any]) -> str:
    """Fill the template. All text of the study is escaped; only our own script may run."""
    script = (_FOLDER / "report.js").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("report.html")
        .render(
            **built,
            css=Markup(colours() + (_FOLDER / "report.css").read_text(encoding="utf-8")),  # noqa: S704
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


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
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
