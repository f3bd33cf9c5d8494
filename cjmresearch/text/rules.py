"""Rules of codebooks over words: which hits count for touchpoints, pains and stages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cjmresearch import codebooks
from cjmresearch.errors import CodebookError
from cjmresearch.text.negation import Negation, absent
from cjmresearch.text.patterns import Hit, Matcher, longest
from cjmresearch.text.words import Word, WordReader

LANGUAGES = ("ru", "en")
KINDS = {"touchpoints": "touchpoint", "pains": "pain", "stages": "stage"}
DEFAULT_SCHEMES = {
    "touchpoints": ("touchpoints",),
    "pains": ("barriers",),
    "stages": ("b2b8",),
}


@dataclass(frozen=True, slots=True)
class Found:
    """A code that a rule found: a span of characters and the pattern that fired."""

    slug: str
    pattern: str
    start: int
    end: int


@cache
def reader(language: str) -> WordReader:
    """Share one reader, and so one cache of lemmas, by language."""
    if language not in LANGUAGES:
        raise CodebookError(f"no rules for language {language!r}; there are: ru, en")
    return WordReader(language)


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
        self._text, self._question = Matcher(shared), Matcher(shared)
        patterns = codebooks.patterns(*schemes) if schemes else codebooks.patterns().iloc[:0]
        wanted = (patterns["language"] == language) & (patterns["kind"] == KINDS[task])
        for row in patterns[wanted].itertuples():
            matcher = self._text if row.applies_to == "text" else self._question
            matcher.add(str(row.slug), str(row.pattern))

    def find(self, words: Sequence[Word]) -> list[Found]:
        """Find what counts: touchpoints that exist, pains that aren't denied, stage cues."""
        if self.task == "touchpoints":
            hits = self._text.hits(words, denied=lambda hit: absent(hit, words))
            return [_found(hit, words) for hit in _longest_by_scheme(hits)]
        hits = self._text.hits(words, denied=lambda hit: self._negation.denied(hit, words))
        if self.task == "pains":
            hits = [_clause(hit, words) for hit in hits]
        return list(dict.fromkeys(_found(hit, words) for hit in hits))

    def ask(self, words: Sequence[Word]) -> list[Found]:
        """Find the codes that a question asks about."""
        return [_found(h, words) for h in self._question.hits(words)]


def _found(hit: Hit, words: Sequence[Word]) -> Found:
    return Found(hit.slug, hit.pattern, words[hit.start].start, words[hit.end - 1].end)


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
