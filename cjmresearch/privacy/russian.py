"""Russian names of people in every case, by the grammar of pymorphy3 and the words around them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from cjmresearch.privacy import names
from cjmresearch.privacy.mention import Mention, Name

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_WORD = re.compile(r"[А-ЯЁ]\.|[А-ЯЁа-яё]+(?:-[А-ЯЁа-яё]+)*")
_SURNAME = re.compile(
    r"(?:[оеё]в|ин|ын|ск(?:ий|ая|ой|ого|ому|им|ом)|цк(?:ий|ая)|енко|чук|юк|як|ян|дзе|швили|ович|евич)"
    r"(?:а|у|ым|ой|е|ы)?$"
)
_OLD_CASES = {"gen2": "gent", "loc2": "loct", "acc2": "accs", "voct": "nomn", "gen1": "gent"}
_ROLES = {"Name": "given", "Patr": "patronymic", "Surn": "surname"}
GOVERNS: dict[str, str] = {
    **dict.fromkeys(
        names.words("у от без для из до около после против ради кроме мимо вместо"),
        "gent",
    ),
    **dict.fromkeys(["к", "ко", "благодаря", "вопреки", "навстречу"], "datv"),
    **dict.fromkeys(["о", "об", "обо", "при"], "loct"),
    **dict.fromkeys(["над", "перед", "между"], "ablt"),
    **dict.fromkeys(["про", "через", "сквозь"], "accs"),
    **dict.fromkeys(["с", "со"], "ablt gent"),
    **dict.fromkeys(["за", "под"], "ablt accs"),
    **dict.fromkeys(["в", "во", "на"], "loct accs"),
    "по": "datv",
}


@dataclass(frozen=True)
class Reading:
    """One way in which a word may be a part of a name."""

    role: str
    lemma: str
    case: str
    genders: frozenset[str]
    score: float


@dataclass(frozen=True)
class Word:
    """What the dictionary says about a word: readings as a name, as a place, as anything else."""

    readings: tuple[Reading, ...]
    known: bool
    place: float
    ordinary: float
    lemmas: frozenset[str]
    verb: bool

    def score(self, role: str) -> float:
        """Sum of the scores of the readings in a role."""
        return sum(r.score for r in self.readings if r.role == role)


@cache
def analyser() -> Any:
    """Make pymorphy3's analyser once."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer()


@cache
def look_up(word: str) -> Word:
    """Read a word: a part of a name, a place, an ordinary word, or several of these."""
    readings, place, ordinary, known, lemmas, verb = [], 0.0, 0.0, False, set(), False
    for parse in analyser().parse(word.lower()):
        grammemes = parse.tag.grammemes
        known = known or parse.is_known
        verb = verb or "VERB" in grammemes
        lemmas.add(parse.normal_form.replace("ё", "е"))
        role = next((name for tag, name in _ROLES.items() if tag in grammemes), None)
        if role and "plur" not in grammemes:
            case = str(parse.tag.case or "nomn")
            gender = {"masc": "m", "femn": "f"}.get(str(parse.tag.gender), "mf")
            lemma = parse.normal_form
            usual = lemma.replace("ё", "е") in _short_names() - names.RUSSIAN_DOUBTFUL
            score = parse.score + usual
            case = _OLD_CASES.get(case, case)
            readings.append(Reading(role, lemma, case, frozenset(gender), score))
        elif "Geox" in grammemes:
            place += parse.score
        elif parse.is_known and not grammemes & {"Init", "Orgn", "Name", "Patr", "Surn"}:
            ordinary += parse.score
    return Word(tuple(readings), known, place, ordinary, frozenset(lemmas), verb)


class _Token:
    """A Cyrillic word with its place in the text."""

    def __init__(self, match: re.Match[str], text: str) -> None:
        self.text = match.group()
        self.start, self.end = match.span()
        self.initial = len(self.text) == 2 and self.text[1] == "."
        before = text[: self.start].rstrip(' \t\u00a0"“«(—–-')
        self.opens = not before or before[-1] in ".!?…\n:"
        head, _, tail = self.text.partition("-")
        shouted = len(head) > 1 and head.isupper()
        self.capital = self.initial or (
            head[0].isupper() and not shouted and (not tail or tail[0].isupper())
        )

    @property
    def word(self) -> Word:
        """Its dictionary entry; of a double name, that of the last part."""
        return look_up(self.text.rsplit("-", 1)[-1])


