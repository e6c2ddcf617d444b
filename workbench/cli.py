"""The command line: ``workbench new | demo | check | sample | report | export | schema``."""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench.core.errors import ConfigError, WorkbenchError
from workbench.core.language import Language

# what a command needs is imported when it runs: its help and its mistakes are to be told at once
if TYPE_CHECKING:
    from workbench.report.run.outcomes import Outcome
    from workbench.report.run.progress import PlainProgress
    from workbench.store import Wave

FILE_NAME = "wave.yaml"

app = typer.Typer(
    help="Survey waves from a customer list to a bilingual report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Ids = Literal["pseudonym", "customer"]
Folder = Annotated[Path, typer.Argument(help="Folder of a wave, or of a study with several waves.")]
Source = Annotated[Path | None, typer.Option(help="Folder of the raw files, where it is not the wave's own.")]
Reports = Annotated[Path, typer.Option(help="Folder of the site.")]
Kernels = Literal["forked", "plain"]
KernelChoice = Annotated[Kernels | None, typer.Option(help="forked from a warm process, or plain.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Chapters run side by side.")]


@app.command()
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
    from workbench.report.steps import CHAPTERS, find_notebooks

    notebooks = find_notebooks()
    with show_progress() as progress, _kernels(kernels):
        waves, refused = _opened(waves_of(folder), source, progress)

        def finished(wave: Wave, outcomes: Mapping[str, Outcome]) -> None:
            edition = publish(wave, CHAPTERS, outcomes, reports)
            progress.published(edition.front, edition.is_new)

        ended = run_chains(waves, CHAPTERS, notebooks, progress, workers=workers, finished=finished)
        if refused is not None:
            raise refused
        index = write_index(reports)
    print(f"Report: {index.resolve()}")  # noqa: T201
    raise_for_faults({f"{w.config.wave}/{n}": o for w, os in zip(waves, ended, strict=True) for n, o in os.items()})


def _opened(
    places: Sequence[Path], source: Path | None, progress: PlainProgress
) -> tuple[list[Wave], WorkbenchError | None]:
    """Open the waves up to the first that cannot be read; those before it are reported all the same."""
    from workbench.store import Wave

    waves = []
    for place in places:
        progress.wave(place)
        try:
            waves.append(Wave.open(place, source=source))
        except WorkbenchError as error:
            return waves, error
    return waves, None


@app.command()
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

    with show_progress() as progress, _kernels(kernels):
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
            print(f"Lists: {release_sample(wave).resolve()}")  # noqa: T201


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where to put it.")] = Path("data/demo"),
    customers: Annotated[int, typer.Option(min=200, help="Customers at the last wave.")] = 50_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another company.")] = 20260930,
    language: Annotated[Language, typer.Option(help="Language of the company's data.")] = "zh-CN",
) -> None:
    """Make the demo company: a generated retailer with two waves and a known truth."""
    from workbench.report.run.demo_study import make_demo

    company, made = make_demo(folder, customers=customers, seed=seed, language=language)
    state = "made" if made else "there already"
    print(f"Demo company of {company.customers:,} customers {state}: {company.folder}")  # noqa: T201


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of a wave or study; or a file that nobody described yet.")],
    source: Source = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Show what files hold: what they are and why, what was kept and refused, and what does not fit together.

    Exit code 2 says that something that wave.yaml names is not there. Example: workbench check export.csv
    """
    from workbench.store import Wave
    from workbench.store.inspection import inspect_wave
    from workbench.store.inspection_text import inspection_text, proposal_text

    if folder.is_file():
        from workbench.store.proposing import propose

        print(proposal_text(propose(folder)))  # noqa: T201
        return
    gone: dict[str, str] = {}
    found = {}
    for place in waves_of(folder):
        wave = Wave.open(place, source=source)
        inspection = inspect_wave(wave)
        name = f"{wave.config.study}/{wave.config.wave}"
        found[name] = inspection.to_json()
        gone |= {f"{name}: {table}": why.text("en") for table, why in inspection.absent.items()}
        if not as_json:
            print(wave)  # noqa: T201
            print(inspection_text(inspection, shutil.get_terminal_size((120, 40)).columns))  # noqa: T201
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))  # noqa: T201
    if gone:
        raise ConfigError(
            "Everything that wave.yaml names is there.",
            found="; ".join(f"{table}: {why}" for table, why in gone.items()),
            fix="Put the files there, or take the tables out of wave.yaml.",
        )


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder of the new wave.")],
    after: Annotated[Path | None, typer.Option(help="Folder of the wave before it, to start from.")] = None,
    files: Annotated[
        list[str] | None,
        typer.Option("--from", help="A file to start from, or TABLE=FILE; may be given several times."),
    ] = None,
) -> None:
    """Start a wave: a folder with a wave.yaml, taken from the wave before it or proposed from files.

    Example: workbench new data/acme/2026q4 --from export.csv
    """
    if (folder / FILE_NAME).exists():
        raise ConfigError(
            "A new wave has a folder of its own.",
            found=f"{folder / FILE_NAME} is there already",
            fix="Name another folder.",
        )
    if files:
        _new_from(folder, files)
        return
    from workbench.store.scaffold import new_wave_text

    text = new_wave_text(folder, after)
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    print(f"Edit {folder / FILE_NAME}, put the files into {folder / 'raw'}, then: workbench check {folder}")  # noqa: T201


def _new_from(folder: Path, files: list[str]) -> None:
    """Write a wave.yaml that runs for files, and put these into the wave's folder."""
    from workbench.store.scaffold_from import wave_text_from

    named = [(Path(f), None) if Path(f).is_file() or "=" not in f else _named_file(f) for f in files]
    text, found = wave_text_from(folder, named)
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    for path, _ in named:
        if not (folder / "raw" / path.name).exists():
            shutil.copy2(path, folder / "raw")
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    for proposal in found:
        print(f"{proposal.file.name}: {proposal.table or 'which table?'}; {'; '.join(proposal.what)}")  # noqa: T201
    print(f"Look at {folder / FILE_NAME}, then: workbench report {folder}")  # noqa: T201


