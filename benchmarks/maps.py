"""What a map promises, tried on many random maps: F1, F6 and F12 for `benchmarks/statistics.py`.

Each map is built from the sample study with a random part of its codings and random valences.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from cjmresearch import export, journey, schema, workflow
from cjmresearch.export import mermaid

LETTERS = list("абвyz :;#,<br>%😀«»—\"'`{}[]()|&\\")


@cache
def sample() -> schema.Study:
    """Freeze the sample study."""
    with (
        tempfile.TemporaryDirectory() as folder,
        workflow.demo_project(Path(folder) / "sample.cjm") as project,
    ):
        return project.study()


def drawn(rng: np.random.Generator) -> schema.Study:
    """Draw a study: a random part of the sample's codings, with random valences."""
    codings = sample().codings
    kept = codings[rng.random(len(codings)) < rng.uniform(0.2, 0.9)]
    noise = pd.Series(rng.uniform(-1, 1, len(kept)), kept.index)
    valence = kept["valence"].where(rng.random(len(kept)) < 0.5, noise)
    return dataclasses.replace(sample(), codings=kept.assign(valence=valence))


def ledgers(maps: int, seed: int) -> Iterator[tuple[str, float, float]]:
    """F1: yield (what, value, wanted) over random maps."""
    rng = np.random.default_rng(seed)
    worst, numbers, solid, caught, exact = 0.0, 0, 0, [], []
    for _ in range(maps):
        study = drawn(rng)
        map_ = journey.build(study)
        found = differences(map_)
        worst, numbers = max([worst, *found]), numbers + len(found)
        cells = map_.cells[map_.cells["code"].notna()]
        solid += sum(
            map_.rows((c.layer, c.stage, c.code)).empty and c.status != "hypothesis"
            for c in cells.itertuples()
        )
        caught.append(altered_is_named(map_, rng))
        exact.append(only_their_cells_change(map_, rng))
    yield f"farthest of {numbers:,} numbers from its ledger, × 1e12", worst * 1e12, 1.0
    yield "solid cells without a row", solid, 0.0
    yield "a changed character that verify doesn't name", 1 - float(np.mean(caught)), 0.0
    yield "a person left out changes other cells than theirs", 1 - float(np.mean(exact)), 0.0


def differences(map_: journey.JourneyMap) -> list[float]:
    """List how far each number of a map is from what its rows give."""
    found = []
    for point in map_.curve[map_.curve["mean"].notna()].to_dict("records"):
        again = journey.recompute(map_.rows(("curve", point["stage"])))
        found += [abs(point[f] - again[f]) for f in ("mean", "low", "high") if pd.notna(point[f])]
    for cell in map_.cells[map_.cells["code"].notna()].to_dict("records"):
        again = journey.recompute(map_.rows((cell["layer"], cell["stage"], cell["code"])))
        found.append(abs(cell["n_participants"] - again["n_participants"]))
        found += [abs(cell["valence"] - again["mean"])] if pd.notna(cell["valence"]) else []
    return [float(difference) for difference in found]


def altered_is_named(map_: journey.JourneyMap, rng: np.random.Generator) -> bool:
    """Change a character under a coding; tell whether verify names that coding."""
    study = map_.study
    row = map_.observations.iloc[rng.integers(len(map_.observations))]
    texts = study.texts.copy()
    here = texts["source_id"] == row["source_id"]
    text = texts.loc[here, "text"].iloc[0]
    letter = "x" if text[row["start"]] != "x" else "y"
    texts.loc[here, "text"] = text[: row["start"]] + letter + text[row["start"] + 1 :]
    changed = journey.build(dataclasses.replace(study, texts=texts))
    return any(row["coding_id"] in problem for problem in changed.verify())


def only_their_cells_change(map_: journey.JourneyMap, rng: np.random.Generator) -> bool:
    """Leave out a person's codings; tell whether exactly the cells that used them change."""
    study = map_.study
    person = rng.choice(map_.observations["participant_id"].unique())
    theirs = map_.observations.loc[map_.observations["participant_id"] == person, "coding_id"]
    codings = study.codings[~study.codings["coding_id"].isin(theirs)]
    without = journey.build(dataclasses.replace(study, codings=codings))
    keys = ["layer", "stage", "code"]
    fields = ["n_participants", "n_codings", "valence"]
    known = [m.cells[m.cells["code"].notna()].set_index(keys)[fields] for m in (map_, without)]
    before, after = known[0], known[1].reindex(known[0].index)
    both = [table.to_numpy(float, na_value=np.nan) for table in (before, after)]
    same = np.isclose(*both, rtol=0, atol=1e-12, equal_nan=True).all(axis=1)
    unlike = set(before.index[~same])
    used = {key for key in before.index if map_.rows(key)["participant_id"].eq(person).any()}
    return unlike == used and set(known[1].index) <= set(before.index)


def models(maps: int, seed: int) -> Iterator[tuple[str, float, float]]:
    """F6: yield (what, value, wanted): crosswalks there and back, counts, merged stages."""
    rng = np.random.default_rng(seed)
    there = journey.crosswalk("b2b8", "canonical")
    back = journey.crosswalk("canonical", "b2b8").set_index("source")["target"]
    yield (
        "stages of b2b8 that canonical doesn't give back",
        int((there["target"].map(back) != there["source"]).sum()),
        0.0,
    )
    lost, worst = 0, 0.0
    for _ in range(maps):
        study = drawn(rng)
        whole = len(set(journey.build(study).observations["coding_id"]))
        for model in ("shop6", "aida4", "dozortsev12"):
            viewed = journey.build(study, model=model)
            lost += abs(len(set(viewed.observations["coding_id"])) - whole)
            worst = max([worst, *differences(viewed)])
    yield "codings lost in another model", lost, 0.0
    yield "farthest number of another model from its passages, × 1e12", worst * 1e12, 1.0


def files(maps: int, seed: int) -> Iterator[tuple[str, float, float]]:
    """F12: yield (what, value, wanted): JSON to Mermaid and back with hostile names."""
    rng = np.random.default_rng(seed)
    broken, lines = 0, []
    for _ in range(maps):
        document = export.document(journey.build(drawn(rng)))
        quoted = [row for row in document["evidence"] if row["quote"]]
        before = export.dumps(document).split("\n")
        quoted[rng.integers(len(quoted))]["quote"] = "x"
        after = export.dumps(document).split("\n")
        lines.append(sum(a != b for a, b in zip(before, after, strict=True)))
        document |= {"evidence": [], "sources": []}
        for cell in document["cells"]:
            cell["evidence"] = []
            words = "".join(rng.choice(LETTERS, rng.integers(1, 30))).strip()
            cell["name_ru"] = cell["name_en"] = words or "-"
        back = mermaid.loads(mermaid.dumps(document))
        broken += export.loads(export.dumps(back)) != export.loads(export.dumps(document))
    yield "maps that Mermaid doesn't give back", broken, 0.0
    yield "lines of a file that one changed quote changes, at most", max(lines), 1.0
