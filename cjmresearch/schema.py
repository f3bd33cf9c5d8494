"""The data contract: every table between two stages, its columns, types, units and relations.

`TABLES` is the one description that the store, the readers, the tests and `docs/data-format.md`
are made from. Spans are Python `str` indices (code points), half open, into the current revision
of the source's text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

import pandas as pd

from cjmresearch.errors import SchemaError

Kind = Literal["id", "str", "int", "float", "bool", "time", "json"]

_DTYPES: dict[str, str] = {
    "id": "str",
    "str": "str",
    "int": "Int64",
    "float": "float64",
    "bool": "boolean",
    "time": "datetime64[us, UTC]",
    "json": "str",
}

ROLES = ("interviewer", "participant", "other")
VOICES = ("customer", "employee", "expert")
OUTCOMES = ("loyal", "active", "lost")
SOURCE_KINDS = ("interview", "focus_group", "survey", "review", "call", "observation", "note")
QUESTION_TYPES = ("id", "date", "closed", "scale", "multiple", "open")
METRICS = ("nps", "csat", "ces", "other")
CODE_KINDS = (
    "stage",
    "touchpoint",
    "emotion",
    "pain",
    "need",
    "dream",
    "action",
    "thought",
    "opportunity",
    "metaphor",
    "other",
)
STATUSES = ("human", "suggested", "accepted", "rejected")
CHANNELS = ("digital", "physical", "human")
OWNERSHIPS = ("owned", "earned", "paid", "partner")
MAP_TYPES = ("current", "day_in_life", "future", "blueprint")
PERSONA_ORIGINS = ("manual", "trait", "cluster")


@dataclass(frozen=True)
class Column:
    """One column: its kind, whether it may be missing, what it may hold, and what it means."""

    name: str
    kind: Kind
    doc: str = ""
    nullable: bool = False
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    ref: str | None = None
    """Column of another table that a value must stand in, as `table.column`."""

    @property
    def dtype(self) -> str:
        """The pandas dtype: whole numbers that can't be missing are int64, else Int64."""
        return "int64" if self.kind == "int" and not self.nullable else _DTYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table: its columns in order and the columns that identify a row."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def __getitem__(self, column: str) -> Column:
        return next(c for c in self.columns if c.name == column)

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [c.name for c in self.columns]


def _id(name: str, doc: str = "", ref: str | None = None, nullable: bool = False) -> Column:
    return Column(name, "id", doc, nullable, ref=ref)


def _text(name: str, doc: str = "", *, null: bool = True, of: tuple[str, ...] = ()) -> Column:
    return Column(name, "str", doc, null, of)


def _number(
    name: str,
    doc: str = "",
    *,
    null: bool = True,
    low: float | None = None,
    high: float | None = None,
) -> Column:
    return Column(name, "float", doc, null, low=low, high=high)


def _whole(
    name: str,
    doc: str = "",
    *,
    null: bool = False,
    low: float | None = 0,
    high: float | None = None,
) -> Column:
    return Column(name, "int", doc, null, low=low, high=high)


_SOURCE = _id("source_id", ref="sources.source_id")
_START = _whole("start", "first code point of the span")
_END = _whole("end", "one past the last code point of the span")
_STAGE = _text("stage", "slug of a stage")
_TOUCHPOINT = _text("touchpoint", "slug of a touchpoint")
_WAVE = _text("wave", "which round of the study")
_LAG = _number("lag_hours", "hours between the experience and the telling", low=0)


def _participant(*, nullable: bool = False) -> Column:
    return _id("participant_id", ref="participants.participant_id", nullable=nullable)


