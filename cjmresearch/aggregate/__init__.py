"""From codings to numbers that can be opened and recomputed; the person is the unit.

`observations` places every coding: whose words, which stage, which touchpoint. All else is a pure
function of that frame: `emotion_curve`, `pain_ranking`, `touchpoint_matrix`, `outside`. `evidence`
goes back to the words. `gold_units`, `corrected_curve` and `corrected_difference` take a machine's
error out of what it counted, by a gold sample. Statistics are described in `docs/statistics.md`.
"""

from __future__ import annotations

from cjmresearch.aggregate.corrected import (
    Difference,
    corrected_curve,
    corrected_difference,
    gold_units,
)
from cjmresearch.aggregate.curve import drop_machine_intervals, emotion_curve
from cjmresearch.aggregate.intervals import wilson
from cjmresearch.aggregate.placing import live_codings, observations
from cjmresearch.aggregate.quotes import evidence
from cjmresearch.aggregate.rankings import (
    interviewed,
    outside,
    pain_ranking,
    touchpoint_matrix,
)

__all__ = [
    "Difference",
    "corrected_curve",
    "corrected_difference",
    "drop_machine_intervals",
    "emotion_curve",
    "evidence",
    "gold_units",
    "interviewed",
    "live_codings",
    "observations",
    "outside",
    "pain_ranking",
    "touchpoint_matrix",
    "wilson",
]