Line = list[_Token]


def find_russian(text: str) -> Iterator[Mention]:
    """Give mentions of people by Cyrillic names, surest readings first within each place."""
    tokens = [_Token(m, text) for m in _WORD.finditer(text)]
    seen = _surnames_for_sure(tokens, text)
    i = 0
    while i < len(tokens):
        length, confidence = _person_at(tokens, i, text, seen)
        if length:
            parts = tokens[i : i + length]
            start, end = parts[0].start, parts[-1].end
            name = _name(parts, _governed(tokens, i) or _subject(tokens, i, length))
            yield Mention(start, end, text[start:end], "person", confidence, name)
        i += max(length, 1)


def _joined(tokens: Line, i: int, text: str) -> bool:
    """Tell whether only a space stands between the i-th token and the one before it."""
    if not 0 < i < len(tokens):
        return False
    gap = text[tokens[i - 1].end : tokens[i].start]
    initials = tokens[i - 1].initial or tokens[i].initial
    return gap in (" ", "\u00a0") or (initials and gap == "")


def _run(tokens: Line, i: int, text: str, test: Callable[[_Token], bool], most: int) -> int:
    """Count how many tokens from the i-th, at most `most`, follow closely and pass the test."""
    length = 0
    while length < most and _joined(tokens, i + length, text) and test(tokens[i + length]):
        length += 1
    return length


def _person_at(tokens: Line, i: int, text: str, seen: frozenset[str]) -> tuple[int, float]:
    """Count how many tokens from the i-th name a person, 0 for none, and how sure that is."""
    token = tokens[i]
    if not token.capital:
        return 0, 0.0
    if token.initial:
        letters = 1 + _run(tokens, i + 1, text, _is_initial, 1)
        test = _after_initials if letters > 1 else _after_initial
        surname = _run(tokens, i + letters, text, test, 1)
        return (letters + surname, 0.95) if surname else (0, 0.0)
    letters = _run(tokens, i + 1, text, _is_initial, 2)
    surname_like = token.word.score("surname") > 0 or not (token.opens or token.word.place > 0.5)
    if (letters == 2 and surname_like) or (letters == 1 and token.word.score("surname") > 0):
        after = _run(tokens, i + 1 + letters, text, _capital_word, 1)
        if not (after and letters == 1):
            return 1 + letters, 0.95
    for shape in (_given_first, _surname_first, _patronymic_alone):
        length, confidence = shape(tokens, i, text)
        if length:
            return length, confidence
    return _alone(tokens, i, seen)


def _given_first(tokens: Line, i: int, text: str) -> tuple[int, float]:
    """Имя Отчество, Имя Отчество Фамилия, Имя Фамилия."""
    token = tokens[i]
    if not token.word.score("given") and token.word.known:
        return 0, 0.0
    patronymic = _run(tokens, i + 1, text, _is_patronymic, 1)
    if patronymic:
        surname = _run(tokens, i + 2, text, _surname_like, 1)
        return 2 + surname, 0.98
    if not token.word.score("given"):
        return 0, 0.0
    surname = _run(tokens, i + 1, text, _surname_like, 2)
    certain = surname and (
        not token.opens or token.word.ordinary < 0.5 or tokens[i + 1].word.score("surname") > 0
    )
    return (1 + surname, 0.95) if certain else (0, 0.0)


def _surname_first(tokens: Line, i: int, text: str) -> tuple[int, float]:
    """Фамилия Имя, Фамилия Имя Отчество."""
    word = tokens[i].word
    if not word.score("surname") and (word.known or tokens[i].opens):
        return 0, 0.0
    given = _run(tokens, i + 1, text, _is_given, 1)
    if not given:
        return 0, 0.0
    rest = _run(tokens, i + 2, text, lambda t: _is_patronymic(t) or not t.word.known, 2)
    if rest or not tokens[i].opens or word.ordinary == 0:
        return 2 + rest, 0.9
    return 0, 0.0


def _patronymic_alone(tokens: Line, i: int, text: str) -> tuple[int, float]:
    """Петрович, Михалычу; also after a short form of a given name."""
    surname = _run(tokens, i + 1, text, _is_surname, 1)
    return (1 + surname, 0.9) if _is_patronymic(tokens[i]) else (0, 0.0)


