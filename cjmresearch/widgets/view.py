"""What the explorer shows, apart from how: choices in; maps, cells and evidence out."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from cjmresearch import aggregate, codebooks, journey
from cjmresearch.errors import CjmError
from cjmresearch.journey import JourneyMap
from cjmresearch.report.words import Words
from cjmresearch.schema import Study
from cjmresearch.widgets import cards, grid
from cjmresearch.widgets.words import LANGUAGES, say


@dataclass(frozen=True)
class Choice:
    """What a person has set: whose journey, on which model, which layer, with machines or not."""

    persona: str | None
    model: str
    layer: str = grid.WHOLE_MAP
    include: str = "human"


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
        self._drawn: dict[Choice, str] = {}

    # -- what can be chosen: pairs of label and value -------------------------------------------

    def personas(self) -> list[tuple[str, str]]:
        """Everybody (an empty id), then each persona, with how many members it has."""
        options = [(say("everybody", self.language), "")]
        for persona in self.study.personas.itertuples():
            name, members = journey.members_of(self.study, persona.persona_id)
            name = Words(self.language).of_value(name)
            options.append((f"{name} ({len(members)})", persona.persona_id))
        return options

    def models(self) -> list[tuple[str, str]]:
        """Every journey model that the study has codes of, its own first; then shipped ones.

        Those show what was coded in the study's own model, by the crosswalk between the two.
        """
        codes = self.study.codes
        schemes = codes.loc[codes["kind"] == "stage", "scheme"].unique()
        own = self.study.journey_model
        coded = [(self._model_name(s), s) for s in sorted(schemes, key=lambda s: (s != own, s))]
        if own not in codebooks.journeys():
            return coded
        by_crosswalk = say("by_crosswalk", self.language)
        return coded + [
            (f"≈ {self._model_name(scheme)} ({by_crosswalk})", scheme)
            for scheme in codebooks.journeys()
            if scheme not in schemes and journey.crosswalk(own, scheme)["target"].notna().any()
        ]

    def layers(self) -> list[tuple[str, str]]:
        """List the whole map, then each layer that the codebook has codes for."""
        names = journey.LAYER_NAMES[self.language]
        used = {journey.LAYER_OF_KIND.get(kind) for kind in self.study.codes["kind"].unique()}
        layers = [layer for layer in names if layer in used]
        return [
            (say("whole_map", self.language), grid.WHOLE_MAP),
            *((names[layer], layer) for layer in layers),
        ]

    def _model_name(self, scheme: str) -> str:
        if scheme in codebooks.available():
            return str(getattr(codebooks.book(scheme), f"name_{self.language}"))
        return scheme

    # -- what is shown --------------------------------------------------------------------------

    def map(self, choice: Choice) -> JourneyMap:
        """Compute the map of a choice; one map serves all layers."""
        key = replace(choice, layer=grid.WHOLE_MAP)
        if key not in self._maps:
            self._maps[key] = journey.build(
                self.study, persona=choice.persona, model=choice.model, include=choice.include
            )
        return self._maps[key]

    def curve(self, choice: Choice) -> str:
        """Draw the curve of a choice as SVG; empty where no feelings are coded."""
        from cjmresearch.widgets import curve

        key = replace(choice, layer=grid.WHOLE_MAP)
        if key not in self._drawn:
            shown = self.map(choice)
            names = shown.names(self.language)
            self._drawn[key] = curve.svg(shown.curve, names=names, language=self.language)
        return self._drawn[key]

    def machine_codings(self, choice: Choice) -> tuple[int, int]:
        """How many codings on the map rest on undecided suggestions, and of how many."""
        rows = self.map(choice).observations
        by_machine = rows["machine"] | rows["stage_machine"] | rows["touchpoint_machine"]
        return rows.loc[by_machine, "coding_id"].nunique(), rows["coding_id"].nunique()

    def behind(self, choice: Choice, key: tuple[str, ...]) -> pd.DataFrame:
        """Open a cell: its observations, one row a coding, a voice of each person first."""
        rows = self.map(choice).explain(key).drop_duplicates("coding_id")
        turn_of_person = rows.groupby("participant_id").cumcount()
        return rows.iloc[turn_of_person.argsort(kind="stable")].reset_index(drop=True)

    def evidence(self, observations: pd.DataFrame) -> pd.DataFrame:
        """Give the words behind observations, with the question that an interviewer asked."""
        opened = aggregate.evidence(
            self.study, observations["coding_id"], context=cards.CONTEXT
        ).assign(valence=observations["valence"].to_numpy())
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
