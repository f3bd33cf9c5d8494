"""Charts of comparisons, paths and what was heard: the artists, both languages, long labels."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import same_color
from test_paths import steps_of
from test_places import BUY, SEARCH, STAGES, TELL, USE, said
from test_plot import LONG, assert_nothing_is_clipped, markers, texts
from test_statistics import stages_of, two_waves

from cjmresearch import aggregate, palette, plot
from cjmresearch.errors import CjmError

NAMES = dict(zip(STAGES, list(LONG.values())[2:6], strict=True)) | {
    "pains:slow": "Долгий ответ на запрос коммерческого предложения",
    "pains:dear": "Нет цен в открытом доступе",
    "points:site": "Сайт, страницы продуктов",
    "points:call": "Секретарь, оператор колл-центра",
}


def felt(seed: int = 3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    values = 0.2 * rng.normal(0, 1, (9, 4)) + [0.1, -0.6, 0.2, 0.3]
    values[0, 3] = np.nan
    frame = stages_of(values)
    frame["stage"] = frame["stage"].cat.rename_categories(STAGES)
    return frame


def waves() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    before = rng.normal(0, 0.3, (9, 4))
    both = two_waves(
        before, before + np.array([0.5, 0, 0, 0]) + rng.normal(0, 0.1, (9, 4)), same=True
    )
    both["stage"] = both["stage"].cat.rename_categories(STAGES)
    return aggregate.wave_change(both, "wave", replicates=499)


def pains() -> pd.DataFrame:
    rows = [(f"p{i}", "pains:slow", BUY, "points:site") for i in range(6)]
    rows += [(f"p{i}", "pains:dear", BUY, "points:site") for i in range(2)]
    rows += [(f"p{i}", "pains:dear", USE, "points:call") for i in range(2)]
    rows += [("p7", "pains:slow", USE, "points:call")]
    return said(*rows)


PATHS = {
    **{f"p{i}": [SEARCH, BUY, USE] for i in range(5)},
    "q": [SEARCH, USE],
    "r": [SEARCH, BUY, SEARCH],
    "s": [BUY],
}
RATED = pd.DataFrame(
    {
        "participant_id": [f"p{i}" for i in range(9)],
        "question_id": "q",
        "question": "Насколько вероятно, что вы порекомендуете нас друзьям и коллегам?",
        "metric": "nps",
        "stage": TELL,
        "touchpoint": np.nan,
        "scale_min": 0.0,
        "scale_max": 10.0,
        "higher_is_better": True,
        "value": [10, 9, 9, 8, 7, 6, 3, 10, 9.0],
    }
)


def needs() -> pd.DataFrame:
    rows = [
        (f"p{i}", need, high, 2 + i % 3)
        for i in range(8)
        for need, high in (("Быстрый ответ менеджера на запрос", 9), ("Цвет упаковки", 3))
    ]
    columns = ["participant_id", "need", "importance", "satisfaction"]
    return aggregate.unmet_needs(pd.DataFrame(rows, columns=columns))


def driven() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(0, 1, (40, 2)), columns=["Работа менеджера", "Безопасность"])
    table["Безопасность"] *= 0.01
    table["all"] = table["Работа менеджера"] + rng.normal(0, 1, 40)
    return aggregate.drivers(table, "all", replicates=99)


def triangulated() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": ["pains:slow"] * 3,
            "source_kind": ["interview", "employees", "survey"],
            "n_participants": [3, 2, 0],
            "of_participants": [8, 2, 40],
            "n_kinds": 1,
        }
    )


def warmth() -> pd.DataFrame:
    frame = said(("A", "pains:slow", BUY, None), ("B", "movers:asks", BUY, None))
    return aggregate.temperature(aggregate.signs_of_readiness(frame, {"movers:asks": "asks"}))


def one_interview() -> pd.DataFrame:
    return pd.DataFrame(
        {"source_id": "s", "turn": [1, 4, 9], "mean": [0.5, -0.5, 0.2], "n_codings": [1, 2, 1]}
    )


def timed() -> pd.DataFrame:
    steps = steps_of(PATHS)
    begin = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(steps["step"] * 8, unit="D")
    return steps.assign(begin=begin, end=pd.Series(pd.NaT, steps.index, dtype=begin.dtype))


CHARTS = {
    "stage_stars": (lambda: aggregate.stage_stars(felt(), replicates=499), {}),
    "stage_ranks": (lambda: aggregate.stage_ranks(felt()), {}),
    "wave_change": (waves, {}),
    "completers_curve": (lambda: aggregate.completers_curve(felt()), {}),
    "role_curve": (
        lambda: aggregate.role_curve(felt(), {str(i): "ab"[i % 2] for i in range(9)}),
        {},
    ),
    "transitions": (lambda: aggregate.transitions(steps_of(PATHS)), {}),
    "funnel": (
        lambda: aggregate.funnel(
            steps_of(PATHS), curve=aggregate.emotion_curve(felt()), underway=["q"]
        ),
        {},
    ),
    "unheard": (lambda: aggregate.unheard(pains(), ["pains:slow", "pains:dear", "none"]), {}),
    "moments_of_truth": (lambda: aggregate.moments_of_truth(pains()), {}),
    "survey_scores": (
        lambda: aggregate.survey_scores(RATED.assign(org_id=np.nan), stages=STAGES),
        {},
    ),
    "drivers": (driven, {}),
    "unmet_needs": (needs, {}),
    "triangulation": (triangulated, {}),
    "temperature": (warmth, {}),
    "skips": (lambda: aggregate.skips(steps_of(PATHS), STAGES), {}),
    "loops": (lambda: aggregate.loops(steps_of(PATHS)), {}),
    "chain_links": (lambda: aggregate.chain_links(steps_of(PATHS), STAGES), {}),
    "next_steps": (lambda: aggregate.next_steps(steps_of(PATHS), SEARCH), {}),
    "variants": (lambda: aggregate.variants(steps_of(PATHS)), {}),
    "first_touch": (lambda: aggregate.first_touch(steps_of(PATHS)), {}),
    "time_in_stage": (lambda: aggregate.time_in_stage(timed()), {}),
    "return_time": (lambda: aggregate.return_time(timed()), {}),
    "peak_end": (lambda: aggregate.peak_end(felt()), {"names": None}),
    "saturation": (lambda: aggregate.saturation(pains()), {"names": None}),
    "interview_curve": (one_interview, {}),
}


def draw(name: str, language: str = "ru", **more):
    make, look = CHARTS[name]
    named = {} if "names" in look else {"names": NAMES}
    return getattr(plot, name)(make(), language=language, **named, **more)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", CHARTS)
def test_nothing_is_clipped_and_something_is_said(name, language):
    frame = CHARTS[name][0]()
    before = frame.copy(deep=True)
    ax = draw(name, language)
    assert_nothing_is_clipped(ax)
    said_below = ax.get_xlabel().split(" 1 ")[0]  # the names of stages are Russian here
    assert len(said_below) > 20
    cyrillic = any("а" <= c <= "я" for c in said_below.lower())
    assert cyrillic == (language == "ru")
    assert frame.equals(before)


@pytest.mark.parametrize("name", CHARTS)
def test_wrong_frames_and_languages_are_named(name):
    with pytest.raises(CjmError, match="no column"):
        getattr(plot, name)(pd.DataFrame({"people": [1]}))
    with pytest.raises(CjmError, match="language 'de': choose one of ru, en"):
        draw(name, "de")


@pytest.mark.parametrize("name", sorted(set(CHARTS) - {"completers_curve", "role_curve"}))
def test_empty_frames_say_that_there_are_no_data(name):
    make, look = CHARTS[name]
    frame = make().iloc[:0]
    if name in ("transitions", "temperature", "funnel"):
        frame = make().assign(n_participants=0, at_risk=0, n_underway=0)
    if name in ("loops", "time_in_stage", "return_time"):
        frame = make().assign(n_participants=0, of_participants=0)
    named = {} if "names" in look else {"names": NAMES}
    words = "nobody jumped over a stage" if name == "skips" else "no data"
    assert words in texts(getattr(plot, name)(frame, language="en", **named))


def test_intervals_of_a_forest_are_the_computed_ones():
    stars = aggregate.stage_stars(felt(), replicates=499)
    ax = plot.stage_stars(stars, names=NAMES)
    bars = [c for c in ax.collections if isinstance(c, LineCollection)]
    drawn = [tuple(c.get_segments()[0][:, 0]) for c in bars if c.get_linewidth()[0] == 3.4]
    assert np.allclose(drawn, stars[["low", "high"]].to_numpy())
    assert [t for t in texts(ax) if t.startswith("★")] == ["★ p = 0,002 · n=9"]
    ghosts = [m.get_xdata()[0] for m in markers(ax) if m.get_marker() == "D"]
    assert np.allclose(ghosts, stars["shrunken"])
    strong = [m for m in markers(ax) if same_color(m.get_markeredgecolor(), palette.PALETTE[0])]
    assert len(strong) == 1  # only the starred stage is in colour


def test_ranks_say_from_where_to_where():
    ax = draw("stage_ranks", "en")
    ranks = aggregate.stage_ranks(felt()).set_index("stage")
    low, high = ranks.loc[BUY, ["rank_low", "rank_high"]]
    said_rank = f"rank {low} · n=9" if low == high else f"rank {low}–{high} · n=9"
    assert said_rank in texts(ax)
    assert sum(t.startswith("rank") for t in texts(ax)) == 4


def test_waves_say_their_verdicts():
    drawn = texts(draw("wave_change", "en"))
    assert "changed · the same 9" in drawn
    assert "unchanged · the same 9" in drawn


def test_who_stayed_and_who_all_are_two_lines():
    drawn = texts(draw("completers_curve", "en"))
    assert drawn.count("went all the way") == 2
    assert drawn.count("n=8") == 5  # four stages of the completers, one of all


def test_roles_lay_the_plain_mean_beside():
    ax = draw("role_curve")
    curve = aggregate.role_curve(felt(), {str(i): "ab"[i % 2] for i in range(9)})
    dotted = [line for line in ax.get_lines() if line.get_linestyle() == ":"]
    assert dotted[0].get_ydata().tolist() == curve["pooled"].tolist()


def test_transitions_print_counts_intervals_and_what_zeros_allow():
    ax = draw("transitions", "en")
    drawn = texts(ax)
    assert "6 of 7" in drawn  # from the search straight to the purchase
    assert any("Nobody of 7: up to 35%." in text for text in drawn)
    table = aggregate.transitions(steps_of(PATHS)).set_index(["from", "to"])
    row = table.loc[(SEARCH, BUY)]
    assert f"{100 * row['low']:.0f}–{100 * row['high']:.0f}%" in drawn


def test_the_funnel_has_its_counts_and_its_lane():
    ax = draw("funnel", "en")
    table = aggregate.funnel(steps_of(PATHS), underway=["q"])
    bars = [p for p in ax.patches if p.get_width() == pytest.approx(0.62)]
    assert [b.get_height() for b in bars] == pytest.approx(table["reached"].tolist())
    drawn = texts(ax)
    assert "n=8" in drawn
    assert any(t.endswith("…1") for t in drawn)
    assert any("· n=9" in t for t in drawn)  # the lane of feelings
    bare = plot.funnel(table, names=NAMES, language="en")
    assert len(bare.patches) == len(bars)
    assert "feelings" not in bare.get_xlabel()


def test_what_nobody_named_has_its_bound_and_no_percent_of_few():
    drawn = texts(draw("unheard"))
    assert "0 из 7, до 35\N{NO-BREAK SPACE}%" in drawn
    assert "7 из 7" in drawn


def test_moments_print_their_reasons():
    drawn = texts(draw("moments_of_truth", "en"))
    assert any("barriers 6" in t and "6 of 7" in t for t in drawn)


def test_scores_share_an_axis_only_with_their_unit():
    scores = aggregate.survey_scores(RATED.assign(org_id=np.nan), stages=STAGES)
    ax = plot.survey_scores(scores, names=NAMES)
    low, high = scores.loc[0, ["low", "high"]]
    assert f"+33 · n=9 от {low:+.0f} до {high:+.0f}".replace("-", "\N{MINUS SIGN}") in texts(ax)
    assert "мало людей: 9" in ax.get_xlabel().replace("\n", " ").lower()
    assert "нет данных" in texts(plot.survey_scores(scores, names=NAMES, unit="points"))


def test_drivers_say_what_hardly_varies():
    drawn = texts(draw("drivers", "en"))
    assert any("hardly varies" in t for t in drawn)
    assert "n = 40" in draw("drivers", "en").get_xlabel().replace("\n", " ")


def test_needs_show_the_gap_and_the_clipped_score():
    ax = draw("unmet_needs")
    table = needs()
    points = {m.get_marker(): [] for m in markers(ax)}
    for m in markers(ax):
        points[m.get_marker()].append(m.get_xdata()[0])
    assert np.allclose(points["o"], table["gap"])
    assert np.allclose(points["D"], table["score"] - table["importance"])


def test_hearsay_is_hatched_and_apart():
    ax = draw("triangulation", "en")
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "interview",
        "survey",
        "employees",
    ]
    hatched = [p for p in ax.patches if p.get_hatch()]
    assert len(hatched) == 1
    assert {"3/8", "2/2", "0/40"} <= set(texts(ax))


def test_warmth_is_counted():
    ax = draw("temperature", "en")
    assert texts(ax).count("n=2") == 1
    assert {text.get_text() for text in ax.get_legend().get_texts()} == {"cold", "warm", "hot"}


def test_saturation_draws_its_band_and_estimate():
    table = aggregate.saturation(pains())
    ax = plot.saturation(table, language="en")
    assert np.allclose(ax.lines[0].get_ydata(), table["codes"])
    assert ax.lines[1].get_ydata()[0] == table["estimate"].iloc[0]


def test_one_interview_is_joined_within_a_source_only():
    two = pd.concat([one_interview(), one_interview().assign(source_id="t")], ignore_index=True)
    ax = plot.interview_curve(two, language="en")
    curves = [line for line in ax.lines if len(line.get_xdata()) == 3]
    assert len(curves) == 2
    assert "may not be averaged" in ax.get_xlabel().replace("\n", " ")


def test_pains_say_the_ranks_they_could_have():
    ax = plot.pain_ranking(aggregate.pain_ranking(pains()), names=NAMES, language="en")
    assert any("· rank 1–2" in t for t in texts(ax))
    assert_nothing_is_clipped(ax)


def points(ax) -> list[float]:
    return [m.get_xdata()[0] for m in markers(ax) if m.get_marker() == "o"]


def test_skips_flag_what_is_more_than_the_chain_allows():
    many = {f"p{i}": [SEARCH, USE] for i in range(4)} | {"q": [SEARCH, BUY, USE, TELL]}
    table = aggregate.skips(steps_of(many), STAGES)
    ax = plot.skips(table, names=NAMES, language="en")
    assert points(ax) == table["share"].tolist() == [0.8]
    assert "⚑ 4 of 5" in texts(ax)
    assert "(over 1)" in " ".join(label.get_text() for label in ax.get_yticklabels())
    assert not any(t.startswith("⚑") for t in texts(draw("skips", "en")))


def test_loops_count_who_came_back_and_how_often():
    ax = draw("loops", "en")
    assert "1 of 7 · up to 2 times" in texts(ax)
    assert points(ax) == aggregate.loops(steps_of(PATHS))["share"].dropna().tolist()


def test_links_that_nobody_made_say_whether_they_would_have_been_seen():
    drawn = texts(draw("chain_links", "en"))
    assert "6 of 7" in drawn
    assert any(t.startswith("0 of 6 nobody; would be seen with a chance of 74%") for t in drawn)


def test_next_steps_say_who_went_no_further():
    ax = draw("next_steps", "en")
    assert ax.get_yticklabels()[-1].get_text() == "went no further"
    assert points(ax) == pytest.approx(aggregate.next_steps(steps_of(PATHS), SEARCH)["share"])


def test_paths_are_written_by_the_numbers_of_stages():
    ax = draw("variants", "en", top=3)
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels == ["1–3", "2", "1 → 3"]
    said_below = ax.get_xlabel().replace("\n", " ")
    assert f"2 {NAMES[BUY]}" in said_below
    assert "Paths not shown: 1." in said_below
    long = {"p": [SEARCH, BUY] * 12}
    [label] = plot.variants(aggregate.variants(steps_of(long)), names=NAMES).get_yticklabels()
    assert label.get_text().endswith("1 → 2") or "…" in label.get_text()
    assert_nothing_is_clipped(ax)


def test_time_says_who_is_still_there():
    ax = draw("time_in_stage", "en")
    table = aggregate.time_in_stage(timed())
    known = table["median"].dropna()
    assert points(ax) == known.tolist()
    assert any("still there:" in t for t in texts(ax))
    assert any("not back:" in t for t in texts(draw("return_time", "en")))


def test_arcs_go_forward_above_and_back_below():
    from matplotlib.patches import Arc

    table = aggregate.transitions(steps_of(PATHS))
    ax = plot.transitions(table, names=NAMES, language="en", form="arcs")
    found = {(a.center[0] - a.width / 2, a.width, a.theta1) for a in ax.patches}
    assert all(isinstance(a, Arc) for a in ax.patches)
    # search → buy, buy → use, search → use above; buy → search below
    assert found == {(0, 1, 0), (1, 1, 0), (0, 2, 0), (0, 1, 180)}
    widths = {a.theta1 + a.width: a.get_linewidth() for a in ax.patches if a.center[0] == 0.5}
    assert widths[1] > widths[181]
    assert {"6 of 7", "1 of 7", "n=7 ▸7 ■1"} <= set(texts(ax))
    assert_nothing_is_clipped(ax)
    with pytest.raises(CjmError, match="form='sankey': choose matrix or arcs"):
        plot.transitions(table, form="sankey")
    none = plot.transitions(table.assign(n_participants=0), form="arcs", language="en")
    assert "no data" in texts(none)


def test_long_labels_of_a_forest_never_touch():
    question = "Насколько вы довольны тем, как мы отвечали вам, и почему именно так? " * 2
    rows = [RATED.assign(question_id=f"q{i}", question=f"{i} {question}") for i in range(4)]
    scores = aggregate.survey_scores(pd.concat(rows, ignore_index=True), stages=STAGES)
    ax = plot.survey_scores(scores, names=NAMES)
    ax.get_figure().canvas.draw()
    boxes = [label.get_window_extent() for label in ax.get_yticklabels()]
    for upper, lower in itertools.pairwise(boxes):
        assert upper.y0 >= lower.y1


def test_stages_stand_above_one_interview():
    curve = one_interview().assign(stage=pd.Categorical([SEARCH, SEARCH, BUY], STAGES))
    ax = plot.interview_curve(curve, names={SEARCH: "Search", BUY: "Buy"}, language="en")
    assert "Search" in texts(ax)
    assert "Passages: 4." in ax.get_xlabel().replace("\n", " ")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["1", "4", "9"]
    assert_nothing_is_clipped(ax)


def test_one_interview_says_that_a_machine_tagged_it():
    curve = one_interview().assign(machine_share=1.0)
    title = plot.interview_curve(curve, language="en").get_title(loc="left")
    assert title == "machine-tagged, uncorrected"
    assert plot.interview_curve(one_interview(), language="en").get_title(loc="left") == ""
