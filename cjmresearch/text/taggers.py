"""One text at a time: what the rules, or a spaCy pipeline of the user's, suggest for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cjmresearch import codebooks
from cjmresearch.text.rules import Found, Rules, reader, rules

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

Schemes = Mapping[str, tuple[str, ...]]
"""Names of codebooks, or paths of files, by task."""

ASKED_CONFIDENCE = 0.85
DOUBTED = 0.8
"""What is left of the confidence of a hit under a hedge or in other people's words."""


class Suggestion(NamedTuple):
    """A code for a span of a text, with the task that found it."""

    task: str
    start: int
    end: int
    slug: str
    memo: str
    confidence: float


class Tagger:
    """Runs the rules of some schemes over texts of one language."""

    def __init__(self, language: str, schemes: Schemes) -> None:
        self._reader = reader(language)
        self._rules: Rules = rules(language, *schemes.items())
        found = codebooks.patterns(*(n for names in schemes.values() for n in names))
        self._confidence = dict(zip(found["slug"], found["confidence"], strict=True))
        self._asked: dict[str, Found | None] = {}

    def suggest(self, text: str, question: str | None) -> Iterator[Suggestion]:
        """Suggest codes for a text that answers a question."""
        asked = self.asked(question) if question else None
        for task, listed in self._rules.find(self._reader.read(text)).items():
            if task == "stages" and asked:
                continue
            for found in listed:
                yield self._suggestion(task, found, len(text))
        if asked:
            yield self._answer(asked, len(text))

    def run(self, texts: Iterable[tuple[str, str | None]]) -> Iterator[list[Suggestion]]:
        """Suggest codes for (text, question) pairs, in order."""
        for text, question in texts:
            yield list(self.suggest(text, question))

    def asked(self, question: str) -> Found | None:
        """Give the stage that a question asks about, if it is one only.

        It goes before cues in the answer: where the two differed in the sample study, the human
        coder was with the question 13 times of 16 and with the cue twice.
        """
        if question not in self._asked:
            words = self._reader.read(question)
            found = {f.slug: f for f in self._rules.ask(words, "stages")}
            self._asked[question] = next(iter(found.values())) if len(found) == 1 else None
        return self._asked[question]

    def _answer(self, asked: Found, end: int) -> Suggestion:
        memo = f"question: {asked.pattern}"
        return Suggestion("stages", 0, end, asked.slug, memo, ASKED_CONFIDENCE)

    def _suggestion(self, task: str, found: Found, end: int) -> Suggestion:
        start, stop = (0, end) if task == "stages" else (found.start, found.end)
        confidence = self._confidence.get(found.slug, 0.5) * (DOUBTED if found.doubts else 1)
        memo = memo_of(found.pattern, found.doubts)
        return Suggestion(task, start, stop, found.slug, memo, round(confidence, 3))


class DocTagger(Tagger):
    """Reads a trained pipeline's lemmas, and its own span groups where it writes ours."""

    def __init__(self, language: str, schemes: Schemes, nlp: Language) -> None:
        from cjmresearch.text.components import RuleSpans

        super().__init__(language, schemes)
        self._nlp = nlp
        self._components = {t: RuleSpans(nlp, f"cjm_{t}", t, s) for t, s in schemes.items()}

    def run(self, texts: Iterable[tuple[str, str | None]]) -> Iterator[list[Suggestion]]:
        """Suggest codes for (text, question) pairs, in order."""
        for doc, question in self._nlp.pipe(texts, as_tuples=True):
            yield list(self._suggest_doc(doc, question))

    def _suggest_doc(self, doc: Doc, question: str | None) -> Iterator[Suggestion]:
        asked = self.asked(question) if question else None
        for task, component in self._components.items():
            if task == "stages" and asked:
                continue
            if f"cjm_{task}" not in doc.spans:
                component(doc)
            for span in doc.spans[f"cjm_{task}"]:
                yield self._suggestion(task, _found(span), len(doc.text))
        if asked:
            yield self._answer(asked, len(doc.text))


def _found(span: Span) -> Found:
    doubts = tuple(span.kb_id_.split("; ")) if span.kb_id_ else ()
    return Found(span.label_, span.id_, span.start_char, span.end_char, doubts)


def memo_of(pattern: str, doubts: tuple[str, ...]) -> str:
    """Say which pattern fired, and what makes it less sure: «долго .. отвечать [hedged]»."""
    return f"{pattern} [{'; '.join(doubts)}]" if doubts else pattern
