from __future__ import annotations

import inspect
import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import same_color, to_rgb
from test_aggregate import told

from cjmresearch import aggregate, palette, plot, wording
from cjmresearch.errors import CjmError
from cjmresearch.plot import canvas

STAGES = [f"long:{i}" for i in range(8)]
LONG = dict(
    zip(
        STAGES,
        [
            "Осознание потребности",
            "Поиск информации и решений",
            "Оценка и сравнение вариантов",
            "Принятие решения/Покупка",
            "Внедрение/Онбординг",
            "Использование и поддержка",
            "Лояльность и повторные покупки",
            "Адвокация/Рекомендация коллегам",
        ],
        strict=True,
    )
)


def curve_of(people: list[int], **columns) -> pd.DataFrame:
    """Make a curve with that many people at each of eight stages."""
    rng = np.random.default_rng(1)
    frames = [
        told({f"p{i}": [v] for i, v in enumerate(rng.uniform(-0.9, 0.9, n))}).assign(stage=stage)
        for n, stage in zip(people, STAGES, strict=True)
        if n
    ]
    frame = pd.concat(frames, ignore_index=True).assign(**columns)
    frame["coding_id"] = [f"c{i}" for i in frame.index]
    frame["stage"] = pd.Categorical(frame["stage"], STAGES, ordered=True)
    return aggregate.emotion_curve(frame)


def texts(ax) -> list[str]:
    drawn = [text.get_text() for text in ax.texts]
    labels = [label.get_text() for label in [*ax.get_xticklabels(), *ax.get_yticklabels()]]
    titles = [ax.get_title(loc="left"), ax.get_xlabel(), ax.get_ylabel()]
    return [text.replace("\n", " ") for text in [*drawn, *labels, *titles] if text]


def markers(ax) -> list:
    return [line for line in ax.lines if line.get_marker() not in ("None", None, "")]


def bars_of(ax) -> list[LineCollection]:
    return [c for c in ax.collections if isinstance(c, LineCollection)]


def segments(ax) -> list[np.ndarray]:
    """Drawn pieces of the lines between stages, cut where a mean is missing."""
    pieces = []
    for line in ax.lines:
        if line.get_linestyle() != "None":
            y = np.asarray(line.get_ydata(), float)
            runs = np.split(np.arange(len(y)), np.flatnonzero(np.isnan(y)))
            pieces += [run[~np.isnan(y[run])] for run in runs]
    return [piece for piece in pieces if len(piece) > 1]


def assert_nothing_is_clipped(ax) -> None:
    figure = ax.get_figure()
    figure.canvas.draw()
    page = figure.bbox
    renderer = figure.canvas.get_renderer()
    artists = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), ax.xaxis.label]
    for artist in [*artists, ax.yaxis.label]:
        if artist.get_text():
            box = artist.get_window_extent(renderer)
            assert box.x0 >= page.x0 - 1, artist.get_text()
            assert box.x1 <= page.x1 + 1, artist.get_text()
            assert box.y0 >= page.y0 - 1, artist.get_text()
            assert box.y1 <= page.y1 + 1, artist.get_text()
    labels = [x for x in ax.get_xticklabels() if x.get_text()]
    boxes = [label.get_window_extent(renderer) for label in labels]
    for left, right in itertools.pairwise(boxes):
        assert left.x1 <= right.x0 + 1


# --- the emotion curve --------------------------------------------------------------------------


def test_n_stands_at_every_stage_and_a_gap_says_so():
    ax = plot.emotion_curve(curve_of([5, 4, 2, 0, 3, 1, 7, 5]), names=LONG)
    drawn = texts(ax)
    assert [t for t in drawn if t.startswith("n=")] == [f"n={n}" for n in (5, 4, 2, 0, 3, 1, 7, 5)]
    assert drawn.count("нет данных") == 1


def test_segments_join_neighbours_only():
    ax = plot.emotion_curve(curve_of([5, 4, 2, 0, 3, 0, 7, 5]), names=LONG)
    assert [list(piece) for piece in segments(ax)] == [[0, 1, 2], [6, 7]]


