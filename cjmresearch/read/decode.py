"""Bytes to text: UTF-8, UTF-16, Russian of one byte a letter; LF and NFC; never a guess."""

from __future__ import annotations

import math
import re
import unicodedata
from pathlib import Path

from cjmresearch.errors import ReadError, UnknownFormat

_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a zip archive (a Word or Excel file?)"),
    (b"\xd0\xcf\x11\xe0", "an old binary Office file (.doc or .xls)"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"ID3", "a sound file"),
    (b"OggS", "a sound file"),
    (b"RIFF", "a sound file"),
)
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x7f]")
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x1B), 0x7F])
"""The same as bytes: where the data hold none, the text needn't be searched."""
_TYPOGRAPHY = set("«»—–…„“”‘’№©§°±·•\xa0\xad€™")
SOFT = "\xad"
_MIXED_WORD = re.compile(r"[A-Za-z][А-яЁё]|[А-яЁё][A-Za-z]")
_TURNED_CASE = re.compile(r"[а-яё][А-ЯЁ]")
_ONE_BYTE = ("cp1251", "koi8-r", "cp866")
_COUNTS = dict(
    zip(
        "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
        (
            1098, 848, 799, 737, 670, 632, 547, 474, 453, 434, 349, 321, 298, 281, 262, 200, 190,
            174, 169, 164, 159, 144, 121, 97, 94, 72, 64, 49, 36, 33, 27, 4, 4,
        ),
        strict=True,
    )
)  # fmt: skip
"""How often letters stand among ten thousand of Russian text."""
_LETTERS = {letter: math.log(count / 10_000) for letter, count in _COUNTS.items()}
_USUAL = -3.8
"""Russian words have about -3; letters drawn at random -4.3."""
_CLEAR = 0.3
_CYRILLIC = re.compile(r"[А-яЁё]")


def load(path: str | Path) -> bytes:
    """Read a whole file; `ReadError` for a missing, unreadable or empty one."""
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise ReadError(path, "no such file; check the path") from None
    except IsADirectoryError:
        raise ReadError(path, "is a folder; give the files in it") from None
    except OSError as error:
        raise ReadError(path, f"can't be read ({error.strerror}); check its permissions") from None
    blank = b"\xef\xbb\xbf \t\r\n"
    if not data[:1000].strip(blank) and not data.strip(blank):
        raise ReadError(path, "the file is empty; export it again")
    return data


def decode(path: str | Path, data: bytes) -> tuple[str, str]:
    """Decode to text (LF, NFC, no byte-order mark) and name the encoding.

    `UnknownFormat` where the bytes are no text at all, `ReadError` with the line of the first
    byte that neither UTF-8 nor an encoding of Russian explains.
    """
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise UnknownFormat(path, f"is {name}, not text; save it as UTF-8 text, .docx or .vtt")
    text, encoding = _decode(path, data)
    strange = _BINARY.search(text) if len(data.translate(None, _CONTROLS)) != len(data) else None
    if strange:
        raise UnknownFormat(
            path,
            f"is no text: control character {strange.group()!r}; save it as UTF-8 text",
            line=text.count("\n", 0, strange.start()) + 1,
        )
    return tidy(text), encoding


def opening(data: bytes, size: int = 400) -> str:
    """Give the first characters of a file for a probe; what doesn't decode is left out."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data[:size].decode("utf-16", errors="ignore")
    wide = _without_mark(data[:size])
    return data[:size].decode(wide or "utf-8-sig", errors="ignore")


def _without_mark(data: bytes) -> str | None:
    """Name the kind of UTF-16 of a text without a mark: its zeros stand on one side."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if max(even, odd) < 0.02 * len(data) or min(even, odd) > 0:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def tidy(text: str) -> str:
    """LF line ends and NFC, so that an offset means the same everywhere."""
    lines = text.replace("\r\n", "\n") if "\r" in text else text
    lines = lines.replace("\r", "\n") if "\r" in lines else lines
    return unicodedata.normalize("NFC", lines)


def whole(text: str) -> str:
    """Join surrogates that escapes left apart; a lone one becomes U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def without_soft_hyphens(text: str) -> tuple[str, tuple[str, ...]]:
    """Take soft hyphens out, which split words unseen, and say how many they were."""
    count = text.count(SOFT)
    return text.replace(SOFT, ""), ((f"{count} soft hyphens within words",) if count else ())


def _decode(path: str | Path, data: bytes) -> tuple[str, str]:
    if data.startswith(b"\xef\xbb\xbf"):
        data, name = data[3:], "utf-8 with a byte-order mark"
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(path, data, "utf-16"), "utf-16"
    elif b"\0" in data and (wide := _without_mark(data)):
        text = data.decode(wide, errors="replace")
        if "\ufffd" not in text and not _BINARY.search(text) and _is_written(text):
            return text, f"{wide} without a byte-order mark"
        name = "utf-8"
    else:
        name = "utf-8"
    try:
        return data.decode("utf-8"), name
    except UnicodeDecodeError as error:
        found = _one_byte(data)
        if found is not None:
            return found
        raise ReadError(
            path,
            f"byte 0x{data[error.start]:02x} is neither UTF-8 nor plainly Russian Windows-1251, "
            "KOI8-R or CP866; open the file in an editor and save it as UTF-8",
            line=data.count(b"\n", 0, error.start) + 1,
        ) from None


def _one_byte(data: bytes) -> tuple[str, str] | None:
    """Decode Russian of one byte a letter; None where the evidence is not clear."""
    texts = {name: data.decode(name, errors="replace") for name in _ONE_BYTE}
    scores = {name: _russian(text) for name, text in texts.items()}
    best, second = sorted(scores, key=lambda n: scores[n], reverse=True)[:2]
    if scores[best] < _USUAL or scores[best] - scores[second] < _CLEAR:
        return None
    return texts[best], best


def _is_written(text: str) -> bool:
    """Tell words in Latin or Cyrillic script from bytes read as wide characters."""
    usual = sum(c < "\x7f" or "\u0400" <= c <= "\u045f" or c in _TYPOGRAPHY for c in text)
    return usual >= 0.9 * len(text)


def _strict(path: str | Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise ReadError(path, f"broken {encoding}; save the file as UTF-8") from None


def _russian(text: str) -> float:
    """Mean logarithm of how frequent the letters are in Russian; minus infinity if it is none.

    In Russian the high characters are Cyrillic letters and typography, mostly small letters
    (KOI8-R read as 1251 swaps the case, broken UTF-8 is full of capital Р and С), in words
    without Latin letters (which accents of Western encodings would give) and without capitals
    after small letters.
    """
    high = [c for c in text if ord(c) > 127]
    russian = _CYRILLIC.findall(text)
    small = sum(c.islower() for c in russian)
    explained = len(russian) + sum(c in _TYPOGRAPHY for c in high)
    if (
        explained < 0.97 * len(high)
        or small <= 0.6 * len(russian)
        or len(_MIXED_WORD.findall(text)) > 0.02 * len(russian)
        or len(_TURNED_CASE.findall(text)) > 0.008 * len(russian)
    ):
        return -math.inf
    return sum(_LETTERS[c.lower()] for c in russian) / max(1, len(russian))
