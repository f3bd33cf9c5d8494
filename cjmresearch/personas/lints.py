"""Rules of the method that a program can check: of empathy maps, avatars, cards and asking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.codebooks import templates
from cjmresearch.personas import people as people_
from cjmresearch.personas.choice import comparing_stages
from cjmresearch.personas.empathy import empathy_map
from cjmresearch.personas.lines import HYPOTHESIS, Said
from cjmresearch.personas.lintwords import LINTS
from cjmresearch.personas.worth import shares
from cjmresearch.schema import Study

GROUPS = {
    "empathy": ("more", "external", "negative", "exact", "guesses", "target"),
    "avatar": ("one_avatar", "frequent_first", "segments", "two_sides"),
    "card": ("first_wave", "consent"),
    "rule": ("touchpoints", "moment", "competitors", "next_day", "first_touch"),
}
"""Checks by what they are of: A9, A3, A10, and rules of the sources that no audit has yet."""
LEAST_LINES = 3
MOST_FIRST = 7
_TOUCHPOINTS = (5, 7)
_NEXT_DAY = 12.0
"""Hours: what is rated sooner is rated on the spot."""
_MOSTLY = 0.8
_WEAKER = 0.5
"""Share of negative lines, against that of the material, under which the negative was lost."""

Outcome = tuple[str, str, dict[str, object]]


@dataclass(frozen=True)
class _Case:
    study: Study
    persona: str | None
    include: str
    competitors: tuple[str, ...]
    map: pd.DataFrame

    @cached_property
    def said(self) -> Said:
        return Said.by(self.study, self.persona, include=self.include)

    @cached_property
    def name(self) -> str:
        table = self.study.personas.set_index("persona_id")["name"]
        return "" if self.persona is None else str(table[self.persona])


def lints(
    study: Study,
    *,
    persona: str | None = None,
    table: pd.DataFrame | None = None,
    competitors: Sequence[str] = (),
    include: str = "human",
) -> pd.DataFrame:
    """Check a persona, its empathy map and its cards against the rules of the method.

    The four rules and two tips of empathy maps, the rules of avatars, the first-wave questions and
    consent of client cards, and those of the sources' other rules that `journey.audit` has not.

    Parameters
    ----------
    study
        Frozen frames of a project.
    persona
        Id or name; None is everybody.
    table
        The empathy map to check; default is `empathy_map(study, persona=persona)`.
    competitors
        Slugs of codes that name competitors, which should come up only when people compare;
        without them that check is left out.
    include
        As in `aggregate.observations`.

    Returns
    -------
    DataFrame
        One row a check: check, group (see `GROUPS`), status {pass, warn, fail}, name_ru, name_en,
        message_ru, message_en (str). A check that has nothing to look at has no row.
    """
    owner = None if persona is None else people_.named(study, persona)
    built = empathy_map(study, persona=owner, include=include) if table is None else table
    case = _Case(study, owner, include, tuple(competitors), built)
    rows = []
    for group, checks in GROUPS.items():
        for check in checks:
            outcome = _RUN[check](case)
            if outcome is None:
                continue
            status, key, values = outcome
            name, said = LINTS[check]["name"], LINTS[check][key]
            given = {language: _in(values, number) for number, language in enumerate(("ru", "en"))}
            rows.append(
                {
                    "check": check,
                    "group": group,
                    "status": status,
                    "name_ru": name[0],
                    "name_en": name[1],
                    "message_ru": said[0].format(**given["ru"]),
                    "message_en": said[1].format(**given["en"]),
                }
            )
    columns = ["check", "group", "status", "name_ru", "name_en", "message_ru", "message_en"]
    return pd.DataFrame(rows, columns=columns, dtype="str")


def _in(values: dict[str, object], number: int) -> dict[str, object]:
    """Take the words of one language where a value has both."""
    return {k: v[number] if isinstance(v, tuple) else v for k, v in values.items()}


def _told(status: str, key: str | None = None, **values: object) -> Outcome:
    return status, key or status, values


def _more(case: _Case) -> Outcome:
    counts = case.map.groupby("block").size()
    few = [b for b in case.map.attrs["blocks"] if counts.get(b[0], 0) < LEAST_LINES]
    named = (", ".join(b[1] for b in few), ", ".join(b[2] for b in few))
    return _told("warn" if few else "pass", k=LEAST_LINES, blocks=named)


def _external(case: _Case) -> Outcome | None:
    of = len(case.map)
    n = int((case.map["coding_ids"].map(len) > 0).sum())
    if not of:
        return None
    status = "pass" if n >= _MOSTLY * of else "warn" if n * 2 >= of else "fail"
    return _told(status, n=n, of=of)


def _negative(case: _Case) -> Outcome | None:
    """Compare the share of negative lines with that of negative passages in the material."""
    rows = case.said.rows
    sign = rows["valence"].where(rows["kind"] != "pain", -1.0).dropna()
    codes = case.study.codes.set_index("slug")
    valence = codes["valence"].where(codes["kind"] != "pain", -1.0)
    lines = case.map["code"].map(valence).dropna()
    if sign.empty:
        return None
    n, of, share = int((lines < 0).sum()), len(lines), float((sign < 0).mean())
    lost = share > 0 and (not of or n / of < _WEAKER * share)
    return _told("warn" if lost else "pass", n=n, of=of, share=f"{100 * share:.0f}")


def _exact(case: _Case) -> Outcome | None:
    codings = case.study.codings.set_index("coding_id")
    texts = case.study.current_texts
    used = [id_ for ids in case.map["coding_ids"] for id_ in ids]
    wrong = sum(
        texts[row.source_id][row.start : row.end] != row.quote
        for row in codings.loc[list(dict.fromkeys(used))].itertuples()
    )
    if wrong:
        return _told("fail", n=wrong)
    n, of = int((case.map["coding_ids"].map(len) == 0).sum()), len(case.map)
    return None if not of else _told("warn" if n else "pass", n=n, of=of)


def _guesses(case: _Case) -> Outcome:
    n = int((case.map["status"] == HYPOTHESIS).sum())
    return _told("warn" if n else "pass", n=n)


def _target(case: _Case) -> Outcome:
    if case.persona is None:
        return _told("warn")
    few = case.said.of < people_.LEAST_PEOPLE
    return _told("warn", "few", persona=case.name) if few else _told("pass", persona=case.name)


def _one_avatar(case: _Case) -> Outcome:
    k = len(case.study.personas)
    if not k:
        return _told("warn", "none")
    return _told("pass") if case.persona is not None or k == 1 else _told("warn", k=k)


def _frequent_first(case: _Case) -> Outcome | None:
    if case.persona is None or case.study.personas.empty:
        return None
    table = shares(case.study, include=case.include)
    own = table[table["persona_id"] == case.persona].iloc[0]
    first = table.iloc[0]
    if own["n_participants"] == first["n_participants"]:
        return _told("pass", n=own["n_participants"], of=own["of_participants"])
    counts = {"n": first["n_participants"], "of": first["of_participants"]}
    return _told("warn", first=first["persona"], **counts)


def _segments(case: _Case) -> Outcome | None:
    segments = sorted(case.said.people["customer_segment"].dropna().unique())
    if case.persona is None or not segments:
        return None
    named = ", ".join(segments)
    return _told("warn" if len(segments) > 1 else "pass", k=len(segments), segments=named)


def _two_sides(case: _Case) -> Outcome:
    table = people_.attributes(case.study).reindex(case.said.people["participant_id"])
    minds = {"thought", "emotion", "need", "dream", "metaphor"}
    missing = []
    if table.dropna(how="all").drop(columns=["language"], errors="ignore").isna().all(axis=None):
        missing.append("traits")
    if not case.said.rows["kind"].isin(minds).any():
        missing.append("mind")
    words = LINTS["two_sides"]
    named = tuple(", ".join(words[key][number] for key in missing) for number in (0, 1))
    return _told("warn" if missing else "pass", missing=named)


def _first_wave(case: _Case) -> Outcome | None:
    fields = case.study.fields
    own = fields[fields["owner_id"].isin(case.study.participants["participant_id"])]
    if own.empty:
        return None
    waves = own["wave"].fillna("")
    first = waves.groupby(own["owner_id"]).transform("min")
    later = {f.field for f in templates.load("retail").fields if not f.first_wave}
    asked = own[(waves == first) & ~((waves == "") & own["field"].isin(later))]
    counts = asked.groupby("owner_id").size()
    over = counts[counts > MOST_FIRST]
    if over.empty:
        return _told("pass", k=MOST_FIRST)
    return _told("warn", n=len(over), k=int(over.max()))


def _consent(case: _Case) -> Outcome:
    consent = case.said.people["consent"]
    unknown, refused = int(consent.isna().sum()), int(consent.eq(False).fillna(False).sum())
    return _told("warn" if unknown or refused else "pass", k=unknown, r=refused)


def _touchpoints(case: _Case) -> Outcome | None:
    k = case.said.rows["touchpoint"].nunique()
    low, high = _TOUCHPOINTS
    return None if not k else _told("pass" if low <= k <= high else "warn", k=k)


def _moment(case: _Case) -> Outcome | None:
    rows = aggregate.observations(case.study, include=case.include)
    rows = rows[rows["participant_id"].isin(case.said.people["participant_id"])]
    if rows.empty:
        return None
    found = aggregate.moments_of_truth(rows, participants=case.said.people)
    return _told("warn" if found.empty else "pass")


def _competitors(case: _Case) -> Outcome | None:
    comparing = comparing_stages(case.study)
    if not case.competitors or not comparing:
        return None
    rows = aggregate.observations(case.study, include=case.include)
    stages = list(rows["stage"].cat.categories)
    later = stages[min(stages.index(stage) for stage in comparing) :]
    early = aggregate.mistimed(rows, dict.fromkeys(case.competitors, later))
    return _told("warn" if len(early) else "pass", n=early["coding_id"].nunique())


def _next_day(case: _Case) -> Outcome | None:
    rated = case.study.questions.loc[
        case.study.questions["type"].eq("scale") | case.study.questions["metric"].notna(),
        "question_id",
    ]
    answers = case.study.answers[case.study.answers["question_id"].isin(rated)]
    lags = answers["lag_hours"].dropna()
    if lags.empty:
        return None
    n = int((lags < _NEXT_DAY).sum())
    return _told("warn" if n else "pass", n=n, of=len(lags), k=f"{_NEXT_DAY:g}")


def _first_touch(case: _Case) -> Outcome | None:
    steps = aggregate.visits(case.study, along="touchpoint", include=case.include)
    own = case.said.people["participant_id"]
    if own.empty:
        return None
    n = int(own.isin(steps["participant_id"]).sum())
    return _told("pass" if n == len(own) else "warn", n=n, of=len(own))


_RUN: dict[str, Callable[[_Case], Outcome | None]] = {
    "more": _more,
    "external": _external,
    "negative": _negative,
    "exact": _exact,
    "guesses": _guesses,
    "target": _target,
    "one_avatar": _one_avatar,
    "frequent_first": _frequent_first,
    "segments": _segments,
    "two_sides": _two_sides,
    "first_wave": _first_wave,
    "consent": _consent,
    "touchpoints": _touchpoints,
    "moment": _moment,
    "competitors": _competitors,
    "next_day": _next_day,
    "first_touch": _first_touch,
}
