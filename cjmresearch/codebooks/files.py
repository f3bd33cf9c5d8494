"""A project's codes as a file to be edited and read back: YAML for people, CSV for spreadsheets.

    codes:
    - slug: own:waiting
      kind: pain
      name_ru: Долго ждут
      name_en: Waiting
      definition: They wait for us.
      include: an answer, a delivery
      exclude: 'a queue in the shop: own:queue'
      examples:
      - ждали неделю
      parent: own:barriers
      colour: '#aa3311'
      key: w

Codes of several schemes stand in one file, so `slug` and `parent` carry their scheme. A field that
is missing or empty is not known. What a file holds comes back as it was.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from cjmresearch import schema
from cjmresearch.errors import CodebookError, SchemaError

_REQUIRED = ("slug", "kind", "name_ru", "name_en")
FIELDS = (
    *_REQUIRED, "definition", "include", "exclude", "examples", "parent", "colour", "key",
    "valence", "position", "channel", "ownership", "code_id",
)  # fmt: skip
_NUMBERS = ("valence", "position")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Record = tuple[int, dict[str, str]]
"""Line in the file, and the fields that are filled in."""


def write(codes: pd.DataFrame, path: str | Path, *, identify: Callable[[str], str]) -> Path:
    """Write codes [codes] to a file ending in `.yaml`, `.yml` or `.csv`; gives its path."""
    path = Path(path)
    kinds = {".csv": _csv, ".yaml": _yaml, ".yml": _yaml}
    if path.suffix.lower() not in kinds:
        raise CodebookError(f"{path}: can't write codes as that; known: {', '.join(kinds)}")
    if not path.parent.is_dir():
        raise CodebookError(f"{path}: the folder {path.parent} does not exist; make it first")
    rows = [schema.row("codes", row) for row in codes.to_dict("records")]
    slugs = {row["code_id"]: row["slug"] for row in rows}
    records = [_record(row, slugs, identify) for row in rows]
    path.write_text(kinds[path.suffix.lower()](records), encoding="utf-8", newline="")
    return path


def _record(
    row: Mapping[str, Any], slugs: Mapping[str, str], identify: Callable[[str], str]
) -> dict[str, Any]:
    parent = row["parent_id"]
    told = {**row, "parent": None if parent is None else slugs.get(parent, parent)}
    if told["code_id"] == identify(row["slug"]):
        told["code_id"] = None  # follows from the slug
    return {
        name: told[name] for name in FIELDS if name in _REQUIRED or told[name] not in (None, "")
    }


class _Dumper(yaml.SafeDumper):
    """Writes what can't be seen, such as odd spaces and line ends, as escapes."""


def _as_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = all(letter.isprintable() or letter == "\n" for letter in text)
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _as_text)


def _yaml(records: Iterable[Mapping[str, Any]]) -> str:
    codes = [
        {**record, "examples": record["examples"].split("\n")} if "examples" in record else record
        for record in records
    ]
    listed = {"codes": [dict(code) for code in codes]}
    return yaml.dump(listed, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)


