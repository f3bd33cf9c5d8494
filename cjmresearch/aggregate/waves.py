"""Before and after: what a change must be to be seen, and what two waves can say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch.aggregate.intervals import NO_SPREAD, check_level, summary_of, wilson
from cjmresearch.aggregate.means import groups_of
from cjmresearch.aggregate.within import unit_table
from cjmresearch.errors import CjmError
from cjmresearch.wording import INTERVAL_FROM

VERDICTS = ("changed", "no change shown", "unchanged", "too few")


def detectable_difference(
    sd: float, n: int, *, other: int | None = None, level: float = 0.95, power: float = 0.8
) -> float:
    """Tell the smallest true difference that a study of this size would mostly show.

    Power of Student's t test by the noncentral t (Cohen, *Statistical Power Analysis*, 1988, ch.
    2), solved for the difference.

    Parameters
    ----------
    sd
        Standard deviation over units: of the differences within units if the same people are
        asked twice, of the units themselves if they are different people.
    n
        Units; of the first wave where there are two.
    other
        Units of the second wave, if they are different people.
    level
        1 minus the chance of a false alarm, two-sided.
    power
        Share of studies that must show it.

    Returns
    -------
    float
        In units of sd; NaN under 3 units.
    """
    from scipy.optimize import brentq
    from scipy.special import stdtrit
    from scipy.stats import nct

    check_level(level)
    check_level(power)
    if min(n, other or n) < INTERVAL_FROM:
        return float("nan")
    df = n - 1 if other is None else n + other - 2
    error = np.sqrt(1 / n + (0.0 if other is None else 1 / other))
    critical = float(stdtrit(df, 0.5 + level / 2))

    def missed(effect: float) -> float:
        # The far tail of the noncentral t is too small to be computed, and to matter.
        wrong_way = np.nan_to_num(nct.cdf(-critical, df, effect))
        return float(nct.sf(critical, df, effect) + wrong_way - power)

    highest = critical + 5.0
    while missed(highest) < 0:
        highest *= 1.5
    return float(sd * error * brentq(missed, 1e-9, highest))


def wave_change(
    observations: pd.DataFrame,
    wave: str | Mapping[str, Any] | pd.Series,
    *,
    waves: tuple[Any, Any] | None = None,
    margin: float = 0.2,
    level: float = 0.95,
    replicates: int = 4999,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare two waves stage by stage, by people; what can't be told apart is said to be so.

    Units heard in both waves at a stage are compared with themselves where at least 3 are and they
    are most; otherwise the two groups of people are compared. Intervals are Student's t (paired)
    or Welch's; p values are of the paired t, or of a permutation of whose wave is whose, Holm's
    over the stages. "Unchanged" needs an interval of 1 - 2 (1 - level) within
    the margin (two one-sided tests: Schuirmann, *J. Pharmacokinetics and Biopharmaceutics* 15,
    1987): no evidence of change is not evidence of none.

    Parameters
    ----------
    observations
        Frame [observations] of both waves.
    wave
        A column, or a mapping from participant_id, or a Series indexed like observations by
        source_id through `observations["source_id"].map(...)` put into a column.
    waves
        Names of the earlier and the later; default is the two there are, in order.
    margin
        Differences of valence smaller than this don't matter.
    level
        Coverage of each interval; 1 minus the chance of any false "changed".
    replicates, seed
        Permutations drawn, and the seed of the draw.

    Returns
    -------
    DataFrame [change]
        One row a stage: stage, before, after (means), difference (after minus before), low, high,
        p (of the family), n_before, n_after (units; of a paired row the pairs), paired (bool),
        detectable (a true difference that would be seen in 80 % of such studies, without the
        correction for several stages), verdict {changed, unchanged, no change shown, too few},
        level.
    """
    check_level(level)
    _, groups = groups_of(observations, wave)
    pair = _pair(groups, waves)
    tables = [
        unit_table(observations[np.asarray(groups == name)]).reindex(
            columns=observations["stage"].cat.categories
        )
        for name in pair
    ]
    rng = np.random.default_rng(seed)
    rows = [
        _stage_change(*(t[stage].dropna() for t in tables), level=level, draw=(replicates, rng))
        for stage in tables[0].columns
    ]
    change = pd.DataFrame(rows)
    stages = tables[0].columns
    change.insert(0, "stage", pd.Categorical(stages, stages, ordered=True))
    change["p"] = holm(change["p"].to_numpy())
    within = (change.pop("inner_low") > -margin) & (change.pop("inner_high") < margin)
    shown = np.where(change["p"] <= 1 - level, "changed", "no change shown")
    verdict = np.where(change["low"].isna(), "too few", np.where(within, "unchanged", shown))
    # A difference may be both sure and too small to matter; then it is called changed.
    verdict = np.where((change["p"] <= 1 - level) & change["low"].notna(), "changed", verdict)
    return change.assign(verdict=pd.array(list(verdict), dtype="str"), level=level)


