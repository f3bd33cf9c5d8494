"""Real transcripts and surveys: counts were taken by grep and by eye, not by the reader."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cjmresearch import read, schema
from cjmresearch.read.transcripts import Transcript

CV = {
    "Interview_leader1.txt": {"Interviewer": 42, "Leader 1": 75},
    "Interview_leader2&3.txt": {"Interviewer": 37, "Leader 2": 36, "Leader 3": 27},
    "Interview_leader4.txt": {"Interviewer": 11, "Leader 4": 18},
    "Interview_leader5.txt": {"Interviewer": 41, "Leader 5": 42},
    "Interview_leader6.txt": {"Interviewer": 49, "Leader 6": 48},
}
ENSEMBLE = {
    "P1 Transcript.txt": {"P1": 33, "A1": 32, "A5": 4},
    "P2 Transcript.txt": {"P2": 22, "A1": 21, "A5": 3},
    "P3 Transcript.txt": {"P3": 37, "R1": 31},
    "P4 Transcript.txt": {"P4": 19, "A1": 18, "A5": 2},
    "P5 Transcript.txt": {"P5": 23, "A1": 23, "Unknown Speaker": 1},
}
LENNY = {  # named turns, turns with a time only, which go on with the speaker before
    "ada-chen-rekhi.md": ({"Lenny": 81, "Ada Chen Rekhi": 81}, 40),
    "adam-fishman.md": ({"Lenny": 71, "Adam Fishman": 102}, 0),
    "amjad-masad.md": ({"Lenny Rachitsky": 64, "Amjad Masad": 64}, 23),
    "anuj-rathi.md": ({"Lenny": 49, "Anuj Rathi": 49}, 42),
    "april-dunford.md": ({"Lenny": 84, "April Dunford": 86, "Speaker 1": 1}, 73),
}
MLSS = {  # turns of the interviewee, turns of all interviewers
    "10": (173, 66), "12": (95, 65), "14": (150, 81), "16": (135, 63), "19": (73, 31),
    "20": (112, 37), "23": (111, 61), "25": (142, 34), "27": (142, 39), "3": (70, 80),
    "31": (70, 55), "33": (84, 24), "35": (105, 47), "37": (94, 35), "4": (159, 66),
    "43": (106, 46), "6": (123, 100), "8": (140, 51),
}  # fmt: skip


def counts(result: Transcript) -> dict[str, int]:
    return result.turns["speaker"].value_counts().to_dict()


def roles(result: Transcript) -> dict[str, str]:
    return dict(zip(result.speakers["speaker"], result.speakers["role"], strict=True))


def assert_whole(result: Transcript, path: Path | None = None) -> None:
    """Every character stands in one span; for text files the text is the file."""
    spans = result.report.spans
    assert spans["start"].tolist() == [0, *spans["end"].tolist()[:-1]]
    assert spans["end"].iloc[-1] == len(result.text)
    turns = spans[spans["what"] == "turn"]
    assert turns["start"].tolist() == result.turns["start"].tolist()
    assert turns["end"].tolist() == result.turns["end"].tolist()
    for row in spans[spans["what"] == "blank"].itertuples():
        assert not result.text[row.start : row.end].strip()
    for name in ("turns", "speakers"):
        schema.check(getattr(result, name), name)
    schema.check(result.source, "sources")
    if path is not None:
        raw = path.read_bytes().decode("utf-8-sig")
        assert result.text == raw.replace("\r\n", "\n")


@pytest.mark.parametrize("name", CV)
def test_names_on_their_own_line(shared_data: Path, name: str) -> None:
    path = shared_data / "cv_reengineering_interviews" / name
    result = read.transcript(path)
    assert counts(result) == CV[name]
    assert {s for s, r in roles(result).items() if r == "interviewer"} == {"Interviewer"}
    assert set(roles(result).values()) == {"interviewer", "participant"}
    assert_whole(result, path)


def test_a_label_without_a_blank_after_the_colon(shared_data: Path) -> None:
    path = shared_data / "cv_reengineering_interviews" / "Interview_leader2&3.txt"
    result = read.transcript(path)
    turn = result.turns[result.turns["locator"] == "line 262"].iloc[0]
    assert turn["speaker"] == "Interviewer"
    assert result.text[turn["start"] : turn["end"]].startswith("ANONYMIZED_NAME\nOkay. So I think")


@pytest.mark.parametrize("name", ENSEMBLE)
def test_otter_headers(shared_data: Path, name: str) -> None:
    path = shared_data / "data_ensemble_interviews" / name
    result = read.transcript(path)
    assert counts(result) == ENSEMBLE[name]
    expected = {"P": "participant", "A": "interviewer", "R": "interviewer", "U": "other"}
    assert roles(result) == {s: expected[s[0]] for s in ENSEMBLE[name]}
    assert result.turns["begin_s"].notna().all()
    assert result.turns["begin_s"].is_monotonic_increasing
    assert_whole(result, path)


@pytest.mark.parametrize("name", LENNY)
def test_names_with_times_and_front_matter(shared_data: Path, name: str) -> None:
    path = shared_data / "lenny_sample" / name
    named, nameless = LENNY[name]
    result = read.transcript(path)
    labels = result.report.spans["what"] == "label"
    assert int(labels.sum()) == sum(named.values())
    assert len(result) == sum(named.values()) + nameless
    assert set(counts(result)) == set(named)
    for speaker, role in roles(result).items():
        host, stray = speaker.startswith("Lenny"), speaker.startswith("Speaker")
        assert role == ("interviewer" if host else "other" if stray else "participant")
    assert result.turns["begin_s"].notna().all()
    assert_whole(result, path)


def test_zoom_captions(shared_data: Path) -> None:
    result = read.transcript(shared_data / "zoom_vtt" / "meeting001_transcript.vtt")
    assert set(counts(result)) == {
        "Andrew Knight", "George Harrison", "John Lennon", "Paul McCartney", "Ringo Starr",
    }  # fmt: skip
    assert len(result) == 30, "runs of one speaker, by `grep | uniq -c | wc -l`"
    assert result.turns["locator"].iloc[-1].endswith("300")
    first = result.turns.iloc[0]
    assert (first["begin_s"], first["end_s"], first["locator"]) == (4.859, 21.24, "cue 1-4")
    assert "2 cues carry no name" in str(result.report)
    assert_whole(result)


@pytest.mark.parametrize("number", MLSS)
def test_numbered_interviewers(shared_data: Path, number: str) -> None:
    path = shared_data / "mlss_interviews" / "transcripts" / f"Interview {number}.txt"
    result = read.transcript(path)
    role = result.turns["speaker"].map(roles(result))
    answers, asks = MLSS[number]
    assert ((role == "participant").sum(), (role == "interviewer").sum()) == (answers, asks)
    assert_whole(result, path)


def test_russian_dashes_without_names(seeds: Path) -> None:
    """15 turns by grep; the page around the talk is no turn."""
    path = next(seeds.glob("004_*.txt"))
    result = read.transcript(path)
    assert len(result) == 15
    assert result.turns["speaker"].tolist() == ["—1", "—2"] * 7 + ["—1"]
    assert roles(result) == {"—1": "interviewer", "—2": "participant"}
    assert result.turns["locator"].str.removeprefix("line ").astype(int).tolist() == [
        47, 49, 51, 55, 197, 199, 219, 221, 223, 225, 227, 233, 235, 237, 241,
    ]  # fmt: skip
    spoken = [
        result.text[a:b] for a, b in zip(result.turns["start"], result.turns["end"], strict=True)
    ]
    assert spoken[0].startswith("Всем привет, друзья.")
    assert spoken[2].startswith("Вадим Дозорцев — ведущий эксперт")
    assert spoken[2].count("\n\n") == 1, "paragraphs stay in a turn"
    assert spoken[-1] == "Счастливо! До следующих встреч."
    assert "Транскрибация выпуска" not in "".join(spoken)
    assert_whole(result, path)


def test_one_correction_repairs_the_proposed_speakers(seeds: Path) -> None:
    """By sense turns 9 and 10 are both the guest's, so all that follow were turned round."""
    result = read.transcript(next(seeds.glob("004_*.txt")))
    fixed = result.with_speakers({10: "—2"}, onwards=True)
    guest = fixed.turns.index[fixed.turns["speaker"] == "—2"].tolist()
    assert guest == [1, 3, 5, 7, 9, 10, 12, 14]
    assert result.turns["speaker"].iloc[10] == "—1", "the first result is unchanged"
    assert fixed.report.speakers.set_index("speaker").at["—2", "n_turns"] == 8


