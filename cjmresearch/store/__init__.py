"""The project file: base tables and every event, in one SQLite database.

`Project` is the only owner of connections. Each act is one transaction that changes rows and
appends one event which says what it changed; undo and redo are acts too.
"""

from __future__ import annotations

from cjmresearch.store.project import Project

__all__ = ["Project"]
