"""From codings to numbers that can be opened and recomputed; the person is the unit.

`observations` places every coding: whose words, which stage, which touchpoint. Most else is a pure
function of that frame:

    the curve       emotion_curve, completers_curve, role_curve, felt_by, interview_curve,
                    peak_end; stage_stars and stage_ranks say what may be read out of it
    counts          pain_ranking, touchpoint_matrix, outside, unheard, movers, temperature
    places          critical_places, moments_of_truth, unmet_needs, expected_used
    paths           visits -> transitions, chain_links, skips, loops, funnel, variants, ...;
                    path_sample: whose path is joined to their words
    scores          ratings -> survey_scores, drivers; rated_alike, which_summary
    what was heard  coverage, saturation, triangulation, touchpoint_inventory, unseen
    waves           wave_change, change_in_words, detectable_difference, mixed_lags;
                    mean_difference and share_difference of any two groups

`evidence` goes back to the words. `gold_units`, `corrected_curve` and `corrected_difference` take a
machine's error out of what it counted, by a gold sample. Statistics, with what they can't tell, are
described in `docs/statistics.md`.
"""

from __future__ import annotations

from cjmresearch.aggregate.beside import completers_curve, felt_by, interview_curve, role_curve
from cjmresearch.aggregate.corrected import (
    Difference,
    corrected_curve,
    corrected_difference,
    gold_units,
)
from cjmresearch.aggregate.curve import drop_machine_intervals, emotion_curve
from cjmresearch.aggregate.drivers import drivers
from cjmresearch.aggregate.durations import median_time, return_time, time_in_stage
from cjmresearch.aggregate.experience import experiences, peak_end, rated_alike, which_summary
from cjmresearch.aggregate.funnel import funnel
from cjmresearch.aggregate.heard import coverage, saturation, triangulation, unheard
from cjmresearch.aggregate.intervals import (
    heard_once,
    jeffreys,
    share_interval,
    unheard_bound,
    wilson,
)
from cjmresearch.aggregate.inventory import (
    channel_switches,
    expected_used,
    people_by_code,
    touchpoint_inventory,
    unseen,
)
from cjmresearch.aggregate.joined import path_sample, path_sample_in_words
from cjmresearch.aggregate.lags import mixed_lags
from cjmresearch.aggregate.leaving import next_purchase
from cjmresearch.aggregate.paths import chain_links, loops, next_steps, skips, transitions
from cjmresearch.aggregate.places import critical_places, moments_of_truth, unmet_needs
from cjmresearch.aggregate.placing import live_codings, observations
from cjmresearch.aggregate.qualities import touchpoint_qualities
from cjmresearch.aggregate.quotes import evidence
from cjmresearch.aggregate.rankings import interviewed, outside, pain_ranking, touchpoint_matrix
from cjmresearch.aggregate.routes import order_test, variants
from cjmresearch.aggregate.scores import nps, ratings, survey_scores
from cjmresearch.aggregate.states import (
    false_warm,
    mistimed,
    movers,
    signs_of_readiness,
    stage_confusion,
    temperature,
)
from cjmresearch.aggregate.visits import first_touch, order_agreement, visits
from cjmresearch.aggregate.waves import (
    change_in_words,
    detectable_difference,
    mean_difference,
    share_difference,
    wave_change,
)
from cjmresearch.aggregate.within import stage_ranks, stage_stars, unit_table

__all__ = [
    "Difference",
    "chain_links",
    "change_in_words",
    "channel_switches",
    "completers_curve",
    "corrected_curve",
    "corrected_difference",
    "coverage",
    "critical_places",
    "detectable_difference",
    "drivers",
    "drop_machine_intervals",
    "emotion_curve",
    "evidence",
    "expected_used",
    "experiences",
    "false_warm",
    "felt_by",
    "first_touch",
    "funnel",
    "gold_units",
    "heard_once",
    "interview_curve",
    "interviewed",
    "jeffreys",
    "live_codings",
    "loops",
    "mean_difference",
    "median_time",
    "mistimed",
    "mixed_lags",
    "moments_of_truth",
    "movers",
    "next_purchase",
    "next_steps",
    "nps",
    "observations",
    "order_agreement",
    "order_test",
    "outside",
    "pain_ranking",
    "path_sample",
    "path_sample_in_words",
    "peak_end",
    "people_by_code",
    "rated_alike",
    "ratings",
    "return_time",
    "role_curve",
    "saturation",
    "share_difference",
    "share_interval",
    "signs_of_readiness",
    "skips",
    "stage_confusion",
    "stage_ranks",
    "stage_stars",
    "survey_scores",
    "temperature",
    "time_in_stage",
    "touchpoint_inventory",
    "touchpoint_matrix",
    "touchpoint_qualities",
    "transitions",
    "triangulation",
    "unheard",
    "unheard_bound",
    "unit_table",
    "unmet_needs",
    "unseen",
    "variants",
    "visits",
    "wave_change",
    "which_summary",
    "wilson",
]
