"""Score the shipped taggers on real speech: `python benchmarks/gold.py --data ../shared/data`.

The gold set is in `tests/gold`: offsets, hashes and two independent labellings. Prints the tables
of `docs/gold.md` and, with `--write`, writes them: agreement of the labellings; precision and
recall of the rules alone and of all taggers together, with the interval of their difference;
valence. `--half open` (the default) is for work on the taggers, `locked` is scored once.

The taggers see every turn that holds a gold segment, with its neighbours, cut into sentences as
the product cuts them; a gold segment has a label where a suggestion shares a character with it.
`--keep FILE` stores what the rules say (ids and labels) as a fixed rival for `--against FILE`.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import gold_sample  # noqa: E402

from cjmresearch import codebooks, models, text  # noqa: E402
from cjmresearch.read import Survey, Transcript  # noqa: E402

GOLD = ROOT / "tests" / "gold"
NEIGHBOURS = 2
DRAWS = 2000
FEW_PEOPLE = 10
VALENCES = ("negative", "neutral", "positive")
LABELS = ("pain", "suggestion", "touchpoint", "product", "stage", "use")
TITLES = {
    "pain": "pain",
    "suggestion": "need or suggestion",
    "touchpoint": "touchpoint (slug by slug)",
    "product": "touchpoint `product` alone",
    "stage": "stage (slug by slug)",
    "use": "stage `use` alone",
}
NEEDS = ("need", "dream", "opportunity")
WRITTEN = tuple(family.name for family in gold_sample.FAMILIES if family.asked)


# -- the material -------------------------------------------------------------------------------


def gold(half: str) -> pd.DataFrame:
    """Read segments and both labellings of a half, `open`, `locked` or `all`; index: id."""
    segments = pd.read_csv(GOLD / "segments.csv", dtype={"item": "str"}, keep_default_na=False)
    labels = pd.read_csv(GOLD / "labels.csv", keep_default_na=False)
    joined = segments.merge(labels, on="id", validate="one_to_one").set_index("id")
    return joined if half == "all" else joined[joined["half"] == half]


def originals(data: Path, wanted: pd.DataFrame) -> dict[tuple[str, str], Transcript | Survey]:
    """Read the files of the wanted segments: (file, item) -> what was read."""
    keys = set(zip(wanted["file"], wanted["item"], strict=True))
    found = {}
    for family in gold_sample.FAMILIES:
        if family.name in set(wanted["family"]):
            for file, item, got in gold_sample.sources(family, data):
                if (file, item) in keys:
                    found[file, item] = got
    return found


def texts_of(wanted: pd.DataFrame, files: dict[tuple[str, str], Transcript | Survey]) -> pd.Series:
    """Cut the words of each segment; `SystemExit` where they aren't those that were labelled."""
    words, changed = [], []
    for row in wanted.itertuples():
        said = files[row.file, row.item].text[row.start : row.end]
        words.append(said)
        if hashlib.sha256(said.encode()).hexdigest() != row.hash:
            changed.append(row.Index)
    if changed:
        raise SystemExit(
            f"{len(changed)} segments aren't where they were labelled (first: {changed[0]}); the "
            "readers or the data have changed"
        )
    return pd.Series(words, index=wanted.index, dtype="str")


def surroundings(
    wanted: pd.DataFrame, files: dict[tuple[str, str], Transcript | Survey]
) -> pd.DataFrame:
    """Cut the turns around the wanted segments into sentences, as a project would; [segments]."""
    parts = []
    for (file, item), rows in wanted.groupby(["file", "item"], sort=False):
        got = files[file, item]
        turns = got.turns.reset_index(drop=True)
        holds = np.zeros(len(turns), bool)
        for row in rows.itertuples():
            holds |= ((turns["start"] < row.end) & (turns["end"] > row.start)).to_numpy()
        near = holds.copy()
        if not isinstance(got, Survey):
            for step in range(1, NEIGHBOURS + 1):
                near[step:] |= holds[:-step]
                near[:-step] |= holds[step:]
        source = got.source["source_id"].iloc[0]
        language = pd.Series({source: got.source["language"].iloc[0]}, dtype="str")
        parts.append(
            text.segment(
                turns[near],
                texts=pd.Series({source: got.text}),
                speakers=got.speakers,
                languages=language,
            )
        )
    return pd.concat(parts, ignore_index=True)


# -- what the taggers say -------------------------------------------------------------------------


