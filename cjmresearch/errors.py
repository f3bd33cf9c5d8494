"""Errors that a researcher may meet: each is one clear line with the offender and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class CjmError(Exception):
    """Base of every error that the library raises on purpose."""


class ReadError(CjmError):
    """A file could not be read: names the file, the line where known, and the remedy."""

    def __init__(self, path: str | Path, problem: str, *, line: int | None = None) -> None:
        self.path = str(path)
        self.line = line
        place = self.path if line is None else f"{self.path}, line {line}"
        super().__init__(f"{place}: {problem}")


class UnknownFormat(ReadError):  # noqa: N818 - a fixed public name
    """No reader recognised the file; says what was looked for. Ends a format probe."""


class SchemaError(CjmError):
    """A frame breaks the data contract; `problems` lists all of them."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.name = name
        self.problems = tuple(problems)
        super().__init__(f"table {name}: " + "; ".join(self.problems))


class CodebookError(CjmError):
    """A codebook file breaks its schema: names the file and the line."""


class StoreError(CjmError):
    """The project refuses an act; nothing was changed."""


class ModelError(CjmError):
    """A model file is missing or damaged."""


class UnequalErrorWarning(CjmError, UserWarning):  # noqa: N818 - a warning, shown as one
    """Languages are compared on machine tags whose error in each is not known."""
