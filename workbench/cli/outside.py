"""Commands that speak to systems outside: ``workbench pull``. No other command opens a line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from workbench.core.language import current_language

commands = typer.Typer()
Wave = Annotated[Path, typer.Argument(help="Folder of a wave.")]


@commands.command()
def pull(
    folder: Wave,
    source: Annotated[str | None, typer.Option("--from", help="Only this connection of wave.yaml.")] = None,
    since: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only what changed since.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Everything again, not only what changed.")] = False,
) -> None:
    """Read the tables that wave.yaml pulls from a CRM into its raw files; a pull that was stopped goes on.

    Example: workbench pull data/acme/2026q3 --from crm
    """
    from workbench.report.outside.pulling import pull_wave

    language = current_language()
    day = None if since is None else since.date()
    for done in pull_wave(folder, connection=source, since=day, full=full):
        receipt = done.pulled.receipt
        print(f"{done.table}: {receipt['rows']:,} {receipt['kind']} ({done.title}) -> {done.pulled.file}")
        for said in done.said:
            print(f"  {said.text(language)}")
