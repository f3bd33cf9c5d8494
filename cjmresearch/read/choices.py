"""A column for every option is one question of several choices; joined, and said."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from cjmresearch.read.columnar import Table, column_of
from cjmresearch.read.exports import OTHER, Column

SEPARATOR = "; "
_TICKED = ("1", "1.0", "true", "yes", "да", "x", "selected", "checked")
_LONGEST = 80


@dataclass(frozen=True)
class _Group:
    """Option columns of one question: where they stand and what each is called."""

    question: str
    options: dict[int, str]
    last: int
    named: bool = True
    """False where the file doesn't hold the words of the question."""


def join(table: Table) -> Table:
    """Join the option columns of every multiple question into one column, `A; C`.

    Columns of one question are known from the header (SurveyMonkey, Qualtrics), or told by their
    cells: every filled one repeats the end of its header, and two or more such columns stand side
    by side.
    """
    found = list(_stated(table))
    taken = {i for group in found for i in group.options}
    told = list(_told_by_cells(table, taken))
    groups = sorted((*found, *told), key=lambda group: min(group.options))
    if not groups:
        return table
    joined = _joined(table, groups)
    notes = [
        f"{sum(len(g.options) for g in groups)} option columns joined into "
        f"{len(groups)} multiple questions: " + ", ".join(_range(table, g) for g in groups)
    ]
    if not all(group.named for group in told):
        notes.append("the file doesn't hold the words of some joined questions; name them")
    clash = [g.question for g in groups if any(";" in o for o in g.options.values())]
    notes += [f"{question!r}: options hold semicolons, which also join them" for question in clash]
    return replace(joined, warnings=(*table.warnings, *notes))


def _range(table: Table, group: _Group) -> str:
    return f"{table.letters[min(group.options)]}-{table.letters[max(group.options)]}"


def _stated(table: Table) -> Iterator[_Group]:
    start = 0
    while start < len(table.columns):
        name, end = table.columns[start].group, start + 1
        while name and end < len(table.columns) and table.columns[end].group == name:
            end += 1
        if end - start > 1:
            options = _options(table, range(start, end))
            if options:
                yield _Group(name, options, end - 1)
        start = end


def _options(table: Table, run: range) -> dict[int, str]:
    """Columns of a question that are options; none where it is a matrix."""
    options, others, blank = {}, [], []
    for index in run:
        column = table.columns[index]
        cell = _only_cell(table, index)
        if column.type == "open" and cell != _line(column.option):
            continue
        if table.cells.iloc[:, index].isna().all():
            blank.append(index)
        elif cell is not None and (
            cell == _line(column.option) or (column.coded and cell.casefold() in _TICKED)
        ):
            options[index] = column.option
        else:
            others.append(index)
    if len(options) + len(blank) < 2 or len(options) <= len(others):
        return {}
    ticks = table.cells.iloc[:, sorted(options)].notna()
    if any(table.columns[i].coded for i in options) and bool(ticks.all(axis=None)):
        return {}  # everybody gave the same number in every column: rows of a matrix
    return {i: table.columns[i].option for i in sorted((*options, *blank))}


def _only_cell(table: Table, index: int) -> str | None:
    """Give the one cell that a column is filled with."""
    values = table.cells.iloc[:, index].dropna().unique()
    lines = {_line(value) for value in values[:3]}
    return lines.pop() if len(lines) == 1 and len(values) < 3 else None


def _line(text: str) -> str:
    return " ".join(text.split())


def _told_by_cells(table: Table, taken: set[int]) -> Iterator[_Group]:
    run: dict[int, str] = {}
    prefix = ""
    for index, column in enumerate((*table.columns, Column("", ""))):
        ends = index == len(table.columns) or index in taken or bool(column.group)
        cell = None if ends else _only_cell(table, index)
        name = re.sub(r" \(\d+\)$", "", column.text)
        fits = cell is not None and re.search(r"[^\W\d_]", cell) and name.endswith(cell)
        here = name[: len(name) - len(cell)] if fits and cell is not None else None
        silent = not ends and prefix and name.startswith(prefix) and _is_blank(table, index)
        if run and (here == prefix or silent):
            run[index] = name[len(prefix) :]
            continue
        yield from _told_group(table, prefix, run)
        run, prefix = ({index: cell}, here) if here is not None and cell is not None else ({}, "")
    yield from _told_group(table, prefix, run)


def _is_blank(table: Table, index: int) -> bool:
    return bool(table.cells.iloc[:, index].isna().all())


def _told_group(table: Table, prefix: str, run: dict[int, str]) -> Iterator[_Group]:
    filled = [index for index in run if not _is_blank(table, index)]
    if len(filled) < 2:
        return
    question = prefix.strip().rstrip("-–—:[(/ ").strip()
    named = re.search(r"[^\W\d_]{3}", question) is not None
    if not named:
        question = f"{question} {' / '.join(run.values())}".strip()
        question = question if len(question) <= _LONGEST else f"{question[: _LONGEST - 1]}…"
    yield _Group(question, run, max(run), named)


def _joined(table: Table, groups: Sequence[_Group]) -> Table:
    at = {min(group.options): group for group in groups}
    inside = {i for group in groups for i in group.options}
    after = {group.last + 1: group for group in groups}
    columns: list[Column] = []
    series: dict[str, pd.Series] = {}
    letters: list[str] = []
    for index, column in enumerate(table.columns):
        if index in at:
            group = at[index]
            text = _free(group.question, (*table.header, *series))
            columns.append(Column(text, text, type="multiple"))
            series[text] = _cells(table, group.options)
        elif index in inside:
            continue
        else:
            kept = column
            if index in after and not column.group and OTHER.fullmatch(column.text):
                words = _free(f"{after[index].question} - {column.text}", (*table.header, *series))
                kept = replace(column, text=words, option=column.text, type="open")
            columns.append(kept)
            series[kept.text] = table.cells.iloc[:, index]
        letters.append(table.letters[index])
    return replace(
        table, columns=tuple(columns), cells=pd.DataFrame(series), letters=tuple(letters)
    )


def _free(name: str, taken: Sequence[str]) -> str:
    unique, again = name, 2
    while unique in taken:
        unique, again = f"{name} ({again})", again + 1
    return unique


def _cells(table: Table, options: dict[int, str]) -> pd.Series:
    ticked = [
        [_line(option) if there else "" for there in table.cells.iloc[:, index].notna()]
        for index, option in options.items()
    ]
    return column_of(SEPARATOR.join(filter(None, row)) for row in zip(*ticked, strict=True))


def ambiguous(values: pd.Series) -> list[str]:
    """Parts of answers joined by ", " that may be one option with a comma in it.

    Two parts that never stand apart, or a part that goes on in small letters after one that
    doesn't, look like one option; the answers can't tell. Where the file has `; ` none is.
    """
    if values.str.contains(";", regex=False).any():
        return []
    cells = values.value_counts()
    alone: dict[str, int] = {}
    pairs: dict[tuple[str, str], int] = {}
    for cell, count in cells.items():
        parts = re.split(r",\s*", str(cell))
        for part in parts:
            alone[part] = alone.get(part, 0) + count
        for pair in pairwise(parts):
            pairs[pair] = pairs.get(pair, 0) + count
    return [
        f"{a}, {b}"
        for (a, b), count in pairs.items()
        if count > 1
        and count == alone[b]
        and (count == alone[a] or (a[:1].isupper() and b[:1].islower()))
    ]
