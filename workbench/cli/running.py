"""Commands that run chapters: ``workbench report | sample``."""

from __future__ import annotations

import datetime as dt
import gc
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.folders import due_waves, opened_waves, readable_waves
from workbench.cli.options import Folder, KernelChoice, Kernels, Reports, Source, Workers
from workbench.cli.privacy import passwords_of_lists
from workbench.core.errors import ConfigError, NothingToShowError, WorkbenchError

# what a command needs is imported when it runs: its help and its mistakes are to be told at once
if TYPE_CHECKING:
    from workbench.report.operations.record import RunRecord
    from workbench.report.run.outcomes import Outcome
    from workbench.report.run.progress import PlainProgress
    from workbench.store import Wave

commands = typer.Typer()


@commands.command()
def report(
    folder: Folder,
    source: Source = None,
    reports: Reports = Path("reports"),
    kernels: KernelChoice = None,
    workers: Workers = None,
    newest: Annotated[bool, typer.Option("--newest", help="Only the newest wave that is due, for schedules.")] = False,
    as_of: Annotated[str | None, typer.Option(help="The day that counts as today, YYYY-MM-DD.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what the run did as JSON, for machines.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would run and why, and run nothing.")] = False,
) -> None:
    """Run every chapter that is not up to date and publish the pages.

    A wave that cannot be read costs itself and those that follow it. Example: workbench report data/acme --newest
    """
    from workbench.report.operations.record import RunRecord

    day = _day(as_of)
    places, faults = readable_waves(folder)
    study = (places or list(faults))[0].parent
    if plan:
        _plan(due_waves(places, day, newest=newest)[0], source, as_json=as_json)
        return
    record = RunRecord.begin(" ".join(["workbench", *sys.argv[1:]]))
    for place, error in faults.items():
        record.left_out(place.name, str(error), fault=True)
    ended: WorkbenchError | None = None
    waves: list[Wave] = []
    try:
        due, reasons = due_waves(places, day, newest=newest)
        for place, why in reasons.items():
            record.left_out(place.name, why, fault=False)
        with passwords_of_lists(due), _shown(reasons, faults) as progress, _kernels(kernels, due):
            opened, unread = opened_waves(due, source, progress)
            waves += opened
            for place, error in unread.items():
                record.left_out(place.name, str(error), fault=True)
            faults |= unread
            if waves:
                _run(waves, reports, workers, progress, record)
        if not as_json and waves:
            print(f"Report: {(reports / 'index.html').resolve()}")
    except WorkbenchError as error:
        ended = error
    except OSError as error:
        _ended_by_disk(study, record, error)
        _tell(waves or _speaker(places), record, day)
        raise
    ended = ended or _fault_of(faults) or _nothing_shown(record)
    record.end(study, ended.exit_code if ended else 0, str(ended) if ended else "")
    if waves:
        _write_front(study, reports)
    _tell(waves or _speaker(places), record, day)
    if as_json:
        print(json.dumps(asdict(record), ensure_ascii=False, indent=1))
    if ended is not None:
        raise ended


def _run(waves: list[Wave], reports: Path, workers: int | None, progress: PlainProgress, record: RunRecord) -> None:
    """Run waves, publish each as its chapters are done, take note of it, and say in the end what broke."""
    from workbench.report.run.chain import forget_gone, run_chains
    from workbench.report.run.outcomes import raise_for_faults
    from workbench.report.site.publish import publish
    from workbench.report.steps import chapters_of, find_notebooks

    chapters = chapters_of(waves[0].folder.parent)

    def finished(wave: Wave, outcomes: Mapping[str, Outcome]) -> None:
        edition = publish(wave, chapters, outcomes, reports)
        progress.published(edition.front, edition.is_new)
        record.chapters(wave, outcomes, edition.front, is_new=edition.is_new)

    for wave in waves:
        forget_gone(wave, chapters)
    gc.freeze()  # modules stay; looking through them for garbage would be a seventh of what this process costs
    try:
        ended = run_chains(waves, chapters, find_notebooks(), progress, workers=workers, finished=finished)
    finally:
        gc.unfreeze()  # what is frozen when the process ends counts as leaked, and libraries say so to whoever ran it
    raise_for_faults({f"{w.config.wave}/{n}": o for w, os in zip(waves, ended, strict=True) for n, o in os.items()})


def _plan(places: list[Path], source: Path | None, *, as_json: bool) -> None:
    """Print what the next run would do with each chapter, and why."""
    from workbench.report.run.reasons import planned
    from workbench.report.steps import chapters_of, find_notebooks
    from workbench.store import Wave

    found = {}
    for place in places:
        wave = Wave.open(place, source=source)
        found[place.name] = planned(wave, chapters_of(wave.folder.parent), find_notebooks())
    if as_json:
        told = {name: [asdict(p) for p in chapters] for name, chapters in found.items()}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for name, chapters in found.items():
        for one in chapters:
            print(f"{name}/{one.chapter}: {one.state}{': ' if one.why else ''}{'; '.join(one.why)}")


