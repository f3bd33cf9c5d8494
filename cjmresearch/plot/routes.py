"""What people's paths add up to: skips, loops, links, whole paths, and how long they took."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.paths import END
from cjmresearch.plot import canvas
from cjmresearch.plot.forest import Line, forest, share_ticks
from cjmresearch.wording import count_label, share_label

_SAYS = {
    "ru": {
        "skips": "Точка — доля людей, которые перескочили, из бывших на первом этапе; черта — "
        "интервал. ⚑ — больше, чем допускает схема.",
        "over": "минуя {n}",
        "straight": "никто не перескочил через этап",
        "loops": "Точка — доля людей, которые вернулись на этап, уйдя с него; черта — интервал.",
        "most": "до {n} раз",
        "links": "Точка — доля людей, которые с первого этапа перешли сразу на второй; черта — "
        "интервал. Серым — связь схемы, которой никто не прошёл.",
        "later": "позже {n}",
        "missed": "никто; увидели бы с вероятностью {chance}",
        "next": "Точка — доля людей, которые пошли туда после первого посещения; черта — интервал; "
        "доли в сумме дают 100 %.",
        END: "дальше не пошли",
        "variants": "Точка — доля людей, которые прошли именно так; черта — интервал. Этапы "
        "по номерам: {key}.",
        "rest": "Не показано путей: {n}.",
        "first": "Точка — доля людей, чей путь отсюда начался; черта — интервал.",
        "time": "Точка — половина людей провела на этапе меньше (дни); черта — интервал; → — "
        "верхней границы нет. Кто ещё там, не считается ушедшим.",
        "return": "Точка — половина людей вернулась раньше (дни); черта — интервал; → — верхней "
        "границы нет. Кто ещё не вернулся, учтён как не вернувшийся до сих пор.",
        "days": "{days} дн.",
        "open": "ещё там: {n}",
        "away": "не вернулись: {n}",
        "half": "половины нет",
    },
    "en": {
        "skips": "Point: share of people who jumped, of those at the first stage; bar: interval. "
        "⚑: more than the chain allows.",
        "over": "over {n}",
        "straight": "nobody jumped over a stage",
        "loops": "Point: share of people who came back to the stage after leaving it; bar: "
        "interval.",
        "most": "up to {n} times",
        "links": "Point: share of people who went from the first stage straight to the second; "
        "bar: interval. Grey: a link of the chain that nobody made.",
        "later": "later {n}",
        "missed": "nobody; would be seen with a chance of {chance}",
        "next": "Point: share of people who went there after their first visit; bar: interval; "
        "the shares sum to 100%.",
        END: "went no further",
        "variants": "Point: share of people who went exactly so; bar: interval. Stages by number: "
        "{key}.",
        "rest": "Paths not shown: {n}.",
        "first": "Point: share of people whose path began here; bar: interval.",
        "time": "Point: half of the people stayed less long (days); bar: interval; →: no upper "
        "bound. Who is still there isn't counted as having left.",
        "return": "Point: half of the people came back sooner (days); bar: interval; →: no upper "
        "bound. Who hasn't come back is counted as not back so far.",
        "days": "{days} d",
        "open": "still there: {n}",
        "away": "not back: {n}",
        "half": "no half reached",
    },
}  # fmt: skip


def skips(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    top: int = 10,
) -> Any:
    """Draw the jumps over stages of the chain, with those that too many people make flagged.

    Parameters
    ----------
    table
        Frame of `aggregate.skips`.
    ax, names, language
        As in `emotion_curve`.
    top
        How many jumps to show, those of most people first.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("from", "to", "skipped", "flagged"), "skips")
    shown = table.head(top)
    named = canvas.names_of([*shown["from"], *shown["to"]], names, language)
    says = _SAYS[language]
    if table.empty:
        return canvas.nothing(canvas.prepare(ax), language, says["straight"])
    lines = []
    for row in shown.to_dict("records"):
        missed = says["over"].format(n=len(row["skipped"]))
        flag = "⚑ " if row["flagged"] else ""
        lines.append(
            Line(
                f"{named[row['from']]} → {named[row['to']]} ({missed})",
                row["share"], row["low"], row["high"], flag + _counted(row, language),
                strong=bool(row["flagged"]),
            )
        )  # fmt: skip
    return _shares(lines, ax, language, [says["skips"], _rest(table, shown, language)])


