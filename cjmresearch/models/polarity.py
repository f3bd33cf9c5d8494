"""Signs of words put together clause by clause: negation, understatement, other people's words.

A bag of words can't tell "not that it was bad" from "it was bad". This module reads the words of
`data/polarity.yaml` in order and composes their signs by few rules, in words:

- a negator turns the signs that follow it in its clause, a second one turns them back; Russian
  double negation («никто не …») counts once; «… не было» turns what stands before it;
- "I can't say that", «не то чтобы» turn the rest of the sentence, and leave half of it;
- what other people say ("the reviews say …") isn't the speaker's, up to a "but";
- before a "but" and after "despite", "although", what is said counts little;
- praise of a competitor is a complaint; a complaint about a competitor is none.

`Finding.score` is then added to the learned head, see `cjmresearch.models.emotion`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

from cjmresearch.models.features import CACHED_WORDS, lemma, plain
from cjmresearch.models.phrases import starts

WORDS_FILE = Path(__file__).with_name("data") / "polarity.yaml"
UNDERSTATED = 0.6
"""What is left of X in "I can't say that X"."""
DENIED_GOOD, DENIED_BAD = 1.0, 0.8
"""What is left of a sign that a negator turns."""
SIDE = 0.2
"""What is left of the part that is granted: before a "but", after "despite"."""
REACH = 6
"""How many words a negator reaches forward within its clause."""
SHORT_REACH = 3
"""The same for a preposition: «без сбоев работает»."""
LIMIT = 2.0
WEIGHTS = {"positive": (1.0, -DENIED_GOOD), "negative": (-1.0, DENIED_BAD)} | {
    "deeds": (0.6, -1.0),
    "expected": (0.0, -1.0),
    "burden": (-0.6, 0.5),
}
"""For each list of words: its sign, and its sign under a negator."""
ABSENCE = -0.4
"""Sign of a clause that denies something without a word of a sign: «нет отдельного входа»."""

_SENTENCE = re.compile(r"(?<=[.!?;…])\s+|\n")
_TOKEN = re.compile(r"<\w+>|[^\W_]+(?:-[^\W_]+)*|[,:;()–—]")
_CONTRACTION = re.compile(r"n't\b")
_RESETS = frozenset(
    ("и", "and", "because", "что", "потому", "чтобы", "that", "so", "потом", "or", "или")
)
_PROMISE_ENDS = re.compile(r",? (?:and|и) |[;:–—]|, (?!что|чтобы|мол|that|it)")
_SPEECH_ENDS = re.compile(r"[,;:–—] ?(?:и |and )?(?=(?:i|we|мне|нам|я|мы|у меня|у нас|лично)\b)")
_PREPOSITIONS = frozenset(("без", "without"))
_JUDGED = ("<good", "<bad")


@dataclass(frozen=True)
class Finding:
    """Composed sign of a text, -2 to 2.

    `turned`: a rule has turned or cancelled a word, so a bag of words misreads the text. `others`:
    it only passes on what others say or sell. `undecided`: it leaves its judgement open. `words`:
    what counted, (word or phrase, part of the score); "↔" is what a "but" makes of words without a
    sign of their own.
    """

    score: float = 0.0
    turned: bool = False
    others: bool = False
    undecided: bool = False
    words: tuple[tuple[str, float], ...] = ()

    @property
    def neutral(self) -> bool:
        """Say whether the speaker gives no judgement of their own."""
        return self.undecided or (self.others and self.score == 0)


@dataclass
class _Segment:
    """What stands between two "but"s of a sentence."""

    own: float = 0.0
    raw: float = 0.0
    said: bool = False
    promised: bool = False
    elsewhere: bool = False
    turned: bool = False
    words: list[tuple[str, float]] = field(default_factory=list)


def read(text: str) -> Finding:
    """Compose the signs of the words of a text."""
    lexicon = _lexicon()
    lowered = _CONTRACTION.sub(" not", plain(text))
    if lexicon.undecided.search(lowered):
        return Finding(turned=True, undecided=True)
    total, turned, others = 0.0, False, False
    words: list[tuple[str, float]] = []
    phrases: dict[str, str] = {}
    for sentence in _SENTENCE.split(lowered):
        segments = _segments(lexicon.mark(sentence, phrases))
        if segments:
            total += _weighed(segments, words)
            telling = [s for s in segments if s.raw]
            turned |= any(s.turned for s in telling) or len(telling) > 1
            others |= any(s.said or s.elsewhere for s in segments)
    score = max(-LIMIT, min(LIMIT, total))
    named = tuple((phrases.get(word, word), part) for word, part in words)
    return Finding(score, turned or others, others, False, named)


def knows(word: str) -> bool:
    """Say whether a word is in one of the lists."""
    return bool(lists_of(word))


def _weighed(segments: list[_Segment], words: list[tuple[str, float]]) -> float:
    """Add up a sentence: what stands last counts, what it is set against counts little."""
    before: _Segment | None = None
    total = 0.0
    for segment in segments:
        own = segment.own
        if before and not own and (before.said or before.elsewhere or before.promised):
            own = -0.7 if before.promised or before.raw > 0 else 0.7 * (before.raw < 0)
            segment.words.append(("↔", own))
        total = own if own and before else total * (SIDE if before and own else 1.0) + own
        words += segment.words
        before = segment
    if len(segments) > 1 and segments[-1].own:
        total += SIDE * sum(s.own for s in segments[:-1])
    return total


def _segments(marked: str) -> list[_Segment]:
    """Cut a sentence at its "but"s and read each part."""
    found: list[_Segment] = []
    for part in _parts(marked):
        tokens = _TOKEN.findall(part)
        if tokens:
            found.append(_read_segment(tokens, after=found[-1] if found else None))
    return found


def _parts(marked: str) -> list[str]:
    """Cut at "but"; a promise also ends at "and" or a comma, another's words at "I"."""
    parts = []
    for part in marked.split("<but>"):
        cut = _PROMISE_ENDS if "<promised>" in part else _SPEECH_ENDS if "<said>" in part else None
        found = cut.search(part, part.index("<")) if cut else None
        parts += [part[: found.start()], part[found.end() :]] if found else [part]
    return parts


