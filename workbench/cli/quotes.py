"""The command about customers' words: ``workbench quotes``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.report.quotes import Choices

commands = typer.Typer()


@commands.command()
def quotes(
    wave: Annotated[Path, typer.Argument(help="Folder of a wave.")],
    accept: Annotated[list[str] | None, typer.Option(help="Hash of a quote to release; several times.")] = None,
    reject: Annotated[list[str] | None, typer.Option(help="Hash of a quote to keep back; several times.")] = None,
    accept_all: Annotated[bool, typer.Option("--accept-all", help="Release every quote that waits.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Show the masked quotes that wait for a person, and release or reject them; then run the report again.

    On a terminal, without an option, each is asked for. Example: workbench quotes data/acme/2026q4 --accept-all
    """
    from workbench.report.quotes import keep_choices, kept_quotes, quote_hash, read_choices, waiting_quotes
    from workbench.report.run.locks import wave_lock
    from workbench.store import Wave

    opened = Wave.open(wave)
    kept = kept_quotes(opened)
    known = kept.assign(hash=kept["quote"].map(quote_hash))
    accepted, rejected = list(accept or []), list(reject or [])
    _known([*accepted, *rejected], known)
    waiting = waiting_quotes(opened, kept)
    if accept_all:
        accepted += [h for h in waiting["hash"] if h not in rejected]
    if not (accepted or rejected or as_json) and sys.stdin.isatty():
        accepted, rejected = _asked(waiting)
    choices = read_choices(opened.folder)
    if accepted or rejected:
        with wave_lock(opened):
            choices = read_choices(opened.folder).with_choice(accept=accepted, reject=rejected)
            keep_choices(opened.folder, choices)
    _show(known, choices, opened.config.privacy.publish_quotes, as_json)


def _known(hashes: list[str], known: pd.DataFrame) -> None:
    unknown = [h for h in hashes if h not in set(known["hash"])]
    if unknown:
        raise InputError(
            "A quote is named by the hash that 'workbench quotes' shows.",
            found=", ".join(unknown),
            fix="Take one of the list; words that were masked anew have another hash.",
            where="--accept, --reject",
        )


def _asked(waiting: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Show one quote after the other and return what the person accepted and rejected."""
    accepted: list[str] = []
    rejected: list[str] = []
    for i, row in enumerate(waiting.itertuples(), 1):
        print(f"\n{i}/{len(waiting)}  {row.topic}, {row[2] or '–'}\n  {row.quote}")
        answer = typer.prompt("a = release, r = reject, s = later, q = stop", default="s").strip().lower()[:1]
        if answer == "q":
            break
        if answer in "ar":
            (accepted if answer == "a" else rejected).append(str(row.hash))
    return accepted, rejected


def _show(known: pd.DataFrame, choices: Choices, rule: str, as_json: bool) -> None:
    states = [
        "released" if h in choices.accepted else "rejected" if h in choices.rejected else "waiting"
        for h in known["hash"]
    ]
    table = known.assign(state=states)
    if as_json:
        rows = table[["hash", "state", "topic", "class", "quote"]].to_dict("records")
        print(json.dumps({"publish_quotes": rule, "quotes": rows}, ensure_ascii=False, indent=1))
        return
    for state in ("waiting", "released", "rejected"):
        part = table[table["state"] == state]
        print(f"{len(part)} {state}")
        for row in part.itertuples() if state == "waiting" else ():
            print(f"  {row.hash}  {row.topic}: {row.quote}")
    if rule != "released":
        shown = "all but the rejected" if rule == "always" else "none"
        print(f"wave.yaml says 'publish_quotes: {rule}', so {shown} are shown.")
    elif len(table[table["state"] == "waiting"]):
        print("Release them with --accept HASH or --accept-all, keep them back with --reject HASH.")
