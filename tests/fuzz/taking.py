"""Take one mutant in, and tell what became of it: taken in with every row accounted for, or refused in words."""

from __future__ import annotations

import tempfile
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutants import mutant


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant.

    Attributes
    ----------
    seed
        Its seed.
    state
        ``taken``, ``refused`` or ``fault``.
    said
        The refusal, or the traceback of a fault.
    seconds
        CPU seconds.
    """

    seed: int
    state: str
    said: str
    seconds: float


def take(seed: int) -> Verdict:
    """Take the mutant of a seed in."""
    from workbench.core.errors import WorkbenchError
    from workbench.store import Wave
    from workbench.store.inspection import inspect_wave

    name, content, yaml = mutant(seed)
    started = time.process_time()

    def verdict(state: str, said: str = "") -> Verdict:
        return Verdict(seed, state, said, time.process_time() - started)

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "shop" / "w1"
        (place / "raw").mkdir(parents=True)
        (place / "raw" / name).write_bytes(content)
        (place / "wave.yaml").write_bytes(yaml)
        try:
            wave = Wave.open(place)
            for report in wave.intake_reports():
                parts = report.kept + report.quarantined + report.left_out
                if report.read != parts:
                    return verdict("fault", f"{report.read} rows read, {parts} accounted for")
            inspect_wave(wave)
        except WorkbenchError as error:
            told = str(error)
            if "found:" not in told or "fix:" not in told:
                return verdict("fault", f"neither rule, found and fix: {told}")
            return verdict("refused", told)
        except BaseException:  # noqa: BLE001 - what should not be is what is looked for
            return verdict("fault", traceback.format_exc())
    return verdict("taken")