_ALL = (
    Table(
        "project",
        "One row: what the study is for and how it is read.",
        (
            _text(
                "goal", "what the study has to decide; a map without a goal is an error", null=False
            ),
            _text("journey_model", "scheme of the stages of the default view", null=False),
            _text("languages", "comma-separated ISO codes, e.g. ru,en", null=False),
            _text("emotion_scheme", "scheme of the feelings", null=False),
            Column("settings", "json", "anything else, JSON object"),
            _whole("schema_version", low=1),
        ),
        ("schema_version",),
    ),
    Table(
        "participants",
        "One row a person; the unit of every statistic.",
        (
            _id("participant_id"),
            _text("pseudonym", "what reports call the person", null=False),
            _text("org_id", "firm; people of one firm are not independent"),
            _text("buying_role", "role in the buying centre, e.g. engineer, buyer, director"),
            _text("customer_segment"),
            _text("outcome", of=OUTCOMES),
            _text("language"),
            Column("consent", "bool", "may quotes be shown? no answer is missing", nullable=True),
            Column("traits", "json", "free traits, JSON object"),
        ),
        ("participant_id",),
    ),
    Table(
        "sources",
        "One row a document: an interview, a survey export, a review, a note.",
        (
            _id("source_id"),
            _text("kind", null=False, of=SOURCE_KINDS),
            _text("title", null=False),
            _text("recorded_on", "ISO date"),
            _WAVE,
            _LAG,
            _text("language"),
            _whole("revision", "current revision of the text, from 1", low=1),
        ),
        ("source_id",),
    ),
    Table(
        "texts",
        "Every revision of a source's text: LF line ends, NFC, no BOM.",
        (
            _SOURCE,
            _whole("revision", low=1),
            _text("text", null=False),
            _text("sha256", "of the text in UTF-8, hexadecimal", null=False),
            _text("reason", "why this revision was made"),
        ),
        ("source_id", "revision"),
    ),
    Table(
        "speakers",
        "Who speaks in a source, by the label that the file gives.",
        (
            _SOURCE,
            _text("speaker", "label as in the file", null=False),
            _participant(nullable=True),
            _text("role", null=False, of=ROLES),
            _text("voice", null=False, of=VOICES),
        ),
        ("source_id", "speaker"),
    ),
    Table(
        "turns",
        "One utterance of one speaker, or one open answer of one respondent.",
        (
            _id("turn_id"),
            _SOURCE,
            _whole("position", "order in the source, from 0"),
            _text("speaker", null=False),
            _text("prompt", "the question that was answered"),
            _id("question_id", ref="questions.question_id", nullable=True),
            _START,
            _END,
            _number("begin_s", "seconds from the start of the recording", low=0),
            _number("end_s", "seconds from the start of the recording", low=0),
            _text("locator", "where in the file: line 12, cue 7, row 3 column Q5"),
        ),
        ("turn_id",),
    ),
    Table(
        "questions",
        "The questions of a survey, one a column of the file.",
        (
            _id("question_id"),
            _id("survey_id", "source of the survey", ref="sources.source_id"),
            _text("text", null=False),
            _text("type", null=False, of=QUESTION_TYPES),
            _text("metric", of=METRICS),
            _number("scale_min"),
            _number("scale_max"),
            Column("higher_is_better", "bool", nullable=True),
            _STAGE,
            _TOUCHPOINT,
            Column("pii", "bool", "holds personal data; left out unless asked for"),
        ),
        ("question_id",),
    ),
    Table(
        "answers",
        "One cell of a survey that was filled in; a blank cell is no row, a zero is a row.",
        (
            _participant(),
            _id("question_id", ref="questions.question_id"),
            _WAVE,
            _number("value", "the number of a scale"),
            _text("text", "the words of a closed, multiple or open answer"),
            _LAG,
        ),
        ("participant_id", "question_id"),
    ),
    Table(
        "codes",
        "The codebook of the project.",
        (
            _id("code_id"),
            _text("slug", "short readable name, unique in a project: b2b8:purchase", null=False),
            _text("scheme", null=False),
            _text("kind", null=False, of=CODE_KINDS),
            _text("name_ru", null=False),
            _text("name_en", null=False),
            _text("definition"),
            _id("parent_id", ref="codes.code_id", nullable=True),
            _text("colour", "#rrggbb"),
            _text("key", "keyboard key in the workbench"),
            _number("valence", "of an emotion", low=-1, high=1),
            _whole("position", "order of a stage in its model, from 1", null=True),
            _text("channel", "of a touchpoint", of=CHANNELS),
            _text("ownership", "of a touchpoint", of=OWNERSHIPS),
        ),
        ("code_id",),
    ),
    Table(
        "codings",
        "A passage and its code, by one coder. A suggestion never changes: a decision is a new row.",
        (
            _id("coding_id"),
            _SOURCE,
            _START,
            _END,
            _text("quote", "always the text between start and end", null=False),
            _id("code_id", ref="codes.code_id"),
            _text("coder", "anna, rules:touchpoints-1, model:emotion-1", null=False),
            _text("status", null=False, of=STATUSES),
            _id("suggestion_id", "the suggestion that was decided", "codings.coding_id", True),
            _text("run_id", "one run of a machine"),
            _number("confidence", low=0, high=1),
            _number("valence", "overrides the valence of the code", low=-1, high=1),
            _whole("intensity", null=True, low=1, high=3),
            _text("memo", "a note, or the pattern that fired"),
            Column("created_at", "time"),
        ),
        ("coding_id",),
    ),
    Table(
        "visits",
        "A step of a path that the material or a log gives.",
        (
            _id("visit_id"),
            _participant(),
            _STAGE,
            _TOUCHPOINT,
            _whole("order_told", null=True),
            _whole("order_happened", null=True),
            Column("begin", "time", nullable=True),
            Column("end", "time", nullable=True),
            _text("origin", "coding, log or hand", null=False),
        ),
        ("visit_id",),
    ),
    Table(
        "items",
        "What people add to a map: opportunities, actions, hypotheses.",
        (
            _id("item_id"),
            _STAGE,
            _text("layer", null=False),
            _text("text", null=False),
            _text("owner"),
            _text("status"),
            _text("map_type", null=False, of=MAP_TYPES),
        ),
        ("item_id",),
    ),
    Table(
        "links",
        "Barrier -> opportunity -> action -> metric -> wave.",
        (
            _id("link_id"),
            _text("from_id", null=False),
            _text("relation", null=False),
            _text("to_id", null=False),
        ),
        ("link_id",),
    ),
    Table(
        "personas",
        "Named groups of participants.",
        (
            _id("persona_id"),
            _text("name", null=False),
            _text("origin", null=False, of=PERSONA_ORIGINS),
        ),
        ("persona_id",),
    ),
    Table(
        "memberships",
        "How probably a participant belongs to a persona.",
        (
            _id("persona_id", ref="personas.persona_id"),
            _participant(),
            _number("probability", null=False, low=0, high=1),
        ),
        ("persona_id", "participant_id"),
    ),
    Table(
        "samples",
        "A random gold sample with its known probability of being drawn.",
        (
            _id("sample_id"),
            _SOURCE,
            _START,
            _END,
            _number("probability", "of being drawn", null=False, low=0, high=1),
            _text("design", null=False),
        ),
        ("sample_id",),
    ),
    Table(
        "events",
        "Everything that ever happened, in order: audit trail and undo stack.",
        (
            _whole("seq", low=1),
            Column("at", "time"),
            _text("coder", null=False),
            _text("kind", null=False),
            Column("payload", "json", "the changed rows, before and after"),
            _whole("undoes", "seq of the event that this one takes back", null=True, low=1),
        ),
        ("seq",),
    ),
)

