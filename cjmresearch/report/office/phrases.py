"""Fixed words that only the Word document and the deck need; the rest are the report's own."""

from __future__ import annotations

from cjmresearch.report.words import Words

_SAYS: dict[str, dict[str, str]] = {
    "ru": {
        "page": "Стр.",
        "page_of": "из",
        "every_mark": "Номера (№ 1, № 2 …) ведут к указателю цитат в конце документа: там слова "
        "людей, из которых число получено. В каждом месте названо не больше {cap} цитат и сказано, "
        "сколько их всего; все пометки есть в выгрузке.",
        "evidence_intro": "Каждая цитата отчёта с адресом в исходном тексте. Места: номера знаков "
        "в тексте источника, начало включительно.",
        "pains_intro": "По числу людей, затем по числу упоминаний: один голос считается один раз. "
        "Интервал доли — 95-процентный, Уилсона; его нет, если участников меньше десяти.",
        "personas_intro": "Карточки групп участников. У каждой строки видно, сколько человек "
        "группы это сказали. Над карточкой — настроение группы по этапам, где о чувствах говорили.",
        "map_intro": "Слои карты по этапам. «5 из 12» — сколько участников об этом сказали. Знак и "
        "число рядом — среднее чувство от −1 до 1; оно стоит там, где о чувствах говорили хотя бы "
        "трое, и называет своё n, если это не все. Номера ведут к цитатам. «Нет данных» значит, "
        "что об этом никто не сказал, а не что этого не бывает.",
        "overview": "Карта пути на одном слайде: главное в каждом слое",
        "overview_part": "Карта пути, главное в каждом слое: этапы {first}–{last} из {of}",
        "overview_note": "В клетке — то, о чём сказали больше всего людей. Полностью — на "
        "следующих слайдах и в заметках.",
        "trait": "Признак",
        "value": "Значение",
        "language": "Язык отчёта",
        "this_language": "русский",
        "n": "Участников",
        "pain": "Боль или барьер",
        "stages_part": "Этапы: {first} — {last}",
        "continued": "(продолжение)",
        "see_report": "… см. отчёт",
        "more_see": "ещё {n}, см. отчёт",
        "curve_reading": "Точка: среднее по участникам, черта: 95-процентный интервал. Полая "
        "точка: меньше трёх участников. Под этапом n — сколько человек о нём говорили с чувством.",
        "curve_reading_bare": "Точка: среднее по участникам. Полая точка: меньше трёх участников. "
        "Под этапом n — сколько человек о нём говорили с чувством.",
        "pain_title": "Чаще всего называют: {name} — {n}",
        "pains_title_tied": "Чаще всего называют с равным числом людей ({n}): {names}",
        "curve_title_none": "Эмоциональной кривой нет",
        "map_title": "Карта пути: этапы {first}–{last} из {of}",
        "map_items": "В клетке первые строки с числом людей; полный список с номерами цитат — "
        "в заметках к слайду.",
        "moments_title": "Моменты истины: места, где мог решиться исход ({n})",
        "opportunities_title": "Возможности: {n}, по приоритету",
        "method_title": "Как получены числа и чего они не доказывают",
        "appendix": "Приложение: цитаты",
        "appendix_of": "На слайдах приведено цитат: {n} из {of}; остальные — в отчёте.",
        "notes_numbers": "Номера цитат: {numbers}",
        "notes_finding": "Вывод полностью",
        "sample_title": "Кого услышали: {n}",
        "finding": "Вывод {k} из {of}",
        "their_words": "Их словами",
        "no_quotes_here": "Цитат к этому выводу нет.",
        "persona_title": "{name}: {n}",
        "empathy_title": "Карта эмпатии: {name} ({n})",
        "mood_by_stage": "Настроение по этапам",
    },
    "en": {
        "page": "Page",
        "page_of": "of",
        "every_mark": "Numbers (№ 1, № 2 …) lead to the index of evidence at the end of the "
        "document: the words of the people that a figure comes from. Each place names at most "
        "{cap} quotes and says how many there are; the export holds all codings.",
        "evidence_intro": "Every quote of the report with its address in the source. Offsets are "
        "characters of the source's text, start included.",
        "pains_intro": "By people, then by mentions: one voice counts once. The interval of the "
        "share is Wilson's, 95 percent; under ten participants there is none.",
        "personas_intro": "Cards of groups of participants. Each line shows how many people of the "
        "group said so. Above a card stands the group's mood at the stages it spoke of with "
        "feeling.",
        "map_intro": "Layers of the map by stage. “5 of 12” says how many participants spoke of "
        "it. The sign and number beside it are the mean feeling from −1 to 1; it stands where at "
        "least three spoke of feelings, with its own n where not all did. Numbers lead to quotes. "
        "“No data” means that nobody spoke of it, not that it does not happen.",
        "overview": "The journey map on one slide: what leads in each layer",
        "overview_part": "The journey map, what leads in each layer: stages {first}–{last} of {of}",
        "overview_note": "A cell holds what most people said. The whole is on the next slides and "
        "in the notes.",
        "trait": "Trait",
        "value": "Value",
        "language": "Language of the report",
        "this_language": "English",
        "n": "Participants",
        "pain": "Pain or barrier",
        "stages_part": "Stages: {first} to {last}",
        "continued": "(continued)",
        "see_report": "… see report",
        "more_see": "{n} more, see report",
        "curve_reading": "Dot: mean over participants; bar: 95 percent interval. Hollow dot: fewer "
        "than three participants. Under a stage, n is how many spoke of it with a feeling.",
        "curve_reading_bare": "Dot: mean over participants. Hollow dot: fewer than three "
        "participants. Under a stage, n is how many spoke of it with a feeling.",
        "pain_title": "Named by most people: {name} — {n}",
        "pains_title_tied": "Named by equally many people ({n}): {names}",
        "curve_title_none": "There is no emotion curve",
        "map_title": "Journey map: stages {first}–{last} of {of}",
        "map_items": "A cell holds its first lines with the number of people; the full list with "
        "numbers of evidence is in the speaker notes.",
        "moments_title": "Moments of truth: places that may have decided the outcome ({n})",
        "opportunities_title": "Opportunities: {n}, by priority",
        "method_title": "How the numbers were made, and what they do not prove",
        "appendix": "Appendix: evidence",
        "appendix_of": "{n} of {of} quotes stand on these slides; the others are in the report.",
        "notes_numbers": "Evidence: {numbers}",
        "notes_finding": "The finding in full",
        "sample_title": "Who was heard: {n}",
        "finding": "Finding {k} of {of}",
        "their_words": "In their words",
        "no_quotes_here": "There are no quotes for this finding.",
        "persona_title": "{name}: {n}",
        "empathy_title": "Empathy map: {name} ({n})",
        "mood_by_stage": "Mood by stage",
    },
}


def phrase(words: Words, key: str, **values: object) -> str:
    """Say a phrase of the office formats; one that the report's own dictionary has, from there."""
    said = _SAYS[words.language][key]
    return said.format(**values) if values else said
