"""What is known of each person, side by side: the ground on which personas may be looked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.personas.groups import TRAITS, plain
from cjmresearch.schema import Study

KINDS = ("share", "number", "ordinal", "category", "flag")
LEAST = 3
"""Under so many people a feature is dropped: it could only find, and point at, single persons."""

_SAYS = {
    "code": ("доля «{}»", "share of “{}”"),
    "felt": ("чувства на этапе «{}»", "feelings at “{}”"),
}
_TRAIT_NAMES = {
    "buying_role": ("роль", "role"),
    "customer_segment": ("сегмент", "segment"),
    "outcome": ("исход", "outcome"),
    "language": ("язык", "language"),
    "org_id": ("фирма", "firm"),
}


_FEELINGS = "feelings"
"""What the shares of feelings and the valence at stages are both made of."""


def _none(*columns: str) -> Callable[[], pd.DataFrame]:
    return lambda: pd.DataFrame({c: pd.Series([], dtype="str") for c in columns})


@dataclass(frozen=True)
class Features:
    """People by what is known of them; missing stays missing.

    `table` has a row a person (index participant_id) and a column a feature: float64 for shares
    (0...1), numbers, ordinals and flags (0 or 1), str for categories; NaN is missing. `kinds` gives
    each feature's kind (see `KINDS`). Features of one name in `together` are measured by the same
    answers or passages; those of one name in `whole` are shares of it. `ranges` is the length of
    each numeric scale. `labels` has name_ru, name_en, short_ru and short_en. `dropped` lists what
    was left out: feature, reason, n_participants (int64).

    Frames of your own work, too: `Features(table, kinds)`.
    """

    table: pd.DataFrame
    kinds: pd.Series
    together: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))
    whole: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))
    ranges: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))
    labels: pd.DataFrame = field(default_factory=_none("name_ru", "name_en"))
    dropped: pd.DataFrame = field(default_factory=_none("feature", "reason"))

    def __post_init__(self) -> None:
        columns = list(self.table.columns)
        if list(self.kinds.index) != columns or not set(self.kinds) <= set(KINDS):
            raise CjmError(f"kinds: give each column of the table one of {', '.join(KINDS)}")
        if self.table.index.has_duplicates:
            raise CjmError("features: a person stands twice in the table; the person is the unit")
        own = pd.Series(columns, columns, dtype="str")
        together = self.together.reindex(columns).fillna(own).astype("str")
        object.__setattr__(self, "together", together)
        object.__setattr__(self, "whole", self.whole.reindex(columns).astype("str"))
        object.__setattr__(self, "ranges", self._ranges())

    def _ranges(self) -> pd.Series:
        """Take the length of the scale where it is known, else the range that was seen."""
        numeric = self.kinds.index[self.kinds != "category"]
        seen = self.table[numeric].astype("float64")
        spans = (seen.max() - seen.min()).reindex(self.kinds.index).astype("float64")
        known = self.ranges.reindex(self.kinds.index).astype("float64")
        return known.where(known >= spans, spans)  # answers may lie outside a scale, too

    def names(self, language: str = "ru", *, short: bool = False) -> dict[str, str]:
        """Readable name of every feature, in `ru` or `en`; its own where it has none.

        The short one leaves out how it is measured: "Slow reply" for a share of that code.
        """
        if language not in ("ru", "en"):
            raise CjmError(f"language {language!r}: choose one of ru, en")
        column = f"{'short' if short else 'name'}_{language}"
        given = self.labels.get(column, pd.Series(dtype="str")).dropna().to_dict()
        return {name: str(given.get(name, name)) for name in self.table.columns}

    def only(self, names: Iterable[str]) -> Features:
        """Keep these features, in this order."""
        wanted = list(dict.fromkeys(names))
        unknown = [name for name in wanted if name not in self.table]
        if unknown:
            shown = ", ".join(map(str, self.table.columns[:8]))
            raise CjmError(f"no feature {unknown[0]!r}; there are {shown}")
        return replace(
            self,
            table=self.table[wanted],
            kinds=self.kinds[wanted],
            together=self.together[wanted],
            whole=self.whole[wanted],
            ranges=self.ranges[wanted],
        )


def features(
    study: Study,
    *,
    include: str = "human",
    model: str | None = None,
    codes: bool | Sequence[str] = True,
    stages: bool = True,
    traits: Sequence[str] = (),
    questions: bool | Sequence[str] = (),
    least: int = LEAST,
) -> Features:
    """Lay side by side what is known of each customer.

    The person is the unit: a talkative person's codings are shares of their own codings.
    Interviewers, employees and experts are no customers and have no row, nor has anybody of whom
    nothing is known.

    Parameters
    ----------
    study
        Frozen frames of a project.
    include
        `human` or `suggested`, as in `aggregate.observations`.
    model
        Journey model; default is the study's.
    codes
        Shares of codes among the person's own codings (stages are context and don't count): True
        for all, or slugs, schemes and kinds (`feelings:anger`, `barriers`, `touchpoint`).
    stages
        Whether the person's mean valence at each stage is a feature; unheard of is missing.
    traits
        Columns of participants (see `TRAITS`) or keys of their `traits`.
    questions
        Ids or words of survey questions, or True for all that can serve: scales are ordinal, closed
        ones categories, each option of a multiple one a flag. Open ones are read by coding them.
    least
        Features with fewer people who are known, or who name the code, are dropped and listed, as
        are constant ones.

    Returns
    -------
    Features
        Names of features: `code:<slug>`, `felt:<stage>`, `trait:<trait>`, `question:<id>`,
        `question:<id>=<option>`.
    """
    dropped: list[dict[str, Any]] = []
    parts = gathered(study, include=include, model=model, codes=codes, stages=stages)
    parts += [_trait(study.participants, trait) for trait in traits]
    for question in _asked(study, questions, dropped):
        parts += _answered(study, question)
    kept = []
    for part in parts:
        reason = _useless(part, least)
        if reason is None:
            kept.append(part)
        else:
            n = int(part.values.notna().sum())
            if part.kind in ("share", "flag"):
                n = int((part.values > 0).sum())
            dropped.append({"feature": part.name, "reason": reason, "n_participants": n})
    return _assembled(kept, dropped, _customers(study))


@dataclass(frozen=True)
class Part:
    """One feature before it is taken: values by participant_id, and what it is called."""

    name: str
    kind: str
    values: pd.Series
    together: str
    called: tuple[str, str, str, str]
    span: float = float("nan")
    whole: str | None = None


def gathered(
    study: Study,
    *,
    include: str,
    model: str | None,
    codes: bool | Sequence[str],
    stages: bool,
) -> list[Part]:
    """Take all features of what was said, useful or not."""
    if not (codes or stages):
        return []
    said = aggregate.observations(study, model=model, include=include)
    shares = _shares(said, study, codes, felt=stages) if codes else []
    return shares + (_felt(said, study) if stages else [])


def _assembled(parts: list[Part], dropped: list[dict[str, Any]], people: pd.Index) -> Features:
    index = [part.name for part in parts]
    table = pd.DataFrame({p.name: p.values.reindex(people) for p in parts}, index=people)
    table = table[table.notna().any(axis=1)].rename_axis("participant_id")
    return Features(
        table=table,
        kinds=pd.Series([p.kind for p in parts], index, dtype="str"),
        together=pd.Series([p.together for p in parts], index, dtype="str"),
        whole=pd.Series([p.whole for p in parts], index, dtype="str"),
        ranges=pd.Series([p.span for p in parts], index, dtype="float64"),
        labels=pd.DataFrame(
            [p.called for p in parts],
            index,
            columns=["name_ru", "name_en", "short_ru", "short_en"],
            dtype="str",
        ),
        dropped=pd.DataFrame(
            {
                "feature": pd.Series([d["feature"] for d in dropped], dtype="str"),
                "reason": pd.Series([d["reason"] for d in dropped], dtype="str"),
                "n_participants": pd.Series([d["n_participants"] for d in dropped], dtype="int64"),
            }
        ),
    )


def _customers(study: Study) -> pd.Index:
    """Everybody but those who speak only as an interviewer, an employee or an expert."""
    speakers = study.speakers
    customer = (speakers["role"] == "participant") & (speakers["voice"] == "customer")
    spoken = speakers["participant_id"].isin(speakers.loc[customer, "participant_id"])
    others = set(speakers.loc[~spoken, "participant_id"].dropna())
    ids = study.participants["participant_id"]
    return pd.Index(ids[~ids.isin(others)])


def _useless(part: Part, least: int) -> str | None:
    """Say why a feature can't serve; None if it can."""
    known = part.values.dropna()
    if len(known) < least:
        return f"known of fewer than {least} people"
    if known.nunique() < 2:
        return "the same for everybody"
    if part.kind == "share" and (known > 0).sum() < least:
        return f"named by fewer than {least} people"
    rarest = int(known.sum()) if part.kind == "flag" else least
    if min(rarest, len(known) - rarest if part.kind == "flag" else least) < least:
        return f"fewer than {least} people differ from the rest"
    if part.kind == "category" and known.value_counts().iloc[0] < least:
        return f"no value is shared by {least} people"
    return None


