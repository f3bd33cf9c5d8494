"""Random gold samples of a project's own segments, with the probability of each recorded."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import pandas as pd

from cjmresearch import schema, text
from cjmresearch.errors import ModelError
from cjmresearch.schema import Study

STRATA = ("language", "participant", "source", "stage")
MIN_WORDS = 3


class HasStudy(Protocol):
    """A project: anything that gives a study."""

    def study(self) -> Study:
        """Give the frames of one instant."""
        ...


def study_of(given: Study | HasStudy) -> Study:
    """Take the frames of a project, or the study itself."""
    return given if isinstance(given, Study) else given.study()


def gold_sample(
    study: Study | HasStudy,
    n: int,
    *,
    by: str | Sequence[str] = "language",
    tagged: float | None = None,
    codes: Sequence[str] = (),
    allocation: Literal["proportional", "equal"] = "proportional",
    min_words: int = MIN_WORDS,
    random_state: int = 0,
) -> pd.DataFrame:
    """Draw segments at random for a person to code blind; each with its known probability.

    Sentences of participants are drawn without replacement within strata, so every segment of a
    stratum has the probability drawn / of. Rows come in random order: a coder who stops early has
    still read a random part. Keep them with `project.add_samples`, code what they hold without
    looking at suggestions, and say so with `project.finish_samples`.

    Parameters
    ----------
    study
        Frozen frames of a project, or the project.
    n
        How many segments; fewer where there are not as many.
    by
        Strata: any of language, participant, source, stage (the stage coded over the segment,
        else that of the question asked). Each stratum gets at least two segments where n allows.
    tagged
        Share of the sample, between 0 and 1, that is drawn from segments with a machine's
        suggestion, so that rare codes are met often enough. The probabilities undo the tilt.
    codes
        Slugs or schemes whose suggestions count for `tagged`; all of them if none is named.
    allocation
        `proportional` to the size of the strata of `by`, or `equal` (as the corrected curve
        needs: as many for every participant and stage).
    min_words
        Shorter segments ("Yes.", «Ну да») are neither drawn nor spoken for.
    random_state
        Seed: the same seed and study give the same sample, also where the study is made again of
        the same files in the same order.

    Returns
    -------
    DataFrame [samples]
        sample_id, source_id, start, end, probability, design (JSON: kind `random`, batch, stratum,
        drawn, of, seed, min_words).

    Raises
    ------
    ModelError
        No segment to draw from, n under 1, an unknown stratum, `tagged` without suggestions.
    """
    frozen = study_of(study)
    strata = [by] if isinstance(by, str) else list(by)
    _check_request(n, strata, tagged)
    frame = _frame(frozen, min_words)
    labels = _strata(frame, frozen, strata)
    if tagged is None:
        sizes = _allocate(labels.value_counts(sort=False).sort_index(), n, allocation)
    else:
        held = _tagged(frame, frozen, codes)
        if not held.any():
            raise ModelError(
                "tagged: no segment has a suggestion of these codes; tag the project first, or "
                "draw without `tagged`"
            )
        with_tag = round(n * tagged)
        marked = labels + np.where(held, "; tagged", "; not tagged")
        sizes = pd.concat(
            [
                _allocate(marked[part].value_counts(sort=False).sort_index(), share, allocation)
                for part, share in ((held, with_tag), (~held, n - with_tag))
            ]
        )
        labels = marked
    return _drawn(frame, labels, sizes, seed=random_state, min_words=min_words)


def _check_request(n: int, strata: Sequence[str], tagged: float | None) -> None:
    unknown = [name for name in strata if name not in STRATA]
    if unknown:
        raise ModelError(f"by: no stratum {unknown[0]!r}; choose of {', '.join(STRATA)}")
    if n < 1:
        raise ModelError(f"n={n}: draw at least one segment")
    if tagged is not None and not 0 < tagged < 1:
        raise ModelError(
            f"tagged={tagged}: give a share between 0 and 1, both excluded; drawing nothing from "
            "one side would leave its errors unknown"
        )


def _frame(study: Study, min_words: int) -> pd.DataFrame:
    """Segments that can be drawn: what known participants say, with enough words."""
    found = text.segments(study)
    words = found["text"].str.split().str.len()
    able = (found["role"] == "participant") & found["participant_id"].notna() & (words >= min_words)
    order = pd.Index(study.sources["source_id"]).get_indexer(found["source_id"])
    # Ids are random: in the order of the sources a study that is made again gives the same sample.
    found = found.assign(order=order)[able].sort_values(["order", "start"], ignore_index=True)
    if found.empty:
        raise ModelError(
            f"no segment of a participant has {min_words} words; add interviews, set the roles of "
            "their speakers, or lower min_words"
        )
    return found


def _strata(frame: pd.DataFrame, study: Study, names: Sequence[str]) -> pd.Series:
    columns = {
        "language": frame["language"],
        "participant": _anonymous(frame["participant_id"]),
        "source": frame["order"].map("{:04d}".format),
    }
    if "stage" in names:
        columns["stage"] = _stages(frame, study)
    parts = [name + "=" + columns[name].fillna("unknown").astype("str") for name in names]
    labels = pd.Series("", index=frame.index, dtype="str")
    for i, part in enumerate(parts):
        labels = part if i == 0 else labels + "; " + part
    return labels


def _anonymous(ids: pd.Series) -> pd.Series:
    """Name strata by hashes: a design is kept as text, where an id that is a name would stay."""
    return ids.map(lambda one: hashlib.sha256(str(one).encode()).hexdigest()[:8])


def _stages(frame: pd.DataFrame, study: Study) -> pd.Series:
    """Stage of each segment: coded over it (people before machines), else the question's."""
    slugs = study.stages().set_index("code_id")["slug"]
    coded = study.codings[study.codings["code_id"].isin(slugs.index)]
    coded = coded[coded["status"] != "rejected"].reset_index(drop=True)
    asked = study.questions.set_index("question_id")["stage"]
    stage = frame["question_id"].map(asked)
    at, coding = overlapping(frame, coded)
    pairs = pd.DataFrame(
        {
            "at": at,
            "stage": coded["code_id"].map(slugs).to_numpy()[coding],
            "machine": (coded["status"] == "suggested").to_numpy()[coding],
        }
    ).sort_values(["at", "machine", "stage"])
    first = pairs.drop_duplicates("at").set_index("at")["stage"]
    return first.reindex(frame.index).where(lambda s: s.notna(), stage)


