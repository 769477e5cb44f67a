"""Record when the candidates were published: `python record.py`, beside `registry.json`.

The index of crates.io serves each crate's releases as lines of JSON, to every cargo that asks. What we keep
are facts that it publishes: the version, the day, whether it was withdrawn, and the oldest rustc for it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

CRATES = ["ruff_python_parser", "rustpython-parser", "tree-sitter-python", "walkdir", "ignore", "jwalk"]


def releases(name: str) -> list[dict[str, object]]:
    """The releases of a crate, in the order in which they were published."""
    address = f"https://index.crates.io/{name[:2]}/{name[2:4]}/{name}"
    with urlopen(address, timeout=30) as answer:
        lines = [json.loads(line) for line in answer.read().splitlines()]
    kept = [
        {
            "version": line["vers"],
            "day": line["pubtime"][:10],
            "yanked": line["yanked"],
            "rustc": line.get("rust_version"),
        }
        for line in lines
    ]
    return sorted(kept, key=lambda release: str(release["day"]))


recorded = {
    "recorded": datetime.now(UTC).date().isoformat(),
    "crates": {name: releases(name) for name in CRATES},
}
path = Path(__file__).with_name("registry.json")
path.write_text(json.dumps(recorded, indent=1) + "\n", "utf-8")
