"""That somebody opened a wave, in the access log of its study: once for each process, and not for a run's kernels."""

from __future__ import annotations

import contextlib
from pathlib import Path

from workbench.privacy.access_log import note
from workbench.store.config import WaveConfig
from workbench.store.scratch import run_token

_opened: set[Path] = set()


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
    _opened.add(folder)
    with contextlib.suppress(OSError):
        note(folder.parent, "opened", "wave", wave=config.wave, purpose=config.privacy.purpose or "")
