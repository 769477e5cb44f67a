"""Facts that the sentences of a page quote."""

from __future__ import annotations

from collections.abc import Mapping

from IPython.core.getipython import get_ipython


def glue(facts: Mapping[str, str]) -> None:
    """Hand facts to the page that runs, by key, where there is one: `{glue:text}` prints them."""
    if get_ipython() is None:
        return
    import myst_nb  # takes a while, and only pages need it

    for key, value in facts.items():
        myst_nb.glue(key, value, display=False)
