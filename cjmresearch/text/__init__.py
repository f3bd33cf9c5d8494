"""Turns -> segments -> suggestions by rules: touchpoints, pains and stages, in Russian and English.

A rule is a pattern in a codebook's YAML, matched on lemmas (see `cjmresearch.text.patterns`).
What it suggests has the coder `rules:...`, the status `suggested` and the pattern as memo.
"""

from __future__ import annotations

from cjmresearch.text.marks import own_words, polarity_marks
from cjmresearch.text.segmenting import language_of, segment, segments
from cjmresearch.text.sentences import folded, sentence_spans
from cjmresearch.text.tagging import pipeline, questions, tag

__all__ = [
    "folded",
    "language_of",
    "own_words",
    "pipeline",
    "polarity_marks",
    "questions",
    "segment",
    "segments",
    "sentence_spans",
    "tag",
]
