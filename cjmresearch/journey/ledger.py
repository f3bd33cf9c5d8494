"""From a barrier to what was done about it and what a later wave says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.schema import Study

COLUMNS = (
    *("barrier", "n_participants", "opportunity", "task", "owner", "status", "metric"),
    *("wave_before", "before", "n_before", "wave_after", "after", "n_after"),
)


def plan(study: Study, *, language: str = "ru", include: str = "human") -> pd.DataFrame:
    """Lay out the chain barrier, opportunity, task, metric and waves, one row a path.

    A metric that is linked (`read_from`) to a question of a survey or to a stage of the curve is
    computed for the waves it is linked to, over people; nothing is typed in.

    Returns
    -------
    DataFrame
        barrier (name), n_participants (Int64, people who speak of it), opportunity, task, owner,
        status, metric, wave_before, before, n_before, wave_after, after, n_after. What is not
        linked yet is missing.
    """
    observations = aggregate.observations(study, include=include)
    links = _Links(study)
    rows = []
    for barrier in links.barriers():
        for opportunity in links.targets(barrier, "removed_by"):
            for task in links.targets(opportunity, "done_by") or [None]:
                metrics = links.targets(task, "measured_by") if task else []
                metrics = metrics or links.targets(opportunity, "measured_by") or [None]
                rows += [
                    _row(study, observations, links, (barrier, opportunity, task, metric), language)
                    for metric in metrics
                ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    whole = dict.fromkeys(("n_participants", "n_before", "n_after"), "Int64")
    texts = ("barrier", "opportunity", "task", "owner", "status", "metric")
    waves = ("wave_before", "wave_after")
    return frame.astype(
        {**whole, **dict.fromkeys((*texts, *waves), "str"), "before": "float64", "after": "float64"}
    )


def orphans(study: Study, *, language: str = "ru", include: str = "human") -> pd.DataFrame:
    """List what hangs loose in the chain.

    Returns
    -------
    DataFrame
        what {barrier, opportunity, task, metric}, id (slug or item_id), text: a barrier that
        people speak of and nothing removes; an opportunity that removes no barrier; a task of no
        opportunity; a metric that is read from nothing.
    """
    live = aggregate.live_codings(study, include=include)
    pains = live[live["kind"] == "pain"].drop_duplicates("code").sort_values("code")
    links = study.links
    removed = set(links.loc[links["relation"] == "removed_by", "from_id"])
    names = study.names(language)
    rows = [
        ("barrier", row.code, names[row.code])
        for row in pains.itertuples()
        if row.code_id not in removed
    ]
    held = {
        ("barriers", "barrier"): removed,
        ("opportunities", "opportunity"): _ends(links, "removed_by", "to_id"),
        ("tasks", "task"): _ends(links, "done_by", "to_id"),
        ("metrics", "metric"): _ends(links, "read_from", "from_id"),
    }
    items = study.items[study.items["map_type"] != "future"]
    for (layer, what), linked in held.items():
        loose = items[(items["layer"] == layer) & ~items["item_id"].isin(linked)]
        rows += [(what, item.item_id, item.text) for item in loose.itertuples()]
    return pd.DataFrame(rows, columns=["what", "id", "text"], dtype="str")


def _ends(links: pd.DataFrame, relation: str, column: str) -> set[str]:
    return set(links.loc[links["relation"] == relation, column])


class _Links:
    """Links of a study, to be walked."""

    def __init__(self, study: Study) -> None:
        self._by_end: dict[tuple[str, str], list[str]] = {}
        for link in study.links.itertuples():
            self._by_end.setdefault((link.from_id, link.relation), []).append(str(link.to_id))

    def targets(self, from_id: str, relation: str) -> list[Any]:
        return self._by_end.get((from_id, relation), [])

    def barriers(self) -> Iterator[str]:
        return (from_id for from_id, relation in self._by_end if relation == "removed_by")


def _row(
    study: Study,
    observations: pd.DataFrame,
    links: _Links,
    path: tuple[str, str, str | None, str | None],
    language: str,
) -> dict[str, Any]:
    barrier, opportunity, task, metric = path
    items = study.items.set_index("item_id")
    codes = study.codes.set_index("code_id")
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    if barrier in codes.index:
        said = observations[observations["code"] == codes.loc[barrier, "slug"]]
        row["barrier"] = codes.loc[barrier, f"name_{language}"]
        row["n_participants"] = said["participant_id"].nunique()
    elif barrier in items.index:
        row["barrier"] = items.loc[barrier, "text"]
    doing = task or opportunity
    row["opportunity"] = items["text"].get(opportunity)
    row["task"] = items["text"].get(task) if task else None
    row["owner"], row["status"] = items["owner"].get(doing), items["status"].get(doing)
    if metric is None:
        return row
    row["metric"] = items["text"].get(metric)
    for when in ("before", "after"):
        for wave in links.targets(metric, when)[:1]:
            row[f"wave_{when}"] = wave
            for origin in links.targets(metric, "read_from")[:1]:
                row[when], row[f"n_{when}"] = _value(study, observations, origin, wave)
    return row


def _value(
    study: Study, observations: pd.DataFrame, origin: str, wave: str
) -> tuple[float | None, int]:
    """Mean of a question's answers, or of a stage's feelings, in a wave; over people."""
    sources = study.sources.loc[study.sources["wave"] == wave, "source_id"]
    if origin in set(study.questions["question_id"]):
        asked = study.questions.set_index("question_id").loc[origin, "survey_id"]
        answers = study.answers[study.answers["question_id"] == origin]
        of_wave = (answers["wave"] == wave) | (answers["wave"].isna() & (asked in set(sources)))
        values = answers[of_wave & answers["value"].notna()]
        by_person = values.groupby("participant_id")["value"].mean()
        return (float(by_person.mean()) if len(by_person) else None), len(by_person)
    rows = observations[observations["source_id"].isin(sources)]
    point = aggregate.emotion_curve(rows).set_index("stage").loc[origin]
    n = int(point["n_participants"])
    return (float(point["mean"]) if n else None), n
