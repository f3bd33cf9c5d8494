"""Personas: groups of real participants, and cards and maps of what they say.

Every line of a card says how many of how many people it stands on, and with which codings; a field
that somebody wrote without a source is a hypothesis.
"""

from cjmresearch.codebooks.templates import CardField, CardSchema
from cjmresearch.codebooks.templates import load as template
from cjmresearch.codebooks.templates import write as write_template
from cjmresearch.personas.card import card
from cjmresearch.personas.cards import SECTIONS, cards
from cjmresearch.personas.empathy import LAYOUTS, empathy_map
from cjmresearch.personas.groups import TRAITS, by_hand, by_trait
from cjmresearch.personas.length import journey_length, length_words, path_lengths
from cjmresearch.personas.people import LEAST_PEOPLE, attributes, members, written

__all__ = [
    "LAYOUTS",
    "LEAST_PEOPLE",
    "SECTIONS",
    "TRAITS",
    "CardField",
    "CardSchema",
    "attributes",
    "by_hand",
    "by_trait",
    "card",
    "cards",
    "empathy_map",
    "journey_length",
    "length_words",
    "members",
    "path_lengths",
    "template",
    "write_template",
    "written",
]
