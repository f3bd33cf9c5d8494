"""Suggestions learned from what the people of a project have coded and decided so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from cjmresearch import schema
from cjmresearch.models.corpus import Corpus, stop_words
from cjmresearch.models.suggester import UNKNOWN, Suggester
from cjmresearch.models.suggesting import definition, marks
from cjmresearch.text import folded

NEEDS = 5
PEOPLE = 2
"""Fewest people in whose words a code was found: of one alone, their manner would be learned."""
LIKELY = 0.3
"""Least chance that a passage is suggested with."""
READ = 5
"""Codings of one kind in a source from which on its coder is taken to have read for that kind."""
SPARED = 150, 1.5
"""Passages passed over that are learned from: at least, and in times of the examples."""
"""Passages with a code that have to be known before it is suggested."""
AT_MOST = 30
"""Suggestions of one code in one run: more would be stale before anybody reads them."""
UNSURE = 0.5
"""What stands for a confidence that is not known."""
OWN = "model:own"
UNTRIED = 0.3
"""Share of its own suggestions that is thought to be right before any was decided."""
DOUBTED = 4
"""Decisions that weigh as much as what a tagger says of itself."""
TEACHES, NEW = 0.1, 0.15
"""What doubt and novelty weigh in usefulness, beside the chance that a passage is found."""
_WORDS = 3
_LONG = 60
_NEAREST = 200


@dataclass(frozen=True)
class Learner:
    """One code as learned on the passages of a corpus.

    `known` are the marks of all passages (1, 0, -1), of which the model has seen the examples and
    a part of the others; `chances` (n,) are its probabilities, corrected for that part.
    """

    code: pd.Series
    model: Suggester
    known: np.ndarray
    chances: np.ndarray

    @property
    def examples(self) -> int:
        """How many passages have the code."""
        return int((self.known == 1).sum())

    def still_holds(self, ready: Corpus, code: pd.Series, known: np.ndarray) -> bool:
        """Tell whether a fit on these passages and marks would be the same again."""
        same = self.model.learned.pool is ready.pool and np.array_equal(self.known, known)
        return same and definition(self.code) == definition(code)

    def chosen(self, copies: np.ndarray) -> np.ndarray:
        """Rows of the passages to suggest, likeliest first; `copies` numbers those that are alike.

        A passage comes with all its copies, and not at all where one of them was denied the code.
        """
        denied = np.isin(copies, copies[self.known == 0])
        chances = np.where((self.known == UNKNOWN) & ~denied, self.chances, -1.0)
        order = np.argsort(-chances, kind="stable")
        order = order[chances[order] >= LIKELY]
        kept = pd.unique(copies[order])[:AT_MOST]
        return order[np.isin(copies[order], kept)]

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
        examples = known == 1
        if examples.sum() < NEEDS or len(np.unique(ready.people[examples])) < PEOPLE:
            continue
        known[passed_over(ready, code) & (known == UNKNOWN)] = 0
        old = earlier.get(code["code_id"])
        holds = old is not None and old.still_holds(ready, code, known)
        found.append(old if old and holds else _learned(ready, code, known, random_state))
    return found


def _learned(ready: Corpus, code: pd.Series, known: np.ndarray, random_state: int) -> Learner:
    least, times = SPARED
    without = np.flatnonzero(known == 0)
    room = max(least, int(times * (known == 1).sum()))
    kept = np.random.default_rng(random_state).permutation(without)[:room]
    seen = known.copy()
    seen[np.setdiff1d(without, kept)] = UNKNOWN
    model = Suggester(definition(code), random_state=random_state).fit(ready.pool, seen)
    # It has seen all examples and a part of the rest, so it thinks the code more usual than it is.
    odds = logit(np.clip(model.learned.chances, 1e-9, 1 - 1e-9))
    if len(kept):
        odds = odds + np.log(len(kept) / len(without))
    return Learner(code, model, known, expit(odds))


def passed_over(ready: Corpus, code: pd.Series) -> np.ndarray:
    """Tell which passages a person has read without giving them a code of this kind.

    People read an interview from its beginning: what stands before the last coding of the kind was
    read. Answers to a survey are coded in any order, so nothing follows from what is not coded.
    """
    study, segments = ready.study, ready.segments
    kinds = study.codes.set_index("code_id")["kind"]
    made = study.codings[study.codings["status"].isin(["human", "accepted"])]
    made = made[made["suggestion_id"].isna() & (made["code_id"].map(kinds) == code["kind"])]
    reach = made.groupby(["source_id", "coder"])["start"].agg(["max", "size"])
    reach = reach[reach["size"] >= READ]["max"].groupby("source_id").max()
    before = segments["start"] < segments["source_id"].map(reach).fillna(-1)
    return (before & segments["question_id"].isna()).to_numpy(dtype=bool)


def counted(made: pd.DataFrame, codes: pd.DataFrame) -> list[pd.Series]:
    """Give the codes [codes] that stand in enough codings [codings]; notes are none."""
    counts = made["code_id"].value_counts()
    enough = (codes["code_id"].map(counts).fillna(0) >= NEEDS) & (codes["scheme"] != schema.NOTES)
    return [row for _, row in codes[enough].iterrows()]


def suggestions(
    ready: Corpus, learned: list[Learner], *, going_on: Callable[[], None] = lambda: None
) -> pd.DataFrame:
    """Suggest what the learners find where nobody has looked: a frame [codings].

    Coder `model:own`, status suggested; `memo` is the reason. `confidence` is missing while a
    learner has too few examples of either kind. `going_on` is called between codes; it may raise.
    """
    terms = np.array(ready.pool.terms, dtype=object)
    copies = copies_of(ready.segments)
    rows = []
    for learner in learned:
        going_on()
        chances = learner.chances
        for at in learner.chosen(copies):
            segment = ready.segments.iloc[int(at)]
            place = {c: segment[c] for c in ("source_id", "start", "end")}
            rows.append(
                {
                    **place,
                    "coding_id": f"{place['source_id']}:{place['start']}:{learner.code['slug']}",
                    "quote": segment["text"],
                    "code_id": learner.code["code_id"],
                    "coder": OWN,
                    "status": "suggested",
                    "confidence": float(chances[at]) if learner.model.ready else None,
                    "memo": learner.reason(ready, int(at), terms),
                    "created_at": pd.Timestamp.now(tz="UTC"),
                }
            )
    return schema.frame("codings", rows) if rows else schema.empty("codings")


def copies_of(segments: pd.DataFrame) -> np.ndarray:
    """Give the same answers to one question the same number, and other passages their own."""
    answered = segments["question_id"].notna()
    same = segments["question_id"] + "|" + segments["text"].map(folded)
    return np.asarray(pd.factorize(same.where(answered, segments["segment_id"]))[0])


def usefulness(
    codings: pd.DataFrame, ready: Corpus | None = None, learned: Sequence[Learner] = ()
) -> pd.Series:
    """Tell how useful a decision on each suggestion would be: float by coding_id, more is better.

    The chance that it finds a passage, what doubt about it would teach, and how unlike it is to
    what stands above it in the order and to what people have coded with the same code. Where the
    code is learned, the chance is the mean (of log-odds) of what its tagger says and of what was
    learned, and a tagger is believed as far as its suggestions of the code were accepted.
    """
    chance = codings["confidence"].fillna(UNSURE).to_numpy(dtype=np.float64)
    if ready is not None and len(codings):
        chance = _believed(codings, chance, ready.study.codings)
        chance = _together(codings, chance, ready, learned)
    doubt = 4 * chance * (1 - chance)
    useful = chance + TEACHES * doubt
    if ready is not None and len(codings):
        useful = useful + NEW * _novelty(codings, ready, useful)
    return pd.Series(useful, index=pd.Index(codings["coding_id"], name="coding_id"), name="useful")


def _believed(codings: pd.DataFrame, chance: np.ndarray, made: pd.DataFrame) -> np.ndarray:
    """Shift confidences by how often the tagger was right: with all codes, then with this one."""
    decided = made[made["suggestion_id"].notna()].merge(
        made[["coding_id", "coder", "code_id"]],
        left_on="suggestion_id",
        right_on="coding_id",
        suffixes=("", "_asked"),
    )
    right = (decided["status"] == "accepted") & (decided["code_id"] == decided["code_id_asked"])
    tagger, asked = _tagger(decided["coder_asked"]), decided["code_id_asked"]
    shifted = chance.copy()
    for name, rows in codings.groupby(_tagger(codings["coder"])).indices.items():
        of = (tagger == name).to_numpy(dtype=bool)
        before = UNTRIED if name == OWN else float(chance[rows].mean())
        base = _rate(right[of], before, DOUBTED)
        for code, at in codings.iloc[rows].groupby("code_id").indices.items():
            here = rows[at]
            usual = float(chance[here].mean())
            rate = _rate(right[of & (asked == code).to_numpy(dtype=bool)], base, DOUBTED)
            shifted[here] = expit(_odds(chance[here]) + _odds(rate) - _odds(usual))
    return shifted


def _tagger(coders: pd.Series) -> pd.Series:
    """Name the taggers without the number of their version or run."""
    return coders.str.replace(r"-\d+$", "", regex=True)


def _rate(right: pd.Series, before: float, weight: float) -> float:
    return float((right.sum() + weight * before) / (len(right) + weight))


def _odds(chance: np.ndarray | float) -> np.ndarray:
    return np.asarray(logit(np.clip(chance, 0.01, 0.99)))


def _together(
    codings: pd.DataFrame, chance: np.ndarray, ready: Corpus, learned: Sequence[Learner]
) -> np.ndarray:
    at = places(codings, ready.segments)
    both = chance.copy()
    for learner in learned:
        here = (codings["code_id"] == learner.code["code_id"]).to_numpy(dtype=bool) & (at >= 0)
        both[here] = expit((_odds(chance[here]) + _odds(learner.chances[at[here]])) / 2)
    return both


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
