"""A project without originals, and the way back with the key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from cjmresearch import schema
from cjmresearch.errors import CjmError
from cjmresearch.privacy import keyfile, planning
from cjmresearch.privacy.cells import Row, key_of
from cjmresearch.privacy.keyfile import Key
from cjmresearch.privacy.spans import Edit, Mover, inverse, rewrite
from cjmresearch.store import Project
from cjmresearch.store.adding import sha256
from cjmresearch.store.building import build
from cjmresearch.store.sqlite import refuse_existing

Tables = dict[str, list[Row]]
Place = tuple[str, str, str]
"""Table, key of the row as JSON, column."""
_SPANNED = ("turns", "codings", "samples")
_RENAMED = ("participant_id", "org_id", "coder")


def pseudonymise(
    project: Project,
    path: str | Path,
    *,
    key_path: str | Path,
    replacements: pd.DataFrame | None = None,
) -> Project:
    """Write a new project that holds no originals, and a key that leads back; opens the new one.

    Texts of all revisions, turns, prompts, labels of speakers, participants, titles and files of
    sources, questions, answers, memos and what people wrote on the map are rewritten; codings move
    along, so that every quote is the text of its span. A coding that ends within a name takes in
    the whole pseudonym. The log begins anew. Names of
    coders stay where nobody in the material is called so; slugs of codes stay.

    What is not replaced: a city alone (only within an address), dates, also of birth, ages, jobs
    and what else may tell who it is together; answers to questions marked as personal data are
    hidden whole. Add such words to the list of `write_list`.

    Parameters
    ----------
    project
        The project with the originals; it stays as it is. `CjmError` where `verify` finds faults,
        or where codings wait after an edit (`project.waiting()`): they stand in the log only.
    path, key_path
        Files to write; both must not exist. Keep the key away from the project.
    replacements
        The frame of `preview`, as corrected by a person; made anew by default.
    """
    path, key_path = Path(path), Path(key_path)
    refuse_existing(path)
    keyfile.refuse(key_path, path)
    faults = project.verify()
    if faults:
        raise CjmError(f"{project.address}: not sound ({faults[0]}); mend it before pseudonymising")
    if waiting := len(project.waiting()):
        raise CjmError(
            f"{project.address}: {waiting} codings wait for a place after an edit and would be "
            "lost; place or dismiss them first (project.waiting() lists them)"
        )
    frame = planning.preview(project) if replacements is None else replacements
    tables: Tables = planning.tables_of(project)
    key = _apply(tables, planning.checked(frame))
    key.write(key_path)
    try:
        return build(path, tables, kind="pseudonymise")
    except BaseException:
        key_path.unlink()
        raise


def _apply(tables: Tables, frame: pd.DataFrame) -> Key:
    """Carry the replacements out on the tables in place; return the way back."""
    key = Key(names=_names(frame))
    edits = _by_place(frame)
    labels = {
        (place[0], *json.loads(place[1])): _whole(edits.pop(place))
        for place in [p for p in edits if p[0] == "speakers" and p[2] == "speaker"]
    }
    key.speakers = [[source, new, old] for (_, source, old), new in labels.items()]
    ids: dict[str, dict[str, str]] = {column: {} for column in _RENAMED}
    for place in [p for p in edits if p[2] in _RENAMED]:
        old = json.loads(place[1])[0]
        ids[place[2]][old] = _whole(edits.pop(place))
    key.ids = {column: {new: old for old, new in pairs.items()} for column, pairs in ids.items()}
    changed, movers = _rewrite_cells(tables, edits, key)
    _move_spans(tables, movers, key)
    _rename(tables, ids, {(source, old): new for (_, source, old), new in labels.items()})
    key.cells = [
        [table, list(key_of(table, row)), column, row[column], before]
        for table, row, column, before in changed
    ]
    return key


def _names(frame: pd.DataFrame) -> list[dict[str, str]]:
    """Originals of the key: what was found, and labels of speakers; each way of writing once."""
    named = frame[frame["key"].ne("") & frame["key"].notna()]
    columns = ["key", "kind", "text", "replacement"]
    rows = named[columns].replace({"kind": {"label": "person"}}).drop_duplicates(["key", "text"])
    return [{c: str(row[c]) for c in columns} for row in rows.to_dict("records")]


def _by_place(frame: pd.DataFrame) -> dict[Place, list[tuple[int, int, str, str]]]:
    """Sort the replacements by cell: start, end, what has to stand there, what comes instead."""
    found: dict[Place, list[tuple[int, int, str, str]]] = {}
    for row in frame.itertuples():
        edits = found.setdefault((row.table, row.row, row.column), [])
        if edits and row.start < edits[-1][1]:
            raise CjmError(
                f"replacements: {row.text!r} overlaps {edits[-1][2]!r}; keep one of them"
            )
        edits.append((row.start, row.end, row.text, row.replacement))
    return found


def _whole(edits: list[tuple[int, int, str, str]]) -> str:
    return edits[0][3]


def _rewrite_cells(
    tables: Tables, edits: dict[Place, list[tuple[int, int, str, str]]], key: Key
) -> tuple[list[tuple[str, Row, str, str]], dict[str, list[Edit]]]:
    """Rewrite every cell; give the other cells with what stood there, and the texts' edits."""
    wanted = {place[0] for place in edits}
    rows = {(t, planning.spell(key_of(t, row))): row for t in wanted for row in tables[t]}
    revisions = {row["source_id"]: row["revision"] for row in tables["sources"]}
    changed: list[tuple[str, Row, str, str]] = []
    movers: dict[str, list[Edit]] = {}
    for (table, name, column), group in edits.items():
        row = rows.get((table, name))
        before = row[column] if row else None
        if row is None or before is None or any(before[s:e] != text for s, e, text, _ in group):
            raise CjmError(
                f"replacements: {table} {name} {column} is not as the preview saw it; preview again"
            )
        pieces = [(start, end, new) for start, end, _, new in group]
        row[column] = rewrite(before, pieces)
        if (table, column) != ("texts", "text"):
            changed.append((table, row, column, before))
            continue
        row["sha256"] = sha256(row["text"])
        key.texts.append(
            {
                "source_id": row["source_id"],
                "revision": row["revision"],
                "sha256": row["sha256"],
                "edits": inverse(before, pieces),
            }
        )
        if row["revision"] == revisions[row["source_id"]]:
            movers[row["source_id"]] = pieces
    return changed, movers


