"""Simulate every promise of the statistics: `python benchmarks/statistics.py [--studies 2000]`.

Each function is one promise of the method (F1 to F12) and gives figures with the threshold they
must keep; those of F3 are simulated by `benchmarks/intervals.py`, those of F1, F6 and F12 tried on
random maps by `benchmarks/maps.py`. The table it prints stands in `docs/statistics.md`;
`tests/test_statistics.py` runs the same functions with fewer studies.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from figures import Figure, Figures, print_table
from scipy.stats import binom

from cjmresearch import aggregate
from cjmresearch.aggregate import experience, intervals, waves, within

SEED = 20261122
WITHIN = 0.45
"""Correlation of a person's utterances."""


def people(rng: np.random.Generator, n: int, stages: int, utterances: int) -> np.ndarray:
    """Draw utterances (people x stages x utterances) of variance 1, correlated within a person."""
    person = rng.normal(0, np.sqrt(WITHIN), (n, stages, 1))
    return person + rng.normal(0, np.sqrt(1 - WITHIN), (n, stages, utterances))


def flat(rng: np.random.Generator, n: int, stages: int) -> np.ndarray:
    """Draw stage means of people (people x stages) without any dip."""
    person = rng.normal(0, np.sqrt(WITHIN), (n, 1))
    return person + rng.normal(0, np.sqrt(1 - WITHIN), (n, stages))


def observed(values: np.ndarray) -> pd.DataFrame:
    """Make observations of utterances (people x stages x utterances); NaN is not said."""
    n, stages, each = values.shape
    cells = pd.MultiIndex.from_product([range(n), range(stages), range(each)]).to_frame(index=False)
    who = cells[0].astype("str")
    return pd.DataFrame(
        {
            "coding_id": cells.index.astype("str"),
            "source_id": who,
            "participant_id": who,
            "org_id": pd.Series(np.nan, cells.index, dtype="str"),
            "coder": "anna",
            "machine": False,
            "kind": "emotion",
            "weight": 1.0,
            "start": 10 * cells.index,
            "end": 10 * cells.index + 5,
            "stage": pd.Categorical.from_codes(cells[1], [f"m:{i}" for i in range(stages)], True),
            "valence": values.ravel(),
        }
    )


def curve_coverage(studies: int, *, sizes: tuple[int, ...] = (5, 8, 12, 20, 40)) -> Figures:
    """F2: intervals of a stage and the band of a curve of 8 stages, about 6 utterances a cell."""
    rng = np.random.default_rng(SEED)
    for n in sizes:
        base = observed(np.zeros((n, 8, 6)))
        hits, whole, pooled = [], [], []
        for _ in range(studies):
            values = people(rng, n, 8, 6)
            spoken = np.where(rng.random(values.shape) < 0.9, values, np.nan)
            curve = aggregate.emotion_curve(base.assign(valence=spoken.ravel()))
            hits.append(((curve["low"] <= 0) & (curve["high"] >= 0)).mean())
            whole.append(((curve["band_low"] <= 0) & (curve["band_high"] >= 0)).all())
            one = spoken[:, 0][~np.isnan(spoken[:, 0])]
            pooled.append(abs(one.mean()) <= 1.96 * one.std(ddof=1) / np.sqrt(len(one)))
        yield Figure("F2", f"interval of a stage covers, n={n}", np.mean(hits), 0.93, 0.97)
        yield Figure("F2", f"band covers the whole curve, n={n}", np.mean(whole), 0.94)
        yield Figure("F2", f"pooled utterances would cover, n={n}", np.mean(pooled))