def _shares(
    said: pd.DataFrame, study: Study, codes: bool | Sequence[str], *, felt: bool
) -> list[Part]:
    once = said.drop_duplicates(["coding_id", "code"])
    counts = pd.crosstab(once["participant_id"], once["code"])
    shares = counts.div(counts.sum(axis=1), axis=0)
    known = study.codes.set_index("slug")
    if codes is not True:
        wanted = set(codes) if codes else set()
        about = known[["scheme", "kind"]]
        for name in wanted - set(known.index) - set(about["scheme"]) - set(about["kind"]):
            raise CjmError(f"codes: {name!r} is no code, scheme or kind of the study's codebook")
        of = about.reindex(shares.columns)
        mine = of.index.isin(wanted) | of["scheme"].isin(wanted) | of["kind"].isin(wanted)
        shares = shares.loc[:, np.asarray(mine)]
    ru, en = study.names("ru"), study.names("en")
    return [
        Part(
            f"code:{slug}", "share", shares[slug],
            _FEELINGS if felt and known["kind"][slug] == "emotion" else f"code:{slug}",
            _called("code", ru[slug], en[slug]), whole="codes",
        )
        for slug in shares.columns
    ]  # fmt: skip


def _felt(said: pd.DataFrame, study: Study) -> list[Part]:
    # Firms are no units here: each person is placed by what that person felt.
    table = aggregate.unit_table(said.assign(org_id=pd.Series(np.nan, said.index, dtype="str")))
    ru, en = study.names("ru"), study.names("en")
    return [
        Part(f"felt:{s}", "number", table[s], _FEELINGS, _called("felt", ru[s], en[s]))
        for s in map(str, table.columns)
    ]


