"""Draw the gold sample of real speech: a stratified random sample with recorded probabilities.

    python scripts/gold_sample.py --data ../shared/data --out tests/gold --label /work/gold

Writes `segments.csv` (file, offsets, hash, design; no text) for the repository and, outside of it,
`label_me.jsonl` for the labellers: the text with its context, in an order that doesn't show the
halves. No tagger is asked. The same seed and the same files give the same sample.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from cjmresearch import read, text
from cjmresearch.read import Survey, Transcript

SEED = 20261122
MIN_WORDS = 3
BEFORE, OF_QUESTION, AFTER = 300, 160, 150


@dataclass(frozen=True)
class Family:
    """Files of one kind: a stratum of the sample."""

    name: str
    files: str
    n: int
    asked: tuple[str, ...] = ()
    """Beginnings of the questions of a survey whose answers tell of an experience."""
    ends: bool = True
    """Whether a line break ends a sentence (in a PDF it ends a line of print)."""


JUPYTER = (
    "What, if anything, hinders", "Workflow Need", "Aspect #", "Feature / Change", "Enhancement #",
    "Do you experience", "Do you have challenges", "Comments about", "Open feedback",
)  # fmt: skip
SPACK = ("What features NOT", "Tell us briefly", "What about Spack", "What are the biggest",
         "What's the biggest", "Do you have any other")  # fmt: skip
FAMILIES = (
    Family("ru_livecorpus_hse", "ru_livecorpus_hse/*.xhtml", 42),
    Family("ru_livecorpus_lykova", "ru_livecorpus_lykova/transcript.txt", 22),
    Family("ru_podcast", "../seeds/004_*.txt", 60),
    Family("mlss", "mlss_interviews/transcripts/*.txt", 70),
    Family("anthropic", "anthropic_interviewer/creatives_transcripts.csv", 60),
    Family("cv_reengineering", "cv_reengineering_interviews/Interview_*.txt", 28),
    Family("data_ensemble", "data_ensemble_interviews/P* Transcript.txt", 32),
    Family("pdpilot", "pdpilot_userstudy/P[1-4].pdf", 34, ends=False),
    Family("zoom", "zoom_vtt/*.vtt", 14),
    Family("lenny", "lenny_sample/*-*.md", 24),
    Family("jupyter_2015", "jupyter_survey_2015_ux/2016*.csv", 44, asked=JUPYTER),
    Family("jupyter_2020", "jupyter_survey_2020/text_fields.csv", 18, asked=JUPYTER),
    Family("spack", "spack_survey/spack-202[01].csv", 30, asked=SPACK),
    Family("oral_history", "oral_history_as_data/[ag]*.csv", 10),
)
ASKS = {"ru_livecorpus_lykova/transcript.txt": {"es1988m": "interviewer"}}
"""Who asks in a file whose reader can't tell."""


def sources(family: Family, data: Path) -> Iterator[tuple[str, str, Transcript | Survey]]:
    """Read the files of a family: path, item within the file (may be empty), what was read."""
    for path in sorted(data.glob(family.files)):
        name = f"../seeds/{path.name}" if ".." in family.files else str(path.relative_to(data))
        if family.asked:
            yield name, "", read.survey(path)
        elif path.name.startswith("creatives"):
            for one in read.transcripts(path):
                yield name, str(one.source["title"].iloc[0]), one
        else:
            yield name, "", read.transcript(path).with_roles(ASKS.get(name, {}))


