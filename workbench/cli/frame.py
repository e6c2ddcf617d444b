"""The command about code frames of comments: ``workbench frame``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

commands = typer.Typer()


@commands.command()
def frame(
    wave: Annotated[Path, typer.Argument(help="Folder of a wave.")],
    topics: Annotated[int, typer.Option(help="How many topics are sought.")] = 10,
    sample: Annotated[int, typer.Option(help="Write this many masked comments to code by hand instead.")] = 0,
    seed: Annotated[int, typer.Option(help="Seed of the starts and of the sample.")] = 1,
) -> None:
    """Propose a code frame from a wave's comments, for a person to name; or draw comments to code by hand.

    Example: workbench frame data/acme/2026q4, then name the topics in data/acme/2026q4/code_frame.yaml
    """
    from workbench.report.chapters.loyalty.comments import frame_of
    from workbench.report.frames import write_proposed, write_sample
    from workbench.store import Wave

    opened = Wave.open(wave)
    if sample:
        path = write_sample(opened, frame_of(opened), n=sample, seed=seed)
        print(f"{path}: write 1 in the column of each topic a comment has; then, in wave.yaml:")
        print(f"  loyalty: {{hand_codes: {path.name}}}")
        return
    path, found = write_proposed(opened, topics=topics, seed=seed)
    for row in found.table.itertuples():
        print(f"  {row.topic:>2}  {row.comments:>5} comments  {row.words}")
    print(f"{path}: name the topics, write confirmed: true, and in wave.yaml:")
    print(f"  loyalty: {{code_frame: {path.name}}}")
