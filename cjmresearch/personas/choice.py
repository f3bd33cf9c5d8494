"""How people decide: what they compare, and how long the way of each decision style is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import aggregate, codebooks
from cjmresearch.errors import CjmError
from cjmresearch.personas.length import path_lengths
from cjmresearch.personas.lines import Said
from cjmresearch.personas.people import attributes
from cjmresearch.schema import Study

_COMPARING = "c5"
"""Comparing and choosing, on the spine that all journey models are mapped to."""
STYLE = "decision_style"


def choice_aspects(
    study: Study, *, scheme: str = "choice", include: str = "human", level: float = 0.95
) -> pd.DataFrame:
    """Count, by persona, the people who weigh each aspect of a choice.

    Parameters
    ----------
    study
        Frozen frames of a project with the codes of the scheme (`codebooks.load("choice")`:
        functional, cost of ownership, commerce, risks of ownership).
    scheme
        Scheme of the aspects.
    include
        As in `aggregate.observations`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row a persona (everybody where there are none) and aspect: persona_id, persona, code,
        name_ru, name_en, n_participants, of_participants, n_comparing (who do so at a stage of
        comparing; int64), share, low, high, coding_ids (tuple).
    """
    aspects = study.codes[study.codes["scheme"] == scheme]
    if aspects.empty:
        raise CjmError(
            f"the study has no codes of the scheme {scheme!r}; add them with "
            "project.add_codes(codebooks.load('choice'), coder=...)"
        )
    comparing = set(comparing_stages(study))
    owners: list[tuple[str | None, str]] = list(
        zip(study.personas["persona_id"], study.personas["name"], strict=True)
    )
    rows: list[dict[str, Any]] = []
    for persona_id, name in owners or [(None, "")]:
        said = Said.by(study, persona_id, include=include)
        everything = aggregate.observations(study, include=include)
        there = everything[everything["stage"].astype("str").isin(comparing)]["coding_id"]
        for code, ru, en in zip(
            aspects["slug"], aspects["name_ru"], aspects["name_en"], strict=True
        ):
            own = said.rows[said.rows["code"] == code]
            at = own[own["coding_id"].isin(there)]
            rows.append(
                {
                    "persona_id": persona_id,
                    "persona": name,
                    "code": code,
                    "name_ru": ru,
                    "name_en": en,
                    "n_participants": own["participant_id"].nunique(),
                    "of_participants": said.of,
                    "n_comparing": at["participant_id"].nunique(),
                    "coding_ids": tuple(own["coding_id"]),
                }
            )
    table = pd.DataFrame(rows)
    n, of = (table[c].to_numpy(float) for c in ("n_participants", "of_participants"))
    with np.errstate(invalid="ignore"):
        table.insert(8, "share", n / of)
    low, high = aggregate.share_interval(n, of, level)
    table.insert(9, "low", low)
    table.insert(10, "high", high)
    return table


def comparing_stages(study: Study) -> list[str]:
    """Stages of the study's model at which people compare; of a model of one's own, none."""
    model = study.journey_model
    if model not in codebooks.available():
        return []
    codes = codebooks.book(model).codes
    places = [(c.slug, place) for c in codes for place in c.canonical]
    return [f"{model}:{slug}" for slug, place in places if place.rstrip("*") == _COMPARING]


def style_lengths(
    study: Study,
    *,
    style: str | Mapping[str, str] = STYLE,
    unit: str = "steps",
    level: float = 0.95,
    random_state: int = 0,
) -> pd.DataFrame:
    """Compare how long the paths of decision styles are: the emotional should be the shorter.

    Medians count those still underway as censored. The p value is that of a permutation of people
    among the styles, of the largest difference of mean lengths (scipy's permutation_test; exact
    where there are few people); with paths still underway it compares what they have come to so
    far, and with few people it can show only large differences.

    Parameters
    ----------
    study
        Frozen frames of a project.
    style
        A trait or field of participants, or a mapping from participant_id.
    unit
        As in `journey_length`.
    level
        Coverage of the intervals.
    random_state
        Seed of the permutations where not all can be gone through.

    Returns
    -------
    DataFrame
        style, median, low, high, n_participants, n_ended, n_censored, p_value (the same in all
        rows; NaN with one style, or fewer than two people in one).
    """
    styles = _styles(study, style)
    lengths = path_lengths(study, unit=unit)
    lengths = lengths.assign(style=lengths["participant_id"].map(styles)).dropna(subset=["style"])
    if lengths.empty:
        raise CjmError(f"nobody with a path has a {style!r}; fill it in as a trait of participants")
    rows = []
    groups = []
    for name, part in lengths.groupby("style", sort=True):
        found = aggregate.median_time(
            part["length"].to_numpy(float), part["ended"].to_numpy(bool), level=level
        )
        rows.append({"style": name, **found})
        groups.append(part["length"].to_numpy(float))
    return pd.DataFrame(rows).assign(p_value=_p_value(groups, random_state))


def _styles(study: Study, style: str | Mapping[str, str]) -> dict[str, str]:
    if not isinstance(style, str):
        return dict(style)
    table = attributes(study)
    if style not in table:
        raise CjmError(f"trait {style!r} is not in the study; set it on the cards of participants")
    return {str(id_): str(value) for id_, value in table[style].dropna().items()}


def _p_value(groups: list[np.ndarray], random_state: int) -> float:
    if len(groups) < 2 or min(len(group) for group in groups) < 2:
        return float("nan")
    from scipy.stats import permutation_test

    def spread(*samples: np.ndarray, axis: int = -1) -> np.ndarray:
        means = np.stack([sample.mean(axis=axis) for sample in samples])
        return np.asarray(means.max(axis=0) - means.min(axis=0))

    found = permutation_test(
        groups, spread, permutation_type="independent", alternative="greater",
        n_resamples=9_999, vectorized=True, rng=np.random.default_rng(random_state),
    )  # fmt: skip
    return float(found.pvalue)
