"""What the explorer of personas says, in Russian and English."""

from __future__ import annotations

_WORDS = {
    "explorer": ("Персоны", "Personas"),
    "loading": ("Загружается…", "Loading…"),
    "undo": ("Отменить", "Undo"),
    "redo": ("Вернуть", "Redo"),
    "refresh": ("Обновить из проекта", "Reload from the project"),
    "read_only": (
        "Только чтение: исследование, а не проект",
        "Read only: a study, not a project",
    ),
    "machine": ("С разметкой машины", "With machine tags"),
    "machine_hint": (
        "Считать и то, что предложили правила и модели, а человек не проверил",
        "Count also what rules and models suggested and no person has checked",
    ),
    "banner": (
        "{note}: {n} из {of} пометок предложили правила и модели.",
        "{note}: rules and models suggested {n} of {of} codings.",
    ),
    "saved": ("Сохранено", "Saved"),
    "unsaved": ("Сохраняется…", "Saving…"),
    "failed": ("Не сохранено: {reason}", "Not saved: {reason}"),
    "offline": ("Нет связи с ядром", "No connection to the kernel"),
    "retry": ("Повторить", "Try again"),
    "refused": ("Не получилось: {reason}", "That did not work: {reason}"),
    # -- the board
    "new": ("Новая персона", "New persona"),
    "new_name": ("Имя новой персоны", "Name of the new persona"),
    "make": ("Создать", "Create"),
    "save": ("Сохранить", "Save"),
    "cancel": ("Отмена", "Cancel"),
    "nobody": ("Без персоны", "In no persona"),
    "nobody_empty": ("У каждого есть персона.", "Everybody is in a persona."),
    "only_asked": ("Только опрос: {n}", "Survey only: {n}"),
    "only_asked_hint": (
        "Ответили на опрос, но не говорят в размеченных текстах; кривых и цитат у них нет",
        "They answered the survey and speak in no coded text; they have no curves and no quotes",
    ),
    "more_people": ("и ещё {n}", "and {n} more"),
    "drop_here": ("Перетащите сюда участников", "Drag participants here"),
    "people": ("Участники", "Participants"),
    "people_of": ("Участники: {name}", "Participants: {name}"),
    "origin_manual": ("вручную", "by hand"),
    "origin_trait": ("по признаку", "by trait"),
    "origin_cluster": ("найдена", "found"),
    "few": (
        "мало людей: {n}. Отдельные голоса, не доли",
        "few people: {n}. Voices, not shares",
    ),
    "unheard": ("без слов: {n}", "unheard: {n}"),
    "unheard_hint": (
        "не говорят в размеченных текстах и в счёт карточки не входят",
        "they speak in no coded text and are not counted on the card",
    ),
    "unsure": ("{p} вероятности", "probability {p}"),
    "rename": ("Переименовать", "Rename"),
    "name": ("Имя персоны", "Name of the persona"),
    "merge": ("Объединить с…", "Merge with…"),
    "merge_name": ("Имя объединённой персоны", "Name of the merged persona"),
    "merge_do": ("Объединить", "Merge"),
    "split": ("Выделить выбранных", "Split off the selected"),
    "split_name": ("Имя для выбранных: {n}", "Name for the selected: {n}"),
    "split_do": ("Выделить", "Split off"),
    "split_hint": (
        "Сначала выберите людей щелчком или пробелом: часть, не всех",
        "Select people first, by a click or by space: some, not all",
    ),
    "delete": ("Удалить", "Delete"),
    "actions": ("Действия: {name}", "Actions: {name}"),
    "move_to": ("Куда: {name}", "Move {name} to"),
    "take_out": ("Убрать из персоны", "Take out of the persona"),
    "selected": ("выбрано: {n}", "{n} selected"),
    "keys_hint": (
        "Люди: ↑ ↓ — по списку, Enter — куда переместить, 1–9 — в персону по номеру, "
        "0 — убрать, пробел — выбрать, F2 — имя, Ctrl+Z — отменить",
        "People: ↑ ↓ along the list, Enter to choose where to, 1–9 to the persona of that "
        "number, 0 to take out, space to select, F2 to rename, Ctrl+Z to undo",
    ),
    "chip": ("{name}, {persona}", "{name}, {persona}"),
    "did_move": ("{name}: теперь {to}", "{name} is now in {to}"),
    "did_out": ("{name}: без персоны", "{name} is in no persona now"),
    "did_undo": ("Отменено", "Taken back"),
    "did_redo": ("Возвращено", "Done again"),
    "did": ("Готово", "Done"),
    # -- curve and card
    "curve": ("Кривая: {name}", "Curve of {name}"),
    "curve_of": ("настроение по этапам", "mood by stage"),
    "better": ("лучше", "better"),
    "worse": ("хуже", "worse"),
    "everybody": ("все участники", "everybody"),
    "no_curve": (
        "Чувств на этапах не размечено: кривой нет.",
        "No feelings are coded at stages: no curve.",
    ),
    "counting": ("Пересчитывается…", "Counting…"),
    "point": ("{stage}: {mean}; {n} из {of}", "{stage}: {mean}; {n} of {of}"),
    "interval": ("; 95% интервал от {low} до {high}", "; 95% interval {low} to {high}"),
    "no_interval": ("; меньше трёх — без интервала", "; fewer than three: no interval"),
    "by_machine": ("; есть непроверенное машиной", "; some of it unchecked machine tags"),
    "no_data": ("{stage}: нет данных", "{stage}: no data"),
    "legend": ("Этапы", "Stages"),
    "legend_marks": (
        "Точка — среднее, под ней число людей, черта — 95% интервал (от трёх человек); "
        "серая линия — все участники. Точка и строка карточки открывают слова.",
        "A dot is a mean with the number of people under it, a bar its 95% interval (from three "
        "people on); the grey line is everybody. A dot or a line of a card opens the words.",
    ),
    "nothing_said": ("В карточке пусто: никто не размечен.", "An empty card: nobody is coded."),
    "more_lines": ("Ещё {n}", "{n} more"),
    "hidden": (
        "скрыто значений: {n}. У них меньше трёх человек",
        "{n} values hidden: fewer than three people each",
    ),
    "hidden_all": (
        "Признаки скрыты: меньше трёх человек",
        "Traits hidden: fewer than three people",
    ),
    "of": ("{n} из {of}", "{n} of {of}"),
    "line": ("{name}: {n} из {of}. Открыть слова", "{name}: {n} of {of}. Open the words"),
    # -- quotes
    "quotes": ("Слова людей", "People's words"),
    "quotes_count": ("людей: {people} · упоминаний: {n}", "{people} people · {n} mentions"),
    "no_quotes": (
        "Здесь никто ничего не сказал. Это пробел в данных, а не «всё хорошо».",
        "Nobody said anything here. That is a gap in the data, not good news.",
    ),
    "withheld": (
        "Слова скрыты: участник не дал согласия на цитирование.",
        "Words withheld: the participant did not consent to being quoted.",
    ),
    "unchecked": ("машина, не проверено", "machine, unchecked"),
    "question": ("Вопрос", "Asked"),
    "more": ("Показать ещё", "Show more"),
    "shown": ("показаны {n} из {of}", "{n} of {of} shown"),
    "close": ("Закрыть", "Close"),
    # -- looking for personas
    "look": ("Есть ли персоны в данных?", "Are there personas in the data?"),
    "look_intro": (
        "Участники сравниваются по выбранным признакам. Ответ «персон нет» — тоже ответ.",
        "People are compared by what you choose. “None” is an answer, too.",
    ),
    "by_codes": ("О чём говорят (доли кодов)", "What they speak of (shares of codes)"),
    "by_stages": ("Чувства по этапам", "Feelings by stage"),
    "by_traits": ("Признаки людей", "Traits"),
    "by_questions": ("Вопросы опроса", "Survey questions"),
    "none_here": ("нет в проекте", "none in the project"),
    "number": ("Сколько персон", "How many"),
    "number_any": ("пусть скажут данные", "let the data say"),
    "search": ("Искать", "Look"),
    "searching": (
        "Ищем: сравниваем со случайным перемешиванием… {seconds} с",
        "Looking: comparing with shuffled data… {seconds} s",
    ),
    "gathering": ("Собираем признаки… {seconds} с", "Gathering features… {seconds} s"),
    "describing": (
        "Смотрим, чем группы отличаются… {seconds} с",
        "Seeing what sets the groups apart… {seconds} s",
    ),
    "stop": ("Не ждать", "Stop waiting"),
    "none_chosen": ("Выберите хотя бы один признак", "Choose at least one feature"),
    "answer_none": ("Персон: 0", "0 personas"),
    "features_left": (
        "Признаков отброшено: {n} (слишком редкие или одинаковые у всех)",
        "{n} features left out (too rare, or the same for everybody)",
    ),
    "people_left": (
        "Не сравнивались, о них мало известно: {n}",
        "{n} people not compared: too little is known of them",
    ),
    "trials": ("Сколько пробовали", "Numbers tried"),
    "trial_k": ("персон", "personas"),
    "trial_smallest": ("в меньшей", "smallest"),
    "trial_silhouette": ("силуэт", "silhouette"),
    "trial_null": ("случайно", "by chance"),
    "trial_p": ("p", "p"),
    "trial_stable": ("устойчивы", "stable"),
    "chosen": ("выбрано", "chosen"),
    "found_name": ("Имя", "Name"),
    "found_apart": ("Чем отличается", "What sets it apart"),
    "found_apart_hint": (
        "Показано без обучения на самом признаке: людей делили заново без него",
        "Shown with the feature held out: people were divided again without it",
    ),
    "found_alike": ("ничего не показано", "nothing was shown"),
    "found_more": ("и ещё {n}", "and {n} more"),
    "found_n": ("Людей", "People"),
    "found_jaccard": ("Жаккар", "Jaccard"),
    "found_stable": ("устойчива", "stable"),
    "found_unstable": ("неустойчива", "not stable"),
    "found_jaccard_hint": (
        "Насколько группа повторяется, если набрать людей заново; устойчива от 0,75",
        "How far the group comes back when people are drawn anew; stable from 0.75",
    ),
    "memberships": ("Кто к какой относится, с вероятностью", "Who belongs where, how probably"),
    "person": ("Участник", "Participant"),
    "group": ("Группа {n}", "Group {n}"),
    "adopt": ("Взять в проект рядом с имеющимися", "Add to the project's personas"),
    "adopt_first": ("Взять в проект", "Take into the project"),
    "adopt_instead": ("Взять вместо имеющихся", "Replace the project's personas"),
    # -- report
    "report": ("Отчёт", "Report"),
    "report_folder": ("Папка отчёта", "Folder of the report"),
    "report_format": ("Формат отчёта", "Format of the report"),
    "report_write": ("Записать", "Write"),
    "report_writing": ("Отчёт пишется…", "Writing the report…"),
    "report_written": ("Отчёт записан: {path}", "Report written: {path}"),
    "report_failed": ("Отчёт не записан: {reason}", "No report written: {reason}"),
    "no_folder": ("Назовите папку", "Name a folder"),
}
_SECTIONS = {
    "who": ("Кто это", "Who they are"),
    "thoughts": ("Мысли", "Thoughts"),
    "feelings": ("Чувства", "Feelings"),
    "actions": ("Действия", "Actions"),
    "pains": ("Барьеры и боли", "Barriers and pains"),
    "needs": ("Потребности", "Needs"),
    "dreams": ("Мечты", "Dreams"),
    "touchpoints": ("Точки контакта", "Touchpoints"),
}


def section(name: str, language: str) -> str:
    """Name a section of a card."""
    return _SECTIONS[name][language == "en"]


def everything(language: str) -> dict[str, str]:
    """Give every phrase in a language; sections of a card as `section_<section>`."""
    both = _WORDS | {f"section_{name}": phrase for name, phrase in _SECTIONS.items()}
    return {key: phrase[language == "en"] for key, phrase in both.items()}
