"""A real JupyterLab and a real Chromium for tests; waits are for conditions, not for seconds."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = int(
    os.environ.get("CJM_PATIENCE", "120000")
)  # ms; two busy cores are slow, and a condition that holds ends the wait at once
OVERRIDES = {
    "@jupyterlab/apputils-extension:notification": {
        "fetchNews": "false",
        "checkForUpdates": False,
        "doNotDisturbMode": True,
    },
    "@jupyterlab/apputils-extension:themes": {"theme": "JupyterLab Light"},
}
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def chromium() -> str | None:
    """Find Chromium of the system; playwright's own is never downloaded."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return os.environ.get("CJM_CHROMIUM") or found or shutil.which("google-chrome")


def notebook(cells: Sequence[str]) -> str:
    """Write a notebook of code cells."""
    return json.dumps(
        {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "source": source,
                    "metadata": {},
                    "outputs": [],
                    "execution_count": None,
                }
                for number, source in enumerate(cells)
            ],
            "metadata": {"kernelspec": KERNEL, "language_info": {"name": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


@contextmanager
def running(root: Path, own: Path, environment: dict[str, str]) -> Iterator[str]:
    """Run JupyterLab on the folder `root`, with settings in `own`; gives the address to open."""
    settings = own / "config" / "labconfig"
    settings.mkdir(parents=True)
    (settings / "default_setting_overrides.json").write_text(json.dumps(OVERRIDES))
    token = secrets.token_hex(16)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    names = {
        "HOME": "home",
        "IPYTHONDIR": "ipython",
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
    }
    for folder in names.values():
        (own / folder).mkdir(exist_ok=True)
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *(f"--ServerApp.root_dir={root}", f"--ServerApp.port={port}"),
        *("--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        # Tests kill kernels: the server has to notice at once, and every time.
        *("--KernelRestarter.time_to_dead=0.3", "--KernelRestarter.restart_limit=100000"),
        *("--expose-app-in-browser", "--LabApp.news_url=", "--LabApp.extension_manager=readonly"),
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    variables = dict(os.environ) | {n: str(own / folder) for n, folder in names.items()}
    variables |= {"JUPYTER_PREFER_ENV_PATH": "1", **environment}
    with (own / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env=variables, stdout=log, stderr=log, cwd=root)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/status?token={token}", server, own / "lab.log")
            yield f"http://127.0.0.1:{port}/lab?token={token}&reset"
        finally:
            server.terminate()
            server.wait(timeout=60)


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class Lab:
    """One page of JupyterLab, in which notebooks are opened, run and closed."""

    def __init__(self, page: Any, url: str) -> None:
        self.page = page
        self._url = url
        page.set_default_timeout(PATIENCE)
        self._load()

    def _load(self) -> None:
        self.page.goto(self._url)
        self.page.wait_for_function("() => window.jupyterapp?.restored !== undefined")
        self.page.evaluate("() => window.jupyterapp.restored")

    def _open(self, path: str) -> None:
        page = self.page
        self._execute("docmanager:open", {"path": path})
        page.wait_for_function(
            """path => {
                const shown = window.jupyterapp.shell.currentWidget;
                return shown?.context?.path === path
                    && shown.context.isReady
                    && shown.context.sessionContext.session?.kernel?.status === 'idle';
            }""",
            arg=path,
        )

    def reload(self, path: str) -> None:
        """Save the notebook, load JupyterLab anew and open the notebook with its kernel."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
        self._load()
        self._open(path)

    @contextmanager
    def opened(self, path: str) -> Iterator[Any]:
        """Open a notebook and wait for its kernel; saved, shut down and closed at the end."""
        page = self.page
        self._open(path)
        try:
            yield page
        finally:
            page.evaluate(
                """async () => {
                    const shown = window.jupyterapp.shell.currentWidget;
                    await shown.context.save();
                    await shown.context.sessionContext.shutdown();
                    shown.close();
                }"""
            )

    def _execute(self, command: str, arguments: dict[str, str]) -> None:
        """Execute a command of JupyterLab; what it gives back is no JSON and stays there."""
        self.page.evaluate(
            "async ([id, args]) => { await window.jupyterapp.commands.execute(id, args); }",
            [command, arguments],
        )

    def run_all(self) -> None:
        """Run every cell to its end; a cell that failed fails the test."""
        self._execute("notebook:run-all-cells", {})
        self.page.wait_for_function(
            """() => {
                const shown = window.jupyterapp.shell.currentWidget;
                const cells = shown.content.widgets.filter(c => c.model.type === 'code');
                const done = c => c.model.executionCount !== null || !c.model.sharedModel.source;
                return cells.every(done)
                    && shown.context.sessionContext.session.kernel.status === 'idle';
            }"""
        )
        errors = self.errors()
        if errors:
            raise AssertionError("\n".join(errors))

    def errors(self) -> list[str]:
        """List the error outputs of the open notebook."""
        found: list[str] = self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets
                .filter(c => c.model.type === 'code')
                .flatMap(c => c.model.outputs.toJSON())
                .filter(o => o.output_type === 'error')
                .map(o => `${o.ename}: ${o.evalue}`)"""
        )
        return found

    def theme(self, name: str) -> None:
        """Change to `JupyterLab Light` or `JupyterLab Dark`."""
        self._execute("apputils:change-theme", {"theme": name})
        light = "true" if name.endswith("Light") else "false"
        self.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")