def test_points_without_interval_are_hollow():
    ax = plot.emotion_curve(curve_of([5, 4, 2, 0, 3, 1, 7, 5]), names=LONG)
    full, hollow = markers(ax)
    assert list(full.get_xdata()) == [0, 1, 4, 6, 7]
    assert list(hollow.get_xdata()) == [2, 5]
    assert same_color(hollow.get_markerfacecolor(), palette.LIGHT.background)
    assert same_color(full.get_markerfacecolor(), palette.LIGHT.series[0])


def test_intervals_are_drawn_as_computed_and_end_at_the_scale():
    curve = curve_of([5, 4, 2, 0, 3, 1, 7, 5])
    ax = plot.emotion_curve(curve, names=LONG)
    bars = [np.array(c.get_segments()) for c in bars_of(ax) if len(c.get_segments()) == 5]
    drawn = [group[:, :, 1] for group in bars]
    known = curve[curve["low"].notna()]
    for columns in (["low", "high"], ["band_low", "band_high"]):
        expected = known[columns].to_numpy().clip(-1, 1)
        assert any(np.allclose(group, expected) for group in drawn), columns


def test_axis_says_worse_and_better():
    curve = curve_of([3] * 8)
    ru, en = plot.emotion_curve(curve, names=LONG), plot.emotion_curve(curve, language="en")
    assert "хуже" in ru.get_ylabel()
    assert "лучше" in ru.get_ylabel()
    assert "worse" in en.get_ylabel()
    assert ru.get_ylim()[0] < -1
    assert ru.get_ylim()[1] > 1
    assert "+0,5" in texts(ru)
    assert "+0.5" in texts(en)


def test_machine_tags_are_said_on_the_face():
    clean = plot.emotion_curve(curve_of([3] * 8), names=LONG)
    assert not any("машиной" in text for text in texts(clean))
    tagged = curve_of([3] * 8, machine=True)
    ru = plot.emotion_curve(tagged, names=LONG)
    assert "размечено машиной, не проверено и не скорректировано" in texts(ru)
    en = plot.emotion_curve(tagged, names=LONG, language="en")
    assert "machine-tagged, uncorrected" in texts(en)
    partly = plot.emotion_curve(tagged.assign(machine_share=[0.2] + [0.0] * 7), language="en")
    assert "partly machine-tagged, uncorrected" in texts(partly)


def test_no_interval_where_a_machine_tagged():
    """Its error isn't in the interval, which would promise too much (F3)."""
    curve = curve_of([5] * 8).assign(machine_share=[0.2] + [0.0] * 7)
    assert curve["low"].notna().all()
    ax = plot.emotion_curve(curve, names=LONG, language="en")
    bars = [c for c in ax.collections if hasattr(c, "get_segments") and len(c.get_segments()) == 7]
    assert len(bars) == 2, "interval and band of the seven stages that people coded"
    assert any("No interval where a machine has tagged" in text for text in texts(ax))
    clean = plot.emotion_curve(curve_of([5] * 8), names=LONG, language="en")
    assert not any("No interval where" in text for text in texts(clean))


def test_a_corrected_curve_shows_what_the_machine_said():
    curve = curve_of([5] * 8).drop(columns=["n_codings", "sd", "mixed_share", "machine_share"])
    curve = curve.assign(raw=curve["mean"] / 2, n_gold=10, n_segments=30, n_gold_units=5)
    ax = plot.emotion_curve(curve.assign(n_gold_participants=5), names=LONG, language="en")
    dotted = [line for line in ax.get_lines() if line.get_linestyle() == ":"]
    assert dotted[0].get_ydata().tolist() == curve["raw"].tolist()
    assert any("random sample (80 passages)" in text for text in texts(ax))


def test_mixed_passages_are_said():
    curve = curve_of([4] * 8)
    curve.loc[1, "mixed_share"] = 0.25
    ax = plot.emotion_curve(curve, names={**LONG, "long:1": "Search"}, language="en")
    assert "Search 25%" in ax.get_xlabel().replace("\n", " ")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("size", ["print", "screen"])
