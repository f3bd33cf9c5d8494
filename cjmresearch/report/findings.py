"""The first page: a few sentences computed from the numbers, no stronger than they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from markupsafe import Markup

from cjmresearch.report.words import Words
from cjmresearch.wording import INTERVAL_FROM

MOST = 5
"""Sentences that the first page holds at most."""

_PAINS = 3
_PLACES = 2
_TIES = 3
_NAMED = 3
_SCALE = 2.0
"""From the lowest to the highest valence: a larger dip cannot be."""

Link = Callable[[str, Any], Markup]
"""Makes a link from the key of a panel and the text."""


def findings(
    words: Words,
    link: Link,
    *,
    curve: pd.DataFrame,
    ranks: pd.DataFrame | None,
    stars: pd.DataFrame | None,
    pains: pd.DataFrame,
    places: pd.DataFrame,
    touchpoints: pd.DataFrame,
    names: dict[str, str],
    n_participants: int,
    no_curve: Markup,
) -> list[Markup]:
    """Say what the numbers say: stages, pains, critical places, and what is too thin to tell.

    Parameters
    ----------
    words
        Of the report's language.
    link
        Makes links to panels.
    curve
        Frame [curve].
    ranks, stars
        Frames of `aggregate.stage_ranks` and `stage_stars`: the worst is a set of stages. None
        where the curve rests on suggestions.
    pains
        Frame of `aggregate.pain_ranking`.
    places
        Frame of `aggregate.critical_places`.
    touchpoints
        touchpoint, n_participants over all stages, most people first.
    names
        Slug -> readable name.
    n_participants
        The whole of every count.
    no_curve
        Why there is no curve (see `why_no_curve`), said where no stage has a mean.
    """
    sentences = _of_stages(words, link, (curve, ranks, stars), names) or [no_curve]
    people = words.plural("people_gen", n_participants)
    sentences.append(_of_pains(words, link, pains, names) or words("no_pains", n=people))
    if len(places):
        sentences.append(_of_places(words, link, places, names, n_participants))
    thin = curve[curve["n_participants"] < INTERVAL_FROM]
    if len(thin) and curve["low"].notna().any():
        stages = [_stage(words, link, row, names) for row in thin.to_dict("records")]
        sentences.append(words("thin", stages=words.series(stages)))
    sentences += _of_touchpoints(words, link, touchpoints, names, n_participants)
    return sentences[:MOST]


def why_no_curve(words: Words, observations: pd.DataFrame, *, model: str) -> Markup:
    """Say why a study has no curve: no feelings, none at the model's stages, or none with a sign.

    `model` is the name of the journey model.
    """
    felt = observations[observations["valence"].notna()]
    unsigned = observations[(observations["kind"] == "emotion") & observations["valence"].isna()]
    for key, rows in (("feelings_outside", felt), ("feelings_unsigned", unsigned)):
        n = rows["coding_id"].nunique()
        if n:
            return words(key, n=words.plural("codings", n), model=words("quoted", name=model))
    return words("no_emotion")


def _stage(words: Words, link: Link, row: dict[str, Any], names: dict[str, str]) -> Markup:
    name = words("quoted", name=names[row["stage"]])
    return link(f"curve|{row['stage']}", name) if row["n_participants"] else name


def _of_stages(
    words: Words,
    link: Link,
    frames: tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame | None],
    names: dict[str, str],
) -> list[Markup]:
    curve, ranks, stars = frames
    solid = curve[curve["n_participants"] >= INTERVAL_FROM]
    if curve["mean"].isna().all():
        return []
    if solid.empty:
        return [words("few")]
    worst = _facts(words, link, solid.loc[solid["mean"].idxmin()].to_dict(), names)
    if ranks is None or stars is None:
        return [words("by_machine", **worst)]
    solid = solid.merge(
        ranks.astype({"stage": solid["stage"].dtype})[["stage", "maybe_lowest", "maybe_highest"]]
    )
    if len(solid) == 1:
        return [words("single", **worst)]
    if solid["maybe_lowest"].all() and solid["maybe_highest"].all():
        said = words("flat", count=len(solid), **worst)
        return [_with(said, _of_star(words, link, stars, names))]
    lowest = _of_extreme(words, link, solid, ("worst", "maybe_lowest", worst), names)
    row = solid.loc[solid["mean"].idxmax()].to_dict()
    best = _facts(words, link, row, names)
    highest = _of_extreme(words, link, solid, ("best", "maybe_highest", best), names)
    return [_with(lowest, _of_star(words, link, stars, names)), highest]


def _with(said: Markup, more: Markup | None) -> Markup:
    return Markup("{} {}").format(said, more) if more else said


def _of_extreme(
    words: Words,
    link: Link,
    solid: pd.DataFrame,
    end: tuple[str, str, dict[str, Any]],
    names: dict[str, str],
) -> Markup:
    """Name the worst, or the best, as the set of stages that may be it."""
    which, maybe, facts = end
    if solid[maybe].sum() == 1:
        return words(f"{which}_clear", **facts)
    if solid[maybe].all():
        return words(f"{which}_any", **facts)
    able = [_stage(words, link, row, names) for row in solid[solid[maybe]].to_dict("records")]
    ruled_out = [_stage(words, link, row, names) for row in solid[~solid[maybe]].to_dict("records")]
    # A short list is said; of a long one, what is not on it.
    if len(able) > max(_NAMED, len(ruled_out)):
        return words(f"{which}_but", others=words.series(ruled_out), **facts)
    return words(f"{which}_set", stages=words.series(able), **facts)


def _of_star(words: Words, link: Link, stars: pd.DataFrame, names: dict[str, str]) -> Markup | None:
    """Say which stages stand out from people's other stages, or how deep a dip would have been."""
    shown = stars[stars["star"]]
    if len(shown):
        rows = shown.rename(columns={"n_units": "n_participants"}).to_dict("records")
        return words("starred", stages=words.series([_stage(words, link, r, names) for r in rows]))
    detectable = stars["detectable"].dropna()
    if detectable.empty or detectable.min() > _SCALE:
        return None
    least, most = detectable.min(), min(detectable.max(), _SCALE)
    return words("no_star", least=words.decimal(least, 1), most=words.decimal(most, 1))