def _named_file(text: str) -> tuple[Path, str | None]:
    table, _, file = text.partition("=")
    return Path(file), table


@app.command()
def export(
    folder: Folder,
    to: Annotated[list[str], typer.Option(help="spss, sas, stata, excel or parquet; may be given several times.")],
    tables: Annotated[list[str] | None, typer.Option(help="answers, or a table of the wave.")] = None,
    into: Annotated[Path | None, typer.Option(help="Where to put the files; default: exports/ of the wave.")] = None,
    language: Annotated[Language | None, typer.Option(help="Language of labels; default: the wave's first.")] = None,
    ids: Annotated[Ids, typer.Option(help="pseudonym, or customer: with ids and names as they are.")] = "pseudonym",
    source: Source = None,
) -> None:
    """Write the answers with weights, tiers, segments and values for SPSS, SAS, Stata, Excel or as Parquet.

    Example: workbench export data/demo/2026q3 --to spss --to excel --language en
    """
    from workbench.report.export.wave_files import ANSWERS, export_wave
    from workbench.store import Wave

    for place in waves_of(folder):
        wave = Wave.open(place, source=source)
        for program in to:
            for done in export_wave(wave, program, tables=tables or [ANSWERS], folder=into, language=language, ids=ids):
                for note in done.lost:
                    print(f"  {note.text('en')}")  # noqa: T201
                print(*(str(f) for f in done.files), sep="\n")  # noqa: T201


@app.command()
def schema() -> None:
    """Print the JSON Schema of wave.yaml, for editors."""
    from workbench.store import wave_schema

    print(wave_schema(), end="")  # noqa: T201


def waves_of(folder: Path) -> list[Path]:
    """Return the folder of a wave, or of all waves of a study, each after the wave it follows.

    Raises
    ------
    ConfigError
        If there is no wave, or waves follow each other in a circle.
    """
    from workbench.store import read_wave_file

    if (folder / FILE_NAME).is_file():
        return [folder]
    places = {p.parent.name: p.parent for p in sorted(folder.glob(f"*/{FILE_NAME}"))}
    if not places:
        read_wave_file(folder)  # says what is wrong
    before = {name: read_wave_file(place).previous for name, place in places.items()}
    ordered: list[str] = []
    while len(ordered) < len(places):
        ready = [n for n in places if n not in ordered and (before[n] not in places or before[n] in ordered)]
        if not ready:
            circle = ", ".join(n for n in places if n not in ordered)
            raise ConfigError(
                "Waves follow each other in time.",
                found=f"a circle of {circle}",
                fix="Correct 'previous' in one of them.",
                where=str(folder),
            )
        ordered += ready
    return [places[n] for n in ordered]


def _kernels(choice: Kernels | None) -> AbstractContextManager[None]:
    from workbench.report.run.kernels import default_kernels, kernel_room

    return kernel_room(choice or default_kernels())


def main() -> None:
    """Run the command line; errors are one clear message and an exit code of their own."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    try:
        app(standalone_mode=False)
    except WorkbenchError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except typer.TyperException as error:  # an option or argument nobody knows
        error.show() if hasattr(error, "show") else print(f"error: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except typer.Exit as leaving:
        sys.exit(leaving.exit_code)
    except typer.Abort:
        sys.exit(130)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)  # noqa: T201
        sys.exit(130)
    except OSError as error:
        free = shutil.disk_usage(Path.cwd()).free
        hint = f" ({free // 2**20} MB of disk are free)" if free < 2**30 else ""
        print(f"error: {error}{hint}", file=sys.stderr)  # noqa: T201
        sys.exit(6)


if __name__ == "__main__":
    main()