_SEGMENTS = Table(
    "segments",
    "Derived: sentences of turns with who says them. Never stored.",
    (
        _id("segment_id"),
        _SOURCE,
        _id("turn_id", ref="turns.turn_id"),
        _whole("position", "order in the source, from 0"),
        _START,
        _END,
        _text("text", "equals the source's text between start and end", null=False),
        _text("speaker", null=False),
        _participant(nullable=True),
        _text("role", null=False, of=ROLES),
        _text("voice", null=False, of=VOICES),
        _text("prompt"),
        _id("question_id", ref="questions.question_id", nullable=True),
        _text("language"),
    ),
    ("segment_id",),
)

BASE_TABLES: tuple[str, ...] = tuple(t.name for t in _ALL)
TABLES: dict[str, Table] = {t.name: t for t in (*_ALL, _SEGMENTS)}


def table(name: str) -> Table:
    """Description of one table; `SchemaError` names the known ones."""
    if name not in TABLES:
        raise SchemaError(name, [f"no such table; known: {', '.join(TABLES)}"])
    return TABLES[name]


def empty(name: str) -> pd.DataFrame:
    """Frame of a table with its columns and dtypes and no rows."""
    return pd.DataFrame({c.name: pd.Series([], dtype=c.dtype) for c in table(name).columns})


