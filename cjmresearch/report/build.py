"""Everything that the report shows, computed once: frames and numbers, no files."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from cjmresearch import aggregate, codebooks, journey
from cjmresearch.report.findings import findings, why_no_curve
from cjmresearch.report.method import codebook, limits, waiting
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


def build(study: Study, *, include: str = "human", language: str = "ru") -> dict[str, Any]:
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

    Returns
    -------
    dict
        title, goal, model, as_of, recorded; findings (sentences with links to panels); sample;
        curve (frame, chart); map (cells, layers); pains (frame, rows); touchpoints (frame, rows);
        personas (frame, cards); survey (frame, rows); audit (frame); limits; outside; codebook
        (frame); panels (the quotes that open behind a number); evidence (frame: every quote shown,
        numbered);
        machine (n, of); notice (what to do where nothing is coded yet, or None); shown (ids of
        the sections that have something to show); words.
    """
    words = Words(language)
    built = journey.build(study, include=include)
    evidence = Evidence(study, built.observations)
    live = aggregate.live_codings(study, include=include)
    heard = aggregate.interviewed(study, codings=live)
    context = Context(study, built, words, study.names(language), evidence, include, heard)
    pains = aggregate.pain_ranking(built.observations, participants=heard)
    totals = touchpoints_by_people(built.observations)
    scores = survey_scores(study)
    head = _head(study, words)
    no_curve = why_no_curve(words, built.observations, model=head["model"])
    sections = {
        "curve": curve_section(context) | {"absent": no_curve},
        "map": map_section(context),
        "pains": {"frame": pains, "rows": pains_section(context, pains)},
        "touchpoints": touchpoints_section(context, totals),
        "personas": personas_section(context),
        "survey": {"frame": scores, "rows": survey_section(scores, words, context.names)},
    }
    people = heard if len(live) else aggregate.interviewed(study)
    page = {
        **head,
        **sections,
        "findings": findings(
            words,
            _linker(evidence),
            curve=built.curve,
            pains=pains,
            places=aggregate.critical_places(built.observations),
            touchpoints=totals,
            names=context.names,
            n_participants=context.n,
            no_curve=no_curve,
        ),
        "n": context.n,
        "notice": None if len(live) else _notice(words, waiting(study, live)),
        "sample": sample_section(study, words, people=people, live=live),
        "audit": journey.audit(study, map_=built, language=language, today=date.today()),
        "limits": limits(study, words, live=live, n_participants=context.n),
        "codebook": codebook(study, words, live),
        "machine": _machine(live, built.curve, language),
        "names": context.names,
        "panels": evidence.panels,
        "evidence": evidence.close(_languages(built.observations)),
        "words": words,
    }
    return page | {"shown": _shown(page, coded=len(live) > 0)}


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
        "curve": coded,
        "map": coded or page["map"]["any"],
        "pains": coded,
        "touchpoints": coded,
        "personas": coded or page["personas"]["cards"],
        "survey": page["survey"]["rows"],
        "method": coded,
        "codebook": len(page["codebook"]),
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
    settings = json.loads(str(study.project["settings"].iloc[0]) or "{}") or {}
    last = study.codings["created_at"].max()
    dates = study.sources["recorded_on"].dropna()
    return {
        "title": str(settings.get("title") or words("title")),
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
