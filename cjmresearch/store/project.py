"""`Project`: what a researcher keeps, opens, codes and takes back."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import pandas as pd
import sqlalchemy as sa

from cjmresearch import codebooks, schema
from cjmresearch.errors import StoreError
from cjmresearch.store import adding, changes, depending, editing, places, verifying
from cjmresearch.store import embeddings as cache
from cjmresearch.store.acts import done
from cjmresearch.store.adding import ReadResult
from cjmresearch.store.asking import Asking
from cjmresearch.store.batches import Batches
from cjmresearch.store.coding_acts import CodingActs
from cjmresearch.store.database import fetch, fetch_frame, plain_rows
from cjmresearch.store.deciding import Deciding
from cjmresearch.store.field_acts import FieldActs
from cjmresearch.store.forgetting import forget
from cjmresearch.store.hashing import content_hash
from cjmresearch.store.history import Act, next_redo, next_undo
from cjmresearch.store.lookup import code_id, now, one, quote
from cjmresearch.store.map_acts import MapActs
from cjmresearch.store.sampling import Sampling
from cjmresearch.store.sqlite import SqliteFile
from cjmresearch.store.tables import SCHEMA_VERSION, SQL_TABLES
from cjmresearch.store.text_acts import TextActs
from cjmresearch.store.watching import Watching


class Project(
    Asking, Sampling, TextActs, CodingActs, MapActs, FieldActs, Deciding, Watching, Batches
):
    """A study on the disk, or on a server: tables, and every event since its beginning.

    Make one with `Project.create`, open it with `Project.open`; both work as context managers.
    What a method has returned is on the disk. Methods may be called from several threads.
    """

    @classmethod
    def create(
        cls,
        path_or_url: str | Path,
        *,
        goal: str,
        journey: str = "b2b8",
        title: str | None = None,
        languages: str = "ru,en",
    ) -> Project:
        """Make a new project with the shipped codebooks; one that is there is refused.

        A path makes a file; `postgresql://user@host/database` the tables in a database that
        exists and is empty (`pip install 'cjmresearch[postgres]'`).
        `goal` says what the study has to decide, `journey` names the stage model of the default
        view, `title` heads the report.
        """
        if not goal.strip():
            raise StoreError("a project needs a goal: say what the study has to decide")
        codes = codebooks.default(journey=journey)
        row = {
            "goal": goal.strip(),
            "journey_model": journey,
            "languages": languages,
            "emotion_scheme": "feelings",
            "settings": json.dumps({"title": title} if title else {}, ensure_ascii=False),
            "schema_version": SCHEMA_VERSION,
        }
        first = changes.insert("project", [row])
        first += changes.insert("codes", plain_rows("codes", codes))
        places.make(
            path_or_url, lambda connection: cls._record(connection, "create", "system", first)
        )
        return cls.open(path_or_url)

    @classmethod
    def open(cls, path_or_url: str | Path) -> Project:
        """Open an existing project, by its path or URL; `StoreError` where it is none, or newer.

        One of an earlier release is brought up to this one's format.
        """
        return cls(places.connect(path_or_url))

    def close(self) -> None:
        """Close the connections; the project object can't be used any more."""
        self._database.close()

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Project({self.address!r})"

    @property
    def address(self) -> str:
        """Where the project is kept: the path of its file, or its URL without the password."""
        return self._database.address

    @property
    def path(self) -> Path:
        """The project file; `StoreError` where the project is in PostgreSQL."""
        if not isinstance(self._database, SqliteFile):
            raise StoreError(f"{self.address}: this project is no file; give a path")
        return self._database.path

    # -- reading ------------------------------------------------------------------------------

    def frame(self, name: str) -> pd.DataFrame:
        """One base table as a checked frame."""
        if name not in SQL_TABLES:
            raise StoreError(f"no table {name!r}; known: {', '.join(SQL_TABLES)}")
        with self._database.read() as connection:
            return fetch_frame(connection, name)

    def study(self) -> schema.Study:
        """All base tables but the events, of one instant: what every analysis starts from."""
        with self._database.read() as connection:
            frames = {
                name: fetch_frame(connection, name)
                for name in schema.BASE_TABLES
                if name != "events"
            }
        return schema.Study(**frames)

    def embeddings(self, texts: Sequence[str], encoder: cache.Encoder) -> np.ndarray:
        """Embed texts with an encoder, each once in the life of the project: (n_texts, size).

        The vectors are kept by the hash of the text and the name and version of the encoder.
        Erasing a person throws all of them away; a pseudonymised project begins without any.
        """
        return cache.embeddings(self._database, texts, encoder)

    def hash(self) -> str:
        """Give the SHA-256 of all that the project says now: every base table but the events.

        Undo everything, redo everything: the hash is the same. Two projects of the same content
        have the same, whether in a file or in PostgreSQL.
        """
        with self._database.read() as connection:
            return content_hash(connection)

    def verify(self) -> list[str]:
        """Check every quote, hash, relation and event; one line a problem, none is good."""
        with self._database.read() as connection:
            return verifying.problems(self._database, connection)

    # -- material -----------------------------------------------------------------------------

    def add(self, read: ReadResult, *, coder: str = "import") -> str:
        """Add what a reader gave; returns the source_id.

        Participant-role speakers without a participant_id get a new participant each. A text
        that is in the project already is refused.
        """
        return self.add_all([read], coder=coder)[0]

    def add_all(self, reads: Iterable[ReadResult], *, coder: str = "import") -> list[str]:
        """Add several at once: all of them or, where one is refused, none."""
        added = []
        with self._database.write() as connection:
            for read in reads:
                self._record(connection, "add", coder, adding.changes_for(connection, read))
                added.append(str(read.source["source_id"].iloc[0]))
        return added

    def set_speaker(
        self,
        source_id: str,
        speaker: str,
        *,
        role: str | None = None,
        participant: str | None = None,
        voice: str | None = None,
        coder: str = "import",
    ) -> None:
        """Correct who a speaker is; a new participant is made where one is needed."""
        with self._database.write() as connection:
            change_list = adding.speaker_changes(
                connection, source_id, speaker, role=role, participant=participant, voice=voice
            )
            self._record(connection, "speaker", coder, change_list)

    def add_participants(self, participants: pd.DataFrame, *, coder: str = "import") -> None:
        """Add people, or update those whose participant_id is known, by the columns given.

        A frame of columns of [participants]; only `participant_id` is needed, the pseudonym of a
        new person is the id until it is given.
        """
        given = [c for c in participants.columns if c != "participant_id"]
        defaults = {"pseudonym": participants["participant_id"], "traits": "{}"}
        full = participants.assign(**{c: v for c, v in defaults.items() if c not in given})
        rows = plain_rows("participants", schema.frame("participants", full))
        with self._database.write() as connection:
            known = {row["participant_id"]: row for row in fetch(connection, "participants")}
            change_list = changes.insert(
                "participants", [row for row in rows if row["participant_id"] not in known]
            )
            for row in rows:
                before = known.get(row["participant_id"])
                if before:
                    after = before | {c: row[c] for c in given}
                    change_list += changes.update("participants", before, after)
            self._record(connection, "participants", coder, change_list)

    def forget(self, participant_id: str) -> int:
        """Erase a person for good: words, quotes, answers, and every trace in the events.

        Returns the number of codings that went with the words. Can't be undone.
        """
        with self._database.rewrite_history() as connection:
            count = forget(connection, participant_id)
            self._append(connection, "forget", "system", {"changes": [], "codings": count})
        self._database.shred()
        return count

    # -- codes and codings --------------------------------------------------------------------

    def code(
        self,
        source_id: str,
        start: int,
        end: int,
        code: str,
        *,
        coder: str,
        valence: float | None = None,
        intensity: int | None = None,
        memo: str | None = None,
        coding_id: str | None = None,
    ) -> str:
        """Give a passage a code (its slug or id); returns the coding_id once it is on the disk.

        The same coding given again, as when a cell is run twice, is the coding that is there. A
        `coding_id` of the caller's own makes an act that is sent twice one act: the second changes
        nothing, also where the coding has been changed or taken back since.
        """
        with self._database.write() as connection:
            if coding_id is not None and _is_known(connection, coding_id, coder):
                return coding_id
            row = schema.row(
                "codings",
                {
                    "coding_id": coding_id or self._new_id(),
                    "source_id": source_id,
                    "start": int(start),
                    "end": int(end),
                    "quote": quote(connection, source_id, (int(start), int(end))),
                    "code_id": code_id(connection, code),
                    "coder": coder,
                    "status": "human",
                    "valence": valence,
                    "intensity": intensity,
                    "memo": memo,
                    "created_at": now(),
                },
            )
            twin = adding.twin(connection, row)
            if twin is not None:
                return twin
            change_list = changes.insert("codings", [row])
            self._record(connection, "code", coder, change_list, client=coding_id)
        return str(row["coding_id"])

    def add_codings(self, codings: pd.DataFrame, *, coder: str = "import") -> int:
        """Add a frame [codings] in one act: an import, or what a machine suggests.

        Codings that are there already (same span, code, coder and status) are left out; every
        quote has to be the text of its span. Returns how many were added. An act of `coder`.
        """
        rows = plain_rows("codings", schema.frame("codings", codings))
        run = str(uuid.uuid4())
        # What people coded is kept whole in the event; a machine's run can be run again.
        suggested = all(row["status"] == "suggested" for row in rows)
        with self._database.write() as connection:
            new = adding.new_codings(connection, rows)
            for row in new:
                row["run_id"] = run
            found_by = ["run_id", "source_id"] if suggested else []
            by_source: dict[str, list[changes.Row]] = {}
            for row in new:
                by_source.setdefault(row["source_id"], []).append(row)
            change_list = [
                change
                for group in by_source.values()
                for change in changes.insert("codings", group, found_by=found_by)
            ]
            self._record(connection, "codings", coder, change_list)
        return len(new)

    def delete_coding(self, coding_id: str, *, coder: str) -> None:
        """Delete a coding; the event keeps it, so `undo` brings it back."""
        with self._database.write() as connection:
            row = one(connection, "codings", coding_id)
            gone = editing.rewritten_codings(connection, [], [row])
            self._record(connection, "delete", coder, gone)

    def save_personas(
        self, personas: pd.DataFrame, memberships: pd.DataFrame, *, coder: str = "import"
    ) -> None:
        """Replace the personas and who belongs to them."""
        with self._database.write() as connection:
            change_list = []
            for name in ("memberships", "personas"):
                change_list += changes.delete(name, fetch(connection, name))
            for name, frame in (("personas", personas), ("memberships", memberships)):
                change_list += changes.insert(name, plain_rows(name, schema.frame(name, frame)))
            self._record(connection, "personas", coder, change_list)

    # -- history ------------------------------------------------------------------------------

    def undo(self, coder: str) -> str | None:
        """Take back the coder's last act; returns its kind, None where there is nothing.

        Refuses, saying why, where later acts depend on it. Survives a restart.
        """
        with self._database.write() as connection:
            act = next_undo(connection, coder)
            if act is None:
                return None
            self._take_back(connection, act, "undo")
            return act.kind

    def redo(self, coder: str) -> str | None:
        """Do again what the coder's last undo took back; None where nothing can be redone."""
        with self._database.write() as connection:
            act = next_redo(connection, coder)
            if act is None or act.undoes is None:
                return None
            self._take_back(connection, act, "redo")
            return str(one(connection, "events", act.undoes)["kind"])

    def _take_back(self, connection: sa.Connection, act: Act, kind: str) -> None:
        payload = json.loads(one(connection, "events", act.seq)["payload"])
        if payload.get("forgotten"):
            raise StoreError(f"event {act.seq} can't be taken back: a person was erased")
        try:
            reverse = changes.inverse(connection, payload["changes"])
            since = depending.standing_since(connection, act.seq)
            more = {}
            if depending.is_edit(payload):
                more = {key: payload[key] for key in depending.OF_EDITS if key in payload}
                depending.refuse_shifts(connection, reverse, payload, since=since)
            self._record(connection, kind, act.coder, reverse, undoes=act.seq, more=more)
            # Last, because what `_record` refuses it says more exactly.
            if not more:
                depending.refuse_misplaced(connection, reverse, since)
            depending.refuse_dependents(reverse, since)
        except StoreError as error:
            raise StoreError(f"event {act.seq} ({act.kind}) can't be taken back: {error}") from None


def _is_known(connection: sa.Connection, coding_id: str, coder: str) -> bool:
    """Tell whether a coding was made under this id before; refuses one of somebody else."""
    there = fetch(connection, "codings", {"coding_id": coding_id})
    if there and there[0]["coder"] != coder:
        raise StoreError(
            f"coding {coding_id!r} is {there[0]['coder']}'s; give one an id of its own"
        )
    return bool(there) or done(connection, coding_id)
