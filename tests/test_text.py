import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjmresearch import codebooks, text
from cjmresearch.errors import CodebookError, SchemaError
from cjmresearch.schema import check, frame
from cjmresearch.text.lemmas import lemmatiser
from cjmresearch.text.patterns import Matcher
from cjmresearch.text.rules import reader, rules

ALPHABET = "абвЁё йzQ .,!?…\n\t—«»()😤👍🏽🇷🇺é\u0301\u200d1%"


def turns_of(said, source="s1"):
    """Make (turns, texts, speakers) of (speaker, words) pairs, joined by line breaks."""
    rows, position = [], 0
    for number, (speaker, words) in enumerate(said):
        rows.append(
            {
                "turn_id": f"{source}-{number}",
                "source_id": source,
                "position": number,
                "speaker": speaker,
                "start": position,
                "end": position + len(words),
            }
        )
        position += len(words) + 1
    texts = pd.Series({source: "\n".join(words for _, words in said)})
    roles = {"И": "interviewer", "Р": "participant"}
    speakers = [
        {"source_id": source, "speaker": s, "role": roles[s], "voice": "customer"}
        for s in sorted({s for s, _ in said})
    ]
    return frame("turns", rows), texts, frame("speakers", speakers)


def segments_of(*said, by="sentence"):
    turns, texts, speakers = turns_of(said)
    return text.segment(turns, texts=texts, speakers=speakers, by=by)


def suggested(words, codes=None):
    """Give the slugs that rules suggest for one sentence of a participant."""
    codes = codebooks.load() if codes is None else codes
    found = text.tag(segments_of(("Р", words)), codes=codes)
    return set(found["code_id"].map(dict(zip(codes["code_id"], codes["slug"], strict=True))))


def found_by(task, language, words):
    """Give the slugs of one task by the rules themselves, without a study."""
    schemes = {
        "touchpoints": ("touchpoints",),
        "pains": ("barriers", "shop_barriers"),
        "stages": ("b2b8",),
    }
    found = rules(language, (task, schemes[task])).find(reader(language).read(words))
    return {f.slug for f in found[task]}


# --- segments


def test_russian_turns_become_sentences():
    segments = segments_of(
        ("И", "С чего вы начали?"),
        ("Р", "Ну... с сайта. Звоню им, т. е. в отдел продаж — тишина!  «Ждите», — говорят."),
    )
    check(segments, "segments")
    assert segments["text"].tolist() == [
        "С чего вы начали?",
        "Ну... с сайта.",
        "Звоню им, т. е. в отдел продаж — тишина!",
        "«Ждите», — говорят.",
    ]
    assert segments["role"].tolist() == ["interviewer"] + ["participant"] * 3
    assert segments["position"].tolist() == [0, 1, 2, 3]
    assert set(segments["language"]) == {"ru"}


def test_english_turns_become_sentences():
    segments = segments_of(
        ("Р", "I asked Mr. Smith, i.e. the boss... twice. no reply! It costs 3.5 dollars."),
        ("Р", "We paid SkladMaster Ltd. in full :) Then silence 😤 Nobody wrote"),
    )
    assert segments["text"].tolist() == [
        "I asked Mr. Smith, i.e. the boss... twice.",
        "no reply!",
        "It costs 3.5 dollars.",
        "We paid SkladMaster Ltd. in full :)",
        "Then silence 😤",
        "Nobody wrote",
    ]
    assert set(segments["language"]) == {"en"}


def test_a_turn_may_be_one_segment_and_blank_turns_are_none():
    said = [("Р", "  Одно. Другое. "), ("Р", "   "), ("И", "Да?")]
    segments = segments_of(*said, by="turn")
    assert segments["text"].tolist() == ["Одно. Другое.", "Да?"]
    assert segments["start"].tolist() == [2, 21]
    with pytest.raises(SchemaError, match="by is 'word', allowed: sentence, turn"):
        segments_of(*said, by="word")


def test_ids_are_the_same_every_time_and_the_frames_are_left_alone():
    turns, texts, speakers = turns_of([("Р", "Раз. Два.")])
    before = turns.copy()
    first = text.segment(turns, texts=texts, speakers=speakers)
    second = text.segment(turns, texts=texts, speakers=speakers)
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(turns, before)
    assert first["segment_id"].is_unique


