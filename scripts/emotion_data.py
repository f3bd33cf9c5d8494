"""Readers of the public sets the emotion model learns from or is measured on.

Every reader returns a frame with set, id, text and labels (a tuple of names in that set's own
scheme). Nothing here is part of the installed package: the data stay outside the repository.
"""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

PHRASES = Path(__file__).parents[1] / "cjmresearch/models/data/phrases.tsv"
XED_LABELS = {
    1: "anger",
    2: "anticipation",
    3: "disgust",
    4: "fear",
    5: "joy",
    6: "sadness",
    7: "surprise",
    8: "trust",
}
CEDR_LABELS = ("joy", "sadness", "surprise", "fear", "anger")


def fold_of(text_id: str, folds: int) -> int:
    """Give a fold that depends on the id alone, so that it survives reordering and new rows."""
    return int(hashlib.sha256(str(text_id).encode()).hexdigest()[:8], 16) % folds


def normalised(text: str) -> str:
    """Give the form under which two rows count as the same text."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _frame(name: str, rows: Iterable[tuple[str, str, tuple[str, ...]]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["id", "text", "labels"])
    frame.insert(0, "set", name)
    return frame


def goemotions(data: Path, part: str, taxonomy: str = "original") -> pd.DataFrame:
    """GoEmotions, English Reddit comments; `part` is train or dev."""
    folder = data / "goemotions" / taxonomy
    names = (folder / "labels.txt").read_text(encoding="utf-8").split()
    rows = []
    for line in (folder / f"{part}.tsv").read_text(encoding="utf-8").splitlines():
        text, ids, text_id = line.split("\t")
        rows.append((text_id, text, tuple(names[int(i)] for i in ids.split(","))))
    return _frame("goemotions", rows)


def ru_goemotions(data: Path) -> pd.DataFrame:
    """Read the validation part of GoEmotions, machine-translated into Russian."""
    names = (data / "goemotions/original/labels.txt").read_text(encoding="utf-8").split()
    table = pd.read_csv(data / "ru_goemotions/validation.csv")
    labels = [tuple(names[int(i)] for i in re.findall(r"\d+", ids)) for ids in table["labels"]]
    return _frame("ru_goemotions", zip(table["id"], table["ru_text"], labels, strict=True))


def cedr(data: Path) -> pd.DataFrame:
    """CEDR, Russian sentences of blogs, tweets and news; no label means no emotion."""
    table = pd.read_csv(data / "cedr/cedr-main-train.csv")
    labels = [
        tuple(CEDR_LABELS[int(i)] for i in re.findall(r"\d+", ids)) for ids in table["labels"]
    ]
    ids = [f"cedr-{i}" for i in range(len(table))]
    return _frame("cedr", zip(ids, table["text"], labels, strict=True))


def cedr_lexicon(data: Path) -> dict[str, frozenset[str]]:
    """Words of five emotions that come with CEDR, with `е` for `ё`."""
    table = json.loads((data / "cedr/emo_lexicon.json").read_text(encoding="utf-8"))
    return {name: frozenset(w.replace("ё", "е") for w in words) for name, words in table.items()}


def brighter(data: Path, language: str, part: str) -> pd.DataFrame:
    """BRIGHTER track A; `language` is rus or eng, `part` train or dev."""
    path = data / f"brighter_semeval2025/track_a/{language}/{part}.csv"
    table = pd.read_csv(path)
    names = [c for c in table.columns if c not in {"id", "text"}]
    marks = table[names].to_numpy() > 0
    labels = [tuple(n for n, on in zip(names, row, strict=True) if on) for row in marks]
    return _frame(f"brighter_{language}", zip(table["id"], table["text"], labels, strict=True))


def xed(data: Path, language: str) -> pd.DataFrame:
    """XED, film subtitles; English has sentences annotated as neutral as well."""
    folder = data / "xed"
    name = {"en": "en-annotated.tsv", "ru": "ru-projections.tsv"}[language]
    rows = []
    for line in (folder / name).read_text(encoding="utf-8").splitlines():
        text, _, ids = line.rpartition("\t")
        labels = tuple(XED_LABELS[int(i)] for i in re.findall(r"\d", ids))
        rows.append((f"xed-{language}-{len(rows)}", text.strip(), labels))
    if language == "en":
        for line in (folder / "neu_en.txt").read_text(encoding="utf-8").splitlines():
            rows.append((f"xed-en-{len(rows)}", line.partition("\t")[2].strip(), ()))
    return _frame(f"xed_{language}", rows)


def phrases() -> pd.DataFrame:
    """Read the phrases written for this package, of clients and users: sign, English, Russian."""
    table = pd.read_csv(PHRASES, sep="\t")
    names = {1: ("positive",), -1: ("negative",), 0: ("neutral",)}
    rows = [
        (f"phrase-{language}-{i}", row[language], names[row["valence"]])
        for language in ("ru", "en")
        for i, row in table.iterrows()
    ]
    return _frame("phrases", rows)


def translations(rows: pd.DataFrame) -> np.ndarray:
    """Pair the rows that say the same in two languages, by number: (n, 2), Russian first."""
    numbered = rows.assign(row=np.arange(len(rows)))
    numbered["said"] = numbered["id"].astype("str").str.replace(r"^phrase-(ru|en)-", "", regex=True)
    sides = (("ru_goemotions", "goemotions"), ("phrases", "phrases"))
    found = [
        numbered[(numbered["set"] == one) & (numbered["language"] == "ru")].merge(
            numbered[(numbered["set"] == other) & (numbered["language"] == "en")], on="said"
        )
        for one, other in sides
    ]
    return pd.concat(found)[["row_x", "row_y"]].to_numpy(dtype=np.int64)


def rusentitweet(data: Path) -> pd.DataFrame:
    """Polarity of Russian tweets (evaluation only)."""
    table = pd.read_csv(data / "rusentitweet/rusentitweet_train.csv")
    table = table[table["label"].isin(["negative", "neutral", "positive"])]
    labels = [(label,) for label in table["label"]]
    return _frame("rusentitweet", zip(table["id"].astype(str), table["text"], labels, strict=True))


def meld(data: Path, part: str) -> pd.DataFrame:
    """MELD, turns of a television series; the last label is the sentiment (evaluation only)."""
    table = pd.read_csv(data / f"meld/{part}_sent_emo.csv")
    labels = list(zip(table["Emotion"], table["Sentiment"], strict=True))
    ids = [f"meld-{part}-{i}" for i in range(len(table))]
    return _frame(f"meld_{part}", zip(ids, table["Utterance"], labels, strict=True))


def _one_polarity(found: list[str]) -> tuple[str, ...] | None:
    kinds = set(found) - {"neutral"}
    if not found or len(kinds) > 1 or kinds - {"positive", "negative"}:
        return None
    return (kinds.pop() if kinds else "neutral",)


def semeval2014(data: Path, domain: str) -> pd.DataFrame:
    """Review sentences whose aspects agree; Restaurants or Laptop (evaluation only)."""
    rows = []
    root = ElementTree.parse(data / f"semeval2014_absa/{domain}_Train.xml").getroot()
    for sentence in root.iter("sentence"):
        label = _one_polarity([a.get("polarity", "") for a in sentence.iter("aspectTerm")])
        if label:
            text = sentence.findtext("text", "").strip()
            rows.append((f"{domain}-{sentence.get('id')}", text, label))
    return _frame(f"semeval_{domain.lower()}", rows)


def sentirueval(data: Path, domain: str) -> pd.DataFrame:
    """Sentences of Russian reviews whose aspects agree; rest or car (evaluation only)."""
    rows = []
    path = data / f"sentirueval2015_absa/SentiRuEval_{domain}_markup_train.xml"
    for review in ElementTree.parse(path).getroot().iter("review"):
        text = review.findtext("text", "")
        marks = [
            (int(a.get("from", 0)), a.get("sentiment", ""))
            for a in review.iter("aspect")
            if a.get("mark") in (None, "Rel") and a.get("type") in (None, "explicit")
        ]
        for match in re.finditer(r"[^.!?…\n]+[.!?…]*", text):
            inside = [s for at, s in marks if match.start() <= at < match.end()]
            label = _one_polarity(inside)
            if label:
                rows.append((f"{domain}-{len(rows)}", match.group().strip(), label))
    return _frame(f"sentirueval_{domain}", rows)


def jupyter_ux(data: Path) -> pd.DataFrame:
    """Open answers of the Jupyter UX survey: what pleases (positive), what hinders (negative)."""
    table = pd.read_csv(data / "jupyter_survey_2015_ux/20160115235816-SurveyExport.csv")
    rows = []
    for column in table.columns:
        lowered = column.lower()
        label = (
            "positive" if "pleasant" in lowered else "negative" if "difficult" in lowered else ""
        )
        if label:
            for i, text in table[column].dropna().items():
                if len(str(text).split()) >= 3:
                    rows.append((f"{label}-{i}", str(text), (label,)))
    return _frame("jupyter_ux", rows)
