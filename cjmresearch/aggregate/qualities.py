"""Qualities of touchpoints: easy, convenient, simple, fast, good, in people's own words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level, share_interval
from cjmresearch.errors import CjmError

SCHEME = "qualities:"


def touchpoint_qualities(
    observations: pd.DataFrame, *, scheme: str = SCHEME, level: float = 0.95
) -> pd.DataFrame:
    """Count who praises and who blames a touchpoint for a quality, of those who speak of it.

    A passage praises where its coding has a valence above 0 and blames below; without a valence
    the quality was named, no more. A person who does both counts for both.

    Parameters
    ----------
    observations
        Frame [observations] with codes of the scheme, e.g. of `codebooks.load("qualities")`.
    scheme
        How the slugs of the qualities begin.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row a touchpoint and quality that anybody spoke of: touchpoint, quality (slugs),
        n_participants (who name it), n_praise, n_blame, of_participants (who speak of the
        touchpoint at all; int64), praise, praise_low, praise_high, blame, blame_low, blame_high
        (shares; `share_interval`), coding_ids (tuple).
    """
    check_level(level)
    at = observations[observations["touchpoint"].notna()]
    named = at[at["code"].str.startswith(scheme)]
    if len(observations) and not observations["code"].str.startswith(scheme).any():
        raise CjmError(
            f"no coding of {scheme}…; project.add_codes(codebooks.load('qualities')) has them"
        )
    of = at.groupby("touchpoint")["participant_id"].nunique()
    rows = []
    for (point, code), group in named.groupby(["touchpoint", "code"], sort=True):
        felt = group.dropna(subset=["valence"])
        rows.append(
            {
                "touchpoint": point,
                "quality": code,
                "n_participants": group["participant_id"].nunique(),
                "n_praise": felt.loc[felt["valence"] > 0, "participant_id"].nunique(),
                "n_blame": felt.loc[felt["valence"] < 0, "participant_id"].nunique(),
                "of_participants": of[point],
                "coding_ids": tuple(dict.fromkeys(group["coding_id"])),
            }
        )
    columns = ["touchpoint", "quality", "n_participants", "n_praise", "n_blame", "of_participants"]
    table = pd.DataFrame(rows, columns=[*columns, "coding_ids"])
    table = table.astype({**dict.fromkeys(columns[2:], "int64")})
    whole = table["of_participants"].to_numpy()
    for side in ("praise", "blame"):
        n = table[f"n_{side}"].to_numpy()
        low, high = share_interval(n, whole, level)
        table[side] = n / np.maximum(whole, 1)
        table[f"{side}_low"], table[f"{side}_high"] = low, high
    ids = table.pop("coding_ids")
    return table.assign(coding_ids=ids)