def _pair(groups: pd.Categorical, waves: tuple[Any, Any] | None) -> tuple[Any, Any]:
    known = list(groups.categories)
    if waves is None and len(known) == 2:
        return known[0], known[1]
    if waves is None or len(waves) != 2 or not set(waves) <= set(known):
        raise CjmError(f"waves={waves!r}: give the earlier and the later of {known}")
    return waves


def _stage_change(
    before: pd.Series, after: pd.Series, *, level: float, draw: tuple[int, np.random.Generator]
) -> dict[str, Any]:
    both = same_units(before, after)
    paired = both is not None
    if paired:
        before, after = before[both], after[both]
    x, y = before.to_numpy(float), after.to_numpy(float)
    sizes = {"n_before": len(x), "n_after": len(y), "paired": paired}
    means = {"before": x.mean() if len(x) else np.nan, "after": y.mean() if len(y) else np.nan}
    difference = means["after"] - means["before"]
    error, df, sd = _paired_error(y - x) if paired else _welch_error(x, y)
    able = min(len(x), len(y)) >= INTERVAL_FROM and error > NO_SPREAD
    bounds = [_reach(error, df, c) if able else np.nan for c in (level, 1 - 2 * (1 - level))]
    if able:
        p = _paired_p(difference / error, df) if paired else _shuffle(x, y, *draw)
        seen = detectable_difference(sd, len(x), other=None if paired else len(y), level=level)
    else:
        p, seen = np.nan, np.nan
    return {
        **means,
        "difference": difference,
        "low": difference - bounds[0],
        "high": difference + bounds[0],
        "inner_low": difference - bounds[1],
        "inner_high": difference + bounds[1],
        "p": p,
        **sizes,
        "detectable": seen,
    }


def same_units(before: pd.Series, after: pd.Series) -> pd.Index | None:
    """Give the units to be compared with themselves: 3 or more, and half of the smaller side."""
    both = before.index.intersection(after.index)
    enough = len(both) >= max(INTERVAL_FROM, min(len(before), len(after)) / 2)
    return both if enough else None


def mean_difference(
    before: pd.Series, after: pd.Series, *, level: float = 0.95
) -> tuple[float, float, float, bool]:
    """Compare two sides by people: with themselves where most are the same, else as two groups.

    Parameters
    ----------
    before, after
        Means of units (people, or firms), indexed by the unit.
    level
        Coverage of the interval.

    Returns
    -------
    tuple
        Difference (after minus before, of those compared), low, high (Student's t of pairs, or
        Welch's; NaN under 3 units or without any spread), and whether pairs were compared.
    """
    check_level(level)
    both = same_units(before, after)
    if both is not None:
        before, after = before[both], after[both]
    x, y = before.to_numpy(float), after.to_numpy(float)
    if not (len(x) and len(y)):
        return np.nan, np.nan, np.nan, False
    middle = float(y.mean() - x.mean())
    error, df, _ = _paired_error(y - x) if both is not None else _welch_error(x, y)
    able = min(len(x), len(y)) >= INTERVAL_FROM and error > NO_SPREAD
    half = _reach(error, df, level) if able else np.nan
    return middle, middle - half, middle + half, both is not None


def share_difference(
    counts: tuple[int, int], of: tuple[int, int], *, level: float = 0.95
) -> tuple[float, float, float]:
    """Compare two shares of different people: difference, low, high.

    Newcombe's interval 10 (*Statistics in Medicine* 17, 1998), of two Wilson intervals; NaN under 3
    people on a side.
    """
    n, whole = np.asarray(counts), np.asarray(of)
    if not whole.all():
        return np.nan, np.nan, np.nan
    share = n / whole
    difference = float(share[1] - share[0])
    if whole.min() < INTERVAL_FROM:
        return difference, np.nan, np.nan
    low, high = wilson(n, whole, level)
    below = np.hypot(share[1] - low[1], high[0] - share[0])
    above = np.hypot(high[1] - share[1], share[0] - low[0])
    return difference, float(difference - below), float(difference + above)


def _reach(error: float, df: float, level: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(df, 0.5 + level / 2) * error)


