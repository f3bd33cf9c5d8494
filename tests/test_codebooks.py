import itertools
import re
import uuid
from pathlib import Path

import pytest

from cjmresearch import codebooks
from cjmresearch.errors import CodebookError
from cjmresearch.schema import check

STAGES = {
    "b2b8": 8,
    "aida4": 4,
    "dozortsev12": 12,
    "dyachenko9": 9,
    "simple5": 5,
    "shop6": 6,
    "linear5": 5,
    "eshop8": 8,
    "sales5": 5,
}
BOOK = """\
scheme: own
kind: touchpoint
name_ru: Свои
name_en: Own
source: ours
codes:
  - slug: kiosk
    name_ru: Киоск
    name_en: Kiosk
"""


def test_code_id_is_fixed_for_ever():
    assert codebooks.code_id("b2b8:purchase") == "1ddc0c6b-12a9-5b52-939c-c80b7ed6fdb3"
    assert uuid.UUID(codebooks.code_id("feelings:joy")).version == 5


def test_every_scheme_is_a_valid_frame_of_codes_with_both_names():
    codes = codebooks.load()
    check(codes, "codes")
    assert set(codes["scheme"]) == set(codebooks.available())
    assert codes["slug"].is_unique
    assert codes["definition"].str.contains(" / ").all()
    assert (codes["code_id"] == codes["slug"].map(codebooks.code_id)).all()
    assert codes["name_ru"].str.contains("[А-Яа-я]|Email").all()
    assert not codes["name_en"].str.contains("[А-Яа-я]").any()


def test_nine_journey_models_have_the_stages_of_the_sources():
    assert set(codebooks.journeys()) == set(STAGES)
    for scheme, count in STAGES.items():
        codes = codebooks.load(scheme)
        assert len(codes) == count
        assert codes["position"].tolist() == list(range(1, count + 1))
        assert (codes["kind"] == "stage").all()


def test_b2b8_stages_are_in_order():
    slugs = codebooks.load("b2b8")["slug"].str.removeprefix("b2b8:").tolist()
    expected = "awareness search evaluation purchase onboarding use loyalty advocacy"
    assert slugs == expected.split()


def test_every_scheme_and_code_names_its_place_in_the_sources():
    for scheme in codebooks.available():
        book = codebooks.book(scheme)
        assert re.search(r"seed 00\d:\d+", book.source)
        assert all(re.search(r"seed 00\d:\d+", c.source or "") for c in book.codes)


def test_crosswalk_covers_the_spine_as_the_reference_says():
    def column(scheme):
        return {
            place.rstrip("*"): (n, place.endswith("*"))
            for n, code in enumerate(codebooks.book(scheme).codes, start=1)
            for place in code.canonical
        }

    b2b = column("b2b8")
    assert b2b["c7"] == (4, False)
    assert b2b["c13"] == (7, True)
    assert column("dozortsev12")["c12"] == (10, False)
    assert column("dyachenko9")["c0"] == (1, False)
    assert "c14" not in column("linear5")
    assert not column("sales5")


def test_non_linear_edges_are_kept():
    edges = {(e.source, e.target) for e in codebooks.book("dyachenko9").edges}
    assert ("search", "purchase") in edges
    assert ("advocate", "acquaintance") in edges
    assert ("repeat", "no_need") in edges
    assert [(e.source, e.target) for e in codebooks.book("dozortsev12").edges] == [
        ("repeat_deal", "loyalty")
    ]


def test_goals_change_from_level_to_level():
    for scheme in ("eshop8", "sales5"):
        goals = [c.goal_ru for c in codebooks.book(scheme).codes]
        assert all(goals)
        assert all(a != b for a, b in itertools.pairwise(goals))


def test_feelings_carry_the_signs_of_the_source():
    valence = codebooks.load("feelings").set_index("slug")["valence"]
    positive = {"interest", "hope", "trust", "confidence", "satisfaction", "joy"}
    assert {s.removeprefix("feelings:") for s in valence.index[valence > 0]} == positive
    assert len(valence) == 11
    assert valence["feelings:joy"] == 0.9


def test_touchpoints_have_a_class_and_an_owner():
    codes = codebooks.load("touchpoints")
    assert codes["channel"].value_counts().to_dict() == {"digital": 9, "physical": 6, "human": 6}
    assert codes["ownership"].notna().all()
    assert len(codebooks.load("shop_touchpoints")) == 7


def test_barriers_and_movers():
    assert len(codebooks.load("barriers")) == 10
    assert len(codebooks.load("shop_barriers")) == 8
    kinds = codebooks.load("movers").set_index("slug")["kind"].to_dict()
    assert kinds == {"movers:pain": "need", "movers:need": "need", "movers:dream": "dream"}


