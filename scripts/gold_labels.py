"""Put two independent labellings of the gold sample side by side, without the text.

    python scripts/gold_labels.py /work/gold/labels_a.jsonl /work/gold/labels_b.jsonl tests/gold

Checks that each labels every segment once with allowed values, and writes `labels.csv`: id, and
for every label its value by a and by b. Nothing is adjudicated: where the two differ, whoever
scores says how it was treated.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd

from cjmresearch import codebooks

LABELS = ("pain", "pain_type", "suggestion", "valence", "touchpoints", "stage")
VALENCES = ("negative", "neutral", "positive")


def slugs(scheme: str) -> set[str]:
    """List the slugs of a scheme without its name."""
    return {slug.split(":")[1] for slug in codebooks.load(scheme)["slug"]}


def labelling(path: Path, ids: set[str]) -> pd.DataFrame:
    """Read one labelling, indexed by id; `SystemExit` says what is wrong with it."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    frame = pd.DataFrame(rows).set_index("id")
    types, points, stages = slugs("barriers") | {"other"}, slugs("touchpoints"), slugs("b2b8")
    wrong = [
        *([] if set(frame.index) == ids and frame.index.is_unique else ["ids"]),
        *([] if frame["pain"].isin([0, 1]).all() else ["pain"]),
        *([] if frame["suggestion"].isin([0, 1]).all() else ["suggestion"]),
        *([] if frame["valence"].isin(VALENCES).all() else ["valence"]),
        *([] if (frame["pain_type"].notna() == (frame["pain"] == 1)).all() else ["pain_type"]),
        *([] if frame["pain_type"].dropna().isin(types).all() else ["pain_type"]),
        *([] if set().union(*frame["touchpoints"]) <= points else ["touchpoints"]),
        *([] if frame["stage"].isin(stages | {"none"}).all() else ["stage"]),
    ]
    if wrong:
        raise SystemExit(f"{path}: wrong values in {', '.join(wrong)}")
    return frame.assign(touchpoints=[";".join(sorted(set(p))) for p in frame["touchpoints"]])


def main(first: Path, second: Path, out: Path) -> None:
    """Check both labellings and write them side by side."""
    ids = set(pd.read_csv(out / "segments.csv")["id"])
    a, b = labelling(first, ids), labelling(second, ids)
    columns = {
        f"{name}_{who}": frame[name] for name in LABELS for who, frame in (("a", a), ("b", b))
    }
    table = pd.DataFrame(columns).sort_index()
    table.to_csv(out / "labels.csv", lineterminator="\n", index_label="id")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
