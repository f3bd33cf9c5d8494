"""The command line: real files in, results out; bad input is one line, exit 2, nothing changed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from cjmresearch import Project, cli, workflow
from cjmresearch.errors import CjmError

TALK = """Интервьюер: Как вы нас нашли и что было дальше?
Ольга: Ну, зашли на сайт, а цен нет. Это ужасно раздражает!
Интервьюер: А потом?
Ольга: Потом менеджер перезвонил, всё объяснил, мы очень довольны.
Интервьюер: Что ещё запомнилось?
Ольга: Договор согласовывали полтора месяца.
"""


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.txt"
    path.write_text(TALK, encoding="utf-8")
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    path = tmp_path / "study.cjm"
    assert cli.main(["new", str(path), "--goal", "понять, где теряем клиентов"]) == 0
    return path


def run(*arguments: str | Path) -> int:
    return cli.main([str(a) for a in arguments])


def test_the_whole_way_from_a_file_to_a_report(project, talk, tmp_path, capsys) -> None:
    assert run("add", project, talk, "--participant", "Ольга=R01") == 0
    assert "Ольга = R01: participant, 3 turns" in capsys.readouterr().out
    assert run("tag", project, "--quiet") == 0
    assert "model:touchpoints-1" in capsys.readouterr().out
    with Project.open(project) as opened:
        codings = opened.frame("codings")
        assert set(codings["status"]) == {"suggested"}
        assert list(opened.frame("participants")["participant_id"]) == ["R01"]
        slugs = opened.frame("codes").set_index("code_id")["slug"]
        found = set(codings["code_id"].map(slugs))
    assert {"touchpoints:website", "touchpoints:sales_manager", "barriers:no_prices"} <= found
    before = len(codings)
    assert run("tag", project, "--quiet") == 0
    with Project.open(project) as opened:
        assert len(opened.frame("codings")) == before
    out = tmp_path / "out"
    assert run("report", project, "--out", out, "--include", "suggested", "--lang", "ru") == 0
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "понять, где теряем клиентов" in page
    assert run("verify", project) == 0
    assert "all good" in capsys.readouterr().out


def test_turns_are_json_lines(talk, capsys) -> None:
    assert run("turns", talk, "--role", "Ольга=other") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 6
    assert rows[1] == {
        "turn": 2,
        "speaker": "Ольга",
        "role": "other",
        "prompt": None,
        "begin_s": None,
        "end_s": None,
        "text": "Ну, зашли на сайт, а цен нет. Это ужасно раздражает!",
    }


def test_turns_without_names_can_be_corrected(tmp_path, capsys) -> None:
    path = tmp_path / "dashes.txt"
    path.write_text("— Как дела?\n\n— Хорошо.\n\n— Ещё раз: хорошо.\n\n— И что?\n", "utf-8")
    assert run("turns", path) == 0
    before = [json.loads(line)["speaker"] for line in capsys.readouterr().out.splitlines()]
    assert before == ["—1", "—2", "—1", "—2"]
    assert run("turns", path, "--turn", "3=—2") == 0
    after = [json.loads(line)["speaker"] for line in capsys.readouterr().out.splitlines()]
    assert after == ["—1", "—2", "—2", "—1"]
    assert run("turns", path, "--turn", "two=—2") == 2
    assert run("turns", path, "--turn", "9=—2") == 2
    assert "no turn 9" in capsys.readouterr().err
    assert run("turns", path, "--turn", "0=—2") == 2
    assert run("turns", path, "--turn", "2=Пётр") == 2


def test_codings_go_out_and_come_back(project, talk, tmp_path, capsys) -> None:
    run("add", project, talk)
    coded = tmp_path / "coded.csv"
    coded.write_text(
        "file,turn,quote,code,coder,valence,memo\n"
        "talk.txt,2,цен нет,barriers:no_prices,anna,,=1+1\n"
        "talk,4,мы очень довольны,feelings:satisfaction,anna,0.9,\n"
        "talk.txt,6,,b2b8:purchase,boris,,\n",
        encoding="utf-8",
    )
    assert run("import", project, coded) == 0
    out = tmp_path / "out.csv"
    assert run("export", project, out) == 0
    frame = pd.read_csv(out)
    assert list(frame["code"]) == ["barriers:no_prices", "feelings:satisfaction", "b2b8:purchase"]
    assert list(frame["turn"]) == [2, 4, 6]
    assert frame["memo"].iloc[0] == "'=1+1"
    again = tmp_path / "again.cjm"
    run("new", again, "--goal", "g")
    run("add", again, talk)
    assert run("import", again, out) == 0
    with Project.open(project) as one, Project.open(again) as two:
        columns = ["start", "end", "quote", "code_id", "coder", "valence"]
        first = one.frame("codings")[columns].sort_values("start", ignore_index=True)
        second = two.frame("codings")[columns].sort_values("start", ignore_index=True)
    pd.testing.assert_frame_equal(first, second)
    capsys.readouterr()
    assert run("import", again, out) == 0
    assert "0 codings; 3 were there already" in capsys.readouterr().out
    book = tmp_path / "out.xlsx"
    assert run("export", project, book) == 0
    sheets = pd.read_excel(book, sheet_name=None)
    own = {"codings", "curve", "pains", "touchpoints", "codebook", "participants"}
    of_the_map = {"map", "T1", "T2", "T3", "T4", "T5", "five_questions", "plan", "audit"}
    assert own | of_the_map == set(sheets)
    assert sheets["codings"]["memo"].iloc[0] == "=1+1"
    assert b"<f>" not in zipfile.ZipFile(book).read("xl/worksheets/sheet1.xml")
    capsys.readouterr()
    assert run("export", project, tmp_path / "x.pdf") == 2
    assert ".csv, .xlsx" in capsys.readouterr().err


def test_a_machines_suggestions_stay_suggestions(project, talk, tmp_path, capsys) -> None:
    run("add", project, talk)
    run("tag", project, "--quiet")
    human, machine = tmp_path / "human.csv", tmp_path / "machine.csv"
    run("export", project, human)
    run("export", project, machine, "--include", "suggested")
    assert len(pd.read_csv(human)) == 0
    frame = pd.read_csv(machine)
    assert set(frame["status"]) == {"suggested"}
    frame.assign(status="human").to_csv(machine, index=False)
    again = tmp_path / "again.cjm"
    run("new", again, "--goal", "g")
    run("add", again, talk)
    assert run("import", again, machine) == 0
    with Project.open(again) as opened:
        assert set(opened.frame("codings")["status"]) == {"suggested"}


def test_codings_come_as_a_russian_spreadsheet_saves_them(project, talk, tmp_path) -> None:
    run("add", project, talk)
    coded = tmp_path / "coded.csv"
    text = "file;turn;quote;code;coder;valence\ntalk;2;цен нет;barriers:no_prices;Анна;-0,5\n"
    coded.write_bytes(text.replace("\n", "\r\n").encode("cp1251"))
    assert run("import", project, coded) == 0
    with Project.open(project) as opened:
        row = opened.frame("codings").iloc[0]
    assert (row["quote"], row["coder"], row["valence"]) == ("цен нет", "Анна", -0.5)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("talk,,Интервьюер,b2b8:use,anna", "stand 3 times"),
        ("talk,,цены есть,b2b8:use,anna", "are not in talk"),
        ("talk,2,цен нет,b2b8:nope,anna", "no code 'b2b8:nope'"),
        ("talk,99,цен нет,b2b8:use,anna", "no turn 99"),
        ("other,2,цен нет,b2b8:use,anna", "add the file first"),
        ("talk,2,цен нет,b2b8:use,", "coder is empty"),
    ],
)
def test_a_coded_row_that_can_not_be_placed_is_told(row, said, project, talk, tmp_path, capsys):
    run("add", project, talk)
    coded = tmp_path / "coded.csv"
    coded.write_text(f"file,turn,quote,code,coder\n{row}\n", encoding="utf-8")
    capsys.readouterr()
    assert run("import", project, coded) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "line 2" in error


def test_codings_of_another_tool_come_in(project, talk, tmp_path, capsys) -> None:
    """Its heads, its paths of codes, its blanks; no file is named where the words tell it."""
    run("add", project, talk)
    coded = tmp_path / "coded.csv"
    rows = [
        ("Segment", "Code", "Coder"),
        ("цен  нет", "Barriers > Barriers:No_prices", "Anna"),
        ("мы очень довольны", "feelings:satisfaction; b2b8:use", "Anna"),
        ("слов, которых никто не сказал", "b2b8:use", "Anna"),
        ("Интервьюер", "b2b8:use", "Anna"),
        ("цен нет", "Придуманный код", "Anna"),
        ("цен нет", "b2b8:use", ""),
    ]
    pd.DataFrame(rows[1:], columns=list(rows[0])).to_csv(coded, index=False)
    capsys.readouterr()
    assert run("import", project, coded) == 2, "all or nothing, unless asked for"
    error = capsys.readouterr().err
    assert "are in no source of the project" in error
    assert "\n" not in error.strip()
    with Project.open(project) as opened:
        assert opened.frame("codings").empty
    assert run("import", project, coded, "--partly") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "3 codings"
    left = [line.partition(":")[2].strip() for line in said[1:]]
    assert [line.partition(":")[0] for line in left] == ["line 4", "line 5", "line 6", "line 7"]
    assert "stand 3 times in talk" in left[1]
    assert "no code 'Придуманный код' in the project" in left[2]
    assert "the coder is empty" in left[3]
    with Project.open(project) as opened:
        quotes = opened.frame("codings")["quote"].tolist()
    assert sorted(quotes) == ["мы очень довольны", "мы очень довольны", "цен нет"]


def test_people_come_in_as_a_table(project, talk, tmp_path, capsys) -> None:
    run("add", project, talk, "--participant", "Ольга=R01")
    people = tmp_path / "people.csv"
    people.write_text(
        "participant_id,pseudonym,buying_role,consent,traits.fleet\nR01,О.,buyer,нет,6\n", "utf-8"
    )
    assert run("import", project, people) == 0
    with Project.open(project) as opened:
        row = opened.frame("participants").iloc[0]
    assert (row["pseudonym"], row["buying_role"], row["consent"]) == ("О.", "buyer", False)
    assert json.loads(row["traits"]) == {"fleet": "6"}


def test_surveys_without_ids_do_not_share_people(project, tmp_path) -> None:
    for name in ("one.csv", "two.csv"):
        words = f"{name} очень долго отвечали и я почти ушёл к другим"
        (tmp_path / name).write_text(f"Оценка,Почему?\n5,{words}\n4,{words} да\n", "utf-8")
    assert run("add", project, tmp_path / "one.csv", tmp_path / "two.csv") == 0
    with Project.open(project) as opened:
        assert len(opened.frame("participants")) == 4


def test_row_numbers_of_two_files_of_one_name_are_different_people(project, tmp_path) -> None:
    for wave, word in ("p", "дорого"), ("q", "долго"):
        (tmp_path / wave).mkdir()
        (tmp_path / wave / "survey.csv").write_text(
            f"Почему вы ушли?,Оценка 1–5\nПотому что {word},1\nНе скажу {word[::-1]},5\n", "utf-8"
        )
    assert run("add", project, tmp_path / "p/survey.csv", tmp_path / "q/survey.csv") == 0
    with Project.open(project) as opened:
        ids = opened.frame("participants")["participant_id"]
        assert len(ids) == 4
        assert {"survey:row-2", "survey:row-3"} < set(ids)
        assert opened.frame("speakers")["participant_id"].is_unique
        assert opened.verify() == []


@pytest.mark.parametrize("place", ["stage: b2b8:usage", "touchpoint: touchpoints:webb"])
def test_an_unknown_place_in_a_map_is_refused(place, project, tmp_path, capsys) -> None:
    survey, question_map = tmp_path / "survey.csv", tmp_path / "map.yaml"
    survey.write_text("Оценка,Почему?\n5,долго отвечали\n4,ждали договор\n", "utf-8")
    question_map.write_text(f"Почему?:\n  type: open\n  {place}\n", "utf-8")
    assert run("add", project, survey, "--questions", question_map) == 2
    said = capsys.readouterr().err
    kind, _, slug = place.partition(": ")
    assert f"'Почему?': no {kind} '{slug}' in the project; it has" in said
    assert ("b2b8:use" if kind == "stage" else "touchpoints:website") in said
    with Project.open(project) as opened:
        assert opened.frame("sources").empty


def test_a_coded_table_is_found_in_what_was_read_from_it(project, tmp_path, capsys) -> None:
    talk, codings = tmp_path / "oral.csv", tmp_path / "codings.csv"
    rows = [
        ("A", "So &#8212; what then?"), ("B", "Yeah."), ("B", "Yeah."),
        ("B", "We paid &amp; left."), ("A", "Right?"), ("B", "Yeah."),
    ]  # fmt: skip
    talk.write_text("speaker,text\n" + "".join(f'{s},"{t}"\n' for s, t in rows), "utf-8")
    assert run("add", project, talk, "--kind", "interview") == 0
    coded = [(1, rows[0][1]), (2, "Yeah."), (3, "Yeah."), (4, rows[3][1]), (6, "Yeah.")]
    codings.write_text(
        "file,row,quote,code,coder\n"
        + "".join(f'oral.csv,{n + 1},"{q}",b2b8:use,anna\n' for n, q in coded if n != 3),
        "utf-8",
    )
    assert run("import", project, codings) == 0
    with Project.open(project) as opened:
        found = opened.frame("codings").sort_values("start")
    assert found["quote"].tolist() == ["So — what then?", "Yeah.", "We paid & left.", "Yeah."]
    assert found["start"].is_unique
    codings.write_text('file,row,quote,code,coder\noral.csv,40,"Yeah.",b2b8:use,anna\n', "utf-8")
    capsys.readouterr()
    assert run("import", project, codings) == 2
    assert "oral has no turn from row 40" in capsys.readouterr().err


def test_a_table_of_talk_is_read_as_talk(project, tmp_path, capsys) -> None:
    path = tmp_path / "oral.csv"
    path.write_text("speaker,text\n" + "A,Как было?\nB,Хорошо было.\n" * 5, "utf-8")
    assert run("add", project, path) == 0
    assert "--kind survey reads a survey" in capsys.readouterr().out
    with Project.open(project) as opened:
        assert opened.frame("sources")["kind"].tolist() == ["interview"]
    assert run("turns", path, "--kind", "survey") == 0
    assert "10 respondents" in capsys.readouterr().err
    path.write_text("Имя,Текст\n" + "".join(f"Имя{n},Хорошо {n}\n" for n in range(10)), "utf-8")
    assert run("turns", path) == 0
    assert "10 respondents" in capsys.readouterr().err


def test_the_read_report_is_seen_before_anything_is_added(talk, tmp_path, capsys) -> None:
    assert run("turns", talk) == 0
    shown = capsys.readouterr()
    assert "talk.txt: plain text" in shown.err
    assert all(json.loads(line) for line in shown.out.splitlines())
    survey = tmp_path / "s.csv"
    survey.write_text("E-mail,Оценка\na@b.ru,5\nc@d.ru,4\n", "utf-8")
    assert run("turns", survey) == 0
    assert "left out: personal data: E-mail" in capsys.readouterr().err
    assert run("turns", talk, "--quiet") == 0
    assert capsys.readouterr().err == ""


def test_the_project_reads_the_next_wave_as_the_first(project, tmp_path, capsys) -> None:
    for name, words in ("w1.csv", "долго ждали"), ("w2.csv", "быстро ответили"):
        (tmp_path / name).write_text(f"Балл,Итог\n3,{words}\n4,{words} нам\n", "utf-8")
    question_map = tmp_path / "map.yaml"
    question_map.write_text("Итог:\n  type: open\n  stage: b2b8:use\n", "utf-8")
    assert run("add", project, tmp_path / "w1.csv", "--questions", question_map) == 0
    assert run("add", project, tmp_path / "w2.csv") == 0
    assert "2 questions are read as in the project's earlier" in capsys.readouterr().out
    with Project.open(project) as opened:
        asked = opened.frame("questions")
    assert asked.loc[asked["text"] == "Итог", "stage"].tolist() == ["b2b8:use"] * 2
    (tmp_path / "w3.csv").write_text("Балл,Итог\n1,совсем иное\n", "utf-8")
    assert run("add", project, tmp_path / "w3.csv", "--questions", "none") == 0
    assert "earlier survey" not in capsys.readouterr().out
    with Project.open(project) as opened:
        assert opened.frame("questions")["stage"].notna().sum() == 2


def test_add_says_whom_the_project_knew(project, tmp_path, capsys) -> None:
    people, survey = tmp_path / "people.csv", tmp_path / "survey.csv"
    people.write_text("participant_id,pseudonym\nR01,А\nR03,Б\n", "utf-8")
    survey.write_text("id,Почему?\nR01,ждали долго\nr03,дорого нам\nR04,так вышло\n", "utf-8")
    assert run("import", project, people) == 0
    assert run("add", project, survey) == 0
    said = capsys.readouterr().out
    assert "people: 1 known already, 2 new" in said
    assert "check: are they the same person? 'r03' and 'R03'" in said


def test_a_note_without_speakers_is_one_participants(project, tmp_path, capsys) -> None:
    path = tmp_path / "diary.txt"
    path.write_text("День первый, ждали ответа.\nДолго.\n\nНа второй день ответили.\n", "utf-8")
    assert run("add", project, path) == 2
    assert "--kind note" in capsys.readouterr().err
    assert run("add", project, path, "--kind", "note") == 0
    with Project.open(project) as opened:
        assert opened.frame("speakers")["role"].tolist() == ["participant"]
        text = opened.study().current_texts.iloc[0]
        spans = opened.frame("turns")[["start", "end"]].to_numpy().tolist()
        assert opened.verify() == []
    assert [text[a:b] for a, b in spans] == [
        "День первый, ждали ответа.\nДолго.",
        "На второй день ответили.",
    ]


def test_a_speaker_who_stands_once_can_be_named(tmp_path, capsys) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("Зоя: Мы ждали ответа.\nЯна: И мы ждали, долго.\n", "utf-8")
    with pytest.raises(CjmError, match="--participant LABEL=ID"):
        workflow.read_files([path])
    both = workflow.read_files([path], participants={"Зоя": "R1", "Яна": "R2"})
    assert both[0].speakers["participant_id"].tolist() == ["R1", "R2"]


def test_channels_are_added_together(project, tmp_path) -> None:
    for name, begin in ("call_doctor", 0.5), ("call_patient", 2.5):
        piece = [{"start": begin, "end": begin + 1, "text": f"Слова {name[5:]}."}]
        whole = {"text": "Слова.", "language": "ru", "segments": piece}
        (tmp_path / f"{name}.json").write_text(json.dumps(whole), "utf-8")
    files = [tmp_path / "call_doctor.json", tmp_path / "call_patient.json"]
    assert run("add", project, *files, "--together", "--role", "doctor=interviewer") == 0
    with Project.open(project) as opened:
        assert opened.frame("sources")["title"].tolist() == ["call"]
        roles = opened.frame("speakers").set_index("speaker")["role"].to_dict()
    assert roles == {"doctor": "interviewer", "patient": "participant"}


@pytest.mark.parametrize("journey", ["dozortsev12", "eshop8", "shop6", "simple5"])
def test_stages_of_the_projects_own_model_are_suggested(journey, talk, tmp_path) -> None:
    path = tmp_path / "own.cjm"
    run("new", path, "--goal", "g", "--journey", journey)
    run("add", path, talk)
    run("tag", path, "--quiet")
    with Project.open(path) as opened:
        codings, codes = opened.frame("codings"), opened.frame("codes").set_index("code_id")
    stages = codings.loc[codings["coder"] == "model:stages-1", "code_id"].map(codes["scheme"])
    assert set(stages) == {journey}


def test_a_second_demo_keeps_what_was_coded_in_the_first(tmp_path, capsys) -> None:
    out = tmp_path / "demo"
    assert run("demo", "--out", out, "--quiet") == 0
    with Project.open(out / "sample.cjm") as opened:
        source = opened.frame("sources")["source_id"].iloc[0]
        mine = opened.code(source, 0, 5, "feelings:joy", coder="me")
    assert run("demo", "--out", out, "--quiet") == 0
    with Project.open(out / "sample.cjm") as opened:
        assert mine in set(opened.frame("codings")["coding_id"])


def test_classify_gives_a_json_object_a_line(tmp_path, capsys) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("Мы в восторге, спасибо!\nЭто ужасно, я в ярости.\n\n", encoding="utf-8")
    assert run("classify", texts, "--task", "emotion", "--scheme", "cx11") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) == 3
    assert rows[0]["valence"] > 0.2 > -0.2 > rows[1]["valence"]
    assert run("classify", texts, "--task", "sentiment") == 0
    capsys.readouterr()
    texts.write_text("Неделю ждал ответа, и тишина\nPlease add a dark theme\n", encoding="utf-8")
    assert run("classify", texts, "--task", "pain") == 0
    pain, wish = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (pain["labels"], pain["type"]) == (["pain"], "barriers:slow_reply")
    assert pain["severity"] in (1, 2, 3)
    assert (wish["labels"], wish["type"]) == ([], None)
    assert run("classify", texts, "--task", "suggestion") == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["labels"] for row in rows] == [[], ["suggestion"]]
    assert all(set(row["scores"]) == {"suggestion"} and "valence" in row for row in rows)


def test_verify_lists_what_is_wrong(project, talk, capsys) -> None:
    run("add", project, talk)
    with Project.open(project) as opened, opened._database.write() as connection:
        connection.exec_driver_sql("update texts set text = replace(text, 'цен нет', 'цена есть')")
    capsys.readouterr()
    assert run("verify", project) == 1
    assert "was changed" in capsys.readouterr().out


BAD_FILES = {
    "empty.txt": b"",
    "binary.txt": bytes(range(256)) * 40,
    "false.docx": b"this is no zip archive",
    "ragged.csv": b"a,b\n1,2\n3,4,5\n",
    "prose.txt": "Просто длинный текст без всяких имён.\nИ ещё строка.".encode(),
    "empty.csv": b"",
    "false.xlsx": b"PK\x03\x04 not really",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_input_is_one_line_and_changes_nothing(name, project, talk, tmp_path, capsys) -> None:
    bad = tmp_path / name
    bad.write_bytes(BAD_FILES[name])
    before = project.read_bytes()
    capsys.readouterr()
    assert run("add", project, talk, bad) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert name in captured.err
    assert "Traceback" not in captured.err
    assert project.read_bytes() == before
    assert sorted(p.name for p in tmp_path.glob("study.cjm*")) == ["study.cjm"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "{project}", "nowhere.txt"], "nowhere.txt"),
        (["add", "{project}", "{talk}", "--role", "Пётр=other"], "they have Интервьюер, Ольга"),
        (["add", "{project}", "{talk}", "--role", "Ольга=guest"], "interviewer, participant"),
        (["add", "{project}", "{talk}", "--participant", "R01"], "LABEL=VALUE"),
        (["add", "{talk}", "{talk}"], "not a cjmresearch project"),
        (["new", "{project}", "--goal", "g"], "already exists"),
        (["new", "{folder}/new.cjm", "--goal", "g", "--journey", "b2b9"], "b2b8"),
        (["verify", "nowhere.cjm"], "no such project"),
        (["report", "{project}", "--out", "{folder}", "--format", "odt"], "html"),
        (["classify", "nowhere.txt", "--task", "emotion"], "nowhere.txt"),
        (["import", "{project}", "{talk}"], "no column"),
        (["classify", "{talk}"], "--task"),
    ],
)
def test_a_wrong_command_is_one_line(arguments, said, project, talk, tmp_path, capsys) -> None:
    capsys.readouterr()
    places = {"project": project, "talk": talk, "folder": tmp_path}
    try:
        code = run(*(a.format(**places) for a in arguments))
    except SystemExit as stopped:
        code = stopped.code
    assert code == 2
    captured = capsys.readouterr().err
    assert said in captured
    assert captured.count("\n") == 1


def test_a_closed_pipe_is_no_error(talk) -> None:
    command = [sys.executable, "-m", "cjmresearch.cli", "turns", str(talk)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_lab_never_overwrites_a_persons_notebook(tmp_path, monkeypatch) -> None:
    calls = []
    monkeypatch.setattr(cli.subprocess, "call", lambda command, env: calls.append(env) or 0)
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "00_quickstart.ipynb").write_text("mine")
    assert run("lab", "--folder", folder) == 0
    assert (folder / "00_quickstart.ipynb").read_text() == "mine"
    assert (folder / "01_read.ipynb").is_file()
    assert len(calls) == 1
    assert run("lab", tmp_path / "nowhere.cjm", "--folder", folder) == 2


@pytest.mark.slow
def test_demo_ends_in_a_report(tmp_path, capsys) -> None:
    assert run("demo", "--out", tmp_path / "demo", "--quiet", "--lang", "en") == 0
    assert "report" in capsys.readouterr().out
    assert run("verify", tmp_path / "demo" / "sample.cjm") == 0
    page = (tmp_path / "demo" / "report.html").read_text(encoding="utf-8")
    assert "SkladMaster" in page or "trust" in page


def test_a_question_map_is_printed_edited_and_used(project, tmp_path, capsys) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text("ID,Канал: 1 сайт или 2 зал\nA1,1\nA2,2\nA3,3\n", encoding="utf-8")
    assert run("questions", survey) == 0
    printed = capsys.readouterr().out
    assert "type: scale" in printed
    (tmp_path / "map.yaml").write_text(printed.replace("type: scale", "type: closed"), "utf-8")
    assert run("add", project, survey, "--questions", tmp_path / "map.yaml") == 0
    capsys.readouterr()
    with Project.open(project) as opened:
        assert opened.frame("questions")["type"].tolist() == ["id", "closed"]
    survey.write_text("ID,Новый вопрос\nB1,да\n", encoding="utf-8")
    assert run("questions", survey, "--map", tmp_path / "map.yaml") == 0
    assert "check: new, not in the question map" in capsys.readouterr().err


def test_consent_is_said_and_shown(project, talk, capsys) -> None:
    assert run("add", project, talk, "--participant", "Ольга=R01") == 0
    capsys.readouterr()
    assert run("consent", project) == 0
    assert capsys.readouterr().out == "R01          not asked\n"
    assert run("consent", project, "R01=нет") == 0
    assert capsys.readouterr().out == "R01          no\n"
    with Project.open(project) as opened:
        assert opened.frame("participants")["consent"].tolist() == [False]
    for wrong, told in (("R01=maybe", "write it as ID=yes or ID=no"), ("R9=no", "no participant")):
        assert run("consent", project, wrong) == 2
        assert told in capsys.readouterr().err
