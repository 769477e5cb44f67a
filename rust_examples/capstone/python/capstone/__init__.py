"""Who asks a web server for what: access logs, counted in bounded memory.

`analyse("access.log", "access.log.1.gz")` reads them and returns a `Report`; `Analyser` takes blocks of bytes
from anywhere.
"""

from importlib.metadata import version

from capstone._core import Analyser, Problem
from capstone._report import Report, analyse

__all__ = ["Analyser", "Problem", "Report", "analyse"]
__version__ = version("pyrust-book-capstone")

from capstone._core import exercises, solutions  # noqa: F401
