"""What a chapter of the report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from workbench.core.language import Message
from workbench.store import Wave


class ChapterParameters(BaseModel):
    """Base of every notebook's parameters: unknown ones stop the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wave_folder: str = "data/demo/2026q3"


@dataclass(frozen=True)
class Chapter:
    """One notebook of the chain.

    Attributes
    ----------
    name
        Name of the notebook, such as ``10_sample``.
    title
        Title of its page.
    parameters
        Model of the notebook's parameters.
    reads
        Tables and artefacts it uses where they are there; a change of one makes it run again.
    makes
        Artefacts it must have kept when it has run.
    after
        Chapters that must be finished, or left out, before it starts.
    left_out
        Returns why it cannot run for a wave, None if it can.
    reads_before
        What it uses of the wave before, besides what it reads and makes itself.
    """

    name: str
    title: Message
    parameters: type[ChapterParameters]
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    after: tuple[str, ...]
    left_out: Callable[[Wave], Message | None]
    reads_before: tuple[str, ...] = ()
