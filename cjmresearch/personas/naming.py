"""Names of found personas, from what was shown to set them apart."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from cjmresearch.errors import CjmError

_SAYS = {
    "ru": {"nothing": "группа {i}", "more": "выше: {}", "less": "ниже: {}", "value": "{}: {}"},
    "en": {"nothing": "group {i}", "more": "higher: {}", "less": "lower: {}", "value": "{}: {}"},
}


def named(
    personas: pd.DataFrame,
    description: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    language: str = "ru",
    most: int = 2,
) -> pd.DataFrame:
    """Name personas by what was shown to differ when it was held out: a proposal for people.

    A persona of which nothing was shown is called a group with its number, whatever describes it.

    Parameters
    ----------
    personas
        Frame [personas].
    description
        Of the same personas, by `describe`.
    names
        Names of features, e.g. `features.names("ru", short=True)`.
    language
        `ru` or `en`.
    most
        Features in a name.

    Returns
    -------
    DataFrame [personas]
        With other names; ids, origins and order stay.
    """
    if language not in _SAYS:
        raise CjmError(f"language {language!r}: choose one of {', '.join(_SAYS)}")
    says, called = _SAYS[language], dict(names or {})
    taken: list[str] = []
    for i, persona_id in enumerate(personas["persona_id"], 1):
        rows = description[
            (description["persona_id"] == persona_id) & (description["verdict"] == "differs")
        ]
        # A code or a choice names people better than a number that is high or low.
        rows = rows.assign(number=rows["kind"].isin(["number", "ordinal"]))
        rows = rows.sort_values("number", kind="stable")
        words = [_words(row, called, says) for row in rows.to_dict("records")]
        words = list(dict.fromkeys(w for w in words if w))[:most]
        name = ", ".join(words) or says["nothing"].format(i=i)
        taken.append(name if name not in taken else f"{name} ({i})")
    return personas.assign(name=pd.array(taken, dtype="str"))


def _words(row: Mapping[str, object], called: Mapping[str, str], says: Mapping[str, str]) -> str:
    """Say one difference; of codes and choices only what members have more of."""
    name = called.get(str(row["feature"]), str(row["feature"]))
    higher = float(str(row["difference"])) > 0
    if row["kind"] == "category":
        return says["value"].format(name, row["value"])
    if row["kind"] in ("share", "flag"):
        return name if higher else ""
    return says["more" if higher else "less"].format(name)
