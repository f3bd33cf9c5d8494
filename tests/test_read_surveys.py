"""Surveys: delimiters, encodings, types of questions, personal data, errors."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from cjmresearch import read, schema
from cjmresearch.read import questions

Write = Callable[..., Path]

RUSSIAN = (
    "Отметка времени;ID;Имя;E-mail;Телефон;Насколько вероятно, что вы порекомендуете нас?;"
    "Оцените удовлетворенность (1-5);Чем пользуетесь?;Роль;Почему такая оценка?\n"
    "12.05.2026 10:15;A1;Анна;anna@example.org;+7 900 123-45-67;10;5;сайт;инженер;"
    '"Быстро ответили;\nи всё привезли"\n'
    "12.05.2026 11:00;A2;Олег;oleg@example.org;8 (900) 765-43-21;0;1;сайт;директор;Долго\n"
    "13.05.2026 09:30;A3;Инна;inna@example.org;+7 900 111-22-33;;3;телефон;инженер;\n"
)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(content: str | bytes, name: str = "survey.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return put


def kinds(survey: read.Survey, column: str = "type") -> dict[str, object]:
    return survey.questions.set_index("text")[column].to_dict()


def test_russian_semicolons_in_windows_1251(write: Write) -> None:
    survey = read.survey(write(RUSSIAN.replace("\n", "\r\n"), encoding="cp1251"))
    assert len(survey) == 3
    assert survey.participants["participant_id"].tolist() == ["A1", "A2", "A3"]
    assert survey.participants["pseudonym"].tolist() == ["A1", "A2", "A3"]
    assert survey.report.encoding == "cp1251"
    assert survey.report.format == "Google Forms in CSV (semicolon), 1 header row"
    assert list(kinds(survey).values()) == [
        "date", "id", "open", "open", "open", "scale", "scale", "closed", "closed", "open",
    ]  # fmt: skip
    assert [name for name, pii in kinds(survey, "pii").items() if pii] == [
        "Имя",
        "E-mail",
        "Телефон",
    ]
    by_text = survey.questions.set_index("text")
    nps = by_text.loc["Насколько вероятно, что вы порекомендуете нас?"]
    assert (nps["metric"], nps["scale_min"], nps["scale_max"]) == ("nps", 0, 10)
    csat = by_text.loc["Оцените удовлетворенность (1-5)"]
    assert (csat["metric"], csat["scale_min"], csat["scale_max"]) == ("csat", 1, 5)
    assert bool(csat["higher_is_better"])
    for name in ("questions", "answers", "participants", "speakers", "turns"):
        schema.check(getattr(survey, name), name)
    schema.check(survey.source, "sources")


def test_open_answers_are_turns(write: Write) -> None:
    survey = read.survey(write(RUSSIAN))
    assert survey.text == "Быстро ответили;\nи всё привезли\nДолго"
    assert survey.turns["speaker"].tolist() == ["A1", "A2"]
    assert set(survey.turns["prompt"]) == {"Почему такая оценка?"}
    assert survey.turns["locator"].tolist() == ["row 2 column J", "row 3 column J"]
    spans = survey.report.spans
    assert spans["what"].tolist() == ["turn", "blank", "turn"]
    assert spans["end"].iloc[-1] == len(survey.text)
    assert survey.turns is survey.turns, "made once"


def test_zero_is_an_answer_and_blank_is_none(write: Write) -> None:
    survey = read.survey(write(RUSSIAN))
    nps = survey.questions.set_index("text")["question_id"][
        "Насколько вероятно, что вы порекомендуете нас?"
    ]
    rows = survey.answers[survey.answers["question_id"] == nps]
    assert dict(zip(rows["participant_id"], rows["value"], strict=True)) == {"A1": 10.0, "A2": 0.0}
    assert rows["text"].isna().all()


def test_personal_data_stay_out_unless_asked_for(write: Write) -> None:
    path = write(RUSSIAN)
    survey = read.survey(path)
    everything = survey.text + survey.answers["text"].str.cat(sep=" ")
    assert "Анна" not in everything
    assert "example.org" not in everything
    assert "123-45-67" not in everything
    assert "personal data: Имя, E-mail, Телефон" in str(survey.report)
    kept = read.survey(path, questions={"Имя": {"pii": False}})
    assert "Анна" in kept.text


def test_corrections(write: Write) -> None:
    survey = read.survey(
        write(RUSSIAN),
        id_column="E-mail",
        questions={
            "Роль": {"type": "open", "stage": "b2b8:use", "touchpoint": "touchpoints:website"},
            "Оцените удовлетворенность (1-5)": {"metric": "ces", "scale_max": 7},
        },
    )
    assert survey.participants["participant_id"].iloc[0] == "anna@example.org"
    assert "holds personal data" in str(survey.report)
    role = survey.questions.set_index("text").loc["Роль"]
    assert (role["type"], role["stage"], role["touchpoint"]) == (
        "open", "b2b8:use", "touchpoints:website",
    )  # fmt: skip
    assert (survey.turns["question_id"] == role["question_id"]).sum() == 3
    assert kinds(survey, "scale_max")["Оцените удовлетворенность (1-5)"] == 7


def test_rows_without_an_id_column_and_doubled_headers(write: Write) -> None:
    text = 'Оценка,Комментарий,Комментарий,\n5,"долго, очень долго ждали ответа",,x\n,,,\n4,,,\n'
    survey = read.survey(write("\ufeff" + text))
    stem = Path(survey.report.path).stem
    ids = [f"{stem}:row-2", f"{stem}:row-4"]
    assert survey.participants["participant_id"].tolist() == ids
    assert survey.participants["pseudonym"].tolist() == ["row-2", "row-4"]
    assert list(kinds(survey)) == ["Оценка", "Комментарий", "Комментарий (2)", "column 4"]
    assert survey.questions["question_id"].is_unique
    assert "1 rows without any answer" in str(survey.report)
    assert "nobody answered: Комментарий (2)" in str(survey.report)


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("Возраст", ["24", "31", "5"], ("closed", None)),
        ("Оценка", ["1", "5", "3"], ("scale", (1, 5))),
        ("Оценка", ["1", "6"], ("scale", (1, 7))),
        ("Оценка", ["0", "8", "3"], ("scale", (0, 10))),
        ("Оценка от 1 до 10", ["4", "5"], ("scale", (1, 10))),
        ("Легко ли? (1 — совсем нет, 7 — очень)", ["4", "5"], ("scale", (1, 7))),
        ("Оценка", ["5 - отлично", "1 - плохо", "3"], ("scale", (1, 5))),
        ("Сколько установок", ["10 - 100", "0 - 10"], ("closed", None)),
        ("Флаг", ["0", "1", "1"], ("closed", None)),
        ("Доля", ["0,5", "12,25"], ("closed", None)),
        ("Дата", ["2026-05-01", "2026-05-02 10:00"], ("date", None)),
        ("Когда", ["11/17/2020 18:23:58", "1/2/2020 8:00"], ("date", None)),
        ("Инструменты", ["a;b", "b;c", "a;c", "a"], ("multiple", None)),
        ("Инструменты", ["a, b", "b", "a", "b, c", "c, a"] * 4, ("multiple", None)),
        ("Придёте?", ["Yes, gladly", "Maybe", "No"] * 8, ("closed", None)),
        ("Комментарий", ["Не знаю"] * 12 + ["Долго ждали ответа"] * 2, ("closed", None)),
        ("Почему?", ["потому что дорого", "дорого и долго", "так вышло, увы"], ("open", None)),
        ("ResponseId", ["R_1a2b3c4d5e6", "R_9z8y7x6w5v4"], ("id", None)),
        ("Respondent", ["1", "2", "3"], ("id", None)),
        ("Пусто", [], ("closed", None)),
    ],
)  # fmt: skip
def test_kinds_of_questions(name: str, values: list[str], kind: tuple[str, object]) -> None:
    found = questions.detect(name, pd.Series(values, dtype="str"))
    bounds = None if found.scale_min is None else (found.scale_min, found.scale_max)
    assert (found.type, bounds) == kind
    assert not found.pii


def test_contacts_within_answers_are_told(write: Write) -> None:
    survey = read.survey(
        write("Комментарий\nНапишите на anna@mail.ru пожалуйста\nЖдали 10 дней и 8 часов\n"
              "Мой номер +7 (900) 123-45-67 звоните\nСлишком долго ждали ответа от вас\n")
    )  # fmt: skip
    assert "'Комментарий': 2 answers hold an e-mail or a phone" in str(survey.report)
    assert survey.questions["type"].tolist() == ["open"]


def test_guessed_ends_of_a_scale_are_told(write: Write) -> None:
    text = "sest1,mast1,Оценка (1–5)\n" + "1,1,1\n2,5,3\n3,2,2\n4,1,4\n"
    survey = read.survey(write(text))
    said = [w for w in survey.report.warnings if "guessed" in w]
    assert len(said) == 1
    assert said[0].startswith("ends of scales are guessed: 'sest1' 1–5 (answers 1–4); correct")
    again = survey.with_questions({"sest1": {"scale_max": 4}})
    assert not any("guessed" in w for w in again.report.warnings)


def test_scores_in_brackets_are_scores(write: Write) -> None:
    survey = read.survey(write("Беда\n" + "(3) Major.\n(1) None.\n(2) Minor.\n" * 3))
    assert survey.questions["type"].tolist() == ["scale"]
    assert survey.answers["value"].tolist() == [3.0, 1.0, 2.0] * 3


def test_numbers_alone_are_in_no_mixed_language(write: Write) -> None:
    survey = read.survey(write("Оценка service,Оценка price\n1,2\n3,4\n5,5\n"))
    assert not any("mixed" in warning for warning in survey.report.warnings)


NPS = "Порекомендуете ли вы нас? (0–10)"


@pytest.mark.parametrize(
    ("name", "stray", "kind", "said"),
    [
        (NPS, "н/д", ("scale", "nps", 0, 10), "1 of 61 answers are no number, and count in"),
        ("Оценка (1–5)", "0", ("scale", None, 1, 5), "1 of 61 scores lie outside 1 to 5"),
    ],
)
def test_one_stray_cell_does_not_hide_a_scale(write: Write, name, stray, kind, said) -> None:
    cells = [*(["1", "3", "4", "5", "2"] * 12), stray]
    survey = read.survey(write(f"{name}\n" + "\n".join(cells) + "\n"))
    row = survey.questions.iloc[0]
    found = (row["type"], None if pd.isna(row["metric"]) else row["metric"])
    assert (*found, row["scale_min"], row["scale_max"]) == kind
    assert f"check: {name!r}: {said}" in str(survey.report)
    assert survey.answers["value"].notna().sum() == (60 if stray == "н/д" else 61)


def test_a_forced_scale_gets_its_metric(write: Write) -> None:
    name = "Порекомендуете ли вы нас?"
    survey = read.survey(
        write(f"{name}\n9\nн/д\nне знаю\n10\n0\n7\n"), questions={name: {"type": "scale"}}
    )
    row = survey.questions.iloc[0]
    assert (row["metric"], row["scale_max"], row["higher_is_better"]) == ("nps", 10, True)
    assert "4 of 6 answers are numbers" in str(survey.report)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("IP Address", ["130.92.34.66"]),
        ("Связь", ["a@b.org", "c.d@e.com", ""]),
        ("Контакт", ["+7 (900) 123-45-67", "89001234567"]),
        ("First Name", ["Ann"]),
        ("ФИО", ["Петров Иван"]),
        ("Как вас зовут?", ["Иван"]),
        ("Дата рождения", ["01.02.1980", "03.04.1990"]),
        ("Date of birth", ["1980-02-01", "1990-04-03"]),
        ("Компания", ["ООО Ромашка", "АО Вектор"]),
    ],
)
def test_personal_columns(name: str, values: list[str]) -> None:
    assert questions.detect(name, pd.Series([v for v in values if v], dtype="str")).pii


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("What phone do you use at work?", ["iPhone"]),
        ("Name of the tool you use", ["Excel"]),
        ("May we e-mail you?", ["Yes", "No", "Yes", "Yes"]),
        ("Дата", ["12.05.2026", "13.05.2026"]),
        ("Сумма", ["1200000", "950000"]),
        ("Компания", ["Ромашка", "Вектор"] * 6),
    ],
)
def test_no_personal_columns(name: str, values: list[str]) -> None:
    assert not questions.detect(name, pd.Series(values, dtype="str")).pii


BAD = {
    "ragged": ('a,b\n1,2\n"x\ny",2,3\n', "line 3: 3 cells, but the header has 2"),
    "short": ("a,b\n1,2\n3\n", "line 3: 1 cells, but the header has 2"),
    "quotes": ('a,b\n1,2\n"x,2\n', "line 3: broken quotes"),
    "header only": ("a,b\n", "no rows of answers"),
    "no header": (",,\n1,2,3\n", "line 1: the header row is empty"),
    "empty": ("", "the file is empty"),
    "blank": ("\n \n", "the file is empty"),
    "pdf": ("%PDF-1.4", "is a PDF document"),
    "two headers": (
        'Q1,Q2\nWhy?,How?\n"{""ImportId"":""QID1""}",x\n',
        "a header, but no rows of answers",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_give_one_line(write: Write, case: str) -> None:
    content, message = BAD[case]
    path = write(content)
    with pytest.raises(read.ReadError, match=message) as error:
        read.survey(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


def test_bad_options(write: Write) -> None:
    path = write("ID,Q\n1,a\n1,b\n,c\n")
    for options, message in (
        ({"id_column": "id"}, "no column 'id' for ids; the file has 'ID', 'Q'"),
        ({"id_column": "ID"}, "row 4: the id in 'ID' is blank"),
        ({"questions": {"X": {}}}, "no column 'X' to correct"),
        ({"questions": {"Q": {"kind": "open"}}}, "'Q': no 'kind'; allowed: type"),
        ({"questions": {"Q": {"type": "text"}}}, "'Q': no type 'text'; allowed: id"),
    ):
        with pytest.raises(read.ReadError, match=message):
            read.survey(path, **options)
    with pytest.raises(read.ReadError, match="row 3: the id in 'ID' stands twice"):
        read.survey(write("ID,Q\n1,a\n1,b\n"), id_column="ID")


# Excel


def excel(*rows: tuple[object, ...], more: tuple[tuple[object, ...], ...] = ()) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    if more:
        other = book.create_sheet("ещё")
        for row in more:
            other.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_excel_values(write: Write) -> None:
    when = pd.Timestamp("2026-05-12 10:15").to_pydatetime()
    content = excel(
        ("Дата", "ID", "Оценка (0-10)", "Почему?"),
        (when, 1, 0, "дорого, но быстро и удобно"),
        (None, None, None, None),
        (when, 2, 7.0, "=1+1"),
        more=(("x",), (1,)),
    )
    survey = read.survey(write(content, "renamed.csv"))
    assert survey.participants["participant_id"].tolist() == ["1", "2"]
    assert survey.answers["value"].dropna().tolist() == [0.0, 7.0]
    assert "2026-05-12 10:15:00" in survey.answers["text"].tolist()
    assert survey.text == "дорого, но быстро и удобно", "a formula without a saved value is blank"
    assert "1 formulas" in str(survey.report)
    assert "sheet 'ещё': only the first sheet is read" in str(survey.report)
    assert survey.turns["locator"].tolist() == ["row 2 column D"]


def test_bad_workbooks(write: Write) -> None:
    with pytest.raises(read.ReadError, match="line 2: more cells than the header has"):
        read.survey(write(excel(("a",), (1, 2))))
    with pytest.raises(read.ReadError, match="the workbook is empty"):
        read.survey(write(excel()))
    with pytest.raises(read.ReadError, match="no rows of answers"):
        read.survey(write(excel(("a", "b"))))
    whole = excel(("a", "b"), (1, 2))
    with pytest.raises(read.ReadError, match="the archive is damaged"):
        read.survey(write(whole[:-200]))
    with pytest.raises(read.ReadError, match="the workbook is damaged"):
        read.survey(write(_changed(whole, "xl/worksheets/sheet1.xml", b"<worksheet")))
    middle = bytearray(whole)
    at = whole.index(b"xl/worksheets/sheet1.xml") + 60
    middle[at : at + 20] = b"\xff" * 20
    with pytest.raises(read.ReadError, match=r"sheet1\.xml is damaged"):
        read.survey(write(bytes(middle)))
    entity = b'<!DOCTYPE d [<!ENTITY a "a">]><worksheet>&a;</worksheet>'
    with pytest.raises(read.ReadError, match="the workbook is damaged"):
        read.survey(write(_changed(whole, "xl/worksheets/sheet1.xml", entity)))
    with pytest.raises(read.ReadError, match="looks like a zip bomb"):
        read.survey(write(_changed(whole, "xl/big.xml", b"0" * 40_000_000)))
    with pytest.raises(read.UnknownFormat, match="no Excel workbook"):
        read.survey(write(_zip({"a": b"a"})))


def _changed(content: bytes, name: str, new: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {n: archive.read(n) for n in archive.namelist()}
    return _zip({**members, name: new})


def _zip(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_long_tables_keep_every_answer(write: Write) -> None:
    row = "R{0},{1},инженер,Долго ждали ответа номер {0}\n"
    text = "ID,Оценка (0-10),Роль,Почему?\n" + "".join(row.format(i, i % 11) for i in range(20_000))
    path = write(text)
    assert len(read.survey(path).turns) == 20_000


# Goldens: what a survey becomes stands beside it, by hand

GOLDENS = Path(__file__).parent / "data" / "surveys"
EXPECTED = sorted(path.name for path in GOLDENS.glob("*.expected"))


def test_there_are_goldens() -> None:
    assert len(EXPECTED) >= 25


@pytest.mark.parametrize("name", EXPECTED)
def test_golden(name: str, tmp_path: Path) -> None:
    """The file is copied under a name that tells nothing: content decides."""
    path = tmp_path / "file"
    path.write_bytes((GOLDENS / name.removesuffix(".expected")).read_bytes())
    expected = json.loads((GOLDENS / name).read_text(encoding="utf-8"))
    survey = read.survey(path)
    asked = survey.questions.set_index("text")
    assert len(survey) == expected["respondents"]
    assert asked.index[asked["pii"].astype(bool)].tolist() == expected["personal"]
    assert [q for q in asked.index if q not in expected["personal"]] == [*expected["questions"]]
    for question, (kind, cells, *scale) in expected["questions"].items():
        assert (question, asked.at[question, "type"]) == (question, kind)
        held = survey.columns.cells  # ids stand among the participants
        column = held[question].astype(object) if question in held else expected["ids"]
        if cells is not None:
            assert [None if pd.isna(c) else c for c in column] == cells
        assert_scale(survey, asked.loc[question], scale)
    if "ids" in expected:
        assert survey.participants["participant_id"].tolist() == expected["ids"]
    assert survey.report.format.startswith(expected.get("format", ""))
    for words in expected["report"]:
        assert words in str(survey.report)
    spans = zip(survey.turns["start"], survey.turns["end"], strict=True)
    assert "\n".join(survey.text[a:b] for a, b in spans) == survey.text
    for table in ("questions", "answers", "participants", "speakers", "turns"):
        schema.check(getattr(survey, table), table)


def assert_scale(survey: read.Survey, question: pd.Series, scale: list[object]) -> None:
    """Ends and direction of a scale; the numbers of the answers."""
    if scale and scale[0] is not None:
        low, high, better = scale[0]
        assert (question["scale_min"], question["scale_max"]) == (low, high)
        told = question["higher_is_better"]
        assert (None if pd.isna(told) else bool(told)) == better
    else:
        assert pd.isna(question["scale_min"]) or question["type"] == "scale"
    if len(scale) > 1:
        rows = survey.answers[survey.answers["question_id"] == question["question_id"]]
        assert rows["value"].tolist() == scale[2]
