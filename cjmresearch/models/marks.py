"""What rules find in a text, as marks with their pattern and as terms that a classifier weighs.

The rules are those of the codebooks (touchpoints, barriers, stages) and `data/cues.yaml`: signs
of trouble, of its denial, of a wish. A denied pain or an absent touchpoint leaves no mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from cjmresearch import codebooks
from cjmresearch.text.patterns import Matcher
from cjmresearch.text.rules import NOT_OURS, Found, Rules, reader, rules, scopes
from cjmresearch.text.scopes import Scope
from cjmresearch.text.taggers import DOUBTED
from cjmresearch.text.words import Words

CUES = str(Path(__file__).with_name("data") / "cues.yaml")
STAGES = "b2b8"
_SCHEMES = {
    "touchpoints": ("touchpoints",),
    "pains": ("barriers", "shop_barriers", CUES),
    "stages": (STAGES,),
}
TONES = ("cues:trouble", "cues:wish", "cues:delight")
"""What a question asks for; the first that fits counts."""
_NOT_OWN = (NOT_OURS["pains"] | {"supposed"}) - {"compared"}
_RECENT = 4096
_BARE_WORDS = 6


@dataclass(frozen=True, slots=True)
class Marks:
    """The hits of a text by slug of the code; of several hits of a code the first counts."""

    found: Mapping[str, Found] = field(default_factory=dict)

    def pattern(self, slug: str) -> str | None:
        """Give the pattern that fired for a code, if one did."""
        return self.found[slug].pattern if slug in self.found else None


def surest(rule: Found | None, probability: float) -> float:
    """Give the confidence of a suggestion: that of its rule or of the model, the higher one."""
    if rule is None:
        return probability
    usual = _usual(rule.slug.split(":")[0])
    return max(probability, round(usual * (DOUBTED if rule.doubts else 1.0), 3))


@cache
def _usual(scheme: str) -> float:
    return codebooks.book(scheme).confidence


def own(text: str, language: str) -> str:
    """Leave out what is told of other companies and people, only supposed, or denied trouble."""
    words = reader(language).read(text)
    found = scopes(language).find(words)
    denied = _denied_trouble(words, [s for s in found if s.kind == "negated"], language)
    others = {
        at
        for scope in (*(s for s in found if s.kind in _NOT_OWN), *denied)
        for at in range(scope.start, scope.end)
    }
    if not others:
        return text
    kept, first = [], 0
    for at, word in enumerate(words):
        if at in others and at - 1 not in others:
            kept.append(text[first : word.start])
        if at in others:
            first = word.end
    return " ".join([*kept, text[first:]]).strip()


def _denied_trouble(words: Words, negated: Sequence[Scope], language: str) -> list[Scope]:
    """Give the negations over a word of trouble; under two of them it is affirmed."""
    if not negated:
        return []
    over = [
        [s for s in negated if s.start <= hit.start and hit.end <= s.end]
        for hit in _troubles(language).hits(words)
    ]
    return [scopes[0] for scopes in over if len(scopes) == 1]


@cache
def _troubles(language: str) -> Matcher:
    matcher = Matcher(reader(language))
    cues = codebooks.patterns(CUES)
    wanted = cues[(cues["language"] == language) & (cues["applies_to"] == "text")]
    for pattern in wanted.loc[wanted["slug"] == TONES[0], "pattern"]:
        matcher.add(TONES[0], str(pattern))
    return matcher


@lru_cache(maxsize=_RECENT)
def marks(text: str, language: str) -> Marks:
    """Find the marks of a text in `ru` or `en`."""
    found: dict[str, Found] = {}
    for hits in _rules(language).find(reader(language).read(text)).values():
        for hit in hits:
            found.setdefault(hit.slug, hit)
    return Marks(found)


@lru_cache(maxsize=_RECENT)
def asked(question: str, language: str) -> Marks:
    """Find what a question asks about: one stage at most, and one of trouble, wish, delight."""
    words = reader(language).read(question)
    stages = {hit.slug: hit for hit in _rules(language).ask(words, "stages")}
    cues = {hit.slug: hit for hit in _rules(language).ask(words, "pains")}
    tone = next((slug for slug in TONES if slug in cues), None)
    kept = stages if len(stages) == 1 else {}
    return Marks(kept | {s: hit for s, hit in cues.items() if s not in TONES or s == tone})


def _rules(language: str) -> Rules:
    return rules(language, *_SCHEMES.items())


def terms(text: str, language: str) -> list[str]:
    """List the marks of a text as terms: the codes, and how they stand together."""
    found = marks(text, language).found
    listed = sorted(found)
    barriers = any("barriers:" in slug for slug in listed)
    if barriers:
        listed.append("barrier")
    if ("cues:trouble" in found or barriers) and "cues:denied" not in found:
        listed.append("trouble, not denied")
    if "?" in text:
        listed.append("question")
    if len(text.split()) <= _BARE_WORDS:
        listed.append("short")
    return listed
