"""The pattern language of the codebooks: what may be written, and what it expands to.

A pattern is words, matched by lemma. In Russian any form may be written; in English write the
base form (`reply` finds "replied"; `replied` finds this form only):

    личный кабинет        both words in a row, in any case and number
    (долго|медленно)      one of several; an alternative may have several words
    звонить?              may be absent; also (ну|вот)?
    долго .. отвечать     up to 3 words between, within the clause (no comma)
    долго ... отвечать    up to 7 words between, also over commas; within the sentence
    =цены                 this form only
    дозвон*               any form that begins so
    ~менеджер проекта     an exclusion: what it covers is no hit of this code

A hyphen is a space; `не` and `нет` are words like others.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

_NEAR, _FAR = 3, 7
_GAPS = {"..": _NEAR, "...": _FAR}
_ITEM = re.compile(r"\.{2,3}(?=\s|$)|\([^()]+\)\??|[^\s()]+")
_WORD = re.compile(r"=?[^\W_]+(?:['’][^\W_]+)*|[^\W_]{2,}\*")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place of a pattern: the words that may stand there, after at most `gap` others."""

    words: tuple[str, ...]
    gap: int = 0

    @property
    def crosses(self) -> bool:
        """Whether the gap may reach over a comma."""
        return self.gap == _FAR


def expand(pattern: str) -> list[tuple[Slot, ...]]:
    """Expand a pattern (without its `~`) into sequences of slots; ValueError says what's wrong."""
    items = _ITEM.findall(pattern)
    if "".join(items).replace(" ", "") != pattern.replace(" ", "") or not items:
        raise ValueError("brackets must be closed and not nested")
    if items[0] in _GAPS or items[-1] in _GAPS:
        raise ValueError("a gap needs a word on both sides")
    choices = [_options(item) for item in items]
    sequences = [_slots(list(chain)) for chain in map(_flat, itertools.product(*choices))]
    if not all(sequences):
        raise ValueError("at least one word may not be absent")
    return list(dict.fromkeys(sequences))


_Option = tuple[tuple[str, ...], ...]


def _options(item: str) -> list[_Option]:
    """List what may stand for an item; all one-word alternatives together are one option."""
    if item in _GAPS:
        return [((item,),)]
    body = item.removesuffix("?").removeprefix("(").removesuffix(")")
    parts = [part.replace("-", " ").split() for part in body.split("|")]
    for word in itertools.chain.from_iterable(parts):
        if word not in _GAPS and not _WORD.fullmatch(word):
            raise ValueError(
                f"{word!r} is no word; allowed: word, =form, begin*, (a|b), word?, .. and ..."
            )
    single = tuple(part[0] for part in parts if len(part) == 1)
    options: list[_Option] = [(single,)] if single else []
    options += [tuple((word,) for word in part) for part in parts if len(part) > 1]
    return [*options, ()] if item.endswith("?") else options


def _flat(chosen: tuple[_Option, ...]) -> _Option:
    return tuple(itertools.chain.from_iterable(chosen))


def _slots(parts: list[tuple[str, ...]]) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    gap = 0
    for words in parts:
        if words[0] in _GAPS:
            gap = _GAPS[words[0]]
            continue
        slots.append(Slot(words, gap if slots else 0))
        gap = 0
    return tuple(slots)
