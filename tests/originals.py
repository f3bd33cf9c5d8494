"""What stands in the file that a turn was read from, at its locator, as the reader cleans it."""

from __future__ import annotations

import csv
import functools
import re
import unicodedata
from pathlib import Path

CUE = re.compile(r"^\d*\n?\d\d:\d\d.*-->.*\n", re.MULTILINE)
CELL = re.compile(r"row (\d+),? column ([A-Z]+)")


def stands_at(path: Path, locator: str, words: str, *, within: int) -> bool:
    """Tell whether words stand in the file at a locator, within so many characters from there."""
    return 0 <= place_in_file(path, locator).find(words) <= within


def place_in_file(path: Path, locator: str) -> str:
    """Text of the file from the place that a locator names on; of a survey the cell alone."""
    if locator.startswith("row "):
        row, column = CELL.match(locator).groups()
        index = functools.reduce(lambda n, letter: 26 * n + ord(letter) - ord("A") + 1, column, 0)
        return clean(rows_of(path)[int(row) - 1][index - 1])
    kind, number = re.match(r"(line|paragraph|cue) (\d+)", locator).groups()
    parts = parts_of(path, kind)
    return (" " if kind == "cue" else "\n").join(parts[int(number) - 1 :])


@functools.cache
def parts_of(path: Path, kind: str) -> list[str]:
    """List the lines, paragraphs or cues of a file; a cue without its time and speaker."""
    if kind == "paragraph":
        from docx import Document

        return [clean(paragraph.text) for paragraph in Document(str(path)).paragraphs]
    text = text_of(path)
    if kind == "line":
        return text.splitlines()
    cues = [block for block in re.split(r"\n\s*\n", text.strip()) if "-->" in block]
    words = [CUE.sub("", cue).strip().replace("\n", " ") for cue in cues]
    return [re.sub(r"^\w+: ", "", cue) for cue in words]


@functools.cache
def rows_of(path: Path) -> list[list[str]]:
    """List the rows of a survey's file, as a spreadsheet would number them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def text_of(path: Path) -> str:
    """Decode a file as its writer did."""
    raw = path.read_bytes()
    try:
        return clean(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return clean(raw.decode("cp1251"))


def clean(text: str) -> str:
    """Compose letters and end lines in one way, as readers do."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
