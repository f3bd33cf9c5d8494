"""Comparisons as points with intervals: stages, their ranks, waves, peak and end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.plot import canvas
from cjmresearch.plot.forest import Line, forest, rank_text, reach, signed_ticks
from cjmresearch.wording import word

_VALENCE = (-1.0, -0.5, 0.0, 0.5, 1.0)

_SAYS = {
    "ru": {
        "stars": (
            "Точка — насколько этап хуже или лучше остальных этапов тех же людей; черта — "
            "одновременный интервал; ромб — оценка, стянутая к нулю. ★ — отличие показано для всех "
            "этапов сразу."
        ),
        "seen": (
            "Без звезды не значит «нет провала»: при этих людях в 80 % "
            "исследований нашли бы отличие "
            "от {size}."
        ),
        "ranks": (
            "Места, которые по этим людям исключить нельзя: 1 — хуже всех. Синим — кто может быть "
            "худшим."
        ),
        "change": (
            "Точка — на сколько изменилось; черта — интервал этапа. О причинах это не говорит."
        ),
        "changed": "изменилось",
        "unchanged": "не изменилось",
        "too few": "мало людей",
        "no change shown": "изменение не показано",
        "paired": "те же {n}",
        "unpaired": "{n} и {m} чел.",
        "peak_end": (
            "По участникам, от −1 до +1. Пик и худшее — ожидаемое сильнейшее из равного числа "
            "отрывков, чтобы разговорчивые не выглядели сильнее чувствующими."
        ),
        "mean": "в среднем",
        "peak": "пик",
        "lowest": "худшее",
        "end": "конец",
    },
    "en": {
        "stars": (
            "Point: how much worse or better the stage is than the same people's "
            "other stages; bar: "
            "simultaneous interval; diamond: estimate drawn to zero. ★: the "
            "difference is shown for "
            "all stages at once."
        ),
        "seen": (
            "No star does not mean no dip: with these people a difference of "
            "{size} would be found in"
            " 80% of studies."
        ),
        "ranks": (
            "Ranks that these people do not rule out; 1 is the worst. Blue: may be the worst."
        ),
        "change": (
            "Point: how much it changed; bar: interval of the stage. It says nothing of causes."
        ),
        "changed": "changed",
        "unchanged": "unchanged",
        "too few": "too few people",
        "no change shown": "no change shown",
        "paired": "the same {n}",
        "unpaired": "{n} and {m} people",
        "peak_end": (
            "Over participants, −1 to +1. Peak and lowest: the strongest expected of equally many "
            "passages, so that talkative people do not look as if they felt more."
        ),
        "mean": "mean",
        "peak": "peak",
        "lowest": "lowest",
        "end": "end",
    },
}


def stage_stars(
    stars: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw how stages differ from the same people's other stages, starred where it is shown.

    Parameters
    ----------
    stars
        Frame of `aggregate.stage_stars`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(stars, ("difference", "shrunken", "star", "p", "detectable"), "stage_stars")
    along = stars.columns[0]
    named = canvas.names_of(stars[along].astype("str"), names, language)
    says = _SAYS[language]
    lines = [
        Line(
            named[str(row[along])], row["difference"], row["low"], row["high"],
            f"{'★ ' if row['star'] else ''}{_p(row['p'], language)} · n={row['n_units']}",
            strong=bool(row["star"]), ghost=row["shrunken"],
        )
        for row in stars.to_dict("records")
    ]  # fmt: skip
    half = reach(stars, ["low", "high", "difference"], 0.5)
    size = stars["detectable"].median()
    notes = [says["stars"]]
    if not np.isnan(size):
        notes.append(says["seen"].format(size=canvas.plain(size, language, 2)))
    return forest(
        lines, ax=ax, language=language, span=(-half, half), zero=0.0, notes=notes,
        ticks=signed_ticks((-half, 0.0, half), language),
    )  # fmt: skip


def _p(p: float, language: str) -> str:
    if np.isnan(p):
        return "p —"
    return "p < " + canvas.plain(0.001, language, 3) if p < 0.001 else f"p = {_digits(p, language)}"


def _digits(p: float, language: str) -> str:
    return canvas.plain(p, language, 2 if p >= 0.095 else 3)


def stage_ranks(
    ranks: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw the ranks that each stage could have, as `aggregate.stage_ranks` gives them.

    Parameters
    ----------
    ranks
        Frame of `aggregate.stage_ranks`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(ranks, ("rank", "rank_low", "rank_high", "maybe_lowest"), "stage_ranks")
    along = ranks.columns[0]
    named = canvas.names_of(ranks[along].astype("str"), names, language)
    lines = [
        Line(
            named[str(row[along])], row["rank"], row["rank_low"], row["rank_high"],
            rank_text(row, language) + f" · n={row['n_units']}", strong=bool(row["maybe_lowest"]),
        )
        for row in ranks.to_dict("records")
    ]  # fmt: skip
    last = max(len(ranks), 2)
    return forest(
        lines, ax=ax, language=language, span=(1.0, float(last)), notes=[_SAYS[language]["ranks"]],
        ticks=[(float(r), str(r)) for r in range(1, last + 1)],
    )  # fmt: skip


def wave_change(
    change: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw what changed between two waves, stage by stage, with the verdict beside it.

    Parameters
    ----------
    change
        Frame of `aggregate.wave_change`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(change, ("stage", "difference", "verdict", "paired"), "wave_change")
    named = canvas.names_of(change["stage"].astype("str"), names, language)
    says = _SAYS[language]
    lines = []
    for row in change.to_dict("records"):
        who = says["paired" if row["paired"] else "unpaired"]
        who = who.format(n=row["n_before"], m=row["n_after"])
        lines.append(
            Line(
                named[str(row["stage"])], row["difference"], row["low"], row["high"],
                f"{says[row['verdict']]} · {who}", strong=row["verdict"] == "changed",
            )
        )  # fmt: skip
    half = reach(change, ["low", "high", "difference"], 0.5)
    return forest(
        lines, ax=ax, language=language, span=(-half, half), zero=0.0, notes=[says["change"]],
        ticks=signed_ticks((-half, 0.0, half), language),
    )  # fmt: skip


def peak_end(table: pd.DataFrame, *, ax: Any = None, language: str = "ru") -> Any:
    """Draw the mean, the peak, the lowest and the end side by side.

    Parameters
    ----------
    table
        Frame of `aggregate.peak_end`.
    ax, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("summary", "mean", "low", "n_participants"), "peak_end")
    word("of", language)
    says = _SAYS[language]
    lines = [
        Line(
            says[row["summary"]], row["mean"], row["low"], row["high"],
            f"{canvas.number(row['mean'], language, 2)} · n={row['n_participants']}",
        )
        for row in table.to_dict("records")
        if row["n_participants"]
    ]  # fmt: skip
    return forest(
        lines, ax=ax, language=language, span=(-1.0, 1.0), zero=0.0, notes=[says["peak_end"]],
        ticks=signed_ticks(_VALENCE, language),
    )  # fmt: skip
