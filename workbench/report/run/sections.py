"""The sections of a chapter while it runs: which can still be computed, and what became of the others.

What happens when a section cannot be computed is decided here for all chapters. A rule that refuses its data, or a
fault of the program, costs that section and those that rest on it; everything else of the chapter stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.errors import ChapterError
from workbench.core.findings import spoken_from, spoken_json
from workbench.core.language import Message, Spoken, is_spoken, message
from workbench.core.listing import listed
from workbench.report.chapter import Chapter, Section
from workbench.report.run.raised import Raised
from workbench.store import Wave
from workbench.store.manifest import SectionRun, SectionState

TAG = "section-"


def section_of(tags: Iterable[str]) -> str | None:
    """Return the section a cell belongs to; None for the ground of its chapter.

    Examples
    --------
    >>> section_of(["lang-en", "section-drivers"]), section_of(["parameters"])
    ('drivers', None)
    """
    return next((t.removeprefix(TAG) for t in tags if t.startswith(TAG)), None)


@dataclass
class Sections:
    """What became of the sections of a chapter that is running, cell by cell.

    Attributes
    ----------
    chapter, wave
        What is running.
    runs
        Section → what became of it, once its first cell has been reached.
    tracebacks
        Section (empty for the ground) → where the program broke, for the log.
    failure
        Why the chapter as a whole failed: what a cell of its ground raised.
    cost
        Processor seconds and the most memory in MB that its kernel has taken; missing where the system cannot tell.
    """

    chapter: Chapter
    wave: Wave
    runs: dict[str, SectionRun] = field(default_factory=dict)
    tracebacks: dict[str, str] = field(default_factory=dict)
    failure: SectionRun | None = None
    cost: tuple[float, float] | None = None

    def skips(self, tags: Sequence[str]) -> bool:
        """Tell whether a cell is not to be run, because its section cannot be computed."""
        name = section_of(tags)
        if name is None:
            return False
        if name not in self.runs:
            section = self._section(name)
            self.runs[name] = self._before(section).model_copy(update={"title": spoken_json(section.title)})
        return self.runs[name].state != "computed"

    def failed(self, tags: Sequence[str], raised: Raised, traceback: str) -> bool:
        """Take note of what a cell raised, and tell whether the chapter goes on without its section."""
        name = section_of(tags)
        if "contract" in tags:
            # it tells a test the numbers of the default demo, of all its sections; other waves need not have them
            return True
        found = {"state": raised.state, "rule": raised.rule, "found": raised.found, "fix": raised.fix}
        if not raised.is_refusal:
            self.tracebacks[name or ""] = traceback
        if name is None:
            self.failure = SectionRun(title=spoken_json(self.chapter.title), **found)
            return False
        self.runs[name] = self.runs[name].model_copy(update=found)
        return True

    @property
    def not_made(self) -> frozenset[str]:
        """Artefacts of sections that were not computed."""
        return frozenset(a for s in self.chapter.sections if self._is_off(s.id) for a in s.makes)

    def _is_off(self, name: str) -> bool:
        return name in self.runs and self.runs[name].state != "computed"

    def _section(self, name: str) -> Section:
        for section in self.chapter.sections:
            if section.id == name:
                return section
        raise ChapterError(
            "A chapter declares the sections of its notebook.",
            found=f"cells of a section {name!r}",
            fix=f"Declare it in the chapter's 'sections'; declared: {', '.join(s.id for s in self.chapter.sections)}.",
            where=self.chapter.name,
        )

    def _before(self, section: Section) -> SectionRun:
        """Decide whether a section can be computed at all."""
        if section.instead_of in self.runs and not self._is_off(section.instead_of):
            return _not_run("not needed", message("Another part shows it."))
        reason = section.left_out(self.wave)
        if reason is not None:
            return _not_run("left out", reason)
        for name in section.after:
            if not self._is_off(name):
                continue
            other = self._section(name).title
            if self.runs[name].state == "left out":
                return _not_run("left out", message("It rests on “{section}”, which is left out.", section=other))
            return _not_run("rests", message("It rests on “{section}”, which could not be computed.", section=other))
        missing = [n for n in section.needs if not self.wave.has(n)]
        if not missing:
            return SectionRun()
        text = message("It needs {tables}, which this wave does not have.", tables=listed(missing))
        return _not_run("left out", text)


def _not_run(state: SectionState, reason: Message) -> SectionRun:
    return SectionRun(state=state, rule=spoken_json(reason))


def words_of(kept: Any) -> Spoken | str:
    """Return the words of a record: a sentence that reads in every language, or text."""
    found = spoken_from(kept)
    return found if is_spoken(found) else str(found)


@dataclass(frozen=True)
class NotComputed:
    """A section, or a whole chapter (``section`` is None), that should have been computed and was not.

    Attributes
    ----------
    chapter
        Name of the chapter.
    section
        Title of the section.
    run
        Why.
    """

    chapter: str
    section: Spoken | str | None
    run: SectionRun

    @property
    def reason(self) -> Spoken | str:
        """What was broken, in the words of the rule; of a fault of the program only that it is one."""
        if self.run.state == "fault":
            return message("The program has a fault.")
        return words_of(self.run.rule)


def sections_not_computed(wave: Wave) -> list[NotComputed]:
    """Return the sections and chapters of a wave that should have been computed and were not.

    Parameters
    ----------
    wave
        A wave whose chapters have run.

    Returns
    -------
    list of NotComputed
        In the order of the chapters; what was left out, because there is nothing to show, does not count.
    """
    manifest = wave.manifest
    found = [NotComputed(name, None, run) for name, run in manifest.failures.items()]
    for name, chapter in manifest.chapters.items():
        found += [NotComputed(name, words_of(s.title), s) for s in chapter.sections.values() if s.is_missing]
    return sorted(found, key=lambda f: f.chapter)
