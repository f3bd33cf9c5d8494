"""Acts on codings and codes that are there already: recode, resize, note; rename, merge, delete."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
import sqlalchemy as sa

from cjmresearch import codebooks, schema
from cjmresearch.errors import StoreError
from cjmresearch.store import changes, editing
from cjmresearch.store.acts import Acts
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch, plain_rows
from cjmresearch.store.lookup import code_id, one, quote

_NOTES = ("valence", "intensity", "memo")
_NAMES = ("name_ru", "name_en")
_INHERITED = ("kind", "parent_id", "colour", "valence", "channel", "ownership")


class CodingActs(Acts):
    """What can be done to codings and codes after they were made; each an act that `undo` knows."""

    def recode(self, coding_ids: str | Iterable[str], code: str, *, coder: str) -> None:
        """Give codings of people another code (its slug or id)."""
        ids = [coding_ids] if isinstance(coding_ids, str) else list(coding_ids)
        with self._database.write() as connection:
            new = code_id(connection, code)
            rows = [_of_a_person(connection, coding_id) for coding_id in ids]
            self._record(connection, "recode", coder, _recoded(connection, rows, new))

    def resize(self, coding_id: str, start: int, end: int, *, coder: str) -> None:
        """Put a coding of a person on other words of the same source."""
        with self._database.write() as connection:
            row = _of_a_person(connection, coding_id)
            words = quote(connection, row["source_id"], (int(start), int(end)))
            after = {**row, "start": int(start), "end": int(end), "quote": words}
            _refuse_a_twin(connection, after)
            self._record(connection, "resize", coder, changes.update("codings", row, after))

    def split_coding(self, coding_id: str, at: int, *, coder: str) -> str:
        """Cut a coding of a person in two at an offset within it; returns the id of the second.

        Spaces at the cut belong to neither.
        """
        with self._database.write() as connection:
            row = _of_a_person(connection, coding_id)
            offset = at - row["start"]
            if not 0 < offset < len(row["quote"]):
                raise StoreError(f"{at} is not inside the coding ({row['start']}–{row['end']})")
            left, right = row["quote"][:offset].rstrip(), row["quote"][offset:].lstrip()
            if not left or not right:
                raise StoreError(f"a cut at {at} would leave one side without words")
            first = {**row, "end": row["start"] + len(left), "quote": left}
            second = {**row, "start": row["end"] - len(right), "quote": right}
            second["coding_id"] = self._new_id()
            self._record(
                connection,
                "split",
                coder,
                changes.update("codings", row, first) + changes.insert("codings", [second]),
            )
            return str(second["coding_id"])

    def annotate(self, coding_id: str, *, coder: str, **notes: float | int | str | None) -> None:
        """Set `valence` (−1…1), `intensity` (1…3) or `memo` of a coding; None takes it away."""
        unknown = sorted(set(notes) - set(_NOTES))
        if unknown:
            raise StoreError(f"a coding has no {', '.join(unknown)}; it has {', '.join(_NOTES)}")
        with self._database.write() as connection:
            row = _of_a_person(connection, coding_id)
            after = {**row, **notes}
            after = schema.row("codings", after)
            self._record(connection, "annotate", coder, changes.update("codings", row, after))

    # -- the codebook ---------------------------------------------------------------------------

    def add_code(self, slug: str, *, kind: str, coder: str, **fields: Any) -> str:
        """Add a code of one's own; returns its id.

        `slug` is `scheme:name`; `fields` are columns of [codes] such as `name_ru`, `name_en`,
        `definition`, `parent_id`, `colour`, `key`, `valence`. A missing name is the slug's.
        """
        scheme, name = _parts(slug)
        row = {"code_id": codebooks.code_id(slug), "slug": slug, "scheme": scheme, "kind": kind}
        names = {"name_ru": name, "name_en": name}
        full = schema.row("codes", {**names, **_filled(fields), **row})
        with self._database.write() as connection:
            _refuse_a_known(connection, slug)
            self._record(connection, "codes", coder, changes.insert("codes", [full]))
        return str(full["code_id"])

    def add_codes(
        self, codes: pd.DataFrame, *, coder: str = "import", update: bool = False
    ) -> tuple[int, int]:
        """Add codes [codes] that the project does not have yet (by slug), in one act.

        Those that it has stay as they are or, with `update`, take the fields that are given; what
        is missing stays. Returns how many were added, and how many changed.
        """
        rows = plain_rows("codes", schema.frame("codes", codes))
        with self._database.write() as connection:
            known = {row["slug"]: row for row in fetch(connection, "codes")}
            # The project may know a code of the same slug, such as a parent, under another id.
            ids = {r["code_id"]: known.get(r["slug"], r)["code_id"] for r in rows}
            for row in rows:
                row["code_id"] = ids[row["code_id"]]
                row["parent_id"] = ids.get(row["parent_id"], row["parent_id"])
            _refuse_taken_ids(rows, known.values())
            new = [row for row in rows if row["slug"] not in known]
            change_list = changes.insert("codes", new)
            changed = 0
            for row in rows:
                if update and row["slug"] in known:
                    before = known[row["slug"]]
                    given = {c: v for c, v in row.items() if v is not None}
                    found = changes.update("codes", before, {**before, **given})
                    change_list += found
                    changed += len(found)
            self._record(connection, "codes", coder, change_list)
            _refuse_circles(connection, rows)
        return len(new), changed

    def change_code(self, code: str, *, coder: str, **fields: Any) -> None:
        """Change a code: names, definition, colour, key, parent, valence; its id stays."""
        fixed = sorted(set(fields) & {"code_id", "slug", "scheme"})
        if fixed:
            raise StoreError(f"{', '.join(fixed)} of a code can't change: codings refer to it")
        with self._database.write() as connection:
            row = one(connection, "codes", code_id(connection, code))
            if "parent_id" in fields and fields["parent_id"] is not None:
                fields["parent_id"] = code_id(connection, fields["parent_id"])
                _refuse_a_circle(connection, row["code_id"], fields["parent_id"])
            after = schema.row("codes", {**row, **_filled(fields)})
            self._record(connection, "code_change", coder, changes.update("codes", row, after))

    def merge_codes(self, code: str, into: str, *, coder: str) -> int:
        """Give all codings of a code to another and delete it; returns how many moved.

        A coding that its coder has given the other code too is dropped; the event keeps it. Links
        and items of a map go along: what rested on a dropped coding rests on the one that stays.
        """
        with self._database.write() as connection:
            old = one(connection, "codes", code_id(connection, code))
            new = one(connection, "codes", code_id(connection, into))
            _refuse_a_bad_merge(connection, old, new)
            rows = fetch(connection, "codings", {"code_id": old["code_id"]})
            change_list = _recoded(connection, rows, new["code_id"])
            change_list += _moved_map(connection, rows, (old, new))
            for child in fetch(connection, "codes", {"parent_id": old["code_id"]}):
                after = {**child, "parent_id": new["code_id"]}
                change_list += changes.update("codes", child, after)
            change_list += changes.delete("codes", [old])
            self._record(connection, "merge", coder, change_list)
        return len(rows)

    def split_code(
        self, code: str, into: str, *, coding_ids: Iterable[str], coder: str, **fields: Any
    ) -> str:
        """Make a new code out of some codings of another, which keeps the rest; returns its id.

        `into` is the slug of the new code, as in `add_code`; kind, parent, colour and the like
        are those of the old one unless `fields` give others. One act: `undo` puts all back.
        """
        scheme, name = _parts(into)
        with self._database.write() as connection:
            old = one(connection, "codes", code_id(connection, code))
            _refuse_a_known(connection, into)
            rows = [_of_a_person(connection, i) for i in dict.fromkeys(coding_ids)]
            others = [row for row in rows if row["code_id"] != old["code_id"]]
            if others or not rows:
                which = f"coding {others[0]['coding_id']} has another code" if others else "none"
                raise StoreError(f"give codings of {old['slug']} that go to {into}: {which}")
            own = {"code_id": codebooks.code_id(into), "slug": into, "scheme": scheme}
            told = {c: old[c] for c in _INHERITED}
            names = {"name_ru": name, "name_en": name}
            new = schema.row("codes", {**told, **names, **_filled(fields), **own})
            change_list = changes.insert("codes", [new])
            change_list += _recoded(connection, rows, new["code_id"])
            self._record(connection, "split_code", coder, change_list)
        return str(new["code_id"])

    def delete_code(self, code: str, *, coder: str) -> None:
        """Delete a code that no coding, question or other code uses; others can be merged."""
        with self._database.write() as connection:
            row = one(connection, "codes", code_id(connection, code))
            self._record(connection, "code_delete", coder, changes.delete("codes", [row]))


def _parts(slug: str) -> tuple[str, str]:
    scheme, _, name = slug.partition(":")
    if not scheme or not name:
        raise StoreError(f"code {slug!r} lacks its scheme; write scheme:name, as own:{slug}")
    return scheme, name


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of a code; a text that was emptied is no text."""
    return {k: None if v == "" and k not in _NAMES else v for k, v in fields.items()}


