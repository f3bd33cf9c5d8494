"""Everything that the report shows, computed once: frames and numbers, no files."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from cjmresearch import aggregate, codebooks, journey
from cjmresearch.report.empathy import empathy_section
from cjmresearch.report.findings import findings, why_no_curve
from cjmresearch.report.method import agreement_section, codebook, limits, waiting
from cjmresearch.report.priorities import moments_section, opportunities_section
from cjmresearch.report.quotes import Evidence
from cjmresearch.report.sample import sample_section, survey_scores, survey_section
from cjmresearch.report.sections import (
    Context,
    curve_section,
    map_section,
    pains_section,
    personas_section,
    touchpoints_by_people,
    touchpoints_section,
)
from cjmresearch.report.words import Words
from cjmresearch.schema import Study
from cjmresearch.wording import machine_note

Step = Callable[[str], None]

STEPS = ("numbers", "curve", "map", "personas", "audit", "quotes")
"""Steps of `build`, in order."""


def build(
    study: Study,
    *,
    include: str = "human",
    language: str = "ru",
    questions: Sequence[str] | None = None,
    step: Step = lambda _: None,
) -> dict[str, Any]:
    """Compute all that the report shows.

    Parameters
    ----------
    study
        Frozen frames of a project.
    include
        `human`, or `suggested` to add suggestions that nobody decided; the report then says
        "machine-tagged, uncorrected" on its face.
    language
        `ru` or `en`: the fixed words and the names of codes. Quotes keep their own language.
    questions
        Questions that the study is to answer; None takes those of the project.
    step
        Is told the name of each step as it begins: one of `STEPS`.

    Returns
    -------
    dict
        title, goal, questions, model, as_of, recorded; findings (sentences with links to panels);
        sample; curve (frame, chart, ranks, stars); map (cells, layers); pains (frame, rows);
        opportunities (frame, rows); moments (frame, rows); touchpoints (frame, rows); personas
        (frame, cards); empathy (cards); survey (frame, rows); audit (frame); limits; agreement
        (measured, words, rows); codebook (frame); panels (the quotes that open behind a number);
        evidence (frame: every quote shown, numbered);
        machine (n, of); notice (what to do where nothing is coded yet, or None); shown (ids of
        the sections that have something to show); words.
    """
    words = Words(language)
    step("numbers")
    built = journey.build(study, include=include)
    evidence = Evidence(study, built.observations)
    live = aggregate.live_codings(study, include=include)
    heard = aggregate.interviewed(study, codings=live)
    context = Context(study, built, words, study.names(language), evidence, include, heard)
    people = heard if len(live) else aggregate.interviewed(study)
    sections = _sections(context, step)
    step("audit")
    page = {
        **_head(study, words),
        "questions": _questions(study, questions),
        **sections,
        "n": context.n,
        "notice": None if len(live) else _notice(words, waiting(study, live)),
        "sample": sample_section(study, words, people=people, live=live),
        "audit": journey.audit(study, map_=built, language=language, today=date.today()),
        "limits": limits(study, words, live=live, n_participants=context.n),
        "agreement": agreement_section(words, live),
        "codebook": codebook(study, words, live),
        "machine": _machine(live, built.curve, language),
        "names": context.names,
        "panels": evidence.panels,
        "words": words,
    }
    step("quotes")
    page["evidence"] = evidence.close(_languages(built.observations))
    return page | {"shown": _shown(page, coded=len(live) > 0)}


def _sections(context: Context, step: Step) -> dict[str, Any]:
    """Make the sections that open, in the order that numbers their panels, and what they say."""
    words, observations = context.words, context.observations
    pains = aggregate.pain_ranking(observations, participants=context.heard)
    totals = touchpoints_by_people(observations)
    scores = survey_scores(context.study)
    model = _model_name(context.study.journey_model, words.language)
    no_curve = why_no_curve(words, observations, model=model)
    step("curve")
    curve = curve_section(context) | {"absent": no_curve}
    step("map")
    sections = {
        "curve": curve,
        "map": map_section(context),
        "pains": {"frame": pains, "rows": pains_section(context, pains)},
        "opportunities": opportunities_section(context),
        "moments": moments_section(context),
        "touchpoints": touchpoints_section(context, totals),
    }
    step("personas")
    sections["personas"] = personas_section(context)
    sections["empathy"] = empathy_section(context)
    sections["survey"] = {"frame": scores, "rows": survey_section(scores, words, context.names)}
    said = findings(
        words,
        _linker(context.evidence),
        curve=context.map.curve,
        ranks=curve["ranks"],
        stars=curve["stars"],
        pains=pains,
        places=aggregate.critical_places(observations),
        touchpoints=totals,
        names=context.names,
        n_participants=context.n,
        no_curve=no_curve,
    )
    return {**sections, "findings": said}


def _questions(study: Study, given: Sequence[str] | None) -> list[str]:
    asked = _settings(study).get("questions", []) if given is None else given
    return [str(question) for question in asked]


def _settings(study: Study) -> dict[str, Any]:
    return json.loads(str(study.project["settings"].iloc[0]) or "{}") or {}


def _notice(words: Words, n: int) -> Markup:
    """Say that nobody has coded anything yet, and how to see what machines suggest."""
    if not n:
        return words("nothing_coded")
    return words("suggestions_wait", n=words.plural("suggestions", n))


def _shown(page: dict[str, Any], *, coded: bool) -> list[str]:
    """List the sections of the page in order; without codings most have nothing to say."""
    filled = {
        "findings": coded,
        "sample": page["sample"]["figures"],
        "method": coded,
        "map": coded or page["map"]["any"],
        "touchpoints": coded,
        "curve": coded,
        "pains": coded,
        "opportunities": coded or page["opportunities"]["rows"],
        "moments": coded,
        "personas": coded or page["personas"]["cards"],
        "empathy": page["empathy"]["cards"],
        "survey": page["survey"]["rows"],
        "codebook": len(page["codebook"]),
        "agreement": coded,
        "audit": coded,
        "evidence": len(page["evidence"]),
    }
    return [section for section, something in filled.items() if something]


def _machine(live: pd.DataFrame, curve: pd.DataFrame, language: str) -> dict[str, Any]:
    """Say how far the report, and its curve, rest on suggestions that nobody has checked."""
    n, of = int(live["machine"].sum()), len(live)
    on_curve = (curve["machine_share"] * curve["n_codings"]).sum() / max(
        curve["n_codings"].sum(), 1
    )
    return {
        "n": n,
        "of": of,
        "words": machine_note(n / max(of, 1), language),
        "on_curve": machine_note(on_curve, language),
    }


def _head(study: Study, words: Words) -> dict[str, Any]:
    last = study.codings["created_at"].max()
    dates = study.sources["recorded_on"].dropna()
    return {
        "title": str(_settings(study).get("title") or words("title")),
        "goal": study.goal,
        "model": _model_name(study.journey_model, words.language),
        "as_of": None if pd.isna(last) else words.day(last.date()),
        "recorded": _recorded(dates, words),
    }


def _recorded(dates: pd.Series, words: Words) -> Markup | None:
    if dates.empty:
        return None
    first, last = (_day(str(day), words) for day in (dates.min(), dates.max()))
    return words("recorded_once" if first == last else "recorded", first=first, last=last)


def _day(text: str, words: Words) -> str:
    try:
        return words.day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _model_name(model: str, language: str) -> str:
    """Name a journey model; a user's own is known by its scheme only."""
    if model not in codebooks.available():
        return model
    shipped = codebooks.book(model)
    return shipped.name_ru if language == "ru" else shipped.name_en


def _linker(evidence: Evidence) -> Any:
    def link(key: str, text: Any) -> Markup:
        """Link to a panel; a number without one stays plain text."""
        if key not in evidence.panels:
            return Markup("{}").format(text)
        return Markup('<a class="open" href="#{}">{}</a>').format(evidence.panels[key].id, text)

    return link


def _languages(observations: pd.DataFrame) -> pd.Series:
    return observations.drop_duplicates("coding_id").set_index("coding_id")["language"]
