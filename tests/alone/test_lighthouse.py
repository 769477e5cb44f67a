"""What Lighthouse thinks of the book, served compressed as hosts do it: on a desk and on a slow phone.

Three pages stand for all: the first, one of prose and code, and one of plots. `EVERY_PAGE=1` has all of them
judged. Of three runs the median counts.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from abilities import node_package
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

from workbook import layout

LIGHTHOUSE = "lighthouse@12.8.2"
"""The newest that runs on Node 18 and 20, such as Linux distributions have."""

CHROMIUM = "--headless=new --no-sandbox --disable-features=Translate,OptimizationHints"
"""The list of features takes the place of the launcher's, which has RenderDocument among them: without that
Chromium shows about every other page one or two seconds after it has painted it."""

PHONE = 800
"""The phone's `benchmarkIndex`: where Lighthouse's middle class ends, a quarter of a good desktop."""

RUNS = 3
PAGES = ["index", "ownership", "parallel_processing"]
if "EVERY_PAGE" in os.environ:
    PAGES = [chapter.slug for chapter in layout.chapters()]

WANTED = {
    "desktop": {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100},
    "mobile": {"performance": 90, "accessibility": 100, "best-practices": 100, "seo": 100},
}

Report = dict[str, Any]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a folder is served meanwhile, with gzip."""
    sockets = bind_sockets(0, "127.0.0.1")
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        site = [("/(.*)", StaticFileHandler, {"path": str(folder), "default_filename": "index.html"})]
        HTTPServer(Application(site, compress_response=True)).add_sockets(sockets)

    def serve() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(listen())
        loop.run_forever()
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


@pytest.fixture(scope="module")
def site(book: Path) -> Iterator[str]:
    with served(book.parent) as address:
        yield address


def lighthouse(*arguments: str) -> str:
    """What Lighthouse writes to its standard output. Fails with its own words."""
    cli = node_package(LIGHTHOUSE) / "node_modules" / "lighthouse" / "cli" / "index.js"
    chrome = shutil.which("chromium")
    environment = os.environ | ({"CHROME_PATH": chrome} if chrome else {})
    command = ["node", str(cli), *arguments, "--quiet", f"--chrome-flags={CHROMIUM}"]
    done = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def look(address: str, form: str) -> Report:
    """One run of Lighthouse: what the browser does is recorded first and judged after that.

    The phone has a slow line, and its processor is the same on every machine and in every hour: Lighthouse
    measures how fast this one is while it records, and judges by a slowdown that leaves `PHONE` of it.
    """
    preset = ["--preset=desktop"] if form == "desktop" else []
    with TemporaryDirectory() as folder:
        lighthouse(address, *preset, f"--gather-mode={folder}")
        recorded = Path(folder, "artifacts.json")
        artifacts = json.loads(recorded.read_bytes())
        throttling = artifacts["settings"]["throttling"]
        if form == "mobile":
            throttling["cpuSlowdownMultiplier"] = round(artifacts["BenchmarkIndex"] / PHONE, 2)
            recorded.write_text(json.dumps(artifacts), "utf-8")
        slowdown = f"--throttling.cpuSlowdownMultiplier={throttling['cpuSlowdownMultiplier']}"
        judged = lighthouse(address, *preset, slowdown, f"--audit-mode={folder}", "--output=json")
    report: Report = json.loads(judged)
    assert "runtimeError" not in report, report["runtimeError"]
    return report


def scores(address: str, form: str, runs: int = RUNS) -> tuple[dict[str, float], list[str]]:
    """The median of each category, in points of a hundred, and what took points off in the last run."""
    reports = [look(address, form) for _ in range(runs)]
    found = {
        name: round(100 * median(report["categories"][name]["score"] for report in reports), 1)
        for name in reports[0]["categories"]
    }
    return found, list(complaints(reports[-1]))


def complaints(report: Report) -> Iterator[str]:
    for category in report["categories"].values():
        for reference in category["auditRefs"]:
            audit = report["audits"][reference["id"]]
            if reference["weight"] and audit["score"] is not None and audit["score"] < 1:
                yield f"{category['id']}: {audit['id']} {audit.get('displayValue', '')}".rstrip()


def short_of(wanted: dict[str, int], found: dict[str, float]) -> list[str]:
    return [f"{name} {found[name]:g} of {least}" for name, least in wanted.items() if found[name] < least]


@pytest.mark.parametrize("form", WANTED)
@pytest.mark.parametrize("page", PAGES)
def test_lighthouse_is_content(site: str, page: str, form: str) -> None:
    found, said = scores(f"{site}/book/{page}.html", form)
    print(page, form, found)
    assert not short_of(WANTED[form], found), "\n".join([f"{page}, {form}: {found}", *said])


POOR = """<!DOCTYPE html><html><head><title></title></head><body><p style="color:#ccc">Pale</p>
<img src="gone.png"><script>
  const end = performance.now() + 3000;
  while (performance.now() < end);
</script><a href="#">here</a></body></html>"""


def test_a_poor_page_would_be_noticed(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(POOR, "utf-8")
    with served(tmp_path) as address:
        found, said = scores(f"{address}/index.html", "mobile", runs=1)
    short = short_of(WANTED["mobile"], found)
    assert [sentence.split()[0] for sentence in short] == list(WANTED["mobile"]), (found, said)
