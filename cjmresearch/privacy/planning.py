"""Everything that pseudonymising would put instead of something else, as one frame."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from cjmresearch import schema
from cjmresearch.codebooks.templates import personal_fields
from cjmresearch.errors import CjmError
from cjmresearch.privacy import cells as cells_
from cjmresearch.privacy import pseudonyms
from cjmresearch.privacy.cells import Cell, Tables
from cjmresearch.privacy.english import find_english
from cjmresearch.privacy.finding import mentions
from cjmresearch.privacy.linking import keys_of
from cjmresearch.privacy.mention import Mention, Name, without_overlaps
from cjmresearch.privacy.originals import Original, Originals
from cjmresearch.privacy.russian import find_russian, name_of
from cjmresearch.store import Project
from cjmresearch.store.database import plain_rows

COLUMNS = {
    "table": "str",
    "row": "str",
    "column": "str",
    "start": "int64",
    "end": "int64",
    "text": "str",
    "replacement": "str",
    "kind": "str",
    "key": "str",
    "confidence": "float64",
}
_HIDDEN = {True: "[скрыто]", False: "[withheld]"}
_CYRILLIC = re.compile("[А-Яа-яЁё]")


@dataclass
class _Plan:
    """Cells with their mentions and keys, while the frame is being made."""

    tables: Tables
    labels: dict[str, list[str]]
    found: dict[Cell, list[tuple[Mention, str]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    known: Originals = field(default_factory=lambda: Originals(()))

    @property
    def russian(self) -> bool:
        texts = "".join(row["text"][:2000] for row in self.tables["texts"])
        return len(_CYRILLIC.findall(texts)) * 2 > len(re.findall(r"[^\W\d_]", texts))


def preview(project: Project) -> pd.DataFrame:
    """Show every replacement that `pseudonymise` would make; change it and hand it over.

    Returns
    -------
    DataFrame
        One row a replacement: table, row (its key as a JSON list), column, start and end (code
        points within the cell), text (what stands there), replacement, kind (a kind of `find`, or
        label, id, title, hidden), key (who or what is meant), confidence. Drop a row to keep what
        stands there; change `replacement` to put something else.
    """
    tables = tables_of(project)
    plan = _Plan(tables, _labels(tables))
    _find_all(plan)
    rows = [*_cell_rows(plan), *_json_rows(plan), *_label_rows(plan), *_fixed_rows(plan)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def tables_of(project: Project) -> dict[str, list[cells_.Row]]:
    """Give all tables but the events as plain rows."""
    return {
        name: plain_rows(name, project.frame(name))
        for name in schema.BASE_TABLES
        if name != "events"
    }


def _labels(tables: Tables) -> dict[str, list[str]]:
    """Labels of speakers that name somebody, by source."""
    labels: dict[str, list[str]] = {}
    for row in tables["speakers"]:
        if not cells_.is_role(row["speaker"]):
            labels.setdefault(row["source_id"], []).append(row["speaker"])
    return labels


def _hidden_answers(tables: Tables) -> set[str]:
    return {row["question_id"] for row in tables["questions"] if row["pii"]}


def _find_all(plan: _Plan) -> None:
    """Find the mentions of all cells, link them within their source, and name the entities."""
    hidden = _hidden_answers(plan.tables)
    personal = {cells_.key_of("fields", row) for row in _personal_fields(plan.tables)}
    given = [
        cell
        for cell in cells_.cells(plan.tables)
        if not (cell.table == "answers" and cell.key[1] in hidden)
        and not (cell.table == "fields" and cell.column == "value" and cell.key in personal)
    ]
    given += [
        Cell(c.table, (*c.key, i), c.column, leaf, c.group)
        for c in cells_.json_cells(plan.tables)
        for i, leaf in enumerate(dict.fromkeys(cells_.leaves(cells_.decoded(c))))
    ]
    given += [
        Cell("speakers", (source, label), "speaker", label, source)
        for source, labels in plan.labels.items()
        for label in labels
    ]
    numbered = {str(i): cell for i, cell in enumerate(given)}
    found = mentions({i: cell.value for i, cell in numbered.items()})
    for i, cell in numbered.items():
        found[i] = without_overlaps([*_said_labels(cell, plan.labels), *found[i]])
    plan.found = _linked(numbered, found)
    plan.known = _everywhere(plan)
    for cell in given:
        plan.found[cell] = _with_known(cell, plan.found[cell], plan.known)
    entities: dict[str, list[tuple[Mention, bool]]] = {}
    for cell, group in plan.found.items():
        for mention, key in group:
            entities.setdefault(key, []).append((mention, bool(_CYRILLIC.search(cell.value))))
    words = {w for cell in given for w in re.findall(r"[^\W\d_]{3,}", cell.value) if w[0].isupper()}
    plan.names = pseudonyms.choose(entities, words)


def _said_labels(cell: Cell, labels: dict[str, list[str]]) -> Iterable[Mention]:
    """Mentions of the speakers' labels: the label itself, and at the head of lines."""
    for label in sorted(labels.get(cell.group, ()), key=len, reverse=True):
        if cell.table == "speakers":
            pattern = rf"^{re.escape(label)}$"
        elif cell.table == "texts":
            pattern = rf"(?m)^[\W_]*(?P<label>{re.escape(label)})(?=\W*(?:[:(\[]|$))"
        else:
            continue
        for match in re.finditer(pattern, cell.value):
            start = match.start("label") if "label" in match.groupdict() else match.start()
            yield Mention(start, start + len(label), label, "person", 1.0, _label_name(label))


