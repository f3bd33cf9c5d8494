"""Rules of codebooks over words: which hits count for touchpoints, pains and stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cjmresearch import codebooks
from cjmresearch.errors import CodebookError
from cjmresearch.text.negation import Negation, absent
from cjmresearch.text.patterns import Hit, Matcher, longest
from cjmresearch.text.scopes import Scope, Scopes
from cjmresearch.text.words import Word, WordReader, Words

LANGUAGES = ("ru", "en")
KINDS = {"touchpoints": "touchpoint", "pains": "pain", "stages": "stage"}
DEFAULT_SCHEMES = {
    "touchpoints": ("touchpoints",),
    "pains": ("barriers",),
    "stages": ("b2b8",),
}
# What is told of other people or other companies is no code of the speaker's; what is hedged, or
# was told to the speaker, is one with less confidence.
NOT_OURS = {
    "touchpoints": frozenset(("elsewhere", "compared")),
    "pains": frozenset(("elsewhere", "compared", "hearsay")),
    "stages": frozenset(("elsewhere", "compared")),
}
_HEDGED = {"hedged": "hedged", "undecided": "hedged"}
_DOUBTS = {
    "touchpoints": _HEDGED,
    "pains": _HEDGED | {"told": "told by others"},
    "stages": _HEDGED,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A code that a rule found: a span of characters and the pattern that fired.

    `doubts` are hedges and other people's words over it, e.g. `("hedged",)`.
    """

    slug: str
    pattern: str
    start: int
    end: int
    doubts: tuple[str, ...] = ()


@cache
def reader(language: str) -> WordReader:
    """Share one reader, and so one cache of lemmas, by language."""
    if language not in LANGUAGES:
        raise CodebookError(f"no rules for language {language!r}; there are: ru, en")
    return WordReader(language)


@cache
def scopes(language: str) -> Scopes:
    """Share the scopes of a language."""
    return Scopes(reader(language), language)


@cache
def rules(language: str, *schemes: tuple[str, tuple[str, ...]]) -> Rules:
    """Compile the rules of (task, schemes) pairs, tasks {touchpoints, pains, stages}, once each."""
    return Rules(language, dict(schemes))


class Rules:
    """The patterns of some schemes for some tasks in one language, all looked for in one pass."""

    def __init__(self, language: str, schemes: Mapping[str, Sequence[str]]) -> None:
        shared = reader(language)
        self._negation = Negation(shared)
        self._scopes = scopes(language)
        self._text = Matcher(shared)
        self._questions = {task: Matcher(shared) for task in schemes}
        self._tasks: dict[str, str] = {}
        for task, names in schemes.items():
            patterns = codebooks.patterns(*names) if names else codebooks.patterns().iloc[:0]
            wanted = (patterns["language"] == language) & (patterns["kind"] == KINDS[task])
            for row in patterns[wanted].itertuples():
                in_text = row.applies_to == "text"
                matcher = self._text if in_text else self._questions[task]
                matcher.add(str(row.slug), str(row.pattern))
                self._tasks[str(row.slug)] = task

    def find(self, words: Words) -> dict[str, list[Found]]:
        """Find by task what counts: touchpoints that exist, pains that aren't denied, stage cues.

        What is said of another company counts for nothing, other people's pains neither.
        """
        found: dict[str, list[Found]] = {task: [] for task in self._questions}
        hits = self._text.hits(words, denied=lambda hit: self._denied(hit, words))
        if not hits:
            return found
        around = self._scopes.doubts(words)
        for task in found:
            own = [hit for hit in hits if self._tasks[hit.slug] == task]
            found[task] = list(dict.fromkeys(_kept(task, own, words, around)))
        return found

    def ask(self, words: Sequence[Word], task: str) -> list[Found]:
        """Find the codes that a question asks about."""
        return [_found(h, words) for h in self._questions[task].hits(words)]

    def _denied(self, hit: Hit, words: Words) -> bool:
        if self._tasks[hit.slug] == "touchpoints":
            return absent(hit, words)
        return self._negation.denied(hit, words)


def _kept(
    task: str, hits: Sequence[Hit], words: Sequence[Word], around: Sequence[Scope]
) -> Iterator[Found]:
    """Leave out what is not the speaker's own, and widen pains to their clauses."""
    for hit in _longest_by_scheme(hits) if task == "touchpoints" else hits:
        over = _over(hit, around)
        if NOT_OURS[task].isdisjoint(over):
            told = _clause(hit, words) if task == "pains" else hit
            yield _found(told, words, _doubts(over, task))


def _found(hit: Hit, words: Sequence[Word], doubts: tuple[str, ...] = ()) -> Found:
    return Found(hit.slug, hit.pattern, words[hit.start].start, words[hit.end - 1].end, doubts)


def _over(hit: Hit, around: Sequence[Scope]) -> set[str]:
    """Give the kinds of scopes that the whole of a hit lies in."""
    return {s.kind for s in around if s.start <= hit.start and hit.end <= s.end}


def _doubts(over: set[str], task: str) -> tuple[str, ...]:
    said = _DOUBTS[task]
    return tuple(dict.fromkeys(said[kind] for kind in sorted(over & said.keys())))


def _longest_by_scheme(hits: Sequence[Hit]) -> list[Hit]:
    schemes = dict.fromkeys(h.slug.split(":")[0] for h in hits)
    kept = [longest(h for h in hits if h.slug.startswith(f"{s}:")) for s in schemes]
    return sorted((h for part in kept for h in part), key=lambda h: (h.start, h.end, h.slug))


def _clause(hit: Hit, words: Sequence[Word]) -> Hit:
    """Widen a hit to the marks around it, so that the quote can be read alone."""
    start, end = hit.start, hit.end
    while start > 0 and not words[start - 1].mark:
        start -= 1
    while end < len(words) and not words[end].mark:
        end += 1
    return Hit(hit.slug, hit.pattern, start, end, hit.own)
