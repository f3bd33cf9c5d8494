"""The training of the emotion model: no leaks between folds, and no skill where there is none."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

sys.path.append(str(Path(__file__).parents[1] / "scripts"))

import emotion_data
import emotion_fit
from emotion_metrics import auc

from cjmresearch.models.features import ANALYSERS, TextFeatures


def test_the_solver_finds_what_scikit_learn_finds():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    terms = sparse.random(200, 30, 0.3, format="csr", random_state=0, dtype=np.float32)
    dense = rng.normal(size=(200, 4)).astype(np.float32)
    wide = np.hstack([terms.toarray(), dense])
    target = (wide @ rng.normal(size=(34, 2)) + rng.normal(size=(200, 2)) > 0).astype(np.float32)
    weight = rng.uniform(0.5, 2, size=(200, 2)).astype(np.float32)
    task = emotion_fit.Problem(np.arange(200), target, weight)
    solved = emotion_fit.fit(terms, dense, task, emotion_fit.Settings(c=2.0, steps=500))
    for j in range(2):
        other = LogisticRegression(C=2.0, tol=1e-8, max_iter=1000)
        other.fit(wide, target[:, j], sample_weight=weight[:, j])
        np.testing.assert_allclose(solved[:-1, j], other.coef_[0], atol=2e-2)


def test_terms_that_may_not_be_used_get_no_weight():
    terms = sparse.csr_matrix(np.eye(6, dtype=np.float32))
    known = np.array([True, True, False, True, False, True])
    task = emotion_fit.Problem(
        np.arange(6), np.array([[1], [0], [1], [0], [1], [0]], np.float32), np.ones((6, 1))
    )
    settings = emotion_fit.Settings(c=10.0, counts=True, known=known)
    solved = emotion_fit.fit(terms, np.ones((6, 2), np.float32), task, settings)
    assert solved.shape == (9, 1)
    assert (solved[:6][~known] == 0).all()
    assert (solved[:6][known] != 0).all()


def test_agreement_draws_two_languages_together_and_hardly_shrinks_them():
    """Words of one language and of the other, and a noisy label each: pairs share what is true."""
    rng = np.random.default_rng(0)
    n, words = 400, 30
    own = (rng.random((n, words)) < 0.2).astype(np.float32)
    nothing = np.zeros_like(own)
    terms = sparse.csr_matrix(np.vstack([np.hstack([own, nothing]), np.hstack([nothing, own])]))
    pleasant = own @ rng.normal(size=words) > 0
    shown = np.concatenate([pleasant, pleasant]) ^ (rng.random(2 * n) < 0.25)
    target = np.column_stack([shown, ~shown]).astype(np.float32)
    pairs = np.column_stack([np.arange(n), np.arange(n, 2 * n)])
    task = emotion_fit.Problem(np.arange(2 * n), target, np.ones_like(target), pairs)
    dense = np.zeros((2 * n, 1), np.float32)
    settings = {"c": 1.0, "steps": 300, "link": "softmax"}
    apart, size = [], []
    for agreement in (0.0, 3.0):
        solved = emotion_fit.fit(
            terms,
            dense,
            task.part(np.arange(2 * n) % n < 300),
            emotion_fit.Settings(**settings, agreement=agreement),
        )
        unseen = emotion_fit.logits(terms, dense, solved)[:, 0].reshape(2, n)[:, 300:]
        apart.append(np.abs(unseen[0] - unseen[1]).mean())
        size.append(np.abs(unseen).mean())
    assert apart[1] < 0.5 * apart[0]
    assert size[1] > 0.6 * size[0]


def test_pairs_leave_with_either_of_their_texts():
    pairs = np.array([[10, 20], [11, 21]])
    one = np.ones((4, 1), np.float32)
    task = emotion_fit.Problem(np.array([10, 20, 11, 21]), one, one, pairs)
    assert task.part(np.array([True, True, True, False])).pairs.tolist() == [[10, 20]]


def test_a_text_is_paired_with_its_translation(shared_data: Path) -> None:
    import train_emotion

    rows = train_emotion.gather(shared_data)
    pairs = emotion_data.translations(rows)
    assert len(pairs) > 5_000
    russian, english = rows.iloc[pairs[:, 0]], rows.iloc[pairs[:, 1]]
    assert (russian["language"] == "ru").mean() > 0.99
    assert english["set"].isin(["goemotions", "phrases"]).all()
    ours = (english["set"] == "phrases").to_numpy()
    assert ours.sum() == 140
    assert (russian["labels"].to_numpy()[ours] == english["labels"].to_numpy()[ours]).all()
    same = russian["key"].to_numpy()[~ours] == english["key"].to_numpy()[~ours]
    assert same.all()


def test_a_text_and_its_translation_are_never_in_different_folds(shared_data: Path) -> None:
    import train_emotion

    rows = train_emotion.gather(shared_data)
    folds = rows["key"].map(lambda key: emotion_data.fold_of(key, 3))
    pairs = rows.assign(fold=folds)[rows["set"].str.endswith("goemotions")]
    pairs = pairs[pairs["id"].isin(pairs.loc[pairs["set"] == "ru_goemotions", "id"])]
    both = pairs.groupby("id")["set"].nunique() == 2
    assert both.sum() > 5_000
    assert (pairs.groupby("id")["fold"].nunique()[both] == 1).all()
    assert (rows.assign(fold=folds).groupby("key")["fold"].nunique() == 1).all()
    same_text = rows[~rows["set"].eq("ru_goemotions")].assign(fold=folds)
    assert (same_text.groupby("norm")["fold"].nunique() == 1).all()


@pytest.mark.parametrize("permuted", [False, True])
def test_permuted_labels_score_at_chance(shared_data: Path, permuted: bool) -> None:
    """The whole path on 2,000 texts: features, solver, folds; true labels beside shuffled ones."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    rows = emotion_data.cedr(shared_data).head(2_000)
    texts = rows["text"].tolist()
    fitted = TfidfVectorizer(analyzer=ANALYSERS["word"], min_df=2).fit(texts)
    block = TextFeatures("word", tuple(fitted.get_feature_names_out()), fitted.idf_)
    target = np.array([["joy" in x, "sadness" in x, not x] for x in rows["labels"]], np.float32)
    if permuted:
        target = target[np.random.default_rng(0).permutation(len(target))]
    task = emotion_fit.Problem(np.arange(len(rows)), target, np.ones_like(target))
    folds = np.array([emotion_data.fold_of(emotion_data.normalised(x), 3) for x in texts])
    settings = emotion_fit.Settings(c=4.0, steps=40, counts=True)
    unseen = emotion_fit.out_of_fold(
        block.transform(texts), np.zeros((len(texts), 1), np.float32), task, folds, settings
    )
    ranks = [auc(target[:, j] > 0, unseen[:, j]) for j in range(3)]
    if permuted:
        assert max(abs(rank - 0.5) for rank in ranks) < 0.06, ranks
    else:
        assert min(ranks) > 0.75, ranks
