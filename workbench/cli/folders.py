"""Which waves a folder holds, which can be read, and which are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.core.errors import ConfigError, WorkbenchError

if TYPE_CHECKING:
    from workbench.report.run.progress import PlainProgress
    from workbench.store import Wave
    from workbench.store.config import WaveConfig

FILE_NAME = "wave.yaml"


def waves_of(folder: Path) -> list[Path]:
    """Return the folder of a wave, or of all waves of a study, each after the wave it follows.

    Raises
    ------
    ConfigError
        If there is no wave, one of them cannot be read, or waves follow each other in a circle.
    """
    places, faults = readable_waves(folder)
    for error in faults.values():
        raise error
    return places


def readable_waves(folder: Path) -> tuple[list[Path], dict[Path, WorkbenchError]]:
    """Return the waves of a study that can be read, each after the wave it follows, and what is wrong with the others.

    Parameters
    ----------
    folder
        Folder of a wave, which is then read as it is opened, or of a study.

    Returns
    -------
    tuple
        Folders in order, and folder → fault: of a ``wave.yaml`` that breaks a rule, and of waves that follow
        such a one.

    Raises
    ------
    ConfigError
        If there is no wave at all, or waves follow each other in a circle.
    """
    from workbench.store import read_wave_file

    if (folder / FILE_NAME).is_file():
        return [folder], {}
    places = {p.parent.name: p.parent for p in sorted(folder.glob(f"*/{FILE_NAME}"))}
    if not places:
        read_wave_file(folder)  # says what is wrong
    faults: dict[Path, WorkbenchError] = {}
    before: dict[str, str | None] = {}
    for name, place in places.items():
        try:
            before[name] = read_wave_file(place).previous
        except WorkbenchError as error:
            faults[place] = error
    _without_their_base(places, before, faults)
    return [places[n] for n in _ordered(before, places, folder)], faults


def _without_their_base(
    places: Mapping[str, Path], before: dict[str, str | None], faults: dict[Path, WorkbenchError]
) -> None:
    """Take out the waves that follow one that cannot be read, and say so of each."""
    while rests := [n for n, b in before.items() if b in places and places[str(b)] in faults]:
        for name in rests:
            faults[places[name]] = _rests(places[name], str(before.pop(name)))


def _rests(place: Path, previous: str) -> ConfigError:
    return ConfigError(
        "A wave is compared with the wave before it.",
        found=f"{previous}, which cannot be read",
        fix=f"Correct {previous} first.",
        where=str(place / FILE_NAME),
    )


def _ordered(before: Mapping[str, str | None], places: Mapping[str, Path], folder: Path) -> list[str]:
    ordered: list[str] = []
    while len(ordered) < len(before):
        ready = [n for n in before if n not in ordered and (before[n] not in places or before[n] in ordered)]
        if not ready:
            circle = ", ".join(n for n in before if n not in ordered)
            raise ConfigError(
                "Waves follow each other in time.",
                found=f"a circle of {circle}",
                fix="Correct 'previous' in one of them.",
                where=str(folder),
            )
        ordered += ready
    return ordered


def due_waves(places: Sequence[Path], day: dt.date, *, newest: bool) -> tuple[list[Path], dict[Path, str]]:
    """Return the waves to run on a day, and why others are not.

    Parameters
    ----------
    places
        Folders of waves that can be read, each after the wave it follows.
    day
        The day that counts as today.
    newest
        Whether only the newest that is due is asked for; those before it come along while they have no report.

    Returns
    -------
    tuple
        Folders in order, and folder → reason. A wave is due from the day its data end on; before it, it is run as soon
        as one of its files is there. Tables of an engine are there always, and tell nothing.
    """
    from workbench.store import read_wave_file
    from workbench.store.manifest import read_manifest
    from workbench.store.taking import ARTEFACTS

    configs = {p: read_wave_file(p) for p in places}
    due = [p for p in places if configs[p].as_of <= day or _has_files(p, configs[p])]
    reasons = {p: f"it is due on {configs[p].as_of}, and {_waits_for(configs[p])}" for p in places if p not in due}
    if newest and due:
        chosen = max(due, key=lambda p: (configs[p].as_of, places.index(p)))
        names = {configs[p].wave: p for p in places}
        wanted, at = [chosen], names.get(configs[chosen].previous or "")
        while at is not None and at in due and not read_manifest(at / ARTEFACTS).chapters:
            wanted.append(at)
            at = names.get(configs[at].previous or "")
        reasons |= {p: f"{chosen.name} is the newest that is due" for p in due if p not in wanted}
        due = [p for p in due if p in wanted]
    return due, reasons


def _waits_for(config: WaveConfig) -> str:
    if any(source.of_engine for _, source in config.tables.items()):
        return f"until then its tables in the engine change (--as-of {config.as_of} runs it all the same)"
    return "none of its files is there"


def _has_files(place: Path, config: WaveConfig) -> bool:
    from workbench.report.site.next_steps import has_file

    return any(has_file(place, config, table) for table in config.tables)


def opened_waves(
    places: Sequence[Path], source: Path | None, progress: PlainProgress
) -> tuple[list[Wave], dict[Path, WorkbenchError]]:
    """Open waves; one that cannot be opened costs itself and those that follow it."""
    from workbench.store import Wave, read_wave_file

    waves: list[Wave] = []
    faults: dict[Path, WorkbenchError] = {}
    for place in places:
        progress.wave(place)
        try:
            previous = read_wave_file(place).previous if faults else None
            if previous in {p.name for p in faults}:
                raise _rests(place, str(previous))
            waves.append(Wave.open(place, source=source))
        except WorkbenchError as error:
            faults[place] = error
            progress.skipped(place, str(error).replace("\n", " "))
    return waves, faults
