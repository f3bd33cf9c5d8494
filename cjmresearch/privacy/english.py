"""English names of people, by given names, titles, initials and the words around them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from functools import cache

from cjmresearch.privacy import names
from cjmresearch.privacy.mention import Mention, Name

_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:[-'’][A-Za-zÀ-ÖØ-öø-ÿ]+)*\.?")
_INITIAL = re.compile(r"[A-Z]\.$")
_PARTICLES = frozenset(names.words("van von de der den di da la le del bin al el"))
_CELTIC = re.compile(r"(?:O['’]|Mc|Mac(?=[A-Z]))[A-Z][a-z]+$")
_GIVEN = names.ENGLISH_MEN | names.ENGLISH_WOMEN | set(names.ENGLISH_SHORT)


class _Token:
    """A Latin word with its place: `bare` is without a dot or the possessive."""

    def __init__(self, match: re.Match[str], text: str) -> None:
        word = match.group()
        initial = bool(_INITIAL.match(word))
        bare = word if initial else word.removesuffix(".")
        self.bare = bare if initial else re.sub(r"['’]s$", "", bare)
        self.possessive = not initial and self.bare != bare
        self.start = match.start()
        self.end = match.start() + len(self.bare)
        self.initial = initial
        self.lower = self.bare.lower()
        before = text[: self.start].rstrip(" \t\u00a0\"'“«(—–-")
        self.opens = not before or before[-1] in ".!?…\n:"
        self.capital = self.bare[:1].isupper() and (initial or not self.bare.isupper())

    @property
    def given(self) -> bool:
        """Tell whether it is a known given name."""
        return self.capital and self.lower.split("-")[0] in _GIVEN

    @property
    def plain(self) -> bool:
        """Tell whether it is a word that opens sentences rather than names people."""
        return re.split("['’]", self.lower)[0] in names.ENGLISH_FUNCTION


def find_english(text: str) -> Iterator[Mention]:
    """Give mentions of people by Latin names."""
    tokens = [_Token(m, text) for m in _WORD.finditer(text)]
    i = 0
    while i < len(tokens):
        length, confidence = _person_at(tokens, i, text)
        if length:
            parts = tokens[i : i + length]
            start, end = parts[0].start, parts[-1].end
            yield Mention(start, end, text[start:end], "person", confidence, _name(parts))
        i += max(length, 1)


def _person_at(tokens: list[_Token], i: int, text: str) -> tuple[int, float]:
    """Count how many tokens from the i-th name a person, 0 for none, and how sure that is."""
    token = tokens[i]
    if not token.capital:
        return 0, 0.0
    if token.initial:
        if _labels_a_letter(tokens, i, text):
            return 0, 0.0
        initials = 1
        while initials < 3 and _joined(tokens, i + initials, text) and tokens[i + initials].initial:
            initials += 1
        surname = _surname_length(tokens, i + initials, text)
        return (initials + surname, 0.9) if surname else (0, 0.0)
    titled = i > 0 and _joined(tokens, i, text) and names.ENGLISH_TITLES.match(tokens[i - 1].bare)
    if titled and tokens[i - 1].capital and (token.given or not token.plain):
        return 1 + _surname_length(tokens, i + 1, text), 0.97
    if token.given:
        return _given_at(tokens, i, text)
    if _CELTIC.match(token.bare):
        return 1, 0.85
    if not token.plain and (_is_cued(tokens, i, text) or _is_dealt_with(tokens, i, text)):
        return 1 + _surname_length(tokens, i + 1, text), 0.7
    return 0, 0.0


def _labels_a_letter(tokens: list[_Token], i: int, text: str) -> bool:
    """Tell a letter that belongs to the word before it: "Company X. Uh", "Plan B. Then"."""
    if not _joined(tokens, i, text):
        return False
    before = tokens[i - 1]
    titled = names.ENGLISH_TITLES.match(before.bare)
    return before.capital and not (before.plain or before.given or before.initial or titled)


def _is_cued(tokens: list[_Token], i: int, text: str) -> bool:
    """Tell a capital after a word for somebody: "our driver, X"; "a man called X"."""
    if i == 0 or not re.fullmatch(r",?\s", text[tokens[i - 1].end : tokens[i].start]):
        return False
    if tokens[i - 1].lower in names.ENGLISH_CALLED:
        return bool({t.lower for t in tokens[max(0, i - 4) : i - 1]} & names.ENGLISH_PEOPLE)
    return tokens[i - 1].lower in names.ENGLISH_CUES


def _is_dealt_with(tokens: list[_Token], i: int, text: str) -> bool:
    """Tell a capital that no dictionary knows where somebody acts or is spoken to."""
    token = tokens[i]
    if not token.bare.isalpha() or is_word(token.lower):
        return False
    after = [t for at, t in enumerate(tokens[i + 1 : i + 3], i + 1) if _joined(tokens, at, text)]
    says = bool(after) and after[0].lower in names.ENGLISH_SAYS
    of_a_team = (
        not token.opens
        and len(after) == 2
        and after[0].lower == "from"
        and not after[1].bare[:1].isupper()
    )
    return says or of_a_team or _is_reached(tokens, i, text)


def _is_reached(tokens: list[_Token], i: int, text: str) -> bool:
    """Tell what follows "emailed", "spoke to", "we called"."""
    if not _joined(tokens, i, text):
        return False
    verb = tokens[i - 1].lower
    before = tokens[i - 2].lower if _joined(tokens, i - 1, text) else ""
    return (
        verb in names.ENGLISH_REACHED
        or (verb == "called" and before in names.ENGLISH_CALLERS)
        or (verb in ("to", "with") and before in names.ENGLISH_SPOKEN)
    )


def is_word(lower: str) -> bool:
    """Tell a lower-case word of the dictionary, where firms, towns and months stand as well."""
    singular = lower.removesuffix("s")
    return bool({lower, singular} & _dictionary())


@cache
def _dictionary() -> frozenset[str]:
    """Read the lemmas of WordNet that spacy-lookups-data carries."""
    from importlib import resources

    path = resources.files("spacy_lookups_data") / "data" / "en_lemma_index.json.gz"
    with resources.as_file(path) as file, gzip.open(file, "rt", encoding="utf-8") as stream:
        return frozenset(word for words in json.load(stream).values() for word in words)


def _given_at(tokens: list[_Token], i: int, text: str) -> tuple[int, float]:
    token = tokens[i]
    place = _joined(tokens, i + 1, text) and tokens[i + 1].lower in names.ENGLISH_AFTER_PLACE
    if place and tokens[i + 1].capital:
        return 0, 0.0
    surname = _surname_length(tokens, i + 1, text)
    if surname:
        return 1 + surname, 0.95
    if token.lower not in names.ENGLISH_DOUBTFUL:
        return 1, 0.9
    if token.lower in names.ENGLISH_STRICT:
        return 0, 0.0
    following = tokens[i + 1].lower if i + 1 < len(tokens) else ""
    if not token.opens:
        return 1, 0.7
    comma = text[token.end : token.end + 1] == ","
    if comma or token.possessive or (following in names.ENGLISH_SPEAKS and token.lower != "will"):
        return 1, 0.6
    return 0, 0.0


def _surname_length(tokens: list[_Token], i: int, text: str) -> int:
    """Count the tokens from the i-th that are the rest of a name: particles, a surname."""
    length = 0
    while i + length < len(tokens) and length < 3 and _joined(tokens, i + length, text):
        token = tokens[i + length]
        particle = token.lower in _PARTICLES and _joined(tokens, i + length + 1, text)
        follows = particle and tokens[i + length + 1].capital
        if not follows and (not token.capital or token.plain):
            break
        length += 1
        if not follows and not token.initial:
            break
    return length if length and not tokens[i + length - 1].initial else 0


def _joined(tokens: list[_Token], i: int, text: str) -> bool:
    """Tell whether only a space stands between the i-th token and the one before it."""
    if not 0 < i < len(tokens):
        return False
    gap = text[tokens[i - 1].end : tokens[i].start]
    if tokens[i - 1].possessive:
        return False
    dotted = tokens[i - 1].initial or names.ENGLISH_TITLES.match(tokens[i - 1].bare)
    return gap in (" ", "\u00a0") or bool(dotted and gap in ("", ". "))


def _name(parts: list[_Token]) -> Name:
    words = [p for p in parts if not p.initial]
    initials = [p.lower for p in parts if p.initial]
    first = words[0]
    if first.given and not initials:
        given = names.ENGLISH_SHORT.get(first.lower, frozenset({first.lower}))
        surname = " ".join(p.lower for p in words[1:])
        return Name(given, "", surname, genders(given))
    given = frozenset({initials[0]}) if initials else frozenset()
    if not initials and len(words) > 1:
        return Name(frozenset({first.lower}), "", " ".join(p.lower for p in words[1:]))
    return Name(given, "", " ".join(p.lower for p in words))


def genders(given: frozenset[str]) -> frozenset[str]:
    """Tell which genders full given names may have; both where the lists do not know."""
    found = {
        gender
        for gender, known in (("m", names.ENGLISH_MEN), ("f", names.ENGLISH_WOMEN))
        if given & known
    }
    return frozenset(found or {"m", "f"})
