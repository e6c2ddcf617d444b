"""Commands for those who present a wave: ``workbench deck``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.folders import waves_of
from workbench.cli.options import Folder
from workbench.core.errors import ConfigError
from workbench.core.language import Language

commands = typer.Typer()


@commands.command()
def deck(
    folder: Folder,
    template: Annotated[Path | None, typer.Option(help="A firm's .pptx, whose layouts and colours are used.")] = None,
    last: Annotated[
        Path | None, typer.Option("--update", help="An earlier deck: it gets this wave's numbers, and stays itself.")
    ] = None,
    language: Annotated[Language | None, typer.Option(help="Language; default: the wave's first.")] = None,
    to: Annotated[Path | None, typer.Option(help="The file; default: exports/ of the wave.")] = None,
    word: Annotated[bool, typer.Option("--word", help="Also the summary as a document of Word.")] = False,
) -> None:
    """Make slides of a wave's report: a finding each as title, with charts that can be edited.

    An update keeps what was moved, recoloured or added by hand; the earlier file is not changed.
    Example: workbench deck data/demo/2026q3 --language en
    Next wave: workbench deck data/demo/2026q4 --update deck-2026q3.pptx --to deck-2026q4.pptx
    """
    from workbench.report.deck.writing import write_deck, write_summary
    from workbench.store import Wave

    places = waves_of(folder)
    if len(places) > 1 and (last is not None or to is not None):
        raise ConfigError(
            "A deck is one wave's.",
            found=f"{len(places)} waves in {folder}",
            fix="Name the folder of one wave.",
            where=str(folder),
        )
    for place in places:
        wave = Wave.open(place)
        made = write_deck(wave, language=language, template=template, last=last, to=to)
        for line in made.told:
            print(f"  {line.text('en')}")
        print(made.path)
        if word:
            print(write_summary(wave, language=language, to=None if to is None else to.with_suffix(".docx")).path)
