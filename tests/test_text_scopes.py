import csv
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmresearch import codebooks, text
from cjmresearch.errors import CodebookError
from cjmresearch.text.rules import reader, rules
from cjmresearch.text.speech import word_set

PHRASES = Path(__file__).parent / "data" / "negation" / "phrases.csv"


def marked(words, kind, language=None):
    """Give the words that each mark of a kind covers."""
    marks = text.polarity_marks(words, language)
    return [words[start:end] for start, end, found in marks if found == kind]


def found_by(task, language, words):
    schemes = {
        "touchpoints": ("touchpoints",),
        "pains": ("barriers", "shop_barriers"),
        "stages": ("b2b8",),
    }
    found = rules(language, (task, schemes[task])).find(reader(language).read(words))
    return {f.slug for f in found[task]}


# --- negation


@pytest.mark.parametrize(
    ("words", "covered"),
    [
        ("Меню не очень понятное", ["очень понятное"]),
        ("Меню не удобно и не быстро", ["удобно", "быстро"]),
        ("Никто нам ничего толком не объяснил", ["нам ничего толком не объяснил"]),
        ("Очередей у вас не было", ["Очередей у вас не было"]),
        ("Вопросов к мастеру нет", ["Вопросов к мастеру нет"]),
        ("Оформил без лишних бумаг", ["лишних бумаг"]),
        ("Без труда разобрался", ["труда"]),
        ("Не могу сказать, что неудобно", ["неудобно"]),
        ("Удобным меню я бы не назвал", ["Удобным меню я"]),
        ("Не то чтобы плохо", ["плохо"]),
        ("не удобно, зато быстро", ["удобно"]),
        ("Не могу не похвалить мастера", []),
        ("Не без приключений доехали", []),
        ("Не только быстро, но и вежливо", []),
        ("Всё понятно", []),
        ("the app isn't very clear", ["very clear"]),
        ("I wouldn't say the form was hard", ["the form was hard"]),
        ("nothing about the form is clear", ["about the form is clear"]),
        ("we paid without any trouble", ["any trouble"]),
        ("neither quick nor cheap", ["quick", "cheap"]),
        ("far from perfect", ["perfect"]),
        ("it dont open", ["open"]),
        ("it doesn’t open and it can’t print", ["open", "print"]),
        ("I can't help but smile", []),
        ("not only quick, but also kind", []),
        ("it couldn't be better", []),
        ("all clear", []),
    ],
)
def test_what_a_negation_reaches(words, covered):
    assert marked(words, "negated") == covered


def covers(words, word):
    """Count the negations over a word: an even number affirms it."""
    at = words.index(word)
    return sum(s <= at < e for s, e, kind in text.polarity_marks(words) if kind == "negated")


@pytest.mark.parametrize(
    ("words", "word", "times"),
    [
        ("Не то чтобы мне не понравилось", "понравилось", 2),
        ("Не бывает дня, чтобы сервер не завис", "завис", 2),
        ("Нет такого, чтобы касса не работала", "работала", 2),
        ("Никто никогда не ошибался", "ошибался", 1),
        ("I can't say I'm not tired", "tired", 2),
        ("There isn't anything I don't like", "like", 2),
        ("There wasn't a day when it didn't freeze", "freeze", 2),
        ("I never liked it", "liked", 1),
        ("I, I mean, it's not, not great", "great", 1),
    ],
)
def test_two_negations_affirm_and_a_repeated_one_is_one(words, word, times):
    assert covers(words, word) == times


# --- hedges, other people, other companies


