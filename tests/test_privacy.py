"""Nobody's name in the open: finding, linking, pseudonymising, the way back, and leaks."""

from __future__ import annotations

import json
import re
import sqlite3
import stat
import zipfile
from contextlib import closing
from types import SimpleNamespace

import marked
import numpy as np
import pandas as pd
import pytest
import studies
from hypothesis import given
from hypothesis import strategies as st
from test_store import reading

from cjmresearch import Project, aggregate, cli, export, privacy, report, schema, widgets, workflow
from cjmresearch.errors import CjmError
from cjmresearch.privacy.originals import Original, Originals
from cjmresearch.privacy.pseudonyms import inflected
from cjmresearch.privacy.spans import Mover, inverse, rewrite

TABLES = [name for name in schema.BASE_TABLES if name != "events"]
TALK = "\n".join(
    [
        "Аня: Расскажите, как всё началось?",
        "Павел Кузнецов: Позвонил Сергей Петрович Громов, сказал: насос встал. 😀",
        "Аня: А потом?",
        "Павел Кузнецов: Серёге я не поверил. Набрал Громову, тел. 8 (912) 345-67-89, молчит.",
        "Павел Кузнецов: Счёт от ООО «Ромашка» ушёл на pavel.k@example.ru, адрес ул. Мира, д. 5.",
        "Павел Кузнецов: С Петровичем мы теперь в ссоре. С. П. Громов, одно слово.",
    ]
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample study with two coders, pseudonymised: original, new, key, folder."""
    folder = tmp_path_factory.mktemp("privacy")
    with workflow.demo_project(folder / "old.cjm") as old:
        new = privacy.pseudonymise(old, folder / "new.cjm", key_path=folder / "key.json")
        with new:
            yield old, new, folder / "key.json", folder


@pytest.fixture
def talk(tmp_path):
    with Project.create(tmp_path / "talk.cjm", goal="Why does Громов leave?") as project:
        read = reading(TALK, "1", ("Павел Кузнецов",))
        project.add_all(
            [
                SimpleNamespace(
                    **vars(read)
                    | {
                        "source": read.source.assign(
                            title="беседа с Громовым", file="Громов Сергей.docx"
                        )
                    }
                )
            ]
        )
        yield project


def code(project, words, slug="feelings:irritation", nth=0):
    text = project.frame("texts")["text"].iloc[0]
    start = [m.start() for m in re.finditer(re.escape(words), text)][nth]
    source = project.frame("sources")["source_id"].iloc[0]
    return project.code(source, start, start + len(words), slug, coder="мария", memo="Громов зол")


def tables_in(path):
    with closing(sqlite3.connect(path)) as file:
        return {name for (name,) in file.execute("SELECT name FROM sqlite_master")}


# -- finding ----------------------------------------------------------------------------------


def test_the_fixture_is_large_and_split_for_good():
    opened, locked = marked.halves()
    assert sum(len(spans) for _, spans in opened + locked) >= 400
    assert min(len(opened), len(locked)) > 200
    assert opened[0][0] == marked.halves()[0][0][0]


@pytest.mark.parametrize("half", [0, 1], ids=["open", "locked"])
def test_recall_and_precision_on_the_fixture(half):
    recall, precision, wrong = marked.score(marked.halves()[half])
    assert recall >= 0.95, [w for w in wrong if w[0] == "missed"]
    assert precision >= 0.90, [w for w in wrong if w[0] == "extra"]


def test_a_mention_is_the_text_of_its_span():
    found = privacy.find({"a": TALK, "b": ""})
    assert set(found["source_id"]) == {"a"}
    assert [TALK[s:e] for s, e in zip(found["start"], found["end"], strict=True)] == list(
        found["text"]
    )
    assert found["kind"].isin(["person", "phone", "email", "address", "organisation"]).all()
    assert set(found["kind"]) == {"person", "phone", "email", "address", "organisation"}
    assert found["confidence"].between(0, 1).all()


def test_cases_short_forms_patronymics_and_initials_are_one_person():
    found = privacy.find([TALK]).set_index("text")["key"]
    key = found["Сергей Петрович Громов"]
    assert {found[t] for t in ("Серёге", "Громову", "Петровичем", "С. П. Громов")} == {key}
    assert (
        found["Павел Кузнецов"].nunique() == 1 if hasattr(found["Павел Кузнецов"], "nunique") else 1
    )
    assert key != found["Аня"].iloc[0]


@pytest.mark.parametrize(
    ("said", "firms"),
    [
        ("Работаем с «Альфа-Логистик». Альфа-Логистик подвела.", ["альфа-логистик"] * 2),
        ('Взяли подрядчика «Бета», потом ушли из "Бета-Строй".', ["бета", "бета-строй"]),
        ("Пошёл в компанию Дельта-Строй, а фирма Вектрон молчит.", ["дельта-строй", "вектрон"]),
        ("Наша компания. Москва далеко. Есть компании Санкт-Петербурга и компании Москвы.", []),
        ("Тариф «Максимум» не подошёл, раздел «Отзывы» пустой.", []),
    ],
)
def test_firms_without_a_legal_form(said, firms):
    found = privacy.find([said])
    assert list(found["key"]) == [f"organisation:{firm}" for firm in firms]


def test_two_people_of_one_surname_stay_two():
    found = privacy.find(["Пришёл Иван Белов, за ним Анна Белова. Белова ушла к Белову."])
    keys = dict(zip(found["text"], found["key"], strict=True))
    assert keys["Белова"] == keys["Анна Белова"] != keys["Иван Белов"] == keys["Белову"]


def test_a_lone_surname_is_its_only_bearer():
    found = privacy.find(
        {
            "a": "Мария Ковальчук всё решила.",
            "b": "Мне помогла Ковальчук.",
            "c": "Потом Дроздова тоже это бесило. Мы спорили с Дроздовым.",
            "d": "Потом Белова ушла. Мы спорили с Беловым.",
            "e": "Иван Крылов спорил. Анна Крылова молчала.",
            "f": "Мы слышали о Крыловых, а Крылова ушла.",
        }
    )
    keys = found.groupby("source_id")["key"].agg(list)
    assert keys["b"] == keys["a"] == ["person:ковальчук мария - f"]
    assert keys["c"] == ["person:дроздов - - m"] * 2
    assert keys["d"] == ["person:белов - - f", "person:белов - - m"]
    assert keys["f"][-1] == "person:крылов - - f"


def test_a_lone_surname_gets_the_pseudonym_in_its_case(tmp_path):
    lines = ["И: Кто?", "Р: Мария Ковальчук решила. Мне помогла Ковальчук. Видел Ковальчук."]
    lines += ["Р: Потом Дроздова тоже это бесило. Спорили с Дроздовым."]
    with Project.create(tmp_path / "t.cjm", goal="why") as project:
        project.add(reading("\n".join(lines), "1", ()))
        new = privacy.preview(project).query("table == 'texts'")["replacement"].tolist()
    woman, man = new[0], "Аркадий"
    assert new[1:3] == [woman, inflected(woman, "accs")]
    assert new[3:] == [inflected(man, "accs"), inflected(man, "ablt")]


def test_english_short_names_link_to_the_full_name():
    found = privacy.find(["We met Robert Fielding. Then Bob left, and Mr Fielding rang."])
    assert found["key"].nunique() == 1
    assert list(found["text"]) == ["Robert Fielding", "Bob", "Fielding"]


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("I spoke to Siobhan twice.", ["Siobhan"]),
        ("Then I emailed Deepak about it.", ["Deepak"]),
        ("We called Xiaoming at noon.", ["Xiaoming"]),
        ("It was Priyanka from support who fixed it.", ["Priyanka"]),
        ("Our rep, Kowalski, never came.", ["Kowalski"]),
        ("Oyelaran promised a discount.", ["Oyelaran"]),
        ("A man called Lowther came.", ["Lowther"]),
        ("The tool is called Zentra.", []),
        ("They moved from a system called Norvex to paper.", []),
        ("I talked to Google about it. Everybody said no. Anything from a shop will do.", []),
        ("Before that I was at Company X. Um, and then Company Y. Yeah, it was fine.", []),
        ("We were at Plant B. Lawyers came later.", []),
        ("Plan B. Then we waited. And the reason I. Agreed, it was odd.", []),
        ("Ah. Dr. What? No.", []),
        ("I met R. Fielding there.", ["R. Fielding"]),
    ],
)
def test_an_english_name_that_stands_once_is_told_by_what_happens(said, names):
    found = privacy.find([f"Interviewer: Who?\nClient: {said}\nInterviewer: Thanks."])
    assert list(found["text"]) == names


def test_a_word_is_no_name_elsewhere_for_being_one_somewhere(tmp_path):
    lines = ["I: Who came?", "P: Ms Company came. Yes.", "I: Which company?", "P: The company."]
    with Project.create(tmp_path / "t.cjm", goal="why") as project:
        project.add(reading("\n".join(lines), "1", ()))
        preview = privacy.preview(project)
    assert set(preview.loc[preview["kind"].eq("person"), "text"]) == {"Company"}


def test_a_speaker_who_is_called_mother_keeps_the_label(tmp_path):
    with Project.create(tmp_path / "t.cjm", goal="why") as project:
        project.add(reading("Папа: Ты где?\nСын: Дома.", "1", ("Сын",)))
        assert privacy.preview(project).query("kind == 'label'").empty


def test_one_text_instead_of_several_is_refused():
    with pytest.raises(CjmError, match="several texts"):
        privacy.find("Саша")


@given(st.text(alphabet="АаИи.Б -\n«»\"'OО'8+()@./№#Mrд,яё\u00a0", max_size=60))
def test_any_text_is_searched_without_fail_and_without_overlaps(text):
    found = privacy.find([text])
    assert (found["start"].iloc[1:].to_numpy() >= found["end"].iloc[:-1].to_numpy()).all()
    assert [text[s:e] for s, e in zip(found["start"], found["end"], strict=True)] == list(
        found["text"]
    )


@pytest.mark.parametrize(
    ("case", "man", "woman"),
    [
        ("gent", "Аркадия", "Варвары"),
        ("datv", "Аркадию", "Варваре"),
        ("accs", "Аркадия", "Варвару"),
        ("ablt", "Аркадием", "Варварой"),
        ("loct", "Аркадии", "Варваре"),
    ],
)
def test_a_pseudonym_takes_every_case(case, man, woman):
    assert inflected("Аркадий", case) == man
    assert inflected("Варвара", case) == woman
    assert inflected("Варвара-2", case) == woman + "-2"


# -- spans ------------------------------------------------------------------------------------


@st.composite
def rewritten(draw):
    text = draw(st.text(alphabet="аб😀 ", min_size=1, max_size=40))
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=8)))
    edits = [
        (a, b, draw(st.text(alphabet="xyz", min_size=1, max_size=5)))
        for a, b in zip(cuts[::2], cuts[1::2], strict=False)
    ]
    return text, edits


@given(rewritten())
def test_edits_come_back_and_spans_outside_names_too(case):
    text, edits = case
    new, back = rewrite(text, edits), inverse(text, edits)
    assert rewrite(new, back) == text
    inside = {i for a, b, _ in edits for i in range(a + 1, b)}
    forth, home = Mover(edits), Mover(back)
    for start in range(len(text) + 1):
        for end in range(start + 1, len(text) + 1):
            moved = forth.move(start, end)
            assert 0 <= moved[0] < moved[1] <= len(new)
            if not {start, end} & inside:
                assert home.move(*moved) == (start, end)
                untouched = not any(a < end and start < b for a, b, _ in edits)
                assert not untouched or new[slice(*moved)] == text[start:end]


# -- projects ---------------------------------------------------------------------------------


def test_a_person_keeps_one_pseudonym_in_the_right_case(talk, tmp_path):
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json") as new:
        text = new.frame("texts")["text"].iloc[0]
    (name,) = re.findall(r"Позвонил (\w+), сказал", text)
    assert (
        f"{inflected(name, 'datv')} я не поверил. Набрал {inflected(name, 'datv')}, тел. [" in text
    )
    assert f"С {inflected(name, 'ablt')} мы теперь в ссоре. {name}, одно слово." in text
    assert "Счёт от ООО «Организация 1» ушёл на [почта 1], адрес [адрес 1]." in text


def test_the_new_project_is_sound_and_holds_no_original(talk, tmp_path):
    code(talk, "Громов, одно")
    code(talk, "Петровичем мы")
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json") as new:
        assert new.verify() == []
        everything = "\n".join(new.frame(t).to_csv() for t in schema.BASE_TABLES)
        assert list(new.frame("events")["kind"]) == ["create", "pseudonymise"]
        codings = new.frame("codings")
        text = new.frame("texts")["text"].iloc[0]
    for original in ("Громов", "Кузнецов", "Петрович", "Серёг", "Ромашк", "345-67", "pavel", "Аня"):
        assert original not in everything
        assert original.encode() not in (tmp_path / "n.cjm").read_bytes()
    assert [text[s:e] for s, e in zip(codings["start"], codings["end"], strict=True)] == list(
        codings["quote"]
    )
    assert codings["quote"].str.contains("одно|мы").all()


def test_restoring_is_exact_also_for_codings_cut_through_a_name(talk, tmp_path):
    for words, nth in (("ромов, од", 0), ("рович Гро", 0), ("насос встал. 😀", 0), ("8 (912", 0)):
        code(talk, words, nth=nth)
    before = {name: talk.frame(name) for name in TABLES}
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json") as new:
        later = code(new, "молчит", "b2b8:purchase")
        back = privacy.restore(new, tmp_path / "k.json")
    with back:
        assert back.path.name == "n-restored.cjm"
        assert back.verify() == []
        for name in TABLES:
            frame = back.frame(name)
            if name == "codings":
                assert frame.loc[frame["coding_id"].eq(later), "quote"].tolist() == ["молчит"]
                frame = frame[frame["coding_id"].ne(later)]
            pd.testing.assert_frame_equal(frame, before[name])


def test_the_sample_study_comes_back_byte_for_byte(sample, tmp_path):
    old, new, key, _ = sample
    assert new.verify() == []
    with privacy.restore(new, key, tmp_path / "back.cjm") as back:
        assert back.verify() == []
        for name in TABLES:
            pd.testing.assert_frame_equal(back.frame(name), old.frame(name))


def test_a_coder_called_like_somebody_gets_a_number(talk, tmp_path):
    code(talk, "молчит")
    text = talk.frame("texts")["text"].iloc[0]
    talk.code("source-1", 0, 3, "feelings:irritation", coder="аня")
    assert text.startswith("Аня")
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json") as new:
        assert list(new.frame("codings")["coder"]) == ["мария", "coder-1"]


def test_undo_works_in_a_pseudonymised_project(talk, tmp_path):
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json") as new:
        code(new, "молчит")
        assert new.undo("мария") == "code"
        assert new.frame("codings").empty
        assert new.verify() == []


def test_the_preview_is_what_happens_and_a_person_may_change_it(talk, tmp_path):
    preview = privacy.preview(talk)
    row = preview["text"].eq("Сергей Петрович Громов") & preview["table"].eq("texts")
    assert row.sum() == 1
    preview.loc[row, "replacement"] = "Директор"
    preview = preview[preview["kind"].ne("phone")]
    paths = {"key_path": tmp_path / "k.json", "replacements": preview}
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", **paths) as new:
        text = new.frame("texts")["text"].iloc[0]
    assert "Позвонил Директор, сказал" in text
    assert "345-67-89" in text


def test_bad_replacements_are_refused_and_nothing_is_written(talk, tmp_path):
    preview = privacy.preview(talk)
    wrong = {
        "nothing stands": preview.assign(replacement=""),
        "not as the preview saw it": preview.assign(text="другое"),
        "no column": preview.drop(columns="kind"),
        "overlaps": pd.concat([preview, preview]),
    }
    for message, frame in wrong.items():
        with pytest.raises(CjmError, match=message):
            privacy.pseudonymise(
                talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json", replacements=frame
            )
    assert not (tmp_path / "n.cjm").exists()
    assert not (tmp_path / "k.json").exists()


def test_existing_files_are_never_overwritten(talk, tmp_path):
    (tmp_path / "k.json").write_text("mine")
    with pytest.raises(CjmError, match="already exists"):
        privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json")
    with pytest.raises(CjmError, match="already exists"):
        privacy.pseudonymise(talk, talk.path, key_path=tmp_path / "new.json")
    with pytest.raises(CjmError, match="not a key"):
        privacy.restore(talk, tmp_path / "k.json")
    assert (tmp_path / "k.json").read_text() == "mine"


def test_only_the_owner_may_read_the_key(talk, tmp_path):
    privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json").close()
    assert stat.S_IMODE((tmp_path / "k.json").stat().st_mode) == 0o600


def test_a_key_of_another_project_is_refused(talk, sample, tmp_path):
    _, _, key, _ = sample
    with pytest.raises(CjmError, match="not those of the key"):
        privacy.restore(talk, key, tmp_path / "back.cjm")


def test_answers_traits_and_ids_hold_nobody(talk, tmp_path):
    person = {
        "participant_id": "ivan@example.org",
        "pseudonym": "Иван Тарасов",
        "org_id": "Ромашка",
        "traits": {"name": "Хрусь", "notes": ["знает Громова"], "years": 4},
    }
    asked = {"survey_id": "source-2", "type": "open"}
    said = {"participant_id": "ivan@example.org"}
    survey = reading("Иван: Громов прав", "2", ())
    survey.participants = schema.frame("participants", [person])
    survey.speakers = survey.speakers.assign(role="participant", participant_id="ivan@example.org")
    survey.questions = schema.frame(
        "questions",
        [
            asked | {"question_id": "q1", "text": "Как вас зовут?", "pii": True},
            asked | {"question_id": "q2", "text": "Нравится ли вам Громов?", "pii": False},
        ],
    )
    survey.answers = schema.frame(
        "answers",
        [
            said | {"question_id": "q1", "text": "Хрустальная Бух"},
            said | {"question_id": "q2", "text": "Громов нравится"},
        ],
    )
    talk.add(survey)
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json") as new:
        people = new.frame("participants")
        assert new.verify() == []
        answers = new.frame("answers")
        with privacy.restore(new, tmp_path / "k.json") as back:
            for name in TABLES:
                pd.testing.assert_frame_equal(back.frame(name), talk.frame(name))
    everything = people.to_csv() + answers.to_csv()
    for original in ("Хрустальная", "Бух", "ivan@", "Тарасов", "Ромашка", "Хрусь", "Громов"):
        assert original not in everything
    assert json.loads(people["traits"].iloc[1])["years"] == 4


def test_codings_that_wait_after_an_edit_are_not_lost_in_silence(talk, tmp_path):
    lost = code(talk, "молчит")
    turns = talk.frame("turns")
    text = talk.frame("texts")["text"].iloc[0]
    turn = next(t for t in turns.itertuples() if "молчит" in text[t.start : t.end])
    paths = {"key_path": tmp_path / "k.json"}
    assert talk.edit_turn(turn.turn_id, "Не помню.", coder="мария") == [lost]
    with pytest.raises(CjmError, match="1 codings wait"):
        privacy.pseudonymise(talk, tmp_path / "n.cjm", **paths)
    assert not (tmp_path / "k.json").exists()
    talk.dismiss(lost, coder="мария")
    privacy.pseudonymise(talk, tmp_path / "n.cjm", **paths).close()


def test_a_forgotten_person_waits_nowhere(talk):
    code(talk, "молчит")
    text = talk.frame("texts")["text"].iloc[0]
    spoken = talk.frame("turns").itertuples()
    turn = next(t for t in spoken if "молчит" in text[t.start : t.end])
    assert talk.edit_turn(turn.turn_id, "Не помню.", coder="мария")
    speakers = talk.frame("speakers").dropna(subset="participant_id")
    talk.forget(speakers["participant_id"].iloc[0])
    assert talk.waiting().empty
    talk.close()
    assert "молчит".encode() not in talk.path.read_bytes()


def test_who_finished_a_sample_is_the_coder_of_its_codings(talk, tmp_path):
    code(talk, "молчит")
    talk.code("source-1", 0, 3, "feelings:irritation", coder="Громов")
    drawn = {"source_id": "source-1", "start": 0, "end": 3, "probability": 0.5}
    design = {"kind": "random", "batch": "b", "stratum": "Громов", "drawn": 1, "of": 2}
    sample = drawn | {"sample_id": "s1", "design": json.dumps(design, ensure_ascii=False)}
    talk.add_samples(schema.frame("samples", [sample]))
    talk.finish_samples(["s1"], coder="Громов", schemes=["feelings"])
    before = talk.frame("samples")
    toy = SimpleNamespace(name="toy", size=2, encode=lambda texts: np.ones((len(texts), 2)))
    talk.embeddings(["Громов молчит"], toy)
    assert "embedding_cache" in tables_in(talk.path)
    with privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json") as new:
        samples = [json.loads(d) for d in new.frame("samples")["design"]]
        coders = set(new.frame("codings")["coder"])
        assert "embedding_cache" not in tables_in(new.path)
        assert "Громов" not in new.question_map().to_csv()
        with privacy.restore(new, tmp_path / "k.json") as back:
            pd.testing.assert_frame_equal(back.frame("samples"), before)
    (finished,) = [d["coder"] for d in samples if d["kind"] == "finished"]
    assert coders == {"мария", finished}
    assert "Громов" not in json.dumps(samples, ensure_ascii=False)


# -- leaks ------------------------------------------------------------------------------------


def test_scan_finds_a_name_wherever_it_hides(talk, tmp_path):
    privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json").close()
    escaped = "".join(f"\\u{ord(c):04x}" for c in "Громовым")
    entities = "".join(f"&#{ord(c)};" for c in "Громове")
    (tmp_path / "a.html").write_text(f"<p>тихо</p><script>'{escaped}'</script>", encoding="utf-8")
    (tmp_path / "b.html").write_text(f"<p>{entities}</p>", encoding="utf-8")
    (tmp_path / "c.html").write_text("<p>Гро<b>мову</b></p>", encoding="utf-8")
    (tmp_path / "d.csv").write_text("a;b\n1;+7 912 345 67 89\n", encoding="utf-8")
    (tmp_path / "e.csv").write_bytes("a;Кузнецова\n".encode("utf-16"))
    pd.DataFrame({"x": ["PAVEL.K@example.ru"]}).to_excel(tmp_path / "f.xlsx")
    outputs = [{"output_type": "stream", "text": ["к ", "Громову"]}]
    cell = {"cell_type": "code", "source": [], "outputs": outputs}
    (tmp_path / "g.ipynb").write_text(json.dumps({"cells": [cell], "metadata": {}}))
    with zipfile.ZipFile(tmp_path / "h.docx", "w") as archive:
        archive.writestr("word/document.xml", "<w:t>Ро</w:t><w:t>машка</w:t> ООО «Ромашка»")
    (tmp_path / "Громов.txt").write_text("")
    clean = tmp_path / "clean.html"
    clean.write_text("<p>Насос встал, никто не звонил.</p>", encoding="utf-8")
    files = [
        p for p in tmp_path.iterdir() if not p.name.endswith((".json", ".cjm", "-shm", "-wal"))
    ]
    found = privacy.scan(files, tmp_path / "k.json")
    assert set(found["path"]) == {str(p) for p in files if p != clean}
    assert list(found.loc[~found["certain"], "text"]) == []
    assert set(privacy.scan(talk.path, tmp_path / "k.json")["kind"]) >= {"person", "phone", "email"}


def test_letters_that_spell_a_picture_are_no_leak(talk, tmp_path):
    privacy.pseudonymise(talk, tmp_path / "n.cjm", key_path=tmp_path / "k.json").close()
    pixels = "iVBOR+pavel.k@example.ru/"
    key = privacy.Key.load(tmp_path / "k.json")
    key.names.append({"key": "p9", "kind": "person", "text": "Ali Roe", "replacement": "Kit"})
    for data, leaks in (("image/png", 0), ("text/html", 1), ("image/svg+xml", 1)):
        outputs = [{"output_type": "display_data", "data": {data: f"{pixels} x+Ali/y"}}]
        cell = {"cell_type": "code", "source": [], "outputs": outputs}
        path = tmp_path / "a.ipynb"
        path.write_text(json.dumps({"cells": [cell], "metadata": {}}))
        assert (privacy.scan(path, key)["text"] == "Ali").sum() == leaks, data
    page = tmp_path / "a.html"
    page.write_text('<img src="data:image/png;base64,AAA+Ali/BBB=" alt="none">')
    assert privacy.scan(page, key).empty
    page.write_text('<img src="data:image/png;base64,AAA+BBB=" alt="Ali">')
    assert list(privacy.scan(page, key)["text"]) == ["Ali"]


def test_what_a_pseudonymised_study_gives_out_holds_no_original(sample, tmp_path):
    old, new, key, _ = sample
    study = new.study()
    out = [
        *report.write(study, tmp_path, language="ru", include="suggested"),
        export.write(study, tmp_path / "codings.csv"),
        export.write(study, tmp_path / "tables.xlsx"),
        new.path,
    ]
    found = privacy.scan(out, key)
    assert list(found.loc[found["certain"], "text"]) == []
    assert len(privacy.scan(export.write(old.study(), tmp_path / "old.csv"), key)) > 5


def test_words_that_may_be_names_are_not_certain():
    people = ("Вера", "Волков", "Mark Evans")
    finder = Originals(Original(name, "person", name) for name in people)
    text = "Вера в людей. Верой! вера волков Волкову mark. Mark Evans"
    hits = {h.text: h.certain for h in finder.hits(text)}
    sure = {"Волкову": True, "Mark Evans": True}
    assert hits == {"Вера": False, "Верой": False} | sure


# -- consent ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["codings.csv", "tables.xlsx"])
def test_without_consent_no_quote_leaves_in_an_export(tmp_path, name):
    talks = {"T": [("I", "Зачем?"), ("B", "Тайные слова мои"), ("A", "Открытые слова")]}
    codings = [
        {"source": "T", "code": "feelings:anger", "quote": "Тайные слова"},
        {"source": "T", "code": "feelings:joy", "quote": "Открытые слова"},
    ]
    study = studies.study(talks, codings, people={"B": {"consent": False}, "A": {"consent": True}})
    path = export.write(study, tmp_path / name)
    if path.suffix == ".xlsx":
        text = "\n".join(pd.read_excel(path, sheet_name="codings").astype(str).sum(axis=1))
    else:
        text = path.read_text(encoding="utf-8-sig")
    assert "Тайные" not in text
    assert "Открытые слова" in text
    assert export.WITHHELD in text


def hushed(consent):
    """A study in which B's words stand in a person's memo, in a machine's and in a prompt."""
    talks = {
        "T": [
            ("I", "Зачем? Тайнопись?"),
            ("B", "Тайна моя такая: насос встал и молчит"),
            ("I", "А вы?"),
            ("A", "Открытые слова"),
        ]
    }
    theirs = {"source": "T", "quote": "Тайна моя такая"}
    ours = {"source": "T", "quote": "Открытые слова"}
    machine = {"coder": "model:tagger-1", "status": "suggested"}
    codings = [
        theirs | {"code": "trip:buy", "memo": "говорит о тайниках"},
        theirs | {"code": "feelings:anger"} | machine | {"memo": "words: тайна, молчит"},
        theirs | {"code": "pains:slow"},
        ours | {"code": "trip:buy", "memo": "видно сразу"},
        ours | {"code": "feelings:joy"} | machine | {"memo": "words: слова"},
    ]
    study = studies.study(
        talks, codings, people={"B": {"consent": consent}, "A": {"consent": True}}
    )
    study.turns["prompt"] = study.turns["prompt"].astype("str")
    study.turns.loc[study.turns["speaker"].eq("B"), "prompt"] = "Тайнопись?"
    return study


def handed_out(study, folder):
    """Everything that leaves a study or shows it: name -> words."""
    words = {
        path.name: path.read_text(encoding="utf-8-sig")
        for path in (
            export.write(study, folder / "codings.csv", include="suggested"),
            *report.write(study, folder, language="ru", include="suggested"),
        )
    }
    book = export.write(study, folder / "tables.xlsx", include="suggested")
    sheets = pd.read_excel(book, sheet_name=None)
    words["tables.xlsx"] = "\n".join(sheet.to_csv() for sheet in sheets.values())
    explorer = widgets.JourneyExplorer(study, language="ru", include="suggested")
    explorer.pick(("curve", "trip:buy"))
    words["explorer"] = repr(explorer.get_state()["page"])
    words["quotes"] = explorer.quotes.to_csv()
    words["evidence"] = aggregate.evidence(study, study.codings["coding_id"]).to_csv()
    return words


def test_without_consent_no_memo_and_no_prompt_leaves_anywhere(tmp_path):
    (tmp_path / "no").mkdir()
    (tmp_path / "yes").mkdir()
    for name, words in handed_out(hushed(False), tmp_path / "no").items():
        assert "тайн" not in words.casefold(), name
        assert "Открытые слова" in words, name
        assert "memo" not in words or "words: слова" in words, name
    control = handed_out(hushed(True), tmp_path / "yes")
    assert [name for name, words in control.items() if "Тайна моя" not in words] == []
    for name in ("codings.csv", "tables.xlsx"):
        assert "говорит о тайниках" in control[name], name
        assert "words: тайна, молчит" in control[name], name
    assert "Тайнопись?" in control["evidence"]


# -- the command line ---------------------------------------------------------------------------


def test_the_commands(talk, tmp_path, capsys):
    new, key, back = (str(tmp_path / n) for n in ("n.cjm", "k.json", "b.cjm"))
    old = str(talk.path)
    assert cli.main(["pseudonymise", old, new, "--key", key, "--preview"]) == 0
    assert "'Сергей Петрович Громов' -> '" in capsys.readouterr().out
    assert not (tmp_path / "n.cjm").exists()
    assert cli.main(["pseudonymise", old, new, "--key", key]) == 0
    assert cli.main(["verify", new]) == 0
    assert cli.main(["scan", key, new]) == 0
    said = capsys.readouterr().out
    count = len(privacy.Key.load(key).names)
    assert f"none of the {count} originals of the key was found; names the key doesn't" in said
    assert "look like names" not in said
    page = tmp_path / "page.html"
    pseudonym = privacy.Key.load(key).names[0]["replacement"]
    words = f"Позвонил {pseudonym}. Ответил Борис Штейнберг. Насос встал."
    page.write_text(f"<p>{words}</p>", encoding="utf-8")
    assert cli.main(["scan", key, str(page)]) == 0
    said = capsys.readouterr().out
    assert "line 1  'Борис Штейнберг'" in said
    assert "1 words look like names" in said
    assert cli.main(["scan", key, old]) == 1
    assert "Громов" in capsys.readouterr().out
    assert cli.main(["restore", new, back, "--key", key]) == 0
    with Project.open(back) as project:
        assert project.frame("texts")["text"].iloc[0] == TALK
    assert cli.main(["restore", new, back, "--key", key]) == 2
    assert "already exists" in capsys.readouterr().err


def test_a_list_comes_back_corrected(talk, tmp_path, capsys):
    new, key, path = (str(tmp_path / n) for n in ("n.cjm", "k.json", "list.csv"))
    assert cli.main(["pseudonymise", str(talk.path), new, "--preview", path]) == 0
    assert not (tmp_path / "n.cjm").exists()
    listed = pd.read_csv(path, dtype="str", keep_default_na=False)
    whole = listed[listed["text"].eq("Сергей Петрович Громов")].iloc[0]
    assert whole["place"] == "turn 2 line 2"
    assert stat.S_IMODE((tmp_path / "list.csv").stat().st_mode) == 0o600
    assert whole["source"] == "беседа с Громовым"
    assert whole["certainty"] == "certain"
    assert "узнецов: Позвонил [Сергей Петрович Громов], сказал: насос" in whole["context"]
    listed.loc[whole.name, "replacement"] = "Директор"
    listed.loc[listed["kind"].eq("phone"), "replace"] = "нет"
    listed = listed[listed["kind"].ne("email")]
    listed.loc[len(listed) + 99] = {"text": "насос", "replacement": "прибор"}
    listed.to_csv(path, index=False, sep=";", encoding="utf-8-sig")
    more = ["--key", key, "--list", path]
    assert cli.main(["pseudonymise", str(talk.path), new, *more]) == 0
    with Project.open(new) as project:
        text = project.frame("texts")["text"].iloc[0]
    assert "Позвонил Директор, сказал: прибор встал" in text
    assert "345-67-89" in text
    assert "pavel.k" not in text
    capsys.readouterr()
    for column, value, message in (
        ("replace", "maybe", "line 2: replace is 'maybe'"),
        ("replacement", "", "line 2: nothing in replacement"),
        ("start", "7777", "line 2: not a place"),
    ):
        wrong = listed.assign(**{column: [value, *listed[column].iloc[1:]]})
        wrong.to_csv(path, index=False)
        assert cli.main(["pseudonymise", str(talk.path), new + "2", "--key", key, *more[2:]]) == 2
        assert message in capsys.readouterr().err
    assert cli.main(["pseudonymise", str(talk.path), new + "2"]) == 2
    assert cli.main(["pseudonymise", str(talk.path), new, "--preview", path]) == 2
    assert "never written over" in capsys.readouterr().err


def test_hostile_texts_do_not_stall_the_search():
    pieces = ("1", "Ааа ", "И. ", "a.", "ООО «а ", "12 Big Long Street ", "+7 9 ", "№1/", "a-")
    texts = [piece * (40_000 // len(piece)) for piece in pieces]
    found = privacy.find(texts)
    assert set(found["source_id"]) <= {str(n) for n in range(len(texts))}