def test_no_speakers_means_participants_and_unknown_ones_are_other():
    turns, texts, speakers = turns_of([("И", "Как?"), ("Р", "Так.")])
    assert set(text.segment(turns, texts=texts)["role"]) == {"participant"}
    only = speakers[speakers["speaker"] == "Р"]
    assert text.segment(turns, texts=texts, speakers=only)["role"].tolist() == [
        "other",
        "participant",
    ]


def test_turns_beyond_their_text_are_refused():
    turns, texts, _ = turns_of([("Р", "Раз."), ("Р", "Два.")])
    with pytest.raises(SchemaError, match=r"turn 's1-1' ends at 9, beyond its text"):
        text.segment(turns, texts=texts.str[:-1])
    with pytest.raises(SchemaError, match="source_id 's1' has no text"):
        text.segment(turns, texts=texts.iloc[:0])


def test_no_turns_give_an_empty_frame_of_segments():
    turns, texts, _ = turns_of([("Р", "Раз.")])
    assert check(text.segment(turns.iloc[:0], texts=texts), "segments").empty


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.text(st.sampled_from(ALPHABET), max_size=60), min_size=1, max_size=4),
    st.sampled_from(["ru", "en"]),
)
def test_segments_are_exact_inside_their_turn_and_lose_no_character(said, language):
    turns, texts, _ = turns_of([("Р", words) for words in said])
    segments = text.segment(turns, texts=texts, languages=pd.Series({"s1": language}))
    whole = texts["s1"]
    joined = segments.merge(turns[["turn_id", "start", "end"]], on="turn_id", suffixes=("", "_t"))
    for row in joined.itertuples():
        assert whole[row.start : row.end] == row.text == row.text.strip() != ""
        assert row.start_t <= row.start < row.end <= row.end_t
    assert (segments["start"].iloc[1:].to_numpy() >= segments["end"].iloc[:-1].to_numpy()).all()
    kept = "".join("".join(t.split()) for t in segments["text"])
    assert kept == "".join("".join(words.split()) for words in said)


# --- lemmas


def test_russian_lemmas_are_first_parses_with_ye_for_yo():
    lemma = lemmatiser("ru")
    assert [lemma(w) for w in ("сайтом", "Ещё", "личного", "дозвонились", "CRM")] == [
        "сайт",
        "еще",
        "личный",
        "дозвониться",
        "crm",
    ]


def test_english_lemmas_ignore_case_and_keep_the_exceptions():
    lemma = lemmatiser("en")
    assert [lemma(w) for w in ("WEBSITES", "replied", "best", "as", "does")] == [
        "website",
        "reply",
        "good",
        "as",
        "do",
    ]


# --- touchpoints


@pytest.mark.parametrize("words", ["на сайте", "сайтом", "Website", "websites", "WEBSITES"])
def test_any_form_of_a_website_is_the_website(words):
    assert "touchpoints:website" in suggested(words)


CASES = {
    "webinar": "вебинар вебинара вебинару вебинар вебинаром вебинаре",
    "website": "сайт сайта сайту сайт сайтом сайте",
    "exhibition": "выставка выставки выставке выставку выставкой выставке",
    "print": "буклет буклета буклету буклет буклетом буклете",
    "seminar": "семинар семинара семинару семинар семинаром семинаре",
    "installer": "монтажник монтажника монтажнику монтажника монтажником монтажнике",
    "configurator": "конфигуратор конфигуратора конфигуратору конфигуратор конфигуратором "
    "конфигураторе",
    "support": "техподдержка техподдержки техподдержке техподдержку техподдержкой техподдержке",
    "sales_manager": "менеджер менеджера менеджеру менеджера менеджером менеджере",
    "portal": "портал портала порталу портал порталом портале",
}


@pytest.mark.parametrize(("slug", "forms"), CASES.items())
def test_all_six_cases_of_a_noun_are_found(slug, forms):
    assert len(forms.split()) == 6
    for form in forms.split():
        assert f"touchpoints:{slug}" in found_by("touchpoints", "ru", f"дело в {form} было")


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("в личном кабинете смотрю", "portal"),
        ("без личного кабинета никак, личным кабинетом и пользуюсь", "portal"),
        ("позвонил в отдел продаж", "sales_manager"),
        ("с отделами продаж общались", "sales_manager"),
        ("нашли через Яндекс", "search_engine"),
        ("погуглил вечером", "search_engine"),
        ("написал им в Telegram", "chat"),
        ("увидели во ВКонтакте", "social"),
        ("спросил в онлайн-чате", "chat"),
        ("письмом прислали", "email"),
        ("The sales managers were kind", "sales_manager"),
        ("I logged into the customer portal", "portal"),
        ("the customer portals are slow", "portal"),
        ("I googled it", "search_engine"),
        ("their call centre answered", "call_centre"),
    ],
)
def test_synonyms_brands_and_two_word_terms(words, slug):
    language = text.language_of(words)
    assert f"touchpoints:{slug}" in found_by("touchpoints", language, words)


