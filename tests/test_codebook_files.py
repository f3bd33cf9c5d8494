"""A project's codes written to a file and read back: nothing is lost, nothing is run."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjmresearch import Project, codebooks, schema
from cjmresearch.cli import main
from cjmresearch.errors import CodebookError, StoreError

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)
_ODD = st.sampled_from(
    ["=1+1", "'=x", "''", "+7", "-", "@a", "\tx", "\r", "a\r\nb", "yes", "1", "~", "null", " x ",
     "a: b", "# x", "x\n\ny", "«ёлка» 😀", "\x85", "\u2028x", '"', ";,", "- a", "*a", "%", "\ufeff"]
)  # fmt: skip
_OPTIONAL = st.none() | _TEXT | _ODD
_CODE = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(schema.CODE_KINDS),
        "name_ru": _TEXT | _ODD,
        "name_en": _TEXT | _ODD,
        **dict.fromkeys(
            ["definition", "include", "exclude", "examples", "colour", "key"], _OPTIONAL
        ),
        "valence": st.none() | st.floats(-1, 1),
        "position": st.none() | st.integers(0, 99),
        "channel": st.none() | st.sampled_from(schema.CHANNELS),
        "ownership": st.none() | st.sampled_from(schema.OWNERSHIPS),
    }
)


@given(
    st.dictionaries(_TEXT | _ODD, _CODE, min_size=1, max_size=4),
    st.sampled_from([".yaml", ".csv"]),
    st.randoms(use_true_random=False),
)
def test_what_was_written_is_read_back(named: dict, ending: str, chance) -> None:
    rows = []
    for name, fields in named.items():
        slug = f"own:{name}"
        own = codebooks.code_id(slug) if chance.random() < 0.7 else f"id {len(rows)}"
        parent = chance.choice([None, *(row["code_id"] for row in rows)])
        rows.append({**fields, "slug": slug, "scheme": "own", "code_id": own, "parent_id": parent})
    codes = schema.frame("codes", rows)
    with tempfile.TemporaryDirectory() as folder:
        path = codebooks.write(codes, Path(folder) / f"x.codes{ending}")
        pd.testing.assert_frame_equal(codebooks.read(path), codes)
        pd.testing.assert_frame_equal(codebooks.load(path), codes)


@pytest.mark.parametrize("ending", [".yaml", ".csv"])
def test_the_shipped_codes_come_back(tmp_path: Path, ending: str) -> None:
    codes = codebooks.load()
    path = codebooks.write(codes, tmp_path / f"all{ending}")
    pd.testing.assert_frame_equal(codebooks.read(path), codes)


def test_no_cell_of_a_spreadsheet_begins_like_a_formula(tmp_path: Path) -> None:
    row = {"code_id": "c", "slug": "=own:x", "scheme": "=own", "kind": "pain", "valence": -0.5}
    texts = {"name_ru": "=1+1", "name_en": "@a", "definition": "-1", "examples": "+7\n=x"}
    path = codebooks.write(schema.frame("codes", [row | texts]), tmp_path / "x.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        (cells,) = list(csv.DictReader(file))
    assert cells.pop("valence") == "-0.5"
    assert not [cell for cell in cells.values() if cell[:1] in tuple("=+-@\t\r")]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_of_a_spreadsheet_is_read(tmp_path: Path, separator: str) -> None:
    lines = [
        ["slug", "kind", "name_ru", "name_en", "parent", "valence", "examples"],
        ["own:a", "pain", "А", "A", "", "-0,5" if separator == ";" else "-0.5", '"раз\nдва"'],
        ["own:b", "pain", "Б", "B", "own:a", "", ""],
        ["", "", "", "", "", "", ""],
    ]
    path = tmp_path / "x.csv"
    path.write_text("\ufeff" + "\r\n".join(separator.join(line) for line in lines), "utf-8")
    codes = codebooks.read(path).set_index("slug")
    assert codes.loc["own:a", ["valence", "examples"]].tolist() == [-0.5, "раз\nдва"]
    assert codes.loc["own:b", "parent_id"] == codebooks.code_id("own:a")
    assert pd.isna(codes.loc["own:b", "valence"])


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("x.csv", "slug,kind\nown:a,pain\n", "line 1: no column name_ru"),
        ("x.csv", "slug,kind,name_ru,name_en,memo\n", "unknown column 'memo'"),
        ("x.csv", 'slug,kind,name_ru,name_en\nown:a,pain,"A\nB",C\nb,pain,B,B\n', "line 4: slug 'b'"),
        ("x.csv", "slug,kind,name_ru,name_en\nown:a,pane,A,B\n", "line 2: kind is 'pane'"),
        ("x.csv", "slug,kind,name_ru,name_en\nown:a,pain,A,B,C\n", "line 2: 5 cells"),
        ("x.yaml", "codes:\n- {slug: own:a, kind: pain, name_ru: A}\n", "line 2: a code lacks name_en"),
        ("x.yaml", "codes:\n- slug: own:a\n  colour: {a: b}\n", "line 3: colour must be"),
        ("x.yaml", "codes:\n- slug: own:a\n  shade: b\n", "line 3: field 'shade'"),
        ("x.yaml", "code: 1\n", "line 1: write either"),
        ("x.yaml", "codes: &a\n- *a\n", "aliases"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_line(tmp_path: Path, name: str, text: str, problem: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(CodebookError, match=problem):
        codebooks.read(path)


def test_codes_go_from_one_project_to_another(
    place: Path | str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, file = tmp_path / "first.cjm", tmp_path / "x.codes.csv"
    with Project.create(first, goal="g") as project:
        top = project.add_code("own:top", kind="pain", coder="anna", include="всё это", key="t")
        project.add_code("own:under", kind="pain", coder="anna", parent_id=top, colour="#112233")
        codes = project.frame("codes")
    Project.create(place, goal="g").close()
    assert main(["export", str(first), str(file)]) == 0
    capsys.readouterr()
    assert main(["codes", str(place), str(file)]) == 0
    assert capsys.readouterr().out.startswith("2 codes added, 0 changed, ")
    assert main(["codes", str(place), str(file)]) == 0
    assert capsys.readouterr().out.startswith("0 codes added, 0 changed, ")
    with Project.open(place) as project:
        pd.testing.assert_frame_equal(project.frame("codes"), codes)
        text = file.read_text("utf-8-sig").replace("всё это", "почти всё")
        file.write_text(text, "utf-8")
        assert main(["codes", str(place), str(file), "--update"]) == 0
        assert capsys.readouterr().out.startswith("0 codes added, 1 changed, ")
        changed = project.frame("codes").set_index("slug")
        assert changed.loc["own:top", ["include", "key"]].tolist() == ["почти всё", "t"]
        assert project.undo("import") == "codes"
        pd.testing.assert_frame_equal(project.frame("codes"), codes)
        assert project.verify() == []


def test_codes_that_would_break_the_codebook_are_refused(tmp_path: Path) -> None:
    with Project.create(tmp_path / "study.cjm", goal="g") as project:
        row = {"kind": "pain", "name_ru": "x", "name_en": "x", "scheme": "own"}
        ids = {slug: codebooks.code_id(slug) for slug in ("own:a", "own:b")}
        circle = [
            {**row, "slug": "own:a", "code_id": ids["own:a"], "parent_id": ids["own:b"]},
            {**row, "slug": "own:b", "code_id": ids["own:b"], "parent_id": ids["own:a"]},
        ]
        with pytest.raises(StoreError, match="below itself"):
            project.add_codes(schema.frame("codes", circle))
        taken = {**row, "slug": "own:c", "code_id": codebooks.code_id("feelings:joy")}
        with pytest.raises(StoreError, match="has the id of 'feelings:joy'"):
            project.add_codes(schema.frame("codes", [taken]))
        assert project.add_codes(schema.frame("codes", [{**taken, "code_id": "c"}])) == (1, 0)
