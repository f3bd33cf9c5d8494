"""What the tagger learns from: clauses written for it, answers of open surveys, plain talk.

A row is a text with what is known of it; what isn't known is missing and isn't learnt from.
No text of the surveys is kept in the project: they are read where they lie.
"""

from __future__ import annotations

import csv
import hashlib
import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from emotion_data import brighter, cedr, goemotions, xed

from cjmresearch import codebooks, text, workflow
from cjmresearch.text import language_of, sentence_spans

PHRASES = Path(__file__).with_name("tagger_phrases")
B2B = tuple(code.slug for code in codebooks.book("barriers").codes if code.slug != "other")
SHOP = tuple(code.slug for code in codebooks.book("shop_barriers").codes if code.slug != "other")
BARRIERS = (*B2B, *SHOP, "other")
TOUCHPOINTS = tuple(code.slug for code in codebooks.book("touchpoints").codes)
SPINE = tuple(f"c{i}" for i in range(15))
STAGES = ("none", *SPINE)
SEVERITIES = ("1", "2", "3")
COLUMNS = ["set", "text", "parent", "pain", "wish", "dream", "barrier", "severity", "touchpoints",
           "stage", "weight"]  # fmt: skip

Row = dict[str, Any]


def phrases() -> Iterator[Row]:
    """Read the clauses in `tagger_phrases`; ValueError names a tag that isn't known."""
    for path in sorted(PHRASES.glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")):
            for line in group["texts"].strip().splitlines():
                said, bar, own = line.rpartition(" | ")
                if not bar:
                    said, own = line.removesuffix(" |"), ""
                tags = (*str(group["tags"] or "").split(), *own.split())
                yield _tagged(said.strip(), tags, path.name)


def _tagged(said: str, tags: tuple[str, ...], file: str) -> Row:
    known = {"pain", "wish", "dream", "c-", "s1", "s2", "s3", *BARRIERS, *TOUCHPOINTS, *SPINE}
    if strange := set(tags) - known:
        raise ValueError(f"{file}: {said!r} has unknown tags {sorted(strange)}")
    pain = "pain" in tags
    stages = [tag for tag in tags if tag in SPINE]
    types = [tag for tag in tags if tag in BARRIERS]
    severe = [tag[1] for tag in tags if tag in ("s1", "s2", "s3")]
    stage = "none" if tags and tags[-1] == "c-" else (stages[-1] if stages else None)
    if stage is None and "c-" in tags:
        stage = "none"
    return {
        "set": "phrases",
        "text": said,
        "parent": said,
        "pain": float(pain),
        "wish": float("wish" in tags),
        "dream": float("dream" in tags),
        "barrier": types[-1] if pain and types else None,
        "severity": severe[-1] if pain and severe else None,
        "touchpoints": () if stage == "none" else tuple(t for t in TOUCHPOINTS if t in tags),
        "stage": stage,
        "weight": 1.0,
    }


FILLERS = {
    "ru": (
        ["Ну,", "Вот,", "Ну вот,", "Да,", "Слушайте,", "Честно говоря,", "Короче,", "Как бы", "А",
         "И", "Вы знаете,", "Ну как сказать,", "Опять же,", "В общем,", "То есть"],
        ["вот", "ну", "как-то так", "да", "понимаете", "и всё", "честно", "например", "наверное"],
    ),
    "en": (
        ["Well,", "So,", "Yeah,", "Um,", "I mean,", "You know,", "And", "But", "Honestly,",
         "Like,", "So yeah,", "Okay, so", "To be honest,", "I think", "And then", "Uh, so"],
        ["you know", "I guess", "and so on", "right", "really", "or something", "for example",
         "and things like that", "I would say"],
    ),
}  # fmt: skip
LEADS = {
    "ru": ["Мы в прошлом году работали с одной компанией,", "Я вообще человек спокойный,",
           "Было это в марте,", "Вот сейчас вспоминаю,", "У нас отдел небольшой,",
           "Если по порядку,", "Там как было,", "Расскажу на примере,"],
    "en": ["We worked with them last year and", "Let me give you an example,",
           "When I think about it,", "In my team,", "In our case,", "The thing is,",
           "What happened was,", "So the way it works here is,"],
}  # fmt: skip


def spoken(rows: list[Row], *, copies: int, seed: int = 0) -> Iterator[Row]:
    """Say the clauses again as people talk: with fillers, a lead, a neighbour clause, a slip."""
    draw = random.Random(seed)
    plain: dict[str, list[Row]] = {"ru": [], "en": []}
    for row in rows:
        if not row["pain"] and not row["wish"] and not row["touchpoints"] and row["stage"]:
            plain[language_of(row["text"])].append(row)
    for row in rows:
        for _ in range(copies):
            yield _spoken(row, plain[language_of(row["text"])], draw)


def _spoken(row: Row, plain: list[Row], draw: random.Random) -> Row:
    language = language_of(row["text"])
    before, after = FILLERS[language]
    said = row["text"]
    lower = said[0].lower() + said[1:] if not said.startswith("I ") else said
    way = draw.random()
    if way < 0.3:
        said = f"{draw.choice(before)} {lower}"
    elif way < 0.5:
        said = f"{said.rstrip('.')}, {draw.choice(after)}."
    elif way < 0.65:
        said = f"{draw.choice(LEADS[language])} {lower}"
    elif way < 0.75:
        first, _, rest = lower.partition(" ")
        said = f"{draw.choice(before)} {first}, {first} {rest}"
    else:
        other = draw.choice(plain)["text"].rstrip(".?")
        joined = [other, lower] if draw.random() < 0.5 else [said.rstrip(".?"), other.lower()]
        link = draw.choice(("и", "а", "ну")) if language == "ru" else "and"
        said = f"{joined[0]}, {link} {joined[1]}"
    return row | {"set": "spoken", "text": said, "weight": 0.4}


@dataclass(frozen=True)
class Answers:
    """Columns of a survey whose question says what their answers are."""

    file: str
    columns: tuple[int, ...]
    pain: float | None
    wish: float | None


SURVEYS = (
    Answers("jupyter_survey_2015_ux/20160115235816-SurveyExport.csv", (4, 20, 21, 22), 1, None),
    Answers("jupyter_survey_2015_ux/20160115235816-SurveyExport.csv", (11, 12, 13), 0, 0),
    Answers("jupyter_survey_2015_ux/20160115235816-SurveyExport.csv", (17, 18, 19), 0, 0),
    Answers("jupyter_survey_2015_ux/20160115235816-SurveyExport.csv", (14, 15, 16), None, 1),
    Answers(
        "jupyter_survey_2015_ux/20160115235816-SurveyExport.csv", (23, 24, 25, 26, 27, 28), None, 1
    ),
    Answers("jupyter_survey_2020/text_fields.csv", (8, 16, 17), 1, None),
    Answers("spack_survey/spack-2020.csv", (43, 42), 0, 0),
    Answers("spack_survey/spack-2020.csv", (44,), 1, None),
    Answers("spack_survey/spack-2020.csv", (45, 32), None, 1),
    Answers("spack_survey/spack-2021.csv", (49, 48), 0, 0),
    Answers("spack_survey/spack-2021.csv", (50,), 1, None),
    Answers("spack_survey/spack-2021.csv", (51, 37), None, 1),
)
NOTHING = {"", "na", "n/a", "none", "nothing", "no", "-", "none.", "nothing.", "nope", "not sure"}
BARE = 3
"""Answers of fewer words say nothing without their question: they aren't learnt from."""
SHORT = 7
"""Answers of fewer words count half."""


def answers(data: Path, gold: frozenset[str]) -> Iterator[Row]:
    """Read survey answers with the label that their question gives; none that is in the gold."""
    for survey in SURVEYS:
        for record in _table(data / survey.file):
            for column in survey.columns:
                said = record[column].strip() if column < len(record) else ""
                words = len(said.split())
                if words < BARE or said.lower() in NOTHING or not _unseen(said, gold):
                    continue
                row = dict.fromkeys(COLUMNS) | {"set": "answers", "text": said, "parent": said}
                row |= {"pain": survey.pain, "wish": survey.wish}
                yield row | {"weight": 0.15 if words < SHORT else 0.35}


def _table(path: Path) -> list[list[str]]:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            with path.open(encoding=encoding, newline="") as file:
                return list(csv.reader(file))[1:]
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{path}: neither UTF-8 nor cp1252")


def _unseen(said: str, gold: frozenset[str]) -> bool:
    """Say whether neither the answer nor a sentence or a line of it stands in the gold set."""
    parts = {said, *said.splitlines()}
    parts |= {said[a:b] for a, b in sentence_spans(said, language_of(said))}
    return not any(digest(part.strip()) in gold for part in parts)


def digest(said: str) -> str:
    """Give the hash by which `tests/gold` names a text."""
    return hashlib.sha256(said.encode()).hexdigest()


def gold_hashes(path: Path) -> frozenset[str]:
    """Read the hashes of all gold segments, open and locked."""
    return frozenset(pd.read_csv(path, dtype="str")["hash"]) if path.exists() else frozenset()


CALM = {"neutral", "joy", "amusement", "gratitude", "love", "curiosity", "admiration", "approval",
        "excitement", "caring", "optimism", "pride", "relief", "trust", "anticipation"}  # fmt: skip


def talk(data: Path, *, sizes: dict[str, int]) -> Iterator[Row]:
    """Read texts of emotion sets without a negative feeling: no pain, no touchpoint, no stage."""
    sets = {
        "goemotions": goemotions(data, "train"),
        "cedr": cedr(data),
        "brighter_rus": brighter(data, "rus", "train"),
        "xed_ru": xed(data, "ru"),
        "xed_en": xed(data, "en"),
    }
    for name, frame in sets.items():
        calm = frame[[set(labels) <= CALM for labels in frame["labels"]]]
        for said in calm["text"].sample(min(sizes[name], len(calm)), random_state=0):
            row = dict.fromkeys(COLUMNS) | {"set": "talk", "text": said, "parent": said}
            yield row | {"pain": 0.0, "dream": 0.0, "touchpoints": (), "stage": "none",
                         "weight": 0.2}  # fmt: skip


def study() -> pd.DataFrame:
    """Read the fictional sample study: its segments with the codes that anna gave them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        workflow.demo_project(Path(folder) / "sample.cjm") as project,
    ):
        sample = project.study()
    segments = text.segments(sample)
    slugs = sample.codes.set_index("code_id")["slug"]
    mine = sample.codings[sample.codings["coder"] == "anna"]
    by_source = {
        source: list(zip(rows["start"], rows["end"], rows["code_id"].map(slugs), strict=True))
        for source, rows in mine.groupby("source_id")
    }
    codes = [
        tuple(sorted(_covering(part, by_source.get(part.source_id, ()))))
        for part in segments.itertuples()
    ]
    return segments.assign(codes=codes)


def _covering(part: Any, spans: Iterable[tuple[int, int, str]]) -> set[str]:
    """Name the codes that share more than half of the shorter one of segment and passage."""
    return {
        code
        for start, end, code in spans
        if min(end, part.end) - max(start, part.start)
        > 0.5 * min(end - start, part.end - part.start)
    }
