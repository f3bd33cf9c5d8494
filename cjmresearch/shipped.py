"""Where the sample study and the notebooks lie: inside the wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

from cjmresearch.errors import CjmError

_PACKAGE = Path(__file__).parent
_PLACES = {
    "sample": (_PACKAGE / "bundled" / "sample", _PACKAGE.parent / "data" / "sample"),
    "notebooks": (_PACKAGE / "bundled" / "notebooks", _PACKAGE.parent / "notebooks"),
}


def folder(name: str) -> Path:
    """Find the folder `sample` or `notebooks`; `CjmError` where the installation lacks it."""
    for place in _PLACES[name]:
        if place.is_dir():
            return place
    raise CjmError(f"{name}: not in this installation; reinstall with pip install cjmresearch")
