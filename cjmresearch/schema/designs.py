"""How samples were drawn: the designs in `samples`, read and checked."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.errors import SchemaError

EVERYTHING = ""
"""Stands among the schemes of a segment that a coder finished for the whole codebook."""


def gold_designs(samples: pd.DataFrame) -> pd.DataFrame:
    """Read the drawn rows of [samples], and for which schemes somebody has finished each.

    Returns
    -------
    DataFrame
        Columns of `samples`, plus batch, stratum (str), drawn, of (int: of how many segments of
        the stratum), schemes (a frozenset, `EVERYTHING` for the whole codebook; NaN: unfinished).

    Raises
    ------
    SchemaError
        No sample; one that was not drawn at random with recorded probabilities (from passages
        chosen by hand or by confidence no rate can be computed); none that anybody has finished.
    """
    if samples.empty:
        raise SchemaError(
            "samples",
            [
                "there is no gold sample: draw one with models.gold_sample, keep it with "
                "project.add_samples, code it blind"
            ],
        )
    designs = [_read(text) for text in samples["design"]]
    kinds = np.array([str(design.get("kind")) for design in designs])
    _refuse(samples, kinds)
    drawn = samples[kinds == "random"].reset_index(drop=True)
    chosen = [design for design in designs if design["kind"] == "random"]
    for name in ("batch", "stratum", "drawn", "of"):
        drawn[name] = [design.get(name) for design in chosen]
    told = drawn["drawn"].astype("float64") / drawn["of"].astype("float64")
    if not np.allclose(told, drawn["probability"]):
        raise SchemaError(
            "samples",
            [
                "the recorded probabilities don't match the design (drawn / of); draw a new "
                "sample with models.gold_sample"
            ],
        )
    looked_for = _finished(designs)
    if not looked_for:
        raise SchemaError(
            "samples",
            [
                f"{len(drawn)} segments are drawn and none is finished: code them, then call "
                "project.finish_samples(sample_ids, coder=...)"
            ],
        )
    return drawn.assign(schemes=drawn["sample_id"].map(looked_for))


def finished_for(schemes: pd.Series, wanted: set[str]) -> np.ndarray:
    """Tell which rows of `gold_designs` were finished for all the schemes wanted."""
    return np.array(
        [
            isinstance(looked, frozenset) and (EVERYTHING in looked or wanted <= looked)
            for looked in schemes
        ],
        dtype=bool,
    )


def _refuse(samples: pd.DataFrame, kinds: np.ndarray) -> None:
    odd = ~np.isin(kinds, ["random", "finished"])
    if odd.any():
        what = samples["design"].iloc[int(odd.argmax())]
        raise SchemaError(
            "samples",
            [
                f"a sample of the design {what[:60]!r} was not drawn at random with recorded "
                "probabilities, so it can't tell how often the machine errs; use "
                "models.gold_sample"
            ],
        )


def _read(text: str) -> dict[str, Any]:
    """Read a design; one that is no JSON object is of no kind."""
    try:
        design = json.loads(text)
    except ValueError:
        return {}
    return design if isinstance(design, dict) else {}


def _finished(designs: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for design in designs:
        if design["kind"] == "finished":
            looked = frozenset(design["schemes"] or [EVERYTHING])
            found[design["sample"]] = found.get(design["sample"], frozenset()) | looked
    return found