@pytest.mark.parametrize("people", [[5] * 8, [5, 4, 2, 0, 3, 1, 7, 5]], ids=["full", "gaps"])
def test_long_names_are_wrapped_and_never_clipped(language, size, people):
    with plot.style(size=size):
        ax = plot.emotion_curve(curve_of(people), names=LONG, language=language)
    assert_nothing_is_clipped(ax)
    shown = [label.get_text() for label in ax.get_xticklabels()]
    joined = [text.replace("-\n", "").replace("/\n", "/").replace("\n", " ") for text in shown]
    assert joined == list(LONG.values())


def test_groups_are_lines_with_names_and_markers():
    observations = told({"A": [0.5], "B": [0.1], "C": [-0.5], "D": [0.3]})
    both = pd.concat([observations, observations.assign(stage="m:2")], ignore_index=True)
    both["coding_id"] = both.index.astype("str")
    both["stage"] = pd.Categorical(both["stage"], ["m:1", "m:2"], ordered=True)
    groups = {"A": "Надёжность", "B": "Надёжность", "C": "Сделка", "D": "Сделка"}
    curve = aggregate.emotion_curve(both, by=groups)
    ax = plot.emotion_curve(curve, names={"m:1": "Первый", "m:2": "Второй"})
    assert texts(ax).count("Надёжность") == 2  # at the line and at its row of n
    assert {line.get_marker() for line in markers(ax)} == {"o", "s"}
    assert texts(ax).count("n=2") == 4
    assert_nothing_is_clipped(ax)
    with pytest.raises(CjmError, match="a chart shows one grouping"):
        plot.emotion_curve(curve.assign(wave=1))


def test_a_map_of_the_future_shows_no_n():
    curve = curve_of([3] * 8)
    empty = curve.assign(
        **dict.fromkeys(("mean", "low", "high", "band_low", "band_high", "machine_share"), np.nan),
        n_participants=pd.Series(pd.NA, curve.index, dtype="Int64"),
    )
    ax = plot.emotion_curve(empty, names=LONG)
    assert not [t for t in texts(ax) if t.startswith("n=")]
    assert ax.get_xlabel() == ""


def test_given_axes_are_used_and_frames_are_not_changed():
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(14, 5))
    curve = curve_of([3] * 8)
    before = curve.copy()
    assert plot.emotion_curve(curve, ax=axes[1], names=LONG) is axes[1]
    pd.testing.assert_frame_equal(curve, before)
    assert plt.get_fignums() == [figure.number]


def test_default_names_are_the_shipped_codebooks():
    curve = curve_of([3] * 8)
    from cjmresearch import codebooks

    codes = codebooks.load("b2b8").sort_values("position")
    curve["stage"] = pd.Categorical(codes["slug"], codes["slug"], ordered=True)
    shown = [
        label.get_text() for label in plot.emotion_curve(curve, language="en").get_xticklabels()
    ]
    assert [s.replace("-\n", "").replace("\n", " ") for s in shown] == list(codes["name_en"])


def test_wrong_frames_and_languages_are_named():
    with pytest.raises(CjmError, match="curve: needs rows with stage"):
        plot.emotion_curve(pd.DataFrame({"stage": ["a"]}))
    with pytest.raises(CjmError, match="language 'de': choose one of ru, en"):
        plot.emotion_curve(curve_of([3] * 8), language="de")
    with pytest.raises(CjmError, match="ranking: needs code"):
        plot.pain_ranking(pd.DataFrame())
    with pytest.raises(CjmError, match="matrix: needs stage"):
        plot.touchpoint_matrix(pd.DataFrame())


# --- pains --------------------------------------------------------------------------------------


