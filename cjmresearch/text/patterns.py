"""The pattern language of the codebooks, compiled and matched on lemmas.

A pattern is words, matched by lemma, so any inflected form may be written:

    личный кабинет        both words in a row, in any case and number
    (долго|медленно)      one of several; alternatives may have several words
    звонить?              may be absent; also (ну|вот)?
    долго .. отвечать     up to 3 words between, `...` up to 7; never across the end of a sentence
    =цены                 this form only
    дозвон*               any form that begins so
    ~менеджер проекта     an exclusion: what it covers is no hit of this code

A hyphen is a space. `не` and `нет` are words like others; a pattern that begins with or holds a
negation is still a hit when it stands alone, but not when the whole is denied (see `negation`).
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cjmresearch.errors import CodebookError
from cjmresearch.text.words import SENTENCE, Word, WordReader, plain

_GAPS = {"..": 3, "...": 7}
_ITEM = re.compile(r"\.{2,3}(?=\s|$)|\([^()]+\)\??|[^\s()]+")
_ATOM = re.compile(r"=?[^\W_]+(?:['’][^\W_]+)*\*?", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Atom:
    """One word of a pattern: its keys, or the beginning of a form; `gap` words may precede it."""

    keys: frozenset[str]
    prefix: str = ""
    gap: int = 0

    def fits(self, word: Word) -> bool:
        """Say whether the word is one that the atom means."""
        if self.prefix:
            return word.lower.startswith(self.prefix)
        return not self.keys.isdisjoint(word.keys)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern fired: word indices, half open."""

    slug: str
    pattern: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Rule:
    slug: str
    pattern: str
    atoms: tuple[Atom, ...]
    excludes: bool


class Matcher:
    """All patterns of some codes in one language, found by the first word of each."""

    def __init__(self, reader: WordReader) -> None:
        self._reader = reader
        self._by_key: dict[str, list[_Rule]] = defaultdict(list)
        self._by_prefix: dict[str, list[_Rule]] = defaultdict(list)

    def add(self, slug: str, pattern: str) -> None:
        """Add a pattern; `CodebookError` says what is wrong with it."""
        excludes = pattern.startswith("~")
        for atoms in _sequences(pattern.removeprefix("~"), self._reader):
            rule = _Rule(slug, pattern, atoms, excludes)
            first = atoms[0]
            if first.prefix:
                self._by_prefix[first.prefix].append(rule)
            for key in first.keys:
                self._by_key[key].append(rule)

    def hits(self, words: Sequence[Word]) -> list[Hit]:
        """Find the hits of every code, in order; of overlapping hits of a code, the longest."""
        found: dict[str, list[Hit]] = defaultdict(list)
        excluded: dict[str, set[int]] = defaultdict(set)
        for at in range(len(words)):
            for rule in self._starting(words[at]):
                end = _end(rule.atoms, words, at)
                if end and rule.excludes:
                    excluded[rule.slug].update(range(at, end))
                elif end:
                    found[rule.slug].append(Hit(rule.slug, rule.pattern, at, end))
        kept = []
        for slug, hits in found.items():
            kept += longest(h for h in hits if excluded[slug].isdisjoint(range(h.start, h.end)))
        return sorted(kept, key=lambda h: (h.start, h.end, h.slug))

    def _starting(self, word: Word) -> Iterable[_Rule]:
        rules = [r for key in word.keys for r in self._by_key.get(key, ())]
        if self._by_prefix and not word.mark:
            for length in range(2, len(word.lower) + 1):
                rules += self._by_prefix.get(word.lower[:length], ())
        return rules


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Keep hits that don't overlap, longer ones first, then the earlier."""
    taken: set[int] = set()
    kept = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, h.slug, h.pattern)):
        span = range(hit.start, hit.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(hit)
    return kept


def _end(atoms: Sequence[Atom], words: Sequence[Word], at: int) -> int:
    """Match atoms from a word on; give the index past the last one, 0 for no match."""
    ends = {at + 1}
    for atom in atoms[1:]:
        reached = set()
        for position in ends:
            reached.update(_next(atom, words, position))
        if not reached:
            return 0
        ends = reached
    return min(ends)


def _next(atom: Atom, words: Sequence[Word], position: int) -> Iterable[int]:
    skipped = 0
    while position < len(words) and skipped <= atom.gap:
        word = words[position]
        position += 1
        if word.mark == SENTENCE:
            return
        if word.mark:
            if atom.gap == 0:
                return
            continue
        if atom.fits(word):
            yield position
        skipped += 1


def _sequences(pattern: str, reader: WordReader) -> list[tuple[Atom, ...]]:
    """Expand alternatives and optional parts into plain sequences of atoms."""
    items = _ITEM.findall(pattern)
    if "".join(items) != pattern.replace(" ", "") or not items:
        raise CodebookError(f"pattern {pattern!r}: brackets must be closed and not nested")
    if items[0] in _GAPS or items[-1] in _GAPS:
        raise CodebookError(f"pattern {pattern!r}: a gap needs a word on both sides")
    choices = [_choices(item, pattern) for item in items]
    sequences = []
    for chosen in itertools.product(*choices):
        atoms = _atoms([a for part in chosen for a in part], reader)
        if atoms:
            sequences.append(atoms)
    if not sequences or any(not s for s in sequences):
        raise CodebookError(f"pattern {pattern!r}: needs at least one word that may not be absent")
    return list(dict.fromkeys(sequences))


def _choices(item: str, pattern: str) -> list[list[str]]:
    if item in _GAPS:
        return [[item]]
    optional = item.endswith("?")
    body = item.removesuffix("?").removeprefix("(").removesuffix(")")
    options = [part.replace("-", " ").split() for part in body.split("|")]
    for word in itertools.chain.from_iterable(options):
        if not _ATOM.fullmatch(word):
            raise CodebookError(
                f"pattern {pattern!r}: {word!r} is no word; allowed: word, =form, begin*, (a|b), "
                "word?, .. and ..."
            )
    return [*options, []] if optional else options


def _atoms(words: Sequence[str], reader: WordReader) -> tuple[Atom, ...]:
    atoms: list[Atom] = []
    gap = 0
    for word in words:
        if word in _GAPS:
            gap = _GAPS[word]
            continue
        lower = plain(word)
        if lower.endswith("*"):
            atom = Atom(frozenset(), lower.removesuffix("*").removeprefix("="), gap)
        elif lower.startswith("="):
            atom = Atom(frozenset((lower,)), gap=gap)
        else:
            atom = Atom(frozenset((reader.lemma(lower), lower)), gap=gap)
        atoms.append(atom)
        gap = 0
    return tuple(atoms)
