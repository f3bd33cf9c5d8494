"""The journey map: layers x stages, each cell with the observations that it is computed from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from cjmresearch import aggregate
from cjmresearch.errors import CjmError
from cjmresearch.journey import cells as cell_frames
from cjmresearch.journey import explaining, graphs
from cjmresearch.journey.layers import line_of_visibility, order_of
from cjmresearch.journey.narrowing import Only
from cjmresearch.schema import MAP_TYPES, Study


@dataclass(frozen=True)
class JourneyMap:
    """A computed map. Nothing in it is stored: it is made anew from the codings.

    Attributes
    ----------
    model, map_type : scheme of the stages; one of `schema.MAP_TYPES`
    stages : stage (slug), name_ru, name_en, position, approximate (bool: some passages were coded
        in another model and stand here by a weaker match), goal_ru, goal_en; in order
    edges : source, target, kind {next, skip, loop}, note: how the model says people move
    layers : ids of the layers, in order
    curve : DataFrame [curve]; on a future map all of it is missing, counts too
    cells : layer, stage, code (slug), item_id, name_ru, name_en, n_participants, n_codings (Int64),
        valence (float, mean by the rule of the curve), n_felt (Int64, people behind the valence:
        often fewer than n_participants), status {evidence, hypothesis, machine}, touches (boolean:
        any of it at a touchpoint with the company)
    outside : what no stage holds, by kind (see `aggregate.outside`)
    participants : who speaks in a coded source (rows of `participants`): the whole of "n of N"
    n_participants : how many; NA on a future map
    observations : DataFrame [observations] behind all numbers
    persona : name of the persona that the map shows, or None for everybody
    only : what else it is narrowed to
    crosswalk : source, target, approximate, via; None where stages are those that were coded
    study : the frozen frames that all of it was computed from
    """

    model: str
    map_type: str
    stages: pd.DataFrame
    edges: pd.DataFrame
    layers: tuple[str, ...]
    curve: pd.DataFrame
    cells: pd.DataFrame
    outside: pd.DataFrame
    participants: pd.DataFrame
    observations: pd.DataFrame = field(repr=False)
    study: Study = field(repr=False)
    persona: str | None = None
    crosswalk: pd.DataFrame | None = None
    only: Only = field(default_factory=Only)

    @property
    def n_participants(self) -> int | None:
        """How many people could have spoken; None on a map of what does not exist yet."""
        return None if self.map_type == "future" else len(self.participants)

    @property
    def line_of_visibility(self) -> str | None:
        """First layer behind the line of visibility; None on a map without a backstage."""
        return line_of_visibility(self.layers)

    @property
    def evidence(self) -> pd.DataFrame:
        """item_id, coding_id: the quotes that people's items rest on."""
        return rests_on(self.study)

    def names(self, language: str = "ru") -> dict[str, str]:
        """Readable names by slug: of all codes, and of this map's stages."""
        own = zip(self.stages["stage"], self.stages[f"name_{language}"], strict=True)
        return self.study.names(language) | dict(own)

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
            Exactly the rows that the number uses, with participant (pseudonym), source (title),
            created_at, model_version, run_id and confidence; none for a hypothesis or an empty
            cell. `journey.recompute` works the number out from them. A cell that the map doesn't
            have is a `CjmError`.
        """
        return self.in_full(self.rows(cell))

    def in_full(self, observations: pd.DataFrame) -> pd.DataFrame:
        """Add to observations who said them, where, when they were coded, and by which machine."""
        return explaining.in_full(observations, self.study)

    def rows(self, cell: tuple[str, ...]) -> pd.DataFrame:
        """Give the rows of `explain` without what it adds: quicker where many cells are opened."""
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
        rows = here[cell_frames.in_layer(here, layer)]
        if len(cell) == 2:
            return rows
        cells = self.cells[(self.cells["layer"] == layer) & (self.cells["stage"] == place)]
        _known("code", cell[2], [*cells["code"].dropna(), *cells["item_id"].dropna()])
        if cell[2] in set(cells["item_id"].dropna()):
            mine = self.evidence.loc[self.evidence["item_id"] == cell[2], "coding_id"]
            return self.observations[self.observations["coding_id"].isin(mine)]
        return rows[cell_frames.code_in_layer(rows, layer) == cell[2]]

    def verify(self) -> list[str]:
        """Work every number out again from its rows; one line a problem, none is good.

        A quote that is no longer the text of its span, a number that its rows don't give, and a
        cell without rows that isn't a hypothesis are problems.
        """
        return [*self.wrong_quotes(), *self._wrong_cells(), *self._wrong_points()]

    def wrong_quotes(self) -> list[str]:
        """Name the codings of this map whose quote is not the text of their span."""
        texts = self.study.current_texts.to_dict()
        titles = self.study.sources.set_index("source_id")["title"]
        return [
            f"{titles[row.source_id]}: the text at {row.start}–{row.end} is not the quote "
            f"(coding {row.coding_id})"
            for row in self.observations.drop_duplicates("coding_id").itertuples()
            if texts.get(row.source_id, "")[row.start : row.end] != row.quote
        ]

    def _wrong_cells(self) -> list[str]:
        found = []
        for row in self.cells.itertuples():
            key = (row.layer, row.stage, row.item_id if pd.isna(row.code) else row.code)
            rows = self.rows(key)
            if rows.empty != (row.status == "hypothesis"):
                found.append(f"{' / '.join(key)}: {row.status} with {len(rows)} rows behind it")
            if rows.empty:
                continue
            again = explaining.recompute(rows)
            pairs = {"n_participants": "n_participants", "n_codings": "n_codings"}
            if pd.notna(row.code):
                pairs |= {"valence": "mean", "n_felt": "n_felt"}
            found += _differences(key, row, again, pairs)
        return found

    def _wrong_points(self) -> list[str]:
        if self.map_type == "future":
            return []
        pairs = {name: name for name in ("n_participants", "n_codings", "mean", "low", "high")}
        found = []
        for point in self.curve.itertuples():
            key = ("curve", str(point.stage))
            again = explaining.recompute(self.rows(key), level=point.level)
            found += _differences(key, point, again, pairs)
        return found


def _differences(
    key: tuple[str, ...], shown: object, again: dict[str, float], pairs: dict[str, str]
) -> list[str]:
    return [
        f"{' / '.join(key)}: {name} is {getattr(shown, name)}, its rows give {again[source]}"
        for name, source in pairs.items()
        if explaining.differs(getattr(shown, name), again[source])
    ]


def rests_on(study: Study) -> pd.DataFrame:
    """List the quotes that items rest on: item_id, coding_id."""
    links = study.links[study.links["relation"] == "rests_on"]
    pairs = links.rename(columns={"from_id": "item_id", "to_id": "coding_id"})
    return pairs[["item_id", "coding_id"]].drop_duplicates(ignore_index=True)


def build(
    study: Study,
    *,
    persona: str | None = None,
    model: str | graphs.Model | None = None,
    include: str = "human",
    map_type: str = "current",
    wave: str | None = None,
    only: Only | None = None,
    coded_in: str | None = None,
    crosswalk: pd.DataFrame | None = None,
) -> JourneyMap:
    """Compute the map of a study, or of one persona of it.

    Items that people put on the map enter with the quotes they rest on, and as hypotheses where
    they rest on none. A map of the future shows items only: it carries no count, no valence and no
    interval.

    Parameters
    ----------
    study
        Frozen frames of a project.
    persona
        Name or persona_id; its members are those with a probability of a half or more.
    model
        Journey model; default is the study's. One that the study has no codes of (a shipped
        scheme, `canonical`, or a `Model`) shows what was coded in another, by the crosswalk.
    include
        `human` or `suggested`, as in `aggregate.observations`.
    map_type
        One of current, day_in_life, future, blueprint; chooses the items.
    wave
        Only sources of this wave, and the people who speak in them.
    only
        Only people of a role or segment, codings of a coder or channel; see `Only`.
    coded_in
        The model whose stage codes place the passages; default is `model` where the study has
        codes of it, else the study's.
    crosswalk
        source, target, approximate: instead of what `journey.crosswalk` proposes.
    """
    if map_type not in MAP_TYPES:
        raise CjmError(f"map_type={map_type!r}: choose one of {', '.join(MAP_TYPES)}")
    shown, coded_in = _models(study, model, coded_in)
    stages = list(shown.stages["stage"])
    observations = aggregate.observations(study, model=coded_in, include=include)
    if coded_in != shown.scheme:
        if crosswalk is None:
            crosswalk = graphs.crosswalk(graphs.model_of(study, coded_in), shown)
        observations = graphs.view_in(observations, crosswalk, stages)
    else:
        crosswalk = None
    live = aggregate.live_codings(study, include=include)
    observations, participants = _narrowed(study, (observations, live), wave, only or Only())
    name = None
    if persona is not None:
        name, members = members_of(study, persona)
        observations = observations[observations["participant_id"].isin(members)]
        participants = participants[participants["participant_id"].isin(members)]
    if map_type == "future":
        observations = observations.iloc[:0]
    observations = observations.reset_index(drop=True)
    cells = _cells(study, shown, observations, map_type)
    layers = order_of(cells["layer"], map_type)
    return JourneyMap(
        model=shown.scheme,
        map_type=map_type,
        stages=_stages(shown, observations, crosswalk),
        edges=shown.edges,
        layers=layers,
        curve=_curve(observations, map_type),
        cells=cell_frames.ordered(cells, layers, stages),
        outside=aggregate.outside(observations),
        participants=participants.reset_index(drop=True),
        observations=observations,
        study=study,
        persona=name,
        crosswalk=crosswalk,
        only=only or Only(),
    )


def _narrowed(
    study: Study, rows: tuple[pd.DataFrame, pd.DataFrame], wave: str | None, only: Only
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the observations of a wave and of `only`, and the people who could have been in them."""
    observations, live = rows
    if wave is not None:
        sources = _sources_of(study, wave)
        live = live[live["source_id"].isin(sources)]
        observations = observations[observations["source_id"].isin(sources)]
    only.check(study)
    people = only.people(aggregate.interviewed(study, codings=only.codings(live)))
    return only.observations(observations, study), people


