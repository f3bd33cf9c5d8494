"""The buying centre: which role speaks of which pain; people of a firm are not independent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.codebooks import templates
from cjmresearch.errors import CjmError
from cjmresearch.personas.people import members
from cjmresearch.schema import Study
from cjmresearch.wording import INTERVAL_FROM

ALL_ROLES = "all"


def role_pains(
    study: Study,
    *,
    equal_roles: bool = False,
    include: str = "human",
    model: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Count, by role in the buying centre, the people who speak of each pain.

    People of one firm are not independent: the interval of a share is that of the effective number
    of people (Korn and Graubard, Survey Methodology 24, 1998), n divided by the design effect of
    firms, or the number of firms where nobody or everybody speaks of the pain.

    Parameters
    ----------
    study
        Frozen frames of a project whose participants have `buying_role`; people without one are
        left out.
    equal_roles
        The rows of all roles together weigh each role alike, so that six engineers don't outvote
        one director; else each person.
    include, model
        As in `aggregate.observations`.
    level
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row a role and pain that anybody names: role (slug; ordered Categorical, known roles
        first; last `all`), role_ru, role_en, code, name_ru, name_en, n_participants,
        of_participants, n_firms (that name it), of_firms (int64), share, low, high (NaN under
        three firms, and of roles that weigh alike where one has a single person), coding_ids
        (tuple).
    """
    people = members(study, None, include=include)
    people = people[people["buying_role"].notna()].reset_index(drop=True)
    if people.empty:
        raise CjmError("no participant with a coded interview has a buying_role; fill it in")
    rows = aggregate.observations(study, model=model, include=include)
    rows = rows[(rows["kind"] == "pain") & rows["participant_id"].isin(people["participant_id"])]
    rows = rows.drop_duplicates("coding_id")
    firms = people["org_id"].fillna(people["participant_id"])
    order = _order(people["buying_role"])
    codes = rows.groupby("code")["participant_id"].nunique()
    found = []
    for code in codes.sort_values(ascending=False, kind="stable").index:
        of_code = rows[rows["code"] == code]
        named = people["participant_id"].isin(of_code["participant_id"]).to_numpy()
        for role in (*order, ALL_ROLES):
            here = np.ones(len(people), bool)
            if role != ALL_ROLES:
                here = (people["buying_role"] == role).to_numpy()
            strata = people["buying_role"][here] if equal_roles and role == ALL_ROLES else None
            row = {"role": role, "code": code}
            row |= _share(named[here], firms[here].to_numpy(), strata, level)
            own = of_code["participant_id"].isin(people.loc[here, "participant_id"])
            row["coding_ids"] = tuple(of_code.loc[own, "coding_id"])
            found.append(row)
    table = _frame(found, order, study)
    table.attrs = {"equal_roles": equal_roles}
    return table


def _order(roles: pd.Series) -> list[str]:
    """Roles in the order of the method's table, then others by name."""
    known = [option for field in templates.load("buying_centre").fields for option in field.options]
    place = {role.casefold(): number for number, role in enumerate(known)}
    return sorted(set(roles), key=lambda role: (place.get(role.casefold(), len(place)), role))


def role_name(role: str, language: str = "ru") -> str:
    """Name a role of the buying centre in `ru` or `en`; a word that is no known role stays."""
    if role == ALL_ROLES:
        return "Все роли" if language == "ru" else "All roles"
    for field in templates.load("buying_centre").fields:
        if role.casefold() in (option.casefold() for option in field.options):
            return field.name(language)
    return role


def expected_pains(language: str = "ru") -> dict[str, tuple[str, ...]]:
    """Give what the method says hurts each role: hypotheses to ask about, not findings."""
    fields = templates.load("buying_centre").fields
    hints = {f.field: f.hint_ru if language == "ru" else f.hint_en for f in fields}
    return {role: tuple(hint.split("; ")) for role, hint in hints.items() if hint}


def _share(
    named: np.ndarray, firms: np.ndarray, strata: pd.Series | None, level: float
) -> dict[str, Any]:
    """Compute a share of people with its interval, clustered by firm; roles alike if given."""
    y = named.astype(float)
    weights = np.full(len(y), 1 / len(y))
    centre = np.full(len(y), y.mean())
    if strata is not None:
        sizes = strata.map(strata.value_counts()).to_numpy(float)
        weights = 1 / (sizes * strata.nunique())
        centre = pd.Series(y).groupby(strata.to_numpy()).transform("mean").to_numpy()
    share = float((weights * y).sum())
    residuals = pd.Series(weights * (y - centre)).groupby(firms).sum()
    k = len(residuals)
    row: dict[str, Any] = {
        "n_participants": int(named.sum()),
        "of_participants": len(named),
        "n_firms": len(set(firms[named])),
        "of_firms": k,
        "share": share,
        "low": np.nan,
        "high": np.nan,
    }
    lone = strata is not None and bool((strata.value_counts() < 2).any())
    if k >= INTERVAL_FROM and not lone:
        variance = k / (k - 1) * float((residuals**2).sum())
        effective = float(min(k, len(y)))
        if 0 < share < 1 and variance > 0:
            effective = min(share * (1 - share) / variance, float(len(y)))
        low, high = aggregate.share_interval(
            np.array(share * effective), np.array(effective), level
        )
        row |= {"low": float(low), "high": float(high)}
    return row


def _frame(found: list[dict[str, Any]], order: list[str], study: Study) -> pd.DataFrame:
    roles = [*order, ALL_ROLES]
    columns = ["role", "code", "n_participants", "of_participants", "n_firms", "of_firms"]
    table = pd.DataFrame(found, columns=[*columns, "share", "low", "high", "coding_ids"])
    table = table.astype(dict.fromkeys(columns[2:], "int64"))
    for number, language in enumerate(("ru", "en")):
        names = study.names(language)
        named = table["role"].map(lambda role, to=language: role_name(role, to))
        table.insert(1 + number, f"role_{language}", named.astype("str"))
        table.insert(4 + 2 * number, f"name_{language}", table["code"].map(names).astype("str"))
    table["role"] = pd.Categorical(table["role"], roles, ordered=True)
    order_of = ["role", "role_ru", "role_en", "code", "name_ru", "name_en"]
    return table[[*order_of, *(c for c in table if c not in order_of)]]
