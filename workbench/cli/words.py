"""The command that hands out customers' words to those who may read them: ``workbench words``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

commands = typer.Typer()


@commands.command()
def words(
    wave: Annotated[Path, typer.Argument(help="Folder of a wave.")],
    topic: Annotated[list[str] | None, typer.Option(help="Id of a topic; several times.")] = None,
    tone: Annotated[list[str] | None, typer.Option(help="praise, complaint, mixed, neutral; several times.")] = None,
    score: Annotated[list[str] | None, typer.Option(help="promoters, passives or detractors; several times.")] = None,
) -> None:
    """Write all comments, masked, with topics, tone and score into the wave's folder; the access log notes it.

    Example: workbench words data/acme/2026q4 --topic price --tone complaint
    """
    from workbench.report.run.locks import wave_lock
    from workbench.report.words import write_words
    from workbench.store import Wave

    opened = Wave.open(wave)
    chosen: dict[str, Any] = {k: v for k, v in {"topic": topic, "tone": tone, "score": score}.items() if v}
    with wave_lock(opened):
        made = write_words(opened, **chosen)
    for file in made.files:
        print(f"{file}: {made.rows} comments")
