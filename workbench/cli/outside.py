"""Commands that speak to systems outside: ``workbench pull | push | connect``. No other command opens a line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer

from workbench.core.errors import ConfigError
from workbench.core.language import current_language

commands = typer.Typer()
connections = typer.Typer(help="Connections to systems outside.", no_args_is_help=True)
commands.add_typer(connections, name="connect")
What = Literal["tiers", "nps", "clv", "segments", "lists", "tasks"]
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


@commands.command()
def push(
    folder: Wave,
    to: Annotated[str, typer.Option(help="Connection of wave.yaml.")],
    what: Annotated[What, typer.Option(help="What is written.")],
    send: Annotated[bool, typer.Option("--send", help="Do it; without it, only say what would be done.")] = False,
    only: Annotated[int | None, typer.Option(min=1, help="The first so many rows alone.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Send again what was refused, or what is not known.")] = False,
) -> None:
    """Write tiers, NPS, values, segments, audiences or call-backs to a CRM; first only say what would be written.

    Example: workbench push data/acme/2026q3 --to hub --what tiers
    """
    from workbench.report.outside.pushing import done, push_wave, said

    language = current_language()
    steps = push_wave(folder, to=to, what=what, send=send, only=only, again=again)
    for line in said(next(steps)):
        print(line.text(language))
    if not send:
        print(f"Nothing was written. To write: workbench push {folder} --to {to} --what {what} --send")
    for pushed in steps:
        for line in done(pushed):
            print(line.text(language))
        if pushed.sent.get("unclear"):
            raise ConfigError(
                "Every row that was sent has a verdict.",
                found=f"{pushed.sent['unclear']} without one",
                fix="Give the command again: it looks them up first.",
                where=str(folder),
            )


@connections.command()
def test(
    name: Annotated[str, typer.Argument(help="Connection of wave.yaml.")],
    folder: Wave = Path(),
) -> None:
    """Try a connection: token, fields of the mapping, one record, quota, clock. Nothing is written.

    Example: workbench connect test crm data/acme/2026q3
    """
    from workbench.report.outside.trying import try_connection

    language = current_language()
    errors = []
    for tried in try_connection(folder, name):
        print(f"{'ok ' if tried.error is None else 'NO '} {tried.what.text(language)}")
        if tried.error is not None:
            errors.append(tried.error)
            print(f"    {tried.error}")
    if errors:
        raise typer.Exit(errors[0].exit_code)
