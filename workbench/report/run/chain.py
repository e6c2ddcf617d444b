"""The chains of waves: which chapters must run, in what order, side by side, and what is done already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from os import cpu_count
from pathlib import Path
from typing import Any

from workbench.core.engine.memo import FOLDER, forget_unused
from workbench.core.language import message
from workbench.report.chapter import Chapter
from workbench.report.run.execute import Executed, FailedChapterError, execute_chapter
from workbench.report.run.keys import chapter_parts, key_of
from workbench.report.run.locks import wave_lock
from workbench.report.run.outcomes import Outcome, Progress
from workbench.report.run.reasons import why_again
from workbench.store import Wave
from workbench.store.manifest import ChapterRun, Manifest, commit
from workbench.store.provenance import package_versions


def run_chain(
    wave: Wave, chapters: Sequence[Chapter], notebooks: Path, progress: Progress, *, workers: int | None = None
) -> dict[str, Outcome]:
    """Run the chapters of a wave that are not up to date.

    Parameters
    ----------
    wave
        An opened wave.
    chapters
        The chapters, each after those it waits for.
    notebooks
        Folder of their notebooks.
    progress
        Is told what happens.
    workers
        Chapters run side by side; default: as many as there are cores, at most four.

    Returns
    -------
    dict
        Chapter name → what became of it.

    Raises
    ------
    LockedError
        If this wave is being run by somebody else.

    Notes
    -----
    A chapter that fails stops nothing but itself. Nothing that it ever made stands any longer: those that come after
    run with what is there, and are left out where they cannot do without. `raise_for_faults` tells of it in the end.
    """
    return run_chains([wave], chapters, notebooks, progress, workers=workers)[0]


def run_chains(
    waves: Sequence[Wave],
    chapters: Sequence[Chapter],
    notebooks: Path,
    progress: Progress,
    *,
    workers: int | None = None,
    finished: Callable[[Wave, Mapping[str, Outcome]], None] | None = None,
) -> list[dict[str, Outcome]]:
    """Run the chapters of several waves that are not up to date; a later wave need not wait for all of an earlier one.

    Parameters
    ----------
    waves
        Opened waves, each after the one it follows.
    chapters, notebooks, progress, workers
        As for `run_chain`; with several waves chapters are told by wave and name.
    finished
        Called, beside the chapters still running, when all chapters of a wave are done.

    Returns
    -------
    list of dict
        For each wave what `run_chain` returns.

    Raises
    ------
    LockedError
        As `run_chain`.
    """
    with ExitStack() as locks:
        for wave in waves:
            locks.enter_context(wave_lock(wave))
        chains = [_Chain(wave, list(chapters), {}) for wave in waves]
        _run_locked(chains, chapters, notebooks, progress, workers or min(cpu_count() or 1, 4), finished)
    return [c.outcomes for c in chains]


def forget_gone(wave: Wave, chapters: Sequence[Chapter]) -> None:
    """Take out of a wave's manifest what chapters made, or failed at, that are no longer there."""
    manifest, names = wave.manifest, {c.name for c in chapters}
    for gone in sorted({*manifest.chapters, *manifest.failures} - names):
        with wave_lock(wave):
            commit(wave.artefacts, partial(Manifest.without_chapter, name=gone))


@dataclass(frozen=True)
class _Reason:
    """What a chapter's result depends on when it starts, and why it has to run."""

    parts: Mapping[str, str]
    why: tuple[str, ...]


@dataclass(eq=False)
class _Chain:
    """A wave on its way: chapters that wait, what became of the others, and which of them failed or rest on one."""

    wave: Wave
    waiting: list[Chapter]
    outcomes: dict[str, Outcome]
    gone: set[str] = field(default_factory=set)
    handed_on: bool = False

    def lacks(self, chapter: Chapter, chapters: Sequence[Chapter]) -> Chapter | None:
        """Return a chapter that could not compute what another reads, None if there is none."""
        for made_by in chapters:
            outcome = self.outcomes.get(made_by.name, Outcome("ran"))
            off = [a for s in made_by.sections if outcome.lacks(s.id) for a in s.makes]
            if set(made_by.makes if made_by.name in self.gone else off) & set(chapter.reads):
                return made_by
        return None

    def ready(self, chapters: Sequence[Chapter], chains: Sequence[_Chain]) -> list[Chapter]:
        """Return the chapters whose inputs are there, those of the wave before included."""
        names = {c.name for c in chapters}
        before = next((c for c in chains if c.wave.config.wave == self.wave.config.previous), None)
        return [
            c
            for c in self.waiting
            if all(a in self.outcomes for a in c.after if a in names)
            and (before is None or all(n in before.outcomes for n in _needed_before(c, chapters)))
        ]


def _needed_before(chapter: Chapter, chapters: Sequence[Chapter]) -> list[str]:
    """Return the chapters of the wave before whose results a chapter may use."""
    used = {*chapter.reads, *chapter.makes, *chapter.reads_before}
    return [c.name for c in chapters if c.name == chapter.name or used & set(c.makes)]


