"""What is kept by hand, outside a run: seen by the process that keeps it and by nobody else.

A report must stand on what its chapters made, and on nothing that somebody tried out in a notebook. The run marks its
kernels by an environment variable, and only code that it marks writes into a wave's folder.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from workbench.core.engine.scratch import scratch_folder
from workbench.core.errors import InputError
from workbench.core.language import message
from workbench.store.manifest import Artefact, Manifest

VARIABLE = "WORKBENCH_RUN"
OWN_VARIABLE = "WORKBENCH_OWN_CHAPTER"

_here: ContextVar[str | None] = ContextVar("run", default=None)


def run_token() -> str | None:
    """Return the run that this code belongs to; None for what somebody does by hand."""
    return _here.get() or os.environ.get(VARIABLE) or None


def own_chapter() -> str | None:
    """Return the study's own chapter that a run executes in this process; None in the report's own and by hand."""
    return os.environ.get(OWN_VARIABLE) or None


def require_own(manifest: Manifest, name: str, chapter: str) -> str:
    """Return the chapter, unless another one keeps something under this name: the report would go on with it.

    Raises
    ------
    InputError
        If the name is taken.
    """
    there = manifest.artefacts.get(name)
    if there is not None and there.made_by != chapter:
        raise InputError(
            message("A study's own chapter keeps results under names of its own."),
            found=message("{name}, which {chapter} keeps", name=name, chapter=there.made_by),
            fix=message("Give it another name."),
            where=chapter,
        )
    return chapter


@contextmanager
def kept_for_good(run: str = "command") -> Iterator[None]:
    """Keep artefacts in the wave's folder inside the ``with`` block, as a run does.

    Parameters
    ----------
    run
        Name of what keeps them.

    Examples
    --------
    >>> with kept_for_good():
    ...     run_token()
    'command'
    """
    token = _here.set(run)
    try:
        yield
    finally:
        _here.reset(token)


@dataclass
class Scratch:
    """What this process keeps by hand of one wave; it is gone when the process ends.

    Attributes
    ----------
    artefacts
        Name → what was kept; the file is named in full.
    forgotten
        Artefacts of the wave that this process does not see any longer.
    """

    artefacts: dict[str, Artefact] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)

    @cached_property
    def folder(self) -> Path:
        """Folder of its files, made when first needed."""
        place = scratch_folder() / f"kept-{uuid.uuid4().hex[:8]}"
        place.mkdir(mode=0o700)
        return place

    def keep(self, name: str, entry: Artefact) -> None:
        """Keep an artefact."""
        self.artefacts[name] = entry
        self.forgotten.discard(name)

    def forget(self, name: str) -> None:
        """See an artefact no longer."""
        self.artefacts.pop(name, None)
        self.forgotten.add(name)

    def over(self, manifest: Manifest) -> Manifest:
        """Return a manifest as this process sees it."""
        if not self.artefacts and not self.forgotten:
            return manifest
        rest = manifest.without_artefacts(self.forgotten)
        return rest.model_copy(update={"artefacts": {**rest.artefacts, **self.artefacts}})


_scratches: dict[Path, Scratch] = {}


def scratch_of(artefacts: Path) -> Scratch:
    """Return what this process keeps by hand of the wave with this artefact folder."""
    return _scratches.setdefault(artefacts.resolve(), Scratch())
