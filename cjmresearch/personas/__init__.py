"""Personas: groups of real participants, and cards of what they say.

Every line of a card says how many of how many people it stands on, and with which codings.
`features` lays side by side what is known of each person; `find` asks whether groups exist at all,
`describe` what sets them apart, `compare` whether two divisions of the same people agree.
"""

from cjmresearch.personas.cards import SECTIONS, cards
from cjmresearch.personas.describing import compare, describe
from cjmresearch.personas.distances import distances
from cjmresearch.personas.features import Features, features
from cjmresearch.personas.finding import Found, find
from cjmresearch.personas.groups import TRAITS, by_hand, by_trait

__all__ = [
    "SECTIONS",
    "TRAITS",
    "Features",
    "Found",
    "by_hand",
    "by_trait",
    "cards",
    "compare",
    "describe",
    "distances",
    "features",
    "find",
]
