"""Files of researchers become checked frames; every reader gives a report of what it did.

`transcript` reads an interview, `transcripts` all those of a file, `survey` a table of answers,
`codings` coded passages, `crm` the clients of a CRM; `question_evidence` says on what the type of
a question rests, `question_map` keeps what a survey's questions ask, `match` joins respondents with
interviewees by id, `link_ids` the rows of two tables by e-mail, phone and name; `event_log` makes
visits of a log.
Formats are told by content.
A new transcript format is one module and one `Family` in `transcripts.FAMILIES`; a new layout of
plain text is one finder in `layouts.FINDERS`; a new table format is one entry in `tables.FORMATS`;
a new survey service is one function in `exports.SERVICES`.
"""

from __future__ import annotations

from cjmresearch.errors import ReadError, UnknownFormat
from cjmresearch.read.coded import codings
from cjmresearch.read.crm import Crm, crm
from cjmresearch.read.event_logs import EventLog, event_log
from cjmresearch.read.evidence import question_evidence
from cjmresearch.read.linking import Linked, link_ids
from cjmresearch.read.matching import Match, match
from cjmresearch.read.question_maps import question_map
from cjmresearch.read.results import ReadReport, Transcript
from cjmresearch.read.surveys import Survey, survey
from cjmresearch.read.transcripts import talk_columns, transcript, transcripts

__all__ = [
    "Crm",
    "EventLog",
    "Linked",
    "Match",
    "ReadError",
    "ReadReport",
    "Survey",
    "Transcript",
    "UnknownFormat",
    "codings",
    "crm",
    "event_log",
    "link_ids",
    "match",
    "question_evidence",
    "question_map",
    "survey",
    "talk_columns",
    "transcript",
    "transcripts",
]
