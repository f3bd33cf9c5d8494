"""Look for originals in what is handed out: pages, tables, office files, notebooks, projects."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch.errors import CjmError, ReadError
from cjmresearch.privacy.english import find_english
from cjmresearch.privacy.keyfile import Key
from cjmresearch.privacy.originals import Original, Originals
from cjmresearch.privacy.russian import find_russian

COLUMNS = {
    "path": "str",
    "place": "str",
    "text": "str",
    "kind": "str",
    "key": "str",
    "certain": "bool",
}
_DATABASE = ("database", "log of the database")
_MAX_BYTES = 500_000_000
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_PICTURE = re.compile(r"(?:image|font|audio|video)/(?!svg)")
_PICTURE_URI = re.compile(rf"data:{_PICTURE.pattern}[\w.+-]*;base64,[A-Za-z0-9+/=]+")
_TAG = re.compile(r"<[^<>]{1,2000}>")


def scan(paths: str | Path | Iterable[str | Path], key: Key | str | Path) -> pd.DataFrame:
    """Find the originals of a key in files of any kind.

    HTML (also inside scripts and escapes), CSV and other text, XLSX, DOCX, PPTX and other zipped
    files, notebooks (cells and outputs), project files (with their log and free pages). Words that
    are drawn in a picture of pixels are not seen.

    Parameters
    ----------
    paths
        Files, or folders whose files are all looked at.
    key
        The key file that `pseudonymise` wrote.

    Returns
    -------
    DataFrame
        One row a place: path, place (line, member or cell), text (as it stands there), kind, key,
        certain (False where the words may mean something else, such as a name that is also a
        word). No row is good.
    """
    key = key if isinstance(key, Key) else Key.load(key)
    originals = Originals(Original(n["key"], n["kind"], n["text"]) for n in key.names)
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    rows = [
        (str(path), place, hit.text, hit.kind, hit.key, hit.certain)
        for path in _files(given)
        for place, text in _texts(path)
        for hit in originals.hits(text)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)
    return frame.drop_duplicates(ignore_index=True)


def suspects(paths: str | Path | Iterable[str | Path], key: Key | str | Path) -> pd.DataFrame:
    """List words that look like names of people and that the key doesn't know.

    A guess to be read, not a leak: pseudonyms of the key and its originals are left out. Project
    files are not searched; `preview` does that.

    Parameters
    ----------
    paths, key
        As of `scan`.

    Returns
    -------
    DataFrame
        One row a file and words: path, place (the first), text, count (in the file), confidence.
    """
    key = key if isinstance(key, Key) else Key.load(key)
    originals = Originals(Original(n["key"], n["kind"], n["text"]) for n in key.names)
    ours = Originals(Original(n["key"], "person", n["replacement"]) for n in key.names)
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    rows = [
        (str(path), place, mention.text, mention.confidence)
        for path in _files(given)
        for place, text in _texts(path)
        if place not in _DATABASE
        for mention in (*find_russian(text), *find_english(text))
        if not any(ours.hits(mention.text)) and not any(originals.hits(mention.text))
    ]
    frame = pd.DataFrame(rows, columns=["path", "place", "text", "confidence"])
    grouped = frame.groupby(["path", "text"], sort=False, as_index=False)
    return grouped.agg(
        place=("place", "first"), count=("place", "size"), confidence=("confidence", "max")
    )[["path", "place", "text", "count", "confidence"]]


def _files(given: Iterable[str | Path]) -> Iterator[Path]:
    for name in given:
        path = Path(name)
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file())
        elif path.is_file():
            yield path
        else:
            raise CjmError(f"{path}: no such file; give files or folders to look at")


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    """Give the words of a file piece by piece, with where each stands."""
    yield "name of the file", path.name
    if path.stat().st_size > _MAX_BYTES:
        raise ReadError(path, "larger than 500 MB; look at a smaller part of it")
    content = path.read_bytes()
    if content.startswith(b"SQLite format 3\0"):
        log = path.with_name(path.name + "-wal")
        yield _DATABASE[0], _decoded(content)
        if log.is_file():
            yield _DATABASE[1], _decoded(log.read_bytes())
    elif zipfile.is_zipfile(path):
        yield from _members(path)
    elif path.suffix == ".ipynb":
        yield from _notebook(path, content)
    else:
        yield from _lines(_plain(_decoded(content)))


def _decoded(content: bytes) -> str:
    for encoding, mark in (("utf-16", b"\xff\xfe"), ("utf-16", b"\xfe\xff")):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")
    return content.decode("utf-8", errors="replace")


def _plain(text: str) -> str:
    """Undo the escapes of HTML and JSON, and add the words without tags between them."""
    text = _PICTURE_URI.sub("", html.unescape(text))
    text = _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), text)
    bare = _TAG.sub("", text)
    return text if bare == text else f"{text}\n{bare}"


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"line {number}", line


def _members(path: Path) -> Iterator[tuple[str, str]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > _MAX_BYTES:
                raise ReadError(path, "more than 500 MB when unpacked; look at a smaller file")
            for info in archive.infolist():
                yield info.filename, info.filename
                if not info.is_dir():
                    text = _decoded(archive.read(info))
                    yield info.filename, _TAG.sub(" ", html.unescape(text)) + "\n" + _plain(text)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ReadError(path, f"can't be unpacked ({error}); save it again") from None


def _notebook(path: Path, content: bytes) -> Iterator[tuple[str, str]]:
    try:
        notebook = json.loads(content)
    except ValueError:
        raise ReadError(path, "not a notebook; save it again") from None
    cells = notebook.get("cells", []) if isinstance(notebook, dict) else []
    for number, cell in enumerate(cells, start=1):
        for part in ("source", "outputs", "metadata", "attachments"):
            text = "\n".join(_strings(cell.get(part))) if isinstance(cell, dict) else ""
            if text:
                yield f"cell {number}, {part}", _plain(text)
    yield "metadata", "\n".join(_strings({k: v for k, v in notebook.items() if k != "cells"}))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            yield "".join(value)
        else:
            for item in value:
                yield from _strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield str(name)
            if not _PICTURE.match(str(name)):  # letters that spell pixels say nobody's name
                yield from _strings(item)