def test_an_article_with_an_example_is_no_transcript(seeds: Path) -> None:
    for number in ("000", "001", "002", "003"):
        with pytest.raises(read.UnknownFormat, match="no speakers found"):
            read.transcript(next(seeds.glob(f"{number}_*.txt")))


def test_jupyter_survey(shared_data: Path) -> None:
    folder = shared_data / "jupyter_survey_2015_ux"
    survey = read.survey(folder / "20160115235816-SurveyExport.csv")
    assert (len(survey), len(survey.questions)) == (1706, 37)
    assert len(survey.answers) == 20847, "filled cells, by the csv module"
    types = survey.questions.set_index("text")["type"]
    assert types["How often do you use Jupyter Notebook?"] == "closed"
    assert types["Select all the words that best describe Jupyter Notebook."] == "multiple"
    assert types["Time Started"] == types["Date Submitted"] == "date"
    hinders = next(t for t in types.index if t.startswith("What, if anything, hinders"))
    assert types[hinders] == "open"
    assert (survey.turns["prompt"] == hinders).sum() == 764, "filled cells, by the csv module"


@pytest.mark.parametrize("name", ["survey456.csv", "survey789.xlsx"])
def test_small_surveys_of_a_course(shared_data: Path, name: str) -> None:
    survey = read.survey(shared_data / "qualcoder_examples" / name)
    digit = int(name[6])
    ids = [f"ID{digit + i}" for i in range(3)]
    assert survey.participants["participant_id"].tolist() == ids
    types = survey.questions.set_index("text")["type"].to_dict()
    assert (types["Case"], types["Age"], types["Gender"]) == ("id", "closed", "closed")
    open_ = [t for t, kind in types.items() if kind == "open"]
    assert open_ == (["freetext"] if digit == 4 else ["Qual_hobby_opinions", "Qual_pet_opinions"])
    assert len(survey.turns) == 3 * len(open_)


