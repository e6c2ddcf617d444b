"""That somebody opened a wave, in the access log of its study: once for each process, and not for a run's kernels."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

from workbench.privacy.access_log import note
from workbench.privacy.tombstones import UNFINISHED
from workbench.store.config import WaveConfig
from workbench.store.scratch import run_token

_opened: set[Path] = set()


class UnfinishedErasureWarning(UserWarning):
    """An erasure was begun and killed; something of a customer may still be there."""


def note_opening(folder: Path, config: WaveConfig) -> None:
    """Write into the access log that a wave was opened.

    Parameters
    ----------
    folder
        The wave's folder.
    config
        Its ``wave.yaml``.

    Notes
    -----
    A study that may be read and not written is opened all the same.
    """
    if run_token() or folder in _opened:
        return
    if (folder.parent / UNFINISHED).is_file():
        text = f"An erasure in {folder.parent.name} has not ended: run 'workbench erase' again with the same customer."
        warnings.warn(text, UnfinishedErasureWarning, stacklevel=3)
    _opened.add(folder)
    with contextlib.suppress(OSError):
        note(folder.parent, "opened", "wave", wave=config.wave, purpose=config.privacy.purpose or "")
