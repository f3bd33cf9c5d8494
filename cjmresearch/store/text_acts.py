"""Acts on transcripts that are coded already: correct words and speakers, place what came loose."""

from __future__ import annotations

import unicodedata

import pandas as pd
import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store import editing
from cjmresearch.store.acts import Acts
from cjmresearch.store.anchors import Edit, Moves
from cjmresearch.store.changes import Row
from cjmresearch.store.lookup import quote


class TextActs(Acts):
    """What can be done to the text of a source after it was added."""

    def edit_turn(
        self, turn_id: str, words: str, *, coder: str, reason: str = "corrected"
    ) -> list[str]:
        """Give a turn other words; codings move along.

        What changed is found by comparing the old words with the new. A coding whose place is
        not certain is taken out and waits for a person: its id is in the list returned, and
        `waiting()` shows all that wait. The edit is an act of `coder`: `undo` takes it back.
        """
        words = unicodedata.normalize("NFC", words.replace("\r\n", "\n")).strip()
        with self._database.write() as connection:
            turn, text = editing.turn_in_text(connection, turn_id)
            before = text[turn["start"] : turn["end"]]
            moves = Moves.compared(before, words, shift=turn["start"], whole=text)
            return self._edit(connection, turn, moves, coder=coder, reason=reason)

    def replace_words(
        self,
        source_id: str,
        start: int,
        end: int,
        *,
        words: str,
        coder: str,
        reason: str = "corrected",
    ) -> list[str]:
        """Put other words in the place of a span within one turn; returns what has to be placed.

        Surer than `edit_turn`, because the place is given and need not be guessed: words put in
        right before or behind a coding stay outside it.
        """
        with self._database.write() as connection:
            turn = editing.turn_at(connection, source_id, (start, end))
            _, text = editing.turn_in_text(connection, turn["turn_id"])
            edit = Edit.exact(start, end, unicodedata.normalize("NFC", words))
            moves = Moves(text, [[edit]])
            return self._edit(connection, turn, moves, coder=coder, reason=reason)

    def _edit(
        self,
        connection: sa.Connection,
        turn: Row,
        moves: Moves,
        *,
        coder: str,
        reason: str,
    ) -> list[str]:
        if not moves.edits:
            return []
        change_list, loose = editing.edit_changes(connection, turn, moves, reason=reason)
        ids = [row["coding_id"] for row in loose]
        more = {
            "source_id": turn["source_id"],
            "still": moves.still(),
            "waiting": ids,
        }
        self._record(connection, "edit", coder, change_list, more=more)
        return ids

    def set_turn_speaker(self, turn_id: str, speaker: str, *, coder: str) -> None:
        """Give one turn to another speaker of its source; the codings stay where they are."""
        with self._database.write() as connection:
            change_list = editing.speaker_of_turn(connection, turn_id, speaker)
            self._record(connection, "turn", coder, change_list)

    def waiting(self) -> pd.DataFrame:
        """Codings that an edit took out because their place is not certain: frame [codings].

        `start`, `end` and `quote` are those before the edit. Each waits until it is placed,
        dismissed, or the edit is undone.
        """
        with self._database.read() as connection:
            rows = editing.waiting(connection)
        return schema.frame("codings", rows) if rows else schema.empty("codings")

    def place(self, coding_id: str, start: int, end: int, *, coder: str) -> None:
        """Put a waiting coding on the words where it belongs."""
        with self._database.write() as connection:
            row = self._waiting_row(connection, coding_id)
            words = quote(connection, row["source_id"], (start, end))
            placed = {**row, "start": start, "end": end, "quote": words}
            self._record(connection, "place", coder, editing.placed_coding(connection, placed))

    def dismiss(self, coding_id: str, *, coder: str) -> None:
        """Let a waiting coding go: its words are no longer in the text. `undo` brings it back."""
        with self._database.write() as connection:
            row = self._waiting_row(connection, coding_id)
            self._record(connection, "dismiss", coder, [], more={"dismissed": [row["coding_id"]]})

    @staticmethod
    def _waiting_row(connection: sa.Connection, coding_id: str) -> Row:
        for row in editing.waiting(connection):
            if row["coding_id"] == coding_id:
                return row
        raise StoreError(
            f"coding {coding_id!r} doesn't wait; project.waiting() lists those that do"
        )