@pytest.mark.parametrize(
    "words",
    [
        "we wrote a forklift manual ourselves",
        "the construction site was muddy",
        "manual work all day",
        "сайта у них нет",
        "they have no website",
        "главный инженер наш",
        "чат с командой уже открыт у нас в рабочем чате",
    ],
)
def test_what_is_no_touchpoint_of_the_company(words):
    language = text.language_of(words)
    found = found_by("touchpoints", language, words)
    assert not found - {"touchpoints:chat"}
    assert not (found and "рабочем" not in words)


def test_a_touchpoint_counts_under_a_negated_verb():
    assert "touchpoints:website" in suggested("На сайте ничего не нашёл.")


def test_the_longest_term_wins():
    words = reader("en").read("The customer support portal and the service desk")
    found = rules("en", ("touchpoints", ("touchpoints",))).find(words)["touchpoints"]
    assert [(f.slug, f.start) for f in found][-1] == ("touchpoints:support", 36)


# --- pains

E3 = {
    "Непонятная навигация на сайте": "navigation",
    "нет цен в открытом доступе": "no_prices",
    "долгий ответ на запрос": "slow_reply",
    "некомпетентный менеджер": "incompetent_manager",
    "сложное согласование договора": "contract",
    "задержка поставки": "late_delivery",
    "ошибки при монтаже": "installation_errors",
    "трудно дозвониться в сервис": "unreachable_service",
    "непонятная инструкция": "unclear_manual",
    # the same, as people say it
    "мы с этой навигацией непонятной намучились": "navigation",
    "На сайте вообще ничего не найдёшь": "navigation",
    "цены на сайте нигде не указаны": "no_prices",
    "Цен у них нет": "no_prices",
    "они долго нам не отвечали": "slow_reply",
    "отвечали очень долго": "slow_reply",
    "ответа ждали две недели": "slow_reply",
    "с некомпетентными менеджерами общаться": "incompetent_manager",
    "Менеджер вообще не знал, чем они торгуют": "incompetent_manager",
    "договор согласовывали полтора месяца": "contract",
    "поставку задержали на неделю": "late_delivery",
    "привезли на две недели позже": "late_delivery",
    "при монтаже допустили ошибки": "installation_errors",
    "балки поставили криво": "installation_errors",
    "в сервис не дозвониться": "unreachable_service",
    "не дозвонишься до них": "unreachable_service",
    "никто трубку не берёт": "unreachable_service",
    "инструкцию понять невозможно, по инструкции ничего не понятно": "unclear_manual",
    "с непонятными инструкциями": "unclear_manual",
    "There is no price on the website": "no_prices",
    "They took three weeks to reply": "slow_reply",
    "it took them two months to answer": "slow_reply",
    "The navigation on their website is confusing": "navigation",
    "The manager didn't know the product": "incompetent_manager",
    "The contract took two months to sign": "contract",
    "The delivery was three weeks late": "late_delivery",
    "They made mistakes during the installation": "installation_errors",
    "I couldn't get through to the service line": "unreachable_service",
    "The manual makes no sense": "unclear_manual",
}
E4 = {
    "фактические, орфографические и технические ошибки на сайте": "errors",
    "отсутствие грамотно сформулированного УТП": "no_usp",
    "негативные отзывы": "bad_reviews",
    "сложная процедура оформления заказа": "hard_order",
    "перегруженность сайта, долгая загрузка страниц": "slow_site",
    "барьеры ассоциаций, вызванные неправильным преподнесением товара": "associations",
    "некорректное отображение ресурса на мобильных устройствах": "bad_mobile",
    "в описании были опечатки": "errors",
    "непонятно, чем они отличаются от других": "no_usp",
    "прочитала плохие отзывы": "bad_reviews",
    "оформить заказ оказалось сложно": "hard_order",
    "страницы очень долго грузились": "slow_site",
    "сайт зависал": "slow_site",
    "выглядит как развод": "associations",
    "на телефоне сайт отображается криво": "bad_mobile",
    "There were typos on the page": "errors",
    "no clear selling point": "no_usp",
    "terrible reviews everywhere": "bad_reviews",
    "the checkout is too complicated": "hard_order",
    "the site is very slow": "slow_site",
    "it looks like a scam": "associations",
    "the mobile version is broken": "bad_mobile",
}


