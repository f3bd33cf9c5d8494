"""What is scored and ranked, as points with intervals: scores, drivers, needs, moments, codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.plot import canvas
from cjmresearch.plot.forest import Line, forest, rank_text, reach, share_ticks, signed_ticks
from cjmresearch.wording import count_label, share_label, small_n_note

_SAYS = {
    "ru": {
        "between": "от {low} до {high}",
        "scores": "Черта — интервал. Шкалы разных вопросов не сравниваются.",
        "drivers": (
            "Доля объяснённого разброса общей оценки (LMG); черта — бутстреп по "
            "людям. Это связь, а "
            "не влияние. n = {n}."
        ),
        "hardly": "почти не меняется — важность не видна",
        "needs": (
            "Точка — важность минус удовлетворённость тех же людей, с интервалом; "
            "ромб — балл Улвика "
            "минус важность: обрезка в нуле его завышает. Синим — кто может быть первым."
        ),
        "moments": (
            "Черта — интервал доли людей, которые дают повод. Синим — кто может быть первым: "
            "выбирайте среди них по цитатам."
        ),
        "critical_place": "барьеры",
        "named": "названо",
        "lost": "ушедшие",
        "strong": "сильно",
        "unheard": (
            "Точка — доля людей; полоса вправо — насколько частым это ещё может "
            "быть, если никто не "
            "назвал."
        ),
        "up_to": "{count}, до {share}",
    },
    "en": {
        "between": "{low} to {high}",
        "scores": "Bar: interval. Scales of different questions are not compared.",
        "drivers": (
            "Share of the overall score's variance (LMG); bar: bootstrap over people. Association, "
            "not influence. n = {n}."
        ),
        "hardly": "hardly varies: importance hidden",
        "needs": (
            "Point: importance minus satisfaction of the same people, with its interval; diamond: "
            "Ulwick's score minus importance, which cutting at zero inflates. Blue: may be first."
        ),
        "moments": (
            "Bar: interval of the share of people who give a reason. Blue: may be "
            "first; choose among"
            " them by their quotes."
        ),
        "critical_place": "barriers",
        "named": "named",
        "lost": "lost",
        "strong": "strong",
        "unheard": (
            "Point: share of people; bar to the right: how common it may still be "
            "where nobody named "
            "it."
        ),
        "up_to": "{count}, up to {share}",
    },
}

_SPANS = {"nps": (-100.0, 100.0), "percent": (0.0, 100.0)}


def survey_scores(
    scores: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    unit: str = "nps",
) -> Any:
    """Draw the scores of one kind on their scale, by stage, with their intervals.

    Parameters
    ----------
    scores
        Frame of `aggregate.survey_scores`.
    ax, names, language
        As in `emotion_curve`.
    unit
        `nps`, `percent` or `points`: scores of one unit share an axis, and no others do.

    Returns
    -------
    Axes
    """
    canvas.require(scores, ("stage", "question", "score", "unit", "n"), "survey_scores")
    shown = scores[scores["unit"] == unit]
    stages = shown["stage"].astype("str").where(shown["stage"].notna())
    named = canvas.names_of(stages.dropna(), names, language)
    low, high = _SPANS.get(unit, (0.0, 1.0))
    if unit == "points" and len(shown):
        low, high = float(shown["scale_min"].min()), float(shown["scale_max"].max())
    digits = 1 if unit == "points" else 0
    lines = [
        Line(
            f"{named[stage]}: {row['question']}" if isinstance(stage, str) else row["question"],
            row["score"], row["low"], row["high"], _score(row, unit, language),
        )
        for stage, row in zip(stages, shown.to_dict("records"), strict=True)
    ]  # fmt: skip
    middle = (low + high) / 2
    return forest(
        lines, ax=ax, language=language, span=(low, high),
        notes=[_SAYS[language]["scores"], _few(shown["n"], language)],
        zero=0.0 if unit == "nps" else None,
        ticks=[(v, canvas.plain(v, language, digits * (v % 1 > 0))) for v in (low, middle, high)],
    )  # fmt: skip


def _score(row: Mapping[str, Any], unit: str, language: str) -> str:
    """Write a score with its interval in words, since an NPS has signs, and its n."""
    digits = 1 if unit == "points" else 0
    write = canvas.number if unit == "nps" else canvas.plain
    score, low, high = (write(row[k], language, digits) for k in ("score", "low", "high"))
    sign = canvas.percent(0, language)[1:] if unit == "percent" else ""
    if np.isnan(row["low"]):
        return f"{score}{sign} · n={row['n']}"
    between = _SAYS[language]["between"].format(low=low, high=high)
    return f"{score}{sign} · n={row['n']}\n{between}"


def _few(n: pd.Series, language: str) -> str:
    """Warn where the fewest answers of a chart are few."""
    note = small_n_note(int(n.min()), language) if len(n) else ""
    return note[:1].upper() + note[1:] + "." if note else ""


def drivers(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw which scores go with the overall one, with the ranks they could have.

    Parameters
    ----------
    table
        Frame of `aggregate.drivers`.
    ax, names, language
        As in `emotion_curve`; names are of the drivers.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("driver", "share", "rank_low", "hardly_varies"), "drivers")
    named = canvas.names_of(table["driver"], names, language)
    says = _SAYS[language]
    lines = [
        Line(
            named[row["driver"]], row["share"], row["low"], row["high"],
            f"{canvas.percent(row['share'], language)} · {rank_text(row, language)}"
            + (f"\n{says['hardly']}" if row["hardly_varies"] else ""),
            strong=not row["hardly_varies"],
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    notes = [says["drivers"].format(n=int(table["n"].iloc[0]))] if len(table) else []
    return forest(
        lines, ax=ax, language=language, span=(0.0, 1.0), notes=notes, ticks=share_ticks(language)
    )


def unmet_needs(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw the signed gaps of needs with their intervals, never the clipped score alone.

    Parameters
    ----------
    table
        Frame of `aggregate.unmet_needs`.
    ax, names, language
        As in `emotion_curve`; names are of the needs.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("need", "gap", "score", "maybe_first"), "unmet_needs")
    named = canvas.names_of(table["need"].astype("str"), names, language)
    lines = [
        Line(
            named[str(row["need"])], row["gap"], row["low"], row["high"],
            f"{rank_text(row, language)} · n={row['n_participants']}",
            strong=bool(row["maybe_first"]), ghost=row["score"] - row["importance"],
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    half = float(np.ceil(reach(table, ["low", "high", "gap"], 1.0)))
    return forest(
        lines, ax=ax, language=language, span=(-half, half), zero=0.0,
        notes=[_SAYS[language]["needs"]], ticks=signed_ticks((-half, 0.0, half), language),
    )  # fmt: skip


def moments_of_truth(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    top: int = 10,
) -> Any:
    """Draw the candidates for moments of truth with their reasons; those that may be first in blue.

    Parameters
    ----------
    table
        Frame of `aggregate.moments_of_truth`.
    ax, names, language
        As in `emotion_curve`.
    top
        How many to show.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("touchpoint", "share", "reasons", "maybe_first"), "moments_of_truth")
    shown = table.head(top)
    named = canvas.names_of([*shown["stage"].astype("str"), *shown["touchpoint"]], names, language)
    says = _SAYS[language]
    lines = []
    for row in shown.to_dict("records"):
        count = count_label(int(row["n_participants"]), int(row["of_participants"]), language)
        reasons = ", ".join(f"{says[r]} {row[f'n_{r}']}" for r in row["reasons"])
        lines.append(
            Line(
                f"{named[row['touchpoint']]} — {named[str(row['stage'])]}",
                row["share"], row["low"], row["high"],
                f"{count} · {rank_text(row, language)}\n{reasons}", strong=bool(row["maybe_first"]),
            )
        )  # fmt: skip
    return forest(
        lines, ax=ax, language=language, span=(0.0, 1.0), notes=[says["moments"]],
        ticks=share_ticks(language),
    )  # fmt: skip


def unheard(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw how many name each code, and how common it may be where nobody does.

    Parameters
    ----------
    table
        Frame of `aggregate.unheard`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("code", "n_participants", "highest"), "unheard")
    named = canvas.names_of(table["code"], names, language)
    says = _SAYS[language]
    lines = []
    for row in table.to_dict("records"):
        n, of = int(row["n_participants"]), int(row["of_participants"])
        label = share_label(n, of, language)
        if n == 0:
            share = canvas.percent(row["highest"], language)
            label = says["up_to"].format(count=count_label(0, of, language), share=share)
        low, high = (0.0, row["highest"]) if n == 0 else (row["low"], row["high"])
        lines.append(Line(named[row["code"]], row["share"], low, high, label, strong=n > 0))
    return forest(
        lines, ax=ax, language=language, span=(0.0, 1.0), notes=[says["unheard"]],
        ticks=share_ticks(language),
    )  # fmt: skip