def _run_locked(
    chains: Sequence[_Chain],
    chapters: Sequence[Chapter],
    notebooks: Path,
    progress: Progress,
    workers: int,
    finished: Callable[[Wave, Mapping[str, Outcome]], None] | None,
) -> None:
    running: dict[Future[Executed], tuple[_Chain, Chapter, _Reason]] = {}
    closing: set[Future[None]] = set()
    failure: BaseException | None = None

    def shown(chain: _Chain, chapter: Chapter) -> Chapter:
        return chapter if len(chains) == 1 else replace(chapter, name=f"{chain.wave.config.wave}/{chapter.name}")

    with ThreadPoolExecutor(workers) as pool:
        while running or closing or (failure is None and any(c.waiting or not c.handed_on for c in chains)):
            moved = False
            for chain in chains if failure is None else ():
                for chapter in chain.ready(chapters, chains):
                    moved = True
                    chain.waiting.remove(chapter)
                    outcome = _without_running(chapter, chain, chapters, notebooks)
                    if isinstance(outcome, _Reason):
                        progress.started(shown(chain, chapter))
                        future = pool.submit(execute_chapter, chapter, chain.wave, notebooks)
                        running[future] = (chain, chapter, outcome)
                    else:
                        chain.outcomes[chapter.name] = outcome
                        progress.ended(shown(chain, chapter), outcome)
                if not chain.handed_on and len(chain.outcomes) == len(chapters):
                    moved = chain.handed_on = True
                    stand = [name for name, o in chain.outcomes.items() if o.state != "left out"]
                    forget_unused(chain.wave.artefacts / FOLDER, stand)
                    if finished is not None:
                        closing.add(pool.submit(finished, chain.wave, chain.outcomes))
            if moved and not running and not closing:
                continue
            pending: list[Future[Any]] = [*running, *closing]
            for done in wait(pending, return_when=FIRST_COMPLETED).done:
                error = done.exception()
                if done in closing:
                    closing.remove(done)
                    failure = failure or error
                    continue
                chain, chapter, reason = running.pop(done)
                if error is not None and not isinstance(error, FailedChapterError):
                    failure = failure or error
                    continue
                outcome = _failed(chain, chapter, error) if error else _ran(chain, chapter, reason, done.result())
                chain.outcomes[chapter.name] = outcome
                progress.ended(shown(chain, chapter), outcome)
    if failure is not None:
        raise failure


def _ran(chain: _Chain, chapter: Chapter, reason: _Reason, executed: Executed) -> Outcome:
    """Record a chapter that ran to its end; of what it ever made only this run's stands."""
    entry = _chapter_run(reason.parts, executed, chain.wave.artefacts)
    commit(chain.wave.artefacts, lambda m: m.with_chapter(chapter.name, entry))
    return Outcome(
        "ran",
        executed.seconds,
        warnings=executed.warnings,
        sections=executed.sections,
        tracebacks=executed.tracebacks,
        cost=executed.cost,
        rows=executed.rows,
        why=reason.why,
    )


def _failed(chain: _Chain, chapter: Chapter, error: FailedChapterError) -> Outcome:
    """Record a chapter that failed."""
    chain.gone.add(chapter.name)
    commit(chain.wave.artefacts, lambda m: m.with_failure(chapter.name, error.failure))
    return Outcome("failed", error=error, tracebacks={"": error.traceback} if error.traceback else {})


def _without_running(
    chapter: Chapter, chain: _Chain, chapters: Sequence[Chapter], notebooks: Path
) -> Outcome | _Reason:
    wave = chain.wave
    reason = chapter.left_out(wave)
    if reason is not None:
        # a study's own chapter may read whatever is there, so what it lacks it says itself
        other = chain.lacks(chapter, chapters) if chapter.home is None else None
        if other is not None:
            chain.gone.add(chapter.name)
            reason = message("It rests on “{section}”, which could not be computed.", section=other.title)
        commit(wave.artefacts, lambda m: m.without_chapter(chapter.name))
        return Outcome("left out", reason=reason)
    parts = chapter_parts(chapter, wave, notebooks)
    why = why_again(chapter, wave, parts)
    if why:
        return _Reason(parts, why)
    return Outcome("unchanged", sections=wave.manifest.chapters[chapter.name].sections)


def _chapter_run(parts: Mapping[str, str], executed: Executed, artefacts: Path) -> ChapterRun:
    return ChapterRun(
        key=key_of(parts),
        parts=parts,
        parameters={k: v for k, v in executed.parameters.items() if k != "wave_folder"},
        made=executed.made,
        notebook=str(executed.notebook.relative_to(artefacts)),
        seconds=round(executed.seconds, 2),
        finished=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        versions=package_versions(),
        sections=executed.sections,
    )
