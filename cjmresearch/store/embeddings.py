"""Embeddings of texts, kept beside the study so that each text is embedded once.

They are no part of the data contract: they can always be made again. So they stand in a table of
their own that is made on demand (also in projects of earlier releases), no event tells of them,
`verify` and `undo` pass them by, a pseudonymised project starts without them, and `forget` throws
all of them away, because a vector tells much of the words that it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from cjmresearch.store.adding import sha256
from cjmresearch.store.database import Database

_CACHE = sa.Table(
    "embedding_cache",
    sa.MetaData(),
    sa.Column("encoder", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
_IN_ONE_QUERY = 500
_IN_ONE_WRITE = 2_000
"""Texts that are embedded before they are saved: what a kill loses at most."""


class Encoder(Protocol):
    """Turns texts into vectors; `version`, where it has one, tells its weights from others."""

    name: str
    size: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: one row a text, `size` columns."""


def embeddings(database: Database, texts: Sequence[str], encoder: Encoder) -> np.ndarray:
    """Give the vectors of texts, from the cache or made and kept: float32, one row a text.

    Kept as float16, and given so also the first time: the same text gives the same numbers.
    """
    identity = f"{encoder.name} {getattr(encoder, 'version', '0')}"
    hashes = [sha256(text) for text in texts]
    known = _get(database, identity, list(dict.fromkeys(hashes)))
    by_hash = dict(zip(hashes, texts, strict=True))
    missing = [digest for digest in by_hash if digest not in known]
    for start in range(0, len(missing), _IN_ONE_WRITE):
        batch = missing[start : start + _IN_ONE_WRITE]
        vectors = encoder.encode([by_hash[digest] for digest in batch])
        made = dict(zip(batch, vectors.astype(np.float16), strict=True))
        _put(database, identity, made)
        known |= made
    rows = [known[digest] for digest in hashes]
    return np.asarray(rows, dtype=np.float32).reshape(len(rows), encoder.size)


def clear(connection: sa.Connection) -> None:
    """Throw all vectors away, within the caller's transaction."""
    if _there(connection):
        connection.execute(sa.delete(_CACHE))


def _there(connection: sa.Connection) -> bool:
    return sa.inspect(connection).has_table(_CACHE.name)


def _get(database: Database, identity: str, hashes: Sequence[str]) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    with database.read() as connection:
        if not _there(connection):
            return found
        for start in range(0, len(hashes), _IN_ONE_QUERY):
            query = sa.select(_CACHE.c.sha256, _CACHE.c.vector).where(
                _CACHE.c.encoder == identity,
                _CACHE.c.sha256.in_(hashes[start : start + _IN_ONE_QUERY]),
            )
            for digest, blob in connection.execute(query):
                found[digest] = np.frombuffer(blob, dtype="<f2")
    return found


def _put(database: Database, identity: str, vectors: Mapping[str, np.ndarray]) -> None:
    rows = [
        {"encoder": identity, "sha256": digest, "vector": vector.astype("<f2").tobytes()}
        for digest, vector in vectors.items()
    ]
    with database.write() as connection:
        _CACHE.create(connection, checkfirst=True)
        # Another process may have kept the same text meanwhile: its row is as good.
        write = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(write(_CACHE).on_conflict_do_nothing(), rows)
