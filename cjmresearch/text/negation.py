"""When a hit doesn't count: denied, not ours, or only feared. Words and marks, no parser.

Scope rules, in words:
- a negator up to 4 words before the hit in the same clause denies it («не пришлось долго ждать»);
- «не могу сказать, что …», "I wouldn't say …" deny the rest of the sentence, up to a «но»;
- «… не было», «… не возникло», "… was not a problem" right after the hit deny it;
- a negator between the words of a hit denies it, unless the pattern itself has one;
- «если», "if" before the hit in its clause make it a case that is only thought of;
- words of the hit itself never deny it («не дозвониться», «цен нет»).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from cjmresearch.text.patterns import Hit, Matcher
from cjmresearch.text.words import CLAUSE, SENTENCE, Word, WordReader, word_set

_BACK, _AHEAD = 4, 4
_NEGATORS = word_set(
    "не нет без никакой никогда ни нисколько нигде ничуть not no never without none hardly nor "
    "neither nothing"
)
_STOPS = word_set(
    "и а но что потому поэтому зато если когда пока хотя почему and but because that so then "
    "although until why which"
)
_SUPPOSED = word_set("если ежели if unless whether")
_TURNS = frozenset(("но", "зато", "однако", "but", "however", "although", "except"))
_FRAMES = (
    "не (мочь|могу|смочь) .. (сказать|пожаловаться|вспомнить|упрекнуть)",
    "нельзя .. сказать",
    "не (сказал|сказала|назвал|назвала) бы",
    "не (помнить|думать|считать|сказать|казаться) ... (чтобы|чтоб|что)",
    "не .. (жаловаться|пожаловаться)",
    "(not|never) .. (say|call it|think|complain|claim)",
    "no .. complaint",
)
_DENIED_AFTER = (
    "(не|ни) .. (быть|возникать|возникнуть|прийтись|приходиться|случаться|случиться|испытывать)",
    "(не|ни) .. (испытать|замечать|заметить|встречать|встретить|видеть|наблюдаться|потребоваться)",
    "(не|ни) .. (проблема|беда|страшно|критично|смущать|беспокоить)",
    "=нет",
    "(be|do|have|will|would) not .. (happen|exist|issue|problem|bother|occur)",
    "never .. (happen|occur|bother|problem|issue)",
)
_PATTERN_WORD = re.compile(r"[^\W_]+")
_ABSENT_BEFORE = word_set("нет без никакой no without")


class Negation:
    """Judges hits in one language."""

    def __init__(self, reader: WordReader) -> None:
        self._frames = _matcher(reader, _FRAMES)
        self._after = _matcher(reader, _DENIED_AFTER)

    def denied(self, hit: Hit, words: Sequence[Word]) -> bool:
        """Say whether the text denies what the hit claims (for pains)."""
        first, last = _sentence(hit, words)
        return (
            self._negated_before(hit, words)
            or _negated_inside(hit, words)
            or _supposed(hit, words)
            or self._framed(hit, words[first : hit.start])
            or self._denied_after(words[hit.end : last])
        )

    def _negated_before(self, hit: Hit, words: Sequence[Word]) -> bool:
        for word in reversed(words[max(0, hit.start - _BACK) : hit.start]):
            if word.mark or word.lower in _STOPS:
                return False
            if not _NEGATORS.isdisjoint(word.keys):
                return True
        return False

    def _framed(self, hit: Hit, before: Sequence[Word]) -> bool:
        frames = self._frames.hits(before)
        return any(not any(w.lower in _TURNS for w in before[frame.end :]) for frame in frames)

    def _denied_after(self, after: Sequence[Word]) -> bool:
        clause = []
        for word in after[: _AHEAD + 2]:
            if word.mark == CLAUSE or word.lower in _TURNS:
                break
            clause.append(word)
        return any(h.start <= 2 for h in self._after.hits(clause))


def absent(hit: Hit, words: Sequence[Word]) -> bool:
    """Say whether the text tells that a touchpoint doesn't exist: «сайта у них нет»."""
    before = words[hit.start - 1] if hit.start else None
    if before is not None and not _ABSENT_BEFORE.isdisjoint(before.keys):
        return True
    for word in words[hit.end : hit.end + 4]:
        if word.mark or word.lower in _STOPS:
            return False
        if word.lower == "нет":
            return True
    return False


def _negated_inside(hit: Hit, words: Sequence[Word]) -> bool:
    if not _NEGATORS.isdisjoint(_PATTERN_WORD.findall(hit.pattern)):
        return False
    return any(not _NEGATORS.isdisjoint(w.keys) for w in words[hit.start : hit.end])


def _supposed(hit: Hit, words: Sequence[Word]) -> bool:
    for word in reversed(words[: hit.start]):
        if word.mark:
            return False
        if word.lower in _SUPPOSED:
            return True
    return False


def _matcher(reader: WordReader, patterns: Sequence[str]) -> Matcher:
    matcher = Matcher(reader)
    for pattern in patterns:
        matcher.add("denied", pattern)
    return matcher


def _sentence(hit: Hit, words: Sequence[Word]) -> tuple[int, int]:
    first, last = hit.start, hit.end
    while first > 0 and words[first - 1].mark != SENTENCE:
        first -= 1
    while last < len(words) and words[last].mark != SENTENCE:
        last += 1
    return first, last
