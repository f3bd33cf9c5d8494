"""Rules of codebooks over words: which hits count for touchpoints, pains and stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cjmresearch import codebooks
from cjmresearch.errors import CodebookError
from cjmresearch.text.negation import Negation, absent
from cjmresearch.text.patterns import Hit, Matcher, longest
from cjmresearch.text.scopes import Scope, Scopes
from cjmresearch.text.words import Word, WordReader

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
def rules(language: str, task: str, schemes: tuple[str, ...]) -> Rules:
    """Compile the rules of a task {touchpoints, pains, stages}, once a set of schemes."""
    return Rules(language, task, schemes)


class Rules:
    """The patterns of some schemes for one task and language."""

    def __init__(self, language: str, task: str, schemes: Sequence[str]) -> None:
        self.task = task
        shared = reader(language)
        self._negation = Negation(shared)
        self._scopes = scopes(language)
        self._text, self._question = Matcher(shared), Matcher(shared)
        patterns = codebooks.patterns(*schemes) if schemes else codebooks.patterns().iloc[:0]
        wanted = (patterns["language"] == language) & (patterns["kind"] == KINDS[task])
        for row in patterns[wanted].itertuples():
            matcher = self._text if row.applies_to == "text" else self._question
            matcher.add(str(row.slug), str(row.pattern))

    def find(self, words: Sequence[Word]) -> list[Found]:
        """Find what counts: touchpoints that exist, pains that aren't denied, stage cues.

        What is said of another company counts for nothing, other people's pains neither.
        """
        judge = absent if self.task == "touchpoints" else self._negation.denied
        hits = self._text.hits(words, denied=lambda hit: judge(hit, words))
        if not hits:
            return []
        if self.task == "touchpoints":
            hits = _longest_by_scheme(hits)
        around = self._scopes.doubts(words)
        not_ours = NOT_OURS[self.task]
        found = [
            _found(
                _clause(hit, words) if self.task == "pains" else hit,
                words,
                _doubts(over, self.task),
            )
            for hit in hits
            if not_ours.isdisjoint(over := _over(hit, around))
        ]
        return list(dict.fromkeys(found))

    def ask(self, words: Sequence[Word]) -> list[Found]:
        """Find the codes that a question asks about."""
        return [_found(h, words) for h in self._question.hits(words)]


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
