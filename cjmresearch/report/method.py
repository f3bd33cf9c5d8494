"""What the report says of its own limits, and the codebook."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from markupsafe import Markup

from cjmresearch.report.quotes import CAP
from cjmresearch.report.words import Words
from cjmresearch.schema import Study
from cjmresearch.wording import machine_note

_CYRILLIC = re.compile("[А-Яа-яЁё]")


def limits(study: Study, words: Words, *, live: pd.DataFrame, n_participants: int) -> list[Markup]:
    """Say how the numbers were made and what they cannot tell, in paragraphs.

    `live` are the codings that count; suggestions among them are said to be so.
    """
    people = words.plural("people_gen", n_participants)
    said = [
        words("method_observation"),
        words("method_unit"),
        words("method_valence"),
        words("method_mood"),
        words("method_interval"),
        words("method_small", n=words.whole(n_participants)),
    ]
    if n_participants:
        bound = words.percent(silent_bound(n_participants))
        said.append(words("method_missing", n=people, bound=bound))
    return [
        *said,
        words("method_memory"),
        words("method_machine", machine=machine_note(1, words.language)),
        *_left_out(study, words, live),
        words("method_quotes", cap=CAP),
        words("method_not_measured"),
    ]


def silent_bound(n: int) -> float:
    """Compute the share that n silent people still allow (exact, one-sided, 95 %)."""
    return 1 - 0.05 ** (1 / n)


def _left_out(study: Study, words: Words, live: pd.DataFrame) -> list[Markup]:
    n = waiting(study, live)
    return [words("method_machine_out", n=words.whole(n))] if n else []


def waiting(study: Study, live: pd.DataFrame) -> int:
    """Count the suggestions that nobody decided and that the report leaves out."""
    suggested = study.codings[study.codings["status"] == "suggested"]
    decided = suggested["coding_id"].isin(study.codings["suggestion_id"].dropna())
    return int((~decided & ~suggested["coding_id"].isin(live["coding_id"])).sum())


def agreement_section(words: Words, live: pd.DataFrame) -> dict[str, Any]:
    """Say whether the agreement of coders is measured, and who coded how much.

    Returns
    -------
    dict
        measured (bool), words, rows (coder, machine, codings, sources), in_common (sources that two
        people or more coded: what a measurement needs).
    """
    by_coder = live.groupby("coder").agg(
        machine=("machine", "all"),
        codings=("coding_id", "nunique"),
        sources=("source_id", "nunique"),
    )
    order = by_coder.reset_index().sort_values(
        ["machine", "codings", "coder"], ascending=[True, False, True]
    )
    human = live[~live["machine"]]
    shared = int((human.groupby("source_id")["coder"].nunique() > 1).sum())
    keys = ("method_no_human", "method_one_coder")
    people = human["coder"].nunique()
    said = words(keys[people] if people < len(keys) else "method_coders")
    if people >= len(keys):
        said = Markup("{} {}").format(said, words("coded_twice", n=words.plural("shared", shared)))
    return {
        "measured": False,
        "words": said,
        "rows": order.to_dict("records"),
        "in_common": shared,
    }


def codebook(study: Study, words: Words, live: pd.DataFrame) -> pd.DataFrame:
    """List the codes with how often people and machines used each.

    Returns
    -------
    DataFrame
        slug, kind, name, definition (in the report's language where it has one), valence,
        n_human, n_machine (int64); in the order of `codes`, stages of the study's model first.
    """
    counts = live.groupby(["code", "machine"])["coding_id"].nunique().unstack(fill_value=0)
    counts = counts.reindex(columns=[False, True], fill_value=0)
    codes = study.codes
    shown = codes[
        (codes["kind"] != "stage")
        | (codes["scheme"] == study.journey_model)
        | codes["slug"].isin(live["code"])
    ]
    return pd.DataFrame(
        {
            "slug": shown["slug"],
            "kind": shown["kind"],
            "name": shown[f"name_{words.language}"],
            "definition": [in_language(d, words.language) for d in shown["definition"]],
            "valence": shown["valence"],
            "n_human": counts[False].reindex(shown["slug"], fill_value=0).to_numpy(),
            "n_machine": counts[True].reindex(shown["slug"], fill_value=0).to_numpy(),
        }
    ).reset_index(drop=True)


def in_language(definition: object, language: str) -> str:
    """Take one half of a definition written as `ru / en`; any other stays whole."""
    if not isinstance(definition, str):
        return ""
    halves = definition.split(" / ")
    if len(halves) != 2 or not _CYRILLIC.search(halves[0]) or _CYRILLIC.search(halves[1]):
        return definition
    return halves[0 if language == "ru" else 1]