@pytest.mark.parametrize("journey", STAGES)
def test_a_new_project_has_distinct_keys_and_colours_within_a_scheme(journey):
    codes = codebooks.default(journey)
    assert codes["key"].dropna().is_unique
    assert codes["colour"].notna().all()
    assert not codes.duplicated(["scheme", "colour"]).any()
    assert {"touchpoints", "feelings", "movers", journey} <= set(codes["scheme"])


def test_a_shop_gets_the_barriers_of_a_shop():
    assert "shop_barriers" in set(codebooks.default("shop6")["scheme"])
    assert "barriers" in set(codebooks.default()["scheme"])


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(CodebookError, match=r"no journey model 'b2b9'.*b2b8"):
        codebooks.default("b2b9")
    with pytest.raises(CodebookError, match=r"no codebook 'nope'.*touchpoints"):
        codebooks.load("nope")


def write(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_codebook_of_ones_own(tmp_path):
    codes = codebooks.read(write(tmp_path, BOOK))
    assert codes["slug"].tolist() == ["own:kiosk"]
    assert codes["kind"].tolist() == ["touchpoint"]
    assert codes["code_id"].tolist() == [codebooks.code_id("own:kiosk")]


def test_all_problems_are_reported_with_file_and_line(tmp_path):
    broken = BOOK.replace("kind: touchpoint", "kind: touchpint") + (
        "    colour: red\n"
        "    valence: 7\n"
        "    patterns:\n"
        "      ru: ['киоск', '(киоск']\n"
        "  - slug: kiosk\n"
        "    name_ru: Ещё\n"
        "    nme: More\n"
    )
    path = write(tmp_path, broken)
    with pytest.raises(CodebookError) as caught:
        codebooks.read(path)
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{path}, line ") for line in lines)
    found = {int(re.search(r", line (\d+):", line)[1]): line for line in lines}
    assert "'touchpint', allowed: stage" in found[2]
    assert "'red'; write #rrggbb" in found[10]
    assert "valence is 7, not from -1 to 1" in found[11]
    assert "brackets must be closed" in found[13]
    assert "unknown field 'nme'" in found[16]
    at_14 = [line for line in lines if ", line 14:" in line]
    assert any("slug 'kiosk' stands twice" in line for line in at_14)
    assert any("lacks name_en" in line for line in at_14)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("scheme: [own\nkind: stage\n", r"line \d+: not YAML"),
        ("", "the file is empty"),
        ("- a\n", "line 1: a codebook must be fields"),
        ("scheme: &a own\nkind: *a\n", r"line 2: aliases .* not allowed"),
        ("scheme: !!python/object/apply:os.system [ls]\n", "line 1: scheme must be a text"),
        (BOOK + "    key: z\n    key: x\n", "line 11: field 'key' of a code stands twice"),
        (BOOK + "    parent: shop\n", "parent 'shop' is no code of this file"),
        (BOOK + "edges:\n  - {from: kiosk, to: moon}\n", "line 11: to is 'moon', allowed: kiosk"),
        (BOOK.replace("codes:", "kods:"), "unknown field 'kods'"),
    ],
)
def test_broken_files_are_refused(tmp_path, text, message):
    with pytest.raises(CodebookError, match=message):
        codebooks.read(write(tmp_path, text))


def test_missing_and_undecodable_files_are_refused(tmp_path):
    with pytest.raises(CodebookError, match="can't be read"):
        codebooks.read(tmp_path / "absent.yaml")
    path = tmp_path / "cp1251.yaml"
    path.write_bytes(BOOK.encode("cp1251"))
    with pytest.raises(CodebookError, match="line 3: not UTF-8"):
        codebooks.read(path)


def test_like_borrows_patterns_and_must_exist(tmp_path):
    own = codebooks.patterns("aida4")
    lent = codebooks.patterns("b2b8")
    purchase = set(lent.loc[lent["slug"] == "b2b8:purchase", "pattern"])
    assert purchase
    assert set(own.loc[own["slug"] == "aida4:action", "pattern"]) == purchase
    path = write(tmp_path, BOOK + "    like: b2b8:moon\n")
    with pytest.raises(CodebookError, match="line 7: like is 'b2b8:moon', no shipped code"):
        codebooks.patterns(path)


def test_every_stage_touchpoint_and_barrier_has_patterns_in_both_languages():
    found = codebooks.patterns("b2b8", "touchpoints", "barriers", "shop_barriers")
    said = found[found["applies_to"] == "text"]
    for language in ("ru", "en"):
        slugs = set(said.loc[said["language"] == language, "slug"])
        assert slugs == set(found["slug"])
    asked = found[found["applies_to"] == "question"]
    assert set(asked["slug"]) == set(codebooks.load("b2b8")["slug"])
