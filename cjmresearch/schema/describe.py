"""The data contract in words, for `docs/data-format.md`."""

from __future__ import annotations

from cjmresearch.schema.columns import Column
from cjmresearch.schema.tables import TABLES

_HEAD = """# The data format

Made from `cjmresearch.schema` by `python -m cjmresearch.schema.describe`; a test keeps it true.

Spans (`start`, `end`) are Python `str` indices (code points), half open, into the current revision
of the source's text; `quote == text[start:end]` always. Ids are made once and kept for ever. Times
are UTC. A column in *italics* may be missing. Sorts of values: text is `str`, whole numbers are
`int64` (`Int64` where they may be missing), numbers `float64`, yes/no `boolean`, times
`datetime64[us, UTC]`, JSON a `str`.
"""


def describe() -> str:
    """Write the whole contract as Markdown: one section a table, one row a column."""
    sections = [_HEAD]
    for table in TABLES.values():
        lines = [f"## {table.name}", "", table.doc, "", f"Key: {', '.join(table.key)}.", ""]
        lines += ["| column | type | what it holds |", "|---|---|---|"]
        for column in table.columns:
            name = f"*{column.name}*" if column.nullable else column.name
            lines.append(f"| {name} | {column.dtype} | {_meaning(column)} |")
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def _meaning(column: Column) -> str:
    parts = [column.doc] if column.doc else []
    if column.allowed:
        parts.append("one of " + ", ".join(column.allowed))
    if column.low is not None and column.high is not None:
        parts.append(f"{column.low:g} to {column.high:g}")
    elif column.low is not None:
        parts.append(f"{column.low:g} or more")
    if column.ref:
        parts.append(f"refers to {column.ref}")
    if column.kind == "json":
        parts.append("JSON")
    return "; ".join(parts)


if __name__ == "__main__":
    import sys

    sys.stdout.write(describe())
