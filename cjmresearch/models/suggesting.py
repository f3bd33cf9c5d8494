"""Suggest a code of the project where people have not looked yet, from where they have."""

from __future__ import annotations

import uuid
from typing import Literal

import numpy as np
import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import ModelError
from cjmresearch.models.corpus import Corpus, Keeper, corpus, stop_words
from cjmresearch.models.encoder import Encoder
from cjmresearch.models.suggester import UNKNOWN, VERSION, Suggester

_WORDS = 3
_LONG = 60


def suggest(
    given: Keeper | schema.Study | Corpus,
    code: str,
    *,
    n: int | None = 50,
    by: Literal["sentence", "turn"] = "sentence",
    encoder: Encoder | str | None = "usem3",
    random_state: int = 0,
) -> pd.DataFrame:
    """Suggest one code for what participants say, the likeliest first: a frame [codings].

    The code is learned from its names and definition and from the codings of people (see
    `marks`). Coder `model:suggester-1:<slug>`, status suggested; `memo` is the reason: words that
    moved it, the nearest coded example. `confidence` is a calibrated probability; it is missing
    while there are too few examples, and the memo then says what is missing.

    Parameters
    ----------
    given
        A project, a study, or what `models.corpus` made ready (then `by` and `encoder` are its).
    code
        Slug or id of a code of the project.
    n
        How many at most; None: all that it would itself give the code.
    by
        What a segment is: a sentence, or a whole turn.
    encoder
        An encoder, the name of one, or None for words alone.
    random_state
        Seed of the learner.
    """
    ready = corpus(given, by=by, encoder=encoder)
    row = _code(ready.study, code)
    if ready.segments.empty:
        return schema.empty("codings")
    model = Suggester(definition(row), random_state=random_state)
    model.fit(ready.pool, marks(ready, row["code_id"]))
    now = model.learned
    order = np.argsort(-now.chances, kind="stable")
    order = order[now.marks[order] == UNKNOWN]
    order = order[: n if n is not None else int((now.chances[order] >= now.cut).sum())]
    rows = [_coding(ready, model, int(at), row) for at in order]
    return schema.frame("codings", rows) if rows else schema.empty("codings")


def definition(code: pd.Series) -> list[str]:
    """List what a code [codes] is defined by: its name and definition in each language."""
    said = code["definition"] if isinstance(code["definition"], str) else ""
    russian, _, english = said.partition(" / ")
    names = (code["name_ru"], russian), (code["name_en"], english or russian)
    return list(dict.fromkeys(f"{name}: {text}" if text else name for name, text in names))


def marks(ready: Corpus, code_id: str) -> np.ndarray:
    """Read from the codings of people what is known of each segment: 1, 0, or -1 for nothing.

    1 where a coding of the code (by a person, or accepted) covers half of the segment or lies in
    it by half. 0 where the code was rejected, or where a coder who uses this code gave the
    passage another one of the same kind and not this: they looked, and chose otherwise.
    """
    codings = ready.study.codings
    made = codings[codings["status"].isin(["human", "accepted"])]
    same = made["code_id"] == code_id
    kinds = ready.study.codes.set_index("code_id")["kind"]
    other = made["coder"].isin(made.loc[same, "coder"]) & (
        made["code_id"].map(kinds) == kinds[code_id]
    )
    rejected = (codings["status"] == "rejected") & (codings["code_id"] == code_id)
    found = np.full(len(ready.segments), UNKNOWN)
    found[_touched(ready.segments, made[other & ~same])] = 0
    found[_touched(ready.segments, codings[rejected])] = 0
    found[_touched(ready.segments, made[same])] = 1
    return found


def _touched(segments: pd.DataFrame, codings: pd.DataFrame) -> np.ndarray:
    """Tell which segments share half of themselves, or of a coding, with a coding.

    Segments of a source follow one another, so a coding meets a run of them.
    """
    hit = np.zeros(len(segments), dtype=bool)
    if codings.empty:
        return hit
    places = segments.groupby("source_id").indices
    starts, ends = segments["start"].to_numpy(), segments["end"].to_numpy()
    for source, rows in codings.groupby("source_id"):
        at = places.get(source)
        if at is None:
            continue
        first, last = rows["start"].to_numpy(), rows["end"].to_numpy()
        low = np.searchsorted(ends[at], first, side="right")
        counts = np.maximum(np.searchsorted(starts[at], last, side="left") - low, 0)
        coding = np.repeat(np.arange(len(rows)), counts)
        runs = np.arange(len(coding)) - np.repeat(np.cumsum(counts) - counts, counts)
        segment = at[np.repeat(low, counts) + runs]
        shared = np.minimum(ends[segment], last[coding]) - np.maximum(
            starts[segment], first[coding]
        )
        shorter = np.minimum(ends[segment] - starts[segment], (last - first)[coding])
        hit[segment[(shared > 0) & (2 * shared >= shorter)]] = True
    return hit


def _code(study: schema.Study, code: str) -> pd.Series:
    codes = study.codes
    found = codes[(codes["slug"] == code) | (codes["code_id"] == code)]
    if found.empty:
        near = [slug for slug in codes["slug"] if code.partition(":")[0] in slug][:8]
        known = near or codes["slug"].head(8).tolist()
        raise ModelError(f"no code {code!r} in the project; it has {', '.join(known)} …")
    return found.iloc[0]


def _coding(ready: Corpus, model: Suggester, at: int, code: pd.Series) -> dict[str, object]:
    segment = ready.segments.iloc[at]
    coder = f"model:{VERSION}:{code['slug']}"
    key = f"{segment['source_id']}|{segment['start']}|{segment['end']}|{coder}"
    return {
        "coding_id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:{key}")),
        "source_id": segment["source_id"],
        "start": segment["start"],
        "end": segment["end"],
        "quote": segment["text"],
        "code_id": code["code_id"],
        "coder": coder,
        "status": "suggested",
        "confidence": float(model.learned.chances[at]) if model.ready else None,
        "memo": _reason(ready, model, segment["text"]),
        "created_at": pd.Timestamp.now(tz="UTC"),
    }


def _reason(ready: Corpus, model: Suggester, text: str) -> str:
    why = model.explain(text, top=200)
    moved = why.loc[(why["kind"] == "word") & (why["weight"] > 0), "feature"]
    words = [word for word in moved if _tells(word)][:_WORDS]
    parts = [] if model.ready else [model.status]
    parts += [f"words: {', '.join(words)}"] if words else []
    like = model.nearest(text, n=1)
    if len(like):
        example = ready.pool.texts[like[0]]
        shown = example if len(example) <= _LONG else example[: _LONG - 1] + "…"
        parts.append(f"like: «{shown}»")
    return "; ".join(parts) or "like the definition"


def _tells(feature: str) -> bool:
    """Tell whether a lemma or a pair says something by itself: no marks, not stop words alone."""
    words = feature.lstrip("¬").split()
    return all(word.isalpha() for word in words) and not set(words) <= stop_words()
