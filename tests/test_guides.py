"""Question banks: their counts, the way to a survey and back, and who was asked what."""

from __future__ import annotations

import csv
import dataclasses

import numpy as np
import pandas as pd
import pytest
from studies import study

from cjmresearch import aggregate, guides, journey, read, schema
from cjmresearch.errors import CjmError

INTERVIEW = guides.load("interview8")


def test_banks_hold_the_questions_of_the_method():
    assert guides.available() == ["brief13", "empathy30", "interview8", "survey9"]
    blocks = {name: list(guides.load(name).blocks["n_questions"]) for name in guides.available()}
    assert blocks == {
        "brief13": [5, 8],
        "empathy30": [3, 4, 5, 4, 5, 5, 4],
        "interview8": [5, 3],
        "survey9": [9],
    }
    scales = guides.load("survey9").questions.query("type == 'scale'")
    assert scales[["scale_min", "scale_max"]].to_numpy().tolist() == [[1, 10], [1, 10]]
    assert list(INTERVIEW.questions["moment"]) == [False] * 5 + [True] * 3
    assert guides.load("empathy30").blocks["sources_ru"].map(len).min() >= 2


def test_banks_are_bilingual_and_unlike():
    for name in guides.available():
        asked = guides.load(name).questions
        for column in ("text_ru", "text_en"):
            assert asked[column].is_unique
        assert asked["text_ru"].str.contains("[а-я]").all()
        assert not asked["text_en"].str.contains("[а-яё]").any()
        ends = asked["text_ru"].str[-1] + asked["text_en"].str[-1]
        assert ends.isin(["??", ".."]).all()


def test_russian_wording_is_the_sources(seeds):
    words = " ".join(p.read_text(encoding="utf-8") for p in sorted(seeds.glob("*.txt")))
    words = " ".join(words.replace("ё", "е").split()).casefold()

    def there(name: str) -> list[bool]:
        texts = guides.load(name).questions["text_ru"].str.replace("ё", "е").str.casefold()
        return [t.rstrip("?") in words for t in texts]

    assert np.mean(there("empathy30")) > 0.9
    assert sum(there("survey9")) >= 5
    assert sum(there("interview8")) >= 5


def answers_csv(path, language: str, *, numbered: bool):
    """What a survey tool would export of the guide: four people."""
    asked = guides.load("survey9").questions
    header = [
        f"{n}. {text.upper() if numbered else text}" if numbered else text
        for n, text in enumerate(asked[f"text_{language}"], start=1)
    ]
    people = range(4)
    rows = [
        [
            str(7 + p % 3) if kind == "scale" else f"Some words {p}{c}"
            for c, kind in enumerate(asked["type"])
        ]
        for p in people
    ]
    rows[0][7] = ""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["id", *header], *([f"r{p}", *rows[p]] for p in people)])
    return path


@pytest.mark.parametrize(("language", "numbered"), [("ru", False), ("en", True)])
def test_a_survey_made_of_the_guide_is_read_by_its_map(tmp_path, language, numbered):
    guide = guides.load("survey9")
    path = answers_csv(tmp_path / "wave.csv", language, numbered=numbered)
    wanted = guides.as_questions(guide, model="b2b8", language=language)
    got = read.survey(path, questions=wanted).questions.iloc[1:].reset_index(drop=True)
    same = ["type", "metric", "scale_min", "scale_max", "higher_is_better", "stage", "touchpoint"]
    pd.testing.assert_frame_equal(got[same], wanted[same])
    assert got["stage"].tolist() == [
        *("b2b8:search", "b2b8:search", "b2b8:awareness", "b2b8:search", "b2b8:purchase"),
        *("b2b8:purchase", "b2b8:search", "b2b8:use", np.nan),
    ]
    plain = read.survey(path).questions.iloc[1:]
    assert plain["stage"].isna().all()  # without the map none of it is known


def test_stages_are_those_of_the_model_asked_for():
    guide = guides.load("survey9")
    shop = guides.as_questions(guide, model="shop6")["stage"]
    assert shop[0] == "shop6:search"
    assert shop[5] == "shop6:purchase"
    linear = guides.as_questions(guide, model=journey.model("linear5"))["stage"]
    assert linear.isna().tolist() == [n in (2, 8) for n in range(9)]  # it has no awareness of need


def test_the_map_for_a_tool_reads_its_own_answers(tmp_path):
    guide = guides.load("survey9")
    map_ = guides.write(guide, tmp_path / "map.yaml")
    survey = read.survey(answers_csv(tmp_path / "a.csv", "ru", numbered=False), questions=map_)
    kinds = survey.questions.iloc[1:]
    assert kinds["metric"].dropna().tolist() == ["ces", "other"]
    sheet = pd.read_csv(guides.write(guide, tmp_path / "tool.csv", language="en"))
    assert sheet["question"].tolist() == guide.questions["text_en"].tolist()
    assert sheet["scale_max"].dropna().tolist() == [10, 10]
    with pytest.raises(CjmError, match=r"\.xlsx; known: \.csv"):
        guides.write(guide, tmp_path / "tool.xlsx")
    with pytest.raises(CjmError, match="language 'de'"):
        guides.write(guide, tmp_path / "tool.csv", language="de")


