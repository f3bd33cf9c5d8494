"""Looking for personas beside the person's work, and what was found as plain values."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cjmresearch import personas
from cjmresearch.personas import Found
from cjmresearch.schema import Study

SIZES = range(2, 7)
"""Numbers of personas that are tried where the data are to say it."""
MOST = 300
"""People whose probabilities are listed on the page."""


@dataclass(frozen=True)
class Wanted:
    """What people are to be compared by, and into how many personas; k = None lets the data say."""

    codes: Sequence[str] = ()
    stages: bool = False
    traits: Sequence[str] = ()
    questions: Sequence[str] = ()
    k: int | None = None


class Search:
    """One search at a time, in a thread of its own; a newer one leaves the older unheard."""

    def __init__(self, tell: Callable[[dict[str, Any], Found | None], None]) -> None:
        self._tell = tell
        self._number = 0
        self._thread: threading.Thread | None = None

    def start(self, study: Study, wanted: Wanted, *, include: str, language: str) -> None:
        """Look; `tell` is called with each stage of it, and with what was found."""
        self._number += 1
        self._thread = threading.Thread(
            target=self._run, args=(self._number, study, wanted, include, language), daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Leave what is under way unheard."""
        self._number += 1

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False where it takes longer."""
        if self._thread is None:
            return True
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self, number: int, study: Study, wanted: Wanted, include: str, language: str) -> None:
        def say(message: dict[str, Any], found: Found | None = None) -> None:
            if number == self._number:
                self._tell(message, found)

        try:
            say({"state": "gathering"})
            compared = personas.features(
                study,
                include=include,
                codes=wanted.codes,
                stages=wanted.stages,
                traits=wanted.traits,
                questions=wanted.questions,
            )
            say({"state": "searching"})
            found = personas.find(compared, sizes=[wanted.k] if wanted.k else SIZES)
            told = answer(found, study, language=language)
            if found.k:
                say({"state": "describing"})
                _tell_apart(told, found, compared, language)
            say({**told, "dropped": len(compared.dropped)}, found)
        except Exception as error:  # the page has to learn why nothing comes
            say({"state": "failed", "reason": " ".join(str(error).split())})


def answer(found: Found, study: Study, *, language: str) -> dict[str, Any]:
    """Say what was found, also if it is nothing, as plain values for the page."""
    again = found.stability.set_index("persona_id")
    listed = [
        {
            "id": str(id_),
            "n": int(again.at[id_, "n_participants"]),
            "jaccard": round(float(again.at[id_, "jaccard"]), 3),
            "stable": bool(again.at[id_, "stable"]),
        }
        for id_ in found.personas["persona_id"]
    ]
    return {
        "state": "done",
        "k": found.k,
        "reason": found.reason(language),
        "left_out": len(found.left_out),
        "trials": [_trial(row) for row in found.trials.to_dict("records")],
        "personas": listed,
        "people": _people(found, study),
    }


def _tell_apart(
    told: dict[str, Any], found: Found, compared: personas.Features, language: str
) -> None:
    """Add to each persona what was shown to differ when it was held out, and a name from it."""
    told_apart = personas.describe(compared, found.personas, found.memberships)
    named = personas.named(
        found.personas,
        told_apart,
        names=compared.names(language, short=True),
        language=language,
    )
    names = compared.names(language)
    shown = told_apart[told_apart["verdict"] == "differs"]
    for one, name in zip(told["personas"], named["name"], strict=True):
        own = shown[shown["persona_id"] == one["id"]]
        one["name"] = str(name)
        one["apart"] = [
            {"name": names[row["feature"]], "more": bool(row["difference"] > 0)}
            for row in own.to_dict("records")
        ]


def _people(found: Found, study: Study) -> list[dict[str, Any]]:
    """List people with their probability of each persona, the members of the first one first."""
    order = list(found.personas["persona_id"])
    table = found.memberships.pivot_table(
        index="participant_id", columns="persona_id", values="probability", fill_value=0.0
    ).reindex(columns=order, fill_value=0.0)
    names = study.participants.set_index("participant_id")["pseudonym"]
    rows = [
        (str(names.get(id_, id_)), [round(float(p), 2) for p in row])
        for id_, row in zip(table.index, table.to_numpy(), strict=True)
    ]
    rows.sort(key=lambda row: (row[1].index(max(row[1])), -max(row[1]), row[0]))
    return [{"name": name, "p": p} for name, p in rows[:MOST]]


def _trial(row: Mapping[Any, Any]) -> dict[str, Any]:
    numbers = {
        name: None if pd.isna(row[name]) else round(float(row[name]), 3)
        for name in ("silhouette", "null_mean", "p")
    }
    stable = row["n_stable"]
    return {
        "k": int(row["k"]),
        "smallest": int(row["smallest"]),
        **numbers,
        "stable": None if pd.isna(stable) else int(stable),
        "chosen": bool(row["chosen"]),
    }
