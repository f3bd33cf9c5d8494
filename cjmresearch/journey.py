"""The journey map: layers x stages, each cell with the observations that it is computed from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from cjmresearch import aggregate
from cjmresearch.aggregate.means import unit_means
from cjmresearch.errors import CjmError
from cjmresearch.schema import MAP_TYPES, Study

LAYERS = ("touchpoints", "actions", "thoughts", "feelings", "barriers", "opportunities")
"""The six-layer map without its axis, the stages."""

BACKSTAGE = ("people", "policies", "technologies", "processes")
"""Lanes that a service blueprint adds behind the line of visibility."""

LAYER_OF_KIND = {
    "touchpoint": "touchpoints",
    "action": "actions",
    "thought": "thoughts",
    "emotion": "feelings",
    "need": "needs",
    "dream": "needs",
    "pain": "barriers",
    "opportunity": "opportunities",
    "metaphor": "other",
    "other": "other",
}

LAYER_NAMES = {
    "ru": {
        "touchpoints": "Точки контакта",
        "actions": "Действия клиента",
        "thoughts": "Мысли",
        "feelings": "Чувства",
        "needs": "Потребности и мечты",
        "barriers": "Барьеры и болевые точки",
        "opportunities": "Возможности для улучшения",
        "other": "Другое",
        "people": "Люди",
        "policies": "Регламенты",
        "technologies": "Технологии",
        "processes": "Процессы",
    },
    "en": {
        "touchpoints": "Touchpoints",
        "actions": "Customer actions",
        "thoughts": "Thoughts",
        "feelings": "Feelings",
        "needs": "Needs and dreams",
        "barriers": "Barriers and pains",
        "opportunities": "Opportunities for improvement",
        "other": "Other",
        "people": "People",
        "policies": "Policies",
        "technologies": "Technologies",
        "processes": "Processes",
    },
}

_COUNTS = ["n_participants", "n_units", "n_codings"]


@dataclass(frozen=True)
class JourneyMap:
    """A computed map. Nothing in it is stored: it is made anew from the codings.

    Attributes
    ----------
    model, map_type : scheme of the stages; one of `schema.MAP_TYPES`
    stages : stage (slug), name_ru, name_en, position; in order
    layers : ids of the layers, in order
    curve : DataFrame [curve]; on a future map all of it is missing, counts too
    cells : layer, stage, code (slug), item_id, name_ru, name_en, n_participants, n_codings (Int64),
        valence (float, mean by the rule of the curve), n_felt (Int64, people behind the valence:
        often fewer than n_participants), status {evidence, hypothesis, machine}
    outside : what no stage holds, by kind (see `aggregate.outside`)
    participants : who speaks in a coded source (rows of `participants`): the whole of "n of N"
    n_participants : how many; NA on a future map
    observations : DataFrame [observations] behind all numbers
    persona : name of the persona that the map shows, or None for everybody
    """

    model: str
    map_type: str
    stages: pd.DataFrame
    layers: tuple[str, ...]
    curve: pd.DataFrame
    cells: pd.DataFrame
    outside: pd.DataFrame
    participants: pd.DataFrame
    observations: pd.DataFrame = field(repr=False)
    persona: str | None = None

    @property
    def n_participants(self) -> int | None:
        """How many people could have spoken; None on a map of what does not exist yet."""
        return None if self.map_type == "future" else len(self.participants)

    def explain(self, cell: tuple[str, ...]) -> pd.DataFrame:
        """Open a number: the rows of observations from which it is recomputed.

        Parameters
        ----------
        cell
            (layer, stage), (layer, stage, code or item_id), ("curve", stage), or
            ("outside", kind) for what no stage of the model holds.

        Returns
        -------
        DataFrame [observations]
            Exactly the rows that the number uses; none for a hypothesis or an empty cell. A cell
            that the map doesn't have is a `CjmError`.
        """
        if len(cell) not in (2, 3) or (len(cell) == 3 and cell[0] in ("curve", "outside")):
            raise CjmError(
                f"cell {cell!r}: give (layer, stage), (layer, stage, code), ('curve', stage) "
                "or ('outside', kind)"
            )
        layer, place = cell[0], cell[1]
        if layer == "outside":
            _known("kind", place, self.outside["kind"])
            chosen = self.observations["stage"].isna() & (self.observations["kind"] == place)
            return self.observations[chosen]
        _known("layer", layer, (*self.layers, "curve", "outside"))
        _known("stage", place, self.stages["stage"])
        here = self.observations[self.observations["stage"] == place]
        if layer == "curve":
            return here[here["valence"].notna()]
        rows = here[_in_layer(here, layer)]
        if len(cell) == 2:
            return rows
        cells = self.cells[(self.cells["layer"] == layer) & (self.cells["stage"] == place)]
        _known("code", cell[2], [*cells["code"].dropna(), *cells["item_id"].dropna()])
        return rows[_code_in_layer(rows, layer) == cell[2]]


def build(
    study: Study,
    *,
    persona: str | None = None,
    model: str | None = None,
    include: str = "human",
    map_type: str = "current",
) -> JourneyMap:
    """Compute the map of a study, or of one persona of it.

    Items that people put on the map enter as hypotheses. A map of the future shows items only: it
    carries no count, no valence and no interval.

    Parameters
    ----------
    study
        Frozen frames of a project.
    persona
        Name or persona_id; its members are those with a probability of a half or more.
    model
        Journey model; default is the study's.
    include
        `human` or `suggested`, as in `aggregate.observations`.
    map_type
        One of current, day_in_life, future, blueprint; chooses the items.
    """
    if map_type not in MAP_TYPES:
        raise CjmError(f"map_type={map_type!r}: choose one of {', '.join(MAP_TYPES)}")
    codes = study.stages(model)
    stages = codes.rename(columns={"slug": "stage"})[["stage", "name_ru", "name_en", "position"]]
    observations = aggregate.observations(study, model=model, include=include)
    live = aggregate.live_codings(study, include=include)
    participants = aggregate.interviewed(study, codings=live)
    name = None
    if persona is not None:
        name, members = members_of(study, persona)
        observations = observations[observations["participant_id"].isin(members)]
        participants = participants[participants["participant_id"].isin(members)]
    if map_type == "future":
        observations = observations.iloc[:0]
    observations = observations.reset_index(drop=True)
    items = study.items[study.items["map_type"] == map_type]
    cells = pd.concat(
        [_evidence_cells(observations, study), _item_cells(items, stages, study)],
        ignore_index=True,
    )
    layers = _layers(cells, map_type)
    return JourneyMap(
        model=str(codes["scheme"].iloc[0]),
        map_type=map_type,
        stages=stages,
        layers=layers,
        curve=_curve(observations, map_type),
        cells=_ordered(cells, layers, list(stages["stage"])),
        outside=aggregate.outside(observations),
        participants=participants.reset_index(drop=True),
        observations=observations,
        persona=name,
    )


def members_of(study: Study, persona: str) -> tuple[str, set[str]]:
    """Name of a persona, found by name or id, and the participants who belong to it."""
    personas = study.personas
    chosen = personas[(personas["name"] == persona) | (personas["persona_id"] == persona)]
    if chosen.empty:
        known = ", ".join(personas["name"]) or "none yet; save some by project.save_personas"
        raise CjmError(f"persona {persona!r} is not in the study; it has: {known}")
    memberships = study.memberships[
        study.memberships["persona_id"].isin(chosen["persona_id"])
        & (study.memberships["probability"] >= 0.5)
    ]
    return str(chosen["name"].iloc[0]), set(memberships["participant_id"])


def _known(what: str, value: str, known: Iterable[str]) -> None:
    allowed = list(known)
    if value not in allowed:
        has = ", ".join(allowed) or "none"
        raise CjmError(f"{what} {value!r} is not on the map; it has: {has}")


def _in_layer(observations: pd.DataFrame, layer: str) -> pd.Series:
    if layer == "touchpoints":
        return observations["touchpoint"].notna()
    return observations["kind"].map(LAYER_OF_KIND) == layer


def _code_in_layer(observations: pd.DataFrame, layer: str) -> pd.Series:
    """Code that an observation counts for: whatever is said about a touchpoint belongs to it."""
    return observations["touchpoint" if layer == "touchpoints" else "code"]


def _evidence_cells(observations: pd.DataFrame, study: Study) -> pd.DataFrame:
    placed = observations[observations["stage"].notna()]
    parts = []
    for layer in dict.fromkeys(LAYER_OF_KIND.values()):
        rows = placed[_in_layer(placed, layer)]
        by_machine = rows["machine"] | rows["stage_machine"]
        if layer == "touchpoints":
            by_machine |= rows["touchpoint_machine"]
        code = _code_in_layer(rows, layer)
        parts.append(rows.assign(layer=layer, code=code, by_machine=by_machine))
    rows = pd.concat(parts, ignore_index=True)
    grouped = rows.groupby(["layer", "stage", "code"], observed=True, sort=True)
    cells = grouped.agg(
        n_participants=("participant_id", "nunique"),
        n_codings=("coding_id", "nunique"),
        all_machine=("by_machine", "all"),
    ).reset_index()
    felt = rows["valence"].notna().to_numpy()
    means = unit_means(rows[felt], grouped.ngroup().to_numpy()[felt]).summary(len(cells))
    return cells.drop(columns="all_machine").assign(
        stage=cells["stage"].astype("str"),
        item_id=pd.Series(np.nan, index=cells.index, dtype="str"),
        name_ru=cells["code"].map(study.names("ru")).astype("str"),
        name_en=cells["code"].map(study.names("en")).astype("str"),
        n_participants=cells["n_participants"].astype("Int64"),
        n_codings=cells["n_codings"].astype("Int64"),
        valence=means["mean"],
        n_felt=means["n_participants"].astype("Int64"),
        status=np.where(cells["all_machine"], "machine", "evidence"),
    )


def _item_cells(items: pd.DataFrame, stages: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Turn what people put on the map into cells; items of other models' stages stay there."""
    here = items[items["stage"].isin(stages["stage"])].reset_index(drop=True)
    blank = pd.Series(pd.NA, index=here.index, dtype="Int64")
    return pd.DataFrame(
        {
            "layer": here["layer"],
            "stage": here["stage"],
            "code": pd.Series(np.nan, index=here.index, dtype="str"),
            "n_participants": blank,
            "n_codings": blank,
            "item_id": here["item_id"],
            "name_ru": here["text"],
            "name_en": here["text"],
            "valence": pd.Series(np.nan, index=here.index, dtype="float64"),
            "n_felt": blank,
            "status": pd.Series("hypothesis", index=here.index, dtype="str"),
        }
    )