@pytest.mark.parametrize("year", ["2020", "2021"])
def test_one_survey_in_two_formats(shared_data: Path, year: str) -> None:
    folder = shared_data / "spack_survey"
    as_csv, as_xlsx = (read.survey(folder / f"spack-{year}.{e}") for e in ("csv", "xlsx"))
    assert len(as_csv) == len(as_xlsx) == {"2020": 170, "2021": 179}[year]
    assert len(as_csv.turns) == len(as_xlsx.turns)
    assert as_csv.text.split() == as_xlsx.text.split(), "the exports differ in blanks only"
    same = ["text", "type", "metric", "scale_min", "scale_max"]
    assert as_csv.questions[same].equals(as_xlsx.questions[same])


def assert_sound(survey: read.Survey) -> None:
    """Frames obey the contract, and turns partition the text."""
    for name in ("questions", "answers", "participants", "speakers", "turns"):
        schema.check(getattr(survey, name), name)
    spans = zip(survey.turns["start"], survey.turns["end"], strict=True)
    assert "\n".join(survey.text[a:b] for a, b in spans) == survey.text


def test_qualtrics(shared_data: Path) -> None:
    survey = read.survey(shared_data / "qualtrics_format" / "sample.csv")
    assert_sound(survey)
    assert survey.participants["participant_id"].tolist() == ["R_2YPOQ602ER1jkf1"]
    assert (len(survey.questions), survey.text) == (20, "Hello World!")
    assert survey.turns[["prompt", "locator"]].iloc[0].tolist() == [
        "This is a free text question.", "row 4 column S",
    ]  # fmt: skip
    assert int(survey.questions["pii"].sum()) == 6, "IP, name (2), e-mail, place (2)"
    assert "3 header rows" in survey.report.format
    legacy = read.survey(shared_data / "qualtrics_format" / "sample_legacy.csv")
    assert_sound(legacy)
    assert (len(legacy), len(legacy.questions)) == (1, 15)
    assert "2 header rows" in legacy.report.format