def _read_segment(tokens: list[str], after: _Segment | None) -> _Segment:
    segment = _Segment()
    if not any(map(_tells, tokens)):
        return segment
    flags = set(tokens)
    segment.said = "<said>" in flags
    segment.promised = "<promised>" in flags
    segment.elsewhere = "<elsewhere>" in flags
    segment.turned = bool(flags & {"<turned>", "<granted>", "<plain>", "<negator>"})
    contrast = after is not None and (after.said or after.elsewhere)
    turn, weight = 1.0, 1.0
    for clause in _clauses(tokens):
        if not any(map(_tells, clause)):
            continue
        weight = SIDE if clause[0] == "<granted>" else 1.0
        for word in clause:
            turn *= -UNDERSTATED if word == "<turned>" else 1.0
        found = _Clause(clause, contrast=contrast or turn < 0)
        segment.turned |= found.turned
        segment.raw += found.total * turn * weight
        segment.words += [(x.word, x.value * turn * weight) for x in found.parts if x.value]
    segment.own = segment.raw
    if segment.said or segment.promised:
        segment.own = 0.0
    elif segment.elsewhere:
        segment.own = _beside(segment.words)
    if segment.own != segment.raw:
        scale = segment.own / segment.raw if segment.raw else 0.0
        segment.words = [(word, part * scale) for word, part in segment.words if scale]
    return segment


def _beside(words: list[tuple[str, float]]) -> float:
    """Judge ours by what is said of another: its praise is a complaint, its faults are nothing."""
    praise = sum(part for word, part in words if "positive" in lists_of(word) and part > 0)
    worse = sum(part for word, part in words if "worse" in lists_of(word) and part < 0)
    return -0.8 * (praise + worse)


