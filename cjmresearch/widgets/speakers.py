"""`SpeakerEditor`: who speaks in a transcript, in which role, and who that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import CjmError
from cjmresearch.read import Transcript
from cjmresearch.widgets.editor import Editor, choice, column
from cjmresearch.widgets.words import LANGUAGES, correcting, reason

FIELDS = ("role", "participant_id", "voice")
_HEARD = 90


class SpeakerEditor(Editor):
    """See why each speaker was taken for interviewer or participant, and correct it.

    Nothing is written: `transcript` is the corrected transcript, to be added to a project.

    Parameters
    ----------
    transcript
        As read.
    language
        `ru` or `en`.
    """

    def __init__(self, transcript: Transcript, *, language: str = "ru") -> None:
        if language not in LANGUAGES:
            raise CjmError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
        self._language = language
        self._read = transcript
        self._original = {
            row["speaker"]: {name: None if pd.isna(row[name]) else row[name] for name in FIELDS}
            for row in transcript.speakers.to_dict("records")
        }
        self._fields = {label: dict(fields) for label, fields in self._original.items()}
        self._heard = _first_words(transcript)
        super().__init__(columns=_columns(language), words=_words(language))
        self._say(self._summary())
        self._draw()

    @property
    def transcript(self) -> Transcript:
        """The transcript with the corrections."""
        with self._lock:
            changed = {label: self._changes(label) for label in self._fields}
        given = {
            name: {label: c[name] for label, c in changed.items() if name in c} for name in FIELDS
        }
        corrected = self._read
        if given["role"]:
            corrected = corrected.with_roles(given["role"])
        if given["participant_id"]:
            corrected = corrected.with_participants(given["participant_id"])
        return corrected.with_voices(given["voice"]) if given["voice"] else corrected

    def correct(self, speaker: str, **fields: str | None) -> None:
        """Correct one speaker from code: `editor.correct("—1", role="interviewer")`."""
        if speaker not in self._fields:
            known = ", ".join(map(repr, self._fields))
            raise CjmError(f"no speaker {speaker!r}; the file has {known}")
        with self._lock:
            for name, value in fields.items():
                self._set([speaker], name, value)
            self._say(self._summary())
            self._draw()

    def __repr__(self) -> str:
        changed = sum(bool(self._changes(label)) for label in self._fields)
        return f"SpeakerEditor(speakers={len(self._fields)}, changed={changed})"

    def _set(self, ids: Sequence[str], field: str, value: Any) -> None:
        allowed = {"role": schema.ROLES, "voice": schema.VOICES, "participant_id": None}
        if field not in allowed:
            raise CjmError(f"no {field!r}; allowed: {', '.join(FIELDS)}")
        known = allowed[field]
        if known is not None and value not in known:
            raise CjmError(f"no {field} {value!r}; allowed: {', '.join(known)}")
        for label in ids:
            self._fields[label][field] = value or None
            if self._fields[label]["role"] != "participant":
                self._fields[label]["participant_id"] = None

    def _reset(self, ids: Sequence[str]) -> None:
        for label in ids:
            self._fields[label] = dict(self._original[label])

    def _changes(self, label: str) -> dict[str, Any]:
        original = self._original[label]
        return {n: v for n, v in self._fields[label].items() if v != original[n]}

    def _summary(self) -> str:
        changed = sum(bool(self._changes(label)) for label in self._fields)
        return correcting("changed", self._language, n=changed) if changed else ""

    def _drawn(self) -> list[dict[str, Any]]:
        return [self._row(row) for row in self._read.report.speakers.to_dict("records")]

    def _row(self, said: Mapping[str, Any]) -> dict[str, Any]:
        label = said["speaker"]
        fields, changed = self._fields[label], bool(self._changes(label))
        counts = correcting("counts", self._language, turns=said["n_turns"], words=said["n_words"])
        return {
            "id": label,
            "title": label,
            "key": "",
            "note": f"{counts} · {reason(said['reason'], self._language)}",
            "samples": [self._heard[label]] if label in self._heard else [],
            "values": {name: fields[name] or "" for name in FIELDS},
            "off": [] if fields["role"] == "participant" else ["participant_id", "voice"],
            "problem": "",
            "changed": changed,
            "tags": [],
            "group": None,
            "group_title": "",
        }


def _first_words(transcript: Transcript) -> dict[str, str]:
    """Give what each speaker says first."""
    first = transcript.turns.drop_duplicates("speaker")
    heard = {}
    for turn in first.itertuples():
        words = " ".join(transcript.text[turn.start : turn.end].split())
        heard[turn.speaker] = words if len(words) <= _HEARD else f"{words[: _HEARD - 1]}…"
    return heard


def _columns(language: str) -> list[dict[str, Any]]:
    def say(name: str) -> str:
        return correcting(name, language)

    roles = [(r, say("other_role" if r == "other" else r)) for r in schema.ROLES]
    voices = [(v, say(v)) for v in schema.VOICES]
    person = {
        "kind": "text",
        "field": "participant_id",
        "label": say("participant_id"),
        "placeholder": say("new_person"),
    }
    return [
        column("role", say("role"), choice("role", say("role"), roles)),
        column("person", say("participant_id"), person),
        column("voice", say("voice"), choice("voice", say("voice"), voices)),
    ]


def _words(language: str) -> dict[str, Any]:
    names = ("show", "nothing", "reset", "mixed", "members", "to_check")
    words: dict[str, Any] = {name: correcting(name, language) for name in names}
    words |= {"name": "speakers", "language": language, "tags": []}
    words |= {"first": correcting("speaker", language), "table": correcting("speakers", language)}
    return words
