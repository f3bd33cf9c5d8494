"""Who was asked what, and who has answered: a guide against what was really said."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cjmresearch.aggregate import live_codings, share_interval
from cjmresearch.errors import CjmError
from cjmresearch.guides.asking import check_language
from cjmresearch.guides.loading import Guide
from cjmresearch.schema import OUTCOMES, SOURCE_KINDS, Study

TALKS = ("interview", "focus_group", "call")
WHERE_ASKED = {"survey": ("survey",), "interview": TALKS, "brief": TALKS}
"""Kinds of sources in which a kind of guide is asked; other guides ask all of them."""
_FEWEST_WORDS = 3
_KEYS = ["question", "participant_id"]


@dataclass(frozen=True, eq=False)
class Coverage:
    """What was asked of a guide, and what was answered.

    Attributes
    ----------
    table : one row a question and participant: question (ordered Categorical of the guide's),
        participant_id, asked, answered (bool), turn_ids (tuple: the turns that answer it)
    questions : one row a question: question, block, text, n_asked, n_answered, of_participants
        (int64), share (who answered, of all), low, high
    unmatched : one row a question that was asked and is none of the guide's: text, n_participants
        (who were asked it; int64), nearest (the guide's question that looks most like it),
        likeness (0...1, of their letters); most people first
    """

    table: pd.DataFrame
    questions: pd.DataFrame
    unmatched: pd.DataFrame

    @property
    def grid(self) -> pd.DataFrame:
        """The table as question x participant: answered, asked, or empty text."""
        said = np.where(self.table["answered"], "answered", "asked")
        marks = self.table.assign(mark=np.where(self.table["asked"], said, ""))
        return marks.pivot(index="question", columns="participant_id", values="mark")


@dataclass(frozen=True)
class _Heard:
    """One asking: of whom, and with which words or questions."""

    people: tuple[str, ...]
    slugs: tuple[str, ...]
    words: str
    answers: Mapping[str, tuple[str, ...]]
    """Turns that answer, by participant; none where the answer has no turn."""


def coverage(
    study: Study,
    guide: Guide,
    *,
    matches: Mapping[str, str] | None = None,
    kinds: Collection[str] | None = None,
    language: str = "ru",
    level: float = 0.95,
) -> Coverage:
    """Say which participants were asked each question of a guide, and which have answered.

    A question counts as asked where its words, or those of its first sentence, stand in an
    interviewer's turn, a prompt or a question of a survey, whatever case, punctuation, numbering
    and language; nothing is taken for it because it looks like it. What was asked in other words is
    listed in `unmatched` beside the nearest question, to be put into `matches`. It is answered
    where a participant speaks before the interviewer's next question, or has filled the cell.

    Parameters
    ----------
    study
        Frozen frames of a project.
    guide
        What `load` gives.
    matches
        Words as they were asked (or a turn_id, or a question_id of a survey) -> slug of a question.
    kinds
        Kinds of sources in which the guide was asked; default by the guide's kind: surveys for a
        survey, talks for an interview or a brief, else all.
    language
        `ru` or `en`: the text in `questions`.
    level
        Coverage of the intervals.

    Raises
    ------
    CjmError
        A match that names no question, or words that nobody was asked.
    """
    check_language(language)
    kinds = _kinds(guide, kinds)
    reader = _Reader(guide, matches or {})
    sources = study.sources.loc[study.sources["kind"].isin(kinds), "source_id"]
    speakers = study.speakers[study.speakers["source_id"].isin(sources)]
    speakers = speakers[(speakers["role"] == "participant") & speakers["participant_id"].notna()]
    asked = [*_in_talks(study, sources, reader), *_in_surveys(study, speakers, reader)]
    reader.check_used()
    people = list(dict.fromkeys(speakers["participant_id"]))
    table = _table(asked, guide, people)
    return Coverage(table, _by_question(table, guide, language, level), reader.unmatched(asked))


def _kinds(guide: Guide, kinds: Collection[str] | None) -> Collection[str]:
    chosen = WHERE_ASKED.get(guide.kind, SOURCE_KINDS) if kinds is None else kinds
    unknown = set(chosen) - set(SOURCE_KINDS)
    if unknown:
        raise CjmError(f"kinds: no {min(unknown)!r}; choose of {', '.join(SOURCE_KINDS)}")
    return chosen


class _Reader:
    """Knows the questions of a guide by their words."""

    def __init__(self, guide: Guide, matches: Mapping[str, str]) -> None:
        known = set(guide.questions["question"])
        for words, slug in matches.items():
            if slug not in known:
                raise CjmError(
                    f"matches: {words!r} is {slug!r}, which is no question of {guide.name}; "
                    f"choose one of {', '.join(guide.questions['question'])}"
                )
        self._given = dict(matches)
        self._folded = {folded(words): slug for words, slug in matches.items()}
        self._used: set[str] = set()
        self._wordings = _wordings(guide)
        self._grams = [(slug, _trigrams(words)) for words, slug in self._wordings]

    def slugs(self, words: str, *ids: str) -> tuple[str, ...]:
        """Questions asked by these words, by an id that a person has matched, or by both."""
        given = [id_ for id_ in ids if id_ in self._given]
        if given:
            self._used.update(given)
            return tuple(self._given[id_] for id_ in given)
        rest = folded(words)
        if rest in self._folded:
            self._used.update(w for w in self._given if folded(w) == rest)
            return (self._folded[rest],)
        found, rest = [], f" {rest} "
        for wording, slug in self._wordings:  # the longest first, so that a part is not found twice
            if f" {wording} " in rest:
                found.append(slug)
                rest = rest.replace(f" {wording} ", " | ")
        return tuple(dict.fromkeys(found))

    def check_used(self) -> None:
        """Refuse a match that fits nothing."""
        idle = [words for words in self._given if words not in self._used]
        if idle:
            raise CjmError(f"matches: nobody was asked {idle[0]!r}; take the words of `unmatched`")

    def unmatched(self, asked: Iterable[_Heard]) -> pd.DataFrame:
        """List what is none of the guide's, by its words."""
        people: dict[str, set[str]] = {}
        words: dict[str, str] = {}
        for heard in asked:
            if not heard.slugs:
                key = folded(heard.words)
                words.setdefault(key, " ".join(heard.words.split()))
                people.setdefault(key, set()).update(heard.people)
        rows = [(words[key], len(people[key]), *self._nearest(key)) for key in words]
        frame = pd.DataFrame(rows, columns=["text", "n_participants", "nearest", "likeness"])
        frame = frame.astype(
            {"text": "str", "n_participants": "int64", "nearest": "str", "likeness": "float64"}
        )
        order = ["n_participants", "likeness", "text"]
        return frame.sort_values(order, ascending=[False, False, True], ignore_index=True)

    def _nearest(self, key: str) -> tuple[str, float]:
        mine = _trigrams(key)
        likeness = [len(mine & theirs) / len(mine | theirs) for _, theirs in self._grams]
        best = int(np.argmax(likeness))
        return self._grams[best][0], likeness[best]


def folded(words: str) -> str:
    """Words without case, punctuation and the dots of ё."""
    return " ".join(re.findall(r"\w+", words.casefold().replace("ё", "е")))


def _wordings(guide: Guide) -> list[tuple[str, str]]:
    """Ways to ask each question: all its words, or its first sentence where no other has it."""
    whole: dict[str, str] = {}
    first: dict[str, set[str]] = {}
    for row in guide.questions.itertuples():
        for text in (str(row.text_ru), str(row.text_en)):
            whole[folded(text)] = str(row.question)
            sentence = folded(re.split(r"(?<=[.?!])\s", text, maxsplit=1)[0])
            if len(sentence.split()) >= _FEWEST_WORDS:
                first.setdefault(sentence, set()).add(str(row.question))
    for sentence, slugs in first.items():
        if len(slugs) == 1:
            whole.setdefault(sentence, next(iter(slugs)))
    return sorted(whole.items(), key=lambda pair: (-len(pair[0]), pair[0]))


def _trigrams(words: str) -> set[str]:
    padded = f"  {words} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def _in_talks(study: Study, sources: pd.Series, reader: _Reader) -> Iterator[_Heard]:
    """List what interviewers asked aloud, and prompts of turns that belong to no survey."""
    turns = study.turns[study.turns["source_id"].isin(sources) & study.turns["question_id"].isna()]
    turns = turns.merge(
        study.speakers[["source_id", "speaker", "role", "participant_id"]],
        on=["source_id", "speaker"],
    ).sort_values(["source_id", "position"], kind="stable")
    texts = study.current_texts
    for source, rows in turns.groupby("source_id", sort=False):
        heard = rows[(rows["role"] == "participant") & rows["participant_id"].notna()]
        people = tuple(dict.fromkeys(heard["participant_id"]))
        if people:
            yield from _in_talk(rows, str(texts[source]), people, reader)


def _in_talk(
    rows: pd.DataFrame, text: str, people: tuple[str, ...], reader: _Reader
) -> Iterator[_Heard]:
    open_: tuple[tuple[str, ...], str] | None = None
    answers: dict[str, tuple[str, ...]] = {}
    for turn in rows.itertuples():
        words = text[turn.start : turn.end]
        spoken = turn.role == "participant" and isinstance(turn.participant_id, str)
        if turn.role == "interviewer":
            slugs = reader.slugs(words, turn.turn_id)
            if not slugs and "?" not in words:
                continue  # a nod doesn't end an answer
            if open_ is not None:
                yield _Heard(people, *open_, answers)
            open_, answers = (slugs, words), {}
        elif spoken and isinstance(turn.prompt, str):
            one = (turn.participant_id,)
            slugs = reader.slugs(turn.prompt, turn.turn_id)
            yield _Heard(one, slugs, turn.prompt, {turn.participant_id: (turn.turn_id,)})
        elif spoken and open_ is not None:
            said = answers.get(turn.participant_id, ())
            answers[turn.participant_id] = (*said, turn.turn_id)
    if open_ is not None:
        yield _Heard(people, *open_, answers)


def _in_surveys(study: Study, speakers: pd.DataFrame, reader: _Reader) -> Iterator[_Heard]:
    """List questions of surveys: every respondent was asked, who filled the cell has answered."""
    respondents = speakers.groupby("source_id")["participant_id"].agg(tuple)
    filled = study.answers[study.answers["value"].notna() | study.answers["text"].notna()]
    by_question = filled.groupby("question_id")["participant_id"].agg(tuple)
    turns = study.turns[study.turns["question_id"].notna()].merge(
        speakers[["source_id", "speaker", "participant_id"]], on=["source_id", "speaker"]
    )
    said: dict[str, dict[str, tuple[str, ...]]] = {}
    for (asked, who), ids in turns.groupby(["question_id", "participant_id"])["turn_id"]:
        said.setdefault(asked, {})[who] = tuple(ids)
    personal = study.questions["pii"].fillna(False).astype(bool)
    nobodys = study.questions["type"].isin(["id", "date"])
    for row in study.questions[~personal & ~nobodys].itertuples():
        if row.survey_id not in respondents.index:
            continue
        people = respondents[row.survey_id]
        there = set(people)
        answers: dict[str, tuple[str, ...]] = {
            who: () for who in by_question.get(row.question_id, ()) if who in there
        }
        answers |= said.get(row.question_id, {})
        slugs = reader.slugs(row.text, row.question_id)
        yield _Heard(people, slugs, row.text, answers)


def _table(asked: Iterable[_Heard], guide: Guide, people: list[str]) -> pd.DataFrame:
    order = list(guide.questions["question"])
    answers: dict[tuple[str, str], tuple[str, ...] | None] = {}
    for heard in asked:
        for slug in heard.slugs:
            for who in heard.people:
                before, now = answers.get((slug, who)), heard.answers.get(who)
                both = (*(before or ()), *(now or ()))
                answers[slug, who] = None if before is None and now is None else both
    rows = [
        (slug, who, (slug, who) in answers, answers.get((slug, who)))
        for slug in order
        for who in people
    ]
    table = pd.DataFrame(rows, columns=[*_KEYS, "asked", "turn_ids"])
    table.insert(3, "answered", table["turn_ids"].map(lambda ids: ids is not None))
    table["turn_ids"] = [ids or () for ids in table["turn_ids"]]
    table["question"] = pd.Categorical(table["question"], order, ordered=True)
    return table.astype({"participant_id": "str", "asked": bool, "answered": bool})


def _by_question(table: pd.DataFrame, guide: Guide, language: str, level: float) -> pd.DataFrame:
    counts = table.groupby("question", observed=False)[["asked", "answered"]].sum()
    of = table["participant_id"].nunique()
    n = counts["answered"].to_numpy("int64")
    low, high = share_interval(n, np.full(len(n), of), level)
    return pd.DataFrame(
        {
            "question": table["question"].cat.categories,
            "block": guide.questions["block"],
            "text": guide.questions[f"text_{language}"],
            "n_asked": counts["asked"].to_numpy("int64"),
            "n_answered": n,
            "of_participants": np.full(len(n), of, "int64"),
            "share": n / of if of else np.full(len(n), np.nan),
            "low": low,
            "high": high,
        }
    )


def moments(
    study: Study, guide: Guide, *, covered: Coverage | None = None, include: str = "human"
) -> tuple[str, ...]:
    """List the codings within answers to questions on moments of truth.

    `aggregate.moments_of_truth(observations, named=moments(...))` counts them as places that people
    named themselves.

    Parameters
    ----------
    study
        Frozen frames of a project.
    guide
        A guide with questions whose `moment` is true, e.g. `interview8`.
    covered
        What `coverage` gave, e.g. with matches of your own; default is without any.
    include
        `human`, or `suggested` to add what machines suggest and nobody has decided.
    """
    asked = guide.questions.loc[guide.questions["moment"], "question"]
    if asked.empty:
        raise CjmError(f"guide {guide.name}: no question on moments of truth; take interview8")
    table = (covered or coverage(study, guide)).table
    ids = {turn for ids in table.loc[table["question"].isin(asked), "turn_ids"] for turn in ids}
    turns = study.turns[study.turns["turn_id"].isin(ids)][["source_id", "start", "end"]]
    codings = live_codings(study, include=include)[["coding_id", "source_id", "start", "end"]]
    pairs = codings.merge(turns, on="source_id", suffixes=("", "_turn"))
    within = (pairs["start"] < pairs["end_turn"]) & (pairs["end"] > pairs["start_turn"])
    return tuple(dict.fromkeys(pairs.loc[within, "coding_id"]))


def sample(study: Study, *, covered: Coverage | None = None, level: float = 0.95) -> pd.DataFrame:
    """Count loyal, active and lost clients among those heard: a map of those who stayed is rosy.

    Parameters
    ----------
    study
        Frozen frames of a project.
    covered
        What `coverage` gave: adds who of each was asked anything of the guide and has answered.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        outcome (loyal, active, lost, and NaN for not known), n_participants, of_participants
        (clients who speak or answer; int64), share, low, high, and with `covered` n_asked,
        n_answered (int64). An outcome nobody has stands there with 0 and the share that it may have
        all the same.
    """
    speakers = study.speakers
    clients = speakers[(speakers["role"] == "participant") & (speakers["voice"] == "customer")]
    people = study.participants[
        study.participants["participant_id"].isin(clients["participant_id"].dropna())
    ].set_index("participant_id")
    outcome = people["outcome"]
    groups = [outcome == name for name in OUTCOMES] + [outcome.isna()]
    n = np.array([int(group.sum()) for group in groups], "int64")
    of = np.full(len(n), len(people), "int64")
    low, high = share_interval(n, of, level)
    table = pd.DataFrame(
        {
            "outcome": pd.array([*OUTCOMES, None], dtype="str"),
            "n_participants": n,
            "of_participants": of,
            "share": n / len(people) if len(people) else np.nan,
            "low": low,
            "high": high,
        }
    )
    if covered is not None:
        for mark in ("asked", "answered"):
            who = set(covered.table.loc[covered.table[mark], "participant_id"])
            inside = people.index.isin(who)
            table[f"n_{mark}"] = np.array([int((g & inside).sum()) for g in groups], "int64")
    return table