def false_stars(studies: int, *, sizes: tuple[int, ...] = (6, 8, 12, 20)) -> Figures:
    """F4: stars on a flat curve of 6 stages, its lowest difference raw and shrunken."""
    rng = np.random.default_rng(SEED + 1)
    for n in sizes:
        stars, raw, drawn_in = [], [], []
        for study in range(studies):
            values = flat(rng, n, 6)
            _, p = within.max_t(values, replicates=199, seed=study)
            stars.append((p <= 0.05).any())
            mean, sd, count = intervals.summary_of(within._contrasts(values))
            lowest = mean.argmin()
            raw.append(mean[lowest])
            drawn_in.append(within._shrunken(mean, sd, count)[lowest])
        yield Figure("F4", f"a star on a flat curve, n={n}", np.mean(stars), high=0.06)
        yield Figure("F4", f"lowest of 6 equal stages, n={n}", np.mean(raw))
        yield Figure("F4", f"the same, shrunken, n={n}", np.mean(drawn_in))


def found_dips(studies: int) -> Figures:
    """F4: true dips of so many sd of the contrast, starred."""
    rng = np.random.default_rng(SEED + 2)
    sd = np.sqrt((1 - WITHIN) * (1 + 1 / 5))
    for n, dip, low in ((12, 1.3, 0.80), (20, 1.0, 0.85), (8, 1.0, -np.inf)):
        found = []
        for study in range(studies):
            values = flat(rng, n, 6)
            values[:, 2] -= dip * sd
            found.append(within.max_t(values, replicates=199, seed=study)[1][2] <= 0.05)
        yield Figure("F4", f"a dip of {dip:g} sd starred, n={n}", np.mean(found), low)


def rank_coverage(studies: int, *, sizes: tuple[int, ...] = (6, 8, 12, 20)) -> Figures:
    """F4: sets of ranks hold all true ranks, on a flat and on a sloping curve of 6 stages."""
    rng = np.random.default_rng(SEED + 3)
    for name, slope in (("equal", 0.0), ("sloping", 0.5)):
        for n in sizes:
            held, size = [], []
            true = np.arange(1, 7)
            for _ in range(studies):
                sets = within.rank_sets(flat(rng, n, 6) + slope * np.arange(6))
                low, high = sets["rank_low"].to_numpy(), sets["rank_high"].to_numpy()
                # Equal stages share all ranks: nothing may be told apart.
                held.append(
                    ((low == 1) & (high == 6)).all()
                    if slope == 0
                    else ((low <= true) & (true <= high)).all()
                )
                size.append((high - low + 1).mean())
            yield Figure("F4", f"rank sets hold, {name} stages, n={n}", np.mean(held), 0.94)
            yield Figure("F4", f"ranks in a set, {name} stages, n={n}", np.mean(size))


def share_coverage() -> Figures:
    """F7: coverage of the share's interval, computed exactly, not simulated."""
    for share in (0.05, 0.1, 0.3, 0.5):
        covered, wald = [], []
        for n in range(8, 101):
            x = np.arange(n + 1)
            chance = binom.pmf(x, n, share)
            low, high = intervals.share_interval(x, np.full(n + 1, n))
            covered.append(chance[(low <= share) & (share <= high)].sum())
            half = 1.96 * np.sqrt(x / n * (1 - x / n) / n)
            wald.append(chance[np.abs(x / n - share) <= half].sum())
        bound = 0.93 if share == 0.1 else -np.inf
        yield Figure("F7", f"share {share:g}: least coverage, n=8…100", min(covered), bound)
        yield Figure("F7", f"share {share:g}: p ± 1.96 se would cover, n=8", wald[0])
    yield Figure("F7", "0 of 8: up to", float(intervals.unheard_bound(8)), 0.311, 0.313)


def walked(rng: np.random.Generator, n: int, skip: float) -> pd.DataFrame:
    """Make paths along 8 stages of which so many go from the third to the sixth."""
    rows = []
    for person in range(n):
        jumps = rng.random() < skip
        path = [s for s in range(1, 9) if not (jumps and s in (4, 5))]
        rows += [(f"p{person}", f"m:{s}", i) for i, s in enumerate(path)]
    steps = pd.DataFrame(rows, columns=["participant_id", "place", "step"])
    steps["place"] = pd.Categorical(steps["place"], [f"m:{s}" for s in range(1, 9)], ordered=True)
    return steps


