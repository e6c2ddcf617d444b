"""One run of a wave at a time: whoever changes a wave's state holds its lock from the first change to the last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from workbench.core.errors import LockedError
from workbench.store import Wave
from workbench.store.manifest import commit


@contextmanager
def wave_lock(wave: Wave) -> Iterator[None]:
    """Hold a wave's lock inside the ``with`` block; what an earlier run left half done is put back first.

    Parameters
    ----------
    wave
        The wave. Whoever holds its lock already may take it again.

    Raises
    ------
    LockedError
        If somebody else runs this wave.

    Notes
    -----
    The system lets go of the lock of a process that dies, however it dies. A released sample that was recalled to be
    drawn anew, and was not, is then the released one again.
    """
    wave.artefacts.mkdir(parents=True, exist_ok=True)
    # one object for a file, so that a command may hold the lock over several steps that each ask for it
    lock = FileLock(wave.artefacts / ".run.lock", is_singleton=True)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise LockedError(
            "One run of a wave at a time.",
            found="another run holds the lock",
            fix="Wait for it to end; a run that was killed holds no lock.",
            where=str(wave.folder),
        ) from error
    try:
        if lock.lock_counter == 1:
            commit(wave.artefacts, lambda m: m.put_back())
        yield
    finally:
        lock.release()
