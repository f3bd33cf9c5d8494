"""Segments -> codings that rules suggest: touchpoints, pains, stages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjmresearch import codebooks
from cjmresearch.schema import check, empty, frame
from cjmresearch.text.rules import DEFAULT_SCHEMES, KINDS, LANGUAGES, Rules, reader, rules

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "cjmresearch:rule-codings")
_ASKED_CONFIDENCE = 0.85

_Suggestion = tuple[int, int, str, str, float]
_Schemes = dict[str, tuple[str, ...]]


def pipeline(language: str = "ru", *, schemes: _Schemes | None = None) -> Language:
    """Make a blank spaCy pipeline of `ru` or `en` with our five components.

    `schemes` maps `touchpoints`, `pains` or `stages` to names of codebooks or paths of YAML files
    of your own. `doc.spans["cjm_touchpoints"]`, `["cjm_pains"]` and `["cjm_stages"]` hold the
    hits: `label_` is the slug, `id_` the pattern that fired.
    """
    import spacy

    reader(language)
    nlp = spacy.blank(language)
    nlp.add_pipe("cjm_sentences")
    nlp.add_pipe("cjm_lemmas")
    for task, names in (DEFAULT_SCHEMES | (schemes or {})).items():
        nlp.add_pipe(f"cjm_{task}", config={"schemes": [str(n) for n in names]})
    return nlp


def tag(
    segments: pd.DataFrame,
    *,
    nlp: Language | None = None,
    codes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Suggest codings by rules; a frame [codings] with status `suggested`.

    Only words of participants are tagged. A touchpoint spans the words that name it, a pain the
    clause that tells it, a stage the whole segment. A stage comes from the question (the prompt,
    or the interviewer's turn just before) if that asks about one stage only, else from cues in
    the words; it is never inherited from neighbours. `memo` is the pattern that fired; for a stage
    that the question gives, it begins with "question: ". `confidence` is one figure a codebook
    (its `confidence`) and 0.85 for a stage that the question gives: about the share of such hits
    that the human coder of the sample study shared, turn by turn. It ranks kinds of rules and is
    no probability of the single coding.

    Parameters
    ----------
    segments
        Frame [segments]; segments in other languages than ru and en are left alone.
    nlp
        A trained pipeline of your own, used for segments in its language: its lemmas are used,
        and span groups that it has written (`cjm_touchpoints` ...) stand in place of ours.
    codes
        Frame [codes]: only its codes are suggested. Default is `codebooks.default()`.

    Returns
    -------
    Suggestions with ids made of source, span, code and coder: a second run gives the same ids.
    """
    check(segments, "segments")
    known = codebooks.default() if codes is None else codes
    ids = dict(zip(known["slug"], known["code_id"], strict=True))
    schemes = _schemes(known)
    asked = _questions(segments)
    rows: list[dict[str, Any]] = []
    said = segments[segments["role"] == "participant"]
    for language in LANGUAGES:
        part = said[said["language"].str[:2] == language]
        if part.empty:
            continue
        tagger = _Tagger(language, schemes, nlp)
        for row, doc in zip(part.to_dict("records"), tagger.docs(part["text"]), strict=True):
            question = asked.get(row["turn_id"])
            for task, found in tagger.suggestions(doc, question):
                if found[2] in ids:
                    rows.append(_coding(row, task, found, ids[found[2]]))
    if not rows:
        return empty("codings")
    found_frame = pd.DataFrame(rows).drop_duplicates("coding_id")
    now = pd.Timestamp.now("UTC").floor("us")
    ordered = found_frame.sort_values(["source_id", "start", "end", "coder", "code_id"])
    return frame("codings", ordered.assign(status="suggested", created_at=now))


