"""When a hit doesn't count: denied, not ours, or only feared. Words and marks, no parser.

Scope rules, in words:
- a negator up to 4 words before the hit in the same clause denies it («не пришлось долго ждать»);
- «не могу сказать, что …», "I wouldn't say …" deny the rest of the sentence, up to a «но»;
- «… не было», «… не возникло», "… was not a problem" right after the hit deny it;
- a negator between the words of a hit denies it;
- «если», "if" before the hit in its clause make it a case that is only thought of;
- words of the hit itself never deny it («не дозвониться», «цен нет»); such a hit is denied only
  by a frame, by what follows or by «если».
"""

from __future__ import annotations

from collections.abc import Sequence

from cjmresearch.text.patterns import Hit, Matcher
from cjmresearch.text.speech import word_set
from cjmresearch.text.words import CLAUSE, SENTENCE, Word, WordReader, Words

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
    "не (быть|случаться|бывать) ... (чтобы|чтоб)",
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
_ABSENT_BEFORE = word_set("нет без никакой no without")


class Negation:
    """Judges hits in one language."""

    def __init__(self, reader: WordReader) -> None:
        self._frames = _matcher(reader, _FRAMES)
        self._after = _matcher(reader, _DENIED_AFTER)

    def denied(self, hit: Hit, words: Words) -> bool:
        """Say whether the text denies what the hit claims (for pains)."""
        if (not _negative(hit, words) and _negated(hit, words)) or _supposed(hit, words):
            return True
        if not (self._frames.may_hit(words) or self._after.may_hit(words)):
            return False
        first, last = _sentence(hit, words)
        return self._framed(words[first : hit.start]) or self._denied_after(words[hit.end : last])

    def _framed(self, before: Sequence[Word]) -> bool:
        frames = self._frames.hits(before)
        return any(not any(w.lower in _TURNS for w in before[frame.end :]) for frame in frames)

    def _denied_after(self, after: Sequence[Word]) -> bool:
        clause = []
        for word in _spoken(after)[: _AHEAD + 2]:
            if word.mark == CLAUSE or word.lower in _TURNS:
                break
            clause.append(word)
        return any(h.start <= 2 for h in self._after.hits(clause))


def absent(hit: Hit, words: Sequence[Word]) -> bool:
    """Say whether the text tells that a touchpoint doesn't exist: «сайта у них нет»."""
    before = words[hit.start - 1] if hit.start else None
    if before is not None and not _ABSENT_BEFORE.isdisjoint(before.keys):
        return True
    for word in _spoken(words[hit.end : hit.end + 8])[:4]:
        if word.mark or word.lower in _STOPS:
            return False
        if word.lower == "нет":
            return True
    return False


def _negative(hit: Hit, words: Sequence[Word]) -> bool:
    """Say whether the hit names a negator itself: «никогда не дозвониться» is no denial."""
    return any(_negates(words[i]) for i in hit.own)


def _negated(hit: Hit, words: Sequence[Word]) -> bool:
    if any(_negates(w) for w in words[hit.start : hit.end]):
        return True
    for word in reversed(_spoken(words[: hit.start])[-_BACK:]):
        if word.mark or word.lower in _STOPS:
            return False
        if _negates(word):
            return True
    return False


def _spoken(words: Sequence[Word]) -> list[Word]:
    """Leave out fillers, repetitions and the marks around them."""
    return [word for word in words if not word.skip]


def _negates(word: Word) -> bool:
    return not _NEGATORS.isdisjoint(word.keys)


def _supposed(hit: Hit, words: Sequence[Word]) -> bool:
    for word in reversed(_spoken(words[: hit.start])):
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