def frame(name: str, rows: Iterable[Mapping[str, Any]] | pd.DataFrame) -> pd.DataFrame:
    """Rows as a checked frame: nullable columns that are absent are filled, dtypes are set.

    Columns that the table doesn't have are an error, as is everything that `check` finds.
    """
    spec = table(name)
    given = rows if isinstance(rows, pd.DataFrame) else pd.DataFrame(list(rows))
    if given.empty and not len(given.columns):
        return empty(name)
    unknown = [c for c in given.columns if c not in spec.names]
    missing = [c.name for c in spec.columns if c.name not in given.columns and not c.nullable]
    problems = [f"unknown column {c!r}" for c in unknown]
    problems += [f"missing column {c!r}" for c in missing]
    if problems:
        raise SchemaError(name, problems)
    result = pd.DataFrame(index=pd.RangeIndex(len(given)))
    for column in spec.columns:
        result[column.name], trouble = _cast(column, given.get(column.name), len(given))
        problems += trouble
    if problems:
        raise SchemaError(name, problems)
    return check(result, name)


def _cast(column: Column, values: pd.Series | None, length: int) -> tuple[pd.Series, list[str]]:
    if values is None:
        return pd.Series([None] * length, dtype=column.dtype), []
    values = values.reset_index(drop=True)
    if column.kind == "json":
        values = values.map(
            lambda v: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)
        )
    if column.dtype == "int64" and values.isna().any():
        return values, [f"{column.name}: row {_first(values.isna())} is missing"]
    try:
        if column.kind == "time":
            return pd.to_datetime(values, utc=True).astype(column.dtype), []
        if column.dtype == "str":
            return values.astype(object).where(values.notna(), None).astype("str"), []
        return values.astype(column.dtype), []
    except (TypeError, ValueError) as error:
        return values, [f"{column.name}: not {column.dtype} ({error})"]


