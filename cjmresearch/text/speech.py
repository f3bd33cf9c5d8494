"""What speech puts between words and means nothing by: fillers, repetitions, false starts.

Such words are marked `skip`, not removed: patterns that name them still find them, but they part
no words from each other («личный, ну, как бы, кабинет», "the, the customer, um, portal").
"""

from __future__ import annotations

from collections.abc import Sequence
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
    fillers = False
    starts = FILLER_STARTS[language]
    for at, word in enumerate(words):
        if word.mark:
            continue
        if before is not None and word.lower[:1] == before.lower[:1]:
            _skip_repeated(words, at, (before, text))
        fillers = fillers or word.lower in starts
        before = word
    if fillers:
        _skip_fillers(words, text, language)


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


def _skip_fillers(words: Sequence[Place], text: str, language: str) -> None:
    kinds = [_pause(word, text) for word in words]
    _name_fillers(words, kinds, language)
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and kinds[end]:
            end += 1
        if end > at:
            _skip_run(words, kinds, (at, end))
        at = end + 1


def _pause(word: Place, text: str) -> str:
    """Give "," for a mark that may be a pause (a full stop of a sentence is none), else ""."""
    return "," if word.mark == "," and text[word.start] in _PAUSES else ""


def _name_fillers(words: Sequence[Place], kinds: list[str], language: str) -> None:
    """Put "s" for sure fillers and "p" for perhaps ones."""
    sure, perhaps, phrases = _SURE[language], _PERHAPS[language], _PHRASES[language]
    for at, word in enumerate(words):
        if kinds[at] or word.mark:
            continue
        for phrase in phrases.get(word.lower, ()):
            if tuple(w.lower for w in words[at : at + len(phrase)]) == phrase:
                kinds[at : at + len(phrase)] = "s" * len(phrase)
                break
        else:
            if word.lower in sure:
                kinds[at] = "s"
            elif word.lower in perhaps:
                kinds[at] = "p"


def _skip_run(words: Sequence[Place], kinds: Sequence[str], run: tuple[int, int]) -> None:
    """Skip a run of fillers and pauses; one pause at one of its ends is a comma of the clause."""
    first, last = run
    if not any(kinds[at] != "," for at in range(first, last)):
        return
    closed = kinds[first] == "," and kinds[last - 1] == ","
    for at in range(first, last):
        inside = first < at < last - 1
        words[at].skip = (
            words[at].skip
            or closed
            or kinds[at] == "s"
            or (kinds[at] == "p" and at > first and kinds[at - 1] == "s")
            or (kinds[at] == "," and inside and "s" in kinds[first:last])
        )
