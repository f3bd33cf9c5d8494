"""Do personas age? Their share and their profile in two waves, and when they were last heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.waves import holm
from cjmresearch.errors import CjmError
from cjmresearch.personas.describing import members_of
from cjmresearch.personas.dividing import SMALLEST
from cjmresearch.personas.features import LEAST, gathered
from cjmresearch.schema import Study

VERDICTS = ("changed", "no change shown", "too few", "one wave")
_COLUMNS = {
    "persona_id": "str", "persona": "str", "wave_before": "str", "wave_after": "str",
    "n_before": "int64", "of_before": "int64", "n_after": "int64", "of_after": "int64",
    "share_before": "float64", "share_after": "float64", "p_share": "float64",
    "feature": "str", "change": "float64", "p_profile": "float64", "verdict": "str",
    "last_heard": "str", "age_days": "Int64", "refresh": "boolean",
}  # fmt: skip


def drift(
    study: Study,
    *,
    waves: tuple[str, str] | None = None,
    include: str = "human",
    model: str | None = None,
    on: date | str | None = None,
    refresh_days: int = 365,
    level: float = 0.05,
    replicates: int = 999,
    random_state: int = 0,
) -> pd.DataFrame:
    """Ask whether personas still are what they were, and say how old they are.

    The share of a persona among the people heard is compared over the people of one wave only
    (Fisher's exact test). The profile of its members, shares of codes and valence at stages, is
    compared by permuting whose wave is whose: people heard twice are swapped within themselves,
    others among each other; the largest standardised change over all features counts (max-T:
    Westfall and Young, 1993). Both p values are Holm's over the personas, each at half the level.
    No change shown is not no change. Personas that were made automatically from web data changed by
    19 % in a month and by 47 % within two years, hence a reminder.

    Parameters
    ----------
    study
        Frozen frames of a project with personas and memberships.
    waves
        Names of the earlier and the later; default is the first and the last there are, in order
        of their names.
    include, model
        As in `aggregate.observations`.
    on
        Today, as a date or ISO text; None leaves age and reminder out.
    refresh_days
        Age of the last words of members from which a persona is to be looked at again.
    level
        Chance of any false "changed".
    replicates, random_state
        Permutations, and their seed.

    Returns
    -------
    DataFrame [drift]
        One row a persona: persona_id, persona, wave_before, wave_after, n_before, of_before,
        n_after, of_after (int64, people), share_before, share_after, p_share, feature (that
        changed most), change (of its mean), p_profile, verdict {changed, no change shown, too few,
        one wave}, last_heard (ISO date of the members' newest source, missing where sources have
        none), age_days (Int64), refresh (boolean).
    """
    heard = _heard(study)
    pair = _pair(sorted(heard["wave"].dropna().unique()), waves)
    member = members_of(study.memberships, list(study.personas["persona_id"]))
    rows = [
        {"persona_id": id_, "persona": name, **_age(study, set(member.index[member[id_]]), on)}
        for id_, name in zip(study.personas["persona_id"], study.personas["name"], strict=True)
    ]
    if pair is not None:
        people = [set(heard.loc[heard["wave"] == wave, "participant_id"]) for wave in pair]
        tables = _tables(study, pair, include=include, model=model)
        rng = np.random.default_rng(random_state)
        for row in rows:
            own = set(member.index[member[row["persona_id"]]])
            row |= {"wave_before": pair[0], "wave_after": pair[1], **_shares(own, people)}
            row |= _profile(own, tables, replicates=replicates, rng=rng)
    table = _frame(rows)
    table["p_share"] = holm(table["p_share"].to_numpy())
    table["p_profile"] = holm(table["p_profile"].to_numpy())
    least = table[["p_share", "p_profile"]].min(axis=1)
    verdict = np.where(least <= level / 2, "changed", "no change shown")
    verdict = np.where(least.isna(), "too few" if pair else "one wave", verdict)
    due = table["age_days"] >= refresh_days
    return table.assign(verdict=pd.array(list(verdict), dtype="str"), refresh=due)


def _heard(study: Study) -> pd.DataFrame:
    """List who was heard as a customer in which wave."""
    speakers = study.speakers
    spoke = speakers[(speakers["role"] == "participant") & (speakers["voice"] == "customer")]
    spoke = spoke.dropna(subset="participant_id").merge(study.sources[["source_id", "wave"]])
    parts = [spoke[["participant_id", "wave"]], study.answers[["participant_id", "wave"]]]
    return pd.concat(parts, ignore_index=True).drop_duplicates()


def _pair(known: list[str], waves: tuple[str, str] | None) -> tuple[str, str] | None:
    if waves is None:
        return (known[0], known[-1]) if len(known) > 1 else None
    if len(waves) != 2 or not set(waves) <= set(known) or waves[0] == waves[1]:
        raise CjmError(f"waves={waves!r}: give the earlier and the later of {known}")
    return waves


def _age(study: Study, own: set[str], on: date | str | None) -> dict[str, Any]:
    """Tell when members were last heard, and how long that is ago."""
    of = study.speakers.loc[study.speakers["participant_id"].isin(own), "source_id"]
    days = study.sources.loc[study.sources["source_id"].isin(of), "recorded_on"].dropna()
    newest = max(days, default=None)
    if newest is None or on is None:
        return {"last_heard": newest, "age_days": None}
    try:
        today = date.fromisoformat(on) if isinstance(on, str) else on
        age = (today - date.fromisoformat(newest[:10])).days
    except ValueError as error:
        raise CjmError(f"on={on!r}, recorded_on={newest!r}: give dates as 2026-11-22") from error
    return {"last_heard": newest, "age_days": age}


def _shares(own: set[str], people: list[set[str]]) -> dict[str, Any]:
    from scipy.stats import fisher_exact

    counts = [(len(own & wave), len(wave)) for wave in people]
    twice = people[0] & people[1]
    once = [(len((own & wave) - twice), len(wave - twice)) for wave in people]
    p = np.nan
    if min(n for _, n in once) >= SMALLEST:
        p = float(fisher_exact([[k, n - k] for k, n in once]).pvalue)
    (k, n), (j, m) = counts
    return {
        "n_before": k, "of_before": n, "n_after": j, "of_after": m,
        "share_before": k / n if n else np.nan, "share_after": j / m if m else np.nan,
        "p_share": p,
    }  # fmt: skip


def _tables(
    study: Study, pair: tuple[str, str], *, include: str, model: str | None
) -> list[pd.DataFrame]:
    """Lay out what people said in each wave; what too few were heard of is no feature."""
    tables = []
    for wave in pair:
        parts = gathered(
            _in_wave(study, wave), include=include, model=model, codes=True, stages=True
        )
        table = pd.DataFrame({part.name: part.values for part in parts})
        tables.append(table[table.notna().any(axis=1)])
    columns = sorted(set(tables[0]) | set(tables[1]))
    # A code that nobody names in a wave is a share of 0 there, not unknown.
    blank = {c: 0.0 if c.startswith("code:") else np.nan for c in columns}
    tables = [t.assign(**{c: blank[c] for c in columns if c not in t})[columns] for t in tables]
    named = [(table > 0).sum() for table in tables]
    known = [table.notna().sum() for table in tables]
    share = np.array([c.startswith("code:") for c in columns])
    enough = np.where(share, named[0] + named[1] >= LEAST, np.minimum(*known) >= LEAST)
    return [table.loc[:, enough] for table in tables]


def _in_wave(study: Study, wave: str) -> Study:
    of = study.sources.loc[study.sources["wave"] == wave, "source_id"]
    codings = study.codings[study.codings["source_id"].isin(of)]
    known = codings["suggestion_id"].isna() | codings["suggestion_id"].isin(codings["coding_id"])
    return replace(study, codings=codings[known].reset_index(drop=True))


def _profile(
    own: set[str], tables: list[pd.DataFrame], *, replicates: int, rng: np.random.Generator
) -> dict[str, Any]:
    """Compare what members said in two waves, over all features at once."""
    before, after = (table[table.index.isin(own)] for table in tables)
    nothing = {"feature": None, "change": np.nan, "p_profile": np.nan}
    if min(len(before), len(after)) < SMALLEST or not before.shape[1]:
        return nothing
    twice = before.index.intersection(after.index)
    rows = pd.concat([before.loc[twice], before.drop(twice), after.loc[twice], after.drop(twice)])
    late = np.repeat([False, True], [len(before), len(after)])
    mates = np.arange(len(twice)), len(before) + np.arange(len(twice))
    alone = np.setdiff1d(np.arange(len(rows)), np.concatenate(mates))
    values = rows.to_numpy(float)
    drawn = np.empty((replicates + 1, values.shape[1]))
    drawn[0] = _change(values, late)
    for i in range(1, replicates + 1):
        label = late.copy()
        label[alone] = label[rng.permutation(alone)]
        swap = rng.random(len(twice)) < 0.5
        label[mates[0]], label[mates[1]] = swap, ~swap
        drawn[i] = _change(values, label)
    spread = np.sqrt(np.nan_to_num(drawn**2).mean(axis=0))
    able = (spread > 1e-9) & ~np.isnan(drawn[0])
    if not able.any():  # everybody said the very same twice, or nothing that can be compared
        return {**nothing, "p_profile": np.nan if np.isnan(drawn[0]).all() else 1.0}
    z = np.abs(drawn[:, able]) / spread[able]
    largest = np.nan_to_num(z).max(axis=1)
    most = np.flatnonzero(able)[z[0].argmax()]
    p = float((largest >= largest[0] - 1e-9).mean())
    return {"feature": rows.columns[most], "change": drawn[0, most], "p_profile": p}


def _change(values: np.ndarray, late: np.ndarray) -> np.ndarray:
    """Compute mean after minus mean before, column by column; NaN where a wave has none known."""
    known = (~np.isnan(values)).astype(float)
    filled = np.nan_to_num(values)
    with np.errstate(invalid="ignore"):
        means = [(w @ filled) / (w @ known) for w in (late.astype(float), 1.0 - late)]
    return means[0] - means[1]


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(index=pd.RangeIndex(len(rows)))
    for name, dtype in _COLUMNS.items():
        blank: Any = 0 if dtype == "int64" else None
        table[name] = pd.Series([row.get(name, blank) for row in rows], dtype=dtype)
    return table


_WORDS = {
    "ru": {
        "changed": "«{name}»: изменилась между волнами {a} и {b}{what}.",
        "no change shown": "«{name}»: изменение между волнами {a} и {b} не показано; {before} и "
        "{after}.",
        "too few": "«{name}»: людей слишком мало, чтобы сравнить волны {a} и {b}; {before} и "
        "{after}.",
        "one wave": "«{name}»: волна одна, сравнивать не с чем.",
        "share": "; доля: {before}, затем {after}",
        "profile": "; больше всего: {feature}",
        "of": "{k} из {n}",
        "refresh": " Последний раз слышали {day}, {age} дн. назад: пора обновить.",
        "heard": " Последний раз слышали {day}.",
    },
    "en": {
        "changed": "“{name}”: changed between waves {a} and {b}{what}.",
        "no change shown": "“{name}”: no change shown between waves {a} and {b}; {before} and "
        "{after}.",
        "too few": "“{name}”: too few people to compare waves {a} and {b}; {before} and {after}.",
        "one wave": "“{name}”: one wave, nothing to compare with.",
        "share": "; share: {before}, then {after}",
        "profile": "; most of all: {feature}",
        "of": "{k} of {n}",
        "refresh": " Last heard on {day}, {age} days ago: time to refresh.",
        "heard": " Last heard on {day}.",
    },
}


def drift_in_words(
    drift: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    level: float = 0.05,
) -> list[str]:
    """Say in a sentence a persona whether it changed, and when it is to be refreshed.

    Parameters
    ----------
    drift
        Frame of `drift`.
    names
        Names of features, e.g. `features.names("ru")`.
    language
        `ru` or `en`.
    level
        As given to `drift`.
    """
    if language not in _WORDS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_WORDS)}")
    says = _WORDS[language]
    lines = []
    for row in drift.to_dict("records"):
        before = says["of"].format(k=row["n_before"], n=row["of_before"])
        after = says["of"].format(k=row["n_after"], n=row["of_after"])
        what = ""
        if row["p_share"] <= level / 2:
            what += says["share"].format(before=before, after=after)
        if row["p_profile"] <= level / 2:
            feature = (names or {}).get(row["feature"], row["feature"])
            what += says["profile"].format(feature=feature)
        line = says[row["verdict"]].format(
            name=row["persona"], a=row["wave_before"], b=row["wave_after"],
            before=before, after=after, what=what,
        )  # fmt: skip
        if isinstance(row["last_heard"], str):
            key = "refresh" if row["refresh"] is True else "heard"
            line += says[key].format(day=row["last_heard"], age=row["age_days"])
        lines.append(line)
    return lines
