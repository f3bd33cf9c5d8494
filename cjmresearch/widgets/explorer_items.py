"""Items of a map as the explorer shows them, and the acts by which people change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from cjmresearch.errors import CjmError
from cjmresearch.journey import JourneyMap
from cjmresearch.schema import ITEM_LAYERS, Study
from cjmresearch.store import Project
from cjmresearch.widgets import grid
from cjmresearch.widgets.explorer_words import say

KINDS = ("item", "item_change", "item_delete", "link", "unlink")
"""Kinds of events that the explorer makes, and may take back."""
FIELDS = ("stage", "layer", "text", "owner", "status")
_LINKS = {"removed_by": "opportunities", "done_by": "tasks"}


class ItemActs:
    """Acts on items by one coder; each is done once under the id that the page gave it."""

    def __init__(self, project: Project, *, coder: str, language: str) -> None:
        self._project, self._coder, self._language = project, coder, language
        self._known: dict[str, Callable[[Mapping[str, Any]], object]] = {
            "add": self._add,
            "change": self._change,
            "delete": lambda m: project.delete_item(str(m["item"]), coder=coder),
            "link": self._link,
            "unlink": lambda m: project.unlink(str(m["link"]), coder=coder),
            "undo": lambda _: self._back(0),
            "redo": lambda _: self._back(1),
        }

    def __contains__(self, op: object) -> bool:
        return op in self._known

    def do(self, message: Mapping[str, Any]) -> None:
        """Carry out what a message asks for."""
        act = self._known[str(message["op"])]
        self._project.once(str(message["id"]), lambda: act(message))

    def history(self) -> list[str | None]:
        """Name the acts that undo and redo would take: only those that are made here."""
        return [kind if kind in KINDS else None for kind in self._project.history(self._coder)]

    def _add(self, message: Mapping[str, Any]) -> None:
        self._project.add_item(
            str(message["stage"]),
            str(message["layer"]),
            _words(message["text"]) or "",
            coder=self._coder,
            owner=_words(message.get("owner")),
            status=_words(message.get("status")),
        )

    def _change(self, message: Mapping[str, Any]) -> None:
        field = str(message["field"])
        if field not in FIELDS:
            raise CjmError(f"an item has no {field[:40]!r} to change; it has {', '.join(FIELDS)}")
        value = _words(message["value"])
        fields = {field: value or "" if field == "text" else value}
        self._project.change_item(str(message["item"]), coder=self._coder, **fields)

    def _link(self, message: Mapping[str, Any]) -> None:
        ends = str(message["from"]), str(message["relation"]), str(message["to"])
        self._project.link(*ends, coder=self._coder)

    def _back(self, which: int) -> None:
        if self.history()[which] is None:
            raise CjmError(say("not_ours", self._language))
        (self._project.undo, self._project.redo)[which](self._coder)


def with_items(study: Study, project: Project) -> Study:
    """Give a study with the items and links that the project has now."""
    return replace(study, items=project.frame("items"), links=project.frame("links"))


def plan(shown: JourneyMap, language: str) -> dict[str, Any]:
    """List items, what they are linked with, and what they may be linked with.

    `n` are the people of the map whose words an item rests on; None where it is not on the map.
    """
    study = shown.study
    names = shown.names(language)
    on_map = shown.cells[shown.cells["item_id"].notna()].set_index("item_id")
    quotes = shown.evidence["item_id"].value_counts()
    links = _links(study, names)
    return {
        "items": [
            {
                "id": item.item_id,
                **{field: _words(getattr(item, field)) or "" for field in FIELDS},
                "stage_name": names.get(item.stage, item.stage),
                "map_type": item.map_type,
                "n": _people(on_map["n_participants"].get(item.item_id), quotes.get(item.item_id)),
                "of": len(shown.participants),
                "quotes": int(quotes.get(item.item_id, 0)),
                "on_map": item.item_id in on_map.index,
                "links": links.get(item.item_id, []),
            }
            for item in _in_order(study.items, shown).itertuples()
        ],
        "stages": [
            {"value": stage, "label": names[stage]} for stage in shown.stages["stage"].astype(str)
        ],
        "layers": [
            {"value": layer, "label": grid.layer_name(layer, language)} for layer in ITEM_LAYERS
        ],
        "barriers": _barriers(shown, names),
    }


def _in_order(items: pd.DataFrame, shown: JourneyMap) -> pd.DataFrame:
    stages = {stage: i for i, stage in enumerate(shown.stages["stage"])}
    layers = {layer: i for i, layer in enumerate(ITEM_LAYERS)}
    order = pd.DataFrame(
        {
            "stage": items["stage"].map(stages).fillna(len(stages)),
            "layer": items["layer"].map(layers).fillna(len(layers)),
            "text": items["text"],
            "id": items["item_id"],
        }
    ).sort_values(["stage", "layer", "text", "id"])
    return items.loc[order.index]


def _links(study: Study, names: Mapping[str, str]) -> dict[str, list[dict[str, str]]]:
    """Say of each item what it removes and what it carries out: by the item at the far end."""
    slugs = study.codes.set_index("code_id")["slug"]
    texts = study.items.set_index("item_id")["text"]
    found: dict[str, list[dict[str, str]]] = {}
    for link in study.links[study.links["relation"].isin(_LINKS)].itertuples():
        slug = slugs.get(link.from_id)
        name = names.get(slug, slug) if slug is not None else texts.get(link.from_id, "?")
        told = {"id": link.link_id, "relation": link.relation, "name": str(name)}
        found.setdefault(link.to_id, []).append(told | {"from": str(slug or link.from_id)})
    return found


def _barriers(shown: JourneyMap, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Pains of the codebook and barriers that people put on the map; the most spoken of first."""
    study, seen = shown.study, shown.observations
    people = seen.groupby("code")["participant_id"].nunique()
    pains = study.codes.loc[study.codes["kind"] == "pain", "slug"]
    coded = [{"value": s, "label": names[s], "n": int(people.get(s, 0))} for s in pains]
    coded.sort(key=lambda barrier: (-barrier["n"], barrier["label"]))
    own = study.items[study.items["layer"] == "barriers"]
    return coded + [{"value": i.item_id, "label": i.text, "n": None} for i in own.itertuples()]


def _people(n: Any, quotes: int | None) -> int | None:
    """People behind an item; 0 where its quotes are other people's, None where it has none."""
    if n is None or pd.isna(n):
        return 0 if quotes else None
    return int(n)


def _words(value: Any) -> str | None:
    """Tidy what was typed; nothing but spaces is nothing."""
    text = "" if value is None or value is pd.NA or value != value else str(value)
    return text.strip() or None
