"""A PostgreSQL server of our own for the tests: a temporary folder, a socket, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PROGRAMS = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name)
)
ABSENT = "PostgreSQL is not installed (apt-get install postgresql)"


def installed() -> bool:
    """Whether the server's programs are on this machine."""
    return bool(_PROGRAMS)


def _run(*command: str) -> None:
    """Run a program of the server; it refuses to be root, so root becomes `postgres`."""
    other = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*other, str(_PROGRAMS[-1] / command[0]), *command[1:]],
        capture_output=True, text=True, check=False, cwd="/", stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


@contextmanager
def server(*, durable: bool = False) -> Iterator[Path]:
    """Start a server and give its folder, in which the socket is; it goes when the block ends.

    Unless it is `durable` it doesn't wait for the disk: nothing here pulls the plug, and what the
    disk keeps is tested with SQLite.
    """
    folder = Path(tempfile.mkdtemp(prefix="cjm-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    try:
        _run("initdb", "-D", str(data), "-U", "cjm", "-A", "trust", "-E", "UTF8", "-N",
             "--locale=C.UTF-8")  # fmt: skip
        settings = {
            "fsync": "on" if durable else "off",
            "listen_addresses": "''",
            "unix_socket_directories": f"'{folder}'",
        }
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        _run("pg_ctl", "start", "-w", "-D", str(data), "-l", str(folder / "log"), "-o", options)
        try:
            yield folder
        finally:
            _run("pg_ctl", "stop", "-w", "-D", str(data), "-m", "fast")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def url(folder: Path, database: str) -> str:
    """URL of a database of the server."""
    return f"postgresql://cjm@/{database}?host={folder}"


def statement(folder: Path, *statements: str, database: str = "postgres") -> None:
    """Run statements as the owner of the server, each by itself."""
    import psycopg

    with psycopg.connect(url(folder, database), autocommit=True) as connection:
        for text in statements:
            connection.execute(text)
