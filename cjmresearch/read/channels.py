"""One file a channel: pieces of several files are merged by time into one transcript."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from cjmresearch.errors import ReadError
from cjmresearch.read.cues import Cue, name_unknown, render
from cjmresearch.read.draft import Draft


def merge(paths: Sequence[Path], cues: Sequence[Sequence[Cue]]) -> Draft:
    """Merge the pieces of every file by the time they begin; `ReadError` where one has no time.

    Speakers keep their labels; where two files share one, or tell none, the part of the file's
    name that differs (`_doctor`, `_patient`) is the label.
    """
    named = [
        [replace(cue, speaker=label(cue), file=path.name) for cue in of_file]
        for path, of_file, label in zip(paths, cues, _labellers(paths, cues), strict=True)
    ]
    for path, of_file in zip(paths, named, strict=True):
        lost = next((c for c in of_file if c.begin_s is None), None)
        if lost:
            raise ReadError(path, f"piece {lost.number} has no time; it can't be merged by time")
    together = sorted((cue for of_file in named for cue in of_file), key=lambda c: c.begin_s or 0.0)
    known, remark = name_unknown(together)
    draft = render(known, f"{len(paths)} files merged by time", "see the files", unit="piece")
    return replace(draft, warnings=(*draft.warnings, *remark))


def _labellers(paths: Sequence[Path], cues: Sequence[Sequence[Cue]]) -> list[_Labeller]:
    shares = [{c.speaker for c in of_file} for of_file in cues]
    parts = own_parts(paths)
    result = []
    for n, speakers in enumerate(shares):
        others = set().union(*(s for i, s in enumerate(shares) if i != n))
        clash = {s for s in speakers if s in others or s is None}
        result.append(_Labeller(parts[n], clash, alone=len(speakers) == 1))
    return result


class _Labeller:
    """Label of a cue: its own, unless another file uses it too."""

    def __init__(self, part: str, clash: Collection[str | None], *, alone: bool) -> None:
        self.part, self.clash, self.alone = part, clash, alone

    def __call__(self, cue: Cue) -> str | None:
        if cue.speaker not in self.clash:
            return cue.speaker
        return self.part if self.alone or cue.speaker is None else f"{cue.speaker} {self.part}"


def own_parts(paths: Sequence[Path]) -> list[str]:
    """Parts of the names that differ: `a_doctor`, `a_patient` -> `doctor`, `patient`."""
    stems = [path.stem.replace(":", " ") for path in paths]
    common = _common(stems)
    parts = [stem[len(common) :].strip("_-. ") for stem in stems]
    return [part or stem for part, stem in zip(parts, stems, strict=True)]


def common_title(paths: Sequence[Path]) -> str:
    """Part of the names that all share, else the first name."""
    stems = [path.stem for path in paths]
    return _common(stems).strip("_-. ") or stems[0]


def _common(stems: Sequence[str]) -> str:
    """Longest common beginning, cut back to where a word ends."""
    low, high = min(stems), max(stems)
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(low, high, strict=False))
    common = "".join(a for a, _ in alike)
    cut = max((common.rfind(mark) for mark in "_-. "), default=-1)
    return common[: cut + 1]
