"""Commands that start something: ``workbench new | demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.folders import FILE_NAME
from workbench.core.language import Language

commands = typer.Typer()


@commands.command()
def new(
    folder: Annotated[Path, typer.Argument(help="Folder of the new wave.")],
    after: Annotated[Path | None, typer.Option(help="Folder of the wave before it, to start from.")] = None,
    files: Annotated[
        list[str] | None,
        typer.Option("--from", help="A file to start from, or TABLE=FILE; may be given several times."),
    ] = None,
    chapter: Annotated[
        str | None, typer.Option(help="A chapter of the study's own, such as 65_brands; FOLDER is a wave of it.")
    ] = None,
) -> None:
    """Start a wave: a folder with a wave.yaml, taken from the wave before it or proposed from files.

    Example: workbench new data/acme/2026q4 --from export.csv
    A chapter of your own: workbench new data/acme/2026q4 --chapter 65_brands
    """
    if chapter is not None:
        from workbench.report.own.scaffold import new_chapter

        path = new_chapter(folder, chapter)
        print(f"Open {path} in JupyterLab; 'workbench report {folder}' runs it with the other chapters.")
        return
    if files:
        _new_from(folder, files)
        return
    from workbench.store.scaffold import new_wave_text
    from workbench.store.scaffold_from import require_new

    require_new(folder)
    text = new_wave_text(folder, after)
    (folder / "raw").mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    print(f"Edit {folder / FILE_NAME}, put the files into {folder / 'raw'}, then: workbench check {folder}")


def _new_from(folder: Path, files: list[str]) -> None:
    """Write a wave.yaml that runs for files, and put these into the wave's folder."""
    from workbench.store.scaffold_from import start_wave

    found = start_wave(
        folder, [(Path(f), None) if Path(f).is_file() or "=" not in f else _named_file(f) for f in files]
    )
    for proposal in found:
        print(f"{proposal.file.name}: {proposal.table or 'which table?'}; {'; '.join(proposal.what)}")
    print(f"Look at {folder / FILE_NAME}, then: workbench report {folder}")


def _named_file(text: str) -> tuple[Path, str | None]:
    table, _, file = text.partition("=")
    return Path(file), table


@commands.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where to put it.")] = Path("data/demo"),
    customers: Annotated[int, typer.Option(min=200, help="Customers at the last wave.")] = 50_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another company.")] = 20260930,
    language: Annotated[Language, typer.Option(help="Language of the company's data.")] = "zh-CN",
    waves: Annotated[int, typer.Option(min=2, max=16, help="Waves, a quarter apart; more than two are small.")] = 2,
) -> None:
    """Make the demo company: a generated retailer with two waves or more and a known truth.

    Example: workbench demo --customers 5000 --language en
    """
    from workbench.report.run.demo_study import make_demo

    company, made = make_demo(folder, customers=customers, seed=seed, language=language, waves=waves)
    state = "made" if made else "there already"
    print(f"Demo company of {company.customers:,} customers {state}: {company.folder}")
