"""The audit: the four classic errors and our guards as a list of pass, warn and fail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.journey import ledger, mapping
from cjmresearch.journey.auditwords import CHECKS, ERRORS
from cjmresearch.journey.explaining import unit_means
from cjmresearch.journey.layers import LAYER_NAMES, REQUIRED
from cjmresearch.journey.mapping import JourneyMap
from cjmresearch.schema import Study
from cjmresearch.wording import INTERVAL_FROM

STALE_AFTER_DAYS = 92
_FEW_PEOPLE = 5
_GAP = 0.1
"""Shift of the mean by the talkative, in standard deviations, that is worth a warning."""

Outcome = tuple[str, str, dict[str, object]]
"""Status, the sentence that tells it, and what the sentence names."""


@dataclass(frozen=True)
class _Case:
    study: Study
    map: JourneyMap
    language: str
    today: date | None

    @property
    def names(self) -> dict[str, str]:
        return self.map.names(self.language)

    def say(self, check: str, key: str, **values: object) -> str:
        return CHECKS[check][key][self.language == "en"].format(**values)


def audit(
    study: Study,
    *,
    map_: JourneyMap | None = None,
    language: str = "ru",
    today: date | None = None,
) -> pd.DataFrame:
    """Check a study and its map against the classic errors of the method and our guards.

    Parameters
    ----------
    study
        Frozen frames of a project.
    map_
        The map to check; default is `build(study)`.
    language
        `ru` or `en`.
    today
        The day to count the age of the material from; None leaves the check out.

    Returns
    -------
    DataFrame
        check (its name in code), group {error, guard}, status {pass, warn, fail}, name, finding:
        one row a check, the four errors first.
    """
    if language not in LAYER_NAMES:
        raise CjmError(f"language {language!r}: choose one of {', '.join(LAYER_NAMES)}")
    case = _Case(study, mapping.build(study) if map_ is None else map_, language, today)
    rows = []
    for check, texts in CHECKS.items():
        outcome = _RUN[check](case)
        if outcome is None:
            continue
        status, key, values = outcome
        rows.append(
            {
                "check": check,
                "group": "error" if check in ERRORS else "guard",
                "status": status,
                "name": texts["name"][language == "en"],
                "finding": case.say(check, key, **values),
            }
        )
    return pd.DataFrame(rows, dtype="str")


def _told(status: str, key: str | None = None, **values: object) -> Outcome:
    return status, key or status, values


def _goal(case: _Case) -> Outcome:
    return _told("pass" if len(case.study.goal.split()) >= 3 else "warn")


def _data(case: _Case) -> Outcome:
    wrong = case.map.wrong_quotes()
    n = case.map.observations["participant_id"].nunique()
    if wrong:
        reason = case.say("data", "quotes", k=len(wrong), first=wrong[0])
        return _told("fail", reason=reason)
    if case.map.map_type == "future":
        return _told("pass", n=len(case.map.participants))
    if not n:
        return _told("fail", reason=case.say("data", "nobody"))
    return _told("pass" if n >= _FEW_PEOPLE else "warn", n=n)


def _persona(case: _Case) -> Outcome:
    if case.map.persona is not None:
        return _told("pass", persona=case.map.persona)
    k = len(case.study.personas)
    return _told("warn", k=k) if k > 1 else _told("warn", "none")


def _openness(case: _Case) -> Outcome:
    speakers = case.study.speakers
    heard = ((speakers["voice"] == "employee") & (speakers["role"] == "participant")).any()
    items = case.study.items
    ownerless = int(((items["layer"] == "tasks") & items["owner"].isna()).sum())
    reasons = []
    if not heard:
        reasons.append(case.say("openness", "silent"))
    if ownerless:
        reasons.append(case.say("openness", "ownerless", k=ownerless))
    return _told("warn", reason=" ".join(reasons)) if reasons else _told("pass")


def _people(case: _Case) -> Outcome | None:
    felt = case.map.observations[case.map.observations["valence"].notna()]
    means = unit_means(felt)
    if len(means) < INTERVAL_FROM or not means.std() > 0:
        return None
    once = felt.drop_duplicates("coding_id")
    gap = abs(once["valence"].mean() - means.mean()) / means.std()
    text = f"{gap:.1f}"
    text = text.replace(".", ",") if case.language == "ru" else text
    return _told("warn", gap=text) if gap > _GAP else _told("pass")


def _few(case: _Case) -> Outcome | None:
    if case.map.map_type == "future":
        return None
    curve = case.map.curve
    few = curve[(curve["n_units"] > 0) & (curve["n_units"] < INTERVAL_FROM)]
    named = ", ".join(
        f"{case.names[str(row.stage)]} (n = {row.n_participants})" for row in few.itertuples()
    )
    return _told("warn", stages=named) if len(few) else _told("pass")


def _machine(case: _Case) -> Outcome:
    rows = case.map.observations.drop_duplicates("coding_id")
    k, of = int(rows["machine"].sum()), len(rows)
    if k and k == of:
        return _told("fail")
    return _told("warn", k=k, of=of) if k else _told("pass")


def _coders(case: _Case) -> Outcome | None:
    rows = case.map.observations[~case.map.observations["machine"]]
    k = rows["coder"].nunique()
    return None if not k else _told("pass" if k > 1 else "warn", k=k)


def _lost(case: _Case) -> Outcome:
    outcomes = case.map.participants["outcome"]
    k = int((outcomes == "lost").sum())
    if outcomes.isna().all():
        return _told("warn", "unknown")
    return _told("pass" if k else "warn", k=k)


def _staff(case: _Case) -> Outcome:
    speakers = case.study.speakers[case.study.speakers["role"] == "participant"]
    voices = speakers.dropna(subset=["participant_id"]).groupby("participant_id")["voice"].nunique()
    both = list(voices.index[voices > 1])
    names = case.study.participants.set_index("participant_id")["pseudonym"]
    return _told("warn", people=", ".join(names[both])) if both else _told("pass")


def _firms(case: _Case) -> Outcome:
    firms = case.map.participants["org_id"].dropna().value_counts()
    several = firms[firms > 1]
    named = ", ".join(f"{firm}: {n}" for firm, n in several.items())
    return _told("warn", firms=named) if len(several) else _told("pass")


def _future(case: _Case) -> Outcome:
    future = mapping.build(case.study, map_type="future")
    counts = future.cells[["n_participants", "n_codings", "n_felt", "valence"]]
    numbers = future.curve.drop(columns=["stage", "level"])
    clean = counts.isna().all(axis=None) and numbers.isna().all(axis=None)
    return _told("pass" if clean else "fail")


def _recompute(case: _Case) -> Outcome:
    wrong = case.map.verify()
    if wrong:
        return _told("fail", k=len(wrong), first=wrong[0])
    return _told("pass", k=len(case.map.cells) + len(case.map.curve))


def _hypotheses(case: _Case) -> Outcome:
    k = int((case.map.cells["status"] == "hypothesis").sum())
    return _told("warn", k=k) if k else _told("pass")


def _orphans(case: _Case) -> Outcome:
    what = ledger.orphans(case.study)["what"]
    k, b = int((what == "opportunity").sum()), int((what == "barrier").sum())
    return _told("warn", k=k, b=b) if k or b else _told("pass")


def _outside(case: _Case) -> Outcome | None:
    k, of = (int(case.map.outside[c].sum()) for c in ("n_codings", "of_codings"))
    return None if not of else _told("warn" if k > of / 5 else "pass", k=k, of=of)


def _stages(case: _Case) -> Outcome:
    k = len(case.map.stages)
    return _told("pass" if 5 <= k <= 7 else "warn", k=k)


def _goals(case: _Case) -> Outcome | None:
    goals = case.map.cells[case.map.cells["layer"] == "goals"]
    if goals.empty:
        return None
    by_stage = goals.groupby("stage")[f"name_{case.language}"].agg("; ".join).str.casefold()
    column = by_stage.reindex(case.map.stages["stage"])
    same = column[column.notna() & (column == column.shift())]
    named = ", ".join(case.names[stage] for stage in same.index)
    return _told("warn", stages=named) if len(same) else _told("pass")


def _lanes(case: _Case) -> Outcome:
    filled = set(case.map.cells["layer"])
    empty = [layer for layer in REQUIRED[case.map.map_type] if layer not in filled]
    named = ", ".join(LAYER_NAMES[case.language][layer] for layer in empty)
    return _told("warn", layers=named) if empty else _told("pass")


def _sources(case: _Case) -> Outcome:
    kinds = case.study.sources["kind"].dropna().unique()
    return _told("pass" if len(kinds) > 1 else "warn", k=len(kinds), kind=", ".join(kinds))


def _memory(case: _Case) -> Outcome:
    lags = aggregate.mixed_lags(case.study, observations=case.map.observations)
    if lags.empty:
        return _told("warn")
    asked = case.study.questions.set_index("question_id")["text"]
    where = [
        case.names[row.stage]
        if row.what == "valence"
        else case.say("memory", "answers", question=asked[row.question_id])
        for row in lags[lags["mixed"]].itertuples()
    ]
    return _told("warn", "mixed", where=", ".join(where)) if where else _told("pass")


def _consent(case: _Case) -> Outcome:
    consent = case.map.participants["consent"]
    unknown, refused = int(consent.isna().sum()), int(consent.eq(False).fillna(False).sum())
    return _told("warn", k=unknown, r=refused) if unknown or refused else _told("pass")


def _age(case: _Case) -> Outcome | None:
    if case.today is None:
        return None
    days = pd.to_datetime(case.study.sources["recorded_on"].str[:10], errors="coerce").dropna()
    if days.empty:
        return _told("warn", "undated")
    age = (case.today - days.max().date()).days
    return _told("warn" if age > STALE_AFTER_DAYS else "pass", days=age)


_RUN: dict[str, Callable[[_Case], Outcome | None]] = {
    "goal": _goal,
    "data": _data,
    "persona": _persona,
    "openness": _openness,
    "people": _people,
    "few": _few,
    "machine": _machine,
    "coders": _coders,
    "lost": _lost,
    "staff": _staff,
    "firms": _firms,
    "future": _future,
    "recompute": _recompute,
    "hypotheses": _hypotheses,
    "orphans": _orphans,
    "outside": _outside,
    "stages": _stages,
    "goals": _goals,
    "lanes": _lanes,
    "sources": _sources,
    "memory": _memory,
    "consent": _consent,
    "age": _age,
}
