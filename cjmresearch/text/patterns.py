"""Patterns of the codebooks on lemmas: compiled, and looked for only where all their words are.

The language of patterns is described in `cjmresearch.codebooks.syntax`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cjmresearch.codebooks.syntax import Slot, expand
from cjmresearch.errors import CodebookError
from cjmresearch.text.speech import word_set
from cjmresearch.text.words import Layout, Vocabulary, Word, WordReader, Words, plain


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a pattern fired: word indices, half open; `own` are those that the pattern names."""

    slug: str
    pattern: str
    start: int
    end: int
    own: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Atom:
    """One place of a pattern: the number of its set of words, and the words allowed before it."""

    number: int
    gap: int
    crosses: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    slug: str
    pattern: str
    atoms: tuple[_Atom, ...]
    excludes: bool
    needs: frozenset[int]


_COMMON = word_set(
    "не нет на в с и по у за к из от до о что как быть мочь весь это я мы они он все "
    "not no the a an be have do to of in on at it we they i can for with and that"
)


class Matcher:
    """All patterns of some codes in one language.

    A pattern is tried only in texts that have a word for each of its places, and is found by its
    rarest place: most texts cost one union of sets.
    """

    def __init__(self, reader: WordReader) -> None:
        self._reader = reader
        self._vocabulary = reader.vocabulary
        self._rules: dict[int, list[_Rule]] = defaultdict(list)
        self._anchors: frozenset[int] = frozenset()
        self._common: set[int] = set()

    def add(self, slug: str, pattern: str) -> None:
        """Add a pattern; `CodebookError` says what is wrong with it."""
        excludes = pattern.startswith("~")
        try:
            sequences = expand(pattern.removeprefix("~"))
        except ValueError as error:
            raise CodebookError(f"pattern {pattern!r} of {slug}: {error}") from None
        for slots in sequences:
            atoms = tuple(self._atom(slot) for slot in slots)
            needs = frozenset(atom.number for atom in atoms)
            rule = _Rule(slug, pattern, atoms, excludes, needs)
            self._rules[min(needs, key=self._frequency)].append(rule)
        self._anchors = frozenset(self._rules)

    def _atom(self, slot: Slot) -> _Atom:
        keys: set[str] = set()
        prefixes = []
        for word in map(plain, slot.words):
            if word.endswith("*"):
                prefixes.append(word.removesuffix("*"))
            elif word.startswith("="):
                keys.add(word)
            else:
                keys |= self._reader.meant(word)
        number = self._vocabulary.number(frozenset(keys), tuple(prefixes))
        if not _COMMON.isdisjoint(keys):
            self._common.add(number)
        return _Atom(number, slot.gap, slot.crosses)

    def _frequency(self, number: int) -> tuple[bool, int, int]:
        return number in self._common, self._vocabulary.sizes[number], number

    def may_hit(self, words: Words) -> bool:
        """Say whether a text has all words of a pattern, so that a part of it may be a hit."""
        return bool(self._possible(words))

    def hits(
        self, words: Sequence[Word], *, denied: Callable[[Hit], bool] | None = None
    ) -> list[Hit]:
        """Find the hits of every code, in order, but for those that are denied.

        Of overlapping hits of a code the longest counts: a denied one hides no other.
        """
        possible = self._possible(words)
        if not possible:
            return []
        found: dict[str, list[Hit]] = defaultdict(list)
        excluded: dict[str, set[int]] = defaultdict(set)
        places = _Places(words, self._vocabulary, possible)
        for rule in possible:
            for own in places.match(rule.atoms):
                if rule.excludes:
                    excluded[rule.slug].update(range(own[0], own[-1] + 1))
                    continue
                hit = Hit(rule.slug, rule.pattern, own[0], own[-1] + 1, own)
                if denied is None or not denied(hit):
                    found[rule.slug].append(hit)
        kept = []
        for slug, hits in found.items():
            kept += longest(h for h in hits if excluded[slug].isdisjoint(range(h.start, h.end)))
        return sorted(kept, key=lambda h: (h.start, h.end, h.slug))

    def _possible(self, words: Sequence[Word]) -> list[_Rule]:
        """List the rules that have a word for each of their places somewhere in the text."""
        if isinstance(words, Words):
            present = words.present
        else:
            present = self._vocabulary.present({word.form for word in words})
        return [
            rule
            for number in present & self._anchors
            for rule in self._rules[number]
            if rule.needs <= present
        ]


class _Places:
    """Where the words of some rules stand in a text, and what lies between two places."""

    def __init__(
        self, words: Sequence[Word], vocabulary: Vocabulary, rules: Sequence[_Rule]
    ) -> None:
        self._layout = words.layout if isinstance(words, Words) else Layout(words)
        needed = frozenset().union(*(rule.needs for rule in rules))
        self._at: dict[int, list[int]] = defaultdict(list)
        for form, places in self._layout.at.items():
            for number in vocabulary[form] & needed:
                self._at[number] += places
        for places in self._at.values():
            places.sort()

    def match(self, atoms: Sequence[_Atom]) -> Iterable[tuple[int, ...]]:
        """Give the indices of the words that a pattern names, for each place it begins at."""
        for at in self._at.get(atoms[0].number, ()):
            ways: dict[int, tuple[int, ...]] = {at: (at,)}
            for atom in atoms[1:]:
                longer: dict[int, tuple[int, ...]] = {}
                for position, way in ways.items():
                    for found in self._next(atom, position):
                        longer.setdefault(found, (*way, found))
                ways = longer
            if ways:
                yield ways[min(ways)]

    def _next(self, atom: _Atom, position: int) -> Iterable[int]:
        said = self._layout.said
        barriers = self._layout.sentences if atom.crosses else self._layout.clauses
        for at in self._at.get(atom.number, ()):
            if at <= position:
                continue
            if barriers[at] != barriers[position]:
                return
            if said[at] - said[position + 1] > atom.gap:
                return
            yield at


def longest(hits: Iterable[Hit]) -> list[Hit]:
    """Keep hits that don't overlap, longer ones first, then the earlier."""
    taken: set[int] = set()
    kept = []
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, h.slug, h.pattern, h.own)):
        span = range(hit.start, hit.end)
        if taken.isdisjoint(span):
            taken.update(span)
            kept.append(hit)
    return kept