@pytest.mark.parametrize(
    ("words", "kind", "covered"),
    [
        ("Наверное, дорого", "hedged", ["Наверное, дорого"]),
        ("Дорого, пожалуй", "hedged", ["пожалуй"]),
        ("It's kind of slow", "hedged", ["It's kind of slow"]),
        ("Не знаю, удобно или нет", "undecided", ["Не знаю, удобно или нет"]),
        ("I'm not sure whether it helps", "undecided", ["I'm not sure whether it helps"]),
        ("Мне сказали, что всё ужасно, но я рад", "reported", ["Мне сказали, что всё ужасно"]),
        ("Коллега ругал доставку", "reported", ["Коллега ругал доставку"]),
        ("По словам друга, там грубят", "reported", ["По словам друга, там грубят"]),
        ("Я говорил, что дорого", "reported", []),
        ("My boss said it was slow", "reported", ["My boss said it was slow"]),
        ("I said it was slow", "reported", []),
        ("У конкурентов всё виснет, а у вас нет", "elsewhere", ["У конкурентов всё виснет"]),
        ("У конкурентов быстрее", "compared", ["У конкурентов быстрее"]),
        ("Our old supplier was rude", "elsewhere", ["Our old supplier was rude"]),
        ("Дорого, но надёжно", "conceded", ["Дорого"]),
        ("Хотя дорого, я рад", "conceded", ["дорого"]),
        ("Despite the price, I stay", "conceded", ["the price"]),
        ("Если задержат, уйдём", "supposed", ["задержат"]),
        ("If it breaks, we leave", "supposed", ["it breaks"]),
    ],
)
def test_what_hedges_and_other_peoples_words_reach(words, kind, covered):
    assert marked(words, kind) == covered


@pytest.mark.parametrize(
    ("words", "own"),
    [
        ("Мне сказали, что всё ужасно, но у меня работало.", "но у меня работало."),
        ("Коллега жаловался на доставку.", ""),
        ("Мне удобно. Начальник говорит, что нет.", "Мне удобно."),
        ("They promised it'd be easy, and we struggled.", "and we struggled."),
        ("With the competitor it froze, here it works.", "here it works."),
        ("Всё хорошо.", "Всё хорошо."),
        ("", ""),
    ],
)
def test_own_words_leave_out_what_others_said(words, own):
    assert text.own_words(words) == own


def test_an_unknown_language_is_refused_and_a_missing_one_is_told_by_the_script():
    with pytest.raises(CodebookError, match="no rules for language 'de'"):
        text.polarity_marks("nicht gut", "de")
    assert text.polarity_marks("не удобно") == text.polarity_marks("не удобно", "ru")


WORDS = st.lists(
    st.sampled_from(
        sorted(
            word_set(
                "не нет без никто мне сказали что но а если у конкурентов хотя удобно . , … "
                "ну дорого «» not no without they said that but if rival easy slow I don't ё 😤"
            )
        )
    ),
    max_size=14,
).map(" ".join)


@settings(deadline=None, max_examples=300)
@given(WORDS, st.sampled_from(["ru", "en"]))
def test_marks_lie_in_the_text_and_own_words_are_of_it(words, language):
    marks = text.polarity_marks(words, language)
    assert marks == sorted(set(marks))
    for start, end, kind in marks:
        assert 0 <= start < end <= len(words)
        assert words[start:end].strip() == words[start:end]
        assert kind in text.marks.KINDS
    kept = text.own_words(words, language)
    assert not Counter(kept.replace(" ", "")) - Counter(words.replace(" ", ""))


def test_the_phrases_are_two_hundred_of_both_languages_and_halves():
    with PHRASES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert Counter((r["language"], r["half"]) for r in rows) == dict.fromkeys(
        [("ru", "open"), ("ru", "locked"), ("en", "open"), ("en", "locked")], 50
    )
    assert len({r["text"] for r in rows}) == len({r["id"] for r in rows}) == 200
    assert {r["valence"] for r in rows} == {"-1", "0", "1"}


# --- the rules


@pytest.mark.parametrize(
    "words",
    [
        "Коллега жаловался, что поставку задержали на неделю",
        "В отзывах пишут, что в сервис не дозвониться",
        "У конкурентов поставку задержали на месяц",
        "My boss said the delivery was three weeks late",
        "With our old supplier the delivery was three weeks late",
        "They say you can't get through to the service line",
    ],
)
def test_other_peoples_pains_are_not_the_speakers(words):
    assert found_by("pains", text.language_of(words), words) == set()


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Мне обещали помочь, а поставку задержали на неделю", "late_delivery"),
        ("Менеджер сказал, что поставку задержали на неделю", "late_delivery"),
        ("They promised a lot, but the delivery was three weeks late", "late_delivery"),
    ],
)
def test_what_the_company_says_may_be_the_speakers_pain(words, slug):
    assert f"barriers:{slug}" in found_by("pains", text.language_of(words), words)


