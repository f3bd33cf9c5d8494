"""Clean office files: no outside link, no trace of a person, the same bytes every time."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from cjmresearch.errors import CjmError

AUTHOR = "cjmresearch"
_KEPT_OF_PACKAGE = ("/officeDocument", "/core-properties")
_WHOLE_ELEMENTS = ("attachedTemplate", "hlinkClick", "hlinkHover", "hlinkMouseOver")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CREATED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def open_base(opener: Callable[[str], Any], template: str | Path | None, *, suffix: str) -> Any:
    """Open the user's own base, or the library's; `suffix` is `.docx` or `.pptx`."""
    if template is None:
        return opener("")
    path = Path(template)
    if path.suffix.lower() != suffix:
        raise CjmError(f"template {path}: is no {suffix} file; save it as {suffix} and pass that")
    if not path.is_file():
        raise CjmError(f"template {path}: there is no such file; check the path or leave it out")
    try:
        return opener(str(path))
    # The libraries raise what their zip and XML readers do, of many kinds.
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0][:80] or type(error).__name__
        raise CjmError(
            f"template {path}: can't be read as {suffix} ({reason}); "
            "open it in its program and save it again"
        ) from error


def finish(document: Any, page: dict[str, Any], path: str | Path, *, title: str) -> None:
    """Strip a document of links and traces, set its properties, and write it.

    `page` is the report's dict: its language, and the date of its last coding, which is the date
    of the file; without one the file has none.
    """
    language = {"ru": "ru-RU", "en": "en-GB"}[page["words"].language]
    package = document.part.package
    _drop_outside(package)
    _set_properties(document.core_properties, title, language, _date(page["as_of"]))
    whole = io.BytesIO()
    document.save(whole)
    out = Path(path)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(repacked(whole.getvalue()))
    except OSError as error:
        raise CjmError(f"{out}: can't be written ({error.strerror}); choose another path") from None


def _drop_outside(package: Any) -> None:
    """Drop every link out of the file, and properties of the base beside the core ones."""
    # The two libraries name the links of the file itself differently.
    own = package.rels if hasattr(package, "rels") else package._rels
    for key, rel in list(own.items()):
        if not rel.reltype.endswith(_KEPT_OF_PACKAGE):
            own.pop(key)
    for part in list(package.iter_parts()):
        outside = {key for key, rel in part.rels.items() if rel.is_external}
        if outside and hasattr(part, "_element"):
            _unlink(part._element, outside)
        for key in outside:
            part.rels.pop(key)


def _unlink(root: Any, keys: set[str]) -> None:
    """Remove what points at the dropped links: whole elements that are links, else the pointer."""
    for element in list(root.iter()):
        pointers = [
            name for name, value in element.attrib.items()
            if value in keys and "officeDocument/2006/relationships" in name
        ]  # fmt: skip
        if not pointers:
            continue
        if element.tag.rpartition("}")[2] in _WHOLE_ELEMENTS:
            element.getparent().remove(element)
        else:
            for name in pointers:
                del element.attrib[name]


def _set_properties(properties: Any, title: str, language: str, day: datetime | None) -> None:
    blank = ("category", "comments", "content_status", "identifier", "keywords", "subject")
    for name in (*blank, "version"):
        setattr(properties, name, "")
    properties.author = properties.last_modified_by = AUTHOR
    properties.title = title[:255]
    properties.language = language
    properties.revision = 1
    element = properties._element
    for child in list(element):
        if child.tag.rpartition("}")[2] in ("created", "modified", "lastPrinted"):
            element.remove(child)
    if day is not None:
        properties.created = properties.modified = day


def _date(said: str | None) -> datetime | None:
    """Read the report's date back: 22.11.2026 or 2026-11-22."""
    for form in ("%d.%m.%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(str(said), form)
        except ValueError:
            continue
    return None


def repacked(whole: bytes) -> bytes:
    """Write an office file anew without the times of writing, also of a file inside it."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            content = given.read(name)
            if name.endswith(".xlsx"):
                content = repacked(_undated(content))
            made.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _undated(workbook: bytes) -> bytes:
    """Give the workbook of a chart a fixed date: its library writes the hour."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = _CREATED.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            made.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
