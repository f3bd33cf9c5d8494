"""Charts of what `aggregate` computes, under the same names: a frame in, matplotlib Axes out.

Nothing is shown or saved here; a figure made for you is yours to close.
"""

from __future__ import annotations

from cjmresearch.palette import PALETTE
from cjmresearch.plot.bars import pain_ranking
from cjmresearch.plot.canvas import style
from cjmresearch.plot.compared import peak_end, stage_ranks, stage_stars, wave_change
from cjmresearch.plot.curve import completers_curve, emotion_curve, role_curve
from cjmresearch.plot.empathy import empathy_map
from cjmresearch.plot.grid import grid
from cjmresearch.plot.heard import interview_curve, saturation, temperature, triangulation
from cjmresearch.plot.matrix import touchpoint_matrix
from cjmresearch.plot.paths import funnel, transitions
from cjmresearch.plot.personas import found, memberships
from cjmresearch.plot.roles import role_pains
from cjmresearch.plot.scored import (
    drivers,
    moments_of_truth,
    survey_scores,
    unheard,
    unmet_needs,
)

__all__ = [
    "PALETTE",
    "completers_curve",
    "drivers",
    "emotion_curve",
    "empathy_map",
    "found",
    "funnel",
    "grid",
    "interview_curve",
    "memberships",
    "moments_of_truth",
    "pain_ranking",
    "peak_end",
    "role_curve",
    "role_pains",
    "saturation",
    "stage_ranks",
    "stage_stars",
    "style",
    "survey_scores",
    "temperature",
    "touchpoint_matrix",
    "transitions",
    "triangulation",
    "unheard",
    "unmet_needs",
    "wave_change",
]
