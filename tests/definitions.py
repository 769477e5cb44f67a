"""What a chapter defines in its cells, for the tests to use."""

from __future__ import annotations

import re
from typing import Any

from workbook.layout import Chapter


def on_the_page(slug: str, *beginnings: str, **names: Any) -> dict[str, Any]:
    """What those cells of the chapter define in which one of these lines stands; `names` are there before."""
    text = Chapter(slug, None).text
    cells = re.findall(r"^```\{code-cell\} ipython3\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for beginning in beginnings:
        (cell,) = [cell for cell in cells if f"\n{beginning}" in f"\n{cell}"]
        exec(re.sub(r"^:tags: .*$", "", cell, flags=re.MULTILINE), names)
    return names