def flagged_skips(studies: int) -> Figures:
    """F7: a skip of 30 % against an expected 5 %, 30 people; and none but the expected."""
    rng = np.random.default_rng(SEED + 4)
    chain = [f"m:{s}" for s in range(1, 9)]
    for share, low, high in ((0.30, 0.90, np.inf), (0.05, -np.inf, 0.05)):
        flags = [
            bool(aggregate.skips(walked(rng, 30, share), chain)["flagged"].any())
            for _ in range(studies)
        ]
        yield Figure("F7", f"skip of {share:.0%} flagged, n=30", np.mean(flags), low, high)


def nps_coverage(studies: int) -> Figures:
    """F8: NPS of 8 people (shares .45 promoters, .25 detractors): adjusted Wald and plain."""
    rng = np.random.default_rng(SEED + 5)
    for n in (8, 15, 30):
        draws = rng.multinomial(n, [0.45, 0.30, 0.25], 100 * studies)
        _, low, high = aggregate.nps(draws[:, 0], draws[:, 2], n)
        up, down = draws[:, 0] / n, draws[:, 2] / n
        half = 1.96 * np.sqrt((up + down - (up - down) ** 2) / n)
        adjusted = np.mean((low <= 20) & (high >= 20))
        plain = np.mean(np.abs(up - down - 0.2) <= half)
        yield Figure("F8", f"NPS adjusted Wald covers, n={n}", adjusted, 0.93, 0.98)
        yield Figure("F8", f"NPS plain Wald would cover, n={n}", plain)
        yield Figure("F8", f"NPS half-width, points, n={n}", np.mean(high - low) / 2)


def peaks(studies: int) -> Figures:
    """F8: the strongest feeling of talkative and of laconic people who feel alike."""
    rng = np.random.default_rng(SEED + 6)
    for talk in (3, 10, 40):
        values = rng.normal(0, 1, (max(500, 2 * studies), 1, talk))
        frame = observed(values)
        found = aggregate.experiences(frame, budget=3)
        # |v| in place of v: the expected strength of the strongest of three
        strength = aggregate.experiences(frame.assign(valence=frame["valence"].abs()), budget=3)
        naive = np.abs(values).max(axis=2).mean()
        yield Figure(
            "F8", f"strength of the peak, {talk} utterances", strength["peak"].mean(), 1.25, 1.4
        )
        yield Figure("F8", f"naive peak, {talk} utterances", naive)
        yield Figure("F8", f"signed peak, {talk} utterances", found["peak"].mean(), -0.1, 0.1)


def told_summary(studies: int) -> Figures:
    """F8: leave-one-out finds which summary the overall rating was made of."""
    rng = np.random.default_rng(SEED + 7)
    for n, low in ((40, 0.90), (12, -np.inf)):
        for truth in ("peak_end", "mean"):
            right = []
            for _ in range(studies):
                values = people(rng, n, 8, 3) + rng.normal(0, 0.5, (n, 1, 1))
                found = aggregate.experiences(observed(values), budget=12)
                made = 0.6 * found["peak"] + 0.4 * found["end"]
                rating = found["mean"] if truth == "mean" else made
                rating = rating + rng.normal(0, 0.5 * rating.std(), n)
                table = aggregate.which_summary(
                    found, dict(zip(found["participant_id"], rating, strict=True))
                )
                right.append(table.set_index("summary")["best"][truth])
            yield Figure("F8", f"rating made of {truth} is found so, n={n}", np.mean(right), low)


def agreement_coverage(studies: int) -> Figures:
    """F8: Spearman's rho between words and ratings of the same people (true .6)."""
    rng = np.random.default_rng(SEED + 8)
    true = 6 / np.pi * np.arcsin(0.6 / 2)  # of a normal pair with correlation .6
    for n in (8, 15, 30):
        hits = []
        for _ in range(studies):
            x = rng.normal(size=n)
            y = 0.6 * x + 0.8 * rng.normal(size=n)
            frame = pd.DataFrame({"participant_id": range(n), "mean": x})
            got = experience.rated_alike(frame, dict(enumerate(y)), scale=(-3, 3))
            hits.append(got["rho_low"] <= true <= got["rho_high"])
        yield Figure("F8", f"interval of rho covers, n={n}", np.mean(hits), 0.92)


