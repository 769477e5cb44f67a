"""The workflows of GitHub, as its own schema sees them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from workbook.layout import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def checked(workflow: Path) -> subprocess.CompletedProcess[str]:
    """What check-jsonschema says of a workflow; it ends with 0 where all is well."""
    options = ["--builtin-schema", "vendor.github-workflows", str(workflow)]
    command = [sys.executable, "-m", "check_jsonschema", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
