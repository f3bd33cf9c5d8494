"""What a reader gives back: frozen, checked by `schema`, with a report in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ReadError


@dataclass(frozen=True, eq=False)
class ReadReport:
    """What was read, how, and what was left out; `str()` is what a person reads.

    Attributes
    ----------
    path, format, encoding, language
        The file, its format in words, its encoding, and `ru`, `en` or None.
    speakers
        One row a speaker: speaker, role, participant_id, n_turns, n_words, reason (why the role).
        For a survey: one row a question: question, type, metric, pii, n_answers.
    dropped
        What the turns don't hold, in words.
    warnings
        What to check.
    spans
        start, end, what {turn, label, time, front_matter, back_matter, heading, blank}, line:
        every character of the text, in order, once.
    notes
        What a person should know and need not check.
    noise
        start, end, mark: `[смех]`, НРЗБ, `[inaudible]` and the like, which stay in the words.
    """

    path: Path
    format: str
    encoding: str
    language: str | None
    speakers: pd.DataFrame
    dropped: tuple[str, ...]
    warnings: tuple[str, ...]
    spans: pd.DataFrame
    summary: str = ""
    notes: tuple[str, ...] = ()
    noise: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"start": [], "end": [], "mark": []})
    )

    def __str__(self) -> str:
        rows = [
            f"{self.path.name}: {self.format}, {self.encoding}, {self.language or 'no language'}"
        ]
        rows += [f"  {self.summary}"] if self.summary else []
        rows += [f"  {line}" for line in map(_in_words, self.speakers.to_dict("records"))]
        rows += [f"  left out: {what}" for what in self.dropped]
        rows += [f"  note: {what}" for what in self.notes]
        rows += [f"  check: {what}" for what in self.warnings]
        return "\n".join(rows)


def _in_words(row: Mapping[str, object]) -> str:
    if "question" in row:
        metric = f" {row['metric']}" if pd.notna(row["metric"]) else ""
        pii = ", personal data" if row["pii"] else ""
        return f"{row['type']}{metric}: {row['question']} ({row['n_answers']} answers{pii})"
    who = f" = {row['participant_id']}" if pd.notna(row["participant_id"]) else ""
    return (
        f"{row['speaker']}{who}: {row['role']}, {row['n_turns']} turns, {row['n_words']} words "
        f"({row['reason']})"
    )


CUES = {
    "turn_id": "str", "position": "int64", "start": "int64", "end": "int64",
    "begin_s": "float64", "end_s": "float64", "locator": "str",
}  # fmt: skip
"""Columns of `Transcript.cues` and their dtypes."""
_ROLES_GUESSED = "roles of"
"""How the warning begins that is settled once somebody has set roles by hand."""
_BY_HAND = "set by hand"
_KNOWN = "the interviewer is known, the others answer"
_TOLD = ("label says so", "front matter", "interviewer is known", _BY_HAND)
"""Reasons for a role that are more than a guess."""


def doubts(reasons: Mapping[str, str]) -> list[str]:
    """Say whose role (label -> reason) is guessed from the talk, and how to correct it."""
    guessed = [label for label, why in reasons.items() if not _is_told(why)]
    if not guessed:
        return []
    return [
        f"{_ROLES_GUESSED} {', '.join(guessed)} are guessed from the talk; correct with "
        f'--role "{guessed[0]}=interviewer", in Python '
        f'transcript.with_roles({{"{guessed[0]}": "interviewer"}})'
    ]


@dataclass(frozen=True, eq=False)
class Transcript:
    """One transcript: `source` [sources], `text`, `turns` [turns], `speakers` [speakers], `report`.

    `cues` keeps the times within turns: one row a cue, segment, annotation or row of the file, with
    turn_id, position (of the turn), start, end (span in `text`), begin_s, end_s, locator; empty for
    files that give times to turns alone.
    Roles and speakers are proposals where the file doesn't name them; `with_roles`,
    `with_speakers`, `with_participants` and `with_voices` give a corrected copy.
    """

    source: pd.DataFrame
    text: str
    turns: pd.DataFrame
    speakers: pd.DataFrame
    report: ReadReport
    cues: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(CUES)))

    def __len__(self) -> int:
        """Count turns."""
        return len(self.turns)

    def times(self, start: int, end: int) -> tuple[float | None, float | None]:
        """Give the seconds in which a passage of `text` is heard: of its cues, else of its turns.

        None where the file has no time. A passage within a cue has the times of the whole cue.
        """
        for frame in (self.cues, self.turns):
            here = frame[(frame["start"] < end) & (frame["end"] > start)]
            if len(here) and here[["begin_s", "end_s"]].notna().any(axis=None):
                first, last = here["begin_s"].min(), here["end_s"].max()
                return (None if pd.isna(first) else first), (None if pd.isna(last) else last)
        return None, None

    def with_roles(self, roles: Mapping[str, str]) -> Transcript:
        """Set roles by label, e.g. `{"—1": "interviewer"}`; `ReadError` for unknown names."""
        self._known(roles)
        wrong = sorted(set(roles.values()) - set(schema.ROLES))
        if wrong:
            raise ReadError(
                self.report.path, f"no role {wrong[0]!r}; allowed: {', '.join(schema.ROLES)}"
            )
        report = self.report.speakers.copy()
        named = report["speaker"].isin(list(roles))
        report["role"] = report["speaker"].map(roles).astype("str").fillna(report["role"])
        report["reason"] = report["reason"].mask(named, _BY_HAND).astype("str")
        guessed = doubts(dict(zip(report["speaker"], report["reason"], strict=True)))
        if guessed and "interviewer" in roles.values():
            # Who asks is known now, so that who answers is no guess any more.
            answers = (report["role"] == "participant") & ~report["reason"].map(_is_told)
            report["reason"] = report["reason"].mask(answers, _KNOWN).astype("str")
            guessed = doubts(dict(zip(report["speaker"], report["reason"], strict=True)))
        corrected = self._with(report)
        kept = [w for w in self.report.warnings if not w.startswith(_ROLES_GUESSED)]
        return replace(corrected, report=replace(corrected.report, warnings=(*kept, *guessed)))

    def with_participants(self, participants: Mapping[str, str | None]) -> Transcript:
        """Say who stands behind a label, e.g. `{"P1": "p01"}`; `ReadError` for unknown labels.

        None takes an id back.
        """
        self._known(participants)
        report = self.report.speakers.copy()
        given = report["speaker"].map(dict(participants)).astype("str")
        kept = report["participant_id"].mask(report["speaker"].isin(list(participants)))
        report["participant_id"] = given.fillna(kept).astype("str")
        return self._with(report)

    def with_voices(self, voices: Mapping[str, str]) -> Transcript:
        """Say whose voice a label is, e.g. `{"P1": "expert"}`; `ReadError` for unknown names."""
        self._known(voices)
        wrong = sorted(set(voices.values()) - set(schema.VOICES))
        if wrong:
            raise ReadError(
                self.report.path, f"no voice {wrong[0]!r}; allowed: {', '.join(schema.VOICES)}"
            )
        given = self.speakers["speaker"].map(dict(voices)).astype("str")
        voice = given.fillna(self.speakers["voice"])
        return replace(self, speakers=self.speakers.assign(voice=voice.astype("str")))

    def with_speakers(self, speakers: Mapping[int, str], *, onwards: bool = False) -> Transcript:
        """Correct who speaks, by position of the turn; labels are those of the transcript.

        With `onwards`, two speakers take turns again from every corrected turn on: one correction
        repairs all that a missed turn had turned round.
        """
        self._known(dict.fromkeys(speakers.values(), ""))
        known = self.speakers["speaker"].tolist()
        labels = self.turns["speaker"].tolist()
        wrong = sorted(p for p in speakers if not 0 <= p < len(labels))
        if wrong:
            raise ReadError(
                self.report.path,
                f"no turn {wrong[0] + 1} (position {wrong[0]}); there are 1-{len(labels)}",
            )
        if onwards and len(known) != 2:
            raise ReadError(
                self.report.path,
                f"`onwards` needs two speakers who take turns, here are {len(known)}; "
                "correct turn by turn",
            )
        for position in sorted(speakers):
            labels[position] = speakers[position]
            for later in range(position + 1, len(labels) if onwards else 0):
                labels[later] = known[1 - known.index(labels[later - 1])]
        turns = self.turns.assign(speaker=pd.Series(labels, dtype="str", index=self.turns.index))
        report = self.report.speakers.copy()
        words = _count_words(self.text, turns)
        report["n_turns"] = report["speaker"].map(turns["speaker"].value_counts()).fillna(0)
        report["n_words"] = report["speaker"].map(words.groupby(turns["speaker"]).sum()).fillna(0)
        report = report.astype({"n_turns": "int64", "n_words": "int64"})
        return replace(self._with(report), turns=schema.check(turns, "turns"))

    def _known(self, labels: Iterable[str]) -> None:
        known = self.speakers["speaker"].tolist()
        unknown = [label for label in labels if label not in known]
        if unknown:
            raise ReadError(
                self.report.path, f"no speaker {unknown[0]!r}; the file has {', '.join(known)}"
            )

    def _with(self, report: pd.DataFrame) -> Transcript:
        speakers = self.speakers.assign(
            role=report["role"].to_numpy(), participant_id=report["participant_id"].to_numpy()
        ).astype({"role": "str", "participant_id": "str"})
        return replace(
            self,
            speakers=schema.check(speakers, "speakers"),
            report=replace(self.report, speakers=report),
        )


def _is_told(reason: str) -> bool:
    return any(told in reason for told in _TOLD)


def _count_words(text: str, turns: pd.DataFrame) -> pd.Series:
    spans = zip(turns["start"], turns["end"], strict=True)
    return pd.Series([len(text[a:b].split()) for a, b in spans], index=turns.index, dtype="int64")
