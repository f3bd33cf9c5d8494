"""What people put on a map: items, and links between barriers, ideas, tasks, metrics and waves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.schema import ITEM_LAYERS, MAP_TYPES, RELATIONS
from cjmresearch.store import changes
from cjmresearch.store.acts import Acts
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch, plain_rows
from cjmresearch.store.lookup import code_id, one
from cjmresearch.store.tables import SQL_TABLES

# What each end of a link may be: an item, a code (slug or id), a coding, a question, a stage, or
# the name of a wave.
_ENDS = {
    "rests_on": (("item",), ("coding",)),
    "removed_by": (("item", "code"), ("item",)),
    "done_by": (("item",), ("item",)),
    "measured_by": (("item",), ("item",)),
    "read_from": (("item",), ("question", "stage")),
    "before": (("item",), ("wave",)),
    "after": (("item",), ("wave",)),
    "answered_by": (("item", "code"), ("item",)),
}
_LAYER_OF_END = {
    ("removed_by", "to"): "opportunities",
    ("done_by", "to"): "tasks",
    ("measured_by", "to"): "metrics",
    ("read_from", "from"): "metrics",
    ("before", "from"): "metrics",
    ("after", "from"): "metrics",
    ("answered_by", "to"): "staff",
}


class MapActs(Acts):
    """Acts on items and links: each is an event, and `undo` takes it back."""

    def add_item(
        self,
        stage: str,
        layer: str,
        text: str,
        *,
        coder: str,
        owner: str | None = None,
        status: str | None = None,
        map_type: str = "current",
        evidence: Sequence[str] = (),
    ) -> str:
        """Put an item on a map; returns the item_id.

        Parameters
        ----------
        stage
            Slug of a stage of any model.
        layer
            One of `schema.ITEM_LAYERS`.
        text
            What the item says.
        coder
            Who puts it there.
        owner, status
            Who is to do it and how far it is, in words of your own.
        map_type
            One of `schema.MAP_TYPES`.
        evidence
            coding_ids that the item rests on; without any it is a hypothesis.
        """
        item_id = self._new_id()
        row = {
            "item_id": item_id,
            "stage": stage,
            "layer": layer,
            "text": text,
            "owner": owner,
            "status": status,
            "map_type": map_type,
        }
        with self._database.write() as connection:
            change_list = changes.insert("items", [_checked(connection, row)])
            links = [_link(item_id, "rests_on", coding) for coding in dict.fromkeys(evidence)]
            for link in links:
                one(connection, "codings", link["to_id"])
            self._record(connection, "item", coder, change_list + changes.insert("links", links))
        return item_id

    def change_item(self, item_id: str, *, coder: str, **fields: Any) -> None:
        """Change an item: stage, layer, text, owner, status, map_type; its id stays."""
        unknown = sorted(set(fields) - set(schema.TABLES["items"].names[1:]))
        if unknown:
            allowed = ", ".join(schema.TABLES["items"].names[1:])
            raise StoreError(f"an item has no {', '.join(unknown)} to change; it has {allowed}")
        with self._database.write() as connection:
            before = one(connection, "items", item_id)
            after = _checked(connection, {**before, **fields})
            self._record(connection, "item_change", coder, changes.update("items", before, after))

    def delete_item(self, item_id: str, *, coder: str) -> None:
        """Delete an item and its links in one act; `undo` brings all of them back."""
        with self._database.write() as connection:
            row = one(connection, "items", item_id)
            links = _links_of(connection, [item_id])
            change_list = changes.delete("links", links) + changes.delete("items", [row])
            self._record(connection, "item_delete", coder, change_list)

    def link(self, from_id: str, relation: str, to_id: str, *, coder: str) -> str:
        """Link two things of a map; returns the link_id. A link that is there already stays one.

        Parameters
        ----------
        from_id, to_id
            Ids of items or codings; a code by its slug or id; a question by its id; a stage by its
            slug; a wave by its name. What may stand where is told by `schema.RELATIONS`.
        relation
            One of `schema.RELATIONS`.
        coder
            Who links them.
        """
        with self._database.write() as connection:
            row = _found(connection, _link(from_id, relation, to_id), {})
            same = fetch(connection, "links", {k: v for k, v in row.items() if k != "link_id"})
            if same:
                return str(same[0]["link_id"])
            self._record(connection, "link", coder, changes.insert("links", [row]))
        return str(row["link_id"])

    def unlink(self, link_id: str, *, coder: str) -> None:
        """Delete a link; the event keeps it, so `undo` brings it back."""
        with self._database.write() as connection:
            row = one(connection, "links", link_id)
            self._record(connection, "unlink", coder, changes.delete("links", [row]))

    def import_map(
        self, items: Sequence[Row], links: Sequence[Row], *, coder: str = "import"
    ) -> tuple[int, int]:
        """Take in items and links of a map file in one act; returns how many are new.

        What has a known id is left as the project has it.
        """
        with self._database.write() as connection:
            known = {row["item_id"] for row in fetch(connection, "items")}
            new = [_checked(connection, row) for row in items if row["item_id"] not in known]
            layers = {row["item_id"]: row["layer"] for row in new}
            there = {row["link_id"] for row in fetch(connection, "links")}
            linked = [
                _found(connection, row, layers) for row in links if row["link_id"] not in there
            ]
            self._record(
                connection,
                "map",
                coder,
                changes.insert("items", new) + changes.insert("links", linked),
            )
        return len(new), len(linked)

    def add_visits(self, visits: pd.DataFrame, *, coder: str = "import") -> tuple[int, int]:
        """Add steps of paths [visits], e.g. of `read.event_log`; returns new visits and new people.

        Visits that the project has (by id) stay as they are. A participant whom it lacks is added
        with the id as pseudonym: a log may know people whom nobody has talked to.
        """
        rows = plain_rows("visits", schema.frame("visits", visits))
        with self._database.write() as connection:
            there = {row["visit_id"] for row in fetch(connection, "visits")}
            new = [row for row in rows if row["visit_id"] not in there]
            known = {row["participant_id"] for row in fetch(connection, "participants")}
            absent = dict.fromkeys(row["participant_id"] for row in new)
            people = [
                schema.row(
                    "participants", {"participant_id": id_, "pseudonym": id_, "traits": "{}"}
                )
                for id_ in absent
                if id_ not in known
            ]
            stages = {row["slug"]: row["kind"] for row in fetch(connection, "codes")}
            for row, kind in ((row, kind) for row in new for kind in ("stage", "touchpoint")):
                if row[kind] is not None and stages.get(row[kind]) != kind:
                    raise StoreError(f"{kind} {row[kind]!r} is no {kind} of the project; add it")
            change_list = changes.insert("participants", people) + changes.insert("visits", new)
            self._record(connection, "visits", coder, change_list)
        return len(new), len(people)

    @classmethod
    def _record(
        cls,
        connection: sa.Connection,
        kind: str,
        coder: str,
        change_list: Sequence[Change],
        *,
        undoes: int | None = None,
        more: Mapping[str, Any] | None = None,
        client: str | None = None,
    ) -> None:
        """Record an act as all others are; one that would leave a link without its end is refused.

        `links` names things of several tables, so the database can't watch over it.
        """
        super()._record(
            connection, kind, coder, change_list, undoes=undoes, more=more, client=client
        )
        for table in ("items", "codes"):
            _refuse_dangling(connection, table, change_list)


def _checked(connection: sa.Connection, row: Row) -> Row:
    if row["layer"] not in ITEM_LAYERS:
        raise StoreError(f"no layer {row['layer']!r}; choose one of {', '.join(ITEM_LAYERS)}")
    if row["map_type"] not in MAP_TYPES:
        raise StoreError(f"no map type {row['map_type']!r}; choose one of {', '.join(MAP_TYPES)}")
    if not str(row["text"] or "").strip():
        raise StoreError("an item needs words: say what it is")
    stages = fetch(connection, "codes", {"kind": "stage"})
    if row["stage"] not in {code["slug"] for code in stages}:
        known = ", ".join(code["slug"] for code in stages)
        raise StoreError(f"no stage {row['stage']!r} in the project; it has {known}")
    (full,) = plain_rows("items", schema.frame("items", [row]))
    return full


def _link(from_id: str, relation: str, to_id: str) -> Row:
    link_id = MapActs._new_id()
    return {"link_id": link_id, "from_id": from_id, "relation": relation, "to_id": to_id}


def _found(connection: sa.Connection, row: Row, new: Mapping[str, str]) -> Row:
    """Give a link with the ids of its ends; one that links nothing is refused.

    `new` has the layers of items that are written together with it.
    """
    relation = row["relation"]
    if relation not in RELATIONS:
        raise StoreError(f"no relation {relation!r}; choose one of {', '.join(RELATIONS)}")
    ends = {
        f"{side}_id": _end(connection, row[f"{side}_id"], (relation, side), new)
        for side in ("from", "to")
    }
    return {**row, **ends}


def _end(
    connection: sa.Connection, given: str, place: tuple[str, str], new: Mapping[str, str]
) -> str:
    relation, side = place
    kinds, wanted = _ENDS[relation][side == "to"], _LAYER_OF_END.get(place)
    for kind in kinds:
        found = given if kind == "item" and given in new else _FINDERS[kind](connection, given)
        if found is None:
            continue
        if kind == "item" and wanted:
            layer = new.get(found) or one(connection, "items", found)["layer"]
            if layer != wanted:
                raise StoreError(
                    f"{relation}: {side} is on layer {layer}; it has to be on {wanted}"
                )
        return str(found)
    what = " or ".join(kinds)
    raise StoreError(f"{relation}: {given!r} is no {what} of the project; {RELATIONS[relation]}")


def _by_key(table: str) -> Any:
    def find(connection: sa.Connection, given: str) -> str | None:
        return given if fetch(connection, table, {schema.TABLES[table].key[0]: given}) else None

    return find


def _code(connection: sa.Connection, given: str) -> str | None:
    try:
        return code_id(connection, given)
    except StoreError:
        return None


def _stage(connection: sa.Connection, given: str) -> str | None:
    return given if fetch(connection, "codes", {"slug": given, "kind": "stage"}) else None


def _wave(_: sa.Connection, given: str) -> str | None:
    return given if given.strip() else None


_FINDERS: dict[str, Any] = {
    "item": _by_key("items"),
    "coding": _by_key("codings"),
    "question": _by_key("questions"),
    "code": _code,
    "stage": _stage,
    "wave": _wave,
}


def _links_of(connection: sa.Connection, ids: Iterable[str]) -> list[Row]:
    wanted = list(ids)
    links = SQL_TABLES["links"]
    query = sa.select(links).where(links.c.from_id.in_(wanted) | links.c.to_id.in_(wanted))
    return [dict(row._mapping) for row in connection.execute(query)]


def _refuse_dangling(connection: sa.Connection, table: str, change_list: Sequence[Change]) -> None:
    key = schema.TABLES[table].key[0]
    gone = [
        row[key]
        for change in change_list
        if change["op"] == "delete" and change["table"] == table
        for row in change["rows"]
    ]
    if not gone:
        return
    there = {row[key] for row in fetch(connection, table)}
    links = _links_of(connection, [i for i in gone if i not in there])
    if links:
        raise StoreError(f"{len(links)} links of a map still refer to it; unlink them first")
