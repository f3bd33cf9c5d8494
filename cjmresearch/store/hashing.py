"""One short text that stands for all that a project says now."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa

from cjmresearch import schema
from cjmresearch.store.database import fetch

_FORMAT = ("project", "schema_version")
_LATER = ("fields",)
"""Tables that the first releases didn't have: empty, they make no difference."""


def content_hash(connection: sa.Connection) -> str:
    """Hash all base tables but the events: SHA-256 of their rows as sorted lines of JSON.

    How a project came to say this, and when acts were undone and redone, is in the events and
    makes no difference; nor does the order of rows, the database, or the format of the release,
    for a value that is missing is left out.
    """
    digest = hashlib.sha256()
    for name in schema.BASE_TABLES:
        if name == "events":
            continue
        lines = sorted(
            json.dumps(
                {c: v for c, v in row.items() if v is not None and (name, c) != _FORMAT},
                ensure_ascii=False,
                sort_keys=True,
            )
            for row in fetch(connection, name)
        )
        if not lines and name in _LATER:
            continue
        digest.update(f"{name}\n".encode())
        digest.update("".join(f"{line}\n" for line in lines).encode())
    return digest.hexdigest()
