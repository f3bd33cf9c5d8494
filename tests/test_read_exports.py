"""Exports of survey services, SPSS files, question maps, matching: golden files of our own."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from cjmresearch import read, schema
from cjmresearch.errors import CjmError
from cjmresearch.read import choices, tables

GOLDEN = Path(__file__).parent / "data" / "surveys"


def kinds(survey: read.Survey) -> dict[str, str]:
    return survey.questions.set_index("text")["type"].to_dict()


def cells(survey: read.Survey, question: str) -> list[str | None]:
    column = survey.columns.cells[question]
    return [None if pd.isna(cell) else str(cell) for cell in column]


def personal(survey: read.Survey) -> list[str]:
    return survey.questions.loc[survey.questions["pii"], "text"].tolist()


def assert_sound(survey: read.Survey) -> None:
    """Frames obey the contract, and turns and spans partition the text."""
    for name in ("questions", "answers", "participants", "speakers", "turns"):
        schema.check(getattr(survey, name), name)
    spans = zip(survey.turns["start"], survey.turns["end"], strict=True)
    said = [survey.text[a:b] for a, b in spans]
    assert "\n".join(said) == survey.text
    ids = survey.questions.loc[survey.questions["type"] == "open", "question_id"]
    answers = survey.answers[survey.answers["question_id"].isin(ids)]
    assert answers["text"].tolist() == said
    assert (survey.report.spans["what"] == "turn").sum() == len(said)


QUALTRICS = {
    "Start Date": "date", "End Date": "date", "Response Type": "closed", "IP Address": "closed",
    "Progress": "closed", "Finished": "closed", "Response ID": "id", "Recipient Email": "open",
    "Location Latitude": "closed", "How likely are you to recommend us? (0-10) - Group": "closed",
    "How likely are you to recommend us? (0-10)": "scale", "What did you use?": "multiple",
    "What did you use? - Other - Text": "open", "What could we do better?": "open",
    "Rate us (1-5) - Speed": "scale", "Rate us (1-5) - Price": "closed",
}  # fmt: skip


@pytest.mark.parametrize("name", ["qualtrics.csv", "qualtrics_utf16.tsv", "qualtrics_numeric.csv"])
def test_qualtrics(name: str) -> None:
    survey = read.survey(GOLDEN / name)
    assert_sound(survey)
    assert kinds(survey) == QUALTRICS
    assert personal(survey) == ["IP Address", "Recipient Email", "Location Latitude"]
    ids = ["R_1a2b3c4d5e6f7", "R_3a2b3c4d5e6f7", "R_5a2b3c4d5e6f7"]
    assert survey.participants["participant_id"].tolist() == ids
    assert cells(survey, "What did you use?") == ["Website; Other", "Website; Phone", "Phone"]
    assert cells(survey, "How likely are you to recommend us? (0-10)") == ["9", "0", None]
    assert survey.text == ("a fax, believe it\nAnswer faster,\nplease\nNothing — “all” fine 🙂")
    assert survey.turns["locator"].tolist() == [
        "row 4 column O", "row 4 column P", "row 6 column P",
    ]  # fmt: skip
    assert "ann@example.org" not in survey.text + survey.answers["text"].str.cat(sep=" ")
    assert survey.report.format.startswith("Qualtrics in CSV")
    assert survey.report.format.endswith("3 header rows")
    assert survey.report.dropped[:2] == ("1 previews and tests", "1 responses marked as spam")
    assert survey.report.warnings[0] == "1 unfinished responses are kept"
    assert ("answers are numbers of choices" in str(survey.report)) == ("numeric" in name)


def test_qualtrics_columns_are_known_by_their_ids() -> None:
    corrections = {"Q1": {"metric": "other"}, "Q2_3_TEXT": {"stage": "b2b8:use"}}
    survey = read.survey(GOLDEN / "qualtrics.csv", questions=corrections)
    asked = survey.questions.set_index("text")
    assert asked.at["How likely are you to recommend us? (0-10)", "metric"] == "other"
    assert asked.at["What did you use? - Other - Text", "stage"] == "b2b8:use"


def test_qualtrics_numbers_are_no_points_of_a_scale(tmp_path: Path) -> None:
    text = (GOLDEN / "qualtrics_numeric.csv").read_text(encoding="utf-8")
    path = tmp_path / "x.csv"
    path.write_text(text.replace("Rate us (1-5) - Speed", "Region"), encoding="utf-8")
    assert kinds(read.survey(path))["Region"] == "closed"


def test_only_previews_are_no_survey(tmp_path: Path) -> None:
    head = (
        'Status,ResponseId\nType,Id\n"{""ImportId"":""status""}","{""ImportId"":""_recordId""}"\n'
    )
    path = tmp_path / "x.csv"
    path.write_text(head + "Survey Preview,R_1\nSpam,R_2\n", encoding="utf-8")
    with pytest.raises(read.ReadError, match="all 2 rows are previews, tests or spam"):
        read.survey(path)


def test_a_column_of_state_without_words_and_answers_is_left_out(tmp_path: Path) -> None:
    head = 'Q1,Finished\nWhy?,\n"{""ImportId"":""QID1""}","{""ImportId"":""finished""}"\n'
    path = tmp_path / "x.csv"
    path.write_text(head.replace("Finished", "") + "So it was,\n", encoding="utf-8")
    assert len(read.survey(path)) == 1


def test_legacy_qualtrics() -> None:
    survey = read.survey(GOLDEN / "qualtrics_legacy.csv")
    assert_sound(survey)
    assert kinds(survey) == {
        "ResponseID": "id", "ResponseSet": "closed", "Name": "open", "StartDate": "date",
        "How was it?": "closed", "Where are you from?": "closed",
    }  # fmt: skip
    assert personal(survey) == ["Name"]
    assert len(survey) == 2
    assert "2 header rows" in survey.report.format
    assert "1 columns without a name and answers" in survey.report.dropped


@pytest.mark.parametrize("name", ["surveymonkey.csv", "surveymonkey_title.csv", "xlsx"])
def test_survey_monkey(name: str, tmp_path: Path) -> None:
    path = GOLDEN / name
    if name == "xlsx":
        path = tmp_path / "x.xlsx"
        as_workbook(GOLDEN / "surveymonkey.csv", path)
    survey = read.survey(path)
    assert_sound(survey)
    assert kinds(survey) == {
        "Respondent ID": "id", "Collector ID": "closed", "Start Date": "date", "End Date": "date",
        "IP Address": "closed", "Email Address": "open",
        "How did you find us? (all that apply)": "multiple",
        "How did you find us? (all that apply) - Other (please specify)": "open",
        "Why did you choose us?": "open", "How satisfied are you? - Speed": "scale",
        "How satisfied are you? - Price - delivery": "scale", "What is your role?": "closed",
        "What is your role? - Other (please specify)": "open",
    }  # fmt: skip
    assert cells(survey, "Start Date") == [
        "2018-07-09 12:50:13", "2018-07-10 12:00:00", "2018-07-11 06:00:00",
    ]  # fmt: skip
    assert cells(survey, "How did you find us? (all that apply)") == [
        "Search; Friends; family", None, "Search",
    ]  # fmt: skip
    assert cells(survey, "How satisfied are you? - Price - delivery") == ["0", "3", "2"]
    assert survey.turns["prompt"].value_counts()["Why did you choose us?"] == 2
    assert "title row: 'Survey of clients, spring'" in survey.report.dropped
    said = str(survey.report)
    assert "Excel serial numbers read as dates: Start Date, End Date" in said
    assert "2 option columns joined into 1 multiple questions: G-H" in said
    assert "options hold semicolons" in said


def as_workbook(source: Path, target: Path) -> None:
    grid = tables.read(source, source.read_bytes())
    book = Workbook()
    for row in grid.rows:
        book.active.append([float(c) if c.count(".") == 1 and c[0] == "4" else c for c in row])
    book.save(target)


def test_survey_monkey_with_questions_repeated() -> None:
    survey = read.survey(GOLDEN / "surveymonkey_repeated.csv")
    assert_sound(survey)
    assert kinds(survey) == {
        "Respondent ID": "id", "How did you find us?": "multiple", "Comment": "open",
    }  # fmt: skip
    assert cells(survey, "How did you find us?") == ["Search", "Search; Friends"]
    assert survey.report.dropped == ("1 rows without any answer",)


def test_google_forms_in_russian() -> None:
    survey = read.survey(GOLDEN / "google_forms_ru.csv")
    assert_sound(survey)
    assert len(survey) == 24
    assert survey.report.format.startswith("Google Forms")
    assert list(kinds(survey).values()) == ["date", "open", "multiple", "closed", "scale", "closed"]
    assert personal(survey) == ["Адрес электронной почты"]
    assert "one option with a comma, or two? 'Да, но редко'" in str(survey.report)
    assert cells(survey, "Оцените [Цена]")[:2] == ["0", None], "a zero is an answer"


def test_commas_between_options_are_no_doubt() -> None:
    values = pd.Series(["a, b", "b, c", "a", "c, a", "b", "a, b, c"], dtype="str")
    assert choices.ambiguous(values) == []
    assert choices.ambiguous(pd.Series(["x;y, z", "y, z"] * 3, dtype="str")) == []


def test_google_forms_in_english() -> None:
    survey = read.survey(GOLDEN / "google_forms_en.csv")
    assert_sound(survey)
    assert list(kinds(survey).values()) == ["date", "open", "open", "scale"]
    assert survey.text == "Nothing\nThe price"
    assert survey.answers["value"].dropna().tolist() == [0.0]


def test_typeform() -> None:
    survey = read.survey(GOLDEN / "typeform.csv")
    assert_sound(survey)
    assert kinds(survey) == {
        "#": "id", "What is your role?": "closed", "Website / Phone / Chat": "multiple",
        "Website / Phone / Chat - Other": "open", "What was hard?": "closed",
        "Start Date (UTC)": "date", "Submit Date (UTC)": "date", "Network ID": "closed",
    }  # fmt: skip
    assert personal(survey) == ["Network ID"]
    assert cells(survey, "Website / Phone / Chat") == ["Website; Phone", "Phone; Chat", "Website"]
    assert survey.text == "a fax"
    assert "doesn't hold the words of some joined questions" in str(survey.report)


def test_yandex_forms() -> None:
    survey = read.survey(GOLDEN / "yandex_forms.csv")
    assert_sound(survey)
    assert survey.report.format.startswith("Yandex Forms in CSV (semicolon)")
    assert survey.participants["participant_id"].tolist() == ["2041", "2042"]
    assert personal(survey) == ["Как вас зовут?"]
    assert survey.text == "Быстро отвечают"


def test_traps_of_plain_tables() -> None:
    survey = read.survey(GOLDEN / "traps.csv")
    assert_sound(survey)
    assert list(kinds(survey)) == [
        "Комментарий к оценке", "Оценка (0-10)", "Цена, тыс.", "Комментарий к оценке (2)", "№",
    ]  # fmt: skip
    assert cells(survey, "Комментарий к оценке")[0] == "«Долго», — сказал он;\nно “вежливо”"
    values = survey.answers.merge(survey.questions, on="question_id")
    price = values[values["text_y"] == "Цена, тыс."]["value"].tolist()
    assert price == [1.5, 2.25, 0.0], "decimal commas; a zero is an answer"
    assert values[values["text_y"] == "Оценка (0-10)"]["value"].tolist() == [0.0, 10.0]
    assert survey.turns["locator"].iloc[0] == "row 2 column A"


def test_smart_quotes_do_not_quote(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n“x, y”,2\n", encoding="utf-8")
    with pytest.raises(read.ReadError, match=r"line 2: 3 cells.*don't quote"):
        read.survey(path)


def test_an_id_that_repeats_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("ID,Q\n1,a\n1,b\n,c\n", encoding="utf-8")
    said = str(read.survey(path).report)
    assert "'ID' is named like an id, but can't be one: 1 blank, 1 repeated" in said


# The fast way of long files


def test_a_long_file_is_read_as_a_short_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f'{i},"a, ""b"" {i % 3}\n“c”", {i % 5} ,' for i in range(40)]
    text = "ID,Почему?,Оценка (0-10),x\n" + "\n".join([*rows[:20], ",,,", *rows[20:]]) + "\n"
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    slow = read.survey(path)
    monkeypatch.setattr(tables, "_LONG", 0)
    assert tables.read(path, path.read_bytes()).columns is not None
    fast = read.survey(path)
    assert_sound(fast)
    assert str(fast.report) == str(slow.report)
    assert "1 rows without any answer" in fast.report.dropped
    assert fast.text == slow.text
    assert fast.turns["locator"].tolist() == slow.turns["locator"].tolist()
    columns = ["participant_id", "value", "text"]
    pd.testing.assert_frame_equal(fast.answers[columns], slow.answers[columns])


MALFORMED = {
    "short row": "a,b\n" + "1,2\n" * 20 + "3\n",
    "long row": "a,b\n" + "1,2\n" * 20 + "1,2,3\n",
    "short and long": "a,b\n" + "1,2\n" * 20 + "1\n1,2,3\n",
    "open quote": "a,b\n" + "1,2\n" * 20 + '"1,2\n',
    "quote within": "a,b\n" + "1,2\n" * 20 + 'x"y"z,2\n',
    "text after a quote": "a,b\n" + "1,2\n" * 20 + '"x"y,2\n',
}


@pytest.mark.parametrize("case", MALFORMED)
def test_doubtful_files_go_the_careful_way(case: str) -> None:
    assert tables._fast(MALFORMED[case], ",") is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.text('аб,;"\n x', max_size=4), min_size=2, max_size=2), min_size=9))
def test_the_fast_way_reads_what_the_careful_one_does(rows: list[list[str]]) -> None:
    text = pd.DataFrame(rows).to_csv(index=False, header=False, quoting=1)
    columns = tables._fast(text, ",")
    assert columns is not None
    assert [list(row) for row in zip(*columns, strict=True)] == rows


@settings(max_examples=150, deadline=None)
@given(st.text('a,"\n', min_size=1, max_size=60))
def test_the_fast_way_never_accepts_what_the_careful_one_refuses(text: str) -> None:
    import csv
    import io

    text = "h,h\n" * 9 + text
    columns = tables._fast(text, ",")
    if columns is not None:
        careful = list(csv.reader(io.StringIO(text), strict=True))
        assert [list(row) for row in zip(*columns, strict=True)] == careful


# SPSS


@pytest.fixture
def spss(tmp_path: Path) -> Path:
    import pyreadstat

    frame = pd.DataFrame(
        {
            "id": [1.0, 2.0, 3.0],
            "sex": [1.0, 2.0, 1.0],
            "sat": [1.0, 99.0, 5.0],
            "edu": [1.0, 3.0, 2.0],
            "why": ["дорого", "", "быстро"],
            "age": [30.0, np.nan, 0.0],
        }
    )
    path = tmp_path / "wave.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=["", "Пол", "Довольны ли вы?", "Образование", "Почему?", "Возраст"],
        variable_value_labels={
            "sex": {1.0: "муж", 2.0: "жен"},
            "sat": {1.0: "совсем нет", 5.0: "полностью", 99.0: "нет ответа"},
            "edu": {1.0: "школа", 2.0: "колледж", 3.0: "вуз"},
        },
        missing_ranges={"sat": [99.0]},
        variable_measure={"edu": "ordinal", "sex": "nominal", "sat": "scale"},
    )
    return path


def test_spss(spss: Path) -> None:
    survey = read.survey(spss, questions={"why": {"type": "open"}})
    assert_sound(survey)
    assert kinds(survey) == {
        "id": "id", "Пол": "closed", "Довольны ли вы?": "scale", "Образование": "scale",
        "Почему?": "open", "Возраст": "closed",
    }  # fmt: skip
    assert survey.keys == ("id", "sex", "sat", "edu", "why", "age")
    assert cells(survey, "Пол") == ["муж", "жен", "муж"]
    assert cells(survey, "Довольны ли вы?") == ["1 - совсем нет", None, "5 - полностью"]
    assert cells(survey, "Образование") == ["1 - школа", "3 - вуз", "2 - колледж"]
    sat = survey.questions.set_index("text").loc["Довольны ли вы?"]
    assert (sat["scale_min"], sat["scale_max"], sat["metric"]) == (1, 5, "csat")
    assert cells(survey, "Возраст") == ["30", None, "0"]
    assert survey.text == "дорого\nбыстро"
    dropped = "1 values that the file declares missing: sat (1)"
    assert survey.report.dropped == (dropped,)
    assert survey.report.format == "SPSS"


def test_spss_in_windows_1251(spss: Path) -> None:
    """Cyrillic bytes under a Western name, as old SPSS wrote them: the report says so."""
    import pyreadstat

    frame = pd.DataFrame({"sex": [1.0, 2.0]})
    pyreadstat.write_sav(
        frame,
        str(spss),
        column_labels=["SEXSEX"],
        variable_value_labels={"sex": {1.0: "MANMAN", 2.0: "WOMANN"}},
    )
    data = spss.read_bytes()
    for latin, russian in ((b"SEXSEX", "Полвоз"), (b"MANMAN", "мужчин"), (b"WOMANN", "женщин")):
        assert latin in data
        data = data.replace(latin, russian.encode("cp1251"))
    named = struct.pack("<iiii", 7, 20, 1, 5) + b"UTF-8"
    assert named in data
    data = data.replace(named, struct.pack("<iiii", 7, 20, 1, 12) + b"windows-1252")
    spss.write_bytes(data)
    survey = read.survey(spss)
    assert cells(survey, "Полвоз") == ["мужчин", "женщин"]
    assert survey.report.encoding == "cp1251"
    assert "read as Windows-1251" in str(survey.report)


def test_damaged_spss(spss: Path) -> None:
    data = spss.read_bytes()
    for broken in (data[:60], data[: len(data) // 2], b"$FL2" + b"\0" * 400):
        spss.write_bytes(broken)
        with pytest.raises(read.ReadError, match="the SPSS file is damaged"):
            read.survey(spss)


def test_spss_that_fells_its_reader_is_a_line_and_not_a_dead_kernel(
    spss: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some damaged files make the library in C end the process; here a stand-in does."""
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(read.ReadError, match="its reader fell over it"):
        read.survey(spss)