def _facts(
    words: Words, link: Link, row: dict[str, Any], names: dict[str, str]
) -> dict[str, Markup | str]:
    return {
        "stage": _stage(words, link, row, names),
        "mean": words.signed(row["mean"]),
        "n": words.plural("people", int(row["n_participants"])),
    }


def _of_pains(
    words: Words, link: Link, pains: pd.DataFrame, names: dict[str, str]
) -> Markup | None:
    if pains.empty:
        return None
    # Whoever has as many people as the third is named, too: mentions alone divide nobody.
    least = pains["n_participants"].iloc[:_PAINS].min()
    top = pains[pains["n_participants"] >= least].head(_PAINS + 2)
    parts = [
        Markup("{} ({})").format(
            _lower(names[row["code"]]),
            link(f"pain|{row['code']}", words.of(row["n_participants"], row["of_participants"])),
        )
        for row in top.to_dict("records")
    ]
    said = words("top_pains", pains=words.series(parts))
    if len(pains) > 1 and pains["high"].iloc[1:].max() >= pains["low"].iloc[0]:
        said = Markup("{} {}").format(said, words("pains_close"))
    return said


def _of_places(
    words: Words, link: Link, places: pd.DataFrame, names: dict[str, str], of: int
) -> Markup:
    parts = [
        link(
            f"touchpoints|{row['stage']}|{row['touchpoint']}",
            words(
                "place",
                stage=words("quoted", name=names[row["stage"]]),
                touchpoint=_lower(names[row["touchpoint"]]),
                barriers=words.plural("barriers", row["n_barriers"]),
                n=words.of(row["n_participants"], of),
                people=words.form("people_gen", of),
            ),
        )
        for row in places.head(_PLACES).to_dict("records")
    ]
    key = "critical" if len(parts) > 1 else "critical_one"
    return words(key, places=Markup("; ").join(parts))


def _of_touchpoints(
    words: Words,
    link: Link,
    touchpoints: pd.DataFrame,
    names: dict[str, str],
    n_participants: int,
) -> list[Markup]:
    """Name the touchpoint that most people recall, with its ties; many ties say nothing."""
    top = touchpoints[touchpoints["n_participants"] == touchpoints["n_participants"].max()]
    if not 0 < len(top) <= _TIES:
        return []
    parts = [
        Markup("{} ({})").format(
            words("quoted", name=names[row["touchpoint"]]),
            link(
                f"touchpoint|{row['touchpoint']}",
                words.of(int(row["n_participants"]), n_participants),
            ),
        )
        for row in top.to_dict("records")
    ]
    key = "top_touchpoint" if len(top) == 1 else "top_touchpoints"
    return [words(key, parts=words.series(parts))]


def _lower(name: str) -> str:
    """Put a name into a sentence: capitals of abbreviations (CRM, B2B) stay."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
