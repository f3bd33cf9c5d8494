"""A surname by itself is the one bearer whose full name is known: who, and in which case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from cjmresearch.privacy.linking import people_of
from cjmresearch.privacy.mention import Mention, Name
from cjmresearch.privacy.russian import GOVERNS, analyser, look_up

_BEFORE = re.compile(r"([А-ЯЁа-яё]+)[ \u00a0]+$")
_AFTER = re.compile(r"[ \u00a0]+([А-ЯЁа-яё]+)")


def settled(
    texts: Mapping[str, str], found: Mapping[str, list[Mention]]
) -> dict[str, list[Mention]]:
    """Give lone surnames the full name of the only person who bears it in all the texts.

    Where nobody's full name is known, «Дроздова» beside «Дроздовым» in one text is he too, unless
    a verb tells that she acts.
    """
    bearers = _bearers(found)
    return {
        source: _settled(texts[source], mentions, bearers) for source, mentions in found.items()
    }


def _bearers(found: Mapping[str, list[Mention]]) -> dict[str, list[Name]]:
    """People with a given name, by surname."""
    full = [
        m.name
        for group in found.values()
        for m in group
        if m.kind == "person" and m.name.surname and any(len(g) > 1 for g in m.name.given)
    ]
    bearers: dict[str, list[Name]] = {}
    for person in people_of(full):
        bearers.setdefault(person.surname, []).append(person)
    return bearers


def _lone(mention: Mention) -> bool:
    name = mention.name
    cyrillic = bool(re.match("[А-ЯЁ]", mention.text))
    return bool(cyrillic and name.surname and not name.given and not name.patronymic)


def _settled(text: str, group: list[Mention], bearers: dict[str, list[Name]]) -> list[Mention]:
    sure = _sure_genders(text, group)
    new = []
    for mention in group:
        known = bearers.get(mention.name.surname, []) if _lone(mention) else []
        if len(known) == 1:
            mention = _as(text, mention, known[0])
        elif _lone(mention) and not known and len(sure.get(mention.name.surname, "mf")) == 1:
            genders = sure[mention.name.surname]
            mention = _as(text, mention, replace(mention.name, genders=genders))
        new.append(mention)
    return new


def _sure_genders(text: str, group: list[Mention]) -> dict[str, frozenset[str]]:
    """Genders that lone surnames of a text can only have, by surname."""
    sure: dict[str, frozenset[str]] = {}
    for mention in filter(_lone, group):
        genders = {g for g in "mf" if case_of(text, mention, g)}
        if len(genders) == 1:
            surname = mention.name.surname
            sure[surname] = sure.get(surname, frozenset()) | genders
    return sure


def _as(text: str, mention: Mention, person: Name) -> Mention:
    """Read a lone surname as that of a person; as it was where its form is of the other gender."""
    if len(person.genders) != 1:
        return mention
    case = case_of(text, mention, min(person.genders))
    return replace(mention, name=replace(person, case=case)) if case else mention


def case_of(text: str, mention: Mention, gender: str) -> str:
    """Case of a surname when it is a man's or a woman's; empty where it can't be theirs."""
    readings = look_up(mention.text.rsplit("-", 1)[-1]).readings
    cases = {r.case: r.score for r in readings if r.role == "surname" and gender in r.genders}
    before, after = _BEFORE.search(text[: mention.start]), _AFTER.match(text, mention.end)
    acts = _verb(after, "femn") or _verb(before, "femn")
    if not cases or (gender == "m" and acts and "nomn" not in cases):
        return ""
    governed = GOVERNS.get(before[1].lower(), "").split() if before else []
    if acts and "nomn" in cases:
        return "nomn"
    if _verb(before, "tran") and "accs" in cases:
        return "accs"
    return max(cases, key=lambda c: (c in governed, c == "nomn", c == "accs", cases[c]))


def _verb(match: re.Match[str] | None, grammeme: str) -> bool:
    """Tell whether the word beside is a verb in the past with that grammeme, e.g. her doing."""
    if match is None:
        return False
    parses = analyser().parse(match[1].lower())
    return any({"VERB", grammeme} <= parse.tag.grammemes for parse in parses)