# The map of questions


def test_a_question_map_comes_back(tmp_path: Path) -> None:
    path = GOLDEN / "google_forms_ru.csv"
    survey = read.survey(path, questions={"Что понравилось?": {"type": "open"}})
    edited = survey.questions.copy()
    speed = edited["text"] == "Оцените [Скорость]"
    edited.loc[speed, ["stage", "metric"]] = ["b2b8:use", "csat"]
    edited.loc[speed, "higher_is_better"] = False
    text = read.question_map(edited)
    assert yaml.safe_load(text)["Оцените [Скорость]"] == {
        "type": "scale", "metric": "csat", "scale_min": 1.0, "scale_max": 5.0,
        "higher_is_better": False, "stage": "b2b8:use", "pii": False,
    }  # fmt: skip
    remembered = tmp_path / "map.yaml"
    remembered.write_text(text, encoding="utf-8")
    for source in (remembered, edited):
        again = read.survey(path, questions=source)
        same = [c for c in schema.TABLES["questions"].names if not c.endswith("_id")]
        pd.testing.assert_frame_equal(again.questions[same], edited[same])
        assert "question map" not in str(again.report)
    assert read.question_map(survey).startswith("# What each question asks.")


def test_the_next_wave_says_what_is_new_and_what_is_gone(tmp_path: Path) -> None:
    wave = tmp_path / "wave1.csv"
    wave.write_text("ID,Оценка (0-10),Почему?\n1,5,дорого\n", encoding="utf-8")
    remembered = tmp_path / "map.yaml"
    remembered.write_text(read.question_map(read.survey(wave)), encoding="utf-8")
    wave.write_text("ID,Оценка (0-10),Город\n1,7,Пермь\n", encoding="utf-8")
    said = read.survey(wave, questions=remembered).report.warnings
    assert "new, not in the question map, told by their cells: 'Город'" in said
    assert "in the question map, but not in this file: 'Почему?'" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [", "is no YAML"),
        ("- a", "is no question map"),
        ("Q: {type: text}", "no type 'text'"),
        ("Q: {scale_min: low}", "scale_min is 'low'; give a number"),
        ("Q: {pii: 1}", "pii is 1; give true or false"),
        ("Q: {stage: 3}", "stage is 3; give the slug"),
        ("Q: {scale_min: 5, scale_max: 1}", "the scale runs from 5 to 1"),
        ("Q: {kind: open}", "no 'kind'; allowed: type"),
        ("? [a]\n: {}", "is no YAML"),
    ],
)
def test_bad_maps_give_one_line(tmp_path: Path, text: str, message: str) -> None:
    survey, remembered = tmp_path / "s.csv", tmp_path / "map.yaml"
    survey.write_text("ID,Q\n1,a\n", encoding="utf-8")
    remembered.write_text(text, encoding="utf-8")
    with pytest.raises(read.ReadError, match=message) as error:
        read.survey(survey, questions=remembered)
    assert "\n" not in str(error.value)


# Matching


def test_respondents_and_interviewees() -> None:
    survey = read.survey(GOLDEN / "yandex_forms.csv")
    people = pd.DataFrame({"participant_id": ["2042", "p1", "02041", None]})
    found = read.match(survey, people)
    assert found.both == ["2042"]
    assert found.only_survey == ["2041"]
    assert found.only_participants == ["p1", "02041"]
    assert found.frame["participant_id"].tolist() == ["2041", "2042", "p1", "02041"]
    assert str(found).splitlines() == [
        "1 in both",
        "1 in the survey only: 2041",
        "2 not in the survey: p1, 02041",
        "check: '2041' may be '02041'",
    ]


def test_ids_that_cannot_be_matched() -> None:
    with pytest.raises(CjmError, match="'a' stands twice in the survey"):
        read.match(["a", "a"], ["a"])
    with pytest.raises(CjmError, match="participants: a blank id at position 1"):
        read.match(["a"], ["a", " "])
    with pytest.raises(CjmError, match="no column participant_id"):
        read.match(["a"], pd.DataFrame({"id": ["a"]}))
    assert read.match(["A-1"], ["a1", "b"]).frame["alike"].dropna().tolist() == ["a1", "A-1"]