TALKS = {
    "S1": [
        ("I", "Добрый день! Как вы о нас узнали"),
        ("p1", "Посоветовал коллега."),
        ("I", "Угу."),
        ("p1", "И потом сайт."),
        ("I", "А где вы тогда искали информацию о нас?"),
        ("p1", "В поиске."),
        ("I", "4. ЧТО БЫЛО УДОБНО?"),
        ("I", "Был ли момент, когда вы чуть не отказались от работы с нами?"),
        ("p1", "Да, когда ждали ответ."),
    ],
    "S2": [
        ("I", "How did you hear about us?"),
        ("p2", "An exhibition."),
        ("p3", "He told me."),
        ("I", "What was convenient?"),
        ("p3", "The form."),
    ],
}


def talks():
    codings = [
        {"source": "S1", "quote": "ждали ответ", "code": "pains:slow"},
        {"source": "S1", "quote": "сайт", "code": "points:site"},
        {"source": "S2", "quote": "The form", "code": "feelings:joy"},
    ]
    people = {"p1": {"outcome": "lost"}, "p2": {"outcome": "loyal"}, "p3": {}}
    return study(TALKS, codings, people=people)


def test_coverage_says_who_was_asked_and_who_answered():
    covered = guides.coverage(talks(), INTERVIEW, language="en")
    grid = covered.grid
    assert grid.loc["heard"].to_dict() == {"p1": "answered", "p2": "answered", "p3": "answered"}
    assert grid.loc["convenient"].to_dict() == {"p1": "asked", "p2": "asked", "p3": "answered"}
    assert grid.loc["nearly_refused"].to_dict() == {"p1": "answered", "p2": "", "p3": ""}
    assert (grid.loc["talked"] == "").all()
    row = covered.questions.set_index("question").loc["convenient"]
    assert row[["n_asked", "n_answered", "of_participants"]].tolist() == [3, 1, 3]
    assert row["low"] < 1 / 3 < row["high"]
    assert row["text"] == "What was convenient?"
    nod = covered.table.set_index(["question", "participant_id"]).loc[("heard", "p1"), "turn_ids"]
    assert nod == ("S1-1", "S1-3")  # "Угу." ends no answer


def test_what_was_asked_in_other_words_is_counted_and_can_be_matched():
    covered = guides.coverage(talks(), INTERVIEW)
    other = covered.unmatched
    assert other["text"].tolist() == ["А где вы тогда искали информацию о нас?"]
    assert other[["n_participants", "nearest"]].iloc[0].tolist() == [1, "searched"]
    assert (covered.grid.loc["searched"] == "").all()  # looking alike is not enough
    matches = {other["text"][0]: "searched"}
    matched = guides.coverage(talks(), INTERVIEW, matches=matches)
    assert matched.grid.loc["searched", "p1"] == "answered"
    assert matched.unmatched.empty
    by_turn = guides.coverage(talks(), INTERVIEW, matches={"S1-4": "searched"})
    pd.testing.assert_frame_equal(by_turn.table, matched.table)
    with pytest.raises(CjmError, match="'found', which is no question of interview8"):
        guides.coverage(talks(), INTERVIEW, matches={"x": "found"})
    with pytest.raises(CjmError, match="nobody was asked 'Сколько"):
        guides.coverage(talks(), INTERVIEW, matches={"Сколько это стоит?": "heard"})


def test_the_dots_of_yo_are_no_other_question():
    base = study({"S": [("I", "Так, определен ли бюджет — и в каких рамках?"), ("p", "Да.")]}, [])
    covered = guides.coverage(base, guides.load("brief13"))
    assert covered.grid.loc["budget", "p"] == "answered"


def test_a_survey_covers_its_guide_cell_by_cell(tmp_path):
    guide = guides.load("survey9")
    path = answers_csv(tmp_path / "wave.csv", "ru", numbered=True)
    survey = read.survey(path, questions=guides.as_questions(guide))
    base = talks()
    text = survey.text
    row = {"source_id": survey.source["source_id"][0], "revision": 1, "text": text, "sha256": "0"}
    texts = schema.frame("texts", [*base.texts.to_dict("records"), row])
    both = dataclasses.replace(
        base,
        texts=texts,
        questions=survey.questions,
        answers=survey.answers,
        **{
            name: pd.concat([getattr(base, table), getattr(survey, name)], ignore_index=True)
            for name, table in (("turns", "turns"), ("speakers", "speakers"))
        },
        sources=pd.concat([base.sources, survey.source], ignore_index=True),
        participants=pd.concat([base.participants, survey.participants], ignore_index=True),
    )
    covered = guides.coverage(both, guide)
    assert covered.grid.shape == (9, 4)  # those interviewed were never given it
    assert covered.questions["n_answered"].tolist() == [4] * 7 + [3, 4]
    assert covered.questions["n_asked"].eq(4).all()
    talked = guides.coverage(both, guide, kinds=["interview"])
    assert talked.questions["n_asked"].sum() == 0
    assert len(talked.unmatched) == 5  # of another guide; without its mark a question is talk
    with pytest.raises(CjmError, match="kinds: no 'poll'"):
        guides.coverage(both, guide, kinds=["poll"])