def _paired_error(gaps: np.ndarray) -> tuple[float, float, float]:
    _, sd, n = summary_of(gaps)
    return float(sd / np.sqrt(n)), float(n - 1), float(sd)


def _welch_error(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    """Compute standard error, freedom by Welch (Biometrika 34, 1947), and a pooled sd."""
    if min(len(x), len(y)) < 2:
        return np.nan, np.nan, np.nan
    a, b = x.var(ddof=1) / len(x), y.var(ddof=1) / len(y)
    if a + b <= NO_SPREAD**2:
        return 0.0, 1.0, 0.0
    df = (a + b) ** 2 / (a**2 / (len(x) - 1) + b**2 / (len(y) - 1))
    return float(np.sqrt(a + b)), float(df), float(np.sqrt((a + b) / (1 / len(x) + 1 / len(y))))


def _paired_p(t: float, df: float) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def _shuffle(x: np.ndarray, y: np.ndarray, replicates: int, rng: np.random.Generator) -> float:
    """Permute whose wave is whose; the statistic is Welch's t, which unequal spreads don't fool."""
    pooled = np.concatenate([x, y])
    order = np.argsort(rng.random((replicates, len(pooled))), axis=1)
    drawn = _welch_t(pooled[order], len(x))
    seen = _welch_t(pooled[None], len(x))[0]
    return float((1 + (drawn >= seen - 1e-9).sum()) / (1 + replicates))


def _welch_t(pooled: np.ndarray, first: int) -> np.ndarray:
    x, y = pooled[:, :first], pooled[:, first:]
    error = x.var(axis=1, ddof=1) / first + y.var(axis=1, ddof=1) / y.shape[1]
    return np.abs(y.mean(axis=1) - x.mean(axis=1)) / np.sqrt(np.maximum(error, NO_SPREAD**2))


def holm(p: np.ndarray) -> np.ndarray:
    """Adjust p values for the family (Holm, *Scandinavian J. Statistics* 6, 1979); NaN stays."""
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted


_SAYS = {
    "ru": {
        "changed": "«{stage}»: {better} на {size} ({interval}); {who}.",
        "unchanged": "«{stage}»: изменение, если есть, меньше {margin} ({interval}); {who}.",
        "no change shown": "«{stage}»: изменение не показано ({interval}); заметили бы с {seen}; "
        "{who}.",
        "too few": "«{stage}»: слишком мало людей, чтобы сравнивать; {who}.",
        "better": ("лучше", "хуже"),
        "interval": "от {low} до {high}",
        "paired": "{n} те же самые",
        "unpaired": "{n} и {m}, разные люди",
    },
    "en": {
        "changed": "“{stage}”: {better} by {size} ({interval}); {who}.",
        "unchanged": "“{stage}”: any change is smaller than {margin} ({interval}); {who}.",
        "no change shown": "“{stage}”: no change shown ({interval}); one of {seen} or more would "
        "have been seen; {who}.",
        "too few": "“{stage}”: too few people to compare; {who}.",
        "better": ("better", "worse"),
        "interval": "from {low} to {high}",
        "paired": "the same {n}",
        "unpaired": "{n} and {m}, different people",
    },
}


def change_in_words(
    change: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    margin: float = 0.2,
) -> list[str]:
    """Say each stage's change in a sentence, no stronger than it is; no word of a cause.

    Parameters
    ----------
    change
        Frame of `wave_change`.
    names
        Slug -> label of stages.
    language
        `ru` or `en`.
    margin
        As given to `wave_change`.
    """
    if language not in _SAYS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_SAYS)}")
    return [
        _sentence(row, dict(names or {}), language, margin) for row in change.to_dict("records")
    ]


def _sentence(row: dict[str, Any], names: dict[str, str], language: str, margin: float) -> str:
    says: dict[str, Any] = _SAYS[language]
    comma = "," if language == "ru" else "."

    def said(value: float, *, signed: bool = False) -> str:
        text = f"{value:+.2f}" if signed else f"{abs(value):.2f}"
        return text.replace("-", "\N{MINUS SIGN}").replace(".", comma)

    who = says["paired" if row["paired"] else "unpaired"]
    return str(says[row["verdict"]]).format(
        stage=names.get(row["stage"], row["stage"]),
        better=says["better"][int(row["difference"] < 0)],
        size=said(row["difference"]),
        interval=says["interval"].format(
            low=said(row["low"], signed=True), high=said(row["high"], signed=True)
        ),
        margin=said(margin),
        seen=said(row["detectable"]),
        who=who.format(n=row["n_before"], m=row["n_after"]),
    )
