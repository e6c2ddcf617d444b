"""Commands about what comes in and goes out: ``workbench check | export | schema``."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.folders import waves_of
from workbench.cli.options import Folder, Ids, Source
from workbench.core.errors import ConfigError
from workbench.core.language import Language

commands = typer.Typer()


@commands.command()
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

        print(proposal_text(propose(folder)))
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
            print(wave)
            print(inspection_text(inspection, shutil.get_terminal_size((120, 40)).columns))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    if gone:
        raise ConfigError(
            "Everything that wave.yaml names is there.",
            found="; ".join(f"{table}: {why}" for table, why in gone.items()),
            fix="Put the files there, or take the tables out of wave.yaml.",
        )


@commands.command()
def export(
    folder: Folder,
    to: Annotated[list[str], typer.Option(help="spss, sas, stata, excel or parquet; may be given several times.")],
    tables: Annotated[list[str] | None, typer.Option(help="answers, or a table of the wave.")] = None,
    into: Annotated[Path | None, typer.Option(help="Where to put the files; default: exports/ of the wave.")] = None,
    language: Annotated[Language | None, typer.Option(help="Language of labels; default: the wave's first.")] = None,
    ids: Annotated[Ids, typer.Option(help="pseudonym, or customer: with ids and names as they are.")] = "pseudonym",
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="For others: keyed ids, words masked, nobody standing out.")
    ] = False,
    k: Annotated[int | None, typer.Option(min=2, help="Fewest people alike in --quasi.")] = None,
    quasi: Annotated[str | None, typer.Option(help="Columns that together could tell a person, by comma.")] = None,
    source: Source = None,
) -> None:
    """Write the answers with weights, tiers, segments and values for SPSS, SAS, Stata, Excel or as Parquet.

    Example: workbench export data/demo/2026q3 --to spss --to excel --language en
    For others: workbench export data/demo/2026q3 --to parquet --pseudonyms --k 5 --quasi region,age_band
    """
    from workbench.report.export.alike import Alike
    from workbench.report.export.wave_files import ANSWERS, export_wave
    from workbench.store import Wave

    for place in waves_of(folder):
        wave = Wave.open(place, source=source)
        columns = [c.strip() for c in quasi.split(",")] if quasi else wave.config.privacy.quasi
        if (pseudonyms or k or quasi) and (ids == "customer" or not columns):
            raise ConfigError(
                "For others people are pseudonyms, alike in the columns that could tell them apart.",
                found="--ids customer" if ids == "customer" else "no such columns",
                fix="Leave out --ids; name the columns: --quasi region,age_band, or quasi: [region, age_band] under "
                "privacy: in wave.yaml.",
                where=str(place),
            )
        alike = Alike(tuple(columns), k or wave.config.privacy.k)
        for program in to:
            for done in export_wave(
                wave, program, tables=tables or [ANSWERS], folder=into, language=language, ids=ids, alike=alike
            ):
                for note in done.lost:
                    print(f"  {note.text('en')}")
                print(*(str(f) for f in done.files), sep="\n")


@commands.command()
def schema() -> None:
    """Print the JSON Schema of wave.yaml, for editors.

    Example: workbench schema > docs/wave.schema.json
    """
    from workbench.store import wave_schema

    print(wave_schema(), end="")
