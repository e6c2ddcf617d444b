"""What comes next for a wave: to draw, to ask, to report, to sign, or to begin the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.core.language import Message, message
from workbench.store import Wave
from workbench.store.config import WaveConfig
from workbench.store.taking import files_of


@dataclass(frozen=True)
class NextStep:
    """What is to be done next.

    Attributes
    ----------
    text
        What it is, in words.
    command
        The command that does it; empty where a person does.
    """

    text: Message
    command: str = ""


CORRECT = message("Correct its wave.yaml")


def next_step(wave: Wave, edition: Mapping[str, Any], folder: str) -> NextStep:
    """Return what comes next for a wave.

    Parameters
    ----------
    wave
        The wave as its folder shows it; nothing is taken in.
    edition
        What its published edition says of itself (`workbench.report.site.editions.read_edition`); empty without one.
    folder
        Its folder, as it is named in a command.
    """
    config = wave.config
    if _lies_ready(wave, "responses") or wave.has("responses"):
        if not edition or not edition.get("facts", {}).get("inputs", {}):
            return NextStep(message("Make the report"), f"workbench report {folder}")
        if not any(name.startswith("responses") for name in edition["facts"]["inputs"]):
            return NextStep(message("Report the answers that have come"), f"workbench report {folder}")
        fingerprint = edition["facts"].get("fingerprint")
        if not any(s.numbers == fingerprint for s in config.signed):
            return NextStep(message("Read it, and sign its numbers in wave.yaml (signed:)"))
        return NextStep(message("Begin the next wave"), f"workbench new … --after {folder}")
    if wave.has("released_sample"):
        return NextStep(message("Ask those who were drawn; put the answers into raw/"))
    if _lies_ready(wave, "customers"):
        return NextStep(message("Draw the sample"), f"workbench sample {folder}")
    if any(_lies_ready(wave, table) for table in config.tables):
        return NextStep(message("Make the report"), f"workbench report {folder}")
    return NextStep(message("Put its files into raw/"), f"workbench check {folder}")


def has_file(place: Path, config: WaveConfig, table: str) -> bool:
    """Tell whether a file of a table is there; a table of the engine has none."""
    source = next((s for n, s in config.tables.items() if n == table), None)
    return source is not None and any(f.is_file() for f in files_of(source, place, table))


def _lies_ready(wave: Wave, table: str) -> bool:
    """Tell whether a run finds a table: one of its files is there, or it lies in the engine."""
    of_engine = any(name == table and source.of_engine for name, source in wave.config.tables.items())
    return of_engine or has_file(wave.folder, wave.config, table)
