"""The waves before a wave: by what each says came before it."""

from __future__ import annotations

from workbench.store.wave import Wave
from workbench.store.wave_file import FILE_NAME


def earlier_waves(wave: Wave) -> list[Wave]:
    """Return the waves before this one that are there, nearest first."""
    found: list[Wave] = []
    here: Wave | None = wave
    while here is not None and here.config.previous is not None:
        if not (here.folder.parent / here.config.previous / FILE_NAME).is_file():
            break
        here = here.previous
        if here is None or here.config.wave in {w.config.wave for w in (wave, *found)}:
            break
        found.append(here)
    return found
