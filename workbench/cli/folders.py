"""Which waves a folder holds."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import ConfigError, WorkbenchError

if TYPE_CHECKING:
    from workbench.report.run.progress import PlainProgress
    from workbench.store import Wave

FILE_NAME = "wave.yaml"


def waves_of(folder: Path) -> list[Path]:
    """Return the folder of a wave, or of all waves of a study, each after the wave it follows.

    Raises
    ------
    ConfigError
        If there is no wave, or waves follow each other in a circle.
    """
    from workbench.store import read_wave_file

    if (folder / FILE_NAME).is_file():
        return [folder]
    places = {p.parent.name: p.parent for p in sorted(folder.glob(f"*/{FILE_NAME}"))}
    if not places:
        read_wave_file(folder)  # says what is wrong
    before = {name: read_wave_file(place).previous for name, place in places.items()}
    ordered: list[str] = []
    while len(ordered) < len(places):
        ready = [n for n in places if n not in ordered and (before[n] not in places or before[n] in ordered)]
        if not ready:
            circle = ", ".join(n for n in places if n not in ordered)
            raise ConfigError(
                "Waves follow each other in time.",
                found=f"a circle of {circle}",
                fix="Correct 'previous' in one of them.",
                where=str(folder),
            )
        ordered += ready
    return [places[n] for n in ordered]


def opened_waves(
    places: Sequence[Path], source: Path | None, progress: PlainProgress
) -> tuple[list[Wave], WorkbenchError | None]:
    """Open the waves up to the first that cannot be read; those before it are reported all the same."""
    from workbench.store import Wave

    waves = []
    for place in places:
        progress.wave(place)
        try:
            waves.append(Wave.open(place, source=source))
        except WorkbenchError as error:
            return waves, error
    return waves, None