def test_answers_on_moments_of_truth_name_places():
    base = talks()
    named = guides.moments(base, INTERVIEW)
    quotes = base.codings.set_index("coding_id")["quote"]
    assert [quotes[id_] for id_ in named] == ["ждали ответ"]
    with pytest.raises(CjmError, match="no question on moments of truth"):
        guides.moments(base, guides.load("survey9"))


def test_a_named_place_becomes_a_candidate_with_that_reason():
    talk = {
        f"S{p}": [
            ("I", "Какой момент взаимодействия с нами вам запомнился больше всего?"),
            (f"p{p}", "Сайт при покупке тормозил."),
        ]
        for p in range(3)
    }
    codings = [
        {"source": source, "quote": "Сайт при покупке тормозил", "code": code}
        for source in talk
        for code in ("trip:buy", "points:site", "pains:slow")
    ]
    base = study(talk, codings)
    rows = aggregate.observations(base)
    found = aggregate.moments_of_truth(rows, named=guides.moments(base, INTERVIEW))
    assert found[["stage", "touchpoint", "n_named"]].astype(str).iloc[0].tolist() == [
        *("trip:buy", "points:site", "3"),
    ]
    assert aggregate.moments_of_truth(rows).empty  # one pain, nobody lost, nothing strong


def test_the_sample_says_whether_those_who_left_were_asked():
    base = talks()
    table = guides.sample(base, covered=guides.coverage(base, INTERVIEW))
    assert table["outcome"].tolist()[:3] == ["loyal", "active", "lost"]
    assert table["n_participants"].tolist() == [1, 0, 1, 1]
    assert table["n_answered"].tolist() == [1, 0, 1, 1]
    assert table.loc[1, "high"] > 0.4  # none of three: there may be many all the same
    audit = journey.audit(base, language="en").set_index("check")
    assert audit.loc["lost", "status"] == "pass"
    nobody_left = dataclasses.replace(
        base, participants=base.participants.assign(outcome=pd.Series(["loyal"] * 3, dtype="str"))
    )
    assert guides.sample(nobody_left).loc[2, "n_participants"] == 0
    assert journey.audit(nobody_left).set_index("check").loc["lost", "status"] == "warn"


def test_a_guide_of_your_own(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "guide: own\nname_ru: Мой\nname_en: Mine\nblocks:\n- slug: a\n  name_ru: А\n  name_en: A\n"
        '  questions:\n  - {slug: q1, ru: "Как дела?", en: "How are you?", place: c1}\n',
        encoding="utf-8",
    )
    own = guides.load(path)
    assert (own.name, own.kind, len(own)) == ("own", "interview", 1)
    assert own.questions["type"].tolist() == ["open"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ("place: c99", "question 'q1': no place 'c99'"),
        ("layer: soup", "question 'q1': no layer 'soup'; choose one of goals"),
        ("type: essay", "question 'q1': no type 'essay'"),
        ("scale: [5, 1]", r"question 'q1': scale is \[5, 1\]"),
        ("colour: red", "a question has no 'colour'"),
        ("slug: Q 1", "question 'Q 1': a slug"),
    ],
)
def test_a_broken_guide_says_where(tmp_path, fields, says):
    path = tmp_path / "own.yaml"
    slug = "" if fields.startswith("slug") else "slug: q1, "
    path.write_text(
        "guide: own\nname_ru: Мой\nname_en: Mine\nblocks:\n- slug: a\n  name_ru: А\n  name_en: A\n"
        f'  questions:\n  - {{{slug}ru: "Как дела?", en: "How are you?", {fields}}}\n',
        encoding="utf-8",
    )
    with pytest.raises(CjmError, match=f"own.yaml: {says}"):
        guides.load(path)


@pytest.mark.parametrize("text", ["- 1", "guide: [", "guide: a", "\x00"])
def test_a_file_that_is_no_guide_is_one_line(tmp_path, text):
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CjmError, match=r"own\.yaml: [^\n]*$"):
        guides.load(path)
    with pytest.raises(CjmError, match="no guide 'own'; shipped"):
        guides.load("own")
    with pytest.raises(CjmError, match="can't be read"):
        guides.load(tmp_path / "none.yaml")
