"""Codings and tables out of a project: CSV and XLSX, safe to open in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from cjmresearch import aggregate, journey, personas
from cjmresearch.schema import Study
from cjmresearch.wording import WITHHELD

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def codings(study: Study, *, include: str = "human") -> pd.DataFrame:
    """Make a flat table, one row a coding, that `cjmresearch import` reads back.

    `include="human"` gives what people have coded or accepted, `"suggested"` also what machines
    suggest and nobody has decided.

    Columns: file, turn (from 1), participant (pseudonym), quote, occurrence, code, name_ru,
    name_en, kind, coder, status, valence, intensity, confidence, memo, start, end, created_at.
    Quotes of participants without consent are withheld, and so are the memos on their words.
    """
    rows = (
        aggregate.live_codings(study, include=include)[list(study.codings.columns)]
        .merge(
            study.codes[["code_id", "slug", "name_ru", "name_en", "kind"]].rename(
                columns={"slug": "code"}
            ),
            on="code_id",
        )
        .merge(_files(study))
    )
    rows = pd.concat([rows, _turns(rows, study)], axis=1)
    evidence = aggregate.evidence(study, rows["coding_id"]).set_index("coding_id")
    withheld = evidence["withheld"].reindex(rows["coding_id"]).to_numpy(dtype=bool)
    rows["participant"] = evidence["participant"].reindex(rows["coding_id"]).to_numpy()
    rows["occurrence"] = _occurrences(rows, study)
    rows["quote"] = rows["quote"].mask(withheld, WITHHELD)
    # A memo quotes: the words that fired a rule, or those that a coder wrote down.
    rows["memo"] = rows["memo"].mask(withheld & rows["memo"].notna(), WITHHELD)
    rows["created_at"] = rows["created_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    columns = [
        *("file", "turn", "participant", "quote", "occurrence", "code", "name_ru", "name_en"),
        *("kind", "coder", "status", "valence", "intensity", "confidence", "memo"),
        *("start", "end", "created_at"),
    ]
    return rows.sort_values(["file", "start", "end"], ignore_index=True)[columns]


def _files(study: Study) -> pd.DataFrame:
    """File name of each source, its title where it came from no file."""
    sources = study.sources[["source_id"]].copy()
    sources["file"] = study.sources["file"].fillna(study.sources["title"])
    return sources


def _turns(rows: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Turn (from 1) in which each coding starts, and where that turn starts, like `rows`."""
    turns = study.turns[["source_id", "position", "start"]].rename(columns={"start": "turn_start"})
    left = rows[["source_id", "start"]].reset_index().sort_values("start")
    placed = pd.merge_asof(
        left,
        turns.sort_values("turn_start"),
        left_on="start",
        right_on="turn_start",
        by="source_id",
    ).set_index("index")
    placed["turn"] = (placed["position"] + 1).astype("Int64")
    return placed[["turn", "turn_start"]].reindex(rows.index)


def _occurrences(rows: pd.DataFrame, study: Study) -> list[int]:
    """Which of the equal passages of its turn a coding is, from 1."""
    texts = study.current_texts
    found = []
    for row in rows.itertuples():
        low = 0 if pd.isna(row.turn_start) else int(row.turn_start)
        before = texts[row.source_id][low : row.start + len(row.quote) - 1]
        count, at = 1, before.find(row.quote)
        while at >= 0:
            count, at = count + 1, before.find(row.quote, at + 1)
        found.append(count)
    return found


def tables(
    study: Study, *, include: str = "human", language: str = "ru"
) -> dict[str, pd.DataFrame]:
    """Give every table of the export by sheet name.

    The map and its tables T1-T5, then codings, curve, pains, touchpoints, codebook, participants,
    the ledger of barriers, the audit and, where anything is written on cards, `cards` (without
    what is personal).
    """
    built = journey.build(study, include=include)
    observations = built.observations
    hidden = ["consent"]
    return {
        "codings": codings(study, include=include),
        "curve": aggregate.emotion_curve(observations),
        "pains": aggregate.pain_ranking(observations),
        "touchpoints": aggregate.touchpoint_matrix(observations),
        "codebook": study.codes.drop(columns=["code_id", "parent_id"]),
        "participants": study.participants.drop(columns=hidden),
        "map": _named(journey.grid(built, language=language), built, language),
        **journey.tables(built, language=language),
        "five_questions": journey.five_questions(built, language=language),
        "plan": journey.plan(study, language=language, include=include),
        "audit": journey.audit(study, map_=built, language=language),
        **({} if study.fields.empty else {"cards": personas.all_written(study)}),
    }


def _named(grid: pd.DataFrame, built: journey.JourneyMap, language: str) -> pd.DataFrame:
    """Name the layers and stages of the grid as people read them."""
    return grid.assign(
        layer=grid["layer"].map(journey.LAYER_NAMES[language]),
        stage=grid["stage"].map(built.names(language)),
    )


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV that is safe to open in a spreadsheet."""
    # A spreadsheet runs a cell that begins like a formula: an apostrophe makes it text.
    guarded = frame.copy()
    for column in guarded.select_dtypes(["str", "object"]):
        guarded[column] = guarded[column].map(_guard, na_action="ignore")
    guarded.to_csv(
        path, index=False, encoding="utf-8-sig", lineterminator="\n", float_format="%.6g"
    )


def _guard(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def write_xlsx(sheets: dict[str, pd.DataFrame], path: Path) -> None:
    """Write tables as a workbook, a sheet each; no cell is a formula."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    for name, frame in sheets.items():
        sheet = book.create_sheet(name)
        for number, column in enumerate(frame.columns, start=1):
            sheet.cell(1, number, column).font = Font(bold=True)
            values = frame[column].astype(str).str.len()
            width = max(len(str(column)), *values.clip(upper=60), 8) if len(frame) else 10
            sheet.column_dimensions[get_column_letter(number)].width = width + 2
        for r, values in enumerate(frame.astype(object).itertuples(index=False), start=2):
            for c, value in enumerate(values, start=1):
                if pd.isna(value):
                    continue
                if isinstance(value, str):
                    value = ILLEGAL_CHARACTERS_RE.sub("", value)
                cell = sheet.cell(r, c, value)
                if isinstance(value, str):
                    cell.data_type = "s"  # text even where it begins with "="
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.freeze_panes = "A2"
        sheet.auto_filter.ref = sheet.dimensions
    book.save(path)
