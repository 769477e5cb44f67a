"""A JupyterLab of a folder, with no settings of the reader's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbook import processes


@contextmanager
def jupyterlab(folder: Path, *options: str) -> Iterator[str]:
    """The address of one that shows the folder."""
    homes = {name: str(folder / ".jupyter" / name) for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")}
    environment = {**os.environ, **{f"JUPYTER_{name}": home for name, home in homes.items()}}
    with (folder / "lab.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", *options, "."],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            **processes.OWN_GROUP,
        )
        try:
            yield address(folder, server)
        finally:
            processes.end(server)
            server.wait()


def address(folder: Path, server: subprocess.Popen[bytes]) -> str:
    """Where it listens, as soon as it has said so in a file."""
    for _ in range(300):
        for record in (folder / ".jupyter" / "RUNTIME_DIR").glob("jpserver-*.json"):
            known = json.loads(record.read_text("utf-8") or "{}")
            if known:
                return f"{known['url']}lab?token={known['token']}"
        assert server.poll() is None, (folder / "lab.log").read_text("utf-8")
        time.sleep(0.1)
    raise AssertionError((folder / "lab.log").read_text("utf-8"))
