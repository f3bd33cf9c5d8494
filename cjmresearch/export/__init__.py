"""Codings, tables and maps out of a project, and maps back in.

`write` chooses by the ending of the file; `FORMATS` lists them. A map file (`.cjm.json`, `.mmd`)
is read by `read_map`. Every writer of maps starts from `document`: the map as plain JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cjmresearch import journey
from cjmresearch.errors import CjmError
from cjmresearch.export import eventlog, mermaid, pictures
from cjmresearch.export.document import check, document, dumps, loads, schema
from cjmresearch.export.flat import codings, tables, write_csv, write_xlsx
from cjmresearch.export.pictures import picture, svg_of
from cjmresearch.export.steps import steps
from cjmresearch.export.taking import Taken, taken
from cjmresearch.export.voc import voc
from cjmresearch.schema import Study
from cjmresearch.wording import WITHHELD

__all__ = [
    "FORMATS",
    "MAP_FORMATS",
    "WITHHELD",
    "Taken",
    "check",
    "codings",
    "document",
    "dumps",
    "loads",
    "picture",
    "read_map",
    "schema",
    "steps",
    "svg_of",
    "tables",
    "taken",
    "voc",
    "write",
]

FORMATS = {
    ".voc.csv": "voice of the customer: date, score, scale, verbatim, stage",
    ".csv": "codings, a row each",
    ".xlsx": "all tables, the map and T1-T5, a sheet each",
    ".cjm.json": "the map with its evidence",
    ".mmd": "the map as a Mermaid journey",
    ".cjml": "people's paths in CJML",
    ".xes": "people's paths as an event log, e.g. for pm4py",
    ".svg": "the map as a picture",
    ".png": "the map as a picture",
}
"""Endings that `write` knows."""

MAP_FORMATS = (".cjm.json", ".mmd")
"""Endings that `read_map` knows."""

_MOST_BYTES = 64 * 2**20


def write(
    study: Study,
    path: str | Path,
    *,
    include: str = "human",
    language: str = "ru",
    map_: journey.JourneyMap | None = None,
) -> Path:
    """Write the file that its ending asks for; see `FORMATS`.

    Parameters
    ----------
    study
        Frozen frames of a project.
    path
        Where to; the folder has to be there.
    include
        `human`, or `suggested` to add what machines suggest and nobody has decided.
    language
        `ru` or `en`: names and headings.
    map_
        The map to write; default is `journey.build(study, include=include)`.
    """
    path = Path(path)

    def shown() -> journey.JourneyMap:
        return journey.build(study, include=include) if map_ is None else map_

    def text(make: Callable[[], str]) -> Callable[[], None]:
        def put() -> None:
            path.write_text(make(), encoding="utf-8", newline="\n")

        return put

    def made() -> dict[str, object]:
        return document(shown(), language=language)

    writers: dict[str, Callable[[], None]] = {
        ".voc.csv": lambda: write_csv(voc(study, include=include, language=language), path),
        ".csv": lambda: write_csv(codings(study, include=include), path),
        ".xlsx": lambda: write_xlsx(tables(study, include=include, language=language), path),
        ".cjm.json": text(lambda: dumps(made())),
        ".mmd": text(lambda: mermaid.dumps(made())),
        ".cjml": text(lambda: eventlog.cjml(shown(), language=language)),
        ".xes": text(lambda: eventlog.xes(shown(), language=language)),
        ".svg": text(lambda: pictures.svg(shown(), language=language)),
        ".png": lambda: pictures.png(shown(), path, language=language),
    }
    ending = _ending(path, tuple(writers))
    if ending is None:
        raise CjmError(f"{path}: can't export {path.suffix or 'that'}; known: {', '.join(writers)}")
    if not path.parent.is_dir():
        raise CjmError(f"{path}: the folder {path.parent} does not exist; make it first")
    writers[ending]()
    return path


def read_map(path: str | Path) -> dict[str, object]:
    """Read a map file into the plain JSON of `document`.

    A file that is broken, too large or no map is a `CjmError` of one line.
    """
    path = Path(path)
    ending = _ending(path, MAP_FORMATS)
    if ending is None:
        raise CjmError(f"{path}: not a map file; known: {', '.join(MAP_FORMATS)}")
    try:
        size = path.stat().st_size
        text = path.read_text(encoding="utf-8-sig") if size <= _MOST_BYTES else ""
    except OSError as error:
        raise CjmError(f"{path}: can't be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise CjmError(f"{path}: not UTF-8; save the file as UTF-8") from None
    if size > _MOST_BYTES:
        raise CjmError(f"{path}: {size:,} bytes; a map file has at most {_MOST_BYTES:,}")
    reader = loads if ending == ".cjm.json" else mermaid.loads
    return reader(text, name=str(path))


def _ending(path: Path, known: tuple[str, ...]) -> str | None:
    return next((e for e in known if path.name.lower().endswith(e)), None)