def segments(family: Family, data: Path) -> pd.DataFrame:
    """List the sentences of participants that may be drawn, with their context."""
    parts = []
    for file, item, got in sources(family, data):
        source = got.source["source_id"].iloc[0]
        whole = got.text if family.ends else got.text.replace("\n", " ")
        turns = got.turns
        if family.asked:
            prompts = turns["prompt"].fillna("")
            turns = turns[prompts.str.startswith(family.asked)]
        language = got.source["language"].iloc[0]
        spoken = pd.Series({source: language}, dtype="str")
        found = text.segment(
            turns, texts=pd.Series({source: whole}), speakers=got.speakers, languages=spoken
        )
        found = found[found["role"] == "participant"]
        found = found[found["text"].str.split().str.len() >= MIN_WORDS]
        parts.append(_with_context(found, got, turns).assign(file=file, item=item))
    found = pd.concat(parts, ignore_index=True).assign(family=family.name)
    return found.assign(who=found["file"] + "|" + found["item"] + "|" + found["speaker"])


def _with_context(
    found: pd.DataFrame, got: Transcript | Survey, turns: pd.DataFrame
) -> pd.DataFrame:
    around = _context(got, turns)
    spans = list(zip(found["turn_id"], found["start"], found["end"], strict=True))
    return found.assign(
        hash=[_hash(got.text[start:end]) for _, start, end in spans],
        before=[around(turn, start, True) for turn, start, _ in spans],
        after=[around(turn, end, False) for turn, _, end in spans],
    )


def _context(got: Transcript | Survey, turns: pd.DataFrame) -> Callable[[str, int, bool], str]:
    """Give what stands before or after a place of a turn, with the question that it answers."""
    roles = got.speakers.set_index("speaker")["role"]
    rows = turns.to_dict("records")
    at = {row["turn_id"]: i for i, row in enumerate(rows)}

    def around(turn_id: str, place: int, before: bool) -> str:
        turn = rows[at[turn_id]]
        if not before:
            return _flat(got.text[place : turn["end"]])[:AFTER]
        said = _flat(got.text[turn["start"] : place])
        if isinstance(got, Survey):
            asked = f"[question] {_flat(turn['prompt'])}"
        elif at[turn_id] > 0:
            last = rows[at[turn_id] - 1]
            role = roles.get(last["speaker"], "other")
            asked = f"[{role}] " + _flat(got.text[last["start"] : last["end"]])[-OF_QUESTION:]
        else:
            asked = ""
        head = f"{asked} [speaker] "
        room = max(0, BEFORE - len(head))
        return head + (said[-room:] if room else "")

    return around


def _flat(words: str) -> str:
    return " ".join(words.split())


def _hash(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def draw(frame: pd.DataFrame, n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw n segments without replacement, half of them locked; every one equally likely."""
    frame = frame.drop_duplicates(["file", "item", "start"]).reset_index(drop=True)
    take = rng.permutation(len(frame))[:n]
    halves = np.where(np.arange(len(take)) % 2 == 0, "open", "locked")
    drawn = frame.iloc[take].assign(half=halves, probability=len(take) / len(frame))
    return drawn.assign(stratum_size=len(frame))


def main() -> None:
    """Draw, and write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--label", type=Path, required=True)
    options = parser.parse_args()
    rng = np.random.default_rng(SEED)
    drawn = pd.concat([draw(segments(f, options.data), f.n, rng) for f in FAMILIES])
    drawn["id"] = ["g" + _hash(f"{r.file}|{r.item}|{r.start}")[:10] for r in drawn.itertuples()]
    drawn["person"] = ["p" + _hash(who)[:10] for who in drawn["who"]]
    drawn["note"] = np.where(drawn["family"] == "pdpilot", "line breaks are blanks", "")
    columns = [
        "id", "file", "item", "start", "end", "hash", "language", "family", "person", "half",
        "probability", "stratum_size", "note",
    ]  # fmt: skip
    table = drawn.sort_values("id")[columns]
    table.to_csv(options.out / "segments.csv", index=False, lineterminator="\n")
    shuffled = drawn.iloc[rng.permutation(len(drawn))]
    with (options.label / "label_me.jsonl").open("w", encoding="utf-8") as out:
        for row in shuffled.to_dict("records"):
            shown = {k: _flat(row[k]) for k in ("id", "language", "before", "text", "after")}
            out.write(json.dumps(shown, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