@contextmanager
def _shown(reasons: Mapping[Path, str], faults: Mapping[Path, WorkbenchError]) -> Iterator[PlainProgress]:
    """Show what happens, the waves that are not run first."""
    from workbench.report.run.progress import show_progress

    with show_progress() as progress:
        for place, why in {**reasons, **{p: str(e) for p, e in faults.items()}}.items():
            progress.skipped(place, why.replace("\n", " "))
        yield progress


def _write_front(study: Path, reports: Path) -> None:
    """Write the index, and beside it how the study stands after this run."""
    from workbench.report.operations.status_page import write_status_pages
    from workbench.report.site.index import write_index

    reports.mkdir(parents=True, exist_ok=True)
    write_status_pages(study, reports)
    write_index(reports)


def _day(text: str | None) -> dt.date:
    try:
        return dt.date.today() if text is None else dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(
            "A day is written YYYY-MM-DD.", found=str(text), fix="Write it like 2026-10-02.", where="--as-of"
        ) from error


def _fault_of(faults: Mapping[Path, WorkbenchError]) -> WorkbenchError | None:
    """Return the fault of a wave that could not be read: its own words for one, all of them for several."""
    if len(faults) < 2:
        return next(iter(faults.values()), None)
    return ConfigError(
        "Every wave of a study can be read.",
        found="; ".join(f"{p.name}: {str(e).splitlines()[0]}" for p, e in faults.items()),
        fix="The others are reported. Correct these, one after the other: workbench check FOLDER.",
    )


def _nothing_shown(record: RunRecord) -> WorkbenchError | None:
    """Return that waves had answers and their reports have no number of them."""
    empty = record.without_numbers
    if not empty:
        return None
    return NothingToShowError(
        "A report of answers has numbers.",
        found=f"{', '.join(empty)}: there are answers, and every chapter about them was left out or failed",
        fix="The pages say why. Look at them, or run 'workbench check' on the wave.",
    )


def _ended_by_disk(study: Path, record: RunRecord, error: OSError) -> None:
    """Take note of a run that the disk ended, if the disk takes it."""
    try:
        record.end(study, 6, str(error))
    except OSError:  # said already; what ended the run is the one to be told
        record.exit_code, record.error = 6, str(error)


def _speaker(places: list[Path]) -> list[Wave]:
    """Return the newest wave that says whom to tell, where none could be opened: its files may be what is broken."""
    from workbench.store import Wave, read_wave_file

    told = [Wave(p, c, {}) for p in places if (c := read_wave_file(p)).notify is not None]
    return told[-1:]


def _tell(waves: list[Wave], record: RunRecord, day: dt.date) -> None:
    """Send what notify: asks for; nothing of it changes how the run ended."""
    from workbench.report.operations.notifying import notices_of, send

    for wave in waves:
        for fault in send(wave, notices_of(wave, record, day, for_study=wave is waves[-1])):
            print(fault, file=sys.stderr)


@commands.command()
def sample(
    folder: Folder,
    source: Source = None,
    kernels: KernelChoice = None,
    redraw: Annotated[bool, typer.Option("--redraw", help="Replace a sample that was released before.")] = False,
    discard: Annotated[int | None, typer.Option(help="With --redraw: how many answers become worthless.")] = None,
) -> None:
    """Draw the sample of a wave and write the call list and the reserve list.

    Example: workbench sample data/acme/2026q4
    """
    from workbench.report.run.chain import run_chain
    from workbench.report.run.locks import wave_lock
    from workbench.report.run.outcomes import raise_for_faults
    from workbench.report.run.progress import show_progress
    from workbench.report.run.release import recall_sample, release_sample
    from workbench.report.steps import CHAPTERS, find_notebooks
    from workbench.store import Wave

    with passwords_of_lists([folder]), show_progress() as progress, _kernels(kernels, [folder]):
        wave = Wave.open(folder, source=source)
        with wave_lock(wave):
            if redraw:
                recall_sample(wave, discard=discard)
            outcomes = run_chain(wave, [c for c in CHAPTERS if c.name == "10_sample"], find_notebooks(), progress)
            raise_for_faults(outcomes, needed=True)
            outcome = outcomes["10_sample"]
            if outcome.reason is not None:
                raise ConfigError(
                    "A sample needs a customer list.",
                    found=outcome.reason.text("en"),
                    fix="Name it in wave.yaml: tables: customers: file: …",
                    where=str(folder),
                )
            print(f"Lists: {release_sample(wave).resolve()}")


def _kernels(choice: Kernels | None, places: Sequence[Path]) -> AbstractContextManager[None]:
    from workbench.report.run.kernels import default_kernels, kernel_room
    from workbench.store.manifest import read_manifest
    from workbench.store.taking import ARTEFACTS

    never_ran = any(not read_manifest(p / ARTEFACTS).chapters for p in places)
    return kernel_room(choice or default_kernels(), at_once=never_ran)
