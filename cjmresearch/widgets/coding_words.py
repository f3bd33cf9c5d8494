"""What the coding workbench says, in Russian and English."""

from __future__ import annotations

LANGUAGES = ("ru", "en")

_WORDS = {
    "transcript": ("Текст", "Transcript"),
    "codebook": ("Коды", "Codes"),
    "find_code": ("Найти код", "Find a code"),
    "saved": ("Сохранено", "Saved"),
    "unsaved": ("Сохраняется: {n}", "Saving: {n}"),
    "failed": ("Не сохранено: {n}. {reason}", "Not saved: {n}. {reason}"),
    "offline": (
        "Нет связи с ядром. Не сохранено: {n}; работа осталась на этой странице",
        "No connection to the kernel. Not saved: {n}; the work is kept on this page",
    ),
    "undo": ("Отменить", "Undo"),
    "redo": ("Вернуть", "Redo"),
    "retry": ("Сохранить ещё раз", "Try again"),
    "refused": ("Не сделано: {reason}", "Not done: {reason}"),
    "kind_stage": ("Этапы", "Stages"),
    "kind_touchpoint": ("Точки контакта", "Touchpoints"),
    "kind_emotion": ("Чувства", "Feelings"),
    "kind_pain": ("Барьеры", "Barriers"),
    "kind_need": ("Потребности", "Needs"),
    "kind_dream": ("Мечты", "Dreams"),
    "kind_action": ("Действия", "Actions"),
    "kind_thought": ("Мысли", "Thoughts"),
    "kind_opportunity": ("Возможности", "Opportunities"),
    "kind_metaphor": ("Метафоры", "Metaphors"),
    "kind_other": ("Другое", "Other"),
}


def all_of(language: str) -> dict[str, str]:
    """Give every phrase in a language."""
    return {key: phrase[language == "en"] for key, phrase in _WORDS.items()}
