"""How commands speak: one console for answers, one for remarks, and errors as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console

console = Console(highlight=False)
remarks = Console(highlight=False, stderr=True)


def remark(text: str) -> None:
    """Say what is no answer: it does not go into a pipe."""
    remarks.print(text, style="dim", markup=False, soft_wrap=True)


@contextmanager
def sentences(*kinds: type[Exception]) -> Iterator[None]:
    """Turn the errors that a reader can cause into sentences."""
    try:
        yield
    except kinds as error:
        raise click.ClickException(str(error)) from None