def _sources_of(study: Study, wave: str) -> set[str]:
    waves = study.sources["wave"]
    if wave not in set(waves.dropna()):
        known = ", ".join(sorted(waves.dropna().unique())) or "none"
        raise CjmError(f"wave {wave!r} is not in the study; its sources have {known}")
    return set(study.sources.loc[waves == wave, "source_id"])


def _models(
    study: Study, model: str | graphs.Model | None, coded_in: str | None
) -> tuple[graphs.Model, str]:
    """Find the model to show, and the one whose stage codes place the passages."""
    codes = study.codes
    known = set(codes.loc[codes["kind"] == "stage", "scheme"])
    if isinstance(model, graphs.Model):
        shown = model
    elif model is None or model in known:
        shown = graphs.model_of(study, model)
    elif model == graphs.CANONICAL or model in graphs.codebooks.journeys():
        shown = graphs.model(model)
    else:
        study.stages(model)  # says which models there are
        raise CjmError(f"no journey model {model!r}")
    place = coded_in or (shown.scheme if shown.scheme in known else study.journey_model)
    study.stages(place)
    return shown, place


def _cells(
    study: Study, shown: graphs.Model, observations: pd.DataFrame, map_type: str
) -> pd.DataFrame:
    items = study.items[study.items["map_type"] == map_type]
    items = items[items["stage"].isin(shown.stages["stage"])]
    goals = set(items.loc[items["layer"] == "goals", "stage"])
    evidence = rests_on(study)
    return pd.concat(
        [
            cell_frames.of_codings(observations, study),
            cell_frames.of_items(items, evidence, observations),
            cell_frames.of_goals(shown.stages, but_at=goals),
        ],
        ignore_index=True,
    )


def _stages(
    shown: graphs.Model, observations: pd.DataFrame, crosswalk: pd.DataFrame | None
) -> pd.DataFrame:
    columns = ["stage", "name_ru", "name_en", "position", "goal_ru", "goal_en"]
    stages = shown.stages[columns].reset_index(drop=True)
    weak: set[str] = set()
    if crosswalk is not None and "approximate" in crosswalk:
        weak = set(crosswalk.loc[crosswalk["approximate"].astype(bool), "target"].dropna())
    return stages.assign(approximate=stages["stage"].isin(weak))


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


def _curve(observations: pd.DataFrame, map_type: str) -> pd.DataFrame:
    curve = aggregate.emotion_curve(observations)
    if map_type == "future":
        counts = cell_frames.COUNTS
        curve[counts] = pd.DataFrame(pd.NA, curve.index, counts, dtype="Int64")
    return curve