def loops(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw who comes back to each stage.

    Parameters
    ----------
    table
        Frame of `aggregate.loops`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("place", "n_participants", "highest", "most"), "loops")
    shown = table[table["of_participants"] > 0]
    named = canvas.names_of(shown["place"].astype("str"), names, language)
    says = _SAYS[language]
    lines = [
        Line(
            named[str(row["place"])], row["share"], row["low"], row["high"],
            _counted(row, language)
            + (f" · {says['most'].format(n=row['most'])}" if row["most"] > 1 else ""),
            strong=row["n_participants"] > 0,
        )
        for row in shown.to_dict("records")
    ]  # fmt: skip
    return _shares(lines, ax, language, [says["loops"]])


def chain_links(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw the declared chain link by link: how many people went straight on.

    Parameters
    ----------
    table
        Frame of `aggregate.chain_links`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("from", "to", "n_later", "seen_chance", "verdict"), "chain_links")
    named = canvas.names_of([*table["from"], *table["to"]], names, language)
    says = _SAYS[language]
    lines = []
    for row in table.to_dict("records"):
        text = _counted(row, language)
        if row["n_later"]:
            text += f" · {says['later'].format(n=row['n_later'])}"
        if row["verdict"] == "not seen":
            text += "\n" + says["missed"].format(
                chance=canvas.percent(row["seen_chance"], language)
            )
        label = f"{named[row['from']]} → {named[row['to']]}"
        seen = row["verdict"] == "seen"
        low, high = (row["low"], row["high"]) if seen else (0.0, row["highest"])
        lines.append(Line(label, row["share"], low, high, text, strong=seen))
    return _shares(lines, ax, language, [says["links"]])