def opportunity(studies: int) -> Figures:
    """F9: 15 needs of which one is worst; the clipped score, and the set of candidates."""
    rng = np.random.default_rng(SEED + 9)
    for n in (10, 30):
        right, in_set, clipped, crossed, signed, size = [], [], [], [], [], []
        for study in range(studies):
            # shares of high ratings: .5 and .5, so that no need is unmet; one .8 and .3
            importance = 1.0 * (rng.random((n, 15)) < np.where(np.arange(15) == 3, 0.8, 0.5))
            satisfaction = 1.0 * (rng.random((n, 15)) < np.where(np.arange(15) == 3, 0.3, 0.5))
            rows = pd.DataFrame(
                {
                    "participant_id": np.repeat(np.arange(n), 15).astype(str),
                    "need": np.tile([f"n{i:02}" for i in range(15)], n),
                    "importance": importance.ravel(),
                    "satisfaction": satisfaction.ravel(),
                }
            )
            found = aggregate.unmet_needs(rows, top=1, replicates=20, seed=study).set_index("need")
            right.append(found["score"].idxmax() == "n03")
            in_set.append(found.loc["n03", "maybe_first"])
            size.append(found["maybe_first"].sum())
            met = found.drop(index="n03")
            clipped.append((met["score"] - 5).mean())
            crossed.append((met["cross_fitted"] - 5).mean())
            signed.append(((met["low"] <= 0) & (met["high"] >= 0)).mean())
        yield Figure("F9", f"highest score is the worst need, n={n}", np.mean(right))
        yield Figure("F9", f"worst need is among the candidates, n={n}", np.mean(in_set), 0.95)
        yield Figure("F9", f"candidates of 15, n={n}", np.mean(size))
        yield Figure("F9", f"clipped score of a met need, too high by, n={n}", np.mean(clipped))
        yield Figure("F9", f"cross-fitted, too high by, n={n}", np.mean(crossed), -0.2, 0.2)
        yield Figure("F9", f"interval of the signed gap covers, n={n}", np.mean(signed), 0.93, 0.97)


def pain_rank_coverage(studies: int) -> Figures:
    """F9: sets of ranks of pains hold all true ranks (shares .7 to .2, and all .4)."""
    rng = np.random.default_rng(SEED + 10)
    shares = np.linspace(0.7, 0.2, 6)
    for n in (8, 12, 30):
        held, equal = [], []
        true = np.arange(1, 7)
        for _ in range(studies):
            sets = within.share_ranks(rng.random((n, 6)) < shares)
            held.append(((sets["rank_low"] <= true) & (true <= sets["rank_high"])).all())
            sets = within.share_ranks(rng.random((n, 6)) < 0.4)
            equal.append(((sets["rank_low"] == 1) & (sets["rank_high"] == 6)).all())
        yield Figure("F9", f"rank sets of pains hold, unequal, n={n}", np.mean(held), 0.94)
        yield Figure("F9", f"rank sets of pains hold, equal, n={n}", np.mean(equal), 0.94)


def unseen_coverage(studies: int) -> Figures:
    """F9: Chao2's interval holds the number of touchpoints there are (40, uneven)."""
    rng = np.random.default_rng(SEED + 11)
    chance = rng.beta(1.2, 4, 40)
    for n in (8, 15, 40):
        hits, seen, estimate = [], [], []
        for _ in range(studies):
            got = aggregate.unseen(rng.random((n, 40)) < chance)
            hits.append(got["low"] <= 40 <= got["high"])
            seen.append(got["seen"])
            estimate.append(got["estimate"])
        yield Figure("F9", f"Chao2 of 40 touchpoints: interval covers, n={n}", np.mean(hits))
        yield Figure("F9", f"Chao2 of 40 touchpoints: seen, n={n}", np.mean(seen))
        yield Figure("F9", f"Chao2 of 40 touchpoints: estimate, n={n}", np.mean(estimate))


