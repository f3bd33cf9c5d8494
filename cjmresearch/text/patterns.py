"""Patterns of the codebooks on lemmas: compiled, and found by the first word of each.

The language of patterns is described in `cjmresearch.codebooks.syntax`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cjmresearch.codebooks.syntax import Slot, expand
from cjmresearch.errors import CodebookError
from cjmresearch.text.words import SENTENCE, Word, WordReader, plain


@dataclass(frozen=True, slots=True)
class Atom:
    """One place of a pattern: keys of its words, beginnings of forms, words allowed before it."""

    keys: frozenset[str]
    prefixes: tuple[str, ...]
    gap: int
    crosses: bool

    def fits(self, word: Word) -> bool:
        """Say whether the word is one that the atom means."""
        return not self.keys.isdisjoint(word.keys) or (
            bool(self.prefixes) and word.lower.startswith(self.prefixes)
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern fired: word indices, half open; `own` are those that the pattern names."""

    slug: str
    pattern: str
    start: int
    end: int
    own: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    slug: str
    pattern: str
    atoms: tuple[Atom, ...]
    excludes: bool

    def possible(self, present: frozenset[str]) -> bool:
        """Say whether the last word of the pattern stands in the text at all: cheap to ask."""
        last = self.atoms[-1]
        return bool(last.prefixes) or not last.keys.isdisjoint(present)


class Matcher:
    """All patterns of some codes in one language, found by the first word of each."""

    def __init__(self, reader: WordReader) -> None:
        self._reader = reader
        self._by_key: dict[str, list[_Rule]] = defaultdict(list)
        self._by_prefix: dict[str, list[_Rule]] = defaultdict(list)

    def add(self, slug: str, pattern: str) -> None:
        """Add a pattern; `CodebookError` says what is wrong with it."""
        excludes = pattern.startswith("~")
        try:
            sequences = expand(pattern.removeprefix("~"))
        except ValueError as error:
            raise CodebookError(f"pattern {pattern!r} of {slug}: {error}") from None
        for slots in sequences:
            atoms = tuple(_atom(slot, self._reader) for slot in slots)
            rule = _Rule(slug, pattern, atoms, excludes)
            for prefix in atoms[0].prefixes:
                self._by_prefix[prefix].append(rule)
            for key in atoms[0].keys:
                self._by_key[key].append(rule)

    def hits(
        self, words: Sequence[Word], *, denied: Callable[[Hit], bool] | None = None
    ) -> list[Hit]:
        """Find the hits of every code, in order, but for those that are denied.

        Of overlapping hits of a code the longest counts: a denied one hides no other.
        """
        found: dict[str, list[Hit]] = defaultdict(list)
        excluded: dict[str, set[int]] = defaultdict(set)
        present = frozenset().union(*(w.keys for w in words))
        for at in range(len(words)):
            for rule in self._starting(words[at]):
                if not rule.possible(present):
                    continue
                own = _match(rule.atoms, words, at)
                if own and rule.excludes:
                    excluded[rule.slug].update(range(at, own[-1] + 1))
                elif own:
                    hit = Hit(rule.slug, rule.pattern, at, own[-1] + 1, own)
                    if denied is None or not denied(hit):
                        found[rule.slug].append(hit)
        kept = []
        for slug, hits in found.items():
            kept += longest(h for h in hits if excluded[slug].isdisjoint(range(h.start, h.end)))
        return sorted(kept, key=lambda h: (h.start, h.end, h.slug))

    def _starting(self, word: Word) -> Iterable[_Rule]:
        rules = [r for key in word.keys for r in self._by_key.get(key, ())]
        if self._by_prefix and not word.mark:
            for length in range(2, len(word.lower) + 1):
                rules += self._by_prefix.get(word.lower[:length], ())
        return dict.fromkeys(rules)


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


def _match(atoms: Sequence[Atom], words: Sequence[Word], at: int) -> tuple[int, ...]:
    """Match atoms from a word on; give the indices of the words they name, none for no match."""
    ways: dict[int, tuple[int, ...]] = {at: (at,)}
    for atom in atoms[1:]:
        longer: dict[int, tuple[int, ...]] = {}
        for position, way in ways.items():
            for found in _next(atom, words, position + 1):
                longer.setdefault(found, (*way, found))
        if not longer:
            return ()
        ways = longer
    return ways[min(ways)]


def _next(atom: Atom, words: Sequence[Word], position: int) -> Iterable[int]:
    skipped = 0
    while position < len(words) and skipped <= atom.gap:
        word = words[position]
        if word.mark == SENTENCE or (word.mark and not atom.crosses):
            return
        if not word.mark:
            if atom.fits(word):
                yield position
            skipped += 1
        position += 1


def _atom(slot: Slot, reader: WordReader) -> Atom:
    keys: set[str] = set()
    prefixes = []
    for word in map(plain, slot.words):
        if word.endswith("*"):
            prefixes.append(word.removesuffix("*"))
        elif word.startswith("="):
            keys.add(word)
        else:
            keys |= reader.meant(word)
    return Atom(frozenset(keys), tuple(prefixes), slot.gap, slot.crosses)