def next_steps(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw where people go after a place, and who goes no further.

    Parameters
    ----------
    table
        Frame of `aggregate.next_steps`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("to", "share", "low", "of_participants"), "next_steps")
    places = [place for place in table["to"] if place != END]
    named = canvas.names_of(places, names, language) | {END: _SAYS[language][END]}
    lines = [
        Line(
            named[row["to"]], row["share"], row["low"], row["high"],
            count_label(int(row["n_participants"]), int(row["of_participants"]), language),
            strong=row["n_participants"] > 0,
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    return _shares(lines, ax, language, [_SAYS[language]["next"]])


def variants(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    top: int = 8,
) -> Any:
    """Draw the ways people went, whole path by whole path.

    Parameters
    ----------
    table
        Frame of `aggregate.variants`.
    ax, names, language
        As in `emotion_curve`; stages get numbers in the order of `names`, else of appearance.
    top
        How many paths to show, those of most people first.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("path", "length", "n_participants"), "variants")
    shown = table.head(top)
    seen = list(dict.fromkeys(place for path in shown["path"] for place in path))
    named = canvas.names_of(seen, names, language)
    number = _numbered(seen, names)
    says = _SAYS[language]
    lines = [
        Line(
            _folded([number[place] for place in row["path"]]), row["share"], row["low"],
            row["high"], _counted(row, language), strong=row["n_participants"] > 1,
        )
        for row in shown.to_dict("records")
    ]  # fmt: skip
    key = ", ".join(
        f"{number[place]} {named[place]}" for place in sorted(seen, key=number.__getitem__)
    )
    return _shares(
        lines, ax, language, [says["variants"].format(key=key), _rest(table, shown, language)]
    )


def _numbered(seen: list[str], names: Mapping[str, str] | None) -> dict[str, int]:
    """Give stages the numbers of their model: by the names, else by the shipped codebook."""
    from cjmresearch import codebooks

    schemes = {slug.split(":")[0] for slug in seen}
    known: list[str] = []
    if names is not None:
        known = [slug for slug in names if slug.split(":")[0] in schemes]
    elif schemes <= set(codebooks.available()):
        known = list(codebooks.load(*sorted(schemes))["slug"])
    order = dict.fromkeys([*(known if set(seen) <= set(known) else []), *seen])
    return {slug: i for i, slug in enumerate(order, start=1)}


def _folded(steps: list[int]) -> str:
    """Write a path by numbers, stages in a row as "1–8"; of a long one its beginning and end."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and step == runs[-1][-1] + 1:
            runs[-1].append(step)
        else:
            runs.append([step])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 2 else " → ".join(map(str, run)) for run in runs]
    if len(parts) > 9:
        parts = [*parts[:5], "…", *parts[-3:]]
    return " → ".join(parts)


def first_touch(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw at which touchpoint people's paths begin.

    Parameters
    ----------
    table
        Frame of `aggregate.first_touch`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    canvas.require(table, ("place", "n_participants", "share", "low"), "first_touch")
    named = canvas.names_of(table["place"].astype("str"), names, language)
    lines = [
        Line(
            named[str(row["place"])], row["share"], row["low"], row["high"],
            _counted(row, language),
        )
        for row in table.to_dict("records")
    ]  # fmt: skip
    return _shares(lines, ax, language, [_SAYS[language]["first"]])


def time_in_stage(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw how long half of the people stay at each stage, with who is still there.

    Parameters
    ----------
    table
        Frame of `aggregate.time_in_stage`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    return _times(table, ax, names, language, ("time_in_stage", "time", "open"))


def return_time(
    table: pd.DataFrame,
    *,
    ax: Any = None,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
) -> Any:
    """Draw after how long half of the people come back to each stage.

    Parameters
    ----------
    table
        Frame of `aggregate.return_time`.
    ax, names, language
        As in `emotion_curve`.

    Returns
    -------
    Axes
    """
    return _times(table, ax, names, language, ("return_time", "return", "away"))


def _times(
    table: pd.DataFrame,
    ax: Any,
    names: Mapping[str, str] | None,
    language: str,
    words: tuple[str, str, str],
) -> Any:
    source, note, left = words
    canvas.require(table, ("stage", "median", "n_ended", "n_censored"), source)
    shown = table[table["n_participants"] > 0]
    named = canvas.names_of(shown["stage"].astype("str"), names, language)
    says = _SAYS[language]
    drawn = shown[["median", "low", "high"]].to_numpy(float)
    end = _round_up(np.nanmax(drawn, initial=0.0))
    lines = []
    for row in shown.to_dict("records"):
        known = not np.isnan(row["median"])
        digits = 0 if known and row["median"] >= 10 else 1
        days = canvas.plain(row["median"], language, digits) if known else ""
        parts = [says["days"].format(days=days) if known else says["half"]]
        parts += ["→"] * int(known and np.isnan(row["high"])) + [f"n={row['n_participants']}"]
        text = " · ".join(parts)
        if row["n_censored"]:
            text += "\n" + says[left].format(n=row["n_censored"])
        high = end if np.isnan(row["high"]) else row["high"]
        lines.append(Line(named[str(row["stage"])], row["median"], row["low"], high, text))
    ticks = [(v, canvas.plain(v, language, 0 if v % 1 == 0 else 1)) for v in (0.0, end / 2, end)]
    return forest(lines, ax=ax, language=language, span=(0.0, end), notes=[says[note]], ticks=ticks)


def _round_up(value: float) -> float:
    """Find the next round number: 1, 2 or 5 times a power of ten."""
    if not value > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value))


def _counted(row: Mapping[str, Any], language: str) -> str:
    return share_label(int(row["n_participants"]), int(row["of_participants"]), language)


def _rest(table: pd.DataFrame, shown: pd.DataFrame, language: str) -> str:
    left = len(table) - len(shown)
    return _SAYS[language]["rest"].format(n=left) if left else ""


def _shares(lines: list[Line], ax: Any, language: str, notes: Iterable[str]) -> Any:
    return forest(
        lines, ax=ax, language=language, span=(0.0, 1.0), notes=notes, ticks=share_ticks(language)
    )
