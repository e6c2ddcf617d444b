"""The chains of waves: which chapters must run, in what order, side by side, and what is done already."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from os import cpu_count
from pathlib import Path
from typing import Any, Literal, Protocol

from filelock import FileLock, Timeout

from workbench.core.errors import LockedError
from workbench.core.language import Message
from workbench.report.chapter import Chapter
from workbench.report.run.execute import Executed, chapter_parameters, execute_chapter
from workbench.store import Wave
from workbench.store.manifest import ChapterRun, Manifest, commit
from workbench.store.provenance import hash_values, package_versions
from workbench.store.sources import hash_imports

State = Literal["ran", "unchanged", "left out"]


class Progress(Protocol):
    """What a run tells about itself."""

    def started(self, chapter: Chapter) -> None:
        """Take note that a chapter has started."""

    def ended(self, chapter: Chapter, outcome: Outcome) -> None:
        """Take note that a chapter ran, was unchanged, or was left out."""

    def failed(self, chapter: Chapter) -> None:
        """Take note that a chapter failed."""


@dataclass(frozen=True)
class Outcome:
    """What became of a chapter: its state, the seconds it took, why it was left out, and what it warned of."""

    state: State
    seconds: float = 0.0
    reason: Message | None = None
    warnings: tuple[str, ...] = ()


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
    ChapterError
        If a chapter failed; chapters that were running are finished first, and what they made is kept.
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
    LockedError, ChapterError
        As `run_chain`.
    """
    with ExitStack() as locks:
        for wave in waves:
            locks.enter_context(_locked(wave))
        chains = [_Chain(wave, list(chapters), {}) for wave in waves]
        _run_locked(chains, chapters, notebooks, progress, workers or min(cpu_count() or 1, 4), finished)
    return [c.outcomes for c in chains]


@contextmanager
def _locked(wave: Wave) -> Iterator[None]:
    wave.artefacts.mkdir(parents=True, exist_ok=True)
    lock = FileLock(wave.artefacts / ".run.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            "One run of a wave at a time.",
            found="another run holds the lock",
            fix="Wait for it to end; a run that was killed holds no lock.",
            where=str(wave.folder),
        ) from error
    try:
        yield
    finally:
        lock.release()


@dataclass(eq=False)
class _Chain:
    """A wave on its way: chapters that wait, and what became of the others."""

    wave: Wave
    waiting: list[Chapter]
    outcomes: dict[str, Outcome]
    handed_on: bool = False

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
    running: dict[Future[Executed], tuple[_Chain, Chapter, str]] = {}
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
                    outcome = _without_running(chapter, chain.wave, notebooks)
                    if outcome is None:
                        progress.started(shown(chain, chapter))
                        key = chapter_key(chapter, chain.wave, notebooks)
                        running[pool.submit(execute_chapter, chapter, chain.wave, notebooks)] = (chain, chapter, key)
                    else:
                        chain.outcomes[chapter.name] = outcome
                        progress.ended(shown(chain, chapter), outcome)
                if not chain.handed_on and len(chain.outcomes) == len(chapters):
                    moved = chain.handed_on = True
                    if finished is not None:
                        closing.add(pool.submit(finished, chain.wave, chain.outcomes))
            if moved and not running and not closing:
                continue
            pending: list[Future[Any]] = [*running, *closing]
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                error = future.exception()
                if future in closing:
                    closing.remove(future)
                    failure = failure or error
                    continue
                chain, chapter, key = running.pop(future)
                if error is not None:
                    failure = failure or error
                    commit(chain.wave.artefacts, lambda m, n=chapter.name: m.without_chapter(n))  # type: ignore[misc]
                    progress.failed(shown(chain, chapter))
                    continue
                executed = future.result()
                entry = _chapter_run(chapter, key, executed, chain.wave.artefacts)
                commit(chain.wave.artefacts, lambda m, n=chapter.name, e=entry: m.with_chapter(n, e))  # type: ignore[misc]
                chain.outcomes[chapter.name] = Outcome("ran", executed.seconds, warnings=executed.warnings)
                progress.ended(shown(chain, chapter), chain.outcomes[chapter.name])
    if failure is not None:
        raise failure


def _without_running(chapter: Chapter, wave: Wave, notebooks: Path) -> Outcome | None:
    reason = chapter.left_out(wave)
    if reason is not None:
        commit(wave.artefacts, lambda m: m.without_chapter(chapter.name))
        return Outcome("left out", reason=reason)
    last = wave.manifest.chapters.get(chapter.name)
    if last is None or last.key != chapter_key(chapter, wave, notebooks):
        return None
    made = wave.manifest.artefacts
    files = [wave.artefacts / last.notebook, *(wave.artefacts / made[n].file for n in chapter.makes if n in made)]
    return Outcome("unchanged") if all(f.is_file() for f in files) and set(chapter.makes) <= set(made) else None


def chapter_key(chapter: Chapter, wave: Wave, notebooks: Path) -> str:
    """Return a hash of everything a chapter's result depends on."""
    manifest = wave.manifest
    previous = wave.previous
    earlier = previous.manifest if previous else Manifest()
    cells = _notebook_source(notebooks / f"{chapter.name}.ipynb")
    return hash_values(
        cells,
        chapter_parameters(chapter, wave).model_dump(mode="json", exclude={"wave_folder"}),
        wave.config.model_dump(mode="json", exclude={"languages", "analyst", "signed"}),
        _hashes(manifest, chapter.reads),
        _hashes(earlier, (*chapter.reads, *chapter.makes, *chapter.reads_before)),
        hash_imports(_python(cells)),
        package_versions(),
    )


def _notebook_source(path: Path) -> list[tuple[str, str, list[str]]]:
    """Return what a notebook says and does; its outputs and the ids of its cells do not count."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [(c["cell_type"], "".join(c["source"]), c["metadata"].get("tags", [])) for c in cells]


def _python(cells: Sequence[tuple[str, str, list[str]]]) -> str:
    """Return a notebook's code without what only IPython understands."""
    lines = [line for kind, source, _ in cells if kind == "code" for line in source.splitlines()]
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


def _hashes(manifest: Manifest, names: Sequence[str]) -> Mapping[str, str]:
    tables = {n: t.clean.sha256 for n, t in manifest.tables.items()}
    artefacts = {n: a.sha256 for n, a in manifest.artefacts.items()}
    return {n: h for n, h in (artefacts | tables).items() if n in names}


def _chapter_run(chapter: Chapter, key: str, executed: Executed, artefacts: Path) -> ChapterRun:
    return ChapterRun(
        key=key,
        parameters={k: v for k, v in executed.parameters.items() if k != "wave_folder"},
        artefacts=chapter.makes,
        notebook=str(executed.notebook.relative_to(artefacts)),
        seconds=round(executed.seconds, 2),
        finished=dt.datetime.now().astimezone().isoformat(timespec="seconds"),
        versions=package_versions(),
    )