def _alone(tokens: Line, i: int, seen: frozenset[str]) -> tuple[int, float]:
    """One word by itself: by what it may be, where it stands and what stands beside it."""
    token, word = tokens[i], tokens[i].word
    if word.lemmas & names.NOT_PEOPLE:
        return 0, 0.0
    given, surname = word.score("given"), word.score("surname")
    cued = _cued(tokens, i)
    if not word.known and not (word.lemmas & _short_names() or _SURNAME.search(token.text)):
        given = surname = 0.0  # the dictionary guesses: «Вебинар» ends like a name, too
    if word.lemmas & seen:
        return 1, 0.8
    if given or surname:
        if not cued and (word.place > given + surname or (word.place and _among_places(tokens, i))):
            return 0, 0.0
        if not token.opens:
            return 1, 0.9 if word.ordinary < 0.5 else 0.75
        if word.ordinary == 0 and word.place < 0.2 and (word.known or given):
            return 1, 0.85
        if given and word.lemmas & _sure_names():
            return 1, 0.7
        if given and (_speaks(tokens, i) or _addressed(tokens, i)):
            return 1, 0.6
        return (1, 0.5) if given and word.ordinary < 0.02 else (0, 0.0)
    if cued and not token.opens and not word.ordinary and not word.place:
        return 1, 0.6
    return 0, 0.0


@cache
def _short_names() -> frozenset[str]:
    return frozenset(name.replace("ё", "е") for name in names.RUSSIAN_SHORT)


@cache
def _sure_names() -> frozenset[str]:
    """Usual names that open a sentence as names and not as words, full and short."""
    full = {name for names_ in names.RUSSIAN_SHORT.values() for name in names_.split("/")}
    known = {name.replace("ё", "е") for name in full | set(names.RUSSIAN_SHORT)}
    return frozenset(known - names.RUSSIAN_DOUBTFUL)


def _among_places(tokens: Line, i: int) -> bool:
    """Tell whether the next capital is a town: «Владимир, Тула и Калуга»."""
    following = tokens[i + 1] if i + 1 < len(tokens) else None
    return following is not None and following.capital and following.word.place > 0.5


def _cued(tokens: Line, i: int) -> bool:
    """Tell whether a word such as «менеджер» or «по фамилии» stands before it."""
    return any(tokens[j].word.lemmas & names.RUSSIAN_CUES for j in range(max(i - 1, 0), i))


def _speaks(tokens: Line, i: int) -> bool:
    """Tell whether a verb of what people do stands within the next two words."""
    return any(t.word.lemmas & names.RUSSIAN_SPEECH for t in tokens[i + 1 : i + 3])


def _addressed(tokens: Line, i: int) -> bool:
    """Tell whether somebody is spoken to: «Роман, вы меня слышите?»."""
    return any(
        t.text.lower() in ("вы", "ты", "вас", "тебя", "вам", "тебе") for t in tokens[i + 1 : i + 3]
    )


def _surnames_for_sure(tokens: Line, text: str) -> frozenset[str]:
    """Lemmas of surnames that stand beside a name or initials somewhere in the text."""
    found: set[str] = set()
    for i, token in enumerate(tokens):
        if not token.capital or token.initial:
            continue
        after_name = _joined(tokens, i, text) and (
            tokens[i - 1].initial
            or (tokens[i - 1].capital and _is_given_or_patronymic(tokens[i - 1]))
        )
        before_letters = _joined(tokens, i + 1, text) and tokens[i + 1].initial
        if after_name or before_letters:
            found |= {r.lemma.replace("ё", "е") for r in token.word.readings if r.role == "surname"}
    return frozenset(found)


def _is_initial(token: _Token) -> bool:
    return token.initial


def _capital_word(token: _Token) -> bool:
    return token.capital and not token.initial


def _after_initials(token: _Token) -> bool:
    return _capital_word(token) and len(token.text) > 2


def _after_initial(token: _Token) -> bool:
    return _after_initials(token) and (token.word.score("surname") > 0 or not token.word.known)


def _is_given(token: _Token) -> bool:
    return _capital_word(token) and token.word.score("given") > 0


def _is_patronymic(token: _Token) -> bool:
    return _capital_word(token) and token.word.score("patronymic") > 0


def _is_given_or_patronymic(token: _Token) -> bool:
    return _is_given(token) or _is_patronymic(token)


