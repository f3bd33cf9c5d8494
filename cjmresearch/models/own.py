"""Suggestions learned from what the people of a project have coded and decided so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cjmresearch import schema
from cjmresearch.models.corpus import Corpus, stop_words
from cjmresearch.models.suggester import UNKNOWN, Suggester
from cjmresearch.models.suggesting import definition, marks

NEEDS = 5
"""Passages with a code that have to be known before it is suggested."""
AT_MOST = 30
"""Suggestions of one code in one run: more would be stale before anybody reads them."""
CLOSE = 8
"""Passages that were just not likely enough, which are asked about as well."""
UNSURE = 0.5
"""What stands for a confidence that is not known."""
TEACHES, NEW = 0.25, 0.25
"""What doubt and novelty weigh in usefulness, beside the chance that a passage is found."""
_WORDS = 3
_LONG = 60
_NEAREST = 200


@dataclass(frozen=True)
class Learner:
    """One code as learned: fitted on the passages of a corpus, with its reasons."""

    code: pd.Series
    model: Suggester
    examples: int

    def still_holds(self, ready: Corpus, code: pd.Series, known: np.ndarray) -> bool:
        """Tell whether a fit on these passages and marks would be the same again."""
        now = self.model.learned
        same = now.pool is ready.pool and np.array_equal(now.marks, known)
        return same and definition(self.code) == definition(code)

    def chosen(self) -> np.ndarray:
        """Rows of the passages to suggest, likeliest first."""
        now = self.model.learned
        chances = np.where(now.marks == UNKNOWN, now.chances, -1.0)
        order = np.argsort(-chances, kind="stable")[: AT_MOST + CLOSE]
        order = order[chances[order] >= 0]
        likely = int((chances[order] >= now.cut).sum())
        return order[: min(likely, AT_MOST) + CLOSE]

    def reason(self, ready: Corpus, at: int, terms: np.ndarray) -> str:
        """Say in a line which words, and which coded passage, speak for a suggestion."""
        now = self.model.learned
        row = now.pool.features.words[at].tocoo()
        pull = row.data * now.linear.words[row.col]
        order = np.argsort(-pull, kind="stable")
        telling = [
            str(terms[row.col[i]]) for i in order if pull[i] > 0 and _tells(row.col[i], terms)
        ]
        parts = [f"words: {', '.join(telling[:_WORDS])}"] if telling else []
        example = self._nearest(at)
        if example is not None:
            shown = ready.pool.texts[example]
            shown = shown if len(shown) <= _LONG else shown[: _LONG - 1] + "…"
            parts.append(f"like: «{shown}»")
        return "; ".join(parts) or "like the definition"

    def _nearest(self, at: int) -> int | None:
        now = self.model.learned
        examples = np.flatnonzero(now.marks == 1)[-_NEAREST:]
        if not len(examples):
            return None
        features = now.pool.features
        like = features.topics[examples] @ features.topics[at]
        if features.meanings.shape[1]:
            like = like + features.meanings[examples] @ features.meanings[at]
        return int(examples[like.argmax()])


def learners(
    ready: Corpus,
    *,
    random_state: int = 0,
    before: Sequence[Learner] = (),
    going_on: Callable[[], None] = lambda: None,
) -> list[Learner]:
    """Learn every code of which people have coded enough passages.

    A code of which nothing new is known is taken over from `before`, learners of an earlier call.
    `going_on` is called between codes; it may raise.
    """
    codings = ready.study.codings
    made = codings[codings["status"].isin(["human", "accepted"])]
    earlier = {learner.code["code_id"]: learner for learner in before}
    found = []
    for code in counted(made, ready.study.codes):
        going_on()
        known = marks(ready, code["code_id"])
        examples = int((known == 1).sum())
        if examples < NEEDS:
            continue
        old = earlier.get(code["code_id"])
        if old is not None and old.still_holds(ready, code, known):
            found.append(old)
            continue
        model = Suggester(definition(code), random_state=random_state)
        found.append(Learner(code, model.fit(ready.pool, known), examples))
    return found


def counted(made: pd.DataFrame, codes: pd.DataFrame) -> list[pd.Series]:
    """Give the codes [codes] that stand in enough codings [codings] to be learned."""
    counts = made["code_id"].value_counts()
    enough = codes["code_id"].map(counts).fillna(0) >= NEEDS
    return [row for _, row in codes[enough].iterrows()]


def suggestions(
    ready: Corpus, learned: list[Learner], *, going_on: Callable[[], None] = lambda: None
) -> pd.DataFrame:
    """Suggest what the learners find where nobody has looked: a frame [codings].

    Coder `model:own`, status suggested; `memo` is the reason. `confidence` is missing while a
    learner has too few examples of either kind. `going_on` is called between codes; it may raise.
    """
    terms = np.array(ready.pool.terms, dtype=object)
    rows = []
    for learner in learned:
        going_on()
        chances = learner.model.learned.chances
        for at in learner.chosen():
            segment = ready.segments.iloc[int(at)]
            place = {c: segment[c] for c in ("source_id", "start", "end")}
            rows.append(
                {
                    **place,
                    "coding_id": f"{place['source_id']}:{place['start']}:{learner.code['slug']}",
                    "quote": segment["text"],
                    "code_id": learner.code["code_id"],
                    "coder": "model:own",
                    "status": "suggested",
                    "confidence": float(chances[at]) if learner.model.ready else None,
                    "memo": learner.reason(ready, int(at), terms),
                    "created_at": pd.Timestamp.now(tz="UTC"),
                }
            )
    return schema.frame("codings", rows) if rows else schema.empty("codings")


def usefulness(codings: pd.DataFrame, ready: Corpus | None) -> pd.Series:
    """Tell how useful a decision on each suggestion would be: float by coding_id, more is better.

    The chance that it finds a passage, what doubt about it would teach, and how unlike it is to
    what stands above it in the order and to what people have coded with the same code.
    """
    chance = codings["confidence"].fillna(UNSURE).to_numpy(dtype=np.float64)
    doubt = 4 * chance * (1 - chance)
    useful = chance + TEACHES * doubt
    if ready is not None and len(codings):
        useful = useful + NEW * _novelty(codings, ready, useful)
    return pd.Series(useful, index=pd.Index(codings["coding_id"], name="coding_id"), name="useful")


def _novelty(codings: pd.DataFrame, ready: Corpus, first: np.ndarray) -> np.ndarray:
    """One less the likeness to what is nearest among the coded and the better suggestions."""
    features = ready.pool.features
    rows = features.meanings if features.meanings.shape[1] else features.topics
    at = places(codings, ready.segments)
    made = ready.study.codings
    made = made[made["status"].isin(["human", "accepted"])]
    made_at = places(made, ready.segments)
    found = np.ones(len(codings))
    for code, group in codings.groupby("code_id").indices.items():
        known = made_at[(made["code_id"] == code).to_numpy(dtype=bool)]
        seen = rows[known[known >= 0]]
        order = group[np.argsort(-first[group], kind="stable")]
        order = order[at[order] >= 0]
        if not len(order):
            continue
        here = rows[at[order]]
        nearest = (here @ seen.T).max(axis=1) if len(seen) else np.zeros(len(here))
        above = np.tril(here @ here.T, -1).max(axis=1)
        found[order] = 1 - np.clip(np.maximum(nearest, above), 0, 1)
    return found


def places(codings: pd.DataFrame, segments: pd.DataFrame) -> np.ndarray:
    """Find the row of the segment in which each coding begins; -1 where there is none."""
    found = np.full(len(codings), -1)
    where = segments.groupby("source_id").indices
    starts, ends = segments["start"].to_numpy(), segments["end"].to_numpy()
    for source, rows in codings.groupby("source_id").indices.items():
        at = where.get(source)
        if at is None:
            continue
        begins = codings["start"].to_numpy()[rows]
        last = np.searchsorted(starts[at], begins, side="right") - 1
        inside = (last >= 0) & (ends[at[np.maximum(last, 0)]] > begins)
        found[rows[inside]] = at[last[inside]]
    return found


def _tells(column: int, terms: np.ndarray) -> bool:
    words = str(terms[column]).lstrip("¬").split()
    return all(word.isalpha() for word in words) and not set(words) <= stop_words()
