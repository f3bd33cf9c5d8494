"""Random ids, many at once."""

from __future__ import annotations

import os

import numpy as np

_GROUPS = ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32))


def random_ids(count: int) -> list[str]:
    """Make random UUIDs (version 4) from one draw of the system's randomness."""
    raw = np.frombuffer(os.urandom(16 * count), dtype="uint8").reshape(count, 16).copy()
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(raw.tobytes().hex().encode("ascii"), dtype="S1").reshape(count, 32)
    written = np.full((count, 36), b"-", dtype="S1")
    for gaps, (begin, end) in enumerate(_GROUPS):
        written[:, begin + gaps : end + gaps] = digits[:, begin:end]
    ids: list[str] = written.view("S36").ravel().astype("U36").tolist()
    return ids
