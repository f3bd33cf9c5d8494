"""Widgets in a notebook: the coding workbench, explorers, and editors of what was read.

`CodingWidget` is where people code a transcript, `SurveyCoder` the answers to an open question;
every act is saved in the project as it is done. `JourneyExplorer` shows a study, each number open
to the words behind it; in `PersonaExplorer` personas are looked for, made and changed.
`QuestionEditor` corrects what the questions of a survey ask, `SpeakerEditor` who is who in a
transcript. Needs the extra `lab` (ipywidgets, anywidget). A widget keeps nothing of its own: the
project file stays the truth.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from cjmresearch.errors import CjmError

if not (importlib.util.find_spec("ipywidgets") and importlib.util.find_spec("anywidget")):
    raise CjmError(
        "ipywidgets and anywidget are not installed; install them with "
        "pip install 'cjmresearch[lab]'"
    )

if TYPE_CHECKING:
    from cjmresearch.widgets.coding import CodingWidget
    from cjmresearch.widgets.explorer import JourneyExplorer
    from cjmresearch.widgets.personas import PersonaExplorer
    from cjmresearch.widgets.questions import QuestionEditor
    from cjmresearch.widgets.speakers import SpeakerEditor
    from cjmresearch.widgets.survey import SurveyCoder

__all__ = [
    "CodingWidget",
    "JourneyExplorer",
    "PersonaExplorer",
    "QuestionEditor",
    "SpeakerEditor",
    "SurveyCoder",
]

_HOMES = {
    "CodingWidget": "coding",
    "JourneyExplorer": "explorer",
    "PersonaExplorer": "personas",
    "QuestionEditor": "questions",
    "SpeakerEditor": "speakers",
    "SurveyCoder": "survey",
}


def __getattr__(name: str) -> Any:
    # The workbench opens without waiting for the maps that an explorer draws.
    if name not in _HOMES:
        raise AttributeError(f"module 'cjmresearch.widgets' has no attribute {name!r}")
    return getattr(importlib.import_module(f"cjmresearch.widgets.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
