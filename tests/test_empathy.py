"""Empathy maps in three layouts, as frames and as pictures, and the rules they are checked by."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest
import studies
from test_cards import CODINGS, PEOPLE, TALKS, written

from cjmresearch import codebooks, export, personas, plot, schema
from cjmresearch.codebooks import templates
from cjmresearch.errors import CjmError

ACTS = [
    {"source": "s1", "quote": "Who will answer", "code": "acts:ask"},
    {"source": "s2", "quote": "I want quiet", "code": "movers:need"},
    {"source": "s4", "quote": "call", "code": "points:call"},
]


def heard(*, fields=(), people=None, named=True, codings=(*CODINGS, *ACTS), **more) -> schema.Study:
    groups = {"all": "Everybody", "few": "Few"} if named else {}
    belongs = {"all": "ABCD", "few": "A"}
    return studies.study(
        TALKS, codings,
        people={name: PEOPLE[name] | (people or {}).get(name, {}) for name in PEOPLE},
        voices={"E": "employee"}, fields=list(fields),
        personas=[{"persona_id": i, "name": n, "origin": "manual"} for i, n in groups.items()],
        memberships=[
            {"persona_id": id_, "participant_id": who, "probability": 1.0}
            for id_ in groups for who in belongs[id_]
        ],
        **more,
    )  # fmt: skip


def blocks(table: pd.DataFrame) -> dict[str, set[str]]:
    return {
        block: set(rows["code"].fillna(rows["value"])) for block, rows in table.groupby("block")
    }


def test_six_blocks_are_filled_by_the_kinds_of_codes():
    table = personas.empathy_map(heard(), persona="all")
    assert blocks(table) == {
        "sees": {"points:site", "points:call"},
        "thinks_feels": {"thoughts:why", "feelings:anger", "feelings:joy"},
        "says_does": {"acts:ask"},
        "pains": {"pains:slow", "pains:dear"},
        "values": {"movers:need", "movers:dream"},
    }
    names = [block[0] for block in table.attrs["blocks"]]
    assert names == ["hears", "sees", "thinks_feels", "says_does", "pains", "values"]
    people = {block[0]: block[3] for block in table.attrs["blocks"]}
    assert people == dict(zip(names, (0, 2, 2, 1, 3, 1), strict=True))
    assert (table.attrs["n"], table.attrs["persona"]) == (4, "Everybody")
    slow = table[table["code"] == "pains:slow"].iloc[0]
    assert (slow["n_participants"], slow["of_participants"]) == (3, 4)
    assert slow["coding_ids"] == ("c0", "c4", "c8")


def test_who_speaks_is_heard_and_what_stands_there_is_seen():
    study = heard()
    codes = study.codes.copy()
    is_call = codes["slug"] == "points:call"
    codes.loc[is_call, "channel"] = "human"
    codes.loc[codes["slug"] == "points:site", ["channel", "ownership"]] = ["digital", "owned"]
    found = blocks(personas.empathy_map(dataclasses.replace(study, codes=codes), persona="all"))
    assert (found["hears"], found["sees"]) == ({"points:call"}, {"points:site"})
    codes.loc[is_call, ["channel", "ownership"]] = ["digital", "earned"]
    found = blocks(personas.empathy_map(dataclasses.replace(study, codes=codes), persona="all"))
    assert found["hears"] == {"points:call"}


def test_every_shipped_touchpoint_has_a_block_and_only_one():
    shipped = codebooks.load("touchpoints", "shop_touchpoints")
    fields = templates.load("empathy6").fields
    taken = pd.DataFrame({field.field: field.of_codes(shipped) for field in fields})
    assert (taken.sum(axis=1) == 1).all()
    assert taken.columns[taken.any()].tolist() == ["hears", "sees"]


def test_blocks_can_be_coded_directly():
    own = codebooks.load("empathy")
    fields = templates.load("empathy6").fields
    taken = {
        field.field: set(own.loc[field.of_codes(own), "slug"].str.removeprefix("empathy:"))
        for field in fields
    }
    assert all(field.field in taken[field.field] for field in fields)
    assert sorted(slug for slugs in taken.values() for slug in slugs) == sorted(
        own["slug"].str.removeprefix("empathy:")
    )


def test_the_quadrant_is_derived_from_the_six_and_loses_nothing():
    study = heard(fields=[written("values", "Quiet nights")])
    six = blocks(personas.empathy_map(study, persona="all"))
    four = blocks(personas.empathy_map(study, persona="all", layout="quadrant"))
    assert four["feels"] == six["thinks_feels"] | six["pains"]
    assert set().union(*four.values()) == set().union(*six.values())
    assert "Quiet nights" in four["wants"]
    assert sum(map(len, four.values())) == sum(map(len, six.values()))


def test_the_quadrants_table_is_edited_in_a_file(tmp_path: Path):
    path = personas.write_template("quadrant", tmp_path / "own.yaml")
    text = path.read_text(encoding="utf-8").replace("- says_does\n", "- says_does\n  - pains\n")
    path.write_text(text, encoding="utf-8")
    table = personas.empathy_map(heard(), persona="all", layout="quadrant", template=path)
    assert "pains:slow" in blocks(table)["does"]
    path.write_text(text.replace("- says_does", "- smells"), encoding="utf-8")
    with pytest.raises(CjmError, match=r"does merges 'smells'; the blocks are hears, sees"):
        personas.empathy_map(heard(), layout="quadrant", template=path)


def test_a_star_has_six_rays_or_more_of_the_users_choice():
    study = heard()
    table = personas.empathy_map(study, persona="all", layout="star")
    assert len(table.attrs["blocks"]) == 8
    rays = ["emotions", "thoughts", "acts", "words", "pains", "wishes"]
    chosen = personas.empathy_map(study, persona="all", layout="star", rays=rays)
    assert [block[0] for block in chosen.attrs["blocks"]] == rays
    own = {f"Ray {n}": "emotion" for n in range(6)} | {"Money": ["pains:dear", "movers"]}
    mine = personas.empathy_map(study, persona="all", layout="star", rays=own)
    assert blocks(mine)["Money"] == {"pains:dear", "movers:dream", "movers:need"}
    with pytest.raises(CjmError, match="5 given; a star has at least 6"):
        personas.empathy_map(study, layout="star", rays=rays[:5])
    with pytest.raises(CjmError, match="Ray is filled by 'nothing', no code, scheme or kind"):
        personas.empathy_map(study, layout="star", rays={"Ray": "nothing"})
    with pytest.raises(CjmError, match="no field 'smell'; it has emotions"):
        personas.empathy_map(study, layout="star", rays=["smell"])
    with pytest.raises(CjmError, match="rays: a map of layout 'six' has none"):
        personas.empathy_map(study, rays=rays)
    with pytest.raises(CjmError, match="layout='circle': choose one of six, star, quadrant"):
        personas.empathy_map(study, layout="circle")


def test_what_is_written_is_a_hypothesis_until_it_has_a_source():
    fields = [
        written("values", "Quiet nights"),
        written("pains", "No spare parts", source="c1"),
        written("motives", "not of this map"),
    ]
    table = personas.empathy_map(heard(fields=fields), persona="all").set_index("value")
    assert table.loc["Quiet nights", "status"] == "hypothesis"
    parts = table.loc["No spare parts"]
    assert (parts["status"], parts["n_participants"], parts["quote"]) == ("evidence", 1, "dear")
    assert "not of this map" not in table.index
    assert personas.empathy_map(heard(fields=fields))["value"].isna().all()


def test_quotes_on_a_map_need_consent():
    table = personas.empathy_map(heard(people={"A": {"consent": False}}), persona="all")
    anger = table[table["code"] == "feelings:anger"].iloc[0]
    assert anger["n_participants"] == 1
    assert pd.isna(anger["quote"])
    slow = table[table["code"] == "pains:slow"].iloc[0]
    assert slow["participant"] in ("Person B", "Person D")


# -- pictures ----------------------------------------------------------------------------------


def words_of(axes) -> list[str]:
    return [text.get_text() for text in axes.texts if text.get_text()]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("layout", ["six", "star", "quadrant"])
def test_every_line_is_drawn_with_its_people(layout, language):
    study = heard(fields=[written("values", "Quiet nights")])
    table = personas.empathy_map(study, persona="all", layout=layout)
    axes = plot.empathy_map(table, language=language)
    said = words_of(axes)
    for block in table.attrs["blocks"]:
        assert any(block[1 if language == "ru" else 2].startswith(word[:6]) for word in said)
    drawn = " ".join(said)
    for line in table.itertuples():
        assert getattr(line, f"name_{language}") in drawn
    assert said.count("3 из 4" if language == "ru" else "3 of 4") >= 1
    assert "n = 4" in said
    assert "Everybody" in said
    if layout != "star":
        assert ("гипотеза" if language == "ru" else "hypothesis") in said
        dashed = [p for p in axes.patches if p.get_linestyle() != "solid"]
        assert len(dashed) == 1


@pytest.mark.parametrize("layout", ["six", "star", "quadrant"])
def test_nothing_overlaps_and_nothing_leaves_the_page(layout):
    long = "Очень длинное название из многих слов, которое не помещается в одну строку карты"
    study = heard(
        fields=[written("values", long), written("pains", "Х" * 300)],
        people={"C": {"pseudonym": "Псевдоним из нескольких слов"}},
        codings=[
            *CODINGS,
            *ACTS,
            {"source": "s3", "quote": TALKS["s3"][0][1], "code": "feelings:anger"},
        ],
    )
    axes = plot.empathy_map(personas.empathy_map(study, persona="all", layout=layout))
    figure = axes.get_figure()
    figure.canvas.draw()
    page = figure.bbox
    boxes = [(text.get_text(), text.get_window_extent()) for text in axes.texts if text.get_text()]
    assert len(boxes) > 15
    for words, box in boxes:
        assert box.x0 >= page.x0 - 1, words
        assert box.x1 <= page.x1 + 1, words
        assert box.y0 >= page.y0 - 1, words
        assert box.y1 <= page.y1 + 1, words
    for number, (words, box) in enumerate(boxes):
        for other, second in boxes[number + 1 :]:
            wide = min(box.x1, second.x1) - max(box.x0, second.x0)
            high = min(box.y1, second.y1) - max(box.y0, second.y0)
            assert wide <= 2 or high <= 0.35 * min(box.height, second.height), (words, other)


def test_what_does_not_fit_is_counted():
    table = personas.empathy_map(heard(), persona="all")
    axes = plot.empathy_map(table, language="en", most=1)
    assert "and 1 more" in words_of(axes)


def test_rays_are_as_long_as_their_share_of_people():
    from matplotlib.patches import Wedge

    table = personas.empathy_map(heard(), persona="all", layout="star")
    axes = plot.empathy_map(table)
    rays = [patch for patch in axes.patches if isinstance(patch, Wedge) and patch.width is not None]
    assert len(rays) == 8
    shares = [block[3] / 4 for block in table.attrs["blocks"]]
    lengths = [ray.width for ray in rays]
    full = max(lengths) / max(shares)
    assert lengths == pytest.approx([share * full for share in shares])


def test_a_map_is_a_picture_with_fixed_bytes_and_ids_of_its_own(tmp_path: Path):
    table = personas.empathy_map(heard(), persona="all")
    one, two = (export.svg_of(plot.empathy_map(table)) for _ in range(2))
    assert one == two
    ids = set(re.findall(r'\bid="([^"]+)"', one))
    assert len({id_.split("-")[0] for id_ in ids}) == 1
    assert "http" not in re.sub(r'xmlns\S*="[^"]*"|"http://www.w3.org[^"]*"', "", one).replace(
        "http://www.w3.org", ""
    ).replace("http://purl.org", "").replace("https://matplotlib.org", "").replace(
        "http://creativecommons.org", ""
    )
    assert export.picture(plot.empathy_map(table), tmp_path / "map.png").stat().st_size > 10_000
    with pytest.raises(CjmError, match=r"a picture ends in \.svg or \.png"):
        export.picture(plot.empathy_map(table), tmp_path / "map.gif")


def test_an_empty_map_says_that_there_are_no_data():
    study = heard(codings=[])
    axes = plot.empathy_map(personas.empathy_map(study), language="en")
    assert words_of(axes).count("no data") == 6
    with pytest.raises(CjmError, match=r"take it from personas\.empathy_map"):
        plot.empathy_map(pd.DataFrame({"a": [1]}))


# -- rules -------------------------------------------------------------------------------------


def checked(study: schema.Study, **more) -> dict[str, str]:
    table = personas.lints(study, **more)
    assert table["check"].is_unique
    assert not table["message_ru"].str.contains("[{}]").any()
    assert not table["message_en"].str.contains("[{}А-Яа-я]").any()
    return table.set_index("check")["status"].to_dict()


def test_all_rules_of_empathy_maps_stand_first():
    found = personas.lints(heard(), persona="all")
    rules = found[found["group"] == "empathy"]["check"].tolist()
    assert rules == ["more", "external", "negative", "exact", "guesses", "target"]


def test_a_map_of_our_own_guesses_fails():
    assert checked(heard(), persona="all")["external"] == "pass"
    three = [written("values", "\n".join(f"Guess {n}" for n in range(4)))]
    status = checked(heard(fields=three), persona="all")
    assert (status["external"], status["guesses"], status["exact"]) == ("warn", "warn", "warn")
    many = [written("values", "\n".join(f"Guess {n}" for n in range(30)))]
    assert checked(heard(fields=many), persona="all")["external"] == "fail"
    assert checked(heard(), persona="all")["guesses"] == "pass"


def test_lost_negatives_are_noticed():
    study = heard()
    table = personas.empathy_map(study, persona="all")
    assert checked(study, persona="all")["negative"] == "pass"
    rosy = table[~table["code"].isin(["pains:slow", "pains:dear", "feelings:anger"])]
    assert checked(study, persona="all", table=rosy)["negative"] == "warn"


def test_a_quote_that_is_not_the_text_fails():
    study = heard()
    assert checked(study, persona="all")["exact"] == "pass"
    changed = study.codings.assign(quote=study.codings["quote"].str.upper())
    assert checked(dataclasses.replace(study, codings=changed), persona="all")["exact"] == "fail"


def test_the_avatar_is_one_frequent_and_of_one_segment():
    many = checked(heard(), persona="all")
    assert (many["one_avatar"], many["frequent_first"], many["target"]) == ("pass", "pass", "pass")
    assert many["two_sides"] == "pass"
    mixed = checked(heard())
    assert (mixed["one_avatar"], mixed["target"]) == ("warn", "warn")
    few = checked(heard(), persona="few")
    assert (few["frequent_first"], few["target"]) == ("warn", "warn")
    two = {"A": {"customer_segment": "x"}, "B": {"customer_segment": "y"}}
    assert checked(heard(people=two), persona="all")["segments"] == "warn"
    one = {name: {"customer_segment": "x"} for name in "AB"}
    assert checked(heard(people=one), persona="all")["segments"] == "pass"
    bare = {name: {"traits": {}, "buying_role": None} for name in PEOPLE}
    assert checked(heard(people=bare), persona="all")["two_sides"] == "warn"
    assert checked(heard(named=False))["one_avatar"] == "warn"


def test_first_waves_are_short_and_consent_is_asked():
    def asked(count: int) -> list[dict[str, object]]:
        return [
            {"owner_id": "A", "field": f"f{n}", "value": "x", "wave": "1"} for n in range(count)
        ] + [{"owner_id": "A", "field": f"g{n}", "value": "x", "wave": "2"} for n in range(9)]

    assert "first_wave" not in checked(heard())
    assert checked(heard(fields=asked(7)))["first_wave"] == "pass"
    assert checked(heard(fields=asked(8)))["first_wave"] == "warn"
    assert checked(heard())["consent"] == "warn"
    agreed = {name: {"consent": True} for name in PEOPLE}
    assert checked(heard(people=agreed))["consent"] == "pass"


def test_competitors_before_comparing_are_found():
    talks = {"s": [("A", "we knew Acme early and then chose Acme later")]}
    codings = [
        {"source": "s", "quote": "we knew Acme early", "code": "trip:search"},
        {"source": "s", "quote": "Acme", "code": "thoughts:why"},
    ]
    study = studies.study(talks, codings)
    renamed = study.codes.copy()
    place = {"trip:search": "b2b8:search", "trip:buy": "b2b8:evaluation"}
    renamed["slug"] = renamed["slug"].replace(place)
    in_model = renamed["slug"].str.startswith("b2b8")
    renamed.loc[in_model, "scheme"] = "b2b8"
    project = study.project.assign(journey_model="b2b8")
    study = dataclasses.replace(study, codes=renamed, project=project)
    assert "competitors" not in checked(study)
    assert checked(study, competitors=["thoughts:why"])["competitors"] == "warn"
    later = study.codings.assign(
        code_id=study.codings["code_id"].replace({"id-trip:search": "id-trip:buy"})
    )
    study = dataclasses.replace(study, codings=later)
    assert checked(study, competitors=["thoughts:why"])["competitors"] == "pass"


def test_ratings_on_the_spot_and_missing_first_touches():
    questions = {"q": {"type": "scale", "metric": "csat"}}
    answers = [{"participant_id": "A", "question_id": "q", "value": 5.0, "lag_hours": 1.0}]
    hasty = heard(questions=questions, answers=answers)
    assert checked(hasty)["next_day"] == "warn"
    calm = heard(questions=questions, answers=[answers[0] | {"lag_hours": 20.0}])
    assert checked(calm)["next_day"] == "pass"
    assert "next_day" not in checked(heard())
    assert checked(heard(), persona="all")["first_touch"] == "warn"
    assert checked(heard(), persona="all")["touchpoints"] == "warn"


def test_the_guide_of_thirty_questions_is_named_and_lives_with_the_guides():
    assert "empathy30" in templates.load("empathy6").note_ru
    assert "empathy30" in templates.load("empathy6").note_en


def test_hostile_words_are_drawn_as_they_are():
    words = r"<b>$x^{</b> \frac $ =1+1"
    study = heard(fields=[written("values", words)])
    for layout in ("six", "star", "quadrant"):
        axes = plot.empathy_map(personas.empathy_map(study, persona="all", layout=layout))
        axes.get_figure().canvas.draw()
    assert words in words_of(axes)
