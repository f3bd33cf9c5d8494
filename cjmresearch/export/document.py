"""The map as plain JSON (`.cjm.json`): written with sorted keys, checked against its schema."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.journey import LAYER_NAMES, JourneyMap

VERSION = 1
EVERYBODY = {"ru": "Все участники", "en": "Everybody"}
_STAFF_LAYERS = ("staff", "people", "policies", "technologies", "processes", "tasks")
_POINT = (
    *("mean", "low", "high", "band_low", "band_high", "sd", "level"),
    *("n_participants", "n_units", "n_codings", "mixed_share", "machine_share"),
)

Document = dict[str, Any]


def document(map_: JourneyMap, *, language: str = "ru") -> Document:
    """Put a map into plain JSON: stages with the curve, cells, items, links, and all evidence.

    Quotes of participants without consent are null, and so are all numbers of a future map.

    Parameters
    ----------
    map_
        What `journey.build` gives.
    language
        `ru` or `en`: which names are drawn, e.g. by `mermaid.dumps`.
    """
    study = map_.study
    settings = json.loads(str(study.project["settings"].iloc[0]) or "{}") or {}
    here = study.items[
        (study.items["map_type"] == map_.map_type) & study.items["stage"].isin(map_.stages["stage"])
    ]
    evidence = _evidence(map_)
    used = set(here["item_id"])
    codings = {row["coding_id"] for row in evidence}
    links = study.links[
        (study.links["from_id"].isin(used) | study.links["to_id"].isin(used))
        & ((study.links["relation"] != "rests_on") | study.links["to_id"].isin(codings))
    ]
    return {
        "format": "cjm.json",
        "version": VERSION,
        "title": str(settings.get("title") or study.goal),
        "goal": study.goal,
        "language": language,
        "map_type": map_.map_type,
        "model": map_.model,
        "persona": map_.persona,
        "n_participants": map_.n_participants,
        "layers": list(map_.layers),
        "stages": _stages(map_),
        "edges": _records(map_.edges),
        "cells": _cells(map_, language),
        "items": _records(here),
        "links": _records(links),
        "outside": [] if map_.map_type == "future" else _records(map_.outside),
        "crosswalk": None if map_.crosswalk is None else _records(map_.crosswalk),
        "sources": _sources(map_),
        "evidence": evidence,
        "samples": _records(study.samples),
    }


def dumps(document: Document) -> str:
    """Write a document as text: keys sorted, a value a line, so that differences are readable."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return text + "\n"


def loads(text: str, *, name: str = "map") -> Document:
    """Read what `dumps` wrote; whatever else is a `CjmError` of one line.

    `name` is what the message calls the text, e.g. its file.
    """
    try:
        found = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_once)
    except RecursionError:
        raise CjmError(f"{name}: nested too deeply to be a map") from None
    except json.JSONDecodeError as error:
        raise CjmError(
            f"{name}, line {error.lineno}: not JSON ({error.msg}); write it with cjmresearch export"
        ) from None
    except ValueError as error:
        raise CjmError(f"{name}: {error}") from None
    check(found, name=name)
    return found


def _no_constant(value: str) -> None:
    raise ValueError(f"{value} is no number of JSON; write null")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:40]!r} stands twice in one object")
        found[key] = value
    return found


@functools.cache
def schema() -> dict[str, Any]:
    """Give the published JSON Schema of a map file."""
    path = Path(__file__).with_name("cjm.schema.json")
    return dict(json.loads(path.read_text(encoding="utf-8")))


@functools.cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    return Draft202012Validator(schema())


def check(document: Any, *, name: str = "map") -> None:
    """Check a document against the schema and in itself; `CjmError` names the first problem."""
    try:
        error = next(iter(_validator().iter_errors(document)), None)
    except RecursionError:
        raise CjmError(f"{name}: nested too deeply to be a map") from None
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path) or "the file"
        raise CjmError(f"{name}: {place}: {_short(error)}; see docs/cjm.schema.json")
    _check_references(document, name)
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise CjmError(f"{name}: holds half a character (a lone surrogate)") from None


