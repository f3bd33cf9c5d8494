"""The workbench in a real JupyterLab: offsets, random acts, kills. The full numbers run apart.

CJM_OFFSETS, CJM_SEQUENCES and CJM_KILLS set how many; `benchmarks/workbench_full.py` runs all.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lab import Lab
from trials import kill_trial, offset_trial, sequence_trial

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OFFSETS = int(os.environ.get("CJM_OFFSETS", "300"))
SEQUENCES = int(os.environ.get("CJM_SEQUENCES", "10"))
KILLS = int(os.environ.get("CJM_KILLS", "10"))


def test_a_quote_is_the_same_in_the_browser_in_python_and_after_reload(
    lab: Lab, lab_root: Path
) -> None:
    assert offset_trial(lab, lab_root, seed=1, cases=OFFSETS) == OFFSETS


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_random_acts_end_as_the_model_predicts(lab: Lab, lab_root: Path, seed: int) -> None:
    assert sequence_trial(lab, lab_root, seed=seed) > 0


def test_nothing_acknowledged_is_lost_when_the_kernel_is_killed(lab: Lab, lab_root: Path) -> None:
    assert kill_trial(lab, lab_root, seed=1, kills=KILLS) > 0
