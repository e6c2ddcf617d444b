"""Commands for the operator: ``workbench status | schedule | prune``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from workbench.cli.options import Reports

commands = typer.Typer()
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")]
Study = Annotated[Path, typer.Argument(help="Folder of a study.")]


@commands.command()
def status(
    folder: Annotated[Path, typer.Argument(help="Folder of studies, or of one.")] = Path("data"),
    reports: Reports = Path("reports"),
    as_json: AsJson = False,
) -> None:
    """Show how studies stand: waves, last runs, what failed, what waits for a person, what they take of the disk.

    Example: workbench status data/acme --json
    """
    from workbench.report.operations.status import status_of_all

    found = status_of_all(folder, reports=reports, now=dt.datetime.now().astimezone())
    if as_json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
        return
    print(found.shown_table("en").to_string(index=False) if len(found.table) else f"no wave below {folder}")
    if len(found.runs):
        print(f"\n{found.runs.head(10).to_string(index=False)}")
    for note in found.notes:
        print(f"{note.severity}: {note.message.text('en')}")


@commands.command()
def schedule(
    scheduler: Annotated[Literal["cron", "systemd", "airflow"], typer.Argument(help="cron, systemd or airflow.")],
    folder: Study,
    reports: Reports = Path("reports"),
    into: Annotated[Path | None, typer.Option(help="Folder to write the files into; printed by default.")] = None,
) -> None:
    """Print what starts a study's run by itself, every quarter: a crontab, units of systemd, or a DAG of Airflow.

    Example: workbench schedule systemd data/acme --into units
    """
    from workbench.cli.folders import waves_of
    from workbench.report.operations.schedules import Place
    from workbench.report.operations.schedules import schedule as files_of

    waves_of(folder)
    beside = Path(sys.executable).parent / "workbench"
    program = (str(beside),) if beside.is_file() else (sys.executable, "-m", "workbench.cli")
    place = Place(Path.cwd(), program, folder.resolve(), reports.absolute())
    files = files_of(scheduler, place)
    for name, content in files.items():
        if into is None:
            print(f"# --- {name}" if len(files) > 1 else "", content, sep="\n")
        else:
            into.mkdir(parents=True, exist_ok=True)
            (into / name).write_text(content, encoding="utf-8")
            print(into / name)


@commands.command()
def prune(
    folder: Study,
    reports: Reports = Path("reports"),
    keep: Annotated[int, typer.Option(min=1, help="Editions of each wave that stay.")] = 3,
    days: Annotated[int, typer.Option(min=0, help="Nothing younger goes.")] = 30,
    do: Annotated[bool, typer.Option("--do", help="Remove it; without, it is only listed.")] = False,
) -> None:
    """Remove superseded artefacts, old editions, leavings of failures and old records; what is signed stays.

    Example: workbench prune data/acme --keep 3 --days 30
    """
    from workbench.cli.folders import waves_of
    from workbench.report.operations import pruning

    waves_of(folder)
    now = dt.datetime.now().astimezone()
    work = pruning.prune if do else pruning.spare
    found = work(folder, reports=reports, now=now, keep=keep, days=days)
    for one in found:
        print(f"{'removed' if do else 'may go'}: {one.what}, {one.size / 2**20:.1f} MB, {one.path}")
    total = sum(one.size for one in found) / 2**20
    print(f"{len(found)} files and folders, {total:.1f} MB" + ("" if do else "; --do removes them"))