def test_another_companys_touchpoint_is_none_of_ours():
    assert found_by("touchpoints", "ru", "У конкурентов сайт понятный") == set()
    assert found_by("touchpoints", "ru", "У вас сайт понятный") == {"touchpoints:website"}


def segments_of(said, source="s1"):
    """Make segments of (role, words) pairs, one turn each."""
    rows, start = [], 0
    for number, (role, words) in enumerate(said):
        rows.append(
            {
                "segment_id": f"{source}-{number}",
                "source_id": source,
                "turn_id": f"{source}-t{number}",
                "position": number,
                "start": start,
                "end": start + len(words),
                "text": words,
                "speaker": role,
                "role": role,
                "voice": "customer",
                "language": text.language_of(words),
            }
        )
        start += len(words) + 1
    from cjmresearch.schema import frame

    return frame("segments", rows)


def test_a_hedge_lowers_the_confidence_and_the_memo_says_so():
    plainly = text.tag(segments_of([("participant", "поставку задержали на неделю")]))
    hedged = text.tag(segments_of([("participant", "кажется, поставку задержали на неделю")]))
    told = text.tag(segments_of([("participant", "Менеджер сказал, что поставку задержали")]))
    pain = codebooks.code_id("barriers:late_delivery")
    sure, less, heard = (f[f["code_id"] == pain].iloc[0] for f in (plainly, hedged, told))
    assert less["memo"] == f"{sure['memo']} [hedged]"
    assert heard["memo"].endswith(" [told by others]")
    assert less["confidence"] == heard["confidence"] == pytest.approx(0.8 * sure["confidence"])


# --- speech

TERMS = [
    ("ru", "В личном кабинете смотрю", "touchpoints:portal"),
    ("ru", "Позвонил в отдел продаж", "touchpoints:sales_manager"),
    ("ru", "Спросил в службе поддержки", "touchpoints:support"),
    ("ru", "Поехали на их завод", "touchpoints:office"),
    ("en", "I opened the customer portal", "touchpoints:portal"),
    ("en", "We met the sales manager", "touchpoints:sales_manager"),
    ("en", "The landing page was fine", "touchpoints:website"),
]
BETWEEN = {
    "ru": "{a} ну {b}|{a}, ну, {b}|{a}, как бы, {b}|{a} э-э {b}|{a}... {b}|"
    "{a}, ну, это, как бы, {b}|{a}, {a} {b}|{a} {a} {b}|{a}, вот, {a} {b}|"
    "{a} это самое {b}|{a}, в общем, {b}|{a} {cut}- {b}",
    "en": "{a} um {b}|{a}, um, {b}|{a}, you know, {b}|{a}, like, {b}|{a}... {b}|{a}, I mean, {b}|"
    "{a}, {a} {b}|{a} {a} {b}|{a} uh {a} {b}|{a} {cut}- {b}",
}


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(TERMS), st.data())
def test_fillers_and_repetitions_between_the_words_break_no_term(term, data):
    language, words, slug = term
    said = words.split()
    for at in range(len(said) - 1, 0, -1):
        if data.draw(st.booleans()):
            filler = data.draw(st.sampled_from(BETWEEN[language].split("|")))
            a, b = said[at - 1], said[at]
            said[at - 1 : at + 1] = [filler.format(a=a, b=b, cut=b[:2])]
    assert slug in found_by("touchpoints", language, " ".join(said)), " ".join(said)


@pytest.mark.parametrize(
    "words",
    [
        "Посмотрел личный, кабинет пустой",
        "Зашёл в отдел. Продаж там нет",
        "мы ждали отдел, ну продаж не было",
    ],
)
def test_a_comma_or_a_full_stop_still_parts_words(words):
    known = rules("ru", ("touchpoints", ("touchpoints",)))
    found = known.find(reader("ru").read(words))["touchpoints"]
    assert not [f for f in found if f.pattern in ("отдел продаж", "(личный|клиентский) кабинет")]


@pytest.mark.parametrize("words", ["надежный отдёл прода\u0301ж", "ОТДЕЛ ПРОДАЖ", "отделом продаж"])
def test_yo_stress_marks_and_capitals_break_no_term(words):
    assert "touchpoints:sales_manager" in found_by("touchpoints", "ru", words)


