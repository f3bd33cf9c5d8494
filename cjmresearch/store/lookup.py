"""Look-ups that an act needs: one row, a code by its slug, the words of a span."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store.database import fetch
from cjmresearch.store.tables import SQL_TABLES


def now() -> str:
    """Tell the time as events and codings keep it: ISO 8601, UTC, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def one(connection: sa.Connection, table: str, key: str | int) -> dict[str, Any]:
    """Fetch one row by its key; `StoreError` where there is none."""
    rows = fetch(connection, table, {schema.TABLES[table].key[0]: key})
    if not rows:
        raise StoreError(f"{table}: nothing has the id {key!r}")
    return rows[0]


_CODES, _TEXTS, _SOURCES = (SQL_TABLES[name] for name in ("codes", "texts", "sources"))
_OF_CODE = sa.select(_CODES.c.code_id).where(
    (_CODES.c.slug == sa.bindparam("code")) | (_CODES.c.code_id == sa.bindparam("code"))
)
_CURRENT = sa.and_(
    _TEXTS.c.source_id == sa.bindparam("source"),
    _TEXTS.c.revision
    == sa.select(_SOURCES.c.revision)
    .where(_SOURCES.c.source_id == sa.bindparam("source"))
    .scalar_subquery(),
)
# substr counts code points, as Python does, and spares reading the whole transcript.
_WORDS = sa.select(
    sa.func.substr(_TEXTS.c.text, sa.bindparam("first"), sa.bindparam("count"))
).where(_CURRENT)

_TEXT = sa.select(_TEXTS.c.text).where(_CURRENT)
_EVENTS = SQL_TABLES["events"]
_ERASED_SINCE = (
    sa.select(_EVENTS.c.seq)
    .where(_EVENTS.c.seq > sa.bindparam("seq"), _EVENTS.c.kind == "forget")
    .limit(1)
)
_LAST_TEXT = "cjmresearch: last text"


def code_id(connection: sa.Connection, code: str) -> str:
    """Find the id of a code that is given by slug or id; `StoreError` names the neighbours."""
    found = connection.execute(_OF_CODE, {"code": code}).scalar()
    if found is None:
        near = connection.execute(
            sa.select(_CODES.c.slug)
            .where(_CODES.c.scheme == code.split(":")[0])
            .order_by(_CODES.c.position)
        ).scalars()
        known = ", ".join(near)
        remedy = f"there is {known}" if known else "project.frame('codes') lists them"
        raise StoreError(f"no code {code!r} in the project; {remedy}")
    return str(found)


def quote(connection: sa.Connection, source_id: str, span: tuple[int, int]) -> str:
    """Cut the words of a span of the current revision; refuses one that is not inside the text."""
    start, end = span
    given = {"source": source_id, "first": max(start, 0) + 1, "count": max(end - start, 0)}
    words = connection.execute(_WORDS, given).scalar()
    if words is None:
        raise StoreError(f"no source {source_id!r} in the project")
    if start < 0 or not 0 < end - start == len(words):
        query = sa.select(sa.func.length(_TEXTS.c.text)).where(_CURRENT)
        length = connection.execute(query, {"source": source_id}).scalar_one()
        raise StoreError(f"span {start}–{end} is not inside the text (0–{length})")
    return str(words)


def text_of(connection: sa.Connection, source_id: str) -> str:
    """Give the current text of a source; the last one read is kept for as long as it stays so.

    A survey of 100,000 answers is one text of megabytes, and each key in it needs a few words. A
    text changes with its revision, or where a person is erased.
    """
    revision = one(connection, "sources", source_id)["revision"]
    kept = connection.info.get(_LAST_TEXT)
    if kept and kept[:2] == (source_id, revision):
        since = {"seq": kept[2]}
        if connection.execute(_ERASED_SINCE, since).first() is None:
            return str(kept[3])
    seq = connection.execute(sa.select(sa.func.max(_EVENTS.c.seq))).scalar() or 0
    text = str(connection.execute(_TEXT, {"source": source_id}).scalar_one())
    connection.info[_LAST_TEXT] = (source_id, revision, seq, text)
    return text