@pytest.mark.parametrize(("words", "slug"), E3.items())
def test_the_nine_barriers_fire(words, slug):
    assert f"barriers:{slug}" in found_by("pains", text.language_of(words), words)


@pytest.mark.parametrize(("words", "slug"), E4.items())
def test_the_seven_barriers_of_a_shop_fire(words, slug):
    assert f"shop_barriers:{slug}" in found_by("pains", text.language_of(words), words)


@pytest.mark.parametrize(
    "words",
    [
        "задержек поставки не было",
        "Задержки с поставкой не возникло",
        "с договором проблем не было",
        "не могу сказать, что навигация на сайте непонятная",
        "я бы не сказал, что менеджер некомпетентный",
        "долго ждать ответа не пришлось",
        "ошибок при монтаже нет",
        "отвечали не долго",
        "без задержек поставки",
        "если бы поставку задержали",
        "Всё привезли вовремя, инструкция понятная, менеджер знает товар",
        "There was no delay in delivery",
        "The delivery was never late",
        "I wouldn't say the navigation was confusing",
        "I can't say that the manual is unclear",
        "there were no mistakes in the installation",
        "no problem with the contract",
        "They replied the same day",
        "The prices are on the website",
    ],
)
def test_what_is_denied_is_no_pain(words):
    assert found_by("pains", text.language_of(words), words) == set()


def test_a_turn_ends_the_denial():
    words = "не могу сказать, что всё плохо, но поставку задержали на неделю"
    assert "barriers:late_delivery" in found_by("pains", "ru", words)


def test_thoughts_of_the_method_name_the_barrier_only_where_there_is_one():
    thoughts = {
        "Хм, интересно…": set(),
        "Ничего не понятно!": set(),
        "Кажется, это то, что нужно": set(),
        "А не слишком ли дорого?": set(),
        "Надеюсь, они не подведут со сроками": set(),
        "Почему так сложно дозвониться?": {"barriers:unreachable_service"},
        "Ух ты, как удобно!": set(),
        "Наконец-то проблема решена!": set(),
    }
    for words, expected in thoughts.items():
        assert found_by("pains", "ru", words) == expected, words


# --- stages


@pytest.mark.parametrize(
    ("words", "slug"),
    [
        ("Мы поняли, что так жить нельзя.", "awareness"),
        ("Начали искать поставщиков.", "search"),
        ("Сравнивали трёх поставщиков.", "evaluation"),
        ("Договор подписали в марте.", "purchase"),
        ("Монтажники приехали вовремя.", "onboarding"),
        ("Запчасти заказываем каждый месяц.", "use"),
        ("Весной заказали у них ещё раз.", "loyalty"),
        ("Я их всем рекомендую.", "advocacy"),
        ("We started looking for suppliers.", "search"),
        ("We compared three offers.", "evaluation"),
        ("We signed the contract in May.", "purchase"),
        ("I recommend them to everybody.", "advocacy"),
    ],
)
def test_stage_cues(words, slug):
    assert f"b2b8:{slug}" in suggested(words, codebooks.default())


def stages_of(*said):
    segments = segments_of(*said)
    codes = codebooks.default()
    found = text.tag(segments, codes=codes)
    found = found[found["coder"] == "rules:stages-1"]
    slugs = found["code_id"].map(dict(zip(codes["code_id"], codes["slug"], strict=True)))
    return list(zip(found["quote"], slugs, found["memo"], strict=True))


def test_the_question_gives_its_answer_a_stage_and_nothing_is_inherited_further():
    found = stages_of(
        ("И", "Вы рекомендуете их коллегам?"),
        ("Р", "Ну, иногда. По настроению."),
        ("И", "Понятно."),
        ("Р", "Вот так."),
    )
    assert [(quote, slug) for quote, slug, _ in found] == [
        ("Ну, иногда.", "b2b8:advocacy"),
        ("По настроению.", "b2b8:advocacy"),
    ]
    assert all(memo.startswith("question: ") for _, _, memo in found)


def test_what_another_participant_says_is_no_question():
    found = stages_of(("Р", "Рекомендовал я их коллегам."), ("Р", "Ну, бывает."))
    assert [quote for quote, _, _ in found] == ["Рекомендовал я их коллегам."]


