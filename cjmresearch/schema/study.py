"""A study in memory: frozen frames that every analysis starts from."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import pandas as pd

from cjmresearch.errors import SchemaError
from cjmresearch.schema.frames import check, check_relations, empty


@dataclass(frozen=True)
class Study:
    """Frozen frames of a project: all that analysis needs, with no connection behind it."""

    project: pd.DataFrame
    participants: pd.DataFrame
    sources: pd.DataFrame
    texts: pd.DataFrame
    speakers: pd.DataFrame
    turns: pd.DataFrame
    codes: pd.DataFrame
    codings: pd.DataFrame
    questions: pd.DataFrame = field(default_factory=lambda: empty("questions"))
    answers: pd.DataFrame = field(default_factory=lambda: empty("answers"))
    visits: pd.DataFrame = field(default_factory=lambda: empty("visits"))
    items: pd.DataFrame = field(default_factory=lambda: empty("items"))
    links: pd.DataFrame = field(default_factory=lambda: empty("links"))
    personas: pd.DataFrame = field(default_factory=lambda: empty("personas"))
    memberships: pd.DataFrame = field(default_factory=lambda: empty("memberships"))
    fields: pd.DataFrame = field(default_factory=lambda: empty("fields"))
    samples: pd.DataFrame = field(default_factory=lambda: empty("samples"))

    def __post_init__(self) -> None:
        problems = []
        for name in self.tables():
            try:
                check(getattr(self, name), name)
            except SchemaError as error:
                problems.append(str(error))
        problems = problems or check_relations(self.tables())
        if problems:
            raise SchemaError("study", problems)

    def tables(self) -> dict[str, pd.DataFrame]:
        """All frames by table name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    @property
    def goal(self) -> str:
        """What the study has to decide."""
        return str(self.project["goal"].iloc[0])

    @property
    def journey_model(self) -> str:
        """Scheme of the stages of the default view."""
        return str(self.project["journey_model"].iloc[0])

    @property
    def current_texts(self) -> pd.Series:
        """Text of each source's current revision, str, indexed by source_id."""
        current = self.texts.merge(self.sources[["source_id", "revision"]])
        return current.set_index("source_id")["text"]

    def stages(self, model: str | None = None) -> pd.DataFrame:
        """Codes of a journey model in order (columns of `codes`); default is the project's."""
        scheme = model or self.journey_model
        stages = self.codes[(self.codes["kind"] == "stage") & (self.codes["scheme"] == scheme)]
        if stages.empty:
            known = sorted(self.codes.loc[self.codes["kind"] == "stage", "scheme"].unique())
            raise SchemaError(
                "codes", [f"no journey model {scheme!r} in the study; it has {', '.join(known)}"]
            )
        return stages.sort_values("position").reset_index(drop=True)

    def names(self, language: str = "ru") -> dict[str, str]:
        """Readable name of every code by slug, in the language `ru` or `en`."""
        return dict(zip(self.codes["slug"], self.codes[f"name_{language}"], strict=True))