def suggestions(segments: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ask the rules alone, and all that a project is tagged with; two [codings]."""
    codes = codebooks.default()
    return _named(text.tag(segments, codes=codes)), _named(models.tag(segments, codes=codes))


def _named(codings: pd.DataFrame) -> pd.DataFrame:
    """Add slug and kind."""
    known = codebooks.load().set_index("code_id")
    unknown = ~codings["code_id"].isin(known.index)
    if unknown.any():
        print(f"{int(unknown.sum())} suggestions of codes that no shipped codebook has: left out")
    codings = codings[~unknown]
    return codings.assign(
        slug=codings["code_id"].map(known["slug"]), kind=codings["code_id"].map(known["kind"])
    )


def answers(
    wanted: pd.DataFrame, files: dict[tuple[str, str], Transcript | Survey], codings: pd.DataFrame
) -> pd.DataFrame:
    """Collect for each segment: pain, suggestion (0/1), touchpoints, stage (slugs by `;`)."""
    by_source = dict(list(codings.groupby("source_id")))
    rows = []
    for row in wanted.itertuples():
        source = files[row.file, row.item].source["source_id"].iloc[0]
        here = by_source.get(source, codings.iloc[:0])
        here = here[(here["start"] < row.end) & (here["end"] > row.start)]
        rows.append(
            {
                "pain": int((here["kind"] == "pain").any()),
                "suggestion": int(
                    (here["kind"].isin(NEEDS) & ~here["slug"].str.endswith(":pain")).any()
                ),
                "touchpoints": _slugs(here, "touchpoints"),
                "stage": _slugs(here, "b2b8"),
            }
        )
    return pd.DataFrame(rows, index=wanted.index)


def _slugs(codings: pd.DataFrame, scheme: str) -> str:
    own = codings.loc[codings["slug"].str.startswith(f"{scheme}:"), "slug"]
    return ";".join(sorted({slug.split(":")[1] for slug in own}))


# -- scores ---------------------------------------------------------------------------------------


def parts_of(frame: pd.DataFrame) -> Iterator[tuple[str, np.ndarray]]:
    """Give the parts that are scored: all, each language, talk and written answers."""
    yield "all", np.ones(len(frame), bool)
    for language in ("ru", "en"):
        yield language, (frame["language"] == language).to_numpy()
    if "family" in frame:
        written = frame["family"].isin(WRITTEN).to_numpy()
        yield "talk", ~written
        yield "answers", written


def marks(frame: pd.DataFrame, label: str, suffix: str = "") -> list[set[str]]:
    """List what is marked on each segment, as a set: empty for "no"."""
    if label in ("pain", "suggestion"):
        return [{label} if value == 1 else set() for value in frame[label + suffix]]
    column = "touchpoints" if label in ("touchpoint", "product") else "stage"
    found = [
        {slug for slug in str(value).split(";") if slug not in ("", "none")}
        for value in frame[column + suffix]
    ]
    return [one & {label} for one in found] if label in ("product", "use") else found


def counts(said: Iterable[set[str]], true: Iterable[set[str]]) -> np.ndarray:
    """Count true positives, false positives and misses of each segment: n x 3."""
    pairs = list(zip(said, true, strict=True))
    return np.array([[len(s & t), len(s - t), len(t - s)] for s, t in pairs], float).reshape(-1, 3)


def scores(totals: np.ndarray) -> np.ndarray:
    """Turn counts (... x 3) into precision, recall and F1 (... x 3); NaN where nothing is there."""
    hit, false, missed = np.moveaxis(totals, -1, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.stack(
            [hit / (hit + false), hit / (hit + missed), 2 * hit / (2 * hit + false + missed)], -1
        )


def draws_of(people: int, seed: int = 0) -> np.ndarray:
    """Bootstrap counts of people: DRAWS x people."""
    return np.random.default_rng(seed).multinomial(people, np.full(people, 1 / people), size=DRAWS)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Percentile interval of bootstrap values; draws without a value are left out."""
    kept = values[~np.isnan(values)]
    if len(kept) < DRAWS / 2:
        return np.nan, np.nan
    low, high = np.quantile(kept, [0.025, 0.975])
    return float(low), float(high)


def by_person(person: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Sum rows by person."""
    codes, people = pd.factorize(person)
    total = np.zeros((len(people), *values.shape[1:]))
    np.add.at(total, codes, values)
    return total


def compare(frame: pd.DataFrame, rivals: dict[str, pd.DataFrame], label: str) -> list[dict]:
    """Score two taggers on agreed segments, and the difference, with a bootstrap over people."""
    a, b = marks(frame, label, "_a"), marks(frame, label, "_b")
    agreed = np.array([x == y for x, y in zip(a, b, strict=True)])
    rows = []
    for part, chosen in parts_of(frame):
        kept = chosen & agreed
        person = frame["person"].to_numpy()[kept]
        people = len(set(person))
        draws = draws_of(people)
        true = [t for t, k in zip(a, kept, strict=True) if k]
        tables, drawn = {}, {}
        for name, said in rivals.items():
            mine = counts([s for s, k in zip(marks(said, label), kept, strict=True) if k], true)
            tables[name] = scores(mine.sum(axis=0))
            drawn[name] = scores(draws @ by_person(person, mine))
            weight = 1 / frame["probability"].to_numpy()[kept]
            both_ways = [
                scores(counts(marks(said[chosen], label), marks(frame[chosen], label, s)).sum(0))[2]
                for s in ("_a", "_b")
            ]
            rows.append(
                {"label": label, "part": part, "tagger": name, "n": int(kept.sum()),
                 "people": people, "yes": int(sum(map(bool, true))),
                 "weighted_f1": scores((mine * weight[:, None]).sum(0))[2],
                 "f1_a": both_ways[0], "f1_b": both_ways[1]}
                | _with_intervals(tables[name], drawn[name])
            )  # fmt: skip
        first, second = list(rivals)
        gap, spread = tables[second] - tables[first], drawn[second] - drawn[first]
        rows.append(
            {"label": label, "part": part, "tagger": f"{second} − {first}",
             "people": people}
            | _with_intervals(gap, spread)
        )  # fmt: skip
    return rows


def _with_intervals(values: np.ndarray, drawn: np.ndarray) -> dict[str, float]:
    found = {}
    for i, name in enumerate(("precision", "recall", "f1")):
        low, high = interval(drawn[:, i])
        found |= {name: values[i], f"{name}_low": low, f"{name}_high": high}
    return found


# -- agreement ------------------------------------------------------------------------------------


def cohen_kappa(table: np.ndarray) -> np.ndarray:
    """Cohen's kappa of agreement tables (... x k x k); NaN where chance agreement is total."""
    total = table.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = np.trace(table, axis1=-2, axis2=-1) / total
        chance = (table.sum(axis=-1) * table.sum(axis=-2)).sum(axis=-1) / total**2
        return (observed - chance) / (1 - chance)


def krippendorff_alpha(table: np.ndarray) -> np.ndarray:
    """Krippendorff's nominal alpha of two coders without gaps, from tables (... x k x k)."""
    n = 2 * table.sum(axis=(-2, -1))
    both = table.sum(axis=-1) + table.sum(axis=-2)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = 1 - 2 * np.trace(table, axis1=-2, axis2=-1) / n
        expected = 1 - (both * (both - 1)).sum(axis=-1) / (n * (n - 1))
        return 1 - observed / expected


def agreement(frame: pd.DataFrame) -> pd.DataFrame:
    """Compare both labellings, per label and language, with a bootstrap over people."""
    rows = []
    for label in ("pain", "suggestion", "valence", "touchpoint", "product", "stage", "use"):
        if label == "valence":
            values = [frame[f"valence_{who}"].tolist() for who in "ab"]
        else:
            values = [
                [";".join(sorted(one)) for one in marks(frame, label, f"_{who}")] for who in "ab"
            ]
        kinds = sorted(set(values[0]) | set(values[1]))
        first, second = (np.array([kinds.index(v) for v in side]) for side in values)
        for language in ("all", "ru", "en"):
            kept = (frame["language"] == language).to_numpy() | (language == "all")
            rows.append(
                {"label": label, "language": language}
                | _agreed(first[kept], second[kept], frame["person"].to_numpy()[kept], len(kinds))
            )
    return pd.DataFrame(rows)


def _agreed(first: np.ndarray, second: np.ndarray, person: np.ndarray, kinds: int) -> dict:
    cells = np.eye(kinds * kinds)[first * kinds + second]
    people = by_person(person, cells)
    drawn = (draws_of(len(people)) @ people).reshape(-1, kinds, kinds)
    table = cells.sum(axis=0).reshape(kinds, kinds)
    found: dict[str, float] = {
        "n": len(first),
        "people": len(people),
        "same": float((first == second).mean()),
    }
    measures: dict[str, Callable] = {"kappa": cohen_kappa, "alpha": krippendorff_alpha}
    for name, measure in measures.items():
        low, high = interval(measure(drawn))
        found |= {name: float(measure(table)), f"{name}_low": low, f"{name}_high": high}
    return found


# -- valence --------------------------------------------------------------------------------------


def auc(score: np.ndarray, yes: np.ndarray, draws: np.ndarray) -> tuple[float, float, float]:
    """Area under the curve of a score for `yes`; `draws` (n weights a row) give the interval."""
    wins = np.sign(score[yes][:, None] - score[~yes][None, :]) / 2 + 0.5
    if not wins.size:
        return np.nan, np.nan, np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        drawn = np.einsum("dp,pn,dn->d", draws[:, yes], wins, draws[:, ~yes])
        drawn = drawn / (draws[:, yes].sum(1) * draws[:, ~yes].sum(1))
    return float(wins.mean()), *interval(drawn)


def valence(frame: pd.DataFrame, words: pd.Series) -> pd.DataFrame:
    """Score sign and class of the shipped valence where both labellings agree."""
    got = models.classify(words.tolist(), task="sentiment")
    number = got["valence"].to_numpy()
    said = np.array([labels[0] if labels else "neutral" for labels in got["labels"]])
    agreed = (frame["valence_a"] == frame["valence_b"]).to_numpy()
    rows = []
    for part, chosen in parts_of(frame):
        kept = agreed & chosen
        true = frame["valence_a"].to_numpy()[kept]
        codes, people = pd.factorize(frame["person"].to_numpy()[kept])
        draws = draws_of(len(people))[:, codes].astype(float)
        row: dict[str, object] = {"part": part, "n": int(kept.sum()), "people": len(people)}
        row |= {name: int((true == name).sum()) for name in VALENCES}
        sides = true != "neutral"
        for name, score, yes, within in (
            ("auc_sign", number[kept], true == "positive", sides),
            ("auc_negative", -number[kept], true == "negative", np.ones(len(true), bool)),
            ("auc_positive", number[kept], true == "positive", np.ones(len(true), bool)),
        ):
            value, low, high = auc(score[within], yes[within], draws[:, within])
            row |= {name: value, f"{name}_low": low, f"{name}_high": high}
        row["sign_right"] = float((np.sign(number[kept][sides]) == _sign(true[sides])).mean())
        value, spread = _macro_f1(said[kept], true, draws)
        low, high = interval(spread)
        rows.append(row | {"macro_f1": value, "macro_f1_low": low, "macro_f1_high": high})
    return pd.DataFrame(rows)


def _sign(true: np.ndarray) -> np.ndarray:
    return np.where(true == "positive", 1, -1)


def _macro_f1(said: np.ndarray, true: np.ndarray, draws: np.ndarray) -> tuple[float, np.ndarray]:
    total, drawn = [], []
    for name in VALENCES:
        mine = counts([{name} & {s} for s in said], [{name} & {t} for t in true])
        total.append(scores(mine.sum(axis=0))[2])
        drawn.append(scores(draws @ mine)[:, 2])
    return float(np.mean(total)), np.mean(drawn, axis=0)


# -- the page -------------------------------------------------------------------------------------


def told(row: pd.Series, name: str, *, sign: bool = False) -> str:
    """Say a value with its interval, unless it rests on too few people for one."""
    value = row[name]
    if pd.isna(value):
        return "–"
    style = "+.2f" if sign else ".2f"
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    unknown = pd.isna(low) or row["people"] < FEW_PEOPLE
    return f"{value:{style}}" + ("" if unknown else f" [{low:{style}}, {high:{style}}]")


def table(header: str, rows: Iterable[Iterable[object]]) -> str:
    """Write a table of Markdown."""
    names = header.split("|")
    lines = [f"| {' | '.join(names)} |", "|---" * len(names) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def page(half: str, frame: pd.DataFrame, parts: dict[str, pd.DataFrame]) -> str:
    """Write the page of the model card."""
    agreed, scored, felt = parts["agreement"], parts["scores"], parts["valence"]
    sizes = frame.groupby("language").agg(n=("file", "size"), people=("person", "nunique"))
    said = ", ".join(f"{r.n} {r.Index} segments of {r.people} people" for r in sizes.itertuples())
    return PAGE.format(
        half=half,
        sizes=said,
        agreement=table(
            "label|language|n|people|same|Cohen's κ [95 %]|Krippendorff's α [95 %]",
            (
                (TITLES.get(r["label"], r["label"]), r["language"], r["n"], r["people"],
                 f"{r['same']:.2f}", told(r, "kappa"), told(r, "alpha"))
                for _, r in agreed.iterrows()
            ),
        ),
        scores=table(
            "label|part|tagger|n|people|yes|precision|recall|F1|F1 if a, if b|F1 weighted",
            (_score_row(r) for _, r in scored.iterrows()),
        ),
        valence=table(
            "part|n|people|negative, neutral, positive|AUC of the sign|sign right|"
            "AUC negative or not|AUC positive or not|macro F1 of 3",
            (
                (r["part"], r["n"], r["people"], ", ".join(str(r[v]) for v in VALENCES),
                 told(r, "auc_sign"), f"{r['sign_right']:.2f}", told(r, "auc_negative"),
                 told(r, "auc_positive"), told(r, "macro_f1"))
                for _, r in felt.iterrows()
            ),
        ),
    )  # fmt: skip


def _score_row(r: pd.Series) -> tuple[object, ...]:
    gap = "−" in r["tagger"]
    values = tuple(told(r, name, sign=gap) for name in ("precision", "recall", "f1"))
    head = (TITLES[r["label"]], r["part"], r["tagger"])
    if gap:
        return (*head, "", r["people"], "", *values, "", "")
    ways = ", ".join("–" if pd.isna(r[n]) else f"{r[n]:.2f}" for n in ("f1_a", "f1_b"))
    weighted = "–" if pd.isna(r["weighted_f1"]) else f"{r['weighted_f1']:.2f}"
    return (*head, int(r["n"]), r["people"], int(r["yes"]), *values, ways, weighted)


PAGE = """# How well the shipped taggers do on real speech

Written by `benchmarks/gold.py --half {half} --write`; don't edit.

**The labels were not made by human coders.** Two automatic labellers read one written guideline and
labelled the segments independently and blind: neither saw the other's labels, the taggers, their
patterns or what these say. They may share mistakes, and their agreement is likely higher than that
of two people would be (two people who coded nine of these interviews reached κ .46 on whether a
paragraph is coded at all). Read the figures as "against a careful reader of the guideline".

Material: sentences (three words or more) of participants in interviews and of open answers in
surveys that this project may not redistribute: random within each collection, with recorded
probabilities (`tests/gold/segments.csv`: file, offsets, hash). Half is locked until the taggers
are final. This page scores the **{half}** half: {sizes}. Half of the Russian
segments come from one lecture-like podcast, and six people speak Russian in all: too few for any
Russian figure to be relied on.

## Agreement of the two labellings

{agreement}

Intervals: bootstrap over people, percentiles of 2,000 draws. Of the nine types of barriers of E3
neither labelling used one: every pain here is of the open class, so types can't be scored.

## Rules alone and all taggers together

A segment counts where both labellings agree; *F1 if a, if b* takes one labelling for the truth on
all segments; *weighted* gives each segment 1 / probability. *lexicon*: {{lexicon}}.
*shipped*: all that a project is tagged with. *talk*: interviews; *answers*: open answers of
surveys, of which a shipped tagger may have learned other answers. Rows with − are the difference,
with an interval from the same draws of people. No interval under 10 people. One of no width (0 or 1
in every draw) is no certainty. Precision of a tagger that suggests nothing is "–".

{scores}

## Valence

Of the shipped emotion model, on the segment alone, where both labellings agree.

{valence}
"""


def main() -> None:
    """Score one half."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--half", choices=("open", "locked"), default="open")
    parser.add_argument("--keep", type=Path, help="store what the rules say of all segments")
    parser.add_argument("--against", type=Path, help="stored answers as the lexicon")
    parser.add_argument("--write", action="store_true", help="write docs/gold.md")
    options = parser.parse_args()
    frame = gold("all" if options.keep else options.half)
    files = originals(options.data, frame)
    words = texts_of(frame, files)
    rules, said = suggestions(surroundings(frame, files))
    if options.keep:
        answers(frame, files, rules).to_csv(options.keep, lineterminator="\n", index_label="id")
        return
    lexicon, source = answers(frame, files, rules), "the rules of `text.tag` alone"
    if options.against:
        kept = pd.read_csv(options.against, keep_default_na=False).set_index("id")
        lexicon, source = kept.loc[frame.index], f"the rules as kept in `{options.against.name}`"
    rivals = {"lexicon": lexicon, "shipped": answers(frame, files, said)}
    parts = {
        "agreement": agreement(gold("all")),
        "scores": pd.DataFrame([row for label in LABELS for row in compare(frame, rivals, label)]),
        "valence": valence(frame, words),
    }
    written = page(options.half, frame, parts).replace("{lexicon}", source)
    print(written)
    if options.write:
        (ROOT / "docs" / "gold.md").write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
