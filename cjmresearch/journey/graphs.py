"""Journey models as graphs, and a crosswalk between them: code once, view in any."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pandas as pd

from cjmresearch import codebooks
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study

CANONICAL = "canonical"
"""The common spine c0-c14 as a model of its own."""

SPINE = (
    ("c0", "Потребности нет", "No need"),
    ("c1", "Осознание потребности", "Awareness of need"),
    ("c2", "Интерес", "Interest"),
    ("c3", "Желание", "Desire"),
    ("c4", "Поиск и изучение", "Search and study"),
    ("c5", "Сравнение и выбор", "Comparison and choice"),
    ("c6", "Проверка компании", "Checking the company"),
    ("c7", "Покупка", "Purchase"),
    ("c8", "Поставка и внедрение", "Delivery and onboarding"),
    ("c9", "Использование и поддержка", "Use and support"),
    ("c10", "Удовлетворённость", "Satisfaction"),
    ("c11", "Повторная покупка", "Repeat purchase"),
    ("c12", "Любопытство (риск)", "Curiosity (risk)"),
    ("c13", "Лояльность", "Loyalty"),
    ("c14", "Рекомендации", "Advocacy"),
)
"""Stages of the spine; our reading of the nine models, editable through `crosswalk`."""


@dataclass(frozen=True)
class Model:
    """A journey model.

    Attributes
    ----------
    scheme, name_ru, name_en : its slug and names
    stages : stage (slug), name_ru, name_en, position (from 1), goal_ru, goal_en, quote, canonical
        (tuple of places on the spine, `*` where the match is approximate)
    edges : source, target (slugs), kind {next, skip, loop}, note; the default order and what the
        model adds to it
    """

    scheme: str
    name_ru: str
    name_en: str
    stages: pd.DataFrame
    edges: pd.DataFrame


def models() -> pd.DataFrame:
    """List the shipped models: scheme, name_ru, name_en, n_stages, linear (bool)."""
    listed = [model(scheme) for scheme in codebooks.journeys()]
    rows = [
        (m.scheme, m.name_ru, m.name_en, len(m.stages), bool((m.edges["kind"] == "next").all()))
        for m in listed
    ]
    return pd.DataFrame(rows, columns=["scheme", "name_ru", "name_en", "n_stages", "linear"])


def model(name: str | Path) -> Model:
    """Load a journey model: a shipped scheme, `canonical`, or a YAML file of your own.

    A file that holds no stages, or is broken, is a `CjmError` that says where.
    """
    if str(name) == CANONICAL:
        return _spine()
    book = codebooks.book(name)
    stages = [code for code in book.codes if code.kind == "stage"]
    if not stages:
        raise CjmError(f"{name}: holds no stages; a journey model has codes of kind stage")
    slugs = {code.slug: f"{book.scheme}:{code.slug}" for code in stages}
    frame = pd.DataFrame(
        {
            "stage": [slugs[code.slug] for code in stages],
            "name_ru": [code.name_ru for code in stages],
            "name_en": [code.name_en for code in stages],
            "position": range(1, len(stages) + 1),
            "goal_ru": [code.goal_ru for code in stages],
            "goal_en": [code.goal_en for code in stages],
            "quote": [code.quote for code in stages],
            "canonical": [code.canonical for code in stages],
        }
    )
    extra = [
        (slugs[edge.source], slugs[edge.target], edge.note)
        for edge in book.edges
        if edge.source in slugs and edge.target in slugs
    ]
    return Model(
        book.scheme, book.name_ru, book.name_en, frame, _edges(list(frame["stage"]), extra)
    )


def model_of(study: Study, scheme: str | None = None) -> Model:
    """Give a model as a study holds it: names are the project's, goals and edges the scheme's."""
    codes = study.stages(scheme)
    name = str(codes["scheme"].iloc[0])
    own = codes.rename(columns={"slug": "stage"})[["stage", "name_ru", "name_en", "position"]]
    if name in codebooks.journeys():
        shipped = model(name)
        more = shipped.stages[["stage", "goal_ru", "goal_en", "quote", "canonical"]]
        stages = own.merge(more, on="stage", how="left")
        stages["canonical"] = [c if isinstance(c, tuple) else () for c in stages["canonical"]]
        known = set(stages["stage"])
        jumps = shipped.edges[shipped.edges["kind"] != "next"]
        extra = [
            (edge.source, edge.target, edge.note)
            for edge in jumps.itertuples()
            if {edge.source, edge.target} <= known
        ]
        edges = _edges(list(stages["stage"]), extra)
        return Model(name, shipped.name_ru, shipped.name_en, stages, edges)
    stages = own.assign(goal_ru=None, goal_en=None, quote=None, canonical=[()] * len(own))
    return Model(name, name, name, stages, _edges(list(own["stage"]), []))


def crosswalk(source: str | Path | Model, target: str | Path | Model) -> pd.DataFrame:
    """Say where each stage of one model stands in another.

    A stage goes where the same place of the spine is the other's own; failing that, to the first
    stage that only approximately holds it, which is marked. Everything is a proposal: change the
    frame and give it to `build`.

    Returns
    -------
    DataFrame
        source, target (slugs; NaN = outside the model), approximate (bool), via (place on the
        spine, NaN where there is none); one row a stage of the source, in order.
    """
    first, second = (m if isinstance(m, Model) else model(m) for m in (source, target))
    rows = [
        (stage, *_match(places, second.stages))
        for stage, places in zip(first.stages["stage"], first.stages["canonical"], strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["source", "target", "approximate", "via"])
    return frame.astype({"source": "str", "target": "str", "approximate": bool, "via": "str"})


def _match(places: tuple[str, ...], stages: pd.DataFrame) -> tuple[str | None, bool, str | None]:
    own = [p for p in places if not p.endswith("*")]
    weaker = [p.rstrip("*") for p in places if p.endswith("*")]
    # Own to own is exact; then own to weaker, weaker to own, and weaker to weaker.
    for wanted, star in ((own, ""), (own, "*"), (weaker, ""), (weaker, "*")):
        for place in wanted:
            for stage, held in zip(stages["stage"], stages["canonical"], strict=True):
                if place + star in held:
                    return stage, bool(star) or wanted is weaker, place
    return None, False, None


def view_in(observations: pd.DataFrame, crosswalk: pd.DataFrame, stages: list[str]) -> pd.DataFrame:
    """Move observations to the stages of another model; nothing is lost.

    Rows of one coding and touchpoint that fall together become one with the sum of their weights,
    so that people and codings count once and means come from passages, not from means.

    Parameters
    ----------
    observations
        Frame [observations].
    crosswalk
        source, target, as `crosswalk` gives them; a stage that it doesn't name is outside.
    stages
        Slugs of the other model, in order.

    Returns
    -------
    DataFrame [observations]
        With the other model's stages.
    """
    unknown = set(crosswalk["target"].dropna()) - set(stages)
    if unknown:
        raise CjmError(f"crosswalk: no stage {min(unknown)!r}; the model has {', '.join(stages)}")
    if crosswalk["source"].duplicated().any():
        twice = crosswalk.loc[crosswalk["source"].duplicated(), "source"].iloc[0]
        raise CjmError(f"crosswalk: {twice!r} stands twice; a stage goes to one place")
    moved = observations["stage"].astype("str").map(crosswalk.set_index("source")["target"])
    rows = observations.assign(stage=pd.Categorical(moved, stages, ordered=True))
    together = [rows["coding_id"], rows["stage"].cat.codes, rows["touchpoint"].fillna("")]
    grouped = rows.groupby(together, sort=False)
    rows["weight"] = grouped["weight"].transform("sum")
    rows["stage_machine"] = grouped["stage_machine"].transform("any")
    return rows[grouped.cumcount() == 0].reset_index(drop=True)


def _edges(stages: list[str], extra: list[tuple[str, str, str | None]]) -> pd.DataFrame:
    place = {stage: number for number, stage in enumerate(stages)}
    rows: dict[tuple[str, str], str | None] = dict.fromkeys(pairwise(stages), None)
    for source, target, note in extra:
        rows[source, target] = note
    kinds = [
        "next" if place[b] == place[a] + 1 else "skip" if place[b] > place[a] else "loop"
        for a, b in rows
    ]
    return pd.DataFrame(
        {
            "source": [a for a, _ in rows],
            "target": [b for _, b in rows],
            "kind": kinds,
            "note": list(rows.values()),
        },
        dtype="str",
    )


def _spine() -> Model:
    stages = pd.DataFrame(
        [
            (f"{CANONICAL}:{place}", ru, en, number, None, None, None, (place,))
            for number, (place, ru, en) in enumerate(SPINE, start=1)
        ],
        columns=[
            *("stage", "name_ru", "name_en", "position", "goal_ru", "goal_en", "quote"),
            "canonical",
        ],
    )
    names = ("Общая шкала этапов", "The common spine of stages")
    return Model(CANONICAL, *names, stages, _edges(list(stages["stage"]), []))