def _clauses(tokens: list[str]) -> list[list[str]]:
    """Cut at commas and the like; a mark that grants something begins a clause too."""
    clauses: list[list[str]] = [[]]
    for i, word in enumerate(tokens):
        if word == "<granted>":
            clauses.append([word])
        elif word in ",:;()–—":
            last = tokens[i - 1] if i else ""
            if not (last in _lexicon().negators and last not in ("нет", "no")):
                clauses.append([])
        else:
            clauses[-1].append(word)
    return [clause for clause in clauses if clause]


class _Clause:
    """Reads the words of one clause from left to right."""

    def __init__(self, tokens: list[str], *, contrast: bool) -> None:
        self.parts: list[_Part] = []
        self.turned = False
        self._tokens = tokens
        self._contrast = contrast
        self._negators = 0
        self._distance = 0
        self._reach = REACH
        self._concord = False
        self._used = True
        for at, word in enumerate(tokens):
            self._take(at, word)
        self._close()

    @property
    def total(self) -> float:
        return sum(part.value for part in self.parts)

    def _take(self, at: int, word: str) -> None:
        kinds = lists_of(word)
        if word.startswith(_JUDGED):
            value = 1.0 if word.startswith("<good") else -1.0
            self.turned |= self._active
            self.parts.append(_Part(word, -DENIED_BAD * value if self._active else value))
            self._used = True
        elif word == "<negator>" or kinds & {"negators", "concord"}:
            self._negate(at, word, "concord" in kinds)
        elif word in _RESETS:
            self._negators, self._concord = 0, False
        else:
            self._distance += 1
            if self._active and "existence" in kinds and not self._used and self.parts:
                self._turn_back()
            else:
                self._weigh(word, kinds)

    @property
    def _active(self) -> bool:
        return self._negators % 2 == 1 and self._distance <= self._reach

    def _negate(self, at: int, word: str, concord: bool) -> None:
        again = self._distance == 0 and at > 0 and self._tokens[at - 1] == word
        if again or _asks(self._tokens, at) or (word == "нет" and len(self._tokens) == 1):
            return
        near = self._negators > 0 and self._distance <= self._reach
        self._distance = 0
        if near and (concord or self._concord):
            self._concord = False
            return
        self._negators = self._negators + 1 if near else 1
        self._concord, self._used = concord, False
        self._reach = SHORT_REACH if word in _PREPOSITIONS else REACH

    def _weigh(self, word: str, kinds: frozenset[str]) -> None:
        sign = _sign(kinds)
        if sign is None:
            return
        active = self._active
        value = sign[1] if active else sign[0]
        if self._contrast and not active and sign[0] == 0:
            value = 0.6
        self.turned |= active
        self._used |= active
        self.parts.append(_Part(word, value, active))
        if active and self._reach == SHORT_REACH:
            self._negators = 0

    def _turn_back(self) -> None:
        """Turn the last word before a negator: «проблем не было»."""
        last = self.parts[-1]
        self._used = True
        if not last.turned:
            sign = _sign(lists_of(last.word)) or (last.value, -last.value)
            last.value, last.turned, self.turned = sign[1], True, True

    def _close(self) -> None:
        if not self._used and self._tokens[-1] in ("нет", "none") and self.parts:
            self._turn_back()
        if any("resolving" in lists_of(part.word) for part in self.parts):
            self.parts = [p for p in self.parts if "troubles" not in lists_of(p.word)]
        if not self._used and not self.parts and _absence(self._tokens):
            self.parts.append(_Part(f"∅ {' '.join(self._tokens)}", ABSENCE))


@dataclass
class _Part:
    word: str
    value: float
    turned: bool = False


def _absence(tokens: list[str]) -> bool:
    return tokens[0] in ("нет", "no", "nothing") and len(tokens) > 1


def _asks(tokens: list[str], at: int) -> bool:
    """Say whether a «не» belongs to a question: «не слишком ли дорого»."""
    return tokens[at] == "не" and "ли" in tokens[at + 1 : at + 4]