def _refuse_a_known(connection: sa.Connection, slug: str) -> None:
    if fetch(connection, "codes", {"slug": slug}):
        raise StoreError(f"there is a code {slug!r} already; choose another name")


def _of_a_person(connection: sa.Connection, coding_id: str) -> Row:
    row = one(connection, "codings", coding_id)
    if row["status"] == "suggested":
        raise StoreError(
            f"coding {coding_id} is a suggestion and stays as it is; decide it instead"
        )
    return row


def _recoded(connection: sa.Connection, rows: Iterable[Row], new: str) -> list[Change]:
    """List the changes that give rows another code; what would stand twice is dropped."""
    kept: list[tuple[Row, Row]] = []
    twins: list[Row] = []
    for row in rows:
        after = {**row, "code_id": new}
        if _dropped_for(connection, row, new):
            twins.append(row)
        else:
            kept.append((row, after))
    return editing.rewritten_codings(connection, kept, twins)


def _dropped_for(connection: sa.Connection, row: Row, new: str) -> list[Row]:
    """Give the codings for which a row is dropped when it gets another code; none if it stays."""
    if row["suggestion_id"] is not None:
        return []
    twins = _twins(connection, {**row, "code_id": new})
    decided = twins and fetch(connection, "codings", {"suggestion_id": row["coding_id"]})
    return [] if decided else twins