def ranking_of(counts: dict[str, int], of: int) -> pd.DataFrame:
    n = np.array(list(counts.values()))
    low, high = aggregate.wilson(n, np.full(len(n), of))
    return pd.DataFrame(
        {
            "code": list(counts),
            "n_participants": n,
            "of_participants": of,
            "share": n / of,
            "low": low,
            "high": high,
            "n_codings": n + 2,
            "rank": range(1, 1 + len(n)),
        }
    )


def test_pains_are_bars_of_people_with_counts_under_ten():
    ranking = ranking_of({"a": 5, "b": 3, "c": 1}, 8)
    ax = plot.pain_ranking(ranking, names={"a": "Долгий ответ на запрос"})
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([5 / 8, 3 / 8, 1 / 8])
    drawn = texts(ax)
    assert "5 из 8 · ×7" in drawn
    assert "Долгий ответ на запрос" in drawn
    assert "%" not in "".join(drawn).replace("95-процентный", "")
    lines = [c for c in bars_of(ax) if len(c.get_segments()) == 1]
    drawn_intervals = sorted(tuple(c.get_segments()[0][:, 0]) for c in lines)
    expected = sorted(zip(ranking["low"], ranking["high"], strict=True))
    assert np.allclose(drawn_intervals, expected)
    assert_nothing_is_clipped(ax)


def test_from_ten_people_percentages_come_with_their_counts():
    ax = plot.pain_ranking(ranking_of({"a": 6}, 12), language="en")
    assert "50% (6 of 12) · ×8" in texts(ax)


def test_what_is_left_out_is_said():
    ranking = ranking_of({f"code {i}": 20 - i for i in range(15)}, 20)
    ax = plot.pain_ranking(ranking, top=10)
    assert "Не показано: 5." in ax.get_xlabel()
    assert len(ax.patches) == 10


