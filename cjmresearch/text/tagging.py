"""Segments -> codings that rules suggest: touchpoints, pains, stages."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pandas as pd

from cjmresearch import codebooks
from cjmresearch.schema import check, empty, frame
from cjmresearch.text.rules import DEFAULT_SCHEMES, KINDS, LANGUAGES, reader
from cjmresearch.text.segmenting import language_of
from cjmresearch.text.taggers import DocTagger, Schemes, Suggestion, Tagger

if TYPE_CHECKING:
    from spacy.language import Language

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "cjmresearch:rule-codings")


def pipeline(language: str = "ru", *, schemes: Schemes | None = None) -> Language:
    """Make a blank spaCy pipeline of `ru` or `en` with our six components.

    `schemes` maps `touchpoints`, `pains` or `stages` to names of codebooks or paths of YAML files
    of your own. `doc.spans["cjm_touchpoints"]`, `["cjm_pains"]` and `["cjm_stages"]` hold the
    hits: `label_` is the slug, `id_` the pattern that fired, `kb_id_` what makes it less sure.
    `doc.spans["negated"]`, `["hedged"]`, `["reported"]` and the other kinds of
    `polarity_marks` hold the words that a negation, a hedge or other people's words reach.
    """
    import spacy

    from cjmresearch.text import components

    reader(language)
    nlp = spacy.blank(language)
    for name in (components.SENTENCES, components.LEMMAS, components.SCOPES):
        nlp.add_pipe(name)
    for task, names in (DEFAULT_SCHEMES | dict(schemes or {})).items():
        nlp.add_pipe(f"cjm_{task}", config={"schemes": [str(n) for n in names]})
    return nlp


def tag(
    segments: pd.DataFrame,
    *,
    nlp: Language | None = None,
    codes: pd.DataFrame | None = None,
    questions: pd.Series | None = None,
) -> pd.DataFrame:
    """Suggest codings by rules; a frame [codings] with status `suggested`.

    Only words of participants are tagged, by the rules of the script they are written in. A
    touchpoint spans the words that name it, a pain the clause that tells it, a stage the whole
    segment. A stage comes from the question (the prompt, or the interviewer's turn just before)
    if that asks about one stage only, else from cues in the words; it is never inherited from
    neighbours. What is denied, told of another company or, for pains, of other people is no hit
    (see `polarity_marks`).

    `memo` is the pattern that fired; for a stage that the question gives, it begins with
    "question: ", and it ends with "[hedged]" or "[told by others]" where that makes a hit less
    sure. `confidence` is one figure a codebook (its `confidence`), a fifth lower where the memo
    says so, and 0.85 for a stage that the question gives: about the share of such hits that the
    human coder of the sample study shared, turn by turn. It ranks kinds of rules and is no
    probability of the single coding.

    Parameters
    ----------
    segments
        Frame [segments]; segments in other languages than ru and en are left alone.
    nlp
        A trained pipeline of your own, used for segments in its language: its lemmas are used,
        and span groups that it has written (`cjm_touchpoints` ...) stand in place of ours.
    codes
        Frame [codes]: only its codes are suggested. Default is `codebooks.default()`.
    questions
        Question by turn_id, of all segments: `text.questions(segments)`. Pass it where you tag
        piece by piece and a piece may hold an answer without its question; then the suggestions
        are the same however the segments are cut and ordered. Default: found in `segments`.

    Returns
    -------
    Suggestions with ids made of source, span, code and coder: a second run gives the same ids.
    """
    check(segments, "segments")
    known = codebooks.default() if codes is None else codes
    ids = dict(zip(known["slug"], known["code_id"], strict=True))
    schemes = _schemes(known)
    asked = _questions(segments) if questions is None else questions.dropna().to_dict()
    rows: list[dict[str, Any]] = []
    ours = segments["language"].str[:2].isin(LANGUAGES)
    said = segments[(segments["role"] == "participant") & ours]
    spoken = said["text"].map(language_of)
    for language in LANGUAGES:
        part = said[spoken == language]
        if part.empty:
            continue
        own = nlp is not None and nlp.lang == language
        tagger = DocTagger(language, schemes, nlp) if own and nlp else Tagger(language, schemes)
        texts = [(t, asked.get(i)) for t, i in zip(part["text"], part["turn_id"], strict=True)]
        places = zip(part["source_id"], part["start"], texts, strict=True)
        for place, suggestions in zip(places, tagger.run(texts), strict=True):
            rows += [_coding(place, s, ids[s.slug]) for s in suggestions if s.slug in ids]
    if not rows:
        return empty("codings")
    found_frame = pd.DataFrame(rows).drop_duplicates("coding_id")
    now = pd.Timestamp.now("UTC").floor("us")
    ordered = found_frame.sort_values(["source_id", "start", "end", "coder", "code_id"])
    return frame("codings", ordered.assign(status="suggested", created_at=now))


def questions(segments: pd.DataFrame) -> pd.Series:
    """Give each participant's turn its question: the prompt, or the interviewer's turn before.

    A Series of texts by turn_id, for `tag(piece, questions=...)`; turns without one are left out.
    """
    found = _questions(check(segments, "segments"))
    return pd.Series(found, dtype="str", name="question").rename_axis("turn_id")


def _schemes(codes: pd.DataFrame) -> Schemes:
    """Name the shipped schemes that the codes come from, by task."""
    shipped = set(codebooks.available())
    return {
        task: tuple(s for s in codes.loc[codes["kind"] == kind, "scheme"].unique() if s in shipped)
        for task, kind in KINDS.items()
    }


def _questions(segments: pd.DataFrame) -> dict[str, str]:
    ordered = segments.sort_values(["source_id", "position"])
    asks = ordered[ordered["role"] == "interviewer"]
    said = asks.groupby("turn_id", sort=False)["text"].agg(" ".join).to_dict()
    turns = ordered.drop_duplicates("turn_id")
    before = turns.groupby("source_id")["turn_id"].shift()
    columns = (turns[c] for c in ("turn_id", "role", "prompt"))
    return {
        turn: question
        for turn, role, prompt, previous in zip(*columns, before, strict=True)
        if role == "participant"
        and (question := prompt if isinstance(prompt, str) else said.get(previous))
    }


def _coding(place: Any, found: Suggestion, code_id: str) -> dict[str, Any]:
    source, offset, (text, _) = place
    coder = f"rules:{found.task}-1"
    first, last = offset + found.start, offset + found.end
    key = f"{source}:{first}:{last}:{found.slug}:{coder}"
    return {
        "coding_id": str(uuid.uuid5(_NAMESPACE, key)),
        "source_id": source,
        "start": first,
        "end": last,
        "quote": text[found.start : found.end],
        "code_id": code_id,
        "coder": coder,
        "confidence": found.confidence,
        "memo": found.memo,
    }
