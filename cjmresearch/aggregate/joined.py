"""Whose paths and whose words belong together, and what of a log belongs to nobody known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import check_level, share_interval
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study

GROUPS = ("joined", "log_only", "words_only", "unlinked")
_SAYS = {
    "ru": "Журнал и слова известны у {joined} из {of}; только журнал — {log_only}, только слова — "
    "{words_only}, записи журнала без человека — {unlinked}.",
    "en": "Log and words are known of {joined} of {of}; only the log: {log_only}, only words: "
    "{words_only}, cases of the log without a person: {unlinked}.",
}


def path_sample(study: Study, *, unlinked: int = 0, level: float = 0.95) -> pd.DataFrame:
    """Count whose logged path is joined to their words; what isn't joined distorts every path.

    Parameters
    ----------
    study
        Frozen frames of a project; a visit whose origin is `log` comes from a log.
    unlinked
        Cases of the log that belong to no participant, e.g. `len(read.link_ids(...).only_a)`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        group {joined, log_only, words_only, unlinked}, n (people; cases of the log where unlinked),
        of (all together; int64), share, low, high (see `share_interval`).
    """
    check_level(level)
    if unlinked < 0:
        raise CjmError(f"unlinked={unlinked}: give a count, 0 or more")
    logged = set(study.visits.loc[study.visits["origin"] == "log", "participant_id"])
    speakers = study.speakers[study.speakers["role"] == "participant"]
    heard = set(speakers["participant_id"].dropna())
    counts = (len(logged & heard), len(logged - heard), len(heard - logged), unlinked)
    n = np.array(counts, "int64")
    of = np.full(len(n), n.sum(), "int64")
    low, high = share_interval(n, of, level)
    share = n / of if n.sum() else np.full(len(n), np.nan)
    return pd.DataFrame(
        {"group": GROUPS, "n": n, "of": of, "share": share, "low": low, "high": high}
    ).astype({"group": "str"})


def path_sample_in_words(sample: pd.DataFrame, *, language: str = "ru") -> str:
    """Say in a sentence what `path_sample` counts, to stand beside a statistic of paths."""
    if language not in _SAYS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_SAYS)}")
    counts = dict(zip(sample["group"], sample["n"], strict=True))
    return _SAYS[language].format(**counts, of=int(sample["n"].sum()))
