"""Question banks of the method, ru + en: what to ask, and who was asked and has answered.

`available` names the shipped banks: `survey9`, `interview8`, `brief13` and `empathy30`; `load`
gives one, or reads a YAML file of your own. `as_questions` is a guide in the form that
`read.survey(questions=...)` takes, so that answers arrive with stage, type and metric; `write`
hands it to a survey tool. `coverage` says which participants were asked and answered each question,
`moments` which codings answer a question on moments of truth, and `sample` whether those who left
were asked, too.
"""

from __future__ import annotations

from cjmresearch.guides.asking import as_questions, write
from cjmresearch.guides.covering import Coverage, coverage, moments, sample
from cjmresearch.guides.loading import Guide, available, load

__all__ = [
    "Coverage",
    "Guide",
    "as_questions",
    "available",
    "coverage",
    "load",
    "moments",
    "sample",
    "write",
]
