"""Codebooks as data: journey models, touchpoints, feelings and barriers, ru + en, with sources.

One YAML file a scheme; adding a code or a pattern is an edit of that file. The journey models are
`b2b8 aida4 dozortsev12 dyachenko9 simple5 shop6 linear5 eshop8 sales5`.
"""

from __future__ import annotations

import uuid
from functools import cache
from pathlib import Path

import pandas as pd
import yaml

from cjmresearch.codebooks import files
from cjmresearch.codebooks.parse import Code, Codebook, Edge, compose, parse
from cjmresearch.errors import CodebookError
from cjmresearch.schema import frame

__all__ = [
    "Code",
    "Codebook",
    "Edge",
    "available",
    "book",
    "code_id",
    "default",
    "journeys",
    "load",
    "patterns",
    "read",
    "write",
]

_FILES = (".yaml", ".yml", ".csv")
_FOLDER = Path(__file__).parent
_SHOP_JOURNEYS = ("simple5", "shop6", "linear5", "eshop8")


def code_id(slug: str) -> str:
    """Give the id of a code by its slug (`b2b8:purchase`): the same in every project."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:{slug}"))


def available() -> list[str]:
    """Name the shipped schemes, sorted."""
    return sorted(p.stem for p in _FOLDER.glob("*.yaml"))


@cache
def journeys() -> tuple[str, ...]:
    """Name the shipped journey models, sorted."""
    return tuple(s for s in available() if book(s).codes[0].kind == "stage")


@cache
def _shipped(scheme: str) -> Codebook:
    path = _FOLDER / f"{scheme}.yaml"
    return parse(path.read_text(encoding="utf-8"), path.name)


def book(scheme_or_path: str | Path) -> Codebook:
    """Give a codebook with all that its file holds: sources, goals, edges, crosswalk, patterns.

    A name is a shipped scheme; anything with a `.yaml` or `.yml` ending is a file.
    """
    if str(scheme_or_path).endswith((".yaml", ".yml")):
        return _from_file(Path(scheme_or_path))
    scheme = str(scheme_or_path)
    if scheme not in available():
        raise CodebookError(
            f"no codebook {scheme!r}; shipped: {', '.join(available())}; "
            "for a file of your own give its path, ending in .yaml"
        )
    return _shipped(scheme)


def _from_file(path: Path) -> Codebook:
    return parse(_text(path), path)


def _text(path: Path) -> str:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # a cell may hold a return
            return file.read()
    except OSError as error:
        raise CodebookError(f"{path}: can't be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CodebookError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from None


def load(*schemes: str | Path) -> pd.DataFrame:
    """Load schemes as one frame [codes]; without a name, all that are shipped.

    A name ending in `.yaml`, `.yml` or `.csv` is a file of your own, as `read` reads it.
    `position` is the order of a code in its scheme, from 1. `definition` holds both languages,
    as `ru / en`.
    """
    rows = [row for scheme in schemes or available() for row in _any_rows(scheme)]
    return frame("codes", rows)


def read(path: str | Path) -> pd.DataFrame:
    """Read a codebook of your own as a frame [codes]: a scheme, or what `write` has written.

    `CodebookError` lists every problem with file and line.
    """
    return frame("codes", _file_rows(Path(path)))


def write(codes: pd.DataFrame, path: str | Path) -> Path:
    """Write codes [codes] to a file that `read` reads back the same: `.yaml`, `.yml` or `.csv`.

    A CSV opens in a spreadsheet: what begins like a formula stands behind an apostrophe there.
    """
    return files.write(codes, path, identify=code_id)


def _any_rows(scheme_or_path: str | Path) -> list[dict[str, object]]:
    if str(scheme_or_path).endswith(_FILES):
        return _file_rows(Path(scheme_or_path))
    return _rows(book(scheme_or_path))


def _file_rows(path: Path) -> list[dict[str, object]]:
    text = _text(path)
    if path.suffix.lower() == ".csv":
        return files.rows(files.csv_records(text, path), path, identify=code_id)
    root = compose(text, path)
    if isinstance(root, yaml.MappingNode) and "scheme" not in {k.value for k, _ in root.value}:
        return files.rows(files.yaml_records(root, path), path, identify=code_id)
    return _rows(parse(text, path))


def default(journey: str = "b2b8") -> pd.DataFrame:
    """Give the codes that a new project gets: the journey model, touchpoints, feelings, barriers.

    A shop's journey (`simple5 shop6 linear5 eshop8`) brings the barriers of a shop; the channels
    of a shop, `shop_touchpoints`, overlap with `touchpoints` and are added by hand where wanted.
    """
    if journey not in journeys():
        raise CodebookError(f"no journey model {journey!r}; shipped: {', '.join(journeys())}")
    barriers = "shop_barriers" if journey in _SHOP_JOURNEYS else "barriers"
    return load(journey, "touchpoints", "feelings", barriers, "movers")


def patterns(*schemes: str | Path) -> pd.DataFrame:
    """List the patterns of schemes (all shipped ones if none is named; a path is a file).

    Columns: slug, scheme, kind, language, applies_to {text, question}, pattern, confidence.
    """
    rows = [
        (f"{source.scheme}:{code.slug}", source.scheme, code.kind, *pattern, source.confidence)
        for source in map(book, schemes or available())
        for code in source.codes
        for pattern in _patterns(code, source)
    ]
    columns = ["slug", "scheme", "kind", "language", "applies_to", "pattern", "confidence"]
    return pd.DataFrame(rows, columns=columns)


def _patterns(code: Code, source: Codebook) -> list[tuple[str, str, str]]:
    found = [
        (language, where, pattern)
        for where, by_language in (("text", code.patterns), ("question", code.questions))
        for language, listed in by_language.items()
        for pattern in listed
    ]
    if code.like:
        scheme, slug = code.like.split(":")
        lenders = {c.slug: c for c in book(scheme).codes} if scheme in available() else {}
        if slug not in lenders:
            raise CodebookError(
                f"{source.path}, line {code.line}: like is {code.like!r}, no shipped code; "
                "see codebooks.load()"
            )
        found += _patterns(lenders[slug], book(scheme))
    return found


def _rows(source: Codebook) -> list[dict[str, object]]:
    columns = ("kind", "name_ru", "name_en", "definition", "colour", "key", "valence")
    rows = []
    for position, code in enumerate(source.codes, start=1):
        slug = f"{source.scheme}:{code.slug}"
        row: dict[str, object] = {c: getattr(code, c) for c in (*columns, "channel", "ownership")}
        parent = code_id(f"{source.scheme}:{code.parent}") if code.parent else None
        row |= {"code_id": code_id(slug), "slug": slug, "scheme": source.scheme}
        rows.append(row | {"parent_id": parent, "position": position})
    return rows
