"""Personas: groups of real participants, and cards of what they say.

Every line of a card says how many of how many people it stands on, and with which codings.
"""

from cjmresearch.personas.cards import SECTIONS, cards
from cjmresearch.personas.groups import TRAITS, by_hand, by_trait

__all__ = ["SECTIONS", "TRAITS", "by_hand", "by_trait", "cards"]
