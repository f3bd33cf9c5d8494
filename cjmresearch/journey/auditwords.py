"""What the audit says: name of each check, and a sentence for every outcome; ru and en."""

from __future__ import annotations

CHECKS: dict[str, dict[str, tuple[str, str]]] = {
    "goal": {
        "name": ("Чёткая цель", "A clear goal"),
        "pass": ("Цель исследования названа.", "The goal of the study is stated."),
        "warn": (
            "Цель — меньше трёх слов: по ней не понять, какое решение должна дать карта.",
            "The goal is under three words: it does not tell which decision the map has to serve.",
        ),
    },
    "data": {
        "name": ("Хватает достоверных данных", "Enough sound data"),
        "pass": (
            "Размечены слова {n} участников (этапы не в счёт), цитаты совпадают с текстами.",
            "The words of {n} people are coded (stages aside); each quote is its source's text.",
        ),
        "warn": (
            "Участников всего {n}: читайте как отдельные голоса.",
            "Only {n} people: read them as voices.",
        ),
        "fail": (
            "{reason}",
            "{reason}",
        ),
        "nobody": ("Ни одной размеченной цитаты.", "No quote is coded."),
        "quotes": (
            "{k} цитат не совпадают с текстом источника: {first}",
            "{k} quotes are not the text of their source: {first}",
        ),
    },
    "persona": {
        "name": ("Персона выбрана верно", "The right persona"),
        "pass": (
            "Карта построена для персоны «{persona}».",
            "The map is of the persona “{persona}”.",
        ),
        "warn": (
            "Карта смешивает людей {k} персон; одна карта — одна персона.",
            "The map mixes the people of {k} personas; one map, one persona.",
        ),
        "none": (
            "Персоны не заданы: карта — обо всех сразу.",
            "No personas are set: the map is of everybody at once.",
        ),
    },
    "openness": {
        "name": ("Сотрудники заинтересованы в прозрачности", "Staff who want it transparent"),
        "pass": (
            "Сотрудники высказались отдельно от клиентов, у задач есть ответственные.",
            "Staff have been heard apart from clients, and tasks have owners.",
        ),
        "warn": ("{reason}", "{reason}"),
        "silent": (
            "Сотрудников никто не спросил; хотят ли они прозрачности, по данным не видно.",
            "No staff have been heard; the data can't tell whether they want transparency.",
        ),
        "ownerless": (
            "Задач без ответственного: {k}.",
            "Tasks without an owner: {k}.",
        ),
    },
    "people": {
        "name": ("Единица счёта — человек", "The person is the unit"),
        "pass": (
            "Средние — по людям; подсчёт по репликам дал бы почти то же.",
            "Means are over people; counting utterances would give nearly the same.",
        ),
        "warn": (
            "Самые разговорчивые сдвинули бы среднее на {gap} стандартного отклонения; "
            "карта считает по людям.",
            "The most talkative would shift the mean by {gap} of a standard deviation; "
            "the map counts people.",
        ),
    },
    "few": {
        "name": ("Мало людей на этапе", "Few people at a stage"),
        "pass": (
            "На каждом этапе с данными не меньше трёх человек.",
            "Three people or more at every stage that has data.",
        ),
        "warn": (
            "Меньше трёх человек, поэтому без интервала: {stages}.",
            "Under three people, hence no interval: {stages}.",
        ),
    },
    "machine": {
        "name": ("Метки машины", "Machine tags"),
        "pass": (
            "Карта — только из того, что проверили люди.",
            "The map holds only what people have checked.",
        ),
        "warn": (
            "Непроверенные метки машины: {k} из {of}.",
            "Unchecked machine tags: {k} of {of}.",
        ),
        "fail": (
            "Всё размечено машиной и не проверено.",
            "All of it is machine-tagged and unchecked.",
        ),
    },
    "coders": {
        "name": ("Больше одного кодировщика", "More than one coder"),
        "pass": ("Кодировали {k} человека.", "{k} people coded."),
        "warn": (
            "Кодировал один человек: согласие проверить нельзя.",
            "One person coded: agreement can't be checked.",
        ),
    },
    "lost": {
        "name": ("Ушедшие клиенты", "Clients who left"),
        "pass": (
            "Среди участников есть ушедшие: {k}.",
            "Clients who left are among the people: {k}.",
        ),
        "warn": (
            "Ушедших клиентов нет: карта может быть лучше правды.",
            "No clients who left: the map may be rosier than the truth.",
        ),
        "unknown": (
            "Чем закончилось, не записано ни у кого: есть ли среди них ушедшие, не видно.",
            "Nobody's outcome is recorded: whether any of them left can't be told.",
        ),
    },
    "staff": {
        "name": ("Слова сотрудников отдельно", "Staff's words kept apart"),
        "pass": (
            "Слова сотрудников не входят в средние клиентов.",
            "Staff's words are in no mean of clients.",
        ),
        "warn": (
            "И клиентами, и сотрудниками записаны: {people}.",
            "Recorded both as clients and as staff: {people}.",
        ),
    },
    "firms": {
        "name": ("Одна фирма — один голос", "One firm, one voice"),
        "pass": (
            "Ни одна фирма не представлена несколькими людьми.",
            "No firm is represented by several people.",
        ),
        "warn": (
            "От одной фирмы говорят несколько человек ({firms}); их среднее — один голос.",
            "Several people of one firm speak ({firms}); their mean is one voice.",
        ),
    },
    "future": {
        "name": ("Будущее — без чисел", "The future has no numbers"),
        "pass": (
            "На картах будущего нет ни счётчиков, ни интервалов.",
            "Maps of the future carry no count and no interval.",
        ),
        "fail": ("На карте будущего стоят числа.", "A map of the future carries numbers."),
    },
    "recompute": {
        "name": ("Каждое число пересчитано", "Every number worked out again"),
        "pass": (
            "Все {k} ячеек и точек сошлись с их цитатами.",
            "All {k} cells and points agree with their quotes.",
        ),
        "fail": ("Не сошлись {k}: {first}", "{k} disagree: {first}"),
    },
    "hypotheses": {
        "name": ("Гипотезы подписаны", "Hypotheses say so"),
        "pass": (
            "У каждого пункта карты есть цитаты.",
            "Every item of the map has quotes.",
        ),
        "warn": (
            "Пунктов без цитат, отмеченных как гипотезы: {k}.",
            "Items without quotes, marked as hypotheses: {k}.",
        ),
    },
    "orphans": {
        "name": ("Барьеры и меры связаны", "Barriers and remedies linked"),
        "pass": (
            "Каждая возможность снимает названный барьер.",
            "Every opportunity removes a named barrier.",
        ),
        "warn": (
            "Без барьера: возможностей {k}; без меры: барьеров {b}.",
            "Opportunities without a barrier: {k}; barriers without a remedy: {b}.",
        ),
    },
    "outside": {
        "name": ("Вне модели этапов", "Outside the model of stages"),
        "pass": (
            "Вне модели {k} из {of} цитат.",
            "Outside the model: {k} of {of} codings.",
        ),
        "warn": (
            "Вне модели {k} из {of} цитат — больше пятой части: проверьте модель этапов.",
            "Outside the model: {k} of {of} codings, over a fifth: check the model of stages.",
        ),
    },
    "stages": {
        "name": ("5–7 этапов", "5–7 stages"),
        "pass": ("Этапов {k}.", "{k} stages."),
        "warn": (
            "Этапов {k}; рабочий размер — 5–7.",
            "{k} stages; 5–7 is a working size.",
        ),
    },
    "goals": {
        "name": ("Цель меняется с этапом", "The goal changes with the stage"),
        "pass": (
            "У соседних этапов нет одинаковых целей.",
            "No two neighbouring stages have the same goal.",
        ),
        "warn": (
            "Одна и та же цель у соседних этапов: {stages}.",
            "The same goal at neighbouring stages: {stages}.",
        ),
    },
    "lanes": {
        "name": ("Нужные слои заполнены", "The lanes it needs are filled"),
        "pass": (
            "Заполнены все слои, нужные карте этого вида.",
            "All lanes that a map of this type needs are filled.",
        ),
        "warn": ("Пустые слои: {layers}.", "Empty lanes: {layers}."),
    },
    "sources": {
        "name": ("Разные источники", "Different sources"),
        "pass": ("Видов источников: {k}.", "Kinds of sources: {k}."),
        "warn": (
            "Все данные одного вида ({kind}): сверить не с чем.",
            "All data are of one kind ({kind}): there is nothing to check them against.",
        ),
    },
    "memory": {
        "name": ("Когда рассказано", "When it was told"),
        "pass": (
            "Известно, через сколько времени люди рассказывали.",
            "It is known how long after the event people told of it.",
        ),
        "warn": (
            "Давность рассказа не записана: это вспоминаемый опыт.",
            "The lag between event and telling is not recorded: this is remembered experience.",
        ),
        "answers": ("оценки «{question}»", "ratings of “{question}”"),
        "mixed": (
            "Смешано сказанное в тот же день и позже: {where}. Сравните: aggregate.mixed_lags.",
            "Same-day and later tellings are mixed: {where}. Compare them: aggregate.mixed_lags.",
        ),
    },
    "consent": {
        "name": ("Согласие на цитаты", "Consent to be quoted"),
        "pass": (
            "Все, кого цитируют, согласились.",
            "Everybody who is quoted has agreed.",
        ),
        "warn": (
            "Отказались: {r}, их слова не показаны; согласие неизвестно: {k}.",
            "Refused: {r}, and their words are not shown; consent unknown: {k}.",
        ),
    },
    "age": {
        "name": ("Карта не устарела", "The map is not stale"),
        "pass": (
            "Последний материал — {days} дн. назад.",
            "The latest material is {days} days old.",
        ),
        "warn": (
            "Последний материал — {days} дн. назад, больше квартала (92 дн.): пройдите путь снова.",
            "The latest material is {days} days old, over a quarter (92): walk the journey again.",
        ),
        "undated": (
            "Ни у одного источника нет даты.",
            "No source has a date.",
        ),
    },
}
"""Checks in the order in which they are told; `pass`, `warn` and `fail` are what may come out."""

ERRORS = ("goal", "data", "persona", "openness")
"""The four classic errors of the method (M12); the rest are guards of our own."""
