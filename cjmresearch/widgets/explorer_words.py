"""What the explorer says, in Russian and English."""

from __future__ import annotations

from cjmresearch.errors import CjmError

_WORDS = {
    # controls
    "persona": ("Чей путь", "Whose journey"),
    "model": ("Модель пути", "Journey model"),
    "by_crosswalk": ("по соответствию этапов", "stages matched"),
    "layer": ("Что показать", "What to show"),
    "role": ("Роль", "Role"),
    "segment": ("Сегмент", "Segment"),
    "channel": ("Канал", "Channel"),
    "wave": ("Волна", "Wave"),
    "coder": ("Кодировщик", "Coder"),
    "against": ("Сравнить с", "Compare with"),
    "no_other": ("ни с чем", "nothing"),
    "any": ("все", "all"),
    "of_persona": ("Персоны", "Personas"),
    "of_wave": ("Волны", "Waves"),
    "machine": ("С разметкой машины", "With machine tags"),
    "machine_hint": (
        "Показать и то, что предложили правила и модели, а человек не проверил",
        "Show also what rules and models suggested and no person has checked",
    ),
    "everybody": ("Все участники", "All participants"),
    "whole_map": ("Вся карта", "Whole map"),
    "clear": ("Снять отбор", "Clear filters"),
    "refresh": ("Обновить из проекта", "Reload from the project"),
    "channel_digital": ("цифровой", "digital"),
    "channel_physical": ("физический", "physical"),
    "channel_human": ("через человека", "human"),
    "hint_persona": (
        "Отбирает людей: N — только они",
        "Chooses people: only they are the N of “n of N”",
    ),
    "hint_channel": (
        "Отбирает высказывания о точках контакта этого канала; N остаётся прежним",
        "Chooses what was said of touchpoints of this channel; N stays",
    ),
    "hint_wave": (
        "Отбирает источники волны; N — кто в них говорит",
        "Chooses sources of a wave; N are the people who speak in them",
    ),
    "hint_coder": (
        "Отбирает пометки одного кодировщика; N — люди в размеченных им источниках",
        "Chooses the codings of one coder; N are the people in the sources that they coded",
    ),
    # map
    "map": ("Карта пути", "Journey map"),
    "mood": ("Настроение", "Mood"),
    "mood_hint": (
        "Выше — лучше; отрезок — 95 % для этапа, полоса — для всей кривой",
        "Higher is better; bar: 95% for the stage, band: for the whole curve",
    ),
    "interval": ("95 %: от {low} до {high}", "95%: {low} to {high}"),
    "better": ("лучше", "better"),
    "worse": ("хуже", "worse"),
    "stage": ("Этап", "Stage"),
    "counts": (
        "Число: сколько участников из {n} сказали об этом",
        "A number: how many of {n} participants spoke of it",
    ),
    "not_coded": ("не размечено", "not coded"),
    "no_data": ("нет данных", "no data"),
    "more_codes": ("ещё {n}", "{n} more"),
    "outside": ("Вне модели", "Outside the model"),
    "no_curve": (
        "На этапах этой карты чувства не размечены, поэтому кривой нет.",
        "No feelings are coded at the stages of this map, so there is no curve.",
    ),
    "nobody": (
        "Под этот отбор не подходит ни одно высказывание.",
        "Nothing that was said fits these filters.",
    ),
    "banner": (
        "{note}: {n} из {of} пометок на этой карте предложили правила и модели.",
        "{note}: rules and models suggested {n} of {of} codings on this map.",
    ),
    "legend": (
        "○ — меньше трёх человек или размечено машиной: интервала нет; пунктир — машина; "
        "курсив — гипотеза",
        "○ fewer than three people, or machine-tagged: no interval; dashed: machine; "
        "italic: hypothesis",
    ),
    "weak": ("≈ этап сопоставлен приблизительно", "≈ the stage is matched approximately"),
    "add_here": ("Добавить: {layer}, {stage}", "Add to {layer}, {stage}"),
    "first": ("Первая", "First"),
    "second": ("Вторая", "Second"),
    # words behind a cell
    "quotes": ("Слова людей", "Quotes"),
    "pick": (
        "Выберите точку кривой или клетку карты: здесь появятся слова людей. "
        "По карте — стрелки, Enter открывает, Esc закрывает.",
        "Choose a point of the curve or a cell of the map to read people's words here. "
        "Arrow keys move over the map, Enter opens, Esc closes.",
    ),
    "all_codes": ("Все", "All"),
    "more": ("Показать ещё", "Show more"),
    "shown": ("показаны {n} из {of}", "{n} of {of} shown"),
    "question": ("Вопрос", "Asked"),
    "turn": ("реплика {n}", "turn {n}"),
    "withheld": (
        "Слова скрыты: участник не дал согласия на цитирование.",
        "Words withheld: the participant did not consent to being quoted.",
    ),
    "unchecked": ("машина, не проверено", "machine, unchecked"),
    "proposed": ("предложено: {by}", "suggested by {by}"),
    "hypothesis": ("гипотеза", "hypothesis"),
    "nothing": (
        "Здесь никто ничего не сказал. Это пробел в данных, а не «всё хорошо».",
        "Nobody said anything here. That is a gap in the data, not good news.",
    ),
    "no_quotes_yet": (
        "За этим ещё нет слов людей: это гипотеза, пока её не связали с цитатами.",
        "No quotes stand behind it yet: it is a hypothesis until it rests on some.",
    ),
    "of": ("из", "of"),
    "close": ("Закрыть", "Close"),
    "evidence_for": ("Доказательство для…", "Evidence for…"),
    # plan
    "plan": ("План", "Plan"),
    "items_here": ("Здесь на карте", "On the map here"),
    "plan_empty": (
        "На карте нет ни возможностей, ни задач.",
        "There are no opportunities or tasks on the map yet.",
    ),
    "plan_read_only": (
        "Только чтение: чтобы править, откройте проект и назовите себя — "
        "JourneyExplorer(project, coder='…').",
        "Read only: to edit, open the project and say who you are: "
        "JourneyExplorer(project, coder='…').",
    ),
    "read_only": ("Этот обзор только для чтения", "This explorer is read only"),
    "text": ("Что", "What"),
    "layer_of": ("Слой", "Layer"),
    "owner": ("Кто", "Owner"),
    "status": ("Состояние", "Status"),
    "behind": ("Основание", "Evidence"),
    "removes": ("Какой барьер снимает", "Barrier that it removes"),
    "carries_out": ("Для какой возможности", "Opportunity that it serves"),
    "link": ("связать…", "link…"),
    "unlink": ("Отвязать: {name}", "Unlink {name}"),
    "add": ("Добавить", "Add"),
    "new_item": ("Новая запись", "New item"),
    "new_text": ("Что сделать или улучшить", "What to improve or do"),
    "delete": ("Удалить: {text}", "Delete: {text}"),
    "rests": ("{n} из {of}", "{n} of {of}"),
    "not_on_map": ("не на этой карте", "not on this map"),
    "open_quotes": ("Открыть слова", "Open the quotes"),
    "statuses": ("идея|в плане|в работе|сделано", "idea|planned|in progress|done"),
    # comparing
    "changes": ("Что изменилось", "What differs"),
    "changes_sure": ("Отличимо от случайного: {n}", "Told apart from chance: {n}"),
    "changes_unsure": (
        "Разница может быть случайной, или людей мало: {n}",
        "May be chance, or too few people: {n}",
    ),
    "no_changes": ("Карты не различаются.", "The maps do not differ."),
    # saving
    "undo": ("Отменить", "Undo"),
    "redo": ("Вернуть", "Redo"),
    "act_item": ("новая запись", "new item"),
    "act_item_change": ("правка записи", "change of an item"),
    "act_item_delete": ("удаление записи", "deletion of an item"),
    "act_link": ("связь", "link"),
    "act_unlink": ("снятие связи", "removal of a link"),
    "not_ours": (
        "Последнее действие сделано не здесь; отмените его там, где сделали",
        "The last act was not done here; undo it where it was done",
    ),
    "saved": ("Сохранено", "Saved"),
    "unsaved": ("Сохраняется: {n}", "Saving: {n}"),
    "failed": ("Не сохранено: {n}", "Not saved: {n}"),
    "offline": ("Нет связи", "Disconnected"),
    "failed_loud": (
        "Не удалось сохранить ({reason}). Правки ({n}) держатся на странице, попытки продолжаются.",
        "Could not be saved ({reason}). Edits ({n}) are kept on this page and tried again.",
    ),
    "offline_loud": (
        "Обзор не связан с ядром Python: оно занято, перезапущено или остановлено. Показано то, "
        "что было. Выполните его ячейку снова.",
        "The explorer is disconnected from its Python kernel: it is busy, restarted or gone. What "
        "you see is as it was. Run its cell again.",
    ),
    "offline_edits": (
        "Несохранённые правки ({n}) ждут на странице.",
        "Unsaved edits ({n}) wait on this page.",
    ),
    "retry": ("Повторить", "Try again"),
    "refused": ("Отказано: {reason}", "Refused: {reason}"),
    "refused_edit": (
        "Правка не принята: {reason}. Вы ввели: «{text}»",
        "The edit was refused: {reason}. You typed: “{text}”",
    ),
    "working": ("Считаю…", "Working…"),
    "done_edit": ("Сохранено", "Saved"),
}


def say(key: str, language: str, **values: object) -> str:
    """Give a phrase with its values filled in."""
    if language not in ("ru", "en"):
        raise CjmError(f"language {language!r}: choose one of ru, en")
    return _WORDS[key][language == "en"].format(**values)


def everything(language: str) -> dict[str, str]:
    """Give all phrases, with their places for values open."""
    return {key: phrases[language == "en"] for key, phrases in _WORDS.items()}
