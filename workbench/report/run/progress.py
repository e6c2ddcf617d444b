"""What a run says while it runs: one line a chapter, live on a terminal, plain log lines without one."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from workbench.core.errors import in_english
from workbench.report.chapter import Chapter
from workbench.report.run.outcomes import Outcome


class PlainProgress:
    """One dated line for everything that happens; for logs."""

    def wave(self, folder: Path) -> None:
        """Tell that a wave begins."""
        self._say(f"wave {folder}")

    def started(self, chapter: Chapter) -> None:
        """Tell that a chapter has started."""
        self._say(f"{chapter.name} started")

    def ended(self, chapter: Chapter, outcome: Outcome) -> None:
        """Tell what became of a chapter."""
        self._say(f"{chapter.name} {_outcome_text(outcome)}")
        for warning in outcome.warnings:
            self._say(f"{chapter.name} warning: {warning}")
        for line in _faults(outcome):
            self._say(f"{chapter.name} {line}")

    def skipped(self, folder: Path, why: str) -> None:
        """Tell that a wave is not run, and why."""
        self._say(f"wave {folder} not run: {why}")

    def published(self, front: Path, is_new: bool) -> None:
        """Tell where the pages are."""
        self._say(f"pages {'published' if is_new else 'unchanged'}: {front}")

    def _say(self, text: str) -> None:
        print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}", file=sys.stderr, flush=True)  # noqa: T201


class LiveProgress(PlainProgress):
    """The same on a terminal, with a line that shows what is running now."""

    def __init__(self, console: Console, status: Status) -> None:
        self._console, self._status = console, status
        self._running: list[str] = []

    def started(self, chapter: Chapter) -> None:
        """Show that a chapter is running."""
        self._running.append(chapter.name)
        self._refresh()

    def ended(self, chapter: Chapter, outcome: Outcome) -> None:
        """Print what became of a chapter."""
        self._drop(chapter)
        mark = {"ran": "[green]✓[/]", "unchanged": "[dim]=[/]", "left out": "[yellow]–[/]", "failed": "[red]✗[/]"}[
            outcome.state
        ]
        self._console.print(f" {mark} {chapter.name:<12} [dim]{_outcome_text(outcome)}[/]")
        for warning in outcome.warnings:
            self._console.print(f"   [yellow]{escape(warning)}[/]", highlight=False)
        for line in _faults(outcome):
            self._console.print(f"   [red]{escape(line)}[/]", highlight=False)

    def _drop(self, chapter: Chapter) -> None:
        if chapter.name in self._running:
            self._running.remove(chapter.name)
        self._refresh()

    def _refresh(self) -> None:
        self._status.update(", ".join(self._running) or "reading files and rendering pages")

    def _say(self, text: str) -> None:
        self._console.print(f"[bold]{text}[/]", highlight=False)


@contextmanager
def show_progress() -> Iterator[PlainProgress]:
    """Return the progress display that fits where the output goes."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield PlainProgress()
        return
    with console.status("reading files") as status:
        yield LiveProgress(console, status)


def _outcome_text(outcome: Outcome) -> str:
    if outcome.reason is not None:
        return f"left out: {outcome.reason.text('en')}"
    if outcome.error is not None:
        return f"FAILED: {in_english(outcome.error.found)}"
    text: str = outcome.state
    if outcome.state == "ran":
        text = f"{outcome.seconds:.1f} s"
        if outcome.cost is not None:
            text += f", {outcome.cost[0]:.1f} CPU s, {outcome.cost[1]:.0f} MB"
        if outcome.rows:
            text += f", {outcome.rows:,} rows"
        if outcome.why:
            text += f" ({'; '.join(outcome.why)})"
    if not outcome.not_computed:
        return text
    sections = "1 section" if outcome.not_computed == 1 else f"{outcome.not_computed} sections"
    return f"{text}, {sections} could not be computed"


def _faults(outcome: Outcome) -> list[str]:
    """Return where the program broke, line by line."""
    lines = []
    for section, traceback in outcome.tracebacks.items():
        lines += [f"fault in section {section}:" if section else "fault:", *traceback.splitlines()]
    return lines
