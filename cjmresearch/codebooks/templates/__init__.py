"""Templates of cards and empathy maps as data: which fields, of which type, filled from what.

One YAML file a template, in Russian and English, with its place in the sources. A file of your own
has the same form; `docs` of every key stand in `persona7.yaml`:

    template: gym_client            # its name
    of: participant                 # persona, participant, company or map
    name_ru: Клиент клуба
    name_en: Club client
    fields:                         # at most 50
      - field: visits               # its name on a card and in the table `fields`
        name_ru: Посещений в месяц
        name_en: Visits a month
        type: number                # text, number, status, date or choice
        required: true

Names of shipped templates are listed by `available()`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cjmresearch.codebooks.templates.fields import (
    TYPES,
    CardField,
    CardSchema,
    Rule,
    made,
)
from cjmresearch.errors import CodebookError

__all__ = [
    "TYPES",
    "CardField",
    "CardSchema",
    "Rule",
    "available",
    "load",
    "personal_fields",
    "write",
]

_FOLDER = Path(__file__).parent


def available() -> list[str]:
    """Name the shipped templates, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load(name_or_path: str | Path | CardSchema) -> CardSchema:
    """Give a template by its shipped name, or read one of your own from a `.yaml` file.

    `CodebookError` lists every problem of a file in one line.
    """
    if isinstance(name_or_path, CardSchema):
        return name_or_path
    if str(name_or_path).endswith((".yaml", ".yml")):
        return _read(Path(name_or_path))
    if name_or_path not in available():
        raise CodebookError(
            f"no template {str(name_or_path)!r}; shipped: {', '.join(available())}; "
            "for a file of your own give its path, ending in .yaml"
        )
    return _shipped(str(name_or_path))


@cache
def _shipped(name: str) -> CardSchema:
    return _read(_FOLDER / f"{name}.yaml")


@cache
def personal_fields() -> frozenset[str]:
    """Fields of the shipped templates that tell who somebody is."""
    return frozenset(
        field.field for name in available() for field in load(name).fields if field.personal
    )


def write(template: str | CardSchema, path: str | Path) -> Path:
    """Write a template to a file, to be edited there and given to `load` by its path."""
    path = Path(path)
    if not str(path).endswith((".yaml", ".yml")):
        raise CodebookError(f"{path}: a template is written as .yaml; give such a name")
    if not path.parent.is_dir():
        raise CodebookError(f"{path}: the folder {path.parent} does not exist; make it first")
    text = yaml.safe_dump(load(template).plain(), allow_unicode=True, sort_keys=False, width=100)
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _read(path: Path) -> CardSchema:
    try:
        given: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CodebookError(f"{path}: can't be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise CodebookError(f"{path}: not UTF-8; save the file as UTF-8") from None
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())[:160]
        raise CodebookError(f"{path}: not YAML ({words}); mend the line it names") from None
    return made(given, str(path))
