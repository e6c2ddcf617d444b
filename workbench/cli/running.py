"""Commands that run chapters: ``workbench report | sample``."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.folders import opened_waves, waves_of
from workbench.cli.options import Folder, KernelChoice, Kernels, Reports, Source, Workers
from workbench.cli.privacy import passwords_of_lists
from workbench.core.errors import ConfigError

# what a command needs is imported when it runs: its help and its mistakes are to be told at once
if TYPE_CHECKING:
    from workbench.report.run.outcomes import Outcome
    from workbench.store import Wave

commands = typer.Typer()


@commands.command()
def report(
    folder: Folder,
    source: Source = None,
    reports: Reports = Path("reports"),
    kernels: KernelChoice = None,
    workers: Workers = None,
) -> None:
    """Run every chapter that is not up to date and publish the pages."""
    from workbench.report.run.chain import run_chains
    from workbench.report.run.outcomes import raise_for_faults
    from workbench.report.run.progress import show_progress
    from workbench.report.site.index import write_index
    from workbench.report.site.publish import publish
    from workbench.report.steps import chapters_of, find_notebooks

    notebooks = find_notebooks()
    places = waves_of(folder)
    chapters = chapters_of(places[0].parent)
    with passwords_of_lists(places), show_progress() as progress, _kernels(kernels):
        waves, refused = opened_waves(places, source, progress)

        def finished(wave: Wave, outcomes: Mapping[str, Outcome]) -> None:
            edition = publish(wave, chapters, outcomes, reports)
            progress.published(edition.front, edition.is_new)

        ended = run_chains(waves, chapters, notebooks, progress, workers=workers, finished=finished)
        if refused is not None:
            raise refused
        index = write_index(reports)
    print(f"Report: {index.resolve()}")
    raise_for_faults({f"{w.config.wave}/{n}": o for w, os in zip(waves, ended, strict=True) for n, o in os.items()})


@commands.command()
def sample(
    folder: Folder,
    source: Source = None,
    kernels: KernelChoice = None,
    redraw: Annotated[bool, typer.Option("--redraw", help="Replace a sample that was released before.")] = False,
    discard: Annotated[int | None, typer.Option(help="With --redraw: how many answers become worthless.")] = None,
) -> None:
    """Draw the sample of a wave and write the call list and the reserve list."""
    from workbench.report.run.chain import run_chain
    from workbench.report.run.locks import wave_lock
    from workbench.report.run.outcomes import raise_for_faults
    from workbench.report.run.progress import show_progress
    from workbench.report.run.release import recall_sample, release_sample
    from workbench.report.steps import CHAPTERS, find_notebooks
    from workbench.store import Wave

    with passwords_of_lists([folder]), show_progress() as progress, _kernels(kernels):
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


def _kernels(choice: Kernels | None) -> AbstractContextManager[None]:
    from workbench.report.run.kernels import default_kernels, kernel_room

    return kernel_room(choice or default_kernels())
