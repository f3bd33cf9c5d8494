"""The words behind a number, with where they stand and what was asked."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from cjmresearch.aggregate.overlap import Spans, overlaps
from cjmresearch.errors import CjmError
from cjmresearch.schema import Study


def evidence(study: Study, coding_ids: Iterable[str], *, context: int = 120) -> pd.DataFrame:
    """Open codings: the quote, its surroundings, who said it, where, and who coded it.

    Quotes of participants who refused consent are withheld, with their surroundings and prompts.

    Parameters
    ----------
    study
        Frozen frames of a project.
    coding_ids
        Ids of codings, in the order wanted; an unknown one is a `CjmError`.
    context
        Characters of text to give on each side.

    Returns
    -------
    DataFrame
        One row an id: coding_id, participant (pseudonym), source (title), position (of the turn),
        locator, quote, before, after, code (slug), coder, status, prompt, begin_s (float, seconds),
        withheld (bool). Missing where not known.
    """
    wanted = list(coding_ids)
    position = pd.Index(study.codings["coding_id"]).get_indexer(wanted)
    if (position < 0).any():
        unknown = wanted[int((position < 0).argmax())]
        raise CjmError(f"coding {unknown!r} is not in the study; take ids from observations")
    codings = study.codings.iloc[position].reset_index(drop=True)
    turns = _turn_of(codings, study)
    people = study.participants.set_index("participant_id")
    who = turns["participant_id"]
    refused = _refused(study)
    withheld = _overlap_any(codings, refused, study)
    titles = study.sources.set_index("source_id")["title"]
    slugs = study.codes.set_index("code_id")["slug"]
    opened = pd.DataFrame(
        {
            "coding_id": codings["coding_id"],
            "participant": who.map(people["pseudonym"]).where(who.notna(), turns["speaker"]),
            "source": codings["source_id"].map(titles),
            "position": turns["position"],
            "locator": turns["locator"],
            "quote": codings["quote"],
            **_surroundings(codings.join(_own_cell(turns, study)), study, context, refused),
            "code": codings["code_id"].map(slugs),
            "coder": codings["coder"],
            "status": codings["status"],
            "prompt": turns["prompt"],
            "begin_s": turns["begin_s"],
            "withheld": withheld,
        }
    )
    for words in ("quote", "before", "after", "prompt"):
        opened[words] = opened[words].mask(withheld)
    return opened


def _turn_of(codings: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Find the turn that holds most of each coding, a participant's if there is one."""
    turns = study.turns.merge(study.speakers, on=["source_id", "speaker"], how="left")
    turns = turns.assign(position=turns["position"].astype("Int64"))
    sources = pd.Index(study.sources["source_id"])
    coding, turn, shared = overlaps(Spans.of(codings, sources), Spans.of(turns, sources))
    others = (turns["role"] != "participant").to_numpy()[turn]
    order = np.lexsort((turn, -shared, others, coding))
    best = pd.Series(turn[order], index=coding[order])
    best = best[~best.index.duplicated()].reindex(range(len(codings)))
    return turns.reindex(best.to_numpy()).reset_index(drop=True)


def _refused(study: Study) -> pd.DataFrame:
    """List the turns of participants who refused that their words be shown."""
    no = study.participants["consent"].eq(False).fillna(False).astype(bool)
    ids = study.participants.loc[no, "participant_id"]
    speakers = study.speakers[study.speakers["participant_id"].isin(ids)]
    return study.turns.merge(speakers[["source_id", "speaker"]], on=["source_id", "speaker"])


def _overlap_any(codings: pd.DataFrame, turns: pd.DataFrame, study: Study) -> np.ndarray:
    sources = pd.Index(study.sources["source_id"])
    coding, _, _ = overlaps(Spans.of(codings, sources), Spans.of(turns, sources))
    return np.bincount(coding, minlength=len(codings)) > 0


def _own_cell(turns: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Bound what surrounds a quote: beside an answer stand other people's, so it stands alone."""
    surveys = study.sources.loc[study.sources["kind"] == "survey", "source_id"]
    answer = turns["source_id"].isin(surveys)
    furthest = max((len(text) for text in study.current_texts), default=0)
    return pd.DataFrame(
        {
            "first": turns["start"].where(answer, 0).astype("int64"),
            "last": turns["end"].where(answer, furthest).astype("int64"),
        }
    )


def _surroundings(
    codings: pd.DataFrame, study: Study, context: int, refused: pd.DataFrame
) -> dict[str, pd.Series]:
    """Cut the text on both sides, within `first` and `last`, short of turns that were refused."""
    texts = study.current_texts.to_dict()
    closed: dict[str, list[tuple[int, int]]] = {}
    for source, start, end in zip(
        refused["source_id"], refused["start"], refused["end"], strict=True
    ):
        closed.setdefault(source, []).append((start, end))
    before, after = [], []
    spans = codings[["source_id", "start", "end", "first", "last"]]
    for source, start, end, opens, closes in spans.itertuples(index=False):
        text = texts.get(source, "")
        turns = closed.get(source, [])
        first = max(
            [start - context, min(opens, start), *(stop for _, stop in turns if stop <= start)]
        )
        last = min(
            [end + context, max(closes, end), *(begin for begin, _ in turns if begin >= end)]
        )
        before.append(text[first:start])
        after.append(text[end:last])
    return {"before": pd.Series(before, dtype="str"), "after": pd.Series(after, dtype="str")}
