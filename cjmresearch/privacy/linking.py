"""Which mentions name the same person: across cases, short forms, patronymics and initials."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from cjmresearch.privacy.mention import Mention, Name
from cjmresearch.privacy.patterns import core


def keys_of(found: Mapping[str, Sequence[Mention]]) -> dict[str, list[str]]:
    """Give a key for every mention: equal where the same person, firm or number is meant.

    Within a text a part of a name («Саша», «Петров») belongs to the one person there that it can
    belong to; from one text to another only equal names are taken for the same person.
    """
    return {source: _keys(mentions) for source, mentions in found.items()}


def _keys(mentions: Sequence[Mention]) -> list[str]:
    people = _people([m.name for m in mentions if m.kind == "person"])
    keys = []
    for mention in mentions:
        if mention.kind == "person":
            keys.append(spell(people[mention.name]))
        else:
            keys.append(f"{mention.kind}:{_plain(mention)}")
    return keys


def _plain(mention: Mention) -> str:
    if mention.kind == "organisation":
        return core(mention.text)
    if mention.kind in ("phone", "document"):
        return re.sub(r"[^\w]", "", mention.text).casefold()
    return mention.text.casefold()


def spell(name: Name) -> str:
    """Key of a person: `person:иванов сергей петрович m`, with a dash for a part not known."""
    gender = "".join(sorted(name.genders)) if len(name.genders) == 1 else ""
    parts = (name.surname, "/".join(sorted(name.given)), name.patronymic)
    return f"person:{' '.join(part or '-' for part in parts)} {gender}".rstrip()


def _people(names: Sequence[Name]) -> dict[Name, Name]:
    """For each name the fullest name of the person that it belongs to."""
    people: list[Name] = []
    members: list[list[Name]] = []
    for name in sorted(dict.fromkeys(names), key=_fullness, reverse=True):
        fitting = [i for i, person in enumerate(people) if same(person, name)]
        if len(fitting) == 1:
            people[fitting[0]] = _joint(people[fitting[0]], name)
            members[fitting[0]].append(name)
        else:
            people.append(name)
            members.append([name])
    return {name: person for person, group in zip(people, members, strict=True) for name in group}


def people_of(names: Sequence[Name]) -> list[Name]:
    """Give the different people that names may name, each by the fullest name."""
    return list(dict.fromkeys(_people(names).values()))


def _fullness(name: Name) -> tuple[int, int, int]:
    whole = any(len(g) > 1 for g in name.given)
    parts = bool(name.surname) + bool(name.patronymic) + whole
    return parts, bool(name.given) - (len(name.given) > 1), -len(name.genders)


def same(person: Name, other: Name) -> bool:
    """Tell whether both may name one person and share more than a letter."""
    if person.genders and other.genders and not person.genders & other.genders:
        return False
    for a, b in ((person.surname, other.surname), (person.patronymic, other.patronymic)):
        if a and b and a != b:
            return False
    if person.given and other.given and not _given_agree(person.given, other.given):
        return False
    whole = any(len(g) > 1 for g in person.given & other.given)
    surname = bool(person.surname) and person.surname == other.surname
    patronymic = bool(person.patronymic) and person.patronymic == other.patronymic
    return whole or surname or patronymic


def _given_agree(one: frozenset[str], other: frozenset[str]) -> bool:
    letters = {g.rstrip(".") for g in (one | other) if len(g.rstrip(".")) == 1}
    if letters:
        return bool({g[0] for g in one} & {g[0] for g in other})
    return bool(one & other)


def _joint(person: Name, other: Name) -> Name:
    """Name of the person with what the other name adds."""
    given = person.given or other.given
    if person.given and other.given:
        given = person.given & other.given or max(
            person.given, other.given, key=lambda g: len(min(g))
        )
    return Name(
        given,
        person.patronymic or other.patronymic,
        person.surname or other.surname,
        (person.genders & other.genders) or person.genders or other.genders,
    )
