"""How kernels start here: IPython runs this in each of them, with its configuration as `c`."""

import os
import sys
from typing import Any

c: Any
c.IPKernelApp.log_level = 40  # noqa: F821  # or else each warns that it listens without encryption

if "WORKBOOK_UNATTENDED" in os.environ:
    modules: dict[str, Any] = sys.modules
    modules["debugpy"] = None  # nobody will ask for the debugger, which takes a third of the start

    # A kernel that ends closes its outputs while the thread that took the order may still wait for them, so
    # that every eighth takes three seconds to go. Here that thread ends first.
    from ipykernel.kernelapp import IPKernelApp

    application: Any = IPKernelApp
    start = application.start

    def start_and_end_in_order(app: Any) -> None:
        """Run the kernel, then have that thread finish what it is about."""
        start(app)
        if app.control_thread is not None and app.control_thread.is_alive():
            app.control_thread.stop()
            app.control_thread.join(1)

    application.start = start_and_end_in_order
