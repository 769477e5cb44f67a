"""How kernels start here: IPython runs this in each of them, with its configuration as `c`."""

import os
import sys
from typing import Any

c: Any
c.IPKernelApp.log_level = 40  # noqa: F821  # or else each warns that it listens without encryption

if "WORKBOOK_UNATTENDED" in os.environ:
    modules: dict[str, Any] = sys.modules
    modules["debugpy"] = None  # nobody will ask for the debugger, which takes a third of the start
