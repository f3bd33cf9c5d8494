"""A question bank from its YAML file, checked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.schema import ITEM_LAYERS, METRICS, QUESTION_TYPES

KINDS = ("survey", "interview", "brief", "observation")
LANGUAGES = ("ru", "en")
_FOLDER = Path(__file__).parent
_SLUG = re.compile(r"[a-z][a-z0-9_]*")
_PLACE = re.compile(r"c(\d|1[0-4])")
_GUIDE = {"guide", "kind", "name_ru", "name_en", "source", "note", "blocks"}
_BLOCK = {"slug", "name_ru", "name_en", "sources_ru", "sources_en", "questions"}
_ASKED = {
    *("slug", "ru", "en", "type", "metric", "scale", "higher_is_better", "place", "touchpoint"),
    *("layer", "moment"),
}
_FEW_LETTERS = "small Latin letters, digits and _"


@dataclass(frozen=True, eq=False)
class Guide:
    """A bank of questions.

    Attributes
    ----------
    name, kind, name_ru, name_en, source, note : its slug, what it is asked in {survey, interview,
        brief, observation}, its names, where it is from, and a remark or None
    questions : one row a question, in order: question (slug), block (slug), text_ru, text_en, type,
        metric, scale_min, scale_max, higher_is_better (boolean), place (on the spine c0-c14 of the
        journey models, NaN for the whole way), touchpoint (slug), layer (of the map), moment (bool:
        the answer names a moment of truth)
    blocks : block, name_ru, name_en, sources_ru, sources_en (tuples: where the method looks for
        answers), n_questions (int64)
    """

    name: str
    kind: str
    name_ru: str
    name_en: str
    source: str
    note: str | None
    questions: pd.DataFrame
    blocks: pd.DataFrame

    def __len__(self) -> int:
        """Count questions."""
        return len(self.questions)


def available() -> list[str]:
    """Name the shipped guides, sorted."""
    return sorted(path.stem for path in _FOLDER.glob("*.yaml"))


def load(name: str | Path) -> Guide:
    """Give a shipped guide, or one of your own by its path, ending in `.yaml` or `.yml`.

    Raises
    ------
    CjmError
        An unknown name; a file that can't be read; a field that is unknown, missing or wrong, with
        the question that it stands at.
    """
    if str(name).endswith((".yaml", ".yml")):
        return _parsed(Path(name))
    if str(name) not in available():
        raise CjmError(
            f"no guide {str(name)!r}; shipped: {', '.join(available())}; for a file of your own "
            "give its path, ending in .yaml"
        )
    return _shipped(str(name))


@cache
def _shipped(name: str) -> Guide:
    return _parsed(_FOLDER / f"{name}.yaml")


def _parsed(path: Path) -> Guide:
    read = _read(path)
    _fields(path, "the guide", read, allowed=_GUIDE, needed={"guide", "name_ru", "name_en"})
    kind = _one_of(path, "the guide", "kind", read.get("kind", "interview"), KINDS)
    blocks = _listed(path, "the guide", "blocks", read)
    rows = [row for block in blocks for row in _block(path, block)]
    if not rows:
        raise CjmError(f"{path}: no question; write them under blocks: - questions:")
    questions = pd.DataFrame(rows).astype(
        {
            **dict.fromkeys(("question", "block", "text_ru", "text_en", "type", "metric"), "str"),
            **dict.fromkeys(("place", "touchpoint", "layer"), "str"),
            **dict.fromkeys(("scale_min", "scale_max"), "float64"),
            "higher_is_better": "boolean",
            "moment": "bool",
        }
    )
    doubled = questions.loc[questions["question"].duplicated(), "question"]
    if len(doubled):
        raise CjmError(f"{path}: question {doubled.iloc[0]!r} stands twice; give it another slug")
    return Guide(
        name=str(read["guide"]),
        kind=kind,
        name_ru=str(read["name_ru"]),
        name_en=str(read["name_en"]),
        source=str(read.get("source", "")),
        note=read.get("note"),
        questions=questions,
        blocks=_blocks(blocks),
    )


def _read(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CjmError(f"{path}: can't be read ({error.strerror}); check the path") from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise CjmError(f"{path}: is no YAML ({' '.join(str(error).split())[:120]})") from None
    if not isinstance(read, dict):
        raise CjmError(f"{path}: is no guide; it needs guide, name_ru, name_en and blocks")
    return read


def _fields(
    path: Path, where: str, found: Any, *, allowed: set[str], needed: set[str]
) -> Mapping[str, Any]:
    if not isinstance(found, dict):
        raise CjmError(f"{path}: {where} is {found!r}; it needs {', '.join(sorted(needed))}")
    unknown, missing = set(found) - allowed, needed - set(found)
    if unknown:
        known = ", ".join(sorted(allowed))
        raise CjmError(f"{path}: {where} has no {min(map(str, unknown))!r}; allowed: {known}")
    if missing:
        raise CjmError(f"{path}: {where} lacks {', '.join(sorted(missing))}")
    return found


def _listed(path: Path, where: str, name: str, found: Mapping[str, Any]) -> list[Any]:
    values = found.get(name, [])
    if not isinstance(values, list):
        raise CjmError(f"{path}: {where}: {name} is {values!r}; give a list")
    return values


def _one_of(path: Path, where: str, name: str, value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise CjmError(f"{path}: {where}: no {name} {value!r}; choose one of {', '.join(known)}")
    return str(value)


def _block(path: Path, block: Any) -> Iterator[dict[str, Any]]:
    named = _fields(path, "a block", block, allowed=_BLOCK, needed={"slug", "name_ru", "name_en"})
    for found in _listed(path, f"block {named['slug']!r}", "questions", named):
        yield {"block": str(named["slug"])} | _question(path, found)


def _question(path: Path, found: Any) -> dict[str, Any]:
    _fields(path, "a question", found, allowed=_ASKED, needed={"slug", "ru", "en"})
    slug = str(found["slug"])
    where = f"question {slug!r}"
    if not _SLUG.fullmatch(slug):
        raise CjmError(f"{path}: {where}: a slug is written in {_FEW_LETTERS}")
    place, layer, metric = found.get("place"), found.get("layer"), found.get("metric")
    if place is not None and not _PLACE.fullmatch(str(place)):
        raise CjmError(f"{path}: {where}: no place {place!r}; choose one of c0 ... c14")
    if layer is not None:
        _one_of(path, where, "layer", layer, ITEM_LAYERS)
    if metric is not None:
        _one_of(path, where, "metric", metric, METRICS)
    low, high = _scale(path, where, found.get("scale"))
    return {
        "question": slug,
        "text_ru": str(found["ru"]),
        "text_en": str(found["en"]),
        "type": _one_of(path, where, "type", found.get("type", "open"), QUESTION_TYPES),
        "metric": metric,
        "scale_min": low,
        "scale_max": high,
        "higher_is_better": found.get("higher_is_better"),
        "place": place,
        "touchpoint": found.get("touchpoint"),
        "layer": layer,
        "moment": bool(found.get("moment", False)),
    }


def _scale(path: Path, where: str, ends: Any) -> tuple[float | None, float | None]:
    if ends is None:
        return None, None
    numbers = isinstance(ends, list) and [type(end) in (int, float) for end in ends]
    if numbers != [True, True] or ends[0] >= ends[1]:
        raise CjmError(f"{path}: {where}: scale is {ends!r}; give its two ends, e.g. [1, 10]")
    return float(ends[0]), float(ends[1])


def _blocks(blocks: list[Any]) -> pd.DataFrame:
    rows = [
        {
            "block": str(block["slug"]),
            "name_ru": str(block["name_ru"]),
            "name_en": str(block["name_en"]),
            "sources_ru": tuple(map(str, block.get("sources_ru", ()))),
            "sources_en": tuple(map(str, block.get("sources_en", ()))),
            "n_questions": len(block.get("questions", ())),
        }
        for block in blocks
    ]
    return pd.DataFrame(rows)
