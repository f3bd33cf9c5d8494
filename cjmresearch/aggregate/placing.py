"""Codings become observations: who said it, at which stage, about which touchpoint."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cjmresearch.aggregate.overlap import Ints, Spans, overlaps, ranges
from cjmresearch.errors import CjmError
from cjmresearch.schema import NOTES, Study

INCLUDES = ("human", "suggested")
STAGE_FROM = ("coding", "question", "none")


def observations(study: Study, *, model: str | None = None, include: str = "human") -> pd.DataFrame:
    """Turn codings into observations: a coding x a stage x a touchpoint of one participant.

    The participant is the participant-role speaker who covers most characters of the coding;
    passages of interviewers, employees and experts are left out. The stage comes from the stage
    codings that overlap it (the same coder's, else other people's, else suggested ones if they are
    included), weighted by the characters they share; else from the question that the turn answers;
    else the observation is outside the model. Touchpoints come likewise; a touchpoint coding is
    its own touchpoint. Stage codings are context, not observations.

    Parameters
    ----------
    study
        Frozen frames of a project.
    model
        Journey model (scheme of stage codes); default is the study's.
    include
        `human`: what people coded or accepted. `suggested`: also suggestions that nobody decided.

    Returns
    -------
    DataFrame [observations]
        coding_id, source_id, participant_id, org_id, language, coder, status (str); machine (bool,
        an undecided suggestion); code (slug), kind (str); stage (ordered Categorical of all the
        model's stages, NaN outside the model); stage_from {coding, question, none}; stage_machine
        (bool, placed by an undecided suggestion); touchpoint (slug or NaN); touchpoint_machine
        (bool); weight (float, sums to 1 over the rows of a coding); valence (-1...1 or NaN);
        intensity (Int64); start, end (int64); quote (str). Order: as in `codings`,
        then by stage, then by touchpoint.
    """
    stages = study.stages(model)
    live = live_codings(study, include=include)
    is_stage = (live["kind"] == "stage").to_numpy()
    stage_codings = live[is_stage]
    stage_codings = stage_codings[stage_codings["code"].isin(stages["slug"]).to_numpy()]
    candidates = live[~is_stage].reset_index(drop=True)
    people = participants_of(candidates, study)
    candidates = candidates.iloc[people.coding].reset_index(drop=True)
    questions = _questions_of(people.turn, study)
    stage = _place(
        candidates, stage_codings, list(stages["slug"]), asked=questions["stage"], study=study
    )
    touchpoint = _touchpoints(candidates, live, questions["touchpoint"], study)
    first, second = _cross(stage, touchpoint, len(candidates))
    rows = candidates.iloc[stage.coding[first]].reset_index(drop=True)
    who = study.participants.iloc[people.person[stage.coding[first]]].reset_index(drop=True)
    return _frame(rows, who, study, (stage, first), (touchpoint, second))


def live_codings(study: Study, *, include: str = "human") -> pd.DataFrame:
    """List the codings that count, with the slug, kind and valence that hold for each.

    Rejected ones never count; a suggestion that anybody decided is replaced by the decisions. A
    coder's notes on passages and sources (codes of the scheme `memo`) are no findings.

    Returns
    -------
    DataFrame
        Columns of `codings`, with `valence` filled from the code, plus code (slug), kind (str) and
        machine (bool).
    """
    if include not in INCLUDES:
        raise CjmError(f"include={include!r}: choose one of {', '.join(INCLUDES)}")
    codings = study.codings
    number, names = pd.factorize(codings["status"])
    counts = np.isin(names, ["human", "accepted"])
    if include == "suggested":
        counts |= names == "suggested"
    notes = study.codes.loc[study.codes["scheme"] == NOTES, "code_id"]
    keep = counts[number] & ~codings["code_id"].isin(notes).to_numpy()
    if include == "suggested":
        decided = codings["suggestion_id"].dropna()
        machine = names[number] == "suggested"
        keep &= ~(machine & codings["coding_id"].isin(decided).to_numpy())
    live = codings[keep].reset_index(drop=True)
    position = pd.Index(study.codes["code_id"]).get_indexer(live["code_id"])
    codes = study.codes.iloc[position].reset_index(drop=True)
    return live.assign(
        valence=live["valence"].where(live["valence"].notna(), codes["valence"]),
        code=codes["slug"],
        kind=codes["kind"],
        machine=(names == "suggested")[number][keep],
    )


def stage_of(
    spans: pd.DataFrame, study: Study, *, turn: np.ndarray, model: str | None = None
) -> pd.Categorical:
    """Place spans with source_id, start and end at the stage that covers most of each.

    By stage codings over them (people's, else suggested ones), else by the question that the turn
    answers; `turn` is the position of each span's turn in `study.turns`. NaN outside the model.
    """
    stages = study.stages(model)
    live = live_codings(study, include="suggested")
    contexts = live[(live["kind"] == "stage") & live["code"].isin(stages["slug"])]
    asked = _questions_of(turn, study)["stage"]
    slugs = list(stages["slug"])
    placed = _place(spans.assign(coder=""), contexts, slugs, asked=asked, study=study)
    best = np.lexsort((placed.context, -placed.weight, placed.coding))
    best = best[_firsts(placed.coding[best])]
    return pd.Categorical.from_codes(placed.context[best], slugs, ordered=True)


@dataclass(frozen=True)
class People:
    """For each coding that a customer said: its position, the participant and the turn."""

    coding: Ints
    person: Ints
    turn: Ints


def participants_of(codings: pd.DataFrame, study: Study) -> People:
    """Find the customer who says most of each span; spans of others are left out."""
    turns = study.turns.assign(turn=np.arange(len(study.turns))).merge(
        study.speakers[study.speakers["role"] == "participant"], on=["source_id", "speaker"]
    )
    sources = pd.Index(study.sources["source_id"])
    coding, turn, shared = overlaps(Spans.of(codings, sources), Spans.of(turns, sources))
    # A participant without an id still competes: their words must not fall to somebody else.
    unknown = turns["participant_id"].isna()
    speaker = turns["participant_id"].where(~unknown, turns["source_id"] + "\n" + turns["speaker"])
    number, _ = pd.factorize(speaker + "\n" + turns["voice"])
    winner = _most_said(coding, number[turn], turn, shared)
    customer = ((turns["voice"] == "customer") & ~unknown).to_numpy()[turn[winner]]
    winner = winner[customer]
    person = pd.Index(study.participants["participant_id"]).get_indexer(
        turns["participant_id"].iloc[turn[winner]]
    )
    return People(coding[winner], person, turns["turn"].to_numpy()[turn[winner]])


def _most_said(coding: Ints, speaker: Ints, turn: Ints, shared: Ints) -> Ints:
    """Positions of the longest piece by the speaker who says most of each coding, in its order."""
    alone = np.bincount(coding, minlength=1)[coding] == 1  # nearly all lie within one turn
    rest = np.flatnonzero(~alone)
    of, by, length = coding[rest], speaker[rest], shared[rest]
    key, pair = _unique(of * (1 + speaker.max(initial=0)) + by)
    covered = np.bincount(pair, length, minlength=len(key))
    longest = np.lexsort((turn[rest], -length, pair))
    longest = longest[_firsts(pair[longest])]
    winner = np.lexsort((turn[rest][longest], -covered, of[longest]))
    winner = rest[longest[winner[_firsts(of[longest][winner])]]]
    found = np.concatenate([np.flatnonzero(alone), winner])
    return found[np.argsort(coding[found])]


def _questions_of(turn: Ints, study: Study) -> pd.DataFrame:
    asked = study.turns["question_id"].iloc[turn]
    position = pd.Index(study.questions["question_id"]).get_indexer(asked)
    blank = pd.DataFrame({"stage": [None], "touchpoint": [None]}, dtype="str")
    known = pd.concat([study.questions[["stage", "touchpoint"]], blank], ignore_index=True)
    return known.iloc[position].reset_index(drop=True)


@dataclass(frozen=True)
class _Placement:
    """Rows of (coding, code of a context, weight), in order of codings; at least one a coding."""

    coding: Ints
    context: Ints
    weight: np.ndarray
    origin: Ints
    machine: np.ndarray
    slugs: list[str]


def _place(
    codings: pd.DataFrame,
    contexts: pd.DataFrame,
    slugs: list[str],
    *,
    asked: pd.Series,
    study: Study,
) -> _Placement:
    """Place codings by overlapping contexts, else by the question asked, else nowhere (-1)."""
    sources = pd.Index(study.sources["source_id"])
    coding, context, shared = overlaps(Spans.of(codings, sources), Spans.of(contexts, sources))
    machine = contexts["machine"].to_numpy()[context]
    coders, _ = pd.factorize(pd.concat([codings["coder"], contexts["coder"]]))
    same_coder = coders[coding] == coders[len(codings) + context]
    tier = np.where(same_coder, 0, np.where(machine, 2, 1))
    best = np.full(len(codings), 3)
    np.minimum.at(best, coding, tier)
    first_choice = tier == best[coding]
    coding, context, shared, machine = (
        values[first_choice] for values in (coding, context, shared, machine)
    )
    number = pd.Index(slugs).get_indexer(contexts["code"].iloc[context])
    key, row = _unique(coding * len(slugs) + number)
    characters = np.bincount(row, shared, minlength=len(key))
    by_machine = np.bincount(row, machine, minlength=len(key)) > 0
    placed, number = np.divmod(key, max(len(slugs), 1))
    weight = characters / np.bincount(placed, characters, minlength=len(codings))[placed]
    rest = np.flatnonzero(best == 3)
    by_question = pd.Index(slugs).get_indexer(asked.iloc[rest])
    order = np.argsort(np.concatenate([placed, rest]), kind="stable")
    return _Placement(
        np.concatenate([placed, rest])[order],
        np.concatenate([number, by_question])[order],
        np.concatenate([weight, np.ones(len(rest))])[order],
        np.concatenate([np.zeros(len(placed), int), np.where(by_question < 0, 2, 1)])[order],
        np.concatenate([by_machine, np.zeros(len(rest), bool)])[order],
        slugs,
    )


def _touchpoints(
    codings: pd.DataFrame, live: pd.DataFrame, asked: pd.Series, study: Study
) -> _Placement:
    slugs = list(study.codes.loc[study.codes["kind"] == "touchpoint", "slug"])
    own = np.flatnonzero(codings["kind"] == "touchpoint")
    others = np.flatnonzero(codings["kind"] != "touchpoint")
    placed = _place(
        codings.iloc[others].reset_index(drop=True),
        live[live["kind"] == "touchpoint"],
        slugs,
        asked=asked.iloc[others],
        study=study,
    )
    itself = pd.Index(slugs).get_indexer(codings["code"].iloc[own])
    coding = np.concatenate([others[placed.coding], own])
    order = np.argsort(coding, kind="stable")
    return _Placement(
        coding[order],
        np.concatenate([placed.context, itself])[order],
        np.concatenate([placed.weight, np.ones(len(own))])[order],
        np.concatenate([placed.origin, np.zeros(len(own), int)])[order],
        np.concatenate([placed.machine, np.zeros(len(own), bool)])[order],
        slugs,
    )


def _cross(left: _Placement, right: _Placement, length: int) -> tuple[Ints, Ints]:
    counts = np.bincount(right.coding, minlength=length)
    first = np.cumsum(counts) - counts
    repeats = counts[left.coding]
    return np.repeat(np.arange(len(left.coding)), repeats), ranges(first[left.coding], repeats)


def _frame(
    codings: pd.DataFrame,
    who: pd.DataFrame,
    study: Study,
    stage: tuple[_Placement, Ints],
    touchpoint: tuple[_Placement, Ints],
) -> pd.DataFrame:
    (stages, at), (touchpoints, on) = stage, touchpoint
    language = study.sources.set_index("source_id")["language"].reindex(codings["source_id"])
    language = language.reset_index(drop=True)
    return pd.DataFrame(
        {
            "coding_id": codings["coding_id"],
            "source_id": codings["source_id"],
            "participant_id": who["participant_id"],
            "org_id": who["org_id"],
            "language": language.where(language.notna(), who["language"]),
            "coder": codings["coder"],
            "status": codings["status"],
            "machine": codings["machine"],
            "code": codings["code"],
            "kind": codings["kind"],
            "stage": pd.Categorical.from_codes(stages.context[at], stages.slugs, ordered=True),
            "stage_from": pd.array(STAGE_FROM, dtype="str").take(stages.origin[at]),
            "stage_machine": stages.machine[at],
            "touchpoint": pd.array(touchpoints.slugs, dtype="str").take(
                touchpoints.context[on], allow_fill=True
            ),
            "touchpoint_machine": touchpoints.machine[on],
            "weight": stages.weight[at] * touchpoints.weight[on],
            "valence": codings["valence"],
            "intensity": codings["intensity"],
            "start": codings["start"],
            "end": codings["end"],
            "quote": codings["quote"],
        }
    )


def _unique(key: Ints) -> tuple[Ints, Ints]:
    values, inverse = np.unique(key, return_inverse=True)
    return values, inverse.reshape(-1)


def _firsts(ordered: Ints) -> Ints:
    """Mark the first of each run of equal values."""
    return np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else ordered > 0