def _csv(records: Iterable[Mapping[str, Any]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(FIELDS)
    for record in records:
        writer.writerow([_guarded(name, record.get(name)) for name in FIELDS])
    return "\ufeff" + out.getvalue()  # by which a spreadsheet knows UTF-8


def _guarded(name: str, value: Any) -> Any:
    # A spreadsheet runs a cell that begins like a formula: an apostrophe makes it text.
    if name in _NUMBERS or value is None:
        return value
    return f"'{value}" if str(value).startswith((*_FORMULA_STARTS, "'")) else value


def _unguarded(value: str) -> str:
    return value[1:] if value[:1] == "'" and value[1:2] in (*_FORMULA_STARTS, "'") else value


def csv_records(text: str, path: str | Path) -> list[Record]:
    """Read the lines of a CSV: fields by the names of its first row; `,` `;` or tab divides."""
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    names = [name.strip() for name in next(reader, [])]
    unknown = [name for name in names if name not in FIELDS]
    missing = [name for name in _REQUIRED if name not in names]
    if unknown or missing:
        problem = f"unknown column {unknown[0]!r}" if unknown else f"no column {missing[0]}"
        raise CodebookError(f"{path}, line 1: {problem}; columns are {', '.join(FIELDS)}")
    records: list[Record] = []
    line = reader.line_num + 1
    for cells in reader:
        if len(cells) > len(names):
            raise CodebookError(f"{path}, line {line}: {len(cells)} cells, {len(names)} columns")
        if any(cells):
            found = dict(zip(names, cells, strict=False))
            records.append((line, {n: _unguarded(v) for n, v in found.items()}))
        line = reader.line_num + 1
    return records


def yaml_records(root: yaml.MappingNode, path: str | Path) -> list[Record]:
    """Read the codes of a YAML file that is a list of codes and no scheme of its own."""
    fields = {key.value: value for key, value in root.value}
    codes = fields.get("codes")
    if set(fields) != {"codes"} or not isinstance(codes, yaml.SequenceNode):
        raise CodebookError(
            f"{path}, line 1: write either a scheme with its codes, or `codes:` alone, a list of "
            "codes whose slugs carry their scheme"
        )
    return [(_line(node), _fields(node, path)) for node in codes.value]


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def _fields(node: yaml.Node, path: str | Path) -> dict[str, str]:
    if not isinstance(node, yaml.MappingNode):
        raise CodebookError(f"{path}, line {_line(node)}: a code must be fields `name: value`")
    found: dict[str, str] = {}
    for key, value in node.value:
        if key.value not in FIELDS or key.value in found:
            problem = "stands twice" if key.value in found else f"allowed: {', '.join(FIELDS)}"
            raise CodebookError(f"{path}, line {_line(key)}: field {key.value!r}: {problem}")
        text = _value(value)
        if text is None:
            raise CodebookError(f"{path}, line {_line(value)}: {key.value} must be a text")
        found[key.value] = text
    return found


def _value(node: yaml.Node) -> str | None:
    """Text of a scalar as it is written, lines of a list of scalars; None for anything else."""
    if isinstance(node, yaml.ScalarNode):
        return "" if node.tag == "tag:yaml.org,2002:null" else str(node.value)
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    lines = [str(item.value) for item in items if isinstance(item, yaml.ScalarNode)]
    return "\n".join(lines) if len(lines) == len(items) else None


def rows(
    records: Iterable[Record], path: str | Path, *, identify: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Make rows [codes] of records; `CodebookError` lists every problem with its line."""
    listed = list(records)
    ids = {f.get("slug", ""): f.get("code_id") or identify(f.get("slug", "")) for _, f in listed}
    found: list[dict[str, Any]] = []
    problems: list[str] = []
    seen: set[str] = set()
    for line, fields in listed:
        slug = fields.get("slug", "")
        problem = _problem(fields, seen)
        seen.add(slug)
        if not problem:
            try:
                found.append(_row(fields, ids, identify))
                continue
            except (SchemaError, ValueError) as error:
                problem = str(error).removeprefix("table codes: ")
        problems.append(f"{path}, line {line}: {problem}")
    if problems:
        raise CodebookError("\n".join(problems))
    return found


def _problem(fields: Mapping[str, str], seen: set[str]) -> str | None:
    missing = [name for name in _REQUIRED if name not in fields]
    if missing:
        return f"a code lacks {', '.join(missing)}"
    scheme, _, name = fields["slug"].partition(":")
    if not scheme or not name:
        return f"slug {fields['slug']!r} lacks its scheme; write scheme:name, as own:waiting"
    return f"slug {fields['slug']!r} stands twice" if fields["slug"] in seen else None


def _row(
    fields: Mapping[str, str], ids: Mapping[str, str], identify: Callable[[str], str]
) -> dict[str, Any]:
    row: dict[str, Any] = {n: v for n, v in fields.items() if n in _REQUIRED or v != ""}
    parent = row.pop("parent", None)
    for name, number in (("valence", float), ("position", int)):
        if name in row:
            row[name] = number(row[name].replace(",", "."))
    slug = row["slug"]
    return schema.row(
        "codes",
        {
            **row,
            "code_id": ids[slug],
            "scheme": slug.partition(":")[0],
            "parent_id": ids.get(parent, identify(parent) if ":" in parent else parent)
            if parent
            else None,
        },
    )