def test_the_question_goes_before_a_cue_in_the_answer():
    said = ("Р", "Договор подписали в марте.")
    assert [s for _, s, _ in stages_of(said)] == ["b2b8:purchase"]
    asked = stages_of(("И", "Вы рекомендуете их коллегам?"), said)
    assert [s for _, s, _ in asked] == ["b2b8:advocacy"]


def test_a_question_about_two_stages_gives_none():
    assert not stages_of(
        ("И", "Где вы искали и кому потом рекомендовали?"), ("Р", "Ну, по-разному.")
    )


def test_the_prompt_of_a_survey_is_a_question():
    turns, texts, speakers = turns_of([("Р", "От знакомого.")])
    turns["prompt"] = "Как вы о нас узнали?"
    found = text.tag(text.segment(turns, texts=texts, speakers=speakers))
    assert found["code_id"].tolist() == [codebooks.code_id("b2b8:search")]


@pytest.mark.parametrize("journey", codebooks.journeys())
def test_every_clients_model_has_cues(journey):
    found = set(codebooks.patterns(journey)["slug"])
    assert found or journey == "sales5"


# --- tag


def test_suggestions_are_codings_with_exact_quotes():
    segments = segments_of(
        ("И", "Вы смотрели сайт? Нет цен на сайте?"),
        ("Р", "😤 Да, захожу на сайт, а цен нет, и менеджер долго не отвечал."),
    )
    turns, texts, _ = turns_of(
        [
            ("И", "Вы смотрели сайт? Нет цен на сайте?"),
            ("Р", "😤 Да, захожу на сайт, а цен нет, и менеджер долго не отвечал."),
        ]
    )
    codings = text.tag(segments)
    check(codings, "codings")
    whole = texts["s1"]
    assert all(whole[r.start : r.end] == r.quote for r in codings.itertuples())
    assert (codings["start"] >= turns["start"].iloc[1]).all()
    assert set(codings["status"]) == {"suggested"}
    quotes = {c: set(g["quote"]) for c, g in codings.groupby("coder")}
    assert quotes["rules:touchpoints-1"] == {"сайт", "менеджер"}
    assert quotes["rules:pains-1"] == {"а цен нет", "и менеджер долго не отвечал"}
    assert codings["confidence"].between(0, 1).all()
    assert codings["memo"].notna().all()


def test_a_second_run_suggests_the_same():
    segments = segments_of(("Р", "Захожу на сайт. Письмо прислали."))
    first, second = text.tag(segments), text.tag(segments)
    pd.testing.assert_frame_equal(
        first.drop(columns="created_at"), second.drop(columns="created_at")
    )


def test_only_codes_of_the_project_are_suggested():
    segments = segments_of(("Р", "Захожу на сайт, пишу письмо, цен нет."))
    codes = codebooks.load("touchpoints")
    codes = codes[codes["slug"] == "touchpoints:email"]
    assert text.tag(segments, codes=codes)["quote"].tolist() == ["письмо"]
    check(text.tag(segments, codes=codes.iloc[:0]), "codings")


def test_other_languages_are_left_alone():
    turns, texts, speakers = turns_of([("Р", "Die Website war gut.")])
    languages = pd.Series({"s1": "de"})
    segments = text.segment(turns, texts=texts, speakers=speakers, languages=languages)
    assert text.tag(segments).empty


# --- spaCy


@pytest.mark.parametrize(
    ("language", "words", "group", "slug"),
    [
        ("ru", "Захожу на сайт", "cjm_touchpoints", "touchpoints:website"),
        ("en", "There is no price anywhere", "cjm_pains", "barriers:no_prices"),
        ("en", "We signed the contract", "cjm_stages", "b2b8:purchase"),
    ],
)
def test_the_pipeline_writes_span_groups_with_the_pattern(language, words, group, slug):
    doc = text.pipeline(language)(words)
    spans = list(doc.spans[group])
    assert slug in {s.label_ for s in spans}
    known = set(codebooks.patterns()["pattern"])
    assert all(s.id_ in known for s in spans)
    assert all(token.lemma_ for token in doc)
    assert doc.has_annotation("SENT_START")


def test_components_come_by_entry_point_alone():
    script = (
        "import spacy\n"
        "nlp = spacy.blank('ru')\n"
        "nlp.add_pipe('cjm_touchpoints')\n"
        "doc = nlp('Сайтом доволен')\n"
        "print([(s.text, s.label_) for s in doc.spans['cjm_touchpoints']])\n"
    )
    run = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[('Сайтом', 'touchpoints:website')]"


