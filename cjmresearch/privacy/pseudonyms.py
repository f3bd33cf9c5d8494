"""What stands instead of a name: a made-up name in the same case, or a numbered label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from cjmresearch.privacy.mention import Mention
from cjmresearch.privacy.names import words
from cjmresearch.privacy.patterns import shell
from cjmresearch.privacy.russian import analyser

_MEN = words(
    "Аркадий Савелий Тихон Прохор Платон Родион Макар Назар Емельян Филипп Герман Эмиль "
    "Лаврентий Клим Демьян Ефим Архип Мирон Кирилл Леонтий Гавриил Севастьян Аполлон Касьян "
    "Трофим Ипполит"
)
_WOMEN = words(
    "Агата Аглая Ариадна Белла Варвара Глафира Дарина Злата Ираида Кира Клавдия Лидия Милана "
    "Пелагея Регина Серафима Таисия Устинья Фаина Эмма Юлиана Василиса Камилла Римма Стефания "
    "Элина"
)
_ENGLISH = words(
    "Ashley Blair Casey Devon Ellis Finley Harley Jules Kendall Logan Marlow Parker Quinn "
    "Reese Rowan Sawyer Skyler Tatum Arden Briar Darcy Emerson Hollis Kit Lennox Monroe Perry "
    "Remy"
)
_LABELS = {
    "organisation": ("Организация", "Company"),
    "phone": ("телефон", "phone"),
    "email": ("почта", "email"),
    "address": ("адрес", "address"),
    "document": ("документ", "document"),
    "link": ("ссылка", "link"),
}
_CYRILLIC = re.compile("[А-Яа-яЁё]")


def choose(
    entities: Mapping[str, Sequence[tuple[Mention, bool]]], avoid: Iterable[str]
) -> dict[str, str]:
    """Give every key its pseudonym, in the nominative, in the order in which they were met.

    entities: key -> its mentions, each with whether its text is Russian; avoid: words of the
    material, so that nobody gets the name of another person in it.
    """
    taken = {word.casefold().replace("ё", "е") for word in avoid}
    pools = {"m": _free(_MEN, taken), "f": _free(_WOMEN, taken), "en": _free(_ENGLISH, taken)}
    numbers: dict[str, int] = {}
    given: dict[str, str] = {}
    for key, mentions in entities.items():
        mention, russian = mentions[0]
        if mention.kind == "person":
            pool = _pool(key, [m for m, _ in mentions])
            count = numbers[pool] = numbers.get(pool, 0) + 1
            names = pools[pool]
            given[key] = names[(count - 1) % len(names)]
            if count > len(names):
                given[key] += f"-{(count - 1) // len(names) + 1}"
            continue
        count = numbers[mention.kind] = numbers.get(mention.kind, 0) + 1
        label = f"{_LABELS[mention.kind][0 if russian else 1]} {count}"
        given[key] = label if mention.kind == "organisation" else f"[{label}]"
    return given


def _free(pool: Sequence[str], taken: set[str]) -> list[str]:
    free = [n for n in pool if not {f.casefold() for f in _forms(n)} & taken]
    return free or [f"{n}-0" for n in pool]


def _forms(name: str) -> set[str]:
    if not _CYRILLIC.search(name):
        return {name}
    return {name} | {inflected(name, case) for case in ("gent", "datv", "accs", "ablt", "loct")}


def _pool(key: str, mentions: Sequence[Mention]) -> str:
    if not any(_CYRILLIC.search(m.text) for m in mentions):
        return "en"
    if key.endswith((" m", " f")):
        return key[-1]
    return "f" if all(m.name.genders == {"f"} for m in mentions) else "m"


def written(mention: Mention, pseudonym: str) -> str:
    """Write the pseudonym as the mention stood: in its case, within its quotes and legal form."""
    if mention.kind == "person":
        return inflected(pseudonym, mention.name.case) if mention.name.case else pseudonym
    if mention.kind == "organisation" and pseudonym.startswith(_LABELS["organisation"][0]):
        return f"{shell(mention.text)} «{pseudonym}»".lstrip()
    return pseudonym


@cache
def inflected(name: str, case: str) -> str:
    """Put a Russian given name in a case; anything else stays as it is."""
    head, dash, tail = name.partition("-")
    if case in ("", "nomn") or not _CYRILLIC.search(head):
        return name
    for parse in analyser().parse(head.lower()):
        if {"Name", "nomn", "sing"} <= parse.tag.grammemes:
            form = parse.inflect({case, "sing"})
            if form is not None:
                return f"{form.word.capitalize()}{dash}{tail}"
    return name
