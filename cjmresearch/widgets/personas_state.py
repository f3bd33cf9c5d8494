"""What the explorer of personas shows: people and personas, curves, cards, words; no widgets here.

Only plain values go out, ready for JSON. Curves and cards are computed once for each set of
members: moving a person makes new ones for two personas and leaves the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pandas as pd

from cjmresearch import aggregate, personas
from cjmresearch.errors import CjmError
from cjmresearch.journey import LAYER_NAMES, LAYER_OF_KIND, JourneyMap, members_of
from cjmresearch.report.words import Words
from cjmresearch.schema import Study
from cjmresearch.widgets.personas_words import section
from cjmresearch.widgets.view import Choice, View
from cjmresearch.widgets.words import located
from cjmresearch.wording import PERCENT_FROM, machine_note

PAGE = 8
"""Quotes that come at once."""
EVERYBODY = ""
_HALF = 0.5
_MEASURES = ("scale", "closed", "multiple")


class Shown:
    """A study as the explorer reads it, and what has been computed of it."""

    def __init__(self, study: Study, *, language: str) -> None:
        self.language = language
        self._words = Words(language)
        self._views: dict[tuple[str, frozenset[str]], dict[str, Any]] = {}
        self._observations: dict[str, pd.DataFrame] = {}
        self._take(study)

    def _take(self, study: Study) -> None:
        self.study = study
        self._view = View(study, language=self.language)

    def regroup(self, groups: pd.DataFrame, memberships: pd.DataFrame) -> None:
        """Take personas and memberships as they are now; all else stays as it was read."""
        self._take(replace(self.study, personas=groups, memberships=memberships))

    # -- people and personas --------------------------------------------------------------------

    def people(self, include: str) -> list[dict[str, Any]]:
        """List everybody: id, pseudonym, and whether they speak in what is coded."""
        heard = self._heard(include)
        rows = self.study.participants[["participant_id", "pseudonym"]]
        return [
            {"id": str(id_), "name": str(name), "heard": id_ in heard}
            for id_, name in rows.itertuples(index=False)
        ]

    def personas(self) -> list[dict[str, Any]]:
        """List the personas with their members and how probably they belong."""
        rows = self.study.memberships
        # In the order of participants: undo writes a row anew, and nobody should change places.
        place = {id_: i for i, id_ in enumerate(self.study.participants["participant_id"])}
        rows = rows.iloc[rows["participant_id"].map(place).argsort(kind="stable")]
        members = {str(id_): group for id_, group in rows.groupby("persona_id")}
        listed = []
        for row in self.study.personas.itertuples():
            own = members.get(str(row.persona_id), rows.iloc[:0])
            listed.append(
                {
                    "id": str(row.persona_id),
                    "name": self._words.of_value(row.name),
                    "origin": str(row.origin),
                    "members": [
                        {"id": str(m.participant_id), "p": round(float(m.probability), 3)}
                        for m in own.itertuples()
                        if m.probability >= _HALF
                    ],
                }
            )
        return listed

    def stages(self) -> list[dict[str, str]]:
        """List the stages of the project's model in order."""
        rows = self.study.stages()
        return [
            {"slug": str(slug), "name": str(name)}
            for slug, name in zip(rows["slug"], rows[f"name_{self.language}"], strict=True)
        ]

    def warning(self, include: str) -> dict[str, Any] | None:
        """Say how far everything rests on what no person has checked; None where nothing does."""
        by_machine, of = self._view.machine_codings(self._map(EVERYBODY, include))
        if not by_machine:
            return None
        note = machine_note(by_machine / of, self.language)
        return {"note": note[:1].upper() + note[1:], "n": by_machine, "of": of}

    # -- curve and card -------------------------------------------------------------------------

    def known(self, persona: str, include: str) -> dict[str, Any] | None:
        """Give curve and card if they have been computed already."""
        return self._views.get(self._key(persona, include))

    def view(self, persona: str, include: str) -> dict[str, Any]:
        """Compute the curve and the card of a persona; of everybody only the curve."""
        key = self._key(persona, include)
        if key not in self._views:
            shown = self._map(persona, include)
            made: dict[str, Any] = {
                "of": len(shown.participants),
                "few": 0 < len(shown.participants) < PERCENT_FROM,
                "curve": [_point(row) for row in shown.curve.to_dict("records")],
            }
            if persona != EVERYBODY:
                made["sections"] = self._card(persona, include)
            self._views[key] = made
        return self._views[key]

    def _key(self, persona: str, include: str) -> tuple[str, frozenset[str]]:
        if persona == EVERYBODY:
            return include, frozenset([EVERYBODY])
        return include, frozenset(members_of(self.study, persona)[1])

    def _map(self, persona: str, include: str) -> JourneyMap:
        choice = Choice(self.study.journey_model, persona=persona or None, include=include)
        return self._view.map(choice)

    def _lines(self, persona: str, include: str) -> pd.DataFrame:
        groups, members = self.study.personas, self.study.memberships
        alone = replace(
            self.study,
            personas=groups[groups["persona_id"] == persona].reset_index(drop=True),
            memberships=members[members["persona_id"] == persona].reset_index(drop=True),
        )
        return personas.cards(alone, include=include)

    def _card(self, persona: str, include: str) -> list[dict[str, Any]]:
        lines = self._lines(persona, include)
        lines["name"] = lines[f"name_{self.language}"]
        sections = []
        for name, rows in lines.groupby("section", sort=False):
            if name == "who":
                sections.append(self._who(rows))
                continue
            if name == "quotes":
                continue
            sections.append(
                {
                    "section": str(name),
                    "lines": [
                        {
                            "code": str(row["code"]),
                            "name": str(row["name"]),
                            "n": int(row["n_participants"]),
                        }
                        for row in rows.to_dict("records")
                    ],
                }
            )
        return sections

    def _who(self, rows: pd.DataFrame) -> dict[str, Any]:
        """List values of traits that so many people share that they point at nobody."""
        shared = rows[rows["n_participants"] >= personas.LEAST_PEOPLE]
        lines = []
        for row in shared.to_dict("records"):
            trait, _, value = str(row["code"]).partition("=")
            name = str(row["name"])
            if trait in personas.TRAITS:
                name = name.removesuffix(value) + self._words.of_value(value)
            lines.append({"code": None, "name": name, "n": int(row["n_participants"])})
        return {"section": "who", "lines": lines, "hidden": len(rows) - len(shared)}

    # -- words ----------------------------------------------------------------------------------

    def behind(self, persona: str, key: str, include: str) -> pd.DataFrame:
        """Open a point (`stage:<slug>`) or a line (`code:<slug>`): its observations."""
        what, _, slug = key.partition(":")
        if what == "stage":
            return self._view.behind(self._map(persona, include), ("curve", slug))
        if what != "code":
            raise CjmError(f"nothing to open under {key[:60]!r}; choose a point or a line")
        said = self._said(include)
        members = members_of(self.study, persona)[1] & self._heard(include)
        own = said[said["participant_id"].isin(members) & (said["code"] == slug)]
        own = own.drop_duplicates("coding_id")
        turn_of_person = own.groupby("participant_id").cumcount()
        return own.iloc[turn_of_person.argsort(kind="stable")].reset_index(drop=True)

    def quotes(self, rows: pd.DataFrame) -> list[dict[str, Any]]:
        """Give the words behind observations; those of people who refused are withheld."""
        opened = self._view.evidence(rows.reset_index(drop=True))
        return [self._quote(row) for row in opened.to_dict("records")]

    def _quote(self, row: dict[str, Any]) -> dict[str, Any]:
        words = {name: _or(row[name], "") for name in ("quote", "before", "after", "prompt")}
        return {
            **words,
            "withheld": bool(row["withheld"]),
            "participant": _or(row["participant"], "—"),
            "source": _or(row["source"], ""),
            "place": located(_or(row["locator"], ""), self.language),
            "code": self._view.names.get(row["code"], str(row["code"])),
            "coder": _or(row["coder"], ""),
            "machine": row["status"] == "suggested",
        }

    def title(self, key: str) -> str:
        """Name what a key opens."""
        slug = key.partition(":")[2]
        return self._view.names.get(slug, slug)

    def _said(self, include: str) -> pd.DataFrame:
        if include not in self._observations:
            self._observations[include] = aggregate.observations(self.study, include=include)
        return self._observations[include]

    def _heard(self, include: str) -> set[str]:
        live = aggregate.live_codings(self.study, include=include)
        return set(aggregate.interviewed(self.study, codings=live)["participant_id"])

    # -- what personas may be looked for in -------------------------------------------------------

    def offered(self, include: str) -> dict[str, list[dict[str, Any]]]:
        """List what people may be compared by: kinds of codes, traits, questions of surveys."""
        live = aggregate.live_codings(self.study, include=include)
        codes = self.study.codes.set_index("code_id")
        used = live["code_id"].map(codes["kind"]).value_counts()
        kinds = [kind for kind in LAYER_OF_KIND if kind in used.index and kind != "stage"]
        asked = self.study.questions
        asked = asked[asked["type"].isin(_MEASURES) & ~asked["pii"].fillna(False).astype(bool)]
        return {
            "codes": [{"value": k, "name": self._kind(k)} for k in kinds],
            "traits": [{"value": t, "name": n} for t, n in self._traits()],
            "questions": [
                {"value": str(q.question_id), "name": str(q.text)} for q in asked.itertuples()
            ],
        }

    def _kind(self, kind: str) -> str:
        for name, kinds in personas.SECTIONS.items():
            if kind in kinds:
                return section(name, self.language)
        return LAYER_NAMES[self.language][LAYER_OF_KIND[kind]]

    def _traits(self) -> Iterable[tuple[str, str]]:
        people = self.study.participants
        for trait in personas.TRAITS:
            if people[trait].notna().any():
                yield trait, _TRAITS[trait][self.language == "en"]
        free = people["traits"].map(json.loads, na_action="ignore").dropna()
        for key in sorted({str(key) for traits in free for key in traits}):
            yield key, key


_TRAITS = {
    "buying_role": ("Роль в закупке", "Buying role"),
    "customer_segment": ("Сегмент", "Segment"),
    "outcome": ("Исход", "Outcome"),
    "language": ("Язык", "Language"),
    "org_id": ("Организация", "Organisation"),
}


def _point(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "stage": str(row["stage"]),
        **{name: _number(row[name]) for name in ("mean", "low", "high")},
        "n": int(row["n_participants"]),
        "machine": bool(row["machine_share"] > 0),
    }


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else round(float(value), 3)


def _or(value: Any, other: str) -> str:
    return other if pd.isna(value) else str(value)
