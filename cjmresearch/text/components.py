"""spaCy components, registered by entry point: `spacy.blank("ru").add_pipe("cjm_touchpoints")`.

Each writes a span group of its own name, e.g. `doc.spans["cjm_touchpoints"]`; `span.label_` is the
slug of the code and `span.id_` the pattern that fired. `cjm_scopes` writes one for each kind of
mark: `doc.spans["negated"]` and so on. They read the lemmas of a trained pipeline where there are
any, and bring their own otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup

from cjmresearch.text.lemmas import lemmatiser
from cjmresearch.text.marks import KINDS, polarity_marks
from cjmresearch.text.rules import DEFAULT_SCHEMES, Found, reader, rules
from cjmresearch.text.sentences import sentence_spans
from cjmresearch.text.words import MOST_FORMS, Form, Words

SENTENCES, LEMMAS, SCOPES = "cjm_sentences", "cjm_lemmas", "cjm_scopes"

_OURS = "cjm_lemmas"
"""Key of `doc.user_data`: the lemmas of this doc are ours."""


class Lemmas:
    """Sets `token.lemma_` without a trained model."""

    def __init__(self, nlp: Language) -> None:
        self._lemma = lemmatiser("en" if nlp.lang == "en" else "ru")
        self._strings = nlp.vocab.strings
        self._known: dict[int, int] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Set the lemmas of a doc."""
        forms = doc.to_array("ORTH").tolist()
        known = self._known
        if len(known) > MOST_FORMS:
            known.clear()
        for form in forms:
            if form not in known:
                known[form] = self._strings.add(self._lemma(self._strings[form]))
        lemmas: Any = np.array([known[form] for form in forms], dtype="uint64")
        doc.user_data[_OURS] = True
        return doc.from_array(["LEMMA"], lemmas.reshape(-1, 1))


class Sentences:
    """Sets `token.is_sent_start` by our sentence rules."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, doc: Doc) -> Doc:
        """Set the sentence starts of a doc."""
        starts = {start for start, _ in sentence_spans(doc.text, self._language)}
        for token in doc:
            token.is_sent_start = token.i == 0 or token.idx in starts
        return doc


class ScopeSpans:
    """Writes a span group for each kind of mark: `doc.spans["negated"]`, `["hedged"]` ..."""

    def __init__(self, language: str) -> None:
        self._language = language

    def __call__(self, doc: Doc) -> Doc:
        """Write the span groups of a doc."""
        spans: dict[str, list[Span]] = {kind: [] for kind in KINDS}
        for start, end, kind in polarity_marks(doc.text, self._language):
            span = doc.char_span(start, end, label=kind, alignment_mode="expand")
            if span is not None:
                spans[kind].append(span)
        for kind, found in spans.items():
            doc.spans[kind] = SpanGroup(doc, name=kind, spans=found)
        return doc


class RuleSpans:
    """Writes the hits of one task as a span group."""

    def __init__(self, nlp: Language, name: str, task: str, schemes: Sequence[str]) -> None:
        self._name, self._task = name, task
        self._reader = reader(str(nlp.lang))
        self._rules = rules(str(nlp.lang), (task, tuple(schemes)))
        self._forms: dict[int, tuple[Form, ...]] = {}

    def __call__(self, doc: Doc) -> Doc:
        """Write the span group of a doc."""
        lemmas = self._foreign_lemmas(doc)
        words = self._words(doc) if lemmas is None else self._reader.read(doc.text, lemmas)
        found = self._rules.find(words)[self._task]
        spans = [span for one in found if (span := _span(doc, one))]
        doc.spans[self._name] = SpanGroup(doc, name=self._name, spans=spans)
        return doc

    def _words(self, doc: Doc) -> Words:
        known = self._forms
        if len(known) > MOST_FORMS:
            known.clear()
        forms = set(doc.to_array("ORTH").tolist())
        for orth in forms.difference(known):
            known[orth] = self._reader.forms(doc.vocab.strings[orth])
        # doc.text is put together anew each time: it is asked for only where a rule may fire.
        return self._reader.known(
            lambda: doc.text, chain.from_iterable(known[orth] for orth in forms)
        )

    def _foreign_lemmas(self, doc: Doc) -> dict[int, str] | None:
        if doc.user_data.get(_OURS) or not doc.has_annotation("LEMMA"):
            return None
        return {token.idx: token.lemma_ for token in doc if token.lemma}


def _span(doc: Doc, found: Found) -> Span | None:
    return doc.char_span(
        found.start,
        found.end,
        label=found.slug,
        span_id=found.pattern,
        kb_id="; ".join(found.doubts),
        alignment_mode="expand",
    )


@Language.factory("cjm_lemmas", assigns=["token.lemma"])
def make_lemmas(nlp: Language, name: str) -> Lemmas:
    """Make the lemma component."""
    return Lemmas(nlp)


@Language.factory("cjm_sentences", assigns=["token.is_sent_start"])
def make_sentences(nlp: Language, name: str) -> Sentences:
    """Make the sentence component."""
    return Sentences(str(nlp.lang))


@Language.factory("cjm_scopes", assigns=["doc.spans"])
def make_scopes(nlp: Language, name: str) -> ScopeSpans:
    """Make the component that marks negations, hedges and other people's words."""
    reader(str(nlp.lang))
    return ScopeSpans(str(nlp.lang))


@Language.factory(
    "cjm_touchpoints",
    assigns=["doc.spans"],
    default_config={"schemes": list(DEFAULT_SCHEMES["touchpoints"])},
)
def make_touchpoints(nlp: Language, name: str, schemes: list[str]) -> RuleSpans:
    """Make the touchpoint component; `schemes` are shipped names or paths of YAML files."""
    return RuleSpans(nlp, name, "touchpoints", schemes)


@Language.factory(
    "cjm_pains",
    assigns=["doc.spans"],
    default_config={"schemes": list(DEFAULT_SCHEMES["pains"])},
)
def make_pains(nlp: Language, name: str, schemes: list[str]) -> RuleSpans:
    """Make the pain component; `schemes` are shipped names or paths of YAML files."""
    return RuleSpans(nlp, name, "pains", schemes)


@Language.factory(
    "cjm_stages",
    assigns=["doc.spans"],
    default_config={"schemes": list(DEFAULT_SCHEMES["stages"])},
)
def make_stages(nlp: Language, name: str, schemes: list[str]) -> RuleSpans:
    """Make the stage component; `schemes` are shipped names or paths of YAML files."""
    return RuleSpans(nlp, name, "stages", schemes)
