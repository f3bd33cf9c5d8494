"""Where one of many phrases may begin: a quick look that spares most of the slow ones.

Hundreds of alternatives tried at every word cost more than anything else in reading a sentence,
and nearly all words begin none of them. So the phrases are tried only where the first letters of
one of them stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

LETTERS = 6
"""So many first letters are compared: with fewer, more words are taken for a beginning."""
_MARKED = "\0"
"""Stands before a character that means itself."""


def starts(patterns: Iterable[str]) -> re.Pattern[str]:
    """Compile what finds, without taking any text, each place where a pattern may begin.

    That is the start of a word, or a comma for the patterns that begin with one.
    """
    commas, words = [], set()
    for pattern in patterns:
        if pattern.startswith(","):
            commas.append("(?=,)")
        else:
            words |= beginnings(pattern)
    return re.compile("|".join([*commas[:1], rf"(?<!\w)(?={_either_of(words)})"]))


def beginnings(pattern: str) -> set[str]:
    """Give the first letters of whatever a pattern may match, `LETTERS` of them or fewer.

    Fewer where the pattern ends, or leaves open what follows; "" where it leaves open everything.
    """
    return {found for choice in _choices(pattern) for found in _begun(choice, "")}


def _either_of(words: Iterable[str]) -> str:
    """Join words to one pattern, sorted by their first letter: that is compared fast."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words):
        by_first.setdefault(word[:1], []).append(re.escape(word[1:]))
    return "|".join(f"{re.escape(x)}(?:{'|'.join(rest)})" for x, rest in by_first.items())


def _begun(rest: str, begun: str) -> Iterator[str]:
    """Give the ways in which a pattern without alternatives may go on, up to `LETTERS` letters."""
    if len(begun) == LETTERS or not rest:
        yield begun
    elif rest[0] == _MARKED:
        yield from _begun(rest[2:], begun + rest[1])
    elif rest.startswith("\\b"):
        yield from _begun(rest[2:], begun)
    elif rest.startswith(("(?=", "(?!", "(?<")):
        yield from _begun(_group(rest)[1], begun)
    elif rest[0] in "\\.^$*+?{|)":
        yield begun
    else:
        choices, after = _first(rest)
        if after.startswith("?"):
            yield from _begun(after[1:], begun)
        if after.startswith(("*", "{")):
            yield begun
            return
        # One of them surely stands here; after "+" more of them may, so all is open then.
        tail = "." if after.startswith("+") else after.removeprefix("?")
        for choice in choices:
            yield from _begun(choice + tail, begun)


def _first(rest: str) -> tuple[list[str], str]:
    """Split a pattern after its first group, set of characters, or character."""
    if rest[0] == "(":
        inside, after = _group(rest)
        return _choices(inside.removeprefix("?:")), after
    if rest[0] == "[":
        end = rest.index("]", 2)
        inside, after = rest[1:end], rest[end + 1 :]
        is_plain = set("^\\-").isdisjoint(inside)
        return ([_MARKED + letter for letter in inside] if is_plain else ["."]), after
    return [_MARKED + rest[0]], rest[1:]


def _group(rest: str) -> tuple[str, str]:
    depth = 0
    for at, letter in enumerate(rest):
        depth += (letter == "(") - (letter == ")")
        if not depth:
            return rest[1:at], rest[at + 1 :]
    raise ValueError(f"{rest!r}: a bracket isn't closed")


def _choices(inside: str) -> list[str]:
    """Split at the bars outside of brackets."""
    parts, depth = [""], 0
    for letter in inside:
        depth += (letter == "(") - (letter == ")")
        if letter == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
