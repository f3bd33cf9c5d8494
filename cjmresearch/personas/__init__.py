"""Personas: groups of real participants, and cards and maps of what they say.

Every line of a card says how many of how many people it stands on, and with which codings; a field
that somebody wrote without a source is a hypothesis. `features` lays side by side what is known of
each person; `find` asks whether groups exist at all, `describe` what sets them apart, `compare`
whether two divisions of the same people agree, `drift` whether personas have aged.
"""

from cjmresearch.codebooks.templates import CardField, CardSchema
from cjmresearch.codebooks.templates import load as template
from cjmresearch.codebooks.templates import write as write_template
from cjmresearch.personas.card import card
from cjmresearch.personas.cards import SECTIONS, cards
from cjmresearch.personas.choice import choice_aspects, style_lengths
from cjmresearch.personas.describing import compare, describe
from cjmresearch.personas.distances import distances
from cjmresearch.personas.drift import drift, drift_in_words
from cjmresearch.personas.empathy import LAYOUTS, empathy_map
from cjmresearch.personas.features import Features, features
from cjmresearch.personas.finding import Found, find
from cjmresearch.personas.groups import TRAITS, by_hand, by_trait
from cjmresearch.personas.length import journey_length, length_words, path_lengths
from cjmresearch.personas.lints import lints
from cjmresearch.personas.naming import named
from cjmresearch.personas.people import LEAST_PEOPLE, attributes, members, written
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
    "Features",
    "Found",
    "advocacy",
    "attributes",
    "by_hand",
    "by_trait",
    "card",
    "cards",
    "choice_aspects",
    "compare",
    "describe",
    "distances",
    "drift",
    "drift_in_words",
    "empathy_map",
    "expected_pains",
    "features",
    "find",
    "journey_length",
    "length_words",
    "lifetime_value",
    "lints",
    "members",
    "named",
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