def test_a_trained_pipeline_gives_its_lemmas_and_its_span_groups():
    import spacy
    from spacy.language import Language
    from spacy.tokens import SpanGroup

    @Language.component("test_lemmas")
    def lemmas(doc):
        for token in doc:
            token.lemma_ = "сайт" if token.text == "сайтец" else token.text
        return doc

    @Language.component("test_pains")
    def pains(doc):
        span = doc[:1]
        span.label_ = "barriers:contract"
        doc.spans["cjm_pains"] = SpanGroup(doc, name="cjm_pains", spans=[span])
        return doc

    segments = segments_of(("Р", "Глянул сайтец, а цен нет"))
    assert "сайтец" not in set(text.tag(segments)["quote"])
    nlp = spacy.blank("ru")
    nlp.add_pipe("test_lemmas")
    nlp.add_pipe("test_pains")
    found = text.tag(segments, nlp=nlp)
    assert "сайтец" in set(found["quote"])
    pains_found = found[found["coder"] == "rules:pains-1"]
    assert pains_found["quote"].tolist() == ["Глянул"]
    assert nlp.pipe_names == ["test_lemmas", "test_pains"]


def test_a_codebook_of_ones_own_feeds_the_pipeline(tmp_path):
    path = tmp_path / "kiosk.yaml"
    path.write_text(
        "scheme: own\nkind: touchpoint\nname_ru: Свои\nname_en: Own\nsource: ours\n"
        "codes:\n  - slug: kiosk\n    name_ru: Киоск\n    name_en: Kiosk\n"
        "    patterns:\n      ru: [киоск .. самообслуживание]\n",
        encoding="utf-8",
    )
    nlp = text.pipeline("ru", schemes={"touchpoints": (path,)})
    doc = nlp("у киосков с новым самообслуживанием")
    spans = doc.spans["cjm_touchpoints"]
    assert [(s.text, s.label_, s.id_) for s in spans] == [
        ("киосков с новым самообслуживанием", "own:kiosk", "киоск .. самообслуживание")
    ]


def test_an_unknown_language_is_refused():
    with pytest.raises(CodebookError, match="no rules for language 'de'"):
        text.pipeline("de")


# --- patterns


def hits(pattern, words, language="ru"):
    matcher = Matcher(reader(language))
    for one in [pattern] if isinstance(pattern, str) else pattern:
        matcher.add("x", one)
    read = reader(language).read(words)
    return [words[read[h.start].start : read[h.end - 1].end] for h in matcher.hits(read)]


@pytest.mark.parametrize(
    ("pattern", "words", "expected"),
    [
        ("личный кабинет", "В личных кабинетах", ["личных кабинетах"]),
        ("(долго|очень медленно) отвечать", "очень медленно отвечали", ["очень медленно отвечали"]),
        ("не? отвечать", "не отвечают", ["не отвечают"]),
        ("долго .. отвечать", "долго нам никто не отвечал", ["долго нам никто не отвечал"]),
        ("долго .. отвечать", "долго, но потом отвечали", []),
        ("долго ... отвечать", "долго, но потом отвечали", ["долго, но потом отвечали"]),
        ("долго ... отвечать", "долго. Потом отвечали", []),
        ("долго .. отвечать", "долго а б в г отвечали", []),
        ("=цены", "цен нет, цены", ["цены"]),
        ("дозвон*", "Дозвонились", ["Дозвонились"]),
        ("онлайн-чат", "в онлайн чате, в Онлайн-чате", ["онлайн чате", "Онлайн-чате"]),
        (["менеджер", "~менеджер проекта"], "менеджера проекта и менеджер", ["менеджер"]),
        ("ещё", "еще", ["еще"]),
    ],
)
def test_the_pattern_language(pattern, words, expected):
    assert hits(pattern, words) == expected


def test_english_clitics_are_words():
    assert hits("do not know", "He didn’t know, I don't know", "en") == [
        "didn’t know",
        "don't know",
    ]
    assert hits("price", "the price's wrong", "en") == ["price's"]
    assert hits("can not", "we cannot", "en") == ["cannot"]


@pytest.mark.parametrize("pattern", ["(а", ".. а", "а ..", "а?", "а!б", "=", "((а|б)|в)"])
def test_broken_patterns_are_refused(pattern):
    with pytest.raises(CodebookError, match="of x: "):
        hits(pattern, "а")