@dataclass(frozen=True)
class _Lexicon:
    """The words and phrases of the YAML file, ready for use."""

    words: dict[str, frozenset[str]]
    stems: dict[str, re.Pattern[str]]
    phrases: re.Pattern[str]
    starts: re.Pattern[str]
    undecided: re.Pattern[str]
    negators: frozenset[str]

    def mark(self, sentence: str, phrases: dict[str, str]) -> str:
        """Put marks such as `<turned>` in place of phrases.

        An idiom with a negator in it also gets `<plain>`: a bag of words misreads it. The marks
        `<good1>`, `<bad2>` are numbered, and `phrases` takes the words that each stands for.
        """
        parts, at = [], 0
        for begun in self.starts.finditer(sentence):
            start = begun.start()
            if start >= at and (found := self.phrases.match(sentence, start)):
                parts += [sentence[at:start], self._mark(found, phrases)]
                at = found.end()
        return "".join([*parts, sentence[at:]])

    def _mark(self, found: re.Match[str], phrases: dict[str, str]) -> str:
        kind = found.lastgroup or "but"
        if kind not in ("good", "bad"):
            return f" <{kind}> "
        mark = f"<{kind}{len(phrases) + 1}>"
        phrases[mark] = found[0]
        misread = not self.negators.isdisjoint(found[0].split())
        return f" {mark} <plain> " if misread else f" {mark} "


def _sign(kinds: frozenset[str]) -> tuple[float, float] | None:
    """Give the sign of a word, plain and under a negator; None where it has none."""
    return next((WEIGHTS[kind] for kind in SIGNED if kind in kinds), None)


@lru_cache(maxsize=CACHED_WORDS)
def lists_of(word: str) -> frozenset[str]:
    """Name the lists of `polarity.yaml` that a lower-case word, or its lemma, is in."""
    lexicon = _lexicon()
    forms = {word, lemma(word)}
    found = {kind for kind, words in lexicon.words.items() if not forms.isdisjoint(words)}
    found |= {kind for kind, stem in lexicon.stems.items() if any(stem.match(f) for f in forms)}
    return frozenset(found)


@lru_cache(maxsize=CACHED_WORDS)
def _tells(word: str) -> bool:
    """Say whether a word or a mark can move the sign of its clause."""
    return word[0] == "<" or bool(lists_of(word))


SIGNED = ("negative", "positive", "deeds", "burden", "expected")
_ORDER = (
    *("plain", "good", "bad", "turned", "compared", "promised", "said", "elsewhere"),
    *("granted", "but", "negator"),
)
"""Kinds of phrases in the order in which they are tried at a place."""


@cache
def _entries() -> dict[str, Any]:
    return yaml.safe_load(WORDS_FILE.read_text(encoding="utf-8"))


def _phrases() -> list[str]:
    """List the phrases that are marked, as patterns."""
    listed = _entries()["phrases"]
    return [phrase.removeprefix("\\b") for kind in _ORDER for phrase in listed[kind]]


@cache
def _lexicon() -> _Lexicon:
    entry = _entries()
    words, stems = {}, {}
    for kind, listed in entry.items():
        if not isinstance(listed, str):
            continue
        items = listed.split()
        words[kind] = frozenset(x for x in items if not x.endswith("*"))
        roots = [re.escape(x[:-1]) for x in items if x.endswith("*")]
        if roots:
            stems[kind] = re.compile("|".join(sorted(roots, reverse=True)))
    phrases = entry["phrases"]
    begun = "|".join(f"(?P<{kind}>{_either(phrases[kind])})" for kind in _ORDER)
    after_comma = _either(phrases["but"], comma=True)
    return _Lexicon(
        words=words,
        stems=stems,
        phrases=re.compile(rf"(?<!\w)(?:{begun})(?!\w)|(?:{after_comma})(?!\w)"),
        starts=starts(_phrases()),
        undecided=re.compile(rf"(?<!\w)(?:{_either(phrases['undecided'])})(?!\w)"),
        negators=words["negators"],
    )


def _either(patterns: list[str], *, comma: bool = False) -> str:
    """Join the patterns that begin with a word (or with a comma), their groups without capture."""
    chosen = [p for p in patterns if p.startswith(",") == comma]
    return "|".join(re.sub(r"(?<!\\)\((?!\?)", "(?:", p.removeprefix("\\b")) for p in chosen)