def test_pains_of_groups_are_named_and_machines_said():
    parts = [ranking_of({"a": 2, "b": 1}, 6).assign(group="Надёжность", machine_share=0.5)]
    parts += [ranking_of({"b": 4}, 6).assign(group="Сделка", machine_share=0.0)]
    ax = plot.pain_ranking(pd.concat(parts, ignore_index=True), names={"a": "А", "b": "Б"})
    assert "4 из 6 · ×6 · Сделка" in texts(ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Б", "А"]
    assert (
        ax.get_title(loc="left") == "частично размечено машиной, не проверено и не скорректировано"
    )
    assert_nothing_is_clipped(ax)


def test_no_pains_say_so():
    ax = plot.pain_ranking(ranking_of({}, 3))
    assert "нет данных" in " ".join(texts(ax))


# --- touchpoints --------------------------------------------------------------------------------


def test_matrix_prints_people_and_feelings():
    matrix = pd.DataFrame(
        {
            "stage": pd.Categorical(["long:0", "long:7", "long:7"], STAGES, ordered=True),
            "touchpoint": ["site", "site", "call"],
            "n_participants": [4, 2, 3],
            "n_codings": [5, 5, 5],
            "mean": [0.5, np.nan, -0.8],
            "n_felt": [4, 0, 3],
        }
    )
    names = {**LONG, "site": "Сайт", "call": "Секретарь, оператор колл-центра"}
    ax = plot.touchpoint_matrix(matrix, names=names)
    drawn = [text.get_text() for text in ax.texts]
    assert sorted(drawn) == sorted(["4", "+0,5", "2", "3", "\N{MINUS SIGN}0,8"])
    assert ax.get_yticklabels()[1].get_text() == "Секретарь, оператор\nколл-центра"
    assert_nothing_is_clipped(ax)


def test_matrix_prints_no_feeling_of_fewer_than_three_and_the_n_of_the_others():
    matrix = pd.DataFrame(
        {
            "stage": pd.Categorical(["long:0", "long:7"], STAGES, ordered=True),
            "touchpoint": ["site", "site"],
            "n_participants": [12, 12],
            "mean": [0.7, -0.8],
            "n_felt": [2, 3],
        }
    )
    ax = plot.touchpoint_matrix(matrix, names={**LONG, "site": "Сайт"})
    drawn = [text.get_text() for text in ax.texts]
    assert sorted(drawn) == sorted(["12", "12", "\N{MINUS SIGN}0,8\nn=3"])
    few, enough = (patch.get_facecolor() for patch in ax.patches[-2:])
    assert same_color(few, palette.LIGHT.grid)  # no colour of a feeling
    assert not same_color(enough, palette.LIGHT.grid)
    assert_nothing_is_clipped(ax)
    with pytest.raises(CjmError, match="n_felt"):
        plot.touchpoint_matrix(matrix.drop(columns="n_felt"))


def test_empty_matrix_says_so():
    matrix = pd.DataFrame(
        {
            "stage": pd.Categorical([], STAGES, ordered=True),
            "touchpoint": pd.Series([], dtype="str"),
            "n_participants": pd.Series([], dtype="int64"),
            "mean": pd.Series([], dtype="float64"),
            "n_felt": pd.Series([], dtype="int64"),
        }
    )
    assert "нет данных" in texts(plot.touchpoint_matrix(matrix, names=LONG))


# --- the page -----------------------------------------------------------------------------------


def test_dark_theme_holds_inside_its_block_only():
    curve = curve_of([3] * 8)
    with plot.style("dark"):
        dark = plot.emotion_curve(curve, names=LONG)
    light = plot.emotion_curve(curve, names=LONG)
    assert same_color(dark.get_facecolor(), palette.DARK.background)
    assert same_color(dark.get_figure().get_facecolor(), palette.DARK.background)
    assert same_color(light.get_facecolor(), palette.LIGHT.background)
    with (
        pytest.raises(CjmError, match="theme 'pink': choose one of light, dark"),
        plot.style("pink"),
    ):
        pass
    with pytest.raises(CjmError, match="size='a4': choose one of print, screen"):
        plot.style(size="a4").__enter__()


def test_new_figures_have_the_size_of_the_page():
    curve = curve_of([3] * 8)
    size = plot.emotion_curve(curve, names=LONG).get_figure().get_size_inches() * 2.54
    assert tuple(size) == pytest.approx((16, 9))


def luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", palette.THEMES.values(), ids=palette.THEMES)
def test_colours_stand_out_from_the_page(theme):
    for words in (theme.ink, theme.muted, theme.warning):
        assert contrast(words, theme.background) >= 4.5
    for line in theme.series:
        assert contrast(line, theme.background) >= 3
    for valence in np.linspace(-1, 1, 21):
        cell = palette.valence_colour(valence, theme)
        assert contrast(palette.readable_on(cell), cell) >= 4.5


def test_words_wrap_within_the_width_and_keep_their_letters():
    for text in (*LONG.values(), "Dampfschifffahrtsgesellschaft", "a", ""):
        for width in (20, 45, 90):
            lines = canvas.wrap(text, width, 7).split("\n")
            kept = "".join(
                line.removesuffix("-") if i < len(lines) - 1 else line
                for i, line in enumerate(lines)
            )
            assert kept.replace(" ", "") == text.replace(" ", "")
            assert all(canvas.text_width(line, 7) <= width or len(line) <= 4 for line in lines)


def test_every_chart_has_its_computation():
    for name in ("emotion_curve", "pain_ranking", "touchpoint_matrix"):
        assert inspect.isfunction(getattr(aggregate, name))
        assert inspect.isfunction(getattr(plot, name))


# --- wording ------------------------------------------------------------------------------------


def test_counts_and_shares_in_words():
    assert wording.count_label(3, 8) == "3 из 8"
    assert wording.count_label(3, 8, "en") == "3 of 8"
    assert wording.share_label(3, 9, "en") == "3 of 9"
    assert wording.share_label(3, 10, "en") == "30% (3 of 10)"
    assert wording.share_label(3, 10) == "30\N{NO-BREAK SPACE}% (3 из 10)"
    assert wording.small_n_note(9, "en")
    assert wording.small_n_note(10) == ""
    assert wording.machine_note(0) == wording.machine_note(float("nan")) == ""
