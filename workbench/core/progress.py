"""A bar for work that takes longer than a blink: in a notebook or a terminal that somebody watches, nowhere else."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Literal, TypeVar

from workbench.core.language import Message, current_language

T = TypeVar("T")

VARIABLE = "WORKBENCH_PROGRESS"
WAIT_SECONDS = 1.0
Watched = Literal["notebook", "terminal", "nobody"]


def tracked(items: Iterable[T], label: Message, *, total: int | None = None) -> Iterator[T]:
    """Yield items, and show how far that is where somebody watches.

    Parameters
    ----------
    items
        What is worked through.
    label
        What is being done.
    total
        Number of items, where `items` does not know.

    Yields
    ------
    The items. The bar appears after a second and leaves nothing behind.

    Notes
    -----
    A report's notebooks run without bars, so that pages and logs stay the same from run to run;
    ``WORKBENCH_PROGRESS=off`` does the same everywhere.

    Examples
    --------
    >>> from workbench.core.language import message
    >>> sum(tracked(range(4), message("Adding up")))
    6
    """
    if watched() == "nobody":
        yield from items
        return
    from tqdm.std import tqdm  # its automatic choice asks for a widget library

    yield from tqdm(
        items, desc=label.text(current_language()), total=total, delay=WAIT_SECONDS, leave=False, file=sys.stderr
    )


def watched() -> Watched:
    """Tell who sees what is written now."""
    if os.environ.get(VARIABLE) == "off":
        return "nobody"
    interactive = sys.modules.get("IPython")
    shell = interactive.get_ipython() if interactive else None
    if shell is not None and getattr(shell, "kernel", None) is not None:
        return "notebook"
    return "terminal" if sys.stderr is not None and sys.stderr.isatty() else "nobody"
