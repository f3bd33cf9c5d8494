"""Voice of the customer: what people said and scored, a row each, as feedback tools read it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.schema import Study
from cjmresearch.wording import WITHHELD

UNASSIGNED = "Unassigned"
COLUMNS = ("date", "score", "scale", "verbatim", "stage", "code", "participant", "source", "coder")


def voc(study: Study, *, include: str = "human", language: str = "ru") -> pd.DataFrame:
    """List feelings with their words, and numbers of surveys; each score with its own scale.

    Returns
    -------
    DataFrame
        date (ISO, of the source), score (float), scale ("-1..1" for a coded feeling, "0..10" as
        the question has it), verbatim (the quote, or the question), stage (name, or Unassigned),
        code, participant (pseudonym), source (title), coder. Words of participants without consent
        are withheld.
    """
    spoken, scored = _spoken(study, include), _scored(study)
    rows = pd.concat([spoken, scored], ignore_index=True)
    rows["stage"] = rows["stage"].map(study.names(language)).fillna(UNASSIGNED)
    return rows.sort_values(["source", "participant", "stage"], kind="stable", ignore_index=True)[
        list(COLUMNS)
    ]


def _spoken(study: Study, include: str) -> pd.DataFrame:
    rows = aggregate.observations(study, include=include)
    rows = rows[rows["valence"].notna()].drop_duplicates(["coding_id", "stage"])
    opened = aggregate.evidence(study, rows["coding_id"], context=0)
    dates = study.sources.set_index("source_id")["recorded_on"]
    withheld = opened["withheld"].to_numpy(dtype=bool)
    return pd.DataFrame(
        {
            "date": rows["source_id"].map(dates).to_numpy(),
            "score": rows["valence"].to_numpy(),
            "scale": "-1..1",
            "verbatim": np.where(withheld, WITHHELD, opened["quote"].astype(object)),
            "stage": rows["stage"].astype("str").to_numpy(),
            "code": rows["code"].to_numpy(),
            "participant": opened["participant"].to_numpy(),
            "source": opened["source"].to_numpy(),
            "coder": rows["coder"].to_numpy(),
        }
    )


def _scored(study: Study) -> pd.DataFrame:
    answers = study.answers[study.answers["value"].notna()].merge(
        study.questions.rename(columns={"text": "question"}), on="question_id"
    )
    answers = answers[answers["type"] == "scale"]
    sources = study.sources.set_index("source_id")
    people = study.participants.set_index("participant_id")["pseudonym"]
    ends = [
        answers[end].map("{:g}".format, na_action="ignore").astype("str").fillna("?")
        for end in ("scale_min", "scale_max")
    ]
    return pd.DataFrame(
        {
            "date": answers["survey_id"].map(sources["recorded_on"]),
            "score": answers["value"],
            "scale": ends[0] + ".." + ends[1],
            "verbatim": answers["question"],
            "stage": answers["stage"],
            "code": answers["metric"],
            "participant": answers["participant_id"].map(people),
            "source": answers["survey_id"].map(sources["title"]),
            "coder": "survey",
        }
    )