def _short(error: Any) -> str:
    if error.validator == "additionalProperties":
        return " ".join(str(error.message).split())[:160]
    wanted = json.dumps(error.validator_value, ensure_ascii=False)
    value = json.dumps(error.instance, ensure_ascii=False)
    value = value if len(value) <= 60 else value[:57] + "..."
    if error.validator == "required":
        return " ".join(str(error.message).split())[:160]
    return f"{value} does not agree with {error.validator} {wanted[:90]}"


def _check_references(document: Document, name: str) -> None:
    stages = [stage["id"] for stage in document["stages"]]
    items = [item["item_id"] for item in document["items"]]
    for what, ids in (("stage", stages), ("item", items)):
        twice = {i for i in ids if ids.count(i) > 1} if len(set(ids)) < len(ids) else set()
        if twice:
            raise CjmError(f"{name}: the {what} {min(twice)!r} stands twice")
    for part in ("cells", "items"):
        for number, row in enumerate(document[part]):
            if row["stage"] not in set(stages):
                raise CjmError(f"{name}: {part}/{number}: no stage {row['stage']!r} in the file")
    for row in document["evidence"]:
        if row["quote"] is not None and len(row["quote"]) != row["end"] - row["start"]:
            raise CjmError(
                f"{name}: evidence {row['coding_id']}: the quote has {len(row['quote'])} "
                f"characters, its span {row['end'] - row['start']}"
            )


def _stages(map_: JourneyMap) -> list[dict[str, Any]]:
    points = map_.curve.set_index(map_.curve["stage"].astype("str"))
    future = map_.map_type == "future"
    found = []
    for stage in _records(map_.stages):
        slug = stage.pop("stage")
        point = points.loc[slug]
        emotion = None if future else {key: _plain(point[key]) for key in _POINT}
        found.append({"id": slug, **stage, "emotion": emotion})
    return found


def _cells(map_: JourneyMap, language: str) -> list[dict[str, Any]]:
    """Cells in the order of stages, then layers, each with the codings it counts."""
    place = {stage: i for i, stage in enumerate(map_.stages["stage"])}
    order = map_.cells["stage"].map(place).sort_values(kind="stable").index
    records = _records(map_.cells.loc[order])
    for cell in records:
        rows = map_.rows((cell["layer"], cell["stage"], cell["code"] or cell["item_id"]))
        cell["evidence"] = sorted(rows["coding_id"].unique().tolist())
        cell["actors"] = [actor(map_.persona, cell["layer"], language)]
    return records


def actor(persona: str | None, layer: str, language: str) -> str:
    """Say who acts in a cell: staff on their lanes, else the persona or everybody."""
    if layer in _STAFF_LAYERS:
        return LAYER_NAMES[language]["staff"]
    return persona or EVERYBODY[language]


def _evidence(map_: JourneyMap) -> list[dict[str, Any]]:
    rows = map_.in_full(map_.observations)
    opened = aggregate.evidence(map_.study, rows["coding_id"], context=0)
    withheld = opened["withheld"].to_numpy(dtype=bool)
    shown = rows.assign(
        quote=rows["quote"].mask(withheld),
        withheld=withheld,
        stage=rows["stage"].astype("str"),
        pseudonym=rows["participant"],
        participant=rows["participant_id"],
    )
    columns = [
        *("coding_id", "participant", "pseudonym", "org_id", "source_id", "start", "end"),
        *("quote", "withheld", "code", "kind", "stage", "touchpoint", "weight", "valence"),
        *("intensity", "coder", "status", "model_version", "run_id", "confidence", "created_at"),
        *("machine", "stage_machine", "touchpoint_machine"),
    ]
    return _records(shown[columns])


def _sources(map_: JourneyMap) -> list[dict[str, Any]]:
    study = map_.study
    used = study.sources[study.sources["source_id"].isin(map_.observations["source_id"])]
    texts = study.texts[["source_id", "revision", "sha256"]]
    columns = ["source_id", "title", "kind", "language", "recorded_on", "wave", "revision"]
    return _records(used[columns].merge(texts, on=["source_id", "revision"]))


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {c: [_plain(v) for v in frame[c].astype(object)] for c in frame.columns}
    return [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]


def _plain(value: Any) -> Any:
    """Turn a value of a frame into one of JSON."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if isinstance(value, np.generic):
        return value.item()
    return value