def _tagged(frame: pd.DataFrame, study: Study, codes: Sequence[str]) -> np.ndarray:
    suggested = study.codings[study.codings["status"] == "suggested"]
    if codes:
        chosen = study.codes["slug"].isin(codes) | study.codes["scheme"].isin(codes)
        suggested = suggested[suggested["code_id"].isin(study.codes.loc[chosen, "code_id"])]
    held = np.zeros(len(frame), bool)
    held[overlapping(frame, suggested)[0]] = True
    return held


def overlapping(segments: pd.DataFrame, codings: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Pair segments and codings that share a character: positions in both frames.

    The segments must not overlap one another and must be sorted by source and start.
    """
    if segments.empty or codings.empty:
        nothing = np.empty(0, np.int64)
        return nothing, nothing
    sources = pd.Index(segments["source_id"].unique())
    inside = np.flatnonzero(codings["source_id"].isin(sources))
    codings = codings.iloc[inside]
    scale = 1 + int(max(segments["end"].max(), codings["end"].max() if len(codings) else 0))
    base = sources.get_indexer(segments["source_id"]) * scale
    begin, end = base + segments["start"].to_numpy(), base + segments["end"].to_numpy()
    other = sources.get_indexer(codings["source_id"]) * scale
    first = np.searchsorted(end, other + codings["start"].to_numpy(), side="right")
    last = np.searchsorted(begin, other + codings["end"].to_numpy(), side="left")
    counts = np.maximum(last - first, 0)
    starts = np.repeat(first - (np.cumsum(counts) - counts), counts)
    return starts + np.arange(counts.sum()), inside[np.repeat(np.arange(len(codings)), counts)]


def _allocate(sizes: pd.Series, n: int, allocation: str) -> pd.Series:
    """Share n among strata: two each where that fits, the rest by size or equally."""
    if allocation not in ("proportional", "equal"):
        raise ModelError(f"allocation={allocation!r}: choose proportional or equal")
    room = sizes.to_numpy()
    weight = room / max(room.sum(), 1) if allocation == "proportional" else np.ones(len(room))
    take = np.minimum(room, 2) if n >= np.minimum(room, 2).sum() else np.zeros(len(room), int)
    for _ in range(min(n, int(room.sum())) - int(take.sum())):
        need = np.where(take < room, weight / (take + 1), -1.0)
        take[need.argmax()] += 1
    return pd.Series(take, index=sizes.index)


def _drawn(
    frame: pd.DataFrame, labels: pd.Series, sizes: pd.Series, *, seed: int, min_words: int
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    of = labels.value_counts()
    rows: list[dict[str, object]] = []
    chosen = {
        label: rng.choice(np.flatnonzero(labels == label), size=int(size), replace=False)
        for label, size in sizes.items()
        if size
    }
    spans = "|".join(
        f"{frame['source_id'].iloc[i]}:{frame['start'].iloc[i]}"
        for drawn in chosen.values()
        for i in sorted(drawn)
    )
    batch = str(uuid.uuid5(uuid.NAMESPACE_URL, f"cjmresearch:gold:{seed}:{spans}"))[:8]
    for label, drawn in chosen.items():
        design = {
            "kind": "random", "batch": batch, "stratum": label, "drawn": len(drawn),
            "of": int(of[label]), "seed": seed, "min_words": min_words,
        }  # fmt: skip
        for i in drawn:
            row = frame.iloc[i]
            key = f"cjmresearch:sample:{batch}:{row['source_id']}:{row['start']}:{row['end']}"
            rows.append(
                {
                    "sample_id": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
                    "source_id": row["source_id"],
                    "start": row["start"],
                    "end": row["end"],
                    "probability": len(drawn) / int(of[label]),
                    "design": json.dumps(design, ensure_ascii=False),
                }
            )
    order = rng.permutation(len(rows))
    return schema.frame("samples", [rows[i] for i in order])