def detectable(studies: int) -> Figures:
    """F10: a true change of the computed size is seen in 80 % of studies."""
    rng = np.random.default_rng(SEED + 12)
    for n, other in ((8, None), (12, None), (30, None), (10, 10), (15, 25)):
        size = waves.detectable_difference(1.0, n, other=other)
        x = rng.normal(0, 1, (20 * studies, n))
        if other is None:
            mean, sd, _ = intervals.summary_of(x + size, axis=1)
            low, _ = intervals.t_interval(mean, sd, n)
        else:
            y = rng.normal(size, 1, (20 * studies, other))
            error = np.sqrt(
                ((n - 1) * x.var(axis=1, ddof=1) + (other - 1) * y.var(axis=1, ddof=1))
                / (n + other - 2)
                * (1 / n + 1 / other)
            )
            from scipy.special import stdtrit

            low = y.mean(axis=1) - x.mean(axis=1) - stdtrit(n + other - 2, 0.975) * error
        name = f"n={n}, paired" if other is None else f"n={n} and {other}"
        yield Figure("F10", f"detectable change is seen, {name}", np.mean(low > 0), 0.76, 0.84)


def wave_errors(studies: int) -> Figures:
    """F10: false changes over 6 stages, false "unchanged", coverage, same and different people."""
    rng = np.random.default_rng(SEED + 13)
    for same in (True, False):
        for truth, what in ((0.0, "changed"), (0.5, "unchanged")):
            wrong, covered = [], []
            for study in range(studies):
                values = np.concatenate(
                    [flat(rng, 12, 6)[:, :, None] + (truth if wave else 0.0) for wave in (0, 1)]
                )
                frame = observed(values)
                number = frame["participant_id"].astype(int)
                if same:
                    frame["participant_id"] = (number % 12).astype("str")
                frame["wave"] = np.where(number < 12, "first", "second")
                got = aggregate.wave_change(frame, "wave", margin=0.5, replicates=199, seed=study)
                wrong.append((got["verdict"] == what).any())
                covered.append(((got["low"] <= truth) & (truth <= got["high"])).mean())
            who = "same 12 people" if same else "12 and 12 others"
            bound = 0.06 if what == "changed" else 0.25
            yield Figure(
                "F10",
                f"true change {truth:g}, any stage “{what}”, {who}",
                np.mean(wrong),
                high=bound,
            )
            yield Figure("F10", f"interval of a change covers, {who}", np.mean(covered), 0.93, 0.97)


def role_coverage(studies: int) -> Figures:
    """A4: interval of the mean over roles that weigh alike (9 engineers, 4 buyers, 3 directors)."""
    rng = np.random.default_rng(SEED + 14)
    role = np.repeat(["engineer", "buyer", "director"], [9, 4, 3])
    level = pd.Series(role).map({"engineer": 0.6, "buyer": 0.0, "director": -0.6}).to_numpy()
    base = observed(np.zeros((16, 1, 2)))
    roles = dict(zip([str(i) for i in range(16)], role, strict=True))
    for name, firms in (("no firms", None), ("firms of two", np.arange(16) % 8)):
        hits, pooled = [], []
        for _ in range(studies):
            shared = 0.0 if firms is None else rng.normal(0, 0.4, 8)[firms]
            person = level + shared + rng.normal(0, 0.5, 16)
            values = person[:, None, None] + rng.normal(0, 0.3, (16, 1, 2))
            frame = base.assign(valence=values.ravel())
            if firms is not None:
                frame["org_id"] = [f"f{firms[int(i)]}" for i in frame["participant_id"]]
            curve = aggregate.role_curve(frame, roles)
            hits.append(curve["low"].iloc[0] <= 0 <= curve["high"].iloc[0])
            pooled.append(curve["pooled"].iloc[0])
        yield Figure("A4", f"equal-role interval covers, {name}", np.mean(hits), 0.92, 0.98)
        yield Figure("A4", f"plain mean in place of 0, {name}", np.mean(pooled))


