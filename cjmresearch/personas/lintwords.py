"""What the lints of personas and empathy maps say: a name and a sentence for every outcome."""

from __future__ import annotations

LINTS: dict[str, dict[str, tuple[str, str]]] = {
    "more": {
        "name": ("Чем больше, тем лучше", "The more the better"),
        "pass": (
            "В каждом из блоков не меньше {k} строк.",
            "Every block has {k} lines or more.",
        ),
        "warn": (
            "Меньше {k} строк: {blocks}.",
            "Fewer than {k} lines: {blocks}.",
        ),
    },
    "external": {
        "name": ("Главное — внешние источники", "External sources first"),
        "pass": (
            "Из слов клиентов: {n} из {of} строк.",
            "From the words of clients: {n} of {of} lines.",
        ),
        "warn": (
            "Из слов клиентов лишь {n} из {of} строк: остальное написали мы сами.",
            "Only {n} of {of} lines come from the words of clients: we wrote the others.",
        ),
        "fail": (
            "Слова клиентов — меньше половины карты ({n} из {of}): это портрет сотрудников.",
            "Words of clients are less than half of the map ({n} of {of}): a portrait of staff.",
        ),
    },
    "negative": {
        "name": ("Не отвергать негатив", "Don't reject the negative"),
        "pass": (
            "Отрицательных строк {n} из {of} со знаком, в материале — {share} %.",
            "{n} of {of} lines that have a sign are negative; {share}% in the material.",
        ),
        "warn": (
            "Отрицательных строк {n} из {of} со знаком, в материале {share} %: негатив потерян.",
            "{n} of {of} lines with a sign are negative, {share}% in the material: it was lost.",
        ),
    },
    "exact": {
        "name": ("Точные формулировки", "Exact wording"),
        "pass": (
            "За каждой строкой стоят слова из источника.",
            "Words from a source stand behind every line.",
        ),
        "warn": (
            "Строк без дословной цитаты: {n} из {of}.",
            "Lines without a verbatim quote: {n} of {of}.",
        ),
        "fail": (
            "Цитаты не совпадают с текстом источника: {n}.",
            "Quotes that are not the text of their source: {n}.",
        ),
    },
    "guesses": {
        "name": ("Никаких догадок", "No guesses"),
        "pass": ("Гипотез нет.", "No hypotheses."),
        "warn": (
            "Гипотез без источника: {n}.",
            "Hypotheses without a source: {n}.",
        ),
    },
    "target": {
        "name": ("Определить целевую группу", "Define the target group"),
        "pass": ("Карта — персоны «{persona}».", "The map is of the persona “{persona}”."),
        "warn": (
            "Персона не выбрана: карта — обо всех сразу.",
            "No persona is chosen: the map is of everybody at once.",
        ),
        "few": (
            "В персоне «{persona}» меньше трёх человек: это отдельные голоса.",
            "The persona “{persona}” has fewer than three people: they are single voices.",
        ),
    },
    "one_avatar": {
        "name": ("Одна карта — один аватар", "One avatar per map"),
        "pass": ("Карта — одной персоны.", "The map is of one persona."),
        "warn": (
            "Карта смешивает людей {k} персон; это надо на ней сказать.",
            "The map mixes the people of {k} personas, and has to say so.",
        ),
        "none": ("Персон в проекте нет.", "The project has no personas."),
    },
    "frequent_first": {
        "name": ("Начать с самого частого", "Begin with the most frequent"),
        "pass": (
            "Это самая частая персона: {n} из {of}.",
            "It is the most frequent persona: {n} of {of}.",
        ),
        "warn": (
            "Чаще встречается «{first}» ({n} из {of}); начните с неё.",
            "“{first}” is more frequent ({n} of {of}); begin with it.",
        ),
    },
    "segments": {
        "name": ("Не сливать сегменты", "Don't merge segments"),
        "pass": ("В персоне один сегмент.", "The persona has one segment."),
        "warn": (
            "Сегментов в персоне: {k} ({segments}).",
            "The persona holds {k} segments: {segments}.",
        ),
    },
    "two_sides": {
        "name": ("Демография и психография", "Demographics and psychographics"),
        "pass": (
            "Есть и черты людей, и то, что они думают и чувствуют.",
            "Both traits of people and what they think and feel are there.",
        ),
        "warn": ("Не хватает: {missing}.", "Missing: {missing}."),
        "traits": ("черт людей", "traits of people"),
        "mind": ("мыслей, чувств, потребностей", "thoughts, feelings, needs"),
    },
    "first_wave": {
        "name": ("5–7 вопросов в первый раз", "5–7 questions the first time"),
        "pass": (
            "В первой волне на карточке не больше {k} полей.",
            "No card has more than {k} fields in the first wave.",
        ),
        "warn": (
            "В первой волне больше семи полей на карточках: {n}; самое большее — {k}.",
            "Cards with more than seven fields in the first wave: {n}; at most {k}.",
        ),
    },
    "consent": {
        "name": ("Согласие", "Consent"),
        "pass": ("Согласие дали все участники.", "Everybody consented."),
        "warn": (
            "Не согласились {r}, не спрошены {k}: цитаты отказавших скрыты.",
            "{r} refused, {k} were not asked: the quotes of those who refused are withheld.",
        ),
    },
    "touchpoints": {
        "name": ("5–7 точек контакта", "5–7 touchpoints"),
        "pass": ("Точек контакта: {k}.", "Touchpoints: {k}."),
        "warn": (
            "Точек контакта {k}; для одной карты удобны 5–7 главных.",
            "{k} touchpoints; for one map the 5–7 main ones are handy.",
        ),
    },
    "moment": {
        "name": ("Момент истины", "Moment of truth"),
        "pass": (
            "Есть хотя бы один кандидат в моменты истины.",
            "There is at least one candidate for a moment of truth.",
        ),
        "warn": (
            "Ни одного кандидата в моменты истины: два человека ни о чём не говорят одинаково.",
            "No candidate for a moment of truth: no two people point at one place.",
        ),
    },
    "competitors": {
        "name": ("Конкурент до сравнения", "A competitor before comparing"),
        "pass": (
            "До этапа сравнения конкурентов не называли.",
            "No competitor is named before the stage of comparing.",
        ),
        "warn": (
            "Конкурента назвали до сравнения: мест {n}.",
            "A competitor is named before the stage of comparing: {n} places.",
        ),
    },
    "next_day": {
        "name": ("Не спрашивать по горячим следам", "Don't ask on the spot"),
        "pass": (
            "Ни одной оценки раньше чем через {k} ч после события.",
            "No rating within {k} hours of the experience.",
        ),
        "warn": (
            "Оценок раньше чем через {k} ч после события: {n} из {of}.",
            "Ratings within {k} hours of the experience: {n} of {of}.",
        ),
    },
    "first_touch": {
        "name": ("Первое касание сохранено", "The first touch is kept"),
        "pass": (
            "Первое касание известно у всех {of}.",
            "The first touch is known of all {of}.",
        ),
        "warn": (
            "Первое касание известно у {n} из {of}.",
            "The first touch is known of {n} of {of}.",
        ),
    },
}
