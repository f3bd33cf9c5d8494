"""Office files are zip archives of XML from strangers: looked at before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

from cjmresearch.errors import ReadError

MAX_BYTES = 500_000_000
MAX_RATIO = 200
DAMAGED = (
    zipfile.BadZipFile, zlib.error, EOFError, LookupError, NotImplementedError, OSError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What `zipfile` raises on archives that are cut, altered or encrypted."""
_SMALL = 20_000_000
"""Below this size a high ratio is only a repetitive table."""


def is_zip(data: bytes) -> bool:
    """Tell a file that begins like a zip archive."""
    return data.startswith(b"PK\x03\x04")


def has_member(data: bytes, name: str) -> bool:
    """Tell a readable zip archive that holds a member."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return name in archive.namelist()
    except DAMAGED:
        return False


def open_safely(path: Path, data: bytes) -> zipfile.ZipFile:
    """Open an archive after its sizes were checked; `ReadError` for a bomb or a damaged file.

    The sizes come from the directory of the archive; `zipfile` stops at them while unpacking, so
    that a member cannot grow beyond what it declares.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except DAMAGED:
        raise ReadError(path, "the archive is damaged or cut off; export the file again") from None
    size = sum(member.file_size for member in archive.infolist())
    if size > MAX_BYTES or (size > _SMALL and size > MAX_RATIO * len(data)):
        raise ReadError(
            path,
            f"unpacks from {len(data):,} to {size:,} bytes (limits: {MAX_BYTES:,} bytes and "
            f"{MAX_RATIO} times); not opened, for it looks like a zip bomb",
        )
    return archive


def member(path: Path, archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack one member."""
    try:
        return archive.read(name)
    except DAMAGED as error:
        raise ReadError(
            path, f"{name} is damaged ({brief(error)}); export the file again"
        ) from None


def brief(error: Exception) -> str:
    """Give the words of a parser's error on one short line."""
    return " ".join(str(error).split())[:80] or type(error).__name__