class _Tagger:
    """Runs a pipeline and our rules over the segments of one language."""

    def __init__(self, language: str, schemes: _Schemes, nlp: Language | None) -> None:
        own = nlp is not None and nlp.lang == language
        self._nlp = nlp if own and nlp is not None else _tokeniser(language)
        self._language = language
        self._components = {t: self._component(t, names) for t, names in schemes.items()}
        self._stages: Rules = rules(language, "stages", schemes["stages"])
        found = codebooks.patterns(*(n for names in schemes.values() for n in names))
        self._confidence = dict(zip(found["slug"], found["confidence"], strict=True))

    def _component(self, task: str, schemes: tuple[str, ...]) -> Any:
        from cjmresearch.text.components import RuleSpans

        return RuleSpans(self._nlp, f"cjm_{task}", task, schemes)

    def docs(self, texts: pd.Series) -> Iterator[Doc]:
        for doc in self._nlp.pipe(texts):
            for task, component in self._components.items():
                if f"cjm_{task}" not in doc.spans:
                    component(doc)
            yield doc

    def suggestions(self, doc: Doc, question: str | None) -> Iterator[tuple[str, _Suggestion]]:
        for task in ("touchpoints", "pains"):
            for span in doc.spans[f"cjm_{task}"]:
                yield task, self._suggestion(span, span.start_char, span.end_char)
        asked = _asked_stage(self._stages, self._language, question) if question else None
        if asked:
            slug, pattern = asked
            yield "stages", (0, len(doc.text), slug, f"question: {pattern}", _ASKED_CONFIDENCE)
            return
        for span in doc.spans["cjm_stages"]:
            yield "stages", self._suggestion(span, 0, len(doc.text))

    def _suggestion(self, span: Any, start: int, end: int) -> _Suggestion:
        return (start, end, span.label_, span.id_, self._confidence.get(span.label_, 0.5))


@cache
def _tokeniser(language: str) -> Language:
    import spacy

    return spacy.blank(language)


def _asked_stage(stages: Rules, language: str, question: str) -> tuple[str, str] | None:
    """Give the stage that a question asks about, and the pattern, if it is one only.

    It goes before cues in the answer: where the two differed in the sample study, the human coder
    was with the question 13 times of 16 and with the cue twice.
    """
    found = {f.slug: f.pattern for f in stages.ask(reader(language).read(question))}
    return next(iter(found.items())) if len(found) == 1 else None


def _schemes(codes: pd.DataFrame) -> _Schemes:
    """Name the shipped schemes that the codes come from, by task."""
    shipped = set(codebooks.available())
    return {
        task: tuple(s for s in codes.loc[codes["kind"] == kind, "scheme"].unique() if s in shipped)
        for task, kind in KINDS.items()
    }


def _questions(segments: pd.DataFrame) -> dict[str, str]:
    """Give each participant's turn its question: the prompt, or the interviewer's turn before."""
    turns = (
        segments.sort_values(["source_id", "position"])
        .groupby("turn_id", sort=False)
        .agg(
            source_id=("source_id", "first"),
            role=("role", "first"),
            prompt=("prompt", "first"),
            text=("text", " ".join),
        )
    )
    before = turns.groupby("source_id")[["role", "text"]].shift()
    asked = before["text"].where(before["role"] == "interviewer")
    questions = turns["prompt"].fillna(asked)
    return questions[turns["role"] == "participant"].dropna().to_dict()


def _coding(row: dict[str, Any], task: str, found: _Suggestion, code_id: str) -> dict[str, Any]:
    start, end, slug, memo, confidence = found
    coder = f"rules:{task}-1"
    first, last = row["start"] + start, row["start"] + end
    key = f"{row['source_id']}:{first}:{last}:{slug}:{coder}"
    return {
        "coding_id": str(uuid.uuid5(_NAMESPACE, key)),
        "source_id": row["source_id"],
        "start": first,
        "end": last,
        "quote": row["text"][start:end],
        "code_id": code_id,
        "coder": coder,
        "confidence": confidence,
        "memo": memo,
    }
