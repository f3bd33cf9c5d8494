"""Run a benchmark against a PostgreSQL server made for it, with fsync on, and gone afterwards.

    python benchmarks/with_postgres.py benchmarks/coders.py --acts 2000

Adds `--url` of an empty database to the command.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import postgres


def main() -> int:
    """Start the server, run the command, stop the server."""
    with postgres.server(durable=True) as folder:
        postgres.statement(folder, "CREATE DATABASE benchmark")
        url = postgres.url(folder, "benchmark")
        return subprocess.call([sys.executable, "-P", *sys.argv[1:], "--url", url])


if __name__ == "__main__":
    sys.exit(main())
