"""Which words are denied, hedged, somebody else's, or about another company.

Rules, in words:
- a negator denies what follows it, up to a comma or a conjunction; in Russian all negators of such
  a stretch are one negation («никто ничего не понял»), in English each is one;
- with «не было», «не пришлось», «… нет» what stands before is denied as well;
- «не могу сказать, что …», "I wouldn't say …" deny the rest of the sentence, up to a «но»; where
  nothing follows, what stands before («удобным я бы не назвал»);
- words under two negations are affirmed: they lie in two marks;
- a hedge covers its clause, and the next one where it stands between commas;
- other people's words, and another company, cover the sentence up to a turn («…, но», "…, but") or
  to a clause that the speaker begins with themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cjmresearch.text import cues
from cjmresearch.text.patterns import Hit, Matcher
from cjmresearch.text.words import MOST_FORMS, SENTENCE, Form, Word, WordReader

_DENIALS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "frame": cues.FRAMES,
    "cancelled": cues.CANCELLED,
    "undecided": cues.UNDECIDED,
    "conceding": cues.CONCEDING,
}
_DOUBTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "hedged": cues.HEDGES,
    "undecided": cues.UNDECIDED,
    "hearsay": cues.HEARSAY,
    "told": cues.TOLD,
    "elsewhere": cues.ELSEWHERE,
}
_WITHOUT_WORDS = 4
_NOUN_WORDS = 3


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """Words that a cue reaches, as indices, half open.

    `kind` is negated, hedged, undecided, hearsay, told, elsewhere, compared, conceded or supposed.
    """

    start: int
    end: int
    kind: str


class Scopes:
    """Finds the scopes in texts of one language."""

    def __init__(self, reader: WordReader, language: str) -> None:
        self._language = language
        self._denials = _matcher(reader, _DENIALS, language)
        self._doubts = _matcher(reader, _DOUBTS, language)
        self._roles = _Roles(language)

    def find(self, words: Sequence[Word]) -> list[Scope]:
        """Find the scopes of a text, in order."""
        said = _Said(list(words), self._language, self._roles)
        by_kind = _by_kind(self._denials.hits(words), _DENIALS)
        cancelled = {i for h in by_kind["cancelled"] for i in range(h.start, h.end)}
        frames = [h for h in by_kind["frame"] if cancelled.isdisjoint(h.own)]
        taken = cancelled | {i for h in (*frames, *by_kind["undecided"]) for i in h.own}
        found = [said.framed(hit) for hit in frames]
        found += said.negated(taken)
        found += said.conceded(by_kind["conceding"], cancelled)
        found += said.supposed()
        return _ordered(said, found + _doubted(said, self._doubts.hits(words)))

    def doubts(self, words: Sequence[Word]) -> list[Scope]:
        """Find what takes a text from the speaker: hedges, other people's words, other companies.

        The same scopes as `find` gives, without the rest of its work.
        """
        hits = self._doubts.hits(words)
        if not hits:
            return []
        said = _Said(list(words), self._language, self._roles)
        return _ordered(said, _doubted(said, hits))


def _matcher(
    reader: WordReader, patterns: Mapping[str, Mapping[str, tuple[str, ...]]], language: str
) -> Matcher:
    matcher = Matcher(reader)
    for kind, by_language in patterns.items():
        for pattern in by_language[language]:
            matcher.add(kind, pattern)
    return matcher


def _by_kind(hits: Sequence[Hit], kinds: Iterable[str]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = {kind: [] for kind in kinds}
    for hit in hits:
        found[hit.slug].append(hit)
    return found


def _doubted(said: _Said, hits: Sequence[Hit]) -> list[Scope]:
    by_kind = _by_kind(hits, _DOUBTS)
    found = [said.hedged(hit) for hit in by_kind["hedged"]]
    found += [said.undecided(hit) for hit in by_kind["undecided"]]
    found += [s for hit in by_kind["hearsay"] for s in said.others(hit, "hearsay")]
    found += [s for hit in by_kind["told"] for s in said.others(hit, "told")]
    return found + [said.elsewhere(hit) for hit in by_kind["elsewhere"]]


def _ordered(said: _Said, found: Iterable[Scope]) -> list[Scope]:
    return sorted({t for s in found if (t := said.trimmed(s)).start < t.end})


class _Roles(dict[Form, str]):
    """What a form does by itself: negator, without, turning, supposed, or "": asked once a form."""

    def __init__(self, language: str) -> None:
        self.sets = {
            "negator": cues.NEGATORS[language],
            "without": cues.WITHOUT[language],
            "turning": cues.TURNING[language],
            "supposed": cues.SUPPOSED[language],
        }

    def __missing__(self, form: Form) -> str:
        if len(self) > MOST_FORMS:
            self.clear()
        role = next((r for r, words in self.sets.items() if not words.isdisjoint(form.keys)), "")
        self[form] = role
        return role


class _Said:
    """A text without its fillers, cut into clauses and stretches."""

    def __init__(self, words: Sequence[Word], language: str, roles: _Roles) -> None:
        self._words = words
        self._language = language
        self._stops = cues.STOPS[language]
        self._at: dict[str, list[int]] = {role: [] for role in roles.sets}
        for at, word in enumerate(words):
            if (role := roles[word.form]) and not word.skip:
                self._at[role].append(at)

    def framed(self, hit: Hit) -> Scope:
        """Deny the rest of the sentence, or what stands before where there is no rest."""
        end = self._until_turn(hit.end)
        if any(not w.mark for w in self._words[hit.end : end]):
            return Scope(hit.end, end, "negated")
        return Scope(self._stretch_start(hit.start), hit.start, "negated")

    def negated(self, taken: set[int]) -> Iterator[Scope]:
        """Give the scopes of plain negators that no frame has taken."""
        end = 0
        for at in self._at["negator"]:
            if at >= end:
                start, end = self._stretch_start(at), self._stretch_end(at)
                inside = (i for i in self._at["negator"] if start <= i < end and i not in taken)
                yield from self._stretch(start, end, list(inside))
        for at in self._at["without"]:
            if at not in taken:
                yield Scope(at + 1, self._phrase_end(at + 1), "negated")

    def _stretch(self, start: int, end: int, negators: list[int]) -> Iterator[Scope]:
        if not negators:
            return
        if self._language == "ru":
            yield self._one_negation(start, end, negators)
            return
        for at, after in zip(negators, [*negators[1:], end], strict=True):
            reach = after if after < end and self._words[after].lower == "nor" else end
            yield Scope(at + 1, reach, "negated")

    def _one_negation(self, start: int, end: int, negators: list[int]) -> Scope:
        first, last = negators[0] + 1, negators[-1]
        while first < end and first in negators:
            first += 1
        verb = next((w for w in self._words[last + 1 : end] if not w.skip), None)
        if verb is None or not cues.EXISTENTIAL.isdisjoint(verb.keys):
            first = negators[0] + 1 if negators[0] == start else start
        return Scope(first, end, "negated")

    def _phrase_end(self, at: int) -> int:
        """Find where the noun phrase after «без» ends: at a verb, a negator or after four words."""
        end, reach = at, self._stretch_end(at)
        while end < min(reach, at + _WITHOUT_WORDS):
            if self._language == "ru" and (self._is_verb(end) or end in self._at["negator"]):
                break
            end += 1
        return end

    def _is_verb(self, at: int) -> bool:
        endings = ("ать", "ять", "ить", "еть", "уть", "ыть", "ться", "ти", "чь")
        return any(k.endswith(endings) for k in self._words[at].keys if not k.startswith("="))

    def hedged(self, hit: Hit) -> Scope:
        """Cover the clause of a hedge, and the next one where the hedge stands between commas."""
        start, end = self._clause(hit.start)
        if not self._others_in(start, end, hit) and end < len(self._words):
            end = self._clause(end + 1)[1] if self._words[end].mark != SENTENCE else end
        return Scope(start, end, "hedged")

    def undecided(self, hit: Hit) -> Scope:
        """Cover the sentence of who cannot tell."""
        return Scope(self._clause(hit.start)[0], self._until_turn(hit.end), "undecided")

    def _others_in(self, start: int, end: int, hit: Hit) -> bool:
        return any(
            not w.mark and not w.skip and not hit.start <= i < hit.end
            for i, w in enumerate(self._words[start:end], start)
        )

    def others(self, hit: Hit, kind: str) -> Iterator[Scope]:
        """Cover what other people say, unless «я», "I" is who says it."""
        start = self._clause(hit.start)[0]
        subject = {w.lower for w in self._words[start : hit.start]}
        mine = self._words[hit.end - 1].lower
        if not subject.isdisjoint(cues.ONE) or (self._language == "ru" and mine.endswith(_FIRST)):
            return
        end = self._until_turn(hit.end)
        denied = kind == "told" and end < len(self._words) and self._words[end].mark != SENTENCE
        yield Scope(start, end, "hearsay" if denied else kind)

    def elsewhere(self, hit: Hit) -> Scope:
        """Cover what is told of another company, up to a turn or to «вы», «здесь»."""
        start = self._clause(hit.start)[0]
        end = self._until_turn(hit.start, cues.HERE[self._language])
        compared = {w.lower for w in self._words[start:end]} & cues.COMPARED[self._language]
        return Scope(start, end, "compared" if compared else "elsewhere")

    def conceded(self, hits: Sequence[Hit], cancelled: set[int]) -> Iterator[Scope]:
        """Give what is conceded: «хотя …», and what a «но» turns against."""
        for hit in hits:
            end = self._clause(hit.end)[1]
            noun = self._words[hit.end - 1].lower in cues.CONCEDING_NOUNS
            yield Scope(hit.end, min(end, hit.end + _NOUN_WORDS) if noun else end, "conceded")
        for at in self._at["turning"]:
            if at not in cancelled:
                yield Scope(self._sentence_start(at), at, "conceded")

    def supposed(self) -> Iterator[Scope]:
        """Give what is only thought of: from «если» to the end of its clause."""
        for at in self._at["supposed"]:
            yield Scope(at + 1, self._clause(at)[1], "supposed")

    def trimmed(self, scope: Scope) -> Scope:
        """Leave out marks, fillers and conjunctions at the ends."""
        start, end = scope.start, scope.end
        while start < end and self._idle(start):
            start += 1
        while start < end and (self._words[end - 1].mark or self._words[end - 1].skip):
            end -= 1
        return Scope(start, end, scope.kind)

    def _idle(self, at: int) -> bool:
        word = self._words[at]
        return bool(word.mark) or word.skip or word.lower in ("что", "чтобы", "чтоб", "that")

    def _bars(self, at: int) -> bool:
        return bool(self._words[at].mark) and not self._words[at].skip

    def _clause(self, at: int) -> tuple[int, int]:
        start = end = min(at, len(self._words))
        while start > 0 and not self._bars(start - 1):
            start -= 1
        while end < len(self._words) and not self._bars(end):
            end += 1
        return start, end

    def _sentence_start(self, at: int) -> int:
        while at > 0 and self._words[at - 1].mark != SENTENCE:
            at -= 1
        return at

    def _stretch_start(self, at: int) -> int:
        while at > 0 and not self._bars(at - 1) and self._words[at - 1].lower not in self._stops:
            at -= 1
        return at

    def _stretch_end(self, at: int) -> int:
        while at < len(self._words) and not self._bars(at):
            if self._words[at].lower in self._stops:
                break
            at += 1
        return at

    def _until_turn(self, at: int, more: frozenset[str] = frozenset()) -> int:
        """Find the end of the sentence, or the place where it turns to something else."""
        turns = cues.TURNS[self._language]
        own = cues.OWN_STARTS[self._language] | more
        while at < len(self._words) and self._words[at].mark != SENTENCE:
            if self._bars(at) and self._turns(at + 1, (turns, own)):
                break
            if self._words[at].lower in cues.TURNING[self._language]:
                break
            at += 1
        return at

    def _turns(self, at: int, starts: tuple[frozenset[str], frozenset[str]]) -> bool:
        turns, own = starts
        first = [w.lower for w in self._words[at : at + 3] if not w.mark][:2]
        if first and first[0] in ("и", "and"):
            return len(first) > 1 and first[1] not in ("что", "чтобы", "that")
        return bool(first) and (first[0] in turns or first[0] in own)


_FIRST = ("аю", "яю", "ую", "юсь", "рю", "жу", "шу")
