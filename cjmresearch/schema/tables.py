"""Every table of the data contract, column by column."""

from __future__ import annotations

from cjmresearch.schema.columns import (
    CHANNELS,
    CODE_KINDS,
    MAP_TYPES,
    METRICS,
    OUTCOMES,
    OWNERSHIPS,
    PERSONA_ORIGINS,
    QUESTION_TYPES,
    ROLES,
    SOURCE_KINDS,
    STATUSES,
    VOICES,
    Column,
    Table,
    id_,
    number,
    text,
    whole,
)

_SOURCE = id_("source_id", ref="sources.source_id")
_START = whole("start", "first code point of the span")
_END = whole("end", "one past the last code point of the span")
_STAGE = text("stage", "slug of a stage")
_TOUCHPOINT = text("touchpoint", "slug of a touchpoint")
_WAVE = text("wave", "which round of the study")
_LAG = number("lag_hours", "hours between the experience and the telling", low=0)


def _participant(*, nullable: bool = False) -> Column:
    return id_("participant_id", ref="participants.participant_id", nullable=nullable)


_ALL = (
    Table(
        "project",
        "One row: what the study is for and how it is read.",
        (
            text(
                "goal", "what the study has to decide; a map without a goal is an error", null=False
            ),
            text("journey_model", "scheme of the stages of the default view", null=False),
            text("languages", "comma-separated ISO codes, e.g. ru,en", null=False),
            text("emotion_scheme", "scheme of the feelings", null=False),
            Column("settings", "json", "anything else, JSON object"),
            whole("schema_version", low=1),
        ),
        ("schema_version",),
    ),
    Table(
        "participants",
        "One row a person; the unit of every statistic.",
        (
            id_("participant_id"),
            text("pseudonym", "what reports call the person", null=False),
            text("org_id", "firm; people of one firm are not independent"),
            text("buying_role", "role in the buying centre, e.g. engineer, buyer, director"),
            text("customer_segment"),
            text("outcome", of=OUTCOMES),
            text("language"),
            Column("consent", "bool", "may quotes be shown? no answer is missing", nullable=True),
            Column("traits", "json", "free traits, JSON object"),
        ),
        ("participant_id",),
    ),
    Table(
        "sources",
        "One row a document: an interview, a survey export, a review, a note.",
        (
            id_("source_id"),
            text("kind", null=False, of=SOURCE_KINDS),
            text("title", null=False),
            text("file", "name of the file that it was read from"),
            text("recorded_on", "ISO date"),
            _WAVE,
            _LAG,
            text("language"),
            whole("revision", "current revision of the text, from 1", low=1),
        ),
        ("source_id",),
    ),
    Table(
        "texts",
        "Every revision of a source's text: LF line ends, NFC, no BOM.",
        (
            _SOURCE,
            whole("revision", low=1),
            text("text", null=False),
            text("sha256", "of the text in UTF-8, hexadecimal", null=False),
            text("reason", "why this revision was made"),
        ),
        ("source_id", "revision"),
    ),
    Table(
        "speakers",
        "Who speaks in a source, by the label that the file gives.",
        (
            _SOURCE,
            text("speaker", "label as in the file", null=False),
            _participant(nullable=True),
            text("role", null=False, of=ROLES),
            text("voice", null=False, of=VOICES),
        ),
        ("source_id", "speaker"),
    ),
    Table(
        "turns",
        "One utterance of one speaker, or one open answer of one respondent.",
        (
            id_("turn_id"),
            _SOURCE,
            whole("position", "order in the source, from 0"),
            text("speaker", null=False),
            text("prompt", "the question that was answered"),
            id_("question_id", ref="questions.question_id", nullable=True),
            _START,
            _END,
            number("begin_s", "seconds from the start of the recording", low=0),
            number("end_s", "seconds from the start of the recording", low=0),
            text("locator", "where in the file: line 12, cue 7, row 3 column Q5"),
        ),
        ("turn_id",),
    ),
    Table(
        "questions",
        "The questions of a survey, one a column of the file.",
        (
            id_("question_id"),
            id_("survey_id", "source of the survey", ref="sources.source_id"),
            text("text", null=False),
            text("type", null=False, of=QUESTION_TYPES),
            text("metric", of=METRICS),
            number("scale_min"),
            number("scale_max"),
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
            id_("question_id", ref="questions.question_id"),
            _WAVE,
            number("value", "the number of a scale"),
            text("text", "the words of a closed, multiple or open answer"),
            _LAG,
        ),
        ("participant_id", "question_id"),
    ),
    Table(
        "codes",
        "The codebook of the project.",
        (
            id_("code_id"),
            text("slug", "short readable name, unique in a project: b2b8:purchase", null=False),
            text("scheme", null=False),
            text("kind", null=False, of=CODE_KINDS),
            text("name_ru", null=False),
            text("name_en", null=False),
            text("definition"),
            text("include", "what belongs to it"),
            text("exclude", "what doesn't, and where that belongs"),
            text("examples", "typical passages, one a line"),
            id_("parent_id", ref="codes.code_id", nullable=True),
            text("colour", "#rrggbb"),
            text("key", "keyboard key in the workbench"),
            number("valence", "of an emotion", low=-1, high=1),
            whole("position", "order of a stage in its model, from 1", null=True),
            text("channel", "of a touchpoint", of=CHANNELS),
            text("ownership", "of a touchpoint", of=OWNERSHIPS),
        ),
        ("code_id",),
    ),
    Table(
        "codings",
        "A passage and its code, by one coder. A suggestion never changes: a decision is a row.",
        (
            id_("coding_id"),
            _SOURCE,
            _START,
            _END,
            text("quote", "always the text between start and end", null=False),
            id_("code_id", ref="codes.code_id"),
            text("coder", "anna, rules:touchpoints-1, model:emotion-3", null=False),
            text("status", null=False, of=STATUSES),
            id_(
                "suggestion_id",
                "the suggestion that was decided",
                ref="codings.coding_id",
                nullable=True,
            ),
            text("run_id", "one run of a machine"),
            number("confidence", low=0, high=1),
            number("valence", "overrides the valence of the code", low=-1, high=1),
            whole("intensity", null=True, low=1, high=3),
            text("memo", "a note, or the pattern that fired"),
            Column("created_at", "time"),
        ),
        ("coding_id",),
    ),
    Table(
        "visits",
        "A step of a path that the material or a log gives.",
        (
            id_("visit_id"),
            _participant(),
            _STAGE,
            _TOUCHPOINT,
            whole("order_told", null=True),
            whole("order_happened", null=True),
            Column("begin", "time", nullable=True),
            Column("end", "time", nullable=True),
            text("origin", "coding, log or hand", null=False),
        ),
        ("visit_id",),
    ),
    Table(
        "items",
        "What people add to a map: opportunities, actions, hypotheses.",
        (
            id_("item_id"),
            _STAGE,
            text("layer", null=False),
            text("text", null=False),
            text("owner"),
            text("status"),
            text("map_type", null=False, of=MAP_TYPES),
        ),
        ("item_id",),
    ),
    Table(
        "links",
        "Barrier -> opportunity -> action -> metric -> wave.",
        (
            id_("link_id"),
            text("from_id", null=False),
            text("relation", null=False),
            text("to_id", null=False),
        ),
        ("link_id",),
    ),
    Table(
        "personas",
        "Named groups of participants.",
        (
            id_("persona_id"),
            text("name", null=False),
            text("origin", null=False, of=PERSONA_ORIGINS),
        ),
        ("persona_id",),
    ),
    Table(
        "memberships",
        "How probably a participant belongs to a persona.",
        (
            id_("persona_id", ref="personas.persona_id"),
            _participant(),
            number("probability", null=False, low=0, high=1),
        ),
        ("persona_id", "participant_id"),
    ),
    Table(
        "fields",
        "What people write on the card of a persona, a participant or a firm.",
        (
            text("owner_id", "a persona_id, a participant_id or an org_id", null=False),
            text("field", "slug of the field, e.g. motives", null=False),
            text("value", "what stands there; several lines are several entries", null=False),
            text("source", "where it comes from: coding_ids, or words; missing: a hypothesis"),
            _WAVE,
        ),
        ("owner_id", "field"),
    ),
    Table(
        "samples",
        "A random gold sample with its known probability of being drawn.",
        (
            id_("sample_id"),
            _SOURCE,
            _START,
            _END,
            number("probability", "of being drawn", null=False, low=0, high=1),
            text("design", "JSON: how it was drawn, or which coder finished it", null=False),
        ),
        ("sample_id",),
    ),
    Table(
        "events",
        "Everything that ever happened, in order: audit trail and undo stack.",
        (
            whole("seq", low=1),
            Column("at", "time"),
            text("coder", null=False),
            text("kind", null=False),
            Column("payload", "json", "the changed rows, before and after"),
            whole("undoes", "seq of the event that this one takes back", null=True, low=1),
            id_("client", "who asked twice is told apart by it: the asker's own id", nullable=True),
        ),
        ("seq",),
    ),
)

_SEGMENTS = Table(
    "segments",
    "Derived: sentences of turns with who says them. Never stored.",
    (
        id_("segment_id"),
        _SOURCE,
        id_("turn_id", ref="turns.turn_id"),
        whole("position", "order in the source, from 0"),
        _START,
        _END,
        text("text", "equals the source's text between start and end", null=False),
        text("speaker", null=False),
        _participant(nullable=True),
        text("role", null=False, of=ROLES),
        text("voice", null=False, of=VOICES),
        text("prompt"),
        id_("question_id", ref="questions.question_id", nullable=True),
        text("language"),
    ),
    ("segment_id",),
)

BASE_TABLES: tuple[str, ...] = tuple(t.name for t in _ALL)
TABLES: dict[str, Table] = {t.name: t for t in (*_ALL, _SEGMENTS)}
