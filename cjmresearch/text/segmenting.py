"""Turns -> segments: sentence spans with who says them."""

from __future__ import annotations

import re
import uuid
from typing import Literal

import pandas as pd

from cjmresearch.errors import SchemaError
from cjmresearch.schema import Study, check, empty, frame
from cjmresearch.text.sentences import Span, sentence_spans, trim

_CYRILLIC = re.compile("[а-яё]+", re.IGNORECASE)
_LATIN = re.compile("[a-z]+", re.IGNORECASE)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "cjmresearch:segments")


def language_of(text: str) -> str:
    """Tell Russian from English by script: `ru` where a third of the letters is Cyrillic."""
    cyrillic = sum(map(len, _CYRILLIC.findall(text)))
    return "ru" if cyrillic * 2 > sum(map(len, _LATIN.findall(text))) else "en"


def segment(
    turns: pd.DataFrame,
    *,
    texts: pd.Series,
    speakers: pd.DataFrame | None = None,
    languages: pd.Series | None = None,
    by: Literal["sentence", "turn"] = "sentence",
) -> pd.DataFrame:
    """Split turns into sentences, or take them whole; a frame [segments].

    Parameters
    ----------
    turns
        Frame [turns]; start and end point into the source's text.
    texts
        Text by source_id, e.g. `study.current_texts`.
    speakers
        Frame [speakers] with role, voice and participant. Without it everybody is a participant
        with the voice of a customer; a speaker that the frame doesn't know has the role `other`.
    languages
        Language by source_id; where it is missing, the script of the source decides.
    by
        "sentence", or "turn" for one segment a turn.

    Returns
    -------
    Segments in the order of the text: trimmed of white space, inside their turn, never empty,
    with ids made of source, start and end: the same text gives the same ids.

    Raises
    ------
    SchemaError
        A turn whose source has no text, or that ends beyond it.
    """
    if by not in ("sentence", "turn"):
        raise SchemaError("segments", [f"by is {by!r}, allowed: sentence, turn"])
    check(turns, "turns")
    _check_texts(turns, texts)
    spoken = _languages(turns, texts, languages)
    ordered = turns.sort_values(["source_id", "position", "start"], kind="stable")
    rows = []
    for turn in ordered.to_dict("records"):
        text, language = texts[turn["source_id"]], spoken[turn["source_id"]]
        for start, end in _spans(text, (turn["start"], turn["end"]), language, by):
            rows.append(_row(turn, text, start, end) | {"language": language})
    if not rows:
        return empty("segments")
    found = pd.DataFrame(rows)
    found["position"] = found.groupby("source_id").cumcount()
    return frame("segments", _with_speakers(found, speakers))


def segments(study: Study, *, by: Literal["sentence", "turn"] = "sentence") -> pd.DataFrame:
    """Split the turns of a study; a frame [segments], see `segment`."""
    languages = study.sources.set_index("source_id")["language"]
    return segment(
        study.turns,
        texts=study.current_texts,
        speakers=study.speakers,
        languages=languages,
        by=by,
    )


def _check_texts(turns: pd.DataFrame, texts: pd.Series) -> None:
    missing = sorted(set(turns["source_id"]) - set(texts.index))
    problems = [f"source_id {s!r} has no text in texts" for s in missing]
    beyond = turns[turns["end"] > turns["source_id"].map(texts.str.len())]
    problems += [
        f"turn {row.turn_id!r} ends at {row.end}, beyond its text; pass the current revision"
        for row in beyond.itertuples()
    ]
    if problems:
        raise SchemaError("turns", problems)


def _languages(
    turns: pd.DataFrame, texts: pd.Series, languages: pd.Series | None
) -> dict[str, str]:
    known = {} if languages is None else languages.dropna().to_dict()
    sources = turns["source_id"].unique()
    return {s: known[s] if s in known else language_of(texts[s]) for s in sources}


def _spans(text: str, span: Span, language: str, by: str) -> list[Span]:
    start, end = trim(text, *span)
    if start >= end:
        return []
    if by == "turn":
        return [(start, end)]
    return [(start + a, start + b) for a, b in sentence_spans(text[start:end], language)]


def _row(turn: dict[str, object], text: str, start: int, end: int) -> dict[str, object]:
    source = turn["source_id"]
    return {
        "segment_id": str(uuid.uuid5(_NAMESPACE, f"{source}:{start}:{end}")),
        "source_id": source,
        "turn_id": turn["turn_id"],
        "start": start,
        "end": end,
        "text": text[start:end],
        "speaker": turn["speaker"],
        "prompt": turn["prompt"],
        "question_id": turn["question_id"],
    }


def _with_speakers(rows: pd.DataFrame, speakers: pd.DataFrame | None) -> pd.DataFrame:
    if speakers is None:
        return rows.assign(role="participant", voice="customer")
    columns = ["source_id", "speaker", "participant_id", "role", "voice"]
    joined = rows.merge(speakers[columns], on=["source_id", "speaker"], how="left")
    return joined.fillna({"role": "other", "voice": "customer"})
