"""What speech puts between words and means nothing by: fillers, repetitions, false starts.

Such words are marked `skip`, not removed: patterns that name them still find them, but they part
no words from each other («личный, ну, как бы, кабинет», "the, the customer, um, portal").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


def word_set(words: str) -> frozenset[str]:
    """Make a set of words from a text."""
    return frozenset(words.split())


class Place(Protocol):
    """What is read of a word, and set."""

    start: int
    end: int
    lower: str
    mark: str
    skip: bool


_SURE = {
    "ru": word_set("ну вот э ээ эээ эм мм ммм хм типа блин"),
    "en": word_set("um umm uh uhh uhm er erm hmm mm mmm"),
}
# Fillers only between commas or after a sure filler; elsewhere they are words.
_PERHAPS = {
    "ru": word_set("это значит так там скажем допустим знаете знаешь короче да"),
    "en": word_set("like well so actually basically okay yeah"),
}
_PHRASES: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = {
    "ru": {
        "как": (("как", "бы"), ("как", "его"), ("как", "ее")),
        "это": (("это", "самое"),),
        "так": (("так", "сказать"),),
        "в": (("в", "общем", "то"), ("в", "общем")),
    },
    "en": {"you": (("you", "know"), ("you", "see")), "i": (("i", "mean"),)},
}
FILLER_STARTS = {
    language: _SURE[language] | _PERHAPS[language] | frozenset(_PHRASES[language])
    for language in _SURE
}
_PAUSES = ",-–—.…"


def skip_disfluencies(words: Sequence[Place], text: str, language: str) -> None:
    """Set `skip` of the words, and of the marks around them, that part nothing."""
    before: Place | None = None
    said = ""
    starts = FILLER_STARTS[language]
    fillers: list[int] = []
    for at, word in enumerate(words):
        if word.mark:
            continue
        lower = word.lower
        if before is not None and lower[:1] == said[:1]:
            _skip_repeated(words, at, (before, text))
        if lower in starts:
            fillers.append(at)
        before, said = word, lower
    if fillers:
        _skip_fillers(words, text, _fillers(words, fillers, language))


def _skip_repeated(words: Sequence[Place], at: int, said: tuple[Place, str]) -> None:
    """Skip the second of two equal words with the pause between them; «ка- кабинет» likewise."""
    (before, text), word = said, words[at]
    between = text[before.end : word.start]
    if word.lower == before.lower and not word.lower.isdigit():
        if between.strip(f"{_PAUSES} ") == "" and word.start > before.start:
            word.skip = True
            if words[at - 1].mark:
                words[at - 1].skip = True
    elif between in ("- ", "– ", "— ", "-, ") and word.lower.startswith(before.lower):
        before.skip = True


def _skip_fillers(words: Sequence[Place], text: str, kinds: dict[int, str]) -> None:
    """Skip each run of fillers and the pauses between and around them."""
    end = 0
    for at in sorted(kinds):
        if at < end:
            continue
        first = at
        while first > end and _pauses(words[first - 1], text):
            first -= 1
            kinds[first] = ","
        end = at + 1
        while end < len(words) and (end in kinds or _pauses(words[end], text)):
            kinds.setdefault(end, ",")
            end += 1
        _skip_run(words, kinds, (first, end))


def _pauses(word: Place, text: str) -> bool:
    """Say whether a mark may be a pause; a full stop of a sentence is none."""
    return word.mark == "," and text[word.start] in _PAUSES


def _fillers(words: Sequence[Place], places: Sequence[int], language: str) -> dict[int, str]:
    """Name fillers among the words at some places: "s" for sure ones, "p" for perhaps ones."""
    sure, perhaps, phrases = _SURE[language], _PERHAPS[language], _PHRASES[language]
    kinds: dict[int, str] = {}
    for at in places:
        if at in kinds:
            continue
        lower = words[at].lower
        for phrase in phrases.get(lower, ()):
            if tuple(w.lower for w in words[at : at + len(phrase)]) == phrase:
                kinds.update(dict.fromkeys(range(at, at + len(phrase)), "s"))
                break
        else:
            if lower in sure:
                kinds[at] = "s"
            elif lower in perhaps:
                kinds[at] = "p"
    return kinds


def _skip_run(words: Sequence[Place], kinds: Mapping[int, str], run: tuple[int, int]) -> None:
    """Skip a run of fillers and pauses; one pause at one of its ends is a comma of the clause."""
    first, last = run
    closed = kinds[first] == "," and kinds[last - 1] == ","
    sure = any(kinds[at] == "s" for at in range(first, last))
    for at in range(first, last):
        inside = first < at < last - 1
        words[at].skip = (
            words[at].skip
            or closed
            or kinds[at] == "s"
            or (kinds[at] == "p" and at > first and kinds[at - 1] == "s")
            or (kinds[at] == "," and inside and sure)
        )
