"""Is the visitor of the site the one who came? Tables joined by e-mail, phone and name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cjmresearch.errors import CjmError

KEYS = ("email", "phone", "name")
CONFIDENCES = ("low", "medium", "high")
_PHONE_DIGITS = 10
_FEWEST_DIGITS = 7
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Linked:
    """Rows of two tables that are one person; `str()` is what a person reads.

    Attributes
    ----------
    links : one row a pair: a, b (ids), confidence {high, medium, low}, agree, differ (tuples of
        email, phone, name); one partner a row at most
    doubtful : pairs of the same columns that are not links: below the confidence asked for, or
        where a row has several partners that are equally good
    only_a, only_b : ids of rows without a link, in order
    """

    links: pd.DataFrame
    doubtful: pd.DataFrame
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]

    @property
    def ids(self) -> dict[str, str]:
        """The id of `b` by that of `a`, e.g. to write participants into a log."""
        return dict(zip(self.links["a"], self.links["b"], strict=True))

    def __str__(self) -> str:
        n = self.links["confidence"].value_counts()
        kinds = ", ".join(f"{n[c]} {c}" for c in reversed(CONFIDENCES) if n.get(c))
        total = len(self.links)
        rows = [f"{total} linked" + (f" ({kinds})" if kinds else "")]
        for side, ids in (("first", self.only_a), ("second", self.only_b)):
            of = total + len(ids)
            named = f": {', '.join(ids[:_SHOWN])}{', …' if len(ids) > _SHOWN else ''}"
            rows.append(f"{len(ids)} of {of} in the {side} table only{named if ids else ''}")
        if len(self.doubtful):
            rows.append(f"{len(self.doubtful)} doubtful pairs, not linked: see .doubtful")
        return "\n".join(rows)


def link_ids(
    a: pd.DataFrame,
    b: pd.DataFrame,
    *,
    on: Sequence[str] | Mapping[str, tuple[str, str]] = KEYS,
    ids: tuple[str, str] = ("participant_id", "participant_id"),
    at_least: str = "medium",
) -> Linked:
    """Join rows of two tables that are one person, one to one; who has no partner is counted.

    E-mails are compared without case, phones by their last 10 digits, names as sets of words
    without case and the dots of ё. High: e-mail or phone is the same and nothing else differs.
    Medium: e-mail or phone is the same though something else differs, or only the full name, of
    two words or more. Low: names of which one lacks a word or has an initial, or that agree while
    e-mail or phone differ. Where two partners are equally good, none is taken.

    Parameters
    ----------
    a, b
        Tables with a row a person, e.g. a log's or a CRM's customers and participants.
    on
        Which of `email`, `phone`, `name` to compare, the columns being named so; or which columns
        hold them, e.g. `{"email": ("E-mail", "mail")}`.
    ids
        Columns of the ids in `a` and in `b`.
    at_least
        The lowest confidence of a link: `high`, `medium` or `low`.

    Raises
    ------
    CjmError
        A column that isn't there, an unknown key or confidence, ids that are blank or doubled.
    """
    if at_least not in CONFIDENCES:
        raise CjmError(f"at_least={at_least!r}: choose one of {', '.join(CONFIDENCES)}")
    columns = _columns(on)
    sides = [
        _side(frame, id_, {key: pair[at] for key, pair in columns.items()}, "ab"[at])
        for at, (frame, id_) in enumerate(zip((a, b), ids, strict=True))
    ]
    pairs = _pairs(*sides)
    rank = pairs["confidence"].map(CONFIDENCES.index).astype("int64")
    strength = 10 * rank + pairs["agree"].map(len)
    best = _best(pairs, strength)
    linked = best & (rank >= CONFIDENCES.index(at_least)).to_numpy()
    links = pairs[linked].reset_index(drop=True)
    taken = pairs["a"].isin(links["a"]) | pairs["b"].isin(links["b"])
    return Linked(
        links=links,
        doubtful=pairs[~taken].reset_index(drop=True),
        only_a=tuple(i for i in sides[0].index if i not in set(links["a"])),
        only_b=tuple(i for i in sides[1].index if i not in set(links["b"])),
    )


def _columns(on: Sequence[str] | Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    columns = dict(on) if isinstance(on, Mapping) else {key: (key, key) for key in on}
    unknown = set(columns) - set(KEYS)
    if unknown or not columns:
        raise CjmError(f"on={on!r}: compare some of {', '.join(KEYS)}")
    return columns


def _side(frame: pd.DataFrame, id_: str, columns: Mapping[str, str], name: str) -> pd.DataFrame:
    """Give comparable writings of one table: index id, columns email, phone, name (or None)."""
    for column in (id_, *columns.values()):
        if column not in frame.columns:
            known = ", ".join(map(repr, frame.columns))
            raise CjmError(f"{name}: no column {column!r}; the table has {known}")
    ids = frame[id_].astype("str")
    if frame[id_].isna().any() or ids.str.strip().eq("").any():
        raise CjmError(f"{name}: a blank id in {id_!r}; fill it or leave the row out")
    if ids.duplicated().any():
        raise CjmError(f"{name}: the id {ids[ids.duplicated()].iloc[0]!r} stands twice")
    writings = {
        key: [_WRITTEN[key](str(cell)) if pd.notna(cell) else None for cell in frame[column]]
        for key, column in columns.items()
    }
    return pd.DataFrame(writings, index=pd.Index(ids, name="id"), dtype=object)


def _email(cell: str) -> str | None:
    text = cell.strip().casefold()
    return text if _EMAIL.fullmatch(text) else None


def _phone(cell: str) -> str | None:
    digits = re.sub(r"\D", "", cell)
    return digits[-_PHONE_DIGITS:] if len(digits) >= _FEWEST_DIGITS else None


def _name(cell: str) -> tuple[str, ...] | None:
    words = re.findall(r"\w+", cell.casefold().replace("ё", "е"))
    return tuple(sorted(words)) or None


_WRITTEN = {"email": _email, "phone": _phone, "name": _name}


def _pairs(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    """All pairs that have something in common, in the order of the tables."""
    found = {
        (one, other)
        for key in a.columns
        for word, rows in _index(a, key).items()
        for other in _index(b, key).get(word, ())
        for one in rows
    }
    order_a, order_b = ({id_: at for at, id_ in enumerate(side.index)} for side in (a, b))
    rows = []
    for one, other in sorted(found, key=lambda pair: (order_a[pair[0]], order_b[pair[1]])):
        marks = {key: _alike(key, a.at[one, key], b.at[other, key]) for key in a.columns}
        confidence = _confidence(marks, a.at[one, "name"] if "name" in a else None)
        if confidence:
            agree = tuple(key for key, mark in marks.items() if mark == "same")
            differ = tuple(key for key, mark in marks.items() if mark == "differs")
            rows.append((one, other, confidence, agree, differ))
    frame = pd.DataFrame(rows, columns=["a", "b", "confidence", "agree", "differ"])
    return frame.astype({"a": "str", "b": "str", "confidence": "str"})


def _index(side: pd.DataFrame, key: str) -> dict[str, list[str]]:
    """Ids by a writing; of names by each word that is no initial."""
    found: dict[str, list[str]] = {}
    for id_, cell in side[key].items():
        words = [w for w in cell or () if len(w) > 1] if key == "name" else [cell] if cell else []
        for word in dict.fromkeys(words):
            found.setdefault(word, []).append(str(id_))
    return found


def _alike(key: str, one: object, other: object) -> str:
    if one is None or other is None:
        return "unknown"
    if one == other:
        return "same"
    if key == "name" and isinstance(one, tuple) and isinstance(other, tuple):
        return "close" if _close(one, other) or _close(other, one) else "differs"
    return "differs"


def _close(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Every word of the one is a word of the other, or its initial, each taken once."""
    rest = list(long)
    for word in sorted(short, key=len, reverse=True):
        fits = [w for w in rest if w == word or w[0] == word or w == word[0]]
        if not fits:
            return False
        rest.remove(fits[0])
    return any(len(word) > 1 and word in long for word in short)


def _confidence(marks: Mapping[str, str], name: object) -> str | None:
    contact = [marks[key] for key in ("email", "phone") if key in marks]
    of_name = marks.get("name", "unknown")
    if "same" in contact:
        return "medium" if "differs" in [*contact, of_name] else "high"
    full = isinstance(name, tuple) and len([w for w in name if len(w) > 1]) > 1
    if of_name == "same" and full and "differs" not in contact:
        return "medium"
    return "low" if of_name in ("same", "close") else None


def _best(pairs: pd.DataFrame, strength: pd.Series) -> np.ndarray:
    """Tell pairs in which each is the other's only best partner."""
    alone = pd.Series(True, pairs.index)
    for side in ("a", "b"):
        top = strength.groupby(pairs[side]).transform("max")
        ties = (strength == top).groupby(pairs[side]).transform("sum")
        alone &= (strength == top) & (ties == 1)
    return alone.to_numpy(bool)