def test_survey_monkey_2018(shared_data: Path) -> None:
    """Counts by the csv module."""
    survey = read.survey(shared_data / "todo_ospo_survey" / "2018_results_surveymonkey.csv")
    assert_sound(survey)
    assert len(survey) == 748
    cells = survey.columns.cells
    assert cells["Start Date"].iloc[0] == "2018-07-09 12:50:13", "43290.53487"
    duties = next(c for c in cells if c.startswith("What are the primary responsibilities"))
    types = survey.questions.set_index("text")["type"]
    assert types[duties] == "multiple"
    assert cells[duties].notna().sum() == 156
    assert cells[duties].dropna().iloc[0].count("; ") == 1, "two were ticked"
    assert (survey.turns["prompt"] == f"{duties} - Other (please explain)").sum() == 14
    assert (types == "multiple").sum() == 12
    assert types["How is the program or initiative structured?"] == "closed"
    assert (
        types["How often does your company do the following activities? - Contribute code upstream"]
        == "closed"
    )
    critical = next(t for t in types.index if t.startswith("On a scale of 1-5, how business"))
    assert types[critical] == "scale"


def test_survey_monkey_2020(shared_data: Path) -> None:
    survey = read.survey(shared_data / "todo_ospo_survey" / "2020_results.csv")
    assert_sound(survey)
    assert len(survey) == 1026, "rows with an answer, by the csv module"
    assert "378 rows without any answer" in survey.report.dropped
    assert survey.questions["type"].value_counts()["multiple"] == 14
    journey = survey.questions["text"].iloc[3]
    assert journey.startswith("Where is your company or organization on its open source journey?")
    assert survey.columns.cells[journey].notna().sum() == 1026


def test_jupyter_survey_2020(shared_data: Path) -> None:
    folder = shared_data / "jupyter_survey_2020"
    survey = read.survey(folder / "all_responses.csv")
    assert_sound(survey)
    assert len(survey) == 1135
    languages = next(t for t in survey.questions["text"] if t.startswith("3. Python. / R."))
    ticked = survey.columns.cells[languages].dropna()
    assert len(ticked) == 1134
    assert ticked.str.split("; ").str.len().sum() == 1767, "filled cells, by the csv module"
    words = read.survey(folder / "text_fields.csv")
    assert len(words) == 1135
    assert len(words.turns) == 1463, "filled cells but the ids, by the csv module"
    both = read.match(survey, words.participants)
    assert len(both.both) == 1135


def test_spss(shared_data: Path) -> None:
    """Counts by pyreadstat's own frame."""
    survey = read.survey(shared_data / "spss_survey_sav" / "survey.sav")
    assert_sound(survey)
    assert (len(survey), len(survey.questions)) == (439, 135)
    cells = survey.columns.cells
    assert cells["sex"].value_counts().to_dict() == {"FEMALES": 254, "MALES": 185}
    assert cells["source of stress"].notna().sum() == 422
    assert cells["highest educ completed"].value_counts()["3 - COMPLETED HIGHSCHOOL"] == 85
    assert "'id' is named like an id, but can't be one: 0 blank, 1 repeated" in str(survey.report)
    assert not survey.questions["pii"].any()


