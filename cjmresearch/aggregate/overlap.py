"""Which spans share characters, for whole studies at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

Ints = np.ndarray


@dataclass(frozen=True)
class Spans:
    """Half-open spans in sources: three integer arrays of one length."""

    source: Ints
    start: Ints
    end: Ints

    @classmethod
    def of(cls, frame: pd.DataFrame, sources: pd.Index) -> Spans:
        """Take the spans of a frame with source_id, start and end; `sources` gives the numbers."""
        return cls(
            sources.get_indexer(frame["source_id"]).astype(np.int64),
            frame["start"].to_numpy(np.int64),
            frame["end"].to_numpy(np.int64),
        )


def overlaps(left: Spans, right: Spans) -> tuple[Ints, Ints, Ints]:
    """Find every pair of spans of one source that share at least one character.

    Returns
    -------
    left, right : positions of the two spans of each pair, in order of `left`, then of `right`
    characters : how many characters they share
    """
    if not len(left.start) or not len(right.start):
        nothing = np.empty(0, np.int64)
        return nothing, nothing, nothing
    # One axis for all sources. Spans are looked up by classes of length, because a few long ones
    # (a stage over a whole interview) would otherwise make every lookup scan all of its source.
    scale = 1 + max(left.end.max(), right.end.max())
    begin = left.source * scale + left.start
    asked = np.argsort(begin)  # neighbours are looked up in memory that is still at hand
    begin, stop = begin[asked], (left.source * scale + left.end)[asked]
    other_begin, other_stop = right.source * scale + right.start, right.source * scale + right.end
    by_begin = np.argsort(other_begin, kind="stable")
    length_class = np.frexp((other_stop - other_begin).astype(float))[1]
    found = []
    for exponent in np.unique(length_class):
        members = by_begin[length_class[by_begin] == exponent]
        begins = other_begin[members]
        first = np.searchsorted(begins, begin - 2 ** int(exponent), side="right")
        counts = np.maximum(np.searchsorted(begins, stop, side="left") - first, 0)
        i = np.repeat(np.arange(len(begin)), counts)
        j = members[ranges(first, counts)]
        shared = np.minimum(stop[i], other_stop[j]) - np.maximum(begin[i], other_begin[j])
        real = shared > 0
        found.append((asked[i[real]], j[real], shared[real]))
    i, j, shared = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.argsort(i * len(other_begin) + j)
    return i[order], j[order], shared[order]


def ranges(first: Ints, counts: Ints) -> Ints:
    """Concatenate `first[k], first[k] + 1, ...`, `counts[k]` numbers each."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(first - (ends - counts), counts)