def leavers(studies: int) -> Figures:
    """P8: unhappy people leave; the slope over 8 stages of everybody, and of who stayed."""
    rng = np.random.default_rng(SEED + 15)
    slopes: dict[str, list[float]] = {"all": [], "completers": []}
    for _ in range(studies):
        person = rng.normal(0, 0.5, (40, 1))
        values = person + rng.normal(0, 0.3, (40, 8))
        gone = np.cumsum(rng.random((40, 8)) < 0.25 / (1 + np.exp(4 * values)), axis=1) > 0
        values[:, 1:][gone[:, :-1]] = np.nan
        both = aggregate.completers_curve(observed(values[:, :, None]))
        for name, curve in both.groupby("people"):
            mean = curve["mean"].to_numpy()
            if not np.isnan(mean).any():
                slopes[name].append(mean[-1] - mean[0])
    yield Figure("P8", "flat truth, last minus first stage: everybody", np.mean(slopes["all"]))
    yield Figure("P8", "the same, completers", np.mean(slopes["completers"]), -0.15, 0.15)


def corrected_coverage(studies: int) -> Figures:
    """F3: the difference of two stages, corrected by 10 judged utterances a person; truth .300."""
    import intervals as corrected

    table = corrected.run(studies, seed=SEED)
    for name, near, cover in (
        ("corrected", (0.29, 0.31), (0.93, 0.97)),
        ("raw", (-np.inf, np.inf), (-np.inf, np.inf)),
    ):
        got = table.loc[name]
        yield Figure("F3", f"{name} difference of two stages (.300)", got["difference"], *near)
        yield Figure("F3", f"interval of the {name} difference covers", got["coverage"], *cover)


def on_random_maps(promise: str, trial: str, tried: int) -> Figures:
    """F1, F6, F12: what must hold exactly, on so many random maps; worst figure seen."""
    import maps

    for what, value, wanted in getattr(maps, trial)(tried, SEED):
        yield Figure(promise, f"{what}; {tried} maps", value, high=wanted)


def all_figures(studies: int) -> dict[str, Callable[[], Figures]]:
    """Name every simulation."""
    return {
        "ledgers": lambda: on_random_maps("F1", "ledgers", max(2, studies // 40)),
        "curve_coverage": lambda: curve_coverage(studies),
        "corrected_coverage": lambda: corrected_coverage(studies),
        "false_stars": lambda: false_stars(studies),
        "found_dips": lambda: found_dips(studies),
        "rank_coverage": lambda: rank_coverage(studies),
        "models": lambda: on_random_maps("F6", "models", max(2, studies // 40)),
        "share_coverage": share_coverage,
        "flagged_skips": lambda: flagged_skips(studies),
        "nps_coverage": lambda: nps_coverage(studies),
        "peaks": lambda: peaks(studies),
        "told_summary": lambda: told_summary(max(50, studies // 4)),
        "agreement_coverage": lambda: agreement_coverage(studies),
        "opportunity": lambda: opportunity(max(50, studies // 4)),
        "pain_rank_coverage": lambda: pain_rank_coverage(studies),
        "unseen_coverage": lambda: unseen_coverage(studies),
        "detectable": lambda: detectable(studies),
        "wave_errors": lambda: wave_errors(max(50, studies // 4)),
        "files": lambda: on_random_maps("F12", "files", max(2, studies // 40)),
        "role_coverage": lambda: role_coverage(max(50, studies // 2)),
        "leavers": lambda: leavers(max(50, studies // 8)),
    }


if __name__ == "__main__":
    print_table(all_figures, about=__doc__.splitlines()[0], studies=2_000)
