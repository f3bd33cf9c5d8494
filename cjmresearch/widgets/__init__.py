"""Explorers in a notebook: a view of a study in which every number can be opened.

Needs the extra `lab` (ipywidgets). A widget keeps nothing of its own: it shows the study again
from its frames, and the project file stays the truth.
"""

from __future__ import annotations

import importlib.util

from cjmresearch.errors import CjmError

if importlib.util.find_spec("ipywidgets") is None:
    raise CjmError("ipywidgets is not installed; install it with pip install 'cjmresearch[lab]'")

from cjmresearch.widgets.explorer import JourneyExplorer

__all__ = ["JourneyExplorer"]
