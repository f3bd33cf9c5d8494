"""The editors without a browser: what they show, what a correction does, and what is remembered."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pandas as pd
import pytest

from cjmresearch import Project, read, schema, widgets
from cjmresearch.errors import CjmError, ReadError, StoreError

EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>"
NPS = "Насколько вероятно, что вы порекомендуете нас? (0–10)"
WHY = "Почему?"
ROWS = [
    ["A1", "10", "быстро и вежливо ответили, всё привезли", "сайт", "anna@example.org"],
    ["A2", "0", "долго ждали ответа на письмо", "телефон", "oleg@example.org"],
    ["A3", "7", "нормально, но договор читали месяц", "сайт", "inna@example.org"],
    ["A4", "", "цены нигде не найти, звонил трижды", "сайт", "egor@example.org"],
]
HEAD = ["ID", NPS, WHY, "Канал", "E-mail"]


def table(head, rows) -> str:
    return "".join(";".join(f'"{c}"' for c in row) + "\n" for row in [head, *rows])


@pytest.fixture
def wave(tmp_path) -> Path:
    path = tmp_path / "wave1.csv"
    path.write_text(table(HEAD, ROWS), encoding="utf-8")
    return path


@pytest.fixture
def editor(wave) -> widgets.QuestionEditor:
    return widgets.QuestionEditor(read.survey(wave), language="en")


def row(editor, question: str) -> dict:
    return next(r for r in editor.rows if r["title"] == question)


def press(editor, op: str, **message) -> None:
    """Send what the page sends."""
    editor._handle_custom_msg({"op": op, **message}, [])


def edit(editor, question: str, field: str, value) -> None:
    press(editor, "set", ids=[row(editor, question)["id"]], field=field, value=value)


def asked(survey, question: str) -> pd.Series:
    return survey.questions.set_index("text").loc[question]


# -- what is seen -----------------------------------------------------------------------------


def test_each_question_shows_its_type_why_and_examples(editor):
    nps = row(editor, NPS)
    assert nps["values"]["type"] == "scale"
    assert (nps["values"]["scale_min"], nps["values"]["scale_max"]) == ("0", "10")
    assert nps["values"]["higher_is_better"] == "yes"
    assert nps["values"]["metric"] == "nps"
    assert nps["note"] == "3 answers · all numbers from 0 to 10"
    assert nps["samples"] == ["10", "0", "7"]
    assert row(editor, "Канал")["samples"] == ["сайт", "телефон"]
    assert "about 34 characters each" in row(editor, WHY)["note"]


def test_personal_data_are_named_and_never_shown(editor):
    mail = row(editor, "E-mail")
    assert mail["values"]["pii"] is True
    assert mail["samples"] == []
    assert "looks like personal data" in mail["note"]
    assert "example.org" not in json.dumps(editor.get_state()["rows"], ensure_ascii=False)
    edit(editor, "E-mail", "pii", False)
    assert "example.org" not in json.dumps(editor.get_state()["rows"], ensure_ascii=False)
    assert "anna@example.org" in set(editor.survey.answers["text"])
    assert "example.org" not in repr(editor.survey.with_questions({"E-mail": {"pii": True}}))


def test_columns_of_a_matrix_and_parts_of_a_number_are_one_group(tmp_path):
    path = tmp_path / "matrix.csv"
    head = ["ID", "Rate us - Speed", "Rate us - Price", "7a. Bread", "7b. Salt", "Alone - Part"]
    path.write_text(table(head, [[f"A{i}", "5", "4", "3", "2", "1"] for i in range(5)]))
    editor = widgets.QuestionEditor(read.survey(path), language="en")
    assert {r["title"]: (r["group"], r["group_title"]) for r in editor.rows} == {
        "ID": (None, ""),
        "Speed": ("Rate us", "Rate us"),
        "Price": ("Rate us", "Rate us"),
        "7a. Bread": ("7.", "7. Bread"),
        "7b. Salt": ("7.", "7. Salt"),
        "Alone - Part": (None, ""),
    }
    ids = [r["id"] for r in editor.rows if r["group"] == "Rate us"]
    press(editor, "set", ids=ids, field="scale_max", value="6")
    asked_now = editor.survey.questions.set_index("text")["scale_max"]
    assert asked_now["Rate us - Speed"] == asked_now["Rate us - Price"] == 6
    assert asked_now["7a. Bread"] != 6


def test_the_interface_speaks_both_languages(wave):
    survey = read.survey(wave)
    russian, english = (widgets.QuestionEditor(survey, language=x) for x in ("ru", "en"))
    assert set(russian.words) == set(english.words)
    assert russian.columns[0]["fields"][0]["options"][3] == ["scale", "шкала"]
    assert english.columns[0]["fields"][0]["options"][3] == ["scale", "scale"]
    cyrillic = json.dumps([english.columns, english.words], ensure_ascii=False)
    assert not re.search("[А-Яа-я]", cyrillic)
    stages = [slug for slug, _ in russian.columns[1]["fields"][0]["options"]]
    assert stages[:2] == ["", "b2b8:search"] or stages[1].startswith("b2b8:")
    with pytest.raises(CjmError, match="choose one of ru, en"):
        widgets.QuestionEditor(survey, language="fr")


def test_repr_says_no_words_of_the_file(tmp_path):
    path = tmp_path / "evil.csv"
    path.write_text(table(["ID", EVIL], [["A1", EVIL + str(i)] for i in range(3)]))
    editor = widgets.QuestionEditor(read.survey(path))
    assert repr(editor) == "QuestionEditor(questions=2, changed=0, doubts=0)"
    assert row(editor, EVIL)["title"] == EVIL


# -- corrections ------------------------------------------------------------------------------


def test_a_correction_is_in_the_survey_and_ids_stay(editor):
    before = editor.survey
    edit(editor, WHY, "type", "closed")
    edit(editor, NPS, "stage", "b2b8:purchase")
    edit(editor, NPS, "touchpoint", "touchpoints:website")
    edit(editor, NPS, "higher_is_better", "no")
    after = editor.survey
    assert asked(after, WHY)["type"] == "closed"
    assert after.turns.empty
    assert len(before.turns) == 4
    nps = asked(after, NPS)
    assert (nps["stage"], nps["touchpoint"]) == ("b2b8:purchase", "touchpoints:website")
    assert not nps["higher_is_better"]
    assert list(after.questions["question_id"]) == list(before.questions["question_id"])
    assert after.source["source_id"].tolist() == before.source["source_id"].tolist()
    assert row(editor, WHY)["changed"]
    assert "looks like: open" in row(editor, WHY)["note"]
    assert editor.status["text"] == "2 corrected"


def test_another_type_takes_the_scale_along_no_longer(editor):
    edit(editor, NPS, "type", "closed")
    assert asked(editor.survey, NPS)[["metric", "scale_min", "scale_max"]].isna().all()
    assert {"scale_min", "scale_max", "metric"} <= set(row(editor, NPS)["off"])
    edit(editor, NPS, "type", "scale")
    assert not row(editor, NPS)["changed"]
    assert asked(editor.survey, NPS)["metric"] == "nps"


def test_a_cleared_metric_stays_cleared_in_the_next_wave(editor, wave, tmp_path):
    edit(editor, NPS, "metric", "")
    editor.save(tmp_path / "map.yaml")
    again = read.survey(wave, questions=tmp_path / "map.yaml")
    assert pd.isna(asked(again, NPS)["metric"])
    assert asked(again, NPS)["scale_max"] == 10


def test_what_is_cleared_after_another_type_stays_cleared(wave):
    editor = widgets.QuestionEditor(read.survey(wave, questions={NPS: {"type": "closed"}}))
    edit(editor, NPS, "type", "scale")
    assert asked(editor.survey, NPS)["metric"] == "nps"
    edit(editor, NPS, "metric", "")
    assert pd.isna(asked(editor.survey, NPS)["metric"])


@pytest.mark.parametrize(
    ("question", "edits", "told"),
    [
        (WHY, {"type": "scale"}, "a scale, but 0 of 4 answers are numbers, e.g. «быстро и"),
        ("Канал", {"type": "date"}, "a date, but 0 of 4 answers are dates, e.g. «сайт»"),
        (NPS, {"metric": "csat", "scale_max": "5"}, "2 of 3 scores lie outside 0 to 5, e.g. «10»"),
        (NPS, {"scale_min": "12"}, "the scale runs from 12 to 10"),
        (NPS, {"scale_max": ""}, "a scale needs both ends"),
        (NPS, {"scale_min": "1"}, "NPS is asked from 0 to 10, this scale runs 1 to 10"),
    ],
)
def test_a_wrong_combination_is_told_in_one_line_beside_the_row(editor, question, edits, told):
    for field, value in edits.items():
        edit(editor, question, field, value)
    problem = row(editor, question)["problem"]
    assert told in problem
    assert "\n" not in problem
    assert "check" in row(editor, question)["tags"]
    press(editor, "reset", ids=[row(editor, question)["id"]])
    assert row(editor, question)["problem"] == ""
    assert not row(editor, question)["changed"]


def test_a_turned_scale_is_refused_when_the_survey_is_asked_for(editor):
    edit(editor, NPS, "scale_min", "11")
    with pytest.raises(ReadError, match=r"runs from 11.0 to 10.0; turn it round"):
        _ = editor.survey


def test_what_is_no_value_is_told_and_changes_nothing(editor):
    edit(editor, NPS, "scale_max", "ten")
    assert editor.status == {"text": "'ten' is no number", "tone": "wrong"}
    assert row(editor, NPS)["values"]["scale_max"] == "10"
    edit(editor, NPS, "scale_max", "9,5")
    assert asked(editor.survey, NPS)["scale_max"] == 9.5
    edit(editor, NPS, "type", "drawing")
    assert "no type 'drawing'; allowed: id, date" in editor.status["text"]
    edit(editor, NPS, "wave", "2")
    assert editor.status["tone"] == "wrong"


def test_from_code_as_from_the_table(editor):
    editor.correct(WHY, stage="b2b8:use", type="closed")
    assert asked(editor.survey, WHY)["stage"] == "b2b8:use"
    assert editor.questions.set_index("question").loc[WHY, "type"] == "closed"
    with pytest.raises(CjmError, match="no question 'Зачем'"):
        editor.correct("Зачем", type="open")


def test_a_stage_that_the_project_lacks_is_told(wave):
    survey = read.survey(wave, questions={NPS: {"stage": "trip:buy"}})
    editor = widgets.QuestionEditor(survey, language="en")
    edit(editor, NPS, "metric", "nps")
    assert row(editor, NPS)["problem"] == "the project has no code trip:buy"


def test_edits_come_from_any_thread(editor):
    def many(field, values):
        for value in values:
            edit(editor, NPS, field, value)

    threads = [
        threading.Thread(target=many, args=("scale_max", [str(n) for n in range(20)])),
        threading.Thread(target=many, args=("stage", ["b2b8:use", "b2b8:search"] * 10)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values = row(editor, NPS)["values"]
    assert (values["scale_max"], values["stage"]) == ("19", "b2b8:search")


# -- the map, kept for the next wave ----------------------------------------------------------


def test_a_saved_map_makes_the_next_wave_the_same(editor, tmp_path):
    edit(editor, WHY, "type", "closed")
    edit(editor, WHY, "stage", "b2b8:use")
    press(editor, "save", path=str(tmp_path / "map.yaml"))
    assert editor.status["text"].startswith("Saved as")
    moved = tmp_path / "wave2.csv"
    head = ["Новое", "почему ?", "E-mail", NPS, "ID"]
    moved.write_text(table(head, [["да", "дорого", "x@y.ru", "3", "B1"]]), encoding="utf-8")
    survey = read.survey(moved, questions=tmp_path / "map.yaml")
    why = asked(survey, "почему ?")
    assert (why["type"], why["stage"]) == ("closed", "b2b8:use")
    assert asked(survey, NPS)["metric"] == "nps"
    said = "\n".join(survey.report.warnings)
    assert "other words than in the question map: 'Почему?' is 'почему ?' here" in said
    assert "new, not in the question map, told by their cells: 'Новое'" in said
    assert "in the question map, but not in this file: 'Канал'" in said


def test_a_map_finds_a_column_by_its_name_when_its_words_have_changed(tmp_path):
    head = ["Q1", "Q2"]
    imports = [['{""ImportId"":""a""}'.replace('""', '"')], ['{"ImportId":"b"}']]
    rows = [["How was it?", "And then?"], [imports[0][0], imports[1][0]], ["fine", "well"]]

    def write(name, texts):
        quoted = [[c.replace('"', '""') for c in r] for r in [texts, *rows[1:]]]
        (tmp_path / name).write_text(table(head, quoted), encoding="utf-8")
        return tmp_path / name

    first = read.survey(write("a.csv", rows[0]), questions={"Q1": {"type": "open"}})
    (tmp_path / "map.yaml").write_text(read.question_map(first), encoding="utf-8")
    assert "column: Q1" in (tmp_path / "map.yaml").read_text(encoding="utf-8")
    second = read.survey(
        write("b.csv", ["How did it go?", "And then?"]), questions=tmp_path / "map.yaml"
    )
    assert asked(second, "How did it go?")["type"] == "open"
    assert "'How was it?' is 'How did it go?' here" in "\n".join(second.report.warnings)


def test_two_questions_that_differ_in_their_number_only_are_not_mixed_up(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(table(["1. Why?", "2. Why?"], [["yes", "no"]] * 4), encoding="utf-8")
    first = read.survey(path, questions={"1. Why?": {"type": "multiple"}})
    (tmp_path / "map.yaml").write_text(read.question_map(first), encoding="utf-8")
    path.write_text(table(["3. Why?", "4. Why?"], [["yes", "no"]] * 4), encoding="utf-8")
    second = read.survey(path, questions=tmp_path / "map.yaml")
    assert set(second.questions["type"]) == {"closed"}
    assert "not in this file: '1. Why?', '2. Why?'" in "\n".join(second.report.warnings)


def test_a_map_is_applied_in_the_editor_and_says_what_did_not_match(editor, tmp_path):
    path = tmp_path / "map.yaml"
    path.write_text(f"{WHY}: {{type: closed}}\nЧто ещё?: {{type: open}}\n", encoding="utf-8")
    press(editor, "load", path=str(path))
    assert row(editor, WHY)["values"]["type"] == "closed"
    assert "not in this file: 'Что ещё?'" in editor.status["text"]
    press(editor, "load", path="")
    assert editor.status == {"text": "Give the map a file name.", "tone": "wrong"}
    press(editor, "load", path=str(tmp_path / "absent.yaml"))
    assert editor.status["tone"] == "wrong"


def test_no_file_but_a_map_is_written_over(editor, tmp_path):
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary, today", encoding="utf-8")
    press(editor, "save", path=str(diary))
    assert "is no question map" in editor.status["text"]
    assert diary.read_text(encoding="utf-8") == "Dear diary, today"
    editor.save(tmp_path / "map.yaml")
    editor.correct(WHY, type="closed")
    editor.save(tmp_path / "map.yaml")
    assert "type: closed" in (tmp_path / "map.yaml").read_text(encoding="utf-8")


def test_a_correction_that_does_not_fit_is_said_in_the_report(wave):
    survey = read.survey(wave, questions={WHY: {"type": "scale"}})
    said = "\n".join(survey.report.warnings)
    assert "'Почему?': a scale, but 0 of 4 answers are numbers" in said
    assert "numbers" not in "\n".join(read.survey(wave).report.warnings)


# -- projects ---------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path, wave):
    with Project.create(tmp_path / "study.cjm", goal="why") as opened:
        opened.add(read.survey(wave, questions={"Канал": {"type": "multiple"}}))
        yield opened


def test_a_project_remembers_the_map_for_the_next_wave(project, tmp_path):
    editor = widgets.QuestionEditor(project, language="en", coder="anna")
    edit(editor, NPS, "stage", "b2b8:use")
    moved = tmp_path / "wave2.csv"
    rows = [[c, b, a] for a, b, _, c, _ in ROWS]
    moved.write_text(table(["Канал", NPS, "ID"], rows[:2]), encoding="utf-8")
    second = read.survey(moved, questions=project.question_map())
    assert asked(second, NPS)["stage"] == "b2b8:use"
    assert asked(second, "Канал")["type"] == "multiple"
    project.add(second)
    assert project.question_map()["text"].is_unique


def test_in_a_project_each_correction_is_an_act_that_can_be_taken_back(project):
    editor = widgets.QuestionEditor(project, language="en", coder="anna")
    edit(editor, NPS, "higher_is_better", "no")
    frame = project.frame("questions").set_index("text")
    assert not frame.loc[NPS, "higher_is_better"]
    assert project.frame("events")["kind"].tolist()[-1] == "questions"
    assert project.undo("anna") == "questions"
    assert project.frame("questions").set_index("text").loc[NPS, "higher_is_better"]
    assert project.verify() == []


def test_in_a_project_the_type_is_settled(project):
    editor = widgets.QuestionEditor(project, language="en")
    assert "type" in row(editor, NPS)["off"]
    edit(editor, NPS, "type", "open")
    assert "correct type and personal data before adding" in editor.status["text"]
    questions = project.frame("questions")
    with pytest.raises(StoreError, match="type can't change once the answers are in the project"):
        project.correct_questions(questions.assign(type="open"))
    with pytest.raises(StoreError, match="no stage 'nowhere'"):
        project.correct_questions(questions.assign(stage="nowhere"))
    with pytest.raises(CjmError, match="survey is in the project already"):
        _ = editor.survey
    assert project.correct_questions(questions) == 0


def test_a_wrong_correction_in_a_project_is_told_and_not_kept(project):
    editor = widgets.QuestionEditor(project, language="en")
    edit(editor, NPS, "scale_min", "12")
    assert "runs from 12.0 to 10.0" in editor.status["text"]
    assert row(editor, NPS)["values"]["scale_min"] == "0"
    assert project.frame("questions").set_index("text").loc[NPS, "scale_min"] == 0


def test_a_survey_that_is_not_there_is_told(project, tmp_path):
    with pytest.raises(CjmError, match="no survey 'x' in the project"):
        widgets.QuestionEditor(project, "x")
    with (
        Project.create(tmp_path / "empty.cjm", goal="why") as empty,
        pytest.raises(CjmError, match="0 surveys"),
    ):
        widgets.QuestionEditor(empty)


# -- size -------------------------------------------------------------------------------------


def test_the_state_of_a_survey_of_many_questions_stays_small(tmp_path):
    path = tmp_path / "wide.csv"
    head = ["ID", *(f"Rate it - part {n}" for n in range(150)), *(f"Say {n}" for n in range(120))]
    rows = [[f"A{i}", *[str(i % 5 + 1)] * 150, *[f"text of {i}"] * 120] for i in range(300)]
    path.write_text(table(head, rows), encoding="utf-8")
    survey = read.survey(path)
    editor = widgets.QuestionEditor(survey)
    assert len(editor.rows) == 271
    assert len(json.dumps(editor.get_state()["rows"])) < 400_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "file", ["jupyter_survey_2020/all_responses.csv", "todo_ospo_survey/2020_results.csv"]
)
def test_real_surveys_open_with_their_groups_and_notes(shared_data, file):
    survey = read.survey(shared_data / file)
    editor = widgets.QuestionEditor(survey)
    assert sum(r["group"] is not None for r in editor.rows) > 20
    assert all(r["note"] for r in editor.rows)


# -- speakers ---------------------------------------------------------------------------------

TALK = (
    "— Как вы выбирали поставщика?\n— Спросил у коллег, потом поехал смотреть склад.\n"
    "— А что было трудным?\n— Договор. Полтора месяца согласовывали.\n"
)


@pytest.fixture
def speakers(tmp_path) -> widgets.SpeakerEditor:
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    return widgets.SpeakerEditor(read.transcript(path), language="en")


def test_speakers_show_their_role_why_counts_and_first_words(speakers):
    first, second = speakers.rows
    assert first["values"]["role"] == "interviewer"
    assert first["note"].startswith("2 turns · 8 words · 100% of the sentences are questions")
    assert first["samples"] == ["Как вы выбирали поставщика?"]
    assert first["off"] == ["participant_id", "voice"]
    assert second["values"] == {"role": "participant", "participant_id": "", "voice": "customer"}


def test_a_corrected_speaker_is_in_the_transcript(speakers):
    edit(speakers, "—2", "participant_id", "P07")
    edit(speakers, "—2", "voice", "expert")
    assert speakers.transcript.speakers.set_index("speaker").loc["—2"].to_dict() | {
        "source_id": ""
    } == {"source_id": "", "participant_id": "P07", "role": "participant", "voice": "expert"}
    edit(speakers, "—1", "role", "participant")
    edit(speakers, "—2", "role", "interviewer")
    corrected = speakers.transcript
    assert corrected.speakers["role"].tolist() == ["participant", "interviewer"]
    assert corrected.speakers["participant_id"].isna().all()
    assert corrected.report.warnings != speakers._read.report.warnings
    press(speakers, "reset", ids=["—1", "—2"])
    assert speakers.transcript.speakers.equals(speakers._read.speakers)
    assert repr(speakers) == "SpeakerEditor(speakers=2, changed=0)"


def test_speakers_refuse_what_is_no_role(speakers):
    edit(speakers, "—1", "role", "boss")
    assert "no role 'boss'; allowed: interviewer, participant, other" in speakers.status["text"]
    with pytest.raises(CjmError, match="no speaker 'X'"):
        speakers.correct("X", role="other")
    with pytest.raises(ReadError, match="no voice 'x'"):
        speakers._read.with_voices({"—1": "x"})


def test_reasons_are_said_in_russian(tmp_path):
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    editor = widgets.SpeakerEditor(read.transcript(path))
    notes = " ".join(r["note"] for r in editor.rows)
    assert "вопросов среди фраз 100%, у других 0%" in notes
    assert "спрашивает —1, остальные отвечают" in notes
    assert not re.search(r"[A-Za-z]{3}", notes)


def test_schema_types_have_names_in_both_languages():
    from cjmresearch.read.fitting import TYPES

    assert set(TYPES) == set(schema.QUESTION_TYPES)
