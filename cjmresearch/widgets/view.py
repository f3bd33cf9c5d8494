"""What the explorer shows, apart from how: choices in; maps, cells and evidence out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from cjmresearch import aggregate, codebooks, journey
from cjmresearch.errors import CjmError
from cjmresearch.journey import JourneyMap, Only
from cjmresearch.report.words import Words
from cjmresearch.schema import Study
from cjmresearch.widgets import grid
from cjmresearch.widgets.explorer_words import say
from cjmresearch.widgets.words import LANGUAGES

CONTEXT = 160
"""Characters that are shown on each side of a quote."""
EVERYBODY = "all"
Option = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """What a person has set: whose journey, which of it, on which model, with machines or not.

    `persona`, `role` and `segment` choose people, `wave` sources, `coder` and `channel` codings.
    `against` is what the map is compared with: ("persona", id or "") or ("wave", name).
    """

    model: str
    persona: str | None = None
    role: str | None = None
    segment: str | None = None
    channel: str | None = None
    wave: str | None = None
    coder: str | None = None
    layer: str = grid.WHOLE_MAP
    include: str = "human"
    against: tuple[str, str] | None = None

    @property
    def only(self) -> Only:
        """The part of a choice that narrows a map to some people or codings."""
        return Only(role=self.role, segment=self.segment, coder=self.coder, channel=self.channel)

    @property
    def other(self) -> Choice | None:
        """The choice of the second map, where two are compared."""
        if self.against is None:
            return None
        what, value = self.against
        if what == "persona":
            return replace(self, against=None, persona=value or None)
        return replace(self, against=None, wave=value or None)


FILTERS = ("role", "segment", "channel", "wave", "coder")


class View:
    """A study as the explorer reads it; computes a map once for each choice."""

    def __init__(self, study: Study, *, language: str) -> None:
        if language not in LANGUAGES:
            raise CjmError(f"language {language!r}: choose one of {', '.join(LANGUAGES)}")
        self.study = study
        self.language = language
        self.names = study.names(language)
        self._texts = study.current_texts
        roles = study.speakers[["source_id", "speaker", "role"]]
        turns = study.turns.merge(roles, on=["source_id", "speaker"]).sort_values("start")
        self._turns = dict(iter(turns.groupby("source_id")))
        self._maps: dict[Choice, JourneyMap] = {}
        self._options: dict[str, dict[str, list[Option]]] = {}

    # -- what can be chosen: value, label, and the people or codings behind it --------------------

    def options(self, include: str) -> dict[str, list[Option]]:
        """List what each control offers; a filter of which the study has no values is empty."""
        if include not in self._options:
            self._options[include] = self._offered(include)
        return self._options[include]

    def _offered(self, include: str) -> dict[str, list[Option]]:
        people = aggregate.interviewed(
            self.study, codings=aggregate.live_codings(self.study, include=include)
        )
        return {
            "persona": self._personas(),
            "model": self._models(),
            "layer": self._layers(),
            "role": self._counted(people["buying_role"]),
            "segment": self._counted(people["customer_segment"]),
            "channel": self._channels(),
            "wave": self._waves(people),
            "coder": self._coders(include),
        }

    def _personas(self) -> list[Option]:
        found = [_option("", say("everybody", self.language))]
        for persona in self.study.personas.itertuples():
            name, members = journey.members_of(self.study, persona.persona_id)
            found.append(_option(persona.persona_id, self._value(name), len(members)))
        return found

    def _models(self) -> list[Option]:
        """Every journey model that the study has codes of, its own first; then shipped ones.

        Those show what was coded in the study's own model, by the crosswalk between the two.
        """
        codes = self.study.codes
        schemes = codes.loc[codes["kind"] == "stage", "scheme"].unique()
        own = self.study.journey_model
        coded = [
            _option(s, self._model_name(s)) for s in sorted(schemes, key=lambda s: (s != own, s))
        ]
        if own not in codebooks.journeys():
            return coded
        by_crosswalk = say("by_crosswalk", self.language)
        return coded + [
            _option(scheme, f"≈ {self._model_name(scheme)} ({by_crosswalk})")
            for scheme in codebooks.journeys()
            if scheme not in schemes and journey.crosswalk(own, scheme)["target"].notna().any()
        ]

    def _layers(self) -> list[Option]:
        """List the whole map, then each layer that the codebook or people's items fill."""
        names = journey.LAYER_NAMES[self.language]
        used = {journey.LAYER_OF_KIND.get(kind) for kind in self.study.codes["kind"].unique()}
        used |= set(self.study.items.loc[self.study.items["map_type"] == "current", "layer"])
        return [
            _option(grid.WHOLE_MAP, say("whole_map", self.language)),
            *(_option(layer, name) for layer, name in names.items() if layer in used),
        ]

    def _model_name(self, scheme: str) -> str:
        if scheme in codebooks.available():
            return str(getattr(codebooks.book(scheme), f"name_{self.language}"))
        return scheme

    def _value(self, value: str) -> str:
        return Words(self.language).of_value(value)

    def _counted(self, values: pd.Series) -> list[Option]:
        counts = values.value_counts()
        return [_option(v, self._value(v), int(counts[v])) for v in sorted(counts.index)]

    def _channels(self) -> list[Option]:
        used = set(self.study.codings["code_id"])
        touched = self.study.codes[self.study.codes["code_id"].isin(used)]
        return [
            _option(channel, say(f"channel_{channel}", self.language))
            for channel in sorted(touched["channel"].dropna().unique())
        ]

    def _waves(self, people: pd.DataFrame) -> list[Option]:
        of_source = self.study.sources.set_index("source_id")["wave"]
        speakers = self.study.speakers
        said = speakers[speakers["participant_id"].isin(people["participant_id"])]
        by_wave = said.groupby(said["source_id"].map(of_source))["participant_id"].nunique()
        waves = sorted(of_source.dropna().unique())
        return [_option(wave, wave, int(by_wave.get(wave, 0))) for wave in waves]

    def _coders(self, include: str) -> list[Option]:
        live = aggregate.live_codings(self.study, include=include)
        counts = live["coder"].value_counts()
        return [_option(coder, coder, int(counts[coder])) for coder in sorted(counts.index)]

    # -- what is shown --------------------------------------------------------------------------

    def map(self, choice: Choice) -> JourneyMap:
        """Compute the map of a choice; one map serves all layers."""
        key = replace(choice, layer=grid.WHOLE_MAP, against=None)
        if key not in self._maps:
            self._maps[key] = journey.build(
                self.study,
                persona=choice.persona,
                model=choice.model,
                include=choice.include,
                wave=choice.wave,
                only=choice.only,
            )
        return self._maps[key]

    def maps(self, choice: Choice) -> list[JourneyMap]:
        """Give the map, and the one that it is compared with."""
        return [self.map(side) for side in (choice, choice.other) if side is not None]

    def label(self, choice: Choice) -> str:
        """Name whose map it is, and of which wave."""
        name = say("everybody", self.language)
        if choice.persona:
            name = self._value(journey.members_of(self.study, choice.persona)[0])
        return f"{name} · {choice.wave}" if choice.wave else name

    def machine_codings(self, shown: JourneyMap) -> tuple[int, int]:
        """How many codings on a map rest on undecided suggestions, and of how many."""
        rows = shown.observations
        by_machine = rows["machine"] | rows["stage_machine"] | rows["touchpoint_machine"]
        return rows.loc[by_machine, "coding_id"].nunique(), rows["coding_id"].nunique()

    def behind(self, shown: JourneyMap, key: tuple[str, ...]) -> pd.DataFrame:
        """Open a cell: its observations, one row a coding, a voice of each person first.

        A layer at a stage holds also the quotes that its items rest on.
        """
        parts = [shown.explain(key)]
        if len(key) == 2 and key[0] not in ("curve", "outside"):
            here = (shown.cells["layer"] == key[0]) & (shown.cells["stage"] == key[1])
            items = shown.cells.loc[here, "item_id"].dropna()
            parts += [shown.explain((*key, item)) for item in items]
        rows = pd.concat(parts).drop_duplicates("coding_id")
        turn_of_person = rows.groupby("participant_id").cumcount()
        return rows.iloc[turn_of_person.argsort(kind="stable")].reset_index(drop=True)

    def evidence(self, observations: pd.DataFrame) -> pd.DataFrame:
        """Give the words behind observations, with the question that an interviewer asked."""
        opened = aggregate.evidence(self.study, observations["coding_id"], context=CONTEXT).assign(
            valence=observations["valence"].to_numpy()
        )
        spans = zip(
            observations["source_id"], observations["start"], observations["end"], strict=True
        )
        for row, (source_id, start, end) in enumerate(spans):
            asked = self._asked(source_id, start, end)
            if asked and not opened["withheld"].iloc[row] and pd.isna(opened["prompt"].iloc[row]):
                question, lead, rest = asked
                before, after = opened.at[row, "before"], opened.at[row, "after"]
                opened.loc[row, "prompt"] = question
                opened.loc[row, "before"] = before[len(before) - min(lead, len(before)) :]
                opened.loc[row, "after"] = after[: max(rest, 0)]
        return opened

    def _asked(self, source_id: str, start: int, end: int) -> tuple[str, int, int] | None:
        """Find what an interviewer said right before the turn that holds a passage.

        Gives the question, and how many characters the turn has before and after the passage.
        """
        turns = self._turns.get(source_id)
        if turns is None:
            return None
        holding = int(turns["start"].searchsorted(start, side="right")) - 1
        if holding < 1 or turns["role"].iloc[holding - 1] != "interviewer":
            return None
        turn, question = turns.iloc[holding], turns.iloc[holding - 1]
        words = self._texts[source_id][question["start"] : question["end"]]
        return str(words), start - int(turn["start"]), int(turn["end"]) - end


def known(what: str, value: str, options: Iterable[Option]) -> str:
    """Give a value back if a control offers it; else a `CjmError` that names what it offers."""
    values = [option["value"] for option in options]
    if value not in values:
        has = ", ".join(map(str, values)) or "none"
        raise CjmError(f"{what} {value!r}: choose one of {has}")
    return value


def _option(value: str, label: str, n: int | None = None) -> Option:
    return {"value": value, "label": label, "n": n}