def check(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return the frame unchanged if it obeys the table's contract.

    `SchemaError` lists every problem at once: missing or unknown columns, wrong dtypes, missing
    values, values out of their range or set, doubled keys, spans that end before they start.
    Relations between tables are checked by `check_relations`.
    """
    spec = table(name)
    problems = [f"missing column {c!r}" for c in spec.names if c not in frame.columns]
    problems += [f"unknown column {c!r}" for c in frame.columns if c not in spec.names]
    for column in spec.columns:
        if column.name in frame.columns:
            problems += _column_problems(column, frame[column.name])
    if not problems:
        problems += _row_problems(spec, frame)
    if problems:
        raise SchemaError(name, problems)
    return frame


def _first(mask: pd.Series) -> int:
    return int(mask.to_numpy(dtype=bool, na_value=False).argmax())


def _column_problems(column: Column, values: pd.Series) -> list[str]:
    if str(values.dtype) != column.dtype:
        return [f"{column.name}: dtype {values.dtype}, expected {column.dtype}"]
    absent = values.isna()
    problems = []
    if absent.any() and not column.nullable:
        problems.append(f"{column.name}: row {_first(absent)} is missing")
    if column.allowed:
        bad = ~values.isin(column.allowed) & ~absent
        if bad.any():
            row = _first(bad)
            allowed = ", ".join(column.allowed)
            problems.append(f"{column.name}: row {row} is {values.iloc[row]!r}, allowed: {allowed}")
    for bound, beyond in ((column.low, "lt"), (column.high, "gt")):
        if bound is not None:
            bad = getattr(values, beyond)(bound).fillna(False)
            if bad.any():
                row = _first(bad)
                word = "below" if beyond == "lt" else "above"
                problems.append(f"{column.name}: row {row} is {values.iloc[row]}, {word} {bound:g}")
    return problems


def _row_problems(spec: Table, frame: pd.DataFrame) -> list[str]:
    problems = []
    doubled = frame.duplicated(list(spec.key))
    if doubled.any():
        key = ", ".join(str(frame[k].iloc[_first(doubled)]) for k in spec.key)
        problems.append(f"{', '.join(spec.key)}: {key} stands twice (row {_first(doubled)})")
    if {"start", "end"} <= set(spec.names):
        backward = frame["end"] < frame["start"]
        if backward.any():
            row = _first(backward)
            problems.append(f"end: row {row} ends at {frame['end'].iloc[row]} before its start")
    return problems


def check_relations(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Problems between tables: ids that refer to nothing. An empty list is good."""
    problems = []
    for name, frame_ in frames.items():
        for column in table(name).columns:
            if column.ref is None or column.name not in frame_.columns:
                continue
            target, target_column = column.ref.split(".")
            if target not in frames:
                continue
            values = frame_[column.name].dropna()
            orphans = values[~values.isin(frames[target][target_column])]
            if len(orphans):
                problems.append(
                    f"{name}.{column.name}: {orphans.iloc[0]!r} is not in {column.ref}"
                    + (f" (and {len(orphans) - 1} more)" if len(orphans) > 1 else "")
                )
    return problems


@dataclass(frozen=True)
class Study:
    """Frozen frames of a project: all that analysis needs, with no connection behind it."""

    project: pd.DataFrame
    participants: pd.DataFrame
    sources: pd.DataFrame
    texts: pd.DataFrame
    speakers: pd.DataFrame
    turns: pd.DataFrame
    codes: pd.DataFrame
    codings: pd.DataFrame
    questions: pd.DataFrame = field(default_factory=lambda: empty("questions"))
    answers: pd.DataFrame = field(default_factory=lambda: empty("answers"))
    visits: pd.DataFrame = field(default_factory=lambda: empty("visits"))
    items: pd.DataFrame = field(default_factory=lambda: empty("items"))
    links: pd.DataFrame = field(default_factory=lambda: empty("links"))
    personas: pd.DataFrame = field(default_factory=lambda: empty("personas"))
    memberships: pd.DataFrame = field(default_factory=lambda: empty("memberships"))
    samples: pd.DataFrame = field(default_factory=lambda: empty("samples"))

    def __post_init__(self) -> None:
        problems = []
        for name in self.tables():
            try:
                check(getattr(self, name), name)
            except SchemaError as error:
                problems.append(str(error))
        problems = problems or check_relations(self.tables())
        if problems:
            raise SchemaError("study", problems)

    def tables(self) -> dict[str, pd.DataFrame]:
        """All frames by table name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def goal(self) -> str:
        """What the study has to decide."""
        return str(self.project["goal"].iloc[0])

    @property
    def journey_model(self) -> str:
        """Scheme of the stages of the default view."""
        return str(self.project["journey_model"].iloc[0])

    @property
    def current_texts(self) -> pd.Series:
        """Text of each source's current revision, str, indexed by source_id."""
        current = self.texts.merge(self.sources[["source_id", "revision"]])
        return current.set_index("source_id")["text"]

    def stages(self, model: str | None = None) -> pd.DataFrame:
        """Codes of a journey model in order (columns of `codes`); default is the project's."""
        scheme = model or self.journey_model
        stages = self.codes[(self.codes["kind"] == "stage") & (self.codes["scheme"] == scheme)]
        if stages.empty:
            known = sorted(self.codes.loc[self.codes["kind"] == "stage", "scheme"].unique())
            raise SchemaError(
                "codes", [f"no journey model {scheme!r} in the study; it has {', '.join(known)}"]
            )
        return stages.sort_values("position").reset_index(drop=True)

    def names(self, language: str = "ru") -> dict[str, str]:
        """Readable name of every code by slug, in the language `ru` or `en`."""
        return dict(zip(self.codes["slug"], self.codes[f"name_{language}"], strict=True))
