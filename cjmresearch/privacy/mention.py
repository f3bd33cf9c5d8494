"""What a finder gives: a passage that names somebody or something, and how it names them."""

from __future__ import annotations

from dataclasses import dataclass, field

KINDS = ("person", "organisation", "phone", "email", "address", "document", "link")


@dataclass(frozen=True)
class Name:
    """The parts of a person's name, in the nominative and lower case; empty where not given.

    A part may be open: «Саша» is Александр or Александра, «И.» is anybody with that letter.
    """

    given: frozenset[str] = frozenset()
    patronymic: str = ""
    surname: str = ""
    genders: frozenset[str] = frozenset()
    """Of {m, f}; both or none where the words do not tell."""
    case: str = ""
    """pymorphy's grammeme (nomn, gent, datv, accs, ablt, loct); empty outside Russian."""


@dataclass(frozen=True)
class Mention:
    """A passage `text[start:end]` of one of `KINDS`."""

    start: int
    end: int
    text: str
    kind: str
    confidence: float
    name: Name = field(default_factory=Name)


def without_overlaps(mentions: list[Mention]) -> list[Mention]:
    """Keep the earlier in the list where two overlap; sorted by start."""
    kept: list[Mention] = []
    taken: set[int] = set()
    for mention in mentions:
        span = range(mention.start, mention.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(mention)
    return sorted(kept, key=lambda m: m.start)
