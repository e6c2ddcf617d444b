"""What a chapter of the report is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from workbench.core.language import Message
from workbench.store import Wave

# what every chapter may use of wave.yaml without saying so
COMMON = ("study", "wave", "previous", "as_of", "engine", "privacy.minimum_cell")
# what decides who is on a list of people, and how it is written
LIST_SETTINGS = ("privacy.ground", "privacy.encrypt_lists", "privacy.recipients")


class ChapterParameters(BaseModel):
    """Base of every notebook's parameters: unknown ones stop the run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wave_folder: str = "data/demo/2026q3"


def _always(_: Wave) -> Message | None:
    return None


@dataclass(frozen=True)
class Section:
    """A part of a chapter that stands or falls alone: its cells carry the tag ``section-<id>``.

    Attributes
    ----------
    id
        Its address within the chapter.
    title
        Its heading, shown also where it could not be computed.
    needs
        Tables and artefacts that must be there; without one the section is left out and says which.
    after
        Sections whose variables its cells use; where one of them could not be computed, neither can this one.
    makes
        Artefacts it keeps; they are missing where it could not be computed.
    left_out
        Returns why it has nothing to show for a wave, None if it has.
    instead_of
        A section before it in whose place it stands: it is shown only where that one could not be, and nobody misses
        it else.
    """

    id: str
    title: Message
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    left_out: Callable[[Wave], Message | None] = _always
    instead_of: str = ""

    @property
    def tag(self) -> str:
        """The tag of its cells."""
        return f"section-{self.id}"


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
    settings
        Keys of ``wave.yaml`` it uses besides `COMMON`, or of a part as ``loyalty.by``; a change of one makes it run
        again, and a change of another does not.
    beside
        Files of the wave's folder it uses besides those that its settings name; a change of one makes it run again.
    sections
        Its parts that stand or fall alone, in the order of the page. Cells without a section's tag are its ground:
        where one of them fails, the chapter fails.
    home
        Folder of its notebook, where it is a study's own; the report's lie together.
    """

    name: str
    title: Message
    parameters: type[ChapterParameters]
    reads: tuple[str, ...]
    makes: tuple[str, ...]
    after: tuple[str, ...]
    left_out: Callable[[Wave], Message | None]
    reads_before: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    home: Path | None = None

    def notebook(self, notebooks: Path) -> Path:
        """Return its notebook, given the folder of the report's."""
        return (self.home or notebooks) / f"{self.name}.ipynb"
