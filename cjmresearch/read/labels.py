"""Which words at the beginning of a line name a speaker, and which role the name tells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache


def words(text: str) -> frozenset[str]:
    """Make a set of the words of a text."""
    return frozenset(text.split())


INTERVIEWER = words(
    "interviewer moderator host researcher facilitator assistant ai therapist int mod "
    "интервьюер модератор ведущий ведущая исследователь исследовательница интервьюерка инт мод "
    "question вопрос q i и в"
)
PARTICIPANT = words(
    "interviewee participant respondent guest customer client user resp responder informant "
    "респондент респондентка респ участник участница информант информантка клиент клиентка "
    "покупатель покупательница пользователь пользовательница гость гостья эксперт "
    "answer ответ p р"
)
OTHER = words(
    "observer notetaker translator interpreter operator наблюдатель наблюдательница переводчик "
    "переводчица оператор"
)
NEUTRAL = words("speaker unknown спикер говорящий неизвестный голос voice собеседник")

_ROLES = (("interviewer", INTERVIEWER), ("participant", PARTICIPANT), ("other", OTHER))

_COMMON_WORDS = words(
    "question вопрос q i и в ai answer ответ p р user client клиент покупатель пользователь "
    "assistant эксперт голос voice int mod инт мод resp респ гость оператор operator"
)
"""Role words that ordinary sentences and lists also begin with: they must recur."""

_NO_SPEAKER = words(
    "например итак цитата цитирую примечание внимание итог итого пример вывод выводы смотрите так "
    "ну да нет то если кто что как где когда почему зачем потому дата время место тема цель задача "
    "проблема решение плюсы минусы шаг этап часть раздел глава источник ссылка сайт тел телефон "
    "почта адрес важно первое второе третье короче скажем говорит говорю сказал сказала "
    "транскрибация транскрипт расшифровка продолжительность длительность участники запись язык "
    "файл проект заметка комментарий сначала потом вообще значит "
    "note notes example warning summary problem solution step stage part section chapter source "
    "link date time place topic subject goal task pros cons title url http https ftp www tel phone "
    "email mail address first second third so yes no well ok okay then now but and because what "
    "who why where when how like transcript duration participants recorded recording language "
    "file project comment namely meaning plus also finally"
)

_META_KEYS = re.compile(
    r"^\s*\W{0,4}(?:date|дата|место|place|тема|topic|длительность|продолжительность|duration|"
    r"участники|participants|recorded|запись|язык|language|проект|project|файл|file|id|код|"
    r"расшифровал\w*|transcribed(?: by)?|transcriber)\W{0,3}:",
    re.IGNORECASE,
)
_WORD = re.compile(r"(?:[^\W\d_][\w'’.\-]*|\d{1,3}|№|#\d+|&)$")
_PARTICLES = words("de von van der den di da la el al bin ibn оглы кызы заде and и")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_STEM = re.compile(r"^(.*?)[\s._№#\-]*\d*\.?$")
_MAX_LENGTH = 40
_MAX_WORDS = 5
_DENSE = 0.8
_remembered = lru_cache(maxsize=4096)
"""A talk has few labels and many turns: whatever is asked of a label is asked of it often."""


def clean(label: str) -> str:
    """Strip a label of Markdown marks and doubled spaces."""
    return " ".join(label.strip().strip("*_").split())


@_remembered
def key(label: str) -> str:
    """Make one speaker's labels equal, whatever their case."""
    return clean(label).casefold()


@_remembered
def stem(label: str) -> str:
    """Strip a label of its number: `Leader 2` and `Leader 3` share one stem."""
    found = _STEM.match(key(_BRACKETS.sub("", label)))
    return found.group(1).strip(" .") if found else key(label)


@_remembered
def role_of(label: str) -> str | None:
    """Tell the role that a label's own words give, else None."""
    inside = _BRACKETS.search(label)
    for words in (stem(label), key(inside.group(1)) if inside else "", _title(label)):
        for role, known in _ROLES:
            if words in known:
                return role
    return None


def _title(label: str) -> str:
    """Find the role word beside a name: `Модератор Анна`, `Анна, респондент`."""
    words = clean(label).split()
    if len(words) < 2:
        return ""
    first, last = words[0].casefold().strip("."), words[-1].casefold()
    numbered = words[1].strip(".,").isdigit()
    if first not in _COMMON_WORDS and (numbered or all(w[0].isupper() for w in words[1:])):
        return first
    return last if words[-2].endswith(",") else ""


@_remembered
def is_known(label: str) -> bool:
    """Tell whether the label carries a role word, or says speaker."""
    return role_of(label) is not None or is_neutral(label)


@_remembered
def is_neutral(label: str) -> bool:
    """Tell whether the label says speaker, and no more."""
    return not NEUTRAL.isdisjoint(stem(label).split())


def may_stand_once(label: str) -> bool:
    """Tell whether the label is so plainly a speaker's that it need not recur."""
    return is_known(label) and stem(label) not in _COMMON_WORDS


@_remembered
def is_name_like(label: str) -> bool:
    """Tell whether words could be a name: few, capitalised, no sentence."""
    bare = clean(_BRACKETS.sub(" ", label))
    words = bare.split()
    if not words or len(label) > _MAX_LENGTH or len(words) > _MAX_WORDS:
        return False
    if not _WORD.match(words[0]) or not words[0][0].isupper():
        return False
    if words[0].casefold().strip(".") in _NO_SPEAKER or stem(label) in _NO_SPEAKER:
        return False
    return all(
        _WORD.match(w) and (not w[0].isalpha() or w[0].isupper() or w in _PARTICLES) for w in words
    )


def is_metadata(line: str) -> bool:
    """Tell a line of a head block, such as `Дата: 12 мая`."""
    return _META_KEYS.match(line) is not None


def accept(
    candidates: Iterable[str], *, given: Collection[str] = (), units: int = 0
) -> dict[str, str]:
    """Choose the labels that are speakers: label as most often written, by its key.

    A speaker recurs, or carries a plain role word, or was `given` by the caller. Where nearly
    every one of the `units` (paragraphs, cues) begins with a label, a full name may stand once.
    """
    written = [clean(c) for c in candidates]
    counts = Counter(key(c) for c in written)
    forms: dict[str, Counter[str]] = {}
    for label in written:
        forms.setdefault(key(label), Counter())[label] += 1
    best = {k: form.most_common(1)[0][0] for k, form in forms.items()}
    wanted = {key(g) for g in given}
    chosen = {
        k: label
        for k, label in best.items()
        if k in wanted
        or may_stand_once(label)
        or (counts[k] > 1 and (is_known(label) or is_name_like(label)))
    }
    if units and sum(counts[k] for k in chosen) >= _DENSE * units:
        chosen |= {k: v for k, v in best.items() if is_name_like(v) and " " in v}
    return chosen


def doubt(written: Iterable[tuple[int, str]], chosen: Collection[str]) -> tuple[str, ...]:
    """Remark on names (with their places) that begin a line but were not chosen, if any."""
    odd = [(n, w) for n, w in written if key(w) not in chosen and is_name_like(w)]
    shown = ", ".join(f"«{label}:» ({place})" for place, label in odd[:5])
    remark = (
        f"no speakers, for they stand once: {shown}; if one is, name it with "
        "--participant LABEL=ID (in Python `participants`)"
    )
    return (remark,) if odd else ()