# --- however it is cut

SAID = [
    ("interviewer", "Вы рекомендуете их коллегам?"),
    ("participant", "Ну, иногда, сайт у них удобный."),
    ("participant", "Не могу сказать, что неудобно."),
    ("interviewer", "А как выбирали?"),
    ("participant", "Кажется, поставку задержали на неделю."),
    ("participant", "Мне сказали, что договор согласуют быстро, но тянули месяц."),
    ("interviewer", "Did you compare them?"),
    ("participant", "We compared three offers and the delivery was three weeks late."),
    ("participant", "Захожу на сайт, а цен нет."),
]


@settings(deadline=None, max_examples=20)
@given(st.data())
def test_suggestions_do_not_depend_on_how_the_segments_are_cut(data):
    segments = pd.concat([segments_of(SAID, "s1"), segments_of(SAID[::-1], "s2")])
    codes = codebooks.default()
    whole = text.tag(segments, codes=codes).drop(columns="created_at")
    questions = text.questions(segments)
    order = data.draw(st.permutations(range(len(segments))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(segments) - 1), max_size=5)))
    pieces = [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]
    twice = data.draw(st.sampled_from(pieces))
    found = [text.tag(segments.iloc[p], codes=codes, questions=questions) for p in [*pieces, twice]]
    joined = pd.concat([f for f in found if not f.empty]).drop(columns="created_at")
    joined = joined.drop_duplicates("coding_id")
    by = ["source_id", "start", "end", "coder", "code_id"]
    pd.testing.assert_frame_equal(
        joined.sort_values(by, ignore_index=True), whole.sort_values(by, ignore_index=True)
    )


def test_a_question_comes_along_with_its_answer():
    segments = segments_of(SAID)
    assert text.questions(segments).to_dict() == {
        "s1-t1": "Вы рекомендуете их коллегам?",
        "s1-t4": "А как выбирали?",
        "s1-t7": "Did you compare them?",
    }
    alone = text.tag(segments.iloc[[1]])
    asked = text.tag(segments.iloc[[1]], questions=text.questions(segments))
    advocacy = codebooks.code_id("b2b8:advocacy")
    assert advocacy in set(asked["code_id"])
    assert advocacy not in set(alone["code_id"])


# --- spaCy


@pytest.mark.parametrize(
    ("language", "words", "kind", "covered"),
    [
        ("ru", "Меню не очень понятное.", "negated", ["очень понятное"]),
        ("ru", "Наверное, дорого.", "hedged", ["Наверное, дорого"]),
        ("en", "My boss said it was slow.", "reported", ["My boss said it was slow"]),
    ],
)
def test_the_pipeline_marks_scopes(language, words, kind, covered):
    doc = text.pipeline(language)(words)
    assert [span.text for span in doc.spans[kind]] == covered
    assert set(text.marks.KINDS) <= set(doc.spans)


def test_a_trained_lemmatiser_gives_the_same_interface():
    """A tiny pipeline: its own lemmas, rules of ours after them."""
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "portalling"}]], {"LEMMA": "portal"})
    ruler.add([[{"LOWER": "we"}]], {"LEMMA": "we"})
    nlp.add_pipe("cjm_touchpoints")
    doc = nlp("We kept portalling through the customer portalling")
    assert [s.label_ for s in doc.spans["cjm_touchpoints"]] == ["touchpoints:portal"]
    segments = segments_of([("participant", "We liked the customer portalling")])
    assert text.tag(segments).empty
    found = text.tag(segments, nlp=nlp)
    assert found["quote"].tolist() == ["customer portalling"]
    assert list(found.columns) == list(text.tag(segments).columns)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_our_pipeline_and_the_rules_alone_find_the_same(language):
    said = [(r, w) for r, w in SAID if text.language_of(w) == language]
    segments = segments_of(said)
    alone = text.tag(segments).drop(columns="created_at")
    piped = text.tag(segments, nlp=text.pipeline(language)).drop(columns="created_at")
    pd.testing.assert_frame_equal(alone, piped)
    assert not alone.empty
