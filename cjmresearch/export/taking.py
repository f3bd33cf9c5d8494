"""What a map file brings into a project: items, links, and stages that the project doesn't have."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmresearch import journey
from cjmresearch.export.document import Document
from cjmresearch.schema import ITEM_LAYERS, RELATIONS, Study, frame

_FREE_ENDS = ("before", "after")
"""Relations to a wave, which is a name and stands in no table."""


@dataclass(frozen=True)
class Taken:
    """What `taken` found for `Project.import_map`.

    Attributes
    ----------
    stages : frame [codes] of stages to be added first
    items, links : plain rows
    unproven : how many cells come as hypotheses, for their quotes are not in the project
    left_out : what can't come, and how many
    """

    stages: pd.DataFrame
    items: list[dict[str, Any]]
    links: list[dict[str, Any]]
    unproven: int
    left_out: dict[str, int]


def taken(document: Document, study: Study) -> Taken:
    """Sort out what of a map file a project takes in."""
    places, new = _places(document, study)
    items = [{**row, "stage": places[row["stage"]]} for row in document["items"]]
    shown = _shown(study)
    mine = {row["item_id"] for row in items}
    cells = [
        cell
        for cell in document["cells"]
        if cell["item_id"] not in mine
        and not str(cell["item_id"]).startswith("goal:")
        and (cell["layer"], places[cell["stage"]], cell["code"]) not in shown
    ]
    usable = [cell for cell in cells if cell["layer"] in ITEM_LAYERS and _name(cell, document)]
    items = [row for row in items if row["layer"] in ITEM_LAYERS]
    items += [_as_item(cell, places[cell["stage"]], document) for cell in usable]
    unique = {row["item_id"]: row for row in items}
    ends = _ends(study) | set(unique)
    links = [row for row in document["links"] if _holds(row, ends)]
    return Taken(
        stages=frame("codes", new),
        items=list(unique.values()),
        links=links,
        unproven=len(usable),
        left_out={
            "cells": len(cells) - len(usable),
            "links": len(document["links"]) - len(links),
        },
    )


def _shown(study: Study) -> set[tuple[str, str, str]]:
    """Cells that the project's own quotes fill, checked or not: they need no hypothesis beside."""
    cells = journey.build(study, include="suggested").cells
    coded = cells[cells["code"].notna()]
    return set(zip(coded["layer"], coded["stage"], coded["code"], strict=True))


def _places(document: Document, study: Study) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Find each stage of the file in the project, by slug or name; list those that are new."""
    codes = study.codes[study.codes["kind"] == "stage"]
    slugs = set(codes["slug"])
    own = study.stages()
    by_name = {
        str(name).casefold(): slug
        for language in ("en", "ru")
        for name, slug in zip(own[f"name_{language}"], own["slug"], strict=True)
    }
    places, new = {}, []
    for position, stage in enumerate(document["stages"], start=1):
        names = [str(stage[f"name_{language}"]).casefold() for language in ("ru", "en")]
        found = stage["id"] if stage["id"] in slugs else None
        found = found or next((by_name[name] for name in names if name in by_name), None)
        if found is None:
            found = stage["id"] if ":" in stage["id"] else f"imported:{stage['id']}"
            new.append(_stage(stage, found, position))
        places[stage["id"]] = found
    return places, new


def _stage(stage: dict[str, Any], slug: str, position: int) -> dict[str, Any]:
    return {
        "code_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:{slug}")),
        "slug": slug,
        "scheme": slug.partition(":")[0],
        "kind": "stage",
        "name_ru": stage["name_ru"] or slug,
        "name_en": stage["name_en"] or slug,
        "position": position,
    }


def _name(cell: dict[str, Any], document: Document) -> str:
    return str(cell[f"name_{document['language']}"]).strip()


def _as_item(cell: dict[str, Any], stage: str, document: Document) -> dict[str, Any]:
    """Make an item of a cell; the same cell gives the same id, so that it comes once."""
    text = _name(cell, document)
    parts = (document["title"], document["map_type"], stage, cell["layer"], text)
    return {
        "item_id": cell["item_id"] or str(uuid.uuid5(uuid.NAMESPACE_URL, "\n".join(parts))),
        "stage": stage,
        "layer": cell["layer"],
        "text": text,
        "owner": None,
        "status": "imported",
        "map_type": document["map_type"],
    }


def _ends(study: Study) -> set[str]:
    return {
        *study.items["item_id"],
        *study.codings["coding_id"],
        *study.codes["code_id"],
        *study.codes.loc[study.codes["kind"] == "stage", "slug"],
        *study.questions["question_id"],
    }


def _holds(link: dict[str, Any], ends: set[str]) -> bool:
    there = link["to_id"] in ends or link["relation"] in _FREE_ENDS
    return link["relation"] in RELATIONS and link["from_id"] in ends and there
