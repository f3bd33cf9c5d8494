"""Charts of what `aggregate` computes, under the same names: a frame in, matplotlib Axes out.

Nothing is shown or saved here; a figure made for you is yours to close.
"""

from __future__ import annotations

from cjmresearch.palette import PALETTE
from cjmresearch.plot.bars import pain_ranking
from cjmresearch.plot.canvas import style
from cjmresearch.plot.curve import emotion_curve
from cjmresearch.plot.grid import grid
from cjmresearch.plot.matrix import touchpoint_matrix

__all__ = ["PALETTE", "emotion_curve", "grid", "pain_ranking", "style", "touchpoint_matrix"]
