"""Personas: groups of real participants, and cards and maps of what they say.

Every line of a card says how many of how many people it stands on, and with which codings; a field
that somebody wrote without a source is a hypothesis.
"""

from cjmresearch.codebooks.templates import CardField, CardSchema
from cjmresearch.codebooks.templates import load as template
from cjmresearch.codebooks.templates import write as write_template
from cjmresearch.personas.card import card
from cjmresearch.personas.cards import SECTIONS, cards
from cjmresearch.personas.choice import choice_aspects, style_lengths
from cjmresearch.personas.empathy import LAYOUTS, empathy_map
from cjmresearch.personas.groups import TRAITS, by_hand, by_trait
from cjmresearch.personas.length import journey_length, length_words, path_lengths
from cjmresearch.personas.lints import lints
from cjmresearch.personas.people import (
    LEAST_PEOPLE,
    all_written,
    attributes,
    members,
    written,
)
from cjmresearch.personas.records import advocacy, record
from cjmresearch.personas.roles import expected_pains, role_name, role_pains
from cjmresearch.personas.worth import lifetime_value, shares

__all__ = [
    "LAYOUTS",
    "LEAST_PEOPLE",
    "SECTIONS",
    "TRAITS",
    "CardField",
    "CardSchema",
    "advocacy",
    "all_written",
    "attributes",
    "by_hand",
    "by_trait",
    "card",
    "cards",
    "choice_aspects",
    "empathy_map",
    "expected_pains",
    "journey_length",
    "length_words",
    "lifetime_value",
    "lints",
    "members",
    "path_lengths",
    "record",
    "role_name",
    "role_pains",
    "shares",
    "style_lengths",
    "template",
    "write_template",
    "written",
]
