"""Who was heard, how much they said, who coded it, and the numbers of questionnaires."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
from markupsafe import Markup

from cjmresearch import aggregate
from cjmresearch.aggregate.scores import DETRACTORS_TO, PROMOTERS_FROM
from cjmresearch.report.words import Words
from cjmresearch.schema import Study
from cjmresearch.wording import PERCENT_FROM

_ROWS = 6
"""Values of a trait that the sample shows; two or more that are left are summed."""

_HISTOGRAM = 12
"""Up to this many different values a question gets a small histogram."""

_PREFIXES = {"by_consent": "consent_"} | dict.fromkeys(
    ("by_role", "by_outcome", "by_language"), "value_"
)
"""Which words name the values of a trait; firms keep their own names."""

_WORD = re.compile(r"\w+")


def sample_section(
    study: Study, words: Words, *, people: pd.DataFrame, live: pd.DataFrame
) -> dict[str, Any]:
    """Describe the sample: figures, people by trait, coders, consent, the machine's share.

    `people` are the rows of participants whose words were coded, `live` the codings that count.
    """
    traits = (
        ("by_role", people["buying_role"]),
        ("by_outcome", people["outcome"]),
        ("by_language", people["language"]),
        ("by_firm", people["org_id"]),
        ("by_consent", people["consent"].map({True: "yes", False: "no"}).astype("str")),
    )
    machine = int(live["machine"].sum())
    firms = people["org_id"].dropna()
    return {
        "uncoded": _left_out(study, words, people),
        "figures": _figures(study, words, people),
        "breakdowns": [_breakdown(words, title, values) for title, values in traits],
        "coders": _coders(live),
        "machine": machine,
        "codings": len(live),
        "machine_note": words("machine_share", n=words.whole(machine), of=words.whole(len(live)))
        if len(live)
        else "",
        "refused": bool(people["consent"].eq(False).any()),
        "shared_firm": bool(firms.duplicated().any()),
    }


def _left_out(study: Study, words: Words, people: pd.DataFrame) -> Markup:
    """Say who spoke but isn't coded, and who answered a survey without a word of their own."""
    spoke = aggregate.interviewed(study)
    said = []
    if len(spoke) > len(people):
        more = words.plural("people", len(spoke) - len(people))
        said.append(words("uncoded_note", people=more, of=words.whole(len(people))))
    answered = study.answers["participant_id"].drop_duplicates()
    silent = int((~answered.isin(spoke["participant_id"])).sum())
    if silent:
        said.append(words("silent_note", n=words.whole(silent)))
    return Markup(" ").join(said)


def _figures(study: Study, words: Words, people: pd.DataFrame) -> list[tuple[str, str]]:
    customers = study.speakers[
        (study.speakers["role"] == "participant") & (study.speakers["voice"] == "customer")
    ]
    # Beside "12 participants" stand the words of these twelve, not those of people left uncoded.
    customers = customers[customers["participant_id"].isin(people["participant_id"])]
    said = study.turns.merge(customers[["source_id", "speaker"]], on=["source_id", "speaker"])
    texts = study.current_texts
    spoken = sum(
        len(_WORD.findall(texts[source][start:end]))
        for source, start, end in zip(said["source_id"], said["start"], said["end"], strict=True)
    )
    kinds = study.sources["kind"]
    told = kinds.isin(["interview", "focus_group"])
    counts = (
        ("people", len(people)),
        ("firms", people["org_id"].nunique()),
        ("interviews", int(told.sum())),
        ("surveys", int((kinds == "survey").sum())),
        ("other_sources", int((~told & (kinds != "survey")).sum())),
        ("respondents", study.answers["participant_id"].nunique()),
        ("turns", len(said)),
        ("words", spoken),
        ("answers", len(study.answers)),
    )
    return [(words.whole(n), words.form(key, n)) for key, n in counts if n]


