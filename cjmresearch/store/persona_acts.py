"""Personas made, named, filled, merged and split by hand: each an act that can be taken back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.schema import PERSONA_ORIGINS
from cjmresearch.store import changes
from cjmresearch.store.acts import Acts
from cjmresearch.store.changes import Change, Row
from cjmresearch.store.database import fetch, plain_rows
from cjmresearch.store.lookup import one

_HALF = 0.5  # from here on every analysis counts a person as a member
_BY_HAND = "manual"


class PersonaActs(Acts):
    """Acts on personas and on who belongs to them; a part of `Project`.

    A persona whose members people have changed is `manual` from then on, however it was found.
    """

    def add_persona(
        self, name: str, *, coder: str, origin: str = _BY_HAND, members: Sequence[str] = ()
    ) -> str:
        """Make a persona, also one without members; returns the persona_id.

        Parameters
        ----------
        name
            A name that no other persona of the project has.
        coder
            Who makes it.
        origin
            One of `schema.PERSONA_ORIGINS`.
        members
            participant_ids; what they belong to besides stays as it is.
        """
        if origin not in PERSONA_ORIGINS:
            raise StoreError(f"no origin {origin!r}; choose one of {', '.join(PERSONA_ORIGINS)}")
        persona_id = self._new_id()
        with self._database.write() as connection:
            row = {"persona_id": persona_id, "name": _free(connection, name), "origin": origin}
            people = [_person(connection, one_) for one_ in dict.fromkeys(members)]
            change_list = changes.insert("personas", [row])
            change_list += changes.insert("memberships", [_row(persona_id, p) for p in people])
            self._record(connection, "persona", coder, change_list)
        return persona_id

    def adopt_personas(
        self, personas: pd.DataFrame, memberships: pd.DataFrame, *, coder: str
    ) -> list[str]:
        """Add personas [personas] and their memberships beside those of the project, in one act.

        `save_personas` puts them in the place of all others. Returns the ids as they were given;
        one that the project has already, or a name that it has, is refused.
        """
        rows = plain_rows("personas", schema.frame("personas", personas))
        belong = plain_rows("memberships", schema.frame("memberships", memberships))
        with self._database.write() as connection:
            there = {row["persona_id"] for row in fetch(connection, "personas")}
            taken = [row["name"] for row in rows if row["persona_id"] in there]
            if taken:
                raise StoreError(f"persona {taken[0]!r} is in the project already; delete it first")
            names: list[str] = []
            for row in rows:
                row["name"] = _free(connection, row["name"], also=names)
                names.append(row["name"])
            given = {row["persona_id"] for row in rows}
            for row in belong:
                _person(connection, row["participant_id"])
                if row["persona_id"] not in given:
                    raise StoreError(f"membership in {row['persona_id']!r}: no persona among these")
            change_list = changes.insert("personas", rows)
            change_list += changes.insert("memberships", belong)
            self._record(connection, "personas_add", coder, change_list)
        return [row["persona_id"] for row in rows]

    def rename_persona(self, persona_id: str, name: str, *, coder: str) -> None:
        """Give a persona another name; its members, and that it was found, stay."""
        with self._database.write() as connection:
            before = _persona(connection, persona_id)
            after = {**before, "name": _free(connection, name, of=[persona_id])}
            change_list = changes.update("personas", before, after)
            self._record(connection, "persona_name", coder, change_list)

    def delete_persona(self, persona_id: str, *, coder: str) -> None:
        """Delete a persona and its memberships; the people stay, and `undo` brings it back."""
        with self._database.write() as connection:
            row = _persona(connection, persona_id)
            change_list = changes.delete("memberships", _members(connection, persona_id))
            change_list += changes.delete("personas", [row])
            self._record(connection, "persona_delete", coder, change_list)

    def move_person(
        self,
        participant_id: str,
        persona_id: str | None,
        *,
        coder: str,
        from_persona: str | None = None,
        probability: float = 1.0,
    ) -> None:
        """Put a person into a persona, or with None out of one.

        Parameters
        ----------
        participant_id
            Whom.
        persona_id
            Where to; None takes the person out.
        coder
            Who decides it.
        from_persona
            The persona to leave; without one the person leaves all others. Memberships of less
            than a half end in either case: they were guesses, and this is a decision.
        probability
            How surely the person belongs there, above 0 to 1; analyses count a half or more.
        """
        if not 0 < probability <= 1:  # refuses NaN too
            raise StoreError(f"probability {probability}: has to be above 0 and at most 1")
        with self._database.write() as connection:
            person = _person(connection, participant_id)
            touched = [_persona(connection, i) for i in (persona_id, from_persona) if i is not None]
            own = fetch(connection, "memberships", {"participant_id": person})
            if from_persona is not None and from_persona not in {r["persona_id"] for r in own}:
                raise StoreError(
                    f"participant {person!r} isn't in {touched[-1]['name']!r}; "
                    "leave from_persona out, or name one they are in"
                )
            leaving = [row for row in own if _is_left(row, persona_id, from_persona)]
            change_list = changes.delete("memberships", leaving)
            if persona_id is not None:
                target = _row(persona_id, person, float(probability))
                change_list += _put(target, own)
            touched += [_persona(connection, row["persona_id"]) for row in leaving]
            self._record(connection, "person", coder, _with_origin(change_list, touched))

    def merge_personas(self, ids: Sequence[str], *, coder: str, name: str) -> str:
        """Make one persona of two or more; returns its id, which is the first of `ids`.

        Who was in several of them belongs to it with the sum of the probabilities, at most 1.
        """
        wanted = list(dict.fromkeys(ids))
        if len(wanted) < 2:
            raise StoreError("a merge needs two personas or more; rename_persona names one")
        kept = wanted[0]
        with self._database.write() as connection:
            rows = [_persona(connection, id_) for id_ in wanted]
            new_name = _free(connection, name, of=wanted)
            members = [row for id_ in wanted for row in _members(connection, id_)]
            own = [row for row in members if row["persona_id"] == kept]
            gone = [row for row in members if row["persona_id"] != kept]
            change_list = changes.delete("memberships", gone)
            for person in dict.fromkeys(row["participant_id"] for row in gone):
                total = math.fsum(
                    r["probability"] for r in members if r["participant_id"] == person
                )
                change_list += _put(_row(kept, person, min(1.0, total)), own)
            change_list += changes.delete("personas", rows[1:])
            after = {**rows[0], "name": new_name, "origin": _BY_HAND}
            change_list += changes.update("personas", rows[0], after)
            self._record(connection, "persona_merge", coder, change_list)
        return kept

    def split_persona(
        self, persona_id: str, members: Sequence[str], *, coder: str, name: str
    ) -> str:
        """Move some members of a persona into a new one; returns the id of the new one.

        They keep their probabilities. Some have to stay: to move all is to rename.
        """
        wanted = set(members)
        with self._database.write() as connection:
            row = _persona(connection, persona_id)
            there = _members(connection, persona_id)
            unknown = sorted(wanted - {m["participant_id"] for m in there})
            if unknown:
                raise StoreError(f"participant {unknown[0]!r} isn't in {row['name']!r}")
            moved = [m for m in there if m["participant_id"] in wanted]
            if not 0 < len(moved) < len(there):
                raise StoreError(
                    f"{row['name']!r}: {len(moved)} of {len(there)} would go; some go, some stay"
                )
            new = {
                "persona_id": self._new_id(),
                "name": _free(connection, name),
                "origin": _BY_HAND,
            }
            change_list = changes.insert("personas", [new])
            change_list += changes.delete("memberships", moved)
            change_list += changes.insert(
                "memberships", [{**m, "persona_id": new["persona_id"]} for m in moved]
            )
            change_list = _with_origin(change_list, [row])
            self._record(connection, "persona_split", coder, change_list)
        return str(new["persona_id"])


def _is_left(row: Row, to: str | None, from_persona: str | None) -> bool:
    if row["persona_id"] == to:
        return False
    return from_persona in (None, row["persona_id"]) or row["probability"] < _HALF


def _put(row: Row, there: Iterable[Row]) -> list[Change]:
    """List what writes a membership, new or with another probability."""
    for before in there:
        if all(before[c] == row[c] for c in ("persona_id", "participant_id")):
            return changes.update("memberships", before, row)
    return changes.insert("memberships", [row])


def _with_origin(change_list: list[Change], touched: Iterable[Row]) -> list[Change]:
    """Add that personas are made by hand now, where the changes do anything at all."""
    if not change_list:
        return []
    once = {row["persona_id"]: row for row in touched}
    return change_list + [
        change
        for row in once.values()
        for change in changes.update("personas", row, {**row, "origin": _BY_HAND})
    ]


def _row(persona_id: str, participant_id: str, probability: float = 1.0) -> Row:
    return {
        "persona_id": persona_id,
        "participant_id": participant_id,
        "probability": probability,
    }


def _members(connection: sa.Connection, persona_id: str) -> list[Row]:
    return fetch(connection, "memberships", {"persona_id": persona_id})


def _persona(connection: sa.Connection, persona_id: str) -> Row:
    found = fetch(connection, "personas", {"persona_id": persona_id})
    if not found:
        known = [f"{r['name']} ({r['persona_id']})" for r in fetch(connection, "personas")]
        remedy = ", ".join(known) or "none yet; add_persona makes one"
        raise StoreError(f"no persona {persona_id!r} in the project; it has {remedy}")
    return found[0]


def _person(connection: sa.Connection, participant_id: str) -> str:
    try:
        return str(one(connection, "participants", participant_id)["participant_id"])
    except StoreError:
        raise StoreError(
            f"no participant {participant_id!r} in the project; "
            "project.frame('participants') lists them"
        ) from None


def _free(
    connection: sa.Connection, name: str, *, of: Sequence[str] = (), also: Sequence[str] = ()
) -> str:
    """Give a name in one line that no persona but those `of` these ids has."""
    line = " ".join(str(name).split())
    if not line:
        raise StoreError("a persona needs a name: say who these people are")
    others = [r["name"] for r in fetch(connection, "personas") if r["persona_id"] not in of]
    if line.casefold() in {other.casefold() for other in (*others, *also)}:
        raise StoreError(f"there is a persona {line!r} already; choose another name")
    return line
