"""Recognise the originals of a key in any text: names in all cases, contacts in any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cjmresearch.privacy import names
from cjmresearch.privacy.english import is_word
from cjmresearch.privacy.patterns import core
from cjmresearch.privacy.russian import analyser, look_up

_TOKEN = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\+?\d[\d\s()\u00a0-]{5,}\d")
_MIN_DIGITS = 7


@dataclass(frozen=True)
class Original:
    """Who or what must not be seen: its key and kind, and one way in which it was written."""

    key: str
    kind: str
    text: str


@dataclass(frozen=True)
class Hit:
    """A place where an original stands."""

    start: int
    end: int
    text: str
    key: str
    kind: str
    certain: bool
    """False where the words may mean something else: «Вера» at the head of a sentence, May."""


class Originals:
    """A finder for many originals, made once and used on many texts."""

    def __init__(self, originals: Iterable[Original]) -> None:
        self._tokens: dict[str, str] = {}
        self._digits: dict[str, tuple[str, str]] = {}
        phrases: dict[str, tuple[str, str]] = {}
        for original in originals:
            whole = " ".join(original.text.split()).casefold()
            if len(whole) > 2:
                phrases.setdefault(whole, (original.key, original.kind))
            if original.kind == "person":
                self._add_person(original)
            elif original.kind in ("phone", "document"):
                digits = re.sub(r"\D", "", original.text)[-10:]
                if len(digits) >= _MIN_DIGITS:
                    self._digits.setdefault(digits, (original.key, original.kind))
            elif original.kind == "organisation":
                name = core(original.text)
                if " " in name or (len(name) > 3 and not _ordinary(name)):
                    phrases.setdefault(name, (original.key, original.kind))
        self._phrases = phrases
        longest = sorted(phrases, key=len, reverse=True)
        body = "|".join(r"\s+".join(map(re.escape, p.split())) for p in longest)
        self._pattern = re.compile(rf"(?<!\w)(?:{body})(?!\w)", re.IGNORECASE) if body else None

    def _add_person(self, original: Original) -> None:
        for token in _TOKEN.findall(original.text):
            if len(token) < 3 or not token[0].isupper():
                continue
            for form in _forms(token):
                self._tokens.setdefault(form, original.key)

    def hits(self, text: str) -> Iterator[Hit]:
        """Give every place of an original; the longer ones first, and they may not overlap."""
        taken: list[tuple[int, int]] = []
        for hit in (*self._whole(text), *self._numbers(text), *self._names(text)):
            if not any(hit.start < end and start < hit.end for start, end in taken):
                taken.append((hit.start, hit.end))
                yield hit

    def _whole(self, text: str) -> Iterator[Hit]:
        for match in self._pattern.finditer(text) if self._pattern else ():
            found = match.group()
            folded = " ".join(found.split()).casefold()
            if folded not in self._phrases:
                continue
            key, kind = self._phrases[folded]
            sure = 2 if kind != "person" or " " in folded else _sureness(found)
            if sure:
                yield Hit(match.start(), match.end(), found, key, kind, sure == 2)

    def _numbers(self, text: str) -> Iterator[Hit]:
        for match in _DIGITS.finditer(text) if self._digits else ():
            known = self._digits.get(re.sub(r"\D", "", match.group())[-10:])
            if known:
                yield Hit(match.start(), match.end(), match.group(), *known, True)

    def _names(self, text: str) -> Iterator[Hit]:
        for match in _TOKEN.finditer(text) if self._tokens else ():
            found = match.group()
            key = self._tokens.get(found.casefold().replace("ё", "е"))
            sure = _sureness(found) if key else 0
            if key and sure:
                yield Hit(match.start(), match.end(), found, key, "person", sure == 2)


def _forms(token: str) -> set[str]:
    """All cases of a part of a Russian name, folded; the word itself for any other."""
    found = {token}
    for parse in analyser().parse(token.lower()) if re.match("[А-Яа-яЁё]", token) else ():
        if parse.tag.grammemes & {"Name", "Surn", "Patr"}:
            found |= {form.word for form in parse.lexeme if "plur" not in form.tag.grammemes}
    return {form.casefold().replace("ё", "е") for form in found if len(form) > 2}


def _sureness(word: str) -> int:
    """Tell whether a word that may be a known name is that (2), may be (1), or is not (0).

    A capital that may be a surname is one: here a name left standing is worse than a word lost.
    """
    lower = word.casefold()
    if re.match("[А-Яа-яЁё]", word):
        entry = look_up(lower)
        other = entry.ordinary + entry.place
        named = sum(r.score * (5 if r.role != "given" else 1) for r in entry.readings)
    else:
        other = float(lower in names.ENGLISH_DOUBTFUL or _ordinary(lower))
        named = 0.5
    if word[0].isupper():
        return 2 if named >= other else 1
    if other:
        return 0
    return 2 if re.match("[А-Яа-яЁё]", word) or not is_word(lower) else 1


def _ordinary(word: str) -> bool:
    if re.match("[А-Яа-яЁё]", word):
        entry = look_up(word)
        return entry.known and entry.ordinary > 0
    return word in names.ENGLISH_FUNCTION or word in names.ENGLISH_AFTER_PLACE