def test_a_map_of_one_wave_reads_the_next(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "spack_survey"
    remembered = tmp_path / "map.yaml"
    remembered.write_text(read.question_map(read.survey(folder / "spack-2020.csv")), "utf-8")
    survey = read.survey(folder / "spack-2021.csv", questions=remembered)
    new, gone = [w for w in survey.report.warnings if "question map" in w]
    assert (new.startswith("new"), gone.startswith("in the question map")) == (True, True)
    columns = survey.questions["text"]
    assert sum(f"{name!r}" in new for name in columns) == 16, "names, by the csv module"


SAMPLE = {  # turns, by grep for the labels; the encoding or the format
    "en_01_operations_manager.vtt": (40, "WebVTT"),
    "en_02_procurement.txt": (40, "name and colon"),
    "en_03_chief_engineer.md": (40, "Markdown"),
    "en_04_finance.txt": (38, "byte-order mark"),
    "ru_01_glavny_inzhener.txt": (39, "name and colon"),
    "ru_02_snabzhenets.txt": (39, "name and colon"),
    "ru_03_direktor.md": (35, "front matter"),
    "ru_04_tehnolog.docx": (38, "Word"),
    "ru_05_finansist.txt": (38, "name and time"),
    "ru_06_nachalnik_sklada.srt": (38, "SubRip"),
    "ru_07_zakupki.txt": (38, "cp1251"),
    "ru_08_inzhener_servis.docx": (38, "name alone on its line"),
}


@pytest.mark.parametrize("name", SAMPLE)
def test_the_fictional_study(sample: Path, name: str) -> None:
    turns, word = SAMPLE[name]
    result = read.transcript(sample / name)
    assert len(result) == turns
    assert word in str(result.report)
    assert sorted(roles(result).values()) == ["interviewer", "participant"]
    asks = {s for s, r in roles(result).items() if r == "interviewer"}
    assert asks <= {"Интервьюер", "Interviewer"}
    assert result.turns["speaker"].iloc[0] in asks
    assert (result.turns["speaker"] != result.turns["speaker"].shift()).all(), "they take turns"
    assert not result.report.warnings
    assert_whole(result)


def test_the_fictional_survey(sample: Path) -> None:
    survey = read.survey(sample / "survey.csv")
    assert len(survey) == 120
    metrics = survey.questions["metric"].value_counts().to_dict()
    assert metrics == {"csat": 5, "nps": 1}
    assert survey.questions["type"].value_counts()["open"] == 3
    assert not survey.questions["pii"].any()


PDPILOT = {  # labels, by `pdftotext | grep -c`, another reader of PDF than ours
    "P1.pdf": (47, 47),
    "P2.pdf": (81, 84),
    "P3.pdf": (61, 61),
    "P4.pdf": (55, 56),
}


@pytest.mark.parametrize("name", PDPILOT)
def test_pdf_transcripts(shared_data: Path, name: str) -> None:
    result = read.transcript(shared_data / "pdpilot_userstudy" / name)
    dan, participant = PDPILOT[name]
    assert counts(result) == {"Dan": dan, "Participant": participant}
    assert roles(result) == {"Dan": "interviewer", "Participant": "participant"}
    assert not result.text.rstrip()[-1].isdigit(), "line numbers of the margin are no talk"
    assert_whole(result)


PRIMOCK = {  # runs of doctor and patient, by regular expression and sort over both files
    1: (45, 44), 2: (46, 45), 3: (55, 54), 4: (50, 50), 5: (43, 42), 6: (62, 62), 7: (61, 60),
    8: (51, 51), 9: (44, 44), 10: (55, 55), 11: (56, 56), 12: (45, 45), 13: (56, 55),
    14: (48, 49), 15: (55, 55),
}  # fmt: skip


@pytest.mark.parametrize("number", PRIMOCK)
def test_one_file_a_channel(shared_data: Path, number: int) -> None:
    stem = shared_data / "primock57" / f"day1_consultation{number:02d}"
    result = read.transcript([f"{stem}_doctor.TextGrid", f"{stem}_patient.TextGrid"])
    by_speaker = {speaker.casefold(): n for speaker, n in counts(result).items()}
    assert (by_speaker["doctor"], by_speaker["patient"]) == PRIMOCK[number]
    assert result.turns["begin_s"].is_monotonic_increasing
    assert result.source["title"].item() == stem.name
    assert {s.casefold(): r for s, r in roles(result).items()}["doctor"] == "interviewer"
    assert_whole(result)


TABLES = {  # file: dialogues, turns by speaker (by the csv module and groupby)
    "annomi/AnnoMI-simple.csv": (133, {"therapist": 4859, "client": 4802}),
    # 4 of the 1,259 labels `AI:` have no words
    "anthropic_interviewer/creatives_transcripts.csv": (
        125,
        {"User": 1259, "AI": 1255, "Assistant": 125},
    ),
    "oral_history_as_data/gluck.csv": (1, {"DB": 165, "LG": 164, "KRISTIN": 6}),
    "oral_history_as_data/armantrout.csv": (1, {"DB": 205, "RA": 204}),
}


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_dialogues(shared_data: Path, name: str) -> None:
    dialogues, expected = TABLES[name]
    results = read.transcripts(shared_data / name)
    assert len(results) == dialogues
    together: dict[str, int] = {}
    for result in results:
        for speaker, n in counts(result).items():
            together[speaker] = together.get(speaker, 0) + n
    assert together == expected
    for result in (results[0], results[-1]):
        assert_whole(result)
    asks = {s for r in results for s, role in roles(r).items() if role == "interviewer"}
    assert asks <= {"therapist", "AI", "Assistant", "DB"}


def test_dialogues_of_a_film(shared_data: Path) -> None:
    results = read.transcripts(shared_data / "meld" / "dev_sent_emo.csv")
    assert len(results) == 114
    assert sum(map(len, results)) == 897, "runs of one speaker, of 1,109 utterances"
    assert all(r.turns["begin_s"].notna().all() for r in results)


def test_russian_speech_with_at_names(shared_data: Path) -> None:
    result = read.transcript(shared_data / "ru_livecorpus_lykova" / "transcript.txt")
    assert counts(result) == {"es1988m": 16, "ab1990m": 23, "ia1989m": 36}, "by grep -o | uniq -c"
    assert result.report.noise["mark"].tolist().count("#смех#") == 3
    assert_whole(result, shared_data / "ru_livecorpus_lykova" / "transcript.txt")


CORPUS = {  # runs of one role, by regular expression and groupby, of 24 and 58 speeches
    "f2_zoyaevdaeva_overprotection.xhtml": {"Оксана": 7, "Интервьюер": 6},
    "i1_anastasiyamelnik_fizika.xhtml": {"Папа": 22, "Сын": 21},
}


@pytest.mark.parametrize("name", CORPUS)
def test_russian_speech_in_markup(shared_data: Path, name: str) -> None:
    result = read.transcript(shared_data / "ru_livecorpus_hse" / name)
    assert counts(result) == CORPUS[name]
    assert "</" not in result.text
    assert "gr=" not in result.text
    assert_whole(result)


def test_a_focus_group_of_a_course(shared_data: Path) -> None:
    folder = shared_data / "qualcoder_examples"
    result = read.transcript(folder / "transcript.txt")
    assert counts(result) == {"id1": 3, "id2": 2, "id3": 2}, "by grep -o"
    assert_whole(result, folder / "transcript.txt")
    with pytest.raises(read.UnknownFormat, match="no speakers found in 3 paragraphs"):
        read.transcript(folder / "ID1.docx")


CASES = ["cases123.csv", "cases123_replace_data.csv", "cases456.xlsx", "cases456_more_data.xlsx"]


@pytest.mark.parametrize("name", CASES)
def test_tables_of_cases(shared_data: Path, name: str) -> None:
    survey = read.survey(shared_data / "qualcoder_examples" / name)
    digit = int(name[5])
    ids = [f"ID{digit + i}" for i in range(3)]
    assert survey.participants["participant_id"].tolist() == ids
    assert survey.questions["type"].tolist()[:3] == ["id", "closed", "closed"]
    assert survey.turns.empty


def test_jupyter_survey_with_short_names(shared_data: Path) -> None:
    survey = read.survey(shared_data / "jupyter_survey_2015_ux" / "survey_short_columns.csv")
    assert (len(survey), len(survey.questions)) == (1706, 38)
    held = int(survey.columns.cells.notna().sum().sum())
    assert held == len(survey.answers)


def test_codes_beside_the_words_are_said_to_be_left_out(shared_data: Path) -> None:
    result = read.transcript(shared_data / "oral_history_as_data" / "gluck.csv")
    assert "columns that hold no talk: 'tags'" in result.report.dropped


@pytest.mark.parametrize("number", [1, 15])
def test_times_of_cues_stay_within_turns(shared_data: Path, number: int) -> None:
    """Every interval of the two files is a cue of some turn, at its own seconds."""
    stem = shared_data / "primock57" / f"day1_consultation{number:02d}"
    paths = [Path(f"{stem}_{who}.TextGrid") for who in ("doctor", "patient")]
    result = read.transcript(paths)
    interval = re.compile(r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "((?:[^"]|"")*)"')
    found = [m.groups() for path in paths for m in interval.finditer(path.read_text("utf-8"))]
    written = [
        (float(begin), float(end), " ".join(words.replace('""', '"').split()))
        for begin, end, words in found
        if words.strip()
    ]
    kept = [(c.begin_s, c.end_s, result.text[c.start : c.end]) for c in result.cues.itertuples()]
    assert sorted(kept) == sorted(written)
    assert len(kept) > len(result.turns), "some were merged"
