"""Marks of a text for whoever judges it: what is denied, hedged, told of others, conceded."""

from __future__ import annotations

import re

from cjmresearch.text.rules import reader, scopes
from cjmresearch.text.segmenting import language_of

Mark = tuple[int, int, str]

KINDS = (
    "negated",
    "hedged",
    "undecided",
    "reported",
    "elsewhere",
    "compared",
    "conceded",
    "supposed",
)
_PUBLIC = {"hearsay": "reported", "told": "reported"}
_OTHERS = ("reported", "elsewhere", "compared")
_LEADING = re.compile(r"[\s,;:.!?…–—-]+")


def polarity_marks(text: str, language: str | None = None) -> list[Mark]:
    """Mark what a judgement of the speaker's own attitude must know: (start, end, kind), in order.

    Spans are half open, in characters, and cover the words a cue reaches, not the cue. They may
    overlap: words that lie in two `negated` spans are affirmed («не то чтобы не понравилось»).

    - `negated`: denied; «не очень [понятно]», "I wouldn't say [it was expensive]"
    - `hedged`: said with reserve; the sign stays
    - `undecided`: the speaker says that they cannot tell
    - `reported`: other people's words or feelings
    - `elsewhere`: about a competitor or an earlier supplier
    - `compared`: the same, where a comparative turns it into a judgement of ours («у них быстрее»)
    - `conceded`: given up by what follows or precedes; «[дорого], зато надёжно»
    - `supposed`: after «если», "if"

    Without a language the script of the text decides.
    """
    tongue = language or language_of(text)
    words = reader(tongue).read(text)
    spans = (
        (words[s.start].start, words[s.end - 1].end, _PUBLIC.get(s.kind, s.kind))
        for s in scopes(tongue).find(words)
    )
    return sorted(dict.fromkeys(spans))


def own_words(text: str, language: str | None = None) -> str:
    """Leave out what is reported of other people or told of other companies.

    «Мне сказали, что всё ужасно, но у меня работало» becomes «но у меня работало»; nothing may
    be left. Without a language the script of the text decides.
    """
    kept, at = [], 0
    others = [(s, e) for s, e, kind in polarity_marks(text, language) if kind in _OTHERS]
    for start, end in others:
        if start > at:
            kept.append(text[at:start].strip())
        if end > at:
            rest = _LEADING.match(text, end)
            at = rest.end() if rest else end
    kept.append(text[at:].strip())
    return " ".join(part for part in kept if part)
