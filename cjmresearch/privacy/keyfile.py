"""The key: a file of its own that leads from pseudonyms back to originals."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cjmresearch.errors import CjmError

FORMAT = "cjmresearch-privacy-key"
VERSION = 1


@dataclass
class Key:
    """All that `restore` and `scan` need; it holds every original, so keep it apart."""

    names: list[dict[str, str]] = field(default_factory=list)
    """One a different original: key, kind, text, replacement."""
    texts: list[dict[str, Any]] = field(default_factory=list)
    """source_id, revision, sha256 of the rewritten text, edits that bring the text back."""
    spans: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    """table -> id -> start and end now, start and end before; where a name was cut through."""
    cells: list[list[Any]] = field(default_factory=list)
    """table, key of the row, column, value now, value before."""
    ids: dict[str, dict[str, str]] = field(default_factory=dict)
    """participant_id and org_id -> now -> before."""
    speakers: list[list[str]] = field(default_factory=list)
    """source_id, label now, label before."""

    def write(self, path: Path) -> None:
        """Write the key so that only its owner may read it; an existing file is refused."""
        content = {"format": FORMAT, "version": VERSION, **asdict(self)}
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)

    @classmethod
    def load(cls, path: str | Path) -> Key:
        """Read a key file; `CjmError` where it is none."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            if content.pop("format") != FORMAT or content.pop("version") != VERSION:
                raise KeyError
            return cls(**content)
        except FileNotFoundError:
            raise CjmError(f"{path}: no such key; give the file that pseudonymise wrote") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CjmError(f"{path}: not a key; give the file that pseudonymise wrote") from None


def refuse(path: Path, project: Path) -> None:
    """Refuse a place where a key must not be written."""
    if path.exists():
        raise CjmError(f"{path}: already exists; a key is never written over another")
    if not path.parent.is_dir():
        raise CjmError(f"{path}: the folder {path.parent} does not exist; make it first")
    if path.resolve() == project.resolve():
        raise CjmError(f"{path}: the key has to be a file of its own, not the project")
