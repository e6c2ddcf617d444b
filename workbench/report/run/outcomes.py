"""What became of the chapters of a run, who is told of it, and whether anything broke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from workbench.core.errors import ChapterError, in_english
from workbench.core.language import Message
from workbench.report.chapter import Chapter
from workbench.report.run.execute import FailedChapterError
from workbench.store.manifest import SectionRun

State = Literal["ran", "unchanged", "left out", "failed"]


class Progress(Protocol):
    """What a run tells about itself."""

    def started(self, chapter: Chapter) -> None:
        """Take note that a chapter has started."""

    def ended(self, chapter: Chapter, outcome: Outcome) -> None:
        """Take note that a chapter ran, was unchanged, was left out, or failed."""


@dataclass(frozen=True)
class Outcome:
    """What became of a chapter.

    Attributes
    ----------
    state
        Whether it ran, was unchanged, was left out, or failed.
    seconds
        What it took.
    reason
        Why it was left out.
    warnings
        What it warned of.
    sections
        What became of its sections, in their order.
    tracebacks
        Section → where the program broke.
    error
        Why it failed.
    cost
        Processor seconds and the most memory in MB of a chapter that ran.
    rows
        Rows of the results it kept.
    why
        Why it ran again.
    """

    state: State
    seconds: float = 0.0
    reason: Message | None = None
    warnings: tuple[str, ...] = ()
    sections: Mapping[str, SectionRun] = field(default_factory=dict)
    tracebacks: Mapping[str, str] = field(default_factory=dict)
    error: FailedChapterError | None = None
    cost: tuple[float, float] | None = None
    rows: int = 0
    why: tuple[str, ...] = ()

    @property
    def not_computed(self) -> int:
        """How many sections should have been computed and were not."""
        return sum(s.is_missing for s in self.sections.values())

    def lacks(self, section: str) -> bool:
        """Tell whether a section was not computed, for whatever reason."""
        return section in self.sections and self.sections[section].state != "computed"


def raise_for_faults(outcomes: Mapping[str, Outcome], *, needed: bool = False) -> None:
    """Raise where the program broke, after everything that could be computed was published.

    A chapter that refuses its data says so on its page, as a section does; the report is there without it.

    Parameters
    ----------
    outcomes
        Chapter, or wave and chapter → what became of it.
    needed
        Whether there is nothing without these chapters, so that a refusal ends the command, too.

    Raises
    ------
    ChapterError
        Names every chapter that failed and every section with a fault.
    """
    broken = []
    for name, outcome in outcomes.items():
        if outcome.error is not None and (needed or outcome.error.failure.state == "fault"):
            broken.append(f"{name}: {in_english(outcome.error.found)}")
        faults = [k for k, s in outcome.sections.items() if s.state == "fault"]
        broken += [f"{name}, section {k}: {outcome.sections[k].found}" for k in faults]
    if broken:
        raise ChapterError(
            "Every part of a report is computed, or its data are refused by a rule.",
            found="; ".join(broken),
            fix="What could be computed is published. Tracebacks and notebooks lie in the wave: artefacts/failed/.",
        )
