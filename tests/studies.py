"""Small studies for tests, written as talks and codings instead of ten frames."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from cjmresearch import schema

MODEL = "trip"
STAGES = ("trip:search", "trip:buy", "trip:use", "trip:tell")
CODES = (
    *((slug, "stage", None) for slug in STAGES),
    ("other:start", "stage", None),
    ("feelings:joy", "emotion", 0.8),
    ("feelings:trust", "emotion", 0.6),
    ("feelings:anger", "emotion", -0.8),
    ("feelings:doubt", "emotion", -0.3),
    ("pains:slow", "pain", None),
    ("pains:dear", "pain", None),
    ("points:site", "touchpoint", None),
    ("points:call", "touchpoint", None),
    ("acts:ask", "action", None),
    ("thoughts:why", "thought", None),
    ("movers:need", "need", None),
    ("movers:dream", "dream", None),
)


@functools.cache
def codes_frame() -> Any:
    positions = {slug: i for i, slug in enumerate(STAGES, 1)} | {"other:start": 1}
    return schema.frame(
        "codes",
        [
            {
                "code_id": "id-" + slug,
                "slug": slug,
                "scheme": slug.split(":")[0],
                "kind": kind,
                "name_ru": "ру " + slug,
                "name_en": "en " + slug,
                "valence": valence,
                "position": positions.get(slug),
            }
            for slug, kind, valence in CODES
        ],
    )


def study(
    talks: Mapping[str, Sequence[tuple[str, str]]],
    codings: Sequence[Mapping[str, Any]],
    *,
    people: Mapping[str, Mapping[str, Any]] | None = None,
    voices: Mapping[str, str] | None = None,
    questions: Mapping[str, Mapping[str, Any]] | None = None,
    asked: Mapping[tuple[str, int], str] | None = None,
    items: Sequence[Mapping[str, Any]] = (),
    model: str = MODEL,
    **more: Any,
) -> schema.Study:
    """Build a Study.

    talks: source -> [(speaker, words)]; the speaker "I" interviews, "?" has no participant, any
    other label is the id of a participant. codings: dicts with source, code and either quote (its
    first occurrence) or start and end; coder "anna", status "human". asked: (source, turn number)
    -> question_id.
    """
    people, voices, asked = dict(people or {}), voices or {}, asked or {}
    sources, texts, turns, speakers = [], [], [], {}
    for source, lines in talks.items():
        text = ""
        for position, (speaker, words) in enumerate(lines):
            turns.append(
                {
                    "turn_id": f"{source}-{position}",
                    "source_id": source,
                    "position": position,
                    "speaker": speaker,
                    "question_id": asked.get((source, position)),
                    "start": len(text),
                    "end": len(text) + len(words),
                }
            )
            text += words + "\n"
            known = speaker not in ("I", "?")
            if known:
                people.setdefault(speaker, {})
            speakers[source, speaker] = {
                "source_id": source,
                "speaker": speaker,
                "participant_id": speaker if known else None,
                "role": "interviewer" if speaker == "I" else "participant",
                "voice": voices.get(speaker, "customer"),
            }
        digest = hashlib.sha256(text.encode()).hexdigest()
        texts.append({"source_id": source, "revision": 1, "text": text, "sha256": digest})
        sources.append(
            {"source_id": source, "kind": "interview", "title": "Talk " + source, "revision": 1}
        )
    by_source = {row["source_id"]: row["text"] for row in texts}
    frames: dict[str, Any] = {
        "project": [
            {
                "goal": "Find the pain",
                "journey_model": model,
                "languages": "ru,en",
                "emotion_scheme": "feelings",
                "settings": {},
                "schema_version": 1,
            }
        ],
        "participants": [
            {"participant_id": id_, "pseudonym": "Person " + id_, **_traits(row)}
            for id_, row in people.items()
        ],
        "sources": sources,
        "texts": texts,
        "speakers": list(speakers.values()),
        "turns": turns,
        "questions": [
            {
                "question_id": id_,
                "survey_id": next(iter(talks)),
                "text": id_,
                "type": "open",
                "pii": False,
                **row,
            }
            for id_, row in (questions or {}).items()
        ],
        "items": [
            {"item_id": f"item-{i}", "map_type": "current", **r} for i, r in enumerate(items)
        ],
        "codings": [_coding(i, row, by_source) for i, row in enumerate(codings)],
        **more,
    }
    built = {name: schema.frame(name, rows) for name, rows in frames.items()}
    return schema.Study(codes=codes_frame(), **built)


def _traits(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "traits": json.dumps(row.get("traits", {})),
        **{k: v for k, v in row.items() if k != "traits"},
    }


def _coding(number: int, row: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    row = dict(row)
    source, quote = row.pop("source"), row.pop("quote", None)
    if quote is None:
        start, end = row.pop("start"), row.pop("end")
    else:
        start = texts[source].index(quote)
        end = start + len(quote)
    return {
        "coding_id": row.pop("id", f"c{number}"),
        "source_id": source,
        "start": start,
        "end": end,
        "quote": texts[source][start:end],
        "code_id": "id-" + row.pop("code"),
        "coder": "anna",
        "status": "human",
        "created_at": "2026-01-01T00:00:00Z",
        **row,
    }
