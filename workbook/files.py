"""Files that nobody ever finds half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def beside(place: Path) -> Iterator[Path]:
    """A new file in the folder of `place`, to be filled and then moved there at once; else it is removed.

    Its name begins and ends as that of `place`, so that git ignores it where it ignores such names.
    """
    handle, name = tempfile.mkstemp(prefix=f"{place.stem}.", suffix=f".part{place.suffix}", dir=place.parent)
    os.close(handle)
    part = Path(name)
    try:
        part.chmod(0o666 & ~_umask())
        yield part
    finally:
        part.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