def _label_name(label: str) -> Name:
    """Read a label as a name; what is no name that we know is taken for a surname."""
    for finder in (find_russian, find_english):
        for mention in finder(label):
            if mention.end - mention.start == len(label):
                return mention.name
    return Name(surname=label.casefold())


def _linked(
    numbered: dict[str, Cell], found: dict[str, list[Mention]]
) -> dict[Cell, list[tuple[Mention, str]]]:
    groups: dict[str, list[str]] = {}
    for i, cell in numbered.items():
        groups.setdefault(cell.group or f"cell {i}", []).append(i)
    linked: dict[Cell, list[tuple[Mention, str]]] = {}
    for members in groups.values():
        together = [m for i in members for m in found[i]]
        keys = iter(keys_of({"": together})[""])
        for i in members:
            linked[numbered[i]] = [(m, next(keys)) for m in found[i]]
    return linked


def _everywhere(plan: _Plan) -> Originals:
    """Make a finder of all that was found, so that nothing stays elsewhere."""
    return Originals(
        Original(key, mention.kind, mention.text)
        for group in plan.found.values()
        for mention, key in group
    )


def _with_known(
    cell: Cell, group: list[tuple[Mention, str]], known: Originals
) -> list[tuple[Mention, str]]:
    """Add the places of originals that other cells gave away and this one did not."""
    taken = [(m.start, m.end) for m, _ in group]
    more = []
    for hit in known.hits(cell.value):
        inside = any(hit.start < end and start < hit.end for start, end in taken)
        if hit.certain and not inside:
            name = name_of(hit.text) if hit.kind == "person" else Name()
            mention = Mention(hit.start, hit.end, hit.text, hit.kind, 0.5, name)
            more.append((mention, hit.key))
    return sorted([*group, *more], key=lambda pair: pair[0].start)


def _row(cell: Cell, start: int, end: int, *rest: object) -> tuple[object, ...]:
    text = cell.value[start:end]
    return (cell.table, spell(cell.key), cell.column, start, end, text, *rest)


def spell(key: Iterable[object]) -> str:
    """Write a row's key as a JSON list."""
    return json.dumps(list(key), ensure_ascii=False)


def _cell_rows(plan: _Plan) -> Iterable[tuple[object, ...]]:
    for cell in cells_.cells(plan.tables):
        for mention, key in plan.found.get(cell, ()):
            new = pseudonyms.written(mention, plan.names[key])
            yield _row(cell, mention.start, mention.end, new, mention.kind, key, mention.confidence)


def _json_rows(plan: _Plan) -> Iterable[tuple[object, ...]]:
    coders = _renamed_coders(plan)
    for cell in cells_.json_cells(plan.tables):
        value = cells_.decoded(cell)
        new: dict[str, str] = {}
        for i, leaf in enumerate(dict.fromkeys(cells_.leaves(value))):
            place = Cell(cell.table, (*cell.key, i), cell.column, leaf, cell.group)
            pieces, at = [], 0
            for mention, key in plan.found[place]:
                pieces += [leaf[at : mention.start], pseudonyms.written(mention, plan.names[key])]
                at = mention.end
            new[leaf] = "".join([*pieces, leaf[at:]])
        if cell.table == "samples":  # who finished a segment stays the coder of its codings
            new |= {coder: coders.get(coder, coder) for coder in cells_.coder_of(value)}
        changed = cells_.with_leaves(value, new, _HIDDEN[plan.russian])
        if changed != value:
            text = json.dumps(changed, ensure_ascii=False)
            yield _row(cell, 0, len(cell.value), text, "hidden", "", 1.0)