def _moved_map(
    connection: sa.Connection, rows: Iterable[Row], codes: tuple[Row, Row]
) -> list[Change]:
    """List the changes that let links and items follow a code that goes into another."""
    old, new = codes
    heirs = {old[c]: new[c] for c in ("code_id", "slug")}
    for row in rows:
        if twins := _dropped_for(connection, row, new["code_id"]):
            heirs[row["coding_id"]] = twins[0]["coding_id"]
    change_list = []
    for item in fetch(connection, "items", {"stage": old["slug"]}):
        change_list += changes.update("items", item, {**item, "stage": new["slug"]})
    links = fetch(connection, "links")
    there = {_ends(link) for link in links if not heirs.keys() & set(_ends(link))}
    for link in links:
        ends = {side: heirs.get(link[side], link[side]) for side in ("from_id", "to_id")}
        after = {**link, **ends}
        if after == link:
            continue
        if _ends(after) in there:  # the other code was linked so already
            change_list += changes.delete("links", [link])
        else:
            change_list += changes.update("links", link, after)
        there.add(_ends(after))
    return change_list


def _ends(link: Row) -> tuple[str, str, str]:
    return link["from_id"], link["relation"], link["to_id"]


def _twins(connection: sa.Connection, row: Row) -> list[Row]:
    where = {c: row[c] for c in ("source_id", "start", "end", "code_id", "coder", "status")}
    found = fetch(connection, "codings", where)
    return [other for other in found if other["coding_id"] != row["coding_id"]]


def _refuse_a_twin(connection: sa.Connection, row: Row) -> None:
    if _twins(connection, row):
        raise StoreError(f"{row['coder']} has given this code to these words already")


def _refuse_taken_ids(rows: Iterable[Row], known: Iterable[Row]) -> None:
    taken = {row["code_id"]: row["slug"] for row in known}
    for row in rows:
        if taken.get(row["code_id"], row["slug"]) != row["slug"]:
            raise StoreError(
                f"code {row['slug']!r} has the id of {taken[row['code_id']]!r}; "
                "leave its code_id out"
            )


def _refuse_circles(connection: sa.Connection, rows: Iterable[Row]) -> None:
    above = {row["code_id"]: row["parent_id"] for row in fetch(connection, "codes")}
    for row in rows:
        seen, at = {row["code_id"]}, above.get(row["code_id"])
        while at is not None:
            if at in seen:
                raise StoreError(f"code {row['slug']!r} would stand below itself; correct a parent")
            seen.add(at)
            at = above.get(at)


def _refuse_a_circle(connection: sa.Connection, code: str, parent: str) -> None:
    above: str | None = parent
    while above is not None:
        if above == code:
            raise StoreError("a code can't stand below itself; choose another parent")
        above = one(connection, "codes", above)["parent_id"]


def _refuse_a_bad_merge(connection: sa.Connection, old: Row, new: Row) -> None:
    if old["code_id"] == new["code_id"]:
        raise StoreError(f"{old['slug']} can't be merged into itself")
    if old["kind"] != new["kind"]:
        raise StoreError(
            f"{old['slug']} is a {old['kind']} and {new['slug']} a {new['kind']}; "
            "only codes of one kind can be merged"
        )
    _refuse_a_circle(connection, old["code_id"], new["code_id"])
