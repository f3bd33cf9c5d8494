r"""Rich text (.rtf): a small reader of words; fonts tell code pages, `\u` tells characters."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from cjmresearch.errors import ReadError
from cjmresearch.read import documents
from cjmresearch.read.documents import Block, Row
from cjmresearch.read.draft import Draft

_TOKEN = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?\d{1,10})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|[\r\n\0]+"
    rb"|([^\\{}\r\n\0]+)",
    re.DOTALL,
)
_SKIPPED = {
    "colortbl": "", "stylesheet": "", "info": "", "fldinst": "", "themedata": "",
    "listtable": "", "listoverridetable": "", "rsidtbl": "", "generator": "", "xmlnstbl": "",
    "datastore": "", "latentstyles": "", "colorschememapping": "", "pntext": "", "listtext": "",
    "pict": "pictures", "object": "objects", "shppict": "", "nonshppict": "",
    "footnote": "footnotes", "annotation": "comments", "atnid": "", "atnauthor": "",
    "header": "headers or footers", "headerl": "headers or footers",
    "headerr": "headers or footers", "headerf": "headers or footers",
    "footer": "headers or footers", "footerl": "headers or footers",
    "footerr": "headers or footers", "footerf": "headers or footers",
}  # fmt: skip
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ",
}  # fmt: skip
_SYMBOLS = {b"~": "\xa0", b"-": "\xad", b"_": "\u2011", b"\\": "\\", b"{": "{", b"}": "}"}
_PARAGRAPH = ("par", "sect", "page")
_CHARSETS = {
    0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_PAGES = {437, 850, 852, 855, 866, 874, 932, 936, 949, 950, *range(1250, 1259)}
_DELETED = "tracked deletions"
_MAX_DEPTH = 10_000


def recognises(data: bytes) -> bool:
    """Tell a file that begins as RTF."""
    return data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf")


def read(path: Path, data: bytes, given: Collection[str] = ()) -> Draft:
    """Read an .rtf: paragraphs and rows of tables; objects, notes and deletions left out."""
    reader = _Reader(path)
    reader.read(data)
    draft = documents.draft(
        path, reader.blocks, given, format_="RTF", encoding=reader.encoding, notes=reader.counts
    )
    if not reader.unknown:
        return draft
    lost = f"{reader.unknown} bytes have no character in their code page: they became \ufffd"
    return replace(draft, warnings=(*draft.warnings, lost))


@dataclass(frozen=True)
class _State:
    """What a group of RTF inherits from the group around it."""

    skip: bool = False
    font: int | None = None
    fallback: int = 1
    """Bytes that stand for a `\\u` and are to be skipped."""
    deleted: bool = False
    table: bool = False
    fonts: bool = False


class _Reader:
    """Turns tokens into paragraphs and rows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.blocks: list[Block] = []
        self.counts: dict[str, int] = {}
        self.unknown = 0
        self.page = "cp1252"
        self.fonts: dict[int, str] = {}
        self._parts: list[str] = []
        self._bytes = bytearray()
        self._cells: list[str] = []
        self._state = _State()
        self._stack: list[_State] = []
        self._to_skip = 0
        self._star = False
        self._tables, self._in_table = 0, False
        self._used: set[str] = set()

    @property
    def encoding(self) -> str:
        """Code pages that were used for words beyond ASCII."""
        return f"rtf ({', '.join(sorted(self._used))})" if self._used else "rtf"

    def read(self, data: bytes) -> None:
        """Read the whole file; `ReadError` where groups are too deep."""
        for token in _TOKEN.finditer(data):
            word, number, hex_, symbol, brace, text = token.groups()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word.decode("ascii"), int(number) if number else None)
            elif hex_:
                self._add_bytes(bytes([int(hex_, 16)]))
            elif symbol:
                self._symbol(symbol)
            elif text:
                self._add_bytes(text)
        self._paragraph()
        self._row()

    def _brace(self, brace: bytes) -> None:
        self._flush()
        self._to_skip, self._star = 0, False
        if brace == b"{":
            self._stack.append(self._state)
            if len(self._stack) > _MAX_DEPTH:
                raise ReadError(self.path, "RTF groups are nested too deeply; save it anew")
        elif self._stack:
            self._state = self._stack.pop()

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self._star = True
        elif symbol in _SYMBOLS:
            self._say(_SYMBOLS[symbol])
        elif symbol in b"\r\n":
            self._paragraph()

    def _word(self, word: str, number: int | None) -> None:
        star, self._star = self._star, False
        if word == "u" and number is not None:
            self._character(number)
            return
        self._flush()
        if word in _SKIPPED or (star and word != "shppict"):
            what = _SKIPPED.get(word, "")
            if what and not self._state.skip:
                self.counts[what] = self.counts.get(what, 0) + 1
            self._state = replace(self._state, skip=True)
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in _PARAGRAPH:
            self._paragraph()
        elif word in ("cell", "nestcell"):
            self._cell()
        elif word in ("row", "nestrow"):
            self._row()
        elif word == "bin":
            self._to_skip = max(0, number or 0)
        else:
            self._property(word, number)

    def _property(self, word: str, number: int | None) -> None:
        state = self._state
        if word == "fonttbl":
            self._state = replace(state, fonts=True)
        elif word == "f" and number is not None:
            self._state = replace(state, font=number)
        elif word == "fcharset" and state.fonts and state.font is not None:
            self.fonts[state.font] = _CHARSETS.get(number or 0, "")
        elif word == "cpg" and state.fonts and state.font is not None and number in _PAGES:
            self.fonts[state.font] = f"cp{number}"
        elif word == "ansicpg" and (number in _PAGES or number == 65001):
            self.page = "utf-8" if number == 65001 else f"cp{number}"
        elif word == "mac":
            self.page = "mac-roman"
        elif word == "uc":
            self._state = replace(state, fallback=max(0, min(number or 0, 8)))
        elif word == "deleted":
            if number != 0 and not state.skip:
                self.counts[_DELETED] = self.counts.get(_DELETED, 0) + 1
            self._state = replace(state, deleted=number != 0)
        elif word in ("intbl", "pard"):
            self._state = replace(state, table=word == "intbl")
        elif word == "plain":
            self._state = replace(state, deleted=False, font=None)

    def _character(self, number: int) -> None:
        self._flush()
        self._say(chr(number % 0x10000))
        self._to_skip = self._state.fallback

    def _add_bytes(self, data: bytes) -> None:
        skipped = min(self._to_skip, len(data))
        self._to_skip -= skipped
        if not self._silent:
            self._bytes += data[skipped:]

    @property
    def _silent(self) -> bool:
        return self._state.skip or self._state.fonts or self._state.deleted

    def _say(self, text: str) -> None:
        self._flush()
        if not self._silent:
            self._parts.append(text)

    def _flush(self) -> None:
        """Decode the bytes of one run with the code page of its font."""
        if not self._bytes:
            return
        data, self._bytes = bytes(self._bytes), bytearray()
        font = self._state.font
        page = (self.fonts.get(font, "") if font is not None else "") or self.page
        if page == "cp1252" and self.page not in ("cp1252", "mac-roman"):
            page = self.page
        text = data.decode(page, errors="replace")
        self.unknown += text.count("\ufffd")
        if not data.isascii():
            self._used.add(page)
        self._parts.append(text)

    def _paragraph(self) -> None:
        self._flush()
        if self._state.skip:
            return
        if self._state.table or self._cells:
            self._parts.append("\n")
            return
        self.blocks.append(self._take())
        self._in_table = False

    def _cell(self) -> None:
        self._flush()
        self._cells.append(self._take().strip("\n"))

    def _row(self) -> None:
        self._flush()
        if not self._cells:
            return
        self._tables += not self._in_table
        self._in_table = True
        self.blocks.append(Row(self._tables, tuple(self._cells)))
        self._cells = []

    def _take(self) -> str:
        text, self._parts = "".join(self._parts), []
        return text
