"""Look-ups that an act needs: one row, a code by its slug, the words of a span."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.errors import StoreError
from cjmresearch.store.database import SQL_TABLES, fetch


def now() -> str:
    """Tell the time as events and codings keep it: ISO 8601, UTC, microseconds."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def one(connection: sa.Connection, table: str, key: str | int) -> dict[str, Any]:
    """Fetch one row by its key; `StoreError` where there is none."""
    rows = fetch(connection, table, {schema.TABLES[table].key[0]: key})
    if not rows:
        raise StoreError(f"{table}: nothing has the id {key!r}")
    return rows[0]


def code_id(connection: sa.Connection, code: str) -> str:
    """Find the id of a code that is given by slug or id; `StoreError` names the neighbours."""
    codes = SQL_TABLES["codes"]
    query = sa.select(codes.c.code_id).where((codes.c.slug == code) | (codes.c.code_id == code))
    found = connection.execute(query).scalar()
    if found is None:
        scheme = code.split(":")[0]
        near = connection.execute(
            sa.select(codes.c.slug).where(codes.c.scheme == scheme).order_by(codes.c.position)
        ).scalars()
        known = ", ".join(near)
        remedy = f"there is {known}" if known else "project.frame('codes') lists them"
        raise StoreError(f"no code {code!r} in the project; {remedy}")
    return str(found)


def quote(connection: sa.Connection, source_id: str, span: tuple[int, int]) -> str:
    """Cut the words of a span of the current revision; refuses one that is not inside the text."""
    start, end = span
    texts, sources = SQL_TABLES["texts"], SQL_TABLES["sources"]
    # substr counts code points, as Python does, and spares reading the whole transcript.
    query = (
        sa.select(
            sa.func.length(texts.c.text), sa.func.substr(texts.c.text, start + 1, end - start)
        )
        .join(sources, sources.c.source_id == texts.c.source_id)
        .where(texts.c.source_id == source_id, texts.c.revision == sources.c.revision)
    )
    row = connection.execute(query).first()
    if row is None:
        raise StoreError(f"no source {source_id!r} in the project")
    if not 0 <= start < end <= row[0]:
        raise StoreError(f"span {start}–{end} is not inside the text (0–{row[0]})")
    return str(row[1])