def _breakdown(words: Words, title: str, values: pd.Series) -> dict[str, Any]:
    counts = values.value_counts()
    shown = _ROWS if len(counts) > _ROWS + 1 else len(counts)
    prefix = _PREFIXES.get(title, "raw_")
    rows = [(words.of_value(value, prefix), int(n)) for value, n in counts.head(shown).items()]
    rest = counts.iloc[shown:]
    if len(rest):
        rows.append((str(words("rest", n=len(rest))), int(rest.sum())))
    missing = int(values.isna().sum())
    if missing:
        rows.append((str(words("not_recorded")), missing))
    return {"title": words(title), "rows": rows, "of": len(values)}


def _coders(live: pd.DataFrame) -> pd.DataFrame:
    """Count codings by coder: coder, machine (bool), n_codings; people first."""
    counts = live.groupby("coder").agg(
        machine=("machine", "all"), n_codings=("coding_id", "nunique")
    )
    return counts.reset_index().sort_values(
        ["machine", "n_codings", "coder"], ascending=[True, False, True], ignore_index=True
    )


def survey_scores(study: Study) -> pd.DataFrame:
    """Score the questions of a study as `aggregate.survey_scores` does, in the order of stages.

    An NPS that wasn't asked on 0 to 10 is shown as a mean: nothing keeps a report from being made.
    """
    rated = aggregate.ratings(study)
    ten_points = rated["scale_min"].eq(0) & rated["scale_max"].eq(10)
    rated["metric"] = rated["metric"].mask(rated["metric"].eq("nps") & ~ten_points, "other")
    stages = study.codes.loc[study.codes["kind"] == "stage"].sort_values(["scheme", "position"])
    return aggregate.survey_scores(rated, stages=stages["slug"].to_list())


def survey_section(scores: pd.DataFrame, words: Words, names: dict[str, str]) -> list[dict]:
    """Write the scores of questionnaires for the template, with a small histogram each."""
    return [
        {
            "text": row["question"],
            "stage": names.get(row["stage"], "") if isinstance(row["stage"], str) else "",
            "scale": _scale(row, words),
            "lower_is_better": pd.notna(row["higher_is_better"]) and not row["higher_is_better"],
            "n": row["n"],
            "mean": words.decimal(row["mean"]),
            "nps": _nps(row, words),
            "bars": _bars(_filled(row), words),
        }
        for row in scores.to_dict("records")
    ]


def _scale(row: dict[str, Any], words: Words) -> str:
    if pd.isna(row["scale_min"]) or pd.isna(row["scale_max"]):
        return ""
    return f"{row['scale_min']:g}–{row['scale_max']:g}".replace("-", "−")


def _nps(row: dict[str, Any], words: Words) -> str:
    if row["unit"] != "nps":
        return ""
    points = pd.Series(row["counts"], dtype="int64")
    promoters = points[points.index >= PROMOTERS_FROM].sum()
    detractors = points[points.index <= DETRACTORS_TO].sum()
    people = {"promoters": promoters, "detractors": detractors, "n": row["n"]}
    counted = {name: words.whole(int(count)) for name, count in people.items()}
    if row["n"] < PERCENT_FROM:
        return words("nps_few", **counted)
    return words("nps", score=words.signed(row["score"], 0), **counted)


def _filled(row: dict[str, Any]) -> dict[float, int]:
    """Add the values of a known scale that nobody chose: an empty place is an answer, too."""
    low, high = row["scale_min"], row["scale_max"]
    if pd.isna(low) or pd.isna(high) or high - low >= _HISTOGRAM:
        return row["counts"]
    steps = {float(value): 0 for value in range(int(low), int(high) + 1)}
    return dict(sorted((steps | row["counts"]).items()))


def _bars(counts: dict[float, int], words: Words) -> dict[str, Any] | None:
    """Place a histogram's bars in a box 28 high; none where there are too many values."""
    if not 1 < len(counts) <= _HISTOGRAM:
        return None
    highest = max(counts.values())
    bars = [
        {"x": 14 * i, "height": round(26 * n / highest, 1), "value": f"{value:g}", "n": n}
        for i, (value, n) in enumerate(counts.items())
    ]
    values = "; ".join(f"{bar['value']}: {bar['n']}" for bar in bars)
    return {
        "bars": bars,
        "width": 14 * len(bars),
        "alt": words("distribution_alt", values=values),
    }
