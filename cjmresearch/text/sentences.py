"""Sentence spans inside a text: Russian by razdel, English by rules for spoken and typed style."""

from __future__ import annotations

import re
import unicodedata

from cjmresearch.text.speech import word_set

_EMOJI = "[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]+"
# Where razdel goes on and a Russian sentence ends: after an emoji, before direct speech that begins
# with a dash, before a pause that begins the next sentence («вздохнул. …На перемене»).
_RUSSIAN_ENDS = re.compile(
    rf"{_EMOJI}\s+(?=[A-ZА-ЯЁ])"
    r"|:\s+(?=[-–—]{1,2}\s*[«\"]?[А-ЯЁ])"
    r"|[.!?…]\s+(?=(?:…|\.{3})\s?[А-ЯЁ])"
)
_CUT = ("(...)", "(…)", "<...>", "<…>", "[...]", "[…]")
_END = re.compile(rf"(?:[.!?…]+|[.!?…]*[:;=]-?[)(D]+|{_EMOJI})[\"'”’»)\]*]*(?=\s)")
_OPENERS = "\"'“‘«([*-–—"
_ABBREVIATIONS = word_set(
    "mr mrs ms dr prof st jr sr inc ltd co corp dept est vs etc fig no vol approx ca cf al gen "
    "col sen rep gov rev lt sgt capt ave blvd rd mt ft jan feb mar apr jun jul aug sep sept oct "
    "nov dec e.g i.e a.m p.m u.s u.k u.n d.c ph.d"
)
_ENDS_BEFORE_LOWER = (".", "?", "!", "??", "!!", "?!")
_MAY_END = word_set("inc ltd co corp etc a.m p.m u.s u.k jr sr")
_WORD_BEFORE = re.compile(r"[\w.]+$")

Span = tuple[int, int]


def sentence_spans(text: str, language: str = "ru") -> list[Span]:
    """Find sentences as spans without outer white space, in order, for `ru` or `en`.

    A line break ends a sentence. Every character that isn't white space is in exactly one span.
    """
    split = _english if language == "en" else _russian
    spans = []
    for line in re.finditer(r"[^\n]+", text):
        spans += [(line.start() + a, line.start() + b) for a, b in split(line.group())]
    return [s for s in (trim(text, a, b) for a, b in spans) if s[0] < s[1]]


def trim(text: str, start: int, end: int) -> Span:
    """Shrink a span so that it neither begins nor ends with white space."""
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def folded(text: str) -> str:
    """Spell a text so that copies are equal: case, spaces and what ends it don't matter."""
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return plain.rstrip(" .!?…,;:") or plain


def _russian(line: str) -> list[Span]:
    from razdel import sentenize

    spans: list[Span] = []
    for sentence in sentenize(line):
        start = sentence.start
        if spans and sentence.text.startswith(_CUT):
            start = spans.pop()[0]
        for match in _RUSSIAN_ENDS.finditer(line, start, sentence.stop):
            spans.append((start, match.end()))
            start = match.end()
        spans.append((start, sentence.stop))
    return spans


def _english(line: str) -> list[Span]:
    spans, start = [], 0
    for match in _END.finditer(line):
        if _ends(line, match):
            spans.append((start, match.end()))
            start = match.end()
    return [*spans, (start, len(line))]


def _ends(line: str, match: re.Match[str]) -> bool:
    rest = line[match.end() :].lstrip().lstrip(_OPENERS).lstrip()
    if not rest:
        return False
    mark = match.group().rstrip("\"'”’»)]*")
    if rest[0].islower() and (mark != match.group() or mark not in _ENDS_BEFORE_LOWER):
        return False
    if mark != ".":
        return True
    before = _WORD_BEFORE.search(line, 0, match.start())
    word = before.group().lower() if before else ""
    if word in _ABBREVIATIONS:
        return word in _MAY_END and rest[0].isupper() and rest.split()[0][1:].islower()
    return not (len(word) == 1 and word.isalpha() and word != "i")