def _called(what: str, ru: str, en: str) -> tuple[str, str, str, str]:
    long_ru, long_en = _SAYS.get(what, ("{}", "{}"))
    return long_ru.format(ru), long_en.format(en), ru, en


def _trait(people: pd.DataFrame, trait: str) -> Part:
    ids = pd.Index(people["participant_id"])
    if trait in TRAITS:
        values = pd.Series(people[trait].to_numpy(), ids)
    else:
        free = people["traits"].map(json.loads, na_action="ignore")
        if not free.dropna().map(lambda traits: trait in traits).any():
            raise CjmError(
                f"trait {trait!r} is not in the study; choose a column of participants or a key of "
                "their traits"
            )
        found = [t.get(trait) if isinstance(t, dict) else None for t in free]
        values = pd.Series(found, ids, dtype=object)
    known = values.dropna()
    kind = "category"
    if known.map(lambda v: isinstance(v, bool)).all():
        kind = "flag"
    elif known.map(lambda v: isinstance(v, int | float) and not isinstance(v, bool)).all():
        kind = "number"
    cast = known.map(plain).astype("str") if kind == "category" else known.astype("float64")
    called = _called("trait", *_TRAIT_NAMES.get(trait, (trait, trait)))
    return Part(f"trait:{trait}", kind, cast.reindex(ids), f"trait:{trait}", called)


def _asked(
    study: Study, questions: bool | Sequence[str], dropped: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Find the questions; what can't serve is listed, not refused."""
    known = study.questions
    if questions is not True:
        wanted = list(questions or ())
        for name in wanted:
            if not ((known["question_id"] == name) | (known["text"] == name)).any():
                raise CjmError(f"question {name!r} is not in the study; take ids from .questions")
        known = known[known["question_id"].isin(wanted) | known["text"].isin(wanted)]
    useful = []
    for row in known.to_dict("records"):
        reason = None
        if row["pii"] is True:
            reason = "holds personal data"
        elif row["type"] not in ("scale", "closed", "multiple"):
            reason = f"a question of type {row['type']} is no measure; code its answers"
        if reason is None:
            useful.append(row)
        else:
            n = int((study.answers["question_id"] == row["question_id"]).sum())
            name = f"question:{row['question_id']}"
            dropped.append({"feature": name, "reason": reason, "n_participants": n})
    return useful


def _answered(study: Study, question: dict[str, Any]) -> list[Part]:
    name, words = f"question:{question['question_id']}", str(question["text"])
    called = _called("question", words, words)
    answers = study.answers[study.answers["question_id"] == question["question_id"]]
    if question["type"] == "scale":
        values = answers.dropna(subset="value").groupby("participant_id")["value"].mean()
        span = float(question["scale_max"]) - float(question["scale_min"])
        return [Part(name, "ordinal", values, name, called, span if span > 0 else np.nan)]
    given = answers.dropna(subset="text").groupby("participant_id")["text"].last()
    if question["type"] == "closed":
        return [Part(name, "category", given, name, called)]
    chosen = _options(given)
    flags = pd.crosstab(chosen.index, chosen).clip(upper=1).reindex(given.index, fill_value=0)
    return [
        Part(
            f"{name}={option}", "flag", flags[option].astype("float64"), name,
            (*(f"{words}: {option}",) * 2, *(option,) * 2),
        )
        for option in flags.columns
    ]  # fmt: skip


def _options(given: pd.Series) -> pd.Series:
    """Take the options of a multiple question apart: one row a person and option."""
    separator = ";" if given.str.contains(";", regex=False).any() else ","
    pieces = given.str.split(separator, regex=False).explode().str.strip()
    return pieces[pieces != ""]