def _is_surname(token: _Token) -> bool:
    return _capital_word(token) and token.word.score("surname") > 0


def _surname_like(token: _Token) -> bool:
    """Any capital inside a sentence right after a given name, but a place."""
    word = token.word
    place = word.place > 0.9 and token.text[-1] not in "вн"
    return _capital_word(token) and not token.opens and (bool(word.readings) or not place)


def _governed(tokens: Line, i: int) -> str:
    """Cases that the preposition before the name asks for, in order; empty without one."""
    for j in range(i - 1, max(i - 3, -1), -1):
        cases = GOVERNS.get(tokens[j].text.lower())
        if cases:
            return cases
        if not tokens[j].word.lemmas & names.RUSSIAN_CUES:
            break
    return ""


def _subject(tokens: Line, i: int, length: int) -> str:
    """Tell the nominative where a sentence begins or a verb follows: «Белова ушла»."""
    verb = i + length < len(tokens) and tokens[i + length].word.verb
    return "nomn" if tokens[i].opens or verb else ""


def _name(parts: Line, governed: str) -> Name:
    """Read the parts together: one case and one gender that all of them allow."""
    roles = _roles(parts)
    best: tuple[float, str, frozenset[str]] = (-1.0, "nomn", frozenset("mf"))
    for case in CASES:
        for gender in "mf":
            total = _fit(roles, case, gender)
            if governed:
                total += 2 * (case in governed) if total >= 0 else 0
            elif case == "loct":
                total -= 0.5
            if total > best[0] + 1e-9:
                best = (total, case, frozenset(gender))
            elif abs(total - best[0]) <= 1e-9 and case == best[1]:
                best = (total, case, best[2] | {gender})
    _, case, genders = best
    given = _best_lemma(roles.get("given"), "given", case, genders)
    return Name(
        full_names(given) if given else frozenset(_letters(parts)[:1]),
        _best_lemma(roles.get("patronymic"), "patronymic", case, genders),
        _best_lemma(roles.get("surname"), "surname", case, genders),
        genders,
        case,
    )


def name_of(text: str) -> Name:
    """Read words that are known to be a name."""
    tokens = [_Token(m, text) for m in _WORD.finditer(text)]
    return _name(tokens, "") if tokens else Name()


def _letters(parts: Line) -> list[str]:
    return [p.text.lower() for p in parts if p.initial]


def _roles(parts: Line) -> dict[str, _Token]:
    """Tell which token is the given name, the patronymic and the surname."""
    words = [p for p in parts if not p.initial]
    if len(words) < len(parts):
        return {"surname": words[0]}
    roles: dict[str, _Token] = {}
    if len(words) == 1:
        scores = {role: words[0].word.score(role) for role in _ROLES.values()}
        role = max(scores, key=lambda r: scores[r])
        return {role if scores[role] else "surname": words[0]}
    for token in words:
        if _is_patronymic(token) and roles and "patronymic" not in roles:
            roles["patronymic"] = token
        elif "given" not in roles and (_is_given(token) or "surname" in roles):
            roles["given"] = token
        else:
            roles["surname"] = token
    return roles


def _fit(roles: dict[str, _Token], case: str, gender: str) -> float:
    """Measure how well all parts stand in the case and gender; −1 where a known part can't."""
    total = 0.0
    for role, token in roles.items():
        readings = [r for r in token.word.readings if r.role == role]
        fitting = [r.score for r in readings if r.case == case and gender in r.genders]
        if readings and not fitting:
            return -1.0
        total += max(fitting, default=0.0)
    return total


def _best_lemma(token: _Token | None, role: str, case: str, genders: frozenset[str]) -> str:
    if token is None:
        return ""
    fitting = [
        r for r in token.word.readings if r.role == role and r.case == case and r.genders & genders
    ] or [r for r in token.word.readings if r.role == role]
    lemma = max(fitting, key=lambda r: r.score).lemma if fitting else token.text.lower()
    return lemma.replace("ё", "е")


@cache
def full_names(given: str) -> frozenset[str]:
    """Full names that a given name or its short form may stand for."""
    short = {k.replace("ё", "е"): v for k, v in names.RUSSIAN_SHORT.items()}
    full = short.get(given.replace("ё", "е"), given)
    return frozenset(full.replace("ё", "е").split("/"))
