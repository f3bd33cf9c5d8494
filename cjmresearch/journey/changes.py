"""Two maps side by side: what changed, in words, with n and how sure one can be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.journey.explaining import unit_means
from cjmresearch.journey.mapping import JourneyMap
from cjmresearch.wording import INTERVAL_FROM, count_label

COLUMNS = (
    *("what", "layer", "stage", "code", "name", "before", "after", "n_before", "n_after"),
    *("difference", "low", "high", "change", "words"),
)
_SAYS = {
    "ru": {
        "mood": "настроение",
        "up": "лучше",
        "down": "хуже",
        "more": "говорит больше людей",
        "fewer": "говорит меньше людей",
        "unclear": "разница не отличима от случайной",
        "too_few": "людей мало, интервала нет",
        "new": "только на второй карте",
        "gone": "только на первой карте",
        "none": "нет данных",
        "and": "и",
    },
    "en": {
        "mood": "mood",
        "up": "better",
        "down": "worse",
        "more": "spoken of by more people",
        "fewer": "spoken of by fewer people",
        "unclear": "the difference can't be told from chance",
        "too_few": "too few people for an interval",
        "new": "only on the second map",
        "gone": "only on the first map",
        "none": "no data",
        "and": "and",
    },
}


def diff(
    before: JourneyMap, after: JourneyMap, *, language: str = "ru", level: float = 0.95
) -> pd.DataFrame:
    """Say what differs between two maps of one model: waves, personas, or versions.

    The curve is compared by the mean of people's means (`aggregate.mean_difference`): in pairs
    where most of the people speak on both maps, else by Welch's t. Shares of people are compared by
    `aggregate.share_difference`, where the people are different ones. Intervals hold together for
    all stages of the curve, and for all items of a layer (Bonferroni). Maps of the future are
    compared by what stands on them, without any count.

    Parameters
    ----------
    before, after
        What `build` gives, with the same model.
    language
        `ru` or `en`: the words.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        what {curve, cell, item}, layer, stage, code (slug or item_id), name, before, after (mean,
        or people who speak of it), n_before, n_after (people of the mean; people who could have
        spoken), difference, low, high (float; NaN where it can't be told), change {up, down, more,
        fewer, unclear, too_few, new, gone}, words (a sentence). Only what differs.
    """
    if language not in _SAYS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_SAYS)}")
    if before.model != after.model:
        raise CjmError(
            f"maps of {before.model} and {after.model} can't be compared; "
            "build both with the same model"
        )
    rows = [*_curve(before, after, language, level), *_cells(before, after, language, level)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    numbers = ("before", "after", "difference", "low", "high")
    return frame.astype(
        {
            **dict.fromkeys(numbers, "float64"),
            **dict.fromkeys(("n_before", "n_after"), "Int64"),
            **dict.fromkeys(("what", "layer", "stage", "code", "name", "change", "words"), "str"),
        }
    )


def _curve(
    before: JourneyMap, after: JourneyMap, language: str, level: float
) -> list[dict[str, Any]]:
    if "future" in (before.map_type, after.map_type):
        return []
    says, names = _SAYS[language], after.names(language)
    sides = {
        stage: tuple(m.explain(("curve", stage)) for m in (before, after))
        for stage in after.stages["stage"]
    }
    means = {stage: tuple(unit_means(rows) for rows in pair) for stage, pair in sides.items()}
    compared = sum(min(len(a), len(b)) >= INTERVAL_FROM for a, b in means.values())
    rows = []
    for stage, (a, b) in means.items():
        if a.empty and b.empty:
            continue
        people = [set(side["participant_id"]) for side in sides[stage]]
        n = [len(some) for some in people]
        difference, low, high, _ = aggregate.mean_difference(
            a, b, level=1 - (1 - level) / max(compared, 1)
        )
        change = "new" if a.empty else "gone" if b.empty else _change(low, high, ("up", "down"))
        values = [_number(x.mean(), language) if len(x) else says["none"] for x in (a, b)]
        words = (
            f"{names[stage]}: {says['mood']} {values[0]} → {values[1]} "
            f"(n = {n[0]} {says['and']} {n[1]}){_range(difference, low, high, language)} — "
            f"{says[change]}"
        )
        rows.append(
            {
                "what": "curve",
                "layer": "curve",
                "stage": stage,
                "code": None,
                "name": names[stage],
                "before": a.mean(),
                "after": b.mean(),
                "n_before": n[0],
                "n_after": n[1],
                "difference": difference,
                "low": low,
                "high": high,
                "change": change,
                "words": words,
            }
        )
    return rows


def _cells(
    before: JourneyMap, after: JourneyMap, language: str, level: float
) -> list[dict[str, Any]]:
    keys = ["layer", "stage", "key"]
    sides = [
        m.cells.assign(key=m.cells["code"].fillna(m.cells["item_id"])).set_index(keys)
        for m in (before, after)
    ]
    both = sides[0].index.union(sides[1].index, sort=False)
    family = pd.Series(both.get_level_values("layer")).value_counts().to_dict()
    rows = []
    for key in both:
        cells = [side.loc[key] if key in side.index else None for side in sides]
        row = _cell(key, cells, (before, after), language, 1 - (1 - level) / family[key[0]])
        if row is not None:
            rows.append(row)
    return rows


def _cell(
    key: tuple[str, str, str],
    cells: list[Any],
    maps: tuple[JourneyMap, JourneyMap],
    language: str,
    level: float,
) -> dict[str, Any] | None:
    says = _SAYS[language]
    there = [cell for cell in cells if cell is not None]
    name = str(there[-1][f"name_{language}"])
    place = f"{maps[1].names(language)[key[1]]}, «{name}»"
    row = {"layer": key[0], "stage": key[1], "code": key[2], "name": name}
    counted = [c is None or pd.notna(c["n_participants"]) for c in cells]
    if "future" in (m.map_type for m in maps) or not all(counted):
        if len(there) == 2:
            return None
        change = "new" if cells[0] is None else "gone"
        return row | {"what": "item", "change": change, "words": f"{place}: {says[change]}"}
    counts = [0 if c is None else int(c["n_participants"]) for c in cells]
    whole = [len(m.participants) for m in maps]
    difference, low, high = _shares(counts, maps, level)
    change = (
        "new"
        if not counts[0]
        else "gone"
        if not counts[1]
        else _change(low, high, ("more", "fewer"))
    )
    if counts[0] * whole[1] == counts[1] * whole[0]:
        return None
    told = " → ".join(count_label(n, of, language) for n, of in zip(counts, whole, strict=True))
    surely = low > 0 or high < 0
    doubt = "" if change not in ("new", "gone") or surely else f", {says['unclear']}"
    return row | {
        "what": "cell",
        "before": counts[0],
        "after": counts[1],
        "n_before": whole[0],
        "n_after": whole[1],
        "difference": difference,
        "low": low,
        "high": high,
        "change": change,
        "words": f"{place}: {told}{_range(difference, low, high, language)} — "
        f"{says[change]}{doubt}",
    }


def _shares(
    counts: list[int], maps: tuple[JourneyMap, JourneyMap], level: float
) -> tuple[float, float, float]:
    """Give the difference of two shares; no interval where people stand on both maps."""
    of = (len(maps[0].participants), len(maps[1].participants))
    difference, low, high = aggregate.share_difference((counts[0], counts[1]), of, level=level)
    people = [set(m.participants["participant_id"]) for m in maps]
    if people[0] & people[1]:
        return difference, float("nan"), float("nan")
    return difference, low, high


def _change(low: float, high: float, sides: tuple[str, str]) -> str:
    if np.isnan(low):
        return "too_few"
    return sides[0] if low > 0 else sides[1] if high < 0 else "unclear"


def _range(difference: float, low: float, high: float, language: str) -> str:
    if np.isnan(low):
        return ""
    ends = "; ".join(_number(value, language) for value in (low, high))
    return f", {_number(difference, language)} [{ends}]"


def _number(value: float, language: str) -> str:
    text = f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
    return text.replace(".", ",") if language == "ru" else text