def _layers(cells: pd.DataFrame, map_type: str) -> tuple[str, ...]:
    """Order the layers: the six always, needs after feelings, what else is coded at the end."""
    used = list(dict.fromkeys(cells["layer"]))
    order = list(LAYERS)
    if "needs" in used:
        order.insert(order.index("barriers"), "needs")
    if map_type == "blueprint":
        order += BACKSTAGE
    return tuple(order + [layer for layer in used if layer not in order])


def _ordered(cells: pd.DataFrame, layers: tuple[str, ...], stages: list[str]) -> pd.DataFrame:
    by_layer = cells["layer"].map({layer: i for i, layer in enumerate(layers)})
    by_stage = cells["stage"].map({stage: i for i, stage in enumerate(stages)})
    order = pd.DataFrame(
        {
            "layer": by_layer,
            "stage": by_stage,
            "people": -cells["n_participants"].fillna(0).astype("int64"),
            "codings": -cells["n_codings"].fillna(0).astype("int64"),
            "name": cells["code"].fillna(cells["item_id"]),
        }
    ).sort_values(["layer", "stage", "people", "codings", "name"])
    columns = ["layer", "stage", "code", "item_id", "name_ru", "name_en"]
    columns += ["n_participants", "n_codings", "valence", "n_felt", "status"]
    return cells.loc[order.index, columns].reset_index(drop=True)


def _curve(observations: pd.DataFrame, map_type: str) -> pd.DataFrame:
    curve = aggregate.emotion_curve(observations)
    if map_type == "future":
        curve[_COUNTS] = pd.DataFrame(pd.NA, curve.index, _COUNTS, dtype="Int64")
    return curve