def _move_spans(tables: Tables, movers: Mapping[str, list[Edit]], key: Key) -> None:
    """Move turns, codings and samples; remember those that would not come back by themselves."""
    forth = {source: Mover(edits) for source, edits in movers.items()}
    back = {
        text["source_id"]: Mover([tuple(edit) for edit in text["edits"]])
        for text in key.texts
        if text["sha256"] in {r["sha256"] for r in _current(tables)}
    }
    for table in _SPANNED:
        for row in tables[table]:
            mover = forth.get(row["source_id"])
            if mover is None:
                continue
            before = (row["start"], row["end"])
            row["start"], row["end"] = mover.move(*before)
            if back[row["source_id"]].move(row["start"], row["end"]) != before:
                known = key.spans.setdefault(table, {})
                known[str(key_of(table, row)[0])] = [row["start"], row["end"], *before]
    _requote(tables)


def _current(tables: Tables) -> list[Row]:
    """Rows of `texts` that are the current revision of their source."""
    revisions = {row["source_id"]: row["revision"] for row in tables["sources"]}
    return [r for r in tables["texts"] if r["revision"] == revisions[r["source_id"]]]


def _requote(tables: Tables) -> None:
    texts = {row["source_id"]: row["text"] for row in _current(tables)}
    for row in tables["codings"]:
        row["quote"] = texts[row["source_id"]][row["start"] : row["end"]]


def _rename(
    tables: Tables, ids: Mapping[str, Mapping[str, str]], labels: Mapping[tuple[str, str], str]
) -> None:
    """Rename ids and labels wherever they stand."""
    for table, rows in tables.items():
        columns = [c for c in _RENAMED if c in schema.TABLES[table].names]
        for row in rows:
            for column in columns:
                row[column] = ids.get(column, {}).get(row[column], row[column])
            if table == "fields":
                for pairs in (ids.get("participant_id", {}), ids.get("org_id", {})):
                    row["owner_id"] = pairs.get(row["owner_id"], row["owner_id"])
            if table in ("speakers", "turns"):
                row["speaker"] = labels.get((row["source_id"], row["speaker"]), row["speaker"])


def restore(project: Project, key: Key | str | Path, path: str | Path | None = None) -> Project:
    """Write a project with the originals again, and open it: the inverse of `pseudonymise`.

    Texts come back byte for byte, codings and turns with their old spans. What was coded since
    moves along. A cell that was changed since keeps the change.

    Parameters
    ----------
    project
        A project that `pseudonymise` wrote. `CjmError` where the key belongs to another one.
    key
        The key file.
    path
        The file to write; by default `NAME-restored` beside the project.
    """
    key = key if isinstance(key, Key) else Key.load(key)
    target = _beside(project) if path is None else Path(path)
    refuse_existing(target)
    tables: Tables = planning.tables_of(project)
    texts = {(row["source_id"], row["revision"]): row for row in tables["texts"]}
    back: dict[str, Mover] = {}
    current = {row["source_id"]: row["revision"] for row in tables["sources"]}
    for entry in key.texts:
        row = texts.get((entry["source_id"], entry["revision"]))
        if row is None or row["sha256"] != entry["sha256"]:
            raise CjmError(
                f"{project.address}: its texts are not those of the key; give the key made with it"
            )
        edits: list[Edit] = [(s, e, text) for s, e, text in entry["edits"]]
        row["text"] = rewrite(row["text"], edits)
        row["sha256"] = sha256(row["text"])
        if entry["revision"] == current[entry["source_id"]]:
            back[entry["source_id"]] = Mover(edits)
    _move_back(tables, back, key)
    _restore_cells(tables, key)
    _rename(tables, key.ids, {(source, new): before for source, new, before in key.speakers})
    return build(target, tables, kind="restore")


def _beside(project: Project) -> Path:
    return project.path.with_name(f"{project.path.stem}-restored{project.path.suffix}")


def _move_back(tables: Tables, back: Mapping[str, Mover], key: Key) -> None:
    for table in _SPANNED:
        known = key.spans.get(table, {})
        for row in tables[table]:
            if row["source_id"] not in back:
                continue
            span = (row["start"], row["end"])
            kept = known.get(str(key_of(table, row)[0]))
            moved = back[row["source_id"]].move(*span)
            row["start"], row["end"] = kept[2:] if kept and tuple(kept[:2]) == span else moved
    _requote(tables)


def _restore_cells(tables: Tables, key: Key) -> None:
    wanted = {cell[0] for cell in key.cells}
    rows = {(t, planning.spell(key_of(t, row))): row for t in wanted for row in tables[t]}
    for table, name, column, now, before in key.cells:
        row = rows.get((table, planning.spell(name)))
        if row is not None and row[column] == now:
            row[column] = before
