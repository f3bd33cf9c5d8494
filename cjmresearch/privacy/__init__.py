"""Nobody's name in the open: find, preview, pseudonymise, restore, and look for leaks.

`find` says who and what is named in texts; `preview` shows each replacement in a project, and
`write_list` and `read_list` take it to a spreadsheet and back, corrected;
`pseudonymise` writes a new project without originals and a key in a file of its own; `restore`
goes back with the key; `scan` finds the key's originals in whatever is to be handed out, and
`suspects` words there that look like names the key doesn't know.
Rules and pymorphy3's grammar, no network, no model: a person should read the preview.
"""

from __future__ import annotations

from cjmresearch.privacy.finding import find
from cjmresearch.privacy.keyfile import Key
from cjmresearch.privacy.lists import read_list, write_list
from cjmresearch.privacy.planning import preview
from cjmresearch.privacy.projects import pseudonymise, restore
from cjmresearch.privacy.scanning import scan, suspects

__all__ = [
    "Key",
    "find",
    "preview",
    "pseudonymise",
    "read_list",
    "restore",
    "scan",
    "suspects",
    "write_list",
]
