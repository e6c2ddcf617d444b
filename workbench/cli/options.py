"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Ids = Literal["pseudonym", "customer"]
Folder = Annotated[Path, typer.Argument(help="Folder of a wave, or of a study with several waves.")]
Source = Annotated[Path | None, typer.Option(help="Folder of the raw files, where it is not the wave's own.")]
Reports = Annotated[Path, typer.Option(help="Folder of the site.")]
Kernels = Literal["forked", "plain"]
KernelChoice = Annotated[Kernels | None, typer.Option(help="forked from a warm process, or plain.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Chapters run side by side.")]
