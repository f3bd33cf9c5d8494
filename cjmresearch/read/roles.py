"""Who asks and who answers: from the labels, the front matter, and how people talk."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cjmresearch.read import labels
from cjmresearch.read.draft import Draft

_SENTENCE = re.compile(r"[.!?…]+(?:\s|$)")
_QUESTION = re.compile(r"\?")
_FACT_ROLES = {
    "interviewer": labels.words(
        "interviewer host moderator researcher интервьюер ведущий модератор"
    ),
    "participant": labels.words(
        "guest participant respondent interviewee респондент участник гость"
    ),
}
_FEW_WORDS = 0.02
_SOME, _MORE, _LESS = 0.05, 1.5, 2.0


@dataclass(frozen=True)
class Voice:
    """How one speaker talks in one source."""

    label: str
    n_turns: int
    n_words: int
    questions: float
    """Questions a sentence, 0..1 and seldom more."""


@dataclass(frozen=True)
class Role:
    """A role and why it was given."""

    role: str
    reason: str


def listen(draft: Draft) -> list[Voice]:
    """Measure every speaker, in order of appearance."""
    said: dict[str, list[str]] = {}
    for turn in draft.turns:
        said.setdefault(turn.speaker, []).append(draft.text[turn.start : turn.end])
    return [_measure(label, words) for label, words in said.items()]


def _measure(label: str, turns: Sequence[str]) -> Voice:
    sentences = sum(max(1, len(_SENTENCE.findall(t))) for t in turns)
    questions = sum(len(_QUESTION.findall(t)) for t in turns)
    return Voice(label, len(turns), sum(len(t.split()) for t in turns), questions / sentences)


def infer(voices: Sequence[Voice], facts: Mapping[str, str]) -> dict[str, Role]:
    """Give every speaker a role with its reason.

    Labels decide first, then the front matter, then a number that makes two labels one kind
    (`A1`, `A5`); who is left is judged by the talk: the one who asks most and talks least asks.
    """
    roles: dict[str, Role] = {}
    for voice in voices:
        known = _from_label(voice.label) or _from_facts(voice.label, facts)
        if known is None and _is_stray(voice, voices):
            known = Role("other", "others have names, nothing tells who this is")
        if known:
            roles[voice.label] = known
    open_ = [v for v in voices if v.label not in roles]
    if "interviewer" in {r.role for r in roles.values()}:
        reason = "the interviewer is known, the others answer"
        roles |= {v.label: Role("participant", reason) for v in open_}
    elif open_:
        roles |= _from_talk(open_, voices)
    return {v.label: roles[v.label] for v in voices}


def _is_stray(voice: Voice, voices: Sequence[Voice]) -> bool:
    """Tell a label such as `Speaker 1` among people who are named."""
    named = [v for v in voices if not labels.is_neutral(v.label)]
    return labels.is_neutral(voice.label) and len(named) > 1


def _from_label(label: str) -> Role | None:
    role = labels.role_of(label)
    if role:
        return Role(role, "the label says so")
    if labels.stem(label).startswith("unknown") or labels.stem(label) == "неизвестный":
        return Role("other", "the file does not know who speaks")
    return None


def _from_facts(label: str, facts: Mapping[str, str]) -> Role | None:
    name = labels.key(label)
    for role, keys in _FACT_ROLES.items():
        for fact in sorted(keys):
            value = labels.key(facts.get(fact, ""))
            if value and (name == value or name in value.split(", ") or name == value.split()[0]):
                return Role(role, f"the front matter says {fact}: {facts[fact]}")
    return None


def _from_talk(open_: Sequence[Voice], voices: Sequence[Voice]) -> dict[str, Role]:
    """Name one kind of label that asks, if it plainly does; all others answer."""
    kinds: dict[str, list[Voice]] = {}
    for voice in open_:
        kinds.setdefault(_kind(voice, voices), []).append(voice)
    answering = [v for v in voices if labels.role_of(v.label) == "participant"]
    if answering and len(kinds) == 1:
        reason = f"{answering[0].label} answers by its label, who else talks here asks"
        return {v.label: Role("interviewer", reason) for v in open_}
    total = _words(voices)
    main = [vs for vs in kinds.values() if _words(vs) >= _FEW_WORDS * total]
    askers = max(main, key=lambda vs: _asking(vs) - 0.5 * _words(vs) / total, default=[])
    rest = [v for v in voices if v not in askers]
    if not askers or not rest or not _plainly_asks(askers, rest):
        reason = "nobody here plainly asks the questions"
        return {v.label: Role("participant", reason) for v in open_}
    return {v.label: _judged(v, askers, rest) for v in open_}


def _kind(voice: Voice, voices: Sequence[Voice]) -> str:
    """Numbered labels of one stem are one kind, but not where all labels share the stem."""
    stems = {labels.stem(v.label) for v in voices}
    return labels.stem(voice.label) if len(stems) > 1 else voice.label


def _words(voices: Sequence[Voice]) -> int:
    return max(1, sum(v.n_words for v in voices))


def _asking(voices: Sequence[Voice]) -> float:
    return sum(v.questions * v.n_words for v in voices) / _words(voices)


def _plainly_asks(askers: Sequence[Voice], rest: Sequence[Voice]) -> bool:
    """More questions than the others; of two speakers, much less talk with a question in it."""
    if len(rest) == 1 and _LESS * _words(askers) <= _words(rest) and _asking(askers) > 0:
        return True
    return _asking(askers) >= _MORE * _asking(rest) and _asking(askers) > _SOME


def _judged(voice: Voice, askers: Sequence[Voice], rest: Sequence[Voice]) -> Role:
    if voice not in askers:
        names = ", ".join(a.label for a in askers)
        return Role("participant", f"{names} asks, the others answer")
    main = max(askers, key=lambda v: v.n_words)
    if voice is not main:
        return Role("interviewer", f"numbered like {main.label}, who asks")
    return Role(
        "interviewer",
        f"{voice.questions:.0%} of the sentences are questions, others {_asking(rest):.0%}; "
        f"{voice.n_words / (_words(askers) + _words(rest)):.0%} of the words",
    )