def _label_rows(plan: _Plan) -> Iterable[tuple[object, ...]]:
    """Give each named speaker the pseudonym of the person; two in a source never share one."""
    for source, labels in plan.labels.items():
        taken = {r["speaker"] for r in plan.tables["speakers"] if r["source_id"] == source}
        for label in labels:
            cell = Cell("speakers", (source, label), "speaker", label, source)
            key = plan.found[cell][0][1]
            name, number = plan.names[key], 2
            while name in taken:
                name, number = f"{plan.names[key]} {number}", number + 1
            taken.add(name)
            yield _row(cell, 0, len(label), name, "label", key, 1.0)


def _fixed_rows(plan: _Plan) -> Iterable[tuple[object, ...]]:
    """Titles and files, ids that may be names, and answers to personal questions."""
    for i, row in enumerate(plan.tables["sources"], start=1):
        name = f"{row['kind']}-{i:02d}"
        extension = re.search(r"\.\w{1,5}$", row["file"] or "")
        new = {"title": name, "file": name + (extension.group() if extension else "")}
        for column, value in new.items():
            if row[column]:
                cell = Cell("sources", (row["source_id"],), column, row[column], "")
                yield _row(cell, 0, len(row[column]), value, "title", "", 1.0)
    for column, letters in (("participant_id", "P"), ("org_id", "F")):
        values = dict.fromkeys(r[column] for r in plan.tables["participants"] if r[column])
        taken, number = set(values), 0
        for value in values:
            if cells_.is_id(value):
                continue
            while (new_id := f"{letters}{(number := number + 1):02d}") in taken:
                pass
            cell = Cell("participants", (value,), column, value, "")
            yield _row(cell, 0, len(value), new_id, "id", "", 1.0)
    yield from _coder_rows(plan)
    yield from _field_rows(plan)
    hidden = _hidden_answers(plan.tables)
    for row in plan.tables["answers"]:
        if row["question_id"] in hidden and row["text"]:
            cell = Cell("answers", cells_.key_of("answers", row), "text", row["text"], "")
            yield _row(cell, 0, len(row["text"]), _HIDDEN[plan.russian], "hidden", "", 1.0)


def _field_rows(plan: _Plan) -> Iterable[tuple[object, ...]]:
    for row in _personal_fields(plan.tables):
        cell = Cell("fields", cells_.key_of("fields", row), "value", row["value"], "")
        yield _row(cell, 0, len(row["value"]), _HIDDEN[plan.russian], "hidden", "", 1.0)


def _personal_fields(tables: Tables) -> list[cells_.Row]:
    """Fields on the cards of people and firms that are personal: a name, a phone, a birthday."""
    personas = {row["persona_id"] for row in tables["personas"]}
    known = personal_fields()
    return [
        row
        for row in tables["fields"]
        if row["owner_id"] not in personas
        and (row["field"] in known or cells_.PERSONAL_TRAITS.fullmatch(row["field"]))
    ]


def _coder_rows(plan: _Plan) -> Iterable[tuple[object, ...]]:
    """Rename the coders that are called like somebody in the material."""
    for coder, new in _renamed_coders(plan).items():
        cell = Cell("codings", (coder,), "coder", coder, "")
        yield _row(cell, 0, len(coder), new, "id", "", 1.0)


def _renamed_coders(plan: _Plan) -> dict[str, str]:
    """Give the coders that are called like somebody in the material new names, by the old."""
    coders = {row["coder"] for row in plan.tables["codings"]}
    for cell in cells_.json_cells(plan.tables):
        if cell.table == "samples":
            coders |= set(cells_.coder_of(cells_.decoded(cell)))
    called = [coder for coder in sorted(coders) if any(plan.known.hits(coder))]
    new = {coder: f"coder-{number}" for number, coder in enumerate(called, start=1)}
    return {old: name for old, name in new.items() if name not in coders}


def checked(replacements: pd.DataFrame) -> pd.DataFrame:
    """Refuse a frame of replacements that is not like that of `preview`, or empties something."""
    missing = [c for c in COLUMNS if c not in replacements.columns]
    if missing:
        raise CjmError(
            f"replacements: no column {missing[0]!r}; start from privacy.preview(project)"
        )
    empty = replacements["replacement"].isna() | replacements["replacement"].eq("")
    if empty.any():
        text = replacements.loc[empty, "text"].iloc[0]
        raise CjmError(f"replacements: nothing stands instead of {text!r}; give at least a letter")
    return replacements.sort_values(["table", "row", "column", "start"], ignore_index=True)
