"""The order of work as a checklist whose state is read off the project, and the resources."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.journey import ledger
from cjmresearch.schema import Study

ENOUGH_PEOPLE = 5
_STATES = ("open", "begun", "done")

Finding = tuple[int, int, dict[str, int]]
"""How many of how many parts are there, and the counts that the sentence names."""

STEPS: dict[str, tuple[tuple[str, str], tuple[str, str], tuple[str, str]]] = {
    "goal": (
        ("Цель", "Goal"),
        ("Слов в цели: {words}.", "Words in the goal: {words}."),
        ("Назовите решение, которому служит карта.", "State the decision that the map serves."),
    ),
    "portraits": (
        ("Портреты", "Portraits"),
        (
            "Персон: {personas}, с людьми: {peopled}.",
            "Personas: {personas}, with people: {peopled}.",
        ),
        ("Соберите персоны из участников.", "Make personas out of participants."),
    ),
    "clients": (
        ("Целевые клиенты", "Target clients"),
        (
            "Клиентов: {clients}, из них ушедших: {lost}.",
            "Clients: {clients}, of them lost: {lost}.",
        ),
        (
            "Поговорите хотя бы с пятью, в том числе с ушедшими.",
            "Talk to five at least, among them some who left.",
        ),
    ),
    "touchpoints": (
        ("Точки контакта", "Touchpoints"),
        ("Точек контакта: {points}.", "Touchpoints: {points}."),
        ("Разметьте точки контакта.", "Code the touchpoints."),
    ),
    "elements": (
        ("Элементы карты", "Elements of the map"),
        (
            "Размечены: действия {actions}, чувства {feelings}, барьеры {barriers}.",
            "Coded: actions {actions}, feelings {feelings}, barriers {barriers}.",
        ),
        ("Разметьте действия, чувства и барьеры.", "Code actions, feelings and barriers."),
    ),
    "resources": (
        ("Ресурсы", "Resources"),
        ("Есть: {have}, нужны: {need}.", "There: {have}, needed: {need}."),
        (
            "Запишите слоями «есть» и «нужны» (resources_have, resources_need).",
            "Put them on the layers resources_have and resources_need.",
        ),
    ),
    "walk": (
        ("Путь пройден самими", "The way walked oneself"),
        (
            "Наблюдений: {watched}, записанных шагов: {steps}.",
            "Observations: {watched}, recorded steps: {steps}.",
        ),
        (
            "Станьте клиентом: запишите наблюдение или шаги пути.",
            "Become a client: record an observation, or the steps.",
        ),
    ),
    "changes": (
        ("Изменения", "Changes"),
        (
            "Без связи: {orphans}; задач: {tasks}, с ответственным: {owned}.",
            "Hanging loose: {orphans}; tasks: {tasks}, with an owner: {owned}.",
        ),
        (
            "Свяжите барьер, возможность и задачу; назовите ответственного.",
            "Link barrier, opportunity and task; name an owner.",
        ),
    ),
}
"""Eight steps of the method (seed 001:258-265): name, finding, remedy; ru and en."""


def procedure(study: Study, *, language: str = "ru") -> pd.DataFrame:
    """Say which of the eight steps of the work are done, begun or open, by what the project holds.

    The steps are the method's (seed 001:258-265). A step is done where all its parts are there;
    that says nothing of how well: `audit` does.

    Parameters
    ----------
    study
        Frozen frames of a project.
    language
        `ru` or `en`.

    Returns
    -------
    DataFrame
        step (its name in code), position (int64, from 1), name, state {open, begun, done}, finding
        (what there is), remedy (what to do; NaN where it is done).
    """
    at = _language(language)
    rows = []
    for position, (step, texts) in enumerate(STEPS.items(), start=1):
        there, of, counts = _RUN[step](study)
        state = _STATES[(there > 0) + (there == of)]
        name, finding, remedy = (text[at] for text in texts)
        rows.append(
            {
                "step": step,
                "position": position,
                "name": name,
                "state": state,
                "finding": finding.format(**counts),
                "remedy": None if state == "done" else remedy,
            }
        )
    frame = pd.DataFrame(rows)
    return frame.astype({c: "str" for c in frame if c != "position"})


def resources(study: Study) -> pd.DataFrame:
    """Hold what the team has against what it needs, stage by stage.

    Returns
    -------
    DataFrame
        One row a stage with either: stage, have, need (tuples of texts), missing (tuple: needed,
        and there under the same words neither at this stage nor without a stage).
    """
    items = study.items
    texts = items["text"].str.split().str.join(" ")
    lanes = {
        lane: texts[items["layer"] == f"resources_{lane}"].groupby(items["stage"], dropna=False)
        for lane in ("have", "need")
    }
    held = {lane: dict(groups.agg(tuple)) for lane, groups in lanes.items()}
    everywhere = {t.casefold() for stage, ts in held["have"].items() if pd.isna(stage) for t in ts}
    known = list(study.stages()["slug"])
    found = {s for groups in held.values() for s in groups}
    order = [s for s in known if s in found] + [s for s in found if s not in known]
    rows = []
    for stage in order:
        have, need = (held[lane].get(stage, ()) for lane in ("have", "need"))
        there = everywhere | {t.casefold() for t in have}
        rows.append((stage, have, need, tuple(t for t in need if t.casefold() not in there)))
    return pd.DataFrame(rows, columns=["stage", "have", "need", "missing"]).astype({"stage": "str"})


def _language(language: str) -> int:
    if language not in ("ru", "en"):
        raise CjmError(f"language {language!r}: choose one of ru, en")
    return int(language == "en")


def _goal(study: Study) -> Finding:
    words = len(study.goal.split())
    return min(words, 3), 3, {"words": words}


def _portraits(study: Study) -> Finding:
    n = len(study.personas)
    peopled = int(study.personas["persona_id"].isin(study.memberships["persona_id"]).sum())
    return (n > 0) + (peopled > 0), 2, {"personas": n, "peopled": peopled}


def _clients(study: Study) -> Finding:
    people = aggregate.interviewed(study)
    n, lost = len(people), int((people["outcome"] == "lost").sum())
    parts = (n > 0, n >= ENOUGH_PEOPLE, lost > 0)
    return sum(parts), len(parts), {"clients": n, "lost": lost}


def _kinds(study: Study) -> pd.Series:
    live = aggregate.live_codings(study)
    return live.groupby("kind")["code"].nunique()


def _touchpoints(study: Study) -> Finding:
    n = int(_kinds(study).get("touchpoint", 0))
    return int(n > 0), 1, {"points": n}


def _elements(study: Study) -> Finding:
    kinds = _kinds(study)
    of = {"actions": "action", "feelings": "emotion", "barriers": "pain"}
    counts = {name: int(kinds.get(kind, 0)) for name, kind in of.items()}
    return sum(n > 0 for n in counts.values()), len(counts), counts


def _resources(study: Study) -> Finding:
    lanes = study.items["layer"]
    counts = {lane: int((lanes == f"resources_{lane}").sum()) for lane in ("have", "need")}
    return sum(n > 0 for n in counts.values()), 2, counts


def _walk(study: Study) -> Finding:
    watched = int((study.sources["kind"] == "observation").sum())
    steps = int((study.visits["origin"] == "hand").sum())
    return int(watched + steps > 0), 1, {"watched": watched, "steps": steps}


def _changes(study: Study) -> Finding:
    tasks = study.items[study.items["layer"] == "tasks"]
    owned = int(tasks["owner"].notna().sum())
    orphans = len(ledger.orphans(study))
    parts = (len(tasks) > 0, len(tasks) > 0 and owned == len(tasks), len(tasks) > 0 and not orphans)
    return sum(parts), len(parts), {"orphans": orphans, "tasks": len(tasks), "owned": owned}


_RUN: dict[str, Callable[[Study], Finding]] = {
    "goal": _goal,
    "portraits": _portraits,
    "clients": _clients,
    "touchpoints": _touchpoints,
    "elements": _elements,
    "resources": _resources,
    "walk": _walk,
    "changes": _changes,
}
