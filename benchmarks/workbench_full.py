"""The trials of the coding workbench at their full numbers, in a real JupyterLab.

    python benchmarks/workbench_full.py [--sequences 200] [--kills 200] [--offsets 10000]
                                        [--minutes 240] [--first 0]

The tests run the same trials at smaller numbers. The kinds take turns, so that a run which is
stopped by `--minutes` has done some of each; the log, benchmarks/logs/workbench.txt, is written
after every round and says how many were run and what failed. A later run adds its lines; give it
another `--first` seed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from lab import Lab, chromium, running  # noqa: E402 - after its folder is known
from trials import kill_trial, offset_trial, sequence_trial  # noqa: E402

LOG = Path(__file__).parent / "logs" / "workbench.txt"
KILLS_A_ROUND, OFFSETS_A_ROUND, SEQUENCES_A_ROUND = 5, 250, 5


@dataclass
class Kind:
    """One kind of trial: how many are wanted, what each round does, what came of it."""

    name: str
    wanted: int
    a_round: int
    run: Callable[[int, int], int]
    tried: int = 0
    passed: int = 0
    checked: int = 0
    failures: list[str] = field(default_factory=list)

    def round(self, seed: int) -> None:
        """Run some; a failure is kept and the next round goes on."""
        count = min(self.a_round, self.wanted - self.tried)
        if count <= 0:
            return
        try:
            self.checked += self.run(seed, count)
            self.passed += count
        except Exception as error:  # a failed trial is a result
            ours = str(ROOT / "tests")
            frames = [f for f in traceback.extract_tb(error.__traceback__) if ours in f.filename]
            where = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
            message = " ".join(f"{type(error).__name__} {error}".split())
            self.failures.append(f"round {seed} ({where}): {message[:300]}")
        self.tried += count


def kinds(lab: Lab, root: Path, wanted: argparse.Namespace) -> list[Kind]:
    """Make the three kinds of trials; each round has a seed of its own."""

    def sequences(seed: int, count: int) -> int:
        return sum(sequence_trial(lab, root, seed=1000 * seed + n) for n in range(count))

    def kills(seed: int, count: int) -> int:
        return kill_trial(lab, root, seed=seed, kills=count)

    def offsets(seed: int, count: int) -> int:
        return offset_trial(lab, root, seed=seed, cases=count)

    return [
        Kind("kills of the kernel while coding", wanted.kills, KILLS_A_ROUND, kills),
        Kind("random sequences of acts", wanted.sequences, SEQUENCES_A_ROUND, sequences),
        Kind("offsets selected in the browser", wanted.offsets, OFFSETS_A_ROUND, offsets),
    ]


def report(trials: list[Kind], begun: float, revision: str) -> str:
    """Write what was run and what came of it."""
    units = {"kills": "codings acknowledged before a kill", "random": "acts", "offsets": "quotes"}
    lines = [
        f"# {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {(time.monotonic() - begun) / 60:.0f} minutes, "
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, revision {revision}"
    ]
    for kind in trials:
        unit = units[kind.name.split()[0]]
        lines.append(
            f"{kind.name}: {kind.passed} of {kind.wanted} passed, "
            f"{len(kind.failures)} rounds failed; {kind.checked} {unit} checked"
        )
        lines += [f"    FAILED {line}" for line in kind.failures]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Run rounds until all is done or the time is over."""
    import subprocess

    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    for name, count in (("sequences", 200), ("kills", 200), ("offsets", 10_000), ("minutes", 240)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--first", type=int, default=0, help="seed of the first round")
    wanted = parser.parse_args()
    git = ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]
    revision = subprocess.run(git, capture_output=True, text=True).stdout.strip()
    begun, seed = time.monotonic(), wanted.first
    LOG.parent.mkdir(exist_ok=True)
    earlier = LOG.read_text(encoding="utf-8") if LOG.exists() else ""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        root, own = Path(folder) / "lab", Path(folder) / "own"
        root.mkdir()
        own.mkdir()
        with running(root, own, {}) as url:
            browser = playwright.chromium.launch(
                executable_path=chromium(), args=["--no-sandbox", "--force-color-profile=srgb"]
            )
            page = browser.new_page(viewport={"width": 1400, "height": 1000})
            trials = kinds(Lab(page, url), root, wanted)
            while any(kind.tried < kind.wanted for kind in trials):
                for kind in trials:
                    kind.round(seed)
                    LOG.write_text(earlier + report(trials, begun, revision), encoding="utf-8")
                    if (time.monotonic() - begun) / 60 > wanted.minutes:
                        break
                seed += 1
                if (time.monotonic() - begun) / 60 > wanted.minutes:
                    break
            browser.close()
    print(LOG.read_text(encoding="utf-8"), end="")


if __name__ == "__main__":
    main()
